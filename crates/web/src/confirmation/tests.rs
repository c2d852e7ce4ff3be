//! The pages of confirmations, in every state they can have.

use super::link::{LinkPage, Service};
use super::*;
use crate::page::Link;
use crate::page::check::{SCRIPT, sound};

fn line(mail: &str, n_people: i64, asked: Option<&'static str>) -> Line {
    Line {
        id: 7,
        address_href: "/confirmations/organizations/7/address".to_owned(),
        service_href: "/services/1".to_owned(),
        name: SCRIPT.to_owned(),
        n_due: 3,
        asked: asked.map(|state| (state, "10月3日".to_owned())),
        is_waiting: asked.is_some(),
        mail: mail.to_owned(),
        n_people,
    }
}

#[test]
fn the_list_asks_whom_it_can_and_takes_an_address_of_the_others() {
    let mut page = ListPage {
        frame: Frame::sample_of_staff(),
        freshness_href: "/areas/9901/freshness".to_owned(),
        lines: vec![line("", 0, None)],
        q: SCRIPT.to_owned(),
        n: 1,
        pages: Pages::default(),
        has_post: true,
        said: Some("宛先を登録しました。"),
    };
    let html = sound(&page);
    assert!(html.contains("メールアドレス") && !html.contains("いま頼む"));
    page.lines = vec![line("", 2, None)];
    let html = sound(&page);
    assert!(html.contains("いま頼む") && html.contains("職員 2 人"));
    page.lines = vec![line("a@example.jp", 0, Some("返事待ち"))];
    page.has_post = false;
    page.n = 1_200;
    page.pages = Pages::at(2, 1_200, 50, |page| format!("/confirmations?page={page}"));
    let html = sound(&page);
    assert!(!html.contains("いま頼む") && html.contains("<strong>1,200</strong>"));
    assert!(html.contains("2 / 24"));
    page.lines.clear();
    page.n = 0;
    assert!(sound(&page).contains("確認を待つ事業所はありません"));
}

#[test]
fn a_link_shows_what_is_said_and_confirms_one_or_all() {
    let service = |id, is_due| Service {
        id,
        name: SCRIPT.to_owned(),
        is_due,
        confirmed_on: (!is_due).then(|| "2026-11-24".to_owned()),
        fields: vec![("電話番号", SCRIPT.to_owned())],
        proposed: vec!["電話番号".to_owned()],
    };
    let mut page = LinkPage {
        frame: Frame::sample(None),
        organization: Some(Link::new("/confirmations/0f", SCRIPT)),
        services: vec![service(1, true), service(2, true), service(3, false)],
    };
    let html = sound(&page);
    assert!(html.contains("2 件すべて、内容は正しい") && html.contains("確認済み"));
    page.services = vec![service(3, false)];
    assert!(sound(&page).contains("確認はすべて済んでいます"));
    page.organization = None;
    assert!(sound(&page).contains("このリンクは使えません"));
}
