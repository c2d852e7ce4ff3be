//! `keniki export services`: the directory as CSV or XLSX, to a file or to standard output.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use keniki_app::database::Connection;
use keniki_app::definition::Definitions;
use keniki_app::directory::export::{self, Form};

use super::Common;

/// What can be handed out.
#[derive(Debug, Subcommand)]
pub enum What {
    /// 地域資源（廃止されたものを除く）
    Services(Services),
}

/// What `export services` takes.
#[derive(Debug, Args)]
pub struct Services {
    /// ファイルの形式
    #[arg(long)]
    pub format: Format,
    /// 推奨データセットの様式（指定しないと、csvはすべてを一つの表に、xlsxは様式ごとのシートに）
    #[arg(long = "as")]
    pub form: Option<As>,
    /// 書き出す先（指定しないと標準出力）
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Excelでも開けるUTF-8のCSV
    Csv,
    /// Excelのブック
    Xlsx,
}

/// The two 推奨データセット.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum As {
    /// 医療機関一覧
    Medical,
    /// 介護サービス事業所一覧
    Care,
}

impl From<As> for Form {
    fn from(form: As) -> Self {
        match form {
            As::Medical => Self::Medical,
            As::Care => Self::Care,
        }
    }
}

/// Writes the file.
pub async fn run(common: &Common, What::Services(wanted): &What) -> anyhow::Result<ExitCode> {
    let definitions = common.definitions()?;
    common.must_exist()?;
    let work = async |db: &Connection| services(db, &definitions, wanted).await;
    common.on_database(work).await
}

async fn services(
    db: &Connection,
    definitions: &Definitions,
    wanted: &Services,
) -> anyhow::Result<ExitCode> {
    let ids = export::all_ids(db).await?;
    let form = wanted.form.map(Form::from);
    match wanted.format {
        Format::Csv => {
            let form = form.unwrap_or(Form::Everything);
            export::csv(db, definitions, form, &ids, output(wanted)?).await?;
        }
        Format::Xlsx => {
            let book = export::book(db, definitions, form, &ids).await?;
            match &wanted.out {
                Some(path) => book.save(path)?,
                None => {
                    let mut out = output(wanted)?;
                    out.write_all(&book.into_bytes()?)?;
                    out.flush()?;
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn output(wanted: &Services) -> anyhow::Result<Box<dyn Write>> {
    Ok(match &wanted.out {
        Some(path) => {
            let file = File::create(path).with_context(|| {
                format!(
                    "{} に書き込めません。場所と権限を確かめてください",
                    path.display()
                )
            })?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(io::stdout().lock())),
    })
}
