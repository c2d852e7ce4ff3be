//! How fresh the directory is: the share of services confirmed within the last twelve months, by municipality and category.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr};

use crate::definition::confirmation::ConfirmationRule;

mod queries;

/// Services, and those of them that were confirmed lately enough.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// All that work.
    pub n: u64,
    /// Confirmed within the months of the rule.
    pub n_confirmed: u64,
}

impl Share {
    /// Between 0 and 1; none where there is no service.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.n > 0).then(|| self.n_confirmed as f64 / self.n as f64)
    }

    fn add(&mut self, other: Self) {
        self.n += other.n;
        self.n_confirmed += other.n_confirmed;
    }
}

/// How fresh the services of some municipalities are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Freshness {
    /// All of them.
    pub all: Share,
    /// By 5-digit code.
    pub by_municipality: BTreeMap<String, Share>,
    /// By code of the category.
    pub by_category: BTreeMap<String, Share>,
}

/// Measures the services of these municipalities (5 digits) as they stand on `today`.
pub async fn measure(
    db: &impl ConnectionTrait,
    rule: &ConfirmationRule,
    municipalities: &BTreeSet<String>,
    today: NaiveDate,
) -> Result<Freshness, DbErr> {
    let from = rule.due_before(today).to_string();
    let mut freshness = Freshness::default();
    for counted in queries::counted(db, &from).await? {
        if !municipalities.contains(&counted.municipality_code) {
            continue;
        }
        let share = Share {
            n: counted.n.unsigned_abs(),
            n_confirmed: counted.n_confirmed.unsigned_abs(),
        };
        freshness.all.add(share);
        let by_municipality = &mut freshness.by_municipality;
        by_municipality
            .entry(counted.municipality_code)
            .or_default()
            .add(share);
        let by_category = &mut freshness.by_category;
        by_category.entry(counted.category).or_default().add(share);
    }
    Ok(freshness)
}
