//! Addresses compared: 「山梨県甲府市蓬沢１丁目１２番２５号」 is 「蓬沢1-12-25」.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::fold::{fold, squeeze};
use crate::code::PrefectureCode;

/// An address taken apart as far as its own text allows; municipality and town folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AddressKey {
    /// The prefecture, where the address begins with one.
    pub prefecture: Option<PrefectureCode>,
    /// 郡, municipality and ward as written, folded; `None` where the address begins with the town.
    pub municipality: Option<String>,
    /// The town (町字) without 大字 and 字, folded; may be empty.
    pub town: String,
    /// 丁目, 番地, 号 in order; empty where there are none.
    pub numbers: Vec<u32>,
    /// What follows the numbers: the building, as written.
    pub building: String,
}

/// How near two addresses are to each other by their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nearness {
    /// The same town and numbers.
    Same,
    /// The same lot with or without its branch number, or the same numbers in a town written shorter.
    Near,
    /// Another place.
    Different,
    /// One of them says too little.
    Unknown,
}

/// Takes an address apart. Never fails: what cannot be told stays in `town`.
pub fn address_key(address: &str) -> AddressKey {
    let text = plain(address.trim());
    let (prefecture, rest) = match PrefectureCode::strip_name(&text) {
        Some((code, rest)) => (Some(code), rest),
        None => (None, text.as_str()),
    };
    let (head, numbers, building) = split_numbers(rest.trim_start());
    let head: String = head.split_whitespace().collect();
    let (municipality, town) = split_municipality(&head, prefecture.is_some());
    AddressKey {
        prefecture,
        municipality: Some(fold(municipality)).filter(|m| !m.is_empty()),
        town: fold(&without_aza(town)),
        numbers,
        building: squeeze(building),
    }
}

impl AddressKey {
    /// Town and numbers, 「蓬沢1-12-25」, for an indexed lookup within a municipality.
    pub fn key(&self) -> String {
        let numbers: Vec<String> = self.numbers.iter().map(u32::to_string).collect();
        format!("{}{}", self.town, numbers.join("-"))
    }

    /// The same address, known to lie in `municipality` (its name alone, 「邑南町」): a name that the address
    /// itself could not tell from a town's leaves `town`.
    pub fn within(mut self, municipality: &str) -> Self {
        let municipality = fold(municipality);
        if self.municipality.is_none()
            && let Some(town) = self
                .town
                .strip_prefix(&municipality)
                .filter(|town| !town.is_empty())
        {
            self.town = town.to_owned();
            self.municipality = Some(municipality);
        }
        self
    }

    /// Municipality and town as one text.
    fn place(&self) -> String {
        format!(
            "{}{}",
            self.municipality.as_deref().unwrap_or_default(),
            self.town
        )
    }
}

/// Compares two addresses. Where one leaves out prefecture, municipality or the old town's name, the rest
/// decides.
pub fn same_place(a: &AddressKey, b: &AddressKey) -> Nearness {
    let says_nothing = |key: &AddressKey| key.town.is_empty() && key.numbers.is_empty();
    if says_nothing(a) || says_nothing(b) {
        return Nearness::Unknown;
    }
    if let (Some(a), Some(b)) = (a.prefecture, b.prefecture)
        && a != b
    {
        return Nearness::Different;
    }
    if let (Some(a), Some(b)) = (&a.municipality, &b.municipality)
        && !a.ends_with(b.as_str())
        && !b.ends_with(a.as_str())
    {
        return Nearness::Different;
    }
    let (place_a, place_b) = (a.place(), b.place());
    let same_town = a.town == b.town || place_a.ends_with(&place_b) || place_b.ends_with(&place_a);
    let shorter_town = place_a.starts_with(&place_b) || place_b.starts_with(&place_a);
    match (same_town, numbers_agree(&a.numbers, &b.numbers)) {
        (true, Nearness::Same) if a.town.is_empty() != b.town.is_empty() => Nearness::Near,
        (true, nearness) => nearness,
        (false, Nearness::Same) if shorter_town => Nearness::Near,
        (false, Nearness::Unknown) if shorter_town => Nearness::Unknown,
        (false, _) => Nearness::Different,
    }
}

fn numbers_agree(a: &[u32], b: &[u32]) -> Nearness {
    match (a, b) {
        ([], []) | ([], _) | (_, []) => Nearness::Unknown,
        _ if a == b => Nearness::Same,
        _ if a.starts_with(b) || b.starts_with(a) => Nearness::Near,
        _ => Nearness::Different,
    }
}

/// An address for showing: as [`squeeze`] has it, and between digits one hyphen, whichever of the dashes stands there.
///
/// `address_text(&address_text(x)) == address_text(x)`.
pub fn address_text(address: &str) -> String {
    let text = squeeze(address);
    if !text.chars().any(is_dash) {
        return text;
    }
    let chars: Vec<char> = text.chars().collect();
    let is_digit = |at: Option<usize>| {
        let c = at.and_then(|at| chars.get(at));
        c.is_some_and(char::is_ascii_digit)
    };
    let one = |(at, &c): (usize, &char)| {
        let is_between = is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
        if is_dash(c) && is_between { '-' } else { c }
    };
    chars.iter().enumerate().map(one).collect()
}

/// What people type for the hyphen between two numbers, after NFKC: hyphens, dashes, the minus, lines of tables, and the
/// long-vowel mark, which lies next to it on the keyboard.
fn is_dash(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '−' | '─' | '━' | 'ー'
    )
}

/// Half-width, kanji numerals before 丁目, 番地 and 号 as digits, dashes as one.
fn plain(address: &str) -> String {
    let chars: Vec<char> = address.nfkc().collect();
    let mut text = String::with_capacity(address.len());
    let mut at = 0;
    while at < chars.len() {
        let end = at
            + chars[at..]
                .iter()
                .take_while(|c| kanji_digit(**c).is_some())
                .count();
        if end > at && counts(&chars[end..]) {
            text.push_str(&kanji_number(&chars[at..end]).to_string());
            at = end;
            continue;
        }
        let c = chars[at];
        let after_digit = text.ends_with(|c: char| c.is_ascii_digit());
        match c {
            'ー' if !after_digit => text.push(c),
            c if is_dash(c) => text.push('-'),
            c if c.is_whitespace() => text.push(' '),
            c => text.push(c),
        }
        at += 1;
    }
    text
}

/// Whether what follows a kanji numeral makes it a number: 丁目, 番地, 番 or 号, but not 番町 and the like.
fn counts(rest: &[char]) -> bool {
    match rest {
        ['丁', '目', ..] | ['番', '地', ..] | ['条', ..] => true,
        ['番'] | ['号'] => true,
        ['番' | '号', next, ..] => {
            next.is_ascii_digit() || kanji_digit(*next).is_some() || next.is_whitespace()
        }
        _ => false,
    }
}

fn kanji_digit(c: char) -> Option<u32> {
    "〇一二三四五六七八九十"
        .chars()
        .position(|digit| digit == c)
        .map(|value| value as u32)
}

/// 「二十三」 and 「二三」 are both 23.
fn kanji_number(digits: &[char]) -> u32 {
    let mut total: u32 = 0;
    let mut ones: u32 = 0;
    for value in digits.iter().filter_map(|c| kanji_digit(*c)) {
        if value == 10 {
            total = total.saturating_add(ones.max(1).saturating_mul(10));
            ones = 0;
        } else {
            ones = ones.saturating_mul(10).saturating_add(value);
        }
    }
    total.saturating_add(ones)
}

/// Parts an address into what comes before the numbers, the numbers, and the building.
fn split_numbers(text: &str) -> (&str, Vec<u32>, &str) {
    let mut from = 0;
    while let Some(start) = text[from..]
        .find(|c: char| c.is_ascii_digit())
        .map(|at| from + at)
    {
        let (numbers, end) = read_numbers(&text[start..]);
        let rest = &text[start + end..];
        // 北1条西, 53線: the number belongs to the town's name.
        if !rest.starts_with(['条', '線', '区', '軒', '町']) {
            return (&text[..start], numbers, rest);
        }
        from = start + end;
    }
    (text, Vec::new(), "")
}

/// Reads 「1丁目12番25号」 or 「1-12-25」: the numbers and where they end.
fn read_numbers(text: &str) -> (Vec<u32>, usize) {
    const JOINTS: [&str; 9] = [
        "丁目",
        "番地の",
        "番地",
        "番の",
        "番",
        "号の",
        "号",
        "の",
        "-",
    ];
    let mut numbers = Vec::new();
    let mut end = 0;
    loop {
        let digits = text[end..].bytes().take_while(u8::is_ascii_digit).count();
        let Ok(number) = text[end..end + digits].parse() else {
            return (numbers, end);
        };
        numbers.push(number);
        end += digits;
        let joint = JOINTS
            .iter()
            .find(|joint| text[end..].starts_with(**joint))
            .map_or(0, |joint| joint.len());
        let rest = text[end + joint..].trim_start();
        // A closing 番地 or 号 goes with the numbers too.
        if joint == 0 || !rest.starts_with(|c: char| c.is_ascii_digit()) {
            return (numbers, end + joint);
        }
        end = text.len() - rest.len();
    }
}

/// Parts 「西伯郡南部町倭」 into 「西伯郡南部町」 and 「倭」. Without 郡 or prefecture before it, a 町 or 村 is taken
/// for a town, since 「川原町309-1」 stands in the lists beside 「松江市川原町309-1」.
fn split_municipality(text: &str, after_prefecture: bool) -> (&str, &str) {
    if let Some(county) = county_end(text) {
        let end = county + unit_end(&text[county..], &['町', '村']).unwrap_or(0);
        return text.split_at(end);
    }
    // 今市, 四日市場 and 七日市町 are towns, unless a prefecture says that a municipality must follow.
    let is_city = |end: &usize| {
        after_prefecture || !matches!(text[*end..].chars().next(), None | Some('場' | '町'))
    };
    if let Some(city) = unit_end(text, &['市']).filter(is_city) {
        return text.split_at(city + ward_end(&text[city..]));
    }
    match ward_end(text) {
        0 if after_prefecture => text.split_at(unit_end(text, &['町', '村']).unwrap_or(0)),
        ward => text.split_at(ward),
    }
}

/// Where 「…郡」 ends. 小郡 lies in 山口市, and four cities have the character in their name.
fn county_end(text: &str) -> Option<usize> {
    const NO_COUNTIES: [&str; 4] = ["大和郡山市", "小郡市", "蒲郡市", "郡山市"];
    let at = text.find('郡').filter(|at| *at > 0)?;
    let before = &text[..at];
    let in_city = before.trim_end_matches('市').contains('市');
    let long = before.chars().count() > 4;
    (!in_city && !long && !NO_COUNTIES.iter().any(|city| text.starts_with(city)))
        .then_some(at + '郡'.len_utf8())
}

/// Where the first unit (市, 町, 村) ends that does not stand at the very beginning.
fn unit_end(text: &str, units: &[char]) -> Option<usize> {
    /// Municipalities with such a character inside.
    const DOUBLED: [&str; 6] = [
        "四日市市",
        "廿日市市",
        "野々市市",
        "八日市市",
        "今市市",
        "玉村町",
    ];
    if let Some(name) = DOUBLED
        .iter()
        .find(|name| name.ends_with(units) && text.starts_with(**name))
    {
        return Some(name.len());
    }
    let (at, unit) = text
        .char_indices()
        .skip(1)
        .find(|(_, c)| units.contains(c))?;
    Some(at + unit.len_utf8())
}

/// Where a ward (区) at the beginning ends, else 0; 地区 is none.
fn ward_end(text: &str) -> usize {
    text.char_indices()
        .take(6)
        .skip(1)
        .find(|(_, c)| *c == '区')
        .filter(|(at, _)| !text[..*at].ends_with(['地', '学']))
        .map_or(0, |(at, c)| at + c.len_utf8())
}

/// Drops 大字 and 字; 十文字 keeps its own.
fn without_aza(town: &str) -> String {
    let mut kept = String::with_capacity(town.len());
    for c in town.replace("大字", "").chars() {
        if c != '字' || kept.ends_with('文') {
            kept.push(c);
        }
    }
    kept
}

#[cfg(test)]
mod tests;
