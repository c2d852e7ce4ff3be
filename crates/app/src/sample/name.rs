//! Invented names with their readings: no stem is the name of a real municipality.

use super::dice::Dice;

/// A name and its reading in katakana.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Name {
    /// As written.
    pub text: String,
    /// As read, full-width katakana.
    pub kana: String,
}

impl Name {
    /// A name of two parts of writing and reading.
    pub fn new(text: impl Into<String>, kana: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kana: kana.into(),
        }
    }

    /// The name with `after` behind it.
    pub fn then(&self, after: Part) -> Self {
        Self::new(
            format!("{}{}", self.text, after.0),
            format!("{}{}", self.kana, after.1),
        )
    }

    /// The name with `before` in front of it.
    pub fn after(&self, before: Part) -> Self {
        Self::new(
            format!("{}{}", before.0, self.text),
            format!("{}{}", before.1, self.kana),
        )
    }
}

/// A piece of a name: writing and reading.
pub type Part = (&'static str, &'static str);

/// Rare words of sea, weather, plants and cloth: combined with [`LAST`] they sound like places and are none.
const FIRST: [Part; 42] = [
    ("汐", "シオ"),
    ("凪", "ナギ"),
    ("霞", "カスミ"),
    ("茜", "アカネ"),
    ("蒼", "アオ"),
    ("澄", "スミ"),
    ("楓", "カエデ"),
    ("梓", "アズサ"),
    ("柊", "ヒイラギ"),
    ("夕", "ユウ"),
    ("鴎", "カモメ"),
    ("鷺", "サギ"),
    ("雁", "カリ"),
    ("燕", "ツバメ"),
    ("霧", "キリ"),
    ("雫", "シズク"),
    ("暁", "アカツキ"),
    ("宵", "ヨイ"),
    ("碧", "ミドリ"),
    ("絹", "キヌ"),
    ("紬", "ツムギ"),
    ("繭", "マユ"),
    ("柚", "ユズ"),
    ("檀", "マユミ"),
    ("欅", "ケヤキ"),
    ("楡", "ニレ"),
    ("橙", "ダイダイ"),
    ("渚", "ナギサ"),
    ("澪", "ミオ"),
    ("灯", "トモシ"),
    ("虹", "ニジ"),
    ("霜", "シモ"),
    ("露", "ツユ"),
    ("苔", "コケ"),
    ("蔦", "ツタ"),
    ("杏", "アンズ"),
    ("菫", "スミレ"),
    ("葵", "アオイ"),
    ("鶯", "ウグイス"),
    ("翠", "スイ"),
    ("葦", "アシ"),
    ("雲", "クモ"),
];

const LAST: [Part; 30] = [
    ("織", "オリ"),
    ("鳴", "ナリ"),
    ("影", "カゲ"),
    ("浦", "ウラ"),
    ("丘", "オカ"),
    ("里", "サト"),
    ("瀬", "セ"),
    ("津", "ツ"),
    ("野", "ノ"),
    ("原", "ハラ"),
    ("沢", "サワ"),
    ("崎", "サキ"),
    ("代", "シロ"),
    ("穂", "ホ"),
    ("戸", "ト"),
    ("根", "ネ"),
    ("波", "ナミ"),
    ("坂", "サカ"),
    ("森", "モリ"),
    ("峰", "ミネ"),
    ("見", "ミ"),
    ("渡", "ワタリ"),
    ("越", "ゴエ"),
    ("栖", "ス"),
    ("舞", "マイ"),
    ("羽", "ハ"),
    ("門", "カド"),
    ("磯", "イソ"),
    ("浜", "ハマ"),
    ("岬", "ミサキ"),
];

/// What may stand before a stem in the name of a town (町字).
const TOWN_BEFORE: [Part; 7] = [
    ("上", "カミ"),
    ("下", "シモ"),
    ("東", "ヒガシ"),
    ("西", "ニシ"),
    ("南", "ミナミ"),
    ("北", "キタ"),
    ("新", "シン"),
];

/// Every stem there is, in a fixed order.
pub fn all_stems() -> Vec<Name> {
    FIRST
        .iter()
        .flat_map(|first| {
            LAST.iter()
                .map(move |last| Name::new(first.0, first.1).then(*last))
        })
        .collect()
}

/// Every stem in the chance order of `dice`, without those of `taken`.
pub fn stems(dice: &mut Dice, taken: &[Name]) -> impl Iterator<Item = Name> + use<> {
    let mut stems = all_stems();
    stems.retain(|stem| !taken.contains(stem));
    dice.shuffle(&mut stems);
    stems.into_iter()
}

/// The name of a town from its stem; in a city also 「…町」 and 「…一丁目」.
pub fn town(dice: &mut Dice, stem: &Name, in_city: bool) -> Name {
    match dice.weighted(if in_city {
        &[0.35, 0.35, 0.15, 0.15]
    } else {
        &[0.6, 0.1, 0.3, 0.0]
    }) {
        0 => stem.clone(),
        1 => stem.then(("町", "チョウ")),
        2 => {
            let before = *dice.pick(&TOWN_BEFORE);
            stem.after(before)
        }
        _ => stem.then(*dice.pick(&[
            ("一丁目", "イッチョウメ"),
            ("二丁目", "ニチョウメ"),
            ("三丁目", "サンチョウメ"),
        ])),
    }
}

/// Katakana as hiragana, for names that are written so.
pub fn hiragana(katakana: &str) -> String {
    katakana
        .chars()
        .map(|c| match c {
            'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn stems_are_all_different_in_writing() {
        let stems: Vec<_> = all_stems();
        let different: HashSet<_> = stems.iter().map(|stem| &stem.text).collect();
        assert_eq!(different.len(), stems.len());
        assert_eq!(stems.len(), 1_260);
    }

    #[test]
    fn a_taken_stem_is_not_given_again() {
        let taken = vec![Name::new("汐鳴", "シオナリ")];
        let mut dice = Dice::new(1, "names", 0);
        let given: Vec<_> = stems(&mut dice, &taken).collect();
        assert_eq!(given.len(), all_stems().len() - 1);
        assert!(!given.contains(&taken[0]));
    }

    #[test]
    fn hiragana_keeps_the_long_sound() {
        assert_eq!(hiragana("シオナリー"), "しおなりー");
    }
}
