//! `usb-devices`, and `/sys/kernel/debug/usb/devices`, which it imitates: one block a device, lines of
//! one letter (`T:` topology, `D:` device, `P:` product, `S:` strings, `C:` configuration,
//! `I:` interface). Reference: Documentation/driver-api/usb/usb.rst of the Linux kernel.
//!
//! Posted dumps are indented, quoted, short of lines, spaced differently (`Rev= 0.00`, `If#=0x0`), and
//! some have a line glued to the one before (`MxCh= 0D:  Ver= 2.00`).

use std::collections::{BTreeMap, BTreeSet};

use super::completeness::{Buses, Watched, enumerated, is_partial_command};
use super::device::Device;
use super::hex_id;
use crate::observation::{Clue, Place, Problem, Stance};
use crate::reader::{Attachment, Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "usb-devices",
    title: "usb-devices and the kernel's usb/devices file",
    made_by: "usb-devices; cat /sys/kernel/debug/usb/devices",
    proves: &[Stance::Observed],
    enumerates: &[Attachment::Usb],
    sniff,
    read,
};

/// Most devices whose place in the tree is remembered.
const MOST_PLACES: usize = 4096;

fn sniff(head: &Head<'_>) -> u8 {
    let lines = |letter: u8, a: &str, b: &str| {
        head.count_lines(|line| {
            let line = unquoted(line);
            line.as_bytes().first() == Some(&letter)
                && line.as_bytes().get(1) == Some(&b':')
                && line.contains(a)
                && line.contains(b)
        })
    };
    let product = lines(b'P', "Vendor=", "ProdID=");
    let others = lines(b'T', "Bus=", "Dev#=")
        + lines(b'I', "If#=", "Cls=")
        + lines(b'C', "#Ifs=", "Cfg#=")
        + lines(b'D', "Ver=", "Cls=");
    match (product, others) {
        (0, 0) => 0,
        (0, _) => 80,
        (_, 0) => 88,
        _ => 92,
    }
}

/// A record that no other listing has.
pub(crate) fn begins(line: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|w| line.contains(w));
    match line.as_bytes().first() {
        Some(b'T') => has(&["Bus="]),
        Some(b'B') => has(&["Alloc="]),
        Some(b'D') => has(&["Ver=", "Cls="]),
        Some(b'P') => has(&["Vendor=", "ProdID="]),
        Some(b'S') => has(&["Manufacturer=", "Product=", "SerialNumber="]),
        Some(b'C') => has(&["#Ifs=", "Cfg#="]),
        Some(b'A') => has(&["FirstIf#="]),
        Some(b'I') => has(&["If#="]),
        Some(b'E') => has(&["Ad="]),
        _ => false,
    }
}

/// The line without indentation and the `>` of a quoted mail.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>', '+', '|'])
}

/// The records of a line: its letter and the rest; several where lines were glued together.
fn records(line: &str) -> Vec<(u8, &str)> {
    /// Starts of a line that cannot stand in a device's own words.
    const AFTER_STRING: &[&str] = &[
        "C:* #Ifs=",
        "C:  #Ifs=",
        "C: #Ifs=",
        "S:  Product=",
        "S:  Serial",
    ];
    let line = unquoted(line);
    let starts = |at: usize| -> bool {
        let b = line.as_bytes();
        matches!(
            b.get(at),
            Some(b'T' | b'B' | b'D' | b'P' | b'S' | b'C' | b'A' | b'I' | b'E')
        ) && b.get(at + 1) == Some(&b':')
            && matches!(b.get(at + 2), Some(b' ' | b'\t' | b'*'))
    };
    let mut found = Vec::new();
    if !starts(0) {
        return found;
    }
    let mut from = 0;
    while let Some(letter) = line.as_bytes().get(from).copied() {
        let rest = line.get(from + 2..).unwrap_or_default();
        let end = if letter == b'S' {
            AFTER_STRING
                .iter()
                .filter_map(|start| rest.find(start))
                .min()
                .map_or(line.len(), |n| from + 2 + n)
        } else {
            (from + 2..line.len())
                .find(|at| starts(*at))
                .unwrap_or(line.len())
        };
        let content = line.get(from + 2..end).unwrap_or_default();
        found.push((letter, content.trim_start_matches('*')));
        from = end;
    }
    found
}

/// The value of `name=` in a record: up to a blank or a parenthesis, blanks in front dropped.
fn field<'a>(record: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    loop {
        let at = from + record.get(from..)?.find(name)?;
        let value = record.get(at + name.len()..)?;
        let alone = record
            .get(..at)?
            .chars()
            .next_back()
            .is_none_or(|c| c.is_whitespace() || c == ')');
        if alone && let Some(value) = value.strip_prefix('=') {
            let value = value.trim_start();
            let end = value
                .find(|c: char| c.is_whitespace() || c == '(')
                .unwrap_or(value.len());
            return value.get(..end);
        }
        from = at + name.len();
    }
}

fn number(record: &str, name: &str) -> Option<u16> {
    field(record, name)?.parse().ok()
}

#[derive(Default)]
struct Listing {
    next_unit: u64,
    current: Option<Device>,
    at: Option<(u16, u16)>,
    paths: BTreeMap<(u16, u16), String>,
    siblings: BTreeMap<(u16, u16), BTreeSet<u16>>,
    buses: Buses,
    without_product: bool,
}

impl Listing {
    fn start(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.finish(sink)?;
        self.current = Some(Device::new(self.next_unit));
        self.next_unit += 1;
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if let Some(device) = self.current.take() {
            match (device.first(Clue::UsbId), self.at.take()) {
                (Some(id), Some((bus, number))) => self.buses.device(bus, number, id),
                _ => self.without_product = true,
            }
            device.emit(sink)?;
        }
        Ok(())
    }

    /// The device that a record of this kind belongs to; a new one if it cannot be the current one.
    fn device(&mut self, begins: bool, sink: &mut dyn Sink) -> Result<&mut Device, ReadError> {
        let begun = self
            .current
            .as_ref()
            .is_some_and(|d| begins && (d.has(Clue::UsbId) || d.has(Clue::UsbInterface)));
        if self.current.is_none() || begun {
            self.start(sink)?;
        }
        let unit = self.next_unit;
        Ok(self.current.get_or_insert_with(|| Device::new(unit)))
    }

    /// Notes where a device sits: bus and number, and the port path as far as its parents are listed.
    fn topology(&mut self, record: &str) {
        let (Some(bus), Some(device)) = (number(record, "Bus"), number(record, "Dev#")) else {
            return;
        };
        self.at = Some((bus, device));
        let parent = number(record, "Prnt").unwrap_or(0);
        let port = number(record, "Port").map(|p| u32::from(p) + 1);
        let path = match (number(record, "Lev"), port) {
            (Some(0), _) => Some(format!("usb{bus}")),
            (Some(1), Some(port)) => Some(format!("{bus}-{port}")),
            (Some(_), Some(port)) => match self.paths.get(&(bus, parent)) {
                // Hubs nest seven deep at most; a longer chain is not a path.
                Some(above) if above.len() < 40 => Some(format!("{above}.{port}")),
                _ => None,
            },
            _ => None,
        };
        if let Some(found) = &mut self.current {
            if let Some(path) = &path {
                found.port(format!("usb:{path}"));
            }
            found.port(format!("usb:bus{bus}:dev{device}"));
        }
        match path {
            Some(path) if self.paths.len() < MOST_PLACES => {
                self.paths.insert((bus, device), path);
                if parent > 0
                    && let Some(count) = number(record, "Cnt")
                {
                    self.siblings
                        .entry((bus, parent))
                        .or_default()
                        .insert(count);
                }
            }
            _ => self.buses.filtered(),
        }
    }

    fn record(
        &mut self,
        letter: u8,
        record: &str,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        match letter {
            b'T' if record.contains("Bus=") => {
                self.start(sink)?;
                self.topology(record);
            }
            b'D' if record.contains("Cls=") => {
                let class = field(record, "Cls")
                    .zip(field(record, "Sub"))
                    .zip(field(record, "Prot"))
                    .and_then(|((c, s), p)| hex_id::class(c, s, p));
                let device = self.device(true, sink)?;
                if let Some(class) = class
                    && !class.starts_with("00/")
                {
                    device.fact(Clue::UsbClass, &class, place);
                }
            }
            b'P' if record.contains("Vendor=") => {
                let id = field(record, "Vendor")
                    .and_then(hex_id::four)
                    .zip(field(record, "ProdID").and_then(hex_id::four));
                let Some((vendor, product)) = id else {
                    sink.problem(Problem::lost(
                        "cut-line",
                        place,
                        "a product line without a whole vendor and product id",
                    ));
                    return Ok(());
                };
                self.device(true, sink)?
                    .fact(Clue::UsbId, &format!("{vendor}:{product}"), place);
            }
            b'S' => {
                let record = record.trim();
                let (clue, value) = if let Some(value) = record.strip_prefix("Manufacturer=") {
                    (Some(Clue::UsbManufacturer), value)
                } else if let Some(value) = record.strip_prefix("Product=") {
                    (Some(Clue::UsbProduct), value)
                } else if let Some(value) = record.strip_prefix("SerialNumber=") {
                    (None, value)
                } else {
                    return Ok(());
                };
                let device = self.device(false, sink)?;
                match clue {
                    Some(clue) => device.text(clue, value, place),
                    None => device.module_serial(value),
                }
            }
            b'I' if record.contains("If#=") => {
                let class = field(record, "Cls")
                    .zip(field(record, "Sub"))
                    .zip(field(record, "Prot"))
                    .and_then(|((c, s), p)| hex_id::class(c, s, p));
                let driver = field(record, "Driver").unwrap_or_default();
                let device = self.device(false, sink)?;
                if let Some(class) = class {
                    device.fact(Clue::UsbInterface, &class, place.clone());
                }
                device.text(Clue::Driver, driver, place);
            }
            _ => {}
        }
        Ok(())
    }

    /// Every device was listed: all root hubs, no parent and no sibling missing.
    fn complete(&self) -> bool {
        !self.without_product
            && self.buses.complete()
            && self
                .siblings
                .values()
                .all(|counts| counts.iter().zip(1u16..).all(|(count, n)| *count == n))
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut sink = Watched::new(sink);
    let mut listing = Listing::default();
    text::lines(source, &mut sink, |number, line, sink| {
        let records = records(line);
        if records.is_empty() && is_partial_command(line, "usb-devices") {
            listing.buses.filtered();
        }
        for (letter, record) in records {
            listing.record(letter, record, Place::Line(number), sink)?;
        }
        Ok(())
    })?;
    listing.finish(&mut sink)?;
    if listing.complete() && !sink.lost {
        sink.observe(enumerated(listing.next_unit, Attachment::Usb))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glued_and_quoted_lines() {
        let glued = "T:  Bus=02 Lev=02 MxCh= 0D:  Ver= 2.00 Cls=00(>ifc ) Sub=00 Prot=00";
        assert_eq!(
            records(glued),
            [
                (b'T', "  Bus=02 Lev=02 MxCh= 0"),
                (b'D', "  Ver= 2.00 Cls=00(>ifc ) Sub=00 Prot=00"),
            ]
        );
        assert_eq!(
            records("> S:  Product=A D: B modem"),
            [(b'S', "  Product=A D: B modem")]
        );
        assert_eq!(
            records("S:  SerialNumber=1C:* #Ifs= 4"),
            [(b'S', "  SerialNumber=1"), (b'C', " #Ifs= 4")]
        );
        assert!(records("Sub: x").is_empty());
    }

    #[test]
    fn fields_with_and_without_blanks() {
        let i = "  If#=0x1 Alt= 0 #EPs= 2 Cls=ff(vend.) Sub=42 Prot=01 Driver=(none)";
        assert_eq!(field(i, "Cls"), Some("ff"));
        assert_eq!(field(i, "Driver"), Some(""));
        let a = "  FirstIf#= 0 IfCount= 2 Cls=e0(wlcon)";
        assert_eq!(field(a, "Count"), None);
        assert_eq!(
            field("  Vendor=2c7c ProdID=0125 Rev= 3.18", "Rev"),
            Some("3.18")
        );
    }
}
