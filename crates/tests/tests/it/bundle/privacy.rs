//! Every column of `privacy.toml` holds a mark of its own: those of the list come out, no other does.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use keniki_app::bundle::table::{Kind, TABLES};
use keniki_app::database::statement;
use keniki_tests::{TestDatabase, workspace};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use toml::Table;

use super::Sides;
use crate::search::world::run;

fn classes() -> Table {
    let text = std::fs::read_to_string(workspace().join("privacy.toml")).unwrap();
    text.parse().unwrap()
}

fn class<'a>(classes: &'a Table, table: &str, column: &str) -> &'a str {
    classes[table][column].as_str().unwrap()
}

#[test]
fn every_column_of_a_bundle_may_stand_on_a_public_page() {
    let classes = classes();
    for table in &TABLES {
        for column in table.columns {
            // Of a record's text enters only what the public page names its sources by, see `marked`.
            if column.kind == Kind::Said {
                continue;
            }
            let class = class(&classes, table.name, column.name);
            assert_eq!(class, "open", "{}.{}", table.name, column.name);
        }
    }
}

fn mark(table: &str, column: &str) -> String {
    format!("<<{table}.{column}>>")
}

/// What the one row of a table holds: whole numbers are 1, so that every row belongs to every other.
fn marked(table: &str, column: &str, kind: &str) -> String {
    let text = match (table, column) {
        ("import_batch", "undone_at") => return "null".to_owned(),
        ("source_record", "content") => {
            format!(
                "{{\"name\":\"甲\",\"unknown\":\"{}\"}}",
                mark(table, column)
            )
        }
        _ => mark(table, column),
    };
    match kind.to_lowercase().as_str() {
        "text" => format!("'{text}'"),
        "blob" => format!("cast('{text}' as blob)"),
        "double precision" => "1.5".to_owned(),
        _ => "1".to_owned(),
    }
}

#[tokio::test]
async fn no_mark_of_a_column_that_is_not_public_enters_a_bundle() {
    let database = TestDatabase::sqlite();
    let outside = database.open().await;
    let sides = Sides::of(database, outside).await;
    let mut options = ConnectOptions::new(&sides.databases[0].url);
    options.map_sqlx_sqlite_opts(|options| options.foreign_keys(false));
    let lone = Database::connect(options).await.unwrap();
    let mut expected = BTreeSet::new();
    let mut n_marks = 0;
    let classes = classes();
    let indexes = ["service_text", "seaql_migrations"];
    for table in classes
        .keys()
        .filter(|table| !indexes.contains(&table.as_str()))
    {
        let sql = format!("select name, type from pragma_table_info('{table}')");
        let rows = lone.query_all_raw(statement(&lone, sql, [])).await.unwrap();
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for row in &rows {
            let (name, kind): (String, String) = (
                row.try_get_by_index(0).unwrap(),
                row.try_get_by_index(1).unwrap(),
            );
            let value = marked(table, &name, &kind);
            n_marks += usize::from(value.contains("<<"));
            let is_listed = TABLES.iter().any(|it| {
                it.name == table
                    && it
                        .columns
                        .iter()
                        .any(|it| it.name == name && it.kind != Kind::Said)
            });
            if is_listed && value.contains("<<") {
                assert_eq!(class(&classes, table, &name), "open");
                expected.insert(mark(table, &name));
            }
            names.push(name);
            values.push(value);
        }
        let sql = format!(
            "insert or replace into {table} ({}) values ({})",
            names.join(", "),
            values.join(", ")
        );
        run(&lone, &sql).await;
    }
    lone.close().await.unwrap();
    assert!(n_marks > 200, "{n_marks}");
    sides.export("1.zip").await;

    let mut all = String::new();
    let bytes = std::fs::read(sides.path("1.zip")).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for at in 0..zip.len() {
        zip.by_index(at).unwrap().read_to_string(&mut all).unwrap();
    }
    let found: BTreeSet<String> = all
        .split("<<")
        .skip(1)
        .map(|rest| format!("<<{}>>", rest.split(">>").next().unwrap()))
        .collect();
    assert_eq!(found, expected);
    sides.take("1.zip").await.unwrap();
}
