//! Whether a program holds together: no code twice, no reference into nothing, no step that waits for itself.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fault::Fault;
use super::super::form::Form;
use super::super::whole::is_code;
use super::parse::Lines;
use super::{Condition, Fact, Program, Trigger};

mod forms;
mod steps;

/// What other files define.
pub(in super::super) struct Beside<'a> {
    /// Codes of the parts of a care team.
    pub team_roles: BTreeSet<&'a str>,
    /// Forms by their codes, each in its newest version.
    pub forms: BTreeMap<&'a str, &'a Form>,
    /// Codes of mailboxes.
    pub mailboxes: BTreeSet<&'a str>,
    /// Codes of fees.
    pub fees: BTreeSet<&'a str>,
    /// Codes of categories.
    pub categories: BTreeSet<&'a str>,
}

/// Collects what is wrong with one file.
struct Reading<'a> {
    file: &'a str,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn say(&mut self, line: usize, reason: String) {
        self.faults.push(Fault::on_line(self.file, line, reason));
    }

    /// A code is well formed and stands once; texts are there.
    fn codes<'a>(&mut self, what: &str, entries: impl Iterator<Item = (usize, &'a str, &'a str)>) {
        let mut seen = BTreeSet::new();
        for (line, code, name) in entries {
            if !is_code(code) {
                self.say(
                    line,
                    format!("{what}のコード「{code}」は英小文字・数字・下線で書いてください。"),
                );
            }
            if !seen.insert(code) {
                self.say(
                    line,
                    format!("{what}のコード「{code}」が二度あります。一つにしてください。"),
                );
            }
            if name.trim().is_empty() {
                self.say(
                    line,
                    format!("{what}「{code}」の名前（name）が空です。書き入れてください。"),
                );
            }
        }
    }

    /// Every named code is known.
    fn known<'a>(
        &mut self,
        line: usize,
        what: &str,
        named: impl IntoIterator<Item = &'a String>,
        known: &BTreeSet<&str>,
    ) {
        for code in named {
            if !known.contains(code.as_str()) {
                self.say(
                    line,
                    format!(
                        "{what}「{code}」はどこにも定義されていません。綴りを確かめてください。"
                    ),
                );
            }
        }
    }

    fn conditions(&mut self, line: usize, conditions: &[Condition], facts: &Choices<'_>) {
        for condition in conditions {
            if condition.is.is_empty() {
                self.say(line, format!("条件「{}」の is が空です。", condition.fact));
            }
            for choice in &condition.is {
                self.choice(line, (&condition.fact, choice), facts);
            }
        }
    }

    fn choice(&mut self, line: usize, (fact, choice): (&String, &String), facts: &Choices<'_>) {
        match facts.get(fact.as_str()) {
            None => self.say(
                line,
                format!("わかっていること（fact）「{fact}」はありません。綴りを確かめてください。"),
            ),
            Some(choices) if !choices.contains(choice.as_str()) => self.say(
                line,
                format!("「{fact}」に「{choice}」という選択肢はありません。"),
            ),
            Some(_) => {}
        }
    }
}

type Choices<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Everything that is wrong within the file.
pub(super) fn faults(file: &str, program: &Program, lines: &Lines) -> Vec<Fault> {
    let mut to = Reading {
        file,
        faults: Vec::new(),
    };
    head(&mut to, program);
    let named = |list: &[usize], codes: Vec<(&str, &str)>| -> Vec<(usize, String, String)> {
        let pairs = list.iter().zip(codes);
        pairs
            .map(|(line, (code, name))| (*line, code.to_owned(), name.to_owned()))
            .collect()
    };
    macro_rules! codes {
        ($what:literal, $list:ident) => {
            let all = program.$list.iter().map(|it| (&*it.code, &*it.name));
            let all = named(&lines.$list, all.collect());
            to.codes(
                $what,
                all.iter()
                    .map(|(line, code, name)| (*line, &**code, &**name)),
            );
        };
    }
    codes!("役割", roles);
    codes!("わかっていること（fact）", facts);
    codes!("基準", criteria);
    codes!("分岐", branches);
    codes!("出来事", events);
    codes!("段階", stages);
    codes!("対応事項", steps);
    codes!("終了の理由", closings);
    codes!("測るもの", measures);
    codes!("照会", inquiries);
    let facts: Choices<'_> = program.facts.iter().map(choices).collect();
    of_facts(&mut to, program, lines, &facts);
    of_events(&mut to, program, lines, &facts);
    steps::of_steps(&mut to, program, lines, &facts);
    of_ends(&mut to, program, lines);
    steps::cycle(&mut to, program, lines);
    to.faults
}

fn choices(fact: &Fact) -> (&str, BTreeSet<&str>) {
    let choices = fact.choices.iter().map(|it| it.code.as_str());
    (&fact.code, choices.collect())
}

fn head(to: &mut Reading<'_>, program: &Program) {
    let texts = [
        ("code", &program.code),
        ("name", &program.name),
        ("version", &program.version),
        ("source", &program.source),
        ("preamble", &program.preamble),
    ];
    for (key, text) in texts {
        if text.trim().is_empty() {
            to.say(1, format!("{key} が空です。書き入れてください。"));
        }
    }
    if program.valid_to.is_some_and(|to| to < program.valid_from) {
        to.say(
            1,
            "終わりの日（valid_to）が始まりの日より前です。".to_owned(),
        );
    }
    if program.office.closes <= program.office.opens || program.office.weekdays.is_empty() {
        to.say(
            1,
            "営業日と営業時間（office）が空か、閉まる時刻が開く時刻より前です。".to_owned(),
        );
    }
    if !program.roles.iter().any(|role| role.opens) {
        to.say(
            1,
            "ケースを始められる役割（opens = true）がありません。".to_owned(),
        );
    }
    if program.stages.is_empty() {
        to.say(1, "段階（stage）が一つもありません。".to_owned());
    }
}

fn of_facts(to: &mut Reading<'_>, program: &Program, lines: &Lines, facts: &Choices<'_>) {
    let roles = program.role_codes();
    for (line, fact) in lines.facts.iter().zip(&program.facts) {
        let codes: BTreeSet<&str> = fact.choices.iter().map(|it| it.code.as_str()).collect();
        if codes.len() < 2 || codes.len() < fact.choices.len() {
            to.say(
                *line,
                format!(
                    "「{}」の選択肢は、異なるものが二つ以上要ります。",
                    fact.code
                ),
            );
        }
        to.known(*line, "選択肢", &fact.otherwise, &codes);
        let seats = fact.choices.iter().filter_map(|it| it.seats.as_ref());
        to.known(*line, "役割（seats）", seats, &roles);
    }
    for (line, criterion) in lines.criteria.iter().zip(&program.criteria) {
        for pair in &criterion.sets {
            to.choice(*line, pair, facts);
        }
    }
    for (line, branch) in lines.branches.iter().zip(&program.branches) {
        to.conditions(*line, &branch.when, facts);
    }
}

fn of_events(to: &mut Reading<'_>, program: &Program, lines: &Lines, facts: &Choices<'_>) {
    let (roles, events) = (program.role_codes(), program.event_codes());
    for (line, event) in lines.events.iter().zip(&program.events) {
        if [
            "done",
            "waived",
            "corrected",
            "annulled",
            "closed",
            "reopened",
            "opened",
        ]
        .contains(&event.code.as_str())
        {
            to.say(
                *line,
                format!(
                    "出来事のコード「{}」は、プログラムが使います。別のコードにしてください。",
                    event.code
                ),
            );
        }
        to.known(*line, "役割", &event.from, &roles);
        to.known(*line, "出来事（follows）", &event.follows, &events);
        to.known(
            *line,
            "わかっていること（fact）",
            &event.asks,
            &facts.keys().copied().collect(),
        );
        for pair in &event.sets {
            to.choice(*line, pair, facts);
        }
        if event.asks_criteria && program.criteria.is_empty() {
            to.say(
                *line,
                format!("「{}」が尋ねる基準（criterion）がありません。", event.code),
            );
        }
    }
}

fn of_ends(to: &mut Reading<'_>, program: &Program, lines: &Lines) {
    let (roles, events, steps) = (
        program.role_codes(),
        program.event_codes(),
        program.step_codes(),
    );
    for (line, stage) in lines.stages.iter().zip(&program.stages) {
        triggers(to, *line, &stage.after, &events, &steps);
    }
    for (line, closing) in lines.closings.iter().zip(&program.closings) {
        triggers(to, *line, &closing.after, &events, &steps);
    }
    for (line, measure) in lines.measures.iter().zip(&program.measures) {
        to.known(*line, "対応事項", [&measure.step], &steps);
        if measure.counts.is_empty() {
            to.say(
                *line,
                format!("「{}」が数えるもの（counts）が空です。", measure.code),
            );
        }
    }
    for (line, inquiry) in lines.inquiries.iter().zip(&program.inquiries) {
        to.known(
            *line,
            "役割",
            inquiry.from.iter().chain([&inquiry.role]),
            &roles,
        );
    }
}

fn triggers(
    to: &mut Reading<'_>,
    line: usize,
    triggers: &[Trigger],
    events: &BTreeSet<&str>,
    steps: &BTreeSet<&str>,
) {
    for trigger in triggers {
        match trigger {
            Trigger::Event(code) => to.known(line, "出来事", [code], events),
            Trigger::Done(code) => to.known(line, "対応事項", [code], steps),
        }
    }
}

/// What the program names in other files and is not there.
pub(super) fn faults_beside(
    file: &str,
    program: &Program,
    lines: &Lines,
    beside: &Beside<'_>,
) -> Vec<Fault> {
    let mut to = Reading {
        file,
        faults: Vec::new(),
    };
    for (line, role) in lines.roles.iter().zip(&program.roles) {
        let named = [&role.team_role];
        to.known(
            *line,
            "支援チームの役割（team_role）",
            named,
            &beside.team_roles,
        );
    }
    let forms: BTreeSet<&str> = beside.forms.keys().copied().collect();
    for (line, step) in lines.steps.iter().zip(&program.steps) {
        to.known(*line, "様式（form）", &step.form, &forms);
        to.known(*line, "報酬（fee）", &step.fee, &beside.fees);
    }
    for (line, inquiry) in lines.inquiries.iter().zip(&program.inquiries) {
        to.known(
            *line,
            "種類（categories）",
            &inquiry.categories,
            &beside.categories,
        );
        to.known(
            *line,
            "窓口（through）",
            &inquiry.through,
            &beside.mailboxes,
        );
    }
    forms::of_events(&mut to, program, lines, beside);
    forms::of_steps(&mut to, program, lines, beside);
    to.faults
}

impl Program {
    fn role_codes(&self) -> BTreeSet<&str> {
        self.roles.iter().map(|it| it.code.as_str()).collect()
    }

    fn event_codes(&self) -> BTreeSet<&str> {
        self.events.iter().map(|it| it.code.as_str()).collect()
    }

    fn step_codes(&self) -> BTreeSet<&str> {
        self.steps.iter().map(|it| it.code.as_str()).collect()
    }
}
