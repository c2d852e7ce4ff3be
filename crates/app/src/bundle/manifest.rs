//! What is signed: which bundle this is, and the hash of everything in it.

use serde::{Deserialize, Serialize};

use super::BundleError;

/// The form of the file. Another number is refused.
pub(super) const VERSION: u32 = 1;

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub version: u32,
    /// Counted up by the house, whatever the key.
    pub serial: i64,
    /// ISO instant.
    pub made_at: String,
    /// The database that the rows' numbers are of.
    pub house: String,
    /// Code of its home area.
    pub area: Option<String>,
    /// Its newest migration.
    pub schema: Option<String>,
    pub public_key: String,
    /// In the order of [`super::table::TABLES`].
    pub members: Vec<Member>,
}

/// One part of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub name: String,
    pub n_rows: u64,
    pub n_bytes: u64,
    pub sha256: String,
}

/// What every version has.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Manifest {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("texts and numbers always become JSON")
    }

    /// Of bytes that somebody trusted has signed.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, BundleError> {
        let wrong = |_| BundleError::Broken(super::file::MANIFEST.to_owned());
        let head: Head = serde_json::from_slice(bytes).map_err(wrong)?;
        if head.version != VERSION {
            return Err(BundleError::WrongVersion(head.version));
        }
        serde_json::from_slice(bytes).map_err(wrong)
    }

    /// The key that bytes nobody has proved yet name: only to tell it.
    pub(super) fn claimed_key(bytes: &[u8]) -> Option<String> {
        let claim: serde_json::Value = serde_json::from_slice(bytes).ok()?;
        let key = claim.get("public_key")?.as_str()?;
        let is_key = key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_key.then(|| key.to_owned())
    }
}
