//! Which crate may know which (invariants 1, 2 and 3), read from the manifests.

use toml::Table;

use super::{Source, assert_complains, assert_tidy, complaints, sources};

/// Crate → the crates it may depend on. A new arrow needs a decision record in `docs/decisions/`.
const ARROWS: [(&str, &[&str]); 12] = [
    ("base", &[]),
    ("chart", &[]),
    ("paper", &[]),
    ("measure", &[]),
    ("reach", &[]),
    ("linkage", &["base"]),
    ("duty", &["base"]),
    ("app", &["measure", "linkage", "reach", "duty", "base"]),
    ("web", &["app", "chart", "paper", "base"]),
    ("fhir", &["app", "base"]),
    ("cli", &["web", "fhir", "app", "chart", "paper", "base"]),
    (
        "tests",
        &[
            "cli", "web", "fhir", "app", "chart", "paper", "measure", "linkage", "reach", "duty",
            "base",
        ],
    ),
];

/// Crates that compute: no database, no async, no clock, no I/O, no JSON.
const PURE: [&str; 7] = [
    "base", "chart", "paper", "measure", "linkage", "reach", "duty",
];
const RUNTIMES: [&str; 14] = [
    "async-trait",
    "axum",
    "futures",
    "hyper",
    "reqwest",
    "sea-orm",
    "sea-orm-migration",
    "serde_json",
    "sqlx",
    "time",
    "tokio",
    "tower",
    "tracing",
    "ureq",
];

/// The faces ask `app`; they do not know which database answers.
const FACES: [&str; 2] = ["web", "fhir"];
const DRIVERS: [&str; 4] = ["sea-orm", "sea-orm-migration", "sqlx", "libsqlite3-sys"];

fn forbidden_arrows(manifest: &Source) -> Vec<String> {
    let table: Table = manifest.text.parse().expect("cargo reads the manifest too");
    let Some(folder) = manifest.crate_folder() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if table["package"]["name"].as_str() != Some(&format!("keniki-{folder}")) {
        found.push(format!("the crate in {folder}/ is called keniki-{folder}"));
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == folder) else {
        found.push(format!("ARCHITECTURE.md does not know the crate {folder}"));
        return found;
    };
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let dependencies = table.get(kind).and_then(|found| found.as_table());
        for (name, how) in dependencies.into_iter().flatten() {
            if how.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                found.push(format!("{name} is not pinned in the workspace"));
            }
            if let Some(to) = name
                .strip_prefix("keniki-")
                .filter(|to| !allowed.contains(to))
            {
                found.push(format!("{folder} may not know {to}"));
            }
            let in_program = kind == "dependencies";
            if in_program && PURE.contains(&folder) && RUNTIMES.contains(&name.as_str()) {
                found.push(format!("{folder} computes: it may not need {name}"));
            }
            if in_program && FACES.contains(&folder) && DRIVERS.contains(&name.as_str()) {
                found.push(format!("{folder} is a face: it may not need {name}"));
            }
        }
    }
    found
}

#[test]
fn crates_know_only_whom_the_architecture_lets_them() {
    assert_tidy(&complaints(&sources(&["Cargo.toml"]), forbidden_arrows));
}

#[test]
fn a_forbidden_arrow_is_found() {
    let manifest = |folder: &str, dependency: &str| {
        let text = format!("[package]\nname = \"keniki-{folder}\"\n[dependencies]\n{dependency}\n");
        forbidden_arrows(&Source::new(&format!("crates/{folder}/Cargo.toml"), &text))
    };
    assert_eq!(
        manifest("web", "keniki-app.workspace = true"),
        Vec::<String>::new()
    );
    assert_complains(
        &manifest("app", "keniki-web.workspace = true"),
        "app may not know web",
    );
    assert_complains(
        &manifest("web", "keniki-fhir.workspace = true"),
        "web may not know fhir",
    );
    assert_complains(
        &manifest("chart", "keniki-base.workspace = true"),
        "chart may not know base",
    );
    assert_complains(
        &manifest("base", "tokio.workspace = true"),
        "base computes: it may not need tokio",
    );
    assert_complains(
        &manifest("web", "sea-orm.workspace = true"),
        "web is a face: it may not need sea-orm",
    );
    assert_complains(
        &manifest("app", "csv = \"1\""),
        "csv is not pinned in the workspace",
    );
    assert_complains(&manifest("utils", ""), "does not know the crate utils");
    let misnamed = Source::new("crates/base/Cargo.toml", "[package]\nname = \"base\"\n");
    assert_complains(&forbidden_arrows(&misnamed), "is called keniki-base");
}
