//! Secrets that the program makes: links, sessions, recovery codes. Only their hashes are kept.

use keniki_base::chance::Chance;

use crate::digest;

/// A secret of 256 bits: goes out once, and is compared by its [`hash`] afterwards.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// One that nobody can guess.
    #[must_use]
    pub fn new(chance: &dyn Chance) -> Self {
        let mut bytes = [0; 32];
        chance.fill(&mut bytes);
        Self(digest::hex_of(&bytes))
    }

    /// The text that goes out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the database keeps.
    #[must_use]
    pub fn hash(&self) -> String {
        hash(&self.0)
    }
}

/// A secret stays out of every log.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What the database keeps of a secret that came back.
#[must_use]
pub fn hash(token: &str) -> String {
    digest::of_text(token)
}

/// Letters that are told apart when read from paper (Crockford's alphabet: no I, L, O, U).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code of 60 bits to be written down: `7K2M-9PQR-4XYZ`.
#[must_use]
pub fn recovery_code(chance: &dyn Chance) -> String {
    let mut bytes = [0; 12];
    chance.fill(&mut bytes);
    let letters: Vec<char> = bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
        .collect();
    in_fours(&letters)
}

fn in_fours(letters: &[char]) -> String {
    let parts: Vec<String> = letters
        .chunks(4)
        .map(|part| part.iter().collect())
        .collect();
    parts.join("-")
}

/// A recovery code as it was typed, without regard to case, width, hyphens and letters that look alike.
#[must_use]
pub fn typed_recovery_code(typed: &str) -> String {
    let letters: Vec<char> = keniki_base::text::squeeze(typed)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            letter => letter,
        })
        .collect();
    in_fours(&letters)
}

#[cfg(test)]
mod tests {
    use keniki_base::chance::SeededChance;

    use super::*;

    #[test]
    fn a_token_is_long_never_the_same_and_never_printed() {
        let chance = SeededChance::of(1);
        let (one, other) = (Token::new(&chance), Token::new(&chance));
        assert_eq!(one.as_str().len(), 64);
        assert_ne!(one, other);
        assert_ne!(one.hash(), one.as_str());
        assert_eq!(format!("{one:?}"), "Token(…)");
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let code = recovery_code(&SeededChance::of(1));
        assert_eq!(code.len(), 14);
        assert_eq!(
            typed_recovery_code(&code.to_lowercase().replace('-', " ")),
            code
        );
        assert_eq!(
            typed_recovery_code("７ｋ２ｍ９ｐｑｒ４ｘｙｚ"),
            "7K2M-9PQR-4XYZ"
        );
        assert_eq!(typed_recovery_code("OIL0-0000-0000"), "0110-0000-0000");
    }
}
