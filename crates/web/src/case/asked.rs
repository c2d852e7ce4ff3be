//! What is asked of the list of cases: which list, in the address; by what it is narrowed, in the session, for it may be a name.

use axum::extract::Form;
use axum::extract::State as FromState;
use axum::extract::rejection::FormRejection;
use axum::response::Redirect;
use std::collections::BTreeSet;
use std::sync::Arc;

use keniki_app::account::policy::Deed;
use keniki_app::account::session::{self, Session};
use keniki_app::case::list::{self, Filter};
use keniki_app::database;
use keniki_base::clock::jst_day;
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::page::chips::Chips;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// Under which name the session keeps it.
const LIST: &str = "cases";

/// Which cases; codes alone, for a person stands in no address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Of [`VIEWS`]; else all that are open.
    pub view: String,
    /// `board`.
    pub form: String,
    pub page: u64,
    /// `1`: all of the list, whatever it was narrowed by.
    pub whole: String,
}

impl Asked {
    pub(super) fn of_view(code: &str) -> Self {
        Self {
            view: code.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn filter(&self) -> Filter {
        Filter {
            is_closed: self.view == "closed",
            is_in_hospital: self.view == "hospital",
            is_leaving: self.view == "leaving",
            is_overdue: self.view == "overdue",
            owes: self.view == "mine",
            is_unread: self.view == "unread",
            is_own_client: self.view == "clients",
            ..Filter::default()
        }
    }
}

/// The lists: codes and names.
pub(super) const VIEWS: [(&str, &str); 8] = [
    ("", "開いているもの"),
    ("mine", "対応を待たれているもの"),
    ("hospital", "入院中"),
    ("leaving", "3日のうちに退院予定"),
    ("clients", "自分の利用者"),
    ("overdue", "期限を過ぎたもの"),
    ("unread", "未読の連絡があるもの"),
    ("closed", "終わったもの"),
];

/// Where a list stands; what is no list of ours leads to the first.
pub(super) fn href(view: &str, form: &str) -> String {
    let view = known(view);
    match (view, form == "board") {
        ("", false) => "/cases".to_owned(),
        ("", true) => "/cases?form=board".to_owned(),
        (view, false) => format!("/cases?view={view}"),
        (view, true) => format!("/cases?view={view}&form=board"),
    }
}

/// The list as a file.
pub(super) fn file(ending: &str, view: &str) -> String {
    match known(view) {
        "" => format!("/cases.{ending}"),
        view => format!("/cases.{ending}?view={view}"),
    }
}

fn known(view: &str) -> &'static str {
    let mut codes = VIEWS.iter().map(|(code, _)| *code);
    codes.find(|code| *code == view).unwrap_or_default()
}

/// By what the list is narrowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Narrowed {
    /// Name, kana, number, telephone or birth.
    pub text: String,
    /// Code of a program, or of a program and a stage of it.
    pub stage: String,
}

impl Narrowed {
    pub(super) async fn of(state: &State, session: &Session) -> Result<Self, Problem> {
        let kept = session::filter(&state.db, session.id, LIST).await?;
        Ok(kept.unwrap_or_default())
    }

    /// A list narrowed by it.
    pub(super) fn within(&self, filter: Filter) -> Filter {
        let mut codes = self.stage.split(' ').filter(|code| !code.is_empty());
        Filter {
            program: codes.next().map(str::to_owned),
            stage: codes.next().map(str::to_owned),
            text: self.text.clone(),
            ..filter
        }
    }

    pub(super) fn chips(&self, state: &State, asked: &Asked) -> Chips {
        let text = Some(("text", format!("「{}」", self.text))).filter(|_| !self.text.is_empty());
        let stage = words(state, &self.stage).map(|words| ("stage", words));
        Chips {
            action: "/cases",
            kept: vec![("view", asked.view.clone()), ("form", asked.form.clone())],
            each: text.into_iter().chain(stage).collect(),
        }
    }

    fn without(self, field: &str) -> Self {
        match field {
            "text" => Self {
                text: String::new(),
                ..self
            },
            "stage" => Self {
                stage: String::new(),
                ..self
            },
            _ => Self::default(),
        }
    }
}

/// A program with its stages: its code and name, then those of each.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// 入退院支援.
    pub name: String,
    /// Code, name, whether it is chosen: the program as a whole first.
    pub options: Vec<(String, String, bool)>,
}

/// The newest version of each program, with its stages.
fn choices(state: &State, chosen: &str) -> Vec<Choice> {
    let files = state.definitions.programs();
    let is_newest = |at: &usize| {
        let code = &files[*at].program.code;
        files[at + 1..]
            .iter()
            .all(|later| later.program.code != *code)
    };
    let choice = |at: usize| {
        let program = &files[at].program;
        let whole = (program.code.clone(), format!("{}（すべて）", program.name));
        let stages = program.stages.iter();
        let stages = stages.map(|it| (format!("{} {}", program.code, it.code), it.name.clone()));
        let options = std::iter::once(whole).chain(stages);
        Choice {
            name: program.name.clone(),
            options: options
                .map(|(code, name)| (code == chosen, code, name))
                .map(|(is_chosen, code, name)| (code, name, is_chosen))
                .collect(),
        }
    };
    (0..files.len()).filter(is_newest).map(choice).collect()
}

/// Those of the programs under which cases begin today, and of those that have cases which the reader may see.
pub(super) async fn offered(
    state: &State,
    visitor: &Visitor,
    chosen: &str,
) -> Result<Vec<Choice>, Problem> {
    let now = state.clock.now();
    let mut used = BTreeSet::new();
    for is_closed in [false, true] {
        let filter = Filter {
            is_closed,
            ..Filter::default()
        };
        let stages = list::stages(&state.db, &visitor.by, &filter, now).await?;
        used.extend(stages.into_iter().map(|((program, _), _)| program));
    }
    let is_offered = |it: &Choice| {
        let code = it.options.first().map_or("", |(code, ..)| code);
        let holds = state.definitions.program_on(code, jst_day(now)).is_some();
        let is_chosen = it.options.iter().any(|(.., is_chosen)| *is_chosen);
        holds || is_chosen || used.contains(code)
    };
    let choices = choices(state, chosen).into_iter();
    Ok(choices.filter(is_offered).collect())
}

/// What a chosen stage is called; none: there is no such one.
fn words(state: &State, chosen: &str) -> Option<String> {
    let choices = choices(state, chosen);
    let (program, name) = choices.iter().find_map(|choice| {
        let (_, name, _) = choice.options.iter().find(|(.., is_chosen)| *is_chosen)?;
        Some((&choice.name, name))
    })?;
    match chosen.contains(' ') {
        true => Some(format!("{program}：{name}")),
        false => Some(program.clone()),
    }
}

/// Keeps what the list is narrowed by.
pub(super) async fn keep(
    state: &State,
    session: &Session,
    narrowed: &Narrowed,
) -> Result<(), Problem> {
    let kept = database::write(&state.db, async |tx| {
        session::put_filter(tx, session.id, (LIST, narrowed)).await
    });
    Ok(kept.await?)
}

/// What is typed, or which field of what is kept goes; and which list is shown then.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    #[serde(flatten)]
    narrowed: Narrowed,
    drop: String,
    view: String,
    form: String,
}

/// `POST /cases`: keeps what the list is narrowed by in the session.
pub(crate) async fn narrow(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::ReadCase)?;
    let Form(mut sent) = sent?;
    if !sent.drop.is_empty() {
        let kept = Narrowed::of(&state, &session).await?;
        sent.narrowed = kept.without(&sent.drop);
    }
    let narrowed = Narrowed {
        text: sent.narrowed.text.trim().chars().take(100).collect(),
        stage: match words(&state, &sent.narrowed.stage) {
            Some(_) => sent.narrowed.stage,
            None => String::new(),
        },
    };
    keep(&state, &session, &narrowed).await?;
    Ok(Redirect::to(&href(&sent.view, &sent.form)))
}
