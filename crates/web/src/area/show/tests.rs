//! The numbers of an invented area, in every state it can have.

use super::*;
use crate::page::check::assert_sound;

pub(crate) fn samples() -> Vec<AreaPage> {
    use crate::area::figures::people;
    let full = AreaPage {
        n_waiting: 1,
        frame: Frame::sample(Some(crate::page::Nav::Area)),
        code: "9901".to_owned(),
        name: "汐見圏域".to_owned(),
        kind: "二次医療圏",
        municipalities: vec![Link::new("/areas/99201", "汐見市")],
        parents: vec![Link::new("/areas/99", "架空県")],
        numbers: vec![Number {
            word: "人口".to_owned(),
            value: "220,431".to_owned(),
            unit: "人",
            note: "5市町村".to_owned(),
        }],
        pyramid: Some(people::tests::pyramid_sample()),
        projection: Some(people::tests::projection_sample()),
        neighbors: vec![Link::new("/areas/9902", "遠野瀬圏域")],
        resources: vec![(
            "医療".to_owned(),
            vec![
                Line {
                    link: Link::new(
                        "/services?category=clinic",
                        "診療所・医院・クリニック（診療所）",
                    ),
                    count: "200".to_owned(),
                    rates: vec!["48.5".to_owned(), "51.2".to_owned()],
                },
                Line {
                    link: Link::new(
                        "/services?category=visiting_nursing",
                        "看護師が家に来る（訪問看護）",
                    ),
                    count: wording::UNLISTED.to_owned(),
                    rates: vec![wording::UNLISTED.to_owned(), wording::UNLISTED.to_owned()],
                },
            ],
        )],
        unlisted: vec!["看護師が家に来る（訪問看護）".to_owned()],
        rank: Some(resource::tests::rank_sample()),
        map: Some(resource::tests::map_sample()),
        choices: vec![CategoryChoice {
            code: "clinic".to_owned(),
            text: "診療所".to_owned(),
            selected: true,
        }],
        coverage_href: "/areas/9901/coverage".to_owned(),
        freshness_href: "/areas/9901/freshness".to_owned(),
    };
    let bare = AreaPage {
        numbers: vec![],
        pyramid: None,
        projection: None,
        resources: vec![],
        neighbors: vec![],
        unlisted: vec![],
        rank: None,
        map: None,
        choices: vec![],
        ..full.clone()
    };
    vec![full, bare]
}

#[test]
fn every_sample_is_a_sound_page() {
    for page in samples() {
        assert_sound(&page.render().unwrap());
    }
}
