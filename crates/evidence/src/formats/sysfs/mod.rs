//! The kernel's device tree: as text, one attribute a line ([`READER`]), or as files ([`walk`]).
//!
//! Text comes from `grep -r . /sys/bus/usb/devices/*/idVendor`, from `find /sys ... -exec`, from
//! `head` or `tail` over many files (`==> path <==`), with `:`, `=`, a blank or ` -> ` between path
//! and value.

pub(crate) mod tree;
mod walk;

pub use walk::walk;

use self::tree::Tree;
use super::completeness::{Watched, is_partial_command};
use crate::observation::{Place, Stance};
use crate::reader::{Attachment, Head, ReadError, Reader};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "sysfs",
    title: "attributes of devices under /sys, one a line",
    made_by: "grep -r . /sys/bus/usb/devices/*/{idVendor,idProduct,manufacturer,product}",
    proves: &[Stance::Observed],
    enumerates: &[Attachment::Usb, Attachment::Pci],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let lines = head.count_lines(|l| {
        attribute(l).is_some_and(|a| tree::is_device_path(a.dir)) || header(l).is_some()
    });
    if lines > 0 { 88 } else { 0 }
}

/// One line taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Attribute<'a> {
    /// Path of the device's directory, with whatever stands in front of it.
    dir: &'a str,
    name: &'static str,
    value: &'a str,
}

/// `/sys/bus/usb/devices/1-1/idVendor:2c7c`: the first component that is an attribute's name ends the
/// path. (Paths hold colons of their own: `1-1:1.0`, `0000:01:00.0`.)
fn attribute(line: &str) -> Option<Attribute<'_>> {
    let bytes = line.as_bytes();
    for slash in memchr::memchr_iter(b'/', bytes) {
        let after = line.get(slash + 1..)?;
        let end = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(after.len());
        let (name, rest) = after.split_at(end);
        let Some(name) = tree::attribute_name(name) else {
            continue;
        };
        let value = if let Some(target) = rest.strip_prefix(" -> ") {
            target
        } else {
            rest.strip_prefix([':', '=', ' ', '\t'])?
        };
        return Some(Attribute {
            dir: line.get(..slash)?,
            name,
            value: value.trim(),
        });
    }
    None
}

/// `==> /sys/bus/usb/devices/1-1/idVendor <==`.
fn header(line: &str) -> Option<(&str, &'static str)> {
    let path = line.trim().strip_prefix("==> ")?.strip_suffix(" <==")?;
    let (dir, name) = path.rsplit_once('/')?;
    let name = tree::attribute_name(name)?;
    tree::is_device_path(dir).then_some((dir, name))
}

fn read(source: &mut Source<'_>, sink: &mut dyn crate::reader::Sink) -> Result<(), ReadError> {
    let mut sink = Watched::new(sink);
    let mut tree = Tree::default();
    let mut above: Option<(String, &'static str)> = None;
    text::lines(source, &mut sink, |number, line, sink| {
        let place = Place::Line(number);
        if let Some((dir, name)) = header(line) {
            above = Some((dir.to_owned(), name));
        } else if let Some(found) = attribute(line) {
            tree.attribute(found.dir, found.name, found.value, &place, sink);
            above = None;
        } else if let Some((dir, name)) = &above {
            if line.trim().is_empty() || line.starts_with("==>") {
                above = None;
            } else {
                tree.attribute(dir, name, line.trim(), &place, sink);
            }
        } else if is_partial_command(line, "| grep") {
            tree.partial();
        }
        Ok(())
    })?;
    let lost = sink.lost;
    tree.emit(!lost, &mut sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let at = |dir, name, value| Some(Attribute { dir, name, value });
        assert_eq!(
            attribute("/sys/bus/usb/devices/1-1:1.0/bInterfaceClass:ff"),
            at("/sys/bus/usb/devices/1-1:1.0", "bInterfaceClass", "ff")
        );
        assert_eq!(
            attribute("/sys/bus/pci/devices/0000:01:00.0/vendor: 0x17cb"),
            at("/sys/bus/pci/devices/0000:01:00.0", "vendor", "0x17cb")
        );
        assert_eq!(
            attribute("./1-1/product=USB2.0/3.0 Hub"),
            at("./1-1", "product", "USB2.0/3.0 Hub")
        );
        assert_eq!(
            attribute("/sys/devices/usb1/1-1/1-1:1.2/driver -> ../../../bus/usb/drivers/option"),
            at(
                "/sys/devices/usb1/1-1/1-1:1.2",
                "driver",
                "../../../bus/usb/drivers/option"
            )
        );
        assert_eq!(attribute("/sys/bus/usb/devices/1-1/speed:480"), None);
        assert_eq!(
            header("==> /sys/bus/usb/devices/1-1/idVendor <=="),
            Some(("/sys/bus/usb/devices/1-1", "idVendor"))
        );
    }
}
