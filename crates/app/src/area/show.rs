//! Areas as pages and the API show them: what one is made of, who touches it, who lives there, how it lies.

use keniki_base::code::AreaRef;
use keniki_base::geo::Point;
use sea_orm::{ConnectionTrait, DbErr};

use super::outline::Outline;
use super::queries::successions;
use super::succession::groups;
use super::{set, town};

pub mod people;
mod queries;

/// An area of one set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Code of its set.
    pub set: String,
    /// 2, 4 or 5 digits.
    pub code: String,
    /// `prefecture`, `medical_area`, `municipality`, ….
    pub kind: String,
    /// Name.
    pub name: String,
    /// Two digits.
    pub prefecture_code: Option<String>,
    /// The leaves it is made of; of a leaf itself.
    pub members: Vec<Member>,
}

/// A municipality or ward of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// 5 digits.
    pub code: String,
    /// Name.
    pub name: String,
}

impl Area {
    /// Codes of its leaves.
    #[must_use]
    pub fn member_codes(&self) -> Vec<String> {
        self.members
            .iter()
            .map(|member| member.code.clone())
            .collect()
    }
}

/// The area that `/` shows; `None` where none is set, or none of that code is loaded.
///
/// # Errors
/// The database's own.
pub async fn home(db: &impl ConnectionTrait) -> Result<Option<Area>, DbErr> {
    let code = queries::setting(db, super::HOME).await?;
    match code.and_then(|code| code.parse().ok()) {
        Some(code) => find(db, code).await,
        None => Ok(None),
    }
}

/// The area of a code: a prefecture, a medical area, or a municipality.
///
/// # Errors
/// The database's own.
pub async fn find(db: &impl ConnectionTrait, code: AreaRef) -> Result<Option<Area>, DbErr> {
    let (set, code) = match code {
        AreaRef::Prefecture(code) => (set::PREFECTURE, code.to_string()),
        AreaRef::MedicalArea(code) => (set::MEDICAL_AREA, code.to_string()),
        // 31000 and 310006 are the prefecture itself (全国地方公共団体コード).
        AreaRef::Municipality(code) if code.as_str().ends_with("000") => {
            (set::PREFECTURE, code.prefecture().to_string())
        }
        AreaRef::Municipality(code) => (set::MUNICIPALITY, code.to_string()),
    };
    let row = match queries::area(db, set, &code).await? {
        // 2401 北勢 is a medical area of the sets of 335 and 330.
        None if set == set::MEDICAL_AREA => queries::medical_area_of_any_set(db, &code).await?,
        row => row,
    };
    Ok(with_members(db, row.into_iter().collect()).await?.pop())
}

/// The area of a code in a set of its own (a layer such as `health_center`, an insurer, another division of
/// medical areas).
///
/// # Errors
/// The database's own.
pub async fn find_in(
    db: &impl ConnectionTrait,
    set: &str,
    code: &str,
) -> Result<Option<Area>, DbErr> {
    let row = queries::area(db, set, code).await?;
    Ok(with_members(db, row.into_iter().collect()).await?.pop())
}

/// Every area of a set, whether people of it are loaded or not, in the order of their codes.
///
/// # Errors
/// The database's own.
pub async fn areas_of_set(db: &impl ConnectionTrait, set: &str) -> Result<Vec<Area>, DbErr> {
    let rows = queries::areas_of_set(db, set).await?;
    with_members(db, rows).await
}

/// The areas of every set that hold a municipality: its medical area, its insurer, its health center, ….
///
/// # Errors
/// The database's own.
pub async fn holding(db: &impl ConnectionTrait, municipality: &str) -> Result<Vec<Area>, DbErr> {
    let mut found = Vec::new();
    for row in queries::holding(db, municipality).await? {
        found.extend(with_members(db, vec![row]).await?);
    }
    Ok(found)
}

/// Every medical area with people or services loaded, in the order of their codes.
///
/// # Errors
/// The database's own.
pub async fn medical_areas(db: &impl ConnectionTrait) -> Result<Vec<Area>, DbErr> {
    let rows = queries::areas(db, set::MEDICAL_AREA).await?;
    with_members(db, rows).await
}

/// Areas of the same set that touch it, in the order of their codes.
///
/// # Errors
/// The database's own.
pub async fn neighbors(db: &impl ConnectionTrait, area: &Area) -> Result<Vec<Area>, DbErr> {
    let rows = queries::neighbors(db, &area.set, &area.code).await?;
    with_members(db, rows).await
}

/// The medical areas that hold a municipality, or the prefecture of a medical area.
///
/// # Errors
/// The database's own.
pub async fn parents(db: &impl ConnectionTrait, area: &Area) -> Result<Vec<Area>, DbErr> {
    let rows = match area.set.as_str() {
        set::MUNICIPALITY => queries::areas_of(db, set::MEDICAL_AREA, &area.code).await?,
        set::PREFECTURE => Vec::new(),
        _ => match &area.prefecture_code {
            Some(code) => queries::area(db, set::PREFECTURE, code)
                .await?
                .into_iter()
                .collect(),
            None => Vec::new(),
        },
    };
    with_members(db, rows).await
}

/// Name of a prefecture by its two digits.
///
/// # Errors
/// The database's own.
pub async fn prefecture_name(
    db: &impl ConnectionTrait,
    code: &str,
) -> Result<Option<String>, DbErr> {
    Ok(queries::area(db, set::PREFECTURE, code)
        .await?
        .map(|row| row.name))
}

async fn with_members(
    db: &impl ConnectionTrait,
    rows: Vec<queries::AreaRow>,
) -> Result<Vec<Area>, DbErr> {
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    let members = queries::members(db, &first.area_set, &codes).await?;
    let areas = rows.into_iter().map(|row| {
        let mut own: Vec<Member> = members
            .iter()
            .filter(|member| member.area_code == row.code)
            .map(|member| Member {
                code: member.code.clone(),
                name: member.name.clone(),
            })
            .collect();
        if row.area_set == set::MUNICIPALITY && own.is_empty() {
            own.push(Member {
                code: row.code.clone(),
                name: row.name.clone(),
            });
        }
        Area {
            set: row.area_set,
            code: row.code,
            kind: row.kind,
            name: row.name,
            prefecture_code: row.prefecture_code,
            members: own,
        }
    });
    Ok(areas.collect())
}

/// How a municipality lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// 5 digits.
    pub code: String,
    /// Name.
    pub name: String,
    /// Rings of (longitude, latitude) in degrees, of all parts; a ring inside another is a hole.
    pub rings: Vec<Vec<(f64, f64)>>,
}

/// Outlines of these municipalities, in the order of their codes; those without one are left out. Where the
/// boundaries are of before a succession, the municipalities of then stand for those of today.
///
/// # Errors
/// The database's own, and an outline in it that cannot be read.
pub async fn outlines(db: &impl ConnectionTrait, codes: &[String]) -> Result<Vec<Drawn>, DbErr> {
    let mut rows = queries::outlines(db, codes).await?;
    let pairs: Vec<(String, String)> = successions(db)
        .await?
        .into_iter()
        .map(|row| (row.old_code, row.new_code))
        .collect();
    for group in groups(&pairs) {
        let is_drawn = |code: &String| rows.iter().any(|row| row.code == *code);
        if group
            .new
            .iter()
            .all(|code| codes.contains(code) && !is_drawn(code))
        {
            let before: Vec<String> = group.old.into_iter().collect();
            rows.extend(queries::outlines(db, &before).await?);
        }
    }
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    rows.into_iter()
        .map(|row| {
            let outline: Outline = serde_json::from_str(&row.outline)
                .map_err(|error| DbErr::Custom(format!("outline of {}: {error}", row.code)))?;
            let ring =
                |ring: Vec<[f64; 2]>| ring.into_iter().map(|[lng, lat]| (lng, lat)).collect();
            Ok(Drawn {
                code: row.code,
                name: row.name,
                rings: outline.rings().into_iter().map(ring).collect(),
            })
        })
        .collect()
}

/// Publisher and title of the outlines of these municipalities.
///
/// # Errors
/// The database's own.
pub async fn outline_source(
    db: &impl ConnectionTrait,
    codes: &[String],
) -> Result<Option<String>, DbErr> {
    queries::outline_source(db, codes).await
}

/// A town that a typed text may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Municipality and town: 汐見市港町一丁目.
    pub name: String,
    /// The point that stands for it.
    pub point: Point,
}

/// The most towns [`towns_named`] gives.
pub const MOST_TOWNS: u64 = 20;

/// Towns that a typed text may mean: 「汐見市港町」, 「港町」; towns of exactly that name first, at most [`MOST_TOWNS`].
///
/// # Errors
/// The database's own.
pub async fn towns_named(db: &impl ConnectionTrait, typed: &str) -> Result<Vec<Named>, DbErr> {
    let mut found = Vec::new();
    for member in queries::municipalities_that_begin(db, typed).await? {
        let rest = typed
            .trim()
            .strip_prefix(member.name.as_str())
            .unwrap_or_default();
        found.extend(queries::towns(db, Some(&member.code), &town::town_key(rest)).await?);
    }
    if found.is_empty() {
        found = queries::towns(db, None, &town::town_key(typed)).await?;
    }
    let exact: Vec<Named> = found
        .iter()
        .filter(|town| town.is_exact)
        .map(queries::TownRow::named)
        .collect();
    if !exact.is_empty() {
        return Ok(exact);
    }
    Ok(found.iter().map(queries::TownRow::named).collect())
}

/// A file that was loaded: what numbers point back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Title of the publication.
    pub title: String,
    /// Publisher.
    pub publisher: String,
    /// ISO day for which it holds.
    pub as_of: Option<String>,
    /// ISO instant.
    pub loaded_at: String,
}

/// The newest edition of every publication about areas that is loaded, by title.
///
/// # Errors
/// The database's own.
pub async fn sources(db: &impl ConnectionTrait) -> Result<Vec<Loaded>, DbErr> {
    queries::sources(db).await
}
