//! An organization's own provider of sign-in (OpenID Connect): its people prove there who they are, and work here.
//!
//! A person is known by the provider's own name of them, linked once to an account: by somebody signed in and sure to be
//! the same, or with an invitation. A mail address never links. The way there and back is a visit (`visit.rs`).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use keniki_base::id::{AccountId, OrganizationId, ProviderId};
use sea_orm::{ConnectionTrait, DbErr};

use super::Refused;
use super::invitation::InvitationError;
use super::membership::{self, Desk};
use super::stage::WrongStage;

mod add;
mod arrive;
mod link;
mod protocol;
mod queries;
mod remove;
mod visit;
mod wire;

pub use add::{AddError, NewProvider, add, put_secret};
pub use arrive::{Arrived, Callback, arrive};
pub use link::{Link, links, unlink};
pub use protocol::Fault;
pub use remove::remove;
pub use visit::{Errand, SetOut, set_out};
pub use wire::{Answering, NoWire, Request, Response, Unreachable, Wire};

/// A provider as it is registered here.
#[derive(Clone)]
pub struct Provider {
    /// Which.
    pub id: ProviderId,
    /// What its people call it: みほん市職員.
    pub label: String,
    /// Its address, as its own discovery document names it.
    pub issuer: String,
    /// As whom this site is known there.
    pub client_id: String,
    /// What counts there as a second factor; none: ours is asked.
    pub mfa: Option<Mfa>,
    /// Which organizations its people may enter.
    pub organizations: Vec<OrganizationId>,
    client_secret: String,
}

/// What in an ID token says that a second factor was asked at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mfa {
    /// One of the methods in `amr` (RFC 8176), such as `mfa`.
    Method(String),
    /// The class in `acr`, which is asked for as well.
    Class(String),
}

impl FromStr for Mfa {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some(("amr", value)) if !value.is_empty() => Ok(Self::Method(value.to_owned())),
            Some(("acr", value)) if !value.is_empty() => Ok(Self::Class(value.to_owned())),
            _ => Err(format!(
                "「{text}」を読めません。amr=mfa か acr=値 の形で書いてください。"
            )),
        }
    }
}

impl fmt::Display for Mfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method(value) => write!(f, "amr={value}"),
            Self::Class(value) => write!(f, "acr={value}"),
        }
    }
}

impl Provider {
    /// Whether its people may enter an organization.
    #[must_use]
    pub fn opens(&self, organization: OrganizationId) -> bool {
        self.organizations.contains(&organization)
    }

    /// Where the browser comes back to, at a site of this address.
    #[must_use]
    pub fn callback(id: ProviderId, public_url: &str) -> String {
        format!("{public_url}/sign-in/provider/{id}/callback")
    }
}

/// What going to a provider rests on.
#[derive(Clone, Copy)]
pub struct Road<'a> {
    /// How this program asks the provider itself.
    pub wire: &'a dyn Wire,
    /// Under which address browsers come back here.
    pub public_url: &'a str,
}

/// Why somebody did not get in, or was not linked, by a provider.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// No such provider, or not for this organization.
    #[error("このサインインの方法は使えません。サインインのページを開きなおしてください。")]
    NotThere,
    /// The way there was begun in another browser, long ago, or ended before.
    #[error(
        "サインインの途中の情報が見つかりません。時間が過ぎたか、ほかのブラウザーで始めたか、もう使われています。サインインのページから、もう一度はじめてください。"
    )]
    WrongVisit,
    /// The person thought better of it.
    #[error("「{0}」でのサインインを取りやめました。")]
    Cancelled(String),
    /// The provider let nobody in.
    #[error(
        "「{0}」の側で、サインインが断られました。続くときは、所属先の情報システムの担当に相談してください。"
    )]
    Denied(String),
    /// What the provider answered does not hold.
    #[error("「{label}」でのサインインができませんでした。{fault}")]
    Fault {
        /// What its people call it.
        label: String,
        /// What is wrong.
        fault: Fault,
    },
    /// Nobody here is linked to that person, or they were stopped.
    #[error(
        "「{0}」での本人の確認はできましたが、この仕組みにはまだ登録されていないか、止められています。所属先のアカウントの管理者に、招待を頼んでください。"
    )]
    NotRegistered(String),
    /// No role holds today in an organization of the provider.
    #[error(
        "「{0}」で入れる所属が、いまありません。異動などで終わっているときは、新しい所属先のアカウントの管理者に、招待を頼んでください。"
    )]
    NoDesk(String),
    /// Nothing proves a second factor.
    #[error(
        "「{0}」では二つめの確認（多要素認証）が行われず、ここでの二つめの確認も登録されていません。所属先のアカウントの管理者に「二つめの確認の登録し直し」を頼んでください。"
    )]
    NoFactor(String),
    /// Confirming takes a fresh proof with a second factor.
    #[error(
        "「{0}」から、いま二つめの確認（多要素認証）までし直したという知らせがありません。ほかの方法で確かめてください。"
    )]
    NotAgain(String),
    /// Somebody else signed in there.
    #[error(
        "「{0}」で、別の人としてサインインしています。ご自分のアカウントでやり直してください。"
    )]
    OtherPerson(String),
    /// The person there, or the account here, is linked already.
    #[error(
        "「{0}」のそのアカウントか、ここのアカウントが、もう別のものと結び付いています。先に、結び付いているほうを外してください。"
    )]
    Taken(String),
    /// Without it nothing would let them in.
    #[error(
        "これを外すと、サインインする方法がなくなります。先に、所属先のアカウントの管理者に「二つめの確認の登録し直し」を頼んで、パスワードと二つめの確認を決めてください。"
    )]
    OnlyWay,
    /// Too many attempts.
    #[error(
        "短い時間に何度も試されたため、しばらくのあいだサインインできません。{0}分ほどおいてからお試しください。"
    )]
    TooMany(i64),
    /// The link could not be taken.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// Nothing follows on the session.
    #[error(transparent)]
    Stage(#[from] WrongStage),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

impl ProviderError {
    fn of(provider: &Provider, fault: Fault) -> Self {
        let label = provider.label.clone();
        Self::Fault { label, fault }
    }
}

/// All providers, in the order in which they were registered.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Provider>, DbErr> {
    let mut providers = Vec::new();
    for row in queries::all(db).await? {
        let organizations = queries::organizations(db, row.id).await?;
        providers.push(Provider {
            id: row.id.into(),
            label: row.label,
            issuer: row.issuer,
            client_id: row.client_id,
            client_secret: row.client_secret,
            mfa: row.mfa.and_then(|text| text.parse().ok()),
            organizations: organizations.into_iter().map(Into::into).collect(),
        });
    }
    Ok(providers)
}

/// One of them.
pub async fn find(db: &impl ConnectionTrait, id: ProviderId) -> Result<Option<Provider>, DbErr> {
    let all = all(db).await?;
    Ok(all.into_iter().find(|provider| provider.id == id))
}

/// The desks of somebody that a provider opens: those in its organizations.
pub async fn desks(
    db: &impl ConnectionTrait,
    provider: ProviderId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Desk>, DbErr> {
    let open = queries::organizations(db, provider.into()).await?;
    let mut desks = membership::desks(db, account, now).await?;
    desks.retain(|desk| open.contains(&desk.actor.organization.get()));
    Ok(desks)
}

/// Whether a provider opens every organization in which somebody has a role today or later.
pub(super) async fn opens_all(
    db: &impl ConnectionTrait,
    provider: ProviderId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let open = queries::organizations(db, provider.into()).await?;
    let desks = membership::desks_to_come(db, account, now).await?;
    let is_open = |desk: &Desk| open.contains(&desk.actor.organization.get());
    Ok(desks.iter().all(is_open))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_a_second_factor_reads_what_it_writes() {
        for text in ["amr=mfa", "acr=urn:example:loa=2"] {
            assert_eq!(text.parse::<Mfa>().unwrap().to_string(), text);
        }
        for wrong in ["", "mfa", "amr=", "amx=mfa"] {
            assert!(wrong.parse::<Mfa>().is_err(), "{wrong}");
        }
    }
}
