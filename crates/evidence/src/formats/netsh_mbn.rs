//! `netsh mbn show interfaces`: what a mobile broadband interface of Windows says of its modem. In
//! English; other languages name the fields differently and are not recognised.

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
    if has("Firmware Version") && has("Model") && (has("Cellular class") || has("Device Id")) {
        92
    } else {
        0
    }
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
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
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
            _ => return Ok(()),
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
