//! `GET /services/{id}/print.pdf`: what everybody may read of a service, on one sheet of paper.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Response;
use keniki_app::directory::show;
use keniki_chart::code;
use keniki_paper::sheet::{Picture, Sheet};

use super::show::ServicePage;
use crate::error::Problem;
use crate::page::Frame;
use crate::print;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording;

/// `GET /services/{id}/print.pdf`.
pub(crate) async fn print_service(
    FromState(state): FromState<Arc<State>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let shown = show::service(&state.db, &state.thesaurus, id)
        .await?
        .ok_or(Problem::NotFound)?;
    let mut page = ServicePage::of(&state, &shown);
    page.frame = Frame::load(&state, &visitor, None).await?;
    let address = format!("{}{}", state.site.public_url, page.href);
    let sheet = ServicePrint::of(&page, address)?;
    print::answer(&state, &format!("service-{id}.pdf"), sheet).await
}

/// One service on paper, without what only who is signed in sees.
#[derive(Debug, Template)]
#[template(path = "service/print.typ")]
pub struct ServicePrint<'a> {
    page: &'a ServicePage,
    /// The page's own, in full.
    address: String,
    /// The address fits into a code.
    has_code: bool,
}

impl<'a> ServicePrint<'a> {
    fn of(page: &'a ServicePage, address: String) -> Result<Sheet, askama::Error> {
        let code = code::draw(&address, "このページの二次元コード");
        let markup = Self {
            page,
            address,
            has_code: code.is_some(),
        };
        let (frame, operator) = (&page.frame, &page.frame.operator);
        Ok(Sheet {
            title: format!("{}（{}）", page.name, page.kind.plain),
            day: frame.today.0,
            head: format!("{}　{}印刷", frame.name(), frame.today.plain()),
            foot: [operator.name.as_str(), &operator.contact].join("　"),
            markup: markup.render()?,
            pictures: code.into_iter().map(picture).collect(),
        })
    }
}

fn picture(code: String) -> Picture {
    Picture {
        name: "code.svg",
        bytes: code.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::show::tests::samples;
    use super::*;
    use crate::print::font;

    fn sheet(page: &ServicePage) -> Sheet {
        ServicePrint::of(page, "https://keniki.example/services/1".to_owned()).unwrap()
    }

    #[test]
    fn every_sample_is_one_page_without_a_box() {
        let (press, _) = font::open(None).expect("npm or a Japanese font is there");
        for page in samples() {
            let sheet = sheet(&page);
            assert_eq!(press.missing(&sheet.markup), Vec::<char>::new());
            assert_eq!(press.png(&sheet, 0.5).unwrap().len(), 1);
        }
    }

    #[test]
    fn what_only_staff_see_is_not_printed() {
        let page = &samples()[0];
        let staff = page.staff.as_ref().unwrap();
        let markup = sheet(page).markup;
        assert!(!markup.contains(&staff.contacts[0].purpose));
        assert!(markup.contains(&page.contacts[0].purpose));
    }

    #[test]
    fn words_of_an_office_print_as_they_are() {
        let (press, _) = font::open(None).expect("npm or a Japanese font is there");
        let words = "\"]#panic(\"開\") $ \\ @a <b> #read(\"/etc/passwd\")";
        let mut page = samples().remove(0);
        page.name = words.to_owned();
        page.kana = Some(words.to_owned());
        page.hours_note = Some(words.to_owned());
        page.contacts[0].purpose = words.to_owned();
        page.website = Some(format!("https://example.jp/{}", "a".repeat(300)));
        assert_eq!(press.png(&sheet(&page), 0.5).unwrap().len(), 1);
    }
}
