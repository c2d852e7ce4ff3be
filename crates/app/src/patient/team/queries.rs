//! The SQL of care teams.

use chrono::NaiveTime;
use keniki_base::clock::jst_instant;
use keniki_base::text::name_key;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::Part;
use crate::database::one::{counted, inserted, value};
use crate::database::{insert_rows, instant, is_sqlite, statement, within};
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
}

const ROW: &str = "select t.id, t.patient_id, t.case_id, t.organization_id, o.name as organization_name,
        (select min(x.phone) from site x where x.organization_id = o.id) as organization_phone, t.role, t.case_role, t.staff,
        t.valid_from, t.valid_to, t.access_until
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
        where valid_to = $1 and (case_id = $2 or (case_id is null
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
    (staff, account): (Option<String>, Option<i64>),
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into care_team (patient_id, case_id, organization_id, role, case_role, staff, valid_from, account_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id";
    let values: [Value; 9] = [
        part.patient.get().into(),
        part.case.map(i64::from).into(),
        part.organization.get().into(),
        part.role.as_str().into(),
        part.case_role.clone().into(),
        staff.into(),
        part.valid_from.to_string().into(),
        account.into(),
        now.into(),
    ];
    inserted(tx, sql, values).await
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

/// An organization to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its sites, those of the name that was looked for first.
    pub sites: Vec<Site>,
}

/// A site by which an organization is told from others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Codes of what it offers.
    pub categories: Vec<String>,
    /// 見本市.
    pub municipality: Option<String>,
}

#[derive(FromQueryResult)]
struct Organization {
    id: i64,
    name: String,
}

#[derive(FromQueryResult)]
struct Offered {
    organization_id: i64,
    site_id: i64,
    name: String,
    municipality: Option<String>,
    category: Option<String>,
}

/// Organizations by their name or that of a site; only those that offer something of `categories`, and those sites, where any
/// are named.
pub(super) async fn organizations_named(
    db: &impl ConnectionTrait,
    name: &str,
    categories: &[String],
) -> Result<Vec<Found>, DbErr> {
    // strpos and instr have no wildcards, and each engine has but one of them.
    let has = |column: &str, place: &str| match is_sqlite(db) {
        true => format!("instr({column}, {place}) > 0"),
        false => format!("strpos({column}, {place}) > 0"),
    };
    let key = name_key(name);
    let mut values: Vec<Value> = vec![name.into(), key.as_str().into()];
    let offers = match categories.is_empty() {
        true => String::new(),
        false => {
            values.extend(categories.iter().map(|it| Value::from(it.as_str())));
            format!(
                " and exists (select 1 from service v join site s on s.id = v.site_id
                    where s.organization_id = o.id and v.status <> 'closed' and v.category in {})",
                places(3, categories.len())
            )
        }
    };
    let sql = format!(
        "select o.id, o.name from organization o
        where ({} or exists (select 1 from site s where s.organization_id = o.id and {})){offers}
        order by o.name, o.id limit 20",
        has("o.name", "$1"),
        has("s.name_key", "$2")
    );
    let organizations = Organization::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    let ids: Vec<i64> = organizations.iter().map(|it| it.id).collect();
    let offered = offered(db, &ids).await?;
    let found = organizations.into_iter().map(|it| {
        let own = offered.iter().filter(|row| row.organization_id == it.id);
        Found {
            sites: sites(own, (&key, categories)),
            id: it.id,
            name: it.name,
        }
    });
    Ok(found.collect())
}

/// `($3, $4)`.
fn places(first: usize, n: usize) -> String {
    let all: Vec<String> = (first..first + n).map(|at| format!("${at}")).collect();
    format!("({})", all.join(", "))
}

/// Every site of these organizations that is not closed, with each thing that it offers.
async fn offered(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Offered>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select s.organization_id, s.id as site_id, s.name, v.category,
            (select a.name from area a where a.area_set = 'municipality' and a.code = s.municipality_code) as municipality
        from site s left join service v on v.site_id = s.id and v.status <> 'closed'
        where s.organization_id in {} and s.status <> 'closed'
        order by s.organization_id, s.name_key, s.id, v.id",
        within(db, ids.len())
    );
    let ids = ids.iter().map(|id| (*id).into());
    Offered::find_by_statement(statement(db, sql, ids))
        .all(db)
        .await
}

fn sites<'a>(
    rows: impl Iterator<Item = &'a Offered>,
    (key, wanted): (&str, &[String]),
) -> Vec<Site> {
    let mut sites: Vec<(i64, Site)> = Vec::new();
    for row in rows {
        if sites.last().is_none_or(|(id, _)| *id != row.site_id) {
            let site = Site {
                name: row.name.clone(),
                categories: Vec::new(),
                municipality: row.municipality.clone(),
            };
            sites.push((row.site_id, site));
        }
        if let (Some((_, site)), Some(category)) = (sites.last_mut(), &row.category)
            && !site.categories.contains(category)
        {
            site.categories.push(category.clone());
        }
    }
    let mut sites: Vec<Site> = sites.into_iter().map(|(_, site)| site).collect();
    if !wanted.is_empty() {
        sites.retain(|it| it.categories.iter().any(|own| wanted.contains(own)));
    }
    sites.sort_by_key(|it| !name_key(&it.name).contains(key));
    sites
}
