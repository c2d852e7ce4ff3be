//! The SQL of organizations that are looked for by a name.

use keniki_base::text::name_key;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::{is_sqlite, statement, within};

/// An organization to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its sites, those of the name that was looked for first.
    pub sites: Vec<Site>,
}

/// A site by which an organization is told from others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Names of its services that have their own, as far as they were looked for.
    pub services: Vec<String>,
    /// Codes of what it offers.
    pub categories: Vec<String>,
    /// 見本市.
    pub municipality: Option<String>,
}

#[derive(FromQueryResult)]
struct Organization {
    id: i64,
    name: String,
}

#[derive(FromQueryResult)]
struct Offered {
    organization_id: i64,
    site_id: i64,
    name: String,
    municipality: Option<String>,
    category: Option<String>,
    service_name: Option<String>,
}

/// Organizations by their name, or that of a site or of a service that has one of its own; only those that offer something of `categories`, and those sites, where any
/// are named.
pub(super) async fn named(
    db: &impl ConnectionTrait,
    name: &str,
    categories: &[String],
) -> Result<Vec<Found>, DbErr> {
    // strpos and instr have no wildcards, and each engine has but one of them.
    let has = |column: &str, place: &str| match is_sqlite(db) {
        true => format!("instr({column}, {place}) > 0"),
        false => format!("strpos({column}, {place}) > 0"),
    };
    let key = name_key(name);
    let plain = without_blanks(name);
    let mut values: Vec<Value> = vec![name.into(), key.as_str().into(), plain.as_str().into()];
    let offers = match categories.is_empty() {
        true => String::new(),
        false => {
            values.extend(categories.iter().map(|it| Value::from(it.as_str())));
            format!(
                " and exists (select 1 from service v join site s on s.id = v.site_id
                    where s.organization_id = o.id and v.status <> 'closed' and v.category in {})",
                places(4, categories.len())
            )
        }
    };
    let sql = format!(
        "select o.id, o.name from organization o
        where ({} or exists (select 1 from site s where s.organization_id = o.id and {})
            or exists (select 1 from service v join site s on s.id = v.site_id
                where s.organization_id = o.id and v.status <> 'closed' and {})){offers}
        order by o.name, o.id limit 20",
        has("o.name", "$1"),
        has("s.name_key", "$2"),
        has("replace(replace(v.name, ' ', ''), '　', '')", "$3")
    );
    let organizations = Organization::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    let ids: Vec<i64> = organizations.iter().map(|it| it.id).collect();
    let offered = offered(db, &ids).await?;
    let found = organizations.into_iter().map(|it| {
        let own = offered.iter().filter(|row| row.organization_id == it.id);
        Found {
            sites: sites(own, (&key, &plain, categories)),
            id: it.id,
            name: it.name,
        }
    });
    Ok(found.collect())
}

/// A service's own name is kept as it was written: it is compared without blanks.
fn without_blanks(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}

/// `($4, $5)`.
fn places(first: usize, n: usize) -> String {
    let all: Vec<String> = (first..first + n).map(|at| format!("${at}")).collect();
    format!("({})", all.join(", "))
}

/// Every site of these organizations that is not closed, with each thing that it offers.
async fn offered(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Offered>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select s.organization_id, s.id as site_id, s.name, v.category, v.name as service_name,
            (select a.name from area a where a.area_set = 'municipality' and a.code = s.municipality_code) as municipality
        from site s left join service v on v.site_id = s.id and v.status <> 'closed'
        where s.organization_id in {} and s.status <> 'closed'
        order by s.organization_id, s.name_key, s.id, v.id",
        within(db, ids.len())
    );
    let ids = ids.iter().map(|id| (*id).into());
    Offered::find_by_statement(statement(db, sql, ids))
        .all(db)
        .await
}

fn sites<'a>(
    rows: impl Iterator<Item = &'a Offered>,
    (key, plain, wanted): (&str, &str, &[String]),
) -> Vec<Site> {
    let is_meant = |name: &str| without_blanks(name).contains(plain);
    let mut sites: Vec<(i64, Site)> = Vec::new();
    for row in rows {
        if sites.last().is_none_or(|(id, _)| *id != row.site_id) {
            let site = Site {
                name: row.name.clone(),
                services: Vec::new(),
                categories: Vec::new(),
                municipality: row.municipality.clone(),
            };
            sites.push((row.site_id, site));
        }
        let Some((_, site)) = sites.last_mut() else {
            continue;
        };
        if let Some(category) = row.category.as_ref()
            && !site.categories.contains(category)
        {
            site.categories.push(category.clone());
        }
        if let Some(name) = row.service_name.as_ref().filter(|name| is_meant(name)) {
            site.services.push(name.clone());
        }
    }
    let mut sites: Vec<Site> = sites.into_iter().map(|(_, site)| site).collect();
    if !wanted.is_empty() {
        sites.retain(|it| it.categories.iter().any(|own| wanted.contains(own)));
    }
    sites.sort_by_key(|it| it.services.is_empty() && !name_key(&it.name).contains(key));
    sites
}
