//! The coverage page of an invented area, in every state it can have.

use super::*;
use crate::page::check::assert_sound;

pub(crate) fn samples() -> Vec<CoveragePage> {
    use crate::area::figures::{Subject, reach, resource::tests::region_samples};
    let subject = Subject {
        code: "9901",
        name: "汐見圏域",
        query: "",
    };
    let towns: Vec<reach::Town> = (0..40)
        .map(|k| reach::Town {
            name: format!("汐見市第{k}町"),
            at: (
                133.05 + 0.024 * f64::from(k),
                35.05 + 0.02 * f64::from(k % 10),
            ),
            n_sites: usize::try_from(k % 4).unwrap(),
        })
        .collect();
    let full = CoveragePage {
        unlisted_beyond: vec!["岡山県".to_owned()],
        frame: Frame::sample(Some(crate::page::Nav::Area)),
        code: "9901".to_owned(),
        name: "汐見圏域".to_owned(),
        area_href: "/areas/9901".to_owned(),
        what: "24時間の訪問診療".to_owned(),
        capability: "home_care_24h".to_owned(),
        choices: vec![(
            "家に来てもらう医療".to_owned(),
            vec![Choice {
                code: "home_care_24h".to_owned(),
                text: "24時間の訪問診療".to_owned(),
                unlisted: None,
            }],
        )],
        km: 16.0,
        basis: "訪問診療の距離の目安によります。".to_owned(),
        sites: vec![Choice {
            code: "12".to_owned(),
            text: "みなと内科医院".to_owned(),
            unlisted: None,
        }],
        closed: "12".to_owned(),
        closed_name: Some("みなと内科医院".to_owned()),
        unlisted: None,
        result: Some(Coverage {
            towns: Shares {
                none: 31,
                one: 88,
                more: 402,
            },
            if_closed: Some(Shares {
                none: 44,
                one: 90,
                more: 387,
            }),
            n_sites: 43,
            n_sites_outside: 11,
            n_sites_unplaced: 2,
            map: reach::map(
                subject,
                "24時間の訪問診療",
                &region_samples(),
                &towns,
                "位置参照情報",
                None,
            ),
            bars: reach::bars(
                subject,
                "24時間の訪問診療",
                &[
                    ("汐見市".to_owned(), [3, 8, 120]),
                    ("遠野瀬村".to_owned(), [9, 4, 0]),
                ],
                "位置参照情報",
            ),
            gaps: vec![(
                "遠野瀬村".to_owned(),
                vec!["大字奥山".to_owned(), "大字北原".to_owned()],
            )],
        }),
    };
    let unlisted = CoveragePage {
        result: None,
        unlisted: Some(Unlisted {
            name: "訪問看護".to_owned(),
            how: "一覧を読み込んでください。".to_owned(),
            place: None,
        }),
        ..full.clone()
    };
    let nothing = CoveragePage {
        unlisted: None,
        ..unlisted.clone()
    };
    vec![full, unlisted, nothing]
}

#[test]
fn every_sample_is_a_sound_page() {
    for page in samples() {
        assert_sound(&page.render().unwrap());
    }
}

#[test]
fn a_closing_is_shown_beside_what_holds_now() {
    let html = samples()[0].render().unwrap();
    assert!(html.contains(r#"<td class="number">31</td><td class="number">6.0%</td><td class="number">44</td><td class="number">8.4%</td><td class="number">+13</td>"#));
}
