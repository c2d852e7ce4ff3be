//! A signed file carries the directory into another database: the same to whoever looks at it, once, in order, whole or not at all.

mod command;
mod hostile;
mod mirror;
mod privacy;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::bundle::BundleError;
use keniki_app::bundle::export::{Made, Order, export};
use keniki_app::bundle::import::{Taken, take};
use keniki_app::bundle::key::{PrivateKey, PublicKey, make, public_file};
use keniki_app::bundle::trust::trust;
use keniki_app::database::{self, statement};
use keniki_app::definition::Definitions;
use keniki_app::directory::search::index;
use keniki_app::sample::{self, Plan};
use keniki_base::chance::SeededChance;
use keniki_tests::TestDatabase;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;

use crate::search::world::run;

fn now() -> DateTime<Utc> {
    "2026-11-24T01:00:00Z".parse().expect("an instant")
}

fn by() -> By {
    By::command_line()
}

/// A database on the engine of another.
async fn twin(database: &TestDatabase) -> TestDatabase {
    match database.url.starts_with("sqlite:") {
        true => TestDatabase::sqlite(),
        false => TestDatabase::postgres().await.unwrap(),
    }
}

async fn sample_area(database: &TestDatabase) -> DatabaseConnection {
    let db = database.open().await;
    let definitions = Arc::new(Definitions::load(None).unwrap());
    let plan = Plan {
        seed: 1,
        scale: 1,
        episodes: 0,
    };
    sample::make(&db, definitions, plan, &by(), now(), |_| ())
        .await
        .unwrap();
    db
}

/// The tables of the directory, children first.
const DIRECTORY: [&str; 11] = [
    "source_record",
    "service_hours",
    "service_capability",
    "contact_point",
    "service",
    "site_code",
    "site",
    "organization",
    "import_batch_scope",
    "import_batch",
    "service_place",
];

/// The sample's land and people without its directory.
async fn bare_area(database: &TestDatabase) -> DatabaseConnection {
    let db = sample_area(database).await;
    for table in DIRECTORY {
        run(&db, &format!("delete from {table}")).await;
    }
    assert_eq!(index::rebuild(&db).await.unwrap(), 0);
    db
}

/// Both sides, and a folder for what is carried between them.
struct Sides {
    outside: DatabaseConnection,
    inside: DatabaseConnection,
    folder: TempDir,
    databases: [TestDatabase; 2],
}

impl Sides {
    /// The inside trusts the outside's key.
    async fn of(outside_at: TestDatabase, outside: DatabaseConnection) -> Self {
        let inside_at = twin(&outside_at).await;
        let sides = Self {
            outside,
            inside: inside_at.open().await,
            folder: tempfile::tempdir().unwrap(),
            databases: [outside_at, inside_at],
        };
        sides.key("one", 1).await;
        sides.trust("one").await;
        sides
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn key(&self, name: &str, seed: u64) {
        let chance = SeededChance::of(seed);
        let file = self.path(name);
        make(&self.outside, &by(), (&file, &chance), now())
            .await
            .unwrap();
    }

    async fn trust(&self, name: &str) -> i64 {
        let key = PublicKey::read(&public_file(&self.path(name))).unwrap();
        database::write(&self.inside, async |tx| {
            trust(tx, &by(), (&key, name), now()).await
        })
        .await
        .unwrap()
    }

    async fn export_with(&self, key: &str, to: &str, after: i64) -> Result<Made, BundleError> {
        let order = Order {
            to: &self.path(to),
            key: &PrivateKey::read(&self.path(key))?,
            after,
            chance: &SeededChance::of(5),
        };
        export(&self.outside, &by(), &order, now()).await
    }

    async fn export(&self, to: &str) -> Made {
        self.export_with("one", to, 0).await.unwrap()
    }

    async fn take(&self, file: &str) -> Result<Taken, BundleError> {
        self.take_file(&self.path(file)).await
    }

    async fn take_file(&self, file: &Path) -> Result<Taken, BundleError> {
        take(&self.inside, &by(), file, now()).await
    }
}

/// Rows as texts, joined by bars.
async fn texts(db: &DatabaseConnection, columns: &str, rest: &str) -> Vec<String> {
    let columns: Vec<String> = columns
        .split(' ')
        .map(|name| format!("coalesce(cast({name} as text), '-')"))
        .collect();
    let sql = format!("select {} {rest}", columns.join(" || '|' || "));
    let rows = db.query_all_raw(statement(db, sql, [])).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

/// Everything of the directory and of bundles, as the database has it.
async fn everything(db: &DatabaseConnection) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns) in [
        (
            "import_batch",
            "id format scope file_name as_of imported_at imported_by undone_at",
        ),
        ("import_batch_scope", "batch_id scope"),
        (
            "organization",
            "id name name_key prefecture_code corporate_number",
        ),
        (
            "site",
            "id organization_id name kana name_key postal_code address building municipality_code address_key lat lng \
             location_precision phone phone_key fax url status closed_on last_assured_on",
        ),
        ("site_code", "system code site_id"),
        (
            "service",
            "id site_id category name phone fax place_code capacity eligibility area_served hours_note detail status \
             closed_on last_assured_on",
        ),
        (
            "service_hours",
            "service_id weekday slot is_open opens closes",
        ),
        (
            "service_capability",
            "service_id capability since filing note",
        ),
        (
            "source_record",
            "id scope record_key content site_id service_id seen_batch_id gone_batch_id",
        ),
        ("service_place", "service_id x y z"),
        ("bundle", "id direction serial house"),
        ("bundle_row", "entity their_id own_id"),
    ] {
        let mut rows = texts(db, columns, &format!("from {table}")).await;
        rows.sort();
        all.extend(rows.into_iter().map(|row| format!("{table} {row}")));
    }
    all
}

/// Notes of the audit log's rows of a deed.
async fn noted(db: &DatabaseConnection, deed: &str) -> Vec<String> {
    let rest = format!("from audit_entry where deed = '{deed}' order by id");
    texts(db, "outcome object_id note", &rest).await
}
