//! Forms filled in well, wrongly and with malice; and what is the same however they travel.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::begin::{Known, begin_from, prefill};
use super::difference::differences;
use super::read::{Reading, Trouble, read};
use super::*;
use crate::definition::Definitions;
use crate::definition::form::{Form, Kind, Prefill};
use crate::sheet::write::{CsvTable, Table};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day")
}

fn shipped() -> Vec<Form> {
    let definitions = Definitions::load(None).expect("sound");
    definitions.forms().to_vec()
}

fn form(code: &str) -> Form {
    let mut forms = shipped().into_iter();
    forms.find(|form| form.code == code).expect("shipped")
}

fn raw(pairs: &[(&str, &str)]) -> Raw {
    Raw::of_pairs(
        pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned())),
    )
}

fn said(reading: &Reading) -> Vec<&str> {
    reading
        .faults
        .iter()
        .map(|fault| fault.sentence.as_str())
        .collect()
}

/// Every field filled with something that is right.
fn filled(form: &Form) -> Raw {
    let mut raw = Raw::default();
    for item in form.items() {
        match &item.kind {
            Kind::Many(choices) => choices
                .iter()
                .filter(|it| it.code != "none")
                .for_each(|it| raw.add(&item.code, it.code.clone())),
            Kind::Choice(choices) => raw.add(&item.code, choices[choices.len() - 1].word.clone()),
            Kind::Table { columns, most } => {
                for row in 0..*most {
                    for column in columns {
                        let name = format!("{}.{row}.{}", item.code, column.code);
                        raw.add(&name, right(&column.kind));
                    }
                }
            }
            Kind::Scale(parts) => {
                for part in parts {
                    let name = format!("{}.{}", item.code, part.code);
                    raw.add(&name, part.scores[0].to_string());
                }
            }
            kind => raw.add(&item.code, right(kind)),
        }
    }
    raw
}

fn right(kind: &Kind) -> String {
    match kind {
        Kind::Number(measure) => measure.max.unwrap_or(1.0).to_string(),
        Kind::Date => "Ｒ８．１１．２０".to_owned(),
        Kind::DateTime => "11/20 14時30分".to_owned(),
        Kind::Choice(choices) => choices[0].code.clone(),
        _ => "見本".to_owned(),
    }
}

#[test]
fn every_shipped_form_is_filled_in_and_comes_back_the_same_by_json_fields_and_workbook() {
    for form in shipped() {
        let reading = read(&form, &filled(&form), today());
        assert_eq!(said(&reading), Vec::<&str>::new(), "{}", form.code);
        let json = reading.values.to_json().to_string();
        assert_eq!(Values::from_json(&json).expect("kept"), reading.values);
        let typed = Raw::of(&form, &reading.values);
        assert_eq!(
            read(&form, &typed, today()).values,
            reading.values,
            "{}",
            form.code
        );
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("form.xlsx");
        std::fs::write(&path, sheet::book(&form, &typed, &[]).expect("a book")).expect("written");
        let back = sheet::read(&form, &path).expect("read");
        assert_eq!(
            read(&form, &back, today()).values,
            reading.values,
            "{}",
            form.code
        );
        for item in form.items() {
            let words = words::words(item, reading.values.get(&item.code));
            assert!(!words.contains("None") && !words.contains('{'), "{words}");
        }
    }
}

#[test]
fn what_cannot_be_is_refused_at_its_field() {
    let form = form("nursing_summary");
    let typed = [
        ("written_on", "R8.11.24"),
        ("admitted_on", "R8.11.20"),
        ("discharged_on", "R8.11.19"),
    ];
    let mut typed = raw(&typed);
    let many = form.items().find(|item| match &item.kind {
        Kind::Many(choices) => choices.iter().any(|it| it.code == "none"),
        _ => false,
    });
    let many = many.expect("one has none");
    for choice in many.kind.choices().iter().take(2) {
        typed.add(&many.code, choice.code.clone());
    }
    let reading = read(&form, &typed, today());
    let said = said(&reading).join("\n");
    for sentence in [
        "「記入日」は、今日より後の日にできません",
        "「退院日・退院予定日」は、「入院日」より前の日にできません",
        &format!(
            "「{}」は、「なし」とほかのものを一緒に選べません",
            many.label
        ),
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
    for code in ["written_on", "discharged_on", &many.code] {
        assert_eq!(reading.values.get(code), None, "{code}");
    }
    let later = raw(&[("admitted_on", "R8.11.24"), ("discharged_on", "R8.12.1")]);
    let faults = read(&form, &later, today()).faults;
    assert!(
        faults
            .iter()
            .any(|it| it.item == "admitted_on" && it.trouble == Trouble::Wrong)
    );
    assert!(
        !faults
            .iter()
            .any(|it| it.item == "discharged_on" && it.trouble == Trouble::Wrong)
    );
}

#[test]
fn since_about_when_somebody_is_ill_is_said_in_words() {
    let form = form("medical_info_12_4");
    let typed = [
        ("diagnoses.0.name", "脳梗塞"),
        ("diagnoses.0.since", "令和5年頃"),
    ];
    let reading = read(&form, &raw(&typed), today());
    assert!(reading.values.get("diagnoses").is_some());
    assert!(!said(&reading).join("").contains("発症年月日"));
}

#[test]
fn an_empty_form_misses_what_it_requires_and_nothing_else() {
    for form in shipped() {
        let reading = read(&form, &Raw::default(), today());
        let required = form.items().filter(|item| item.required).count();
        assert_eq!(reading.faults.len(), required, "{}", form.code);
        assert!(
            reading
                .faults
                .iter()
                .all(|it| it.trouble == Trouble::Missing)
        );
        assert_eq!(reading.values, Values::default());
    }
}

#[test]
fn width_calendars_and_units_are_made_one_in_silence() {
    let form = form("nursing_summary");
    let typed = [
        ("written_on", "４／１"),
        ("patient_name", "　ﾔﾏﾀﾞ　 花子 "),
        ("born_on", "S15.4.2"),
        ("temperature", "３６．５ ℃"),
        ("height", "150cm"),
        ("weight", "45.0"),
        ("course", "１日目 ﾘﾊﾋﾞﾘ\r\n（順調）\u{7}"),
        ("care_level", "要介護２"),
    ];
    let reading = read(&form, &raw(&typed), today());
    let wrong: Vec<_> = reading
        .faults
        .iter()
        .filter(|it| it.trouble == Trouble::Wrong)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let value = |code: &str| words::words(form.item(code).expect(code), reading.values.get(code));
    assert_eq!(value("written_on"), "令和8年4月1日");
    assert_eq!(value("patient_name"), "ヤマダ 花子");
    assert_eq!(value("age"), "85歳", "the day before the birthday");
    assert_eq!(value("temperature"), "36.5℃");
    assert_eq!(value("bmi"), "20.0");
    assert_eq!(value("course"), "1日目 リハビリ\n（順調）");
    assert_eq!(value("care_level"), "要介護2");
}

#[test]
fn every_wrong_field_is_named_at_once_with_what_to_do() {
    let form = form("nursing_summary");
    let typed = [
        ("written_on", "昨日"),
        ("temperature", "365"),
        ("pulse", "60.5"),
        ("oxygen", "九十八"),
        ("care_level", "要介護9"),
        ("barthel.1", "7"),
        ("ward", &"あ".repeat(41)),
        ("drugs.0.dose", "朝"),
        ("infection", "yes"),
    ];
    let reading = read(&form, &raw(&typed), today());
    let said = said(&reading).join("\n");
    for sentence in [
        "「記入日」は、日付で書いてください。例：令和8年4月1日、R8.4.1、20260401、4/1。",
        "「体温」は、30から44までの数で書いてください。",
        "「脈拍」は、小数を付けずに書いてください。",
        "「SpO2」は、数字で書いてください。例：40。",
        "「要介護度」は、「未申請」「申請中」",
        "「Barthel Index 1」は、0・5・10のどれかの点にしてください。",
        "「病棟」は、40字までで書いてください（いま41字）。",
        "「退院時の処方 1行目 薬の名前」は必須です。書いてください。",
        "「感染症の名前」は必須です。書いてください。",
    ] {
        assert!(said.contains(sentence), "{sentence} is not in\n{said}");
    }
    let order: Vec<&str> = form.items().map(|item| item.code.as_str()).collect();
    let at = |code: &str| order.iter().position(|it| *it == code);
    let faults = reading.faults.iter().map(|fault| at(&fault.item));
    assert!(faults.is_sorted(), "in the order of the paper");
}

#[test]
fn what_is_not_asked_is_not_kept_and_not_complained_of() {
    let form = form("admission_info");
    let typed = |smokes| raw(&[("smoking", smokes), ("smoking_n", "many")]);
    let reading = read(&form, &typed("no"), today());
    assert!(!said(&reading).iter().any(|it| it.contains("本数")));
    assert_eq!(reading.values.get("smoking_n"), None);
    let reading = read(&form, &typed("yes"), today());
    assert!(said(&reading).iter().any(|it| it.contains("本数")));
    let condition = form
        .item("smoking_n")
        .and_then(|item| item.shown_when.clone());
    let words = words::condition(&form, &condition.expect("there"));
    assert_eq!(words, "「喫煙」が「あり」のとき");
}

#[test]
fn a_scale_has_a_total_once_it_is_whole_and_days_count_both_ends() {
    let form = form("nursing_summary");
    let mut typed = raw(&[("admitted_on", "R8.11.1"), ("discharged_on", "R8.11.3")]);
    for part in 1..=9 {
        typed.add(&format!("barthel.{part}"), "5".to_owned());
    }
    let item = form.item("barthel").expect("there");
    let reading = read(&form, &typed, today());
    let said = words::words(item, reading.values.get("barthel"));
    assert!(said.starts_with("10項目のうち9項目"), "{said}");
    typed.add("barthel.10", "10点".to_owned());
    let reading = read(&form, &typed, today());
    let said = words::words(item, reading.values.get("barthel"));
    assert!(said.starts_with("合計55点（1：5、"), "{said}");
    assert_eq!(
        reading.values.get("days_of_stay"),
        Some(&Value::Number(3.0))
    );
}

#[test]
fn hostile_fields_stay_small_and_are_refused() {
    let form = form("nursing_summary");
    let mut pairs: Vec<(String, String)> = (0..10_000)
        .map(|row| (format!("drugs.{row}.name"), "薬".to_owned()))
        .collect();
    pairs.insert(0, ("course".to_owned(), "長".repeat(2_000_000)));
    pairs.insert(0, ("temperature".to_owned(), "9".repeat(400)));
    pairs.insert(0, ("treatments".to_owned(), "<script>".to_owned()));
    pairs.insert(0, ("barthel.1".to_owned(), i128::MAX.to_string()));
    let raw = Raw::of_pairs(pairs);
    assert!(raw.pairs().count() <= 5_000);
    let reading = read(&form, &raw, today());
    let said = said(&reading).join("\n");
    assert!(
        said.contains("「退院時の処方」は、15行までで書いてください"),
        "{said}"
    );
    assert!(said.contains("「入院中の経過」は、1000字までで"), "{said}");
    assert!(said.contains("「体温」は、数字で"), "{said}");
    let Some(Value::Rows(rows)) = reading.values.get("drugs") else {
        panic!("the first rows")
    };
    assert_eq!(rows.len(), 15);
    assert!(reading.values.to_json().to_string().len() < 10_000);
}

#[test]
fn a_row_is_added_by_its_button_and_by_no_other_name() {
    let form = form("nursing_summary");
    assert_eq!(raw(&[("drugs.add", "1")]).adds_row(&form), Some("drugs"));
    assert_eq!(raw(&[("weight.add", "1")]).adds_row(&form), None);
}

#[test]
fn differences_are_told_in_words_in_the_order_of_the_paper() {
    let form = form("admission_info");
    let old = read(
        &form,
        &raw(&[("phone", "1"), ("paralysis", "light")]),
        today(),
    )
    .values;
    let new = read(
        &form,
        &raw(&[("paralysis", "重度"), ("ulcer", "yes")]),
        today(),
    )
    .values;
    let found = differences(&form, &old, &new);
    let told: Vec<_> = found
        .iter()
        .map(|it| (&*it.label, &*it.before, &*it.after))
        .collect();
    let expected = [
        ("電話番号", "1", ""),
        ("麻痺", "軽度", "重度"),
        ("褥瘡", "", "あり"),
    ];
    assert_eq!(told, expected);
    assert!(differences(&form, &old, &old).is_empty());
}

#[test]
fn a_new_version_begins_with_the_old_answers_and_tells_which_found_no_place() {
    let last = form("admission_info");
    let text = last.text.replace("\"heavy:重度\"", "\"severe:最重度\"");
    let text = text.replace("code = \"interests\"", "code = \"pleasures\"");
    let new = Form::parse("forms/admission_info.next.toml", &text).expect("sound");
    let typed = [
        ("written_on", "R8.4.1"),
        ("patient_name", "見本 花子"),
        ("paralysis", "heavy"),
        ("interests", "俳句"),
        ("treatments", "oxygen"),
    ];
    let values = read(&last, &raw(&typed), today()).values;
    let begun = begin_from(&new, &last, &values, today());
    let dropped: Vec<_> = begun
        .dropped
        .iter()
        .map(|it| (&*it.label, &*it.words))
        .collect();
    assert_eq!(
        dropped,
        [
            ("本人の趣味・興味・関心のあること", "俳句"),
            ("麻痺", "重度")
        ]
    );
    assert_eq!(begun.values.get("patient_name"), values.get("patient_name"));
    assert_eq!(begun.values.get("treatments"), values.get("treatments"));
    assert_eq!(begun.values.get("written_on"), None, "asked anew each time");
    let same = begin_from(&last, &last, &values, today());
    assert!(same.dropped.is_empty());
}

#[test]
fn what_is_known_fills_its_items_and_what_does_not_fit_is_left() {
    let form = form("discharge_screening");
    let known = Known::from([
        (Prefill::PatientName, "見本 花子".to_owned()),
        (Prefill::PatientSex, "female".to_owned()),
        (Prefill::CareLevel, "要支援１".to_owned()),
        (Prefill::AdmittedOn, "2026-11-20".to_owned()),
        (Prefill::PatientBornOn, "不明".to_owned()),
        (Prefill::CareManagerName, "見本 千歳".to_owned()),
    ]);
    let values = prefill(&form, &known, today());
    assert_eq!(values.get("sex"), Some(&Value::Choice("female".to_owned())));
    assert_eq!(
        values.get("care_level"),
        Some(&Value::Choice("support_1".to_owned()))
    );
    assert!(values.get("admitted_on").is_some() && values.get("born_on").is_none());
    assert!(
        values.get("care_manager_name").is_some(),
        "though it is asked later"
    );
}

#[test]
fn a_workbook_whose_numbers_are_lost_is_read_by_its_labels_and_comes_back_with_what_is_wrong() {
    let form = form("nursing_summary");
    let typed = raw(&[
        ("temperature", "365"),
        ("allergy", "yes"),
        ("treatments", "oxygen"),
    ]);
    let reading = read(&form, &typed, today());
    let book = sheet::book(&form, &typed, &reading.faults).expect("a book");
    let folder = tempfile::tempdir().expect("a folder");
    let (full, bare) = (
        folder.path().join("full.xlsx"),
        folder.path().join("bare.csv"),
    );
    std::fs::write(&full, book).expect("written");
    let mut out = Vec::new();
    let mut csv = CsvTable::new(&mut out, &["項目", "記入欄"]).expect("begun");
    let mut told = Vec::new();
    crate::sheet::read::rows(&full, |row| {
        csv.row(&[row.cell(0).into(), row.cell(1).into()])
            .expect("a row");
        told.push(row.cell(3).to_owned());
        true
    })
    .expect("read");
    csv.end().expect("ended");
    std::fs::write(&bare, out).expect("written");
    assert!(
        told.iter().any(|it| it.contains("30から44まで")),
        "{told:?}"
    );
    for path in [full, bare] {
        let back = sheet::read(&form, &path).expect("read");
        assert_eq!(read(&form, &back, today()), reading);
    }
}

#[test]
fn columns_have_a_head_each_and_none_twice() {
    for form in shipped() {
        let heads = columns::heads(&form);
        let mut once = heads.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), heads.len(), "{}", form.code);
        let values = read(&form, &filled(&form), today()).values;
        assert_eq!(columns::cells(&form, &values).len(), heads.len());
        assert_eq!(columns::cells(&form, &Values::default()).len(), heads.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is typed anywhere: nothing panics, and what is kept is read again as itself.
    #[test]
    fn reading_never_panics_and_what_it_keeps_stays(
        texts in proptest::collection::vec(any::<String>(), 1..40),
        which in 0_usize..7,
    ) {
        let form = &shipped()[which];
        let mut names: Vec<String> = Vec::new();
        for item in form.items() {
            match &item.kind {
                Kind::Table { columns, .. } => {
                    names.extend(columns.iter().map(|it| format!("{}.0.{}", item.code, it.code)));
                }
                Kind::Scale(parts) => {
                    names.extend(parts.iter().map(|it| format!("{}.{}", item.code, it.code)));
                }
                _ => names.push(item.code.clone()),
            }
        }
        let pairs = names.into_iter().zip(texts.iter().cycle().cloned());
        let reading = read(form, &Raw::of_pairs(pairs), today());
        let kept = Values::from_json(&reading.values.to_json().to_string()).expect("kept");
        prop_assert_eq!(&kept, &reading.values);
        let again = read(form, &Raw::of(form, &kept), today());
        prop_assert_eq!(&again.values, &kept);
    }

    /// Numbers and days of every way of writing.
    #[test]
    fn numbers_and_days_stay_themselves(tenths in 300_u32..=440, days in 0_u64..60_000) {
        let form = form("nursing_summary");
        let born = NaiveDate::from_ymd_opt(1873, 1, 1).expect("a day") + chrono::Days::new(days);
        let temperature = format!("{}.{}", tenths / 10, tenths % 10);
        let typed = [("temperature", temperature.as_str()), ("born_on", &born.to_string())];
        let values = read(&form, &raw(&typed), today()).values;
        prop_assert_eq!(values.get("born_on"), Some(&Value::Date(born)));
        let again = read(&form, &Raw::of(&form, &values), today()).values;
        prop_assert_eq!(again, values);
    }
}
