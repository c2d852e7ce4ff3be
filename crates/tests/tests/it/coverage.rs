//! Coverage on both engines: across borders, what if one closed, and 未収載 instead of zero.

use std::collections::BTreeSet;

use keniki_app::definition::Definitions;
use keniki_app::directory::coverage::{self, Answer, Coverage, Question, Shares};
use keniki_app::directory::held::{Held, Unlisted};
use keniki_app::directory::rate;
use keniki_app::directory::search::kind::Kind;
use keniki_base::geo::{self, Point};
use keniki_tests::on_both;
use sea_orm::DatabaseConnection;

use crate::search::world::{self, Dice, Place, World};

/// About 11.1 km a tenth of a degree.
fn at(lat: f64) -> Point {
    Point { lat, lng: 133.3 }
}

async fn insert_town(
    db: &DatabaseConnection,
    municipality: &str,
    name: &str,
    small: &str,
    lat: f64,
) {
    let sql = format!(
        "insert into town (municipality_code, name, small_name, town_key, lat, lng)
         values ('{municipality}', '{name}', '{small}', '{name}{small}', {lat}, 133.3)"
    );
    world::run(db, &sql).await;
}

async fn load_list(db: &DatabaseConnection, id: i64, scope: &str) {
    world::run(
        db,
        &format!(
            "insert into import_batch (id, format, scope, file_name, sha256, imported_at, imported_by, source_rows, report)
             values ({id}, 'care_services', '{scope}', 'a.csv', '', '2026-04-01T00:00:00.000000Z', 'test', 1, '')"
        ),
    )
    .await;
    world::run(db, &format!("insert into import_batch_scope (batch_id, scope, source_rows) values ({id}, '{scope}', 1)"))
        .await;
}

fn question(without_site: Option<i64>) -> Question {
    Question {
        kind: Kind::Category("home_bathing".into()),
        municipalities: BTreeSet::from(["99201".to_owned()]),
        without_site,
    }
}

async fn ask(db: &DatabaseConnection, question: &Question) -> Answer {
    let definitions = Definitions::load(None).unwrap();
    let held = Held::load(db, &definitions).await.unwrap();
    coverage::measure(db, &definitions, &held, question)
        .await
        .unwrap()
}

async fn measured(db: &DatabaseConnection, question: &Question) -> Coverage {
    match ask(db, question).await {
        Answer::Measured(coverage) => coverage,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn towns_are_reached_across_borders_and_lose_their_last_site() {
    on_both(async |database| {
        let db = database.open().await;
        let bath = |municipality: &str, lat: f64| Place {
            name: format!("入浴{lat}"),
            point: Some(at(lat)),
            ..Place::new("home_bathing", municipality)
        };
        let suspended = Place {
            status: "suspended".into(),
            ..bath("99201", 35.9)
        };
        let nowhere = Place {
            point: None,
            ..bath("99201", 0.0)
        };
        let other_kind = Place {
            category: "clinic".into(),
            ..bath("99201", 35.9)
        };
        // 2 lies in another prefecture.
        World {
            places: vec![
                bath("99201", 35.0),
                bath("98202", 35.2),
                suspended,
                nowhere,
                other_kind,
            ],
        }
        .fill(&db)
        .await;
        insert_town(&db, "99201", "港町", "", 35.0).await;
        insert_town(&db, "99201", "本町", "", 35.1).await;
        insert_town(&db, "99201", "奥山", "上", 35.28).await;
        insert_town(&db, "99201", "奥山", "下", 35.32).await;
        insert_town(&db, "99201", "高原", "", 35.9).await;
        insert_town(&db, "98202", "隣町", "", 35.2).await;
        assert_eq!(
            ask(&db, &question(None)).await,
            Answer::Unlisted(coverage_missing(&question(None))),
            "without a list nothing is zero"
        );
        load_list(&db, 1, "care_services/99/訪問入浴介護").await;

        let now = measured(&db, &question(None)).await;
        let towns: Vec<(&str, usize)> = now
            .towns
            .iter()
            .map(|town| (town.name.as_str(), town.n_sites))
            .collect();
        assert_eq!(towns, [("奥山", 1), ("本町", 2), ("港町", 1), ("高原", 0)]);
        assert_eq!(
            now.shares(),
            Shares {
                n_towns: 4,
                n_none: 1,
                n_one: 2,
                n_more: 1
            }
        );
        assert_eq!(now.shares().reached(), Some(0.75));
        assert_eq!(now.n_unplaced, 1);
        assert_eq!(
            now.sites
                .iter()
                .map(|site| (site.id, site.is_outside))
                .collect::<Vec<_>>(),
            [(1, false), (2, true)]
        );
        let (nearest, km) = now.towns[0].nearest.unwrap();
        assert_eq!(
            (nearest, (km * 10.0).round() / 10.0),
            (2, 11.1),
            "奥山 stands in the middle of its parts"
        );

        let without = measured(&db, &question(Some(2))).await;
        assert_eq!(
            without
                .lost()
                .map(|town| town.name.as_str())
                .collect::<Vec<_>>(),
            ["奥山"]
        );
        assert_eq!(without.shares(), now.shares());
        assert_eq!(
            without.shares_left(),
            Shares {
                n_towns: 4,
                n_none: 2,
                n_one: 2,
                n_more: 0
            }
        );
        assert_eq!(without.by_municipality()["99201"].1, without.shares_left());
    })
    .await;
}

fn coverage_missing(question: &Question) -> Unlisted {
    let definitions = Definitions::load(None).unwrap();
    Held::default()
        .unlisted(&definitions, &question.kind, &question.municipalities)
        .unwrap()
}

#[tokio::test]
async fn every_town_has_the_sites_that_a_plain_recount_finds() {
    on_both(async |database| {
        let db = database.open().await;
        let mut dice = Dice::new(3);
        let mut anywhere = || Point {
            lat: 35.0 + f64::from(dice.below(900)) / 1000.0,
            lng: 133.0 + f64::from(dice.below(900)) / 1000.0,
        };
        let places: Vec<Place> = (0..60)
            .map(|_| Place {
                point: Some(anywhere()),
                name: "入浴".into(),
                ..Place::new("home_bathing", "99201")
            })
            .collect();
        let towns: Vec<Point> = (0..80).map(|_| anywhere()).collect();
        World {
            places: places.clone(),
        }
        .fill(&db)
        .await;
        for (number, town) in towns.iter().enumerate() {
            let sql = format!(
                "insert into town (municipality_code, name, small_name, town_key, lat, lng)
                 values ('99201', 'town{number:02}', '', 'town{number:02}', {}, {})",
                town.lat, town.lng
            );
            world::run(&db, &sql).await;
        }
        load_list(&db, 1, "care_services/99/訪問入浴介護").await;
        let coverage = measured(&db, &question(Some(7))).await;
        assert_eq!(coverage.towns.len(), towns.len());
        for (found, town) in coverage.towns.iter().zip(&towns) {
            let within = |id: usize| geo::km(places[id - 1].point.unwrap(), *town) <= 16.0;
            let n = (1..=places.len()).filter(|id| within(*id)).count();
            assert_eq!(
                (found.n_sites, found.n_left),
                (n, n - usize::from(within(7))),
                "{}",
                found.name
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_no_list_covers_enters_no_rate() {
    on_both(async |database| {
        let db = database.open().await;
        let places = vec![
            Place::new("home_bathing", "99201"),
            Place::new("visiting_nursing", "99201"),
        ];
        World { places }.fill(&db).await;
        load_list(&db, 1, "care_services/99/訪問入浴介護").await;
        let definitions = Definitions::load(None).unwrap();
        let held = Held::load(&db, &definitions).await.unwrap();
        let here = BTreeSet::from(["99201".to_owned()]);
        let rates = rate::of_area(&db, &definitions, &held, &here, Some(20_000.0))
            .await
            .unwrap();
        let of = |code: &str| {
            rates
                .iter()
                .find(|rate| rate.category == code)
                .map(|rate| (rate.n, rate.per_10_000))
                .unwrap()
        };
        assert_eq!(of("home_bathing"), (Some(1), Some(0.5)));
        assert_eq!(of("visiting_nursing"), (None, None));
        // Taken back, the list covers nothing.
        world::run(
            &db,
            "update import_batch set undone_at = '2026-04-02T00:00:00.000000Z'",
        )
        .await;
        assert_eq!(
            Held::load(&db, &definitions).await.unwrap(),
            Held::default()
        );
    })
    .await;
}
