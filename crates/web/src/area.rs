//! Areas in numbers: the list, one area, and who can be reached from where.

use keniki_app::area::show::{Area, prefecture_name};
use keniki_base::code::AreaRef;

use keniki_app::database::DbErr;

use crate::error::Problem;
use crate::state::State;

pub mod coverage;
pub mod figures;
pub mod freshness;
pub mod list;
pub mod resources;
pub mod show;

/// The area of a code in an address.
async fn area_of(state: &State, code: &str) -> Result<Area, Problem> {
    let code: AreaRef = code.parse().map_err(|_| Problem::NotFound)?;
    keniki_app::area::show::find(&state.db, code)
        .await?
        .ok_or(Problem::NotFound)
}

/// What an area is called by its kind.
fn kind_word(area: &Area) -> &'static str {
    match area.kind.as_str() {
        "prefecture" => "都道府県",
        "medical_area" => "二次医療圏（構想区域）",
        "designated_city" => "政令指定都市",
        _ => "市区町村",
    }
}

/// An area as a stranger would call it: a medical area is called after a part of its prefecture (西部), so the
/// prefecture comes first (鳥取県西部圏域).
pub(crate) async fn full_name(state: &State, area: &Area) -> Result<String, DbErr> {
    if area.kind != "medical_area" {
        return Ok(area.name.clone());
    }
    let prefecture = match &area.prefecture_code {
        Some(code) => prefecture_name(&state.db, code).await?.unwrap_or_default(),
        None => String::new(),
    };
    let suffix = if area.name.ends_with("圏域") {
        ""
    } else {
        "圏域"
    };
    Ok(format!("{prefecture}{}{suffix}", area.name))
}
