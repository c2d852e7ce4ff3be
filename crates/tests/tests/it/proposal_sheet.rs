//! Proposals by a table: it goes out with hidden numbers and editions, comes back, and a row that changed meanwhile is refused alone.

use axum::http::StatusCode;
use keniki_app::sheet::form::{ID, VERSION};
use keniki_tests::on_both;

use crate::desk::{Demo, Desk};
use crate::table::Sheet;

impl Desk {
    async fn sheet(&mut self, asked: &str) -> Sheet {
        let answer = self.get(&format!("/services/edit.xlsx{asked}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        Sheet::of(&answer.bytes)
    }

    async fn send_sheet(&mut self, sheet: &Sheet) -> (StatusCode, String) {
        let bytes = sheet.bytes();
        let answer = self.send_file("/proposals/sheet", "a.xlsx", &bytes).await;
        (answer.status, answer.text())
    }
}

#[tokio::test]
async fn a_table_goes_out_and_comes_back_and_a_row_changed_meanwhile_is_refused_alone() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut coordinator = demo.sign_in("coordinator").await;
        let mut sheet = coordinator.sheet("?category=visiting_nursing").await;
        assert!(sheet.rows.len() >= 4, "{}", sheet.rows.len());
        let same = coordinator.send_sheet(&sheet).await;
        assert!(
            same.1.contains(">0 件を申し出ました") && same.0 == StatusCode::OK,
            "{}",
            same.1
        );

        // Somebody approves something else of the first one meanwhile.
        let changed: i64 = sheet.rows[0][sheet.at(ID)].parse().unwrap();
        let mut planner = demo.sign_in("health_center_planning").await;
        let other = coordinator
            .post(&format!("/services/{changed}/propose"), "fax=0990-99-1111")
            .await;
        assert_eq!(
            planner.approve(&other.location).await,
            StatusCode::SEE_OTHER
        );
        sheet.put(0, "電話番号", "0990-99-0001");
        sheet.put(1, "電話番号", "０９９０（９９）０００２");
        sheet.put(2, "電話番号", "みなと");
        let (status, page) = coordinator.send_sheet(&sheet).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains(">1 件を申し出ました"), "{page}");
        assert!(
            page.contains("表を受け取ったあとで内容が変わりました"),
            "{page}"
        );
        assert!(page.contains("「電話番号」を読み取れません"), "{page}");
        coordinator.send_sheet(&sheet).await;
        assert_eq!(
            demo.number("select count(*) from proposal where fields like '%0002%'")
                .await,
            1,
            "sent twice"
        );
        let fields = demo
            .text("select fields from proposal order by id desc limit 1")
            .await;
        assert_eq!(fields, r#"{"phone":"0990-99-0002"}"#);
    })
    .await;
}

#[tokio::test]
async fn a_table_holds_one_s_own_services_and_forged_rows_are_refused() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let own = demo.service_of("pharmacy").await;
        let mut pharmacist = demo.sign_in("pharmacy").await;
        let mut sheet = pharmacist.sheet("?category=pharmacy").await;
        let organization = demo
            .number(&format!(
                "select t.organization_id from site t join service s on s.site_id = t.id where s.id = {own}"
            ))
            .await;
        let theirs = format!(
            "select cast(s.id as text) from service s join site t on t.id = s.site_id where s.category = 'pharmacy'
             and s.status <> 'closed' and t.status <> 'closed' and t.organization_id = {organization} order by s.id"
        );
        let ids: Vec<&str> = sheet.rows.iter().map(|row| &*row[sheet.at(ID)]).collect();
        assert_eq!(ids.join("\n"), demo.text(&theirs).await, "the organization's alone");
        sheet.rows.truncate(1);
        let other = demo
            .number(&format!(
                "select min(s.id) from service s join site t on t.id = s.site_id
                 where s.category = 'pharmacy' and t.organization_id <> {organization}"
            ))
            .await;
        let n_refused = "select count(*) from audit_entry where outcome = 'refused'";
        let before = demo.number(n_refused).await;
        for id in [other.to_string(), "0".to_owned(), "x".to_owned(), String::new(), i64::MAX.to_string()] {
            sheet.put(0, ID, &id);
            sheet.put(0, "電話番号", "0990-99-0001");
            let (status, page) = pharmacist.send_sheet(&sheet).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{id}");
            assert!(page.contains("番号の列が変わっているか"), "{id}: {page}");
        }
        assert_eq!(demo.number(n_refused).await, before + 1, "the foreign one is written down");
        sheet.put(0, ID, &own.to_string());
        sheet.put(0, VERSION, "");
        let row = sheet.rows[0].clone();
        sheet.rows.push(row);
        let (_, page) = pharmacist.send_sheet(&sheet).await;
        assert!(page.contains("内容が変わりました") && page.contains("前にもあります"), "{page}");
        assert_eq!(demo.number("select count(*) from proposal").await, 0);
        let page = pharmacist.send_file("/proposals/sheet", "a.xlsx", b"PK\x03\x04broken").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let csv = pharmacist.send_file("/proposals/sheet", "a.csv", "名称\nみなと\n".as_bytes()).await;
        assert!(csv.text().contains("がありません"), "{}", csv.text());
    })
    .await;
}
