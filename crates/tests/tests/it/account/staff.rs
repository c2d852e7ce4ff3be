//! A staff change by a table: tried, written once, mailboxes handed over; and rows that somebody forged.

use axum::http::StatusCode;
use keniki_app::sheet::form::{ID, VERSION};
use keniki_tests::on_both;

use crate::desk::{Demo, Desk};
use crate::search::world::run;
use crate::table::Sheet;

/// What lies in a hidden field of a page, as a form sends it.
fn hidden(page: &str, name: &str) -> String {
    let begin = format!("name=\"{name}\" value=\"");
    let rest = &page[page.find(&begin).unwrap_or_else(|| panic!("{page}")) + begin.len()..];
    let text = rest[..rest.find('"').unwrap()].to_owned();
    let text = text.replace("&#34;", "\"").replace("&#38;", "&");
    let text = text.replace("&#60;", "<").replace("&#62;", ">");
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn form(page: &str) -> String {
    format!(
        "rows={}&seen={}",
        hidden(page, "rows"),
        hidden(page, "seen")
    )
}

struct Hospital {
    demo: Demo,
    id: i64,
    manager: Desk,
}

impl Hospital {
    async fn of(demo: Demo) -> Self {
        let id = "select organization_id from membership where role = 'manager'";
        let leaving = "select account_id from membership where role = 'hospital_discharge'";
        let (id, leaving) = (demo.number(id).await, demo.number(leaving).await);
        let since =
            "update membership set valid_from = '2026-04-01' where role = 'hospital_discharge'";
        run(&demo.db, since).await;
        let mut manager = demo.sign_in("manager").await;
        let path = format!("/offices/{id}/mailboxes/discharge_support");
        let form = format!("account={leaving}");
        let answer = manager.post(&path, &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        Self { demo, id, manager }
    }

    async fn sheet(&mut self) -> Sheet {
        let path = format!("/offices/{}/people.xlsx", self.id);
        let answer = self.manager.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        Sheet::of(&answer.bytes)
    }

    async fn try_out(&mut self, sheet: &Sheet) -> String {
        let path = format!("/offices/{}/people", self.id);
        let answer = self
            .manager
            .send_file(&path, "a.xlsx", &sheet.bytes())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.text()
    }

    async fn write(&mut self, form: &str) -> (StatusCode, String) {
        let path = format!("/offices/{}/people/write", self.id);
        let answer = self.manager.post(&path, form).await;
        (answer.status, answer.text())
    }
}

impl Sheet {
    fn row_of(&self, role: &str) -> usize {
        let at = self.at("役割");
        let row = self.rows.iter().position(|row| row[at] == role);
        row.unwrap_or_else(|| panic!("{role}"))
    }

    fn add(&mut self, cells: &[(&str, &str)]) {
        self.rows.push(vec![String::new(); self.heads.len()]);
        for (head, text) in cells {
            self.put(self.rows.len() - 1, head, text);
        }
    }
}

#[tokio::test]
async fn a_table_invites_ends_and_hands_over_once_and_only_as_it_was_seen() {
    on_both(async |database| {
        let mut hospital = Hospital::of(Demo::of(database).await).await;
        let mut sheet = hospital.sheet().await;
        let role = hospital.role("hospital_discharge");
        let leaving = sheet.row_of(&role);
        assert_eq!(sheet.rows[leaving][sheet.at("窓口")], "退院支援の窓口");
        sheet.put(leaving, "最終日", "令和9年3月31日");
        sheet.put(leaving, "引き継ぐ人", "KITA@example.jp");
        sheet.add(&[("氏名", "試し 北"), ("メールアドレス", "kita@example.jp"), ("役割", &role), ("初日", "2027/4/1")]);
        let trial = hospital.try_out(&sheet).await;
        for words in [
            "招待する（kita@example.jp",
            "令和9年4月1日から",
            "所属を終える（最終日 令和9年3月31日）",
            "窓口を引き継ぐ（退院支援の窓口を試し 北さんへ）",
            "変わりません",
        ] {
            assert!(trial.contains(words), "{words}: {trial}");
        }
        let demo = &hospital.demo;
        let n_invited = "select count(*) from invitation where login = 'kita@example.jp' and revoked_at is null";
        assert_eq!(demo.number(n_invited).await, 0, "nothing is written by a trial");
        let before = demo.number("select count(*) from audit_entry").await;

        let seen = form(&trial);
        let (status, done) = hospital.write(&seen).await;
        assert_eq!(status, StatusCode::OK, "{done}");
        assert!(done.contains("2 行を書き込みました"), "{done}");
        let (status, again) = hospital.write(&seen).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(again.contains("もう書き込まれています"), "{again}");
        let demo = &hospital.demo;
        assert_eq!(demo.number("select count(*) from invitation where login = 'kita@example.jp'").await, 1);
        assert_eq!(
            demo.text("select valid_to from membership where role = 'hospital_discharge'").await,
            "2027-03-31"
        );
        let answering = "select count(*) from mailbox_member";
        assert_eq!(demo.number(answering).await, 1, "whoever leaves answers until then");
        let written = demo.number("select count(*) from audit_entry").await - before;
        assert_eq!(written, 3, "invited, promised, ended");

        let link = done.split("/invitations/").nth(1).unwrap().split('<').next().unwrap();
        let taken = demo.nobody().post(&format!("/invitations/{link}"), "password=umi-tanuki-8-kissaten").await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
        let joined = "select count(*) from mailbox_member m join account a on a.id = m.account_id where a.login = 'kita@example.jp'";
        assert_eq!(demo.number(joined).await, 1);

        // The table of before is old for that row alone; an empty last day opens the role again.
        let old = hospital.try_out(&sheet).await;
        assert!(old.contains("表を受け取ったあとで内容が変わりました"), "{old}");
        let mut sheet = hospital.sheet().await;
        let is_leaving = |row: &Vec<String>| row.contains(&"2027-03-31".to_owned());
        let leaving = sheet.rows.iter().position(is_leaving).unwrap();
        sheet.put(leaving, "最終日", "");
        let trial = hospital.try_out(&sheet).await;
        assert!(trial.contains("終わりなし"), "{trial}");
        let (status, _) = hospital.write(&form(&trial)).await;
        assert_eq!(status, StatusCode::OK);
        let open = "select count(*) from membership where role = 'hospital_discharge' and valid_to is null";
        assert_eq!(hospital.demo.number(open).await, 2);
    })
    .await;
}

impl Hospital {
    fn role(&self, code: &str) -> String {
        let roles = self.demo.state.definitions.roles();
        roles
            .iter()
            .find(|it| it.code == code)
            .unwrap()
            .name
            .clone()
    }
}

#[tokio::test]
async fn forged_and_wrong_rows_are_refused_alone() {
    on_both(async |database| {
        let mut hospital = Hospital::of(Demo::of(database).await).await;
        let whole = hospital.sheet().await;
        let foreign = "select min(id) from membership where role = 'pharmacy'";
        let foreign = hospital.demo.number(foreign).await.to_string();
        let (role, ward) = (
            hospital.role("hospital_discharge"),
            hospital.role("hospital_ward"),
        );
        let (high, elsewhere) = (
            hospital.role("operator"),
            hospital.role("health_center_planning"),
        );
        let manager = hospital.role("manager");
        let unknown = "番号の列が変わっているか";
        let n_refused = "select count(*) from audit_entry where outcome = 'refused'";
        let before = hospital.demo.number(n_refused).await;
        for (row, changes, wrong) in [
            (&role, &[(ID, foreign.as_str())][..], unknown),
            (&role, &[(ID, "0")], unknown),
            (&role, &[(ID, "9223372036854775808")], unknown),
            (&role, &[(VERSION, "x")], "内容が変わりました"),
            (
                &role,
                &[("氏名", "=HYPERLINK(1)")],
                "「氏名」は、この表では変えられません",
            ),
            (
                &role,
                &[("役割", &*manager)],
                "「役割」は、この表では変えられません",
            ),
            (
                &role,
                &[("最終日", "2027-02-30")],
                "「最終日」を読み取れません",
            ),
            (&role, &[("最終日", "2026-11-22")], "きのうより前"),
            (
                &role,
                &[("引き継ぐ人", "x@example.jp")],
                "最終日も書いてください",
            ),
            (
                &role,
                &[("最終日", "R9.3.31"), ("引き継ぐ人", "x@example.jp")],
                "引き継ぐ人が見つかりません",
            ),
            (
                &manager,
                &[("最終日", "R9.3.31")],
                "ご自分の所属は変えられません",
            ),
            (
                &ward,
                &[("最終日", "R9.3.31"), ("引き継ぐ人", "x@example.jp")],
                "引き継ぐ人は要りません",
            ),
        ] {
            let mut sheet = hospital.sheet().await;
            let at = sheet.row_of(row);
            sheet.rows = vec![sheet.rows[at].clone()];
            for (head, text) in changes {
                sheet.put(0, head, text);
            }
            let page = hospital.try_out(&sheet).await;
            assert!(
                page.contains(wrong) && page.contains("受け付けません"),
                "{wrong}: {page}"
            );
            assert!(!page.contains("name=\"seen\""), "nothing to write: {wrong}");
        }
        assert_eq!(
            hospital.demo.number(n_refused).await,
            before + 1,
            "the foreign one is written down"
        );

        let mut sheet = whole;
        let at = sheet.row_of(&role);
        let row = sheet.rows[at].clone();
        sheet.rows.push(row);
        for cells in [
            [
                ("氏名", "甲"),
                ("メールアドレス", "a@example.jp"),
                ("役割", &*high),
            ],
            [
                ("氏名", "乙"),
                ("メールアドレス", "b@example.jp"),
                ("役割", &*elsewhere),
            ],
            [("氏名", "丙"), ("メールアドレス", "c"), ("役割", &*role)],
            [
                ("氏名", "丁"),
                ("メールアドレス", "d@example.jp"),
                ("役割", "院長"),
            ],
            [
                ("氏名", "<script>alert(1)</script>"),
                ("メールアドレス", "e@example.jp"),
                ("役割", &*role),
            ],
            [
                ("氏名", "戊"),
                ("メールアドレス", "E@example.jp"),
                ("役割", &*role),
            ],
        ] {
            sheet.add(&cells);
        }
        let page = hospital.try_out(&sheet).await;
        for wrong in [
            "同じ所属の行が、前にもあります",
            "この役割を与えられるのは、システムの運用者だけです",
            "この役割は、この組織では持てません",
            "メールアドレスの形が違います",
            "「院長」という役割はありません",
            "同じ役割で招待する行が、前にもあります",
            "のうち 1 行を書き込みます",
        ] {
            assert!(page.contains(wrong), "{wrong}: {page}");
        }
        assert!(!page.contains("<script>alert"), "{page}");
        let seen = form(&page);
        let (status, _) = hospital.write(&seen.replace("&seen=", "&seen=0")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (status, page) = hospital.write(&seen).await;
        assert!(
            status == StatusCode::OK && page.contains("1 行を書き込みました"),
            "{page}"
        );
        for rows in ["", "%5B%5D", "%7B%7D", "%5B%7B%22number%22%3A-1%7D%5D"] {
            let (status, _) = hospital.write(&format!("rows={rows}&seen=0")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{rows}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_table_too_long_or_too_large_is_refused_whole_and_the_last_manager_is_warned_of() {
    on_both(async |database| {
        let mut hospital = Hospital::of(Demo::of(database).await).await;
        let mut sheet = hospital.sheet().await;
        let path = format!("/offices/{}/people", hospital.id);
        for n in 0..1_001 {
            sheet.add(&[("氏名", &n.to_string())]);
        }
        let answer = hospital
            .manager
            .send_file(&path, "a.xlsx", &sheet.bytes())
            .await;
        assert!(
            answer.text().contains("1000行より多い"),
            "{}",
            answer.text()
        );
        let large = vec![b'a'; 33 << 20];
        let answer = hospital.manager.send_file(&path, "a.xlsx", &large).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let answer = hospital
            .manager
            .send_file(&path, "a.xlsx", b"PK\x03\x04broken")
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);

        let mut sheet = hospital.sheet().await;
        let at = sheet.row_of(&hospital.role("manager"));
        sheet.put(at, "最終日", "2027-03-31");
        hospital.manager = hospital.demo.sign_in("operator").await;
        let page = hospital.try_out(&sheet).await;
        assert!(
            page.contains("アカウントを管理する人が、この組織にいなくなります"),
            "{page}"
        );
    })
    .await;
}
