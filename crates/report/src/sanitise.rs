//! Outside text on its way to a screen, a page, a table or a link.
//!
//! Everything that came from evidence, from the organisation's files or from a pack passes through
//! [`sanitise`] before it is shown. The JSON report keeps the text as it was (see [`crate::json`]).

use std::borrow::Cow;
use std::fmt::Write as _;

/// True for characters that act on a terminal or on the direction or visibility of text instead of
/// being text.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            // Soft hyphen, Arabic letter mark, Mongolian vowel separator.
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            // Zero width space, joiners and marks; line and paragraph separators; embeddings,
            // overrides and isolates; word joiner and invisible operators.
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            // Byte order mark, interlinear annotation, tags.
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
        )
}

/// True if nothing in the text [`acts`], told by its bytes alone; a text of other letters than English
/// ones is not told by them.
pub fn is_plainly_quiet(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

/// Outside text made harmless for a single line: line ends and tabs become a space, every other
/// character that [`acts`] becomes its code point in brackets (`[U+202E]`), so that it is seen and
/// does nothing.
pub fn sanitise(text: &str) -> Cow<'_, str> {
    if is_plainly_quiet(text) || !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\n' if before == '\r' => {}
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if acts(c) => {
                // Writing to a String does not fail.
                let _ = write!(out, "[U+{:04X}]", u32::from(c));
            }
            c => out.push(c),
        }
        before = c;
    }
    Cow::Owned(out)
}

/// [`sanitise`], then at most `most` characters with a note of how many are left out.
pub fn shortened(text: &str, most: usize) -> String {
    let clean = sanitise(text);
    match clean.char_indices().nth(most) {
        None => clean.into_owned(),
        Some((at, _)) => {
            let more = clean.chars().count() - most;
            format!(
                "{}… ({more} more characters)",
                clean.get(..at).unwrap_or_default()
            )
        }
    }
}

/// The text as a link, if it is an `http` or `https` address and nothing else.
pub fn link(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\'));
    (plain && !rest.is_empty() && !rest.starts_with('/')).then_some(text)
}

/// [`sanitise`], then an apostrophe before text that a spreadsheet program would read as a formula
/// when it opens a CSV file.
pub fn cell(text: &str) -> Cow<'_, str> {
    let clean = sanitise(text);
    let first = clean.chars().find(|c| !c.is_whitespace());
    if text.starts_with(['\t', '\r'])
        || matches!(
            first,
            Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
        )
    {
        return Cow::Owned(format!("'{clean}"));
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_and_does_nothing() {
        assert_eq!(sanitise("EC25-E"), "EC25-E");
        assert_eq!(sanitise("a\r\nb\tc"), "a b c");
        assert_eq!(sanitise("\u{1b}[31mred"), "[U+001B][31mred");
        assert_eq!(sanitise("gpj\u{202e}exe\u{200b}"), "gpj[U+202E]exe[U+200B]");
        assert_eq!(sanitise("Zürich 東京"), "Zürich 東京");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(
            link("https://a.example/x?y=1"),
            Some("https://a.example/x?y=1")
        );
        for not in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https:///etc",
            "https://a.example/ and more",
            "https://a.example/\"onmouseover=\"x",
            "ftp://a.example",
        ] {
            assert_eq!(link(not), None, "{not}");
        }
    }

    #[test]
    fn formulas_are_data() {
        assert_eq!(cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(cell("+49 30"), "'+49 30");
        assert_eq!(cell("-1"), "'-1");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("\tx"), "' x");
        assert_eq!(cell("\r=x"), "' =x");
        assert_eq!(cell("  =x"), "'  =x");
        assert_eq!(cell("2c7c:0125"), "2c7c:0125");
    }

    #[test]
    fn shortening_says_how_much() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("äbcdef", 2), "äb… (4 more characters)");
    }
}
