//! SARIF within what GitHub takes: the gravest results stay, and what is left out is said.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // in a test a panic is the message

use cellsweep_report::gate::{Gate, sarif::sarif};
use serde_json::{Value, json};

/// A line of a list that holds with this reason; the ones numbered so are denied.
fn line(n: usize, reason: &str, denied: bool) -> Value {
    json!({
        "source": "list.csv", "line": n, "place": format!("row {n}"), "text": format!("part {n}"),
        "quantity": null,
        "decision": if denied { "prohibited" } else { "insufficient_evidence" },
        "code": if denied { "prohibited" } else { "product-not-known" },
        "level": if denied { "deny" } else { "hold" },
        "reason": reason, "rule": if denied { json!("a-pack/a-rule") } else { Value::Null },
        "edition": null, "effective": null, "deadline": null, "modules": [], "verdicts": [],
        "question": null
    })
}

fn gate(lines: &[Value]) -> Gate {
    let edition = json!({ "id": null, "version": "1", "as_of": "2026-11-24", "digest": "00" });
    serde_json::from_value(json!({
        "schema": "https://cellsweep.example/schema/gate-1",
        "tool": { "name": "cellsweep", "version": "0" },
        "catalog": edition, "packs": [], "generated_at": "2026-11-24T00:00:00Z",
        "date": "2026-11-24", "effective_config": {}, "exit": [1], "decision": "prohibited",
        "sources": [], "lines": lines, "counts": {}
    }))
    .unwrap()
}

fn run(lines: &[Value]) -> (Value, usize) {
    let text = sarif(&gate(lines)).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    (document["runs"][0].clone(), text.len())
}

fn notes(run: &Value) -> Vec<&str> {
    run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["message"]["text"].as_str().unwrap())
        .collect()
}

#[test]
fn a_short_list_keeps_its_order_and_says_what_github_asks() {
    let lines = [line(2, "x", false), line(3, "x", true), line(4, "x", false)];
    let (run, _) = run(&lines);
    let results = run["results"].as_array().unwrap();
    let places: Vec<&Value> = results
        .iter()
        .map(|r| &r["locations"][0]["physicalLocation"]["region"]["startLine"])
        .collect();
    assert_eq!(places, [2, 3, 4]);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for r in results {
        let rule = &rules[usize::try_from(r["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], r["ruleId"]);
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{text}");
        }
        assert!(r["partialFingerprints"]["primaryLocationLineHash"].is_string());
        assert_eq!(
            r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "list.csv"
        );
    }
    assert!(notes(&run).is_empty());
}

#[test]
fn a_list_without_lines_still_has_a_place() {
    let mut one = line(1, "x", false);
    one["line"] = Value::Null;
    let (run, _) = run(&[one]);
    assert_eq!(
        run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"],
        1
    );
}

#[test]
fn of_too_many_results_the_gravest_stay() {
    let reason = "r".repeat(200);
    let lines: Vec<Value> = (1..=30_000).map(|n| line(n, &reason, n > 29_990)).collect();
    let (run, bytes) = run(&lines);
    assert!(bytes < 10_000_000, "{bytes}");
    let results = run["results"].as_array().unwrap();
    assert!(
        results.len() < 25_000 && results.len() > 5_000,
        "{}",
        results.len()
    );
    for (n, r) in results.iter().take(10).enumerate() {
        assert_eq!(r["level"], "error");
        assert_eq!(
            r["locations"][0]["physicalLocation"]["region"]["startLine"],
            29_991 + n
        );
    }
    let said = format!(
        "{} of 30000 lines that do not pass are not listed here",
        30_000 - results.len()
    );
    assert!(notes(&run)[0].starts_with(&said), "{:?}", notes(&run));
}
