//! What one list says of one place and one service there, normalised: kept as the provenance of
//! every field, compared with the list's next edition.

use chrono::NaiveDate;
use keniki_base::code::{MunicipalityCode, PlaceCode};
use serde::{Deserialize, Serialize};

use super::Figures;

/// Empty fields are those the list does not tell; they never overwrite another list's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// Name of the institution or office, inner spaces squeezed.
    pub name: String,
    /// Reading in katakana.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// 法人の名称.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// 法人番号, 13 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corporate_number: Option<String>,
    /// `NNN-NNNN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// As the list prints it, with one hyphen between numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 方書.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub building: Option<String>,
    /// From the list's code, else from the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality: Option<MunicipalityCode>,
    /// Degrees north, the list's own point only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lng: Option<f64>,
    /// `0859-00-0000` as normalised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fax: Option<String>,
    /// Home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// 10-character code of the institution or office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_code: Option<PlaceCode>,
    /// 併設医療機関番号: the same site under another code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_code: Option<PlaceCode>,
    /// 医療情報ネット's id, which does not last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medical_net_id: Option<String>,
    /// Code of a category in `definitions/categories.toml`.
    pub category: String,
    /// The service's own name, where it differs from the site's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// 定員 or beds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<i64>,
    /// Days and hours, as far as told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Hours>,
    /// 利用可能曜日特記事項, その他の休診日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_note: Option<String>,
    /// What the filings of `filings` make of it, by `definitions/capabilities.toml`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<CapabilitySaid>,
    /// Codes of capabilities that it has no more, whatever lists say: an authority's word alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<String>,
    /// `active`, `suspended` or `closed`: likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The day on which it closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<NaiveDate>,
    /// 施設基準の届出, all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filings: Vec<Filing>,
    /// Beds by kind or function, doctors, surgeries …: the list's own numbers by the list's own heads.
    #[serde(skip_serializing_if = "Figures::is_empty")]
    pub figures: Figures,
}

/// One opening of a day. Neither time: open or closed is known, the hours are not.
///
/// Kept as `1`, `1 09:00-18:00`, or `7x` where it is closed: a record has eight of them or more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "KeptHours")]
pub struct Hours {
    /// 1 Monday … 7 Sunday, 8 public holiday.
    pub weekday: u8,
    /// False: closed that day.
    pub is_open: bool,
    /// `HH:MM`.
    pub opens: Option<String>,
    /// `HH:MM`; past midnight counts on (`26:00`).
    pub closes: Option<String>,
}

/// As records of today keep it, or with a name for each part as the first ones did.
#[derive(Deserialize)]
#[serde(untagged)]
enum KeptHours {
    Short(String),
    Long {
        weekday: u8,
        is_open: bool,
        opens: Option<String>,
        closes: Option<String>,
    },
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        let mut out = hours.weekday.to_string();
        if !hours.is_open {
            out.push('x');
        }
        if hours.opens.is_some() || hours.closes.is_some() {
            out.push(' ');
            out.extend(hours.opens);
            out.push('-');
            out.extend(hours.closes);
        }
        out
    }
}

impl TryFrom<KeptHours> for Hours {
    type Error = String;

    fn try_from(kept: KeptHours) -> Result<Self, Self::Error> {
        let text = match kept {
            KeptHours::Short(text) => text,
            KeptHours::Long {
                weekday,
                is_open,
                opens,
                closes,
            } => {
                return Ok(Self {
                    weekday,
                    is_open,
                    opens,
                    closes,
                });
            }
        };
        let (day, times) = text.split_once(' ').unwrap_or((&text, "-"));
        let (opens, closes) = times.split_once('-').ok_or_else(|| text.clone())?;
        let time = |time: &str| (!time.is_empty()).then(|| time.to_owned());
        Ok(Self {
            weekday: day
                .trim_end_matches('x')
                .parse()
                .map_err(|_| text.clone())?,
            is_open: !day.ends_with('x'),
            opens: time(opens),
            closes: time(closes),
        })
    }
}

/// A capability and the filing by which it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapabilitySaid {
    /// Code in `definitions/capabilities.toml`.
    pub code: String,
    /// 算定開始年月日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// 受理記号 and 受理番号.
    pub filing: String,
    /// 備考, or that the 区分 is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One 届出 as the list prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// 受理記号.
    pub symbol: String,
    /// 受理届出名称.
    pub name: String,
    /// 受理番号.
    pub number: String,
    /// 算定開始年月日.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// 備考（見出し） and 備考（データ）.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

impl Said {
    /// The text that is kept, with keys in the order of the fields.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers always become JSON")
    }
}

/// Institutions have a code in one list and none in others (医療情報ネット, 病床機能報告); offices always have one.
pub fn is_institution(category: &str) -> bool {
    ["hospital", "clinic", "dental", "pharmacy", "maternity"].contains(&category)
}

/// A pharmacy is no part of a hospital, however they share name, address and telephone (保険薬局の一体的な構造の禁止).
pub fn are_never_one(a: &str, b: &str) -> bool {
    const TREATING: [&str; 3] = ["hospital", "clinic", "dental"];
    (a == "pharmacy" && TREATING.contains(&b)) || (b == "pharmacy" && TREATING.contains(&a))
}

/// Hospital and clinic are one service of a site: lists differ in which of the two they say.
pub fn is_same_service(a: &str, b: &str) -> bool {
    const HOUSES: [&str; 2] = ["hospital", "clinic"];
    a == b || (HOUSES.contains(&a) && HOUSES.contains(&b))
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hours_are_kept_short_and_those_of_the_first_records_are_still_read() {
        let at = |weekday, is_open, times: Option<(&str, &str)>| Hours {
            weekday,
            is_open,
            opens: times.map(|(opens, _)| opens.to_owned()),
            closes: times.map(|(_, closes)| closes.to_owned()),
        };
        for (hours, short, long) in [
            (
                at(1, true, None),
                r#""1""#,
                r#"{"weekday":1,"is_open":true}"#,
            ),
            (
                at(7, false, None),
                r#""7x""#,
                r#"{"weekday":7,"is_open":false}"#,
            ),
            (
                at(8, true, Some(("09:00", "26:00"))),
                r#""8 09:00-26:00""#,
                r#"{"weekday":8,"is_open":true,"opens":"09:00","closes":"26:00"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&hours).unwrap(), short);
            assert_eq!(serde_json::from_str::<Hours>(short).unwrap(), hours);
            assert_eq!(serde_json::from_str::<Hours>(long).unwrap(), hours);
        }
        assert!(serde_json::from_str::<Hours>(r#""Mo""#).is_err());
    }

    proptest! {
        #[test]
        fn what_is_kept_of_hours_is_read_as_it_was(
            weekday in 1u8..=8, is_open: bool, opens in of("[0-2][0-9]:[0-5][0-9]"), closes in of("[0-2][0-9]:[0-5][0-9]"),
        ) {
            let hours = Hours { weekday, is_open, opens, closes };
            let kept = serde_json::to_string(&hours).unwrap();
            prop_assert_eq!(serde_json::from_str::<Hours>(&kept).unwrap(), hours);
        }
    }
}
