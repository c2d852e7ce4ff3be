//! `/cases/{id}/messages`: what the care team of a case wrote to one another (連絡), oldest first, and the form for another.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use keniki_app::account::By;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::account::secret::Token;
use keniki_app::message::{self, House, Message, MessageError, NewMessage};
use keniki_app::{case, database};
use keniki_base::clock::near_text;
use keniki_base::id::{AttachmentId, CaseId, MessageId};
use serde::Deserialize;

use crate::case::show::load;
use crate::error::Problem;
use crate::file::{self, Posted};
use crate::page::{Frame, Link, Page};
use crate::patient::words::name;
use crate::proposal::id_of;
use crate::sent::Sent;
use crate::service::words::telephone;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/cases/{id}/messages", get(show).post(write))
        .route("/cases/{id}/messages/files/{file}", get(open))
}

/// The messages of a case.
#[derive(Debug, Clone, Template)]
#[template(path = "message.html")]
pub struct ThreadPage {
    /// Around the page.
    pub frame: Frame,
    /// The case, by whom it is about.
    pub case: Link,
    /// What messages are not for.
    pub notice: String,
    /// The oldest first.
    pub lines: Vec<Line>,
    /// Whether the reader may write.
    pub may_write: bool,
    /// What messages are about: code, name, whether it is chosen.
    pub topics: Vec<(String, String, bool)>,
    /// Characters of a message.
    pub longest: usize,
    /// What stands in the form.
    pub typed: Typed,
    /// What may be attached.
    pub may_be_attached: String,
    /// Why it was not written.
    pub problem: Option<String>,
}

/// A message as it is shown.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number.
    pub id: MessageId,
    /// What it is about.
    pub topic: String,
    /// Plain.
    pub text: String,
    /// Name, role and organization.
    pub who: String,
    /// Where to call back.
    pub phone: Option<Link>,
    /// When.
    pub at: String,
    /// The reader had not read it.
    pub is_new: bool,
    /// The one that it corrects.
    pub former: Option<MessageId>,
    /// The one that corrects it.
    pub corrected_by: Option<MessageId>,
    /// Where the reader corrects it.
    pub correct: Option<String>,
    /// Where its files are, and what they are called.
    pub files: Vec<Link>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Plain.
    pub text: String,
    /// Where to call back.
    pub phone: String,
    /// The message that it corrects.
    pub former: Option<MessageId>,
    /// The form's own number.
    pub key: String,
    /// Code of the topic.
    topic: String,
}

impl Typed {
    fn of(sent: &Sent) -> Self {
        Self {
            topic: sent.word("topic").to_owned(),
            text: sent.text("text").to_owned(),
            phone: sent.word("phone").to_owned(),
            former: sent.word("former").parse().ok().map(MessageId::new),
            key: sent.key().unwrap_or_default(),
        }
    }

    /// What the form begins with: the message that is corrected, or the telephone number that the reader gave last.
    fn begun(all: &[Message], by: &By, asked: Option<MessageId>) -> Self {
        let own = |it: &&Message| by.account.is_some() && it.writer.account == by.account;
        let corrected = all.iter().find(|it| Some(it.id) == asked);
        let corrected = corrected.filter(|it| is_to_correct(it, by));
        let phone = corrected.or_else(|| all.iter().rev().find(own));
        let phone = phone.and_then(|it| it.writer.phone.clone());
        Self {
            topic: corrected.map_or_else(String::new, |it| it.topic.clone()),
            text: corrected.map_or_else(String::new, |it| it.text.clone()),
            phone: phone.unwrap_or_default(),
            former: corrected.map(|it| it.id),
            key: String::new(),
        }
    }
}

fn is_to_correct(it: &Message, by: &By) -> bool {
    it.corrected_by.is_none()
        && it.writer.organization.is_some()
        && it.writer.organization == by.organization
}

/// Which message is corrected.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    correct: String,
}

/// `GET /cases/{id}/messages`: whoever opens it has read them.
async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<ThreadPage>, Problem> {
    let (case, Query(asked)) = (id_of(&id)?, asked?);
    let correct = asked.correct.parse().ok().map(MessageId::new);
    let all = seen(&state, &visitor, case).await?;
    let typed = Typed::begun(&all, &visitor.by, correct);
    Ok(Page(
        ThreadPage::of(&state, &visitor, (case, &all), typed).await?,
    ))
}

/// All messages as the reader finds them; from now on they have read them.
async fn seen(state: &State, visitor: &Visitor, case: CaseId) -> Result<Vec<Message>, Problem> {
    let (by, now) = (&visitor.by, state.clock.now());
    let read = database::write(&state.db, async |tx| {
        let all = message::list(tx, by, case, now).await?;
        message::mark_read(tx, by, case, now).await?;
        Ok::<_, MessageError>(all)
    });
    Ok(read.await?)
}

impl ThreadPage {
    async fn of(
        state: &State,
        visitor: &Visitor,
        (case, all): (CaseId, &[Message]),
        mut typed: Typed,
    ) -> Result<Self, Problem> {
        let now = state.clock.now();
        let shown = load(state, visitor, case).await?;
        let object = case::object(&state.db, case, now).await?;
        let may_write = visitor.by.may(Deed::WriteMessage, &object).is_some();
        if typed.key.is_empty() {
            typed.key = Token::new(&*state.chance).as_str().to_owned();
        }
        let topics = state.definitions.topics();
        let choices = topics.topics.iter();
        let line = |it: &Message| Line::of(state, it, (case, &visitor.by, may_write), now);
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/cases"),
            case: Link::new(format!("/cases/{case}"), name(&shown.patient.record).0),
            notice: topics.notice.clone(),
            lines: all.iter().map(line).collect(),
            may_write,
            topics: choices
                .map(|it| (it.code.clone(), it.name.clone(), it.code == typed.topic))
                .collect(),
            longest: topics.longest,
            may_be_attached: file::may_be_attached(state),
            typed,
            problem: None,
        })
    }
}

impl Line {
    fn of(
        state: &State,
        it: &Message,
        (case, by, may_write): (CaseId, &By, bool),
        now: DateTime<Utc>,
    ) -> Self {
        let topic = state.definitions.topics().topic(&it.topic);
        let writer = &it.writer;
        let who = [
            writer.name.clone(),
            writer.role.as_deref().map(|role| state.role_name(role)),
            writer.organization_name.clone(),
        ];
        let at = it.created_at.parse();
        let href = |file: AttachmentId| format!("/cases/{case}/messages/files/{file}");
        Self {
            id: it.id,
            topic: topic.map_or(it.topic.as_str(), |it| &it.name).to_owned(),
            text: it.text.clone(),
            who: who.into_iter().flatten().collect::<Vec<_>>().join("・"),
            phone: telephone(writer.phone.as_deref()),
            at: at.map_or_else(|_| it.created_at.clone(), |at| near_text(now, at)),
            is_new: !it.is_read && it.corrected_by.is_none(),
            former: it.former,
            corrected_by: it.corrected_by,
            correct: (may_write && is_to_correct(it, by))
                .then(|| format!("/cases/{case}/messages?correct={}#write", it.id)),
            files: it
                .files
                .iter()
                .map(|file| Link::new(href(file.id), file.name.clone()))
                .collect(),
        }
    }
}

/// `POST /cases/{id}/messages`: what was typed is kept where it is not taken.
async fn write(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (case, now): (CaseId, _) = (id_of(&id)?, state.clock.now());
    visitor.authorize(
        Deed::WriteMessage,
        &case::object(&state.db, case, now).await?,
    )?;
    let posted = Posted::of(request).await?;
    let typed = Typed::of(&posted.sent);
    let (status, problem) = match posted.refused.clone() {
        Some(refused) => refused,
        None => {
            let new = new_message(&typed, posted);
            let house = House {
                topics: state.definitions.topics(),
                sealing: state.sealing(),
            };
            let written = database::write(&state.db, async |tx| {
                message::write(tx, &visitor.by, (case, new.clone(), house), now).await
            });
            match written.await {
                Ok(message) => {
                    let to = format!("/cases/{case}/messages#message-{message}");
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, told(error)?),
            }
        }
    };
    let all = seen(&state, &visitor, case).await?;
    let mut page = ThreadPage::of(&state, &visitor, (case, &all), typed).await?;
    page.problem = Some(problem);
    Ok((status, Page(page)).into_response())
}

fn new_message(typed: &Typed, posted: Posted) -> NewMessage {
    NewMessage {
        topic: typed.topic.clone(),
        text: typed.text.clone(),
        phone: typed.phone.clone(),
        former: typed.former,
        files: posted.into_files("file"),
        form_key: Some(typed.key.clone()).filter(|key| !key.is_empty()),
    }
}

/// What is told beside the form; what is not the writer's to mend is a problem of the page.
fn told(error: MessageError) -> Result<String, Problem> {
    match error {
        MessageError::Refused(_) | MessageError::Database(_) => Err(error.into()),
        MessageError::Attachment(error) => file::not_taken(error),
        other => Ok(other.to_string()),
    }
}

/// `GET /cases/{id}/messages/files/{file}`.
async fn open(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (case, file): (CaseId, AttachmentId) = (id_of(&id)?, id_of(&file)?);
    let (by, now) = (&visitor.by, state.clock.now());
    let opened = message::file(&state.db, by, (case, file, &state.key_file), now).await?;
    let object = Object::new("care_case", case);
    state.note_read(by, Deed::ReadMessage, &object).await?;
    Ok(file::hand_out(opened))
}

/// How much of each case the reader has not read; nothing for whoever reads no messages.
pub(crate) async fn unread(
    state: &State,
    visitor: &Visitor,
) -> Result<BTreeMap<CaseId, u64>, Problem> {
    if !visitor.by.ever_may(Deed::ReadMessage) {
        return Ok(BTreeMap::new());
    }
    Ok(message::unread(&state.db, &visitor.by, state.clock.now()).await?)
}

#[cfg(test)]
mod tests;
