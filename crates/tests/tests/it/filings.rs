//! The 受理記号 of the definitions against the published lists of filings.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;
use keniki_app::definition::Definitions;
use keniki_app::sheet::read::rows;
use keniki_tests::shared_data;

/// Places of the columns of 届出受理医療機関名簿 from row 5 on.
const KUBUN: usize = 3;
const NUMBER: usize = 4;
const ADDRESS: usize = 9;
const SYMBOL: usize = 14;

const BOOKS: [&str; 3] = [
    "19届出受理医療機関名簿（医科）山梨r0710.xlsx",
    "31_鳥取_届出受理医療機関名簿.xlsx",
    "32_島根_届出受理医療機関名簿.xlsx",
];

/// Symbols of the notice that no institution of the three prefectures had filed in 2025-10.
const NOT_IN_THE_BOOKS: [&str; 9] = [
    "在医総管",
    "在病実２",
    "回４",
    "回復期リハ管",
    "摂嚥回３",
    "認治２",
    "小夜２",
    "地包ケア３",
    "地包ケア４",
];

fn filings(data: &Path, book: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    rows(&data.join("facilities").join(book), |row| {
        if row.number > 4 {
            found.push(
                row.cells
                    .iter()
                    .map(|cell| cell.trim().to_owned())
                    .collect(),
            );
        }
        true
    })
    .unwrap();
    found
}

/// 鳥取県西部 (3103), list as of 2025-10-01: 43 clinics with a 支援診 and 6 hospitals with a 支援病.
#[test]
fn tottori_west_has_43_clinics_and_6_hospitals_with_24_hour_home_care() {
    const WEST: [&str; 9] = [
        "米子市",
        "境港市",
        "日吉津村",
        "大山町",
        "南部町",
        "伯耆町",
        "日南町",
        "日野町",
        "江府町",
    ];
    let Some(data) = shared_data() else { return };
    let definitions = Definitions::load(None).unwrap();
    let as_of = NaiveDate::from_ymd_opt(2025, 10, 1);
    let filings = filings(&data, BOOKS[1]);
    let west = |row: &&Vec<String>| WEST.iter().any(|name| row[ADDRESS].contains(name));
    let institutions = |capability: &str| -> usize {
        let tells = |row: &&Vec<String>| {
            let found = definitions.capabilities_of_filing(&row[SYMBOL], None, as_of);
            found.iter().any(|one| one.capability.code == capability)
        };
        let found = filings.iter().filter(west).filter(tells);
        found
            .map(|row| (&row[KUBUN], &row[NUMBER]))
            .collect::<BTreeSet<_>>()
            .len()
    };
    assert_eq!(institutions("home_care_support_clinic"), 43);
    assert_eq!(institutions("home_care_support_hospital"), 6);
    assert_eq!(institutions("home_care_24h"), 49);
}

#[test]
fn every_symbol_of_the_definitions_is_printed_in_the_books_or_known_to_be_missing_there() {
    let Some(data) = shared_data() else { return };
    let definitions = Definitions::load(None).unwrap();
    let printed: BTreeSet<String> = BOOKS
        .iter()
        .flat_map(|book| filings(&data, book))
        .map(|row| row[SYMBOL].clone())
        .collect();
    let missing: BTreeSet<&str> = definitions
        .capabilities()
        .iter()
        .flat_map(|capability| &capability.filings)
        .map(|rule| rule.symbol.as_str())
        .filter(|symbol| !printed.contains(*symbol))
        .collect();
    assert_eq!(missing, BTreeSet::from(NOT_IN_THE_BOOKS));
}
