//! A form that is kept in a case is a deed of its rule: it tells the event, or meets the step, that says so; annulled, it takes
//! that back.

use chrono::{DateTime, NaiveTime, Utc};
use keniki_base::clock::{jst_day, jst_instant};
use keniki_base::id::{CaseEventId, CaseId, FormRecordId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, TransactionTrait};

use super::channel::Channel;
use super::engine::{Obligation, Standing};
use super::load::{Loaded, load};
use super::receipt::{self, Receipt};
use super::save::save;
use super::tell::{self, Telling};
use super::{CaseError, House, mend, object, queries};
use crate::account::By;
use crate::account::policy::Deed;
use crate::definition::program::{EventForm, EventRule, StepRule};
use crate::form::read::read;
use crate::form::record::RecordError;
use crate::form::record::annul::annul as annul_record;
use crate::form::record::write::{NewRecord, write as write_record};
use crate::form::{Value, Values};

/// Keeps a form, and tells in its case what it says.
///
/// # Errors
/// [`RecordError`]; nothing is written then.
pub async fn write(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    new: &NewRecord<'_>,
    now: DateTime<Utc>,
) -> Result<FormRecordId, RecordError> {
    let id = write_record(tx, house.definitions, by, new, now).await?;
    let form = house.definitions.form(new.form, jst_day(now));
    let (Some(case), Some(form)) = (new.case, form) else {
        return Ok(id);
    };
    let values = read(form, new.raw, jst_day(now)).values;
    let kept = Kept {
        form: new.form,
        id,
        values: &values,
    };
    beside(tx, async |inner| {
        tell_of(inner, house, by, (case, &kept), now).await
    })
    .await?;
    Ok(id)
}

/// What the case takes of a form: all of it, or nothing where it refuses. The form is kept all the same, and the page says what
/// is still open.
async fn beside(
    tx: &DatabaseTransaction,
    deed: impl AsyncFnOnce(&DatabaseTransaction) -> Result<(), CaseError>,
) -> Result<(), DbErr> {
    let inner = tx.begin().await?;
    match deed(&inner).await {
        Ok(()) => inner.commit().await,
        Err(CaseError::Database(error)) => Err(error),
        Err(_) => inner.rollback().await,
    }
}

/// A form as it was kept.
struct Kept<'a> {
    form: &'a str,
    id: FormRecordId,
    values: &'a Values,
}

impl Kept<'_> {
    /// A form tells once.
    fn key(&self) -> Option<String> {
        Some(format!("form {}", self.id))
    }

    /// When it was so: on the day that stands in an item, at its end, or now.
    fn at(&self, day: &str, now: DateTime<Utc>) -> DateTime<Utc> {
        let last = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default();
        match self.values.get(day) {
            Some(Value::Date(day)) => jst_instant(*day, last).min(now),
            _ => now,
        }
    }

    fn telling(&self, (rule, from): (&EventRule, &EventForm), now: DateTime<Utc>) -> Telling {
        let criteria = from.criteria.as_deref();
        let criteria = match criteria.and_then(|item| self.values.get(item)) {
            Some(Value::Many(codes)) => codes.clone(),
            _ => Vec::new(),
        };
        let facts = from.facts.iter().filter_map(|(fact, item)| {
            let Some(Value::Choice(choice)) = self.values.get(item) else {
                return None;
            };
            Some((fact.clone(), choice.clone()))
        });
        Telling {
            kind: rule.code.clone(),
            happened_at: self.at(&from.day, now),
            facts: facts.collect(),
            criteria: criteria
                .into_iter()
                .filter(|code| code != EventForm::NONE)
                .collect(),
            form_record: Some(self.id),
            form_key: self.key(),
            ..Telling::default()
        }
    }

    fn receipt(&self, step: &str, day: &str, now: DateTime<Utc>) -> Receipt {
        Receipt {
            step: step.to_owned(),
            cause: None,
            happened_at: self.at(day, now),
            channel: Channel::Here,
            whom: String::new(),
            note: String::new(),
            form_record: Some(self.id),
            form_key: self.key(),
        }
    }
}

async fn tell_of(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, kept): (CaseId, &Kept<'_>),
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    by.authorize(Deed::TellCase, &object(tx, case, now).await?)?;
    let loaded = load(tx, house.definitions, case).await?;
    let state = loaded.state(house.definitions, now);
    if let (Some(it), None) = (event_of(&loaded, by, kept.form), &state.closed) {
        let telling = kept.telling(it, now);
        tell::tell(tx, house, by, case, (&telling, None), now).await?;
        return Ok(());
    }
    for (step, day) in deeds_of(&loaded, by, kept.form) {
        if state.obligations.iter().any(|it| is_open(it, &step.code)) {
            let receipt = kept.receipt(&step.code, day, now);
            receipt::done(tx, house, by, case, (&receipt, None), now).await?;
            return Ok(());
        }
    }
    Ok(())
}

/// The event that the organization tells by this form.
fn event_of<'a>(
    loaded: &'a Loaded<'_>,
    by: &By,
    form: &str,
) -> Option<(&'a EventRule, &'a EventForm)> {
    let own = by.organization?;
    let tells = |it: &EventRule| {
        loaded
            .roles_of(own)
            .any(|role| it.from.iter().any(|from| from == role))
    };
    let mut events = loaded.program.events.iter();
    events.find_map(|it| {
        let from = it.form.as_ref().filter(|from| from.code == form)?;
        tells(it).then_some((it, from))
    })
}

/// The steps that it owes and of which this form is the deed, with the item that has its day.
fn deeds_of<'a>(
    loaded: &'a Loaded<'_>,
    by: &By,
    form: &str,
) -> impl Iterator<Item = (&'a StepRule, &'a str)> {
    owed_by(loaded, by, form).filter_map(|it| Some((it, it.met_by_form.as_deref()?)))
}

/// The steps that it owes and with which this form goes.
fn owed_by<'a>(loaded: &'a Loaded<'_>, by: &By, form: &str) -> impl Iterator<Item = &'a StepRule> {
    let own: Vec<&str> = match by.organization {
        Some(own) => loaded.roles_of(own).collect(),
        None => Vec::new(),
    };
    let steps = loaded.program.steps.iter();
    let of_form = steps.filter(move |it| it.form.as_deref() == Some(form));
    of_form.filter(move |it| own.contains(&it.from.as_str()))
}

fn is_open(it: &Obligation, step: &str) -> bool {
    it.step == step && matches!(it.standing, Standing::Waiting | Standing::Missed)
}

/// Annuls a form, and what it told in its case.
///
/// # Errors
/// [`RecordError`]; nothing is written then.
pub async fn annul(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (id, reason): (FormRecordId, &str),
    now: DateTime<Utc>,
) -> Result<(), RecordError> {
    let case = annul_record(tx, by, (id, reason), now).await?;
    let Some(case) = case else { return Ok(()) };
    beside(tx, async |inner| {
        take_back(inner, house, by, (case, id), reason, now).await
    })
    .await?;
    Ok(())
}

async fn take_back(
    tx: &DatabaseTransaction,
    house: House<'_>,
    by: &By,
    (case, form): (CaseId, FormRecordId),
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    by.authorize(Deed::TellCase, &object(tx, case, now).await?)?;
    queries::lock_case(tx, case.get()).await?;
    let mut loaded = load(tx, house.definitions, case).await?;
    for event in told_by(&loaded, form) {
        mend::take_back(tx, by, &mut loaded, (event, reason), now).await?;
    }
    save(tx, house, by, &loaded, now).await?;
    Ok(())
}

fn told_by(loaded: &Loaded<'_>, form: FormRecordId) -> Vec<CaseEventId> {
    let told = loaded.events.iter();
    let told = told.filter(|it| it.content.form_record == Some(form.get()) && it.about.is_none());
    let told = told.map(|it| it.id);
    told.filter(|id| !tell::is_annulled(loaded, *id)).collect()
}

/// What a form did in its case, and what is still to be done with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Use {
    /// Names of the events and steps that it told.
    pub told: Vec<String>,
    /// What the reader's organization still owes with it.
    pub open: Vec<OpenStep>,
}

/// A step that is not done with the form alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenStep {
    /// Its code.
    pub step: String,
    /// The event with which it began.
    pub cause: CaseEventId,
    /// What it is called.
    pub name: String,
    /// Whether it is handed over.
    pub is_handover: bool,
    /// The role to which it is handed over, where nobody in the care team has it.
    pub nobody: Option<String>,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
}

/// The role to which a step is handed over, where nobody in the care team has it.
fn nobody_at(loaded: &Loaded<'_>, step: &StepRule) -> Option<String> {
    let to = step.to.as_deref().filter(|_| step.handover)?;
    let mut team = loaded.team.iter();
    if team.any(|it| it.valid_to.is_none() && it.case_role.as_deref() == Some(to)) {
        return None;
    }
    let role = loaded.program.role(to);
    Some(role.map_or(to, |it| &it.name).to_owned())
}

/// What a form did in its case, for whoever may see that.
///
/// # Errors
/// The engine's, or a case that is none.
pub async fn of_form(
    db: &impl ConnectionTrait,
    house: House<'_>,
    by: &By,
    (case, form, id): (CaseId, &str, FormRecordId),
    now: DateTime<Utc>,
) -> Result<Use, CaseError> {
    if by
        .may(Deed::ReadCase, &object(db, case, now).await?)
        .is_none()
    {
        return Ok(Use::default());
    }
    let loaded = load(db, house.definitions, case).await?;
    let state = loaded.state(house.definitions, now);
    let told = told_by(&loaded, id).into_iter().filter_map(|id| {
        let event = loaded.events.iter().find(|it| it.id == id)?;
        let step = event
            .step
            .as_deref()
            .and_then(|code| loaded.program.step(code));
        let rule = loaded.program.event(&event.kind);
        Some(step.map(|it| &it.name).or(rule.map(|it| &it.name))?.clone())
    });
    let steps = owed_by(&loaded, by, form).filter(|it| it.met_by_form.is_none());
    let open = steps.filter_map(|step| {
        let owed = state
            .obligations
            .iter()
            .find(|it| is_open(it, &step.code))?;
        Some(OpenStep {
            step: step.code.clone(),
            cause: owed.cause,
            name: step.name.clone(),
            is_handover: step.handover,
            nobody: nobody_at(&loaded, step),
            due_at: owed.due_at,
        })
    });
    Ok(Use {
        told: told.collect(),
        open: open.collect(),
    })
}
