//! Against the list of the Cabinet Office (内閣府「国民の祝日について」), which calls substitutes and days
//! between holidays 「休日」 alike.

use super::*;

/// Year and its holidays as month × 100 + day.
const CABINET_OFFICE: [(i32, &[u32]); 14] = [
    (
        2009,
        &[
            101, 112, 211, 320, 429, 503, 504, 505, 506, 720, 921, 922, 923, 1012, 1103, 1123, 1223,
        ],
    ),
    (
        2015,
        &[
            101, 112, 211, 321, 429, 503, 504, 505, 506, 720, 921, 922, 923, 1012, 1103, 1123, 1223,
        ],
    ),
    (
        2016,
        &[
            101, 111, 211, 320, 321, 429, 503, 504, 505, 718, 811, 919, 922, 1010, 1103, 1123, 1223,
        ],
    ),
    (
        2017,
        &[
            101, 102, 109, 211, 320, 429, 503, 504, 505, 717, 811, 918, 923, 1009, 1103, 1123, 1223,
        ],
    ),
    (
        2018,
        &[
            101, 108, 211, 212, 321, 429, 430, 503, 504, 505, 716, 811, 917, 923, 924, 1008, 1103,
            1123, 1223, 1224,
        ],
    ),
    (
        2019,
        &[
            101, 114, 211, 321, 429, 430, 501, 502, 503, 504, 505, 506, 715, 811, 812, 916, 923,
            1014, 1022, 1103, 1104, 1123,
        ],
    ),
    (
        2020,
        &[
            101, 113, 211, 223, 224, 320, 429, 503, 504, 505, 506, 723, 724, 810, 921, 922, 1103,
            1123,
        ],
    ),
    (
        2021,
        &[
            101, 111, 211, 223, 320, 429, 503, 504, 505, 722, 723, 808, 809, 920, 923, 1103, 1123,
        ],
    ),
    (
        2022,
        &[
            101, 110, 211, 223, 321, 429, 503, 504, 505, 718, 811, 919, 923, 1010, 1103, 1123,
        ],
    ),
    (
        2023,
        &[
            101, 102, 109, 211, 223, 321, 429, 503, 504, 505, 717, 811, 918, 923, 1009, 1103, 1123,
        ],
    ),
    (
        2024,
        &[
            101, 108, 211, 212, 223, 320, 429, 503, 504, 505, 506, 715, 811, 812, 916, 922, 923,
            1014, 1103, 1104, 1123,
        ],
    ),
    (
        2025,
        &[
            101, 113, 211, 223, 224, 320, 429, 503, 504, 505, 506, 721, 811, 915, 923, 1013, 1103,
            1123, 1124,
        ],
    ),
    (
        2026,
        &[
            101, 112, 211, 223, 320, 429, 503, 504, 505, 506, 720, 811, 921, 922, 923, 1012, 1103,
            1123,
        ],
    ),
    (
        2027,
        &[
            101, 111, 211, 223, 321, 322, 429, 503, 504, 505, 719, 811, 920, 923, 1011, 1103, 1123,
        ],
    ),
];

fn holidays(year: i32) -> Vec<u32> {
    ymd(year, 1, 1)
        .iter_days()
        .take_while(|day| day.year() == year)
        .filter(|day| holiday_name(*day).is_some())
        .map(|day| day.month() * 100 + day.day())
        .collect()
}

#[test]
fn the_rules_give_the_cabinet_office_s_list() {
    for (year, expected) in CABINET_OFFICE {
        assert_eq!(holidays(year), expected, "{year}");
    }
}

#[test]
fn the_law_s_earlier_years_hold_too() {
    assert_eq!(holidays(1948), [923, 1103, 1123]);
    assert_eq!(
        holidays(1959),
        [101, 115, 321, 410, 429, 503, 505, 924, 1103, 1123]
    );
    // The first substitute of all was April 30, 1973; the first day between holidays May 4, 1988.
    assert_eq!(
        holidays(1973),
        [
            101, 115, 211, 321, 429, 430, 503, 505, 915, 923, 924, 1010, 1103, 1123
        ]
    );
    assert_eq!(
        holidays(1986).iter().filter(|day| **day == 504).count(),
        0,
        "May 4, 1986 was a Sunday"
    );
    assert_eq!(holiday_name(ymd(1987, 5, 4)), Some("振替休日"));
    assert_eq!(holiday_name(ymd(1988, 5, 4)), Some("国民の休日"));
    assert_eq!(
        holidays(1989),
        [
            101, 102, 115, 116, 211, 224, 321, 429, 503, 504, 505, 915, 923, 1010, 1103, 1123, 1223
        ]
    );
    assert_eq!(holiday_name(ymd(1990, 11, 12)), Some("即位礼正殿の儀"));
    assert_eq!(holiday_name(ymd(1993, 6, 9)), Some("結婚の儀"));
}

#[test]
fn holidays_carry_the_name_of_their_time() {
    assert_eq!(holiday_name(ymd(1988, 4, 29)), Some("天皇誕生日"));
    assert_eq!(holiday_name(ymd(2006, 4, 29)), Some("みどりの日"));
    assert_eq!(holiday_name(ymd(2007, 4, 29)), Some("昭和の日"));
    assert_eq!(holiday_name(ymd(2019, 4, 30)), Some("国民の休日"));
    assert_eq!(holiday_name(ymd(2019, 5, 1)), Some("天皇の即位の日"));
    assert_eq!(holiday_name(ymd(2019, 10, 14)), Some("体育の日"));
    assert_eq!(holiday_name(ymd(2020, 7, 24)), Some("スポーツの日"));
    assert_eq!(holiday_name(ymd(2026, 5, 6)), Some("振替休日"));
    assert_eq!(holiday_name(ymd(2026, 9, 22)), Some("国民の休日"));
    assert_eq!(holiday_name(ymd(2100, 1, 1)), None);
}

#[test]
fn offices_close_on_weekends_holidays_and_over_new_year() {
    assert!(is_business_day(ymd(2026, 11, 24)));
    assert!(!is_business_day(ymd(2026, 11, 23)), "勤労感謝の日");
    assert!(!is_business_day(ymd(2026, 11, 21)), "Saturday");
    assert!(is_business_day(ymd(2026, 12, 28)));
    assert!(!is_business_day(ymd(2026, 12, 29)));
    assert!(!is_business_day(ymd(2025, 1, 3)), "a Friday");
    assert!(is_business_day(ymd(2027, 1, 4)));
}

#[test]
fn business_days_are_counted_over_what_is_closed() {
    assert_eq!(add_business_days(ymd(2026, 11, 20), 1), ymd(2026, 11, 24));
    assert_eq!(add_business_days(ymd(2026, 11, 22), 0), ymd(2026, 11, 24));
    assert_eq!(add_business_days(ymd(2026, 11, 24), 0), ymd(2026, 11, 24));
    assert_eq!(add_business_days(ymd(2026, 12, 28), 3), ymd(2027, 1, 6));
    assert_eq!(add_business_days(ymd(2026, 9, 18), 1), ymd(2026, 9, 24));
}
