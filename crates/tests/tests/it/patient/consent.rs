//! Consent of the user and of the family, apart; withdrawn, it holds no more from that day on.

use keniki_app::database;
use keniki_app::definition::patient::Basis;
use keniki_app::patient::PatientError;
use keniki_app::patient::consent::{self, ConsentError, GivenBy, May, NewConsent};
use keniki_base::id::ConsentId;
use keniki_tests::on_both;

use super::*;

impl World {
    async fn agree(&self, by: &By, new: &NewConsent) -> Result<ConsentId, ConsentError> {
        let rule = self.definitions.patients();
        database::write(&self.db, async |tx| {
            consent::record(tx, rule, by, (new, None), self.now).await
        })
        .await
    }

    async fn withdraw(&self, by: &By, id: ConsentId, on: &str) -> Result<(), ConsentError> {
        database::write(&self.db, async |tx| {
            consent::withdraw(tx, by, (id, day(on)), self.now).await
        })
        .await
    }

    async fn holds(
        &self,
        patient: PatientId,
        given_by: GivenBy,
        scope: &str,
        on: &str,
    ) -> Option<Basis> {
        let asked = (given_by, scope);
        consent::holds(&self.db, patient, asked, day(on))
            .await
            .unwrap()
    }
}

fn consent_of(patient: PatientId) -> NewConsent {
    NewConsent {
        patient,
        given_by: GivenBy::User,
        giver: String::new(),
        scope: "care".to_owned(),
        purpose: "支援チームで情報を共有するため".to_owned(),
        basis: Basis::Consent,
        valid_from: day("2026-11-01"),
        valid_to: Some(day("2027-10-31")),
    }
}

#[tokio::test]
async fn consent_holds_for_whom_it_was_given_and_until_it_is_withdrawn() {
    on_both(async |database| {
        let world = World::of(database).await;
        let by = world.care_manager();
        let id = world.register(&by, "care_management", hanako()).await;
        let own = world.agree(&by, &consent_of(id)).await.unwrap();
        assert_eq!(
            world.holds(id, GivenBy::User, "care", "2026-11-01").await,
            Some(Basis::Consent)
        );
        assert_eq!(
            world.holds(id, GivenBy::User, "care", "2027-10-31").await,
            Some(Basis::Consent)
        );
        for (given_by, scope, on) in [
            (GivenBy::User, "care", "2026-10-31"),
            (GivenBy::User, "care", "2027-11-01"),
            (GivenBy::Family, "care", "2026-11-24"),
            (GivenBy::User, "admission", "2026-11-24"),
        ] {
            assert_eq!(
                world.holds(id, given_by, scope, on).await,
                None,
                "{scope} {on}"
            );
        }
        let family = NewConsent {
            given_by: GivenBy::Family,
            ..consent_of(id)
        };
        let nameless = world.agree(&by, &family).await;
        assert!(matches!(
            nameless,
            Err(ConsentError::Patient(PatientError::Missing(_)))
        ));
        let family = NewConsent {
            giver: "髙橋 一郎".to_owned(),
            ..family
        };
        world.agree(&by, &family).await.unwrap();

        assert!(matches!(
            world.withdraw(&by, own, "2026-10-31").await,
            Err(ConsentError::WrongDay)
        ));
        assert!(matches!(
            world.withdraw(&by, own, "2026-11-25").await,
            Err(ConsentError::WrongDay)
        ));
        world.withdraw(&by, own, "2026-11-20").await.unwrap();
        assert!(matches!(
            world.withdraw(&by, own, "2026-11-21").await,
            Err(ConsentError::Withdrawn)
        ));
        assert_eq!(
            world.holds(id, GivenBy::User, "care", "2026-11-19").await,
            Some(Basis::Consent)
        );
        assert_eq!(
            world.holds(id, GivenBy::User, "care", "2026-11-20").await,
            None
        );
        assert_eq!(
            world.holds(id, GivenBy::Family, "care", "2026-11-20").await,
            Some(Basis::Consent)
        );
        let recorded = consent::of_patient(&world.db, id).await.unwrap();
        assert_eq!(recorded.len(), 2);
        assert_eq!(recorded[0].account_name.as_deref(), Some("人2"));
    })
    .await;
}

#[tokio::test]
async fn what_rests_on_a_notice_tells_the_legal_minimum() {
    on_both(async |database| {
        let world = World::of(database).await;
        let by = world.nurse();
        let id = world.register(&by, "hospital", hanako()).await;
        let notice = NewConsent {
            scope: "admission".to_owned(),
            basis: Basis::Notice,
            ..consent_of(id)
        };
        world.agree(&by, &notice).await.unwrap();
        let basis = world.holds(id, GivenBy::User, "admission", TODAY).await;
        let scope = world
            .definitions
            .patients()
            .consent_scope("admission")
            .unwrap();
        let May::Tell(facts) = consent::may_tell(scope, basis) else {
            panic!("{basis:?}")
        };
        assert!(!facts.is_empty());
        let agreed = NewConsent {
            scope: "admission".to_owned(),
            ..consent_of(id)
        };
        world.agree(&by, &agreed).await.unwrap();
        let basis = world.holds(id, GivenBy::User, "admission", TODAY).await;
        assert_eq!(consent::may_tell(scope, basis), May::TellAll);
        assert_eq!(consent::may_tell(scope, None), May::TellNothing);

        for (wrong, is_basis) in [
            (
                NewConsent {
                    basis: Basis::Notice,
                    ..consent_of(id)
                },
                true,
            ),
            (
                NewConsent {
                    scope: "everything".to_owned(),
                    ..consent_of(id)
                },
                false,
            ),
            (
                NewConsent {
                    valid_to: Some(day("2026-10-31")),
                    ..consent_of(id)
                },
                false,
            ),
            (
                NewConsent {
                    purpose: " ".to_owned(),
                    ..consent_of(id)
                },
                false,
            ),
            (
                NewConsent {
                    purpose: "x".repeat(501),
                    ..consent_of(id)
                },
                false,
            ),
        ] {
            let refused = world.agree(&by, &wrong).await.unwrap_err();
            assert_eq!(
                matches!(refused, ConsentError::WrongBasis(..)),
                is_basis,
                "{refused}"
            );
        }
        let stranger = world.agree(&world.care_manager(), &consent_of(id)).await;
        assert!(matches!(
            stranger,
            Err(ConsentError::Patient(PatientError::Refused(_)))
        ));
        let law = NewConsent {
            scope: "emergency".to_owned(),
            basis: Basis::Law,
            ..consent_of(id)
        };
        let law = world.agree(&by, &law).await.unwrap();
        assert!(matches!(
            world.withdraw(&by, law, TODAY).await,
            Err(ConsentError::ByLaw)
        ));
    })
    .await;
}
