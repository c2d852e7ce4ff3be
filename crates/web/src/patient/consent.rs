//! `/patients/{id}/consents`: what a user or their family agreed to, and that they withdrew it.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Request, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::definition::patient::Basis;
use keniki_app::patient::PatientError;
use keniki_app::patient::consent::{self, ConsentError, GivenBy, NewConsent};
use keniki_app::patient::find;
use keniki_base::clock::jst_day;
use keniki_base::date::{parse_day, wareki};
use keniki_base::id::{ConsentId, PatientId};

use super::field::{Control, Fields, Row, Typed, Wrong, choices};
use super::register::FAULTS;
use super::show::Agreed;
use super::{frame, object, words};
use crate::error::Problem;
use crate::file::{self, Posted};
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/consent.html")]
pub struct ConsentPage {
    /// Around the page.
    pub frame: Frame,
    /// Whose.
    pub record: Link,
    /// What was agreed.
    pub consents: Vec<Agreed>,
    /// What is asked of another.
    pub rows: Vec<Row>,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// The fields that are wrong.
    pub wrong: Vec<Wrong>,
    /// What may be attached.
    pub may_be_attached: String,
    /// In 和暦.
    pub today: String,
}

impl ConsentPage {
    async fn load(
        state: &State,
        visitor: &Visitor,
        id: PatientId,
        (typed, wrong): (&Typed, Vec<Wrong>),
    ) -> Result<Self, Problem> {
        object(state, visitor, (Deed::RecordConsent, id)).await?;
        let listed = find::listed(&state.db, &[id.get()]).await?.pop();
        let listed = listed.ok_or(Problem::NotFound)?;
        let today = jst_day(state.clock.now());
        let all = consent::of_patient(&state.db, id).await?;
        let fields = Fields {
            typed,
            wrong: &wrong,
        };
        let scopes = choices(state.definitions.patients().consent_scopes(), |it| {
            (it.code.clone(), it.name.clone())
        });
        let bases = choices(Basis::ALL, |it| (it.code().into(), it.words().into()));
        let givers = choices(GivenBy::ALL, |it| (it.code().into(), it.words().into()));
        let row = |fields| Row {
            legend: String::new(),
            fields,
        };
        Ok(Self {
            frame: frame(state, visitor, id).await?,
            record: words::link(&listed),
            consents: all.into_iter().map(|it| Agreed::of(state, it, today)).collect(),
            rows: vec![
                row(vec![fields.of("scope", "何について", Control::List(scopes)).must()]),
                row(vec![fields.of("given_by", "だれの情報について、だれが", Control::Radio(givers)).must()]),
                row(vec![fields.line("giver", "署名した人の名前").help("家族の同意では必ず書きます。")]),
                row(vec![fields.of("basis", "根拠", Control::List(bases)).must()]),
                row(vec![fields.of("purpose", "目的", Control::Area).must().help("例：退院後の在宅療養を支える組織で、心身の状態とサービスの内容を共有するため")]),
                row(vec![
                    fields.short("valid_from", "始まりの日").must(),
                    fields.short("valid_to", "終わりの日（決まっていなければ空）"),
                ]),
            ],
            problem: (!wrong.is_empty()).then(|| FAULTS.to_owned()),
            wrong,
            may_be_attached: file::may_be_attached(state),
            today: wareki(today),
        })
    }
}

/// `GET /patients/{id}/consents`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ConsentPage>, Problem> {
    let today = wareki(jst_day(state.clock.now()));
    let typed = Typed::default().with("valid_from", today);
    Ok(Page(
        ConsentPage::load(&state, &visitor, id_of(&id)?, (&typed, Vec::new())).await?,
    ))
}

fn read(typed: &Typed, patient: PatientId, today: NaiveDate) -> Result<NewConsent, Vec<Wrong>> {
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut tell = |field: &str, how: String| wrong.push((field.to_owned(), how));
    let given_by = GivenBy::ALL
        .into_iter()
        .find(|it| it.code() == typed.get("given_by"));
    let basis = Basis::ALL
        .into_iter()
        .find(|it| it.code() == typed.get("basis"));
    for (field, is_empty) in [
        ("scope", typed.get("scope").is_empty()),
        ("given_by", given_by.is_none()),
        ("basis", basis.is_none()),
    ] {
        if is_empty {
            tell(field, "選んでください。".to_owned());
        }
    }
    if typed.get("purpose").trim().is_empty() {
        tell("purpose", "目的を書いてください。".to_owned());
    }
    if given_by == Some(GivenBy::Family) && typed.get("giver").trim().is_empty() {
        tell("giver", "同意した家族の名前を書いてください。".to_owned());
    }
    let valid_from = parse_day(typed.get("valid_from"), Some(today));
    if let Err(error) = &valid_from {
        tell("valid_from", format!("始まりの日：{error}"));
    }
    let valid_to = match typed.get("valid_to").trim() {
        "" => None,
        text => match parse_day(text, Some(today)) {
            Ok(day) => Some(day),
            Err(error) => {
                tell("valid_to", format!("終わりの日：{error}"));
                None
            }
        },
    };
    match (given_by, basis, valid_from) {
        (Some(given_by), Some(basis), Ok(valid_from)) if wrong.is_empty() => Ok(NewConsent {
            patient,
            given_by,
            giver: typed.get("giver").to_owned(),
            scope: typed.get("scope").to_owned(),
            purpose: typed.get("purpose").to_owned(),
            basis,
            valid_from,
            valid_to,
        }),
        _ => Err(wrong),
    }
}

/// The field that an error is of; empty where it is of none.
fn field_of(error: &ConsentError) -> &'static str {
    match error {
        ConsentError::WrongBasis(..) => "basis",
        ConsentError::Patient(PatientError::Reversed(_)) => "valid_to",
        ConsentError::Patient(PatientError::Unknown(_)) => "scope",
        ConsentError::Patient(PatientError::WrongText("目的", _)) => "purpose",
        ConsentError::Patient(PatientError::WrongText(..)) => "giver",
        _ => "",
    }
}

/// `POST /patients/{id}/consents`: what was typed is kept where it cannot be taken.
pub(crate) async fn record(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (id, now): (PatientId, _) = (id_of(&id)?, state.clock.now());
    object(&state, &visitor, (Deed::RecordConsent, id)).await?;
    let posted = Posted::of(request).await?;
    let typed = Typed(posted.sent.0.iter().cloned().collect());
    let (mut status, of_file) = (StatusCode::UNPROCESSABLE_ENTITY, |how| {
        ("file".to_owned(), how)
    });
    let wrong = match (&posted.refused, read(&typed, id, jst_day(now))) {
        (Some((refused, sentence)), read) => {
            status = *refused;
            let others = read.err().unwrap_or_default();
            [vec![of_file(sentence.clone())], others].concat()
        }
        (None, Err(wrong)) => wrong,
        (None, Ok(new)) => {
            let (rule, by) = (state.definitions.patients(), &visitor.by);
            let done = database::write(&state.db, async |tx| {
                let what = (&new, posted.paper(&state, "file"));
                consent::record(tx, rule, by, what, now).await
            });
            match done.await {
                Ok(_) => {
                    return Ok(Redirect::to(&format!("/patients/{id}/consents")).into_response());
                }
                Err(ConsentError::Attachment(error)) => vec![of_file(file::not_taken(error)?)],
                Err(error) if !field_of(&error).is_empty() => {
                    vec![(field_of(&error).to_owned(), error.to_string())]
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    let page = ConsentPage::load(&state, &visitor, id, (&typed, wrong)).await?;
    Ok((status, Page(page)).into_response())
}

/// `GET /patients/{id}/consents/{consent}/file`: the signed paper.
pub(crate) async fn scan(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, consent)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (id, consent): (PatientId, ConsentId) = (id_of(&id)?, id_of(&consent)?);
    let now = state.clock.now();
    object(&state, &visitor, (Deed::ReadPatient, id)).await?;
    let opened = database::write(&state.db, async |tx| {
        let what = (id, consent, &state.key_file);
        consent::scan(tx, &visitor.by, what, now).await
    });
    Ok(file::hand_out(opened.await?))
}

/// `POST /patients/{id}/consents/{consent}/withdraw`.
pub(crate) async fn withdraw(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, consent)): Path<(String, String)>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, consent): (PatientId, ConsentId) = (id_of(&id)?, id_of(&consent)?);
    let (Form(typed), now) = (typed?, state.clock.now());
    object(&state, &visitor, (Deed::RecordConsent, id)).await?;
    let on = parse_day(typed.get("on"), Some(jst_day(now)));
    let on = on.map_err(|error| Problem::NotNow(format!("撤回の日：{error}")))?;
    let done = database::write(&state.db, async |tx| {
        consent::withdraw(tx, &visitor.by, (consent, on), now).await
    });
    done.await?;
    Ok(Redirect::to(&format!("/patients/{id}/consents")))
}
