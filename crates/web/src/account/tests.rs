//! Every page about accounts, rendered with its samples.

use keniki_app::account::factor::Factors;
use keniki_app::account::invitation::Purpose;
use keniki_app::account::mailbox::Mailbox;
use keniki_app::account::staff::{Line, Step, Taken};

use super::{enroll, factor, forgot, invitation, office, own, provider, sign_in, staff};
use crate::page::Frame;
use crate::page::check::{SCRIPT, sound};

fn offer(label: &str) -> provider::Offer {
    provider::Offer {
        id: 3,
        label: label.to_owned(),
    }
}

#[test]
fn the_way_to_a_provider_is_a_page_and_so_is_a_refusal() {
    let html = sound(&provider::LeavePage {
        frame: Frame::sample(None),
        address: "https://login.example.lg.jp/authorize?a=b&c=\"><script>alert(1)</script>"
            .to_owned(),
    });
    assert!(html.contains("http-equiv=\"refresh\" content=\"0;url=https://login.example.lg.jp/"));
    for is_signed_in in [true, false] {
        let html = sound(&provider::ProviderPage {
            frame: Frame::sample(None),
            problem: SCRIPT.to_owned(),
            is_signed_in,
        });
        assert_eq!(html.contains("href=\"/account\""), is_signed_in);
    }
}

#[test]
fn the_sign_in_page_shows_personas_only_where_there_are_some() {
    let mut page = sign_in::SignInPage {
        frame: Frame::sample(None),
        done: Some("サインアウトしました。"),
        problem: Some("メールアドレスかパスワードが違います。".to_owned()),
        login: SCRIPT.to_owned(),
        next: "/account".to_owned(),
        providers: Vec::new(),
        personas: Vec::new(),
        has_letters: false,
    };
    assert!(!sound(&page).contains("でサインイン</button>"));
    page.providers = vec![offer("みほん市職員"), offer(SCRIPT)];
    assert!(sound(&page).contains("みほん市職員でサインイン</button>"));
    assert!(!sound(&page).contains("見本の人として入る"));
    page.personas.push(sign_in::Persona {
        account: 7,
        name: "見本 千歳".to_owned(),
        role: "保健所（企画調整）".to_owned(),
        organization: "汐見保健所".to_owned(),
    });
    assert!(sound(&page).contains("見本の人として入る"));
}

fn factors(has_app: bool) -> Factors {
    Factors {
        keys: Vec::new(),
        has_app,
        n_codes_left: 9,
    }
}

#[test]
fn the_second_factor_is_asked_for_by_what_is_set_up() {
    for (is_again, is_persona) in [(false, false), (true, false), (true, true)] {
        let page = factor::FactorPage {
            frame: Frame::sample_of_staff(),
            is_again,
            factors: factors(true),
            providers: vec![offer("みほん市職員")],
            is_persona,
            problem: Some(SCRIPT.to_owned()),
            next: "/offices/7".to_owned(),
        };
        let html = sound(&page);
        assert_eq!(html.contains("確認アプリの6桁の番号"), !is_persona);
        assert_eq!(html.contains(r#"action="/confirm""#), is_again);
        assert_eq!(html.contains("みほん市職員で確かめる"), !is_persona);
    }
}

#[test]
fn a_forgotten_password_needs_a_post() {
    for has_post in [true, false] {
        let frame = Frame::sample(None);
        let html = sound(&forgot::ForgotPage { frame, has_post });
        assert_eq!(html.contains("<form class=\"form\""), has_post);
    }
}

#[test]
fn a_link_says_what_it_is_for() {
    for (purpose, words) in [
        (Purpose::Invite, "招待が届いています"),
        (Purpose::Password, "パスワードを決め直します"),
        (Purpose::Factor, "二つめの確認を登録し直します"),
    ] {
        let page = invitation::InvitationPage {
            frame: Frame::sample(None),
            link: Some(invitation::Link {
                action: "/invitations/0f".to_owned(),
                purpose,
                login: "hanako@example.jp".to_owned(),
                name: SCRIPT.to_owned(),
                organization: Some("汐見保健所".to_owned()),
                role: Some("保健所（企画調整）".to_owned()),
                asks_password: purpose == Purpose::Factor,
                enrolls: purpose != Purpose::Password,
                takes_password: purpose != Purpose::Factor,
                providers: vec![offer("みほん市職員")],
                provider_action: "/invitations/0f/provider/".to_owned(),
                length: 8,
                until: "12月1日 9:00".to_owned(),
            }),
            problem: None,
        };
        let html = sound(&page);
        assert!(html.contains(words));
        assert_eq!(
            html.contains("次のページで、登録してある二つめの確認"),
            purpose == Purpose::Password
        );
        assert!(html.contains("action=\"/invitations/0f/provider/3\""));
        assert_eq!(
            html.contains("type=\"password\""),
            purpose != Purpose::Factor
        );
    }
    let page = invitation::InvitationPage {
        frame: Frame::sample(None),
        link: None,
        problem: None,
    };
    assert!(sound(&page).contains("このリンクはもう使えません"));
}

#[test]
fn factors_are_set_up_and_codes_shown() {
    for (is_first, no_keys) in [(true, false), (false, true)] {
        sound(&enroll::EnrollPage {
            frame: Frame::sample(None),
            is_first,
            problem: None,
            no_keys,
            secret: "GEZD GNBV".to_owned(),
            picture: keniki_chart::code::draw("otpauth://totp/a", "確認アプリ"),
        });
    }
    sound(&enroll::CodesPage {
        frame: Frame::sample(None),
        codes: vec!["7K2M-9PQR-4XYZ".to_owned()],
    });
}

#[test]
fn one_s_own_page_shows_roles_factors_and_sessions() {
    let place = |id, is_this| own::Place {
        id,
        agent: "Firefox".to_owned(),
        origin: "192.0.2.1".to_owned(),
        since: "今日 9:00".to_owned(),
        seen: "今日 9:05".to_owned(),
        is_this,
    };
    let desk = |id, is_current| own::Desk {
        id,
        organization: SCRIPT.to_owned(),
        role: "病院（病棟）".to_owned(),
        is_current,
    };
    let mut page = own::OwnPage {
        frame: Frame::sample_of_staff(),
        done: None,
        problem: None,
        name: "見本 千歳".to_owned(),
        login: "hanako@example.jp".to_owned(),
        desks: vec![desk(1, true), desk(2, false)],
        factors: factors(true),
        links: Vec::new(),
        offers: Vec::new(),
        has_password: true,
        is_persona: false,
        sessions: vec![place(1, true), place(2, false)],
        length: 8,
    };
    assert!(!sound(&page).contains("所属先のサインイン"));
    page.offers.push(offer(SCRIPT));
    page.has_password = false;
    assert!(sound(&page).contains("action=\"/account/providers/3/link\""));
    page.desks.clear();
    assert!(sound(&page).contains("いま使える所属がありません"));
}

#[test]
fn an_office_shows_its_people_and_what_the_reader_may_do() {
    let member = |membership, is_self, is_suspended| office::Member {
        account: membership,
        membership,
        name: SCRIPT.to_owned(),
        login: "hanako@example.jp".to_owned(),
        role: "病院（病棟）".to_owned(),
        days: "令和8年4月1日〜".to_owned(),
        state: "使用中",
        seen: Some("今日 9:05".to_owned()),
        is_current: true,
        is_suspended,
        is_self,
    };
    let mut page = office::OfficePage {
        frame: Frame::sample_of_staff(),
        id: 7,
        name: "汐見病院".to_owned(),
        done: None,
        problem: Some("メールアドレスの形が違います。".to_owned()),
        link: Some("http://localhost/invitations/0f".to_owned()),
        members: vec![member(1, true, false), member(2, false, true)],
        waiting: vec![office::Waiting {
            id: 3,
            name: "試し 花子".to_owned(),
            login: "hanako@example.jp".to_owned(),
            role: "病院（病棟）".to_owned(),
            until: "12月1日 9:00".to_owned(),
        }],
        mailboxes: vec![Mailbox {
            purpose: "discharge_support".to_owned(),
            name: "退院支援の窓口".to_owned(),
            people: vec![(1.into(), "見本 帰一".to_owned(), true)],
        }],
        roles: vec![("hospital_ward".to_owned(), "病院（病棟）".to_owned())],
        may_end: true,
        typed: office::Typed::default(),
    };
    assert!(sound(&page).contains("招待する"));
    page.roles.clear();
    page.may_end = false;
    assert!(!sound(&page).contains("この役割を今日終わらせる"));
    sound(&office::OfficesPage {
        frame: Frame::sample_of_staff(),
        offices: vec![(7, "汐見病院".to_owned(), 3)],
    });
    sound(&office::OfficesPage {
        frame: Frame::sample_of_staff(),
        offices: Vec::new(),
    });
}

fn taken() -> Taken {
    let line = |number, steps: Vec<Step>, wrong: Option<&str>| Line {
        number,
        name: SCRIPT.to_owned(),
        steps,
        wrong: wrong.map(str::to_owned),
    };
    let (from, login) = ("2027-04-01".parse().unwrap(), SCRIPT.to_owned());
    let role = "病院（病棟）".to_owned();
    let to = Some("2028-03-31".parse().unwrap());
    Taken {
        lines: vec![
            line(2, vec![Step::Invite(login, role, from, to)], None),
            line(3, vec![Step::Open], None),
            line(4, Vec::new(), None),
            line(5, Vec::new(), Some("同じ所属の行が、前にもあります。")),
        ],
        sent: Vec::new(),
        refused: Vec::new(),
        is_without_manager: true,
        seen: "0f".to_owned(),
    }
}

#[test]
fn a_staff_change_is_shown_line_by_line_before_and_after() {
    let mut page = staff::StaffPage {
        frame: Frame::sample_of_staff(),
        id: 7,
        name: "汐見病院".to_owned(),
        problem: Some(SCRIPT.to_owned()),
        trial: None,
        done: None,
    };
    assert!(!sound(&page).contains("を書き込む</button>"));
    page.trial = Some(staff::Trial {
        taken: taken(),
        rows: "[\"a\"]".to_owned(),
    });
    let html = sound(&page);
    assert!(html.contains("この 2 行を書き込む</button>") && html.contains("管理する人が"));
    page.done = Some(staff::Done {
        taken: taken(),
        links: vec![(
            "試し 花子".to_owned(),
            "http://localhost/invitations/0f".to_owned(),
        )],
    });
    assert!(sound(&page).contains("2 行を書き込みました"));
}
