//! On whose behalf an action runs: what every action takes and what the audit log keeps.

use keniki_base::id::{AccountId, OrganizationId};

/// Who acts, in which role, from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who; none: nobody signed in, or the machine's own operator at the command line.
    pub account: Option<AccountId>,
    /// For which organization.
    pub organization: Option<OrganizationId>,
    /// Code of the role in which they act.
    pub role: Option<String>,
    /// The client's address, or [`By::COMMAND_LINE`].
    pub origin: String,
    /// Which request of this installation.
    pub request: Option<String>,
}

impl By {
    /// The origin of what is done at the command line.
    pub const COMMAND_LINE: &str = "cli";

    /// Whoever may start the program on the machine that holds the database.
    #[must_use]
    pub fn command_line() -> Self {
        Self {
            account: None,
            organization: None,
            role: None,
            origin: Self::COMMAND_LINE.to_owned(),
            request: None,
        }
    }

    /// What a record keeps of who made it: `account 12`, or the origin where nobody signed in.
    #[must_use]
    pub fn label(&self) -> String {
        self.account
            .map_or_else(|| self.origin.clone(), |id| format!("account {id}"))
    }
}
