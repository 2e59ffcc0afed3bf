//! `lsusb`: one line a device (plain), the tree (`-t`), the descriptors (`-v`).

use crate::observation::{Clue, Key, KeyKind, Observation, Place, Stance};
use crate::reader::{Attachment, Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "lsusb",
    title: "lsusb, plain",
    made_by: "lsusb",
    proves: &[Stance::Observed],
    enumerates: &[Attachment::Usb],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    if head.count_lines(|l| device(l).is_some()) > 0 {
        80
    } else {
        0
    }
}

/// `Bus 003 Device 003: ID 2c7c:0125 Quectel ...`, the front part optional.
fn device(line: &str) -> Option<(Option<&str>, String, &str)> {
    let line = line.trim();
    let (front, rest) = match line.split_once("ID ") {
        Some((front, rest)) => (front.trim(), rest),
        None => return None,
    };
    if !(front.is_empty() || (front.starts_with("Bus ") && front.contains("Device "))) {
        return None;
    }
    let id = rest.get(..9)?;
    let (vid, pid) = id.split_once(':')?;
    let hex = |s: &str| s.len() == 4 && s.bytes().all(|b| b.is_ascii_hexdigit());
    if !hex(vid) || !hex(pid) {
        return None;
    }
    let name = rest.get(9..).unwrap_or_default().trim();
    Some((
        (!front.is_empty()).then_some(front.trim_end_matches(':')),
        id.to_ascii_lowercase(),
        name,
    ))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut unit = 0u64;
    text::lines(source, sink, |number, line, sink| {
        let Some((front, id, name)) = device(line) else {
            return Ok(());
        };
        let place = Place::Line(number);
        let subject = front
            .map(|f| vec![Key::new(KeyKind::Port, format!("usb:{f}"))])
            .unwrap_or_default();
        sink.observe(
            Observation::new(unit, Stance::Observed, Clue::UsbId, id, place.clone()).about(subject),
        )?;
        if !name.is_empty() {
            sink.observe(Observation::new(
                unit,
                Stance::Observed,
                Clue::UsbTableName,
                name,
                place,
            ))?;
        }
        unit += 1;
        Ok(())
    })
}
