//! Confirms that what is said of some services is right: from then on it is the office's own word.

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::ServiceId;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::super::proposal;
use super::queries::Turn;
use super::{ConfirmationError, State, Step, object, queries};
use crate::account::By;
use crate::account::policy::{Deed, Relation};
use crate::audit::{self, Event};
use crate::bundle;
use crate::database::{self, Lock, instant};
use crate::definition::confirmation::ConfirmationRule;
use crate::directory::source::locate::Places;
use crate::import::fold::OFFICE;
use crate::import::office::{self, Word};

/// Confirms all of `services`, an action of its own.
pub async fn confirm(
    db: &DatabaseConnection,
    rule: &ConfirmationRule,
    by: &By,
    services: &[ServiceId],
    now: DateTime<Utc>,
) -> Result<(), ConfirmationError> {
    let places = Places::load(db).await?;
    let tx = database::begin_write_alone(db, Lock::Directory).await?;
    bundle::is_kept_here(&tx).await??;
    let mut word = Word {
        teller: OFFICE,
        title: "事業所の確認".to_owned(),
        assured_by: Some("事業所の確認"),
        said: Vec::new(),
    };
    for service in services {
        let object = object(&tx, *service).await?;
        by.authorize(Deed::Confirm, &object)?;
        if by.may(Deed::Confirm, &object) != Some(Relation::OwnOrganization) {
            word.assured_by = Some("関係機関による確認");
        }
        let said = office::said(&tx, *service).await?;
        let confirmed = proposal::confirmed(&tx, *service, &said).await?;
        word.said.push((*service, confirmed));
    }
    let (tx, _) = office::put(tx, &places, by, &word, now).await?;
    for service in services {
        let event = Event::done(Deed::Confirm.code(), "service", service.get());
        audit::record(&tx, by, event, now).await?;
    }
    let due = rule.due_before(jst_day(now)).to_string();
    for service in services {
        answer(&tx, *service, &due, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Ends the asking of the service's organization, where nothing is left to be confirmed.
async fn answer(
    tx: &DatabaseTransaction,
    service: ServiceId,
    due: &str,
    now: DateTime<Utc>,
) -> Result<(), ConfirmationError> {
    let Some(asking) = queries::last_of_service(tx, service.get()).await? else {
        return Ok(());
    };
    if queries::n_due(tx, asking.organization_id, due).await? > 0 {
        return Ok(());
    }
    let state = State::of(&asking.state)
        .ok_or_else(|| DbErr::Custom(format!("confirmation {} cannot be read", asking.id)))?;
    if let Ok(to) = state.after(Step::Answer) {
        let (from, at) = (state, &*instant(now));
        queries::put_state(tx, asking.id, &Turn { from, to, at }).await?;
    }
    Ok(())
}
