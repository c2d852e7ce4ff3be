//! What is known of a patient, a case and the writer before anybody writes.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, PatientId};
use sea_orm::ConnectionTrait;

use super::RecordError;
use super::queries::{self, Member};
use crate::account::By;
use crate::definition::Definitions;
use crate::definition::form::Prefill;
use crate::form::begin::Known;
use crate::patient::PatientError;
use crate::patient::find::listed;
use crate::patient::identifier::Identifier;
use crate::patient::level::{self, Level};
use crate::patient::name::Name;
use crate::patient::record::{Home, Record};

/// The parts of `patients.toml` that forms ask for by name.
const HOSPITAL: &str = "hospital";
const DOCTOR: &str = "clinic";

/// All of the closed list that is known. Whether it may be seen is asked by whoever calls this.
///
/// # Errors
/// [`RecordError`].
pub async fn known(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    by: &By,
    (patient, case): (PatientId, Option<CaseId>),
    now: DateTime<Utc>,
) -> Result<Known, RecordError> {
    let today = jst_day(now);
    let record = listed(db, &[patient.get()]).await?.pop();
    let record = record.ok_or(PatientError::NotThere)?.record;
    let mut known = Known::new();
    let mut put = |key, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            known.insert(key, text);
        }
    };
    for (key, text) in of_patient(&record, today) {
        put(key, text);
    }
    let town = match record.home.municipality_code.as_deref() {
        Some(code) => queries::municipality(db, code).await?,
        None => None,
    };
    put(Prefill::PatientAddress, address(town, &record.home));
    put(Prefill::Today, Some(today.to_string()));
    if let Some(own) = by.organization {
        let office = queries::office(db, own.get()).await?;
        put(
            Prefill::OrganizationName,
            office.as_ref().map(|it| it.name.clone()),
        );
        put(Prefill::OrganizationPhone, office.and_then(|it| it.phone));
    }
    let writer = match by.account {
        Some(account) => queries::account_name(db, account.get()).await?,
        None => None,
    };
    put(Prefill::AccountName, writer.clone());
    let team = queries::team(db, (patient.get(), case.map(i64::from)), &today.to_string()).await?;
    let with = |role: &str| team.iter().find(|member| member.role == role);
    if let Some(manager) = manager(definitions, &team) {
        // Whoever writes for the office signs for it; its team may know another name, or none.
        let is_own = by.organization.map(i64::from) == Some(manager.organization_id);
        let name = match is_own {
            true => writer,
            false => manager.staff.clone(),
        };
        put(Prefill::CareManagerName, name);
        let site = site_of(db, definitions, (manager.organization_id, &manager.role)).await?;
        let office = site.unwrap_or_else(|| manager.name.clone());
        put(Prefill::CareManagerOrganization, Some(office));
        put(Prefill::CareManagerPhone, manager.phone.clone());
    }
    put(
        Prefill::DoctorName,
        with(DOCTOR).and_then(|it| it.staff.clone()),
    );
    let mut hospital = with(HOSPITAL).map(|it| (it.organization_id, it.name.clone()));
    if let Some(case) = case {
        let stay = queries::stay(db, case.get()).await?;
        let stay = stay.ok_or(PatientError::NotThere)?;
        hospital = stay.hospital_id.zip(stay.hospital).or(hospital);
        put(Prefill::AdmittedOn, stay.admitted_on);
        put(Prefill::DischargedOn, stay.discharged_on);
    }
    if let Some((organization, name)) = hospital {
        let site = site_of(db, definitions, (organization, HOSPITAL)).await?;
        put(Prefill::HospitalName, Some(site.unwrap_or(name)));
    }
    Ok(known)
}

/// What an organization's one site is called that offers what this part of the care team offers: people know the hospital, not its
/// corporation. None where there is no such site, or several.
async fn site_of(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    (organization, role): (i64, &str),
) -> Result<Option<String>, RecordError> {
    let role = definitions.patients().team_role(role);
    let Some(role) = role.filter(|it| !it.categories.is_empty()) else {
        return Ok(None);
    };
    let mut sites = queries::sites_offering(db, organization, &role.categories).await?;
    Ok(sites.pop().filter(|_| sites.is_empty()))
}

/// Of the care team, the part that answers for the person first.
fn manager<'a>(definitions: &Definitions, team: &'a [Member]) -> Option<&'a Member> {
    let rank = |member: &&Member| {
        let role = definitions.patients().team_role(&member.role);
        role.map_or(0, |role| role.answers)
    };
    let answering = team.iter().filter(|member| rank(member) > 0);
    answering.min_by_key(rank)
}

fn of_patient(record: &Record, today: NaiveDate) -> [(Prefill, Option<String>); 10] {
    let name = record.name();
    let insured = record.identifiers.iter().find_map(|it| match it {
        Identifier::CareInsurance { insurer, number } => Some((insurer, number)),
        Identifier::MedicalRecord { .. } => None,
    });
    let level = level::on(&record.levels, today);
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    [
        (Prefill::PatientName, name.map(Name::whole)),
        (Prefill::PatientKana, name.map(Name::whole_kana)),
        (Prefill::PatientBornOn, day(record.birth.born.day())),
        (Prefill::PatientSex, Some(record.sex.code().to_owned())),
        (Prefill::PatientPhone, record.home.phone.clone()),
        (
            Prefill::InsurerNumber,
            insured.map(|(insurer, _)| insurer.as_str().to_owned()),
        ),
        (
            Prefill::InsuredNumber,
            insured.map(|(_, number)| number.clone()),
        ),
        (
            Prefill::CareLevel,
            level.map(|it| code(it.level).to_owned()),
        ),
        (
            Prefill::CareLevelFrom,
            level.map(|it| it.valid_from.to_string()),
        ),
        (Prefill::CareLevelTo, day(level.and_then(|it| it.valid_to))),
    ]
}

/// Where somebody lives, with the municipality that records keep apart, unless it was typed with it.
fn address(town: Option<String>, home: &Home) -> Option<String> {
    let typed = home.address.as_deref().filter(|it| !it.is_empty())?;
    Some(match town.filter(|town| !typed.contains(town.as_str())) {
        Some(town) => format!("{town}{typed}"),
        None => typed.to_owned(),
    })
}

/// A level as forms call it.
fn code(level: Level) -> &'static str {
    match level {
        Level::Applied => "applying",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_municipality_once() {
        let home = |typed: &str| Home {
            address: Some(typed.to_owned()),
            ..Home::default()
        };
        let town = || Some("絹戸市".to_owned());
        let whole = Some("絹戸市柊越町474番地7".to_owned());
        assert_eq!(address(town(), &home("柊越町474番地7")), whole);
        assert_eq!(address(town(), &home("絹戸市柊越町474番地7")), whole);
        assert_eq!(address(town(), &home("")), None);
        assert_eq!(address(None, &home("柊越町1")).as_deref(), Some("柊越町1"));
    }
}
