//! When the windows of single institutions work, where the hours that a program has for all do not fit them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;

use super::program::OfficeRule;

/// The windows with hours of their own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offices {
    /// One for each window and each change of its hours.
    #[serde(rename = "office")]
    pub offices: Vec<OwnHours>,
}

/// When one window works.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnHours {
    /// 医療機関コード or 事業所番号.
    pub code: String,
    /// Which part of a care team works there.
    pub team_role: String,
    /// ○○病院 地域連携室.
    pub name: String,
    /// First day; of several the newest that holds counts.
    pub valid_from: NaiveDate,
    /// From, until, on which days of the week.
    pub hours: OfficeRule,
    /// Days on which it is closed beside these.
    #[serde(default)]
    pub closed: BTreeSet<NaiveDate>,
}

impl Offices {
    /// The hours of a part of a care team at an institution with one of these codes, on a day.
    #[must_use]
    pub fn on(&self, team_role: &str, codes: &[String], day: NaiveDate) -> Option<&OwnHours> {
        let is_it = |it: &&OwnHours| {
            it.team_role == team_role && it.valid_from <= day && codes.contains(&it.code)
        };
        self.offices
            .iter()
            .filter(is_it)
            .max_by_key(|it| it.valid_from)
    }

    /// What is wrong with them.
    pub(super) fn faults(&self, team_roles: &BTreeSet<&str>) -> Vec<String> {
        let mut faults = Vec::new();
        for (at, it) in self.offices.iter().enumerate() {
            let is_same = |other: &OwnHours| {
                (&other.code, &other.team_role, other.valid_from)
                    == (&it.code, &it.team_role, it.valid_from)
            };
            if self.offices[..at].iter().any(is_same) {
                faults.push(format!(
                    "「{}」の{}からの時間が二度あります。",
                    it.name, it.valid_from
                ));
            }
            if !team_roles.contains(it.team_role.as_str()) {
                faults.push(format!(
                    "「{}」の team_role「{}」が patients.toml にありません。",
                    it.name, it.team_role
                ));
            }
            if it.code.len() != 10 || !it.code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                faults.push(format!(
                    "「{}」の code は10桁の医療機関コードか事業所番号です: {}",
                    it.name, it.code
                ));
            }
            if it.hours.weekdays.is_empty() || it.hours.opens >= it.hours.closes {
                faults.push(format!(
                    "「{}」の hours に、開く曜日と、閉じる前に開く時刻を書いてください。",
                    it.name
                ));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [[office]]
        code = "3110112345"
        team_role = "hospital"
        name = "ゆめ病院"
        valid_from = "2026-04-01"
        hours = { weekdays = ["Mon", "Sat"], opens = "08:30", closes = "17:00", closed_on_holidays = true }
        closed = ["2026-08-14"]

        [[office]]
        code = "3110112345"
        team_role = "hospital"
        name = "ゆめ病院"
        valid_from = "2026-10-01"
        hours = { weekdays = [], opens = "17:00", closes = "08:30", closed_on_holidays = true }
    "#;

    #[test]
    fn the_newest_hours_that_hold_count() {
        let offices: Offices = toml::from_str(FILE).unwrap();
        let on = |role: &str, code: &str, day: &str| {
            let found = offices.on(role, &[code.to_owned()], day.parse().unwrap());
            found.map(|it| it.valid_from.to_string())
        };
        assert_eq!(on("hospital", "3110112345", "2026-03-31"), None);
        assert_eq!(
            on("hospital", "3110112345", "2026-09-30").unwrap(),
            "2026-04-01"
        );
        assert_eq!(
            on("hospital", "3110112345", "2026-10-01").unwrap(),
            "2026-10-01"
        );
        assert_eq!(on("care_management", "3110112345", "2026-10-01"), None);
        assert_eq!(on("hospital", "3110112346", "2026-10-01"), None);
    }

    #[test]
    fn hours_that_are_none_and_roles_that_are_none_are_faults() {
        let mut offices: Offices = toml::from_str(FILE).unwrap();
        let roles = BTreeSet::from(["hospital"]);
        assert_eq!(
            offices.faults(&roles),
            ["「ゆめ病院」の hours に、開く曜日と、閉じる前に開く時刻を書いてください。"]
        );
        offices.offices.remove(1);
        assert_eq!(offices.faults(&roles), Vec::<String>::new());
        offices.offices[0].code = "311".to_owned();
        offices.offices.push(offices.offices[0].clone());
        let faults = offices.faults(&BTreeSet::new());
        assert_eq!(faults.len(), 5, "{faults:?}");
    }
}
