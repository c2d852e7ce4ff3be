//! `/imports`: lists come in through the browser: a file is chosen, tried, looked at, confirmed, and can be taken back.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State as FromState;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::import::batches;
use keniki_app::import::conversation::{self, TAKE_BACK, TRY, WRITE};
use keniki_app::import::review as pairs;
use keniki_app::import::template;
use keniki_app::job::{self, Job};
use keniki_app::upload;
use keniki_base::clock::near_text;

use crate::error::Problem;
use crate::file::{self, File};
use crate::page::{Frame, Page};
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::{self, Day};

pub mod review;
pub mod show;
pub mod undo;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/imports", get(list).post(begin).layer(file::limit()))
        .route("/imports/{job}", get(show::show))
        .route("/imports/{job}/confirm", post(show::confirm))
        .route("/imports/{job}/problems.csv", get(show::problems))
        .route("/imports/{job}/book.xlsx", get(show::book))
        .route("/imports/template.xlsx", get(template))
        .route("/reviews", get(review::list))
        .route("/reviews/{id}", get(review::show).post(review::decide))
        .route("/batches/{id}/undo", get(undo::ask).post(undo::take_back))
}

/// What came in, and a form for more.
#[derive(Debug, Clone, Template)]
#[template(path = "import.html")]
pub struct ImportsPage {
    /// Around the page.
    pub frame: Frame,
    /// Why a file was not taken.
    pub problem: Option<String>,
    /// What was asked for of late.
    pub jobs: Vec<Line>,
    /// What was written.
    pub batches: Vec<Batch>,
    /// How many pairs of sites wait for somebody to decide; none where the reader may not.
    pub n_reviews: u64,
    /// Whether the reader may take batches back.
    pub may_undo: bool,
}

/// A step of a conversation.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// What it does.
    pub what: &'static str,
    /// With which file.
    pub file: String,
    /// How far it is.
    pub state: &'static str,
    /// When it was asked for.
    pub at: String,
}

/// A file that was written.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Number.
    pub id: i64,
    /// Name of the file.
    pub file: String,
    /// Name of the list.
    pub list: String,
    /// Rows.
    pub rows: String,
    /// When.
    pub day: Option<Day>,
    /// When it was taken back.
    pub undone: Option<Day>,
    /// A sample area, which is no import.
    pub is_sample: bool,
}

/// How many of each are shown.
const MOST: usize = 30;

impl ImportsPage {
    async fn load(state: &State, visitor: &Visitor) -> Result<Self, Problem> {
        let now = state.clock.now();
        let jobs = job::list(&state.db, &visitor.by).await?;
        let own = |job: &&Job| [TRY, WRITE, TAKE_BACK].contains(&job.kind.as_str());
        let jobs: Vec<&Job> = jobs.iter().filter(own).take(MOST).collect();
        let uploads: Vec<i64> = jobs.iter().filter_map(|job| upload_of(job)).collect();
        let names = upload::names(&state.db, &uploads).await?;
        let batches = batches::list(&state.db).await?;
        let file = |job: &Job| match upload_of(job) {
            Some(upload) => names.get(&upload).cloned(),
            None => {
                let batch = batches.iter().find(|it| Some(it.id) == job.input.as_i64());
                batch.map(|batch| batch.file_name.clone())
            }
        };
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/imports"),
            problem: None,
            jobs: jobs
                .iter()
                .map(|job| Line {
                    file: file(job).unwrap_or_default(),
                    href: format!("/imports/{}", job.id),
                    what: crate::job::what(&job.kind),
                    state: job.state.words(),
                    at: near_text(now, job.created_at),
                })
                .collect(),
            batches: batches
                .into_iter()
                .filter(batches::Batch::is_list)
                .take(MOST)
                .map(|batch| Batch {
                    id: batch.id,
                    list: state
                        .definitions
                        .source(&batch.format)
                        .map_or_else(|| batch.format.clone(), |source| source.name.clone()),
                    rows: wording::number(batch.source_rows),
                    day: Day::of_instant(&batch.imported_at),
                    undone: batch.undone_at.as_deref().and_then(Day::of_instant),
                    is_sample: batch.format == "sample",
                    file: batch.file_name,
                })
                .collect(),
            n_reviews: match visitor.by.ever_may(Deed::Review) {
                true => pairs::n_open(&state.db).await?,
                false => 0,
            },
            may_undo: visitor.by.ever_may(Deed::Undo),
        })
    }
}

/// The file that a step works on; taking back works on a batch.
fn upload_of(job: &Job) -> Option<i64> {
    job.input.get("upload")?.as_i64()
}

/// `GET /imports`.
async fn list(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Page<ImportsPage>, Problem> {
    visitor.ever_may(Deed::Import)?;
    Ok(Page(ImportsPage::load(&state, &visitor).await?))
}

/// `GET /imports/template.xlsx`: the list of one's own, to be filled in.
async fn template(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::Import)?;
    let book = template::book(&state.definitions);
    let book = book.map_err(|error| Problem::NotNow(error.to_string()))?;
    Ok(file::answer(book, show::XLSX, "template.xlsx"))
}

/// `POST /imports`: a file. Who may not is told before it is read.
async fn begin(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, session }: SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::Import)?;
    let File { name, content } = match File::of(form).await {
        Ok(file) => file,
        Err((status, problem)) => {
            let mut page = ImportsPage::load(&state, &visitor).await?;
            page.problem = Some(problem);
            return Ok((status, Page(page)).into_response());
        }
    };
    let now = state.clock.now();
    let membership = session.desk.as_ref().map(|desk| desk.membership);
    let job = database::write(&state.db, async |tx| {
        let file = (name.as_str(), content);
        conversation::begin(tx, &visitor.by, membership, file, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/imports/{job}")).into_response())
}
