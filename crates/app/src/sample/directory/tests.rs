//! An area is filled as promised, deterministically, and every place lies where it says.

use std::collections::HashSet;

use super::*;
use crate::sample::dice::Dice;
use crate::sample::land::holds;
use crate::sample::mix::{
    CARE_MANAGEMENT, CLINIC, DENTAL, HOSPITAL, PHARMACY, SUPPORT_CENTER, VISITING_NURSING,
};
use crate::sample::people;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn filled(seed: u64, index: u32) -> (Region, Directory) {
    let definitions = Definitions::load(None).expect("the built-in definitions");
    let catalog = Catalog::new(&definitions).expect("every kind is defined");
    let region = Region::draw(seed, index);
    let people = people::count(&mut Dice::new(seed, "people", index.into())).map(|one| one.total());
    let directory = draw(seed, index, &region, &people, &catalog, today());
    (region, directory)
}

fn services(directory: &Directory) -> impl Iterator<Item = &Service> {
    directory.sites.iter().flat_map(|site| &site.services)
}

#[test]
fn an_area_has_the_services_the_issue_promises() {
    let (_, directory) = filled(1, 0);
    let count = |what| {
        services(&directory)
            .filter(|service| service.what == what)
            .count()
    };
    assert_eq!([CLINIC, DENTAL, PHARMACY].map(count), [200, 100, 120]);
    assert_eq!(
        [VISITING_NURSING, CARE_MANAGEMENT, SUPPORT_CENTER].map(count),
        [45, 90, 10]
    );
    let beds = services(&directory)
        .filter(|one| [HOSPITAL, CLINIC].contains(&one.what) && one.capacity.is_some());
    assert_eq!(beds.count(), 30);
    let home_care = |service: &&Service| {
        service.what == CLINIC
            && service
                .skills
                .iter()
                .any(|skill| skill.code == "home_care_24h")
    };
    assert_eq!(services(&directory).filter(home_care).count(), 43);
}

#[test]
fn the_same_seed_and_day_make_the_same_directory_and_another_seed_another() {
    let (_, first) = filled(4, 2);
    assert_eq!(first, filled(4, 2).1);
    assert_ne!(first.sites[0].name, filled(5, 2).1.sites[0].name);
}

#[test]
fn every_place_lies_in_its_municipality() {
    for seed in 0..8 {
        let (region, directory) = filled(seed, 1);
        for site in &directory.sites {
            assert_eq!(region.towns[site.town].municipality, site.municipality);
            assert_eq!(site.point.is_none(), site.precision == "none");
            if let Some(point) = site.point {
                assert!(
                    holds(&region.municipalities[site.municipality].ring, point),
                    "{:?}",
                    site.name
                );
            }
        }
    }
}

#[test]
fn no_two_sites_of_an_area_share_a_name_a_code_or_a_telephone() {
    for seed in 0..8 {
        let (_, directory) = filled(seed, 0);
        let mut seen = HashSet::new();
        for site in &directory.sites {
            assert!(seen.insert(site.name.text.clone()), "{}", site.name.text);
            assert!(seen.insert(site.phone.clone()));
            assert!(site.codes.iter().all(|code| seen.insert(code.to_string())));
        }
    }
}

#[test]
fn most_points_are_exact_some_towns_only_some_unknown() {
    let (_, directory) = filled(1, 0);
    let share = |precision| {
        directory
            .sites
            .iter()
            .filter(|site| site.precision == precision)
            .count() as f64
            / directory.sites.len() as f64
    };
    assert!(share("exact") > 0.88 && share("town") > 0.01 && share("none") > 0.002);
}

#[test]
fn a_site_can_hold_several_services_but_none_twice() {
    let (_, directory) = filled(1, 0);
    assert!(
        directory
            .sites
            .iter()
            .filter(|site| site.services.len() > 1)
            .count()
            > 40
    );
    for site in &directory.sites {
        let kinds: HashSet<_> = site.services.iter().map(|service| service.what).collect();
        assert_eq!(kinds.len(), site.services.len());
        assert!(
            site.services[0].name.is_none()
                && site.services[1..].iter().all(|one| one.name.is_some())
        );
        for service in &site.services {
            let codes: HashSet<_> = service.skills.iter().map(|skill| &skill.code).collect();
            assert_eq!(codes.len(), service.skills.len(), "{}", site.name.text);
        }
    }
}

#[test]
fn home_care_round_the_clock_leaves_towns_in_the_hills_uncovered() {
    let mut open = 0;
    for seed in 0..10 {
        let (region, directory) = filled(seed, 0);
        let points: Vec<Point> = directory
            .sites
            .iter()
            .filter(|site| {
                site.services[0]
                    .skills
                    .iter()
                    .any(|skill| skill.code == "home_care_24h")
            })
            .filter_map(|site| site.point)
            .collect();
        let far = |town: &&crate::sample::region::Town| {
            points
                .iter()
                .all(|point| keniki_base::geo::km(*point, town.point) > 16.0)
        };
        let n = region.towns.iter().filter(far).count();
        assert!(n < region.towns.len() / 4, "seed {seed}: {n}");
        open += usize::from(n > 0);
    }
    assert!(open >= 5, "only {open} of 10 areas have a gap");
}
