//! The SQL of the regular look at the log.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{Counts, Filter, instants};
use crate::audit::Entry;
use crate::database::one::inserted;
use crate::database::{instant, statement};

/// A row with the names of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    /// The row.
    #[sea_orm(nested)]
    pub entry: Entry,
    /// What whoever did it is called.
    pub account_name: Option<String>,
    /// For which organization.
    pub organization_name: Option<String>,
    /// What somebody wants to be looked into.
    pub mark: Option<String>,
}

/// The condition of a filter; its values are those of [`values`].
fn condition(filter: &Filter) -> String {
    let within = match filter.object.filter(|_| filter.is_whole) {
        Some((_, patient)) => belongs_to(patient),
        None => String::new(),
    };
    format!("{WHERE} and ($9 = '' or (e.object_kind = $9 and e.object_id = $10){within})")
}

/// What belongs to a patient: the cases, and what stands in them.
fn belongs_to(patient: i64) -> String {
    let cases = format!("select c.id from care_case c where c.patient_id = {patient}");
    let of_case = [
        ("care_case", "id"),
        ("case_event", "case_id"),
        ("handover", "case_id"),
        ("message", "case_id"),
    ];
    let of_case = of_case.iter().map(|(table, column)| {
        let ids = format!("select cast(t.id as text) from {table} t where t.{column} in ({cases})");
        format!(" or (e.object_kind = '{table}' and e.object_id in ({ids}))")
    });
    let forms = format!(
        " or (e.object_kind = 'form_record' and e.object_id in (
            select cast(f.id as text) from form_record f where f.patient_id = {patient}))"
    );
    of_case.chain([forms]).collect()
}

const WHERE: &str = "e.at >= $1 and e.at < $2 and ($3 = '' or e.deed = $3) and ($4 = '' or e.outcome = $4)
    and ($5 = 0 or e.account_id = $5) and ($6 = 0 or e.organization_id = $6) and ($7 = 0 or e.organization_id = $7)
    and ($8 = 0 or k.id is not null)";

fn values(reach: i64, filter: &Filter) -> [Value; 10] {
    let (from, to) = instants(filter.from, filter.to);
    [
        instant(from).into(),
        instant(to).into(),
        filter.deed.as_str().into(),
        filter.outcome.as_str().into(),
        filter.account.into(),
        filter.organization.into(),
        reach.into(),
        i64::from(filter.is_marked).into(),
        filter.object.map_or("", |(kind, _)| kind).into(),
        filter.object.map_or(0, |(_, id)| id).to_string().into(),
    ]
}

pub(super) async fn lines(
    db: &impl ConnectionTrait,
    reach: i64,
    filter: &Filter,
    first: u64,
    most: u64,
) -> Result<Vec<Line>, DbErr> {
    let sql = format!(
        "select e.*, a.name as account_name, o.name as organization_name, k.note as mark
         from audit_entry e left join account a on a.id = e.account_id left join organization o on o.id = e.organization_id
         left join audit_mark k on k.entry_id = e.id
         where {} order by e.id desc limit {most} offset {first}",
        condition(filter)
    );
    Line::find_by_statement(statement(db, sql, values(reach, filter)))
        .all(db)
        .await
}

pub(super) async fn count(
    db: &impl ConnectionTrait,
    reach: i64,
    filter: &Filter,
) -> Result<Counts, DbErr> {
    let sql = format!(
        "select count(*) as n_entries, count(case when e.outcome = 'refused' then 1 end) as n_refused, count(k.id) as n_marked
         from audit_entry e left join audit_mark k on k.entry_id = e.id where {}",
        condition(filter)
    );
    let counts = Counts::find_by_statement(statement(db, sql, values(reach, filter)))
        .one(db)
        .await?;
    Ok(counts.unwrap_or_default())
}

pub(super) async fn is_there(
    db: &impl ConnectionTrait,
    reach: i64,
    entry: i64,
) -> Result<bool, DbErr> {
    let sql = "select id from audit_entry where id = $1 and ($2 = 0 or organization_id = $2)";
    let row = db
        .query_one_raw(statement(db, sql, [entry.into(), reach.into()]))
        .await?;
    Ok(row.is_some())
}

pub(super) async fn put_mark(
    tx: &impl ConnectionTrait,
    entry: i64,
    note: &str,
    account: Option<i64>,
    now: &str,
) -> Result<(), DbErr> {
    let sql =
        "insert into audit_mark (entry_id, note, account_id, created_at) values ($1, $2, $3, $4)
        on conflict (entry_id) do update set note = excluded.note, account_id = excluded.account_id,
            created_at = excluded.created_at";
    let values = [entry.into(), note.into(), account.into(), now.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

pub(super) async fn insert_review(
    tx: &impl ConnectionTrait,
    filter: &Filter,
    counts: Counts,
    finding: &str,
    (account, organization): (Option<i64>, Option<i64>),
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into audit_review (from_day, to_day, n_entries, n_refused, n_marked, finding, account_id,
            organization_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id";
    let values: [Value; 9] = [
        filter.from.to_string().into(),
        filter.to.to_string().into(),
        counts.n_entries.into(),
        counts.n_refused.into(),
        counts.n_marked.into(),
        finding.into(),
        account.into(),
        organization.into(),
        now.into(),
    ];
    inserted(tx, sql, values).await
}

/// A look that was signed off.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct SignOff {
    /// First day.
    pub from_day: String,
    /// Last day.
    pub to_day: String,
    /// Rows of those days then.
    pub n_entries: i64,
    /// Those that were refused.
    pub n_refused: i64,
    /// Those that were marked.
    pub n_marked: i64,
    /// What was found.
    pub finding: String,
    /// Who looked.
    pub account_name: Option<String>,
    /// When.
    pub created_at: String,
}

pub(super) async fn signed(db: &impl ConnectionTrait) -> Result<Vec<SignOff>, DbErr> {
    let sql = "select r.from_day, r.to_day, r.n_entries, r.n_refused, r.n_marked, r.finding, a.name as account_name,
            r.created_at
        from audit_review r left join account a on a.id = r.account_id order by r.id desc limit 24";
    SignOff::find_by_statement(statement(db, sql, []))
        .all(db)
        .await
}
