//! What is written in a form: read from fields with every fault named, put in words, compared, begun anew; all of it pure, but
//! [`record`], which keeps what was written.
//!
//! A field is called after its item: `code`; a cell of a table `code.row.column`, rows from 0; a question of a scale
//! `code.part`; a button that adds a row `code.add`.

pub mod begin;
pub mod columns;
pub mod difference;
mod evaluate;
mod one;
mod raw;
pub mod read;
pub mod record;
pub mod sheet;
mod value;
pub mod words;

pub use evaluate::{holds, shown};
pub use raw::Raw;
pub use value::{Value, Values};

#[cfg(test)]
mod tests;
