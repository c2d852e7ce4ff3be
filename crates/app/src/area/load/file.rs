//! A file's name, bytes and fingerprint, and the sentence where it cannot be read.

use std::path::Path;

use super::LoadError;
use crate::digest;

pub(super) fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, LoadError> {
    std::fs::read(path).map_err(|cause| LoadError::Open {
        path: path.to_owned(),
        cause,
    })
}

pub(super) fn sha256(path: &Path) -> Result<String, LoadError> {
    digest::of_file(path).map_err(|cause| LoadError::Open {
        path: path.to_owned(),
        cause,
    })
}
