//! `/patients/{id}/forms/{code}/new`: a form to fill in, begun with what is known, kept while it is typed.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form as FormOf, Path, Query, State as FromState};
use keniki_app::account::policy::{Deed, Object};
use keniki_app::account::secret::Token;
use keniki_app::definition::form::Form;
use keniki_app::draft::find;
use keniki_app::form::Raw;
use keniki_app::form::begin::Dropped;
use keniki_app::form::difference::differences;
use keniki_app::form::read::{FieldFault, read};
use keniki_app::form::record::RecordError;
use keniki_app::form::record::start::{self, Wanted};
use keniki_app::form::record::write;
use keniki_app::patient;
use keniki_base::clock::{jst_day, near_text};
use keniki_base::id::{CaseId, FormRecordId, PatientId};
use serde::{Deserialize, Serialize};

use super::list::Line;
use super::{Fields, Whom, hidden};
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// A form to fill in.
#[derive(Debug, Template)]
#[template(path = "form/edit.html")]
pub struct EditPage {
    /// Around the page.
    pub frame: Frame,
    /// Of whom.
    pub whom: Whom,
    /// What it is called.
    pub name: String,
    /// Who writes it for whom.
    pub parties: String,
    /// Where it goes; its workbook and its draft have addresses below.
    pub action: String,
    /// In which case.
    pub case: Option<CaseId>,
    /// The record it began from.
    pub former: Option<Line>,
    /// Its number.
    pub former_id: Option<FormRecordId>,
    /// The version that is filled in.
    pub version: String,
    /// Made up for this page: what is sent twice is kept once.
    pub key: String,
    /// What is typed into.
    pub fields: Fields,
    /// What the form began from says, and has no place here.
    pub dropped: Vec<Dropped>,
    /// When what is shown was saved without being sent.
    pub saved: Option<String>,
    /// What happened on the way here.
    pub note: Option<String>,
}

/// Where a form is filled in.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    pub patient: PatientId,
    pub case: Option<CaseId>,
    pub form: &'a Form,
}

impl<'a> Place<'a> {
    pub(super) fn of(
        state: &'a State,
        (id, code): (&str, &str),
        case: Option<CaseId>,
    ) -> Result<Self, Problem> {
        let form = state.definitions.form(code, jst_day(state.clock.now()));
        Ok(Self {
            patient: id_of(id)?,
            case,
            form: form.ok_or(Problem::NotFound)?,
        })
    }

    /// The address of the form, and with `end` of what belongs to it.
    pub(super) fn path(&self, end: &str) -> String {
        format!("/patients/{}/forms/{}/{end}", self.patient, self.form.code)
    }

    pub(super) fn wanted(&self, former: Option<FormRecordId>) -> Wanted<'a> {
        Wanted {
            patient: self.patient,
            case: self.case,
            form: &self.form.code,
            former,
        }
    }

    /// To who may not see the patient there is none.
    pub(super) fn hidden(&self, visitor: &Visitor) -> impl Fn(RecordError) -> Problem {
        hidden(visitor, Deed::WriteForm, ("patient", self.patient.get()))
    }

    /// Goes on only where the visitor may write here.
    pub(super) async fn authorize(
        &self,
        state: &State,
        visitor: &Visitor,
    ) -> Result<Object, Problem> {
        let now = state.clock.now();
        let object = patient::object_of(&state.db, self.patient, self.case, now).await;
        let object = object
            .map_err(RecordError::from)
            .map_err(self.hidden(visitor))?;
        visitor.authorize(Deed::WriteForm, &object)?;
        Ok(object)
    }

    /// What a draft is kept under: patients and cases have numbers of their own.
    pub(super) fn draft_code(&self) -> String {
        match self.case {
            None => self.form.code.clone(),
            Some(_) => format!("{} case", self.form.code),
        }
    }
}

/// What a page is filled with.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pub raw: Raw,
    pub faults: Vec<FieldFault>,
    pub former: Option<FormRecordId>,
    pub key: Option<String>,
    pub dropped: Vec<Dropped>,
    pub saved: Option<String>,
    pub note: Option<String>,
}

impl EditPage {
    /// The form with what was typed, beside what the former one said.
    pub(super) async fn of(
        state: &State,
        visitor: &Visitor,
        place: &Place<'_>,
        filled: Filled,
    ) -> Result<Self, Problem> {
        let now = state.clock.now();
        let hidden = place.hidden(visitor);
        let whom = Whom::load(state, place.patient).await.map_err(&hidden)?;
        let values = read(place.form, &filled.raw, jst_day(now)).values;
        let mut fields = Fields::of(place.form, &filled.raw, &values, &filled.faults);
        let mut former = None;
        if filled.former.is_some() {
            let wanted = place.wanted(filled.former);
            let found = start::former(&state.db, &visitor.by, wanted, now).await;
            if let Some((row, said)) = found.map_err(&hidden)? {
                fields = fields.with_changes(&differences(place.form, &said, &values));
                former = Some(Line::of(state, &row));
            }
        }
        let form = place.form;
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/patients"),
            whom,
            name: form.name.clone(),
            parties: format!("{} → {}（{}版）", form.from, form.to, form.version),
            action: place.path("new"),
            case: place.case,
            former,
            former_id: filled.former,
            version: form.version.clone(),
            key: match filled.key {
                Some(key) => key,
                None => Token::new(&*state.chance).as_str().to_owned(),
            },
            fields,
            dropped: filled.dropped,
            saved: filled.saved,
            note: filled.note,
        })
    }

    /// Sheets of this patient go there.
    fn sheet(&self) -> String {
        let end = self
            .case
            .map_or_else(String::new, |case| format!("?case={case}"));
        format!("{}/sheet{end}", self.action.trim_end_matches("/new"))
    }
}

/// In which case, and from which record, a form begins.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(super) case: Option<CaseId>,
    pub(super) former: Option<FormRecordId>,
}

/// A form as it was sent, or saved.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Sent {
    #[serde(skip)]
    pub case: Option<CaseId>,
    pub former: Option<FormRecordId>,
    pub version: String,
    pub key: String,
    typed: Vec<(String, String)>,
}

/// No key is longer.
const LONGEST_KEY: usize = 100;

impl Sent {
    /// Fields of the page itself begin with `_`, which no item does.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut sent = Self::default();
        for (name, text) in pairs {
            match &*name {
                "_case" => sent.case = number(&text)?,
                "_former" => sent.former = number(&text)?,
                "_version" => sent.version = text,
                "_key" => sent.key = text.chars().take(LONGEST_KEY).collect(),
                _ => sent.typed.push((name, text)),
            }
        }
        Ok(sent)
    }

    pub(super) fn raw(&self) -> Raw {
        Raw::of_pairs(self.typed.iter().cloned())
    }
}

/// A number of the page itself; one that is none was made up.
fn number<T: From<i64>>(text: &str) -> Result<Option<T>, Problem> {
    match text {
        "" => Ok(None),
        text => Ok(Some(id_of::<i64>(text)?.into())),
    }
}

pub(super) type Pairs = Result<FormOf<Vec<(String, String)>>, FormRejection>;

/// `GET /patients/{id}/forms/{code}/new`: what was not sent yet, or what is known and said before.
pub(super) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, code)): Path<(String, String)>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<EditPage>, Problem> {
    visitor.ever_may(Deed::WriteForm)?;
    let (Query(asked), now) = (asked?, state.clock.now());
    let place = Place::of(&state, (&id, &code), asked.case)?;
    let object = place.authorize(&state, &visitor).await?;
    let kept = ((Deed::WriteForm, &*place.draft_code()), object.id);
    let filled = match find::<Sent>(&state.db, &visitor.by, kept).await? {
        Some(kept) => {
            let (form, raw) = (place.form, kept.typed.raw());
            let (raw, dropped) = match kept.typed.version == form.version {
                true => (raw, Vec::new()),
                false => {
                    let old = (&*kept.typed.version, &raw);
                    let today = jst_day(now);
                    write::newer(&state.db, &state.definitions, form, old, today).await?
                }
            };
            Filled {
                raw,
                dropped,
                former: kept.typed.former,
                key: Some(kept.typed.key),
                saved: Some(near_text(now, kept.saved_at)),
                ..Filled::default()
            }
        }
        None => begun(&state, &visitor, &place, asked.former).await?,
    };
    Ok(Page(EditPage::of(&state, &visitor, &place, filled).await?))
}

/// What a form begins with.
pub(super) async fn begun(
    state: &State,
    visitor: &Visitor,
    place: &Place<'_>,
    former: Option<FormRecordId>,
) -> Result<Filled, Problem> {
    let (wanted, now) = (place.wanted(former), state.clock.now());
    let started = start::start(&state.db, &state.definitions, &visitor.by, wanted, now).await;
    let started = started.map_err(place.hidden(visitor))?;
    Ok(Filled {
        raw: Raw::of(place.form, &started.values),
        former: started.former.map(|(row, _)| row.id.into()),
        dropped: started.dropped,
        ..Filled::default()
    })
}
