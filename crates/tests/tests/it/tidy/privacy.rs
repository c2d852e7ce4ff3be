//! What every column may tell and how long every table keeps it (invariant 7), compared both ways with the live schema.

use std::collections::BTreeSet;

use keniki_app::database::{is_sqlite, statement};
use keniki_app::definition::retention::Period;
use keniki_tests::{TestDatabase, workspace};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use toml::Table;

use super::{assert_complains, assert_tidy};

const CLASSES: [&str; 4] = ["open", "internal", "personal", "sensitive"];

const COLUMNS_IN_SQLITE: &str = "select t.name as table_name, c.name as column_name
    from pragma_table_list t join pragma_table_info(t.name) c
    where t.schema = 'main' and t.type in ('table', 'virtual') and t.name not like 'sqlite_%'";

const COLUMNS_IN_POSTGRES: &str = "select c.table_name, c.column_name
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'";

pub(crate) type Column = (String, String);

pub(crate) async fn live_columns(connection: &DatabaseConnection) -> BTreeSet<Column> {
    let sql = if is_sqlite(connection) {
        COLUMNS_IN_SQLITE
    } else {
        COLUMNS_IN_POSTGRES
    };
    let rows = connection
        .query_all_raw(statement(connection, sql, []))
        .await
        .unwrap();
    // FTS5 lists two hidden columns of its own: the table's name, and the rank.
    let columns = rows.iter().map(|row| {
        row.try_get_many("", &["table_name".into(), "column_name".into()])
            .unwrap()
    });
    columns
        .filter(|(table, column)| table != column && column != "rank")
        .collect()
}

/// What the file says that the schema does not, and the other way round.
fn differences(privacy: &Table, live: &BTreeSet<Column>) -> Vec<String> {
    let mut found = Vec::new();
    let mut classified = BTreeSet::new();
    for (table, lines) in privacy {
        let lines = lines
            .as_table()
            .expect("privacy.toml holds one table for each table");
        if !lines
            .get("_retention")
            .and_then(toml::Value::as_str)
            .is_some_and(is_retention)
        {
            found.push(format!("{table} has no _retention that can be read"));
        }
        for (column, class) in lines.iter().filter(|(column, _)| *column != "_retention") {
            if !class.as_str().is_some_and(|class| CLASSES.contains(&class)) {
                found.push(format!("{table}.{column} is of no class"));
            }
            classified.insert((table.clone(), column.clone()));
        }
    }
    found.extend(
        live.difference(&classified)
            .map(|(table, column)| format!("{table}.{column} is not classified")),
    );
    found.extend(
        classified
            .difference(live)
            .map(|(table, column)| format!("{table}.{column} does not exist")),
    );
    found
}

fn is_retention(text: &str) -> bool {
    ["installation", "source", "account", "patient", "case"].contains(&text)
        || text.parse::<Period>().is_ok()
}

#[tokio::test]
async fn every_column_has_a_privacy_class_and_every_table_a_retention() {
    let mut live = live_columns(&TestDatabase::sqlite().open().await).await;
    let Some(postgres) = TestDatabase::postgres().await else {
        return;
    };
    live.extend(live_columns(&postgres.open().await).await);
    let privacy = std::fs::read_to_string(workspace().join("privacy.toml")).unwrap();
    assert_tidy(&differences(&privacy.parse().unwrap(), &live));
}

/// The tables with a period are those of `definitions/retention.toml`, and the periods are the same.
#[test]
fn what_is_erased_after_some_time_is_what_the_definitions_erase() {
    let read = |path: &str| -> Table {
        let text = std::fs::read_to_string(workspace().join(path)).unwrap();
        text.parse().unwrap()
    };
    let mut said = BTreeSet::new();
    for (table, lines) in &read("privacy.toml") {
        let keep = lines["_retention"].as_str().unwrap().to_owned();
        if keep.starts_with('P') {
            said.insert((table.clone(), keep));
        }
    }
    let lines = read("definitions/retention.toml");
    let word = |line: &toml::Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = lines["retention"].as_array().unwrap().iter();
    let done: BTreeSet<_> = lines
        .map(|line| (word(line, "table"), word(line, "keep")))
        .collect();
    assert_eq!(said, done);
}

#[test]
fn an_unclassified_a_vanished_and_a_wrongly_classified_column_are_found() {
    let live = BTreeSet::from(
        [("site", "id"), ("site", "phone")].map(|(t, c)| (t.to_owned(), c.to_owned())),
    );
    let differences = |text: &str| differences(&text.parse().unwrap(), &live);
    let all = "[site]\n_retention = \"P5Y\"\nid = \"open\"\nphone = \"open\"\n";
    assert_eq!(differences(all), Vec::<String>::new());
    assert_complains(
        &differences("[site]\n_retention = \"P5Y\"\nid = \"open\"\n"),
        "site.phone is not classified",
    );
    assert_complains(
        &differences(&format!("{all}fax = \"open\"")),
        "site.fax does not exist",
    );
    assert_complains(
        &differences(&all.replace("phone = \"open\"", "phone = \"secret\"")),
        "site.phone is of no class",
    );
    assert_complains(
        &differences(&all.replace("P5Y", "soon")),
        "site has no _retention",
    );
}
