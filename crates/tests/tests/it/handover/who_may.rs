//! Every cell of the printed table, by the actions themselves: each is tried and taken back.

use keniki_app::case::handover::who::{Act, Side, may};
use keniki_base::chance::SeededChance;

use super::*;

/// Did it, and left no trace.
enum Tried {
    Done,
    Failed(HandoverError),
}

impl From<sea_orm::DbErr> for Tried {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}

impl World {
    async fn tried(&self, by: &By, id: HandoverId, act: Act) -> Result<(), HandoverError> {
        let (house, now) = (self.house(), self.now);
        let sealing = Sealing {
            rule: self.definitions.attachments(),
            keys: &self.keys,
            chance: &SeededChance::of(5),
        };
        let reply = |said| Reply {
            said,
            channel: Channel::Phone,
            whom: "田中".to_owned(),
            at: now,
        };
        let at = self.stage(id).await.at();
        let result = database::write(&self.db, async |tx| -> Result<(), Tried> {
            let done = match act {
                Act::See => handover::show(tx, by, id, now).await.map(drop),
                Act::Read => handover::read(tx, house, by, id, now).await.map(drop),
                Act::Accept => handover::accept(tx, house, by, id, now).await.map(drop),
                Act::Return => handover::return_back(tx, house, by, (id, "r"), now)
                    .await
                    .map(drop),
                Act::Finish => handover::done(tx, house, by, id, now).await.map(drop),
                Act::Withdraw => handover::cancel(tx, house, by, (id, ""), now)
                    .await
                    .map(drop),
                Act::Reply => {
                    let said = if at == At::Accepted {
                        Said::Done
                    } else {
                        Said::Accepted
                    };
                    handover::receipt_by(tx, house, by, (id, &reply(said)), now)
                        .await
                        .map(drop)
                }
                Act::Link => link::make(tx, house, by, (id, &SeededChance::of(1)), now)
                    .await
                    .map(drop),
                Act::SendAgain => {
                    let sending = Sending {
                        former: Some(id),
                        ..summary()
                    };
                    let with = (sending, sealing);
                    handover::send(tx, house, by, self.case, with, now)
                        .await
                        .map(drop)
                }
            };
            Err(done.map_or_else(Tried::Failed, |()| Tried::Done))
        });
        match result.await {
            Ok(()) | Err(Tried::Done) => Ok(()),
            Err(Tried::Failed(error)) => Err(error),
        }
    }

    async fn assert_cells(&self, id: HandoverId) {
        let at = self.stage(id).await.at();
        let sides = [
            (Side::Sender, self.hospital()),
            (Side::Recipient, self.manager()),
            (Side::Member, self.nurse()),
            (Side::Stranger, self.stranger()),
        ];
        for (side, by) in sides {
            for act in Act::ALL {
                let tried = self.tried(&by, id, act).await;
                let cell = format!("{side:?} {at:?} {act:?}: {tried:?}");
                match (may(side, at, act), tried) {
                    // Links are for outside: the table says who may ask, and the handover is inside.
                    (true, Err(HandoverError::NotOutside)) => assert_eq!(act, Act::Link),
                    (true, tried) => assert!(tried.is_ok(), "{cell}"),
                    (false, Err(HandoverError::Refused(_))) => {
                        assert_eq!(side, Side::Stranger, "{cell}")
                    }
                    (false, Err(HandoverError::Stage(_) | HandoverError::NotYours)) => {
                        assert_ne!(side, Side::Stranger, "{cell}");
                    }
                    // Another step's sender refuses before the table is asked.
                    (false, Err(HandoverError::Case(_))) => {
                        assert_eq!(act, Act::SendAgain, "{cell}")
                    }
                    (false, _) => panic!("{cell}"),
                }
                assert_eq!(self.stage(id).await.at(), at, "nothing stays");
            }
        }
    }
}

#[tokio::test]
async fn every_side_does_at_every_stage_what_the_table_says_and_nothing_else() {
    on_both(async |database| {
        let world = World::of(database).await;
        let (hospital, manager) = (world.hospital(), world.manager());
        let id = world.send(&hospital, summary()).await.unwrap();
        world.assert_cells(id).await;
        world.read(&manager, id).await.unwrap();
        world.assert_cells(id).await;
        world.accept(&manager, id).await.unwrap();
        world.assert_cells(id).await;
        world.done(&manager, id).await.unwrap();
        world.assert_cells(id).await;
        let id = world.send(&hospital, summary()).await.unwrap();
        world.return_back(&manager, id, "r").await.unwrap();
        world.assert_cells(id).await;
        let id = world.send(&hospital, summary()).await.unwrap();
        world.cancel(&hospital, id).await.unwrap();
        world.assert_cells(id).await;
    })
    .await;
}
