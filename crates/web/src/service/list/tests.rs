//! The list of an invented area, in every state it can have.

use super::*;
use crate::page::check::assert_sound;

fn link(text: &str) -> Link {
    Link::new("/services?municipality=99201", text)
}

fn row(name: &str, kind: &str, km: Option<f64>) -> Row {
    Row {
        href: "/services/1".to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        place: "汐見市港町".to_owned(),
        phone: Some(Link::new("tel:0990123456", "0990-12-3456")),
        distance: km.map(|km| wording::distance(km, false)),
        can: vec!["24時間の訪問診療".to_owned(), "訪問の薬の管理".to_owned()],
        state: None,
        is_unconfirmed: true,
    }
}

pub(crate) fn samples() -> Vec<ServiceListPage> {
    let choice = |code: &str, text: &str, unlisted| Choice {
        code: code.to_owned(),
        text: text.to_owned(),
        unlisted,
    };
    let asked = Asked {
        municipality: "99201".into(),
        near: "汐見市港町".into(),
        page: "2".into(),
        ..Asked::default()
    };
    let full = ServiceListPage {
        frame: Frame::sample(Some(crate::page::Nav::Search)),
        may_propose: true,
        choices: Choices {
            views: vec![(link("すべて"), false), (link("医療"), true)],
            categories: vec![
                (
                    "医療".to_owned(),
                    vec![
                        choice("clinic", "診療所・医院・クリニック", None),
                        choice("visiting_nursing", "訪問看護", Some(UNLISTED)),
                    ],
                ),
                (
                    "介護".to_owned(),
                    vec![choice("care_manager", "ケアマネジャー", None)],
                ),
            ],
            capabilities: vec![(
                "家に来てもらう医療".to_owned(),
                vec![choice("home_care_24h", "24時間の訪問診療", None)],
            )],
            municipalities: vec![
                choice("99201", "汐見市", None),
                choice("99301", "朝凪町", None),
            ],
        },
        chips: vec![link("汐見市"), link("汐見市港町から16km以内")],
        total: 43,
        all: 1_204,
        first: 21,
        rows: vec![
            row("みなと内科医院", "診療所・医院・クリニック", Some(0.65)),
            row(
                "しおみ在宅クリニック",
                "診療所・医院・クリニック",
                Some(3.2),
            ),
            Row {
                state: Some("休止中".to_owned()),
                phone: None,
                ..row("朝凪訪問看護ステーション", "訪問看護", None)
            },
        ],
        near: Near::Found("汐見市港町".to_owned()),
        open_unknown: Some(12),
        unlisted_words: vec![Unlisted {
            name: "訪問看護".to_owned(),
            how: "一覧を読み込んでください。".to_owned(),
            place: Some("汐見市以外の市町村".to_owned()),
        }],
        unlisted: None,
        map: Some(super::super::map::tests::sample()),
        pages: Pages::at(asked.page_number(), 43, 20, |page| {
            asked.with(Field::Page, &page.to_string()).href()
        }),
        asked,
    };
    let nothing = ServiceListPage {
        rows: vec![],
        total: 0,
        near: Near::NotFound,
        ..full.clone()
    };
    let unlisted = ServiceListPage {
        unlisted: Some(Unlisted {
            name: "訪問看護".to_owned(),
            how: "一覧を読み込んでください。".to_owned(),
            place: None,
        }),
        near: Near::Several(vec![link("汐見市港町"), link("白帆町港町")]),
        ..nothing.clone()
    };
    vec![full, nothing, unlisted]
}

#[test]
fn every_sample_is_a_sound_page() {
    for page in samples() {
        assert_sound(&page.render().unwrap());
    }
}

#[test]
fn the_count_says_what_the_filters_do() {
    let html = samples()[0].render().unwrap();
    assert!(html.contains("<strong>43</strong> 件に絞っています（ぜんぶで 1,204 件）"));
    assert!(html.contains("時間が分からないものが 12 件"));
    assert!(html.contains("いま 21〜23 件目です"));
}

#[test]
fn the_files_are_of_the_whole_selection() {
    let html = samples()[0].render().unwrap();
    assert!(html.contains(
        "/services.xlsx?municipality=99201&#38;near=%E6%B1%90%E8%A6%8B%E5%B8%82%E6%B8%AF%E7%94%BA\""
    ));
}

#[test]
fn what_no_list_covers_is_never_said_to_be_none() {
    let html = samples()[2].render().unwrap();
    assert!(html.contains("<strong>未収載</strong>です。件数は分かりません。"));
    assert!(!html.contains("<strong>0</strong>"));
    let partly = samples()[0].render().unwrap();
    assert!(partly.contains(
        "「訪問看護」は、汐見市以外の市町村では未収載です。下のほかにもあるかもしれません。"
    ));
}
