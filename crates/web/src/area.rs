//! Areas in numbers: the list, one area, and who can be reached from where.

use keniki_app::area::show::Area;
use keniki_base::code::AreaRef;

use crate::error::Problem;
use crate::state::State;

pub mod coverage;
pub mod figures;
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
