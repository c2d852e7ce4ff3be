//! SHA-256 in hex: which file a value came from, and what a secret is compared by; and hex itself.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Of a text.
pub(crate) fn of_text(text: &str) -> String {
    hex(Sha256::new_with_prefix(text))
}

/// Of bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

/// Of a file, read a piece at a time. Blocks.
pub(crate) fn of_file(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(hash)),
            n => hash.update(&buffer[..n]),
        }
    }
}

fn hex(hash: Sha256) -> String {
    hex_of(&hash.finalize())
}

/// Two digits a byte.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of exactly so many small hexadecimal digits.
pub(crate) fn bytes_of<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let is_ours = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    if digits.len() != 2 * N || !digits.bytes().all(is_ours) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_hexadecimal_digits_of_the_right_number_are_a_key() {
        assert_eq!(bytes_of::<2>("00ff"), Some([0, 255]));
        for wrong in ["", "00f", "00FF", "00fg", "+0ff", "00ffff", "あ0"] {
            assert_eq!(bytes_of::<2>(wrong), None, "{wrong}");
        }
    }
}
