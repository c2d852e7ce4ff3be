//! `/demo/mail`: the letters of a demo, which land in a folder instead of being sent. Nowhere else.

use std::path::Path;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State as FromState;
use axum::routing::get;

use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::Visitor;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new().route("/demo/mail", get(show))
}

/// The newest letters.
#[derive(Debug, Clone, Template)]
#[template(path = "demo.html")]
pub struct MailPage {
    /// Around the page.
    pub frame: Frame,
    /// Each as it would be sent, in lines that are links where they are addresses of this site.
    pub letters: Vec<Vec<Line>>,
}

/// A line of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As it stands there.
    pub text: String,
    /// Where it leads, where it is an address of this site.
    pub href: Option<String>,
}

/// How many letters are shown.
const MOST: usize = 20;

/// `GET /demo/mail`.
async fn show(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
) -> Result<Page<MailPage>, Problem> {
    let folder = state.site.mail_folder.clone();
    let folder = folder.filter(|_| state.site.is_demo);
    let folder = folder.ok_or(Problem::NotFound)?;
    let texts = tokio::task::spawn_blocking(move || newest(&folder));
    let texts = texts.await.unwrap_or_default();
    let line = |text: &str| Line {
        text: text.to_owned(),
        href: text
            .strip_prefix(&state.site.public_url)
            .filter(|path| path.starts_with('/'))
            .map(str::to_owned),
    };
    Ok(Page(MailPage {
        frame: Frame::load(&state, &visitor, None).await?,
        letters: texts
            .iter()
            .map(|text| text.lines().map(line).collect())
            .collect(),
    }))
}

/// The newest files of the folder, the last one first; their names are numbers that count up.
fn newest(folder: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let texts = paths.iter().rev().take(MOST);
    texts
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    #[test]
    fn the_newest_letter_comes_first_and_its_link_can_be_followed() {
        let folder = tempfile::tempdir().unwrap();
        for number in [1, 2] {
            let file = folder.path().join(format!("{number:08}.txt"));
            std::fs::write(file, format!("letter {number}")).unwrap();
        }
        assert_eq!(newest(folder.path()), ["letter 2", "letter 1"]);
        let line = |text: &str, href: Option<&str>| Line {
            text: text.to_owned(),
            href: href.map(str::to_owned),
        };
        let page = MailPage {
            frame: Frame::sample(None),
            letters: vec![vec![
                line("宛先：hanako@example.jp", None),
                line("http://localhost/invitations/0f", Some("/invitations/0f")),
            ]],
        };
        assert_sound(&page.render().unwrap());
        let letters = Vec::new();
        assert_sound(&MailPage { letters, ..page }.render().unwrap());
    }
}
