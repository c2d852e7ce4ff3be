//! A database with areas to import into, the files that tests write, and all that stands in the directory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::area::outline::Outline;
use keniki_app::area::record::{self, Area, Drawn, Source};
use keniki_app::area::set::{MUNICIPALITY, PREFECTURE};
use keniki_app::database::{self, is_sqlite, statement};
use keniki_app::definition::Definitions;
use keniki_app::directory::search::index;
use keniki_app::directory::source::Reference;
use keniki_app::directory::source::locate::Places;
use keniki_app::import::undo::{self, UndoError, Undone};
use keniki_app::import::{FileReport, Options, import_file};
use keniki_base::code::MunicipalityCode;
use keniki_base::geo::Point;
use keniki_tests::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult};
use serde_json::{Map, Value};
use tempfile::TempDir;

/// Municipalities of two invented prefectures, each a square of 0.1° with its south-west corner here.
/// 南部町 is in both.
const MUNICIPALITIES: [(&str, &str, f64, f64); 4] = [
    ("51201", "ためし市", 35.0, 133.0),
    ("51202", "となり市", 35.0, 133.3),
    ("51389", "南部町", 35.3, 133.0),
    ("52366", "南部町", 36.0, 138.0),
];

/// What every write takes, whole rows.
const TABLES: [&str; 10] = [
    "organization",
    "site",
    "site_code",
    "service",
    "service_hours",
    "service_capability",
    "contact_point",
    "source_record",
    "match_review",
    "service_place",
];

/// Every row of every table of the directory.
pub type Tables = BTreeMap<&'static str, BTreeSet<String>>;

/// A database with areas, and a folder for the files of a test.
pub struct World {
    pub db: DatabaseConnection,
    _database: TestDatabase,
    reference: Arc<Reference>,
    folder: TempDir,
}

impl World {
    /// Two invented prefectures.
    pub async fn invented(database: TestDatabase) -> Self {
        let db = database.open().await;
        let tx = database::begin_write(&db).await.unwrap();
        let source = Source {
            kind: "test".to_owned(),
            title: "試し".to_owned(),
            publisher: "試し".to_owned(),
            file_name: "試し".to_owned(),
            sha256: "0".to_owned(),
            as_of: None,
        };
        let source_id = record::put_source(&tx, &source, now()).await.unwrap();
        let set = |code: &str| record::AreaSet {
            code: code.to_owned(),
            kind: code.to_owned(),
            name: code.to_owned(),
            valid_from: None,
            valid_to: None,
        };
        let sets = [set(MUNICIPALITY), set(PREFECTURE)];
        record::put_sets(&tx, &sets).await.unwrap();
        let mut areas = MUNICIPALITIES
            .map(|(code, name, _, _)| Area::municipality(municipality(code), name))
            .to_vec();
        for (code, name) in [("51", "みほん県"), ("52", "みなみ県")] {
            areas.push(Area {
                set: PREFECTURE.to_owned(),
                code: code.to_owned(),
                kind: PREFECTURE.to_owned(),
                ..Area::municipality(municipality("51201"), name)
            });
        }
        let drawn = MUNICIPALITIES.map(|(code, _, south, west)| square(code, south, west));
        record::put_areas(&tx, &areas).await.unwrap();
        record::put_outlines(&tx, source_id, &drawn).await.unwrap();
        tx.commit().await.unwrap();
        Self::on(database, db).await
    }

    pub async fn on(database: TestDatabase, db: DatabaseConnection) -> Self {
        let reference = Reference {
            definitions: Arc::new(Definitions::load(None).unwrap()),
            places: Places::load(&db).await.unwrap(),
        };
        Self {
            db,
            _database: database,
            reference: Arc::new(reference),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// With a home area.
    pub async fn at_home(mut self, area: &str) -> Self {
        let tx = database::begin_write(&self.db).await.unwrap();
        record::set_home(&tx, area).await.unwrap();
        tx.commit().await.unwrap();
        self.reference = Arc::new(Reference {
            definitions: Arc::clone(&self.reference.definitions),
            places: Places::load(&self.db).await.unwrap(),
        });
        self
    }

    /// A file of the test.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Imports as the command line does without options.
    pub async fn import(&self, path: &Path) -> FileReport {
        self.import_with(path, Options::default()).await
    }

    pub async fn import_with(&self, path: &Path, options: Options) -> FileReport {
        let report = import_file(
            &self.db,
            &self.reference,
            path,
            &By::command_line(),
            options,
            now(),
            |_| {},
        )
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(
            report.new + report.changed + report.unchanged + report.rejected,
            report.rows,
            "{report:?}"
        );
        report
    }

    /// Writes `content` to a file and imports it: no error is expected.
    pub async fn take(&self, name: &str, content: impl AsRef<[u8]>) -> FileReport {
        let report = self.import(&self.file(name, content)).await;
        assert!(report.written, "{report:#?}");
        report
    }

    pub async fn undo(&self, batch: i64) -> Result<Undone, UndoError> {
        undo::undo(
            &self.db,
            &self.reference.places,
            batch,
            &By::command_line(),
            now(),
        )
        .await
    }

    pub fn places(&self) -> &Places {
        &self.reference.places
    }

    /// The rows of a query as JSON objects.
    pub async fn rows(&self, sql: &str) -> Vec<Map<String, Value>> {
        let rows = self.db.query_all_raw(statement(&self.db, sql, [])).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.iter()
            .map(|row| {
                let columns = row.column_names().into_iter();
                columns
                    .map(|column| (column.clone(), value(row, &column)))
                    .collect()
            })
            .collect()
    }

    /// The first column of a query as texts.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.rows(sql).await;
        rows.iter()
            .map(|row| plain(row.values().next().unwrap()))
            .collect()
    }

    pub async fn count(&self, table: &str) -> i64 {
        let rows = self
            .rows(&format!("select count(*) as n from {table}"))
            .await;
        rows[0]["n"].as_i64().unwrap()
    }

    /// Every row of every table of the directory, numbers included.
    pub async fn tables(&self) -> Tables {
        let mut out = BTreeMap::new();
        for table in TABLES {
            let rows = self.rows(&format!("select * from {table}")).await;
            out.insert(table, rows.into_iter().map(text_of_row).collect());
        }
        let rows = self.rows(self.indexed_services()).await;
        out.insert("service_text", rows.into_iter().map(text_of_row).collect());
        out
    }

    fn indexed_services(&self) -> &'static str {
        if is_sqlite(&self.db) {
            "select rowid as service_id from service_text"
        } else {
            "select service_id from service_text"
        }
    }

    /// The index has each active service once and nothing else; every service with a point has its place.
    pub async fn assert_indexed(&self) {
        let mut indexed = self.texts(self.indexed_services()).await;
        let mut active = self
            .texts("select id from service where status <> 'closed'")
            .await;
        indexed.sort();
        active.sort();
        assert_eq!(indexed, active);
        let placed = self
            .texts("select service_id from service_place order by 1")
            .await;
        let with_point = "select s.id from service s join site t on t.id = s.site_id
            where t.lat is not null and s.status <> 'closed' order by 1";
        assert_eq!(placed, self.texts(with_point).await);
    }

    /// What an import wrote into the index is what a rebuild makes of the rows.
    pub async fn assert_index_is_as_rebuilt(&self) {
        let written = self.tokens().await;
        assert!(!written.is_empty());
        index::rebuild(&self.db).await.unwrap();
        assert_eq!(written, self.tokens().await);
    }

    /// Every token of the index with its service, column and place.
    async fn tokens(&self) -> Vec<String> {
        let sql = if is_sqlite(&self.db) {
            let vocabulary =
                "create virtual table if not exists tokens using fts5vocab(service_text, instance)";
            self.db.execute_unprepared(vocabulary).await.unwrap();
            "select doc || ' ' || col || ' ' || \"offset\" || ' ' || term from tokens order by 1"
        } else {
            "select service_id || ' ' || tokens from service_text order by 1"
        };
        self.texts(sql).await
    }

    /// The sites as sets of what the lists say of them, `scope key`: the same directory whatever its numbers.
    pub async fn sites(&self) -> BTreeSet<BTreeSet<String>> {
        let rows = self
            .rows("select site_id, scope, record_key from source_record")
            .await;
        let mut sites: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for row in rows {
            let site = sites.entry(row["site_id"].as_i64().unwrap()).or_default();
            site.insert(format!(
                "{} {}",
                plain(&row["scope"]),
                plain(&row["record_key"])
            ));
        }
        sites.into_values().collect()
    }

    /// Sites and services with all their fields but without numbers of rows and batches.
    pub async fn content(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        let queries = [
            "select 'site' as t, s.name, s.kana, s.name_key, s.postal_code, s.address, s.building, s.municipality_code,
                s.lat, s.lng, s.location_precision, s.phone, s.fax, s.url, o.name as organization, o.corporate_number
             from site s left join organization o on o.id = s.organization_id",
            "select 'code' as t, s.name, s.address, c.system, c.code from site_code c join site s on s.id = c.site_id",
            "select 'service' as t, s.name, s.address, v.category, v.name as own_name, v.capacity, v.hours_note, v.detail
             from service v join site s on s.id = v.site_id",
            "select 'hours' as t, s.name, s.address, v.category, h.weekday, h.slot, h.is_open, h.opens, h.closes
             from service_hours h join service v on v.id = h.service_id join site s on s.id = v.site_id",
            "select 'capability' as t, s.name, s.address, v.category, c.capability, c.since, c.filing, c.note
             from service_capability c join service v on v.id = c.service_id join site s on s.id = v.site_id",
        ];
        for sql in queries {
            out.extend(self.rows(sql).await.into_iter().map(text_of_row));
        }
        out
    }

    /// Empties the directory; areas stay.
    pub async fn clear(&self) {
        for table in [
            "service_hours",
            "service_capability",
            "contact_point",
            "match_review",
            "source_record",
            "batch_change",
            "import_batch_scope",
            "site_code",
            "service_text",
            "service_place",
            "opening_span",
            "service",
            "site",
            "organization",
            "import_batch",
        ] {
            let sql = format!("delete from {table}");
            self.db.execute_unprepared(&sql).await.unwrap();
        }
    }
}

/// The instant of every import of a test.
pub fn now() -> DateTime<Utc> {
    "2026-04-01T00:00:00Z".parse().unwrap()
}

/// A cell of any type of either engine.
fn value(row: &QueryResult, column: &str) -> Value {
    if let Ok(text) = row.try_get::<Option<String>>("", column) {
        return text.into();
    }
    if let Ok(number) = row.try_get::<Option<i64>>("", column) {
        return number.into();
    }
    if let Ok(number) = row.try_get::<Option<i32>>("", column) {
        return number.into();
    }
    if let Ok(number) = row.try_get::<Option<f64>>("", column) {
        return number.into();
    }
    let yes = row.try_get::<Option<bool>>("", column);
    yes.unwrap_or_else(|error| panic!("{column}: {error}"))
        .into()
}

fn text_of_row(mut row: Map<String, Value>) -> String {
    // How many rows of a file told it is no part of what is known.
    row.remove("source_rows");
    Value::Object(row).to_string()
}

/// Says which rows differ, table by table.
pub fn assert_same_tables(left: &Tables, right: &Tables) {
    for (table, rows) in left {
        let others = &right[table];
        let only_left: Vec<_> = rows.difference(others).collect();
        let only_right: Vec<_> = others.difference(rows).collect();
        assert!(
            only_left.is_empty() && only_right.is_empty(),
            "{table}\nnow: {only_left:#?}\nbefore: {only_right:#?}"
        );
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn municipality(code: &str) -> MunicipalityCode {
    MunicipalityCode::parse(code).unwrap()
}

fn square(code: &str, south: f64, west: f64) -> Drawn {
    let ring = vec![
        [west, south],
        [west + 0.1, south],
        [west + 0.1, south + 0.1],
        [west, south + 0.1],
        [west, south],
    ];
    Drawn {
        set: MUNICIPALITY.to_owned(),
        code: code.to_owned(),
        outline: Outline::MultiPolygon {
            coordinates: vec![vec![ring]],
        },
        label: Point {
            lat: south + 0.05,
            lng: west + 0.05,
        },
    }
}
