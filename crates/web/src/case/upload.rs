//! `/ward/upload`: today's admissions as the hospital's system writes them out: a table is tried, looked at, and written. No row
//! of it is kept: the page carries them, and back into a book with what is to be mended.

use std::sync::Arc;

use askama::Template;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use keniki_app::account::policy::{Deed, Object};
use keniki_app::case::admission::{self, Agreed, Line, MOST_ROWS, Outcome, Row, Taken};
use keniki_app::directory::export::ExportError;
use keniki_base::clock::jst_day;
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::file::Filed;
use crate::page::{Frame, Link, Page};
use crate::service::export::book_file;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The page, before a table, after its trial, after its writing.
#[derive(Debug, Clone, Template)]
#[template(path = "case/upload.html")]
pub struct UploadPage {
    /// Around the page.
    pub frame: Frame,
    /// The programs under which cases begin: code, name, whether it is chosen.
    pub programs: Vec<(String, String, bool)>,
    /// Why the table cannot be read.
    pub problem: Option<String>,
    /// What the table would do, or did.
    pub shown: Option<Shown>,
}

/// What became of a table, or would.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Whether it is written.
    pub is_written: bool,
    /// Code of the program.
    pub program: String,
    /// Its name.
    pub program_name: String,
    /// Row by row.
    pub lines: Vec<Said>,
    /// How many write something.
    pub n_taken: usize,
    /// How many stand there already.
    pub n_already: usize,
    /// How many are not taken.
    pub n_wrong: usize,
    /// The rows that write something, for the writing.
    pub rows: String,
    /// The rows that are not taken, for the book.
    pub faults: String,
    /// Heads that are not read.
    pub unread: Vec<String>,
}

/// A row in words.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// As a spreadsheet counts.
    pub number: u32,
    /// What the patient is called in it.
    pub name: String,
    /// Day, time and ward as they are written in it.
    pub place: String,
    /// What becomes of it.
    pub outcome: String,
    /// It is not taken.
    pub is_wrong: bool,
    /// The case.
    pub case: Option<Link>,
}

/// A row that is not taken, and why, as the page carries it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Fault(Row, String);

impl Said {
    fn of(line: &Line, is_written: bool) -> Self {
        Self {
            number: line.row.number,
            name: line.name().to_owned(),
            place: line.place(),
            outcome: words(&line.outcome, is_written),
            is_wrong: matches!(line.outcome, Outcome::Wrong(_)),
            case: line
                .case
                .map(|case| Link::new(format!("/cases/{case}"), "ケースを見る")),
        }
    }
}

fn words(outcome: &Outcome, is_written: bool) -> String {
    let end = |will: &str, done: &str| if is_written { done } else { will }.to_owned();
    match outcome {
        Outcome::Registered => end(
            "新しい人です。登録して、ケースを始めます。",
            "登録して、ケースを始めました。",
        ),
        Outcome::Opened(None) => end("ケースを始めます。", "ケースを始めました。"),
        Outcome::Opened(Some(answers)) => end(
            &format!("圏域に記録があります（担当：{answers}）。ケースを始め、担当に知らせます。"),
            &format!("ケースを始め、担当（{answers}）に知らせました。"),
        ),
        Outcome::Told => end(
            "開いているケースに、入院を記録します。",
            "開いているケースに、入院を記録しました。",
        ),
        Outcome::Already => "すでに記録されています。".to_owned(),
        Outcome::Wrong(why) => why.join(" "),
    }
}

impl Shown {
    fn of(taken: &Taken, agreed: &Agreed<'_>, is_written: bool) -> Self {
        let lines = &taken.lines;
        let n = |is: fn(&Outcome) -> bool| lines.iter().filter(|it| is(&it.outcome)).count();
        let rows: Vec<&Row> = lines
            .iter()
            .filter(|it| it.is_taken())
            .map(|it| &it.row)
            .collect();
        let fault = |line: &Line| match &line.outcome {
            Outcome::Wrong(why) => Some(Fault(line.row.clone(), why.join("\n"))),
            Outcome::Registered | Outcome::Opened(_) | Outcome::Told | Outcome::Already => None,
        };
        let faults: Vec<Fault> = lines.iter().filter_map(fault).collect();
        Self {
            is_written,
            program: agreed.program.code.clone(),
            program_name: agreed.program.name.clone(),
            lines: lines.iter().map(|it| Said::of(it, is_written)).collect(),
            n_taken: rows.len(),
            n_already: n(|it| *it == Outcome::Already),
            n_wrong: faults.len(),
            rows: serde_json::to_string(&rows).unwrap_or_default(),
            faults: serde_json::to_string(&faults).unwrap_or_default(),
            unread: Vec::new(),
        }
    }
}

/// Whether somebody may bring such a table.
pub(super) fn may(state: &State, visitor: &Visitor) -> bool {
    let today = jst_day(state.clock.now());
    !admission::agreed(&state.definitions, &visitor.by, today).is_empty()
}

/// The programs for whoever may; to all others there is no such page.
fn agreed<'a>(state: &'a State, visitor: &Visitor) -> Result<Vec<Agreed<'a>>, Problem> {
    let today = jst_day(state.clock.now());
    let agreed = admission::agreed(&state.definitions, &visitor.by, today);
    if agreed.is_empty() {
        visitor.authorize(Deed::OpenCase, &Object::new("care_case", 0))?;
        return Err(Problem::NotFound);
    }
    Ok(agreed)
}

/// The program that was chosen, or else the first.
fn chosen<'a, 'b>(agreed: &'b [Agreed<'a>], code: &str) -> &'b Agreed<'a> {
    let found = agreed.iter().find(|it| it.program.code == code);
    found.unwrap_or(&agreed[0])
}

async fn page(
    state: &State,
    visitor: &Visitor,
    (agreed, code): (&[Agreed<'_>], &str),
) -> Result<UploadPage, Problem> {
    let first = &chosen(agreed, code).program.code;
    let program = |it: &Agreed<'_>| {
        let program = it.program;
        (
            program.code.clone(),
            program.name.clone(),
            program.code == *first,
        )
    };
    Ok(UploadPage {
        frame: Frame::load(state, visitor, None).await?.at("/ward"),
        programs: agreed.iter().map(program).collect(),
        problem: None,
        shown: None,
    })
}

/// `GET /ward/upload`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Page<UploadPage>, Problem> {
    let agreed = agreed(&state, &visitor)?;
    Ok(Page(page(&state, &visitor, (&agreed, "")).await?))
}

/// `GET /ward/upload/template.xlsx`.
pub(crate) async fn template(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Response, Problem> {
    agreed(&state, &visitor)?;
    let book = admission::template().map_err(ExportError::from)?;
    book_file("admissions.xlsx", book)
}

/// `POST /ward/upload`: what the table would do; nothing is written but whom it looked up.
pub(crate) async fn try_out(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let agreed = agreed(&state, &visitor)?;
    let (code, read) = match Filed::of(form).await {
        Ok(filed) => {
            let code = filed.word("program").to_owned();
            (code, sheet(filed).await)
        }
        Err(problem) => (String::new(), Err(problem)),
    };
    let mut page = page(&state, &visitor, (&agreed, &code)).await?;
    let sheet = match read {
        Ok(sheet) => sheet,
        Err((status, problem)) => {
            page.problem = Some(problem);
            return Ok((status, Page(page)).into_response());
        }
    };
    let under = chosen(&agreed, &code);
    let (house, now) = (state.case_house(), state.clock.now());
    let what = (under, sheet.rows.as_slice());
    let taken = admission::try_out(&state.db, house, &visitor.by, what, now).await?;
    page.shown = Some(Shown {
        unread: sheet.unread,
        ..Shown::of(&taken, under, false)
    });
    Ok(Page(page).into_response())
}

/// The rows of the file, or why there are none.
async fn sheet(filed: Filed) -> Result<admission::Sheet, (StatusCode, String)> {
    let wrong = |problem: String| (StatusCode::UNPROCESSABLE_ENTITY, problem);
    let file = filed.into_files("file").next();
    let file = file.ok_or_else(|| wrong("ファイルを選んでください。".to_owned()))?;
    let sheet = file.read(admission::read_file).await?;
    match sheet.rows.len() {
        0 => Err(wrong(
            "表に、入院の行がありません。見出しの下に、一人を一行で書いてください。".to_owned(),
        )),
        n if n > MOST_ROWS => Err(wrong(format!(
            "{MOST_ROWS}行より多い表です。日ごとに分けて送ってください。"
        ))),
        _ => Ok(sheet),
    }
}

/// What was seen, to be written.
#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    program: String,
    rows: String,
}

/// `POST /ward/upload/write`: every row where it would do what was seen.
pub(crate) async fn write(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    form: Result<Form<Seen>, FormRejection>,
) -> Result<Response, Problem> {
    let agreed = agreed(&state, &visitor)?;
    let Form(Seen { program, rows }) = form?;
    let rows: Vec<Row> = serde_json::from_str(&rows).unwrap_or_default();
    let mut page = page(&state, &visitor, (&agreed, &program)).await?;
    if rows.is_empty() || rows.len() > MOST_ROWS {
        page.problem =
            Some("送られた入力を読み取れません。もう一度ファイルを選んでください。".to_owned());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response());
    }
    let under = chosen(&agreed, &program);
    let (house, now) = (state.case_house(), state.clock.now());
    let taken = admission::take(&state.db, house, &visitor.by, (under, &rows), now).await?;
    page.shown = Some(Shown::of(&taken, under, true));
    Ok(Page(page).into_response())
}

/// What was not taken.
#[derive(Debug, Deserialize)]
pub(crate) struct NotTaken {
    faults: String,
}

/// `POST /ward/upload/faults.xlsx`: the rows that were not taken, as a book with a column of what is to be mended.
pub(crate) async fn faults(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    form: Result<Form<NotTaken>, FormRejection>,
) -> Result<Response, Problem> {
    agreed(&state, &visitor)?;
    let faults: Vec<Fault> = serde_json::from_str(&form?.0.faults).unwrap_or_default();
    let rows = faults.into_iter().take(MOST_ROWS);
    let rows: Vec<(Row, String)> = rows.map(|Fault(row, why)| (row, why)).collect();
    let book = admission::faults(&rows).map_err(ExportError::from)?;
    book_file("admissions_to_mend.xlsx", book)
}
