//! An invented area's directory: operators, sites and services as drawn, before they become rows.

use chrono::NaiveDate;
use keniki_base::code::PlaceCode;
use keniki_base::geo::Point;

use super::contact::Contact;
use super::hours::Hours;
use super::mix::{Kind, What, kinds};
use super::name::Name;
use super::owner::Organization;
use super::region::Region;
use super::skill::{Skill, Survey};
use super::standing::Standing;
use crate::definition::Definitions;
use crate::definition::vocabulary::Category;
use draft::Draft;

mod draft;

/// What the definitions say of every kind; read once for all areas.
pub struct Catalog<'a> {
    definitions: &'a Definitions,
    kinds: Vec<(&'static Kind, &'a Category, Survey<'a>)>,
}

impl<'a> Catalog<'a> {
    /// Looks every kind up.
    ///
    /// # Errors
    /// The kind that the definitions do not have.
    pub fn new(definitions: &'a Definitions) -> Result<Self, What> {
        let look = |kind: &'static Kind| {
            let category = kind.what.category(definitions).ok_or(kind.what)?;
            Ok((
                kind,
                category,
                Survey::of(definitions, kind.what, &category.code),
            ))
        };
        Ok(Self {
            definitions,
            kinds: kinds().map(look).collect::<Result<_, _>>()?,
        })
    }
}

/// Everything in one area's directory; numbers are places in these lists.
#[derive(Debug, PartialEq)]
pub struct Directory {
    /// Operators.
    pub organizations: Vec<Organization>,
    /// Sites with their services.
    pub sites: Vec<Site>,
}

/// One operator at one address.
#[derive(Debug, PartialEq)]
pub struct Site {
    /// Its operator; `None`: a person.
    pub organization: Option<usize>,
    /// Its name.
    pub name: Name,
    /// The stem in its name.
    pub stem: Name,
    /// Number of its municipality in the region.
    pub municipality: usize,
    /// Number of its town in the region.
    pub town: usize,
    /// 番地 and 号, as in 「12番地3」.
    pub lot: String,
    /// `000-NNNN`, which the post has given nobody.
    pub postal_code: String,
    /// Where it is, and how exactly that is known: `exact`, `town` or `none`.
    pub point: Option<Point>,
    /// As in `site.location_precision`.
    pub precision: &'static str,
    /// Telephone.
    pub phone: String,
    /// Fax.
    pub fax: Option<String>,
    /// Home page.
    pub url: Option<String>,
    /// Codes of institution or office.
    pub codes: Vec<PlaceCode>,
    /// Whether it works.
    pub standing: Standing,
    /// Its services, the first the one it is named after.
    pub services: Vec<Service>,
}

/// One service at a site.
#[derive(Debug, PartialEq)]
pub struct Service {
    /// Which kind it is.
    pub what: What,
    /// Code of its category.
    pub category: String,
    /// Its own name, where it differs from the site's.
    pub name: Option<Name>,
    /// Beds or places.
    pub capacity: Option<i64>,
    /// For whom.
    pub eligibility: Option<&'static str>,
    /// Where it goes.
    pub area_served: Option<String>,
    /// When.
    pub hours: Vec<Hours>,
    /// Remarks on the hours.
    pub hours_note: Option<&'static str>,
    /// What it can do.
    pub skills: Vec<Skill>,
    /// Whether it works.
    pub standing: Standing,
    /// Whom to call.
    pub contacts: Vec<Contact>,
}

/// Draws the directory of area number `index`; `people` are those of the municipalities.
pub fn draw(
    seed: u64,
    index: u32,
    region: &Region,
    people: &[f64],
    catalog: &Catalog<'_>,
    today: NaiveDate,
) -> Directory {
    let mut draft = Draft::new(seed, index, region, people, today);
    for (kind, category, survey) in &catalog.kinds {
        draft.add(kind, category, survey);
    }
    draft.file(catalog.definitions);
    draft.introduce();
    draft.done()
}

#[cfg(test)]
mod tests;
