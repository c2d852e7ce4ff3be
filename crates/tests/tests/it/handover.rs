//! Handovers on both engines: a hospital, a care manager, a nursing station that looks on, and strangers.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use keniki_app::account::By;
use keniki_app::account::policy::Actor;
use keniki_app::attachment::key::{KeyFile, rotate};
use keniki_app::attachment::{NewAttachment, Sealing};
use keniki_app::case::channel::Channel;
use keniki_app::case::handover::stage::{At, Stage, Why};
use keniki_app::case::handover::{
    self, HandoverError, OTHER, Outside, Pile, Reply, Said, Sending, link,
};
use keniki_app::case::open::{Opening, Seat, open};
use keniki_app::case::tell::{Telling, tell};
use keniki_app::case::{House, end};
use keniki_app::database::{self, statement};
use keniki_app::definition::Definitions;
use keniki_app::patient::birth::Birth;
use keniki_app::patient::name::{Name, Use};
use keniki_app::patient::record::{Record, Sex};
use keniki_app::patient::register::{NewPatient, register};
use keniki_base::chance::SeededChance;
use keniki_base::id::{AccountId, CaseId, HandoverId, OrganizationId};
use keniki_tests::{TestDatabase, on_both};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::search::world::run;

mod life;
mod link_outside;
mod who_may;

const HOSPITAL: i64 = 1;
const CARE_OFFICE: i64 = 2;
const NURSES: i64 = 3;
const OTHER_HOSPITAL: i64 = 4;
/// What the hospital owes the care manager.
const STEP: &str = "discharge_summary";

/// An open case of somebody who lies in the hospital and is to leave it. Account n works in organization n; account 5 is the
/// care manager's colleague; organization 4 is not in the case.
struct World {
    db: DatabaseConnection,
    definitions: Definitions,
    keys: KeyFile,
    case: CaseId,
    now: DateTime<Utc>,
    _database: TestDatabase,
    _folder: tempfile::TempDir,
}

impl World {
    async fn of(database: TestDatabase) -> Self {
        let (db, folder) = (database.open().await, tempfile::tempdir().unwrap());
        let now: DateTime<Utc> = "2026-11-24T01:00:00Z".parse().unwrap();
        for n in 1..=4 {
            run(&db, &format!("insert into organization (id, name, name_key, prefecture_code) values ({n}, '組織{n}', 'o{n}', '31')")).await;
            run(&db, &format!("insert into site (id, organization_id, name, name_key, status, phone, fax) values ({n}, {n}, 's', 's', 'active', '0859-00-000{n}', '0859-00-100{n}')")).await;
            run(&db, &format!("insert into service (id, site_id, category, name, status) values ({n}, {n}, 'hospital', 's', 'active')")).await;
        }
        for (account, organization, role) in [
            (1, HOSPITAL, "hospital_discharge"),
            (2, CARE_OFFICE, "care_manager"),
            (3, NURSES, "visiting_nursing"),
            (4, OTHER_HOSPITAL, "hospital_discharge"),
            (5, CARE_OFFICE, "care_manager"),
        ] {
            run(&db, &format!("insert into account (login, name, status, created_at) values ('a{account}@example.jp', '人{account}', 'active', '')")).await;
            run(&db, &format!("insert into membership (account_id, organization_id, role, valid_from, created_at)
                values ({account}, {organization}, '{role}', '2026-04-01', '')")).await;
        }
        let keys = KeyFile::of(Some(&folder.path().join("key")), &database.url);
        let (operator, chance) = (By::command_line(), SeededChance::of(1));
        rotate(&db, &operator, (&keys, &chance), now).await.unwrap();
        let mut world = Self {
            db,
            definitions: Definitions::load(None).unwrap(),
            keys,
            case: 0.into(),
            now: now - Duration::hours(2),
            _database: database,
            _folder: folder,
        };
        world.case = world.opened().await;
        world.now = now;
        world
    }

    /// A case that the hospital opens with an admission, with the care manager and the nurses in it.
    async fn opened(&self) -> CaseId {
        let by = self.hospital();
        let new = NewPatient {
            record: record(),
            role: "hospital".to_owned(),
            staff: String::new(),
        };
        let rule = self.definitions.patients();
        let patient = database::write(&self.db, async |tx| {
            register(tx, rule, &by, new.clone(), self.now).await
        });
        let seat = |role: &str, organization: i64| Seat {
            role: role.to_owned(),
            organization: organization.into(),
            staff: String::new(),
        };
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "hospital".to_owned(),
            seats: vec![
                seat("care_manager", CARE_OFFICE),
                seat("visiting_nursing", NURSES),
            ],
            event: Some(self.telling("admitted")),
            ..Opening::default()
        };
        let patient = patient.await.unwrap();
        let case = database::write(&self.db, async |tx| {
            open(tx, self.house(), &by, (patient, &opening), self.now).await
        });
        let case = case.await.unwrap();
        let planned = Telling {
            day: Some("2026-11-30".parse().unwrap()),
            happened_at: self.now + Duration::minutes(1),
            ..self.telling("discharge_planned")
        };
        let later = self.now + Duration::minutes(2);
        database::write(&self.db, async |tx| {
            tell(tx, self.house(), &by, case, (&planned, None), later).await
        })
        .await
        .unwrap();
        case
    }

    /// How many wait for somebody, in the order of the piles: counted as the lists have them.
    async fn waiting(&self, by: &By) -> [u64; 3] {
        let waiting = handover::waiting(&self.db, by, 50, self.now).await.unwrap();
        for (n, pile) in waiting.n.into_iter().zip(Pile::WAITING) {
            let listed = handover::list(&self.db, by, (pile, false), (0, 50), self.now).await;
            let listed = listed.unwrap();
            assert_eq!(
                (listed.n, listed.handovers.len() as u64),
                (n, n),
                "{pile:?}"
            );
            let own = waiting.handovers.iter().filter(|(of, _)| *of == pile);
            assert_eq!(own.count() as u64, n, "{pile:?}");
        }
        waiting.n
    }

    fn telling(&self, kind: &str) -> Telling {
        Telling {
            kind: kind.to_owned(),
            happened_at: self.now,
            ..Telling::default()
        }
    }

    fn house(&self) -> House<'_> {
        House {
            definitions: &self.definitions,
            public_url: "https://keniki.example",
        }
    }

    fn by(&self, account: i64, organization: i64, role: &str) -> By {
        let actor = Actor {
            account: AccountId::new(account),
            organization: OrganizationId::new(organization),
            role: role.to_owned(),
            municipalities: BTreeSet::new(),
            area: BTreeSet::new(),
        };
        By::actor(&actor, self.definitions.policy(), "192.0.2.1")
    }

    fn hospital(&self) -> By {
        self.by(1, HOSPITAL, "hospital_discharge")
    }

    fn manager(&self) -> By {
        self.by(2, CARE_OFFICE, "care_manager")
    }

    fn nurse(&self) -> By {
        self.by(3, NURSES, "visiting_nursing")
    }

    fn stranger(&self) -> By {
        self.by(4, OTHER_HOSPITAL, "hospital_discharge")
    }

    async fn send(&self, by: &By, sending: Sending) -> Result<HandoverId, HandoverError> {
        let sealing = Sealing {
            rule: self.definitions.attachments(),
            keys: &self.keys,
            chance: &SeededChance::of(5),
        };
        database::write(&self.db, async |tx| {
            let with = (sending.clone(), sealing);
            handover::send(tx, self.house(), by, self.case, with, self.now).await
        })
        .await
    }

    async fn read(&self, by: &By, id: HandoverId) -> Result<Stage, HandoverError> {
        database::write(&self.db, async |tx| {
            handover::read(tx, self.house(), by, id, self.now).await
        })
        .await
    }

    async fn accept(&self, by: &By, id: HandoverId) -> Result<Stage, HandoverError> {
        database::write(&self.db, async |tx| {
            handover::accept(tx, self.house(), by, id, self.now).await
        })
        .await
    }

    async fn done(&self, by: &By, id: HandoverId) -> Result<Stage, HandoverError> {
        database::write(&self.db, async |tx| {
            handover::done(tx, self.house(), by, id, self.now).await
        })
        .await
    }

    async fn return_back(
        &self,
        by: &By,
        id: HandoverId,
        reason: &str,
    ) -> Result<Stage, HandoverError> {
        database::write(&self.db, async |tx| {
            handover::return_back(tx, self.house(), by, (id, reason), self.now).await
        })
        .await
    }

    async fn cancel(&self, by: &By, id: HandoverId) -> Result<Stage, HandoverError> {
        database::write(&self.db, async |tx| {
            handover::cancel(tx, self.house(), by, (id, "宛先違い"), self.now).await
        })
        .await
    }

    async fn reply(&self, by: &By, id: HandoverId, said: Said) -> Result<Stage, HandoverError> {
        let reply = Reply {
            said,
            channel: Channel::Fax,
            whom: "受付の田中".to_owned(),
            at: self.now,
        };
        database::write(&self.db, async |tx| {
            handover::receipt_by(tx, self.house(), by, (id, &reply), self.now).await
        })
        .await
    }

    async fn tell(&self, by: &By, telling: Telling) {
        database::write(&self.db, async |tx| {
            tell(tx, self.house(), by, self.case, (&telling, None), self.now).await
        })
        .await
        .unwrap();
    }

    async fn stage(&self, id: HandoverId) -> Stage {
        handover::find(&self.db, id).await.unwrap().unwrap().stage
    }

    /// How the step's obligation stands.
    async fn owed(&self) -> String {
        let sql = format!("select state from obligation where step = '{STEP}'");
        self.texts(&sql).await.join(" ")
    }

    async fn number(&self, sql: &str) -> i64 {
        let row = self.db.query_one_raw(statement(&self.db, sql, [])).await;
        row.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.db.query_all_raw(statement(&self.db, sql, [])).await;
        let rows = rows.unwrap();
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }
}

fn record() -> Record {
    Record {
        sex: Sex::Female,
        birth: Birth::parse("1940-01-01", "2026-11-24".parse().unwrap()).unwrap(),
        died_on: None,
        names: vec![Name::parse(Use::Official, ("架空", "花子"), ("カクウ", "ハナコ")).unwrap()],
        home: Default::default(),
        levels: Vec::new(),
        identifiers: Vec::new(),
    }
}

fn summary() -> Sending {
    Sending {
        purpose: STEP.to_owned(),
        subject: "退院時の要約".to_owned(),
        words: "インスリンの自己注射ができます。".to_owned(),
        ..Sending::default()
    }
}
