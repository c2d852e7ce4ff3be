//! Which kinds count as covered where.

use super::*;

fn held(scopes: &[&str]) -> Held {
    let scope = |name: &&str| Scope {
        batch: 1,
        name: (*name).to_owned(),
    };
    let scopes: Vec<Scope> = scopes.iter().map(scope).collect();
    let wards = [
        ("14101", "横浜市鶴見区"),
        ("14118", "横浜市都筑区"),
        ("14131", "川崎市川崎区"),
    ];
    let wards = Wards {
        all: wards
            .map(|(code, name)| (code.to_owned(), name.to_owned()))
            .into(),
    };
    Held::of_lists(&Definitions::load(None).unwrap(), &scopes, &wards)
}

fn places(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

fn tottori() -> BTreeSet<String> {
    BTreeSet::from(["31".to_owned()])
}

#[test]
fn only_the_kinds_that_were_brought_are_covered() {
    let held = held(&[
        "filings/31/医科",
        "filings/31/歯科",
        "care_services/31/訪問入浴介護",
    ]);
    for (code, is_covered) in [
        ("hospital", true),
        ("clinic", true),
        ("dental", true),
        ("pharmacy", false),
        ("home_bathing", true),
        ("visiting_nursing", false),
        ("care_management", false),
        ("community_support_center", false),
    ] {
        assert_eq!(held.has_category(code, &tottori()), is_covered, "{code}");
    }
}

#[test]
fn a_prefecture_without_lists_is_not_covered_and_neither_is_a_nation_with_one() {
    let held = held(&["filings/31/医科", "filings/32/医科"]);
    let both = BTreeSet::from(["31".to_owned(), "32".to_owned()]);
    let three = BTreeSet::from(["31".to_owned(), "32".to_owned(), "33".to_owned()]);
    assert!(held.has_category("clinic", &both));
    assert!(!held.has_category("clinic", &three));
    assert!(!held.has_category("clinic", &BTreeSet::new()));
}

#[test]
fn bed_reports_cover_no_category_whole_nor_what_filings_tell_better() {
    let held = held(&["bed_report/31"]);
    assert!(!held.has_category("hospital", &tottori()));
    assert!(!held.has_category("clinic", &tottori()));
    assert!(!held.has_capability("home_care_24h", &tottori()));
    assert!(held.has_capability("tertiary_emergency", &tottori()));
}

#[test]
fn filings_tell_a_capability_only_when_every_kind_that_could_have_it_was_brought() {
    assert!(held(&["filings/31/医科"]).has_capability("home_care_24h", &tottori()));
    assert!(!held(&["filings/31/薬局"]).has_capability("home_care_24h", &tottori()));
    assert!(
        !held(&["filings/31/医科"]).has_capability("gastrostomy", &tottori()),
        "surveys only"
    );
}

#[test]
fn a_municipality_s_list_covers_that_municipality_alone() {
    let held = held(&[
        "standard_care/31/訪問看護/312029",
        "standard_care/31/居宅介護支援/310000",
        "standard_care/31/訪問介護/よなごし",
        "standard_care/31/通いの場/31202",
    ]);
    assert!(held.has_category("visiting_nursing", &places(&["31202"])));
    assert!(!held.has_category("visiting_nursing", &places(&["31202", "31204"])));
    assert!(!held.has_category("visiting_nursing", &tottori()));
    assert!(held.has_category("care_management", &places(&["31202", "31204"])));
    assert!(!held.has_category("home_help", &places(&["31202"])));
    assert!(held.has_category("exercise_salon", &places(&["31202"])));
    assert!(!held.has_category("exercise_salon", &tottori()));
}

#[test]
fn a_designated_city_s_list_covers_its_wards_and_no_other_city_s() {
    let held = held(&["standard_care/14/訪問看護/141003"]);
    assert!(held.has_category("visiting_nursing", &places(&["14101", "14118"])));
    assert!(!held.has_category("visiting_nursing", &places(&["14131"])));
    assert!(!held.has_category("visiting_nursing", &places(&["14201"])));
}

#[test]
fn a_list_of_more_prefectures_than_a_region_has_is_the_nation_s() {
    let of = |n: usize| -> Held {
        let scopes: Vec<String> = (1..=n)
            .map(|prefecture| format!("care_services/{prefecture:02}/夜間対応型訪問介護"))
            .collect();
        held(&scopes.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert!(!of(10).has_category("night_home_help", &tottori()));
    assert!(of(11).has_category("night_home_help", &tottori()));
    assert!(of(11).has_category("night_home_help", &places(&["31202", "32201"])));
    assert!(!of(11).has_category("home_bathing", &tottori()));
}
