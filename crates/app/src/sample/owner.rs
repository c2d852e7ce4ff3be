//! Invented operators: legal persons that run one site or several.

use std::collections::HashMap;

use keniki_base::code::CorporateNumber;

use super::dice::Dice;
use super::mix::{DENTAL, Kind, Owner, PHARMACY};
use super::name::{Name, hiragana};
use super::region::{Municipality, Region};

/// One invented operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// With its legal form: 「医療法人汐鳴会」.
    pub name: String,
    /// The stem in it.
    pub stem: Name,
    /// 13 digits that the National Tax Agency has given nobody (登記所 9999 does not exist).
    pub corporate_number: Option<CorporateNumber>,
}

/// The operators of an area, and who may open another site.
#[derive(Debug, Default)]
pub struct Owners {
    all: Vec<Organization>,
    known: HashMap<Line, Vec<usize>>,
    public: HashMap<String, usize>,
}

/// Operators do not change their line: a chain of pharmacies opens pharmacies.
type Line = (Owner, Trade);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Trade {
    Dental,
    Pharmacy,
    Other,
}

impl Owners {
    /// Who runs the next site of `kind` in `municipality`: somebody known, or somebody new named after `stem`.
    /// `None`: a person, who is not listed.
    pub fn of_site(
        &mut self,
        dice: &mut Dice,
        kind: &Kind,
        region: &Region,
        at: usize,
        stem: &Name,
    ) -> (Owner, Option<usize>) {
        let weights: Vec<f64> = kind.owners.iter().map(|(_, weight)| *weight).collect();
        let owner = kind.owners[dice.weighted(&weights)].0;
        let municipality = &region.municipalities[at];
        let number = match owner {
            Owner::Person => None,
            Owner::Prefecture => Some(self.prefecture(region)),
            Owner::Municipality => {
                Some(self.public(municipality.name.text.clone(), &municipality.stem))
            }
            Owner::Council => Some(self.council(municipality)),
            Owner::Medical | Owner::Welfare | Owner::Company | Owner::Npo => {
                Some(self.private(dice, (owner, trade(kind)), region, stem))
            }
        };
        (owner, number)
    }

    /// The prefecture as an operator.
    pub fn prefecture(&mut self, region: &Region) -> usize {
        self.public(
            region.prefecture_name.text.clone(),
            &region.municipalities[0].stem,
        )
    }

    /// The operator of this number.
    pub fn get(&self, number: usize) -> &Organization {
        &self.all[number]
    }

    /// Every operator, in the order of the numbers.
    pub fn into_all(self) -> Vec<Organization> {
        self.all
    }

    fn council(&mut self, municipality: &Municipality) -> usize {
        self.public(
            format!("社会福祉法人{}社会福祉協議会", municipality.name.text),
            &municipality.stem,
        )
    }

    fn public(&mut self, name: String, stem: &Name) -> usize {
        if let Some(known) = self.public.get(&name) {
            return *known;
        }
        let number = self.add(name.clone(), stem.clone(), None);
        self.public.insert(name, number);
        number
    }

    fn private(&mut self, dice: &mut Dice, line: Line, region: &Region, stem: &Name) -> usize {
        let known = self.known.entry(line).or_default();
        if !known.is_empty() && dice.chance(again(line)) {
            return *dice.pick(known);
        }
        let name = name(dice, line, stem);
        let body = format!("9999{}{:04}", region.code, self.all.len() + 1);
        let number =
            (1..=9).find_map(|check| CorporateNumber::parse(&format!("{check}{body}")).ok());
        let number = self.add(name, stem.clone(), number);
        self.known.entry(line).or_default().push(number);
        number
    }

    fn add(
        &mut self,
        name: String,
        stem: Name,
        corporate_number: Option<CorporateNumber>,
    ) -> usize {
        self.all.push(Organization {
            name,
            stem,
            corporate_number,
        });
        self.all.len() - 1
    }
}

fn trade(kind: &Kind) -> Trade {
    match kind.what {
        what if what == PHARMACY => Trade::Pharmacy,
        what if what == DENTAL => Trade::Dental,
        _ => Trade::Other,
    }
}

/// How often a new site belongs to a known operator.
fn again((owner, trade): Line) -> f64 {
    match (owner, trade) {
        (_, Trade::Dental) => 0.05,
        (Owner::Company, Trade::Pharmacy) => 0.5,
        (Owner::Welfare, _) => 0.65,
        (Owner::Company, _) => 0.4,
        (Owner::Npo, _) => 0.3,
        _ => 0.2,
    }
}

fn name(dice: &mut Dice, (owner, trade): Line, stem: &Name) -> String {
    let (s, h) = (&stem.text, hiragana(&stem.kana));
    match (owner, trade) {
        (Owner::Medical, _) => match dice.weighted(&[0.5, 0.4, 0.1]) {
            0 => format!("医療法人{s}会"),
            1 => format!("医療法人社団{s}会"),
            _ => format!("医療法人財団{s}会"),
        },
        (Owner::Welfare, _) => match dice.weighted(&[0.5, 0.5]) {
            0 => format!("社会福祉法人{s}会"),
            _ => format!("社会福祉法人{s}福祉会"),
        },
        (Owner::Npo, _) => format!("特定非営利活動法人{h}の会"),
        (_, Trade::Pharmacy) => match dice.weighted(&[0.5, 0.5]) {
            0 => format!("有限会社{h}薬局"),
            _ => format!("株式会社{h}ファーマ"),
        },
        _ => match dice.weighted(&[0.4, 0.3, 0.2, 0.1]) {
            0 => format!("株式会社{s}ケアサービス"),
            1 => format!("株式会社{h}"),
            2 => format!("有限会社{s}介護センター"),
            _ => format!("合同会社{h}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::mix::kinds;

    #[test]
    fn operators_have_several_sites_and_numbers_with_their_check_digit() {
        let region = Region::draw(1, 0);
        let mut dice = Dice::new(1, "owners", 0);
        let mut owners = Owners::default();
        let mut stems = crate::sample::name::stems(&mut dice, &[]);
        let mut sites: HashMap<usize, usize> = HashMap::new();
        for kind in kinds().take(20) {
            for _ in 0..kind.count.min(40) {
                let stem = stems.next().unwrap();
                if let (_, Some(number)) = owners.of_site(&mut dice, kind, &region, 0, &stem) {
                    *sites.entry(number).or_default() += 1;
                }
            }
        }
        assert!(sites.values().filter(|n| **n > 1).count() > 15);
        let mut numbers = std::collections::HashSet::new();
        for one in owners.into_all() {
            let is_public = one.name == region.municipalities[0].name.text
                || one.name.contains("社会福祉協議会");
            match one.corporate_number {
                Some(number) => assert!(numbers.insert(number) && &number.as_str()[1..5] == "9999"),
                None => assert!(is_public, "{}", one.name),
            }
        }
    }
}
