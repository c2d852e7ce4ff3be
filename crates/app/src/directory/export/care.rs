//! 推奨データセット 介護サービス事業所一覧.

use super::Entry;
use crate::sheet::write::Cell;

/// The publisher's own heads, in their order.
pub(super) const HEADS: [&str; 22] = [
    "都道府県コード又は市区町村コード",
    "NO",
    "都道府県名",
    "市区町村名",
    "介護サービス事業所名称",
    "介護サービス事業所名称_カナ",
    "実施サービス",
    "住所",
    "方書",
    "緯度",
    "経度",
    "電話番号",
    "内線番号",
    "FAX番号",
    "法人番号",
    "法人の名称",
    "事業所番号",
    "利用可能曜日",
    "利用可能曜日特記事項",
    "定員",
    "URL",
    "備考",
];

pub(super) fn row(entry: &Entry<'_>) -> Vec<Cell> {
    let service = &entry.service;
    let [lat, lng] = entry.point();
    let word = entry.category.care_service_names.first();
    let word = word.unwrap_or(&entry.category.name);
    vec![
        entry.area_code(),
        service.id.into(),
        entry.prefecture.into(),
        entry.municipality.into(),
        service.name.as_str().into(),
        Entry::text(service.kana.as_ref()),
        word.as_str().into(),
        Entry::text(service.address.as_ref()),
        Entry::text(service.building.as_ref()),
        lat,
        lng,
        Entry::text(service.phone.as_ref()),
        Cell::Empty,
        Entry::text(entry.extra.fax.as_ref()),
        Entry::text(entry.extra.corporate_number.as_ref()),
        Entry::text(service.organization.as_ref()),
        entry.place_code(),
        entry.hours.days().into(),
        entry.hours_note(),
        service.capacity.into(),
        Entry::text(service.url.as_ref()),
        entry.remark(),
    ]
}
