//! `GET /programs/{code}/{version}/print.pdf`: a rule as a document that a council can adopt.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Response;
use keniki_paper::sheet::Sheet;

use super::Rule;
use crate::error::Problem;
use crate::page::Frame;
use crate::print;
use crate::state::State;
use crate::visitor::SignedIn;

/// `GET /programs/{code}/{version}/print.pdf`.
pub(super) async fn print(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((code, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let file = state.definitions.program_version(&code, &version);
    let file = file.ok_or(Problem::NotFound)?;
    let frame = Frame::load(&state, &visitor, None).await?;
    let rule = Rule::of(&state.definitions, &file.program);
    let sheet = RulePrint::of(&frame, &rule)?;
    print::answer(&state, &format!("{code}-{version}.pdf"), sheet).await
}

/// A rule on paper.
#[derive(Debug, Template)]
#[template(path = "program/print.typ")]
pub struct RulePrint<'a> {
    rule: &'a Rule,
    /// Whose area it is.
    area: Option<&'a str>,
}

impl<'a> RulePrint<'a> {
    pub(super) fn of(frame: &'a Frame, rule: &'a Rule) -> Result<Sheet, askama::Error> {
        let markup = Self {
            rule,
            area: frame.area.as_deref().filter(|_| !rule.is_example),
        };
        Ok(Sheet {
            title: format!("{}の申し合わせ（{} 版）", rule.name, rule.version),
            day: frame.today.0,
            head: format!("{}　{}印刷", frame.name(), frame.today.plain()),
            foot: format!("{}の申し合わせ　{} 版", rule.name, rule.version),
            markup: markup.render()?,
            pictures: Vec::new(),
        })
    }
}
