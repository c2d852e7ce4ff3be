//! A row of the audit log in words.

use keniki_app::account::deed;
use keniki_app::audit::review::Line;
use keniki_app::audit::table;
use keniki_base::clock::JST;

use super::Asked;
use crate::state::State;

/// A row in words.
#[derive(Debug, Clone)]
pub struct Row {
    /// Number.
    pub id: i64,
    /// When, in Japan.
    pub at: String,
    /// Who: name and number, or the program itself.
    pub who: String,
    /// Filter for the same person.
    pub who_href: Option<String>,
    /// For which organization, in which role.
    pub place: String,
    /// What.
    pub deed: String,
    /// To what.
    pub object: String,
    /// 実行 or 拒否.
    pub outcome: String,
    /// Whether it was refused.
    pub is_refused: bool,
    /// From where, and what else there is to say.
    pub rest: String,
    /// What somebody wants to be looked into.
    pub mark: Option<String>,
}

impl Row {
    pub(crate) fn of(state: &State, asked: &Asked, line: Line) -> Self {
        let entry = line.entry;
        let at = chrono::DateTime::parse_from_rfc3339(&entry.at);
        let role = entry.role.as_deref().map(|role| state.role_name(role));
        let place = [line.organization_name, role];
        let same = |account: i64| Asked {
            account: account.to_string(),
            ..asked.clone()
        };
        Self {
            id: entry.id,
            at: at.map_or(entry.at, |at| {
                at.with_timezone(&JST)
                    .format("%Y-%m-%d %H:%M:%S")
                    .to_string()
            }),
            who: match (line.account_name, entry.account_id) {
                (Some(name), Some(id)) => format!("{name}（{id}）"),
                (None, Some(id)) => id.to_string(),
                (_, None) if entry.origin == "cli" => "コマンド".to_owned(),
                (_, None) => "サインイン前".to_owned(),
            },
            who_href: entry.account_id.map(|id| same(id).address("/audit", 1)),
            place: place.into_iter().flatten().collect::<Vec<_>>().join("・"),
            deed: deed::words(&entry.deed).unwrap_or(&entry.deed).to_owned(),
            object: format!("{} {}", entry.object_kind, entry.object_id),
            outcome: table::outcome(&entry.outcome).to_owned(),
            is_refused: entry.outcome == "refused",
            rest: [Some(entry.origin), entry.note]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("　"),
            mark: line.mark,
        }
    }
}
