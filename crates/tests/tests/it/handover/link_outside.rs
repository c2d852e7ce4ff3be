//! Outside of the network: a link, a code by telephone, once.

use keniki_app::case::handover::link::{Made, Opened, fetch, is_good, make};

use super::*;

impl World {
    async fn sent_outside(&self) -> HandoverId {
        let mut sending = Sending {
            outside: Some(Outside {
                recipient: "みほん薬局 田中".to_owned(),
                fax: String::new(),
            }),
            ..summary()
        };
        sending.files.push(NewAttachment {
            name: "a.pdf".to_owned(),
            content: b"%PDF-1.7".to_vec(),
        });
        self.send(&self.hospital(), sending).await.unwrap()
    }

    async fn make(&self, id: HandoverId, seed: u64) -> Result<Made, HandoverError> {
        let chance = SeededChance::of(seed);
        database::write(&self.db, async |tx| {
            make(tx, self.house(), &self.hospital(), (id, &chance), self.now).await
        })
        .await
    }

    async fn open(&self, made: &Made, code: &str) -> Opened {
        let by = By::nobody("192.0.2.9", None);
        let what = (made.token.as_str(), code, "田中 一");
        database::write(&self.db, async |tx| {
            link::open(tx, self.house(), &by, what, self.now).await
        })
        .await
        .unwrap()
    }

    async fn is_good(&self, made: &Made) -> bool {
        let rule = self.definitions.patients().handover;
        is_good(&self.db, rule, made.token.as_str(), self.now)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_link_opens_once_with_the_code_and_leaves_the_receipt() {
    on_both(async |database| {
        let mut world = World::of(database).await;
        let id = world.sent_outside().await;
        let made = world.make(id, 1).await.unwrap();
        assert_eq!(made.code.len(), 8);
        let kept = "select token_hash || code_hash from handover_link";
        let kept = world.texts(kept).await.join("");
        assert!(!kept.contains(made.token.as_str()) && !kept.contains(&made.code));
        assert!(world.is_good(&made).await);
        let Opened::Shown(shown) = world.open(&made, &format!(" {} ", made.code)).await else {
            panic!("the code is right");
        };
        assert_eq!((shown.handover.id, shown.files.len()), (id, 1));
        assert_eq!(shown.patient, "架空 花子");
        assert_eq!(shown.phone.as_deref(), Some("0859-00-0001"));
        assert_eq!(shown.handover.sender.as_deref(), Some("人1"));
        let stage = world.stage(id).await;
        let read = stage.read().unwrap();
        assert_eq!((&*read.name, &*read.role), ("田中 一", "みほん薬局 田中"));
        assert!(
            matches!(world.open(&made, &made.code).await, Opened::Gone),
            "once"
        );
        assert!(!world.is_good(&made).await);
        let logged = "select note from audit_entry where object_kind = 'handover' order by id";
        assert_eq!(
            world.texts(logged).await,
            ["handover: outside", "handover: outside", "handover: link"]
        );

        let by = By::nobody("192.0.2.9", None);
        let file = shown.files[0].id;
        let got = async |world: &World, code: &str| {
            let what = (made.token.as_str(), code, file, &world.keys);
            database::write(&world.db, async |tx| {
                fetch(tx, world.house(), &by, what, world.now).await
            })
            .await
            .unwrap()
        };
        assert!(got(&world, &made.code).await.unwrap().content == b"%PDF-1.7");
        assert!(got(&world, "00000000").await.is_none());
        world.now += Duration::minutes(31);
        assert!(
            got(&world, &made.code).await.is_none(),
            "half an hour is over"
        );
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_lock_a_link_and_it_expires_and_a_newer_one_takes_its_place() {
    on_both(async |database| {
        let mut world = World::of(database).await;
        let id = world.sent_outside().await;
        let made = world.make(id, 1).await.unwrap();
        for left in (1..5).rev() {
            let opened = world.open(&made, "x").await;
            assert!(matches!(opened, Opened::Wrong(it) if it == left), "{opened:?}");
        }
        assert!(matches!(world.open(&made, "00000000").await, Opened::Gone));
        assert!(matches!(world.open(&made, &made.code).await, Opened::Gone), "locked");
        assert_eq!(world.number("select count(*) from audit_entry where outcome = 'refused' and note = 'handover: wrong code'").await, 5);
        let second = world.make(id, 2).await.unwrap();
        let third = world.make(id, 3).await.unwrap();
        assert!(matches!(world.open(&second, &second.code).await, Opened::Gone), "a newer one is there");
        assert!(matches!(world.open(&third, &second.code).await, Opened::Wrong(_)), "another one's code");
        assert!(world.is_good(&third).await);
        world.now += Duration::days(7);
        assert!(matches!(world.open(&third, &third.code).await, Opened::Gone), "expired");
        let fourth = world.make(id, 4).await.unwrap();
        world.cancel(&world.hospital(), id).await.unwrap();
        assert!(matches!(world.open(&fourth, &fourth.code).await, Opened::Gone), "taken back");
        assert_eq!(world.stage(id).await.read(), None);
    })
    .await;
}

#[tokio::test]
async fn who_is_inside_gets_no_link() {
    on_both(async |database| {
        let world = World::of(database).await;
        let id = world.send(&world.hospital(), summary()).await.unwrap();
        assert!(matches!(
            world.make(id, 1).await,
            Err(HandoverError::NotOutside)
        ));
    })
    .await;
}

#[tokio::test]
async fn the_form_that_goes_with_it_is_shown_behind_the_link_and_that_is_written_down() {
    on_both(async |database| {
        let world = World::of(database).await;
        run(
            &world.db,
            "insert into form_record (patient_id, case_id, form, form_version, content, organization_id, created_at)
             values (1, 1, 'nursing_summary', '2026-04', '{}', 1, '2026-11-24T00:30:00Z')",
        )
        .await;
        let form = world.definitions.form("nursing_summary", "2026-11-24".parse().unwrap());
        let version = format!("update form_record set form_version = '{}'", form.unwrap().version);
        run(&world.db, &version).await;
        let sending = Sending {
            outside: Some(Outside {
                recipient: "みほん薬局 田中".to_owned(),
                fax: String::new(),
            }),
            form_record: Some(1),
            ..summary()
        };
        let id = world.send(&world.hospital(), sending).await.unwrap();
        let made = world.make(id, 1).await.unwrap();
        let Opened::Shown(shown) = world.open(&made, &made.code).await else {
            panic!("the code is right");
        };
        let form = shown.form.unwrap();
        assert_eq!((form.row.id, &*form.form.code), (1, "nursing_summary"));
        let logged = "select note from audit_entry where object_kind = 'form_record'";
        assert_eq!(world.texts(logged).await, ["handover: link"]);
        assert!(matches!(world.open(&made, &made.code).await, Opened::Gone), "once");
    })
    .await;
}
