//! `keniki directory …` as a person or a script calls it: the real binary on a database of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use keniki_tests::{TestDatabase, binary};
use serde_json::Value;

use super::fixture::World;
use super::rows::{Care, care_file};

fn keniki(binary: &Path, database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.args(["--database", database]).args(arguments);
    command.stdin(Stdio::null());
    command
}

fn run(binary: &Path, database: &str, arguments: &[&str]) -> Output {
    keniki(binary, database, arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn office(n: usize) -> Care {
    let address = format!("みほん県ためし市本町{}-{}", n / 100 + 1, n % 100 + 1);
    let phone = format!("0859-{:02}-{:04}", n / 10_000, n % 10_000);
    Care::of(
        &format!("517{n:07}"),
        &format!("いちご{n}号"),
        "訪問入浴介護",
        &address,
        &phone,
    )
}

async fn world() -> (World, PathBuf, String) {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    (World::invented(database).await, binary(), url)
}

#[tokio::test]
async fn the_json_report_has_what_scripts_are_promised() {
    let (world, binary, url) = world().await;
    let mut bad = office(2);
    bad.number = "5".to_owned();
    let mut off = office(3);
    off.lat = "0.0".to_owned();
    let good = world.file("good.csv", care_file(&[office(1), off]));
    let mixed = world.file("mixed.csv", care_file(&[office(4), bad]));
    let output = run(
        &binary,
        &url,
        &[
            "directory",
            "import",
            text(&mixed),
            text(&good),
            "--format",
            "json",
        ],
    );
    assert_eq!(output.status.code(), Some(1), "one file was refused");
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    let [mixed_report, good_report] = reports.as_array().unwrap().as_slice() else {
        panic!("{reports}")
    };
    for field in [
        "file",
        "format",
        "rows",
        "new",
        "changed",
        "unchanged",
        "gone",
        "rejected",
        "warnings",
        "errors",
    ] {
        assert!(!good_report[field].is_null(), "{field}");
    }
    assert_eq!(
        (&good_report["file"], &good_report["new"]),
        (&"good.csv".into(), &2.into())
    );
    assert_eq!(good_report["warnings"][0]["cause"], "point_zero");
    assert_eq!(
        (
            &good_report["warnings"][0]["count"],
            &good_report["warnings"][0]["rows"][0]["row"]
        ),
        (&1.into(), &3.into())
    );
    let error = &mixed_report["errors"][0];
    assert_eq!(
        (&error["cause"], &error["count"], &error["rows"][0]["value"]),
        (&"wrong_number".into(), &1.into(), &"5".into())
    );
    assert_eq!(world.count("site").await, 2);

    let again = run(
        &binary,
        &url,
        &["directory", "import", text(&mixed), "--valid-rows-only"],
    );
    assert_eq!(again.status.code(), Some(0), "the file was taken");
    assert_eq!(world.count("site").await, 3);
    let said = String::from_utf8(again.stdout).unwrap();
    assert!(
        said.contains("  2行: 新規 1、変更 0、変わらず 0、受け付けない行 1。"),
        "{said}"
    );
    assert!(said.contains("    3行目 事業所番号 「5」"), "{said}");
    assert!(
        said.contains("取り消すには: keniki directory undo 2"),
        "{said}"
    );
}

#[tokio::test]
async fn the_exit_code_tells_done_problems_and_wrong_use_apart() {
    let (world, binary, url) = world().await;
    let good = world.file("good.csv", care_file(&[office(1)]));
    let code = |arguments: &[&str]| run(&binary, &url, arguments).status.code().unwrap();
    assert_eq!(code(&["directory", "import", text(&good), "--dry-run"]), 0);
    assert_eq!(code(&["directory", "import", "nowhere.csv"]), 1);
    assert_eq!(code(&["directory", "import"]), 2);
    assert_eq!(code(&["directory", "undo", "7"]), 1);
    assert_eq!(code(&["directory", "undo", "seven"]), 2);
    assert_eq!(code(&["directory", "import", text(&good)]), 0);
    assert_eq!(code(&["directory", "review"]), 0);
    assert_eq!(code(&["directory", "review", "--same", "7"]), 1);
    assert_eq!(code(&["directory", "undo", "1"]), 0);
    assert_eq!(world.count("site").await, 0);
}

#[tokio::test]
async fn the_problems_come_as_a_csv_and_in_the_user_s_own_table() {
    let (world, binary, url) = world().await;
    let mut bad = office(2);
    bad.service = "訪問散髪";
    let path = world.file("名簿.csv", care_file(&[office(1), bad]));
    let folder = path.parent().unwrap();
    let problems = folder.join("problems.csv");
    let arguments = [
        "directory",
        "import",
        text(&path),
        "--problems-csv",
        text(&problems),
        "--problems-xlsx",
        text(folder),
    ];
    assert_eq!(run(&binary, &url, &arguments).status.code(), Some(1));
    let mut lines = Vec::new();
    keniki_app::sheet::read::rows(&problems, |row| {
        lines.push(row.cells);
        true
    })
    .unwrap();
    assert_eq!(
        lines[0],
        ["ファイル", "シート", "行", "列", "値", "区別", "内容"]
    );
    assert_eq!(
        lines[1][..6],
        ["名簿.csv", "", "3", "サービスの種類", "訪問散髪", "誤り"]
    );
    let mut rows = Vec::new();
    keniki_app::sheet::read::rows(&folder.join("名簿_結果.xlsx"), |row| {
        rows.push(row.cells);
        true
    })
    .unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0].last().unwrap(), "取込みの結果");
    assert_eq!((rows[1].len(), rows[1][24].as_str()), (25, "新しい"));
    assert!(
        rows[2][24].starts_with("誤り（サービスの種類）: "),
        "{}",
        rows[2][24]
    );
}

#[tokio::test]
async fn a_kill_in_the_middle_leaves_the_database_as_before_and_usable() {
    let (world, binary, url) = world().await;
    world.take("a.csv", care_file(&[office(1)])).await;
    let before = world.tables().await;
    let rows: Vec<Care> = (0..60_000).map(office).collect();
    let big = world.file("big.csv", care_file(&rows));
    // Killed ever later, until one import came to its end before.
    for wait in [100, 400, 1_200] {
        let mut import = keniki(&binary, &url, &["directory", "import", text(&big)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(wait)).await;
        assert!(
            import.try_wait().unwrap().is_none(),
            "still at work after {wait} ms"
        );
        import.kill().unwrap();
        import.wait().unwrap();
        super::fixture::assert_same_tables(&world.tables().await, &before);
        assert_eq!(world.count("import_batch").await, 1);
    }
    let report = world
        .take("b.csv", care_file(&[office(1), office(2)]))
        .await;
    assert_eq!((report.unchanged, report.new), (1, 1));
    world.assert_indexed().await;
}

#[tokio::test]
async fn a_reader_of_the_report_that_goes_away_stops_no_import() {
    let (world, binary, url) = world().await;
    let files = [1, 2, 3].map(|n| world.file(&format!("{n}.csv"), care_file(&[office(n)])));
    let mut import = keniki(&binary, &url, &["directory", "import"])
        .args(&files)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(import.stdout.take());
    assert!(import.wait().unwrap().success());
    assert_eq!(world.count("service").await, 3);
}

#[test]
fn a_command_that_only_looks_makes_no_database_of_a_mistyped_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kenki.db");
    let url = format!("sqlite://{}", text(&file));
    for arguments in [
        &["export", "services", "--format", "csv"][..],
        &["directory", "review"],
        &["directory", "batches"],
        &["directory", "undo", "1"],
    ] {
        let output = run(&binary(), &url, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("kenki.db」がありません"), "{said}");
        assert!(!file.exists(), "{arguments:?}");
    }
}

#[tokio::test]
async fn where_the_problems_cannot_be_written_nothing_is_read() {
    let (world, binary, url) = world().await;
    let good = world.file("good.csv", care_file(&[office(1)]));
    for option in ["--problems-csv", "--problems-xlsx"] {
        let arguments = ["directory", "import", text(&good), option, "/nowhere/a.csv"];
        let output = run(&binary, &url, &arguments);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("何も読み込んでいません"), "{said}");
        assert_eq!(world.count("import_batch").await, 0);
    }
}
