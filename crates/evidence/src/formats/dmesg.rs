//! The kernel's log: `dmesg`, `journalctl -k`, a syslog file, with or without time stamps.
//!
//! Lines are gathered into devices by the port path they name (`usb 3-1`, `0000:01:00.0`). When the
//! device at a port is enumerated again it is another unit with the same port key. That a driver was
//! registered is no device: it is handed on as `supported`.

use std::collections::BTreeMap;

use super::device::Device;
use super::hex_id;
use crate::identity;
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "dmesg",
    title: "kernel log (dmesg, journalctl -k, syslog)",
    made_by: "dmesg; journalctl -k; logread",
    proves: &[Stance::Observed, Stance::Supported],
    enumerates: &[],
    sniff,
    read,
};

/// Most devices gathered at once; beyond it what is known so far is handed on.
const MOST_DEVICES: usize = 1024;

/// USB-serial drivers by the name the kernel gives their converters, as far as they drive modems only.
const CONVERTERS: &[(&str, &str)] = &[
    ("GSM modem (1-port)", "option"),
    ("Sierra USB modem", "sierra"),
    ("Qualcomm USB modem", "qcserial"),
    ("moto-modem", "moto_modem"),
    ("IPWireless converter", "ipw"),
];

/// USB drivers for modems only. (`qmi_wwan_q` and the like are makers' copies of `qmi_wwan`.)
fn drives_modems_only(driver: &str) -> bool {
    driver.starts_with("qmi_wwan")
        || matches!(
            driver,
            "option"
                | "sierra"
                | "sierra_net"
                | "qcserial"
                | "cdc_mbim"
                | "huawei_cdc_ncm"
                | "hso"
                | "GobiNet"
                | "GobiSerial"
        )
}

/// PCI drivers for modems. `mhi-pci-generic` also drives a few accelerators, which it names.
fn is_pci_modem_driver(driver: &str) -> bool {
    matches!(
        driver,
        "mhi-pci-generic" | "mhi_pci_generic" | "iosm" | "mtk_t7xx" | "xmm7360"
    )
}

fn sniff(head: &Head<'_>) -> u8 {
    let telling = head.count_lines(|l| {
        l.contains("New USB device found, idVendor=")
            || l.contains("converter now attached to tty")
            || l.contains("converter detected")
            || l.contains("registered new interface driver ")
            || l.contains("USB Serial support registered for ")
            || l.contains(" USB device number ")
            || l.contains("MHI PCI device found:")
            || l.contains(": register '")
            || l.contains("] Linux version ")
            || l.contains("kernel: Linux version ")
            || is_of_modem_driver(l)
    });
    if telling > 0 {
        return 85;
    }
    let stamped = |l: &str| {
        let l = l.trim_start();
        is_stamped(l) || l.contains(" kernel: [") || (l.starts_with('[') && begins(l))
    };
    match head.count_lines(stamped) {
        0..3 => 0,
        _ => 70,
    }
}

/// A line of the kernel's log: stamped as such, or in the kernel's words for a bus.
pub(crate) fn begins(line: &str) -> bool {
    if let Some(rest) = line.strip_prefix('<') {
        return rest.split_once('>').is_some_and(|(level, after)| {
            level.len() <= 3
                && !level.is_empty()
                && level.bytes().all(|b| b.is_ascii_digit())
                && is_stamped(after.trim_start())
        });
    }
    if line.starts_with('[') {
        let dated = || {
            line.split_once("] ")
                .is_some_and(|(stamp, _)| stamp.len() <= 40 && is_clock(stamp))
        };
        return is_stamped(line) || dated();
    }
    if let Some((front, _)) = line.split_once(" kernel: ") {
        return front.len() <= 120 && front.bytes().any(|b| b.is_ascii_digit());
    }
    let mut words = line.split(' ');
    let (Some(driver), Some(subject)) = (words.next(), words.next()) else {
        return false;
    };
    let Some(named) = subject.strip_suffix(':') else {
        return false;
    };
    match driver {
        "usb" => is_usb_port(named),
        _ if driver.len() <= 32 => port_of_interface(named).is_some() || is_pci_address(named),
        _ => false,
    }
}

/// `[   69.459804] ` at the start.
fn is_stamped(line: &str) -> bool {
    line.strip_prefix('[')
        .and_then(|l| l.split_once(']'))
        .is_some_and(|(stamp, _)| is_seconds(stamp.trim()))
}

/// `[Mon Nov  2 10:11:12 2020`: a time of day and a year behind it.
fn is_clock(stamp: &str) -> bool {
    let words: Vec<&str> = stamp.split_whitespace().take(8).collect();
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    words.iter().zip(words.iter().skip(1)).any(|(clock, year)| {
        clock.split(':').count() == 3
            && clock.split(':').all(two)
            && year.len() == 4
            && year.bytes().all(|b| b.is_ascii_digit())
    })
}

/// What a driver for modems alone says of its device: `mtk_t7xx 0000:08:00.0: ...`.
fn is_of_modem_driver(line: &str) -> bool {
    let text = message(line).text;
    let mut words = text.splitn(3, ' ');
    let (Some(driver), Some(subject)) = (words.next(), words.next()) else {
        return false;
    };
    let Some(named) = subject.strip_suffix(':') else {
        return false;
    };
    (is_pci_modem_driver(driver) && is_pci_address(named))
        || (drives_modems_only(driver) && port_of_interface(named).is_some())
        || modem_power(driver, named, words.next().unwrap_or_default())
}

/// What the driver that powers the modem of the PinePhone says once the modem itself has answered:
/// `modem-power serial1-0: wakeup ok`, `... Your modem has an outdated firmware`. That it is ready to power
/// one is no answer; the version it names is the newest it knows, not the modem's.
fn modem_power(driver: &str, named: &str, rest: &str) -> bool {
    driver == "modem-power"
        && named.starts_with("serial")
        && named.len() <= 32
        && (matches!(rest.trim(), "wakeup ok" | "status ok")
            || rest.starts_with("Your modem has an outdated firmware"))
}

/// The kernel's words in a row of a table of events: a time, then the line in backticks.
fn of_event(row: &str) -> Option<&str> {
    let mut cells = row.strip_prefix('|')?.split('|');
    let time = cells.next()?.trim();
    let clock = (5..=19).contains(&time.len())
        && time.contains(':')
        && time
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'-' | b' ' | b'.' | b'T'));
    if !clock {
        return None;
    }
    let (line, _) = cells.next()?.trim().strip_prefix('`')?.split_once('`')?;
    Some(line)
}

fn is_seconds(text: &str) -> bool {
    text.split_once('.').is_some_and(|(s, f)| {
        !s.is_empty()
            && s.bytes().all(|b| b.is_ascii_digit())
            && f.len() == 6
            && f.bytes().all(|b| b.is_ascii_digit())
    })
}

/// A line without what the logging added to it.
#[derive(Debug, PartialEq, Eq)]
struct Message<'a> {
    host: Option<&'a str>,
    date: Option<String>,
    text: &'a str,
}

fn message(line: &str) -> Message<'_> {
    let mut text = unquoted(line.trim());
    if let Some(said) = of_event(text) {
        text = said;
    }
    let mut host = None;
    let mut date = None;
    if let Some((level, rest)) = text.strip_prefix('<').and_then(|l| l.split_once('>'))
        && level.len() <= 3
        && level.bytes().all(|b| b.is_ascii_digit())
    {
        text = rest;
    }
    if let Some((prefix, rest)) = text.split_once("kernel: ")
        && prefix.len() <= 120
        && prefix.ends_with([' ', '\t', ']'])
    {
        date = date_in(prefix);
        host = prefix
            .split_whitespace()
            .next_back()
            .filter(|t| is_host_name(t));
        text = rest;
    } else if let Some(rest) = text.strip_prefix("kernel: ") {
        text = rest;
    }
    // `[   12.345678]`, `[Mon Nov  2 10:11:12 2020]`, and the caller as in `[    T1]`.
    for _ in 0..2 {
        text = text.trim_start();
        let Some((stamp, rest)) = text.strip_prefix('[').and_then(|l| l.split_once(']')) else {
            break;
        };
        let stamp = stamp.trim();
        let caller = stamp
            .strip_prefix(['T', 'C'])
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if stamp.len() > 40 {
            break;
        }
        let stated = date_in(stamp);
        if stated.is_none() && !caller && !is_seconds(stamp) && !is_clock(stamp) {
            break;
        }
        date = stated.or(date);
        text = rest;
    }
    Message {
        host,
        date,
        text: text.trim_start(),
    }
}

/// The line without the quote marks of a mail.
fn unquoted(line: &str) -> &str {
    let mut rest = line;
    while let Some(inside) = rest.strip_prefix('>')
        && (inside.is_empty() || inside.starts_with([' ', '>']))
    {
        rest = inside.trim_start();
    }
    rest
}

/// Not a time, a facility (`kern.info`) or a number, which stand there where no host is written.
fn is_host_name(token: &str) -> bool {
    const FACILITIES: &[&str] = &["kern.", "user.", "daemon.", "syslog."];
    token.len() <= 64
        && token.bytes().any(|b| b.is_ascii_alphabetic())
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        && !FACILITIES.iter().any(|f| token.starts_with(f))
}

/// The date in a time stamp that states a year.
fn date_in(stamp: &str) -> Option<String> {
    const MONTHS: &[&str] = &[
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let tokens: Vec<&str> = stamp.split_whitespace().take(8).collect();
    let checked = |date: &str| -> Option<String> {
        date.parse::<jiff::civil::Date>()
            .ok()
            .map(|d| d.to_string())
    };
    if let Some(iso) = tokens.iter().filter_map(|t| t.get(..10)).find_map(&checked) {
        return Some(iso);
    }
    let at = tokens.iter().position(|t| MONTHS.contains(t))?;
    let month = MONTHS.iter().position(|m| Some(m) == tokens.get(at))? + 1;
    let day: u8 = tokens.get(at + 1)?.parse().ok()?;
    let year = tokens
        .get(at + 2..)?
        .iter()
        .find(|t| t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit()))?;
    checked(&format!("{year}-{month:02}-{day:02}"))
}

/// `3-1.4` or `usb3`.
fn is_usb_port(text: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.len() <= 3 && s.bytes().all(|b| b.is_ascii_digit());
    if let Some(bus) = text.strip_prefix("usb") {
        return digits(bus);
    }
    text.len() <= 40
        && text
            .split_once('-')
            .is_some_and(|(bus, ports)| digits(bus) && ports.split('.').all(digits))
}

/// The port of a USB interface: `3-1` of `3-1:1.0`.
fn port_of_interface(text: &str) -> Option<&str> {
    let (port, interface) = text.split_once(':')?;
    let (configuration, number) = interface.split_once('.')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (is_usb_port(port) && digits(configuration) && digits(number)).then_some(port)
}

/// `0000:01:00.0`.
fn is_pci_address(text: &str) -> bool {
    let b = text.as_bytes();
    b.len() == 12
        && b.iter().enumerate().all(|(i, c)| match i {
            4 | 7 => *c == b':',
            10 => *c == b'.',
            _ => c.is_ascii_hexdigit(),
        })
}

/// A device at a port of a host.
struct Attached {
    device: Device,
    /// The kernel's number for it, if a line gave one.
    number: Option<u16>,
    /// Nothing is there: a program plays the device on the kernel's dummy controller, as fuzzers do.
    played: bool,
}

#[derive(Default)]
struct Log {
    next_unit: u64,
    /// By host and port key.
    attached: BTreeMap<(String, String), Attached>,
    supported: Option<Device>,
}

impl Log {
    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let mut devices: Vec<Device> = std::mem::take(&mut self.attached)
            .into_values()
            .filter(|a| !a.played)
            .map(|a| a.device)
            .collect();
        devices.sort_by_key(Device::unit);
        devices.into_iter().try_for_each(|d| d.emit(sink))
    }

    /// The device at this port, a new one if there is none.
    fn at(
        &mut self,
        message: &Message<'_>,
        port: &str,
        sink: &mut dyn Sink,
    ) -> Result<&mut Attached, ReadError> {
        let key = (message.host.unwrap_or_default().to_owned(), port.to_owned());
        if self.attached.len() >= MOST_DEVICES && !self.attached.contains_key(&key) {
            self.flush(sink)?;
        }
        let next = &mut self.next_unit;
        let attached = self.attached.entry(key).or_insert_with(|| {
            let mut device = Device::new(*next);
            *next += 1;
            device.port(port);
            device.key(KeyKind::Host, message.host.unwrap_or_default());
            Attached {
                device,
                number: None,
                played: false,
            }
        });
        attached.device.seen.clone_from(&message.date);
        Ok(attached)
    }

    /// The device at this port is gone or replaced.
    fn release(
        &mut self,
        message: &Message<'_>,
        port: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let key = (message.host.unwrap_or_default().to_owned(), port.to_owned());
        match self.attached.remove(&key) {
            Some(gone) if !gone.played => gone.device.emit(sink),
            _ => Ok(()),
        }
    }

    fn supports(&mut self, driver: &str, place: Place) {
        let next = &mut self.next_unit;
        self.supported
            .get_or_insert_with(|| {
                let device = Device::with_stance(*next, Stance::Supported);
                *next += 1;
                device
            })
            .fact(Clue::Driver, driver, place);
    }

    fn line(&mut self, line: &str, place: Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let message = message(line);
        let text = message.text;
        if let Some((port, rest)) = text.strip_prefix("usb ").and_then(|r| r.split_once(": "))
            && is_usb_port(port)
        {
            return self.usb(&message, port, rest.trim(), place, sink);
        }
        if let Some((_, driver)) = text.split_once("registered new interface driver ") {
            let driver = driver.trim();
            if drives_modems_only(driver) {
                self.supports(driver, place);
            }
            return Ok(());
        }
        if let Some((_, name)) = text.split_once("USB Serial support registered for ") {
            if let Some((_, driver)) = CONVERTERS.iter().find(|(n, _)| *n == name.trim()) {
                self.supports(driver, place);
            }
            return Ok(());
        }
        let Some((driver, rest)) = text.split_once(' ') else {
            return Ok(());
        };
        let (subject, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        if driver.len() > 32 || driver.ends_with(':') {
            return Ok(());
        }
        let named = subject.trim_end_matches(':');
        if let Some(port) = port_of_interface(named) {
            self.interface(&message, (driver, port), rest, place, sink)
        } else if is_pci_address(named) {
            self.pci(&message, (driver, named), rest, &place, sink)
        } else if modem_power(driver, named, rest) {
            let device = &mut self.at(&message, named, sink)?.device;
            device.fact(Clue::Driver, driver, place.clone());
            device.fact(Clue::CellularInterface, rest, place);
            Ok(())
        } else if driver == "wwan" && named.starts_with("wwan") && rest.ends_with("attached") {
            self.wwan(&message, named, rest, place, sink)
        } else {
            Ok(())
        }
    }

    /// What the USB core says of a port.
    fn usb(
        &mut self,
        message: &Message<'_>,
        port: &str,
        rest: &str,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let port = format!("usb:{port}");
        if rest.starts_with("new ") && rest.contains("USB device") {
            let number = rest
                .split_once("number ")
                .or_else(|| rest.split_once("address "))
                .and_then(|(_, n)| n.split_whitespace().next()?.parse().ok());
            let known = self.at(message, &port, sink)?;
            if known.device.has(Clue::UsbId) || (known.number.is_some() && known.number != number) {
                self.release(message, &port, sink)?;
            }
            let new = self.at(message, &port, sink)?;
            new.number = number;
            new.played = ["dummy_hcd", "dummy_udc"]
                .iter()
                .any(|c| rest.ends_with(&format!("using {c}")));
        } else if rest.starts_with("USB disconnect") {
            self.release(message, &port, sink)?;
        } else if rest.contains("idVendor=") {
            let id = |name: &str| {
                let (_, value) = rest.split_once(name)?;
                hex_id::four(value.split(',').next()?)
            };
            let Some((vendor, product)) = id("idVendor=").zip(id("idProduct=")) else {
                sink.problem(Problem::lost(
                    "cut-line",
                    place,
                    "a device line that ends before its id does",
                ));
                return Ok(());
            };
            if self.at(message, &port, sink)?.device.has(Clue::UsbId) {
                self.release(message, &port, sink)?;
            }
            self.at(message, &port, sink)?.device.fact(
                Clue::UsbId,
                &format!("{vendor}:{product}"),
                place,
            );
        } else if let Some(value) = rest.strip_prefix("Product: ") {
            let device = &mut self.at(message, &port, sink)?.device;
            device.text(Clue::UsbProduct, value, place);
        } else if let Some(value) = rest.strip_prefix("Manufacturer: ") {
            let device = &mut self.at(message, &port, sink)?.device;
            device.text(Clue::UsbManufacturer, value, place);
            // The strings of a fuzzer of the kernel, where the line with the controller is cut off.
            if value.trim() == "syz" {
                self.at(message, &port, sink)?.played = true;
            }
        } else if let Some(value) = rest.strip_prefix("SerialNumber: ") {
            self.at(message, &port, sink)?.device.module_serial(value);
        } else if rest.contains(" converter ") {
            self.converter(message, &port, rest, place, sink)?;
        }
        Ok(())
    }

    /// `GSM modem (1-port) converter now attached to ttyUSB0`, `... converter detected`.
    fn converter(
        &mut self,
        message: &Message<'_>,
        port: &str,
        rest: &str,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        // "IPWireless converter converter" is how the kernel prints that one.
        let Some((_, driver)) = CONVERTERS.iter().find(|(name, _)| {
            rest.strip_prefix(name)
                .is_some_and(|r| r.starts_with(" converter "))
        }) else {
            return Ok(());
        };
        if rest.contains("attached to") || rest.ends_with("detected") {
            let device = &mut self.at(message, port, sink)?.device;
            device.fact(Clue::CellularInterface, rest, place.clone());
            device.fact(Clue::Driver, driver, place);
        }
        Ok(())
    }

    /// What a driver says of a USB interface it is bound to.
    fn interface(
        &mut self,
        message: &Message<'_>,
        (driver, port): (&str, &str),
        rest: &str,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        if matches!(driver, "usb" | "hub" | "usbfs") || rest.contains("disconnect") {
            return Ok(());
        }
        let port = format!("usb:{port}");
        self.converter(message, &port, rest, place.clone(), sink)?;
        let modem = drives_modems_only(driver);
        let device = &mut self.at(message, &port, sink)?.device;
        device.fact(Clue::Driver, driver, place.clone());
        // `wwan0: register 'qmi_wwan' at usb-0000:00:14.0-3, WWAN/QMI device, 02:...`
        if let Some((interface, registered)) = rest.split_once("register '") {
            let mut words = registered.split(", ").skip(1);
            let kind = words.next().unwrap_or_default().trim();
            let interface = interface
                .trim_end_matches("un")
                .trim_end_matches([':', ' ']);
            if modem || names_wwan(kind) {
                let value = if interface.is_empty() {
                    kind.to_owned()
                } else {
                    format!("{interface}: {kind}")
                };
                device.fact(Clue::CellularInterface, &value, place.clone());
            }
            device.text(Clue::UsbTableName, kind, place.clone());
            if let Some(mac) = words.next().and_then(identity::mac) {
                device.fact(Clue::Mac, &mac, place);
            }
        } else if modem && rest.contains("cdc-wdm") {
            device.fact(Clue::CellularInterface, rest, place);
        }
        Ok(())
    }

    fn pci(
        &mut self,
        message: &Message<'_>,
        (driver, address): (&str, &str),
        rest: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let port = format!("pci:{}", address.to_ascii_lowercase());
        if driver == "pci" {
            // `[17cb:0308] type 00 class 0xff0000`
            let id = rest
                .strip_prefix('[')
                .and_then(|r| r.split_once(']'))
                .and_then(|(id, _)| hex_id::pair(id));
            if let Some(id) = id {
                let class = rest
                    .split_once("class 0x")
                    .and_then(|(_, c)| hex_id::four(c.get(..4)?));
                let device = &mut self.at(message, &port, sink)?.device;
                device.fact(Clue::PciId, &id, place.clone());
                if let Some(class) = class {
                    device.pci_class(&class, place.clone());
                }
            }
        } else if is_pci_modem_driver(driver) {
            let device = &mut self.at(message, &port, sink)?.device;
            device.fact(Clue::Driver, driver, place.clone());
            if let Some((_, name)) = rest.split_once("MHI PCI device found: ") {
                device.fact(Clue::PciTableName, name, place.clone());
                // Two accelerators are in the same driver's table.
                if !name.starts_with("qcom-qdu") && !name.starts_with("qcom-aic") {
                    device.fact(Clue::CellularInterface, rest, place.clone());
                }
            }
        }
        Ok(())
    }

    /// `wwan wwan0: port wwan0at0 attached`: the line does not name the device below; it is the one
    /// modem on PCI of this host, if there is exactly one.
    fn wwan(
        &mut self,
        message: &Message<'_>,
        name: &str,
        rest: &str,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let host = message.host.unwrap_or_default();
        let mut below = self.attached.iter().filter(|((h, port), a)| {
            h == host && port.starts_with("pci:") && a.device.has(Clue::Driver)
        });
        let port = match (below.next(), below.next()) {
            (Some(((_, port), _)), None) => port.clone(),
            _ => name.to_owned(),
        };
        let device = &mut self.at(message, &port, sink)?.device;
        device.port(name);
        device.fact(Clue::CellularInterface, &format!("{name}: {rest}"), place);
        Ok(())
    }
}

/// Where a second time stamp of the kernel stands in a line that begins with one.
fn stamp_within(line: &str) -> Option<usize> {
    if !is_stamped(line.trim_start()) {
        return None;
    }
    let first = line.find(']')?;
    line.match_indices('[')
        .map(|(at, _)| at)
        .find(|at| *at > first && line.get(*at..).is_some_and(is_stamped))
}

/// A driver's word for an interface that says it is cellular.
fn names_wwan(kind: &str) -> bool {
    ["WWAN", "QMI", "MBIM", "Mobile Broadband"]
        .iter()
        .any(|word| kind.contains(word))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut log = Log::default();
    // A line that a mail program broke before the name of the device.
    let mut broken: Option<(u64, String)> = None;
    text::lines(source, sink, |number, line, sink| {
        if let Some((first, mut front)) = broken.take() {
            let rest = unquoted(line.trim());
            let name = rest.split(' ').next().unwrap_or_default();
            if rest == name && name.contains('-') && name.len() <= 48 {
                front.push(' ');
                front.push_str(name);
                return log.line(&front, Place::Line(first), sink);
            }
        }
        if line.trim_end().ends_with("MHI PCI device found:") && line.len() < 400 {
            broken = Some((number, line.trim_end().to_owned()));
            return Ok(());
        }
        // Two messages run together where a line end was lost: `error -71[ 6310.107174] usb ...`.
        let mut rest = line;
        while let Some(at) = stamp_within(rest) {
            log.line(
                rest.get(..at).unwrap_or_default(),
                Place::Line(number),
                sink,
            )?;
            rest = rest.get(at..).unwrap_or_default();
        }
        log.line(rest, Place::Line(number), sink)
    })?;
    log.flush(sink)?;
    match log.supported.take() {
        Some(supported) => supported.emit(sink),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_logging_added() {
        let plain = |host, date: Option<&str>| Message {
            host,
            date: date.map(str::to_owned),
            text: "usb 3-1: Product: X",
        };
        for (line, host, date) in [
            ("usb 3-1: Product: X", None, None),
            ("[  319.446415] usb 3-1: Product: X", None, None),
            ("[  319.446415][   T12] usb 3-1: Product: X", None, None),
            ("<6>[  319.446415] usb 3-1: Product: X", None, None),
            (
                "[Mon Nov  2 10:11:12 2020] usb 3-1: Product: X",
                None,
                Some("2020-11-02"),
            ),
            (
                "Nov  2 10:11:12 gw-7 kernel: [ 1319.446415] usb 3-1: Product: X",
                Some("gw-7"),
                None,
            ),
            (
                "2024-05-01T10:00:00.123456+02:00 gw-7 kernel: usb 3-1: Product: X",
                Some("gw-7"),
                Some("2024-05-01"),
            ),
            (
                "Thu Jan  2 00:00:12 2020 kern.info kernel: [   12.345678] usb 3-1: Product: X",
                None,
                Some("2020-01-02"),
            ),
            (
                "Wed 2024-05-01 10:00:00 CEST gw-7 kernel: usb 3-1: Product: X",
                Some("gw-7"),
                Some("2024-05-01"),
            ),
        ] {
            assert_eq!(message(line), plain(host, date), "{line}");
        }
        assert_eq!(message("[drm] usb 3-1: x").text, "[drm] usb 3-1: x");
    }

    #[test]
    fn ports() {
        assert!(is_usb_port("3-1.4.2"));
        assert!(is_usb_port("usb1"));
        assert!(!is_usb_port("3-"));
        assert!(!is_usb_port("1-1:1.0"));
        assert_eq!(port_of_interface("3-1:1.0"), Some("3-1"));
        assert_eq!(port_of_interface("0003:046D:C31C.0001"), None);
        assert!(is_pci_address("0000:01:00.0"));
    }
}
