//! `usbconfig` of FreeBSD: one line a device, with `dump_device_desc` and the like its descriptors.

use super::device::Device;
use super::{bsd, hex_id};
use crate::observation::{Clue, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "usbconfig",
    title: "usbconfig of FreeBSD",
    made_by: "usbconfig dump_device_desc",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let headed = head.count_lines(|l| heading(l).is_some());
    // Without what only the tool prints it is the kernel's line.
    let by_tool = head.count_lines(|l| l.contains("cfg=") && heading(l).is_some()) > 0
        || head.count_lines(|l| field(l).is_some_and(|(name, ..)| name == "idVendor")) > 0;
    if headed > 0 && by_tool { 90 } else { 0 }
}

/// `ugen0.2: <Sierra Wireless, Incorporated EM7455> at usbus0, cfg=0 ...`: unit and name.
fn heading(line: &str) -> Option<(&str, &str)> {
    let (unit, rest) = line.trim().split_once(": <")?;
    let (bus, device) = unit.strip_prefix("ugen")?.split_once('.')?;
    let digits = |s: &str| !s.is_empty() && s.len() <= 3 && s.bytes().all(|b| b.is_ascii_digit());
    // People blank the bus: `> at, cfg=0`.
    let (name, _) = ["> at usbus", ">at usbus", "> at, cfg="]
        .iter()
        .find_map(|mark| rest.rsplit_once(mark))?;
    (digits(bus) && digits(device)).then_some((unit, name))
}

/// The number and the words of `  iProduct = 0x0002  <EM7455>`.
fn field(line: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = line.trim().split_once(" = ")?;
    let (number, words) = rest.split_once(' ').unwrap_or((rest, ""));
    let words = words.trim();
    let words = words
        .strip_prefix('<')
        .map_or(words, |w| w.split_once('>').map_or(w, |(inner, _)| inner));
    Some((name, number, words))
}

/// A class byte, which is printed as four digits.
fn class_byte(number: &str) -> Option<String> {
    hex_id::four(number).and_then(|four| four.strip_prefix("00").map(str::to_owned))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut unit = 0u64;
    let mut current: Option<Device> = None;
    let mut descriptors = Descriptors::default();
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        if let Some((port, name)) = heading(line) {
            if let Some(device) = current.take() {
                device.emit(sink)?;
            }
            descriptors = Descriptors::default();
            let mut device = Device::new(unit);
            unit += 1;
            device.port(format!("usb:{port}"));
            bsd::name_of(&mut device, name, &place);
            current = Some(device);
            return Ok(());
        }
        let Some(device) = &mut current else {
            return Ok(());
        };
        for (name, number, words) in pieces(line).filter_map(field) {
            descriptors.field(device, (name, number, words), place.clone(), sink);
        }
        Ok(())
    })?;
    match current {
        Some(device) => device.emit(sink),
        None => Ok(()),
    }
}

/// What of the descriptors is still incomplete.
#[derive(Default)]
struct Descriptors {
    vendor: Option<String>,
    class: Vec<String>,
}

impl Descriptors {
    fn field(
        &mut self,
        device: &mut Device,
        (name, number, words): (&str, &str, &str),
        place: Place,
        sink: &mut dyn Sink,
    ) {
        let class = &mut self.class;
        match name {
            "idVendor" => self.vendor = hex_id::four(number),
            "idProduct" => match (self.vendor.take(), hex_id::four(number)) {
                (Some(vendor), Some(product)) => {
                    device.fact(Clue::UsbId, &format!("{vendor}:{product}"), place);
                }
                _ => sink.problem(Problem::lost(
                    "bad-id",
                    place,
                    "idProduct without a whole vendor and product id",
                )),
            },
            "iManufacturer" => own_words(device, Clue::UsbManufacturer, words, place),
            "iProduct" => own_words(device, Clue::UsbProduct, words, place),
            "iSerialNumber" if words != "no string" => device.module_serial(words),
            "bDeviceClass" | "bInterfaceClass" => {
                class.clear();
                class.extend(class_byte(number));
            }
            "bDeviceSubClass" | "bInterfaceSubClass" if class.len() == 1 => {
                class.extend(class_byte(number));
            }
            "bDeviceProtocol" | "bInterfaceProtocol" => {
                class.extend(class_byte(number));
                if let [c, s, p] = class.as_slice()
                    && let Some(triple) = hex_id::class(c, s, p)
                {
                    if name == "bInterfaceProtocol" {
                        device.fact(Clue::UsbInterface, &triple, place);
                    } else if c != "00" {
                        device.fact(Clue::UsbClass, &triple, place);
                    }
                }
                class.clear();
            }
            _ => {}
        }
    }
}

/// A page that took the angle brackets for marks runs the lines behind them together.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut from = 0usize;
    let mut cuts: Vec<usize> = line
        .match_indices('>')
        .map(|(at, _)| at + 1)
        .filter(|at| {
            line.get(*at..).is_some_and(|rest| {
                rest.starts_with(|c: char| c.is_ascii_lowercase()) && rest.contains(" = 0x")
            })
        })
        .take(32)
        .collect();
    cuts.push(line.len());
    cuts.into_iter().filter_map(move |to| {
        let piece = line.get(from..to);
        from = to;
        piece
    })
}

fn own_words(device: &mut Device, clue: Clue, words: &str, place: Place) {
    let words = bsd::plain_words(words);
    if words != "no string" && words != "retrieving string failed" {
        device.text(clue, &words, place);
    }
}
