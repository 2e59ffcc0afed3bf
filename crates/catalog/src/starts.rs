// How the names of a family begin. Shared by the library and its build script.

use regex_syntax::hir::literal::{ExtractKind, Extractor};

/// Longest literal kept; longer ones gain nothing.
const LONGEST: usize = 8;
/// Shortest literal worth searching for.
const SHORTEST: usize = 2;

/// Literals, in upper case, one of which every match of `pattern` begins with.
///
/// # Errors
/// The pattern is no regular expression, or its matches begin with too many different things to
/// search for them.
pub fn starts(pattern: &str) -> Result<Vec<String>, String> {
    let hir = regex_syntax::ParserBuilder::new()
        .build()
        .parse(pattern)
        .map_err(|e| e.to_string())?;
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_class(4)
        .limit_repeat(2)
        .limit_literal_len(LONGEST)
        .limit_total(64);
    let found = extractor.extract(&hir);
    let Some(literals) = found.literals() else {
        return Err("matches of this pattern begin with too many different things".to_owned());
    };
    let mut out: Vec<String> = Vec::new();
    for literal in literals {
        let Ok(text) = std::str::from_utf8(literal.as_bytes()) else {
            return Err("pattern matches something other than text".to_owned());
        };
        let text = text.to_ascii_uppercase();
        if text.len() < SHORTEST {
            return Err(format!(
                "a match of this pattern may begin with only `{text}`"
            ));
        }
        out.push(text);
    }
    out.sort();
    out.dedup();
    // A literal that continues another is found with it.
    let mut kept: Vec<String> = Vec::new();
    for text in out {
        if !kept
            .last()
            .is_some_and(|shorter| text.starts_with(shorter.as_str()))
        {
            kept.push(text);
        }
    }
    if kept.is_empty() {
        return Err("matches of this pattern begin with nothing fixed".to_owned());
    }
    Ok(kept)
}

/// A pattern without the spaces and hyphens it matches literally (those in classes stay).
pub fn tightened(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut class = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if !class => match chars.peek() {
                Some(' ' | '-') => {
                    chars.next();
                    if matches!(chars.peek(), Some('?')) {
                        chars.next();
                    }
                }
                Some(_) => {
                    out.push(c);
                    out.extend(chars.next());
                }
                None => out.push(c),
            },
            '\\' => {
                out.push(c);
                out.extend(chars.next());
            }
            '[' => {
                class = true;
                out.push(c);
            }
            ']' => {
                class = false;
                out.push(c);
            }
            ' ' | '-' if !class => {
                if matches!(chars.peek(), Some('?')) {
                    chars.next();
                }
            }
            _ => out.push(c),
        }
    }
    out
}
