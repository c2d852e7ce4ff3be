//! Of which role an event says that somebody has it: by what it makes of a fact, or by what is answered with it.

use std::collections::BTreeMap;

use super::{Branch, Choice, EventRule, Fact, Program, RoleRule};

/// A role that somebody has as soon as a fact is so.
#[derive(Debug, Clone, Copy)]
pub struct Seated<'a> {
    /// The role.
    pub role: &'a RoleRule,
    /// Which fact.
    pub fact: &'a Fact,
    /// Which of its choices says so.
    pub choice: &'a Choice,
    /// The event itself makes the fact so; else only whoever answers it so.
    pub is_certain: bool,
}

impl Program {
    /// The roles of which an event may say that somebody has them.
    pub fn may_seat<'a, 'b>(
        &'a self,
        rule: &'b EventRule,
    ) -> impl Iterator<Item = Seated<'a>> + use<'a, 'b> {
        let sets = rule.sets.iter();
        let certain = sets.filter_map(|(fact, choice)| self.seated((fact, choice), true));
        let asked = rule.asks.iter().filter_map(|code| self.fact(code));
        let asked = asked.flat_map(|fact| fact.choices.iter().map(move |it| (fact, it)));
        let answered = asked.filter_map(|(fact, it)| self.seated((&fact.code, &it.code), false));
        certain.chain(answered)
    }

    /// The roles of which it says so with these answers.
    pub fn seats<'a, 'b>(
        &'a self,
        rule: &'b EventRule,
        answers: &'b BTreeMap<String, String>,
    ) -> impl Iterator<Item = &'a RoleRule> + use<'a, 'b> {
        let said = move |it: &Seated<'_>| {
            it.is_certain || answers.get(&it.fact.code) == Some(&it.choice.code)
        };
        self.may_seat(rule).filter(said).map(|it| it.role)
    }

    /// Whether a course is for those of whom somebody has such a role (true), or nobody yet (false); none: it says neither.
    #[must_use]
    pub fn course_seats(&self, branch: &Branch) -> Option<bool> {
        branch.when.iter().find_map(|condition| {
            let fact = self.fact(&condition.fact)?;
            let mut choices = fact.choices.iter();
            if !choices.any(|it| it.seats.is_some()) {
                return None;
            }
            let is = |it: &&Choice| condition.is.contains(&it.code);
            let mut so = fact.choices.iter().filter(is);
            Some(so.all(|it| it.seats.is_some()))
        })
    }

    fn seated<'a>(&'a self, (fact, choice): (&str, &str), is_certain: bool) -> Option<Seated<'a>> {
        let fact = self.fact(fact)?;
        let choice = fact.choices.iter().find(|it| it.code == choice)?;
        let role = self.role(choice.seats.as_deref()?)?;
        Some(Seated {
            role,
            fact,
            choice,
            is_certain,
        })
    }
}
