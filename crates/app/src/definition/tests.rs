//! The built-in files, what they must contain, and how wrong files are refused.

use std::collections::BTreeSet;

use super::*;

fn builtin() -> Definitions {
    Definitions::load(None).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn with_file(path: &str, text: &str) -> Result<Definitions, Vec<Fault>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(path);
    std::fs::create_dir_all(file.parent().expect("inside the folder")).expect("made");
    std::fs::write(file, text).expect("written");
    Definitions::load(Some(folder.path()))
}

fn only_fault(path: &str, text: &str) -> String {
    let faults = with_file(path, text).expect_err("refused");
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults[0].to_string()
}

fn changed(path: &str, from: &str, to: &str) -> String {
    let file = tree::Tree::embedded()
        .text(path)
        .expect("built in")
        .to_owned();
    assert!(file.contains(from), "{from} in {path}");
    file.replacen(from, to, 1)
}

#[test]
fn the_built_in_files_hold_together() {
    let definitions = builtin();
    let views: Vec<_> = definitions
        .views()
        .iter()
        .map(|view| view.name.as_str())
        .collect();
    assert_eq!(views, ["医療", "介護", "予防", "生活支援", "住居"]);
    for view in definitions.views() {
        assert!(
            definitions.categories_of_view(&view.code).count() > 0,
            "{} has categories",
            view.name
        );
    }
    for group in definitions.groups() {
        let members = definitions
            .capabilities()
            .iter()
            .filter(|one| one.group == group.code);
        assert!(members.count() > 0, "{} has capabilities", group.name);
    }
}

/// The 27 サービスの種類 of the files of 介護サービス情報公表システム (four of them hold a header only), with their codes.
#[test]
fn every_service_of_the_public_lists_has_a_category() {
    let definitions = builtin();
    for (code, name, category) in [
        ("120", "訪問入浴介護", "home_bathing"),
        ("140", "訪問リハビリテーション", "home_rehabilitation"),
        ("155", "療養通所介護", "nursing_day_care"),
        ("160", "通所リハビリテーション", "day_rehabilitation"),
        ("170", "福祉用具貸与", "equipment_rental"),
        (
            "220",
            "短期入所療養介護（介護老人保健施設）",
            "medical_short_stay",
        ),
        (
            "230",
            "短期入所療養介護(療養病床を有する病院等）",
            "medical_short_stay",
        ),
        (
            "331",
            "特定施設入居者生活介護（有料老人ホーム）",
            "assisted_living",
        ),
        (
            "332",
            "特定施設入居者生活介護（軽費老人ホーム）",
            "assisted_living",
        ),
        (
            "334",
            "特定施設入居者生活介護（有料老人ホーム（サービス付き高齢者向け住宅））",
            "assisted_living",
        ),
        (
            "335",
            "特定施設入居者生活介護（有料老人ホーム（外部サービス利用型））",
            "assisted_living",
        ),
        (
            "361",
            "地域密着型特定施設入居者生活介護（有料老人ホーム）",
            "community_assisted_living",
        ),
        (
            "362",
            "地域密着型特定施設入居者生活介護（軽費老人ホーム）",
            "community_assisted_living",
        ),
        (
            "364",
            "地域密着型特定施設入居者生活介護（有料老人ホーム（サービス付き高齢者向け住宅））",
            "community_assisted_living",
        ),
        ("410", "特定福祉用具販売", "equipment_sales"),
        ("520", "介護老人保健施設", "health_facility"),
        ("530", "介護療養型医療施設", "sanatorium_facility"),
        (
            "540",
            "地域密着型介護老人福祉施設入所者生活介護",
            "community_nursing_home",
        ),
        ("550", "介護医療院", "integrated_facility"),
        (
            "551",
            "短期入所療養介護（介護医療院）",
            "medical_short_stay",
        ),
        ("710", "夜間対応型訪問介護", "night_home_help"),
        ("720", "認知症対応型通所介護", "dementia_day_care"),
        ("730", "小規模多機能型居宅介護", "small_multifunctional"),
        (
            "760",
            "定期巡回・随時対応型訪問介護看護",
            "round_the_clock_visit",
        ),
        (
            "770",
            "看護小規模多機能型居宅介護（複合型サービス）",
            "nursing_multifunctional",
        ),
        ("110", "訪問介護", "home_help"),
        ("130", "訪問看護", "visiting_nursing"),
        ("150", "通所介護", "day_care"),
        ("210", "短期入所生活介護", "short_stay"),
        ("320", "認知症対応型共同生活介護", "group_home"),
        ("430", "居宅介護支援", "care_management"),
        ("510", "介護老人福祉施設", "nursing_home"),
        ("780", "地域密着型通所介護", "community_day_care"),
    ] {
        for text in [code, name] {
            let found = definitions
                .category_of_care_service(text)
                .map(|found| found.code.as_str());
            assert_eq!(found, Some(category), "{text}");
        }
    }
    for code in ["336", "337"] {
        let found = definitions
            .category_of_care_service(code)
            .map(|found| found.code.as_str());
        assert_eq!(found, Some("assisted_living"), "{code}");
    }
    assert_eq!(definitions.category_of_care_service("占い"), None);
}

#[test]
fn a_service_with_a_new_remark_in_brackets_falls_back_to_its_name() {
    let definitions = builtin();
    let found = definitions
        .category_of_care_service("短期入所療養介護（新しい施設）")
        .map(|found| found.code.as_str());
    assert_eq!(found, Some("medical_short_stay"));
}

#[test]
fn institutions_are_told_by_the_words_of_each_list() {
    let definitions = builtin();
    for (source, kind, category) in [
        ("filings", "医科/病院", "hospital"),
        ("filings", "医科/診療所", "clinic"),
        ("filings", "歯科/診療所", "dental"),
        ("filings", "薬局/薬局", "pharmacy"),
        ("medical_net", "１", "hospital"),
        ("medical_net", "4", "maternity"),
        ("standard_medical", "有床診療所", "clinic"),
    ] {
        let found = definitions
            .category_of_institution(source, kind)
            .map(|found| found.code.as_str());
        assert_eq!(found, Some(category), "{source} {kind}");
    }
    assert_eq!(
        definitions.category_of_institution("medical_net", "病院"),
        None
    );
}

fn filed<'a>(
    definitions: &'a Definitions,
    symbol: &str,
    remark: Option<&str>,
    day: &str,
) -> Vec<(&'a str, Option<&'a str>)> {
    let day = day.parse().expect("an ISO day");
    let mut found: Vec<_> = definitions
        .capabilities_of_filing(symbol, remark, Some(day))
        .into_iter()
        .map(|one| (one.capability.code.as_str(), one.grade))
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn a_filing_tells_every_capability_it_stands_for() {
    let definitions = builtin();
    let codes = |symbol| {
        filed(&definitions, symbol, None, "2025-10-01")
            .into_iter()
            .map(|(code, _)| code)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        codes("支援診３"),
        ["home_care_24h", "home_care_support_clinic"]
    );
    assert_eq!(
        codes("支援診2"),
        [
            "home_care_24h",
            "home_care_enhanced",
            "home_care_support_clinic"
        ]
    );
    assert_eq!(
        codes("支援病１"),
        [
            "home_care_24h",
            "home_care_enhanced",
            "home_care_support_hospital"
        ]
    );
    for symbol in [
        "在後病",
        "在医総管１",
        "在総",
        "在緩診実",
        "在薬",
        "在医麻",
        "入退支",
        "地連計",
        "認ケア",
        "歯援診２",
        "在歯管",
        "がん指",
        "がん計",
        "感染対策１",
        "小か診１",
        "人工腎臓",
        "薬菌",
        "か薬",
        "地支体１",
        "在看",
    ] {
        assert_eq!(codes(symbol).len(), 1, "{symbol}");
    }
    assert_eq!(codes("コン１"), [""; 0]);
}

#[test]
fn a_blank_remark_leaves_the_grade_unknown_and_says_so() {
    let definitions = builtin();
    let unknown = [("discharge_support", Some("加算区分 不明"))];
    assert_eq!(filed(&definitions, "入退支", None, "2025-10-01"), unknown);
    assert_eq!(
        filed(&definitions, "入退支", Some("入院時支援加算"), "2025-10-01"),
        unknown
    );
    assert_eq!(
        filed(
            &definitions,
            "入退支",
            Some("入退院支援加算1"),
            "2025-10-01"
        ),
        [("discharge_support", Some("加算１"))]
    );
}

/// 時間外対応加算 was renumbered on 2024-06-01: its new 2 answers always, its old 2 in the evening.
#[test]
fn a_symbol_means_what_it_meant_on_the_day_of_the_list() {
    let definitions = builtin();
    let code = |day| filed(&definitions, "時間外２", None, day)[0].0;
    assert_eq!(code("2024-05-31"), "after_hours_call_partly");
    assert_eq!(code("2024-06-01"), "after_hours_call_always");
    let undated = definitions.capabilities_of_filing("時間外２", None, None);
    assert_eq!(undated.len(), 1);
    assert_eq!(undated[0].capability.code, "after_hours_call_always");
}

#[test]
fn the_marks_of_the_bed_reports_are_known() {
    let definitions = builtin();
    for (mark, code) in [
        ("特", "advanced_treatment_hospital"),
        ("地", "regional_support_hospital"),
        ("三次", "tertiary_emergency"),
        ("二次", "secondary_emergency"),
        ("在支", "home_care_24h"),
    ] {
        assert_eq!(
            definitions
                .capability_of_bed_report(mark)
                .map(|one| one.code.as_str()),
            Some(code),
            "{mark}"
        );
    }
}

/// The treatments of domain.md §1.2 that no public list tells: they read 未収載 until a survey is loaded.
#[test]
fn treatments_come_from_surveys_only() {
    let definitions = builtin();
    for code in [
        "gastrostomy",
        "stoma",
        "home_oxygen",
        "tracheostomy",
        "ventilator",
        "central_venous_nutrition",
        "urinary_catheter",
        "end_of_life_care",
        "intractable_disease",
        "accepts_disability",
        "accepts_children",
        "accepts_mental_illness",
        "suction",
        "insulin",
        "accepts_dementia",
        "wound_care",
        "pressure_ulcer",
        "nasogastric_tube",
        "jejunostomy",
        "accepts_dialysis_patients",
        "infusion",
        "infection_carrier",
    ] {
        let capability = definitions
            .capability(code)
            .unwrap_or_else(|| panic!("{code}"));
        assert_eq!(capability.sources, ["survey"], "{code}");
    }
}

/// domain.md §5: names that came after the source deck are found by both.
#[test]
fn old_and_new_names_are_aliases() {
    let definitions = builtin();
    let aliases: BTreeSet<&str> = definitions
        .capabilities()
        .iter()
        .flat_map(|one| &one.aliases)
        .chain(definitions.categories().iter().flat_map(|one| &one.aliases))
        .map(String::as_str)
        .collect();
    for name in [
        "リハビリテーション支援センター",
        "難病の基幹病院",
        "在宅医療に必要な連携を担う拠点",
        "積極的役割を担う医療機関",
    ] {
        assert!(aliases.contains(name), "{name}");
    }
}

#[test]
fn an_overlay_takes_the_place_of_a_whole_file() {
    let text = changed(
        "views.toml",
        "plain = \"診てもらう・薬をもらう\"",
        "plain = \"お医者さんと薬\"",
    );
    let definitions = with_file("views.toml", &text).expect("a good file");
    assert_eq!(
        definitions.view("medical").expect("still there").plain,
        "お医者さんと薬"
    );
    assert_eq!(definitions.categories(), builtin().categories());
}

#[test]
fn a_wrong_overlay_is_refused_by_name_and_line() {
    let text = changed("views.toml", "marker = 1", "markers = 1");
    let fault = only_fault("views.toml", &text);
    assert!(
        fault.starts_with("views.toml の ") && fault.contains("項目「markers」は使えません"),
        "{fault}"
    );

    let text = changed(
        "categories.toml",
        "view = \"medical\"\nname = \"病院\"",
        "view = \"medicine\"\nname = \"病院\"",
    );
    let line = 1 + text
        .lines()
        .position(|line| line.contains("medicine"))
        .expect("there");
    let fault = only_fault("categories.toml", &text);
    assert!(
        fault.starts_with(&format!(
            "categories.toml の {line} 行目: 視点（view）「medicine」"
        )),
        "{fault}"
    );

    let text = changed("categories.toml", "\"hospital\"", "\"clinic\"");
    let faults = with_file("categories.toml", &text).expect_err("twice");
    assert!(
        faults
            .iter()
            .any(|fault| fault.reason.starts_with("コード「clinic」は")),
        "{faults:#?}"
    );

    let text = changed(
        "capabilities.toml",
        "sources = [\"filings\"]\nis_24h",
        "sources = [\"fillings\"]\nis_24h",
    );
    let faults = with_file("capabilities.toml", &text).expect_err("unknown source");
    assert!(
        faults.iter().any(|fault| fault
            .reason
            .contains("「fillings」はどこにも定義されていません")),
        "{faults:#?}"
    );
}

#[test]
fn the_fee_rule_stands_by_the_kinds_it_applies_to_and_by_no_other() {
    let rule = builtin().coverage().clone();
    assert!(rule.basis_of("home_care_24h").contains("往診・訪問診療"));
    assert_eq!(rule.basis_of("palliative_ward"), rule.otherwise);
    let text = changed("coverage.toml", "\"pharmacist_visit\"", "\"postman\"");
    assert!(only_fault("coverage.toml", &text).contains("「postman」"));
}

#[test]
fn a_code_that_cannot_stand_in_a_url_is_refused() {
    let text = changed("sources.toml", "code = \"survey\"", "code = \"調査\"");
    let faults = with_file("sources.toml", &text).expect_err("not a code");
    assert!(
        faults
            .iter()
            .any(|fault| fault.reason.starts_with("コード「調査」は")),
        "{faults:#?}"
    );
}

#[test]
fn two_rules_of_a_symbol_for_the_same_day_are_refused() {
    let text = changed(
        "capabilities.toml",
        "filings = [{ symbol = \"在後病\" }]",
        "filings = [{ symbol = \"在後病\" }, { symbol = \"在後病\", valid_from = \"2026-06-01\" }]",
    );
    let fault = only_fault("capabilities.toml", &text);
    assert!(
        fault.contains("受理記号「在後病」の決まりが同じ日に二つあります"),
        "{fault}"
    );
}

#[test]
fn files_that_nobody_reads_are_refused() {
    let fault = only_fault("catergories.toml", "");
    assert!(
        fault.starts_with("catergories.toml: この名前の定義ファイルは使われません"),
        "{fault}"
    );
    let faults = Definitions::load(Some(Path::new("no/such/folder"))).expect_err("no folder");
    assert!(
        faults[0]
            .to_string()
            .starts_with("no/such/folder: 定義ファイルのフォルダーを読めません"),
        "{faults:?}"
    );
}

#[test]
fn broken_toml_is_refused_with_its_line() {
    let fault = only_fault("views.toml", "[[view]]\ncode = \"a\nname = 1");
    assert!(
        fault.starts_with("views.toml の 2 行目: TOMLとして読めません"),
        "{fault}"
    );
    let fault = only_fault("views.toml", "[[view]]\ncode = \"a\"\nname = 1\n");
    assert!(
        fault.starts_with("views.toml の 3 行目: 値の種類が違います"),
        "{fault}"
    );
    let fault = only_fault("views.toml", "[[view]]\ncode = \"a\"\n");
    assert!(fault.contains("がありません"), "{fault}");
}

#[test]
fn the_forms_of_handing_over_are_there_and_each_names_the_patient_and_the_day() {
    let definitions = builtin();
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
    for code in [
        "admission_info",
        "discharge_record",
        "medical_info_12_4",
        "nursing_summary",
        "discharge_sharing",
        "discharge_screening",
        "care_manager_card",
    ] {
        let form = definitions.form(code, today).expect(code);
        assert_eq!(definitions.form_version(code, &form.version), Some(form));
        for item in ["patient_name", "written_on"] {
            assert!(form.item(item).is_some_and(|item| item.required), "{code}");
        }
    }
    assert!(definitions.form("fax_cover", today).is_none());
}

#[test]
fn a_form_of_ones_own_is_added_and_a_wrong_one_is_named() {
    let card = tree::Tree::embedded()
        .text("forms/care_manager_card.toml")
        .expect("built in")
        .replace("2024-04-01", "2027-04-01")
        .replace("version = \"2024-04\"", "version = \"2027-04\"");
    let definitions = with_file("forms/care_manager_card.2027-04.toml", &card).expect("added");
    let on = |year| {
        let day = NaiveDate::from_ymd_opt(year, 6, 1).expect("a day");
        let form = definitions.form("care_manager_card", day);
        form.map(|form| form.version.clone())
    };
    assert_eq!(on(2026).as_deref(), Some("2024-04"));
    assert_eq!(on(2027).as_deref(), Some("2027-04"));
    let wrong = changed(
        "forms/care_manager_card.toml",
        "kind = \"date\"",
        "kind = \"day\"",
    );
    let fault = only_fault("forms/care_manager_card.toml", &wrong);
    assert!(
        fault.starts_with("forms/care_manager_card.toml の "),
        "{fault}"
    );
}
