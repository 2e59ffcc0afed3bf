//! Containers among the evidence: trees of sources, bound and counted.

// A test may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Clue, Key, KeyKind, Limits};
use cellsweep_report::model::{ReadStatus, SourceState};
use cellsweep_sweep::read::Stop;
use cellsweep_sweep::{Input, Reading, Silent, read_all};

const LSUSB: &str = "Bus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub\n\
                     Bus 001 Device 002: ID 2c7c:0125 Quectel Wireless Solutions Co., Ltd. EC25\n";
const LSPCI: &str = "00:00.0 Host bridge [0600]: Intel Corporation Device [8086:9b61] (rev 0c)\n\
                     00:14.0 USB controller [0c03]: Intel Corporation Device [8086:02ed]\n";

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    e.write_all(content).unwrap();
    e.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut w = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        w.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        w.write_all(content).unwrap();
    }
    w.finish().unwrap().into_inner()
}

fn input(folder: &Path, name: &str, content: &[u8]) -> Input {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    Input {
        path,
        shown: name.to_owned(),
        bytes: content.len() as u64,
        keys: vec![Key::new(KeyKind::AssetTag, format!("asset of {name}"))],
        department: Some("water".to_owned()),
        ..Input::default()
    }
}

fn read(inputs: &[Input], jobs: usize) -> Reading {
    read_all(
        &Catalog::default(),
        inputs,
        jobs,
        &Limits::default(),
        &Silent,
        &Stop::new(false),
    )
}

fn listing(reading: &Reading) -> Vec<(&str, Option<&str>, ReadStatus)> {
    reading
        .sources
        .iter()
        .map(|s| (s.path.as_str(), s.format.as_deref(), s.status))
        .collect()
}

fn codes(state: &SourceState) -> Vec<&str> {
    state.errors.iter().map(|e| e.code.as_str()).collect()
}

#[test]
fn a_support_bundle_is_a_tree_of_sources_that_share_its_asset() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = gzip(&tar(&[
        (
            "sosreport-host/sos_commands/hardware/lsusb",
            LSUSB.as_bytes(),
        ),
        (
            "sosreport-host/sos_commands/pci/lspci_-nnvv",
            LSPCI.as_bytes(),
        ),
        ("sosreport-host/etc/hosts", b"127.0.0.1 localhost\n"),
        ("sosreport-host/var/lib/blob", &[0, 1, 2, 3]),
        ("sosreport-host/var/lib/empty", b""),
    ]));
    let reading = read(&[input(folder.path(), "sos.tar.gz", &bundle)], 1);
    assert_eq!(
        listing(&reading),
        [
            ("sos.tar.gz", Some("tar+gzip"), ReadStatus::Read),
            (
                "sos.tar.gz!sosreport-host/sos_commands/hardware/lsusb",
                Some("lsusb"),
                ReadStatus::Read
            ),
            (
                "sos.tar.gz!sosreport-host/sos_commands/pci/lspci_-nnvv",
                Some("lspci"),
                ReadStatus::Read
            ),
        ]
    );
    let outer = &reading.sources[0];
    assert_eq!(codes(outer), ["members-unrecognised", "members-quiet"]);
    assert_eq!(
        outer.errors[0].message,
        "2 members not recognised: sosreport-host/var/lib/blob, sosreport-host/var/lib/empty"
    );
    assert_eq!(outer.bytes, bundle.len() as u64);
    assert_eq!(outer.digest.len(), 64);
    // Every unit of every member is bound to the asset and department of the bundle.
    for source in &reading.sources[1..] {
        let seen: Vec<_> = reading
            .seen
            .iter()
            .filter(|s| *s.source == *source.path)
            .collect();
        assert!(!seen.is_empty());
        let units: std::collections::BTreeSet<u64> =
            seen.iter().map(|s| s.observation.unit).collect();
        for unit in units {
            let of_unit = || seen.iter().filter(|s| s.observation.unit == unit);
            assert!(
                of_unit()
                    .flat_map(|s| &s.observation.subject)
                    .any(|k| k.kind == KeyKind::AssetTag && k.value == "asset of sos.tar.gz")
            );
            assert!(of_unit().any(|s| s.observation.clue == Clue::Department));
        }
    }
}

#[test]
fn the_same_for_any_number_of_threads_and_any_container() {
    let folder = tempfile::tempdir().unwrap();
    let members: &[(&str, &[u8])] = &[
        ("etc/config/network", b"config interface 'wan'\n"),
        ("lsusb.txt", LSUSB.as_bytes()),
        ("old.zip", &zip(&[("lspci.txt", LSPCI.as_bytes())])),
    ];
    let inputs = [
        input(folder.path(), "backup.tar.gz", &gzip(&tar(members))),
        input(folder.path(), "backup.zip", &zip(members)),
        input(folder.path(), "lsusb.log.gz", &gzip(LSUSB.as_bytes())),
        input(folder.path(), "plain.txt", LSUSB.as_bytes()),
    ];
    let one = read(&inputs, 1);
    assert_eq!(
        listing(&one),
        [
            ("backup.tar.gz", Some("tar+gzip"), ReadStatus::Read),
            ("backup.tar.gz!lsusb.txt", Some("lsusb"), ReadStatus::Read),
            (
                "backup.tar.gz!old.zip!lspci.txt",
                Some("lspci"),
                ReadStatus::Read
            ),
            ("backup.zip", Some("zip"), ReadStatus::Read),
            ("backup.zip!lsusb.txt", Some("lsusb"), ReadStatus::Read),
            (
                "backup.zip!old.zip!lspci.txt",
                Some("lspci"),
                ReadStatus::Read
            ),
            ("lsusb.log.gz", Some("gzip"), ReadStatus::Read),
            ("lsusb.log.gz!lsusb.log", Some("lsusb"), ReadStatus::Read),
            ("plain.txt", Some("lsusb"), ReadStatus::Read),
        ]
    );
    let four = read(&inputs, 4);
    assert_eq!(one.sources, four.sources);
    assert_eq!(one.seen, four.seen);
}

#[test]
fn ten_thousand_configuration_files_are_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..10_000).map(|n| format!("etc/{n}.bin")).collect();
    let mut members: Vec<(&str, &[u8])> =
        names.iter().map(|n| (n.as_str(), &[0u8, 1][..])).collect();
    members.push(("lsusb.txt", LSUSB.as_bytes()));
    let reading = read(&[input(folder.path(), "b.tar", &tar(&members))], 1);
    assert_eq!(reading.sources.len(), 2);
    assert_eq!(
        reading.sources[0].errors[0].message,
        "10000 members not recognised: etc/0.bin, etc/1.bin, etc/2.bin, etc/3.bin, etc/4.bin ..."
    );
    assert!(reading.sources[0].errors.len() == 1);
}

#[test]
fn a_cut_bundle_keeps_what_was_read_and_lists_nothing_as_complete() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from(LSUSB);
    for n in 3..200 {
        writeln!(text, "Bus 001 Device {n:03}: ID 0bda:{n:04} Realtek").unwrap();
    }
    let whole = tar(&[
        ("first.txt", LSUSB.as_bytes()),
        ("second.txt", text.as_bytes()),
    ]);
    let cut = &whole[..whole.len() - 8 * 1024];
    let reading = read(&[input(folder.path(), "b.tar", cut)], 1);
    assert_eq!(
        listing(&reading),
        [
            ("b.tar", Some("tar"), ReadStatus::Partial),
            ("b.tar!first.txt", Some("lsusb"), ReadStatus::Read),
            ("b.tar!second.txt", Some("lsusb"), ReadStatus::Partial),
        ]
    );
    assert_eq!(codes(&reading.sources[0]), ["truncated"]);
    assert_eq!(codes(&reading.sources[2]), ["cannot-read"]);
    let of_second = || {
        reading
            .seen
            .iter()
            .filter(|s| &*s.source == "b.tar!second.txt")
    };
    assert!(of_second().any(|s| s.observation.value == "2c7c:0125"));
    assert!(!of_second().any(|s| s.observation.clue == Clue::Enumerated));
}

#[test]
fn a_container_in_which_nothing_is_known_is_not_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = [
        input(folder.path(), "a.tar", &tar(&[("x", &[0, 1])])),
        input(folder.path(), "b.rar", b"Rar!\x1a\x07\x01\x00rest"),
        input(folder.path(), "c.gz", b"\x1f\x8b\x08"),
        input(folder.path(), "d.zip", &zip(&[])),
    ];
    let reading = read(&inputs, 2);
    assert_eq!(
        listing(&reading),
        [
            ("a.tar", Some("tar"), ReadStatus::Unrecognised),
            ("b.rar", Some("rar"), ReadStatus::Failed),
            ("c.gz", Some("gzip"), ReadStatus::Failed),
            ("d.zip", Some("zip"), ReadStatus::Unrecognised),
        ]
    );
    let all: Vec<Vec<&str>> = reading.sources.iter().map(codes).collect();
    assert_eq!(
        all,
        [
            vec!["members-unrecognised"],
            vec!["unsupported-compression"],
            vec!["truncated"],
            vec!["empty"]
        ]
    );
    // The assets are known to have been looked at, once each.
    assert_eq!(reading.seen.len(), 4);
}

#[test]
fn a_format_given_by_the_user_holds_for_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = input(folder.path(), "case.gz", &gzip(LSUSB.as_bytes()));
    one.format = Some("text".to_owned());
    let reading = read(&[one], 1);
    assert_eq!(
        listing(&reading)[1],
        ("case.gz!case", Some("text"), ReadStatus::Read)
    );
}

#[test]
fn every_code_of_unpacking_is_explained() {
    let all = cellsweep_sweep::codes::all();
    for (code, _) in cellsweep_unpack::CODES {
        assert!(all.iter().any(|(c, _)| c == code), "{code}");
    }
}
