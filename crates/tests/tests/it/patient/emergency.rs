//! 緊急時閲覧: three hours to the second, told to who answers for the person, looked at afterwards by somebody else.

use chrono::Duration;
use keniki_app::account::policy::Deed;
use keniki_app::case::list;
use keniki_app::database;
use keniki_app::patient::PatientError;
use keniki_app::patient::emergency::{self, EmergencyError};
use keniki_app::patient::show::{View, show};
use keniki_tests::on_both;

use super::*;

const WHY: &str = "救急搬送。意識がなく、薬と連絡先を確かめたい";

impl World {
    async fn open(
        &self,
        by: &By,
        patient: PatientId,
        reason: &str,
    ) -> Result<DateTime<Utc>, EmergencyError> {
        let site = (&self.definitions, "https://example.jp");
        database::write(&self.db, async |tx| {
            emergency::open(tx, site, by, (patient, reason), self.now).await
        })
        .await
    }

    async fn shows(&self, by: &By, patient: PatientId, now: DateTime<Utc>) -> bool {
        let shown = database::write(&self.db, async |tx| show(tx, by, patient, now).await).await;
        let (n, _) = find::list(
            &self.db,
            self.definitions.patients(),
            (by, Deed::ReadPatient),
            (&Search::default(), ALL),
            now,
        )
        .await
        .unwrap();
        assert_eq!(shown.is_ok(), n > 0);
        shown.is_ok()
    }
}

#[tokio::test]
async fn a_record_is_open_for_three_hours_to_the_second_and_its_owner_is_told() {
    on_both(async |database| {
        let world = World::of(database).await;
        let id = world.register(&world.care_manager(), "care_management", hanako()).await;
        for account in [2, 12] {
            world.run(&format!("insert into membership (account_id, organization_id, role, valid_from, created_at) values ({account}, 2, 'care_manager', '2026-01-01', 'x')")).await;
        }
        world.run("insert into mailbox (organization_id, purpose, created_at) values (2, 'care_management', 'x')").await;
        world.run("insert into mailbox_member (mailbox_id, account_id, since) values (1, 12, 'x')").await;
        let (nurse, colleague) = (world.nurse(), world.who(11, "hospital_discharge", HOSPITAL));
        assert!(!world.shows(&nurse, id, world.now).await);
        assert!(matches!(world.open(&nurse, id, "急ぎ").await, Err(EmergencyError::TooShort(10))));
        assert!(matches!(world.open(&nurse, id, "急　　　　　　　　　　ぎ").await, Err(EmergencyError::TooShort(10))));
        let until = world.open(&nurse, id, WHY).await.unwrap();
        assert_eq!(until, world.now + Duration::hours(3));
        assert!(world.shows(&nurse, id, world.now).await);
        assert!(world.shows(&nurse, id, until - Duration::seconds(1)).await);
        assert!(!world.shows(&nurse, id, until).await);
        assert!(!world.shows(&colleague, id, world.now).await, "hers alone");
        assert!(matches!(world.open(&nurse, id, WHY).await, Err(EmergencyError::Open)));
        assert!(matches!(world.open(&world.care_manager(), id, WHY).await, Err(EmergencyError::Open)));
        let pharmacist = world.open(&world.by("pharmacy", CLINIC), id, WHY).await;
        assert!(matches!(pharmacist, Err(EmergencyError::Patient(PatientError::Refused(_)))));
        assert!(matches!(world.open(&nurse, 99.into(), WHY).await, Err(EmergencyError::Patient(PatientError::NotThere))));

        let letters = world.texts("select recipient || ' ' || subject || ' ' || body from mail order by id").await;
        assert_eq!(letters.len(), 1, "who answers the mailbox: {letters:?}");
        assert!(letters[0].starts_with("a12@example.jp "));
        for said in ["花子", "髙橋", "1940", "意識", "組織1"] {
            assert!(!letters[0].contains(said), "{letters:?}");
        }
        let (n, told) = emergency::of_own_patients(&world.db, &world.care_manager(), ALL, world.now).await.unwrap();
        assert_eq!((n, told[0].reason.as_str()), (1, WHY));
    })
    .await;
}

#[tokio::test]
async fn an_opening_is_reviewed_by_the_manager_there_or_the_auditor_and_not_by_who_opened_it() {
    on_both(async |database| {
        let world = World::of(database).await;
        let id = world
            .register(&world.care_manager(), "care_management", hanako())
            .await;
        world.open(&world.nurse(), id, WHY).await.unwrap();
        let opening = world.number("select max(id) from emergency_access").await;
        let review = async |by: &By| {
            database::write(&world.db, async |tx| {
                emergency::review(tx, by, (opening, "搬送の記録と合う"), world.now).await
            })
            .await
        };
        let n = async |by: &By| emergency::to_review(&world.db, by, ALL).await.unwrap().0;
        let manager = world.who(11, "manager", HOSPITAL);
        let (elsewhere, herself) = (
            world.by("manager", CARE_OFFICE),
            world.who(1, "manager", HOSPITAL),
        );
        let auditor = world.who(14, "auditor", SUPPORT_CENTER);
        assert_eq!(
            (n(&manager).await, n(&auditor).await, n(&elsewhere).await),
            (1, 1, 0)
        );
        assert_eq!(n(&world.nurse()).await, 0);
        assert!(matches!(
            review(&elsewhere).await,
            Err(EmergencyError::Patient(PatientError::Refused(_)))
        ));
        assert!(matches!(
            review(&herself).await,
            Err(EmergencyError::OwnOpening)
        ));
        review(&manager).await.unwrap();
        assert!(matches!(
            review(&auditor).await,
            Err(EmergencyError::Reviewed)
        ));
        assert_eq!(n(&auditor).await, 0);
    })
    .await;
}

#[tokio::test]
async fn it_is_not_offered_for_people_in_closed_programs_alone() {
    on_both(async |database| {
        let world = World::of(database).await;
        let id = world
            .register(&world.care_manager(), "care_management", hanako())
            .await;
        world.case(id, "closed").await;
        let refused = world.open(&world.nurse(), id, WHY).await;
        assert!(matches!(
            refused,
            Err(EmergencyError::Patient(PatientError::NotThere))
        ));
        world.case(id, "protected").await;
        world.open(&world.nurse(), id, WHY).await.unwrap();
    })
    .await;
}

impl World {
    /// The cases that `by` sees: alone and in the list and its count, which must be the same.
    async fn cases_seen(&self, by: &By, all: &[i64], now: DateTime<Utc>) -> Vec<i64> {
        let mut seen = Vec::new();
        for case in all {
            let object = keniki_app::case::object(&self.db, (*case).into(), now).await;
            if by.may(Deed::ReadCase, &object.unwrap()).is_some() {
                seen.push(*case);
            }
        }
        let filter = list::Filter::default();
        let (n, lines) = list::list(&self.db, by, &filter, ALL, now).await.unwrap();
        let n_alone = list::count(&self.db, by, &filter, now).await.unwrap();
        let mut listed: Vec<i64> = lines.iter().map(|it| it.id).collect();
        listed.sort_unstable();
        assert_eq!((n, n_alone), (seen.len() as u64, seen.len() as u64));
        assert_eq!(listed, seen, "{by:?}");
        seen
    }
}

#[tokio::test]
async fn the_open_cases_are_seen_with_it_but_no_closed_program_no_ended_case_and_no_file() {
    on_both(async |database| {
        let world = World::of(database).await;
        let id = world
            .register(&world.care_manager(), "care_management", hanako())
            .await;
        let open = world.case(id, "open").await;
        let closed = world.case(id, "closed").await;
        let ended = world.case(id, "open").await;
        world
            .run(&format!(
                "update care_case set closed_at = '2026-11-01T00:00:00.000000Z' where id = {ended}"
            ))
            .await;
        let all = [open, closed, ended];
        let (nurse, colleague) = (world.nurse(), world.who(11, "hospital_discharge", HOSPITAL));
        assert!(world.cases_seen(&nurse, &all, world.now).await.is_empty());
        let until = world.open(&nurse, id, WHY).await.unwrap();
        assert_eq!(world.cases_seen(&nurse, &all, world.now).await, [open]);
        let last = until - Duration::seconds(1);
        assert_eq!(world.cases_seen(&nurse, &all, last).await, [open]);
        assert!(world.cases_seen(&nurse, &all, until).await.is_empty());
        assert!(
            world
                .cases_seen(&colleague, &all, world.now)
                .await
                .is_empty()
        );
        let shown = database::write(&world.db, async |tx| show(tx, &nurse, id, world.now).await);
        let View::Here(shown) = shown.await.unwrap() else {
            panic!("it is not merged");
        };
        let cases: Vec<i64> = shown.cases.iter().map(|it| it.id).collect();
        assert_eq!(cases, [open]);

        // Read, and no more: nothing is written, and no list is taken away.
        let object = keniki_app::case::object(&world.db, open.into(), world.now).await;
        let object = object.unwrap();
        for deed in [
            Deed::TellCase,
            Deed::EndCase,
            Deed::ReadMessage,
            Deed::ReadHandover,
            Deed::ReadInquiry,
            Deed::WriteForm,
            Deed::WritePatient,
            Deed::ExportCases,
        ] {
            assert_eq!(nurse.may(deed, &object), None, "{}", deed.code());
        }
        assert!(nurse.may(Deed::ReadForm, &object).is_some());
        let filter = (&list::Filter::default(), 100);
        let file = database::write(&world.db, async |tx| {
            list::export(tx, &nurse, filter, world.now).await
        });
        assert_eq!(file.await.unwrap(), Some(Vec::new()));
    })
    .await;
}
