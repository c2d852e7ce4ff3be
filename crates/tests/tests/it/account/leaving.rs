//! What is held of somebody is given out in full and without secrets; who they were is erased without a trace, where nothing forbids it.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use keniki_app::account::disclosure;
use keniki_app::account::erase::{self, EraseError, Erased, NAME};
use keniki_app::account::hold;
use keniki_app::database::statement;
use keniki_app::definition::retention::Kept;
use keniki_app::job::Reporter;
use keniki_app::mail::{self, Draft};
use keniki_app::retention;
use sea_orm::ConnectionTrait;

use super::*;
use crate::desk::Demo;
use crate::search::world::run;
use crate::tidy::privacy::live_columns;

/// Where a text stands: every column of every table, whatever its type.
async fn places_of(db: &DatabaseConnection, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (table, column) in live_columns(db).await {
        let sql = format!(
            "select count(*) from {table} where lower(cast({column} as text)) like lower('%{text}%')"
        );
        let row = db.query_one_raw(statement(db, sql, [])).await.unwrap();
        let n: i64 = row.unwrap().try_get_by_index(0).unwrap();
        if n > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

/// All sheets of a book as one text.
fn text_of(book: Vec<u8>) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut all = String::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        if file.name().unwrap().ends_with(".xml") {
            file.read_to_string(&mut all).unwrap();
        }
    }
    all
}

impl Center {
    async fn erase(&self, login: &str) -> Result<Erased, EraseError> {
        database::write(&self.db, async |tx| {
            erase::erase(
                tx,
                &By::command_line(),
                &self.definitions,
                login,
                self.now(),
            )
            .await
        })
        .await
    }

    async fn hold(&self, login: &str, reason: Option<&str>) {
        let held = database::write(&self.db, async |tx| {
            hold::hold(tx, &By::command_line(), (login, reason), self.now()).await
        });
        held.await.unwrap();
    }

    /// Somebody who has left a trace in every table that knows people.
    async fn traced(&self, hospital: OrganizationId) -> (Session, String) {
        let (session, secret, _) = self.somebody(hospital, "hospital_ward", LOGIN).await;
        self.type_password(LOGIN, "wrong").await.unwrap_err();
        let session_by = self.by(&session);
        let sent = database::write(&self.db, async |tx| {
            let draft = Draft {
                recipient: LOGIN,
                subject: "試し 花子さんへ",
                body: "hanako@example.jp",
            };
            mail::write(tx, draft, self.now()).await?;
            invitation::for_password(tx, self.house(), &session_by, LOGIN, self.now()).await
        });
        sent.await.unwrap().expect("a link");
        let id = session.account;
        for sql in [
            format!(
                "insert into mailbox (organization_id, purpose, created_at) values ({hospital}, 'clinic', 'x')"
            ),
            format!(
                "insert into mailbox_member (mailbox_id, account_id, since) values (1, {id}, 'x')"
            ),
            format!(
                "insert into passkey (account_id, credential_id, credential, name, created_at) values ({id}, 'himitsu-a', 'himitsu-b', '花子のかぎ', 'x')"
            ),
            format!(
                "insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, source_rows, report) values (1, 'f', 's', 'kita.csv', 's', 'x', 'account {id}', 0, '0')"
            ),
            format!(
                "insert into upload (file_name, sha256, size, account_id, created_at) values ('minami.csv', 's', 1, {id}, 'x')"
            ),
            format!(
                "insert into job (kind, input, run_at, account_id, origin, created_at) values ('k', '0', 'x', {id}, 'o', 'x')"
            ),
            "insert into provider (label, issuer, client_id, client_secret, created_at) values ('l', 'i', 'c', 's', 'x')".to_owned(),
            format!("insert into provider_link (provider_id, subject, account_id, linked_at) values (1, 'hanako-sub', {id}, 'x')"),
            format!(
                "insert into provider_visit (provider_id, state_hash, browser_hash, nonce, code_verifier, errand, session_id, next, created_at)
                 values (1, 'himitsu-c', 'himitsu-d', 'himitsu-e', 'himitsu-f', 'link', {}, '/', 'x')",
                session.id
            ),
            format!("insert into confirmation (organization_id, asked_at) values ({hospital}, 'x')"),
            format!(
                "insert into confirmation_link (token_hash, confirmation_id, recipient, created_at, expires_at) values ('himitsu-g', 1, '{LOGIN}', 'x', 'y')"
            ),
            format!("insert into confirmation_address (organization_id, mail, created_at) values ({hospital}, '{LOGIN}', 'x')"),
            format!(
                "insert into audit_mark (entry_id, note, account_id, created_at) values (99, '気になった', {id}, 'x')"
            ),
        ] {
            run(&self.db, &sql).await;
        }
        (session, secret)
    }

    async fn leave(&self, session: &Session) {
        let today = keniki_base::clock::jst_day(self.now());
        let membership = session.desk.as_ref().unwrap().membership;
        let roles = self.definitions.roles();
        let ended = database::write(&self.db, async |tx| {
            let what = (membership, today.pred_opt().unwrap());
            membership::end(tx, &By::command_line(), roles, what, self.now()).await
        });
        ended.await.unwrap();
    }
}

#[tokio::test]
async fn everything_that_is_held_of_somebody_is_given_out_but_no_secret() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let (_, secret) = center.traced(hospital).await;
        center.somebody(hospital, "hospital_ward", "taro@example.jp").await;
        let book = database::write(&center.db, async |tx| {
            disclosure::disclose(tx, &By::command_line(), center.definitions.roles(), " HANAKO@example.jp", center.now()).await
        });
        let all = text_of(book.await.unwrap().into_bytes().unwrap());
        for told in [
            "試し 花子", LOGIN, "花子のかぎ", "kita.csv", "minami.csv", "気になった", "試し 花子さんへ", "192.0.2.1",
            "Firefox/140", "パスワードを決め直すリンクを頼む（account.ask_password）", "2026-11-24 10:00:00", "応じている窓口", "予備の番号", "汐見病院（1）", "病院（病棟）（hospital_ward）", "使える（active）",
        ] {
            assert!(all.contains(told), "{told} is missing");
        }
        let hashes = "select password_hash from account where login = 'hanako@example.jp'
            union all select token_hash from session union all select token_hash from invitation
            union all select code_hash from recovery_code union all select who_hash from sign_in_failure";
        let rows = center.db.query_all_raw(statement(&center.db, hashes, [])).await.unwrap();
        assert!(rows.len() > 10);
        for row in rows {
            let hash: String = row.try_get_by_index(0).unwrap();
            assert!(!all.contains(&hash), "{hash} is given out");
        }
        for withheld in [secret.as_str(), "himitsu-", "taro@example.jp"] {
            assert!(!all.contains(withheld), "{withheld} is given out");
        }
        let nobody = database::write(&center.db, async |tx| {
            disclosure::disclose(tx, &By::command_line(), center.definitions.roles(), "x@example.jp", center.now()).await
        });
        assert!(nobody.await.is_err());
        let told = "select count(*) from audit_entry where deed = 'account.disclose' and object_id = '1'";
        let row = center.db.query_one_raw(statement(&center.db, told, [])).await.unwrap();
        assert_eq!(row.unwrap().try_get_by_index::<i64>(0).unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_somebody_was_is_erased_without_a_trace_once_nothing_forbids_it() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let (session, _) = center.traced(hospital).await;
        let early = center.erase(LOGIN).await.unwrap_err();
        assert!(early.to_string().contains("汐見病院 hospital_ward"), "{early}");
        center.leave(&session).await;
        let early = center.erase(LOGIN).await.unwrap_err();
        assert!(early.to_string().starts_with("2027-11-23 まで残す"), "{early}");
        center.pass(Duration::days(365));
        center.hold(LOGIN, Some("訴訟のため")).await;
        let held = center.erase(LOGIN).await.unwrap_err();
        assert!(held.to_string().contains("訴訟のため"), "{held}");
        center.hold(LOGIN, None).await;
        run(&center.db, "insert into audit_mark (entry_id, note, created_at) select min(id), 'n', '2027-01-01' from audit_entry where account_id = 1").await;
        assert!(matches!(center.erase(LOGIN).await, Err(EraseError::Marked(_))));
        run(&center.db, "delete from audit_mark").await;

        assert!(!places_of(&center.db, LOGIN).await.is_empty(), "the scan sees what is there");
        audit::seal(&center.db, center.now()).await.unwrap();
        let before = audit::verify(&center.db, &[]).await.unwrap();
        let erased = center.erase("Hanako@example.jp").await.unwrap();
        assert_eq!((erased.account, erased.n_contacts), (session.account, 0));
        for trace in [LOGIN, "hanako", "花子"] {
            assert_eq!(places_of(&center.db, trace).await, Vec::<String>::new(), "{trace}");
        }
        assert_eq!(places_of(&center.db, NAME).await, ["account.name", "invitation.name"]);
        audit::seal(&center.db, center.now()).await.unwrap();
        let after = audit::verify(&center.db, &[]).await.unwrap();
        assert_eq!((after.broken, after.n_proved), (None, before.n_proved + 1), "the log itself stays");

        assert!(center.type_password(LOGIN, PASSWORD).await.is_err());
        assert!(matches!(center.erase(LOGIN).await, Err(EraseError::NotThere)));
        let roles = center.definitions.roles();
        let woken = database::write(&center.db, async |tx| {
            person::put_active(tx, &By::command_line(), roles, (session.account, true), center.now()).await
        });
        assert!(matches!(woken.await, Err(StatusError::Erased)));
        let linked = database::write(&center.db, async |tx| {
            let who = (session.account, Purpose::Password);
            invitation::for_account(tx, center.house(), roles, &By::command_line(), who, center.now()).await
        });
        assert!(linked.await.is_err());
        let again = center.somebody(hospital, "hospital_ward", LOGIN).await.0;
        assert_ne!(again.account, session.account, "somebody new under the same address");
    })
    .await;
}

#[tokio::test]
async fn the_last_operator_stays_until_there_is_another() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let office = center.organization("汐見保健所", &[]).await;
        let (operator, ..) = center.somebody(office, "operator", LOGIN).await;
        center.leave(&operator).await;
        center.pass(Duration::days(400));
        assert!(matches!(
            center.erase(LOGIN).await,
            Err(EraseError::LastOperator)
        ));
        center.somebody(office, "operator", "taro@example.jp").await;
        center.erase(LOGIN).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_account_goes_by_itself_ten_years_after_the_last_role_unless_it_is_held() {
    on_both(async |database| {
        let center = Center::of(database.open().await);
        let hospital = center.organization("汐見病院", &[]).await;
        let (gone, ..) = center.somebody(hospital, "hospital_ward", LOGIN).await;
        let (held, ..) = center
            .somebody(hospital, "hospital_ward", "taro@example.jp")
            .await;
        center
            .somebody(hospital, "hospital_ward", "jiro@example.jp")
            .await;
        center.leave(&gone).await;
        center.leave(&held).await;
        center.hold("taro@example.jp", Some("調査のため")).await;
        let erase = async |now: &str| {
            let (by, now) = (By::program("test"), now.parse().unwrap());
            let done = retention::erase(
                &center.db,
                &center.definitions,
                &by,
                &Reporter::default(),
                now,
            )
            .await;
            done.unwrap().get(&Kept::Account).copied()
        };
        // They left on 23 November 2026, a day after the account was made.
        assert_eq!(erase("2036-11-23T03:00:00Z").await, None);
        assert_eq!(erase("2036-11-25T03:00:00Z").await, Some(1));
        assert_eq!(erase("2036-11-25T03:00:00Z").await, None);
        assert_eq!(places_of(&center.db, LOGIN).await, Vec::<String>::new());
        for left in ["taro@example.jp", "jiro@example.jp"] {
            assert!(
                places_of(&center.db, left)
                    .await
                    .contains(&"account.login".to_owned()),
                "{left}"
            );
        }
    })
    .await;
}

/// Whoever is gone stands as such wherever the name stood, and no page breaks.
#[tokio::test]
async fn pages_and_exports_name_nobody_who_was_erased() {
    on_both(async |database| {
        let demo = Demo::of(database).await;
        let mut ward = demo.sign_in("hospital_discharge").await;
        let service = demo.number("select s.id from service s join site t on t.id = s.site_id
            join membership m on m.organization_id = t.organization_id where m.role = 'hospital_discharge' order by s.id limit 1").await;
        let proposed = ward.post(&format!("/services/{service}/propose"), "phone=0990-77-4321&note=a").await;
        assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.text());
        let who = "from account a join membership m on m.account_id = a.id where m.role = 'hospital_discharge'";
        let text = async |column: &str| {
            let sql = format!("select {column} {who}");
            let row = demo.db.query_one_raw(statement(&demo.db, sql, [])).await.unwrap();
            row.unwrap().try_get_by_index::<String>(0).unwrap()
        };
        let (name, login) = (text("a.name").await, text("a.login").await);
        let office = demo.number(&format!("select m.organization_id {who}")).await;
        run(&demo.db, "update membership set valid_to = '2026-11-30' where role = 'hospital_discharge'").await;
        demo.clock.advance(Duration::days(400));
        let erased = database::write(&demo.db, async |tx| {
            let definitions = &demo.state.definitions;
            erase::erase(tx, &By::command_line(), definitions, &login, demo.clock.now()).await
        });
        erased.await.unwrap();

        let proposal = demo.number("select max(id) from proposal").await;
        let (office, service) = (format!("/offices/{office}"), format!("/services/{service}"));
        let (history, proposal) = (format!("{service}/history"), format!("/proposals/{proposal}"));
        let days = "/audit?from=2026-11-01&to=2028-01-31";
        let mut named = 0;
        for role in ["operator", "auditor", "health_center_planning"] {
            let mut desk = demo.sign_in(role).await;
            for path in ["/offices", &office, &service, &history, "/proposals", &proposal, days, "/audit.csv?from=2026-11-01&to=2028-01-31", "/imports", "/about", "/sign-in"] {
                let answer = desk.get(path).await;
                assert!(!answer.status.is_server_error(), "{role} {path}: {}", answer.status);
                let page = answer.text();
                assert!(!page.contains(&name) && !page.contains(&login), "{role} {path}");
                assert!(!page.contains("erased-"), "{role} {path}");
                named += usize::from(page.contains(NAME));
            }
        }
        assert!(named >= 4, "the office, the proposal and the log say that somebody was there: {named}");
        assert_eq!(places_of(&demo.db, &login).await, Vec::<String>::new());
    })
    .await;
}
