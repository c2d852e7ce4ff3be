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
