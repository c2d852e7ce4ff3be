//! A case goes five years after its end, and a patient five years after nobody looks after them, with all that hangs on them.

use std::collections::BTreeMap;

use keniki_app::database;
use keniki_app::definition::retention::Kept;
use keniki_app::job::Reporter;
use keniki_app::retention::erase;
use keniki_tests::on_both;

use super::*;

async fn erased(world: &World, now: &str) -> BTreeMap<Kept, u64> {
    let by = By::program("test");
    let done = erase(
        &world.db,
        &world.definitions,
        &by,
        &Reporter::default(),
        at(now),
    )
    .await;
    let mut done = done.unwrap();
    done.retain(|table, _| [Kept::CareCase, Kept::Patient].contains(table));
    done
}

#[tokio::test]
async fn a_case_and_then_a_patient_go_with_all_that_hangs_on_them() {
    on_both(async |database| {
        let world = World::of(database).await;
        let by = world.nurse();
        let gone = world.register(&by, "hospital", known_hanako()).await;
        let stays = world.register(&by, "hospital", hanako()).await;
        let case = world.case(gone, "open").await;
        for sql in [
            format!("update care_case set closed_at = '2026-12-01T00:00:00.000000Z' where id = {case}"),
            format!("insert into attachment (name, media_type, size, key_id, content, created_at) values
                ('n', 'm', 1, 'k', {0}, 'x'), ('n', 'm', 1, 'k', {0}, 'x'), ('n', 'm', 1, 'k', {0}, 'x')",
                if database::is_sqlite(&world.db) { "x'00'" } else { "'\\x00'" }),
            format!("insert into case_event (case_id, kind, happened_at, recorded_at, channel, content, attachment_id) values
                ({case}, 'k', 'x', 'x', 'here', '0', 1)"),
            format!("insert into case_event (case_id, kind, about_id, happened_at, recorded_at, channel, content, attachment_id) values
                ({case}, 'corrected', 1, 'x', 'x', 'here', '0', 2)"),
            format!("insert into obligation (case_id, step, event_id, from_role, begins_at, state) values ({case}, 's', 1, 'r', 'x', 'met')"),
            format!("insert into consent (patient_id, given_by, scope, purpose, basis, valid_from, attachment_id, created_at) values
                ({gone}, 'user', 'care', 'p', 'consent', 'x', 2, 'x'), ({stays}, 'user', 'care', 'p', 'consent', 'x', 3, 'x')"),
            format!("update care_team set access_until = '2027-01-01' where patient_id = {gone}"),
        ] {
            world.run(&sql).await;
        }
        assert_eq!(erased(&world, "2031-12-01T00:00:00Z").await, BTreeMap::new());
        assert_eq!(erased(&world, "2031-12-02T00:00:00Z").await, [(Kept::CareCase, 1)].into());
        let files = world.texts("select cast(id as text) from attachment order by id").await;
        assert_eq!(files, ["2", "3"], "a consent still refers to the second");
        assert_eq!(world.number("select count(*) from case_event").await, 0);
        assert_eq!(erased(&world, "2032-01-01T00:00:00Z").await, BTreeMap::new(), "access until new year");
        assert_eq!(erased(&world, "2032-01-02T00:00:00Z").await, [(Kept::Patient, 1)].into());
        for table in ["patient", "care_team", "consent", "attachment", "patient_name"] {
            assert_eq!(world.number(&format!("select count(*) from {table}")).await, 1, "{table}");
        }
        assert_eq!(erased(&world, "2099-01-02T00:00:00Z").await, BTreeMap::new(), "somebody looks after the other");
    })
    .await;
}

#[tokio::test]
async fn files_go_with_the_last_message_or_form_that_names_them() {
    on_both(async |database| {
        let world = World::of(database).await;
        let gone = world.register(&world.nurse(), "hospital", known_hanako()).await;
        let case = world.case(gone, "open").await;
        let content = if database::is_sqlite(&world.db) { "x'00'" } else { "'\\x00'" };
        let form = "insert into form_record (patient_id, case_id, form, form_version, content, former_id, created_at) values";
        for sql in [
            format!("update care_case set closed_at = '2026-12-01T00:00:00.000000Z' where id = {case}"),
            format!("insert into attachment (name, media_type, size, key_id, content, created_at) values
                ('n', 'm', 1, 'k', {content}, 'x'), ('n', 'm', 1, 'k', {content}, 'x'), ('n', 'm', 1, 'k', {content}, 'x')"),
            format!("insert into message (case_id, topic, text, created_at) values ({case}, 't', 'x', 'x')"),
            format!("insert into message (case_id, topic, text, former_id, created_at) values ({case}, 't', 'x', 1, 'x')"),
            "insert into message_attachment (message_id, attachment_id) values (1, 1), (2, 1)".to_owned(),
            format!("{form} ({gone}, {case}, 'f', '1', '0', null, 'x')"),
            format!("{form} ({gone}, null, 'f', '1', '0', 1, 'x')"),
            "insert into form_attachment (form_record_id, item, attachment_id) values (1, 'a', 2), (1, 'b', 3), (2, 'a', 2)".to_owned(),
            format!("update care_team set access_until = '2027-01-01' where patient_id = {gone}"),
        ] {
            world.run(&sql).await;
        }
        assert_eq!(erased(&world, "2031-12-02T00:00:00Z").await, [(Kept::CareCase, 1)].into());
        let files = world.texts("select cast(id as text) from attachment order by id").await;
        assert_eq!(files, ["2"], "a form that goes on still has it");
        assert_eq!(world.number("select count(*) from message").await, 0);
        let left = world.texts("select cast(id as text) from form_record where former_id is null").await;
        assert_eq!(left, ["2"], "and begins from none");
        assert_eq!(erased(&world, "2032-01-02T00:00:00Z").await, [(Kept::Patient, 1)].into());
        for table in ["attachment", "form_attachment", "form_record", "patient"] {
            assert_eq!(world.number(&format!("select count(*) from {table}")).await, 0, "{table}");
        }
    })
    .await;
}
