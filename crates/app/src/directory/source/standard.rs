//! 推奨データセット and its successor 自治体標準オープンデータセット: 医療機関一覧 and 介護サービス事業所一覧.

use std::collections::BTreeMap;

use keniki_base::code::{PlaceCode, PrefectureCode};

use super::care_services::{area_of, days};
use super::finding::Cause;
use super::locate::{LocateInput, locate};
use super::said::Hours;
use super::{
    Columns, Figures, Format, Parser, Record, Reference, Row, RowAt, Said, Sink, address, known,
    text,
};

/// Heads of both generations, by meaning.
const AREA: &str = "都道府県コード又は市区町村コード|都道府県コード又は市町村コード|所在地_全国地方公共団体コード|全国地方公共団体コード";
const PUBLISHER: &str =
    "都道府県コード又は市区町村コード|都道府県コード又は市町村コード|全国地方公共団体コード";
const PREFECTURE: &str = "所在地_都道府県|都道府県名";
const MUNICIPALITY: &str = "所在地_市区町村|市区町村名|市町村名";
const NAME: &str = "介護サービス事業所名称|事業所名|名称";
const KANA: &str = "介護サービス事業所名称_カナ|事業所名_カナ|名称_カナ";
const ADDRESS: &str = "住所|所在地_連結表記";
const BUILDING: &str = "方書|建物名等(方書)";
const ID: &str = "NO|No|ID";

/// The parser of both.
pub struct Standard {
    columns: Columns,
    format: Format,
}

impl Standard {
    /// 医療機関一覧.
    pub fn medical(columns: Columns) -> Self {
        Self {
            columns,
            format: Format::StandardMedical,
        }
    }

    /// 介護サービス事業所一覧.
    pub fn care(columns: Columns) -> Self {
        Self {
            columns,
            format: Format::StandardCare,
        }
    }

    /// The categories of a row, each with what its list is called: for institutions the list's own word, for care the
    /// category's name, whichever of its words stands there. Otherwise the word that no definition knows.
    fn categories(
        &self,
        row: &Row,
        reference: &Reference,
    ) -> Result<Vec<(String, String)>, String> {
        if self.format == Format::StandardMedical {
            let word = self.columns.get(row, "医療機関の種類");
            let house = house(word, self.columns.get(row, "診療科目"));
            return reference
                .definitions
                .category_of_institution(self.format.code(), house)
                .map(|category| vec![(category.code.clone(), word.to_owned())])
                .ok_or_else(|| word.to_owned());
        }
        self.columns
            .get(row, "実施サービス")
            .split([';', '；', '、'])
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(|word| {
                reference
                    .definitions
                    .category_called(word)
                    .map(|category| (category.code.clone(), category.name.clone()))
                    .ok_or_else(|| word.to_owned())
            })
            .collect::<Result<BTreeMap<_, _>, _>>()
            .map(|categories| categories.into_iter().collect())
    }

    fn hours(&self, row: &Row, at: RowAt, sink: &mut Sink) -> Vec<Hours> {
        let mut hours = days(self.columns.get(row, "利用可能曜日|診療曜日"));
        let mut time = |head: &'static str| {
            let value = known(self.columns.get(row, head))?;
            let time = clock_time(value);
            if time.is_none() {
                sink.findings
                    .push(at.finding(head, value, Cause::WrongTime));
            }
            time
        };
        if let (Some(opens), Some(closes)) = (time("診療開始時間"), time("診療終了時間"))
        {
            for day in hours.iter_mut().filter(|day| day.is_open) {
                day.opens = Some(opens.clone());
                day.closes = Some(closes.clone());
            }
        }
        hours
    }
}

impl Parser for Standard {
    fn row(&mut self, row: &Row, reference: &Reference, sink: &mut Sink) {
        let at = sink.begin(row);
        let get = |head: &str| self.columns.get(row, head);
        // Excel leaves out the commas of empty columns at the end of a row.
        if self.columns.cut_short(row, self.format) {
            return sink.reject(at.finding("", &row.cells.join(","), Cause::RowCutShort));
        }
        let Some(name) = text(get(NAME)) else {
            return sink.reject(at.finding("名称", "", Cause::NoName));
        };
        let (prefecture, municipality) = match area_of(get(AREA)) {
            Ok(area) => area,
            Err(cause) => {
                return sink.reject(at.finding(
                    "都道府県コード又は市区町村コード",
                    get(AREA),
                    cause,
                ));
            }
        };
        let prefecture = prefecture
            .or_else(|| PrefectureCode::strip_name(get(PREFECTURE)).map(|(code, _)| code));
        let code_cell = get("医療機関コード|事業所番号");
        let place_code = match known(code_cell) {
            None => None,
            Some(value) => match PlaceCode::parse(value) {
                Ok(code) => Some(code),
                Err(_) => {
                    return sink.reject(at.finding(
                        "医療機関コード・事業所番号",
                        value,
                        Cause::WrongNumber,
                    ));
                }
            },
        };
        let categories = match self.categories(row, reference) {
            Ok(categories) if !categories.is_empty() => categories,
            Ok(_) => return sink.reject(at.finding("実施サービス", "", Cause::UnknownKind)),
            Err(word) => return sink.reject(at.finding("実施サービス", &word, Cause::UnknownKind)),
        };
        let located = locate(
            at,
            &LocateInput {
                prefecture,
                municipality,
                named: text(get(MUNICIPALITY)),
                address: get(ADDRESS),
                lat: get("緯度"),
                lng: get("経度"),
            },
            reference,
            sink,
        );
        let said = Said {
            kana: text(get(KANA)),
            organization: text(get("法人の名称|団体名")),
            corporate_number: at.corporate_number(get("法人番号"), sink),
            postal_code: text(get("郵便番号")),
            address: address(get(ADDRESS)),
            building: text(get(BUILDING)),
            municipality: located.municipality,
            lat: located.point.map(|point| point.lat),
            lng: located.point.map(|point| point.lng),
            phone: at.phone("電話番号", get("電話番号"), Cause::WrongPhone, sink),
            fax: at.phone("FAX番号", get("FAX番号"), Cause::WrongFax, sink),
            url: text(get("URL")),
            place_code,
            service_name: Some(name.clone()),
            capacity: at.capacity("病床数・定員", get("病床数|定員"), sink),
            hours: self.hours(row, at, sink),
            hours_note: text(get("利用可能曜日特記事項|診療日時特記事項")),
            figures: Figures::new(),
            name,
            ..Said::default()
        };
        let prefecture = located
            .prefecture
            .map_or_else(|| "-".to_owned(), |code| code.to_string());
        let key = place_code.map_or_else(
            || match text(get(ID)) {
                Some(id) => format!("{prefecture} {id} {}", said.name),
                None => format!("{} {}", said.name, get(ADDRESS)),
            },
            |code| code.to_string(),
        );
        // A list that does not say whose it is answers for the municipalities it names.
        let publisher = match (get(PUBLISHER), area_of(get(PUBLISHER))) {
            ("", _) => located
                .municipality
                .map_or_else(String::new, |code| code.to_string()),
            (_, Ok((_, Some(municipality)))) => municipality.to_string(),
            (code, _) => code.to_owned(),
        };
        for (index, (category, word)) in categories.into_iter().enumerate() {
            sink.records.push(Record {
                rows: if index == 0 { vec![at] } else { Vec::new() },
                scope: format!("{}/{prefecture}/{word}/{publisher}", self.format.code()),
                key: key.clone(),
                said: Said {
                    category,
                    ..said.clone()
                },
            });
        }
    }
}

/// A clinic whose departments are all dental is a dental one: the older lists have no word of their own for it.
fn house<'a>(word: &'a str, departments: &str) -> &'a str {
    let mut departments = departments
        .split([';', '；'])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .peekable();
    let is_dental = departments.peek().is_some() && departments.all(|name| name.contains("歯科"));
    if is_dental && word.contains("診療所") {
        "歯科診療所"
    } else {
        word
    }
}

/// `9:00`, `09:00`, `０９：００`, `0900` as `09:00`.
fn clock_time(value: &str) -> Option<String> {
    let plain = keniki_base::text::squeeze(value);
    let (hour, minute) = match plain.split_once(':') {
        Some((hour, minute)) => (hour.to_owned(), minute.split(':').next()?.to_owned()),
        None if plain.len() == 4 => (plain.get(..2)?.to_owned(), plain.get(2..)?.to_owned()),
        None => return None,
    };
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 30 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}
