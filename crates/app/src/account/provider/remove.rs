//! Gives up a provider: whoever signed in by it is signed out, and told how to get in from now on.

use chrono::{DateTime, Utc};
use keniki_base::id::ProviderId;
use sea_orm::DatabaseTransaction;

use super::super::By;
use super::super::policy::{Deed, Object};
use super::{AddError, queries};
use crate::audit::{self, Event};
use crate::database::instant;
use crate::mail::{self, Draft};

/// Removes a provider; answers how many people were told.
pub async fn remove(
    tx: &DatabaseTransaction,
    by: &By,
    provider: ProviderId,
    now: DateTime<Utc>,
) -> Result<usize, AddError> {
    by.authorize(Deed::ManageProvider, &Object::new("provider", provider))?;
    let found = super::find(tx, provider).await?.ok_or(AddError::NotThere)?;
    let people = queries::people(tx, provider.into()).await?;
    for person in &people {
        let how = match person.has_own {
            true => {
                "これからは、メールアドレスとパスワード、二つめの確認でサインインしてください。"
            }
            false => {
                "パスワードか二つめの確認がまだ決まっていません。所属先のアカウントの管理者に「二つめの確認の登録し直し」を頼んでください。"
            }
        };
        let body = format!(
            "「{}」でのサインインは、使えなくなりました。\n{how}\n",
            found.label
        );
        let draft = Draft {
            recipient: &person.login,
            subject: "サインインのしかたが変わります",
            body: &body,
        };
        mail::write(tx, draft, now).await?;
    }
    queries::delete(tx, provider.into(), &instant(now)).await?;
    let event = Event {
        note: Some("removed"),
        ..Event::done(Deed::ManageProvider.code(), "provider", provider.into())
    };
    audit::record(tx, by, event, now).await?;
    Ok(people.len())
}
