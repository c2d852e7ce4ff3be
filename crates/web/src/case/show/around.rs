//! What belongs to a case beside its events: handovers, inquiries and forms as the reader may see them, and who may see the case.

use chrono::{DateTime, Utc};
use keniki_app::account::policy::Deed;
use keniki_app::case::show::Shown;
use keniki_app::case::{self, handover, inquiry};
use keniki_app::definition::program::Access;
use keniki_app::form::record::{Row, list as forms};
use keniki_base::clock::jst_day;
use keniki_base::id::CaseId;

use super::When;
use crate::error::Problem;
use crate::form::list::Line as FormLine;
use crate::page::Link;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::Day;

/// What belongs to a case.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Where something is handed over; none: the reader hands nothing over now.
    pub hand_over: Option<String>,
    /// Where it is asked who could take the patient; none: the reader asks nobody now.
    pub inquire: Option<String>,
    /// The newest first; none: the reader reads none.
    pub handovers: Option<Vec<Line>>,
    /// Those that are open first; none: the reader reads none.
    pub inquiries: Option<Vec<Line>>,
    /// Of this case, or of the patient always, the newest first; none: the reader reads none.
    pub forms: Option<Vec<FormLine>>,
    /// Those of this case that stand, the newest first: to them obligations lead.
    pub written: Vec<Written>,
    /// All forms of the patient.
    pub forms_href: String,
    /// Organizations that may see the case, and until when.
    pub readers: Vec<(String, String)>,
    /// Whether the reader may add an organization to the care team.
    pub may_join: bool,
    /// Nobody else learns that there is the case.
    pub is_closed: bool,
    /// The page that says who may see the patient; none: not for this reader.
    pub readers_href: Option<String>,
}

/// A form that was written in the case.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its number.
    pub id: i64,
    /// Code of the form.
    pub form: String,
    /// Its page, and when it was written.
    pub link: Link,
    /// The same moment.
    pub at: DateTime<Utc>,
}

/// A handover or an inquiry.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page, and what it is about.
    pub link: Link,
    /// From whom to whom, or how many answered.
    pub who: String,
    /// When it was sent.
    pub at: String,
    /// Where it stands.
    pub state: &'static str,
}

/// So many forms are shown; the others stand on the patient's page of forms.
const FORMS_MOST: usize = 20;

impl Around {
    pub(super) async fn load(
        state: &State,
        visitor: &Visitor,
        (shown, when): (&Shown, When),
    ) -> Result<Self, Problem> {
        let (case, by) = (CaseId::new(shown.case.id), &visitor.by);
        let object = case::object(&state.db, case, when.now).await?;
        let may = |deed| by.may(deed, &object).is_some();
        let own_roles: Vec<&str> = match by.organization {
            Some(own) => shown.roles_of(own).collect(),
            None => Vec::new(),
        };
        let is_open = shown.state.closed.is_none();
        let asks = |rule: &keniki_app::definition::program::InquiryRule| {
            let mut roles = rule.from.iter();
            roles.any(|role| own_roles.contains(&role.as_str()))
        };
        let inquires = is_open && shown.program.inquiries.iter().any(asks);
        let sends = is_open && !own_roles.is_empty();
        let patient = shown.case.patient_id;
        let rows = match may(Deed::ReadForm) {
            true => Some(form_rows(state, visitor, (shown, when)).await?),
            false => None,
        };
        Ok(Self {
            hand_over: (sends && may(Deed::SendHandover))
                .then(|| format!("/cases/{case}/handovers/new")),
            inquire: (inquires && may(Deed::SendInquiry))
                .then(|| format!("/cases/{case}/inquiries/new")),
            handovers: match may(Deed::ReadHandover) {
                true => Some(handovers(state, visitor, (case, when)).await?),
                false => None,
            },
            inquiries: match may(Deed::ReadInquiry) {
                true => Some(inquiries(state, visitor, (case, when)).await?),
                false => None,
            },
            forms: rows.as_ref().map(|rows| form_lines(state, rows, when)),
            written: rows.map_or_else(Vec::new, |rows| written(state, &rows, when)),
            forms_href: format!("/patients/{patient}/forms?case={case}"),
            readers: readers(shown, when),
            may_join: is_open && may(Deed::WritePatient),
            is_closed: shown.program.access == Access::Closed,
            readers_href: by
                .ever_may(Deed::ReadPatient)
                .then(|| format!("/patients/{patient}/readers")),
        })
    }
}

async fn handovers(
    state: &State,
    visitor: &Visitor,
    (case, when): (CaseId, When),
) -> Result<Vec<Line>, Problem> {
    let all = handover::of_case(&state.db, &visitor.by, case, when.now).await?;
    let lines = all.into_iter().map(|it| Line {
        link: Link::new(format!("/handovers/{}", it.id), it.subject),
        who: match it.to {
            Some(_) => format!("{} → {}", it.from_name, it.to_name),
            None => format!(
                "{} → {}（Kenikiに参加していない事業所）",
                it.from_name, it.to_name
            ),
        },
        at: when.text(it.sent_at),
        state: it.stage.at().words(),
    });
    Ok(lines.collect())
}

async fn inquiries(
    state: &State,
    visitor: &Visitor,
    (case, when): (CaseId, When),
) -> Result<Vec<Line>, Problem> {
    let all = inquiry::of_case(&state.db, &visitor.by, case, when.now).await?;
    let lines = all.into_iter().map(|it| {
        let answered = it.targets.iter().filter(|it| it.answer.is_some()).count();
        Line {
            link: Link::new(format!("/inquiries/{}", it.id), it.title),
            who: format!("{}か所に照会、返事 {answered}件", it.targets.len()),
            at: it.sent_at.map_or_else(String::new, |at| when.text(at)),
            state: it.state.words(),
        }
    });
    Ok(lines.collect())
}

/// Forms of this case, or of the patient always, the newest first.
async fn form_rows(
    state: &State,
    visitor: &Visitor,
    (shown, when): (&Shown, When),
) -> Result<Vec<Row>, Problem> {
    let patient = shown.case.patient_id.into();
    let mut rows = forms::list(&state.db, &visitor.by, patient, when.now).await?;
    rows.retain(|row| row.case_id.is_none_or(|case| case == shown.case.id));
    Ok(rows)
}

fn form_lines(state: &State, rows: &[Row], when: When) -> Vec<FormLine> {
    let lines = rows.iter().take(FORMS_MOST).map(|row| FormLine {
        at: match row.created_at.parse() {
            Ok(at) => when.text(at),
            Err(_) => row.created_at.clone(),
        },
        ..FormLine::of(state, row)
    });
    lines.collect()
}

fn written(state: &State, rows: &[Row], when: When) -> Vec<Written> {
    let standing = rows.iter();
    let standing = standing.filter(|row| row.case_id.is_some() && row.annulled_at.is_none());
    let written = standing.filter_map(|row| {
        let at = row.created_at.parse().ok()?;
        let link = FormLine::of(state, row).link;
        let text = format!("書いた{}を開く（{}）", link.text, when.text(at));
        Some(Written {
            id: row.id,
            form: row.form.clone(),
            link: Link::new(link.href, text),
            at,
        })
    });
    written.collect()
}

/// Whose access to the case has begun and is not over.
fn readers(shown: &Shown, when: When) -> Vec<(String, String)> {
    let today = jst_day(when.now).to_string();
    let sees = |it: &&keniki_app::patient::team::Member| {
        let until = it.access_until.as_ref();
        it.valid_from <= today && until.is_none_or(|until| *until >= today)
    };
    let mut readers: Vec<(String, String)> = Vec::new();
    for it in shown.team.iter().filter(sees) {
        let until = it.access_until.as_deref();
        let until = until.map_or_else(
            || "ケースが続くあいだ".to_owned(),
            |day| format!("{}まで", Day::text(day)),
        );
        let known = readers
            .iter()
            .any(|(name, _)| *name == it.organization_name);
        // Whoever is there now stands before whoever has left: the first line of an organization is its longest access.
        if !known {
            readers.push((it.organization_name.clone(), until));
        }
    }
    readers
}
