//! A service as a line of a list, a map's label and the JSON API show it: a handful of statements for a whole page.

use std::collections::HashMap;

use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr};

use super::source::Format;

mod queries;

/// One service at a site, public fields only.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Of the service.
    pub id: i64,
    /// Of its site.
    pub site_id: i64,
    /// The service's own name, else the site's.
    pub name: String,
    /// The site's name.
    pub site: String,
    /// Reading of the site's name.
    pub kana: Option<String>,
    /// Who runs it.
    pub organization: Option<String>,
    /// Code of its category.
    pub category: String,
    /// Codes of its capabilities, in their order.
    pub capabilities: Vec<String>,
    /// 5 digits.
    pub municipality_code: Option<String>,
    /// As the source has it.
    pub address: Option<String>,
    /// 方書.
    pub building: Option<String>,
    /// Where it is, where that is known.
    pub point: Option<Point>,
    /// `exact`, `town` or `none`.
    pub precision: String,
    /// As the source has it.
    pub phone: Option<String>,
    /// The 10 characters that its own list gives it.
    pub place_code: Option<String>,
    /// Home page.
    pub url: Option<String>,
    /// Persons or beds.
    pub capacity: Option<i64>,
    /// `active`, `suspended` or `closed`.
    pub status: String,
    /// The day on which somebody last stood for it, and who.
    pub last_assured: Option<Assurance>,
    /// It was asked whether this is right, and did not answer in time.
    pub has_lapsed: bool,
    /// The codes of its site.
    pub codes: Vec<Code>,
    /// The lists that name it, newest edition each.
    pub sources: Vec<Source>,
}

impl Listed {
    /// Whether lists named it, and none does in its newest edition.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        !self.sources.is_empty() && self.sources.iter().all(|source| source.is_gone)
    }
}

/// Who stood for a record, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assurance {
    /// ISO day.
    pub on: String,
    /// Who, where known.
    pub by: Option<String>,
}

/// A code of a site under one system (`place`: 10 characters; `iryojoho`; `bed_report`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Whose code.
    pub system: String,
    /// The code itself.
    pub code: String,
}

/// A list that names a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Format of the list, a code of `definitions/sources.toml`.
    pub format: String,
    /// The file as it was called.
    pub file_name: String,
    /// ISO day for which the list says it holds.
    pub as_of: Option<String>,
    /// ISO instant at which it was imported.
    pub imported_at: String,
    /// Whether the newest edition of the list no longer has it.
    pub is_gone: bool,
}

impl Source {
    /// Whether it is 病床機能報告, which counts general and long-term beds only.
    #[must_use]
    pub fn is_bed_report(&self) -> bool {
        Format::of_scope(&self.format).is_some_and(Format::is_bed_report)
    }
}

/// These services in the order of `ids`; those that do not exist are left out.
pub async fn of(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Listed>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = queries::services(db, ids).await?;
    let site_ids: Vec<i64> = rows.iter().map(|row| row.site_id).collect();
    let capabilities = grouped(queries::capabilities(db, ids).await?);
    let sources = grouped(queries::sources(db, ids).await?);
    let codes = if rows.is_empty() {
        HashMap::new()
    } else {
        grouped(queries::codes(db, &site_ids).await?)
    };
    let mut by_id: HashMap<i64, Listed> = rows
        .into_iter()
        .map(|row| {
            let (id, site_id) = (row.id, row.site_id);
            let listed = Listed {
                capabilities: capabilities.get(&id).cloned().unwrap_or_default(),
                sources: sources.get(&id).cloned().unwrap_or_default(),
                codes: codes.get(&site_id).cloned().unwrap_or_default(),
                ..row.into_listed()
            };
            (id, listed)
        })
        .collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// One service, closed ones included.
pub async fn one(db: &impl ConnectionTrait, id: i64) -> Result<Option<Listed>, DbErr> {
    Ok(of(db, &[id]).await?.pop())
}

fn grouped<T>(pairs: Vec<(i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut groups: HashMap<i64, Vec<T>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
