//! What a filing tells of a place that is listed with it: its capabilities, and their 区分.

use chrono::NaiveDate;

use super::vocabulary::{Capability, FilingRule};
use super::{Definitions, key};

/// A capability that a filing tells of, and what the filing says of its 区分 (加算区分 不明 where it does not).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiledCapability<'a> {
    /// The capability.
    pub capability: &'a Capability,
    /// The 区分, to stand as a note beside it.
    pub grade: Option<&'a str>,
}

impl Definitions {
    /// What a filing (受理記号 and 備考, as printed) tells of a place in a list as of the day `as_of`.
    pub fn capabilities_of_filing(
        &self,
        symbol: &str,
        remark: Option<&str>,
        as_of: Option<NaiveDate>,
    ) -> Vec<FiledCapability<'_>> {
        let remark = remark.map(key).unwrap_or_default();
        let rules = self
            .filing_rules
            .get(&key(symbol))
            .map_or(&[][..], Vec::as_slice);
        rules
            .iter()
            .map(|&(capability, rule)| {
                let capability = &self.capabilities[capability];
                (capability, &capability.filings[rule])
            })
            .filter(|(_, rule)| rule.holds_on(as_of))
            .map(|(capability, rule)| FiledCapability {
                capability,
                grade: grade(rule, &remark),
            })
            .collect()
    }
}

fn grade<'a>(rule: &'a FilingRule, remark: &str) -> Option<&'a str> {
    rule.remarks
        .iter()
        .find(|told| remark.contains(&key(&told.contains)))
        .map(|told| told.grade.as_str())
        .or(rule.grade_unknown.as_deref())
        .or(rule.grade.as_deref())
}
