//! Listings of all hardware of a Linux machine by tools for people: `hwinfo`, `lshw`, `inxi`.
//!
//! Each is cut, filtered and pasted in parts, so nothing here counts as a complete listing.

use super::device::Device;
use super::hex_id;
use crate::modem::port_of_path;
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "hardware-listing",
    title: "Hardware listings for people (hwinfo, lshw, inxi)",
    made_by: "hwinfo --usb --pci; lshw; inxi -Fxxx",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let hwinfo = head.count_lines(|l| hwinfo_id(l.trim()).is_some())
        + head.count_lines(|l| l.trim_start().starts_with("usb device: name = "));
    let lshw = head.count_lines(|l| l.trim_start().starts_with("*-"));
    let lshw_fields = head.count_lines(|l| {
        [
            "bus info: ",
            "logical name: ",
            "configuration: ",
            "physical id: ",
            "Bus-Informationen: ",
            "Logischer Name: ",
            "Konfiguration: ",
            "Physische ID: ",
            "information bus: ",
            "nom logique: ",
            "identifiant matériel: ",
            "información del bus: ",
            "nombre lógico: ",
            "configuración: ",
            "id físico: ",
            "informazioni bus: ",
            "nome logico: ",
            "configurazione: ",
            "id fisico: ",
            "informação do barramento: ",
            "nome lógico: ",
            "configuração: ",
            "informacje o magistrali: ",
            "nazwa logiczna: ",
            "konfiguracja: ",
        ]
        .iter()
        .any(|f| l.trim_start().starts_with(f))
    });
    let inxi = head.count_lines(|l| chip(l).is_some());
    if hwinfo > 0 || inxi > 0 || (lshw > 0 && lshw_fields > 1) {
        87
    } else {
        0
    }
}

/// A line that no other listing has.
pub(crate) fn begins(line: &str) -> bool {
    line.starts_with("*-")
        || line.starts_with("usb device: name = ")
        || hwinfo_id(line).is_some()
        || (line.starts_with("Device-") && line.contains(": "))
        || chip(line).is_some()
}

/// `Vendor: usb 0x12d1 "Huawei"`: key, bus, number, name.
fn hwinfo_id(line: &str) -> Option<(&str, &str, String, &str)> {
    let (key, rest) = line.split_once(": ")?;
    if !matches!(key, "Vendor" | "Device" | "SubVendor" | "SubDevice") {
        return None;
    }
    let (bus, rest) = rest.trim_start().split_once(' ')?;
    if !matches!(bus, "usb" | "pci") {
        return None;
    }
    let (number, name) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let number = hex_id::four(number.strip_prefix("0x")?)?;
    Some((key, bus, number, name.trim().trim_matches('"')))
}

/// `chip-ID: 2c7c:0512` of inxi.
fn chip(line: &str) -> Option<String> {
    let rest = line.split_once("chip-ID: ")?.1;
    hex_id::pair(rest.split_whitespace().next()?)
}

/// The English key of a field of lshw, which prints its fields in the language of the machine.
fn in_english(key: &str) -> &str {
    match key {
        "Hersteller" | "fabricant" | "fabricante" | "produttore" | "producent" => "vendor",
        "Produkt" | "produit" | "producto" | "prodotto" | "produto" | "produkt" => "product",
        "Konfiguration" | "configuración" | "configurazione" | "configuração" | "konfiguracja" => {
            "configuration"
        }
        "Bus-Informationen"
        | "information bus"
        | "información del bus"
        | "informazioni bus"
        | "informação do barramento"
        | "informacje o magistrali" => "bus info",
        "Logischer Name" | "nom logique" | "nombre lógico" | "nome logico" | "nome lógico"
        | "nazwa logiczna" => "logical name",
        other => other,
    }
}

/// The value behind a key of inxi, one word.
fn word<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    line.split_once(key)?.1.split_whitespace().next()
}

#[derive(Default)]
struct Listing {
    units: u64,
    device: Option<Device>,
    usb: bool,
    vendor: Option<(String, String)>,
    subvendor: Option<String>,
    maker: Option<String>,
    product: Option<(String, Place)>,
    drivers: Vec<(String, Place)>,
}

impl Listing {
    fn start(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.finish(sink)?;
        self.device = Some(Device::new(self.units));
        self.units += 1;
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let listing = std::mem::take(self);
        self.units = listing.units;
        let Some(mut device) = listing.device else {
            return Ok(());
        };
        if let Some((product, place)) = listing.product {
            if listing.usb {
                let maker = listing.maker.unwrap_or_default();
                device.text(Clue::UsbManufacturer, &maker, place.clone());
                device.text(Clue::UsbProduct, &product, place);
            } else {
                let name = format!("{} {product}", listing.maker.unwrap_or_default());
                device.text(Clue::PciTableName, &name, place);
            }
        }
        for (driver, place) in listing.drivers {
            for one in driver.split(',') {
                device.text(Clue::Driver, one, place.clone());
            }
        }
        device.emit(sink)
    }

    fn driver(&mut self, driver: &str, place: &Place) {
        if self.drivers.len() < 8 {
            self.drivers.push((driver.to_owned(), place.clone()));
        }
    }

    fn line(&mut self, line: &str, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let text = line.trim();
        let entry = text.starts_with("*-")
            || text.starts_with("usb device: name = ")
            || (text.starts_with("Device-") && text.contains(": "))
            || text.split_once(": ").is_some_and(|(n, rest)| {
                // `27: USB 00.0: 0000 Unclassified device`
                n.bytes().all(|b| b.is_ascii_digit())
                    && (rest.starts_with("USB ") || rest.starts_with("PCI "))
            });
        if entry {
            self.start(sink)?;
        } else if text.is_empty() || self.device.is_none() {
            if hwinfo_id(text).is_some_and(|(key, ..)| key == "Vendor") {
                self.start(sink)?;
            } else {
                return Ok(());
            }
        }
        if let Some(found) = hwinfo_id(text) {
            self.hwinfo(found, place);
        } else if text.starts_with("Device-") || text.contains("chip-ID: ") {
            self.inxi(text, place);
        } else if let Some((key, value)) = text.split_once(" = ") {
            self.raw(key, value.trim_matches('"'), place);
        } else if let Some((key, value)) = text.split_once(": ") {
            self.field(in_english(key), value.trim(), place);
        }
        Ok(())
    }

    fn hwinfo(&mut self, (key, bus, id, name): (&str, &str, String, &str), place: &Place) {
        let usb = bus == "usb";
        let ids = |vendor: &str| format!("{vendor}:{id}");
        let Some(device) = &mut self.device else {
            return;
        };
        match key {
            "Vendor" => self.vendor = Some((id, name.to_owned())),
            "SubVendor" => self.subvendor = Some(id),
            "Device" => {
                let Some((vendor, maker)) = self.vendor.take() else {
                    return;
                };
                let (clue, named) = if usb {
                    (Clue::UsbId, Clue::UsbTableName)
                } else {
                    (Clue::PciId, Clue::PciTableName)
                };
                device.fact(clue, &ids(&vendor), place.clone());
                device.text(named, format!("{maker} {name}").trim(), place.clone());
            }
            _ => {
                if let Some(vendor) = self.subvendor.take().filter(|_| !usb) {
                    device.fact(Clue::PciSubsystem, &ids(&vendor), place.clone());
                }
            }
        }
    }

    fn inxi(&mut self, text: &str, place: &Place) {
        let usb = text.contains("type: USB");
        self.usb |= usb;
        if let Some(driver) = word(text, "driver: ") {
            self.driver(driver, place);
        }
        let Some(device) = &mut self.device else {
            return;
        };
        if let Some((_, rest)) = text
            .strip_prefix("Device-")
            .and_then(|t| t.split_once(": "))
        {
            let end = ["vendor: ", "driver: ", "type: "]
                .iter()
                .filter_map(|k| rest.find(k))
                .min()
                .unwrap_or(rest.len());
            let clue = if usb {
                Clue::UsbTableName
            } else {
                Clue::PciTableName
            };
            device.text(clue, rest.get(..end).unwrap_or_default(), place.clone());
        }
        if let Some(id) = chip(text) {
            let clue = if self.usb { Clue::UsbId } else { Clue::PciId };
            device.fact(clue, &id, place.clone());
        }
    }

    /// `idVendor = 0x0af0` of hwinfo's own log.
    fn raw(&mut self, key: &str, value: &str, place: &Place) {
        let Some(device) = &mut self.device else {
            return;
        };
        match key.trim() {
            "idVendor" => self.vendor = hex_id::four(value).map(|id| (id, String::new())),
            "idProduct" => {
                if let Some(((vendor, _), product)) = self.vendor.take().zip(hex_id::four(value)) {
                    device.fact(Clue::UsbId, &format!("{vendor}:{product}"), place.clone());
                }
            }
            "manufacturer" => device.text(Clue::UsbManufacturer, value, place.clone()),
            "product" => device.text(Clue::UsbProduct, value, place.clone()),
            "path" => {
                if let Some(port) = port_of_path(value) {
                    device.port(port);
                }
            }
            _ => {}
        }
    }

    /// `bus info: usb@1:1.2` of lshw, `Driver: "option"` of hwinfo.
    fn field(&mut self, key: &str, value: &str, place: &Place) {
        match key {
            "vendor" => self.maker = Some(value.to_owned()),
            "product" => self.product = Some((value.to_owned(), place.clone())),
            "Driver" => self.driver(value.split('"').nth(1).unwrap_or_default(), place),
            "configuration" => {
                if let Some(driver) = word(value, "driver=") {
                    self.driver(driver, place);
                }
            }
            _ => {}
        }
        let Some(device) = &mut self.device else {
            return;
        };
        match key {
            "bus info" => {
                if let Some(port) = value.strip_prefix("usb@") {
                    self.usb = true;
                    device.port(format!("usb:{}", port.replacen(':', "-", 1)));
                } else if let Some(port) = value.strip_prefix("pci@") {
                    device.port(format!("pci:{port}"));
                }
            }
            "logical name" if value.starts_with("wwan") || value.starts_with("wwp") => {
                let said = format!("network interface {value}");
                device.fact(Clue::CellularInterface, &said, place.clone());
            }
            "SysFS ID" => {
                if let Some(port) = port_of_path(value) {
                    device.port(port);
                }
            }
            _ => {}
        }
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut listing = Listing::default();
    text::lines(source, sink, |number, line, sink| {
        listing.line(line, &Place::Line(number), sink)
    })?;
    listing.finish(sink)
}
