//! The middle of a stay: who needs support, the first contact, the conference, the way to a care manager for who has none.

use chrono::{Days, Duration, NaiveDate};
use keniki_base::clock::jst_day;

use super::{End, How, Known, Need, Stay, Telling, Ward, criteria, moment, office_hours};
use crate::case::engine::Content;
use crate::sample::dice::Dice;

impl Telling<'_> {
    pub(super) fn support(&mut self, dice: &mut Dice, stay: &Stay) {
        let Some(screened_on) = self.screen(dice, stay) else {
            return;
        };
        let contact_on = self.contact(dice, stay, screened_on);
        if let (Some(day), Some(Need::Must)) = (contact_on, self.need) {
            self.confer(dice, stay, day);
        }
        if self.known == Known::No && self.is_insurable && self.need != Some(Need::None) {
            self.ask_center(dice, stay, screened_on);
        }
    }

    /// 退院困難な要因の確認; answers its day, where it was done.
    fn screen(&mut self, dice: &mut Dice, stay: &Stay) -> Option<NaiveDate> {
        let limit = match (self.hospital.filing, stay.ward) {
            (Some("support_1"), _) => 3,
            (_, Ward::Chronic | Ward::Psychiatric) => 14,
            (_, Ward::General | Ward::Recovery) => 7,
        };
        let how = self.how(dice, self.hospital, stay.from, 0.1, 0.14);
        let day = match how {
            How::Never => {
                // Of a shorter stay nobody can say that it was forgotten.
                if stay.days() >= limit {
                    self.truth.count("screening", false);
                }
                return None;
            }
            How::InTime => stay.from + Days::new(1),
            How::Late => self.before_end(stay, stay.from, limit as i64 + 2),
        };
        self.truth.count("screening", true);
        let need = match dice.weighted(&[0.48, 0.27, 0.25]) {
            0 => Need::Must,
            1 => Need::Watch,
            _ => Need::None,
        };
        self.need = Some(need);
        let content = Content {
            facts: [("need".to_owned(), need.code().to_owned())].into(),
            criteria: criteria(dice, need),
            ..Content::default()
        };
        let at = moment(dice, day, 10, 12);
        self.event("screened", at, self.hospital.organization, content);
        Some(day)
    }

    /// 患者・家族との最初の面談; answers its day, where there was one.
    fn contact(
        &mut self,
        dice: &mut Dice,
        stay: &Stay,
        screened_on: NaiveDate,
    ) -> Option<NaiveDate> {
        if self.need == Some(Need::None) {
            return None;
        }
        let limit = match (self.hospital.filing, stay.ward) {
            (Some("support_1"), Ward::General) => 7,
            _ => 14,
        };
        let day = match self.how(dice, self.hospital, stay.from, 0.12, 0.12) {
            How::Never => {
                if stay.days() >= limit {
                    self.truth.count("first_contact", false);
                }
                return None;
            }
            How::InTime => screened_on,
            How::Late => self.before_end(stay, screened_on, limit as i64),
        };
        self.truth.count("first_contact", true);
        let at = moment(dice, day, 13, 16);
        self.done(
            dice,
            "first_contact",
            at,
            self.hospital.organization,
            "家族",
        );
        Some(day)
    }

    /// 退院に向けたカンファレンス; forgotten only where there was time for it.
    fn confer(&mut self, dice: &mut Dice, stay: &Stay, contact_on: NaiveDate) {
        let has_time = (stay.last - contact_on).num_days() > 25;
        let how = self.how(dice, self.hospital, stay.from, 0.2, 0.1);
        let day = match how {
            How::Never if has_time => {
                self.truth.count("conference", false);
                return;
            }
            How::Late if has_time => contact_on + Days::new(22),
            How::InTime | How::Late | How::Never => {
                self.before_end(stay, contact_on, dice.whole(2, 8))
            }
        };
        self.truth.count("conference", true);
        let at = moment(dice, day, 17, 18);
        self.done(
            dice,
            "conference",
            at,
            self.hospital.organization,
            "ケアマネジャー",
        );
    }

    /// 地域包括支援センターへの相談, and what comes of it: a care manager. Who goes elsewhere than home needs none.
    fn ask_center(&mut self, dice: &mut Dice, stay: &Stay, screened_on: NaiveDate) {
        // After what was done before, and after it is known that there is none.
        let begun = self
            .told
            .iter()
            .map(|it| jst_day(it.event.happened_at))
            .max();
        let begun_on = begun.map_or(screened_on, |it| it.max(screened_on));
        if stay.end != End::Home {
            let at = moment(dice, begun_on, 20, 21);
            return self.waive("support_request", at, "自宅へ退院しないため");
        }
        let how = self.how(dice, self.hospital, stay.from, 0.2, 0.15);
        self.truth.count("support_request", how != How::Never);
        let day = match how {
            How::Never => return,
            How::InTime => begun_on,
            How::Late => begun_on + Days::new(8),
        };
        let at = moment(dice, day, 20, 21);
        self.done(
            dice,
            "support_request",
            at,
            self.hospital.organization,
            "地域包括支援センター",
        );
        let days = match self.how(dice, self.support_center, stay.from, 0.15, 0.2) {
            How::Never => None,
            How::InTime => Some(3),
            How::Late => Some(12),
        };
        // Who is found when the patient has left is another story.
        let found_on = days.map(|days| day + Days::new(days));
        let found_on = found_on.filter(|day| *day + Days::new(4) < stay.last);
        self.truth.count("assign_care_manager", found_on.is_some());
        if let Some(day) = found_on {
            let at = office_hours(dice, day);
            let by = self.support_center.organization;
            self.event("care_manager_found", at, by, Content::default());
            self.found(jst_day(at));
            self.truth.count("admission_notice", true);
            self.notify_after(dice, at + Duration::minutes(5), How::InTime);
            self.inform(dice, stay);
        }
    }
}
