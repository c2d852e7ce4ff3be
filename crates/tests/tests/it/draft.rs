//! What is typed and not sent waits for whoever typed it and for nobody else, on both engines.

use axum::http::StatusCode;
use keniki_tests::on_both;

use crate::desk::{Demo, Desk};

const PROPOSAL: &str = "phone=0990-11-0001&url=https%3A%2F%2Fexample.jp%2F&note=%E3%81%B2%E3%81%A8%E3%81%93%E3%81%A8%3Cb%3E";

async fn page(desk: &mut Desk, path: &str) -> String {
    let answer = desk.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.text()
}

#[tokio::test]
async fn a_proposal_that_was_not_sent_is_shown_to_its_author_until_it_is() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("visiting_nursing").await;
        let form = format!("/services/{service}/propose");
        let mut nurse = demo.sign_in("visiting_nursing").await;
        let before = page(&mut nurse, &form).await;
        assert!(!before.contains("書きかけを捨てる"));
        let saved = nurse.post(&format!("{form}/draft"), PROPOSAL).await;
        assert_eq!(saved.status, StatusCode::NO_CONTENT);
        let shown = page(&mut nurse, &form).await;
        for text in [
            "今日 10:00の書きかけ",
            "0990-11-0001",
            "https://example.jp/",
            "ひとこと&#60;b&#62;",
        ] {
            assert!(shown.contains(text), "{text}");
        }
        let mut other = demo.sign_in("coordinator").await;
        assert!(!page(&mut other, &form).await.contains("0990-11-0001"));
        // Saved again, thrown away, saved again: there is one.
        for (path, body) in [
            ("draft", PROPOSAL),
            ("draft/discard", ""),
            ("draft", PROPOSAL),
        ] {
            let answer = nurse.post(&format!("{form}/{path}"), body).await;
            assert!(
                answer.status.is_success() || answer.location == form,
                "{path}"
            );
        }
        assert_eq!(demo.number("select count(*) from draft").await, 1);
        // What cannot be sent stays saved.
        let wrong = nurse.post(&form, "phone=abc").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("data-draft"), "it goes on saving");
        assert_eq!(demo.number("select count(*) from draft").await, 1);
        let sent = nurse.post(&form, PROPOSAL).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert_eq!(demo.number("select count(*) from draft").await, 0);
        assert!(!page(&mut nurse, &form).await.contains("書きかけを捨てる"));
        // Sent again, it is the same proposal, and nothing is left behind.
        nurse.post(&format!("{form}/draft"), PROPOSAL).await;
        let again = nurse.post(&form, PROPOSAL).await;
        assert_eq!(again.location, sent.location);
        assert_eq!(demo.number("select count(*) from draft").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_draft_takes_nothing_back_that_changed_meanwhile() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("visiting_nursing").await;
        let form = format!("/services/{service}/propose");
        let mut nurse = demo.sign_in("visiting_nursing").await;
        let fax = demo
            .text(&format!(
                "select coalesce(s.fax, t.fax) from service s join site t on t.id = s.site_id where s.id = {service}"
            ))
            .await;
        let typed = format!("phone=0990-11-0001&fax={fax}");
        nurse.post(&format!("{form}/draft"), &typed).await;
        for table in ["service", "site"] {
            let its = format!("id = (select {} from service where id = {service})", if table == "site" { "site_id" } else { "id" });
            crate::search::world::run(&demo.db, &format!("update {table} set fax = '0990-22-0002' where {its}")).await;
        }
        let shown = page(&mut nurse, &form).await;
        assert!(shown.contains("0990-11-0001") && shown.contains("0990-22-0002"));
        // Nothing is typed otherwise any more: no draft.
        nurse.post(&format!("{form}/draft"), "fax=0990-22-0002&note=+").await;
        assert_eq!(demo.number("select count(*) from draft").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_filing_that_was_not_recorded_waits_for_who_wrote_it() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("visiting_nursing").await;
        let form = format!("/services/{service}/filings");
        let mut inspector = demo.sign_in("health_center_medical_affairs").await;
        let today = "day=2026-11-24";
        let none = inspector.post(&format!("{form}/draft"), today).await;
        assert_eq!(none.status, StatusCode::NO_CONTENT);
        assert_eq!(demo.number("select count(*) from draft").await, 0);
        let typed = format!("{today}&kind=change&finding=%E3%81%8B%E3%81%8D%E3%81%8B%E3%81%91");
        inspector.post(&format!("{form}/draft"), &typed).await;
        let shown = page(&mut inspector, &form).await;
        assert!(
            shown.contains(">かきかけ</textarea>") && shown.contains("value=\"令和8年11月24日\"")
        );
        let sent = inspector.post(&form, &typed).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        assert_eq!(demo.number("select count(*) from draft").await, 0);
        // Who may not record may not save what they would.
        let mut nurse = demo.sign_in("visiting_nursing").await;
        let refused = nurse.post(&format!("{form}/draft"), &typed).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert_eq!(demo.number("select count(*) from draft").await, 0);
    })
    .await;
}
