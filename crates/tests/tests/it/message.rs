//! Messages on a case, on both engines: the care team writes and reads, nobody else learns of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::account::policy::Actor;
use keniki_app::attachment::key::{KeyFile, rotate};
use keniki_app::attachment::{NewAttachment, Sealing};
use keniki_app::database;
use keniki_app::definition::Definitions;
use keniki_app::message::{
    House, Message, MessageError, NewMessage, file, list, mark_read, unread, write,
};
use keniki_base::chance::SeededChance;
use keniki_base::id::{AccountId, CaseId, MessageId, OrganizationId};
use keniki_tests::{TestDatabase, on_both};
use sea_orm::DatabaseConnection;

use crate::search::world::run;

/// A case of a patient. The hospital (1) and the care manager's office (2) look after them; the nurses (3) did until
/// yesterday; the pharmacy (4) never did. Account n works in organization n; account 5 is the care manager's colleague.
struct World {
    db: DatabaseConnection,
    definitions: Definitions,
    keys: KeyFile,
    _folder: tempfile::TempDir,
}

const CASE: CaseId = CaseId::new(1);

fn now() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().unwrap()
}

impl World {
    async fn of(database: &TestDatabase) -> Self {
        let (db, folder) = (database.open().await, tempfile::tempdir().unwrap());
        let patient = "insert into patient (sex, born_on, is_born_about, created_at, changed_at)
            values ('female', '1940-01-01', false, '', '')";
        let case = "insert into care_case (patient_id, program, program_version, access, stage, opened_at, changed_at)
            values (1, 'discharge', '1', 'open', 'open', '', '')";
        run(&db, patient).await;
        run(&db, case).await;
        run(&db, case).await;
        for (account, organization, role) in [
            (1, 1, "hospital_discharge"),
            (2, 2, "care_manager"),
            (3, 3, "visiting_nursing"),
            (4, 4, "pharmacy"),
            (5, 2, "care_manager"),
        ] {
            for sql in [
                format!("insert into organization (id, name, name_key, prefecture_code) values ({organization}, '組織{organization}', '', '31')
                    on conflict (id) do nothing"),
                format!("insert into account (login, name, status, created_at) values ('a{account}@example.jp', '人{account}', 'active', '')"),
                format!("insert into membership (account_id, organization_id, role, valid_from, created_at)
                    values ({account}, {organization}, '{role}', '2026-04-01', '')"),
            ] {
                run(&db, &sql).await;
            }
        }
        for (case, organization, until) in [
            ("1", 1, "null"),
            ("1", 2, "null"),
            ("2", 2, "null"),
            ("1", 3, "'2026-11-23'"),
        ] {
            run(&db, &format!("insert into care_team (patient_id, case_id, organization_id, role, valid_from, access_until, created_at)
                values (1, {case}, {organization}, 'r', '2026-11-01', {until}, '')")).await;
        }
        let keys = KeyFile::of(Some(&folder.path().join("key")), &database.url);
        let (by, chance) = (By::command_line(), SeededChance::of(1));
        rotate(&db, &by, (&keys, &chance), now()).await.unwrap();
        Self {
            db,
            definitions: Definitions::load(None).unwrap(),
            keys,
            _folder: folder,
        }
    }

    fn by(&self, account: i64, organization: i64, role: &str) -> By {
        let actor = Actor {
            account: AccountId::new(account),
            organization: OrganizationId::new(organization),
            role: role.to_owned(),
            municipalities: Default::default(),
            area: Default::default(),
        };
        By::actor(&actor, self.definitions.policy(), "192.0.2.1")
    }

    fn hospital(&self) -> By {
        self.by(1, 1, "hospital_discharge")
    }

    fn manager(&self) -> By {
        self.by(2, 2, "care_manager")
    }

    fn colleague(&self) -> By {
        self.by(5, 2, "care_manager")
    }

    fn strangers(&self) -> [By; 4] {
        [
            self.by(3, 3, "visiting_nursing"),
            self.by(4, 4, "pharmacy"),
            // In the role of one who sees no patient, whoever they are.
            self.by(1, 1, "health_center_planning"),
            By::nobody("192.0.2.1", None),
        ]
    }

    async fn write(&self, by: &By, new: NewMessage) -> Result<MessageId, MessageError> {
        self.write_on(by, CASE, new).await
    }

    async fn write_on(
        &self,
        by: &By,
        case: CaseId,
        new: NewMessage,
    ) -> Result<MessageId, MessageError> {
        let house = House {
            topics: self.definitions.topics(),
            sealing: Sealing {
                rule: self.definitions.attachments(),
                keys: &self.keys,
                chance: &SeededChance::of(5),
            },
        };
        database::write(&self.db, async |tx| {
            write(tx, by, (case, new, house), now()).await
        })
        .await
    }

    async fn list(&self, by: &By) -> Result<Vec<Message>, MessageError> {
        list(&self.db, by, CASE, now()).await
    }

    async fn mark_read(&self, by: &By) -> Result<u64, MessageError> {
        database::write(&self.db, async |tx| mark_read(tx, by, CASE, now()).await).await
    }

    /// Unread messages of the case; of no other.
    async fn unread(&self, by: &By) -> u64 {
        let mut counts: BTreeMap<CaseId, u64> = unread(&self.db, by, now()).await.unwrap();
        let n = counts.remove(&CASE).unwrap_or_default();
        assert!(counts.is_empty());
        n
    }

    async fn number(&self, sql: &str) -> i64 {
        use sea_orm::ConnectionTrait;
        let asked = database::statement(&self.db, sql, []);
        let row = self.db.query_one_raw(asked).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }
}

fn said(text: &str) -> NewMessage {
    NewMessage {
        topic: "discharge".to_owned(),
        text: text.to_owned(),
        phone: "0990-11-0001".to_owned(),
        ..NewMessage::default()
    }
}

#[tokio::test]
async fn a_message_is_signed_read_once_by_everybody_and_counted_until_then() {
    on_both(async |database| {
        let world = World::of(&database).await;
        let text = "退院は金曜の午後です。\r\n<b>迎え</b>をお願いします。";
        let id = world.write(&world.hospital(), said(text)).await.unwrap();
        for (by, n) in [
            (world.hospital(), 0),
            (world.manager(), 1),
            (world.colleague(), 1),
        ] {
            assert_eq!(world.unread(&by).await, n);
        }
        let [message] = &*world.list(&world.manager()).await.unwrap() else {
            panic!("one");
        };
        assert_eq!(
            message.text,
            "退院は金曜の午後です。\n<b>迎え</b>をお願いします。"
        );
        let writer = &message.writer;
        assert_eq!(
            [
                &writer.name,
                &writer.organization_name,
                &writer.role,
                &writer.phone
            ]
            .map(|it| it.as_deref().unwrap_or_default()),
            ["人1", "組織1", "hospital_discharge", "0990-11-0001"]
        );
        assert_eq!((message.id, message.is_read), (id, false));
        assert_eq!(world.mark_read(&world.manager()).await.unwrap(), 1);
        assert_eq!(world.mark_read(&world.manager()).await.unwrap(), 0, "once");
        assert!(world.list(&world.manager()).await.unwrap()[0].is_read);
        assert!(
            world.list(&world.hospital()).await.unwrap()[0].is_read,
            "its own"
        );
        assert_eq!(world.unread(&world.manager()).await, 0);
        assert_eq!(
            world.unread(&world.colleague()).await,
            1,
            "each for themselves"
        );
        let logged =
            "select count(*) from audit_entry where deed in ('message.read', 'message.write')";
        assert_eq!(world.number(logged).await, 3);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_in_the_care_team_learns_nothing() {
    on_both(async |database| {
        let world = World::of(&database).await;
        let mut new = said("内密");
        new.files.push(NewAttachment {
            name: "a.pdf".to_owned(),
            content: b"%PDF-1.7".to_vec(),
        });
        world.write(&world.hospital(), new).await.unwrap();
        let attached = world.list(&world.manager()).await.unwrap()[0].files[0].clone();
        let manager = world.manager();
        let opened = file(&world.db, &manager, (CASE, attached.id, &world.keys), now());
        assert!(opened.await.ok().unwrap().content == b"%PDF-1.7");
        for by in world.strangers() {
            let refused = |error| matches!(error, MessageError::Refused(_));
            assert!(refused(world.list(&by).await.unwrap_err()));
            assert!(refused(world.write(&by, said("x")).await.unwrap_err()));
            assert!(refused(world.mark_read(&by).await.unwrap_err()));
            let opened = file(&world.db, &by, (CASE, attached.id, &world.keys), now());
            assert!(refused(opened.await.err().unwrap()));
            assert_eq!(world.unread(&by).await, 0);
        }
        // Through another case that one may see, neither: the file does not hang there.
        let other = CaseId::new(2);
        let opened = file(
            &world.db,
            &manager,
            (other, attached.id, &world.keys),
            now(),
        );
        assert!(matches!(
            opened.await.err().unwrap(),
            MessageError::Attachment(_)
        ));
        // The hospital looks after the one case only.
        let refused = world.write_on(&world.hospital(), other, said("x")).await;
        assert!(matches!(refused, Err(MessageError::Refused(_))));
        let nowhere = world
            .write_on(&world.hospital(), CaseId::new(99), said("x"))
            .await;
        assert!(matches!(nowhere, Err(MessageError::Refused(_))));
        assert_eq!(world.number("select count(*) from message").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_correction_stands_in_the_place_of_its_own_organization_s_message() {
    on_both(async |database| {
        let world = World::of(&database).await;
        let first = world.write(&world.hospital(), said("金曜")).await.unwrap();
        let correction = || NewMessage {
            former: Some(first),
            ..said("土曜")
        };
        let foreign = world.write(&world.manager(), correction()).await;
        assert!(matches!(foreign, Err(MessageError::NotToCorrect(_))));
        let second = world.write(&world.hospital(), correction()).await.unwrap();
        let twice = world.write(&world.hospital(), correction()).await;
        assert!(matches!(twice, Err(MessageError::NotToCorrect(_))));
        let messages = world.list(&world.manager()).await.unwrap();
        let told: Vec<_> = messages
            .iter()
            .map(|it| (it.former, it.corrected_by))
            .collect();
        assert_eq!(told, [(None, Some(second)), (Some(first), None)]);
        assert_eq!(
            world.unread(&world.manager()).await,
            1,
            "the one that holds"
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_and_nothing_of_it_stays() {
    on_both(async |database| {
        let world = World::of(&database).await;
        let by = world.hospital();
        let long = "長".repeat(2001);
        let mut program = said("x");
        program.files = [b"%PDF-1.7".to_vec(), b"MZ\x90\0".to_vec()]
            .map(|content| NewAttachment {
                name: "a.pdf".to_owned(),
                content,
            })
            .into();
        for (new, sentence) in [
            (said(" \n "), "連絡の内容を書いてください。"),
            (said(&long), "2000字までです（いま2001字）"),
            (
                NewMessage {
                    topic: "chat".to_owned(),
                    ..said("x")
                },
                "用件「chat」は選べません",
            ),
            (
                NewMessage {
                    phone: "内線3".to_owned(),
                    ..said("x")
                },
                "折り返しの電話番号「内線3」",
            ),
            (
                NewMessage {
                    former: Some(MessageId::new(9)),
                    ..said("x")
                },
                "連絡 9 番は訂正できません",
            ),
            (program, "添付できない種類"),
        ] {
            let error = world.write(&by, new).await.unwrap_err().to_string();
            assert!(error.contains(sentence), "{error}");
        }
        for table in ["message", "attachment", "message_attachment"] {
            let sql = format!("select count(*) from {table}");
            assert_eq!(world.number(&sql).await, 0, "{table}");
        }
    })
    .await;
}
