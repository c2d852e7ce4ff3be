//! The first page of an invented area, in every state it can have.

use super::*;
use crate::page::check::assert_sound;

pub(crate) fn samples() -> Vec<HomePage> {
    let full = HomePage {
        frame: Frame::sample(None),
        area: "汐見圏域".to_owned(),
        area_href: "/areas/9901".to_owned(),
        prefecture: Some("架空県".to_owned()),
        municipalities: ["汐見市", "朝凪町", "三ツ森町", "白帆町", "遠野瀬村"]
            .map(|name| Link::new("/services?municipality=99201", name))
            .to_vec(),
        population: Some(Population {
            total: 220_431,
            age_75_plus: Some(41_208),
            counted_on: wording::Day::parse("2026-01-01"),
            projected: Some((
                2050,
                Projected {
                    total: 163_020,
                    age_75_plus: Some(44_871),
                },
            )),
        }),
        needs: vec![
            need("お医者さんに家へ来てほしい", "訪問診療・往診", Some(43)),
            need("看護師に家へ来てほしい", "訪問看護", None),
            Need {
                is_partial: true,
                ..need("ケアマネジャーをさがしたい", "居宅介護支援", Some(90))
            },
            need("薬を家まで届けてほしい", "訪問薬剤管理指導", Some(61)),
        ],
        windows: vec![Window {
            link: Link::new("/services/7", "汐見市中央地域包括支援センター"),
            kind: "地域包括支援センター".to_owned(),
            place: "汐見市港町1-2".to_owned(),
            phone: Some(Link::new("tel:0990123456", "0990-12-3456")),
        }],
        windows_missing: Some("汐見市以外の市町村".to_owned()),
        map: Some(crate::service::map::tests::drawings()),
        trend: Some(crate::area::figures::people::tests::projection_sample()),
    };
    let empty = HomePage {
        population: None,
        windows: vec![],
        trend: None,
        map: None,
        ..full.clone()
    };
    vec![full, empty]
}

fn need(wish: &'static str, term: &str, count: Option<u64>) -> Need {
    Need {
        wish,
        term: term.to_owned(),
        href: "/services?capability=home_care_24h".to_owned(),
        count,
        is_partial: false,
    }
}

#[test]
fn every_sample_is_a_sound_page() {
    for page in samples() {
        assert_sound(&page.render().unwrap());
    }
}

#[test]
fn a_need_that_no_source_covers_reads_unlisted_and_not_zero() {
    let html = samples()[0].render().unwrap();
    let line = html
        .lines()
        .skip_while(|line| !line.contains("看護師に家へ来てほしい"))
        .nth(1)
        .unwrap();
    assert!(line.contains(UNLISTED) && !line.contains("0 件"), "{line}");
}
