//! The SQL of a patient's record.

use std::collections::{BTreeMap, BTreeSet};

use keniki_base::code::InsurerNumber;
use keniki_base::id::{AccountId, OrganizationId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult, TryGetable, Value};

use super::birth::{Birth, Born};
use super::bulk::queries::Rows;
use super::identifier::Identifier;
use super::level::{Certified, Level};
use super::name::{Name, Use};
use super::record::{Home, Record, Sex};
use crate::account::policy::IS_OPENED_IN_EMERGENCY;
use crate::database::one::{counted, inserted, value};
use crate::database::{statement, within};

/// Whether a record (`p`) is of somebody who is in closed programs alone.
pub(super) const IS_CLOSED: &str =
    "(exists (select 1 from care_case c where c.patient_id = p.id and c.access = 'closed')
        and not exists (select 1 from care_case c where c.patient_id = p.id and c.access <> 'closed'))";

/// Whether there is such a record and it was not merged into another.
pub(super) async fn is_going_on(db: &impl ConnectionTrait, id: i64) -> Result<bool, DbErr> {
    let sql = "select count(*) from patient where id = $1 and merged_into is null";
    Ok(counted(db, sql, [id.into()]).await? > 0)
}

/// The record into which one was merged; none where it was not.
pub(super) async fn merged_into(db: &impl ConnectionTrait, id: i64) -> Result<Option<i64>, DbErr> {
    let sql = "select merged_into from patient where id = $1 and merged_into is not null";
    value(db, sql, [id.into()]).await
}

async fn column<T: TryGetable + Ord>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<BTreeSet<T>, DbErr> {
    let rows = db.query_all_raw(statement(db, sql, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Organizations that see on a day what has this number in `column` of the care teams.
pub(super) async fn team(
    db: &impl ConnectionTrait,
    of: &str,
    id: i64,
    day: &str,
) -> Result<BTreeSet<OrganizationId>, DbErr> {
    let sql = format!(
        "select distinct organization_id from care_team where {of} = $1
            and valid_from <= $2 and (access_until is null or access_until >= $3)"
    );
    let ids = column::<i64>(db, &sql, [id.into(), day.into(), day.into()]).await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Accounts for which a record is open in an emergency.
pub(super) async fn opened_by(
    db: &impl ConnectionTrait,
    id: i64,
    now: &str,
) -> Result<BTreeSet<AccountId>, DbErr> {
    let sql = "select distinct account_id from emergency_access
        where patient_id = $1 and begun_at <= $2 and ends_at > $3";
    let ids = column::<i64>(db, sql, [id.into(), now.into(), now.into()]).await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Accounts for which a case is open in an emergency.
pub(super) async fn case_opened_by(
    db: &impl ConnectionTrait,
    case: i64,
    now: &str,
) -> Result<BTreeSet<AccountId>, DbErr> {
    let sql = format!(
        "select distinct e.account_id from emergency_access e join care_case k on k.patient_id = e.patient_id
        where k.id = $1 and {IS_OPENED_IN_EMERGENCY} and e.begun_at <= $2 and e.ends_at > $3"
    );
    let ids = column::<i64>(db, &sql, [case.into(), now.into(), now.into()]).await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// The columns of `patient` that a record has, in their order.
pub(super) const COLUMNS: [&str; 8] = [
    "sex",
    "born_on",
    "is_born_about",
    "died_on",
    "postal_code",
    "municipality_code",
    "address",
    "phone",
];

/// The values of [`COLUMNS`].
pub(super) fn values(record: &Record) -> [Value; 8] {
    [
        record.sex.code().into(),
        record.birth.born.to_string().into(),
        record.birth.is_about.into(),
        record.died_on.map(|day| day.to_string()).into(),
        record.home.postal_code.clone().into(),
        record.home.municipality_code.clone().into(),
        record.home.address.clone().into(),
        record.home.phone.clone().into(),
    ]
}

/// Writes a new record with all its rows; answers its number.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    record: &Record,
    (account, organization): (Option<AccountId>, OrganizationId),
    now: &str,
) -> Result<i64, DbErr> {
    let sql = format!(
        "insert into patient ({}, account_id, organization_id, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id",
        COLUMNS.join(", ")
    );
    let who: [Value; 4] = [
        account.map(i64::from).into(),
        organization.get().into(),
        now.into(),
        now.into(),
    ];
    let id = inserted(tx, &sql, values(record).into_iter().chain(who)).await?;
    put_rows(tx, id, record, (account, Some(organization)), now).await?;
    Ok(id)
}

/// False where it is another version by now.
pub(super) async fn put(
    tx: &impl ConnectionTrait,
    (id, version): (i64, i64),
    record: &Record,
    now: &str,
) -> Result<bool, DbErr> {
    let set: Vec<String> = COLUMNS
        .iter()
        .enumerate()
        .map(|(at, column)| format!("{column} = ${}", at + 1))
        .collect();
    let sql = format!(
        "update patient set {}, changed_at = $9, version = version + 1
         where id = $10 and version = $11 and merged_into is null",
        set.join(", ")
    );
    let rest: [Value; 3] = [now.into(), id.into(), version.into()];
    let statement = statement(tx, sql, values(record).into_iter().chain(rest));
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

/// The record is another from now on: whoever has read it before must read it anew.
pub(super) async fn touch(tx: &impl ConnectionTrait, id: i64, now: &str) -> Result<(), DbErr> {
    let sql = "update patient set version = version + 1, changed_at = $1 where id = $2";
    tx.execute_raw(statement(tx, sql, [now.into(), id.into()]))
        .await?;
    Ok(())
}

/// Makes names, numbers and levels those of the record; rows that are there already stay.
pub(super) async fn put_rows(
    tx: &impl ConnectionTrait,
    id: i64,
    record: &Record,
    who: (Option<AccountId>, Option<OrganizationId>),
    now: &str,
) -> Result<(), DbErr> {
    let ids = [id];
    let names = put_off(tx, "patient_name", names(tx, &ids).await?, &record.names).await?;
    let there = identifiers(tx, &ids).await?;
    let numbers = put_off(tx, "patient_identifier", there, &record.identifiers).await?;
    let levels = put_off(tx, "care_level", levels(tx, &ids).await?, &record.levels).await?;
    let mut rows = Rows::default();
    rows.add(id, (&names, &numbers, &levels), who, now);
    rows.insert(tx).await
}

/// A row of a patient: its number, whose, and what it says.
type Said<T> = (i64, i64, T);

/// Deletes the rows that a record no longer has; answers what has no row yet.
async fn put_off<T: Clone + PartialEq>(
    tx: &impl ConnectionTrait,
    table: &str,
    there: Vec<Said<T>>,
    wanted: &[T],
) -> Result<Vec<T>, DbErr> {
    for (row, _, _) in there.iter().filter(|(.., said)| !wanted.contains(said)) {
        let sql = format!("delete from {table} where id = $1");
        tx.execute_raw(statement(tx, sql, [(*row).into()])).await?;
    }
    let is_new = |it: &&T| there.iter().all(|(.., said)| said != *it);
    Ok(wanted.iter().filter(is_new).cloned().collect())
}

async fn rows<T>(
    db: &impl ConnectionTrait,
    select: &str,
    ids: &[i64],
    read: impl Fn(&QueryResult) -> Result<T, DbErr>,
) -> Result<Vec<Said<T>>, DbErr> {
    let mut all = Vec::new();
    for some in ids.chunks(5_000) {
        let places = within(db, some.len());
        let sql = format!("{select} where patient_id in {places} order by id");
        let ids = some.iter().map(|id| (*id).into());
        for row in db.query_all_raw(statement(db, sql, ids)).await? {
            all.push((
                row.try_get("", "id")?,
                row.try_get("", "patient_id")?,
                read(&row)?,
            ));
        }
    }
    Ok(all)
}

/// A value of a column that only this program writes.
fn kept<T>(what: &str, read: Option<T>) -> Result<T, DbErr> {
    read.ok_or_else(|| DbErr::Type(format!("{what} of a patient cannot be read")))
}

fn day(row: &QueryResult, column: &str) -> Result<Option<chrono::NaiveDate>, DbErr> {
    let text: Option<String> = row.try_get("", column)?;
    text.map(|text| kept(column, text.parse().ok())).transpose()
}

async fn names(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Said<Name>>, DbErr> {
    let select =
        "select id, patient_id, use, family, given, family_kana, given_kana from patient_name";
    rows(db, select, ids, |row| {
        let used_as: String = row.try_get("", "use")?;
        Ok(Name {
            used_as: kept("use", Use::of(&used_as))?,
            family: row.try_get("", "family")?,
            given: row.try_get("", "given")?,
            family_kana: row.try_get("", "family_kana")?,
            given_kana: row.try_get("", "given_kana")?,
        })
    })
    .await
}

async fn identifiers(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<Vec<Said<Identifier>>, DbErr> {
    let select = "select id, patient_id, insurer, organization_id, number from patient_identifier";
    rows(db, select, ids, |row| {
        let insurer: Option<String> = row.try_get("", "insurer")?;
        let organization: Option<i64> = row.try_get("", "organization_id")?;
        let number = row.try_get("", "number")?;
        match (insurer, organization) {
            (Some(insurer), _) => Ok(Identifier::CareInsurance {
                insurer: kept("insurer", InsurerNumber::parse(&insurer).ok())?,
                number,
            }),
            (None, organization) => Ok(Identifier::MedicalRecord {
                organization: kept("organization_id", organization)?.into(),
                number,
            }),
        }
    })
    .await
}

async fn levels(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Said<Certified>>, DbErr> {
    let select = "select id, patient_id, level, valid_from, valid_to from care_level";
    rows(db, select, ids, |row| {
        let level: String = row.try_get("", "level")?;
        Ok(Certified {
            level: kept("level", Level::of(&level))?,
            valid_from: kept("valid_from", day(row, "valid_from")?)?,
            valid_to: day(row, "valid_to")?,
        })
    })
    .await
}

#[derive(FromQueryResult)]
struct Head {
    id: i64,
    version: i64,
    sex: String,
    born_on: String,
    is_born_about: bool,
    died_on: Option<String>,
    postal_code: Option<String>,
    municipality_code: Option<String>,
    address: Option<String>,
    phone: Option<String>,
}

/// Whole records with their versions, by number; those that were merged into others are left out.
pub(super) async fn records(
    db: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<BTreeMap<i64, (Record, i64)>, DbErr> {
    let mut records = BTreeMap::new();
    for some in ids.chunks(5_000) {
        let sql = format!(
            "select id, version, {} from patient where id in {} and merged_into is null",
            COLUMNS.join(", "),
            within(db, some.len())
        );
        let ids = some.iter().map(|id| (*id).into());
        let heads = Head::find_by_statement(statement(db, sql, ids))
            .all(db)
            .await?;
        for head in heads {
            records.insert(head.id, (record(&head)?, head.version));
        }
    }
    for (_, of, name) in names(db, ids).await? {
        records.entry(of).and_modify(|(it, _)| it.names.push(name));
    }
    for (_, of, number) in identifiers(db, ids).await? {
        records
            .entry(of)
            .and_modify(|(it, _)| it.identifiers.push(number));
    }
    for (_, of, level) in levels(db, ids).await? {
        records
            .entry(of)
            .and_modify(|(it, _)| it.levels.push(level));
    }
    Ok(records)
}

fn record(head: &Head) -> Result<Record, DbErr> {
    let born: Option<Born> = head.born_on.parse().ok();
    let died_on = head
        .died_on
        .as_deref()
        .map(|day| kept("died_on", day.parse().ok()));
    Ok(Record {
        names: Vec::new(),
        sex: kept("sex", Sex::of(&head.sex))?,
        birth: Birth {
            born: kept("born_on", born)?,
            is_about: head.is_born_about,
        },
        died_on: died_on.transpose()?,
        home: Home {
            postal_code: head.postal_code.clone(),
            municipality_code: head.municipality_code.clone(),
            address: head.address.clone(),
            phone: head.phone.clone(),
        },
        identifiers: Vec::new(),
        levels: Vec::new(),
    })
}
