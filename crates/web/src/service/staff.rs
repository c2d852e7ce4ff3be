//! What who is signed in sees of a service beyond the public: contacts for professionals, and who may see and change what.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Redirect;
use keniki_app::account::office;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::audit::review::{self, Filter};
use keniki_app::database;
use keniki_app::directory::{internal, listing, proposal};
use keniki_base::clock::jst_day;
use keniki_base::id::ServiceId;

use super::words;
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Moment;

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

/// Who may see and change a service, by which rule, and who did.
#[derive(Debug, Clone, Template)]
#[template(path = "service/readers.html")]
pub struct ReadersPage {
    /// Around the page.
    pub frame: Frame,
    /// Name of the service, and its page.
    pub service: Link,
    /// Who may do what with it.
    pub rules: Vec<Rule>,
    /// Who did what of late; none where the reader may not see that.
    pub done: Option<Vec<Done>>,
}

/// Who may do a deed.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The deed.
    pub deed: &'static str,
    /// Whether the reader may, in their role of now.
    pub may: bool,
    /// Roles that may, and with whose records.
    pub roles: Vec<(String, String)>,
}

/// Something that was done with it.
#[derive(Debug, Clone)]
pub struct Done {
    /// When.
    pub at: Option<Moment>,
    /// Who, for whom.
    pub who: String,
    /// What.
    pub deed: String,
    /// Whether it was refused.
    pub outcome: String,
}

/// The deeds that a service knows.
const DEEDS: [Deed; 7] = [
    Deed::ReadInternal,
    Deed::ReadHistory,
    Deed::ReadFiling,
    Deed::RecordFiling,
    Deed::Confirm,
    Deed::Propose,
    Deed::Approve,
];

/// How many of the last rows of the audit log are shown.
const N_DONE: u64 = 50;

/// `GET /services/{id}/readers`.
pub(crate) async fn show_readers(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ReadersPage>, Problem> {
    let id: ServiceId = id.parse().map_err(|_| Problem::NotFound)?;
    let object = internal::object(&state.db, id).await?;
    let object = object.ok_or(Problem::NotFound)?;
    visitor.authorize(Deed::ReadInternal, &object)?;
    let service = listing::one(&state.db, id.get()).await?;
    let service = service.ok_or(Problem::NotFound)?;
    let policy = state.definitions.policy();
    let rules = DEEDS.map(|deed| {
        let roles = policy.who_may(deed).map(|(role, relations)| {
            let relations: Vec<&str> = relations.iter().map(|it| it.words()).collect();
            (role.name.clone(), relations.join("、"))
        });
        Rule {
            deed: deed.words(),
            may: visitor.by.may(deed, &object).is_some(),
            roles: roles.collect(),
        }
    });
    Ok(Page(ReadersPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/services"),
        service: Link::new(format!("/services/{id}"), service.name),
        rules: rules.to_vec(),
        done: done(&state, &visitor, &object).await?,
    }))
}

async fn done(
    state: &State,
    visitor: &Visitor,
    object: &Object,
) -> Result<Option<Vec<Done>>, Problem> {
    if visitor.by.may(Deed::ReadAudit, object).is_none() {
        return Ok(None);
    }
    let today = jst_day(state.clock.now());
    let filter = Filter {
        object: Some((object.kind, object.id)),
        ..Filter::days(today - chrono::Days::new(365), today)
    };
    let lines = review::lines(&state.db, &visitor.by, &filter, (0, N_DONE)).await?;
    let row = |line| crate::audit::Row::of(state, visitor, &crate::audit::Asked::default(), line);
    let done = lines.into_iter().map(row).map(|row| Done {
        at: row.at,
        who: format!("{} {}", row.who, row.place),
        deed: row.deed,
        outcome: row.outcome,
    });
    Ok(Some(done.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    #[test]
    fn the_page_says_who_may_and_who_did() {
        let mut page = ReadersPage {
            frame: Frame::sample_of_staff(),
            service: Link::new("/services/1", "<b>みなと内科医院</b>"),
            rules: vec![Rule {
                deed: Deed::ReadInternal.words(),
                may: true,
                roles: vec![("診療所".to_owned(), "すべて".to_owned())],
            }],
            done: Some(vec![Done {
                at: Moment::parse("2026-11-24T01:00:00Z"),
                who: "見本 千歳（3）".to_owned(),
                deed: "専門職向けの連絡先を見る".to_owned(),
                outcome: "実行".to_owned(),
            }]),
        };
        let html = page.render().unwrap();
        assert_sound(&html);
        assert!(html.contains("見本 千歳") && !html.contains("<b>"));
        page.done = None;
        assert_sound(&page.render().unwrap());
    }
}
