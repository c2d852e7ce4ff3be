//! Where a place is: its municipality from code or address, and whether its coordinates can be.

use std::collections::HashSet;

use keniki_base::code::{CorporateNumber, MunicipalityCode, PrefectureCode};
use keniki_base::geo::{Point, WrongPoint};
use keniki_base::text::{format_phone, phone_key};

use sea_orm::{ConnectionTrait, DbErr};

use super::finding::{Cause, Finding, RowAt};
use super::{Record, Reference, Sink, known};
use crate::area::municipality::Matcher;
use crate::area::outline::Outlines;
use crate::area::show::{self, Area};
use crate::area::town::Finder;

/// Outlines are simplified for the screen, so a point this far outside still counts as inside.
pub const OUTLINE_TOLERANCE_M: f64 = 500.0;

/// What is known of the ground.
pub struct Places {
    /// Municipalities by name within their prefecture.
    pub municipalities: Matcher,
    /// Town points.
    pub towns: Finder,
    /// Outlines of municipalities.
    pub outlines: Outlines,
    /// The area whose pages are shown first, where one is set.
    pub home: Option<Home>,
}

/// The home area, as far as lists are concerned.
pub struct Home {
    /// Its name.
    pub name: String,
    members: HashSet<MunicipalityCode>,
}

impl Home {
    fn of(area: &Area) -> Self {
        let codes = area.members.iter().map(|member| member.code.parse());
        Self {
            name: area.name.clone(),
            members: codes.filter_map(Result::ok).collect(),
        }
    }

    /// The prefecture of an address that names none; none where the area lies in several.
    fn prefecture(&self) -> Option<PrefectureCode> {
        let mut prefectures = self.members.iter().map(|code| code.prefecture());
        let first = prefectures.next()?;
        prefectures.all(|code| code == first).then_some(first)
    }

    /// Whether a record lies elsewhere, as far as it tells where: by its municipality, else by the prefecture of its list.
    pub fn is_outside(&self, record: &Record) -> bool {
        match record.said.municipality {
            Some(code) => !self.members.contains(&code),
            None => {
                let prefecture = record.scope.split('/').nth(1);
                let prefecture = prefecture.and_then(|code| PrefectureCode::parse(code).ok());
                prefecture
                    .is_some_and(|code| !self.members.iter().any(|own| own.prefecture() == code))
            }
        }
    }
}

impl Places {
    /// Reads them all from the database.
    pub async fn load<C: ConnectionTrait>(db: &C) -> Result<Self, DbErr> {
        Ok(Self {
            municipalities: Matcher::load(db).await?,
            towns: Finder::load(db).await?,
            outlines: Outlines::load(db).await?,
            home: show::home(db).await?.as_ref().map(Home::of),
        })
    }
}

/// What a row says of where it is.
pub struct LocateInput<'a> {
    /// By the list's own code; without one the home area's counts.
    pub prefecture: Option<PrefectureCode>,
    /// By the list's own code.
    pub municipality: Option<MunicipalityCode>,
    /// 市区町村名 where the list has it in a column of its own.
    pub named: Option<String>,
    /// As printed.
    pub address: &'a str,
    /// As printed.
    pub lat: &'a str,
    /// As printed.
    pub lng: &'a str,
}

/// What came of it.
pub struct Located {
    /// Of the municipality, else as given.
    pub prefecture: Option<PrefectureCode>,
    /// From the address within the prefecture, else by code.
    pub municipality: Option<MunicipalityCode>,
    /// The list's point, if it can be.
    pub point: Option<Point>,
}

/// Finds the municipality and checks the point; what cannot be is emptied with a warning.
pub fn locate(
    at: RowAt,
    input: &LocateInput<'_>,
    reference: &Reference,
    sink: &mut Sink,
) -> Located {
    let places = &reference.places;
    let prefecture = input
        .prefecture
        .or_else(|| places.home.as_ref().and_then(Home::prefecture));
    let by_address = places
        .municipalities
        .find(input.address, prefecture, input.named.as_deref());
    let municipality = match (input.municipality, by_address) {
        (Some(by_code), Some(by_address)) if contradict(by_code, by_address) => {
            sink.findings
                .push(at.finding("住所", input.address, Cause::MunicipalityConflict));
            Some(by_code)
        }
        (by_code, by_address) => by_address.or(by_code),
    };
    if municipality.is_none() {
        let cause = match known(input.address) {
            Some(_) => Cause::MunicipalityUnknown,
            None => Cause::NoAddress,
        };
        sink.findings.push(at.finding("住所", input.address, cause));
    }
    let point = point_of(at, input, municipality, places, sink);
    Located {
        prefecture: municipality
            .map(MunicipalityCode::prefecture)
            .or(input.prefecture),
        municipality,
        point,
    }
}

/// Codes 100–199 within a prefecture are designated cities and wards: a city's own code beside its ward's,
/// or a ward's former code beside the one of today, contradict nothing, and the address decides.
fn contradict(a: MunicipalityCode, b: MunicipalityCode) -> bool {
    let is_ward = |code: MunicipalityCode| code.as_str()[2..].starts_with('1');
    a != b && !(is_ward(a) && is_ward(b))
}

fn point_of(
    at: RowAt,
    input: &LocateInput<'_>,
    municipality: Option<MunicipalityCode>,
    places: &Places,
    sink: &mut Sink,
) -> Option<Point> {
    let (lat, lng) = (known(input.lat)?, known(input.lng)?);
    let mut refuse = |cause| {
        sink.findings
            .push(at.finding("緯度・経度", &format!("{lat}, {lng}"), cause));
        None
    };
    let (Ok(lat_degrees), Ok(lng_degrees)) = (lat.parse::<f64>(), lng.parse::<f64>()) else {
        return refuse(Cause::PointUnreadable);
    };
    let point = match Point::japan(lat_degrees, lng_degrees) {
        Ok(point) => point,
        Err(WrongPoint::NotFinite) => return refuse(Cause::PointUnreadable),
        Err(WrongPoint::Zero) => return refuse(Cause::PointZero),
        Err(WrongPoint::Swapped { .. }) => return refuse(Cause::PointSwapped),
        Err(WrongPoint::OutsideJapan { .. }) => return refuse(Cause::PointOutsideJapan),
    };
    let inside = municipality.and_then(|code| {
        places
            .outlines
            .contains_within(code, point, OUTLINE_TOLERANCE_M)
    });
    match inside {
        Some(false) => refuse(Cause::PointOutsideMunicipality),
        Some(true) | None => Some(point),
    }
}

/// A cell that swallowed the rest of the file, for want of a quotation mark, is not printed whole.
fn shortened(value: &str) -> String {
    const MOST_CHARS: usize = 200;
    match value.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

impl RowAt {
    /// A finding in one cell of this row.
    pub fn finding(self, column: &'static str, value: &str, cause: Cause) -> Finding {
        Finding {
            at: self,
            column,
            value: shortened(value),
            cause,
        }
    }

    /// A telephone or FAX number, or a warning.
    pub(super) fn phone(
        self,
        column: &'static str,
        cell: &str,
        cause: Cause,
        sink: &mut Sink,
    ) -> Option<String> {
        let value = known(cell)?;
        if phone_key(value).is_some() {
            return Some(format_phone(value));
        }
        sink.findings.push(self.finding(column, value, cause));
        None
    }

    /// A number of places or beds, or a warning.
    pub(super) fn capacity(self, column: &'static str, cell: &str, sink: &mut Sink) -> Option<i64> {
        let value = known(cell)?;
        match super::count(value) {
            Some(n) if (0..100_000).contains(&n) => Some(n),
            _ => {
                sink.findings
                    .push(self.finding(column, value, Cause::WrongCapacity));
                None
            }
        }
    }

    /// A corporate number whose check digit holds, or a warning.
    pub(super) fn corporate_number(self, cell: &str, sink: &mut Sink) -> Option<String> {
        let value = known(cell)?;
        match CorporateNumber::parse(value) {
            Ok(number) => Some(number.to_string()),
            Err(_) => {
                sink.findings
                    .push(self.finding("法人番号", value, Cause::WrongCorporateNumber));
                None
            }
        }
    }
}
