//! What the files say of filings and inspections: their kinds, by which law, and what they set.

use chrono::NaiveDate;
use serde::Deserialize;

/// The kinds that hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilingKinds {
    /// The day from which they hold.
    pub valid_from: NaiveDate,
    /// In the order of the form.
    #[serde(rename = "kind")]
    pub kinds: Vec<FilingKind>,
}

/// A kind of filing or inspection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilingKind {
    /// Stable.
    pub code: String,
    /// 廃止の届出.
    pub name: String,
    /// What it is.
    pub form: Form,
    /// By which law.
    pub law: String,
    /// What it sets the service to.
    #[serde(default)]
    pub status: Option<Standing>,
}

/// A filing is brought, an inspection is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// 届出・指定・申請.
    Filing,
    /// 立入検査・運営指導.
    Inspection,
}

/// Whether a service works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 活動中.
    Active,
    /// 休止中.
    Suspended,
    /// 廃止.
    Closed,
}

impl Standing {
    /// As in `service.status`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }
}

impl FilingKinds {
    /// By its code.
    #[must_use]
    pub fn kind(&self, code: &str) -> Option<&FilingKind> {
        self.kinds.iter().find(|kind| kind.code == code)
    }

    /// What is wrong with it.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (at, kind) in self.kinds.iter().enumerate() {
            if self.kinds[..at].iter().any(|it| it.code == kind.code) {
                faults.push(format!("コード「{}」が二度あります。", kind.code));
            }
            if [&kind.code, &kind.name, &kind.law]
                .iter()
                .any(|it| it.trim().is_empty())
            {
                faults.push(format!("「{}」に空の項目があります。", kind.code));
            }
        }
        faults
    }
}
