//! The SQL of providers, of the people linked to them, and of those on the way there.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::NewProvider;
use crate::database::one::value;
use crate::database::statement;

/// A provider as it stands.
#[derive(FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub label: String,
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    pub mfa: Option<String>,
}

pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<Row>, DbErr> {
    let sql = "select id, label, issuer, client_id, client_secret, mfa from provider order by id";
    Row::find_by_statement(statement(db, sql, [])).all(db).await
}

#[derive(FromQueryResult)]
struct Organization {
    organization_id: i64,
}

pub(super) async fn organizations(
    db: &impl ConnectionTrait,
    provider: i64,
) -> Result<Vec<i64>, DbErr> {
    let sql = "select organization_id from provider_organization where provider_id = $1 order by organization_id";
    let rows = Organization::find_by_statement(statement(db, sql, [provider.into()]));
    let rows = rows.all(db).await?;
    Ok(rows.into_iter().map(|row| row.organization_id).collect())
}

/// Its number; none where the same one is there.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    label: &str,
    new: &NewProvider,
    now: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "insert into provider (label, issuer, client_id, client_secret, mfa, created_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (issuer, client_id) do nothing returning id";
    let values: [Value; 6] = [
        label.into(),
        new.issuer.as_str().into(),
        new.client_id.as_str().into(),
        new.client_secret.as_str().into(),
        new.mfa.as_ref().map(ToString::to_string).into(),
        now.into(),
    ];
    value(tx, sql, values).await
}

pub(super) async fn put_organization(
    tx: &impl ConnectionTrait,
    provider: i64,
    organization: i64,
) -> Result<(), DbErr> {
    let sql = "insert into provider_organization (provider_id, organization_id) values ($1, $2)
        on conflict (provider_id, organization_id) do nothing";
    execute(tx, sql, [provider.into(), organization.into()]).await?;
    Ok(())
}

pub(super) async fn put_secret(
    tx: &impl ConnectionTrait,
    provider: i64,
    secret: &str,
) -> Result<bool, DbErr> {
    let sql = "update provider set client_secret = $1 where id = $2";
    Ok(execute(tx, sql, [secret.into(), provider.into()]).await? == 1)
}

/// Forgets a provider with all that hangs on it, and ends the sessions that began by it.
pub(super) async fn delete(
    tx: &impl ConnectionTrait,
    provider: i64,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "update session set ended_at = $1, challenge = null, new_totp_secret = null
        where provider_id = $2 and ended_at is null";
    execute(tx, sql, [now.into(), provider.into()]).await?;
    for sql in [
        "update session set provider_id = null where provider_id = $1",
        "delete from provider_visit where provider_id = $1",
        "delete from provider_link where provider_id = $1",
        "delete from provider_organization where provider_id = $1",
        "delete from provider where id = $1",
    ] {
        execute(tx, sql, [provider.into()]).await?;
    }
    Ok(())
}

/// Somebody linked to a provider.
#[derive(FromQueryResult)]
pub(super) struct Linked {
    pub login: String,
    /// Whether they get in without it.
    pub has_own: bool,
}

pub(super) async fn people(db: &impl ConnectionTrait, provider: i64) -> Result<Vec<Linked>, DbErr> {
    let sql = "select a.login, (a.password_hash is not null and (a.totp_secret is not null
            or exists (select 1 from passkey p where p.account_id = a.id))) as has_own
        from provider_link l join account a on a.id = l.account_id
        where l.provider_id = $1 and a.status = 'active' order by a.id";
    Linked::find_by_statement(statement(db, sql, [provider.into()]))
        .all(db)
        .await
}

/// A provider that an account is linked to.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Link {
    /// Which.
    pub provider_id: i64,
    /// What its people call it.
    pub label: String,
    /// Since when.
    pub linked_at: String,
}

pub(super) async fn links(db: &impl ConnectionTrait, account: i64) -> Result<Vec<Link>, DbErr> {
    let sql = "select l.provider_id, p.label, l.linked_at
        from provider_link l join provider p on p.id = l.provider_id where l.account_id = $1 order by p.id";
    Link::find_by_statement(statement(db, sql, [account.into()]))
        .all(db)
        .await
}

pub(super) async fn account(
    db: &impl ConnectionTrait,
    provider: i64,
    subject: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "select account_id from provider_link where provider_id = $1 and subject = $2";
    value(db, sql, [provider.into(), subject.into()]).await
}

pub(super) async fn insert_link(
    tx: &impl ConnectionTrait,
    (provider, subject): (i64, &str),
    account: i64,
    now: &str,
) -> Result<bool, DbErr> {
    let sql = "insert into provider_link (provider_id, subject, account_id, linked_at) values ($1, $2, $3, $4)
        on conflict do nothing";
    let values: [Value; 4] = [provider.into(), subject.into(), account.into(), now.into()];
    Ok(execute(tx, sql, values).await? == 1)
}

pub(super) async fn delete_link(
    tx: &impl ConnectionTrait,
    provider: i64,
    account: i64,
) -> Result<bool, DbErr> {
    let sql = "delete from provider_link where provider_id = $1 and account_id = $2";
    Ok(execute(tx, sql, [provider.into(), account.into()]).await? == 1)
}

/// Somebody who sets out.
pub(super) struct NewVisit<'a> {
    pub provider: i64,
    pub state_hash: &'a str,
    pub browser_hash: &'a str,
    pub nonce: &'a str,
    pub code_verifier: &'a str,
    pub errand: &'a str,
    pub session: Option<i64>,
    pub invitation: Option<i64>,
    pub next: &'a str,
    pub now: &'a str,
}

pub(super) async fn insert_visit(
    tx: &impl ConnectionTrait,
    new: &NewVisit<'_>,
) -> Result<(), DbErr> {
    let sql = "insert into provider_visit (provider_id, state_hash, browser_hash, nonce, code_verifier, errand,
            session_id, invitation_id, next, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values: [Value; 10] = [
        new.provider.into(),
        new.state_hash.into(),
        new.browser_hash.into(),
        new.nonce.into(),
        new.code_verifier.into(),
        new.errand.into(),
        new.session.into(),
        new.invitation.into(),
        new.next.into(),
        new.now.into(),
    ];
    execute(tx, sql, values).await?;
    Ok(())
}

/// Somebody on the way.
#[derive(FromQueryResult)]
pub(super) struct Visit {
    pub id: i64,
    pub nonce: String,
    pub code_verifier: String,
    pub errand: String,
    pub session_id: Option<i64>,
    pub invitation_id: Option<i64>,
    pub next: String,
    pub created_at: String,
}

/// Whose way: all of it must fit.
pub(super) struct Which<'a> {
    pub provider: i64,
    pub state_hash: &'a str,
    pub browser_hash: &'a str,
    pub since: &'a str,
}

pub(super) async fn visit(
    db: &impl ConnectionTrait,
    which: &Which<'_>,
) -> Result<Option<Visit>, DbErr> {
    let sql = "select id, nonce, code_verifier, errand, session_id, invitation_id, next, created_at from provider_visit
        where provider_id = $1 and state_hash = $2 and browser_hash = $3 and created_at > $4";
    let values: [Value; 4] = [
        which.provider.into(),
        which.state_hash.into(),
        which.browser_hash.into(),
        which.since.into(),
    ];
    Visit::find_by_statement(statement(db, sql, values))
        .one(db)
        .await
}

/// Ends a way; false where it had ended.
pub(super) async fn delete_visit(tx: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let sql = "delete from provider_visit where id = $1";
    Ok(execute(tx, sql, [id.into()]).await? == 1)
}

pub(super) async fn delete_visits_before(
    tx: &impl ConnectionTrait,
    since: &str,
) -> Result<(), DbErr> {
    let sql = "delete from provider_visit where created_at <= $1";
    execute(tx, sql, [since.into()]).await?;
    Ok(())
}

async fn execute(
    tx: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected())
}
