//! The pages of patients with invented people, on both engines: who finds, sees, joins, opens and merges; and what no address says.

use axum::http::StatusCode;
use chrono::Duration;
use keniki_tests::on_both;
use keniki_tests::server::encoded;

use crate::desk::{Answer, Demo, Desk};
use crate::table::Sheet;

/// A form for somebody, in words of the page.
fn form(family: &str, given: &str, kana: (&str, &str), role: &str) -> String {
    let fields = [
        ("family", family),
        ("given", given),
        ("family_kana", kana.0),
        ("given_kana", kana.1),
        ("birth", "昭和15年3月3日"),
        ("sex", "female"),
        ("phone", "０９９０−７７−４３２１"),
        ("address", "汐見市<b>港町1"),
        ("level0", "care_2"),
        ("level0_from", "R8.4.1"),
        ("level0_to", "R8.12.31"),
        ("role", role),
        ("staff", "担当 太郎"),
    ];
    encode(&fields)
}

fn encode(fields: &[(&str, &str)]) -> String {
    let pairs = fields
        .iter()
        .map(|(name, text)| format!("{name}={}", encoded(text)));
    pairs.collect::<Vec<_>>().join("&")
}

const KAKU: (&str, &str) = ("かもしだ", "ハナコ");

/// What must stand in no address, and in no answer to who may not see it.
const SECRETS: [&str; 5] = ["鴨志田", "カモシダ", "花子", "0990-77-4321", "1940"];

fn tells_nothing(answer: &Answer) {
    for secret in SECRETS {
        assert!(
            !answer.location.contains(secret) && !answer.location.contains(&encoded(secret)),
            "{secret}"
        );
    }
}

/// Registers somebody for whom nobody else is found; the address of the page.
async fn register(desk: &mut Desk, form: &str) -> String {
    let answer = desk.post("/patients/new", form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    tells_nothing(&answer);
    answer.location
}

async fn text(desk: &mut Desk, path: &str) -> String {
    let answer = desk.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.location);
    answer.text()
}

async fn n_deeds(demo: &Demo, deed: &str, rest: &str) -> i64 {
    let sql = format!("select count(*) from audit_entry where deed = '{deed}' and {rest}");
    demo.number(&sql).await
}

#[tokio::test]
async fn a_care_manager_sees_and_searches_their_own_and_another_office_nothing() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut manager = demo.sign_in("care_manager").await;
        assert!(
            text(&mut manager, "/patients")
                .await
                .contains("まだいません")
        );
        let page = register(
            &mut manager,
            &form("鴨志田", "花子", KAKU, "care_management"),
        )
        .await;
        let other = register(
            &mut manager,
            &form("別野", "一郎", ("ベツノ", "イチロウ"), "care_management"),
        )
        .await;
        let shown = text(&mut manager, &page).await;
        for part in [
            "鴨志田 花子",
            "カモシダ ハナコ",
            "86歳・女",
            "要介護2",
            "あと37日",
            "0990-77-4321",
            "担当 太郎",
        ] {
            assert!(shown.contains(part), "{part}");
        }
        assert!(shown.contains("&#60;b&#62;港町1") && !shown.contains("<b>港町"));

        // What is asked for stays in the session, in no address.
        for (asked, n) in [
            (vec![("text", "カモシダ")], 1),
            (vec![("text", "昭和15年3月3日")], 2),
            (vec![("text", "0990-77-4321"), ("level", "care_2")], 2),
            (vec![("level", "care_3")], 0),
            (vec![("answered", "no")], 0),
            (vec![("answered", "yes"), ("own", "1")], 2),
            (vec![], 2),
        ] {
            let kept = manager.post("/patients", &encode(&asked)).await;
            assert_eq!(kept.location, "/patients");
            let list = text(&mut manager, "/patients").await;
            assert!(
                list.contains(&format!("<strong>{n}</strong> 人")),
                "{asked:?}"
            );
        }
        manager
            .post("/patients", &encode(&[("text", "鴨志田")]))
            .await;
        let mut again = demo.sign_in("care_manager").await;
        assert!(
            text(&mut again, "/patients")
                .await
                .contains("<strong>2</strong>"),
            "another session"
        );

        for role in ["pharmacy", "hospital_ward", "coordinator"] {
            let mut stranger = demo.sign_in(role).await;
            assert!(
                !text(&mut stranger, "/patients").await.contains("鴨志田"),
                "{role}"
            );
            for path in ["", "/edit", "/consents", "/team", "/readers", "/emergency"] {
                let answer = stranger.get(&format!("{page}{path}")).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role} {path}");
                assert!(!answer.text().contains("鴨志田"));
            }
        }
        for role in ["health_center_planning", "operator", "auditor"] {
            let mut stranger = demo.sign_in(role).await;
            assert_eq!(
                stranger.get("/patients").await.status,
                StatusCode::NOT_FOUND,
                "{role}"
            );
            assert_eq!(
                stranger.get(&page).await.status,
                StatusCode::NOT_FOUND,
                "{role}"
            );
        }
        let mut auditor = demo.sign_in("auditor").await;
        let readers = text(&mut auditor, &format!("{page}/readers")).await;
        assert!(readers.contains("患者・利用者の記録を見る") && !readers.contains("鴨志田"));
        assert_ne!(page, other);
    })
    .await;
}

#[tokio::test]
async fn the_files_have_what_the_list_shows_and_the_log_says_of_whom() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut manager = demo.sign_in("care_manager").await;
        register(
            &mut manager,
            &form("鴨志田", "花子", KAKU, "care_management"),
        )
        .await;
        register(
            &mut manager,
            &form("=1+1", "一郎", ("ベツノ", "イチロウ"), "care_management"),
        )
        .await;
        let csv = text(&mut manager, "/patients.csv").await;
        assert!(csv.contains("鴨志田 花子,カモシダ ハナコ,86歳,昭和15年3月3日"));
        assert!(!csv.contains("\n=1"), "no formula");
        let listed = "note = 'listed'";
        assert_eq!(n_deeds(&demo, "export.patients", listed).await, 2);
        manager
            .post("/patients", &encode(&[("text", "花子")]))
            .await;
        let book = manager.get("/patients.xlsx").await;
        assert_eq!(book.status, StatusCode::OK);
        assert_eq!(Sheet::of(&book.bytes).rows.len(), 1);
        assert_eq!(n_deeds(&demo, "export.patients", listed).await, 3);
        let mut ward = demo.sign_in("hospital_ward").await;
        assert_eq!(
            ward.get("/patients.csv").await.status,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

#[tokio::test]
async fn who_is_there_already_is_told_before_a_second_record_is_written() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut manager = demo.sign_in("care_manager").await;
        let page = register(
            &mut manager,
            &form("鴨志田", "花子", KAKU, "care_management"),
        )
        .await;
        let again = manager
            .post(
                "/patients/new",
                &form("鴨志田", "花子", KAKU, "care_management"),
            )
            .await;
        assert_eq!(again.status, StatusCode::OK);
        let again = again.text();
        assert!(again.contains("同じ人らしい") && again.contains(&format!("href=\"{page}\"")));
        assert!(
            again.contains("value=\"かもしだ\""),
            "what was typed goes on"
        );

        // Another office learns that there is a record and who answers, and nothing else.
        let mut hospital = demo.sign_in("hospital_discharge").await;
        let asked = form("鴨志田", "花子", KAKU, "hospital");
        let told = hospital.post("/patients/new", &asked).await.text();
        assert!(told.contains("名前と生年月日が同じ") && told.contains("居宅介護支援"));
        assert!(!told.contains(&format!("href=\"{page}\"")) && !told.contains("要介護2"));
        assert!(told.contains(&format!("action=\"{page}/join\"")));
        assert_eq!(demo.number("select count(*) from patient").await, 1);
        let other = hospital
            .post("/patients/new", &format!("{asked}&seen=1"))
            .await;
        assert_ne!(other.location, page);
        assert_eq!(demo.number("select count(*) from patient").await, 2);
        // A part that a hospital does not take.
        let wrong = form("鴨志田", "太郎", ("カモシダ", "タロウ"), "care_management");
        let wrong = hospital.post("/patients/new", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("id=\"role-wrong\""));
    })
    .await;
}

#[tokio::test]
async fn a_hospital_joins_whom_it_has_found_within_the_hour_in_a_part_of_its_own() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut manager = demo.sign_in("care_manager").await;
        let page = register(
            &mut manager,
            &form("鴨志田", "花子", KAKU, "care_management"),
        )
        .await;
        let mut hospital = demo.sign_in("hospital_discharge").await;
        let join = format!("{page}/join");
        let part = "role=hospital&staff=a&reason=b";
        assert_eq!(
            hospital.post(&join, part).await.status,
            StatusCode::NOT_FOUND,
            "never found"
        );
        let little = hospital
            .post("/patients/look_up", &encode(&[("name", "鴨志田花子")]))
            .await;
        assert_eq!(little.status, StatusCode::UNPROCESSABLE_ENTITY);
        let asked = encode(&[("name", "鴨志田 花子"), ("birth", "S15.3.3")]);
        let found = hospital.post("/patients/look_up", &asked).await;
        assert_eq!(found.status, StatusCode::OK);
        let found = found.text();
        assert!(
            found.contains(&join) && found.contains("居宅介護支援") && !found.contains("要介護2")
        );
        let mut ward = demo.sign_in("hospital_ward").await;
        assert_eq!(
            ward.post(&join, part).await.status,
            StatusCode::NOT_FOUND,
            "somebody else found them"
        );
        let as_manager = hospital.post(&join, "role=care_management&reason=b").await;
        assert_eq!(
            as_manager.status,
            StatusCode::CONFLICT,
            "not a hospital's part"
        );
        demo.clock.advance(Duration::minutes(61));
        let mut hospital = demo.sign_in("hospital_discharge").await;
        assert_eq!(
            hospital.post(&join, part).await.status,
            StatusCode::NOT_FOUND,
            "too long ago"
        );
        assert_eq!(hospital.get(&page).await.status, StatusCode::NOT_FOUND);
        hospital.post("/patients/look_up", &asked).await;
        let unsaid = hospital.post(&join, "role=hospital&staff=a").await;
        assert_eq!(unsaid.status, StatusCode::CONFLICT, "no reason");
        let joined = hospital.post(&join, part).await;
        assert_eq!(joined.location, page, "{}", joined.text());
        assert!(text(&mut hospital, &page).await.contains("鴨志田 花子"));
        assert_eq!(n_deeds(&demo, "patient.write", "note = 'joined'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_record_opened_in_an_emergency_is_seen_for_three_hours_and_looked_at_afterwards() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut manager = demo.sign_in("care_manager").await;
        let page = register(
            &mut manager,
            &form("鴨志田", "花子", KAKU, "care_management"),
        )
        .await;
        let mut clinic = demo.sign_in("clinic").await;
        let emergency = format!("{page}/emergency");
        let reason = encode(&[("reason", "救急搬送され、意識がなく、薬を確かめるため<b>")]);
        assert_eq!(
            clinic.post(&emergency, &reason).await.status,
            StatusCode::NOT_FOUND
        );
        let asked = encode(&[("name", "カモシダ ハナコ"), ("birth", "S15.3.3")]);
        clinic.post("/patients/look_up", &asked).await;
        let before = text(&mut clinic, &emergency).await;
        assert!(before.contains("3時間") && !before.contains("鴨志田"));
        let short = clinic
            .post(&emergency, &encode(&[("reason", "急ぐ")]))
            .await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        let opened = clinic.post(&emergency, &reason).await;
        assert_eq!(opened.location, page);
        let shown = text(&mut clinic, &page).await;
        let mine = text(&mut clinic, "/emergencies").await;
        assert!(mine.contains("意識がなく") && mine.contains(&format!("href=\"{page}\"")));
        assert!(shown.contains("あと180分") && shown.contains("鴨志田 花子"));
        assert!(!shown.contains("/edit"), "nothing can be changed");
        assert_eq!(
            clinic.get(&format!("{page}/edit")).await.status,
            StatusCode::NOT_FOUND
        );
        assert!(
            !text(&mut clinic, "/patients.csv").await.contains("鴨志田"),
            "nothing is taken away"
        );
        demo.clock.advance(Duration::seconds(3 * 3600 - 1));
        let mut clinic = demo.sign_in("clinic").await;
        assert!(text(&mut clinic, &page).await.contains("あと1分"));
        demo.clock.advance(Duration::seconds(1));
        assert_eq!(
            clinic.get(&page).await.status,
            StatusCode::NOT_FOUND,
            "three hours are over"
        );
        let mine = text(&mut clinic, "/emergencies").await;
        assert!(mine.contains("意識がなく") && !mine.contains(&format!("href=\"{page}\"")));

        let mut manager = demo.sign_in("care_manager").await;
        let owner = text(&mut manager, "/emergencies").await;
        assert!(
            owner.contains("意識がなく")
                && !owner.contains("<b>")
                && !owner.contains("結果を記録する")
        );
        assert!(text(&mut manager, &page).await.contains("意識がなく"));
        let opening = demo.number("select max(id) from emergency_access").await;
        let review = format!("/emergencies/{opening}");
        let outcome = encode(&[("outcome", "必要だった")]);
        assert_eq!(
            manager.post(&review, &outcome).await.status,
            StatusCode::NOT_FOUND
        );
        let mut auditor = demo.sign_in("auditor").await;
        let list = text(&mut auditor, "/emergencies").await;
        assert!(
            list.contains("意識がなく")
                && !list.contains("鴨志田")
                && !list.contains(&format!("href=\"{page}\""))
        );
        assert_eq!(
            auditor.post(&review, &outcome).await.location,
            "/emergencies"
        );
        assert_eq!(
            auditor.post(&review, &outcome).await.status,
            StatusCode::CONFLICT
        );
        assert!(
            text(&mut manager, "/emergencies")
                .await
                .contains("必要だった")
        );
        let letters = demo
            .number(
                "select count(*) from mail where subject like '%鴨志田%' or body like '%鴨志田%'",
            )
            .await;
        assert_eq!(letters, 0);
    })
    .await;
}

#[tokio::test]
async fn a_change_is_of_what_was_seen_and_consent_and_team_are_kept() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut manager = demo.sign_in("care_manager").await;
        let page = register(
            &mut manager,
            &form("鴨志田", "花子", KAKU, "care_management"),
        )
        .await;
        let edit = format!("{page}/edit");
        let changed = format!(
            "{}&version=1&insured0_insurer=313023&insured0_number=0000012345",
            form("鴨志田", "花枝", ("カモシダ", "ハナエ"), "")
        );
        let saved = manager.post(&format!("{edit}/draft"), &changed).await;
        assert_eq!(saved.status, StatusCode::NO_CONTENT);
        assert!(text(&mut manager, &edit).await.contains("書きかけを捨てる"));
        let wrong = manager.post(&edit, "version=1&birth=x&level0=care_1").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = wrong.text();
        for field in ["family", "birth", "sex", "level0_from"] {
            assert!(wrong.contains(&format!("id=\"{field}-wrong\"")), "{field}");
        }
        assert_eq!(manager.post(&edit, &changed).await.location, page);
        assert!(text(&mut manager, &page).await.contains("鴨志田 花枝"));
        assert_eq!(demo.number("select count(*) from draft").await, 0);
        let stale = manager.post(&edit, &changed).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text().contains("ほかの人が先に"));

        let consents = format!("{page}/consents");
        let consent = [
            ("scope", "care"),
            ("given_by", "family"),
            ("basis", "consent"),
            ("purpose", "共有<b>"),
            ("valid_from", "R8.11.1"),
        ];
        let wrong = manager.post(&consents, &encode(&consent)).await;
        assert!(wrong.text().contains("id=\"giver-wrong\""));
        let law = [
            &consent[..2],
            &[("basis", "law"), ("giver", "鴨志田 太郎")],
            &consent[3..],
        ]
        .concat();
        let wrong = manager.post(&consents, &encode(&law)).await;
        assert!(
            wrong.text().contains("id=\"basis-wrong\""),
            "care rests on consent alone"
        );
        let right = [&consent[..], &[("giver", "鴨志田 太郎")]].concat();
        assert_eq!(
            manager.post(&consents, &encode(&right)).await.location,
            consents
        );
        assert!(text(&mut manager, &page).await.contains("有効"));
        let id = demo.number("select max(id) from consent").await;
        let withdrawn = manager
            .post(&format!("{consents}/{id}/withdraw"), "on=2026-11-24")
            .await;
        assert_eq!(withdrawn.location, consents);
        assert!(text(&mut manager, &page).await.contains("有効でない"));

        let team = format!("{page}/team");
        let mut chemist = demo.sign_in("pharmacy").await;
        assert_eq!(chemist.get(&page).await.status, StatusCode::NOT_FOUND);
        let office = demo
            .number("select organization_id from membership where role = 'pharmacy'")
            .await;
        let sql = format!("select count(*) from organization where id = {office}");
        assert_eq!(demo.number(&sql).await, 1);
        let found = manager
            .post(&team, &encode(&[("name", "訪問看護")]))
            .await
            .text();
        assert!(
            found.contains("name=\"organization\""),
            "organizations to choose"
        );
        let join = format!("organization={office}&role=pharmacy&from=2026-11-24");
        assert_eq!(
            manager.post(&format!("{team}/join"), &join).await.location,
            team
        );
        assert!(text(&mut chemist, &page).await.contains("鴨志田 花枝"));
        let part = demo.number("select max(id) from care_team").await;
        let left = chemist
            .post(&format!("{team}/{part}/leave"), "last=2026-11-24")
            .await;
        assert_eq!(left.status, StatusCode::SEE_OTHER);
        assert_eq!(
            chemist.get(&page).await.status,
            StatusCode::OK,
            "for sixty days"
        );
        demo.clock.advance(Duration::days(61));
        let mut chemist = demo.sign_in("pharmacy").await;
        assert_eq!(chemist.get(&page).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn two_records_become_one_and_two_again() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut manager = demo.sign_in("care_manager").await;
        let asked = form("鴨志田", "花子", KAKU, "care_management");
        let one = register(&mut manager, &asked).await;
        let other = register(&mut manager, &format!("{asked}&seen=1")).await;
        let pairs = text(&mut manager, "/patients/duplicates").await;
        let number = other.rsplit('/').next().unwrap();
        let merge = format!("{one}/merge/{number}");
        assert!(pairs.contains(&format!("href=\"{merge}\"")));
        assert!(
            text(&mut manager, &merge)
                .await
                .contains("支援チームの役割：1 件")
        );
        let no_reason = manager.post(&merge, "reason=").await;
        assert_eq!(no_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
        let merged = manager
            .post(&merge, &encode(&[("reason", "保険証で確かめた")]))
            .await;
        assert_eq!(merged.location, one);
        let gone = manager.get(&other).await;
        assert_eq!(
            (gone.status, gone.location.as_str()),
            (StatusCode::SEE_OTHER, &*one)
        );
        let mut chemist = demo.sign_in("pharmacy").await;
        assert_eq!(chemist.get(&other).await.status, StatusCode::NOT_FOUND);
        assert!(text(&mut manager, &one).await.contains("保険証で確かめた"));
        let id = demo.number("select max(id) from patient_merge").await;
        let undone = manager.post(&format!("{one}/unmerge/{id}"), "").await;
        assert_eq!(undone.location, "/patients/duplicates");
        assert_eq!(manager.get(&other).await.status, StatusCode::OK);
        assert!(
            text(&mut manager, "/patients/duplicates")
                .await
                .contains("<strong>1</strong> 組")
        );
    })
    .await;
}
