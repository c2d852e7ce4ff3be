//! What the files say of messages on a case: what they are about, how long they may be, and what they are not for.

use chrono::NaiveDate;
use serde::Deserialize;

/// What messages are about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topics {
    /// The day from which they hold.
    pub valid_from: NaiveDate,
    /// Why so.
    pub reason: String,
    /// What stands above the form: messages are not for emergencies.
    pub notice: String,
    /// Characters of a message.
    pub longest: usize,
    /// In the order of the form.
    #[serde(rename = "topic")]
    pub topics: Vec<Topic>,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Stable.
    pub code: String,
    /// For people.
    pub name: String,
}

impl Topics {
    /// By its code.
    #[must_use]
    pub fn topic(&self, code: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.code == code)
    }

    /// What is wrong with them.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !(1..=20_000).contains(&self.longest) {
            faults.push(format!("longest は1以上20000以下です: {}", self.longest));
        }
        for (name, text) in [("reason", &self.reason), ("notice", &self.notice)] {
            if text.trim().is_empty() {
                faults.push(format!("{name} が空です。"));
            }
        }
        if self.topics.is_empty() {
            faults.push("用件（topic）を一つ以上書いてください。".to_owned());
        }
        for (at, topic) in self.topics.iter().enumerate() {
            if self.topics[..at].iter().any(|it| it.code == topic.code) {
                faults.push(format!("コード「{}」が二度あります。", topic.code));
            }
            if [&topic.code, &topic.name]
                .iter()
                .any(|it| it.trim().is_empty())
            {
                faults.push(format!("「{}」に空の項目があります。", topic.code));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definitions;

    #[test]
    fn the_own_topics_are_sound_and_one_that_stands_twice_is_not() {
        let definitions = Definitions::load(None).unwrap();
        let own = definitions.topics();
        assert_eq!(own.faults(), Vec::<String>::new());
        assert!(
            own.notice
                .contains("緊急の連絡には使わないでください。急ぐときは電話で")
        );
        let mut wrong = own.clone();
        wrong.topics.push(Topic {
            code: "other".to_owned(),
            name: String::new(),
        });
        wrong.longest = 0;
        wrong.notice.clear();
        assert_eq!(
            wrong.faults(),
            [
                "longest は1以上20000以下です: 0",
                "notice が空です。",
                "コード「other」が二度あります。",
                "「other」に空の項目があります。",
            ]
        );
    }
}
