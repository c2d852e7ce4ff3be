//! `/handovers/link/{token}`: a handover for a recipient outside of the network, once, with the code told by telephone.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use keniki_app::case::handover::link::{self, HandedOver, Opened};
use keniki_app::case::handover::{HandoverError, number};
use keniki_app::database;
use keniki_app::form::record::show::Handed;
use serde::Deserialize;

use super::house;
use crate::error::Problem;
use crate::file as files;
use crate::form::list::who;
use crate::form::show::{Section, sections};
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::service::words::phone_link;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::{Day, Moment};

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "handover/link.html")]
pub struct LinkPage {
    /// Around the page.
    pub frame: Frame,
    /// Of this link.
    pub token: String,
    /// What is there.
    pub what: What,
    /// Why the code was not taken.
    pub problem: Option<String>,
}

/// What a link shows.
#[derive(Debug, Clone)]
pub enum What {
    /// The link opens no more.
    Gone,
    /// It asks for the code.
    Asks,
    /// The handover, this once.
    Opened(Box<Content>),
}

/// What was handed over.
#[derive(Debug, Clone)]
pub struct Content {
    /// As it stands on paper.
    pub number: String,
    /// Who sent it: organization and person.
    pub from: String,
    /// When.
    pub sent: Moment,
    /// What it is about.
    pub subject: String,
    /// Plain text.
    pub words: String,
    /// Of whom.
    pub patient: String,
    /// Where the sender is called.
    pub phone: Option<Link>,
    /// The form that goes with it.
    pub form: Option<FormContent>,
    /// Numbers and names of its files.
    pub files: Vec<(i64, String)>,
    /// As it was typed: with it the files are fetched.
    pub code: String,
}

/// A form that was handed over.
#[derive(Debug, Clone)]
pub struct FormContent {
    /// What it is called.
    pub name: String,
    /// Who wrote it when.
    pub who: String,
    /// That it was annulled, and why.
    pub annulled: Option<String>,
    /// As its page has it; its files are not behind the link.
    pub sections: Vec<Section>,
}

impl FormContent {
    fn of(it: &Handed) -> Self {
        Self {
            name: it.form.name.clone(),
            who: format!("{}　{}", Day::text(&it.row.created_at), who(&it.row)),
            annulled: it.row.annulled_at.as_ref().map(|_| {
                let reason = it.row.annulled_reason.as_deref().unwrap_or_default();
                format!("この様式は、渡されたあとに取り消されています。理由：{reason}")
            }),
            sections: sections(&it.form, &it.values, &[], |_| None),
        }
    }
}

impl Content {
    fn of(shown: HandedOver, code: String) -> Self {
        let HandedOver {
            handover,
            patient,
            files,
            form,
            phone,
        } = shown;
        let sender = handover.sender.unwrap_or_default();
        Self {
            number: number::of(handover.id),
            from: format!("{}　{sender}", handover.from_name),
            patient,
            phone: phone.as_deref().map(phone_link),
            form: form.as_ref().map(FormContent::of),
            sent: Moment(handover.sent_at),
            subject: handover.subject,
            words: handover.words,
            files: files.into_iter().map(|it| (it.id.get(), it.name)).collect(),
            code,
        }
    }
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    code: String,
    name: String,
}

async fn answer(
    state: &State,
    visitor: &Visitor,
    (token, what, problem): (String, What, Option<String>),
) -> Result<Response, Problem> {
    let status = match (&what, &problem) {
        (What::Gone, _) => StatusCode::GONE,
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (What::Asks | What::Opened(_), None) => StatusCode::OK,
    };
    let page = LinkPage {
        frame: Frame::load(state, visitor, None).await?,
        token,
        what,
        problem,
    };
    Ok((status, Page(page)).into_response())
}

/// `GET /handovers/link/{token}`: looking reads nothing, since some mail programs look at links.
pub(crate) async fn ask(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let rule = state.definitions.patients().handover;
    let is_good = link::is_good(&state.db, rule, &token, state.clock.now()).await?;
    let what = if is_good { What::Asks } else { What::Gone };
    answer(&state, &visitor, (token, what, None)).await
}

/// `POST /handovers/link/{token}`.
pub(crate) async fn open(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(token): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let (Form(typed), now) = (typed?, state.clock.now());
    let opened = database::write(&state.db, async |tx| {
        let typed = (&*token, &*typed.code, &*typed.name);
        link::open(tx, house(&state), &visitor.by, typed, now).await
    });
    let (what, problem) = match opened.await {
        Ok(Opened::Gone) => (What::Gone, None),
        Ok(Opened::Wrong(left)) => (
            What::Asks,
            Some(format!(
                "確認番号が違います。あと{left}回まちがえると、このリンクは使えなくなります。送った組織に電話で確かめてください。"
            )),
        ),
        Ok(Opened::Shown(shown)) => {
            let content = Content::of(*shown, typed.code);
            (What::Opened(Box::new(content)), None)
        }
        Err(HandoverError::Case(wrong)) => (What::Asks, Some(wrong.to_string())),
        Err(error) => return Err(error.into()),
    };
    answer(&state, &visitor, (token, what, problem)).await
}

/// `POST /handovers/link/{token}/files/{file}`.
pub(crate) async fn file(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path((token, file)): Path<(String, String)>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    let (Form(typed), now) = (typed?, state.clock.now());
    let file = id_of(&file)?;
    let fetched = database::write(&state.db, async |tx| {
        let wanted = (&*token, &*typed.code, file, &state.key_file);
        link::fetch(tx, house(&state), &visitor.by, wanted, now).await
    });
    match fetched.await? {
        Some(file) => Ok(files::answer(file.content, &file.media_type, &file.name)),
        None => answer(&state, &visitor, (token, What::Gone, None)).await,
    }
}
