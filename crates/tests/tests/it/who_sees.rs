//! What can be seen alone is in the list and nowhere else, for everybody; what only professionals may know is on no public page.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use keniki_app::sheet::form::ID;
use keniki_tests::on_both;
use keniki_web::wording;
use sea_orm::ConnectionTrait;

use crate::desk::Demo;
use crate::table::Sheet;

impl Demo {
    async fn texts(&self, sql: &str) -> Vec<String> {
        let statement = keniki_app::database::statement(&self.db, sql, []);
        let rows = self.db.query_all_raw(statement).await.unwrap();
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn an_office_is_seen_alone_by_whom_it_is_listed_for() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let offices = demo
            .texts("select distinct cast(organization_id as text) from membership")
            .await;
        assert!(offices.len() >= 10);
        let roles: Vec<String> = demo
            .state
            .definitions
            .roles()
            .iter()
            .map(|role| role.code.clone())
            .collect();
        let mut n_seen = BTreeSet::new();
        for role in &roles {
            let mut desk = demo.sign_in(role).await;
            let list = desk.get("/offices").await;
            let mut n = 0;
            for office in &offices {
                let listed = list.text().contains(&format!("href=\"/offices/{office}\""));
                let alone = desk.get(&format!("/offices/{office}")).await.status;
                assert_eq!(listed, alone == StatusCode::OK, "{role}: {office}");
                n += usize::from(listed);
            }
            if list.status == StatusCode::OK {
                assert!(
                    list.text().contains(&format!("<strong>{n}</strong> 組織")),
                    "{role}"
                );
            }
            n_seen.insert(n);
        }
        let n_all = offices.len();
        assert!(
            n_seen.contains(&0) && n_seen.contains(&1) && n_seen.contains(&n_all),
            "{n_seen:?}"
        );
    })
    .await;
}

/// A job is in the list of whoever may see it alone, and the list counts no other.
#[tokio::test]
async fn a_job_is_seen_by_its_own_organization_and_by_whoever_sees_all() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let offices = demo
            .texts("select distinct cast(organization_id as text) from membership")
            .await;
        for office in &offices {
            let sql = format!(
                "insert into job (kind, input, state, run_at, organization_id, origin, created_at)
                 values ('import.try', '0', 'queued', '2027-01-01', {office}, 'o', '2026-11-24T00:00:00.000000Z')"
            );
            crate::search::world::run(&demo.db, &sql).await;
        }
        let jobs = demo.texts("select cast(id as text) from job order by id").await;
        let mut n_seen = BTreeSet::new();
        for role in demo.state.definitions.roles() {
            let mut desk = demo.sign_in(&role.code).await;
            let list = desk.get("/jobs").await.text();
            let mut n = 0;
            for job in &jobs {
                let listed = list.contains(&format!("href=\"/imports/{job}\""));
                let alone = desk.get(&format!("/imports/{job}")).await.status;
                assert_eq!(listed, alone == StatusCode::OK, "{}: {job}", role.code);
                n += usize::from(listed);
            }
            assert!(list.contains(&format!("すべて（{n}）")), "{}", role.code);
            n_seen.insert(n);
        }
        assert_eq!(n_seen, [1, jobs.len()].into(), "one's own, or all");

        let mut operator = demo.sign_in("operator").await;
        let done = operator.get("/jobs?state=done").await.text();
        assert!(done.contains("あてはまる処理はありません"));
        let first = &jobs[0];
        let cancelled = operator.post(&format!("/jobs/{first}/cancel"), "").await;
        assert_eq!(cancelled.status, StatusCode::SEE_OTHER);
        let again = operator.post(&format!("/jobs/{first}/cancel"), "").await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let list = operator.get("/jobs?state=cancelled").await.text();
        assert!(list.contains("（1）") && list.contains(&format!("/imports/{first}")));
        assert!(!list.contains(&format!("/jobs/{first}/cancel")));
    })
    .await;
}

/// A proposal and a filing of every organization and of every municipality: seen alone = in the list = in the count, for
/// every role, whatever the list's pages.
#[tokio::test]
async fn a_proposal_and_a_filing_are_listed_and_counted_for_whom_they_are_seen_alone() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let sql = "select cast(min(s.id) as text) from service s join site t on t.id = s.site_id
            where s.status = 'active' group by t.organization_id, t.municipality_code order by min(s.id) limit 120";
        let services = demo.texts(sql).await;
        for service in &services {
            for sql in [
                format!(
                    "insert into proposal (service_id, fields, before_fields, state, organization_id, created_at)
                     select s.id, '{{\"url\":\"https://example.jp\"}}', '{{}}', 'open',
                        (select min(m.organization_id) from membership m where m.id % 30 = s.id % 30), '2026-11-24T00:00:00.000000Z'
                     from service s where s.id = {service}"
                ),
                format!(
                    "insert into filing (service_id, kind, day, effective_on, follow_up, follow_up_due, state, is_applied, created_at)
                     values ({service}, 'change', '2026-11-20', '2026-11-20', 'a', '2026-12-01', 'waiting', true, '2026-11-24T00:00:00.000000Z')"
                ),
            ] {
                crate::search::world::run(&demo.db, &sql).await;
            }
        }
        let proposals = demo.texts("select cast(id as text) from proposal order by id").await;
        let (mut n_proposals, mut n_filings) = (BTreeSet::new(), BTreeSet::new());
        for role in demo.state.definitions.roles() {
            let mut desk = demo.sign_in(&role.code).await;
            let mut pages = String::new();
            let mut next = Some("/proposals".to_owned());
            while let Some(path) = next {
                let page = desk.get(&path).await.text();
                let older = page.split("rel=\"next\"").next().filter(|it| it.len() < page.len());
                next = older.and_then(|it| Some(it.rsplit("href=\"").next()?.split('"').next()?.to_owned()));
                pages.push_str(&page);
            }
            let mut n = 0;
            for proposal in &proposals {
                let listed = pages.contains(&format!("href=\"/proposals/{proposal}\""));
                let alone = desk.get(&format!("/proposals/{proposal}")).await.status;
                assert_eq!(listed, alone == StatusCode::OK, "{}: {proposal}", role.code);
                n += usize::from(listed);
            }
            assert!(n == 0 || pages.contains(&format!("承認待ち（{n}）")), "{}", role.code);
            n_proposals.insert(n);
            let list = desk.get("/filings").await.text();
            let mut n = 0;
            for service in &services {
                let path = format!("/services/{service}/filings");
                let listed = list.contains(&format!("href=\"{path}\""));
                let alone = desk.get(&path).await.status == StatusCode::OK;
                assert_eq!(listed, alone, "{}: {service}", role.code);
                n += usize::from(listed);
            }
            assert!(n == 0 || list.contains(&format!("対応待ち（{n}）")), "{}", role.code);
            n_filings.insert(n);
        }
        assert!(n_proposals.contains(&0) && n_proposals.len() > 3, "{n_proposals:?}");
        assert!(n_filings.contains(&0) && n_filings.len() > 1, "{n_filings:?}");
    })
    .await;
}

#[tokio::test]
async fn a_ward_s_direct_telephone_is_for_professionals_and_their_looking_is_written_down() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let sql = "select cast(s.id as text) from service s join contact_point c on c.site_id = s.site_id
            where (c.service_id is null or c.service_id = s.id) and c.audience = 'professional' and s.status = 'active' order by s.id limit 1";
        let service = demo.texts(sql).await.remove(0);
        let sql = format!(
            "select c.phone from contact_point c join service s on s.site_id = c.site_id
             where s.id = {service} and (c.service_id is null or c.service_id = s.id)
                and c.audience = 'professional' and c.phone is not null
                and c.phone not in (select phone from contact_point where audience = 'public' and phone is not null)
                and c.phone not in (select phone from site where phone is not null)"
        );
        let phones = demo.texts(&sql).await;
        assert!(!phones.is_empty());
        let mut nobody = demo.nobody();
        for path in [
            format!("/services/{service}"),
            format!("/api/v1/services/{service}"),
            "/services.csv?category=hospital".to_owned(),
        ] {
            let public = nobody.get(&path).await.text();
            assert!(phones.iter().all(|phone| !public.contains(phone)), "{path}");
        }
        let looks = "select count(*) from audit_entry where deed = 'directory.read_internal'";
        assert_eq!(demo.number(looks).await, 0);
        let mut nurse = demo.sign_in("hospital_ward").await;
        let page = nurse.get(&format!("/services/{service}")).await.text();
        assert!(phones.iter().all(|phone| page.contains(phone)), "{page}");
        assert_eq!(demo.number(looks).await, 1);
        let why = nurse.get(&format!("/services/{service}/readers")).await.text();
        assert!(why.contains("専門職向けの連絡先を見る") && why.contains("いまの役割でできます"));
        assert!(why.contains("これを見られるのは、監査の役割"));

        // Somebody who only watches may not know it, either.
        let mut auditor = demo.sign_in("auditor").await;
        let page = auditor.get(&format!("/services/{service}")).await.text();
        assert!(phones.iter().all(|phone| !page.contains(phone)));
    })
    .await;
}

/// What goes out as a table to be filled in, or to be kept, is what its reader sees one by one; for every role.
#[tokio::test]
async fn what_goes_out_as_a_table_is_what_is_seen_alone() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let some = "select cast(min(s.id) as text) from service s join site t on t.id = s.site_id
            where s.status = 'active' and t.status = 'active' group by t.organization_id, t.municipality_code order by 1 limit 40";
        let services = demo.texts(some).await;
        let offices = demo
            .texts("select distinct cast(organization_id as text) from membership")
            .await;
        let (mut n_editable, mut n_entries) = (BTreeSet::new(), BTreeSet::new());
        for role in demo.state.definitions.roles() {
            let role = &role.code;
            let mut desk = demo.sign_in(role).await;
            let table = desk.get("/services/edit.xlsx").await;
            let ids: BTreeSet<String> = match table.status {
                StatusCode::OK => {
                    let sheet = Sheet::of(&table.bytes);
                    let at = sheet.at(ID);
                    sheet.rows.into_iter().map(|mut row| row.swap_remove(at)).collect()
                }
                _ => BTreeSet::new(),
            };
            for service in &services {
                let alone = desk.get(&format!("/services/{service}/propose")).await.status;
                assert_eq!(ids.contains(service), alone == StatusCode::OK, "{role}: {service}");
            }
            n_editable.insert(ids.len());
            for office in &offices {
                let page = desk.get(&format!("/offices/{office}")).await;
                let table = desk.get(&format!("/offices/{office}/people.xlsx")).await;
                let change = desk.get(&format!("/offices/{office}/people")).await.status;
                assert_eq!(table.status == StatusCode::OK, change == StatusCode::OK, "{role}: {office}");
                if table.status == StatusCode::OK {
                    let sheet = Sheet::of(&table.bytes);
                    let at = sheet.at("メールアドレス");
                    for row in &sheet.rows {
                        assert!(row[at].is_empty() || page.text().contains(&row[at]), "{role}: {office}");
                    }
                }
            }
            let page = desk.get("/audit").await;
            let csv = desk.get("/audit.csv").await;
            assert_eq!(page.status, csv.status, "{role}");
            if page.status == StatusCode::OK {
                // The page was written down before the CSV was made: one row more.
                let n = csv.text().lines().count() - 1;
                n_entries.insert(n);
                assert!(page.text().contains(&format!("<strong>{}</strong>", wording::number(n - 1))), "{role}: {n}");
            }
        }
        assert!(n_editable.contains(&0) && n_editable.len() > 3, "{n_editable:?}");
        assert!(n_entries.len() > 1, "{n_entries:?}");
    })
    .await;
}
