//! The words of `base` on the published lists: every code parses, and what one office writes in two ways
//! is found to be one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use keniki_base::code::{CareOfficeNumber, CorporateNumber, MunicipalityCode};
use keniki_base::text::{Nearness, address_key, fold, name_similarity, phone_key, same_place};
use keniki_tests::shared_data;

/// The records of a CSV file without its header: quotes, doubled quotes and line breaks in quotes.
fn records(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("a readable list");
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    for c in text.trim_start_matches('\u{feff}').chars() {
        let row = rows.last_mut().expect("one row at least");
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().expect("one field at least").push(c),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows.split_off(1)
}

pub(crate) fn care_rows(data: &Path) -> Vec<Vec<String>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(data.join("care_insurance/jigyosho"))
        .expect("the care-service lists")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| records(file)).collect()
}

#[test]
fn all_1966_areas_of_the_residents_register_pass_their_check_digit() {
    let Some(data) = shared_data() else { return };
    let rows = records(&data.join("population/juki_age5_muni_20250101.csv"));
    let codes: BTreeSet<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(codes.len(), 1_966);
    for (six, five) in rows.iter().map(|row| (&row[0], &row[1])) {
        let code = MunicipalityCode::parse(six).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!((code.as_str(), &code.six()), (five.as_str(), six));
    }
}

#[test]
fn all_1364_care_rows_carry_codes_that_parse() {
    let Some(data) = shared_data() else { return };
    let rows = care_rows(&data);
    assert_eq!(rows.len(), 1_364);
    for row in &rows {
        let municipality =
            MunicipalityCode::parse(&row[0]).unwrap_or_else(|wrong| panic!("{wrong}"));
        let office = CareOfficeNumber::parse(&row[15]).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(
            office.prefecture(),
            municipality.prefecture(),
            "{}",
            row[15]
        );
        assert_eq!(municipality.prefecture().name(), Some(row[2].as_str()));
    }
}

#[test]
fn the_two_wrong_corporate_numbers_of_the_care_lists_are_caught() {
    let Some(data) = shared_data() else { return };
    let rows = care_rows(&data);
    let numbers: BTreeSet<&str> = rows
        .iter()
        .map(|row| row[13].as_str())
        .filter(|text| !text.is_empty())
        .collect();
    let wrong: Vec<&str> = numbers
        .into_iter()
        .filter(|text| CorporateNumber::parse(text).is_err())
        .collect();
    assert_eq!(wrong, ["0003170102226", "7090000201544"]);
}

#[test]
fn the_two_wrong_telephone_numbers_of_the_care_lists_are_caught() {
    let Some(data) = shared_data() else { return };
    let rows = care_rows(&data);
    let wrong: BTreeSet<&str> = rows
        .iter()
        .map(|row| row[11].as_str())
        .filter(|text| phone_key(text).is_none())
        .collect();
    assert_eq!(wrong, BTreeSet::from(["0551-30-221", "（0853）-73-757"]));
}

/// 107 offices write their address in two or more ways. Where they differ in substance, the office's lists
/// contradict each other: another lot, another town, another house.
#[test]
fn spellings_of_one_office_s_address_agree_but_where_the_lists_contradict_themselves() {
    let Some(data) = shared_data() else { return };
    let rows = care_rows(&data);
    let mut spellings: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        spellings.entry(&row[15]).or_default().insert(&row[7]);
    }
    let mut found: BTreeMap<Nearness, BTreeSet<&str>> = BTreeMap::new();
    let mut same_pairs = 0;
    for (office, texts) in spellings.iter().filter(|(_, texts)| texts.len() > 1) {
        let keys: Vec<_> = texts.iter().map(|text| address_key(text)).collect();
        for (at, a) in keys.iter().enumerate() {
            for b in &keys[at + 1..] {
                let nearness = same_place(a, b);
                assert_eq!(nearness, same_place(b, a), "{office}");
                assert_eq!(
                    nearness == Nearness::Same,
                    a.key() == b.key(),
                    "{office}: {a:?} {b:?}"
                );
                same_pairs += usize::from(nearness == Nearness::Same);
                found.entry(nearness).or_default().insert(office);
            }
        }
    }
    assert_eq!(same_pairs, 122);
    let near = BTreeSet::from(["1911710133", "1950480010", "3151480286", "3170203321"]);
    assert_eq!(found.get(&Nearness::Near), Some(&near));
    let different = BTreeSet::from([
        "1970701163",
        "1972000390",
        "3170100196",
        "3171500394",
        "3251880021",
        "3271100475",
    ]);
    assert_eq!(found.get(&Nearness::Different), Some(&different));
    assert_eq!(found.get(&Nearness::Unknown), None);
}

#[test]
fn a_care_office_s_municipality_leaves_only_the_town_in_its_key() {
    let Some(data) = shared_data() else { return };
    for row in &care_rows(&data) {
        let key = address_key(&row[7]).within(&row[3]);
        let municipality = fold(&row[3]);
        assert!(!key.town.starts_with(&municipality), "{}: {key:?}", row[7]);
        assert!(!key.numbers.is_empty(), "{}: {key:?}", row[7]);
    }
}

/// The bed reports carry no code; for some of them the publisher's readers established the 医療情報ネット id.
#[test]
fn a_bed_report_finds_its_hospital_of_the_information_net_by_name_first() {
    let Some(data) = shared_data() else { return };
    let hospitals = records(&data.join("facilities/01-1_hospital_facility_info_20250601.csv"));
    let reports = records(&data.join("facilities/facility_R7_wide.csv"));
    let known: BTreeSet<&str> = hospitals.iter().map(|row| row[0].as_str()).collect();
    let linked: Vec<_> = reports
        .iter()
        .filter(|row| known.contains(row[12].as_str()))
        .collect();
    let mut missed = Vec::new();
    for report in &linked {
        let candidates = hospitals
            .iter()
            .filter(|row| row[7] == report[1] && row[9].contains(&report[7]));
        let best = candidates.max_by(|a, b| {
            name_similarity(&a[1], &report[6]).total_cmp(&name_similarity(&b[1], &report[6]))
        });
        let right = best.is_some_and(|row| {
            row[0] == report[12] && name_similarity(&row[1], &report[6]) >= 0.75
        });
        if !right {
            missed.push(format!("{} → {:?}", report[6], best.map(|row| &row[1])));
        }
    }
    assert_eq!(linked.len(), 60);
    assert_eq!(missed, Vec::<String>::new());
}
