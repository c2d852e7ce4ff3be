//! Where results and progress go: results to stdout, progress to stderr (a bar on a terminal, lines elsewhere).

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Sentences for a person.
    Text,
    /// One JSON document for a script.
    Json,
}

/// How far a long work has come.
pub struct Meter {
    bar: ProgressBar,
    what: String,
    unit: &'static str,
    next_line: u64,
}

/// Where there is no terminal, a line is printed after so many.
const LINE_EVERY: u64 = 50_000;

impl Meter {
    /// Begins a work called `what`, counted in `unit`.
    pub fn start(what: String, unit: &'static str) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_style(
            ProgressStyle::with_template("{spinner} {msg} {human_pos}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.set_message(what.clone());
        Self {
            bar,
            what,
            unit,
            next_line: LINE_EVERY,
        }
    }

    /// `done` so far.
    pub fn at(&mut self, done: u64) {
        self.bar.set_position(done);
        if self.bar.is_hidden() && done >= self.next_line {
            eprintln!("{}: {done}{}まで済みました", self.what, self.unit);
            self.next_line = done - done % LINE_EVERY + LINE_EVERY;
        }
    }

    /// The work is done.
    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}
