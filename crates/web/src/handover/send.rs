//! `/cases/{case}/handovers/new`: what is handed over, to whom, with which files.

use std::sync::Arc;

use askama::Template;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::account::policy::Deed;
use keniki_app::account::secret::Token;
use keniki_app::case::handover::stage::Stage;
use keniki_app::case::handover::{self, Handover, HandoverError, OTHER, Outside, Sending};
use keniki_app::form::record::Row;
use keniki_app::{case, database};
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, HandoverId};
use serde::Deserialize;

use super::house;
use crate::error::Problem;
use crate::file::Filed;
use crate::form::list::Line;
use crate::page::{Frame, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The form.
#[derive(Debug, Clone, Template)]
#[template(path = "handover/new.html")]
pub struct NewPage {
    /// Around the page.
    pub frame: Frame,
    /// Which case.
    pub case: i64,
    /// Of whom.
    pub patient: String,
    /// Code, name, role that gets it.
    pub steps: Vec<(String, String, String)>,
    /// Number, name, role.
    pub others: Vec<(String, String, String)>,
    /// Number and name of what was written in the case.
    pub forms: Vec<(String, String)>,
    /// What was typed.
    pub typed: Typed,
    /// Who sent the one back in whose place it goes, and why.
    pub returned: Option<(String, String)>,
    /// Why it was not sent.
    pub problem: Option<String>,
    /// The one that is live already.
    pub follow: Option<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    step: String,
    to: String,
    recipient: String,
    fax: String,
    former: String,
    subject: String,
    words: String,
    /// Number of the form that goes with it, or `none`.
    form_record: String,
    form_key: String,
}

impl Typed {
    /// What was sent before is sent again, unless somebody writes it anew.
    fn begin_from(&mut self, former: &Handover) {
        self.subject.clone_from(&former.subject);
        self.words.clone_from(&former.words);
        if let (true, Some(record)) = (self.form_record.is_empty(), former.form_record) {
            self.form_record = record.to_string();
        }
    }
}

async fn page(
    state: &State,
    visitor: &Visitor,
    case: CaseId,
    mut typed: Typed,
) -> Result<NewPage, Problem> {
    let now = state.clock.now();
    let form = handover::form(&state.db, house(state), &visitor.by, case, now).await?;
    let former = former(state, visitor, (case, &typed)).await?;
    if typed.form_key.is_empty() {
        typed.form_key = Token::new(&*state.chance).as_str().to_owned();
        if let Some(former) = &former {
            typed.begin_from(former);
        }
    }
    if typed.form_record.is_empty()
        && let Some(row) = form_of_step(&form, &typed.step, (&visitor.by, now))
    {
        typed.form_record = row.id.to_string();
    }
    let forms = form.records.iter().map(|row| {
        let line = Line::of(state, row);
        (
            row.id.to_string(),
            format!("{}（{}　{}）", line.link.text, line.at, line.who),
        )
    });
    Ok(NewPage {
        forms: forms.collect(),
        frame: Frame::load(state, visitor, None).await?.at("/handovers"),
        case: case.get(),
        patient: form.patient,
        steps: form.steps,
        others: form
            .others
            .into_iter()
            .map(|(id, name, role)| (id.to_string(), name, role))
            .collect(),
        returned: former.and_then(|it| sent_back(&it)),
        typed,
        problem: None,
        follow: None,
    })
}

/// What the own organization wrote today for a step is what is handed over now; no other form goes unasked.
fn form_of_step<'a>(
    form: &'a handover::Form,
    step: &str,
    (by, now): (&By, DateTime<Utc>),
) -> Option<&'a Row> {
    let (_, wanted) = form.step_forms.iter().find(|(code, _)| code == step)?;
    form.records.iter().find(|row| {
        let at = row.created_at.parse().ok();
        row.form == *wanted
            && row.organization_id == by.organization.map(i64::from)
            && at.is_some_and(|at| jst_day(at) == jst_day(now))
    })
}

/// The one in whose place another is sent, where the reader sees it in this case.
async fn former(
    state: &State,
    visitor: &Visitor,
    (case, typed): (CaseId, &Typed),
) -> Result<Option<Handover>, Problem> {
    let Ok(id) = typed.former.parse::<HandoverId>() else {
        return Ok(None);
    };
    match handover::show(&state.db, &visitor.by, id, state.clock.now()).await {
        Ok(shown) => Ok(Some(shown.handover).filter(|it| it.case == case)),
        Err(error @ HandoverError::Database(_)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// Who sent it back, and why.
fn sent_back(former: &Handover) -> Option<(String, String)> {
    match &former.stage {
        Stage::Returned { answer, reason, .. } => Some((
            format!("{}　{}", former.to_name, answer.name),
            reason.clone(),
        )),
        Stage::Sent
        | Stage::Read { .. }
        | Stage::Accepted { .. }
        | Stage::Done { .. }
        | Stage::Cancelled { .. } => None,
    }
}

/// `GET /cases/{case}/handovers/new`.
pub(crate) async fn form(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(case): Path<String>,
    typed: Result<Query<Typed>, QueryRejection>,
) -> Result<Page<NewPage>, Problem> {
    let Query(typed) = typed?;
    Ok(Page(page(&state, &visitor, id_of(&case)?, typed).await?))
}

/// `POST /cases/{case}/handovers`.
pub(crate) async fn send(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(case): Path<String>,
    filed: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let (case, now): (CaseId, _) = (id_of(&case)?, state.clock.now());
    visitor.authorize(
        Deed::SendHandover,
        &case::object(&state.db, case, now).await?,
    )?;
    let filed = match Filed::of(filed).await {
        Ok(filed) => filed,
        Err((status, sentence)) => {
            let mut page = page(&state, &visitor, case, Typed::default()).await?;
            page.problem = Some(sentence);
            return Ok((status, Page(page)).into_response());
        }
    };
    let word = |field| filed.word(field).to_owned();
    let typed = Typed {
        step: word("step"),
        to: word("to"),
        recipient: word("recipient"),
        fax: word("fax"),
        former: word("former"),
        subject: word("subject"),
        words: word("words"),
        form_record: word("form_record"),
        form_key: word("form_key"),
    };
    let mut sending = sending(&typed);
    sending.files = filed.into_files("file").map(Into::into).collect();
    let sent = database::write(&state.db, async |tx| {
        let with = (sending.clone(), state.sealing());
        handover::send(tx, house(&state), &visitor.by, case, with, now).await
    });
    let error = match sent.await {
        Ok(id) => return Ok(Redirect::to(&format!("/handovers/{id}")).into_response()),
        Err(error @ (HandoverError::Refused(_) | HandoverError::Database(_))) => {
            return Err(error.into());
        }
        Err(error) => error,
    };
    let mut page = page(&state, &visitor, case, typed).await?;
    if let HandoverError::AlreadyLive(id) = &error {
        page.follow = Some(format!("/handovers/{id}"));
    }
    page.problem = Some(error.to_string());
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

fn sending(typed: &Typed) -> Sending {
    let outside = (typed.to == "outside").then(|| Outside {
        recipient: typed.recipient.clone(),
        fax: typed.fax.clone(),
    });
    let step = Some(&typed.step).filter(|it| !it.is_empty());
    Sending {
        purpose: step.map_or(OTHER, |it| it).to_owned(),
        to: typed.to.parse().ok(),
        outside,
        former: typed.former.parse().ok(),
        subject: typed.subject.clone(),
        words: typed.words.clone(),
        form_record: typed.form_record.parse().ok(),
        form_key: Some(typed.form_key.clone()).filter(|it| !it.is_empty()),
        ..Sending::default()
    }
}
