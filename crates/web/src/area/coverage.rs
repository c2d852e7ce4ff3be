//! `GET /areas/{code}/coverage`: which towns have no site, one, or more within 16 km, and what if one closed.

use askama::Template;

use crate::figure::Figure;
use crate::page::{Frame, Link};
use crate::service::list::{Choice, Unlisted};
use crate::wording;

/// Coverage of an area for one capability or category.
#[derive(Debug, Clone, Template)]
#[template(path = "area/coverage.html")]
pub struct CoveragePage {
    /// Around the page.
    pub frame: Frame,
    /// 4 digits.
    pub code: String,
    /// Name of the area.
    pub name: String,
    /// The area's page.
    pub area_href: String,
    /// What is reached: plain words.
    pub what: String,
    /// Code of what is reached.
    pub capability: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// Sites that could close.
    pub sites: Vec<Choice>,
    /// Id of the site that is taken as closed; empty for none.
    pub closed: String,
    /// Name of that site.
    pub closed_name: Option<String>,
    /// No source covers it.
    pub unlisted: Option<Unlisted>,
    /// The counts; none where unlisted or without a town list.
    pub result: Option<Coverage>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Towns with no site, one, more; in all.
    pub towns: Shares,
    /// The same without the closed site.
    pub if_closed: Option<Shares>,
    /// Sites counted, and how many of them lie outside the area.
    pub n_sites: i64,
    /// Sites outside the area within reach.
    pub n_sites_outside: i64,
    /// Sites whose place is not known: not counted.
    pub n_sites_unplaced: i64,
    /// Towns as dots.
    pub map: Figure,
    /// Shares by municipality.
    pub bars: Figure,
    /// Towns that have none (after the closing, if one is taken as closed), by municipality.
    pub gaps: Vec<(String, Vec<String>)>,
}

/// Towns by how many sites are within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// No site.
    pub none: i64,
    /// One.
    pub one: i64,
    /// Two or more.
    pub more: i64,
}

impl Shares {
    fn all(self) -> i64 {
        self.none + self.one + self.more
    }

    fn share(self, part: &i64) -> String {
        wording::share(part, self.all())
            .map_or_else(|| wording::UNKNOWN.to_owned(), |share| share + "%")
    }
}

impl CoveragePage {
    fn list(&self) -> Link {
        Link::new(
            crate::service::asked::Asked::capability(&self.capability).href(),
            format!("{}の一覧", self.what),
        )
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    pub(crate) fn samples() -> Vec<CoveragePage> {
        use crate::area::figures::{Subject, reach, resource::tests::region_samples};
        let subject = Subject {
            code: "9901",
            name: "汐見圏域",
        };
        let towns: Vec<reach::Town> = (0..40)
            .map(|k| reach::Town {
                name: format!("汐見市第{k}町"),
                at: (
                    133.05 + 0.024 * f64::from(k),
                    35.05 + 0.02 * f64::from(k % 10),
                ),
                n_sites: i64::from(k % 4),
            })
            .collect();
        let full = CoveragePage {
            frame: Frame::sample(Some(crate::page::Nav::Area)),
            code: "9901".to_owned(),
            name: "汐見圏域".to_owned(),
            area_href: "/areas/9901".to_owned(),
            what: "24時間の訪問診療".to_owned(),
            capability: "home_care_24h".to_owned(),
            choices: vec![Choice {
                code: "home_care_24h".to_owned(),
                text: "24時間の訪問診療".to_owned(),
                unlisted: false,
            }],
            sites: vec![Choice {
                code: "12".to_owned(),
                text: "みなと内科医院".to_owned(),
                unlisted: false,
            }],
            closed: "12".to_owned(),
            closed_name: Some("みなと内科医院".to_owned()),
            unlisted: None,
            result: Some(Coverage {
                towns: Shares {
                    none: 31,
                    one: 88,
                    more: 402,
                },
                if_closed: Some(Shares {
                    none: 44,
                    one: 90,
                    more: 387,
                }),
                n_sites: 43,
                n_sites_outside: 11,
                n_sites_unplaced: 2,
                map: reach::map(
                    subject,
                    "24時間の訪問診療",
                    &region_samples(),
                    &towns,
                    "位置参照情報",
                    None,
                ),
                bars: reach::bars(
                    subject,
                    "24時間の訪問診療",
                    &[
                        ("汐見市".to_owned(), [3, 8, 120]),
                        ("遠野瀬村".to_owned(), [9, 4, 0]),
                    ],
                    "位置参照情報",
                ),
                gaps: vec![(
                    "遠野瀬村".to_owned(),
                    vec!["大字奥山".to_owned(), "大字北原".to_owned()],
                )],
            }),
        };
        let unlisted = CoveragePage {
            result: None,
            unlisted: Some(Unlisted {
                name: "訪問看護".to_owned(),
                how: "一覧を読み込んでください。".to_owned(),
            }),
            ..full.clone()
        };
        let nothing = CoveragePage {
            unlisted: None,
            ..unlisted.clone()
        };
        vec![full, unlisted, nothing]
    }

    #[test]
    fn every_sample_is_a_sound_page() {
        for page in samples() {
            assert_sound(&page.render().unwrap());
        }
    }

    #[test]
    fn a_closing_is_shown_beside_what_holds_now() {
        let html = samples()[0].render().unwrap();
        assert!(html.contains(r#"<td class="number">31</td><td class="number">6.0%</td><td class="number">44</td><td class="number">8.4%</td><td class="number">+13</td>"#));
    }
}
