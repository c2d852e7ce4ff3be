//! 病床機能報告 as the publisher's book: a sheet for each area (`101北海道南渡島`), its facilities below
//! a header of three rows.

use keniki_base::code::AreaCode;

use super::bed_report::{Reported, figures, marks};
use super::finding::Cause;
use super::{Format, Parser, Reference, Row, Sink, count};

/// Columns of a facility's row: the book merges cells, so its heads name only some of them.
const NAME: usize = 1;
const MUNICIPALITY: usize = 7;
const TOTAL: usize = 8;
/// From the ninth column on, in the order of the book's heads.
const HEADS: [&str; 26] = [
    "beds_total_incl_closed",
    "beds_kodo_kyusei",
    "beds_kyusei",
    "beds_kaifuku",
    "beds_mansei",
    "beds_closed",
    "doctors_fulltime",
    "doctors_parttime",
    "doctors_per100beds",
    "f_tokutei",
    "f_chiiki_shien",
    "f_sanji",
    "f_niji",
    "f_zaitaku_shien",
    "ambulance",
    "general_anesthesia",
    "deliveries",
    "surgeries",
    "los_kodo",
    "los_kyusei",
    "los_kaifuku",
    "los_mansei",
    "new_adm_kodo",
    "new_adm_kyusei",
    "new_adm_kaifuku",
    "new_adm_mansei",
];

/// The parser. Each sheet states its area's number (`101` = 0101) before its facilities.
#[derive(Default)]
pub struct BedBook {
    sheet: u16,
    area: Option<AreaCode>,
    in_facilities: bool,
}

impl BedBook {
    /// Learns the area from a row above the facilities: its first cell holds the code, the third 報告率.
    fn look_above(&mut self, row: &Row) {
        if row.sheet != self.sheet {
            *self = Self {
                sheet: row.sheet,
                ..Self::default()
            };
        }
        if row.cell(2).contains("報告率") {
            self.area = AreaCode::parse(row.cell(0)).ok();
        }
        if row.cell(NAME).starts_with("①医療機関名") {
            self.in_facilities = true;
        }
    }
}

impl Parser for BedBook {
    fn above(&mut self, row: &Row, _sink: &mut Sink) {
        self.look_above(row);
    }

    fn row(&mut self, row: &Row, reference: &Reference, sink: &mut Sink) {
        self.look_above(row);
        let is_numbered = row.cell(0).parse::<u32>().is_ok();
        if !self.in_facilities || !is_numbered || row.cell(NAME).is_empty() {
            return;
        }
        let at = sink.begin(row);
        let Some(area) = self.area else {
            return sink.reject(at.finding("構想区域", "", Cause::WrongNumber));
        };
        let cells = row.cells.get(TOTAL..).unwrap_or_default();
        let pairs = || HEADS.into_iter().zip(cells.iter().map(String::as_str));
        let reported = Reported {
            name: row.cell(NAME),
            municipality: row.cell(MUNICIPALITY),
            area,
            prefecture: area.prefecture(),
            lat: "",
            lng: "",
            medical_net_id: None,
            n_beds: count(row.cell(TOTAL)),
            marks: marks(pairs()),
            figures: figures(pairs()),
        };
        reported.hand_on(at, Format::BedBook, reference, sink);
    }
}
