//! 病床機能報告 as one table of the nation: no code, address or telephone, but coordinates and often
//! 医療情報ネット's id. `record_id` is a row position and names nothing in the next edition.

use keniki_base::code::{AreaCode, PrefectureCode};

use super::finding::Cause;
use super::locate::{LocateInput, locate};
use super::said::CapabilitySaid;
use super::{
    Columns, Figures, Format, Parser, Record, Reference, Row, RowAt, Said, Sink, count, known, text,
};

/// A report with more beds than a clinic may have (医療法 第1条の5) is a hospital's.
const CLINIC_BEDS_AT_MOST: i64 = 19;

/// The parser.
pub struct BedReport {
    columns: Columns,
}

impl BedReport {
    /// Over the heads of a file.
    pub fn new(columns: Columns) -> Self {
        Self { columns }
    }
}

impl Parser for BedReport {
    fn row(&mut self, row: &Row, reference: &Reference, sink: &mut Sink) {
        let at = sink.begin(row);
        let get = |head: &str| self.columns.get(row, head);
        if self.columns.reject_if_cut(row, at, sink) {
            return;
        }
        let Ok(prefecture) = PrefectureCode::parse(get("pref_code")) else {
            return sink.reject(at.finding("pref_code", get("pref_code"), Cause::WrongPrefecture));
        };
        let Ok(area) = AreaCode::parse(get("area_code")) else {
            return sink.reject(at.finding("area_code", get("area_code"), Cause::WrongNumber));
        };
        let reported = Reported {
            name: get("facility_name"),
            municipality: get("municipality"),
            area,
            prefecture,
            lat: get("lat"),
            lng: get("lon"),
            medical_net_id: text(get("iryojoho_id")),
            n_beds: count(get("beds_total_incl_closed")),
            marks: marks(self.columns.pairs(row)),
            figures: figures(self.columns.pairs(row)),
        };
        reported.hand_on(at, Format::BedReport, reference, sink);
    }
}

/// One facility of either shape of the report.
pub(super) struct Reported<'a> {
    pub name: &'a str,
    pub municipality: &'a str,
    pub area: AreaCode,
    pub prefecture: PrefectureCode,
    pub lat: &'a str,
    pub lng: &'a str,
    pub medical_net_id: Option<String>,
    pub n_beds: Option<i64>,
    pub marks: Vec<String>,
    pub figures: Figures,
}

impl Reported<'_> {
    pub fn hand_on(self, at: RowAt, format: Format, reference: &Reference, sink: &mut Sink) {
        let Some(name) = text(self.name) else {
            return sink.reject(at.finding("医療機関名", "", Cause::NoName));
        };
        let located = locate(
            at,
            &LocateInput {
                prefecture: Some(self.prefecture),
                municipality: None,
                named: text(self.municipality),
                address: self.municipality,
                lat: self.lat,
                lng: self.lng,
            },
            reference,
            sink,
        );
        let house = match self.n_beds {
            Some(0..=CLINIC_BEDS_AT_MOST) => "有床診療所",
            _ => "病院",
        };
        let category = reference
            .definitions
            .category_of_institution(Format::BedReport.code(), house);
        let Some(category) = category else {
            return sink.reject(at.finding("医療機関名", house, Cause::UnknownKind));
        };
        sink.records.push(Record {
            rows: vec![at],
            scope: format!("{}/{}", format.code(), self.prefecture),
            key: format!("{} {name} {}", self.area, self.municipality.trim()),
            said: Said {
                municipality: located.municipality,
                lat: located.point.map(|point| point.lat),
                lng: located.point.map(|point| point.lng),
                medical_net_id: self.medical_net_id,
                category: category.code.clone(),
                capabilities: capabilities(&self.marks, reference),
                capacity: self.n_beds,
                figures: self.figures,
                name,
                ..Said::default()
            },
        });
    }
}

/// Heads of the table, what the report calls them, and in what it counts.
const FIGURES: [(&str, &str, &str); 21] = [
    (
        "beds_total_incl_closed",
        "一般・療養病床（休棟中等を含む）",
        "床",
    ),
    ("beds_kodo_kyusei", "高度急性期", "床"),
    ("beds_kyusei", "急性期", "床"),
    ("beds_kaifuku", "回復期", "床"),
    ("beds_mansei", "慢性期", "床"),
    ("beds_closed", "休棟中等", "床"),
    ("doctors_fulltime", "医師（常勤）", "人"),
    ("doctors_parttime", "医師（非常勤、常勤換算）", "人"),
    ("doctors_per100beds", "100床当たり医師", "人"),
    ("ambulance", "救急車の受入件数", "件"),
    ("general_anesthesia", "全身麻酔手術件数", "件"),
    ("deliveries", "分娩件数", "件"),
    ("surgeries", "手術総数", "件"),
    ("los_kodo", "平均在棟日数（高度急性期）", "日"),
    ("los_kyusei", "平均在棟日数（急性期）", "日"),
    ("los_kaifuku", "平均在棟日数（回復期）", "日"),
    ("los_mansei", "平均在棟日数（慢性期）", "日"),
    ("new_adm_kodo", "新規入棟患者（高度急性期）", "人"),
    ("new_adm_kyusei", "新規入棟患者（急性期）", "人"),
    ("new_adm_kaifuku", "新規入棟患者（回復期）", "人"),
    ("new_adm_mansei", "新規入棟患者（慢性期）", "人"),
];

/// Where a number stands in the report, and in what it counts; `None` for another list's.
pub(crate) fn place_and_unit(name: &str) -> Option<(usize, &'static str)> {
    let place = FIGURES.iter().position(|(_, known, _)| *known == name)?;
    Some((place, FIGURES[place].2))
}

/// The report's numbers, in either shape by the same names; what is not published is not there.
pub(super) fn figures<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> Figures {
    let mut out = Figures::new();
    for (head, cell) in cells {
        let Some((_, name, _)) = FIGURES.iter().find(|(known, ..)| *known == head) else {
            continue;
        };
        // `nan`, as tables made by programs have it, is a float and no number.
        let number = known(cell).and_then(|value| value.parse::<f64>().ok());
        if let Some(number) = number.filter(|number| number.is_finite()) {
            out.insert((*name).to_owned(), number);
        }
    }
    out
}

/// 特, 地, 三次, 二次, 在支: what the report marks a facility with.
pub(super) fn marks<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    cells
        .filter(|(head, _)| head.starts_with("f_"))
        .filter_map(|(_, cell)| known(cell).map(str::to_owned))
        .collect()
}

fn capabilities(marks: &[String], reference: &Reference) -> Vec<CapabilitySaid> {
    marks
        .iter()
        .filter_map(|mark| {
            let capability = reference.definitions.capability_of_bed_report(mark)?;
            Some(CapabilitySaid {
                code: capability.code.clone(),
                since: None,
                filing: format!("病床機能報告 {mark}"),
                note: None,
            })
        })
        .collect()
}
