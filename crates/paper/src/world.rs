//! All that Typst sees while it makes one sheet: the form, the sheet's markup, its pictures and its day.

use chrono::Datelike;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};

use crate::press::Types;
use crate::sheet::Sheet;

/// One sheet on the press.
pub(crate) struct OnPress<'a> {
    types: &'a Types,
    main: Source,
    pictures: Vec<(FileId, Bytes)>,
    today: Option<Datetime>,
}

/// The file of this name, beside the sheet; none where no file can be called so.
pub(crate) fn file_id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl<'a> OnPress<'a> {
    pub(crate) fn new(types: &'a Types, sheet: &Sheet) -> Self {
        let bytes = |picture: &crate::sheet::Picture| {
            Some((file_id(picture.name)?, Bytes::new(picture.bytes.clone())))
        };
        let (month, day) = (sheet.day.month(), sheet.day.day());
        Self {
            types,
            main: Source::new(types.main, sheet.source(&types.families)),
            pictures: sheet.pictures.iter().filter_map(bytes).collect(),
            today: Datetime::from_ymd(
                sheet.day.year(),
                u8::try_from(month).unwrap_or_default(),
                u8::try_from(day).unwrap_or_default(),
            ),
        }
    }

    /// What Typst is told of a file that it cannot have, wherever that may lie.
    fn nothing<T>(id: FileId) -> FileResult<T> {
        let path = id.get().vpath().get_with_slash();
        Err(FileError::NotFound(path.into()))
    }
}

impl World for OnPress<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.types.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.types.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.main, &self.types.form]
            .into_iter()
            .find(|source| source.id() == id)
            .map_or_else(|| Self::nothing(id), |source| Ok(source.clone()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let picture = self.pictures.iter().find(|(own, _)| *own == id);
        picture.map_or_else(|| Self::nothing(id), |(_, bytes)| Ok(bytes.clone()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.types.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}
