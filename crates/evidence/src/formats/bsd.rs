//! Kernel messages and device trees of the BSD systems, with what firewalls made of them add in front.
//!
//! FreeBSD names a USB device in its line of `ugen`, joined from the strings of the device, and the
//! driver in a line that only says on which bus it is: the last device named on that bus. OpenBSD and
//! NetBSD name hub, port, strings and driver in one line. Lines broken by a mail program are joined
//! while a quotation is open.

use super::device::Device;
use super::hex_id;
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "bsd",
    title: "kernel messages, sysctl, usbdevs and pciconf of FreeBSD, OpenBSD, NetBSD",
    made_by: "dmesg; sysctl dev; devinfo -v; usbdevs -v; pciconf -lv; the system log of pfSense, OPNsense",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Drivers for cellular devices only: u3g(4), uhso(4), umsm(4), umb(4) of the BSD manuals.
const MODEM_DRIVERS: &[&str] = &["u3g", "uhso", "umsm", "umb"];
/// Drivers of USB devices of which it matters that they are bound.
const OTHER_DRIVERS: &[&str] = &[
    "cdce", "umodem", "umass", "uplcom", "ugen", "ubsa", "ucdce", "urndis", "udav", "ipheth",
    "cdcef",
];
/// Most devices kept; beyond it the oldest are handed on.
const MOST_DEVICES: usize = 512;
/// Lines over which a quotation may go.
const MOST_BROKEN: u8 = 4;

fn sniff(head: &Head<'_>) -> u8 {
    let strong = head.count_lines(|l| {
        let l = message(l).1;
        Line::of(l).is_some_and(|l| l.is_telling()) || opens_quotation(l)
    });
    if strong > 0 { 88 } else { 0 }
}

/// A line that only this listing has, for texts of several.
pub(crate) fn begins(content: &str) -> bool {
    Line::of(message(content).1).is_some_and(|l| l.is_telling())
}

/// Host and text behind `Jul 23 18:00:35 host /bsd: ` or `... host kernel: `.
fn message(line: &str) -> (Option<&str>, &str) {
    let text = line.trim();
    for mark in [
        "/bsd: ",
        "/netbsd: ",
        "kernel: ",
        "kernel - - - ",
        "kernel [-]: ",
    ] {
        if let Some((front, rest)) = text.split_once(mark)
            && front.len() <= 120
            && (front.is_empty() || front.ends_with([' ', '\t']))
        {
            let host = front.split_whitespace().next_back().filter(|h| {
                h.bytes().any(|b| b.is_ascii_alphabetic())
                    && !h.contains([':', '<', '>', '/', '['])
                    && h.len() <= 64
            });
            return (host, rest.trim_start());
        }
    }
    // pfSense shows `Jan 2 03:04:05	kernel		ugen0.2: ...`, NetBSD a time in brackets.
    if let Some((front, rest)) = text.split_once("\tkernel\t")
        && front.len() <= 60
    {
        return (None, rest.trim_start());
    }
    if let Some((stamp, rest)) = text.strip_prefix('[').and_then(|t| t.split_once("] "))
        && stamp.trim().len() <= 16
        && stamp
            .trim()
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.')
    {
        return (None, rest.trim_start());
    }
    (None, text)
}

/// Driver and number of `u3g0`.
fn instance(text: &str) -> Option<(&str, &str)> {
    let driver = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = text.get(driver.len()..)?;
    let known = MODEM_DRIVERS.contains(&driver) || OTHER_DRIVERS.contains(&driver);
    (known && !number.is_empty() && number.len() <= 3).then_some((driver, number))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())
}

#[derive(Debug, PartialEq, Eq)]
enum Line<'a> {
    /// `ugen0.2: <words> at usbus0`.
    Found {
        ugen: &'a str,
        bus: &'a str,
        words: &'a str,
        gone: bool,
    },
    /// `u3g0: <words> on usbus0`.
    Bound {
        driver: &'a str,
        bus: &'a str,
        words: &'a str,
    },
    /// `umsm0 at uhub5 port 1 ... "words" rev`.
    At {
        driver: &'a str,
        hub: &'a str,
        port: &'a str,
        words: Option<&'a str>,
    },
    /// `u3g0: words, rev 2.00/0.00, addr 3` behind such a line without words.
    Words { driver: &'a str, words: &'a str },
    /// `vendor=0x12d1 product=0x1506 ...` with what stands in front.
    Pnp { node: &'a str, info: &'a str },
    /// `dev.u3g.0.%location: ...` and the like.
    Node {
        node: &'a str,
        field: &'a str,
        value: &'a str,
    },
    /// `addr 02: 1199:9079 Sierra Wireless, EM7455`.
    Listed {
        address: &'a str,
        vendor: String,
        product: String,
        words: &'a str,
    },
    /// `cd0: <HUAWEI Mass Storage 2.31> Removable CD-ROM SCSI-2 device`: what a modem stick shows before
    /// it is switched.
    Stored { words: &'a str },
    /// `none2@pci0:3:0:0: class=0x... chip=0x...`.
    Pci { place: &'a str, info: &'a str },
}

impl<'a> Line<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        Self::found(text)
            .or_else(|| Self::tree(text))
            .or_else(|| Self::at(text))
            .or_else(|| Self::bound(text))
            .or_else(|| Self::listed(text))
            .or_else(|| Self::stored(text))
            .or_else(|| Self::pci(text))
    }

    /// Only of makers whose sticks carry their installer; their phones give other names.
    fn stored(text: &'a str) -> Option<Self> {
        let (name, rest) = text.split_once(": <")?;
        let unit = name.strip_prefix("cd")?;
        let (words, rest) = rest.split_once('>')?;
        let stick = [
            "HUAWEI Mass Storage",
            "HUAWEI  Mass Storage",
            "HUAWEI TF CARD Storage",
            "ZTE Mass Storage",
            "ZTE USB Storage",
            "ZTE USB SCSI CD-ROM",
            "Novatel Mass Storage",
            "Novatel MMC Storage",
        ]
        .iter()
        .any(|s| words.trim().starts_with(s));
        (is_number(unit) && stick && rest.contains("CD-ROM")).then_some(Self::Stored { words })
    }

    /// True of what no other listing has.
    fn is_telling(&self) -> bool {
        match self {
            Self::Found { .. }
            | Self::Bound { .. }
            | Self::Pci { .. }
            | Self::Listed { .. }
            | Self::Stored { .. }
            | Self::At { .. } => true,
            Self::Pnp { info, .. } => info.contains("product=0x"),
            Self::Words { driver, words } => {
                MODEM_DRIVERS.contains(driver) || *driver == "ugen" && names_a_modem(words)
            }
            Self::Node { .. } => false,
        }
    }

    fn found(text: &'a str) -> Option<Self> {
        let (ugen, rest) = text.split_once(": <")?;
        let (bus, device) = ugen.strip_prefix("ugen")?.split_once('.')?;
        if !is_number(bus) || !is_number(device) {
            return None;
        }
        let (words, rest) = rest
            .rsplit_once("> at usbus")
            .or_else(|| rest.rsplit_once(">at usbus"))?;
        // What usbconfig adds is read by its own reader.
        if rest.contains("cfg=") {
            return None;
        }
        Some(Self::Found {
            ugen,
            bus,
            words,
            gone: rest.contains("disconnected"),
        })
    }

    fn bound(text: &'a str) -> Option<Self> {
        let (name, rest) = text.split_once(": ")?;
        let (driver, _) = instance(name)?;
        if let Some(rest) = rest.strip_prefix('<') {
            let (words, bus) = rest
                .rsplit_once("> on usbus")
                .or_else(|| rest.rsplit_once(">on usbus"))?;
            let bus = bus.split_whitespace().next()?;
            return is_number(bus).then_some(Self::Bound {
                driver,
                bus,
                words: words.split_once(", class ").map_or(words, |(w, _)| w),
            });
        }
        let (words, _) = rest.split_once(", rev ")?;
        Some(Self::Words { driver, words })
    }

    fn at(text: &'a str) -> Option<Self> {
        let (name, rest) = text.split_once(" at uhub")?;
        let (driver, _) = instance(name)?;
        let (hub, rest) = rest.split_once(" port ")?;
        let port = rest.split_whitespace().next()?;
        if !is_number(hub) || !is_number(port) {
            return None;
        }
        let words = rest
            .split_once('"')
            .and_then(|(_, r)| r.rsplit_once('"'))
            .map(|(w, _)| w.trim());
        Some(Self::At {
            driver,
            hub,
            port,
            words,
        })
    }

    /// `sysctl dev`, `devinfo -v`, notes of devd.
    fn tree(text: &'a str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("dev.") {
            let (path, value) = rest.split_once([':', '='])?;
            let (node, field) = path.split_once(".%")?;
            let value = value.trim();
            return Some(if field == "pnpinfo" {
                Self::Pnp { node, info: value }
            } else {
                Self::Node { node, field, value }
            });
        }
        let at = text.find("vendor=0x")?;
        let node = text.get(..at)?;
        let info = text.get(at..)?;
        let node = node.trim().trim_start_matches(['+', '-', '!', '?']);
        let node = node.split_whitespace().next().unwrap_or_default();
        (info.contains(" product=0x") && info.contains("devclass="))
            .then_some(Self::Pnp { node, info })
    }

    fn listed(text: &'a str) -> Option<Self> {
        let text = text
            .strip_prefix("port ")
            .and_then(|r| r.split_once(' ').filter(|(n, _)| is_number(n)))
            .map_or(text, |(_, r)| r.trim_start());
        let (address, rest) = text.strip_prefix("addr ")?.split_once(": ")?;
        if !is_number(address) {
            return None;
        }
        if let Some((id, words)) = rest.split_once(' ')
            && let Some((vendor, product)) = id.split_once(':')
            && vendor.len() == 4
            && let (Some(vendor), Some(product)) = (hex_id::four(vendor), hex_id::four(product))
        {
            return Some(Self::Listed {
                address,
                vendor,
                product,
                words,
            });
        }
        // `..., config 1, EM7455(0x9079), Sierra Wireless(0x1199), rev 0.06`
        let (front, rest) = rest.split_once("(0x")?;
        let (product, rest) = rest.split_once("), ")?;
        let (_, vendor) = rest.split_once("(0x")?;
        let (vendor, _) = vendor.split_once(')')?;
        let words = front.rsplit_once(", ").map_or(front, |(_, w)| w);
        Some(Self::Listed {
            address,
            vendor: hex_id::four(vendor)?,
            product: hex_id::four(product)?,
            words,
        })
    }

    fn pci(text: &'a str) -> Option<Self> {
        let (name, info) = text.split_once(":\t").or_else(|| text.split_once(": "))?;
        let (_, place) = name.split_once("@pci")?;
        (info.contains("class=0x") && (info.contains("chip=0x") || info.contains("device=0x")))
            .then_some(Self::Pci { place, info })
    }
}

/// Words of a device that no driver for modems has taken.
fn names_a_modem(words: &str) -> bool {
    words.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| {
        [
            "hsdpa", "hspa", "umts", "lte", "wwan", "evdo", "gsm", "gprs", "3g", "4g",
        ]
        .iter()
        .any(|m| w.eq_ignore_ascii_case(m))
    })
}

/// `umb0 at uhub2 port 3 ...` whose quotation stands open, or has not begun.
fn opens_quotation(text: &str) -> bool {
    matches!(Line::of(text), Some(Line::At { words: None, .. })) && text.matches('"').count() < 2
}

/// The hexadecimal number behind `name=`.
fn number(info: &str, name: &str) -> Option<String> {
    let at = info.match_indices(name).map(|(at, _)| at).find(|at| {
        info.get(..*at)
            .is_some_and(|b| b.is_empty() || b.ends_with([' ', '\t']))
    })?;
    let value = info.get(at + name.len()..)?.strip_prefix("=0x")?;
    let digits = value.bytes().take_while(u8::is_ascii_hexdigit).count();
    value.get(..digits).map(str::to_ascii_lowercase)
}

/// The words of a device without what a forum took for marks and attributes.
pub(super) fn plain_words(words: &str) -> String {
    words
        .replace("=\"\"", "")
        .trim_matches([' ', '<', '>'])
        .to_owned()
}

/// What the system printed as the name of a device: its own strings, or the numbers for them.
pub(super) fn name_of(device: &mut Device, words: &str, place: &Place) {
    let words = plain_words(words);
    if let Some(rest) = words.strip_prefix("vendor 0x")
        && let Some((vendor, product)) = rest.split_once(" product 0x")
        && let Some(vendor) = hex_id::four(vendor)
        && let Some(product) = product.split([' ', ',']).next().and_then(hex_id::four)
    {
        device.fact(Clue::UsbId, &format!("{vendor}:{product}"), place.clone());
        return;
    }
    // Both strings in one: whose it is stands in front.
    device.text(Clue::UsbManufacturer, &words, place.clone());
    device.text(Clue::UsbProduct, &words, place.clone());
}

struct Known {
    key: String,
    bus: String,
    device: Device,
}

#[derive(Default)]
struct Log {
    units: u64,
    known: Vec<Known>,
    /// What a node of the tree said before its numbers came.
    pci: Option<Device>,
}

impl Log {
    fn device(
        &mut self,
        key: &str,
        bus: &str,
        host: Option<&str>,
        sink: &mut dyn Sink,
    ) -> Result<&mut Device, ReadError> {
        if let Some(at) = self.known.iter().rposition(|k| k.key == key) {
            let known = self.known.swap_remove(at);
            self.known.push(known);
        } else {
            if self.known.len() >= MOST_DEVICES {
                self.flush(sink)?;
            }
            let mut device = Device::new(self.units);
            self.units += 1;
            device.port(format!("usb:{key}"));
            device.key(KeyKind::Host, host.unwrap_or_default());
            self.known.push(Known {
                key: key.to_owned(),
                bus: bus.to_owned(),
                device,
            });
        }
        self.known
            .last_mut()
            .map(|k| &mut k.device)
            .ok_or_else(|| ReadError::Stopped("no device".to_owned()))
    }

    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let mut all = std::mem::take(&mut self.known);
        all.sort_by_key(|k| k.device.unit());
        all.into_iter().try_for_each(|k| k.device.emit(sink))
    }

    fn line(
        &mut self,
        host: Option<&str>,
        line: &Line<'_>,
        text: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        match line {
            Line::Found {
                ugen, bus, words, ..
            } => {
                let device = self.device(ugen, bus, host, sink)?;
                name_of(device, words, place);
            }
            Line::Bound { driver, bus, words } => {
                // The device of this bus that was named last.
                let key = self
                    .known
                    .iter()
                    .rev()
                    .find(|k| k.bus == *bus)
                    .map_or_else(|| format!("usbus{bus}:{driver}"), |k| k.key.clone());
                let device = self.device(&key, bus, host, sink)?;
                if !device.has(Clue::UsbProduct) {
                    name_of(device, words, place);
                }
                bound(device, driver, text, place);
            }
            Line::At {
                driver,
                hub,
                port,
                words,
            } => {
                let key = format!("uhub{hub}:{port}");
                let device = self.device(&key, &key, host, sink)?;
                if let Some(words) = words {
                    name_of(device, words, place);
                }
                bound(device, driver, text, place);
            }
            Line::Words { driver, words } => {
                let last = self.known.last_mut().map(|k| &mut k.device);
                if let Some(device) = last
                    .filter(|d| d.first(Clue::Driver) == Some(*driver) && !d.has(Clue::UsbProduct))
                {
                    name_of(device, words, place);
                } else if MODEM_DRIVERS.contains(driver)
                    || *driver == "ugen" && names_a_modem(words)
                {
                    let device = self.device(driver, driver, host, sink)?;
                    name_of(device, words, place);
                    bound(device, driver, text, place);
                }
            }
            Line::Stored { words } => {
                // The disk of the last device that was named as storage, else one of its own.
                let key = self
                    .known
                    .iter()
                    .rev()
                    .find(|k| k.device.first(Clue::Driver) == Some("umass"))
                    .map_or_else(|| "umass".to_owned(), |k| k.key.clone());
                let device = self.device(&key, &key, host, sink)?;
                let maker = words.split_whitespace().next().unwrap_or_default();
                device.text(Clue::UsbManufacturer, maker, place.clone());
                let said = format!("the installer of a modem stick: {}", words.trim());
                device.fact(Clue::CellularInterface, &said, place.clone());
            }
            Line::Pnp { node, info } => {
                if let (Some(vendor), Some(product)) =
                    (number(info, "vendor"), number(info, "product"))
                    && let (Some(vendor), Some(product)) =
                        (hex_id::four(&vendor), hex_id::four(&product))
                {
                    let device = self.device(node, node, host, sink)?;
                    device.fact(Clue::UsbId, &format!("{vendor}:{product}"), place.clone());
                    let interface = ["intclass", "intsubclass", "intprotocol"]
                        .map(|n| number(info, n).unwrap_or_default());
                    if let [c, s, p] = &interface
                        && let Some(triple) = hex_id::class(c, s, p)
                    {
                        device.fact(Clue::UsbInterface, &triple, place.clone());
                    }
                    let driver = node.split('.').next().unwrap_or_default();
                    let driver = driver.trim_end_matches(|c: char| c.is_ascii_digit());
                    if MODEM_DRIVERS.contains(&driver) {
                        bound(device, driver, &format!("{driver} has attached"), place);
                    }
                }
            }
            Line::Node { node, field, value } => {
                let driver = node.split('.').next().unwrap_or_default();
                if !MODEM_DRIVERS.contains(&driver) || *field != "desc" {
                    return Ok(());
                }
                let device = self.device(node, node, host, sink)?;
                name_of(
                    device,
                    value.split_once(", class ").map_or(*value, |(w, _)| w),
                    place,
                );
                bound(device, driver, &format!("{driver} has attached"), place);
            }
            Line::Listed {
                address,
                vendor,
                product,
                words,
            } => {
                // Each controller counts its addresses anew.
                let mut key = format!("addr {address}");
                while self
                    .known
                    .iter()
                    .any(|k| k.key == key && k.device.has(Clue::UsbId))
                {
                    key.push('\'');
                    if key.len() > 64 {
                        return Ok(());
                    }
                }
                let device = self.device(&key, &key, host, sink)?;
                device.fact(Clue::UsbId, &format!("{vendor}:{product}"), place.clone());
                device.text(Clue::UsbTableName, words, place.clone());
            }
            Line::Pci { place: slot, info } => {
                if let Some(device) = self.pci.take() {
                    device.emit(sink)?;
                }
                let mut device = Device::new(self.units);
                self.units += 1;
                device.port(format!("pci:{}", slot_address(slot)));
                pci_numbers(&mut device, info, place);
                self.pci = Some(device);
            }
        }
        Ok(())
    }
}

/// A driver is bound; some drive modems only.
fn bound(device: &mut Device, driver: &str, text: &str, place: &Place) {
    device.fact(Clue::Driver, driver, place.clone());
    if MODEM_DRIVERS.contains(&driver) && !device.has(Clue::CellularInterface) {
        let short = text.split_once('<').map_or(text, |(front, _)| front);
        let short = short.split_once('"').map_or(short, |(front, _)| front);
        let short = short.trim().trim_end_matches(':');
        device.fact(Clue::CellularInterface, short, place.clone());
    }
}

/// `0:3:0:0` counts domain, bus, slot and function in tens.
fn slot_address(selector: &str) -> String {
    let mut numbers = selector
        .trim_end_matches(':')
        .split(':')
        .map(str::parse::<u16>);
    match [(); 4].map(|()| numbers.next()) {
        [
            Some(Ok(domain)),
            Some(Ok(bus)),
            Some(Ok(slot)),
            Some(Ok(function)),
        ] => {
            format!("{domain:04x}:{bus:02x}:{slot:02x}.{function}")
        }
        _ => selector.to_owned(),
    }
}

/// `chip=0xdddd vvvv` holds device and vendor, newer systems write them apart.
fn pci_numbers(device: &mut Device, info: &str, place: &Place) {
    let split = |both: String| {
        let (high, low) = (both.get(..4)?.to_owned(), both.get(4..8)?.to_owned());
        Some(format!("{low}:{high}"))
    };
    let pair = |vendor: &str, of: &str| {
        let (v, d) = (number(info, vendor)?, number(info, of)?);
        Some(format!("{}:{}", hex_id::four(&v)?, hex_id::four(&d)?))
    };
    if let Some(id) = pair("vendor", "device").or_else(|| number(info, "chip").and_then(split)) {
        device.fact(Clue::PciId, &id, place.clone());
    }
    if let Some(id) =
        pair("subvendor", "subdevice").or_else(|| number(info, "card").and_then(split))
        && id != "0000:0000"
    {
        device.fact(Clue::PciSubsystem, &id, place.clone());
    }
    if let Some(class) = number(info, "class")
        && let Some(class) = class.get(..4)
    {
        device.pci_class(class, place.clone());
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut log = Log::default();
    // A line whose quotation is not closed yet, and over how many lines it went.
    let mut open: Option<(u64, String, u8)> = None;
    text::lines(source, sink, |n, line, sink| {
        if let Some((first, mut whole, count)) = open.take() {
            let rest = line.trim();
            let begins_anew = Line::of(message(line).1).is_some();
            if !begins_anew && !rest.is_empty() {
                if !whole.ends_with([' ', '"']) {
                    whole.push(' ');
                }
                whole.push_str(rest);
                if opens_quotation(message(&whole).1) && count < MOST_BROKEN && whole.len() < 1024 {
                    open = Some((first, whole, count + 1));
                    return Ok(());
                }
            }
            let (host, text) = message(&whole);
            if let Some(found) = Line::of(text) {
                log.line(host, &found, text, &Place::Line(first), sink)?;
            }
            if !begins_anew {
                return Ok(());
            }
        }
        let (host, text) = message(line);
        if opens_quotation(text) {
            open = Some((n, line.to_owned(), 0));
            return Ok(());
        }
        match Line::of(text) {
            Some(found) => log.line(host, &found, text, &Place::Line(n), sink),
            None => Ok(()),
        }
    })?;
    if let Some((first, whole, _)) = open {
        let (host, text) = message(&whole);
        if let Some(found) = Line::of(text) {
            log.line(host, &found, text, &Place::Line(first), sink)?;
        }
    }
    if let Some(device) = log.pci.take() {
        device.emit(sink)?;
    }
    log.flush(sink)
}
