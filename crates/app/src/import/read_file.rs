//! Reads one file on a thread of its own and hands it on in chunks, so that reading and writing overlap
//! in bounded memory.

use std::path::Path;

use tokio::sync::mpsc::Sender;

use crate::directory::source::format::{Recogniser, UnknownHeader};
use crate::directory::source::{self, Format, Parser, Reference, Sink};
use crate::sheet::read::{self, Row, SheetError, SheetNames};

/// Records in a chunk: what one statement with all its values can hold on SQLite.
pub(super) const CHUNK_RECORDS: usize = 500;
/// A chunk is handed on after so many rows even if few records came of them.
const CHUNK_ROWS: u64 = 20_000;

/// What the reading thread sends.
pub(super) enum Message {
    /// The header was recognised, on this row.
    Format(Format, u32),
    /// The next records and findings.
    Chunk(Sink),
}

/// Why no row of the file could be taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error(transparent)]
    Header(#[from] UnknownHeader),
}

/// Reads to the end, or until nobody listens. Blocks.
pub(super) fn read(
    path: &Path,
    reference: &Reference,
    to: &Sender<Message>,
) -> Result<SheetNames, Unreadable> {
    let mut state = State::Above {
        recogniser: Recogniser::default(),
        rows: Vec::new(),
    };
    let mut sink = Sink::default();
    let mut refused = None;
    let sheets = read::rows(path, |row| match state.take(row, reference, &mut sink) {
        Ok(Some((format, row))) => to.blocking_send(Message::Format(format, row)).is_ok(),
        Ok(None) if sink.records.len() >= CHUNK_RECORDS || sink.n_rows >= CHUNK_ROWS => {
            hand_on(&mut sink, to)
        }
        Ok(None) => true,
        Err(unknown) => {
            refused = Some(unknown);
            false
        }
    })?;
    if let Some(unknown) = refused {
        return Err(unknown.into());
    }
    match state {
        State::Above { mut recogniser, .. } => return Err(recogniser.give_up().into()),
        State::Data(mut parser) => parser.end(reference, &mut sink),
    }
    while !sink.records.is_empty() || sink.n_rows > 0 {
        if !hand_on(&mut sink, to) {
            break;
        }
    }
    Ok(sheets)
}

enum State {
    Above {
        recogniser: Recogniser,
        rows: Vec<Row>,
    },
    Data(Box<dyn Parser + Send>),
}

impl State {
    /// The format and its row, with the row that is its header.
    fn take(
        &mut self,
        row: Row,
        reference: &Reference,
        sink: &mut Sink,
    ) -> Result<Option<(Format, u32)>, UnknownHeader> {
        match self {
            Self::Data(parser) => {
                if row.cells.iter().any(|cell| !cell.trim().is_empty()) {
                    parser.row(&row, reference, sink);
                }
                Ok(None)
            }
            Self::Above { recogniser, rows } => {
                let found = recogniser.look(&row)?;
                let number = row.number;
                rows.push(row);
                let Some((format, columns)) = found else {
                    return Ok(None);
                };
                let mut parser = source::parser(format, columns);
                for row in &*rows {
                    parser.above(row, sink);
                }
                *self = Self::Data(parser);
                Ok(Some((format, number)))
            }
        }
    }
}

/// Sends at most one chunk of records with all findings so far; false when nobody listens.
fn hand_on(sink: &mut Sink, to: &Sender<Message>) -> bool {
    let rest = if sink.records.len() > CHUNK_RECORDS {
        sink.records.split_off(CHUNK_RECORDS)
    } else {
        Vec::new()
    };
    let chunk = std::mem::replace(
        sink,
        Sink {
            records: rest,
            ..Sink::default()
        },
    );
    to.blocking_send(Message::Chunk(chunk)).is_ok()
}
