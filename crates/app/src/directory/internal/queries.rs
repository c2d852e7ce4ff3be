//! The SQL of what only professionals may know.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::statement;

/// Whose a service is, and where it lies.
#[derive(Debug, FromQueryResult)]
pub(super) struct Whose {
    pub organization_id: Option<i64>,
    pub municipality_code: Option<String>,
}

pub(super) async fn whose(db: &impl ConnectionTrait, id: i64) -> Result<Option<Whose>, DbErr> {
    let sql = "select t.organization_id, t.municipality_code
        from service s join site t on t.id = s.site_id where s.id = $1";
    Whose::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

/// Whom professionals call.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Contact {
    /// What for.
    pub purpose: String,
    /// Name of the window.
    pub name: Option<String>,
    /// As written.
    pub phone: Option<String>,
    /// As written.
    pub fax: Option<String>,
    /// When.
    pub hours_note: Option<String>,
}

/// Of the service and of its site as a whole.
pub(super) async fn contacts(
    db: &impl ConnectionTrait,
    service: i64,
) -> Result<Vec<Contact>, DbErr> {
    let sql = "select c.purpose, c.name, c.phone, c.fax, c.hours_note
        from service s join contact_point c on c.site_id = s.site_id and (c.service_id is null or c.service_id = s.id)
        where s.id = $1 and c.audience = 'professional' order by c.id";
    Contact::find_by_statement(statement(db, sql, [service.into()]))
        .all(db)
        .await
}
