//! The number of a handover for FAX, telephone and the code on paper: it says nothing of anybody, and a wrong digit is noticed.

use keniki_base::id::HandoverId;

/// `000123-0`: the number and a check digit (Luhn, ISO/IEC 7812-1).
#[must_use]
pub fn of(id: HandoverId) -> String {
    let digits = format!("{:06}", id.get());
    format!("{digits}-{}", check_digit(&digits))
}

/// The handover of a number as somebody typed or scanned it.
#[must_use]
pub fn read(typed: &str) -> Option<HandoverId> {
    let typed = keniki_base::text::squeeze(typed);
    let kept = typed.chars().filter(|c| !" -‐－ー".contains(*c));
    let digits: String = kept.collect();
    let (number, check) = digits.split_at_checked(digits.len().checked_sub(1)?)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit()) && number.len() >= 6;
    let is_right = is_number && check_digit(number).to_string() == check;
    let id: i64 = number.parse().ok().filter(|_| is_right)?;
    Some(id.into())
}

fn check_digit(digits: &str) -> u32 {
    let doubled = |(at, byte): (usize, u8)| {
        let digit = u32::from(byte - b'0');
        match at % 2 {
            0 => digit * 2 / 10 + digit * 2 % 10,
            _ => digit,
        }
    };
    let sum: u32 = digits.bytes().rev().enumerate().map(doubled).sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_the_standard() {
        assert_eq!(check_digit("7992739871"), 3, "the standard's example");
        assert_eq!(of(123.into()), "000123-0");
    }

    #[test]
    fn a_number_is_read_however_it_is_typed_and_a_wrong_digit_is_noticed() {
        for id in [1, 123, 999_999, 12_345_678] {
            let number = of(id.into());
            assert_eq!(read(&number), Some(id.into()));
            let plain = number.replace('-', "");
            assert_eq!(read(&format!(" {plain} ")), Some(id.into()));
            for at in 0..plain.len() {
                let digit = &plain[at..=at];
                let other = if digit == "9" {
                    "0".to_owned()
                } else {
                    (digit.parse::<u8>().unwrap() + 1).to_string()
                };
                let wrong = format!("{}{other}{}", &plain[..at], &plain[at + 1..]);
                assert_eq!(read(&wrong), None, "{wrong}");
            }
        }
        assert_eq!(read("０００１２３－０"), Some(123.into()));
        for wrong in [
            "",
            "0",
            "00",
            "000123",
            "x00123-0",
            "000123-x",
            "あ",
            "99999999999999999999-0",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
