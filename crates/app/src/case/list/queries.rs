//! The SQL of lists of cases.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{Filter, Waiting};
use crate::database::one::counted;
use crate::database::statement;
use crate::patient::find::{self, Page};

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// Of whom.
    pub patient_id: i64,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// In kana.
    pub family_kana: String,
    /// In kana.
    pub given_kana: String,
    /// ISO, a day, a month or a year.
    pub born_on: String,
    /// Code of the program.
    pub program: String,
    /// In which version.
    pub program_version: String,
    /// Code of the stage.
    pub stage: String,
    /// in | leave | out | died.
    pub stay: Option<String>,
    /// Where.
    pub hospital: Option<String>,
    /// ISO day.
    pub admitted_on: Option<String>,
    /// ISO day.
    pub discharge_planned_on: Option<String>,
    /// ISO day.
    pub discharged_on: Option<String>,
    /// Who manages the care.
    pub care_manager: Option<String>,
    /// When the next deadline passes.
    pub next_due_at: Option<String>,
    /// How many have passed.
    pub n_overdue: i64,
    /// When it ended.
    pub closed_at: Option<String>,
    /// Code of the closing.
    pub closing_reason: Option<String>,
}

/// A 地域包括支援センター only where it is the one that answers for the person always; one that is consulted in the case is not.
const CARE_MANAGER: &str = "(select o.name from care_team t join organization o on o.id = t.organization_id
        where t.case_id = c.id and t.valid_to is null and (t.role = 'care_management' or t.role = 'support_center'
            and exists (select 1 from care_team u where u.patient_id = c.patient_id and u.case_id is null
                and u.organization_id = t.organization_id and u.role = t.role and u.valid_to is null))
        order by t.role, t.id desc limit 1)";

/// The conditions of the codes and the words of a filter, behind those that stand in the text.
fn coded(filter: &Filter) -> (String, Vec<Value>) {
    let mut sql = String::new();
    let mut values = Vec::new();
    for (column, code) in [("program", &filter.program), ("stage", &filter.stage)] {
        if let Some(code) = code {
            values.push(code.as_str().into());
            sql.push_str(&format!(" and c.{column} = ${}", values.len()));
        }
    }
    if !filter.text.is_empty() {
        let (is_asked_for, asked) = find::condition(&filter.text, values.len() + 1);
        values.extend(asked);
        sql.push_str(&format!(
            " and exists (select 1 from patient p where p.id = c.patient_id{is_asked_for})"
        ));
    }
    (sql, values)
}

pub(super) async fn count(
    db: &impl ConnectionTrait,
    within: &str,
    filter: &Filter,
) -> Result<u64, DbErr> {
    let (coded, values) = coded(filter);
    let sql = format!("select count(*) from care_case c where {within}{coded}");
    counted(db, &sql, values).await
}

pub(super) async fn lines(
    db: &impl ConnectionTrait,
    within: &str,
    filter: &Filter,
    page: Page,
) -> Result<Vec<Line>, DbErr> {
    let (coded, values) = coded(filter);
    let order = match filter.is_closed {
        true => "c.closed_at desc, c.id desc",
        false => "c.n_overdue desc, coalesce(c.next_due_at, '9'), c.id",
    };
    let sql = format!(
        "select c.id, c.patient_id, n.family, n.given, n.family_kana, n.given_kana, p.born_on, c.program,
            c.program_version, c.stage, c.stay, h.name as hospital, c.admitted_on, c.discharge_planned_on,
            c.discharged_on, {CARE_MANAGER} as care_manager, c.next_due_at, c.n_overdue, c.closed_at, c.closing_reason
        from care_case c join patient p on p.id = c.patient_id
        join patient_name n on n.patient_id = p.id and n.use = 'official'
        left join organization h on h.id = c.hospital_id
        where {within}{coded} order by {order} limit {} offset {}",
        page.most, page.first
    );
    Line::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

#[derive(FromQueryResult)]
struct Stage {
    program: String,
    stage: String,
    n: i64,
}

pub(super) async fn stages(
    db: &impl ConnectionTrait,
    within: &str,
    filter: &Filter,
) -> Result<Vec<((String, String), u64)>, DbErr> {
    let (coded, values) = coded(filter);
    let sql = format!(
        "select c.program, c.stage, count(*) as n from care_case c where {within}{coded}
        group by c.program, c.stage order by c.program, c.stage"
    );
    let rows = Stage::find_by_statement(statement(db, sql, values))
        .all(db)
        .await?;
    let pair = |it: Stage| ((it.program, it.stage), it.n.unsigned_abs());
    Ok(rows.into_iter().map(pair).collect())
}

/// Something that is owed.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Due {
    /// In which case.
    pub case_id: i64,
    /// Of whom: family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Code of the program.
    pub program: String,
    /// In which version.
    pub program_version: String,
    /// Code of the step.
    pub step: String,
    /// The last instant in time.
    pub due_at: Option<String>,
    /// waiting | missed.
    pub state: String,
}

const OWED: &str = "from obligation b join care_case c on c.id = b.case_id
        where b.organization_id = $1 and b.state in ('waiting', 'missed')";

/// How much is owed of each of these.
pub(super) async fn owed<const N: usize>(
    db: &impl ConnectionTrait,
    own: i64,
    all: [String; N],
) -> Result<[u64; N], DbErr> {
    let one = |within: &String| format!("sum(case when {within} then 1 else 0 end)");
    let columns: Vec<String> = all.iter().map(one).collect();
    let sql = format!("select {} {OWED}", columns.join(", "));
    let row = db.query_one_raw(statement(db, sql, [own.into()])).await?;
    let mut counts = [0; N];
    if let Some(row) = row {
        for (at, n) in counts.iter_mut().enumerate() {
            *n = row
                .try_get_by_index::<Option<i64>>(at)?
                .unwrap_or_default()
                .unsigned_abs();
        }
    }
    Ok(counts)
}

pub(super) async fn n_due(db: &impl ConnectionTrait, own: i64, within: &str) -> Result<u64, DbErr> {
    counted(
        db,
        &format!("select count(*) {OWED} and {within}"),
        [own.into()],
    )
    .await
}

pub(super) async fn due(
    db: &impl ConnectionTrait,
    own: i64,
    within: &str,
    page: Page,
) -> Result<Vec<Due>, DbErr> {
    let sql = format!(
        "select b.case_id, n.family, n.given, c.program, c.program_version, b.step, b.due_at, b.state
        from obligation b join care_case c on c.id = b.case_id
        join patient_name n on n.patient_id = c.patient_id and n.use = 'official'
        where b.organization_id = $1 and b.state in ('waiting', 'missed') and {within}
        order by case b.state when 'waiting' then 0 else 1 end, coalesce(b.due_at, '9'), b.id limit {} offset {}",
        page.most, page.first
    );
    Due::find_by_statement(statement(db, sql, [own.into()]))
        .all(db)
        .await
}

#[derive(FromQueryResult)]
struct Cases {
    n_open: i64,
    n_in_hospital: Option<i64>,
    n_leaving: Option<i64>,
}

pub(super) async fn cases_waiting(
    db: &impl ConnectionTrait,
    within: &str,
    leaving: &str,
) -> Result<Waiting, DbErr> {
    let sql = format!(
        "select count(*) as n_open, sum(case when c.stay in ('in', 'leave') then 1 else 0 end) as n_in_hospital,
            sum(case when {leaving} then 1 else 0 end) as n_leaving
        from care_case c where {within}"
    );
    let row = Cases::find_by_statement(statement(db, sql, []))
        .one(db)
        .await?;
    let n = |n: Option<i64>| n.unwrap_or_default().unsigned_abs();
    Ok(row.map_or_else(Waiting::default, |it| Waiting {
        n_open: it.n_open.unsigned_abs(),
        n_in_hospital: n(it.n_in_hospital),
        n_leaving: n(it.n_leaving),
        ..Waiting::default()
    }))
}

/// Somebody in the ward's list.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Ward {
    /// The case.
    pub id: i64,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// In kana.
    pub family_kana: String,
    /// In kana.
    pub given_kana: String,
    /// ISO, a day, a month or a year.
    pub born_on: String,
    /// in | leave.
    pub stay: Option<String>,
    /// ISO day.
    pub admitted_on: Option<String>,
    /// ISO day.
    pub discharge_planned_on: Option<String>,
    /// Code of the course.
    pub branch: Option<String>,
    /// Code of the program.
    pub program: String,
    /// In which version.
    pub program_version: String,
    /// Who manages the care.
    pub care_manager: Option<String>,
    /// How the first step from the hospital to the care manager stands: whether they were told.
    pub told: Option<String>,
    /// How many deadlines have passed.
    pub n_overdue: i64,
    /// When the next one passes.
    pub next_due_at: Option<String>,
}

pub(super) async fn ward(
    db: &impl ConnectionTrait,
    within: &str,
    page: Page,
) -> Result<Vec<Ward>, DbErr> {
    let sql = format!(
        "select c.id, n.family, n.given, n.family_kana, n.given_kana, p.born_on, c.stay, c.admitted_on,
            c.discharge_planned_on, c.branch, c.program, c.program_version, {CARE_MANAGER} as care_manager,
            (select b.state from obligation b where b.case_id = c.id and b.step = 'admission_notice' and b.state <> 'gone'
                order by b.begins_at desc, b.id desc limit 1) as told,
            c.n_overdue, c.next_due_at
        from care_case c join patient p on p.id = c.patient_id
        join patient_name n on n.patient_id = p.id and n.use = 'official'
        where {within} order by c.admitted_on desc, c.id desc limit {} offset {}",
        page.most, page.first
    );
    Ward::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}
