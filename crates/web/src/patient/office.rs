//! Organizations of a name to choose from, each with its sites, what these offer and where: so that they can be told apart.

use keniki_app::definition::Definitions;
use keniki_app::patient::team::{self, Found, Site};

use crate::error::Problem;
use crate::state::State;

/// So many sites of one organization are named.
const SITES_MOST: usize = 3;

/// An organization to choose.
#[derive(Debug, Clone, Default)]
pub struct Office {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// 見本居宅介護支援事業所（居宅介護支援、見本市）; empty: no site is known.
    pub sites: String,
    /// It is chosen.
    pub is_chosen: bool,
}

impl Office {
    fn of(definitions: &Definitions, found: Found, chosen: &str) -> Self {
        let sites = found.sites.iter().take(SITES_MOST);
        let mut sites: Vec<String> = sites.map(|it| site(definitions, it)).collect();
        let n_more = found.sites.len().saturating_sub(SITES_MOST);
        if n_more > 0 {
            sites.push(format!("ほか{n_more}か所"));
        }
        Self {
            is_chosen: found.id.to_string() == chosen,
            id: found.id,
            name: found.name,
            sites: sites.join("、"),
        }
    }

    /// Those of a name; `chosen`: the number of the one that was chosen.
    pub(crate) async fn named(
        state: &State,
        (name, chosen): (&str, &str),
    ) -> Result<Vec<Self>, Problem> {
        let found = team::organizations_named(&state.db, name).await?;
        Ok(Self::all(state, found, chosen))
    }

    /// Those of a name that fit a part of the care team.
    pub(crate) async fn fitting(
        state: &State,
        (name, chosen): (&str, &str),
        team_role: &str,
    ) -> Result<Vec<Self>, Problem> {
        let what = (name, team_role);
        let found = team::organizations_for(&state.db, state.definitions.patients(), what).await?;
        Ok(Self::all(state, found, chosen))
    }

    fn all(state: &State, found: Vec<Found>, chosen: &str) -> Vec<Self> {
        let found = found.into_iter();
        found
            .map(|it| Self::of(&state.definitions, it, chosen))
            .collect()
    }
}

fn site(definitions: &Definitions, site: &Site) -> String {
    let offers = site.categories.iter().map(|code| {
        let category = definitions.category(code);
        category.map_or_else(|| code.clone(), |it| it.name.clone())
    });
    let services = site.services.iter().cloned();
    let about: Vec<String> = services
        .chain(offers)
        .chain(site.municipality.clone())
        .collect();
    match about.is_empty() {
        true => site.name.clone(),
        false => format!("{}（{}）", site.name, about.join("、")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_is_told_apart_by_what_its_sites_offer_and_where() {
        let definitions = Definitions::load(None).unwrap();
        let site = |name: &str, category: &str| Site {
            name: name.to_owned(),
            services: Vec::new(),
            categories: vec![category.to_owned()],
            municipality: Some("見本市".to_owned()),
        };
        let found = Found {
            id: 3,
            name: "医療法人見本会".to_owned(),
            sites: vec![
                site("見本ケアプラン", "care_management"),
                site("見本病院", "hospital"),
                site("見本薬局", "pharmacy"),
                site("見本医院", "clinic"),
            ],
        };
        let office = Office::of(&definitions, found, "3");
        assert!(office.is_chosen);
        assert!(
            office
                .sites
                .starts_with("見本ケアプラン（居宅介護支援、見本市）、見本病院（病院、"),
            "{}",
            office.sites
        );
        assert!(office.sites.ends_with("ほか1か所"), "{}", office.sites);
    }
}
