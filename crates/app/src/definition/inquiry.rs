//! What the file says of 受入れ照会（匿名）: how roughly an age is told, on what the choice rests, why an office cannot.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;

/// `inquiry.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inquiries {
    /// The day from which it holds.
    pub valid_from: NaiveDate,
    /// On what it rests.
    pub source: String,
    /// The scope of `patients.toml` in which the user must have agreed before anybody learns who they are.
    pub consent_scope: String,
    /// Characters of a note.
    pub longest: usize,
    /// How roughly an age is told.
    pub age: AgeBand,
    /// Why an office cannot, in the order of the form.
    #[serde(rename = "reason")]
    pub reasons: Vec<Reason>,
}

/// How roughly an age is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeBand {
    /// Years that are told as one.
    pub width: u32,
    /// Whoever is younger is told as younger than this.
    pub first: u32,
    /// Whoever is of this age or older is told so.
    pub last: u32,
}

impl AgeBand {
    /// 80代 or 80〜84歳; 20歳未満, 90歳以上.
    #[must_use]
    pub fn words(self, age: u32) -> String {
        if age < self.first {
            return format!("{}歳未満", self.first);
        }
        if age >= self.last {
            return format!("{}歳以上", self.last);
        }
        let from = age - age % self.width.max(1);
        match self.width {
            10 => format!("{from}代"),
            width => format!("{from}〜{}歳", from + width - 1),
        }
    }
}

/// Why an office cannot take somebody.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
    /// There is no place: no bed, no staff.
    #[serde(default)]
    pub is_for_want_of_place: bool,
    /// It says nothing without words of its own.
    #[serde(default)]
    pub asks_words: bool,
}

impl Inquiries {
    /// By its code.
    #[must_use]
    pub fn reason(&self, code: &str) -> Option<&Reason> {
        self.reasons.iter().find(|it| it.code == code)
    }

    /// What is wrong with them.
    pub(super) fn faults(&self, scopes: &BTreeSet<&str>) -> Vec<String> {
        let mut faults = Vec::new();
        if self.source.trim().is_empty() {
            faults.push("source が空です。".to_owned());
        }
        if !scopes.contains(self.consent_scope.as_str()) {
            faults.push(format!(
                "consent_scope の「{}」という同意の範囲は patients.toml にありません。",
                self.consent_scope
            ));
        }
        if !(50..=2_000).contains(&self.longest) {
            faults.push(format!("longest は50以上2000以下です: {}", self.longest));
        }
        let AgeBand { width, first, last } = self.age;
        // Under five years a band tells little less than the age.
        if !(5..=20).contains(&width) || first % width != 0 || last % width != 0 || first >= last {
            faults.push(format!(
                "age の width は5以上20以下、first と last はその倍数で first を小さくします: {width}・{first}・{last}"
            ));
        }
        if last > 100 {
            faults.push(format!("age の last は100以下です: {last}"));
        }
        if self.reasons.is_empty() {
            faults.push("理由（reason）を一つ以上書いてください。".to_owned());
        }
        for (at, reason) in self.reasons.iter().enumerate() {
            if self.reasons[..at].iter().any(|it| it.code == reason.code) {
                faults.push(format!("コード「{}」が二度あります。", reason.code));
            }
            if [&reason.code, &reason.name]
                .iter()
                .any(|it| it.trim().is_empty())
            {
                faults.push(format!("「{}」に空の項目があります。", reason.code));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definitions;

    #[test]
    fn an_age_is_told_by_its_band() {
        let ten = AgeBand {
            width: 10,
            first: 20,
            last: 90,
        };
        let words = [0, 19, 20, 89, 90, 113].map(|age| ten.words(age));
        assert_eq!(
            words,
            [
                "20歳未満",
                "20歳未満",
                "20代",
                "80代",
                "90歳以上",
                "90歳以上"
            ]
        );
        let five = AgeBand { width: 5, ..ten };
        assert_eq!(five.words(84), "80〜84歳");
    }

    #[test]
    fn the_own_file_is_sound_and_each_fault_is_said() {
        let definitions = Definitions::load(None).unwrap();
        let own = definitions.inquiries();
        let scopes = BTreeSet::from(["care"]);
        assert_eq!(own.faults(&scopes), Vec::<String>::new());
        assert!(own.reason("full").unwrap().is_for_want_of_place);
        let mut wrong = own.clone();
        wrong.source.clear();
        wrong.longest = 1;
        wrong.age = AgeBand {
            width: 1,
            first: 20,
            last: 110,
        };
        wrong.reasons.push(Reason {
            name: String::new(),
            ..wrong.reasons[0].clone()
        });
        assert_eq!(
            wrong.faults(&BTreeSet::new()),
            [
                "source が空です。",
                "consent_scope の「care」という同意の範囲は patients.toml にありません。",
                "longest は50以上2000以下です: 1",
                "age の width は5以上20以下、first と last はその倍数で first を小さくします: 1・20・110",
                "age の last は100以下です: 110",
                "コード「full」が二度あります。",
                "「full」に空の項目があります。",
            ]
        );
    }
}
