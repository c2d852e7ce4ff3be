//! The SQL of what a list of patients says besides the records.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr};

use crate::database::{statement, within};

/// In which hospital each of these is, by the open cases of a condition over `c`; of several the newest.
pub(super) async fn hospitals(
    db: &impl ConnectionTrait,
    patients: &[i64],
    seen: &str,
) -> Result<BTreeMap<i64, String>, DbErr> {
    let mut found = BTreeMap::new();
    for some in patients.chunks(5_000) {
        let sql = format!(
            "select c.patient_id, o.name from care_case c join organization o on o.id = c.hospital_id
             where c.patient_id in {} and c.stay = 'in' and c.closed_at is null and {seen} order by c.id",
            within(db, some.len())
        );
        let ids = some.iter().map(|id| (*id).into());
        for row in db.query_all_raw(statement(db, sql, ids)).await? {
            found.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        }
    }
    Ok(found)
}

/// Names of the municipalities that patients live in, by code.
pub(super) async fn towns(db: &impl ConnectionTrait) -> Result<BTreeMap<String, String>, DbErr> {
    let sql = "select a.code, a.name from area a where a.area_set = 'municipality'
        and a.code in (select p.municipality_code from patient p)";
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}
