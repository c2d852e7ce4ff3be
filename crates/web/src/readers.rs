//! Who may see and change a record, by which rule, and who did: the page that explains it (説明画面).

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State as FromState};
use axum::routing::get;
use keniki_app::account::membership;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::audit::review::{self, Filter};
use keniki_app::directory::{internal, listing};
use keniki_base::clock::jst_day;
use keniki_base::id::{OrganizationId, PatientId, ServiceId};

use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Moment;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/services/{id}/readers", get(of_service))
        .route("/offices/{id}/readers", get(of_office))
        .route("/patients/{id}/readers", get(of_patient))
}

/// Who may see and change a record, by which rule, and who did.
#[derive(Debug, Clone, Template)]
#[template(path = "readers.html")]
pub struct ReadersPage {
    /// Around the page.
    pub frame: Frame,
    /// The record, and its page.
    pub record: Link,
    /// What everybody sees of it; none: nothing.
    pub is_public: bool,
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

/// The deeds that an organization knows.
const DEEDS_OF_OFFICE: [Deed; 4] = [
    Deed::ReadAccount,
    Deed::InviteAccount,
    Deed::SuspendAccount,
    Deed::AskConfirmation,
];

/// `GET /services/{id}/readers`: for who sees more of it than everybody, and for who looks at what others did.
async fn of_service(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ReadersPage>, Problem> {
    let id: ServiceId = id_of(&id)?;
    let object = internal::object(&state.db, id).await?;
    let object = object.ok_or(Problem::NotFound)?;
    if visitor.by.may(Deed::ReadAudit, &object).is_none() {
        visitor.authorize(Deed::ReadInternal, &object)?;
    }
    let service = listing::one(&state.db, id.get()).await?;
    let service = service.ok_or(Problem::NotFound)?;
    let record = Link::new(format!("/services/{id}"), service.name);
    let page = ReadersPage::load(&state, &visitor, &object, &DEEDS, record).await?;
    Ok(Page(ReadersPage {
        is_public: true,
        frame: page.frame.at("/services"),
        ..page
    }))
}

/// `GET /offices/{id}/readers`.
async fn of_office(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ReadersPage>, Problem> {
    let id: OrganizationId = id_of(&id)?;
    let object = membership::object(&state.db, id).await?;
    visitor.authorize(Deed::ReadAccount, &object)?;
    let name = membership::organization_name(&state.db, id).await?;
    let record = Link::new(format!("/offices/{id}"), name.ok_or(Problem::NotFound)?);
    let page = ReadersPage::load(&state, &visitor, &object, &DEEDS_OF_OFFICE, record).await?;
    Ok(Page(ReadersPage {
        frame: page.frame.at("/offices"),
        ..page
    }))
}

/// The deeds that a patient's record knows.
const DEEDS_OF_PATIENT: [Deed; 6] = [
    Deed::ReadPatient,
    Deed::WritePatient,
    Deed::ExportPatients,
    Deed::RecordConsent,
    Deed::MergePatient,
    Deed::OpenEmergency,
];

/// `GET /patients/{id}/readers`: for who sees the record, and for who looks at what others did.
async fn of_patient(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<ReadersPage>, Problem> {
    let id: PatientId = id_of(&id)?;
    let may_audit = visitor.by.may(Deed::ReadAudit, &Object::new("patient", id));
    let deed = may_audit.map_or(Deed::ReadPatient, |_| Deed::ReadAudit);
    let object = crate::patient::object(&state, &visitor, (deed, id)).await?;
    let record = Link::new(format!("/patients/{id}"), format!("記録 {id}"));
    let page = ReadersPage::load(&state, &visitor, &object, &DEEDS_OF_PATIENT, record).await?;
    Ok(Page(ReadersPage {
        frame: crate::patient::frame(&state, &visitor, id).await?,
        ..page
    }))
}

impl ReadersPage {
    async fn load(
        state: &State,
        visitor: &Visitor,
        object: &Object,
        deeds: &[Deed],
        record: Link,
    ) -> Result<Self, Problem> {
        let policy = state.definitions.policy();
        let rule = |deed: &Deed| {
            let roles = policy.who_may(*deed).map(|(role, relations)| {
                let relations: Vec<&str> = relations.iter().map(|it| it.words()).collect();
                (role.name.clone(), relations.join("、"))
            });
            Rule {
                deed: deed.words(),
                may: visitor.by.may(*deed, object).is_some(),
                roles: roles.collect(),
            }
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?,
            record,
            is_public: false,
            rules: deeds.iter().map(rule).collect(),
            done: done(state, visitor, object).await?,
        })
    }
}

async fn done(
    state: &State,
    visitor: &Visitor,
    object: &Object,
) -> Result<Option<Vec<Done>>, Problem> {
    if visitor.by.may(Deed::ReadAudit, object).is_none() {
        return Ok(None);
    }
    let log = Object::new("audit_entry", 0);
    state.note_read(&visitor.by, Deed::ReadAudit, &log).await?;
    let today = jst_day(state.clock.now());
    let filter = Filter {
        object: Some((object.kind, object.id)),
        is_whole: object.kind == "patient",
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
            record: Link::new("/services/1", "<b>みなと内科医院</b>"),
            is_public: true,
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
