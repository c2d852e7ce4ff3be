//! Reading of one check file.

use super::*;

const GOOD: &str = r#"
name = "住所がない事業所"
severity = "warning"
advice = "住所を確かめてください。"
columns = ["番号", "名称"]
count = "select count(*) from v_site where closed_on < {today}"
rows = """
select site_id, site_name
from v_site
where closed_on < {months_ago:12}
"""
"#;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("an ISO day")
}

#[test]
fn a_check_is_read_with_its_days() {
    let check = Check::parse("checks/no_address.toml", GOOD).expect("good");
    assert_eq!(check.code, "no_address");
    assert_eq!(check.severity, Severity::Warning);
    assert_eq!(
        check.count_sql(day("2026-02-28")),
        "select count(*) from v_site where closed_on < '2026-02-28'"
    );
    assert!(
        check
            .rows_sql(day("2026-02-28"))
            .ends_with("where closed_on < '2025-02-28'")
    );
}

#[test]
fn heads_must_match_the_columns_of_the_rows() {
    let text = GOOD.replace(r#"["番号", "名称"]"#, r#"["番号"]"#);
    let faults = Check::parse("checks/x.toml", &text).expect_err("one head too few");
    assert_eq!(
        faults[0].to_string(),
        "checks/x.toml の 7 行目: rows の列が2、要るのは1です（rows は columns の見出しと同じ数、count は件数だけ）。"
    );
}

#[test]
fn a_table_that_is_no_view_is_refused_with_its_line() {
    let text = GOOD.replace("from v_site where closed_on < {today}", "from setting");
    let faults = Check::parse("checks/x.toml", &text).expect_err("not a view");
    assert_eq!(
        faults[0].to_string(),
        "checks/x.toml の 6 行目: 「setting」は読めません。読めるのは v_ で始まるビューだけです。"
    );
}

#[test]
fn an_unknown_placeholder_or_severity_is_refused() {
    let faults = Check::parse("checks/x.toml", &GOOD.replace("{today}", "{yesterday}"))
        .expect_err("no such day");
    assert!(faults[0].reason.contains("{yesterday}"), "{faults:?}");
    let faults = Check::parse("checks/x.toml", &GOOD.replace("\"warning\"", "\"fatal\""))
        .expect_err("no such severity");
    assert_eq!(faults[0].line, Some(3));
    assert!(faults[0].reason.contains("「fatal」"), "{faults:?}");
}

#[test]
fn a_column_of_codes_says_what_of() {
    let check =
        Check::parse("checks/x.toml", &GOOD.replace("名称", "種類:category")).expect("good");
    assert_eq!(
        check.columns[1],
        Column {
            head: "種類".to_owned(),
            codes: Some(Codes::Category)
        }
    );
    let faults = Check::parse("checks/x.toml", &GOOD.replace("名称", "種類:kind"))
        .expect_err("no such codes");
    assert_eq!(faults[0].line, Some(5));
}

#[test]
fn a_file_name_that_is_no_code_is_refused() {
    for file in ["checks/住所.toml", "checks/more/x.toml", "checks/.toml"] {
        let faults = Check::parse(file, GOOD).expect_err("no code");
        assert_eq!(faults[0].line, None, "{file}");
    }
}
