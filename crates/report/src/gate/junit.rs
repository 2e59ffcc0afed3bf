//! `JUnit` XML: every line a test case, so that a build server counts what was judged.

use std::fmt::Write as _;

use super::model::{Gate, Level};
use crate::sanitise::sanitise;

/// The document.
pub fn junit(gate: &Gate) -> String {
    let failures = gate
        .lines
        .iter()
        .filter(|l| matches!(l.level, Level::Deny | Level::Hold))
        .count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let total = gate.lines.len();
    let _ = writeln!(
        out,
        "<testsuites name=\"cellsweep gate\" tests=\"{total}\" failures=\"{failures}\" errors=\"0\">"
    );
    let mut sources: Vec<&str> = gate.lines.iter().map(|l| l.source.as_str()).collect();
    sources.dedup();
    for source in sources {
        let lines: Vec<_> = gate.lines.iter().filter(|l| l.source == source).collect();
        let failed = lines
            .iter()
            .filter(|l| matches!(l.level, Level::Deny | Level::Hold))
            .count();
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\" timestamp=\"{}\">",
            text(source),
            lines.len(),
            text(gate.generated_at.trim_end_matches('Z')),
        );
        for l in lines {
            let name = format!("{}: {}", l.place, l.text);
            let _ = write!(
                out,
                "    <testcase name=\"{}\" classname=\"{}\"",
                text(&name),
                text(source)
            );
            let body = format!(
                "{}{}",
                l.reason,
                l.question
                    .as_ref()
                    .map(|q| format!(" Ask the supplier: {q}"))
                    .unwrap_or_default()
            );
            let _ = match l.level {
                Level::Deny | Level::Hold => writeln!(
                    out,
                    ">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>",
                    l.decision.as_str(),
                    text(&format!(
                        "{} {}",
                        l.decision.as_str(),
                        l.rule.as_deref().unwrap_or(&l.code)
                    )),
                    text(&body)
                ),
                Level::Warn | Level::Note => writeln!(
                    out,
                    ">\n      <system-out>{}</system-out>\n    </testcase>",
                    text(&body)
                ),
                Level::Pass => writeln!(out, "/>"),
            };
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// Outside text as XML text or attribute.
fn text(raw: &str) -> String {
    let clean = sanitise(raw);
    let mut out = String::with_capacity(clean.len());
    for c in clean.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // XML 1.0 has no place for these two, not even escaped.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
