//! What people write to one another and attach on pages, on both engines: kept once, opened by whom it is for alone, and
//! refused without losing what was typed.

use axum::http::StatusCode;
use keniki_base::id::PatientId;
use keniki_tests::{TestDatabase, on_both};

use crate::desk::{Demo, Desk};
use crate::forms::typed;

const PDF: &[u8] = b"%PDF-1.7 invented";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 invented";
const PROGRAM: &[u8] = b"MZ\x90\0";

/// A care manager's client, in whose case the hospital has a part; the pharmacy has none.
pub struct Stage {
    pub demo: Demo,
    pub manager: Desk,
    pub hospital: Desk,
    stranger: Desk,
    pub patient: PatientId,
    pub case: String,
}

impl Stage {
    pub async fn of(database: TestDatabase) -> Self {
        let demo = Demo::of(database).await;
        let patient = demo.patient_of("care_manager").await;
        let organization = demo.by("hospital_discharge").await.organization.unwrap();
        let mut manager = demo.sign_in("care_manager").await;
        let form =
            format!("choice=discharge_support+care_manager&organization={organization}&key=k");
        let opened = manager
            .post(&format!("/patients/{patient}/cases/new"), &form)
            .await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
        let case = opened.location.split('/').nth(2).unwrap();
        Self {
            case: format!("/cases/{case}"),
            hospital: demo.sign_in("hospital_discharge").await,
            stranger: demo.sign_in("pharmacy").await,
            patient,
            manager,
            demo,
        }
    }

    async fn number(&self, sql: &str) -> i64 {
        self.demo
            .number(&format!("select count(*) from {sql}"))
            .await
    }

    /// To who has no part in it there is nothing at this address.
    async fn hides(&mut self, path: &str) {
        let answer = self.stranger.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

pub async fn page(desk: &mut Desk, path: &str) -> String {
    let answer = desk.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

/// The address in a page that begins so.
fn link(html: &str, start: &str) -> String {
    let at = html.find(&format!("href=\"{start}"));
    let rest = &html[at.unwrap_or_else(|| panic!("no {start}")) + 6..];
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_message_is_read_by_the_care_team_and_counted_until_then() {
    on_both(async |database| {
        let mut stage = Stage::of(database).await;
        let thread = format!("{}/messages", stage.case);
        let notice = "緊急の連絡には使わないでください。急ぐときは電話で";
        let empty = page(&mut stage.hospital, &thread).await;
        assert!(empty.contains(notice) && empty.contains("まだありません"));
        let words = [
            ("key", "m1"),
            ("topic", "discharge"),
            ("text", "<b>金曜</b>の午後です"),
            ("phone", "0990-11-0001"),
        ];
        let files = [("file", "plan.pdf", PDF), ("file", "b.jpg", JPEG)];
        let sent = stage.hospital.send(&thread, &words, &files).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let twice = stage.hospital.send(&thread, &words, &files).await;
        assert_eq!(twice.location, sent.location);
        assert_eq!(
            (
                stage.number("message").await,
                stage.number("attachment").await
            ),
            (1, 2)
        );
        // Unread where work begins, in the list, on the case; for whoever wrote it, nowhere.
        for (path, said) in [
            ("/", "未読の連絡があるケース <strong>1</strong> 件"),
            ("/cases", "未読の連絡 1<span"),
            ("/cases?form=board", "未読の連絡 1<span"),
            ("/cases?view=unread", "未読の連絡 1<span"),
            (&stage.case.clone(), "連絡（未読 1 件）"),
        ] {
            assert!(
                page(&mut stage.manager, path).await.contains(said),
                "{path}"
            );
            assert!(
                !page(&mut stage.hospital, path).await.contains(said),
                "{path}"
            );
        }
        let read = page(&mut stage.manager, &thread).await;
        for part in [
            "&#60;b&#62;金曜",
            "新着",
            "入退院の準備",
            "0990-11-0001",
            "plan.pdf",
            "b.jpg",
        ] {
            assert!(read.contains(part), "{part}");
        }
        assert!(!read.contains("訂正する"), "another organization's");
        assert!(!page(&mut stage.manager, &thread).await.contains("新着"));
        let case = stage.case.clone();
        assert!(!page(&mut stage.manager, &case).await.contains("未読"));
        let file = link(&read, &format!("{thread}/files/"));
        assert_eq!(stage.manager.get(&file).await.bytes, PDF);
        // Whoever has no part in it learns nothing, and writes nothing.
        for path in [&*thread, &file] {
            stage.hides(path).await;
        }
        let refused = stage.stranger.send(&thread, &words, &files).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        // One's own is corrected once, and what was said stays.
        let own = page(&mut stage.hospital, &thread).await;
        let correct = link(&own, &format!("{thread}?correct="));
        let form = page(&mut stage.hospital, correct.split('#').next().unwrap()).await;
        assert!(form.contains("連絡を訂正する") && form.contains("name=\"former\" value=\"1\""));
        let words = [
            ("key", "m2"),
            ("former", "1"),
            ("topic", "discharge"),
            ("text", "土曜です"),
        ];
        let sent = stage.hospital.send(&thread, &words, &[]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let corrected = page(&mut stage.manager, &thread).await;
        assert!(corrected.contains("訂正されました") && corrected.contains("土曜です"));
        assert!(corrected.contains("金曜"));
        assert!(
            stage
                .number("audit_entry where deed = 'message.read' and outcome = 'done'")
                .await
                >= 6
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_not_taken_takes_nothing_typed_with_it() {
    on_both(async |database| {
        let mut stage = Stage::of(database).await;
        let thread = format!("{}/messages", stage.case);
        let words = [
            ("key", "m"),
            ("topic", "other"),
            ("text", "転倒に注意"),
            ("phone", ""),
        ];
        let large = [PDF, &vec![0; 21 << 20]].concat();
        let larger = vec![0; 33 << 20];
        for (content, status, sentence) in [
            (PROGRAM, 422, "添付できない種類"),
            (b"", 422, "空のファイル"),
            (&*large, 422, "大きすぎます（20 MBまで）"),
            (&*larger, 413, "ファイルが大きすぎます"),
        ] {
            let file = [("file", "a.pdf", content)];
            let refused = stage.hospital.send(&thread, &words, &file).await;
            let text = refused.text();
            assert_eq!(refused.status, status, "{sentence}");
            assert!(
                text.contains(sentence) && text.contains("転倒に注意</textarea>"),
                "{sentence}"
            );
            assert!(text.contains("value=\"other\" selected") && text.contains("value=\"m\""));
        }
        for (field, typed) in [("text", " "), ("topic", "chat"), ("phone", "内線3")] {
            let mut words = words.to_vec();
            words.retain(|(name, _)| *name != field);
            words.push((field, typed));
            let refused = stage.hospital.send(&thread, &words, &[]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        }
        assert_eq!(
            (
                stage.number("message").await,
                stage.number("attachment").await
            ),
            (0, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn the_paper_of_an_event_and_of_a_receipt_is_opened_from_the_timeline() {
    on_both(async |database| {
        let mut stage = Stage::of(database).await;
        let case = stage.case.clone();
        let words = [
            ("kind", "admitted"),
            ("day", "R8.11.24"),
            ("time", "09:00"),
            ("key", "t"),
        ];
        let tell = format!("{case}/tell");
        let wrong = [("file", "a.pdf", PROGRAM)];
        let refused = stage.manager.send(&tell, &words, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text().contains("添付できない種類")
                && refused.text().contains("value=\"09:00\"")
        );
        let paper = [("file", "notice.pdf", PDF)];
        let told = stage.manager.send(&tell, &words, &paper).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text());
        let shown = page(&mut stage.hospital, &case).await;
        let file = link(&shown, &format!("{case}/events/"));
        assert!(
            shown.contains("書類：") && file.ends_with("/file"),
            "{file}"
        );
        assert_eq!(stage.hospital.get(&file).await.bytes, PDF);
        stage.hides(&file).await;

        let done = format!("{case}/done");
        let words = [
            ("step", "admission_information"),
            ("channel", "fax"),
            ("day", "R8.11.24"),
            ("time", "09:30"),
            ("whom", "地域連携室<b>"),
            ("note", "2枚"),
            ("key", "d"),
        ];
        let refused = stage.manager.send(&done, &words, &wrong).await;
        let text = refused.text();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for part in [
            "添付できない種類",
            "地域連携室&#60;b&#62;",
            "2枚",
            "value=\"fax\" checked",
        ] {
            assert!(text.contains(part), "{part}");
        }
        let paper = [("file", "form.jpg", JPEG)];
        for _ in 0..2 {
            let sent = stage.manager.send(&done, &words, &paper).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        }
        assert_eq!(
            stage
                .number("case_event where kind = 'done' and attachment_id is not null")
                .await,
            1
        );
        assert_eq!(stage.number("attachment").await, 2, "sent twice, kept once");
        let event = stage
            .demo
            .number("select max(id) from case_event where attachment_id is not null")
            .await;
        let file = format!("{case}/events/{event}/file");
        assert!(page(&mut stage.hospital, &case).await.contains(&file));
        assert_eq!(stage.hospital.get(&file).await.bytes, JPEG);
        stage.hides(&file).await;
        let nothing = format!("{case}/events/1/file");
        assert_eq!(
            stage.hospital.get(&nothing).await.status,
            StatusCode::NOT_FOUND
        );
        // A form without a file goes as ever.
        let sent = stage
            .manager
            .post(
                &done,
                "step=admission_information&channel=phone&day=R8.11.24&time=09:40&key=e",
            )
            .await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    })
    .await;
}

#[tokio::test]
async fn the_signed_paper_of_a_consent_is_opened_from_the_record() {
    on_both(async |database| {
        let mut stage = Stage::of(database).await;
        let record = format!("/patients/{}", stage.patient);
        let consents = format!("{record}/consents");
        let words = [
            ("scope", "care"),
            ("given_by", "user"),
            ("basis", "consent"),
            ("purpose", "在宅療養を支えるため"),
            ("valid_from", "R8.11.1"),
        ];
        let refused = stage
            .manager
            .send(&consents, &words, &[("file", "a.pdf", PROGRAM)])
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        assert!(
            text.contains("添付できない種類") && text.contains("在宅療養を支えるため</textarea>")
        );
        let large = vec![0; 33 << 20];
        let refused = stage
            .manager
            .send(&consents, &words, &[("file", "a.pdf", &large)])
            .await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(refused.text().contains("在宅療養を支えるため</textarea>"));
        assert_eq!(
            (
                stage.number("consent").await,
                stage.number("attachment").await
            ),
            (0, 0)
        );
        let sent = stage
            .manager
            .send(&consents, &words, &[("file", "signed.pdf", PDF)])
            .await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        for path in [&record, &consents] {
            let file = link(
                &page(&mut stage.manager, path).await,
                &format!("{consents}/"),
            );
            assert!(file.ends_with("/file"), "{file}");
            assert_eq!(stage.manager.get(&file).await.bytes, PDF);
            stage.hides(&file).await;
        }
        // Under the record of somebody else it is not there.
        let other = stage.demo.patient_of("care_manager").await;
        let elsewhere = format!("/patients/{other}/consents/1/file");
        assert_eq!(
            stage.manager.get(&elsewhere).await.status,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

#[tokio::test]
async fn the_file_of_a_form_is_kept_with_it_named_everywhere_and_carried_on() {
    on_both(async |database| {
        let mut stage = Stage::of(database).await;
        let form = stage.demo.form("admission_info");
        let (version, pairs) = (form.version.clone(), typed(form, "見本"));
        let forms = format!("/patients/{}/forms", stage.patient);
        let new = format!("{forms}/admission_info/new");
        let filled = |picture: &'static str, own: &[(&'static str, &'static str)]| {
            let mut words: Vec<(String, String)> = pairs.clone();
            words.retain(|(name, _)| name != "home_picture");
            words.push(("home_picture".to_owned(), picture.to_owned()));
            words.push(("_version".to_owned(), version.clone()));
            words.extend(
                own.iter()
                    .map(|(name, word)| ((*name).to_owned(), (*word).to_owned())),
            );
            words
        };
        async fn send(
            desk: &mut Desk,
            path: &str,
            words: &[(String, String)],
            files: &[(&str, &str, &[u8])],
        ) -> crate::desk::Answer {
            let words: Vec<(&str, &str)> = words.iter().map(|(a, b)| (&**a, &**b)).collect();
            desk.send(path, &words, files).await
        }
        let empty = page(&mut stage.manager, &new).await;
        assert!(empty.contains("type=\"file\" name=\"home_picture.file\""));
        let words = filled("", &[("_key", "k1")]);
        let wrong = [("home_picture.file", "home.jpg", PROGRAM)];
        let refused = send(&mut stage.manager, &new, &words, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        for part in [
            "添付できない種類",
            "href=\"#f-home_picture\"",
            "もう一度選んで",
            "見本",
        ] {
            assert!(text.contains(part), "{part}");
        }
        let large = vec![0; 33 << 20];
        let refused = send(
            &mut stage.manager,
            &new,
            &words,
            &[("home_picture.file", "a", &large)],
        )
        .await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(refused.text().contains("見本"));
        assert_eq!(
            (
                stage.number("form_record").await,
                stage.number("attachment").await
            ),
            (0, 0)
        );
        let right = [("home_picture.file", "home.jpg", JPEG)];
        let sent = send(&mut stage.manager, &new, &words, &right).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let twice = send(&mut stage.manager, &new, &words, &right).await;
        assert_eq!(twice.location, sent.location);
        assert_eq!(stage.number("attachment").await, 1, "sent twice, kept once");
        let record = sent.location;
        let shown = page(&mut stage.manager, &record).await;
        let file = link(&shown, &format!("{record}/files/"));
        assert_eq!(stage.manager.get(&file).await.bytes, JPEG);
        stage.hides(&file).await;
        // Named in print, workbook and table.
        let print = stage.manager.get(&format!("{record}/print.pdf")).await;
        assert!(print.bytes.starts_with(b"%PDF"));
        let book = stage.manager.get(&format!("{record}/form.xlsx")).await;
        let sheet = format!("{forms}/admission_info/sheet");
        let taken = stage.manager.send_file(&sheet, "a.xlsx", &book.bytes).await;
        assert!(taken.text().contains("いまのファイル：home.jpg"));
        let csv = stage.manager.get("/forms.csv?form=admission_info").await;
        assert!(csv.text().contains("home.jpg"));
        // The next one begins with it: the same file hangs on both.
        assert!(
            page(&mut stage.manager, &new)
                .await
                .contains("いまのファイル：home.jpg")
        );
        let next = filled("home.jpg", &[("_key", "k2"), ("_former", "1")]);
        let sent = send(&mut stage.manager, &new, &next, &[]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let shown = page(&mut stage.manager, &sent.location).await;
        let carried = link(&shown, &format!("{}/files/", sent.location));
        assert_eq!(stage.manager.get(&carried).await.bytes, JPEG);
        assert_eq!(
            (
                stage.number("form_attachment").await,
                stage.number("attachment").await
            ),
            (2, 1)
        );
        // A name without a file is none; it is taken away.
        let bare = filled("other.jpg", &[("_key", "k3"), ("_former", "1")]);
        let refused = send(&mut stage.manager, &new, &bare, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("ファイル「other.jpg」がありません"));
        let drop = ("home_picture.drop", "1");
        let dropped = filled("home.jpg", &[("_key", "k3"), ("_former", "1"), drop]);
        let sent = send(&mut stage.manager, &new, &dropped, &[]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        assert_eq!(stage.number("form_attachment").await, 2);
    })
    .await;
}
