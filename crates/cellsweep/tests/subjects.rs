//! Things that share a placeholder stay apart; broken evidence costs itself and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn cellsweep(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_thousand_rows_with_one_placeholder_stay_a_thousand_subjects() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("Manufacturer,Model,Serial Number,IMEI\n");
    for _ in 0..1000 {
        text.push_str("Teltonika,RUT951,N/A,004999010640000\n");
    }
    fs::write(folder.path().join("assets.csv"), text).unwrap();
    let report = json(&cellsweep(
        folder.path(),
        &["scan", "assets.csv", "--format", "json"],
    ));
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1000);
    let ids: std::collections::BTreeSet<&str> =
        findings.iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 1000);
}

#[test]
fn a_thousand_rows_that_share_a_real_looking_serial_stay_apart_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("Manufacturer,Model,Serial Number\n");
    for _ in 0..1000 {
        text.push_str("Teltonika,RUT951,SN-4711-A\n");
    }
    fs::write(folder.path().join("assets.csv"), text).unwrap();
    let report = json(&cellsweep(
        folder.path(),
        &["scan", "assets.csv", "--format", "json"],
    ));
    assert_eq!(report["findings"].as_array().unwrap().len(), 1000);
    let codes: Vec<&str> = report["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"key-shared"), "{codes:?}");
}

const LSUSB: &str = "Bus 001 Device 002: ID 2c7c:0125 Quectel Wireless Solutions Co., Ltd. EC25\n";

#[test]
fn broken_evidence_costs_itself_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("good.txt"), LSUSB).unwrap();
    fs::write(at("empty.txt"), "").unwrap();
    fs::write(
        at("corrupted.xlsx"),
        b"PK\x03\x04\x14\x00\x00\x00 this is no workbook",
    )
    .unwrap();
    fs::write(at("wrongly-named.csv"), LSUSB).unwrap();
    fs::write(at("noise.bin"), [0u8, 255, 3, 0, 9, 200].repeat(5000)).unwrap();
    // 1 GB that takes no room: a sparse file of zero bytes.
    fs::File::create(at("huge.log"))
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    let output = cellsweep(folder.path(), &["scan", ".", "--format", "json"]);
    let report = json(&output);
    let source = |name: &str| {
        report["sources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["path"].as_str().unwrap().ends_with(name))
            .unwrap_or_else(|| panic!("{name} is not in coverage"))
            .clone()
    };
    assert_eq!(source("good.txt")["status"], "read");
    assert_eq!(source("wrongly-named.csv")["status"], "read");
    assert_eq!(
        source("wrongly-named.csv")["errors"][0]["code"],
        "name-does-not-fit"
    );
    assert_eq!(source("empty.txt")["status"], "unrecognised");
    assert_eq!(source("empty.txt")["errors"][0]["code"], "empty");
    assert_eq!(source("noise.bin")["status"], "unrecognised");
    assert_eq!(source("huge.log")["status"], "unrecognised");
    assert_eq!(source("huge.log")["bytes"], 1u64 << 30);
    assert_ne!(source("corrupted.xlsx")["status"], "read");
    let makers: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["module"]["maker"].as_str().unwrap())
        .collect();
    assert_eq!(makers, ["quectel", "quectel"]);
    assert_eq!(output.status.code(), Some(3), "done in part");
    let mut listed = String::new();
    write!(listed, "{}", report["exit"]).unwrap();
    assert!(listed.contains('3'));
}

#[test]
fn nothing_recognised_and_usage_have_their_own_codes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("noise.bin"), [0u8, 1, 2, 3].repeat(100)).unwrap();
    assert_eq!(
        cellsweep(folder.path(), &["scan", "noise.bin"])
            .status
            .code(),
        Some(4)
    );
    assert_eq!(cellsweep(folder.path(), &["scan"]).status.code(), Some(2));
    assert_eq!(
        cellsweep(folder.path(), &["scan", "--as", "nonsense", "noise.bin"])
            .status
            .code(),
        Some(2)
    );
    assert_eq!(
        cellsweep(folder.path(), &["--exit-zero", "scan", "noise.bin"])
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn the_name_and_the_number_of_a_source_do_not_change_ids() {
    let folder = tempfile::tempdir().unwrap();
    let register = "Asset Tag,Manufacturer,Model\nNP-1,Teltonika,RUT951\nNP-2,Teltonika,RUT951\n";
    fs::write(folder.path().join("june.csv"), register).unwrap();
    let swapped = "Asset Tag,Manufacturer,Model\nNP-2,Teltonika,RUT951\nNP-1,Teltonika,RUT951\n";
    fs::write(folder.path().join("july.csv"), swapped).unwrap();
    let ids = |name: &str| -> std::collections::BTreeSet<String> {
        json(&cellsweep(
            folder.path(),
            &["scan", name, "--format", "json"],
        ))["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids("june.csv"), ids("july.csv"));
    assert_eq!(ids("june.csv").len(), 2);
}
