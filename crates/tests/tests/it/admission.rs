//! A hospital's table of admissions: recognized, tried, written once, and refused row by row.

use keniki_app::account::By;
use keniki_app::case::admission::{self, Outcome, Row, Sheet, Taken};
use keniki_app::case::clients::{self, Client, Counts};
use keniki_app::case::list::{self, Filter};
use keniki_app::case::open::{Opening, Seat};
use keniki_app::database;
use keniki_app::patient::record::Record;
use keniki_app::sheet::form::FormError;
use keniki_base::clock::jst_day;
use keniki_base::id::OrganizationId;
use keniki_tests::on_both;

use crate::patient::{ALL, HOSPITAL, World, hanako, insured};

const HEADS: &str = "患者番号,氏名,カナ,生年月日,性別,入院日,入院時刻,病棟,バックアップ病床,被保険者番号,保険者番号,担当ケアマネ,退院予定日";

const HANAKO: &str = "0123,高橋 花子,ﾀｶﾊｼ ﾊﾅｺ,S15.3.4,女,R8.11.24,9:30,3階西,,,,あり,";
const ICHIRO: &str =
    "0124,見本 一郎,ミホン イチロウ,昭和10年1月2日,1,2026/11/23,,,○,,,なし,R8.12.1";

fn read(table: &str) -> Result<Sheet, FormError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, table).unwrap();
    admission::read_file(&path)
}

fn rows(lines: &[&str]) -> Vec<Row> {
    read(&format!("{HEADS}\n{}\n", lines.join("\n")))
        .unwrap()
        .rows
}

impl World {
    async fn work(&self, by: &By, rows: &[Row], is_trial: bool) -> Taken {
        let agreed = admission::agreed(&self.definitions, by, jst_day(self.now));
        let mut agreed = agreed.iter();
        let under = agreed.find(|it| it.program.code == "discharge_support");
        let what = (under.unwrap(), rows);
        match is_trial {
            true => admission::try_out(&self.db, self.house(), by, what, self.now).await,
            false => admission::take(&self.db, self.house(), by, what, self.now).await,
        }
        .unwrap()
    }

    async fn tried(&self, by: &By, lines: &[&str]) -> Taken {
        self.work(by, &rows(lines), true).await
    }

    /// Tried and then written as the page does: the rows that would write something.
    async fn written(&self, by: &By, lines: &[&str]) -> Taken {
        let tried = self.tried(by, lines).await;
        self.work(by, &seen(&tried), false).await
    }

    async fn clients(&self, by: &By) -> (Counts, Vec<Client>) {
        clients::list(&self.db, &self.definitions, by, ("", ALL), self.now)
            .await
            .unwrap()
    }

    async fn rows_of(&self, table: &str) -> i64 {
        self.number(&format!("select count(*) from {table}")).await
    }
}

fn seen(tried: &Taken) -> Vec<Row> {
    let taken = tried.lines.iter().filter(|it| it.is_taken());
    taken.map(|it| it.row.clone()).collect()
}

fn outcomes(taken: &Taken) -> Vec<Outcome> {
    taken.lines.iter().map(|it| it.outcome.clone()).collect()
}

/// Why the only row is not taken.
fn why(taken: &Taken) -> String {
    match outcomes(taken).as_slice() {
        [Outcome::Wrong(why)] => why.join(" "),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_table_is_tried_without_a_trace_and_written_once() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        world.client().await;
        let before = [
            world.rows_of("patient").await,
            world.rows_of("care_case").await,
            world.rows_of("mail").await,
        ];
        let lines = [HANAKO, ICHIRO];
        let tried = world.tried(&nurse, &lines).await;
        let expected = [
            Outcome::Opened(Some("組織2".to_owned())),
            Outcome::Registered,
        ];
        assert_eq!(outcomes(&tried), expected);
        assert!(tried.lines.iter().all(|it| it.case.is_none()));
        let after = [
            world.rows_of("patient").await,
            world.rows_of("care_case").await,
            world.rows_of("mail").await,
        ];
        assert_eq!(before, after, "nothing was written");
        let looked = "select count(*) from audit_entry where deed = 'patient.look_up' and object_kind = 'organization'";
        assert_eq!(world.number(looked).await, 2, "but whom it looked up");

        let taken = world.work(&nurse, &seen(&tried), false).await;
        assert_eq!(outcomes(&taken), expected);
        assert_eq!(world.cases(&nurse, &Filter::default()).await.len(), 2);
        let own = Filter {
            text: "タカハシ".to_owned(),
            ..Filter::default()
        };
        assert_eq!(world.cases(&manager, &own).await.len(), 1, "she is told");
        let kinds = world
            .texts("select kind from case_event where kind <> 'opened' order by id")
            .await;
        assert!(kinds.contains(&"admitted".to_owned()));
        assert!(kinds.contains(&"emergency_admitted".to_owned()));
        assert!(kinds.contains(&"discharge_planned".to_owned()));
        let number = "select count(*) from patient_identifier where kind = 'medical_record'";
        assert_eq!(world.number(number).await, 2);
        let planned = "select discharge_planned_on from care_case where discharge_planned_on is not null";
        assert_eq!(world.texts(planned).await, ["2026-12-01"]);

        // The same again, also the same that was tried before, writes nothing again.
        let (events, patients) = (
            world.rows_of("case_event").await,
            world.rows_of("patient").await,
        );
        let again = world.work(&nurse, &seen(&tried), false).await;
        assert_eq!(outcomes(&again), [Outcome::Already, Outcome::Already]);
        assert!(again.lines.iter().all(|it| it.case.is_some()));
        let tried = world.tried(&nurse, &lines).await;
        assert_eq!(outcomes(&tried), [Outcome::Already, Outcome::Already]);
        assert_eq!(world.rows_of("case_event").await, events);
        assert_eq!(world.rows_of("patient").await, patients);
    })
    .await;
}

#[tokio::test]
async fn two_writings_at_once_register_nobody_twice() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        let rows = seen(&world.tried(&nurse, &[ICHIRO]).await);
        let (one, other) = tokio::join!(
            world.work(&nurse, &rows, false),
            world.work(&nurse, &rows, false)
        );
        let mut both = [outcomes(&one), outcomes(&other)].concat();
        both.sort_by_key(|it| *it == Outcome::Already);
        assert_eq!(both, [Outcome::Registered, Outcome::Already]);
        assert_eq!(world.rows_of("patient").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_case_that_is_open_goes_on_and_a_number_recognizes() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let patient = world.client().await;
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "care_manager".to_owned(),
            seats: vec![Seat {
                role: "hospital".to_owned(),
                organization: OrganizationId::new(HOSPITAL),
                staff: String::new(),
            }],
            ..Opening::default()
        };
        let case = world.open_case(&manager, patient, opening).await.unwrap();
        let taken = world.written(&nurse, &[HANAKO]).await;
        assert_eq!(outcomes(&taken), [Outcome::Told]);
        assert_eq!(taken.lines[0].case, Some(case));
        // By the hospital's own number, with the kana as it was mistyped.
        let mistyped = HANAKO
            .replace("ﾀｶﾊｼ ﾊﾅｺ", "タカハシ ハナヨ")
            .replace("0123", "123");
        let again = world.tried(&nurse, &[&mistyped]).await;
        assert_eq!(outcomes(&again), [Outcome::Already]);
        let later = HANAKO.replace("R8.11.24", "R8.11.20");
        let told = why(&world.tried(&nurse, &[&later]).await);
        assert!(
            told.contains("すでに入院中（令和8年11月24日から）"),
            "{told}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_admission_that_was_told_by_hand_is_not_told_again() {
    on_both(async |database| {
        let world = World::of(database).await;
        let patient = world.client().await;
        world.admitted(patient, "2026-11-24T00:10:00Z").await;
        let tried = world.tried(&world.nurse(), &[HANAKO]).await;
        assert_eq!(outcomes(&tried), [Outcome::Already]);
    })
    .await;
}

#[tokio::test]
async fn whom_only_people_tell_apart_is_not_written() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        for _ in 0..2 {
            world.register(&nurse, "hospital", hanako()).await;
        }
        let told = why(&world.tried(&nurse, &[HANAKO]).await);
        assert!(
            told.contains("決められません") && told.contains("名前（カナ）が同じ"),
            "{told}"
        );

        // A number of somebody else, elsewhere in the area.
        let other = Record {
            identifiers: vec![insured("0000000012")],
            ..hanako()
        };
        let manager = world.care_manager();
        world.register(&manager, "care_management", other).await;
        let insurer = world
            .texts("select distinct insurer from patient_identifier where insurer is not null")
            .await;
        let row = ICHIRO.replace(",,,なし", &format!(",0000000012,{},なし", insurer[0]));
        let told = why(&world.tried(&nurse, &[&row]).await);
        assert!(
            told.contains("被保険者番号が同じ人が圏域にいます"),
            "{told}"
        );
        assert!(!told.contains("髙橋"), "who it is, is not told");
    })
    .await;
}

#[tokio::test]
async fn a_case_of_others_is_not_told_in_and_what_changed_is_not_written() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let tried = world.tried(&nurse, &[HANAKO]).await;
        assert_eq!(outcomes(&tried), [Outcome::Registered]);
        let patient = world.client().await;
        let changed = world.work(&nurse, &seen(&tried), false).await;
        assert!(why(&changed).contains("確かめたあとで内容が変わりました"));
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "care_manager".to_owned(),
            ..Opening::default()
        };
        world.open_case(&manager, patient, opening).await.unwrap();
        let told = why(&world.tried(&nurse, &[HANAKO]).await);
        assert!(told.contains("ほかの組織が始めています"), "{told}");
        assert_eq!(world.rows_of("patient").await, 1);
    })
    .await;
}

#[tokio::test]
async fn every_fault_of_a_row_is_told_and_nothing_of_it_written() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nurse = world.nurse();
        for (wrong, part) in [
            (HANAKO.replace("S15.3.4", "R9.1.1"), "今日より後"),
            (HANAKO.replace("S15.3.4", "昭和15年"), "年月日まで"),
            (HANAKO.replace("S15.3.4", "1880/3/4"), "130年より前"),
            (HANAKO.replace("R8.11.24", "R8.11.25"), "入院日が今日より後"),
            (
                HANAKO
                    .replace("S15.3.4", "R8.11.24")
                    .replace("R8.11.24,9", "R8.11.23,9"),
                "生まれた日より前",
            ),
            (HANAKO.replace("R8.11.24", "R8.2.30"), "日付"),
            (HANAKO.replace("R8.11.24", ""), "「入院日」を書いてください"),
            (HANAKO.replace("9:30", "25:00"), "入院時刻を読めません"),
            (HANAKO.replace("9:30", "23:59"), "後"),
            (HANAKO.replace("ﾀｶﾊｼ", "Takahashi"), "カナでない文字"),
            (HANAKO.replace("女", "メス"), "性別は"),
            (HANAKO.replace("0123", "零一"), "患者番号"),
            (HANAKO.replace(",あり,", ",たぶん,"), "担当ケアマネ"),
            (HANAKO.replace(",,,,あり", ",,0000000012,,あり"), "両方"),
            (format!("{HANAKO}R8.11.1"), "退院予定日が、入院日より前"),
        ] {
            let told = why(&world.tried(&nurse, &[&wrong]).await);
            assert!(told.contains(part), "{wrong}: {told}");
        }
        let both = HANAKO.replace("S15.3.4", "R9.1.1").replace("9:30", "x");
        let told = why(&world.tried(&nurse, &[&both]).await);
        assert!(
            told.contains("今日より後") && told.contains("入院時刻"),
            "{told}"
        );
        let twice = world.tried(&nurse, &[HANAKO, ICHIRO, HANAKO]).await;
        let [_, _, Outcome::Wrong(why)] = &outcomes(&twice)[..] else {
            panic!("{twice:?}")
        };
        assert!(why[0].contains("2行目と同じ人"), "{why:?}");
        assert_eq!(world.rows_of("patient").await, 0);
    })
    .await;
}

#[test]
fn columns_are_known_by_their_heads_and_a_table_without_them_is_refused() {
    let table = "一覧表\n入院年月日,備考,患者ID,フリガナ,患者氏名,生年月日\nR8.11.24,x,7,ミホン イチロウ,見本 一郎,S10.1.2\n,,,,,\n";
    let sheet = read(table).unwrap();
    assert_eq!(sheet.unread, ["備考"]);
    assert_eq!((sheet.rows.len(), sheet.rows[0].number), (1, 3));
    let example = read(&format!(
        "{HEADS}\n1,（例）見本 花子,ミホン ハナコ,S15.3.3,,R8.11.24,,,,,,,\n"
    ));
    assert_eq!(example.unwrap().rows, []);
    let missing = read("患者番号,氏名,カナ,入院日\n1,a,b,c\n").unwrap_err();
    assert!(missing.to_string().contains("「生年月日」"), "{missing}");
    assert!(matches!(read(""), Err(FormError::Sheet(_))));
    let many = vec![HANAKO; 5_000];
    assert_eq!(rows(&many).len(), admission::MOST_ROWS + 1);
}

#[tokio::test]
async fn only_hospitals_bring_tables_and_so_many_rows_a_day() {
    on_both(async |database| {
        let world = World::of(database).await;
        let today = jst_day(world.now);
        let n = |by: &By| admission::agreed(&world.definitions, by, today).len();
        assert!(n(&world.nurse()) > 0 && n(&world.by("hospital_ward", HOSPITAL)) > 0);
        for role in ["care_manager", "clinic", "pharmacy", "operator", "auditor"] {
            assert_eq!(n(&world.by(role, 2)), 0, "{role}");
        }
        let most = world.definitions.patients().look_up.a_day_by_table;
        let row = "('2026-11-23T02:00:00.000000Z', 'patient.look_up', 'organization', '1', 'done', 'x', 'x')";
        let all = vec![row; usize::try_from(most).unwrap()].join(", ");
        world
            .run(&format!(
                "insert into audit_entry (at, deed, object_kind, object_id, outcome, origin, content_hash) values {all}"
            ))
            .await;
        let told = why(&world.tried(&world.nurse(), &[HANAKO]).await);
        assert!(told.contains("1日1000人まで"), "{told}");
        let next_day = world.later(chrono::Duration::days(1));
        let tried = next_day.tried(&next_day.nurse(), &[HANAKO]).await;
        assert_eq!(outcomes(&tried), [Outcome::Registered]);
    })
    .await;
}

#[tokio::test]
async fn clients_in_hospital_come_first_with_ward_and_what_is_owed() {
    on_both(async |database| {
        let world = World::of(database).await;
        let manager = world.care_manager();
        let at_home = Record {
            names: vec![crate::patient::name(
                keniki_app::patient::name::Use::Official,
                ("青木", "一郎"),
                ("アオキ", "イチロウ"),
            )],
            ..hanako()
        };
        world.register(&manager, "care_management", at_home).await;
        let patient = world.client().await;
        world.written(&world.nurse(), &[HANAKO]).await;
        let (counts, clients) = world.clients(&manager).await;
        assert_eq!((counts.n, counts.n_in_hospital), (2, 1));
        let first = &clients[0];
        assert_eq!(first.line.patient_id, patient.get());
        assert_eq!(first.line.hospital.as_deref(), Some("組織1"));
        assert_eq!(first.line.admitted_on.as_deref(), Some("2026-11-24"));
        assert_eq!(first.ward.as_deref(), Some("3階西"));
        assert!(first.n_owed > 0 && first.next.as_ref().unwrap().due_at.is_some());
        assert_eq!((clients[1].line.case_id, clients[1].n_owed), (None, 0));
        // Nobody else's, and not the hospital's patients who are in its team for the stay alone.
        assert_eq!(world.clients(&world.by("care_manager", 4)).await.0.n, 0);
        let stranger = world.clients(&world.by("auditor", 2)).await;
        assert_eq!(stranger.0, Counts::default());

        let (db, definitions) = (&world.db, &world.definitions);
        let name = &clients[1].line.family;
        let asked = clients::list(db, definitions, &manager, (name, ALL), world.now).await;
        let (counts, asked) = asked.unwrap();
        let same = clients.iter().filter(|it| it.line.family == *name);
        assert_eq!(counts.n, asked.len() as u64);
        assert_eq!(asked, same.cloned().collect::<Vec<_>>());
        let nobody = ("居ない人", ALL);
        let nobody = clients::list(db, definitions, &manager, nobody, world.now).await;
        assert_eq!(nobody.unwrap(), (Counts::default(), Vec::new()));
        let exported = database::write(&world.db, async |tx| {
            clients::export(tx, &world.definitions, &manager, ("", 10), world.now).await
        });
        assert_eq!(exported.await.unwrap(), Some(clients));
        let too_many = database::write(&world.db, async |tx| {
            clients::export(tx, &world.definitions, &manager, ("", 1), world.now).await
        });
        assert_eq!(too_many.await.unwrap(), None);
        let listed =
            "select count(*) from audit_entry where note = 'listed' and deed like 'export.%'";
        assert_eq!(world.number(listed).await, 3, "two people, one case");
    })
    .await;
}

#[tokio::test]
async fn the_file_of_cases_has_what_the_list_shows_and_the_log_says_of_which() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        world.client().await;
        world.written(&nurse, &[HANAKO, ICHIRO]).await;
        let export = async |by: &By, filter: &Filter| {
            let done = database::write(&world.db, async |tx| {
                list::export(tx, by, (filter, 2), world.now).await
            });
            done.await.unwrap().unwrap()
        };
        for (text, n) in [
            ("", 2),
            ("花子", 1),
            ("S10.1.2", 1),
            ("0124", 1),
            ("誰か", 0),
        ] {
            let filter = Filter {
                text: text.to_owned(),
                is_in_hospital: true,
                program: Some("discharge_support".to_owned()),
                ..Filter::default()
            };
            let (shown, lines) = list::list(&world.db, &nurse, &filter, ALL, world.now)
                .await
                .unwrap();
            assert_eq!((shown, lines.len()), (n, n as usize), "{text}");
            assert_eq!(export(&nurse, &filter).await, lines, "{text}");
        }
        assert_eq!(export(&manager, &Filter::default()).await.len(), 1);
        let ward = world.by("hospital_ward", HOSPITAL);
        assert_eq!(export(&ward, &Filter::default()).await, [], "no such deed");
        let listed =
            "select count(*) from audit_entry where deed = 'export.cases' and note = 'listed'";
        assert_eq!(world.number(listed).await, 6);
    })
    .await;
}

#[tokio::test]
async fn an_ordinary_emergency_is_an_admission_like_any_other() {
    on_both(async |database| {
        let world = World::of(database).await;
        let table = format!(
            "{}\n{}\n",
            HEADS.replace("バックアップ病床", "緊急"),
            ICHIRO
        );
        let sheet = read(&table).unwrap();
        assert_eq!(sheet.unread, ["緊急"]);
        let tried = world.work(&world.nurse(), &sheet.rows, true).await;
        world.work(&world.nurse(), &seen(&tried), false).await;
        let kinds = "select kind from case_event where kind like '%admitted'";
        assert_eq!(world.texts(kinds).await, ["admitted"]);
    })
    .await;
}
