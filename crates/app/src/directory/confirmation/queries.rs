//! The SQL of confirmations.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::State;
use crate::account::membership::MUNICIPALITY_OF_O;
use crate::database::one::{counted, inserted};
use crate::database::statement;

/// What a link leads to.
#[derive(Debug, FromQueryResult)]
pub(super) struct OfLink {
    pub id: i64,
    pub organization_id: i64,
    pub organization_name: String,
    pub vouched_by: Option<i64>,
    pub recipient: String,
}

pub(super) async fn by_link(
    db: &impl ConnectionTrait,
    hash: &str,
    now: &str,
) -> Result<Option<OfLink>, DbErr> {
    let sql = "select c.id, c.organization_id, o.name as organization_name, l.vouched_by, l.recipient
        from confirmation_link l join confirmation c on c.id = l.confirmation_id
        join organization o on o.id = c.organization_id where l.token_hash = $1 and l.expires_at > $2";
    let values = [hash.into(), now.into()];
    OfLink::find_by_statement(statement(db, sql, values))
        .one(db)
        .await
}

/// Services of `o` that work and were confirmed before a day, or never.
const DUE: &str = "from service s join site t on t.id = s.site_id
    where t.organization_id = o.id and s.status = 'active' and t.status = 'active'
      and coalesce(s.last_assured_on, t.last_assured_on, '') < $1";

/// An organization with something to be confirmed, or a site whose lists name none.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Waiting {
    /// The organization's number; 0 where there is none.
    pub id: i64,
    /// One of the services.
    pub service_id: i64,
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub municipality_code: Option<String>,
    /// How many of its services are to be confirmed.
    pub n_due: i64,
    /// Where the last asking stands.
    pub state: Option<String>,
    /// When it was asked last.
    pub asked_at: Option<String>,
    /// When it was reminded.
    pub reminded_at: Option<String>,
    /// Where it is asked, apart from its own people.
    pub mail: Option<String>,
    /// Its people here.
    pub n_people: i64,
}

/// Within a condition over `w.id` and `w.municipality_code`: how many, and a page of them. The second condition is the same
/// over a site `t`: of what lies elsewhere nothing is counted.
pub(super) async fn waiting(
    db: &impl ConnectionTrait,
    [within, site_within]: &[String; 2],
    (due, name): (&str, &str),
    (first, most): (u64, u64),
) -> Result<(u64, Vec<Waiting>), DbErr> {
    // The services that are due are counted once for all organizations: one after the other takes seconds.
    let of_sites = |organization: &str, columns: &str, due: &str| {
        format!(
            "select {columns}, count(*) as n_due, min(s.id) as service_id from service s join site t on t.id = s.site_id
             where s.status = 'active' and t.status = 'active' and t.organization_id is {organization} and {site_within}
               and coalesce(s.last_assured_on, t.last_assured_on, '') < {due} group by {columns}"
        )
    };
    let (organized, alone) = (
        of_sites("not null", "t.organization_id", "$1"),
        of_sites("null", "t.id, t.name, t.municipality_code", "$2"),
    );
    let those = format!(
        "from (select o.id, o.name, {MUNICIPALITY_OF_O} as municipality_code, d.n_due, d.service_id
               from organization o join ({organized}) d on d.organization_id = o.id
             union all
             select 0 as id, d.name, d.municipality_code, d.n_due, d.service_id from ({alone}) d) w"
    );
    let named = "lower(w.name) like '%' || lower($3) || '%'";
    let values: [Value; 3] = [due.into(), due.into(), name.into()];
    let sql = format!("select count(*) {those} where {named} and {within}");
    let n = counted(db, &sql, values.clone()).await?;
    let sql = format!(
        "select w.*, c.state, c.asked_at, c.reminded_at, a.mail,
            (select count(distinct m.account_id) from membership m where m.organization_id = w.id) as n_people
         {those}
         left join confirmation c on c.id = (select max(l.id) from confirmation l where l.organization_id = w.id)
         left join confirmation_address a on a.organization_id = w.id
         where {named} and {within}
         order by case when c.asked_at is null then 0 else 1 end, c.asked_at, w.name, w.id, w.service_id
         limit {most} offset {first}"
    );
    let rows = Waiting::find_by_statement(statement(db, sql, values));
    Ok((n, rows.all(db).await?))
}

/// Organizations with somebody to ask and something to be confirmed, that were not asked since `due`.
pub(super) async fn to_be_asked(db: &impl ConnectionTrait, due: &str) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "select o.id from organization o where exists (select 1 {DUE})
           and (exists (select 1 from membership m where m.organization_id = o.id)
                or exists (select 1 from confirmation_address a where a.organization_id = o.id))
           and not exists (select 1 from confirmation c where c.organization_id = o.id
                and (c.state in ('asked', 'reminded') or c.asked_at >= $2))
         order by o.id"
    );
    let rows = db
        .query_all_raw(statement(db, sql, [due.into(), due.into()]))
        .await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

pub(super) async fn n_due(
    db: &impl ConnectionTrait,
    organization: i64,
    due: &str,
) -> Result<u64, DbErr> {
    let sql = format!("select (select count(*) {DUE}) from organization o where o.id = $2");
    counted(db, &sql, [due.into(), organization.into()]).await
}

/// The last asking of the organization that runs a service.
#[derive(Debug, FromQueryResult)]
pub(super) struct Asking {
    pub id: i64,
    pub organization_id: i64,
    pub state: String,
}

pub(super) async fn last_of_service(
    db: &impl ConnectionTrait,
    service: i64,
) -> Result<Option<Asking>, DbErr> {
    let sql = "select c.id, c.organization_id, c.state from service s join site t on t.id = s.site_id
        join confirmation c on c.organization_id = t.organization_id where s.id = $1 order by c.id desc limit 1";
    Asking::find_by_statement(statement(db, sql, [service.into()]))
        .one(db)
        .await
}

pub(super) async fn is_waiting(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<bool, DbErr> {
    let sql = "select count(*) from confirmation where organization_id = $1 and state in ('asked', 'reminded')";
    Ok(counted(db, sql, [organization.into()]).await? > 0)
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    organization: i64,
    now: &str,
) -> Result<i64, DbErr> {
    let sql = "insert into confirmation (organization_id, asked_at) values ($1, $2) returning id";
    inserted(tx, sql, [organization.into(), now.into()]).await
}

pub(super) async fn insert_link(
    tx: &impl ConnectionTrait,
    hash: &str,
    confirmation: i64,
    (recipient, vouched_by): (&str, Option<i64>),
    (from, to): (&str, &str),
) -> Result<(), DbErr> {
    let sql = "insert into confirmation_link (token_hash, confirmation_id, recipient, vouched_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6)";
    let values: [Value; 6] = [
        hash.into(),
        confirmation.into(),
        recipient.into(),
        vouched_by.into(),
        from.into(),
        to.into(),
    ];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// From which state to which, and when.
pub(super) struct Turn<'a> {
    pub from: State,
    pub to: State,
    pub at: &'a str,
}

/// False where another came first.
pub(super) async fn put_state(
    tx: &impl ConnectionTrait,
    id: i64,
    turn: &Turn<'_>,
) -> Result<bool, DbErr> {
    let column = match turn.to {
        State::Reminded => "reminded_at",
        State::Asked | State::Answered | State::Lapsed => "ended_at",
    };
    let sql =
        format!("update confirmation set state = $1, {column} = $2 where id = $3 and state = $4");
    let values = [
        turn.to.code().into(),
        turn.at.into(),
        id.into(),
        turn.from.code().into(),
    ];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// Those in a state that were asked up to an instant: number and organization.
pub(super) async fn asked_before(
    db: &impl ConnectionTrait,
    state: State,
    asked: &str,
) -> Result<Vec<(i64, i64)>, DbErr> {
    let sql = "select id, organization_id from confirmation where state = $1 and asked_at <= $2 order by id";
    let rows = db
        .query_all_raw(statement(db, sql, [state.code().into(), asked.into()]))
        .await?;
    let pair = |row: &sea_orm::QueryResult| {
        Ok::<_, DbErr>((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    };
    rows.iter().map(pair).collect()
}

/// Where an organization is asked apart from its own people, and who put that down.
pub(super) async fn address(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<Option<(String, Option<i64>)>, DbErr> {
    let sql = "select mail, account_id from confirmation_address where organization_id = $1";
    let row = db
        .query_one_raw(statement(db, sql, [organization.into()]))
        .await?;
    row.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .transpose()
}

pub(super) async fn put_address(
    tx: &impl ConnectionTrait,
    organization: i64,
    (mail, account): (Option<&str>, Option<i64>),
    now: &str,
) -> Result<(), DbErr> {
    let sql = "delete from confirmation_address where organization_id = $1";
    tx.execute_raw(statement(tx, sql, [organization.into()]))
        .await?;
    let Some(mail) = mail else { return Ok(()) };
    let sql = "insert into confirmation_address (organization_id, mail, account_id, created_at) values ($1, $2, $3, $4)";
    let values = [organization.into(), mail.into(), account.into(), now.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
