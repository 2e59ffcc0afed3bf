//! Tables `usb_devices` and `pci_devices` of osquery as JSON rows (`osqueryi --json`), also inside the
//! `columns` of a result log. Vendor and model names there are the system's table, not the device's words.

use serde_json::{Map, Value};

use super::device::Device;
use super::hex_id;
use crate::observation::{Clue, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::records;
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "osquery",
    title: "USB and PCI devices of osquery",
    made_by: "osqueryi --json 'select * from usb_devices', or of pci_devices",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let text = head.text.trim_start();
    let bus = text.contains("\"usb_address\"") || text.contains("\"pci_slot\"");
    if text.starts_with(['{', '[']) && bus && text.contains("\"vendor_id\"") {
        94
    } else {
        0
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let text = text::decode(&bytes).unwrap_or_default();
    let mut unit = 0u64;
    // One list, or one row a line.
    let mut rows = 0;
    let end = records::read(&text, &[], &mut |_, number, row| {
        rows = number;
        let row = row.get("columns").and_then(Value::as_object).unwrap_or(row);
        device(row, number, &mut unit, sink)
    })?;
    if end.is_some() {
        sink.problem(Problem::lost(
            "json-cut",
            Place::row(rows + 1),
            "the JSON is not well formed from here on; what stood before was read",
        ));
    }
    Ok(())
}

fn device(
    row: &Map<String, Value>,
    number: u64,
    unit: &mut u64,
    sink: &mut dyn Sink,
) -> Result<(), ReadError> {
    let text = |key: &str| {
        row.get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|t| !t.is_empty())
    };
    let place = |column: &str| Place::Cell {
        sheet: None,
        row: number,
        column: column.to_owned(),
    };
    let id = |vendor: &str, model: &str| {
        Some(format!(
            "{}:{}",
            hex_id::four(text(vendor)?)?,
            hex_id::four(text(model)?)?
        ))
    };
    let usb = row.contains_key("usb_address");
    let Some(found) = id("vendor_id", "model_id") else {
        return Ok(());
    };
    let mut device = Device::new(*unit);
    *unit += 1;
    if usb {
        if let (Some(bus), Some(port)) = (text("usb_address"), text("usb_port")) {
            device.port(format!("usb:address:{bus}-{port}"));
        }
        device.fact(Clue::UsbId, &found, place("model_id"));
        if let Some(serial) = text("serial") {
            device.module_serial(serial);
        }
    } else {
        if let Some(slot) = text("pci_slot") {
            device.port(format!("pci:{slot}"));
        }
        device.fact(Clue::PciId, &found, place("model_id"));
        if let Some(subsystem) = id("subsystem_vendor_id", "subsystem_model_id") {
            device.fact(Clue::PciSubsystem, &subsystem, place("subsystem_model_id"));
        }
    }
    let names = match (text("vendor"), text("model")) {
        (Some(vendor), Some(model)) => Some(format!("{vendor} {model}")),
        (one, other) => one.or(other).map(str::to_owned),
    };
    if let Some(names) = names {
        let clue = if usb {
            Clue::UsbTableName
        } else {
            Clue::PciTableName
        };
        device.text(clue, &names, place("model"));
    }
    if let Some(driver) = text("driver") {
        device.text(Clue::Driver, driver, place("driver"));
    }
    device.emit(sink)
}
