//! What an audit writes can be read again: observations under the same catalogue, answers to its
//! questions, the report under other packs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use cellsweep_catalog::Catalog;
use cellsweep_identify::{Options, identify};
use cellsweep_sweep::store;

fn cellsweep(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1795478400")
        .args(arguments)
        .output()
        .unwrap()
}

fn report(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn stored_observations_identify_as_the_fresh_run_did() {
    let folder = tempfile::tempdir().unwrap();
    let estate =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/northshire/estate.toml");
    let out = folder.path().join("report");
    cellsweep(
        folder.path(),
        &[
            "audit",
            estate.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ],
    );
    let fresh = report(&out.join("report.json"));
    let stored = fs::File::open(out.join("observations.ndjson.zst")).unwrap();
    let seen = store::read(stored).unwrap();
    let options = Options {
        date: Some(fresh["date"].as_str().unwrap().to_owned()),
        least: Some(cellsweep_evidence::Stance::Mentioned),
        learn: false,
    };
    let again = identify(&Catalog::embedded().unwrap(), &seen, &options);
    let fresh = fresh["findings"].as_array().unwrap();
    assert_eq!(fresh.len(), again.findings.len());
    for (before, after) in fresh.iter().zip(&again.findings) {
        let after = serde_json::to_value(after).unwrap();
        for (name, value) in after.as_object().unwrap() {
            assert_eq!(&before[name], value, "{name} of {}", before["id"]);
        }
    }
}

const ESTATE: &str = r#"
[organisation]
name = "Loop"
[audit]
policies = ["uk-parton-2023"]
date = "2026-11-24"
[[department]]
id = "one"
name = "One"
[[register]]
file = "assets.csv"
department = "one"
[[evidence]]
path = "evidence/*"
"#;

#[test]
fn an_answer_to_a_question_holds_for_every_asset_of_its_product() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("estate.toml"), ESTATE).unwrap();
    fs::write(
        at("assets.csv"),
        "Asset Tag,Manufacturer,Model,Class\nL-1,Norvolt,NM-3,meter\nL-2,Norvolt,NM-3,meter\nL-3,Norvolt,NM-4,meter\n",
    )
    .unwrap();
    cellsweep(folder.path(), &["audit", "estate.toml", "--out", "before"]);
    let before = report(&at("before/report.json"));
    assert_eq!(before["coverage"]["not_assessed"], 3);

    fs::create_dir(at("evidence")).unwrap();
    fs::write(
        at("evidence/answers.csv"),
        "question_id,asset_count,product_maker,product_model,order_code,sites,candidates,settled_by,question,\
         answer_module_maker,answer_module_model,answer_no_module,respondent,answer_date\n\
         q-1,2,Norvolt,NM-3,,,,,,Telit,LE910C1-EU,,Sales desk,2026-11-01\n",
    )
    .unwrap();
    cellsweep(folder.path(), &["audit", "estate.toml", "--out", "after"]);
    let after = report(&at("after/report.json"));
    assert_eq!(after["coverage"]["found"], 2);
    assert_eq!(
        after["coverage"]["not_assessed"], 1,
        "an answer about NM-3 says nothing of NM-4"
    );
    for f in after["findings"].as_array().unwrap() {
        assert_eq!(f["module"]["maker"], "telit-cinterion");
        assert_eq!(f["presence"], "declared");
        assert_eq!(f["last_seen"], "2026-11-01");
    }
}

#[test]
fn a_report_is_judged_again_under_other_packs_without_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("estate.toml"), ESTATE).unwrap();
    fs::write(
        at("assets.csv"),
        "Asset Tag,Manufacturer,Model,Class\nL-1,Teltonika,RUT951,router\n",
    )
    .unwrap();
    cellsweep(folder.path(), &["audit", "estate.toml", "--out", "r"]);
    let output = cellsweep(
        folder.path(),
        &[
            "assess",
            "r/report.json",
            "--policy",
            "us-1260h",
            "--date",
            "2025-06-01",
            "--format",
            "json",
        ],
    );
    let again: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(again["date"], "2025-06-01");
    assert_eq!(again["packs"][0]["id"], "us-1260h");
    assert_eq!(again["findings"][0]["verdicts"][0]["pack"], "us-1260h");
    assert_eq!(
        again["findings"][0]["id"],
        report(&at("r/report.json"))["findings"][0]["id"]
    );
}

#[test]
fn a_line_wise_inventory_is_judged_line_by_line_and_keeps_what_it_does_not_know() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let line = r#"{"record":"finding","id":"m-1","module":{"maker":"quectel"},"candidates":[],"presence":"observed","role":"component","mine":{"a":[1,2]},"verdicts":[]}"#;
    fs::write(
        at("i.ndjson"),
        format!("{line}\nnot json\n{{\"record\":\"asset\",\"id\":\"A\"}}\n"),
    )
    .unwrap();
    let output = cellsweep(
        folder.path(),
        &[
            "assess",
            "i.ndjson",
            "--policy",
            "us-1260h",
            "--date",
            "2026-07-01",
        ],
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    let first: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(first["mine"]["a"][1], 2);
    assert_eq!(first["verdicts"][0]["pack"], "us-1260h");
    assert!(first["risk"].is_object());
    assert_eq!(lines[1], "not json");
    assert!(String::from_utf8(output.stderr).unwrap().contains("line 2"));
}

/// Scanning an audit's own observations said once that nothing was found.
#[test]
fn stored_observations_are_evidence_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("estate.toml"), ESTATE).unwrap();
    fs::write(
        at("assets.csv"),
        "Asset Tag,Manufacturer,Model,Class\nL-1,Teltonika,RUT951,router\nL-2,Norvolt,NM-3,meter\n",
    )
    .unwrap();
    cellsweep(folder.path(), &["audit", "estate.toml", "--out", "r"]);
    let fresh = report(&at("r/report.json"));
    let scan = |path: &str| -> (i32, serde_json::Value) {
        let output = cellsweep(folder.path(), &["scan", path, "--format", "json"]);
        (
            output.status.code().unwrap(),
            serde_json::from_slice(&output.stdout).unwrap(),
        )
    };
    let (code, again) = scan("r/observations.ndjson.zst");
    assert_eq!(code, 0);
    assert_eq!(again["findings"].as_array().unwrap().len(), 1);
    assert_eq!(again["findings"][0]["id"], fresh["findings"][0]["id"]);
    assert_eq!(
        again["findings"][0]["module"],
        fresh["findings"][0]["module"]
    );

    let stored = fs::File::open(at("r/observations.ndjson.zst")).unwrap();
    let mut text = Vec::new();
    for seen in store::read(stored).unwrap() {
        serde_json::to_writer(&mut text, &seen).unwrap();
        text.push(b'\n');
    }
    text.extend_from_slice(b"{\"source\": cut");
    fs::write(at("cut.ndjson"), text).unwrap();
    let (code, cut) = scan("cut.ndjson");
    assert_eq!(code, 3, "a line that is none is said");
    assert_eq!(
        cut["sources"][0]["errors"][0]["code"],
        "observation-not-readable"
    );
    assert_eq!(
        cut["findings"].as_array().unwrap().len(),
        1,
        "and costs nothing else"
    );
}
