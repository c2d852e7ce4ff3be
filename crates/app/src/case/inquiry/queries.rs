//! The SQL of inquiries and of those who are asked.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::Profile;
use crate::database::one::{counted, inserted, value};
use crate::database::{insert_rows, statement, within};

/// An inquiry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct InquiryRow {
    pub id: i64,
    pub case_id: i64,
    pub kind: String,
    pub title: String,
    pub age_band: String,
    pub sex: Option<String>,
    pub care_level: Option<String>,
    pub municipality_code: Option<String>,
    pub town: Option<String>,
    pub from_on: Option<String>,
    pub until_on: Option<String>,
    pub note: Option<String>,
    pub phone: String,
    pub state: String,
    pub closed_why: Option<String>,
    pub closed_at: Option<String>,
    pub users_choice: Option<String>,
    pub organization_id: Option<i64>,
    /// Its name.
    pub office: Option<String>,
    pub sent_at: String,
}

const INQUIRY: &str = "select q.id, q.case_id, q.kind, q.title, q.age_band, q.sex, q.care_level, q.municipality_code, q.town,
        q.from_on, q.until_on, q.note, q.phone, q.state, q.closed_why, q.closed_at, q.users_choice, q.organization_id,
        o.name as office, q.sent_at
    from inquiry q left join organization o on o.id = q.organization_id";

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<InquiryRow>, DbErr> {
    let sql = format!("{INQUIRY} where q.id = $1");
    InquiryRow::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn by_ids(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<BTreeMap<i64, InquiryRow>, DbErr> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!("{INQUIRY} where q.id in {}", within(db, ids.len()));
    let values = ids.iter().map(|id| Value::from(*id));
    let rows = InquiryRow::find_by_statement(statement(db, sql, values));
    let rows = rows.all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What the patients of these cases are called.
pub(super) async fn names_of_cases(
    db: &impl ConnectionTrait,
    cases: &[i64],
) -> Result<BTreeMap<i64, String>, DbErr> {
    if cases.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!(
        "select c.id, n.family, n.given from care_case c
         join patient_name n on n.patient_id = c.patient_id and n.use = 'official' where c.id in {}",
        within(db, cases.len())
    );
    let values = cases.iter().map(|id| Value::from(*id));
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    let name = |row: &sea_orm::QueryResult| {
        let (family, given): (String, String) =
            (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        Ok((row.try_get_by_index(0)?, format!("{family} {given}")))
    };
    rows.iter().map(name).collect()
}

/// Those of an organization.
pub(super) fn sent_by(within: &str, own: i64) -> String {
    format!("q.organization_id = {own} and {within}")
}

/// Those of an organization that are open and have an answer.
pub(super) fn answered(within: &str, own: i64) -> String {
    format!(
        "q.organization_id = {own} and q.state = 'open' and exists (select 1 from inquiry_target t
            where t.inquiry_id = q.id and t.state = 'answered' and t.answer <> 'forwarded') and {within}"
    )
}

/// The newest first, those that are open before all others; or the oldest first.
pub(super) async fn inquiries(
    db: &impl ConnectionTrait,
    within: &str,
    (is_oldest_first, most): (bool, u64),
) -> Result<Vec<InquiryRow>, DbErr> {
    let order = match is_oldest_first {
        true => "q.sent_at, q.id",
        false => "case q.state when 'open' then 0 else 1 end, q.sent_at desc, q.id desc",
    };
    let sql = format!("{INQUIRY} where {within} order by {order} limit {most}");
    InquiryRow::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}

pub(super) async fn n_inquiries(db: &impl ConnectionTrait, within: &str) -> Result<u64, DbErr> {
    let sql = format!("select count(*) from inquiry q where {within}");
    counted(db, &sql, []).await
}

pub(super) async fn by_form(
    db: &impl ConnectionTrait,
    case: i64,
    form_key: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "select id from inquiry where case_id = $1 and form_key = $2";
    value(db, sql, [case.into(), form_key.into()]).await
}

/// A new inquiry.
pub(super) struct New<'a> {
    pub case: i64,
    pub kind: &'a str,
    pub profile: &'a Profile,
    pub form_key: Option<&'a str>,
    pub who: (Option<i64>, Option<i64>),
    pub now: &'a str,
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &New<'_>) -> Result<i64, DbErr> {
    let sql = "insert into inquiry (case_id, kind, title, age_band, sex, care_level, municipality_code, town, from_on, until_on,
            note, phone, state, form_key, account_id, organization_id, sent_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', $13, $14, $15, $16) returning id";
    let it = new.profile;
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    let values: [Value; 16] = [
        new.case.into(),
        new.kind.into(),
        it.title.as_str().into(),
        it.age_band.as_str().into(),
        it.sex.map(|it| it.code()).into(),
        it.level.map(|it| it.code()).into(),
        it.municipality.clone().into(),
        it.town.clone().into(),
        day(it.from_on).into(),
        day(it.until_on).into(),
        it.note.clone().into(),
        it.phone.as_str().into(),
        new.form_key.into(),
        new.who.0.into(),
        new.who.1.into(),
        new.now.into(),
    ];
    let id = inserted(tx, sql, values).await?;
    let head = "insert into inquiry_need (inquiry_id, capability) values";
    let needs = it.needs.iter();
    let values = needs.flat_map(|code| [id.into(), code.as_str().into()]);
    insert_rows(tx, head, 2, values.collect(), "").await?;
    Ok(id)
}

pub(super) async fn needs(db: &impl ConnectionTrait, inquiry: i64) -> Result<Vec<String>, DbErr> {
    let sql = "select capability from inquiry_need where inquiry_id = $1 order by capability";
    let rows = db
        .query_all_raw(statement(db, sql, [inquiry.into()]))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// How an inquiry ended: its state, why, and how the user chose.
pub(super) async fn put_end(
    tx: &impl ConnectionTrait,
    id: i64,
    (state, why, choice): (&str, Option<&str>, Option<&str>),
    now: &str,
) -> Result<(), DbErr> {
    let sql = "update inquiry set state = $1, closed_why = $2, users_choice = $3, closed_at = $4 where id = $5";
    let values = [
        state.into(),
        why.into(),
        choice.into(),
        now.into(),
        id.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// One of those asked as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct TargetRow {
    pub id: i64,
    pub inquiry_id: i64,
    pub organization_id: Option<i64>,
    pub service_id: Option<i64>,
    pub is_reached: bool,
    pub state: String,
    pub version: i64,
    pub answer: Option<String>,
    pub reason: Option<String>,
    pub words: Option<String>,
    pub free_from: Option<String>,
    pub phone: Option<String>,
    pub channel: Option<String>,
    pub answered_at: Option<String>,
    pub answered_by: Option<i64>,
    pub answered_by_name: Option<String>,
    /// The service's name, or the office's.
    pub name: String,
    pub category: Option<String>,
    pub place: Option<String>,
    /// Its own telephone of the directory.
    pub own_phone: Option<String>,
    /// Of the service; none: the office.
    pub status: Option<String>,
}

const TARGET: &str = "select t.id, t.inquiry_id, t.organization_id, t.service_id, t.is_reached, t.state, t.version, t.answer, t.reason,
        t.words, t.free_from, t.phone, t.channel, t.answered_at, t.answered_by, a.name as answered_by_name,
        coalesce(s.name, x.name, o.name, '') as name, s.category, x.municipality_code as place, x.phone as own_phone,
        case when s.status = 'active' then x.status else s.status end as status
    from inquiry_target t
    left join organization o on o.id = t.organization_id
    left join service s on s.id = t.service_id
    left join site x on x.id = s.site_id
    left join account a on a.id = t.answered_by";

pub(super) async fn target(db: &impl ConnectionTrait, id: i64) -> Result<Option<TargetRow>, DbErr> {
    let sql = format!("{TARGET} where t.id = $1");
    TargetRow::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn targets(
    db: &impl ConnectionTrait,
    inquiries: &[i64],
) -> Result<Vec<TargetRow>, DbErr> {
    if inquiries.is_empty() {
        return Ok(Vec::new());
    }
    let places = within(db, inquiries.len());
    let sql = format!("{TARGET} where t.inquiry_id in {places} order by t.inquiry_id, t.id");
    let values = inquiries.iter().map(|id| Value::from(*id));
    TargetRow::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// Those that wait for an answer.
pub(super) fn waiting(within: &str) -> String {
    format!("t.state in ('asked', 'read') and {within}")
}

/// Those of an organization: what waits first, then the newest; or the oldest first.
pub(super) async fn received(
    db: &impl ConnectionTrait,
    within: &str,
    (is_oldest_first, most): (bool, u64),
) -> Result<Vec<TargetRow>, DbErr> {
    let order = match is_oldest_first {
        true => "t.created_at, t.id",
        false => {
            "case t.state when 'asked' then 0 when 'read' then 0 when 'answered' then 1 else 2 end, t.created_at desc, t.id desc"
        }
    };
    let sql = format!("{TARGET} where t.is_reached and {within} order by {order} limit {most}");
    TargetRow::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}

pub(super) async fn n_received(db: &impl ConnectionTrait, within: &str) -> Result<u64, DbErr> {
    let sql = format!("select count(*) from inquiry_target t where t.is_reached and {within}");
    counted(db, &sql, []).await
}

/// Somebody to be asked.
pub(super) struct NewTarget {
    pub organization: Option<i64>,
    pub service: Option<i64>,
    pub is_reached: bool,
}

pub(super) async fn insert_target(
    tx: &impl ConnectionTrait,
    inquiry: i64,
    new: &NewTarget,
    (account, now): (Option<i64>, &str),
) -> Result<i64, DbErr> {
    let sql = "insert into inquiry_target (inquiry_id, organization_id, service_id, is_reached, state, account_id, created_at)
        values ($1, $2, $3, $4, 'asked', $5, $6) returning id";
    let values: [Value; 6] = [
        inquiry.into(),
        new.organization.into(),
        new.service.into(),
        new.is_reached.into(),
        account.into(),
        now.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn put_state(
    tx: &impl ConnectionTrait,
    target: i64,
    state: &str,
) -> Result<(), DbErr> {
    let sql = "update inquiry_target set state = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [state.into(), target.into()]))
        .await?;
    Ok(())
}

pub(super) async fn put_organization(
    tx: &impl ConnectionTrait,
    target: i64,
    organization: i64,
) -> Result<(), DbErr> {
    let sql = "update inquiry_target set organization_id = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [organization.into(), target.into()]))
        .await?;
    Ok(())
}

pub(super) async fn put_read(
    tx: &impl ConnectionTrait,
    target: i64,
    (state, account, now): (&str, Option<i64>, &str),
) -> Result<(), DbErr> {
    let sql = "update inquiry_target set state = $1, read_at = coalesce(read_at, $2), read_by = coalesce(read_by, $3) where id = $4";
    let values = [state.into(), now.into(), account.into(), target.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// An answer.
pub(super) struct NewAnswer<'a> {
    pub state: &'a str,
    pub answer: &'a str,
    pub reason: Option<&'a str>,
    pub words: Option<&'a str>,
    pub free_from: Option<String>,
    pub phone: Option<&'a str>,
    pub channel: &'a str,
    pub who: (Option<i64>, Option<i64>),
    pub now: &'a str,
}

pub(super) async fn put_answer(
    tx: &impl ConnectionTrait,
    target: i64,
    it: &NewAnswer<'_>,
) -> Result<(), DbErr> {
    let sql = "update inquiry_target set state = $1, answer = $2, reason = $3, words = $4, free_from = $5, phone = $6, channel = $7,
            answered_at = $8, answered_by = $9, answered_for = $10, version = version + 1 where id = $11";
    let values: [Value; 11] = [
        it.state.into(),
        it.answer.into(),
        it.reason.into(),
        it.words.into(),
        it.free_from.clone().into(),
        it.phone.into(),
        it.channel.into(),
        it.now.into(),
        it.who.0.into(),
        it.who.1.into(),
        target.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// What an organization is called.
pub(super) async fn name(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Option<String>, DbErr> {
    let sql = "select name from organization where id = $1";
    value(db, sql, [organization.into()]).await
}
