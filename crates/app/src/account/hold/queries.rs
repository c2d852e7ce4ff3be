//! The SQL of accounts that are not to be erased.

use sea_orm::{ConnectionTrait, DbErr};

use crate::database::statement;

pub(super) async fn put(
    tx: &impl ConnectionTrait,
    account: i64,
    reason: Option<&str>,
) -> Result<(), DbErr> {
    let sql = "update account set hold = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [reason.into(), account.into()]))
        .await?;
    Ok(())
}
