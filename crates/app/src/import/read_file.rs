//! Reads one file on a thread of its own and hands it on in chunks, so that reading and writing overlap
//! in bounded memory.

use std::path::Path;

use tokio::sync::mpsc::Sender;

use super::chunk::Told;
use crate::directory::source::format::{Recogniser, UnknownHeader};
use crate::directory::source::{self, Cause, Format, Parser, Reference, RowAt, Sink};
use crate::sheet::read::{self, Row, SheetError, SheetNames};

/// Records in a chunk: what one statement with all its values can hold on SQLite.
pub(super) const CHUNK_RECORDS: usize = 3_072;
/// A chunk is handed on after so many rows even if few records came of them.
const CHUNK_ROWS: u64 = 20_000;

/// What the reading thread sends.
pub(super) enum Message {
    /// The header was recognised, on this row.
    Format(Format, u32),
    /// The next records, and what else came of their rows.
    Chunk(Vec<Told>, Sink),
}

/// Why no row of the file could be taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error(transparent)]
    Header(#[from] UnknownHeader),
}

/// The list that a file is by its first header; `None` where it has none or cannot be read. Blocks.
pub(super) fn format_of(path: &Path) -> Option<Format> {
    let mut found = None;
    let mut recogniser = Recogniser::default();
    let mut sheet = 0;
    let read = read::rows(path, |row| {
        if row.sheet != sheet {
            (sheet, recogniser) = (row.sheet, Recogniser::default());
        }
        found = recogniser.look(&row).ok().flatten();
        found.is_none()
    });
    read.ok().and(found).map(|(format, _)| format)
}

/// Reads to the end, or until nobody listens. Blocks.
pub(super) fn read(
    path: &Path,
    reference: &Reference,
    to: &Sender<Message>,
) -> Result<SheetNames, Unreadable> {
    let mut reading = Reading::default();
    let mut sink = Sink::default();
    let sheets = read::rows(path, |row| match reading.take(row, reference, &mut sink) {
        Some((format, row)) => to.blocking_send(Message::Format(format, row)).is_ok(),
        None if sink.records.len() >= CHUNK_RECORDS || sink.n_rows >= CHUNK_ROWS => {
            hand_on(&mut sink, to)
        }
        None => true,
    })?;
    reading.end(reference, &mut sink)?;
    while !sink.records.is_empty() || sink.n_rows > 0 || !sink.findings.is_empty() {
        if !hand_on(&mut sink, to) {
            break;
        }
    }
    Ok(sheets)
}

/// A book sheet by sheet: each has a header of its own, and one without is passed over.
#[derive(Default)]
struct Reading {
    sheet: u16,
    state: State,
    is_recognised: bool,
    /// Why the first sheet without a header was passed over, and which it was.
    unknown: Vec<(u16, UnknownHeader)>,
}

enum State {
    Above {
        recogniser: Recogniser,
        rows: Vec<Row>,
    },
    Data(Box<dyn Parser + Send>),
    PassedOver,
}

impl Default for State {
    fn default() -> Self {
        Self::Above {
            recogniser: Recogniser::default(),
            rows: Vec::new(),
        }
    }
}

impl Reading {
    /// The format and its row, with the row that is the file's first header.
    fn take(&mut self, row: Row, reference: &Reference, sink: &mut Sink) -> Option<(Format, u32)> {
        if row.sheet != self.sheet {
            self.end_sheet(reference, sink);
            self.sheet = row.sheet;
        }
        match &mut self.state {
            State::Data(parser) => {
                if row.cells.iter().any(|cell| !cell.trim().is_empty()) {
                    parser.row(&row, reference, sink);
                }
                None
            }
            State::PassedOver => None,
            State::Above { recogniser, rows } => match recogniser.look(&row) {
                Err(unknown) => {
                    self.unknown.push((self.sheet, unknown));
                    self.state = State::PassedOver;
                    None
                }
                Ok(None) => {
                    rows.push(row);
                    None
                }
                Ok(Some((format, columns))) => {
                    let number = row.number;
                    rows.push(row);
                    let mut parser = source::parser(format, columns);
                    for row in &*rows {
                        parser.above(row, sink);
                    }
                    self.state = State::Data(parser);
                    let is_first = !std::mem::replace(&mut self.is_recognised, true);
                    is_first.then_some((format, number))
                }
            },
        }
    }

    fn end_sheet(&mut self, reference: &Reference, sink: &mut Sink) {
        match std::mem::take(&mut self.state) {
            State::Data(mut parser) => parser.end(reference, sink),
            State::PassedOver => {}
            State::Above {
                mut recogniser,
                rows,
            } => {
                if !rows.is_empty() || !self.is_recognised {
                    self.unknown.push((self.sheet, recogniser.give_up()));
                }
            }
        }
    }

    /// A file of which no sheet has a header is refused; else each sheet without one gets a warning.
    fn end(mut self, reference: &Reference, sink: &mut Sink) -> Result<(), UnknownHeader> {
        self.end_sheet(reference, sink);
        if !self.is_recognised {
            let nearest = self.unknown.into_iter().map(|(_, unknown)| unknown);
            let nearest = nearest.max_by(|a, b| a.share().total_cmp(&b.share()));
            return Err(nearest.unwrap_or_else(|| Recogniser::default().give_up()));
        }
        for (sheet, _) in self.unknown {
            let at = RowAt { sheet, row: 1 };
            sink.findings
                .push(at.finding("", "", Cause::SheetPassedOver));
        }
        Ok(())
    }
}

/// Sends at most one chunk of records with all findings so far; false when nobody listens.
fn hand_on(sink: &mut Sink, to: &Sender<Message>) -> bool {
    let rest = if sink.records.len() > CHUNK_RECORDS {
        sink.records.split_off(CHUNK_RECORDS)
    } else {
        Vec::new()
    };
    let fresh = Sink {
        records: rest,
        ..Sink::default()
    };
    let mut chunk = std::mem::replace(sink, fresh);
    chunk.reject_too_long();
    let told = chunk.records.drain(..).map(Told::of).collect();
    to.blocking_send(Message::Chunk(told, chunk)).is_ok()
}
