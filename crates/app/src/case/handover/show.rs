//! A handover with its receipt, answer, files and link, for the care team of its case.

use chrono::{DateTime, Utc};
use keniki_base::id::{AttachmentId, CaseEventId, CaseId, HandoverId, OrganizationId, PatientId};
use sea_orm::{ConnectionTrait, DbErr};

use super::list::name_of_patient;
use super::stage::Stage;
use super::who::{Act, may, sides};
use super::{HandoverError, is_allowed, link, not_there, object, queries};
use crate::account::By;

/// What one organization hands over to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Which.
    pub id: HandoverId,
    /// In which case.
    pub case: CaseId,
    /// Of whom.
    pub patient: PatientId,
    /// Code of the step, or [`super::OTHER`].
    pub purpose: String,
    /// The event with which the step's obligation began.
    pub cause: Option<CaseEventId>,
    /// In whose place it was sent.
    pub former: Option<HandoverId>,
    /// Who sent it.
    pub from: OrganizationId,
    /// Its name.
    pub from_name: String,
    /// Code of its role in the case.
    pub from_role: String,
    /// To whom; none: outside of the network.
    pub to: Option<OrganizationId>,
    /// Its name, or who it is in words.
    pub to_name: String,
    /// Code of its role in the case.
    pub to_role: Option<String>,
    /// Code of the mailbox.
    pub mailbox: Option<String>,
    /// Where a FAX goes that is outside of the network.
    pub fax: Option<String>,
    /// What it is about.
    pub subject: String,
    /// Plain text.
    pub words: String,
    /// The form that goes with it.
    pub form_record: Option<i64>,
    /// The receipt of the step.
    pub receipt: Option<CaseEventId>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// By whom.
    pub sender: Option<String>,
    /// Where it stands.
    pub stage: Stage,
}

impl Handover {
    /// What `by`, who sees it, may do with it now.
    #[must_use]
    pub fn acts(&self, by: &By) -> Vec<Act> {
        let at = self.stage.at();
        let mine: Vec<_> = sides(by, self.from, self.to).collect();
        let is_mine =
            |act: &Act| by.ever_may(act.deed()) && mine.iter().any(|side| may(*side, at, *act));
        let acts = Act::ALL.into_iter().filter(is_mine);
        acts.filter(|act| *act != Act::Link || self.to.is_none())
            .collect()
    }
}

/// A file of a handover, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Which.
    pub id: AttachmentId,
    /// Its name, harmless.
    pub name: String,
    /// Its kind.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// The handover of this number; who may see it is asked by whoever calls this.
///
/// # Errors
/// The engine's.
pub async fn find(db: &impl ConnectionTrait, id: HandoverId) -> Result<Option<Handover>, DbErr> {
    queries::by_id(db, id.get()).await
}

/// A handover as its page shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Itself.
    pub handover: Handover,
    /// Of whom.
    pub patient: String,
    /// Its files.
    pub files: Vec<Attached>,
    /// The one that was sent in its place.
    pub later: Option<HandoverId>,
    /// The last link: made, good until, opened.
    pub link: Option<(String, String, Option<String>)>,
    /// Telephone and FAX of who sent it.
    pub from_numbers: (Option<String>, Option<String>),
    /// Of who gets it.
    pub to_numbers: (Option<String>, Option<String>),
}

/// A handover for whoever sees its case.
///
/// # Errors
/// [`HandoverError`].
pub async fn show(
    db: &impl ConnectionTrait,
    by: &By,
    id: HandoverId,
    now: DateTime<Utc>,
) -> Result<Shown, HandoverError> {
    let Some(handover) = find(db, id).await? else {
        return Err(not_there(by, Act::See, id));
    };
    by.authorize(Act::See.deed(), &object(db, handover.case, now).await?)?;
    is_allowed(by, &handover, Act::See)?;
    let later = queries::later(db, (handover.case.get(), id.get())).await?;
    let to_numbers = match handover.to {
        Some(to) => queries::numbers_of(db, to.get()).await?,
        None => (None, handover.fax.clone()),
    };
    Ok(Shown {
        patient: name_of_patient(db, handover.patient).await?,
        files: queries::files(db, id.get()).await?,
        later: later.map(Into::into),
        link: link::queries::last_link(db, id.get()).await?,
        from_numbers: queries::numbers_of(db, handover.from.get()).await?,
        to_numbers,
        handover,
    })
}
