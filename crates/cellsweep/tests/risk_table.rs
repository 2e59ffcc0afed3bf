//! An organisation's own risk table, and what hangs on single cells, by the command.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn cellsweep(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1795478400")
        .args(arguments)
        .output()
        .unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

const ESTATE: &str = r#"
[organisation]
name = "Examplestead"
[audit]
policies = ["us-1260h"]
date = "2026-11-24"
[class.router]
criticality = "high"
remote_access = "internet"
[[department]]
id = "works"
name = "Works"
sector = "water"
[[site]]
id = "north"
name = "North"
latitude = 54.5
longitude = -2.5
[[register]]
file = "assets.csv"
department = "works"
"#;

const ASSETS: &str = "Asset Tag,Class,Manufacturer,Model,Cellular module,Site,APN type\n\
    W-1,router,Hedgerow,HR-1,Quectel EC25-E,north,private\n";

#[test]
fn a_table_of_ones_own_has_its_own_version_and_every_result_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("estate.toml"), ESTATE).unwrap();
    fs::write(at("assets.csv"), ASSETS).unwrap();
    cellsweep(folder.path(), &["audit", "estate.toml", "--out", "r"]);
    let before: serde_json::Value =
        serde_json::from_slice(&fs::read(at("r/report.json")).unwrap()).unwrap();
    let risk = &before["findings"][0]["risk"];
    assert_eq!(risk["table"], "risk-2");
    // Class and row are both inputs, each with its place.
    let drivers = risk["national_security"]["drivers"].to_string();
    assert!(drivers.contains("exposure: open"), "{drivers}");
    assert!(
        drivers.contains("remote_access: internet (estate.toml, line 9, class router)")
            && drivers.contains("apn: private (assets.csv, row 2, column APN type)"),
        "{drivers}"
    );
    assert_eq!(before["sites"][0]["latitude"], 54.5);
    assert_eq!(before["risk_sensitivity"]["findings"], 1);

    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tables/risk-2.toml"))
            .unwrap();
    let changed = text.replacen("level = \"low\"", "level = \"very_high\"", 1);
    fs::write(at("same.toml"), &changed).unwrap();
    let own = changed.replace("version = \"risk-2\"", "version = \"examplestead-1\"");
    fs::write(at("own.toml"), own).unwrap();
    let assess = |table: &str, more: &[&str]| {
        let mut arguments = vec!["assess", "r/report.json", "--risk-table", table];
        arguments.extend(["--date", "2026-11-24", "--format", "json"]);
        arguments.extend(more);
        cellsweep(folder.path(), &arguments)
    };
    let after = json(&assess("own.toml", &[]));
    let risk = &after["findings"][0]["risk"];
    assert_eq!(risk["table"], "examplestead-1");
    assert_eq!(risk["national_security"]["level"], "very_high");
    assert_eq!(after["risk_sensitivity"]["table"], "examplestead-1");
    let cells = json(&assess("own.toml", &["--sensitivity"]));
    assert_eq!(cells, after["risk_sensitivity"]);
    // A changed table does not pass as the built-in one.
    let refused = assess("same.toml", &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("`version` of its own"),
        "{}",
        String::from_utf8_lossy(&refused.stderr)
    );
}
