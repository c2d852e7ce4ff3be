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
    /// The columns of `rows`.
    pub columns: Vec<Column>,
    count: Query,
    rows: Query,
}

/// A column of the listed rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its Japanese head.
    pub head: String,
    /// What its values are codes of, if they are.
    pub codes: Option<Codes>,
}

/// Codes that a reader is shown as words; written behind the head (`サービスの種類:category`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// Of a category.
    Category,
    /// Of a capability.
    Capability,
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
    columns: Vec<Spanned<String>>,
    count: Spanned<String>,
    rows: Spanned<String>,
}

impl Check {
    /// Reads one file: `name`, `severity`, `advice`, `columns`, `count`, `rows`.
    ///
    /// # Errors
    /// Keys missing or unknown, or SQL that is anything but one `select` over the views `v_*`.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let code = code_of(file).unwrap_or_else(|fault| {
            faults.push(fault);
            String::new()
        });
        let CheckFile {
            name,
            severity,
            advice,
            columns,
            count,
            rows,
        } = toml::from_str(text).map_err(|error| vec![of_toml(file, text, &error)])?;
        let columns: Vec<Column> = columns
            .into_iter()
            .filter_map(|column| {
                let line = line_at(text, column.span().start);
                let refuse = |reason| faults.push(Fault::on_line(file, line, reason));
                Column::parse(column.get_ref()).map_err(refuse).ok()
            })
            .collect();
        let count = Query::of(text, count);
        let rows = Query::of(text, rows);
        faults.extend(count.fault(file, "count", 1));
        faults.extend(rows.fault(file, "rows", columns.len()));
        if name.trim().is_empty() || advice.trim().is_empty() {
            faults.push(Fault::of_file(
                file,
                "name と advice には文を書いてください。",
            ));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
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

impl Column {
    fn parse(text: &str) -> Result<Self, String> {
        let (head, codes) = match text.split_once(':') {
            None => (text, None),
            Some((head, "category")) => (head, Some(Codes::Category)),
            Some((head, "capability")) => (head, Some(Codes::Capability)),
            Some((_, word)) => {
                return Err(format!(
                    "見出し「{text}」の「{word}」は使えません。category か capability としてください。"
                ));
            }
        };
        Ok(Self {
            head: head.to_owned(),
            codes,
        })
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

    fn fault(&self, file: &str, key: &str, n_columns: usize) -> Option<Fault> {
        let reason = match sql::select_columns(&self.sql) {
            Err(refused) => refused.to_string(),
            Ok(n) if n != n_columns => {
                format!(
                    "{key} の列が{n}、要るのは{n_columns}です（rows は columns の見出しと同じ数、count は件数だけ）。"
                )
            }
            Ok(_) => {
                let placeholder = with_days(&self.sql, NaiveDate::default()).err()?;
                format!(
                    "「{placeholder}」は使えません。{{today}} か {{months_ago:月数}} としてください。"
                )
            }
        };
        Some(Fault::on_line(file, self.line, reason))
    }
}

fn code_of(file: &str) -> Result<String, Fault> {
    let stem = file
        .strip_prefix("checks/")
        .and_then(|name| name.strip_suffix(".toml"));
    let is_code = |stem: &&str| {
        !stem.is_empty()
            && stem
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    stem.filter(is_code).map(str::to_owned).ok_or_else(|| {
        Fault::of_file(
            file,
            "ファイル名は英小文字・数字・下線にし、checks の直下に置いてください。",
        )
    })
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
