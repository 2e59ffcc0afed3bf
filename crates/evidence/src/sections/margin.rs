//! What stands in front of every line of a quoted or indented text.

use std::borrow::Cow;

/// Lines looked at.
const LINES: usize = 200;

/// Quote marks or columns of indentation common to all lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Margin {
    /// Levels of `>`, each perhaps with a blank behind it.
    quotes: usize,
    /// Blanks behind those.
    blanks: usize,
}

impl Margin {
    /// The margin of this text and the text without it; `None` if there is none.
    pub(super) fn of(text: &str) -> Option<(Self, String)> {
        let first = text.lines().find(|l| !l.trim().is_empty())?;
        if !first.starts_with(['>', ' ', '\t']) {
            return None;
        }
        let mut margin: Option<Self> = None;
        for line in text.lines().filter(|l| !l.trim().is_empty()).take(LINES) {
            let (quotes, rest) = quoted(line, usize::MAX);
            // An empty line of a quotation says nothing of the indentation.
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let blanks = if rest.trim().is_empty() {
                usize::MAX
            } else {
                blanks
            };
            margin = Some(match margin {
                None => Self { quotes, blanks },
                Some(m) => Self {
                    quotes: m.quotes.min(quotes),
                    blanks: m.blanks.min(blanks),
                },
            });
        }
        let margin = margin.filter(|m| !m.is_empty())?;
        let mut out = String::with_capacity(text.len());
        for line in text.lines() {
            out.push_str(&margin.strip(line));
            out.push('\n');
        }
        Some((margin, out))
    }

    /// True if nothing stands in front.
    pub(super) fn is_empty(&self) -> bool {
        self.quotes == 0 && self.blanks == 0
    }

    /// The line without it; of a line that has less of it, what it has is taken off.
    pub(super) fn strip<'l>(&self, line: &'l str) -> Cow<'l, str> {
        let (_, rest) = quoted(line, self.quotes);
        let have = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        Cow::Borrowed(rest.get(have.min(self.blanks)..).unwrap_or_default())
    }
}

/// Takes at most `most` quote marks off, each with one blank behind it.
fn quoted(line: &str, most: usize) -> (usize, &str) {
    let mut rest = line;
    let mut levels = 0usize;
    while levels < most
        && let Some(inside) = rest.strip_prefix('>')
    {
        levels += 1;
        rest = inside.strip_prefix(' ').unwrap_or(inside);
    }
    (levels, rest)
}

/// The line without this front; where it has another front, without as many of the same characters as
/// it has.
pub(super) fn without<'l>(line: &'l str, front: &str) -> &'l str {
    if let Some(rest) = line.strip_prefix(front) {
        return rest;
    }
    let same = line
        .bytes()
        .zip(front.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    line.get(same..).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quote_marks_and_indentation_common_to_all_lines() {
        let (m, text) = Margin::of("> Bus 001\n>\n>   more\n").unwrap();
        assert_eq!(text, "Bus 001\n\n  more\n");
        assert_eq!(m.strip("> x"), "x");
        let (_, text) = Margin::of("    a\n\n      b\n").unwrap();
        assert_eq!(text, "a\n\n  b\n");
        assert!(Margin::of("a\n  b\n").is_none());
        assert!(Margin::of("> a\nb\n").is_none());
        assert!(Margin::of("").is_none());
    }

    #[test]
    fn fronts_of_single_lines() {
        assert_eq!(without("> > x", "> > "), "x");
        assert_eq!(without("> x", "> > "), "x");
        assert_eq!(without("y", "    "), "y");
    }
}
