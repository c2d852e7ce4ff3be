//! The SQL of people's accounts.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::Person;
use crate::account::membership::MUNICIPALITY_OF_O;
use crate::database::one::inserted;
use crate::database::statement;

const PERSON: &str =
    "select id, login, name, status, password_hash, totp_secret, totp_last_step from account";

pub(super) async fn by_login(
    db: &impl ConnectionTrait,
    login: &str,
) -> Result<Option<Person>, DbErr> {
    let sql = format!("{PERSON} where login = $1");
    Person::find_by_statement(statement(db, sql, [login.into()]))
        .one(db)
        .await
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Person>, DbErr> {
    let sql = format!("{PERSON} where id = $1");
    Person::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    login: &str,
    name: &str,
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into account (login, name, created_at) values ($1, $2, $3) returning id";
    let values = [login.into(), name.into(), now.into()];
    inserted(tx, sql, values).await
}

pub(super) async fn put_password(
    tx: &impl ConnectionTrait,
    id: i64,
    hash: &str,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "update account set password_hash = $1, password_set_at = $2 where id = $3";
    tx.execute_raw(statement(tx, sql, [hash.into(), now.into(), id.into()]))
        .await?;
    Ok(())
}

pub(super) async fn put_status(
    tx: &impl ConnectionTrait,
    id: i64,
    status: &str,
) -> Result<(), DbErr> {
    let sql = "update account set status = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [status.into(), id.into()]))
        .await?;
    Ok(())
}

/// Takes a code's step, where none as late was taken: of two at the same moment one wins.
pub(super) async fn take_step(
    tx: &impl ConnectionTrait,
    id: i64,
    step: i64,
) -> Result<bool, DbErr> {
    let sql = "update account set totp_last_step = $1
        where id = $2 and (totp_last_step is null or totp_last_step < $3)";
    let done = tx
        .execute_raw(statement(tx, sql, [step.into(), id.into(), step.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn put_totp(
    tx: &impl ConnectionTrait,
    id: i64,
    secret: Option<&str>,
    step: Option<i64>,
) -> Result<(), DbErr> {
    let sql = "update account set totp_secret = $1, totp_last_step = $2 where id = $3";
    tx.execute_raw(statement(tx, sql, [secret.into(), step.into(), id.into()]))
        .await?;
    Ok(())
}

/// Somebody with one of their roles, as a list of an organization's people has it.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Member {
    /// Whose.
    pub account_id: i64,
    /// Mail address.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// `active` or `suspended`.
    pub status: String,
    /// The role's own number.
    pub membership_id: i64,
    /// Code of the role.
    pub role: String,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_to: Option<String>,
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether a second factor is set up.
    pub has_factor: bool,
    /// Whether they are linked to a provider.
    pub has_provider: bool,
    /// When they were last here.
    pub seen_at: Option<String>,
}

pub(super) async fn members(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Vec<Member>, DbErr> {
    let sql = "select a.id as account_id, a.login, a.name, a.status, m.id as membership_id, m.role, m.valid_from, m.valid_to,
            a.password_hash is not null as has_password,
            (a.totp_secret is not null or exists (select 1 from passkey p where p.account_id = a.id)) as has_factor,
            exists (select 1 from provider_link l where l.account_id = a.id) as has_provider,
            (select max(s.seen_at) from session s where s.account_id = a.id) as seen_at
        from membership m join account a on a.id = m.account_id
        where m.organization_id = $1
        order by case when m.valid_to is null then 0 else 1 end, m.id";
    Member::find_by_statement(statement(db, sql, [organization.into()]))
        .all(db)
        .await
}

/// Organizations in which somebody works or worked, or that answer for a place.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Office {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where most of its sites lie.
    pub municipality_code: Option<String>,
    /// People with a role there today.
    pub n_members: i64,
}

pub(super) async fn offices(db: &impl ConnectionTrait, day: &str) -> Result<Vec<Office>, DbErr> {
    let sql = format!(
        "select o.id, o.name, {MUNICIPALITY_OF_O} as municipality_code,
            (select count(distinct m.account_id) from membership m where m.organization_id = o.id
             and m.valid_from <= $1 and (m.valid_to is null or m.valid_to >= $2)) as n_members
        from (select organization_id from membership union select organization_id from jurisdiction
              union select organization_id from invitation where organization_id is not null) known
        join organization o on o.id = known.organization_id
        order by o.name, o.id"
    );
    Office::find_by_statement(statement(db, sql, [day.into(), day.into()]))
        .all(db)
        .await
}
