//! Writes a drawn area in one transaction: areas, outlines, towns, people, the directory and its search index.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use keniki_base::geo::Point;
use sea_orm::{DatabaseTransaction, DbErr};

use super::directory::Directory;
use super::land;
use super::people::{AGES, CHARACTERS, People, five_years_later};
use super::region::{Region, area_code, municipality_codes, prefecture_of};
use super::{Plan, queries};
use crate::area::indicator::{POPULATION, PROJECTED_POPULATION, PROJECTED_SHARE};
use crate::area::outline::Outline;
use crate::area::record::{self, Area, AreaSet, Drawn, NO_END, Observation, Sex, Source, Town};
use crate::area::set;
use crate::database::instant;
use crate::digest;
use crate::directory::search::index;
use crate::import::report::{FileReport, Records};

/// The last year of a projection, as in IPSS's of 2023.
const LAST_YEAR: i32 = 2050;

/// Everything of one area, drawn and not yet written.
pub struct Scene {
    /// Which one of the plan.
    pub number: u32,
    /// Its land and names.
    pub region: Region,
    /// Its people by municipality.
    pub people: [People; 5],
    /// Its directory.
    pub directory: Directory,
}

/// Rows written of one area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rows {
    /// Its batch.
    pub batch: i64,
    /// Sites.
    pub n_sites: u64,
    /// Services.
    pub n_services: u64,
}

/// Writes `scene`, and before the first one what all areas share.
pub async fn scene(
    tx: &DatabaseTransaction,
    scene: &Scene,
    plan: Plan,
    now: DateTime<Utc>,
) -> Result<Rows, DbErr> {
    let today = jst_day(now);
    let source = record::put_source(tx, &source(plan, today), now).await?;
    if scene.number == 0 {
        record::put_sets(tx, &sets()).await?;
        record::set_home(tx, scene.region.code.as_str()).await?;
        queries::put_mark(tx, &mark(plan, today)).await?;
    }
    areas(tx, scene, plan, source).await?;
    record::put_towns(tx, source, &towns(&scene.region)).await?;
    record::put_observations(tx, source, &observations(scene, today)).await?;
    directory(tx, scene, plan, now).await
}

/// What the setting `sample` says; its mere presence puts a banner on every page.
fn mark(plan: Plan, today: NaiveDate) -> String {
    serde_json::json!({ "seed": plan.seed, "scale": plan.scale, "made_on": today.to_string() })
        .to_string()
}

fn source(plan: Plan, today: NaiveDate) -> Source {
    Source {
        kind: "sample".to_owned(),
        title: "架空の見本データ（実在の地域・統計ではありません）".to_owned(),
        publisher: "Keniki（keniki sample）".to_owned(),
        file_name: format!("sample-{}", plan.seed),
        sha256: digest::of_text(&mark(plan, today)),
        as_of: new_year(today),
    }
}

fn new_year(today: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(today.year(), 1, 1)
}

fn sets() -> Vec<AreaSet> {
    [
        (set::PREFECTURE, "prefecture", "都道府県（架空）"),
        (set::MEDICAL_AREA, "medical_area", "二次医療圏（架空）"),
        (set::MUNICIPALITY, "municipality", "市町村（架空）"),
    ]
    .map(|(code, kind, name)| AreaSet {
        code: code.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        valid_from: None,
        valid_to: None,
    })
    .into()
}

async fn areas(
    tx: &DatabaseTransaction,
    scene: &Scene,
    plan: Plan,
    source: i64,
) -> Result<(), DbErr> {
    let region = &scene.region;
    let mut areas: Vec<Area> = region
        .municipalities
        .iter()
        .map(|municipality| Area::municipality(municipality.code, municipality.name.text.clone()))
        .collect();
    areas.push(Area {
        set: set::MEDICAL_AREA.to_owned(),
        code: region.code.to_string(),
        kind: "medical_area".to_owned(),
        name: region.name.clone(),
        prefecture: Some(region.prefecture),
        valid_from: None,
        valid_to: None,
        members: municipality_codes(scene.number).into(),
    });
    if scene.number.is_multiple_of(land::AREAS_PER_PREFECTURE) {
        areas.push(prefecture(scene, plan));
    }
    record::put_areas(tx, &areas).await?;
    record::put_outlines(tx, source, &outlines(region)).await?;
    let code = region.code.to_string();
    let pairs: BTreeSet<(String, String)> = land::neighbors(scene.number)
        .into_iter()
        .filter(|other| *other < scene.number)
        .map(|other| (code.clone(), area_code(other).to_string()))
        .collect();
    record::put_neighbors(tx, set::MEDICAL_AREA, &pairs).await?;
    Ok(())
}

/// The prefecture with all the municipalities it will have when the plan is done.
fn prefecture(scene: &Scene, plan: Plan) -> Area {
    let code = prefecture_of(scene.number);
    let members = (scene.number..plan.scale).take_while(|number| prefecture_of(*number) == code);
    Area {
        set: set::PREFECTURE.to_owned(),
        code: code.to_string(),
        kind: "prefecture".to_owned(),
        name: scene.region.prefecture_name.text.clone(),
        prefecture: Some(code),
        valid_from: None,
        valid_to: None,
        members: members.flat_map(municipality_codes).collect(),
    }
}

fn outlines(region: &Region) -> Vec<Drawn> {
    let drawn = |set: &str, code: &str, ring: &[Point], label| Drawn {
        set: set.to_owned(),
        code: code.to_owned(),
        outline: Outline::MultiPolygon {
            coordinates: vec![vec![
                ring.iter().map(|point| [point.lng, point.lat]).collect(),
            ]],
        },
        label,
    };
    let middle = Point {
        lat: region
            .municipalities
            .iter()
            .map(|one| one.center.lat)
            .sum::<f64>()
            / region.municipalities.len() as f64,
        lng: region
            .municipalities
            .iter()
            .map(|one| one.center.lng)
            .sum::<f64>()
            / region.municipalities.len() as f64,
    };
    let whole = drawn(
        set::MEDICAL_AREA,
        region.code.as_str(),
        &region.outline,
        middle,
    );
    let parts = region
        .municipalities
        .iter()
        .map(|one| drawn(set::MUNICIPALITY, one.code.as_str(), &one.ring, one.center));
    parts.chain([whole]).collect()
}

fn towns(region: &Region) -> Vec<Town> {
    let town = |town: &super::region::Town| Town {
        municipality: region.municipalities[town.municipality].code,
        name: town.name.text.clone(),
        small_name: String::new(),
        point: town.point,
    };
    region.towns.iter().map(town).collect()
}

/// Population at the last New Year by sex and age, and the projection from the last round year to 2050.
fn observations(scene: &Scene, today: NaiveDate) -> Vec<Observation> {
    let mut observations = Vec::new();
    let first_year = today.year() / 5 * 5;
    for ((municipality, people), character) in scene
        .region
        .municipalities
        .iter()
        .zip(&scene.people)
        .zip(&CHARACTERS)
    {
        let code = municipality.code.as_str();
        observations.extend(population(code, people, today));
        let mut people = people.clone();
        for year in (first_year..=LAST_YEAR.max(first_year)).step_by(5) {
            observations.extend(projection(code, &people, year));
            people = five_years_later(&people, character);
        }
    }
    observations
}

fn population(code: &str, people: &People, today: NaiveDate) -> Vec<Observation> {
    let period = new_year(today).map_or_else(String::new, |day| day.to_string());
    let row = |sex, (age_from, age_to), value: f64| Observation {
        indicator: POPULATION,
        set: set::MUNICIPALITY.to_owned(),
        code: code.to_owned(),
        period: period.clone(),
        sex,
        age_from,
        age_to,
        value: Ok(value),
    };
    let ages = (0..AGES as u16).map(|at| {
        (
            5 * at,
            if usize::from(at) + 1 == AGES {
                NO_END
            } else {
                5 * at + 4
            },
        )
    });
    let mut rows = Vec::new();
    for ((age, men), women) in ages.zip(people.men).zip(people.women) {
        rows.extend([
            row(Sex::All, age, men + women),
            row(Sex::Male, age, men),
            row(Sex::Female, age, women),
        ]);
    }
    let everybody = (0, NO_END);
    rows.extend([
        row(Sex::All, everybody, people.total()),
        row(Sex::Male, everybody, people.men.iter().sum()),
        row(Sex::Female, everybody, people.women.iter().sum()),
    ]);
    rows
}

fn projection(code: &str, people: &People, year: i32) -> [Observation; 3] {
    let row = |indicator, age_from, value: f64| Observation {
        indicator,
        set: set::MUNICIPALITY.to_owned(),
        code: code.to_owned(),
        period: year.to_string(),
        sex: Sex::All,
        age_from,
        age_to: NO_END,
        value: Ok(value),
    };
    let share = |age| (people.of_age_and_over(age) / people.total() * 1e6).round() / 1e4;
    [
        row(PROJECTED_POPULATION, 0, people.total().round()),
        row(PROJECTED_SHARE, 65, share(65)),
        row(PROJECTED_SHARE, 75, share(75)),
    ]
}

async fn directory(
    tx: &DatabaseTransaction,
    scene: &Scene,
    plan: Plan,
    now: DateTime<Utc>,
) -> Result<Rows, DbErr> {
    let last = queries::last_ids(tx).await?;
    let n_services: usize = scene
        .directory
        .sites
        .iter()
        .map(|site| site.services.len())
        .sum();
    let batch = queries::Batch {
        id: last.batch + 1,
        scope: format!("sample/{}", scene.region.code),
        file_name: format!("sample-{}-{}", plan.seed, scene.number),
        sha256: digest::of_text(&format!("{} {}", mark(plan, jst_day(now)), scene.number)),
        as_of: jst_day(now).to_string(),
        imported_at: instant(now),
        n_rows: n_services as i64,
        report: report(scene, last.batch + 1, n_services as u64),
    };
    queries::insert_batch(tx, &batch).await?;
    queries::insert_organizations(
        tx,
        batch.id,
        last.organization,
        &scene.region,
        &scene.directory,
    )
    .await?;
    queries::insert_sites(tx, batch.id, last, &scene.region, &scene.directory).await?;
    queries::insert_services(tx, &batch, last, &scene.region, &scene.directory).await?;
    let ids: Vec<i64> = (last.service + 1..).take(n_services).collect();
    index::put(tx, &ids).await?;
    Ok(Rows {
        batch: batch.id,
        n_sites: scene.directory.sites.len() as u64,
        n_services: n_services as u64,
    })
}

fn report(scene: &Scene, batch: i64, n_services: u64) -> String {
    let report = FileReport {
        file: format!("sample-{}", scene.region.code),
        format: Some("sample".to_owned()),
        format_name: Some("架空の見本データ".to_owned()),
        batch: Some(batch),
        written: true,
        rows: n_services,
        new: n_services,
        records: Records {
            total: n_services,
            new_sites: scene.directory.sites.len() as u64,
            new_services: n_services,
            ..Records::default()
        },
        ..FileReport::default()
    };
    serde_json::to_string(&report).expect("texts and numbers always become JSON")
}
