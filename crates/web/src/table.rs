//! A table as a file that somebody takes away: CSV, or a book of one sheet.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use keniki_app::directory::export::ExportError;
use keniki_app::sheet::write::{Book, Cell, CsvTable, Table, WriteError};

use crate::error::Problem;
use crate::file;
use crate::service::export::book_file;

/// As which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// UTF-8 with the mark that Excel looks for.
    Csv,
    /// A book.
    Xlsx,
}

/// By how the address ends.
impl<S: Sync> FromRequestParts<S> for Form {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.uri.path().rsplit('.').next() {
            Some("csv") => Ok(Self::Csv),
            Some("xlsx") => Ok(Self::Xlsx),
            Some(_) | None => Err(Problem::NotFound),
        }
    }
}

/// A table under a name that says of nobody; `title` is the book's sheet.
pub(crate) fn answer<const N: usize>(
    form: Form,
    (name, title): (&str, &str),
    heads: [&str; N],
    rows: &[[Cell; N]],
) -> Result<Response, Problem> {
    match form {
        Form::Csv => {
            let bytes = csv(&heads, rows).map_err(ExportError::from)?;
            let kind = "text/csv; charset=utf-8";
            Ok(file::answer(bytes, kind, &format!("{name}.csv")))
        }
        Form::Xlsx => {
            let book = book(title, &heads, rows).map_err(ExportError::from)?;
            book_file(&format!("{name}.xlsx"), book)
        }
    }
}

fn csv<const N: usize>(heads: &[&str], rows: &[[Cell; N]]) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::new();
    let mut table = CsvTable::new(&mut bytes, heads)?;
    for row in rows {
        table.row(row)?;
    }
    table.end()?;
    Ok(bytes)
}

fn book<const N: usize>(
    title: &str,
    heads: &[&str],
    rows: &[[Cell; N]],
) -> Result<Book, WriteError> {
    let mut book = Book::new();
    let number = book.add(title, heads)?;
    let mut sheet = book.sheet(number)?;
    for row in rows {
        sheet.row(row)?;
    }
    Ok(book)
}
