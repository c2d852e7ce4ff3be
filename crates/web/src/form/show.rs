//! `/forms/{id}`: a form as it was written, in the order of the paper; its print, its workbook, and that it does not hold.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as FormOf, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::definition::form::{Form, Item, Kind, Section as FormSection};
use keniki_app::form::difference::Difference;
use keniki_app::form::record::file::file as open_file;
use keniki_app::form::record::show::{Shown, show as show_record};
use keniki_app::form::record::{RecordError, Row};
use keniki_app::form::words::{of_kind, words};
use keniki_app::form::{Raw, Value, Values, shown};
use keniki_app::patient::PatientError;
use keniki_app::{case, database};
use keniki_base::clock::{full_text, near_text};
use keniki_base::id::{AttachmentId, FormRecordId};
use serde::Deserialize;

use super::list::{Line, who};
use super::print::{Around, sheet};
use super::{Whom, book, hidden};
use crate::error::Problem;
use crate::file as files;
use crate::page::{Frame, Page};
use crate::print;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Day;

/// A form as it was written.
#[derive(Debug, Clone, Template)]
#[template(path = "form/show.html")]
pub struct ShowPage {
    /// Around the page.
    pub frame: Frame,
    /// Of whom.
    pub whom: Whom,
    /// Number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// The version it was written under.
    pub version: String,
    /// Whether forms begin in another version by now.
    pub is_old: bool,
    /// Who wrote it.
    pub who: String,
    /// When.
    pub at: String,
    /// Title and answers of each section, and what was asked in it and not answered.
    pub sections: Vec<Section>,
    /// The one it began from, and how much it says otherwise.
    pub former: Option<(Line, usize)>,
    /// Those that began from it.
    pub following: Vec<Line>,
    /// Who annulled it when, and why.
    pub annulled: Option<(String, String)>,
    /// Where another begins from it; none where the reader may not write, or the form is no longer begun.
    pub again: Option<String>,
    /// What it did in the case in which it was written, and what is still to be done with it.
    pub used: Option<Used>,
    /// Whether the reader may annul it.
    pub may_annul: bool,
    /// Why it was not annulled.
    pub problem: Option<String>,
}

/// What a form did in its case.
#[derive(Debug, Clone)]
pub struct Used {
    /// The case.
    pub case: i64,
    /// Whether the reader may add an organization to the care team.
    pub may_join: bool,
    /// What it told: 退院困難な要因の確認.
    pub told: Vec<String>,
    /// What is still owed with it.
    pub open: Vec<ToDo>,
}

/// Something that is still owed with a form.
#[derive(Debug, Clone)]
pub struct ToDo {
    /// 入院時情報の提供.
    pub name: String,
    /// Until when; none: whenever.
    pub due: Option<String>,
    /// Where it is handed over; none: it is not.
    pub hand_over: Option<String>,
    /// The role to which it is handed over, where nobody in the care team has it.
    pub nobody: Option<String>,
    /// Where it is said that it was done by another way.
    pub done: String,
}

impl Used {
    async fn load(state: &State, visitor: &Visitor, row: &Row) -> Result<Option<Self>, Problem> {
        let Some(case) = row.case_id.filter(|_| row.annulled_at.is_none()) else {
            return Ok(None);
        };
        let (house, now) = (state.case_house(), state.clock.now());
        let what = (case.into(), &*row.form, row.id.into());
        let used = case::form::of_form(&state.db, house, &visitor.by, what, now).await;
        let used = used.map_err(crate::case::hidden)?;
        let open = used.open.into_iter().map(|it| ToDo {
            hand_over: (it.is_handover && it.nobody.is_none()).then(|| {
                let (step, id) = (&it.step, row.id);
                format!("/cases/{case}/handovers/new?step={step}&form_record={id}")
            }),
            done: format!("/cases/{case}/done?step={}&cause={}", it.step, it.cause),
            nobody: it.nobody,
            due: it.due_at.map(|at| near_text(now, at)),
            name: it.name,
        });
        Ok(Some(Self {
            case,
            may_join: visitor.by.ever_may(Deed::WritePatient),
            told: used.told,
            open: open.collect(),
        }))
    }
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked.
    pub label: String,
    /// What was said; empty where nothing was.
    pub words: String,
    /// Heads and rows of a table.
    pub table: Option<(Vec<String>, Vec<Vec<String>>)>,
    /// Where its file is.
    pub file: Option<String>,
    /// What the former one said, where it said something else.
    pub before: Option<String>,
}

impl Answer {
    fn of(item: &Item, value: Option<&Value>, before: Option<&str>) -> Self {
        let table = match (&item.kind, value) {
            (Kind::Table { columns, .. }, Some(Value::Rows(rows))) => {
                let heads = columns.iter().map(|column| column.label.clone()).collect();
                let row = |row: &std::collections::BTreeMap<String, Value>| {
                    let cell = |column: &keniki_app::definition::form::Column| {
                        let value = row.get(&column.code);
                        value.map_or_else(String::new, |value| of_kind(&column.kind, value))
                    };
                    columns.iter().map(cell).collect()
                };
                Some((heads, rows.iter().map(row).collect()))
            }
            _ => None,
        };
        Self {
            label: item.label.clone(),
            words: words(item, value),
            table,
            file: None,
            before: before.map(|before| match before {
                "" => "（空）".to_owned(),
                before => before.to_owned(),
            }),
        }
    }
}

/// Title and answers of a section, and what was asked in it and not answered.
pub(crate) type Section = (String, Vec<Answer>, String);

/// The sections of a form as its page has them, with what the former one said otherwise and where files are.
pub(crate) fn sections(
    form: &Form,
    values: &Values,
    said: &[Difference],
    file_of: impl Fn(&str) -> Option<String>,
) -> Vec<Section> {
    let section = |section: &FormSection| {
        let (mut answers, mut blank) = (Vec::new(), Vec::new());
        for item in &section.items {
            let before = said.iter().find(|said| said.item == item.code);
            match (values.get(&item.code), before.map(|said| &*said.before)) {
                (None, None) if shown(item, values) => blank.push(item.short()),
                (None, None) => {}
                (value, before) => answers.push(Answer {
                    file: file_of(&item.code),
                    ..Answer::of(item, value, before)
                }),
            }
        }
        (section.title.clone(), answers, blank.join("、"))
    };
    form.sections.iter().map(section).collect()
}

fn when(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), full_text)
}

fn annulled(row: &Row) -> Option<(String, String)> {
    let at = when(row.annulled_at.as_ref()?);
    let by = row.annuller_name.as_deref().unwrap_or_default();
    let reason = row.annulled_reason.clone().unwrap_or_default();
    Some((format!("{at} {by}"), reason))
}

impl ShowPage {
    fn of(state: &State, frame: Frame, whom: Whom, it: &Shown) -> Self {
        let (row, form) = (&it.row, &it.form);
        let said = it.former.as_ref().map_or(&[][..], |(_, said)| said);
        let file_of = |item: &str| {
            let file = it.files.iter().find(|file| file.item == item)?;
            Some(format!("/forms/{}/files/{}", row.id, file.id))
        };
        let today = state.definitions.form(&form.code, frame.today.0);
        let of_case = row
            .case_id
            .map_or_else(String::new, |case| format!("&case={case}"));
        let again = format!(
            "/patients/{}/forms/{}/new?former={}{of_case}",
            row.patient_id, form.code, row.id
        );
        Self {
            id: row.id,
            name: form.name.clone(),
            version: form.version.clone(),
            is_old: today.is_some_and(|today| today.version != form.version),
            who: who(row),
            at: when(&row.created_at),
            sections: sections(form, &it.values, said, file_of),
            former: it
                .former
                .as_ref()
                .map(|(row, said)| (Line::of(state, row), said.len())),
            following: it
                .following
                .iter()
                .map(|row| Line::of(state, row))
                .collect(),
            annulled: annulled(row),
            again: (it.may_write && today.is_some()).then_some(again),
            used: None,
            may_annul: it.may_annul,
            problem: None,
            frame,
            whom,
        }
    }

    async fn load(state: &State, visitor: &Visitor, id: FormRecordId) -> Result<Self, Problem> {
        let shown = load(state, visitor, (id, None)).await?;
        let whom = Whom::load(state, shown.row.patient_id.into()).await?;
        let frame = Frame::load(state, visitor, None).await?.at("/patients");
        Ok(Self {
            used: Used::load(state, visitor, &shown.row).await?,
            ..Self::of(state, frame, whom, &shown)
        })
    }
}

/// The record, and that it was seen.
async fn load(
    state: &State,
    visitor: &Visitor,
    what: (FormRecordId, Option<&str>),
) -> Result<Shown, Problem> {
    visitor.ever_may(Deed::ReadForm)?;
    let now = state.clock.now();
    let shown = database::write(&state.db, async |tx| {
        show_record(tx, &state.definitions, &visitor.by, what, now).await
    });
    let of = ("form_record", what.0.get());
    shown.await.map_err(hidden(visitor, Deed::ReadForm, of))
}

/// `GET /forms/{id}`.
pub(super) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ShowPage>, Problem> {
    visitor.ever_may(Deed::ReadForm)?;
    Ok(Page(ShowPage::load(&state, &visitor, id_of(&id)?).await?))
}

/// `GET /forms/{id}/print.pdf`.
pub(super) async fn print(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReadForm)?;
    let (id, now): (FormRecordId, _) = (id_of(&id)?, state.clock.now());
    let shown = load(&state, &visitor, (id, Some("print"))).await?;
    let whom = Whom::load(&state, shown.row.patient_id.into()).await?;
    let printer = session
        .desk
        .as_ref()
        .map_or("", |desk| &desk.organization_name);
    let around = Around {
        day: keniki_base::clock::jst_day(now),
        head: format!(
            "{} 様（{}）　{}　{}記入",
            whom.link.text,
            whom.born,
            who(&shown.row),
            Day::text(&shown.row.created_at)
        ),
        foot: format!("{printer}　{}印刷　記録 {id}", full_text(now)),
        remark: annulled(&shown.row)
            .map(|(at, reason)| format!("取り消された記録です（{at}）。理由：{reason}")),
    };
    let sheet = sheet(&shown.form, &shown.values, around);
    print::answer(&state, &format!("form-{id}.pdf"), sheet).await
}

/// `GET /forms/{id}/form.xlsx`.
pub(super) async fn book(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReadForm)?;
    let shown = load(&state, &visitor, (id_of(&id)?, Some("xlsx"))).await?;
    book::answer(&shown.form, &Raw::of(&shown.form, &shown.values), &[])
}

/// `GET /forms/{id}/files/{file}`.
pub(super) async fn file(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::ReadForm)?;
    let (id, file): (FormRecordId, AttachmentId) = (id_of(&id)?, id_of(&file)?);
    let now = state.clock.now();
    let opened = database::write(&state.db, async |tx| {
        let what = (id, file, &state.key_file);
        open_file(tx, &visitor.by, what, now).await
    });
    let of = ("form_record", id.get());
    let opened = opened.await.map_err(hidden(&visitor, Deed::ReadForm, of))?;
    Ok(files::hand_out(opened))
}

/// Why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reason {
    reason: String,
}

/// `POST /forms/{id}/annul`.
pub(super) async fn annul(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<FormOf<Reason>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::WriteForm)?;
    let (id, now): (FormRecordId, _) = (id_of(&id)?, state.clock.now());
    let reason = typed?.0.reason;
    let done = database::write(&state.db, async |tx| {
        case::form::annul(tx, state.case_house(), &visitor.by, (id, &reason), now).await
    });
    let (status, problem) = match done.await {
        Ok(()) => return Ok(Redirect::to(&format!("/forms/{id}")).into_response()),
        Err(
            wrong @ RecordError::Patient(PatientError::Missing(_) | PatientError::WrongText(..)),
        ) => (StatusCode::UNPROCESSABLE_ENTITY, wrong),
        Err(wrong @ (RecordError::Annulled | RecordError::NotOwn)) => (StatusCode::CONFLICT, wrong),
        Err(other) => {
            let of = ("form_record", id.get());
            return Err(hidden(&visitor, Deed::WriteForm, of)(other));
        }
    };
    let mut page = ShowPage::load(&state, &visitor, id).await?;
    page.problem = Some(problem.to_string());
    Ok((status, Page(page)).into_response())
}
