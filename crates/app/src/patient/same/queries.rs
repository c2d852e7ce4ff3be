//! The SQL of records that share something worth comparing.

use sea_orm::{ConnectionTrait, DbErr, Value};

use super::super::record::Record;
use crate::database::statement;

/// Within a condition over `p`: whoever shares a number, a name, or birth and telephone with a record.
pub(super) async fn like(
    db: &impl ConnectionTrait,
    within: &str,
    record: &Record,
) -> Result<Vec<i64>, DbErr> {
    let mut ways = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut place = |value: String| {
        values.push(value.into());
        format!("${}", values.len())
    };
    for it in &record.identifiers {
        let number = place(it.number().to_owned());
        ways.push(format!(
            "select patient_id from patient_identifier where ltrim(number, '0') = ltrim({number}, '0')"
        ));
    }
    for name in &record.names {
        for (column, key) in [("key", name.key()), ("kana_key", name.kana_key())] {
            if !key.is_empty() {
                let key = place(key);
                ways.push(format!(
                    "select patient_id from patient_name where {column} = {key}"
                ));
            }
        }
    }
    if let Some(phone) = &record.home.phone {
        let (phone, born) = (place(phone.clone()), place(record.birth.born.to_string()));
        ways.push(format!(
            "select id from patient where phone = {phone} and born_on = {born}"
        ));
    }
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select p.id from patient p where p.merged_into is null and {within} and p.id in ({}) order by p.id limit 500",
        ways.join(" union ")
    );
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Pairs of going records that share a number, a name, or birth and telephone; conditions over `a` and `b`.
pub(super) async fn pairs(
    db: &impl ConnectionTrait,
    within: (&str, &str),
    most: u64,
) -> Result<Vec<(i64, i64)>, DbErr> {
    let ways = [
        (
            "patient_identifier",
            "ltrim(x.number, '0') = ltrim(y.number, '0') and x.kind = y.kind",
        ),
        (
            "patient_name",
            "x.kana_key = y.kana_key and x.kana_key <> ''",
        ),
        ("patient_name", "x.key = y.key"),
    ]
    .map(|(table, is_same)| {
        format!(
            "select x.patient_id as one, y.patient_id as other from {table} x
             join {table} y on {is_same} and x.patient_id < y.patient_id"
        )
    });
    let sql = format!(
        "select s.one, s.other from ({} union select x.id, y.id from patient x
            join patient y on x.phone = y.phone and x.born_on = y.born_on and x.id < y.id) s
         join patient a on a.id = s.one and a.merged_into is null
         join patient b on b.id = s.other and b.merged_into is null
         where {} and {} order by s.one, s.other limit {most}",
        ways.join(" union "),
        within.0,
        within.1
    );
    let rows = db.query_all_raw(statement(db, sql, [])).await?;
    let pair =
        |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(pair).collect()
}
