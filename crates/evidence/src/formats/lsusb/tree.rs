//! `lsusb -t`: the tree with drivers. Without `-v` it has no ids, so it rules nothing out.

use std::collections::BTreeMap;

use super::super::device::Device;
use super::super::hex_id;
use super::leading_number;
use crate::observation::{Clue, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "lsusb-t",
    title: "lsusb -t, the tree with drivers",
    made_by: "lsusb -t",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    if head.count_lines(|l| branch(l).is_some_and(|b| b.device.is_some())) > 0 {
        90
    } else {
        0
    }
}

/// One line of the tree: a root or an interface.
#[derive(Debug, PartialEq, Eq)]
struct Branch<'a> {
    /// The bus, on a root line.
    bus: Option<u16>,
    /// Columns of indentation: four a level.
    indent: usize,
    port: u16,
    /// `None`: the line was cut before it.
    device: Option<u16>,
    driver: &'a str,
}

fn branch(line: &str) -> Option<Branch<'_>> {
    let (front, rest) = if let Some(at) = line.find("/:  Bus ") {
        (at, line.get(at + 8..)?)
    } else {
        let at = line.find("|__ Port ")?;
        (at, line.get(at + 9..)?)
    };
    // Only the tree's own lines stand before it, at most a dozen levels of them.
    if front > 64 || !line.get(..front)?.bytes().all(|b| matches!(b, b' ' | b'|')) {
        return None;
    }
    let root = line.get(front..)?.starts_with('/');
    let (first, rest) = leading_number(rest)?;
    let (bus, port, rest) = if root {
        let (port, rest) = leading_number(rest.strip_prefix(".Port ")?)?;
        (Some(first), port, rest)
    } else {
        (None, first, rest)
    };
    let device = rest
        .strip_prefix(": Dev ")
        .and_then(leading_number)
        .map(|(n, _)| n);
    let driver = rest
        .split_once("Driver=")
        .and_then(|(_, d)| d.split([',', ' ', '/']).next())
        .unwrap_or_default();
    Some(Branch {
        bus,
        indent: front,
        port,
        device,
        driver,
    })
}

#[derive(Default)]
struct Tree {
    next_unit: u64,
    bus: Option<u16>,
    /// Indentation and path of the lines above, outermost first.
    above: Vec<(usize, String)>,
    devices: BTreeMap<u16, Device>,
    latest: Option<u16>,
}

impl Tree {
    /// Hands on the devices of the bus that ends here.
    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let mut devices: Vec<Device> = std::mem::take(&mut self.devices).into_values().collect();
        devices.sort_by_key(Device::unit);
        self.above.clear();
        self.latest = None;
        devices.into_iter().try_for_each(|d| d.emit(sink))
    }

    fn branch(
        &mut self,
        branch: &Branch<'_>,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        if branch.bus.is_some() {
            self.finish(sink)?;
            self.bus = branch.bus;
            return Ok(());
        }
        let Some(number) = branch.device else {
            sink.problem(Problem::lost(
                "cut-line",
                place,
                "a line of the tree that ends before its device number does",
            ));
            return Ok(());
        };
        self.above.retain(|(indent, _)| *indent < branch.indent);
        let path = match (self.above.last(), self.bus) {
            (Some((_, above)), _) => format!("{above}.{}", branch.port),
            (None, Some(bus)) => format!("{bus}-{}", branch.port),
            (None, None) => String::new(),
        };
        if self.devices.len() >= 1024 {
            self.finish(sink)?;
        }
        let unit = self.next_unit;
        let device = self
            .devices
            .entry(number)
            .or_insert_with(|| Device::new(unit));
        if device.unit() == unit {
            self.next_unit += 1;
        }
        if let Some(bus) = self.bus {
            device.port(format!("usb:{path}"));
            device.port(format!("usb:bus{bus}:dev{number}"));
        }
        if !matches!(branch.driver, "hub" | "usbfs") {
            device.text(Clue::Driver, branch.driver, place);
        }
        // Indentation is at most 64 columns, so this holds few.
        self.above.push((branch.indent, path));
        self.latest = Some(number);
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut tree = Tree::default();
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        if let Some(branch) = branch(line) {
            return tree.branch(&branch, place, sink);
        }
        // `lsusb -tv` puts id and name below each interface.
        let line = line.trim_start_matches([' ', '|']);
        if let Some((id, name)) = line.strip_prefix("ID ").and_then(hex_id::leading_pair)
            && let Some(device) = tree.latest.and_then(|n| tree.devices.get_mut(&n))
        {
            device.fact(Clue::UsbId, &id, place.clone());
            device.text(Clue::UsbTableName, name, place);
        }
        Ok(())
    })?;
    tree.finish(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches() {
        let b =
            branch("    |__ Port 1: Dev 3, If 0, Class=Vendor Specific Class, Driver=option, 480M")
                .unwrap();
        assert_eq!(
            (b.indent, b.port, b.device, b.driver),
            (4, 1, Some(3), "option")
        );
        let b = branch("/:  Bus 001.Port 001: Dev 001, Class=root_hub, Driver=xhci_hcd/4p, 480M")
            .unwrap();
        assert_eq!((b.bus, b.device, b.driver), (Some(1), Some(1), "xhci_hcd"));
        assert_eq!(branch("    |__ Port 1: De").unwrap().device, None);
        assert_eq!(branch("x   |__ Port 1: Dev 3"), None);
    }
}
