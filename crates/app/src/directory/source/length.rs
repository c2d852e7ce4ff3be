//! How long the texts of a record may be: what a list says beyond that is no name, no address and no remark.

use super::Record;

/// Names of places, offices and legal persons, and their readings; the longest in the public lists has 64.
const NAME_CHARS: usize = 200;
/// An address or a building; the longest in the public lists has 105.
const ADDRESS_CHARS: usize = 300;
/// The address of a page; the longest in the public lists has 94.
const URL_CHARS: usize = 500;
/// A remark; the longest in the public lists has 222.
const NOTE_CHARS: usize = 2_000;
/// What names a record in its list: name and address, where it has no number. PostgreSQL's index takes 2,704 bytes.
const KEY_CHARS: usize = 600;

/// The columns of a record whose texts are too long, with the texts.
pub fn too_long(record: &Record) -> Vec<(&'static str, &str)> {
    let said = &record.said;
    let texts = [
        ("名称", Some(&said.name), NAME_CHARS),
        ("名称", said.service_name.as_ref(), NAME_CHARS),
        ("フリガナ", said.kana.as_ref(), NAME_CHARS),
        ("法人の名称", said.organization.as_ref(), NAME_CHARS),
        ("郵便番号", said.postal_code.as_ref(), NAME_CHARS),
        ("ID", said.medical_net_id.as_ref(), NAME_CHARS),
        ("番号", Some(&record.key), KEY_CHARS),
        ("住所", said.address.as_ref(), ADDRESS_CHARS),
        ("方書", said.building.as_ref(), ADDRESS_CHARS),
        ("URL", said.url.as_ref(), URL_CHARS),
        ("特記事項", said.hours_note.as_ref(), NOTE_CHARS),
    ];
    let mut found: Vec<(&str, &str)> = texts
        .into_iter()
        .filter_map(|(column, text, most)| Some((column, text?.as_str(), most)))
        .filter(|(_, text, most)| is_longer(text, *most))
        .map(|(column, text, _)| (column, text))
        .collect();
    // The name of a service is mostly that of its place.
    found.dedup();
    found
}

/// Counts the characters only where there are bytes enough.
fn is_longer(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().nth(most).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::source::Said;

    #[test]
    fn each_field_has_its_own_length_in_characters() {
        let said = Said {
            name: "名".repeat(200),
            service_name: Some("名".repeat(200)),
            address: Some("町".repeat(300)),
            hours_note: Some("注".repeat(2_000)),
            ..Said::default()
        };
        let mut record = Record {
            rows: Vec::new(),
            scope: String::new(),
            key: "1".to_owned(),
            said,
        };
        assert_eq!(too_long(&record), []);
        record.said.name.push('a');
        record.said.service_name = Some(record.said.name.clone());
        record.said.hours_note = Some("注".repeat(2_001));
        let columns: Vec<&str> = too_long(&record)
            .iter()
            .map(|(column, _)| *column)
            .collect();
        assert_eq!(columns, ["名称", "特記事項"]);
    }
}
