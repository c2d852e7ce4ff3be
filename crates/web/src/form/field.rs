//! One field of a form as its template shows it.

use std::collections::HashMap;

use keniki_app::definition::form::{Choice, Condition, Form, Item, Kind};
use keniki_app::form::record::file::drop_field;
use keniki_app::form::words::{condition, words};
use keniki_app::form::{Raw, Values};
use serde_json::json;

/// So many choices stand side by side; more go into a list.
const SIDE_BY_SIDE: usize = 5;

/// A field, or the fields of one item.
#[derive(Debug)]
pub struct Field {
    /// Of its control or its group.
    pub id: String,
    /// The code of its item.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// 必須.
    pub required: bool,
    /// When it is to be filled in, in words, for whoever has no script.
    pub condition: Option<String>,
    /// The same for the script.
    pub rule: Option<String>,
    /// How to answer.
    pub help: Option<String>,
    /// What is wrong with it.
    pub wrong: Vec<String>,
    /// What the last form said, where this one says something else.
    pub before: Option<String>,
    /// What is typed into.
    pub control: Control,
}

/// What is typed into.
#[derive(Debug)]
pub enum Control {
    /// A line.
    Line(Line),
    /// Several lines: text, height, characters.
    Area(String, u16, usize),
    /// One of a few.
    Radio(Vec<Chosen>),
    /// One of many.
    List(Vec<Chosen>),
    /// Any of several.
    Any(Vec<Chosen>),
    /// Rows.
    Table(Table),
    /// Points by number.
    Scale(Vec<(Cell, Vec<Chosen>)>),
    /// Reckoned.
    Computed(String),
    /// A file: what is attached already, the fields of another and of taking it away, and whether it is taken away.
    Attached {
        /// Its name; empty: none.
        text: String,
        /// The name of the field that takes a file.
        file: String,
        /// The name of the box that takes it away.
        drop: String,
        /// Whether it is ticked.
        is_dropped: bool,
    },
}

/// A line to type into.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// What stands in it.
    pub text: String,
    /// Characters at most.
    pub length: usize,
    /// Behind it.
    pub unit: Option<String>,
    /// For a number or a day.
    pub is_short: bool,
    /// Which keys a phone shows.
    pub is_number: bool,
}

/// Something to choose.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Its code.
    pub code: String,
    /// Its word.
    pub word: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// A table to fill in.
#[derive(Debug)]
pub struct Table {
    /// Heads, and whether a begun row must have them.
    pub heads: Vec<(String, bool)>,
    /// Cells of each row.
    pub rows: Vec<Vec<Cell>>,
    /// Rows at most.
    pub most: usize,
}

/// A field within a table or a scale.
#[derive(Debug)]
pub struct Cell {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// Its head.
    pub head: String,
    /// What is typed into: a line, or a list where there are choices.
    pub line: Line,
    /// What to choose from.
    pub choices: Vec<Chosen>,
    /// What is wrong with it.
    pub wrong: Vec<String>,
}

/// The field that takes the file of an item; the item's own has its name.
#[must_use]
pub fn file_field(code: &str) -> String {
    format!("{code}{FILE}")
}

/// How such a field's name ends.
pub(super) const FILE: &str = ".file";

/// The id of a field of this name.
#[must_use]
pub fn id(name: &str) -> String {
    format!("f-{}", name.replace('.', "-"))
}

impl Field {
    pub(super) fn of(
        form: &Form,
        item: &Item,
        (raw, values): (&Raw, &Values),
        wrong: &HashMap<&str, Vec<String>>,
    ) -> Self {
        let told = |name: &str| wrong.get(name).cloned().unwrap_or_default();
        let control = match item.computed {
            Some(_) => Control::Computed(words(item, values.get(&item.code))),
            None => control(item, raw, &told),
        };
        let shown_when = item.shown_when.as_ref();
        let due = item.required_when.as_ref();
        let due = due.map(|it| format!("{}は必須です。", condition(form, it)));
        let example = matches!(item.kind, Kind::Date | Kind::DateTime);
        let example = match item.kind {
            Kind::DateTime => Some("例：令和8年4月1日 14:30、R8.4.1 14:30".to_owned()),
            _ => example.then(|| "例：令和8年4月1日、R8.4.1、20260401、4/1".to_owned()),
        };
        let help = item.help.clone().or(example);
        let helps: Vec<String> = help.into_iter().chain(due).collect();
        Self {
            id: id(&item.code),
            name: item.code.clone(),
            label: item.label.clone(),
            required: item.required,
            condition: shown_when.map(|it| format!("{}に書きます。", condition(form, it))),
            rule: shown_when.map(|it| rule(it).to_string()),
            help: (!helps.is_empty()).then(|| helps.join(" ")),
            wrong: told(&item.code),
            before: None,
            control,
        }
    }

    /// Whether its label heads a group of controls.
    #[must_use]
    pub fn is_group(&self) -> bool {
        !matches!(
            self.control,
            Control::Line(_) | Control::Area(..) | Control::List(_)
        )
    }

    /// What describes its control: help, condition, faults.
    #[must_use]
    pub fn described_by(&self) -> String {
        let parts = [
            (self.help.is_some(), "help"),
            (self.condition.is_some(), "when"),
            (self.before.is_some(), "before"),
            (!self.wrong.is_empty(), "wrong"),
        ];
        let there = parts.iter().filter(|(is_there, _)| *is_there);
        let ids: Vec<String> = there.map(|(_, end)| format!("{}-{end}", self.id)).collect();
        ids.join(" ")
    }
}

fn control(item: &Item, raw: &Raw, told: &impl Fn(&str) -> Vec<String>) -> Control {
    let code = item.code.as_str();
    match &item.kind {
        Kind::Text { lines, length } if *lines > 1 => {
            Control::Area(raw.text(code).to_owned(), *lines, *length)
        }
        Kind::Choice(choices) if choices.len() <= SIDE_BY_SIDE => {
            Control::Radio(options(choices, raw, code))
        }
        Kind::Choice(choices) => Control::List(options(choices, raw, code)),
        Kind::Many(choices) => Control::Any(options(choices, raw, code)),
        Kind::Table { columns, most } => {
            let added = raw.all(&format!("{code}.add")).len();
            // Rows that were on the page keep their numbers, so that what is wrong stands beside them.
            let n_rows = (raw.n_rows(code).clamp(1, *most) + added).min(*most);
            let row = |row: usize| {
                let cell = |column: &keniki_app::definition::form::Column| {
                    let name = format!("{code}.{row}.{}", column.code);
                    Cell {
                        id: id(&name),
                        label: format!("{} {}行目 {}", item.label, row + 1, column.label),
                        head: column.label.clone(),
                        line: line(&column.kind, raw.text(&name)),
                        choices: options(column.kind.choices(), raw, &name),
                        wrong: told(&name),
                        name,
                    }
                };
                columns.iter().map(cell).collect()
            };
            Control::Table(Table {
                heads: columns
                    .iter()
                    .map(|it| (it.label.clone(), it.required))
                    .collect(),
                rows: (0..n_rows).map(row).collect(),
                most: *most,
            })
        }
        Kind::Scale(parts) => {
            let part = |part: &keniki_app::definition::form::Part| {
                let name = format!("{code}.{}", part.code);
                let typed = raw.text(&name).trim();
                let option = |score: &i64| Chosen {
                    code: score.to_string(),
                    word: format!("{score}点"),
                    is_chosen: typed == score.to_string(),
                };
                let cell = Cell {
                    id: id(&name),
                    label: format!("{} {}", item.label, part.code),
                    head: part.code.clone(),
                    line: Line::default(),
                    choices: Vec::new(),
                    wrong: told(&name),
                    name,
                };
                (cell, part.scores.iter().map(option).collect())
            };
            Control::Scale(parts.iter().map(part).collect())
        }
        Kind::Attachment => Control::Attached {
            text: raw.text(code).to_owned(),
            file: file_field(code),
            drop: drop_field(code),
            is_dropped: !raw.text(&drop_field(code)).is_empty(),
        },
        kind => Control::Line(line(kind, raw.text(code))),
    }
}

fn line(kind: &Kind, text: &str) -> Line {
    let (length, unit) = match kind {
        Kind::Text { length, .. } => (*length, None),
        Kind::Number(measure) => (20, measure.unit.clone()),
        _ => (40, None),
    };
    Line {
        text: text.to_owned(),
        length,
        unit,
        is_short: !matches!(kind, Kind::Text { .. }),
        is_number: matches!(kind, Kind::Number(_)),
    }
}

fn options(choices: &[Choice], raw: &Raw, name: &str) -> Vec<Chosen> {
    let typed = raw.all(name);
    let option = |choice: &Choice| Chosen {
        code: choice.code.clone(),
        word: choice.word.clone(),
        is_chosen: typed
            .iter()
            .any(|it| *it == choice.code || *it == choice.word),
    };
    choices.iter().map(option).collect()
}

/// A condition as the script reads it.
fn rule(condition: &Condition) -> serde_json::Value {
    match condition {
        Condition::Is { item, codes } => json!({ "item": item, "is": codes }),
        Condition::Filled { item, is } => json!({ "item": item, "filled": is }),
        Condition::Any(parts) => json!({ "any": parts.iter().map(rule).collect::<Vec<_>>() }),
        Condition::All(parts) => json!({ "all": parts.iter().map(rule).collect::<Vec<_>>() }),
    }
}
