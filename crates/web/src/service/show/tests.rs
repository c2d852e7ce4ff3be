//! The page of an invented service, in every state it can have.

use super::super::staff::OfficeLink;
use super::*;
use crate::page::check::assert_sound;

pub(crate) fn samples() -> Vec<ServicePage> {
    let full = ServicePage {
        frame: Frame::sample(Some(crate::page::Nav::Search)),
        href: "/services/1".to_owned(),
        name: "みなと内科医院".to_owned(),
        kana: Some("みなとないかいいん".to_owned()),
        kind: Kind {
            plain: "診療所・医院・クリニック".to_owned(),
            term: "診療所".to_owned(),
            sentence: "入院のベッドがないか、19床以下の医療機関です。".to_owned(),
            href: "/services?category=clinic".to_owned(),
        },
        organization: Some("医療法人みなと会".to_owned()),
        state: None,
        address: Some(Address {
            postal_code: Some("999-0001".to_owned()),
            text: "汐見市港町1丁目2番3号".to_owned(),
            is_rough: true,
        }),
        phone: Some(Link::new("tel:0990123456", "0990-12-3456")),
        fax: Some("0990-12-3457".to_owned()),
        website: Some("https://minato.example/".to_owned()),
        contacts: vec![Contact {
            purpose: "訪問診療の相談".to_owned(),
            phone: Some(Link::new("tel:0990123458", "0990-12-3458")),
            hours: Some("平日 9:00〜17:00".to_owned()),
        }],
        hours: vec![
            Hours {
                day: "月",
                spans: vec!["9:00〜12:00".to_owned(), "14:00〜18:00".to_owned()],
                is_today: true,
            },
            Hours {
                day: "日",
                spans: vec!["休み".to_owned()],
                is_today: false,
            },
            Hours {
                day: "祝日",
                spans: vec!["不明".to_owned()],
                is_today: false,
            },
        ],
        hours_note: Some("水曜の午後は訪問診療のため休みです。".to_owned()),
        opening: Opening::Open,
        capabilities: vec![Capability {
            plain: "夜間や休日も往診してくれる".to_owned(),
            term: "在宅療養支援診療所".to_owned(),
            basis: Some("届出：支援診３（平成30年4月1日から）".to_owned()),
        }],
        capacity: Some(Capacity {
            word: "病床数",
            number: "12 床".to_owned(),
            source: Some("厚生労働省「医療情報ネット」、2025年12月1日現在".to_owned()),
            others: vec!["19 床（中国四国厚生局「届出受理医療機関名簿」）".to_owned()],
        }),
        eligibility: None,
        area_served: Some("汐見市・朝凪町".to_owned()),
        details: vec![("診療科".to_owned(), "内科、小児科".to_owned())],
        siblings: vec![Link::new("/services/2", "通所リハビリテーション")],
        near: vec![NearOne {
            link: Link::new("/services/3", "しおみ在宅クリニック"),
            place: "汐見市浜町".to_owned(),
            distance: "1.2 km".to_owned(),
        }],
        is_unconfirmed: true,
        assured: Day::parse("2026-10-01").map(|day| (day, "事業所".to_owned())),
        sources: vec![Source {
            title: "届出受理医療機関名簿（地方厚生局）".to_owned(),
            as_of: Day::parse("2026-10-01"),
            is_gone: true,
        }],
        map: Some(super::super::map::tests::sample()),
        staff: Some(super::super::staff::Staff {
            contacts: vec![super::super::staff::Contact {
                purpose: "病棟の直通".to_owned(),
                phone: None,
                fax: None,
                hours: None,
            }],
            readers_href: "/services/1/readers".to_owned(),
            filings_href: Some("/services/1/filings".to_owned()),
            confirm_href: Some("/services/1/confirm".to_owned()),
            n_proposals: 2,
            propose_href: Some("/services/1/propose".to_owned()),
            history_href: Some("/services/1/history".to_owned()),
            office: Some(OfficeLink::Open("/services/1/office".to_owned())),
        }),
    };
    let bare = ServicePage {
        kana: None,
        organization: None,
        state: Some("休止中".to_owned()),
        address: None,
        phone: None,
        fax: None,
        website: None,
        contacts: vec![],
        hours: vec![],
        hours_note: None,
        opening: Opening::Unknown,
        capabilities: vec![],
        capacity: None,
        area_served: None,
        details: vec![],
        siblings: vec![],
        near: vec![],
        assured: None,
        sources: vec![],
        map: None,
        staff: None,
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

#[test]
fn what_is_not_known_is_said_and_not_left_out() {
    let html = samples()[1].render().unwrap();
    assert!(html.contains("<dt>電話</dt><dd>不明"));
    assert!(html.contains("未確認"));
}
