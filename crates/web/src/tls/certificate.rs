//! A certificate and its key as two PEM files: read, held against each other, and refused with what to do.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use keniki_base::clock::jst_day;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use thiserror::Error;
use x509_parser::parse_x509_certificate;

/// Where a certificate and its key lie.
#[derive(Debug, Clone)]
pub struct Files {
    /// The certificate, and after it those by which it was issued.
    pub cert: PathBuf,
    /// The key, without a password.
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// The file is not there, or may not be read.
    #[error("{} を読めません（{reason}）。ファイルの名前と、動かす利用者が読めることを確かめてください", .file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// In the system's words.
        reason: io::Error,
    },
    /// No certificate is in it.
    #[error("{} に証明書がありません。「-----BEGIN CERTIFICATE-----」で始まるPEM形式のファイルを指定してください", .0.display())]
    NoCertificate(PathBuf),
    /// What is in it is no certificate.
    #[error("{} の証明書が壊れています。発行元から受け取ったファイルを、もう一度置いてください", .0.display())]
    Broken(PathBuf),
    /// No key is in it.
    #[error("{} に秘密鍵がありません。「-----BEGIN PRIVATE KEY-----」などで始まるPEM形式のファイルを指定してください", .0.display())]
    NoKey(PathBuf),
    /// The key needs a password.
    #[error("{} の秘密鍵にはパスワードがかかっています。「openssl pkey -in 元のファイル -out 新しいファイル」で外し、動かす利用者だけが読めるようにしてください", .0.display())]
    Encrypted(PathBuf),
    /// A kind of key that nobody uses for TLS.
    #[error("{} の秘密鍵を使えません。RSA（2048ビット以上）、ECDSA（P-256、P-384）、Ed25519 のどれかにしてください", .0.display())]
    WrongKey(PathBuf),
    /// The key belongs to another certificate.
    #[error("証明書 {} と秘密鍵 {} が対になっていません。証明書を申請したときの秘密鍵を指定してください", .cert.display(), .key.display())]
    Mismatch {
        /// The certificate.
        cert: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// It has ended.
    #[error("{} の証明書は {day} に期限が切れています。新しい証明書に入れ替えてください", .file.display())]
    Ended {
        /// Which.
        file: PathBuf,
        /// When.
        day: NaiveDate,
    },
    /// It does not hold yet.
    #[error("{} の証明書は {day} から有効です。この機械の時計が合っているかを確かめてください", .file.display())]
    NotYet {
        /// Which.
        file: PathBuf,
        /// From when.
        day: NaiveDate,
    },
}

impl Files {
    /// Both, where they belong together and hold at `now`.
    pub(super) fn read(&self, now: DateTime<Utc>) -> Result<CertifiedKey, CertificateError> {
        let chain = chain(&self.cert)?;
        end(&self.cert, &chain, now)?;
        let key = key(&self.key)?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => CertificateError::Mismatch {
                cert: self.cert.clone(),
                key: self.key.clone(),
            },
            Error::InvalidCertificate(_) => CertificateError::Broken(self.cert.clone()),
            _ => CertificateError::WrongKey(self.key.clone()),
        })
    }
}

/// When the certificate of this file ends.
///
/// # Errors
/// Where there is none, or it does not hold at `now`.
pub fn ends_at(file: &Path, now: DateTime<Utc>) -> Result<DateTime<Utc>, CertificateError> {
    end(file, &chain(file)?, now)
}

fn content(file: &Path) -> Result<Vec<u8>, CertificateError> {
    fs::read(file).map_err(|reason| CertificateError::Unreadable {
        file: file.to_owned(),
        reason,
    })
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let pem = content(file)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match chain {
        Ok(chain) if chain.is_empty() => Err(CertificateError::NoCertificate(file.to_owned())),
        Ok(chain) => Ok(chain),
        Err(_) => Err(CertificateError::Broken(file.to_owned())),
    }
}

/// When the first of the chain ends.
fn end(
    file: &Path,
    chain: &[CertificateDer<'_>],
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, CertificateError> {
    let broken = || CertificateError::Broken(file.to_owned());
    let own = chain.first().ok_or_else(broken)?;
    let (_, own) = parse_x509_certificate(own).map_err(|_| broken())?;
    let at = |time: x509_parser::time::ASN1Time| {
        DateTime::from_timestamp(time.timestamp(), 0).ok_or_else(broken)
    };
    let (from, until) = (
        at(own.validity().not_before)?,
        at(own.validity().not_after)?,
    );
    let file = file.to_owned();
    if now > until {
        let day = jst_day(until);
        return Err(CertificateError::Ended { file, day });
    }
    if now < from {
        let day = jst_day(from);
        return Err(CertificateError::NotYet { file, day });
    }
    Ok(until)
}

fn key(file: &Path) -> Result<PrivateKeyDer<'static>, CertificateError> {
    let pem = content(file)?;
    // "BEGIN ENCRYPTED PRIVATE KEY" (PKCS #8), "Proc-Type: 4,ENCRYPTED" (RFC 1421).
    if String::from_utf8_lossy(&pem).contains("ENCRYPTED") {
        return Err(CertificateError::Encrypted(file.to_owned()));
    }
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| CertificateError::NoKey(file.to_owned()))
}
