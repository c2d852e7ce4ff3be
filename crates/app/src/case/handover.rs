//! Handovers (引継ぎ) of a case: sent to the mailbox of another organization, read with a receipt, taken on or sent back, done.
//!
//! To send one for a step of the program is the step's receipt; sent back or taken back, the receipt goes. What happens in the
//! case closes what is not asked for any more (`close_all.rs`). Who may do what at which stage is one table ([`who`]).

use chrono::{DateTime, Utc};
use keniki_base::id::HandoverId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::channel::Channel;
use super::load::{Loaded, load};
use super::{CaseError, House, needed, object, queries as cases, text};
use crate::account::policy::{Deed, Object};
use crate::account::{By, Refused};
use crate::attachment::AttachmentError;
use crate::audit::{self, Event as AuditEvent};

mod accept;
mod cancel;
mod close_all;
mod done;
mod file;
mod form;
pub mod link;
mod list;
pub mod number;
mod queries;
mod read;
mod reply;
mod return_back;
mod send;
mod show;
pub mod stage;
pub mod who;

pub use accept::accept;
pub use cancel::cancel;
pub(super) use close_all::close_all;
pub use done::done;
pub use file::file;
pub use form::{Form, form, purpose_name};
pub use list::{Listed, Pile, Waiting, list, of_case, waiting};
pub use read::read;
pub use reply::{Reply, Said, receipt_by};
pub use return_back::return_back;
pub use send::{Outside, Sending, send};
pub use show::{Attached, Handover, Shown, find, show};

use stage::{Mark, Stage, Step, WrongStage};
use who::{Act, may, sides};

/// The purpose of a handover that belongs to no step.
pub const OTHER: &str = "other";

/// Why a handover was not sent, answered or shown.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// No such handover, or none for this reader.
    #[error("その引継ぎはありません。")]
    NotThere,
    /// Another step came first, or must.
    #[error(transparent)]
    Stage(#[from] WrongStage),
    /// The other side does this.
    #[error(
        "この操作は、あなたの組織ではできません。受ける・返す・済ませるのは受けた組織、取り下げと返事の記録は送った組織です。"
    )]
    NotYours,
    /// There is one that is not over.
    #[error(
        "この用件の引継ぎは、同じ相手にすでに送ってあります。新しく送らずに、その引継ぎの続きを見てください。"
    )]
    AlreadyLive(HandoverId),
    /// Nobody in the care team has the role, or the organization that was chosen has not.
    #[error(
        "「{0}」として支援チームにいる組織から選んでください。いなければ、先に支援チームに加えるか、Kenikiに参加していない事業所として、リンクかFAXで送ってください。"
    )]
    NoRecipient(String),
    /// It works no more.
    #[error(
        "「{0}」は、すべてのサービスが廃止になっています。支援チームのその役割を、いまの組織に替えてから送ってください。廃止が誤りなら、電話で確かめ、Kenikiに参加していない事業所として、リンクかFAXで送れます。"
    )]
    ClosedRecipient(String),
    /// It has no accounts.
    #[error(
        "「{0}」には、いま引継ぎに応じられる人が登録されていません。電話で伝えて対応を記録するか、Kenikiに参加していない事業所として、リンクかFAXで送ってください。"
    )]
    NobodyAnswers(String),
    /// Links are for who has no account.
    #[error(
        "リンクは、Kenikiに参加していない事業所への引継ぎだけに作れます。参加している事業所は、サインインして読みます。"
    )]
    NotOutside,
    /// What the case refuses.
    #[error(transparent)]
    Case(CaseError),
    /// A file that was sent with it, or is to be opened.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

impl From<CaseError> for HandoverError {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Refused(refused) => Self::Refused(refused),
            CaseError::Database(error) => Self::Database(error),
            CaseError::NotThere => Self::NotThere,
            other => Self::Case(other),
        }
    }
}

/// A handover with which `by` is about to do `act`, and its case, which waits for nobody else now.
async fn begin<'a>(
    tx: &DatabaseTransaction,
    house: House<'a>,
    by: &By,
    (id, act): (HandoverId, Act),
    now: DateTime<Utc>,
) -> Result<(Loaded<'a>, Handover), HandoverError> {
    let Some(case) = queries::case_of(tx, id.get()).await? else {
        return Err(not_there(by, act, id));
    };
    by.authorize(act.deed(), &object(tx, case, now).await?)?;
    cases::lock_case(tx, case.get()).await?;
    let handover = find(tx, id).await?.ok_or(HandoverError::NotThere)?;
    is_allowed(by, &handover, act)?;
    Ok((load(tx, house.definitions, case).await?, handover))
}

/// To who may everything there is none; to all others it might be somebody else's.
fn not_there(by: &By, act: Act, id: HandoverId) -> HandoverError {
    match by.authorize(act.deed(), &Object::new("handover", id)) {
        Ok(()) => HandoverError::NotThere,
        Err(refused) => refused.into(),
    }
}

/// Whether a side of `by` may; otherwise whether it never could, or only not now.
fn is_allowed(by: &By, handover: &Handover, act: Act) -> Result<(), HandoverError> {
    let at = handover.stage.at();
    let mine: Vec<who::Side> = sides(by, handover.from, handover.to).collect();
    if mine.iter().any(|side| may(*side, at, act)) {
        return Ok(());
    }
    let ever = |side: &who::Side| stage::At::ALL.into_iter().any(|at| may(*side, at, act));
    match mine.iter().any(ever) {
        true => Err(WrongStage(at).into()),
        false => Err(HandoverError::NotYours),
    }
}

/// Takes a handover a step further and writes it down.
async fn step(
    tx: &DatabaseTransaction,
    by: &By,
    handover: &Handover,
    (step, deed, note): (Step, Deed, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Stage, HandoverError> {
    let stage = handover.stage.clone().after(step)?;
    queries::put_stage(tx, handover.id.get(), &stage).await?;
    let event = AuditEvent {
        note: note.or(Some(stage.at().code())),
        ..AuditEvent::done(deed.code(), "handover", handover.id.get())
    };
    audit::record(tx, by, event, now).await?;
    Ok(stage)
}

/// Who acts here, as a receipt keeps it.
async fn mark(
    db: &impl ConnectionTrait,
    house: House<'_>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Mark, DbErr> {
    let name = match by.account {
        Some(account) => queries::name_of(db, account.get()).await?,
        None => None,
    };
    let role = by.role.as_deref().unwrap_or_default();
    let known = house.definitions.role(role);
    Ok(Mark {
        at: now,
        account: by.account,
        name: name.unwrap_or_default(),
        role: known.map_or(role, |it| &it.name).to_owned(),
        channel: Channel::Here,
    })
}
