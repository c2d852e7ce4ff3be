//! The end of a stay: the day is told, the care manager comes, the papers go, and what happens at home.

use chrono::{Days, NaiveDate};

use super::{End, How, Known, Need, Stay, Telling, Ward, moment, office_hours};
use crate::case::engine::Content;
use crate::sample::dice::Dice;

impl Telling<'_> {
    pub(super) fn leave(&mut self, dice: &mut Dice, stay: &Stay) {
        if stay.end != End::Died {
            self.plan(dice, stay);
        }
        if stay.ward != Ward::General && stay.days() > 40 && dice.chance(0.3) {
            self.stay_out(dice, stay);
        }
        let kind = match stay.end {
            End::Home => "discharged_home",
            End::Moved => "moved",
            End::Died => "died",
        };
        let at = moment(dice, stay.last, 10, 11);
        self.event(kind, at, self.hospital.organization, Content::default());
        if stay.end == End::Home && self.known == Known::Yes {
            self.go_on(dice, stay);
        }
    }

    /// A night at home on trial (試験外泊).
    fn stay_out(&mut self, dice: &mut Dice, stay: &Stay) {
        let (day, by) = (stay.last - Days::new(15), self.hospital.organization);
        self.event(
            "on_leave",
            moment(dice, day, 10, 11),
            by,
            Content::default(),
        );
        let back = moment(dice, day + Days::new(1), 15, 16);
        self.event("returned", back, by, Content::default());
    }

    /// The day of the discharge, and what goes before it.
    fn plan(&mut self, dice: &mut Dice, stay: &Stay) {
        let days = dice.whole(1, 12).unsigned_abs().min(stay.days() - 1);
        // Whoever was found in this stay is there before the day is told.
        let found_on = self.found_on.map_or(stay.from, |day| day + Days::new(1));
        let planned_on = (stay.last - Days::new(days)).max(found_on);
        let content = Content {
            day: Some(stay.last),
            ..Content::default()
        };
        let at = moment(dice, planned_on, 9, 10);
        self.event("discharge_planned", at, self.hospital.organization, content);
        if self.known == Known::Yes {
            self.tell_day(dice, stay, planned_on);
            self.interview(dice, stay, planned_on);
            self.hand_over(dice, stay);
        }
    }

    /// 退院日の連絡.
    fn tell_day(&mut self, dice: &mut Dice, stay: &Stay, planned_on: NaiveDate) {
        let how = self.how(dice, self.hospital, stay.from, 0.17, 0.1);
        self.truth.count("discharge_notice", how != How::Never);
        let day = match how {
            How::Never => return,
            How::InTime => planned_on,
            How::Late => planned_on.max(stay.last - Days::new(1)),
        };
        let at = moment(dice, day, 11, 12);
        self.done(
            dice,
            "discharge_notice",
            at,
            self.hospital.organization,
            "ケアマネジャー",
        );
    }

    /// 病院での面談と聞き取り.
    fn interview(&mut self, dice: &mut Dice, stay: &Stay, planned_on: NaiveDate) {
        let how = self.how(dice, self.care_manager, stay.from, 0.25, 0.1);
        self.truth.count("hospital_interview", how != How::Never);
        let day = match how {
            How::Never => return,
            How::InTime => planned_on,
            How::Late => planned_on.max(stay.last - Days::new(1)),
        };
        let at = moment(dice, day, 14, 16);
        self.done(
            dice,
            "hospital_interview",
            at,
            self.care_manager.organization,
            "病棟看護師",
        );
    }

    /// 退院時の情報の引継ぎ. Who goes elsewhere than home is handed over there.
    fn hand_over(&mut self, dice: &mut Dice, stay: &Stay) {
        if stay.end != End::Home {
            return;
        }
        let how = self.how(dice, self.hospital, stay.from, 0.18, 0.15);
        self.truth.count("discharge_summary", how != How::Never);
        let at = match how {
            How::Never => return,
            How::InTime => moment(dice, stay.last, 9, 10),
            How::Late => {
                let days = dice.whole(2, 6).unsigned_abs();
                office_hours(dice, stay.last + Days::new(days))
            }
        };
        self.done(
            dice,
            "discharge_summary",
            at,
            self.hospital.organization,
            "ケアマネジャー",
        );
    }

    /// The first days at home.
    fn go_on(&mut self, dice: &mut Dice, stay: &Stay) {
        if matches!(self.need, Some(Need::Must | Need::Watch)) {
            self.start_service(dice, stay);
        }
        let how = self.how(dice, self.care_manager, stay.from, 0.35, 0.1);
        self.truth.count("feedback", how != How::Never);
        let days = match how {
            How::Never => return,
            How::InTime => dice.whole(10, 12),
            How::Late => dice.whole(25, 38),
        };
        self.is_fed_back = true;
        let day = stay.last + Days::new(days.unsigned_abs());
        let at = moment(dice, day, 13, 17);
        self.done(
            dice,
            "feedback",
            at,
            self.care_manager.organization,
            "地域連携室",
        );
    }

    fn start_service(&mut self, dice: &mut Dice, stay: &Stay) {
        let how = self.how(dice, self.care_manager, stay.from, 0.06, 0.12);
        self.truth.count("service_start", how != How::Never);
        let days = match how {
            How::Never => return,
            How::InTime => dice.whole(0, 2),
            How::Late => dice.whole(4, 9),
        };
        let day = stay.last + Days::new(days.unsigned_abs());
        let by = self.nursing.unwrap_or(self.care_manager).organization;
        let at = moment(dice, day, 14, 17);
        self.event("service_started", at, by, Content::default());
    }
}
