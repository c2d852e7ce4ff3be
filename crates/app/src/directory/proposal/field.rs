//! The fields that an office may want to be said otherwise, and what may stand in them.

use keniki_base::text::{format_phone, phone_key, squeeze};

use super::Texts;
use crate::directory::source::Said;
use crate::import::content::field_name;

/// The fields, in the order of the form.
pub const FIELDS: [&str; 10] = [
    "phone",
    "fax",
    "url",
    "service_name",
    "kana",
    "postal_code",
    "address",
    "building",
    "capacity",
    "hours_note",
];

/// How long a text may be.
const LONGEST: usize = 300;

/// A value that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{name}」を読み取れません。{how}")]
pub struct WrongField {
    /// Code of the field.
    pub field: String,
    /// As people call it.
    pub name: String,
    /// How it is written.
    pub how: &'static str,
}

/// A text as it is kept: half-width where it is a number, without blanks around it. Empty texts stay empty.
pub(super) fn tidy(field: &str, typed: &str) -> Result<String, WrongField> {
    let wrong = |how| WrongField {
        field: field.to_owned(),
        name: field_name(field).to_owned(),
        how,
    };
    let text = squeeze(typed);
    if text.is_empty() {
        return Ok(text);
    }
    if text.chars().count() > LONGEST || text.contains(char::is_control) {
        return Err(wrong("300文字までで書いてください。"));
    }
    match field {
        "phone" | "fax" => match phone_key(&text) {
            Some(_) => Ok(format_phone(&text)),
            None => Err(wrong("0859-00-0000 のように書いてください。")),
        },
        "url" => match text.starts_with("https://") || text.starts_with("http://") {
            true => Ok(text),
            false => Err(wrong("https:// から書いてください。")),
        },
        "capacity" => match text.replace(',', "").parse::<u32>() {
            Ok(number) if number <= 100_000 => Ok(number.to_string()),
            _ => Err(wrong("0以上の数で書いてください。")),
        },
        "postal_code" => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            match digits.len() {
                7 => Ok(format!("{}-{}", &digits[..3], &digits[3..])),
                _ => Err(wrong("683-0000 のように書いてください。")),
            }
        }
        _ => Ok(text),
    }
}

/// Puts the fields into what an office says; an empty one gives up what it said.
pub(super) fn put(said: &mut Said, fields: &Texts) {
    for (field, text) in fields {
        let value = Some(text.clone()).filter(|text| !text.is_empty());
        match field.as_str() {
            "phone" => said.phone = value,
            "fax" => said.fax = value,
            "url" => said.url = value,
            "service_name" => said.service_name = value,
            "kana" => said.kana = value,
            "postal_code" => said.postal_code = value,
            "address" => said.address = value,
            "building" => said.building = value,
            "capacity" => said.capacity = value.and_then(|text| text.parse().ok()),
            "hours_note" => said.hours_note = value,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_tidied_or_told_how_to_write() {
        for (field, typed, kept) in [
            ("phone", "０８５９（３３）１２３４", "0859-33-1234"),
            ("capacity", "１,２００", "1200"),
            ("postal_code", "6830001", "683-0001"),
            ("kana", " ミナトイイン ", "ミナトイイン"),
            ("url", "", ""),
        ] {
            assert_eq!(tidy(field, typed).as_deref(), Ok(kept), "{field}");
        }
        for (field, typed) in [
            ("phone", "みなと"),
            ("url", "javascript:alert(1)"),
            ("capacity", "-1"),
            ("postal_code", "683"),
            ("hours_note", &*"長".repeat(301)),
        ] {
            let wrong = tidy(field, typed).unwrap_err();
            assert!(wrong.to_string().contains(field_name(field)), "{wrong}");
        }
    }

    #[test]
    fn every_field_can_be_said_and_given_up() {
        for field in FIELDS {
            let mut said = Said::default();
            put(
                &mut said,
                &Texts::from([(field.to_owned(), "12".to_owned())]),
            );
            assert_ne!(said, Said::default(), "{field}");
            put(&mut said, &Texts::from([(field.to_owned(), String::new())]));
            assert_eq!(said, Said::default(), "{field}");
        }
    }
}
