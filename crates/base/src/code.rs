//! Codes of the public lists as types: once parsed, a code has its length, its characters and its
//! check digit right.
//!
//! Every type takes full-width digits and surrounding blanks, and writes plain half-width text.

mod area;
mod number;
mod place;

use std::borrow::Cow;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

pub use area::{AreaCode, AreaRef, MunicipalityCode, PrefectureCode};
pub use number::{CorporateNumber, InsurerNumber};
pub use place::{CareOfficeNumber, InstitutionCode, InstitutionKind, PlaceCode, PlaceKind};

/// Why a text is not the code it should be. `what` is the code's Japanese name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrongCode {
    /// Nothing but blanks.
    #[error("{what}が空です")]
    Empty {
        /// Which code was expected.
        what: &'static str,
    },
    /// Too short or too long.
    #[error("{what}「{value}」は{expected}でなければなりません（{found}桁です）")]
    Length {
        /// Which code was expected.
        what: &'static str,
        /// The text as given.
        value: String,
        /// The lengths allowed, in words.
        expected: &'static str,
        /// How many characters there are.
        found: usize,
    },
    /// A character that has no place there.
    #[error("{what}「{value}」に使えない文字「{found}」があります")]
    Character {
        /// Which code was expected.
        what: &'static str,
        /// The text as given.
        value: String,
        /// The first wrong character.
        found: char,
    },
    /// The first two digits name no prefecture.
    #[error("{what}「{value}」の都道府県番号「{found}」はありません（01～47）")]
    Prefecture {
        /// Which code was expected.
        what: &'static str,
        /// The text as given.
        value: String,
        /// The two digits.
        found: String,
    },
    /// The check digit does not fit the rest.
    #[error("{what}「{value}」の検査数字が合いません（正しくは「{right}」）")]
    CheckDigit {
        /// Which code was expected.
        what: &'static str,
        /// The text as given.
        value: String,
        /// The whole code with the right check digit.
        right: String,
    },
}

/// The half-width form of what was typed, without blanks around it.
fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfkc().collect())
    }
}

/// Takes exactly `N` digits.
fn digits<const N: usize>(
    what: &'static str,
    text: &str,
    expected: &'static str,
) -> Result<[u8; N], WrongCode> {
    let value = plain(text);
    let value = value.trim();
    if value.is_empty() {
        return Err(WrongCode::Empty { what });
    }
    if let Some(found) = value.chars().find(|c| !c.is_ascii_digit()) {
        return Err(WrongCode::Character {
            what,
            value: value.to_owned(),
            found,
        });
    }
    value.as_bytes().try_into().map_err(|_| WrongCode::Length {
        what,
        value: value.to_owned(),
        expected,
        found: value.len(),
    })
}

/// The value of an ASCII digit.
const fn digit(byte: u8) -> u32 {
    (byte - b'0') as u32
}

/// ASCII bytes as text.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("codes hold ASCII only")
}

/// Check digit "modulus 10, weights 2 and 1 from the right, digits of the products summed", as used by
/// insurers' numbers and by the codes of insured institutions.
fn modulus_10_weight_21(body: &[u8]) -> u32 {
    let sum: u32 = body
        .iter()
        .rev()
        .zip([2, 1].into_iter().cycle())
        .map(|(&byte, weight)| digit(byte) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    (10 - sum % 10) % 10
}

/// Gives a code over a byte array its text, in every way Rust and serde ask for it. The type has
/// `parse(&str) -> Result<Self, WrongCode>` of its own.
macro_rules! code_as_text {
    ($name:ident) => {
        impl $name {
            /// The code as plain text.
            pub fn as_str(&self) -> &str {
                $crate::code::ascii(&self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::code::WrongCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
use code_as_text;

#[cfg(test)]
mod tests;
