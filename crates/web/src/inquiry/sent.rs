//! `/inquiries/{id}`: an inquiry as whoever sent it sees it, with the answers, the choice and the telephone.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::case::CaseError;
use keniki_app::case::channel::Channel;
use keniki_app::case::inquiry::{
    self, Agreement, Answer, Choice, InquiryError, Reply, State as Stand, Target,
};
use keniki_app::database;
use keniki_base::id::{InquiryId, InquiryTargetId};

use super::{CALL_BACK, answer_words, at, end, told};
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::sent::Sent;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// An inquiry with its answers.
#[derive(Debug, Clone, Template)]
#[template(path = "inquiry/sent.html")]
pub struct SentPage {
    /// Around the page.
    pub frame: Frame,
    /// Number.
    pub id: i64,
    /// What is asked.
    pub title: String,
    /// Whom it is about: their case.
    pub whose: Link,
    /// What those asked see.
    pub told: Vec<(&'static str, String)>,
    /// When it was sent.
    pub at: String,
    /// Where it stands.
    pub state: String,
    /// It goes on, and the reader may change it.
    pub may_change: bool,
    /// How the user chose.
    pub users_choice: Option<String>,
    /// Whether that is asked for.
    pub asks_choice: bool,
    /// The consent without which nobody is chosen.
    pub agreement: Agreement,
    /// Why a form was not taken.
    pub problem: Option<String>,
    /// Who was asked.
    pub targets: Vec<Line>,
    /// Codes and words of the reasons.
    pub reasons: Vec<(String, String)>,
}

/// One of those asked.
#[derive(Debug, Clone)]
pub struct Line {
    /// Number.
    pub id: i64,
    /// Its page in the directory.
    pub link: Link,
    /// Where it is called.
    pub phone: String,
    /// It is asked by telephone.
    pub is_by_phone: bool,
    /// What it answered.
    pub answer: String,
    /// What else.
    pub words: String,
    /// When, and by which way.
    pub when: String,
    /// It was chosen.
    pub is_chosen: bool,
    /// It said that it can.
    pub can_be_chosen: bool,
    /// The version of the answer.
    pub version: i64,
    /// How the user chose, as it was typed.
    pub users_choice: String,
    /// What was heard, as it was typed.
    pub heard: Heard,
    /// What of it was not taken.
    pub wrong: Option<(Part, Wrong)>,
}

/// Which of the forms of one of those asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It is chosen.
    Chosen,
    /// Its answer was heard.
    Heard,
}

/// An answer that was heard.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// By which way.
    pub channel: String,
    /// Code of it.
    pub answer: String,
    /// Code of the reason.
    pub reason: String,
    /// From when there is a place.
    pub free_from: String,
    /// What else.
    pub words: String,
    /// Whom to call back.
    pub phone: String,
}

impl Heard {
    fn typed(typed: &Sent) -> Self {
        let text = |field: &str| typed.text(field).to_owned();
        Self {
            channel: text("channel"),
            answer: text("answer"),
            reason: text("reason"),
            free_from: text("free_from"),
            words: text("words"),
            phone: text("phone"),
        }
    }
}

impl Line {
    /// What is wrong at a field of one of its forms.
    fn wrong(&self, part: Part, field: &str) -> Option<&str> {
        let (of, (at, message)) = self.wrong.as_ref()?;
        (*of == part && *at == field).then_some(message.as_str())
    }

    /// Whether the form of what was heard came back.
    fn is_heard_again(&self) -> bool {
        self.wrong
            .as_ref()
            .is_some_and(|(of, _)| *of == Part::Heard)
    }
}

/// Where it is called back.
fn phone_of(target: &Target) -> String {
    let own = || target.own_phone.clone();
    target.phone.clone().or_else(own).unwrap_or_default()
}

impl SentPage {
    async fn load(state: &State, visitor: &Visitor, id: InquiryId) -> Result<Self, Problem> {
        let now = state.clock.now();
        let it = inquiry::show(&state.db, state.case_house(), &visitor.by, id, now).await?;
        let line = |target: &Target| Line {
            id: target.id.get(),
            link: match target.service {
                Some(service) => Link::new(format!("/services/{service}"), &target.name),
                None => Link::new("", &target.name),
            },
            phone: phone_of(target),
            is_by_phone: !target.is_reached,
            answer: answer_words(state, target),
            words: target.words.clone().unwrap_or_default(),
            when: match target.channel.as_deref().and_then(Channel::of) {
                Some(channel) if channel != Channel::Here => {
                    format!("{}（{}）", at(now, target.answered_at), channel.words())
                }
                _ => at(now, target.answered_at),
            },
            is_chosen: target.state == inquiry::TargetState::Chosen,
            can_be_chosen: target.is_active
                && target.state == inquiry::TargetState::Answered
                && target.answer.is_some_and(Answer::can_be_chosen),
            version: target.version,
            users_choice: String::new(),
            heard: Heard {
                phone: phone_of(target),
                ..Heard::default()
            },
            wrong: None,
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/inquiries"),
            id: id.get(),
            title: it.profile.title.clone(),
            whose: Link::new(format!("/cases/{}", it.case), format!("{}さん", it.whose)),
            told: told(state, &it.profile).await?,
            at: at(now, it.sent_at),
            state: end(it.state, it.why),
            may_change: it.may_change && it.state == Stand::Open,
            asks_choice: it.asks_choice,
            agreement: it.agreement,
            problem: None,
            targets: it.targets.iter().map(line).collect(),
            reasons: reasons(state),
            users_choice: it.users_choice,
        })
    }
}

/// Why an office cannot.
pub(super) fn reasons(state: &State) -> Vec<(String, String)> {
    let reasons = state.definitions.inquiries().reasons.iter();
    reasons
        .map(|it| (it.code.clone(), it.name.clone()))
        .collect()
}

/// A field of a form that was not taken, and what to do; no field: the form as a whole.
pub(super) type Wrong = (&'static str, String);

/// What a form answers.
pub(super) fn reply(typed: &Sent) -> Result<Reply, Wrong> {
    let wrong = || ("answer", "返事を一つ選んでください。".to_owned());
    let day = typed.day("free_from", None);
    Ok(Reply {
        answer: Answer::of(typed.text("answer")).ok_or_else(wrong)?,
        reason: typed.text("reason").to_owned(),
        words: typed.text("words").to_owned(),
        free_from: day.map_err(|wrong| ("free_from", wrong.to_string()))?,
        phone: typed.text("phone").to_owned(),
        seen: typed.text("seen").parse().unwrap_or(0),
    })
}

/// `GET /inquiries/{id}`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<SentPage>, Problem> {
    visitor.ever_may(Deed::ReadInquiry)?;
    Ok(Page(SentPage::load(&state, &visitor, id_of(&id)?).await?))
}

/// `POST /inquiries/{id}/close`.
pub(crate) async fn close(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::SendInquiry)?;
    let (id, now): (InquiryId, _) = (id_of(&id)?, state.clock.now());
    database::write(&state.db, async |tx| {
        inquiry::close(tx, state.case_house(), &visitor.by, id, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/inquiries/{id}")))
}

/// Why a form was not taken, at its field; what is not the reader's to mend is a problem of the page.
pub(super) fn told_at_field(error: InquiryError) -> Result<Wrong, Problem> {
    let field = match &error {
        InquiryError::WrongDay(_) => "free_from",
        InquiryError::Phone(_) => "phone",
        InquiryError::Case(CaseError::Unknown("できない理由")) => "reason",
        InquiryError::Case(CaseError::Unknown("返事")) => "answer",
        InquiryError::Case(CaseError::Missing(what)) if what.starts_with("利用者の選択") => {
            "users_choice"
        }
        InquiryError::Case(CaseError::Missing(_) | CaseError::WrongText(..)) => "words",
        InquiryError::Case(_)
        | InquiryError::NotThere
        | InquiryError::Over(_)
        | InquiryError::NoLonger(_)
        | InquiryError::GivesAway { .. }
        | InquiryError::NobodyAsked
        | InquiryError::TooMany(_)
        | InquiryError::NotToBeAsked { .. }
        | InquiryError::Through(_)
        | InquiryError::Stale { .. }
        | InquiryError::NotAnswered
        | InquiryError::NoConsent(_)
        | InquiryError::Refused(_)
        | InquiryError::Database(_) => "",
    };
    match (field, Problem::from(error)) {
        ("reason", Problem::NotNow(_)) => {
            Ok((field, "受け入れられない理由を選んでください。".to_owned()))
        }
        (field, Problem::NotNow(message)) => Ok((field, message)),
        (_, other) => Err(other),
    }
}

/// The page again with what was typed and why it was not taken.
async fn again(
    state: &State,
    visitor: &Visitor,
    (target, typed): (InquiryTargetId, &Sent),
    (part, wrong): (Part, Wrong),
) -> Result<Response, Problem> {
    let id: InquiryId = id_of(typed.text("inquiry"))?;
    let mut page = SentPage::load(state, visitor, id).await?;
    for line in page.targets.iter_mut().filter(|it| it.id == target.get()) {
        match part {
            Part::Chosen => line.users_choice = typed.text("users_choice").to_owned(),
            Part::Heard => line.heard = Heard::typed(typed),
        }
        line.wrong = Some((part, wrong.clone()));
    }
    page.problem = Some(wrong.1);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// `POST /inquiries/targets/{target}/choose`.
pub(crate) async fn choose(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(target): Path<String>,
    typed: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::SendInquiry)?;
    let (target, now): (InquiryTargetId, _) = (id_of(&target)?, state.clock.now());
    let typed = Sent(typed?.0);
    let choice = Choice {
        users_choice: typed.text("users_choice").to_owned(),
        seen: typed.text("seen").parse().unwrap_or(0),
    };
    let chosen = database::write(&state.db, async |tx| {
        inquiry::choose(tx, state.case_house(), &visitor.by, (target, &choice), now).await
    });
    match chosen.await {
        Ok(()) => Ok(back(&typed).into_response()),
        Err(error) => {
            let wrong = (Part::Chosen, told_at_field(error)?);
            again(&state, &visitor, (target, &typed), wrong).await
        }
    }
}

/// `POST /inquiries/targets/{target}/hear`: an answer that was heard on the telephone.
pub(crate) async fn hear(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(target): Path<String>,
    typed: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::SendInquiry)?;
    let (target, now): (InquiryTargetId, _) = (id_of(&target)?, state.clock.now());
    let typed = Sent(typed?.0);
    let channel = Channel::of(typed.text("channel")).unwrap_or(Channel::Phone);
    let heard = match reply(&typed) {
        Ok(reply) => {
            let written = database::write(&state.db, async |tx| {
                let heard = (target, &reply, channel);
                inquiry::answer_for(tx, state.case_house(), &visitor.by, heard, now).await
            });
            written.await.map_err(told_at_field)
        }
        Err(wrong) => Err(Ok(wrong)),
    };
    match heard {
        Ok(()) => Ok(back(&typed).into_response()),
        Err(wrong) => {
            let wrong = (Part::Heard, wrong?);
            again(&state, &visitor, (target, &typed), wrong).await
        }
    }
}

/// To the inquiry that the form named.
fn back(typed: &Sent) -> Redirect {
    let id: Result<InquiryId, _> = typed.text("inquiry").parse();
    id.map_or_else(
        |_| Redirect::to("/inquiries"),
        |id| Redirect::to(&format!("/inquiries/{id}")),
    )
}
