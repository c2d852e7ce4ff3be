//! The page of a case leads to what belongs to it, as the policy allows, and a case and a rule print.

use axum::http::StatusCode;
use keniki_tests::on_both;

use crate::desk::Demo;
use crate::statements::a_case;

#[tokio::test]
async fn a_case_leads_to_what_its_role_may_send_and_prints() {
    on_both(async |database| {
        let demo = Demo::with(database, 400).await;
        let mut care_manager = demo.sign_in("care_manager").await;
        let case = a_case(&mut care_manager).await;
        let page = care_manager.get(&case).await.text();
        for section in ["handovers", "inquiries", "forms", "team", "readers"] {
            assert!(page.contains(&format!("id=\"{section}\"")), "{section}");
        }
        // What the page offers is there.
        for link in ["/handovers/new\"", "/inquiries/new\"", "/print.pdf\""] {
            let href = format!("{case}{}", link.trim_end_matches('"'));
            assert!(page.contains(&format!("href=\"{case}{link}")), "{link}");
            let answer = care_manager.get(&href).await;
            assert_eq!(answer.status, StatusCode::OK, "{href}");
        }
        let print = care_manager.get(&format!("{case}/print.pdf")).await;
        assert!(print.bytes.starts_with(b"%PDF"));
        // To who is in no care team there is neither.
        for role in ["pharmacy", "health_center_planning"] {
            let mut stranger = demo.sign_in(role).await;
            let print = stranger.get(&format!("{case}/print.pdf")).await;
            assert_eq!(print.status, StatusCode::NOT_FOUND, "{role}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_rule_prints_for_whoever_is_signed_in_and_one_that_is_none_does_not() {
    let demo = Demo::of(keniki_tests::TestDatabase::sqlite()).await;
    let mut desk = demo.sign_in("health_center_planning").await;
    for file in demo.state.definitions.programs() {
        let (code, version) = (&file.program.code, &file.program.version);
        let href = format!("/programs/{code}/{version}");
        assert!(desk.get(&href).await.text().contains("印刷する（PDF）"));
        let print = desk.get(&format!("{href}/print.pdf")).await;
        assert!(print.bytes.starts_with(b"%PDF"), "{href}");
    }
    let none = desk.get("/programs/none/1/print.pdf").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
