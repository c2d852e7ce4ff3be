//! A data check as a file: what is wrong with the directory, which rows, and what to do.

use chrono::{Months, NaiveDate};
use serde::Deserialize;
use toml::Spanned;

use super::fault::{Fault, line_at, of_toml};

mod sql;

/// How bad it is when a check finds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Someone should look at it.
    Warning,
    /// The pages show something wrong until it is mended.
    Error,
}

impl Severity {
    /// As in the file and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// As on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "情報",
            Self::Warning => "注意",
            Self::Error => "誤り",
        }
    }
}

/// One check of the data: a `select` that counts, a `select` that lists, both over the views `v_*` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// File name without `.toml`.
    pub code: String,
    /// Path of its file, for faults found later.
    pub file: String,
    /// What is wrong, as a heading.
    pub name: String,
    /// How bad it is.
    pub severity: Severity,
    /// Why it matters and what to do, for staff.
    pub advice: String,
    /// Japanese heads of the columns of `rows`.
    pub columns: Vec<String>,
    count: Query,
    rows: Query,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Query {
    sql: String,
    line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    name: String,
    severity: Severity,
    advice: String,
    columns: Vec<String>,
    count: Spanned<String>,
    rows: Spanned<String>,
}

impl Check {
    /// Reads one file: `name`, `severity`, `advice`, `columns`, `count`, `rows`.
    ///
    /// # Errors
    /// Keys missing or unknown, or SQL that is anything but one `select` over the views `v_*`.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let read: CheckFile =
            toml::from_str(text).map_err(|error| vec![of_toml(file, text, &error)])?;
        let count = Query::of(text, read.count);
        let rows = Query::of(text, read.rows);
        let mut faults = Vec::new();
        let refused = |query: &Query, reason: String| Fault::on_line(file, query.line, reason);
        match sql::select_columns(&count.sql) {
            Ok(1) => {}
            Ok(n) => faults.push(refused(
                &count,
                format!("count は件数だけを返す文にしてください（{n}列あります）。"),
            )),
            Err(reason) => faults.push(refused(&count, reason.to_string())),
        }
        match sql::select_columns(&rows.sql) {
            Ok(n) if n == read.columns.len() => {}
            Ok(n) => {
                let reason = format!(
                    "rows の列（{n}）と columns の見出し（{}）の数が違います。",
                    read.columns.len()
                );
                faults.push(refused(&rows, reason));
            }
            Err(reason) => faults.push(refused(&rows, reason.to_string())),
        }
        for query in [&count, &rows] {
            if let Err(placeholder) = with_days(&query.sql, NaiveDate::MIN) {
                let reason = format!(
                    "「{placeholder}」は使えません。{{today}} か {{months_ago:月数}} としてください。"
                );
                faults.push(refused(query, reason));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let code = file
            .rsplit('/')
            .next()
            .unwrap_or(file)
            .trim_end_matches(".toml")
            .to_owned();
        let CheckFile {
            name,
            severity,
            advice,
            columns,
            ..
        } = read;
        Ok(Self {
            code,
            file: file.to_owned(),
            name,
            severity,
            advice,
            columns,
            count,
            rows,
        })
    }

    /// The counting statement for the day `today`.
    pub fn count_sql(&self, today: NaiveDate) -> String {
        with_days(&self.count.sql, today).expect("placeholders were read when the file was parsed")
    }

    /// The listing statement for the day `today`.
    pub fn rows_sql(&self, today: NaiveDate) -> String {
        with_days(&self.rows.sql, today).expect("placeholders were read when the file was parsed")
    }

    /// A fault of the counting statement that only the database could find.
    pub fn count_fault(&self, reason: impl Into<String>) -> Fault {
        Fault::on_line(&self.file, self.count.line, reason)
    }

    /// A fault of the listing statement that only the database could find.
    pub fn rows_fault(&self, reason: impl Into<String>) -> Fault {
        Fault::on_line(&self.file, self.rows.line, reason)
    }
}

impl Query {
    fn of(text: &str, sql: Spanned<String>) -> Self {
        let line = line_at(text, sql.span().start);
        Self {
            sql: sql.into_inner().trim().to_owned(),
            line,
        }
    }
}

/// `{today}` and `{months_ago:N}` as ISO days in quotes. Days are ISO text in the database, so they compare as text.
fn with_days(sql: &str, today: NaiveDate) -> Result<String, String> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let Some(end) = rest[start..].find('}') else {
            return Err(rest[start..].to_owned());
        };
        let placeholder = &rest[start..=start + end];
        let day = day_of(&placeholder[1..placeholder.len() - 1], today)
            .ok_or_else(|| placeholder.to_owned())?;
        out.push_str(&format!("'{day}'"));
        rest = &rest[start + end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn day_of(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    if word == "today" {
        return Some(today);
    }
    let months: u32 = word.strip_prefix("months_ago:")?.parse().ok()?;
    Some(
        today
            .checked_sub_months(Months::new(months))
            .unwrap_or(today),
    )
}

#[cfg(test)]
mod tests;
