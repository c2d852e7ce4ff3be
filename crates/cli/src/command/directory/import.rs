//! `keniki directory import FILE…`: exit 1 if any file was refused.

use std::fs::File;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;

use keniki_app::account::By;
use keniki_app::database::Connection;
use keniki_app::definition::Definitions;
use keniki_app::directory::source::Reference;
use keniki_app::directory::source::locate::Places;
use keniki_app::import::content::{CHANGES_TOLD, Changed, ChangedField, field_name};
use keniki_app::import::{FileReport, Group, Options, import_file, in_turn, problem_book};

use serde_json::Value;

use super::Import;
use crate::clock;
use crate::output::{Format, Meter, say};

/// Rows of a group that the text report prints; the JSON report has them all.
const ROWS_SHOWN: usize = 5;

pub(super) async fn run(
    db: &Connection,
    definitions: Definitions,
    input: Import,
) -> anyhow::Result<ExitCode> {
    must_be_writable(&input)?;
    let reference = Arc::new(Reference {
        definitions: Arc::new(definitions),
        places: Places::load(db).await?,
    });
    let options = Options {
        dry_run: input.dry_run,
        valid_rows_only: input.valid_rows_only,
        ..Options::default()
    };
    let mut reports = Vec::with_capacity(input.files.len());
    for at in in_turn(&input.files) {
        let path = &input.files[at];
        let mut meter = Meter::start(path.display().to_string(), "行");
        let report = import_file(
            db,
            &reference,
            path,
            &By::command_line(),
            options,
            clock::now(),
            |progress| {
                meter.at(progress.rows);
            },
        )
        .await?;
        meter.end();
        if input.format == Format::Text {
            print(&report);
        }
        if let Some(folder) = &input.problems_xlsx
            && report.format.is_some()
        {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            problem_book::xlsx(path, &report, &folder.join(format!("{stem}_結果.xlsx")))?;
        }
        reports.push((at, report));
    }
    reports.sort_by_key(|(at, _)| *at);
    let reports: Vec<FileReport> = reports.into_iter().map(|(_, report)| report).collect();
    if let Some(to) = &input.problems_csv {
        problem_book::csv(&reports, to)?;
    }
    let refused: Vec<&str> = reports
        .iter()
        .filter(|report| report.is_refused(input.valid_rows_only))
        .map(|report| report.file.as_str())
        .collect();
    match input.format {
        Format::Json => say!("{}", serde_json::to_string_pretty(&reports)?),
        Format::Text if reports.len() > 1 => print_sum(reports.len(), &refused, input.dry_run),
        Format::Text => {}
    }
    Ok(match refused.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// What cannot be written afterwards is told before anything is read.
fn must_be_writable(input: &Import) -> anyhow::Result<()> {
    if let Some(to) = &input.problems_csv {
        File::create(to).with_context(|| {
            format!(
                "--problems-csv の {} に書き込めません。場所と権限を確かめてください。何も読み込んでいません",
                to.display()
            )
        })?;
    }
    match &input.problems_xlsx {
        Some(folder) if !folder.is_dir() => anyhow::bail!(
            "--problems-xlsx の {} というフォルダーはありません。先に作ってください。何も読み込んでいません。",
            folder.display()
        ),
        _ => Ok(()),
    }
}

/// What came of all the files together.
fn print_sum(n_files: usize, refused: &[&str], is_trial: bool) {
    let done = if is_trial {
        "読めた"
    } else {
        "書き込んだ"
    };
    say!(
        "{n_files}個のファイル: {done} {}個、受け付けない {}個{}",
        n_files - refused.len(),
        refused.len(),
        match refused.is_empty() {
            true => "。".to_owned(),
            false => format!("（{}）。", refused.join("、")),
        }
    );
    if is_trial {
        say!(
            "  どのファイルも、いまのデータベースに単独で試しました。続けて読み込むと、先のファイルの施設に結び付く分だけ新しい施設は減ります。"
        );
    }
}

fn print(report: &FileReport) {
    say!("{}", report.file);
    if let Some(format) = &report.format_name {
        let as_of = report
            .as_of
            .as_deref()
            .map_or(String::new(), |day| format!("（{day} 現在）"));
        say!("  形式: {format}{as_of}");
        say!(
            "  {}行: 新規 {}、変更 {}、変わらず {}、受け付けない行 {}。名簿から消えたもの {}件（削除はしません）。",
            report.rows,
            report.new,
            report.changed,
            report.unchanged,
            report.rejected,
            report.gone
        );
        if !report.is_gone_known {
            say!("    受け付けない行があるので、名簿から消えたものは数えていません。");
        }
        say!(
            "  {}件: 前からある施設に結び付けた {}、このファイルの前の行と同じ施設 {}、新しい施設 {}、新しいサービス {}、同じ施設かどうか確認を待つ {}。",
            report.records.total,
            report.records.matched,
            report.records.in_file,
            report.records.new_sites,
            report.records.new_services,
            report.records.to_review
        );
    }
    print_gone(&report.gone_records);
    print_changes(&report.changes);
    for group in &report.errors {
        print_group("誤り", group);
    }
    for group in &report.warnings {
        print_group("注意", group);
    }
    say!("  {}", outcome(report));
}

fn print_gone(names: &[String]) {
    if names.is_empty() {
        return;
    }
    let shown = names.len().min(ROWS_SHOWN);
    let rest = match names.len() - shown {
        0 => String::new(),
        n => format!(" ほか{n}件（--format json で全件を出せます）"),
    };
    say!("    消えたもの: {}{rest}", names[..shown].join("、"));
}

fn print_changes(changes: &[Changed]) {
    for Changed { name, fields } in changes.iter().take(ROWS_SHOWN) {
        let fields: Vec<String> = fields.iter().map(changed_field).collect();
        say!("    変更: {name} {}", fields.join("、"));
    }
    if changes.len() > ROWS_SHOWN {
        say!(
            "    ほか{}件（--format json で{CHANGES_TOLD}件まで出せます）",
            changes.len() - ROWS_SHOWN
        );
    }
}

/// Short values as they were and are; of long ones only that they changed.
fn changed_field(changed: &ChangedField) -> String {
    let name = field_name(&changed.field);
    let shown = |value: &Option<Value>| match value {
        None => Some("なし".to_owned()),
        Some(Value::String(text)) => Some(format!("「{text}」")),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => None,
    };
    match (shown(&changed.before), shown(&changed.after)) {
        (Some(before), Some(after)) => format!("{name} {before}→{after}"),
        _ => name.to_owned(),
    }
}

fn print_group(word: &str, group: &Group) {
    say!("  {word}（{}件）: {}", group.count, group.message);
    for row in group.rows.iter().take(ROWS_SHOWN) {
        let sheet = if row.sheet.is_empty() {
            String::new()
        } else {
            format!("シート「{}」 ", row.sheet)
        };
        say!(
            "    {sheet}{}行目 {} 「{}」",
            row.row,
            row.column,
            row.value
        );
    }
    if group.count > ROWS_SHOWN {
        say!(
            "    ほか{}件（--format json で全件を出せます）",
            group.count - ROWS_SHOWN
        );
    }
}

fn outcome(report: &FileReport) -> String {
    match (report.written, report.batch, report.dry_run) {
        (true, Some(batch), _) => {
            format!("書き込みました。取り消すには: keniki directory undo {batch}")
        }
        (_, _, true) => "試しただけで、何も書き込んでいません。".to_owned(),
        _ if report.rows > report.rejected => {
            "このファイルからは何も書き込んでいません。直してから読み込み直すか、\
              --valid-rows-only を付けると残りの行を書き込みます。"
                .to_owned()
        }
        _ => "このファイルからは何も書き込んでいません。".to_owned(),
    }
}
