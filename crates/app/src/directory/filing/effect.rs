//! What the filings of a service that stand make of it: whether it works, and what it can do.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::ServiceId;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::queries;
use crate::account::By;
use crate::bundle;
use crate::database::{self, Lock};
use crate::directory::source::Said;
use crate::directory::source::locate::Places;
use crate::directory::source::said::CapabilitySaid;
use crate::import::fold::AUTHORITY;
use crate::import::office::{self, Word};

/// Puts what the standing filings say in the place of what they said before.
pub(super) async fn apply(
    tx: DatabaseTransaction,
    places: &Places,
    by: &By,
    service: ServiceId,
    now: DateTime<Utc>,
) -> Result<DatabaseTransaction, DbErr> {
    let today = jst_day(now).to_string();
    let effects = queries::effects(&tx, service.get(), &today).await?;
    queries::mark_applied(&tx, service.get(), &today).await?;
    if effects.is_empty() {
        // An inspection that changes nothing is nobody's to read but the authority's.
        return Ok(tx);
    }
    let word = Word {
        teller: AUTHORITY,
        title: "届出・立入検査の記録".to_owned(),
        assured_by: None,
        said: vec![(service, said(&effects))],
    };
    let (tx, _) = office::put(tx, places, by, &word, now).await?;
    Ok(tx)
}

/// In the order of the days on which they count.
fn said(effects: &[queries::Effect]) -> Said {
    let mut said = Said::default();
    let mut can: BTreeMap<&str, Option<&queries::Effect>> = BTreeMap::new();
    for effect in effects {
        if said.status.is_none() {
            // How it stood before any of them, taken back ones included.
            said.status.clone_from(&effect.status_before);
            said.closed_on = day(effect.closed_before.as_deref());
        }
        if effect.is_taken_back {
            continue;
        }
        if let Some(status) = &effect.status {
            said.status = Some(status.clone());
            let is_closed = status == "closed";
            said.closed_on = day(Some(&*effect.effective_on).filter(|_| is_closed));
        }
        if let Some(code) = &effect.granted {
            can.insert(code, Some(effect));
        }
        if let Some(code) = &effect.withdrawn {
            can.insert(code, None);
        }
    }
    for (code, granted) in can {
        match granted {
            None => said.withdrawn.push(code.to_owned()),
            Some(effect) => said.capabilities.push(CapabilitySaid {
                code: code.to_owned(),
                since: day(Some(&effect.effective_on)),
                filing: effect.number.clone().unwrap_or_default(),
                note: None,
            }),
        }
    }
    said
}

fn day(text: Option<&str>) -> Option<chrono::NaiveDate> {
    text.and_then(|text| text.parse().ok())
}

/// Lets filings count whose day has come; answers of how many services.
pub async fn take_effect(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<usize, DbErr> {
    let services = queries::to_apply(db, &jst_day(now).to_string()).await?;
    if services.is_empty() || bundle::mirror(db).await?.is_some() {
        return Ok(0);
    }
    let (places, by) = (Places::load(db).await?, By::program("clock"));
    for service in &services {
        let tx = database::begin_write_alone(db, Lock::Directory).await?;
        let tx = apply(tx, &places, &by, ServiceId::new(*service), now).await?;
        tx.commit().await?;
    }
    Ok(services.len())
}
