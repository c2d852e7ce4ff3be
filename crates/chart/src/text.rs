//! How wide a text will be, without a font: full-width characters are one em, half-width ones 0.55 em.

/// Width of a text in px at a font size in px. Bold Latin is a little wider than this; callers leave room.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

fn em(c: char) -> f64 {
    match c {
        '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        'W' | 'M' | 'm' | 'w' | '@' | '%' => 0.9,
        '\0'..='\u{ff}' | '\u{ff61}'..='\u{ff9f}' => 0.55,
        _ => 1.0,
    }
}

/// Width of the widest of some texts.
pub(crate) fn widest<T: AsRef<str>>(texts: impl IntoIterator<Item = T>, size: f64) -> f64 {
    texts
        .into_iter()
        .map(|t| width(t.as_ref(), size))
        .fold(0.0, f64::max)
}

/// The text, or as much of it as fits into `room` px with an ellipsis.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = size;
    for c in text.chars() {
        used += em(c) * size;
        if used > room {
            break;
        }
        out.push(c);
    }
    out + "…"
}

/// The text in lines of at most `room` px, broken between characters but never before closing punctuation,
/// and inside a run of half-width characters only where the run is wider than a line.
pub(crate) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text, size, room) {
        if !line.is_empty() && width(&line, size) + width(piece.trim_end(), size) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() || !piece.trim().is_empty() {
            line.push_str(&piece);
        }
    }
    lines.push(line);
    lines.retain(|l| !l.is_empty());
    lines
}

fn pieces(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for c in text.chars() {
        let joins = out.last().is_some_and(|last| {
            let before = last.chars().next_back().unwrap_or(' ');
            let word = c != ' ' && before != ' ' && em(c) < 1.0 && em(before) < 1.0;
            let closes = "、。，．・：；）」』】％ー」".contains(c) || "（「『【".contains(before);
            (word || closes || em(c) == 0.0) && width(last, size) + em(c) * size <= room
        });
        match out.last_mut() {
            Some(last) if joins => last.push(c),
            _ => out.push(c.to_string()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn full_width_is_one_em_and_half_width_about_half() {
        assert!((width("東町", 10.0) - 20.0).abs() < 1e-9);
        assert!((width("12", 10.0) - 11.0).abs() < 1e-9);
        assert!((width("ｱ", 10.0) - 5.5).abs() < 1e-9);
    }

    #[test]
    fn a_long_text_ends_in_an_ellipsis() {
        assert_eq!(fit("あいうえお", 10.0, 50.0), "あいうえお");
        assert_eq!(fit("あいうえお", 10.0, 30.0), "あい…");
    }

    #[test]
    fn no_line_begins_with_a_full_stop_and_no_number_is_torn() {
        assert_eq!(wrap("あいう。12345", 10.0, 35.0), ["あい", "う。", "12345"]);
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_character_but_spaces(text in "[あ-ん0-9a-z、。 ]{0,60}", room in 30.0..200.0) {
            let squeeze = |s: &str| s.replace(' ', "");
            let lines = wrap(&text, 10.0, room);
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
            for line in lines {
                prop_assert!(width(line.trim_end(), 10.0) <= room + 1e-9, "{:?}", line);
            }
        }
    }
}
