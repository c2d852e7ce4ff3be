//! Forms that are filled in and kept: written, read, printed, carried by workbook; by whom they may be seen; on both engines.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::http::StatusCode;
use keniki_app::account::By;
use keniki_app::account::policy::Actor;
use keniki_app::database;
use keniki_app::definition::form::{Form, Kind};
use keniki_app::form::Raw;
use keniki_app::form::read::read;
use keniki_app::form::record::list;
use keniki_app::patient::birth::Birth;
use keniki_app::patient::name::{Name, Use};
use keniki_app::patient::record::{Home, Record, Sex};
use keniki_app::patient::register::{NewPatient, register};
use keniki_base::clock::{Clock, jst_day};
use keniki_base::id::PatientId;
use keniki_tests::on_both;

use crate::desk::{Demo, Desk};
use crate::search::world::run;

const FORM: &str = "admission_info";

impl Demo {
    /// On whose behalf the invented person of a role acts.
    pub async fn by(&self, role: &str) -> By {
        let of = format!("from membership where role = '{role}' order by id limit 1");
        let account = self.number(&format!("select account_id {of}")).await;
        let organization = self.number(&format!("select organization_id {of}")).await;
        let actor = Actor {
            account: account.into(),
            organization: organization.into(),
            role: role.to_owned(),
            municipalities: BTreeSet::new(),
            area: BTreeSet::new(),
        };
        By::actor(&actor, self.state.definitions.policy(), "test")
    }

    /// Somebody whom the organization of a role has registered.
    pub async fn patient_of(&self, role: &str) -> PatientId {
        let (by, now) = (self.by(role).await, self.clock.now());
        let name = Name::parse(Use::Official, ("汐見", "千代"), ("シオミ", "チヨ")).unwrap();
        let new = NewPatient {
            record: Record {
                names: vec![name],
                sex: Sex::Female,
                birth: Birth::parse("S15.3.3", jst_day(now)).unwrap(),
                died_on: None,
                home: Home {
                    address: Some("汐見市みなと町1-2-3".to_owned()),
                    ..Home::default()
                },
                identifiers: Vec::new(),
                levels: Vec::new(),
            },
            role: "care_management".to_owned(),
            staff: "見本 一郎".to_owned(),
        };
        let rule = self.state.definitions.patients();
        let done = database::write(&self.db, async |tx| register(tx, rule, &by, new, now).await);
        done.await.unwrap()
    }

    /// A case of a patient, in whose care team the organization of a role is.
    async fn case_of(&self, patient: PatientId, role: &str) -> i64 {
        let organization = self.by(role).await.organization.unwrap();
        let sql = format!(
            "insert into care_case (patient_id, program, program_version, access, stage, hospital_id, admitted_on, opened_at, changed_at)
             values ({patient}, 'discharge_support', '2026-04-01', 'protected', 'admitted', {organization}, '2026-11-20', '2026-11-20T00:00:00.000000Z', '2026-11-20T00:00:00.000000Z')"
        );
        run(&self.db, &sql).await;
        let case = self.number("select max(id) from care_case").await;
        let sql = format!(
            "insert into care_team (patient_id, case_id, organization_id, role, valid_from, created_at)
             values ({patient}, {case}, {organization}, 'hospital', '2026-11-20', '2026-11-20T00:00:00.000000Z')"
        );
        run(&self.db, &sql).await;
        case
    }

    pub fn form(&self, code: &str) -> &Form {
        self.state
            .definitions
            .form(code, jst_day(self.clock.now()))
            .unwrap()
    }
}

/// Every field with something that its kind takes.
pub fn typed(form: &Form, words: &str) -> Vec<(String, String)> {
    let text = |kind: &Kind| match kind {
        Kind::Text { length, .. } => words.chars().take(*length).collect(),
        Kind::Number(measure) => measure.min.unwrap_or(1.0).to_string(),
        Kind::Date => "R8.11.20".to_owned(),
        Kind::DateTime => "R8.11.20 14:30".to_owned(),
        kind => kind
            .choices()
            .last()
            .map_or_else(String::new, |it| it.code.clone()),
    };
    let mut pairs = Vec::new();
    for item in form.items() {
        match &item.kind {
            Kind::Table { columns, .. } => {
                for column in columns {
                    pairs.push((
                        format!("{}.0.{}", item.code, column.code),
                        text(&column.kind),
                    ));
                }
            }
            Kind::Scale(parts) => {
                for part in parts {
                    pairs.push((
                        format!("{}.{}", item.code, part.code),
                        part.scores[0].to_string(),
                    ));
                }
            }
            kind => pairs.push((item.code.clone(), text(kind))),
        }
    }
    pairs
}

fn body(pairs: &[(String, String)], own: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let all = pairs.iter().map(|(name, text)| (&**name, &**text));
    for (name, text) in all.chain(own.iter().copied()) {
        let _ = write!(out, "{name}=");
        for byte in text.bytes() {
            let _ = write!(out, "%{byte:02X}");
        }
        out.push('&');
    }
    out
}

async fn page(desk: &mut Desk, path: &str) -> String {
    let answer = desk.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

#[tokio::test]
async fn a_form_is_written_once_read_printed_and_carried_by_workbook() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let patient = demo.patient_of("care_manager").await;
        let forms = format!("/patients/{patient}/forms");
        let new = format!("{forms}/{FORM}/new");
        let mut manager = demo.sign_in("care_manager").await;
        let begun = page(&mut manager, &new).await;
        let writer = "select a.name from account a join membership m on m.account_id = a.id
            where m.role = 'care_manager' order by m.id limit 1";
        let writer = demo.text(writer).await;
        assert_ne!(writer, "見本 一郎", "another stands in the care team");
        for known in ["汐見 千代", "令和8年11月24日", &writer, "昭和15年3月3日"] {
            assert!(begun.contains(&format!("value=\"{known}\"")), "{known}");
        }
        let form = demo.form(FORM);
        let own = [("_version", &*form.version), ("_key", "k1")];
        let pairs = typed(form, "転倒に注意。<b>");
        // Kept while it is typed, for its author alone.
        let draft = manager
            .post(&format!("{new}/draft"), &body(&pairs, &own))
            .await;
        assert_eq!(draft.status, StatusCode::NO_CONTENT, "{}", draft.text());
        let again = page(&mut manager, &new).await;
        assert!(
            again.contains("今日 10:00の書きかけ") && again.contains("転倒に注意。&#60;b&#62;")
        );
        assert!(again.contains("value=\"k1\""), "the same page, sent once");
        // What is wrong stands beside its field, and nothing is lost.
        let wrong: Vec<_> = pairs
            .iter()
            .filter(|(name, _)| name != "admitted_on")
            .cloned()
            .collect();
        let refused = manager.post(&new, &body(&wrong, &own)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text().contains("href=\"#f-admitted_on\"")
                && refused.text().contains("転倒に注意")
        );
        assert_eq!(demo.number("select count(*) from form_record").await, 0);
        // Sent twice, it is one; sent again with other words, it is refused.
        let sent = manager.post(&new, &body(&pairs, &own)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let twice = manager.post(&new, &body(&pairs, &own)).await;
        assert_eq!(twice.location, sent.location);
        let other = manager.post(&new, &body(&typed(form, "ほか"), &own)).await;
        assert_eq!(other.status, StatusCode::CONFLICT);
        assert_eq!(demo.number("select count(*) from form_record").await, 1);
        assert_eq!(demo.number("select count(*) from draft").await, 0);
        let record = sent.location;
        let shown = page(&mut manager, &record).await;
        assert!(shown.contains("転倒に注意。&#60;b&#62;") && shown.contains("汐見 千代さん"));
        let print = manager.get(&format!("{record}/print.pdf")).await;
        assert!(print.status == StatusCode::OK && print.bytes.starts_with(b"%PDF"));
        // The next begins with it, and says what is otherwise.
        let next = page(&mut manager, &new).await;
        assert!(next.contains("転倒に注意") && next.contains("前回の入院時情報提供書"));
        assert!(next.contains("前回：令和8年11月20日"), "what is asked anew");
        let signed = format!("name=\"care_manager_name\" value=\"{writer}\"");
        assert!(next.contains(&signed), "whoever writes signs");
        let next = [
            ("_version", &*form.version),
            ("_key", "k2"),
            ("_former", record.rsplit('/').next().unwrap()),
        ];
        let next = manager
            .post(&new, &body(&typed(form, "変わりなし"), &next))
            .await;
        let compared = page(&mut manager, &next.location).await;
        assert!(
            compared.contains("か所が変わりました")
                && compared.contains("前回：<span class=\"lines\">転倒に注意")
        );
        assert!(page(&mut manager, &record).await.contains("次の記録"));
        assert!(
            page(&mut manager, &forms)
                .await
                .contains("書かれた様式（2）")
        );
        // The workbook of a record comes back as it went out.
        let book = manager.get(&format!("{record}/form.xlsx")).await;
        let taken = manager
            .send_file(&format!("{forms}/{FORM}/sheet"), "a.xlsx", &book.bytes)
            .await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
        assert!(
            taken.text().contains("転倒に注意。&#60;b&#62;")
                && taken.text().contains("まだ保存していません")
        );
        let faults = manager
            .post(&format!("{new}.xlsx"), &body(&wrong, &own))
            .await;
        let taken = manager
            .send_file(&format!("{forms}/{FORM}/sheet"), "a.xlsx", &faults.bytes)
            .await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        // As a table.
        let csv = manager.get(&format!("/forms.csv?form={FORM}")).await.text();
        assert!(
            csv.lines().count() >= 3 && csv.contains("令和8年11月24日 10:00"),
            "{csv}"
        );
        // Annulled with a reason alone, once, and still to be read.
        let none = manager.post(&format!("{record}/annul"), "reason=+").await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = manager
            .post(
                &format!("{record}/annul"),
                "reason=%E4%BA%BA%E9%81%95%E3%81%84",
            )
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let again = manager.post(&format!("{record}/annul"), "reason=a").await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let shown = page(&mut manager, &record).await;
        assert!(shown.contains("取り消されています") && shown.contains("人違い"));
        assert!(
            manager
                .get(&format!("{record}/print.pdf"))
                .await
                .bytes
                .starts_with(b"%PDF")
        );
        for (deed, n) in [("form.write", 3), ("form.read", 10)] {
            let sql = format!(
                "select count(*) from audit_entry where deed = '{deed}' and outcome = 'done'"
            );
            assert!(demo.number(&sql).await >= n, "{deed}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_is_nothing_to_whoever_is_not_in_the_care_team() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let patient = demo.patient_of("care_manager").await;
        let other = demo.patient_of("hospital_discharge").await;
        let case = demo.case_of(other, "hospital_discharge").await;
        let form = demo.form(FORM);
        let pairs = typed(form, "見本");
        let mut manager = demo.sign_in("care_manager").await;
        let mut nurse = demo.sign_in("hospital_discharge").await;
        let new = format!("/patients/{patient}/forms/{FORM}/new");
        let own = [("_version", &*form.version), ("_key", "k")];
        let record = manager.post(&new, &body(&pairs, &own)).await.location;
        let refused = |n: &'static str| {
            format!(
                "select count(*) from audit_entry where outcome = 'refused' and deed like '{n}'"
            )
        };
        for path in [
            record.clone(),
            format!("{record}/print.pdf"),
            format!("{record}/form.xlsx"),
            format!("/patients/{patient}/forms"),
            new.clone(),
            format!("{new}.xlsx"),
        ] {
            assert_eq!(
                nurse.get(&path).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        for path in [
            new.clone(),
            format!("{new}/draft"),
            format!("{new}.xlsx"),
            format!("{record}/annul"),
        ] {
            let answer = nurse.post(&path, &body(&pairs, &own)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(demo.number(&refused("form.%")).await >= 10);
        // A hidden number of somebody else: a record, a case; one that is none.
        let theirs = format!("/patients/{other}/forms/{FORM}/new");
        let id = record.rsplit('/').next().unwrap();
        for (name, number) in [
            ("_former", id),
            ("_case", "999"),
            ("_case", "' or 1=1"),
            ("_former", "-1"),
        ] {
            let own = [("_version", &*form.version), ("_key", "x"), (name, number)];
            let answer = nurse.post(&theirs, &body(&pairs, &own)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name} {number}");
        }
        for path in [
            format!("{new}?case={case}"),
            format!("{theirs}?former={id}"),
            format!("/patients/{patient}/forms?case={case}"),
        ] {
            let answer = manager.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(demo.number("select count(*) from form_record").await, 1);
        assert!(
            !nurse
                .get(&format!("/forms.csv?form={FORM}"))
                .await
                .text()
                .contains("汐見 千代")
        );
        // In a case of one's own the hospital and the day are known.
        let begun = page(&mut nurse, &format!("{theirs}?case={case}")).await;
        assert!(
            begun.contains("value=\"令和8年11月20日\""),
            "the day of admission"
        );
        let case = case.to_string();
        let own = [
            ("_version", &*form.version),
            ("_key", "x"),
            ("_case", &*case),
        ];
        let sent = nurse.post(&theirs, &body(&pairs, &own)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        assert!(
            page(&mut nurse, &sent.location)
                .await
                .contains(&format!("case={case}"))
        );
    })
    .await;
}

/// Records with and without a case, of several patients: seen alone = in the list = in the count, for every role.
#[tokio::test]
async fn a_record_is_listed_and_counted_for_whom_it_is_seen_alone() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut patients = Vec::new();
        for (role, case) in [("care_manager", "hospital_discharge"), ("hospital_ward", "clinic"), ("pharmacy", "care_manager")] {
            let patient = demo.patient_of(role).await;
            let case = demo.case_of(patient, case).await;
            for case in ["null".to_owned(), case.to_string()] {
                let sql = format!(
                    "insert into form_record (patient_id, case_id, form, form_version, content, created_at)
                     values ({patient}, {case}, '{FORM}', '{}', '{{}}', '2026-11-24T00:00:00.000000Z')",
                    demo.form(FORM).version
                );
                run(&demo.db, &sql).await;
            }
            patients.push(patient);
        }
        let ids: Vec<i64> = (1..=6).collect();
        let mut n_seen = BTreeSet::new();
        for role in demo.state.definitions.roles() {
            let mut desk = demo.sign_in(&role.code).await;
            let by = demo.by(&role.code).await;
            let (mut listed, mut n) = (String::new(), 0);
            for patient in &patients {
                listed.push_str(&desk.get(&format!("/patients/{patient}/forms")).await.text());
                n += list::count(&demo.db, &by, *patient, demo.clock.now()).await.unwrap();
            }
            let mut seen = 0;
            for id in &ids {
                let alone = desk.get(&format!("/forms/{id}")).await.status == StatusCode::OK;
                let is_listed = listed.contains(&format!("href=\"/forms/{id}\""));
                assert_eq!(alone, is_listed, "{}: {id}", role.code);
                seen += u64::from(alone);
            }
            assert_eq!(seen, n, "{}", role.code);
            n_seen.insert(seen);
        }
        assert!(n_seen.contains(&0) && n_seen.len() > 2, "{n_seen:?}");
    })
    .await;
}

#[tokio::test]
async fn a_record_stays_in_its_version_and_what_is_typed_moves_to_the_new_one() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let patient = demo.patient_of("care_manager").await;
        let form = demo.form(FORM);
        let old = form
            .text
            .replace(&format!("version = \"{}\"", form.version), "version = \"2018\"")
            .replace("label = \"医療機関の担当者\"", "label = \"病院の相談員\"")
            .replace("code = \"hospital_person\"", "code = \"hospital_worker\"");
        let parsed = Form::parse("forms/admission_info.toml", &old).unwrap();
        assert!(parsed.version == "2018" && parsed.item("hospital_worker").is_some());
        let values = read(&parsed, &Raw::of_pairs(typed(&parsed, "見本")), jst_day(demo.clock.now())).values;
        let quoted = |text: &str| text.replace('\'', "''");
        let sql = format!(
            "insert into form_text (code, version, file, text, kept_at) values ('{FORM}', '2018', 'forms/admission_info.toml', '{}', '2018-04-01T00:00:00.000000Z')",
            quoted(&old)
        );
        run(&demo.db, &sql).await;
        let by = demo.by("care_manager").await.organization.unwrap();
        let sql = format!(
            "insert into form_record (patient_id, form, form_version, content, organization_id, created_at)
             values ({patient}, '{FORM}', '2018', '{}', {by}, '2018-11-24T00:00:00.000000Z')",
            quoted(&values.to_json().to_string())
        );
        run(&demo.db, &sql).await;
        let mut manager = demo.sign_in("care_manager").await;
        let shown = page(&mut manager, "/forms/1").await;
        assert!(shown.contains("病院の相談員") && shown.contains("2018版") && shown.contains("新しい版があります"));
        assert!(manager.get("/forms/1/print.pdf").await.bytes.starts_with(b"%PDF"));
        let new = format!("/patients/{patient}/forms/{FORM}/new");
        assert!(page(&mut manager, &new).await.contains("前回の入院時情報提供書"));
        // The page was opened before the new version took effect.
        let own = [("_version", "2018"), ("_key", "k")];
        let mut pairs = typed(&parsed, "見本の文");
        pairs.iter_mut().find(|(name, _)| name == "admitted_on").unwrap().1 = "いつか".to_owned();
        let moved = manager.post(&new, &body(&pairs, &own)).await;
        assert_eq!(moved.status, StatusCode::CONFLICT);
        let text = moved.text();
        assert!(text.contains("新しい様式に移しました") && text.contains("病院の相談員：見本の文"));
        assert!(text.contains("value=\"見本の文\"") && text.contains("value=\"いつか\""), "nothing is lost");
        assert!(text.contains(&format!("name=\"_version\" value=\"{}\"", form.version)));
        assert_eq!(demo.number("select count(*) from form_record").await, 1);
        // A draft of the old version is moved too; a version that nobody knows keeps what has the same name.
        for version in ["2018", "1999"] {
            let own = [("_version", version), ("_key", "k")];
            manager.post(&format!("{new}/draft"), &body(&pairs, &own)).await;
            assert!(page(&mut manager, &new).await.contains("value=\"見本の文\""), "{version}");
        }
    })
    .await;
}

#[tokio::test]
async fn hostile_words_in_every_field_of_every_form_stay_words() {
    let hostile = "\"]#panic(\"x\") $x$ `a` <script>alert(1)</script> #read(\"/etc/passwd\") \\ '; drop table patient; -- =1+1";
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let patient = demo.patient_of("care_manager").await;
        let mut manager = demo.sign_in("care_manager").await;
        let codes: BTreeSet<&str> = demo
            .state
            .definitions
            .forms()
            .iter()
            .map(|it| &*it.code)
            .collect();
        for code in codes {
            let form = demo.form(code);
            let own = [("_version", &*form.version), ("_key", code)];
            let new = format!("/patients/{patient}/forms/{code}/new");
            let sent = manager.post(&new, &body(&typed(form, hostile), &own)).await;
            assert_eq!(
                sent.status,
                StatusCode::SEE_OTHER,
                "{code}: {}",
                sent.text()
            );
            for path in [
                sent.location.clone(),
                new.clone(),
                format!("/patients/{patient}/forms"),
            ] {
                assert!(
                    !page(&mut manager, &path).await.contains("<script>alert"),
                    "{path}"
                );
            }
            let print = manager.get(&format!("{}/print.pdf", sent.location)).await;
            assert!(print.bytes.starts_with(b"%PDF"), "{code}: {}", print.text());
            let csv = manager.get(&format!("/forms.csv?form={code}")).await;
            assert_eq!(csv.status, StatusCode::OK);
        }
        // A field of a megabyte is refused beside its field, fields without end are left out.
        let form = demo.form(FORM);
        let new = format!("/patients/{patient}/forms/{FORM}/new");
        let mut pairs = typed(form, "見本");
        let text = form
            .items()
            .find(|it| matches!(it.kind, Kind::Text { .. }))
            .unwrap();
        pairs.retain(|(name, _)| *name != text.code);
        let own = [("_version", &*form.version), ("_key", "large")];
        let large = format!(
            "{}&{}={}",
            body(&pairs, &own),
            text.code,
            "a".repeat(1024 * 1024)
        );
        let refused = manager.post(&new, &large).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("字までで書いてください"));
        let endless: String = (0..20_000)
            .map(|at| format!("&inventions.{at}.a=b"))
            .collect();
        let refused = manager.post(&new, &endless).await;
        assert!(refused.status.is_client_error());
        let wrong = manager
            .send_file(
                &format!("/patients/{patient}/forms/{FORM}/sheet"),
                "a.xlsx",
                b"no book",
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}
