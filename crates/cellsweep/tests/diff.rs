//! `diff`: new, gone, changed and deadlines, on reports that differ in known ways.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests fail loudly, as tests do

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn cellsweep(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env("SOURCE_DATE_EPOCH", "1795000000")
        .args(arguments)
        .output()
        .unwrap()
}

fn write(folder: &Path, name: &str, value: &Value) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, value.to_string()).unwrap();
    path
}

#[test]
fn new_gone_changed_and_what_was_not_looked_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let scan = cellsweep(&[
        "scan",
        "tests/gate/listed-01-kicad.csv",
        "tests/gate/listed-15-octopart-two.csv",
        "tests/gate/listed-12-easyeda.tsv",
        "--policy",
        "us-ndaa24-805-b",
        "--policy",
        "uk-parton-2023",
        "--date",
        "2026-11-22",
        "--format",
        "json",
    ]);
    let before: Value = serde_json::from_slice(&scan.stdout).unwrap();
    assert_eq!(before["findings"].as_array().unwrap().len(), 4);
    let of = |report: &Value, source: &str, family: &str| {
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .position(|f| {
                f["evidence"][0]["source"]
                    .as_str()
                    .unwrap()
                    .contains(source)
                    && f["module"]["family"] == family
            })
            .unwrap()
    };
    let mut after = before.clone();
    after["date"] = json!("2026-12-22");
    // Its list was read again and does not name it any more.
    let at = of(&after, "octopart-two", "RM520N");
    after["findings"].as_array_mut().unwrap().remove(at);
    // Its list was not read again.
    let at = of(&after, "easyeda", "M66");
    after["findings"].as_array_mut().unwrap().remove(at);
    after["sources"]
        .as_array_mut()
        .unwrap()
        .retain(|s| !s["path"].as_str().unwrap().contains("easyeda"));
    // One answers with other firmware now.
    let at = of(&after, "kicad", "BG96");
    after["findings"][at]["module"]["firmware"] = json!("BG96MAR03A06M1G");
    // One more.
    let at = of(&after, "octopart-two", "MC7455");
    let mut more = after["findings"][at].clone();
    more["id"] = json!("m-0000000000000001");
    after["findings"].as_array_mut().unwrap().push(more);
    let (a, b) = (
        write(folder.path(), "a.json", &before),
        write(folder.path(), "b.json", &after),
    );
    let (a, b) = (a.to_str().unwrap(), b.to_str().unwrap());

    let out = cellsweep(&["diff", a, b, "--format", "json"]);
    let diff: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(diff["new"].as_array().unwrap().len(), 1);
    assert_eq!(diff["same"], 1);
    let gone = diff["gone"].as_array().unwrap();
    let why = |family: &str| {
        gone.iter()
            .find(|g| g["module"].as_str().unwrap().contains(family))
            .unwrap()["why"]
            .clone()
    };
    assert_eq!(why("RM520N"), "not_seen_again");
    assert_eq!(why("M66"), "not_looked_at_again");
    assert_eq!(
        diff["changed"][0]["what"],
        json!([{ "field": "firmware", "before": "none", "after": "BG96MAR03A06M1G" }])
    );
    // What was lost sight of is no progress, and keeps the run from ending with 0.
    assert_eq!(out.status.code(), Some(5));
    let deadline = diff["deadlines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| {
            d["rule"] == "us-ndaa24-805-b/no-purchase-including"
                || d["rule"] == "uk-parton-2023/replace-in-sensitive-areas"
        })
        .unwrap();
    assert_eq!(deadline["removed"], 3, "{deadline}");
    assert_eq!(deadline["lost_sight_of"], 1, "{deadline}");
    assert_eq!(deadline["days_left"], -356, "{deadline}");

    let text = String::from_utf8(cellsweep(&["diff", a, b]).stdout).unwrap();
    assert!(
        text.contains("not looked at again: this is no removal"),
        "{text}"
    );
    assert!(text.contains("firmware none -> BG96MAR03A06M1G"), "{text}");
    // Nothing changed: 0.
    let same = cellsweep(&["diff", a, a]);
    assert_eq!(same.status.code(), Some(0));
    // No report: 2.
    assert_eq!(cellsweep(&["diff", a, "README.md"]).status.code(), Some(2));
}
