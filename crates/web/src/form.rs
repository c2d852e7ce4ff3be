//! Any form as fields of a page and as print, from its definition; and the pages of the forms that are written of a patient.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use keniki_app::account::policy::{Deed, Object};
use keniki_app::definition::form::Form;
use keniki_app::form::difference::Difference;
use keniki_app::form::read::FieldFault;
use keniki_app::form::record::{self, RecordError};
use keniki_app::form::{Raw, Values};
use keniki_app::patient::PatientError;
use keniki_base::id::PatientId;

use crate::error::Problem;
use crate::file::WORDS_BYTES;
use crate::page::Link;
use crate::state::State;
use crate::visitor::Visitor;

pub mod book;
mod draft;
pub mod edit;
pub mod field;
pub mod list;
pub mod print;
mod send;
pub mod show;

use field::{Control, Field};

pub(crate) fn routes() -> Router<Arc<State>> {
    let large = || DefaultBodyLimit::max(WORDS_BYTES);
    Router::new()
        .route("/patients/{id}/forms", get(list::show))
        .route(
            "/patients/{id}/forms/{code}/new",
            get(edit::show).post(send::send),
        )
        .route(
            "/patients/{id}/forms/{code}/new/draft",
            post(draft::save).layer(large()),
        )
        .route(
            "/patients/{id}/forms/{code}/new/draft/discard",
            post(draft::discard),
        )
        .route(
            "/patients/{id}/forms/{code}/new.xlsx",
            get(book::hand_out).post(book::give_back).layer(large()),
        )
        .route(
            "/patients/{id}/forms/{code}/sheet",
            post(book::take).layer(crate::file::limit()),
        )
        .route("/forms.csv", get(list::export))
        .route("/forms/{id}", get(show::show))
        .route("/forms/{id}/print.pdf", get(show::print))
        .route("/forms/{id}/form.xlsx", get(show::book))
        .route("/forms/{id}/files/{file}", get(show::file))
        .route("/forms/{id}/annul", post(show::annul))
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::NotThere | RecordError::Patient(PatientError::NotThere) => Self::NotFound,
            RecordError::Refused(refused)
            | RecordError::Patient(PatientError::Refused(refused)) => refused.into(),
            RecordError::Database(error) | RecordError::Patient(PatientError::Database(error)) => {
                error.into()
            }
            RecordError::Attachment(error) => error.into(),
            other => Self::NotNow(other.to_string()),
        }
    }
}

/// What is not there is to its seeker as what they may not see, also in the log.
fn hidden(
    visitor: &Visitor,
    deed: Deed,
    (kind, id): (&'static str, i64),
) -> impl Fn(RecordError) -> Problem {
    move |error| match Problem::from(error) {
        Problem::NotFound => {
            let refused = visitor.authorize(deed, &Object::new(kind, id));
            refused.err().unwrap_or(Problem::NotFound)
        }
        other => other,
    }
}

/// Of whom a page is.
#[derive(Debug, Clone)]
pub struct Whom {
    /// Their page, and their name.
    pub link: Link,
    /// カナ.
    pub kana: String,
    /// When they were born, in words.
    pub born: String,
}

impl Whom {
    async fn load(state: &State, patient: PatientId) -> Result<Self, RecordError> {
        let record = record::whom(&state.db, patient).await?;
        let name = record.name();
        Ok(Self {
            link: Link::new(
                format!("/patients/{patient}"),
                name.map_or_else(String::new, |it| it.whole()),
            ),
            kana: name.map_or_else(String::new, |it| it.whole_kana()),
            born: match record.birth.born.day() {
                Some(day) => format!("{}生", keniki_base::date::wareki(day)),
                None => format!("{}ごろ生", record.birth.born),
            },
        })
    }
}

/// The fields of a form, for the inside of a `<form>` under an `<h1>`: `{{ fields }}`.
#[derive(Debug, Template)]
#[template(path = "form/fields.html")]
pub struct Fields {
    /// What is wrong: where, and the sentence.
    pub faults: Vec<(String, String)>,
    /// In the order of the paper.
    pub sections: Vec<Heading>,
    /// When it was last saved, in words.
    pub saved: Option<String>,
}

/// A section of the form.
#[derive(Debug)]
pub struct Heading {
    /// To link to.
    pub id: String,
    /// As the paper has it.
    pub title: String,
    /// What to know before filling it in.
    pub help: Option<String>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// How many of them are wrong.
    pub n_wrong: usize,
}

impl Fields {
    /// The fields with what was typed in them, what was reckoned (of `values`), and what is wrong.
    #[must_use]
    pub fn of(form: &Form, raw: &Raw, values: &Values, faults: &[FieldFault]) -> Self {
        let mut by_field: HashMap<&str, Vec<String>> = HashMap::new();
        for fault in faults {
            let said = by_field.entry(&fault.field).or_default();
            said.push(fault.sentence.clone());
        }
        let section = |section: &keniki_app::definition::form::Section| {
            let asked = section.items.iter();
            let fields = asked.map(|item| Field::of(form, item, (raw, values), &by_field));
            let is_of_it = |code: &str| section.items.iter().any(|item| item.code == code);
            Heading {
                id: format!("s-{}", section.code),
                title: section.title.clone(),
                help: section.help.clone(),
                fields: fields.collect(),
                n_wrong: faults.iter().filter(|it| is_of_it(&it.item)).count(),
            }
        };
        let listed = faults.iter();
        Self {
            faults: listed
                .map(|fault| (field::id(&fault.field), fault.sentence.clone()))
                .collect(),
            sections: form.sections.iter().map(section).collect(),
            saved: None,
        }
    }

    /// Beside each field that says something else now, what the last form said.
    #[must_use]
    pub fn with_changes(mut self, differences: &[Difference]) -> Self {
        let fields = self.sections.iter_mut().flat_map(|it| &mut it.fields);
        for field in fields {
            let changed = differences.iter().find(|it| it.item == field.name);
            field.before = changed.map(|it| match it.before.as_str() {
                "" => "（空）".to_owned(),
                before => before.to_owned(),
            });
        }
        self
    }

    /// Says when it was last saved.
    #[must_use]
    pub fn saved_at(self, when: String) -> Self {
        Self {
            saved: Some(when),
            ..self
        }
    }
}

impl HtmlSafe for Fields {}

#[cfg(test)]
mod tests;
