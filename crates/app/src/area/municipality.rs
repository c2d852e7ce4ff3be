//! Which municipality an address lies in: always within its prefecture, since 南部町 is in 鳥取 and in 山梨.

use std::collections::HashMap;

use keniki_base::code::{MunicipalityCode, PrefectureCode};
use keniki_base::text::fold;
use sea_orm::{ConnectionTrait, DbErr};

use super::queries;

/// So much of an address holds prefecture, county and municipality (「鹿児島県」「熊毛郡」「南種子町」).
const HEAD_CHARS: usize = 28;

/// A municipality or ward as the matcher is told of it.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Its code.
    pub code: MunicipalityCode,
    /// 「米子市」, 「大山町」 (without its county), 「札幌市中央区」.
    pub name: String,
    /// False for one that went over into another.
    pub is_current: bool,
}

/// Finds municipalities by address. Built once, then without the database (about a microsecond a call).
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    prefectures: Vec<(String, PrefectureCode)>,
    names: HashMap<PrefectureCode, Names>,
}

/// What is in front of an address's town, folded, in one prefecture. `None`: the name alone does not decide.
#[derive(Debug, Clone, Default)]
struct Names {
    by_key: HashMap<String, Option<MunicipalityCode>>,
    longest_chars: usize,
}

impl Matcher {
    /// Reads the names of every prefecture, municipality and ward in the database.
    ///
    /// # Errors
    /// The database's own, and a code in it that is none.
    pub async fn load<C: ConnectionTrait>(db: &C) -> Result<Self, DbErr> {
        let prefectures = queries::names(db, "prefecture")
            .await?
            .into_iter()
            .map(|row| {
                Ok((
                    PrefectureCode::parse(&row.code).map_err(not_a_code)?,
                    row.name,
                ))
            })
            .collect::<Result<Vec<_>, DbErr>>()?;
        let leaves = queries::names(db, "municipality")
            .await?
            .into_iter()
            .map(|row| {
                Ok(Leaf {
                    code: MunicipalityCode::parse(&row.code).map_err(not_a_code)?,
                    name: row.name,
                    is_current: row.valid_to.is_none(),
                })
            })
            .collect::<Result<Vec<_>, DbErr>>()?;
        Ok(Self::new(prefectures, leaves))
    }

    /// Built from names: of prefectures (the 47 real ones need not be given), and of municipalities and wards.
    pub fn new(
        prefectures: impl IntoIterator<Item = (PrefectureCode, String)>,
        leaves: impl IntoIterator<Item = Leaf>,
    ) -> Self {
        let real = PrefectureCode::all().filter_map(|code| Some((fold(code.name()?), code)));
        let given = prefectures
            .into_iter()
            .map(|(code, name)| (fold(&name), code));
        let mut matcher = Self {
            prefectures: real
                .chain(given.filter(|(_, code)| code.is_invented()))
                .collect(),
            names: HashMap::new(),
        };
        let mut leaves: Vec<Leaf> = leaves.into_iter().collect();
        // What is current comes first and is not displaced by a predecessor of the same name (天竜区).
        leaves.sort_by_key(|leaf| (!leaf.is_current, leaf.code));
        for leaf in &leaves {
            matcher
                .names
                .entry(leaf.code.prefecture())
                .or_default()
                .add(leaf);
        }
        matcher
    }

    /// The municipality of `address`. Its own prefecture counts before `prefecture`; without either
    /// there is no answer. `named` is what the source says in its column of municipalities, and decides
    /// where the address begins with the town or with a ward that several cities have.
    pub fn find(
        &self,
        address: &str,
        prefecture: Option<PrefectureCode>,
        named: Option<&str>,
    ) -> Option<MunicipalityCode> {
        let head = fold_head(address);
        let (own, rest) = self.without_prefecture(&head);
        let prefecture = own.or(prefecture)?;
        let names = self.names.get(&prefecture)?;
        names.at_start(rest).or_else(|| {
            let named = fold_head(named?);
            let (_, named) = self.without_prefecture(&named);
            names.at_start(&format!("{named}{rest}"))
        })
    }

    fn without_prefecture<'a>(&self, head: &'a str) -> (Option<PrefectureCode>, &'a str) {
        // A postal code may stand in front.
        let head = head.trim_start_matches(|c: char| c.is_ascii_digit());
        self.prefectures
            .iter()
            .find_map(|(name, code)| Some((Some(*code), head.strip_prefix(name.as_str())?)))
            .unwrap_or((None, head))
    }
}

impl Names {
    fn add(&mut self, leaf: &Leaf) {
        match ward_of_city(&leaf.name) {
            Some((city, ward)) => {
                self.by_key.insert(fold(city), None);
                self.insert_or_blur(fold(ward), leaf);
                self.insert(fold(&leaf.name), leaf);
            }
            None => self.insert(fold(&leaf.name), leaf),
        }
    }

    fn insert(&mut self, key: String, leaf: &Leaf) {
        self.longest_chars = self.longest_chars.max(key.chars().count());
        self.by_key.entry(key).or_insert(Some(leaf.code));
    }

    /// A ward's bare name decides only while one current ward of the prefecture has it.
    fn insert_or_blur(&mut self, key: String, leaf: &Leaf) {
        if let Some(known) = self.by_key.get_mut(&key) {
            if leaf.is_current {
                *known = None;
            }
            return;
        }
        self.insert(key, leaf);
    }

    fn at_start(&self, text: &str) -> Option<MunicipalityCode> {
        self.longest_prefix(text).or_else(|| {
            // 「西伯郡大山町」, 「八丈島八丈町」: what stands before the municipality goes.
            text.char_indices()
                .skip(1)
                .take(6)
                .filter(|(_, c)| matches!(c, '郡' | '島'))
                .find_map(|(at, c)| self.longest_prefix(&text[at + c.len_utf8()..]))
        })
    }

    fn longest_prefix(&self, text: &str) -> Option<MunicipalityCode> {
        let ends: Vec<usize> = text
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(self.longest_chars)
            .collect();
        ends.iter()
            .rev()
            .find_map(|&end| self.by_key.get(&text[..end]).copied())
            .flatten()
    }
}

/// 「札幌市中央区」 is 「札幌市」 and 「中央区」; 「千代田区」 and 「四日市市」 are no wards of a city.
pub(crate) fn ward_of_city(name: &str) -> Option<(&str, &str)> {
    let at = name.find('市')? + '市'.len_utf8();
    (name.ends_with('区') && at < name.len()).then(|| name.split_at(at))
}

fn fold_head(text: &str) -> String {
    match text.char_indices().nth(HEAD_CHARS) {
        Some((end, _)) => fold(&text[..end]),
        None => fold(text),
    }
}

fn not_a_code(error: keniki_base::code::WrongCode) -> DbErr {
    DbErr::Custom(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    fn prefecture(text: &str) -> Option<PrefectureCode> {
        Some(PrefectureCode::parse(text).unwrap())
    }

    /// Names and codes as the ministry's list of 2025 has them; 22137 went over into 22140 in 2024.
    const LEAVES: [(&str, &str); 17] = [
        ("01101", "札幌市中央区"),
        ("01102", "札幌市北区"),
        ("07203", "郡山市"),
        ("13101", "千代田区"),
        ("13401", "八丈町"),
        ("14104", "横浜市中区"),
        ("14113", "横浜市緑区"),
        ("14151", "相模原市緑区"),
        ("19366", "南部町"),
        ("22137", "浜松市天竜区"),
        ("22140", "浜松市天竜区"),
        ("24202", "四日市市"),
        ("31202", "米子市"),
        ("31386", "大山町"),
        ("31389", "南部町"),
        ("39405", "梼原町"),
        ("40621", "苅田町"),
    ];

    fn matcher() -> Matcher {
        Matcher::new(
            [(PrefectureCode::parse("51").unwrap(), "みほん県".to_owned())],
            LEAVES
                .iter()
                .map(|(code, name)| (*code, *name))
                .chain([("51201", "ためし市")])
                .map(|(code, name)| Leaf {
                    code: self::code(code),
                    name: name.to_owned(),
                    is_current: code != "22137",
                }),
        )
    }

    fn find(address: &str, in_prefecture: &str) -> Option<String> {
        matcher()
            .find(address, prefecture(in_prefecture), None)
            .map(|code| code.to_string())
    }

    #[test]
    fn nambu_is_another_town_in_tottori_and_in_yamanashi() {
        assert_eq!(find("西伯郡南部町倭４８２", "31").as_deref(), Some("31389"));
        assert_eq!(
            find("南巨摩郡南部町内船１０５０５", "19").as_deref(),
            Some("19366")
        );
        assert_eq!(matcher().find("南部町倭４８２", None, None), None);
    }

    #[test]
    fn the_prefecture_in_the_address_counts_before_the_one_of_the_list() {
        assert_eq!(find("山梨県南部町内船", "31").as_deref(), Some("19366"));
        assert_eq!(
            find("〒683-0805 鳥取県　米子市西福原", "32").as_deref(),
            Some("31202")
        );
    }

    #[test]
    fn county_and_island_before_the_name_are_passed_over() {
        assert_eq!(
            find("西伯郡大山町富長７４９", "31").as_deref(),
            Some("31386")
        );
        assert_eq!(find("八丈島八丈町三根", "13").as_deref(), Some("13401"));
        assert_eq!(find("郡山市駅前1-1", "07").as_deref(), Some("07203"));
    }

    #[test]
    fn a_ward_alone_decides_only_where_one_city_has_it() {
        assert_eq!(find("北区北２４条西", "01").as_deref(), Some("01102"));
        assert_eq!(find("緑区十日市場町", "14"), None);
        let named = matcher().find("緑区橋本", prefecture("14"), Some("相模原市"));
        assert_eq!(named, Some(code("14151")));
    }

    #[test]
    fn a_designated_city_without_its_ward_is_no_leaf() {
        assert_eq!(find("札幌市大通西１", "01"), None);
        assert_eq!(find("札幌市中央区大通西１", "01").as_deref(), Some("01101"));
    }

    #[test]
    fn the_longest_name_wins_and_variants_are_one() {
        assert_eq!(find("四日市市日永", "24").as_deref(), Some("24202"));
        assert_eq!(find("高岡郡檮原町", "39").as_deref(), Some("39405"));
        assert_eq!(find("みほん県ためし市本町", "31").as_deref(), Some("51201"));
    }

    #[test]
    fn a_ward_that_kept_its_name_is_the_one_of_today() {
        assert_eq!(find("浜松市天竜区二俣町", "22").as_deref(), Some("22140"));
        assert_eq!(find("天竜区二俣町", "22").as_deref(), Some("22140"));
    }

    #[test]
    fn the_column_of_municipalities_helps_where_the_address_begins_with_the_town() {
        let found = matcher().find("富長７４９－３", prefecture("31"), Some("西伯郡大山町"));
        assert_eq!(found, Some(code("31386")));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_or_leave_the_prefecture(text in "\\PC{0,40}") {
            let found = matcher().find(&text, prefecture("31"), Some(&text));
            let own = PrefectureCode::all().any(|code| text.contains(code.name().unwrap_or("?")));
            if let (Some(found), false) = (found, own || text.contains("みほん")) {
                prop_assert_eq!(found.prefecture().to_string(), "31");
            }
        }

        #[test]
        fn every_name_is_found_with_any_town_behind_it(at in 0..LEAVES.len(), town in "[あ-んア-ン0-9０-９ー－]{0,12}") {
            let (leaf, name) = LEAVES[at];
            let expected = if leaf == "22137" { "22140" } else { leaf };
            prop_assert_eq!(find(&format!("{name}{town}"), &leaf[..2]), Some(expected.to_owned()));
        }
    }
}
