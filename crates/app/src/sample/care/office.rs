//! Who looks after the invented people: the area's offices, the largest first, each with its habits.

use keniki_base::code::MunicipalityCode;
use keniki_base::id::OrganizationId;
use sea_orm::{ConnectionTrait, DbErr};

use super::{name, queries};
use crate::case::open;
use crate::sample::dice::Dice;

/// An office with its habits.
#[derive(Debug, Clone)]
pub(super) struct Office {
    pub organization: OrganizationId,
    /// How often it is chosen, in proportion to the others of its kind.
    pub weight: f64,
    /// How often it forgets what the average forgets once.
    pub forgets: f64,
    /// 入退院支援加算, as the program's fact has it; of hospitals.
    pub filing: Option<&'static str>,
    /// Who there, in words.
    pub staff: String,
}

/// The offices of an area by what they do.
#[derive(Debug)]
pub(super) struct Offices {
    pub hospitals: Vec<Office>,
    pub care_managers: Vec<Office>,
    pub support_centers: Vec<Office>,
    pub clinics: Vec<Office>,
    pub nursing: Vec<Office>,
    pub pharmacies: Vec<Office>,
}

impl Offices {
    /// The offices of these municipalities; none where there is no hospital, no care manager or no 地域包括支援センター.
    pub async fn of(
        db: &impl ConnectionTrait,
        seed: u64,
        municipalities: &[MunicipalityCode],
    ) -> Result<Option<Self>, DbErr> {
        let found = queries::offices(db, municipalities).await?;
        let mut offices = Self {
            hospitals: of_category(&found, seed, "hospital"),
            care_managers: of_category(&found, seed, "care_management"),
            support_centers: of_category(&found, seed, "community_support_center"),
            clinics: of_category(&found, seed, "clinic"),
            nursing: of_category(&found, seed, "visiting_nursing"),
            pharmacies: of_category(&found, seed, "pharmacy"),
        };
        for hospital in &mut offices.hospitals {
            hospital.filing = open::discharge_filing(db, hospital.organization).await?;
        }
        let needed = [
            &offices.hospitals,
            &offices.care_managers,
            &offices.support_centers,
        ];
        let is_whole = needed.iter().all(|it| !it.is_empty());
        Ok(is_whole.then_some(offices))
    }
}

/// The offices of one category. Beds make a hospital likely, among the others the first ones have more clients than the last.
fn of_category(found: &[queries::Found], seed: u64, category: &str) -> Vec<Office> {
    let mut offices: Vec<Office> = Vec::new();
    for it in found.iter().filter(|it| it.category == category) {
        if offices
            .iter()
            .any(|known| known.organization.get() == it.organization_id)
        {
            continue;
        }
        let mut dice = Dice::new(seed, "habits", it.organization_id.unsigned_abs());
        let rank = offices.len() as f64;
        offices.push(Office {
            organization: it.organization_id.into(),
            weight: match category {
                "hospital" => it.capacity.unwrap_or(20) as f64,
                _ => 1.0 / (rank + 4.0),
            },
            forgets: dice.between(0.4, 1.6),
            filing: None,
            staff: name::family(&mut dice).text,
        });
    }
    offices
}

/// One of the offices.
pub(super) fn pick<'a>(dice: &mut Dice, offices: &'a [Office]) -> Option<&'a Office> {
    let weights: Vec<f64> = offices.iter().map(|it| it.weight).collect();
    match offices.is_empty() {
        true => None,
        false => offices.get(dice.weighted(&weights)),
    }
}
