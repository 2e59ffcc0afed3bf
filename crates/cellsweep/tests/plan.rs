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
    plan_of(&estate(), folder, keep, &[])
}

fn plan_of(estate: &Path, folder: &Path, keep: Option<&Path>, more: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cellsweep"));
    command
        .arg("plan")
        .arg(estate)
        .args(more)
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
            "mitigate" => {
                for key in ["lowers", "leaves", "until"] {
                    assert!(a[key].as_str().is_some_and(|t| !t.is_empty()), "{key}: {a}");
                }
                let what = a["what"].as_str().unwrap().to_lowercase();
                assert!(!what.contains("apn") || what.contains("isolation"), "{a}");
            }
            other => panic!("{other}"),
        }
    }
    for undecided in ["NP-0006", "NP-0010", "NP-0011"] {
        assert!(settle.contains(undecided), "{undecided}");
        assert!(work(&first).iter().all(|(asset, ..)| asset != undecided));
    }

    for name in [
        "gantt.svg",
        "burndown.svg",
        "plan.md",
        "plan.html",
        "plan.xlsx",
        "actions.csv",
    ] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
    for d in [
        "police", "buses", "highways", "energy", "hospital", "offices",
    ] {
        for ending in ["md", "html", "xlsx", "csv", "ics"] {
            let file = folder.path().join(format!("departments/{d}.{ending}"));
            assert!(file.metadata().unwrap().len() > 0, "{d}.{ending}");
        }
    }

    // A page that loads nothing, with both pictures, and says of measures what they leave.
    let page = std::fs::read_to_string(folder.path().join("departments/buses.html")).unwrap();
    assert_eq!(page.matches("<svg ").count(), 2);
    for text in ["does not lower", "holds until", "Content-Security-Policy"] {
        assert!(page.contains(text), "{text}");
    }
    for text in ["<script", "src=", "url(", "@import"] {
        assert!(!page.contains(text), "{text}");
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

/// The example in a folder of its own, with more at the end of its estate file.
fn example_with(more: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(estate().parent().unwrap(), folder.path());
    let file = folder.path().join("estate.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n{more}")).unwrap();
    (folder, file)
}

/// No more of a spare is used up to a period than is there; numbers are masked.
#[test]
fn spares_and_masks() {
    let (_example, file) = example_with(
        "[[plan.stock]]\npart = \"replace.router\"\ncount = 5\n\
         [[plan.stock]]\npart = \"replace.router\"\ncount = 7\nfrom = \"2028-01-01\"\n",
    );
    let folder = tempfile::tempdir().unwrap();
    let made = plan_of(&file, folder.path(), None, &["--redact"]);
    let routers: Vec<&str> = made["actions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|a| a["value"] == "replace.router")
        .map(|a| a["from"].as_str().unwrap())
        .collect();
    let early = routers.iter().filter(|day| **day < "2028-01-01").count();
    assert!(early <= 5 && routers.len() <= 12, "{routers:?}");
    assert!(!routers.is_empty());

    // What is masked in the report is masked in the plan: no run of 15 digits is left whole. (The gap and
    // the certificate have long numbers of their own.)
    let mut texts: Vec<String> = ["plan.html", "actions.csv", "plan.md"]
        .iter()
        .map(|name| std::fs::read_to_string(folder.path().join(name)).unwrap())
        .collect();
    texts.push(made["actions"].to_string());
    for text in texts {
        let mut digits = 0;
        for c in text.chars() {
            digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
            assert!(digits < 15);
        }
    }
    let findings = made["actions"].as_array().unwrap().iter();
    for id in findings.flat_map(|a| a["findings"].as_array().unwrap()) {
        assert!(id.as_str().unwrap().starts_with("redacted-"), "{id}");
    }
}

#[test]
fn names_that_are_not_there_are_said() {
    let order = |first: &str, then: &str| {
        format!("[[plan.order]]\nfirst = \"{first}\"\nthen = \"{then}\"\n")
    };
    let before = std::fs::read_to_string(estate()).unwrap().lines().count();
    // How many lines below the example the mistake stands.
    for (more, below, says) in [
        (
            "[[plan.stock]]\npart = \"replace.rooter\"\ncount = 5\n".to_owned(),
            2,
            "`replace.rooter` is no cost of a device or module in tables/plan-1.toml; did you mean replace.router",
        ),
        (
            order("NP-0002", "NP-0001") + &order("NP-0001", "NOT-THERE"),
            5,
            "the estate has no asset `NOT-THERE`",
        ),
        (
            order("B101-R", "B102-R") + &order("B102-R", "B103-R") + &order("B103-R", "B102-R"),
            8,
            "circle",
        ),
    ] {
        let (_example, file) = example_with(&more);
        let output = Command::new(env!("CARGO_BIN_EXE_cellsweep"))
            .arg("plan")
            .arg(file)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(says), "{message}");
        let line = format!("line {}:", before + below);
        assert!(message.contains(&line), "{line} {message}");
    }
    let (_example, file) = example_with("");
    let text = std::fs::read_to_string(&file).unwrap();
    let at = 1 + text
        .lines()
        .position(|l| l.starts_with("costs.visit "))
        .unwrap();
    std::fs::write(&file, text.replacen("costs.visit ", "costs.visits ", 1)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .arg("plan")
        .arg(file)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    let says = format!(
        "line {at}: [plan] costs: `visits` is no cost of anything in tables/plan-1.toml; did you mean visit"
    );
    assert!(message.contains(&says), "{message}");
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
