//! An event that says that somebody has a role asks who: they take their part with it and are told, or it is said that it is not
//! known yet.

use keniki_app::case::seat::Seating;

use super::*;
use crate::patient::CARE_OFFICE;

fn found(seating: Seating) -> Telling {
    Telling {
        seating,
        ..happened("care_manager_found", "2026-11-24T00:30:00Z")
    }
}

fn care_office() -> Seating {
    Seating::Is(OrganizationId::new(CARE_OFFICE), "見本".to_owned())
}

/// A case of the hospital, of somebody whom nobody looks after.
async fn alone(world: &World) -> CaseId {
    let nurse = world.nurse();
    let patient = world.register(&nurse, "hospital", hanako()).await;
    let opening = Opening {
        program: "discharge_support".to_owned(),
        role: "hospital".to_owned(),
        event: Some(happened("admitted", "2026-11-24T00:00:00Z")),
        ..Opening::default()
    };
    world.open_case(&nurse, patient, opening).await.unwrap()
}

#[tokio::test]
async fn who_is_found_joins_with_the_event_owes_their_part_and_is_told() {
    on_both(async |database| {
        let world = World::of(database).await;
        world
            .run(
                "insert into membership (account_id, organization_id, role, valid_from, created_at)
                 values (2, 2, 'care_manager', '2026-01-01', 'x')",
            )
            .await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let case = alone(&world).await;
        assert!(world.shown(&manager, case).await.is_err());
        let unsaid = world.tell(&nurse, case, found(Seating::Unsaid)).await;
        assert!(matches!(unsaid, Err(CaseError::NoOffice(_))), "{unsaid:?}");
        let (event, _) = world.tell(&nurse, case, found(care_office())).await.unwrap();
        let shown = world.shown(&manager, case).await.unwrap();
        let told = shown.events.iter().find(|it| it.id == event.get()).unwrap();
        assert_eq!(told.event().unwrap().content.seated, Some(CARE_OFFICE));
        assert_eq!(standing(&shown.state, "admission_notice"), [Standing::Met]);
        let owed = format!(
            "select step from obligation where organization_id = {CARE_OFFICE} and state = 'waiting'"
        );
        assert_eq!(world.texts(&owed).await, ["admission_information"]);
        let letters = "select subject from mail where recipient = 'a2@example.jp'";
        assert_eq!(world.texts(letters).await.len(), 2, "what is owed, and what was told");
        let seats = "select count(*) from care_team where case_role = 'care_manager'";
        assert_eq!(world.number(seats).await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_office_that_is_not_known_yet_is_said_to_be_so_and_found_later() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let case = alone(&world).await;
        let mut yes = happened("admitted", "2026-11-24T00:20:00Z");
        yes.kind = "emergency_admitted".to_owned();
        yes.facts
            .insert("care_manager".to_owned(), "yes".to_owned());
        let unsaid = world.tell(&nurse, case, yes).await;
        assert!(matches!(unsaid, Err(CaseError::NoOffice(_))), "{unsaid:?}");
        let (_, state) = world
            .tell(&nurse, case, found(Seating::NotKnown))
            .await
            .unwrap();
        assert_eq!(state.branch.as_deref(), Some("a"));
        assert_eq!(standing(&state, "admission_notice"), [Standing::Waiting]);
        let seats = "select count(*) from care_team where case_role = 'care_manager'";
        assert_eq!(world.number(seats).await, 0);
        // A center that is consulted is not the one that manages the care.
        let center = Seat {
            role: "support_center".to_owned(),
            organization: OrganizationId::new(SUPPORT_CENTER),
            staff: String::new(),
        };
        let house = world.house();
        let joined = database::write(&world.db, async |tx| {
            seat::add(tx, house, &nurse, (case, &center), world.now).await
        });
        joined.await.unwrap();
        let (_, ward) = list::ward(&world.db, &nurse, ALL, world.now).await.unwrap();
        assert_eq!(ward[0].care_manager, None);
        assert_eq!(
            ward[0].branch.as_deref(),
            Some("a"),
            "there is one, whoever it is"
        );
        // Found a moment later, and then nobody needs to say it again.
        let later = |minute: &str, seating| Telling {
            seating,
            ..happened("care_manager_found", &format!("2026-11-24T00:{minute}:00Z"))
        };
        world
            .tell(&nurse, case, later("40", care_office()))
            .await
            .unwrap();
        world
            .tell(&nurse, case, later("50", Seating::Unsaid))
            .await
            .unwrap();
        let other = Seating::Is(OrganizationId::new(CLINIC), String::new());
        let other = world.tell(&nurse, case, later("55", other)).await;
        assert!(matches!(other, Err(CaseError::Misfit(_))), "{other:?}");
        assert_eq!(world.number(seats).await, 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_a_part_by_an_event_that_is_refused() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let case = alone(&world).await;
        let ahead = Telling {
            happened_at: at("2026-12-24T00:00:00Z"),
            ..found(care_office())
        };
        let ahead = world.tell(&nurse, case, ahead).await;
        assert!(matches!(ahead, Err(CaseError::InFuture)), "{ahead:?}");
        let seats = "select count(*) from care_team where case_role = 'care_manager'";
        assert_eq!(world.number(seats).await, 0);
        assert!(world.shown(&world.care_manager(), case).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn an_office_is_looked_for_among_those_of_its_part_and_told_apart_by_its_sites() {
    use keniki_app::patient::team::{organizations_for, organizations_named};
    on_both(async |database| {
        let world = World::of(database).await;
        for (site, organization, name, category) in [
            (11, HOSPITAL, "汐見病院", "hospital"),
            (12, CARE_OFFICE, "汐見ケアプラン", "care_management"),
            (13, CARE_OFFICE, "汐見デイ", "day_care"),
        ] {
            world
                .run(&format!(
                    "insert into site (id, organization_id, name, name_key, status)
                     values ({site}, {organization}, '{name}', '{name}', 'active')"
                ))
                .await;
            world
                .run(&format!(
                    "insert into service (id, site_id, category, status) values ({site}, {site}, '{category}', 'active')"
                ))
                .await;
        }
        let rule = world.definitions.patients();
        let found = organizations_for(&world.db, rule, ("汐見", "care_management")).await;
        let found = found.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].id, CARE_OFFICE);
        let sites: Vec<&str> = found[0].sites.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(sites, ["汐見ケアプラン"], "what it does beside is not asked for");
        let all = organizations_named(&world.db, "汐見").await.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].sites[0].categories, ["hospital"]);
        // A service beside another has a name of its own.
        world
            .run(
                "insert into service (id, site_id, category, name, status)
                 values (14, 13, 'care_management', 'ケアプランセンター きぬなみ', 'active')",
            )
            .await;
        for name in ["ケアプランセンターきぬなみ", "きぬなみ"] {
            let found = organizations_for(&world.db, rule, (name, "care_management")).await;
            let found = found.unwrap();
            assert_eq!(found[0].id, CARE_OFFICE, "{name}");
            assert_eq!(found[0].sites[0].services, ["ケアプランセンター きぬなみ"]);
        }
        // Where the directory knows none of the kind, one is found all the same.
        let clinic = organizations_for(&world.db, rule, ("組織4", "pharmacy")).await;
        assert_eq!(clinic.unwrap()[0].id, CLINIC);
    })
    .await;
}

#[tokio::test]
async fn an_office_that_was_named_wrongly_leaves_with_the_annulment_and_the_right_one_takes_its_part()
 {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let case = alone(&world).await;
        let wrong = Seating::Is(OrganizationId::new(SUPPORT_CENTER), String::new());
        let (event, _) = world.tell(&nurse, case, found(wrong)).await.unwrap();
        let stranger = world.by("care_manager", SUPPORT_CENTER);
        assert!(world.shown(&stranger, case).await.is_ok());
        let state = world.annul(&nurse, (case, event)).await.unwrap();
        assert_ne!(state.branch.as_deref(), Some("a"));
        assert!(world.shown(&stranger, case).await.is_err(), "at once");
        let taken = "select count(*) from audit_entry where object_kind = 'care_team' and note = 'taken back'";
        assert_eq!(world.number(taken).await, 1);
        let right = Telling {
            happened_at: at("2026-11-24T00:40:00Z"),
            ..found(care_office())
        };
        world.tell(&nurse, case, right).await.unwrap();
        assert!(world.shown(&world.care_manager(), case).await.is_ok());
        let owed = format!("select count(*) from obligation where organization_id = {SUPPORT_CENTER} and state = 'waiting'");
        assert_eq!(world.number(&owed).await, 0);
        // A case that ends on the same day and goes on does not bring it back.
        world.close(&nurse, case, "no_need").await.unwrap();
        let house = world.house();
        let reopened = database::write(&world.db, async |tx| {
            end::reopen(tx, house, &nurse, case, "まだ続く", world.now).await
        });
        reopened.await.unwrap();
        assert!(world.shown(&world.care_manager(), case).await.is_ok());
        assert!(world.shown(&stranger, case).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_seat_that_was_there_before_stays_when_an_event_that_names_it_is_annulled() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let case = world
            .admitted(world.client().await, "2026-11-23T00:00:00Z")
            .await;
        let (event, _) = world
            .tell(&nurse, case, found(Seating::Unsaid))
            .await
            .unwrap();
        world.annul(&nurse, (case, event)).await.unwrap();
        assert!(world.shown(&manager, case).await.is_ok());
    })
    .await;
}
