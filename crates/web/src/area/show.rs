//! `GET /areas/{code}`: an area's people and resources, beside its neighbours and the nation.

use askama::Template;

use crate::figure::Figure;
use crate::page::{Frame, Link};
use crate::wording;

/// An area in numbers.
#[derive(Debug, Clone, Template)]
#[template(path = "area/show.html")]
pub struct AreaPage {
    /// Around the page.
    pub frame: Frame,
    /// 4 digits.
    pub code: String,
    /// Name.
    pub name: String,
    /// 二次医療圏, 市町村, 都道府県.
    pub kind: &'static str,
    /// Municipalities, each with its own page.
    pub municipalities: Vec<Link>,
    /// Areas that hold this one.
    pub parents: Vec<Link>,
    /// The few numbers on top.
    pub numbers: Vec<Number>,
    /// Pyramid of the population.
    pub pyramid: Option<Figure>,
    /// Projection.
    pub projection: Option<Figure>,
    /// Resources per 10,000 people of 75 and older: one figure per category, plainest first.
    pub resources: Vec<Resource>,
    /// Categories that no source covers.
    pub unlisted: Vec<String>,
    /// Rate or number by municipality.
    pub map: Option<Figure>,
    /// Other categories the map can show.
    pub map_choices: Vec<MapChoice>,
    /// Coverage page of this area.
    pub coverage_href: String,
}

/// A number with its remark.
#[derive(Debug, Clone)]
pub struct Number {
    /// What it counts.
    pub word: String,
    /// Written; 不明 where not known.
    pub value: String,
    /// Unit.
    pub unit: &'static str,
    /// Remark.
    pub note: String,
}

/// A category beside neighbours and nation.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Plain words and term.
    pub name: String,
    /// In this area, with its list.
    pub link: Link,
    /// Rank bars.
    pub figure: Figure,
}

/// Another category for the map.
#[derive(Debug, Clone)]
pub struct MapChoice {
    /// Code.
    pub code: String,
    /// Words.
    pub text: String,
    /// It is shown.
    pub selected: bool,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<AreaPage> {
        use crate::area::figures::{people, resource};
        let full = AreaPage {
            frame: Frame::sample(Some(crate::page::Nav::Area)),
            code: "9901".to_owned(),
            name: "汐見圏域".to_owned(),
            kind: "二次医療圏",
            municipalities: vec![Link::new("/areas/99201", "汐見市")],
            parents: vec![Link::new("/areas/99", "架空県")],
            numbers: vec![Number {
                word: "人口".to_owned(),
                value: "220,431".to_owned(),
                unit: "人",
                note: "5市町村".to_owned(),
            }],
            pyramid: Some(people::tests::pyramid_sample()),
            projection: Some(people::tests::projection_sample()),
            resources: vec![Resource {
                name: "診療所・医院・クリニック".to_owned(),
                link: Link::new("/services?category=clinic", "この地域の200件を見る"),
                figure: resource::tests::rank_sample(),
            }],
            unlisted: vec!["訪問看護".to_owned()],
            map: Some(resource::tests::map_sample()),
            map_choices: vec![MapChoice {
                code: "clinic".to_owned(),
                text: "診療所".to_owned(),
                selected: true,
            }],
            coverage_href: "/areas/9901/coverage".to_owned(),
        };
        let bare = AreaPage {
            numbers: vec![],
            pyramid: None,
            projection: None,
            resources: vec![],
            unlisted: vec![],
            map: None,
            map_choices: vec![],
            ..full.clone()
        };
        vec![full, bare]
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }
}
