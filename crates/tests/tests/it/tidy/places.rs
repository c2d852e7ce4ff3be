//! Where SQL, HTML, SVG, Typst and FHIR may stand (invariant 2).

use super::literals::string_literals;
use super::{Source, assert_complains, assert_tidy, complaints, sources};

/// A language, the literals that betray it, and where it may stand.
struct Language {
    name: &'static str,
    is_in: fn(&str) -> bool,
    may_stand: fn(&Source) -> bool,
}

const LANGUAGES: [Language; 5] = [
    Language {
        name: "SQL",
        is_in: is_sql,
        may_stand: |source| {
            source.crate_folder() == Some("app") && source.file_name() == "queries.rs"
        },
    },
    Language {
        name: "HTML",
        is_in: is_html,
        may_stand: |source| source.crate_folder() == Some("web"),
    },
    Language {
        name: "SVG",
        is_in: is_svg,
        may_stand: |source| source.crate_folder() == Some("chart"),
    },
    Language {
        name: "Typst",
        is_in: is_typst,
        may_stand: |source| matches!(source.crate_folder(), Some("web" | "paper")),
    },
    Language {
        name: "FHIR",
        is_in: |literal| literal == "resourceType",
        may_stand: |source| source.crate_folder() == Some("fhir"),
    },
];

fn is_sql(literal: &str) -> bool {
    let text = literal
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let begins = |beginnings: &[&str]| {
        beginnings
            .iter()
            .any(|beginning| text.starts_with(beginning))
    };
    begins(&[
        "insert into ",
        "delete from ",
        "create table ",
        "create index ",
        "create unique index ",
    ]) || begins(&[
        "create view ",
        "create schema ",
        "alter table ",
        "drop table ",
        "drop view ",
        "pragma ",
    ]) || begins(&[
        "left join ",
        "inner join ",
        "order by ",
        "group by ",
        "select count(",
        "select 1",
    ]) || (begins(&["select "]) && text.contains(" from "))
        || (begins(&["update "]) && text.contains(" set "))
        || (begins(&["with "]) && text.contains(" as ("))
        || (begins(&["where ", "and ", "join "]) && text.contains(" = "))
}

const HTML: [&str; 16] = [
    "<!doctype",
    "<html",
    "<body",
    "<div",
    "<span>",
    "<span ",
    "<p>",
    "<p ",
    "<ul",
    "<li>",
    "<table",
    "<td",
    "<form",
    "<input",
    "<a href",
    "<button",
];

fn is_html(literal: &str) -> bool {
    let text = literal.to_lowercase();
    HTML.iter().any(|tag| text.contains(tag))
}

fn is_svg(literal: &str) -> bool {
    [
        "<svg",
        "<path ",
        "<rect ",
        "<g>",
        "<g ",
        "<polyline ",
        "<circle ",
    ]
    .iter()
    .any(|tag| literal.contains(tag))
}

fn is_typst(literal: &str) -> bool {
    [
        "#import \"",
        "#let ",
        "#set ",
        "#show ",
        "#show: ",
        "#table(",
        "#fields(",
        "#rows(",
    ]
    .iter()
    .any(|call| literal.contains(call))
}

fn misplaced_languages(source: &Source) -> Vec<String> {
    if source.is_test() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (line, literal) in string_literals(source.program()) {
        for language in LANGUAGES
            .iter()
            .filter(|language| !(language.may_stand)(source))
        {
            if (language.is_in)(&literal) {
                let beginning: String = literal.trim().chars().take(40).collect();
                found.push(format!(
                    "line {line}: {} does not belong here: {beginning}",
                    language.name
                ));
            }
        }
    }
    found
}

fn misplaced_file(source: &Source) -> Vec<String> {
    let stands_in = |folder: &str| source.path.starts_with(folder);
    let (what, may_stand) = match source.path.rsplit_once('.') {
        Some((_, "sql")) => ("SQL", stands_in("crates/app/migrations/")),
        Some((_, "typ")) => (
            "Typst",
            stands_in("crates/web/src/") || stands_in("crates/paper/src/"),
        ),
        _ => ("HTML", stands_in("crates/web/src/")),
    };
    if may_stand {
        Vec::new()
    } else {
        vec![format!("{what} does not belong here")]
    }
}

#[test]
fn sql_html_svg_typst_and_fhir_stand_where_they_belong() {
    assert_tidy(&complaints(&sources(&[".rs"]), misplaced_languages));
    assert_tidy(&complaints(
        &sources(&[".sql", ".html", ".typ"]),
        misplaced_file,
    ));
}

#[test]
fn a_misplaced_language_is_found() {
    let found = |path: &str, literal: &str| {
        misplaced_languages(&Source::new(
            path,
            &format!("//! Doc.\nfn f() {{ run(\"{literal}\"); }}\n"),
        ))
    };
    for sql in [
        "select id from site",
        "  SELECT s.id,\n s.name\n FROM site s",
        "insert into site values ($1)",
        "update site set name = $1",
        "with x as (select 1) select * from x",
        "delete from site",
        "and kind = $2",
    ] {
        assert_complains(
            &found("crates/app/src/directory.rs", sql),
            "SQL does not belong here",
        );
        assert_complains(
            &found("crates/web/src/queries.rs", sql),
            "SQL does not belong here",
        );
        assert_eq!(
            found("crates/app/src/directory/queries.rs", sql),
            Vec::<String>::new()
        );
    }
    assert_complains(
        &found("crates/app/src/area.rs", "<div>"),
        "HTML does not belong here",
    );
    assert_complains(
        &found("crates/web/src/area.rs", "<svg width='1'>"),
        "SVG does not belong here",
    );
    assert_complains(
        &found("crates/web/src/area.rs", "resourceType"),
        "FHIR does not belong here",
    );
    assert_complains(
        &found("crates/app/src/area.rs", "#fields([名前])"),
        "Typst does not belong here",
    );
    assert_eq!(
        found("crates/chart/src/map.rs", "<path d=''/>"),
        Vec::<String>::new()
    );
    assert_eq!(
        found("crates/app/src/area.rs", "select one of these"),
        Vec::<String>::new()
    );
    assert_eq!(
        misplaced_file(&Source::new("crates/web/src/a.sql", "")),
        ["SQL does not belong here"]
    );
    assert_eq!(
        misplaced_file(&Source::new("crates/app/src/a.html", "")),
        ["HTML does not belong here"]
    );
    assert_eq!(
        misplaced_file(&Source::new("crates/chart/src/a.typ", "")),
        ["Typst does not belong here"]
    );
}
