//! People who are cared for: found, told apart, made one and two again, agreed with, looked after, seen in an emergency.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use keniki_app::account::By;
use keniki_app::account::policy::{Actor, Deed};
use keniki_app::database::{self, statement};
use keniki_app::definition::Definitions;
use keniki_app::patient::birth::Birth;
use keniki_app::patient::find::{self, Page, Search};
use keniki_app::patient::identifier::Identifier;
use keniki_app::patient::name::{Name, Use};
use keniki_app::patient::record::{Home, Record, Sex};
use keniki_app::patient::register::{NewPatient, register};
use keniki_base::code::InsurerNumber;
use keniki_base::id::{AccountId, OrganizationId, PatientId};
use keniki_tests::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::search::world::run;

mod consent;
mod emergency;
mod erase;
mod hostile;
mod look_up;
mod merge;
mod search;
mod team;
mod who_sees;

pub const NOW: &str = "2026-11-24T01:00:00Z";
pub const TODAY: &str = "2026-11-24";
pub const ALL: Page = Page {
    first: 0,
    most: 1_000,
};

pub const HOSPITAL: i64 = 1;
pub const CARE_OFFICE: i64 = 2;
pub const SUPPORT_CENTER: i64 = 3;
pub const CLINIC: i64 = 4;

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Four organizations with two people each: number `n` and `n + 10`.
pub struct World {
    pub db: DatabaseConnection,
    pub definitions: Definitions,
    pub now: DateTime<Utc>,
    _database: TestDatabase,
}

impl World {
    pub async fn of(database: TestDatabase) -> Self {
        let db = database.open().await;
        for n in 1..=4 {
            run(&db, &format!("insert into organization (id, name, name_key, prefecture_code) values ({n}, '組織{n}', 'o{n}', '31')")).await;
            run(&db, &format!("insert into site (id, organization_id, name, name_key, status, phone) values ({n}, {n}, 's', 's', 'active', '0859-00-000{n}')")).await;
        }
        for n in 1..=14 {
            run(&db, &format!("insert into account (login, name, created_at) values ('a{n}@example.jp', '人{n}', 'x')")).await;
        }
        Self {
            db,
            definitions: Definitions::load(None).unwrap(),
            now: at(NOW),
            _database: database,
        }
    }

    /// Somebody of an organization in a role.
    pub fn by(&self, role: &str, organization: i64) -> By {
        self.who(organization, role, organization)
    }

    pub fn who(&self, account: i64, role: &str, organization: i64) -> By {
        let actor = Actor {
            account: AccountId::new(account),
            organization: OrganizationId::new(organization),
            role: role.to_owned(),
            municipalities: BTreeSet::new(),
            area: BTreeSet::new(),
        };
        By::actor(&actor, self.definitions.policy(), "192.0.2.1")
    }

    pub fn nurse(&self) -> By {
        self.by("hospital_discharge", HOSPITAL)
    }

    pub fn care_manager(&self) -> By {
        self.by("care_manager", CARE_OFFICE)
    }

    pub async fn register(&self, by: &By, role: &str, record: Record) -> PatientId {
        let new = NewPatient {
            record,
            role: role.to_owned(),
            staff: String::new(),
        };
        let rule = self.definitions.patients();
        let done = database::write(&self.db, async |tx| {
            register(tx, rule, by, new.clone(), self.now).await
        });
        done.await.unwrap()
    }

    pub async fn listed(&self, by: &By, text: &str) -> Vec<i64> {
        let search = Search {
            text: text.to_owned(),
            born_on: None,
            ..Search::default()
        };
        let found = find::list(
            &self.db,
            self.definitions.patients(),
            (by, Deed::ReadPatient),
            (&search, ALL),
            self.now,
        )
        .await;
        let (n, rows) = found.unwrap();
        assert_eq!(n, rows.len() as u64, "{text}");
        rows.iter().map(|row| row.id.get()).collect()
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let row = self.db.query_one_raw(statement(&self.db, sql, [])).await;
        row.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.db.query_all_raw(statement(&self.db, sql, [])).await;
        let rows = rows.unwrap();
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }

    pub async fn run(&self, sql: &str) {
        run(&self.db, sql).await;
    }

    /// A case of somebody; answers its number.
    pub async fn case(&self, patient: PatientId, access: &str) -> i64 {
        self.run(&format!(
            "insert into care_case (patient_id, program, program_version, access, stage, opened_at, changed_at)
             values ({patient}, 'discharge', '1', '{access}', 'begun', '2026-11-01T00:00:00.000000Z', '2026-11-01T00:00:00.000000Z')"
        ))
        .await;
        self.number("select max(id) from care_case").await
    }

    pub fn later(self, by: Duration) -> Self {
        Self {
            now: self.now + by,
            ..self
        }
    }
}

pub fn name(used_as: Use, kanji: (&str, &str), kana: (&str, &str)) -> Name {
    Name::parse(used_as, kanji, kana).unwrap()
}

/// 髙橋 花子, who lives without any number.
pub fn hanako() -> Record {
    Record {
        names: vec![name(Use::Official, ("髙橋", "花子"), ("ﾀｶﾊｼ", "はなこ"))],
        sex: Sex::Female,
        birth: Birth::parse("昭和15年3月4日", day(TODAY)).unwrap(),
        died_on: None,
        home: Home::default(),
        identifiers: Vec::new(),
        levels: Vec::new(),
    }
}

pub fn insured(number: &str) -> Identifier {
    let mut insurers = (0..10).map(|digit| format!("31202{digit}"));
    let insurer = insurers.find(|it| InsurerNumber::parse(it).is_ok());
    Identifier::care_insurance(&insurer.unwrap(), number).unwrap()
}

/// 髙橋 花子 with her numbers, as a hospital knows her.
pub fn known_hanako() -> Record {
    Record {
        names: vec![
            name(Use::Official, ("髙橋", "花子"), ("ﾀｶﾊｼ", "はなこ")),
            name(Use::Old, ("山﨑", "花子"), ("ヤマザキ", "ハナコ")),
        ],
        home: Home {
            phone: Some("0859340001".to_owned()),
            address: Some("鳥取県米子市一丁目2".to_owned()),
            ..Home::default()
        },
        identifiers: vec![
            insured("0000000012"),
            Identifier::medical_record(OrganizationId::new(HOSPITAL), "000456").unwrap(),
        ],
        ..hanako()
    }
}
