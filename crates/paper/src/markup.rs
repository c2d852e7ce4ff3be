//! Any text as Typst markup that says exactly this text.

use std::fmt::Write as _;

/// Markup that prints `words` as they are: whatever stands in them, nothing of it is markup or code. For places
/// where markup stands, as in `[…]`; it ends by itself, so that anything may follow.
#[must_use]
pub fn text(words: &str) -> String {
    let mut out = String::from("#");
    write_string(words, &mut out);
    out.push(';');
    out
}

/// The same for places where code stands: a string of Typst.
#[must_use]
pub fn string(words: &str) -> String {
    let mut out = String::new();
    write_string(words, &mut out);
    out
}

fn write_string(words: &str, out: &mut String) {
    out.push('"');
    for letter in words.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use typst::syntax::ast::Str;
    use typst::syntax::{SyntaxKind, SyntaxNode, parse, parse_code};

    use super::*;

    const HOSTILE: [&str; 12] = [
        "#import \"@preview/x:1.0.0\"",
        "]#panic()",
        "\\",
        "\\\"",
        "\"); #read(\"/etc/passwd\"); (\"",
        "\\u{41}",
        "a\r\nb\tc\0",
        "$x$ *b* _e_ `r` <l> @r // c /* d",
        "= 見出し\n- 一覧",
        "",
        "外\u{20b9f}字\u{e000}葛\u{e0100}",
        "\u{202e}\u{feff}\u{2028}",
    ];

    fn said(node: &SyntaxNode) -> String {
        node.cast::<Str>().unwrap().get().to_string()
    }

    fn assert_says(words: &str) {
        let root = parse(&format!("{}.len()[b](c)", text(words)));
        let kinds: Vec<_> = root.children().map(SyntaxNode::kind).collect();
        let expected = [SyntaxKind::Hash, SyntaxKind::Str, SyntaxKind::Semicolon];
        assert_eq!(kinds[..3], expected, "{words:?}");
        assert_eq!(said(root.children().nth(1).unwrap()), words);
        assert!(
            kinds[3..].iter().all(|kind| *kind == SyntaxKind::Text),
            "what follows is text: {kinds:?}"
        );
        let code = parse_code(&string(words));
        assert_eq!(code.children().len(), 1);
        assert_eq!(said(code.children().next().unwrap()), words);
    }

    #[test]
    fn hostile_words_stay_words() {
        HOSTILE.iter().for_each(|words| assert_says(words));
    }

    proptest! {
        #[test]
        fn any_words_stay_these_words(words in any::<String>(), start in 0..HOSTILE.len()) {
            assert_says(&words);
            assert_says(&format!("{}{words}", HOSTILE[start]));
        }
    }
}
