//! Two normal forms: `squeeze` for showing, `fold` for searching and comparing.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Half-width and full-width made one (NFKC), every run of blanks one space, none at the ends. Variants
/// such as 髙 stay as they are written.
pub fn squeeze(text: &str) -> String {
    let mut text = nfkc(text).into_owned();
    text.retain(|c| !is_invisible(c));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Half-width and full-width made one (Unicode's NFKC). A text of everyday characters alone needs none of
/// its tables: each is taken by itself.
pub(super) fn nfkc(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| everyday(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match everyday(c) {
            Some(c) => out.push(c),
            None => return Cow::Owned(text.nfkc().collect()),
        }
    }
    Cow::Owned(out)
}

/// What NFKC makes of a character that joins with no other; `None` of all that are not met every day.
fn everyday(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | ' '..='~' => Some(c),
        'ぁ'..='ゖ' | 'ァ'..='ー' | '一'..='\u{9fff}' | '々' | '、'..='。' | '〈'..='】' => {
            Some(c)
        }
        '！'..='～' => char::from_u32(c as u32 - 0xfee0),
        '\u{3000}' => Some(' '),
        _ => None,
    }
}

/// The form in which texts are searched and compared: NFKC, lower case, katakana as hiragana, variants of
/// kanji as one, ヶ・ケ・が between kanji as one, without long-vowel marks, dashes, blanks and punctuation.
///
/// `fold(&fold(x)) == fold(x)`.
pub fn fold(text: &str) -> String {
    let mut folded = fold_once(text);
    // Dropping marks can bring together what NFKC composes; for Japanese text one pass is enough.
    while !folded.chars().all(is_settled) {
        let again = fold_once(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

/// Whether a character divides one phrase from the next (a line, a sentence, a bracket), which blanks,
/// dashes and middle dots inside a name do not.
pub(super) fn divides(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r'
            | '\t'
            | '、'
            | '。'
            | ','
            | ';'
            | '|'
            | '/'
            | '!'
            | '?'
            | '：'
            | ':'
            | '「'
            | '」'
            | '『'
            | '』'
            | '【'
            | '】'
            | '〔'
            | '〕'
            | '〈'
            | '〉'
            | '《'
            | '》'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
            | '>'
            | '"'
    )
}

/// Whether a character is a Chinese one.
fn is_kanji(c: char) -> bool {
    matches!(c, '一'..='\u{9fff}' | '々' | '〆' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2fa1f}')
}

fn fold_once(text: &str) -> String {
    let kept = match text.chars().all(|c| everyday(c).is_some()) {
        true => kept(
            text.chars()
                .filter_map(everyday)
                .map(|c| c.to_ascii_lowercase()),
        ),
        false => kept(text.nfkc().flat_map(char::to_lowercase).nfkc()),
    };
    marked(&kept)
}

/// が and ヶ between kanji as one.
fn marked(kept: &[char]) -> String {
    kept.iter()
        .enumerate()
        .map(|(at, &c)| {
            if c == 'が' && between_kanji(kept, at) {
                'け'
            } else {
                c
            }
        })
        .collect()
}

fn kept(chars: impl Iterator<Item = char>) -> Vec<char> {
    let is_kept = |c: char| {
        let is_everyday_kanji = ('一'..='\u{9fff}').contains(&c);
        is_everyday_kanji || c.is_alphanumeric() && !matches!(c, 'ー' | '〜') && !is_invisible(c)
    };
    chars
        .filter(|c| is_kept(*c))
        .map(|c| variant(hiragana(c)))
        .collect()
}

/// 霞が関 is written 霞ヶ関 and 霞ケ関 too.
fn between_kanji(text: &[char], at: usize) -> bool {
    at > 0 && is_kanji(text[at - 1]) && text.get(at + 1).is_some_and(|&next| is_kanji(next))
}

/// Characters that a second pass leaves alone: digits, small letters, hiragana, everyday kanji.
fn is_settled(c: char) -> bool {
    matches!(c, '0'..='9' | 'a'..='z' | 'ぁ'..='ゖ' | '一'..='\u{9fff}' | '々')
}

/// Variation selectors and what else takes no room.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
}

fn hiragana(c: char) -> char {
    match c {
        'ヵ' | 'ヶ' | 'ゕ' | 'ゖ' => 'け',
        'ァ'..='ヴ' => char::from_u32(c as u32 - 0x60).expect("hiragana lie 0x60 below katakana"),
        _ => c,
    }
}

/// Old, popular and standard forms of kanji met in names of people, places and institutions, as one.
/// No target is itself a source.
fn variant(c: char) -> char {
    match c {
        '髙' => '高',
        '祗' => '祇',
        '𠮷' => '吉',
        '𡈽' => '土',
        '﨑' | '嵜' => '崎',
        '邊' | '邉' => '辺',
        '齋' | '齊' | '斉' => '斎',
        '澤' => '沢',
        '濱' | '濵' => '浜',
        '廣' => '広',
        '國' | '圀' => '国',
        '櫻' => '桜',
        '檮' => '梼',
        '鷗' => '鴎',
        '龍' => '竜',
        '眞' => '真',
        '惠' => '恵',
        '嶋' | '嶌' => '島',
        '德' => '徳',
        '瀨' => '瀬',
        '靜' => '静',
        '藏' => '蔵',
        '榮' => '栄',
        '會' => '会',
        '學' => '学',
        '醫' => '医',
        '齒' => '歯',
        '藥' => '薬',
        '舘' => '館',
        '壽' => '寿',
        '實' => '実',
        '鐵' => '鉄',
        '關' => '関',
        '驛' => '駅',
        '渕' => '淵',
        '冨' => '富',
        '峯' => '峰',
        '條' => '条',
        '曾' => '曽',
        '增' => '増',
        '聲' => '声',
        '應' => '応',
        '圓' => '円',
        '縣' => '県',
        '區' => '区',
        '緣' => '縁',
        '豐' => '豊',
        '圖' => '図',
        '寶' => '宝',
        '彌' => '弥',
        '萬' => '万',
        '來' => '来',
        '樂' => '楽',
        '氣' => '気',
        '與' => '与',
        '澁' => '渋',
        '溪' => '渓',
        '瀧' => '滝',
        '淺' => '浅',
        '輕' => '軽',
        '邨' => '村',
        '鄕' => '郷',
        '黑' => '黒',
        '靑' => '青',
        '凉' => '涼',
        '莊' => '荘',
        '巖' => '巌',
        '嶽' => '岳',
        '槇' => '槙',
        '蘆' => '芦',
        '鶯' => '鴬',
        '鷄' => '鶏',
        '桧' => '檜',
        '藪' | '籔' => '薮',
        '礪' => '砺',
        '禰' => '祢',
        '頴' => '穎',
        '逹' => '達',
        '隱' => '隠',
        '驒' => '騨',
        '麴' => '麹',
        '蠣' => '蛎',
        '諫' => '諌',
        '攝' => '摂',
        '戶' => '戸',
        '濟' => '済',
        '獨' => '独',
        '當' => '当',
        '總' => '総',
        '橫' => '横',
        '緖' => '緒',
        '淸' => '清',
        '吿' => '告',
        '鹽' => '塩',
        '裡' => '裏',
        '步' => '歩',
        '每' => '毎',
        '假' => '仮',
        '佛' => '仏',
        '傳' => '伝',
        '兒' => '児',
        '壯' => '壮',
        '專' => '専',
        '將' => '将',
        '從' => '従',
        '恆' => '恒',
        '惡' => '悪',
        '戀' => '恋',
        '數' => '数',
        '歸' => '帰',
        '殘' => '残',
        '爲' => '為',
        '牀' => '床',
        '狹' => '狭',
        '發' => '発',
        '盡' => '尽',
        '眾' => '衆',
        '稱' => '称',
        '稻' => '稲',
        '穗' => '穂',
        '竝' => '並',
        '經' => '経',
        '繩' => '縄',
        '聽' => '聴',
        '臺' => '台',
        '舊' => '旧',
        '莖' => '茎',
        '蟲' => '虫',
        '覺' => '覚',
        '觀' => '観',
        '讀' => '読',
        '變' => '変',
        '豫' => '予',
        '貳' => '弐',
        '賣' => '売',
        '辯' => '弁',
        '遲' => '遅',
        '鑛' => '鉱',
        '險' => '険',
        '雙' => '双',
        '靈' => '霊',
        '顯' => '顕',
        '飜' => '翻',
        '鹼' => '鹸',
        '麥' => '麦',
        '點' => '点',
        '黨' => '党',
        '齡' => '齢',
        '龜' => '亀',
        _ => c,
    }
}

#[cfg(test)]
mod tests;
