//! What the tests read from the environment, and how they skip.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests are started by hand, as `cli` is"
)]

use std::path::PathBuf;

/// The variable, unless it is unset or empty.
pub(crate) fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where a program of this name lies on the `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Says loudly that something is not tested.
///
/// # Panics
///
/// With `CI=true`, where nothing may be skipped.
pub(crate) fn skip(reason: &str) {
    assert!(
        read("CI").is_none_or(|value| value != "true"),
        "nothing may be skipped under CI: {reason}"
    );
    eprintln!("!! SKIPPED: {reason}");
}
