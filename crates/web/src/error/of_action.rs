//! What an action's refusal is to a page: refused by the policy, our fault, or the reader's to know.

use keniki_app::account::factor::FactorError;
use keniki_app::account::invitation::InvitationError;
use keniki_app::account::mailbox::MailboxError;
use keniki_app::account::membership::EndError;
use keniki_app::account::person::StatusError;
use keniki_app::account::provider::ProviderError;
use keniki_app::account::session::SessionError;
use keniki_app::account::sign_in::SignInError;
use keniki_app::audit::review::ReviewError;
use keniki_app::directory::confirmation::ConfirmationError;
use keniki_app::directory::filing::FilingError;
use keniki_app::directory::history::HistoryError;
use keniki_app::directory::proposal::ProposalError;
use keniki_app::import::conversation::ConversationError;
use keniki_app::import::review::ReviewError as MatchError;
use keniki_app::job::CancelError;

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
