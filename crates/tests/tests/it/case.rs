//! Cases on a real database: opened, told, recorded, mended and ended, by whoever may, as the lists and the log see it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::case::channel::Channel;
use keniki_app::case::engine::{Standing, State};
use keniki_app::case::list::{self, Filter};
use keniki_app::case::mend::{self, Correction};
use keniki_app::case::open::{self, Opening, Seat};
use keniki_app::case::receipt::{self, Receipt};
use keniki_app::case::sweep::{self, Swept};
use keniki_app::case::tell::{self, Telling};
use keniki_app::case::{CaseError, House, end, seat, show};
use keniki_app::database;
use keniki_app::patient::level::{Certified, Level};
use keniki_app::patient::record::Record;
use keniki_base::id::{CaseEventId, CaseId, OrganizationId, PatientId};
use keniki_tests::on_both;

use crate::patient::{ALL, CLINIC, HOSPITAL, SUPPORT_CENTER, World, at, day, hanako};

mod by_form;
mod clock;
mod life;
mod refused;
mod seated;

impl World {
    pub fn house(&self) -> House<'_> {
        House {
            definitions: &self.definitions,
            public_url: "https://keniki.example",
        }
    }

    /// 花子, a client of the care office, 要介護2.
    pub async fn client(&self) -> PatientId {
        let record = Record {
            levels: vec![Certified {
                level: Level::Care2,
                valid_from: day("2026-04-01"),
                valid_to: None,
            }],
            ..hanako()
        };
        self.register(&self.care_manager(), "care_management", record)
            .await
    }

    pub async fn open_case(
        &self,
        by: &By,
        patient: PatientId,
        opening: Opening,
    ) -> Result<CaseId, CaseError> {
        let house = self.house();
        database::write(&self.db, async |tx| {
            open::open(tx, house, by, (patient, &opening), self.now).await
        })
        .await
    }

    /// A case that the care manager opens: her client was admitted to the hospital.
    pub async fn admitted(&self, patient: PatientId, when: &str) -> CaseId {
        let opening = Opening {
            program: "discharge_support".to_owned(),
            role: "care_manager".to_owned(),
            seats: vec![Seat {
                role: "hospital".to_owned(),
                organization: OrganizationId::new(HOSPITAL),
                staff: "地域連携室".to_owned(),
            }],
            event: Some(happened("admitted", when)),
            ..Opening::default()
        };
        self.open_case(&self.care_manager(), patient, opening)
            .await
            .unwrap()
    }

    pub async fn tell(
        &self,
        by: &By,
        case: CaseId,
        telling: Telling,
    ) -> Result<(CaseEventId, State), CaseError> {
        let house = self.house();
        database::write(&self.db, async |tx| {
            tell::tell(tx, house, by, case, (&telling, None), self.now).await
        })
        .await
    }

    pub async fn done(
        &self,
        by: &By,
        case: CaseId,
        step: &str,
        when: &str,
    ) -> Result<State, CaseError> {
        let receipt = Receipt {
            step: step.to_owned(),
            cause: None,
            happened_at: at(when),
            channel: Channel::Phone,
            whom: "地域連携室".to_owned(),
            note: String::new(),
            form_record: None,
            form_key: None,
        };
        let house = self.house();
        database::write(&self.db, async |tx| {
            receipt::done(tx, house, by, case, (&receipt, None), self.now).await
        })
        .await
    }

    pub async fn correct(
        &self,
        by: &By,
        (case, event): (CaseId, CaseEventId),
        when: &str,
    ) -> Result<State, CaseError> {
        let correction = Correction {
            happened_at: at(when),
            day: None,
            note: String::new(),
            reason: "日付の誤り".to_owned(),
        };
        let house = self.house();
        database::write(&self.db, async |tx| {
            mend::correct(tx, house, by, (case, event), (&correction, None), self.now).await
        })
        .await
    }

    pub async fn annul(
        &self,
        by: &By,
        (case, event): (CaseId, CaseEventId),
    ) -> Result<State, CaseError> {
        let house = self.house();
        database::write(&self.db, async |tx| {
            mend::annul(
                tx,
                house,
                by,
                (case, event),
                ("誤って記録した", None),
                self.now,
            )
            .await
        })
        .await
    }

    pub async fn close(&self, by: &By, case: CaseId, reason: &str) -> Result<State, CaseError> {
        let house = self.house();
        database::write(&self.db, async |tx| {
            end::close(tx, house, by, case, (reason, ""), self.now).await
        })
        .await
    }

    pub async fn sweep(&self, now: DateTime<Utc>) -> Swept {
        sweep::sweep(&self.db, self.house(), now).await.unwrap()
    }

    pub async fn shown(&self, by: &By, case: CaseId) -> Result<show::Shown, CaseError> {
        database::write(&self.db, async |tx| {
            show::show(tx, &self.definitions, by, case, self.now).await
        })
        .await
    }

    /// Numbers of the open cases that somebody sees in the list, which the count says, too.
    pub async fn cases(&self, by: &By, filter: &Filter) -> Vec<i64> {
        let (n, lines) = list::list(&self.db, by, filter, ALL, self.now)
            .await
            .unwrap();
        assert_eq!(n, lines.len() as u64);
        lines.iter().map(|it| it.id).collect()
    }

    /// How the obligations of a step stand in the database.
    pub async fn states(&self, step: &str) -> Vec<String> {
        self.texts(&format!(
            "select state from obligation where step = '{step}' order by id"
        ))
        .await
    }
}

pub fn happened(kind: &str, when: &str) -> Telling {
    Telling {
        kind: kind.to_owned(),
        happened_at: at(when),
        ..Telling::default()
    }
}

pub fn standing(state: &State, step: &str) -> Vec<Standing> {
    let them = state.obligations.iter().filter(|it| it.step == step);
    them.map(|it| it.standing).collect()
}
