//! The SQL of memberships and of what organizations answer for.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::{inserted, value};
use crate::database::statement;

/// A membership of somebody that holds on a day between two.
#[derive(Debug, FromQueryResult)]
pub(super) struct Held {
    pub id: i64,
    pub organization_id: i64,
    pub organization_name: String,
    pub role: String,
}

pub(super) async fn held(
    db: &impl ConnectionTrait,
    account: i64,
    (from, to): (&str, &str),
) -> Result<Vec<Held>, DbErr> {
    let sql = "select m.id, m.organization_id, o.name as organization_name, m.role
        from membership m join organization o on o.id = m.organization_id
        where m.account_id = $1 and m.valid_from <= $2 and (m.valid_to is null or m.valid_to >= $3)
        order by m.id";
    let values = [account.into(), to.into(), from.into()];
    Held::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// A municipality for which an organization answers, by itself or in an area.
#[derive(Debug, FromQueryResult)]
pub(super) struct Place {
    pub is_area: bool,
    pub municipality_code: String,
}

pub(super) async fn places(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Vec<Place>, DbErr> {
    let sql = "select false as is_area, area_code as municipality_code from jurisdiction
            where organization_id = $1 and kind in ('municipality', 'support_center')
        union
        select true as is_area, m.municipality_code from jurisdiction j
            join area_member m on m.area_code = j.area_code
            where j.organization_id = $2 and j.kind in ('area', 'association')";
    let values = [organization.into(), organization.into()];
    Place::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// As what an organization answers for places, and `provider` where it runs a site.
pub(super) async fn kinds(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Vec<String>, DbErr> {
    let sql = "select kind from jurisdiction where organization_id = $1
        union select 'provider' from site where organization_id = $2";
    let values = [organization.into(), organization.into()];
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

pub(super) async fn put_place(
    tx: &impl ConnectionTrait,
    organization: i64,
    kind: &str,
    code: &str,
) -> Result<(), DbErr> {
    let sql = "insert into jurisdiction (organization_id, kind, area_code) values ($1, $2, $3)
        on conflict do nothing";
    let values = [organization.into(), kind.into(), code.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// A role that begins.
pub(super) struct New<'a> {
    pub account: i64,
    pub organization: i64,
    pub role: &'a str,
    pub valid_from: &'a str,
    pub valid_to: Option<&'a str>,
    pub created_at: &'a str,
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &New<'_>) -> Result<i64, DbErr> {
    let sql = "insert into membership (account_id, organization_id, role, valid_from, valid_to, created_at)
        values ($1, $2, $3, $4, $5, $6) returning id";
    let values: [Value; 6] = [
        new.account.into(),
        new.organization.into(),
        new.role.into(),
        new.valid_from.into(),
        new.valid_to.into(),
        new.created_at.into(),
    ];
    inserted(tx, sql, values).await
}

/// A membership as it stands.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub account_id: i64,
    pub organization_id: i64,
    pub role: String,
    pub valid_to: Option<String>,
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let sql =
        "select id, account_id, organization_id, role, valid_to from membership where id = $1";
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn put_end(
    tx: &impl ConnectionTrait,
    id: i64,
    day: Option<&str>,
) -> Result<(), DbErr> {
    let sql = "update membership set valid_to = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [day.into(), id.into()]))
        .await?;
    Ok(())
}

/// Leaves the mailboxes of an organization, where one has no role there on that day or later.
pub(super) async fn leave_mailboxes(
    tx: &impl ConnectionTrait,
    account: i64,
    organization: i64,
    day: &str,
) -> Result<(), DbErr> {
    let sql = "delete from mailbox_member where account_id = $1
        and mailbox_id in (select id from mailbox where organization_id = $2)
        and not exists (select 1 from membership m where m.account_id = $3 and m.organization_id = $4
            and (m.valid_to is null or m.valid_to >= $5))";
    let values = [
        account.into(),
        organization.into(),
        account.into(),
        organization.into(),
        day.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// Where an organization lies, for the policy: the municipality with the most of its sites, else the one it answers for.
pub(crate) const MUNICIPALITY_OF_O: &str = "coalesce(
    (select t.municipality_code from site t where t.organization_id = o.id and t.municipality_code is not null
     group by t.municipality_code order by count(*) desc, t.municipality_code limit 1),
    (select min(j.area_code) from jurisdiction j where j.organization_id = o.id and j.kind in ('municipality', 'support_center')))";

pub(super) async fn municipality_of(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Option<String>, DbErr> {
    let sql = format!("select {MUNICIPALITY_OF_O} from organization o where o.id = $1");
    Ok(value(db, &sql, [organization.into()]).await?.flatten())
}

pub(super) async fn organization_name(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Option<String>, DbErr> {
    let sql = "select name from organization where id = $1";
    Ok(value(db, sql, [organization.into()]).await?.flatten())
}
