//! Our own columns: whatever there is, in plain words.

use super::Entry;
use crate::sheet::write::Cell;

pub(super) const HEADS: [&str; 23] = [
    "NO",
    "分野",
    "種類",
    "名称",
    "名称_カナ",
    "事業所名",
    "法人の名称",
    "市区町村コード",
    "都道府県名",
    "市区町村名",
    "住所",
    "方書",
    "緯度",
    "経度",
    "位置の精度",
    "電話番号",
    "FAX番号",
    "URL",
    "定員・病床数",
    "できること",
    "状態",
    "最終確認日",
    "情報源",
];

pub(super) fn row(entry: &Entry<'_>) -> Vec<Cell> {
    let service = &entry.service;
    let view = entry.definitions.view(&entry.category.view);
    vec![
        service.id.into(),
        view.map(|view| view.name.as_str()).into(),
        entry.category.name.as_str().into(),
        service.name.as_str().into(),
        Entry::text(service.kana.as_ref()),
        service.site.as_str().into(),
        Entry::text(service.organization.as_ref()),
        entry.area_code(),
        entry.prefecture.into(),
        entry.municipality.into(),
        Entry::text(service.address.as_ref()),
        Entry::text(service.building.as_ref()),
        service.point.map(|point| point.lat).into(),
        service.point.map(|point| point.lng).into(),
        precision(&service.precision).into(),
        Entry::text(service.phone.as_ref()),
        Entry::text(entry.extra.fax.as_ref()),
        Entry::text(service.url.as_ref()),
        service.capacity.into(),
        capabilities(entry).into(),
        status(&service.status).into(),
        service
            .last_assured
            .as_ref()
            .map(|assured| assured.on.as_str())
            .into(),
        sources(entry).into(),
    ]
}

fn precision(code: &str) -> &'static str {
    match code {
        "exact" => "所在地",
        "town" => "町字の中心",
        _ => "不明",
    }
}

fn status(code: &str) -> &'static str {
    match code {
        "suspended" => "休止中",
        "closed" => "廃止",
        _ => "活動中",
    }
}

fn capabilities(entry: &Entry<'_>) -> Option<String> {
    let names = entry
        .service
        .capabilities
        .iter()
        .filter_map(|code| entry.definitions.capability(code));
    let names: Vec<&str> = names
        .filter(|it| it.resident_visible)
        .map(|it| it.name.as_str())
        .collect();
    (!names.is_empty()).then(|| names.join(";"))
}

fn sources(entry: &Entry<'_>) -> Option<String> {
    let source = |source: &super::listing::Source| {
        let name = entry
            .definitions
            .source(&source.format)
            .map_or(source.format.as_str(), |it| &it.name);
        match &source.as_of {
            Some(day) => format!("{name}（{day}現在）"),
            None => name.to_owned(),
        }
    };
    let mut sources: Vec<String> = entry.service.sources.iter().map(source).collect();
    sources.dedup();
    (!sources.is_empty()).then(|| sources.join(";"))
}
