//! Which office has the role of which an event says that somebody has it: found by its name, or not known yet.

use keniki_app::case::seat::Seating;
use keniki_app::case::show::Shown;
use keniki_app::definition::program::EventRule;
use keniki_base::id::OrganizationId;

use crate::error::Problem;
use crate::patient::office::Office;
use crate::sent::Sent;
use crate::state::State;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct SeatAsked {
    /// ケアマネジャー.
    pub role: String,
    /// With which answer it is asked, in words; none: always.
    pub when: Option<String>,
    /// Who has it in the case.
    pub known: Option<String>,
    /// What was looked for.
    pub looked_for: String,
    /// Those of that name; none: nothing was looked for.
    pub found: Option<Vec<Office>>,
    /// What was chosen: `known`, `unknown`, or the number of an organization.
    pub chosen: String,
    /// Who there.
    pub staff: String,
}

impl SeatAsked {
    /// What an event asks; none: it says of no role that somebody has it.
    pub(super) async fn of(
        state: &State,
        (shown, rule): (&Shown, &EventRule),
        sent: &Sent,
    ) -> Result<Option<Self>, Problem> {
        let Some(seat) = shown.program.may_seat(rule).next() else {
            return Ok(None);
        };
        let is_there = |it: &&keniki_app::patient::team::Member| {
            it.case_role.as_ref() == Some(&seat.role.code) && it.valid_to.is_none()
        };
        let known = shown.team.iter().find(is_there);
        let known = known.map(|it| it.organization_name.clone());
        let (name, chosen) = (sent.word("seat_name"), sent.word("seat"));
        let found = match name {
            "" => None,
            name => Some(Office::fitting(state, (name, chosen), &seat.role.team_role).await?),
        };
        Ok(Some(Self {
            role: seat.role.name.clone(),
            when: (!seat.is_certain).then(|| {
                let (fact, choice) = (&seat.fact.name, &seat.choice.name);
                format!("「{fact}」が「{choice}」のとき")
            }),
            chosen: match (chosen, &known) {
                ("", Some(_)) => "known".to_owned(),
                (chosen, _) => chosen.to_owned(),
            },
            known,
            looked_for: name.to_owned(),
            found,
            staff: sent.word("seat_staff").to_owned(),
        }))
    }
}

/// What was chosen, as the action takes it.
pub(super) fn seating(sent: &Sent) -> Seating {
    match sent.word("seat") {
        "unknown" => Seating::NotKnown,
        chosen => match chosen.parse::<i64>() {
            Ok(organization) => Seating::Is(
                OrganizationId::new(organization),
                sent.word("seat_staff").to_owned(),
            ),
            Err(_) => Seating::Unsaid,
        },
    }
}
