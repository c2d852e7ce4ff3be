//! From sending to the end, with everything that may come between.

use super::*;

#[tokio::test]
async fn a_handover_is_sent_read_taken_on_and_done_and_the_step_with_it() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (hospital, manager) = (world.hospital(), world.manager());
        assert_eq!(world.owed().await, "waiting");
        let mut sending = summary();
        sending.files.push(NewAttachment {
            name: "要約.pdf".to_owned(),
            content: b"%PDF-1.7".to_vec(),
        });
        let id = world.send(&hospital, sending).await.unwrap();
        assert_eq!(world.owed().await, "met", "sending is the receipt");
        let letters = "select body from mail where subject = '引継ぎが届いています' order by id";
        let letters = world.texts(letters).await;
        assert_eq!(letters.len(), 2, "whoever works there");
        assert!(
            letters
                .iter()
                .all(|it| !it.contains("架空") && !it.contains("インスリン"))
        );
        assert_eq!(world.waiting(&manager).await[0], 1);
        assert_eq!(world.waiting(&world.nurse()).await[0], 0);
        world.read(&manager, id).await.unwrap();
        let stage = world.stage(id).await;
        let read = stage.read().unwrap();
        assert_eq!(
            (&*read.name, &*read.role, read.at),
            ("人2", "ケアマネジャー", world.now)
        );
        assert_eq!(world.waiting(&manager).await[0], 0);
        world.accept(&manager, id).await.unwrap();
        assert_eq!(world.done(&manager, id).await.unwrap().at(), At::Done);
        let shown = handover::show(&world.db, &hospital, id, world.now)
            .await
            .unwrap();
        assert_eq!(shown.files[0].name, "要約.pdf");
        let file = (id, shown.files[0].id, &world.keys);
        let opened = handover::file(&world.db, &world.nurse(), file, world.now).await;
        assert!(opened.ok().unwrap().content == b"%PDF-1.7");
        let stranger = handover::file(&world.db, &world.stranger(), file, world.now).await;
        assert!(matches!(stranger, Err(HandoverError::Refused(_))));
        for (by, which, n) in [
            (&hospital, Pile::Out, 1),
            (&hospital, Pile::In, 0),
            (&manager, Pile::In, 1),
            (&world.nurse(), Pile::In, 0),
            (&world.stranger(), Pile::In, 0),
        ] {
            let listed = handover::list(&world.db, by, (which, true), (0, 50), world.now).await;
            let listed = listed.unwrap();
            assert_eq!((listed.n, listed.handovers.len()), (n, n as usize));
            let live = handover::list(&world.db, by, (which, false), (0, 50), world.now).await;
            assert_eq!(live.unwrap().n, 0, "it is over");
        }
    })
    .await;
}

#[tokio::test]
async fn a_returned_handover_opens_the_step_and_can_be_sent_again() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (hospital, manager) = (world.hospital(), world.manager());
        let first = world.send(&hospital, summary()).await.unwrap();
        let nothing = world.return_back(&manager, first, " ").await;
        assert!(matches!(nothing, Err(HandoverError::Case(_))), "a reason is needed");
        assert_eq!(world.waiting(&hospital).await, [0, 0, 1], "nobody has answered");
        world.return_back(&manager, first, "担当は別の事業所です").await.unwrap();
        assert_eq!(world.owed().await, "waiting", "the receipt is taken back");
        assert_eq!(world.waiting(&hospital).await, [0, 1, 0], "it came back");
        assert_eq!(world.waiting(&manager).await, [0, 0, 0]);
        let told = "select count(*) from mail where subject = '引継ぎが返されました' and recipient = 'a1@example.jp'";
        assert_eq!(world.number(told).await, 1);
        assert_eq!(world.stage(first).await.reason(), Some("担当は別の事業所です"));
        let again = Sending {
            former: Some(first),
            ..summary()
        };
        let second = world.send(&hospital, again).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(world.waiting(&hospital).await, [0, 0, 1], "another went in its place");
        assert_eq!(world.waiting(&manager).await, [1, 0, 0]);
        assert_eq!(world.waiting(&world.stranger()).await, [0, 0, 0]);
        assert_eq!(world.owed().await, "met");
        let shown = handover::show(&world.db, &manager, first, world.now).await.unwrap();
        assert_eq!(shown.later, Some(second));
        world.cancel(&hospital, second).await.unwrap();
        assert_eq!(world.owed().await, "waiting", "taken back, too");
        let events = "select kind from case_event where step = 'discharge_summary' order by id";
        assert_eq!(world.texts(events).await, ["done", "annulled", "done", "annulled"]);
    })
    .await;
}

#[tokio::test]
async fn one_for_a_purpose_is_live_and_a_second_follows_it() {
    on_both(async |database| {
        let world = World::of(database).await;
        let hospital = world.hospital();
        let keyed = Sending {
            form_key: Some("k1".to_owned()),
            ..summary()
        };
        let first = world.send(&hospital, keyed.clone()).await.unwrap();
        assert_eq!(world.send(&hospital, keyed).await.unwrap(), first, "sent twice");
        assert_eq!(world.number("select count(*) from case_event where kind = 'done' and step = 'discharge_summary'").await, 1);
        let second = world.send(&hospital, summary()).await;
        assert!(matches!(second, Err(HandoverError::AlreadyLive(id)) if id == first));
        let other = Sending {
            purpose: OTHER.to_owned(),
            to: Some(CARE_OFFICE.into()),
            ..summary()
        };
        let third = world.send(&hospital, other.clone()).await.unwrap();
        assert_eq!(world.number("select count(*) from handover").await, 2);
        let again = world.send(&hospital, other.clone()).await;
        assert!(matches!(again, Err(HandoverError::AlreadyLive(id)) if id == third));
        let another = Sending {
            subject: "福祉用具のこと".to_owned(),
            ..other
        };
        world.send(&hospital, another).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_recipient_that_closed_or_cannot_answer_is_refused_with_what_to_do() {
    on_both(async |database| {
        let world = World::of(database).await;
        let hospital = world.hospital();
        run(
            &world.db,
            "update service set status = 'closed' where id = 2",
        )
        .await;
        let error = world.send(&hospital, summary()).await.unwrap_err();
        assert!(matches!(error, HandoverError::ClosedRecipient(_)));
        assert!(error.to_string().contains("組織2") && error.to_string().contains("FAX"));
        run(
            &world.db,
            "update service set status = 'active' where id = 2",
        )
        .await;
        run(
            &world.db,
            "update account set status = 'suspended' where id in (2, 5)",
        )
        .await;
        let error = world.send(&hospital, summary()).await.unwrap_err();
        assert!(matches!(error, HandoverError::NobodyAnswers(_)));
        let to_stranger = Sending {
            purpose: OTHER.to_owned(),
            to: Some(OTHER_HOSPITAL.into()),
            ..summary()
        };
        let error = world.send(&hospital, to_stranger).await.unwrap_err();
        assert!(matches!(error, HandoverError::NoRecipient(_)));
        assert_eq!(world.number("select count(*) from handover").await, 0);
        assert_eq!(world.owed().await, "waiting", "nothing was written");
        for (subject, words) in [
            ("", "a"),
            ("a", ""),
            ("a\u{1b}", "a"),
            ("a", &*"長".repeat(4_001)),
        ] {
            let wrong = Sending {
                subject: subject.to_owned(),
                words: words.to_owned(),
                outside: Some(Outside::default()),
                ..summary()
            };
            assert!(world.send(&hospital, wrong).await.is_err(), "{subject:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_death_an_admission_elsewhere_an_annulment_and_the_end_close_it_and_both_are_told() {
    on_both(async |database| {
        for (what, why, at) in [
            ("died", Why::Died, At::Cancelled),
            ("elsewhere", Why::Elsewhere, At::Cancelled),
            ("annulled", Why::Annulled, At::Cancelled),
            ("closed", Why::CaseOver, At::Cancelled),
            ("accepted", Why::CaseOver, At::Done),
        ] {
            let mut world = World::of(again(&database).await).await;
            let hospital = world.hospital();
            let id = world.send(&hospital, summary()).await.unwrap();
            world.now += Duration::hours(1);
            match what {
                "died" => world.tell(&hospital, world.telling("died")).await,
                "elsewhere" => {
                    world.tell(&hospital, world.telling("moved")).await;
                    world.now += Duration::hours(1);
                    let admitted = Telling {
                        organization: Some(OTHER_HOSPITAL.into()),
                        ..world.telling("admitted")
                    };
                    world.tell(&world.manager(), admitted).await;
                }
                "annulled" => {
                    let planned = world
                        .number("select id from case_event where kind = 'discharge_planned'")
                        .await;
                    let mended = (world.case, planned.into());
                    database::write(&world.db, async |tx| {
                        let reason = ("まちがい", None);
                        keniki_app::case::mend::annul(tx, world.house(), &hospital, mended, reason, world.now).await
                    })
                    .await
                    .unwrap();
                }
                _ => {
                    if what == "accepted" {
                        world.accept(&world.manager(), id).await.unwrap();
                    }
                    database::write(&world.db, async |tx| {
                        end::close(tx, world.house(), &hospital, world.case, ("no_need", ""), world.now).await
                    })
                    .await
                    .unwrap();
                }
            }
            let stage = world.stage(id).await;
            assert_eq!(stage.at(), at, "{what}");
            if at == At::Cancelled {
                assert_eq!(stage.ended().unwrap().1, Some(why), "{what}");
            }
            let told = "select distinct recipient from mail where subject = '引継ぎが終わりになりました' order by 1";
            assert_eq!(world.texts(told).await, ["a1@example.jp", "a2@example.jp", "a5@example.jp"], "{what}");
            let late = world.accept(&world.manager(), id).await;
            assert!(matches!(late, Err(HandoverError::Stage(_))), "{what}");
        }
    })
    .await;
}

/// Another empty database on the same engine.
async fn again(database: &TestDatabase) -> TestDatabase {
    match database.url.starts_with("sqlite") {
        true => TestDatabase::sqlite(),
        false => TestDatabase::postgres().await.unwrap(),
    }
}

#[tokio::test]
async fn of_two_who_answer_at_once_the_first_counts() {
    on_both(async |database| {
        let world = World::of(database).await;
        let id = world.send(&world.hospital(), summary()).await.unwrap();
        let (one, other) = (world.manager(), world.by(5, CARE_OFFICE, "care_manager"));
        let (accepted, returned) = tokio::join!(
            world.accept(&one, id),
            world.return_back(&other, id, "担当ではありません")
        );
        assert_ne!(accepted.is_ok(), returned.is_ok());
        let error = accepted.err().or(returned.err()).unwrap();
        assert!(matches!(error, HandoverError::Stage(_)), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_reply_on_paper_is_typed_in_by_the_sender() {
    on_both(async |database| {
        let world = World::of(database).await;
        let hospital = world.hospital();
        let id = world.send(&hospital, summary()).await.unwrap();
        world.reply(&hospital, id, Said::Read).await.unwrap();
        let stage = world.reply(&hospital, id, Said::Accepted).await.unwrap();
        let answer = stage.answer().unwrap();
        assert_eq!(
            (&*answer.name, answer.channel, answer.account),
            ("受付の田中", Channel::Fax, None)
        );
        assert_eq!(answer.role, "組織2");
        assert_eq!(world.stage(id).await, stage, "as it was written");
        world.reply(&hospital, id, Said::Done).await.unwrap();
        let back = world.send(&hospital, summary()).await.unwrap();
        let reason = Said::Returned("担当ではない".to_owned());
        world.reply(&hospital, back, reason).await.unwrap();
        assert_eq!(world.stage(back).await.at(), At::Returned);
    })
    .await;
}

#[tokio::test]
async fn a_handover_goes_with_its_case() {
    on_both(async |database| {
        let world = World::of(database).await;
        let mut sending = summary();
        sending.files.push(NewAttachment {
            name: "a.pdf".to_owned(),
            content: b"%PDF-1.7".to_vec(),
        });
        sending.outside = Some(Outside {
            recipient: "みほん薬局".to_owned(),
            fax: String::new(),
        });
        let hospital = world.hospital();
        let id = world.send(&hospital, sending).await.unwrap();
        database::write(&world.db, async |tx| {
            link::make(
                tx,
                world.house(),
                &hospital,
                (id, &SeededChance::of(3)),
                world.now,
            )
            .await
        })
        .await
        .unwrap();
        run(
            &world.db,
            "update care_case set closed_at = '2026-12-01T00:00:00.000000Z'",
        )
        .await;
        let later = "2031-12-02T00:00:00Z".parse().unwrap();
        let by = By::program("test");
        let reporter = keniki_app::job::Reporter::default();
        keniki_app::retention::erase(&world.db, &world.definitions, &by, &reporter, later)
            .await
            .unwrap();
        for table in [
            "care_case",
            "handover",
            "handover_link",
            "handover_attachment",
            "attachment",
        ] {
            let sql = format!("select count(*) from {table}");
            assert_eq!(world.number(&sql).await, 0, "{table}");
        }
    })
    .await;
}
