//! The udev database: `udevadm info -e` (`P:` and `E:` lines), one device's properties
//! (`udevadm info -q property`), the attribute walk of `udevadm info -a`, and recorded devices of
//! umockdev (with `A:` and `L:` lines).
//!
//! Interfaces, ttys and network interfaces of a USB device are told of in blocks of their own; their
//! path puts them into the unit of their device. Recordings of one device hold the root hubs above it,
//! so nothing here counts as a complete listing.

use super::sysfs::tree::{self, Tree};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "udevadm",
    title: "udev database (udevadm info)",
    made_by: "udevadm info -e",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Most properties kept of one block; udev gives a few dozen.
const MOST_PROPERTIES: usize = 200;

fn sniff(head: &Head<'_>) -> u8 {
    let paths = head.count_lines(|l| {
        l.starts_with("P: /") || l.starts_with("E: DEVPATH=/") || looking_at(l).is_some()
    });
    let marked = head.count_lines(|l| l.starts_with("E: ") || l.starts_with("A: "));
    let bare = head.count_lines(|l| l.starts_with("DEVPATH=/devices/"));
    let named = head.count_lines(|l| l.starts_with("SUBSYSTEM=") || l.starts_with("ID_VENDOR_ID="));
    match (paths, marked) {
        (0, _) if bare > 0 && named > 0 => 82,
        (0, 0..3) => 0,
        (0, _) if head.count_lines(|l| l.starts_with("E: ID_")) > 0 => 80,
        (0, _) => 0,
        _ => 92,
    }
}

/// A line of the database that no other listing has.
pub(crate) fn begins(line: &str) -> bool {
    if line.starts_with("looking at ") {
        return looking_at(line).is_some();
    }
    let Some((mark, rest)) = line.split_once(": ") else {
        return false;
    };
    match mark {
        "P" => rest.starts_with("/devices/"),
        "E" | "A" | "L" => rest.split_once('=').is_some_and(|(key, _)| {
            !key.is_empty()
                && key
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_/:.".contains(&b))
        }),
        "S" => rest.starts_with("serial/") || rest.starts_with("disk/"),
        "N" => !rest.contains(' ') && !rest.is_empty(),
        _ => false,
    }
}

/// `  looking at parent device '/devices/pci0000:00/...':`
fn looking_at(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line
        .strip_prefix("looking at device '")
        .or_else(|| line.strip_prefix("looking at parent device '"))?;
    rest.split('\'').next()
}

/// `ATTRS{idVendor}=="2c7c"`, `DRIVERS=="option"`: name and value.
fn compared(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim().split_once("==\"")?;
    // More behind it is a rule, which matches and proves nothing.
    let value = value.strip_suffix('"').filter(|v| !v.contains('"'))?;
    let name = match key.split_once('{') {
        Some(("ATTR" | "ATTRS", name)) => name.strip_suffix('}')?,
        None if matches!(key, "DRIVER" | "DRIVERS") => "driver",
        _ => return None,
    };
    Some((name, value))
}

/// A device's block.
#[derive(Default)]
struct Block {
    path: String,
    properties: Vec<(String, String, Place)>,
}

impl Block {
    fn get(&self, key: &str) -> Option<(&str, &Place)> {
        self.properties
            .iter()
            .find(|(k, _, _)| k == key)
            .map(|(_, value, place)| (value.as_str(), place))
    }

    fn add(&mut self, key: &str, value: &str, place: Place) {
        if key == "DEVPATH" && self.path.is_empty() {
            value.clone_into(&mut self.path);
        }
        if self.properties.len() < MOST_PROPERTIES {
            self.properties
                .push((key.to_owned(), value.to_owned(), place));
        }
    }

    /// Hands the block over to the device it speaks of.
    fn finish(&mut self, tree: &mut Tree, sink: &mut dyn Sink) {
        let block = std::mem::take(self);
        let path = block.path.as_str();
        for (key, value, place) in &block.properties {
            tree.property(path, key, value, place, sink);
        }
        let Some((device, on_usb)) = tree::device_of(path) else {
            // An excerpt without its path: the port is in another property.
            if path.is_empty()
                && matches!(block.get("ID_BUS"), Some(("usb", _)))
                && let Some((port, _)) = block.get("ID_PATH")
                && let Some((controller, place)) = port.split_once("-usb-")
                && let [_, ports, ..] = place.split(':').collect::<Vec<_>>().as_slice()
            {
                let device = format!("/devices/{controller}/usb0/0-{ports}");
                block.usb(&device, tree, sink);
            }
            return;
        };
        if on_usb {
            block.usb(&device, tree, sink);
        } else {
            block.pci(&device, tree, sink);
        }
    }

    fn usb(&self, device: &str, tree: &mut Tree, sink: &mut dyn Sink) {
        for (key, attribute) in [
            ("ID_VENDOR_ID", "idVendor"),
            ("ID_MODEL_ID", "idProduct"),
            ("BUSNUM", "busnum"),
            ("DEVNUM", "devnum"),
        ] {
            if let Some((value, place)) = self.get(key) {
                tree.attribute(device, attribute, value, place, sink);
            }
        }
        for (encoded, plain, id, attribute) in [
            ("ID_VENDOR_ENC", "ID_VENDOR", "ID_VENDOR_ID", "manufacturer"),
            ("ID_MODEL_ENC", "ID_MODEL", "ID_MODEL_ID", "product"),
        ] {
            let text = match (self.get(encoded), self.get(plain)) {
                (Some((value, place)), _) => Some((unescaped(value), place)),
                (None, Some((value, place))) => Some((value.replace('_', " "), place)),
                _ => None,
            };
            // Where a device has no string, udev writes its id instead.
            if let Some((text, place)) = text
                && self.get(id).is_none_or(|(id, _)| id != text)
            {
                tree.attribute(device, attribute, &text, place, sink);
            }
        }
        if let Some((serial, place)) = self.get("ID_SERIAL_SHORT") {
            tree.attribute(device, "serial", serial, place, sink);
        }
        self.table_name(device, Clue::UsbTableName, tree, sink);
        if let Some((interfaces, place)) = self.get("ID_USB_INTERFACES") {
            for triple in interfaces.split(':').take(32).filter(|t| t.len() == 6) {
                let parts = (triple.get(..2), triple.get(2..4), triple.get(4..));
                if let (Some(class), Some(sub), Some(protocol)) = parts
                    && let Some(class) = super::hex_id::class(class, sub, protocol)
                {
                    tree.fact(device, Clue::UsbInterface, &class, place, sink);
                }
            }
        }
        if let Some((driver, place)) = self.get("ID_USB_DRIVER") {
            tree.fact(device, Clue::Driver, driver, place, sink);
        }
        // ModemManager's rules set a port type for ports of modems that they know by id.
        for (key, value, place) in &self.properties {
            if key.starts_with("ID_MM_PORT_TYPE_") && value == "1" && !key.ends_with("_GPS") {
                tree.fact(device, Clue::CellularInterface, key, place, sink);
            }
        }
        if let Some(("tty", _)) = self.get("SUBSYSTEM")
            && let Some((name, place)) = self.get("DEVNAME")
        {
            let name = name.rsplit('/').next().unwrap_or_default();
            tree.key(device, KeyKind::Port, name, place, sink);
        }
    }

    fn pci(&self, device: &str, tree: &mut Tree, sink: &mut dyn Sink) {
        let itself = self
            .path
            .rsplit('/')
            .next()
            .is_some_and(tree::is_pci_address);
        if !itself {
            return;
        }
        self.table_name(device, Clue::PciTableName, tree, sink);
    }

    fn table_name(&self, device: &str, clue: Clue, tree: &mut Tree, sink: &mut dyn Sink) {
        let vendor = self.get("ID_VENDOR_FROM_DATABASE");
        let model = self.get("ID_MODEL_FROM_DATABASE");
        let name = match (vendor, model) {
            (Some((vendor, place)), Some((model, _))) => (format!("{vendor} {model}"), place),
            (Some((one, place)), None) | (None, Some((one, place))) => (one.to_owned(), place),
            (None, None) => return,
        };
        tree.fact(device, clue, &name.0, name.1, sink);
    }
}

/// `Sierra\x20Wireless` with the bytes put back.
fn unescaped(text: &str) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\x") {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before.as_bytes());
        if let Some(Ok(byte)) = escape.get(2..4).map(|hex| u8::from_str_radix(hex, 16)) {
            out.push(byte);
            rest = escape.get(4..).unwrap_or_default();
        } else {
            out.extend_from_slice(b"\\x");
            rest = escape.get(2..).unwrap_or_default();
        }
    }
    out.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&out).trim().to_owned()
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut tree = Tree::default();
    let mut block = Block::default();
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        if let Some(path) = line.strip_prefix("P: ") {
            block.finish(&mut tree, sink);
            path.trim().clone_into(&mut block.path);
        } else if let Some(path) = looking_at(line) {
            block.finish(&mut tree, sink);
            path.clone_into(&mut block.path);
        } else if line.trim().is_empty() {
            block.finish(&mut tree, sink);
        } else if let Some(attribute) = line
            .strip_prefix("A: ")
            .or_else(|| line.strip_prefix("L: "))
        {
            if let Some((name, value)) = attribute.split_once('=')
                && let Some(name) = tree::attribute_name(name)
            {
                let value = value.trim_end_matches("\\n");
                tree.attribute(&block.path, name, value, &place, sink);
            }
        } else if let Some((key, value)) = line.strip_prefix("E: ").unwrap_or(line).split_once('=')
            && !key.is_empty()
            && key
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        {
            // `DRIVERS=="option"` of `-a` comes this way too and is no property.
            match compared(line) {
                Some((name, value)) => walked(&block.path, name, value, &place, &mut tree, sink),
                None => block.add(key, value.trim(), place),
            }
        } else if let Some((name, value)) = compared(line) {
            walked(&block.path, name, value, &place, &mut tree, sink);
        }
        Ok(())
    })?;
    block.finish(&mut tree, sink);
    tree.partial();
    tree.emit(false, sink)
}

/// An attribute as `udevadm info -a` shows it.
fn walked(
    path: &str,
    name: &str,
    value: &str,
    place: &Place,
    tree: &mut Tree,
    sink: &mut dyn Sink,
) {
    if !path.is_empty()
        && let Some(name) = tree::attribute_name(name)
    {
        tree.attribute(path, name, value, place, sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(unescaped("Sierra\\x20Wireless\\x2c"), "Sierra Wireless,");
        assert_eq!(unescaped("a\\xzz\\x2"), "a\\xzz\\x2");
        assert_eq!(unescaped("\\xc3\\xa9"), "é");
    }

    #[test]
    fn comparisons() {
        assert_eq!(
            compared("    ATTRS{idVendor}==\"2c7c\""),
            Some(("idVendor", "2c7c"))
        );
        assert_eq!(
            compared("    DRIVERS==\"option\""),
            Some(("driver", "option"))
        );
        assert_eq!(compared("ATTRS{idVendor}==\"2c7c\", MODE=\"0666\""), None);
    }
}
