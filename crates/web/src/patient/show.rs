//! `/patients/{id}`: the record of a patient: who they are, who looks after them, what was agreed, who sees it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use keniki_app::account::policy::{Deed, Relation};
use keniki_app::database;
use keniki_app::definition::patient::Basis;
use keniki_app::patient::consent::{Consent, GivenBy};
use keniki_app::patient::emergency::Opening;
use keniki_app::patient::identifier::Identifier;
use keniki_app::patient::line;
use keniki_app::patient::show::{self, Case, Shown, View};
use keniki_app::patient::team::Member;
use keniki_base::clock::{jst_day, near_text};
use keniki_base::id::PatientId;

use super::{frame, object, words};
use crate::error::Problem;
use crate::page::{Frame, Link, Page};
use crate::proposal::id_of;
use crate::service::words::telephone;
use crate::state::State;
use crate::visitor::{SignedIn, Visitor};
use crate::wording::Day;

/// The record.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/show.html")]
pub struct ShowPage {
    /// Around the page.
    pub frame: Frame,
    /// Number.
    pub id: i64,
    /// Name in kanji.
    pub name: String,
    /// Name in kana.
    pub kana: String,
    /// Birth, age, sex.
    pub who: String,
    /// The level that holds today.
    pub level: Option<String>,
    /// What must be known first.
    pub alerts: Vec<String>,
    /// Who answers: name and telephone.
    pub answers: Option<(String, Option<String>)>,
    /// In which hospital.
    pub hospital: Option<String>,
    /// Heads and texts.
    pub facts: Vec<(&'static str, Vec<String>)>,
    /// The care team.
    pub team: Vec<Part>,
    /// The cases that may be seen: name and page, state.
    pub cases: Vec<(Link, String)>,
    /// What was agreed.
    pub consents: Vec<Agreed>,
    /// What was merged into it: number, when and by whom, why.
    pub merges: Vec<(i64, String, String)>,
    /// Who opened it in an emergency.
    pub openings: Vec<Opened>,
    /// By what the reader sees it.
    pub by: &'static str,
    /// Whether the reader may change it.
    pub may_write: bool,
    /// Whether they may begin a case.
    pub may_open: bool,
    /// Whether they may record consent.
    pub may_agree: bool,
    /// Whether they may merge.
    pub may_merge: bool,
}

/// A part of the care team.
#[derive(Debug, Clone)]
pub struct Part {
    /// Number.
    pub id: i64,
    /// Which organization.
    pub organization: String,
    /// Its telephone.
    pub phone: Option<Link>,
    /// As what.
    pub role: String,
    /// Who there.
    pub staff: String,
    /// Always, or in which case.
    pub whence: String,
    /// From when to when.
    pub days: String,
    /// Why it joined.
    pub reason: Option<String>,
    /// Whether the reader may end it; on the page of the team alone.
    pub may_end: bool,
}

impl Part {
    pub(super) fn of(state: &State, member: Member) -> Self {
        let role = state.definitions.patients().team_role(&member.role);
        let until = match (&member.valid_to, &member.access_until) {
            _ if member.is_void() => "（取消し）".to_owned(),
            (Some(to), Some(until)) => {
                let (to, until) = (Day::text(to), Day::text(until));
                format!("{to}まで（記録は{until}まで見られます）")
            }
            (Some(to), None) => format!("{}まで", Day::text(to)),
            (None, _) => String::new(),
        };
        Self {
            id: member.id,
            organization: member.organization_name,
            phone: telephone(member.organization_phone.as_deref()),
            role: role.map_or(member.role, |role| role.name.clone()),
            staff: member.staff.unwrap_or_default(),
            whence: member.case_id.map_or("ふだんから".to_owned(), |case| {
                format!("ケース {case}")
            }),
            days: format!("{}から{until}", Day::text(&member.valid_from)),
            reason: member.reason,
            may_end: false,
        }
    }
}

/// Consent as a page has it.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// Number.
    pub id: i64,
    /// What for.
    pub scope: String,
    /// In words.
    pub purpose: String,
    /// Who agreed, on what it rests.
    pub who: String,
    /// From when to when.
    pub days: String,
    /// Whether it holds today.
    pub holds: bool,
    /// Whether it can be withdrawn.
    pub may_end: bool,
    /// Who wrote it down.
    pub writer: String,
    /// Where the signed paper is.
    pub scan: Option<String>,
}

impl Agreed {
    pub(super) fn of(state: &State, it: Consent, today: NaiveDate) -> Self {
        let today = today.to_string();
        let scope = state.definitions.patients().consent_scope(&it.scope);
        let given_by = GivenBy::ALL.into_iter().find(|by| by.code() == it.given_by);
        let basis = Basis::ALL
            .into_iter()
            .find(|basis| basis.code() == it.basis);
        let is_begun = it.valid_from <= today && it.valid_to.as_ref().is_none_or(|to| *to >= today);
        let end = match (&it.withdrawn_on, &it.valid_to) {
            (Some(day), _) => format!("{}に撤回", Day::text(day)),
            (None, Some(to)) => format!("{}まで", Day::text(to)),
            (None, None) => String::new(),
        };
        let giver = it
            .giver
            .map(|giver| format!("：{giver}"))
            .unwrap_or_default();
        let writer = [it.organization_name, it.account_name];
        let scan = it.attachment_id.is_some();
        Self {
            scan: scan.then(|| format!("/patients/{}/consents/{}/file", it.patient_id, it.id)),
            id: it.id,
            scope: scope.map_or(it.scope, |scope| scope.name.clone()),
            purpose: it.purpose,
            who: format!(
                "{}{giver}（{}）",
                given_by.map_or("", GivenBy::words),
                basis.map_or("", Basis::words)
            ),
            days: format!("{}から{end}", Day::text(&it.valid_from)),
            holds: is_begun && it.withdrawn_on.as_ref().is_none_or(|day| *day > today),
            may_end: it.withdrawn_on.is_none() && basis != Some(Basis::Law),
            writer: writer.into_iter().flatten().collect::<Vec<_>>().join(" "),
        }
    }
}

/// An emergency as a page has it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Number.
    pub id: i64,
    /// The record: its number, and its page where the reader may see it.
    pub record: Link,
    /// Who.
    pub who: String,
    /// From when to when.
    pub at: String,
    /// Why.
    pub reason: String,
    /// What a look at it found, by whom; none: nobody has looked.
    pub outcome: Option<String>,
}

impl Opened {
    pub(super) fn of(state: &State, it: Opening) -> Self {
        let near = |text: &str| match text.parse() {
            Ok(at) => near_text(state.clock.now(), at),
            Err(_) => text.to_owned(),
        };
        let reviewer = it.reviewer_name.unwrap_or_default();
        Self {
            id: it.id,
            record: Link::new(
                format!("/patients/{}", it.patient_id),
                format!("記録 {}", it.patient_id),
            ),
            who: format!("{} {}", it.organization_name, it.account_name),
            at: format!("{}から{}まで", near(&it.begun_at), near(&it.ends_at)),
            reason: it.reason,
            outcome: it.outcome.map(|outcome| format!("{outcome}（{reviewer}）")),
        }
    }
}

/// `GET /patients/{id}`.
pub(crate) async fn show(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (id, now): (PatientId, _) = (id_of(&id)?, state.clock.now());
    let going_on = keniki_app::patient::find::going_on(&state.db, id).await?;
    object(
        &state,
        &visitor,
        (Deed::ReadPatient, going_on.unwrap_or(id)),
    )
    .await?;
    let view = database::write(&state.db, async |tx| {
        show::show(tx, &visitor.by, id, now).await
    });
    match view.await? {
        View::GoesOn(other) => Ok(Redirect::to(&format!("/patients/{other}")).into_response()),
        View::Here(shown) => {
            let page = ShowPage::of(&state, &visitor, *shown).await?;
            Ok(Page(page).into_response())
        }
    }
}

impl ShowPage {
    async fn of(state: &State, visitor: &Visitor, shown: Shown) -> Result<Self, Problem> {
        let (by, now) = (&visitor.by, state.clock.now());
        let (today, rule) = (jst_day(now), state.definitions.patients());
        let id = shown.listed.id;
        let object = object(state, visitor, (Deed::ReadPatient, id)).await?;
        let lines = line::of(&state.db, rule, by, vec![shown.listed], now).await?;
        let line = lines.into_iter().next().ok_or(Problem::NotFound)?;
        let record = line.listed.record;
        let (name, kana) = words::name(&record);
        let until = record.died_on.unwrap_or(today);
        let (birth, age) = (words::birth(record.birth), words::age(record.birth, until));
        Ok(Self {
            frame: frame(state, visitor, id).await?,
            id: id.get(),
            who: format!("{age}・{}・{birth}生まれ", record.sex.words()),
            level: shown.level.as_ref().map(words::certified),
            alerts: words::alerts(rule, &record, today),
            answers: line.answers,
            hospital: line.hospital,
            facts: facts(&record, line.town.as_deref(), &shown.team),
            team: shown
                .team
                .into_iter()
                .map(|it| Part::of(state, it))
                .collect(),
            cases: shown.cases.into_iter().map(|it| case(state, it)).collect(),
            consents: shown
                .consents
                .into_iter()
                .map(|it| Agreed::of(state, it, today))
                .collect(),
            merges: shown
                .merges
                .into_iter()
                .map(|it| {
                    let who = it.account_name.unwrap_or_default();
                    (
                        it.id,
                        format!("{} {who}", Day::text(&it.created_at)),
                        it.reason,
                    )
                })
                .collect(),
            openings: shown
                .openings
                .into_iter()
                .map(|it| Opened::of(state, it))
                .collect(),
            by: match shown.by {
                Relation::Emergency => "緊急時閲覧で見ています。",
                _ => "あなたの組織が支援チームにいるので、見られます。",
            },
            may_write: by.may(Deed::WritePatient, &object).is_some(),
            may_open: by.may(Deed::OpenCase, &object).is_some(),
            may_agree: by.may(Deed::RecordConsent, &object).is_some(),
            may_merge: by.may(Deed::MergePatient, &object).is_some(),
            name,
            kana,
        })
    }
}

fn case(state: &State, case: Case) -> (Link, String) {
    let day = case.opened_at.get(..10).and_then(|day| day.parse().ok());
    let definitions = &state.definitions;
    let program = day.and_then(|day| definitions.program_on(&case.program, day));
    let name = program.map_or(case.program.clone(), |it| it.program.name.clone());
    let stages = program.into_iter().flat_map(|it| &it.program.stages);
    let mut stages = stages.filter(|stage| stage.code == case.stage);
    let stage = stages
        .next()
        .map_or(case.stage.clone(), |stage| stage.name.clone());
    let when = match &case.closed_at {
        Some(closed_at) => format!("{}に終了", Day::text(closed_at)),
        None => format!("{}から・{stage}", Day::text(&case.opened_at)),
    };
    (Link::new(format!("/cases/{}", case.id), name), when)
}

fn facts(
    record: &keniki_app::patient::record::Record,
    town: Option<&str>,
    team: &[Member],
) -> Vec<(&'static str, Vec<String>)> {
    let home = &record.home;
    let address = [town, home.address.as_deref()];
    let address: String = address.into_iter().flatten().collect();
    let postal_code = home.postal_code.as_ref().map(|code| format!("〒{code}"));
    let others = record.names.iter().filter(|it| Some(*it) != record.name());
    let numbers = record.identifiers.iter().map(|it| match it {
        Identifier::CareInsurance { insurer, number } => {
            format!("被保険者番号 {number}（保険者 {}）", insurer.as_str())
        }
        Identifier::MedicalRecord {
            organization,
            number,
        } => {
            let mut team = team.iter();
            let known = team.find(|part| part.organization_id == organization.get());
            let of = known.map_or("ほかの組織", |part| part.organization_name.as_str());
            format!("患者番号 {number}（{of}）")
        }
    });
    let facts = [
        (
            "住所",
            postal_code
                .into_iter()
                .chain(Some(address))
                .filter(|it| !it.is_empty())
                .collect(),
        ),
        ("電話", home.phone.iter().cloned().collect()),
        (
            "ほかの名前",
            others
                .map(|it| {
                    format!(
                        "{} {}（{}）",
                        it.whole(),
                        it.whole_kana(),
                        it.used_as.words()
                    )
                })
                .collect(),
        ),
        ("番号", numbers.collect()),
        (
            "要介護度の経過",
            record
                .levels
                .iter()
                .rev()
                .map(|it| {
                    format!(
                        "{}から {}",
                        keniki_base::date::wareki(it.valid_from),
                        words::certified(it)
                    )
                })
                .collect::<Vec<_>>(),
        ),
    ];
    facts
        .into_iter()
        .filter(|(_, texts)| !texts.is_empty())
        .collect()
}
