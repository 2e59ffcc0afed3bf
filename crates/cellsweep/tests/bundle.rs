//! `bundle` and `verify` as a person uses them: an estate in, one file out, checked by who gets it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const ESTATE: &str = r#"
[organisation]
name = "Alder Water"

[audit]
date = "2026-11-22"
policies = ["us-ndaa24-805-b", "own.toml"]

[[department]]
id = "pumps"
name = "Pumps"

[[asset]]
id = "P-1"
class = "logger"
department = "pumps"

[[asset]]
id = "P-2"
class = "logger"
department = "pumps"

[[evidence]]
path = "pumps/P-1/*.txt"
asset = "P-1"

[[evidence]]
path = "pumps/P-2/*.txt"
asset = "P-2"
"#;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1795000000")
        .args(arguments)
        .output()
        .unwrap()
}

fn ok(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let out = run(folder, arguments);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(
        out.status.code(),
        Some(code),
        "{arguments:?}\n{text}\n{}",
        String::from_utf8_lossy(&out.stderr)
    );
    text
}

fn estate() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_owned();
    for (path, text) in [
        ("estate.toml", ESTATE),
        (
            "pumps/P-1/lsusb.txt",
            "Bus 001 Device 003: ID 2c7c:0125 Quectel Wireless Solutions Co., Ltd. EC25 LTE modem\n",
        ),
        (
            "pumps/P-2/at.txt",
            "AT+CGMM\r\nSIM7600E-H\r\n\r\nOK\r\nAT+CGSN\r\n861477030000006\r\n\r\nOK\r\n",
        ),
    ] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    // A pack of one's own: the shape is that of an embedded one.
    let (_, text) = cellsweep_policy::Packs::files()
        .iter()
        .find(|(name, _)| *name == "uk-parton-2023.toml")
        .unwrap();
    fs::write(
        folder.join("own.toml"),
        text.replacen("uk-parton-2023", "own", 1),
    )
    .unwrap();
    (dir, folder)
}

fn keys(folder: &Path) -> String {
    let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
    fs::write(
        folder.join("k.key"),
        pair.sk.to_box(None).unwrap().to_bytes(),
    )
    .unwrap();
    fs::write(folder.join("k.pub"), pair.pk.to_box().unwrap().to_bytes()).unwrap();
    pair.pk.to_base64()
}

fn listing(bundle: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(fs::File::open(bundle).unwrap());
    archive
        .entries()
        .unwrap()
        .map(|e| {
            let mut e = e.unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut e, &mut bytes).unwrap();
            (e.path().unwrap().display().to_string(), bytes)
        })
        .collect()
}

#[test]
fn an_unsigned_bundle_is_whole_and_said_to_be_unsigned() {
    let (_keep, folder) = estate();
    let said = ok(
        &folder,
        0,
        &["bundle", "estate.toml", "--out", "a.cellsweep"],
    );
    assert!(said.contains("Not signed"), "{said}");
    let said = ok(&folder, 0, &["verify", "a.cellsweep"]);
    assert!(
        said.contains("whole, but not signed: anyone could have made it"),
        "{said}"
    );
    let members = listing(&folder.join("a.cellsweep"));
    let names: Vec<&str> = members.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(
        names,
        [
            "manifest.ndjson",
            "readme.txt",
            "report.json",
            "evidence.ndjson",
            "config.json",
            "index.html",
            "summary.md",
            "findings.csv",
            "findings.xlsx",
            "questions.xlsx",
            // The estate's own pack, the one it names, and the list that this one refers to.
            "packs/own.toml",
            "packs/us-1260h.toml",
            "packs/us-ndaa24-805-b.toml",
        ]
    );
    let manifest = String::from_utf8(members[0].1.clone()).unwrap();
    let first: Value = serde_json::from_str(manifest.lines().next().unwrap()).unwrap();
    assert_eq!(first["organisation"], "Alder Water");
    assert!(first["catalog"]["digest"].as_str().unwrap().len() == 64);
    assert!(first["tool"]["version"].is_string());
    // The evidence is named by hash and is not inside.
    let evidence = String::from_utf8(members[3].1.clone()).unwrap();
    assert!(evidence.contains("pumps/P-1/lsusb.txt"));
    assert!(!members.iter().any(|(n, _)| n.contains("lsusb")));
    // The same again is the same file.
    ok(
        &folder,
        0,
        &["bundle", "estate.toml", "--out", "b.cellsweep"],
    );
    assert!(
        fs::read(folder.join("a.cellsweep")).unwrap()
            == fs::read(folder.join("b.cellsweep")).unwrap()
    );
}

#[test]
fn an_audited_folder_gives_the_same_bundle() {
    let (_keep, folder) = estate();
    ok(
        &folder,
        0,
        &["bundle", "estate.toml", "--out", "a.cellsweep"],
    );
    run(&folder, &["audit", "estate.toml", "--out", "report"]);
    // The text of a pack of one's own is handed in; without it the bundle says so.
    ok(&folder, 3, &["bundle", "report", "--out", "b.cellsweep"]);
    let said = ok(&folder, 0, &["verify", "b.cellsweep"]);
    assert!(said.contains("not inside: own"), "{said}");
    ok(
        &folder,
        0,
        &[
            "bundle",
            "report",
            "--policy",
            "own.toml",
            "--out",
            "c.cellsweep",
        ],
    );
    assert!(
        fs::read(folder.join("a.cellsweep")).unwrap()
            == fs::read(folder.join("c.cellsweep")).unwrap()
    );
    // A pack of the same id and another text is not taken for it.
    let text = fs::read_to_string(folder.join("own.toml")).unwrap();
    fs::write(folder.join("own.toml"), text + "\n# changed\n").unwrap();
    ok(
        &folder,
        3,
        &[
            "bundle",
            "report",
            "--policy",
            "own.toml",
            "--out",
            "d.cellsweep",
        ],
    );
}

#[test]
fn a_signature_names_its_key_and_fails_for_another() {
    let (_keep, folder) = estate();
    let public = keys(&folder);
    ok(
        &folder,
        0,
        &[
            "bundle",
            "estate.toml",
            "--key",
            "k.key",
            "--out",
            "a.cellsweep",
        ],
    );
    let said = ok(&folder, 0, &["verify", "a.cellsweep"]);
    assert!(
        said.contains("which only the bundle itself names"),
        "{said}"
    );
    for key in ["k.pub", public.as_str()] {
        let said = ok(&folder, 0, &["verify", "a.cellsweep", "--pubkey", key]);
        assert!(said.contains("signed by the key given"), "{said}");
    }
    fs::create_dir(folder.join("other")).unwrap();
    keys(&folder.join("other"));
    let said = ok(
        &folder,
        1,
        &["verify", "a.cellsweep", "--pubkey", "other/k.pub"],
    );
    assert!(said.contains("not by the key given"), "{said}");
    let json: Value = serde_json::from_str(&ok(
        &folder,
        0,
        &[
            "verify",
            "a.cellsweep",
            "--pubkey",
            "k.pub",
            "--format",
            "json",
        ],
    ))
    .unwrap();
    assert_eq!(json["whole"], true);
    assert_eq!(json["signed"], "by_given_key");
    // No signature where one is asked for.
    ok(
        &folder,
        0,
        &["bundle", "estate.toml", "--out", "b.cellsweep"],
    );
    ok(&folder, 1, &["verify", "b.cellsweep", "--pubkey", "k.pub"]);
    ok(
        &folder,
        2,
        &["verify", "a.cellsweep", "--pubkey", "nonsense"],
    );
    ok(
        &folder,
        2,
        &[
            "bundle",
            "estate.toml",
            "--key",
            "k.pub",
            "--out",
            "c.cellsweep",
        ],
    );
}

#[test]
fn a_changed_byte_in_a_real_bundle_is_found_and_its_member_named() {
    let (_keep, folder) = estate();
    keys(&folder);
    ok(
        &folder,
        0,
        &[
            "bundle",
            "estate.toml",
            "--key",
            "k.key",
            "--out",
            "a.cellsweep",
        ],
    );
    let bytes = fs::read(folder.join("a.cellsweep")).unwrap();
    let whole = |bytes: &[u8]| cellsweep_bundle::verify(bytes, None).is_ok_and(|v| v.whole);
    assert!(whole(&bytes));
    // Every block has a changed byte once, at a place that moves on; a tenth of the blocks here.
    let mut changed = bytes.clone();
    for (n, block) in (0..bytes.len()).step_by(512).enumerate() {
        if n % 10 != 3 && n > 8 && block + 4096 < bytes.len() {
            continue;
        }
        let at = (block + (n * 37) % 512).min(bytes.len() - 1);
        changed[at] ^= 1 << (n % 8);
        assert!(!whole(&changed), "byte {at}");
        changed[at] = bytes[at];
    }
    let at = bytes
        .windows(11)
        .position(|w| w == b"Alder Water")
        .into_iter()
        .chain(
            bytes
                .windows(8)
                .rposition(|w| w == b"NDAA24-8" || w == b"us-ndaa2"),
        )
        .max()
        .unwrap();
    changed[at] ^= 1;
    fs::write(folder.join("x.cellsweep"), &changed).unwrap();
    let said = ok(&folder, 1, &["verify", "x.cellsweep"]);
    let wrong: Vec<&str> = said
        .lines()
        .filter(|l| l.contains("DOES NOT HOLD"))
        .collect();
    assert!(
        wrong.len() == 1 && wrong[0].starts_with("packs/us-ndaa24-805-b.toml"),
        "{said}"
    );
    ok(&folder, 4, &["verify", "estate.toml"]);
    ok(&folder, 2, &["verify", "not-there"]);
}

#[test]
fn evidence_at_hand_is_compared() {
    let (_keep, folder) = estate();
    ok(
        &folder,
        0,
        &["bundle", "estate.toml", "--out", "a.cellsweep"],
    );
    let with = ["verify", "a.cellsweep", "--evidence", "."];
    let said = ok(&folder, 0, &with);
    assert!(said.contains("2 sources as bundled"), "{said}");
    // Moved, then changed, then away.
    fs::rename(folder.join("pumps/P-1"), folder.join("pumps/P-9")).unwrap();
    let said = ok(&folder, 0, &with);
    assert!(said.contains("(1 under another path)"), "{said}");
    fs::write(folder.join("pumps/P-2/at.txt"), "AT+CGMM\r\nEC25\r\n").unwrap();
    let said = ok(&folder, 1, &with);
    assert!(said.contains("differs: pumps/P-2/at.txt"), "{said}");
    fs::remove_dir_all(folder.join("pumps")).unwrap();
    let said = ok(&folder, 5, &with);
    assert!(said.contains("not there: pumps/P-1/lsusb.txt"), "{said}");
}

#[test]
fn a_redacted_bundle_holds_no_number_and_still_finds_the_evidence() {
    let (_keep, folder) = estate();
    ok(
        &folder,
        0,
        &["bundle", "estate.toml", "--redact", "--out", "a.cellsweep"],
    );
    for (name, bytes) in listing(&folder.join("a.cellsweep")) {
        assert!(
            !bytes.windows(15).any(|w| w == b"861477030000006"),
            "{name}"
        );
    }
    let said = ok(&folder, 0, &["verify", "a.cellsweep", "--evidence", "."]);
    assert!(said.contains("numbers masked"), "{said}");
}
