//! `/offices`: the organizations with accounts, their people, invitations and mailboxes.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use keniki_app::account::erase;
use keniki_app::account::invitation;
use keniki_app::account::mailbox::{self, Mailbox};
use keniki_app::account::membership;
use keniki_app::account::person;
use keniki_app::account::policy::{Deed, Object};
use keniki_base::clock::{jst_day, near_text};
use keniki_base::id::OrganizationId;
use serde::Deserialize;

use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Day;

mod change;
mod invite;

pub(crate) use change::{end_membership, put_mailbox, put_status, revoke};
pub(crate) use invite::{invite, send_link};

/// The organizations with accounts.
#[derive(Debug, Clone, Template)]
#[template(path = "account/offices.html")]
pub struct OfficesPage {
    /// Around the page.
    pub frame: Frame,
    /// Number, name, people with a role today.
    pub offices: Vec<(i64, String, i64)>,
}

/// `GET /offices`.
pub(crate) async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Page<OfficesPage>, Problem> {
    visitor.ever_may(Deed::ReadAccount)?;
    let offices = person::offices(&state.db, &visitor.by, state.clock.now()).await?;
    Ok(Page(OfficesPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/offices"),
        offices: offices
            .into_iter()
            .map(|office| (office.id, office.name, office.n_members))
            .collect(),
    }))
}

/// One organization.
#[derive(Debug, Clone, Template)]
#[template(path = "account/office.html")]
pub struct OfficePage {
    /// Around the page.
    pub frame: Frame,
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// What has just happened.
    pub done: Option<&'static str>,
    /// Why something did not happen.
    pub problem: Option<String>,
    /// A link to be handed over, where no letter goes out.
    pub link: Option<String>,
    /// Its people.
    pub members: Vec<Member>,
    /// Invitations that wait.
    pub waiting: Vec<Waiting>,
    /// Its mailboxes.
    pub mailboxes: Vec<Mailbox>,
    /// Roles to give: code and name; empty where the reader may give none.
    pub roles: Vec<(String, String)>,
    /// Whether the reader may end roles and stop accounts.
    pub may_end: bool,
    /// As it was typed.
    pub typed: Typed,
}

/// Somebody in a role.
#[derive(Debug, Clone)]
pub struct Member {
    /// Number of the account.
    pub account: i64,
    /// Number of the role.
    pub membership: i64,
    /// What they are called.
    pub name: String,
    /// Mail address.
    pub login: String,
    /// Role.
    pub role: String,
    /// First and last day.
    pub days: String,
    /// 使用中, 停止中, ….
    pub state: &'static str,
    /// When they were last here.
    pub seen: Option<String>,
    /// Whether the role holds today.
    pub is_current: bool,
    /// Whether the account is stopped.
    pub is_suspended: bool,
    /// The reader.
    pub is_self: bool,
}

/// An invitation that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Number.
    pub id: i64,
    /// Who.
    pub name: String,
    /// Where it was sent.
    pub login: String,
    /// Role.
    pub role: String,
    /// Until when it is good.
    pub until: String,
}

const DONE: [(&str, &str); 6] = [
    ("invited", "招待のメールを送りました。"),
    ("linked", "リンクをメールで送りました。"),
    ("revoked", "招待を取り消しました。"),
    ("ended", "役割を終わらせました。窓口からも外れました。"),
    ("status", "アカウントの状態を変えました。"),
    ("mailbox", "窓口に応じる人を変えました。"),
];

impl OfficePage {
    async fn load(
        state: &State,
        visitor: &Visitor,
        organization: OrganizationId,
    ) -> Result<Self, Problem> {
        let (db, now, by) = (&state.db, state.clock.now(), &visitor.by);
        let object = membership::object(db, organization).await?;
        visitor.authorize(Deed::ReadAccount, &object)?;
        let name = membership::organization_name(db, organization).await?;
        let name = name.ok_or(Problem::NotFound)?;
        let today = jst_day(now);
        let members = person::members(db, organization).await?;
        let waiting = invitation::waiting(db, organization, now).await?;
        let roles = state.definitions.roles();
        let roles = invitation::roles_to_give(db, roles, by, organization).await?;
        let mailboxes = state.definitions.mailboxes();
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/offices"),
            id: organization.get(),
            name,
            done: None,
            problem: None,
            link: None,
            members: members
                .into_iter()
                .map(|member| Member::of(state, visitor, member, today))
                .collect(),
            waiting: waiting
                .into_iter()
                .map(|waiting| Waiting {
                    id: waiting.id.get(),
                    role: state.role_name(waiting.role.as_deref().unwrap_or_default()),
                    until: near_text(now, waiting.expires_at),
                    name: waiting.name,
                    login: waiting.login,
                })
                .collect(),
            mailboxes: mailbox::of(db, mailboxes, organization, now).await?,
            roles: roles
                .into_iter()
                .map(|role| (role.code.clone(), role.name.clone()))
                .collect(),
            may_end: by.may(Deed::SuspendAccount, &object).is_some(),
            typed: Typed::default(),
        })
    }

    fn with_problem(mut self, problem: impl ToString) -> Response {
        self.problem = Some(problem.to_string());
        (StatusCode::UNPROCESSABLE_ENTITY, Page(self)).into_response()
    }
}

impl Member {
    fn of(state: &State, visitor: &Visitor, member: person::Member, today: NaiveDate) -> Self {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let from = day(&member.valid_from);
        let to = member.valid_to.as_deref().and_then(day);
        let is_current = from.is_none_or(|from| from <= today) && to.is_none_or(|to| to >= today);
        let plain = |day: Option<NaiveDate>| day.map_or(String::new(), |day| Day(day).plain());
        let is_suspended = member.status != "active";
        let is_erased = member.status == erase::STATUS;
        let state_word = match (
            is_suspended,
            is_current,
            member.has_password,
            member.has_factor,
        ) {
            _ if is_erased => "削除ずみ",
            (true, ..) => "停止中",
            (_, false, ..) if from.is_some_and(|from| from > today) => "これから",
            (_, false, ..) => "終了",
            (_, _, true, true) => "使用中",
            (_, _, _, _) if member.has_provider => "使用中",
            (_, _, true, false) => "二つめの確認が未登録",
            (_, _, false, _) => "パスワードが未設定",
        };
        let seen = member.seen_at.as_deref().and_then(|at| at.parse().ok());
        Self {
            account: member.account_id,
            membership: member.membership_id,
            role: state.role_name(&member.role),
            days: format!("{}〜{}", plain(from), plain(to)),
            state: state_word,
            seen: seen.map(|at| near_text(state.clock.now(), at)),
            is_current,
            is_suspended,
            is_self: visitor.by.account == Some(member.account_id.into()),
            name: member.name,
            login: match is_erased {
                true => String::new(),
                false => member.login,
            },
        }
    }
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    done: String,
}

pub(super) fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// `GET /offices/{id}`. Whose accounts are looked at is written down.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page<OfficePage>, Problem> {
    let organization: OrganizationId = id_of(&id)?;
    let mut page = OfficePage::load(&state, &visitor, organization).await?;
    let done = DONE.iter().find(|(code, _)| *code == asked.done);
    page.done = done.map(|(_, sentence)| *sentence);
    let object = Object::new("organization", organization);
    state
        .note_read(&visitor.by, Deed::ReadAccount, &object)
        .await?;
    Ok(Page(page))
}

/// Whom to invite, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Mail address.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// Code of the role.
    pub role: String,
    /// First day; empty: today.
    pub from: String,
    /// Last day; empty: none.
    pub to: String,
}
