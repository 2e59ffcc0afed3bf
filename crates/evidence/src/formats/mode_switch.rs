//! What programs that look for modems on USB say of them: `usb_modeswitch`, the port discovery of
//! Asterisk's dongle channels, the LTE daemon of FortiOS.

use super::device::Device;
use super::hex_id;
use crate::modem::{imei_digits, port_of_path, stated};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "mode-switch",
    title: "Logs of usb_modeswitch, dongle discovery and the LTE daemon of FortiOS",
    made_by: "usb_modeswitch -W; asterisk with chan_dongle or chan_quectel; diagnose debug application lted -1",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    if head.count_lines(begins) > 0 { 86 } else { 0 }
}

/// A line that only such a program writes.
pub(crate) fn begins(line: &str) -> bool {
    found(line).is_some()
        || switching(line).is_some()
        || probed(line).is_some()
        || columns(line).is_some()
}

/// Where the columns begin in the head of `dongle show devices` (chan_dongle, chan_quectel):
/// `ID Group State RSSI Mode Submode Provider Name Model Firmware IMEI IMSI Number`.
fn columns(line: &str) -> Option<[usize; 4]> {
    if !line.trim_start().starts_with("ID ") || !line.contains(" Group ") {
        return None;
    }
    let at = |name: &str| line.find(name);
    Some([
        at(" Model ")?,
        at(" Firmware ")?,
        at(" IMEI ")?,
        at(" IMSI ")?,
    ])
}

/// `found /sys/bus/usb/devices/1-1 is idVendor 12d1 idProduct 1436`: path and id.
fn found(line: &str) -> Option<(&str, String)> {
    let at = line.find("/sys/bus/usb/devices/")?;
    let path = line.get(at..)?.split_whitespace().next()?;
    let number = |name: &str| {
        let rest = line.get(at..)?.split_once(name)?.1;
        let rest = rest.trim_start_matches(['=', ' ', ':']);
        hex_id::four(rest.split([' ', ',', ']', ')']).next()?)
    };
    let before = line.get(..at)?.trim_end();
    let said = before.ends_with("found");
    let id = format!("{}:{}", number("idVendor")?, number("idProduct")?);
    said.then_some((path, id))
}

/// `   found USB ID 12d1:1446` of usb_modeswitch.
fn switching(line: &str) -> Option<String> {
    let rest = line.trim().strip_prefix("found USB ID ")?;
    hex_id::pair(rest.trim())
}

/// `usb_lte_probe_device(2324)-229: v:1199, p:9091, ret:15` of FortiOS's daemon: the device it took.
fn probed(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("usb_lte_probe_device(")?;
    let value = |name: &str| rest.split_once(name)?.1.split([',', ' ']).next();
    let taken = value("ret:")?.trim();
    let id = format!(
        "{}:{}",
        hex_id::four(value(" v:")?)?,
        hex_id::four(value(" p:")?)?
    );
    (!taken.is_empty() && taken.bytes().all(|b| b.is_ascii_digit())).then_some(id)
}

/// Most devices kept apart.
const MOST_DEVICES: usize = 256;

#[derive(Default)]
struct Log {
    units: u64,
    devices: Vec<Device>,
    /// The device spoken of.
    current: Option<usize>,
    described: bool,
    /// The device that usb_modeswitch is to switch.
    switched: Option<usize>,
    /// Columns of the list that is being read.
    columns: Option<[usize; 4]>,
}

impl Log {
    /// Makes the device of this id, at this port if one is named, the current one.
    fn start(
        &mut self,
        id: &str,
        port: Option<String>,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        self.described = false;
        let known = self.devices.iter().position(|d| {
            d.first(Clue::UsbId) == Some(id) && port.as_deref().is_none_or(|p| d.is_at(p))
        });
        if known.is_some() {
            self.current = known;
            return Ok(());
        }
        if self.devices.len() >= MOST_DEVICES {
            self.finish(sink)?;
        }
        let at = self.add();
        if let Some(device) = self.devices.get_mut(at) {
            device.fact(Clue::UsbId, id, place.clone());
            if let Some(port) = port {
                device.port(port);
            }
        }
        Ok(())
    }

    fn add(&mut self) -> usize {
        self.devices.push(Device::new(self.units));
        self.units += 1;
        let at = self.devices.len() - 1;
        self.current = Some(at);
        at
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.current = None;
        self.switched = None;
        let devices = std::mem::take(&mut self.devices);
        devices.into_iter().try_for_each(|d| d.emit(sink))
    }

    fn line(&mut self, line: &str, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if let Some(columns) = columns(line) {
            self.columns = Some(columns);
            return Ok(());
        }
        if let Some([model, firmware, imei, imsi]) = self.columns {
            let cell = |from: usize, to: usize| line.get(from + 1..to + 1).map(str::trim);
            let (Some(model), Some(firmware), Some(imei)) = (
                cell(model, firmware),
                cell(firmware, imei),
                cell(imei, imsi),
            ) else {
                self.columns = None;
                return Ok(());
            };
            let at = self.add();
            self.current = None;
            if let Some(device) = self.devices.get_mut(at) {
                device.fact(
                    Clue::CellularInterface,
                    "a channel of Asterisk's",
                    place.clone(),
                );
                if stated(model).is_some() {
                    device.text(Clue::ModemModel, model, place.clone());
                }
                let firmware = firmware.strip_prefix("+CGMR: ").unwrap_or(firmware);
                if stated(firmware).is_some() {
                    device.text(Clue::ModemRevision, firmware, place.clone());
                }
                if let Some(digits) = imei_digits(imei) {
                    device.key(KeyKind::Imei, digits.as_str());
                    device.fact(Clue::Imei, &digits, place.clone());
                }
            }
            if self.devices.len() >= MOST_DEVICES {
                return self.finish(sink);
            }
            return Ok(());
        }
        if let Some((path, id)) = found(line) {
            return self.start(&id, port_of_path(path), place, sink);
        }
        if let Some(id) = switching(line).or_else(|| probed(line)) {
            return self.start(&id, None, place, sink);
        }
        let text = line.trim();
        if text == "product ID matched" {
            self.switched = self.current;
        } else if text.starts_with("USB description data") {
            // Other devices are looked at as well; this is of the one that matched.
            self.current = self.switched.take().or(self.current);
            self.described = true;
        }
        if !self.described {
            return Ok(());
        }
        let at = match self.current {
            Some(at) => at,
            None => self.add(),
        };
        let Some(device) = self.devices.get_mut(at) else {
            return Ok(());
        };
        if let Some(value) = text.strip_prefix("Manufacturer: ") {
            device.text(Clue::UsbManufacturer, value, place.clone());
        } else if let Some(value) = text.strip_prefix("Product: ") {
            device.text(Clue::UsbProduct, value, place.clone());
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut log = Log::default();
    text::lines(source, sink, |number, line, sink| {
        log.line(line, &Place::Line(number), sink)
    })?;
    log.finish(sink)
}
