//! The forms of inquiries through the browser: what is refused comes back with what was typed, and what to do at its field.

use axum::http::StatusCode;
use keniki_tests::on_both;
use keniki_tests::server::encoded;

use crate::desk::{Demo, Desk};
use crate::statements::a_case;

/// Numbers that follow a text in a page.
fn numbers(html: &str, before: &str) -> Vec<String> {
    let number = |rest: &str| -> String { rest.chars().take_while(char::is_ascii_digit).collect() };
    let all = html.split(before).skip(1).map(number);
    all.filter(|it| !it.is_empty()).collect()
}

/// Sends a transfer of a case to all that are asked here, and answers its number.
async fn sent(hospital: &mut Desk) -> String {
    let form = format!("{}/inquiries/new", a_case(hospital).await);
    let page = hospital.post(&form, "kind=transfer&step=search").await;
    let page = page.text();
    assert!(
        page.contains("決めるときまでに本人の同意"),
        "said before it is sent"
    );
    let (here, _) = page.split_once("電話で照会する所").unwrap();
    let all = numbers(here, "name=\"service\" value=\"");
    let services: String = all.iter().map(|it| format!("&service={it}")).collect();
    let words = encoded("痰の吸引があります");
    let kept = format!("kind=transfer&category=clinic&note={words}{services}&phone=0990-11-0001");
    let narrowed = hospital
        .post(&form, &format!("{kept}&step=search"))
        .await
        .text();
    assert!(
        narrowed.contains("痰の吸引があります") && narrowed.contains("value=\"clinic\" selected")
    );
    let answer = hospital.post(&form, &format!("{kept}&step=send")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed() {
    on_both(async |database| {
        let demo = Demo::with(database, 400).await;
        let mut hospital = demo.sign_in("hospital_discharge").await;
        let mut clinic = demo.sign_in("clinic").await;
        let id = sent(&mut hospital).await;
        let inquiry = format!("/inquiries/{id}");
        let board = clinic.get("/inquiries?part=waiting").await.text();
        let target = numbers(&board, "/inquiries/received/").remove(0);
        let received = format!("/inquiries/received/{target}");
        let page = clinic.get(&received).await.text();
        let seen = numbers(&page, "name=\"seen\" value=\"").remove(0);
        let words = encoded("夜間は看護師が一人です");

        for (wrong, field) in [
            ("answer=waiting&free_from=x", "free_from"),
            ("answer=cannot", "reason"),
            ("answer=can&phone=abc", "phone"),
            ("free_from=R8.12.1", "answer"),
        ] {
            let form = format!("{wrong}&words={words}&seen={seen}");
            let again = clinic.post(&received, &form).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            let again = again.text();
            assert!(again.contains("夜間は看護師が一人です"), "{field}");
            assert!(again.contains(&format!("id=\"{field}-wrong\"")), "{field}");
        }
        let form = format!("answer=can&words={words}&seen={seen}");
        let answered = clinic.post(&received, &form).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER);

        let page = hospital.get(&inquiry).await.text();
        let seen = numbers(&page, "name=\"seen\" value=\"").remove(0);
        let choose = format!("/inquiries/targets/{target}/choose");
        let form = format!("inquiry={id}&seen={seen}");
        let refused = hospital.post(&choose, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let refused = refused.text();
        assert!(refused.contains("照会は続いています") && refused.contains("/consents"));
        let hear = format!("/inquiries/targets/{target}/hear");
        let form =
            format!("inquiry={id}&seen={seen}&channel=fax&answer=can&free_from=x&words={words}");
        let refused = hospital.post(&hear, &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let refused = refused.text();
        assert!(refused.contains("夜間は看護師が一人です") && refused.contains("<details open"));

        // Who is too late is told so, and has what they typed.
        let closed = hospital.post(&format!("{inquiry}/close"), "").await;
        assert_eq!(closed.status, StatusCode::SEE_OTHER);
        let form = format!("answer=more&words={words}&seen={seen}");
        let late = clinic.post(&received, &form).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        let late = late.text();
        assert!(late.contains("返事は送っていません") && late.contains("夜間は看護師が一人です"));
        let mut stranger = demo.sign_in("pharmacy").await;
        let hidden = stranger.post(&received, &form).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    })
    .await;
}
