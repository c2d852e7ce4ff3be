//! What the tests that cross crates share: databases of their own on both engines, and the published data.

use std::path::{Path, PathBuf};

pub mod database;
mod environment;
mod postgres;
pub mod server;

pub use database::{TestDatabase, on_both};

/// The root of the workspace.
#[must_use]
pub fn workspace() -> &'static Path {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates
        .and_then(Path::parent)
        .expect("this crate lies in crates/tests")
}

/// The `keniki` binary of this build: beside the running program, or above the folder in which tests lie.
///
/// # Panics
/// Where it was not built: a build of one package's tests does not build it.
#[must_use]
pub fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("the running program has a path");
    let folder = own.parent().expect("a program lies in a folder");
    let folder = match folder.ends_with("deps") {
        true => folder.parent().unwrap_or(folder),
        false => folder,
    };
    let binary = folder.join("keniki");
    assert!(
        binary.is_file(),
        "build it first: cargo build -p keniki-cli"
    );
    binary
}

/// The folder of published data that the golden values are taken from: `KENIKI_SHARED_DATA`, else
/// `../shared/data` beside the workspace. Where it is missing this says so and answers `None`; under `CI`
/// it panics.
#[must_use]
pub fn shared_data() -> Option<PathBuf> {
    let folder = environment::read("KENIKI_SHARED_DATA")
        .map_or_else(|| workspace().join("../shared/data"), PathBuf::from);
    if folder.join("SOURCES.md").is_file() {
        return Some(folder);
    }
    environment::skip(&format!("no published data at {}", folder.display()));
    None
}
