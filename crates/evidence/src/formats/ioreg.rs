//! `ioreg` of macOS: the USB devices of the IORegistry as a tree, with `-l` their properties; and the
//! USB report of `system_profiler` as JSON or property list, which names the same things in keys.

use super::device::Device;
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "ioreg",
    title: "USB devices of macOS by ioreg, or by system_profiler as JSON or property list",
    made_by: "ioreg -p IOUSB -l -w 0; system_profiler -json SPUSBDataType",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let nodes = head.count_lines(|l| node(l).is_some());
    let ids = head.count_lines(|l| {
        matches!(property(l), Some((name, value)) if name == "idVendor" && decimal(value).is_some())
    });
    if nodes > 0 || ids > 1 {
        return 90;
    }
    let keys = head.text.contains("SPUSBDataType")
        && head.text.contains("vendor_id")
        && head.text.contains("product_id");
    if keys { 90 } else { 0 }
}

/// `+-o EC25@14100000  <class AppleUSBDevice, ...>`: name and location.
fn node(line: &str) -> Option<(&str, &str)> {
    let (front, rest) = line.split_once("+-o ")?;
    if !front.bytes().all(|b| b" |".contains(&b)) {
        return None;
    }
    let (name, class) = rest.split_once("<class ")?;
    let class = class.split([',', '>']).next()?;
    if !matches!(class, "AppleUSBDevice" | "IOUSBHostDevice" | "IOUSBDevice") {
        return None;
    }
    let (name, location) = name.trim().rsplit_once('@')?;
    Some((name, location))
}

/// `"idVendor" = 11388`.
fn property(line: &str) -> Option<(&str, &str)> {
    let (front, rest) = line.split_once('"')?;
    if !front.bytes().all(|b| b" |".contains(&b)) {
        return None;
    }
    let (name, value) = rest.split_once("\" = ")?;
    Some((name, value.trim()))
}

/// An id, which is printed in tens, or in sixteens as `0x2c7c`.
fn decimal(value: &str) -> Option<u16> {
    value.strip_prefix("0x").map_or_else(
        || value.parse().ok(),
        |hex| u16::from_str_radix(hex, 16).ok(),
    )
}

#[derive(Default)]
struct Tree {
    units: u64,
    current: Option<Device>,
    vendor: Option<u16>,
    product: Option<u16>,
    /// Key of a property list whose value stands on the next line.
    key: Option<String>,
    /// The name that stands before the ids of its device.
    name: Option<(String, Place)>,
}

impl Tree {
    fn end(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.vendor = None;
        self.product = None;
        match self.current.take() {
            Some(device) => device.emit(sink),
            None => Ok(()),
        }
    }

    fn device(&mut self) -> &mut Device {
        let units = &mut self.units;
        self.current.get_or_insert_with(|| {
            *units += 1;
            Device::new(*units - 1)
        })
    }

    fn ids(&mut self, place: Place) {
        if let (Some(vendor), Some(product)) = (self.vendor, self.product) {
            self.device()
                .fact(Clue::UsbId, &format!("{vendor:04x}:{product:04x}"), place);
        }
    }

    fn of_ioreg(&mut self, name: &str, value: &str, place: Place) {
        let words = value.trim_matches('"');
        match name {
            "idVendor" => {
                self.vendor = decimal(value);
                self.ids(place);
            }
            "idProduct" => {
                self.product = decimal(value);
                self.ids(place);
            }
            "USB Vendor Name" | "kUSBVendorString" => {
                self.device().text(Clue::UsbManufacturer, words, place);
            }
            "USB Product Name" | "kUSBProductString" => {
                self.device().text(Clue::UsbProduct, words, place);
            }
            "USB Serial Number" | "kUSBSerialNumberString" => self.device().module_serial(words),
            _ => {}
        }
    }

    /// A key of `system_profiler`; `_name` begins the next device.
    fn of_report(
        &mut self,
        key: &str,
        value: &str,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let id = || decimal(value.split_whitespace().next()?);
        match key {
            "_name" => {
                self.end(sink)?;
                self.name = Some((value.to_owned(), place));
            }
            "vendor_id" => {
                self.vendor = id();
                self.ids(place.clone());
                if let Some((_, table)) = value.split_once('(') {
                    self.device()
                        .text(Clue::UsbTableName, table.trim_end_matches(')'), place);
                }
            }
            "product_id" => {
                self.product = id();
                self.ids(place);
            }
            "manufacturer" => self.device().text(Clue::UsbManufacturer, value, place),
            "serial_num" => self.device().module_serial(value),
            "location_id" => {
                let location = value.split_whitespace().next().unwrap_or_default();
                self.device().port(format!("usb:location:{location}"));
            }
            _ => return Ok(()),
        }
        if key != "_name"
            && let Some((name, place)) = self.name.take()
        {
            self.device().text(Clue::UsbProduct, &name, place);
        }
        Ok(())
    }

    fn line(&mut self, line: &str, place: Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if line.contains("+-o ") {
            self.end(sink)?;
            if let Some((name, location)) = node(line) {
                let device = self.device();
                device.port(format!("usb:location:{location}"));
                device.text(Clue::UsbProduct, name, place.clone());
                let squeezed: String = name
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|c| c.to_ascii_lowercase())
                    .collect();
                if squeezed.contains("mobilebroadband") {
                    device.fact(Clue::CellularInterface, name, place);
                }
            }
            return Ok(());
        }
        if let Some((name, value)) = property(line) {
            // An excerpt without the tree: the vendor begins the next device.
            if name == "idVendor" && self.vendor.is_some() && self.product.is_some() {
                self.end(sink)?;
            }
            self.of_ioreg(name, value, place);
            return Ok(());
        }
        let text = line.trim().trim_end_matches(',');
        if let Some(key) = text.strip_prefix("<key>") {
            self.key = key.strip_suffix("</key>").map(str::to_owned);
        } else if let Some(value) = text
            .strip_prefix("<string>")
            .and_then(|v| v.strip_suffix("</string>"))
        {
            if let Some(key) = self.key.take() {
                self.of_report(&key, value, place, sink)?;
            }
        } else if let Some((key, value)) = text
            .strip_prefix('"')
            .and_then(|t| t.split_once("\" : \""))
            .or_else(|| text.strip_prefix('"').and_then(|t| t.split_once("\": \"")))
        {
            self.of_report(key, value.trim_end_matches('"'), place, sink)?;
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut tree = Tree::default();
    text::lines(source, sink, |number, line, sink| {
        tree.line(line, Place::Line(number), sink)
    })?;
    tree.end(sink)
}
