//! An inquiry ends by itself when what it was asked for is no longer so, and both sides see why.

use keniki_app::case::end::close;
use keniki_app::case::inquiry::{self, Answer, InquiryError, NewInquiry, State, Why};
use keniki_app::case::mend::annul;
use keniki_app::case::tell::Telling;
use keniki_app::database;
use keniki_base::id::ServiceId;
use keniki_tests::on_both;

use super::*;

impl World {
    fn event(&self, kind: &str) -> Telling {
        Telling {
            kind: kind.to_owned(),
            happened_at: self.now,
            ..Telling::default()
        }
    }

    async fn ended(&self, id: InquiryId, target: InquiryTargetId, why: Why) {
        let shown = self.show(&self.nurse(), id).await.unwrap();
        assert_eq!((shown.state, shown.why), (State::Closed, Some(why)));
        assert!(!shown.may_change);
        let lines = self.received(&self.next()).await;
        let line = lines.iter().find(|it| it.id == target).unwrap();
        assert_eq!((line.why, &line.profile), (Some(why), &None));
        assert!(self.read(&self.next(), target).await.is_err());
        let late = self.answer(&self.next(), target, &reply(Answer::Can)).await;
        assert!(matches!(late, Err(InquiryError::Refused(_))));
        let last = self.letters("a3@example.jp").await;
        assert_eq!(last.last().unwrap(), "受入れ照会は終わりました");
    }
}

#[tokio::test]
async fn a_death_ends_it() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (id, next, _) = world.sent().await;
        world
            .tell(&world.nurse(), world.case, world.event("admitted"))
            .await;
        world
            .tell(&world.nurse(), world.case, world.event("died"))
            .await;
        world.ended(id, next, Why::Died).await;
        assert!(matches!(
            world.send_as(&world.nurse(), &transfer()).await,
            Err(InquiryError::NoLonger(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn an_admission_elsewhere_ends_it_and_one_at_the_senders_does_not() {
    on_both(async |database| {
        let world = World::of(database).await;
        let nursing = NewInquiry {
            kind: "home_nursing".to_owned(),
            services: vec![ServiceId::new(HOME)],
            ..transfer()
        };
        let home = world
            .send_as(&world.care_manager(), &nursing)
            .await
            .unwrap();
        let (id, next, _) = world.sent().await;
        world
            .tell(&world.nurse(), world.case, world.event("admitted"))
            .await;
        let shown = world.show(&world.care_manager(), home).await.unwrap();
        assert_eq!(shown.why, Some(Why::Admitted));
        assert_eq!(
            world.show(&world.nurse(), id).await.unwrap().state,
            State::Open
        );
        world
            .tell(&world.nurse(), world.case, world.event("moved"))
            .await;
        world.ended(id, next, Why::Admitted).await;
    })
    .await;
}

#[tokio::test]
async fn the_end_of_the_case_ends_it() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (id, next, _) = world.sent().await;
        let closed = database::write(&world.db, async |tx| {
            let program = world
                .definitions
                .program_on("discharge_support", day("2026-11-24"));
            let reason = program.unwrap().program.closings[0].code.clone();
            close(
                tx,
                world.house(),
                &world.nurse(),
                world.case,
                (&reason, ""),
                world.now,
            )
            .await
        });
        closed.await.unwrap();
        world.ended(id, next, Why::CaseEnded).await;
    })
    .await;
}

#[tokio::test]
async fn an_annulled_admission_ends_it_and_whoever_asked_takes_it_back() {
    on_both(async |database| {
        let world = World::of(database).await;
        world
            .tell(&world.nurse(), world.case, world.event("admitted"))
            .await;
        let (id, next, _) = world.sent().await;
        let event: i64 = world
            .texts("select cast(id as text) from case_event where kind = 'admitted'")
            .await[0]
            .parse()
            .unwrap();
        let annulled = database::write(&world.db, async |tx| {
            let of = (world.case, event.into());
            annul(
                tx,
                world.house(),
                &world.nurse(),
                of,
                ("人ちがい", None),
                world.now,
            )
            .await
        });
        annulled.await.unwrap();
        world.ended(id, next, Why::Annulled).await;
        let (id, next, _) = world.sent().await;
        let taken = database::write(&world.db, async |tx| {
            inquiry::close(tx, world.house(), &world.nurse(), id, world.now).await
        });
        taken.await.unwrap();
        world.ended(id, next, Why::Withdrawn).await;
    })
    .await;
}
