//! A program's conditions and deadlines as sentences, as a council would write them.

use super::{AfterHours, ClosedDay, Condition, Due, Program, StepRule, Trigger, Unit};

impl Program {
    /// 「介護支援専門員: いる」; none: always.
    #[must_use]
    pub fn conditions_words(&self, conditions: &[Condition]) -> Option<String> {
        let words = |condition: &Condition| {
            let fact = self.fact(&condition.fact);
            let choices = fact.map_or(&[][..], |fact| &fact.choices[..]);
            let is = condition.is.iter().map(|code| {
                let choice = choices.iter().find(|it| it.code == *code);
                choice.map_or(code.as_str(), |it| it.name.as_str())
            });
            let is: Vec<&str> = is.collect();
            let of = fact.map_or(condition.fact.as_str(), |fact| fact.name.as_str());
            format!("{of}が「{}」", is.join("」か「"))
        };
        let all: Vec<String> = conditions.iter().map(words).collect();
        (!all.is_empty()).then(|| format!("{}のとき", all.join("、")))
    }

    /// 「入院」 or 「カンファレンスが済んだとき」.
    #[must_use]
    pub fn trigger_words(&self, trigger: &Trigger) -> String {
        match trigger {
            Trigger::Event(code) => {
                let event = self.event(code);
                event.map_or_else(|| code.clone(), |event| event.name.clone())
            }
            Trigger::Done(code) => {
                let step = self.step(code);
                format!("{}の済んだとき", step.map_or(code.as_str(), |it| &it.name))
            }
        }
    }

    /// What a step begins with: 「入院・帰院」.
    #[must_use]
    pub fn after_words(&self, step: &StepRule) -> String {
        let all: Vec<String> = step.after.iter().map(|it| self.trigger_words(it)).collect();
        all.join("・")
    }

    /// 「3営業日以内（当日を1日目に数える。休みの日に当たるときは次の営業日まで）」.
    #[must_use]
    pub fn due_words(&self, due: &Due) -> String {
        let unit = match due.unit {
            Unit::Hours => "時間",
            Unit::Days => "日",
            Unit::BusinessDays => "営業日",
        };
        let main = match (due.within, due.before, due.unit) {
            (Some(0), _, Unit::Days) => "その日のうち".to_owned(),
            (Some(n), _, _) => format!("{n}{unit}以内"),
            (None, Some(n), _) => format!("{n}{unit}前まで"),
            (None, None, _) => String::new(),
        };
        let whose = due.office.as_deref().and_then(|code| self.role(code));
        let office = whose.map_or("営業所", |role| role.name.as_str());
        let mut beside = Vec::new();
        if due.count_first_day {
            beside.push("当日を1日目に数える".to_owned());
        }
        match due.after_hours {
            AfterHours::SameDay => {}
            AfterHours::NextDay => beside.push(format!(
                "{office}の営業時間の後か休みの日に始まるときは翌日を含む"
            )),
            AfterHours::NextOpenDay => beside.push(format!(
                "{office}の営業時間の後か休みの日に始まるときは次の営業日から数える"
            )),
        }
        match due.closed_day {
            ClosedDay::Stays => {}
            ClosedDay::Next => beside.push("休みの日に当たるときは次の営業日まで".to_owned()),
            ClosedDay::Previous => beside.push("休みの日に当たるときは前の営業日まで".to_owned()),
            ClosedDay::NextDayIfAfterHours => beside.push(
                "営業時間の後に始まり、終わりが休みの日に当たるときはその翌日まで".to_owned(),
            ),
        }
        match beside.is_empty() {
            true => main,
            false => format!("{main}（{}）", beside.join("。")),
        }
    }
}
