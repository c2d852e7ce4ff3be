//! The SQL of filings.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::record::Typed;
use super::stage::State;
use crate::database::statement;

/// A filing or an inspection.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Of which service.
    pub service_id: i64,
    /// What the service is called.
    pub service_name: String,
    /// Who runs it.
    pub owner_id: Option<i64>,
    /// Where it lies.
    pub municipality_code: Option<String>,
    /// Code of the kind.
    pub kind: String,
    /// When it was filed or made.
    pub day: String,
    /// The authority's own number.
    pub number: Option<String>,
    /// From when on it counts.
    pub effective_on: String,
    /// What it sets the service to.
    pub status: Option<String>,
    /// Code of a capability that the service has from then on.
    pub granted: Option<String>,
    /// Code of one that it has no more.
    pub withdrawn: Option<String>,
    /// What was found.
    pub finding: Option<String>,
    /// What is to follow.
    pub follow_up: Option<String>,
    /// Until when.
    pub follow_up_due: Option<String>,
    /// Where it stands.
    pub state: String,
    /// Who wrote it down.
    pub account_name: Option<String>,
    /// When.
    pub created_at: String,
    /// Who ended what was to follow, or took it back.
    pub ender_name: Option<String>,
    /// When.
    pub ended_at: Option<String>,
}

const ROW: &str = "select f.id, f.service_id, coalesce(s.name, t.name) as service_name, t.organization_id as owner_id,
        t.municipality_code, f.kind, f.day, f.number, f.effective_on, f.status, f.granted, f.withdrawn, f.finding,
        f.follow_up, f.follow_up_due, f.state, a.name as account_name, f.created_at, e.name as ender_name, f.ended_at
    from filing f join service s on s.id = f.service_id join site t on t.id = s.site_id
    left join account a on a.id = f.account_id left join account e on e.id = f.ended_by";

/// Those that wait by their day, or all from the newest on, within a condition over `f`.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    within: &str,
    (is_waiting, before): (bool, i64),
    most: u64,
) -> Result<Vec<Row>, DbErr> {
    let (state, order) = match is_waiting {
        true => ("f.state = 'waiting'", "f.follow_up_due, f.id"),
        false => ("1 = 1", "f.id desc"),
    };
    let sql = format!(
        "{ROW} where f.id in (select f.id from filing f where {state} and f.id < $1 and {within}
            order by {order} limit {most}) order by {order}"
    );
    Row::find_by_statement(statement(db, sql, [before.into()]))
        .all(db)
        .await
}

pub(super) async fn n_waiting(
    db: &impl ConnectionTrait,
    within: &str,
    today: &str,
) -> Result<(u64, u64), DbErr> {
    let sql = format!(
        "select count(*), count(case when f.follow_up_due <= $1 then 1 end) from filing f
         where f.state = 'waiting' and {within}"
    );
    let row = db.query_one_raw(statement(db, sql, [today.into()])).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("a count".to_owned()))?;
    let n = |at| row.try_get_by_index::<i64>(at).map(i64::unsigned_abs);
    Ok((n(0)?, n(1)?))
}

pub(super) async fn of_service(db: &impl ConnectionTrait, service: i64) -> Result<Vec<Row>, DbErr> {
    let sql = format!("{ROW} where f.service_id = $1 order by f.day desc, f.id desc");
    Row::find_by_statement(statement(db, sql, [service.into()]))
        .all(db)
        .await
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let sql = format!("{ROW} where f.id = $1");
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

/// Status of a service and the day it closed.
#[derive(Debug, FromQueryResult)]
pub(super) struct Standing {
    pub status: String,
    pub closed_on: Option<String>,
}

/// How a service stood before the first filing that set its status.
pub(super) async fn standing_before(
    tx: &impl ConnectionTrait,
    service: i64,
) -> Result<Standing, DbErr> {
    let sql = "select coalesce(f.status_before, s.status) as status,
            case when f.id is null then s.closed_on else f.closed_before end as closed_on
        from service s left join filing f
            on f.id = (select min(o.id) from filing o where o.service_id = s.id and o.status_before is not null)
        where s.id = $1";
    let standing = Standing::find_by_statement(statement(tx, sql, [service.into()]))
        .one(tx)
        .await?;
    standing.ok_or_else(|| DbErr::RecordNotFound(format!("service {service}")))
}

/// A filing that is written down.
pub(super) struct New<'a> {
    pub service: i64,
    pub typed: &'a Typed,
    pub status: Option<&'a str>,
    pub before: Option<Standing>,
    pub state: &'a str,
    pub account: Option<i64>,
    pub organization: Option<i64>,
    pub now: &'a str,
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &New<'_>) -> Result<(), DbErr> {
    let sql = "insert into filing (service_id, kind, day, number, effective_on, status, status_before, closed_before,
            granted, withdrawn, finding, follow_up, follow_up_due, state, is_applied, account_id, organization_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    let typed = new.typed;
    let text = |text: &str| -> Value {
        let text = text.trim();
        Some(text.to_owned()).filter(|text| !text.is_empty()).into()
    };
    let before = new.before.as_ref();
    let values: [Value; 18] = [
        new.service.into(),
        typed.kind.as_str().into(),
        typed.day.to_string().into(),
        text(&typed.number),
        typed.effective_on.unwrap_or(typed.day).to_string().into(),
        new.status.into(),
        before.map(|it| it.status.as_str()).into(),
        before.and_then(|it| it.closed_on.as_deref()).into(),
        text(&typed.granted),
        text(&typed.withdrawn),
        text(&typed.finding),
        text(&typed.follow_up),
        typed.follow_up_due.map(|day| day.to_string()).into(),
        new.state.into(),
        false.into(),
        new.account.into(),
        new.organization.into(),
        new.now.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// False where another came first.
pub(super) async fn put_state(
    tx: &impl ConnectionTrait,
    id: i64,
    (from, to): (State, State),
    by: Option<i64>,
    now: &str,
) -> Result<bool, DbErr> {
    let sql =
        "update filing set state = $1, ended_by = $2, ended_at = $3 where id = $4 and state = $5";
    let values = [
        to.code().into(),
        by.into(),
        now.into(),
        id.into(),
        from.code().into(),
    ];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// What a filing makes of a service.
#[derive(Debug, FromQueryResult)]
pub(super) struct Effect {
    pub number: Option<String>,
    pub effective_on: String,
    pub status: Option<String>,
    pub status_before: Option<String>,
    pub closed_before: Option<String>,
    pub granted: Option<String>,
    pub withdrawn: Option<String>,
    pub is_taken_back: bool,
}

/// Those that make something of it and whose day has come, taken back ones included.
pub(super) async fn effects(
    tx: &impl ConnectionTrait,
    service: i64,
    today: &str,
) -> Result<Vec<Effect>, DbErr> {
    let sql =
        "select number, effective_on, status, status_before, closed_before, granted, withdrawn,
            state = 'taken_back' as is_taken_back
        from filing where service_id = $1 and effective_on <= $2
            and (status is not null or granted is not null or withdrawn is not null) order by effective_on, id";
    Effect::find_by_statement(statement(tx, sql, [service.into(), today.into()]))
        .all(tx)
        .await
}

pub(super) async fn mark_applied(
    tx: &impl ConnectionTrait,
    service: i64,
    today: &str,
) -> Result<(), DbErr> {
    let sql = "update filing set is_applied = true where service_id = $1 and effective_on <= $2 and not is_applied";
    tx.execute_raw(statement(tx, sql, [service.into(), today.into()]))
        .await?;
    Ok(())
}

/// Services with a filing whose day has come and that does not count yet.
pub(super) async fn to_apply(db: &impl ConnectionTrait, today: &str) -> Result<Vec<i64>, DbErr> {
    let sql = "select distinct service_id from filing where not is_applied and effective_on <= $1 order by 1";
    let rows = db.query_all_raw(statement(db, sql, [today.into()])).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
