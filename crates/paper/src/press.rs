//! The press: fonts and Typst's library, made once, then sheet after sheet as PDF or as pictures.

use std::borrow::Cow;
use std::sync::Arc;

use thiserror::Error;
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Smart};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::{LazyHash, Scalar};
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::{Page, PagedDocument};
use typst_pdf::PdfOptions;
use typst_render::RenderOptions;

use crate::sheet::{LINES_BEFORE, Sheet};
use crate::world::{OnPress, file_id};

/// Longer prints are for several sheets.
pub const MOST_PAGES: usize = 200;

/// More markup than any such print needs.
pub const LONGEST_MARKUP_BYTES: usize = 8 * 1024 * 1024;

/// What so many prints did not use again is forgotten: the form stays, what one sheet said goes.
const FORGET_AFTER: usize = 4;

/// A font is Japanese if it has these.
const JAPANESE: [char; 3] = ['あ', 'ア', '護'];

/// Makes sheets. Cheap to clone; the first sheet takes longer than those that follow.
#[derive(Clone)]
pub struct Press(Arc<Types>);

/// What all sheets share.
pub(crate) struct Types {
    pub(crate) library: LazyHash<Library>,
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
    /// Japanese ones first.
    pub(crate) families: Vec<String>,
    pub(crate) form: Source,
    pub(crate) main: FileId,
}

/// There is no Japanese font among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("日本語の書体がありません")]
pub struct NoFont;

/// Why there is no print.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaperError {
    /// The markup is wrong: the program's fault, not its user's.
    #[error("印刷の書式の{line}行目に誤りがあります（{reason}）")]
    Markup {
        /// Line of the sheet's markup, from 1; 0 where it lies in no line of it.
        line: usize,
        /// As Typst says it.
        reason: String,
    },
    /// More markup than [`LONGEST_MARKUP_BYTES`].
    #[error("内容が多すぎて印刷できません。範囲をしぼってください")]
    TooLarge,
    /// More pages than [`MOST_PAGES`].
    #[error(
        "{pages}ページになるため印刷できません（{MOST_PAGES}ページまで）。範囲をしぼってください"
    )]
    TooLong {
        /// How many it would have.
        pages: usize,
    },
    /// The pages are well, but do not become a file.
    #[error("印刷のファイルを作れません（{0}）")]
    Export(String),
}

impl Press {
    /// A press with these font files; where a letter is missing in the first Japanese one, the next has its turn.
    ///
    /// # Errors
    /// None of them is Japanese.
    pub fn new(files: impl IntoIterator<Item = Cow<'static, [u8]>>) -> Result<Self, NoFont> {
        let mut fonts: Vec<Font> = files.into_iter().flat_map(faces).collect();
        fonts.sort_by_key(|font| !is_japanese(font));
        if !fonts.first().is_some_and(is_japanese) {
            return Err(NoFont);
        }
        let mut families: Vec<String> = Vec::new();
        for font in &fonts {
            let family = &font.info().family;
            if !families.contains(family) {
                families.push(family.clone());
            }
        }
        let id = |name| file_id(name).expect("a plain name is a path");
        Ok(Self(Arc::new(Types {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            families,
            form: Source::new(id("form.typ"), include_str!("form.typ").to_owned()),
            main: id("sheet.typ"),
        })))
    }

    /// The family that letters are taken from first.
    #[must_use]
    pub fn family(&self) -> &str {
        self.0.families.first().map_or("", String::as_str)
    }

    /// The letters of `words` that no font has: they print as boxes.
    #[must_use]
    pub fn missing(&self, words: &str) -> Vec<char> {
        let has = |letter: char| {
            let covers = |font: &Font| font.info().coverage.contains(u32::from(letter));
            letter.is_control() || self.0.fonts.iter().any(covers)
        };
        words.chars().filter(|letter| !has(*letter)).collect()
    }

    /// The sheet as a tagged PDF that carries the letters it uses.
    ///
    /// # Errors
    /// Its markup is wrong, or it is too long.
    pub fn pdf(&self, sheet: &Sheet) -> Result<Vec<u8>, PaperError> {
        let options = PdfOptions {
            creator: Smart::Custom(None),
            ..PdfOptions::default()
        };
        self.with_pages(sheet, |document| {
            typst_pdf::pdf(document, &options)
                .map_err(|faults| PaperError::Export(reason(faults.first())))
        })
    }

    /// Each page of the sheet as PNG, with so many pixels a point (1/72 inch).
    ///
    /// # Errors
    /// Its markup is wrong, or it is too long.
    pub fn png(&self, sheet: &Sheet, pixels_per_pt: f64) -> Result<Vec<Vec<u8>>, PaperError> {
        let options = RenderOptions {
            pixel_per_pt: Scalar::new(pixels_per_pt),
            render_bleed: false,
        };
        let draw = |page: &Page| {
            let drawn = typst_render::render(page, &options).encode_png();
            drawn.map_err(|error| PaperError::Export(error.to_string()))
        };
        self.with_pages(sheet, |document| {
            document.pages().iter().map(draw).collect()
        })
    }

    /// Lays the sheet out, has `export` make something of its pages, and forgets what the next will not need.
    fn with_pages<T>(
        &self,
        sheet: &Sheet,
        export: impl FnOnce(&PagedDocument) -> Result<T, PaperError>,
    ) -> Result<T, PaperError> {
        if sheet.markup.len() > LONGEST_MARKUP_BYTES {
            return Err(PaperError::TooLarge);
        }
        let world = OnPress::new(&self.0, sheet);
        let made = typst::compile::<PagedDocument>(&world).output;
        let made = made
            .map_err(|faults| wrong(&world, faults.first()))
            .and_then(|document| match document.pages().len() {
                ..=MOST_PAGES => export(&document),
                pages => Err(PaperError::TooLong { pages }),
            });
        comemo::evict(FORGET_AFTER);
        made
    }
}

fn faces(file: Cow<'static, [u8]>) -> Vec<Font> {
    let bytes = match file {
        Cow::Borrowed(embedded) => Bytes::new(embedded),
        Cow::Owned(read) => Bytes::new(read),
    };
    Font::iter(bytes).collect()
}

fn is_japanese(font: &Font) -> bool {
    let coverage = &font.info().coverage;
    JAPANESE
        .iter()
        .all(|letter| coverage.contains(u32::from(*letter)))
}

/// The first fault, with its line of the sheet's markup.
fn wrong(world: &OnPress<'_>, fault: Option<&SourceDiagnostic>) -> PaperError {
    let line = fault.and_then(|fault| {
        let main = world.main();
        let own = fault.span.id() == Some(main);
        let range = own.then(|| world.range(fault.span)).flatten()?;
        let source = world.source(main).ok()?;
        (source.lines().byte_to_line(range.start)? + 1).checked_sub(LINES_BEFORE)
    });
    PaperError::Markup {
        line: line.unwrap_or_default(),
        reason: reason(fault),
    }
}

fn reason(fault: Option<&SourceDiagnostic>) -> String {
    fault.map_or_else(String::new, |fault| fault.message.to_string())
}
