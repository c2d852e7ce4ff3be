//! The SQL of editions.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::statement;
use crate::import::content::{Changed, ChangedField};

/// The batch that brought an edition.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Brought {
    /// Its number.
    pub batch: i64,
    /// Code of the list; `office` for the office itself.
    pub format: String,
    /// Name of the file, or of the proposal.
    pub title: String,
    /// ISO instant.
    pub at: String,
    /// Who brought it, by name where they have an account.
    pub by: String,
    /// ISO instant at which it was taken back.
    pub undone_at: Option<String>,
}

const BROUGHT: &str = "b.id as batch, b.format, b.file_name as title, b.imported_at as at,
        coalesce(a.name, b.imported_by) as \"by\", b.undone_at";

/// Whoever has an account stands in a batch as [`crate::account::By::label`] has it.
const WHO: &str = "left join account a on b.imported_by = 'account ' || cast(a.id as text)";

/// A record of a list or the office, with the batch that made it.
#[derive(Debug, FromQueryResult)]
pub(super) struct Record {
    pub id: i64,
    pub content: String,
    #[sea_orm(nested)]
    pub brought: Brought,
}

pub(super) async fn records(db: &impl ConnectionTrait, service: i64) -> Result<Vec<Record>, DbErr> {
    let sql = format!(
        "select r.id, r.content, {BROUGHT} from source_record r
         join import_batch b on b.id = r.created_batch_id {WHO} where r.service_id = $1 order by r.id"
    );
    Record::find_by_statement(statement(db, sql, [service.into()]))
        .all(db)
        .await
}

/// A later edition of a record.
#[derive(Debug, FromQueryResult)]
pub(super) struct Change {
    pub record: i64,
    pub before_fields: String,
    pub after_fields: String,
    #[sea_orm(nested)]
    pub brought: Brought,
}

pub(super) async fn changes(db: &impl ConnectionTrait, service: i64) -> Result<Vec<Change>, DbErr> {
    let sql = format!(
        "select r.id as record, c.before_fields, c.after_fields, {BROUGHT} from source_record r
         join batch_change c on c.entity = 'source_record' and c.entity_id = r.id
         join import_batch b on b.id = c.batch_id {WHO} where r.service_id = $1 order by c.id"
    );
    Change::find_by_statement(statement(db, sql, [service.into()]))
        .all(db)
        .await
}

/// A proposal that was approved, with the batch by which it counts or counted.
#[derive(Debug, FromQueryResult)]
pub(super) struct Approved {
    pub before_fields: String,
    pub fields: String,
    #[sea_orm(nested)]
    pub brought: Brought,
}

impl Approved {
    /// What it said otherwise.
    pub(super) fn changes(&self) -> Vec<ChangedField> {
        Changed::of(&self.before_fields, &self.fields).fields
    }
}

pub(super) async fn approved(
    db: &impl ConnectionTrait,
    service: i64,
) -> Result<Vec<Approved>, DbErr> {
    let sql = format!(
        "select p.before_fields, p.fields, {BROUGHT} from proposal p
         join import_batch b on b.id = p.batch_id {WHO} where p.service_id = $1 and p.state = 'approved' order by p.id"
    );
    Approved::find_by_statement(statement(db, &sql, [service.into()]))
        .all(db)
        .await
}
