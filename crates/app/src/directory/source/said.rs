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
    /// As the list prints it.
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
    /// 施設基準の届出, all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filings: Vec<Filing>,
    /// Beds by kind or function, doctors, surgeries …: the list's own numbers by the list's own heads.
    #[serde(skip_serializing_if = "Figures::is_empty")]
    pub figures: Figures,
}

/// One opening of a day. Neither time: open or closed is known, the hours are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// 1 Monday … 7 Sunday, 8 public holiday.
    pub weekday: u8,
    /// False: closed that day.
    pub is_open: bool,
    /// `HH:MM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
    /// `HH:MM`; past midnight counts on (`26:00`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes: Option<String>,
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
