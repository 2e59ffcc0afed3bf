//! A draft as Markdown.

use std::fmt::Write as _;

use super::draft::{BLANK, Block, CHOICE, Draft, Line, Span};

/// The draft as Markdown.
pub fn markdown(draft: &Draft) -> String {
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = writeln!(out, "# DRAFT: {}", draft.title);
    for b in &draft.blocks {
        out.push('\n');
        match b {
            Block::Heading(text) => {
                let _ = writeln!(out, "## {}", escape(text));
            }
            Block::Text(line) => {
                let _ = writeln!(out, "{}", text(line));
            }
            Block::Items(lines) => {
                for line in lines {
                    let _ = writeln!(out, "- {}", text(line));
                }
            }
            Block::Table(t) => {
                let _ = writeln!(out, "| {} |", t.columns.join(" | "));
                let _ = writeln!(out, "|{}", " --- |".repeat(t.columns.len()));
                for row in &t.rows {
                    let cells: Vec<String> = row.iter().map(text).collect();
                    let _ = writeln!(out, "| {} |", cells.join(" | "));
                }
            }
        }
    }
    out
}

fn text(line: &Line) -> String {
    let mut out = String::new();
    for span in &line.0 {
        match span {
            Span::Text(t) => out.push_str(&escape(t)),
            Span::Strong(t) => {
                let _ = write!(out, "**{}**", escape(t));
            }
            Span::Blank => out.push_str(BLANK),
            Span::Choice => out.push_str(CHOICE),
            Span::Link(url) => {
                let _ = write!(out, "<{}>", url.replace('|', "%7C"));
            }
        }
    }
    out
}

/// What Markdown would act on, as itself.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let inside = |c: char| c.is_alphanumeric();
        match c {
            '\\' | '|' | '*' | '`' | '[' | ']' => {
                out.push('\\');
                out.push(c);
            }
            // Inside a word an underscore does nothing.
            '_' if !(inside(before) && chars.peek().copied().is_some_and(inside)) => {
                out.push_str("\\_");
            }
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
        before = c;
    }
    out
}
