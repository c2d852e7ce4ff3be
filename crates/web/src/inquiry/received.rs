//! `/inquiries/received/{target}`: what one of those asked sees, and how it answers; the coordination office asks others in turn.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::case::inquiry::{self, Answer, Asked, Notice, TargetState};
use keniki_app::database;
use keniki_base::date::wareki;
use keniki_base::id::{InquiryTargetId, ServiceId};

use super::new::{Choosable, choosable};
use super::sent::{Wrong, reasons, reply, told_at_field};
use super::{CALL_BACK, at, told};
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::proposal::id_of;
use crate::sent::Sent;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// An inquiry as one of those asked sees it.
#[derive(Debug, Clone, Template)]
#[template(path = "inquiry/received.html")]
pub struct ReceivedPage {
    /// Around the page.
    pub frame: Frame,
    /// Number.
    pub id: i64,
    /// What is asked.
    pub title: String,
    /// For which service.
    pub service: String,
    /// All that is told.
    pub told: Vec<(&'static str, String)>,
    /// When it was sent.
    pub at: String,
    /// Where it stands.
    pub state: TargetState,
    /// Where the chosen one goes on.
    pub case: Option<i64>,
    /// Code of the answer in the form.
    pub answer: String,
    /// What was answered, and who did.
    pub answered: Option<(Answer, String)>,
    /// Code of the reason that was told.
    pub reason: String,
    /// What else was answered.
    pub words: String,
    /// From when there is a place.
    pub free_from: String,
    /// Whom to call back.
    pub phone: String,
    /// The version of the answer.
    pub version: i64,
    /// What of the form was not taken.
    pub wrong: Option<Wrong>,
    /// Whether the reader may answer.
    pub may_answer: bool,
    /// Codes and words of the reasons.
    pub reasons: Vec<(String, String)>,
    /// For the coordination office: words that are looked for, and whom it may ask.
    pub others: Option<(String, Vec<Choosable>)>,
}

/// What the coordination office looks for among services: a part of a name or an address.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Words {
    q: String,
}

/// An inquiry that ended, or was given to another, before the answer came.
#[derive(Debug, Clone, Template)]
#[template(path = "inquiry/over.html")]
pub struct OverPage {
    /// Around the page.
    pub frame: Frame,
    /// What was asked.
    pub title: String,
    /// Who asked.
    pub office: String,
    /// Why it is over.
    pub why: String,
    /// What was typed: the fields and what stood in them.
    pub typed: Vec<(&'static str, String)>,
}

impl ReceivedPage {
    fn wrong(&self, field: &str) -> Option<&str> {
        let (at, message) = self.wrong.as_ref()?;
        (*at == field).then_some(message.as_str())
    }

    async fn load(
        state: &State,
        visitor: &Visitor,
        (it, words): (Notice, String),
    ) -> Result<Self, Problem> {
        let (by, now) = (&visitor.by, state.clock.now());
        let is_open = it.state.after(inquiry::TargetStep::Answer).is_ok();
        let may_answer = is_open && by.ever_may(Deed::AnswerInquiry);
        let others = match it.service {
            None if may_answer => {
                let asked = Asked {
                    needs: it.profile.needs.clone(),
                    words: words.clone(),
                    ..Asked::default()
                };
                let tools = (state.case_house(), &state.thesaurus);
                let of = (it.id, &asked);
                let found = inquiry::candidates_to_forward(&state.db, tools, by, of, now).await?;
                Some((words, choosable(state, found.found, &[]).await?))
            }
            _ => None,
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/inquiries"),
            id: it.id.get(),
            title: it.profile.title.clone(),
            told: told(state, &it.profile).await?,
            service: it.service.unwrap_or_else(|| "相談窓口として".to_owned()),
            at: at(now, it.sent_at),
            state: it.state,
            case: it.case.map(i64::from),
            answer: it
                .answer
                .map_or_else(String::new, |it| it.code().to_owned()),
            wrong: None,
            answered: it.answer.map(|answer| {
                let who = it.answered.map_or_else(String::new, |(who, when)| {
                    format!("{who}・{}", at(now, Some(when)))
                });
                (answer, who)
            }),
            reason: it.reason.unwrap_or_default(),
            words: it.words.unwrap_or_default(),
            free_from: it.free_from.map_or_else(String::new, wareki),
            phone: it.phone.unwrap_or_default(),
            version: it.version,
            may_answer,
            reasons: reasons(state),
            others,
        })
    }
}

/// `GET /inquiries/received/{target}`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(target): Path<String>,
    words: Result<Query<Words>, QueryRejection>,
) -> Result<Page<ReceivedPage>, Problem> {
    visitor.ever_may(Deed::ReadInquiry)?;
    let (target, now): (InquiryTargetId, _) = (id_of(&target)?, state.clock.now());
    let notice = database::write(&state.db, async |tx| {
        inquiry::read(tx, &visitor.by, target, now).await
    })
    .await?;
    let words = words?.0.q.trim().to_owned();
    Ok(Page(
        ReceivedPage::load(&state, &visitor, (notice, words)).await?,
    ))
}

/// `POST /inquiries/received/{target}`.
pub(crate) async fn answer(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(target): Path<String>,
    typed: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::AnswerInquiry)?;
    let (target, now): (InquiryTargetId, _) = (id_of(&target)?, state.clock.now());
    let typed = Sent(typed?.0);
    let reply = match reply(&typed) {
        Ok(reply) => reply,
        Err(wrong) => return again(&state, &visitor, (target, &typed), wrong).await,
    };
    let written = database::write(&state.db, async |tx| {
        inquiry::answer(tx, state.case_house(), &visitor.by, (target, &reply), now).await
    });
    let Err(error) = written.await else {
        return Ok(Redirect::to(&format!("/inquiries/received/{target}")).into_response());
    };
    match over(&state, &visitor, (target, &typed)).await? {
        Some(page) => Ok((StatusCode::CONFLICT, Page(page)).into_response()),
        None => again(&state, &visitor, (target, &typed), told_at_field(error)?).await,
    }
}

/// The page again with what was typed, and what is wrong at its field.
async fn again(
    state: &State,
    visitor: &Visitor,
    (target, typed): (InquiryTargetId, &Sent),
    wrong: Wrong,
) -> Result<Response, Problem> {
    let notice = inquiry::notice(&state.db, &visitor.by, target).await?;
    let page = ReceivedPage::load(state, visitor, (notice, String::new())).await?;
    let text = |field: &str| typed.text(field).to_owned();
    let page = ReceivedPage {
        answer: text("answer"),
        reason: text("reason"),
        words: text("words"),
        free_from: text("free_from"),
        phone: text("phone"),
        wrong: Some(wrong),
        ..page
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// What is told to one of those asked whose inquiry is over: why, and what they typed. None: it is not over, or not theirs.
async fn over(
    state: &State,
    visitor: &Visitor,
    (target, typed): (InquiryTargetId, &Sent),
) -> Result<Option<OverPage>, Problem> {
    let all = (inquiry::Incoming::All, u64::MAX >> 1);
    let (_, all) = inquiry::received(&state.db, &visitor.by, all).await?;
    let is_it = |it: &inquiry::Received| {
        it.id == target && it.state.after(inquiry::TargetStep::Answer).is_err()
    };
    let Some(it) = all.into_iter().find(is_it) else {
        return Ok(None);
    };
    let answer = Answer::of(typed.text("answer")).map_or("", Answer::words);
    let text = |field: &str| typed.text(field).to_owned();
    let typed = [
        ("返事", answer.to_owned()),
        ("受け入れられる日", text("free_from")),
        ("補足・知りたいこと", text("words")),
        ("折り返しの電話", text("phone")),
    ];
    Ok(Some(OverPage {
        frame: Frame::load(state, visitor, None).await?.at("/inquiries"),
        title: it.title,
        office: it.office,
        why: it
            .why
            .map_or(it.state.words(), inquiry::Why::words)
            .to_owned(),
        typed: typed
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .collect(),
    }))
}

/// `POST /inquiries/received/{target}/forward`.
pub(crate) async fn forward(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(target): Path<String>,
    typed: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::AnswerInquiry)?;
    let (target, now): (InquiryTargetId, _) = (id_of(&target)?, state.clock.now());
    let services: Vec<ServiceId> = Sent(typed?.0).numbers("service");
    database::write(&state.db, async |tx| {
        inquiry::forward(
            tx,
            state.case_house(),
            &visitor.by,
            (target, &services),
            now,
        )
        .await
    })
    .await?;
    Ok(Redirect::to(&format!("/inquiries/received/{target}")))
}
