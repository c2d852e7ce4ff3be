//! What a form asks: sections and items of one version, as its file says. One definition gives page, paper, table and columns.

use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;

use super::Definitions;
use super::fault::Fault;

mod condition;
mod kind;
mod read;

pub use condition::{Computed, Condition};
pub use kind::{Choice, Column, Kind, Measure, Part};

/// One version of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Stable over all versions: the name of the file up to its first dot.
    pub code: String,
    /// 入院時情報提供書.
    pub name: String,
    /// What tells it from the other versions of this code.
    pub version: String,
    /// The first day on which it is begun.
    pub valid_from: NaiveDate,
    /// The last day on which it is begun.
    pub valid_to: Option<NaiveDate>,
    /// Who writes it.
    pub from: String,
    /// Who reads it.
    pub to: String,
    /// Whose form it is, and where it is published.
    pub source: String,
    /// In the order of the paper.
    pub sections: Vec<Section>,
    /// Path within the folder of definitions.
    pub file: String,
    /// The file itself: who keeps what is written keeps this with it, and reads it again by [`Form::parse`].
    pub text: String,
}

/// A part of a form under one heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Stable.
    pub code: String,
    /// As the paper has it.
    pub title: String,
    /// What to know before filling it in.
    pub help: Option<String>,
    /// In the order of the paper.
    pub items: Vec<Item>,
}

/// One question. Its code stands once in a form and keeps its meaning over versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Stable.
    pub code: String,
    /// What is asked.
    pub label: String,
    /// The same where there is little room.
    pub short: Option<String>,
    /// How to answer.
    pub help: Option<String>,
    /// What an answer is.
    pub kind: Kind,
    /// Never to be left empty.
    pub required: bool,
    /// Not to be left empty where this holds.
    pub required_when: Option<Condition>,
    /// Asked only where this holds.
    pub shown_when: Option<Condition>,
    /// Not asked: reckoned.
    pub computed: Option<Computed>,
    /// What is known of it before anybody writes.
    pub prefill: Option<Prefill>,
    /// Whether a new form begins with the answer of the last one.
    pub carried: bool,
}

impl Item {
    /// The label where there is little room.
    #[must_use]
    pub fn short(&self) -> &str {
        self.short.as_ref().unwrap_or(&self.label)
    }
}

impl Form {
    /// Reads one file, alone: nothing in it points outside.
    ///
    /// # Errors
    /// All that is wrong with it, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        read::form(file, text)
    }

    /// The items in the order of the paper.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.sections.iter().flat_map(|section| &section.items)
    }

    /// The item of this code.
    #[must_use]
    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items().find(|item| item.code == code)
    }

    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

impl Definitions {
    /// Every version of every form, in the order of their files.
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// The form `code` as it is begun on `day`.
    pub fn form(&self, code: &str, day: NaiveDate) -> Option<&Form> {
        in_force(&self.forms, code, day)
    }

    /// A certain version of the form `code`.
    pub fn form_version(&self, code: &str, version: &str) -> Option<&Form> {
        let of_it = |form: &&Form| form.code == code && form.version == version;
        self.forms.iter().find(of_it)
    }
}

/// The version of `code` that is begun on `day`: of those that hold, the newest.
#[must_use]
fn in_force<'a>(forms: &'a [Form], code: &str, day: NaiveDate) -> Option<&'a Form> {
    let of_it = forms.iter().filter(|form| form.code == code);
    let holding = of_it.filter(|form| form.holds_on(day));
    holding.max_by_key(|form| form.valid_from)
}

/// No version twice, and no two of one form from the same day.
pub(super) fn among_each_other(forms: &[Form]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, form) in forms.iter().enumerate() {
        let others = forms[..at].iter().filter(|other| other.code == form.code);
        for other in others {
            let what = match () {
                () if other.version == form.version => format!("版「{}」", form.version),
                () if other.valid_from == form.valid_from => {
                    format!("始まりの日（valid_from）{}", form.valid_from)
                }
                () => continue,
            };
            let reason = format!(
                "{what}は {} にもあります。どちらかを変えてください。",
                other.file
            );
            faults.push(Fault::of_file(&form.file, reason));
        }
    }
    faults
}

/// What may be known before anybody writes. The list is closed: a form names nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Prefill {
    /// 氏名.
    PatientName,
    /// ふりがな.
    PatientKana,
    /// 生年月日.
    PatientBornOn,
    /// 性別: `female`, `male` or `other`.
    PatientSex,
    /// 住所.
    PatientAddress,
    /// 電話番号.
    PatientPhone,
    /// 保険者番号.
    InsurerNumber,
    /// 被保険者番号.
    InsuredNumber,
    /// 要介護度: `none`, `applying`, `support_1`, `support_2`, `care_1` to `care_5`, or its word.
    CareLevel,
    /// 認定有効期間の初日.
    CareLevelFrom,
    /// 認定有効期間の末日.
    CareLevelTo,
    /// The writer's organization.
    OrganizationName,
    /// Its telephone.
    OrganizationPhone,
    /// Who writes.
    AccountName,
    /// 病院.
    HospitalName,
    /// 入院日.
    AdmittedOn,
    /// 退院日.
    DischargedOn,
    /// ケアマネジャー.
    CareManagerName,
    /// 居宅介護支援事業所.
    CareManagerOrganization,
    /// Its telephone.
    CareManagerPhone,
    /// かかりつけ医.
    DoctorName,
    /// The day on which the form is begun.
    Today,
}

impl Prefill {
    /// All of them, with what a file calls them.
    pub const ALL: [(Self, &str); 22] = [
        (Self::PatientName, "patient.name"),
        (Self::PatientKana, "patient.kana"),
        (Self::PatientBornOn, "patient.born_on"),
        (Self::PatientSex, "patient.sex"),
        (Self::PatientAddress, "patient.address"),
        (Self::PatientPhone, "patient.phone"),
        (Self::InsurerNumber, "patient.insurer_number"),
        (Self::InsuredNumber, "patient.insured_number"),
        (Self::CareLevel, "patient.care_level"),
        (Self::CareLevelFrom, "patient.care_level_from"),
        (Self::CareLevelTo, "patient.care_level_to"),
        (Self::OrganizationName, "organization.name"),
        (Self::OrganizationPhone, "organization.phone"),
        (Self::AccountName, "account.name"),
        (Self::HospitalName, "hospital.name"),
        (Self::AdmittedOn, "admitted_on"),
        (Self::DischargedOn, "discharged_on"),
        (Self::CareManagerName, "care_manager.name"),
        (Self::CareManagerOrganization, "care_manager.organization"),
        (Self::CareManagerPhone, "care_manager.phone"),
        (Self::DoctorName, "doctor.name"),
        (Self::Today, "today"),
    ];
}

/// A word that stands for nothing known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown variant `{0}`, expected one of {list}", list = known())]
pub struct UnknownPrefill(String);

fn known() -> String {
    Prefill::ALL.map(|(_, code)| code).join(", ")
}

impl TryFrom<String> for Prefill {
    type Error = UnknownPrefill;

    fn try_from(code: String) -> Result<Self, UnknownPrefill> {
        let found = Self::ALL.iter().find(|(_, known)| *known == code);
        found.map(|(key, _)| *key).ok_or(UnknownPrefill(code))
    }
}

impl fmt::Display for Prefill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::ALL.iter().find(|(key, _)| key == self);
        f.write_str(found.map_or("", |(_, code)| code))
    }
}

#[cfg(test)]
mod tests;
