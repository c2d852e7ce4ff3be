//! Nothing of a record reaches those who are asked, whatever is read before one is chosen; strangers learn nothing at all.

use keniki_app::account::By;
use keniki_app::case::inquiry::{self, Answer, Incoming, InquiryError, MOST, NewInquiry, Outgoing};
use keniki_tests::on_both;

use super::*;

/// Parts of the record and of the sender's side that must stand nowhere.
const SECRETS: [&str; 14] = [
    "糀谷",
    "佐智",
    "コウジヤ",
    "サチヨ",
    "こうじや",
    "0859-34-0001",
    "0859340001",
    "987654",
    "1940",
    "昭和15",
    "糀町",
    "683-0801",
    "佐々木",
    "人1\"",
];

#[tokio::test]
async fn nothing_of_the_record_is_told_before_one_is_chosen() {
    on_both(async |database| {
        let world = World::of(database).await;
        let new = NewInquiry {
            shows_sex: true,
            town: "啓成地区".to_owned(),
            ..transfer()
        };
        let id = world.send_as(&world.nurse(), &new).await.unwrap();
        let shown = world.show(&world.nurse(), id).await.unwrap();
        let target = shown.targets[0].id;
        let by = match shown.targets[0].service {
            Some(service) if service.get() == NEXT_HOSPITAL => world.next(),
            _ => world.other(),
        };
        let mut texts = Vec::new();
        texts.push(format!("{:?}", world.read(&by, target).await.unwrap()));
        for answer in [Answer::More, Answer::Can] {
            let seen = inquiry::notice(&world.db, &by, target)
                .await
                .unwrap()
                .version;
            let reply = Reply {
                seen,
                ..reply(answer)
            };
            world.answer(&by, target, &reply).await.unwrap();
            texts.push(format!("{:?}", world.read(&by, target).await.unwrap()));
        }
        texts.push(format!("{:?}", world.received(&by).await));
        texts.extend(world.texts("select subject || body from mail").await);
        for text in &texts {
            for secret in SECRETS {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
            assert!(!text.contains("case: Some"), "{text}");
        }
        assert!(texts[0].contains("啓成地区") && texts[0].contains("Female"));
    })
    .await;
}

#[tokio::test]
async fn words_that_tell_who_it_is_are_refused_and_named() {
    on_both(async |database| {
        let world = World::of(database).await;
        for (note, what) in [
            ("糀谷さんのことで", "姓"),
            ("さちよさん", "名のふりがな"),
            ("家は０８５９(３４)０００１", "電話番号"),
            ("被保険者番号 987654", "被保険者番号・患者番号"),
            ("昭和15年3月4日生まれ", "生年月日"),
        ] {
            let new = NewInquiry {
                note: note.to_owned(),
                ..transfer()
            };
            let refused = world.send_as(&world.nurse(), &new).await.unwrap_err();
            let is_named = refused.to_string().contains(&format!("この人の{what}が"));
            assert!(is_named, "{note}: {refused}");
        }
        let new = NewInquiry {
            town: "糀谷地区".to_owned(),
            ..transfer()
        };
        assert!(matches!(
            world.send_as(&world.nurse(), &new).await,
            Err(InquiryError::GivesAway {
                field: "町・地区",
                ..
            })
        ));
        let new = NewInquiry {
            phone: "0859-34-0001".to_owned(),
            ..transfer()
        };
        assert!(world.send_as(&world.nurse(), &new).await.is_err());
        assert!(world.texts("select title from inquiry").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_seen_alone_is_in_the_list_and_nowhere_else() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (id, next, other) = world.sent().await;
        let readers = [
            world.nurse(),
            world.care_manager(),
            world.next(),
            world.other(),
            world.who(HOME, "visiting_nursing", HOME),
            world.who(CENTER, "coordinator", CENTER),
            world.who(PHARMACY, "pharmacy", PHARMACY),
            world.who(NEXT_HOSPITAL, "manager", NEXT_HOSPITAL),
            world.who(1, "health_center_planning", 1),
            By::nobody("192.0.2.1", None),
        ];
        let mut n_seen = (0, 0);
        for by in &readers {
            let sent = inquiry::sent(&world.db, by, (Outgoing::All, MOST), world.now).await;
            let sent = sent.unwrap().1;
            let alone = world.show(by, id).await.is_ok();
            let is_own = alone && by.organization == world.nurse().organization;
            assert_eq!(sent.iter().any(|it| it.id == id), is_own, "{by:?}");
            let received = world.received(by).await;
            let mut n = 0;
            for target in [next, other] {
                let alone = inquiry::notice(&world.db, by, target).await.is_ok();
                let listed = received.iter().any(|it| it.id == target);
                assert_eq!(listed, alone, "{by:?}");
                n += usize::from(alone);
            }
            let waiting = inquiry::received(&world.db, by, (Incoming::Waiting, MOST)).await;
            let waiting = waiting.unwrap();
            assert_eq!((waiting.0, waiting.1.len()), (n as u64, n));
            n_seen = (n_seen.0 + usize::from(alone), n_seen.1 + n);
        }
        assert_eq!(n_seen, (2, 2));
    })
    .await;
}

#[tokio::test]
async fn whoever_was_asked_learns_of_no_other_answer_chosen_or_not() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (id, next, other) = world.sent().await;
        let own = world.nurse();
        let answered = async |by: &By| {
            let found = inquiry::sent(&world.db, by, (Outgoing::Answered, MOST), world.now).await;
            let (n, lines) = found.unwrap();
            assert_eq!(n, lines.len() as u64);
            n
        };
        assert_eq!(answered(&own).await, 0, "nobody has answered");
        for (by, target, answer) in [
            (world.next(), next, Answer::Can),
            (world.other(), other, Answer::Cannot),
        ] {
            world.read(&by, target).await.unwrap();
            world.answer(&by, target, &reply(answer)).await.unwrap();
        }
        assert_eq!(answered(&own).await, 1);
        assert_eq!(answered(&world.care_manager()).await, 0, "another asked");
        world.choose(&own, next, &chosen_at(2)).await.unwrap();
        assert_eq!(answered(&own).await, 0, "one is chosen");
        for (by, n) in [(own, 2), (world.care_manager(), 2), (world.next(), 1)] {
            let alone = world.show(&by, id).await.unwrap();
            let case = inquiry::of_case(&world.db, &by, world.case, world.now).await;
            let case = case.unwrap();
            for targets in [&alone.targets, &case[0].targets] {
                assert_eq!(targets.len(), n, "{by:?}");
                assert!(targets.iter().any(|it| it.id == next));
            }
            assert_eq!(case[0].whose, "糀谷 佐智");
        }
        assert!(world.show(&world.other(), id).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn whoever_is_asked_of_a_shared_case_is_not_told_which_anonymous_inquiry_it_is_before_they_are_chosen()
 {
    on_both(async |database| {
        let world = World::of(database).await;
        let (id, next, _) = world.sent().await;
        run(
            &world.db,
            &format!(
                "insert into care_team (patient_id, case_id, case_role, organization_id, role, valid_from, created_at)
                 select patient_id, id, 'hospital', {NEXT_HOSPITAL}, 'hospital', '2026-11-01', '' from care_case"
            ),
        )
        .await;
        let of_case = async |by: &By| {
            let found = inquiry::of_case(&world.db, by, world.case, world.now).await;
            found.unwrap().len()
        };
        assert_eq!(of_case(&world.next()).await, 0, "it came to them anonymously");
        let shown = world.show(&world.next(), id).await;
        assert!(matches!(shown, Err(InquiryError::NotThere)));
        let sent = inquiry::sent(&world.db, &world.next(), (Outgoing::All, MOST), world.now).await;
        assert_eq!(sent.unwrap().0, 0);
        for by in [world.nurse(), world.care_manager()] {
            assert_eq!(of_case(&by).await, 1, "{by:?}");
        }
        world.read(&world.next(), next).await.unwrap();
        world.answer(&world.next(), next, &reply(Answer::Can)).await.unwrap();
        assert_eq!(of_case(&world.next()).await, 0, "and answers as anonymously");
        world.choose(&world.nurse(), next, &chosen_at(2)).await.unwrap();
        assert_eq!(of_case(&world.next()).await, 1, "they are chosen");
        assert!(world.show(&world.next(), id).await.is_ok());
    })
    .await;
}
