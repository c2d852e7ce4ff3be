//! `/patients/{id}/team`: which organizations look after a patient always; one is found by its name and joins, one leaves.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::response::Redirect;
use keniki_app::account::policy::Deed;
use keniki_app::database;
use keniki_app::patient::find;
use keniki_app::patient::team::{self, Member, Part as NewPart};
use keniki_base::clock::jst_day;
use keniki_base::date::{parse_day, wareki};
use keniki_base::id::PatientId;

use super::field::{Control, Fields, Row, Typed, choices};
use super::office::Office;
use super::show::Part;
use super::{frame, object, words};
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/team.html")]
pub struct TeamPage {
    /// Around the page.
    pub frame: Frame,
    /// Whose.
    pub record: Link,
    /// The standing care team.
    pub team: Vec<Part>,
    /// Which organization is looked for.
    pub asked: String,
    /// Those of that name; none: none was looked for.
    pub found: Option<Vec<Office>>,
    /// As what, and who there.
    pub rows: Vec<Row>,
    /// In 和暦.
    pub today: String,
}

async fn page(
    state: &State,
    visitor: &Visitor,
    id: PatientId,
    asked: Option<&str>,
) -> Result<TeamPage, Problem> {
    object(state, visitor, (Deed::WritePatient, id)).await?;
    let listed = find::listed(&state.db, &[id.get()]).await?.pop();
    let listed = listed.ok_or(Problem::NotFound)?;
    let members = team::of_patient(&state.db, id).await?;
    let (rule, today) = (state.definitions.patients(), jst_day(state.clock.now()));
    let may_end = |it: &Member| {
        it.valid_to.is_none() && team::may_end(rule, &members, &visitor.by, it, today)
    };
    let standing = members.iter().filter(|it| it.case_id.is_none());
    let standing = standing.map(|it| Part {
        may_end: may_end(it),
        ..Part::of(state, it.clone())
    });
    let standing = standing.collect();
    let found = match asked {
        Some(name) => Some(Office::named(state, (name, "")).await?),
        None => None,
    };
    let roles = state.definitions.patients().team_roles();
    let roles = choices(roles, |it| (it.code.clone(), it.name.clone()));
    let today = wareki(today);
    let typed = Typed::default().with("from", &*today);
    let fields = Fields {
        typed: &typed,
        wrong: &[],
    };
    let row = |fields| Row {
        legend: String::new(),
        fields,
    };
    Ok(TeamPage {
        frame: frame(state, visitor, id).await?,
        record: words::link(&listed),
        team: standing,
        asked: asked.unwrap_or_default().to_owned(),
        found,
        rows: vec![
            row(vec![fields.of("role", "役割", Control::List(roles)).must()]),
            row(vec![
                fields.line("staff", "担当者の名前"),
                fields.short("from", "始まりの日"),
            ]),
        ],
        today,
    })
}

/// `GET /patients/{id}/team`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Page<TeamPage>, Problem> {
    Ok(Page(page(&state, &visitor, id_of(&id)?, None).await?))
}

/// `POST /patients/{id}/team`: organizations of a name, to choose one.
pub(crate) async fn search(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Page<TeamPage>, Problem> {
    let Form(typed) = typed?;
    Ok(Page(
        page(&state, &visitor, id_of(&id)?, Some(typed.get("name"))).await?,
    ))
}

/// `POST /patients/{id}/team/join`.
pub(crate) async fn join(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, now): (PatientId, _) = (id_of(&id)?, state.clock.now());
    let Form(typed) = typed?;
    object(&state, &visitor, (Deed::WritePatient, id)).await?;
    let not_now = |sentence: &str| Problem::NotNow(sentence.to_owned());
    let organization: i64 = typed
        .get("organization")
        .parse()
        .map_err(|_| not_now("組織を選んでください。"))?;
    let from = parse_day(typed.get("from"), Some(jst_day(now)));
    let part = NewPart {
        patient: id,
        case: None,
        organization: organization.into(),
        role: typed.get("role").to_owned(),
        case_role: None,
        staff: typed.get("staff").to_owned(),
        valid_from: from.map_err(|error| not_now(&format!("始まりの日：{error}")))?,
    };
    let (rule, by) = (state.definitions.patients(), &visitor.by);
    let done = database::write(&state.db, async |tx| {
        team::join(tx, rule, by, &part, now).await
    });
    done.await?;
    Ok(Redirect::to(&format!("/patients/{id}/team")))
}

/// `POST /patients/{id}/team/{member}/leave`.
pub(crate) async fn leave(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path((id, member)): Path<(String, String)>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Redirect, Problem> {
    let (id, member): (PatientId, i64) = (id_of(&id)?, id_of(&member)?);
    let (Form(typed), now) = (typed?, state.clock.now());
    object(&state, &visitor, (Deed::WritePatient, id)).await?;
    let last = parse_day(typed.get("last"), Some(jst_day(now)));
    let last = last.map_err(|error| Problem::NotNow(format!("最後の日：{error}")))?;
    let (rule, by) = (state.definitions.patients(), &visitor.by);
    let done = database::write(&state.db, async |tx| {
        team::leave(tx, rule, by, (member, last), now).await
    });
    done.await?;
    Ok(Redirect::to(&format!("/patients/{id}")))
}
