//! `keniki doctor`: looks at the definitions, the database, the data and the machine, and says what to do.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Args;
use keniki_app::check::{self, Outcome, Report};
use keniki_app::definition::Definitions;
use keniki_app::definition::check::Severity;
use keniki_base::clock::jst_day;

use super::Common;
use super::serve::Fonts;
use crate::clock;
use crate::output::{Format, say};

mod attachment;
mod installation;
mod machine;
mod report;

/// What `doctor` takes.
#[derive(Debug, Args)]
pub struct Doctor {
    /// 結果の書き方
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// keniki serve に渡している証明書（PEM）。期限を調べる
    #[arg(long)]
    pub tls_cert: Option<PathBuf>,
    #[command(flatten)]
    pub fonts: Fonts,
}

/// Rows of a check that are shown.
const ROWS: u64 = 10;

/// Exit 1 where a definition is wrong, the database cannot be used or a check of the severity 誤り finds rows.
pub(super) async fn run(common: &Common, doctor: &Doctor) -> anyhow::Result<ExitCode> {
    let now = clock::now();
    let examination = examine(common, doctor, now).await;
    match doctor.format {
        Format::Text => say!("{}", report::text(&examination).trim_end()),
        Format::Json => say!(
            "{}",
            serde_json::to_string_pretty(&report::json(&examination))?
        ),
    }
    Ok(if examination.is_well() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Everything that was looked at.
struct Examination {
    at: DateTime<Utc>,
    parts: Vec<Part>,
    checks: Vec<Checked>,
}

/// One thing that was looked at.
struct Part {
    code: &'static str,
    name: &'static str,
    /// `None`: well.
    trouble: Option<Severity>,
    message: String,
    details: Vec<String>,
}

/// A data check and what it found.
struct Checked {
    code: String,
    file: String,
    name: String,
    severity: Severity,
    advice: String,
    heads: Vec<String>,
    outcome: Outcome,
}

impl Examination {
    fn is_well(&self) -> bool {
        let is_error = |severity: Severity| severity == Severity::Error;
        let found = |checked: &&Checked| !matches!(checked.outcome, Outcome::Ran { count: 0, .. });
        !self
            .parts
            .iter()
            .filter_map(|part| part.trouble)
            .any(is_error)
            && !self
                .checks
                .iter()
                .filter(found)
                .any(|checked| is_error(checked.severity))
    }
}

impl Part {
    fn well(code: &'static str, name: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            name,
            trouble: None,
            message: message.into(),
            details: Vec::new(),
        }
    }

    fn ill(
        code: &'static str,
        name: &'static str,
        severity: Severity,
        message: impl Into<String>,
    ) -> Self {
        Self {
            trouble: Some(severity),
            ..Self::well(code, name, message)
        }
    }

    fn with_details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }
}

impl From<Report<'_>> for Checked {
    fn from(report: Report<'_>) -> Self {
        Self {
            code: report.check.code.clone(),
            file: report.check.file.clone(),
            name: report.check.name.clone(),
            severity: report.check.severity,
            advice: report.check.advice.clone(),
            heads: report
                .check
                .columns
                .iter()
                .map(|column| column.head.clone())
                .collect(),
            outcome: report.outcome,
        }
    }
}

async fn examine(common: &Common, doctor: &Doctor, now: DateTime<Utc>) -> Examination {
    let mut examination = Examination {
        at: now,
        parts: Vec::new(),
        checks: Vec::new(),
    };
    let definitions = look_at_definitions(common, &mut examination);
    let (parts, db) = installation::look(&common.database, definitions.as_ref(), now).await;
    examination.parts.extend(parts);
    examination.parts.push(machine::synchronized());
    examination.parts.push(machine::pages());
    let fonts = doctor.fonts.folder.as_deref();
    examination.parts.push(machine::fonts(fonts));
    let certificate = doctor.tls_cert.as_deref();
    let certificate = certificate.map(|file| machine::certificate(file, now));
    examination.parts.extend(certificate);
    examination.parts.extend(machine::disk(&common.database));
    if let Some(db) = &db {
        let part = attachment::look(db, &common.key_file()).await;
        examination.parts.push(part);
    }
    if let (Some(definitions), Some(db)) = (definitions, db) {
        run_checks(&db, &definitions, &mut examination).await;
    }
    examination
}

fn look_at_definitions(common: &Common, examination: &mut Examination) -> Option<Definitions> {
    const PART: (&str, &str) = ("definitions", "定義ファイル");
    match Definitions::load(common.definitions.as_deref()) {
        Ok(definitions) => {
            let message = format!(
                "サービスの種類 {}、できること {}、データの点検 {}。",
                definitions.categories().len(),
                definitions.capabilities().len(),
                definitions.checks().len()
            );
            examination.parts.push(Part::well(PART.0, PART.1, message));
            Some(definitions)
        }
        Err(faults) => {
            let details = faults.iter().map(ToString::to_string).collect();
            let message = "誤りがあるため使えません。次の箇所を直してください。データの点検は行っていません。";
            examination
                .parts
                .push(Part::ill(PART.0, PART.1, Severity::Error, message).with_details(details));
            None
        }
    }
}

async fn run_checks(
    db: &keniki_app::database::Connection,
    definitions: &Definitions,
    examination: &mut Examination,
) {
    const PART: (&str, &str) = ("checks", "データの点検");
    let today = jst_day(examination.at);
    if let Err(faults) = check::prepare(db, definitions, today).await {
        let details = faults.iter().map(ToString::to_string).collect();
        let message = "点検の定義ファイルに誤りがあります。次の箇所を直してください。データの点検は行っていません。";
        examination
            .parts
            .push(Part::ill(PART.0, PART.1, Severity::Error, message).with_details(details));
        return;
    }
    match check::run(db, definitions, today, ROWS).await {
        Ok(reports) => {
            let clean = reports.iter().filter(|report| report.is_clean()).count();
            let message = format!(
                "{} 項目のうち {clean} 項目は問題ありません。",
                reports.len()
            );
            examination.parts.push(Part::well(PART.0, PART.1, message));
            examination.checks = reports.into_iter().map(Checked::from).collect();
            examination
                .checks
                .sort_by_key(|checked| Reverse(checked.severity));
        }
        Err(error) => {
            let message = format!(
                "データベースが途中で応えなくなりました（{error}）。もう一度試してください。"
            );
            examination
                .parts
                .push(Part::ill(PART.0, PART.1, Severity::Error, message));
        }
    }
}

#[cfg(test)]
mod tests;
