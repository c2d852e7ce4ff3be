//! Passwords: which may be chosen, how they are kept (argon2id), how one is checked.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use keniki_base::chance::Chance;
use zxcvbn::{Score, zxcvbn};

use crate::definition::account::SignInRule;

/// Longer ones are refused: hashing them would cost whoever sends them nothing and us much.
const LONGEST: usize = 128;

/// Why a password cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongPassword {
    /// Fewer characters than the rule asks for.
    #[error("パスワードは{0}文字以上にしてください。")]
    TooShort(usize),
    /// More than anybody types.
    #[error("パスワードは{LONGEST}文字までにしてください。")]
    TooLong,
    /// Among those that are tried first, or made of one's own name or address.
    #[error(
        "このパスワードは、よく使われるもの、同じ文字の並び、お名前やメールアドレスに近いもののどれかなので、すぐに当てられます。つながりのない言葉をいくつか並べてください。"
    )]
    TooCommon,
}

/// Refuses a password that is short, or easily guessed by whoever knows the texts `about` its owner.
///
/// zxcvbn's scale (Wheeler 2016): below 3 stand those that fewer than 10⁸ guesses find.
pub fn check(text: &str, rule: &SignInRule, about: &[&str]) -> Result<(), WrongPassword> {
    match text.chars().count() {
        n if n < rule.password_length => Err(WrongPassword::TooShort(rule.password_length)),
        n if n > LONGEST => Err(WrongPassword::TooLong),
        _ if zxcvbn(text, about).score() < Score::Three => Err(WrongPassword::TooCommon),
        _ => Ok(()),
    }
}

/// The text that the database keeps: argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet).
pub async fn hash(text: String, chance: &dyn Chance) -> String {
    let mut salt = [0; 16];
    chance.fill(&mut salt);
    let hashing = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password_with_salt(text.as_bytes(), &salt)
            .expect("16 bytes are a salt, and a text of 128 characters a password")
            .to_string()
    });
    hashing.await.expect("hashing does not break off")
}

/// Whether `text` is the password that `kept` was made of. Where there is none, as long is spent on saying no.
pub async fn is_right(text: String, kept: Option<String>) -> bool {
    let checking = tokio::task::spawn_blocking(move || {
        let is_known = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODY_S.to_owned());
        let is_right = Argon2::default()
            .verify_password(text.as_bytes(), kept.as_str())
            .is_ok();
        is_known && is_right
    });
    checking.await.unwrap_or(false)
}

/// A hash of the same cost, of nobody's password.
const NOBODY_S: &str = "$argon2id$v=19$m=19456,t=2,p=1$a2VuaWtpLW5vYm9keS1zIQ$Y0xPdnCGKdBQe3lYcWJpYh4lqVvQlc7N1JmYQqTaOGA";

#[cfg(test)]
mod tests {
    use keniki_base::chance::SeededChance;

    use super::*;
    use crate::definition::Definitions;

    fn checked(text: &str) -> Result<(), WrongPassword> {
        let definitions = Definitions::load(None).unwrap();
        let about = ["shiomi@example.jp", "汐見 花子"];
        check(text, definitions.sign_in(), &about)
    }

    #[test]
    fn what_is_tried_first_cannot_be_chosen() {
        assert_eq!(checked("Kx7!p"), Err(WrongPassword::TooShort(8)));
        assert_eq!(checked(&"Kx7!p".repeat(30)), Err(WrongPassword::TooLong));
        for common in [
            "password123",
            "qwertyuiop",
            "aaaaaaaaaaaaaaaa",
            "1234567890123",
            "shiomi@example.jp",
        ] {
            assert_eq!(checked(common), Err(WrongPassword::TooCommon), "{common}");
        }
        for good in ["umi-tanuki-8-kissaten", "朝の港で白い犬が二匹"] {
            assert_eq!(checked(good), Ok(()), "{good}");
        }
    }

    #[tokio::test]
    async fn a_password_is_kept_as_argon2id_with_a_salt_of_its_own() {
        let chance = SeededChance::of(1);
        let text = || "umi-tanuki-8-kissaten".to_owned();
        let (one, other) = (hash(text(), &chance).await, hash(text(), &chance).await);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(is_right(text(), Some(one.clone())).await);
        assert!(!is_right("umi-tanuki-9-kissaten".to_owned(), Some(one)).await);
    }

    #[tokio::test]
    async fn nobody_s_password_is_never_right_and_costs_the_same() {
        assert!(
            argon2::PasswordHash::new(NOBODY_S).is_ok(),
            "it is really computed"
        );
        assert!(!is_right("anything".to_owned(), None).await);
    }
}
