//! The regular look at the audit log through its page, on both engines: filters, marks, sign-off, CSV, and whose rows.

use axum::http::StatusCode;
use chrono::Duration;
use keniki_tests::on_both;

use crate::desk::Demo;

#[tokio::test]
async fn an_auditor_looks_marks_and_signs_off() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut stranger = demo.sign_in("hospital_ward").await;
        stranger.get("/offices").await;
        demo.clock.advance(Duration::days(1));
        let mut auditor = demo.sign_in("auditor").await;
        let all = auditor.get("/audit").await.text();
        assert!(
            all.contains("アカウントを見る") && all.contains("拒否"),
            "{all}"
        );
        assert!(all.contains("見本 夜勤子"));
        let refused = auditor.get("/audit?outcome=refused").await.text();
        assert!(
            !refused.contains("<td>サインインする</td>"),
            "only the refused one"
        );

        let entry = demo
            .number("select max(id) from audit_entry where outcome = 'refused'")
            .await;
        let form = format!("entry={entry}&note=%E7%A2%BA%E3%81%8B%E3%82%81%E3%82%8B");
        let marked = auditor.post("/audit/marks", &form).await;
        assert_eq!(marked.status, StatusCode::SEE_OTHER);
        let narrowed = "/audit/marks?outcome=refused&from=R8.11.1";
        let marked = auditor.post(narrowed, &form).await;
        assert_eq!(
            marked.location, "/audit?from=R8.11.1&outcome=refused&done=mark",
            "the filter stays"
        );
        let page = auditor.get("/audit?marked=1").await.text();
        assert!(
            page.contains("確かめる") && page.contains("<strong>1</strong>"),
            "{page}"
        );
        let gone = auditor.post("/audit/marks", "entry=99999&note=a").await;
        assert_eq!(gone.status, StatusCode::CONFLICT);

        let waits = "最後に確認を記録した日よりあとの監査記録";
        assert!(auditor.get("/").await.text().contains(waits));
        let offered = auditor.get("/audit?from=R8.11.24").await.text();
        assert!(
            offered.contains(r#"name="to" value="2026-11-24""#)
                && offered.contains("今日の記録はまだ増えるので、含みません"),
            "{offered}"
        );
        for (days, reason) in [
            ("from=%E4%BB%A4%E5%92%8C%EF%BC%98%E5%B9%B4%EF%BC%91%EF%BC%91%E6%9C%88%EF%BC%93%EF%BC%91%E6%97%A5", "暦にありません。"),
            ("from=R8.11.20&to=R8.11.1", "逆になっていないか"),
        ] {
            let wrong = auditor.get(&format!("/audit?{days}&outcome=refused")).await;
            assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
            let page = wrong.text();
            assert!(page.contains(reason) && !page.contains("/audit/reviews"), "{page}");
            assert!(page.contains(r#"value="refused" selected"#), "the filter stays");
        }

        let narrow = auditor.get("/audit?outcome=refused").await.text();
        assert!(narrow.contains("見えないものも含みます") && !offered.contains("見えないものも含みます"));
        let days = "from=2026-11-01&to=2026-11-24&finding=";
        let silent = auditor.post("/audit/reviews", days).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let today = "from=2026-11-01&to=2026-11-25&finding=a";
        let early = auditor.post("/audit/reviews", today).await;
        assert_eq!(
            early.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "today is not over"
        );
        let signed = auditor
            .post(
                "/audit/reviews",
                &format!("{days}%E7%95%B0%E5%B8%B8%E3%81%AA%E3%81%97"),
            )
            .await;
        assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text());
        assert!(!auditor.get("/").await.text().contains(waits));
        let page = auditor.get("/audit").await.text();
        assert!(page.contains("異常なし"));
        assert!(
            page.contains("監査記録の確認を記録する"),
            "the looking is written down"
        );

        let csv = auditor.get("/audit.csv").await;
        assert!(
            csv.text().contains("番号,日時,アカウント"),
            "{}",
            csv.text()
        );
        assert!(csv.text().contains("アカウントの名前") && csv.text().contains("確かめる"));
        demo.clock.advance(Duration::minutes(16));
        let stale = auditor.get("/audit.csv").await;
        assert_eq!(
            stale.location, "/confirm?next=%2Faudit.csv",
            "exports ask again who one is"
        );
    })
    .await;
}

#[tokio::test]
async fn a_manager_sees_the_rows_of_their_own_organization() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut planner = demo.sign_in("health_center_planning").await;
        planner.get("/offices").await;
        let mut manager = demo.sign_in("manager").await;
        let own = demo
            .number("select organization_id from membership where role = 'manager'")
            .await;
        manager.get(&format!("/offices/{own}")).await;
        let page = manager.get("/audit").await.text();
        assert!(page.contains("見本 管子"), "{page}");
        assert!(!page.contains("見本 千歳"));
        assert!(
            !page.contains("確認したことを記録する"),
            "who watches is not who is watched"
        );
        let form = "from=2026-11-01&to=2026-11-02&finding=a";
        let refused = manager.post("/audit/reviews", form).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    })
    .await;
}
