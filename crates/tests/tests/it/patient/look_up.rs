//! Looking somebody up in the whole area: who is known well enough is found, and nothing is told but who answers for them.

use chrono::Duration;
use keniki_app::database;
use keniki_app::patient::PatientError;
use keniki_app::patient::look_up::{Hit, LookUp, LookUpError, look_up};
use keniki_app::patient::register::candidates;
use keniki_app::patient::team::{Joining, join_found};
use keniki_tests::on_both;

use super::*;

impl World {
    async fn look(&self, by: &By, asked: &LookUp) -> Result<Vec<Hit>, LookUpError> {
        database::write(&self.db, async |tx| {
            look_up(tx, &self.definitions, by, asked, self.now).await
        })
        .await
    }
}

fn by_name(name: &str, born: &str) -> LookUp {
    LookUp::Name(name.to_owned(), day(born))
}

#[tokio::test]
async fn a_look_up_tells_who_answers_and_is_written_down() {
    on_both(async |database| {
        let world = World::of(database).await;
        let id = world
            .register(&world.care_manager(), "care_management", known_hanako())
            .await;
        let nurse = world.nurse();
        assert!(
            world.listed(&nurse, "花子").await.is_empty(),
            "not in the care team"
        );
        for asked in [
            LookUp::InsuredNumber("0000000012".to_owned()),
            by_name("高橋花子", "1940-03-04"),
            by_name("タカハシ　ハナコ", "1940-03-04"),
            by_name("やまざきはなこ", "1940-03-04"),
        ] {
            let hits = world.look(&nurse, &asked).await.unwrap();
            assert_eq!(hits.len(), 1, "{asked:?}");
            let answers = hits[0].answers.as_ref().unwrap();
            assert_eq!(
                (hits[0].patient, answers.organization.get()),
                (id, CARE_OFFICE)
            );
            assert_eq!(answers.phone.as_deref(), Some("0859-00-0002"));
        }
        for asked in [
            by_name("高橋花子", "1940-03-05"),
            by_name("高橋", "1940-03-04"),
            LookUp::InsuredNumber("0000000013".to_owned()),
        ] {
            assert_eq!(world.look(&nurse, &asked).await.unwrap(), [], "{asked:?}");
        }
        for asked in [by_name("%", "1940-03-04"), by_name("", "1940-03-04")] {
            assert!(matches!(
                world.look(&nurse, &asked).await,
                Err(LookUpError::TooLittle)
            ));
        }
        let looks =
            "select count(*) from audit_entry where deed = 'patient.look_up' and object_id = '0'";
        assert_eq!(world.number(looks).await, 7);
        let found =
            "select count(*) from audit_entry where deed = 'patient.look_up' and note = 'found'";
        assert_eq!(world.number(found).await, 4);
        let wards = world.by("pharmacy", CLINIC);
        let refused = world.look(&wards, &by_name("高橋花子", "1940-03-04")).await;
        assert!(matches!(refused, Err(LookUpError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_found_who_is_in_closed_programs_alone() {
    on_both(async |database| {
        let world = World::of(database).await;
        let id = world
            .register(&world.care_manager(), "care_management", hanako())
            .await;
        world.case(id, "closed").await;
        let asked = by_name("高橋花子", "1940-03-04");
        assert_eq!(world.look(&world.nurse(), &asked).await.unwrap(), []);
        world.case(id, "open").await;
        assert_eq!(world.look(&world.nurse(), &asked).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_account_looks_up_so_often_in_an_hour_and_no_more() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let most = world.definitions.patients().look_up.an_hour;
        let asked = by_name("高橋花子", "1940-03-04");
        for _ in 0..most {
            world.look(&nurse, &asked).await.unwrap();
        }
        assert!(matches!(
            world.look(&nurse, &asked).await,
            Err(LookUpError::TooMany(_))
        ));
        let colleague = world.who(11, "hospital_discharge", HOSPITAL);
        assert!(world.look(&colleague, &asked).await.is_ok());
        let world = world.later(Duration::hours(1));
        assert!(world.look(&nurse, &asked).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn who_is_registered_twice_is_shown_before_with_reasons() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let own = world.register(&nurse, "hospital", hanako()).await;
        let elsewhere = world
            .register(&world.care_manager(), "care_management", hanako())
            .await;
        let mut typed = known_hanako();
        typed.identifiers.clear();
        let found = database::write(&world.db, async |tx| {
            candidates(tx, &world.definitions, &nurse, &typed, world.now).await
        });
        let found = found.await.unwrap();
        assert_eq!(found.own.len(), 1);
        assert_eq!(found.own[0].0.id, own);
        assert!(found.own[0].1.reasons.len() >= 3, "{:?}", found.own[0].1);
        let others = found.elsewhere.unwrap();
        assert_eq!(
            others.iter().map(|hit| hit.patient).collect::<Vec<_>>(),
            [elsewhere]
        );
    })
    .await;
}

#[tokio::test]
async fn who_joins_whom_they_found_says_why_and_the_team_is_told_without_a_name() {
    on_both(async |database| {
        let world = World::of(database).await;
        world
            .run(
                "insert into membership (account_id, organization_id, role, valid_from, created_at)
                 values (2, 2, 'care_manager', '2026-01-01', 'x')",
            )
            .await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let id = world
            .register(&manager, "care_management", known_hanako())
            .await;
        world
            .look(&nurse, &by_name("高橋花子", "1940-03-04"))
            .await
            .unwrap();
        let join = async |reason: &str| {
            let joining = Joining {
                role: "hospital".to_owned(),
                staff: String::new(),
                reason: reason.to_owned(),
            };
            let site = (&world.definitions, "https://keniki.example");
            database::write(&world.db, async |tx| {
                join_found(tx, site, &nurse, (id, &joining), world.now).await
            })
            .await
        };
        let unsaid = join(" ").await;
        assert!(
            matches!(unsaid, Err(PatientError::Missing(_))),
            "{unsaid:?}"
        );
        let part = join("今日から入院している").await.unwrap();
        assert_eq!(join("もう一度").await.unwrap(), part);
        let kept =
            format!("select reason from care_team where id = {part} and brought_by = {HOSPITAL}");
        assert_eq!(world.texts(&kept).await, ["今日から入院している"]);
        let letters = world
            .texts("select body from mail where recipient = 'a2@example.jp'")
            .await;
        assert_eq!(letters.len(), 1, "once");
        assert!(!letters[0].contains("高橋") && !letters[0].contains("今日から"));
    })
    .await;
}
