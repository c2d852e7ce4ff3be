//! `/services/{id}/history`: what was said of a service, edition by edition, and the way back to each.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use keniki_app::directory::{history, internal, listing};
use keniki_app::import::content::{ChangedField, field_name};
use keniki_base::clock::near_text;
use keniki_base::id::ServiceId;

use super::id_of;
use crate::error::Problem;
use crate::import::show::value;
use crate::page::{Frame, Link, Page};
use crate::service::words;
use crate::state::State;
use crate::visitor::SignedIn;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "proposal/history.html")]
pub struct HistoryPage {
    /// Around the page.
    pub frame: Frame,
    /// The service, and its page.
    pub service: Link,
    /// The newest first.
    pub editions: Vec<Edition>,
}

/// One edition in words.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Which list, or the office.
    pub list: String,
    /// Name of the file, or of the proposal.
    pub title: String,
    /// When.
    pub at: String,
    /// Who brought it.
    pub by: String,
    /// Name of the field, before, after.
    pub changes: Vec<(String, String, String)>,
    /// The first thing that it said.
    pub is_first: bool,
    /// The office's own word, not a list.
    pub is_office: bool,
    /// Taken back since.
    pub is_undone: bool,
    /// The form with what this edition said; none where it is no more.
    pub back_href: Option<String>,
}

/// `GET /services/{id}/history`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<HistoryPage>, Problem> {
    let (id, now): (ServiceId, _) = (id_of(&id)?, state.clock.now());
    let object = internal::object(&state.db, id).await?;
    let object = object.ok_or(Problem::NotFound)?;
    let editions = history::of(&state.db, &visitor.by, &object).await?;
    let service = listing::one(&state.db, id.get()).await?;
    let service = service.ok_or(Problem::NotFound)?;
    Ok(Page(HistoryPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/services"),
        service: Link::new(format!("/services/{id}"), service.name),
        editions: editions
            .into_iter()
            .map(|edition| {
                let brought = edition.brought;
                let change = |change: &ChangedField| {
                    let name = field_name(&change.field).to_owned();
                    (name, value(&change.before), value(&change.after))
                };
                Edition {
                    list: words::source(&state.definitions, &brought.format),
                    at: brought
                        .at
                        .parse()
                        .map_or(brought.at.clone(), |at| near_text(now, at)),
                    back_href: (edition.record != 0).then(|| {
                        let (record, batch) = (edition.record, brought.batch);
                        format!("/services/{id}/propose?record={record}&batch={batch}")
                    }),
                    changes: edition.changes.iter().map(change).collect(),
                    is_first: edition.is_first,
                    is_office: brought.format == "office",
                    is_undone: brought.undone_at.is_some(),
                    title: brought.title,
                    by: brought.by,
                }
            })
            .collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    #[test]
    fn every_edition_says_who_brought_it_and_leads_back() {
        let edition = |is_first, changes| Edition {
            list: "事業所・担当課からの申し出".to_owned(),
            title: "<b>申し出 1</b>".to_owned(),
            at: "今日 9:00".to_owned(),
            by: "見本 千歳".to_owned(),
            changes,
            is_first,
            is_office: true,
            is_undone: is_first,
            back_href: is_first.then(|| "/services/1/propose?record=2&batch=3".to_owned()),
        };
        let change = (
            "電話番号".to_owned(),
            "（なし）".to_owned(),
            "0990-00-0000".to_owned(),
        );
        let page = HistoryPage {
            frame: Frame::sample_of_staff(),
            service: Link::new("/services/1", "みなと内科医院"),
            editions: vec![edition(false, vec![change]), edition(true, vec![])],
        };
        let html = page.render().unwrap();
        assert_sound(&html);
        assert!(html.contains("0990-00-0000") && !html.contains("<b>"));
    }
}
