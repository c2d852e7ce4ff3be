//! The work that waits for the invented persons of the demo: every state is there, under every program.

use keniki_app::database::statement;
use keniki_tests::on_both;
use sea_orm::ConnectionTrait;

use crate::desk::Demo;

async fn texts(demo: &Demo, sql: &str) -> Vec<String> {
    let rows = demo.db.query_all_raw(statement(&demo.db, sql, [])).await;
    let rows = rows.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

#[tokio::test]
async fn the_demo_has_handovers_inquiries_and_forms_in_every_state_under_every_program() {
    on_both(async |database| {
        let demo = Demo::with_work(database, 40).await;
        for (sql, expected) in [
            (
                "select distinct state from handover order by state",
                &["accepted", "cancelled", "done", "read", "returned", "sent"][..],
            ),
            (
                "select distinct state from inquiry order by state",
                &["chosen", "closed", "open"],
            ),
            (
                "select distinct answer from inquiry_target where answer is not null order by answer",
                &["can", "cannot", "more", "waiting"],
            ),
            (
                "select distinct program from care_case order by program",
                &["discharge_support", "home_care", "stroke_pathway"],
            ),
            (
                "select distinct form from form_record order by form",
                &["admission_info", "discharge_record", "nursing_summary"],
            ),
        ] {
            assert_eq!(texts(&demo, sql).await, expected, "{sql}");
        }
        for (role, page) in [
            ("hospital_discharge", "/handovers?pile=returned"),
            ("care_manager", "/handovers?pile=unread"),
            ("clinic", "/inquiries?part=waiting"),
            ("hospital_discharge", "/cases?view=unread"),
        ] {
            let html = demo.sign_in(role).await.get(page).await.text();
            assert!(html.contains("<th scope=\"row\">"), "{role} {page}");
        }
    })
    .await;
}
