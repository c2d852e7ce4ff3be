//! On whose behalf an action runs, and how far that reaches: what every action takes and what the audit log keeps.

use std::collections::BTreeMap;

use keniki_base::id::{AccountId, OrganizationId};

use super::policy::{Actor, Deed, Object, Policy, Reach, Relation};

/// Who acts, in which role, from where, and what they may do.
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
    /// For who holds a link: who put down the address to which it went.
    pub vouched_by: Option<AccountId>,
    warrant: Warrant,
}

/// What somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Warrant {
    /// Who may start the program on the machine that holds the database could change it anyway.
    Everything,
    /// What the policy gives a role; nothing else.
    Deeds(BTreeMap<Deed, Reach>),
}

/// The policy said no. The face writes it to the audit log ([`crate::audit::refuse`]) and tells a stranger nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "この操作は、いまの役割ではできません。必要なときは、所属先のアカウントの管理者に役割を相談してください。"
)]
pub struct Refused {
    /// Who was refused.
    pub by: Box<By>,
    /// What.
    pub deed: Deed,
    /// With what: kind and id.
    pub object: (&'static str, i64),
}

impl By {
    /// The origin of what is done at the command line.
    pub const COMMAND_LINE: &str = "cli";

    /// Whoever may start the program on the machine that holds the database.
    #[must_use]
    pub fn command_line() -> Self {
        Self::program(Self::COMMAND_LINE)
    }

    /// The program itself, on no one's behalf: what it does by the clock.
    #[must_use]
    pub fn program(origin: &str) -> Self {
        Self {
            warrant: Warrant::Everything,
            ..Self::nobody(origin, None)
        }
    }

    /// Somebody who has not signed in: may do nothing that the policy guards.
    #[must_use]
    pub fn nobody(origin: impl Into<String>, request: Option<String>) -> Self {
        Self {
            account: None,
            organization: None,
            role: None,
            origin: origin.into(),
            request,
            vouched_by: None,
            warrant: Warrant::Deeds(BTreeMap::new()),
        }
    }

    /// Somebody in one of their roles, as far as the policy lets them.
    #[must_use]
    pub fn actor(actor: &Actor, policy: Policy<'_>, origin: impl Into<String>) -> Self {
        let reaches = Deed::ALL
            .iter()
            .map(|deed| (*deed, policy.reach(actor, *deed)));
        Self {
            account: Some(actor.account),
            organization: Some(actor.organization),
            role: Some(actor.role.clone()),
            warrant: Warrant::Deeds(reaches.filter(|(_, reach)| !reach.is_nothing()).collect()),
            ..Self::nobody(origin, None)
        }
    }

    /// The same person, if they are known, holding a link of an organization that lets them do these deeds and no others.
    #[must_use]
    pub fn by_link(
        &self,
        organization: OrganizationId,
        vouched_by: Option<AccountId>,
        reaches: impl IntoIterator<Item = (Deed, Reach)>,
    ) -> Self {
        Self {
            account: self.account,
            organization: Some(organization),
            vouched_by,
            warrant: Warrant::Deeds(reaches.into_iter().collect()),
            ..Self::nobody(&*self.origin, self.request.clone())
        }
    }

    /// The same, of this request.
    #[must_use]
    pub fn in_request(self, request: Option<String>) -> Self {
        Self { request, ..self }
    }

    /// The same, known by name: somebody who has proved something of who they are, and may nothing yet.
    #[must_use]
    pub fn known_as(&self, account: AccountId) -> Self {
        Self {
            account: Some(account),
            ..self.clone()
        }
    }

    /// With which objects they may do `deed`: what a list, a count and an export take.
    #[must_use]
    pub fn reach(&self, deed: Deed) -> Reach {
        match &self.warrant {
            Warrant::Everything => Reach {
                any: true,
                ..Reach::default()
            },
            Warrant::Deeds(reaches) => reaches.get(&deed).cloned().unwrap_or_default(),
        }
    }

    /// Whether they may do `deed` with anything at all: what a page offers.
    #[must_use]
    pub fn ever_may(&self, deed: Deed) -> bool {
        match &self.warrant {
            Warrant::Everything => true,
            Warrant::Deeds(reaches) => reaches.contains_key(&deed),
        }
    }

    /// By which relation they may do `deed` with `object`; none: they may not.
    #[must_use]
    pub fn may(&self, deed: Deed, object: &Object) -> Option<Relation> {
        match &self.warrant {
            Warrant::Everything => Some(Relation::Any),
            Warrant::Deeds(reaches) => reaches.get(&deed)?.holds(object),
        }
    }

    /// Goes on only where they may.
    ///
    /// # Errors
    /// [`Refused`], to be written to the audit log.
    pub fn authorize(&self, deed: Deed, object: &Object) -> Result<(), Refused> {
        match self.may(deed, object) {
            Some(_) => Ok(()),
            None => Err(Refused {
                by: Box::new(self.clone()),
                deed,
                object: (object.kind, object.id),
            }),
        }
    }

    /// What a record keeps of who made it: `account 12`, or the origin where nobody signed in.
    #[must_use]
    pub fn label(&self) -> String {
        self.account
            .map_or_else(|| self.origin.clone(), |id| format!("account {id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definitions;

    #[test]
    fn the_command_line_may_everything_and_nobody_nothing() {
        let object = Object::new("service", 1);
        for deed in Deed::ALL {
            assert!(By::command_line().authorize(*deed, &object).is_ok());
            let refused = By::nobody("192.0.2.1", None).authorize(*deed, &object);
            assert_eq!(refused.unwrap_err().object, ("service", 1));
        }
    }

    #[test]
    fn an_actor_may_what_the_policy_says_and_no_more() {
        let definitions = Definitions::load(None).unwrap();
        let policy = definitions.policy();
        for role in definitions.roles() {
            let actor = Actor {
                account: AccountId::new(1),
                organization: OrganizationId::new(2),
                role: role.code.clone(),
                municipalities: std::iter::once("31202".to_owned()).collect(),
                area: ["31202", "31204"].map(str::to_owned).into(),
            };
            let by = By::actor(&actor, policy, "192.0.2.1");
            for deed in Deed::ALL {
                for (organization, municipality) in [(2, "31202"), (3, "31204"), (3, "32201")] {
                    let object = Object {
                        organization: Some(OrganizationId::new(organization)),
                        municipality: Some(municipality.to_owned()),
                        ..Object::new("site", 1)
                    };
                    assert_eq!(
                        by.may(*deed, &object),
                        policy.decide(&actor, *deed, &object)
                    );
                    assert!(by.ever_may(*deed) || by.may(*deed, &object).is_none());
                }
            }
        }
    }
}
