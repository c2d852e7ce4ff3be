//! What is due and what happened in a case, line by line, as its page has it.

use chrono::{DateTime, Duration, Utc};
use keniki_app::case::channel::Channel;
use keniki_app::case::engine::{Content, Obligation, Standing, Why, code};
use keniki_app::case::show::{EventRow, Shown};
use keniki_app::definition::program::Program;
use keniki_base::clock::{full_text, jst_day, near_text, remaining_text};
use keniki_base::id::OrganizationId;

use super::around::Written;
use super::{DoneForm, DueLine, Entry, Mended, Seat};
use crate::page::Link;
use crate::service::words::phone_link;
use crate::state::State;
use crate::wording::Day;

/// How moments are written: near ones as 今日 14:30 on a page, which is read now; on paper every one in full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When {
    pub now: DateTime<Utc>,
    pub is_paper: bool,
}

impl When {
    pub(super) fn text(self, at: DateTime<Utc>) -> String {
        match self.is_paper {
            true => full_text(at),
            false => near_text(self.now, at),
        }
    }
}

pub(super) fn due_line(
    state: &State,
    shown: &Shown,
    it: &Obligation,
    (own_roles, written): (&[String], &[Written]),
    when: When,
) -> DueLine {
    let now = when.now;
    let program = &shown.program;
    let step = program.step(&it.step);
    let role = |code: &str| {
        program
            .role(code)
            .map_or(code.to_owned(), |it| it.name.clone())
    };
    let is_own = own_roles.contains(&it.from);
    let may_record = is_own || it.to.as_ref().is_some_and(|to| own_roles.contains(to));
    let is_open = matches!(it.standing, Standing::Waiting | Standing::Missed);
    let form = step
        .and_then(|step| step.form.as_ref())
        .filter(|_| is_own && is_open);
    let is_handed_over = step.is_some_and(|step| step.handover) && is_own && is_open;
    let nobody = it.to.as_deref().filter(|to| {
        let mut team = shown.team.iter();
        let is_there = team.any(|it| it.valid_to.is_none() && it.case_role.as_deref() == Some(to));
        is_handed_over && !is_there
    });
    let early = Duration::days(step.map_or(0, |step| step.early_days.into()));
    let is_of_it = |one: &&Written| {
        form.is_some_and(|code| one.form == *code) && one.at >= it.begins_at - early
    };
    let last = written.iter().find(is_of_it);
    DueLine {
        step: it.step.clone(),
        cause: it.cause.get(),
        name: step.map_or_else(|| it.step.clone(), |step| step.name.clone()),
        who: match &it.to {
            Some(to) => format!("{} → {}", role(&it.from), role(to)),
            None => role(&it.from),
        },
        due: it.due_at.map(|at| when.text(at)),
        remaining: it
            .due_at
            .filter(|_| is_open)
            .map(|at| remaining_text(now, at)),
        standing: it.standing.words(),
        is_missed: it.standing == Standing::Missed,
        is_own,
        may_record,
        tells: match may_record && is_open {
            true => tells(shown, it, own_roles),
            false => Vec::new(),
        },
        outcome: outcome(shown, it, when),
        fees: it.fees.iter().map(|fee| fee_words(fee, when)).collect(),
        note: step.and_then(|step| step.note.clone()).filter(|_| is_open),
        form: form.and_then(|code| {
            let form = state.definitions.form(code, jst_day(now))?;
            let patient = shown.case.patient_id;
            let href = format!(
                "/patients/{patient}/forms/{code}/new?case={}",
                shown.case.id
            );
            Some(Link::new(href, form.name.clone()))
        }),
        handover: step
            .filter(|step| step.handover && is_own && is_open && nobody.is_none())
            .map(|step| {
                let with = last.map_or_else(String::new, |it| format!("&form_record={}", it.id));
                format!(
                    "/cases/{}/handovers/new?step={}{with}",
                    shown.case.id, step.code
                )
            }),
        nobody: nobody.map(role),
        written: last.map(|it| it.link.clone()),
        stay: None,
        done: DoneForm::default(),
    }
}

/// The events with which it is done, of those that these roles tell.
fn tells(shown: &Shown, it: &Obligation, own_roles: &[String]) -> Vec<Link> {
    let step = shown.program.step(&it.step);
    let codes = step.map_or(&[][..], |step| &step.met_by).iter();
    let rules = codes.filter_map(|code| shown.program.event(code));
    let theirs = rules.filter(|rule| rule.from.iter().any(|from| own_roles.contains(from)));
    let href = |code: &str| format!("/cases/{}/tell?kind={code}", shown.case.id);
    theirs
        .map(|rule| Link::new(href(&rule.code), rule.name.clone()))
        .collect()
}

fn fee_words(fee: &keniki_app::case::engine::FeeStanding, when: When) -> String {
    let stands = match fee.is_met {
        Some(true) => "期限内".to_owned(),
        Some(false) => "期限を過ぎています".to_owned(),
        None => remaining_text(when.now, fee.due_at),
    };
    format!(
        "{}（{}{}）の期限 {}：{stands}",
        fee.name,
        fee.points,
        fee.unit,
        when.text(fee.due_at)
    )
}

/// In which stay something began, the first being 0, and what that is called; none: before any.
pub(super) fn stay_of(shown: &Shown, it: &Obligation) -> Option<(usize, String)> {
    let stays = &shown.state.stays;
    let at = stays.iter().rposition(|stay| stay.from <= it.begins_at)?;
    let stay = stays.get(at)?;
    let from = Day(jst_day(stay.from)).plain();
    Some(match at + 1 == stays.len() && stay.ended.is_none() {
        true => (at, format!("いまの入院（入院日 {from}）")),
        false => (at, format!("前の入院（入院日 {from}）")),
    })
}

/// When it was done, by which way and to whom, or why it is not asked for.
fn outcome(shown: &Shown, it: &Obligation, when: When) -> Option<String> {
    let row = |id: keniki_base::id::CaseEventId| shown.events.iter().find(|row| row.id == id.get());
    if let Some((event, at)) = it.met {
        let way = row(event).and_then(|row| Channel::of(&row.channel));
        let whom = row(event).and_then(|row| row.whom.clone());
        let whom = whom.map_or_else(String::new, |whom| format!("、{whom}"));
        return Some(format!(
            "{}　{}{whom}",
            when.text(at),
            way.map_or("", Channel::words)
        ));
    }
    match it.standing {
        Standing::Waived(Why::Said(event)) => {
            let told = row(event).and_then(|row| row.event().ok());
            told.and_then(|event| event.content.reason)
                .map(|why| format!("不要の理由：{why}"))
        }
        Standing::Waived(Why::Ended(event)) => {
            let kind = row(event).map(|row| title(&shown.program, &row.kind, row.step.as_deref()));
            kind.map(|kind| format!("「{kind}」により不要になりました"))
        }
        Standing::Waived(Why::Closed) => Some("ケースが終わり、不要になりました".to_owned()),
        Standing::Waiting | Standing::Met | Standing::Late | Standing::Missed => None,
    }
}

fn title(program: &Program, kind: &str, step: Option<&str>) -> String {
    let step = || {
        let step = step.and_then(|code| program.step(code));
        step.map_or_else(String::new, |step| step.name.clone())
    };
    match kind {
        code::DONE => format!("{}：済み", step()),
        code::WAIVED => format!("{}：不要", step()),
        code::CORRECTED => "訂正".to_owned(),
        code::ANNULLED => "取消し".to_owned(),
        code::CLOSED => "ケースの終了".to_owned(),
        code::REOPENED => "ケースの再開".to_owned(),
        code::OPENED => "ケースの始まり".to_owned(),
        other => program
            .event(other)
            .map_or_else(|| other.to_owned(), |it| it.name.clone()),
    }
}

/// What was told, the newest first; `own`: the organization for which the reader mends, none where not at all.
pub(super) fn timeline(shown: &Shown, own: Option<OrganizationId>, when: When) -> Vec<Entry> {
    let program = &shown.program;
    let entries = shown.events.iter().filter_map(|row| {
        let event = row.event().ok()?;
        let mut lines = Vec::new();
        if let Some(day) = event.content.day {
            let name = program.event(&row.kind).and_then(|it| it.day.clone());
            lines.push(format!(
                "{}：{}",
                name.unwrap_or_else(|| "日".to_owned()),
                Day(day).plain()
            ));
        }
        if row.kind != code::OPENED {
            for (fact, choice) in &event.content.facts {
                lines.push(fact_words(program, fact, choice));
            }
        }
        lines.extend(seated(shown, &row.kind, &event.content));
        let found = program
            .criteria
            .iter()
            .filter(|it| event.content.criteria.contains(&it.code));
        lines.extend(found.map(|it| format!("基準：{}", it.name)));
        if let Some(about) = row
            .about_id
            .and_then(|id| shown.events.iter().find(|it| it.id == id))
            && [code::CORRECTED, code::ANNULLED].contains(&row.kind.as_str())
        {
            lines.push(format!(
                "元の記録：{}",
                title(program, &about.kind, about.step.as_deref())
            ));
        }
        let why = event.content.reason.as_ref().map(|why| {
            let closing = program.closings.iter().find(|it| it.code == *why);
            format!("理由：{}", closing.map_or(why.as_str(), |it| &it.name))
        });
        lines.extend(why);
        lines.extend(event.content.note.clone());
        let mended = mended(&shown.events, row.id);
        let mends = mended != Some(Mended::Annulled)
            && own.is_some_and(|own| shown.may_mend(own, row.id.into()).is_ok());
        Some((
            told_order(event.happened_at, row.id),
            Entry {
                id: row.id,
                at: when.text(event.happened_at),
                title: title(program, &row.kind, row.step.as_deref()),
                lines,
                who: who(row),
                mended,
                form: event.content.form_record.map(written),
                file: row.attachment_name.as_ref().map(|name| {
                    let href = format!("/cases/{}/events/{}/file", shown.case.id, row.id);
                    Link::new(href, name.clone())
                }),
                mend: mends.then(|| format!("/cases/{}/events/{}", shown.case.id, row.id)),
            },
        ))
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(order, _)| std::cmp::Reverse(*order));
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// What became of an event: the last that tells of it and was not taken back itself.
fn mended(events: &[EventRow], id: i64) -> Option<Mended> {
    let about = |kind: &'static str, id: i64| {
        let of_it = move |it: &&EventRow| it.kind == kind && it.about_id == Some(id);
        events.iter().filter(of_it)
    };
    let holds = |it: &EventRow| about(code::ANNULLED, it.id).next().is_none();
    if about(code::ANNULLED, id).any(holds) {
        return Some(Mended::Annulled);
    }
    let is_corrected = about(code::CORRECTED, id).any(holds);
    is_corrected.then_some(Mended::Corrected)
}

/// The form by which something was told.
fn written(form: i64) -> Link {
    Link::new(format!("/forms/{form}"), "書いた様式を見る")
}

/// Who has the role of which the event says that somebody has it.
fn seated(shown: &Shown, kind: &str, content: &Content) -> Option<String> {
    let rule = shown.program.event(kind)?;
    let role = shown.program.seats(rule, &content.facts).next()?;
    let is_it =
        |it: &&keniki_app::patient::team::Member| Some(it.organization_id) == content.seated;
    let office = shown.team.iter().find(is_it);
    let office = office.map_or("まだわからない", |it| &it.organization_name);
    Some(format!("{}の事業所：{office}", role.name))
}

/// By the minute, then as it was learned: a form tells minutes, what the program does itself has seconds.
fn told_order(at: DateTime<Utc>, event: i64) -> (i64, i64) {
    (at.timestamp().div_euclid(60), event)
}

fn who(row: &EventRow) -> String {
    let way = Channel::of(&row.channel).filter(|it| *it != Channel::Here);
    let parts = [
        row.organization_name.clone(),
        row.account_name.clone(),
        way.map(|it| it.words().to_owned()),
        row.whom.as_ref().map(|whom| format!("相手：{whom}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("・")
}

fn fact_words(program: &Program, fact: &str, choice: &str) -> String {
    let Some(known) = program.fact(fact) else {
        return format!("{fact}：{choice}");
    };
    let word = known.choices.iter().find(|it| it.code == choice);
    format!("{}：{}", known.name, word.map_or(choice, |it| &it.name))
}

pub(super) fn facts(program: &Program, shown: &Shown) -> Vec<(String, String)> {
    let known = program.facts.iter().filter_map(|fact| {
        let is = shown.state.facts.get(&fact.code)?;
        let word = fact.choices.iter().find(|it| it.code == *is)?;
        Some(
            match fact.otherwise.as_ref() == Some(is) && !is_told(program, shown, &fact.code) {
                true => (
                    fact.name.clone(),
                    format!(
                        "まだ記録がありません（「{}」として扱っています）",
                        word.name
                    ),
                ),
                false => (fact.name.clone(), word.name.clone()),
            },
        )
    });
    known.collect()
}

/// Whether anybody, or the program at the beginning, has said how this is.
fn is_told(program: &Program, shown: &Shown, fact: &str) -> bool {
    shown.events.iter().any(|row| {
        let said = row
            .event()
            .is_ok_and(|it| it.content.facts.contains_key(fact));
        said || program
            .event(&row.kind)
            .is_some_and(|it| it.sets.contains_key(fact))
    })
}

pub(super) fn team(program: &Program, shown: &Shown) -> Vec<Seat> {
    let part = |it: &keniki_app::patient::team::Member| {
        let rule = it.case_role.as_deref().and_then(|code| program.role(code));
        let days = match &it.valid_to {
            Some(_) if it.is_void() => "取消し（もとの記録が誤り）".to_owned(),
            None => format!("{}から", Day::text(&it.valid_from)),
            Some(to) => format!("{}から{}まで", Day::text(&it.valid_from), Day::text(to)),
        };
        Seat {
            role: rule.map_or_else(|| it.role.clone(), |rule| rule.name.clone()),
            organization: it.organization_name.clone(),
            phone: it.organization_phone.as_deref().map(phone_link),
            staff: it.staff.clone().unwrap_or_default(),
            days,
        }
    };
    shown.team.iter().map(part).collect()
}

/// Where the patient is.
pub(super) fn stay_words(shown: &Shown) -> String {
    let case = &shown.case;
    let at = shown
        .team
        .iter()
        .find(|it| Some(it.organization_id) == case.hospital_id);
    let at = at.map_or_else(String::new, |it| it.organization_name.clone());
    let from = case
        .admitted_on
        .as_deref()
        .map(Day::text)
        .unwrap_or_default();
    let until = case
        .discharged_on
        .as_deref()
        .map(Day::text)
        .unwrap_or_default();
    match case.stay.as_deref() {
        Some("in") => format!("入院中（{at} {from}から）"),
        Some("leave") => format!("外泊中（{at} {from}から入院）"),
        Some("out") => format!("退院（{until}）"),
        Some("died") => "死亡".to_owned(),
        _ => "入院の記録はありません".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_within_a_minute_stands_in_the_order_in_which_it_was_learned() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let by_itself = told_order(at("2026-11-24T01:00:25Z"), 7);
        let by_form = told_order(at("2026-11-24T01:00:00Z"), 8);
        assert!(by_itself < by_form);
        assert!(told_order(at("2026-11-24T01:01:00Z"), 6) > by_form);
    }
}
