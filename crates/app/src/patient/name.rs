//! A name in kanji and kana, with the keys by which it is found however it is written.

use keniki_base::text::{fold, squeeze};

/// What a name is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// In the register.
    Official,
    /// Before marriage and the like.
    Old,
    /// Written otherwise, or as another record had it.
    Variant,
}

impl Use {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Official, Self::Old, Self::Variant];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Old => "old",
            Self::Variant => "variant",
        }
    }

    /// The one of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Official => "いまの名前",
            Self::Old => "前の名前",
            Self::Variant => "別の書き方",
        }
    }
}

/// Why a text is no name. `Display` is a Japanese sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongName {
    /// No family name.
    #[error("姓（漢字）を書いてください。分からないときは「不明」と書いてください。")]
    NoFamily,
    /// The name in the register has no kana.
    #[error("姓（カナ）を書いてください。分からないときは「フメイ」と書いてください。")]
    NoKana,
    /// Something else in the kana.
    #[error("カナ「{0}」に、カナでない文字があります。カタカナかひらがなで書いてください。")]
    NotKana(String),
    /// Too long, or with signs that cannot be shown.
    #[error("名前は、姓・名それぞれ{LONGEST}文字までで、改行を入れずに書いてください。")]
    WrongText,
    /// There must be one name in the register.
    #[error("「いまの名前」を一つだけ書いてください。")]
    NotOneOfficial,
}

const LONGEST: usize = 60;

/// A name of somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// What for.
    pub used_as: Use,
    /// 姓.
    pub family: String,
    /// 名; may be empty.
    pub given: String,
    /// 姓 in katakana.
    pub family_kana: String,
    /// 名 in katakana.
    pub given_kana: String,
}

impl Name {
    /// Reads a name as it was typed.
    ///
    /// # Errors
    /// [`WrongName`].
    pub fn parse(used_as: Use, kanji: (&str, &str), kana: (&str, &str)) -> Result<Self, WrongName> {
        let name = Self {
            used_as,
            family: plain(kanji.0)?,
            given: plain(kanji.1)?,
            family_kana: katakana(kana.0)?,
            given_kana: katakana(kana.1)?,
        };
        if name.family.is_empty() || name.key().is_empty() {
            return Err(WrongName::NoFamily);
        }
        if used_as == Use::Official && name.kana_key().is_empty() {
            return Err(WrongName::NoKana);
        }
        Ok(name)
    }

    /// Kanji, folded, family and given name in one.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&format!("{}{}", self.family, self.given))
    }

    /// Kana, folded, in one; empty where there is none.
    #[must_use]
    pub fn kana_key(&self) -> String {
        fold(&format!("{}{}", self.family_kana, self.given_kana))
    }

    /// 山田 太郎.
    #[must_use]
    pub fn whole(&self) -> String {
        format!("{} {}", self.family, self.given).trim().to_owned()
    }

    /// ヤマダ タロウ.
    #[must_use]
    pub fn whole_kana(&self) -> String {
        let whole = format!("{} {}", self.family_kana, self.given_kana);
        whole.trim().to_owned()
    }
}

/// One of several names stands in the register.
///
/// # Errors
/// [`WrongName::NotOneOfficial`].
pub fn one_official(names: &[Name]) -> Result<(), WrongName> {
    let n = names
        .iter()
        .filter(|it| it.used_as == Use::Official)
        .count();
    match n {
        1 => Ok(()),
        _ => Err(WrongName::NotOneOfficial),
    }
}

fn plain(text: &str) -> Result<String, WrongName> {
    if text.trim().chars().any(char::is_control) {
        return Err(WrongName::WrongText);
    }
    let plain = squeeze(text);
    match plain.chars().count() > LONGEST {
        true => Err(WrongName::WrongText),
        false => Ok(plain),
    }
}

fn katakana(text: &str) -> Result<String, WrongName> {
    let plain = plain(text)?;
    let kana: String = plain.chars().map(as_katakana).collect();
    let is_kana = |c: char| matches!(c, 'ァ'..='ヺ' | 'ー' | '・' | ' ' | '-' | '.');
    match kana.chars().all(is_kana) {
        true => Ok(kana),
        false => Err(WrongName::NotKana(plain)),
    }
}

fn as_katakana(c: char) -> char {
    match c {
        // Hiragana lie 0x60 below katakana.
        'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(family: &str, kana: &str) -> Name {
        Name::parse(Use::Official, (family, "太郎"), (kana, "ﾀﾛｳ")).unwrap()
    }

    #[test]
    fn however_it_is_written_the_key_is_one() {
        for (one, other) in [
            ("髙橋", "高橋"),
            ("山﨑", "山崎"),
            ("龍ヶ崎", "竜ケ崎"),
            ("渡邊", "渡辺"),
        ] {
            assert_eq!(name(one, "ア").key(), name(other, "ア").key());
        }
        let kana = name("竜", "ﾘｭｳｶﾞｻｷ");
        assert_eq!(kana.whole_kana(), "リュウガサキ タロウ");
        assert_eq!(kana.kana_key(), name("竜", "りゅうがさき").kana_key());
        assert_eq!(name("髙橋", "ア").family, "髙橋", "kept as it is written");
    }

    #[test]
    fn what_is_no_name_is_told() {
        let parse = |family, kana| Name::parse(Use::Official, (family, ""), (kana, ""));
        assert_eq!(parse(" 　", "ア"), Err(WrongName::NoFamily));
        assert_eq!(parse("？？", "ア"), Err(WrongName::NoFamily));
        assert_eq!(parse("山", ""), Err(WrongName::NoKana));
        assert_eq!(
            parse("山", "yama"),
            Err(WrongName::NotKana("yama".to_owned()))
        );
        assert_eq!(parse("山\u{0}", "ア"), Err(WrongName::WrongText));
        assert_eq!(parse("山\n田", "ア"), Err(WrongName::WrongText));
        assert_eq!(parse(&"山".repeat(61), "ア"), Err(WrongName::WrongText));
        assert!(Name::parse(Use::Old, ("Nguyễn", "Văn"), ("", "")).is_ok());
    }
}
