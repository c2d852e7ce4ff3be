//! A text as a two-dimensional code (QR, ISO/IEC 18004) that a telephone's camera reads.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::svg::{Head, Svg};

/// Pixels of a module, as cameras read it from a screen.
const MODULE: f64 = 5.0;

/// Modules of white around the code, as the standard asks for.
const QUIET: i32 = 4;

/// Draws `text`; none where it is too long for one code. `title` says what it is for.
#[must_use]
pub fn draw(text: &str, title: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = f64::from(code.size() + 2 * QUIET) * MODULE;
    let mut svg = Svg::new("code");
    svg.rect((0.0, 0.0, size, size), "#ffffff");
    let path = path(&code);
    svg.element("path", &[("d", (&path).into()), ("fill", "#000000".into())]);
    Some(svg.finish(&Head {
        title,
        description: title,
        width: size,
        height: size,
        has_links: false,
    }))
}

/// One square a dark module.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for (y, x) in (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (y, x))) {
        if code.get_module(x, y) {
            let at = |n: i32| f64::from(n + QUIET) * MODULE;
            let _ = write!(path, "M{} {}h{MODULE}v{MODULE}h-{MODULE}z", at(x), at(y));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_squares_within_a_quiet_border() {
        let svg = draw("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ", "確認アプリ").unwrap();
        assert!(svg.contains("<title") && svg.contains("確認アプリ"));
        // The finder pattern begins behind the border.
        assert!(svg.contains("M20 20h5v5h-5z"), "{svg}");
        assert!(!svg.contains("M15 "), "nothing is drawn in the border");
    }

    #[test]
    fn a_text_that_no_code_holds_is_not_drawn() {
        assert_eq!(draw(&"x".repeat(5_000), "題"), None);
    }
}
