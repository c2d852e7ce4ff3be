//! The directory going out: 医療機関一覧 and 介護サービス事業所一覧 in the columns of the 推奨データセット, and a list
//! of everything, row by row.

use std::collections::HashMap;
use std::io::Write;

use sea_orm::{ConnectionTrait, DbErr};

use super::listing::{self, Listed};
use crate::definition::Definitions;
use crate::definition::vocabulary::Category;
use crate::sheet::write::{Book, CsvTable, Table, WriteError};

mod care;
mod everything;
mod hours;
mod medical;
mod place;
mod queries;

/// In whose columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 推奨データセット 医療機関一覧: hospitals, clinics, dentists, pharmacies.
    Medical,
    /// 推奨データセット 介護サービス事業所一覧.
    Care,
    /// What neither has, in the columns of the latter, so that it comes back.
    Rest,
    /// Our own columns, for whatever there is.
    Everything,
}

/// Why nothing, or not all, was handed out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database's own.
    #[error("データベースから読み出せません: {0}")]
    Database(#[from] DbErr),
    /// The file's own.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Services read at a time: what stays in memory does not grow with the list.
const CHUNK: usize = 500;

impl Form {
    fn heads(self) -> &'static [&'static str] {
        match self {
            Self::Medical => &medical::HEADS,
            Self::Care | Self::Rest => &care::HEADS,
            Self::Everything => &everything::HEADS,
        }
    }

    /// The form that a category belongs to.
    fn of(category: &Category) -> Self {
        if category.institution_kinds.contains_key("standard_medical") {
            Self::Medical
        } else if category.care_service_names.is_empty() {
            Self::Rest
        } else {
            Self::Care
        }
    }
}

/// Every service that is not closed, by id.
pub async fn all_ids(db: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
    queries::all_ids(db).await
}

/// Writes these services as CSV in one form and answers how many rows it has; what belongs to another form is left
/// out, save in [`Form::Everything`].
pub async fn csv<W: Write>(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    form: Form,
    ids: &[i64],
    out: W,
) -> Result<u64, ExportError> {
    let mut table = CsvTable::new(out, form.heads())?;
    let reader = Reader::new(db, definitions).await?;
    let mut n_rows = 0;
    for ids in ids.chunks(CHUNK) {
        for entry in reader.entries(db, ids).await? {
            if form == Form::Everything || form == entry.form() {
                entry.write(form, &mut table)?;
                n_rows += 1;
            }
        }
    }
    table.end()?;
    Ok(n_rows)
}

/// Writes these services as a book: in one form as one sheet; with `None` a sheet for each 推奨データセット and the
/// rest on a third.
pub async fn book(
    db: &impl ConnectionTrait,
    definitions: &Definitions,
    form: Option<Form>,
    ids: &[i64],
) -> Result<Book, ExportError> {
    let mut book = Book::new();
    let mut sheets = Vec::new();
    for (one, name) in [
        (Form::Medical, "医療機関一覧"),
        (Form::Care, "介護サービス事業所一覧"),
        (Form::Rest, "その他の地域資源"),
        (Form::Everything, "すべて"),
    ] {
        if form.map_or(one != Form::Everything, |form| form == one) {
            sheets.push((one, book.add(name, one.heads())?));
        }
    }
    let reader = Reader::new(db, definitions).await?;
    for ids in ids.chunks(CHUNK) {
        for entry in reader.entries(db, ids).await? {
            let wanted = if form == Some(Form::Everything) {
                Form::Everything
            } else {
                entry.form()
            };
            if let Some((form, sheet)) = sheets.iter().find(|(form, _)| *form == wanted) {
                entry.write(*form, &mut book.sheet(*sheet)?)?;
            }
        }
    }
    book.open_on_rows()?;
    Ok(book)
}

/// A service with all that its row holds.
struct Entry<'a> {
    service: Listed,
    category: &'a Category,
    definitions: &'a Definitions,
    prefecture: Option<&'static str>,
    municipality: Option<&'a str>,
    extra: queries::Extra,
    hours: hours::Hours,
}

impl Entry<'_> {
    fn form(&self) -> Form {
        Form::of(self.category)
    }

    fn write(&self, form: Form, table: &mut impl Table) -> Result<(), WriteError> {
        let cells = match form {
            Form::Medical => medical::row(self),
            Form::Care | Form::Rest => care::row(self),
            Form::Everything => everything::row(self),
        };
        debug_assert_eq!(cells.len(), form.heads().len());
        table.row(&cells)
    }
}

struct Reader<'a> {
    definitions: &'a Definitions,
    municipalities: HashMap<String, String>,
}

impl<'a> Reader<'a> {
    async fn new(db: &impl ConnectionTrait, definitions: &'a Definitions) -> Result<Self, DbErr> {
        Ok(Self {
            definitions,
            municipalities: queries::municipality_names(db).await?,
        })
    }

    async fn entries(
        &'a self,
        db: &impl ConnectionTrait,
        ids: &[i64],
    ) -> Result<Vec<Entry<'a>>, DbErr> {
        let services = listing::of(db, ids).await?;
        let mut extras = queries::extras(db, ids).await?;
        let mut hours = queries::hours(db, ids).await?;
        let entry = |service: Listed| {
            let code = service.municipality_code.as_deref();
            Some(Entry {
                category: self.definitions.category(&service.category)?,
                definitions: self.definitions,
                prefecture: code.and_then(place::prefecture_name),
                municipality: code
                    .and_then(|code| self.municipalities.get(code))
                    .map(String::as_str),
                extra: extras.remove(&service.id).unwrap_or_default(),
                hours: hours.remove(&service.id).unwrap_or_default(),
                service,
            })
        };
        Ok(services.into_iter().filter_map(entry).collect())
    }
}
