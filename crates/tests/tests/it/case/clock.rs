//! What the clock does: deadlines pass, cases end by themselves, offices are reminded once and of nobody's name.

use chrono::Duration;
use keniki_app::definition::Definitions;
use sea_orm::ConnectionTrait;

use super::*;

#[tokio::test]
async fn a_deadline_passes_and_the_engine_says_the_same() {
    on_both(async |database| {
        let world = World::of(database).await;
        let case = world
            .admitted(world.client().await, "2026-11-24T00:00:00Z")
            .await;
        assert_eq!(world.sweep(world.now).await.n_missed, 0);
        // 2026-11-25 ends in Japan at 15:00 UTC.
        let just = at("2026-11-25T14:59:59Z");
        assert_eq!(world.sweep(just).await.n_missed, 0);
        let over = at("2026-11-25T15:00:00Z");
        assert_eq!(
            world.sweep(over).await.n_missed,
            1,
            "the notice of the admission"
        );
        assert_eq!(world.sweep(over).await.n_missed, 0);
        assert_eq!(world.states("admission_notice").await, ["missed"]);
        let world = world.later(Duration::days(30));
        world.sweep(world.now).await;
        let shown = world.shown(&world.nurse(), case).await.unwrap();
        let kept = world
            .texts("select step || ' ' || state from obligation order by step")
            .await;
        let mut said: Vec<String> = shown
            .state
            .obligations
            .iter()
            .map(|it| format!("{} {}", it.step, it.standing.code()))
            .collect();
        said.sort();
        assert_eq!(kept, said);
        assert_eq!(shown.case.n_overdue, 3);
        assert_eq!(shown.case.next_due_at, None);
        let overdue = Filter {
            is_overdue: true,
            ..Filter::default()
        };
        assert_eq!(world.cases(&world.nurse(), &overdue).await, [case.get()]);
    })
    .await;
}

#[tokio::test]
async fn a_case_ends_by_itself_some_days_after_the_discharge() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let case = world
            .admitted(world.client().await, "2026-11-20T00:00:00Z")
            .await;
        world
            .tell(
                &nurse,
                case,
                happened("discharged_home", "2026-11-24T00:30:00Z"),
            )
            .await
            .unwrap();
        let almost = world.sweep(world.now + Duration::days(44)).await;
        assert_eq!(almost.n_closed, 0);
        let swept = world.sweep(world.now + Duration::days(46)).await;
        assert_eq!(swept.n_closed, 1);
        assert_eq!(
            world.texts("select closing_reason from care_case").await,
            ["over"]
        );
        let access =
            "select count(*) from care_team where case_id is not null and access_until is null";
        assert_eq!(world.number(access).await, 0);
        assert_eq!(
            world.sweep(world.now + Duration::days(46)).await.n_closed,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn an_office_is_reminded_once_a_day_while_it_works_and_of_no_name() {
    on_both(async |database| {
        let world = World::of(database).await;
        world.run("insert into membership (account_id, organization_id, role, valid_from, created_at) values (1, 1, 'hospital_discharge', '2026-01-01', 'x')").await;
        world.admitted(world.client().await, "2026-11-24T00:00:00Z").await;
        world.run("delete from mail").await;
        let night = at("2026-11-24T12:00:00Z");
        assert_eq!(world.sweep(night).await.n_letters, 0);
        let morning = at("2026-11-25T00:30:00Z");
        assert_eq!(world.sweep(morning).await.n_letters, 1);
        assert_eq!(world.sweep(morning + Duration::hours(1)).await.n_letters, 0);
        let letters = world.texts("select recipient || body from mail").await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        assert!(letters[0].contains("a1@example.jp") && letters[0].contains("1件"), "{letters:?}");
        assert!(!letters[0].contains("花子"));
    })
    .await;
}

/// The hospital's window works on Saturdays, and not on the Monday.
const OWN_HOURS: &str = r#"
[[office]]
code = "3110112345"
team_role = "hospital"
name = "組織の地域連携室"
valid_from = "2026-04-01"
hours = { weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"], opens = "08:30", closes = "17:00", closed_on_holidays = true }
closed = ["2026-11-16"]
"#;

#[tokio::test]
async fn a_window_with_hours_of_its_own_has_its_deadlines_by_them() {
    on_both(async |database| {
        let mut world = World::of(database).await;
        let code = format!("insert into site_code (system, code, site_id) values ('place', '3110112345', {HOSPITAL})");
        world.db.execute_unprepared(&code).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("offices.toml"), OWN_HOURS).unwrap();
        let patient = world.client().await;
        let due = "select due_at from obligation where step = 'admission_notice' order by id";
        for (friday, last) in [
            // One day of the office after it: the Monday, where no file says otherwise.
            ("2026-11-13T02:00:00Z", "2026-11-16T14:59:59.999999Z"),
            // On the Saturday; and after a Saturday not on the Monday, on which it is closed.
            ("2026-11-13T02:00:00Z", "2026-11-14T14:59:59.999999Z"),
            ("2026-11-14T02:00:00Z", "2026-11-17T14:59:59.999999Z"),
        ] {
            let case = world.admitted(patient, friday).await;
            let dues = world.texts(due).await;
            assert_eq!(dues.last().unwrap(), last);
            world.close(&world.care_manager(), case, "wrong").await.unwrap();
            world.definitions = Definitions::load(Some(folder.path())).unwrap();
        }
    })
    .await;
}
