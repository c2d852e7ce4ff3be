//! What who is signed in sees of a service beyond the public: contacts for professionals, and what they may do with it.

use std::sync::Arc;

use axum::extract::{Path, State as FromState};
use axum::response::Redirect;
use keniki_app::account::office;
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::directory::{internal, proposal};
use keniki_base::id::ServiceId;

use super::words;
use crate::error::Problem;
use crate::page::Link;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// On the page of a service, for who is signed in.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Whom professionals call.
    pub contacts: Vec<Contact>,
    /// The page that says who may see this.
    pub readers_href: String,
    /// The form that proposes something else; none for who may not.
    pub propose_href: Option<String>,
    /// How many proposals wait, of those that the reader may see.
    pub n_proposals: u64,
    /// Where it is confirmed; none for who may not.
    pub confirm_href: Option<String>,
    /// Filings and inspections; none for who may not.
    pub filings_href: Option<String>,
    /// What was said before; none for who may not.
    pub history_href: Option<String>,
    /// Its accounts; none for who may not.
    pub office: Option<OfficeLink>,
}

/// Where the accounts of a service's organization are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfficeLink {
    /// Their page.
    Page(String),
    /// No list names an organization: where it is made of the site itself.
    Open(String),
}

/// A window for professionals.
#[derive(Debug, Clone)]
pub struct Contact {
    /// What it is for.
    pub purpose: String,
    /// Telephone as written, and its `tel:` address.
    pub phone: Option<Link>,
    /// As written.
    pub fax: Option<String>,
    /// When.
    pub hours: Option<String>,
}

impl Staff {
    /// Nothing for who is not signed in. That somebody saw the contacts is written down.
    pub(super) async fn of(
        state: &State,
        visitor: &Visitor,
        id: ServiceId,
    ) -> Result<Option<Self>, Problem> {
        if visitor.signed_in().is_none() {
            return Ok(None);
        }
        let object = internal::object(&state.db, id).await?;
        let object = object.ok_or(Problem::NotFound)?;
        let contacts = internal::contacts(&state.db, &visitor.by, &object).await?;
        if !contacts.is_empty() {
            let deed = Deed::ReadInternal;
            state.note_read(&visitor.by, deed, &object).await?;
        }
        let href = |deed, page| {
            let may = visitor.by.may(deed, &object);
            may.map(|_| format!("/services/{id}/{page}"))
        };
        Ok(Some(Self {
            contacts: contacts
                .into_iter()
                .map(|contact| Contact {
                    purpose: contact.name.unwrap_or(contact.purpose),
                    phone: words::telephone(contact.phone.as_deref()),
                    fax: contact.fax,
                    hours: contact.hours_note,
                })
                .collect(),
            readers_href: format!("/services/{id}/readers"),
            n_proposals: match visitor.by.ever_may(Deed::Propose) {
                true => proposal::n_open_of_service(&state.db, &visitor.by, id).await?,
                false => 0,
            },
            propose_href: href(Deed::Propose, "propose"),
            confirm_href: href(Deed::Confirm, "confirm"),
            filings_href: href(Deed::ReadFiling, "filings"),
            history_href: href(Deed::ReadHistory, "history"),
            office: match object.organization {
                Some(organization) => visitor
                    .by
                    .may(Deed::ReadAccount, &object)
                    .map(|_| OfficeLink::Page(format!("/offices/{organization}"))),
                None => href(Deed::InviteAccount, "office").map(OfficeLink::Open),
            },
        }))
    }
}

/// `POST /services/{id}/office`: opens the organization of a service for accounts.
pub(crate) async fn open_office(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    visitor.ever_may(Deed::InviteAccount)?;
    let (id, now): (ServiceId, _) = (id_of(&id)?, state.clock.now());
    let office = database::write(&state.db, async |tx| {
        office::open(tx, &visitor.by, id, now).await
    });
    Ok(Redirect::to(&format!("/offices/{}", office.await?)))
}
