//! The table as it is printed, and that a list shows what can be seen alone.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::definition::Definitions;

static ROLES: LazyLock<Vec<Role>> =
    LazyLock::new(|| Definitions::load(None).unwrap().roles().to_vec());

/// Changed on purpose: write what this prints to `roles.txt`, and read the difference as a decision.
#[test]
fn the_table_is_the_printed_one() {
    let table = Policy::of(&ROLES).table();
    assert!(
        table == include_str!("../roles.txt"),
        "crates/app/src/account/roles.txt is not the table of definitions/roles.toml:\n{table}"
    );
}

#[test]
fn health_centers_the_prefecture_associations_and_the_operator_see_no_patient() {
    for role in ROLES.iter() {
        let is_administration = [
            "health_center",
            "prefecture",
            "association",
            "operator",
            "auditor",
        ]
        .iter()
        .any(|begin| role.code.starts_with(begin));
        if is_administration {
            for deed in [Deed::ReadPatient, Deed::WritePatient] {
                assert!(
                    !role.may.contains_key(&deed),
                    "{} {}",
                    role.code,
                    deed.code()
                );
            }
        }
    }
}

/// Nobody sees a patient by anything but the care team.
#[test]
fn a_patient_is_seen_by_the_care_team_alone() {
    let policy = Policy::of(&ROLES);
    let who: Vec<_> = policy.who_may(Deed::ReadPatient).collect();
    assert!(who.len() >= 8);
    for (role, relations) in who {
        assert_eq!(
            *relations,
            BTreeSet::from([Relation::CareTeam]),
            "{}",
            role.code
        );
    }
}

/// The walls inside a health center: what the medical affairs find in an inspection is theirs.
#[test]
fn inspections_are_behind_a_wall() {
    let policy = Policy::of(&ROLES);
    let who = |deed| {
        policy
            .who_may(deed)
            .map(|(role, _)| role.code.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(who(Deed::RecordFiling), ["health_center_medical_affairs"]);
    for role in [
        "health_center_mental",
        "health_center_intractable",
        "municipality",
        "clinic",
    ] {
        assert!(!who(Deed::ReadFiling).contains(&role.to_owned()), "{role}");
    }
}

#[test]
fn a_role_that_no_file_knows_may_nothing() {
    let actor = Actor {
        account: AccountId::new(1),
        organization: OrganizationId::new(1),
        role: "director".to_owned(),
        municipalities: BTreeSet::new(),
        area: BTreeSet::new(),
    };
    for deed in Deed::ALL {
        assert!(Policy::of(&ROLES).reach(&actor, *deed).is_nothing());
    }
}

fn actors() -> impl Strategy<Value = Actor> {
    let places = || proptest::collection::btree_set("[1-4]", 0..3);
    let roles: Vec<String> = ROLES.iter().map(|role| role.code.clone()).collect();
    (
        1..4_i64,
        1..4_i64,
        proptest::sample::select(roles),
        places(),
        places(),
    )
        .prop_map(
            |(account, organization, role, municipalities, area)| Actor {
                account: AccountId::new(account),
                organization: OrganizationId::new(organization),
                role,
                municipalities,
                area,
            },
        )
}

fn objects() -> impl Strategy<Value = Object> {
    let team = proptest::collection::btree_set((1..4_i64).prop_map(AccountId::new), 0..3);
    let organization = proptest::option::of((1..4_i64).prop_map(OrganizationId::new));
    (organization, proptest::option::of("[1-4]"), team).prop_map(
        |(organization, municipality, care_team)| Object {
            organization,
            municipality,
            care_team,
            ..Object::default()
        },
    )
}

/// What `relation` means, said once more and otherwise than the program says it.
fn is_so(relation: Relation, actor: &Actor, object: &Object) -> bool {
    let place = object.municipality.clone().unwrap_or_default();
    match relation {
        Relation::Any => true,
        Relation::OwnOrganization => object.organization == Some(actor.organization),
        Relation::OwnMunicipality => actor.municipalities.contains(&place),
        Relation::OwnArea => actor.area.contains(&place),
        Relation::CareTeam => object.care_team.contains(&actor.account),
    }
}

proptest! {
    #[test]
    fn a_deed_is_allowed_where_one_of_its_relations_holds_and_nowhere_else(actor in actors(), object in objects()) {
        let policy = Policy::of(&ROLES);
        let role = ROLES.iter().find(|role| role.code == actor.role).unwrap();
        for deed in Deed::ALL {
            let relations = role.may.get(deed).cloned().unwrap_or_default();
            let expected = relations.iter().any(|relation| is_so(*relation, &actor, &object));
            let decided = policy.decide(&actor, *deed, &object);
            prop_assert_eq!(decided.is_some(), expected, "{:?}", deed);
            if let Some(relation) = decided {
                prop_assert!(relations.contains(&relation) && is_so(relation, &actor, &object));
            }
            prop_assert!(!policy.reach(&actor, *deed).is_nothing() || decided.is_none());
        }
    }
}
