//! `/cases/{case}/inquiries/new`: what is asked, whom, exactly what they will see, and then it is sent.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State as FromState};
use axum::response::{IntoResponse, Redirect, Response};
use keniki_app::account::policy::Deed;
use keniki_app::case::inquiry::{self, Agreement, Asked, Candidate, InquiryError, NewInquiry};
use keniki_app::database;
use keniki_app::definition::program::InquiryRule;
use keniki_base::id::{CaseId, ServiceId};

use super::{can, day, told};
use crate::case::tell::Offered;
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::sent::Sent;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::distance;

/// So many that are asked by telephone are shown, and those that were ticked.
const BY_PHONE: usize = 20;

/// The form, its search and its preview.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "inquiry/new.html")]
pub struct NewPage {
    /// Around the page.
    pub frame: Frame,
    /// Number of the case.
    pub case: i64,
    /// The kinds: code, name, whether it is the one.
    pub kinds: Vec<(String, String, bool)>,
    /// The name of the one; none: a kind is chosen first.
    pub kind: Option<(String, String)>,
    /// What to keep in mind.
    pub note_of_kind: Option<String>,
    /// Groups of capabilities: name; then code, name, whether it is needed.
    pub needs: Vec<(String, Vec<Offered>)>,
    /// The consent without which nobody is chosen later.
    pub agreement: Agreement,
    /// Kinds of services to narrow by: code, name, whether it is the one; fewer than two: nothing to choose.
    pub categories: Vec<Offered>,
    /// The office that finds one.
    pub through: Option<String>,
    /// Who may be asked here.
    pub others: Vec<Choosable>,
    /// Who may be asked by telephone.
    pub by_phone: Vec<Choosable>,
    /// How many more there are.
    pub n_more: u64,
    /// What was typed, by name.
    pub typed: Fields,
    /// What those asked will see, where it is looked at before it is sent.
    pub preview: Option<Vec<(&'static str, String)>>,
    /// Who will be asked.
    pub chosen: Vec<Link>,
    /// Why it was not sent.
    pub problem: Option<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// Code of a category.
    pub category: String,
    /// Words of names and addresses.
    pub words: String,
    /// At least so many places.
    pub least: String,
    /// The sex is told.
    pub shows_sex: bool,
    /// The town.
    pub town: String,
    /// From when.
    pub from_on: String,
    /// Until when.
    pub until_on: String,
    /// What else there is to say.
    pub note: String,
    /// Where the office is called back.
    pub phone: String,
    /// The form's own number.
    pub form_key: String,
    /// Codes of what is needed.
    pub needs: Vec<String>,
    /// Numbers of who is asked.
    pub services: Vec<i64>,
}

/// One who may be asked.
#[derive(Debug, Clone)]
pub struct Choosable {
    /// Number of the service.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub category: String,
    /// What is known of the needs.
    pub known: String,
    /// Of which needs nothing is known.
    pub unknown: String,
    /// How many.
    pub capacity: String,
    /// From the middle of the municipality.
    pub distance: String,
    /// It is asked here; the others by telephone.
    pub is_reached: bool,
    /// Its telephone.
    pub phone: String,
    /// It was ticked.
    pub is_chosen: bool,
}

/// Lines of who may be asked.
pub(super) async fn choosable(
    state: &State,
    found: Vec<Candidate>,
    ticked: &[i64],
) -> Result<Vec<Choosable>, Problem> {
    let names = |codes: &[String]| {
        let names: Vec<String> = codes.iter().map(|code| can(state, code)).collect();
        names.join("、")
    };
    let lines = found.into_iter().map(|it| {
        let category = state.definitions.category(&it.service.category);
        Choosable {
            id: it.service.id,
            category: category.map_or_else(String::new, |it| it.name.clone()),
            known: names(&it.known),
            unknown: names(&it.unknown),
            capacity: it
                .service
                .capacity
                .map_or_else(|| "不明".to_owned(), |n| n.to_string()),
            distance: it
                .km
                .map_or_else(|| "不明".to_owned(), |km| distance(km, true)),
            is_reached: it.is_reached,
            phone: it.service.phone.clone().unwrap_or_default(),
            is_chosen: ticked.contains(&it.service.id),
            name: it.service.name,
        }
    });
    Ok(lines.collect())
}

impl Fields {
    fn of(typed: &Sent) -> Self {
        let text = |name: &str| typed.text(name).to_owned();
        Self {
            category: text("category"),
            words: text("words"),
            least: text("least"),
            shows_sex: typed.text("shows_sex") == "1",
            town: text("town"),
            from_on: text("from_on"),
            until_on: text("until_on"),
            note: text("note"),
            phone: text("phone"),
            form_key: text("form_key"),
            needs: typed.all("need").map(str::to_owned).collect(),
            services: typed.numbers("service"),
        }
    }
}

fn new_inquiry(typed: &Sent) -> Result<NewInquiry, Problem> {
    let fields = Fields::of(typed);
    Ok(NewInquiry {
        kind: typed.text("kind").to_owned(),
        needs: fields.needs,
        shows_sex: fields.shows_sex,
        town: fields.town,
        from_on: day(typed, "from_on")?,
        until_on: day(typed, "until_on")?,
        note: fields.note,
        phone: fields.phone,
        services: fields.services.into_iter().map(ServiceId::new).collect(),
        form_key: Some(fields.form_key).filter(|it| !it.is_empty() && it.len() <= 64),
    })
}

impl NewPage {
    /// Whether those that are asked by telephone are shown at once.
    fn opens_by_phone(&self) -> bool {
        self.others.is_empty() || self.by_phone.iter().any(|it| it.is_chosen)
    }

    fn is_needed(&self, them: &[(String, String, bool)]) -> bool {
        them.iter().any(|(_, _, is_needed)| *is_needed)
    }

    async fn load(
        state: &State,
        visitor: &Visitor,
        (case, typed): (CaseId, &Sent),
    ) -> Result<Self, Problem> {
        let (by, now, db) = (&visitor.by, state.clock.now(), &state.db);
        let rules = inquiry::kinds(db, state.case_house(), by, case, now).await?;
        let kind = typed.text("kind");
        let rule = rules.iter().find(|it| it.code == kind);
        let mut page = Self {
            frame: Frame::load(state, visitor, None).await?.at("/inquiries"),
            case: case.get(),
            kinds: rules
                .iter()
                .map(|it| (it.code.clone(), it.name.clone(), it.code == kind))
                .collect(),
            kind: rule.map(|it| (it.code.clone(), it.name.clone())),
            note_of_kind: rule.and_then(|it| it.note.clone()),
            typed: Fields::of(typed),
            ..Self::default()
        };
        if page.typed.form_key.is_empty() {
            page.typed.form_key = format!("{:032x}", u128::from_be_bytes(key(state)));
        }
        if rule.is_none() {
            return Ok(page);
        }
        page.needs = needs(state, &page.typed.needs);
        page.categories = categories(state, rule, &page.typed.category);
        let asked = Asked {
            kind: kind.to_owned(),
            needs: page.typed.needs.clone(),
            categories: Some(page.typed.category.clone())
                .filter(|it| !it.is_empty())
                .into_iter()
                .collect(),
            least: page.typed.least.trim().parse().ok(),
            words: page.typed.words.trim().to_owned(),
            ..Asked::default()
        };
        let tools = (state.case_house(), &state.thesaurus);
        let found = inquiry::candidates(db, tools, by, (case, &asked), now).await?;
        page.through = found.through.map(|(_, name)| name);
        page.agreement = inquiry::agreement_of_case(db, state.case_house(), by, case, now).await?;
        let all = choosable(state, found.found, &page.typed.services).await?;
        (page.others, page.by_phone) = all.into_iter().partition(|it| it.is_reached);
        let shown = |(at, it): &(usize, Choosable)| *at < BY_PHONE || it.is_chosen;
        let n = page.by_phone.len();
        let by_phone = std::mem::take(&mut page.by_phone).into_iter().enumerate();
        page.by_phone = by_phone.filter(shown).map(|(_, it)| it).collect();
        page.n_more = found.n_more + (n - page.by_phone.len()) as u64;
        Ok(page)
    }
}

/// The kinds of services that an inquiry asks.
fn categories(state: &State, rule: Option<&InquiryRule>, chosen: &str) -> Vec<Offered> {
    let codes = rule.map_or(&[][..], |it| &it.categories).iter();
    let known = codes.filter_map(|code| state.definitions.category(code));
    known
        .map(|it| (it.code.clone(), it.name.clone(), it.code == chosen))
        .collect()
}

fn key(state: &State) -> [u8; 16] {
    let mut key = [0; 16];
    state.chance.fill(&mut key);
    key
}

/// Capabilities by group, each with whether it is needed.
fn needs(state: &State, needed: &[String]) -> Vec<(String, Vec<Offered>)> {
    let definitions = &state.definitions;
    let of_group = |group: &str| {
        let own = definitions.capabilities().iter();
        let own = own.filter(|it| it.group == group && it.resident_visible);
        own.map(|it| (it.code.clone(), it.name.clone(), needed.contains(&it.code)))
            .collect::<Vec<_>>()
    };
    let groups = definitions.groups().iter();
    let groups = groups.map(|it| (it.name.clone(), of_group(&it.code)));
    groups.filter(|(_, them)| !them.is_empty()).collect()
}

/// `GET /cases/{case}/inquiries/new`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(case): Path<String>,
) -> Result<Page<NewPage>, Problem> {
    visitor.ever_may(Deed::SendInquiry)?;
    let of = (id_of(&case)?, &Sent::default());
    Ok(Page(NewPage::load(&state, &visitor, of).await?))
}

/// `POST /cases/{case}/inquiries/new`: `step` says whether it is looked for, looked at or sent.
pub(crate) async fn take(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(case): Path<String>,
    typed: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    visitor.ever_may(Deed::SendInquiry)?;
    let (case, typed): (CaseId, _) = (id_of(&case)?, Sent(typed?.0));
    let done = match typed.text("step") {
        "send" => send(&state, &visitor, (case, &typed)).await,
        "preview" => preview(&state, &visitor, (case, &typed)).await,
        _ => Ok(Done::Form),
    };
    let mut page = match done {
        Ok(Done::Sent(to)) => return Ok(Redirect::to(&to).into_response()),
        Ok(Done::Seen(told)) => {
            let mut page = NewPage::load(&state, &visitor, (case, &typed)).await?;
            page.preview = Some(told);
            page
        }
        Ok(Done::Form) => NewPage::load(&state, &visitor, (case, &typed)).await?,
        // What was typed stays, with what is wrong above it.
        Err(Problem::NotNow(problem)) => {
            let mut page = NewPage::load(&state, &visitor, (case, &typed)).await?;
            page.problem = Some(problem);
            page
        }
        Err(other) => return Err(other),
    };
    let all = page.others.iter().chain(&page.by_phone);
    let ticked = all.filter(|it| it.is_chosen);
    page.chosen = ticked
        .map(|it| Link::new(format!("/services/{}", it.id), &it.name))
        .collect();
    Ok(Page(page).into_response())
}

enum Done {
    Form,
    Seen(Vec<(&'static str, String)>),
    Sent(String),
}

async fn preview(
    state: &State,
    visitor: &Visitor,
    (case, typed): (CaseId, &Sent),
) -> Result<Done, Problem> {
    let new = new_inquiry(typed)?;
    let now = state.clock.now();
    let of = (case, &new);
    let profile = inquiry::preview(&state.db, state.case_house(), &visitor.by, of, now).await?;
    Ok(Done::Seen(told(state, &profile).await?))
}

async fn send(
    state: &State,
    visitor: &Visitor,
    (case, typed): (CaseId, &Sent),
) -> Result<Done, Problem> {
    let new = new_inquiry(typed)?;
    let now = state.clock.now();
    let id = database::write(&state.db, async |tx| {
        let sent = inquiry::send(tx, state.case_house(), &visitor.by, (case, &new), now).await?;
        Ok::<_, InquiryError>(sent)
    })
    .await?;
    Ok(Done::Sent(format!("/inquiries/{id}")))
}
