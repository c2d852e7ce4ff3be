//! What the rows of every form say of the place.

use keniki_base::code::{InstitutionKind, MunicipalityCode, PlaceCode, PrefectureCode};

use super::Entry;
use crate::sheet::write::Cell;

pub(super) fn prefecture_name(municipality_code: &str) -> Option<&'static str> {
    PrefectureCode::parse(municipality_code.get(..2)?)
        .ok()?
        .name()
}

impl Entry<'_> {
    /// 6 digits with the check digit.
    pub(super) fn area_code(&self) -> Cell {
        let code = self.service.municipality_code.as_deref();
        code.and_then(|code| MunicipalityCode::parse(code).ok())
            .map(MunicipalityCode::six)
            .into()
    }

    /// Latitude and longitude of the place itself: the middle of a town would come back as exact.
    pub(super) fn point(&self) -> [Cell; 2] {
        let exact = self
            .service
            .point
            .filter(|_| self.service.precision == "exact");
        [
            exact.map(|point| point.lat).into(),
            exact.map(|point| point.lng).into(),
        ]
    }

    /// The 10 characters that this service goes by: of its own list, else those of its site that suit its kind.
    pub(super) fn place_code(&self) -> Cell {
        if let Some(own) = &self.service.place_code {
            return own.as_str().into();
        }
        let codes: Vec<PlaceCode> = self
            .service
            .codes
            .iter()
            .filter(|code| code.system == "place")
            .filter_map(|code| PlaceCode::parse(&code.code).ok())
            .collect();
        let kind = match self.category.code.as_str() {
            "hospital" | "clinic" => Some(InstitutionKind::Medical),
            "dental" => Some(InstitutionKind::Dental),
            "pharmacy" => Some(InstitutionKind::Pharmacy),
            _ => None,
        };
        let own = codes.iter().find(|code| code.institution() == kind);
        // A hospital that offers day care is a care office under its own number.
        own.or_else(|| codes.first().filter(|_| kind.is_none()))
            .map(ToString::to_string)
            .into()
    }

    /// What the columns have no room for.
    pub(super) fn remark(&self) -> Cell {
        let mut parts = Vec::new();
        if self.service.status == "suspended" {
            parts.push("休止中".to_owned());
        }
        if let Some(assured) = &self.service.last_assured {
            parts.push(format!("最終確認 {}", assured.on));
        }
        (!parts.is_empty()).then(|| parts.join("、")).into()
    }

    /// Notes of the list, then what only a sentence can say of the hours.
    pub(super) fn hours_note(&self) -> Cell {
        let parts: Vec<String> = self
            .extra
            .hours_note
            .clone()
            .into_iter()
            .chain(self.hours.sentence())
            .collect();
        (!parts.is_empty()).then(|| parts.join("。")).into()
    }

    pub(super) fn text(value: Option<&String>) -> Cell {
        value.map(String::as_str).into()
    }
}
