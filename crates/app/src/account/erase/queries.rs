//! The SQL that takes out who an account was.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Value};

use crate::database::one::{counted, value};
use crate::database::statement;

/// Tables whose rows are an account's alone.
pub(super) const OWNED: [&str; 6] = [
    "session",
    "passkey",
    "recovery_code",
    "mailbox_member",
    "provider_link",
    "draft",
];

pub(super) async fn hold(db: &impl ConnectionTrait, account: i64) -> Result<Option<String>, DbErr> {
    let sql = "select hold from account where id = $1";
    Ok(value(db, sql, [account.into()]).await?.flatten())
}

/// A role that has not ended before `day`: organization and role.
pub(super) async fn active(
    db: &impl ConnectionTrait,
    account: i64,
    day: &str,
) -> Result<Option<String>, DbErr> {
    let sql = "select o.name || ' ' || m.role from membership m join organization o on o.id = m.organization_id
        where m.account_id = $1 and (m.valid_to is null or m.valid_to >= $2) order by m.id limit 1";
    value(db, sql, [account.into(), day.into()]).await
}

/// Whether somebody ever had a role.
pub(super) async fn was(
    db: &impl ConnectionTrait,
    account: i64,
    role: &str,
) -> Result<bool, DbErr> {
    let sql = "select count(*) from membership where account_id = $1 and role = $2";
    Ok(counted(db, sql, [account.into(), role.into()]).await? > 0)
}

/// How many others have it on a day, and can sign in.
pub(super) async fn n_others(
    db: &impl ConnectionTrait,
    account: i64,
    role: &str,
    day: &str,
) -> Result<u64, DbErr> {
    let sql = "select count(*) from membership m join account a on a.id = m.account_id
        where m.account_id <> $1 and m.role = $2 and m.valid_from <= $3 and (m.valid_to is null or m.valid_to >= $4)
            and a.status = 'active' and a.password_hash is not null";
    let values: [Value; 4] = [account.into(), role.into(), day.into(), day.into()];
    counted(db, sql, values).await
}

/// An entry of theirs that was marked, and that nobody has signed off since.
pub(super) async fn marked(db: &impl ConnectionTrait, account: i64) -> Result<Option<i64>, DbErr> {
    let sql = "select e.id from audit_mark k join audit_entry e on e.id = k.entry_id where e.account_id = $1
        and not exists (select 1 from audit_review r where r.created_at > k.created_at) order by e.id limit 1";
    value(db, sql, [account.into()]).await
}

/// The last day of all their roles.
pub(super) async fn last_day(
    db: &impl ConnectionTrait,
    account: i64,
) -> Result<Option<String>, DbErr> {
    let sql = "select max(valid_to) from membership where account_id = $1";
    Ok(value(db, sql, [account.into()]).await?.flatten())
}

/// Accounts and their addresses.
pub(super) async fn expired(
    db: &impl ConnectionTrait,
    first_kept: &str,
    before: &str,
) -> Result<Vec<(i64, String)>, DbErr> {
    let sql = "select id, login from account a where status <> 'erased' and hold is null and created_at < $1
        and coalesce(password_set_at, created_at) < $2
        and not exists (select 1 from membership m where m.account_id = a.id and (m.valid_to is null or m.valid_to >= $3))
        order by id";
    let values = [before.into(), before.into(), first_kept.into()];
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    let pair =
        |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(pair).collect()
}

/// Contacts of the directory that have the name or the address.
pub(super) async fn n_contacts(
    db: &impl ConnectionTrait,
    name: &str,
    login: &str,
) -> Result<u64, DbErr> {
    let sql = "select count(*) from contact_point where name = $1 or lower(email) = $2";
    counted(db, sql, [name.into(), login.into()]).await
}

pub(super) async fn forget_attempts(tx: &DatabaseTransaction, who: &str) -> Result<(), DbErr> {
    let sql = "delete from sign_in_failure where who_hash = $1";
    run(tx, sql, [who.into()]).await
}

pub(super) async fn wipe_letters(tx: &DatabaseTransaction, login: &str) -> Result<(), DbErr> {
    let sql = "update mail set recipient = '', subject = '', body = null, reason = null where recipient = $1";
    run(tx, sql, [login.into()]).await
}

/// Nobody is asked there any more, and no way to a provider of sign-in leads back.
pub(super) async fn forget_ways(
    tx: &DatabaseTransaction,
    account: i64,
    login: &str,
) -> Result<(), DbErr> {
    for sql in [
        "update confirmation_link set recipient = '' where recipient = $1",
        "delete from confirmation_address where mail = $1",
    ] {
        run(tx, sql, [login.into()]).await?;
    }
    let sql = "delete from provider_visit where session_id in (select id from session where account_id = $1)
        or invitation_id in (select id from invitation where account_id = $2 or login = $3)";
    run(tx, sql, [account.into(), account.into(), login.into()]).await
}

/// Nobody takes them any more.
pub(super) async fn wipe_invitations(
    tx: &DatabaseTransaction,
    (account, login): (i64, &str),
    name: &str,
    now: &str,
) -> Result<(), DbErr> {
    let sql =
        "update invitation set login = '', name = $1, token_hash = 'erased-' || cast(id as text),
            revoked_at = case when used_at is null then coalesce(revoked_at, $2) else revoked_at end
        where account_id = $3 or login = $4";
    let values: [Value; 4] = [name.into(), now.into(), account.into(), login.into()];
    run(tx, sql, values).await
}

pub(super) async fn delete_owned(
    tx: &DatabaseTransaction,
    table: &str,
    account: i64,
) -> Result<(), DbErr> {
    let sql = format!("delete from {table} where account_id = $1");
    run(tx, &sql, [account.into()]).await
}

/// The address is none that can be typed, so that it can be used anew.
pub(super) async fn wipe_account(
    tx: &DatabaseTransaction,
    account: i64,
    name: &str,
    status: &str,
) -> Result<(), DbErr> {
    let sql = "update account set login = 'erased-' || cast(id as text), name = $1, status = $2, password_hash = null,
            password_set_at = null, totp_secret = null, totp_last_step = null, hold = null
        where id = $3";
    run(tx, sql, [name.into(), status.into(), account.into()]).await
}

async fn run(
    tx: &DatabaseTransaction,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), DbErr> {
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
