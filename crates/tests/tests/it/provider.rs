//! Signing in by an organization's own provider, on both engines: linked, invited, confirmed, and everything that must be refused.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use keniki_app::account::factor::{self, NewFactor};
use keniki_app::account::invitation::{self, Guest, Purpose};
use keniki_app::account::membership::{self, Place};
use keniki_app::account::policy::Workplace;
use keniki_app::account::provider::{self, AddError, Fault, NewProvider};
use keniki_app::account::session::{self, Browser, Session};
use keniki_app::account::{By, office, person};
use keniki_app::audit;
use keniki_app::database;
use keniki_app::definition::Definitions;
use keniki_base::chance::SeededChance;
use keniki_base::clock::{Clock, FixedClock, jst_day};
use keniki_base::id::{OrganizationId, ProviderId};
use keniki_tests::{TestDatabase, on_both};
use keniki_web::State;
use keniki_web::state::Site;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use url::Url;

use crate::desk::{Answer, Desk};
use issuer::{CLIENT, Conduct, Inside, Issuer, SECRET, Spoil};

mod issuer;
mod network;

const ISSUER: &str = "https://login.mihon.example.lg.jp";
const SITE: &str = "http://localhost:8080";
const PASSWORD: &str = "umi-tanuki-8-kissaten";
const LOGIN: &str = "hanako@example.jp";

/// A town's office with its provider, and a hospital without.
struct Town {
    db: DatabaseConnection,
    state: Arc<State>,
    clock: Arc<FixedClock>,
    issuer: Arc<Issuer>,
    app: axum::Router,
    office: OrganizationId,
    hospital: OrganizationId,
    provider: ProviderId,
    _database: TestDatabase,
}

impl Town {
    async fn of(database: TestDatabase, mfa: Option<&str>) -> Self {
        let db = database.open().await;
        let clock = Arc::new(FixedClock::at("2026-11-24T01:00:00Z".parse().unwrap()));
        let issuer = Issuer::at(ISSUER, clock.clone());
        let definitions = Arc::new(Definitions::load(None).unwrap());
        let (hands, chance) = (Box::new(clock.clone()), Box::new(SeededChance::of(1)));
        let state = State::new(db.clone(), definitions, hands, chance, Site::at(SITE))
            .with_wire(Box::new(Inside(issuer.clone())));
        let place = [Place::of(Workplace::Municipality, "31202")];
        let (office, hospital) = database::write(&db, async |tx| {
            let office = office::found(tx, "みほん市役所", &place).await?;
            let hospital = office::found(tx, "汐見病院", &[]).await?;
            Ok::<_, database::DbErr>((office, hospital))
        })
        .await
        .unwrap();
        let new = new_provider(office, mfa);
        let (by, now) = (By::command_line(), clock.now());
        let provider = provider::add(&db, state.road(), &by, &new, now).await;
        let state = Arc::new(state);
        Self {
            app: keniki_web::app(state.clone()),
            provider: provider.unwrap(),
            db,
            state,
            clock,
            issuer,
            office,
            hospital,
            _database: database,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn nobody(&self) -> Desk {
        Desk::at(self.app.clone())
    }

    /// The path of an invitation.
    async fn invite(&self, organization: OrganizationId, role: &str, login: &str) -> String {
        let guest = Guest {
            login: login.to_owned(),
            name: "試し 花子".to_owned(),
            term: invitation::from_today(organization, role, self.now()),
        };
        let (house, roles) = (self.state.house(), self.state.definitions.roles());
        let sent = database::write(&self.db, async |tx| {
            invitation::invite(tx, house, roles, &By::command_line(), &guest, self.now()).await
        });
        format!("/invitations/{}", sent.await.unwrap().token.as_str())
    }

    /// Somebody signed in with a password and an app; the app's secret.
    async fn somebody(&self, organization: OrganizationId, role: &str) -> (Desk, String) {
        let invitation = self.invite(organization, role, LOGIN).await;
        let mut desk = self.nobody();
        let taken = desk
            .post(&invitation, &format!("password={PASSWORD}"))
            .await;
        assert_eq!(taken.location, "/account/factors/new");
        let session = self.session(&desk).await.unwrap();
        let (house, by) = (self.state.house(), By::nobody("192.0.2.1", None));
        let browser = Browser {
            origin: "192.0.2.1",
            agent: None,
            session: None,
        };
        let set_up = database::write(&self.db, async |tx| {
            let secret = factor::ask_app(tx, house.chance, &session).await?;
            let code = crate::account::code(&secret, self.now());
            let (who, new) = ((&by, &session, browser), NewFactor::App { code: &code });
            let set_up = factor::add(tx, house.chance, None, who, new, self.now()).await?;
            Ok::<_, factor::FactorError>((set_up, secret))
        });
        let (set_up, secret) = set_up.await.unwrap();
        desk.cookie = Some(format!("keniki={}", set_up.opened.token.as_str()));
        self.clock.advance(Duration::minutes(1));
        (desk, secret)
    }

    async fn session(&self, desk: &Desk) -> Option<Session> {
        let cookies = desk.cookie.clone().unwrap_or_default();
        let mut pairs = cookies.split("; ");
        let token = pairs.find_map(|pair| pair.strip_prefix("keniki="))?;
        let rule = self.state.definitions.sign_in();
        session::find(&self.db, rule, token, self.now())
            .await
            .unwrap()
    }

    /// Sets out by a form; the provider's answer, to be brought back.
    async fn set_out(&self, desk: &mut Desk, path: &str, form: &str) -> String {
        let address = leave(desk, path, form).await;
        brought(&self.issuer.visit(&address).await)
    }

    /// There and back.
    async fn walk(&self, desk: &mut Desk, path: &str, form: &str) -> Answer {
        let back = self.set_out(desk, path, form).await;
        desk.get(&back).await
    }

    fn way_in(&self) -> String {
        format!("/sign-in/provider/{}", self.provider)
    }

    /// Links the person at the desk, and signs them out.
    async fn link(&self, desk: &mut Desk) {
        let path = format!("/account/providers/{}/link", self.provider);
        let answer = self.walk(desk, &path, "").await;
        assert_eq!(answer.location, "/account?done=linked", "{answer:?}");
        desk.post("/sign-out", "").await;
    }

    async fn notes(&self) -> Vec<(String, String)> {
        let (day, now) = (Duration::days(1), self.now());
        let rows = audit::entries(&self.db, now - day, now + day, 0, 1000);
        let rows = rows.await.unwrap().into_iter();
        rows.map(|row| (row.deed, row.note.unwrap_or_default()))
            .collect()
    }

    async fn text(&self, sql: &str) -> String {
        let statement = database::statement(&self.db, sql, []);
        let row = self.db.query_one_raw(statement).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    }
}

fn new_provider(office: OrganizationId, mfa: Option<&str>) -> NewProvider {
    NewProvider {
        label: "みほん市職員".to_owned(),
        issuer: ISSUER.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.to_owned(),
        mfa: mfa.map(|mfa| mfa.parse().unwrap()),
        organizations: vec![office],
    }
}

/// The address to which the page after a form goes on.
async fn leave(desk: &mut Desk, path: &str, form: &str) -> String {
    let page = desk.post(path, form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    onward(&page.text())
}

fn onward(html: &str) -> String {
    let after = html.split("content=\"0;url=").nth(1).expect("it goes on");
    after.split('"').next().unwrap().replace("&#38;", "&")
}

/// What comes back, as a path of this site.
fn brought(back: &Url) -> String {
    assert!(back.as_str().starts_with(SITE), "{back}");
    format!("{}?{}", back.path(), back.query().unwrap())
}

#[track_caller]
fn assert_refused(answer: &Answer, sentence: &str) {
    assert!(!answer.status.is_success(), "{answer:?}");
    assert!(
        answer.text().contains(sentence),
        "{sentence}: {}",
        answer.text()
    );
}

#[tokio::test]
async fn somebody_links_their_provider_signs_in_by_it_and_gives_it_up() {
    on_both(async |database| {
        let town = Town::of(database, Some("amr=mfa")).await;
        let (mut desk, secret) = town.somebody(town.office, "municipality").await;
        assert!(desk.get("/account").await.text().contains("結び付ける"));
        town.link(&mut desk).await;
        assert!(town.session(&desk).await.is_none());

        assert!(
            desk.get("/sign-in")
                .await
                .text()
                .contains("みほん市職員でサインイン")
        );
        let answer = town.walk(&mut desk, &town.way_in(), "next=/account").await;
        assert_eq!(
            (answer.status, &*answer.location),
            (StatusCode::SEE_OTHER, "/account")
        );
        let session = town.session(&desk).await.unwrap();
        assert_eq!(session.provider, Some(town.provider));
        assert_eq!(session.desk.unwrap().actor.organization, town.office);
        let page = desk.get("/account").await.text();
        assert!(
            page.contains("みほん市職員") && !page.contains("結び付ける</"),
            "{page}"
        );
        let answer = town
            .walk(&mut desk, &town.way_in(), "next=//evil.example")
            .await;
        assert_eq!(answer.location, "/", "nobody is led elsewhere");
        let notes = town.notes().await;
        for deed in ["provider.link", "session.begin"] {
            let note = format!("provider {}", town.provider);
            assert!(
                notes.contains(&(deed.to_owned(), note)),
                "{deed}: {notes:?}"
            );
        }

        // Where the provider does not say that it asked a second factor, ours is asked.
        town.issuer.be(|conduct| conduct.amr = vec!["pwd"]);
        let mut half = town.nobody();
        let answer = town.walk(&mut half, &town.way_in(), "next=/account").await;
        assert_eq!(answer.location, "/sign-in/factor?next=%2Faccount");
        assert_eq!(half.get("/account").await.status, StatusCode::SEE_OTHER);
        let code = crate::account::code(&secret, town.now());
        let answer = half.post("/sign-in/factor", &format!("code={code}")).await;
        assert_eq!(answer.location, "/", "{answer:?}");
        assert_eq!(
            town.session(&half).await.unwrap().provider,
            Some(town.provider)
        );

        // Given up: what began by it elsewhere ends, and nobody gets in by it.
        let path = format!("/account/providers/{}/unlink", town.provider);
        assert_eq!(
            half.post(&path, "").await.location,
            "/account?done=unlinked"
        );
        assert!(town.session(&desk).await.is_none());
        let answer = town.walk(&mut desk, &town.way_in(), "").await;
        assert_refused(&answer, "まだ登録されていないか、止められています");
    })
    .await;
}

/// Who runs the office's provider must not open the hospital with it.
#[tokio::test]
async fn by_a_provider_nobody_changes_what_opens_another_organization() {
    on_both(async |database| {
        let town = Town::of(database, Some("amr=mfa")).await;
        let (mut desk, _) = town.somebody(town.office, "municipality").await;
        town.link(&mut desk).await;
        town.walk(&mut desk, &town.way_in(), "").await;
        assert_eq!(
            desk.get("/account/factors/new").await.status,
            StatusCode::OK
        );
        let made = desk.post("/account/factors/codes", "").await;
        assert_eq!(made.status, StatusCode::OK, "it opens all of theirs");
        let sql = format!(
            "insert into membership (account_id, organization_id, role, valid_from, created_at)
             select account_id, {}, 'hospital_discharge', '2027-04-01', created_at from membership",
            town.hospital
        );
        town.db.execute_unprepared(&sql).await.unwrap();
        let refused = desk.post("/account/factors/codes", "").await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text().contains("この入り方では変えられません"));
        let removed = desk.post("/account/factors/app/remove", "").await;
        assert_eq!(removed.status, StatusCode::CONFLICT);
        let added = desk.post("/account/factors/app", "code=000000").await;
        assert!(added.text().contains("この入り方では変えられません"));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_taken_with_the_provider_and_without_a_password() {
    on_both(async |database| {
        let town = Town::of(database, Some("amr=mfa")).await;
        let way = format!("/provider/{}", town.provider);
        let invitation = town.invite(town.office, "municipality", LOGIN).await;
        let mut desk = town.nobody();
        let page = desk.get(&invitation).await.text();
        assert!(
            page.contains("みほん市職員のアカウントで受け取る"),
            "{page}"
        );
        let answer = town
            .walk(&mut desk, &format!("{invitation}{way}"), "")
            .await;
        assert_eq!(answer.location, "/", "{}", answer.text());
        let session = town.session(&desk).await.unwrap();
        assert_eq!(session.login, LOGIN);
        let page = desk.get("/account").await.text();
        assert!(page.contains("パスワードは、まだ決めていません"), "{page}");
        assert_eq!(desk.get(&invitation).await.status, StatusCode::GONE);
        let unlink = format!("/account/providers/{}/unlink", town.provider);
        assert_refused(
            &desk.post(&unlink, "").await,
            "サインインする方法がなくなります",
        );

        // Another role: the same person takes it, nobody else, and no password is set on the way.
        let second = town.invite(town.office, "coordinator", LOGIN).await;
        let page = desk.get(&second).await.text();
        assert!(!page.contains("type=\"password\""), "{page}");
        let typed = format!("password={PASSWORD}");
        assert_refused(
            &town.nobody().post(&second, &typed).await,
            "パスワードが違います",
        );
        town.issuer
            .be(|conduct| conduct.subject = "staff-0666".to_owned());
        let answer = town
            .walk(&mut town.nobody(), &format!("{second}{way}"), "")
            .await;
        assert_refused(&answer, "まだ結び付いていません");
        town.issuer.be(|_| ());
        let answer = town.walk(&mut desk, &format!("{second}{way}"), "").await;
        assert_eq!(answer.location, "/", "{}", answer.text());
        let desks = membership::desks(&town.db, session.account, town.now()).await;
        assert_eq!(desks.unwrap().len(), 2);

        // Somebody else's invitation is not taken by who has an account under another address.
        let other = town
            .invite(town.office, "municipality", "taro@example.jp")
            .await;
        let answer = town
            .walk(&mut town.nobody(), &format!("{other}{way}"), "")
            .await;
        assert_refused(&answer, "ほかのメールアドレスのアカウント");

        // Without a second factor there, one is set up here.
        town.issuer.be(|conduct| {
            conduct.subject = "staff-0043".to_owned();
            conduct.amr = vec![];
        });
        let mut taro = town.nobody();
        let answer = town.walk(&mut taro, &format!("{other}{way}"), "").await;
        assert_eq!(answer.location, "/account/factors/new", "{}", answer.text());
        assert_eq!(
            taro.get("/account/factors/new").await.status,
            StatusCode::OK
        );
        let answer = town.walk(&mut town.nobody(), &town.way_in(), "").await;
        assert_refused(&answer, "二つめの確認も登録されていません");

        // A provider takes no invitation of an organization that is not its own.
        let hospital = town
            .invite(town.hospital, "hospital_ward", "jiro@example.jp")
            .await;
        assert!(
            !town
                .nobody()
                .get(&hospital)
                .await
                .text()
                .contains("みほん市職員")
        );
        let answer = town.nobody().post(&format!("{hospital}{way}"), "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_mail_address_alone_links_nobody() {
    on_both(async |database| {
        let town = Town::of(database, Some("amr=mfa")).await;
        town.somebody(town.office, "municipality").await;
        let mut desk = town.nobody();
        let answer = town.walk(&mut desk, &town.way_in(), "").await;
        assert_refused(
            &answer,
            "所属先のアカウントの管理者に、招待を頼んでください",
        );
        assert!(town.session(&desk).await.is_none());
        let notes = town.notes().await;
        let note = (
            "session.fail".to_owned(),
            "provider: not registered".to_owned(),
        );
        assert!(notes.contains(&note), "{notes:?}");
    })
    .await;
}

#[tokio::test]
async fn a_proof_that_does_not_hold_lets_nobody_in() {
    on_both(async |database| {
        let town = Town::of(database, Some("amr=mfa")).await;
        let (mut desk, _) = town.somebody(town.office, "municipality").await;
        town.link(&mut desk).await;
        for (spoil, sentence) in [
            (
                Spoil::Nonce,
                "このサインインのために出されたものではありません",
            ),
            (
                Spoil::NoNonce,
                "このサインインのために出されたものではありません",
            ),
            (Spoil::Signature, "署名が、正しくありません"),
            (Spoil::OtherKey, "署名が、正しくありません"),
            (Spoil::NoSignature, "署名が、正しくありません"),
            (Spoil::SharedSecret, "署名が、正しくありません"),
            (Spoil::Audience, "この仕組みにあてたものではありません"),
            (
                Spoil::SecondAudience,
                "この仕組みにあてたものではありません",
            ),
            (Spoil::Party, "この仕組みにあてたものではありません"),
            (Spoil::Issuer, "発行元（issuer）が、登録と違います"),
            (Spoil::Expired, "期限が過ぎているか、時刻が合いません"),
            (Spoil::NotYet, "期限が過ぎているか、時刻が合いません"),
            (Spoil::NoToken, "サーバーの答えを読み取れない"),
            (Spoil::NoSubject, "サーバーの答えを読み取れない"),
        ] {
            town.issuer.be(|conduct| conduct.spoil = spoil);
            let mut desk = town.nobody();
            let answer = town.walk(&mut desk, &town.way_in(), "").await;
            assert_refused(&answer, sentence);
            assert!(
                answer.text().contains("みほん市職員"),
                "it names the provider"
            );
            assert_eq!(
                desk.cookie, None,
                "{spoil:?}: nothing is left in the browser"
            );
        }
        town.issuer.be(|_| ());
        let answer = town.walk(&mut desk, &town.way_in(), "").await;
        assert_eq!(answer.location, "/", "{}", answer.text());
    })
    .await;
}

#[tokio::test]
async fn a_clock_may_be_a_minute_from_ours() {
    let town = Town::of(TestDatabase::sqlite(), Some("amr=mfa")).await;
    let (mut desk, _) = town.somebody(town.office, "municipality").await;
    town.link(&mut desk).await;
    for (seconds, is_in) in [
        (55, true),
        (-55, true),
        (65, false),
        (-65, false),
        (-6 * 60, false),
    ] {
        town.issuer
            .be(|conduct| conduct.clock_ahead = Duration::seconds(seconds));
        let answer = town.walk(&mut town.nobody(), &town.way_in(), "").await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, is_in, "{seconds}");
    }
    town.issuer.be(|it| it.spoil = Spoil::JustExpired);
    let answer = town.walk(&mut desk, &town.way_in(), "").await;
    assert_eq!(answer.location, "/", "{}", answer.text());
}

#[tokio::test]
async fn a_way_is_gone_once_by_the_browser_that_set_out_and_not_for_long() {
    on_both(async |database| {
        let town = Town::of(database, Some("amr=mfa")).await;
        let (mut desk, _) = town.somebody(town.office, "municipality").await;
        town.link(&mut desk).await;
        let lost = "サインインの途中の情報が見つかりません";

        // What an attacker began is not ended in the victim's browser.
        let (mut attacker, mut victim) = (town.nobody(), town.nobody());
        let back = town.set_out(&mut attacker, &town.way_in(), "").await;
        assert_refused(&victim.get(&back).await, lost);
        assert_eq!(victim.cookie, None);
        let _ = town.set_out(&mut victim, &town.way_in(), "").await;
        assert_refused(&victim.get(&back).await, lost);
        // It still is the attacker's own, once.
        let (mut twice, wrong) = (attacker.clone(), back.replace("state=", "state=0"));
        assert_refused(&attacker.clone().get(&wrong).await, lost);
        assert_eq!(attacker.get(&back).await.location, "/");
        assert_refused(&twice.get(&back).await, lost);

        // A code that was used, or was given out for another way, is worth nothing.
        let mut desk = town.nobody();
        let code = back
            .split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let next = town.set_out(&mut desk, &town.way_in(), "").await;
        let own = next
            .split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let mut other = desk.clone();
        let replayed = next.replace(own, code);
        assert_refused(
            &other.get(&replayed).await,
            "引換えの番号が、もう使えません",
        );
        let foreign = town.set_out(&mut town.nobody(), &town.way_in(), "").await;
        let foreign = foreign
            .split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let next = town.set_out(&mut desk, &town.way_in(), "").await;
        let own = next
            .split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let injected = next.replace(own, foreign);
        assert_refused(&desk.get(&injected).await, "引換えの番号が、もう使えません");

        // Another provider answers, the way is another's, or it is old.
        let next = town.set_out(&mut desk, &town.way_in(), "").await;
        let mixed = next.replace("login.mihon", "login.evil");
        assert_refused(
            &desk.get(&mixed).await,
            "発行元（issuer）が、登録と違います",
        );
        let next = town.set_out(&mut desk, &town.way_in(), "").await;
        let elsewhere = next.replace(&town.way_in(), "/sign-in/provider/999");
        assert_refused(&desk.clone().get(&elsewhere).await, lost);
        town.clock.advance(Duration::minutes(11));
        assert_refused(&desk.get(&next).await, lost);

        for (error, sentence) in [
            ("access_denied", "サインインを取りやめました"),
            ("server_error", "サインインが断られました"),
        ] {
            town.issuer.be(|conduct| conduct.error = Some(error));
            let mut desk = town.nobody();
            let answer = town.walk(&mut desk, &town.way_in(), "").await;
            assert_refused(&answer, sentence);
            assert_eq!(desk.cookie, None);
        }
    })
    .await;
}

#[tokio::test]
async fn who_must_confirm_does_so_at_the_provider_anew() {
    on_both(async |database| {
        let town = Town::of(database, Some("acr=urn:example:loa2")).await;
        let be = |change: fn(&mut Conduct)| {
            town.issuer.be(|conduct| {
                conduct.acr = Some("urn:example:loa2");
                change(conduct);
            });
        };
        be(|_| ());
        let way = format!("/provider/{}", town.provider);
        let invitation = town.invite(town.office, "municipality", LOGIN).await;
        let mut desk = town.nobody();
        town.walk(&mut desk, &format!("{invitation}{way}"), "")
            .await;
        town.clock.advance(Duration::minutes(16));
        let page = desk.get("/account/factors/new").await;
        assert!(page.location.starts_with("/confirm?next="), "{page:?}");
        assert!(
            desk.get("/confirm")
                .await
                .text()
                .contains("みほん市職員で確かめる")
        );

        let confirm = format!("/confirm{way}");
        let address = leave(&mut desk.clone(), &confirm, "").await;
        for part in [
            "prompt=login",
            "max_age=0",
            "acr_values=urn%3Aexample%3Aloa2",
        ] {
            assert!(address.contains(part), "{part}: {address}");
        }
        let stale: fn(&mut Conduct) = |it| it.proved_ago = Some(Duration::minutes(5));
        let silent: fn(&mut Conduct) = |it| it.proved_ago = None;
        let single: fn(&mut Conduct) = |it| it.acr = Some("urn:example:loa1");
        for change in [stale, silent, single] {
            be(change);
            let answer = town.walk(&mut desk, &confirm, "").await;
            assert_refused(&answer, "し直したという知らせがありません");
        }
        be(|it| it.subject = "staff-0666".to_owned());
        let answer = town.walk(&mut desk, &confirm, "").await;
        assert_refused(&answer, "別の人としてサインインしています");
        be(|_| ());
        let page = desk.get("/account/factors/new").await;
        assert!(
            page.location.starts_with("/confirm"),
            "nothing is confirmed yet"
        );

        let form = "next=/account/factors/new";
        let answer = town.walk(&mut desk, &confirm, form).await;
        assert_eq!(answer.location, "/account/factors/new", "{}", answer.text());
        assert_eq!(desk.get(&answer.location).await.status, StatusCode::OK);
        assert_eq!(
            town.session(&desk).await.unwrap().provider,
            Some(town.provider)
        );

        // The way of one session is not gone in another.
        let back = town.set_out(&mut desk, &confirm, "").await;
        desk.post("/sign-out", "").await;
        assert_refused(&desk.get(&back).await, "サインインが途中で終わっています");
    })
    .await;
}

#[tokio::test]
async fn a_provider_opens_its_own_organizations_and_no_others() {
    on_both(async |database| {
        let town = Town::of(database, Some("amr=mfa")).await;
        let (mut desk, _) = town.somebody(town.hospital, "hospital_ward").await;
        let path = format!("/account/providers/{}/link", town.provider);
        let answer = desk.post(&path, "").await;
        assert_refused(&answer, "入れる所属が、いまありません");
        assert!(!desk.get("/account").await.text().contains("結び付ける"));

        let second = town.invite(town.office, "municipality", LOGIN).await;
        town.nobody()
            .post(&second, &format!("password={PASSWORD}"))
            .await;
        town.link(&mut desk).await;
        town.walk(&mut desk, &town.way_in(), "").await;
        let session = town.session(&desk).await.unwrap();
        let all = membership::desks(&town.db, session.account, town.now())
            .await
            .unwrap();
        let open = session::desks(&town.db, &session, town.now())
            .await
            .unwrap();
        assert_eq!((all.len(), open.len()), (2, 1));
        assert_eq!(session.desk.unwrap().actor.organization, town.office);
        let closed = all
            .iter()
            .find(|it| it.actor.organization == town.hospital)
            .unwrap();
        let form = format!("membership={}", closed.membership);
        assert_eq!(
            desk.post("/account/desk", &form).await.status,
            StatusCode::CONFLICT
        );
        assert!(!desk.get("/account").await.text().contains("汐見病院"));

        let (by, roles, now) = (
            By::command_line(),
            town.state.definitions.roles(),
            town.now(),
        );
        let yesterday = jst_day(now).pred_opt().unwrap();
        database::write(&town.db, async |tx| {
            membership::end(tx, &by, roles, (open[0].membership, yesterday), now).await
        })
        .await
        .unwrap();
        assert!(town.session(&desk).await.unwrap().desk.is_none());
        let answer = town.walk(&mut town.nobody(), &town.way_in(), "").await;
        assert_refused(&answer, "入れる所属が、いまありません");
    })
    .await;
}

#[tokio::test]
async fn somebody_stopped_stays_out_and_a_removed_provider_tells_its_people() {
    on_both(async |database| {
        let town = Town::of(database, Some("amr=mfa")).await;
        let invitation = town.invite(town.office, "municipality", LOGIN).await;
        let mut desk = town.nobody();
        let way = format!("{invitation}/provider/{}", town.provider);
        town.walk(&mut desk, &way, "").await;
        let account = town.session(&desk).await.unwrap().account;
        let (by, roles) = (By::command_line(), town.state.definitions.roles());
        for is_active in [false, true] {
            database::write(&town.db, async |tx| {
                person::put_active(tx, &by, roles, (account, is_active), town.now()).await
            })
            .await
            .unwrap();
            assert!(town.session(&desk).await.is_none());
            let answer = town.walk(&mut desk, &town.way_in(), "").await;
            assert_eq!(answer.status == StatusCode::SEE_OTHER, is_active);
        }

        let remove = async |by: &By| {
            database::write(&town.db, async |tx| {
                provider::remove(tx, by, town.provider, town.now()).await
            })
            .await
        };
        let on_the_way = town.set_out(&mut desk.clone(), &town.way_in(), "").await;
        let nobody = remove(&By::nobody("192.0.2.1", None)).await;
        assert!(matches!(nobody, Err(AddError::Refused(_))));
        assert_eq!(remove(&by).await.unwrap(), 1);
        assert!(town.session(&desk).await.is_none());
        let letter = town
            .text("select body from mail order by id desc limit 1")
            .await;
        assert!(letter.contains("使えなくなりました"), "{letter}");
        assert!(letter.contains("二つめの確認の登録し直し"), "{letter}");
        assert!(!desk.get("/sign-in").await.text().contains("みほん市職員"));
        assert!(!desk.get(&on_the_way).await.status.is_success());
        assert_eq!(
            desk.post(&town.way_in(), "").await.status,
            StatusCode::NOT_FOUND
        );

        // Whoever had nothing else gets a password and a factor by the link of who looks after them.
        let link = (account, Purpose::Factor);
        let sent = database::write(&town.db, async |tx| {
            let house = town.state.house();
            invitation::for_account(tx, house, roles, &by, link, town.now()).await
        });
        let path = format!("/invitations/{}", sent.await.unwrap().token.as_str());
        let answer = desk.post(&path, &format!("password={PASSWORD}")).await;
        assert_eq!(answer.location, "/account/factors/new", "{}", answer.text());
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_is_away_or_another_is_told_from_a_wrong_one() {
    let town = Town::of(TestDatabase::sqlite(), None).await;
    let be = |change: fn(&mut Conduct)| town.issuer.be(change);
    be(|it| it.is_down = true);
    let answer = town.nobody().post(&town.way_in(), "").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert_refused(&answer, "サーバーが答えません");
    be(|it| it.calls_itself = Some("https://evil.example"));
    assert_refused(
        &town.nobody().post(&town.way_in(), "").await,
        "発行元（issuer）が、登録と違います",
    );
    let note = ("session.fail".to_owned(), "provider: issuer".to_owned());
    assert!(town.notes().await.contains(&note), "it is written down");
    be(|it| it.token_endpoint = Some("http://169.254.169.254/token"));
    assert_refused(
        &town.nobody().post(&town.way_in(), "").await,
        "アドレスが使えません",
    );

    be(|it| it.calls_itself = Some("https://evil.example"));
    let (by, road, now) = (By::command_line(), town.state.road(), town.now());
    let good = new_provider(town.office, None);
    let add = async |new: &NewProvider| provider::add(&town.db, road, &by, new, now).await;
    let error = add(&good).await.unwrap_err();
    assert!(
        matches!(
            error,
            AddError::Fault {
                fault: Fault::OtherIssuer,
                ..
            }
        ),
        "{error}"
    );
    be(|_| ());
    assert!(matches!(add(&good).await, Err(AddError::Twice)));
    let with = |change: fn(&mut NewProvider)| {
        let mut new = good.clone();
        new.client_id = "another".to_owned();
        change(&mut new);
        new
    };
    for (wrong, sentence) in [
        (with(|it| it.label = " ".to_owned()), "--label"),
        (
            with(|it| it.issuer = "http://login.example.jp".to_owned()),
            "--issuer",
        ),
        (with(|it| it.client_id.clear()), "--client-id"),
        (with(|it| it.client_secret.clear()), "秘密が空です"),
        (
            with(|it| it.organizations = vec![OrganizationId::new(999)]),
            "999 番の組織",
        ),
    ] {
        let error = add(&wrong).await.unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
    }
    assert!(add(&with(|_| ())).await.is_ok());

    // Another secret counts at once; a wrong one is told from a wrong code.
    database::write(&town.db, async |tx| {
        provider::put_secret(tx, &by, (town.provider, "old"), now).await
    })
    .await
    .unwrap();
    let answer = town.walk(&mut town.nobody(), &town.way_in(), "").await;
    assert_refused(&answer, "サーバーに断られました");
}

#[tokio::test]
async fn nobody_has_a_provider_asked_without_end() {
    let town = Town::of(TestDatabase::sqlite(), None).await;
    let mut desk = town.nobody();
    for _ in 0..town.state.definitions.sign_in().failures_from_one_place {
        assert_eq!(desk.post(&town.way_in(), "").await.status, StatusCode::OK);
    }
    let answer = desk.post(&town.way_in(), "").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    town.clock.advance(Duration::minutes(16));
    assert_eq!(desk.post(&town.way_in(), "").await.status, StatusCode::OK);
    let n: i64 = town
        .text("select cast(count(*) as text) from provider_visit")
        .await
        .parse()
        .unwrap();
    assert_eq!(n, 1, "what is old goes");
}
