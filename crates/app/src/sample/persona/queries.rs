//! The SQL of invented people.

use keniki_base::id::OrganizationId;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::Persona;
use crate::database::{statement, within};
use crate::sample::is_public;

/// Who runs a service, and where it lies.
#[derive(Debug, FromQueryResult)]
pub(super) struct Found {
    pub organization_id: i64,
    pub organization_name: String,
    pub municipality_code: Option<String>,
    pub category: String,
}

/// Whoever runs the largest service of `category` in these municipalities, and is not there for another category already.
pub(super) async fn largest(
    db: &impl ConnectionTrait,
    category: &str,
    municipalities: &[String],
    taken: &[(OrganizationId, &str)],
) -> Result<Option<Found>, DbErr> {
    let sql = format!(
        "select t.organization_id, o.name as organization_name, t.municipality_code, s.category
         from service s join site t on t.id = s.site_id join organization o on o.id = t.organization_id
         where s.status = 'active' and t.municipality_code in {}
         order by coalesce(s.capacity, 0) desc, s.id",
        within(db, municipalities.len())
    );
    let values = municipalities.iter().map(|code| code.as_str().into());
    let all = Found::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    // Whoever runs a hospital owes its work, too: not the day of a small office.
    let hospitals: Vec<i64> = all
        .iter()
        .filter(|it| it.category == "hospital")
        .map(|it| it.organization_id)
        .collect();
    let is_one = |found: &Found| {
        let is_small = category == "hospital" || !hospitals.contains(&found.organization_id);
        let is_taken = taken.iter().any(|(organization, of)| {
            organization.get() == found.organization_id && *of != category
        });
        found.category == category && is_small && !is_taken && !is_public(&found.organization_name)
    };
    Ok(all.into_iter().find(is_one))
}

/// Accounts that nobody can sign in to by a password.
pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<Persona>, DbErr> {
    let sql = "select a.id as account_id, a.name, m.role, o.name as organization_name
        from account a
        join membership m on m.account_id = a.id and m.valid_to is null
        join organization o on o.id = m.organization_id
        where a.password_hash is null and a.status = 'active' and a.login like '%@example.jp'
        order by a.id, m.id";
    Persona::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}
