//! How a form's file is read, and what of it is refused.

use super::*;

const GOOD: &str = r#"name = "試しの様式"
version = "1"
valid_from = "2024-04-01"
from = "ケアマネジャー"
to = "病院"
source = "試験"

[lists]
yes = ["yes:あり", "no:なし"]

[[section]]
code = "person"
title = "1 本人"

[[section.item]]
code = "born_on"
label = "生年月日"
kind = "date"
prefill = "patient.born_on"

[[section.item]]
code = "written_on"
label = "記入日"
kind = "date"
required = true
carried = false

[[section.item]]
code = "age"
label = "年齢"
kind = "number"
unit = "歳"
computed = { age_of = "born_on", on = "written_on" }

[[section]]
code = "body"
title = "2 からだ"

[[section.item]]
code = "paralysis"
label = "麻痺"
kind = "choice"
choices_of = "yes"

[[section.item]]
code = "where"
label = "麻痺の部位"
kind = "text"
shown_when = { any = [{ item = "paralysis", is = ["yes"] }, { all = [{ item = "age", filled = true }] }] }
required_when = { item = "drugs", filled = true }

[[section.item]]
code = "drugs"
label = "薬"
kind = "table"
most = 3
columns = [
  { code = "name", label = "薬の名前", kind = "text", required = true },
  { code = "times", label = "1日の回数", kind = "number", min = 0, max = 9 },
]

[[section.item]]
code = "scale"
label = "尺度"
kind = "scale"
parts = [{ code = "1", scores = [0, 5, 10] }, { code = "2", scores = [0, 1] }]
"#;

fn faults(text: &str) -> Vec<String> {
    let faults = Form::parse("forms/trial.toml", text).expect_err("refused");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_form_is_read_in_the_order_of_its_file() {
    let form = Form::parse("forms/trial.2024.toml", GOOD).expect("sound");
    assert_eq!((form.code.as_str(), form.version.as_str()), ("trial", "1"));
    let codes: Vec<&str> = form.items().map(|item| item.code.as_str()).collect();
    let order = "born_on written_on age paralysis where drugs scale";
    assert_eq!(codes.join(" "), order);
    let Kind::Choice(choices) = &form.item("paralysis").expect("there").kind else {
        panic!("a choice");
    };
    assert_eq!(choices[0].word, "あり");
    let again = Form::parse(&form.file, &form.text).expect("as it was kept");
    assert_eq!(again, form);
}

#[test]
fn what_is_wrong_is_told_with_line_and_reason() {
    let line = |word: &str| {
        1 + GOOD
            .lines()
            .position(|line| line.contains(word))
            .expect("there")
    };
    for (from, to, place, reason) in [
        (
            "name = \"試しの様式\"",
            "name = \" \"",
            "name =",
            "name が空です",
        ),
        (
            "label = \"年齢\"",
            "label = \"\"",
            "label = \"年齢\"",
            "label が空です",
        ),
        (
            "title = \"2 からだ\"",
            "title = \"\"",
            "title = \"2",
            "title が空です",
        ),
        (
            "valid_from = \"2024-04-01\"",
            "valid_from = \"2024-04-01\"\nvalid_to = \"2024-03-31\"",
            "",
            "より前です",
        ),
        (
            "code = \"age\"",
            "code = \"born_on\"",
            "code = \"age\"",
            "二度あります",
        ),
        (
            "code = \"body\"",
            "code = \"person\"",
            "code = \"body\"",
            "二度あります",
        ),
        ("\"no:なし\"", "\"yes:なし\"", "", "二度あります"),
        ("\"no:なし\"", "\"なし\"", "", "「コード:ことば」"),
        (
            "choices_of = \"yes\"",
            "choices_of = \"other\"",
            "choices_of",
            "[lists] にありません",
        ),
        (
            "min = 0, max = 9",
            "min = 9, max = 0",
            "",
            "min が max より大きい",
        ),
        (
            "is = [\"yes\"]",
            "is = [\"maybe\"]",
            "shown_when",
            "選択肢にありません",
        ),
        (
            "item = \"paralysis\"",
            "item = \"palsy\"",
            "shown_when",
            "この項目より前にありません",
        ),
        (
            "item = \"paralysis\"",
            "item = \"drugs\"",
            "shown_when",
            "この項目より前にありません",
        ),
        (
            "{ item = \"drugs\", filled = true }",
            "{ item = \"gone\", filled = true }",
            "required_when",
            "この様式にありません",
        ),
        (
            "{ item = \"drugs\", filled = true }",
            "{ item = \"drugs\" }",
            "required_when",
            "のどれかで書いてください",
        ),
        (
            "on = \"written_on\"",
            "on = \"age\"",
            "computed",
            "この項目より前にありません",
        ),
        (
            "on = \"written_on\"",
            "on = \"gone\"",
            "computed",
            "この項目より前にありません",
        ),
        (
            "{ age_of = \"born_on\", on = \"written_on\" }",
            "{ sum = [\"born_on\"] }",
            "computed",
            "使えない種類",
        ),
        (
            "{ age_of = \"born_on\", on = \"written_on\" }",
            "{ sum = [\"born_on\"], count = \"born_on\" }",
            "computed",
            "どれか一つ",
        ),
        (
            "unit = \"歳\"",
            "unit = \"歳\"\nlines = 3",
            "",
            "lines は使えません",
        ),
        (
            "unit = \"歳\"",
            "unit = \"歳\"\nrequired = true",
            "computed",
            "required と prefill を付けないで",
        ),
        ("most = 3", "most = 300", "", "行の数"),
        ("scores = [0, 1]", "scores = []", "parts", "点（scores）"),
        (
            "prefill = \"patient.born_on\"",
            "prefill = \"patient.blood\"",
            "prefill",
            "「patient.blood」は使えません",
        ),
        (
            "kind = \"table\"",
            "kind = \"sheet\"",
            "kind = \"table\"",
            "「sheet」は使えません",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let found = faults(&GOOD.replacen(from, to, 1));
        let all = found.join("\n");
        assert!(all.contains(reason), "{to}: {all}");
        if !place.is_empty() && !to.contains('\n') {
            let word = format!("の {} 行目", line(place));
            assert!(all.contains(&word), "{to}: {all}");
        }
    }
}

#[test]
fn a_form_lies_in_its_folder_under_a_name_that_is_a_code() {
    for file in [
        "forms/a/b.toml",
        "forms/Trial.toml",
        "forms/.toml",
        "trial.toml",
    ] {
        let found = Form::parse(file, GOOD).expect_err("refused");
        assert!(found[0].to_string().contains("ファイル名は"), "{found:?}");
    }
}

fn from(file: &str, version: &str, first: &str) -> Form {
    let text = GOOD.replace("version = \"1\"", &format!("version = \"{version}\""));
    let text = text.replace(
        "valid_from = \"2024-04-01\"",
        &format!("valid_from = \"{first}\""),
    );
    Form::parse(file, &text).expect("sound")
}

#[test]
fn the_newest_that_holds_on_a_day_is_in_force() {
    let mut old = from("forms/trial.old.toml", "old", "2018-04-01");
    let new = from("forms/trial.toml", "new", "2024-04-01");
    let day = |text: &str| text.parse().expect("a day");
    let forms = [old.clone(), new];
    let on = |text: &str| in_force(&forms, "trial", day(text)).map(|form| form.version.as_str());
    assert_eq!(on("2018-03-31"), None);
    assert_eq!(on("2024-03-31"), Some("old"));
    assert_eq!(on("2024-04-01"), Some("new"));
    assert!(in_force(&forms, "other", day("2024-04-01")).is_none());
    old.valid_to = Some(day("2020-03-31"));
    assert!(in_force(&[old], "trial", day("2020-04-01")).is_none());
}

#[test]
fn two_files_that_say_the_same_version_or_day_are_refused() {
    let one = from("forms/trial.toml", "1", "2024-04-01");
    for (version, first, word) in [("1", "2020-04-01", "版"), ("2", "2024-04-01", "始まりの日")]
    {
        let other = from("forms/trial.x.toml", version, first);
        let found = among_each_other(&[one.clone(), other]);
        assert_eq!(found.len(), 1);
        assert!(found[0].to_string().contains(word), "{}", found[0]);
    }
}
