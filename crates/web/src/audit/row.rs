//! A row of the audit log in words.

use keniki_app::account::deed;
use keniki_app::account::policy::Deed;
use keniki_app::audit::review::Line;
use keniki_app::audit::{table, words};

use super::Asked;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::Moment;

/// A row in words.
#[derive(Debug, Clone)]
pub struct Row {
    /// Number.
    pub id: i64,
    /// When.
    pub at: Option<Moment>,
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
    /// Its page, where it has one that the reader may see.
    pub object_href: Option<String>,
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
    pub(crate) fn of(state: &State, visitor: &Visitor, asked: &Asked, line: Line) -> Self {
        let entry = line.entry;
        let role = entry.role.as_deref().map(|role| state.role_name(role));
        let place = [line.organization_name, role];
        let same = |account: i64| Asked {
            account: account.to_string(),
            ..asked.clone()
        };
        Self {
            id: entry.id,
            at: Moment::parse(&entry.at),
            who: match (line.account_name, entry.account_id) {
                (Some(name), Some(id)) => format!("{name}（{id}）"),
                (None, Some(id)) => id.to_string(),
                (_, None) if entry.origin == "cli" => "コマンド".to_owned(),
                (_, None) => "サインイン前".to_owned(),
            },
            who_href: entry.account_id.map(|id| same(id).address("/audit", 1)),
            place: place.into_iter().flatten().collect::<Vec<_>>().join("・"),
            deed: deed::words(&entry.deed).unwrap_or(&entry.deed).to_owned(),
            object: words::object(&entry.object_kind, &entry.object_id),
            object_href: href(visitor, &entry.object_kind, &entry.object_id),
            outcome: table::outcome(&entry.outcome).to_owned(),
            is_refused: entry.outcome == "refused",
            rest: match &entry.note {
                Some(note) => {
                    let note = words::note(&state.definitions, note);
                    format!("{}　{note}", entry.origin)
                }
                None => entry.origin,
            },
            mark: line.mark,
        }
    }
}

fn href(visitor: &Visitor, kind: &str, id: &str) -> Option<String> {
    let (deed, href) = match kind {
        _ if id == "0" => return None,
        "service" => return Some(format!("/services/{id}")),
        "organization" => (Deed::ReadAccount, format!("/offices/{id}")),
        "import_batch" => (Deed::Import, "/imports".to_owned()),
        "job" => (Deed::ReadJob, "/jobs".to_owned()),
        _ => return None,
    };
    visitor.by.ever_may(deed).then_some(href)
}
