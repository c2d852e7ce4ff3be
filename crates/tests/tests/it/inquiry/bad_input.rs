//! What goes wrong between people: a withdrawn consent, two answers at once, a recipient that closed, forms sent twice.

use keniki_app::case;
use keniki_app::case::inquiry::{self, Answer, InquiryError, NewInquiry, State};
use keniki_app::database;
use keniki_base::id::ServiceId;
use keniki_tests::on_both;

use super::*;

#[tokio::test]
async fn a_withdrawn_consent_stops_the_choice_and_nothing_else() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (id, next, _) = world.sent().await;
        let can = reply(Answer::Can);
        let given: i64 = world.texts("select cast(id as text) from consent").await[0]
            .parse()
            .unwrap();
        let withdrawn = database::write(&world.db, async |tx| {
            let what = (ConsentId::new(given), day("2026-11-24"));
            consent::withdraw(tx, &world.nurse(), what, world.now).await
        });
        withdrawn.await.unwrap();
        world.answer(&world.next(), next, &can).await.unwrap();
        let refused = world
            .choose(&world.nurse(), next, &chosen_at(2))
            .await
            .unwrap_err();
        assert!(
            refused.to_string().contains("支援チームでの情報の共有"),
            "{refused}"
        );
        assert_eq!(
            world.show(&world.nurse(), id).await.unwrap().state,
            State::Open
        );
        let sits = "select case_role from care_team where organization_id = 3";
        assert!(world.texts(sits).await.is_empty());
        world.agree(world.patient).await;
        world
            .choose(&world.nurse(), next, &chosen_at(2))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_two_who_answer_at_once_the_second_sees_the_first_ones_answer() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (_, next, _) = world.sent().await;
        let colleague = world.who(NEXT_HOSPITAL + 10, "hospital_discharge", NEXT_HOSPITAL);
        let (can, cannot) = (reply(Answer::Can), reply(Answer::Cannot));
        let first = world.next();
        let (a, b) = tokio::join!(
            world.answer(&first, next, &can),
            world.answer(&colleague, next, &cannot)
        );
        let refused = match (a, b) {
            (Ok(()), Err(refused)) | (Err(refused), Ok(())) => refused,
            both => panic!("{both:?}"),
        };
        assert!(matches!(refused, InquiryError::Stale { .. }), "{refused}");
        let is = inquiry::notice(&world.db, &first, next).await.unwrap();
        let said = is.answer.unwrap().words();
        assert!(refused.to_string().contains(said) && refused.to_string().contains("人"));
        assert_eq!(is.version, 2);
        // One's own form sent twice is written once.
        let (by, same) = match is.answer {
            Some(Answer::Can) => (first, can),
            _ => (colleague, cannot),
        };
        world.answer(&by, next, &same).await.unwrap();
        assert_eq!(
            inquiry::notice(&world.db, &by, next).await.unwrap().version,
            2
        );
    })
    .await;
}

/// The choice was made by what was seen.
#[tokio::test]
async fn an_answer_that_changed_meanwhile_is_not_chosen() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (_, next, _) = world.sent().await;
        world
            .answer(&world.next(), next, &reply(Answer::Can))
            .await
            .unwrap();
        let waiting = Reply {
            seen: 2,
            ..reply(Answer::Waiting)
        };
        world.answer(&world.next(), next, &waiting).await.unwrap();
        let refused = world.choose(&world.nurse(), next, &chosen_at(2)).await;
        assert!(matches!(refused, Err(InquiryError::Stale { .. })));
        world
            .choose(&world.nurse(), next, &chosen_at(3))
            .await
            .unwrap();
        let again = Reply {
            seen: 3,
            ..reply(Answer::Cannot)
        };
        assert!(world.answer(&world.next(), next, &again).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn who_has_closed_is_neither_asked_nor_chosen() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (_, next, other) = world.sent().await;
        world
            .answer(&world.next(), next, &reply(Answer::Can))
            .await
            .unwrap();
        run(
            &world.db,
            "update service set status = 'closed' where id = 3",
        )
        .await;
        run(
            &world.db,
            "update site set status = 'suspended' where id = 4",
        )
        .await;
        let refused = world
            .choose(&world.nurse(), next, &chosen_at(2))
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("拠点3"), "{refused}");
        world
            .answer(&world.other(), other, &reply(Answer::Can))
            .await
            .unwrap();
        assert!(
            world
                .choose(&world.nurse(), other, &chosen_at(2))
                .await
                .is_err()
        );
        for service in [NEXT_HOSPITAL, OTHER_HOSPITAL] {
            let new = NewInquiry {
                services: vec![ServiceId::new(service)],
                ..transfer()
            };
            let refused = world.send_as(&world.nurse(), &new).await;
            assert!(matches!(refused, Err(InquiryError::NotToBeAsked { .. })));
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_that_cannot_be_is_refused_and_one_sent_twice_is_one() {
    on_both(async |database| {
        let world = World::of(database).await;
        let long = "長".repeat(301);
        let wrong: [fn(&mut NewInquiry); 11] = [
            |it| it.kind = "none".to_owned(),
            |it| it.needs.push("' or 1 = 1 --".to_owned()),
            |it| it.services.clear(),
            |it| it.services.push(ServiceId::new(99_999)),
            |it| it.services.push(ServiceId::new(HOSPITAL)),
            |it| it.services.push(ServiceId::new(HOME)),
            |it| it.from_on = Some(day("2026-11-23")),
            |it| it.until_on = Some(day("2026-11-30")),
            |it| it.phone = "内線3".to_owned(),
            |it| it.phone.clear(),
            |it| it.services = (1..=60).map(ServiceId::new).collect(),
        ];
        for (at, spoil) in wrong.iter().enumerate() {
            let mut new = transfer();
            spoil(&mut new);
            assert!(world.send_as(&world.nurse(), &new).await.is_err(), "{at}");
        }
        for note in [long.as_str(), "\u{0}", "\u{1b}[1m"] {
            let new = NewInquiry {
                note: note.to_owned(),
                ..transfer()
            };
            let refused = world.send_as(&world.nurse(), &new).await;
            assert!(matches!(
                refused,
                Err(InquiryError::Case(case::CaseError::WrongText(..)))
            ));
        }
        let new = NewInquiry {
            form_key: Some("k".to_owned()),
            ..transfer()
        };
        let first = world.send_as(&world.nurse(), &new).await.unwrap();
        assert_eq!(world.send_as(&world.nurse(), &new).await.unwrap(), first);
        assert_eq!(world.letters("a3@example.jp").await.len(), 1);
        let (_, next, _) = world.sent().await;
        for wrong in [
            Reply {
                reason: "none".to_owned(),
                ..reply(Answer::Cannot)
            },
            Reply {
                reason: "other".to_owned(),
                ..reply(Answer::Cannot)
            },
            Reply {
                words: " ".to_owned(),
                ..reply(Answer::More)
            },
            Reply {
                free_from: Some(day("2026-11-23")),
                ..reply(Answer::Can)
            },
            Reply {
                words: "長".repeat(301),
                ..reply(Answer::Can)
            },
            reply(Answer::Forwarded),
        ] {
            assert!(world.answer(&world.next(), next, &wrong).await.is_err());
        }
        assert_eq!(
            inquiry::notice(&world.db, &world.next(), next)
                .await
                .unwrap()
                .answer,
            None
        );
    })
    .await;
}
