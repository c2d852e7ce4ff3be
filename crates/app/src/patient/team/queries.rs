//! The SQL of care teams.

use chrono::NaiveTime;
use keniki_base::clock::jst_instant;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::Part;
use crate::database::one::{counted, inserted, value};
use crate::database::{insert_rows, instant, statement, within};
use crate::patient::bulk::PastPart;

/// A part of a care team.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Of whom.
    pub patient_id: i64,
    /// In which case; none: always.
    pub case_id: Option<i64>,
    /// Which organization.
    pub organization_id: i64,
    /// Its name.
    pub organization_name: String,
    /// Its telephone of the directory.
    pub organization_phone: Option<String>,
    /// Code of the part.
    pub role: String,
    /// Code of the program's role that it is in the case.
    pub case_role: Option<String>,
    /// Who there.
    pub staff: Option<String>,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_to: Option<String>,
    /// The last day on which it sees what it helped with.
    pub access_until: Option<String>,
    /// The organization that brought it in; none: nobody wrote down who.
    pub brought_by: Option<i64>,
    /// Why it joined somebody whom it had looked up.
    pub reason: Option<String>,
    /// When the event was recorded that made it; none: no event did.
    pub told_at: Option<String>,
}

impl Row {
    /// It never was: the event that made it was annulled, and its access ended before it did.
    #[must_use]
    pub fn is_void(&self) -> bool {
        matches!((&self.valid_to, &self.access_until), (Some(to), Some(until)) if until < to)
    }
}

const ROW: &str = "select t.id, t.patient_id, t.case_id, t.organization_id, o.name as organization_name,
        (select min(x.phone) from site x where x.organization_id = o.id) as organization_phone, t.role, t.case_role, t.staff,
        t.valid_from, t.valid_to, t.access_until, t.brought_by, t.reason, t.told_at
    from care_team t join organization o on o.id = t.organization_id";

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

pub(super) async fn of(
    db: &impl ConnectionTrait,
    column: &str,
    id: i64,
) -> Result<Vec<Row>, DbErr> {
    let rest = format!(
        "where t.{column} = $1 order by case when t.valid_to is null then 0 else 1 end, t.valid_from, t.id"
    );
    rows(db, &rest, [id.into()]).await
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let found = rows(db, "where t.id = $1", [id.into()]).await?;
    Ok(found.into_iter().next())
}

pub(super) async fn open_parts_of_case(
    db: &impl ConnectionTrait,
    case: i64,
) -> Result<Vec<Row>, DbErr> {
    let rest = "where t.case_id = $1 and t.valid_to is null order by t.id";
    rows(db, rest, [case.into()]).await
}

/// Standing parts of a case's patient and of its care team, who are in no other case that is open.
pub(super) async fn standing_without_case(
    db: &impl ConnectionTrait,
    case: i64,
) -> Result<Vec<Row>, DbErr> {
    let rest = "where t.case_id is null and t.valid_to is null
            and t.patient_id = (select patient_id from care_case where id = $1)
            and t.organization_id in (select organization_id from care_team where case_id = $2)
            and not exists (select 1 from care_team u join care_case c on c.id = u.case_id
                where u.patient_id = t.patient_id and u.organization_id = t.organization_id
                    and c.closed_at is null and c.id <> $3)
        order by t.id";
    rows(db, rest, [case.into(), case.into(), case.into()]).await
}

pub(super) async fn end(
    tx: &impl ConnectionTrait,
    id: i64,
    (last, until): (&str, &str),
) -> Result<(), DbErr> {
    let sql = "update care_team set valid_to = $1, access_until = $2 where id = $3";
    let values = [last.into(), until.into(), id.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// The parts that ended with a case, in it or standing for it, are open again.
pub(super) async fn reopen(
    tx: &impl ConnectionTrait,
    case: i64,
    closed_on: &str,
) -> Result<(), DbErr> {
    let sql = "update care_team set valid_to = null, access_until = null
        where valid_to = $1 and access_until >= valid_to and (case_id = $2 or (case_id is null
            and patient_id = (select patient_id from care_case where id = $3)
            and organization_id in (select organization_id from care_team where case_id = $4)))";
    let values = [closed_on.into(), case.into(), case.into(), case.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

pub(in crate::patient) async fn is_case_of(
    db: &impl ConnectionTrait,
    case: i64,
    patient: i64,
) -> Result<bool, DbErr> {
    let sql = "select count(*) from care_case where id = $1 and patient_id = $2";
    Ok(counted(db, sql, [case.into(), patient.into()]).await? > 0)
}

pub(super) async fn is_organization(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let sql = "select count(*) from organization where id = $1";
    Ok(counted(db, sql, [id.into()]).await? > 0)
}

/// The number of the same part that has not ended.
pub(super) async fn open_part(
    db: &impl ConnectionTrait,
    part: &Part,
) -> Result<Option<i64>, DbErr> {
    let sql = "select id from care_team where patient_id = $1 and coalesce(case_id, 0) = $2
            and organization_id = $3 and role = $4 and coalesce(case_role, '') = $5 and valid_to is null";
    let values = [
        part.patient.get().into(),
        part.case.map_or(0, i64::from).into(),
        part.organization.get().into(),
        part.role.as_str().into(),
        part.case_role.as_deref().unwrap_or_default().into(),
    ];
    value(db, sql, values).await
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    part: &Part,
    staff: Option<String>,
    (account, brought_by): (Option<i64>, Option<i64>),
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into care_team (patient_id, case_id, organization_id, role, case_role, staff, valid_from, account_id,
            brought_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id";
    let values: [Value; 10] = [
        part.patient.get().into(),
        part.case.map(i64::from).into(),
        part.organization.get().into(),
        part.role.as_str().into(),
        part.case_role.clone().into(),
        staff.into(),
        part.valid_from.to_string().into(),
        account.into(),
        brought_by.into(),
        now.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn put_reason(
    tx: &impl ConnectionTrait,
    id: i64,
    reason: &str,
) -> Result<(), DbErr> {
    let sql = "update care_team set reason = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [reason.into(), id.into()]))
        .await?;
    Ok(())
}

pub(super) async fn put_told(
    tx: &impl ConnectionTrait,
    id: i64,
    told_at: &str,
) -> Result<(), DbErr> {
    let sql = "update care_team set told_at = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [told_at.into(), id.into()]))
        .await?;
    Ok(())
}

/// Writes parts that nobody has, many at once.
pub(in crate::patient) async fn insert_many(
    tx: &impl ConnectionTrait,
    all: &[PastPart],
) -> Result<(), DbErr> {
    let rows = all
        .iter()
        .flat_map(|PastPart { part, ended }| -> [Value; 10] {
            let (last, until) = ended.unzip();
            let begun_at = jst_instant(part.valid_from, NaiveTime::MIN);
            [
                part.patient.get().into(),
                part.case.map(i64::from).into(),
                part.organization.get().into(),
                part.role.as_str().into(),
                part.case_role.clone().into(),
                Some(part.staff.clone()).filter(|it| !it.is_empty()).into(),
                part.valid_from.to_string().into(),
                last.map(|day| day.to_string()).into(),
                until.map(|day| day.to_string()).into(),
                instant(begun_at).into(),
            ]
        });
    let head = "insert into care_team (patient_id, case_id, organization_id, role, case_role, staff, valid_from, valid_to,
            access_until, created_at) values";
    insert_rows(tx, head, 10, rows.collect(), "").await
}

/// A part of a standing care team.
#[derive(Debug, FromQueryResult)]
pub(in crate::patient) struct Standing {
    pub patient_id: i64,
    pub organization_id: i64,
    pub name: String,
    pub role: String,
    pub phone: Option<String>,
}

/// The standing care teams of a day, each part with its window's telephone: one for professionals before the public one.
pub(in crate::patient) async fn standing(
    db: &impl ConnectionTrait,
    patients: &[i64],
    day: &str,
) -> Result<Vec<Standing>, DbErr> {
    let mut all = Vec::new();
    for some in patients.chunks(5_000) {
        let sql = format!(
            "select t.patient_id, t.organization_id, o.name, t.role, coalesce(
                (select min(c.phone) from contact_point c join site s on s.id = c.site_id
                 where s.organization_id = o.id and c.audience = 'professional'),
                (select min(s.phone) from site s where s.organization_id = o.id)) as phone
            from care_team t join organization o on o.id = t.organization_id
            where t.patient_id in {} and t.case_id is null and t.valid_from <= '{day}'
                and (t.valid_to is null or t.valid_to >= '{day}') order by t.valid_from, t.id",
            within(db, some.len())
        );
        let ids = some.iter().map(|id| (*id).into());
        all.extend(
            Standing::find_by_statement(statement(db, sql, ids))
                .all(db)
                .await?,
        );
    }
    Ok(all)
}
