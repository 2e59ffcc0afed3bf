//! SARIF 2.1.0: what a code-scanning view shows beside the lines of the list.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::model::{Gate, Level, Line};
use crate::sanitise::sanitise;
use crate::standing::gravity;

/// Most results GitHub accepts in one run; the gravest are kept, and what is over is said in a
/// notification.
const MOST: usize = 25_000;
/// Most bytes of all results as they are laid out: GitHub refuses files of more than 10 MB compressed, and
/// this stays below it however badly they compress.
const BYTES: usize = 9_000_000;
/// Most notifications.
const NOTES: usize = 1000;

/// The document. Lines that pass are not results.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn sarif(gate: &Gate) -> Result<String, serde_json::Error> {
    let mut stopped: Vec<&Line> = gate.stopped().collect();
    let all = stopped.len();
    if all > MOST {
        gravest_first(&mut stopped);
        stopped.truncate(MOST);
    }
    let mut results = results(&stopped);
    if fitting(&results)? < results.len() {
        gravest_first(&mut stopped);
        results = self::results(&stopped);
        let fit = fitting(&results)?;
        stopped.truncate(fit);
        results.truncate(fit);
    }
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    for l in &stopped {
        rules.entry(rule_id(l)).or_insert_with(|| rule(l));
    }
    for result in &mut results {
        let index = result
            .get("ruleId")
            .and_then(Value::as_str)
            .and_then(|id| rules.keys().position(|k| k == id));
        if let Some(map) = result.as_object_mut() {
            map.insert("ruleIndex".to_owned(), json!(index));
        }
    }
    let over = all - stopped.len();
    let mut notes: Vec<Value> = gate
        .sources
        .iter()
        .flat_map(|s| {
            s.errors.iter().map(|e| {
                json!({
                    "level": "warning",
                    "descriptor": { "id": e.code },
                    "message": { "text": format!("{}, {}: {}", sanitise(&s.path), sanitise(&e.locator), sanitise(&e.message)) },
                })
            })
        })
        .chain(gate.remarks.iter().map(|r| {
            json!({
                "level": level(r.level),
                "descriptor": { "id": r.code },
                "message": { "text": sanitise(&r.message) },
            })
        }))
        .collect();
    if notes.len() > NOTES {
        let more = notes.len() - NOTES;
        notes.truncate(NOTES);
        notes.push(json!({
            "level": "warning",
            "descriptor": { "id": "more-problems" },
            "message": { "text": format!("{more} more problems of sources are not listed here") },
        }));
    }
    if over > 0 {
        notes.push(json!({
            "level": "warning",
            "descriptor": { "id": "results-left-out" },
            "message": { "text": format!("{over} of {all} lines that do not pass are not listed here: at most {MOST} results of {BYTES} bytes together are, the gravest first; the JSON of the same run holds all") },
        }));
    }
    let code = crate::exit::exit_code(&gate.exit);
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": gate.tool.name,
                "semanticVersion": gate.tool.version,
                "informationUri": "https://cellsweep.example/",
                "rules": rules.into_values().collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": code != 2 && code != 4,
                "exitCode": code,
                "endTimeUtc": gate.generated_at,
                "toolExecutionNotifications": notes,
            }],
            "columnKind": "unicodeCodePoints",
            "properties": {
                "date": gate.date,
                "packs": gate.packs.iter().filter_map(|p| p.id.as_deref()).collect::<Vec<_>>(),
                "lines": gate.lines.len(),
                "counts": gate.counts,
            },
            "results": results,
        }],
    });
    crate::json::value(&document, crate::json::Layout::Pretty)
}

/// By what they do to the run and the gravity of the decision; alike ones stay in the list's order.
fn gravest_first(lines: &mut [&Line]) {
    lines.sort_by_key(|l| (std::cmp::Reverse(l.level), gravity(l.decision)));
}

/// How many of these results, from the first on, stay within [`BYTES`].
fn fitting(results: &[Value]) -> Result<usize, serde_json::Error> {
    let mut left = BYTES;
    for (n, result) in results.iter().enumerate() {
        let text = serde_json::to_string_pretty(result)?;
        // Each line of it stands eight spaces further in and ends in a comma or a line end.
        let size = text.len() + 10 * (1 + text.matches('\n').count());
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return Ok(n),
        }
    }
    Ok(results.len())
}

fn results(lines: &[&Line]) -> Vec<Value> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    lines
        .iter()
        .map(|l| {
            let uri = uri(&l.source);
            // The same line twice in a list stays two results.
            let print = l.fingerprint(&uri);
            let n = seen.entry(print.clone()).or_default();
            *n += 1;
            let print = format!("{print}:{n}");
            let mut message = sanitise(&l.reason).into_owned();
            if let Some(q) = &l.question {
                message.push_str(" Ask the supplier: ");
                message.push_str(&sanitise(q));
            }
            json!({
                "ruleId": rule_id(l),
                "level": level(l.level),
                "message": { "text": message },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": uri },
                    // GitHub shows no result without a line.
                    "region": { "startLine": l.line.unwrap_or(1).max(1) },
                }}],
                // GitHub follows a result by the first of these alone.
                "partialFingerprints": {
                    "primaryLocationLineHash": print,
                    "cellsweepLine/v1": print,
                },
                "properties": {
                    "decision": l.decision.as_str(),
                    "text": sanitise(&l.text),
                    "makers": makers(l),
                    "edition": l.edition,
                    "effective": l.effective,
                    "deadline": l.deadline,
                },
            })
        })
        .collect()
}

fn makers(l: &Line) -> Vec<&str> {
    let mut all: Vec<&str> = l
        .modules
        .iter()
        .filter_map(|m| m.maker.as_deref())
        .chain(l.candidates.iter().map(|c| c.maker.as_str()))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn rule_id(l: &Line) -> String {
    match &l.rule {
        Some(rule) => rule.clone(),
        None => format!("gate/{}", l.code),
    }
}

fn rule(l: &Line) -> Value {
    let verdict = l.rule.as_ref().and_then(|rule| {
        l.verdicts
            .iter()
            .find(|v| format!("{}/{}", v.pack, v.rule) == *rule)
    });
    match verdict {
        Some(v) => json!({
            "id": rule_id(l),
            "shortDescription": { "text": format!("{} ({}, {})", rule_id(l), v.verb, v.match_kind) },
            "fullDescription": { "text": format!("Rule {} of the policy pack {}: {}, matched by {}.", v.rule, v.pack, v.verb, v.match_kind) },
            "helpUri": v.sources.iter().find_map(|s| crate::sanitise::link(s)),
            "help": { "text": format!("Sources: {}", v.sources.join("; ")) },
            "properties": { "tags": ["procurement", v.verb] },
        }),
        None => json!({
            "id": rule_id(l),
            "shortDescription": { "text": l.code.replace('-', " ") },
            "fullDescription": { "text": format!("Lines of the purchase list with the code {}.", l.code) },
            "help": { "text": "The list does not say which cellular module is in what it names." },
            "properties": { "tags": ["procurement"] },
        }),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Hold | Level::Warn => "warning",
        Level::Note => "note",
        Level::Pass => "none",
    }
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for b in path.replace('\\', "/").bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            use std::fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}
