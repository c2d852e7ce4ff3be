//! Where results and progress go: results to stdout, progress to stderr (a bar on a terminal, lines elsewhere).

use clap::ValueEnum;

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Sentences for a person.
    Text,
    /// One JSON document for a script.
    Json,
}
