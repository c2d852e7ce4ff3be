//! How often a page of those who work with patients asks the database: so many times at most, however many rows there are.

use axum::http::StatusCode;
use keniki_tests::on_both;

use crate::desk::{Demo, Desk};

/// Who opens which page, and how many statements that may take, session and frame included.
const MOST: [(&str, &str, usize); 9] = [
    ("hospital_discharge", "/", 30),
    ("hospital_discharge", "/ward", 25),
    ("hospital_discharge", "/cases", 25),
    ("care_manager", "/", 30),
    ("care_manager", "/cases", 25),
    ("care_manager", "/patients", 25),
    ("visiting_nursing", "/", 30),
    ("clinic", "/", 30),
    ("community_support_center", "/", 30),
];

#[tokio::test]
async fn a_page_asks_the_database_as_often_with_many_rows_as_with_few() {
    on_both(async |database| {
        let counts = |demo: Demo| async move {
            let mut counts = Vec::new();
            for (role, path, _) in MOST {
                let mut desk = demo.sign_in(role).await;
                // What is read once and kept is read by the first.
                assert_eq!(desk.get(path).await.status, StatusCode::OK, "{role} {path}");
                demo.n_asked();
                assert_eq!(desk.get(path).await.status, StatusCode::OK, "{role} {path}");
                counts.push((role, path, demo.n_asked()));
            }
            counts
        };
        let many = counts(Demo::with(database, 400).await).await;
        for ((role, path, most), (_, _, n)) in MOST.into_iter().zip(&many) {
            assert!(
                (1..=most).contains(n),
                "{role} {path}: {n} statements, {most} at most ({many:?})"
            );
        }
        let few = counts(Demo::with(keniki_tests::TestDatabase::sqlite(), 40).await).await;
        for ((role, path, many), (_, _, few)) in many.into_iter().zip(few) {
            assert!(
                many <= few + 2,
                "{role} {path}: {few} statements with few rows, {many} with many"
            );
        }
    })
    .await;
}

/// The first case of a list.
pub async fn a_case(desk: &mut Desk) -> String {
    let list = desk.get("/cases").await.text();
    let (_, rest) = list
        .split_once("href=\"/cases/")
        .expect("a case is in the list");
    let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
    format!("/cases/{number}")
}

#[tokio::test]
async fn the_page_of_a_case_asks_so_many_times_whoever_opens_it_and_its_print_no_more_often() {
    on_both(async |database| {
        let demo = Demo::with(database, 400).await;
        for role in ["hospital_discharge", "care_manager"] {
            let mut desk = demo.sign_in(role).await;
            let case = a_case(&mut desk).await;
            for path in [case.clone(), format!("{case}/print.pdf")] {
                demo.n_asked();
                let answer = desk.get(&path).await;
                assert_eq!(answer.status, StatusCode::OK, "{role} {path}");
                let n = demo.n_asked();
                assert!((1..=45).contains(&n), "{role} {path}: {n} statements");
            }
        }
    })
    .await;
}
