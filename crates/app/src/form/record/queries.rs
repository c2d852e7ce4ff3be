//! The SQL of forms that were filled in.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::database::one::{counted, value};
use crate::database::statement;

/// A form that was filled in.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Of whom.
    pub patient_id: i64,
    /// In which case.
    pub case_id: Option<i64>,
    /// Code of the form.
    pub form: String,
    /// The version by which it is read.
    pub form_version: String,
    /// The answers, as JSON.
    pub content: String,
    /// The one that it began from.
    pub former_id: Option<i64>,
    /// For which organization it was written.
    pub organization_id: Option<i64>,
    /// Its name.
    pub organization_name: Option<String>,
    /// Who wrote it.
    pub account_name: Option<String>,
    /// When.
    pub created_at: String,
    /// Who annulled it.
    pub annuller_name: Option<String>,
    /// When.
    pub annulled_at: Option<String>,
    /// Why.
    pub annulled_reason: Option<String>,
}

const ROW: &str = "select r.id, r.patient_id, r.case_id, r.form, r.form_version, r.content, r.former_id, r.organization_id,
        o.name as organization_name, a.name as account_name, r.created_at, b.name as annuller_name, r.annulled_at, r.annulled_reason
    from form_record r left join organization o on o.id = r.organization_id
        left join account a on a.id = r.account_id left join account b on b.id = r.annulled_by";

async fn rows(
    db: &impl ConnectionTrait,
    rest: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Row>, DbErr> {
    let sql = format!("{ROW} {rest}");
    Row::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let found = rows(db, "where r.id = $1", [id.into()]).await?;
    Ok(found.into_iter().next())
}

/// Of a patient, the newest first.
pub(super) async fn of_patient(
    db: &impl ConnectionTrait,
    patient: i64,
    within: &str,
) -> Result<Vec<Row>, DbErr> {
    let rest = format!("where r.patient_id = $1 and {within} order by r.id desc");
    rows(db, &rest, [patient.into()]).await
}

/// How many forms of a patient stand.
pub(super) async fn n_of_patient(
    db: &impl ConnectionTrait,
    patient: i64,
    within: &str,
) -> Result<u64, DbErr> {
    let sql = format!(
        "select count(*) from form_record r where r.patient_id = $1 and r.annulled_at is null and {within}"
    );
    counted(db, &sql, [patient.into()]).await
}

/// Of one form, the oldest first; annulled ones are left out.
pub(super) async fn of_form(
    db: &impl ConnectionTrait,
    form: &str,
    within: &str,
    most: u64,
) -> Result<Vec<Row>, DbErr> {
    let rest = format!(
        "where r.form = $1 and r.annulled_at is null and {within} order by r.id limit {most}"
    );
    rows(db, &rest, [form.into()]).await
}

/// The last one of a form that stands: one of this organization before any other.
pub(super) async fn last(
    db: &impl ConnectionTrait,
    (patient, form): (i64, &str),
    organization: i64,
    within: &str,
) -> Result<Option<Row>, DbErr> {
    let rest = format!(
        "where r.patient_id = $1 and r.form = $2 and r.annulled_at is null and {within}
         order by case when r.organization_id = $3 then 0 else 1 end, r.id desc limit 1"
    );
    let values = [patient.into(), form.into(), organization.into()];
    Ok(rows(db, &rest, values).await?.into_iter().next())
}

/// The records that began from one, within a condition.
pub(super) async fn following(
    db: &impl ConnectionTrait,
    id: i64,
    within: &str,
) -> Result<Vec<Row>, DbErr> {
    let rest = format!("where r.former_id = $1 and {within} order by r.id");
    rows(db, &rest, [id.into()]).await
}

/// What is written of one patient.
pub(super) struct Written<'a> {
    pub patient: i64,
    pub case: Option<i64>,
    pub form: (&'a str, &'a str),
    pub content: &'a str,
    pub former: Option<i64>,
    pub key: Option<&'a str>,
}

/// None where a page with this key was sent before.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    new: &Written<'_>,
    (account, organization): (Option<i64>, Option<i64>),
    now: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "insert into form_record (patient_id, case_id, form, form_version, content, former_id, form_key,
            account_id, organization_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (patient_id, form_key) do nothing returning id";
    let values: [Value; 10] = [
        new.patient.into(),
        new.case.into(),
        new.form.0.into(),
        new.form.1.into(),
        new.content.into(),
        new.former.into(),
        new.key.into(),
        account.into(),
        organization.into(),
        now.into(),
    ];
    value(tx, sql, values).await
}

/// Hangs a file on an item of a record.
pub(super) async fn attach(
    tx: &impl ConnectionTrait,
    (record, item): (i64, &str),
    attachment: i64,
) -> Result<(), DbErr> {
    let sql =
        "insert into form_attachment (form_record_id, item, attachment_id) values ($1, $2, $3)";
    let values = [record.into(), item.into(), attachment.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// A file of a record.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Attached {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Code of the item that it hangs on.
    pub item: String,
}

pub(super) async fn files(db: &impl ConnectionTrait, record: i64) -> Result<Vec<Attached>, DbErr> {
    let sql = "select f.id, f.name, h.item from form_attachment h join attachment f on f.id = h.attachment_id
        where h.form_record_id = $1 order by h.item";
    Attached::find_by_statement(statement(db, sql, [record.into()]))
        .all(db)
        .await
}

/// Number and content of what was sent with this key.
pub(super) async fn sent(
    db: &impl ConnectionTrait,
    (patient, key): (i64, &str),
    account: Option<i64>,
) -> Result<Option<Row>, DbErr> {
    let rest = "where r.patient_id = $1 and r.form_key = $2 and coalesce(r.account_id, 0) = $3";
    let values = [
        patient.into(),
        key.into(),
        account.unwrap_or_default().into(),
    ];
    Ok(rows(db, rest, values).await?.into_iter().next())
}

/// False where another annulled it first.
pub(super) async fn annul(
    tx: &impl ConnectionTrait,
    id: i64,
    (account, reason): (Option<i64>, &str),
    now: &str,
) -> Result<bool, DbErr> {
    let sql = "update form_record set annulled_by = $1, annulled_at = $2, annulled_reason = $3
        where id = $4 and annulled_at is null";
    let values = [account.into(), now.into(), reason.into(), id.into()];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps the words of a version, where they are not kept yet.
pub(super) async fn keep_text(
    tx: &impl ConnectionTrait,
    (code, version): (&str, &str),
    (file, text): (&str, &str),
    now: &str,
) -> Result<(), DbErr> {
    let sql =
        "insert into form_text (code, version, file, text, kept_at) values ($1, $2, $3, $4, $5)
        on conflict (code, version) do nothing";
    let values = [
        code.into(),
        version.into(),
        file.into(),
        text.into(),
        now.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// File and words of a version.
pub(super) async fn text(
    db: &impl ConnectionTrait,
    (code, version): (&str, &str),
) -> Result<Option<(String, String)>, DbErr> {
    let sql = "select file, text from form_text where code = $1 and version = $2";
    let row = db
        .query_one_raw(statement(db, sql, [code.into(), version.into()]))
        .await?;
    row.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .transpose()
}

/// An organization as forms name it.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Office {
    pub name: String,
    pub phone: Option<String>,
}

/// The telephone of an organization's window: one for professionals before the public one.
const PHONE: &str = "coalesce(
    (select min(c.phone) from contact_point c join site s on s.id = c.site_id
     where s.organization_id = o.id and c.audience = 'professional'),
    (select min(s.phone) from site s where s.organization_id = o.id))";

pub(super) async fn office(db: &impl ConnectionTrait, id: i64) -> Result<Option<Office>, DbErr> {
    let sql = format!("select o.name, {PHONE} as phone from organization o where o.id = $1");
    Office::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

pub(super) async fn account_name(
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<String>, DbErr> {
    value(db, "select name from account where id = $1", [id.into()]).await
}

pub(super) async fn municipality(
    db: &impl ConnectionTrait,
    code: &str,
) -> Result<Option<String>, DbErr> {
    let sql = "select name from area where area_set = 'municipality' and code = $1";
    value(db, sql, [code.into()]).await
}

/// Somebody in a care team.
#[derive(Debug, FromQueryResult)]
pub(super) struct Member {
    pub organization_id: i64,
    pub role: String,
    pub staff: Option<String>,
    pub name: String,
    pub phone: Option<String>,
}

/// Who is on a day in the standing care team or in that of one case: that of the case first.
pub(super) async fn team(
    db: &impl ConnectionTrait,
    (patient, case): (i64, Option<i64>),
    day: &str,
) -> Result<Vec<Member>, DbErr> {
    let sql = format!(
        "select t.organization_id, t.role, t.staff, o.name, {PHONE} as phone
         from care_team t join organization o on o.id = t.organization_id
         where t.patient_id = $1 and (t.case_id is null or t.case_id = $2)
            and t.valid_from <= $3 and (t.valid_to is null or t.valid_to >= $4)
         order by case when t.case_id is null then 1 else 0 end, t.valid_from, t.id"
    );
    let values = [
        patient.into(),
        case.unwrap_or_default().into(),
        day.into(),
        day.into(),
    ];
    Member::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// Names of an organization's sites that offer any of these.
pub(super) async fn sites_offering(
    db: &impl ConnectionTrait,
    organization: i64,
    categories: &[String],
) -> Result<Vec<String>, DbErr> {
    let places: Vec<String> = (2..2 + categories.len())
        .map(|at| format!("${at}"))
        .collect();
    let sql = format!(
        "select s.name from site s where s.organization_id = $1 and s.status <> 'closed'
            and exists (select 1 from service v where v.site_id = s.id and v.status <> 'closed' and v.category in ({}))
        order by s.id limit 2",
        places.join(", ")
    );
    let values = categories.iter().map(|it| it.as_str().into());
    let values = std::iter::once(organization.into()).chain(values);
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// What a case knows of the stay.
#[derive(Debug, FromQueryResult)]
pub(super) struct Stay {
    pub hospital_id: Option<i64>,
    pub hospital: Option<String>,
    pub admitted_on: Option<String>,
    pub discharged_on: Option<String>,
}

pub(super) async fn stay(db: &impl ConnectionTrait, case: i64) -> Result<Option<Stay>, DbErr> {
    let sql = "select c.hospital_id, o.name as hospital, c.admitted_on, coalesce(c.discharged_on, c.discharge_planned_on) as discharged_on
        from care_case c left join organization o on o.id = c.hospital_id where c.id = $1";
    Stay::find_by_statement(statement(db, sql, [case.into()]))
        .one(db)
        .await
}
