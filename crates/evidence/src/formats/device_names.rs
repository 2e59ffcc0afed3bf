//! Names that the kernel and udev give to modems: device nodes (`ls /dev`), the links under
//! `/dev/serial/by-id`, which carry the maker's and product's own words, and network interfaces (`ip link`,
//! `ifconfig`).
//!
//! The WWAN subsystem of the kernel names its nodes `wwan0at0`, `wwan0mbim0` and so on; drivers of makers
//! name those of modems on PCI `mhi_DUN`, `mhi_QMI0`. An interface is called `wwan0` or `wwp0s20u4` if
//! its driver says that it is one (device type `wwan`).

use std::collections::BTreeMap;

use super::device::Device;
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "device-names",
    title: "Device nodes, serial links and network interfaces",
    made_by: "ls -l /dev/serial/by-id; ls /dev; ip link",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Most devices kept apart.
const MOST_DEVICES: usize = 1024;

fn sniff(head: &Head<'_>) -> u8 {
    if !["wwan", "wwp", "mhi_", "usb-"]
        .iter()
        .any(|w| head.text.contains(w))
    {
        return 0;
    }
    if head.count_lines(begins) > 0 { 78 } else { 0 }
}

/// A line that names a modem's node, a serial link of udev, or a WWAN interface.
pub(crate) fn begins(line: &str) -> bool {
    let line = line.trim();
    if !["wwan", "wwp", "mhi_", "usb-"]
        .iter()
        .any(|w| line.contains(w))
    {
        return false;
    }
    link(line).is_some() || interface(line).is_some() || !nodes(line).is_empty()
}

/// `usb-Quectel_EC25-EUX-if01-port0 -> ../../ttyUSB1`: the name without its interface, and the node.
fn link(line: &str) -> Option<(&str, &str)> {
    let (front, target) = line.split_once(" -> ")?;
    let name = front.rsplit([' ', '/', '\t']).next()?;
    let node = target.trim().rsplit('/').next()?;
    let stem = name.strip_prefix("usb-")?;
    let at = stem.rfind("-if")?;
    let number = stem.get(at + 3..at + 5)?;
    let tty = (node.starts_with("ttyUSB") || node.starts_with("ttyACM"))
        && node.bytes().all(|b| b.is_ascii_alphanumeric());
    let named = stem
        .get(..at)
        .filter(|n| n.bytes().any(|b| b.is_ascii_alphabetic()))?;
    (tty && number.bytes().all(|b| b.is_ascii_hexdigit())).then_some((named, node))
}

/// `4: wwan0: <POINTOPOINT,...`, `wwan0: flags=...`, `wwan0     Link encap:...`.
fn interface(line: &str) -> Option<&str> {
    let numbered = line
        .split_once(": ")
        .filter(|(n, _)| !n.is_empty() && n.len() <= 5 && n.bytes().all(|b| b.is_ascii_digit()))
        .map_or(line, |(_, rest)| rest);
    let end = numbered.find([':', ' ', '\t', '@'])?;
    let (name, rest) = numbered.split_at(end);
    let shown = rest.contains(": <") || rest.contains(" flags=") || rest.contains("Link encap:");
    (is_wwan(name) && shown).then_some(name)
}

/// `wwan0`, `wwp0s20f0u4i8`.
fn is_wwan(name: &str) -> bool {
    let rest = name
        .strip_prefix("wwan")
        .or_else(|| name.strip_prefix("wwp"));
    rest.is_some_and(|r| {
        r.starts_with(|c: char| c.is_ascii_digit())
            && r.len() <= 24
            && r.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// Nodes of modems in a line of `ls` or `ls -l`.
fn nodes(line: &str) -> Vec<&str> {
    let long = line.starts_with("crw") || line.starts_with("lrw");
    let alone = line.starts_with("/dev/") && !line.contains(' ');
    // Columns of names, not a sentence.
    let columns = line.contains("  ")
        && line.split_whitespace().all(|w| {
            w.len() <= 24
                && w.bytes().all(|b| {
                    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':')
                })
        });
    if !long && !alone && !columns {
        return Vec::new();
    }
    line.split_whitespace()
        .map(|w| w.strip_prefix("/dev/").unwrap_or(w))
        .filter(|w| is_node(w))
        .take(64)
        .collect()
}

fn is_node(name: &str) -> bool {
    if let Some(rest) = name.strip_prefix("wwan") {
        let port = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let kind = port.trim_end_matches(|c: char| c.is_ascii_digit());
        return rest.len() > port.len()
            && port.len() > kind.len()
            && matches!(
                kind,
                "at" | "mbim" | "qmi" | "qcdm" | "firehose" | "fastboot" | "xmmrpc"
            );
    }
    name.strip_prefix("mhi_").is_some_and(|rest| {
        let kind = rest.trim_end_matches(|c: char| c.is_ascii_digit());
        matches!(kind, "QMI" | "MBIM" | "DUN" | "DIAG" | "BHI")
    })
}

#[derive(Default)]
struct Names {
    /// By link name, WWAN number or `mhi`.
    devices: BTreeMap<String, Device>,
    units: u64,
}

impl Names {
    fn device(&mut self, name: &str) -> Option<&mut Device> {
        if self.devices.len() >= MOST_DEVICES && !self.devices.contains_key(name) {
            return None;
        }
        let next = &mut self.units;
        Some(self.devices.entry(name.to_owned()).or_insert_with(|| {
            let device = Device::new(*next);
            *next += 1;
            device
        }))
    }

    fn line(&mut self, line: &str, place: &Place) {
        if let Some((name, node)) = link(line) {
            let words = name.replace('_', " ");
            if let Some(device) = self.device(name) {
                device.port(node);
                device.fact(Clue::UsbTableName, &words, place.clone());
            }
            return;
        }
        if let Some(name) = interface(line) {
            if let Some(device) = self.device(name) {
                device.port(name);
                let said = format!("network interface {name}");
                device.fact(Clue::CellularInterface, &said, place.clone());
            }
            return;
        }
        for node in nodes(line) {
            // `wwan0at0` and `wwan0mbim0` are ports of the one modem `wwan0`.
            let end = node
                .find(|c: char| c.is_ascii_digit() || c == '_')
                .unwrap_or(node.len());
            let digits = node
                .get(end..)
                .map_or(0, |r| r.bytes().take_while(u8::is_ascii_digit).count());
            let whole = node.get(..end + digits).unwrap_or(node);
            if let Some(device) = self.device(whole) {
                if is_wwan(whole) {
                    device.port(whole);
                }
                device.port(node);
                if !device.has(Clue::CellularInterface) {
                    let said = format!("device node {node}");
                    device.fact(Clue::CellularInterface, &said, place.clone());
                }
            }
        }
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut names = Names::default();
    text::lines(source, sink, |number, line, _| {
        names.line(line.trim(), &Place::Line(number));
        Ok(())
    })?;
    let mut devices: Vec<Device> = names.devices.into_values().collect();
    devices.sort_by_key(Device::unit);
    devices.into_iter().try_for_each(|d| d.emit(sink))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sentences() {
        assert_eq!(
            link(
                "lrwxrwxrwx 1 root root 13 Mar 1 10:00 usb-Quectel_EC25-EUX-if02-port0 -> ../../ttyUSB2"
            ),
            Some(("Quectel_EC25-EUX", "ttyUSB2"))
        );
        assert_eq!(link("usb-1.2-if00 -> x"), None);
        assert_eq!(
            interface("8: wwan0: <POINTOPOINT,NOARP> mtu 1500"),
            Some("wwan0")
        );
        assert_eq!(interface("wwan0: the interface of the modem"), None);
        assert_eq!(
            nodes("tty1  wwan0at0  wwan0mbim0"),
            ["wwan0at0", "wwan0mbim0"]
        );
        assert!(nodes("open wwan0at0 with a terminal").is_empty());
        assert!(!is_node("wwan0") && !is_node("wwanat0") && !is_node("mhi_ipcr"));
    }
}
