//! What is wrong with an estate description, and where.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// Whether the estate can be used as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The estate is not used.
    Error,
    /// The estate is used; the report says so.
    Warning,
}

/// One kind of diagnostic, for `cellsweep explain`.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// Stable kebab-case name.
    pub code: &'static str,
    /// Severity.
    pub severity: Severity,
    /// What it means and what to do.
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $severity:ident, $text:literal;)*) => {
        $(pub(crate) const $name: &Code = &Code {
            code: $code, severity: Severity::$severity, explanation: $text,
        };)*
        /// Every code this crate can give, in the order of this file.
        pub static CODES: &[&Code] = &[$($name),*];
    };
}

codes! {
    ESTATE_UNREADABLE = "estate-unreadable", Error,
        "The estate file could not be opened, is not UTF-8 text, or is larger than 4 MiB.";
    TOML_SYNTAX = "toml-syntax", Error,
        "The estate file is not well-formed TOML at this place.";
    UNKNOWN_KEY = "unknown-key", Error,
        "This section has no such key. A misspelt key would otherwise change nothing without a word.";
    WRONG_TYPE = "wrong-type", Error,
        "The value has another type than this key takes: text in quotes, true or false, a number, a date, or a table.";
    BAD_DRILL = "bad-drill", Error,
        "The [drill] section is not as docs/estate.md describes it: a key it does not know, a value of another type, a number that is out of range, or a line that says of nothing what it is.";
    BAD_PLAN = "bad-plan", Error,
        "The [plan] section is not as docs/estate.md describes it: a key it does not know, a value of another type, or an amount that is out of range.";
    MISSING_KEY = "missing-key", Error,
        "The section lacks a key it cannot do without.";
    EMPTY_VALUE = "empty-value", Error,
        "The value is empty text.";
    BAD_ID = "bad-id", Error,
        "Ids of departments and sites are letters, digits, '.', '_' and '-', beginning with a letter or digit, 64 at most. Ids of assets may be any printable text of up to 128 characters without spaces at its ends.";
    DUPLICATE_ID = "duplicate-id", Error,
        "Two departments, two sites or two assets share an id.";
    UNKNOWN_DEPARTMENT = "unknown-department", Error,
        "No [[department]] has this id.";
    UNKNOWN_SITE = "unknown-site", Error,
        "No [[site]] has this id.";
    UNKNOWN_CRITICALITY = "unknown-criticality", Error,
        "Criticality is one of low, medium, high, critical.";
    UNKNOWN_CONNECTION = "unknown-connection-word", Error,
        "The keys that say how an asset is connected and who can reach it take the words that docs/estate.md lists for each.";
    BAD_DATE = "bad-date", Error,
        "A date is a real day written YYYY-MM-DD.";
    OUT_OF_RANGE = "out-of-range", Error,
        "Latitude lies between -90 and 90 degrees, longitude between -180 and 180, a header row is 1 or more.";
    INCOMPLETE_COORDINATES = "incomplete-coordinates", Error,
        "A site has a latitude without a longitude, or the other way round.";
    BAD_PATH = "bad-path", Error,
        "Paths are relative to the folder of the estate file and written with '/'; a backslash or a control character is not accepted, so that an estate means the same on every system.";
    PATH_ESCAPES = "path-escapes", Error,
        "The path is absolute or climbs out with '..'. An estate reads only what lies in its own folder.";
    BAD_GLOB = "bad-glob", Error,
        "The pattern is not understood. '*' and '?' stay within one path component, '**' crosses them, '[...]' is a set, '{a,b}' an alternative, and '{asset}' (once) captures an asset id.";
    ASSET_STATED_TWICE = "asset-stated-twice", Error,
        "The evidence names an asset and its path captures one with {asset} as well.";
    DUPLICATE_COLUMN = "duplicate-column", Error,
        "Two headers of the mapping are the same but for case, spaces, '-' and '_', or two headers are mapped to one field.";
    DUPLICATE_REGISTER = "duplicate-register", Error,
        "The same file (and sheet) is given as a register twice; its assets would be counted twice.";
    REGISTER_MISSING = "register-missing", Error,
        "The register is not a file in the estate's folder. Its assets would be missing from the estate without a word.";
    TOO_MANY_PATTERNS = "too-many-patterns", Error,
        "An estate has at most 2,000 [[evidence]] sections; a pattern with '*', '**' or {asset} takes many files at once.";
    TOO_MANY_MISTAKES = "too-many-mistakes", Error,
        "The estate file has more than 1,000 mistakes; those given come first in their section, and the rest is left out.";
    NO_ASSETS = "no-assets", Warning,
        "The estate has neither a register nor an [[asset]]: findings are reported, but nothing can be said about what was not looked at.";
    NO_POLICIES = "no-policies", Warning,
        "The audit names no policy pack: modules are found and located, no verdict is given.";
    PATTERN_MATCHES_NOTHING = "pattern-matches-nothing", Warning,
        "No file matches this evidence pattern: what it was meant to bring is not in the report.";
    PATTERN_SHADOWED = "pattern-shadowed", Warning,
        "Every file this pattern matches was taken by a pattern above it (the first that matches wins) or is a register.";
    LINK_NOT_FOLLOWED = "link-not-followed", Warning,
        "A symbolic link among the evidence was not followed, because it could lead out of the estate's folder. Copy the file in.";
    FOLDER_UNREADABLE = "folder-unreadable", Warning,
        "A folder or file among the evidence could not be listed.";
    TOO_MANY_FILES = "too-many-files", Warning,
        "The evidence has more files, or lies deeper, than is read in one run; the rest was left out.";
}

/// A place in the estate file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column; at the end of a span, the column after the last character.
    pub column: u32,
}

/// A stretch of the estate file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Span {
    /// First character.
    pub start: Position,
    /// After the last character.
    pub end: Position,
    /// The same in bytes from the start of the file, counted from 0.
    pub bytes: Range<usize>,
}

/// One mistake or doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable kebab-case code, one of [`CODES`].
    pub code: &'static str,
    /// Severity.
    pub severity: Severity,
    /// One plain sentence.
    pub message: String,
    /// Where in the estate file; absent if the file could not be read at all.
    pub span: Option<Span>,
    /// What to do, where that can be said.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn new(code: &Code, span: Option<Span>, message: impl Into<String>) -> Self {
        Self {
            code: code.code,
            severity: code.severity,
            message: message.into(),
            span,
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    /// `12:5: bad-date: ...`, for logs; a terminal shows the line itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(span) = &self.span {
            write!(f, "{}:{}: ", span.start.line, span.start.column)?;
        }
        write!(f, "{}: {}", self.code, self.message)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

/// Turns byte offsets into lines and columns.
pub(crate) struct Lines<'t> {
    text: &'t str,
    /// Offset of the first byte of each line.
    starts: Vec<usize>,
    /// Characters before each multiple of [`STEP`] bytes, so that a file of one long line is not
    /// counted from its start for every place in it.
    characters: Vec<usize>,
}

const STEP: usize = 1024;

/// Characters that begin in these bytes.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| (**b & 0xc0) != 0x80).count()
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, b)| *b == b'\n')
                .map(|(i, _)| i + 1),
        );
        let mut characters = vec![0];
        let mut sum = 0;
        for step in text.as_bytes().chunks(STEP) {
            sum += begun(step);
            characters.push(sum);
        }
        Self {
            text,
            starts,
            characters,
        }
    }

    /// Characters that begin before this offset.
    fn characters(&self, offset: usize) -> usize {
        let step = offset / STEP;
        let rest = self.text.as_bytes().get(step * STEP..offset);
        self.characters.get(step).copied().unwrap_or_default() + begun(rest.unwrap_or_default())
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|s| *s <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = self.characters(offset) - self.characters(start) + 1;
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    pub(crate) fn span(&self, bytes: Range<usize>) -> Span {
        let end = bytes.end.min(self.text.len());
        let start = bytes.start.min(end);
        Span {
            start: self.position(start),
            end: self.position(end),
            bytes: start..end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut seen = BTreeSet::new();
        for code in CODES {
            assert!(seen.insert(code.code), "{} twice", code.code);
            assert!(
                code.code
                    .split('-')
                    .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase())),
                "{} is not kebab-case",
                code.code
            );
            assert!(code.explanation.ends_with('.'), "{}", code.code);
        }
    }

    #[test]
    fn positions_count_characters_from_one() {
        let text = "a = 1\nbé = \"x\"\r\nz";
        let lines = Lines::new(text);
        assert_eq!(lines.position(0), Position { line: 1, column: 1 });
        let quote = text.find('"').unwrap();
        assert_eq!(lines.position(quote), Position { line: 2, column: 6 });
        assert_eq!(lines.position(text.len()), Position { line: 3, column: 2 });
        assert_eq!(
            lines.span(5000..6000).start,
            Position { line: 3, column: 2 }
        );
        assert_eq!(Lines::new("").position(0), Position { line: 1, column: 1 });
    }

    #[test]
    fn positions_in_a_long_line() {
        let text = format!("first\n{}end", "é".repeat(5000));
        let lines = Lines::new(&text);
        let end = text.len() - 3;
        let expected = Position {
            line: 2,
            column: 5001,
        };
        assert_eq!(lines.position(end), expected);
        assert_eq!(lines.position(6 + 2 * 700).column, 701);
    }
}
