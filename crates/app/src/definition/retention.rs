//! How long what is written is kept: a period a table, from a day, with the law or the decision that it rests on.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;

/// A table whose rows are erased when their time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Ways to a provider of sign-in and back; before the sessions that they belong to.
    ProviderVisit,
    /// Signing-ins.
    Session,
    /// Attempts that failed.
    SignInFailure,
    /// Links that were sent.
    Invitation,
    /// Links by which offices confirm.
    ConfirmationLink,
    /// Letters.
    Mail,
    /// Files that came through a page: their content.
    Upload,
    /// Work behind the pages.
    Job,
    /// The audit log, a month at a time.
    AuditEntry,
    /// What somebody marked in it.
    AuditMark,
    /// Who looked at it.
    AuditReview,
    /// What was typed in a form and never sent.
    Draft,
    /// What offices wanted to be said.
    Proposal,
    /// What imports changed.
    BatchChange,
    /// Cases that have ended, with all that happened in them; before the patients.
    CareCase,
    /// Patients whom nobody looks after any more, with all that is said of them.
    Patient,
    /// People whose roles have ended; before the roles, from which that is known.
    Account,
    /// Roles that have ended.
    Membership,
}

impl Kept {
    /// Every one, in the order in which they are erased.
    pub const ALL: [Self; 18] = [
        Self::ProviderVisit,
        Self::Session,
        Self::SignInFailure,
        Self::Invitation,
        Self::ConfirmationLink,
        Self::Mail,
        Self::Upload,
        Self::Job,
        Self::AuditEntry,
        Self::AuditMark,
        Self::AuditReview,
        Self::Draft,
        Self::Proposal,
        Self::BatchChange,
        Self::CareCase,
        Self::Patient,
        Self::Account,
        Self::Membership,
    ];

    /// The table.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::ProviderVisit => "provider_visit",
            Self::Session => "session",
            Self::SignInFailure => "sign_in_failure",
            Self::Invitation => "invitation",
            Self::ConfirmationLink => "confirmation_link",
            Self::Mail => "mail",
            Self::Upload => "upload",
            Self::Job => "job",
            Self::AuditEntry => "audit_entry",
            Self::AuditMark => "audit_mark",
            Self::AuditReview => "audit_review",
            Self::Draft => "draft",
            Self::Proposal => "proposal",
            Self::BatchChange => "batch_change",
            Self::CareCase => "care_case",
            Self::Patient => "patient",
            Self::Account => "account",
            Self::Membership => "membership",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::ProviderVisit => "所属先のサインインへの行き来",
            Self::Session => "サインインの記録",
            Self::SignInFailure => "サインインの失敗",
            Self::Invitation => "招待・リンク",
            Self::ConfirmationLink => "掲載内容の確認のリンク",
            Self::Mail => "メール",
            Self::Upload => "取り込んだファイル",
            Self::Job => "処理",
            Self::AuditEntry => "監査記録",
            Self::AuditMark => "監査記録の印",
            Self::AuditReview => "監査記録の確認",
            Self::Draft => "書きかけ",
            Self::Proposal => "申し出",
            Self::BatchChange => "取込みの前の内容",
            Self::CareCase => "ケース",
            Self::Patient => "患者・利用者",
            Self::Account => "アカウント",
            Self::Membership => "所属",
        }
    }
}

/// So many years, months or days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Period {
    /// Years and months.
    Months(u32),
    /// Days.
    Days(u32),
}

/// A text that is no period. `Display` is a Japanese sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("期間は P10Y（10年）、P6M（6か月）、P30D（30日）の形で書きます: {0}")]
pub struct WrongPeriod(String);

impl FromStr for Period {
    type Err = WrongPeriod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || WrongPeriod(text.to_owned());
        let rest = text.strip_prefix('P').ok_or_else(wrong)?;
        let unit = rest.chars().last().ok_or_else(wrong)?;
        let digits = rest.strip_suffix(unit).unwrap_or_default();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let number: u16 = digits.parse().map_err(|_| wrong())?;
        match (unit, u32::from(number)) {
            (_, 0) => Err(wrong()),
            ('Y', years @ ..=100) => Ok(Self::Months(12 * years)),
            ('M', months @ ..=1200) => Ok(Self::Months(months)),
            ('D', days) => Ok(Self::Days(days)),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Period {
    type Error = WrongPeriod;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(months) if months % 12 == 0 => write!(f, "{}年", months / 12),
            Self::Months(months) => write!(f, "{months}か月"),
            Self::Days(days) => write!(f, "{days}日"),
        }
    }
}

impl Period {
    /// The last day of the period that begins after `day` (民法140条: the first day does not count; 143条2項: where the
    /// last month has no such day, its last day).
    #[must_use]
    pub fn last_day_after(self, day: NaiveDate) -> NaiveDate {
        let last = match self {
            Self::Months(months) => day.checked_add_months(Months::new(months)),
            Self::Days(days) => day.checked_add_days(Days::new(days.into())),
        };
        last.unwrap_or(NaiveDate::MAX)
    }

    /// The first day that is still kept on `today`: the time of all before it is over.
    #[must_use]
    pub fn first_kept(self, today: NaiveDate) -> NaiveDate {
        let back = match self {
            Self::Months(months) => today.checked_sub_months(Months::new(months)),
            Self::Days(days) => today.checked_sub_days(Days::new(days.into())),
        };
        // Months differ by three days at most.
        let before = back.and_then(|back| back.checked_sub_days(Days::new(4)));
        let mut days = before.unwrap_or(NaiveDate::MIN).iter_days();
        days.find(|day| self.last_day_after(*day) >= today)
            .unwrap_or(today)
    }
}

/// A line of `retention.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Whose rows.
    pub table: Kept,
    /// For how long, from their last change.
    pub keep: Period,
    /// The day from which it holds.
    pub valid_from: NaiveDate,
    /// The law, the guideline or the decision.
    pub source: String,
    /// Not to be erased sooner, though somebody asks for it: of accounts, from the end of the last role.
    pub at_least: Option<Period>,
}

/// The line for `table` that holds on `today`; none: nothing is erased.
#[must_use]
pub fn in_force(lines: &[Retention], table: Kept, today: NaiveDate) -> Option<&Retention> {
    let of_it = lines.iter().filter(|line| line.table == table);
    let holding = of_it.filter(|line| line.valid_from <= today);
    holding.max_by_key(|line| line.valid_from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_period_ends_with_the_day_of_the_same_name_or_the_month() {
        for (keep, today, first_kept) in [
            // 2024-02-28 and -29 both end with 2025-02-28.
            ("P1Y", "2025-02-28", "2024-02-28"),
            ("P1Y", "2025-03-01", "2024-03-01"),
            ("P1Y", "2024-02-29", "2023-03-01"),
            ("P1Y", "2024-03-01", "2023-03-01"),
            ("P4Y", "2028-02-29", "2024-02-29"),
            ("P10Y", "2036-11-24", "2026-11-24"),
            // 31 August and half a year: the last day of February.
            ("P6M", "2027-02-28", "2026-08-28"),
            ("P6M", "2027-03-01", "2026-09-01"),
            ("P1M", "2026-03-31", "2026-03-01"),
            ("P30D", "2026-03-31", "2026-03-01"),
        ] {
            let period: Period = keep.parse().unwrap();
            assert_eq!(
                period.first_kept(day(today)),
                day(first_kept),
                "{keep} {today}"
            );
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for wrong in [
            "", "P", "Y", "P0Y", "P1", "1Y", "P-1Y", "P+1Y", "P１Y", "P101Y", "P1YY", "PY",
        ] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_newest_line_that_holds_counts() {
        let line = |keep: &str, from: &str| Retention {
            table: Kept::Mail,
            keep: keep.parse().unwrap(),
            valid_from: day(from),
            source: "x".to_owned(),
            at_least: None,
        };
        let lines = [line("P5Y", "2027-04-01"), line("P1Y", "2022-04-01")];
        let on = |today: &str| in_force(&lines, Kept::Mail, day(today)).map(|line| line.keep);
        assert_eq!(on("2022-03-31"), None);
        assert_eq!(on("2027-03-31"), Some(Period::Months(12)));
        assert_eq!(on("2027-04-01"), Some(Period::Months(60)));
        assert_eq!(in_force(&lines, Kept::Job, day("2030-01-01")), None);
    }

    proptest! {
        #[test]
        fn nothing_younger_goes_and_nothing_older_stays(
            today in 0_u64..80_000, back in 0_u64..5_000, months in 1_u32..130, is_days in any::<bool>()
        ) {
            let today = day("1950-01-01") + Days::new(today);
            let written = today - Days::new(back);
            let period = if is_days { Period::Days(months) } else { Period::Months(months) };
            let is_over = period.last_day_after(written) < today;
            prop_assert_eq!(written < period.first_kept(today), is_over);
        }
    }
}
