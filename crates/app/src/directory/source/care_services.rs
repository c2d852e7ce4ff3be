//! 介護サービス情報公表システム オープンデータ: 24 columns, one row for each service of an office.

use keniki_base::code::{MunicipalityCode, PlaceCode, PrefectureCode};

use super::finding::Cause;
use super::locate::{LocateInput, Located};
use super::said::Hours;
use super::{Columns, Parser, Record, Reference, Row, Said, Sink, address, locate, text};

/// Days of 利用可能曜日 by their words; 平日 are Monday to Friday.
const DAY_WORDS: [(&str, &[u8]); 9] = [
    ("平日", &[1, 2, 3, 4, 5]),
    ("月", &[1]),
    ("火", &[2]),
    ("水", &[3]),
    ("木", &[4]),
    ("金", &[5]),
    ("土", &[6]),
    ("日", &[7]),
    ("祝", &[8]),
];

/// The parser.
pub struct CareServices {
    columns: Columns,
}

impl CareServices {
    /// Over the heads of a file.
    pub fn new(columns: Columns) -> Self {
        Self { columns }
    }
}

impl Parser for CareServices {
    fn row(&mut self, row: &Row, reference: &Reference, sink: &mut Sink) {
        let at = sink.begin(row);
        let get = |head: &str| self.columns.get(row, head);
        if self.columns.reject_if_cut(row, at, sink) {
            return;
        }
        let Some(name) = text(get("事業所名")) else {
            return sink.reject(at.finding("事業所名", "", Cause::NoName));
        };
        let Ok(place_code) = PlaceCode::parse(get("事業所番号")) else {
            return sink.reject(at.finding("事業所番号", get("事業所番号"), Cause::WrongNumber));
        };
        let service = get("サービスの種類");
        let Some(category) = reference.definitions.category_of_care_service(service) else {
            return sink.reject(at.finding("サービスの種類", service, Cause::UnknownKind));
        };
        let area_code = get("都道府県コード又は市町村コード");
        let (prefecture, municipality) = match area_of(area_code) {
            Ok(area) => area,
            Err(cause) => {
                return sink.reject(at.finding("都道府県コード又は市町村コード", area_code, cause));
            }
        };
        let located = locate::locate(
            at,
            &LocateInput {
                prefecture: prefecture.or(Some(place_code.prefecture())),
                municipality,
                named: text(get("市区町村名")),
                address: get("住所"),
                lat: get("緯度"),
                lng: get("経度"),
            },
            reference,
            sink,
        );
        let Located {
            municipality,
            point,
            prefecture,
        } = located;
        let said = Said {
            kana: text(get("事業所名カナ")),
            organization: text(get("法人の名称")),
            corporate_number: at.corporate_number(get("法人番号"), sink),
            address: address(get("住所")),
            building: text(get("方書(ビル名等)|方書")),
            municipality,
            lat: point.map(|point| point.lat),
            lng: point.map(|point| point.lng),
            phone: at.phone("電話番号", get("電話番号"), Cause::WrongPhone, sink),
            fax: at.phone("FAX番号", get("FAX番号"), Cause::WrongFax, sink),
            url: text(get("URL")),
            place_code: Some(place_code),
            category: category.code.clone(),
            service_name: Some(name.clone()),
            // The list writes 0 where no number of places is told.
            capacity: at.capacity("定員", get("定員"), sink).filter(|n| *n > 0),
            hours: days(get("利用可能曜日")),
            hours_note: text(get("利用可能曜日特記事項")),
            name,
            ..Said::default()
        };
        let scope = match prefecture {
            Some(prefecture) => format!("care_services/{prefecture}/{service}"),
            None => format!("care_services/-/{service}"),
        };
        sink.records.push(Record {
            rows: vec![at],
            scope,
            key: place_code.to_string(),
            said,
        });
    }
}

/// A 2-, 5- or 6-digit code; a prefecture alone names no municipality.
pub(crate) fn area_of(
    code: &str,
) -> Result<(Option<PrefectureCode>, Option<MunicipalityCode>), Cause> {
    let digits = keniki_base::text::squeeze(code);
    match digits.len() {
        0 => Ok((None, None)),
        1 | 2 => PrefectureCode::parse(&digits)
            .map(|prefecture| (Some(prefecture), None))
            .map_err(|_| Cause::WrongPrefecture),
        _ => {
            let code =
                MunicipalityCode::parse(&digits).map_err(|_| Cause::WrongMunicipalityCode)?;
            let is_prefecture = code.to_string().ends_with("000");
            Ok((Some(code.prefecture()), (!is_prefecture).then_some(code)))
        }
    }
}

/// The days that the list names are open, the others closed; nothing named, nothing known.
pub(super) fn days(words: &str) -> Vec<Hours> {
    let mut open = [false; 9];
    for word in words.split([',', '、', ';', '；', ' ', '　']) {
        let day = DAY_WORDS.iter().find(|(begin, _)| word.starts_with(begin));
        for weekday in day.map_or(&[][..], |(_, days)| days) {
            open[*weekday as usize] = true;
        }
    }
    if !open.contains(&true) {
        return Vec::new();
    }
    (1..=8)
        .map(|weekday| Hours {
            weekday,
            is_open: open[weekday as usize],
            opens: None,
            closes: None,
        })
        .collect()
}
