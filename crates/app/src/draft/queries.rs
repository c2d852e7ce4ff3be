//! The SQL of drafts.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use crate::database::statement;

/// Content, and when it was saved.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    account: i64,
    (deed, object): (&str, i64),
) -> Result<Option<(String, String)>, DbErr> {
    let sql = "select content, saved_at from draft where account_id = $1 and deed = $2 and object_id = $3";
    let values = [account.into(), deed.into(), object.into()];
    let row = db.query_one_raw(statement(db, sql, values)).await?;
    row.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .transpose()
}

pub(super) async fn save(
    tx: &DatabaseTransaction,
    account: i64,
    (deed, object): (&str, i64),
    (content, now): (&str, &str),
) -> Result<(), DbErr> {
    let sql = "insert into draft (account_id, deed, object_id, content, saved_at) values ($1, $2, $3, $4, $5)
        on conflict (account_id, deed, object_id) do update set content = excluded.content, saved_at = excluded.saved_at";
    let values = [
        account.into(),
        deed.into(),
        object.into(),
        content.into(),
        now.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

pub(super) async fn discard(
    tx: &DatabaseTransaction,
    account: i64,
    (deed, object): (&str, i64),
) -> Result<(), DbErr> {
    let sql = "delete from draft where account_id = $1 and deed = $2 and object_id = $3";
    let values = [account.into(), deed.into(), object.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
