//! Brings public lists into the directory: read, check, match, write; each file one transaction and
//! one batch, which can be tried first and undone later.

pub mod batches;
mod chunk;
pub mod content;
pub mod conversation;
pub(crate) mod fold;
mod matching;
pub(crate) mod office;
pub mod problem_book;
pub mod queries;
mod read_file;
pub mod report;
pub mod review;
mod run;
pub mod template;
pub mod undo;
mod write;

pub use report::{FileReport, Group};
pub use run::{ImportError, Options, Progress, import_file, in_turn};
