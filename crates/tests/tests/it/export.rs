//! What goes out as CSV or XLSX comes back as the same services.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use keniki_app::account::By;
use keniki_app::definition::Definitions;
use keniki_app::directory::export::{self, Form};
use keniki_app::directory::source::Reference;
use keniki_app::directory::source::locate::Places;
use keniki_app::import::{self, FileReport, Options};
use keniki_app::sheet::read;
use keniki_base::geo::Point;
use keniki_tests::{TestDatabase, on_both};
use sea_orm::DatabaseConnection;

use crate::search::world::{self, Place, World};

fn world() -> World {
    let week = |opens: &'static str| {
        let mut hours: Vec<_> = (1..=5)
            .map(|day| world::open(day, opens, "17:00"))
            .collect();
        hours.extend([world::closed(6), world::closed(7), world::closed(8)]);
        hours
    };
    let at = |category: &str, name: &str, number: u32| Place {
        name: name.into(),
        kana: Some("カナ".into()),
        organization: Some("医療法人 渚会".into()),
        address: Some(format!("鳥取県米子市港町{number}番地")),
        point: Some(Point {
            lat: 35.43 + f64::from(number) / 1000.0,
            lng: 133.33,
        }),
        hours: week("08:30"),
        ..Place::new(category, "31202")
    };
    World {
        places: vec![
            at("hospital", "渚病院", 1),
            at("clinic", "渚クリニック", 2),
            at("home_bathing", "渚訪問入浴", 3),
            at("meal_delivery", "渚配食サービス", 4),
        ],
    }
}

async fn filled(database: &TestDatabase) -> DatabaseConnection {
    let db = database.open().await;
    world::run(&db, "insert into area_set (code, kind, name) values ('municipality', 'municipality', '市区町村')").await;
    world::run(&db, "insert into area (area_set, code, kind, name, prefecture_code) values ('municipality', '31202', 'municipality', '米子市', '31')").await;
    db
}

#[tokio::test]
async fn both_forms_come_back_as_the_same_services() {
    let definitions = Arc::new(Definitions::load(None).unwrap());
    on_both(async |database| {
        let db = filled(&database).await;
        world().fill(&db).await;
        let ids = export::all_ids(&db).await.unwrap();
        assert_eq!(ids, [1, 2, 3, 4]);
        let folder = tempfile::tempdir().unwrap();
        for (form, name, n_rows) in [(Form::Medical, "m.csv", 2), (Form::Care, "c.csv", 1)] {
            let path = folder.path().join(name);
            let file = std::fs::File::create(&path).unwrap();
            assert_eq!(
                export::csv(&db, &definitions, form, &ids, file)
                    .await
                    .unwrap(),
                n_rows
            );
            let back = come_back(&definitions, &path).await;
            assert_eq!(
                (back.rows, back.new, back.rejected),
                (n_rows, n_rows, 0),
                "{back:?}"
            );
            assert!(back.warnings.is_empty(), "{back:?}");
        }
    })
    .await;
}

/// Into an empty database, without being kept.
async fn come_back(definitions: &Arc<Definitions>, path: &std::path::Path) -> FileReport {
    let other = TestDatabase::sqlite();
    let db = filled(&other).await;
    let places = Places::load(&db).await.unwrap();
    let reference = Arc::new(Reference {
        definitions: definitions.clone(),
        places,
    });
    let now = "2026-04-01T00:00:00Z".parse().unwrap();
    import::import_file(
        &db,
        &reference,
        path,
        &By::command_line(),
        Options::default(),
        now,
        |_| {},
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn a_book_has_a_sheet_for_each_form_and_the_rest_on_a_third() {
    on_both(async |database| {
        let db = filled(&database).await;
        world().fill(&db).await;
        let definitions = Definitions::load(None).unwrap();
        let ids = export::all_ids(&db).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.xlsx");
        export::book(&db, &definitions, None, &ids)
            .await
            .unwrap()
            .save(&path)
            .unwrap();
        let mut names = Vec::new();
        read::rows(&path, |row| {
            if row.number > 1 {
                names.push((
                    row.sheet,
                    row.cells
                        .iter()
                        .find(|cell| cell.contains('渚'))
                        .unwrap()
                        .clone(),
                ));
            }
            true
        })
        .unwrap();
        let at = |sheet, name: &str| (sheet, name.to_owned());
        assert_eq!(
            names,
            [
                at(0, "渚病院"),
                at(0, "渚クリニック"),
                at(1, "渚訪問入浴"),
                at(2, "渚配食サービス"),
            ]
        );
        assert_eq!(opens_on(&path), None, "the first");
        let rest = [*ids.last().unwrap()];
        let book = export::book(&db, &definitions, None, &rest).await.unwrap();
        let single = folder.path().join("rest.xlsx");
        book.save(&single).unwrap();
        assert_eq!(opens_on(&single).as_deref(), Some("2"), "what has rows");
        let back = come_back(&Arc::new(definitions), &path).await;
        assert_eq!((back.rows, back.new, back.rejected), (4, 4, 0), "{back:?}");
    })
    .await;
}

/// The sheet on which a book opens, where it is not the first.
fn opens_on(path: &Path) -> Option<String> {
    let mut book = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    let mut part = book.by_name("xl/workbook.xml").unwrap();
    part.read_to_string(&mut text).unwrap();
    let (_, behind) = text.split_once("activeTab=\"")?;
    behind.split('"').next().map(str::to_owned)
}
