//! Which fonts prints are written with: the program's own, those of a folder, else one of the system's.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use keniki_paper::press::Press;
use thiserror::Error;

/// BIZ UDPGothic, regular and bold, where npm was there when this program was built.
static EMBEDDED: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/font_list.rs"));

/// Where systems keep fonts.
const SYSTEM: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

/// How files of fonts for Japanese offices begin, the best first; any other Japanese one comes after them.
const KNOWN: [&str; 7] = [
    "bizudpgothic",
    "bizud",
    "notosanscjk-regular",
    "notosansjp-regular",
    "ipaexg",
    "ipag",
    "takaopgothic",
];

/// Deeper folders and further files are not looked at.
const DEEPEST: usize = 5;
const MOST_FILES: usize = 2_000;

/// Where the first font comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The program's own.
    Embedded,
    /// The folder of the setting.
    Folder(PathBuf),
    /// A file of the system.
    System(PathBuf),
}

/// Why there is no press.
#[derive(Debug, Error)]
pub enum FontError {
    /// Neither the program nor the machine has one.
    #[error("日本語の書体が見つかりません")]
    None,
    /// The folder of the setting cannot be read.
    #[error("書体のフォルダー {} を読めません（{error}）", .folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// The system's word.
        error: std::io::Error,
    },
}

/// A press with the fonts that are there. Those of `folder` have the letters that the program's own lack.
///
/// # Errors
/// `folder` cannot be read, or there is no Japanese font anywhere.
pub fn open(folder: Option<&Path>) -> Result<(Press, Origin), FontError> {
    let own = EMBEDDED.iter().map(|font| Cow::Borrowed(*font));
    let beside = folder.map_or(Ok(Vec::new()), read_folder)?;
    if let Ok(press) = Press::new(own.chain(beside.iter().cloned().map(Cow::Owned))) {
        let origin = match folder {
            Some(folder) if EMBEDDED.is_empty() => Origin::Folder(folder.to_owned()),
            _ => Origin::Embedded,
        };
        return Ok((press, origin));
    }
    let with_system = |path: PathBuf| {
        let files = [Some(path.clone()), bold_of(&path)].into_iter().flatten();
        let files = files.filter_map(|path| fs::read(path).ok());
        let files = files.chain(beside.iter().cloned()).map(Cow::Owned);
        Some((Press::new(files).ok()?, Origin::System(path)))
    };
    let found = SYSTEM.iter().flat_map(|root| fonts_in(Path::new(root)));
    let mut found: Vec<PathBuf> = found.collect();
    found.sort_by_cached_key(|path| (rank(path), path.clone()));
    found
        .into_iter()
        .find_map(with_system)
        .ok_or(FontError::None)
}

fn read_folder(folder: &Path) -> Result<Vec<Vec<u8>>, FontError> {
    let wrong = |error| FontError::Folder {
        folder: folder.to_owned(),
        error,
    };
    fs::read_dir(folder).map_err(wrong)?;
    let read = fonts_in(folder).into_iter().map(fs::read);
    read.collect::<Result<_, _>>().map_err(wrong)
}

/// The fonts in a folder and the folders within, in the order of their paths.
fn fonts_in(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < DEEPEST => open.push((path, depth + 1)),
                Ok(_) if is_font(&path) && found.len() < MOST_FILES => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn is_font(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    ["ttf", "otf", "ttc"]
        .iter()
        .any(|known| extension == *known)
}

fn lower_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().to_ascii_lowercase().replace('_', "")
}

fn rank(path: &Path) -> usize {
    let name = lower_name(path);
    let known = KNOWN.iter().position(|known| name.starts_with(known));
    known.unwrap_or(KNOWN.len() + usize::from(name.contains("bold")))
}

/// The bold file beside a regular one: `NotoSansCJK-Bold.ttc` of `NotoSansCJK-Regular.ttc`.
fn bold_of(regular: &Path) -> Option<PathBuf> {
    let name = regular.file_name()?.to_str()?.replace("Regular", "Bold");
    let bold = regular.with_file_name(name);
    (bold != regular && bold.is_file()).then_some(bold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_font_of_a_system_comes_first() {
        let mut paths = [
            "/f/ZenMaru-Bold.ttf",
            "/f/DejaVuSans.ttf",
            "/f/ipaexg.ttf",
            "/f/NotoSansCJK-Regular.ttc",
            "/f/BIZ-UDPGothic.ttf",
        ]
        .map(PathBuf::from);
        paths.sort_by_cached_key(|path| (rank(path), path.clone()));
        let names = paths.map(|path| lower_name(&path));
        assert_eq!(names[0], "notosanscjk-regular.ttc");
        assert_eq!(names[1], "ipaexg.ttf");
        assert_eq!(names[4], "zenmaru-bold.ttf");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = open(Some(Path::new("/nowhere/fonts"))).err().unwrap();
        assert!(error.to_string().contains("/nowhere/fonts"), "{error}");
    }

    #[test]
    fn only_files_of_fonts_are_taken_from_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("within");
        fs::create_dir(&within).unwrap();
        for name in ["a.TTF", "b.txt", "within/c.otf"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let found = fonts_in(folder.path());
        assert_eq!(found, [folder.path().join("a.TTF"), within.join("c.otf")]);
    }
}
