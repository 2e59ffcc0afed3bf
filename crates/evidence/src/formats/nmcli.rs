//! `nmcli`: the devices NetworkManager knows, of which only those of type `gsm` and `cdma` are read:
//! as a table, as `device show`, or as the overview that `nmcli` prints without arguments.

use crate::modem::{self, Modem, stated};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "nmcli",
    title: "nmcli: devices of NetworkManager",
    made_by: "nmcli; nmcli device; nmcli device show",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

const TYPES: &[&str] = &[
    "ethernet",
    "wifi",
    "gsm",
    "cdma",
    "loopback",
    "bridge",
    "wifi-p2p",
    "bt",
    "tun",
    "ovs-bridge",
    "dummy",
    "wwan",
    "bond",
    "vlan",
];
const STATES: &[&str] = &[
    "connected",
    "disconnected",
    "unavailable",
    "unmanaged",
    "connecting",
    "connected (externally)",
];

fn sniff(head: &Head<'_>) -> u8 {
    let shown =
        head.count_lines(|l| l.starts_with("GENERAL.DEVICE") || l.starts_with("GENERAL.TYPE"));
    let table = head.count_lines(|l| row(l).is_some());
    let header = head.count_lines(|l| l.split_whitespace().take(3).eq(["DEVICE", "TYPE", "STATE"]));
    match (shown, header, table) {
        (1.., _, _) | (_, 1.., _) => 90,
        (_, _, 2..) => 60,
        _ => {
            let overview = head.count_lines(|l| headed(l).is_some()) > 0
                && head.count_lines(|l| summary(l).is_some()) > 0;
            if overview { 70 } else { 0 }
        }
    }
}

/// A line that no other listing has.
pub(crate) fn begins(line: &str) -> bool {
    line.starts_with("GENERAL.")
        || (line.starts_with("DEVICE ")
            && line
                .split_whitespace()
                .take(3)
                .eq(["DEVICE", "TYPE", "STATE"]))
}

/// `cdc-wdm0  gsm  connected  Mobile`.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let (device, kind, state) = (words.next()?, words.next()?, words.next()?);
    (TYPES.contains(&kind) && STATES.iter().any(|s| s.split(' ').next() == Some(state)))
        .then_some((device, kind))
}

/// `cdc-wdm0: connected to Mobile` of the overview.
fn headed(line: &str) -> Option<&str> {
    let (device, state) = line.split_once(": ")?;
    let known = STATES.iter().any(|s| state.starts_with(s));
    (known && !device.contains(' ') && !line.starts_with([' ', '\t'])).then_some(device)
}

/// `gsm (option1, qmi_wwan), hw, mtu 1500` under the name in quotes: drivers.
fn summary(line: &str) -> Option<&str> {
    let line = line.trim();
    let rest = line
        .strip_prefix("gsm (")
        .or_else(|| line.strip_prefix("cdma ("))?;
    rest.split(')').next()
}

/// oFono hands on a telephone paired over Bluetooth (hands-free profile) as a device of type `gsm`.
fn is_paired_phone(device: &str) -> bool {
    let device = device.trim_start_matches('/');
    device.starts_with("hfp/") || device.contains("org/bluez/")
}

#[derive(Default)]
struct Block {
    device: String,
    cellular: bool,
    facts: Vec<(Clue, String, Place)>,
    ports: Vec<String>,
}

struct Listing {
    block: Block,
    /// Devices already told, so that a table and the details of one are one.
    modems: Vec<(String, Modem)>,
    units: u64,
    host: Option<String>,
    /// The quoted name of the overview's current device.
    name: Option<(String, Place)>,
}

impl Listing {
    /// What is known of a device; it is a modem from here on. `None` of a telephone.
    fn modem(&mut self, device: &str, place: &Place) -> Option<&mut Modem> {
        if is_paired_phone(device) {
            return None;
        }
        let at = self.modems.iter().position(|(d, _)| d == device);
        let at = at.unwrap_or_else(|| {
            let mut m = Modem::new(Stance::Observed);
            if let Some(host) = &self.host {
                m.key(KeyKind::Host, host);
            }
            m.key(KeyKind::Port, device);
            m.say(Clue::CellularInterface, device, place);
            self.modems.push((device.to_owned(), m));
            self.modems.len() - 1
        });
        self.modems.get_mut(at).map(|(_, m)| m)
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        if !block.cellular || block.device.is_empty() {
            return;
        }
        let place = block
            .facts
            .first()
            .map_or(Place::Whole, |(_, _, p)| p.clone());
        let Some(m) = self.modem(&block.device, &place) else {
            return;
        };
        for (clue, value, place) in block.facts {
            m.say(clue, &value, &place);
        }
        for port in block.ports {
            m.key(KeyKind::Port, &port);
        }
    }

    fn line(&mut self, number: u64, line: &str) {
        let place = Place::Line(number);
        if let Some((host, _)) = modem::prompt(line) {
            self.host = modem::names_a_machine(host).then(|| host.to_owned());
            return;
        }
        if let Some(rest) = line.strip_prefix("GENERAL.") {
            if let Some((key, value)) = rest.split_once(':') {
                self.general(key.trim(), value.trim(), &place);
            }
            return;
        }
        if let Some((device, kind)) = row(line) {
            if matches!(kind, "gsm" | "cdma") {
                self.modem(device, &place);
            }
            return;
        }
        if let Some(device) = headed(line) {
            self.end_block();
            device.clone_into(&mut self.block.device);
            self.name = None;
            return;
        }
        let text = line.trim();
        if let Some(drivers) = summary(line) {
            self.block.cellular = true;
            if let Some((name, at)) = self.name.take() {
                self.block.facts.push((Clue::ModemName, name, at));
            }
            for driver in drivers.split(',') {
                self.block
                    .facts
                    .push((Clue::Driver, driver.trim().to_owned(), place.clone()));
            }
        } else if text.len() > 2 && text.starts_with('"') && text.ends_with('"') {
            self.name = Some((text.to_owned(), place));
        }
    }

    fn general(&mut self, key: &str, value: &str, place: &Place) {
        if key == "DEVICE" {
            self.end_block();
            value.clone_into(&mut self.block.device);
            return;
        }
        let Some(value) = stated(value) else { return };
        let clue = match key {
            "TYPE" => {
                self.block.cellular = matches!(value, "gsm" | "cdma");
                return;
            }
            "VENDOR" => Clue::ModemManufacturer,
            "PRODUCT" => Clue::ModemModel,
            "DRIVER" => Clue::Driver,
            "FIRMWARE-VERSION" => Clue::ModemRevision,
            "IP-IFACE" => Clue::CellularInterface,
            "UDI" => {
                if let Some(number) = value.strip_prefix("/org/freedesktop/ModemManager1/Modem/") {
                    self.block.ports.push(format!("mm:{number}"));
                }
                return;
            }
            _ => return,
        };
        if self.block.facts.len() < 64 {
            let values: Vec<&str> = if clue == Clue::Driver {
                value.split(',').collect()
            } else {
                vec![value]
            };
            for value in values {
                self.block
                    .facts
                    .push((clue, value.trim().to_owned(), place.clone()));
            }
        }
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut listing = Listing {
        block: Block::default(),
        modems: Vec::new(),
        units: 0,
        host: None,
        name: None,
    };
    text::lines(source, sink, |number, line, sink| {
        listing.line(number, line);
        if listing.modems.len() > 1024 {
            for (_, mut m) in std::mem::take(&mut listing.modems) {
                m.finish(&mut listing.units, sink)?;
            }
        }
        Ok(())
    })?;
    listing.end_block();
    for (_, mut m) in listing.modems {
        m.finish(&mut listing.units, sink)?;
    }
    Ok(())
}
