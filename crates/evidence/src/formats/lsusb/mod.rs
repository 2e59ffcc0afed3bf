//! `lsusb`: one line a device (here), the descriptors ([`verbose`]), the tree ([`tree`]).
//!
//! The name behind the id comes from the tool's table or, with busybox and where the table has none,
//! from the device itself; the line does not say which.

pub mod tree;
pub mod verbose;

use super::completeness::{Buses, Watched, enumerated, is_partial_command};
use super::device::Device;
use super::hex_id;
use crate::observation::{Clue, Place, Problem, Stance};
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
    let device = |l: &str| parts(l).any(|part| matches!(entry(part), Entry::Device(_)));
    if head.count_lines(device) > 0 { 80 } else { 0 }
}

/// A device line with its bus, which no other listing has.
pub(crate) fn begins(line: &str) -> bool {
    line.contains("Bus ")
        && parts(line).any(|part| matches!(entry(part), Entry::Device(Line { at: Some(_), .. })))
}

/// Most devices taken from one line whose line ends were lost.
const MOST_JOINED: usize = 128;

/// The device lines in a line: itself; what stands behind marks or a label in front (`* X280: `);
/// several where the line ends were lost.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let mut starts: Vec<usize> = Vec::new();
    if line.contains(" Device ") {
        starts.extend(
            line.match_indices("Bus ")
                .map(|(at, _)| at)
                .filter(|at| is_start(line.get(*at..).unwrap_or_default()))
                .take(MOST_JOINED),
        );
    }
    // One in the middle of a sentence is an example.
    let alone = starts.len() == 1
        && starts.first().is_some_and(|at| {
            let front = line.get(..*at).unwrap_or_default().trim_end();
            let marked = front.ends_with([':', '`', '*', ']', '>', '|', '#', '-']);
            !front.is_empty() && (front.len() > 40 || !marked)
        });
    if alone || starts.is_empty() {
        starts = vec![0];
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([line.len()]).collect();
    starts
        .into_iter()
        .zip(ends)
        .map(|(from, to)| line.get(from..to).unwrap_or_default())
        .map(|part| part.trim().trim_end_matches(['`', '*']))
}

/// `Bus 003 Device 003: ID `, digits where they stand.
fn is_start(text: &str) -> bool {
    let b = text.as_bytes();
    let digits = |from: usize| {
        b.get(from..from + 3)
            .is_some_and(|d| d.iter().all(u8::is_ascii_digit))
    };
    let behind = b.get(18..).unwrap_or_default();
    digits(4)
        && b.get(7..15) == Some(b" Device ")
        && digits(15)
        && (behind.starts_with(b": ID ") || behind.starts_with(b"**: ID "))
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    /// `Bus 003 Device 003: ID 2c7c:0125 Quectel ...`, the front part optional.
    Device(Line<'a>),
    /// It begins like one and ends before the id does.
    Cut,
    /// Anything else.
    Other,
}

/// A device line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Bus and device number.
    pub(super) at: Option<(u16, u16)>,
    /// `vid:pid`.
    pub(super) id: String,
    /// The name behind it, perhaps empty.
    pub(super) name: &'a str,
}

/// Takes a line apart.
pub(super) fn entry(line: &str) -> Entry<'_> {
    let line = line.trim();
    let (at, rest) = match line.strip_prefix("Bus ") {
        Some(rest) => {
            let Some((bus, rest)) = leading_number(rest) else {
                return Entry::Other;
            };
            let Some(rest) = rest.strip_prefix(" Device ") else {
                return if " Device ".starts_with(rest) {
                    Entry::Cut
                } else {
                    Entry::Other
                };
            };
            let Some((device, rest)) = leading_number(rest) else {
                return if rest.is_empty() {
                    Entry::Cut
                } else {
                    Entry::Other
                };
            };
            (
                Some((bus, device)),
                // Numbers that an author set in bold: `**Bus 002 Device 002**: ID`.
                rest.trim_start_matches("**")
                    .trim_start_matches(':')
                    .trim_start(),
            )
        }
        None => (None, line),
    };
    let cut = if at.is_some() {
        Entry::Cut
    } else {
        Entry::Other
    };
    let Some(rest) = rest.strip_prefix("ID ") else {
        return if rest.len() < 3 { cut } else { Entry::Other };
    };
    match hex_id::leading_pair(rest) {
        Some((id, name)) => Entry::Device(Line {
            at,
            id,
            name: name.trim(),
        }),
        None if rest.len() < 9 => cut,
        None => Entry::Other,
    }
}

/// A decimal number at the start and what follows it.
fn leading_number(text: &str) -> Option<(u16, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text.get(..end)?.parse().ok()?, text.get(end..)?))
}

impl Line<'_> {
    /// Puts what the line says into a device.
    pub(super) fn describe(&self, device: &mut Device, place: &Place) {
        if let Some((bus, number)) = self.at {
            device.port(format!("usb:bus{bus}:dev{number}"));
        }
        device.fact(Clue::UsbId, &self.id, place.clone());
        device.text(Clue::UsbTableName, self.name, place.clone());
    }
}

/// Says that a line ends before its id does.
pub(super) fn cut_line(place: Place) -> Problem {
    Problem::lost(
        "cut-line",
        place,
        "a device line that ends before its id does",
    )
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut sink = Watched::new(sink);
    let mut buses = Buses::default();
    let mut unit = 0u64;
    text::lines(source, &mut sink, |number, line, sink| {
        let place = Place::Line(number);
        for part in parts(line) {
            match entry(part) {
                Entry::Device(found) => {
                    match found.at {
                        Some((bus, device)) => buses.device(bus, device, &found.id),
                        None => buses.filtered(),
                    }
                    let mut device = Device::new(unit);
                    unit += 1;
                    found.describe(&mut device, &place);
                    device.emit(sink)?;
                }
                Entry::Cut => sink.problem(cut_line(place.clone())),
                Entry::Other => {
                    if is_partial_command(line, "lsusb") {
                        buses.filtered();
                    }
                }
            }
        }
        Ok(())
    })?;
    if buses.complete() && !sink.lost {
        sink.observe(enumerated(unit, Attachment::Usb))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let line = |at, id: &str, name| {
            Entry::Device(Line {
                at,
                id: id.to_owned(),
                name,
            })
        };
        assert_eq!(
            entry("Bus 003 Device 003: ID 2C7C:0125"),
            line(Some((3, 3)), "2c7c:0125", "")
        );
        assert_eq!(
            entry("  ID 1bc7:1201 Telit Wireless Solutions"),
            line(None, "1bc7:1201", "Telit Wireless Solutions")
        );
        assert_eq!(entry("Bus 003 Device 003: ID 2c7c:01"), Entry::Cut);
        assert_eq!(entry("Bus 003 Device 00"), Entry::Cut);
        assert_eq!(entry("Bus 003 Dev"), Entry::Cut);
        assert_eq!(entry("Bus 003 leaves at noon"), Entry::Other);
        assert_eq!(entry("ID 2c7c:01"), Entry::Other);
        assert_eq!(entry("root@r:~# lsusb"), Entry::Other);
    }
}
