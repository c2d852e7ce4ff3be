//! `keniki directory undo BATCH`: takes one import back.

use std::process::ExitCode;

use keniki_app::account::By;
use keniki_app::database::Connection;
use keniki_app::directory::source::locate::Places;
use keniki_app::import::content::field_name;
use keniki_app::import::undo::{Kept, undo};

use crate::clock;
use crate::output::{Format, say};

/// What stays is listed so far; the JSON answer has it all.
const KEPT_SHOWN: usize = 5;

pub(super) async fn run(db: &Connection, batch: i64, format: Format) -> anyhow::Result<ExitCode> {
    let undone = undo(
        db,
        &Places::load(db).await?,
        batch,
        &By::command_line(),
        clock::now(),
    )
    .await?;
    if format == Format::Json {
        say!("{}", serde_json::to_string_pretty(&undone)?);
        return Ok(ExitCode::SUCCESS);
    }
    say!("取込み番号 {batch}（{}）を取り消しました。", undone.file);
    say!(
        "  元の値に戻した記録 {}件、取り除いた記録 {}件（サービス {}、施設 {}）。",
        undone.restored_records,
        undone.removed_records,
        undone.removed_services,
        undone.removed_sites
    );
    if undone.kept.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let later: Vec<String> = undone.in_the_way().iter().map(i64::to_string).collect();
    say!(
        "  後の取込み（番号 {}）も書いたか確かめたため、残したもの {}件。それも要らなければ、その番号を取り消してください。",
        later.join("、"),
        undone.kept.len()
    );
    for Kept {
        name,
        field,
        by_batch,
    } in undone.kept.iter().take(KEPT_SHOWN)
    {
        let what = field.as_deref().map_or("記録全体", field_name);
        say!("    {name}: {what}（取込み番号 {by_batch}）");
    }
    if undone.kept.len() > KEPT_SHOWN {
        say!("    ほか{}件", undone.kept.len() - KEPT_SHOWN);
    }
    Ok(ExitCode::SUCCESS)
}
