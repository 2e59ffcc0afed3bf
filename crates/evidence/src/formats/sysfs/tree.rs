//! Devices gathered from attributes that come in any order.

use std::collections::{BTreeMap, BTreeSet};

use super::super::completeness::{Buses, enumerated};
use super::super::device::Device;
use super::super::hex_id;
use crate::identity;
use crate::observation::{Clue, KeyKind, Place, Problem};
use crate::reader::{Attachment, ReadError, Sink};

/// Most devices and network interfaces gathered; a server with many virtual functions has some
/// thousands.
const MOST_DEVICES: usize = 4096;
/// Most interfaces of one USB device.
const MOST_INTERFACES: usize = 64;
/// Longest attribute kept, in bytes.
const LONGEST: usize = 256;

/// Attributes that lie as files in a device's or interface's directory.
pub(crate) const FILES: &[&str] = &[
    "idVendor",
    "idProduct",
    "manufacturer",
    "product",
    "serial",
    "busnum",
    "devnum",
    "bDeviceClass",
    "bDeviceSubClass",
    "bDeviceProtocol",
    "bInterfaceClass",
    "bInterfaceSubClass",
    "bInterfaceProtocol",
    "vendor",
    "device",
    "subsystem_vendor",
    "subsystem_device",
    "class",
];
/// What else is read: a link, the kernel's summary, and what network interfaces have.
const OTHERS: &[&str] = &["driver", "uevent", "address", "type"];

/// The attribute of this name, if it is read.
pub(crate) fn attribute_name(name: &str) -> Option<&'static str> {
    FILES.iter().chain(OTHERS).copied().find(|a| *a == name)
}

/// Whose directory a path ends in or lies below.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// `1-1.4`, `usb1`.
    Usb(String),
    /// `0000:01:00.0`.
    Pci(String),
}

/// True if the path leads through a USB or PCI device, or to an interface in a class of such.
pub(crate) fn is_device_path(path: &str) -> bool {
    owner(path).is_some()
        || ["class/net/", "class/wwan/"]
            .iter()
            .any(|class| path.contains(class))
}

fn owner(path: &str) -> Option<Owner> {
    path.rsplit('/').take(24).find_map(|component| {
        if is_pci_address(component) {
            Some(Owner::Pci(component.to_ascii_lowercase()))
        } else {
            let device = component.split(':').next().unwrap_or_default();
            (is_usb_device(device) && (device.len() == component.len() || is_interface(component)))
                .then(|| Owner::Usb(device.to_owned()))
        }
    })
}

/// The device that a path leads to or through: its name, and whether it is on USB.
pub(crate) fn device_of(path: &str) -> Option<(String, bool)> {
    owner(path).map(|o| match o {
        Owner::Usb(name) => (name, true),
        Owner::Pci(address) => (address, false),
    })
}

/// `1-1.4` or `usb1`; `1-0` is the root hub's interface port and no device.
pub(crate) fn is_usb_device(name: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.len() <= 3 && s.bytes().all(|b| b.is_ascii_digit());
    if let Some(bus) = name.strip_prefix("usb") {
        return digits(bus);
    }
    name.len() <= 40
        && name
            .split_once('-')
            .is_some_and(|(bus, ports)| digits(bus) && ports.split('.').all(digits))
}

/// `1-1:1.0`.
pub(crate) fn is_interface(name: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.len() <= 3 && s.bytes().all(|b| b.is_ascii_digit());
    name.split_once(':').is_some_and(|(device, interface)| {
        is_usb_device(device)
            && interface
                .split_once('.')
                .is_some_and(|(c, n)| digits(c) && digits(n))
    })
}

/// `0000:01:00.0`, the domain of four to eight digits.
pub(crate) fn is_pci_address(name: &str) -> bool {
    let parts: Vec<&str> = name.splitn(4, ':').collect();
    let hex = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_hexdigit());
    let [domain, bus, slot] = parts.as_slice() else {
        return false;
    };
    (4..=8).contains(&domain.len())
        && hex(domain, domain.len())
        && hex(bus, 2)
        && slot
            .split_once('.')
            .is_some_and(|(d, f)| hex(d, 2) && matches!(f.as_bytes(), [b'0'..=b'7']))
}

/// The component after this one, the deepest if there are several.
fn after<'a>(path: &'a str, parent: &str) -> Option<&'a str> {
    let mut below = None;
    for component in path.rsplit('/').take(32) {
        if component == parent {
            return below.filter(|name: &&str| (1..=32).contains(&name.len()));
        }
        below = Some(component);
    }
    None
}

fn net_name(path: &str) -> Option<&str> {
    after(path, "net")
}

/// `wwan0` of `.../wwan/wwan0/...`.
fn wwan_name(path: &str) -> Option<&str> {
    after(path, "wwan").filter(|name| {
        name.strip_prefix("wwan")
            .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// `mhi0_MBIM` and the like: a channel of a modem. (The bus itself also carries Wi-Fi.)
fn mhi_channel(path: &str) -> Option<&str> {
    path.rsplit('/').take(6).find(|name| {
        name.strip_prefix("mhi").is_some_and(|rest| {
            rest.split_once('_').is_some_and(|(n, channel)| {
                n.bytes().all(|b| b.is_ascii_digit())
                    && matches!(channel, "MBIM" | "QMI" | "DUN" | "AT")
            })
        })
    })
}

type Attributes = BTreeMap<&'static str, (String, Place)>;

#[derive(Debug, Default)]
struct Found {
    unit: u64,
    attributes: Attributes,
    interfaces: BTreeMap<String, Attributes>,
    /// Facts that need no composing, in the order found.
    facts: Vec<(Clue, String, Place)>,
    keys: Vec<(KeyKind, String)>,
}

#[derive(Debug, Default)]
struct Net {
    owner: Option<Owner>,
    unit: u64,
    wwan: bool,
    address: Option<(String, Place)>,
    place: Place,
}

/// Devices, gathered.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    next_unit: u64,
    devices: BTreeMap<Owner, Found>,
    nets: BTreeMap<String, Net>,
    partial: bool,
    full: bool,
}

impl Tree {
    /// The listing is known to show only part.
    pub(crate) fn partial(&mut self) {
        self.partial = true;
    }

    /// Number for a unit that is made elsewhere.
    pub(crate) fn take_unit(&mut self) -> u64 {
        self.next_unit += 1;
        self.next_unit - 1
    }

    fn at(&mut self, owner: &Owner, place: &Place, sink: &mut dyn Sink) -> Option<&mut Found> {
        if !self.devices.contains_key(owner) {
            if self.devices.len() >= MOST_DEVICES {
                self.too_many(place, sink);
                return None;
            }
            let unit = self.take_unit();
            self.devices.insert(
                owner.clone(),
                Found {
                    unit,
                    ..Found::default()
                },
            );
        }
        self.devices.get_mut(owner)
    }

    fn too_many(&mut self, place: &Place, sink: &mut dyn Sink) {
        if !self.full {
            sink.problem(Problem::lost(
                "too-many-devices",
                place.clone(),
                format!("only the first {MOST_DEVICES} devices are read"),
            ));
        }
        self.full = true;
    }

    /// Takes one attribute of the device whose directory `dir` is.
    pub(crate) fn attribute(
        &mut self,
        dir: &str,
        name: &'static str,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) {
        let value = cut(value.trim());
        if value.is_empty() {
            return;
        }
        if name == "uevent" {
            if let Some((key, value)) = value.split_once('=') {
                self.property(dir, key, value, place, sink);
            }
            return;
        }
        // Every USB device is bound to the driver `usb`, its interfaces to the telling ones.
        if name == "driver" && matches!(value.rsplit('/').next(), Some("usb" | "hub")) {
            return;
        }
        self.wireless(dir, place, sink);
        let last = dir.rsplit('/').next().unwrap_or_default();
        if let Some(name_of_net) = net_name(dir)
            && name_of_net == last
        {
            if let Some(net) = self.net(dir, name_of_net, place, sink)
                && name == "address"
            {
                net.address = Some((value.to_owned(), place.clone()));
            }
            return;
        }
        let of_usb = name.starts_with("id")
            || name.starts_with("bDevice")
            || matches!(
                name,
                "manufacturer" | "product" | "serial" | "busnum" | "devnum"
            );
        let of_pci = matches!(
            name,
            "vendor" | "device" | "subsystem_vendor" | "subsystem_device" | "class"
        );
        if is_interface(last) {
            if name.starts_with("bInterface") || name == "driver" {
                self.of_interface(last, name, value, place, sink);
            }
        } else if (is_usb_device(last) && of_usb)
            || (is_pci_address(last) && (of_pci || name == "driver"))
        {
            if let Some(owner) = owner(last)
                && let Some(found) = self.at(&owner, place, sink)
            {
                found
                    .attributes
                    .entry(name)
                    .or_insert_with(|| (value.to_owned(), place.clone()));
            }
        } else if name == "driver"
            && let Some(owner) = owner(dir)
        {
            self.driver_below(&owner, value, place, sink);
        }
    }

    /// Takes one property of a uevent (`DRIVER=option`).
    pub(crate) fn property(
        &mut self,
        dir: &str,
        key: &str,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) {
        let value = cut(value.trim());
        if value.is_empty() {
            return;
        }
        self.wireless(dir, place, sink);
        let last = dir.rsplit('/').next().unwrap_or_default();
        match key {
            "DEVTYPE" if value == "wwan" => {
                if let Some(name) = net_name(dir)
                    && let Some(net) = self.net(dir, name, place, sink)
                {
                    net.wwan = true;
                }
            }
            "DRIVER" => self.attribute(dir, "driver", value, place, sink),
            "PRODUCT" if is_usb_device(last) || is_interface(last) => {
                let mut parts = value.split('/');
                let id = parts
                    .next()
                    .and_then(hex_id::up_to_four)
                    .zip(parts.next().and_then(hex_id::up_to_four));
                if let Some((vendor, product)) = id
                    && let Some(owner) = owner(last)
                    && let Some(found) = self.at(&owner, place, sink)
                {
                    for (name, value) in [("idVendor", vendor), ("idProduct", product)] {
                        found
                            .attributes
                            .entry(name)
                            .or_insert_with(|| (value, place.clone()));
                    }
                }
            }
            "INTERFACE" if is_interface(last) => {
                let names = [
                    "bInterfaceClass",
                    "bInterfaceSubClass",
                    "bInterfaceProtocol",
                ];
                let numbers: Vec<u8> = value.split('/').filter_map(|n| n.parse().ok()).collect();
                if numbers.len() == 3 {
                    for (name, number) in names.into_iter().zip(numbers) {
                        self.of_interface(last, name, &format!("{number:02x}"), place, sink);
                    }
                }
            }
            "PCI_ID" | "PCI_SUBSYS_ID" if is_pci_address(last) => {
                let Some((vendor, device)) = hex_id::pair(value)
                    .as_deref()
                    .and_then(|id| id.split_once(':'))
                    .map(|(v, d)| (v.to_owned(), d.to_owned()))
                else {
                    return;
                };
                let names = if key == "PCI_ID" {
                    ["vendor", "device"]
                } else {
                    ["subsystem_vendor", "subsystem_device"]
                };
                self.attribute(dir, names[0], &vendor, place, sink);
                self.attribute(dir, names[1], &device, place, sink);
            }
            "PCI_CLASS" if is_pci_address(last) => {
                // Written without leading zeros: `D4000`.
                self.attribute(dir, "class", &format!("0x{value:0>6}"), place, sink);
            }
            _ => {}
        }
    }

    /// A fact of the device that the path belongs to.
    pub(crate) fn fact(
        &mut self,
        dir: &str,
        clue: Clue,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) {
        if let Some(owner) = owner(dir)
            && let Some(found) = self.at(&owner, place, sink)
            && found.facts.len() < MOST_INTERFACES
        {
            found
                .facts
                .push((clue, cut(value.trim()).to_owned(), place.clone()));
        }
    }

    /// An identity of the device that the path belongs to.
    pub(crate) fn key(
        &mut self,
        dir: &str,
        kind: KeyKind,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) {
        if let Some(owner) = owner(dir)
            && let Some(found) = self.at(&owner, place, sink)
            && found.keys.len() < 16
        {
            found.keys.push((kind, cut(value.trim()).to_owned()));
        }
    }

    /// Notes what the path itself says: an interface of the kernel's WWAN class, a modem's channel.
    pub(crate) fn wireless(&mut self, dir: &str, place: &Place, sink: &mut dyn Sink) {
        if let Some(name) = wwan_name(dir) {
            if let Some(net) = self.net(dir, name, place, sink) {
                net.wwan = true;
            }
        } else if let Some(channel) = mhi_channel(dir)
            && let Some(owner) = owner(dir)
            && let Some(found) = self.at(&owner, place, sink)
            && found.facts.len() < MOST_INTERFACES
        {
            found
                .facts
                .push((Clue::CellularInterface, channel.to_owned(), place.clone()));
        }
    }

    fn of_interface(
        &mut self,
        interface: &str,
        name: &'static str,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) {
        let Some(owner) = owner(interface) else {
            return;
        };
        let Some(found) = self.at(&owner, place, sink) else {
            return;
        };
        if found.interfaces.len() < MOST_INTERFACES || found.interfaces.contains_key(interface) {
            found
                .interfaces
                .entry(interface.to_owned())
                .or_default()
                .entry(name)
                .or_insert_with(|| (value.to_owned(), place.clone()));
        }
    }

    /// A driver bound to something below a device, such as `option1` to `ttyUSB0`.
    fn driver_below(&mut self, owner: &Owner, value: &str, place: &Place, sink: &mut dyn Sink) {
        let driver = value.rsplit('/').next().unwrap_or_default();
        // Below a PCI function nearly everything else hangs.
        if let Owner::Usb(_) = owner
            && let Some(found) = self.at(owner, place, sink)
            && found.facts.len() < MOST_INTERFACES
        {
            found
                .facts
                .push((Clue::Driver, driver.to_owned(), place.clone()));
        }
    }

    fn net(
        &mut self,
        dir: &str,
        name: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Option<&mut Net> {
        if !self.nets.contains_key(name) {
            if self.nets.len() >= MOST_DEVICES {
                self.too_many(place, sink);
                return None;
            }
            let net = Net {
                wwan: is_wwan_name(name),
                place: place.clone(),
                ..Net::default()
            };
            self.nets.insert(name.to_owned(), net);
        }
        let net = self.nets.get_mut(name)?;
        if net.owner.is_none() {
            net.owner = owner(dir);
        }
        Some(net)
    }

    /// Hands on everything, in the order found, and whether it was complete.
    pub(crate) fn emit(mut self, nothing_lost: bool, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let completeness = [
            (Attachment::Usb, self.all_usb()),
            (Attachment::Pci, self.all_pci()),
        ];
        let nets = std::mem::take(&mut self.nets);
        let mut loose: Vec<(String, Net)> = Vec::new();
        for (name, mut net) in nets {
            if !net.wwan {
                continue;
            }
            if let Some(found) = net.owner.as_ref().and_then(|o| self.devices.get_mut(o)) {
                found.keys.push((KeyKind::Port, name.clone()));
                found
                    .facts
                    .push((Clue::CellularInterface, name, net.place.clone()));
                found.facts.extend(hardware_address(&net));
            } else {
                net.unit = self.take_unit();
                loose.push((name, net));
            }
        }
        let mut devices: Vec<(Owner, Found)> = self.devices.into_iter().collect();
        devices.sort_by_key(|(_, found)| found.unit);
        for (owner, found) in devices {
            match owner {
                Owner::Usb(name) => usb(&name, found).emit(sink)?,
                Owner::Pci(address) => pci(&address, found).emit(sink)?,
            }
        }
        for (name, net) in loose {
            let mut device = Device::new(net.unit);
            device.port(&name);
            device.fact(Clue::CellularInterface, &name, net.place.clone());
            if let Some((clue, value, place)) = hardware_address(&net) {
                device.fact(clue, &value, place);
            }
            device.emit(sink)?;
        }
        for (what, complete) in completeness {
            if complete && nothing_lost && !self.partial && !self.full {
                sink.observe(enumerated(self.next_unit, what))?;
                self.next_unit += 1;
            }
        }
        Ok(())
    }

    /// All root hubs, every device with its id, and no device whose hub is missing.
    fn all_usb(&self) -> bool {
        let mut buses = Buses::default();
        let names: BTreeSet<&str> = self
            .devices
            .keys()
            .filter_map(|o| match o {
                Owner::Usb(name) => Some(name.as_str()),
                Owner::Pci(_) => None,
            })
            .collect();
        for (owner, found) in &self.devices {
            let Owner::Usb(name) = owner else { continue };
            let Some(id) = id(&found.attributes, "idVendor", "idProduct") else {
                // `1-0:1.0` is the root hub's own interface.
                if name.ends_with("-0") {
                    continue;
                }
                return false;
            };
            let hub = name.rsplit_once('.').map(|(hub, _)| hub);
            if hub.is_some_and(|hub| !names.contains(hub)) {
                return false;
            }
            let (bus, number) = match name.strip_prefix("usb") {
                Some(bus) => (bus, 1),
                None => (name.split('-').next().unwrap_or_default(), 2),
            };
            match bus.parse() {
                Ok(bus) => buses.device(bus, number, &id),
                Err(_) => return false,
            }
        }
        buses.complete()
    }

    /// A host bridge, something that is no bridge, and every function with id and class.
    fn all_pci(&self) -> bool {
        let (mut host_bridge, mut other) = (false, false);
        for (owner, found) in &self.devices {
            if matches!(owner, Owner::Usb(_)) {
                continue;
            }
            let class = found
                .attributes
                .get("class")
                .and_then(|(c, _)| pci_class(c));
            let (Some(class), Some(_)) = (class, id(&found.attributes, "vendor", "device")) else {
                // A path through a function, without anything of the function itself.
                if found.attributes.is_empty() {
                    continue;
                }
                return false;
            };
            host_bridge |= class == "0600";
            other |= !class.starts_with("06");
        }
        host_bridge && other
    }
}

/// Names the kernel gives to network interfaces of modems only.
fn is_wwan_name(name: &str) -> bool {
    ["wwan", "rmnet", "mhi_hwip", "mhi_swip"].iter().any(|p| {
        name.strip_prefix(p)
            .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'_'))
    })
}

fn hardware_address(net: &Net) -> Option<(Clue, String, Place)> {
    let (address, place) = net.address.as_ref()?;
    let mac = identity::mac(address).filter(|m| m != "00:00:00:00:00:00")?;
    Some((Clue::Mac, mac, place.clone()))
}

fn id(attributes: &Attributes, vendor: &str, device: &str) -> Option<String> {
    let vendor = hex_id::four(&attributes.get(vendor)?.0)?;
    let device = hex_id::four(&attributes.get(device)?.0)?;
    Some(format!("{vendor}:{device}"))
}

/// `0d40` of `0x0d4000`.
fn pci_class(text: &str) -> Option<String> {
    let digits = text.trim_start_matches("0x");
    (digits.len() == 6)
        .then(|| digits.get(..4))
        .flatten()
        .and_then(hex_id::four)
}

fn usb(name: &str, found: Found) -> Device {
    let mut device = Device::new(found.unit);
    device.port(format!("usb:{name}"));
    let get = |attribute: &str| found.attributes.get(attribute);
    let number = |attribute: &str| get(attribute).and_then(|(v, _)| v.parse::<u16>().ok());
    if let Some((bus, number)) = number("busnum").zip(number("devnum")) {
        device.port(format!("usb:bus{bus}:dev{number}"));
    }
    if let Some((id, (_, place))) =
        id(&found.attributes, "idVendor", "idProduct").zip(get("idProduct"))
    {
        device.fact(Clue::UsbId, &id, place.clone());
    }
    if let Some((class, place)) = class(
        &found.attributes,
        ["bDeviceClass", "bDeviceSubClass", "bDeviceProtocol"],
    ) && !class.starts_with("00/")
    {
        device.fact(Clue::UsbClass, &class, place);
    }
    for (attribute, clue) in [
        ("manufacturer", Clue::UsbManufacturer),
        ("product", Clue::UsbProduct),
    ] {
        if let Some((value, place)) = get(attribute) {
            device.text(clue, value, place.clone());
        }
    }
    if let Some((serial, _)) = get("serial") {
        device.module_serial(serial);
    }
    for attributes in found.interfaces.values() {
        if let Some((class, place)) = class(
            attributes,
            [
                "bInterfaceClass",
                "bInterfaceSubClass",
                "bInterfaceProtocol",
            ],
        ) {
            device.fact(Clue::UsbInterface, &class, place);
        }
        driver(&mut device, attributes);
    }
    rest(device, found)
}

fn pci(address: &str, mut found: Found) -> Device {
    /// Bridges, memory, system peripherals, processors, serial buses: only the id is of interest.
    const UNRELATED: &[&str] = &["01", "03", "04", "05", "06", "08", "0a", "0b", "0c"];
    let mut device = Device::new(found.unit);
    device.port(format!("pci:{address}"));
    let get = |attribute: &str| found.attributes.get(attribute);
    if let Some((id, (_, place))) = id(&found.attributes, "vendor", "device").zip(get("device")) {
        device.fact(Clue::PciId, &id, place.clone());
    }
    let class = get("class").and_then(|(c, place)| Some((pci_class(c)?, place)));
    let unrelated = class
        .as_ref()
        .is_some_and(|(c, _)| c.get(..2).is_some_and(|c| UNRELATED.contains(&c)));
    if unrelated {
        found
            .facts
            .retain(|(clue, _, _)| *clue != Clue::PciTableName);
    } else {
        if let Some((class, place)) = class {
            device.pci_class(&class, place.clone());
        }
        if let Some((id, (_, place))) =
            id(&found.attributes, "subsystem_vendor", "subsystem_device")
                .zip(get("subsystem_device"))
            && id != "0000:0000"
        {
            device.fact(Clue::PciSubsystem, &id, place.clone());
        }
        driver(&mut device, &found.attributes);
    }
    rest(device, found)
}

fn class(attributes: &Attributes, names: [&str; 3]) -> Option<(String, Place)> {
    let [class, sub, protocol] = names.map(|n| attributes.get(n));
    let (class, place) = class?;
    Some((hex_id::class(class, &sub?.0, &protocol?.0)?, place.clone()))
}

fn driver(device: &mut Device, attributes: &Attributes) {
    if let Some((target, place)) = attributes.get("driver") {
        let name = target.rsplit('/').next().unwrap_or_default();
        device.text(Clue::Driver, name, place.clone());
    }
}

fn rest(mut device: Device, found: Found) -> Device {
    for (kind, value) in found.keys {
        device.key(kind, value);
    }
    for (clue, value, place) in found.facts {
        device.text(clue, &value, place);
    }
    device
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners() {
        let usb = |s: &str| Some(Owner::Usb(s.to_owned()));
        assert_eq!(owner("/sys/bus/usb/devices/1-1.4"), usb("1-1.4"));
        assert_eq!(
            owner("/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.4/net/wwan0"),
            usb("1-1")
        );
        assert_eq!(
            owner("/sys/devices/pci0000:00/0000:00:1C.0/0000:01:00.0/wwan/wwan0"),
            Some(Owner::Pci("0000:01:00.0".to_owned()))
        );
        assert_eq!(owner("/sys/class/net/wwan0"), None);
        assert_eq!(net_name("/sys/class/net/wwan0"), Some("wwan0"));
        assert_eq!(wwan_name("/sys/class/wwan/wwan0/wwan0at0"), Some("wwan0"));
        assert_eq!(
            mhi_channel("a/0000:01:00.0/mhi0/mhi0_QMI"),
            Some("mhi0_QMI")
        );
        assert_eq!(mhi_channel("a/0000:01:00.0/mhi0/mhi0_IPCR"), None);
        assert!(!is_device_path("/sys/class/leds"));
    }

    #[test]
    fn classes() {
        assert_eq!(pci_class("0x0d4000").as_deref(), Some("0d40"));
        assert_eq!(pci_class("0xd4000"), None);
    }
}
