//! What an import did, file by file: counts in rows of the file, problems grouped by cause with every row.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::content::Changed;

use crate::directory::source::{Cause, Finding, RowAt};

/// One file's import. `new + changed + unchanged + rejected = rows`, all in rows of the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FileReport {
    /// The file's name without its folders.
    pub file: String,
    /// Code of the list, `None` where no header was recognised.
    pub format: Option<String>,
    /// The list's name as its publisher says it.
    pub format_name: Option<String>,
    /// Row of the header, as a spreadsheet counts.
    pub header_row: Option<u32>,
    /// Batch number for `directory undo`; `None` where nothing was written.
    pub batch: Option<i64>,
    /// The day for which the list says it holds.
    pub as_of: Option<String>,
    /// True where the rows stand in the database now.
    pub written: bool,
    /// True for a trial run.
    pub dry_run: bool,
    /// Rows of data below the header.
    pub rows: u64,
    /// Rows of records that no earlier edition had.
    pub new: u64,
    /// Rows of records that differ from the earlier edition.
    pub changed: u64,
    /// Rows of records as before.
    pub unchanged: u64,
    /// Records (not rows) of an earlier edition that this one no longer has; nothing is deleted.
    pub gone: u64,
    /// Rows that became no record.
    pub rejected: u64,
    /// Services of which the list says something else than the office has confirmed: so many proposals were made.
    #[serde(default)]
    pub proposed: u64,
    /// Records, and where they went.
    pub records: Records,
    /// Names of the records that are gone.
    pub gone_records: Vec<String>,
    /// False where rows were rejected: what stood in them is not gone, so nothing counts as gone.
    pub is_gone_known: bool,
    /// The first 50 new records.
    #[serde(default)]
    pub new_records: Vec<NewRecord>,
    /// What became of each row.
    #[serde(default)]
    pub taken: Taken,
    /// What changed, field by field, of the first 1,000 changed records.
    pub changes: Vec<Changed>,
    /// Fields that were emptied.
    pub warnings: Vec<Group>,
    /// Rows that were rejected, or why the whole file was.
    pub errors: Vec<Group>,
}

/// Rows of a sheet (from 0) that follow each other: the first and the last.
pub type Span = (u16, u32, u32);

/// Which rows were taken, and as what; in none of them are those that were rejected.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Taken {
    /// Of records that no earlier edition had.
    pub new: Vec<Span>,
    /// Of records that differ from the earlier edition.
    pub changed: Vec<Span>,
    /// Of records as before.
    pub unchanged: Vec<Span>,
}

/// Adds rows to the spans; those that follow each other make one.
pub(super) fn add_rows(spans: &mut Vec<Span>, rows: &[RowAt]) {
    for at in rows {
        match spans.last_mut() {
            Some((sheet, _, last)) if *sheet == at.sheet && *last + 1 == at.row => *last = at.row,
            _ => spans.push((at.sheet, at.row, at.row)),
        }
    }
}

/// A record that no earlier edition had.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewRecord {
    /// Name of the institution or office.
    pub name: String,
    /// Number of its service, which counts once the file is written.
    pub service: i64,
}

/// So many new records of a file are told by name.
pub(super) const NEW_TOLD: usize = 50;

/// What the records of a file became.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Records {
    /// Records read.
    pub total: u64,
    /// New ones, the further services of a row left out.
    #[serde(default)]
    pub new: u64,
    /// Changed ones.
    #[serde(default)]
    pub changed: u64,
    /// Put on a site that was already there before the file.
    pub matched: u64,
    /// Put on a site that an earlier row of the same file made.
    #[serde(default)]
    pub in_file: u64,
    /// Sites made.
    pub new_sites: u64,
    /// Services made.
    pub new_services: u64,
    /// Sites that may be one with another and wait for a person.
    pub to_review: u64,
}

/// Problems of one cause.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Group {
    /// Code of the cause.
    pub cause: String,
    /// What is wrong and what to do.
    pub message: String,
    /// How many.
    pub count: usize,
    /// Every one of them.
    pub rows: Vec<Problem>,
}

/// One problem of one row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Problem {
    /// Sheet name; empty for a CSV.
    pub sheet: String,
    /// Row number as a spreadsheet shows it.
    pub row: u32,
    /// Head of the column; empty where the row is meant.
    pub column: String,
    /// The cell as it stands in the file.
    pub value: String,
}

impl FileReport {
    /// True where nothing of the file was or would be written: it cannot be read, or has rejected rows and
    /// `valid_rows_only` was not asked for.
    pub fn is_refused(&self, valid_rows_only: bool) -> bool {
        self.has_errors() && !(valid_rows_only && self.format.is_some())
    }

    /// True where there is no row below the heads.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.format.is_some() && self.rows == 0
    }

    /// A report of a file that could not be read at all.
    pub fn refused(file: String, cause: &str, message: String) -> Self {
        Self {
            file,
            errors: vec![Group {
                cause: cause.to_owned(),
                message,
                count: 1,
                rows: Vec::new(),
            }],
            ..Self::default()
        }
    }

    /// Takes down what each list of the file no longer has, beside its rows, and warns where so much of a list is
    /// gone that the file may have been cut.
    pub(super) fn put_gone(&mut self, lists: Vec<(Vec<String>, u64)>) {
        self.is_gone_known = true;
        let of_cut = |(gone, rows): &(Vec<String>, u64)| {
            let n = gone.len() as u64;
            n >= MANY_GONE && n * 4 > n + rows
        };
        let n_cut: usize = lists
            .iter()
            .filter(|list| of_cut(list))
            .map(|(gone, _)| gone.len())
            .sum();
        self.gone_records = lists.into_iter().flat_map(|(gone, _)| gone).collect();
        self.gone = self.gone_records.len() as u64;
        if n_cut > 0 {
            self.warn(
                "many_gone",
                n_cut,
                "前の名簿にあったものの4分の1を超えて、なくなっています。途中で切れたファイルでないか確かめてください。".to_owned(),
            );
        }
    }

    /// Warns of lists that stood in the file's earlier edition and have no row in this one.
    pub(super) fn put_left_out(&mut self, scopes: &[String]) {
        if !scopes.is_empty() {
            let lists: Vec<String> = scopes.iter().map(|scope| list_name(scope)).collect();
            self.warn(
                "list_left_out",
                lists.len(),
                format!(
                    "前のファイルにあった次の名簿の行が一つもありません（消えたものには数えていません）: {}。途中で切れたファイルでないか確かめてください。",
                    lists.join("、")
                ),
            );
        }
    }

    /// Warns of rows that no page of the home area will show.
    pub(super) fn put_outside(&mut self, home: &str, rows: u64) {
        if rows > 0 {
            self.warn(
                "outside_area",
                rows as usize,
                format!(
                    "{rows} 行は圏域（{home}）の外です。圏域のページには出ません。圏域のための名簿かどうか確かめてください。"
                ),
            );
        }
    }

    fn warn(&mut self, cause: &str, count: usize, message: String) {
        self.warnings.push(Group {
            cause: cause.to_owned(),
            message,
            count,
            rows: Vec::new(),
        });
    }

    /// True where the file has problems that kept rows out.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// 「都道府県31 訪問入浴介護」 of `care_services/31/訪問入浴介護`.
fn list_name(scope: &str) -> String {
    let parts: Vec<&str> = scope.split('/').skip(1).collect();
    format!("都道府県{}", parts.join(" "))
}

/// Fewer are a change of the times.
const MANY_GONE: u64 = 10;

/// Groups findings by cause, most frequent first; errors apart from warnings.
pub(super) fn grouped(findings: &[Finding], sheets: &[String]) -> (Vec<Group>, Vec<Group>) {
    let mut by_cause: BTreeMap<Cause, Vec<Problem>> = BTreeMap::new();
    for finding in findings {
        let sheet = sheets.get(usize::from(finding.at.sheet));
        by_cause.entry(finding.cause).or_default().push(Problem {
            sheet: sheet.cloned().unwrap_or_default(),
            row: finding.at.row,
            column: finding.column.to_owned(),
            value: finding.value.clone(),
        });
    }
    let mut groups: Vec<(bool, Group)> = by_cause
        .into_iter()
        .map(|(cause, rows)| (cause.is_error(), group(cause, rows)))
        .collect();
    groups.sort_by(|(_, a), (_, b)| b.count.cmp(&a.count).then_with(|| a.cause.cmp(&b.cause)));
    let (errors, warnings): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(error, _)| *error);
    let strip = |groups: Vec<(bool, Group)>| groups.into_iter().map(|(_, group)| group).collect();
    (strip(warnings), strip(errors))
}

fn group(cause: Cause, rows: Vec<Problem>) -> Group {
    Group {
        cause: cause.code().to_owned(),
        message: cause.sentence().to_owned(),
        count: rows.len(),
        rows,
    }
}
