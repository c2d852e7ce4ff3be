//! Filings and inspections: recorded by who may, seen by nobody else, and what they change counts before every list, as long as they stand.

use axum::http::StatusCode;
use chrono::Duration;
use keniki_app::directory::filing;
use keniki_base::clock::Clock;
use keniki_tests::on_both;
use sea_orm::ConnectionTrait;

use crate::desk::{Demo, Desk};

impl Desk {
    async fn record(&mut self, service: i64, form: &str) -> StatusCode {
        let path = format!("/services/{service}/filings");
        self.post(&path, form).await.status
    }
}

impl Demo {
    /// Status and closing day of a service.
    async fn standing(&self, service: i64) -> String {
        let sql = format!(
            "select status || ' ' || coalesce(closed_on, '') from service where id = {service}"
        );
        self.text(&sql).await
    }

    async fn can(&self, service: i64, capability: &str) -> bool {
        let sql = format!(
            "select count(*) from service_capability where service_id = {service} and capability = '{capability}'"
        );
        self.number(&sql).await == 1
    }
}

#[tokio::test]
async fn a_closing_counts_from_its_day_on_and_a_mistake_is_taken_back() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("clinic").await;
        let before = demo.everything_of_site(service).await;
        let mut officer = demo.sign_in("health_center_medical_affairs").await;
        let page = format!("/services/{service}");
        assert!(officer.get(&page).await.text().contains("届出・立入検査"));
        let form = "kind=closing&day=2026-11-24&effective_on=2026-12-01";
        assert_eq!(officer.record(service, form).await, StatusCode::SEE_OTHER);
        assert_eq!(demo.standing(service).await, "active ", "not before its day");
        demo.clock.advance(Duration::days(7));
        assert_eq!(filing::take_effect(&demo.db, demo.clock.now()).await.unwrap(), 1);
        assert_eq!(filing::take_effect(&demo.db, demo.clock.now()).await.unwrap(), 0);
        assert_eq!(demo.standing(service).await, "closed 2026-12-01");
        let public = demo.nobody().get(&page).await.text();
        assert!(public.contains("閉鎖"));
        let name = demo
            .text(&format!("select t.phone from site t join service s on s.site_id = t.id where s.id = {service}"))
            .await;
        let found = demo.nobody().get(&format!("/services?q={name}")).await.text();
        assert!(!found.contains(&format!("href=\"{page}\"")), "closed ones are not searched");

        // Closed, reopened, and both a mistake: it stands as before.
        let mut officer = demo.sign_in("health_center_medical_affairs").await;
        assert_eq!(officer.record(service, "kind=resumption&day=2026-12-01").await, StatusCode::SEE_OTHER);
        assert_eq!(demo.standing(service).await, "active ");
        let resumed = demo.number("select max(id) from filing").await;
        let back = officer.post(&format!("/filings/{resumed}/take-back"), "").await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        assert_eq!(demo.standing(service).await, "closed 2026-12-01");
        officer.post(&format!("/filings/{}/take-back", resumed - 1), "").await;
        assert_eq!(before, demo.everything_of_site(service).await);
        let again = officer.post(&format!("/filings/{resumed}/take-back"), "").await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let mut planner = demo.sign_in("health_center_planning").await;
        let history = planner.get(&format!("{page}/history")).await.text();
        assert!(history.contains("廃止した日") && history.contains("届出・立入検査の記録"), "{history}");
        let batch = demo.number("select max(id) from import_batch").await;
        let lists = planner.get("/imports").await.text();
        assert!(!lists.contains("届出・立入検査の記録"), "no list: {lists}");
        let undone = planner.post(&format!("/batches/{batch}/undo"), "").await;
        assert_eq!(undone.status, StatusCode::SEE_OTHER, "asked for, and refused by the job");
    })
    .await;
}

#[tokio::test]
async fn what_a_service_can_do_follows_what_was_filed() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo
            .number("select min(service_id) from service_capability where capability = 'home_care_24h'")
            .await;
        let mut officer = demo.sign_in("health_center_medical_affairs").await;
        let form = "kind=facility_standard&day=2026-11-20&number=12&withdrawn=home_care_24h&granted=home_cancer_care";
        assert_eq!(officer.record(service, form).await, StatusCode::SEE_OTHER);
        assert!(!demo.can(service, "home_care_24h").await);
        assert!(demo.can(service, "home_cancer_care").await);
        let again = "kind=facility_standard&day=2026-11-22&granted=home_care_24h";
        assert_eq!(officer.record(service, again).await, StatusCode::SEE_OTHER);
        assert!(demo.can(service, "home_care_24h").await, "the later filing counts");
        let since = format!(
            "select since from service_capability where service_id = {service} and capability = 'home_care_24h'"
        );
        assert_eq!(demo.text(&since).await, "2026-11-22");
    })
    .await;
}

#[tokio::test]
async fn findings_are_seen_by_who_may_alone_and_what_follows_is_chased() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("hospital_discharge").await;
        let path = format!("/services/{service}/filings");
        let mut officer = demo.sign_in("health_center_medical_affairs").await;
        for (form, why) in [
            ("kind=none&day=2026-11-24", "種類を選んで"),
            ("kind=change&day=2026-11-25", "今日までの日付"),
            ("kind=change&day=24%2F11", "「届出・検査の日」："),
            ("kind=change&day=2026-11-24&follow_up=a", "両方"),
            ("kind=change&day=2026-11-24&follow_up_due=2026-12-01", "両方"),
            ("kind=change&day=2026-11-24&granted=none", "できること"),
        ] {
            let wrong = officer.post(&path, form).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            assert!(wrong.text().contains(why), "{form}: {}", wrong.text());
        }
        let long = format!("kind=change&day=2026-11-24&finding={}", "a".repeat(2_001));
        assert_eq!(officer.record(service, &long).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(demo.number("select count(*) from filing").await, 0);

        let form = "kind=inspection_medical&day=2026-11-24&finding=%3Cscript%3Ealert(1)%3C%2Fscript%3E\
                    &follow_up=kaizen&follow_up_due=2026-11-30";
        assert_eq!(officer.record(service, form).await, StatusCode::SEE_OTHER);
        let own = officer.get(&path).await.text();
        assert!(own.contains("kaizen") && !own.contains("<script>alert"));
        let public = demo.nobody().get(&format!("/services/{service}")).await.text();
        assert!(!public.contains("kaizen") && !public.contains("filings"));
        for role in ["hospital_discharge", "municipality", "health_center_infection", "operator"] {
            let mut other = demo.sign_in(role).await;
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{role}");
            assert_eq!(other.get("/filings").await.status, StatusCode::NOT_FOUND, "{role}");
        }
        let mut planner = demo.sign_in("health_center_planning").await;
        assert!(planner.get("/filings").await.text().contains("kaizen"));
        assert_eq!(planner.record(service, form).await, StatusCode::NOT_FOUND, "reads, does not record");
        assert!(!planner.get("/").await.text().contains("期限の来た"));
        demo.clock.advance(Duration::days(7));
        let mut planner = demo.sign_in("health_center_planning").await;
        assert!(planner.get("/").await.text().contains("期限の来た届出・立入検査の対応 <strong>1</strong>"));
        let mut officer = demo.sign_in("health_center_medical_affairs").await;
        let filing = demo.number("select max(id) from filing").await;
        let follow = format!("/filings/{filing}/follow");
        assert_eq!(officer.post(&follow, "").await.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.post(&follow, "").await.status, StatusCode::CONFLICT, "done once");
        assert!(officer.get(&path).await.text().contains("対応済み"));
        assert!(officer.get("/filings").await.text().contains("対応待ち（0）"));
        assert!(officer.get("/filings?state=all").await.text().contains("kaizen"));
    })
    .await;
}

#[tokio::test]
async fn an_inspection_that_changes_nothing_leaves_no_trace_for_others() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("clinic").await;
        let pages = [format!("/services/{service}"), format!("/services/{service}/history")];
        let mut clinic = demo.sign_in("clinic").await;
        let mut before = Vec::new();
        for page in &pages {
            before.push(clinic.get(page).await.text());
        }
        let batches = demo.number("select count(*) from import_batch").await;
        let mut officer = demo.sign_in("health_center_medical_affairs").await;
        let form = "kind=inspection_medical&day=2026-11-24&finding=ari";
        assert_eq!(officer.record(service, form).await, StatusCode::SEE_OTHER);
        for (page, before) in pages.iter().zip(before) {
            assert_eq!(clinic.get(page).await.text(), before, "{page}");
        }
        assert_eq!(demo.number("select count(*) from import_batch").await, batches);
        // What it changes is seen, and not by whose hand.
        assert_eq!(officer.record(service, "kind=suspension&day=2026-11-24").await, StatusCode::SEE_OTHER);
        let name = demo.text("select a.name from account a join membership m on m.account_id = a.id where m.role = 'health_center_medical_affairs'").await;
        let history = clinic.get(&pages[1]).await.text();
        assert!(history.contains("届出・立入検査の記録") && !history.contains(&name));
        assert!(officer.get(&pages[1]).await.text().contains(&name));
    })
    .await;
}

#[tokio::test]
async fn filings_recorded_at_one_moment_all_count() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let services = demo
            .text("select distinct cast(service_id as text) from service_capability where capability = 'home_care_24h' order by 1 limit 8")
            .await;
        let (one, two) = (demo.sign_in("health_center_medical_affairs").await, demo.sign_in("health_center_medical_affairs").await);
        for service in services.lines() {
            let service: i64 = service.parse().unwrap();
            let (mut one, mut two) = (one.clone(), two.clone());
            let done = tokio::join!(
                one.record(service, "kind=closing&day=2026-11-24"),
                two.record(service, "kind=facility_standard&day=2026-11-24&withdrawn=home_care_24h"),
            );
            assert_eq!(done, (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
            assert_eq!(demo.standing(service).await, "closed 2026-11-24");
            assert!(!demo.can(service, "home_care_24h").await);
        }
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_another_area_is_out_of_reach() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut officer = demo.sign_in("health_center_medical_affairs").await;
        let elsewhere = demo.service_of("clinic").await;
        let moved = format!(
            "update site set municipality_code = '31202' where id = (select site_id from service where id = {elsewhere})"
        );
        demo.db.execute_unprepared(&moved).await.unwrap();
        for kind in &demo.state.definitions.filings().kinds {
            let form = format!("kind={}&day=2026-11-24", kind.code);
            assert_eq!(officer.record(elsewhere, &form).await, StatusCode::NOT_FOUND);
        }
        assert_eq!(demo.number("select count(*) from filing").await, 0);
    })
    .await;
}
