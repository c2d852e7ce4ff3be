//! Names of institutions compared: without legal forms, and with the owner apart from the name proper.

use std::collections::HashMap;

use super::bigram::bigrams;
use super::fold::{fold, is_kanji, squeeze};

/// Legal forms and the names of nationwide owners that lists put before a name or leave out. Longest first
/// where one begins with another.
const LEGAL_FORMS: &[&str] = &[
    "独立行政法人国立病院機構",
    "独立行政法人労働者健康安全機構",
    "独立行政法人地域医療機能推進機構",
    "地方独立行政法人",
    "国立研究開発法人",
    "独立行政法人",
    "国立大学法人",
    "公立大学法人",
    "公益財団法人",
    "公益社団法人",
    "一般財団法人",
    "一般社団法人",
    "特定非営利活動法人",
    "特定医療法人",
    "社会医療法人",
    "社会福祉法人",
    "医療生活協同組合",
    "消費生活協同組合",
    "厚生農業協同組合連合会",
    "農業協同組合",
    "企業組合",
    "医療法人社団",
    "医療法人財団",
    "医療法人",
    "学校法人",
    "宗教法人",
    "NPO法人",
    "財団法人",
    "社団法人",
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "日本赤十字社",
    "社会福祉協議会",
];

/// The same in brackets.
const SHORT_FORMS: &[&str] = &[
    "(株)", "(有)", "(合)", "(同)", "(資)", "(名)", "(医)", "(社)", "(財)", "(福)", "(特)",
    "(NPO)", "(医社)", "(医財)", "(社団)", "(財団)",
];

/// What ends an owner's name when the institution's follows without a blank.
const OWNER_ENDS: &[&str] = &[
    "国民健康保険",
    "病院組合",
    "事業団",
    "機構",
    "協会",
    "財団",
    "学園",
    "会",
];

/// What is left must say more than what kind of house it is.
const KINDS: &[&str] = &[
    "病院",
    "医院",
    "診療所",
    "クリニック",
    "薬局",
    "歯科",
    "歯科医院",
    "センター",
    "支部",
];

/// A name taken apart for comparison; both parts folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameKey {
    /// The legal person, where the name tells it: 「きょうさいかい…」 of 医療法人共済会清水病院 is 共済会.
    pub owner: Option<String>,
    /// The name proper: 清水病院.
    pub proper: String,
    /// Owner and name proper together, without the legal form.
    pub whole: String,
}

/// The folded name without legal form and owner, for an indexed lookup; never empty unless the name is.
pub fn name_key(name: &str) -> String {
    NameKey::of(name).proper
}

impl NameKey {
    /// Takes a name apart.
    pub fn of(name: &str) -> Self {
        let name = squeeze(name);
        let (legal, rest) = without_forms(&name);
        let (owner, proper) = part_owner(&rest, legal);
        let key = Self {
            owner: owner.map(fold).filter(|o| !o.is_empty()),
            proper: fold(proper),
            whole: fold(&rest),
        };
        if key.proper.is_empty() {
            Self {
                owner: None,
                proper: fold(&name),
                whole: fold(&name),
            }
        } else {
            key
        }
    }

    /// How alike two names are, from 0 to 1.
    ///
    /// 1 when the names proper agree, up to 0.95 when one name is the end of the other (the rest being an owner's
    /// name), else Dice's coefficient of their bigrams, at most 0.9. Two different owners cost a tenth.
    pub fn similarity(&self, other: &Self) -> f64 {
        let alike = if self.proper == other.proper || self.whole == other.whole {
            1.0
        } else {
            let part = end_of(&self.whole, &other.whole).max(end_of(&self.proper, &other.proper));
            part.max(0.9 * dice(&self.proper, &other.proper))
                .max(0.9 * dice(&self.whole, &other.whole))
        };
        let owners_differ = matches!((&self.owner, &other.owner), (Some(a), Some(b)) if a != b);
        if owners_differ && self.whole != other.whole {
            alike * 0.9
        } else {
            alike
        }
    }
}

/// How alike two names of institutions are, from 0 to 1: see [`NameKey::similarity`].
pub fn name_similarity(a: &str, b: &str) -> f64 {
    NameKey::of(a).similarity(&NameKey::of(b))
}

/// Takes the legal forms out; says whether the name began with one.
fn without_forms(name: &str) -> (bool, String) {
    let mut rest = name.to_owned();
    for form in SHORT_FORMS {
        rest = rest.replace(form, " ");
    }
    let mut legal = rest != name;
    loop {
        let trimmed = rest.trim();
        let Some(form) = LEGAL_FORMS
            .iter()
            .find(|form| trimmed.starts_with(**form) || trimmed.ends_with(**form))
        else {
            return (legal, trimmed.to_owned());
        };
        legal |= trimmed.starts_with(form);
        rest = trimmed
            .strip_prefix(form)
            .or_else(|| trimmed.strip_suffix(form))
            .unwrap_or(trimmed)
            .to_owned();
    }
}

/// Parts 「共済会清水病院」 into owner and name proper. Without a legal form in front only what is surely an
/// owner (国民健康保険, 病院組合) is cut off.
fn part_owner(name: &str, legal: bool) -> (Option<&str>, &str) {
    let ends = if legal { OWNER_ENDS } else { &OWNER_ENDS[..2] };
    for end in ends {
        let Some(at) = name
            .find(end)
            .filter(|at| *at > 0 || end.chars().count() > 3)
        else {
            continue;
        };
        let (owner, proper) = name.split_at(at + end.len());
        if says_something(proper) {
            return (Some(owner), proper.trim());
        }
    }
    if legal
        && let Some((owner, proper)) = name.split_once(' ')
        && says_something(proper)
    {
        return (Some(owner), proper.trim());
    }
    (None, name)
}

fn says_something(proper: &str) -> bool {
    let proper = proper.trim();
    proper.chars().count() >= 3
        && !KINDS.contains(&proper)
        && proper.chars().any(|c| is_kanji(c) || c.is_alphabetic())
}

/// 0.75 to 0.95 by the share that the shorter name has in the longer, if it is its end; else 0.
fn end_of(a: &str, b: &str) -> f64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let (few, many) = (short.chars().count(), long.chars().count());
    if few < 4 || !long.ends_with(short) {
        return 0.0;
    }
    0.75 + 0.2 * few as f64 / many as f64
}

/// Dice's coefficient of the bigrams, repeated ones counted as often as they occur.
fn dice(a: &str, b: &str) -> f64 {
    let (a, b) = (bigrams(a), bigrams(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let mut left: HashMap<&str, usize> = HashMap::new();
    for token in &a {
        *left.entry(token).or_default() += 1;
    }
    let common = b
        .iter()
        .filter(|token| {
            left.get_mut(token.as_str())
                .filter(|n| **n > 0)
                .map(|n| *n -= 1)
                .is_some()
        })
        .count();
    2.0 * common as f64 / (a.len() + b.len()) as f64
}

#[cfg(test)]
mod tests;
