//! The string literals of a Rust source, found without a parser: enough to ask what is written in them.

/// The contents of every string literal outside comments, escapes left as they stand, each with its line.
pub(super) fn string_literals(rust: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = rust;
    while let Some(next) = rest.chars().next() {
        let line = 1 + rust[..rust.len() - rest.len()].matches('\n').count();
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some((content, length)) = raw_string(rest) {
            found.push((line, content.to_owned()));
            length
        } else if next == '"' {
            let length = plain_string(rest);
            found.push((line, rest[1..length - 1].to_owned()));
            length
        } else if next == '\'' {
            character_or_lifetime(rest)
        } else if next.is_alphanumeric() || next == '_' {
            // A whole word, so that the `r` at a word's end opens no raw string.
            rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len())
        } else {
            next.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

/// The content and the length of `r"…"`, `r#"…"#`, `br"…"` at the beginning of `rest`.
fn raw_string(rest: &str) -> Option<(&str, usize)> {
    let after_r = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let n_hashes = after_r.len() - after_r.trim_start_matches('#').len();
    let content = after_r[n_hashes..].strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(n_hashes));
    let end = content.find(&closing)?;
    let opening = rest.len() - content.len();
    Some((&content[..end], opening + end + closing.len()))
}

fn plain_string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    panic!("a string literal is closed");
}

fn character_or_lifetime(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(rest.len(), |end| end + 4),
        _ => match characters.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
    }
}

#[test]
fn literals_are_told_from_comments_characters_and_lifetimes() {
    let rust = r####"
        // "a comment"
        /* "another" */
        fn f<'a>(quote: char) -> &'a str { if quote == '"' || quote == '\'' { "one" } else { "t\"wo" } }
        const X: &str = r#"th"ree"#; const Y: &str = r"four"; const Z: &[u8] = b"five"; let car = "six";
    "####;
    let literals: Vec<String> = string_literals(rust)
        .into_iter()
        .map(|(_, literal)| literal)
        .collect();
    assert_eq!(
        literals,
        ["one", "t\\\"wo", "th\"ree", "four", "five", "six"]
    );
    assert_eq!(string_literals("\n\n\"x\""), [(3, "x".to_owned())]);
}
