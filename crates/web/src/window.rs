//! `/windows`: 窓口一覧, whom professionals call at the hospitals, offices and centers of the area; on a page, as CSV and on paper.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as FromState};
use axum::response::Response;
use axum::routing::get;
use keniki_app::account::policy::Deed;
use keniki_app::area::show::{self, Area};
use keniki_app::directory::export::ExportError;
use keniki_app::directory::window::{self, CATEGORIES, Filter, Place, Window};
use keniki_app::sheet::write::{Cell, CsvTable, Table, WriteError};
use keniki_paper::sheet::Sheet;
use serde::Deserialize;

use crate::error::Problem;
use crate::file;
use crate::page::{Frame, Page};
use crate::print;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/windows", get(list))
        .route("/windows.csv", get(csv))
        .route("/windows/print.pdf", get(print))
}

/// The list of windows.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "window/list.html")]
pub struct WindowsPage {
    /// Around the page.
    pub frame: Frame,
    /// Municipalities of the area: code, name, whether it is the one.
    pub municipalities: Vec<(String, String, bool)>,
    /// Categories: code, name, whether it is the one.
    pub categories: Vec<(String, String, bool)>,
    /// Those of which no window is known, too.
    pub is_all: bool,
    /// By category: name, and its places.
    pub groups: Vec<(String, Vec<Line>)>,
    /// How many places have a window.
    pub n: usize,
    /// How many have none that is known.
    pub n_without: usize,
    /// What was asked, for the file and the print: empty, or beginning with `?`.
    pub query: String,
}

/// A place in the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub category: String,
    /// The municipality.
    pub place: String,
    /// Its telephone for everybody.
    pub phone: String,
    /// Whom professionals call.
    pub windows: Vec<Window>,
}

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    municipality: String,
    category: String,
    all: String,
}

impl Asked {
    fn query(&self) -> String {
        let fields = [
            ("municipality", &self.municipality),
            ("category", &self.category),
            ("all", &self.all),
        ];
        let given: Vec<String> = fields
            .into_iter()
            .filter(|(_, value)| is_code(value))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        match given.is_empty() {
            true => String::new(),
            false => format!("?{}", given.join("&")),
        }
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

async fn load(state: &State, visitor: &Visitor, asked: &Asked) -> Result<WindowsPage, Problem> {
    visitor.ever_may(Deed::ReadInternal)?;
    let area = show::home(&state.db).await?;
    let members = area.as_ref().map_or(&[][..], |area| &area.members);
    let filter = Filter {
        municipalities: match asked.municipality.as_str() {
            "" => area.as_ref().map_or_else(Vec::new, Area::member_codes),
            one => vec![one.to_owned()],
        },
        category: Some(asked.category.clone()).filter(|it| !it.is_empty()),
    };
    let found = window::list(&state.db, &visitor.by, &filter, state.clock.now()).await?;
    let category = |code: &str| {
        let known = state.definitions.category(code);
        known.map_or_else(|| code.to_owned(), |it| it.name.clone())
    };
    let place = |code: Option<&str>| {
        let known = members.iter().find(|it| Some(it.code.as_str()) == code);
        known.map_or_else(String::new, |it| it.name.clone())
    };
    let is_all = asked.all == "1";
    let n = found.iter().filter(|it| !it.windows.is_empty()).count();
    let mut page = WindowsPage {
        frame: Frame::load(state, visitor, None).await?.at("/services"),
        municipalities: members
            .iter()
            .map(|it| {
                (
                    it.code.clone(),
                    it.name.clone(),
                    it.code == asked.municipality,
                )
            })
            .collect(),
        categories: CATEGORIES
            .iter()
            .map(|code| ((*code).to_owned(), category(code), *code == asked.category))
            .collect(),
        is_all,
        n,
        n_without: found.len() - n,
        query: asked.query(),
        ..WindowsPage::default()
    };
    let shown = found
        .into_iter()
        .filter(|it| is_all || !it.windows.is_empty());
    for it in shown {
        let name = category(&it.category);
        let line = Line::of(it, &name, place);
        match page.groups.last_mut().filter(|(known, _)| *known == name) {
            Some((_, lines)) => lines.push(line),
            None => page.groups.push((name, vec![line])),
        }
    }
    Ok(page)
}

impl Line {
    fn of(it: Place, category: &str, place: impl Fn(Option<&str>) -> String) -> Self {
        Self {
            href: format!("/services/{}", it.service),
            category: category.to_owned(),
            place: place(it.municipality.as_deref()),
            phone: it.phone.unwrap_or_default(),
            name: it.name,
            windows: it.windows,
        }
    }
}

/// `GET /windows`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Page<WindowsPage>, Problem> {
    Ok(Page(load(&state, &visitor, &asked?.0).await?))
}

const HEADS: [&str; 9] = [
    "種類",
    "名称",
    "市町村",
    "用件",
    "窓口",
    "電話",
    "FAX",
    "受付時間",
    "代表電話",
];

/// A row a window; a place without one has a row, too, where it is shown.
fn rows(line: &Line) -> Vec<[Cell; 9]> {
    let row = |window: Option<&Window>| {
        let text = |of: fn(&Window) -> Option<&String>| -> Cell {
            window.and_then(of).cloned().unwrap_or_default().into()
        };
        [
            line.category.clone().into(),
            line.name.clone().into(),
            line.place.clone().into(),
            text(|it| Some(&it.purpose)),
            text(|it| it.name.as_ref()),
            text(|it| it.phone.as_ref()),
            text(|it| it.fax.as_ref()),
            text(|it| it.hours.as_ref()),
            line.phone.clone().into(),
        ]
    };
    match line.windows.is_empty() {
        true => vec![row(None)],
        false => line.windows.iter().map(|it| row(Some(it))).collect(),
    }
}

/// `GET /windows.csv`: exactly what the list shows.
async fn csv(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let page = load(&state, &visitor, &asked?.0).await?;
    let write = || -> Result<Vec<u8>, WriteError> {
        let mut bytes = Vec::new();
        let mut table = CsvTable::new(&mut bytes, &HEADS)?;
        for line in page.groups.iter().flat_map(|(_, lines)| lines) {
            for row in rows(line) {
                table.row(&row)?;
            }
        }
        table.end()?;
        Ok(bytes)
    };
    let bytes = write().map_err(ExportError::from)?;
    let kind = "text/csv; charset=utf-8";
    Ok(file::answer(bytes, kind, "windows.csv"))
}

/// `GET /windows/print.pdf`: exactly what the list shows.
async fn print(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let page = load(&state, &visitor, &asked?.0).await?;
    let sheet = WindowsPrint::of(&page)?;
    print::answer(&state, "windows.pdf", sheet).await
}

/// The list on paper.
#[derive(Debug, Template)]
#[template(path = "window/print.typ")]
pub struct WindowsPrint<'a> {
    page: &'a WindowsPage,
}

impl<'a> WindowsPrint<'a> {
    fn of(page: &'a WindowsPage) -> Result<Sheet, askama::Error> {
        let frame = &page.frame;
        Ok(Sheet {
            title: "窓口一覧（専門職用）".to_owned(),
            day: frame.today.0,
            head: format!("{}　{}印刷", frame.name(), frame.today.plain()),
            foot: "専門職用　一般には配らないでください".to_owned(),
            markup: Self { page }.render()?,
            pictures: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::check::assert_sound;
    use crate::print::font;

    const HOSTILE: &str = "\"]#panic(\"開\") <script>alert(1)</script> $ \\ @a";

    fn page() -> WindowsPage {
        let window = |name: Option<&str>| Window {
            purpose: "入退院の連絡・調整".to_owned(),
            name: name.map(str::to_owned),
            phone: Some("0990-00-0001".to_owned()),
            fax: None,
            hours: Some(HOSTILE.to_owned()),
        };
        let line = |windows| Line {
            href: "/services/1".to_owned(),
            name: HOSTILE.to_owned(),
            category: "病院".to_owned(),
            place: "汐見市".to_owned(),
            phone: "0990-00-0000".to_owned(),
            windows,
        };
        let lines = vec![
            line(vec![window(Some("地域医療連携室")), window(None)]),
            line(Vec::new()),
        ];
        WindowsPage {
            frame: Frame::sample_of_staff(),
            municipalities: vec![("50101".to_owned(), "汐見市".to_owned(), true)],
            categories: vec![("hospital".to_owned(), "病院".to_owned(), false)],
            is_all: true,
            groups: vec![("病院".to_owned(), lines)],
            n: 1,
            n_without: 1,
            query: "?municipality=50101&all=1".to_owned(),
        }
    }

    #[test]
    fn the_list_has_every_window_and_says_of_whom_none_is_known() {
        let mut page = page();
        let html = page.render().unwrap();
        assert_sound(&html);
        assert!(html.contains("地域医療連携室") && html.contains("tel:0990000001"));
        assert!(html.contains("窓口は登録されていません"));
        page.groups.clear();
        page.is_all = false;
        page.n = 0;
        let html = page.render().unwrap();
        assert_sound(&html);
        assert!(html.contains("当てはまる窓口はありません"));
    }

    #[test]
    fn the_list_prints_as_it_is_written() {
        let (press, _) = font::open(None).expect("npm or a Japanese font is there");
        let mut page = page();
        let sheet = WindowsPrint::of(&page).unwrap();
        assert_eq!(press.png(&sheet, 0.5).unwrap().len(), 1);
        page.groups.clear();
        let sheet = WindowsPrint::of(&page).unwrap();
        assert_eq!(press.png(&sheet, 0.5).unwrap().len(), 1);
    }

    #[test]
    fn a_file_has_a_row_a_window() {
        let page = page();
        let lines = &page.groups[0].1;
        assert_eq!(rows(&lines[0]).len(), 2);
        assert_eq!(rows(&lines[1]).len(), 1);
    }

    #[test]
    fn an_address_is_made_of_codes_alone() {
        let asked = Asked {
            municipality: "50101".to_owned(),
            category: "a&b=<c>".to_owned(),
            all: "1".to_owned(),
        };
        assert_eq!(asked.query(), "?municipality=50101&all=1");
        assert_eq!(Asked::default().query(), "");
    }
}
