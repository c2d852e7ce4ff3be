//! A case from the admission to the feedback, and what its two sides see of it.

use super::*;

#[tokio::test]
async fn an_episode_goes_from_admission_to_feedback() {
    on_both(async |database| {
        let world = World::of(database).await;
        for (account, role) in [(1, "hospital_discharge"), (2, "care_manager")] {
            world
                .run(&format!(
                    "insert into membership (account_id, organization_id, role, valid_from, created_at)
                     values ({account}, {account}, '{role}', '2026-01-01', 'x')"
                ))
                .await;
        }
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let case = world
            .admitted(world.client().await, "2026-11-24T00:00:00Z")
            .await;
        let shown = world.shown(&nurse, case).await.unwrap();
        assert_eq!(shown.state.branch.as_deref(), Some("a"));
        assert_eq!(shown.state.stage, "admitted");
        assert_eq!(shown.state.facts["certification"], "care");
        assert_eq!(shown.state.facts["age_group"], "from_65");
        assert_eq!(shown.case.hospital_id, Some(HOSPITAL));
        assert_eq!(shown.case.stay.as_deref(), Some("in"));
        assert_eq!(world.cases(&nurse, &Filter::default()).await, [case.get()]);
        assert_eq!(
            world
                .cases(
                    &manager,
                    &Filter {
                        is_own_client: true,
                        ..Filter::default()
                    }
                )
                .await,
            [case.get()]
        );
        // What each side owes.
        let owed = async |by: &By| {
            let (n, due) = list::due(&world.db, by, (list::Owed::All, ALL), world.now).await.unwrap();
            assert_eq!(n, due.len() as u64);
            due.into_iter().map(|it| it.step).collect::<BTreeSet<_>>()
        };
        assert_eq!(
            owed(&manager).await,
            ["admission_information".to_owned()].into()
        );
        assert_eq!(
            owed(&nurse).await,
            ["admission_notice", "screening"].map(str::to_owned).into()
        );
        let (n, ward) = list::ward(&world.db, &nurse, ALL, world.now).await.unwrap();
        assert_eq!((n, ward.len()), (1, 1));
        assert_eq!(ward[0].told.as_deref(), Some("waiting"));
        assert_eq!(ward[0].care_manager.as_deref(), Some("組織2"));

        let world = world.later(chrono::Duration::days(20));
        world
            .done(&nurse, case, "admission_notice", "2026-11-24T02:00:00Z")
            .await
            .unwrap();
        world
            .done(
                &manager,
                case,
                "admission_information",
                "2026-11-25T02:00:00Z",
            )
            .await
            .unwrap();
        let mut screened = happened("screened", "2026-11-25T03:00:00Z");
        screened.criteria.insert("meals".to_owned());
        let (_, state) = world.tell(&nurse, case, screened).await.unwrap();
        assert_eq!(state.facts["need"], "must");
        world
            .done(&nurse, case, "first_contact", "2026-11-26T03:00:00Z")
            .await
            .unwrap();
        world
            .done(&nurse, case, "conference", "2026-11-30T03:00:00Z")
            .await
            .unwrap();
        let mut planned = happened("discharge_planned", "2026-12-01T03:00:00Z");
        planned.day = Some(day("2026-12-25"));
        let (_, state) = world.tell(&nurse, case, planned).await.unwrap();
        assert_eq!(
            standing(&state, "discharge_notice"),
            [Standing::Met],
            "the program told it"
        );
        let letters = world
            .texts("select recipient || ' ' || subject || ' ' || body from mail order by id")
            .await;
        assert!(letters.len() >= 2, "one for what is owed, one for what was told: {letters:?}");
        assert!(
            letters
                .iter()
                .all(|it| !it.contains("花子") && !it.contains("タカハシ")),
            "{letters:?}"
        );
        world
            .done(&manager, case, "hospital_interview", "2026-12-08T03:00:00Z")
            .await
            .unwrap();
        world
            .done(&nurse, case, "discharge_summary", "2026-12-10T01:00:00Z")
            .await
            .unwrap();
        world
            .tell(
                &nurse,
                case,
                happened("discharged_home", "2026-12-10T02:00:00Z"),
            )
            .await
            .unwrap();
        world
            .tell(
                &manager,
                case,
                happened("service_started", "2026-12-11T02:00:00Z"),
            )
            .await
            .unwrap();
        let state = world
            .done(&manager, case, "feedback", "2026-12-14T00:30:00Z")
            .await
            .unwrap();
        assert_eq!(state.closed, None, "the hospital has some days to read it");
        world.sweep(at("2026-12-22T00:00:00Z")).await;
        let open = "select count(*) from obligation where state in ('waiting', 'missed', 'late')";
        assert_eq!(world.number(open).await, 0);
        assert_eq!(world.cases(&nurse, &Filter::default()).await, [0i64; 0]);
        let ended = Filter {
            is_closed: true,
            ..Filter::default()
        };
        assert_eq!(
            world.cases(&nurse, &ended).await,
            [case.get()],
            "for thirty days more"
        );
        let later = world.later(chrono::Duration::days(39));
        assert_eq!(later.cases(&nurse, &ended).await, [0i64; 0]);
        assert!(matches!(
            later.shown(&nurse, case).await,
            Err(CaseError::Refused(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn every_event_and_receipt_is_in_the_log_without_a_name() {
    on_both(async |database| {
        let world = World::of(database).await;
        let case = world.admitted(world.client().await, "2026-11-24T00:00:00Z").await;
        world.done(&world.nurse(), case, "admission_notice", "2026-11-24T00:30:00Z").await.unwrap();
        let sql = format!("select deed || ' ' || coalesce(note, '') from audit_entry where object_kind = 'care_case' and object_id = '{case}' order by id");
        assert_eq!(
            world.texts(&sql).await,
            ["case.open discharge_support", "case.tell admitted", "case.tell admission_notice"]
        );
        let logged = "select note from audit_entry where object_kind = 'obligation' order by id";
        let logged = world.texts(logged).await;
        let (owed, met) = ("admission_notice waiting".to_owned(), "admission_notice met".to_owned());
        assert!(logged.contains(&owed) && logged.contains(&met), "{logged:?}");
        let kept = "select step || ' ' || state from obligation order by step";
        for it in world.texts(kept).await {
            assert!(logged.contains(&it), "{it} is not in the log: {logged:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_told_once() {
    on_both(async |database| {
        let world = World::of(database).await;
        let patient = world.client().await;
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "care_manager".to_owned(),
            form_key: Some("k1".to_owned()),
            event: Some(Telling {
                form_key: Some("k2".to_owned()),
                ..happened("admitted", "2026-11-24T00:00:00Z")
            }),
            ..Opening::default()
        };
        let manager = world.care_manager();
        let case = world
            .open_case(&manager, patient, opening.clone())
            .await
            .unwrap();
        assert_eq!(
            world
                .open_case(&manager, patient, opening.clone())
                .await
                .unwrap(),
            case
        );
        let other = Opening {
            form_key: None,
            ..opening
        };
        let error = world.open_case(&manager, patient, other).await.unwrap_err();
        assert!(
            matches!(error, CaseError::AlreadyOpen(it) if it == case),
            "{error}"
        );
        let telling = Telling {
            form_key: Some("k3".to_owned()),
            ..happened("certification_applied", "2026-11-24T00:10:00Z")
        };
        let (one, _) = world.tell(&manager, case, telling.clone()).await.unwrap();
        let (other, _) = world.tell(&manager, case, telling).await.unwrap();
        assert_eq!(one, other);
        assert_eq!(world.number("select count(*) from case_event").await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_hospital_opens_a_case_of_somebody_whom_it_has_just_looked_up() {
    use keniki_app::patient::look_up::{LookUp, look_up};
    on_both(async |database| {
        let world = World::of(database).await;
        let (patient, nurse) = (world.client().await, world.nurse());
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "hospital".to_owned(),
            event: Some(happened("admitted", "2026-11-24T00:00:00Z")),
            ..Opening::default()
        };
        let stranger = world.open_case(&nurse, patient, opening.clone()).await;
        assert!(matches!(stranger, Err(CaseError::Refused(_))));
        let asked = LookUp::Name("髙橋花子".to_owned(), day("1940-03-04"));
        let found = database::write(&world.db, async |tx| {
            look_up(tx, &world.definitions, &nurse, &asked, world.now).await
        });
        assert_eq!(found.await.unwrap()[0].patient, patient);
        let case = world.open_case(&nurse, patient, opening).await.unwrap();
        // The standing care manager is in it, and the notice was given by the program.
        let shown = world.shown(&world.care_manager(), case).await.unwrap();
        assert_eq!(shown.state.branch.as_deref(), Some("a"));
        assert_eq!(standing(&shown.state, "admission_notice"), [Standing::Met]);
        assert_eq!(world.states("admission_information").await, ["waiting"]);
        let strangers = [
            world.by("clinic", CLINIC),
            world.by("community_support_center", SUPPORT_CENTER),
        ];
        for stranger in strangers {
            assert!(matches!(
                world.shown(&stranger, case).await,
                Err(CaseError::Refused(_))
            ));
            assert_eq!(world.cases(&stranger, &Filter::default()).await, [0i64; 0]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_correction_and_an_annulment_reach_the_lists() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let case = world
            .admitted(world.client().await, "2026-11-24T00:00:00Z")
            .await;
        let admitted = world.shown(&nurse, case).await.unwrap().events[1].id.into();
        world
            .correct(&manager, (case, admitted), "2026-11-20T00:00:00Z")
            .await
            .unwrap();
        let row = world.shown(&nurse, case).await.unwrap().case;
        assert_eq!(row.admitted_on.as_deref(), Some("2026-11-20"));
        world.annul(&nurse, (case, admitted)).await.unwrap();
        let row = world.shown(&nurse, case).await.unwrap().case;
        assert_eq!((row.admitted_on, row.stay), (None, None));
        assert_eq!(world.states("screening").await, ["gone"]);
    })
    .await;
}

#[tokio::test]
async fn a_death_ends_every_case_and_stands_in_the_record() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let patient = world.client().await;
        let case = world.admitted(patient, "2026-11-20T00:00:00Z").await;
        let home = Opening {
            program: "home_care".to_owned(),
            role: "care_manager".to_owned(),
            event: Some(happened("started", "2026-11-01T00:00:00Z")),
            ..Opening::default()
        };
        let home = world.open_case(&manager, patient, home).await.unwrap();
        let (died, state) = world
            .tell(&nurse, case, happened("died", "2026-11-23T20:00:00Z"))
            .await
            .unwrap();
        assert_eq!(state.closed.unwrap().reason, "died");
        let other = world.shown(&manager, home).await.unwrap();
        assert_eq!(other.state.closed.unwrap().reason, "died");
        assert_eq!(
            world.texts("select died_on from patient").await,
            ["2026-11-24"]
        );
        let waiting = "select count(*) from obligation where state = 'waiting'";
        assert_eq!(world.number(waiting).await, 0);
        // What was told of the wrong person is taken back, and all goes on.
        world.annul(&nurse, (case, died)).await.unwrap();
        assert_eq!(
            world
                .number("select count(*) from patient where died_on is null")
                .await,
            1
        );
        let row = world.shown(&nurse, case).await.unwrap().case;
        assert_eq!((row.closed_at, row.stay.as_deref()), (None, Some("in")));
        assert!(world.number(waiting).await > 0);
    })
    .await;
}

#[tokio::test]
async fn who_joins_a_case_owes_what_nobody_owed_and_a_part_for_one_is_taken_from_nobody() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (manager, nurse) = (world.care_manager(), world.nurse());
        let patient = world.client().await;
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "care_manager".to_owned(),
            event: Some(happened("admitted", "2026-11-23T23:00:00Z")),
            ..Opening::default()
        };
        let case = world.open_case(&manager, patient, opening).await.unwrap();
        let owed = format!(
            "select count(*) from obligation where from_role = 'hospital' and organization_id = {HOSPITAL}"
        );
        assert_eq!(world.number(&owed).await, 0, "no hospital is in the case yet");
        assert!(world.shown(&nurse, case).await.is_err());
        let seat = |role: &str, organization| Seat {
            role: role.to_owned(),
            organization: OrganizationId::new(organization),
            staff: "地域連携室".to_owned(),
        };
        let join = async |by: &By, seat: Seat| {
            let house = world.house();
            database::write(&world.db, async |tx| {
                seat::add(tx, house, by, (case, &seat), world.now).await
            })
            .await
        };
        let stranger = join(&nurse, seat("hospital", HOSPITAL)).await;
        assert!(matches!(stranger, Err(CaseError::Refused(_))), "{stranger:?}");
        join(&manager, seat("hospital", HOSPITAL)).await.unwrap();
        assert!(world.number(&owed).await >= 2);
        assert!(world.shown(&nurse, case).await.is_ok());
        join(&manager, seat("hospital", HOSPITAL)).await.unwrap();
        let seats = "select count(*) from care_team where case_role = 'hospital'";
        assert_eq!(world.number(seats).await, 1, "one that it has stays as it is");
        let other = join(&manager, seat("hospital", CLINIC)).await;
        assert!(matches!(other, Err(CaseError::Misfit(_))), "{other:?}");
        let none = join(&manager, seat("nobody", CLINIC)).await;
        assert!(matches!(none, Err(CaseError::Unknown(_))), "{none:?}");
        join(&manager, seat("home_physician", CLINIC)).await.unwrap();
        world.close(&manager, case, "wrong").await.unwrap();
        let over = join(&manager, seat("pharmacy", CLINIC)).await;
        assert!(matches!(over, Err(CaseError::Over)), "{over:?}");
    })
    .await;
}
