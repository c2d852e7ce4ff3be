//! The pages of lists of cases: narrowed in the session, taken away as files; a table of admissions through the browser.

use axum::http::StatusCode;
use keniki_tests::on_both;
use keniki_tests::server::encoded;

use crate::desk::{Answer, Demo, Desk};
use crate::table::Sheet;

const TABLE: &str = "患者番号,氏名,カナ,生年月日,性別,入院日,病棟,備考\r\n\
    0123,鴨志田 花子,カモシダ ハナコ,昭和15年3月3日,女,R8.11.24,3階西,x\r\n\
    0124,=1+1 一郎,ベツノ イチロウ,S10.1.2,男,R8.11.24,,\r\n\
    0125,未来 次郎,ミライ ジロウ,R9.1.1,男,R8.11.24,,\r\n";

/// What must stand in no address.
const SECRETS: [&str; 3] = ["鴨志田", "カモシダ", "0123"];

fn tells_nothing(answer: &Answer) {
    for secret in SECRETS {
        let is_in = answer.location.contains(secret) || answer.location.contains(&encoded(secret));
        assert!(!is_in, "{secret}");
    }
}

async fn text(desk: &mut Desk, path: &str) -> String {
    let answer = desk.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.location);
    answer.text()
}

/// What a hidden field of a page has.
fn hidden(html: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = html.split(&start).nth(1);
    let value = rest
        .unwrap_or_else(|| panic!("no {name}"))
        .split('"')
        .next();
    [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(value.unwrap().to_owned(), |text, (from, to)| {
        text.replace(from, to)
    })
}

async fn post(desk: &mut Desk, path: &str, fields: &[(&str, &str)]) -> Answer {
    let pairs = fields.iter();
    let pairs = pairs.map(|(name, text)| format!("{name}={}", encoded(text)));
    let form = pairs.collect::<Vec<_>>().join("&");
    let answer = desk.post(path, &form).await;
    tells_nothing(&answer);
    answer
}

/// Tries a table and writes what it would do.
async fn bring(desk: &mut Desk, table: &[u8]) -> String {
    let tried = desk.send_file("/ward/upload", "入院.csv", table).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.text());
    let html = tried.text();
    let (program, rows) = (hidden(&html, "program"), hidden(&html, "rows"));
    let written = post(
        desk,
        "/ward/upload/write",
        &[("program", &program), ("rows", &rows)],
    )
    .await;
    assert_eq!(written.status, StatusCode::OK);
    written.text()
}

#[tokio::test]
async fn a_ward_brings_today_s_admissions_and_mends_what_was_refused() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut ward = demo.sign_in("hospital_ward").await;
        assert!(text(&mut ward, "/ward").await.contains("/ward/upload"));
        let template = ward.get("/ward/upload/template.xlsx").await;
        assert_eq!(Sheet::of(&template.bytes).heads.len(), 13);
        let refused = ward
            .send_file("/ward/upload", "template.xlsx", &template.bytes)
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("入院の行がありません"));

        let old = encoding_rs::SHIFT_JIS.encode(TABLE).0.into_owned();
        let tried = ward.send_file("/ward/upload", "入院.csv", &old).await;
        let html = tried.text();
        for part in [
            "まだ何も書き込んでいません",
            "3 行のうち、2 行を書き込みます",
            "次の列は読みません：備考",
            "受け付けません。",
            "今日より後",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let before = demo.number("select count(*) from patient").await;
        let done = bring(&mut ward, &old).await;
        assert!(done.contains("2 行を書き込みました"), "{done}");
        assert_eq!(
            demo.number("select count(*) from patient").await,
            before + 2
        );
        assert!(text(&mut ward, "/ward").await.contains("鴨志田 花子"));

        let faults = hidden(&html, "faults");
        let book = post(
            &mut ward,
            "/ward/upload/faults.xlsx",
            &[("faults", &faults)],
        )
        .await;
        let mut sheet = Sheet::of(&book.bytes);
        assert_eq!(sheet.rows.len(), 1);
        assert!(sheet.rows[0][sheet.at("直すところ")].contains("今日より後"));
        sheet.put(0, "生年月日", "S30.1.1");
        let done = bring(&mut ward, &sheet.bytes()).await;
        assert!(done.contains("1 行を書き込みました"), "{done}");

        let again = ward
            .send_file("/ward/upload", "入院.csv", TABLE.as_bytes())
            .await;
        assert!(again.text().contains("2 行はすでに記録されています"));
        assert!(!again.text().contains("/ward/upload/write"));
        let kept = "select count(*) from upload";
        assert_eq!(demo.number(kept).await, 0, "no table is kept");

        let mut manager = demo.sign_in("care_manager").await;
        for path in ["/ward/upload", "/ward/upload/template.xlsx"] {
            assert_eq!(manager.get(path).await.status, StatusCode::NOT_FOUND);
        }
        let sent = manager
            .send_file("/ward/upload", "a.csv", TABLE.as_bytes())
            .await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_table_that_is_none_or_too_long_is_refused_with_a_sentence() {
    let demo = Demo::of(keniki_tests::TestDatabase::sqlite()).await;
    let mut ward = demo.sign_in("hospital_ward").await;
    let head = TABLE.lines().next().unwrap();
    let row = TABLE.lines().nth(1).unwrap();
    let long = format!("{head}\n{}", format!("{row}\n").repeat(5_000));
    for (content, part) in [
        (&b""[..], "ファイルを選んでください"),
        (b"%PDF-1.7\x00", "見出し"),
        (b"\xd0\xcf\x11\xe0abcdefgh", ".xls"),
        ("氏名,入院日\n見本,R8.11.24\n".as_bytes(), "「カナ」"),
        (head.as_bytes(), "入院の行がありません"),
        (long.as_bytes(), "500行より多い"),
    ] {
        let answer = ward.send_file("/ward/upload", "a.csv", content).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{part}");
        assert!(answer.text().contains(part), "{part}: {}", answer.text());
    }
    for rows in ["", "x", "[]", "[{\"number\":1}]"] {
        let answer = ward
            .post(
                "/ward/upload/write",
                &format!("program=x&rows={}", encoded(rows)),
            )
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{rows}");
    }
}

#[tokio::test]
async fn an_office_that_was_found_is_looked_for_and_joins_without_any_script() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut ward = demo.sign_in("hospital_ward").await;
        bring(&mut ward, TABLE.as_bytes()).await;
        let list = text(&mut ward, "/ward").await;
        let at = list.find("鴨志田 花子").unwrap();
        let case = list[..at].rsplit("href=\"").next().unwrap();
        let case = case.split('"').next().unwrap().to_owned();
        let tell = format!("{case}/tell?kind=care_manager_found");
        let html = text(&mut ward, &tell).await;
        assert!(html.contains("事業所はまだわからない"), "{html}");
        let (day, time, key) = (
            hidden(&html, "day"),
            hidden(&html, "time"),
            hidden(&html, "key"),
        );
        let office = "select min(s.name) from site s join service v on v.site_id = s.id
            where v.category = 'care_management' and v.status <> 'closed' and s.status <> 'closed'";
        let office = demo.text(office).await;
        let fields = |more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            let own = [
                ("kind", "care_manager_found"),
                ("day", &day),
                ("time", &time),
                ("key", &key),
                ("note", "本人から聞いた"),
            ];
            let all = own.iter().chain(more);
            all.map(|(name, it)| (*name, (*it).to_owned())).collect()
        };
        let path = format!("{case}/tell");
        let sent = async |desk: &mut Desk, more: &[(&'static str, &str)]| {
            let fields = fields(more);
            let fields: Vec<_> = fields.iter().map(|(name, it)| (*name, it.as_str())).collect();
            post(desk, &path, &fields).await
        };
        let unsaid = sent(&mut ward, &[]).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsaid.text().contains("の事業所を選んでください"));
        let found = sent(&mut ward, &[("seat_name", &office), ("do", "find")]).await;
        assert_eq!(found.status, StatusCode::OK);
        let html = found.text();
        assert!(html.contains(&office) && html.contains("居宅介護支援"), "{html}");
        assert!(html.contains("本人から聞いた"), "what was typed stays");
        let number = html.split("name=\"seat\" value=\"").nth(1).unwrap();
        let number = number.split('"').next().unwrap().to_owned();
        let told = sent(&mut ward, &[("seat", &number), ("seat_staff", "見本")]).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text());
        let page = text(&mut ward, &case).await;
        assert!(page.contains("ケアマネジャーの事業所："), "{page}");
        let seats = format!(
            "select count(*) from care_team where case_role = 'care_manager' and organization_id = {number}"
        );
        assert_eq!(demo.number(&seats).await, 1);
        let list = text(&mut ward, "/cases").await;
        assert!(!list.contains("西濃"), "a rule of another area is no stage of ours");
    })
    .await;
}

#[tokio::test]
async fn cases_are_narrowed_in_the_session_and_the_file_has_the_same() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut ward = demo.sign_in("hospital_ward").await;
        bring(&mut ward, TABLE.as_bytes()).await;
        let mut staff = demo.sign_in("hospital_discharge").await;
        let all = Sheet::of(&staff.get("/cases.xlsx").await.bytes).rows.len();
        let kept = post(
            &mut staff,
            "/cases",
            &[
                ("text", "カモシダ"),
                ("stage", "discharge_support"),
                ("view", "hospital"),
            ],
        )
        .await;
        assert_eq!(kept.location, "/cases?view=hospital");
        let html = text(&mut staff, "/cases?view=hospital").await;
        assert!(html.contains("入院中（1）") && html.contains("鴨志田 花子"));
        for chip in ["「カモシダ」", "<span>入退院支援<", "value=\"stage\""] {
            assert!(html.contains(chip), "{chip}");
        }
        let book = staff.get("/cases.xlsx?view=hospital").await;
        let sheet = Sheet::of(&book.bytes);
        assert_eq!(sheet.rows.len(), 1);
        assert!(sheet.rows[0][sheet.at("次の期限")].contains("令和8年"));
        let csv = text(&mut staff, "/cases.csv?view=closed").await;
        assert_eq!(csv.lines().count(), 1, "heads alone");

        post(&mut staff, "/cases", &[("drop", "text")]).await;
        let html = text(&mut staff, "/cases").await;
        assert!(!html.contains("「カモシダ」") && html.contains("value=\"stage\""));
        post(&mut staff, "/cases", &[("drop", "all")]).await;
        let csv = text(&mut staff, "/cases.csv").await;
        assert_eq!(csv.lines().count(), all + 1);
        assert!(csv.contains("'=1+1") && !csv.contains("\n=1"), "no formula");
        assert_eq!(ward.get("/cases.csv").await.status, StatusCode::NOT_FOUND);
        let listed =
            "select count(*) from audit_entry where deed = 'export.cases' and note = 'listed'";
        assert_eq!(
            demo.number(listed).await,
            2 * i64::try_from(all).unwrap() + 1
        );
    })
    .await;
}

#[tokio::test]
async fn patients_are_narrowed_by_what_is_taken_away_one_by_one() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut ward = demo.sign_in("hospital_ward").await;
        bring(&mut ward, TABLE.as_bytes()).await;
        let asked = [("text", "カモシダ"), ("answered", "no"), ("own", "1")];
        post(&mut ward, "/patients", &asked).await;
        let html = text(&mut ward, "/patients").await;
        for chip in [
            "「カモシダ」",
            "担当がいない",
            "name=\"drop\" value=\"own\"",
        ] {
            assert!(html.contains(chip), "{chip}");
        }
        post(&mut ward, "/patients", &[("drop", "text")]).await;
        let html = text(&mut ward, "/patients").await;
        assert!(!html.contains("「カモシダ」") && html.contains("value=\"answered\""));
        assert!(html.contains("<strong>2</strong>"));
        post(&mut ward, "/patients", &[("drop", "all")]).await;
        assert!(!text(&mut ward, "/patients").await.contains("name=\"drop\""));
    })
    .await;
}

#[tokio::test]
async fn a_care_manager_s_clients_are_led_to_and_taken_away() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut manager = demo.sign_in("care_manager").await;
        assert!(text(&mut manager, "/").await.contains("href=\"/clients\""));
        assert!(
            text(&mut manager, "/clients")
                .await
                .contains("まだいません")
        );
        let form = [
            ("family", "鴨志田"),
            ("given", "花子"),
            ("family_kana", "カモシダ"),
            ("given_kana", "ハナコ"),
            ("birth", "昭和15年3月3日"),
            ("sex", "female"),
            ("role", "care_management"),
        ];
        let registered = post(&mut manager, "/patients/new", &form).await;
        assert_eq!(
            registered.status,
            StatusCode::SEE_OTHER,
            "{}",
            registered.text()
        );
        let html = text(&mut manager, "/clients").await;
        assert!(html.contains("入院していない") && html.contains("入院中 <strong>0</strong> 人"));
        let mut ward = demo.sign_in("hospital_ward").await;
        let done = bring(&mut ward, TABLE.as_bytes()).await;
        assert!(done.contains("に知らせました"), "{done}");
        let html = text(&mut manager, "/clients").await;
        assert!(html.contains("3階西") && html.contains("入院中 <strong>1</strong> 人"));
        let sheet = Sheet::of(&manager.get("/clients.xlsx").await.bytes);
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!(sheet.rows[0][sheet.at("病棟")], "3階西");
        let csv = text(&mut manager, "/clients.csv").await;
        assert!(csv.contains("鴨志田 花子,カモシダ ハナコ"));
        assert_eq!(ward.get("/clients.csv").await.status, StatusCode::NOT_FOUND);
        assert!(!text(&mut ward, "/").await.contains("href=\"/clients\""));
        assert!(text(&mut ward, "/").await.contains("href=\"/ward\""));
    })
    .await;
}

#[tokio::test]
async fn who_reads_a_case_in_an_emergency_writes_nothing_and_stands_among_its_readers() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut ward = demo.sign_in("hospital_ward").await;
        bring(&mut ward, TABLE.as_bytes()).await;
        let list = text(&mut ward, "/ward").await;
        let at = list.find("鴨志田 花子").unwrap();
        let case = list[..at].rsplit("href=\"").next().unwrap();
        let case = case.split('"').next().unwrap().to_owned();
        let number = case.trim_start_matches("/cases/");
        let patient = format!("select patient_id from care_case where id = {number}");
        let patient = demo.number(&patient).await;
        let event = format!("select min(id) from case_event where case_id = {number} and kind <> 'opened'");
        let event = demo.number(&event).await;
        let own = text(&mut ward, &case).await;
        assert!(own.contains(&format!("{case}/events/{event}\"")));
        assert!(own.contains(&format!("{case}/team\"")));
        assert!(text(&mut ward, &format!("{case}/team")).await.contains("この日で離れる"));
        let mut clinic = demo.sign_in("clinic").await;
        let asked = [("name", "鴨志田花子"), ("birth", "S15.3.3")];
        let found = post(&mut clinic, "/patients/look_up", &asked).await.text();
        let emergency = format!("/patients/{patient}/emergency");
        assert!(found.contains(&format!("class=\"button primary\" href=\"{emergency}\"")));
        let why = [("reason", "救急搬送され、意識がなく、薬を確かめるため")];
        post(&mut clinic, &emergency, &why).await;
        let page = text(&mut clinic, &case).await;
        for what in ["/messages\"", "/team\"", "/tell?", "/events/"] {
            assert!(!page.contains(&format!("{case}{what}")), "{what}");
        }
        for what in [
            "tell?kind=care_manager_found",
            "done?step=screening",
            "messages",
            "team",
            "handovers/new",
            "inquiries/new",
            &format!("events/{event}"),
        ] {
            let answer = clinic.get(&format!("{case}/{what}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
        }
        let mut auditor = demo.sign_in("auditor").await;
        let readers = text(&mut auditor, &format!("/patients/{patient}/readers")).await;
        let read = "select count(*) from audit_entry where deed = 'case.read' and object_kind = 'care_case'
            and outcome = 'done' and object_id = ";
        let read = demo.number(&format!("{read}'{number}'")).await;
        assert!(read >= 2, "the ward and the clinic");
        assert_eq!(readers.matches("ケースを見る").count(), read as usize);
    })
    .await;
}
