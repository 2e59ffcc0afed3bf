//! Waivers and overrides of an organisation in an audit and in a new assessment: at work, shown, past their
//! day, unused, too broad, and never taken from evidence or from an old report.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn cellsweep(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1795478400")
        .args(arguments)
        .output()
        .unwrap()
}

const ESTATE: &str = r#"
[organisation]
name = "Waivers"
[audit]
policies = ["us-1260h"]
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

const REGISTER: &str = "Asset Tag,Class,Module\nL-1,router,Quectel EC25-E\nL-2,router,Quectel EC25-E\n\
                        L-3,router,Quectel EC25-E\n";

const AT_WORK: &str = r#"
[[waiver]]
id = "w-spares"
owner = "Procurement board"
reason = "spares for units that leave in 2027."
granted = 2026-07-01
expires = 2027-06-30
pack = "us-1260h"
maker = "quectel"
asset = "L-1"

[[override]]
id = "o-strict"
owner = "CISO"
reason = "we treat the list as binding here"
pack = "us-1260h"
asset = "L-2"
status = "prohibited"
"#;

const TO_LOOK_AT: &str = r#"
[[waiver]]
id = "w-old"
owner = "Procurement board"
reason = "a pilot"
granted = 2025-01-01
expires = 2025-12-31
pack = "us-1260h"
asset = "L-3"

[[waiver]]
id = "w-nothing"
owner = "Procurement board"
reason = "a device that was sold"
granted = 2026-01-01
expires = 2026-12-31
pack = "us-1260h"
asset = "L-9"

[[waiver]]
id = "w-all"
owner = "Procurement board"
reason = "all of it"
granted = 2026-01-01
expires = 2026-12-31
pack = "uk-parton-2023"
"#;

/// The verdict of the only rule about an asset, and its waivers.
fn about<'a>(report: &'a Value, asset: &str) -> (&'a Value, &'a Value) {
    let f = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["subject"]["asset"] == asset)
        .unwrap();
    assert_eq!(f["verdicts"].as_array().unwrap().len(), 1);
    (&f["verdicts"][0], &f["waived"])
}

fn codes(report: &Value) -> Vec<&str> {
    report["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["code"].as_str().unwrap())
        .filter(|c| c.starts_with("waiver-"))
        .collect()
}

fn audit(folder: &Path, estate: &str) -> (Value, String) {
    fs::write(folder.join("estate.toml"), estate).unwrap();
    fs::write(folder.join("assets.csv"), REGISTER).unwrap();
    let output = cellsweep(folder, &["audit", "estate.toml", "--out", "r"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = fs::read(folder.join("r/report.json")).unwrap_or_else(|_| panic!("{error}"));
    let report: Value = serde_json::from_slice(&report).unwrap();
    let schema: Value =
        serde_json::from_str(include_str!("../../../schema/report-1.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    if let Err(e) = schema.validate(&report) {
        panic!("{e} at {}", e.instance_path());
    }
    let page = fs::read_to_string(folder.join("r/index.html")).unwrap();
    (report, page)
}

#[test]
fn a_waiver_excepts_what_it_names_and_an_override_tightens() {
    let folder = tempfile::tempdir().unwrap();
    let (before, _) = audit(folder.path(), ESTATE);
    for asset in ["L-1", "L-2", "L-3"] {
        assert_eq!(about(&before, asset).0["status"], "advisory");
    }
    let (report, page) = audit(folder.path(), &format!("{ESTATE}{AT_WORK}"));
    let (verdict, waived) = about(&report, "L-1");
    assert_eq!(verdict["status"], "exempt");
    let basis = verdict["basis"].as_str().unwrap();
    assert!(
        basis.starts_with(
            "Waived until 2027-06-30 by Procurement board (w-spares): spares for units that leave in \
             2027. Without the waiver: advisory. "
        ),
        "{basis}"
    );
    assert_eq!(waived[0]["waiver"], "w-spares");
    assert_eq!(waived[0]["status"], "advisory");
    assert_eq!(waived[0]["rule"], "us-1260h/listed");
    let (verdict, waived) = about(&report, "L-2");
    assert_eq!(verdict["status"], "prohibited");
    assert!(
        verdict["basis"]
            .as_str()
            .unwrap()
            .contains("By the organisation's own decision (o-strict, CISO")
    );
    assert!(waived.is_null());
    assert_eq!(about(&report, "L-3").0["status"], "advisory");
    assert_eq!(report["exit"][0], 1);
    assert!(codes(&report).is_empty(), "{:?}", codes(&report));
    assert!(page.contains("Waived until 2027-06-30"));
    // What the rules say of risk stays.
    let risk = |r: &Value| {
        r["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["risk"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(risk(&before), risk(&report));
    assert_eq!(report["effective_config"]["waivers"][0], "w-spares");
}

#[test]
fn waivers_past_their_day_unused_or_too_broad_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (report, page) = audit(folder.path(), &format!("{ESTATE}{TO_LOOK_AT}"));
    assert_eq!(about(&report, "L-3").0["status"], "advisory");
    assert_eq!(
        codes(&report),
        [
            "waiver-expired",
            "waiver-too-broad",
            "waiver-unused",
            "waiver-unused"
        ]
    );
    assert!(page.contains("w-nothing of Procurement board met nothing"));
}

#[test]
fn neither_evidence_nor_an_old_report_waives_anything() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = folder.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    fs::write(evidence.join("waivers.toml"), AT_WORK).unwrap();
    fs::write(evidence.join("estate.toml"), format!("{ESTATE}{AT_WORK}")).unwrap();
    let (report, _) = audit(folder.path(), ESTATE);
    assert_eq!(about(&report, "L-1").0["status"], "advisory");
    assert_eq!(about(&report, "L-2").0["status"], "advisory");

    // A report that says it was waived is judged afresh.
    let (_, _) = audit(folder.path(), &format!("{ESTATE}{AT_WORK}"));
    let assess = |date: &str, arguments: &[&str]| -> Value {
        let mut all = vec![
            "assess",
            "r/report.json",
            "--date",
            date,
            "--format",
            "json",
        ];
        all.extend(arguments);
        serde_json::from_slice(&cellsweep(folder.path(), &all).stdout).unwrap()
    };
    let again = assess("2026-11-24", &[]);
    assert_eq!(about(&again, "L-1").0["status"], "advisory");
    assert!(about(&again, "L-1").1.is_null());
    assert_eq!(about(&again, "L-2").0["status"], "advisory");
    for file in ["estate.toml", "waivers.toml"] {
        fs::write(folder.path().join("waivers.toml"), AT_WORK).unwrap();
        let again = assess("2026-11-24", &["--waivers", file]);
        assert_eq!(about(&again, "L-1").0["status"], "exempt", "{file}");
        assert_eq!(about(&again, "L-2").0["status"], "prohibited", "{file}");
    }
    // After its last day it changes nothing and is told.
    let later = assess("2027-07-01", &["--waivers", "waivers.toml"]);
    assert_eq!(about(&later, "L-1").0["status"], "advisory");
    assert_eq!(codes(&later), ["waiver-expired"]);
}

#[test]
fn a_mistake_in_a_waiver_ends_the_audit_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let estate = format!("{ESTATE}[[waiver]]\nid = \"w\"\nowner = \"Board\"\n");
    fs::write(folder.path().join("estate.toml"), estate).unwrap();
    fs::write(folder.path().join("assets.csv"), REGISTER).unwrap();
    let output = cellsweep(folder.path(), &["audit", "estate.toml", "--out", "r"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("estate.toml:15") && error.contains("reason"),
        "{error}"
    );
}
