//! What the address of the audit log asks for, and the filter that it means.

use chrono::{Days, NaiveDate};
use keniki_app::audit::review::Filter;
use keniki_base::date::parse_day;
use serde::Deserialize;

use crate::page::encode;

/// What the address says; a month back where it says nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Code of a deed.
    pub deed: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Whose.
    pub account: String,
    /// For which organization.
    pub organization: String,
    /// `1`: marked ones only.
    pub marked: String,
    /// From 1.
    pub page: String,
    pub(super) done: String,
}

/// A day of the filter that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongDay {
    /// Name of the field.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

impl Asked {
    /// Whether rows of its days are left out.
    pub(super) fn is_narrow(&self) -> bool {
        let filters = [
            &self.deed,
            &self.outcome,
            &self.account,
            &self.organization,
            &self.marked,
        ];
        filters.into_iter().any(|filter| !filter.is_empty())
    }

    pub(super) fn filter(&self, today: NaiveDate) -> Result<Filter, WrongDay> {
        let day = |field, text: &str, usual: NaiveDate| match text.trim() {
            "" => Ok(usual),
            text => parse_day(text, Some(today)).map_err(|wrong| WrongDay {
                field,
                reason: wrong.to_string(),
            }),
        };
        let to = day("to", &self.to, today)?;
        let from = day("from", &self.from, to.min(today) - Days::new(30))?;
        if from > to {
            return Err(WrongDay {
                field: "to",
                reason: "「この日から」より前の日です。逆になっていないか確かめてください。"
                    .to_owned(),
            });
        }
        let number = |text: &str| text.parse().unwrap_or(0);
        Ok(Filter {
            from,
            to,
            deed: self.deed.clone(),
            outcome: self.outcome.clone(),
            account: number(&self.account),
            organization: number(&self.organization),
            is_marked: self.marked == "1",
            object: None,
            is_whole: false,
        })
    }

    /// The same filter at another address or page.
    pub(crate) fn address(&self, path: &str, page: u64) -> String {
        let mut out = path.to_owned();
        let page = match page {
            ..=1 => String::new(),
            page => page.to_string(),
        };
        let fields = [
            ("from", &self.from),
            ("to", &self.to),
            ("deed", &self.deed),
            ("outcome", &self.outcome),
            ("account", &self.account),
            ("organization", &self.organization),
            ("marked", &self.marked),
            ("page", &page),
            ("done", &self.done),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            out.push(if out.contains('?') { '&' } else { '?' });
            out.push_str(name);
            out.push('=');
            encode(value, &mut out);
        }
        out
    }

    /// The same, without what has just happened.
    pub(super) fn without_news(mut self) -> (Self, String) {
        let done = std::mem::take(&mut self.done);
        (self, done)
    }
}
