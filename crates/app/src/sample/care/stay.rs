//! How one stay in hospital went under the discharge rule: what was told and done, by whom, when, and what nobody did.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use keniki_base::clock::jst_instant;
use keniki_base::id::OrganizationId;

use super::office::Office;
use super::truth::Truth;
use crate::case::bulk::{Story, Told};
use crate::case::channel::Channel;
use crate::case::engine::{Content, Event, code};
use crate::case::open::Seat;
use crate::sample::dice::Dice;

mod admit;
mod leave;
mod support;

/// Whose events and steps these are.
pub(super) const PROGRAM: &str = "discharge_support";

/// Whether there is a care manager, and whether the hospital knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Yes,
    Unknown { is_there: bool },
    No,
}

/// Who needs support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Must,
    Watch,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ward {
    General,
    Recovery,
    Chronic,
    Psychiatric,
}

impl Need {
    fn code(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Watch => "watch",
            Self::None => "none",
        }
    }
}

impl Ward {
    fn code(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Recovery => "recovery",
            Self::Chronic => "chronic",
            Self::Psychiatric => "psychiatric",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Home,
    Moved,
    Died,
}

/// A stay as it will have been.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub from: NaiveDate,
    /// The day of the discharge, the move or the death.
    pub last: NaiveDate,
    pub ward: Ward,
    pub end: End,
    pub is_emergency: bool,
}

impl Stay {
    pub fn draw(dice: &mut Dice, from: NaiveDate) -> Self {
        let wards = [
            (Ward::General, 14.0, 0.66),
            (Ward::Recovery, 42.0, 0.20),
            (Ward::Chronic, 75.0, 0.11),
            (Ward::Psychiatric, 80.0, 0.03),
        ];
        let (ward, median, _) = wards[dice.weighted(&wards.map(|it| it.2))];
        let end = match dice.weighted(&[0.76, 0.17, 0.07]) {
            0 => End::Home,
            1 => End::Moved,
            _ => End::Died,
        };
        // Where somebody dies, what was due in the first days has passed, New Year's holidays included.
        let shortest = if end == End::Died { 20 } else { 3 };
        let days = (median * (0.6 * dice.bell()).exp()).round() as u64;
        Self {
            from,
            last: from + Days::new(days.clamp(shortest, 240)),
            ward,
            end,
            is_emergency: dice.chance(0.35),
        }
    }

    fn days(&self) -> u64 {
        (self.last - self.from).num_days().unsigned_abs()
    }
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    InTime,
    Late,
    Never,
}

/// A case while it is told.
pub(super) struct Telling<'a> {
    pub hospital: &'a Office,
    pub care_manager: &'a Office,
    pub support_center: &'a Office,
    pub nursing: Option<&'a Office>,
    pub known: Known,
    pub need: Option<Need>,
    /// 40 and over.
    pub is_insurable: bool,
    pub now: DateTime<Utc>,
    pub told: Vec<Told>,
    pub truth: Truth,
    pub is_fed_back: bool,
    /// Since when a care manager is known who was not at the beginning.
    pub found_on: Option<NaiveDate>,
}

impl Telling<'_> {
    /// Tells a stay from admission to what follows the discharge.
    pub fn tell(&mut self, dice: &mut Dice, stay: &Stay) {
        self.admit(dice, stay);
        self.find(dice, stay);
        self.inform(dice, stay);
        self.support(dice, stay);
        self.leave(dice, stay);
    }

    /// Puts what was told into the story, in the order in which it was learned; what has not happened yet is left out. Answers
    /// what was left out in truth.
    pub fn end(mut self, story: &mut Story<'_>) -> Truth {
        self.told.retain(|it| it.recorded_at <= self.now);
        self.told.sort_by_key(|it| (it.recorded_at, it.event.id));
        let places = self.told.iter().zip(1..);
        let numbers: BTreeMap<_, i64> = places.map(|(it, at)| (it.event.id, at)).collect();
        for it in &mut self.told {
            it.event.id = numbers[&it.event.id].into();
            it.event.about = it
                .event
                .about
                .and_then(|about| numbers.get(&about).copied())
                .map(Into::into);
        }
        if let Some(first) = self.told.first() {
            story.opened_at = first.recorded_at;
            story.opened_by = first.organization;
        }
        let seat = |role: &str, office: &Office, day| {
            let seat = Seat {
                role: role.to_owned(),
                organization: office.organization,
                staff: office.staff.clone(),
            };
            (seat, day)
        };
        let found_on = self
            .found_on
            .filter(|day| jst_instant(*day, NaiveTime::MIN) <= self.now);
        if let Some(day) = found_on {
            story
                .seats
                .push(seat("care_manager", self.care_manager, day));
        }
        let asked = self
            .told
            .iter()
            .find(|it| it.event.step.as_deref() == Some("support_request"));
        if let Some(asked) = asked {
            let day = keniki_base::clock::jst_day(asked.event.happened_at);
            story
                .seats
                .push(seat("support_center", self.support_center, day));
        }
        story.told = self.told;
        self.truth
    }

    fn how(&self, dice: &mut Dice, office: &Office, day: NaiveDate, never: f64, late: f64) -> How {
        Self::how_at(dice, (office, self.now), day, never, late)
    }

    /// How a step went at an office: what the average forgets so often, it forgets more or less often; less from year to year.
    fn how_at(
        dice: &mut Dice,
        (office, now): (&Office, DateTime<Utc>),
        day: NaiveDate,
        never: f64,
        late: f64,
    ) -> How {
        let years_ago = (now.date_naive() - day).num_days() as f64 / 365.0;
        let habit = office.forgets * (0.65 + 0.2 * years_ago.clamp(0.0, 3.0));
        match dice.between(0.0, 1.0) {
            it if it < never * habit => How::Never,
            it if it < (never + late) * habit => How::Late,
            _ => How::InTime,
        }
    }

    fn event(&mut self, kind: &str, at: DateTime<Utc>, by: OrganizationId, content: Content) {
        self.push((kind, None), at, by, (Channel::Here, None), content);
    }

    fn waive(&mut self, step: &str, at: DateTime<Utc>, reason: &str) {
        let content = Content {
            reason: Some(reason.to_owned()),
            ..Content::default()
        };
        let by = self.hospital.organization;
        self.push(
            (code::WAIVED, Some(step)),
            at,
            by,
            (Channel::Here, None),
            content,
        );
    }

    fn done(
        &mut self,
        dice: &mut Dice,
        step: &str,
        at: DateTime<Utc>,
        by: OrganizationId,
        whom: &str,
    ) {
        let channels = [
            (Channel::Here, 0.45),
            (Channel::Phone, 0.2),
            (Channel::Fax, 0.2),
            (Channel::InPerson, 0.12),
            (Channel::Letter, 0.03),
        ];
        let (channel, _) = channels[dice.weighted(&channels.map(|it| it.1))];
        let whom = (channel != Channel::Here).then(|| whom.to_owned());
        self.push(
            (code::DONE, Some(step)),
            at,
            by,
            (channel, whom),
            Content::default(),
        );
    }

    fn push(
        &mut self,
        (kind, step): (&str, Option<&str>),
        at: DateTime<Utc>,
        organization: OrganizationId,
        (channel, whom): (Channel, Option<String>),
        content: Content,
    ) {
        let event = Event {
            id: (self.told.len() as i64 + 1).into(),
            kind: kind.to_owned(),
            step: step.map(str::to_owned),
            about: None,
            happened_at: at,
            content,
        };
        self.told.push(Told {
            event,
            recorded_at: at + Duration::minutes(if channel == Channel::Here { 2 } else { 25 }),
            channel,
            whom,
            organization,
        });
    }
}

/// Some minute of a day in Japan, from one hour to another.
fn moment(dice: &mut Dice, day: NaiveDate, from: i64, to: i64) -> DateTime<Utc> {
    let minutes = dice.whole(from * 60, to * 60 - 1);
    jst_instant(day, NaiveTime::MIN) + Duration::minutes(minutes)
}

/// Some minute of office hours, on that day or, where it is a weekend, the Monday after it.
fn office_hours(dice: &mut Dice, day: NaiveDate) -> DateTime<Utc> {
    let day = match day.weekday() {
        Weekday::Sat => day + Days::new(2),
        Weekday::Sun => day + Days::new(1),
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => day,
    };
    moment(dice, day, 9, 17)
}

/// What was found of the criteria of a class.
fn criteria(dice: &mut Dice, need: Need) -> BTreeSet<String> {
    let of: &[&str] = match need {
        Need::Must => &[
            "bedridden",
            "meals",
            "excretion",
            "dementia",
            "medical_care",
        ],
        Need::Watch => &["alone", "adl_fall", "readmission", "medicines"],
        Need::None => return BTreeSet::new(),
    };
    let n = dice.whole(1, 2);
    (0..n).map(|_| (*dice.pick(of)).to_owned()).collect()
}
