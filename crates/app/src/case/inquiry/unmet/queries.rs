//! The SQL of the answers that are counted.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::statement;

/// An answer that is counted.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct Answered {
    pub answered_at: String,
    pub kind: String,
    pub category: Option<String>,
    pub municipality_code: Option<String>,
    pub answer: String,
    pub reason: Option<String>,
}

pub(super) async fn answers(
    db: &impl ConnectionTrait,
    within: &str,
) -> Result<Vec<Answered>, DbErr> {
    let sql = format!(
        "select t.answered_at, q.kind, s.category, q.municipality_code, t.answer, t.reason
         from inquiry_target t join inquiry q on q.id = t.inquiry_id left join service s on s.id = t.service_id
         where t.answered_at is not null and t.answer <> 'forwarded' and {within}"
    );
    Answered::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}
