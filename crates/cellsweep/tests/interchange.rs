//! Every format carries every finding; what is written for other tools is read back by our own readers
//! without becoming surer; and it fits the official schemas (full test run only).

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const LISTS: &[&str] = &[
    "tests/gate/listed-01-kicad.csv",
    "tests/gate/listed-10-cyclonedx.json",
    "tests/gate/listed-18-not-fitted.csv",
    "examples/northshire/evidence/hospital/hosts/HS-016/lsusb.txt",
    "examples/northshire/registers/buses.csv",
];

fn scan(inputs: &[&Path], format: &str, output: &Path) {
    let out = Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(root())
        .env("SOURCE_DATE_EPOCH", "1795000000")
        .arg("scan")
        .args(inputs)
        .args([
            "--policy",
            "us-1260h",
            "--policy",
            "uk-parton-2023",
            "--date",
            "2026-11-22",
        ])
        .args(["--format", format, "-o"])
        .arg(output)
        .output()
        .unwrap();
    assert!(
        out.status.code().is_some_and(|c| c != 2),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

fn report(inputs: &[&Path], folder: &Path) -> Value {
    let path = folder.join("report.json");
    scan(inputs, "json", &path);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_format_carries_every_finding() {
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<&Path> = LISTS.iter().map(Path::new).collect();
    let whole = report(&inputs, folder.path());
    let findings = whole["findings"].as_array().unwrap();
    assert!(findings.len() >= 10, "{}", findings.len());
    let count = |presence: &str| {
        findings
            .iter()
            .filter(|f| f["presence"] == presence)
            .count()
    };
    assert!(count("declared") > 0 && count("implied") > 0 && count("mentioned") > 0);
    for (format, ending) in [
        ("ndjson", "ndjson"),
        ("csv", "csv"),
        ("cyclonedx", "cdx.json"),
        ("spdx", "spdx.json"),
        ("sarif", "sarif"),
    ] {
        let path = folder.path().join(format!("out.{ending}"));
        scan(&inputs, format, &path);
        let text = std::fs::read_to_string(&path).unwrap();
        for f in findings {
            let id = f["id"].as_str().unwrap();
            let by_fingerprint = format == "sarif";
            assert!(by_fingerprint || text.contains(id), "{format} lacks {id}");
            let evidence = f["evidence"][0]["source"].as_str().unwrap();
            assert!(text.contains(evidence), "{format} lacks {evidence}");
        }
        if format == "sarif" {
            let results = serde_json::from_str::<Value>(&text).unwrap()["runs"][0]["results"]
                .as_array()
                .unwrap()
                .len();
            assert_eq!(results, findings.len());
        }
    }
    let path = folder.path().join("out.xml");
    scan(&inputs, "junit", &path);
    let junit = std::fs::read_to_string(&path).unwrap();
    assert_eq!(junit.matches("<testcase ").count(), findings.len());
}

/// Makers, families, quantities and presences of findings that show a module.
fn modules(report: &Value) -> Vec<String> {
    let mut all: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| {
            ["observed", "declared", "implied"]
                .iter()
                .any(|p| f["presence"] == *p)
        })
        .map(|f| {
            format!(
                "{} {} x{}",
                f["module"]["maker"], f["module"]["family"], f["quantity"]
            )
        })
        .collect();
    all.sort();
    all
}

#[test]
fn what_is_written_is_read_back_and_nothing_becomes_surer() {
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<&Path> = LISTS.iter().map(Path::new).collect();
    let before = report(&inputs, folder.path());
    let document = folder.path().join("out.cdx.json");
    scan(&inputs, "cyclonedx", &document);
    let after = report(&[&document], folder.path());
    assert_eq!(modules(&before), modules(&after));
    let implied = |r: &Value| {
        r["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["presence"] == "implied")
            .count()
    };
    assert_eq!(implied(&before), implied(&after));
    // SPDX has no word for what is only implied: it comes back weaker, never stronger.
    let document = folder.path().join("out.spdx.json");
    scan(&inputs, "spdx", &document);
    let after = report(&[&document], folder.path());
    let declared = |r: &Value| {
        let mut all: Vec<String> = r["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| {
                f["presence"] != "implied"
                    && (f["presence"] == "observed" || f["presence"] == "declared")
            })
            .filter(|f| f["module"]["maker"].is_string())
            .map(|f| f["module"]["family"].to_string())
            .collect();
        all.sort();
        all
    };
    assert_eq!(declared(&before), declared(&after));
}

/// The official schemas, as the packages of the standards' own projects carry them.
#[test]
fn documents_fit_the_official_schemas() {
    if std::env::var_os("CELLSWEEP_TEST_ALL").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<&Path> = LISTS.iter().map(Path::new).collect();
    let document = folder.path().join("out.cdx.json");
    scan(&inputs, "cyclonedx", &document);
    let said = Command::new("python3")
        .arg("-c")
        .arg(
            "import sys\n\
             from cyclonedx.validation.json import JsonStrictValidator\n\
             from cyclonedx.schema import SchemaVersion\n\
             error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())\n\
             sys.exit(str(error) if error else 0)\n",
        )
        .arg(&document)
        .output()
        .unwrap();
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
}
