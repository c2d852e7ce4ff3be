//! Links that let somebody in: an invitation to a role, a new password, a lost second factor. Each good once, and not for long.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, InvitationId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::membership::Term;
use super::password::WrongPassword;
use super::policy::Deed;
use super::secret::{self, Token};
use super::{By, Refused, factor, mailbox, membership, person, session};
use crate::audit::{self, Event};
use crate::bundle::IsMirror;
use crate::database::instant;

mod by_provider;
mod invite;
mod queries;
mod renew;
mod take;

pub(super) use by_provider::take_by_provider;
pub use invite::{admit, invite, revoke, roles_to_give};
pub(super) use renew::attempted;
pub use renew::{for_account, for_password, may_ask};
pub use take::take;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A role in an organization.
    Invite,
    /// A new password; the second factor stays.
    Password,
    /// A new second factor; the password is asked for.
    Factor,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Invite, Self::Password, Self::Factor];

    /// As the database and forms have it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Password => "password",
            Self::Factor => "factor",
        }
    }
}

/// A link that is good now.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it was sent to.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// Where the role is held: name of the organization.
    pub organization_name: Option<String>,
    /// Code of the role.
    pub role: Option<String>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    account: Option<AccountId>,
    has_password: bool,
    has_factor: bool,
    /// The role.
    pub(super) term: Option<Term>,
    /// Codes of the mailboxes that whoever takes it answers from then on.
    pub(super) mailboxes: Vec<String>,
}

impl Invitation {
    /// Whether whoever takes it has a password already, and is asked for it.
    #[must_use]
    pub fn asks_password(&self) -> bool {
        match self.purpose {
            Purpose::Invite => self.account.is_some(),
            Purpose::Password => false,
            // Whoever came by a provider alone has none: whoever gives this link knows the face.
            Purpose::Factor => self.has_password,
        }
    }

    /// Whether a password takes it: not where it is asked for and there is none.
    #[must_use]
    pub fn takes_password(&self) -> bool {
        self.has_password || !self.asks_password()
    }

    /// Whether whoever takes it by a password sets up a second factor next; who has one is asked for it.
    #[must_use]
    pub fn enrolls(&self) -> bool {
        self.purpose == Purpose::Factor || !self.has_factor
    }

    fn of(row: queries::Row) -> Result<Self, DbErr> {
        let purpose = Purpose::ALL.into_iter().find(|it| it.code() == row.purpose);
        let purpose = purpose.ok_or_else(|| DbErr::Custom("a link for nothing".to_owned()))?;
        let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        let term = match (row.organization_id, &row.role, day(&row.valid_from)) {
            (Some(organization), Some(role), Some(from)) => Some(Term {
                organization: organization.into(),
                role: role.clone(),
                from,
                to: day(&row.valid_to),
            }),
            _ => None,
        };
        Ok(Self {
            id: row.id.into(),
            purpose,
            expires_at: session::stored(&row.expires_at)?,
            account: row.account_id.map(AccountId::new),
            has_password: false,
            has_factor: false,
            login: row.login,
            name: row.name,
            organization_name: row.organization_name,
            role: row.role,
            term,
            mailboxes: row.mailboxes.as_deref().map_or(Vec::new(), split),
        })
    }
}

/// Whom to invite to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Mail address, as typed.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// The role.
    pub term: Term,
}

/// Why somebody could not be invited, or a link not taken.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    /// No mail address.
    #[error("メールアドレスの形が違います。例：hanako@example.jp")]
    WrongLogin,
    /// No name, or a very long one.
    #[error("お名前は1文字から60文字までで書いてください。")]
    WrongName,
    /// No such role.
    #[error("役割を選んでください。")]
    WrongRole,
    /// A role that only the command line gives, or that would give more than the giver may.
    #[error("この役割を与えられるのは、システムの運用者だけです。")]
    RoleTooHigh,
    /// A role of another kind of organization.
    #[error(
        "この役割は、この組織では持てません。保健所や市町村などの役割は、そこでだけ与えられます。"
    )]
    RoleElsewhere,
    /// It ends before it begins.
    #[error("終わりの日が、始まりの日より前です。")]
    WrongDays,
    /// They have that role there already.
    #[error("この人は、もうその役割で登録されています。")]
    HasRole,
    /// Used, taken back, old, or never sent.
    #[error("このリンクはもう使えません。期限が過ぎたか、使い終わったか、取り消されています。")]
    NotThere,
    /// Only bundles write the directory here.
    #[error(transparent)]
    Mirror(#[from] IsMirror),
    /// Nothing is set up that could prove anything but the mailbox.
    #[error(
        "二つめの確認が登録されていないため、メールだけではパスワードを決め直せません。所属先のアカウントの管理者に「二つめの確認の登録し直し」を頼んでください。"
    )]
    NoFactor,
    /// The password that was asked for is wrong.
    #[error("パスワードが違います。")]
    WrongPassword,
    /// Nothing proves that the person at the provider is the one of the account.
    #[error(
        "このメールアドレスのアカウントは、所属先のサインインとまだ結び付いていません。先に、いつもの方法でサインインし、ご自分の設定で結び付けてください。"
    )]
    NotLinked,
    /// The person at the provider has an account under another address.
    #[error(
        "所属先のサインインが、ほかのメールアドレスのアカウントと結び付いています。招いた人に、そのメールアドレスで招待し直してもらってください。"
    )]
    LinkedElsewhere,
    /// The new password cannot be chosen.
    #[error(transparent)]
    Password(#[from] WrongPassword),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// A link that was made; its token is for the letter.
#[derive(Debug)]
pub struct Sent {
    /// Which.
    pub id: InvitationId,
    /// To whom.
    pub login: String,
    /// For the address of the link.
    pub token: Token,
}

/// The link of `token`, where it is good now.
pub async fn find(
    db: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Invitation>, DbErr> {
    let row = queries::open(db, &secret::hash(token), &instant(now)).await?;
    match row {
        Some(row) => known(db, row).await.map(Some),
        None => Ok(None),
    }
}

/// A link with the account that it is for by now: whoever was invited twice has one since the first.
async fn known(db: &impl ConnectionTrait, row: queries::Row) -> Result<Invitation, DbErr> {
    let mut found = Invitation::of(row)?;
    let person = match found.account {
        Some(account) => person::by_id(db, account).await?,
        None => person::by_login(db, &found.login).await?,
    };
    found.account = person.as_ref().map(|person| person.account());
    if let Some(account) = found.account {
        found.has_factor = !factor::of(db, account).await?.is_none();
    }
    found.has_password = person.is_some_and(|person| person.password_hash.is_some());
    Ok(found)
}

/// The invitations of an organization that wait to be taken.
pub async fn waiting(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<Invitation>, DbErr> {
    let rows = queries::open_of(db, organization.into()).await?;
    let mut all = rows
        .into_iter()
        .map(Invitation::of)
        .collect::<Result<Vec<_>, _>>()?;
    all.retain(|invitation| invitation.expires_at > now);
    Ok(all)
}

fn split(codes: &str) -> Vec<String> {
    codes.split(',').map(str::to_owned).collect()
}

/// Says which mailboxes whoever takes an invitation answers from then on.
pub(super) async fn put_mailboxes(
    tx: &DatabaseTransaction,
    by: &By,
    (id, mailboxes): (InvitationId, &[String]),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    queries::put_mailboxes(tx, id.into(), &mailboxes.join(",")).await?;
    let event = Event {
        note: Some("mailbox"),
        ..Event::done(Deed::InviteAccount.code(), "invitation", id.into())
    };
    audit::record(tx, by, event, now).await
}

impl Invitation {
    /// Gives whoever takes it the role and the mailboxes that were promised.
    async fn keep_word(
        &self,
        tx: &DatabaseTransaction,
        by: &By,
        account: AccountId,
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let Some(term) = &self.term else {
            return Ok(());
        };
        membership::give(tx, account, term, now).await?;
        for purpose in &self.mailboxes {
            mailbox::join(tx, by, (term.organization, purpose), account, now).await?;
        }
        Ok(())
    }
}

/// From today on, without an end.
#[must_use]
pub fn from_today(organization: OrganizationId, role: &str, now: DateTime<Utc>) -> Term {
    let from: NaiveDate = jst_day(now);
    Term {
        organization,
        role: role.to_owned(),
        from,
        to: None,
    }
}
