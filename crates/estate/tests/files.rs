//! Which files an estate reads: order, binding, and what is never followed or skipped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test's own functions may fail the test"
)]

use std::fs;
use std::path::Path;

use cellsweep_estate::{Criticality, Estate, EvidenceFiles, load, parse};

const HEAD: &str = "[organisation]\nname = \"N\"\n[audit]\npolicies = [\"p\"]\n[[department]]\nid = \"police\"\nname = \"Police\"\n[[asset]]\nid = \"NP-1\"\ndepartment = \"police\"\nclass = \"host\"\n";

fn put(root: &Path, name: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, name).unwrap();
}

fn estate(rest: &str) -> Estate {
    parse(&format!("{HEAD}{rest}")).unwrap()
}

fn shown(files: &EvidenceFiles) -> Vec<String> {
    files
        .files
        .iter()
        .map(|b| {
            format!(
                "{} asset={} as={} by={}",
                b.name,
                b.asset.as_deref().unwrap_or("-"),
                b.as_format.as_deref().unwrap_or("-"),
                match (b.register, b.pattern) {
                    (Some(r), _) => format!("register {r}"),
                    (_, Some(p)) => format!("pattern {p}"),
                    _ => "nothing".to_owned(),
                }
            )
        })
        .collect()
}

fn codes(files: &EvidenceFiles) -> Vec<(&str, u32)> {
    files
        .warnings
        .iter()
        .map(|d| (d.code, d.span.as_ref().map_or(0, |s| s.start.line)))
        .collect()
}

#[test]
fn the_first_pattern_wins_and_nothing_is_skipped() {
    let dir = tempfile::tempdir().unwrap();
    for name in [
        "evidence/police/hosts/NP-2/lsusb.txt",
        "evidence/police/hosts/NP-1/lsusb.txt",
        "evidence/police/hosts/NP-1/notes.md",
        "evidence/police/export.csv",
        "registers/police.csv",
        "registers/unlisted.csv",
        "evidence/.hidden",
        "report/report.json",
    ] {
        put(dir.path(), name);
    }
    let estate = estate(
        r#"[[register]]
file = "registers/police.csv"
[[evidence]]
path = "evidence/police/hosts/{asset}/*.txt"
as = "lsusb"
department = "police"
[[evidence]]
path = "evidence/police/**"
[[evidence]]
path = "evidence/police/*.csv"
[[evidence]]
path = "evidence/buses/**"
[[evidence]]
path = "registers/*.csv"
asset = "NP-1"
"#,
    );
    let files = estate.evidence_files(dir.path());
    assert_eq!(
        shown(&files),
        [
            "evidence/.hidden asset=- as=- by=nothing",
            "evidence/police/export.csv asset=- as=- by=pattern 1",
            "evidence/police/hosts/NP-1/lsusb.txt asset=NP-1 as=lsusb by=pattern 0",
            "evidence/police/hosts/NP-1/notes.md asset=- as=- by=pattern 1",
            "evidence/police/hosts/NP-2/lsusb.txt asset=NP-2 as=lsusb by=pattern 0",
            "registers/police.csv asset=- as=- by=register 0",
            "registers/unlisted.csv asset=NP-1 as=- by=pattern 4",
        ]
    );
    // Line 11 is the last of HEAD.
    assert_eq!(
        codes(&files),
        [("pattern-shadowed", 21), ("pattern-matches-nothing", 23)]
    );
    assert_eq!(
        fs::read_to_string(&files.files[2].path).unwrap(),
        files.files[2].name
    );
    assert_eq!(files, estate.evidence_files(dir.path()));
}

#[test]
fn a_workbook_is_a_register_once_a_sheet() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "registers/energy.xlsx");
    let estate = estate(
        "[[register]]\nfile = \"registers/energy.xlsx\"\nsheet = \"Meters\"\n[[register]]\nfile = \"registers/energy.xlsx\"\nsheet = \"RTUs\"\nheader_row = 3\n",
    );
    let files = estate.evidence_files(dir.path());
    let sheets: Vec<_> = files
        .files
        .iter()
        .map(|b| {
            (
                b.mapping.sheet.as_deref().unwrap(),
                b.mapping.header_row,
                b.register,
            )
        })
        .collect();
    assert_eq!(
        sheets,
        [("Meters", None, Some(0)), ("RTUs", Some(3), Some(1))]
    );
    assert!(files.warnings.is_empty());
}

#[test]
fn a_folder_named_for_its_files_is_explained() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "evidence/police/a.txt");
    let files = estate("[[evidence]]\npath = \"evidence/police\"\n").evidence_files(dir.path());
    assert_eq!(
        shown(&files),
        ["evidence/police/a.txt asset=- as=- by=nothing"]
    );
    assert_eq!(codes(&files), [("pattern-matches-nothing", 13)]);
    let help = files.warnings[0].help.as_deref().unwrap();
    assert!(help.contains("`evidence/police/**`"), "{help}");
}

#[test]
fn an_estate_without_evidence_lists_nothing() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "secret.txt");
    assert_eq!(
        estate("").evidence_files(dir.path()),
        EvidenceFiles::default()
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    put(outside.path(), "secret.csv");
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "evidence/a.txt");
    symlink(
        outside.path().join("secret.csv"),
        dir.path().join("evidence/b.csv"),
    )
    .unwrap();
    symlink(outside.path(), dir.path().join("evidence/c")).unwrap();
    symlink(outside.path(), dir.path().join("linked")).unwrap();
    let estate = estate(
        "[[register]]\nfile = \"linked/secret.csv\"\n[[evidence]]\npath = \"evidence/**\"\n[[evidence]]\npath = \"linked/*.csv\"\n",
    );
    let files = estate.evidence_files(dir.path());
    assert_eq!(shown(&files), ["evidence/a.txt asset=- as=- by=pattern 0"]);
    assert_eq!(
        codes(&files),
        [
            ("link-not-followed", 0),
            ("link-not-followed", 0),
            ("link-not-followed", 0),
            ("pattern-matches-nothing", 17),
        ]
    );

    // `load` refuses such a register outright.
    let text = format!("{HEAD}[[register]]\nfile = \"linked/secret.csv\"\n");
    fs::write(dir.path().join("estate.toml"), text).unwrap();
    let got = load(&dir.path().join("estate.toml")).unwrap_err();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].code, "register-missing");
}

#[cfg(unix)]
#[test]
fn names_that_are_not_text_are_kept_apart() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "evidence/a.txt");
    for byte in [b"\xe9.txt", b"\xe8.txt"] {
        if fs::write(
            dir.path().join("evidence").join(OsStr::from_bytes(byte)),
            "x",
        )
        .is_err()
        {
            return; // this file system takes text only
        }
    }
    let files = estate("[[evidence]]\npath = \"evidence/*.txt\"\n").evidence_files(dir.path());
    assert_eq!(files.files.len(), 3);
    assert_ne!(files.files[1].path, files.files[2].path);
}

#[test]
fn what_holds_for_an_asset() {
    let estate = parse(
        r#"
[organisation]
name = "N"
[defaults]
criticality = "low"
[class.router]
criticality = "high"
[[department]]
id = "energy"
name = "Energy and Water"
criticality = "critical"
sensitive = false
[[site]]
id = "sub-1"
name = "North substation"
sensitive = true
[[asset]]
id = "E1"
department = "energy"
class = "rtu"
"#,
    )
    .unwrap();
    let critical = |own, class, department| estate.criticality(own, class, department);
    assert_eq!(critical(None, None, None), Some(Criticality::Low));
    assert_eq!(
        critical(None, Some("rtu"), Some("energy")),
        Some(Criticality::Critical)
    );
    assert_eq!(
        critical(None, Some("Router"), Some("energy")),
        Some(Criticality::High)
    );
    assert_eq!(
        critical(Some(Criticality::Medium), Some("router"), Some("energy")),
        Some(Criticality::Medium)
    );
    let sensitive = |own, site| estate.sensitive(own, site, Some("rtu"), Some("energy"));
    assert_eq!(sensitive(None, Some("sub-1")), Some(true));
    assert_eq!(sensitive(None, None), Some(false));
    assert_eq!(sensitive(Some(false), Some("sub-1")), Some(false));
    assert_eq!(
        estate.department_called(" energy  AND water ").unwrap().id,
        "energy"
    );
    assert_eq!(estate.site_called("SUB-1").unwrap().id, "sub-1");
    assert_eq!(Criticality::from_word(" High "), Some(Criticality::High));
    // Doubts do not keep an estate from being used.
    let warnings: Vec<_> = estate.warnings.iter().map(|d| d.code).collect();
    assert_eq!(warnings, ["no-policies"]);
}

#[test]
fn a_date_is_text_or_a_date() {
    for written in ["\"2026-11-24\"", "2026-11-24"] {
        let estate = parse(&format!(
            "[organisation]\nname = \"N\"\n[audit]\npolicies = [\"p\"]\ndate = {written}\n"
        ))
        .unwrap();
        assert_eq!(estate.audit.date.unwrap().to_string(), "2026-11-24");
        assert_eq!(estate.audit.policies[0].span.start.line, 4);
        let warnings: Vec<_> = estate.warnings.iter().map(|d| d.code).collect();
        assert_eq!(warnings, ["no-assets"]);
    }
}

#[test]
fn what_an_asset_is_connected_by_is_said_by_the_nearest() {
    let estate = parse(
        r#"
[organisation]
name = "Northshire Council"
[defaults]
apn = "public"
cloud = "none"
support_until = 2027-06-30
[class.RTU]
apn = "Private"
passes = ["telemetry", "commands", "telemetry"]
[[department]]
id = "energy"
name = "Energy"
apn = "private-shared"
segmentation = "flat"
[[site]]
id = "sub-1"
name = "North substation"
segmentation = "isolated"
[[asset]]
id = "E1"
department = "energy"
class = "rtu"
remote_access = "none"
"#,
    )
    .unwrap();
    let of = |site, class| -> Vec<(&str, String, String)> {
        estate
            .connection(site, class, Some("energy"))
            .into_iter()
            .map(|(key, (value, from))| (key, value, from))
            .collect()
    };
    let row = |key, value: &str, from: &str| (key, value.to_owned(), from.to_owned());
    assert_eq!(
        of(Some("sub-1"), Some("rtu")),
        [
            row("apn", "private", "estate.toml, line 9, class RTU"),
            row("cloud", "none", "estate.toml, line 6, defaults"),
            row(
                "passes",
                "commands, telemetry",
                "estate.toml, line 10, class RTU"
            ),
            row(
                "segmentation",
                "isolated",
                "estate.toml, line 19, site sub-1"
            ),
            row(
                "support_until",
                "2027-06-30",
                "estate.toml, line 7, defaults"
            ),
        ]
    );
    // Without site and class the department says it.
    let without = of(None, None);
    assert_eq!(
        without[0],
        row(
            "apn",
            "private-shared",
            "estate.toml, line 14, department energy"
        )
    );
    let own = &estate.assets[0].connection.0;
    assert_eq!(own["remote_access"].value, "none");
}
