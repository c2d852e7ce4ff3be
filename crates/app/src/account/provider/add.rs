//! Registers a provider, after asking it whether it is there and calls itself so; gives it another secret.

use chrono::{DateTime, Utc};
use keniki_base::id::{OrganizationId, ProviderId};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::super::membership;
use super::super::policy::{Deed, Object};
use super::super::{By, Refused};
use super::protocol::{self, Fault};
use super::{Mfa, Road, queries, wire};
use crate::audit::{self, Event};
use crate::database::{self, instant};

/// How long a label may be.
const LABEL_LONGEST: usize = 40;

/// A provider to be registered.
#[derive(Clone)]
pub struct NewProvider {
    /// What its people call it.
    pub label: String,
    /// Its address.
    pub issuer: String,
    /// As whom this site is known there.
    pub client_id: String,
    /// With what it proves itself there.
    pub client_secret: String,
    /// What counts there as a second factor.
    pub mfa: Option<Mfa>,
    /// Which organizations its people may enter.
    pub organizations: Vec<OrganizationId>,
}

/// Why a provider was not registered.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// No name, or a very long one.
    #[error("表示名（--label）は1文字から{LABEL_LONGEST}文字までで書いてください。")]
    WrongLabel,
    /// No https address.
    #[error(
        "発行元（--issuer）「{0}」は使えません。https:// から始まり、? や # のないアドレスを、そのサーバーの示すとおりに書いてください（http は、試すためのこの機械だけです）。"
    )]
    WrongIssuer(String),
    /// No name of this site.
    #[error("クライアントID（--client-id）を書いてください。")]
    NoClient,
    /// Nothing to prove it with.
    #[error("クライアントの秘密が空です。秘密だけを1行で書いたファイルを指定してください。")]
    NoSecret,
    /// No such organization.
    #[error(
        "{0} 番の組織はありません。番号は、画面の「アカウントの管理」（/offices/番号）で確かめてください。"
    )]
    NoOrganization(OrganizationId),
    /// The same one.
    #[error(
        "この発行元とクライアントIDは、もう登録されています（keniki provider list で見られます）。"
    )]
    Twice,
    /// No such provider.
    #[error("その番号の登録はありません（keniki provider list で見られます）。")]
    NotThere,
    /// It does not answer as it should.
    #[error("発行元「{issuer}」を確かめられませんでした。{fault}")]
    Fault {
        /// Its address.
        issuer: String,
        /// What is wrong.
        fault: Fault,
    },
    /// The policy's refusal.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine's refusal.
    #[error("データベースに書き込めません（{0}）。何も変えていません。")]
    Database(#[from] DbErr),
}

/// Registers a provider.
pub async fn add(
    db: &DatabaseConnection,
    road: Road<'_>,
    by: &By,
    new: &NewProvider,
    now: DateTime<Utc>,
) -> Result<ProviderId, AddError> {
    by.authorize(Deed::ManageProvider, &Object::new("provider", 0))?;
    let label = new.label.trim();
    if label.is_empty() || label.chars().count() > LABEL_LONGEST || label.contains(char::is_control)
    {
        return Err(AddError::WrongLabel);
    }
    if !wire::is_issuer(&new.issuer) {
        return Err(AddError::WrongIssuer(new.issuer.clone()));
    }
    if new.client_id.is_empty() {
        return Err(AddError::NoClient);
    }
    if new.client_secret.is_empty() {
        return Err(AddError::NoSecret);
    }
    let asked = protocol::discover(road, &new.issuer).await;
    asked.map_err(|fault| AddError::Fault {
        issuer: new.issuer.clone(),
        fault,
    })?;
    database::write(db, async |tx| {
        for organization in &new.organizations {
            let name = membership::organization_name(tx, *organization).await?;
            name.ok_or(AddError::NoOrganization(*organization))?;
        }
        let id = queries::insert(tx, label, new, &instant(now)).await?;
        let id = id.ok_or(AddError::Twice)?;
        for organization in &new.organizations {
            queries::put_organization(tx, id, organization.get()).await?;
        }
        let event = Event::done(Deed::ManageProvider.code(), "provider", id);
        audit::record(tx, by, event, now).await?;
        Ok(id.into())
    })
    .await
}

/// Gives a provider the secret that counts from now on: they grow old there.
pub async fn put_secret(
    tx: &DatabaseTransaction,
    by: &By,
    (provider, secret): (ProviderId, &str),
    now: DateTime<Utc>,
) -> Result<(), AddError> {
    by.authorize(Deed::ManageProvider, &Object::new("provider", provider))?;
    if secret.is_empty() {
        return Err(AddError::NoSecret);
    }
    if !queries::put_secret(tx, provider.into(), secret).await? {
        return Err(AddError::NotThere);
    }
    let event = Event {
        note: Some("secret"),
        ..Event::done(Deed::ManageProvider.code(), "provider", provider.into())
    };
    Ok(audit::record(tx, by, event, now).await?)
}
