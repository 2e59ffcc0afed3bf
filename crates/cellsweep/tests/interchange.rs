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
        ("cyclonedx-1.7", "17.cdx.json"),
        ("servicenow", "servicenow.csv"),
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
    let implied = |r: &Value| {
        r["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["presence"] == "implied")
            .count()
    };
    for format in ["cyclonedx", "cyclonedx-1.7"] {
        let document = folder.path().join("out.cdx.json");
        scan(&inputs, format, &document);
        let after = report(&[&document], folder.path());
        assert_eq!(modules(&before), modules(&after), "{format}");
        assert_eq!(implied(&before), implied(&after), "{format}");
    }
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

/// Every verdict that says something is a claim about its module, under its rule, in 1.7.
#[test]
fn declarations_carry_every_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<&Path> = LISTS.iter().map(Path::new).collect();
    let whole = report(&inputs, folder.path());
    let path = folder.path().join("out.cdx.json");
    scan(&inputs, "cyclonedx-1.7", &path);
    let bom: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(bom["specVersion"], "1.7");
    let claims = bom["declarations"]["claims"].as_array().unwrap();
    let text = bom["declarations"].to_string();
    let mut expected = 0;
    for f in whole["findings"].as_array().unwrap() {
        for v in f["verdicts"].as_array().unwrap() {
            if v["status"] == "not_applicable" {
                continue;
            }
            expected += 1;
            let target = format!("finding:{}", f["id"].as_str().unwrap());
            let rule = format!(
                "{}/{}: {}",
                v["pack"].as_str().unwrap(),
                v["rule"].as_str().unwrap(),
                v["status"].as_str().unwrap()
            );
            let claim = claims
                .iter()
                .find(|c| c["target"] == *target && c["predicate"] == *rule)
                .unwrap_or_else(|| panic!("{target} {rule}"));
            // It stands in the list of claims and under its requirement.
            let reference = claim["bom-ref"].as_str().unwrap();
            assert_eq!(text.matches(&format!("\"{reference}\"")).count(), 2);
        }
    }
    assert!(expected > 0 && claims.len() == expected);
    assert_eq!(
        bom["definitions"]["standards"].as_array().unwrap().len(),
        whole["packs"].as_array().unwrap().len()
    );
}

/// A row a finding, and no item is made of what shows no module.
#[test]
fn servicenow_rows_make_items_of_modules_only() {
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<&Path> = LISTS.iter().map(Path::new).collect();
    let whole = report(&inputs, folder.path());
    let path = folder.path().join("out.csv");
    scan(&inputs, "servicenow", &path);
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let head = reader.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|h| h == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let findings = whole["findings"].as_array().unwrap();
    assert_eq!(rows.len(), findings.len());
    for (row, f) in rows.iter().zip(findings) {
        assert_eq!(row[column("correlation_id")], *f["id"].as_str().unwrap());
        let there = ["observed", "declared", "implied"]
            .iter()
            .any(|p| f["presence"] == *p);
        assert_eq!(
            &row[column("sys_class_name")],
            if there { "cmdb_ci_hardware" } else { "" }
        );
        assert_eq!(
            row[column("manufacturer")],
            *f["module"]["maker_name"].as_str().unwrap_or_default()
        );
        assert_eq!(row[column("u_quantity")], f["quantity"].to_string());
    }
}

fn python(script: &str, arguments: &[&Path]) {
    let said = Command::new("python3")
        .arg("-c")
        .arg(script)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
}

/// The official schemas and model, as packages of the standards' own projects carry them.
#[test]
fn documents_fit_the_official_schemas() {
    if std::env::var_os("CELLSWEEP_TEST_ALL").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<&Path> = LISTS.iter().map(Path::new).collect();
    let document = folder.path().join("document");
    for (format, version) in [("cyclonedx", "V1_6"), ("cyclonedx-1.7", "V1_7")] {
        scan(&inputs, format, &document);
        python(
            &format!(
                "import sys\n\
                 from cyclonedx.validation.json import JsonStrictValidator\n\
                 from cyclonedx.schema import SchemaVersion\n\
                 error = JsonStrictValidator(SchemaVersion.{version}).validate_str(open(sys.argv[1]).read())\n\
                 sys.exit(str(error) if error else 0)\n"
            ),
            &[&document],
        );
    }
    // SPDX publishes its model as shapes; its own Python binding is made of them and refuses what does
    // not fit.
    scan(&inputs, "spdx", &document);
    python(
        "import sys\n\
         from spdx_python_model import v3_0_1 as spdx\n\
         objects = spdx.SHACLObjectSet()\n\
         with open(sys.argv[1], 'rb') as f:\n\
         \x20   spdx.JSONLDDeserializer().read(f, objects)\n\
         assert len(list(objects.foreach())) > 20\n\
         assert not objects.missing_ids, objects.missing_ids\n",
        &[&document],
    );
    let schema = root().join("target/schemas/package/lib/schemas/sarif-2.1.0-rtm.5.json");
    assert!(
        schema.is_file(),
        "{} is missing: .ci/run fetches it",
        schema.display()
    );
    scan(&inputs, "sarif", &document);
    python(
        "import sys, json, jsonschema\n\
         schema = json.load(open(sys.argv[1]))\n\
         jsonschema.Draft4Validator(schema).validate(json.load(open(sys.argv[2])))\n",
        &[&schema, &document],
    );
}
