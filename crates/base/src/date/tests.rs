//! Days as they are met in the lists.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Result<NaiveDate, WrongDate> {
    parse_day(text, None)
}

fn says(text: &str) -> String {
    day(text).expect_err("no day").to_string()
}

#[test]
fn wareki_is_read_with_blanks_and_full_width_digits() {
    for (text, iso) in [
        ("令和 7年 9月 1日", "2025-09-01"),
        ("令和元年５月１日", "2019-05-01"),
        ("平成24年 4月 1日", "2012-04-01"),
        ("　平成３１年　４月３０日　", "2019-04-30"),
        ("昭和64年1月7日", "1989-01-07"),
        ("昭和元年12月25日", "1926-12-25"),
        ("大正15年12月24日", "1926-12-24"),
        ("明治45年7月29日", "1912-07-29"),
        ("㍻24年4月1日", "2012-04-01"),
        ("㋿7年9月1日", "2025-09-01"),
        ("令和7年9月1日（月）", "2025-09-01"),
        ("令和7年9月15日(月・祝)", "2025-09-15"),
        ("令和7.9.1", "2025-09-01"),
    ] {
        assert_eq!(
            day(text).map(|day| day.to_string()).as_deref(),
            Ok(iso),
            "{text}"
        );
    }
}

#[test]
fn short_and_western_forms_are_read() {
    for (text, iso) in [
        ("R8.4.1", "2026-04-01"),
        ("Ｒ８．４．１", "2026-04-01"),
        ("r8-4-1", "2026-04-01"),
        ("R元.5.1", "2019-05-01"),
        ("R.8.4.1", "2026-04-01"),
        ("H24/4/1", "2012-04-01"),
        ("S29.4.1", "1954-04-01"),
        ("20260401", "2026-04-01"),
        ("2026-04-01", "2026-04-01"),
        ("2026‐04‐01", "2026-04-01"),
        ("2026/4/1", "2026-04-01"),
        ("２０２６年４月１日", "2026-04-01"),
        ("2026年4月1日（水曜日）", "2026-04-01"),
        ("2026-04-01 00:00:00", "2026-04-01"),
        ("2026-04-01T09:30:00+09:00", "2026-04-01"),
    ] {
        assert_eq!(
            day(text).map(|day| day.to_string()).as_deref(),
            Ok(iso),
            "{text}"
        );
    }
}

#[test]
fn month_and_day_take_the_year_of_today() {
    let today = ymd(2026, 11, 22);
    assert_eq!(parse_day("4/1", Some(today)), Ok(ymd(2026, 4, 1)));
    assert_eq!(parse_day("４月１日", Some(today)), Ok(ymd(2026, 4, 1)));
    assert_eq!(says("4/1"), "日付「4/1」に年がありません。");
    assert!(matches!(
        parse_day("2/29", Some(today)),
        Err(WrongDate::Impossible { .. })
    ));
}

#[test]
fn a_day_the_calendar_does_not_have_is_refused() {
    assert_eq!(
        says("令和7年2月30日"),
        "日付「令和7年2月30日」は暦にありません。"
    );
    for text in [
        "2026-02-29",
        "20261301",
        "2026/0/1",
        "令和0年1月1日",
        "9999-12-31",
        "0001-01-01",
        "H24.6.31",
    ] {
        assert!(
            matches!(day(text), Err(WrongDate::Impossible { .. })),
            "{text}"
        );
    }
    assert_eq!(day("2024-02-29"), Ok(ymd(2024, 2, 29)));
}

#[test]
fn a_day_outside_its_era_names_the_era_s_end() {
    assert_eq!(
        says("平成40年4月1日"),
        "日付「平成40年4月1日」は平成の期間（1989年1月8日から2019年4月30日まで）の外です。"
    );
    for text in [
        "平成31年5月1日",
        "昭和64年1月8日",
        "平成元年1月7日",
        "令和元年4月30日",
        "大正15年12月25日",
        "明治5年12月2日",
    ] {
        assert!(
            matches!(day(text), Err(WrongDate::OutsideEra { .. })),
            "{text}"
        );
    }
    assert!(
        says("R1.4.30").contains("令和の期間（2019年5月1日から）"),
        "{}",
        says("R1.4.30")
    );
}

#[test]
fn other_texts_are_unreadable() {
    assert_eq!(day("　"), Err(WrongDate::Empty));
    for text in [
        "不明",
        "令和7年9月",
        "26/4/1",
        "2026.4/1",
        "R8.4",
        "令和年月日",
        "2026-04-01-02",
        "202604",
        "H",
        "R８年",
        "1:2",
        "(月)",
    ] {
        assert!(
            matches!(day(text), Err(WrongDate::Unreadable { .. })),
            "{text}: {:?}",
            day(text)
        );
    }
}

#[test]
fn the_day_a_list_holds_is_found_in_its_heading() {
    let found = |text| find_as_of(text).map(|day| day.to_string());
    assert_eq!(
        found("[令和７年１０月１日 現在 ]令和７年１０月２１日作成").as_deref(),
        Some("2025-10-01")
    );
    assert_eq!(
        found("令和７年１０月２１日作成 [令和７年１０月１日 現在 ]").as_deref(),
        Some("2025-10-01")
    );
    assert_eq!(
        found("（2025年12月1日時点）").as_deref(),
        Some("2025-12-01")
    );
    assert_eq!(
        found("管轄：鳥取県（令和元年 １２月 ３１日（火曜日）現在）").as_deref(),
        Some("2019-12-31")
    );
    assert_eq!(found("現在、令和7年10月1日"), None);
    assert_eq!(found("令和7年10月21日作成"), None);
    assert_eq!(found(""), None);
}

#[test]
fn days_are_written_in_wareki() {
    assert_eq!(wareki(ymd(2026, 11, 22)), "令和8年11月22日");
    assert_eq!(wareki(ymd(2019, 5, 1)), "令和元年5月1日");
    assert_eq!(wareki(ymd(2019, 4, 30)), "平成31年4月30日");
    assert_eq!(wareki_short(ymd(2026, 11, 22)), "R8.11.22");
    assert_eq!(wareki_short(ymd(1989, 1, 7)), "S64.1.7");
    assert_eq!(wareki(ymd(1872, 12, 31)), "1872年12月31日");
    assert_eq!(wareki_short(ymd(1872, 12, 31)), "1872.12.31");
}

#[test]
fn fiscal_years_run_from_april_and_are_named_by_the_era_of_may() {
    assert_eq!(fiscal_year(ymd(2026, 3, 31)).to_string(), "令和7年度");
    assert_eq!(fiscal_year(ymd(2026, 4, 1)).to_string(), "令和8年度");
    assert_eq!(FiscalYear::new(2019).to_string(), "令和元年度");
    assert_eq!(FiscalYear::new(2018).to_string(), "平成30年度");
    assert_eq!(FiscalYear::new(1988).to_string(), "昭和63年度");
    let year = FiscalYear::new(2026);
    assert_eq!(
        (year.first_day(), year.last_day()),
        (ymd(2026, 4, 1), ymd(2027, 3, 31))
    );
    assert_eq!(year.year(), 2026);
}

proptest! {
    #[test]
    fn a_day_reads_back_however_it_is_written(n in 0_u32..119_000) {
        let day = ymd(1873, 1, 1) + chrono::Days::new(n.into());
        for text in [wareki(day), wareki_short(day), day.to_string(), day.format("%Y%m%d").to_string()] {
            prop_assert_eq!(parse_day(&text, None), Ok(day), "{}", text);
        }
    }

    #[test]
    fn a_day_lies_in_its_fiscal_year(n in 0_u32..119_000) {
        let day = ymd(1873, 1, 1) + chrono::Days::new(n.into());
        let year = fiscal_year(day);
        prop_assert!((year.first_day()..=year.last_day()).contains(&day));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[令和平成昭元年月日RHS0-9０-９./()（）月:T ‐ー-]{0,16}|\\PC{0,12}") {
        let _ = parse_day(&text, Some(ymd(2026, 11, 22)));
        let _ = find_as_of(&format!("{text}現在"));
    }
}
