//! `/patients/{id}/forms`: which forms there are, and which were written of a patient when by whom; `/forms.csv`: one form as a table.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as FromState};
use axum::response::Response;
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::form::record::export::{self, ExportError};
use keniki_app::form::record::{Row, list};
use keniki_base::clock::{jst_day, near_text};
use keniki_base::id::{CaseId, PatientId};
use serde::Deserialize;

use super::{Whom, hidden};
use crate::error::Problem;
use crate::file;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The forms of a patient.
#[derive(Debug, Clone, Template)]
#[template(path = "form/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// Of whom.
    pub whom: Whom,
    /// Those that are begun today.
    pub forms: Vec<Offered>,
    /// The newest first.
    pub lines: Vec<Line>,
    /// How many stand.
    pub n: usize,
    /// Whether the reader may write.
    pub may_write: bool,
}

/// A form that can be begun.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Its page, and its name.
    pub link: Link,
    /// Who writes it for whom.
    pub parties: String,
    /// How many there are.
    pub n: usize,
    /// Who wrote the last one, when.
    pub last: Option<String>,
}

/// A record in a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page, and its form.
    pub link: Link,
    /// For which organization, and who.
    pub who: String,
    /// When.
    pub at: String,
    /// It was annulled.
    pub is_annulled: bool,
    /// It is of a case.
    pub is_of_case: bool,
}

impl Line {
    /// A record as lists name it.
    pub(crate) fn of(state: &State, row: &Row) -> Self {
        let definitions = &state.definitions;
        let form = definitions
            .forms()
            .iter()
            .rfind(|form| form.code == row.form);
        let name = form.map_or(&*row.form, |form| &*form.name);
        let at = row.created_at.parse();
        Self {
            link: Link::new(format!("/forms/{}", row.id), name),
            who: who(row),
            at: at.map_or_else(
                |_| row.created_at.clone(),
                |at| near_text(state.clock.now(), at),
            ),
            is_annulled: row.annulled_at.is_some(),
            is_of_case: row.case_id.is_some(),
        }
    }
}

/// Who wrote a record.
pub(crate) fn who(row: &Row) -> String {
    let parts = [&row.organization_name, &row.account_name];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(" ")
}

/// In which case forms are written.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    case: Option<CaseId>,
}

/// `GET /patients/{id}/forms`.
pub(super) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ListPage>, Problem> {
    visitor.ever_may(Deed::ReadForm)?;
    let (patient, now): (PatientId, _) = (id_of(&id)?, state.clock.now());
    let case = asked?.0.case;
    let hidden = hidden(&visitor, Deed::ReadForm, ("patient", patient.get()));
    let rows = database::write(&state.db, async |tx| {
        list::open(tx, &visitor.by, patient, now).await
    });
    let rows = rows.await.map_err(&hidden)?;
    let whom = Whom::load(&state, patient).await.map_err(&hidden)?;
    let may_write = may_write(&state, &visitor, (patient, case)).await?;
    let mut codes: Vec<&str> = Vec::new();
    for form in state.definitions.forms() {
        if !codes.contains(&&*form.code) {
            codes.push(&form.code);
        }
    }
    let offered = |code: &&str| {
        let form = state.definitions.form(code, jst_day(now))?;
        let mut written = rows
            .iter()
            .filter(|row| row.form == *code && row.annulled_at.is_none());
        let of_case = case.map_or_else(String::new, |case| format!("?case={case}"));
        Some(Offered {
            link: Link::new(
                format!("/patients/{patient}/forms/{code}/new{of_case}"),
                &form.name,
            ),
            parties: format!("{} → {}", form.from, form.to),
            n: written.clone().count(),
            last: written.next().map(|row| {
                let line = Line::of(&state, row);
                format!("{} {}", line.at, line.who)
            }),
        })
    };
    Ok(Page(ListPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/patients"),
        forms: codes.iter().filter_map(offered).collect(),
        lines: rows.iter().map(|row| Line::of(&state, row)).collect(),
        n: rows.iter().filter(|row| row.annulled_at.is_none()).count(),
        may_write,
        whom,
    }))
}

/// A case of somebody else is none.
async fn may_write(
    state: &State,
    visitor: &Visitor,
    (patient, case): (PatientId, Option<CaseId>),
) -> Result<bool, Problem> {
    let of = keniki_app::patient::object_of(&state.db, patient, case, state.clock.now()).await;
    let of = of.map_err(keniki_app::form::record::RecordError::from);
    let of = of.map_err(hidden(visitor, Deed::WriteForm, ("patient", patient.get())))?;
    Ok(visitor.by.may(Deed::WriteForm, &of).is_some())
}

/// Which form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OfForm {
    form: String,
}

/// `GET /forms.csv`: the records of one form that the reader may see.
pub(super) async fn export(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<OfForm>, QueryRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReadForm)?;
    let (code, now) = (asked?.0.form, state.clock.now());
    let mut bytes = Vec::new();
    let written = database::write(&state.db, async |tx| {
        let what = (&visitor.by, &*code);
        export::csv(tx, &state.definitions, what, &mut bytes, now).await
    });
    match written.await {
        Ok(()) => Ok(file::answer(
            bytes,
            "text/csv; charset=utf-8",
            &format!("{code}.csv"),
        )),
        Err(ExportError::Record(error)) => Err(error.into()),
        Err(ExportError::Write(error)) => {
            tracing::error!(%error, "a table of forms could not be handed out");
            Err(Problem::Failed)
        }
    }
}
