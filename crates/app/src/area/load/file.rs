//! A file's name, bytes and fingerprint, and the sentence where it cannot be read.

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::LoadError;

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
    let open = |cause| LoadError::Open {
        path: path.to_owned(),
        cause,
    };
    let mut file = std::fs::File::open(path).map_err(open)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0_u8; 1 << 16]);
    loop {
        match file.read(&mut buffer).map_err(open)? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
