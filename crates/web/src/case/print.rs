//! `GET /cases/{id}/print.pdf`: a case as a paper: who it is, what is owed and done, what happened, who is there.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Response;
use keniki_paper::sheet::Sheet;

use super::show::{CasePage, whole};
use crate::error::Problem;
use crate::print;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::SignedIn;

/// `GET /cases/{id}/print.pdf`.
pub(crate) async fn print(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let page = whole(&state, &visitor, (id_of(&id)?, true)).await?;
    let sheet = CasePrint::of(&page)?;
    print::answer(&state, &format!("case-{}.pdf", page.id), sheet).await
}

/// A case on paper: what its page shows, with every moment in full.
#[derive(Debug, Template)]
#[template(path = "case/print.typ")]
pub struct CasePrint<'a> {
    page: &'a CasePage,
}

impl<'a> CasePrint<'a> {
    pub(super) fn of(page: &'a CasePage) -> Result<Sheet, askama::Error> {
        let frame = &page.frame;
        let printed_by = frame.seat.as_ref().map_or_else(String::new, |seat| {
            format!("{} {}", seat.organization, seat.name)
        });
        Ok(Sheet {
            // Readers of PDF show it, and list it among files: it says nothing of the patient.
            title: format!("ケース {}（{}）", page.id, page.program.text),
            day: frame.today.0,
            head: format!("ケース {}　{}印刷", page.id, frame.today.plain()),
            foot: format!("個人情報　取扱注意　印刷：{printed_by}"),
            markup: Self { page }.render()?,
            pictures: Vec::new(),
        })
    }
}
