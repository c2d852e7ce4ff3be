//! How files are named, how they begin, how long they are and what they never hold (invariants 3, 9 and 12).

use super::{Source, assert_complains, assert_tidy, complaints, sources};

/// Lines of a file without its tests.
const LONGEST: usize = 400;

/// `path lines`: files that are longer. The list may only shrink.
const EXCEPTIONS: &str = include_str!("long_files.txt");

const NAMELESS: [&str; 9] = [
    "mod", "util", "utils", "common", "helper", "helpers", "manager", "misc", "types",
];

fn wrong_name(source: &Source) -> Vec<String> {
    let parts = source.path.split(['/', '.', '_']);
    let vague = parts.filter(|part| NAMELESS.contains(part));
    vague
        .map(|part| format!("\"{part}\" says nothing of what is in it"))
        .collect()
}

fn wrong_beginning(source: &Source) -> Vec<String> {
    let first = source.text.lines().next().unwrap_or_default();
    let sentence = first
        .strip_prefix("//! ")
        .is_some_and(|sentence| !sentence.contains("placeholder"));
    if sentence {
        Vec::new()
    } else {
        vec!["a file begins with a //! sentence that says what it is for".to_owned()]
    }
}

fn too_long(source: &Source, exceptions: &str) -> Vec<String> {
    let n_lines = source.program().lines().count();
    let exception = exceptions.lines().find_map(|line| {
        line.strip_prefix(&source.path)?
            .trim()
            .parse::<usize>()
            .ok()
    });
    match exception {
        None if n_lines > LONGEST && !source.is_test() => {
            vec![format!("{n_lines} lines, at most {LONGEST}")]
        }
        Some(allowed) if n_lines > allowed => {
            vec![format!("{n_lines} lines, its exception is for {allowed}")]
        }
        Some(_) if n_lines <= LONGEST => {
            vec!["is short now: take it off long_files.txt".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// Unfinished or silenced code, and paths of one machine. Written in two parts so as not to find themselves.
const NEVER: [(&str, &str); 9] = [
    ("todo", "!("),
    ("unimplemented", "!("),
    ("dbg", "!("),
    ("FIX", "ME"),
    ("#[ign", "ore"),
    ("test.", "skip("),
    ("/ro", "ot/"),
    ("/ho", "me/"),
    ("/wo", "rk/"),
];

fn never_written(source: &Source) -> Vec<String> {
    let needles = NEVER.iter().map(|(one, two)| format!("{one}{two}"));
    needles
        .filter(|needle| source.text.contains(needle))
        .map(|needle| format!("holds {needle:?}"))
        .collect()
}

/// Crates that compute take all they need as arguments.
const OUTSIDE: [&str; 8] = [
    "async fn",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "println!",
    "SystemTime",
    "Instant::now",
];

fn reaches_outside(source: &Source) -> Vec<String> {
    let computes = ["base", "chart", "measure", "linkage", "reach", "duty"];
    if source.is_test()
        || !source
            .crate_folder()
            .is_some_and(|folder| computes.contains(&folder))
    {
        return Vec::new();
    }
    let code = source
        .program()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<String>();
    let outside = OUTSIDE.iter().filter(|word| code.contains(*word));
    outside
        .map(|word| format!("{word} does not belong in a crate that computes"))
        .collect()
}

#[test]
fn every_file_says_what_it_is_and_is_short() {
    let sources = sources(&[".rs"]);
    assert_tidy(&complaints(&sources, wrong_name));
    assert_tidy(&complaints(&sources, wrong_beginning));
    assert_tidy(&complaints(&sources, |source| too_long(source, EXCEPTIONS)));
    assert_tidy(&complaints(&sources, reaches_outside));
}

#[test]
fn nothing_unfinished_silenced_or_of_one_machine_is_committed() {
    let endings = [
        ".rs", ".toml", ".sql", ".html", ".css", ".ts", ".mjs", ".md", "check", "run",
    ];
    assert_tidy(&complaints(&sources(&endings), never_written));
}

#[test]
fn every_exception_is_of_a_file_that_exists() {
    let sources = sources(&[".rs"]);
    for line in EXCEPTIONS.lines() {
        let path = line.split(' ').next().unwrap_or_default();
        assert!(
            sources.iter().any(|source| source.path == path),
            "{path} is gone: take it off long_files.txt"
        );
    }
}

#[test]
fn an_untidy_file_is_found() {
    let named = |path: &str| wrong_name(&Source::new(path, ""));
    assert_complains(&named("crates/app/src/area/mod.rs"), "\"mod\" says nothing");
    assert_complains(
        &named("crates/app/src/date_utils.rs"),
        "\"utils\" says nothing",
    );
    assert_complains(
        &named("crates/app/src/common/area.rs"),
        "\"common\" says nothing",
    );
    assert_eq!(named("crates/app/src/area.rs"), Vec::<String>::new());

    let text = |text: &str| Source::new("crates/base/src/a.rs", text);
    assert_complains(
        &wrong_beginning(&text("use std::fmt;\n//! Late.")),
        "begins with a //! sentence",
    );
    assert_eq!(
        wrong_beginning(&text("//! What it is for.")),
        Vec::<String>::new()
    );

    let long = text(&"x\n".repeat(LONGEST + 1));
    assert_complains(&too_long(&long, ""), "401 lines, at most 400");
    assert_complains(
        &too_long(&long, "crates/base/src/a.rs 400"),
        "its exception is for 400",
    );
    assert_eq!(
        too_long(&long, "crates/base/src/a.rs 401"),
        Vec::<String>::new()
    );
    assert_complains(
        &too_long(&text("x"), "crates/base/src/a.rs 401"),
        "take it off",
    );
    let tested = text(&format!(
        "//! A.\n#[cfg(test)]\nmod tests {{\n{}}}\n",
        "x\n".repeat(LONGEST)
    ));
    assert_eq!(too_long(&tested, ""), Vec::<String>::new());

    for (one, two) in NEVER {
        assert_complains(&never_written(&text(&format!("{one}{two}"))), "holds");
    }
    assert_complains(
        &reaches_outside(&text("use std::fs;")),
        "std::fs does not belong",
    );
    assert_eq!(
        reaches_outside(&Source::new("crates/app/src/a.rs", "use std::fs;")),
        Vec::<String>::new()
    );
}
