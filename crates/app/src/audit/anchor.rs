//! A head of the chain that is kept elsewhere: printed, or sent to another host.

use std::fmt;
use std::str::FromStr;

/// So many rows of a month, and the link of the last of them: `2026-11 1234 9f86d0…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The chain.
    pub month: String,
    /// Its rows at the time.
    pub n_entries: i64,
    /// The link of the last of them.
    pub head: String,
}

/// A line that is no anchor. `Display` is a Japanese sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "「{0}」は監査記録の控えとして読めません。「2026-11 1234 9f86…」のように、月、件数、ハッシュを空白で区切った行にしてください。"
)]
pub struct WrongAnchor(String);

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.month, self.n_entries, self.head)
    }
}

impl FromStr for Anchor {
    type Err = WrongAnchor;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let wrong = || WrongAnchor(line.trim().to_owned());
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [month, n_entries, head] = parts[..] else {
            return Err(wrong());
        };
        let is_hash = head.len() == 64 && head.bytes().all(|byte| byte.is_ascii_hexdigit());
        match n_entries.parse() {
            Ok(n_entries) if n_entries > 0 && is_hash => Ok(Self {
                month: month.to_owned(),
                n_entries,
                head: head.to_ascii_lowercase(),
            }),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_reads_what_it_writes() {
        let anchor = Anchor {
            month: "2026-11".to_owned(),
            n_entries: 12,
            head: "0a".repeat(32),
        };
        assert_eq!(anchor.to_string().parse(), Ok(anchor.clone()));
        for wrong in [
            "",
            "2026-11 12",
            "2026-11 十二 00",
            "2026-11 12 abc",
            "2026-11 0 x y",
        ] {
            assert!(wrong.parse::<Anchor>().is_err(), "{wrong}");
        }
    }
}
