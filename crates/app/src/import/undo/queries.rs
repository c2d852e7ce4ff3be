//! The SQL that takes a batch back.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::{statement, within};

#[derive(FromQueryResult)]
pub(super) struct Batch {
    pub format: String,
    pub file_name: String,
    pub imported_at: String,
    pub undone_at: Option<String>,
    pub changes_erased_at: Option<String>,
}

pub(super) async fn batch<C: ConnectionTrait>(tx: &C, id: i64) -> Result<Option<Batch>, DbErr> {
    Batch::find_by_statement(statement(
        tx,
        "select format, file_name, imported_at, undone_at, changes_erased_at from import_batch where id = $1",
        [id.into()],
    ))
    .one(tx)
    .await
}

/// How many records a batch brought or changed.
pub(super) async fn n_records<C: ConnectionTrait>(db: &C, batch: i64) -> Result<u64, DbErr> {
    let sql = "select (select count(*) from source_record where created_batch_id = $1)
        + (select count(distinct c.entity_id) from batch_change c
           where c.batch_id = $1 and c.entity = 'source_record')";
    let row = db.query_one_raw(statement(db, sql, [batch.into()])).await?;
    let n: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(n.unsigned_abs())
}

#[derive(FromQueryResult)]
pub(super) struct Change {
    pub record_id: i64,
    pub site_id: i64,
    pub content: String,
    pub before_fields: String,
    pub after_fields: String,
}

pub(super) async fn changes<C: ConnectionTrait>(tx: &C, batch: i64) -> Result<Vec<Change>, DbErr> {
    Change::find_by_statement(statement(
        tx,
        "select r.id as record_id, r.site_id, r.content, c.before_fields, c.after_fields
         from batch_change c join source_record r on r.id = c.entity_id
         where c.batch_id = $1 and c.entity = 'source_record' order by c.id",
        [batch.into()],
    ))
    .all(tx)
    .await
}

#[derive(FromQueryResult)]
pub(super) struct LaterChange {
    pub batch_id: i64,
    pub before_fields: String,
    pub after_fields: String,
}

/// Changes of a record by later batches that still hold.
pub(super) async fn later_changes<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    record_id: i64,
) -> Result<Vec<LaterChange>, DbErr> {
    LaterChange::find_by_statement(statement(
        tx,
        "select c.batch_id, c.before_fields, c.after_fields
         from batch_change c join import_batch b on b.id = c.batch_id
         where c.entity = 'source_record' and c.entity_id = $1 and c.batch_id > $2 and b.undone_at is null
         order by c.batch_id",
        [record_id.into(), batch.into()],
    ))
    .all(tx)
    .await
}

/// Writes a record's former text. Its writer is the latest batch left that made or changed it.
pub(super) async fn put_content<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    record_id: i64,
    content: &str,
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "update source_record set content = $1, batch_id = coalesce(
            (select max(c.batch_id) from batch_change c join import_batch b on b.id = c.batch_id
             where c.entity = 'source_record' and c.entity_id = source_record.id
               and c.batch_id <> $2 and b.undone_at is null),
            created_batch_id)
         where id = $3",
        [content.into(), batch.into(), record_id.into()],
    ))
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
pub(super) struct Made {
    pub id: i64,
    pub site_id: i64,
    pub content: String,
    pub created_batch_id: i64,
    /// The last batch that holds and changed or met the record.
    pub known_by: Option<i64>,
}

/// The records that batches made which were taken back.
pub(super) async fn records_made_by_undone<C: ConnectionTrait>(tx: &C) -> Result<Vec<Made>, DbErr> {
    Made::find_by_statement(statement(
        tx,
        "select r.id, r.site_id, r.content, r.created_batch_id,
                (select max(b.id) from import_batch b
                 where b.id in (r.batch_id, r.seen_batch_id) and b.undone_at is null) as known_by
         from source_record r join import_batch made on made.id = r.created_batch_id
         where made.undone_at is not null order by r.id",
        [],
    ))
    .all(tx)
    .await
}

#[derive(FromQueryResult)]
struct Id {
    id: i64,
}

/// The batches up to `batch` that were taken back, latest first.
pub(super) async fn undone_batches<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
) -> Result<Vec<i64>, DbErr> {
    let rows = Id::find_by_statement(statement(
        tx,
        "select id from import_batch where id <= $1 and undone_at is not null order by id desc",
        [batch.into()],
    ))
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(FromQueryResult)]
pub(super) struct Sighting {
    /// The batch that had met the records before.
    pub before: i64,
    /// As a JSON list.
    pub record_ids: String,
}

/// Which records of others a batch met.
pub(super) async fn sightings<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
) -> Result<Vec<Sighting>, DbErr> {
    Sighting::find_by_statement(statement(
        tx,
        "select entity_id as before, after_fields as record_ids from batch_change
         where batch_id = $1 and entity = 'sighting' order by id",
        [batch.into()],
    ))
    .all(tx)
    .await
}

/// Of `record_ids`, those that `batch` was the last to meet were last met by `before`.
pub(super) async fn put_seen<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    before: i64,
    record_ids: &[i64],
) -> Result<(), DbErr> {
    for some in record_ids.chunks(AT_A_TIME) {
        let sql = format!(
            "update source_record set seen_batch_id = {before} where seen_batch_id = {batch} and id in {}",
            within(tx, some.len())
        );
        let values = some.iter().map(|id| Value::from(*id));
        tx.execute_raw(statement(tx, sql, values)).await?;
    }
    Ok(())
}

/// Gone marks, codes and open reviews of the batch. A record is gone since the first batch of its list that
/// holds and did not meet it any more.
pub(super) async fn forget_marks<C: ConnectionTrait>(tx: &C, batch: i64) -> Result<(), DbErr> {
    for sql in [
        "update source_record set gone_batch_id = (
            select min(s.batch_id) from import_batch_scope s join import_batch b on b.id = s.batch_id
            where s.scope = source_record.scope and s.batch_id > source_record.seen_batch_id
              and b.undone_at is null)
         where scope in (select scope from import_batch_scope where batch_id = $1)",
        "delete from match_review where batch_id = $1 and status = 'open'",
        "delete from site_code where batch_id in (
                select id from import_batch where id <= $1 and undone_at is not null)
            and not exists (
            select 1 from source_record r where r.site_id = site_code.site_id
              and (r.record_key = site_code.code or r.content like '%\"' || site_code.code || '\"%'))",
    ] {
        tx.execute_raw(statement(tx, sql, [batch.into()])).await?;
    }
    Ok(())
}

/// Organizations that a batch made which was taken back, and of which no site is left.
pub(super) async fn delete_orphan_organizations<C: ConnectionTrait>(tx: &C) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "delete from organization where created_batch_id in (
            select id from import_batch where undone_at is not null)
           and not exists (select 1 from site where site.organization_id = organization.id)
           and id not in (select organization_id from membership union select organization_id from jurisdiction
               union select organization_id from invitation where organization_id is not null
               union select organization_id from confirmation union select organization_id from confirmation_address)",
        [],
    ))
    .await?;
    Ok(())
}

/// `ids` at a time in one statement.
const AT_A_TIME: usize = 10_000;

async fn ids_where<C: ConnectionTrait>(tx: &C, sql: &str, ids: &[i64]) -> Result<Vec<i64>, DbErr> {
    let mut out = Vec::new();
    for some in ids.chunks(AT_A_TIME) {
        let within = within(tx, some.len());
        let sql = sql.replace("@ids", &within);
        let values = some.iter().map(|id| Value::from(*id));
        let rows = Id::find_by_statement(statement(tx, sql, values))
            .all(tx)
            .await?;
        out.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(out)
}

/// Services of these sites that batches made which were taken back, and of which no list speaks.
pub(super) async fn orphan_services<C: ConnectionTrait>(
    tx: &C,
    site_ids: &[i64],
) -> Result<Vec<i64>, DbErr> {
    ids_where(
        tx,
        "select id from service where site_id in @ids and created_batch_id in (select id from import_batch where undone_at is not null)
           and not exists (select 1 from source_record r where r.service_id = service.id)
           and not exists (select 1 from filing f where f.service_id = service.id)",
        site_ids,
    )
    .await
}

/// Those of these sites that such batches made and that have neither a record nor a service.
pub(super) async fn orphan_sites<C: ConnectionTrait>(
    tx: &C,
    site_ids: &[i64],
) -> Result<Vec<i64>, DbErr> {
    ids_where(
        tx,
        "select id from site where id in @ids and created_batch_id in (select id from import_batch where undone_at is not null)
           and not exists (select 1 from source_record r where r.site_id = site.id)
           and not exists (select 1 from service s where s.site_id = site.id)",
        site_ids,
    )
    .await
}

/// Deletes the rows of `table` whose `column` is one of `ids`.
pub(super) async fn delete_by_id<C: ConnectionTrait>(
    tx: &C,
    table: &'static str,
    column: &'static str,
    ids: &[i64],
) -> Result<(), DbErr> {
    for some in ids.chunks(AT_A_TIME) {
        let sql = format!(
            "delete from {table} where {column} in {}",
            within(tx, some.len())
        );
        let values = some.iter().map(|id| Value::from(*id));
        tx.execute_raw(statement(tx, sql, values)).await?;
    }
    Ok(())
}

pub(super) async fn mark_undone<C: ConnectionTrait>(
    tx: &C,
    batch: i64,
    at: &str,
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "update import_batch set undone_at = $1 where id = $2",
        [at.into(), batch.into()],
    ))
    .await?;
    Ok(())
}
