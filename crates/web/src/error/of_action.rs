//! What an action's refusal is to a page: refused by the policy, our fault, or the reader's to know.

use keniki_app::account::factor::FactorError;
use keniki_app::account::invitation::InvitationError;
use keniki_app::account::mailbox::MailboxError;
use keniki_app::account::membership::EndError;
use keniki_app::account::person::StatusError;
use keniki_app::account::provider::ProviderError;
use keniki_app::account::session::SessionError;
use keniki_app::account::sign_in::SignInError;
use keniki_app::attachment::AttachmentError;
use keniki_app::audit::review::ReviewError;
use keniki_app::case::CaseError;
use keniki_app::case::handover::HandoverError;
use keniki_app::case::inquiry::InquiryError;
use keniki_app::directory::confirmation::ConfirmationError;
use keniki_app::directory::filing::FilingError;
use keniki_app::directory::history::HistoryError;
use keniki_app::directory::proposal::ProposalError;
use keniki_app::import::conversation::ConversationError;
use keniki_app::import::review::ReviewError as MatchError;
use keniki_app::job::CancelError;
use keniki_app::message::MessageError;
use keniki_app::patient::PatientError;

use super::Problem;

/// Of errors that have a variant `Database`, and those before the bar `Refused`, too.
macro_rules! problem_of {
    ($($guarded:ident)* | $($own:ident)*) => {
        $(impl From<$guarded> for Problem {
            fn from(error: $guarded) -> Self {
                match error {
                    $guarded::Refused(refused) => refused.into(),
                    $guarded::Database(error) => error.into(),
                    #[allow(unreachable_patterns, reason = "some have no third kind")]
                    other => Self::NotNow(other.to_string()),
                }
            }
        })*
        $(impl From<$own> for Problem {
            fn from(error: $own) -> Self {
                match error {
                    $own::Database(error) => error.into(),
                    other => Self::NotNow(other.to_string()),
                }
            }
        })*
    };
}

problem_of! {
    CancelError ConfirmationError ConversationError EndError FilingError HistoryError InvitationError MailboxError MatchError ProposalError ProviderError ReviewError StatusError | FactorError SessionError SignInError
}

impl From<HandoverError> for Problem {
    fn from(error: HandoverError) -> Self {
        match error {
            HandoverError::NotThere => Self::NotFound,
            HandoverError::Refused(refused) => refused.into(),
            HandoverError::Database(error) => error.into(),
            HandoverError::Attachment(error) => error.into(),
            other => Self::NotNow(other.to_string()),
        }
    }
}

impl From<MessageError> for Problem {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Refused(refused) => refused.into(),
            MessageError::Database(error) => error.into(),
            MessageError::Attachment(error) => error.into(),
            other => Self::NotNow(other.to_string()),
        }
    }
}

impl From<InquiryError> for Problem {
    /// To who may not see it there is none.
    fn from(error: InquiryError) -> Self {
        match error {
            InquiryError::NotThere | InquiryError::Case(CaseError::NotThere) => Self::NotFound,
            InquiryError::Refused(refused)
            | InquiryError::Case(CaseError::Refused(refused))
            | InquiryError::Case(CaseError::Patient(PatientError::Refused(refused))) => {
                refused.into()
            }
            InquiryError::Database(error)
            | InquiryError::Case(CaseError::Database(error))
            | InquiryError::Case(CaseError::Patient(PatientError::Database(error))) => error.into(),
            other => Self::NotNow(other.to_string()),
        }
    }
}

impl From<AttachmentError> for Problem {
    /// What the operator must mend is logged, with the place that readers are not shown.
    fn from(error: AttachmentError) -> Self {
        match &error {
            AttachmentError::Unknown(_) => return Self::NotFound,
            AttachmentError::Key(cause) => {
                tracing::error!(%cause, "the keys of attachments cannot be used");
            }
            AttachmentError::KeyLost { id, key_id } | AttachmentError::Damaged { id, key_id } => {
                tracing::error!(%id, %key_id, "an attachment does not open");
            }
            AttachmentError::Database(_)
            | AttachmentError::Empty(_)
            | AttachmentError::TooLarge { .. }
            | AttachmentError::WrongKind { .. } => {}
        }
        match error {
            AttachmentError::Database(error) => error.into(),
            other => Self::NotNow(other.to_string()),
        }
    }
}
