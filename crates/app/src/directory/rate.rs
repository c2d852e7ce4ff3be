//! Services per 10,000 people of 75 and over, by category; what no list covers has no rate.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbErr};

use super::held::Held;
use super::search::kind::{self, Kind};
use crate::definition::Definitions;

/// One category of one area.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Code of the category.
    pub category: String,
    /// Active services; `None`: 未収載.
    pub n: Option<u64>,
    /// Per 10,000 people of 75 and over; `None` where either number is not known.
    pub per_10_000: Option<f64>,
}

/// The rates of the area that consists of these municipalities, in the order of the definitions.
///
/// `n_75_plus`: people of 75 and over there, where known.
pub async fn of_area(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    held: &Held,
    municipalities: &BTreeSet<String>,
    n_75_plus: Option<f64>,
) -> Result<Vec<Rate>, DbErr> {
    let mut rates = Vec::new();
    for category in definitions
        .categories()
        .iter()
        .filter(|category| category.resident_visible)
    {
        let n = if held.has_category(&category.code, municipalities) {
            let kind = Kind::Category(category.code.clone());
            Some(kind::count_active(db, &kind, municipalities).await?)
        } else {
            None
        };
        rates.push(Rate {
            category: category.code.clone(),
            n,
            per_10_000: per_10_000(n, n_75_plus),
        });
    }
    Ok(rates)
}

fn per_10_000(n: Option<u64>, people: Option<f64>) -> Option<f64> {
    let people = people.filter(|people| *people > 0.0)?;
    Some(n? as f64 / people * 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_needs_both_numbers() {
        assert_eq!(
            per_10_000(Some(43), Some(42_900.0)).map(|rate| (rate * 10.0).round() / 10.0),
            Some(10.0)
        );
        assert_eq!(per_10_000(Some(0), Some(42_900.0)), Some(0.0));
        assert_eq!(per_10_000(None, Some(42_900.0)), None);
        assert_eq!(per_10_000(Some(43), None), None);
        assert_eq!(per_10_000(Some(43), Some(0.0)), None);
    }
}
