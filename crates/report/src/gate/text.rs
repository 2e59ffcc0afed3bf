//! For a terminal and for a comment.

use std::fmt::Write as _;

use super::model::{Gate, Level, Line};
use crate::sanitise::{sanitise, shortened};
use crate::standing::status_says;

/// Most lines that are shown one by one in a comment.
const MOST: usize = 200;

/// Rows for a terminal: place, line, decision, rule, reason. Lines that pass because nothing was
/// recognised in them are counted, not listed.
pub fn rows(gate: &Gate) -> Vec<[String; 5]> {
    gate.lines
        .iter()
        .filter(|l| l.level != Level::Pass || !l.modules.is_empty())
        .map(|l| {
            [
                place(gate, l),
                shortened(&l.text, 60),
                l.decision.as_str().to_owned(),
                l.rule.clone().unwrap_or_default(),
                sanitise(&l.reason).into_owned(),
            ]
        })
        .collect()
}

fn place(gate: &Gate, l: &Line) -> String {
    if gate.sources.len() > 1 {
        format!("{}, {}", sanitise(&l.source), l.place)
    } else {
        l.place.clone()
    }
}

/// What is said below the table: questions, alternatives, counts.
pub fn below(gate: &Gate) -> String {
    let mut out = String::new();
    for l in gate.stopped() {
        if let Some(q) = &l.question {
            let _ = writeln!(out, "{}: ask: {}", place(gate, l), sanitise(q));
        }
        for a in &l.alternatives {
            let _ = writeln!(
                out,
                "{}: {}: {} ({}); {}. {}",
                place(gate, l),
                a.kind,
                sanitise(&a.name),
                a.decision.as_str(),
                sanitise(&a.says),
                sanitise(&a.source),
            );
        }
    }
    for r in &gate.remarks {
        let _ = writeln!(out, "{} [{}]", sanitise(&r.message), r.code);
    }
    out.push_str(&summary(gate));
    out
}

/// One paragraph that says what was looked at and what was not.
pub fn summary(gate: &Gate) -> String {
    let quiet = gate
        .lines
        .iter()
        .filter(|l| l.modules.is_empty() && l.level == Level::Pass)
        .count();
    let mut out = format!(
        "{} line{} judged by {} on {}: {}.",
        gate.lines.len(),
        if gate.lines.len() == 1 { "" } else { "s" },
        if gate.packs.is_empty() {
            "no pack".to_owned()
        } else {
            gate.packs
                .iter()
                .filter_map(|p| p.id.as_deref())
                .collect::<Vec<_>>()
                .join(", ")
        },
        gate.date,
        gate.counts
            .iter()
            .map(|(status, n)| format!("{n} {status}"))
            .collect::<Vec<_>>()
            .join(", "),
    );
    if quiet > 0 {
        let _ = write!(
            out,
            " In {quiet} of them no cellular module was recognised: that is what the catalogue of {} knows, not a statement that none is there.",
            gate.catalog.as_of
        );
    }
    for s in gate.sources.iter().filter(|s| !s.errors.is_empty()) {
        for e in s.errors.iter().take(3) {
            let _ = write!(
                out,
                "\n{}, {}: {} [{}]",
                sanitise(&s.path),
                sanitise(&e.locator),
                sanitise(&e.message),
                e.code
            );
        }
    }
    out.push('\n');
    out
}

/// Markdown without anything that acts: outside text in table cells.
fn cell(text: &str) -> String {
    let clean = shortened(text, 300);
    let mut out = String::with_capacity(clean.len());
    for c in clean.chars() {
        if matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '#'
                | '|'
                | '!'
                | '@'
                | '~'
                | '&'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A comment for a merge request.
pub fn markdown(gate: &Gate) -> String {
    let mut out = String::new();
    let word = match gate.lines.iter().map(|l| l.level).max() {
        Some(Level::Deny) => "stop",
        Some(Level::Hold) => "hold",
        Some(Level::Warn) => "pass, with warnings",
        Some(Level::Note | Level::Pass) | None => "pass",
    };
    let _ = writeln!(out, "## Purchase gate: {word}\n\n{}", summary(gate));
    let stopped: Vec<&Line> = gate.stopped().collect();
    if !stopped.is_empty() {
        out.push_str(
            "| where | line | decision | rule | reason |\n| --- | --- | --- | --- | --- |\n",
        );
        for l in stopped.iter().take(MOST) {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                cell(&place(gate, l)),
                cell(&l.text),
                status_says(l.decision),
                cell(l.rule.as_deref().unwrap_or("")),
                cell(&l.reason),
            );
        }
        if stopped.len() > MOST {
            let _ = writeln!(out, "\n{} more lines are not shown.", stopped.len() - MOST);
        }
        out.push('\n');
        for l in stopped.iter().take(MOST) {
            if let Some(q) = &l.question {
                let _ = writeln!(out, "- Ask ({}): {}", cell(&place(gate, l)), cell(q));
            }
            for a in &l.alternatives {
                let _ = writeln!(
                    out,
                    "- {} ({}): {}, {}: {}",
                    cell(&place(gate, l)),
                    a.kind,
                    cell(&a.name),
                    a.decision.as_str(),
                    cell(&a.says),
                );
            }
        }
    }
    for r in &gate.remarks {
        let _ = writeln!(out, "- {} ({})", cell(&r.message), r.code);
    }
    out
}
