//! Who may do what at which stage: every cell is tried by the real action, taken back, and printed.

use std::fmt::Write as _;

use keniki_app::account::By;
use keniki_app::case::channel::Channel;
use keniki_app::case::inquiry::{self, Answer, InquiryError, TargetState};
use keniki_app::database;
use keniki_base::id::ServiceId;
use keniki_tests::{on_both, workspace};

use super::*;

const DEEDS: [&str; 9] = [
    "show", "send", "hear", "choose", "close", "read", "answer", "forward", "list",
];

/// What is tried is not kept.
enum Tried {
    Done,
    Refused,
}

impl From<sea_orm::DbErr> for Tried {
    fn from(_: sea_orm::DbErr) -> Self {
        Self::Refused
    }
}

impl World {
    async fn tried(
        &self,
        action: impl AsyncFnOnce(&database::Transaction) -> Result<(), InquiryError>,
    ) -> bool {
        let tried = database::write(&self.db, async |tx| {
            Err::<(), _>(match action(tx).await {
                Ok(()) => Tried::Done,
                Err(_) => Tried::Refused,
            })
        });
        matches!(tried.await, Err(Tried::Done))
    }

    async fn may(&self, by: &By, deed: &str, (id, target): (InquiryId, InquiryTargetId)) -> bool {
        let (house, now) = (self.house(), self.now);
        let version =
            format!("select cast(version as text) from inquiry_target where id = {target}");
        let seen = self.texts(&version).await[0].parse().unwrap();
        let said = Reply {
            seen,
            ..reply(Answer::Waiting)
        };
        let choice = chosen_at(seen);
        match deed {
            "show" => self.show(by, id).await.is_ok(),
            "send" => {
                self.tried(async |tx| {
                    let new = transfer();
                    inquiry::send(tx, house, by, (self.case, &new), now)
                        .await
                        .map(drop)
                })
                .await
            }
            "hear" => {
                self.tried(async |tx| {
                    let heard = (target, &said, Channel::Phone);
                    inquiry::answer_for(tx, house, by, heard, now).await
                })
                .await
            }
            "choose" => {
                self.tried(async |tx| inquiry::choose(tx, house, by, (target, &choice), now).await)
                    .await
            }
            "close" => {
                self.tried(async |tx| inquiry::close(tx, house, by, id, now).await)
                    .await
            }
            "read" => {
                self.tried(async |tx| inquiry::read(tx, by, target, now).await.map(drop))
                    .await
            }
            "answer" => {
                self.tried(async |tx| inquiry::answer(tx, house, by, (target, &said), now).await)
                    .await
            }
            "forward" => {
                let to = [ServiceId::new(NEXT_HOSPITAL)];
                self.tried(async |tx| inquiry::forward(tx, house, by, (target, &to), now).await)
                    .await
            }
            "list" => {
                let all = self.received(by).await;
                all.iter().any(|it| it.id == target && it.profile.is_some())
            }
            other => panic!("{other}"),
        }
    }

    /// The inquiry and the one asked, at a stage.
    async fn at_stage(&self, stage: TargetState, answer: Answer) -> (InquiryId, InquiryTargetId) {
        let (id, next, other) = self.sent().await;
        if stage == TargetState::Asked {
            return (id, next);
        }
        self.read(&self.next(), next).await.unwrap();
        if stage == TargetState::Read {
            return (id, next);
        }
        self.answer(&self.next(), next, &reply(answer))
            .await
            .unwrap();
        match stage {
            TargetState::Asked | TargetState::Read | TargetState::Answered => {}
            TargetState::Chosen => {
                self.choose(&self.nurse(), next, &chosen_at(2))
                    .await
                    .unwrap();
            }
            TargetState::Cancelled => {
                self.answer(&self.other(), other, &reply(Answer::Can))
                    .await
                    .unwrap();
                self.choose(&self.nurse(), other, &chosen_at(2))
                    .await
                    .unwrap();
            }
            TargetState::Closed => {
                let closed = database::write(&self.db, async |tx| {
                    inquiry::close(tx, self.house(), &self.nurse(), id, self.now).await
                });
                closed.await.unwrap();
            }
        }
        (id, next)
    }
}

#[tokio::test]
async fn every_cell_is_as_printed() {
    let file = workspace().join("crates/app/src/case/inquiry/matrix.txt");
    let printed = std::fs::read_to_string(file).unwrap_or_default();
    on_both(async |database| {
        let world = World::of(database).await;
        world.with_center().await;
        let parties = [
            ("sender", world.nurse()),
            ("care manager of the team", world.care_manager()),
            (
                "pharmacy of the team",
                world.who(PHARMACY, "pharmacy", PHARMACY),
            ),
            ("asked", world.next()),
            (
                "asked: its manager",
                world.who(NEXT_HOSPITAL, "manager", NEXT_HOSPITAL),
            ),
            ("stranger", world.who(HOME, "visiting_nursing", HOME)),
            ("health center", world.who(1, "health_center_planning", 1)),
            (
                "coordination office",
                world.who(CENTER, "coordinator", CENTER),
            ),
            ("nobody", By::nobody("192.0.2.1", None)),
        ];
        // Those that are open come first: who is chosen is in the case's care team from then on.
        let stages = [
            (TargetState::Asked, Answer::Can),
            (TargetState::Read, Answer::Can),
            (TargetState::Answered, Answer::Can),
            (TargetState::Answered, Answer::Cannot),
            (TargetState::Answered, Answer::More),
            (TargetState::Closed, Answer::Can),
            (TargetState::Cancelled, Answer::Can),
            (TargetState::Chosen, Answer::Can),
        ];
        let mut table = String::new();
        for (stage, answer) in stages {
            let at = world.at_stage(stage, answer).await;
            let said = match stage {
                TargetState::Answered => format!(" {}", answer.code()),
                _ => String::new(),
            };
            writeln!(table, "{}{said}", stage.code()).unwrap();
            row(&world, &parties, at, &mut table).await;
        }
        let physician = NewInquiry {
            kind: "home_physician".to_owned(),
            services: Vec::new(),
            ..transfer()
        };
        let id = world.send_as(&world.nurse(), &physician).await.unwrap();
        let target = world.show(&world.nurse(), id).await.unwrap().targets[0].id;
        table.push_str("asked, through the office\n");
        row(&world, &parties, (id, target), &mut table).await;
        assert_eq!(table, printed, "\n{table}");
    })
    .await;
}

async fn row(
    world: &World,
    parties: &[(&str, By)],
    at: (InquiryId, InquiryTargetId),
    table: &mut String,
) {
    for (name, by) in parties {
        let mut may = Vec::new();
        for deed in DEEDS {
            may.push(match world.may(by, deed, at).await {
                true => deed,
                false => "—",
            });
        }
        writeln!(table, "    {name:25} {}", may.join(" ")).unwrap();
    }
}
