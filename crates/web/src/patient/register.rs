//! `/patients/new`: writes down somebody who is not there yet, after a look at who they may already be.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::{Deed, Object};
use keniki_app::area::show;
use keniki_app::database;
use keniki_app::draft::{self as drafts, find};
use keniki_app::patient::PatientError;
use keniki_app::patient::record::Record;
use keniki_app::patient::register::{self, Candidates, NewPatient};
use keniki_base::clock::jst_day;

use super::field::{Control, Field, Fields, Row, Section, Typed, Wrong, choices};
use super::{form, words};
use crate::draft::{self, Draft};
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

const ACTION: &str = "/patients/new";

/// The form of a record, new or not.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/form.html")]
pub struct FormPage {
    /// Around the page.
    pub frame: Frame,
    /// Whose record, and its page; none: a new one.
    pub record: Option<Link>,
    /// Where the form goes.
    pub action: String,
    /// The version that it changes.
    pub version: Option<String>,
    /// What it asks.
    pub sections: Vec<Section>,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// The fields that are wrong.
    pub wrong: Vec<Wrong>,
    /// Where it saves what is typed.
    pub draft: Option<Draft>,
}

impl FormPage {
    fn heading(&self) -> &'static str {
        match self.record {
            Some(_) => "記録を直す",
            None => "患者・利用者を登録する",
        }
    }
}

/// What stands before the fields that are wrong.
pub(super) const FAULTS: &str = "直すところがあります。まだ書き込んでいません。";

/// Municipalities of the home area: codes and names.
pub(super) async fn towns(state: &State) -> Result<Vec<(String, String)>, Problem> {
    let home = show::home(&state.db).await?;
    let members = home.map(|home| home.members).unwrap_or_default();
    Ok(choices(members, |it| (it.code, it.name)))
}

/// The parts that the visitor's organization may take: codes and names.
pub(super) fn parts(state: &State, visitor: &Visitor) -> Vec<(String, String)> {
    let role = visitor.by.role.as_deref().unwrap_or_default();
    let parts = state.definitions.patients().parts_held_by(role);
    choices(parts, |it| (it.code.clone(), it.name.clone()))
}

/// The fields of the part that one's own organization takes.
pub(super) fn part_fields(
    fields: Fields<'_>,
    parts: Vec<(String, String)>,
    before: &str,
) -> Vec<Field> {
    let role = fields.of(
        &format!("{before}role"),
        "あなたの組織の役割",
        Control::List(parts),
    );
    let staff = fields.line(&format!("{before}staff"), "担当者の名前");
    vec![role.must(), staff]
}

async fn page(
    state: &State,
    visitor: &Visitor,
    typed: &Typed,
    wrong: Vec<Wrong>,
) -> Result<FormPage, Problem> {
    let mut typed = typed.clone();
    let parts = parts(state, visitor);
    if let ([(code, _)], true) = (&*parts, typed.get("role").is_empty()) {
        typed = typed.with("role", code);
    }
    let fields = Fields {
        typed: &typed,
        wrong: &wrong,
    };
    let mut sections = form::sections(fields, &towns(state).await?, true);
    let team = Section {
        id: "team",
        title: "支援チーム",
        help: "",
        rows: vec![Row {
            legend: String::new(),
            fields: part_fields(fields, parts, ""),
        }],
    };
    sections.insert(2, team);
    Ok(FormPage {
        frame: Frame::load(state, visitor, None).await?.at("/patients"),
        record: None,
        action: ACTION.to_owned(),
        version: None,
        sections,
        problem: (!wrong.is_empty()).then(|| FAULTS.to_owned()),
        wrong,
        draft: Some(Draft::of(state, ACTION, None)),
    })
}

/// `GET /patients/new`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Page<FormPage>, Problem> {
    visitor.ever_may(Deed::WritePatient)?;
    let kept = find::<Typed>(&state.db, &visitor.by, (Deed::WritePatient, 0)).await?;
    let saved_at = kept.as_ref().map(|kept| kept.saved_at);
    let typed = kept.map(|kept| kept.typed).unwrap_or_default();
    let mut shown = page(&state, &visitor, &typed, Vec::new()).await?;
    shown.draft = Some(Draft::of(&state, ACTION, saved_at));
    Ok(Page(shown))
}

/// Who a new record may be of: asked before it is written.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/candidates.html")]
pub struct CandidatesPage {
    /// Around the page.
    pub frame: Frame,
    /// Who is to be registered: name, kana, birth.
    pub new: (String, String, String),
    /// Within one's own reach.
    pub own: Vec<Own>,
    /// Elsewhere in the area; none: it was not looked up.
    pub elsewhere: Option<Vec<Elsewhere>>,
    /// The form, to be sent on.
    pub typed: Typed,
}

/// A record within one's own reach.
#[derive(Debug, Clone)]
pub struct Own {
    /// Name and page.
    pub link: Link,
    /// Name in kana.
    pub kana: String,
    /// When they were born.
    pub birth: String,
    /// Where they live.
    pub address: String,
    /// How likely it is.
    pub likeness: &'static str,
    /// Why.
    pub reasons: String,
}

/// A record in the area, of which nothing more is told.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Its number.
    pub id: i64,
    /// Why.
    pub why: &'static str,
    /// Who answers for them, in which part.
    pub answers: Option<(String, String)>,
    /// Where that one is reached.
    pub phone: Option<String>,
}

impl Elsewhere {
    pub(super) fn of(state: &State, hit: keniki_app::patient::look_up::Hit) -> Self {
        let rule = state.definitions.patients();
        Self {
            id: hit.patient.get(),
            why: hit.why.words(),
            phone: hit.answers.as_ref().and_then(|it| it.phone.clone()),
            answers: hit.answers.map(|it| {
                let part = rule.team_role(&it.role).map(|part| part.name.clone());
                (it.name, part.unwrap_or(it.role))
            }),
        }
    }
}

impl CandidatesPage {
    async fn of(
        state: &State,
        visitor: &Visitor,
        (typed, record): (Typed, &Record),
        found: Candidates,
    ) -> Result<Self, Problem> {
        let (kanji, kana) = words::name(record);
        let own = found.own.into_iter().map(|(listed, same)| {
            let reasons: Vec<&str> = same.reasons.iter().map(|it| it.words()).collect();
            Own {
                link: words::link(&listed),
                kana: words::name(&listed.record).1,
                birth: words::birth(listed.record.birth),
                address: listed.record.home.address.unwrap_or_default(),
                likeness: same.likeness.words(),
                reasons: reasons.join("、"),
            }
        });
        let elsewhere = |hits: Vec<_>| {
            hits.into_iter()
                .map(|hit| Elsewhere::of(state, hit))
                .collect()
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/patients"),
            new: (kanji, kana, words::birth(record.birth)),
            own: own.collect(),
            elsewhere: found.elsewhere.map(elsewhere),
            typed,
        })
    }
}

/// `POST /patients/new`: shows who it may be, or registers.
pub(crate) async fn send(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let (Form(typed), now) = (typed?, state.clock.now());
    visitor.ever_may(Deed::WritePatient)?;
    let (by, definitions) = (&visitor.by, &state.definitions);
    let (role, staff) = (typed.get("role").to_owned(), typed.get("staff").to_owned());
    let read = form::read(&typed, (None, by.organization), jst_day(now));
    let mut wrong = read.as_ref().err().cloned().unwrap_or_default();
    if !parts(&state, &visitor)
        .iter()
        .any(|(code, _)| *code == role)
    {
        wrong.push((
            "role".to_owned(),
            "支援チームでの役割を選んでください。".to_owned(),
        ));
    }
    let Some(record) = read.ok().filter(|_| wrong.is_empty()) else {
        let again = page(&state, &visitor, &typed, wrong).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(again)).into_response());
    };
    if typed.get("seen") != "1" {
        let found = database::write(&state.db, async |tx| {
            register::candidates(tx, definitions, by, &record, now).await
        });
        let found = found.await?;
        let is_found =
            !found.own.is_empty() || found.elsewhere.as_ref().is_some_and(|it| !it.is_empty());
        if is_found {
            let page = CandidatesPage::of(&state, &visitor, (typed, &record), found).await?;
            return Ok(Page(page).into_response());
        }
    }
    let new = NewPatient {
        record,
        role,
        staff,
    };
    let done = database::write(&state.db, async |tx| {
        let id = register::register(tx, definitions.patients(), by, new, now).await?;
        drafts::discard(tx, by, (Deed::WritePatient, 0)).await?;
        Ok::<_, PatientError>(id)
    });
    match done.await {
        Ok(id) => Ok(Redirect::to(&format!("/patients/{id}")).into_response()),
        Err(error) => again(&state, &visitor, &typed, error).await,
    }
}

/// The form again, with a sentence that no field of it has.
async fn again(
    state: &State,
    visitor: &Visitor,
    typed: &Typed,
    error: PatientError,
) -> Result<Response, Problem> {
    let sentence = error.to_string();
    match error.into() {
        Problem::NotNow(_) => {}
        other => return Err(other),
    }
    let mut again = page(state, visitor, typed, Vec::new()).await?;
    again.problem = Some(sentence);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(again)).into_response())
}

/// `POST /patients/new/draft`: what is typed so far.
pub(crate) async fn save(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<StatusCode, Problem> {
    let Form(mut typed) = typed?;
    visitor.ever_may(Deed::WritePatient)?;
    let object = Object {
        care_team: visitor.by.organization.into_iter().collect(),
        ..Object::new("patient", 0)
    };
    typed
        .0
        .retain(|name, text| name != "role" && name != "seen" && !text.trim().is_empty());
    let typed = Some(&typed).filter(|typed| !typed.0.is_empty());
    draft::save(&state, &visitor, (Deed::WritePatient, &object), typed).await
}

/// `POST /patients/new/draft/discard`.
pub(crate) async fn discard(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Redirect, Problem> {
    draft::discard(&state, &visitor, (Deed::WritePatient, 0)).await?;
    Ok(Redirect::to(ACTION))
}
