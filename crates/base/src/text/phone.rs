//! Telephone numbers: a key to compare, a form to show.

use super::fold::nfkc;

/// The digits alone: 10, or 11 for mobile, IP and free-dial numbers, beginning with 0; else `None`.
/// `+81` counts as the leading 0; a remark 「（代）」 is left out.
pub fn phone_key(text: &str) -> Option<String> {
    let mut text = nfkc(text).into_owned();
    for remark in ["(代表)", "(代)"] {
        if text.contains(remark) {
            text = text.replace(remark, "");
        }
    }
    let text = text.trim();
    let national = text
        .strip_prefix("+81")
        .map(|rest| format!("0{}", rest.trim_start_matches(is_mark)));
    let text = national.as_deref().unwrap_or(text);
    if !text.chars().all(|c| c.is_ascii_digit() || is_mark(c)) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let long =
        digits.starts_with("0800") || (digits.starts_with('0') && digits.get(2..3) == Some("0"));
    let valid = match digits.len() {
        10 => digits.starts_with('0') && !digits.starts_with("00"),
        11 => long && !digits.starts_with("00"),
        _ => false,
    };
    valid.then_some(digits)
}

/// A text that is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPhone;

/// What somebody typed, as [`format_phone`] writes it; none where nothing is typed.
///
/// # Errors
/// [`NoPhone`].
pub fn read_phone(typed: &str) -> Result<Option<String>, NoPhone> {
    match typed.trim() {
        "" => Ok(None),
        typed if phone_key(typed).is_some() => Ok(Some(format_phone(typed))),
        _ => Err(NoPhone),
    }
}

/// The number with hyphens. The publisher's own grouping is kept; a bare number is grouped by its kind,
/// else as the most common 4-2-4. A text that is no number comes back as it is.
pub fn format_phone(text: &str) -> String {
    let Some(digits) = phone_key(text) else {
        return text.trim().to_owned();
    };
    let plain = nfkc(text);
    let groups: Vec<&str> = plain
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    if groups.len() == 3 && !plain.trim_start().starts_with('+') {
        return groups.join("-");
    }
    let (first, second) = match digits.as_str() {
        d if d.starts_with("0120") || d.starts_with("0570") || d.starts_with("0800") => (4, 3),
        d if d.len() == 11 => (3, 4),
        d if d.starts_with("03") || d.starts_with("06") => (2, 4),
        _ => (4, 2),
    };
    format!(
        "{}-{}-{}",
        &digits[..first],
        &digits[first..first + second],
        &digits[first + second..]
    )
}

fn is_mark(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '(' | ')' | '.' | '‐' | '‑' | '–' | '—' | '−' | 'ー' | '・'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_written_in_many_ways_have_one_key() {
        for text in [
            "0859-29-5351",
            "０８５９－２９－５３５１",
            "0859(29)5351",
            " 0859 29 5351 ",
            "㈹0859-29-5351",
            "0859-29-5351（代表）",
            "+81-859-29-5351",
            "0859ー29ー5351",
        ] {
            assert_eq!(phone_key(text).as_deref(), Some("0859295351"), "{text}");
        }
        assert_eq!(phone_key("050-3317-6917").as_deref(), Some("05033176917"));
        assert_eq!(phone_key("0800-123-4567").as_deref(), Some("08001234567"));
    }

    #[test]
    fn what_is_no_whole_number_has_no_key() {
        for text in [
            "",
            "29-5351",
            "なし",
            "0859-29-535",
            "0859-29-53511",
            "1859-29-5351",
            "0859-29-5351（内線12）",
            "0000000000",
        ] {
            assert_eq!(phone_key(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_shown_with_hyphens() {
        assert_eq!(format_phone("０８５９（２９）５３５１"), "0859-29-5351");
        assert_eq!(format_phone("055-221-5327"), "055-221-5327");
        assert_eq!(format_phone("0859295351"), "0859-29-5351");
        assert_eq!(format_phone("0312345678"), "03-1234-5678");
        assert_eq!(format_phone("09012345678"), "090-1234-5678");
        assert_eq!(format_phone("0120123456"), "0120-123-456");
        assert_eq!(format_phone("+81 859 29 5351"), "0859-29-5351");
        assert_eq!(format_phone("代表へ"), "代表へ");
    }
}
