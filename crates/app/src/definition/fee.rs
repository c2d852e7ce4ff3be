//! Fees whose deadline is the law's, not the area's: tiers, each from one day to another, counted like a step's deadline.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;

use super::program::{Condition, Due};

/// The fees that hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fees {
    /// One for each tier of each revision, the best first.
    #[serde(rename = "fee")]
    pub tiers: Vec<FeeTier>,
}

/// A tier of a fee: what is done in time earns it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeTier {
    /// Of which fee: what steps name.
    pub code: String,
    /// 入院時情報連携加算（Ⅰ）.
    pub name: String,
    /// So many 単位 or 点.
    pub points: u32,
    /// 単位 or 点.
    pub unit: String,
    /// First day for which it holds.
    pub valid_from: NaiveDate,
    /// Last day, where a revision has ended it.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// The notice that it rests on.
    pub source: String,
    /// Only where all of this holds.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Until when it is earned.
    pub due: Due,
}

impl Fees {
    /// The tiers of a fee that hold on `day`, the best first.
    pub fn on<'a>(&'a self, code: &'a str, day: NaiveDate) -> impl Iterator<Item = &'a FeeTier> {
        let holds = move |tier: &&FeeTier| {
            tier.code == code && tier.valid_from <= day && tier.valid_to.is_none_or(|to| day <= to)
        };
        self.tiers.iter().filter(holds)
    }

    /// Every code.
    pub(super) fn codes(&self) -> BTreeSet<&str> {
        self.tiers.iter().map(|it| it.code.as_str()).collect()
    }

    /// What is wrong with it.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for tier in &self.tiers {
            let texts = [&tier.code, &tier.name, &tier.unit, &tier.source];
            if texts.iter().any(|text| text.trim().is_empty()) {
                faults.push(format!("「{}」に空の項目があります。", tier.name));
            }
            if tier.valid_to.is_some_and(|to| to < tier.valid_from) {
                faults.push(format!(
                    "「{}」の終わりの日が始まりの日より前です。",
                    tier.name
                ));
            }
            if tier.due.within.is_none() || tier.due.before.is_some() {
                faults.push(format!(
                    "「{}」の期限は within で書いてください。",
                    tier.name
                ));
            }
        }
        faults
    }
}
