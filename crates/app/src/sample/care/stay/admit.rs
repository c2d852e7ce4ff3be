//! The beginning of a stay: the admission is told, the care manager found and told, and what is known goes to the hospital.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use keniki_base::id::OrganizationId;

use super::{How, Known, Stay, Telling, moment, office_hours};
use crate::case::channel::Channel;
use crate::case::engine::{Content, code};
use crate::sample::dice::Dice;

impl Telling<'_> {
    /// The admission: told by the hospital, or, where it tells nobody, by the care manager who hears of it from the family.
    pub(super) fn admit(&mut self, dice: &mut Dice, stay: &Stay) {
        let at = moment(dice, stay.from, 8, 18);
        let how = self.how(dice, self.hospital, stay.from, 0.2, 0.15);
        let is_known = self.known == Known::Yes;
        let mut facts = BTreeMap::from([("ward".to_owned(), stay.ward.code().to_owned())]);
        if self.known == Known::No {
            facts.insert("care_manager".to_owned(), "no".to_owned());
        }
        let content = Content {
            facts,
            organization: Some(self.hospital.organization.get()),
            ..Content::default()
        };
        let kind = if stay.is_emergency {
            "emergency_admitted"
        } else {
            "admitted"
        };
        let is_told_by_hospital = !is_known || how != How::Never || stay.is_emergency;
        let by = match is_told_by_hospital {
            true => self.hospital.organization,
            false => self.care_manager.organization,
        };
        self.event(kind, at, by, content.clone());
        if dice.chance(0.03) {
            self.correct(at, by, content);
        }
        if is_known {
            self.truth.count("admission_notice", how != How::Never);
            self.notify(dice, stay, stay.from, how);
        }
    }

    /// A wrong hour, corrected on the same day.
    fn correct(&mut self, at: DateTime<Utc>, by: OrganizationId, content: Content) {
        let about = self.told.last().map(|it| it.event.id);
        self.push(
            (code::CORRECTED, None),
            at - Duration::minutes(30),
            by,
            (Channel::Here, None),
            content,
        );
        if let Some(it) = self.told.last_mut() {
            it.event.about = about;
            it.recorded_at = at + Duration::minutes(50);
        }
    }

    /// 入院の連絡, from the day on which the care manager was known.
    fn notify(&mut self, dice: &mut Dice, stay: &Stay, known_on: NaiveDate, how: How) {
        let day = match how {
            How::Never => return,
            How::InTime => known_on,
            How::Late => self.before_end(stay, known_on, dice.whole(4, 8)),
        };
        let at = match how {
            How::InTime => moment(dice, day, 18, 19),
            How::Late | How::Never => office_hours(dice, day),
        };
        self.done(
            dice,
            "admission_notice",
            at,
            self.hospital.organization,
            "ケアマネジャー",
        );
    }

    /// A day some days later, before the stay ends.
    pub(super) fn before_end(&self, stay: &Stay, day: NaiveDate, days: i64) -> NaiveDate {
        let last = (stay.last - Days::new(1)).max(day);
        (day + Days::new(days.unsigned_abs())).min(last)
    }

    /// 担当のケアマネジャーの確認, where the hospital does not know.
    pub(super) fn find(&mut self, dice: &mut Dice, stay: &Stay) {
        let Known::Unknown { is_there } = self.known else {
            return;
        };
        let how = self.how(dice, self.hospital, stay.from, 0.15, 0.2);
        self.truth.count("find_care_manager", how != How::Never);
        let day = match how {
            How::Never => return,
            How::InTime => stay.from,
            How::Late => self.before_end(stay, stay.from, 7),
        };
        let at = moment(dice, day, 18, 20);
        let by = self.hospital.organization;
        match is_there {
            true => {
                self.event("care_manager_found", at, by, Content::default());
                self.found(day);
                let how = self.how(dice, self.hospital, day, 0.15, 0.1);
                self.truth.count("admission_notice", how != How::Never);
                self.notify_after(dice, at, how);
            }
            false => {
                self.event("no_care_manager", at, by, Content::default());
                self.known = Known::No;
            }
        }
    }

    pub(super) fn found(&mut self, day: NaiveDate) {
        self.known = Known::Yes;
        self.found_on = Some(day);
    }

    /// The notice to a care manager who was just found.
    pub(super) fn notify_after(&mut self, dice: &mut Dice, at: DateTime<Utc>, how: How) {
        let after = match how {
            How::Never => return,
            How::InTime => Duration::minutes(dice.whole(20, 90)),
            How::Late => Duration::days(dice.whole(6, 9)),
        };
        self.done(
            dice,
            "admission_notice",
            at + after,
            self.hospital.organization,
            "ケアマネジャー",
        );
    }

    /// 入院時情報の提供.
    pub(super) fn inform(&mut self, dice: &mut Dice, stay: &Stay) {
        if self.known != Known::Yes {
            return;
        }
        let known_on = self
            .found_on
            .filter(|day| *day >= stay.from)
            .unwrap_or(stay.from);
        // Of a stay that ends before the deadline nobody can say that it was forgotten; New Year's holidays are the longest.
        let is_long = (stay.last - known_on).num_days() > 13;
        let how = match self.how(dice, self.care_manager, stay.from, 0.25, 0.18) {
            How::Never if !is_long => How::InTime,
            how => how,
        };
        self.truth.count("admission_information", how != How::Never);
        let day = match how {
            How::Never => return,
            How::InTime => known_on + Days::new(dice.whole(0, 1).unsigned_abs()),
            How::Late => known_on + Days::new(dice.whole(7, 12).unsigned_abs()),
        };
        let at = moment(dice, day.min(stay.last), 20, 21);
        self.done(
            dice,
            "admission_information",
            at,
            self.care_manager.organization,
            "地域連携室",
        );
    }
}
