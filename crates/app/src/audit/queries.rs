//! The SQL of the audit log.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};

use super::anchor::Anchor;
use super::entry::Entry;
use super::verify::Chain;
use crate::database::one::counted;
use crate::database::{places, statement};

const ENTRY: &str =
    "id, at, account_id, organization_id, role, deed, object_kind, object_id, outcome, origin,
    request_id, note, content_hash, chain, seq, link";

pub(super) async fn insert(tx: &impl ConnectionTrait, entry: &Entry) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "insert into audit_entry (at, account_id, organization_id, role, deed, object_kind, object_id, outcome, origin,
            request_id, note, content_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        [
            entry.at.as_str().into(),
            entry.account_id.into(),
            entry.organization_id.into(),
            entry.role.as_deref().into(),
            entry.deed.as_str().into(),
            entry.object_kind.as_str().into(),
            entry.object_id.as_str().into(),
            entry.outcome.as_str().into(),
            entry.origin.as_str().into(),
            entry.request_id.as_deref().into(),
            entry.note.as_deref().into(),
            entry.content_hash.as_str().into(),
        ],
    ))
    .await?;
    Ok(())
}

pub(super) async fn has_unsealed(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let sql = "select id from audit_entry where chain is null limit 1";
    Ok(db.query_one_raw(statement(db, sql, [])).await?.is_some())
}

pub(super) async fn n_unsealed(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let sql = "select count(*) from audit_entry where chain is null";
    counted(db, sql, []).await
}

pub(super) async fn unsealed(tx: &DatabaseTransaction, most: u64) -> Result<Vec<Entry>, DbErr> {
    let sql =
        format!("select {ENTRY} from audit_entry where chain is null order by id limit {most}");
    Entry::find_by_statement(statement(tx, sql, []))
        .all(tx)
        .await
}

pub(super) async fn newest_chain(tx: &DatabaseTransaction) -> Result<Option<Chain>, DbErr> {
    let sql = "select month, before_head, head, n_entries, erased_at from audit_chain order by month desc limit 1";
    Chain::find_by_statement(statement(tx, sql, []))
        .one(tx)
        .await
}

pub(super) async fn chains(db: &impl ConnectionTrait) -> Result<Vec<Chain>, DbErr> {
    let sql =
        "select month, before_head, head, n_entries, erased_at from audit_chain order by month";
    Chain::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}

/// Rows that an update can name at a time.
const ROWS_AT_A_TIME: usize = 500;

pub(super) async fn put_places(tx: &DatabaseTransaction, entries: &[Entry]) -> Result<(), DbErr> {
    for some in entries.chunks(ROWS_AT_A_TIME) {
        // Both engines call the columns of a list of values column1, column2, …
        let sql = format!(
            "update audit_entry set chain = v.column2, seq = v.column3, link = v.column4
             from (values {}) as v where audit_entry.id = v.column1",
            places(some.len(), 4)
        );
        let values = some.iter().flat_map(|entry| -> [Value; 4] {
            [
                entry.id.into(),
                entry.chain.as_deref().into(),
                entry.seq.into(),
                entry.link.as_deref().into(),
            ]
        });
        tx.execute_raw(statement(tx, sql, values)).await?;
    }
    Ok(())
}

pub(super) async fn put_chain(
    tx: &DatabaseTransaction,
    chain: &Chain,
    sealed_at: &str,
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "insert into audit_chain (month, before_head, head, n_entries, sealed_at) values ($1, $2, $3, $4, $5)
         on conflict (month) do update set
            head = excluded.head, n_entries = excluded.n_entries, sealed_at = excluded.sealed_at",
        [
            chain.month.as_str().into(),
            chain.before_head.as_str().into(),
            chain.head.as_str().into(),
            chain.n_entries.into(),
            sealed_at.into(),
        ],
    ))
    .await?;
    Ok(())
}

/// Rows of a chain behind the place `behind`, in order.
pub(super) async fn sealed(
    db: &impl ConnectionTrait,
    month: &str,
    behind: i64,
    most: u64,
) -> Result<Vec<Entry>, DbErr> {
    let sql = format!(
        "select {ENTRY} from audit_entry where chain = $1 and seq > $2 order by seq limit {most}"
    );
    Entry::find_by_statement(statement(db, sql, [month.into(), behind.into()]))
        .all(db)
        .await
}

/// An erasure that is written in the log: in which chain, and of what.
#[derive(Debug, FromQueryResult)]
pub(super) struct Told {
    pub chain: String,
    pub note: String,
}

impl Told {
    pub(super) fn anchor(&self) -> Option<Anchor> {
        self.note.parse().ok()
    }
}

/// The erasures that have a place in a chain.
pub(super) async fn erasures(
    db: &impl ConnectionTrait,
    deed: &str,
    object_kind: &str,
) -> Result<Vec<Told>, DbErr> {
    let sql = "select chain, note from audit_entry where object_kind = $1 and deed = $2 and outcome = 'done'
        and chain is not null and note is not null order by id";
    Told::find_by_statement(statement(db, sql, [object_kind.into(), deed.into()]))
        .all(db)
        .await
}

pub(super) async fn put_erased(
    tx: &DatabaseTransaction,
    month: &str,
    at: &str,
) -> Result<(), DbErr> {
    let sql = "update audit_chain set erased_at = $1 where month = $2";
    tx.execute_raw(statement(tx, sql, [at.into(), month.into()]))
        .await?;
    Ok(())
}

/// Erases the first rows of a month that is marked as erased, in their order: what is left still ends in its head.
pub(super) async fn erase_some(
    db: &impl ConnectionTrait,
    month: &str,
    most: u64,
) -> Result<u64, DbErr> {
    let sql = format!(
        "delete from audit_entry where id in (select id from audit_entry where chain =
            (select month from audit_chain where month = $1 and erased_at is not null) order by seq limit {most})"
    );
    let done = db.execute_raw(statement(db, sql, [month.into()])).await?;
    Ok(done.rows_affected())
}

pub(super) async fn n_rows(db: &impl ConnectionTrait, month: &str) -> Result<u64, DbErr> {
    let sql = "select count(*) from audit_entry where chain = $1";
    counted(db, sql, [month.into()]).await
}

/// Rows of instants from `from`, before `to`, with an id behind `behind`.
pub(super) async fn between(
    db: &impl ConnectionTrait,
    from: &str,
    to: &str,
    behind: i64,
    most: u64,
) -> Result<Vec<Entry>, DbErr> {
    let sql = format!(
        "select {ENTRY} from audit_entry where at >= $1 and at < $2 and id > $3 order by id limit {most}"
    );
    Entry::find_by_statement(statement(db, sql, [from.into(), to.into(), behind.into()]))
        .all(db)
        .await
}

/// Rows without a place, and rows of a chain that is not known.
pub(super) async fn loose(db: &impl ConnectionTrait) -> Result<Vec<Entry>, DbErr> {
    let sql = format!(
        "select {ENTRY} from audit_entry where chain is null or chain not in (select month from audit_chain)
            or seq is null or seq < 1
         order by id"
    );
    Entry::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}
