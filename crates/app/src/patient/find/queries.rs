//! The SQL of finding a patient.

use chrono::NaiveDate;
use keniki_base::id::OrganizationId;
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::{Asked, Page, Search};
use crate::database::one::counted;
use crate::database::statement;
use crate::definition::patient::PatientRule;

/// What a search asks for besides its text, as further conditions over `p`. Codes, numbers and days stand in the text.
pub(super) fn narrowed(
    search: &Search,
    rule: &PatientRule,
    organization: Option<OrganizationId>,
    today: NaiveDate,
) -> String {
    let mut sql = String::new();
    let standing = format!(
        "select 1 from care_team t where t.patient_id = p.id and t.case_id is null
            and t.valid_from <= '{today}' and (t.valid_to is null or t.valid_to >= '{today}')"
    );
    if let Some(level) = search.level {
        sql.push_str(&format!(
            " and (select l.level from care_level l where l.patient_id = p.id and l.valid_from <= '{today}'
                and (l.valid_to is null or l.valid_to >= '{today}')
                order by l.valid_from desc, l.id desc limit 1) = '{}'",
            level.code()
        ));
    }
    if let Some(is_answered_for) = search.is_answered_for {
        let roles = rule.team_roles().iter().filter(|role| role.answers > 0);
        let is_code = |code: &&String| code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let codes = roles.map(|role| &role.code).filter(is_code);
        let codes: Vec<String> = codes.map(|code| format!("'{code}'")).collect();
        let not = if is_answered_for { "" } else { "not " };
        sql.push_str(&format!(
            " and {not}exists ({standing} and t.role in ({}))",
            if codes.is_empty() {
                "''".to_owned()
            } else {
                codes.join(", ")
            }
        ));
    }
    if search.is_own {
        let own = organization.map_or(0, i64::from);
        sql.push_str(&format!(
            " and exists ({standing} and t.organization_id = {own})"
        ));
    }
    sql
}

/// `from … where …` of those asked for, with its values.
fn found(within: &str, asked: &Asked) -> (String, Vec<Value>) {
    let (matching, values) = matching(asked, 1);
    let sql = format!("from patient p where p.merged_into is null and {within}{matching}");
    (sql, values)
}

/// What a text asks for, as further conditions over `p` with their values, of which the first is `$first`. A name of folded
/// signs has no wildcard in it.
pub(super) fn matching(asked: &Asked, first: usize) -> (String, Vec<Value>) {
    let mut sql = String::new();
    let mut values: Vec<Value> = Vec::new();
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", first + values.len() - 1)
    };
    for day in &asked.born_on {
        sql.push_str(&format!(" and p.born_on = {}", place(day.as_str().into())));
    }
    for (number, phone) in &asked.numbers {
        let (number, phone) = (place(number.as_str().into()), place(phone.as_str().into()));
        sql.push_str(&format!(
            " and (p.phone = {phone} or p.id in
                (select i.patient_id from patient_identifier i where ltrim(i.number, '0') = ltrim({number}, '0')))"
        ));
    }
    if !asked.name.is_empty() {
        let (name, kana) = (
            place(format!("%{}%", asked.name).into()),
            place(format!("%{}%", asked.name).into()),
        );
        sql.push_str(&format!(
            " and exists (select 1 from patient_name n where n.patient_id = p.id
                and (n.key like {name} or n.kana_key like {kana}))"
        ));
    }
    (sql, values)
}

pub(super) async fn count(
    db: &impl ConnectionTrait,
    within: &str,
    asked: &Asked,
) -> Result<u64, DbErr> {
    let (found, values) = found(within, asked);
    counted(db, &format!("select count(*) {found}"), values).await
}

pub(super) async fn page(
    db: &impl ConnectionTrait,
    within: &str,
    asked: &Asked,
    page: Page,
) -> Result<Vec<i64>, DbErr> {
    let (found, values) = found(within, asked);
    let sql = format!(
        "select p.id {found}
         order by (select min(n.kana_key) from patient_name n where n.patient_id = p.id and n.use = 'official'), p.id
         limit {} offset {}",
        page.most, page.first
    );
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
