//! The error pages: what happened, whose side it is on, what to do, and an id to quote.

use askama::Template;
use axum::http::StatusCode;

use crate::page::Frame;

/// A page for what went wrong.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Around the page.
    pub frame: Frame,
    /// What went wrong.
    pub problem: Problem,
    /// To quote in a call or mail; also in the log.
    pub id: String,
}

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// There is no such page.
    NotFound,
    /// The address says something that cannot be: a sentence that says what.
    WrongRequest(String),
    /// Our fault.
    Failed,
}

impl Problem {
    /// The status that goes with it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongRequest(_) => StatusCode::BAD_REQUEST,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "ページが見つかりません",
            Self::WrongRequest(_) => "アドレスを読み取れません",
            Self::Failed => "表示できませんでした",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<ErrorPage> {
        let problems = [
            Problem::NotFound,
            Problem::WrongRequest("「within_km」は数で書いてください。".to_owned()),
            Problem::Failed,
        ];
        problems
            .map(|problem| ErrorPage {
                frame: Frame::sample(None),
                problem,
                id: "4f1c-22ab".to_owned(),
            })
            .to_vec()
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }

    #[test]
    fn an_error_tells_an_id_to_quote() {
        for page in samples() {
            assert!(
                page.render()
                    .unwrap()
                    .contains("お問い合わせ番号：4f1c-22ab")
            );
        }
    }
}
