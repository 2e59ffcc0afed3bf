//! Device lists of Windows: `Get-PnpDevice`, `Get-PnpDeviceProperty`, `pnputil /enum-devices`, WMI as
//! CSV or `Key=Value`, `devcon hwids`, `setupapi.dev.log`, registry exports of `Enum`, reports of msinfo32,
//! dxdiag, HWiNFO, Lansweeper and Configuration Manager, and bare hardware ids.
//!
//! `USB\VID_2C7C&PID_0125&MI_02\6&...` is one interface of a composite device: all of one vendor and
//! product id are one unit, unless the parent's instance id shows several. The subsystem of a PCI id is
//! written device first: `SUBSYS_35001CF8` is 1cf8:3500. Windows also lists devices that were once
//! attached and are not now (`Unknown`, `Disconnected`, problem 45): only their driver is there, so they
//! are handed on as `supported`. Names come from the driver's INF file, not from the
//! device. INF files and driver databases are tables and not read here.

use std::collections::BTreeMap;

use super::adapter_name;
use super::device::Device;
use super::hex_id;
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "windows-pnp",
    title: "Windows device lists (PnP, pnputil, WMI, setupapi log, hardware ids)",
    made_by: "Get-PnpDevice | Format-List; pnputil /enum-devices /ids; wmic path Win32_PnPEntity get /format:csv; msinfo32 /report or /nfo; dxdiag /t; HWiNFO; reports of Lansweeper, Configuration Manager",
    proves: &[Stance::Observed, Stance::Supported],
    enumerates: &[],
    sniff,
    read,
};

/// Most devices gathered at once; beyond it what is known so far is handed on.
const MOST_DEVICES: usize = 2048;
/// Most ids taken from one line.
const MOST_IDS: usize = 64;

fn sniff(head: &Head<'_>) -> u8 {
    let text = head.text;
    if !may_hold(text) || is_description(text) {
        return 0;
    }
    let ids = head.count_lines(|l| {
        let mut found = false;
        if may_hold(l) {
            hardware_ids(l, |id| found |= matches!(id, Found::Id(_)));
        }
        found && !is_driver_table(l)
    });
    match ids {
        0 => 0,
        _ if text.trim_start().starts_with("[Device Install Log]") => 90,
        _ => 86,
    }
}

/// True if `VID_` or `VEN_` stands in the text: asked of every file, so it must be quick.
fn may_hold(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'V', b'v', bytes).any(|at| {
        bytes.get(at + 1..at + 4).is_some_and(|next| {
            next.eq_ignore_ascii_case(b"ID_") || next.eq_ignore_ascii_case(b"EN_")
        })
    })
}

/// Descriptions in which ids are examples or keys of a table: D-Bus introspection, quirks of fwupd.
fn is_description(text: &str) -> bool {
    let start = text.trim_start();
    if start.starts_with('<')
        && (text.contains("<node") || text.contains("<interface name=\"org.freedesktop."))
    {
        return true;
    }
    // A manual in Markdown quotes hardware ids as code, without the instance that a device has.
    let headings = text
        .lines()
        .take(2000)
        .filter(|l| l.starts_with("## "))
        .count();
    let quoted = ["`USB\\VID_", "`PCI\\VEN_"]
        .iter()
        .any(|q| text.contains(q));
    if headings >= 2 && quoted {
        return true;
    }
    text.lines().take(2000).any(|line| {
        let line = line.trim_start_matches(['+', '-', ' ', '\t']);
        line.starts_with("[DeviceInstanceId=")
            || line.starts_with("[USB\\VID_")
            || line.starts_with("[PCI\\VEN_")
            || line.starts_with("CounterpartGuid =")
    })
}

/// A line of the driver database, which lists what drivers know.
fn is_driver_table(line: &str) -> bool {
    line.contains("DriverDatabase") || line.contains("\\DeviceIds\\")
}

/// A line of a script, a quirk file or a page on ids: it names ids and lists no device.
fn is_no_listing(line: &str) -> bool {
    let quirk = line.contains("[DeviceInstanceId=") || line.contains("CounterpartGuid");
    let script = [" -like ", " -match ", " -eq ", "Where-Object", "$_."]
        .iter()
        .any(|w| line.contains(w));
    let page = line
        .trim_start()
        .strip_prefix(['*', '-'])
        .is_some_and(|rest| rest.trim_start().starts_with('`'));
    quirk || script || page
}

/// One hardware or instance id.
#[derive(Clone, Debug, PartialEq, Eq)]
struct HardwareId {
    usb: bool,
    id: String,
    subsystem: Option<String>,
    class: Option<String>,
    /// It names one interface of a composite device.
    interface: bool,
    instance: String,
}

enum Found {
    Id(HardwareId),
    /// A compatible id, `USB\Class_02&SubClass_0e&Prot_00`.
    Class(String),
    Cut,
}

/// Finds the ids in a line, at most [`MOST_IDS`].
fn hardware_ids(line: &str, mut each: impl FnMut(Found)) {
    const STARTS: &[(&str, bool)] = &[("USB", true), ("PCI", false)];
    if is_no_listing(line) {
        return;
    }
    let mut left = MOST_IDS;
    // As XML and HTML write it.
    let plain;
    let line = if line.contains("&amp;") {
        plain = line.replace("&amp;", "&");
        plain.as_str()
    } else {
        line
    };
    let separators = line
        .bytes()
        .enumerate()
        .filter(|(_, b)| matches!(b, b'\\' | b'#'));
    for (at, _) in separators {
        let before = line.get(at.saturating_sub(3)..at).unwrap_or_default();
        let Some((_, usb)) = STARTS.iter().find(|(s, _)| before.eq_ignore_ascii_case(s)) else {
            continue;
        };
        let word = at
            .checked_sub(4)
            .and_then(|n| line.as_bytes().get(n))
            .is_some_and(u8::is_ascii_alphanumeric);
        if word {
            continue;
        }
        let rest = line.get(at + 1..).unwrap_or_default();
        let rest = rest.strip_prefix('\\').unwrap_or(rest);
        if let Some(found) = hardware_id(rest, *usb) {
            each(found);
            left -= 1;
            if left == 0 {
                return;
            }
        }
    }
}

fn hardware_id(text: &str, usb: bool) -> Option<Found> {
    let is_end = |c: char| c.is_whitespace() || "\"'`,;|<>(){}[]*".contains(c);
    let end = text.find(is_end).unwrap_or(text.len());
    let whole = text.get(..end)?;
    // `-like "USB\VID_1199&PID_907*"` is a pattern of a script.
    if text.get(end..)?.starts_with('*') {
        return None;
    }
    let mut segments = whole.split(['\\', '#']).filter(|s| !s.is_empty());
    let first = segments.next()?.to_ascii_uppercase();
    let instance = segments.next().unwrap_or_default();
    let mut fields: BTreeMap<&str, &str> = BTreeMap::new();
    for part in first.split('&').take(12) {
        if let Some((name, value)) = part.split_once('_') {
            fields.entry(name).or_insert(value);
        }
    }
    let get = |name: &str| fields.get(name).copied();
    if usb && let Some(class) = get("CLASS") {
        return hex_id::class(class, get("SUBCLASS")?, get("PROT")?).map(Found::Class);
    }
    let (vendor, device) = if usb { ("VID", "PID") } else { ("VEN", "DEV") };
    let vendor = get(vendor)?;
    let (Some(vendor), Some(device)) = (hex_id::four(vendor), get(device).and_then(hex_id::four))
    else {
        // A compatible id may name the vendor alone; one that ends within a number was cut.
        let whole_vendor = hex_id::four(vendor).is_some();
        let says_device = first.contains(if usb { "&P" } else { "&D" });
        return (!whole_vendor || says_device).then_some(Found::Cut);
    };
    let subsystem = get("SUBSYS")
        .filter(|s| s.len() == 8 && *s != "00000000")
        .and_then(|s| Some((hex_id::four(s.get(..4)?)?, hex_id::four(s.get(4..)?)?)))
        .map(|(device, vendor)| format!("{vendor}:{device}"));
    Some(Found::Id(HardwareId {
        usb,
        id: format!("{vendor}:{device}"),
        subsystem,
        class: get("CC").and_then(|c| hex_id::four(c.get(..4)?)),
        interface: fields.contains_key("MI"),
        instance: instance.to_owned(),
    }))
}

/// What a label of a list or a column stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Id,
    Name,
    Maker,
    Service,
    Host,
    /// `OK`, `Unknown`, `Started`, `Disconnected`.
    Status,
    /// `True`, `False`.
    Present,
    /// `CM_PROB_PHANTOM`, `45`.
    ErrorCode,
}

fn field(label: &str) -> Option<Field> {
    let label: String = label
        .chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-' | '"'))
        .take(32)
        .collect::<String>()
        .to_ascii_lowercase();
    // Columns of Configuration Manager's views end in 0: `DeviceID0`, `Netbios_Name0`.
    Some(match label.strip_suffix('0').unwrap_or(&label) {
        "instanceid" | "deviceid" | "pnpdeviceid" | "hardwareid" | "hardwareids"
        | "deviceinstanceid" | "deviceinstancepath" => Field::Id,
        "friendlyname" | "name" | "caption" | "description" | "devicedescription"
        | "devicename" => Field::Name,
        "manufacturer" | "manufacturername" | "mfg" => Field::Maker,
        "service" | "servicename" => Field::Service,
        // `AssetName` in reports of Lansweeper.
        "node" | "pscomputername" | "systemname" | "computername" | "hostname" | "assetname"
        | "netbiosname" => Field::Host,
        "status" => Field::Status,
        "present" => Field::Present,
        "problem" | "problemcode" | "configmanagererrorcode" => Field::ErrorCode,
        _ => return None,
    })
}

/// Whether a device is attached now, by a value of one of three fields; `None` if it does not say.
fn attached(field: Field, value: &str) -> Option<bool> {
    let value = value.trim().to_ascii_lowercase();
    match field {
        Field::Status => match value.as_str() {
            "ok" | "error" | "degraded" | "started" | "problem" | "stopped" => Some(true),
            "unknown" | "disconnected" => Some(false),
            _ => None,
        },
        Field::Present => match value.as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        },
        Field::ErrorCode => (value == "45"
            || value.starts_with("45 ")
            || value.contains("prob_phantom")
            || value.contains("0x2d"))
        .then_some(false),
        _ => None,
    }
}

/// What a block says beside its ids.
#[derive(Default)]
struct Words {
    name: Option<(String, Place)>,
    maker: Option<String>,
    service: Option<(String, Place)>,
    /// Whether it says that the device is attached now.
    attached: Option<bool>,
    /// Labels that were in it.
    labels: Vec<String>,
}

/// Where the device's own product string (`DEVPKEY_Device_BusReportedDeviceDesc`) is to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reported {
    #[default]
    No,
    /// On the line below, as in `pnputil /properties`.
    NextLine,
    /// Behind `Data :`, as in `Format-List`. (A table has it on the same line.)
    Data,
}

type UnitKey = (String, bool, String, String);

#[derive(Default)]
struct List {
    next_unit: u64,
    devices: BTreeMap<UnitKey, Device>,
    /// Devices of which a block said whether they are attached now: true once one says so.
    attached: BTreeMap<UnitKey, bool>,
    /// The unit to which ids without an instance of their own belong.
    latest: BTreeMap<(String, bool, String), UnitKey>,
    host: String,
    date: Option<String>,
    /// The device of the current block.
    target: Option<UnitKey>,
    words: Words,
    /// Classes named before the block's device was.
    classes: Vec<(String, Place)>,
    bus_reported: Reported,
}

impl List {
    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.latest.clear();
        self.target = None;
        let attached = std::mem::take(&mut self.attached);
        let mut devices: Vec<Device> = std::mem::take(&mut self.devices)
            .into_iter()
            .map(|(key, mut device)| {
                if attached.get(&key) == Some(&false) {
                    device.restate(Stance::Supported);
                }
                device
            })
            .collect();
        devices.sort_by_key(Device::unit);
        devices.into_iter().try_for_each(|d| d.emit(sink))
    }

    /// Ends the block: what it said goes to its device.
    fn finish(&mut self) {
        self.bus_reported = Reported::No;
        let words = std::mem::take(&mut self.words);
        let classes = std::mem::take(&mut self.classes);
        let Some(key) = self.target.take() else {
            return;
        };
        let Some(device) = self.devices.get_mut(&key) else {
            return;
        };
        if let Some(now) = words.attached {
            *self.attached.entry(key.clone()).or_insert(now) |= now;
        }
        let clue = if key.1 {
            Clue::UsbTableName
        } else {
            Clue::PciTableName
        };
        if let Some((name, place)) = words.name {
            if ["Mobile Broadband", "WWAN", "Wireless WAN"]
                .iter()
                .any(|w| name.contains(w))
            {
                device.fact(Clue::CellularInterface, &name, place.clone());
            }
            let name = match words.maker {
                // `(Standard USB Host Controller)` and Microsoft stand for the class driver.
                Some(maker)
                    if !maker.starts_with(['(', '@'])
                        && maker != "Microsoft"
                        && !name.starts_with(&maker) =>
                {
                    format!("{maker} {name}")
                }
                _ => name,
            };
            device.text(clue, &name, place);
        }
        if let Some((service, place)) = words.service {
            // Windows' own drivers for mobile broadband (MBIM).
            if matches!(
                service.to_ascii_lowercase().as_str(),
                "wmbclass" | "cxwmbclass"
            ) {
                let words = format!("{service} (mobile broadband class driver)");
                device.fact(Clue::CellularInterface, &words, place.clone());
            }
            device.text(Clue::Driver, &service, place);
        }
        for (class, place) in classes {
            device.fact(Clue::UsbInterface, &class, place);
        }
    }

    fn id(
        &mut self,
        found: HardwareId,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let whose = (self.host.clone(), found.usb, found.id.clone());
        // The instance of a child, and one with `&` in it, is of Windows' making.
        let own = !found.interface && !found.instance.is_empty();
        let latest = self.latest.get(&whose).cloned();
        let key = match latest {
            Some(latest) if !own || latest.3 == found.instance => latest,
            Some(latest) if latest.3.is_empty() => {
                // The unit that its interfaces opened gets its instance.
                let key = (
                    latest.0.clone(),
                    latest.1,
                    latest.2.clone(),
                    found.instance.clone(),
                );
                if let Some(device) = self.devices.remove(&latest) {
                    self.devices.insert(key.clone(), device);
                }
                if let Some(now) = self.attached.remove(&latest) {
                    self.attached.insert(key.clone(), now);
                }
                if self.target.as_ref() == Some(&latest) {
                    self.target = Some(key.clone());
                }
                key
            }
            _ => {
                let instance = if own {
                    found.instance.clone()
                } else {
                    String::new()
                };
                (whose.0.clone(), whose.1, whose.2.clone(), instance)
            }
        };
        if self.target.as_ref().is_some_and(|t| *t != key) {
            self.finish();
        }
        if self.devices.len() >= MOST_DEVICES && !self.devices.contains_key(&key) {
            self.flush(sink)?;
        }
        self.latest.insert(whose, key.clone());
        let next = &mut self.next_unit;
        let device = self.devices.entry(key.clone()).or_insert_with(|| {
            let mut device = Device::new(*next);
            *next += 1;
            device.key(KeyKind::Host, &key.0);
            device
        });
        device.seen.clone_from(&self.date);
        if own && found.usb && !found.instance.contains('&') {
            device.module_serial(&found.instance);
        }
        let clue = if found.usb { Clue::UsbId } else { Clue::PciId };
        device.fact(clue, &found.id, place.clone());
        if let Some(subsystem) = found.subsystem {
            device.fact(Clue::PciSubsystem, &subsystem, place.clone());
        }
        if let Some(class) = found.class {
            device.pci_class(&class, place.clone());
        }
        self.target = Some(key);
        Ok(())
    }

    /// All ids of a text.
    fn ids(&mut self, text: &str, place: &Place, sink: &mut dyn Sink) -> Result<bool, ReadError> {
        let mut found = Vec::new();
        hardware_ids(text, |id| found.push(id));
        let any = !found.is_empty();
        for id in found {
            match id {
                Found::Id(id) => self.id(id, place, sink)?,
                Found::Class(class) => {
                    if self.classes.len() < 32 {
                        self.classes.push((class, place.clone()));
                    }
                }
                Found::Cut => sink.problem(Problem::lost(
                    "cut-line",
                    place.clone(),
                    "a hardware id that ends within a number",
                )),
            }
        }
        Ok(any)
    }

    fn labelled(&mut self, field: Field, label: &str, value: &str, place: &Place) {
        let value = value.trim();
        if value.is_empty() || field == Field::Id {
            return;
        }
        // The same label again without a blank line between: the next device's block.
        if self.target.is_some() && self.words.labels.iter().any(|l| l == label) {
            self.finish();
        }
        if self.words.labels.len() < 16 {
            self.words.labels.push(label.to_owned());
        }
        match field {
            Field::Name => {
                self.words
                    .name
                    .get_or_insert_with(|| (without_index(value).to_owned(), place.clone()));
            }
            Field::Maker => self.words.maker = Some(value.to_owned()),
            Field::Service => self.words.service = Some((value.to_owned(), place.clone())),
            Field::Host => value.clone_into(&mut self.host),
            Field::Status | Field::Present | Field::ErrorCode => {
                // `Present` and a problem say more than a status.
                if let Some(now) = attached(field, value)
                    && (field != Field::Status || self.words.attached.is_none())
                {
                    self.words.attached = Some(now);
                }
            }
            Field::Id => {}
        }
    }

    fn line(&mut self, line: &str, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            self.finish();
            return Ok(());
        }
        if is_driver_table(line) {
            return Ok(());
        }
        match self.bus_reported {
            Reported::NextLine => {
                self.bus_reported = Reported::No;
                self.product(trimmed, place);
                return Ok(());
            }
            Reported::Data => {
                if let Some(value) = trimmed.strip_prefix("Data")
                    && let Some(value) = value.trim_start().strip_prefix(':')
                {
                    self.bus_reported = Reported::No;
                    self.product(value.trim(), place);
                    return Ok(());
                }
            }
            Reported::No => {}
        }
        let label = trimmed
            // Reports of msinfo32 have a tab.
            .find([':', '=', '\t'])
            .filter(|at| *at <= 40)
            .and_then(|at| Some((trimmed.get(..at)?, trimmed.get(at + 1..)?)))
            .filter(|(label, _)| !label.contains('\\'));
        if let Some((label, value)) = label
            && let Some(field) = field(label.trim())
        {
            self.labelled(field, label.trim(), value, place);
            self.ids(value, place, sink)?;
            return Ok(());
        }
        let any = self.ids(line, place, sink)?;
        if let Some((_, value)) = line.split_once("DEVPKEY_Device_BusReportedDeviceDesc") {
            let value = value.trim();
            if let Some(value) = value.strip_prefix("String") {
                self.product(value.trim(), place);
            } else if value.starts_with("[String]") {
                self.bus_reported = Reported::NextLine;
            } else {
                self.bus_reported = Reported::Data;
            }
        } else if any && label.is_none() && self.words.name.is_none() {
            self.row_name(line, place);
        }
        Ok(())
    }

    /// A row without any id: only a name that speaks of cellular service makes a device of it.
    fn unnumbered(&mut self, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let words = std::mem::take(&mut self.words);
        let Some((name, _)) = words
            .name
            .filter(|(name, _)| adapter_name::speaks_of_cellular(name))
        else {
            return Ok(());
        };
        let stance = if words.attached == Some(false) {
            Stance::Supported
        } else {
            Stance::Observed
        };
        let mut device = Device::with_stance(self.next_unit, stance);
        self.next_unit += 1;
        device.key(KeyKind::Host, &self.host);
        device.fact(Clue::CellularInterface, &name, place.clone());
        device.text(Clue::UsbTableName, &name, place.clone());
        device.emit(sink)
    }

    /// The device's own words.
    fn product(&mut self, value: &str, place: &Place) {
        if let Some(device) = self
            .target
            .as_ref()
            .filter(|t| t.1)
            .and_then(|key| self.devices.get_mut(key))
        {
            device.text(Clue::UsbProduct, value, place.clone());
        }
    }

    /// The name in a row of `Get-PnpDevice`: `OK   Net   Quectel ...   USB\VID_...`.
    fn row_name(&mut self, line: &str, place: &Place) {
        let Some(front) = line
            .to_ascii_uppercase()
            .find("USB\\")
            .into_iter()
            .chain(line.to_ascii_uppercase().find("PCI\\"))
            .min()
            .and_then(|at| line.get(..at))
        else {
            return;
        };
        let columns: Vec<&str> = front
            .split("  ")
            .map(str::trim)
            .filter(|c| !c.is_empty())
            .collect();
        let status = columns.first().and_then(|c| c.split_whitespace().next());
        if columns.len() >= 2
            && matches!(status, Some("OK" | "Unknown" | "Error" | "Degraded"))
            && let Some(name) = columns.last()
        {
            self.words.name = Some(((*name).to_owned(), place.clone()));
            self.words.attached = status.and_then(|s| attached(Field::Status, s));
        }
        self.finish();
    }
}

/// `[00000007] Fibocom L850-GL` without the number that WMI puts in front of a caption.
fn without_index(name: &str) -> &str {
    match name.strip_prefix('[').and_then(|n| n.split_once("] ")) {
        Some((number, rest)) if number.len() == 8 && number.bytes().all(|b| b.is_ascii_digit()) => {
            rest
        }
        _ => name,
    }
}

/// Columns of a table by header.
struct Columns {
    reader: csv_core::Reader,
    fields: Vec<Option<Field>>,
}

fn columns(line: &str) -> Option<Columns> {
    for delimiter in [b',', b';', b'\t'] {
        // Most lines are no header; a CSV reader for each of them takes longer than all the rest.
        let may = line
            .split(char::from(delimiter))
            .any(|c| field(c.trim_matches('"')) == Some(Field::Id));
        if !may {
            continue;
        }
        let mut reader = reader(delimiter);
        let cells = cells(line, &mut reader);
        let fields: Vec<Option<Field>> = cells.iter().map(|c| field(c)).collect();
        if fields.len() >= 2
            && fields.contains(&Some(Field::Id))
            && fields.iter().flatten().count() >= 2
        {
            return Some(Columns { reader, fields });
        }
    }
    None
}

/// Most cells of a line.
const CELLS_MOST: usize = 256;

/// A reader of one line after the other: making one takes longer than all the rest.
fn reader(delimiter: u8) -> csv_core::Reader {
    csv_core::ReaderBuilder::new().delimiter(delimiter).build()
}

fn cells(line: &str, reader: &mut csv_core::Reader) -> Vec<String> {
    reader.reset();
    let mut output = vec![0u8; line.len() + 1];
    let mut ends = [0usize; CELLS_MOST];
    let (mut rest, mut written, mut ended) = (line.as_bytes(), 0, 0);
    loop {
        let (result, read, wrote, more) = reader.read_record(
            rest,
            output.get_mut(written..).unwrap_or_default(),
            ends.get_mut(ended..).unwrap_or_default(),
        );
        // When all of the line was handed in, an empty input says that nothing follows.
        rest = rest.get(read..).unwrap_or_default();
        written += wrote;
        ended += more;
        if result != csv_core::ReadRecordResult::InputEmpty {
            break;
        }
    }
    let mut from = 0;
    ends.iter()
        .take(ended)
        .map(|end| {
            let cell = output.get(from..*end).unwrap_or_default();
            from = *end;
            String::from_utf8_lossy(cell).into_owned()
        })
        .collect()
}

/// The date of `>>>  Section start 2021/03/04 12:00:00.000`.
fn section_date(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("Section start ")?;
    let date = rest.get(..10)?.replace('/', "-");
    date.parse::<jiff::civil::Date>()
        .ok()
        .map(|d| d.to_string())
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut list = List::default();
    let mut table: Option<Columns> = None;
    let mut install_log = false;
    let mut installed: Option<(String, Place)> = None;
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        if number == 1 && line.trim().starts_with("[Device Install Log]") {
            install_log = true;
        }
        if install_log {
            // Only what Plug and Play itself reported; the rest of this log speaks of driver packages.
            if let Some((id, place)) = installed.take() {
                list.date = section_date(line);
                list.ids(&id, &place, sink)?;
                list.finish();
            }
            if line.contains("[Device Install (Hardware initiated) - ") {
                installed = Some((line.to_owned(), place));
            }
            return Ok(());
        }
        if let Some(found) = columns(line) {
            list.finish();
            table = Some(found);
            return Ok(());
        }
        let Some(columns) = &mut table else {
            return list.line(line, &place, sink);
        };
        if is_driver_table(line) {
            return Ok(());
        }
        let cells = cells(line, &mut columns.reader);
        let of = |wanted: Field| {
            columns
                .fields
                .iter()
                .zip(&cells)
                .filter(move |(f, _)| **f == Some(wanted))
                .map(|(_, cell)| cell.as_str())
        };
        list.host = of(Field::Host).next().unwrap_or_default().trim().to_owned();
        for wanted in [
            Field::Name,
            Field::Maker,
            Field::Service,
            Field::Status,
            Field::Present,
            Field::ErrorCode,
        ] {
            if let Some(cell) = of(wanted).find(|c| !c.trim().is_empty()) {
                list.labelled(wanted, "", cell, &place);
            }
        }
        let mut any = false;
        for cell in of(Field::Id) {
            any |= list.ids(cell, &place, sink)?;
        }
        if !any && !of(Field::Id).any(|c| c.contains('\\')) {
            list.unnumbered(&place, sink)?;
        }
        list.finish();
        Ok(())
    })?;
    if let Some((id, place)) = installed {
        list.date = None;
        list.ids(&id, &place, sink)?;
    }
    list.finish();
    list.flush(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(line: &str) -> Vec<HardwareId> {
        let mut all = Vec::new();
        hardware_ids(line, |f| {
            if let Found::Id(id) = f {
                all.push(id);
            }
        });
        all
    }

    #[test]
    fn forms_of_ids() {
        let usb = ids("USB\\VID_2C7C&PID_0125&REV_0318&MI_02\\6&2A5B&0&0002");
        assert_eq!(usb[0].id, "2c7c:0125");
        assert!(usb[0].interface);
        let pci = ids("x = PCI\\VEN_14C3&DEV_4D75&SUBSYS_35001CF8&REV_01\\4&1");
        assert_eq!(pci[0].id, "14c3:4d75");
        assert_eq!(pci[0].subsystem.as_deref(), Some("1cf8:3500"));
        for other in [
            "\"USB\\\\VID_2C7C&PID_0125\\\\b7e3\"",
            "\\\\?\\USB#VID_2C7C&PID_0125#b7e3#{a5dcbf10}",
            "usb\\vid_2c7c&amp;pid_0125\\b7e3",
        ] {
            let found = ids(other);
            assert_eq!(found.len(), 1, "{other}");
            assert_eq!(found[0].id, "2c7c:0125");
            assert_eq!(found[0].instance, "b7e3");
        }
        assert!(ids("MYUSB\\VID_2C7C&PID_0125").is_empty());
        assert!(ids("USB\\ROOT_HUB30\\4&1").is_empty());
    }

    #[test]
    fn cut_and_compatible_ids() {
        let kinds = |line: &str| {
            let mut all = String::new();
            hardware_ids(line, |f| {
                all.push(match f {
                    Found::Id(_) => 'i',
                    Found::Class(_) => 'c',
                    Found::Cut => '!',
                });
            });
            all
        };
        assert_eq!(kinds("USB\\VID_2C7C&PID_01"), "!");
        assert_eq!(kinds("USB\\VID_2C"), "!");
        assert_eq!(kinds("USB\\Class_02&SubClass_0e&Prot_00"), "c");
        assert_eq!(kinds("PCI\\VEN_8086&CC_0D40"), "");
    }
}
