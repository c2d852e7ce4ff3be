//! Prints: a template in Typst becomes a PDF, two at a time.

use std::fmt;
use std::sync::{Arc, OnceLock};

use askama::filters::Escaper;
use axum::response::Response;
use keniki_paper::press::{PaperError, Press};
use keniki_paper::sheet::Sheet;
use tokio::sync::Semaphore;

use crate::error::Problem;
use crate::file;
use crate::state::State;

pub mod font;

/// So many are made at a time; whoever asks for another waits.
static PRINTING: Semaphore = Semaphore::const_new(2);

/// Makes words in templates called `.typ` say what they say, and nothing to Typst. For places where markup
/// stands: `[{{ name }}]`, never `f({{ name }})`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typst;

impl Escaper for Typst {
    fn write_escaped_str<W: fmt::Write>(&self, mut into: W, words: &str) -> fmt::Result {
        into.write_str(&keniki_paper::markup::text(words))
    }
}

/// The press, made when the first print is asked for.
#[derive(Default)]
pub(crate) struct Printer(OnceLock<Option<Press>>);

impl Printer {
    /// None, and once a line in the log, where there is no font.
    fn press(&self, state: &State) -> Option<&Press> {
        let made = self.0.get_or_init(|| {
            font::open(state.site.fonts.as_deref())
                .map(|(press, _)| press)
                .inspect_err(|error| tracing::error!(%error, "nothing can be printed"))
                .ok()
        });
        made.as_ref()
    }
}

/// The sheet as a file of this name.
pub(crate) async fn answer(
    state: &Arc<State>,
    name: &str,
    sheet: Sheet,
) -> Result<Response, Problem> {
    let turn = PRINTING.acquire().await.map_err(|_| Problem::Failed)?;
    let own = state.clone();
    let print = move || {
        let _turn = turn;
        let press = own.printer.press(&own).ok_or_else(no_font)?;
        press.pdf(&sheet).map_err(Problem::from)
    };
    let bytes = tokio::task::spawn_blocking(print)
        .await
        .map_err(|_| Problem::Failed)??;
    Ok(file::answer(bytes, "application/pdf", name))
}

fn no_font() -> Problem {
    Problem::NotNow(
        "日本語の書体がないので、PDFを作れません。このサイトの運用者に知らせてください。"
            .to_owned(),
    )
}

impl From<PaperError> for Problem {
    fn from(error: PaperError) -> Self {
        match error {
            PaperError::TooLarge | PaperError::TooLong { .. } => Self::NotNow(format!("{error}。")),
            PaperError::Markup { .. } | PaperError::Export(_) => {
                tracing::error!(%error, "a sheet could not be printed");
                Self::Failed
            }
        }
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a sheet could not be written");
        Self::Failed
    }
}
