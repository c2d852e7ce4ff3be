//! Days and hours in the words of the public lists.

/// Weekday 1 Monday … 7 Sunday, 8 public holiday, as the lists write it.
const WORDS: [(i64, &str); 8] = [
    (1, "月曜日"),
    (2, "火曜日"),
    (3, "水曜日"),
    (4, "木曜日"),
    (5, "金曜日"),
    (6, "土曜日"),
    (7, "日曜日"),
    (8, "祝日"),
];

/// One row of opening hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub weekday: i64,
    pub is_open: bool,
    pub times: Option<(String, String)>,
}

/// All rows of a service, by weekday and slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hours(pub Vec<Slot>);

impl Hours {
    /// `月曜日,火曜日,…`: the open days; `None` unless the week from Monday to Sunday is known.
    pub(super) fn days(&self) -> Option<String> {
        let is_known = |weekday: i64| self.0.iter().any(|slot| slot.weekday == weekday);
        if !(1..=7).all(is_known) {
            return None;
        }
        let is_open = |weekday: i64| {
            self.0
                .iter()
                .any(|slot| slot.weekday == weekday && slot.is_open)
        };
        let open: Vec<&str> = WORDS
            .iter()
            .filter(|(weekday, _)| is_open(*weekday))
            .map(|(_, word)| *word)
            .collect();
        (!open.is_empty()).then(|| open.join(","))
    }

    /// The one span that every open day has; `None` where they differ or are not known.
    pub(super) fn span(&self) -> Option<(&str, &str)> {
        let mut open = self.0.iter().filter(|slot| slot.is_open);
        let first = open.next()?.times.as_ref()?;
        let is_alone = |slot: &Slot| {
            self.0
                .iter()
                .filter(|other| other.weekday == slot.weekday && other.is_open)
                .count()
                == 1
        };
        let are_same = self
            .0
            .iter()
            .filter(|slot| slot.is_open)
            .all(|slot| slot.times.as_ref() == Some(first) && is_alone(slot));
        are_same.then_some((first.0.as_str(), first.1.as_str()))
    }

    /// `月曜日 09:00-12:00 14:00-18:00、…` where the two columns of hours cannot say it.
    pub(super) fn sentence(&self) -> Option<String> {
        if self.days().is_some()
            && (self.span().is_some() || self.0.iter().all(|slot| slot.times.is_none()))
        {
            return None;
        }
        let days: Vec<String> = WORDS
            .iter()
            .filter_map(|(weekday, word)| self.day(*weekday, word))
            .collect();
        (!days.is_empty()).then(|| days.join("、"))
    }

    fn day(&self, weekday: i64, word: &str) -> Option<String> {
        let mut slots = self
            .0
            .iter()
            .filter(|slot| slot.weekday == weekday)
            .peekable();
        slots.peek()?;
        let open: Vec<&Slot> = slots.filter(|slot| slot.is_open).collect();
        if open.is_empty() {
            return Some(format!("{word} 休み"));
        }
        let times: Vec<String> = open
            .iter()
            .filter_map(|slot| slot.times.as_ref())
            .map(|(opens, closes)| format!("{opens}-{closes}"))
            .collect();
        Some(format!("{word} {}", times.join(" ")).trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(weekday: i64, times: Option<(&str, &str)>) -> Slot {
        let times = times.map(|(opens, closes)| (opens.to_owned(), closes.to_owned()));
        Slot {
            weekday,
            is_open: true,
            times,
        }
    }

    fn shut(weekday: i64) -> Slot {
        Slot {
            weekday,
            is_open: false,
            times: None,
        }
    }

    #[test]
    fn a_plain_week_fills_the_columns() {
        let mut week: Vec<Slot> = (1..=5)
            .map(|day| slot(day, Some(("09:00", "17:00"))))
            .collect();
        week.extend([shut(6), shut(7)]);
        let week = Hours(week);
        assert_eq!(
            week.days().as_deref(),
            Some("月曜日,火曜日,水曜日,木曜日,金曜日")
        );
        assert_eq!(week.span(), Some(("09:00", "17:00")));
        assert_eq!(week.sentence(), None);
    }

    #[test]
    fn what_the_columns_cannot_say_is_a_sentence() {
        let mut week: Vec<Slot> = (1..=7).map(shut).collect();
        week[0] = slot(1, Some(("09:00", "12:00")));
        week.push(slot(1, Some(("14:00", "18:00"))));
        let week = Hours(week);
        assert_eq!(week.span(), None);
        assert!(
            week.sentence()
                .unwrap()
                .starts_with("月曜日 09:00-12:00 14:00-18:00、火曜日 休み")
        );
    }

    #[test]
    fn days_that_nobody_told_are_not_written_as_closed() {
        let some = Hours(vec![slot(1, None)]);
        assert_eq!(some.days(), None);
        assert_eq!(some.sentence().as_deref(), Some("月曜日"));
        assert_eq!(Hours::default().sentence(), None);
    }
}
