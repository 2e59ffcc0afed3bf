//! `diff`: new, gone, changed and deadlines, on reports that differ in known ways.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

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

#[test]
fn policy_commands() {
    let text = |o: &Output| String::from_utf8_lossy(&o.stdout).into_owned();
    // Every pack of the project checks, with the cases it carries.
    let mut arguments = vec!["policy".to_owned(), "check".to_owned()];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| format!("policies/{}", e.unwrap().file_name().to_string_lossy()))
        .collect();
    names.sort();
    arguments.extend(names.clone());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let out = cellsweep(&arguments);
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert_eq!(text(&out).lines().count(), names.len());
    // A mistake points at its line and ends with 2.
    let out = cellsweep(&[
        "policy",
        "check",
        "crates/policy/tests/malformed/unknown-verb.toml",
    ]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("unknown-verb.toml:11:"));
    // A case of a pack's own that fails is a mistake.
    let temp = tempfile::tempdir().unwrap();
    let copy = temp.path().join("us-house-cc-letters.toml");
    let original = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/us-house-cc-letters.toml"),
    )
    .unwrap();
    std::fs::write(
        &copy,
        original.replacen("expect = \"advisory\"", "expect = \"prohibited\"", 1),
    )
    .unwrap();
    let out = cellsweep(&["policy", "check", copy.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("pack-test-failed"));
    // A verdict's own name, a pack, a rule of it.
    for arguments in [
        vec!["policy", "explain", "us-ndaa24-805-b/no-purchase-including"],
        vec![
            "policy",
            "explain",
            "us-ndaa24-805-b",
            "no-purchase-including",
        ],
        vec!["policy", "explain", "us-ndaa24-805-b"],
    ] {
        let out = cellsweep(&arguments);
        assert_eq!(out.status.code(), Some(0));
        assert!(text(&out).contains("41 U.S.C. 105"), "{}", text(&out));
    }
    assert_eq!(
        cellsweep(&["policy", "explain", "us-1260h", "none"])
            .status
            .code(),
        Some(2)
    );
    // Days in their order.
    let out = text(&cellsweep(&[
        "policy",
        "timeline",
        "us-1260h",
        "us-ndaa24-805-a",
        "us-ndaa24-805-b",
    ]));
    let days: Vec<&str> = out.lines().filter_map(|l| l.get(..10)).collect();
    assert!(
        days.is_sorted() && days.contains(&"2025-01-07") && days.contains(&"2027-06-30"),
        "{out}"
    );
}

/// Drafts leave blanks, say what was not looked at and conclude nothing.
#[test]
fn statements_are_drafts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let out = cellsweep(&[
        "scan",
        "tests/gate/listed-13-agile-plm.csv",
        "tests/gate/listed-01-kicad.csv",
        "tests/gate/undecided-15-omnibus.csv",
        "--policy",
        "us-ndaa19-889a",
        "--policy",
        "us-ndaa19-889b",
        "--policy",
        "us-1260h",
        "--date",
        "2026-11-22",
        "--format",
        "json",
        "-o",
        path.to_str().unwrap(),
    ]);
    assert!(out.status.code() != Some(2));
    for (kind, holds) in [
        ("far-889", "52.204-25(d)"),
        ("s1260h", "41 U.S.C. 105"),
        ("connected-vehicle", "15 CFR 791.312"),
        ("cra-component", "Art. 13(13)"),
    ] {
        let out = cellsweep(&["statement", kind, path.to_str().unwrap()]);
        assert_eq!(out.status.code(), Some(0));
        let text = String::from_utf8(out.stdout).unwrap();
        assert!(
            text.starts_with("# DRAFT") && text.contains("______") && text.contains(holds),
            "{text}"
        );
        let lower = text.to_lowercase();
        assert!(
            !lower.contains("compliant") && !lower.contains("in order"),
            "{text}"
        );
    }
    let text =
        String::from_utf8(cellsweep(&["statement", "s1260h", path.to_str().unwrap()]).stdout)
            .unwrap();
    assert!(text.contains("Not judged by us-ndaa24-805-b"), "{text}");
    // Judged anew as part of an application: what is in place is not what such a rule asks.
    let fcc = |more: &[&str]| {
        let mut arguments = vec!["statement", "fcc-attestation", path.to_str().unwrap()];
        arguments.extend(more);
        String::from_utf8(cellsweep(&arguments).stdout).unwrap()
    };
    assert!(fcc(&[]).contains("Not judged by us-fcc-25-71"));
    let text = fcc(&["--stage", "authorization"]);
    assert!(
        text.contains("Judged by us-fcc-25-71") && text.contains("new equipment authorizations"),
        "{text}"
    );
    assert!(text.contains(" 0 were not tested"), "{text}");
    let text =
        String::from_utf8(cellsweep(&["statement", "s1260h", path.to_str().unwrap()]).stdout)
            .unwrap();
    // A rule on purchases has not tested what is in place.
    let part_a = folder.path().join("part-a.json");
    cellsweep(&[
        "scan",
        "tests/gate/listed-13-agile-plm.csv",
        "--policy",
        "us-ndaa19-889a",
        "--date",
        "2026-11-22",
        "--format",
        "json",
        "-o",
        part_a.to_str().unwrap(),
    ]);
    let far =
        String::from_utf8(cellsweep(&["statement", "far-889", part_a.to_str().unwrap()]).stdout)
            .unwrap();
    assert!(far.contains("1 more findings were not tested"), "{far}");
    assert!(far.contains("\n0 more findings: no match"), "{far}");
    assert!(text.contains("findings are not decided"), "{text}");
    assert!(text.contains("Quectel"), "{text}");
}
