//! A small invented directory, in memory and in a database.

use keniki_app::database::{insert_rows, statement};
use keniki_app::directory::search::index;
use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait, Value};

pub const CATEGORIES: [&str; 8] = [
    "hospital",
    "clinic",
    "dental",
    "pharmacy",
    "visiting_nursing",
    "care_management",
    "day_care",
    "sanatorium_facility",
];
pub const CAPABILITIES: [&str; 4] = [
    "home_care_24h",
    "home_medical_management",
    "visiting_nursing_24h",
    "gastrostomy",
];

/// One service, alone at its site.
#[derive(Debug, Clone)]
pub struct Place {
    pub category: String,
    pub name: String,
    pub kana: Option<String>,
    pub organization: Option<String>,
    pub address: Option<String>,
    pub municipality: String,
    pub point: Option<Point>,
    pub status: String,
    pub capabilities: Vec<String>,
    pub hours: Vec<Hours>,
}

#[derive(Debug, Clone)]
pub struct Hours {
    pub weekday: i64,
    pub is_open: bool,
    pub times: Option<(String, String)>,
}

pub fn open(weekday: i64, opens: &str, closes: &str) -> Hours {
    Hours {
        weekday,
        is_open: true,
        times: Some((opens.into(), closes.into())),
    }
}

pub fn open_without_times(weekday: i64) -> Hours {
    Hours {
        weekday,
        is_open: true,
        times: None,
    }
}

pub fn closed(weekday: i64) -> Hours {
    Hours {
        weekday,
        is_open: false,
        times: None,
    }
}

impl Place {
    pub fn new(category: &str, municipality: &str) -> Self {
        Self {
            category: category.into(),
            name: String::new(),
            kana: None,
            organization: None,
            address: None,
            municipality: municipality.into(),
            point: Some(Point {
                lat: 35.4,
                lng: 133.3,
            }),
            status: "active".into(),
            capabilities: Vec::new(),
            hours: Vec::new(),
        }
    }
}

/// The services by their id, from 1.
pub struct World {
    pub places: Vec<Place>,
}

impl World {
    /// So many services, the same every time.
    pub fn of(n: usize) -> Self {
        let mut dice = Dice::new(n as u64);
        Self {
            places: (0..n).map(|_| invented(&mut dice)).collect(),
        }
    }

    pub fn numbered(&self) -> impl Iterator<Item = (i64, &Place)> {
        (1..).zip(&self.places)
    }

    pub fn place(&self, id: i64) -> &Place {
        &self.places[usize::try_from(id).unwrap() - 1]
    }

    pub fn somewhere(&self, dice: &mut Dice) -> Point {
        dice.pick(&self.places).point.unwrap_or(Point {
            lat: 35.2,
            lng: 133.6,
        })
    }

    pub async fn fill(&self, db: &DatabaseConnection) {
        let tx = db.begin().await.unwrap();
        let mut rows = Rows::default();
        for (id, place) in self.numbered() {
            rows.add(id, place);
        }
        rows.insert(&tx).await;
        let ids: Vec<i64> = self.numbered().map(|(id, _)| id).collect();
        index::put(&tx, &ids).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[derive(Default)]
struct Rows {
    organizations: Vec<Value>,
    sites: Vec<Value>,
    services: Vec<Value>,
    capabilities: Vec<Value>,
    hours: Vec<Value>,
}

impl Rows {
    fn add(&mut self, id: i64, place: &Place) {
        let organization = place.organization.as_ref().map(|_| id);
        if let Some(name) = &place.organization {
            self.organizations
                .extend([id.into(), name.as_str().into(), name.as_str().into()]);
        }
        self.sites.extend([
            id.into(),
            organization.into(),
            place.name.as_str().into(),
            place.kana.clone().into(),
            place.name.as_str().into(),
            place.address.clone().into(),
            place.municipality.as_str().into(),
            place.point.map(|point| point.lat).into(),
            place.point.map(|point| point.lng).into(),
        ]);
        self.services.extend([
            id.into(),
            id.into(),
            place.category.as_str().into(),
            place.status.as_str().into(),
        ]);
        for capability in &place.capabilities {
            self.capabilities
                .extend([Value::from(id), capability.as_str().into()]);
        }
        for (slot, hours) in (1i64..).zip(&place.hours) {
            let (opens, closes) = hours.times.clone().unzip();
            self.hours.extend([
                id.into(),
                hours.weekday.into(),
                slot.into(),
                hours.is_open.into(),
                opens.into(),
                closes.into(),
            ]);
        }
    }

    async fn insert(self, tx: &impl ConnectionTrait) {
        for (head, n_columns, values) in [
            (
                "insert into organization (id, name, name_key) values",
                3,
                self.organizations,
            ),
            (
                "insert into site (id, organization_id, name, kana, name_key, address, municipality_code, lat, lng) values",
                9,
                self.sites,
            ),
            (
                "insert into service (id, site_id, category, status) values",
                4,
                self.services,
            ),
            (
                "insert into service_capability (service_id, capability) values",
                2,
                self.capabilities,
            ),
            (
                "insert into service_hours (service_id, weekday, slot, is_open, opens, closes) values",
                6,
                self.hours,
            ),
        ] {
            insert_rows(tx, head, n_columns, values, "").await.unwrap();
        }
    }
}

pub async fn run(tx: &impl ConnectionTrait, sql: &str) {
    tx.execute_raw(statement(tx, sql, [])).await.unwrap();
}

fn invented(dice: &mut Dice) -> Place {
    let surname = *dice.pick(&["さくら", "川上", "山川", "汐見", "北野", "本町"]);
    let category = *dice.pick(&CATEGORIES);
    let kind = *dice.pick(&[
        "病院",
        "クリニック",
        "訪問看護ステーション",
        "薬局",
        "デイサービス",
    ]);
    let municipality = *dice.pick(&["99201", "99301", "98202"]);
    let town = *dice.pick(&["港町", "本町", "川端", "在家"]);
    let times = *dice.pick(&[("08:30", "17:15"), ("09:00", "12:00"), ("13:00", "19:00")]);
    let hours = match dice.below(4) {
        0 => vec![],
        1 => vec![open_without_times(2)],
        2 => vec![closed(2), open(3, times.0, times.1)],
        _ => vec![open(2, times.0, times.1), open(2, "20:00", "21:00")],
    };
    Place {
        name: format!("{surname}{kind}"),
        kana: dice.one_in(2).then(|| "サクラクリニック".into()),
        organization: dice.one_in(2).then(|| format!("医療法人{surname}会")),
        address: Some(format!("{town}{}番地", dice.below(90) + 1)),
        point: (!dice.one_in(6)).then(|| Point {
            lat: 35.0 + f64::from(dice.below(600)) / 1000.0,
            lng: 133.2 + f64::from(dice.below(700)) / 1000.0,
        }),
        status: (*dice.pick(&["active", "active", "suspended", "closed"])).into(),
        capabilities: CAPABILITIES
            .iter()
            .filter(|_| dice.one_in(3))
            .map(|code| (*code).into())
            .collect(),
        hours,
        ..Place::new(category, municipality)
    }
}

/// Seeded chance (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % u64::from(n)) as u32
    }

    pub fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u32) as usize]
    }
}
