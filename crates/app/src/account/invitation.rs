//! Links that let somebody in: an invitation to a role, a new password, a lost second factor. Each good once, and not for long.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::{AccountId, InvitationId, MembershipId, OrganizationId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};

use super::deed::OwnDeed;
use super::membership::{self, Term};
use super::password::{self, WrongPassword};
use super::policy::{Deed, Role};
use super::secret::{self, Token};
use super::session::{self, Browser, Opened};
use super::sign_in::House;
use super::stage::Stage;
use super::{By, Refused, factor, person};
use crate::audit::{self, Event};
use crate::database::{self, instant};

mod queries;

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

    fn code(self) -> &'static str {
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
    term: Option<Term>,
}

impl Invitation {
    /// Whether whoever takes it has a password already, and is asked for it.
    #[must_use]
    pub fn asks_password(&self) -> bool {
        match self.purpose {
            Purpose::Invite => self.account.is_some(),
            Purpose::Password => false,
            Purpose::Factor => true,
        }
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
            login: row.login,
            name: row.name,
            organization_name: row.organization_name,
            role: row.role,
            term,
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
    /// It ends before it begins.
    #[error("終わりの日が、始まりの日より前です。")]
    WrongDays,
    /// They have that role there already.
    #[error("この人は、もうその役割で登録されています。")]
    HasRole,
    /// Used, taken back, old, or never sent.
    #[error("このリンクはもう使えません。期限が過ぎたか、使い終わったか、取り消されています。")]
    NotThere,
    /// The password that was asked for is wrong.
    #[error("パスワードが違います。")]
    WrongPassword,
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

/// Roles that watch over all others: given by whoever may do everything with accounts.
fn is_high(role: &Role) -> bool {
    let is_any = |deed| {
        let relations = role.may.get(&deed);
        relations.is_some_and(|them| them.contains(&super::policy::Relation::Any))
    };
    is_any(Deed::InviteAccount) || is_any(Deed::ReadAudit) || is_any(Deed::SignOffAudit)
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

/// Invites somebody to a role. A person with an account elsewhere keeps it.
pub async fn invite(
    tx: &DatabaseTransaction,
    house: House<'_>,
    roles: &[Role],
    by: &By,
    guest: &Guest,
    now: DateTime<Utc>,
) -> Result<Sent, InvitationError> {
    let object = membership::object(tx, guest.term.organization).await?;
    by.authorize(Deed::InviteAccount, &object)?;
    let role = roles.iter().find(|role| role.code == guest.term.role);
    let role = role.ok_or(InvitationError::WrongRole)?;
    if is_high(role) && !by.reach(Deed::InviteAccount).any {
        return Err(InvitationError::RoleTooHigh);
    }
    let (login, name) = checked(guest)?;
    let person = person::by_login(tx, &login).await?;
    if let Some(person) = &person {
        let desks = membership::desks(tx, person.account(), now).await?;
        let term = &guest.term;
        let has = |desk: &membership::Desk| {
            desk.actor.organization == term.organization && desk.actor.role == term.role
        };
        if desks.iter().any(has) {
            return Err(InvitationError::HasRole);
        }
    }
    let at = instant(now);
    let organization = guest.term.organization.get();
    queries::revoke_same(tx, &login, organization, &guest.term.role, &at).await?;
    let (from, to) = (guest.term.from.to_string(), guest.term.to.map(|day| day.to_string()));
    let token = Token::new(house.chance);
    let new = queries::New {
        token_hash: &token.hash(),
        purpose: Purpose::Invite.code(),
        account: person.map(|person| person.id),
        login: &login,
        name,
        organization: Some(organization),
        role: Some(&guest.term.role),
        valid_from: Some(&from),
        valid_to: to.as_deref(),
        created_at: &at,
        created_by: by.account.map(i64::from),
        expires_at: &instant(now + house.rule.invitation()),
    };
    let id = queries::insert(tx, &new).await?;
    let event = Event::done(Deed::InviteAccount.code(), "invitation", id);
    audit::record(tx, by, event, now).await?;
    let id = id.into();
    Ok(Sent { id, login, token })
}

fn checked(guest: &Guest) -> Result<(String, &str), InvitationError> {
    let login = person::login(&guest.login);
    if !person::is_address(&login) {
        return Err(InvitationError::WrongLogin);
    }
    let name = guest.name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control) {
        return Err(InvitationError::WrongName);
    }
    if guest.term.to.is_some_and(|to| to < guest.term.from) {
        return Err(InvitationError::WrongDays);
    }
    Ok((login, name))
}

/// A link for somebody who forgot the password; none where nobody has that address, which the page does not tell.
pub async fn for_password(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    login: &str,
    now: DateTime<Utc>,
) -> Result<Option<Sent>, DbErr> {
    let login = person::login(login);
    let person = person::by_login(tx, &login).await?;
    let Some(person) = person.filter(|person| person.is_active()) else {
        return Ok(None);
    };
    let sent = renew(tx, house, by, &person, Purpose::Password, now).await?;
    let event = Event::done(OwnDeed::AskPassword.code(), "account", person.id);
    audit::record(tx, by, event, now).await?;
    Ok(Some(sent))
}

/// A link for somebody who lost the second factor, given by who looks after the account: they know the face.
pub async fn for_factor(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Sent, InvitationError> {
    let person = person::by_id(tx, account).await?;
    let person = person.ok_or(InvitationError::NotThere)?;
    for object in person::objects(tx, account, now).await? {
        by.authorize(Deed::InviteAccount, &object)?;
    }
    let sent = renew(tx, house, by, &person, Purpose::Factor, now).await?;
    let event = Event {
        note: Some("factor"),
        ..Event::done(Deed::InviteAccount.code(), "account", person.id)
    };
    audit::record(tx, by, event, now).await?;
    Ok(sent)
}

async fn renew(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    person: &person::Person,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Sent, DbErr> {
    queries::revoke_of_account(tx, person.id, &instant(now)).await?;
    let token = Token::new(house.chance);
    let new = queries::New {
        token_hash: &token.hash(),
        purpose: purpose.code(),
        account: Some(person.id),
        login: &person.login,
        name: &person.name,
        organization: None,
        role: None,
        valid_from: None,
        valid_to: None,
        created_at: &instant(now),
        created_by: by.account.map(i64::from),
        expires_at: &instant(now + house.rule.reset()),
    };
    let id = queries::insert(tx, &new).await?.into();
    let login = person.login.clone();
    Ok(Sent { id, login, token })
}

/// The link of `token`, where it is good now.
pub async fn find(
    db: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Invitation>, DbErr> {
    let row = queries::open(db, &secret::hash(token), &instant(now)).await?;
    let Some(row) = row else { return Ok(None) };
    let mut found = Invitation::of(row)?;
    if found.account.is_none() {
        // Whoever was invited twice has an account by now.
        let person = person::by_login(db, &found.login).await?;
        found.account = person.map(|person| person.account());
    }
    Ok(Some(found))
}

/// Takes a link: makes the account where there is none, gives the role, sets or asks the password.
///
/// What comes next is the second factor: to be proved where one is set up, else to be set up.
pub async fn take(
    db: &DatabaseConnection,
    house: House<'_>,
    (by, browser): (&By, Browser<'_>),
    (token, typed): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Opened, InvitationError> {
    let link = find(db, token, now).await?;
    let link = link.ok_or(InvitationError::NotThere)?;
    let hash = match link.asks_password() {
        true => {
            prove_password(db, house, browser, &link, typed, now).await?;
            None
        }
        false => {
            password::check(typed, house.rule, &[&link.login, &link.name])?;
            Some(password::hash(typed.to_owned(), house.chance).await)
        }
    };
    database::write(db, async |tx| {
        if !queries::take(tx, link.id.into(), &instant(now)).await? {
            return Err(InvitationError::NotThere);
        }
        let account = match link.account {
            Some(account) => account,
            None => person::create(tx, &link.login, &link.name, now).await?,
        };
        let by = &by.known_as(account);
        if let Some(term) = &link.term {
            membership::give(tx, account, term, now).await?;
        }
        if let Some(hash) = &hash {
            person::put_password(tx, account, hash, now).await?;
            let event = Event::done(OwnDeed::SetPassword.code(), "account", account.into());
            audit::record(tx, by, event, now).await?;
        }
        if link.purpose == Purpose::Factor {
            factor::forget_all(tx, account).await?;
        }
        if link.purpose != Purpose::Invite {
            session::end_others(tx, account, None, now).await?;
        }
        let event = Event::done(OwnDeed::TakeInvitation.code(), "invitation", link.id.into());
        audit::record(tx, by, event, now).await?;
        let stage = match factor::of(tx, account).await?.is_none() {
            true => Stage::Enroll,
            false => Stage::Second,
        };
        Ok(session::begin(tx, house.chance, account, stage, None, browser, now).await?)
    })
    .await
}

/// Whoever holds the link of somebody with an account must know the password, too.
async fn prove_password(
    db: &DatabaseConnection,
    house: House<'_>,
    browser: Browser<'_>,
    link: &Invitation,
    typed: &str,
    now: DateTime<Utc>,
) -> Result<(), InvitationError> {
    let what = format!("password {}", link.login);
    if !super::throttle::attempt(db, house.rule, &what, browser.origin, now).await? {
        return Err(InvitationError::WrongPassword);
    }
    let person = person::by_login(db, &link.login).await?;
    let kept = person
        .filter(person::Person::is_active)
        .and_then(|person| person.password_hash);
    match password::is_right(typed.to_owned(), kept).await {
        true => Ok(()),
        false => Err(InvitationError::WrongPassword),
    }
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

/// Takes an invitation back.
pub async fn revoke(
    tx: &DatabaseTransaction,
    by: &By,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<(), InvitationError> {
    let row = queries::open_by_id(tx, id.into()).await?;
    let organization = row.and_then(|row| row.organization_id);
    let organization = organization.ok_or(InvitationError::NotThere)?;
    let object = membership::object(tx, organization.into()).await?;
    by.authorize(Deed::InviteAccount, &object)?;
    if !queries::revoke(tx, id.into(), &instant(now)).await? {
        return Err(InvitationError::NotThere);
    }
    let event = Event {
        note: Some("revoked"),
        ..Event::done(Deed::InviteAccount.code(), "invitation", id.into())
    };
    Ok(audit::record(tx, by, event, now).await?)
}

/// Somebody with a role and no password, such as an invented person of a sample.
pub async fn admit(
    tx: &DatabaseTransaction,
    by: &By,
    guest: &Guest,
    now: DateTime<Utc>,
) -> Result<MembershipId, InvitationError> {
    let object = membership::object(tx, guest.term.organization).await?;
    by.authorize(Deed::InviteAccount, &object)?;
    let (login, name) = checked(guest)?;
    let account = match person::by_login(tx, &login).await? {
        Some(person) => person.account(),
        None => person::create(tx, &login, name, now).await?,
    };
    let membership = membership::give(tx, account, &guest.term, now).await?;
    let event = Event::done(Deed::InviteAccount.code(), "membership", membership.into());
    audit::record(tx, by, event, now).await?;
    Ok(membership)
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
