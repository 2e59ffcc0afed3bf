//! Walking a device tree in a directory: what is found in a well-made copy, and that a hostile one
//! leads nowhere.
#![cfg(unix)]
// A test may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use cellsweep_evidence::formats::sysfs::walk;
use cellsweep_evidence::reader::Collected;
use cellsweep_evidence::{Clue, KeyKind, Limits, Stance};

fn write(dir: &Path, files: &[(&str, &str)]) {
    fs::create_dir_all(dir).unwrap();
    for (name, text) in files {
        fs::write(dir.join(name), format!("{text}\n")).unwrap();
    }
}

/// A laptop with one modem on USB and one on PCI.
fn build(root: &Path, with_links: bool) {
    let pci = root.join("sys/devices/pci0000:00");
    write(
        &pci.join("0000:00:00.0"),
        &[
            ("vendor", "0x8086"),
            ("device", "0x9a14"),
            ("class", "0x060000"),
        ],
    );
    write(
        &pci.join("0000:00:14.0"),
        &[
            ("vendor", "0x8086"),
            ("device", "0xa0ed"),
            ("class", "0x0c0330"),
        ],
    );
    let card = pci.join("0000:00:1c.0/0000:01:00.0");
    write(
        &pci.join("0000:00:1c.0"),
        &[
            ("vendor", "0x8086"),
            ("device", "0xa0b8"),
            ("class", "0x060400"),
        ],
    );
    write(
        &card,
        &[
            ("vendor", "0x14c3"),
            ("device", "0x4d75"),
            ("class", "0x0d4000"),
            ("subsystem_vendor", "0x1cf8"),
            ("subsystem_device", "0x3500"),
            ("uevent", "DRIVER=mtk_t7xx\nPCI_CLASS=D4000"),
        ],
    );
    write(&card.join("wwan/wwan0/wwan0at0"), &[("type", "AT")]);
    let hub = pci.join("0000:00:14.0/usb1");
    write(
        &hub,
        &[
            ("idVendor", "1d6b"),
            ("idProduct", "0002"),
            ("bDeviceClass", "09"),
        ],
    );
    let stick = hub.join("1-1");
    write(
        &stick,
        &[
            ("idVendor", "1199"),
            ("idProduct", "9079"),
            ("manufacturer", "Sierra Wireless, Incorporated"),
            (
                "product",
                "Sierra Wireless EM7455 Qualcomm Snapdragon X7 LTE-A",
            ),
            ("serial", "LF50000000000000"),
            ("bDeviceClass", "00"),
            ("busnum", "1"),
            ("devnum", "3"),
        ],
    );
    let interface = stick.join("1-1:1.8");
    write(
        &interface,
        &[
            ("bInterfaceClass", "ff"),
            ("bInterfaceSubClass", "ff"),
            ("bInterfaceProtocol", "ff"),
        ],
    );
    write(
        &interface.join("net/wwp0s20f0u1i8"),
        &[
            ("address", "02:00:00:00:00:01"),
            ("type", "1"),
            ("uevent", "DEVTYPE=wwan"),
        ],
    );
    // As in the kernel's own tree: links that lead up and round.
    symlink("../../..", stick.join("subsystem")).unwrap();
    symlink(".", stick.join("loop")).unwrap();
    write(
        &root.join("sys/class/dmi/id"),
        &[
            ("sys_vendor", "LENOVO"),
            ("product_name", "20XW0000XX"),
            ("product_serial", "To Be Filled By O.E.M."),
            ("chassis_type", "10"),
        ],
    );
    if !with_links {
        return;
    }
    symlink(
        "../../../../../bus/usb/drivers/qmi_wwan",
        interface.join("driver"),
    )
    .unwrap();
    let usb = root.join("sys/bus/usb/devices");
    fs::create_dir_all(&usb).unwrap();
    let at = "../../../devices/pci0000:00";
    for (name, target) in [
        ("usb1", "0000:00:14.0/usb1"),
        ("1-1", "0000:00:14.0/usb1/1-1"),
        ("1-1:1.8", "0000:00:14.0/usb1/1-1/1-1:1.8"),
    ] {
        symlink(format!("{at}/{target}"), usb.join(name)).unwrap();
    }
    let devices = root.join("sys/bus/pci/devices");
    fs::create_dir_all(&devices).unwrap();
    for (name, target) in [
        ("0000:00:00.0", "0000:00:00.0"),
        ("0000:00:14.0", "0000:00:14.0"),
        ("0000:00:1c.0", "0000:00:1c.0"),
        ("0000:01:00.0", "0000:00:1c.0/0000:01:00.0"),
    ] {
        symlink(format!("{at}/{target}"), devices.join(name)).unwrap();
    }
    for class in ["net/wwp0s20f0u1i8", "wwan/wwan0"] {
        fs::create_dir_all(root.join("sys/class").join(class).parent().unwrap()).unwrap();
    }
    symlink(
        "../../devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.8/net/wwp0s20f0u1i8",
        root.join("sys/class/net/wwp0s20f0u1i8"),
    )
    .unwrap();
    symlink(
        "../../devices/pci0000:00/0000:00:1c.0/0000:01:00.0/wwan/wwan0",
        root.join("sys/class/wwan/wwan0"),
    )
    .unwrap();
}

fn walked(root: &Path) -> Collected {
    let mut out = Collected::default();
    walk(root, &Limits::default(), &mut out).unwrap();
    out
}

/// The values of one kind of clue.
fn values(out: &Collected, clue: Clue) -> Vec<&str> {
    out.observations
        .iter()
        .filter(|o| o.clue == clue)
        .map(|o| o.value.as_str())
        .collect()
}

#[test]
fn a_copy_of_a_laptop() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), true);
    let out = walked(dir.path());
    assert!(out.problems.is_empty(), "{:?}", out.problems);
    assert_eq!(values(&out, Clue::UsbId), ["1199:9079", "1d6b:0002"]);
    assert_eq!(
        values(&out, Clue::PciId),
        ["8086:9a14", "8086:a0ed", "8086:a0b8", "14c3:4d75"]
    );
    assert_eq!(values(&out, Clue::PciSubsystem), ["1cf8:3500"]);
    assert_eq!(values(&out, Clue::Driver), ["qmi_wwan", "mtk_t7xx"]);
    assert_eq!(values(&out, Clue::Mac), ["02:00:00:00:00:01"]);
    assert_eq!(values(&out, Clue::Enumerated), ["usb", "pci"]);
    assert_eq!(values(&out, Clue::ProductModel), ["20XW0000XX"]);
    assert_eq!(values(&out, Clue::AssetClass), ["notebook"]);

    let modem = out
        .observations
        .iter()
        .find(|o| o.value == "1199:9079")
        .unwrap();
    assert_eq!(modem.stance, Stance::Observed);
    assert_eq!(
        modem.place.to_string(),
        "/sys/bus/usb/devices/1-1/idProduct"
    );
    for (kind, value) in [
        (KeyKind::Port, "usb:1-1"),
        (KeyKind::Port, "usb:bus1:dev3"),
        (KeyKind::Port, "wwp0s20f0u1i8"),
        (KeyKind::ModuleSerial, "LF50000000000000"),
    ] {
        assert!(
            modem
                .subject
                .iter()
                .any(|k| k.kind == kind && k.value == value),
            "{value} is not in {:?}",
            modem.subject
        );
    }
    // The WWAN interfaces belong to the units of the devices below them.
    let card = out
        .observations
        .iter()
        .find(|o| o.value == "14c3:4d75")
        .unwrap();
    let wwan = out
        .observations
        .iter()
        .find(|o| o.value == "wwan0")
        .unwrap();
    assert_eq!(wwan.clue, Clue::CellularInterface);
    assert_eq!(wwan.unit, card.unit);
    // Nobody wrote the machine's serial number.
    assert!(
        out.observations
            .iter()
            .all(|o| o.subject.iter().all(|k| k.kind != KeyKind::Serial))
    );
}

#[test]
fn a_copy_that_lost_its_links() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), false);
    let out = walked(&dir.path().join("sys"));
    assert!(out.problems.is_empty(), "{:?}", out.problems);
    assert_eq!(values(&out, Clue::UsbId), ["1d6b:0002", "1199:9079"]);
    assert_eq!(values(&out, Clue::Enumerated), ["usb", "pci"]);
    assert_eq!(
        values(&out, Clue::CellularInterface),
        [
            "wwp0s20f0u1i8",
            "PCI class 0d40, cellular controller/modem",
            "wwan0"
        ]
    );
}

#[test]
fn nothing_outside_the_root_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    write(
        outside.path(),
        &[("idVendor", "2c7c"), ("idProduct", "0125"), ("secret", "x")],
    );
    let root = dir.path();
    build(root, true);
    let usb = root.join("sys/bus/usb/devices");
    symlink(outside.path(), usb.join("1-9")).unwrap();
    symlink("1-8", usb.join("1-8")).unwrap();
    let modem = root.join("sys/devices/pci0000:00/0000:00:14.0/usb1/1-1");
    fs::remove_file(modem.join("product")).unwrap();
    symlink(outside.path().join("secret"), modem.join("product")).unwrap();
    let out = walked(root);
    assert_eq!(values(&out, Clue::UsbId), ["1199:9079", "1d6b:0002"]);
    assert!(values(&out, Clue::UsbProduct).is_empty());
    let codes: Vec<&str> = out.problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["unreadable", "link-outside-root"]);
    // Two devices could not be read, so USB is not complete; PCI is another matter, but the walk says
    // nothing of either once something was lost.
    assert!(values(&out, Clue::Enumerated).is_empty());
}

#[test]
fn a_directory_that_is_no_device_tree() {
    let dir = tempfile::tempdir().unwrap();
    let mut out = Collected::default();
    assert!(walk(dir.path(), &Limits::default(), &mut out).is_err());
    assert!(out.observations.is_empty());
    assert!(walk(&dir.path().join("none"), &Limits::default(), &mut out).is_err());
}

/// The machine this test runs on: whatever it has, the walk ends and says so.
#[test]
fn this_machine() {
    if Path::new("/sys/devices").is_dir() {
        let out = walked(Path::new("/"));
        assert!(out.observations.len() < 1_000_000);
    }
}
