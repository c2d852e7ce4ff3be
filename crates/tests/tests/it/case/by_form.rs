//! A form that is kept in a case does what its rule says it does: it tells an event, or meets a step; annulled, it takes that back.

use keniki_app::attachment::Sealing;
use keniki_app::attachment::key::KeyFile;
use keniki_app::case::form;
use keniki_app::form::Raw;
use keniki_app::form::record::file::Brought;
use keniki_app::form::record::write::NewRecord;
use keniki_base::chance::SeededChance;
use keniki_base::id::FormRecordId;

use super::*;
use crate::forms::typed;
use crate::patient::TODAY;

impl World {
    /// Keeps a form in a case, filled in whole, with `own` in place of what stands there.
    async fn keep(
        &self,
        by: &By,
        (patient, case): (PatientId, CaseId),
        form: &str,
        own: &[(&str, &str)],
    ) -> FormRecordId {
        let form = self.definitions.form(form, day(TODAY)).unwrap();
        let mut pairs = typed(form, "見本");
        pairs.retain(|(name, _)| own.iter().all(|(it, _)| it != name));
        pairs.extend(
            own.iter()
                .map(|(name, it)| ((*name).to_owned(), (*it).to_owned())),
        );
        let raw = Raw::of_pairs(pairs);
        let (house, keys, chance) = (self.house(), KeyFile::default(), SeededChance::of(1));
        let kept = database::write(&self.db, async |tx| {
            let new = NewRecord {
                patient,
                case: Some(case),
                form: &form.code,
                version: &form.version,
                raw: &raw,
                former: None,
                files: Brought {
                    files: &[],
                    sealing: Sealing {
                        rule: self.definitions.attachments(),
                        keys: &keys,
                        chance: &chance,
                    },
                },
                key: None,
            };
            form::write(tx, house, by, &new, self.now).await
        });
        kept.await.unwrap()
    }

    async fn used(&self, by: &By, (case, form, id): (CaseId, &str, FormRecordId)) -> form::Use {
        let what = (case, form, id);
        let used = form::of_form(&self.db, self.house(), by, what, self.now).await;
        used.unwrap()
    }
}

#[tokio::test]
async fn a_screening_sheet_is_the_screening_with_the_same_criteria_until_it_is_annulled() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let patient = world.client().await;
        let case = world.admitted(patient, "2026-11-23T00:00:00Z").await;
        let fields = [
            ("written_on", "R8.11.24"),
            ("factors", "meals"),
            ("factors", "alone"),
            ("needs_support", "watch"),
        ];
        let of = (patient, case);
        let sheet = world.keep(&nurse, of, "discharge_screening", &fields).await;
        let shown = world.shown(&manager, case).await.unwrap();
        assert_eq!(standing(&shown.state, "screening"), [Standing::Met]);
        let told = shown
            .events
            .iter()
            .find(|it| it.kind == "screened")
            .unwrap();
        let told = told.event().unwrap();
        assert_eq!(told.content.form_record, Some(sheet.get()));
        assert_eq!(
            told.content.criteria,
            ["alone", "meals"].map(str::to_owned).into()
        );
        assert_eq!(told.happened_at, world.now, "not later than now");
        assert_eq!(shown.state.facts["need"], "watch", "who wrote it decides");
        let what = (case, "discharge_screening", sheet);
        let used = world.used(&nurse, what).await;
        assert_eq!((used.told.len(), used.open.len()), (1, 0), "{used:?}");
        let house = world.house();
        let annulled = database::write(&world.db, async |tx| {
            form::annul(tx, house, &nurse, (sheet, "別の人の様式"), world.now).await
        });
        annulled.await.unwrap();
        let shown = world.shown(&manager, case).await.unwrap();
        assert_eq!(standing(&shown.state, "screening"), [Standing::Waiting]);
        assert!(world.used(&nurse, what).await.told.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_form_that_must_be_sent_is_not_sent_by_being_written() {
    on_both(async |database| {
        let world = World::of(database).await;
        let manager = world.care_manager();
        let patient = world.client().await;
        let case = world.admitted(patient, "2026-11-23T00:00:00Z").await;
        let of = (patient, case);
        let form = world.keep(&manager, of, "admission_info", &[]).await;
        let shown = world.shown(&manager, case).await.unwrap();
        assert_eq!(
            standing(&shown.state, "admission_information"),
            [Standing::Waiting]
        );
        let used = world.used(&manager, (case, "admission_info", form)).await;
        assert!(used.told.is_empty());
        assert_eq!(used.open[0].step, "admission_information");
        assert!(used.open[0].is_handover);
        // What the other side owes is not offered, and nobody else learns anything.
        assert!(
            world
                .used(&world.nurse(), (case, "admission_info", form))
                .await
                .open
                .is_empty()
        );
        let stranger = world.by("clinic", CLINIC);
        assert_eq!(
            world.used(&stranger, (case, "admission_info", form)).await,
            form::Use::default()
        );
    })
    .await;
}

#[tokio::test]
async fn the_record_of_an_interview_is_the_interview_of_who_owes_it() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (nurse, manager) = (world.nurse(), world.care_manager());
        let patient = world.client().await;
        let case = world.admitted(patient, "2026-11-23T00:00:00Z").await;
        let mut planned = happened("discharge_planned", "2026-11-23T03:00:00Z");
        planned.day = Some(day("2026-12-10"));
        world.tell(&nurse, case, planned).await.unwrap();
        let of = (patient, case);
        world.keep(&nurse, of, "discharge_record", &[]).await;
        let shown = world.shown(&nurse, case).await.unwrap();
        assert_eq!(
            standing(&shown.state, "hospital_interview"),
            [Standing::Waiting]
        );
        let written_on = [("written_on", "R8.11.24")];
        world
            .keep(&manager, of, "discharge_record", &written_on)
            .await;
        let shown = world.shown(&nurse, case).await.unwrap();
        assert_eq!(
            standing(&shown.state, "hospital_interview"),
            [Standing::Met]
        );
        let receipts =
            "select count(*) from case_event where kind = 'done' and step = 'hospital_interview'";
        world
            .keep(&manager, of, "discharge_record", &written_on)
            .await;
        assert_eq!(world.number(receipts).await, 1, "it is done once");
    })
    .await;
}

#[tokio::test]
async fn a_form_names_the_hospital_and_not_its_corporation_and_who_writes_it() {
    use keniki_app::form::Value;
    use keniki_app::form::record::start::{Wanted, start};
    on_both(async |database| {
        let world = World::of(database).await;
        let manager = world.care_manager();
        let patient = world.client().await;
        let case = world.admitted(patient, "2026-11-23T00:00:00Z").await;
        let began = async |world: &World, item: &str| {
            let wanted = Wanted {
                patient,
                case: Some(case),
                form: "admission_info",
                former: None,
            };
            let begun = start(&world.db, &world.definitions, &manager, wanted, world.now).await;
            match begun.unwrap().values.get(item) {
                Some(Value::Text(text)) => text.clone(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(began(&world, "hospital_name").await, "組織1");
        for sql in [
            "update site set name = '汐見病院' where id = 1",
            "insert into service (id, site_id, category, status) values (1, 1, 'hospital', 'active')",
        ] {
            world.run(sql).await;
        }
        assert_eq!(began(&world, "hospital_name").await, "汐見病院");
        // Somebody else of the office wrote the last one.
        let last = [("care_manager_name", "前の担当者")];
        world.keep(&manager, (patient, case), "admission_info", &last).await;
        assert_eq!(began(&world, "care_manager_name").await, "人2");
    })
    .await;
}
