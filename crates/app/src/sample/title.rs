//! What invented places are called.

use std::collections::HashSet;

use super::dice::Dice;
use super::mix::{HOSPITAL, Kind, Owner, SUPPORT_CENTER};
use super::name::{Name, Part, hiragana};
use super::owner::Organization;
use super::region::Region;

const ONLY_CENTER: [Part; 1] = [("{m}地域包括支援センター", "{m}チイキホウカツシエンセンター")];
const CENTERS: [Part; 5] = [
    (
        "{m}中央地域包括支援センター",
        "{m}チュウオウチイキホウカツシエンセンター",
    ),
    (
        "{m}東部地域包括支援センター",
        "{m}トウブチイキホウカツシエンセンター",
    ),
    (
        "{m}西部地域包括支援センター",
        "{m}セイブチイキホウカツシエンセンター",
    ),
    (
        "{m}南部地域包括支援センター",
        "{m}ナンブチイキホウカツシエンセンター",
    ),
    (
        "{m}北部地域包括支援センター",
        "{m}ホクブチイキホウカツシエンセンター",
    ),
];

/// What the names of a place are made of.
pub struct Words<'a> {
    stem: &'a Name,
    owner: &'a Name,
    town: &'a Name,
    municipality: &'a Name,
    city: &'a Name,
    prefecture: &'a Name,
    is_large: bool,
}

impl<'a> Words<'a> {
    /// Those of a place in the town; without an operator its own stem stands in.
    pub fn new(
        region: &'a Region,
        town: usize,
        stem: &'a Name,
        owner: Option<&'a Organization>,
    ) -> Self {
        let town = &region.towns[town];
        Self {
            stem,
            owner: owner.map_or(stem, |owner| &owner.stem),
            town: &town.name,
            municipality: &region.municipalities[town.municipality].name,
            city: &region.municipalities[0].stem,
            prefecture: &region.prefecture_name,
            is_large: town.municipality < 2,
        }
    }

    /// A name for the `nth` site of `kind` that none of `taken` is.
    pub fn title(
        &self,
        dice: &mut Dice,
        kind: &Kind,
        owner: Owner,
        nth: usize,
        taken: &mut HashSet<String>,
    ) -> Name {
        let is_public = matches!(owner, Owner::Prefecture | Owner::Municipality);
        let patterns = match (kind.what, nth) {
            (HOSPITAL, 0) => &[("{p}立{c}医療センター", "{p}リツ{c}イリョウセンター")][..],
            // The only center of a small municipality bears no district's name.
            (SUPPORT_CENTER, _) if !self.is_large => &ONLY_CENTER,
            (SUPPORT_CENTER, _) => &CENTERS[nth % CENTERS.len()..][..1],
            _ if is_public && !kind.public_names.is_empty() => kind.public_names,
            _ => kind.names,
        };
        let drawn = (0..4).map(|_| self.fill(*dice.pick(patterns)));
        let fallback = self.fill(kind.names[kind.names.len() - 1]);
        let name = drawn
            .chain([fallback])
            .find(|name| !taken.contains(&name.text));
        let name = name.unwrap_or_else(|| {
            self.stem
                .after(("", ""))
                .then(("ケアセンター", "ケアセンター"))
        });
        taken.insert(name.text.clone());
        name
    }

    /// The name of a service beside another one, after the host's stem.
    pub fn of_guest(&self, dice: &mut Dice, kind: &Kind) -> Name {
        self.fill(*dice.pick(kind.names))
    }

    fn fill(&self, (text, kana): Part) -> Name {
        let mut name = Name::new(text, kana);
        let words = [
            ("{s}", &self.stem.text, &self.stem.kana),
            ("{h}", &hiragana(&self.stem.kana), &self.stem.kana),
            ("{oh}", &hiragana(&self.owner.kana), &self.owner.kana),
            ("{o}", &self.owner.text, &self.owner.kana),
            ("{t}", &self.town.text, &self.town.kana),
            ("{m}", &self.municipality.text, &self.municipality.kana),
            ("{c}", &self.city.text, &self.city.kana),
            ("{p}", &self.prefecture.text, &self.prefecture.kana),
        ];
        for (place, text, kana) in words {
            name.text = name.text.replace(place, text);
            name.kana = name.kana.replace(place, kana);
        }
        name
    }
}

/// Whether the name tells a practice that treats one part of the body only.
pub fn is_special(name: &str) -> bool {
    [
        "眼科",
        "耳鼻咽喉科",
        "皮膚科",
        "産婦人科",
        "整形外科",
        "小児科医院",
        "こども",
        "泌尿器科",
        "メンタル",
    ]
    .iter()
    .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::mix::kinds;

    #[test]
    fn no_pattern_leaves_a_gap() {
        let region = Region::draw(1, 0);
        let stem = Name::new("汐鳴", "シオナリ");
        let words = Words::new(&region, 0, &stem, None);
        for kind in kinds() {
            for pattern in kind.names.iter().chain(kind.public_names) {
                let name = words.fill(*pattern);
                assert!(
                    !name.text.contains(['{', '}']) && !name.kana.contains(['{', '}']),
                    "{name:?}"
                );
            }
        }
        assert_eq!(
            words.fill(("{h}薬局", "{s}ヤッキョク")),
            Name::new("しおなり薬局", "シオナリヤッキョク")
        );
    }

    #[test]
    fn a_reading_is_all_katakana() {
        for pattern in kinds().flat_map(|kind| kind.names.iter().chain(kind.public_names)) {
            let plain = pattern.1.replace(|c: char| c.is_ascii(), "");
            assert!(
                plain.chars().all(|c| matches!(c, 'ァ'..='ヶ' | 'ー')),
                "{plain}"
            );
        }
    }

    #[test]
    fn a_small_municipality_has_one_center_without_a_town() {
        let region = Region::draw(1, 0);
        let hills = region
            .towns
            .iter()
            .position(|town| town.municipality == 4)
            .unwrap();
        let stem = Name::new("汐鳴", "シオナリ");
        let kind = kinds().find(|kind| kind.what == SUPPORT_CENTER).unwrap();
        let words = Words::new(&region, hills, &stem, None);
        let name = words.title(
            &mut Dice::new(1, "t", 0),
            kind,
            Owner::Municipality,
            4,
            &mut HashSet::new(),
        );
        assert_eq!(
            name.text,
            format!("{}地域包括支援センター", region.municipalities[4].name.text)
        );
    }
}
