//! The SQL that finds who looks after the invented people.

use keniki_base::code::MunicipalityCode;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::{statement, within};

/// An office in the directory.
#[derive(Debug, FromQueryResult)]
pub(super) struct Found {
    pub organization_id: i64,
    pub organization_name: String,
    pub category: String,
    pub capacity: Option<i64>,
}

/// Services that take part in a discharge, the largest first; a prefecture or city runs too much to be one office.
pub(super) async fn offices(
    db: &impl ConnectionTrait,
    municipalities: &[MunicipalityCode],
) -> Result<Vec<Found>, DbErr> {
    let sql = format!(
        "select t.organization_id, o.name as organization_name, s.category, s.capacity
         from service s join site t on t.id = s.site_id join organization o on o.id = t.organization_id
         where s.status = 'active' and s.category in ('hospital', 'care_management', 'community_support_center', 'clinic',
            'visiting_nursing', 'pharmacy') and t.municipality_code in {}
         order by coalesce(s.capacity, 0) desc, s.id",
        within(db, municipalities.len())
    );
    let values = municipalities.iter().map(|code| code.as_str().into());
    let mut found = Found::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    found.retain(|it| !crate::sample::is_public(&it.organization_name));
    Ok(found)
}
