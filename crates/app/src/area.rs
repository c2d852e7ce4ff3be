//! Areas: what they are made of, how many people live there, and where an address or a point lies.
//!
//! Every set of areas (prefectures, medical areas, health centers, …) is made of **leaves**:
//! municipalities and the wards of designated cities. Values belong to an area of one set.

pub mod boundary;
pub mod load;
pub mod municipality;
pub mod outline;
mod queries;
pub mod record;
pub mod show;
pub mod source;
pub mod succession;
pub mod town;

/// The setting that names the area of `/`.
const HOME: &str = "home_area";

/// Codes of the area sets that the program itself knows. Layers from files bring their own.
pub mod set {
    /// The whole country, one area with the code `00`.
    pub const NATION: &str = "nation";
    /// Prefectures by 2 digits.
    pub const PREFECTURE: &str = "prefecture";
    /// Municipalities and wards (leaves) and designated cities, by 5 digits.
    pub const MUNICIPALITY: &str = "municipality";
    /// Medical areas as the ministry reports on them now (構想区域, 339), by 4 digits.
    pub const MEDICAL_AREA: &str = "medical_area";
    /// Insurers of long-term care (保険者); not the same as municipalities.
    pub const INSURER: &str = "insurer";
}

/// Names of what is counted in an area.
pub mod indicator {
    /// Registered people (住民基本台帳) on a day; persons.
    pub const POPULATION: &str = "population";
    /// Projected people (IPSS) in a year; persons.
    pub const PROJECTED_POPULATION: &str = "projected_population";
    /// Projected share of an age group in all people; per cent.
    pub const PROJECTED_SHARE: &str = "projected_share";
    /// Insured persons of 65 and over (第1号被保険者) at an insurer; persons.
    pub const INSURED: &str = "insured";
    /// Insured persons of 65 and over certified as needing care or support; persons.
    pub const CERTIFIED: &str = "certified";
}
