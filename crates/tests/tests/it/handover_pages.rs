//! The pages of handovers: no form goes unasked, what came back is sent again as it was, what was typed is never lost.

use axum::http::StatusCode;
use keniki_base::clock::Clock;
use keniki_tests::on_both;

use crate::attached::{Stage, page};
use crate::desk::{Answer, Desk};
use crate::search::world::run;

/// Sends a handover that belongs to no step to an organization.
async fn send(desk: &mut Desk, case: &str, (to, subject): (i64, &str)) -> Answer {
    let to = to.to_string();
    let words = [
        ("step", ""),
        ("to", to.as_str()),
        ("subject", subject),
        ("words", "夜の見守りのこと"),
        ("form_record", "none"),
        ("form_key", subject),
    ];
    desk.send(&format!("{case}/handovers"), &words, &[]).await
}

/// What a care manager wrote in the case today.
async fn written(stage: &Stage) {
    let organization = stage.demo.by("care_manager").await.organization.unwrap();
    let case = stage.case.trim_start_matches("/cases/");
    let sql = format!(
        "insert into form_record (patient_id, case_id, form, form_version, content, organization_id, created_at)
         values ({}, {case}, 'admission_info', '{}', '{{}}', {organization}, '{}')",
        stage.patient,
        stage.demo.form("admission_info").version,
        keniki_app::database::instant(stage.demo.clock.now()),
    );
    run(&stage.demo.db, &sql).await;
}

#[tokio::test]
async fn where_nobody_gets_a_step_the_care_team_is_offered_and_not_the_handover() {
    on_both(async |database| {
        let mut stage = Stage::of(database).await;
        let case = stage.case.clone();
        let told = "kind=admitted&day=R8.11.24&time=09:00&key=t";
        let told = stage.manager.post(&format!("{case}/tell"), told).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text());
        written(&stage).await;
        let sends = format!("{case}/handovers/new?step=admission_information");
        for path in [&*case, "/forms/1"] {
            assert!(
                page(&mut stage.manager, path).await.contains(&sends),
                "{path}"
            );
        }
        let left = "update care_team set valid_to = '2026-11-23' where case_role = 'hospital'";
        run(&stage.demo.db, left).await;
        for path in [&*case, "/forms/1"] {
            let html = page(&mut stage.manager, path).await;
            assert!(!html.contains(&sends), "{path}");
            assert!(html.contains("がいないため、引継ぎを送れません"), "{path}");
            assert!(html.contains(&format!("href=\"{case}/team\"")), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn no_form_goes_with_a_handover_but_the_one_of_its_step_or_the_one_it_was_opened_for() {
    on_both(async |database| {
        let mut stage = Stage::of(database).await;
        written(&stage).await;
        let new = format!("{}/handovers/new", stage.case);
        for (asked, is_chosen) in [
            ("", false),
            ("?step=admission_information", true),
            ("?form_record=1", true),
        ] {
            let html = page(&mut stage.manager, &format!("{new}{asked}")).await;
            assert!(html.contains("付けない"), "{asked}");
            assert_eq!(html.contains("value=\"1\" selected"), is_chosen, "{asked}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_came_back_is_sent_again_as_it_was_and_what_was_typed_is_not_lost() {
    on_both(async |database| {
        let mut stage = Stage::of(database).await;
        let case = stage.case.clone();
        let to = stage.demo.by("hospital_discharge").await.organization;
        let to = to.unwrap().get();
        let sent = send(&mut stage.manager, &case, (to, "見守りの相談")).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let first = sent.location;
        let other = send(&mut stage.manager, &case, (to, "福祉用具の相談")).await;
        assert_eq!(other.status, StatusCode::SEE_OTHER, "another subject");
        let reply = "said=returned&channel=phone&whom=uketsuke&at=&reason=";
        let refused = stage
            .manager
            .post(&format!("{}/reply", other.location), reply)
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in [
            "受けられないときの理由",
            "value=\"returned\" selected",
            "value=\"uketsuke\"",
        ] {
            assert!(refused.text().contains(part), "{part}");
        }
        let returned = format!("{first}/return");
        let done = stage.hospital.post(&returned, "reason=chigau").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let again = stage.hospital.post(&returned, "reason=mouhitotsu").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("mouhitotsu"), "from a second tab");
        let id = first.trim_start_matches("/handovers/");
        let new = format!("{case}/handovers/new?step=&former={id}");
        let html = page(&mut stage.manager, &new).await;
        for part in [
            "見守りの相談",
            "夜の見守りのこと",
            "から返されました",
            "chigau",
        ] {
            assert!(html.contains(part), "{part}");
        }
    })
    .await;
}
