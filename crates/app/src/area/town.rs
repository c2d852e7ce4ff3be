//! The point of the town (町字) an address lies in, for places whose list gives no coordinates.

use std::collections::HashMap;

use keniki_base::code::MunicipalityCode;
use keniki_base::geo::Point;
use keniki_base::text::{AddressKey, address_key, fold};
use sea_orm::{ConnectionTrait, DbErr};

use super::queries;

/// How towns and addresses are compared: the folded name without 大字 and 字, then the 丁目 in digits
/// (「旗け崎3」 for 旗ヶ崎三丁目).
pub fn town_key(name: &str) -> String {
    let key = address_key(name);
    let mut text = place(&key);
    if let Some(chome) = key.numbers.first() {
        text.push_str(&chome.to_string());
    }
    text
}

/// Finds the town of an address. Built once, then without the database.
#[derive(Debug, Clone, Default)]
pub struct Finder {
    municipalities: HashMap<MunicipalityCode, Towns>,
}

#[derive(Debug, Clone, Default)]
struct Towns {
    /// What an address may begin with, folded: 「札幌市中央区」, then 「中央区」.
    prefixes: Vec<String>,
    by_key: HashMap<String, (Point, String)>,
}

/// A town as the finder is told of it.
#[derive(Debug, Clone)]
pub struct Town {
    /// Where it lies.
    pub municipality: MunicipalityCode,
    /// 「旗ヶ崎三丁目」.
    pub name: String,
    /// Its [`town_key`].
    pub key: String,
    /// The point that stands for it.
    pub point: Point,
}

impl Finder {
    /// Reads every town and the names of their municipalities from the database.
    ///
    /// # Errors
    /// The database's own, and a code in it that is none.
    pub async fn load<C: ConnectionTrait>(db: &C) -> Result<Self, DbErr> {
        let wrong = |error: keniki_base::code::WrongCode| DbErr::Custom(error.to_string());
        let names = queries::names(db, "municipality")
            .await?
            .into_iter()
            .map(|row| Ok((MunicipalityCode::parse(&row.code).map_err(wrong)?, row.name)))
            .collect::<Result<Vec<_>, DbErr>>()?;
        let towns = queries::towns(db)
            .await?
            .into_iter()
            .map(|row| {
                Ok(Town {
                    municipality: MunicipalityCode::parse(&row.municipality_code).map_err(wrong)?,
                    name: format!("{}{}", row.name, row.small_name),
                    key: row.town_key,
                    point: Point {
                        lat: row.lat,
                        lng: row.lng,
                    },
                })
            })
            .collect::<Result<Vec<_>, DbErr>>()?;
        Ok(Self::new(names, towns))
    }

    /// Built from the names of municipalities and their towns.
    pub fn new(
        names: impl IntoIterator<Item = (MunicipalityCode, String)>,
        towns: impl IntoIterator<Item = Town>,
    ) -> Self {
        let mut finder = Self::default();
        for town in towns {
            let known = finder.municipalities.entry(town.municipality).or_default();
            known
                .by_key
                .entry(town.key)
                .or_insert((town.point, town.name));
        }
        for (code, name) in names {
            if let Some(towns) = finder.municipalities.get_mut(&code) {
                towns.prefixes = prefixes(&name);
            }
        }
        for towns in finder.municipalities.values_mut() {
            towns.add_middles_of_chome();
        }
        finder
    }

    /// The point and name of the town of `address` within its municipality: the longest name it begins
    /// with, 「東福原３－８－１」 as 東福原三丁目. `None` where the list knows no such town.
    pub fn find(&self, municipality: MunicipalityCode, address: &str) -> Option<(Point, &str)> {
        let towns = self.municipalities.get(&municipality)?;
        let key = address_key(address);
        let place = place(&key);
        let rest = towns.after_municipality(&place);
        let chome = key.numbers.first().map(|chome| format!("{rest}{chome}"));
        chome
            .and_then(|key| towns.by_key.get(&key))
            .or_else(|| longest_prefix(&towns.by_key, rest))
            .map(|(point, name)| (*point, name.as_str()))
    }
}

impl Towns {
    /// Where 東福原 has 一丁目 to 八丁目 and no entry of its own, their middle stands for it.
    fn add_middles_of_chome(&mut self) {
        let mut chome: HashMap<String, Vec<(Point, String)>> = HashMap::new();
        for (key, (point, name)) in &self.by_key {
            let base = key.trim_end_matches(|c: char| c.is_ascii_digit());
            if base.len() < key.len() && !base.is_empty() && !self.by_key.contains_key(base) {
                chome
                    .entry(base.to_owned())
                    .or_default()
                    .push((*point, name.clone()));
            }
        }
        for (base, mut found) in chome {
            // In the order of their names, so that the sum is the same bit for bit.
            found.sort_by(|a, b| a.1.cmp(&b.1));
            let n = found.len() as f64;
            let point = Point {
                lat: found.iter().map(|(point, _)| point.lat).sum::<f64>() / n,
                lng: found.iter().map(|(point, _)| point.lng).sum::<f64>() / n,
            };
            let name = without_chome(&found[0].1).to_owned();
            self.by_key.insert(base, (point, name));
        }
    }

    fn after_municipality<'a>(&self, place: &'a str) -> &'a str {
        self.prefixes
            .iter()
            .find_map(|prefix| {
                let at = place.find(prefix.as_str())?;
                (place[..at].chars().count() <= 10).then_some(&place[at + prefix.len()..])
            })
            .unwrap_or(place)
    }
}

fn place(key: &AddressKey) -> String {
    format!(
        "{}{}",
        key.municipality.as_deref().unwrap_or_default(),
        key.town
    )
}

fn prefixes(name: &str) -> Vec<String> {
    let ward = name.find('市').map(|at| &name[at + '市'.len_utf8()..]);
    [Some(name), ward.filter(|ward| ward.ends_with('区'))]
        .into_iter()
        .flatten()
        .map(fold)
        .collect()
}

fn without_chome(name: &str) -> &str {
    let name = name.strip_suffix("丁目").unwrap_or(name);
    name.trim_end_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
}

fn longest_prefix<'a, T>(by_key: &'a HashMap<String, T>, text: &str) -> Option<&'a T> {
    let ends: Vec<usize> = text
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    ends.iter().rev().find_map(|&end| by_key.get(&text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder() -> Finder {
        let yonago = MunicipalityCode::parse("31202").unwrap();
        let town = |name: &str, lat: f64| Town {
            municipality: yonago,
            name: name.to_owned(),
            key: town_key(name),
            point: Point { lat, lng: 133.3 },
        };
        Finder::new(
            [(yonago, "米子市".to_owned())],
            [
                town("東福原一丁目", 35.41),
                town("東福原三丁目", 35.43),
                town("旗ヶ崎", 35.5),
                town("旗ヶ崎三丁目", 35.53),
                town("四日市町", 35.6),
                town("淀江町西原", 35.7),
                town("淀江町西尾原", 35.71),
            ],
        )
    }

    fn find(address: &str) -> Option<String> {
        let yonago = MunicipalityCode::parse("31202").unwrap();
        finder()
            .find(yonago, address)
            .map(|(_, name)| name.to_owned())
    }

    #[test]
    fn chome_is_read_in_kanji_digits_and_before_a_dash() {
        for address in [
            "米子市東福原三丁目８番１号",
            "鳥取県米子市東福原３丁目８－１",
            "米子市東福原3-8-1",
        ] {
            assert_eq!(find(address).as_deref(), Some("東福原三丁目"), "{address}");
        }
    }

    #[test]
    fn a_house_number_is_no_chome_of_a_town_that_has_none_such() {
        assert_eq!(find("米子市旗ケ崎2245").as_deref(), Some("旗ヶ崎"));
        assert_eq!(find("米子市旗ヶ崎3-1").as_deref(), Some("旗ヶ崎三丁目"));
    }

    #[test]
    fn without_its_chome_a_town_is_the_middle_of_them() {
        let yonago = MunicipalityCode::parse("31202").unwrap();
        let finder = finder();
        let (point, name) = finder.find(yonago, "米子市東福原").unwrap();
        assert_eq!((name, point.lat), ("東福原", (35.41 + 35.43) / 2.0));
    }

    #[test]
    fn the_longest_town_is_taken_and_aza_is_passed_over() {
        assert_eq!(
            find("米子市淀江町西尾原５").as_deref(),
            Some("淀江町西尾原")
        );
        assert_eq!(
            find("米子市大字淀江町西原字中１").as_deref(),
            Some("淀江町西原")
        );
        assert_eq!(find("米子市四日市町８５").as_deref(), Some("四日市町"));
    }

    #[test]
    fn an_unknown_town_has_no_point() {
        assert_eq!(find("米子市不明町１"), None);
    }
}
