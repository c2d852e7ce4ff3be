//! Whether what a program takes from forms is there: the days, and criteria and facts as one list in both.

use super::super::super::form::{Form, Item, Kind};
use super::super::parse::Lines;
use super::super::{EventForm, Program};
use super::{Beside, Reading};

/// What events take from forms.
pub(super) fn of_events(
    to: &mut Reading<'_>,
    program: &Program,
    lines: &Lines,
    beside: &Beside<'_>,
) {
    for (line, event) in lines.events.iter().zip(&program.events) {
        let Some(from) = &event.form else { continue };
        let Some(form) = beside.forms.get(from.code.as_str()) else {
            let code = &from.code;
            to.say(
                *line,
                format!(
                    "様式（form）「{code}」はどこにも定義されていません。綴りを確かめてください。"
                ),
            );
            continue;
        };
        day(to, *line, form, &from.day);
        if let Some(item) = &from.criteria {
            criteria(to, *line, program, (form, item));
        }
        for (fact, item) in &from.facts {
            of_fact(to, *line, program, (form, fact, item));
        }
    }
}

/// The days of steps of which the form is the deed.
pub(super) fn of_steps(
    to: &mut Reading<'_>,
    program: &Program,
    lines: &Lines,
    beside: &Beside<'_>,
) {
    for (line, step) in lines.steps.iter().zip(&program.steps) {
        let Some(item) = &step.met_by_form else {
            continue;
        };
        let form = step.form.as_deref().and_then(|it| beside.forms.get(it));
        match form {
            Some(form) => day(to, *line, form, item),
            None => to.say(
                *line,
                format!(
                    "「{}」の met_by_form には、様式（form）が要ります。",
                    step.code
                ),
            ),
        }
        if step.handover {
            to.say(
                *line,
                format!(
                    "「{}」は引継ぎで送って済むので、met_by_form は書けません。",
                    step.code
                ),
            );
        }
    }
}

fn day(to: &mut Reading<'_>, line: usize, form: &Form, item: &str) {
    let is_day = form.item(item).is_some_and(|it| it.kind == Kind::Date);
    if !is_day {
        to.say(
            line,
            format!(
                "様式「{}」に、日付の項目「{item}」がありません。",
                form.code
            ),
        );
    }
}

/// Codes and names of an item's choices.
fn choices(item: Option<&Item>) -> Vec<(&str, &str)> {
    let choices = item.map_or(&[][..], |it| it.kind.choices());
    let choices = choices.iter();
    choices.map(|it| (&*it.code, &*it.word)).collect()
}

fn criteria(to: &mut Reading<'_>, line: usize, program: &Program, (form, item): (&Form, &str)) {
    let asked = choices(form.item(item));
    let asked: Vec<_> = asked
        .into_iter()
        .filter(|(code, _)| *code != EventForm::NONE)
        .collect();
    let own = program.criteria.iter();
    let own: Vec<_> = own.map(|it| (it.code.as_str(), it.name.as_str())).collect();
    let only = |some: &[(&str, &str)], others: &[(&str, &str)]| -> Vec<String> {
        let only = some.iter().filter(|it| !others.contains(it));
        only.map(|(code, name)| format!("{code}（{name}）"))
            .collect()
    };
    let differing = [only(&own, &asked), only(&asked, &own)].concat();
    if !differing.is_empty() {
        to.say(
            line,
            format!(
                "基準（criterion）と、様式「{}」の項目「{item}」の選択肢は、同じ一覧にしてください。違うもの：{}",
                form.code,
                differing.join("、")
            ),
        );
    }
}

fn of_fact(
    to: &mut Reading<'_>,
    line: usize,
    program: &Program,
    (form, fact, item): (&Form, &str, &str),
) {
    let known = program.fact(fact).map(|it| &it.choices);
    let asked = choices(form.item(item));
    let is_known = |code: &str| known.is_some_and(|all| all.iter().any(|it| it.code == code));
    if asked.is_empty() || !asked.iter().all(|(code, _)| is_known(code)) {
        to.say(
            line,
            format!(
                "様式「{}」の項目「{item}」の選択肢は、わかっていること（fact）「{fact}」の選択肢から選んでください。",
                form.code
            ),
        );
    }
}
