//! The SQL behind the columns that a list on the screen does not have.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, Value};

use super::hours::{Hours, Slot};
use crate::database::{statement, within};

pub(super) async fn all_ids(db: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
    let sql = "select id from service where status <> 'closed' order by id";
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Municipality names by 5-digit code.
pub(super) async fn municipality_names(
    db: &impl ConnectionTrait,
) -> Result<HashMap<String, String>, DbErr> {
    let sql = "select code, name from area where area_set = 'municipality' order by code";
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// What a list on the screen does not need.
#[derive(Debug, Clone, Default)]
pub(super) struct Extra {
    pub fax: Option<String>,
    pub corporate_number: Option<String>,
    pub hours_note: Option<String>,
}

pub(super) async fn extras(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<HashMap<i64, Extra>, DbErr> {
    let sql = format!(
        "select s.id, coalesce(s.fax, t.fax), o.corporate_number, s.hours_note
         from service s join site t on t.id = s.site_id left join organization o on o.id = t.organization_id
         where s.id in {}",
        within(db, ids.len())
    );
    let rows = db.query_all_raw(statement(db, sql, integers(ids))).await?;
    rows.iter()
        .map(|row| {
            let extra = Extra {
                fax: row.try_get_by_index(1)?,
                corporate_number: row.try_get_by_index(2)?,
                hours_note: row.try_get_by_index(3)?,
            };
            Ok((row.try_get_by_index(0)?, extra))
        })
        .collect()
}

pub(super) async fn hours(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<HashMap<i64, Hours>, DbErr> {
    let sql = format!(
        "select service_id, weekday, is_open, opens, closes from service_hours where service_id in {}
         order by service_id, weekday, slot",
        within(db, ids.len())
    );
    let rows = db.query_all_raw(statement(db, sql, integers(ids))).await?;
    let mut hours: HashMap<i64, Hours> = HashMap::new();
    for row in &rows {
        let (opens, closes): (Option<String>, Option<String>) =
            (row.try_get_by_index(3)?, row.try_get_by_index(4)?);
        hours
            .entry(row.try_get_by_index(0)?)
            .or_default()
            .0
            .push(Slot {
                weekday: row.try_get_by_index(1)?,
                is_open: row.try_get_by_index(2)?,
                times: opens.zip(closes),
            });
    }
    Ok(hours)
}

fn integers(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|&id| id.into()).collect()
}
