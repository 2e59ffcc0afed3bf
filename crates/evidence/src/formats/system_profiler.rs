//! `system_profiler SPUSBDataType` of macOS: a block a device, headed by the device's name.

use super::device::Device;
use super::hex_id;
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "system-profiler",
    title: "USB devices of macOS",
    made_by: "system_profiler SPUSBDataType",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let has = |label: &str| head.count_lines(|l| value(l, label).is_some_and(is_number)) > 0;
    if has("Product ID") && has("Vendor ID") {
        90
    } else {
        0
    }
}

fn value<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    line.trim()
        .strip_prefix(label)?
        .strip_prefix(':')
        .map(str::trim)
}

fn is_number(value: &str) -> bool {
    number(value).is_some()
}

/// The id at the start of `0x1199  (Sierra Wireless Inc.)`.
fn number(value: &str) -> Option<String> {
    let first = value.split_whitespace().next()?;
    first.starts_with("0x").then(|| hex_id::four(first))?
}

#[derive(Default)]
struct Block {
    /// The heading: the device's product string, or a name of the system's.
    name: Option<(String, Place)>,
    vendor: Option<(String, Place)>,
    product: Option<(String, Place)>,
    vendor_name: Option<String>,
    maker: Option<(String, Place)>,
    serial: Option<String>,
    location: Option<String>,
}

impl Block {
    fn emit(self, unit: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let (Some((product, place)), Some((vendor, _))) = (self.product, self.vendor) else {
            return Ok(());
        };
        let mut device = Device::new(*unit);
        *unit += 1;
        if let Some(location) = self.location {
            device.port(format!("usb:location:{location}"));
        }
        device.fact(Clue::UsbId, &format!("{vendor}:{product}"), place.clone());
        if let Some((maker, place)) = self.maker {
            device.text(Clue::UsbManufacturer, &maker, place);
        }
        if let Some((name, place)) = self.name {
            device.text(Clue::UsbProduct, &name, place);
        }
        if let Some(name) = self.vendor_name {
            device.text(Clue::UsbTableName, &name, place);
        }
        if let Some(serial) = self.serial {
            device.module_serial(&serial);
        }
        device.emit(sink)
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut unit = 0u64;
    let mut block = Block::default();
    text::lines(source, sink, |number_of_line, line, sink| {
        let place = Place::Line(number_of_line);
        let line = line.trim();
        if let Some(name) = line.strip_suffix(':') {
            std::mem::take(&mut block).emit(&mut unit, sink)?;
            block.name = Some((name.to_owned(), place));
        } else if let Some(text) = value(line, "Product ID") {
            if block.product.is_some() {
                std::mem::take(&mut block).emit(&mut unit, sink)?;
            }
            block.product = number(text).map(|id| (id, place));
        } else if let Some(text) = value(line, "Vendor ID") {
            block.vendor = number(text).map(|id| (id, place));
            block.vendor_name = text
                .split_once('(')
                .and_then(|(_, n)| n.strip_suffix(')'))
                .map(str::to_owned);
        } else if let Some(text) = value(line, "Manufacturer") {
            block.maker = Some((text.to_owned(), place));
        } else if let Some(text) = value(line, "Serial Number") {
            block.serial = Some(text.to_owned());
        } else if let Some(text) = value(line, "Location ID") {
            block.location = text.split_whitespace().next().map(str::to_owned);
        }
        Ok(())
    })?;
    block.emit(&mut unit, sink)
}
