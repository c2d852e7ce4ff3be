//! A form on A4 in the order of the paper: boxes to tick, blanks where nothing is filled in.

use std::fmt::Write as _;

use chrono::NaiveDate;
use keniki_app::definition::form::{Choice, Form, Item, Kind};
use keniki_app::form::words::{of_kind, words};
use keniki_app::form::{Value, Values};
use keniki_paper::markup;
use keniki_paper::sheet::Sheet;

/// Blank rows of a table that nobody filled in.
const BLANK_ROWS: usize = 3;

/// What stands around a printed form.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The day of the print.
    pub day: NaiveDate,
    /// Of whom it is and who wrote it: at the top of each page, should one get lost.
    pub head: String,
    /// Who printed it, at the foot of each page.
    pub foot: String,
    /// What whoever reads it must know first, such as that it was annulled.
    pub remark: Option<String>,
}

/// The printed form; without answers to be filled in by hand.
#[must_use]
pub fn sheet(form: &Form, values: &Values, around: Around) -> Sheet {
    let mut out = String::from("#title()\n");
    let parties = format!("{} → {}　（{}版）", form.from, form.to, form.version);
    let _ = writeln!(out, "#small[{}]\n", text(&parties));
    if let Some(remark) = around.remark {
        let _ = writeln!(out, "*{}*\n", text(&remark));
    }
    out.push_str("#set text(9pt)\n#set table(inset: (x: 1.6mm, y: 1.3mm))\n");
    let is_blank = values.0.is_empty();
    for section in &form.sections {
        let title = text(&section.title);
        let _ = writeln!(
            out,
            "#table(columns: (30%, 1fr), table.header(table.cell(colspan: 2, fill: shade, strong[{title}])),"
        );
        for item in &section.items {
            let answer = answer(item, values.get(&item.code), is_blank);
            let _ = writeln!(out, "  [{}], [{answer}],", text(item.short()));
        }
        out.push_str(")\n");
    }
    let _ = writeln!(out, "#small[{}]", text(&form.source));
    Sheet {
        title: form.name.clone(),
        day: around.day,
        head: around.head,
        foot: around.foot,
        markup: out,
        pictures: Vec::new(),
    }
}

fn answer(item: &Item, value: Option<&Value>, is_blank: bool) -> String {
    match (&item.kind, value) {
        (Kind::Choice(choices) | Kind::Many(choices), value) => boxes(choices, value),
        (Kind::Table { .. }, value) => rows(item, value),
        (Kind::Scale(parts), None) => {
            let blanks = parts.iter().map(|part| format!("{}：　　点", part.code));
            text(&blanks.collect::<Vec<_>>().join("　"))
        }
        (_, Some(_)) => text(&words(item, value)),
        // By hand it needs its room; among answers a gap is seen to be one.
        (Kind::Text { lines, .. }, None) => {
            let lines = if is_blank { *lines } else { 1 };
            format!("#v({}em)", f64::from(lines) * 1.5)
        }
        (Kind::Number(measure), None) => text(&format!(
            "　　　　{}",
            measure.unit.as_deref().unwrap_or_default()
        )),
        (Kind::Date, None) => text("　　　　年　　月　　日"),
        (Kind::DateTime, None) => text("　　　　年　　月　　日　　時　　分"),
        (Kind::Attachment, None) => text("□ 添付"),
    }
}

/// Every choice with its box, the chosen ones filled.
fn boxes(choices: &[Choice], value: Option<&Value>) -> String {
    let is_chosen = |code: &String| match value {
        Some(Value::Choice(chosen)) => chosen == code,
        Some(Value::Many(chosen)) => chosen.contains(code),
        _ => false,
    };
    let one = |choice: &Choice| {
        let mark = if is_chosen(&choice.code) {
            "■"
        } else {
            "□"
        };
        text(&format!("{mark} {}", choice.word))
    };
    // A box is not parted from its word where a line ends.
    let each = choices
        .iter()
        .map(|choice| format!("#box[{}]", one(choice)));
    each.collect::<Vec<_>>().join("#h(1em, weak: true)")
}

fn rows(item: &Item, value: Option<&Value>) -> String {
    let Kind::Table { columns, most } = &item.kind else {
        return String::new();
    };
    let filled = match value {
        Some(Value::Rows(rows)) => rows.as_slice(),
        _ => &[],
    };
    let mut out = format!("#table(columns: {},", columns.len());
    for column in columns {
        let _ = write!(out, " [{}],", text(&column.label));
    }
    let n_rows = filled.len().max(BLANK_ROWS.min(*most));
    for number in 0..n_rows {
        for column in columns {
            let cell = filled.get(number).and_then(|row| row.get(&column.code));
            let shown = match cell {
                Some(value) => text(&of_kind(&column.kind, value)),
                None => "#v(1em)".to_owned(),
            };
            let _ = write!(out, " [{shown}],");
        }
    }
    out.push(')');
    out
}

/// A text as markup that means nothing but itself, line by line.
fn text(plain: &str) -> String {
    let lines: Vec<String> = plain.lines().map(markup::text).collect();
    lines.join("#linebreak();")
}

#[cfg(test)]
mod tests;
