//! `cellsweep drill` on the example estate, from end to end.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn estate() -> PathBuf {
    root().join("examples/northshire/estate.toml")
}

fn cellsweep(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The report of the example, made once.
fn report() -> &'static Path {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let folder = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = cellsweep(&[
            "audit",
            estate().to_str().unwrap(),
            "--out",
            folder.path().to_str().unwrap(),
            "--exit-zero",
        ]);
        assert!(out.status.success());
        folder
    });
    PATH.get_or_init(|| folder.path().join("report.json"))
}

fn drill(more: &[&str]) -> Output {
    let (estate, report) = (estate(), report());
    let mut arguments = vec![
        "drill",
        estate.to_str().unwrap(),
        "--report",
        report.to_str().unwrap(),
    ];
    arguments.extend(more);
    cellsweep(&arguments)
}

fn json(more: &[&str]) -> Value {
    let mut arguments = vec!["--format", "json", "--runs", "100"];
    arguments.extend(more);
    let out = drill(&arguments);
    serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&out.stderr)))
}

fn quectel(more: &[&str]) -> Value {
    let mut arguments = vec!["--withhold", "quectel", "--from", "2027-01-01"];
    arguments.extend(more);
    json(&arguments)
}

fn n(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

#[test]
fn totals_are_the_inventory() {
    let report: Value = serde_json::from_slice(&std::fs::read(report()).unwrap()).unwrap();
    let all = report["assets"].as_array().unwrap().len() as u64;
    for (owner, from) in [
        ("quectel", "2027-01-01"),
        ("Semtech", "2026-12-01"),
        ("fibocom", "2023-06-30"),
        ("nordic", "2027-01-01"),
    ] {
        let d = json(&["--withhold", owner, "--from", from]);
        let t = &d["totals"]["assets"];
        assert_eq!(n(&t["total"]), all, "{owner}");
        let sum = n(&t["hit"]) + n(&t["maybe"]) + n(&t["not_hit"]) + n(&t["not_assessed"]);
        assert_eq!(sum, all, "{owner}");
        assert_eq!(t["not_assessed"], report["coverage"]["not_assessed"]);
        // The lists hold what the totals count.
        let without = &d["totals"]["without_asset"];
        assert_eq!(n(&d["hit"]["count"]), n(&t["hit"]) + n(&without["hit"]));
        assert_eq!(
            n(&d["maybe"]["count"]),
            n(&t["maybe"]) + n(&without["maybe"])
        );
        assert_eq!(d["not_looked_at"]["count"], t["not_assessed"]);
        // And the services hold what the lists hold.
        let of = |key: &str| -> u64 {
            let services = d["services"].as_array().unwrap().iter();
            services.map(|s| n(&s[key])).sum()
        };
        assert_eq!(of("hit"), n(&d["totals"]["devices_hit"]));
        assert_eq!(of("maybe"), n(&d["totals"]["devices_maybe"]));
    }
}

#[test]
fn nothing_that_is_not_settled_is_decided() {
    let d = quectel(&[]);
    let ids = |key: &str| -> BTreeSet<String> {
        let list = d[key]["assets"].as_array().unwrap().iter();
        list.filter_map(|a| a["asset"].as_str().map(str::to_owned))
            .collect()
    };
    let (hit, maybe, not) = (ids("hit"), ids("maybe"), ids("not_looked_at"));
    // expected.csv: NP-0004 answers EM05-G; NP-0001 is Fibocom; NP-0006 is Fibocom or Telit Cinterion;
    // NP-0011 is not assessed; NP-0023 has a radio whose maker no source names.
    assert!(hit.contains("NP-0004"));
    assert!(!hit.contains("NP-0001") && !maybe.contains("NP-0001"));
    assert!(not.contains("NP-0011") && !hit.contains("NP-0011") && !maybe.contains("NP-0011"));
    assert!(maybe.contains("NP-0023") && !hit.contains("NP-0023"));
    assert!(hit.is_disjoint(&maybe) && hit.is_disjoint(&not) && maybe.is_disjoint(&not));
    let (low, high) = (&d["recovery"]["at_least"], &d["recovery"]["at_most"]);
    assert_eq!(low["devices"], d["totals"]["devices_hit"]);
    assert_eq!(
        n(&high["devices"]),
        n(&d["totals"]["devices_hit"]) + n(&d["totals"]["devices_maybe"])
    );
    // Nothing stops at once for want of supply; every value used says where it comes from.
    assert_eq!(d["timeline"]["at_once_at_most"]["p95"], 0.0);
    for v in d["values"].as_array().unwrap() {
        let source = v["source"].as_str().unwrap();
        assert!(
            source.contains("://") || source.contains("assumption"),
            "{v}"
        );
    }
    // Spares of the estate are in it, and end.
    let stocks = d["stocks"].as_array().unwrap();
    assert_eq!(stocks.len(), 2);
    assert!(n(&stocks[0]["devices"][0]) > 0, "{}", stocks[0]);
    // A service that the estate names is one; the others are a department and a class.
    let services = d["services"].as_array().unwrap();
    assert!(
        services
            .iter()
            .any(|s| s["named"] == true && s["service"] == "Traffic signals and signs")
    );
    assert!(
        services
            .iter()
            .any(|s| s["named"] == false && s["department"] == "police")
    );
}

#[test]
fn variants_stop_things_at_once() {
    for (variant, most) in [
        ("supply", false),
        ("service-off", true),
        ("malicious-update", true),
        ("roaming-cut", true),
    ] {
        let d = quectel(&["--variant", variant]);
        let high = d["timeline"]["at_once_at_most"]["p95"].as_f64().unwrap();
        assert_eq!(high > 0.0, most, "{variant}");
        let low = d["timeline"]["at_once_at_least"]["p95"].as_f64().unwrap();
        // The example's SIMs are its own country's: none is known to be of another.
        assert!(low.abs() < 1e-9, "{variant}: {low}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let arguments = [
        "--withhold",
        "quectel",
        "--from",
        "2027-01-01",
        "--format",
        "json",
        "--runs",
        "50",
    ];
    let (one, two) = (drill(&arguments), drill(&arguments));
    assert!(!one.stdout.is_empty());
    assert_eq!(one.stdout, two.stdout);
    let other = drill(&[&arguments[..], &["--seed", "2"]].concat());
    assert_ne!(one.stdout, other.stdout);
}

#[test]
fn owners_are_those_of_the_day_and_unknown_ones_are_met_with_suggestions() {
    let makers = |owner: &str, from: &str| -> Vec<String> {
        let d = json(&["--withhold", owner, "--from", from]);
        let list = d["withheld"]["makers"].as_array().unwrap().iter();
        list.map(|m| m["maker"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        makers("fibocom", "2023-06-30"),
        ["fibocom", "rolling-wireless"]
    );
    assert_eq!(makers("fibocom", "2026-11-24"), ["fibocom"]);
    let out = drill(&["--withhold", "quectle", "--from", "2027-01-01"]);
    assert_eq!(out.status.code(), Some(2));
    let says = String::from_utf8_lossy(&out.stderr);
    assert!(
        says.contains("did you mean") && says.contains("quectel"),
        "{says}"
    );
    let out = drill(&["--withhold", "quectel", "--from", "soon"]);
    assert_eq!(out.status.code(), Some(2));
}

#[test]
fn a_drill_is_valid_against_its_schema_and_writes_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let out = drill(&[
        "--withhold",
        "quectel",
        "--from",
        "2027-01-01",
        "--runs",
        "100",
        "--out",
        folder.path().to_str().unwrap(),
    ]);
    // Sets that are not settled and assets not assessed are in it.
    assert_eq!(
        out.status.code(),
        Some(5),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let table = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        table.contains("if quectel withheld supply and firmware, from 2027-01-01"),
        "{table}"
    );
    let schema: Value =
        serde_json::from_slice(&std::fs::read(root().join("schema/drill-1.schema.json")).unwrap())
            .unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let instance: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("drill.json")).unwrap()).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(&instance)
        .take(5)
        .map(|e| format!("{e} at {}", e.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let svg = std::fs::read_to_string(folder.path().join("drill.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("<desc") && !svg.contains("NaN"));
    let words = std::fs::read_to_string(folder.path().join("drill.md")).unwrap();
    assert!(words.contains("## Values used") && words.contains("assumption"));
}

#[test]
fn more_spares_and_more_hours_are_no_worse() {
    let text = std::fs::read_to_string(estate()).unwrap();
    let better = text
        .replace("units = 4", "units = 40")
        .replace("hours = 120", "hours = 240")
        .replace("hours = 70", "hours = 140");
    assert_ne!(text, better);
    // The registers stand beside the estate file.
    let folder = tempfile::tempdir().unwrap();
    let northshire = root().join("examples/northshire");
    let path = folder.path().join("estate.toml");
    std::fs::write(&path, better).unwrap();
    copy(
        &northshire.join("registers"),
        &folder.path().join("registers"),
    );
    let out = cellsweep(&[
        "drill",
        path.to_str().unwrap(),
        "--report",
        report().to_str().unwrap(),
        "--withhold",
        "quectel",
        "--from",
        "2027-01-01",
        "--format",
        "json",
        "--runs",
        "100",
    ]);
    let better: Value = serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&out.stderr)));
    let worse = quectel(&[]);
    for end in ["at_least", "at_most"] {
        for what in ["replaced", "all_up"] {
            let week = |d: &Value| d["recovery"][end][what]["weeks"]["median"].as_f64();
            let (b, w) = (
                week(&better).unwrap(),
                week(&worse).unwrap_or(f64::INFINITY),
            );
            assert!(b <= w, "{end} {what}: {b} > {w}");
        }
    }
}

#[test]
fn masked_numbers_stay_masked() {
    let folder = tempfile::tempdir().unwrap();
    let out = drill(&[
        "--withhold",
        "quectel",
        "--from",
        "2027-01-01",
        "--runs",
        "20",
        "--redact",
        "--out",
        folder.path().to_str().unwrap(),
    ]);
    assert_eq!(out.status.code(), Some(5));
    let report: Value = serde_json::from_slice(&std::fs::read(report()).unwrap()).unwrap();
    let mut all = String::from_utf8(out.stdout).unwrap();
    for name in ["drill.json", "drill.md", "drill.svg"] {
        all.push_str(&std::fs::read_to_string(folder.path().join(name)).unwrap());
    }
    let mut seen = 0;
    for f in report["findings"].as_array().unwrap() {
        for key in f["subject"]["keys"].as_array().unwrap() {
            if matches!(key["kind"].as_str(), Some("imei" | "iccid")) {
                assert!(!all.contains(key["value"].as_str().unwrap()));
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn dependency_counts_the_inventory() {
    let folder = report().parent().unwrap();
    let report: Value = serde_json::from_slice(&std::fs::read(report()).unwrap()).unwrap();
    let d = &report["dependency"];
    let sums = |part: &Value| ["settled", "undecided", "not_assessed"].map(|k| n(&part[k]));
    let [settled, undecided, not_assessed] = sums(&d["estate"]);
    assert_eq!(settled + undecided, n(&report["summary"]["modules"]));
    assert_eq!(not_assessed, n(&report["coverage"]["not_assessed"]));
    for parts in ["sectors", "departments"] {
        let mut all = [0; 3];
        for part in d[parts].as_array().unwrap() {
            for (sum, one) in all.iter_mut().zip(sums(part)) {
                *sum += one;
            }
        }
        assert_eq!(all, [settled, undecided, not_assessed], "{parts}");
    }
    for s in d["estate"]["shares"].as_array().unwrap() {
        let (low, high) = (n(&s["hhi"]["low"]), n(&s["hhi"]["high"]));
        assert!(low < high && high <= 10_000, "{}", s["by"]);
        for v in s["values"].as_array().unwrap() {
            assert!(v["low"].as_f64() <= v["high"].as_f64());
        }
    }
    // Two makers on one line of chipsets are no second source.
    let second = d["second_sources"].as_array().unwrap().iter();
    let modems = second
        .clone()
        .find(|s| s["department"] == "police" && s["class"] == "modem")
        .unwrap();
    assert_eq!(modems["makers"], serde_json::json!(["fibocom", "quectel"]));
    assert_eq!(modems["second_source"], "none");
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("id=\"dependency\"") && page.contains("Modules by maker and department"));
    let words = std::fs::read_to_string(folder.join("summary.md")).unwrap();
    assert!(words.contains("## What it hangs on"));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
