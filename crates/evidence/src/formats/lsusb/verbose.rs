//! `lsusb -v`: the descriptors. A block may be a fragment without its `Bus` line.

use super::super::completeness::{Buses, Watched, enumerated, is_partial_command};
use super::super::device::Device;
use super::super::hex_id;
use super::{Entry, cut_line, entry};
use crate::observation::{Clue, Place, Problem, Stance};
use crate::reader::{Attachment, Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "lsusb-v",
    title: "lsusb -v, USB descriptors",
    made_by: "lsusb -v",
    proves: &[Stance::Observed],
    enumerates: &[Attachment::Usb],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    // With `=` between it is FreeBSD's tool.
    let is = |line: &str, name: &str| {
        let mut words = line.split_whitespace();
        words.next() == Some(name) && words.next() != Some("=")
    };
    let ids = head.count_lines(|l| is(l, "idVendor") && l.contains("0x"));
    let others = head.count_lines(|l| {
        l.trim() == "Device Descriptor:"
            || l.trim() == "Interface Descriptor:"
            || is(l, "bInterfaceClass")
            || is(l, "bDeviceClass")
            || is(l, "bDescriptorType")
    });
    match (ids, others) {
        (0, 0..2) => 0,
        (0, _) => 75,
        (_, 0) => 82,
        _ => 93,
    }
}

#[derive(Default)]
struct Listing {
    next_unit: u64,
    current: Option<Device>,
    at: Option<(u16, u16)>,
    /// Class and subclass of the device or interface whose protocol is still to come, in decimal.
    class: Vec<u8>,
    vendor: Option<(String, String)>,
    buses: Buses,
}

impl Listing {
    fn start(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.finish(sink)?;
        self.current = Some(Device::new(self.next_unit));
        self.next_unit += 1;
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.class.clear();
        self.vendor = None;
        if let Some(device) = self.current.take() {
            match (device.first(Clue::UsbId), self.at.take()) {
                (Some(id), Some((bus, number))) => self.buses.device(bus, number, id),
                _ => self.buses.filtered(),
            }
            device.emit(sink)?;
        }
        Ok(())
    }

    fn field(
        &mut self,
        name: &str,
        value: &str,
        words: &str,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        if self.current.is_none() {
            self.start(sink)?;
        }
        let Some(device) = &mut self.current else {
            return Ok(());
        };
        match name {
            "bDeviceClass" | "bInterfaceClass" => {
                self.class.clear();
                self.class.extend(value.parse::<u8>());
            }
            "bDeviceSubClass" | "bInterfaceSubClass" if self.class.len() == 1 => {
                self.class.extend(value.parse::<u8>());
            }
            "bDeviceProtocol" | "bInterfaceProtocol" => {
                if let ([class, sub], Ok(protocol)) = (self.class.as_slice(), value.parse::<u8>()) {
                    let class = format!("{class:02x}/{sub:02x}/{protocol:02x}");
                    if name == "bInterfaceProtocol" {
                        device.fact(Clue::UsbInterface, &class, place);
                    } else if !class.starts_with("00/") {
                        device.fact(Clue::UsbClass, &class, place);
                    }
                }
                self.class.clear();
            }
            "idVendor" => {
                self.vendor = hex_id::four(value).map(|id| (id, words.to_owned()));
                if self.vendor.is_none() {
                    sink.problem(Problem::lost("bad-id", place, "idVendor is not an id"));
                }
            }
            "idProduct" => match (self.vendor.take(), hex_id::four(value)) {
                (Some((vendor, maker)), Some(product)) => {
                    device.fact(Clue::UsbId, &format!("{vendor}:{product}"), place.clone());
                    let name = format!("{maker} {words}");
                    device.text(Clue::UsbTableName, &name, place);
                }
                (_, product) => {
                    let which = if product.is_some() {
                        "idProduct without idVendor before it"
                    } else {
                        "idProduct is not an id"
                    };
                    sink.problem(Problem::lost("bad-id", place, which));
                }
            },
            "iManufacturer" => device.text(Clue::UsbManufacturer, words, place),
            "iProduct" => device.text(Clue::UsbProduct, words, place),
            "iSerial" | "iSerialNumber" => device.module_serial(words),
            _ => {}
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut sink = Watched::new(sink);
    let mut listing = Listing::default();
    text::lines(source, &mut sink, |number, line, sink| {
        let place = Place::Line(number);
        match entry(line) {
            Entry::Device(found) if found.at.is_some() => {
                listing.start(sink)?;
                listing.at = found.at;
                if let Some(device) = &mut listing.current {
                    found.describe(device, &place);
                }
                return Ok(());
            }
            Entry::Cut => {
                listing.finish(sink)?;
                sink.problem(cut_line(place));
                return Ok(());
            }
            _ => {}
        }
        let line = line.trim();
        if line == "Device Descriptor:" {
            // A second descriptor block without a `Bus` line in front is another device.
            let described = listing.current.as_ref().is_some_and(|d| {
                d.has(Clue::UsbInterface) || (listing.at.is_none() && d.has(Clue::UsbId))
            });
            if described {
                return listing.start(sink);
            }
            return Ok(());
        }
        let Some((name, rest)) = line.split_once(char::is_whitespace) else {
            return Ok(());
        };
        if matches!(
            name,
            "bDeviceClass"
                | "bDeviceSubClass"
                | "bDeviceProtocol"
                | "bInterfaceClass"
                | "bInterfaceSubClass"
                | "bInterfaceProtocol"
                | "idVendor"
                | "idProduct"
                | "iManufacturer"
                | "iProduct"
                | "iSerial"
                | "iSerialNumber"
        ) {
            let rest = rest.trim_start();
            let (value, words) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            return listing.field(name, value, words.trim(), place, sink);
        }
        if is_partial_command(line, "lsusb") {
            listing.buses.filtered();
        }
        Ok(())
    })?;
    listing.finish(&mut sink)?;
    if listing.buses.complete() && !sink.lost {
        sink.observe(enumerated(listing.next_unit, Attachment::Usb))?;
    }
    Ok(())
}
