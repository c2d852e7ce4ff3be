//! What `doctor` says of a missing, an empty and a broken installation.

use std::path::Path;

use serde_json::Value;

use super::*;

async fn examine_in(folder: &Path, definitions: bool) -> Examination {
    let common = Common {
        database: format!("sqlite://{}", folder.join("keniki.db").display()),
        definitions: definitions.then(|| folder.join("definitions")),
        attachment_key: None,
        no_migrate: false,
        is_database_named: true,
    };
    let doctor = Doctor {
        format: Format::Text,
        tls_cert: None,
        fonts: Fonts::default(),
    };
    examine(
        &common,
        &doctor,
        "2026-06-15T03:00:00Z".parse().expect("an instant"),
    )
    .await
}

async fn migrated() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("keniki.db").display());
    let db = keniki_app::database::open(&url, true).await.expect("made");
    db.close().await.expect("closed");
    folder
}

fn state<'a>(json: &'a Value, part: &str) -> &'a str {
    let parts = json["parts"].as_array().expect("parts");
    let part = parts.iter().find(|one| one["code"] == part);
    part.and_then(|part| part["state"].as_str())
        .expect("a part with a state")
}

#[tokio::test]
async fn a_missing_database_is_an_error_and_is_not_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let examination = examine_in(folder.path(), false).await;
    assert!(!examination.is_well());
    assert_eq!(state(&report::json(&examination), "database"), "error");
    assert!(report::text(&examination).contains("keniki.db がまだありません"));
    assert!(!folder.path().join("keniki.db").exists());
}

#[tokio::test]
async fn an_empty_database_is_usable_and_the_next_steps_are_named() {
    let folder = migrated().await;
    let examination = examine_in(folder.path(), false).await;
    assert!(examination.is_well());
    let json = report::json(&examination);
    assert_eq!(json["ok"], true);
    assert_eq!(json["checked_at"], "2026-06-15T12:00:00+09:00");
    for (part, expected) in [
        ("definitions", "ok"),
        ("database", "ok"),
        ("home_area", "warning"),
        ("sources", "warning"),
        ("clock", "ok"),
        ("checks", "ok"),
    ] {
        assert_eq!(state(&json, part), expected, "{part}");
    }
    let checks = json["checks"].as_array().expect("checks");
    assert!(checks.len() >= 18);
    assert!(
        checks
            .iter()
            .all(|check| check["state"] == "ok" && check["count"] == 0)
    );
}

#[tokio::test]
async fn a_wrong_definition_is_an_error_with_file_and_line() {
    let folder = migrated().await;
    let checks = folder.path().join("definitions/checks");
    std::fs::create_dir_all(&checks).expect("made");
    std::fs::write(
        checks.join("own.toml"),
        "name = \"試し\"\nseverty = \"error\"\n",
    )
    .expect("written");
    let examination = examine_in(folder.path(), true).await;
    assert!(!examination.is_well());
    let text = report::text(&examination);
    assert!(
        text.contains("checks/own.toml の 2 行目: 項目「severty」は使えません"),
        "{text}"
    );
    assert!(examination.checks.is_empty());
}

#[tokio::test]
async fn a_database_that_is_behind_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("keniki.db").display());
    keniki_app::database::connect(&url)
        .await
        .expect("made")
        .close()
        .await
        .expect("closed");
    let text = report::text(&examine_in(folder.path(), false).await);
    assert!(
        text.contains("［誤り］データベース: 構造が古いままです（未適用"),
        "{text}"
    );
}

#[tokio::test]
async fn only_a_check_of_the_severity_error_makes_it_ill() {
    let folder = migrated().await;
    let mut examination = examine_in(folder.path(), false).await;
    let find = |examination: &mut Examination, severity: Severity| {
        let checked = examination
            .checks
            .iter_mut()
            .find(|one| one.severity == severity)
            .expect("one of each");
        checked.outcome = Outcome::Ran {
            count: 12,
            rows: vec![vec!["7".to_owned(); checked.heads.len()]],
        };
        checked.name.clone()
    };
    let name = find(&mut examination, Severity::Warning);
    assert!(examination.is_well());
    let text = report::text(&examination);
    assert!(
        text.contains(&format!("［注意］{name}: 12 件\n")) && text.contains("    ほか 11 件\n"),
        "{text}"
    );
    find(&mut examination, Severity::Error);
    assert!(!examination.is_well());
}
