//! The SQL of jobs.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::{inserted, value};
use crate::database::statement;

/// A job as the database has it.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub kind: String,
    pub input: String,
    pub state: String,
    pub stage: Option<String>,
    pub n_done: Option<i64>,
    pub n_total: Option<i64>,
    pub attempts: i64,
    pub account_id: Option<i64>,
    pub membership_id: Option<i64>,
    pub organization_id: Option<i64>,
    pub origin: String,
    pub created_at: String,
    pub ended_at: Option<String>,
    pub result: Option<String>,
    pub reason: Option<String>,
}

const ROW: &str = "id, kind, input, state, stage, n_done, n_total, attempts, account_id, membership_id, organization_id, origin,
    created_at, ended_at, result, reason";

/// A job that begins to wait.
pub(super) struct New<'a> {
    pub kind: &'a str,
    pub input: &'a str,
    pub account: Option<i64>,
    pub membership: Option<i64>,
    pub organization: Option<i64>,
    pub after: Option<i64>,
    pub origin: &'a str,
    pub now: &'a str,
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &New<'_>) -> Result<i64, DbErr> {
    let sql = "insert into job (kind, input, run_at, account_id, membership_id, organization_id, after_id, origin, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id";
    let values: [Value; 9] = [
        new.kind.into(),
        new.input.into(),
        new.now.into(),
        new.account.into(),
        new.membership.into(),
        new.organization.into(),
        new.after.into(),
        new.origin.into(),
        new.now.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn by_former(db: &impl ConnectionTrait, after: i64) -> Result<Option<i64>, DbErr> {
    let sql = "select id from job where after_id = $1";
    value(db, sql, [after.into()]).await
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let sql = format!("select {ROW} from job where id = $1");
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn newest_of(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Row>, DbErr> {
    let sql = format!("select {ROW} from job where kind = $1 order by id desc limit 1");
    Row::find_by_statement(statement(db, sql, [kind.into()]))
        .one(db)
        .await
}

pub(super) async fn last_done(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Row>, DbErr> {
    let sql = format!(
        "select {ROW} from job where kind = $1 and state = 'done' order by id desc limit 1"
    );
    Row::find_by_statement(statement(db, sql, [kind.into()]))
        .one(db)
        .await
}

/// Of an organization, or of all (0); in a state, or in any (empty); with a number below `before`.
pub(super) async fn newest(
    db: &impl ConnectionTrait,
    whose: i64,
    state: &str,
    before: i64,
    most: u64,
) -> Result<Vec<Row>, DbErr> {
    let sql = format!(
        "select {ROW} from job where ($1 = 0 or organization_id = $2) and ($3 = '' or state = $4) and id < $5
         order by id desc limit {most}"
    );
    let values: [Value; 5] = [
        whose.into(),
        whose.into(),
        state.into(),
        state.into(),
        before.into(),
    ];
    Row::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

pub(super) async fn counts(
    db: &impl ConnectionTrait,
    whose: i64,
) -> Result<Vec<(String, i64)>, DbErr> {
    let sql = "select state, count(*) from job where ($1 = 0 or organization_id = $2) group by state order by state";
    let rows = db
        .query_all_raw(statement(db, sql, [whose.into(), whose.into()]))
        .await?;
    let pair =
        |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(pair).collect()
}

/// What is due: its time has come, or its worker has not been heard of.
const DUE: &str =
    "((state = 'queued' and run_at <= $1) or (state = 'running' and lease_until < $1))";

pub(super) async fn has_due(db: &impl ConnectionTrait, now: &str) -> Result<bool, DbErr> {
    let sql = format!("select id from job where {DUE} limit 1");
    let row = db.query_one_raw(statement(db, sql, [now.into()])).await?;
    Ok(row.is_some())
}

/// Gives the oldest due job to `worker`. Of two workers that want the same, the second finds that it is not due any more.
pub(super) async fn take(
    tx: &impl ConnectionTrait,
    worker: &str,
    now: &str,
    lease_until: &str,
) -> Result<Option<Row>, DbErr> {
    let sql = format!(
        "update job set state = 'running', worker = $2, lease_until = $3, attempts = attempts + 1
         where id = (select id from job where {DUE} order by id limit 1) and {DUE} returning {ROW}"
    );
    let values = [now.into(), worker.into(), lease_until.into()];
    Row::find_by_statement(statement(tx, sql, values))
        .one(tx)
        .await
}

/// Renews the lease and says how far it has come; false where the job is another worker's by now.
pub(super) async fn put_progress(
    tx: &impl ConnectionTrait,
    (id, worker): (i64, &str),
    (stage, n_done, n_total): (&str, Option<i64>, Option<i64>),
    lease_until: &str,
) -> Result<bool, DbErr> {
    let sql = "update job set stage = $1, n_done = $2, n_total = $3, lease_until = $4
        where id = $5 and worker = $6 and state = 'running'";
    let values: [Value; 6] = [
        stage.into(),
        n_done.into(),
        n_total.into(),
        lease_until.into(),
        id.into(),
        worker.into(),
    ];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// How a job ended, or waits again.
pub(super) struct End<'a> {
    pub state: &'a str,
    pub run_at: &'a str,
    pub ended_at: Option<&'a str>,
    pub result: Option<&'a str>,
    pub reason: Option<&'a str>,
}

pub(super) async fn put_end(
    tx: &impl ConnectionTrait,
    (id, worker): (i64, &str),
    end: &End<'_>,
) -> Result<bool, DbErr> {
    let sql = "update job set state = $1, run_at = $2, ended_at = $3, result = $4, reason = $5, lease_until = null
        where id = $6 and worker = $7 and state = 'running'";
    let values: [Value; 7] = [
        end.state.into(),
        end.run_at.into(),
        end.ended_at.into(),
        end.result.into(),
        end.reason.into(),
        id.into(),
        worker.into(),
    ];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// Calls off what waits; false where it does not wait any more.
pub(super) async fn cancel(tx: &impl ConnectionTrait, id: i64, now: &str) -> Result<bool, DbErr> {
    let sql =
        "update job set state = 'cancelled', ended_at = $1 where id = $2 and state = 'queued'";
    let done = tx
        .execute_raw(statement(tx, sql, [now.into(), id.into()]))
        .await?;
    Ok(done.rows_affected() == 1)
}
