//! The log as a table for spreadsheets: what the command line and the page give out.

use chrono::DateTime;
use keniki_base::clock::JST;

use super::review::Line;
use super::{Entry, words};
use crate::account::deed;
use crate::definition::Definitions;
use crate::sheet::write::Cell;

/// The heads of the table.
pub const HEADS: [&str; 13] = [
    "番号",
    "日時",
    "アカウント",
    "組織",
    "役割",
    "行為",
    "行為のことば",
    "対象",
    "対象の番号",
    "結果",
    "発信元",
    "要求",
    "備考",
];

/// One row of it.
#[must_use]
pub fn cells(entry: &Entry) -> [Cell; 13] {
    let at = DateTime::parse_from_rfc3339(&entry.at).ok();
    let here = at.map(|at| {
        at.with_timezone(&JST)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string()
    });
    [
        entry.id.into(),
        here.unwrap_or_else(|| entry.at.clone()).into(),
        entry.account_id.into(),
        entry.organization_id.into(),
        entry.role.as_deref().into(),
        entry.deed.as_str().into(),
        deed::words(&entry.deed).into(),
        entry.object_kind.as_str().into(),
        entry.object_id.as_str().into(),
        outcome(&entry.outcome).into(),
        entry.origin.as_str().into(),
        entry.request_id.as_deref().into(),
        entry.note.as_deref().into(),
    ]
}

/// The heads of what the page adds to it.
pub const MORE_HEADS: [&str; 5] = [
    "アカウントの名前",
    "組織の名前",
    "対象のことば",
    "備考のことば",
    "印",
];

/// What the page shows of a row besides: names, words and the mark.
#[must_use]
pub fn more_cells(definitions: &Definitions, line: &Line) -> [Cell; 5] {
    let note = line.entry.note.as_deref();
    [
        line.account_name.as_deref().into(),
        line.organization_name.as_deref().into(),
        words::kind(&line.entry.object_kind).into(),
        note.map(|note| words::note(definitions, note).into_owned())
            .into(),
        line.mark.as_deref().into(),
    ]
}

/// How a deed ended, in words.
#[must_use]
pub fn outcome(code: &str) -> &str {
    match code {
        "done" => "実行",
        "refused" => "拒否",
        other => other,
    }
}
