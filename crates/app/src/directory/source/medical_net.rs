//! 医療情報ネット（ナビイ） 施設票: one row an institution, closed days, beds; its ids do not last.

use keniki_base::code::{MunicipalityCode, PrefectureCode};

use super::finding::Cause;
use super::locate::{LocateInput, locate};
use super::said::Hours;
use super::{
    Columns, Figures, Format, Parser, Record, Reference, Row, Said, Sink, address, count, text,
};

/// Weekdays as the list's heads print them, Monday first.
const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

/// The parser.
pub struct MedicalNet {
    columns: Columns,
}

impl MedicalNet {
    /// Over the heads of a file.
    pub fn new(columns: Columns) -> Self {
        Self { columns }
    }

    /// The heads ask for days off, but the cells say 0 for a day off and 1 for a working day (001306376.xlsx,
    /// 項目定義: 「0：休診/1：診療」); a blank one says nothing. A day off in some weeks only is open.
    fn hours(&self, row: &Row) -> Vec<Hours> {
        let weekly = WEEKDAYS
            .iter()
            .map(|day| format!("毎週決まった曜日に休診({day})|毎週決まった曜日に休業({day})"));
        let heads = weekly.chain(["祝日に休診|祝日に休業".to_owned()]);
        (1..)
            .zip(heads)
            .filter_map(|(weekday, head)| {
                let is_open = match self.columns.get(row, &head) {
                    "0" => false,
                    "1" => true,
                    _ => return None,
                };
                Some(Hours {
                    weekday,
                    is_open,
                    opens: None,
                    closes: None,
                })
            })
            .collect()
    }
}

impl Parser for MedicalNet {
    fn row(&mut self, row: &Row, reference: &Reference, sink: &mut Sink) {
        let at = sink.begin(row);
        let get = |head: &str| self.columns.get(row, head);
        if self.columns.reject_if_cut(row, at, sink) {
            return;
        }
        let Some(id) = text(get("ID")) else {
            return sink.reject(at.finding("ID", "", Cause::WrongNumber));
        };
        let Some(name) = text(get("正式名称")) else {
            return sink.reject(at.finding("正式名称", "", Cause::NoName));
        };
        let Some(category) = reference
            .definitions
            .category_of_institution(Format::MedicalNet.code(), get("機関区分"))
        else {
            return sink.reject(at.finding("機関区分", get("機関区分"), Cause::UnknownKind));
        };
        let Ok(prefecture) = PrefectureCode::parse(get("都道府県コード")) else {
            return sink.reject(at.finding(
                "都道府県コード",
                get("都道府県コード"),
                Cause::WrongPrefecture,
            ));
        };
        let code5 = format!("{prefecture}{:0>3}", get("市区町村コード"));
        let located = locate(
            at,
            &LocateInput {
                prefecture: Some(prefecture),
                municipality: MunicipalityCode::parse(&code5).ok(),
                named: None,
                address: get("所在地"),
                lat: get("所在地座標(緯度)"),
                lng: get("所在地座標(経度)"),
            },
            reference,
            sink,
        );
        let mut figures = Figures::new();
        for (head, cell) in self.columns.pairs(row) {
            if head.ends_with("病床")
                && let Some(n) = count(cell)
            {
                figures.insert(head.to_owned(), n as f64);
            }
        }
        let said = Said {
            kana: text(get("正式名称(フリガナ)")),
            address: address(get("所在地")),
            municipality: located.municipality,
            lat: located.point.map(|point| point.lat),
            lng: located.point.map(|point| point.lng),
            url: text(get("案内用ホームページアドレス")),
            medical_net_id: Some(id.clone()),
            category: category.code.clone(),
            capacity: at.capacity("合計病床数", get("合計病床数"), sink),
            hours: self.hours(row),
            hours_note: text(get("その他の休診日(gw、お盆等)")),
            figures,
            name,
            ..Said::default()
        };
        sink.records.push(Record {
            rows: vec![at],
            scope: format!("medical_net/{prefecture}/{}", category.name),
            key: id,
            said,
        });
    }
}
