//! What the files say of people who are cared for: parts of a care team, access after an episode, consent, look-up, emergencies.

use std::collections::BTreeSet;

use chrono::{Days, Duration, NaiveDate};
use serde::Deserialize;

use super::account::MailboxKind;
use crate::account::policy::Role;

/// `patients.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientRule {
    /// The day from which it holds.
    pub valid_from: NaiveDate,
    /// 緊急時閲覧.
    pub emergency: EmergencyRule,
    /// Looking somebody up in the whole area.
    pub look_up: LookUpRule,
    /// When the end of a certification is told.
    pub certification: CertificationRule,
    /// Handovers to who is outside of the network.
    pub handover: HandoverRule,
    grace: Vec<Grace>,
    team_role: Vec<TeamRole>,
    consent_scope: Vec<ConsentScope>,
}

/// How a record is opened in an emergency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyRule {
    hours: u32,
    /// Characters that a reason has at least.
    pub reason_length: usize,
    /// Whether who answers for the person gets a letter.
    pub tells_owner: bool,
}

/// How often somebody is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookUpRule {
    /// By one account.
    pub an_hour: u64,
    /// By one organization's tables of admissions.
    pub a_day_by_table: u64,
    /// At most so many people are answered.
    pub answers: u64,
}

/// When the end of a certification is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificationRule {
    /// So many days before it.
    pub warned_days: u64,
}

/// Links of handovers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverRule {
    link_days: u32,
    /// Digits of the code that is told by telephone.
    pub code_digits: u32,
    /// After so many wrong codes a link opens no more.
    pub tries: u32,
    file_minutes: u32,
}

/// Where an organization works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// A hospital.
    Hospital,
    /// At people's homes.
    Home,
    /// A facility where people live.
    Facility,
}

impl Setting {
    const ALL: [Self; 3] = [Self::Hospital, Self::Home, Self::Facility];

    fn code(self) -> &'static str {
        match self {
            Self::Hospital => "hospital",
            Self::Home => "home",
            Self::Facility => "facility",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grace {
    setting: Setting,
    days: u64,
    valid_from: NaiveDate,
    reason: String,
}

/// A part of a care team.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamRole {
    /// Stable.
    pub code: String,
    /// 訪問看護.
    pub name: String,
    /// Where it works.
    pub setting: Setting,
    /// Code of the mailbox to which letters go.
    pub mailbox: String,
    /// The lowest one in the standing team answers for the person; 0 does not.
    pub answers: u32,
    /// Whether its standing part ends with the last case it helped with.
    pub is_episodic: bool,
    /// Codes of the roles whose holders may say that their own organization takes it.
    pub held_by: BTreeSet<String>,
    /// Categories of the directory that such organizations offer, to look for them; nothing: any.
    #[serde(default)]
    pub categories: Vec<String>,
}

/// On what it rests that something of a person may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Somebody agreed.
    Consent,
    /// 院内掲示: a notice on the wall, to which nobody objected.
    Notice,
    /// A law.
    Law,
}

impl Basis {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Consent, Self::Notice, Self::Law];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Notice => "notice",
            Self::Law => "law",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Consent => "同意",
            Self::Notice => "院内掲示",
            Self::Law => "法令",
        }
    }
}

/// Something of a person that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// In kanji.
    Name,
    /// In kana.
    Kana,
    /// When they were born.
    Birth,
    /// Sex.
    Sex,
    /// Which organization tells.
    Organization,
    /// On which day it happened.
    Day,
}

/// What consent is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentScope {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
    /// On what it may rest.
    pub bases: BTreeSet<Basis>,
    /// What may be told where nobody agreed.
    pub minimum: BTreeSet<Fact>,
    /// The law.
    pub source: String,
}

impl EmergencyRule {
    /// A record stays open for so long.
    #[must_use]
    pub fn lasts(self) -> Duration {
        Duration::hours(self.hours.into())
    }
}

impl HandoverRule {
    /// A link is good for so long.
    #[must_use]
    pub fn lasts(self) -> Duration {
        Duration::days(self.link_days.into())
    }

    /// For so long after it was opened its files are there.
    #[must_use]
    pub fn keeps_files(self) -> Duration {
        Duration::minutes(self.file_minutes.into())
    }
}

impl PatientRule {
    /// The parts of a care team.
    #[must_use]
    pub fn team_roles(&self) -> &[TeamRole] {
        &self.team_role
    }

    /// The part of this code.
    #[must_use]
    pub fn team_role(&self, code: &str) -> Option<&TeamRole> {
        self.team_role.iter().find(|role| role.code == code)
    }

    /// The parts that the own organization of whoever has this role may take.
    pub fn parts_held_by(&self, role: &str) -> impl Iterator<Item = &TeamRole> {
        let is_theirs = move |part: &&TeamRole| part.held_by.contains(role);
        self.team_role.iter().filter(is_theirs)
    }

    /// The mailbox of a part of a care team; empty where there is no such part.
    #[must_use]
    pub fn mailbox(&self, team_role: &str) -> &str {
        self.team_role(team_role).map_or("", |it| &it.mailbox)
    }

    /// What consent is for.
    #[must_use]
    pub fn consent_scopes(&self) -> &[ConsentScope] {
        &self.consent_scope
    }

    /// The scope of this code.
    #[must_use]
    pub fn consent_scope(&self, code: &str) -> Option<&ConsentScope> {
        self.consent_scope.iter().find(|scope| scope.code == code)
    }

    /// The last day on which a part of a care team sees what ended on `day`. A part that no file knows sees nothing longer.
    #[must_use]
    pub fn access_until(&self, role: &str, day: NaiveDate) -> NaiveDate {
        let setting = self.team_role(role).map(|role| role.setting);
        let lines = self.grace.iter();
        let holding = lines.filter(|it| Some(it.setting) == setting && it.valid_from <= day);
        let newest = holding.max_by_key(|it| it.valid_from);
        day + Days::new(newest.map_or(0, |it| it.days))
    }

    /// What is wrong with it.
    pub(super) fn faults(
        &self,
        mailboxes: &[&MailboxKind],
        roles: &[&Role],
        categories: &BTreeSet<&str>,
    ) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, is, most) in [
            ("hours", u64::from(self.emergency.hours), 72),
            ("reason_length", self.emergency.reason_length as u64, 200),
            ("an_hour", self.look_up.an_hour, 10_000),
            ("a_day_by_table", self.look_up.a_day_by_table, 100_000),
            ("answers", self.look_up.answers, 50),
            ("warned_days", self.certification.warned_days, 366),
            ("link_days", self.handover.link_days.into(), 30),
            ("tries", self.handover.tries.into(), 10),
            ("file_minutes", self.handover.file_minutes.into(), 120),
        ] {
            if !(1..=most).contains(&is) {
                faults.push(format!("{name} は1以上{most}以下です: {is}"));
            }
        }
        if !(6..=8).contains(&self.handover.code_digits) {
            let is = self.handover.code_digits;
            faults.push(format!("code_digits は6以上8以下です: {is}"));
        }
        faults.extend(self.faults_of_grace());
        let parts = self
            .team_role
            .iter()
            .map(|role| ("team_role", &role.code, &role.name));
        let scopes = self
            .consent_scope
            .iter()
            .map(|it| ("consent_scope", &it.code, &it.name));
        let mut seen = BTreeSet::new();
        for (kind, code, name) in parts.chain(scopes) {
            if code.is_empty() || name.trim().is_empty() {
                faults.push(format!("{kind} に空の code か name があります。"));
            }
            if !seen.insert((kind, code)) {
                faults.push(format!("{kind} の「{code}」が二度書かれています。"));
            }
        }
        for role in &self.team_role {
            if !mailboxes.iter().any(|it| it.code == role.mailbox) {
                let (code, mailbox) = (&role.code, &role.mailbox);
                faults.push(format!(
                    "「{code}」の窓口「{mailbox}」は mailboxes.toml にありません。"
                ));
            }
            for category in &role.categories {
                if !categories.contains(category.as_str()) {
                    let code = &role.code;
                    faults.push(format!(
                        "「{code}」の categories「{category}」は categories.toml にありません。"
                    ));
                }
            }
            for held_by in &role.held_by {
                if !roles.iter().any(|it| it.code == *held_by) {
                    let code = &role.code;
                    faults.push(format!(
                        "「{code}」の held_by「{held_by}」は roles.toml にありません。"
                    ));
                }
            }
        }
        for scope in &self.consent_scope {
            if scope.bases.is_empty() || scope.source.trim().is_empty() {
                faults.push(format!("「{}」の bases か source が空です。", scope.code));
            }
            let is_alone = scope.bases.iter().eq([&Basis::Consent]);
            if scope.minimum.is_empty() != is_alone {
                let reason = "同意のほかの根拠があるときは minimum を書き、ないときは空にします。";
                faults.push(format!("「{}」: {reason}", scope.code));
            }
        }
        faults
    }

    fn faults_of_grace(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for line in &self.grace {
            let setting = line.setting.code();
            if line.days > 3_660 {
                faults.push(format!("{setting} の days は3660以下です: {}", line.days));
            }
            if line.reason.trim().is_empty() {
                faults.push(format!("{setting} の reason が空です。"));
            }
            if !seen.insert((line.setting, line.valid_from)) {
                let day = line.valid_from;
                faults.push(format!("{setting} の {day} からの行が二つあります。"));
            }
        }
        for setting in Setting::ALL {
            if self.grace.iter().all(|line| line.setting != setting) {
                faults.push(format!(
                    "setting = \"{}\" の grace がありません。",
                    setting.code()
                ));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definitions;

    #[test]
    fn an_organization_sees_an_episode_for_the_days_of_its_setting() {
        let definitions = Definitions::load(None).unwrap();
        let rule = definitions.patients();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let until = |role| rule.access_until(role, day("2026-11-24"));
        assert_eq!(until("hospital"), day("2026-12-24"));
        assert_eq!(until("care_management"), day("2027-01-23"));
        assert_eq!(until("nobody"), day("2026-11-24"));
        let before = rule.access_until("hospital", day("2026-03-31"));
        assert_eq!(before, day("2026-03-31"), "no line held then");
        assert_eq!(rule.emergency.lasts(), Duration::hours(3));
    }

    #[test]
    fn the_own_rule_is_sound_and_a_wrong_one_is_told() {
        let definitions = Definitions::load(None).unwrap();
        let rule = definitions.patients();
        let mailboxes: Vec<_> = definitions.mailboxes().iter().collect();
        let roles: Vec<_> = definitions.roles().iter().collect();
        let categories = definitions.categories().iter();
        let categories: BTreeSet<&str> = categories.map(|it| &*it.code).collect();
        assert_eq!(
            rule.faults(&mailboxes, &roles, &categories),
            Vec::<String>::new()
        );
        let mut wrong = rule.clone();
        wrong.emergency.hours = 0;
        wrong.handover.code_digits = 4;
        wrong.grace.retain(|line| line.setting != Setting::Home);
        wrong.team_role[0].mailbox = "none".to_owned();
        wrong.team_role[1].code = "hospital".to_owned();
        wrong.team_role[2].held_by.insert("nobody".to_owned());
        wrong.team_role[3].categories.push("nothing".to_owned());
        wrong.consent_scope[1].bases.insert(Basis::Law);
        assert_eq!(
            wrong.faults(&mailboxes, &roles, &categories),
            [
                "hours は1以上72以下です: 0",
                "code_digits は6以上8以下です: 4",
                "setting = \"home\" の grace がありません。",
                "team_role の「hospital」が二度書かれています。",
                "「care_management」の窓口「none」は mailboxes.toml にありません。",
                "「consultation_support」の held_by「nobody」は roles.toml にありません。",
                "「hospital」の categories「nothing」は categories.toml にありません。",
                "「care」: 同意のほかの根拠があるときは minimum を書き、ないときは空にします。",
            ]
        );
    }
}
