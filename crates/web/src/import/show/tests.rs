//! The pages of an import, in every state they can have.

use keniki_app::import::Group;
use keniki_app::import::content::{Changed, ChangedField};
use keniki_app::import::report;

use super::super::undo::UndoPage;
use super::super::{Batch, ImportsPage, Line};
use super::*;
use crate::page::check::{SCRIPT, sound};
use crate::wording::Day;

fn group(n_rows: u32) -> Group {
    Group {
        cause: "no_name".to_owned(),
        message: "名称が空です。".to_owned(),
        count: n_rows as usize,
        rows: (1..=n_rows)
            .map(|row| report::Problem {
                sheet: String::new(),
                row,
                column: "名称".to_owned(),
                value: SCRIPT.to_owned(),
            })
            .collect(),
    }
}

fn step(state: Stand, report: Option<FileReport>) -> StepPage {
    StepPage {
        frame: Frame::sample_of_staff(),
        id: 7,
        what: "ファイルの確認",
        state,
        stage: None,
        n_done: None,
        reason: None,
        is_trial: true,
        report,
        kept: None,
        may_import: true,
        may_undo: true,
    }
}

fn tried(rejected: u64) -> FileReport {
    FileReport {
        file: SCRIPT.to_owned(),
        format: Some("standard_care".to_owned()),
        format_name: Some("介護サービス事業所一覧".to_owned()),
        header_row: Some(1),
        as_of: Some("2026-10-01".to_owned()),
        dry_run: true,
        rows: 12,
        new: 3,
        changed: 1,
        rejected,
        is_gone_known: true,
        gone: 1,
        gone_records: vec![SCRIPT.to_owned()],
        records: report::Records {
            new: 53,
            changed: 1_200,
            ..report::Records::default()
        },
        new_records: (0..50)
            .map(|service| report::NewRecord {
                name: SCRIPT.to_owned(),
                service,
            })
            .collect(),
        changes: vec![Changed {
            name: "みなと事業所".to_owned(),
            fields: vec![ChangedField {
                field: "phone".to_owned(),
                before: None,
                after: Some(Value::String(SCRIPT.to_owned())),
            }],
        }],
        errors: (rejected > 0).then(|| group(7)).into_iter().collect(),
        warnings: vec![group(0)],
        ..FileReport::default()
    }
}

#[test]
fn a_step_under_way_looks_again_by_itself() {
    for state in [Stand::Queued, Stand::Running] {
        let mut page = step(state, None);
        page.stage = Some("書き込んでいます".to_owned());
        page.n_done = Some(2_048);
        assert!(sound(&page).contains("data-reload"));
    }
    let mut failed = step(Stand::Failed, None);
    failed.reason = Some("データベースが応答しませんでした。".to_owned());
    assert!(!sound(&failed).contains("data-reload"));
}

#[test]
fn what_can_be_written_has_a_button_and_what_cannot_has_none() {
    let all = sound(&step(Stand::Done, Some(tried(0))));
    assert!(all.contains("この内容で書き込む") && !all.contains("行だけ書き込む"));
    let some = sound(&step(Stand::Done, Some(tried(2))));
    assert!(some.contains("正しい 10 行だけ書き込む") && !some.contains("この内容で書き込む"));
    assert!(some.contains("ほか 2 件"));
    // New ones by name, changed ones by field, the rest by count; nothing to open before it is written.
    assert!(some.contains("ほか 3 件") && some.contains("ほか 1,199 件"));
    assert!(!some.contains("/services/49"));
    let none = sound(&step(Stand::Done, Some(tried(12))));
    assert!(!none.contains("書き込む</button>"), "no row is right");
    let mut stranger = step(Stand::Done, Some(tried(0)));
    stranger.may_import = false;
    assert!(!sound(&stranger).contains("この内容で書き込む"));
    let unknown = FileReport::refused(
        "a.xlsx".to_owned(),
        "unknown_header",
        "見出しがありません。".to_owned(),
    );
    assert!(!sound(&step(Stand::Done, Some(unknown))).contains("書き込む</button>"));
}

#[test]
fn what_was_written_can_be_taken_back() {
    let written = FileReport {
        written: true,
        batch: Some(3),
        ..tried(0)
    };
    let mut page = step(Stand::Done, Some(written));
    page.is_trial = false;
    let shown = sound(&page);
    assert!(shown.contains("/batches/3/undo") && shown.contains("/services/49"));
    page.report = None;
    page.kept = Some(2);
    assert!(sound(&page).contains("2 件は、残してあります"));
}

#[test]
fn before_a_batch_is_taken_back_the_page_says_what_it_touches_and_asks() {
    let mut page = UndoPage {
        frame: Frame::sample_of_staff(),
        id: 3,
        file: SCRIPT.to_owned(),
        day: Day::parse("2026-11-24"),
        records: 1_364,
        refused: None,
    };
    let asked = sound(&page);
    assert!(asked.contains("1,364 件") && asked.contains("action=\"/batches/3/undo\""));
    page.refused = Some("取込み番号 3 は、すでに取り消してあります。".to_owned());
    let refused = sound(&page);
    assert!(
        refused.contains("すでに取り消してあります")
            && !refused.contains("<form action=\"/batches")
    );
}

#[test]
fn the_list_shows_steps_and_batches() {
    let batch = |undone| Batch {
        id: 3,
        file: SCRIPT.to_owned(),
        list: "介護サービス事業所一覧".to_owned(),
        rows: "12".to_owned(),
        day: Day::parse("2026-11-24"),
        undone,
        is_sample: false,
    };
    let mut page = ImportsPage {
        frame: Frame::sample_of_staff(),
        problem: Some("ファイルを選んでください。".to_owned()),
        jobs: vec![Line {
            href: "/imports/7".to_owned(),
            what: "ファイルの確認",
            file: "通いの場.csv".to_owned(),
            state: "終わりました",
            at: "今日 9:00".to_owned(),
        }],
        batches: vec![batch(None), batch(Day::parse("2026-11-25"))],
        n_reviews: 1_200,
        may_undo: true,
    };
    assert!(sound(&page).contains("/batches/3/undo"));
    page.jobs.clear();
    page.batches.clear();
    assert!(sound(&page).contains("まだ一つもありません"));
}
