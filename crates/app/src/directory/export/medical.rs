//! 推奨データセット 医療機関一覧.

use super::Entry;
use crate::sheet::write::Cell;

/// The publisher's own heads, in their order.
pub(super) const HEADS: [&str; 26] = [
    "都道府県コード又は市区町村コード",
    "NO",
    "都道府県名",
    "市区町村名",
    "名称",
    "名称_カナ",
    "医療機関の種類",
    "住所",
    "方書",
    "緯度",
    "経度",
    "電話番号",
    "内線番号",
    "FAX番号",
    "法人番号",
    "法人の名称",
    "医療機関コード",
    "診療曜日",
    "診療開始時間",
    "診療終了時間",
    "診療日時特記事項",
    "時間外における対応",
    "診療科目",
    "病床数",
    "URL",
    "備考",
];

pub(super) fn row(entry: &Entry<'_>) -> Vec<Cell> {
    let service = &entry.service;
    let [lat, lng] = entry.point();
    let (opens, closes) = entry.hours.span().unzip();
    vec![
        entry.area_code(),
        service.id.into(),
        entry.prefecture.into(),
        entry.municipality.into(),
        service.name.as_str().into(),
        Entry::text(service.kana.as_ref()),
        kind(entry).into(),
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
        opens.into(),
        closes.into(),
        entry.hours_note(),
        Cell::Empty,
        Cell::Empty,
        service.capacity.into(),
        Entry::text(service.url.as_ref()),
        entry.remark(),
    ]
}

/// 有床 and 無床 only where the number of beds is known.
fn kind(entry: &Entry<'_>) -> String {
    let words = entry.category.institution_kinds.get("standard_medical");
    let plain = words
        .and_then(|words| words.first())
        .unwrap_or(&entry.category.name);
    match (entry.category.code.as_str(), entry.service.capacity) {
        ("clinic", Some(0)) => "無床診療所".to_owned(),
        ("clinic", Some(_)) => "有床診療所".to_owned(),
        _ => plain.clone(),
    }
}
