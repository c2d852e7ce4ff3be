//! What an office proposes counts once somebody else approved it, before every list, and touches nothing else; on both engines.

use axum::http::StatusCode;
use keniki_tests::on_both;
use sea_orm::ConnectionTrait;

use crate::desk::{Demo, Desk};

impl Demo {
    pub async fn text(&self, sql: &str) -> String {
        let statement = keniki_app::database::statement(&self.db, sql, []);
        let rows = self.db.query_all_raw(statement).await.unwrap();
        let text = |row: &sea_orm::QueryResult| row.try_get_by_index::<Option<String>>(0).unwrap();
        let texts: Vec<String> = rows
            .iter()
            .map(|row| text(row).unwrap_or_default())
            .collect();
        texts.join("\n")
    }

    /// A service of the organization in which the invented person of a role works.
    pub async fn service_of(&self, role: &str) -> i64 {
        self.number(&format!(
            "select min(s.id) from service s join site t on t.id = s.site_id
             join membership m on m.organization_id = t.organization_id where m.role = '{role}' and s.status = 'active'"
        ))
        .await
    }

    /// All that is kept of a site and its services, but what says when and by whom.
    pub async fn everything_of_site(&self, service: i64) -> String {
        let site = self
            .number(&format!("select site_id from service where id = {service}"))
            .await;
        let none = |column: &str| format!("coalesce(cast({column} as text), '-')");
        let row = |columns: &str| {
            columns
                .split(' ')
                .map(none)
                .collect::<Vec<_>>()
                .join(" || '|' || ")
        };
        let columns = row(
            "organization_id name kana name_key postal_code address building municipality_code address_key lat lng \
             location_precision phone phone_key fax url status closed_on",
        );
        let mut all = self
            .text(&format!("select {columns} from site where id = {site}"))
            .await;
        let columns = row(
            "id category name capacity eligibility area_served detail status closed_on phone fax",
        );
        let of_site = format!("(select id from service where site_id = {site})");
        for sql in [
            format!("select {columns} from service where site_id = {site} order by id"),
            format!(
                "select {} from service_hours where service_id in {of_site} order by service_id, weekday, slot",
                row("service_id weekday slot is_open opens closes")
            ),
            format!(
                "select {} from service_capability where service_id in {of_site} order by service_id, capability",
                row("service_id capability since filing note")
            ),
        ] {
            all.push('\n');
            all.push_str(&self.text(&sql).await);
        }
        all
    }
}

impl Desk {
    async fn propose(&mut self, service: i64, form: &str) -> String {
        let answer = self
            .post(&format!("/services/{service}/propose"), form)
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        answer.location
    }

    pub async fn approve(&mut self, proposal: &str) -> StatusCode {
        let page = self.get(proposal).await.text();
        let seen = page.split("name=\"seen\" value=\"").nth(1);
        let seen = seen.unwrap_or_else(|| panic!("nothing to decide: {page}"));
        let seen = &seen[..64];
        let form = format!("decision=yes&seen={seen}");
        self.post(&format!("{proposal}/decide"), &form).await.status
    }
}

#[tokio::test]
async fn what_an_office_proposes_is_public_once_somebody_else_approved_it() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("visiting_nursing").await;
        let page = format!("/services/{service}");
        let mut nurse = demo.sign_in("visiting_nursing").await;
        assert!(
            nurse
                .get(&page)
                .await
                .text()
                .contains("内容の変更を申し出る")
        );
        let proposal = nurse
            .propose(service, "phone=0990-99-1234&note=%E7%A7%BB%E8%BB%A2")
            .await;
        let twice = nurse
            .propose(service, "phone=0990-99-1234&note=%E7%A7%BB%E8%BB%A2")
            .await;
        assert_eq!(twice, proposal, "pressed twice");
        let mut nobody = demo.nobody();
        assert!(
            !nobody.get(&page).await.text().contains("0990-99-1234"),
            "not yet public"
        );
        let own = nurse.get(&proposal).await.text();
        assert!(own.contains("取り下げる") && !own.contains("承認して公開する"));

        let mut planner = demo.sign_in("health_center_planning").await;
        assert!(
            planner
                .get("/")
                .await
                .text()
                .contains("承認を待っている申し出 <strong>1</strong>")
        );
        assert_eq!(planner.approve(&proposal).await, StatusCode::SEE_OTHER);
        let public = nobody.get(&page).await.text();
        assert!(
            public.contains("0990-99-1234") && public.contains("事業所の申し出"),
            "{public}"
        );
        let found = nobody.get("/services?q=0990-99-1234").await.text();
        assert!(found.contains(&page), "the search knows it, too");
        let again = planner
            .post(&format!("{proposal}/decide"), "decision=no")
            .await;
        assert_eq!(again.status, StatusCode::CONFLICT, "decided once");

        let history = nurse.get(&format!("{page}/history")).await.text();
        let change = "<th scope=\"row\">電話番号</th>";
        assert!(
            history.contains("見本 千歳")
                && history.contains("申し出 1")
                && history.contains(change),
            "{history}"
        );
        assert!(
            nurse
                .get("/")
                .await
                .text()
                .contains("この7日に決まった、ご自分の申し出 <strong>1</strong>")
        );
        let first = history
            .rsplit("href=\"")
            .find(|it| it.contains("/propose?record="))
            .unwrap();
        let first = first
            .split('"')
            .next()
            .unwrap()
            .replace("&amp;", "&")
            .replace("&#38;", "&");
        let back = nurse.get(&first).await.text();
        assert!(
            !back.contains("0990-99-1234"),
            "the form has what the list said: {back}"
        );
        let number = format!(
            "select t.phone from site t join service s on s.site_id = t.id where s.id = {service}"
        );
        assert_eq!(demo.text(&number).await, "0990-99-1234");

        // Given up, the list's own number counts again.
        let back = nurse.propose(service, "phone=").await;
        assert_eq!(planner.approve(&back).await, StatusCode::SEE_OTHER);
        assert!(!nobody.get(&page).await.text().contains("0990-99-1234"));
    })
    .await;
}

#[tokio::test]
async fn an_approved_change_touches_its_own_field_and_nothing_else() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let sql = "select cast(min(id) as text) from service where status = 'active' group by category order by 1";
        let services = demo.text(sql).await;
        let mut coordinator = demo.sign_in("coordinator").await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let mut n = 0;
        for service in services.lines() {
            let service: i64 = service.parse().unwrap();
            let before = demo.everything_of_site(service).await;
            let form = "hours_note=%E7%A5%9D%E6%97%A5%E3%82%82%E9%96%8B%E3%81%91%E3%81%BE%E3%81%99";
            let proposal = coordinator.propose(service, form).await;
            assert_eq!(planner.approve(&proposal).await, StatusCode::SEE_OTHER);
            assert_eq!(before, demo.everything_of_site(service).await, "service {service}");
            let note = format!("select hours_note from service where id = {service}");
            assert_eq!(demo.text(&note).await, "祝日も開けます");
            n += 1;
        }
        assert!(n >= 20, "{n} kinds of services");
    })
    .await;
}

#[tokio::test]
async fn a_proposal_is_its_own_office_s_and_is_decided_on_what_was_seen() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("visiting_nursing").await;
        let mut nurse = demo.sign_in("visiting_nursing").await;
        let mut pharmacist = demo.sign_in("pharmacy").await;
        let strange = pharmacist
            .post(
                &format!("/services/{service}/propose"),
                "phone=0990-99-1234",
            )
            .await;
        assert_eq!(
            strange.status,
            StatusCode::NOT_FOUND,
            "another office's service"
        );
        let first = nurse.propose(service, "phone=0990-99-1234").await;
        let second = nurse.propose(service, "phone=0990-99-5678").await;
        assert_eq!(pharmacist.get(&first).await.status, StatusCode::NOT_FOUND);
        let mut ward = demo.sign_in("hospital_ward").await;
        assert_eq!(ward.get(&first).await.status, StatusCode::NOT_FOUND);

        // Two tabs: the second one was opened before the first was approved.
        let mut planner = demo.sign_in("health_center_planning").await;
        let tab = planner.get(&second).await.text();
        let seen = &tab.split("name=\"seen\" value=\"").nth(1).unwrap()[..64];
        assert_eq!(planner.approve(&first).await, StatusCode::SEE_OTHER);
        let form = format!("decision=yes&seen={seen}");
        let late = planner.post(&format!("{second}/decide"), &form).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(
            late.text().contains("もう一度見てください") && late.text().contains("0990-99-1234")
        );
        assert_eq!(
            planner.approve(&second).await,
            StatusCode::SEE_OTHER,
            "now it was seen"
        );

        let mine = planner.propose(service, "phone=0990-99-0000").await;
        let own = planner
            .post(&format!("{mine}/decide"), "decision=yes&seen=")
            .await;
        assert!(
            own.text().contains("ほかの人が承認します"),
            "{}",
            own.text()
        );
        let withdrawn = planner.post(&format!("{mine}/withdraw"), "").await;
        assert_eq!(withdrawn.status, StatusCode::SEE_OTHER);
        let foreign = nurse.post(&format!("{mine}/withdraw"), "").await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_stays_on_the_form() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let service = demo.service_of("clinic").await;
        let mut clinic = demo.sign_in("clinic").await;
        let path = format!("/services/{service}/propose");
        let wrong = clinic
            .post(&path, "phone=abc&url=javascript:alert(1)")
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text().contains("value=\"abc\""),
            "what was typed is kept"
        );
        let same = clinic.post(&path, "").await;
        assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(same.text().contains("いまの内容と同じです"));
        let script = "hours_note=%3Cscript%3Ealert(1)%3C%2Fscript%3E";
        let proposal = clinic.propose(service, script).await;
        assert!(!clinic.get(&proposal).await.text().contains("<script>alert"));
    })
    .await;
}
