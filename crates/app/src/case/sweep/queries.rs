//! The SQL of what the clock does to cases.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::statement;

/// What is owed and over its time is missed; answers how many.
pub(super) async fn miss(tx: &impl ConnectionTrait, now: &str) -> Result<u64, DbErr> {
    let sql = "update obligation set state = 'missed' where state = 'waiting' and due_at < $1";
    let done = tx.execute_raw(statement(tx, sql, [now.into()])).await?;
    Ok(done.rows_affected())
}

/// The lists follow in the cases of which a deadline has passed.
pub(super) async fn recount(tx: &impl ConnectionTrait, now: &str) -> Result<(), DbErr> {
    let sql = "update care_case set
            n_overdue = (select count(*) from obligation b where b.case_id = care_case.id and b.state = 'missed'),
            next_due_at = (select min(b.due_at) from obligation b where b.case_id = care_case.id and b.state = 'waiting')
        where closed_at is null and next_due_at < $1";
    tx.execute_raw(statement(tx, sql, [now.into()])).await?;
    Ok(())
}

/// Open cases whose time has come to end.
pub(super) async fn to_close(
    db: &impl ConnectionTrait,
    now: &str,
    most: u64,
) -> Result<Vec<i64>, DbErr> {
    let sql = format!(
        "select id from care_case where closed_at is null and closes_at <= $1 order by closes_at, id limit {most}"
    );
    let rows = db.query_all_raw(statement(db, sql, [now.into()])).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// What one office owes in one role.
#[derive(Debug, FromQueryResult)]
pub(super) struct Group {
    pub organization_id: i64,
    pub program: String,
    pub version: String,
    pub role: String,
    pub n: i64,
}

/// Offices that owe something until `until` of which nobody was reminded yet, and of nothing since `since`.
pub(super) async fn to_remind(
    db: &impl ConnectionTrait,
    until: &str,
    since: &str,
) -> Result<Vec<Group>, DbErr> {
    let sql = "select b.organization_id, c.program, c.program_version as version, b.from_role as role, count(*) as n
        from obligation b join care_case c on c.id = b.case_id
        where b.state = 'waiting' and b.due_at <= $1 and b.reminded_at is null and b.organization_id is not null
            and not exists (select 1 from obligation d where d.organization_id = b.organization_id
                and d.from_role = b.from_role and d.reminded_at > $2)
        group by b.organization_id, c.program, c.program_version, b.from_role
        order by b.organization_id, c.program, c.program_version, b.from_role";
    let values = [until.into(), since.into()];
    Group::find_by_statement(statement(db, sql, values))
        .all(db)
        .await
}

/// Whether anything was left of which nobody was reminded.
pub(super) async fn mark_reminded(
    tx: &impl ConnectionTrait,
    group: &Group,
    until: &str,
    now: &str,
) -> Result<bool, DbErr> {
    let sql = "update obligation set reminded_at = $1
        where state = 'waiting' and due_at <= $2 and reminded_at is null and organization_id = $3 and from_role = $4
            and case_id in (select id from care_case where program = $5 and program_version = $6)";
    let values = [
        now.into(),
        until.into(),
        group.organization_id.into(),
        group.role.as_str().into(),
        group.program.as_str().into(),
        group.version.as_str().into(),
    ];
    let done = tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(done.rows_affected() > 0)
}
