//! Signing in and what guards it, on both engines: links, two factors, sessions, throttling, roles.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use keniki_app::account::factor::{self, FactorError, NewFactor, Proof};
use keniki_app::account::invitation::{self, Guest, InvitationError, Purpose, Sent};
use keniki_app::account::mailbox::{self, MailboxError};
use keniki_app::account::membership::{self, Place};
use keniki_app::account::person::{self, StatusError};
use keniki_app::account::policy::{Deed, Workplace};
use keniki_app::account::session::{self, Browser, Opened, Session};
use keniki_app::account::sign_in::{self, House, SignInError};
use keniki_app::account::stage::Stage;
use keniki_app::account::{By, office};
use keniki_app::audit;
use keniki_app::database;
use keniki_app::definition::Definitions;
use keniki_base::chance::SeededChance;
use keniki_base::clock::{Clock, FixedClock};
use keniki_base::id::{AccountId, OrganizationId};
use keniki_tests::on_both;
use sea_orm::{ConnectionTrait, DatabaseConnection};

mod leaving;
mod staff;

const PASSWORD: &str = "umi-tanuki-8-kissaten";
const LOGIN: &str = "hanako@example.jp";

const BROWSER: Browser<'static> = Browser {
    origin: "192.0.2.1",
    agent: Some("Firefox/140"),
    session: None,
};

/// An installation without any data, and its clock.
struct Center {
    db: DatabaseConnection,
    definitions: Definitions,
    chance: SeededChance,
    clock: FixedClock,
}

impl Center {
    fn of(db: DatabaseConnection) -> Self {
        Self {
            db,
            definitions: Definitions::load(None).unwrap(),
            chance: SeededChance::of(1),
            clock: FixedClock::at("2026-11-24T01:00:00Z".parse().unwrap()),
        }
    }

    fn house(&self) -> House<'_> {
        House {
            rule: self.definitions.sign_in(),
            chance: &self.chance,
            site: None,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn pass(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    async fn organization(&self, name: &str, places: &[Place]) -> OrganizationId {
        let found = database::write(&self.db, async |tx| office::found(tx, name, places).await);
        found.await.unwrap()
    }

    fn guest(&self, organization: OrganizationId, role: &str, login: &str) -> Guest {
        Guest {
            login: login.to_owned(),
            name: "試し 花子".to_owned(),
            term: invitation::from_today(organization, role, self.now()),
        }
    }

    async fn invite(&self, by: &By, guest: &Guest) -> Result<Sent, InvitationError> {
        let (house, roles) = (self.house(), self.definitions.roles());
        database::write(&self.db, async |tx| {
            invitation::invite(tx, house, roles, by, guest, self.now()).await
        })
        .await
    }

    async fn take(&self, sent: &Sent, password: &str) -> Result<Opened, InvitationError> {
        let (who, what) = ((&nobody(), BROWSER), (sent.token.as_str(), password));
        invitation::take(&self.db, self.house(), who, what, self.now()).await
    }

    async fn session(&self, opened: &Opened) -> Option<Session> {
        let rule = self.definitions.sign_in();
        let token = opened.token.as_str();
        session::find(&self.db, rule, token, self.now())
            .await
            .unwrap()
    }

    /// Sets up an app; its secret, the recovery codes and the session.
    async fn enroll(&self, opened: &Opened) -> (String, Vec<String>, Opened) {
        let session = self.session(opened).await.expect("the session holds");
        let secret = database::write(&self.db, async |tx| {
            factor::ask_app(tx, &self.chance, &session).await
        });
        let secret = secret.await.unwrap();
        let code = code(&secret, self.now());
        let new = NewFactor::App { code: &code };
        let set_up = database::write(&self.db, async |tx| {
            let who = (&nobody(), &session, BROWSER);
            factor::add(tx, &self.chance, None, who, new, self.now()).await
        });
        let set_up = set_up.await.unwrap();
        (secret, set_up.recovery_codes, set_up.opened)
    }

    async fn type_password(&self, login: &str, password: &str) -> Result<Opened, SignInError> {
        let (who, pair) = ((&nobody(), BROWSER), (login, password));
        sign_in::with_password(&self.db, self.house(), who, pair, self.now()).await
    }

    async fn prove(&self, opened: &Opened, proof: Proof<'_>) -> Result<Opened, SignInError> {
        let session = self.session(opened).await.expect("the session holds");
        let who = (&nobody(), &session, BROWSER);
        sign_in::with_factor(&self.db, self.house(), who, proof, self.now()).await
    }

    /// Somebody signed in in a role of an organization, with the secret of their app.
    async fn somebody(
        &self,
        organization: OrganizationId,
        role: &str,
        login: &str,
    ) -> (Session, String, Opened) {
        let guest = self.guest(organization, role, login);
        let sent = self.invite(&By::command_line(), &guest).await.unwrap();
        let opened = self.take(&sent, PASSWORD).await.unwrap();
        let (secret, _, opened) = self.enroll(&opened).await;
        let session = self.session(&opened).await.unwrap();
        (session, secret, opened)
    }

    fn by(&self, session: &Session) -> By {
        let desk = session.desk.as_ref().expect("a role that holds today");
        By::actor(&desk.actor, self.definitions.policy(), BROWSER.origin)
    }
}

fn nobody() -> By {
    By::nobody(BROWSER.origin, None)
}

/// What an app shows at `now`; one_time.rs holds the codes against RFC 6238.
pub fn code(secret: &str, now: DateTime<Utc>) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new()
        .with_secret(secret)
        .with_account_name("");
    let seconds = now.timestamp().unsigned_abs();
    app.build().unwrap().generate(seconds).to_string()
}

#[tokio::test]
async fn an_invitation_becomes_an_account_with_two_factors() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let guest = center.guest(hospital, "hospital_discharge", " Hanako@Example.JP ");
        let sent = center.invite(&By::command_line(), &guest).await.unwrap();
        assert_eq!(sent.login, LOGIN);

        let weak = center.take(&sent, "password123").await.unwrap_err();
        assert!(matches!(weak, InvitationError::Password(_)), "{weak}");
        let opened = center.take(&sent, PASSWORD).await.unwrap();
        assert_eq!(opened.stage, Stage::Enroll);
        let session = center.session(&opened).await.unwrap();
        assert!(
            session.desk.is_none(),
            "nothing may be done before the second factor"
        );
        let twice = center.take(&sent, PASSWORD).await.unwrap_err();
        assert!(matches!(twice, InvitationError::NotThere), "{twice}");

        let (secret, recovery, full) = center.enroll(&opened).await;
        assert_eq!(recovery.len(), 10);
        assert!(
            center.session(&opened).await.is_none(),
            "the former token is void"
        );
        let session = center.session(&full).await.unwrap();
        let desk = session.desk.clone().unwrap();
        assert_eq!(desk.actor.role, "hospital_discharge");
        assert_eq!(desk.organization_name, "汐見病院");

        center.pass(Duration::minutes(2));
        let half = center
            .type_password("HANAKO@example.jp", PASSWORD)
            .await
            .unwrap();
        assert_eq!(half.stage, Stage::Second);
        let digits = code(&secret, center.now());
        let in_again = center.prove(&half, Proof::Code(&digits)).await.unwrap();
        assert_eq!(in_again.stage, Stage::Full);

        let half = center.type_password(LOGIN, PASSWORD).await.unwrap();
        let replayed = center.prove(&half, Proof::Code(&digits)).await.unwrap_err();
        assert!(matches!(
            replayed,
            SignInError::Factor(FactorError::WrongCode)
        ));
        let written = Proof::RecoveryCode(&recovery[3]);
        let full = center.prove(&half, written).await.unwrap();
        let half = center.type_password(LOGIN, PASSWORD).await.unwrap();
        let used = center.prove(&half, written).await.unwrap_err();
        assert!(matches!(
            used,
            SignInError::Factor(FactorError::WrongRecoveryCode)
        ));
        let session = center.session(&full).await.unwrap();
        let left = factor::of(&center.db, session.account).await.unwrap();
        assert_eq!(left.n_codes_left, 9);
    })
    .await;
}

#[tokio::test]
async fn of_a_code_sent_twice_at_once_one_gets_in() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let (_, secret, _) = center.somebody(hospital, "hospital_ward", LOGIN).await;
        center.pass(Duration::minutes(2));
        let digits = code(&secret, center.now());
        let one = center.type_password(LOGIN, PASSWORD).await.unwrap();
        let other = center.type_password(LOGIN, PASSWORD).await.unwrap();
        let proof = Proof::Code(&digits);
        let both = tokio::join!(center.prove(&one, proof), center.prove(&other, proof));
        let n_in = [both.0.is_ok(), both.1.is_ok()]
            .into_iter()
            .filter(|is_in| *is_in);
        assert_eq!(n_in.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_and_a_wrong_password_get_the_same_answer_and_guessing_is_slowed_down() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        center.somebody(hospital, "hospital_ward", LOGIN).await;
        for login in [LOGIN, "nobody@example.jp"] {
            for _ in 0..5 {
                let wrong = center.type_password(login, "wrong").await.unwrap_err();
                assert_eq!(wrong.to_string(), "メールアドレスかパスワードが違います。");
            }
            let stopped = center.type_password(login, PASSWORD).await.unwrap_err();
            assert!(
                matches!(stopped, SignInError::TooMany(15)),
                "{login}: {stopped}"
            );
        }
        center.pass(Duration::minutes(16));
        assert!(center.type_password(LOGIN, PASSWORD).await.is_ok());
        let rows = audit::entries(
            &center.db,
            center.now() - Duration::days(1),
            center.now() + Duration::days(1),
            0,
            100,
        );
        let failed = rows.await.unwrap();
        let failed = failed
            .iter()
            .filter(|row| row.deed == "session.fail")
            .count();
        assert_eq!(failed, 12, "every failure is in the audit log");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_unused_and_in_any_case_after_half_a_day() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let (_, _, opened) = center.somebody(hospital, "hospital_ward", LOGIN).await;
        for _ in 0..13 {
            center.pass(Duration::minutes(55));
            assert!(
                center.session(&opened).await.is_some(),
                "used every 55 minutes"
            );
        }
        center.pass(Duration::minutes(6));
        assert!(
            center.session(&opened).await.is_none(),
            "over after 12 hours"
        );

        let (session, secret, opened) = center
            .somebody(hospital, "hospital_ward", "taro@example.jp")
            .await;
        assert!(session.is_confirmed(center.definitions.sign_in(), center.now()));
        center.pass(Duration::minutes(16));
        let session = center.session(&opened).await.unwrap();
        assert!(!session.is_confirmed(center.definitions.sign_in(), center.now()));
        let digits = code(&secret, center.now());
        let confirmed = center.prove(&opened, Proof::Code(&digits)).await.unwrap();
        assert!(center.session(&opened).await.is_none());
        let session = center.session(&confirmed).await.unwrap();
        assert!(session.is_confirmed(center.definitions.sign_in(), center.now()));
        center.pass(Duration::minutes(61));
        assert!(
            center.session(&confirmed).await.is_none(),
            "over after an hour unused"
        );

        let half = center
            .type_password("taro@example.jp", PASSWORD)
            .await
            .unwrap();
        center.pass(Duration::minutes(11));
        assert!(
            center.session(&half).await.is_none(),
            "the second factor is due in ten minutes"
        );
    })
    .await;
}

#[tokio::test]
async fn a_link_grows_old_is_taken_back_and_is_replaced_by_the_next() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let by = By::command_line();
        let guest = center.guest(hospital, "hospital_ward", LOGIN);
        let old = center.invite(&by, &guest).await.unwrap();
        center.pass(Duration::days(7) + Duration::minutes(1));
        assert!(center.take(&old, PASSWORD).await.is_err(), "after a week");
        let first = center.invite(&by, &guest).await.unwrap();
        let second = center.invite(&by, &guest).await.unwrap();
        assert!(
            center.take(&first, PASSWORD).await.is_err(),
            "the second one counts"
        );
        let waiting = invitation::waiting(&center.db, hospital, center.now())
            .await
            .unwrap();
        assert_eq!(
            waiting.iter().map(|it| it.id).collect::<Vec<_>>(),
            [second.id]
        );
        database::write(&center.db, async |tx| {
            invitation::revoke(tx, &by, second.id, center.now()).await
        })
        .await
        .unwrap();
        assert!(center.take(&second, PASSWORD).await.is_err(), "taken back");

        let wrong = |login: &str, name: &str| Guest {
            login: login.to_owned(),
            name: name.to_owned(),
            ..guest.clone()
        };
        for guest in [
            wrong("nobody", "花子"),
            wrong(LOGIN, " "),
            wrong(LOGIN, &"花".repeat(61)),
        ] {
            assert!(center.invite(&by, &guest).await.is_err(), "{guest:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_manager_gives_the_roles_of_their_own_office_and_no_others() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let clinic = center.organization("みなと医院", &[]).await;
        let area = Place::area("3103");
        let health_center = center.organization("汐見保健所", &[area]).await;
        let (manager, _, _) = center
            .somebody(hospital, "manager", "kanri@example.jp")
            .await;
        let by = center.by(&manager);
        let give = async |organization, role: &str| {
            let guest = center.guest(organization, role, LOGIN);
            center.invite(&by, &guest).await
        };
        assert!(give(hospital, "hospital_ward").await.is_ok());
        let elsewhere = give(clinic, "clinic").await.unwrap_err();
        let InvitationError::Refused(refused) = elsewhere else {
            panic!("{elsewhere}")
        };
        assert_eq!(refused.deed, Deed::InviteAccount);
        audit::refuse(&center.db, &refused, center.now())
            .await
            .unwrap();
        for role in ["health_center_planning", "prefecture", "municipality"] {
            let not_here = give(hospital, role).await.unwrap_err();
            assert!(
                matches!(not_here, InvitationError::RoleElsewhere),
                "{role}: {not_here}"
            );
        }
        for role in ["operator", "auditor"] {
            let too_high = give(hospital, role).await.unwrap_err();
            assert!(
                matches!(too_high, InvitationError::RoleTooHigh),
                "{role}: {too_high}"
            );
        }
        assert!(matches!(
            give(hospital, "king").await,
            Err(InvitationError::WrongRole)
        ));
        let roles =
            invitation::roles_to_give(&center.db, center.definitions.roles(), &by, hospital);
        let codes: BTreeSet<&str> = roles
            .await
            .unwrap()
            .iter()
            .map(|it| it.code.as_str())
            .collect();
        assert!(codes.contains("hospital_ward") && !codes.contains("health_center_planning"));
        assert!(!codes.contains("operator"));

        // An association of the same area is no authority.
        let society = Place::of(Workplace::Association, "3103");
        let society = center.organization("汐見医師会", &[society]).await;
        let clerk = center.guest(society, "health_center_planning", "clerk@example.jp");
        let refused = center
            .invite(&By::command_line(), &clerk)
            .await
            .unwrap_err();
        assert!(
            matches!(refused, InvitationError::RoleElsewhere),
            "{refused}"
        );

        let planner = center.guest(health_center, "health_center_planning", "plan@example.jp");
        assert!(center.invite(&By::command_line(), &planner).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn somebody_stopped_is_out_at_once_and_a_role_that_ends_leaves_its_mailboxes() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let (manager, _, _) = center
            .somebody(hospital, "manager", "kanri@example.jp")
            .await;
        let (nurse, _, opened) = center.somebody(hospital, "hospital_discharge", LOGIN).await;
        let (by, now) = (center.by(&manager), center.now());
        let roles = center.definitions.roles();
        let (auditor, _, _) = center
            .somebody(hospital, "auditor", "kansa@example.jp")
            .await;
        let kinds = center.definitions.mailboxes();
        let put = async |people: &[AccountId]| {
            database::write(&center.db, async |tx| {
                let which = (hospital, "discharge_support");
                mailbox::put_people(tx, kinds, &by, which, people, now).await
            })
            .await
        };
        put(&[nurse.account]).await.unwrap();
        let wrong = put(&[manager.account]).await.unwrap_err();
        assert!(matches!(wrong, MailboxError::WrongRole), "{wrong}");
        let answering = async |now| {
            let all = mailbox::of(&center.db, kinds, hospital, now).await.unwrap();
            let people = all.iter().flat_map(|it| it.people.iter());
            people.filter(|(_, _, answers)| *answers).count()
        };
        assert_eq!(answering(now).await, 1);

        let put_active = async |account, is_active| {
            database::write(&center.db, async |tx| {
                person::put_active(tx, &by, roles, (account, is_active), now).await
            })
            .await
        };
        let own = put_active(manager.account, false).await.unwrap_err();
        assert!(matches!(own, StatusError::Own), "{own}");
        let high = put_active(auditor.account, false).await.unwrap_err();
        assert!(matches!(high, StatusError::Refused(_)), "{high}");
        // Who watches over others from next month on is out of reach already.
        let to_come = async |change: &str| {
            center.db.execute_unprepared(change).await.unwrap();
            put_active(nurse.account, true).await
        };
        let nurse_to_come = format!(
            "insert into membership (account_id, organization_id, role, valid_from, created_at)
             values ({}, {hospital}, 'auditor', '2099-01-01', 'x')",
            nurse.account
        );
        let high = to_come(&nurse_to_come).await.unwrap_err();
        assert!(matches!(high, StatusError::Refused(_)), "{high}");
        to_come("delete from membership where valid_from = '2099-01-01'")
            .await
            .unwrap();
        put_active(nurse.account, false).await.unwrap();
        assert!(center.session(&opened).await.is_none());
        assert!(center.type_password(LOGIN, PASSWORD).await.is_err());
        put_active(nurse.account, true).await.unwrap();
        assert!(center.type_password(LOGIN, PASSWORD).await.is_ok());

        let membership = nurse.desk.as_ref().unwrap().membership;
        let yesterday = keniki_base::clock::jst_day(now).pred_opt().unwrap();
        database::write(&center.db, async |tx| {
            membership::end(tx, &by, roles, (membership, yesterday), now).await
        })
        .await
        .unwrap();
        let desks = membership::desks(&center.db, nurse.account, now)
            .await
            .unwrap();
        assert_eq!(desks, []);
        assert_eq!(answering(now).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_lost_factor_and_a_forgotten_password_come_back_by_a_link_and_not_without_the_other() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let (manager, _, _) = center
            .somebody(hospital, "manager", "kanri@example.jp")
            .await;
        let (nurse, secret, opened) = center.somebody(hospital, "hospital_ward", LOGIN).await;
        let (by, house) = (center.by(&manager), center.house());
        let roles = center.definitions.roles();

        // The password by a letter: the second factor stays.
        let ask = async |login: &str| {
            let by = nobody();
            let sent = database::write(&center.db, async |tx| {
                invitation::for_password(tx, house, &by, login, center.now()).await
            });
            sent.await.unwrap()
        };
        assert!(ask("nobody@example.jp").await.is_none());
        let sent = ask(LOGIN).await.unwrap();
        let half = center.take(&sent, "asa-no-minato-inu-3").await.unwrap();
        assert_eq!(half.stage, Stage::Second);
        assert!(
            center.session(&opened).await.is_none(),
            "every session ends"
        );
        assert!(center.type_password(LOGIN, PASSWORD).await.is_err());
        center.pass(Duration::minutes(1));
        let digits = code(&secret, center.now());
        assert!(center.prove(&half, Proof::Code(&digits)).await.is_ok());

        // The factor by the manager: the password is asked for, the old app is void.
        let link = (nurse.account, Purpose::Factor);
        let sent = database::write(&center.db, async |tx| {
            invitation::for_account(tx, house, roles, &by, link, center.now()).await
        });
        let sent = sent.await.unwrap();
        let wrong = center.take(&sent, PASSWORD).await.unwrap_err();
        assert!(matches!(wrong, InvitationError::WrongPassword), "{wrong}");
        let opened = center.take(&sent, "asa-no-minato-inu-3").await.unwrap();
        assert_eq!(opened.stage, Stage::Enroll);
        let (new_secret, ..) = center.enroll(&opened).await;
        assert_ne!(new_secret, secret);
        center.pass(Duration::minutes(2));
        let half = center
            .type_password(LOGIN, "asa-no-minato-inu-3")
            .await
            .unwrap();
        let old = code(&secret, center.now());
        assert!(center.prove(&half, Proof::Code(&old)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_loaded_again_does_not_void_the_link_it_showed() {
    on_both(async |database| {
        let demo = crate::desk::Demo::of(database).await;
        let mut operator = demo.sign_in("operator").await;
        let office = demo
            .number("select organization_id from membership where role = 'clinic'")
            .await;
        let to = format!("/offices/{office}/invitations");
        let form = "login=a@example.jp&name=a&role=clinic";
        let open = "select count(*) from invitation where revoked_at is null";
        let first = operator.post(&to, form).await;
        assert!(first.text().contains("このリンクを本人に渡してください"));
        let again = operator.post(&to, form).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("そのリンクは使えるままです"));
        assert_eq!(demo.number(open).await, 1);
        let revoked = "select count(*) from invitation where revoked_at is not null";
        assert_eq!(demo.number(revoked).await, 0);
        demo.clock.advance(Duration::minutes(1));
        let later = operator.post(&to, form).await;
        assert!(later.text().contains("前に出したリンクは、もう使えません"));
        assert_eq!(
            (demo.number(open).await, demo.number(revoked).await),
            (1, 1)
        );
    })
    .await;
}
