//! Asks offices to confirm: by the clock once a year, or because somebody wants it now.

use chrono::{DateTime, Utc};
use keniki_base::clock::{full_text, jst_day};
use keniki_base::id::OrganizationId;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::queries::Turn;
use super::{ConfirmationError, House, State, Step, queries, recipients};
use crate::account::policy::Deed;
use crate::account::secret::Token;
use crate::account::{By, membership};
use crate::audit::{self, Event};
use crate::bundle;
use crate::database::{self, instant};
use crate::mail::{self, Draft};

/// Asks an organization now.
pub async fn ask(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<(), ConfirmationError> {
    let object = membership::object(tx, organization).await?;
    by.authorize(Deed::AskConfirmation, &object)?;
    let name = membership::organization_name(tx, organization).await?;
    let name = name.ok_or(ConfirmationError::NotThere)?;
    if queries::is_waiting(tx, organization.get()).await? {
        return Err(ConfirmationError::Waiting);
    }
    let recipients = recipients(tx, house.policy, organization, now).await?;
    if recipients.is_empty() {
        return Err(ConfirmationError::Nobody);
    }
    let id = queries::insert(tx, organization.get(), &instant(now)).await?;
    send(tx, house, (id, &name), &recipients, false, now).await?;
    let event = Event::done(Deed::AskConfirmation.code(), "confirmation", id);
    Ok(audit::record(tx, by, event, now).await?)
}

/// Reminds, stops waiting and asks, as far as the time has come; answers how many organizations got a letter.
pub async fn ask_due(
    db: &DatabaseConnection,
    house: House<'_>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    if bundle::mirror(db).await?.is_some() {
        // Where the directory is kept, its offices are asked.
        return Ok(0);
    }
    let (by, at) = (By::program("clock"), instant(now));
    let mut n_asked = 0;
    let asked = instant(now - house.rule.patience());
    for state in [State::Asked, State::Reminded] {
        for (id, _) in queries::asked_before(db, state, &asked).await? {
            let turn = turn(state, Step::Lapse, &at)?;
            database::write(db, async |tx| queries::put_state(tx, id, &turn).await).await?;
        }
    }
    let asked = instant(now - house.rule.reminder());
    for (id, organization) in queries::asked_before(db, State::Asked, &asked).await? {
        let done = database::write(db, async |tx| {
            remind(tx, house, (id, organization.into()), &by, now).await
        });
        n_asked += u64::from(done.await?);
    }
    let today = jst_day(now);
    let due = house.rule.due_before(today).to_string();
    for organization in queries::to_be_asked(db, &due).await? {
        if n_asked >= house.rule.organizations_an_hour {
            break;
        }
        let done = database::write(db, async |tx| {
            ask(tx, house, &by, organization.into(), now).await
        });
        match done.await {
            Ok(()) => n_asked += 1,
            Err(ConfirmationError::Database(error)) => return Err(error),
            // Somebody else asked meanwhile, or nobody can be asked.
            Err(_) => {}
        }
    }
    Ok(n_asked)
}

fn turn(from: State, step: Step, at: &str) -> Result<Turn<'_>, DbErr> {
    let to = from.after(step);
    let to = to.map_err(|wrong| DbErr::Custom(wrong.to_string()))?;
    Ok(Turn { from, to, at })
}

async fn remind(
    tx: &DatabaseTransaction,
    house: House<'_>,
    (id, organization): (i64, OrganizationId),
    by: &By,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let name = membership::organization_name(tx, organization).await?;
    let at = instant(now);
    let turn = turn(State::Asked, Step::Remind, &at)?;
    if !queries::put_state(tx, id, &turn).await? {
        return Ok(false);
    }
    let recipients = recipients(tx, house.policy, organization, now).await?;
    let name = name.unwrap_or_default();
    send(tx, house, (id, &name), &recipients, true, now).await?;
    let event = Event {
        note: Some("reminder"),
        ..Event::done(Deed::AskConfirmation.code(), "confirmation", id)
    };
    audit::record(tx, by, event, now).await?;
    Ok(true)
}

/// A link of their own for each.
async fn send(
    tx: &DatabaseTransaction,
    house: House<'_>,
    (id, organization): (i64, &str),
    recipients: &[(String, Option<i64>)],
    is_reminder: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let until = now + house.rule.link();
    let subject = match is_reminder {
        false => "掲載内容の確認のお願い",
        true => "【再度のお願い】掲載内容の確認",
    };
    for (recipient, vouched_by) in recipients {
        let token = Token::new(house.chance);
        let (at, end) = (instant(now), instant(until));
        let whose = (&**recipient, *vouched_by);
        queries::insert_link(tx, &token.hash(), id, whose, (&at, &end)).await?;
        let body = format!(
            "地域の医療・介護の資源として公開している「{organization}」の内容が、いまも正しいかどうかを確かめてください。\n\
             年に一度、すべての事業所にお願いしています。\n\n{}/confirmations/{}\n\n\
             開いたページで「内容は正しい」を押すだけです。変わったところがあれば、同じページから申し出られます。\n\
             このリンクは {} まで使えます。返事がないあいだは、公開のページに「未確認」と出ます。\n",
            house.public_url,
            token.as_str(),
            full_text(until)
        );
        let draft = Draft {
            recipient,
            subject,
            body: &body,
        };
        mail::write(tx, draft, now).await?;
    }
    Ok(())
}
