//! `/patients/look_up`: looks somebody up in the whole area, and lets in who looked: into the care team, or in an emergency.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::patient::PatientError;
use keniki_app::patient::look_up::{self, LookUp, LookUpError};
use keniki_app::patient::team::{self, Joining};
use keniki_base::clock::jst_day;
use keniki_base::date::parse_day;
use keniki_base::id::PatientId;

use super::field::{Control, Field, Fields, Row, Typed, Wrong};
use super::found;
use super::register::{Elsewhere, part_fields, parts};
use crate::error::Problem;
use crate::page::{Frame, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/look_up.html")]
pub struct LookUpPage {
    /// Around the page.
    pub frame: Frame,
    /// What is asked.
    pub rows: Vec<Row>,
    /// Why nobody was looked up.
    pub problem: Option<String>,
    /// The fields that are wrong.
    pub wrong: Vec<Wrong>,
    /// Who was found; none: nobody was looked up.
    pub hits: Option<Vec<Elsewhere>>,
    /// The part that one's own organization would take, for each hit.
    pub part: Vec<Vec<Field>>,
    /// How often an hour.
    pub an_hour: u64,
    /// Whether the reader may join.
    pub may_join: bool,
    /// Whether they may open a record in an emergency.
    pub may_open: bool,
    /// For how long.
    pub hours: i64,
}

impl LookUpPage {
    async fn load(
        state: &State,
        visitor: &Visitor,
        (typed, wrong): (&Typed, Vec<Wrong>),
    ) -> Result<Self, Problem> {
        let fields = Fields {
            typed,
            wrong: &wrong,
        };
        let row = |legend: &str, fields| Row {
            legend: legend.to_owned(),
            fields,
        };
        let birth = fields
            .short("birth", "生年月日")
            .help("例：昭和15年3月3日、S15.3.3");
        Ok(Self {
            frame: Frame::load(state, visitor, None).await?.at("/patients"),
            rows: vec![
                row(
                    "介護保険の被保険者番号で",
                    vec![fields.short("number", "被保険者番号（10桁）")],
                ),
                row(
                    "または、名前と生年月日で",
                    vec![fields.line("name", "姓名（漢字かカナ、省略なし）"), birth],
                ),
            ],
            problem: (!wrong.is_empty())
                .then(|| "直すところがあります。まだ探していません。".to_owned()),
            wrong,
            hits: None,
            part: Vec::new(),
            an_hour: state.definitions.patients().look_up.an_hour,
            may_join: visitor.by.ever_may(Deed::WritePatient),
            may_open: visitor.by.ever_may(Deed::OpenEmergency),
            hours: state.definitions.patients().emergency.lasts().num_hours(),
        })
    }
}

/// `GET /patients/look_up`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
) -> Result<Page<LookUpPage>, Problem> {
    visitor.ever_may(Deed::LookUpPatient)?;
    let nothing = (&Typed::default(), Vec::new());
    Ok(Page(LookUpPage::load(&state, &visitor, nothing).await?))
}

fn read(typed: &Typed, today: chrono::NaiveDate) -> Result<LookUp, Vec<Wrong>> {
    let number = typed.get("number").trim();
    if !number.is_empty() {
        return Ok(LookUp::InsuredNumber(number.to_owned()));
    }
    let name = typed.get("name").trim();
    let mut wrong = Vec::new();
    if name.is_empty() {
        wrong.push(("name".to_owned(), LookUpError::TooLittle.to_string()));
    }
    match parse_day(typed.get("birth"), Some(today)) {
        Ok(day) if wrong.is_empty() => return Ok(LookUp::Name(name.to_owned(), day)),
        Ok(_) => {}
        Err(_) if typed.get("birth").trim().is_empty() => {
            wrong.push((
                "birth".to_owned(),
                "生年月日を、日まで書いてください。".to_owned(),
            ));
        }
        Err(error) => wrong.push(("birth".to_owned(), format!("生年月日：{error}"))),
    }
    Err(wrong)
}

/// `POST /patients/look_up`: who it is stands in no address.
pub(crate) async fn ask(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::LookUpPatient)?;
    let (Form(typed), now) = (typed?, state.clock.now());
    let asked = match read(&typed, jst_day(now)) {
        Ok(asked) => asked,
        Err(wrong) => {
            let page = LookUpPage::load(&state, &visitor, (&typed, wrong)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response());
        }
    };
    let by = &visitor.by;
    let found = database::write(&state.db, async |tx| {
        look_up::look_up(tx, &state.definitions, by, &asked, now).await
    });
    let mut page = LookUpPage::load(&state, &visitor, (&typed, Vec::new())).await?;
    match found.await {
        Ok(hits) => {
            let all = parts(&state, &visitor);
            let nothing = Typed::default();
            let alone = match &*all {
                [(code, _)] => code.clone(),
                _ => String::new(),
            };
            page.part = hits
                .iter()
                .map(|hit| {
                    let before = format!("p{}-", hit.patient);
                    let typed = nothing.clone().with(&format!("{before}role"), &alone);
                    let fields = Fields {
                        typed: &typed,
                        wrong: &[],
                    };
                    let mut part = part_fields(fields, all.clone(), &before);
                    let reason = fields.line(&format!("{before}reason"), "支援チームに入る理由");
                    part.push(reason.must().help("例：退院後の訪問看護を依頼された"));
                    part
                })
                .collect();
            page.hits = Some(
                hits.into_iter()
                    .map(|hit| Elsewhere::of(&state, hit))
                    .collect(),
            );
            Ok(Page(page).into_response())
        }
        Err(
            error @ (LookUpError::Number(_)
            | LookUpError::TooLittle
            | LookUpError::TooMany(_)
            | LookUpError::TooManyRows(_)),
        ) => {
            page.problem = Some(error.to_string());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(error @ (LookUpError::Refused(_) | LookUpError::Database(_))) => Err(error.into()),
    }
}

/// `POST /patients/{id}/join`: one's own organization joins the care team of somebody found.
pub(crate) async fn join(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, now): (PatientId, _) = (id_of(&id)?, state.clock.now());
    let Form(typed) = typed?;
    found(&state, &visitor, (Deed::LookUpPatient, id)).await?;
    let of = |name: &str| {
        let of_hit = typed.get(&format!("p{id}-{name}"));
        if of_hit.is_empty() {
            typed.get(name)
        } else {
            of_hit
        }
        .to_owned()
    };
    let joining = Joining {
        role: of("role"),
        staff: of("staff"),
        reason: of("reason"),
    };
    let site = (&*state.definitions, &*state.site.public_url);
    let done = database::write(&state.db, async |tx| {
        team::join_found(tx, site, &visitor.by, (id, &joining), now).await?;
        Ok::<_, PatientError>(())
    });
    done.await?;
    Ok(Redirect::to(&format!("/patients/{id}")))
}
