//! What the files say of attachments: which kinds of files are taken, and how large.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::attachment::kind::Kind;
use crate::upload::LARGEST_BYTES;

/// What may be attached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentRule {
    /// The day from which it holds.
    pub valid_from: NaiveDate,
    /// Why so.
    pub reason: String,
    /// How large one may be.
    pub largest_mib: u32,
    /// Which kinds.
    pub kinds: BTreeSet<Kind>,
}

impl AttachmentRule {
    /// How large one may be.
    #[must_use]
    pub fn largest_bytes(&self) -> usize {
        self.largest_mib as usize * MIB
    }

    /// The kinds, for people.
    #[must_use]
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.kinds.iter().map(|kind| kind.words()).collect();
        words.join("、")
    }

    /// What is wrong with it.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !(1..=LARGEST_BYTES / MIB).contains(&(self.largest_mib as usize)) {
            let most = LARGEST_BYTES / MIB;
            faults.push(format!(
                "largest_mib は1以上{most}以下です: {}",
                self.largest_mib
            ));
        }
        if self.kinds.is_empty() {
            faults.push("kinds が空です。受け取る種類を一つ以上書いてください。".to_owned());
        }
        if self.reason.trim().is_empty() {
            faults.push("根拠（reason）が空です。".to_owned());
        }
        faults
    }
}

const MIB: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definitions;

    #[test]
    fn the_own_rule_is_sound_and_one_that_takes_nothing_or_anything_is_not() {
        let definitions = Definitions::load(None).unwrap();
        let rule = definitions.attachments();
        assert_eq!(rule.faults(), Vec::<String>::new());
        assert_eq!(rule.largest_bytes(), 20 << 20);
        assert!(rule.words().starts_with("PDF、写真（JPEG）、"));
        let faults = AttachmentRule {
            kinds: BTreeSet::new(),
            largest_mib: 33,
            reason: " ".to_owned(),
            ..rule.clone()
        }
        .faults();
        assert_eq!(
            faults,
            [
                "largest_mib は1以上32以下です: 33",
                "kinds が空です。受け取る種類を一つ以上書いてください。",
                "根拠（reason）が空です。",
            ]
        );
    }
}
