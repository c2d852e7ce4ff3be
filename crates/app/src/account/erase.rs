//! Erases who somebody was whose roles have ended: name, address, password, factors, sessions and letters. The number stays,
//! so that the audit log and the history of records keep who did what, without saying who that was.

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::AccountId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::policy::{Deed, Object};
use super::{By, Refused, invitation, office, person, prove, sign_in, throttle};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::definition::Definitions;

mod queries;

/// What stands in place of the name.
pub const NAME: &str = "削除された職員";

/// What an account's `status` is afterwards.
pub const STATUS: &str = "erased";

/// Why an account was not erased. `Display` is a Japanese sentence.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// Nobody has that address.
    #[error("そのメールアドレスのアカウントはありません。")]
    NotThere,
    /// A role has not ended.
    #[error(
        "まだ終わっていない所属があります（{0}）。画面の「管理」で所属を終わらせ、その翌日からもう一度行ってください。"
    )]
    Active(String),
    /// Nobody would be left who looks after the installation.
    #[error(
        "ほかにシステムの運用者がいません。keniki operator create で次の運用者を招き、その人がサインインしてから行ってください。"
    )]
    LastOperator,
    /// Somebody needs it still.
    #[error(
        "消さないことになっています（理由：{0}）。済んだら keniki person hold --release で外してください。"
    )]
    Held(String),
    /// A mark in the audit log that nobody has looked into.
    #[error(
        "この人の監査記録に、調べる印が付いています（記録の番号 {0}）。「監査」のページで調べて、確認を記録してから行ってください。"
    )]
    Marked(i64),
    /// The definitions keep it still.
    #[error(
        "{0} まで残すことになっています（definitions/retention.toml の at_least。根拠：{1}）。"
    )]
    Kept(NaiveDate, String),
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// What was erased, and what is left for people to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Whose.
    pub account: AccountId,
    /// Contacts of the directory with the same name or address: its offices change them.
    pub n_contacts: u64,
}

/// Erases somebody by their mail address.
pub async fn erase(
    tx: &DatabaseTransaction,
    by: &By,
    definitions: &Definitions,
    login: &str,
    now: DateTime<Utc>,
) -> Result<Erased, EraseError> {
    let found = person::by_login(tx, &person::login(login)).await?;
    let found = found.ok_or(EraseError::NotThere)?;
    by.authorize(Deed::EraseAccount, &Object::new("account", found.id))?;
    stops(tx, definitions, found.id, now).await?;
    let n_contacts = queries::n_contacts(tx, &found.name, &found.login).await?;
    wipe(tx, found.id, &found.login, now).await?;
    let event = Event::done(Deed::EraseAccount.code(), "account", found.id);
    audit::record(tx, by, event, now).await?;
    Ok(Erased {
        account: found.id.into(),
        n_contacts,
    })
}

/// What stands against it.
async fn stops(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    account: i64,
    now: DateTime<Utc>,
) -> Result<(), EraseError> {
    let today = jst_day(now);
    if let Some(held) = queries::hold(db, account).await? {
        return Err(EraseError::Held(held));
    }
    if let Some(active) = queries::active(db, account, &today.to_string()).await? {
        return Err(EraseError::Active(active));
    }
    let day = today.to_string();
    if queries::was(db, account, office::OPERATOR).await?
        && queries::n_others(db, account, office::OPERATOR, &day).await? == 0
    {
        return Err(EraseError::LastOperator);
    }
    if let Some(entry) = queries::marked(db, account).await? {
        return Err(EraseError::Marked(entry));
    }
    let last = queries::last_day(db, account).await?;
    let last = last.and_then(|day| day.parse::<NaiveDate>().ok());
    match (definitions.account_at_least(today), last) {
        (Some((period, source)), Some(last)) if last >= period.first_kept(today) => {
            let until = period.last_day_after(last);
            Err(EraseError::Kept(until, source.to_owned()))
        }
        _ => Ok(()),
    }
}

/// The accounts whose roles all ended before `first_kept` and that nobody holds: the oldest first.
pub(crate) async fn expired(
    db: &impl ConnectionTrait,
    first_kept: NaiveDate,
    before: &str,
) -> Result<Vec<(i64, String)>, DbErr> {
    queries::expired(db, &first_kept.to_string(), before).await
}

/// Takes out everything that says who an account was.
pub(crate) async fn wipe(
    tx: &DatabaseTransaction,
    account: i64,
    login: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let whats = [
        prove::attempted(login),
        invitation::attempted(login),
        sign_in::attempted(account.into()),
    ];
    for what in whats {
        queries::forget_attempts(tx, &throttle::who_hash(&what)).await?;
    }
    queries::wipe_letters(tx, login).await?;
    queries::forget_ways(tx, account, login).await?;
    queries::wipe_invitations(tx, (account, login), NAME, &instant(now)).await?;
    for table in queries::OWNED {
        queries::delete_owned(tx, table, account).await?;
    }
    queries::wipe_account(tx, account, NAME, STATUS).await
}
