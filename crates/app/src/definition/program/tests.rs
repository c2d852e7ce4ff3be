//! Tests of reading programs: what is refused, by which line, and how a rule reads.

use chrono::NaiveDate;

use super::Program;
use crate::definition::Definitions;

const RULE: &str = r#"
code = "rule"
name = "申し合わせ"
version = "1"
valid_from = "2026-04-01"
source = "協議会"
preamble = "まえがき"
access = "protected"
office = { weekdays = ["Mon"], opens = "08:30", closes = "17:15", closed_on_holidays = true }
role = [
    { code = "hospital", name = "病院", team_role = "hospital", opens = true },
    { code = "care_manager", name = "ケアマネジャー", team_role = "care_management" },
]
event = [
    { code = "admitted", name = "入院", kind = "admitted", from = ["hospital"] },
    { code = "planned", name = "退院日", from = ["hospital"], day = "退院予定日" },
]
stage = [{ code = "begun", name = "入院中", after = ["admitted"] }]
closing = [{ code = "over", name = "終わり" }]
[[fact]]
code = "need"
name = "必要"
choices = [{ code = "no", name = "なし" }, { code = "yes", name = "あり" }]
[[step]]
code = "notice"
name = "連絡"
from = "hospital"
to = "care_manager"
after = ["admitted"]
due = [{ within = 1, unit = "business_days", office = "hospital" }]
[[step]]
code = "answer"
name = "返事"
from = "care_manager"
to = "hospital"
after = ["done:notice"]
"#;

fn faults(text: &str) -> Vec<String> {
    match Program::parse("programs/rule.toml", text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The one fault of the rule with `from` put in place of `to`, which stands in it.
fn refused(from: &str, to: &str) -> String {
    assert!(RULE.contains(from), "{from}");
    let faults = faults(&RULE.replacen(from, to, 1));
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].clone()
}

#[test]
fn a_rule_that_holds_together_is_read() {
    assert_eq!(faults(RULE), Vec::<String>::new());
}

#[test]
fn a_step_that_waits_for_itself_is_refused_with_its_line() {
    let faults = faults(&RULE.replacen(
        r#"after = ["admitted"]
due"#,
        r#"after = ["done:answer"]
due"#,
        1,
    ));
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("programs/rule.toml の 24 行目: 「notice」は、自分が済むのを待って"),
        "{faults:?}"
    );
}

#[test]
fn what_names_nothing_is_refused() {
    let unknown = |from, to, said: &str| {
        let fault = refused(from, to);
        assert!(fault.contains(said), "{fault}");
    };
    unknown(
        r#"from = "hospital""#,
        r#"from = "ward""#,
        "役割「ward」はどこにも",
    );
    unknown(
        r#"["done:notice"]"#,
        r#"["done:none"]"#,
        "対応事項「none」はどこにも",
    );
    unknown(
        r#"office = "hospital""#,
        r#"office = "clinic""#,
        "役割「clinic」",
    );
    unknown(
        r#"after = ["admitted"] }]"#,
        r#"after = ["left"] }]"#,
        "出来事「left」",
    );
    unknown(
        r#"due = [{ within = 1"#,
        r#"due = [{ when = [{ fact = "need", is = ["maybe"] }], within = 1"#,
        "「need」に「maybe」という選択肢はありません",
    );
}

#[test]
fn a_choice_that_seats_nobody_known_is_refused() {
    let fault = refused(
        r#"{ code = "yes", name = "あり" }"#,
        r#"{ code = "yes", name = "あり", seats = "nobody" }"#,
    );
    assert!(
        fault.contains("役割（seats）「nobody」はどこにも"),
        "{fault}"
    );
}

#[test]
fn an_event_seats_by_what_it_sets_and_by_what_is_answered() {
    let definitions = Definitions::load(None).unwrap();
    let file = definitions
        .program_version("discharge_support", "2026-04-01")
        .unwrap();
    let program = &file.program;
    let seats = |event: &str, answer: &str| -> Vec<&str> {
        let answers = [("care_manager".to_owned(), answer.to_owned())].into();
        let rule = program.event(event).unwrap();
        let roles = program.seats(rule, &answers);
        roles.map(|it| it.code.as_str()).collect()
    };
    assert_eq!(seats("care_manager_found", ""), ["care_manager"]);
    assert_eq!(seats("admitted", "yes"), ["care_manager"]);
    assert_eq!(seats("admitted", "no"), [""; 0]);
    assert_eq!(seats("no_care_manager", ""), [""; 0]);
    let course = |code: &str| {
        let branch = program.branches.iter().find(|it| it.code == code);
        program.course_seats(branch.unwrap())
    };
    assert_eq!(course("a"), Some(true));
    assert_eq!(course("b65"), Some(false));
    assert_eq!(course("unknown"), None);
}

#[test]
fn a_deadline_that_cannot_be_meant_is_refused() {
    let wrong = |to, said: &str| {
        let fault = refused("within = 1,", to);
        assert!(fault.contains(said), "{fault}");
    };
    wrong("", "within か before のどちらか一つ");
    wrong("within = 400,", "一年を超えています");
    wrong("within = 0, count_first_day = true,", "1以上にしてください");
    wrong("before = 3,", "日（day）を告げません");
    let fault = refused(r#"opens = "08:30""#, r#"opens = "8時半""#);
    assert!(fault.contains("08:30"), "{fault}");
}

#[test]
fn a_code_stands_once_and_none_of_the_programs_own() {
    assert!(refused(r#"code = "answer""#, r#"code = "notice""#).contains("二度あります"));
    let fault = refused(r#"code = "planned""#, r#"code = "closed""#);
    assert!(fault.contains("プログラムが使います"), "{fault}");
}

#[test]
fn the_built_in_programs_hold_and_an_example_begins_no_case() {
    let definitions = Definitions::load(None).unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let on = |code, text| definitions.program_on(code, day(text)).is_some();
    for code in ["discharge_support", "stroke_pathway", "home_care"] {
        assert!(on(code, "2026-11-23"), "{code}");
        assert!(!on(code, "2026-03-31"), "{code}");
    }
    assert!(!on("discharge_support_seino", "2026-11-23"));
    assert!(
        definitions
            .program_version("discharge_support_seino", "2016-04-01")
            .is_some()
    );
    for file in definitions.programs() {
        let again = Program::parse("kept", &file.text).unwrap();
        assert_eq!(again, file.program, "what is kept reads as it did");
    }
}

#[test]
fn a_deadline_reads_as_a_council_would_write_it() {
    let definitions = Definitions::load(None).unwrap();
    let file = definitions
        .program_version("discharge_support", "2026-04-01")
        .unwrap();
    let program = &file.program;
    let words = |step: &str| {
        let step = program.step(step).unwrap();
        let due: Vec<String> = step.due.iter().map(|it| program.due_words(it)).collect();
        format!("{}から{}", program.after_words(step), due.join(" / "))
    };
    assert_eq!(
        words("admission_information"),
        "入院・緊急入院（バックアップ病床）・担当のケアマネジャーがわかったから3営業日以内（当日を1日目に数える。ケアマネジャーの営業時間の後か休みの日に始まるときは次の営業日から数える）"
    );
    assert!(words("discharge_notice").contains("3営業日前まで"));
    let step = program.step("conference").unwrap();
    assert_eq!(
        program.conditions_words(&step.when).unwrap(),
        "退院支援の必要が「必ず調整が必要」のとき"
    );
    assert_eq!(
        program.after_words(step),
        "患者・家族との最初の面談の済んだとき"
    );
}
