//! The SQL of imports through pages.

use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value;

use crate::database::statement;

/// What the batch of a job reported, where the job has written one.
pub(super) async fn report_of_job(
    db: &impl ConnectionTrait,
    job: i64,
) -> Result<Option<Value>, DbErr> {
    let sql = "select report from import_batch where job_id = $1";
    let row = db.query_one_raw(statement(db, sql, [job.into()])).await?;
    let Some(row) = row else { return Ok(None) };
    let text: String = row.try_get_by_index(0)?;
    let report = serde_json::from_str(&text);
    report
        .map(Some)
        .map_err(|error| DbErr::Custom(format!("the report of job {job}: {error}")))
}
