//! Where results and progress go: results to stdout, progress to stderr (a bar on a terminal, lines elsewhere).

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

/// A line of a result. Who reads it may stop (`| head`): the work goes on to its end.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}
pub(crate) use say;

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// 人が読む文章
    Text,
    /// プログラムで読むJSON
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

/// A work of many named steps, such as files: a bar on a terminal, a line a step elsewhere.
pub struct Steps(ProgressBar);

impl Steps {
    /// Nothing is known of how many there will be.
    pub fn start() -> Self {
        let bar = ProgressBar::new(0);
        bar.set_style(
            ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self(bar)
    }

    /// There will be so many.
    pub fn expect(&self, n: usize) {
        self.0.set_length(n as u64);
    }

    /// One is done.
    pub fn done(&self, line: &str) {
        self.0.inc(1);
        self.0.set_message(line.to_owned());
        if self.0.is_hidden() {
            eprintln!("{line}");
        }
    }

    /// Something that stays to be read.
    pub fn note(&self, line: &str) {
        if self.0.is_hidden() {
            eprintln!("{line}");
        } else {
            self.0.println(line);
        }
    }

    /// All are done.
    pub fn end(self) {
        self.0.finish_and_clear();
    }
}
