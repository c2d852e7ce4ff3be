//! An inquiry from the directory to the choice, as people go through it.

use keniki_app::case;
use keniki_app::case::channel::Channel;
use keniki_app::case::inquiry::{
    self, Answer, Asked, InquiryError, NewInquiry, State, TargetState, Unmet,
};
use keniki_app::database;
use keniki_base::id::ServiceId;
use keniki_tests::on_both;

use super::*;

#[tokio::test]
async fn one_is_chosen_and_the_others_learn_it_and_lose_it() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (id, next, other) = world.sent().await;
        let notice = world.read(&world.next(), next).await.unwrap();
        let profile = &notice.profile;
        assert_eq!(profile.age_band, "80代");
        assert_eq!(
            (profile.level, profile.sex, profile.municipality.as_deref()),
            (Some(Level::Care3), None, Some("31202"))
        );
        assert_eq!(
            (&*profile.office, &*profile.phone, notice.case),
            ("組織1", "0859-11-0001", None)
        );
        let full = reply(Answer::Cannot);
        world.answer(&world.other(), other, &full).await.unwrap();
        let wait = reply(Answer::Waiting);
        world.answer(&world.next(), next, &wait).await.unwrap();
        let shown = world.show(&world.nurse(), id).await.unwrap();
        let answers: Vec<_> = shown.targets.iter().map(|it| it.answer).collect();
        assert_eq!(answers, [Some(Answer::Waiting), Some(Answer::Cannot)]);
        assert!(shown.may_change && shown.whose == "糀谷 佐智");
        assert!(matches!(
            world.choose(&world.nurse(), other, &chosen_at(2)).await,
            Err(InquiryError::NotAnswered)
        ));
        world
            .choose(&world.nurse(), next, &chosen_at(2))
            .await
            .unwrap();
        // Pressed twice, nothing more happens.
        world
            .choose(&world.nurse(), next, &chosen_at(2))
            .await
            .unwrap();
        let shown = world.show(&world.nurse(), id).await.unwrap();
        assert_eq!(shown.state, State::Chosen);
        let notice = world.read(&world.next(), next).await.unwrap();
        assert_eq!(
            (notice.state, notice.case),
            (TargetState::Chosen, Some(world.case))
        );
        let team = case::object(&world.db, world.case, world.now)
            .await
            .unwrap()
            .care_team;
        assert!(team.contains(&NEXT_HOSPITAL.into()) && !team.contains(&OTHER_HOSPITAL.into()));
        let sits = "select case_role from care_team where organization_id = 3";
        assert_eq!(world.texts(sits).await, ["next_hospital"]);
        assert!(matches!(
            world.read(&world.other(), other).await,
            Err(InquiryError::Refused(_))
        ));
        let lines = world.received(&world.other()).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].state.words(), "ほかに決まりました");
        assert_eq!(lines[0].profile, None);
        let asked = "受入れ照会（匿名）が届いています";
        assert_eq!(
            world.letters("a3@example.jp").await,
            [asked, "受入れ照会で、受け入れ先に決まりました"]
        );
        let lost = world.letters("a4@example.jp").await;
        assert_eq!(lost, [asked, "受入れ照会は終わりました"]);
        let told = world.letters("a1@example.jp").await;
        assert_eq!(told.iter().filter(|it| it.contains("返事")).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_what_is_needed_comes_first_and_unknown_is_not_no() {
    on_both(async |database| {
        let world = World::of(database).await;
        run(
            &world.db,
            "insert into service_capability (service_id, capability) values (4, 'home_oxygen')",
        )
        .await;
        let asked = Asked {
            kind: "transfer".to_owned(),
            needs: vec!["home_oxygen".to_owned()],
            ..Asked::default()
        };
        let tools = (world.house(), &world.thesaurus);
        let of = (world.case, &asked);
        let found = inquiry::candidates(&world.db, tools, &world.nurse(), of, world.now)
            .await
            .unwrap();
        let ids: Vec<i64> = found.found.iter().map(|it| it.service.id).collect();
        assert_eq!(ids, [4, 3, 8, 9], "one's own and other kinds are not there");
        assert_eq!(found.found[0].known, ["home_oxygen"]);
        assert_eq!(found.found[1].unknown, ["home_oxygen"]);
        let reached: Vec<bool> = found.found.iter().map(|it| it.is_reached).collect();
        assert_eq!(reached, [true, true, false, false]);
        assert!(found.found[1].km.is_some_and(|km| km < 10.0));
        let large = Asked {
            least: Some(40),
            ..asked
        };
        let of = (world.case, &large);
        let found = inquiry::candidates(&world.db, tools, &world.nurse(), of, world.now)
            .await
            .unwrap();
        let ids: Vec<i64> = found.found.iter().map(|it| it.service.id).collect();
        assert_eq!(ids, [4, 8, 9]);
    })
    .await;
}

/// Without an account it is asked by telephone; a practice that belongs to nobody known becomes an organization when it is chosen.
#[tokio::test]
async fn what_was_heard_on_the_telephone_is_an_answer() {
    on_both(async |database| {
        let world = World::of(database).await;
        let new = NewInquiry {
            services: vec![ServiceId::new(8), ServiceId::new(9)],
            ..transfer()
        };
        let id = world.send_as(&world.nurse(), &new).await.unwrap();
        let shown = world.show(&world.nurse(), id).await.unwrap();
        let practice = shown.targets.iter().find(|it| it.service == Some(8.into()));
        let practice = practice.unwrap();
        assert!(!practice.is_reached && practice.own_phone.as_deref() == Some("0859-00-0008"));
        let can = reply(Answer::Can);
        let heard = database::write(&world.db, async |tx| {
            let heard = (practice.id, &can, Channel::Phone);
            inquiry::answer_for(tx, world.house(), &world.nurse(), heard, world.now).await
        });
        heard.await.unwrap();
        world
            .choose(&world.nurse(), practice.id, &chosen_at(2))
            .await
            .unwrap();
        let sits = "select o.name from care_team t join organization o on o.id = t.organization_id
            where t.case_role = 'next_hospital'";
        assert_eq!(world.texts(sits).await, ["拠点8"]);
    })
    .await;
}

#[tokio::test]
async fn a_home_service_is_the_users_choice_and_a_home_physician_comes_through_the_office() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nursing = NewInquiry {
            kind: "home_nursing".to_owned(),
            services: vec![ServiceId::new(HOME)],
            ..transfer()
        };
        assert!(matches!(
            world.send_as(&world.nurse(), &nursing).await,
            Err(InquiryError::Case(case::CaseError::WrongRole(_)))
        ));
        let id = world
            .send_as(&world.care_manager(), &nursing)
            .await
            .unwrap();
        let shown = world.show(&world.care_manager(), id).await.unwrap();
        let target = shown.targets[0].id;
        let home = world.who(HOME, "visiting_nursing", HOME);
        world
            .answer(&home, target, &reply(Answer::Can))
            .await
            .unwrap();
        let silent = world
            .choose(&world.care_manager(), target, &chosen_at(2))
            .await;
        assert!(silent.unwrap_err().to_string().contains("利用者の選択"));
        let said = Choice {
            users_choice: "3か所を説明し、本人が近さで選んだ".to_owned(),
            seen: 2,
        };
        world
            .choose(&world.care_manager(), target, &said)
            .await
            .unwrap();

        world.with_center().await;
        let mut physician = NewInquiry {
            kind: "home_physician".to_owned(),
            services: vec![ServiceId::new(NEXT_HOSPITAL)],
            ..transfer()
        };
        assert!(matches!(
            world.send_as(&world.nurse(), &physician).await,
            Err(InquiryError::Through(_))
        ));
        physician.services.clear();
        let id = world.send_as(&world.nurse(), &physician).await.unwrap();
        let shown = world.show(&world.nurse(), id).await.unwrap();
        assert_eq!((shown.targets.len(), &*shown.targets[0].name), (1, "組織6"));
        let office = shown.targets[0].id;
        let center = world.who(CENTER, "coordinator", CENTER);
        assert_eq!(world.letters("a6@example.jp").await.len(), 1);
        assert_eq!(world.read(&center, office).await.unwrap().case, None);
        for _ in 0..2 {
            let done = database::write(&world.db, async |tx| {
                let to = [ServiceId::new(NEXT_HOSPITAL)];
                inquiry::forward(tx, world.house(), &center, (office, &to), world.now).await
            });
            done.await.unwrap();
        }
        let shown = world.show(&world.nurse(), id).await.unwrap();
        assert_eq!(shown.targets.len(), 2, "asked once");
        let asked = shown
            .targets
            .iter()
            .find(|it| it.service.is_some())
            .unwrap();
        world
            .answer(&world.next(), asked.id, &reply(Answer::Can))
            .await
            .unwrap();
        world
            .choose(&world.nurse(), asked.id, &chosen_at(2))
            .await
            .unwrap();
        assert!(world.read(&center, office).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn that_there_is_no_place_is_counted_for_who_sees_the_rows() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (_, next, other) = world.sent().await;
        world
            .answer(&world.other(), other, &reply(Answer::Cannot))
            .await
            .unwrap();
        world
            .answer(&world.next(), next, &reply(Answer::Can))
            .await
            .unwrap();
        let full = Unmet {
            month: "2026-11".to_owned(),
            kind: "transfer".to_owned(),
            category: Some("hospital".to_owned()),
            municipality: Some("31202".to_owned()),
            answer: Answer::Cannot,
            reason: Some("full".to_owned()),
        };
        let of = async |by: &By| inquiry::unmet(&world.db, by, world.now).await.unwrap();
        let all = of(&world.nurse()).await;
        assert_eq!((all.len(), all.get(&full)), (2, Some(&1)));
        let own = of(&world.other()).await;
        assert_eq!((own.len(), own.get(&full)), (1, Some(&1)));
        let home = world.who(HOME, "visiting_nursing", HOME);
        assert!(of(&home).await.is_empty());
    })
    .await;
}
