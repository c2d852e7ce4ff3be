//! Numbers by which a patient is known: of long-term care insurance, and of each hospital's own records.

use keniki_base::code::InsurerNumber;
use keniki_base::id::OrganizationId;
use keniki_base::text::squeeze;

/// A number of somebody. Nobody needs one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// 介護保険の被保険者番号.
    CareInsurance {
        /// 保険者番号.
        insurer: InsurerNumber,
        /// Ten digits.
        number: String,
    },
    /// 診療録の番号（患者番号）.
    MedicalRecord {
        /// Whose records.
        organization: OrganizationId,
        /// As that hospital writes it.
        number: String,
    },
}

/// Why a text is no number. `Display` is a Japanese sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongNumber {
    /// 被保険者番号.
    #[error("被保険者番号「{0}」は10桁の数字で書いてください（生活保護の方はHと9桁）。")]
    Insured(String),
    /// 患者番号.
    #[error("患者番号「{0}」は、英数字とハイフンの20文字までで書いてください。")]
    Medical(String),
}

/// 被保険者番号 as it is kept. Who lives on public assistance and is not insured has H and nine digits
/// (介護給付費請求書等の記載要領).
///
/// # Errors
/// [`WrongNumber::Insured`].
pub fn insured_number(text: &str) -> Result<String, WrongNumber> {
    let number = plain(text);
    let digits = number.strip_prefix('H').unwrap_or(&number);
    let is_number = number.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        .then_some(number)
        .ok_or_else(|| WrongNumber::Insured(text.trim().to_owned()))
}

fn plain(text: &str) -> String {
    squeeze(text).replace(' ', "").to_ascii_uppercase()
}

impl Identifier {
    /// Reads a number of long-term care insurance.
    ///
    /// # Errors
    /// A check digit that does not hold, or [`WrongNumber`].
    pub fn care_insurance(insurer: &str, number: &str) -> Result<Self, super::PatientError> {
        Ok(Self::CareInsurance {
            insurer: InsurerNumber::parse(insurer)?,
            number: insured_number(number)?,
        })
    }

    /// Reads a hospital's own number.
    ///
    /// # Errors
    /// [`WrongNumber`].
    pub fn medical_record(organization: OrganizationId, text: &str) -> Result<Self, WrongNumber> {
        let number = plain(text);
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if number.is_empty() || number.len() > 20 || !number.bytes().all(is_sign) {
            return Err(WrongNumber::Medical(text.trim().to_owned()));
        }
        Ok(Self::MedicalRecord {
            organization,
            number,
        })
    }

    /// `care_insurance` or `medical_record`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CareInsurance { .. } => "care_insurance",
            Self::MedicalRecord { .. } => "medical_record",
        }
    }

    /// The number alone.
    #[must_use]
    pub fn number(&self) -> &str {
        match self {
            Self::CareInsurance { number, .. } | Self::MedicalRecord { number, .. } => number,
        }
    }

    /// The same for who compares: hospitals write 00123 and 123 of one patient.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let bare = |it: &Self| it.number().trim_start_matches('0').to_owned();
        match (self, other) {
            (
                Self::MedicalRecord {
                    organization: a, ..
                },
                Self::MedicalRecord {
                    organization: b, ..
                },
            ) => a == b && bare(self) == bare(other),
            _ => self == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_and_a_wrong_one_named() {
        assert_eq!(
            insured_number(" １２３４５６７８９０ ").unwrap(),
            "1234567890"
        );
        assert_eq!(insured_number("h000000001").unwrap(), "H000000001");
        for wrong in ["", "123456789", "12345678901", "H00000000H", "12345'6789"] {
            assert!(insured_number(wrong).is_err(), "{wrong}");
        }
        let of = |text| Identifier::medical_record(OrganizationId::new(1), text);
        assert!(of("00-123a").unwrap().is_same(&of("0-123A").unwrap()));
        for wrong in ["", "患者1", "1;drop", &"1".repeat(21)] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        let wrong = Identifier::care_insurance("312024", "1234567890").map(|it| it.kind());
        let right = Identifier::care_insurance("312025", "1234567890").map(|it| it.kind());
        assert!(
            wrong.is_ok() != right.is_ok() || wrong.is_err(),
            "one check digit holds at most"
        );
    }
}
