//! `/handovers/{id}`: one handover with its receipt and its answer, and what the reader's side may do with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Response;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::case::handover::stage::Mark;
use keniki_app::case::handover::who::Act;
use keniki_app::case::handover::{self, HandoverError, Shown, number};
use keniki_app::database;
use keniki_base::id::{AttachmentId, HandoverId};

use super::answer::Typed;
use super::house;
use crate::error::Problem;
use crate::file as files;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::service::words::phone_link;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Moment;

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "handover/show.html")]
pub struct ShowPage {
    /// Around the page.
    pub frame: Frame,
    /// Number of the handover.
    pub id: i64,
    /// As it stands on paper.
    pub number: String,
    /// Number of the case.
    pub case: i64,
    /// Of whom.
    pub patient: String,
    /// What for.
    pub purpose: String,
    /// What it is about.
    pub subject: String,
    /// Plain text.
    pub words: String,
    /// Who sent it: organization and person.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// Outside of the network.
    pub is_outside: bool,
    /// When it was sent.
    pub sent: Moment,
    /// Where it stands.
    pub state: &'static str,
    /// Receipt and answer: what, who, when, by which way.
    pub marks: Vec<(&'static str, String, Moment)>,
    /// Why it was sent back or is no longer asked for.
    pub why: Option<String>,
    /// Number of the form that goes with it.
    pub form_record: Option<i64>,
    /// Numbers and names of its files.
    pub files: Vec<(i64, String)>,
    /// In whose place it was sent, and the one in its place.
    pub chain: Vec<(&'static str, i64)>,
    /// Until when the last link is good, and when it was opened.
    pub link: Option<(Moment, Option<Moment>)>,
    /// A link and its code that were made just now.
    pub made: Option<(String, String)>,
    /// What the reader may do; the first is the one that the page asks for.
    pub acts: Vec<Act>,
    /// Code of the step.
    pub step: String,
    /// Why something was not done.
    pub problem: Option<String>,
    /// What was typed for it.
    pub typed: Option<(Act, Typed)>,
    /// Where the sender is called.
    pub phone: Option<Link>,
}

/// The one thing that the page asks for.
pub(super) fn primary(acts: &[Act]) -> Option<Act> {
    let asks = [Act::Accept, Act::Finish, Act::SendAgain];
    asks.into_iter().find(|act| acts.contains(act))
}

fn who(mark: &Mark) -> String {
    let by = match mark.account {
        Some(_) => "",
        None => mark.channel.words(),
    };
    let parts = [&*mark.name, &*mark.role, by];
    let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    parts.join("・")
}

impl ShowPage {
    /// The page as it is now; whoever of the recipient opens it leaves the receipt.
    pub(super) async fn load(
        state: &State,
        visitor: &Visitor,
        id: HandoverId,
    ) -> Result<Self, Problem> {
        let (db, by, now) = (&state.db, &visitor.by, state.clock.now());
        let mut shown = handover::show(db, by, id, now).await?;
        if shown.handover.acts(by).contains(&Act::Read) {
            let read = database::write(db, async |tx| {
                handover::read(tx, house(state), by, id, now).await
            });
            match read.await {
                Ok(_) | Err(HandoverError::Stage(_)) => {}
                Err(error) => return Err(error.into()),
            }
            shown = handover::show(db, by, id, now).await?;
        } else {
            let object = Object::new("handover", id);
            state.note_read(by, Deed::ReadHandover, &object).await?;
        }
        let purpose = handover::purpose_name(db, house(state), &shown.handover).await?;
        let frame = Frame::load(state, visitor, None).await?.at("/handovers");
        let acts = shown.handover.acts(by);
        Ok(Self::of(frame, shown, purpose, acts))
    }

    pub(super) fn of(frame: Frame, shown: Shown, purpose: String, acts: Vec<Act>) -> Self {
        let it = shown.handover;
        let stage = &it.stage;
        let at = stage.at();
        let answered = match stage.reason() {
            Some(_) if stage.ended().is_none() => "返した",
            _ => "受けた",
        };
        let marks = [("読んだ", stage.read()), (answered, stage.answer())];
        let marks = marks.into_iter().filter_map(|(what, mark)| {
            let mark = mark?;
            Some((what, who(mark), Moment(mark.at)))
        });
        let why = stage.ended().and_then(|(_, why)| why).map(|it| it.words());
        let why: Vec<&str> = [why, stage.reason()].into_iter().flatten().collect();
        let chain = [("前の引継ぎ", it.former), ("送り直した引継ぎ", shown.later)];
        let sender = it.sender.as_deref().unwrap_or_default();
        Self {
            frame,
            id: it.id.get(),
            number: number::of(it.id),
            case: it.case.get(),
            form_record: it.form_record,
            patient: shown.patient,
            purpose,
            from: format!("{}　{sender}", it.from_name),
            is_outside: it.to.is_none(),
            sent: Moment(it.sent_at),
            state: at.words(),
            marks: marks.collect(),
            why: Some(why.join("：")).filter(|it| !it.is_empty()),
            files: shown
                .files
                .into_iter()
                .map(|it| (it.id.get(), it.name))
                .collect(),
            chain: chain
                .into_iter()
                .filter_map(|(what, id)| Some((what, id?.get())))
                .collect(),
            link: shown.link.and_then(|(_, until, used)| {
                let used = used.as_deref().and_then(Moment::parse);
                Some((Moment::parse(&until)?, used))
            }),
            made: None,
            acts,
            step: it.purpose,
            subject: it.subject,
            words: it.words,
            to: it.to_name,
            problem: None,
            typed: None,
            phone: shown.from_numbers.0.as_deref().map(phone_link),
        }
    }

    /// What was typed for this act; empty where nothing was.
    fn typed(&self, code: &str) -> Typed {
        let typed = self.typed.as_ref().filter(|(act, _)| act.code() == code);
        typed.map(|(_, typed)| typed.clone()).unwrap_or_default()
    }

    /// The reason that was typed for what is no longer to be done.
    fn reason_left(&self) -> Option<&str> {
        let (act, typed) = self.typed.as_ref()?;
        (!self.may(act.code()) && !typed.reason.is_empty()).then_some(typed.reason.as_str())
    }

    fn may(&self, code: &str) -> bool {
        self.acts.iter().any(|act| act.code() == code)
    }

    fn class(&self, code: &str) -> &'static str {
        match primary(&self.acts) {
            Some(act) if act.code() == code => "button primary",
            _ => "button",
        }
    }
}

/// `GET /handovers/{id}`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ShowPage>, Problem> {
    Ok(Page(ShowPage::load(&state, &visitor, id_of(&id)?).await?))
}

/// `GET /handovers/{id}/files/{file}`.
pub(crate) async fn file(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (id, file): (HandoverId, AttachmentId) = (id_of(&id)?, id_of(&file)?);
    let (by, now) = (&visitor.by, state.clock.now());
    let opened = handover::file(&state.db, by, (id, file, &state.key_file), now).await?;
    let object = Object::new("handover", id);
    state.note_read(by, Deed::ReadHandover, &object).await?;
    Ok(files::hand_out(opened))
}
