//! Reads the parameters of a search from the address, and says in Japanese which one is wrong.

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};
use keniki_app::definition::Definitions;
use keniki_app::directory::search::{MAX_PAGE_SIZE, Query, Sort, Status};
use keniki_base::clock::jst_instant;
use keniki_base::code::{AreaRef, MunicipalityCode, PrefectureCode};
use keniki_base::geo::Point;
use thiserror::Error;

/// A parameter that cannot be read. `Display` is a sentence for the person who wrote the address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("パラメーター「{name}」の値「{value}」を読めません。{advice}")]
pub struct WrongParameter {
    /// As written.
    pub name: String,
    /// As written.
    pub value: String,
    /// What to write instead.
    pub advice: String,
}

/// The search that the parameters describe, and the area whose members it is limited to.
#[derive(Debug, Default)]
pub struct Asked {
    /// Without the municipalities of `area`.
    pub query: Query,
    /// To be resolved to municipalities.
    pub area: Option<AreaRef>,
}

/// Reads `name=value` pairs; empty values count as not given.
pub fn read(
    pairs: &[(String, String)],
    definitions: &Definitions,
    now: DateTime<Utc>,
) -> Result<Asked, WrongParameter> {
    let mut asked = Asked::default();
    for (name, value) in pairs {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        read_one(&mut asked, name, value, now).map_err(|advice| wrong(name, value, advice))?;
    }
    known_codes(&asked.query, definitions)?;
    let needs_a_place = pairs.iter().find(|(name, value)| {
        (name == "within_km" && !value.trim().is_empty()) || (name == "sort" && value == "distance")
    });
    if let Some((name, value)) = needs_a_place
        && asked.query.near.is_none()
    {
        let advice = "「near=緯度,経度」と一緒に指定してください。";
        return Err(wrong(name, value, advice.to_owned()));
    }
    if asked.query.near.is_some() && !pairs.iter().any(|(name, _)| name == "sort") {
        asked.query.sort = Sort::Distance;
    }
    Ok(asked)
}

/// A code that nothing defines would find nothing, and look like an answer.
fn known_codes(query: &Query, definitions: &Definitions) -> Result<(), WrongParameter> {
    let advice = "定義されていないコードです。使えるコードは definitions の views.toml、categories.toml、capabilities.toml にあります。";
    let unknown = |name, code: &String| Err(wrong(name, code, advice.to_owned()));
    if let Some(code) = query
        .view
        .as_ref()
        .filter(|code| definitions.view(code).is_none())
    {
        return unknown("view", code);
    }
    if let Some(code) = query
        .categories
        .iter()
        .find(|code| definitions.category(code).is_none())
    {
        return unknown("category", code);
    }
    match query
        .capabilities
        .iter()
        .find(|code| definitions.capability(code).is_none())
    {
        Some(code) => unknown("capability", code),
        None => Ok(()),
    }
}

fn wrong(name: &str, value: &str, advice: String) -> WrongParameter {
    WrongParameter {
        name: name.to_owned(),
        value: value.to_owned(),
        advice,
    }
}

/// An `Err` is the advice.
fn read_one(asked: &mut Asked, name: &str, value: &str, now: DateTime<Utc>) -> Result<(), String> {
    let query = &mut asked.query;
    match name {
        "q" => query.text = words(value)?,
        "view" => query.view = Some(value.to_owned()),
        "category" => query.categories.extend(list(value)),
        "capability" => query.capabilities.extend(list(value)),
        "prefecture" => query.prefecture = Some(code::<PrefectureCode>(value)?),
        "municipality" => {
            let codes = list(value).map(|one| code::<MunicipalityCode>(&one));
            let codes: Vec<String> = codes.collect::<Result<_, _>>()?;
            query.municipalities.get_or_insert_default().extend(codes);
        }
        "area" => asked.area = Some(value.parse::<AreaRef>().map_err(|e| sentence(&e))?),
        "near" => query.near = Some(point(value)?),
        "within_km" => query.within_km = Some(kilometres(value)?),
        "open_at" => query.open_at = Some(instant(value, now)?),
        "is_24h" => query.is_24h = yes_or_no(value)?,
        "status" => query.status = Some(status(value)?),
        "sort" => query.sort = sort(value)?,
        "page" => query.page = number(value, 1, 1_000_000)?,
        "page_size" => query.page_size = number(value, 1, MAX_PAGE_SIZE)?,
        _ => {
            return Err(
                "このパラメーターはありません。使えるものは /api/openapi.json に書いてあります。"
                    .into(),
            );
        }
    }
    Ok(())
}

/// Nobody types more; a pasted document is no question.
const LONGEST_TEXT: usize = 200;

fn words(value: &str) -> Result<String, String> {
    if value.chars().count() > LONGEST_TEXT {
        return Err(format!("{LONGEST_TEXT}文字以内で指定してください。"));
    }
    Ok(value.to_owned())
}

fn list(value: &str) -> impl Iterator<Item = String> {
    value
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
}

fn code<T: FromStr + ToString>(value: &str) -> Result<String, String>
where
    T::Err: std::fmt::Display,
{
    value
        .parse::<T>()
        .map(|code| code.to_string())
        .map_err(|error| sentence(&error))
}

fn sentence(error: &impl std::fmt::Display) -> String {
    format!("{error}。")
}

fn point(value: &str) -> Result<Point, String> {
    let advice =
        "「near=35.4281,133.3309」のように、緯度と経度をカンマで区切って指定してください。";
    let (lat, lng) = value.split_once(',').ok_or(advice)?;
    let degrees = |text: &str| text.trim().parse::<f64>().map_err(|_| advice.to_owned());
    Point::japan(degrees(lat)?, degrees(lng)?).map_err(|error| sentence(&error))
}

fn kilometres(value: &str) -> Result<f64, String> {
    let km = value
        .parse::<f64>()
        .ok()
        .filter(|km| km.is_finite() && *km > 0.0 && *km <= 200.0);
    km.ok_or_else(|| "0より大きく200以下の数（km）で指定してください。".to_owned())
}

/// `now`, an instant with its offset, or a Japanese local time without one.
fn instant(value: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    if value == "now" {
        return Ok(now);
    }
    // A `+` that was not escaped arrives as a blank.
    let value = value.replace(' ', "+");
    if let Ok(instant) = DateTime::parse_from_rfc3339(&value) {
        return Ok(instant.to_utc());
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&value, format).ok())
        .map(|local| jst_instant(local.date(), local.time()))
        .ok_or_else(|| "「2026-04-01T09:00:00+09:00」の形か「now」で指定してください。".to_owned())
}

fn yes_or_no(value: &str) -> Result<bool, String> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("true か false で指定してください。".to_owned()),
    }
}

fn status(value: &str) -> Result<Status, String> {
    match value {
        "active" => Ok(Status::Active),
        "suspended" => Ok(Status::Suspended),
        _ => Err("active（活動中）か suspended（休止中）で指定してください。".to_owned()),
    }
}

fn sort(value: &str) -> Result<Sort, String> {
    match value {
        "relevance" => Ok(Sort::Relevance),
        "distance" => Ok(Sort::Distance),
        _ => Err("relevance（関連の強い順）か distance（近い順）で指定してください。".to_owned()),
    }
}

fn number(value: &str, least: u64, most: u64) -> Result<u64, String> {
    let number = value
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("{least}から{most}までの整数で指定してください。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &[(&str, &str)]) -> Result<Asked, WrongParameter> {
        let pairs: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        let definitions = Definitions::load(None).unwrap();
        read(
            &pairs,
            &definitions,
            "2026-11-24T01:00:00Z".parse().unwrap(),
        )
    }

    #[test]
    fn every_wrong_value_is_refused_in_a_sentence_that_names_the_parameter() {
        for (name, value) in [
            ("view", "医療"),
            ("category", "clinics"),
            ("capability", "home_care_24h,none"),
            ("prefecture", "00"),
            ("prefecture", "とっとり"),
            ("municipality", "312020"),
            ("area", "31-03"),
            ("near", "35.4"),
            ("near", "133.3,35.4"),
            ("near", "0,0"),
            ("within_km", "-1"),
            ("within_km", "NaN"),
            ("open_at", "きのう"),
            ("is_24h", "はい"),
            ("status", "closed"),
            ("sort", "name"),
            ("page", "0"),
            ("page_size", "201"),
            ("catgory", "clinic"),
        ] {
            let near = ("near", "35.4,133.3");
            let wrong = ask(&[near, (name, value)]).expect_err(name);
            assert_eq!(wrong.name, name);
            assert!(
                wrong.to_string().contains(&format!("「{name}」")),
                "{wrong}"
            );
            assert!(wrong.to_string().ends_with('。'), "{wrong}");
        }
    }

    #[test]
    fn a_circle_without_its_middle_is_refused() {
        assert_eq!(
            ask(&[("within_km", "16")]).expect_err("no middle").name,
            "within_km"
        );
        let unsorted = ask(&[("sort", "distance")]).expect_err("no middle");
        assert_eq!(
            (unsorted.name.as_str(), unsorted.value.as_str()),
            ("sort", "distance")
        );
    }

    #[test]
    fn codes_are_taken_with_and_without_check_digit() {
        let codes = |value| {
            ask(&[("municipality", value)])
                .unwrap()
                .query
                .municipalities
                .unwrap()
        };
        assert_eq!(codes("312029,31204"), ["31202", "31204"]);
    }

    #[test]
    fn a_time_is_taken_with_its_offset_or_as_japanese_time() {
        let at = |value| {
            ask(&[("open_at", value)])
                .unwrap()
                .query
                .open_at
                .unwrap()
                .to_string()
        };
        assert_eq!(at("2026-11-24T09:00:00+09:00"), "2026-11-24 00:00:00 UTC");
        assert_eq!(at("2026-11-24T09:00:00 09:00"), "2026-11-24 00:00:00 UTC");
        assert_eq!(at("2026-11-24T09:00"), "2026-11-24 00:00:00 UTC");
        assert_eq!(at("now"), "2026-11-24 01:00:00 UTC");
    }

    #[test]
    fn a_place_sorts_by_distance_unless_asked_otherwise() {
        let near = ("near", "35.4281,133.3309");
        assert_eq!(ask(&[near]).unwrap().query.sort, Sort::Distance);
        assert_eq!(
            ask(&[near, ("sort", "relevance")]).unwrap().query.sort,
            Sort::Relevance
        );
    }

    #[test]
    fn empty_values_of_a_form_count_as_not_given() {
        assert_eq!(
            ask(&[("q", ""), ("page", " ")]).unwrap().query,
            Query::default()
        );
    }
}
