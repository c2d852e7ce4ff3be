//! 届出受理医療機関名簿（施設基準）: one row per filing × remark; an institution is prefecture + 区分 + 7 digits.
//!
//! 市町村コード is blank, so the municipality comes of the address. Identical rows occur (one filing
//! accepted for several wards or devices) and are no fault.

use std::collections::HashMap;

use chrono::NaiveDate;
use keniki_base::code::{InstitutionKind, PlaceCode, PrefectureCode};
use keniki_base::date::{find_as_of, parse_day};

use super::finding::Cause;
use super::locate::{LocateInput, locate};
use super::said::{CapabilitySaid, Filing};
use super::{
    Columns, Figures, Format, Parser, Record, Reference, Row, RowAt, Said, Sink, address, known,
    text,
};

/// 20 beds make a hospital (医療法 第1条の5).
const HOSPITAL_BEDS: i64 = 20;

/// The parser: institutions in the order of their first row, handed on when the file ends.
pub struct Filings {
    columns: Columns,
    institutions: Vec<Record>,
    by_code: HashMap<PlaceCode, usize>,
    as_of: Option<NaiveDate>,
}

impl Filings {
    /// Over the heads of a file.
    pub fn new(columns: Columns) -> Self {
        Self {
            columns,
            institutions: Vec::new(),
            by_code: HashMap::new(),
            as_of: None,
        }
    }

    fn filing(&self, at: RowAt, row: &Row, sink: &mut Sink) -> Option<Filing> {
        let get = |head: &str| self.columns.get(row, head);
        let symbol = text(get("受理記号"))?;
        let remark = match (text(get("備考(見出し)")), text(get("備考(データ)"))) {
            (None, None) => None,
            (head, data) => Some(
                [head, data]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
        };
        Some(Filing {
            symbol,
            name: text(get("受理届出名称")).unwrap_or_default(),
            number: text(get("受理番号")).unwrap_or_default(),
            since: day(at, get("算定開始年月日"), sink),
            remark,
        })
    }

    fn institution(
        &self,
        at: RowAt,
        row: &Row,
        code: PlaceCode,
        kind: InstitutionKind,
        reference: &Reference,
        sink: &mut Sink,
    ) -> Option<Record> {
        let get = |head: &str| self.columns.get(row, head);
        let Some(name) = text(get("医療機関名称")) else {
            sink.reject(at.finding("医療機関名称", "", Cause::NoName));
            return None;
        };
        let figures = beds(get("病床数"));
        let n_beds = figures.values().sum::<f64>() as i64;
        let kind_of_house = format!("{}/{}", kind.name(), house(kind, get("種別"), n_beds));
        let Some(category) = reference
            .definitions
            .category_of_institution(Format::Filings.code(), &kind_of_house)
        else {
            sink.reject(at.finding("種別", &kind_of_house, Cause::UnknownKind));
            return None;
        };
        let located = locate(
            at,
            &LocateInput {
                prefecture: Some(code.prefecture()),
                municipality: None,
                named: None,
                address: get("医療機関所在地(住所)"),
                lat: "",
                lng: "",
            },
            reference,
            sink,
        );
        let joined_code =
            known(get("併設医療機関番号")).and_then(|seven| joined(code, kind, seven));
        Some(Record {
            rows: Vec::new(),
            scope: format!("filings/{}/{}", code.prefecture(), kind.name()),
            key: code.to_string(),
            said: Said {
                postal_code: text(get("医療機関所在地(郵便番号)")),
                address: address(get("医療機関所在地(住所)")),
                municipality: located.municipality,
                phone: at.phone("電話番号", get("電話番号"), Cause::WrongPhone, sink),
                fax: at.phone("FAX番号", get("FAX番号"), Cause::WrongFax, sink),
                place_code: Some(code),
                joined_code,
                category: category.code.clone(),
                capacity: (n_beds > 0).then_some(n_beds),
                figures,
                name,
                ..Said::default()
            },
        })
    }
}

impl Parser for Filings {
    /// 「[令和７年１０月１日 現在 ]令和７年１０月２１日作成」 stands on the second row.
    fn above(&mut self, row: &Row, sink: &mut Sink) {
        let told = row.cells.iter().find_map(|cell| find_as_of(cell));
        self.as_of = self.as_of.or(told);
        sink.as_of = self.as_of;
    }

    fn row(&mut self, row: &Row, reference: &Reference, sink: &mut Sink) {
        let at = sink.begin(row);
        let get = |head: &str| self.columns.get(row, head);
        let Ok(prefecture) = PrefectureCode::parse(get("都道府県コード")) else {
            return sink.reject(at.finding(
                "都道府県コード",
                get("都道府県コード"),
                Cause::WrongPrefecture,
            ));
        };
        let Some(kind) = kind_of(get("区分")) else {
            return sink.reject(at.finding("区分", get("区分"), Cause::UnknownKind));
        };
        let Ok(code) = PlaceCode::from_parts(prefecture, kind, get("医療機関番号")) else {
            return sink.reject(at.finding(
                "医療機関番号",
                get("医療機関番号"),
                Cause::WrongNumber,
            ));
        };
        let index = match self.by_code.get(&code) {
            Some(index) => *index,
            None => {
                let Some(record) = self.institution(at, row, code, kind, reference, sink) else {
                    return;
                };
                self.institutions.push(record);
                self.by_code.insert(code, self.institutions.len() - 1);
                self.institutions.len() - 1
            }
        };
        let filing = self.filing(at, row, sink);
        let record = &mut self.institutions[index];
        record.rows.push(at);
        if let Some(filing) = filing.filter(|filing| !record.said.filings.contains(filing)) {
            record.said.filings.push(filing);
        }
    }

    fn end(&mut self, reference: &Reference, sink: &mut Sink) {
        self.by_code.clear();
        for mut record in self.institutions.drain(..) {
            record.said.capabilities = capabilities(&record.said.filings, self.as_of, reference);
            sink.records.push(record);
        }
    }
}

fn kind_of(word: &str) -> Option<InstitutionKind> {
    [
        InstitutionKind::Medical,
        InstitutionKind::Dental,
        InstitutionKind::Pharmacy,
        InstitutionKind::Nursing,
    ]
    .into_iter()
    .find(|kind| kind.name() == word)
}

/// A medical number is joined to a dental one and the other way round.
fn joined(code: PlaceCode, kind: InstitutionKind, seven: &str) -> Option<PlaceCode> {
    let other = match kind {
        InstitutionKind::Medical => InstitutionKind::Dental,
        InstitutionKind::Dental => InstitutionKind::Medical,
        InstitutionKind::Pharmacy | InstitutionKind::Nursing | InstitutionKind::UninsuredCheck => {
            return None;
        }
    };
    PlaceCode::from_parts(code.prefecture(), other, seven).ok()
}

/// The list's word for the house (病院, 診療所, 薬局), told by the beds where 種別 is blank.
fn house(kind: InstitutionKind, word: &str, n_beds: i64) -> &str {
    match word {
        "" if kind == InstitutionKind::Pharmacy => "薬局",
        "" if n_beds >= HOSPITAL_BEDS => "病院",
        "" => "診療所",
        word if word.contains("病院") => "病院",
        word => word,
    }
}

/// 「一般　　319／精神　　50／一般（感染）　　4」 as beds by kind.
fn beds(cell: &str) -> Figures {
    let mut beds = Figures::new();
    for part in cell.split('／') {
        let words: Vec<String> = part.split_whitespace().filter_map(text).collect();
        if let [kind, .., number] = words.as_slice()
            && let Ok(n) = number.parse::<u32>()
        {
            *beds.entry(format!("{kind}病床")).or_default() += f64::from(n);
        }
    }
    beds
}

fn day(at: RowAt, cell: &str, sink: &mut Sink) -> Option<NaiveDate> {
    let value = known(cell)?;
    match parse_day(value, None) {
        Ok(day) => Some(day),
        Err(_) => {
            sink.findings
                .push(at.finding("算定開始年月日", value, Cause::WrongDate));
            None
        }
    }
}

/// What the filings make of the institution, each capability once, by its earliest filing.
fn capabilities(
    filings: &[Filing],
    as_of: Option<NaiveDate>,
    reference: &Reference,
) -> Vec<CapabilitySaid> {
    let mut out: Vec<CapabilitySaid> = Vec::new();
    for filing in filings {
        let found = reference.definitions.capabilities_of_filing(
            &filing.symbol,
            filing.remark.as_deref(),
            as_of,
        );
        for filed in found {
            let said = CapabilitySaid {
                code: filed.capability.code.clone(),
                since: filing.since,
                filing: [filing.symbol.as_str(), filing.number.as_str()].join(" "),
                note: filed.grade.map(str::to_owned),
            };
            match out.iter_mut().find(|known| known.code == said.code) {
                Some(known) if said.since.is_some() && said.since < known.since => *known = said,
                Some(_) => {}
                None => out.push(said),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beds_are_read_by_kind_in_either_spelling() {
        let read = beds("一般　一般　622／一般（感染）　感染　2／結核　　16");
        let read: Vec<_> = read.iter().map(|(kind, n)| (kind.as_str(), *n)).collect();
        assert_eq!(
            read,
            [
                ("一般(感染)病床", 2.0),
                ("一般病床", 622.0),
                ("結核病床", 16.0)
            ]
        );
        assert_eq!(beds("　一般　5").get("一般病床"), Some(&5.0));
        assert!(beds("").is_empty());
    }

    #[test]
    fn the_house_is_told_by_its_beds_where_the_list_leaves_it_blank() {
        assert_eq!(house(InstitutionKind::Medical, "", 20), "病院");
        assert_eq!(house(InstitutionKind::Medical, "", 19), "診療所");
        assert_eq!(house(InstitutionKind::Medical, "総合病院", 0), "病院");
        assert_eq!(house(InstitutionKind::Pharmacy, "", 0), "薬局");
    }
}
