//! The SQL of what a patient's page has besides the record.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::statement;

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Code of the program.
    pub program: String,
    /// Code of the stage.
    pub stage: String,
    /// When it began.
    pub opened_at: String,
    /// When it ended.
    pub closed_at: Option<String>,
}

/// The cases of a patient within a condition over `c`, open ones first.
pub(super) async fn cases(
    db: &impl ConnectionTrait,
    patient: i64,
    within: &str,
) -> Result<Vec<Row>, DbErr> {
    let sql = format!(
        "select c.id, c.program, c.stage, c.opened_at, c.closed_at from care_case c
         where c.patient_id = $1 and {within}
         order by case when c.closed_at is null then 0 else 1 end, c.opened_at desc, c.id"
    );
    Row::find_by_statement(statement(db, sql, [patient.into()]))
        .all(db)
        .await
}
