//! The SQL of attachments.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::database::one::{inserted, value};
use crate::database::statement;

/// A file as it lies.
#[derive(FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub key_id: String,
    pub content: Vec<u8>,
}

impl Row {
    /// All that stands beside the content: sealed with it, so that it opens in this row alone. A name has no line ends.
    pub fn bound(&self) -> Vec<u8> {
        let Self {
            id,
            name,
            media_type,
            size,
            key_id,
            content: _,
        } = self;
        format!("keniki-attachment 1\n{id}\n{key_id}\n{media_type}\n{size}\n{name}").into_bytes()
    }
}

/// Everything but the content, which is sealed to the number that this answers.
pub(super) async fn insert(
    tx: &DatabaseTransaction,
    row: &Row,
    (account, organization): (Option<i64>, Option<i64>),
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into attachment (name, media_type, size, key_id, content, account_id, organization_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) returning id";
    let values: [Value; 8] = [
        row.name.as_str().into(),
        row.media_type.as_str().into(),
        row.size.into(),
        row.key_id.as_str().into(),
        Vec::<u8>::new().into(),
        account.into(),
        organization.into(),
        now.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn put_content(
    tx: &DatabaseTransaction,
    id: i64,
    sealed: Vec<u8>,
) -> Result<(), DbErr> {
    let sql = "update attachment set content = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [sealed.into(), id.into()]))
        .await?;
    Ok(())
}

pub(super) async fn find(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let sql = "select id, name, media_type, size, key_id, content from attachment where id = $1";
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn ids(db: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
    let sql = "select id from attachment order by id";
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

pub(super) async fn newest(db: &impl ConnectionTrait) -> Result<Option<i64>, DbErr> {
    value(db, "select id from attachment order by id desc limit 1", []).await
}
