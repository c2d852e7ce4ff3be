//! `GET /areas`, and `/` where no home area is set: which areas are here.

use askama::Template;

use crate::page::Frame;
use crate::wording;

/// The areas of this installation.
#[derive(Debug, Clone, Template)]
#[template(path = "area/list.html")]
pub struct AreaListPage {
    /// Around the page.
    pub frame: Frame,
    /// Prefectures with their medical areas.
    pub groups: Vec<Group>,
}

/// A prefecture's areas.
#[derive(Debug, Clone)]
pub struct Group {
    /// Name of the prefecture.
    pub name: String,
    /// Its medical areas.
    pub areas: Vec<Line>,
}

/// An area of the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// Name.
    pub name: String,
    /// Municipalities in it.
    pub n_municipalities: i64,
    /// People; none where not loaded.
    pub population: Option<i64>,
    /// Services listed.
    pub n_services: i64,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<AreaListPage> {
        let line = |name: &str, population, n_services| Line {
            href: "/areas/9901".to_owned(),
            name: name.to_owned(),
            n_municipalities: 5,
            population,
            n_services,
        };
        let full = AreaListPage {
            frame: Frame::sample(Some(crate::page::Nav::Area)),
            groups: vec![Group {
                name: "架空県".to_owned(),
                areas: vec![
                    line("汐見圏域", Some(220_431), 1_204),
                    line("遠野瀬圏域", None, 0),
                ],
            }],
        };
        vec![
            AreaListPage {
                groups: vec![],
                ..full.clone()
            },
            full,
        ]
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }
}
