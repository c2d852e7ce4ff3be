//! What must hold for the HTML of every page: read by the tests that render the samples.

use std::collections::{HashMap, HashSet};

const VOID: [&str; 8] = ["area", "br", "hr", "img", "input", "link", "meta", "source"];

/// A tag as it stands in the text.
struct Tag<'a> {
    name: &'a str,
    attributes: HashMap<&'a str, &'a str>,
    closes: bool,
    closes_itself: bool,
}

/// Panics with a sentence where the page breaks a rule.
pub(crate) fn assert_sound(html: &str) {
    assert!(
        html.starts_with("<!doctype html>\n<html lang=\"ja\">"),
        "the page says its language first"
    );
    let tags = tags(html);
    assert_balanced(&tags);
    assert_no_foreign_code(&tags);
    let ids = assert_unique_ids(&tags);
    assert_named_controls(&tags, &ids);
    assert_headings_in_order(&tags);
    for tag in tags.iter().filter(|tag| tag.name == "th" && !tag.closes) {
        assert!(
            tag.attributes.contains_key("scope"),
            "a head cell says what it heads"
        );
    }
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("a tag ends");
        let text = &rest[..end];
        rest = &rest[end + 1..];
        if text.starts_with('!') {
            continue;
        }
        let closes = text.starts_with('/');
        let text = text.trim_start_matches('/');
        let closes_itself = text.ends_with('/');
        let text = text.trim_end_matches('/');
        let (name, attributes) = text.split_once([' ', '\n']).unwrap_or((text, ""));
        tags.push(Tag {
            name,
            attributes: attributes_of(attributes),
            closes,
            closes_itself,
        });
    }
    tags
}

fn attributes_of(mut text: &str) -> HashMap<&str, &str> {
    let mut attributes = HashMap::new();
    loop {
        text = text.trim_start();
        if text.is_empty() {
            return attributes;
        }
        let end = text.find([' ', '=', '\n']).unwrap_or(text.len());
        let (name, after) = text.split_at(end);
        let value = match after.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').expect("an attribute's value ends");
                text = after;
                value
            }
            None => {
                assert!(!after.starts_with('='), "the value of {name} is quoted");
                text = after;
                ""
            }
        };
        assert!(
            attributes.insert(name, value).is_none(),
            "{name} stands twice in a tag"
        );
    }
}

/// What a test types where anybody may type.
pub(crate) const SCRIPT: &str = "<script>alert(1)</script>";

/// The page's HTML, which is sound, and in which [`SCRIPT`] is escaped.
pub(crate) fn sound(page: &impl askama::Template) -> String {
    let html = page.render().expect("the page is rendered");
    assert_sound(&html);
    assert!(!html.contains(SCRIPT), "what people type is escaped");
    html
}

fn assert_balanced(tags: &[Tag]) {
    let mut open = Vec::new();
    for tag in tags
        .iter()
        .filter(|tag| !VOID.contains(&tag.name) && !tag.closes_itself)
    {
        if tag.closes {
            assert_eq!(open.pop(), Some(tag.name), "tags close in order");
        } else {
            open.push(tag.name);
        }
    }
    assert!(open.is_empty(), "still open: {open:?}");
}

fn assert_no_foreign_code(tags: &[Tag]) {
    for tag in tags.iter().filter(|tag| !tag.closes) {
        if tag.name == "script" {
            let src = tag.attributes.get("src").expect("a script is a file");
            assert!(src.starts_with("/assets/"), "{src} is ours");
        }
        for (name, value) in &tag.attributes {
            assert!(!name.starts_with("on"), "{name} is a script in the page");
            assert!(*name != "style", "a style in the page");
            let is_address = [
                "src",
                "href",
                "action",
                "data-outlines",
                "data-sites",
                "data-worker",
            ]
            .contains(name);
            if is_address
                && tag
                    .attributes
                    .get("rel")
                    .is_none_or(|rel| !rel.contains("external"))
            {
                let is_ours = value.starts_with(['/', '#']) && !value.starts_with("//");
                assert!(
                    is_ours || value.starts_with("tel:"),
                    "{value} leads outside"
                );
            }
        }
    }
}

fn assert_unique_ids<'a>(tags: &'a [Tag]) -> HashSet<&'a str> {
    let mut ids = HashSet::new();
    for id in tags.iter().filter_map(|tag| tag.attributes.get("id")) {
        assert!(ids.insert(*id), "the id {id} stands twice");
    }
    for tag in tags {
        for name in ["aria-labelledby", "aria-describedby", "for"] {
            let named = tag.attributes.get(name).copied().unwrap_or_default();
            for id in named.split_whitespace() {
                assert!(ids.contains(id), "{name} names {id}, which is not there");
            }
        }
    }
    ids
}

fn assert_named_controls(tags: &[Tag], ids: &HashSet<&str>) {
    let labelled: HashSet<&str> = tags
        .iter()
        .filter_map(|tag| tag.attributes.get("for").copied())
        .collect();
    let mut in_label = false;
    for tag in tags {
        if tag.name == "label" {
            in_label = !tag.closes && !tag.attributes.contains_key("for");
        }
        let is_control = ["input", "select", "textarea"].contains(&tag.name) && !tag.closes;
        if is_control && tag.attributes.get("type") != Some(&"hidden") {
            let id = tag.attributes.get("id").copied().unwrap_or_default();
            assert!(
                in_label || (ids.contains(id) && labelled.contains(id)),
                "the field {:?} has a label",
                tag.attributes.get("name")
            );
        }
    }
}

fn assert_headings_in_order(tags: &[Tag]) {
    let levels: Vec<u32> = tags
        .iter()
        .filter(|tag| !tag.closes)
        .filter_map(|tag| tag.name.strip_prefix('h')?.parse().ok())
        .collect();
    assert_eq!(
        levels.iter().filter(|level| **level == 1).count(),
        1,
        "one h1"
    );
    assert_eq!(levels.first(), Some(&1), "h1 comes first");
    for pair in levels.windows(2) {
        assert!(pair[1] <= pair[0] + 1, "h{} follows h{}", pair[1], pair[0]);
    }
}

mod tests {
    use super::assert_sound;

    fn page(body: &str) -> String {
        format!("<!doctype html>\n<html lang=\"ja\"><body><h1>題</h1>{body}</body></html>")
    }

    #[test]
    fn a_sound_page_passes() {
        assert_sound(&page(
            r#"<label for="q">語</label><input id="q" name="q"><a href="/a">a</a><br>"#,
        ));
    }

    #[test]
    fn every_broken_rule_is_seen() {
        let broken = [
            "<p>",
            "<b></i>",
            "<script>1</script>",
            r#"<script src="https://cdn.example/x.js"></script>"#,
            r#"<a href="https://example.jp">外</a>"#,
            r#"<p onclick="x()"></p>"#,
            r#"<p style="color:red"></p>"#,
            r#"<p id="a"></p><p id="a"></p>"#,
            r#"<p aria-labelledby="b"></p>"#,
            r#"<input name="q">"#,
            "<h3>飛ぶ</h3>",
            "<h1>二つ目</h1>",
            "<table><tr><th>頭</th></tr></table>",
        ];
        for body in broken {
            assert!(
                std::panic::catch_unwind(|| assert_sound(&page(body))).is_err(),
                "{body}"
            );
        }
    }
}
