//! What is refused of a case, with the sentence that says what to do; nothing is written then.

use super::*;
use crate::patient::CARE_OFFICE;

#[tokio::test]
async fn what_cannot_have_happened_is_refused() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let case = world
            .admitted(world.client().await, "2026-11-20T00:00:00Z")
            .await;
        let events = world.number("select count(*) from case_event").await;
        let refused = async |telling: Telling| {
            world
                .tell(&nurse, case, telling)
                .await
                .unwrap_err()
                .to_string()
        };
        let discharged = |when| happened("discharged_home", when);
        assert!(
            refused(discharged("2026-11-19T00:00:00Z"))
                .await
                .contains("入院の記録がありません")
        );
        assert!(
            refused(discharged("2026-11-25T00:00:00Z"))
                .await
                .contains("いまより後")
        );
        assert!(
            refused(discharged("1939-11-25T00:00:00Z"))
                .await
                .contains("古すぎます")
        );
        assert!(
            refused(happened("admitted", "2026-11-20T00:00:00Z"))
                .await
                .contains("すでに記録されています")
        );
        assert!(
            refused(happened("admitted", "2026-11-21T00:00:00Z"))
                .await
                .contains("退院の記録がないまま")
        );
        assert!(
            refused(happened("returned", "2026-11-21T00:00:00Z"))
                .await
                .contains("外泊の記録がない")
        );
        assert!(
            refused(happened("teleported", "2026-11-21T00:00:00Z"))
                .await
                .contains("選び直して")
        );
        assert!(
            refused(happened("discharge_planned", "2026-11-21T00:00:00Z"))
                .await
                .contains("退院予定日")
        );
        let mut planned = happened("discharge_planned", "2026-11-21T00:00:00Z");
        planned.day = Some(day("2026-11-20"));
        assert!(refused(planned).await.contains("前か、1年より先"));
        let mut hostile = happened("screened", "2026-11-21T00:00:00Z");
        hostile
            .facts
            .insert("need".to_owned(), "' or 1 = 1 --".to_owned());
        assert!(refused(hostile).await.contains("選び直して"));
        let mut long = happened("on_leave", "2026-11-21T00:00:00Z");
        long.note = "あ".repeat(501);
        assert!(refused(long).await.contains("500文字まで"));
        assert_eq!(
            world.number("select count(*) from case_event").await,
            events,
            "nothing is half written"
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_twice_a_day_and_what_comes_too_early_is_refused() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let case = world
            .admitted(world.client().await, "2026-11-16T00:00:00Z")
            .await;
        let told = async |by: &By, kind, when| world.tell(by, case, happened(kind, when)).await;
        let early = told(&manager, "service_started", "2026-11-15T00:00:00Z").await;
        let early = early.unwrap_err().to_string();
        assert!(early.contains("「入院」より前"), "{early}");
        told(&nurse, "discharged_home", "2026-11-22T02:00:00Z")
            .await
            .unwrap();
        for when in ["2026-11-22T01:58:00Z", "2026-11-22T05:00:00Z"] {
            let again = told(&manager, "discharged_home", when).await.unwrap_err();
            assert!(matches!(again, CaseError::TwiceADay(_)), "{again}");
        }
        let early = told(&manager, "service_started", "2026-11-21T00:00:00Z").await;
        let early = early.unwrap_err().to_string();
        assert!(early.contains("「自宅への退院」より前"), "{early}");
        told(&manager, "service_started", "2026-11-22T08:00:00Z")
            .await
            .unwrap();
        let stays = world.shown(&nurse, case).await.unwrap().state.stays;
        assert_eq!(stays.len(), 1, "{stays:?}");
    })
    .await;
}

#[tokio::test]
async fn a_correction_tells_no_day_that_could_not_have_been_told() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let case = world
            .admitted(world.client().await, "2026-11-16T00:00:00Z")
            .await;
        let mut planned = happened("discharge_planned", "2026-11-20T00:00:00Z");
        planned.day = Some(day("2026-11-30"));
        let (planned, _) = world.tell(&nurse, case, planned).await.unwrap();
        let house = world.house();
        let correction = mend::Correction {
            happened_at: at("2026-11-20T00:00:00Z"),
            day: Some(day("2026-11-01")),
            note: String::new(),
            reason: "日付の誤り".to_owned(),
        };
        let corrected = database::write(&world.db, async |tx| {
            let what = (&correction, None);
            mend::correct(tx, house, &nurse, (case, planned), what, world.now).await
        });
        let error = corrected.await.unwrap_err();
        assert!(matches!(error, CaseError::WrongDay(_)), "{error}");
        let shown = world.shown(&nurse, case).await.unwrap();
        assert_eq!(shown.state.planned_on, Some(day("2026-11-30")));
    })
    .await;
}

#[tokio::test]
async fn nothing_happens_after_death_and_nothing_in_a_case_that_is_over() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let patient = world.client().await;
        let case = world.admitted(patient, "2026-11-20T00:00:00Z").await;
        world
            .tell(&nurse, case, happened("died", "2026-11-22T00:00:00Z"))
            .await
            .unwrap();
        let error = world
            .tell(
                &nurse,
                case,
                happened("discharged_home", "2026-11-23T00:00:00Z"),
            )
            .await
            .unwrap_err();
        assert!(matches!(error, CaseError::Over), "{error}");
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "care_manager".to_owned(),
            ..Opening::default()
        };
        let error = world
            .open_case(&manager, patient, opening)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("亡くなった人"), "{error}");
        let error = world.close(&nurse, case, "no_need").await.unwrap_err();
        assert!(matches!(error, CaseError::Over), "{error}");
        // A receipt that comes later is welcome.
        world
            .done(&nurse, case, "admission_notice", "2026-11-23T00:00:00Z")
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_mended_by_the_sides_of_its_step_alone() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let case = world
            .admitted(world.client().await, "2026-11-23T00:00:00Z")
            .await;
        let physician = Seat {
            role: "home_physician".to_owned(),
            organization: OrganizationId::new(CLINIC),
            staff: String::new(),
        };
        let house = world.house();
        let joined = database::write(&world.db, async |tx| {
            seat::add(tx, house, &nurse, (case, &physician), world.now).await
        });
        joined.await.unwrap();
        world
            .done(&nurse, case, "screening", "2026-11-23T01:00:00Z")
            .await
            .unwrap();
        let events = world.shown(&nurse, case).await.unwrap().events;
        let receipt = events
            .iter()
            .find(|it| it.kind == "done")
            .unwrap()
            .id
            .into();
        for other in [world.by("clinic", CLINIC), manager] {
            let error = world.annul(&other, (case, receipt)).await.unwrap_err();
            assert!(matches!(error, CaseError::WrongRole(_)), "{error}");
            let when = "2026-11-23T02:00:00Z";
            let error = world
                .correct(&other, (case, receipt), when)
                .await
                .unwrap_err();
            assert!(matches!(error, CaseError::WrongRole(_)), "{error}");
        }
        world.annul(&nurse, (case, receipt)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_has_no_part_in_it_tells_nothing_and_a_role_tells_what_is_its() {
    on_both(async |database| {
        let world = World::of(database).await;
        let case = world
            .admitted(world.client().await, "2026-11-20T00:00:00Z")
            .await;
        let stranger = world.by("care_manager", CLINIC);
        let error = world
            .tell(&stranger, case, happened("died", "2026-11-21T00:00:00Z"))
            .await
            .unwrap_err();
        assert!(matches!(error, CaseError::Refused(_)), "{error}");
        let error = world
            .tell(
                &world.care_manager(),
                case,
                happened("on_leave", "2026-11-21T00:00:00Z"),
            )
            .await
            .unwrap_err();
        assert!(matches!(error, CaseError::WrongRole(_)), "{error}");
        let planner = world.by("health_center_planning", HOSPITAL);
        assert!(matches!(
            world.shown(&planner, case).await,
            Err(CaseError::Refused(_))
        ));
        assert_eq!(world.cases(&planner, &Filter::default()).await, [0i64; 0]);
        assert!(matches!(
            world.shown(&world.nurse(), CaseId::new(99)).await,
            Err(CaseError::Refused(_))
        ));
        let example = Opening {
            program: "discharge_support_seino".to_owned(),
            role: "care_manager".to_owned(),
            ..Opening::default()
        };
        let patient = world.shown(&world.nurse(), case).await.unwrap().patient.id;
        let error = world
            .open_case(&world.care_manager(), patient, example)
            .await
            .unwrap_err();
        assert!(matches!(error, CaseError::NoProgram), "{error}");
    })
    .await;
}

/// Who mends what: the recorder; what belongs to a stay, its hospital, too; nobody else.
#[tokio::test]
async fn what_was_told_is_mended_by_who_recorded_it_and_a_stay_by_its_hospital_too() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let center = world.by("community_support_center", SUPPORT_CENTER);
        let case = world
            .admitted(world.client().await, "2026-11-22T00:00:00Z")
            .await;
        let seat = Seat {
            role: "support_center".to_owned(),
            organization: OrganizationId::new(SUPPORT_CENTER),
            staff: String::new(),
        };
        let house = world.house();
        let joined = database::write(&world.db, async |tx| {
            seat::add(tx, house, &nurse, (case, &seat), world.now).await
        });
        joined.await.unwrap();
        let told = [
            (&nurse, "on_leave", "2026-11-22T01:00:00Z"),
            (&center, "certification_applied", "2026-11-22T02:00:00Z"),
            (&center, "discharged_home", "2026-11-23T01:00:00Z"),
            (&center, "died", "2026-11-24T00:10:00Z"),
        ];
        let admitted = world.shown(&nurse, case).await.unwrap().events[1].id;
        let mut events = vec![("admitted", admitted)];
        for (by, kind, when) in told {
            let (id, _) = world.tell(by, case, happened(kind, when)).await.unwrap();
            events.push((kind, id.get()));
        }
        let shown = world.shown(&nurse, case).await.unwrap();
        let mends: Vec<(&str, Vec<i64>)> = events
            .iter()
            .map(|(kind, id)| {
                let all = [HOSPITAL, CARE_OFFICE, SUPPORT_CENTER];
                let may = |it: &i64| shown.may_mend((*it).into(), (*id).into()).is_ok();
                (*kind, all.into_iter().filter(may).collect())
            })
            .collect();
        assert_eq!(
            mends,
            [
                ("admitted", vec![HOSPITAL, CARE_OFFICE]),
                ("on_leave", vec![HOSPITAL]),
                ("certification_applied", vec![SUPPORT_CENTER]),
                ("discharged_home", vec![HOSPITAL, SUPPORT_CENTER]),
                ("died", vec![SUPPORT_CENTER]),
            ]
        );
        let refused = world.annul(&center, (case, admitted.into())).await;
        assert!(
            matches!(refused, Err(CaseError::OthersRecord(_))),
            "{refused:?}"
        );
        let when = "2026-11-21T00:00:00Z";
        let refused = world.correct(&center, (case, admitted.into()), when).await;
        assert!(
            matches!(refused, Err(CaseError::OthersRecord(_))),
            "{refused:?}"
        );
        let leave = events[1].1;
        let refused = world.annul(&manager, (case, leave.into())).await;
        assert!(
            matches!(refused, Err(CaseError::OthersRecord(_))),
            "{refused:?}"
        );
        world.annul(&nurse, (case, leave.into())).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_step_that_is_done_is_not_done_again_from_another_window() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let case = world
            .admitted(world.client().await, "2026-11-23T00:00:00Z")
            .await;
        let state = world.shown(&nurse, case).await.unwrap().state;
        let owed = state.obligations.iter().find(|it| it.step == "screening");
        let receipt = |key: &str| Receipt {
            step: "screening".to_owned(),
            cause: Some(owed.unwrap().cause),
            happened_at: at("2026-11-23T01:00:00Z"),
            channel: Channel::Phone,
            whom: String::new(),
            note: String::new(),
            form_record: None,
            form_key: Some(key.to_owned()),
        };
        let house = world.house();
        let send = async |key: &str| {
            database::write(&world.db, async |tx| {
                receipt::done(tx, house, &nurse, case, (&receipt(key), None), world.now).await
            })
            .await
        };
        send("a").await.unwrap();
        send("a").await.unwrap();
        let again = send("b").await.unwrap_err().to_string();
        assert!(
            again.contains("組織1") && again.contains("令和8年11月24日 10:00"),
            "{again}"
        );
        let receipts = "select count(*) from case_event where kind = 'done' and step = 'screening'";
        assert_eq!(world.number(receipts).await, 1);
        let receipt = "select min(id) from case_event where kind = 'done' and step = 'screening'";
        let receipt = world.number(receipt).await.into();
        world.annul(&nurse, (case, receipt)).await.unwrap();
        send("c").await.unwrap();
    })
    .await;
}
