//! The file itself: a ZIP of the manifest, its signature and a member a table; nothing is read beyond what was signed.

use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::BundleError;
use super::key::{PrivateKey, PublicKey};
use super::manifest::{Manifest, Member};
use super::table::TABLES;
use crate::digest;

pub(super) const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig";

/// Bytes of a whole file, and of all that is in it: many times what a prefecture's directory takes.
pub(super) const FILE_MOST: u64 = 64 << 20;
const CONTENT_MOST: u64 = 512 << 20;
/// Bytes of a manifest, and of a signature.
const HEAD_MOST: u64 = 1 << 16;

pub(super) fn member_name(table: &str) -> String {
    format!("{table}.jsonl")
}

/// What the manifest says of a member.
pub(super) fn member(table: &str, rows: &[String]) -> (Member, Vec<u8>) {
    let mut bytes = Vec::new();
    for row in rows {
        bytes.extend_from_slice(row.as_bytes());
        bytes.push(b'\n');
    }
    let member = Member {
        name: member_name(table),
        n_rows: rows.len() as u64,
        n_bytes: bytes.len() as u64,
        sha256: digest::of_bytes(&bytes),
    };
    (member, bytes)
}

/// The same manifest, key and members give the same bytes.
pub(super) fn pack(
    manifest: &Manifest,
    key: &PrivateKey,
    contents: &[Vec<u8>],
) -> Result<Vec<u8>, ZipError> {
    let head = manifest.to_bytes();
    let signature = format!("{}\n", key.sign(&head));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let names = manifest.members.iter().map(|member| member.name.as_str());
    let heads = [
        (MANIFEST, head.as_slice()),
        (SIGNATURE, signature.as_bytes()),
    ];
    let members = names.zip(contents.iter().map(Vec::as_slice));
    for (name, bytes) in heads.into_iter().chain(members) {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A file that somebody trusted has signed, every byte of it.
#[derive(Debug)]
pub(super) struct Proved {
    pub manifest: Manifest,
    /// One a table, in the order of [`TABLES`].
    pub contents: Vec<Vec<u8>>,
}

/// Proves the signature first, then every member.
pub(super) fn unpack(bytes: &[u8], trusted: &[PublicKey]) -> Result<Proved, BundleError> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let head = read(&mut zip, MANIFEST, HEAD_MOST)?;
    let signature = read(&mut zip, SIGNATURE, HEAD_MOST)?;
    let signature = std::str::from_utf8(&signature)
        .unwrap_or_default()
        .trim_end();
    let claimed = Manifest::claimed_key(&head).unwrap_or_default();
    let Some(key) = trusted.iter().find(|key| key.digits() == claimed) else {
        return Err(BundleError::UnknownKey(claimed));
    };
    if !key.has_signed(&head, signature) {
        return Err(BundleError::Changed(MANIFEST.to_owned()));
    }
    let manifest = Manifest::of(&head)?;
    has_the_members(&manifest, zip.len())?;
    let contents = manifest
        .members
        .iter()
        .map(|member| prove(&mut zip, member));
    Ok(Proved {
        contents: contents.collect::<Result<_, _>>()?,
        manifest,
    })
}

/// Every table once and nothing else, and not more than fits.
fn has_the_members(manifest: &Manifest, n_entries: usize) -> Result<(), BundleError> {
    let names = manifest.members.iter().map(|member| member.name.clone());
    let expected = TABLES.iter().map(|table| member_name(table.name));
    if !names.eq(expected) || n_entries != TABLES.len() + 2 {
        return Err(BundleError::Changed("入っているものの一覧".to_owned()));
    }
    fits(manifest)
}

/// Not more than is ever read.
pub(super) fn fits(manifest: &Manifest) -> Result<(), BundleError> {
    let sizes = manifest.members.iter().map(|member| member.n_bytes);
    match sizes.fold(0_u64, u64::saturating_add) {
        0..=CONTENT_MOST => Ok(()),
        _ => Err(too_large(CONTENT_MOST)),
    }
}

fn prove(zip: &mut ZipArchive<Cursor<&[u8]>>, member: &Member) -> Result<Vec<u8>, BundleError> {
    let bytes = read(zip, &member.name, member.n_bytes)?;
    let is_it = bytes.len() as u64 == member.n_bytes && digest::of_bytes(&bytes) == member.sha256;
    match is_it {
        true => Ok(bytes),
        false => Err(BundleError::Changed(member.name.clone())),
    }
}

/// At most `most` bytes of it, whatever it says of its size.
fn read(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    most: u64,
) -> Result<Vec<u8>, BundleError> {
    let file = zip.by_name(name).map_err(|error| broken(&error))?;
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| broken(&error))?;
    match bytes.len() as u64 > most {
        true => Err(too_large(most)),
        false => Ok(bytes),
    }
}

pub(super) fn too_large(most: u64) -> BundleError {
    BundleError::TooLarge(format!("{most} バイトまで"))
}

fn broken(error: &dyn std::error::Error) -> BundleError {
    BundleError::Broken(error.to_string())
}
