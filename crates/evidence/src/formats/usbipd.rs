//! `usbipd list` of Windows: bus id, USB id and the names of what is attached. What is only remembered
//! ("Persisted") stands below, without an id, and is not read.

use super::device::Device;
use super::hex_id;
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "usbipd",
    title: "USB devices of Windows by usbipd",
    made_by: "usbipd list",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

const STATES: &[&str] = &[
    "Not shared",
    "Shared (forced)",
    "Shared",
    "Attached",
    "Not attached",
];

fn sniff(head: &Head<'_>) -> u8 {
    let headed = head.count_lines(|l| l.contains("BUSID") && l.contains("VID:PID")) > 0;
    let rows = head.count_lines(|l| row(l).is_some());
    match (headed, rows) {
        (true, 1..) => 92,
        (false, 2..) => 80,
        _ => 0,
    }
}

/// `1-5    305a:1402  Names of its functions   Not shared`.
fn row(line: &str) -> Option<(&str, String, &str)> {
    let (bus, rest) = line.trim().split_once(' ')?;
    let (hub, port) = bus.split_once('-')?;
    let digits = |s: &str| !s.is_empty() && s.len() <= 3 && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(hub) || !digits(port) {
        return None;
    }
    let (id, rest) = hex_id::leading_pair(rest.trim_start())?;
    let rest = rest.trim();
    let names = STATES
        .iter()
        .find_map(|s| rest.strip_suffix(s))
        .or_else(|| rest.rsplit_once(" Attached - ").map(|(names, _)| names))?;
    Some((bus, id, names.trim()))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut unit = 0u64;
    text::lines(source, sink, |number, line, sink| {
        let Some((bus, id, names)) = row(line) else {
            return Ok(());
        };
        let place = Place::Line(number);
        let mut device = Device::new(unit);
        unit += 1;
        device.port(format!("usb:{bus}"));
        device.fact(Clue::UsbId, &id, place.clone());
        device.text(Clue::UsbTableName, names.trim_end_matches("..."), place);
        device.emit(sink)
    })
}
