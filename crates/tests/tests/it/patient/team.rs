//! Access begins with the first day in a care team, and ends with the episode and the days of the setting.

use chrono::{Days, NaiveTime};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::patient::team::{self, Part};
use keniki_app::patient::{PatientError, object, object_of_case};
use keniki_base::clock::{jst_day, jst_instant};
use keniki_base::id::CaseId;
use keniki_tests::on_both;

use super::*;

impl World {
    async fn join(&self, by: &By, part: &Part) -> Result<i64, PatientError> {
        let rule = self.definitions.patients();
        database::write(&self.db, async |tx| {
            team::join(tx, rule, by, part, self.now).await
        })
        .await
    }

    async fn sees(&self, by: &By, on: NaiveDate) -> bool {
        let now = self.now + (on - jst_day(self.now));
        let (n, _) = find::list(
            &self.db,
            self.definitions.patients(),
            (by, Deed::ReadPatient),
            (&Search::default(), ALL),
            now,
        )
        .await
        .unwrap();
        let patient = self.number("select min(id) from patient").await.into();
        let object = object(&self.db, patient, now).await.unwrap();
        let alone = by
            .may(keniki_app::account::policy::Deed::ReadPatient, &object)
            .is_some();
        assert_eq!(alone, n > 0, "{on}");
        alone
    }
}

fn part(patient: PatientId, case: Option<CaseId>, organization: i64, role: &str) -> Part {
    Part {
        patient,
        case,
        case_role: None,
        organization: organization.into(),
        role: role.to_owned(),
        staff: String::new(),
        valid_from: day("2026-11-25"),
    }
}

#[tokio::test]
async fn access_begins_with_the_first_day_and_ends_with_the_grace_of_the_setting() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, clinic) = (world.nurse(), world.by("clinic", CLINIC));
        let id = world
            .register(&world.care_manager(), "care_management", hanako())
            .await;
        let case: CaseId = world.case(id, "open").await.into();
        let rule = world.definitions.patients();
        for (organization, role) in [(HOSPITAL, "hospital"), (CARE_OFFICE, "care_management")] {
            let part = part(id, Some(case), organization, role);
            database::write(&world.db, async |tx| {
                team::put(tx, rule, &nurse, &part, world.now).await
            })
            .await
            .unwrap();
        }
        assert!(!world.sees(&nurse, day("2026-11-24")).await);
        assert!(world.sees(&nurse, day("2026-11-25")).await);
        // The clinic looks after the patient, but is not in the case.
        let joined = world
            .join(&world.care_manager(), &part(id, None, CLINIC, "clinic"))
            .await
            .unwrap();
        let again = world
            .join(&world.care_manager(), &part(id, None, CLINIC, "clinic"))
            .await
            .unwrap();
        assert_eq!(joined, again, "once");
        let of_case = async |on: &str| {
            object_of_case(&world.db, case, jst_instant(day(on), NaiveTime::MIN))
                .await
                .unwrap()
                .care_team
        };
        assert_eq!(of_case("2026-11-24").await.len(), 0);
        assert_eq!(of_case("2026-11-25").await.len(), 2);
        assert!(world.sees(&clinic, day("2026-11-25")).await);

        database::write(&world.db, async |tx| {
            team::end_of_case(tx, rule, case, day("2026-12-10")).await
        })
        .await
        .unwrap();
        let last = rule.access_until("hospital", day("2026-12-10"));
        assert_eq!(last, day("2027-01-09"));
        assert!(world.sees(&nurse, last).await);
        assert!(!world.sees(&nurse, last + Days::new(1)).await);
        assert!(
            world.sees(&world.care_manager(), day("2028-01-01")).await,
            "standing"
        );
        assert_eq!(
            of_case("2027-01-10").await.len(),
            1,
            "the care office a month longer"
        );
        assert_eq!(of_case("2027-02-09").await.len(), 0);

        database::write(&world.db, async |tx| {
            team::reopen_case(tx, case, day("2026-12-10")).await
        })
        .await
        .unwrap();
        assert!(world.sees(&nurse, day("2027-05-01")).await);
        let left = database::write(&world.db, async |tx| {
            let by = world.care_manager();
            team::leave(tx, rule, &by, (joined, day("2026-12-31")), world.now).await
        });
        left.await.unwrap();
        assert!(world.sees(&clinic, day("2027-03-01")).await);
        assert!(!world.sees(&clinic, day("2027-03-02")).await);
    })
    .await;
}

#[tokio::test]
async fn a_hospital_s_standing_part_ends_with_its_last_case() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let rule = world.definitions.patients();
        let id = world.register(&nurse, "hospital", hanako()).await;
        let mut cases = Vec::new();
        for _ in 0..2 {
            let case: CaseId = world.case(id, "open").await.into();
            let part = part(id, Some(case), HOSPITAL, "hospital");
            database::write(&world.db, async |tx| {
                team::put(tx, rule, &nurse, &part, world.now).await
            })
            .await
            .unwrap();
            cases.push(case);
        }
        let close = async |case: CaseId, on: &str| {
            database::write(&world.db, async |tx| {
                team::end_of_case(tx, rule, case, day(on)).await
            })
            .await
            .unwrap();
            world
                .run(&format!(
                    "update care_case set closed_at = '{on}T00:00:00.000000Z' where id = {case}"
                ))
                .await;
        };
        close(cases[0], "2026-12-01").await;
        assert!(
            world.sees(&nurse, day("2027-06-01")).await,
            "another case is open"
        );
        close(cases[1], "2026-12-10").await;
        assert!(world.sees(&nurse, day("2027-01-09")).await);
        assert!(!world.sees(&nurse, day("2027-01-10")).await);
    })
    .await;
}

#[tokio::test]
async fn who_is_outside_puts_nobody_into_a_care_team() {
    on_both(async |database| {
        let world = World::of(database).await;
        let by = world.care_manager();
        let id = world.register(&by, "care_management", hanako()).await;
        let other = world
            .register(&world.nurse(), "hospital", known_hanako())
            .await;
        let case: CaseId = world.case(other, "open").await.into();
        let refused = world
            .join(&world.nurse(), &part(id, None, HOSPITAL, "hospital"))
            .await;
        assert!(matches!(refused, Err(PatientError::Refused(_))));
        for wrong in [
            part(id, None, CLINIC, "director"),
            part(id, None, 99, "clinic"),
            part(id, Some(case), CLINIC, "clinic"),
            part(99.into(), None, CLINIC, "clinic"),
        ] {
            assert!(world.join(&by, &wrong).await.is_err(), "{wrong:?}");
        }
        let rule = world.definitions.patients();
        let member = world
            .number(&format!("select id from care_team where patient_id = {id}"))
            .await;
        let reversed = database::write(&world.db, async |tx| {
            team::leave(tx, rule, &by, (member, day("2026-11-23")), world.now).await
        });
        assert!(matches!(reversed.await, Err(PatientError::Reversed(_))));
    })
    .await;
}

#[tokio::test]
async fn a_part_ends_by_itself_by_who_brought_it_in_and_by_who_answers_for_the_patient() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (manager, nurse) = (world.care_manager(), world.nurse());
        let clinic = world.by("clinic", CLINIC);
        let id = world.register(&manager, "care_management", hanako()).await;
        let today = |organization, role| Part {
            valid_from: day(TODAY),
            ..part(id, None, organization, role)
        };
        let treating = world
            .join(&manager, &today(CLINIC, "clinic"))
            .await
            .unwrap();
        let joined = world
            .join(&manager, &today(HOSPITAL, "hospital"))
            .await
            .unwrap();
        let brought = world
            .join(&nurse, &today(SUPPORT_CENTER, "pharmacy"))
            .await
            .unwrap();
        let end = async |by: &By, member: i64| {
            let rule = world.definitions.patients();
            database::write(&world.db, async |tx| {
                team::leave(tx, rule, by, (member, day(TODAY)), world.now).await
            })
            .await
        };
        let own = "select min(id) from care_team";
        let own = world.number(own).await;
        for (by, member) in [
            (&nurse, treating),
            (&nurse, own),
            (&clinic, joined),
            (&clinic, brought),
        ] {
            let refused = end(by, member).await;
            assert!(
                matches!(refused, Err(PatientError::OthersPart(_))),
                "{refused:?}"
            );
        }
        end(&nurse, brought).await.unwrap();
        end(&clinic, treating).await.unwrap();
        end(&manager, joined).await.unwrap();
    })
    .await;
}
