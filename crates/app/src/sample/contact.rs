//! Whom to call at an invented place: what residents see, and what professionals see.

use chrono::{Days, NaiveDate};

use super::dice::Dice;
use super::mix::{
    CARE_MANAGEMENT, CLINIC, DENTAL, HOSPITAL, PHARMACY, SUPPORT_CENTER, VISITING_NURSING, What,
};

/// One window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// `public` or `professional`.
    pub audience: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// The room or role to ask for; never a person.
    pub name: Option<&'static str>,
    /// Telephone.
    pub phone: String,
    /// Fax.
    pub fax: Option<String>,
    /// When.
    pub hours_note: Option<&'static str>,
    /// When somebody last made sure.
    pub assured_on: Option<NaiveDate>,
}

/// Audience, purpose, name, hours, and the share of places that name such a window.
type Window = (
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    f64,
);

const WEEKDAYS: Option<&str> = Some("平日 9:00～17:00");
const ANY_TIME: Option<&str> = Some("24時間");

fn windows(what: What, is_home_care: bool) -> &'static [Window] {
    match what {
        HOSPITAL => &[
            (
                "public",
                "受診・入院の相談",
                Some("患者相談窓口"),
                WEEKDAYS,
                1.0,
            ),
            (
                "professional",
                "入退院の連絡・調整",
                Some("地域医療連携室"),
                Some("平日 8:30～17:15"),
                1.0,
            ),
            (
                "professional",
                "時間外の受け入れの相談",
                Some("当直"),
                ANY_TIME,
                0.6,
            ),
        ],
        CLINIC if is_home_care => &[
            (
                "public",
                "訪問診療の相談",
                Some("在宅医療担当"),
                WEEKDAYS,
                0.9,
            ),
            (
                "professional",
                "訪問診療・往診の依頼",
                Some("在宅医療担当"),
                ANY_TIME,
                1.0,
            ),
        ],
        CLINIC => &[(
            "professional",
            "主治医への連絡",
            Some("受付"),
            Some("診療時間内。急がないときはFAX"),
            0.35,
        )],
        DENTAL => &[(
            "professional",
            "訪問歯科の依頼",
            Some("受付"),
            WEEKDAYS,
            0.4,
        )],
        PHARMACY => &[
            ("public", "薬の相談", None, None, 0.5),
            (
                "professional",
                "訪問薬剤管理の依頼",
                Some("在宅担当薬剤師"),
                WEEKDAYS,
                0.55,
            ),
        ],
        VISITING_NURSING => &[
            ("public", "利用の相談", Some("管理者"), WEEKDAYS, 0.9),
            (
                "professional",
                "訪問の依頼・報告",
                Some("管理者"),
                WEEKDAYS,
                1.0,
            ),
            (
                "professional",
                "夜間・緊急の連絡",
                Some("当番の看護師"),
                ANY_TIME,
                0.8,
            ),
        ],
        CARE_MANAGEMENT => &[
            ("public", "利用の相談", None, WEEKDAYS, 0.8),
            (
                "professional",
                "入退院時の連絡",
                Some("管理者"),
                Some("平日 8:30～17:30。時間外は転送"),
                0.85,
            ),
        ],
        SUPPORT_CENTER => &[
            (
                "public",
                "高齢者の総合相談",
                None,
                Some("平日 8:30～17:15。夜間・休日は転送"),
                1.0,
            ),
            (
                "professional",
                "関係機関からの相談",
                Some("主任介護支援専門員"),
                Some("平日 8:30～17:15"),
                1.0,
            ),
        ],
        What::Category("care_coordination_center") => &[
            ("public", "在宅療養の相談", None, WEEKDAYS, 1.0),
            (
                "professional",
                "医療・介護関係者からの相談",
                Some("在宅医療・介護連携コーディネーター"),
                WEEKDAYS,
                1.0,
            ),
        ],
        What::Care("510" | "520" | "540" | "550" | "320" | "331") => &[
            (
                "public",
                "入所・入居の相談",
                Some("生活相談員"),
                WEEKDAYS,
                0.9,
            ),
            (
                "professional",
                "空きの確認・受け入れの相談",
                Some("生活相談員"),
                WEEKDAYS,
                0.7,
            ),
        ],
        What::Category(_) => &[("public", "利用の相談", None, None, 0.7)],
        What::Care(_) | What::Institution(_) => &[
            ("public", "利用の相談", None, WEEKDAYS, 0.6),
            (
                "professional",
                "空きの確認・連絡",
                Some("管理者"),
                WEEKDAYS,
                0.5,
            ),
        ],
    }
}

/// The windows of a service; `main` is the site's telephone, `number` gives a new one.
pub fn draw(
    dice: &mut Dice,
    what: What,
    is_home_care: bool,
    main: &str,
    mut number: impl FnMut() -> String,
    today: NaiveDate,
) -> Vec<Contact> {
    let mut contacts = Vec::new();
    for (audience, purpose, name, hours_note, share) in windows(what, is_home_care) {
        if !dice.chance(*share) {
            continue;
        }
        let is_own = *audience == "professional" && dice.chance(0.6);
        let days = Days::new(dice.whole(3, 900).unsigned_abs());
        contacts.push(Contact {
            audience,
            purpose,
            name: *name,
            phone: if is_own { number() } else { main.to_owned() },
            fax: (*audience == "professional" && dice.chance(0.6)).then(&mut number),
            hours_note: *hours_note,
            assured_on: if dice.chance(0.85) {
                today.checked_sub_days(days)
            } else {
                None
            },
        });
    }
    contacts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::mix::kinds;

    #[test]
    fn every_hospital_has_a_window_for_residents_and_one_for_professionals() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let mut dice = Dice::new(1, "contacts", 0);
        for _ in 0..50 {
            let contacts = draw(
                &mut dice,
                HOSPITAL,
                false,
                "0401-20-0000",
                || "0401-20-0001".to_owned(),
                today,
            );
            let count = |audience| {
                contacts
                    .iter()
                    .filter(|one| one.audience == audience)
                    .count()
            };
            assert_eq!(count("public"), 1);
            assert!(count("professional") >= 1);
        }
    }

    #[test]
    fn residents_are_only_told_the_main_number() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let mut dice = Dice::new(1, "contacts", 1);
        for kind in kinds() {
            let contacts = draw(
                &mut dice,
                kind.what,
                true,
                "0401-20-0000",
                || "0401-20-0001".to_owned(),
                today,
            );
            for one in contacts.iter().filter(|one| one.audience == "public") {
                assert_eq!((one.phone.as_str(), &one.fax), ("0401-20-0000", &None));
            }
        }
    }
}
