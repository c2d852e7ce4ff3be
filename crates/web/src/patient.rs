//! `/patients`: the pages of people who are cared for, of whom no address, title or log line says anything but a number.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use keniki_app::account::policy::{Deed, Object};
use keniki_app::patient::consent::ConsentError;
use keniki_app::patient::emergency::{self, EmergencyError};
use keniki_app::patient::look_up::{self, LookUpError};
use keniki_app::patient::merge::MergeError;
use keniki_app::patient::{self, PatientError};
use keniki_base::id::PatientId;

use crate::error::Problem;
use crate::page::Frame;
use crate::state::State;
use crate::visitor::Visitor;

pub mod consent;
pub mod duplicate;
pub mod edit;
pub mod emergencies;
pub mod export;
pub mod field;
pub mod form;
pub mod list;
pub mod look_up_page;
pub mod office;
pub mod register;
pub mod show;
pub mod team;
pub mod words;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/patients", get(list::show).post(list::filter))
        .route("/patients.csv", get(export::file))
        .route("/patients.xlsx", get(export::file))
        .route("/patients/new", get(register::show).post(register::send))
        .route("/patients/new/draft", post(register::save))
        .route("/patients/new/draft/discard", post(register::discard))
        .route(
            "/patients/look_up",
            get(look_up_page::show).post(look_up_page::ask),
        )
        .route("/patients/duplicates", get(duplicate::list))
        .route("/patients/{id}", get(show::show))
        .route("/patients/{id}/edit", get(edit::show).post(edit::send))
        .route("/patients/{id}/edit/draft", post(edit::save))
        .route("/patients/{id}/edit/draft/discard", post(edit::discard))
        .route("/patients/{id}/join", post(look_up_page::join))
        .route(
            "/patients/{id}/consents",
            get(consent::show).post(consent::record),
        )
        .route("/patients/{id}/consents/{consent}/file", get(consent::scan))
        .route(
            "/patients/{id}/consents/{consent}/withdraw",
            post(consent::withdraw),
        )
        .route("/patients/{id}/team", get(team::show).post(team::search))
        .route("/patients/{id}/team/join", post(team::join))
        .route("/patients/{id}/team/{member}/leave", post(team::leave))
        .route(
            "/patients/{id}/emergency",
            get(emergencies::show).post(emergencies::open),
        )
        .route(
            "/patients/{id}/merge/{other}",
            get(duplicate::show).post(duplicate::merge),
        )
        .route("/patients/{id}/unmerge/{merge}", post(duplicate::unmerge))
        .route("/emergencies", get(emergencies::list))
        .route("/emergencies/{id}", post(emergencies::review))
}

/// The patient that a page is of, for whoever may do `deed` with them; to all others there is none.
pub(crate) async fn object(
    state: &State,
    visitor: &Visitor,
    (deed, id): (Deed, PatientId),
) -> Result<Object, Problem> {
    let found = patient::object(&state.db, id, state.clock.now()).await;
    let object = match found {
        // A record that is not there, and one of others, look the same in the log, too.
        Err(PatientError::NotThere) => Object::new("patient", id),
        other => other?,
    };
    visitor.authorize(deed, &object)?;
    Ok(object)
}

/// The frame of a page of a patient: where their record is open in an emergency, it says so and for how long.
pub(crate) async fn frame(
    state: &State,
    visitor: &Visitor,
    id: PatientId,
) -> Result<Frame, Problem> {
    let now = state.clock.now();
    let frame = Frame::load(state, visitor, None).await?.at("/patients");
    let object = patient::object(&state.db, id, now).await;
    let own = object.is_ok_and(|it| visitor.by.may(Deed::WritePatient, &it).is_some());
    let until = emergency::open_until(&state.db, &visitor.by, id, now).await?;
    let minutes = until
        .filter(|_| !own)
        .map(|until| ((until - now).num_seconds() + 59) / 60);
    Ok(Frame {
        alert: minutes.map(|minutes| {
            format!("緊急時閲覧で開いています。あと{minutes}分で見られなくなります。開いたことは、担当の組織と監査に知らされています。")
        }),
        ..frame
    })
}

/// Whether a visitor from outside has found somebody within the hour; to all others there is nobody.
pub(crate) async fn found(
    state: &State,
    visitor: &Visitor,
    (deed, id): (Deed, PatientId),
) -> Result<(), Problem> {
    visitor.ever_may(deed)?;
    let now = state.clock.now();
    match look_up::has_found(&state.db, &visitor.by, id, now).await? {
        true => Ok(()),
        false => {
            visitor.authorize(Deed::ReadPatient, &Object::new("patient", id))?;
            Err(Problem::NotFound)
        }
    }
}

impl From<PatientError> for Problem {
    fn from(error: PatientError) -> Self {
        match error {
            PatientError::NotThere => Self::NotFound,
            PatientError::Refused(refused) => refused.into(),
            PatientError::Database(error) => error.into(),
            other => Self::NotNow(other.to_string()),
        }
    }
}

/// Of errors that hold a [`PatientError`].
macro_rules! problem_around {
    ($($error:ident)*) => {
        $(impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                match error {
                    $error::Patient(error) => error.into(),
                    other => Self::NotNow(other.to_string()),
                }
            }
        })*
    };
}

problem_around! { EmergencyError MergeError }

impl From<ConsentError> for Problem {
    fn from(error: ConsentError) -> Self {
        match error {
            ConsentError::Patient(error) => error.into(),
            ConsentError::Attachment(error) => error.into(),
            other => Self::NotNow(other.to_string()),
        }
    }
}

impl From<LookUpError> for Problem {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Refused(refused) => refused.into(),
            LookUpError::Database(error) => error.into(),
            other => Self::NotNow(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
