//! The public lists that feed the directory: told apart by their header, read into one shape.
//!
//! A parser knows the columns of its list and nothing of the database. What a list says of one
//! place becomes [`Said`]; where a value cannot be, the field stays empty and a [`Finding`] says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::Definitions;
use crate::sheet::read::Row;

pub mod bed_book;
pub mod bed_report;
pub mod care_services;
pub mod filings;
pub mod finding;
pub mod format;
pub mod length;
pub mod locate;
pub mod medical_net;
pub mod said;
pub mod standard;

pub use finding::{Cause, Finding, RowAt};
pub use format::{Columns, Format};
pub use said::Said;

/// One place and one service of it, as one list has it.
#[derive(Debug, Clone)]
pub struct Record {
    /// The rows it was read from; empty for the second service of a row.
    pub rows: Vec<RowAt>,
    /// What a later file of the same list is compared with: format/prefecture/kind, and /publisher where each
    /// municipality has a list of its own.
    pub scope: String,
    /// Names the record within its scope, in every edition of the list.
    pub key: String,
    /// What the list says.
    pub said: Said,
}

/// What the parsers consult.
pub struct Reference {
    /// Categories and capabilities.
    pub definitions: Arc<Definitions>,
    /// Municipalities, towns and outlines.
    pub places: locate::Places,
}

/// What a parser hands on.
#[derive(Debug, Default)]
pub struct Sink {
    /// Records in the order of the file.
    pub records: Vec<Record>,
    /// Warnings and errors of single cells and rows.
    pub findings: Vec<Finding>,
    /// Data rows read since the sink was last emptied.
    pub n_rows: u64,
    /// Of them, rows that became no record.
    pub n_rejected: u64,
    /// The day for which the list says it holds, once known.
    pub as_of: Option<chrono::NaiveDate>,
}

impl Sink {
    /// Counts a row of data; its findings stand at the answer.
    pub fn begin(&mut self, row: &Row) -> RowAt {
        self.n_rows += 1;
        RowAt {
            sheet: row.sheet,
            row: row.number,
        }
    }

    /// A row without identity: no record comes of it.
    pub fn reject(&mut self, finding: Finding) {
        self.n_rejected += 1;
        self.findings.push(finding);
    }
}

impl Sink {
    /// Takes out the records of which a text is too long, and the rows they were read from.
    pub fn reject_too_long(&mut self) {
        let Self {
            records,
            findings,
            n_rejected,
            ..
        } = self;
        records.retain(|record| {
            let texts = length::too_long(record);
            for at in record.rows.iter().filter(|_| !texts.is_empty()) {
                *n_rejected += 1;
                let of_row = texts.iter();
                findings
                    .extend(of_row.map(|(column, text)| at.finding(column, text, Cause::TooLong)));
            }
            texts.is_empty()
        });
    }
}

/// Reads the rows below a recognised header.
pub trait Parser {
    /// A row above the data, the header included: where lists print their date or their area.
    fn above(&mut self, _row: &Row, _sink: &mut Sink) {}
    /// One row; may hand on nothing yet.
    fn row(&mut self, row: &Row, reference: &Reference, sink: &mut Sink);
    /// The file has ended.
    fn end(&mut self, _reference: &Reference, _sink: &mut Sink) {}
}

/// The parser of `format` over the columns of its header.
pub fn parser(format: Format, columns: Columns) -> Box<dyn Parser + Send> {
    match format {
        Format::Filings => Box::new(filings::Filings::new(columns)),
        Format::CareServices => Box::new(care_services::CareServices::new(columns)),
        Format::MedicalNet => Box::new(medical_net::MedicalNet::new(columns)),
        Format::BedReport => Box::new(bed_report::BedReport::new(columns)),
        Format::BedBook => Box::new(bed_book::BedBook::default()),
        Format::StandardMedical => Box::new(standard::Standard::medical(columns)),
        Format::StandardCare => Box::new(standard::Standard::care(columns)),
    }
}

/// Values with which a public list says "not told": neither a number nor zero.
///
/// `*` NDB非公表, `-` none, `未報告`, `XXX` (三重 流出入); see `docs/data.md`.
pub fn known(text: &str) -> Option<&str> {
    match text.trim() {
        "" | "*" | "-" | "－" | "未報告" | "XXX" | "#VALUE!" | "…" => None,
        value => Some(value),
    }
}

/// A whole number of a cell (`1,234` and `12.0` are read), `None` where the list does not tell.
pub fn count(text: &str) -> Option<i64> {
    let plain = known(text)?.replace([',', '，'], "");
    let plain = keniki_base::text::squeeze(&plain);
    plain.parse::<i64>().ok().or_else(|| {
        plain
            .parse::<f64>()
            .ok()
            .filter(|n| n.fract() == 0.0)
            .map(|n| n as i64)
    })
}

/// The cell as a field: `None` where empty.
pub(crate) fn text(cell: &str) -> Option<String> {
    let squeezed = keniki_base::text::squeeze(cell);
    (!squeezed.is_empty()).then_some(squeezed)
}

/// The cell as an address: `None` where empty.
pub(crate) fn address(cell: &str) -> Option<String> {
    let shown = keniki_base::text::address_text(cell);
    (!shown.is_empty()).then_some(shown)
}

/// Numbers of a list by their heads, where told.
pub(crate) type Figures = BTreeMap<String, f64>;
