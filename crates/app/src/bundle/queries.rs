//! The SQL of bundles: keys, what was made and taken, and the rows of the tables that go across.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult, Value};

use super::IsMirror;
use super::table::{Column, Table};
use super::trust::TrustedKey;
use crate::database::one::{inserted, value};
use crate::database::{insert_rows, statement};

// ── keys

/// The number under which a key is trusted from now on; the name is the last one given.
pub(super) async fn put_key(
    tx: &impl ConnectionTrait,
    public_key: &str,
    name: &str,
    at: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into bundle_key (public_key, name, trusted_at) values ($1, $2, $3)
               on conflict (public_key) do update set name = excluded.name, trusted_at = excluded.trusted_at,
                   distrusted_at = null
               returning id";
    inserted(tx, sql, [public_key.into(), name.into(), at.into()]).await
}

/// Whether there was such a key to distrust.
pub(super) async fn end_key(tx: &impl ConnectionTrait, id: i64, at: &str) -> Result<bool, DbErr> {
    let sql = "update bundle_key set distrusted_at = $1 where id = $2 and distrusted_at is null";
    let done = tx.execute_raw(statement(tx, sql, [at.into(), id.into()]));
    Ok(done.await?.rows_affected() > 0)
}

/// Every key that was ever trusted, with the last number taken from it.
pub(super) async fn keys(db: &impl ConnectionTrait) -> Result<Vec<TrustedKey>, DbErr> {
    let sql = "select k.id, k.public_key, k.name, k.trusted_at, k.distrusted_at,
                      (select max(b.serial) from bundle b
                       where b.direction = 'taken' and b.public_key = k.public_key) as last_serial
               from bundle_key k order by k.id";
    TrustedKey::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}

// ── bundles

pub(super) const MADE: &str = "made";
pub(super) const TAKEN: &str = "taken";

/// The greatest number made here.
pub(super) async fn last_made(db: &impl ConnectionTrait) -> Result<Option<i64>, DbErr> {
    let sql = "select max(serial) from bundle where direction = 'made'";
    Ok(value::<Option<i64>>(db, sql, []).await?.flatten())
}

/// The greatest number taken of the keys that are trusted: whoever stole one may have numbered as they liked.
pub(super) async fn last_number_taken(db: &impl ConnectionTrait) -> Result<Option<i64>, DbErr> {
    let sql = "select max(b.serial) from bundle b join bundle_key k on k.public_key = b.public_key
               where b.direction = 'taken' and k.distrusted_at is null";
    Ok(value::<Option<i64>>(db, sql, []).await?.flatten())
}

#[derive(FromQueryResult)]
struct Taken {
    serial: i64,
    made_at: String,
}

pub(super) async fn last_taken(db: &impl ConnectionTrait) -> Result<Option<IsMirror>, DbErr> {
    let sql =
        "select serial, made_at from bundle where direction = 'taken' order by id desc limit 1";
    let last = Taken::find_by_statement(statement(db, sql, []))
        .one(db)
        .await?;
    Ok(last.map(|Taken { serial, made_at }| IsMirror { serial, made_at }))
}

/// The database whose directory is mirrored here.
pub(super) async fn mirrored_house(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    value(
        db,
        "select house from bundle where direction = 'taken' limit 1",
        [],
    )
    .await
}

pub(super) struct NewBundle<'a> {
    pub direction: &'a str,
    pub public_key: &'a str,
    pub serial: i64,
    pub house: &'a str,
    pub made_at: &'a str,
    pub taken_at: Option<&'a str>,
}

pub(super) async fn insert_bundle(
    tx: &impl ConnectionTrait,
    bundle: &NewBundle<'_>,
) -> Result<(), DbErr> {
    let sql = "insert into bundle (direction, public_key, serial, house, made_at, taken_at)
               values ($1, $2, $3, $4, $5, $6)";
    let values = [
        bundle.direction.into(),
        bundle.public_key.into(),
        bundle.serial.into(),
        bundle.house.into(),
        bundle.made_at.into(),
        bundle.taken_at.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await.map(drop)
}

pub(super) async fn setting(
    db: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<String>, DbErr> {
    value(
        db,
        "select value from setting where name = $1",
        [name.into()],
    )
    .await
}

pub(super) async fn put_house(tx: &impl ConnectionTrait, house: &str) -> Result<(), DbErr> {
    let sql = "insert into setting (name, value) values ('house', $1)";
    tx.execute_raw(statement(tx, sql, [house.into()]))
        .await
        .map(drop)
}

// ── rows that go out

/// The rows of a table that the public sees: lists that were not taken back, organizations that run a site.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    table: &Table,
) -> Result<Vec<QueryResult>, DbErr> {
    let only = match table.name {
        "import_batch" => "where undone_at is null",
        "import_batch_scope" => {
            "where batch_id in (select id from import_batch where undone_at is null)"
        }
        "organization" => "where id in (select organization_id from site)",
        _ => "",
    };
    let columns = names(table.columns).join(", ");
    let sql = format!(
        "select {columns} from {} {only} order by {}",
        table.name, table.order
    );
    db.query_all_raw(statement(db, sql, [])).await
}

fn names(columns: &[Column]) -> Vec<&'static str> {
    columns.iter().map(|column| column.name).collect()
}

// ── rows that come in

/// A list that was brought in here and not taken back.
pub(super) async fn own_list(db: &impl ConnectionTrait) -> Result<Option<i64>, DbErr> {
    let sql = "select b.id from import_batch b where b.undone_at is null and not exists (
                   select 1 from bundle_row r where r.entity = 'import_batch' and r.own_id = b.id)
               order by b.id limit 1";
    value(db, sql, []).await
}

/// Our number of each row of theirs.
pub(super) async fn known_rows(
    db: &impl ConnectionTrait,
    entity: &str,
) -> Result<HashMap<i64, i64>, DbErr> {
    let sql = "select their_id, own_id from bundle_row where entity = $1";
    let rows = db
        .query_all_raw(statement(db, sql, [entity.into()]))
        .await?;
    let pair = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(pair).collect()
}

pub(super) async fn insert_known_rows(
    tx: &impl ConnectionTrait,
    entity: &str,
    rows: &[(i64, i64)],
) -> Result<(), DbErr> {
    let head = "insert into bundle_row (entity, their_id, own_id) values";
    let values = rows
        .iter()
        .flat_map(|(their, own)| -> [Value; 3] { [entity.into(), (*their).into(), (*own).into()] });
    insert_rows(tx, head, 3, values.collect(), "").await
}

pub(super) async fn delete_all(tx: &impl ConnectionTrait, table: &Table) -> Result<(), DbErr> {
    let sql = format!("delete from {}", table.name);
    tx.execute_raw(statement(tx, sql, [])).await.map(drop)
}

/// Writes rows of the bundle's and the derived columns; a row of the same number is written over.
pub(super) async fn put_rows(
    tx: &impl ConnectionTrait,
    table: &Table,
    values: Vec<Value>,
) -> Result<(), DbErr> {
    let mut columns = names(table.columns);
    columns.extend(table.derived);
    let head = format!("insert into {} ({}) values", table.name, columns.join(", "));
    let tail = match table.is_numbered() {
        true => {
            let set = columns.iter().filter(|name| **name != "id");
            let set: Vec<String> = set
                .map(|name| format!("{name} = excluded.{name}"))
                .collect();
            format!("on conflict (id) do update set {}", set.join(", "))
        }
        false => String::new(),
    };
    insert_rows(tx, &head, columns.len(), values, &tail).await
}

/// What is no longer in the bundle is closed, a list taken back; answers how many rows that changed.
pub(super) async fn end_rows(
    tx: &impl ConnectionTrait,
    table: &Table,
    ids: &[i64],
    at: &str,
) -> Result<u64, DbErr> {
    let (sql, at) = match table.name {
        "site" => (
            "update site set status = 'closed' where id = $1 and status <> 'closed'",
            None,
        ),
        "service" => (
            "update service set status = 'closed' where id = $1 and status <> 'closed'",
            None,
        ),
        "import_batch" => (
            "update import_batch set undone_at = $2 where id = $1 and undone_at is null",
            Some(at.into()),
        ),
        _ => return Ok(0),
    };
    let mut n_ended = 0;
    for id in ids {
        let values = [(*id).into()].into_iter().chain(at.clone());
        n_ended += tx
            .execute_raw(statement(tx, sql, values))
            .await?
            .rows_affected();
    }
    Ok(n_ended)
}
