//! The SQL behind the matchers: names, towns, outlines and successions of the leaves.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::database::statement;

/// A prefecture or a leaf by its name.
#[derive(Debug, FromQueryResult)]
pub(super) struct NameRow {
    pub code: String,
    pub name: String,
    pub valid_to: Option<String>,
}

/// Names of one kind (`prefecture`, `municipality`) in the order of their codes.
pub(super) async fn names<C: ConnectionTrait>(db: &C, kind: &str) -> Result<Vec<NameRow>, DbErr> {
    NameRow::find_by_statement(statement(
        db,
        "select code, name, valid_to from area where area_set = $1 and kind = $1 order by code",
        [kind.into()],
    ))
    .all(db)
    .await
}

/// A town with its point.
#[derive(Debug, FromQueryResult)]
pub(super) struct TownRow {
    pub municipality_code: String,
    pub name: String,
    pub small_name: String,
    pub town_key: String,
    pub lat: f64,
    pub lng: f64,
}

/// Every town in the order of its municipality and name.
pub(super) async fn towns<C: ConnectionTrait>(db: &C) -> Result<Vec<TownRow>, DbErr> {
    TownRow::find_by_statement(statement(
        db,
        "select municipality_code, name, small_name, town_key, lat, lng from town
         order by municipality_code, name, small_name",
        [],
    ))
    .all(db)
    .await
}

/// The outline of a leaf, as the text of a GeoJSON `MultiPolygon`.
#[derive(Debug, FromQueryResult)]
pub(super) struct OutlineRow {
    pub code: String,
    pub outline: String,
}

/// Every known outline of a leaf.
pub(super) async fn leaf_outlines<C: ConnectionTrait>(db: &C) -> Result<Vec<OutlineRow>, DbErr> {
    OutlineRow::find_by_statement(statement(
        db,
        "select code, outline from area
         where area_set = 'municipality' and kind = 'municipality' and outline is not null
         order by code",
        [],
    ))
    .all(db)
    .await
}

/// A municipality that went over into another.
#[derive(Debug, FromQueryResult)]
pub(super) struct SuccessionRow {
    pub old_code: String,
    pub new_code: String,
}

/// Every succession of municipalities.
pub(super) async fn successions<C: ConnectionTrait>(db: &C) -> Result<Vec<SuccessionRow>, DbErr> {
    SuccessionRow::find_by_statement(statement(
        db,
        "select old_code, new_code from municipality_succession order by old_code, new_code",
        [],
    ))
    .all(db)
    .await
}
