//! 受入れ照会（匿名）: sent without a name, answered, one chosen; who was not chosen has nothing left of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::account::policy::Actor;
use keniki_app::case::House;
use keniki_app::case::inquiry::{
    self, Answer, Choice, Incoming, InquiryError, MOST, NewInquiry, Notice, Received, Reply, Shown,
};
use keniki_app::case::open::{Opening, Seat, open};
use keniki_app::case::tell::{Telling, tell};
use keniki_app::database::{self, statement};
use keniki_app::definition::Definitions;
use keniki_app::directory::search::Thesaurus;
use keniki_app::directory::search::index;
use keniki_app::patient::birth::Birth;
use keniki_app::patient::consent::{self, GivenBy, NewConsent};
use keniki_app::patient::level::{Certified, Level};
use keniki_app::patient::record::{Home, Record, Sex};
use keniki_app::patient::register::{NewPatient, register};
use keniki_base::id::{
    AccountId, CaseId, ConsentId, InquiryId, InquiryTargetId, OrganizationId, PatientId, ServiceId,
};
use keniki_tests::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::patient::{at, day, insured, name};
use crate::search::world::run;

mod bad_input;
mod end;
mod hidden;
mod matrix;
mod story;

pub const NOW: &str = "2026-11-24T01:00:00Z";

pub const HOSPITAL: i64 = 1;
pub const CARE_OFFICE: i64 = 2;
pub const NEXT_HOSPITAL: i64 = 3;
pub const OTHER_HOSPITAL: i64 = 4;
pub const HOME: i64 = 5;
pub const CENTER: i64 = 6;
pub const PHARMACY: i64 = 7;

/// Organization `n` has site and service `n` and the people `n` and `n + 10`. The service 8 belongs to nobody known, the service 9 of
/// organization 8 to one without accounts. The center has no service: it coordinates.
pub struct World {
    pub db: DatabaseConnection,
    pub definitions: Definitions,
    pub thesaurus: Thesaurus,
    pub now: DateTime<Utc>,
    pub patient: PatientId,
    pub case: CaseId,
    _database: TestDatabase,
}

const PLACES: [(i64, &str, &str); 7] = [
    (HOSPITAL, "hospital", "hospital_discharge"),
    (CARE_OFFICE, "care_management", "care_manager"),
    (NEXT_HOSPITAL, "hospital", "hospital_discharge"),
    (OTHER_HOSPITAL, "hospital", "hospital_discharge"),
    (HOME, "visiting_nursing", "visiting_nursing"),
    (CENTER, "", "coordinator"),
    (PHARMACY, "pharmacy", "pharmacy"),
];

impl World {
    pub async fn of(database: TestDatabase) -> Self {
        let db = database.open().await;
        run(&db, "insert into area_set (code, kind, name) values ('municipality', 'municipality', 'm'), ('association', 'medical_association', 'a')").await;
        run(&db, "insert into area (area_set, code, kind, name, label_lat, label_lng) values ('municipality', '31202', 'municipality', '米子市', 35.43, 133.33), ('association', '9001', 'medical_association', 'a', null, null)").await;
        run(&db, "insert into area_member (area_set, area_code, municipality_code) values ('association', '9001', '31202')").await;
        for n in 1..=17 {
            run(&db, &format!("insert into account (login, name, created_at) values ('a{n}@example.jp', '人{n}', 'x')")).await;
        }
        for (n, category, role) in PLACES {
            run(&db, &format!("insert into organization (id, name, name_key, prefecture_code) values ({n}, '組織{n}', 'o{n}', '31')")).await;
            for account in [n, n + 10] {
                run(&db, &format!("insert into membership (account_id, organization_id, role, valid_from, created_at) values ({account}, {n}, '{role}', '2026-04-01', 'x')")).await;
            }
            if !category.is_empty() {
                place(&db, n, Some(n), category).await;
            }
        }
        run(&db, "insert into organization (id, name, name_key, prefecture_code) values (8, '組織8', 'o8', '31')").await;
        place(&db, 8, None, "hospital").await;
        place(&db, 9, Some(8), "hospital").await;
        index::rebuild(&db).await.unwrap();
        let definitions = Definitions::load(None).unwrap();
        let mut world = Self {
            thesaurus: Thesaurus::of(&definitions),
            db,
            definitions,
            now: at(NOW),
            patient: PatientId::new(0),
            case: CaseId::new(0),
            _database: database,
        };
        world.patient = world.register().await;
        world.case = world.open(world.patient).await;
        world.agree(world.patient).await;
        world
    }

    /// The coordination office answers its mailbox from now on.
    pub async fn with_center(&self) {
        for sql in [
            "insert into jurisdiction (organization_id, kind, area_code) values (6, 'association', '9001')",
            "insert into mailbox (organization_id, purpose, created_at) values (6, 'coordination', 'x')",
            "insert into mailbox_member (mailbox_id, account_id, since) select id, 6, 'x' from mailbox",
        ] {
            run(&self.db, sql).await;
        }
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
        self.who(HOSPITAL, "hospital_discharge", HOSPITAL)
    }

    pub fn care_manager(&self) -> By {
        self.who(CARE_OFFICE, "care_manager", CARE_OFFICE)
    }

    pub fn next(&self) -> By {
        self.who(NEXT_HOSPITAL, "hospital_discharge", NEXT_HOSPITAL)
    }

    pub fn other(&self) -> By {
        self.who(OTHER_HOSPITAL, "hospital_discharge", OTHER_HOSPITAL)
    }

    pub fn house(&self) -> House<'_> {
        House {
            definitions: &self.definitions,
            public_url: "https://keniki.example",
        }
    }

    async fn register(&self) -> PatientId {
        let new = NewPatient {
            record: sachi(),
            role: "hospital".to_owned(),
            staff: "退院支援の佐々木".to_owned(),
        };
        let rule = self.definitions.patients();
        let done = database::write(&self.db, async |tx| {
            register(tx, rule, &self.nurse(), new.clone(), self.now).await
        });
        done.await.unwrap()
    }

    /// A case of the hospital with the care manager and the pharmacy, after an admission.
    pub async fn open(&self, patient: PatientId) -> CaseId {
        let seat = |role: &str, organization| Seat {
            role: role.to_owned(),
            organization: OrganizationId::new(organization),
            staff: String::new(),
        };
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "hospital".to_owned(),
            seats: vec![
                seat("care_manager", CARE_OFFICE),
                seat("pharmacy", PHARMACY),
            ],
            ..Opening::default()
        };
        let done = database::write(&self.db, async |tx| {
            open(
                tx,
                self.house(),
                &self.nurse(),
                (patient, &opening),
                self.now,
            )
            .await
        });
        done.await.unwrap()
    }

    pub async fn agree(&self, patient: PatientId) -> ConsentId {
        let new = NewConsent {
            patient,
            given_by: GivenBy::User,
            giver: String::new(),
            scope: "care".to_owned(),
            purpose: "転院先・サービスの調整".to_owned(),
            basis: keniki_app::definition::patient::Basis::Consent,
            valid_from: day("2026-11-01"),
            valid_to: None,
        };
        let rule = self.definitions.patients();
        let done = database::write(&self.db, async |tx| {
            consent::record(tx, rule, &self.nurse(), (&new, None), self.now).await
        });
        done.await.unwrap()
    }

    pub async fn send_as(&self, by: &By, new: &NewInquiry) -> Result<InquiryId, InquiryError> {
        database::write(&self.db, async |tx| {
            inquiry::send(tx, self.house(), by, (self.case, new), self.now).await
        })
        .await
    }

    /// A transfer, asked of the next and the other hospital; answers their numbers, too.
    pub async fn sent(&self) -> (InquiryId, InquiryTargetId, InquiryTargetId) {
        let id = self.send_as(&self.nurse(), &transfer()).await.unwrap();
        let shown = self.show(&self.nurse(), id).await.unwrap();
        let of = |service: i64| {
            let is_it = |it: &&inquiry::Target| it.service == Some(ServiceId::new(service));
            shown.targets.iter().find(is_it).unwrap().id
        };
        (id, of(NEXT_HOSPITAL), of(OTHER_HOSPITAL))
    }

    pub async fn show(&self, by: &By, id: InquiryId) -> Result<Shown, InquiryError> {
        inquiry::show(&self.db, self.house(), by, id, self.now).await
    }

    pub async fn received(&self, by: &By) -> Vec<Received> {
        let all = inquiry::received(&self.db, by, (Incoming::All, MOST)).await;
        all.unwrap().1
    }

    pub async fn read(&self, by: &By, target: InquiryTargetId) -> Result<Notice, InquiryError> {
        database::write(&self.db, async |tx| {
            inquiry::read(tx, by, target, self.now).await
        })
        .await
    }

    pub async fn answer(
        &self,
        by: &By,
        target: InquiryTargetId,
        reply: &Reply,
    ) -> Result<(), InquiryError> {
        database::write(&self.db, async |tx| {
            inquiry::answer(tx, self.house(), by, (target, reply), self.now).await
        })
        .await
    }

    pub async fn choose(
        &self,
        by: &By,
        target: InquiryTargetId,
        choice: &Choice,
    ) -> Result<(), InquiryError> {
        database::write(&self.db, async |tx| {
            inquiry::choose(tx, self.house(), by, (target, choice), self.now).await
        })
        .await
    }

    pub async fn tell(&self, by: &By, case: CaseId, telling: Telling) {
        let done = database::write(&self.db, async |tx| {
            tell(tx, self.house(), by, case, (&telling, None), self.now).await
        });
        done.await.unwrap();
    }

    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.db.query_all_raw(statement(&self.db, sql, [])).await;
        let rows = rows.unwrap();
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }

    pub async fn letters(&self, to: &str) -> Vec<String> {
        self.texts(&format!(
            "select subject from mail where recipient = '{to}' order by id"
        ))
        .await
    }
}

async fn place(db: &DatabaseConnection, n: i64, organization: Option<i64>, category: &str) {
    let organization = organization.map_or("null".to_owned(), |it| it.to_string());
    run(db, &format!("insert into site (id, organization_id, name, name_key, municipality_code, lat, lng, location_precision, status, phone)
        values ({n}, {organization}, '拠点{n}', 's{n}', '31202', 35.4{n}, 133.33, 'exact', 'active', '0859-00-000{n}')")).await;
    run(db, &format!("insert into service (id, site_id, category, capacity, status) values ({n}, {n}, '{category}', {}, 'active')", n * 10)).await;
}

/// 糀谷 佐智, 86 years, who must not be known by anything of this.
pub fn sachi() -> Record {
    let kanji = ("糀谷", "佐智");
    let kana = ("コウジヤ", "サチヨ");
    Record {
        names: vec![name(keniki_app::patient::name::Use::Official, kanji, kana)],
        sex: Sex::Female,
        birth: Birth::parse("昭和15年3月4日", day("2026-11-24")).unwrap(),
        died_on: None,
        home: Home {
            phone: Some("0859-34-0001".to_owned()),
            address: Some("鳥取県米子市糀町一丁目2".to_owned()),
            municipality_code: Some("31202".to_owned()),
            postal_code: Some("683-0801".to_owned()),
        },
        identifiers: vec![insured("0000987654")],
        levels: vec![Certified {
            level: Level::Care3,
            valid_from: day("2026-04-01"),
            valid_to: None,
        }],
    }
}

pub fn transfer() -> NewInquiry {
    NewInquiry {
        kind: "transfer".to_owned(),
        needs: vec!["home_oxygen".to_owned()],
        from_on: Some(day("2026-12-01")),
        note: "痰の吸引が1日4〜5回".to_owned(),
        phone: "0859-11-0001".to_owned(),
        services: vec![
            ServiceId::new(NEXT_HOSPITAL),
            ServiceId::new(OTHER_HOSPITAL),
        ],
        ..NewInquiry::default()
    }
}

pub fn reply(answer: Answer) -> Reply {
    Reply {
        answer,
        reason: match answer {
            Answer::Cannot => "full".to_owned(),
            _ => String::new(),
        },
        words: match answer {
            Answer::More => "吸引の間隔は".to_owned(),
            _ => String::new(),
        },
        free_from: None,
        phone: "0859-33-0001".to_owned(),
        seen: 1,
    }
}

pub fn chosen_at(seen: i64) -> Choice {
    Choice {
        users_choice: String::new(),
        seen,
    }
}
