//! `lshw -json` and `lshw -xml`: the tree of a machine's hardware, one node a device.
//!
//! A USB node's product and vendor are the device's own strings, a PCI node's are the tool's table. With
//! `-numeric` the ids stand behind them in brackets, without leading zeros: `EHCI Host Controller [1D6B:2]`.
//! Like the listing for people this one is filtered by class and cut, so it is never taken as complete.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::chassis;
use super::device::Device;
use super::hex_id;
use crate::json;
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "lshw",
    title: "lshw as JSON or XML",
    made_by: "lshw -json [-numeric]; lshw -xml",
    proves: &[Stance::Observed, Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

/// Most nodes held; a large server has some thousand.
const MOST_NODES: usize = 16 * 1024;
/// Deepest elements followed, and the longest text kept of one.
const DEEPEST: usize = 128;
const LONGEST: usize = 512;

fn sniff(head: &Head<'_>) -> u8 {
    let text = head.text.trim_start_matches('\u{feff}').trim_start();
    let has = |needle: &str| text.contains(needle);
    if text.starts_with('<') {
        let node = has("<node id=") && has(" class=") && has("</");
        return if node && (has("<businfo>") || has("lshw")) {
            95
        } else {
            0
        };
    }
    let node = has("\"businfo\"") && has("\"class\"") && has("\"id\"");
    if text.starts_with(['{', '[']) && node && (has("\"physid\"") || has("\"handle\"")) {
        94
    } else {
        0
    }
}

/// One device as the tool says it.
#[derive(Default)]
struct Node {
    id: String,
    class: String,
    product: Option<(String, Place)>,
    vendor: Option<(String, Place)>,
    bus: Option<(String, Place)>,
    names: Vec<(String, Place)>,
    serial: Option<String>,
    driver: Option<(String, Place)>,
    chassis: Option<(String, Place)>,
}

impl Node {
    fn set(&mut self, key: &str, value: &str, place: &Place) {
        let value = bounded(value);
        if value.is_empty() {
            return;
        }
        let said = || Some((value.to_owned(), place.clone()));
        match key {
            "id" => value.clone_into(&mut self.id),
            "class" => value.clone_into(&mut self.class),
            "product" => self.product = said(),
            "vendor" => self.vendor = said(),
            "businfo" => self.bus = said(),
            "serial" => self.serial = Some(value.to_owned()),
            "logicalname" if self.names.len() < 8 => self.names.extend(said()),
            _ => {}
        }
    }

    fn configure(&mut self, key: &str, value: &str, place: &Place) {
        let said = Some((bounded(value).to_owned(), place.clone()));
        match key {
            "driver" => self.driver = said,
            "chassis" => self.chassis = said,
            _ => {}
        }
    }

    fn is_system(&self) -> bool {
        self.class == "system"
    }

    /// The machine's own node.
    fn machine(self, unit: u64) -> Device {
        let mut device = Device::with_stance(unit, Stance::Declared);
        let product = self
            .product
            // `20QES01L00 (LENOVO_MT_20QE_BU_Think_FM_ThinkPad X1)`: the order code in parentheses.
            .map(|(p, place)| (p.split(" (").next().unwrap_or_default().to_owned(), place));
        for (clue, said) in [
            (Clue::ProductMaker, self.vendor),
            (Clue::ProductModel, product),
        ] {
            if let Some((value, place)) = said
                && !chassis::is_filler(&value)
            {
                device.fact(clue, &value, place);
            }
        }
        if let Some((kind, place)) = self.chassis
            && let Some(class) = chassis::class_of_words(&kind)
        {
            device.fact(Clue::AssetClass, class, place);
        }
        if let Some(serial) = self.serial.filter(|s| !chassis::is_filler(s)) {
            device.key(KeyKind::Serial, serial);
        }
        device
    }

    /// A device on a bus or with a cellular interface; none for all else.
    fn device(self, unit: u64) -> Option<Device> {
        let bus = self.bus.as_ref().map(|(b, _)| b.as_str());
        let usb = bus.and_then(|b| b.strip_prefix("usb@"));
        let pci = bus.and_then(|b| b.strip_prefix("pci@"));
        let cellular = self
            .names
            .iter()
            .find(|(n, _)| n.starts_with("wwan") || n.starts_with("wwp"))
            .cloned();
        if usb.is_none() && pci.is_none() && cellular.is_none() {
            return None;
        }
        let mut device = Device::new(unit);
        if let Some(port) = usb {
            device.port(format!("usb:{}", port.replacen(':', "-", 1)));
        } else if let Some(port) = pci {
            device.port(format!("pci:{port}"));
        }
        let product = self.product.map(|(p, place)| (split_id(&p), place));
        let clue = if usb.is_some() {
            Clue::UsbId
        } else {
            Clue::PciId
        };
        // `Quectel [2C7C]` and `EM12-G [2C7C:512]`, or `EM12-G [0512]`.
        if let Some(((_, Some(id)), place)) = &product {
            let vendor = || hex_id::four(&split_id(&self.vendor.as_ref()?.0).1?);
            let id = match id.split_once(':') {
                Some((v, d)) => hex_id::up_to_four(v).zip(hex_id::up_to_four(d)),
                None => vendor().zip(hex_id::four(id)),
            };
            if let Some((vendor, product)) = id {
                device.fact(clue, &format!("{vendor}:{product}"), place.clone());
            }
        }
        let vendor = self.vendor.map(|(v, place)| (split_id(&v).0, place));
        if usb.is_some() {
            if let Some((vendor, place)) = vendor {
                device.text(Clue::UsbManufacturer, &vendor, place);
            }
            if let Some(((product, _), place)) = product {
                device.text(Clue::UsbProduct, &product, place);
            }
            // Of a network node it is the hardware address.
            if let Some(serial) = self.serial.filter(|_| self.class != "network") {
                device.module_serial(&serial);
            }
        } else if let Some(((product, _), place)) = product {
            let maker = vendor.map(|(v, _)| v).unwrap_or_default();
            device.text(Clue::PciTableName, &format!("{maker} {product}"), place);
        }
        if let Some((name, place)) = cellular {
            let said = format!("network interface {name}");
            device.fact(Clue::CellularInterface, &said, place);
        }
        if let Some((driver, place)) = self.driver {
            for one in driver.split(',') {
                device.text(Clue::Driver, one, place.clone());
            }
        }
        Some(device)
    }
}

fn bounded(text: &str) -> &str {
    let text = text.trim();
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// `EHCI Host Controller [1D6B:2]`: the name, and what stands in the brackets if it is hexadecimal.
fn split_id(text: &str) -> (String, Option<String>) {
    let parts = text
        .strip_suffix(']')
        .and_then(|t| t.rsplit_once(" ["))
        .filter(|(_, id)| id.bytes().all(|b| b.is_ascii_hexdigit() || b == b':'));
    let Some((name, id)) = parts else {
        return (text.to_owned(), None);
    };
    (name.to_owned(), Some(id.to_owned()))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let text = text::decode(&bytes).unwrap_or_default();
    let mut found = Found::default();
    let cut = if text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('<')
    {
        from_xml(&text, &mut found)
    } else {
        from_json(&text, &mut found)
    };
    let host = found
        .nodes
        .values()
        .find(|n| n.is_system() && n.id != "computer")
        .map(|n| n.id.clone())
        .unwrap_or_default();
    let mut unit = 0u64;
    for node in found.nodes.into_values() {
        let device = if node.is_system() {
            Some(node.machine(unit))
        } else {
            node.device(unit)
        };
        if let Some(mut device) = device {
            unit += 1;
            device.key(KeyKind::Host, &host);
            device.emit(sink)?;
        }
    }
    if found.left_out {
        sink.problem(Problem::lost(
            "inventory-too-long",
            Place::Whole,
            format!("more than {MOST_NODES} nodes; the rest was not read"),
        ));
    }
    if let Some((code, line)) = cut {
        sink.problem(Problem::lost(
            code,
            Place::Line(line),
            "not well-formed from here on; what stood before was read",
        ));
    }
    Ok(())
}

/// Nodes in the order they were opened.
#[derive(Default)]
struct Found {
    nodes: BTreeMap<u64, Node>,
    left_out: bool,
}

impl Found {
    fn node(&mut self, number: u64) -> Option<&mut Node> {
        if self.nodes.len() >= MOST_NODES && !self.nodes.contains_key(&number) {
            self.left_out = true;
            return None;
        }
        Some(self.nodes.entry(number).or_default())
    }
}

fn from_json(text: &str, found: &mut Found) -> Option<(&'static str, u64)> {
    let end = json::walk(text, |scalar| {
        let place = Place::Line(scalar.line);
        match scalar.path.last().map(String::as_str) {
            Some("configuration") => {
                let around = scalar.objects.len().checked_sub(2);
                if let Some(node) = around.and_then(|n| scalar.objects.get(n))
                    && let Some(node) = found.node(node.id)
                {
                    node.configure(scalar.key, scalar.value, &place);
                }
            }
            Some("logicalname") if scalar.key.is_empty() => {
                if let Some(node) = found.node(scalar.object) {
                    node.set("logicalname", scalar.value, &place);
                }
            }
            None | Some("children") => {
                if let Some(node) = found.node(scalar.object) {
                    node.set(scalar.key, scalar.value, &place);
                }
            }
            _ => {}
        }
    });
    match end {
        json::End::Closed => None,
        json::End::Cut(line) => Some(("json-cut", line)),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|a| a.key.local_name().into_inner() == name)
        .and_then(|a| a.normalized_value(XmlVersion::Implicit1_0).ok())
        .map(|value| bounded(&value).to_owned())
        .unwrap_or_default()
}

fn from_xml(text: &str, found: &mut Found) -> Option<(&'static str, u64)> {
    let mut xml = quick_xml::Reader::from_str(text);
    let (mut counted, mut line) = (0usize, 1u64);
    let mut path: Vec<String> = Vec::new();
    // Numbers of the open nodes and their depth.
    let mut open: Vec<(usize, u64)> = Vec::new();
    let mut next = 0u64;
    let mut words = String::new();
    let mut too_deep = 0usize;
    loop {
        let event = xml.read_event();
        let at = usize::try_from(xml.buffer_position()).unwrap_or(text.len());
        let passed = text.as_bytes().get(counted..at).unwrap_or_default();
        line += memchr::memchr_iter(b'\n', passed).count() as u64;
        counted = counted.max(at);
        let place = Place::Line(line);
        match event {
            Ok(Event::Start(e)) => {
                if path.len() >= DEEPEST {
                    too_deep += 1;
                    continue;
                }
                words.clear();
                let name = e.local_name().into_inner().to_owned();
                if name == "node" {
                    if let Some(node) = found.node(next) {
                        node.set("id", &attribute(&e, "id"), &place);
                        node.set("class", &attribute(&e, "class"), &place);
                    }
                    open.push((path.len(), next));
                    next += 1;
                }
                path.push(name);
            }
            Ok(Event::Empty(e)) if e.local_name().into_inner() == "setting" => {
                if path.last().is_some_and(|p| p == "configuration")
                    && let Some((_, number)) = open.last()
                    && let Some(node) = found.node(*number)
                {
                    node.configure(&attribute(&e, "id"), &attribute(&e, "value"), &place);
                }
            }
            Ok(Event::Text(t)) if words.len() < LONGEST => words.push_str(&t.xml10_content()),
            Ok(Event::GeneralRef(r)) if words.len() < LONGEST => {
                if let Some(known) =
                    quick_xml::escape::resolve_predefined_entity(&r.xml10_content())
                {
                    words.push_str(known);
                }
            }
            Ok(Event::End(_)) if too_deep > 0 => too_deep -= 1,
            Ok(Event::End(_)) => {
                let Some(name) = path.pop() else { continue };
                if let Some((depth, number)) = open.last().copied() {
                    if depth == path.len() {
                        open.pop();
                    } else if depth + 1 == path.len()
                        && let Some(node) = found.node(number)
                    {
                        node.set(&name, &words, &place);
                    }
                }
                words.clear();
            }
            Ok(Event::Eof) => return (!path.is_empty()).then_some(("xml-cut", line)),
            Ok(_) => {}
            Err(_) => {
                let end = usize::try_from(xml.error_position()).unwrap_or(text.len());
                let before = text.as_bytes().get(..end).unwrap_or_default();
                let line = 1 + memchr::memchr_iter(b'\n', before).count() as u64;
                return Some(("xml-cut", line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_brackets() {
        assert_eq!(
            split_id("EHCI Host Controller [1D6B:2]"),
            ("EHCI Host Controller".to_owned(), Some("1D6B:2".to_owned()))
        );
        assert_eq!(
            split_id("Quectel [2C7C]"),
            ("Quectel".to_owned(), Some("2C7C".to_owned()))
        );
        assert_eq!(
            split_id("TU102 [GeForce RTX 2080 Ti]"),
            ("TU102 [GeForce RTX 2080 Ti]".to_owned(), None)
        );
    }
}
