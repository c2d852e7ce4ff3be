//! The SQL of cases, their events and their obligations.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::engine::Event;
use crate::database::one::{counted, inserted, value};
use crate::database::statement;

/// A case as the lists have it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Case {
    /// Its number.
    pub id: i64,
    /// Of whom.
    pub patient_id: i64,
    /// Code of the program.
    pub program: String,
    /// In which version.
    pub program_version: String,
    /// Who may see it.
    pub access: String,
    /// Code of the stage.
    pub stage: String,
    /// Code of the course.
    pub branch: Option<String>,
    /// in | leave | out | died; none: no stay was told.
    pub stay: Option<String>,
    /// Where the patient is or was last.
    pub hospital_id: Option<i64>,
    /// ISO day.
    pub admitted_on: Option<String>,
    /// ISO day.
    pub discharge_planned_on: Option<String>,
    /// ISO day.
    pub discharged_on: Option<String>,
    /// When the next deadline passes.
    pub next_due_at: Option<String>,
    /// How many deadlines have passed with nothing done.
    pub n_overdue: i64,
    /// When it began.
    pub opened_at: String,
    /// When it ended.
    pub closed_at: Option<String>,
    /// Code of the closing.
    pub closing_reason: Option<String>,
}

const CASE: &str = "select id, patient_id, program, program_version, access, stage, branch, stay, hospital_id, admitted_on,
        discharge_planned_on, discharged_on, next_due_at, n_overdue, opened_at, closed_at, closing_reason from care_case";

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Case>, DbErr> {
    let sql = format!("{CASE} where id = $1");
    Case::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

/// Numbers of a patient's cases that are open.
pub(super) async fn open_of(db: &impl ConnectionTrait, patient: i64) -> Result<Vec<Case>, DbErr> {
    let sql = format!("{CASE} where patient_id = $1 and closed_at is null order by id");
    Case::find_by_statement(statement(db, sql, [patient.into()]))
        .all(db)
        .await
}

/// A new case.
pub(super) struct NewCase<'a> {
    pub patient: i64,
    pub program: (&'a str, &'a str),
    pub access: &'a str,
    pub stage: &'a str,
    pub who: (Option<i64>, Option<i64>),
    pub now: &'a str,
}

pub(super) async fn insert_case(
    tx: &impl ConnectionTrait,
    new: &NewCase<'_>,
) -> Result<i64, DbErr> {
    let sql = "insert into care_case (patient_id, program, program_version, access, stage, opened_at, account_id,
            organization_id, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id";
    let values: [Value; 9] = [
        new.patient.into(),
        new.program.0.into(),
        new.program.1.into(),
        new.access.into(),
        new.stage.into(),
        new.now.into(),
        new.who.0.into(),
        new.who.1.into(),
        new.now.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn program_text(
    db: &impl ConnectionTrait,
    code: &str,
    version: &str,
) -> Result<Option<String>, DbErr> {
    let sql = "select content from program_text where code = $1 and version = $2";
    value(db, sql, [code.into(), version.into()]).await
}

pub(super) async fn keep_program_text(
    tx: &impl ConnectionTrait,
    (code, version): (&str, &str),
    content: &str,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "insert into program_text (code, version, content, kept_at) values ($1, $2, $3, $4)
        on conflict do nothing";
    let values = [code.into(), version.into(), content.into(), now.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct EventRow {
    /// Its number.
    pub id: i64,
    /// Code of its kind.
    pub kind: String,
    /// Code of the step that it tells of.
    pub step: Option<String>,
    /// The event of which it tells.
    pub about_id: Option<i64>,
    /// When it was so.
    pub happened_at: String,
    /// When the program learned of it.
    pub recorded_at: String,
    /// By which way.
    pub channel: String,
    /// To whom.
    pub whom: Option<String>,
    /// What it tells, as JSON.
    pub content: String,
    /// The paper that came with it.
    pub attachment_id: Option<i64>,
    /// What it is called.
    pub attachment_name: Option<String>,
    /// Who recorded it.
    pub account_id: Option<i64>,
    /// Their name.
    pub account_name: Option<String>,
    /// For which organization.
    pub organization_id: Option<i64>,
    /// Its name.
    pub organization_name: Option<String>,
}

impl EventRow {
    /// As the engine takes it.
    pub fn event(&self) -> Result<Event, DbErr> {
        let wrong =
            |what: &str| DbErr::Custom(format!("case event {}: {what} cannot be read", self.id));
        Ok(Event {
            id: self.id.into(),
            kind: self.kind.clone(),
            step: self.step.clone(),
            about: self.about_id.map(Into::into),
            happened_at: self.happened_at.parse().map_err(|_| wrong("its instant"))?,
            content: serde_json::from_str(&self.content).map_err(|_| wrong("its content"))?,
        })
    }
}

const EVENTS: &str = "select e.id, e.case_id, e.kind, e.step, e.about_id, e.happened_at, e.recorded_at, e.channel, e.whom, e.content,
            e.attachment_id, f.name as attachment_name, e.account_id, a.name as account_name, e.organization_id,
            o.name as organization_name
        from case_event e left join account a on a.id = e.account_id left join attachment f on f.id = e.attachment_id
        left join organization o on o.id = e.organization_id";

pub(super) async fn events(db: &impl ConnectionTrait, case: i64) -> Result<Vec<EventRow>, DbErr> {
    let sql = format!("{EVENTS} where e.case_id = $1 order by e.id");
    EventRow::find_by_statement(statement(db, sql, [case.into()]))
        .all(db)
        .await
}

/// The paper of an event of this case.
pub(super) async fn attachment_of(
    db: &impl ConnectionTrait,
    case: i64,
    event: i64,
) -> Result<Option<i64>, DbErr> {
    let sql = "select attachment_id from case_event
        where case_id = $1 and id = $2 and attachment_id is not null";
    value(db, sql, [case.into(), event.into()]).await
}

/// The events of several cases, each with its case.
pub(super) async fn events_of(
    db: &impl ConnectionTrait,
    cases: &[i64],
) -> Result<Vec<(i64, EventRow)>, DbErr> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<String> = cases.iter().map(i64::to_string).collect();
    let sql = format!(
        "{EVENTS} where e.case_id in ({}) order by e.case_id, e.id",
        numbers.join(", ")
    );
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    let event = |row: &sea_orm::QueryResult| {
        Ok((
            row.try_get("", "case_id")?,
            EventRow::from_query_result(row, "")?,
        ))
    };
    rows.iter().map(event).collect()
}

/// A new event.
pub(super) struct NewEvent<'a> {
    pub case: i64,
    pub kind: &'a str,
    pub step: Option<&'a str>,
    pub about: Option<i64>,
    pub happened_at: &'a str,
    pub channel: &'a str,
    pub whom: Option<&'a str>,
    pub content: &'a str,
    pub attachment: Option<i64>,
    pub form_key: Option<&'a str>,
    pub who: (Option<i64>, Option<i64>),
    pub now: &'a str,
}

pub(super) async fn insert_event(
    tx: &impl ConnectionTrait,
    new: &NewEvent<'_>,
) -> Result<i64, DbErr> {
    let sql = "insert into case_event (case_id, kind, step, about_id, happened_at, recorded_at, channel, whom, content,
            attachment_id, form_key, account_id, organization_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id";
    let values: [Value; 13] = [
        new.case.into(),
        new.kind.into(),
        new.step.into(),
        new.about.into(),
        new.happened_at.into(),
        new.now.into(),
        new.channel.into(),
        new.whom.into(),
        new.content.into(),
        new.attachment.into(),
        new.form_key.into(),
        new.who.0.into(),
        new.who.1.into(),
    ];
    inserted(tx, sql, values).await
}

/// The event that this form made before.
pub(super) async fn by_form(
    db: &impl ConnectionTrait,
    case: i64,
    form_key: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "select id from case_event where case_id = $1 and form_key = $2";
    value(db, sql, [case.into(), form_key.into()]).await
}

/// The case that this form began before, by somebody of the organization.
pub(super) async fn begun_by_form(
    db: &impl ConnectionTrait,
    patient: i64,
    form_key: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "select c.id from case_event e join care_case c on c.id = e.case_id
        where c.patient_id = $1 and e.kind = 'opened' and e.form_key = $2";
    value(db, sql, [patient.into(), form_key.into()]).await
}

/// The case of a patient in which one of these forms told something.
pub(super) async fn told_by_forms(
    db: &impl ConnectionTrait,
    patient: i64,
    (one, other): (&str, &str),
) -> Result<Option<i64>, DbErr> {
    let sql = "select c.id from case_event e join care_case c on c.id = e.case_id
        where c.patient_id = $1 and e.form_key in ($2, $3) order by c.id limit 1";
    value(db, sql, [patient.into(), one.into(), other.into()]).await
}

pub(super) async fn put_died(
    tx: &impl ConnectionTrait,
    patient: i64,
    day: Option<&str>,
    now: &str,
) -> Result<(), DbErr> {
    let sql =
        "update patient set died_on = $1, version = version + 1, changed_at = $2 where id = $3";
    let values = [day.into(), now.into(), patient.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// Waits until nobody else changes the case.
pub(super) async fn lock_case(tx: &impl ConnectionTrait, case: i64) -> Result<(), DbErr> {
    let sql = "update care_case set changed_at = changed_at where id = $1";
    tx.execute_raw(statement(tx, sql, [case.into()])).await?;
    Ok(())
}

/// Waits until nobody else opens a case of the patient.
pub(super) async fn lock_patient(tx: &impl ConnectionTrait, patient: i64) -> Result<(), DbErr> {
    let sql = "update patient set changed_at = changed_at where id = $1";
    tx.execute_raw(statement(tx, sql, [patient.into()])).await?;
    Ok(())
}

/// Whether one of these accounts' look-ups found the patient since.
pub(super) async fn was_found(
    db: &impl ConnectionTrait,
    (account, patient): (i64, i64),
    deed: &str,
    since: &str,
) -> Result<bool, DbErr> {
    let sql = "select count(*) from audit_entry where account_id = $1 and deed = $2 and object_kind = 'patient'
        and object_id = $3 and note = 'found' and at >= $4";
    let values = [
        account.into(),
        deed.into(),
        patient.to_string().into(),
        since.into(),
    ];
    Ok(counted(db, sql, values).await? > 0)
}

/// What a list says of 入退院支援加算 for any service of an organization: the note of the capability; empty where it has none.
pub(super) async fn discharge_filing(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Option<String>, DbErr> {
    let sql = "select coalesce(k.note, '') from service_capability k join service s on s.id = k.service_id
        join site t on t.id = s.site_id
        where t.organization_id = $1 and k.capability = 'discharge_support' order by k.service_id limit 1";
    value(db, sql, [organization.into()]).await
}

/// 医療機関コード and 事業所番号 of an organization's sites.
pub(super) async fn codes_of(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Vec<String>, DbErr> {
    let sql = "select c.code from site_code c join site t on t.id = c.site_id
        where t.organization_id = $1 and c.system = 'place' order by c.code";
    let rows = db
        .query_all_raw(statement(db, sql, [organization.into()]))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
