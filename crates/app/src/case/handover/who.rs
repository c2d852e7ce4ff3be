//! Who may do what with a handover at which stage: one table, printed as `who.txt` beside this file.

use keniki_base::id::OrganizationId;

use super::stage::At;
use crate::account::By;
use crate::account::policy::Deed;

/// On which side of a handover somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The organization that sent it.
    Sender,
    /// The one to which it went.
    Recipient,
    /// Another one of the case's care team.
    Member,
    /// Anybody else.
    Stranger,
}

/// What can be done with a handover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// See it, and print its FAX cover sheet.
    See,
    /// Leave the receipt.
    Read,
    /// Take it on.
    Accept,
    /// Send it back.
    Return,
    /// Say that it is done.
    Finish,
    /// Take it back.
    Withdraw,
    /// Type in the reply that came by telephone or FAX.
    Reply,
    /// Make a link for who is outside of the network.
    Link,
    /// Send another in its place.
    SendAgain,
}

/// Whether who stands on this side may do this at this stage. That a stranger is one, the policy of the case says.
#[must_use]
pub fn may(side: Side, at: At, act: Act) -> bool {
    match (side, act) {
        (Side::Stranger, _) => false,
        (Side::Sender | Side::Recipient | Side::Member, Act::See) => true,
        (Side::Recipient, Act::Read) => at == At::Sent,
        (Side::Recipient, Act::Accept | Act::Return)
        | (Side::Sender, Act::Withdraw | Act::Link) => {
            matches!(at, At::Sent | At::Read)
        }
        (Side::Recipient, Act::Finish) => at == At::Accepted,
        (Side::Sender, Act::Reply) => at.is_live(),
        (Side::Sender, Act::SendAgain) => matches!(at, At::Returned | At::Cancelled),
        (Side::Sender, Act::Read | Act::Accept | Act::Return | Act::Finish)
        | (Side::Recipient, Act::Withdraw | Act::Reply | Act::Link | Act::SendAgain)
        | (
            Side::Member,
            Act::Read
            | Act::Accept
            | Act::Return
            | Act::Finish
            | Act::Withdraw
            | Act::Reply
            | Act::Link
            | Act::SendAgain,
        ) => false,
    }
}

/// The sides of `by`, whom the policy lets see the case: one organization may be both, where it has both roles in it.
pub(super) fn sides(
    by: &By,
    from: OrganizationId,
    to: Option<OrganizationId>,
) -> impl Iterator<Item = Side> {
    let own = by.organization;
    [
        (own == Some(from), Side::Sender),
        (own.is_some() && own == to, Side::Recipient),
        (true, Side::Member),
    ]
    .into_iter()
    .filter_map(|(is_so, side)| is_so.then_some(side))
}

impl Side {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Sender, Self::Recipient, Self::Member, Self::Stranger];

    /// In the table.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Member => "member",
            Self::Stranger => "stranger",
        }
    }
}

impl Act {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::See,
        Self::Read,
        Self::Accept,
        Self::Return,
        Self::Finish,
        Self::Withdraw,
        Self::Reply,
        Self::Link,
        Self::SendAgain,
    ];

    /// In the table.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Read => "read",
            Self::Accept => "accept",
            Self::Return => "return",
            Self::Finish => "finish",
            Self::Withdraw => "withdraw",
            Self::Reply => "reply",
            Self::Link => "link",
            Self::SendAgain => "send_again",
        }
    }

    /// The deed of the policy that it needs.
    #[must_use]
    pub fn deed(self) -> Deed {
        match self {
            Self::See | Self::Read => Deed::ReadHandover,
            Self::Accept | Self::Return | Self::Finish => Deed::AnswerHandover,
            Self::Withdraw | Self::Reply | Self::Link | Self::SendAgain => Deed::SendHandover,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_printed_one() {
        let mut table = String::new();
        for side in Side::ALL {
            for at in At::ALL {
                let acts = Act::ALL.into_iter().filter(|act| may(side, at, *act));
                let acts: Vec<&str> = acts.map(Act::code).collect();
                let line = format!("{:10}{:10}{}", side.code(), at.code(), acts.join(" "));
                table.push_str(&format!("{}\n", line.trim_end()));
            }
        }
        assert!(
            table == include_str!("who.txt"),
            "crates/app/src/case/handover/who.txt is not the table:\n{table}"
        );
    }
}
