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

/// What is about a patient.
const PATIENT: [Deed; 7] = [
    Deed::ReadPatient,
    Deed::WritePatient,
    Deed::ReadMessage,
    Deed::WriteMessage,
    Deed::ReadHandover,
    Deed::SendHandover,
    Deed::AnswerHandover,
];

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
            for deed in PATIENT {
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

/// Nobody sees a patient by anything but the care team, or an emergency that they answer for.
#[test]
fn a_patient_is_seen_by_the_care_team_and_in_an_emergency_alone() {
    let policy = Policy::of(&ROLES);
    let who: Vec<_> = policy.who_may(Deed::ReadPatient).collect();
    assert!(who.len() >= 8);
    for (role, relations) in who {
        let by = |relation| relations.contains(&relation);
        assert!(by(Relation::CareTeam), "{}", role.code);
        let is_bound = [Relation::CareTeam, Relation::Emergency];
        assert!(
            relations.iter().all(|it| is_bound.contains(it)),
            "{}",
            role.code
        );
        let is_asked_alone = role.code == "coordinator";
        assert_ne!(by(Relation::Emergency), is_asked_alone, "{}", role.code);
        assert!(!is_asked_alone || !role.may.contains_key(&Deed::OpenEmergency));
    }
    for (role, relations) in policy.who_may(Deed::WritePatient) {
        let care_team = BTreeSet::from([Relation::CareTeam]);
        assert_eq!(*relations, care_team, "{}", role.code);
        assert_eq!(role.may.get(&Deed::RecordConsent), Some(&care_team));
    }
    for deed in PATIENT.into_iter().skip(2) {
        for (role, relations) in policy.who_may(deed) {
            assert_eq!(*relations, BTreeSet::from([Relation::CareTeam]));
            assert!(role.may.contains_key(&Deed::ReadPatient), "{}", role.code);
        }
    }
}

/// Who opens a record in an emergency may read it then, and does not look after such openings.
#[test]
fn who_opens_a_record_in_an_emergency_is_not_who_reviews_it() {
    for role in ROLES.iter() {
        let may = |deed| role.may.contains_key(&deed);
        assert!(
            !may(Deed::OpenEmergency) || may(Deed::ReadPatient),
            "{}",
            role.code
        );
        assert!(
            !may(Deed::OpenEmergency) || !may(Deed::ReviewEmergency),
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
    let team = proptest::collection::btree_set((1..4_i64).prop_map(OrganizationId::new), 0..3);
    let emergency = proptest::collection::btree_set((1..4_i64).prop_map(AccountId::new), 0..3);
    let organization = proptest::option::of((1..4_i64).prop_map(OrganizationId::new));
    (organization, proptest::option::of("[1-4]"), team, emergency).prop_map(
        |(organization, municipality, care_team, emergency)| Object {
            organization,
            municipality,
            care_team,
            emergency,
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
        Relation::CareTeam => object.care_team.contains(&actor.organization),
        Relation::Emergency => object.emergency.contains(&actor.account),
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
