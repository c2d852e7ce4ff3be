//! Codes of six digits from an authenticator app (TOTP, RFC 6238), each good once.

use chrono::{DateTime, Utc};
use keniki_base::chance::Chance;
use keniki_base::text::squeeze;
use totp_rs::{Builder, Secret, Totp};

/// A new secret of 160 bits in base32, as an app takes it by hand.
#[must_use]
pub fn new_secret(chance: &dyn Chance) -> String {
    let mut bytes = [0; 20];
    chance.fill(&mut bytes);
    Secret::from(bytes.to_vec()).to_base32()
}

/// The address that an app reads from a QR code.
#[must_use]
pub fn uri(secret: &str, login: &str, site: &str) -> Option<String> {
    let named = builder(secret)?
        .with_account_name(login.replace(':', " "))
        .with_issuer(Some(site.replace(':', " ")));
    named.build().ok()?.to_url().ok()
}

/// The step of the clock for which `code` is right, where it is a later one than `last`: no code counts twice.
/// One step of 30 seconds early or late is let through.
#[must_use]
pub fn step_of(secret: &str, code: &str, now: DateTime<Utc>, last: Option<i64>) -> Option<i64> {
    let seconds = u64::try_from(now.timestamp()).ok()?;
    let digits = squeeze(code).replace([' ', '-'], "");
    let step = plain(secret)?.check(&digits, seconds)?;
    let step = i64::try_from(step).ok()?;
    (last.is_none_or(|last| step > last)).then_some(step)
}

fn plain(secret: &str) -> Option<Totp> {
    builder(secret)?.with_account_name("").build().ok()
}

fn builder(secret: &str) -> Option<Builder> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Some(Builder::new().with_secret(secret).with_skew(1))
}

#[cfg(test)]
mod tests {
    use keniki_base::chance::SeededChance;

    use super::*;

    /// The secret of RFC 6238, appendix B (`12345678901234567890`), and its six last digits there.
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(RFC, code, at(seconds), None), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_counts_once_and_for_a_minute_and_a_half() {
        let code = "287082";
        assert_eq!(step_of(RFC, " ２８７ ０８２", at(59), None), Some(1));
        assert_eq!(step_of(RFC, code, at(59), Some(1)), None);
        assert_eq!(step_of(RFC, code, at(89), None), Some(1));
        assert_eq!(step_of(RFC, code, at(90), None), None);
        assert_eq!(step_of(RFC, "28708", at(59), None), None);
        assert_eq!(step_of(RFC, "", at(59), None), None);
    }

    #[test]
    fn an_app_reads_whose_code_it_is() {
        let secret = new_secret(&SeededChance::of(1));
        assert_eq!(secret.len(), 32);
        let uri = uri(&secret, "a@example.jp", "汐見圏域").unwrap();
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        assert!(uri.contains(&secret), "{uri}");
    }
}
