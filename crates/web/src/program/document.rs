//! A version of a program as a document: its clauses in the words of a council.

use keniki_app::definition::Definitions;
use keniki_app::definition::program::{Condition, Program, StepRule};

use crate::wording::Day;

/// A version as a document.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    /// Stable over its versions.
    pub code: String,
    /// 入退院支援.
    pub name: String,
    /// 2026-04-01.
    pub version: String,
    /// From when to when.
    pub days: String,
    /// Who agreed.
    pub source: String,
    /// What stands before it.
    pub preamble: String,
    /// Another area's, to be read.
    pub is_example: bool,
    /// Who takes part: name, whether it begins cases.
    pub roles: Vec<(String, bool)>,
    /// Courses: name and when.
    pub branches: Vec<(String, String)>,
    /// Criteria: what they set, and names.
    pub criteria: Vec<(String, Vec<String>)>,
    /// What happens: name, who tells it, on what telling rests.
    pub events: Vec<(String, String, String)>,
    /// What is due.
    pub steps: Vec<Step>,
    /// Why a case ends: name and with what.
    pub closings: Vec<(String, String)>,
    /// What is asked of many without a name: name, who asks, what to keep in mind.
    pub inquiries: Vec<(String, String, String)>,
    /// What is measured.
    pub measures: Vec<String>,
    /// When offices work whose hours are not known.
    pub office: String,
}

/// A step as a document has it.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// 入院の連絡.
    pub name: String,
    /// From whom to whom.
    pub who: String,
    /// With what it begins, and when only.
    pub begins: String,
    /// Until when.
    pub due: Vec<String>,
    /// The form that goes with it; empty: none.
    pub form: String,
    /// What to keep in mind.
    pub note: String,
}

impl Rule {
    /// The number of a section, of those that this rule has: a council reads them without gaps.
    pub(super) fn number(&self, section: usize) -> usize {
        let there = [
            true,
            !self.branches.is_empty(),
            !self.criteria.is_empty(),
            true,
            true,
            true,
            !self.inquiries.is_empty(),
            !self.measures.is_empty(),
        ];
        there.iter().take(section).filter(|it| **it).count()
    }

    pub(super) fn of(definitions: &Definitions, program: &Program) -> Self {
        let role = |code: &String| {
            program
                .role(code)
                .map_or(code.clone(), |it| it.name.clone())
        };
        let roles = |codes: &[String]| codes.iter().map(role).collect::<Vec<_>>().join("、");
        let when =
            |conditions: &[Condition]| program.conditions_words(conditions).unwrap_or_default();
        let step = |step: &StepRule| Step {
            name: step.name.clone(),
            who: match &step.to {
                Some(to) => format!("{} → {}", role(&step.from), role(to)),
                None => role(&step.from),
            },
            begins: match when(&step.when) {
                condition if condition.is_empty() => program.after_words(step),
                condition => format!("{}（{condition}）", program.after_words(step)),
            },
            due: step
                .due
                .iter()
                .map(|due| match when(&due.when) {
                    condition if condition.is_empty() => program.due_words(due),
                    condition => format!("{condition}：{}", program.due_words(due)),
                })
                .collect(),
            form: step.form.as_deref().map_or_else(String::new, |code| {
                let form = definitions.forms().iter().rfind(|form| form.code == code);
                let name = form.map_or(code, |form| &form.name);
                match step.met_by_form {
                    Some(_) => format!("{name}（書けば済みになる）"),
                    None => name.to_owned(),
                }
            }),
            note: step.note.clone().unwrap_or_default(),
        };
        let weekdays: Vec<&str> = program
            .office
            .weekdays
            .iter()
            .map(|day| weekday(*day))
            .collect();
        Self {
            code: program.code.clone(),
            name: program.name.clone(),
            version: program.version.clone(),
            days: days(program),
            source: program.source.clone(),
            preamble: program.preamble.clone(),
            is_example: program.is_example,
            roles: program
                .roles
                .iter()
                .map(|it| (it.name.clone(), it.opens))
                .collect(),
            branches: program
                .branches
                .iter()
                .map(|it| (it.name.clone(), when(&it.when)))
                .collect(),
            criteria: criteria(program),
            events: program
                .events
                .iter()
                .map(|it| {
                    (
                        it.name.clone(),
                        roles(&it.from),
                        it.basis.clone().unwrap_or_default(),
                    )
                })
                .collect(),
            steps: program.steps.iter().map(step).collect(),
            closings: program
                .closings
                .iter()
                .map(|it| {
                    let after: Vec<String> = it
                        .after
                        .iter()
                        .map(|it| program.trigger_words(it))
                        .collect();
                    let after = match (after.is_empty(), it.days) {
                        (true, _) => "支援チームの判断による".to_owned(),
                        (false, 0) => after.join("・"),
                        (false, days) => format!("{}から{days}日", after.join("・")),
                    };
                    (it.name.clone(), after)
                })
                .collect(),
            inquiries: program
                .inquiries
                .iter()
                .map(|it| {
                    let note = it.note.clone().unwrap_or_default();
                    (it.name.clone(), roles(&it.from), note)
                })
                .collect(),
            measures: program.measures.iter().map(|it| it.name.clone()).collect(),
            office: format!(
                "{} {}から{}まで{}",
                weekdays.join("・"),
                program.office.opens.0.format("%-H:%M"),
                program.office.closes.0.format("%-H:%M"),
                if program.office.closed_on_holidays {
                    "（祝日と12月29日から1月3日は休み）"
                } else {
                    ""
                }
            ),
        }
    }

    /// Everything it says, as pairs of what it says something of and what it says.
    pub(super) fn clauses(&self) -> Vec<(String, String)> {
        let mut clauses = vec![
            ("まえがき".to_owned(), self.preamble.clone()),
            ("根拠".to_owned(), self.source.clone()),
            ("営業日と営業時間".to_owned(), self.office.clone()),
        ];
        let all = |list: &[(String, String)], of: &str| -> Vec<(String, String)> {
            list.iter()
                .map(|(name, text)| (format!("{of}：{name}"), text.clone()))
                .collect()
        };
        clauses.extend(self.roles.iter().map(|(name, opens)| {
            let may = if *opens {
                "ケースを始められる"
            } else {
                "加わる"
            };
            (format!("役割：{name}"), may.to_owned())
        }));
        clauses.extend(all(&self.branches, "分岐"));
        clauses.extend(
            self.criteria
                .iter()
                .map(|(sets, names)| (format!("基準：{sets}"), names.join("、"))),
        );
        clauses.extend(
            self.events
                .iter()
                .map(|(name, from, _)| (format!("出来事：{name}"), format!("知らせるのは {from}"))),
        );
        clauses.extend(self.steps.iter().map(|it| {
            let due = if it.due.is_empty() {
                "期限なし".to_owned()
            } else {
                it.due.join(" / ")
            };
            let form = match it.form.is_empty() {
                true => String::new(),
                false => format!("。様式：{}", it.form),
            };
            (
                format!("対応事項：{}", it.name),
                format!("{}。{}から {due}{form}", it.who, it.begins),
            )
        }));
        clauses.extend(all(&self.closings, "終わり"));
        clauses.extend(self.inquiries.iter().map(|(name, from, note)| {
            let words = format!("照会するのは {from}。{note}");
            (format!("受入れ照会：{name}"), words)
        }));
        clauses.extend(
            self.measures
                .iter()
                .map(|name| (format!("測ること：{name}"), "測る".to_owned())),
        );
        clauses
    }
}

fn criteria(program: &Program) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for criterion in &program.criteria {
        for (fact, choice) in &criterion.sets {
            let known = program.fact(fact);
            let word = known.and_then(|it| it.choices.iter().find(|it| it.code == *choice));
            let sets = word.map_or_else(|| choice.clone(), |it| it.name.clone());
            match groups.iter_mut().find(|(name, _)| *name == sets) {
                Some((_, names)) => names.push(criterion.name.clone()),
                None => groups.push((sets, vec![criterion.name.clone()])),
            }
        }
    }
    groups
}

fn weekday(day: chrono::Weekday) -> &'static str {
    match day {
        chrono::Weekday::Mon => "月",
        chrono::Weekday::Tue => "火",
        chrono::Weekday::Wed => "水",
        chrono::Weekday::Thu => "木",
        chrono::Weekday::Fri => "金",
        chrono::Weekday::Sat => "土",
        chrono::Weekday::Sun => "日",
    }
}

pub(super) fn days(program: &Program) -> String {
    let from = Day(program.valid_from).plain();
    match program.valid_to {
        None => format!("{from}から"),
        Some(to) => format!("{from}から{}まで", Day(to).plain()),
    }
}
