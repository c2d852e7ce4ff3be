//! What a sample says of a service, in the shape in which lists say it: folded anew, its place stays as it is.

use super::directory::{Directory, Service, Site};
use super::queries::address;
use super::region::Region;
use crate::directory::source::Said;
use crate::directory::source::said::{CapabilitySaid, Hours};

pub(super) fn of(region: &Region, directory: &Directory, site: &Site, service: &Service) -> Said {
    let organization = site
        .organization
        .map(|number| &directory.organizations[number]);
    let point = site.point.filter(|_| site.precision == "exact");
    Said {
        name: site.name.text.clone(),
        kana: Some(site.name.kana.clone()),
        organization: organization.map(|organization| organization.name.clone()),
        corporate_number: organization
            .and_then(|organization| organization.corporate_number)
            .map(|number| number.to_string()),
        postal_code: Some(site.postal_code.clone()),
        address: Some(address(region, site)),
        municipality: Some(region.municipalities[site.municipality].code),
        lat: point.map(|point| point.lat),
        lng: point.map(|point| point.lng),
        phone: Some(site.phone.clone()),
        fax: site.fax.clone(),
        url: site.url.clone(),
        category: service.category.clone(),
        service_name: service.name.as_ref().map(|name| name.text.clone()),
        capacity: service.capacity,
        hours: service.hours.iter().map(hours).collect(),
        hours_note: service.hours_note.map(str::to_owned),
        capabilities: service.skills.iter().map(capability).collect(),
        ..Said::default()
    }
}

fn hours(hours: &super::hours::Hours) -> Hours {
    Hours {
        weekday: u8::try_from(hours.weekday).unwrap_or_default(),
        is_open: hours.span.is_some(),
        opens: hours.span.map(|(opens, _)| opens.to_owned()),
        closes: hours.span.map(|(_, closes)| closes.to_owned()),
    }
}

fn capability(skill: &super::skill::Skill) -> CapabilitySaid {
    CapabilitySaid {
        code: skill.code.clone(),
        since: skill.since,
        filing: skill.filing.clone().unwrap_or_default(),
        note: skill.note.clone(),
    }
}
