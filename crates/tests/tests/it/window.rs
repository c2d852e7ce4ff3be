//! 窓口一覧 of the home area: whom professionals call, for them alone, on a page, as a file and on paper.

use axum::http::StatusCode;
use keniki_tests::on_both;

use crate::desk::Demo;
use crate::search::world::run;

#[tokio::test]
async fn professionals_see_the_windows_of_the_area_and_nobody_else_does() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut hospital = demo.sign_in("hospital_discharge").await;
        let page = hospital.get("/windows").await.text();
        assert!(page.contains("地域医療連携室") && page.contains("主任介護支援専門員"));
        let only = hospital.get("/windows?category=hospital").await.text();
        assert!(only.contains("地域医療連携室") && !only.contains("主任介護支援専門員"));
        let none = hospital.get("/windows?municipality=00000").await.text();
        assert!(none.contains("当てはまる窓口はありません"));
        assert_eq!(
            hospital.get("/windows?category=none").await.status,
            StatusCode::OK
        );
        let csv = hospital.get("/windows.csv?category=hospital").await.text();
        assert!(csv.contains("地域医療連携室") && !csv.contains("主任介護支援専門員"));
        let print = hospital.get("/windows/print.pdf?category=hospital").await;
        assert!(print.bytes.starts_with(b"%PDF"));
        // A place without a window is left out, unless it is asked for: then with its own telephone.
        run(
            &demo.db,
            "delete from contact_point where audience = 'professional'
                and site_id in (select site_id from service where category = 'hospital')",
        )
        .await;
        let bare = hospital.get("/windows?category=hospital").await.text();
        assert!(bare.contains("当てはまる窓口はありません"));
        let all = hospital
            .get("/windows?category=hospital&all=1")
            .await
            .text();
        assert!(all.contains("窓口は登録されていません") && all.contains("（代表）"));
        let mut nobody = demo.nobody();
        for path in ["/windows", "/windows.csv", "/windows/print.pdf"] {
            assert_ne!(nobody.get(path).await.status, StatusCode::OK, "{path}");
        }
    })
    .await;
}
