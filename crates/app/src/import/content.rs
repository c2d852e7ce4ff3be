//! What a record says, field by field, as its kept text has it: what two editions of it differ in.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// So many changed records of a file are told field by field.
pub const CHANGES_TOLD: usize = 1_000;

/// A record that a newer edition of its list tells otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Name of the institution or office.
    pub name: String,
    /// The fields that differ.
    pub fields: Vec<ChangedField>,
}

/// A field of both editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedField {
    /// Name of the field.
    pub field: String,
    /// Before; `None` where the list did not tell it.
    pub before: Option<Value>,
    /// Now.
    pub after: Option<Value>,
}

impl Changed {
    /// From the kept texts of both editions.
    pub(crate) fn of(before: &str, after: &str) -> Self {
        let (before, after) = (fields(before), fields(after));
        let field = |field: String| ChangedField {
            before: before.get(&field).cloned(),
            after: after.get(&field).cloned(),
            field,
        };
        Self {
            name: name_of(&after),
            fields: differing(&before, &after).into_iter().map(field).collect(),
        }
    }
}

/// A value as a form shows it; none where it is no text and no number.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(crate) fn fields(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap_or_default()
}

pub(crate) fn differing(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect()
}

pub(super) fn name_of(content: &Map<String, Value>) -> String {
    content
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// A field's name as the lists print it.
pub fn field_name(field: &str) -> &str {
    match field {
        "name" => "名称",
        "kana" => "フリガナ",
        "organization" => "法人の名称",
        "corporate_number" => "法人番号",
        "postal_code" => "郵便番号",
        "address" => "住所",
        "building" => "方書",
        "municipality" => "市区町村",
        "lat" => "緯度",
        "lng" => "経度",
        "phone" => "電話番号",
        "fax" => "FAX番号",
        "url" => "URL",
        "place_code" => "番号",
        "joined_code" => "併設医療機関番号",
        "medical_net_id" => "医療情報ネットのID",
        "category" => "種類",
        "service_name" => "サービスの名称",
        "capacity" => "定員・病床数",
        "hours" => "曜日と時間",
        "hours_note" => "曜日と時間の特記事項",
        "capabilities" => "できること",
        "withdrawn" => "できなくなったこと",
        "status" => "状態",
        "closed_on" => "廃止した日",
        "filings" => "施設基準の届出",
        "figures" => "報告された数値",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::source::Said;

    #[test]
    fn what_changed_is_told_field_by_field() {
        let changed = Changed::of(
            r#"{"name":"みほん医院","phone":"0859-00-0001","fax":"0859-00-0002"}"#,
            r#"{"name":"みほん医院","phone":"0859-00-0003","fax":"0859-00-0002","capacity":19}"#,
        );
        assert_eq!(changed.name, "みほん医院");
        let told: Vec<_> = changed
            .fields
            .iter()
            .map(|it| (it.field.as_str(), it.before.clone(), it.after.clone()))
            .collect();
        assert_eq!(
            told,
            [
                ("capacity", None, Some(19.into())),
                (
                    "phone",
                    Some("0859-00-0001".into()),
                    Some("0859-00-0003".into())
                ),
            ]
        );
    }

    /// A field that is added to what lists say gets a name for people.
    #[test]
    fn every_field_that_is_kept_has_a_name() {
        let text = format!("{:?}", Said::default());
        let names = text
            .trim_start_matches("Said { ")
            .split(", ")
            .filter_map(|part| part.split_once(": "))
            .map(|(name, _)| name);
        let nameless: Vec<&str> = names.filter(|name| field_name(name) == *name).collect();
        assert_eq!(nameless, Vec::<&str>::new());
    }
}
