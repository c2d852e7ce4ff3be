//! A small reader of XML, strict enough to refuse what a browser would: it shares nothing with the writer.

/// An element, a text or an end, in document order.
#[derive(Debug, PartialEq)]
pub enum Node {
    Open {
        name: String,
        attributes: Vec<(String, String)>,
    },
    Close {
        name: String,
    },
    Text(String),
}

/// Reads a whole document.
///
/// # Panics
/// With a word on what is wrong, if it is not well-formed.
pub fn read(document: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = document;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("</") {
            let (name, after) = after.split_once('>').expect("an end tag is closed");
            assert_eq!(open.pop().as_deref(), Some(name), "tags nest");
            nodes.push(Node::Close {
                name: name.to_owned(),
            });
            rest = after;
        } else if let Some(after) = rest.strip_prefix('<') {
            let (tag, after) = after.split_once('>').expect("a tag is closed");
            let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |t| (t, true));
            let (name, attributes) = read_tag(tag);
            assert!(!open.is_empty() || nodes.is_empty(), "one root");
            nodes.push(Node::Open {
                name: name.clone(),
                attributes,
            });
            if empty {
                nodes.push(Node::Close { name });
            } else {
                open.push(name);
            }
            rest = after;
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            assert!(!open.is_empty(), "no text outside the root");
            nodes.push(Node::Text(unescape(&rest[..end])));
            rest = &rest[end..];
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    nodes
}

fn read_tag(tag: &str) -> (String, Vec<(String, String)>) {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()),
        "a name: {name:?}"
    );
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.trim_start().is_empty() {
        let (key, after) = rest.trim_start().split_once("=\"").expect("key=\"value\"");
        let (value, after) = after.split_once('"').expect("a value is closed");
        assert!(
            key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "a key: {key:?}"
        );
        assert!(
            attributes.iter().all(|(k, _)| k != key),
            "{key} stands twice"
        );
        assert!(
            after.is_empty() || after.starts_with(' '),
            "a space after {key}"
        );
        attributes.push((key.to_owned(), unescape(value)));
        rest = after;
    }
    (name.to_owned(), attributes)
}

fn unescape(text: &str) -> String {
    assert!(
        text.chars()
            .all(|c| !c.is_control() || "\t\n\r".contains(c)),
        "a control character in {text:?}"
    );
    assert!(!text.contains('<'), "a bare < in {text:?}");
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (entity, after) = after.split_once(';').expect("an entity ends in ;");
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("unknown entity {other:?}"),
        });
        rest = after;
    }
    out + rest
}

#[test]
#[should_panic(expected = "tags nest")]
fn crossed_tags_are_refused() {
    read("<a><b></a></b>");
}

#[test]
#[should_panic(expected = "stands twice")]
fn an_attribute_given_twice_is_refused() {
    read(r#"<a x="1" x="2"/>"#);
}

#[test]
#[should_panic(expected = "an entity ends in ;")]
fn a_bare_ampersand_is_refused() {
    read("<a>b & c</a>");
}
