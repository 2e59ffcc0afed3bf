//! SARIF 2.1.0: what a code-scanning view shows beside the lines of the list.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::model::{Gate, Level, Line};
use crate::sanitise::sanitise;

/// Most results GitHub accepts in one run; what is over is said in a notification.
const MOST: usize = 25_000;

/// The document. Lines that pass are not results.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn sarif(gate: &Gate) -> Result<String, serde_json::Error> {
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    for l in gate.stopped() {
        rules.entry(rule_id(l)).or_insert_with(|| rule(l));
    }
    let index: BTreeMap<&str, usize> = rules
        .keys()
        .enumerate()
        .map(|(i, k)| (k.as_str(), i))
        .collect();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let results: Vec<Value> = gate
        .stopped()
        .take(MOST)
        .map(|l| {
            let id = rule_id(l);
            let uri = uri(&l.source);
            // The same line twice in a list stays two results.
            let print = l.fingerprint(&uri);
            let n = seen.entry(print.clone()).or_default();
            *n += 1;
            let mut message = sanitise(&l.reason).into_owned();
            if let Some(q) = &l.question {
                message.push_str(" Ask the supplier: ");
                message.push_str(&sanitise(q));
            }
            let mut physical = json!({ "artifactLocation": { "uri": uri } });
            if let Some(line) = l.line
                && let Some(map) = physical.as_object_mut()
            {
                map.insert("region".to_owned(), json!({ "startLine": line.max(1) }));
            }
            json!({
                "ruleId": id,
                "ruleIndex": index.get(id.as_str()),
                "level": level(l.level),
                "message": { "text": message },
                "locations": [{ "physicalLocation": physical }],
                "partialFingerprints": { "cellsweepLine/v1": format!("{print}:{n}") },
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
        .collect();
    let over = gate.stopped().count().saturating_sub(MOST);
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
    if over > 0 {
        notes.push(json!({
            "level": "warning",
            "message": { "text": format!("{over} more lines do not pass and are not listed here") },
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
            "helpUri": v.sources.iter().find_map(|s| crate::sanitise::link(s)),
            "help": { "text": format!("Sources: {}", v.sources.join("; ")) },
            "properties": { "tags": ["procurement", v.verb] },
        }),
        None => json!({
            "id": rule_id(l),
            "shortDescription": { "text": l.code.replace('-', " ") },
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
