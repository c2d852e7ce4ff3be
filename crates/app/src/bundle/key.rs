//! The pair of keys of a bundle (Ed25519, RFC 8032): the private one signs where bundles are made, the public one proves it.

use std::fmt;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sea_orm::DatabaseConnection;

use super::BundleError;
use crate::account::By;
use crate::account::policy::{Deed, Object};
use crate::audit::{self, Event};
use crate::database;
use crate::digest::{bytes_of, hex_of};
use crate::sheet::read::refusal;

const PRIVATE: &str = "keniki-bundle-private-key 1 ";
const PUBLIC: &str = "keniki-bundle-public-key 1 ";

/// What signs. It has no `Debug`, so that it never stands in a log.
pub struct PrivateKey(Ed25519KeyPair);

/// What proves a signature: 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(String);

impl PrivateKey {
    /// Reads the file that [`make`] wrote.
    pub fn read(path: &Path) -> Result<Self, BundleError> {
        let text = read(path)?;
        let seed = text.trim().strip_prefix(PRIVATE).and_then(bytes_of::<32>);
        seed.and_then(|seed| Self::of_seed(&seed))
            .ok_or_else(|| BundleError::NotAKey(path.to_owned()))
    }

    fn of_seed(seed: &[u8; 32]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(Self)
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(hex_of(self.0.public_key().as_ref()))
    }

    /// The signature in hexadecimal digits.
    pub(super) fn sign(&self, bytes: &[u8]) -> String {
        hex_of(self.0.sign(bytes).as_ref())
    }
}

impl PublicKey {
    /// Reads the file `….pub`.
    pub fn read(path: &Path) -> Result<Self, BundleError> {
        let text = read(path)?;
        let key = text.trim().strip_prefix(PUBLIC).and_then(Self::of_digits);
        key.ok_or_else(|| BundleError::NotAKey(path.to_owned()))
    }

    /// As the database and the manifest have it.
    pub(super) fn of_digits(digits: &str) -> Option<Self> {
        bytes_of::<32>(digits).map(|_| Self(digits.to_owned()))
    }

    /// All its digits: what two people compare.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    pub(super) fn has_signed(&self, bytes: &[u8], signature: &str) -> bool {
        let parts = bytes_of::<32>(&self.0).zip(bytes_of::<64>(signature));
        parts.is_some_and(|(key, signature)| {
            UnparsedPublicKey::new(&ED25519, key)
                .verify(bytes, &signature)
                .is_ok()
        })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", self.0)
    }
}

/// Makes a pair: the private key in `path`, for its owner alone, the public one beside it as `….pub`.
pub async fn make(
    db: &DatabaseConnection,
    by: &By,
    (path, chance): (&Path, &dyn Chance),
    now: DateTime<Utc>,
) -> Result<PublicKey, BundleError> {
    by.authorize(Deed::MakeBundleKey, &Object::new("bundle_key", 0))?;
    let mut seed = [0; 32];
    chance.fill(&mut seed);
    let key = PrivateKey::of_seed(&seed).ok_or_else(|| BundleError::NotAKey(path.to_owned()))?;
    let public = key.public();
    database::write(db, async |tx| {
        let event = Event::done(Deed::MakeBundleKey.code(), "bundle_key", 0);
        audit::record(tx, by, event, now).await?;
        let beside = public_file(path);
        if let Some(there) = [path, &beside].into_iter().find(|file| file.exists()) {
            return Err(BundleError::Exists(there.to_owned()));
        }
        write_new(path, &format!("{PRIVATE}{}\n", hex_of(&seed)), true)?;
        write_new(&beside, &format!("{public}\n"), false)
    })
    .await?;
    Ok(public)
}

/// Where the public key of a private one lies.
#[must_use]
pub fn public_file(private: &Path) -> PathBuf {
    let mut name = private.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

fn write_new(path: &Path, text: &str, is_private: bool) -> Result<(), BundleError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|cause| BundleError::NotWritten {
        path: path.to_owned(),
        cause: refusal(&cause),
    })
}

fn read(path: &Path) -> Result<String, BundleError> {
    let bytes = std::fs::read(path).map_err(|cause| BundleError::NotRead {
        path: path.to_owned(),
        cause: refusal(&cause),
    })?;
    String::from_utf8(bytes).map_err(|_| BundleError::NotAKey(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, TEST 1: the empty message.
    #[test]
    fn the_signature_of_the_standard_comes_out() {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let key = PrivateKey::of_seed(&bytes_of(seed).unwrap()).unwrap();
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(key.public().digits(), public);
        let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
        assert_eq!(key.sign(b""), signature);
        assert!(key.public().has_signed(b"", signature));
        assert!(!key.public().has_signed(b"x", signature));
        assert!(!key.public().has_signed(b"", "00"));
    }
}
