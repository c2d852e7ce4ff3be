//! The SQL of the list of windows for professionals.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::statement;

/// A window, or a place without one.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub service_id: i64,
    pub name: String,
    pub category: String,
    pub municipality_code: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub purpose: Option<String>,
    pub window: Option<String>,
    pub window_phone: Option<String>,
    pub window_fax: Option<String>,
    pub hours_note: Option<String>,
}

pub(super) async fn rows(
    db: &impl ConnectionTrait,
    categories: &[&str],
    municipalities: &[String],
    within: &str,
) -> Result<Vec<Row>, DbErr> {
    let places = |first: usize, n: usize| {
        let all: Vec<String> = (first..first + n).map(|at| format!("${at}")).collect();
        all.join(", ")
    };
    let here = match municipalities.len() {
        0 => "1 = 1".to_owned(),
        n => format!(
            "t.municipality_code in ({})",
            places(categories.len() + 1, n)
        ),
    };
    let sql = format!(
        "select s.id as service_id, coalesce(s.name, t.name) as name, s.category, t.municipality_code, t.phone,
            coalesce(s.fax, t.fax) as fax, c.purpose, c.name as window, c.phone as window_phone, c.fax as window_fax, c.hours_note
        from service s join site t on t.id = s.site_id
        left join contact_point c on c.site_id = t.id and c.audience = 'professional'
            and (c.service_id is null or c.service_id = s.id)
        where s.category in ({}) and {here} and s.status <> 'closed' and t.status <> 'closed' and {within}
        order by t.municipality_code, t.name_key, s.id, c.id",
        places(1, categories.len())
    );
    let categories = categories.iter().map(|code| Value::from(*code));
    let codes = municipalities.iter().map(|code| Value::from(code.as_str()));
    Row::find_by_statement(statement(db, sql, categories.chain(codes)))
        .all(db)
        .await
}
