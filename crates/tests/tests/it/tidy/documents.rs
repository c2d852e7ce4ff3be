//! Documents point at what exists, and stay short enough to be true.

use std::path::Path;

use keniki_tests::workspace;

use super::{Source, assert_complains, assert_tidy, complaints, sources};

/// Lines of ARCHITECTURE.md.
const LONGEST: usize = 200;

fn broken_links(document: &Source) -> Vec<String> {
    let folder = Path::new(&document.path).parent().unwrap_or(Path::new(""));
    let targets = document
        .text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let files = targets.map(|target| target.split('#').next().unwrap_or(target));
    files
        .filter(|file| !file.is_empty() && !file.contains("://"))
        .filter(|file| !workspace().join(folder).join(file).exists())
        .map(|file| format!("points at {file}, which does not exist"))
        .collect()
}

fn too_long(document: &Source) -> Vec<String> {
    let n_lines = document.text.lines().count();
    let is_long = document.path == "ARCHITECTURE.md" && n_lines > LONGEST;
    is_long
        .then(|| format!("{n_lines} lines, at most {LONGEST}"))
        .into_iter()
        .collect()
}

#[test]
fn documents_point_at_what_exists_and_are_short() {
    let documents = sources(&[".md"]);
    assert_tidy(&complaints(&documents, broken_links));
    assert_tidy(&complaints(&documents, too_long));
}

#[test]
fn a_broken_link_and_a_long_architecture_are_found() {
    let links = |text: &str| broken_links(&Source::new("docs/words.md", text));
    assert_complains(&links("[x](gone.md)"), "gone.md");
    assert_complains(&links("![x](gone.png \"title\")"), "gone.png");
    let good = "[x](../ARCHITECTURE.md#top) [y](#here) [z](https://example.org)";
    assert_eq!(links(good), Vec::<String>::new());
    assert_complains(
        &too_long(&Source::new("ARCHITECTURE.md", &"x\n".repeat(201))),
        "201 lines, at most 200",
    );
}
