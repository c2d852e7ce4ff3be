//! The words of the directory as the files give them: views, sources, categories, capabilities.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

/// One of the five views 医療・介護・予防・生活支援・住居.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// `medical`, `care`, `prevention`, `support`, `housing`.
    pub code: String,
    /// The official word.
    pub name: String,
    /// What a resident would say.
    pub plain: String,
    /// What it is, in one sentence.
    pub sentence: String,
    /// Place among the views, from 1.
    pub order: u8,
    /// Shape on the map, 0–4; no two views share one.
    pub marker: u8,
}

/// A list that can fill the directory; its code is the format that the import recognises.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `filings`, `care_services`, `medical_net`, `bed_report`, `bed_book`, `standard_medical`, `standard_care`, `survey`.
    pub code: String,
    /// The publisher's name for it.
    pub name: String,
    /// Who publishes it.
    pub publisher: String,
    /// What to do where it is not loaded: a Japanese sentence for staff.
    pub how: String,
    /// The list in whose form it is brought, where that is another one.
    #[serde(default)]
    pub form: Option<String>,
}

/// Who runs this installation, as its pages say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// Name; empty where the installation has not said.
    pub name: String,
    /// How to reach it: a telephone number with hours, an address.
    pub contact: String,
}

/// How far a service reaches when coverage is asked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageRule {
    /// In a straight line, from the site to the point that stands for a town.
    pub km: f64,
    /// What the distance rests on, to be printed beside every figure.
    pub basis: String,
    /// Codes of the capabilities and categories for which it is so.
    pub applies_to: Vec<String>,
    /// What is printed beside all others.
    pub otherwise: String,
    /// The day on which the rule was noted; fee rules change every two years.
    pub noted_on: NaiveDate,
}

impl CoverageRule {
    /// What the distance rests on for a capability or category.
    #[must_use]
    pub fn basis_of(&self, code: &str) -> &str {
        match self.applies_to.iter().any(|it| it == code) {
            true => &self.basis,
            false => &self.otherwise,
        }
    }
}

/// What kind of service it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Stable code, as in URLs and in the API.
    pub code: String,
    /// Code of its view.
    pub view: String,
    /// The ministry's term.
    pub name: String,
    /// What a resident would say.
    pub plain: String,
    /// What it is, in one sentence.
    pub sentence: String,
    /// What people type when they look for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// サービスの種類 as printed in the public lists of care services.
    #[serde(default)]
    pub care_service_names: Vec<String>,
    /// The 3-digit codes of those lists (110 訪問介護 …).
    #[serde(default)]
    pub care_service_codes: Vec<String>,
    /// By source, the kinds of institution as that list prints them.
    #[serde(default)]
    pub institution_kinds: BTreeMap<String, Vec<String>>,
    /// Code of FHIR's `service-category`, the nearest there is.
    pub fhir: Option<String>,
    /// Which sources can fill it. None of them loaded: 未収載.
    pub sources: Vec<String>,
    /// Shown on public pages.
    #[serde(default = "yes")]
    pub resident_visible: bool,
    /// It comes to the home.
    #[serde(default)]
    pub is_home_visit: bool,
    /// Day and night by its own definition.
    #[serde(default)]
    pub is_24h: bool,
    /// A window to ask at.
    #[serde(default)]
    pub is_consultation: bool,
    /// First day on which this kind of service exists.
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it exists.
    pub valid_to: Option<NaiveDate>,
}

/// A heading over capabilities in filters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Stable code.
    pub code: String,
    /// The heading, in a resident's words.
    pub name: String,
    /// Place among the groups, from 1.
    pub order: u8,
}

/// What a service can do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// Stable code, as in URLs and in the API.
    pub code: String,
    /// The official term.
    pub name: String,
    /// What a resident would say.
    pub plain: String,
    /// What it is, in one sentence.
    pub sentence: String,
    /// Code of its heading in filters.
    pub group: String,
    /// What people type when they look for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Codes of the categories that can have it.
    pub applies_to: Vec<String>,
    /// Which sources can tell it. None of them loaded: 未収載.
    pub sources: Vec<String>,
    /// The filings (施設基準の届出) that tell it.
    #[serde(default)]
    pub filings: Vec<FilingRule>,
    /// The mark of the bed-function reports that tells it.
    pub bed_report_mark: Option<String>,
    /// Reachable day and night by its own requirement.
    #[serde(default)]
    pub is_24h: bool,
    /// The service comes to the home.
    #[serde(default)]
    pub is_home_visit: bool,
    /// Shown on public pages.
    #[serde(default = "yes")]
    pub resident_visible: bool,
}

/// A 受理記号 and what it tells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilingRule {
    /// The 受理記号 as printed (支援診３).
    pub symbol: String,
    /// What the symbol itself says of the 区分.
    pub grade: Option<String>,
    /// What the 備考 says of it.
    #[serde(default)]
    pub remarks: Vec<RemarkGrade>,
    /// What stands where the 備考 says nothing of it.
    pub grade_unknown: Option<String>,
    /// First day of a list in which the symbol means this.
    pub valid_from: Option<NaiveDate>,
    /// Last such day.
    pub valid_to: Option<NaiveDate>,
}

/// A text in the 備考 of a filing and the 区分 it tells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemarkGrade {
    /// What the 備考 contains.
    pub contains: String,
    /// The 区分.
    pub grade: String,
}

impl FilingRule {
    /// Whether the symbol means this in a list of the day `as_of`; a list without a day is taken as of today's rules.
    pub fn holds_on(&self, as_of: Option<NaiveDate>) -> bool {
        match as_of {
            Some(day) => {
                self.valid_from.is_none_or(|from| from <= day)
                    && self.valid_to.is_none_or(|to| day <= to)
            }
            None => self.valid_to.is_none(),
        }
    }

    /// Whether there is a day on which both hold.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let ends_before = |one: &Self, other: &Self| {
            one.valid_to
                .zip(other.valid_from)
                .is_some_and(|(to, from)| to < from)
        };
        !ends_before(self, other) && !ends_before(other, self)
    }
}

fn yes() -> bool {
    true
}
