//! `/batches/{id}/undo`: asks once what taking a batch back would touch, then does it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Redirect;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::database;
use keniki_app::import::conversation;
use keniki_app::import::undo;
use keniki_base::id::BatchId;

use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::{self, Day};

/// A batch that somebody thinks of taking back.
#[derive(Debug, Clone, Template)]
#[template(path = "import/undo.html")]
pub struct UndoPage {
    /// Around the page.
    pub frame: Frame,
    /// Number of the batch.
    pub id: i64,
    /// Its file, or what was proposed.
    pub file: String,
    /// When it was written.
    pub day: Option<Day>,
    /// How many records it brought or changed.
    pub records: u64,
    /// Why it cannot be taken back.
    pub refused: Option<String>,
}

/// `GET /batches/{id}/undo`.
pub(crate) async fn ask(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<UndoPage>, Problem> {
    let batch = batch(&visitor, &id)?;
    let ahead = undo::ahead(&state.db, batch.into()).await?;
    let ahead = ahead.ok_or(Problem::NotFound)?;
    Ok(Page(UndoPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/imports"),
        id: batch.into(),
        file: ahead.file,
        day: Day::of_instant(&ahead.imported_at),
        records: ahead.records,
        refused: ahead.refused.map(|why| why.to_string()),
    }))
}

/// `POST /batches/{id}/undo`.
pub(crate) async fn take_back(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let batch = batch(&visitor, &id)?;
    let now = state.clock.now();
    let membership = session.desk.as_ref().map(|desk| desk.membership);
    let asked = database::write(&state.db, async |tx| {
        conversation::take_back(tx, &visitor.by, membership, batch, now).await
    });
    let job = asked.await?;
    Ok(Redirect::to(&format!("/imports/{job}")))
}

fn batch(visitor: &Visitor, id: &str) -> Result<BatchId, Problem> {
    let batch: BatchId = id.parse().map_err(|_| Problem::NotFound)?;
    visitor.authorize(Deed::Undo, &Object::new("import_batch", batch))?;
    Ok(batch)
}
