//! `lspci`: one line a function, with `-n`/`-nn`, `-v`, `-k`; the tagged form of `-vmm` and the quoted
//! one of `-m`.

use std::collections::BTreeSet;

use super::completeness::{Watched, enumerated, is_partial_command};
use super::device::Device;
use super::hex_id;
use crate::observation::{Clue, Place, Problem, Stance};
use crate::reader::{Attachment, Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "lspci",
    title: "lspci, also -n, -nn, -v, -k, -m, -vmm",
    made_by: "lspci -nnk",
    proves: &[Stance::Observed],
    enumerates: &[Attachment::Pci],
    sniff,
    read,
};

/// Words with which the class of a function ends, as in pci.ids; a line whose class has none of them
/// is not taken for one of `lspci` unless ids stand in it.
const CLASS_WORDS: &[&str] = &[
    "controller",
    "bridge",
    "adapter",
    "device",
    "peripheral",
    "processor",
    "accelerators",
    "modem",
    "memory",
    "serial bus",
    "instrumentation",
    "unassigned class",
    "dasp",
    "pic",
    "timer",
    "dma",
    "rtc",
    "interface",
    "network",
    "infiniband",
    "coprocessor",
    "class",
];

/// Base classes of which only the id is of interest: storage, display, multimedia, memory, bridge,
/// system peripheral, input, docking, processor, serial bus, encryption, instrumentation.
const UNRELATED: &[&str] = &[
    "01", "03", "04", "05", "06", "08", "09", "0a", "0b", "0c", "10", "13",
];

/// The same by words, for listings without numbers.
const UNRELATED_WORDS: &[&str] = &[
    "bridge",
    "vga",
    "display",
    "3d controller",
    "audio",
    "multimedia",
    "sata",
    "ide interface",
    "raid",
    "scsi",
    "storage",
    "non-volatile memory",
    "memory controller",
    "usb controller",
    "smbus",
    "system peripheral",
    "pic",
    "encryption",
    "isa",
];

fn sniff(head: &Head<'_>) -> u8 {
    if head.count_lines(|l| function(l).is_some()) > 0 {
        return 85;
    }
    let tagged = |tag: &str| {
        head.count_lines(|l| {
            l.strip_prefix(tag)
                .is_some_and(|rest| rest.starts_with(['\t', ' ']))
        })
    };
    let slots = head.count_lines(|l| {
        l.strip_prefix("Slot:")
            .is_some_and(|s| address(s.trim()).is_some_and(|(_, rest)| rest.is_empty()))
    });
    if slots > 0 && tagged("Class:") > 0 && tagged("Device:") > 0 {
        return 88;
    }
    0
}

/// A function's own line.
pub(crate) fn begins(line: &str) -> bool {
    // Asked of every line of mixed texts: most are told by their colons and dot.
    let b = line.as_bytes();
    let short = b.get(2) == Some(&b':') && b.get(5) == Some(&b'.');
    let long = b.get(4) == Some(&b':') && b.get(7) == Some(&b':') && b.get(10) == Some(&b'.');
    (short || long) && function(line).is_some()
}

/// The first line of a function with `-vmm`.
pub(crate) fn begins_tagged(line: &str) -> bool {
    line.strip_prefix("Slot:")
        .is_some_and(|s| address(s.trim()).is_some_and(|(_, rest)| rest.is_empty()))
}

/// A tagged line of `-vmm` below the first.
pub(crate) fn is_tagged(line: &str) -> bool {
    line.split_once(':').is_some_and(|(tag, value)| {
        matches!(
            tag,
            "Class"
                | "Vendor"
                | "Device"
                | "SVendor"
                | "SDevice"
                | "Rev"
                | "ProgIf"
                | "Driver"
                | "Module"
                | "NUMANode"
                | "IOMMUGroup"
                | "PhySlot"
        ) && value.starts_with(['\t', ' '])
    })
}

/// A PCI address at the start, with its domain, and what follows.
fn address(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
    let (address, rest) = text.split_at(end);
    let mut parts: Vec<&str> = address.split(':').collect();
    let slot = parts.pop()?;
    let bus = parts.pop()?;
    let domain = parts.pop().unwrap_or("0000");
    let (device, function) = slot.split_once('.')?;
    let hex = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_hexdigit());
    if !parts.is_empty()
        || !(4..=8).contains(&domain.len())
        || !hex(domain, domain.len())
        || !hex(bus, 2)
        || !hex(device, 2)
        || !matches!(function.as_bytes(), [b'0'..=b'7'])
    {
        return None;
    }
    let address = format!("{domain}:{bus}:{device}.{function}");
    Some((address.to_ascii_lowercase(), rest))
}

/// A function's own line taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    address: String,
    /// Class in words; empty with `-n`.
    class_words: String,
    /// Four digits.
    class: Option<String>,
    id: Option<String>,
    subsystem: Option<String>,
    name: String,
    subsystem_name: String,
}

fn function(line: &str) -> Option<Function> {
    // Indented lines belong to the function above; a terminal log's prompt is no address.
    let (address, rest) = address(line)?;
    let rest = rest.trim();
    if rest.starts_with('"') {
        return quoted(address, rest);
    }
    let mut found = Function {
        address,
        class_words: String::new(),
        class: None,
        id: None,
        subsystem: None,
        name: String::new(),
        subsystem_name: String::new(),
    };
    // `-n`: `0d40: 8086:7560 (rev 01)`
    if let Some((class, id)) = rest.split_once(": ")
        && let Some(class) = hex_id::four(class.trim_start_matches("Class "))
        && let Some((id, _)) = hex_id::leading_pair(id)
    {
        found.class = Some(class);
        found.id = Some(id);
        return Some(found);
    }
    let (class, name) = rest.split_once(": ")?;
    let (words, number) = bracketed(class, hex_id::four);
    let known = number.is_some()
        || CLASS_WORDS
            .iter()
            .any(|w| words.to_ascii_lowercase().contains(w));
    if !known {
        return None;
    }
    let (name, id) = named(name);
    found.class_words = words.to_owned();
    found.class = number;
    found.id = id;
    name.clone_into(&mut found.name);
    Some(found)
}

/// `-m`: `"class" "vendor" "device" -r01 "subsystem vendor" "subsystem device"`.
fn quoted(address: String, rest: &str) -> Option<Function> {
    let fields: Vec<&str> = rest.split('"').skip(1).step_by(2).take(5).collect();
    let get = |n: usize| fields.get(n).copied().unwrap_or_default();
    if fields.len() < 3 {
        return None;
    }
    let one = |text| -> (String, Option<String>) {
        // With `-n` the field is the number alone.
        if let Some(id) = hex_id::four(text) {
            return (String::new(), Some(id));
        }
        let (words, id) = bracketed(text, hex_id::four);
        (words.to_owned(), id)
    };
    let (class_words, class) = one(get(0));
    let join = |(a, a_id): (String, Option<String>), (b, b_id): (String, Option<String>)| {
        let id = a_id.zip(b_id).map(|(a, b)| format!("{a}:{b}"));
        (format!("{a} {b}").trim().to_owned(), id)
    };
    let (name, id) = join(one(get(1)), one(get(2)));
    let (subsystem_name, subsystem) = join(one(get(3)), one(get(4)));
    Some(Function {
        address,
        class_words,
        class,
        id,
        subsystem,
        name,
        subsystem_name,
    })
}

/// Words and the number in brackets at their end: `Wireless controller [0d40]`.
fn bracketed(text: &str, number: impl Fn(&str) -> Option<String>) -> (&str, Option<String>) {
    let text = text.trim();
    text.strip_suffix(']')
        .and_then(|t| t.rsplit_once('['))
        .and_then(|(words, inside)| Some((words.trim(), Some(number(inside)?))))
        .unwrap_or((text, None))
}

/// A name without ` (rev 01)` and ` (prog-if 00 [...])` behind it, and the id in brackets at its end.
fn named(text: &str) -> (&str, Option<String>) {
    let text = ["(rev ", "(prog-if "]
        .iter()
        .filter_map(|tail| text.find(tail))
        .min()
        .and_then(|end| text.get(..end))
        .unwrap_or(text);
    bracketed(text, hex_id::pair)
}

#[derive(Default)]
struct Listing {
    next_unit: u64,
    current: Option<Device>,
    /// Only the id of the current function is of interest.
    unrelated: bool,
    /// `-vmm`: vendor and subsystem vendor that wait for their device.
    vendor: (String, Option<String>),
    subsystem_vendor: (String, Option<String>),
    seen: BTreeSet<String>,
    host_bridge: bool,
    other_than_bridge: bool,
    partial: bool,
}

impl Listing {
    fn start(&mut self, address: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.finish(sink)?;
        let mut device = Device::new(self.next_unit);
        self.next_unit += 1;
        device.port(format!("pci:{address}"));
        self.current = Some(device);
        self.unrelated = false;
        self.vendor = Default::default();
        self.subsystem_vendor = Default::default();
        // Twice the same address: two listings in one file, perhaps of two hosts.
        if self.seen.len() < 65_536 {
            self.partial |= !self.seen.insert(address.to_owned());
        }
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        match self.current.take() {
            Some(device) => device.emit(sink),
            None => Ok(()),
        }
    }

    fn class(&mut self, words: &str, number: Option<&str>, place: &Place) {
        let lower = words.to_ascii_lowercase();
        let bridge = number.map_or(lower.contains("bridge"), |n| n.starts_with("06"));
        self.host_bridge |= number.map_or(lower == "host bridge", |n| n == "0600");
        self.other_than_bridge |= !bridge;
        self.unrelated = match number {
            Some(number) => number.get(..2).is_some_and(|c| UNRELATED.contains(&c)),
            None => UNRELATED_WORDS.iter().any(|w| lower.contains(w)),
        };
        let Some(device) = &mut self.current else {
            return;
        };
        if let Some(number) = number
            && !self.unrelated
        {
            device.pci_class(number, place.clone());
        }
        // The name of classes 0d40 and 0d41 in newer pci.ids.
        if !device.has(Clue::CellularInterface) && lower.starts_with("cellular controller") {
            device.fact(Clue::CellularInterface, words, place.clone());
        }
    }

    fn describe(
        &mut self,
        (id_clue, name_clue): (Clue, Clue),
        (name, id): (&str, Option<&str>),
        place: &Place,
    ) {
        let unrelated = self.unrelated;
        let Some(device) = &mut self.current else {
            return;
        };
        if let Some(id) = id
            && (id_clue == Clue::PciId || !unrelated)
        {
            device.fact(id_clue, id, place.clone());
        }
        // `Device` and `Device 7560` are what the tool writes where its table has no name.
        if !unrelated && !matches!(name, "Device" | "") {
            device.text(name_clue, name, place.clone());
        }
    }

    fn function(&mut self, found: &Function, place: &Place) {
        self.class(&found.class_words, found.class.as_deref(), place);
        self.describe(
            (Clue::PciId, Clue::PciTableName),
            (&found.name, found.id.as_deref()),
            place,
        );
        self.describe(
            (Clue::PciSubsystem, Clue::PciSubsystemTableName),
            (&found.subsystem_name, found.subsystem.as_deref()),
            place,
        );
    }

    /// A line below a function, or a tagged line.
    fn detail(&mut self, tag: &str, value: &str, place: &Place) {
        match tag {
            "Subsystem" => {
                // `-v` prints ids that pci.ids does not know as `Device 1cf8:3507`.
                let bare = value.strip_prefix("Device ").unwrap_or(value);
                let (name, id) = match hex_id::leading_pair(bare) {
                    Some((id, _)) => ("", Some(id)),
                    None => named(value),
                };
                self.describe(
                    (Clue::PciSubsystem, Clue::PciSubsystemTableName),
                    (name, id.as_deref()),
                    place,
                );
            }
            "Class" => {
                let (words, number) = match hex_id::four(value) {
                    Some(number) => ("", Some(number)),
                    None => bracketed(value, hex_id::four),
                };
                self.class(words, number.as_deref(), place);
            }
            "Vendor" => self.vendor = tagged(value),
            "SVendor" => self.subsystem_vendor = tagged(value),
            "Device" | "SDevice" => {
                let (vendor, clues) = if tag == "Device" {
                    (
                        std::mem::take(&mut self.vendor),
                        (Clue::PciId, Clue::PciTableName),
                    )
                } else {
                    (
                        std::mem::take(&mut self.subsystem_vendor),
                        (Clue::PciSubsystem, Clue::PciSubsystemTableName),
                    )
                };
                let (words, device) = tagged(value);
                let id = vendor.1.zip(device).map(|(v, d)| format!("{v}:{d}"));
                let name = format!("{} {words}", vendor.0);
                self.describe(clues, (name.trim(), id.as_deref()), place);
            }
            "Kernel driver in use" | "Driver" if !self.unrelated => {
                if let Some(device) = &mut self.current {
                    device.text(Clue::Driver, value, place.clone());
                }
            }
            _ => {}
        }
    }
}

/// A tagged value: words and number, either perhaps missing.
fn tagged(value: &str) -> (String, Option<String>) {
    if let Some(number) = hex_id::four(value) {
        return (String::new(), Some(number));
    }
    let (words, number) = bracketed(value, hex_id::four);
    (words.to_owned(), number)
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut sink = Watched::new(sink);
    let mut listing = Listing::default();
    text::lines(source, &mut sink, |number, line, sink| {
        let place = Place::Line(number);
        if let Some(found) = function(line) {
            listing.start(&found.address, sink)?;
            listing.function(&found, &place);
            return Ok(());
        }
        let detail = line.trim().split_once(':').map(|(t, v)| (t, v.trim()));
        if let Some(("Slot", slot)) = detail {
            if let Some((address, _)) = address(slot) {
                return listing.start(&address, sink);
            }
        } else if let Some((tag, value)) = detail
            && listing.current.is_some()
        {
            listing.detail(tag, value, &place);
        }
        if address(line).is_some() {
            listing.finish(sink)?;
            sink.problem(Problem::lost(
                "cut-line",
                place,
                "a function's line that names no class and device",
            ));
        } else if is_partial_command(line, "lspci") {
            listing.partial = true;
        }
        Ok(())
    })?;
    listing.finish(&mut sink)?;
    if listing.host_bridge && listing.other_than_bridge && !listing.partial && !sink.lost {
        sink.observe(enumerated(listing.next_unit, Attachment::Pci))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let f = function(
            "6d:00.0 Wireless controller [0d40]: Intel Corporation Device [8086:7560] (rev 01)",
        )
        .unwrap();
        assert_eq!(f.address, "0000:6d:00.0");
        assert_eq!(f.class.as_deref(), Some("0d40"));
        assert_eq!(f.id.as_deref(), Some("8086:7560"));
        assert_eq!(f.name, "Intel Corporation Device");

        let f = function("0004:01:00.0 Cellular controller/modem: Foxconn International, Inc. T99W175 5G Modem [Snapdragon X55]").unwrap();
        assert_eq!(
            f.name,
            "Foxconn International, Inc. T99W175 5G Modem [Snapdragon X55]"
        );
        assert_eq!((f.class, f.id), (None, None));

        let f = function("01:00.0 ff00: 17cb:0308 (rev 10)").unwrap();
        assert_eq!(f.id.as_deref(), Some("17cb:0308"));
        assert_eq!(f.class.as_deref(), Some("ff00"));

        let f = function(
            "05:00.0 \"Wireless controller [0d40]\" \"Intel Corporation [8086]\" \"XMM7360 [7360]\" -r01 \"Intel Corporation [8086]\" \"Device [0020]\"",
        )
        .unwrap();
        assert_eq!(f.id.as_deref(), Some("8086:7360"));
        assert_eq!(f.subsystem.as_deref(), Some("8086:0020"));

        assert_eq!(function("12:34.5 bells: rang"), None);
        assert_eq!(function("2024-01-01 00:00.0 x"), None);
    }
}
