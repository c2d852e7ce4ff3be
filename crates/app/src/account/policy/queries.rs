//! A reach as the SQL condition of a list: what it holds alone, the list has, and nothing else.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;

use super::Reach;
use crate::database::instant;

/// Whether a row is within `reach`, given the SQL of the organization it belongs to and of the municipality it lies in.
/// Numbers and codes stand in the text, so that it can stand anywhere in a statement.
pub(crate) fn condition(reach: &Reach, organization: &str, municipality: &str) -> String {
    if reach.any {
        return "1 = 1".to_owned();
    }
    let mut ways = Vec::new();
    if let Some(own) = reach.organization {
        ways.push(format!("{organization} = {own}"));
    }
    let places = reach.municipalities.union(&reach.area);
    let is_code = |code: &&String| code.chars().all(|c| c.is_ascii_alphanumeric());
    let codes: Vec<String> = places
        .filter(is_code)
        .map(|code| format!("'{code}'"))
        .collect();
    if !codes.is_empty() {
        ways.push(format!("{municipality} in ({})", codes.join(", ")));
    }
    match ways.is_empty() {
        true => "1 = 0".to_owned(),
        false => format!("({})", ways.join(" or ")),
    }
}

/// Whether the service of a row is within `reach`, given the SQL of its number. The services within reach are found once,
/// so that a long list is walked through without looking at each one's site.
pub(crate) fn condition_of_service(reach: &Reach, service: &str) -> String {
    if reach.any {
        return "1 = 1".to_owned();
    }
    let within = condition(reach, "t.organization_id", "t.municipality_code");
    format!(
        "{service} in (select s.id from service s join site t on t.id = s.site_id where {within})"
    )
}

/// Whether a care team's row (`c`) lets an organization see on a day: from its first day to the last day of its access.
const IS_IN_TEAM: &str =
    "c.valid_from <= '{today}' and (c.access_until is null or c.access_until >= '{today}')";

/// The `what` of the care teams' rows by which this reach holds something on `today`.
fn in_team(reach: &Reach, what: &str, today: NaiveDate) -> Option<String> {
    let own = reach.care_team_of?;
    let is_in_team = IS_IN_TEAM.replace("{today}", &today.to_string());
    Some(format!(
        "select c.{what} from care_team c where c.organization_id = {own} and {is_in_team}"
    ))
}

/// Whether the patient of a row is within `reach`, given the SQL of their number: by any part of the care team, or by an
/// emergency that is not over.
pub(crate) fn condition_of_patient(
    reach: &Reach,
    patient: &str,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> String {
    if reach.any {
        return "1 = 1".to_owned();
    }
    let opened = opened(reach, now).map(|those| format!("select e.patient_id {those}"));
    let team = in_team(reach, "patient_id", today);
    one_of(patient, team.into_iter().chain(opened))
}

/// The emergencies of this reach that are not over.
fn opened(reach: &Reach, now: DateTime<Utc>) -> Option<String> {
    let (account, now) = (reach.emergency_of?, instant(now));
    Some(format!(
        "from emergency_access e where e.account_id = {account} and e.begun_at <= '{now}' and e.ends_at > '{now}'"
    ))
}

/// Whether an emergency opens a case (`k`) of the patient: one that goes on, and of which others may know.
pub(crate) const IS_OPENED_IN_EMERGENCY: &str = "k.closed_at is null and k.access <> 'closed'";

/// Whether the case of a row is within `reach`, given the SQL of its number: by a part of its own care team, or by an emergency
/// that is not over.
pub(crate) fn condition_of_case(reach: &Reach, case: &str, now: DateTime<Utc>) -> String {
    if reach.any {
        return "1 = 1".to_owned();
    }
    let opened = opened(reach, now).map(|those| {
        format!(
            "select k.id from care_case k where {IS_OPENED_IN_EMERGENCY} and k.patient_id in (select e.patient_id {those})"
        )
    });
    let team = in_team(reach, "case_id", jst_day(now));
    one_of(case, team.into_iter().chain(opened))
}

fn one_of(number: &str, within: impl Iterator<Item = String>) -> String {
    let ways: Vec<String> = within
        .map(|those| format!("{number} in ({those})"))
        .collect();
    match ways.is_empty() {
        true => "1 = 0".to_owned(),
        false => format!("({})", ways.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use keniki_base::id::OrganizationId;

    use super::*;

    #[test]
    fn a_condition_holds_what_the_reach_holds_and_no_text_of_others() {
        let mut reach = Reach::default();
        let of = |reach: &Reach| condition(reach, "o", "m");
        assert_eq!(of(&reach), "1 = 0");
        reach.organization = Some(OrganizationId::new(7));
        assert_eq!(of(&reach), "(o = 7)");
        reach.area = ["31202", "31204", "' or 1 = 1 --"]
            .map(str::to_owned)
            .into();
        assert_eq!(of(&reach), "(o = 7 or m in ('31202', '31204'))");
        reach.any = true;
        assert_eq!(of(&reach), "1 = 1");
    }
}
