//! `netsh mbn show interfaces`: what a mobile broadband interface of Windows says of its modem.
//!
//! The labels are in the language of the system, their order is the same in each: name, description,
//! GUID, address, state, kind of device, class (`GSM` or `CDMA`), device id, manufacturer, model,
//! firmware. Where the labels are not the English ones the fields are read by that order.

use super::device::Device;
use crate::identity::Imei;
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "netsh-mbn",
    title: "mobile broadband interfaces of Windows",
    made_by: "netsh mbn show interfaces",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let has = |label: &str| head.count_lines(|l| value(l, label).is_some()) > 0;
    // Other listings name devices, models and firmware; only this one has a GUID for each.
    let guid = || head.count_lines(|l| value(l, "GUID").is_some_and(is_guid)) > 0;
    if has("Firmware Version")
        && has("Model")
        && (has("Cellular class") || (has("Device Id") && guid()))
    {
        return 92;
    }
    let mut order = Order::default();
    let found = head
        .text
        .lines()
        .take(2000)
        .any(|l| order.next(l) == Some(Field::Class));
    if found { 91 } else { 0 }
}

/// A field that the order of the lines tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Guid,
    Class,
    DeviceId,
    Manufacturer,
    Model,
    Firmware,
}

/// Where in the order of an interface the last line was.
#[derive(Default)]
struct Order {
    /// Lines with a label since the GUID.
    since: Option<u8>,
    /// Lines with a label since the class.
    behind: Option<u8>,
}

impl Order {
    fn next(&mut self, line: &str) -> Option<Field> {
        let (_, value) = line.split_once(':')?;
        let value = value.trim();
        if is_guid(value) && line.trim_start().starts_with("GUID") {
            self.since = Some(0);
            self.behind = None;
            return Some(Field::Guid);
        }
        if let Some(n) = self.behind {
            self.behind = Some(n.saturating_add(1));
            return match n {
                0 => Some(Field::DeviceId),
                1 => Some(Field::Manufacturer),
                2 => Some(Field::Model),
                3 => Some(Field::Firmware),
                _ => None,
            };
        }
        let n = self.since?;
        self.since = Some(n.saturating_add(1));
        if n <= 6 && is_class(line) {
            self.behind = Some(0);
            return Some(Field::Class);
        }
        None
    }
}

/// `: GSM`, `: CDMA`.
fn is_class(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(_, v)| matches!(v.trim(), "GSM" | "CDMA" | "GSM, CDMA"))
}

fn is_guid(text: &str) -> bool {
    text.strip_prefix('{')
        .and_then(|t| t.strip_suffix('}'))
        .is_some_and(|t| t.len() == 36 && t.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'))
}

/// The value of `    Label      : value`.
fn value<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let (name, value) = line.split_once(':')?;
    name.trim()
        .eq_ignore_ascii_case(label)
        .then_some(value.trim())
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut unit = 0u64;
    let mut current: Option<Device> = None;
    let mut order = Order::default();
    // The label of the line before: a GUID's is the description.
    let mut before: Option<(String, Place)> = None;
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        let field = order.next(line);
        let described = before.take();
        if let Some((_, text)) = line.split_once(':') {
            before = Some((text.trim().to_owned(), place.clone()));
        }
        if value(line, "Name").is_some() {
            if let Some(device) = current.take() {
                device.emit(sink)?;
            }
            current = Some(Device::new(unit));
            unit += 1;
            return Ok(());
        }
        let Some((label, text)) = line.split_once(':') else {
            return Ok(());
        };
        let text = text.trim();
        let clue = match label.trim().to_ascii_lowercase().as_str() {
            "manufacturer" => Clue::ModemManufacturer,
            "model" => Clue::ModemModel,
            "firmware version" => Clue::ModemRevision,
            "description" => Clue::ModemName,
            "cellular class" => Clue::CellularInterface,
            "device id" => Clue::Imei,
            _ => match field {
                Some(Field::Guid) => {
                    // Where its label is "Name" the name began the interface.
                    let begun = current
                        .as_ref()
                        .is_some_and(|d| !d.has(Clue::CellularInterface));
                    if !begun {
                        if let Some(device) = current.take() {
                            device.emit(sink)?;
                        }
                        unit += 1;
                    }
                    let device = current.get_or_insert_with(|| Device::new(unit - 1));
                    if let Some((text, place)) = described
                        && !device.has(Clue::ModemName)
                    {
                        device.text(Clue::ModemName, &text, place);
                    }
                    return Ok(());
                }
                Some(Field::Class) => Clue::CellularInterface,
                Some(Field::DeviceId) => Clue::Imei,
                Some(Field::Manufacturer) => Clue::ModemManufacturer,
                Some(Field::Model) => Clue::ModemModel,
                Some(Field::Firmware) => Clue::ModemRevision,
                None => return Ok(()),
            },
        };
        let device = current.get_or_insert_with(|| {
            unit += 1;
            Device::new(unit - 1)
        });
        if clue == Clue::Imei {
            // A CDMA modem has an ESN or MEID here.
            match Imei::parse(text) {
                Some(_) => {
                    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                    device.key(KeyKind::Imei, digits.as_str());
                    device.fact(clue, &digits, place);
                }
                None if text.bytes().all(|b| b.is_ascii_hexdigit()) && text.len() >= 8 => {
                    device.module_serial(text);
                }
                None => sink.problem(Problem::note(
                    "imei-not-readable",
                    place,
                    "the device id is no IMEI",
                )),
            }
        } else if !text.is_empty() {
            device.text(clue, text, place);
        }
        Ok(())
    })?;
    match current {
        Some(device) => device.emit(sink),
        None => Ok(()),
    }
}
