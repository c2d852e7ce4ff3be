//! The SQL that counts confirmed services.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::statement;

/// Services of one category in one municipality.
#[derive(Debug, FromQueryResult)]
pub(super) struct Counted {
    pub municipality_code: String,
    pub category: String,
    pub n: i64,
    pub n_confirmed: i64,
}

/// The services that work, with those confirmed on a day or later.
pub(super) async fn counted(db: &impl ConnectionTrait, from: &str) -> Result<Vec<Counted>, DbErr> {
    let sql = "select t.municipality_code, s.category, count(*) as n,
            sum(case when coalesce(s.last_assured_on, t.last_assured_on) >= $1 then 1 else 0 end) as n_confirmed
        from service s join site t on t.id = s.site_id
        where s.status = 'active' and t.status = 'active' and t.municipality_code is not null
        group by t.municipality_code, s.category";
    Counted::find_by_statement(statement(db, sql, [from.into()]))
        .all(db)
        .await
}
