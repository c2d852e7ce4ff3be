//! The invariants of ARCHITECTURE.md, held against the tree itself.
//!
//! Each rule is a function from sources to complaints: one test feeds it a bad example, one the tree.

use std::fs;
use std::path::Path;

use keniki_tests::workspace;

mod arrows;
mod documents;
mod files;
mod literals;
mod places;
pub(crate) mod privacy;

/// One file of the tree.
struct Source {
    /// From the workspace's root, with `/` between its parts.
    path: String,
    text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// The folder under `crates/` that the file lies in.
    fn crate_folder(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether nothing of the file is part of the program.
    fn is_test(&self) -> bool {
        let in_tests = self.path.contains("/tests/") || self.path.contains("/examples/");
        in_tests || self.crate_folder() == Some("tests") || self.file_name() == "tests.rs"
    }

    /// The text up to the test module at its end.
    fn program(&self) -> &str {
        self.text
            .split("#[cfg(test)]\nmod ")
            .next()
            .unwrap_or(&self.text)
    }
}

/// Every file of the tree whose name ends in one of `endings`.
fn sources(endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    collect(workspace(), endings, &mut found);
    assert!(
        found.len() > 1,
        "the tree has files that end in {endings:?}"
    );
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("the tree can be read") {
        let path = entry.expect("the tree can be read").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("names are UTF-8");
        if path.is_dir() {
            if !["target", "node_modules", ".git", "pictures"].contains(&name) {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let relative = path.strip_prefix(workspace()).expect("it lies in the tree");
            let text = fs::read_to_string(&path).expect("sources are UTF-8");
            found.push(Source::new(&relative.display().to_string(), &text));
        }
    }
}

/// What a rule says of each source, one line each.
fn complaints(sources: &[Source], rule: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    sources
        .iter()
        .flat_map(|source| {
            rule(source)
                .into_iter()
                .map(|complaint| format!("{}: {complaint}", source.path))
        })
        .collect()
}

#[track_caller]
fn assert_tidy(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// The rule says of the source what `part` is found in.
#[track_caller]
fn assert_complains(complaints: &[String], part: &str) {
    assert!(
        complaints.iter().any(|complaint| complaint.contains(part)),
        "{part:?} is not in {complaints:?}"
    );
}
