//! Whether the steps of a program hold together: their deadlines can be meant, and none waits for itself.

use std::collections::BTreeSet;

use super::super::parse::Lines;
use super::super::{Due, Program, StepRule, Trigger, Unit};
use super::{Choices, Reading, triggers};

/// The longest deadline that is taken for meant.
const DAYS_MOST: u32 = 366;

pub(super) fn of_steps(
    to: &mut Reading<'_>,
    program: &Program,
    lines: &Lines,
    facts: &Choices<'_>,
) {
    let (roles, events, steps) = (
        program.role_codes(),
        program.event_codes(),
        program.step_codes(),
    );
    for (line, step) in lines.steps.iter().zip(&program.steps) {
        to.known(*line, "役割", [&step.from], &roles);
        to.known(*line, "役割", &step.to, &roles);
        to.known(
            *line,
            "出来事",
            step.met_by.iter().chain(&step.until),
            &events,
        );
        triggers(to, *line, &step.after, &events, &steps);
        to.conditions(*line, &step.when, facts);
        if step.after.is_empty() {
            to.say(
                *line,
                format!("「{}」が何で始まるか（after）がありません。", step.code),
            );
        }
        if step.handover && step.to.is_none() {
            to.say(
                *line,
                format!("「{}」は引継ぎですが、相手（to）がありません。", step.code),
            );
        }
        for (at, due) in step.due.iter().enumerate() {
            to.conditions(*line, &due.when, facts);
            to.known(*line, "役割", &due.office, &roles);
            of_due(to, *line, step, due);
            if due.when.is_empty() && at + 1 < step.due.len() {
                to.say(
                    *line,
                    format!("「{}」の条件のない期限（due）は最後に書いてください。後のものが使われません。", step.code),
                );
            }
            if (due.before.is_some() || due.of_day) && !tells_a_day(program, step) {
                to.say(
                    *line,
                    format!(
                        "「{}」の期限は日から数えますが、始まりの出来事が日（day）を告げません。",
                        step.code
                    ),
                );
            }
        }
    }
}

fn of_due(to: &mut Reading<'_>, line: usize, step: &StepRule, due: &Due) {
    let n = match (due.within, due.before) {
        (Some(n), None) | (None, Some(n)) => n,
        _ => {
            return to.say(
                line,
                format!(
                    "「{}」の期限には within か before のどちらか一つを書いてください。",
                    step.code
                ),
            );
        }
    };
    if due.unit == Unit::Hours && (due.before.is_some() || due.count_first_day) {
        to.say(
            line,
            format!(
                "「{}」の期限は時間ですから、before と count_first_day は使えません。",
                step.code
            ),
        );
    }
    if due.count_first_day && n == 0 {
        to.say(
            line,
            format!(
                "「{}」の期限は初日を数えますから、1以上にしてください。",
                step.code
            ),
        );
    }
    let days = if due.unit == Unit::Hours { n / 24 } else { n };
    if days > DAYS_MOST {
        to.say(
            line,
            format!("「{}」の期限が一年を超えています: {n}", step.code),
        );
    }
}

fn tells_a_day(program: &Program, step: &StepRule) -> bool {
    step.after.iter().any(|trigger| match trigger {
        Trigger::Event(code) => program.event(code).is_some_and(|it| it.day.is_some()),
        Trigger::Done(_) => false,
    })
}

/// A step that begins when another is done, which begins when the first is done, never begins.
pub(super) fn cycle(to: &mut Reading<'_>, program: &Program, lines: &Lines) {
    let waits_for = |code: &str| -> Vec<&str> {
        let step = program.step(code);
        let after = step.map_or(&[][..], |step| &step.after[..]);
        let mut done = Vec::new();
        for trigger in after {
            if let Trigger::Done(code) = trigger {
                done.push(code.as_str());
            }
        }
        done
    };
    for (line, step) in lines.steps.iter().zip(&program.steps) {
        let (mut seen, mut ahead) = (BTreeSet::new(), waits_for(&step.code));
        while let Some(code) = ahead.pop() {
            if seen.insert(code) {
                ahead.extend(waits_for(code));
            }
        }
        if seen.contains(step.code.as_str()) {
            to.say(
                *line,
                format!("「{}」は、自分が済むのを待って始まることになります（done: が一回りしています）。", step.code),
            );
        }
    }
}
