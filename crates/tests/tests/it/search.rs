//! Search on both engines: what people type finds what they mean, and every count equals the rows and a plain filter.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use keniki_app::definition::Definitions;
use keniki_app::directory::search::{self, Found, Query, Sort, Status, Thesaurus, index};
use keniki_base::geo::{self, Point};
use keniki_tests::on_both;
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};

use world::{Place, World};

mod plain;
pub mod world;

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(|| {
    Thesaurus::of(&Definitions::load(None).expect("the built-in definitions load"))
});

async fn found(db: &DatabaseConnection, query: &Query) -> Found {
    search::find(db, &THESAURUS, query).await.unwrap()
}

async fn ids(db: &DatabaseConnection, text: &str) -> Vec<i64> {
    found(
        db,
        &Query {
            text: text.into(),
            page_size: 200,
            ..Query::default()
        },
    )
    .await
    .service_ids
}

fn port() -> Place {
    Place {
        name: "﨑津ヶ丘クリニック".into(),
        kana: Some("サキツガオカクリニック".into()),
        organization: Some("医療法人社団 渚会".into()),
        address: Some("潮見県汐見市港町一丁目2-3".into()),
        ..Place::new("clinic", "99201")
    }
}

#[tokio::test]
async fn words_find_as_people_type_them() {
    on_both(async |database| {
        let db = database.open().await;
        let other = Place {
            name: "山の上歯科医院".into(),
            address: Some("汐見市山手町5".into()),
            ..Place::new("dental", "99201")
        };
        World {
            places: vec![port(), other],
        }
        .fill(&db)
        .await;
        for (text, what) in [
            ("崎津ケ丘", "variants of kanji and of ヶ"),
            ("さきつがおか", "hiragana for katakana"),
            ("ｻｷﾂｶﾞｵｶ", "half width"),
            ("津ヶ丘クリ", "a part of the name"),
            ("港町", "a town"),
            ("渚会　汐見市", "operator and municipality"),
            ("診療所 港町", "what it is, by the definitions, and where"),
            ("クリニック 潮見県", "what it is called and the prefecture"),
            ("港町1-2-3", "an address by hyphens"),
            ("港町一丁目2", "an address as the list has it"),
            ("丘", "one character, also the last of a word"),
        ] {
            assert_eq!(ids(&db, text).await, [1], "{what}: {text}");
        }
        assert_eq!(ids(&db, "歯").await, [2]);
        assert_eq!(
            ids(&db, "港町 歯科").await,
            [] as [i64; 0],
            "every word must occur"
        );
        assert_eq!(
            ids(&db, "会医療").await,
            [] as [i64; 0],
            "no phrase crosses two fields"
        );
        assert_eq!(
            ids(&db, "\" * ' & | ! ( ,").await.len(),
            2,
            "signs are no words"
        );
    })
    .await;
}

#[tokio::test]
async fn a_telephone_number_finds_whose_it_is() {
    on_both(async |database| {
        let db = database.open().await;
        let other = Place {
            name: "山の上歯科医院".into(),
            ..Place::new("dental", "99201")
        };
        World {
            places: vec![port(), other],
        }
        .fill(&db)
        .await;
        let number = "update site set phone = '0859-00-0001', phone_key = '0859000001' where name like '山の上%'";
        db.execute_unprepared(number).await.unwrap();
        for typed in ["0859-00-0001", "０８５９（００）０００１", "0859000001"] {
            assert_eq!(ids(&db, typed).await, [2], "{typed}");
        }
        assert_eq!(ids(&db, "0859-00-0009").await, Vec::<i64>::new());
        let own = "update service set phone = '0859-00-0003' where id = 1";
        db.execute_unprepared(own).await.unwrap();
        assert_eq!(ids(&db, "0859000003").await, [1], "the service's own number");
        let clinics = Query {
            text: "0859-00-0001".into(),
            categories: vec!["clinic".into()],
            ..Query::default()
        };
        assert_eq!(found(&db, &clinics).await.total, 0, "a filter holds here, too");
    })
    .await;
}

#[tokio::test]
async fn what_is_called_so_comes_before_what_only_has_the_word_in_its_address() {
    on_both(async |database| {
        let db = database.open().await;
        let by_address = Place {
            name: "ひかり薬局".into(),
            address: Some("汐見市若葉町1".into()),
            ..Place::new("pharmacy", "99201")
        };
        let by_name = Place {
            name: "若葉薬局".into(),
            address: Some("汐見市本町1".into()),
            ..Place::new("pharmacy", "99201")
        };
        World {
            places: vec![by_address, by_name],
        }
        .fill(&db)
        .await;
        assert_eq!(ids(&db, "若葉").await, [2, 1]);
        let second = Query {
            text: "若葉".into(),
            page_size: 1,
            page: 2,
            ..Query::default()
        };
        assert_eq!(found(&db, &second).await.service_ids, [1]);
    })
    .await;
}

#[tokio::test]
async fn a_service_that_changes_closes_or_goes_is_found_as_it_is_now() {
    on_both(async |database| {
        let db = database.open().await;
        World {
            places: vec![port(), port()],
        }
        .fill(&db)
        .await;
        assert_eq!(ids(&db, "渚会").await, [1, 2]);
        let tx = db.begin().await.unwrap();
        world::run(
            &tx,
            "update site set name = 'うみべ医院', status = 'active' where id = 1",
        )
        .await;
        world::run(&tx, "update service set status = 'closed' where id = 2").await;
        let mut indexer = index::Indexer::load(&tx).await.unwrap();
        indexer.put_sites(&tx, &[1]).await.unwrap();
        indexer.flush(&tx).await.unwrap();
        index::put(&tx, &[2]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(ids(&db, "崎津").await, [] as [i64; 0]);
        assert_eq!(ids(&db, "うみべ").await, [1]);
        assert_eq!(ids(&db, "").await, [1]);
        assert_eq!(index::rebuild(&db).await.unwrap(), 1);
        assert_eq!(ids(&db, "うみべ").await, [1]);
        let tx = db.begin().await.unwrap();
        index::remove(&tx, &[1]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found(&db, &Query::default()).await.total, 0);
    })
    .await;
}

#[tokio::test]
async fn open_now_lists_the_known_and_counts_the_unknown() {
    on_both(async |database| {
        let db = database.open().await;
        let with = |hours| Place { hours, ..port() };
        let places = vec![
            with(vec![world::open(2, "08:30", "17:15")]),
            with(vec![world::open(2, "17:15", "20:00")]),
            with(vec![world::closed(2)]),
            with(vec![world::open_without_times(2)]),
            with(vec![]),
            with(vec![world::open(1, "22:00", "34:00")]),
        ];
        World { places }.fill(&db).await;
        let at = |instant: &str| Query {
            open_at: Some(instant.parse().unwrap()),
            ..Query::default()
        };
        let morning = found(&db, &at("2026-11-24T09:30:00+09:00")).await;
        // The sixth is open since Monday, but 2026-11-23 is a public holiday: nobody said anything of that night.
        assert_eq!(
            (morning.service_ids, morning.n_open_unknown),
            (vec![1], Some(3))
        );
        let night = found(&db, &at("2026-11-17T09:30:00+09:00")).await;
        assert_eq!(
            (night.service_ids, night.n_open_unknown),
            (vec![1, 6], Some(2))
        );
    })
    .await;
}

#[tokio::test]
async fn without_a_known_place_a_service_is_last_by_distance_and_counted_apart_within_a_circle() {
    on_both(async |database| {
        let db = database.open().await;
        let at = |lat: f64| Place {
            point: Some(Point { lat, lng: 133.3 }),
            ..port()
        };
        let nowhere = Place {
            point: None,
            ..port()
        };
        World {
            places: vec![nowhere, at(35.6), at(35.41), at(36.9)],
        }
        .fill(&db)
        .await;
        let near = Some(Point {
            lat: 35.4,
            lng: 133.3,
        });
        let sorted = Query {
            near,
            sort: Sort::Distance,
            ..Query::default()
        };
        assert_eq!(found(&db, &sorted).await.service_ids, [3, 2, 4, 1]);
        let page = Query {
            page: 2,
            page_size: 3,
            ..sorted.clone()
        };
        assert_eq!(found(&db, &page).await.service_ids, [1]);
        let circle = found(
            &db,
            &Query {
                within_km: Some(30.0),
                ..sorted
            },
        )
        .await;
        assert_eq!(
            (circle.service_ids, circle.total, circle.n_unplaced),
            (vec![3, 2], 2, Some(1))
        );
    })
    .await;
}

/// A seeded mix of questions.
fn questions(world: &World) -> Vec<Query> {
    let mut dice = world::Dice::new(7);
    let now: DateTime<Utc> = "2026-11-24T01:00:00Z".parse().unwrap();
    let words = [
        "",
        "",
        "病院",
        "訪問",
        "川",
        "さくら",
        "港町",
        "医療法人 本町",
        "くりにっく",
        "汐見",
        "在宅",
    ];
    (0..120)
        .map(|_| {
            let near = dice.one_in(2).then(|| world.somewhere(&mut dice));
            Query {
                text: (*dice.pick(&words)).to_owned(),
                view: dice
                    .one_in(4)
                    .then(|| (*dice.pick(&["medical", "care"])).to_owned()),
                categories: dice
                    .one_in(4)
                    .then(|| (*dice.pick(&world::CATEGORIES)).to_owned())
                    .into_iter()
                    .collect(),
                capabilities: dice
                    .one_in(5)
                    .then(|| (*dice.pick(&world::CAPABILITIES)).to_owned())
                    .into_iter()
                    .collect(),
                prefecture: dice.one_in(5).then(|| "99".to_owned()),
                municipalities: dice.one_in(4).then(|| vec!["99201".into(), "98202".into()]),
                within_km: near
                    .filter(|_| dice.one_in(2))
                    .map(|_| f64::from(dice.below(40)) + 0.5),
                near,
                open_at: dice.one_in(5).then_some(now),
                is_24h: dice.one_in(8),
                status: dice.one_in(6).then_some(Status::Suspended),
                sort: if dice.one_in(2) {
                    Sort::Distance
                } else {
                    Sort::Relevance
                },
                page: 1,
                page_size: 5 + u64::from(dice.below(90)),
            }
        })
        .collect()
}

#[tokio::test]
async fn every_count_equals_the_rows_of_all_pages_and_a_plain_filter() {
    on_both(async |database| {
        let db = database.open().await;
        let world = World::of(400);
        world.fill(&db).await;
        let definitions = Definitions::load(None).unwrap();
        for query in questions(&world) {
            let first = found(&db, &query).await;
            let mut paged = Vec::new();
            for page in 1..=first.total.div_ceil(query.page_size) + 1 {
                let page = found(
                    &db,
                    &Query {
                        page,
                        ..query.clone()
                    },
                )
                .await;
                assert_eq!(page.total, first.total, "{query:?}");
                paged.extend(page.service_ids);
            }
            assert_eq!(paged.len() as u64, first.total, "{query:?}");
            let expected = plain::filter(&world, &definitions, &query);
            if let (Some(near), Sort::Distance) = (query.near, query.sort) {
                assert!(is_sorted_by_distance(&world, &paged, near), "{query:?}");
            }
            paged.sort_unstable();
            assert_eq!(paged, expected.ids, "{query:?}");
            assert_eq!(first.n_open_unknown, expected.n_open_unknown, "{query:?}");
            assert_eq!(first.n_unplaced, expected.n_unplaced, "{query:?}");
        }
    })
    .await;
}

fn is_sorted_by_distance(world: &World, ids: &[i64], near: Point) -> bool {
    let km = |id: &i64| {
        world
            .place(*id)
            .point
            .map_or(f64::INFINITY, |point| geo::km(near, point))
    };
    ids.iter().map(km).is_sorted_by(|a, b| *a <= b + 1e-6)
}
