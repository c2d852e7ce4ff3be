//! `keniki directory batches`: the imports there were, with the numbers by which they are taken back.

use std::process::ExitCode;

use keniki_app::database::Connection;
use keniki_app::import::batches;

use crate::output::{Format, say};

pub(super) async fn run(db: &Connection, format: Format) -> anyhow::Result<ExitCode> {
    let batches = batches::list(db).await?;
    if format == Format::Json {
        say!("{}", serde_json::to_string_pretty(&batches)?);
        return Ok(ExitCode::SUCCESS);
    }
    if batches.is_empty() {
        say!("取込みはまだありません。");
    }
    for batch in &batches {
        let day = |at: &str| at.get(..10).unwrap_or(at).to_owned();
        let undone = batch.undone_at.as_deref();
        say!(
            "{}  {}  {}行  {}{}",
            batch.id,
            day(&batch.imported_at),
            batch.source_rows,
            batch.file_name,
            undone.map_or(String::new(), |at| format!("（{} 取消し）", day(at)))
        );
    }
    Ok(ExitCode::SUCCESS)
}
