//! `/offices/{id}/people`: a staff change (異動) as a table that goes out, comes back, is tried and then written.

use std::sync::Arc;

use askama::Template;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use keniki_app::account::invitation::Purpose;
use keniki_app::account::membership;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::account::staff::{self, MOST_ROWS, Row, StaffError, Taken};
use keniki_app::database;
use keniki_base::id::OrganizationId;
use serde::Deserialize;

use super::letter;
use super::office::id_of;
use crate::error::Problem;
use crate::file::File;
use crate::page::{Frame, Page};
use crate::service::export;
use crate::state::State;
use crate::visitor::{Confirmed, SignedIn, Visitor};

/// A staff change.
#[derive(Debug, Template)]
#[template(path = "account/staff.html")]
pub struct StaffPage {
    /// Around the page.
    pub frame: Frame,
    /// Number of the organization.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Why nothing happened.
    pub problem: Option<String>,
    /// What the table would do.
    pub trial: Option<Trial>,
    /// What the table did.
    pub done: Option<Done>,
}

/// What a table would do.
#[derive(Debug)]
pub struct Trial {
    /// Row by row.
    pub taken: Taken,
    /// The rows, for the writing.
    pub rows: String,
}

/// What a table did.
#[derive(Debug)]
pub struct Done {
    /// Row by row.
    pub taken: Taken,
    /// Names and links to be handed over, where no letters go out.
    pub links: Vec<(String, String)>,
}

impl StaffPage {
    async fn load(state: &State, visitor: &Visitor, id: &str) -> Result<Self, Problem> {
        let organization: OrganizationId = id_of(id)?;
        let object = membership::object(&state.db, organization).await?;
        visitor.authorize(Deed::InviteAccount, &object)?;
        let name = membership::organization_name(&state.db, organization).await?;
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/offices"),
            id: organization.get(),
            name: name.ok_or(Problem::NotFound)?,
            problem: None,
            trial: None,
            done: None,
        })
    }

    fn with_problem(mut self, status: StatusCode, problem: impl ToString) -> Response {
        self.problem = Some(problem.to_string());
        (status, Page(self)).into_response()
    }

    /// What these rows would do.
    async fn try_out(
        &mut self,
        state: &State,
        visitor: &Visitor,
        rows: &[Row],
    ) -> Result<(), Problem> {
        let (house, definitions) = (state.house(), &state.definitions);
        let (what, now) = ((self.id.into(), rows), state.clock.now());
        let taken = staff::try_out(&state.db, house, definitions, &visitor.by, what, now).await?;
        let rows = serde_json::to_string(rows).unwrap_or_default();
        self.trial = Some(Trial { taken, rows });
        Ok(())
    }
}

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Changed => Self::NotNow(error.to_string()),
            StaffError::Refused(refused) => refused.into(),
            StaffError::Database(error) => error.into(),
        }
    }
}

/// `GET /offices/{id}/people`: who one is, is asked for before the file is.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, .. }): Confirmed,
    Path(id): Path<String>,
) -> Result<Page<StaffPage>, Problem> {
    Ok(Page(StaffPage::load(&state, &visitor, &id).await?))
}

/// `GET /offices/{id}/people.xlsx`. Whose accounts are looked at is written down.
pub(crate) async fn hand_out(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let page = StaffPage::load(&state, &visitor, &id).await?;
    let (organization, now) = (page.id.into(), state.clock.now());
    let (definitions, by) = (&state.definitions, &visitor.by);
    let book = staff::book(&state.db, definitions, by, organization, now).await?;
    let object = Object::new("organization", organization);
    state
        .note_read(&visitor.by, Deed::ReadAccount, &object)
        .await?;
    export::book_file("people.xlsx", book)
}

/// `POST /offices/{id}/people`: what the table would do; nothing is written.
pub(crate) async fn try_out(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, .. }): Confirmed,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let mut page = StaffPage::load(&state, &visitor, &id).await?;
    let rows = match File::of(form).await {
        Ok(file) => file.rows(staff::heads()).await,
        Err(problem) => Err(problem),
    };
    let rows: Vec<Row> = match rows {
        Err((status, problem)) => return Ok(page.with_problem(status, problem)),
        Ok(rows) if rows.len() > MOST_ROWS => {
            let problem = format!("{MOST_ROWS}行より多い表です。分けて送ってください。");
            return Ok(page.with_problem(StatusCode::UNPROCESSABLE_ENTITY, problem));
        }
        Ok(rows) => rows.iter().map(Row::of).collect(),
    };
    page.try_out(&state, &visitor, &rows).await?;
    Ok(Page(page).into_response())
}

/// What was seen, to be written.
#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    rows: String,
    seen: String,
}

/// `POST /offices/{id}/people/write`: where it would do what was seen.
pub(crate) async fn write(
    FromState(state): FromState<Arc<State>>,
    Confirmed(SignedIn { visitor, .. }): Confirmed,
    Path(id): Path<String>,
    form: Result<Form<Seen>, FormRejection>,
) -> Result<Response, Problem> {
    let mut page = StaffPage::load(&state, &visitor, &id).await?;
    let Form(Seen { rows, seen }) = form?;
    let rows: Vec<Row> = serde_json::from_str(&rows).unwrap_or_default();
    if rows.is_empty() || rows.len() > MOST_ROWS {
        let problem = "送られた入力を読み取れません。もう一度ファイルを選んでください。";
        return Ok(page.with_problem(StatusCode::UNPROCESSABLE_ENTITY, problem));
    }
    let (house, now) = (state.house(), state.clock.now());
    let done = database::write(&state.db, async |tx| {
        let what = (page.id.into(), rows.as_slice(), seen.as_str());
        let (by, definitions) = (&visitor.by, &state.definitions);
        let taken = staff::take(tx, house, definitions, by, what, now).await?;
        if state.site.has_post {
            for (_, sent) in &taken.sent {
                letter::write(tx, &state, sent, (Purpose::Invite, Some(&page.name)), now).await?;
            }
        }
        Ok::<_, StaffError>(taken)
    });
    match done.await {
        Ok(taken) => {
            let sent = taken.sent.iter().filter(|_| !state.site.has_post);
            let links = sent.map(|(name, sent)| (name.clone(), letter::href(&state, sent)));
            let links = links.collect();
            page.done = Some(Done { taken, links });
            Ok(Page(page).into_response())
        }
        Err(StaffError::Changed) => {
            page.try_out(&state, &visitor, &rows).await?;
            Ok(page.with_problem(StatusCode::CONFLICT, StaffError::Changed))
        }
        Err(other) => Err(other.into()),
    }
}
