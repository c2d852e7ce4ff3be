//! `/programs`: what the area agreed on, as a document that a council can adopt; two versions side by side.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as FromState};
use axum::routing::get;
use keniki_app::account::policy::Deed;
use keniki_app::definition::ProgramFile;
use keniki_app::definition::program::Program;
use keniki_base::clock::jst_day;
use serde::Deserialize;

use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::state::State;
use crate::visitor::SignedIn;

mod document;
mod print;

use document::days;
pub use document::{Rule, Step};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/programs", get(list))
        .route("/programs/compare", get(compare))
        .route("/programs/{code}/{version}", get(show))
        .route("/programs/{code}/{version}/print.pdf", get(print::print))
}

/// Every version of every program.
#[derive(Debug, Clone, Template)]
#[template(path = "program/list.html")]
pub struct ListPage {
    /// Around the page.
    pub frame: Frame,
    /// Its page, version, from when to when, whether cases begin under it now.
    pub programs: Vec<Listed>,
}

/// A version in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Name, and its page.
    pub link: Link,
    /// `discharge_support 2026-04-01`: what the comparison takes.
    pub code: String,
    /// 2026-04-01.
    pub version: String,
    /// From when to when.
    pub days: String,
    /// 効いている, まだ始まっていない, 例.
    pub state: &'static str,
    /// It stands on the left of the comparison, or on its right, where nobody chooses otherwise.
    pub side: Option<Side>,
}

/// Where a version stands in the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one before.
    Left,
    /// The one that holds.
    Right,
}

/// One version.
#[derive(Debug, Clone, Template)]
#[template(path = "program/show.html")]
pub struct ShowPage {
    /// Around the page.
    pub frame: Frame,
    /// What it says.
    pub rule: Rule,
    /// Whether the reader may see whom to call.
    pub sees_windows: bool,
    /// Where it is compared with the version before it.
    pub before: Option<String>,
}

/// Two versions.
#[derive(Debug, Clone, Template)]
#[template(path = "program/compare.html")]
pub struct ComparePage {
    /// Around the page.
    pub frame: Frame,
    /// The two: name with version, and page.
    pub heads: (Link, Link),
    /// What differs: of what, what the one says, what the other.
    pub rows: Vec<(String, String, String)>,
}

/// `GET /programs`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Page<ListPage>, Problem> {
    let today = jst_day(state.clock.now());
    let files = state.definitions.programs();
    let holds = |file: &&ProgramFile| {
        state.definitions.program_on(&file.program.code, today) == Some(*file)
    };
    let mut holding = files.iter().filter(holds);
    let pair = holding.find_map(|it| Some((before(files, it)?, it)));
    let listed = |file: &ProgramFile| {
        let program = &file.program;
        let holds = holds(&file);
        Listed {
            link: link(program),
            code: format!("{} {}", program.code, program.version),
            version: program.version.clone(),
            days: days(program),
            state: match (program.is_example, holds, program.valid_from > today) {
                (true, _, _) => "ほかの圏域の例",
                (_, true, _) => "いま効いている版",
                (_, _, true) => "まだ始まっていない版",
                (false, false, false) => "前の版",
            },
            side: match pair {
                Some((left, _)) if left == file => Some(Side::Left),
                Some((_, right)) if right == file => Some(Side::Right),
                _ => None,
            },
        }
    };
    Ok(Page(ListPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/programs"),
        programs: files.iter().map(listed).collect(),
    }))
}

/// The version of the same program before this one.
fn before<'a>(files: &'a [ProgramFile], file: &ProgramFile) -> Option<&'a ProgramFile> {
    let is_before = |it: &&ProgramFile| {
        it.program.code == file.program.code && it.program.valid_from < file.program.valid_from
    };
    files
        .iter()
        .filter(is_before)
        .max_by_key(|it| it.program.valid_from)
}

fn link(program: &Program) -> Link {
    Link::new(
        format!("/programs/{}/{}", program.code, program.version),
        program.name.clone(),
    )
}

/// `GET /programs/{code}/{version}`.
async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((code, version)): Path<(String, String)>,
) -> Result<Page<ShowPage>, Problem> {
    let file = state.definitions.program_version(&code, &version);
    let file = file.ok_or(Problem::NotFound)?;
    Ok(Page(ShowPage {
        frame: Frame::load(&state, &visitor, None).await?.at("/programs"),
        rule: Rule::of(&state.definitions, &file.program),
        before: before(state.definitions.programs(), file).map(|it| {
            let (code, one) = (&it.program.code, &it.program.version);
            let other = &file.program.version;
            format!("/programs/compare?one={code}%20{one}&other={code}%20{other}")
        }),
        sees_windows: visitor.by.ever_may(Deed::ReadInternal),
    }))
}

/// Which two.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Two {
    one: String,
    other: String,
}

/// `GET /programs/compare`.
async fn compare(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    two: Result<Query<Two>, QueryRejection>,
) -> Result<Page<ComparePage>, Problem> {
    let two = two?.0;
    let find = |code: &str| {
        let (code, version) = code.split_once(' ')?;
        state.definitions.program_version(code, version)
    };
    let (Some(one), Some(other)) = (find(&two.one), find(&two.other)) else {
        return Err(Problem::NotFound);
    };
    let head = |file: &ProgramFile| {
        let name = format!("{}（{}）", file.program.name, file.program.version);
        Link::new(link(&file.program).href, name)
    };
    let rule = |file: &ProgramFile| Rule::of(&state.definitions, &file.program);
    Ok(Page(ComparePage {
        frame: Frame::load(&state, &visitor, None).await?.at("/programs"),
        heads: (head(one), head(other)),
        rows: differences(&rule(one), &rule(other)),
    }))
}

/// What the two say otherwise, in the order of the first; what only one says has nothing beside it.
fn differences(one: &Rule, other: &Rule) -> Vec<(String, String, String)> {
    let (one, other) = (one.clauses(), other.clauses());
    let says = |clauses: &[(String, String)], of: &str| {
        let found = clauses.iter().find(|(name, _)| name == of);
        found.map_or_else(String::new, |(_, text)| text.clone())
    };
    let of_one = one
        .iter()
        .map(|(name, text)| (name.clone(), text.clone(), says(&other, name)));
    let only_other = other
        .iter()
        .filter(|(name, _)| !one.iter().any(|(known, _)| known == name));
    let of_other = only_other.map(|(name, text)| (name.clone(), String::new(), text.clone()));
    of_one
        .chain(of_other)
        .filter(|(_, one, other)| one != other)
        .collect()
}

#[cfg(test)]
mod tests {
    use keniki_app::definition::Definitions;

    use super::*;
    use crate::page::check::assert_sound;

    fn rules() -> Vec<Rule> {
        let definitions = Definitions::load(None).unwrap();
        definitions
            .programs()
            .iter()
            .map(|it| Rule::of(&definitions, &it.program))
            .collect()
    }

    #[test]
    fn every_rule_reads_as_a_document() {
        for rule in rules() {
            let html = ShowPage {
                frame: Frame::sample_of_staff(),
                rule: rule.clone(),
                sees_windows: true,
                before: Some("/programs/compare?one=a%201&other=a%202".to_owned()),
            }
            .render()
            .unwrap();
            assert_sound(&html);
            let numbers = html.split("\">第").skip(1);
            let numbers = numbers.filter_map(|it| it.split('　').next()?.parse().ok());
            let numbers: Vec<usize> = numbers.collect();
            let without_gaps: Vec<usize> = (1..=numbers.len()).collect();
            assert!(numbers.len() > 4 && numbers == without_gaps, "{numbers:?}");
            for step in &rule.steps {
                assert!(
                    html.contains(&step.name) && !step.who.contains('_'),
                    "{}",
                    step.name
                );
            }
        }
    }

    #[test]
    fn every_rule_prints_with_all_its_steps() {
        let (press, _) = crate::print::font::open(None).expect("npm or a Japanese font is there");
        let frame = Frame::sample_of_staff();
        for rule in rules() {
            let sheet = print::RulePrint::of(&frame, &rule).unwrap();
            assert_eq!(press.missing(&sheet.markup), Vec::<char>::new());
            assert!(!press.png(&sheet, 0.3).unwrap().is_empty());
            assert!(rule.steps.iter().all(|it| sheet.markup.contains(&it.name)));
        }
    }

    #[test]
    fn a_comparison_says_what_differs_and_nothing_of_what_is_the_same() {
        let rules = rules();
        assert_eq!(differences(&rules[0], &rules[0]), []);
        let mut later = rules[0].clone();
        later.steps[0].due = vec!["5営業日以内".to_owned()];
        let differing = differences(&rules[0], &later);
        assert_eq!(differing.len(), 1);
        assert!(differing[0].2.contains("5営業日以内"));
        let html = ComparePage {
            frame: Frame::sample_of_staff(),
            heads: (
                Link::new("/programs/a/1", "前の版"),
                Link::new("/programs/a/2", "新しい版"),
            ),
            rows: differing,
        };
        assert_sound(&html.render().unwrap());
    }

    #[test]
    fn a_version_is_compared_with_the_one_before_of_the_same_program() {
        let definitions = Definitions::load(None).unwrap();
        let mut files = definitions.programs().to_vec();
        for file in &files {
            assert_eq!(before(&files, file), None, "each has one version");
        }
        let mut later = files[0].clone();
        later.program.version = "2027".to_owned();
        later.program.valid_from = later.program.valid_from + chrono::Days::new(365);
        files.push(later.clone());
        assert_eq!(before(&files, &later), Some(&files[0]));
        assert_eq!(before(&files, &files[0]), None);
    }

    #[test]
    fn the_list_says_which_version_holds() {
        let mut page = ListPage {
            frame: Frame::sample_of_staff(),
            programs: vec![Listed {
                link: Link::new("/programs/a/1", "入退院支援"),
                code: "a 1".to_owned(),
                version: "1".to_owned(),
                days: "令和8年4月1日から".to_owned(),
                state: "いま効いている版",
                side: Some(Side::Right),
            }],
        };
        let html = page.render().unwrap();
        assert_sound(&html);
        assert!(html.contains("いま効いている版"));
        assert_eq!(html.matches(" checked").count(), 1);
        page.programs[0].side = None;
        assert!(!page.render().unwrap().contains(" checked"));
        page.programs.clear();
        assert_sound(&page.render().unwrap());
    }
}
