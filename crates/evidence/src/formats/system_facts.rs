//! Facts that configuration management gathers of a machine, as JSON: `ansible -m setup` (also after
//! `host | SUCCESS =>`, and fact caches), `community.general.usb_facts`, `facter -j`.
//!
//! Of buses Ansible and Facter say nothing: what shows a modem is a network interface named `wwan*` or
//! `wwp*`, or one whose kernel module serves cellular devices only (`cdc_mbim`, `qmi_wwan`). That proves
//! cellular hardware of whatever maker; its absence proves nothing, since a modem that is used over a
//! serial port has no interface. The `pciid` of an interface on USB is its port: `3-4:1.6`. On Windows the
//! name of the interface is the driver's description. `usb_facts` are rows of `lsusb`, with ids.

use std::collections::BTreeMap;

use super::adapter_name;
use super::chassis;
use super::device::Device;
use super::hex_id;
use crate::json;
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::{Names, Source};
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "system-facts",
    title: "facts of a machine by Ansible or Facter",
    made_by: "ansible HOST -m setup; community.general.usb_facts; facter -j",
    proves: &[Stance::Observed, Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

/// Most interfaces and devices of one machine that are held.
const MOST_ROWS: usize = 1024;

fn sniff(head: &Head<'_>) -> u8 {
    let has = |needle: &str| head.text.contains(needle);
    if !has("{") {
        return 0;
    }
    let ansible =
        has("\"ansible_facts\"") || has("\"ansible_interfaces\"") || has("\"ansible_wwan");
    let facter = has("\"facterversion\"")
        || (has("\"networking\"") && has("\"interfaces\"") && has("\"dmi\"") && has("\"kernel\""));
    if ansible {
        92
    } else if facter {
        90
    } else {
        0
    }
}

/// Kernel modules whose network interfaces are cellular.
fn is_cellular_module(name: &str) -> bool {
    [
        "cdc_mbim",
        "qmi_wwan",
        "huawei_cdc_ncm",
        "sierra_net",
        "hso",
        "iosm",
        "mtk_t7xx",
        "t7xx",
        "mhi_net",
        "mhi_wwan_mbim",
        "bam_dmux",
    ]
    .iter()
    .any(|m| name.replace('-', "_").eq_ignore_ascii_case(m))
}

fn is_cellular_interface(name: &str) -> bool {
    ["wwan", "wwp"].iter().any(|front| {
        name.strip_prefix(front)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// Values of one JSON object.
type Row = BTreeMap<String, (String, Place)>;

/// One machine: its own facts, and rows by the number of their object.
#[derive(Default)]
struct Machine {
    host: String,
    serial: Option<String>,
    product: Vec<(Clue, String, Place)>,
    /// Network interfaces, and rows of `usb_facts`.
    rows: BTreeMap<u64, Row>,
    /// Names of interfaces in a list, or keys of an object of them.
    listed: BTreeMap<String, Place>,
    left_out: bool,
}

impl Machine {
    fn scalar(&mut self, scalar: &json::Scalar<'_>) {
        let place = Place::Line(scalar.line);
        let value = scalar.value.trim();
        let last = scalar.path.last().map_or("", String::as_str);
        // `ansible_hostname` in a dump, `hostname` in some caches and in Facter.
        let key = scalar.key.strip_prefix("ansible_").unwrap_or(scalar.key);
        let inner = last.strip_prefix("ansible_").unwrap_or(last);
        if value.is_empty() || (value == "null" && !scalar.quoted) {
            return;
        }
        if scalar.key.is_empty() {
            if inner == "interfaces" && is_cellular_interface(value) {
                self.list(value, place);
            }
            return;
        }
        let facter_interface = scalar
            .path
            .len()
            .checked_sub(2)
            .and_then(|n| scalar.path.get(n))
            .is_some_and(|p| p == "interfaces");
        if facter_interface && is_cellular_interface(inner) {
            self.list(inner, place.clone());
        }
        match (inner, key) {
            ("", "hostname" | "nodename") | ("facts" | "networking", "hostname")
                if self.host.is_empty() =>
            {
                value.clone_into(&mut self.host);
            }
            ("" | "facts", "system_vendor") | ("dmi", "manufacturer") => {
                self.say(Clue::ProductMaker, value, place);
            }
            ("" | "facts", "product_name") => self.say(Clue::ProductModel, value, place),
            ("product", "name") if scalar.path.iter().any(|p| p == "dmi") => {
                self.say(Clue::ProductModel, value, place);
            }
            ("" | "facts", "product_serial") if !chassis::is_filler(value) => {
                self.serial = Some(value.to_owned());
            }
            ("product", "serial_number")
                if scalar.path.iter().any(|p| p == "dmi") && !chassis::is_filler(value) =>
            {
                self.serial = Some(value.to_owned());
            }
            ("" | "facts", "form_factor" | "chassis_type") | ("chassis", "type") => {
                if let Some(class) = chassis::class_of_words(value) {
                    self.say(Clue::AssetClass, class, place);
                }
            }
            // Facter's old form.
            ("", "interfaces") => {
                for name in value.split(',').take(256).map(str::trim) {
                    if is_cellular_interface(name) {
                        self.list(name, place.clone());
                    }
                }
            }
            (
                _,
                "device" | "module" | "pciid" | "id" | "bus" | "name" | "interface_name"
                | "connection_name",
            ) => {
                if self.rows.len() >= MOST_ROWS && !self.rows.contains_key(&scalar.object) {
                    self.left_out = true;
                    return;
                }
                let row = self.rows.entry(scalar.object).or_default();
                if inner == "usb_devices" {
                    row.entry("usb".to_owned())
                        .or_insert_with(|| (String::new(), place.clone()));
                }
                row.entry(key.to_owned())
                    .or_insert_with(|| (value.to_owned(), place));
            }
            _ => {}
        }
    }

    fn say(&mut self, clue: Clue, value: &str, place: Place) {
        if !chassis::is_filler(value) && self.product.len() < 16 {
            self.product.push((clue, value.to_owned(), place));
        }
    }

    fn list(&mut self, name: &str, place: Place) {
        if self.listed.len() < MOST_ROWS {
            self.listed.entry(name.to_owned()).or_insert(place);
        }
    }

    fn finish(
        self,
        units: &mut u64,
        names: &dyn Names,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let mut listed = self.listed;
        let mut devices: Vec<Device> = Vec::new();
        let mut next = |stance| {
            *units += 1;
            Device::with_stance(*units - 1, stance)
        };
        for row in self.rows.values() {
            let get = |key: &str| row.get(key).map(|(value, place)| (value.as_str(), place));
            if row.contains_key("usb") {
                let Some((id, place)) = get("id").and_then(|(i, p)| Some((hex_id::pair(i)?, p)))
                else {
                    continue;
                };
                let mut device = next(Stance::Observed);
                if let (Some((bus, _)), Some((number, _))) = (get("bus"), get("device")) {
                    device.port(format!("usb:address:{bus}-{number}"));
                }
                device.fact(Clue::UsbId, &id, place.clone());
                if let Some((name, place)) = get("name") {
                    device.text(Clue::UsbTableName, name, place.clone());
                }
                devices.push(device);
            } else if let Some((name, place)) = get("interface_name") {
                // Windows.
                let cellular = adapter_name::speaks_of_cellular(name);
                if !cellular && !adapter_name::names_a_module(name, names) {
                    continue;
                }
                let mut device = next(Stance::Observed);
                if cellular {
                    device.fact(Clue::CellularInterface, name, place.clone());
                }
                device.text(Clue::ModemName, name, place.clone());
                devices.push(device);
            } else if let Some((name, place)) = get("device") {
                let module = get("module");
                let by_module = module.is_some_and(|(m, _)| is_cellular_module(m));
                if !by_module && !is_cellular_interface(name) {
                    continue;
                }
                listed.remove(name);
                let mut device = next(Stance::Observed);
                if let Some((at, _)) = get("pciid") {
                    device.port(match at.split_once(':') {
                        // A function of PCI has a domain of four digits in front.
                        Some((domain, _)) if domain.len() == 4 => format!("pci:{at}"),
                        Some((port, _)) => format!("usb:{port}"),
                        None => format!("usb:{at}"),
                    });
                }
                let said = format!("network interface {name}");
                device.fact(Clue::CellularInterface, &said, place.clone());
                if let Some((module, place)) = module {
                    device.text(Clue::Driver, module, place.clone());
                }
                devices.push(device);
            }
        }
        for (name, place) in listed {
            let mut device = next(Stance::Observed);
            let said = format!("network interface {name}");
            device.fact(Clue::CellularInterface, &said, place);
            devices.push(device);
        }
        if !self.product.is_empty() {
            let mut machine = next(Stance::Declared);
            if let Some(serial) = self.serial {
                machine.key(KeyKind::Serial, serial);
            }
            for (clue, value, place) in self.product {
                machine.fact(clue, &value, place);
            }
            devices.push(machine);
        }
        for mut device in devices {
            device.key(KeyKind::Host, &self.host);
            device.emit(sink)?;
        }
        if self.left_out {
            sink.problem(Problem::lost(
                "inventory-too-long",
                Place::Whole,
                format!("more than {MOST_ROWS} objects of one machine; the rest was not read"),
            ));
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let text = text::decode(&bytes).unwrap_or_default();
    let mut units = 0u64;
    let mut machine = Machine::default();
    let mut document = 0u64;
    let mut outcome = Ok(());
    let end = json::walk(&text, |scalar| {
        if scalar.document != document && outcome.is_ok() {
            document = scalar.document;
            outcome = std::mem::take(&mut machine).finish(&mut units, source.names, sink);
        }
        machine.scalar(scalar);
    });
    outcome?;
    machine.finish(&mut units, source.names, sink)?;
    if let json::End::Cut(line) = end {
        sink.problem(Problem::lost(
            "json-cut",
            Place::Line(line),
            "the JSON ends within a value; what stood before was read",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_of_modems() {
        assert!(is_cellular_interface("wwan0"));
        assert!(is_cellular_interface("wwp0s20u4i6"));
        assert!(!is_cellular_interface("wwanted"));
        assert!(!is_cellular_interface("wlp2s0"));
        assert!(is_cellular_module("bam-dmux"));
        assert!(!is_cellular_module("cdc_ether"));
    }
}
