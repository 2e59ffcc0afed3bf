//! Devices on a bus as `USBPcap` offers them to Wireshark for the choice of what to capture:
//! `value {arg=99}{value=9_1}{display=...}{enabled=false}{parent=9}`. A value without a parent, or below a
//! hub, is a device; what hangs on it with `_` are its functions, with the names Windows gives them.

use std::collections::BTreeMap;

use super::device::Device;
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "usbpcap",
    title: "USB devices of Windows by USBPcap",
    made_by: "USBPcapCMD.exe --extcap-config --extcap-interface ...",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Most devices; a bus has 127.
const MOST_DEVICES: usize = 1024;

fn sniff(head: &Head<'_>) -> u8 {
    if head.count_lines(|l| row(l).is_some()) > 0 {
        90
    } else {
        0
    }
}

/// The number of the device and the name of it or of a function.
fn row(line: &str) -> Option<(&str, &str)> {
    let rest = line
        .get(line.find("value {arg=")?..)?
        .strip_prefix("value {arg=")?;
    let (_, rest) = rest.split_once("{value=")?;
    let (value, rest) = rest.split_once('}')?;
    let (name, _) = rest.strip_prefix("{display=")?.split_once("}{")?;
    let device = value.split('_').next()?;
    (!device.is_empty() && device.len() <= 4 && device.bytes().all(|b| b.is_ascii_digit()))
        .then_some((device, name))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut devices: BTreeMap<u16, Device> = BTreeMap::new();
    text::lines(source, sink, |number, line, _| {
        let Some((device, name)) = row(line) else {
            return Ok(());
        };
        // `[9] Sierra Wireless USB Composite Device`
        let name = name
            .strip_prefix('[')
            .and_then(|n| n.split_once("] "))
            .map_or(name, |(_, n)| n);
        let Ok(device) = device.parse::<u16>() else {
            return Ok(());
        };
        if devices.len() >= MOST_DEVICES && !devices.contains_key(&device) {
            return Ok(());
        }
        let next = devices.len() as u64;
        let device = devices.entry(device).or_insert_with(|| Device::new(next));
        // The name of a composite device begins with whose it is.
        if let Some(maker) = name.strip_suffix(" USB Composite Device") {
            device.text(Clue::UsbManufacturer, maker, Place::Line(number));
        }
        device.text(Clue::UsbProduct, name, Place::Line(number));
        Ok(())
    })?;
    let mut devices: Vec<Device> = devices.into_values().collect();
    devices.sort_by_key(Device::unit);
    devices.into_iter().try_for_each(|d| d.emit(sink))
}
