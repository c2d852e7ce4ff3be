//! The page of today's work: what it counts is what the page to which it leads shows.

use axum::http::StatusCode;
use keniki_tests::on_both;

use crate::desk::{Demo, Desk};

/// What is counted here, and is a list of its own there.
const LISTS: [&str; 4] = ["/due", "/cases", "/handovers", "/inquiries"];

/// The counts of the page, each with where it leads.
fn counts(html: &str) -> Vec<(String, u64)> {
    let (_, list) = html.split_once("<ul class=\"plain waiting\">").unwrap();
    let (list, _) = list.split_once("</ul>").unwrap();
    let count = |item: &str| {
        let (href, rest) = item.split_once('"').unwrap();
        let (_, n) = rest.split_once("<strong>").unwrap();
        let (n, _) = n.split_once("</strong>").unwrap();
        let n = n.replace(',', "").parse().unwrap();
        (href.replace("&#38;", "&").replace("&amp;", "&"), n)
    };
    list.split("href=\"").skip(1).map(count).collect()
}

/// Rows of a list, over all its pages.
async fn n_rows(desk: &mut Desk, path: &str) -> u64 {
    let (mut path, mut n) = (path.to_owned(), 0);
    loop {
        let mut answer = desk.get(&path).await;
        if answer.status == StatusCode::SEE_OTHER {
            answer = desk.get(&answer.location).await;
        }
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let html = answer.text();
        n += html.matches("<th scope=\"row\">").count() as u64;
        let Some((before, _)) = html.split_once("\" rel=\"next\"") else {
            return n;
        };
        let (_, next) = before.rsplit_once("href=\"").unwrap();
        path = next.replace("&#38;", "&").replace("&amp;", "&");
    }
}

#[tokio::test]
async fn every_count_leads_to_a_list_of_exactly_so_many_rows() {
    on_both(async |database| {
        let demo = Demo::with_work(database, 400).await;
        let mut kinds = std::collections::BTreeSet::new();
        for role in [
            "hospital_discharge",
            "hospital_ward",
            "care_manager",
            "visiting_nursing",
            "clinic",
            "community_support_center",
        ] {
            let mut desk = demo.sign_in(role).await;
            // What a list was narrowed by before does not narrow what the count promised.
            desk.post("/cases", "text=nobody").await;
            let home = desk.get("/").await.text();
            assert!(!home.contains("人 <strong>"), "{role}: people are no 件");
            for (href, n) in counts(&home) {
                if LISTS.iter().any(|list| href.starts_with(list)) {
                    assert_eq!(n_rows(&mut desk, &href).await, n, "{role} {href}");
                    kinds.insert(href);
                }
            }
        }
        for href in [
            "/due?part=missed",
            "/cases?view=hospital&whole=1",
            "/cases?view=unread&whole=1",
            "/handovers?pile=unread",
            "/handovers?pile=returned",
            "/handovers?pile=unanswered",
            "/inquiries?part=waiting",
            "/inquiries?part=answered",
        ] {
            assert!(kinds.contains(href), "{href}: {kinds:?}");
        }
    })
    .await;
}
