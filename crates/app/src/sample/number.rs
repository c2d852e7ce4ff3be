//! Invented telephone numbers and codes that nobody has.

use keniki_base::code::PlaceCode;

use super::mix::{CLINIC, DENTAL, HOSPITAL, PHARMACY, SUPPORT_CENTER, VISITING_NURSING, What};
use super::region::Region;

/// Hands out numbers of one area, each once.
#[derive(Debug)]
pub struct Numbers {
    prefix: String,
    first_district: u32,
    next_code: u32,
    next_phone: u64,
}

/// Telephone numbers set aside for each area.
const PHONES_PER_AREA: u64 = 4_000;
/// Numbers behind one area code.
const LOCAL_NUMBERS: u64 = 800_000;

impl Numbers {
    /// The numbers of area number `index`.
    pub fn new(region: &Region, index: u32) -> Self {
        let number_in_prefecture = index % super::land::AREAS_PER_PREFECTURE;
        Self {
            prefix: region.prefecture.to_string(),
            first_district: 10 + 5 * number_in_prefecture,
            next_code: 0,
            next_phone: u64::from(index) * PHONES_PER_AREA,
        }
    }

    /// `040N-NN-NNNN`: 040 is no area code.
    pub fn phone(&mut self, municipality: usize) -> String {
        let area_code = (self.next_phone / LOCAL_NUMBERS + municipality as u64) % 9 + 1;
        // A prime that has no factor with their count walks through all local numbers.
        let local = 200_000 + self.next_phone * 7_919 % LOCAL_NUMBERS;
        self.next_phone += 1;
        format!("040{area_code}-{:02}-{:04}", local / 10_000, local % 10_000)
    }

    /// A code of ten characters with its check digit, third of them `letter`.
    pub fn code(&mut self, letter: char, municipality: usize) -> PlaceCode {
        self.next_code += 1;
        let body = format!(
            "{}{letter}{:02}{:04}",
            self.prefix,
            self.first_district + municipality as u32,
            self.next_code
        );
        let with = |check: u32| {
            PlaceCode::parse(&format!("{body}{check}"))
                .expect("ten characters of a free prefecture")
        };
        (0..10)
            .map(with)
            .find(|code| code.check_digit_holds() != Some(false))
            .expect("one of ten digits is right")
    }
}

/// The third character of the codes of a kind: 点数表 of an institution, else that of care offices.
pub fn code_letter(what: What) -> Option<char> {
    match what {
        HOSPITAL | CLINIC => Some('1'),
        DENTAL => Some('3'),
        PHARMACY => Some('4'),
        VISITING_NURSING => Some('6'),
        SUPPORT_CENTER => Some('0'),
        What::Care("510" | "520") => Some('5'),
        What::Care("550") => Some('B'),
        What::Care("320" | "361" | "540" | "710" | "720" | "730" | "760" | "770" | "780") => {
            Some('9')
        }
        What::Care(_) => Some('7'),
        What::Institution(_) | What::Category(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use keniki_base::text::phone_key;

    use super::*;

    #[test]
    fn telephone_numbers_are_well_formed_unassigned_and_never_twice() {
        let region = Region::draw(1, 0);
        let mut seen = HashSet::new();
        for index in [0, 1, 199, 200, 639] {
            let mut numbers = Numbers::new(&region, index);
            for n in 0..PHONES_PER_AREA {
                let phone = numbers.phone(n as usize % 5);
                assert!(phone_key(&phone).is_some(), "{phone}");
                assert!(phone.starts_with("040") && seen.insert(phone));
            }
        }
    }

    #[test]
    fn codes_have_their_check_digit_and_an_invented_prefecture() {
        let region = Region::draw(1, 0);
        let mut numbers = Numbers::new(&region, 0);
        let mut seen = HashSet::new();
        for letter in "134679057".chars() {
            let code = numbers.code(letter, 2);
            assert_eq!(code.check_digit_holds(), Some(true));
            assert!(code.prefecture().is_invented() && seen.insert(code));
        }
        assert_eq!(&numbers.code('B', 0).as_str()[2..3], "B");
    }
}
