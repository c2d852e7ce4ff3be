//! The files of definitions as texts: those embedded in the binary, an installation's laid over them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::fault::Fault;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../definitions");

/// Relative path with `/` → text.
pub struct Tree(BTreeMap<String, String>);

impl Tree {
    /// The built-in files.
    pub fn embedded() -> Self {
        let mut files = BTreeMap::new();
        collect_embedded(&EMBEDDED, &mut files);
        Self(files)
    }

    /// Lays the `.toml` files of `folder` over these: a file of the same relative path takes the built-in one's place.
    pub fn lay_over(&mut self, folder: &Path) -> Result<(), Vec<Fault>> {
        let mut paths = Vec::new();
        toml_files(folder, &mut paths).map_err(|error| {
            let reason = format!(
                "定義ファイルのフォルダーを読めません。場所と権限を確かめてください（{error}）。"
            );
            vec![Fault::of_file(&folder.display().to_string(), reason)]
        })?;
        let mut faults = Vec::new();
        for path in paths {
            let relative = relative(folder, &path);
            match std::fs::read(&path).map(String::from_utf8) {
                Ok(Ok(text)) => {
                    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
                    self.0.insert(relative, text);
                }
                Ok(Err(_)) => faults.push(Fault::of_file(
                    &relative,
                    "文字コードがUTF-8ではありません。UTF-8で保存し直してください。",
                )),
                Err(error) => faults.push(Fault::of_file(
                    &relative,
                    format!("ファイルを読めません（{error}）。"),
                )),
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Every path and text, in order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

fn collect_embedded(dir: &Dir<'static>, files: &mut BTreeMap<String, String>) {
    for file in dir.files().filter(|file| is_toml(file.path())) {
        let text = file
            .contents_utf8()
            .expect("a built-in definition is UTF-8: a test reads them all");
        files.insert(relative(Path::new(""), file.path()), text.to_owned());
    }
    for dir in dir.dirs() {
        collect_embedded(dir, files);
    }
}

fn toml_files(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            toml_files(&path, found)?;
        } else if is_toml(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
}

fn relative(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}
