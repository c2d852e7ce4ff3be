//! Numbers of legal persons (13 digits) and of long-term care insurers (6 digits).

use super::{WrongCode, ascii, code_as_text, digit, digits, modulus_10_weight_21};

/// A corporate number (法人番号) of the National Tax Agency; its first digit is the check digit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CorporateNumber([u8; 13]);
code_as_text!(CorporateNumber);

impl CorporateNumber {
    const WHAT: &str = "法人番号";

    /// Reads 13 digits.
    ///
    /// # Errors
    /// Wrong length or character, wrong check digit.
    pub fn parse(text: &str) -> Result<Self, WrongCode> {
        let bytes: [u8; 13] = digits(Self::WHAT, text, "13桁")?;
        let check = Self::check_digit(&bytes[1..]);
        if digit(bytes[0]) == check {
            return Ok(Self(bytes));
        }
        Err(WrongCode::CheckDigit {
            what: Self::WHAT,
            value: ascii(&bytes).to_owned(),
            right: format!("{check}{}", ascii(&bytes[1..])),
        })
    }

    /// 9 − (Σ Pₙ Qₙ mod 9), n from the right, Qₙ = 1 where n is odd, else 2 (法人番号の指定等に関する省令第2条).
    fn check_digit(body: &[u8]) -> u32 {
        let sum: u32 = body
            .iter()
            .rev()
            .zip([1, 2].into_iter().cycle())
            .map(|(&byte, weight)| digit(byte) * weight)
            .sum();
        9 - sum % 9
    }
}

/// An insurer of long-term care (介護保険の保険者番号). An insurer is not always a municipality.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InsurerNumber([u8; 6]);
code_as_text!(InsurerNumber);

impl InsurerNumber {
    const WHAT: &str = "保険者番号";

    /// Reads 6 digits, the last of them the check digit.
    ///
    /// # Errors
    /// Wrong length or character, wrong check digit.
    pub fn parse(text: &str) -> Result<Self, WrongCode> {
        let bytes: [u8; 6] = digits(Self::WHAT, text, "6桁")?;
        let check = modulus_10_weight_21(&bytes[..5]);
        if digit(bytes[5]) == check {
            return Ok(Self(bytes));
        }
        Err(WrongCode::CheckDigit {
            what: Self::WHAT,
            value: ascii(&bytes).to_owned(),
            right: format!("{}{check}", ascii(&bytes[..5])),
        })
    }
}
