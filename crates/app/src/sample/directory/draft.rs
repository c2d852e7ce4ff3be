//! Fills the directory kind by kind: where a service stands, who runs it, what it is called and can do.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use keniki_base::geo::Point;

use super::{Directory, Service, Site};
use crate::definition::Definitions;
use crate::definition::vocabulary::Category;
use crate::sample::dice::Dice;
use crate::sample::land::holds;
use crate::sample::mix::{CLINIC, HOSPITAL, Kind, Owner, Place, What};
use crate::sample::name::{self, Name};
use crate::sample::number::{Numbers, code_letter};
use crate::sample::owner::Owners;
use crate::sample::region::{Region, moved};
use crate::sample::skill::{self, Candidate, Survey};
use crate::sample::standing::{self, Standing};
use crate::sample::title::{self, Words};
use crate::sample::{contact, hours};

/// The clinics that have beds.
const BEDDED_CLINICS: usize = 12;
/// Beds of the prefecture's own hospital.
const LARGEST_HOSPITAL: i64 = 420;

/// A directory in the making.
pub(super) struct Draft<'a> {
    region: &'a Region,
    people: Vec<f64>,
    today: NaiveDate,
    dice: Dice,
    stems: Box<dyn Iterator<Item = Name>>,
    numbers: Numbers,
    owners: Owners,
    names: HashSet<String>,
    by_kind: HashMap<What, Vec<usize>>,
    sites: Vec<Site>,
}

impl<'a> Draft<'a> {
    /// An empty one.
    pub fn new(
        seed: u64,
        index: u32,
        region: &'a Region,
        people: &[f64],
        today: NaiveDate,
    ) -> Self {
        let mut dice = Dice::new(seed, "directory", index.into());
        let taken: Vec<Name> = region
            .municipalities
            .iter()
            .map(|one| one.stem.clone())
            .collect();
        Self {
            region,
            people: region.town_weights(people),
            today,
            stems: Box::new(name::stems(&mut dice, &taken)),
            numbers: Numbers::new(region, index),
            owners: Owners::default(),
            names: HashSet::new(),
            by_kind: HashMap::new(),
            sites: Vec::new(),
            dice,
        }
    }

    /// What was drawn.
    pub fn done(self) -> Directory {
        Directory {
            organizations: self.owners.into_all(),
            sites: self.sites,
        }
    }

    /// Adds all services of a kind.
    pub fn add(&mut self, kind: &Kind, category: &Category, survey: &Survey<'_>) {
        let crowds: Vec<f64> = self
            .people
            .iter()
            .map(|people| people.powf(kind.crowd))
            .collect();
        for nth in 0..kind.count {
            let site = self.site(kind, nth, &crowds);
            self.service(site, nth, kind, category, survey);
        }
    }

    /// The site where the next service of `kind` stands: a known one, or a new one.
    fn site(&mut self, kind: &Kind, nth: usize, crowds: &[f64]) -> usize {
        match kind.place {
            Place::Own => {
                let is_first_hospital = (kind.what, nth) == (HOSPITAL, 0);
                let town = if is_first_hospital {
                    self.town_of_municipality(0, crowds)
                } else {
                    self.dice.weighted(crowds)
                };
                self.new_site(kind, nth, town, None)
            }
            Place::EveryMunicipality => {
                let town = self.town_of_municipality(nth, crowds);
                self.new_site(kind, nth, town, None)
            }
            Place::Near(host, share) => {
                let hosts = self.by_kind.get(&host).filter(|_| self.dice.chance(share));
                let host = hosts.map(|hosts| *self.dice.pick(hosts));
                match host.map(|host| (self.sites[host].town, self.sites[host].point)) {
                    Some((town, point)) => self.new_site(kind, nth, town, point),
                    None => {
                        let town = self.dice.weighted(crowds);
                        self.new_site(kind, nth, town, None)
                    }
                }
            }
            Place::With(hosts) => match self.host(kind, hosts) {
                Some(site) => site,
                None => {
                    let town = self.dice.weighted(crowds);
                    self.new_site(kind, nth, town, None)
                }
            },
        }
    }

    /// A site of one of the host kinds that does not have the guest's kind yet.
    fn host(&mut self, guest: &Kind, hosts: &[(What, f64)]) -> Option<usize> {
        let mut shares: Vec<f64> = hosts.iter().map(|(_, share)| *share).collect();
        shares.push((1.0 - shares.iter().sum::<f64>()).max(0.0));
        let (host, _) = hosts.get(self.dice.weighted(&shares))?;
        let has_guest = |site: &&usize| {
            self.sites[**site]
                .services
                .iter()
                .any(|service| service.what == guest.what)
        };
        let free: Vec<usize> = self
            .by_kind
            .get(host)?
            .iter()
            .filter(|site| !has_guest(site))
            .copied()
            .collect();
        (!free.is_empty()).then(|| *self.dice.pick(&free))
    }

    /// The first five of a kind go to the municipalities in turn, the others to the two cities.
    fn town_of_municipality(&mut self, nth: usize, crowds: &[f64]) -> usize {
        let n = self.region.municipalities.len();
        let municipality = if nth < n {
            nth
        } else {
            [1, 0, 0, 0, 0][nth % n]
        };
        let weights: Vec<f64> = self
            .region
            .towns
            .iter()
            .zip(crowds)
            .map(|(town, crowd)| {
                if town.municipality == municipality {
                    *crowd
                } else {
                    0.0
                }
            })
            .collect();
        self.dice.weighted(&weights)
    }

    fn new_site(&mut self, kind: &Kind, nth: usize, town: usize, beside: Option<Point>) -> usize {
        let municipality = self.region.towns[town].municipality;
        let fresh = self.stems.next().expect("more stems than sites");
        let (owner, organization) = match (kind.what, nth) {
            (HOSPITAL, 0) => (Owner::Prefecture, Some(self.owners.prefecture(self.region))),
            _ => self
                .owners
                .of_site(&mut self.dice, kind, self.region, municipality, &fresh),
        };
        let words = Words::new(
            self.region,
            town,
            &fresh,
            organization.map(|number| self.owners.get(number)),
        );
        let name = words.title(&mut self.dice, kind, owner, nth, &mut self.names);
        let (point, precision) = self.point(town, beside);
        let has_fax = self.dice.chance(0.85);
        let site = Site {
            organization,
            name,
            stem: fresh,
            municipality,
            town,
            lot: self.lot(),
            postal_code: format!("000-{:04}", municipality * 1_000 + town),
            point,
            precision,
            phone: self.numbers.phone(municipality),
            fax: has_fax.then(|| self.numbers.phone(municipality)),
            url: None,
            codes: Vec::new(),
            standing: Standing::working(&mut self.dice, self.today),
            services: Vec::new(),
        };
        self.sites.push(site);
        self.sites.len() - 1
    }

    fn lot(&mut self) -> String {
        let (lot, branch) = (self.dice.whole(1, 1_480), self.dice.whole(1, 24));
        match self.dice.weighted(&[0.45, 0.35, 0.20]) {
            0 => format!("{lot}番地{branch}"),
            1 => format!("{lot}-{branch}"),
            _ => format!("{lot}番地"),
        }
    }

    /// A place in the town, or a few steps from `beside`; now and then only the town is known, or nothing.
    fn point(&mut self, town: usize, beside: Option<Point>) -> (Option<Point>, &'static str) {
        let home = &self.region.towns[town];
        let ring = &self.region.municipalities[home.municipality].ring;
        match self.dice.weighted(&[0.93, 0.05, 0.02]) {
            0 => {
                let (from, steps_km) = beside.map_or((home.point, 0.18), |point| (point, 0.05));
                let tries: Vec<Point> = (0..8)
                    .map(|_| {
                        moved(
                            from,
                            self.dice.bell() * steps_km,
                            self.dice.bell() * steps_km,
                        )
                    })
                    .collect();
                let found = tries.into_iter().find(|point| holds(ring, *point));
                (Some(found.unwrap_or(home.point)), "exact")
            }
            1 => (Some(home.point), "town"),
            _ => (None, "none"),
        }
    }

    fn service(
        &mut self,
        site: usize,
        nth: usize,
        kind: &Kind,
        category: &Category,
        survey: &Survey<'_>,
    ) {
        let is_guest = !self.sites[site].services.is_empty();
        let name = is_guest.then(|| {
            let host = &self.sites[site];
            let owner = host.organization.map(|number| self.owners.get(number));
            Words::new(self.region, host.town, &host.stem, owner).of_guest(&mut self.dice, kind)
        });
        self.give_code(site, kind);
        let standing = if matches!(kind.place, Place::EveryMunicipality) || kind.what == HOSPITAL {
            self.sites[site].standing.clone()
        } else {
            standing::draw(&mut self.dice, self.today)
        };
        if !is_guest {
            self.sites[site].standing = standing.clone();
            self.sites[site].url = self.url(site, kind);
        }
        let goes_out = category.is_home_visit || category.is_consultation;
        let service = Service {
            what: kind.what,
            category: category.code.clone(),
            name,
            capacity: self.capacity(kind, nth),
            eligibility: kind.eligibility,
            area_served: goes_out.then(|| self.area_served(site)),
            hours: hours::draw(&mut self.dice, kind.opening),
            hours_note: hours::note(&mut self.dice, kind.opening),
            skills: survey.answers(&mut self.dice),
            standing,
            contacts: Vec::new(),
        };
        self.sites[site].services.push(service);
        self.by_kind.entry(kind.what).or_default().push(site);
    }

    /// Beside a hospital or facility, rehabilitation and short stays go under its code (みなし指定).
    fn give_code(&mut self, site: usize, kind: &Kind) {
        let is_deemed = matches!(kind.what, What::Care("140" | "160" | "220"))
            && !self.sites[site].codes.is_empty();
        if let Some(letter) = code_letter(kind.what).filter(|_| !is_deemed) {
            let code = self.numbers.code(letter, self.sites[site].municipality);
            self.sites[site].codes.push(code);
        }
    }

    fn url(&mut self, site: usize, kind: &Kind) -> Option<String> {
        let share = if kind.what == HOSPITAL { 1.0 } else { 0.3 };
        let code = self.sites[site]
            .codes
            .first()
            .filter(|_| self.dice.chance(share))?;
        Some(format!("https://keniki.example/{code}/"))
    }

    fn capacity(&mut self, kind: &Kind, nth: usize) -> Option<i64> {
        match (kind.what, kind.capacity) {
            (HOSPITAL, _) if nth == 0 => Some(LARGEST_HOSPITAL),
            (CLINIC, _) => {
                (nth < BEDDED_CLINICS).then(|| *self.dice.pick(&[19, 19, 19, 15, 12, 10, 6]))
            }
            (_, Some((from, to, step))) => {
                Some(from + step * self.dice.whole(0, (to - from) / step))
            }
            (_, None) => None,
        }
    }

    /// The own municipality, most often with neighbours.
    fn area_served(&mut self, site: usize) -> String {
        let home = self.sites[site].municipality;
        let names: Vec<&str> = self
            .region
            .municipalities
            .iter()
            .enumerate()
            .filter(|(at, _)| *at == home || self.dice.chance(0.3))
            .map(|(_, municipality)| municipality.name.text.as_str())
            .collect();
        names.join("、")
    }

    /// Deals the filings out and writes them as capabilities.
    pub fn file(&mut self, definitions: &Definitions) {
        let mut candidates = Vec::new();
        let mut places = Vec::new();
        for (at, site) in self.sites.iter().enumerate() {
            let main = &site.services[0];
            if matches!(main.what, What::Institution(_)) {
                candidates.push(Candidate {
                    what: main.what,
                    people: self.people[site.town],
                    n_beds: main.capacity.unwrap_or(0),
                    is_general: !title::is_special(&site.name.text),
                });
                places.push(at);
            }
        }
        let dealt = skill::filings(&mut self.dice, &candidates);
        for (at, mut symbols) in places.into_iter().zip(dealt) {
            let service = &mut self.sites[at].services[0];
            if service.what == CLINIC && service.capacity.is_some() {
                symbols.push("診入院");
            }
            for symbol in symbols {
                for skill in skill::filed_skills(&mut self.dice, definitions, symbol, self.today) {
                    if !service.skills.iter().any(|known| known.code == skill.code) {
                        service.skills.push(skill);
                    }
                }
            }
        }
        let mut hospitals = self.by_kind[&HOSPITAL].clone();
        hospitals.sort_by_key(|site| std::cmp::Reverse(self.sites[*site].services[0].capacity));
        for (mark, count) in skill::BED_REPORT_MARKS {
            for site in hospitals.iter().take(count) {
                self.sites[*site].services[0]
                    .skills
                    .extend(skill::marked_skill(definitions, mark));
            }
        }
    }

    /// Gives every service its windows, now that it is known what it can do.
    pub fn introduce(&mut self) {
        for site in &mut self.sites {
            for service in &mut site.services {
                let number = || self.numbers.phone(site.municipality);
                let is_home_care = service.skills.iter().any(|skill| {
                    skill
                        .filing
                        .as_deref()
                        .is_some_and(|f| f.starts_with("支援"))
                });
                service.contacts = contact::draw(
                    &mut self.dice,
                    service.what,
                    is_home_care,
                    &site.phone,
                    number,
                    self.today,
                );
            }
        }
    }
}
