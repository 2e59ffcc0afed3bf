//! `cellsweep plan` on the example estate, from end to end.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn estate() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/northshire/estate.toml")
}

fn plan(folder: &Path, keep: Option<&Path>) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cellsweep"));
    command
        .arg("plan")
        .arg(estate())
        .arg("--out")
        .arg(folder)
        .arg("--exit-zero");
    if let Some(keep) = keep {
        command.arg("--keep").arg(keep);
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&std::fs::read(folder.join("plan.json")).unwrap()).unwrap()
}

fn work(plan: &Value) -> Vec<(String, String, String)> {
    let all = plan["actions"].as_array().unwrap().iter();
    all.filter(|a| a["action"] == "replace" || a["action"] == "module_swap")
        .map(|a| {
            let text = |key: &str| a[key].as_str().unwrap_or_default().to_owned();
            (text("asset"), text("action"), text("period"))
        })
        .collect()
}

#[test]
fn the_example_is_planned() {
    let folder = tempfile::tempdir().unwrap();
    let first = plan(folder.path(), None);
    assert!(first["gap"].as_f64().unwrap() <= 0.01, "{}", first["gap"]);
    assert!(first["bound"].as_i64() <= first["objective"].as_i64());

    let actions = first["actions"].as_array().unwrap();
    let settle: BTreeSet<&str> = actions
        .iter()
        .filter(|a| a["action"] == "settle")
        .filter_map(|a| a["asset"].as_str())
        .collect();
    for a in actions {
        match a["action"].as_str().unwrap() {
            "settle" => {
                assert_eq!(a["cents"], 0);
                assert!(a["question"].as_str().is_some_and(|q| !q.is_empty()), "{a}");
            }
            // NP-0006 to NP-0008 and NP-0011 on are sets or not assessed: see expected.csv.
            "replace" | "module_swap" => {
                assert!(!a["module"].as_str().unwrap().starts_with("one of"), "{a}");
                assert!(!a["findings"].as_array().unwrap().is_empty());
                assert!(a["due"]["rule"].as_str().is_some());
            }
            "accept" => assert!(a["owner"].is_string() && a["until"].is_string(), "{a}"),
            "mitigate" => assert!(a["until"].is_string() && a["leaves"].is_string(), "{a}"),
            other => panic!("{other}"),
        }
    }
    for undecided in ["NP-0006", "NP-0010", "NP-0011"] {
        assert!(settle.contains(undecided), "{undecided}");
        assert!(work(&first).iter().all(|(asset, ..)| asset != undecided));
    }

    for name in ["gantt.svg", "burndown.svg", "plan.md", "actions.csv"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
    for d in [
        "police", "buses", "highways", "energy", "hospital", "offices",
    ] {
        for ending in ["md", "csv", "ics"] {
            let file = folder.path().join(format!("departments/{d}.{ending}"));
            assert!(file.metadata().unwrap().len() > 0, "{d}.{ending}");
        }
    }

    // The same again, and from the plan before: next to nothing changes.
    let kept = tempfile::tempdir().unwrap();
    let second = plan(kept.path(), Some(&folder.path().join("plan.json")));
    let (before, after) = (work(&first), work(&second));
    let before: BTreeSet<_> = before.into_iter().collect();
    let changed = after.iter().filter(|w| !before.contains(*w)).count();
    assert!(
        changed * 20 <= after.len(),
        "{changed} of {} changed",
        after.len()
    );
}

#[test]
fn a_plan_is_valid_against_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let instance = plan(folder.path(), None);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/plan-1.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(&instance)
        .take(5)
        .map(|e| format!("{e} at {}", e.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
