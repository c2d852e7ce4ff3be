//! `/patients/duplicates`: records within reach that may be of one person, one beside the other; merged after a question, and
//! taken apart again.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::patient::find::{self, Listed, Page as Part};
use keniki_app::patient::merge::{self, MergeError};
use keniki_app::patient::{PatientError, same, show as whole, unmerge as undo};
use keniki_base::id::PatientId;

use super::field::Typed;
use super::list::At;
use super::{frame, object, words};
use crate::error::Problem;
use crate::page::pages::Pages;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// How many pairs a page shows.
const PAGE_SIZE: u64 = 50;

/// A record beside another.
#[derive(Debug, Clone)]
pub struct Side {
    /// Number.
    pub id: i64,
    /// Name and page.
    pub link: Link,
    /// Name in kana.
    pub kana: String,
    /// Birth, sex.
    pub birth: String,
    /// Where they live, telephone.
    pub home: String,
    /// Numbers.
    pub numbers: String,
}

impl Side {
    fn of(listed: &Listed) -> Self {
        let record = &listed.record;
        let home = [&record.home.address, &record.home.phone];
        let home: Vec<&str> = home.into_iter().flatten().map(String::as_str).collect();
        let numbers: Vec<&str> = record.identifiers.iter().map(|it| it.number()).collect();
        Self {
            id: listed.id.get(),
            link: words::link(listed),
            kana: words::name(record).1,
            birth: format!("{}・{}", words::birth(record.birth), record.sex.words()),
            home: home.join("　"),
            numbers: numbers.join("、"),
        }
    }
}

/// The pairs.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/duplicates.html")]
pub struct DuplicatesPage {
    /// Around the page.
    pub frame: Frame,
    /// How many there are.
    pub total: u64,
    /// Both, how likely it is, why, and where they are compared.
    pub pairs: Vec<(Side, Side, &'static str, String, String)>,
    /// Pages around this one.
    pub pages: Pages,
}

/// `GET /patients/duplicates`.
pub(crate) async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    at: Result<Query<At>, QueryRejection>,
) -> Result<Page<DuplicatesPage>, Problem> {
    visitor.ever_may(Deed::MergePatient)?;
    let at = at?.0.number();
    let part = Part {
        first: (at - 1) * PAGE_SIZE,
        most: PAGE_SIZE,
    };
    let (total, pairs) = same::pairs(&state.db, &visitor.by, part, state.clock.now()).await?;
    let pairs = pairs.into_iter().map(|pair| {
        let (one, other) = (Side::of(&pair.records.0), Side::of(&pair.records.1));
        let reasons: Vec<&str> = pair.same.reasons.iter().map(|it| it.words()).collect();
        let to = format!("/patients/{}/merge/{}", one.id, other.id);
        (
            one,
            other,
            pair.same.likeness.words(),
            reasons.join("、"),
            to,
        )
    });
    Ok(Page(DuplicatesPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/patients"),
        total,
        pairs: pairs.collect(),
        pages: Pages::at(at, total, PAGE_SIZE, |page| {
            format!("/patients/duplicates?page={page}")
        }),
    }))
}

/// The question before two records become one.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/merge.html")]
pub struct MergePage {
    /// Around the page.
    pub frame: Frame,
    /// The record that would stay.
    pub kept: Side,
    /// The one that would go on in it.
    pub gone: Side,
    /// What would move, with how many of it.
    pub moves: Vec<(&'static str, usize)>,
    /// Why they are one, as typed.
    pub reason: String,
    /// Why they were not merged.
    pub problem: Option<String>,
}

impl MergePage {
    async fn load(
        state: &State,
        visitor: &Visitor,
        (kept, gone): (PatientId, PatientId),
    ) -> Result<Self, Problem> {
        for id in [kept, gone] {
            object(state, visitor, (Deed::MergePatient, id)).await?;
        }
        let side = async |id: PatientId| -> Result<Listed, Problem> {
            let listed = find::listed(&state.db, &[id.get()]).await?.pop();
            listed.ok_or(Problem::NotFound)
        };
        let (stays, goes) = (side(kept).await?, side(gone).await?);
        let record = &goes.record;
        let (consents, team, cases) = whole::hanging(&state.db, gone).await?;
        let moves = [
            ("名前（別の書き方として残ります）", record.names.len()),
            ("番号", record.identifiers.len()),
            ("要介護度", record.levels.len()),
            ("同意", consents),
            ("支援チームの役割", team),
            ("ケース", cases),
        ];
        Ok(Self {
            frame: frame(state, visitor, kept).await?,
            kept: Side::of(&stays),
            moves: moves.into_iter().filter(|(_, n)| *n > 0).collect(),
            gone: Side::of(&goes),
            reason: String::new(),
            problem: None,
        })
    }
}

/// `GET /patients/{id}/merge/{other}`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((kept, gone)): Path<(String, String)>,
) -> Result<Page<MergePage>, Problem> {
    let ids = (id_of(&kept)?, id_of(&gone)?);
    Ok(Page(MergePage::load(&state, &visitor, ids).await?))
}

/// `POST /patients/{id}/merge/{other}`.
pub(crate) async fn merge(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((kept, gone)): Path<(String, String)>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let (kept, gone): (PatientId, PatientId) = (id_of(&kept)?, id_of(&gone)?);
    let (Form(typed), now) = (typed?, state.clock.now());
    for id in [kept, gone] {
        object(&state, &visitor, (Deed::MergePatient, id)).await?;
    }
    let done = database::write(&state.db, async |tx| {
        merge::merge(tx, &visitor.by, (kept, gone), typed.get("reason"), now).await
    });
    let sentence = match done.await {
        Ok(_) => return Ok(Redirect::to(&format!("/patients/{kept}")).into_response()),
        Err(MergeError::Patient(
            error @ (PatientError::Missing(_) | PatientError::WrongText(..)),
        )) => error.to_string(),
        Err(error) => return Err(error.into()),
    };
    let mut page = MergePage::load(&state, &visitor, (kept, gone)).await?;
    page.problem = Some(sentence);
    page.reason = typed.get("reason").to_owned();
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// `POST /patients/{id}/unmerge/{merge}`.
pub(crate) async fn unmerge(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, merge)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let (id, merge): (PatientId, i64) = (id_of(&id)?, id_of(&merge)?);
    object(&state, &visitor, (Deed::MergePatient, id)).await?;
    let done = database::write(&state.db, async |tx| {
        undo::unmerge(tx, &visitor.by, merge, state.clock.now()).await
    });
    done.await?;
    Ok(Redirect::to("/patients/duplicates"))
}
