//! The SQL of an organization's clients.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::{Counts, Seen};
use crate::database::one::counted;
use crate::database::statement;
use crate::patient::find::Page;

/// A client, and the case by which they are in hospital.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    /// Who.
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
    /// The case; none: they are in no hospital that is known of.
    pub case_id: Option<i64>,
    /// Code of its program.
    pub program: Option<String>,
    /// In which version.
    pub program_version: Option<String>,
    /// in | leave.
    pub stay: Option<String>,
    /// Where.
    pub hospital: Option<String>,
    /// ISO day.
    pub admitted_on: Option<String>,
    /// ISO day.
    pub discharge_planned_on: Option<String>,
}

/// Something that the own organization owes.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Owed {
    /// Of whom.
    pub patient_id: i64,
    /// In which case.
    pub case_id: i64,
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

/// The condition over `p` of a living client whom the reader may see.
fn client(seen: &Seen) -> String {
    let (own, today) = (seen.organization, &seen.today);
    format!(
        "p.merged_into is null and p.died_on is null and {} and exists
            (select 1 from care_team t where t.patient_id = p.id and t.case_id is null and t.organization_id = {own}
                and t.valid_from <= '{today}' and (t.valid_to is null or t.valid_to >= '{today}')){}",
        seen.patient, seen.asked.0
    )
}

/// What of `c` is chosen: the open cases of `p` by which they are in hospital and which the reader may see.
fn in_hospital(seen: &Seen, what: &str) -> String {
    format!(
        "select {what} from care_case c where c.patient_id = p.id and c.closed_at is null and c.stay in ('in', 'leave')
            and {}",
        seen.case
    )
}

pub(super) async fn counts(db: &impl ConnectionTrait, seen: &Seen) -> Result<Counts, DbErr> {
    let of = format!("select count(*) from patient p where {}", client(seen));
    let in_hospital = format!("{of} and exists ({})", in_hospital(seen, "1"));
    Ok(Counts {
        n: counted(db, &of, seen.asked.1.clone()).await?,
        n_in_hospital: counted(db, &in_hospital, seen.asked.1.clone()).await?,
    })
}

pub(super) async fn lines(
    db: &impl ConnectionTrait,
    seen: &Seen,
    page: Page,
) -> Result<Vec<Line>, DbErr> {
    let sql = format!(
        "select p.id as patient_id, n.family, n.given, n.family_kana, n.given_kana, p.born_on, k.id as case_id,
            k.program, k.program_version, k.stay, h.name as hospital, k.admitted_on, k.discharge_planned_on
        from patient p join patient_name n on n.patient_id = p.id and n.use = 'official'
        left join care_case k on k.id = ({} order by c.admitted_on desc, c.id desc limit 1)
        left join organization h on h.id = k.hospital_id
        where {} order by case when k.id is null then 1 else 0 end, k.admitted_on desc, n.kana_key, p.id
        limit {} offset {}",
        in_hospital(seen, "c.id"),
        client(seen),
        page.most,
        page.first
    );
    Line::find_by_statement(statement(db, sql, seen.asked.1.clone()))
        .all(db)
        .await
}

/// What the own organization owes of these people: of each what waits first, the earliest deadline first.
pub(super) async fn owed(
    db: &impl ConnectionTrait,
    seen: &Seen,
    patients: &[i64],
) -> Result<Vec<Owed>, DbErr> {
    if patients.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Vec<String> = patients.iter().map(i64::to_string).collect();
    let sql = format!(
        "select c.patient_id, b.case_id, c.program, c.program_version, b.step, b.due_at, b.state
        from obligation b join care_case c on c.id = b.case_id
        where b.organization_id = $1 and b.state in ('waiting', 'missed') and c.closed_at is null and {}
            and c.patient_id in ({})
        order by c.patient_id, case b.state when 'waiting' then 0 else 1 end, coalesce(b.due_at, '9'), b.id",
        seen.case,
        numbers.join(", ")
    );
    Owed::find_by_statement(statement(db, sql, [seen.organization.get().into()]))
        .all(db)
        .await
}
