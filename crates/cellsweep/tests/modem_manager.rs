//! `cellsweep host` asks a running ModemManager: a stand-in for it on a private bus of the real
//! `dbus-daemon`.
#![cfg(all(target_os = "linux", feature = "modemmanager"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test says so by failing

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use zbus::wire::{OwnedObjectPath, Variant};

type Properties = BTreeMap<String, Variant<'static>>;
type Objects = HashMap<OwnedObjectPath, BTreeMap<String, Properties>>;

struct Bus {
    daemon: Child,
    address: String,
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A private bus; `None` if there is no dbus-daemon and the full test run is not asked for.
fn bus() -> Option<Bus> {
    let daemon = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--print-address"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut daemon) = daemon else {
        assert!(
            std::env::var_os("CELLSWEEP_TEST_ALL").is_none(),
            "dbus-daemon is needed"
        );
        return None;
    };
    let mut address = String::new();
    BufReader::new(daemon.stdout.take().unwrap())
        .read_line(&mut address)
        .unwrap();
    Some(Bus {
        daemon,
        address: address.trim().to_owned(),
    })
}

/// What `host` reports with this bus as the system bus.
fn host(address: &str) -> serde_json::Value {
    let out = Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .args(["host", "--format", "json", "--exit-zero"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", address)
        .output()
        .unwrap();
    serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&out.stderr)))
}

struct Manager;

#[zbus::interface(name = "org.freedesktop.DBus.ObjectManager")]
impl Manager {
    #[allow(clippy::unused_self)] // the shape of a bus method
    fn get_managed_objects(&self) -> Objects {
        let text = |s: &str| Variant::from(s.to_owned());
        // Values as a public `mmcli -m` listing of an EC25 shows them; the IMEI's last digits zero.
        let modem: Properties = [
            ("Manufacturer", text("QUALCOMM INCORPORATED")),
            ("Model", text("QUECTEL Mobile Broadband Module")),
            ("Revision", text("EC25EFAR06A01M4G")),
            ("EquipmentIdentifier", text("861234050000003")),
            (
                "Drivers",
                Variant::from(vec!["option1".to_owned(), "qmi_wwan".to_owned()]),
            ),
            ("PrimaryPort", text("cdc-wdm0")),
            ("State", Variant::from(8i32)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let path = OwnedObjectPath::try_from("/org/freedesktop/ModemManager1/Modem/0").unwrap();
        [(
            path,
            [("org.freedesktop.ModemManager1.Modem".to_owned(), modem)]
                .into_iter()
                .collect(),
        )]
        .into_iter()
        .collect()
    }
}

#[test]
fn a_running_service_is_asked_and_one_that_does_not_run_is_not_started() {
    let Some(bus) = bus() else { return };

    let before = host(&bus.address);
    assert_eq!(
        before["effective_config"]["run"]["modem_manager"],
        "not running"
    );
    assert_eq!(before["sources"].as_array().unwrap().len(), 1);

    let served = zbus::block_on(async {
        zbus::connection::Builder::address(bus.address.as_str())
            .serve_at("/org/freedesktop/ModemManager1", Manager)
            .name("org.freedesktop.ModemManager1")
            .build()
            .await
            .unwrap()
    });
    let after = host(&bus.address);
    drop(served);
    assert_eq!(
        after["effective_config"]["run"]["modem_manager"],
        "answered"
    );
    let source = &after["sources"][1];
    assert_eq!(source["path"], "dbus:org.freedesktop.ModemManager1");
    assert_eq!(source["status"], "read");
    let findings = after["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0]["module"]["maker"], "quectel");
    assert_eq!(findings[0]["module"]["family"], "EC25");
    assert_eq!(findings[0]["presence"], "observed");
}

#[test]
fn a_service_that_answers_something_else_is_a_source_that_failed() {
    struct Odd;
    #[zbus::interface(name = "org.freedesktop.DBus.ObjectManager")]
    impl Odd {
        #[allow(clippy::unused_self)] // the shape of a bus method
        fn get_managed_objects(&self) -> u32 {
            7
        }
    }
    let Some(bus) = bus() else { return };
    let served = zbus::block_on(async {
        zbus::connection::Builder::address(bus.address.as_str())
            .serve_at("/org/freedesktop/ModemManager1", Odd)
            .name("org.freedesktop.ModemManager1")
            .build()
            .await
            .unwrap()
    });
    let report = host(&bus.address);
    drop(served);
    assert_eq!(report["sources"][1]["status"], "failed");
    assert!(report["exit"].as_array().unwrap().contains(&3.into()));
}
