//! The SQL that writes many patients at once, and the rows of one.

use keniki_base::id::{AccountId, OrganizationId};
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::NewRecord;
use crate::database::insert_rows;
use crate::database::instant;
use crate::database::queries::insert_numbered;
use crate::patient::identifier::Identifier;
use crate::patient::level::Certified;
use crate::patient::name::Name;
use crate::patient::queries::{COLUMNS, values};

/// Writes records that nobody has; answers their numbers, in their order.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    all: &[NewRecord],
) -> Result<Vec<i64>, DbErr> {
    let columns = [
        &COLUMNS[..],
        &["organization_id", "created_at", "changed_at"],
    ]
    .concat();
    let mut patients = Vec::with_capacity(all.len() * columns.len());
    for new in all {
        let at = instant(new.registered_at);
        patients.extend(values(&new.record));
        patients.extend([new.organization.get().into(), at.as_str().into(), at.into()]);
    }
    let ids = insert_numbered(tx, "patient", &columns, patients).await?;
    let mut rows = Rows::default();
    for (id, new) in ids.iter().zip(all) {
        let it = &new.record;
        let said = (&*it.names, &*it.identifiers, &*it.levels);
        let who = (None, Some(new.organization));
        rows.add(*id, said, who, &instant(new.registered_at));
    }
    rows.insert(tx).await?;
    Ok(ids)
}

/// Rows of names, numbers and levels.
#[derive(Default)]
pub(in crate::patient) struct Rows {
    names: Vec<Value>,
    identifiers: Vec<Value>,
    levels: Vec<Value>,
}

impl Rows {
    pub fn add(
        &mut self,
        id: i64,
        (names, identifiers, levels): (&[Name], &[Identifier], &[Certified]),
        (account, organization): (Option<AccountId>, Option<OrganizationId>),
        now: &str,
    ) {
        self.names
            .extend(names.iter().flat_map(|name| -> [Value; 8] {
                [
                    id.into(),
                    name.used_as.code().into(),
                    name.family.as_str().into(),
                    name.given.as_str().into(),
                    name.family_kana.as_str().into(),
                    name.given_kana.as_str().into(),
                    name.key().into(),
                    name.kana_key().into(),
                ]
            }));
        self.identifiers
            .extend(identifiers.iter().flat_map(|it| -> [Value; 5] {
                let (insurer, organization) = match it {
                    Identifier::CareInsurance { insurer, .. } => {
                        (Some(insurer.as_str().to_owned()), None)
                    }
                    Identifier::MedicalRecord { organization, .. } => {
                        (None, Some(organization.get()))
                    }
                };
                [
                    id.into(),
                    it.kind().into(),
                    insurer.into(),
                    organization.into(),
                    it.number().into(),
                ]
            }));
        self.levels
            .extend(levels.iter().flat_map(|it| -> [Value; 7] {
                [
                    id.into(),
                    it.level.code().into(),
                    it.valid_from.to_string().into(),
                    it.valid_to.map(|day| day.to_string()).into(),
                    account.map(i64::from).into(),
                    organization.map(i64::from).into(),
                    now.into(),
                ]
            }));
    }

    pub async fn insert(self, tx: &impl ConnectionTrait) -> Result<(), DbErr> {
        let head = "insert into patient_name (patient_id, use, family, given, family_kana, given_kana, key, kana_key) values";
        insert_rows(tx, head, 8, self.names, "").await?;
        let head = "insert into patient_identifier (patient_id, kind, insurer, organization_id, number) values";
        insert_rows(tx, head, 5, self.identifiers, "").await?;
        let head = "insert into care_level (patient_id, level, valid_from, valid_to, account_id, organization_id, created_at) values";
        insert_rows(tx, head, 7, self.levels, "").await
    }
}
