//! Support bundles of routers, from the archive a router writes to the finding: the module is named, the
//! configuration beside it proves nothing, and a router without a modem stays without one.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

fn scan(folder: &Path, name: &str) -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(folder)
        .args(["scan", name, "--format", "json"])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn tar_gz(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&builder.into_inner().unwrap()).unwrap();
    gzip.finish().unwrap()
}

/// Findings of this presence as `maker family`.
fn found(report: &serde_json::Value, presence: &str) -> Vec<String> {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["presence"] == presence)
        .map(|f| {
            format!(
                "{} {}",
                f["module"]["maker"].as_str().unwrap_or("-"),
                f["module"]["family"].as_str().unwrap_or("-")
            )
        })
        .collect()
}

const BOARD: &[u8] = br#"{
	"model": {"id": "teltonika,rutx", "name": "RUTX11"},
	"hwinfo": {"mobile": true},
	"network": {"lan": {"device": "eth0", "protocol": "static"}}
}
"#;

const SIMCARD: &[u8] = b"config sim '1'\n\toption modem '3-1'\n\toption position '1'\n";

const STATUS: &[u8] =
    br#"{"mnfinfo": {"name": "RUTX1100XXXX", "batch": "0024", "serial": "1112000000"}}
{"data": [{"id": "3-1", "imei": "868759030000006", "model": "EG06", "version": "EG06ELAR04A04M4G",
 "manufacturer": "Quectel", "builtin": true, "simstate": "Inserted"}]}
"#;

const LOG: &[u8] = b"[   22.1] usb 3-1: new high-speed USB device number 2 using xhci-hcd\n\
[   22.3] usb 3-1: New USB device found, idVendor=2c7c, idProduct=0306, bcdDevice= 3.10\n\
[   22.3] usb 3-1: Product: EG06\n\
[   22.3] usb 3-1: Manufacturer: Quectel\n\
[   23.0] option 3-1:1.0: GSM modem (1-port) converter detected\n";

#[test]
fn a_troubleshoot_archive_with_an_archive_inside_names_the_module() {
    let folder = tempfile::tempdir().unwrap();
    let inner = tar_gz(&[
        ("etc/board.json", BOARD),
        ("etc/config/simcard", SIMCARD),
        (
            "etc/config/network",
            b"config interface 'mob1s1a1'\n\toption proto 'wwan'\n",
        ),
    ]);
    let outer = tar_gz(&[
        ("troubleshoot/rootfs.tar.gz", &inner),
        ("troubleshoot/status.json", STATUS),
        ("troubleshoot/logs/kernel.log", LOG),
        ("troubleshoot/readme.txt", b"Logs of the router.\n"),
    ]);
    fs::write(folder.path().join("troubleshoot.tar.gz"), outer).unwrap();
    let report = scan(folder.path(), "troubleshoot.tar.gz");
    let observed = found(&report, "observed");
    assert!(!observed.is_empty(), "{report:#}");
    assert!(observed.iter().all(|f| f == "quectel EG06"), "{observed:?}");
    // Nothing of the bundle names another maker in any way.
    for finding in report["findings"].as_array().unwrap() {
        let maker = finding["module"]["maker"].as_str().unwrap_or("quectel");
        assert_eq!(maker, "quectel", "{finding:#}");
    }
    let formats: Vec<&str> = report["sources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|s| s["format"].as_str())
        .collect();
    assert!(formats.contains(&"openwrt"), "{formats:?}");
    assert!(formats.contains(&"dmesg"), "{formats:?}");
}

#[test]
fn a_configuration_alone_is_no_module() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = tar_gz(&[
        ("etc/config/simcard", SIMCARD),
        (
            "etc/config/network",
            b"config interface 'wwan'\n\toption proto 'qmi'\n\toption device '/dev/cdc-wdm0'\n",
        ),
    ]);
    fs::write(folder.path().join("backup.tar.gz"), bundle).unwrap();
    let report = scan(folder.path(), "backup.tar.gz");
    assert_eq!(found(&report, "observed"), [""; 0]);
    assert_eq!(found(&report, "declared"), [""; 0]);
}

#[test]
fn show_tech_support_names_the_modem_and_not_the_router() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from(
        "------------------ show version ------------------\n\n\
         Cisco IOS XE Software, Version 17.09.04a\n\
         cisco IR1101-K9 (ARM64) processor (revision 1.2 GHz) with 700000K/6147K bytes of memory.\n\
         Processor board ID FCW00000001\n\n\
         ------------------ show running-config ------------------\n\n\
         hostname turbine-3\n",
    );
    // A section longer than what is looked at to recognise the file.
    for n in 0..4000 {
        writeln!(
            text,
            "access-list 101 permit ip host 192.0.2.{} any",
            n % 250
        )
        .unwrap();
    }
    text.push_str(
        "------------------ show inventory ------------------\n\n\
         NAME: \"Chassis\", DESCR: \"IR1101 Chassis\"\n\
         PID: IR1101-K9         , VID: V01  , SN: FCW00000001\n\n\
         NAME: \"module subslot 0/1\", DESCR: \"P-LTE-GB Module\"\n\
         PID: P-LTE-GB          , VID: V01  , SN: FOC00000002\n\n\
         NAME: \"Modem on Cellular0/1/0\", DESCR: \"Sierra Wireless WP7607\"\n\
         PID: WP7607            , VID: 10000, SN: 359015050000004\n\n\
         ------------------ show cellular 0/1/0 all ------------------\n\n\
         Hardware Information\n\
         ====================\n\
         Modem Firmware Version = SWI9X07Y_02.28.03.05\n\
         Device Model ID = WP7607\n\
         International Mobile Equipment Identity (IMEI) = 359015050000004\n\
         Modem Status = Modem Online\n",
    );
    fs::write(folder.path().join("tech.txt"), text).unwrap();
    let report = scan(folder.path(), "tech.txt");
    assert_eq!(found(&report, "observed"), ["sierra-wireless WP7607"]);
    for finding in report["findings"].as_array().unwrap() {
        let maker = finding["module"]["maker"]
            .as_str()
            .unwrap_or("sierra-wireless");
        assert_eq!(maker, "sierra-wireless", "{finding:#}");
    }
}

#[test]
fn an_snmp_walk_names_the_modem_of_its_table() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("walk.txt"),
        "SNMPv2-MIB::sysObjectID.0 = OID: SNMPv2-SMI::enterprises.25049.1.81\n\
         SNMPv2-SMI::enterprises.25049.17.17.1.2.1 = STRING: \"Sierra Wireless, Incorporated\"\n\
         SNMPv2-SMI::enterprises.25049.17.17.1.3.1 = STRING: \"MC7304\"\n",
    )
    .unwrap();
    let report = scan(folder.path(), "walk.txt");
    assert_eq!(found(&report, "observed"), ["sierra-wireless MC7304"]);
}
