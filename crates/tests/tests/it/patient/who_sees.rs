//! Seen alone, in the list and in the count are one, for every role of every organization.

use keniki_app::account::policy::Deed;
use keniki_app::patient::object;
use keniki_tests::on_both;

use super::*;

#[tokio::test]
async fn a_patient_is_listed_and_counted_for_whom_they_are_seen_alone() {
    on_both(async |database| {
        let world = World::of(database).await;
        let mut patients = Vec::new();
        for n in 0..40 {
            let by = world.by("hospital_discharge", 1 + n % 4);
            let id = world.register(&by, "clinic", hanako()).await;
            let sql = match n % 5 {
                0 => format!("update care_team set access_until = '2026-11-23' where patient_id = {id}"),
                1 => format!("update care_team set access_until = '{TODAY}' where patient_id = {id}"),
                2 => format!("update care_team set valid_from = '2026-11-25' where patient_id = {id}"),
                3 => format!("insert into emergency_access (patient_id, account_id, organization_id, reason, begun_at, ends_at)
                    values ({id}, 2, 2, 'r', '2026-11-24T00:30:00.000000Z', '2026-11-24T0{}:30:00.000000Z')", n % 2),
                _ => format!("insert into care_team (patient_id, organization_id, role, valid_from, created_at) values ({id}, 3, 'clinic', '2026-01-01', 'x')"),
            };
            world.run(&sql).await;
            patients.push(id);
        }
        let mut n_seen = BTreeSet::new();
        for role in world.definitions.roles() {
            for organization in 1..=4 {
                let by = world.by(&role.code, organization);
                let listed = world.listed(&by, "").await;
                let mut alone = Vec::new();
                for id in &patients {
                    let object = object(&world.db, *id, world.now).await.unwrap();
                    if by.may(Deed::ReadPatient, &object).is_some() {
                        alone.push(id.get());
                    }
                }
                assert_eq!(listed, alone, "{} {organization}", role.code);
                let is_cared_for = role.may.contains_key(&Deed::ReadPatient);
                assert_eq!(!listed.is_empty(), is_cared_for, "{} {organization}", role.code);
                n_seen.insert(listed.len());
            }
        }
        assert!(n_seen.contains(&0) && n_seen.len() > 2, "{n_seen:?}");
        assert_eq!(world.listed(&By::command_line(), "").await.len(), patients.len());
        assert!(world.listed(&By::nobody("192.0.2.1", None), "").await.is_empty());
    })
    .await;
}
