//! All services of one kind around a place: what coverage and maps measure.

use std::collections::BTreeSet;

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr};

use super::expression::Expression;
use super::{any_token, in_cells, index, queries};
use crate::definition::Definitions;

/// What a service is, or what it can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Code of a category.
    Category(String),
    /// Code of a capability.
    Capability(String),
}

/// What a kind is called, and who can tell it.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The official term.
    pub name: &'a str,
    /// What a resident would say.
    pub plain: &'a str,
    /// Which sources bring it.
    pub sources: &'a [String],
}

impl Kind {
    /// The capability or category of this code.
    #[must_use]
    pub fn of_code(definitions: &Definitions, code: &str) -> Option<Self> {
        let code = code.to_owned();
        match (definitions.capability(&code), definitions.category(&code)) {
            (Some(_), _) => Some(Self::Capability(code)),
            (None, Some(_)) => Some(Self::Category(code)),
            (None, None) => None,
        }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Category(code) | Self::Capability(code) => code,
        }
    }

    /// What it is called; none where no file defines it.
    #[must_use]
    pub fn words<'a>(&self, definitions: &'a Definitions) -> Option<Words<'a>> {
        let (name, plain, sources) = match self {
            Self::Category(code) => {
                let found = definitions.category(code)?;
                (&found.name, &found.plain, &found.sources)
            }
            Self::Capability(code) => {
                let found = definitions.capability(code)?;
                (&found.name, &found.plain, &found.sources)
            }
        };
        Some(Words {
            name,
            plain,
            sources,
        })
    }

    fn token(&self) -> Expression {
        Expression::token(match self {
            Self::Category(code) => index::category_token(code),
            Self::Capability(code) => index::capability_token(code),
        })
    }

    fn active(&self) -> Expression {
        Expression::all(vec![
            self.token(),
            Expression::token(index::status_token("active")),
        ])
    }
}

/// Whether there is any service of a kind, active or not.
pub async fn exists(db: &impl ConnectionTrait, kind: &Kind) -> Result<bool, DbErr> {
    Ok(!queries::page(db, &kind.token(), 1, 0).await?.is_empty())
}

/// The active services of a kind in a circle, by id.
pub async fn active_within(
    db: &impl ConnectionTrait,
    kind: &Kind,
    center: Point,
    km: f64,
) -> Result<Vec<i64>, DbErr> {
    let wanted = in_cells(&kind.active(), center, km);
    queries::page_within_by_id(db, &wanted, center, km, i64::MAX.unsigned_abs(), 0).await
}

/// How many active services of a kind in these municipalities have no known place.
pub async fn active_unplaced(
    db: &impl ConnectionTrait,
    kind: &Kind,
    municipalities: &BTreeSet<String>,
) -> Result<u64, DbErr> {
    let wanted = Expression::all(vec![
        kind.active(),
        Expression::token(index::UNPLACED),
        any_token(
            municipalities.iter().map(String::as_str),
            index::municipality_token,
        ),
    ]);
    queries::count(db, &wanted).await
}

/// How many active services of a kind these municipalities have.
pub async fn count_active(
    db: &impl ConnectionTrait,
    kind: &Kind,
    municipalities: &BTreeSet<String>,
) -> Result<u64, DbErr> {
    let wanted = Expression::all(vec![
        kind.active(),
        any_token(
            municipalities.iter().map(String::as_str),
            index::municipality_token,
        ),
    ]);
    queries::count(db, &wanted).await
}
