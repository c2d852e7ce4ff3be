//! One row of a table as a line of JSON, out and in: the columns of the list, each of its kind, and no other.

use sea_orm::{DbErr, QueryResult, Value};
use serde_json::{Map, Value as Json};

use super::table::{Column, Kind, Table};
use crate::directory::source;

/// The columns of one row that are not null, by name.
pub(super) type Cells = Map<String, Json>;

/// A row of `queries::rows` as a line.
pub(super) fn line(table: &Table, row: &QueryResult) -> Result<String, DbErr> {
    let mut cells = Cells::new();
    for (at, column) in table.columns.iter().enumerate() {
        let cell = cell(column.kind, row, at)?;
        if !cell.is_null() {
            cells.insert(column.name.to_owned(), cell);
        }
    }
    Ok(Json::Object(cells).to_string())
}

fn cell(kind: Kind, row: &QueryResult, at: usize) -> Result<Json, DbErr> {
    Ok(match kind {
        Kind::Text => row.try_get_by_index::<Option<String>>(at)?.into(),
        Kind::Integer | Kind::Own | Kind::Of(_) => row.try_get_by_index::<Option<i64>>(at)?.into(),
        Kind::Decimal => {
            let number: Option<f64> = row.try_get_by_index(at)?;
            number.map(|number| number.to_string()).into()
        }
        Kind::Flag => row.try_get_by_index::<Option<bool>>(at)?.into(),
        Kind::Said => said(&row.try_get_by_index::<String>(at)?).into(),
    })
}

/// What the type knows of a text that may hold more; a text that is none of ours says nothing.
pub(super) fn said(content: &str) -> String {
    let said: source::Said = serde_json::from_str(content).unwrap_or_default();
    said.to_json()
}

/// Reads a line; what is wrong with it is told in Japanese.
pub(super) fn cells(table: &Table, line: &str) -> Result<Cells, String> {
    let cells: Cells = serde_json::from_str(line).map_err(|_| "JSONの行ではありません")?;
    let is_known = |name: &String| table.columns.iter().any(|column| column.name == name);
    if let Some(unknown) = cells.keys().find(|name| !is_known(name)) {
        return Err(format!("{unknown} という列は束にありません"));
    }
    let is_missing = |column: &&Column| column.is_needed && !cells.contains_key(column.name);
    match table.columns.iter().find(is_missing) {
        Some(column) => Err(format!("{} がありません", column.name)),
        None => Ok(cells),
    }
}

/// The whole number in a column; none where it is left out.
pub(super) fn integer(cells: &Cells, name: &str) -> Result<Option<i64>, String> {
    read(cells, name, Json::as_i64)
}

/// The text in a column; none where it is left out.
pub(super) fn text<'a>(cells: &'a Cells, name: &str) -> Result<Option<&'a str>, String> {
    read(cells, name, Json::as_str)
}

/// What goes into a column that holds no row's number.
pub(super) fn value(cells: &Cells, column: &Column) -> Result<Value, String> {
    let name = column.name;
    Ok(match column.kind {
        Kind::Text => text(cells, name)?.into(),
        Kind::Integer | Kind::Own | Kind::Of(_) => integer(cells, name)?.into(),
        Kind::Flag => read(cells, name, Json::as_bool)?.into(),
        Kind::Said => text(cells, name)?.map(said).into(),
        Kind::Decimal => {
            let number = |cell: &Json| {
                cell.as_str()?
                    .parse()
                    .ok()
                    .filter(|it: &f64| it.is_finite())
            };
            read(cells, name, number)?.into()
        }
    })
}

fn read<'a, T>(
    cells: &'a Cells,
    name: &str,
    of: impl Fn(&'a Json) -> Option<T>,
) -> Result<Option<T>, String> {
    let cell = cells.get(name);
    cell.map(|cell| of(cell).ok_or_else(|| format!("{name} の値が読めません")))
        .transpose()
}
