//! The 10 characters that name an insured institution or a care office.

use super::{
    PrefectureCode, WrongCode, ascii, code_as_text, digit, digits, modulus_10_weight_21, plain,
};

/// What an insured institution is registered as (点数表), the third digit of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstitutionKind {
    /// 医科, 1.
    Medical,
    /// 保険外の健診機関, 2.
    UninsuredCheck,
    /// 歯科, 3.
    Dental,
    /// 調剤, 4.
    Pharmacy,
    /// 訪問看護, 6.
    Nursing,
}

impl InstitutionKind {
    /// The digit in the code.
    pub const fn digit(self) -> char {
        match self {
            Self::Medical => '1',
            Self::UninsuredCheck => '2',
            Self::Dental => '3',
            Self::Pharmacy => '4',
            Self::Nursing => '6',
        }
    }

    /// The word of the public lists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Medical => "医科",
            Self::UninsuredCheck => "健診",
            Self::Dental => "歯科",
            Self::Pharmacy => "薬局",
            Self::Nursing => "訪問看護",
        }
    }
}

/// What the third character of a [`PlaceCode`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceKind {
    /// An insured institution, and the care office it is deemed to be (みなし指定).
    Institution(InstitutionKind),
    /// A care office with a number of its own (5, 7, 8, 9, 0, or a letter as in 介護医療院's `B`).
    CareOffice,
}

/// The code of an insured institution (prefecture 2 + kind 1 + number 7) or the number of a care office.
///
/// One type for both, since a hospital's deemed care office carries the hospital's own ten digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceCode([u8; 10]);
code_as_text!(PlaceCode);

/// A [`PlaceCode`] met in a list of insured institutions.
pub type InstitutionCode = PlaceCode;
/// A [`PlaceCode`] met in a list of care offices.
pub type CareOfficeNumber = PlaceCode;

impl PlaceCode {
    const WHAT: &str = "医療機関コード・事業所番号";
    const NUMBER: &str = "医療機関番号";

    /// Reads 10 digits or capital letters that begin with a prefecture. Blanks, commas and hyphens inside
    /// are dropped.
    ///
    /// # Errors
    /// Wrong length or character, no such prefecture. The check digit is not asked for: see
    /// [`Self::check_digit_holds`].
    pub fn parse(text: &str) -> Result<Self, WrongCode> {
        let value = without_marks(text).to_ascii_uppercase();
        if value.is_empty() {
            return Err(WrongCode::Empty { what: Self::WHAT });
        }
        let wrong = |(at, c): &(usize, char)| {
            if *at < 2 {
                !c.is_ascii_digit()
            } else {
                !c.is_ascii_alphanumeric()
            }
        };
        if let Some((_, found)) = value.chars().enumerate().find(wrong) {
            return Err(WrongCode::Character {
                what: Self::WHAT,
                value,
                found,
            });
        }
        let bytes: [u8; 10] = value.as_bytes().try_into().map_err(|_| WrongCode::Length {
            what: Self::WHAT,
            value: value.clone(),
            expected: "10桁",
            found: value.len(),
        })?;
        PrefectureCode::leading(Self::WHAT, &value, [bytes[0], bytes[1]])?;
        Ok(Self(bytes))
    }

    /// Puts together what the lists of filings print apart: a number of 7 digits is unique only within a
    /// prefecture and kind. Six digits are taken as seven whose leading zero a spreadsheet lost.
    ///
    /// # Errors
    /// `seven` has another length or other characters.
    pub fn from_parts(
        prefecture: PrefectureCode,
        kind: InstitutionKind,
        seven: &str,
    ) -> Result<Self, WrongCode> {
        let number = without_marks(seven);
        let number = if number.len() == 6 {
            format!("0{number}")
        } else {
            number
        };
        let number: [u8; 7] = digits(Self::NUMBER, &number, "7桁")?;
        let mut bytes = [b'0'; 10];
        bytes[..2].copy_from_slice(&prefecture.bytes());
        bytes[2] = kind.digit() as u8;
        bytes[3..].copy_from_slice(&number);
        Ok(Self(bytes))
    }

    /// The prefecture that gave the code.
    pub fn prefecture(self) -> PrefectureCode {
        PrefectureCode::of([self.0[0], self.0[1]])
    }

    /// What the third character says.
    pub fn kind(self) -> PlaceKind {
        match self.0[2] {
            b'1' => PlaceKind::Institution(InstitutionKind::Medical),
            b'2' => PlaceKind::Institution(InstitutionKind::UninsuredCheck),
            b'3' => PlaceKind::Institution(InstitutionKind::Dental),
            b'4' => PlaceKind::Institution(InstitutionKind::Pharmacy),
            b'6' => PlaceKind::Institution(InstitutionKind::Nursing),
            _ => PlaceKind::CareOffice,
        }
    }

    /// The kind, where the code is an insured institution's.
    pub fn institution(self) -> Option<InstitutionKind> {
        match self.kind() {
            PlaceKind::Institution(kind) => Some(kind),
            PlaceKind::CareOffice => None,
        }
    }

    /// The last 7 characters, the number within prefecture and kind.
    pub fn number(&self) -> &str {
        ascii(&self.0[3..])
    }

    /// Whether the tenth digit is the check digit of the nine before it; `None` where there are letters.
    ///
    /// It holds for every institution of the public lists at hand, but not for every care office, so it
    /// makes a warning and refuses nothing.
    pub fn check_digit_holds(self) -> Option<bool> {
        let (last, body) = self.0.split_last().expect("ten characters");
        self.0
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digit(*last) == modulus_10_weight_21(body))
    }
}

/// The code without the marks people put into it.
fn without_marks(text: &str) -> String {
    plain(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '-' | '.' | '・' | '‐' | '−'))
        .collect()
}
