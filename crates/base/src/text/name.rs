//! Names of institutions compared: without legal forms, and with the owner apart from the name proper.

use std::collections::HashMap;

use super::bigram::bigrams;
use super::fold::{fold, squeeze};

/// Legal forms that lists put before a name or leave out, longest first where one begins with another.
/// 「社団 」 is left of 「医療法人 社団 創健会」.
const LEGAL_FORMS: &[&str] = &[
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
    "社団 ",
    "財団 ",
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

/// How what stands before a name ends when it is an owner or a house above it; folded.
const OWNERS: &[&str] = &[
    "立",
    "会",
    "せんた",
    "機構",
    "組合",
    "保険",
    "財団",
    "法人",
    "事業団",
    "協会",
    "学園",
    "大学",
    "附属",
    "付属",
    "支部",
    "社",
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
    /// The legal person, where the name tells it: 共済会 in 医療法人共済会清水病院.
    pub owner: Option<String>,
    /// The name proper: 清水病院; never empty unless the name is.
    pub proper: String,
    /// Owner and name proper together, without the legal form.
    pub whole: String,
}

/// The folded name without legal form and owner, for an indexed lookup.
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
    /// 1 when the names proper agree; 0.75 to 0.95 when one name is the end of the other, a fifth less if the
    /// rest does not read as its owner; else at most 0.9 by Dice's coefficient of their bigrams. Two
    /// different owners, and 東 against 西 or 第一 against 第二, speak against it.
    pub fn similarity(&self, other: &Self) -> f64 {
        if self.whole == other.whole {
            return 1.0;
        }
        let owners_differ = matches!((&self.owner, &other.owner), (Some(a), Some(b)) if a != b);
        let doubt = if owners_differ { 0.9 } else { 1.0 };
        if self.proper == other.proper {
            return doubt;
        }
        let part = self.end_of(other).max(other.end_of(self));
        let alike = dice(&self.proper, &other.proper).max(dice(&self.whole, &other.whole));
        let alike = if marks(&self.proper) == marks(&other.proper) {
            alike
        } else {
            0.7 * alike
        };
        doubt * part.max(0.9 * alike)
    }

    /// 0.75 to 0.95 by the share that this name has in the longer one it ends; else 0.
    fn end_of(&self, longer: &Self) -> f64 {
        let length = |text: &str| text.chars().count() as f64;
        let Some(rest) = longer
            .whole
            .strip_suffix(&self.proper)
            .filter(|_| length(&self.proper) >= 4.0)
        else {
            return 0.0;
        };
        // ウェルフェア北園渡辺病院 is not 渡辺病院, and the national 甲府病院 is not 市立甲府病院.
        let another_house = !OWNERS.iter().any(|end| rest.ends_with(end));
        let another_owner = self
            .owner
            .as_ref()
            .is_some_and(|owner| !rest.contains(owner) && !owner.contains(rest));
        let doubt = if another_house || another_owner {
            0.8
        } else {
            1.0
        };
        doubt * (0.75 + 0.2 * length(&self.proper) / length(&longer.whole))
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

/// Whether a part names a house by itself: 清水病院, but neither 病院 nor the branch 井田支店.
fn says_something(proper: &str) -> bool {
    let plain = proper.split('(').next().unwrap_or(proper).trim();
    let vague = KINDS.contains(&plain) || plain.ends_with('店');
    plain.chars().count() >= 3 && !vague && plain.chars().any(char::is_alphabetic)
}

/// The characters that tell houses of one family apart.
fn marks(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| "東西南北新一二三四五".contains(*c) || c.is_ascii_digit())
        .collect()
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
