//! What is said of a patient, whole: what is registered, shown, changed and compared.

use chrono::NaiveDate;
use keniki_base::id::OrganizationId;
use keniki_base::text::{format_phone, squeeze};

use super::birth::Birth;
use super::identifier::Identifier;
use super::level::Certified;
use super::name::{self, Name, Use};
use super::{PatientError, in_order, text};

/// Sex, as FHIR's administrative gender has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
    /// Neither.
    Other,
    /// Not known.
    Unknown,
}

impl Sex {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Male, Self::Female, Self::Other, Self::Unknown];

    /// As the database has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }

    /// The one of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sex| sex.code() == code)
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
            Self::Other => "その他",
            Self::Unknown => "不明",
        }
    }
}

/// Where somebody lives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// Seven digits, as typed.
    pub postal_code: Option<String>,
    /// Five digits.
    pub municipality_code: Option<String>,
    /// As typed.
    pub address: Option<String>,
    /// With hyphens.
    pub phone: Option<String>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// One of them in the register.
    pub names: Vec<Name>,
    /// Sex.
    pub sex: Sex,
    /// When they were born.
    pub birth: Birth,
    /// When they died.
    pub died_on: Option<NaiveDate>,
    /// Where they live.
    pub home: Home,
    /// Numbers; may be none.
    pub identifiers: Vec<Identifier>,
    /// 要介護度; may be none.
    pub levels: Vec<Certified>,
}

impl Record {
    /// The name in the register, or else the first one.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        let official = self.names.iter().find(|it| it.used_as == Use::Official);
        official.or(self.names.first())
    }

    /// The hospital's own number of this patient.
    pub fn medical_records(&self) -> impl Iterator<Item = (OrganizationId, &str)> {
        self.identifiers.iter().filter_map(|it| match it {
            Identifier::MedicalRecord {
                organization,
                number,
            } => Some((*organization, &**number)),
            Identifier::CareInsurance { .. } => None,
        })
    }

    /// The same as it is kept, where all of it can be so.
    pub(super) fn checked(mut self, today: NaiveDate) -> Result<Self, PatientError> {
        name::one_official(&self.names)?;
        let is_early = |day: NaiveDate| day < self.birth.born.first() || day > today;
        if self.died_on.is_some_and(is_early) {
            return Err(PatientError::WrongDeath);
        }
        for level in &self.levels {
            in_order("要介護度の期間", level.valid_from, level.valid_to)?;
        }
        let plain = |what, typed: Option<&String>, most| {
            text(what, &squeeze(typed.map_or("", |it| it)), most)
        };
        let phone = plain("電話番号", self.home.phone.as_ref(), 30)?;
        self.home = Home {
            postal_code: plain("郵便番号", self.home.postal_code.as_ref(), 10)?,
            municipality_code: plain("市町村", self.home.municipality_code.as_ref(), 5)?,
            address: plain("住所", self.home.address.as_ref(), 200)?,
            phone: phone.map(|phone| format_phone(&phone)),
        };
        self.names.sort();
        self.names.dedup();
        self.identifiers.sort();
        self.identifiers.dedup();
        self.levels.sort();
        self.levels.dedup();
        Ok(self)
    }
}
