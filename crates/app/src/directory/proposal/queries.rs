//! The SQL of proposals.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{FIELDS, Filter, Texts};
use crate::database::one::{counted, inserted, value};
use crate::database::statement;

/// A proposal with the names of its numbers.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub id: i64,
    pub service_id: i64,
    pub service_name: String,
    pub owner_id: Option<i64>,
    pub municipality_code: Option<String>,
    pub fields: String,
    pub before_fields: String,
    pub note: Option<String>,
    pub state: String,
    pub account_id: Option<i64>,
    pub account_name: Option<String>,
    pub vouched_by: Option<i64>,
    pub organization_id: Option<i64>,
    pub organization_name: Option<String>,
    pub list: Option<String>,
    pub created_at: String,
    pub decider_name: Option<String>,
    pub decided_at: Option<String>,
    pub decision_note: Option<String>,
    pub approved_batch: Option<i64>,
    pub undone_at: Option<String>,
}

/// No more tables are joined than PostgreSQL puts in order (join_collapse_limit, 8): one more made the list seven times slower.
const ROW: &str = "select p.id, p.service_id, coalesce(s.name, t.name) as service_name, t.organization_id as owner_id,
        t.municipality_code, p.fields, p.before_fields, p.note, p.state, p.account_id, a.name as account_name,
        p.vouched_by, p.organization_id, o.name as organization_name, b.file_name as list, p.created_at, d.name as decider_name, p.decided_at, p.decision_note,
        p.batch_id as approved_batch, (select w.undone_at from import_batch w where w.id = p.batch_id) as undone_at
    from proposal p join service s on s.id = p.service_id join site t on t.id = s.site_id
    left join account a on a.id = p.account_id left join organization o on o.id = p.organization_id
    left join account d on d.id = p.decided_by left join import_batch b on b.id = p.source_batch_id";

/// The newest within a condition over `p`.
pub(super) async fn newest(
    db: &impl ConnectionTrait,
    within: &str,
    filter: Filter,
    most: u64,
) -> Result<Vec<Row>, DbErr> {
    let state = match filter.is_open {
        true => "p.state = 'open'",
        false => "p.state <> 'open'",
    };
    let sql = format!(
        "{ROW} where p.id in (select p.id from proposal p where {state} and p.id < $1 and {within}
            order by p.id desc limit {most}) order by p.id desc"
    );
    Row::find_by_statement(statement(db, sql, [filter.before.into()]))
        .all(db)
        .await
}

/// How many wait within a condition over `p`, without those that one account made or vouched for.
pub(super) async fn n_open(
    db: &impl ConnectionTrait,
    within: &str,
    without: Option<i64>,
) -> Result<u64, DbErr> {
    let sql = format!(
        "select count(*) from proposal p where p.state = 'open' and coalesce(p.account_id, 0) <> $1
            and coalesce(p.vouched_by, 0) <> $2 and {within}"
    );
    let without = without.unwrap_or(-1);
    counted(db, &sql, [without.into(), without.into()]).await
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Row>, DbErr> {
    let sql = format!("{ROW} where p.id = $1");
    Row::find_by_statement(statement(db, sql, [id.into()]))
        .one(db)
        .await
}

/// The columns of [`FIELDS`], in their order.
pub(super) async fn current(db: &impl ConnectionTrait, service: i64) -> Result<Texts, DbErr> {
    let sql = "select coalesce(s.phone, t.phone), coalesce(s.fax, t.fax), t.url, s.name, t.kana, t.postal_code, t.address,
            t.building, cast(s.capacity as text), s.hours_note
        from service s join site t on t.id = s.site_id where s.id = $1";
    let row = db
        .query_one_raw(statement(db, sql, [service.into()]))
        .await?;
    let mut texts = Texts::new();
    let Some(row) = row else { return Ok(texts) };
    for (at, field) in FIELDS.iter().enumerate() {
        if let Some(text) = row.try_get_by_index::<Option<String>>(at)? {
            texts.insert((*field).to_owned(), text);
        }
    }
    Ok(texts)
}

/// A proposal that is made.
pub(super) struct New<'a> {
    pub service: i64,
    pub fields: &'a Texts,
    pub before: &'a Texts,
    pub note: Option<&'a str>,
    pub account: Option<i64>,
    pub organization: Option<i64>,
    pub vouched_by: Option<i64>,
    /// The import whose list proposes it.
    pub list: Option<i64>,
    pub now: &'a str,
}

pub(super) async fn insert(tx: &impl ConnectionTrait, new: &New<'_>) -> Result<i64, DbErr> {
    let sql = "insert into proposal (service_id, fields, before_fields, note, account_id, organization_id, vouched_by,
            source_batch_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id";
    let values: [Value; 9] = [
        new.service.into(),
        json(new.fields).into(),
        json(new.before).into(),
        new.note.into(),
        new.account.into(),
        new.organization.into(),
        new.vouched_by.into(),
        new.list.into(),
        new.now.into(),
    ];
    inserted(tx, sql, values).await
}

/// The address of who made a proposal, while they can sign in.
pub(super) async fn login_of(tx: &impl ConnectionTrait, id: i64) -> Result<Option<String>, DbErr> {
    let sql = "select a.login from proposal p join account a on a.id = p.account_id where p.id = $1 and a.status = 'active'";
    value(tx, sql, [id.into()]).await
}

/// How many wait of a service within a condition over `p`.
pub(super) async fn n_open_of_service(
    db: &impl ConnectionTrait,
    within: &str,
    service: i64,
) -> Result<u64, DbErr> {
    let sql = format!(
        "select count(*) from proposal p where p.state = 'open' and p.service_id = $1 and {within}"
    );
    counted(db, &sql, [service.into()]).await
}

/// How many of an account's were decided since an instant.
pub(super) async fn n_decided(
    db: &impl ConnectionTrait,
    account: i64,
    since: &str,
) -> Result<u64, DbErr> {
    let sql = "select count(*) from proposal where account_id = $1 and state in ('approved', 'rejected') and decided_at >= $2";
    counted(db, sql, [account.into(), since.into()]).await
}

fn json(texts: &Texts) -> String {
    serde_json::to_string(texts).expect("texts always become JSON")
}

/// One that waits and says the same, from the same hand.
pub(super) async fn same_open(
    tx: &impl ConnectionTrait,
    new: &New<'_>,
) -> Result<Option<i64>, DbErr> {
    let sql = "select min(id) from proposal where state = 'open' and service_id = $1 and fields = $2
        and coalesce(account_id, 0) = $3 and coalesce(organization_id, 0) = $4 and coalesce(note, '') = $5";
    let values: [Value; 5] = [
        new.service.into(),
        json(new.fields).into(),
        new.account.unwrap_or_default().into(),
        new.organization.unwrap_or_default().into(),
        new.note.unwrap_or_default().into(),
    ];
    Ok(value(tx, sql, values).await?.flatten())
}

/// How a proposal ended.
pub(super) struct End<'a> {
    pub state: &'a str,
    pub by: Option<i64>,
    pub at: &'a str,
    pub note: Option<&'a str>,
    pub batch: Option<i64>,
}

/// Ends one that waits; false where somebody else did meanwhile.
pub(super) async fn put_end(
    tx: &impl ConnectionTrait,
    id: i64,
    end: &End<'_>,
) -> Result<bool, DbErr> {
    let sql = "update proposal set state = $1, decided_by = $2, decided_at = $3, decision_note = $4, batch_id = $5
        where id = $6 and state = 'open'";
    let values: [Value; 6] = [
        end.state.into(),
        end.by.into(),
        end.at.into(),
        end.note.into(),
        end.batch.into(),
        id.into(),
    ];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// The numbers that are a service's own, not its site's: their fields.
pub(super) async fn own_numbers(
    db: &impl ConnectionTrait,
    service: i64,
) -> Result<Vec<&'static str>, DbErr> {
    let sql = "select phone, fax from service where id = $1";
    let row = db
        .query_one_raw(statement(db, sql, [service.into()]))
        .await?;
    let mut own = Vec::new();
    for (at, field) in ["phone", "fax"].into_iter().enumerate() {
        let text = row.as_ref().map(|row| row.try_get_by_index(at));
        let text: Option<Option<String>> = text.transpose()?;
        own.extend(text.flatten().map(|_| field));
    }
    Ok(own)
}

/// What a list says otherwise since a batch, of a service of which the office says something.
#[derive(Debug, FromQueryResult)]
pub(super) struct Told {
    pub service_id: i64,
    pub office: String,
    pub before_fields: String,
    pub after_fields: String,
}

/// The records that a batch changed or made where an office has said something.
pub(super) async fn told_by_batch(
    tx: &impl ConnectionTrait,
    (office, batch): (&str, i64),
) -> Result<Vec<Told>, DbErr> {
    let sql = "select o.service_id, o.content as office, c.before_fields, c.after_fields
            from source_record o join source_record r on r.service_id = o.service_id and r.scope <> o.scope
            join batch_change c on c.entity = 'source_record' and c.entity_id = r.id and c.batch_id = $1
            where o.scope = $2
        union all
        select o.service_id, o.content as office, '{}' as before_fields, r.content as after_fields
            from source_record o join source_record r on r.service_id = o.service_id and r.scope <> o.scope
            where o.scope = $3 and r.created_batch_id = $4
        order by 1";
    let values = [batch.into(), office.into(), office.into(), batch.into()];
    Told::find_by_statement(statement(tx, sql, values))
        .all(tx)
        .await
}

/// Whether a list has proposed the same before, whatever came of it.
pub(super) async fn was_proposed(
    tx: &impl ConnectionTrait,
    service: i64,
    fields: &Texts,
) -> Result<bool, DbErr> {
    let sql = "select count(*) from proposal where service_id = $1 and fields = $2 and source_batch_id is not null";
    let json = serde_json::to_string(fields).expect("texts always become JSON");
    Ok(counted(tx, sql, [service.into(), json.into()]).await? > 0)
}

/// What waits of a batch's own proposals goes with it.
pub(super) async fn withdraw_of_batch(
    tx: &impl ConnectionTrait,
    batch: i64,
    state: &str,
    now: &str,
) -> Result<(), DbErr> {
    let sql = "update proposal set state = $1, decided_at = $2 where source_batch_id = $3 and state = 'open'";
    let values = [state.into(), now.into(), batch.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
