//! Offices are asked once a year, reminded, and read 未確認; what they confirmed is their own word, which no list writes over.

use axum::http::StatusCode;
use chrono::Duration;
use keniki_app::account::By;
use keniki_app::directory::confirmation::{self, House};
use keniki_app::directory::source::Reference;
use keniki_app::directory::source::locate::Places;
use keniki_app::import::{self, Options};
use keniki_base::clock::Clock;
use keniki_base::id::{OrganizationId, ServiceId};
use keniki_tests::on_both;

use crate::desk::Demo;
use crate::search::world::run;

impl Demo {
    fn house(&self) -> House<'_> {
        House {
            rule: self.state.definitions.confirmation(),
            policy: self.state.definitions.policy(),
            chance: &*self.state.chance,
            public_url: "http://localhost:8080",
        }
    }

    async fn ask_due(&self) -> u64 {
        let asked = confirmation::ask_due(&self.db, self.house(), self.clock.now());
        asked.await.unwrap()
    }

    /// The address in the newest letter to somebody.
    async fn link_to(&self, recipient: &str) -> String {
        let sql = format!(
            "select body from mail where recipient = '{recipient}' order by id desc limit 1"
        );
        let body = self.text(&sql).await;
        let link = body.split("http://localhost:8080").nth(1);
        let link = link.unwrap_or_else(|| panic!("no link: {body}"));
        link.split_whitespace().next().unwrap().to_owned()
    }

    /// An organization with several services and nobody here, in the town of the municipality's people, with one of its services.
    async fn office(&self) -> (i64, i64) {
        let organization = self
            .number(
                "select o.id from organization o join site t on t.organization_id = o.id join service s on s.site_id = t.id
                 where not exists (select 1 from membership m where m.organization_id = o.id)
                   and s.status = 'active' and t.status = 'active'
                   and t.municipality_code in (select j.area_code from jurisdiction j
                       join membership m on m.organization_id = j.organization_id where m.role = 'municipality')
                 group by o.id having count(*) between 2 and 6 and count(distinct t.id) = 1
                   and min(s.last_assured_on) < '2025-06-01' order by o.id limit 1",
            )
            .await;
        let service = self
            .number(&format!(
                "select s.id from service s join site t on t.id = s.site_id
                 where t.organization_id = {organization} and s.status = 'active' order by s.last_assured_on, s.id limit 1"
            ))
            .await;
        (organization, service)
    }
}

#[tokio::test]
async fn an_office_without_accounts_is_asked_by_mail_reminded_and_reads_unconfirmed() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let (office, service) = demo.office().await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let address = format!("/confirmations/organizations/{office}/address");
        let wrong = planner.post(&address, "mail=nobody").await;
        assert!(wrong.text().contains("メールアドレスを読み取れません"));
        let done = planner.post(&address, "mail=Office%40example.jp").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert!(demo.ask_due().await > 0);
        assert_eq!(demo.ask_due().await, 0, "nobody is asked twice");
        let letters = "select count(*) from mail where recipient = 'office@example.jp'";
        assert_eq!(demo.number(letters).await, 1);

        // Looking confirms nothing; another organization's service is none of theirs.
        let link = demo.link_to("office@example.jp").await;
        let mut office_clerk = demo.nobody();
        let page = office_clerk.get(&link).await;
        assert!(page.text().contains("内容は正しい"), "{}", page.text());
        let due = async |link: &str| {
            let page = demo.nobody().get(link).await.text();
            page.matches("name=\"service\"").count()
        };
        let n_due = due(&link).await;
        assert!(n_due > 0);
        let other = demo
            .number(&format!("select min(s.id) from service s join site t on t.id = s.site_id where t.organization_id <> {office}"))
            .await;
        for path in [link.clone(), format!("{link}/services/{other}")] {
            let foreign = office_clerk.post(&path, &format!("service={other}&phone=0990-00-0000")).await;
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{path}");
        }

        demo.clock.advance(Duration::days(22));
        assert!(demo.ask_due().await > 0, "the reminder");
        let second = demo.link_to("office@example.jp").await;
        assert_ne!(link, second);
        let name = demo
            .text(&format!("select t.name from site t join service s on s.site_id = t.id where s.id = {service}"))
            .await;
        demo.clock.advance(Duration::days(21));
        demo.ask_due().await;
        let state = format!("select state from confirmation where organization_id = {office}");
        assert_eq!(demo.text(&state).await, "lapsed");
        let mut query = String::new();
        for byte in name.bytes() {
            query.push_str(&format!("%{byte:02X}"));
        }
        let found = demo.nobody().get(&format!("/services?q={query}")).await.text();
        assert!(found.contains("未確認"), "{found}");

        // The first link is good, too; a late answer is welcome.
        let all = office_clerk.post(&link, "").await;
        assert_eq!(all.status, StatusCode::SEE_OTHER, "{}", all.text());
        assert_eq!(due(&link).await, 0);
        assert_eq!(demo.text(&state).await, "answered");
        let public = demo.nobody().get(&format!("/services/{service}")).await.text();
        assert!(public.contains("事業所の確認") && !public.contains("未確認</span>"));

        demo.clock.advance(Duration::days(200));
        let old = office_clerk.get(&link).await;
        assert_eq!(old.status, StatusCode::GONE);
        let used = office_clerk.post(&link, "").await;
        assert_eq!((used.status, &*used.location), (StatusCode::SEE_OTHER, &*link));
    })
    .await;
}

#[tokio::test]
async fn whoever_holds_the_link_proposes_and_somebody_else_approves() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let (office, service) = demo.office().await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let address = format!("/confirmations/organizations/{office}/address");
        planner.post(&address, "mail=office%40example.jp").await;
        let ask = format!("/confirmations/organizations/{office}/ask");
        assert_eq!(planner.post(&ask, "").await.status, StatusCode::SEE_OTHER);
        let twice = planner.post(&ask, "").await.text();
        assert!(twice.contains("返事を待っています"), "{twice}");
        let link = demo.link_to("office@example.jp").await;
        let mut clerk = demo.nobody();
        let form = format!("{link}/services/{service}");
        assert!(clerk.get(&form).await.text().contains("申し出る"));
        let wrong = clerk.post(&form, "phone=abc").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let script = "phone=0990-99-1234&note=%3Cscript%3Ealert(1)%3C%2Fscript%3E";
        let sent = clerk.post(&form, script).await;
        assert_eq!(
            (sent.status, &*sent.location),
            (StatusCode::SEE_OTHER, &*link)
        );
        assert!(
            clerk
                .get(&link)
                .await
                .text()
                .contains("変更の申し出を受け付けました")
        );
        let proposal = demo.number("select max(id) from proposal").await;
        let proposal = format!("/proposals/{proposal}");
        assert!(
            !planner
                .get(&proposal)
                .await
                .text()
                .contains("<script>alert")
        );
        assert_eq!(
            clerk.get(&proposal).await.status,
            StatusCode::SEE_OTHER,
            "sent to the sign-in"
        );
        assert!(
            !planner
                .get(&proposal)
                .await
                .text()
                .contains("承認して公開する")
        );
        assert!(
            !planner
                .get("/")
                .await
                .text()
                .contains("承認を待つ申し出 <strong>")
        );
        assert_eq!(
            planner
                .post(&format!("{proposal}/decide"), "decision=approve&seen=x")
                .await
                .status,
            StatusCode::CONFLICT,
            "it came from an address that they put down themselves"
        );
        let mut town = demo.sign_in("municipality").await;
        assert_eq!(town.approve(&proposal).await, StatusCode::SEE_OTHER);
        let public = demo
            .nobody()
            .get(&format!("/services/{service}"))
            .await
            .text();
        assert!(public.contains("0990-99-1234"));
    })
    .await;
}

#[tokio::test]
async fn a_link_is_void_once_its_address_is_the_office_s_no_more() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let (office, _) = demo.office().await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let address = format!("/confirmations/organizations/{office}/address");
        planner.post(&address, "mail=wrong%40example.jp").await;
        let ask = format!("/confirmations/organizations/{office}/ask");
        planner.post(&ask, "").await;
        let link = demo.link_to("wrong@example.jp").await;
        let mut clerk = demo.nobody();
        assert_eq!(clerk.get(&link).await.status, StatusCode::OK);
        planner.post(&address, "mail=office%40example.jp").await;
        assert_eq!(clerk.get(&link).await.status, StatusCode::GONE);

        // Of somebody who works there, as long as they do.
        let organization = demo.number("select organization_id from membership where role = 'pharmacy'").await;
        let login = demo.text("select a.login from account a join membership m on m.account_id = a.id where m.role = 'pharmacy'").await;
        planner.post(&format!("/confirmations/organizations/{organization}/ask"), "").await;
        let link = demo.link_to(&login).await;
        assert_eq!(clerk.get(&link).await.status, StatusCode::OK);
        for (gone, back) in [
            ("update account set status = 'suspended'", "update account set status = 'active'"),
            ("update membership set valid_to = '2026-11-23' where role = 'pharmacy'", "update membership set valid_to = null where role = 'pharmacy'"),
        ] {
            run(&demo.db, gone).await;
            assert_eq!(clerk.get(&link).await.status, StatusCode::GONE, "{gone}");
            run(&demo.db, back).await;
            assert_eq!(clerk.get(&link).await.status, StatusCode::OK, "{back}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_practice_that_no_list_gives_an_organization_is_its_own() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let (office, service) = demo.office().await;
        let site = demo.number(&format!("select site_id from service where id = {service}")).await;
        let name = demo.text(&format!("select name from site where id = {site}")).await;
        run(&demo.db, &format!("update site set organization_id = null where id = {site}")).await;
        let mut planner = demo.sign_in("health_center_planning").await;
        let mut query = String::new();
        for byte in name.bytes() {
            query.push_str(&format!("%{byte:02X}"));
        }
        let list = planner.get(&format!("/confirmations?q={query}")).await.text();
        let (_, rest) = list.split_once("action=\"/confirmations/services/").unwrap();
        let (first, _) = rest.split_once("/address\"").unwrap();
        let path = format!("/confirmations/services/{first}/address");
        let wrong = planner.post(&path, "mail=nobody").await;
        assert!(wrong.text().contains("メールアドレスを読み取れません"));
        let organization = format!("select coalesce(organization_id, 0) from site where id = {site}");
        assert_eq!(demo.number(&organization).await, 0, "nothing is half done");
        for _ in 0..2 {
            planner.post(&path, "mail=practice%40example.jp").await;
        }
        let founded = demo.number(&organization).await;
        assert!(founded > 0 && founded != office);
        let ask = format!("/confirmations/organizations/{founded}/ask");
        assert_eq!(planner.post(&ask, "").await.status, StatusCode::SEE_OTHER);
        let link = demo.link_to("practice@example.jp").await;
        assert!(demo.nobody().get(&link).await.text().contains(&name));

        // Another service without one is opened for accounts from its page; a list that names none leaves it.
        let other = demo
            .number(&format!(
                "select min(s.id) from service s join site t on t.id = s.site_id where t.organization_id <> {founded} and t.municipality_code =
                    (select municipality_code from site where id = {site}) and s.status = 'active'"
            ))
            .await;
        run(&demo.db, &format!("update site set organization_id = null where id = (select site_id from service where id = {other})")).await;
        assert!(planner.get(&format!("/services/{other}")).await.text().contains("この事業所のアカウントをつくる"));
        let mut nurse = demo.sign_in("visiting_nursing").await;
        let opening = format!("/services/{other}/office");
        assert_eq!(nurse.post(&opening, "").await.status, StatusCode::NOT_FOUND);
        let opened = planner.post(&opening, "").await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER);
        assert_eq!(planner.post(&opening, "").await.location, opened.location, "once");
        assert_eq!(planner.get(&opened.location).await.status, StatusCode::OK);
        let form = "phone=0990-55-1234";
        let sent = planner.post(&format!("/services/{other}/propose"), form).await;
        let mut town = demo.sign_in("municipality").await;
        assert_eq!(town.approve(&sent.location).await, StatusCode::SEE_OTHER);
        let kept = demo.number(&format!("select t.organization_id from site t join service s on s.site_id = t.id where s.id = {other}")).await;
        assert_eq!(opened.location, format!("/offices/{kept}"), "folding the site anew leaves its organization");
    })
    .await;
}

#[tokio::test]
async fn confirming_changes_nothing_of_what_is_shown() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let sql = "select cast(min(s.id) as text) from service s join site t on t.id = s.site_id
            where s.status = 'active' and t.location_precision <> 'none' group by t.id order by 1 limit 150";
        let sites = demo.text(sql).await;
        let rule = demo.state.definitions.confirmation();
        let mut n = 0;
        for service in sites.lines() {
            let service: i64 = service.parse().unwrap();
            let before = demo.everything_of_site(service).await;
            let of_site = format!(
                "select cast(id as text) from service where site_id = (select site_id from service where id = {service})"
            );
            let services = demo.text(&of_site).await;
            let services: Vec<ServiceId> = services.lines().map(|it| it.parse().unwrap()).collect();
            confirmation::confirm(&demo.db, rule, &By::command_line(), &services, demo.clock.now())
                .await
                .unwrap();
            assert_eq!(before, demo.everything_of_site(service).await, "service {service}");
            n += 1;
        }
        assert!(n >= 100, "{n} sites");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_says_otherwise_proposes_it_and_asks_once() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let town = demo.text("select min(municipality_code) from site").await;
        let list = |phone: &str, fax: &str| {
            format!(
                "都道府県コード又は市区町村コード,市区町村名,事業所名,実施サービス,住所,電話番号,FAX番号\n\
                 {town},,みほんの通いの場,通いの場,みほん町1-1,{phone},{fax}\n"
            )
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kayoi.csv");
        let reference = std::sync::Arc::new(Reference {
            definitions: demo.state.definitions.clone(),
            places: Places::load(&demo.db).await.unwrap(),
        });
        let take = async |phone: &str, fax: &str, dry_run: bool| {
            std::fs::write(&path, list(phone, fax)).unwrap();
            let options = Options { dry_run, ..Options::default() };
            let (by, now) = (By::command_line(), demo.clock.now());
            import::import_file(&demo.db, &reference, &path, &by, options, now, |_| ())
                .await
                .unwrap()
        };
        let first = take("0990-11-0001", "0990-11-0002", false).await;
        assert!(first.written, "{first:?}");
        let service = demo
            .number("select s.id from service s join site t on t.id = s.site_id where t.name = 'みほんの通いの場'")
            .await;
        let rule = demo.state.definitions.confirmation();
        let (by, now) = (By::command_line(), demo.clock.now());
        confirmation::confirm(&demo.db, rule, &by, &[ServiceId::new(service)], now).await.unwrap();
        let open = "select count(*) from proposal where state = 'open'";
        let phone = format!("select t.phone from site t join service s on s.site_id = t.id where s.id = {service}");

        assert_eq!(take("0990-11-0009", "0990-11-0002", true).await.proposed, 1, "the trial says so");
        assert_eq!(demo.number(open).await, 0, "and writes nothing");
        let second = take("0990-11-0009", "0990-11-0002", false).await;
        assert_eq!((second.proposed, second.changed), (1, 1));
        assert_eq!(demo.text(&phone).await, "0990-11-0001", "the office's word stays");
        assert_eq!(demo.text("select fields from proposal").await, r#"{"phone":"0990-11-0009"}"#);

        // Taken back, the import takes its proposal with it; brought again, it asks no second time once declined.
        let batch = second.batch.unwrap();
        import::undo::undo(&demo.db, &reference.places, batch, &by, now).await.unwrap();
        assert_eq!(demo.text("select state from proposal").await, "withdrawn");
        let third = take("0990-11-0008", "0990-11-0002", false).await;
        assert_eq!(third.proposed, 1);
        let mut planner = demo.sign_in("health_center_planning").await;
        let proposal = demo.number("select max(id) from proposal").await;
        let proposal = format!("/proposals/{proposal}");
        let page = planner.get(&proposal).await.text();
        assert!(page.contains("名簿との違い（kayoi.csv）"), "{page}");
        planner.post(&format!("{proposal}/decide"), "decision=no&note=a").await;
        take("0990-11-0001", "0990-11-0002", false).await;
        assert_eq!(take("0990-11-0008", "0990-11-0002", false).await.proposed, 0, "declined before");

        // What nobody has confirmed is written as ever; an approved difference counts.
        let fourth = take("0990-11-0007", "0990-11-0002", false).await;
        assert_eq!(fourth.proposed, 1);
        let proposal = demo.number("select max(id) from proposal").await;
        assert_eq!(planner.approve(&format!("/proposals/{proposal}")).await, StatusCode::SEE_OTHER);
        assert_eq!(demo.text(&phone).await, "0990-11-0007");
    })
    .await;
}

#[tokio::test]
async fn asking_stays_within_the_hour_s_number_and_one_s_own_area() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut first = 0;
        loop {
            let n = demo.ask_due().await;
            assert!(n <= demo.state.definitions.confirmation().organizations_an_hour);
            first += n;
            if n == 0 {
                break;
            }
        }
        let asked = "select count(distinct organization_id) from confirmation";
        assert_eq!(demo.number(asked).await.unsigned_abs(), first);
        let strangers = "select count(*) from mail m where not exists (select 1 from account a where a.login = m.recipient)";
        assert_eq!(demo.number(strangers).await, 0);
        let (office, _) = demo.office().await;
        let mut town = demo.sign_in("municipality").await;
        let theirs = demo
            .number("select count(*) from membership m join jurisdiction j on j.organization_id = m.organization_id where m.role = 'municipality' and j.kind = 'municipality'")
            .await;
        assert!(theirs > 0);
        let listed = town.get("/confirmations").await;
        assert_eq!(listed.status, StatusCode::OK);
        let name = demo.text(&format!("select name from organization where id = {office}")).await;
        let (rule, by) = (demo.state.definitions.confirmation(), By::command_line());
        let all = confirmation::waiting(&demo.db, rule, &by, ("", 0, 10_000), demo.clock.now());
        let (n, all) = all.await.unwrap();
        assert_eq!(n, all.len() as u64);
        assert!(all.iter().any(|one| one.name == name && one.id == OrganizationId::new(office).get()));
        let shown = listed.text().matches("/address\"").count() + listed.text().matches("職員 ").count();
        assert!(shown > 0 && shown < all.len(), "{shown} of {}", all.len());
    })
    .await;
}
