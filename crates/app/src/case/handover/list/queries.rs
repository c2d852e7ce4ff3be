//! The SQL of the handovers of an organization, by what they wait for.

use sea_orm::{ConnectionTrait, DbErr};

use super::Pile;
use crate::case::handover::{Handover, queries};
use crate::database::one::counted;
use crate::database::statement;

/// Those that an organization sent or got, of cases within a reach.
pub(super) struct Mine {
    pub pile: Pile,
    pub own: i64,
    pub within: String,
}

/// What was sent back waits until another goes in its place.
const RETURNED: &str =
    "h.state = 'returned' and not exists (select 1 from handover l where l.former_id = h.id)";

impl Mine {
    /// Where not `all`, those that are not over.
    fn condition(&self, all: bool) -> String {
        let column = match self.pile.is_out() {
            true => "from_organization_id",
            false => "to_organization_id",
        };
        let live = match (self.pile, all) {
            (Pile::Unread, _) => "h.state = 'sent'".to_owned(),
            (Pile::Returned, _) => RETURNED.to_owned(),
            (Pile::Unanswered, _) => "h.state in ('sent', 'read')".to_owned(),
            (Pile::In | Pile::Out, true) => "1 = 1".to_owned(),
            (Pile::In | Pile::Out, false) => {
                format!("(h.state in ('sent', 'read', 'accepted') or ({RETURNED}))")
            }
        };
        format!("h.{column} = {} and {} and {live}", self.own, self.within)
    }

    fn order(&self) -> &'static str {
        match self.pile {
            Pile::In | Pile::Out => "h.id desc",
            Pile::Unread | Pile::Returned | Pile::Unanswered => "h.sent_at, h.id",
        }
    }
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    (mine, all): (&Mine, bool),
    (first, most): (u64, u64),
) -> Result<Vec<Handover>, DbErr> {
    let (condition, order) = (mine.condition(all), mine.order());
    let rest = format!("where {condition} order by {order} limit {most} offset {first}");
    queries::rows(db, &rest, []).await
}

/// The oldest of several piles.
pub(super) async fn waiting(
    db: &impl ConnectionTrait,
    piles: &[Mine],
    most: u64,
) -> Result<Vec<Handover>, DbErr> {
    let any: Vec<String> = piles.iter().map(|it| it.condition(false)).collect();
    let any = any.join(") or (");
    let rest = format!("where ({any}) order by h.sent_at, h.id limit {most}");
    queries::rows(db, &rest, []).await
}

pub(super) async fn n(db: &impl ConnectionTrait, (mine, all): (&Mine, bool)) -> Result<u64, DbErr> {
    let condition = mine.condition(all);
    counted(
        db,
        &format!("select count(*) from handover h where {condition}"),
        [],
    )
    .await
}

/// How many there are in each of several piles.
pub(super) async fn n_waiting<const N: usize>(
    db: &impl ConnectionTrait,
    piles: &[Mine; N],
) -> Result<[u64; N], DbErr> {
    let one = |it: &Mine| {
        format!(
            "(select count(*) from handover h where {})",
            it.condition(false)
        )
    };
    let all: Vec<String> = piles.iter().map(one).collect();
    let sql = format!("select {}", all.join(", "));
    let row = db.query_one_raw(statement(db, sql, [])).await?;
    let mut counts = [0; N];
    if let Some(row) = row {
        for (at, n) in counts.iter_mut().enumerate() {
            *n = row.try_get_by_index::<i64>(at)?.unsigned_abs();
        }
    }
    Ok(counts)
}
