//! Inventories of one computer or network device by the agents of GLPI, FusionInventory and OCS
//! Inventory: XML (`<REQUEST><CONTENT><USBDEVICES>...`) and the JSON that GLPI defines
//! (<https://github.com/glpi-project/inventory_format>).
//!
//! An entry of a section is one unit. Names of USB and PCI entries come from the agent's own tables or
//! from Windows, so they are table names. A `MODEMS` entry of a computer may be a telephone-line modem:
//! it counts if its name speaks of cellular service or names a module. Of a network device the agent
//! asks over SNMP, so its `MODEMS`, `SIMCARDS` and modem `FIRMWARES` describe its cellular modem, with
//! the IMEI as serial number. The `MANUFACTURER` of such a modem is the device's.
//!
//! Nothing here counts as a complete listing: categories can be switched off, a confined agent sees part
//! of the bus, and entries are merged by id.

use super::adapter_name;
use super::chassis;
use super::device::Device;
use super::hex_id;
use crate::identity::iccid_stem;
use crate::json;
use crate::modem;
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::{Names, Source};
use crate::text;

use quick_xml::events::Event;

/// The reader.
pub static READER: Reader = Reader {
    format: "agent-inventory",
    title: "inventory of a computer or network device by GLPI, FusionInventory or OCS (XML, JSON)",
    made_by: "glpi-agent --local=DIR [--json]; fusioninventory-agent; ocsinventory-agent --local=DIR",
    proves: &[Stance::Observed, Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

/// Most units of one machine; a real one has some hundred.
const MOST_UNITS: usize = 4096;
/// Most fields of an entry, and the longest value kept of one.
const MOST_FIELDS: usize = 64;
const LONGEST: usize = 1024;
/// Deepest elements followed.
const DEEPEST: usize = 32;

fn sniff(head: &Head<'_>) -> u8 {
    let text = head.text.trim_start_matches('\u{feff}').trim_start();
    let has = |needle: &str| text.contains(needle);
    if text.starts_with('<') {
        let content =
            has("<CONTENT>") && (has("<REQUEST>") || has("<VERSIONCLIENT>") || has("<QUERY>"));
        let ids = has("<VENDORID>") && (has("<USBDEVICES>") || has("<CONTROLLERS>"));
        let sims = has("<SIMCARDS>") && has("<OPERATOR_CODE>");
        let modems = has("<MODEMS>") && has("<DESCRIPTION>");
        return if content || ids || sims || modems {
            96
        } else {
            0
        };
    }
    if text.starts_with('{') && has("\"content\"") {
        let own = has("\"versionclient\"")
            || has("\"versionprovider\"")
            || (has("\"usbdevices\"") && has("\"vendorid\""))
            || (has("\"bios\"") && has("\"smanufacturer\""))
            || has("\"network_device\"");
        return if own { 96 } else { 0 };
    }
    0
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Bios,
    Hardware,
    System,
    /// `INFO` of a network device, `network_device` in JSON.
    Info,
    Usb,
    Controllers,
    Modems,
    Networks,
    Sims,
    Firmwares,
}

fn section(name: &str) -> Option<Section> {
    Some(match name.to_ascii_uppercase().as_str() {
        "BIOS" => Section::Bios,
        "HARDWARE" => Section::Hardware,
        "OPERATINGSYSTEM" => Section::System,
        "INFO" | "NETWORK_DEVICE" => Section::Info,
        "USBDEVICES" => Section::Usb,
        "CONTROLLERS" => Section::Controllers,
        "MODEMS" => Section::Modems,
        "NETWORKS" => Section::Networks,
        "SIMCARDS" => Section::Sims,
        "FIRMWARES" => Section::Firmwares,
        _ => return None,
    })
}

/// Fields of one entry of a section.
#[derive(Default)]
struct Entry {
    fields: Vec<(String, String, Place)>,
}

impl Entry {
    fn add(&mut self, name: &str, value: &str, place: Place) {
        let value = value.trim();
        if value.is_empty() || self.fields.len() >= MOST_FIELDS {
            return;
        }
        let mut end = value.len().min(LONGEST);
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        let value = value.get(..end).unwrap_or_default().to_owned();
        self.fields.push((name.to_ascii_uppercase(), value, place));
    }

    fn find(&self, name: &str) -> Option<(&str, &Place)> {
        self.fields
            .iter()
            .find(|(n, ..)| n == name)
            .map(|(_, v, p)| (v.as_str(), p))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.find(name).map(|(v, _)| v)
    }
}

/// What an agent says of one machine.
struct Machine<'n> {
    names: &'n dyn Names,
    next_unit: u64,
    units: Vec<Device>,
    left_out: bool,
    host: Option<String>,
    product: Vec<(Clue, String, Place)>,
    serial: Option<String>,
    mac: Option<String>,
    android: bool,
    /// It was asked over the network, so its modems are its cellular modems.
    network_device: bool,
    usb: Vec<Entry>,
    modems: Vec<Entry>,
    sims: Vec<Entry>,
    firmwares: Vec<Entry>,
}

impl<'n> Machine<'n> {
    fn new(names: &'n dyn Names) -> Self {
        Self {
            names,
            next_unit: 0,
            units: Vec::new(),
            left_out: false,
            host: None,
            product: Vec::new(),
            serial: None,
            mac: None,
            android: false,
            network_device: false,
            usb: Vec::new(),
            modems: Vec::new(),
            sims: Vec::new(),
            firmwares: Vec::new(),
        }
    }

    fn device(&mut self) -> Device {
        let device = Device::new(self.next_unit);
        self.next_unit += 1;
        device
    }

    fn keep(&mut self, device: Device) {
        if self.units.len() < MOST_UNITS {
            self.units.push(device);
        } else {
            self.left_out = true;
        }
    }

    fn entry(&mut self, section: Section, entry: Entry) {
        match section {
            Section::Bios => self.bios(&entry),
            Section::Hardware => {
                if let Some(name) = entry.get("NAME") {
                    self.host = Some(name.to_owned());
                }
                if let Some((kind, place)) = entry.find("CHASSIS_TYPE")
                    && let Some(class) = chassis::class_of_words(kind)
                {
                    self.say(Clue::AssetClass, class, place);
                }
                self.android |= entry.get("OSNAME").is_some_and(|n| n.contains("Android"));
            }
            Section::System => {
                self.android |= ["NAME", "FULL_NAME"]
                    .iter()
                    .any(|f| entry.get(f).is_some_and(|n| n.contains("Android")));
            }
            Section::Info => self.info(&entry),
            // Read at the end: how ids are written depends on the system, which may be told later.
            Section::Usb => {
                if self.usb.len() < MOST_UNITS {
                    self.usb.push(entry);
                } else {
                    self.left_out = true;
                }
            }
            Section::Controllers => self.controller(&entry),
            Section::Networks => self.network(&entry),
            Section::Modems => bounded(&mut self.modems, entry),
            Section::Sims => bounded(&mut self.sims, entry),
            Section::Firmwares => bounded(&mut self.firmwares, entry),
        }
    }

    fn say(&mut self, clue: Clue, value: &str, place: &Place) {
        if !chassis::is_filler(value) && self.product.len() < 16 {
            self.product.push((clue, value.to_owned(), place.clone()));
        }
    }

    fn bios(&mut self, entry: &Entry) {
        for (field, clue) in [
            ("SMANUFACTURER", Clue::ProductMaker),
            ("SMODEL", Clue::ProductModel),
        ] {
            if let Some((value, place)) = entry.find(field) {
                self.say(clue, value, place);
            }
        }
        self.serial = entry
            .get("SSN")
            .filter(|s| !chassis::is_filler(s))
            .map(str::to_owned);
    }

    fn info(&mut self, entry: &Entry) {
        self.network_device = true;
        for (field, clue) in [
            ("MANUFACTURER", Clue::ProductMaker),
            ("MODEL", Clue::ProductModel),
        ] {
            if let Some((value, place)) = entry.find(field) {
                self.say(clue, value, place);
            }
        }
        self.host = entry.get("NAME").map(str::to_owned);
        self.serial = entry
            .get("SERIAL")
            .filter(|s| !chassis::is_filler(s))
            .map(str::to_owned);
        self.mac = entry.get("MAC").map(str::to_ascii_lowercase);
    }

    fn usb(&mut self, entry: &Entry, sink: &mut dyn Sink) {
        let written = entry.get("VENDORID").zip(entry.get("PRODUCTID"));
        let id = written.and_then(|(vendor, product)| {
            if self.android {
                android_id(vendor, product)
            } else {
                Some((hex_id::up_to_four(vendor)?, hex_id::up_to_four(product)?))
            }
        });
        let Some(((vendor, product), (_, place))) = id.zip(entry.find("PRODUCTID")) else {
            if let Some((_, place)) = entry.find("PRODUCTID").filter(|_| written.is_some()) {
                sink.problem(Problem::note(
                    "bad-id",
                    place.clone(),
                    "an id that is no hexadecimal number, or may be a decimal one: the device was left out",
                ));
            } else {
                // OCS lists USB devices by name only.
                self.named(entry, &["NAME", "CAPTION", "DESCRIPTION"]);
            }
            return;
        };
        let mut device = self.device();
        device.fact(Clue::UsbId, &format!("{vendor}:{product}"), place.clone());
        if let Some(serial) = entry.get("SERIAL") {
            device.module_serial(serial);
        }
        if let Some((name, place)) = full_name(entry) {
            device.text(Clue::UsbTableName, &name, place);
        }
        self.keep(device);
    }

    fn controller(&mut self, entry: &Entry) {
        let parts = entry
            .get("VENDORID")
            .and_then(hex_id::four)
            .zip(entry.get("PRODUCTID").and_then(hex_id::four))
            .map(|(vendor, product)| format!("{vendor}:{product}"));
        let place = ["PRODUCTID", "PCIID"]
            .iter()
            .find_map(|f| entry.find(f))
            .map(|(_, place)| place.clone());
        // `8086:10EA` of OCS, `8086:10EA:7008:103C` of older agents.
        let Some(id) = parts.or_else(|| hex_id::pair(entry.get("PCIID")?.get(..9)?)) else {
            return;
        };
        let mut device = self.device();
        if let Some(slot) = entry.get("PCISLOT") {
            device.port(format!("pci:{slot}"));
        }
        let place = place.unwrap_or_default();
        device.fact(Clue::PciId, &id, place);
        if let Some((subsystem, place)) = entry.find("PCISUBSYSTEMID")
            && let Some(subsystem) = hex_id::pair(subsystem)
        {
            device.fact(Clue::PciSubsystem, &subsystem, place.clone());
        }
        if let Some((class, place)) = entry.find("PCICLASS")
            && let Some(class) = hex_id::four(class)
        {
            device.pci_class(&class, place.clone());
        }
        if let Some((driver, place)) = entry.find("DRIVER") {
            device.text(Clue::Driver, driver, place.clone());
        }
        if let Some((name, place)) = full_name(entry) {
            device.text(Clue::PciTableName, &name, place);
        }
        self.keep(device);
    }

    /// A network interface; its device has an entry of its own, so only a cellular one is a unit.
    fn network(&mut self, entry: &Entry) {
        let Some((name, place)) = entry.find("DESCRIPTION").or_else(|| entry.find("MODEL")) else {
            return;
        };
        let driver = entry.find("DRIVER");
        let by_driver = driver.is_some_and(|(d, _)| {
            matches!(
                d,
                "cdc_mbim"
                    | "qmi_wwan"
                    | "huawei_cdc_ncm"
                    | "sierra_net"
                    | "hso"
                    | "iosm"
                    | "mtk_t7xx"
                    | "mhi_net"
            )
        });
        let interface = name.starts_with("wwan") || name.starts_with("wwp");
        if !by_driver
            && !interface
            && !adapter_name::speaks_of_cellular(name)
            && !adapter_name::names_a_module(name, self.names)
        {
            return;
        }
        let (name, place) = (name.to_owned(), place.clone());
        let driver = driver.map(|(d, p)| (d.to_owned(), p.clone()));
        let slot = entry.get("PCISLOT").map(|s| format!("pci:{s}"));
        let id = entry
            .find("PNPDEVICEID")
            .and_then(|(id, p)| Some((usb_instance(id)?, p.clone())));
        let mut device = self.device();
        if let Some(slot) = slot {
            device.port(slot);
        }
        if let Some((id, place)) = id {
            device.fact(Clue::UsbId, &id, place);
        }
        let said = format!("network interface {name}");
        device.fact(Clue::CellularInterface, &said, place.clone());
        if !interface {
            device.text(Clue::ModemName, &name, place);
        }
        if let Some((driver, place)) = driver {
            device.text(Clue::Driver, &driver, place);
        }
        self.keep(device);
    }

    /// An entry that only its names can tell to be cellular.
    fn named(&mut self, entry: &Entry, fields: &[&str]) {
        let found = fields.iter().find_map(|field| {
            entry.find(field).filter(|(name, _)| {
                adapter_name::speaks_of_cellular(name)
                    || adapter_name::names_a_module(name, self.names)
            })
        });
        let Some((name, place)) = found.map(|(n, p)| (n.to_owned(), p.clone())) else {
            return;
        };
        let mut device = self.device();
        if adapter_name::speaks_of_cellular(&name) {
            device.fact(Clue::CellularInterface, &name, place.clone());
        }
        device.text(Clue::UsbTableName, &name, place);
        self.keep(device);
    }

    /// The end of a machine: what its parts say together is handed on.
    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        for entry in std::mem::take(&mut self.usb) {
            self.usb(&entry, sink);
        }
        let mut modems = std::mem::take(&mut self.modems);
        let mut sims = std::mem::take(&mut self.sims);
        let firmwares: Vec<Entry> = std::mem::take(&mut self.firmwares)
            .into_iter()
            .filter(|f| {
                f.get("TYPE")
                    .is_some_and(|t| t.eq_ignore_ascii_case("modem"))
            })
            .collect();
        let mut machine = Device::with_stance(
            self.next_unit,
            if self.network_device || self.android {
                Stance::Observed
            } else {
                Stance::Declared
            },
        );
        self.next_unit += 1;
        if let Some(serial) = self.serial.take() {
            machine.key(KeyKind::Serial, serial);
        }
        if let Some(mac) = self.mac.take() {
            machine.key(KeyKind::Mac, mac);
        }
        for (clue, value, place) in std::mem::take(&mut self.product) {
            machine.fact(clue, &value, place.clone());
            if self.android && clue == Clue::ProductModel {
                let said = format!("ro.product.model={value}");
                machine.fact(Clue::HandsetProperty, &said, place);
            }
        }
        if self.network_device && modems.len() <= 1 {
            // One modem: it and its SIM are the device's own.
            if let Some(modem) = modems.pop() {
                answered(&mut machine, &modem);
            }
            for firmware in &firmwares {
                if let Some((version, place)) = firmware.find("VERSION") {
                    machine.text(Clue::ModemRevision, version, place.clone());
                }
            }
        } else if self.network_device {
            for modem in &modems {
                let mut device = self.device();
                answered(&mut device, modem);
                self.keep(device);
            }
        } else {
            for modem in &modems {
                self.named(modem, &["MODEL", "NAME", "DESCRIPTION"]);
            }
        }
        if self.network_device || self.android {
            for sim in sims.drain(..) {
                card(&mut machine, &sim);
            }
        } else {
            for sim in sims.drain(..) {
                let mut device = self.device();
                card(&mut device, &sim);
                self.keep(device);
            }
        }
        self.units.push(machine);
        let host = self.host.take().unwrap_or_default();
        let mut units = std::mem::take(&mut self.units);
        units.sort_by_key(Device::unit);
        for mut device in units {
            device.key(KeyKind::Host, &host);
            device.emit(sink)?;
        }
        if std::mem::take(&mut self.left_out) {
            sink.problem(Problem::lost(
                "inventory-too-long",
                Place::Whole,
                format!("more than {MOST_UNITS} devices of one machine; the rest was not read"),
            ));
        }
        self.android = false;
        self.network_device = false;
        Ok(())
    }
}

fn bounded(list: &mut Vec<Entry>, entry: Entry) {
    if list.len() < 256 {
        list.push(entry);
    }
}

/// What a network device says of its modem.
fn answered(device: &mut Device, modem: &Entry) {
    if let Some((model, place)) = modem.find("MODEL") {
        device.text(Clue::ModemModel, model, place.clone());
    }
    for field in ["IMEI", "SERIAL"] {
        let Some((value, place)) = modem.find(field) else {
            continue;
        };
        if let Some(imei) = modem::imei_digits(value) {
            device.key(KeyKind::Imei, imei.as_str());
            device.fact(Clue::Imei, &imei, place.clone());
        } else {
            device.module_serial(value);
        }
    }
    if !device.has(Clue::ModemModel)
        && let Some((name, place)) = modem.find("NAME")
    {
        device.fact(Clue::CellularInterface, name, place.clone());
    }
}

/// What is said of a SIM card. The `SERIAL` of Android's agent is the ICCID.
fn card(device: &mut Device, sim: &Entry) {
    for field in ["ICCID", "SERIAL"] {
        if let Some((value, place)) = sim.find(field)
            && iccid_stem(value).is_some()
        {
            let digits = value.trim_end_matches(['f', 'F']);
            device.key(KeyKind::Iccid, digits);
            device.fact(Clue::Iccid, digits, place.clone());
        }
    }
    if let Some((operator, place)) = sim.find("OPERATOR_NAME") {
        device.text(Clue::Sim, operator, place.clone());
    }
}

/// Maker and name of an entry, together.
fn full_name(entry: &Entry) -> Option<(String, Place)> {
    let (name, place) = entry.find("NAME").or_else(|| entry.find("CAPTION"))?;
    let name = match entry.get("MANUFACTURER") {
        Some(maker) if !maker.starts_with('(') && !name.starts_with(maker) => {
            format!("{maker} {name}")
        }
        _ => name.to_owned(),
    };
    Some((name, place.clone()))
}

/// An id by the agent of Android, which wrote decimal numbers in its first versions and hexadecimal ones
/// later (<https://github.com/glpi-project/android-inventory-library/issues/67>); `None` where the two
/// numbers may be either.
fn android_id(vendor: &str, product: &str) -> Option<(String, String)> {
    let both = [vendor, product];
    let decimal = both.iter().all(|n| n.bytes().all(|b| b.is_ascii_digit()));
    if !decimal || both.iter().any(|n| n.len() == 4 && n.starts_with('0')) {
        return Some((hex_id::four(vendor)?, hex_id::four(product)?));
    }
    if both.iter().all(|n| n.len() == 4) {
        return None;
    }
    let number = |n: &str| n.parse::<u16>().ok().map(|n| format!("{n:04x}"));
    Some((number(vendor)?, number(product)?))
}

/// The id in `USB\VID_1199&PID_9079&MI_0C\...`.
fn usb_instance(id: &str) -> Option<String> {
    let upper = id.to_ascii_uppercase();
    let part = |mark: &str| {
        let at = upper.find(mark)? + mark.len();
        hex_id::four(upper.get(at..at + 4)?)
    };
    upper
        .starts_with("USB\\")
        .then(|| Some(format!("{}:{}", part("VID_")?, part("PID_")?)))?
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let text = text::decode(&bytes).unwrap_or_default();
    let mut machine = Machine::new(source.names);
    let trimmed = text.trim_start_matches('\u{feff}').trim_start();
    if trimmed.starts_with(['{', '[']) {
        from_json(&text, &mut machine, sink)
    } else {
        from_xml(&text, &mut machine, sink)
    }
}

fn from_json(text: &str, machine: &mut Machine<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut open: Option<(u64, u64, Section, Entry)> = None;
    let mut outcome = Ok(());
    let mut document = 0u64;
    let end = json::walk(text, |scalar| {
        let found = scalar
            .path
            .last()
            .and_then(|name| section(name))
            .filter(|_| !scalar.key.is_empty());
        let same = matches!((&open, found), (Some((d, o, s, _)), Some(f))
            if *d == scalar.document && *o == scalar.object && *s == f);
        if !same && let Some((_, _, section, entry)) = open.take() {
            machine.entry(section, entry);
        }
        if scalar.document != document && outcome.is_ok() {
            document = scalar.document;
            outcome = machine.finish(sink);
        }
        if let Some(section) = found {
            let (.., entry) = open
                .get_or_insert_with(|| (scalar.document, scalar.object, section, Entry::default()));
            if scalar.value != "null" || scalar.quoted {
                entry.add(scalar.key, scalar.value, Place::Line(scalar.line));
            }
        }
    });
    outcome?;
    if let Some((_, _, section, entry)) = open {
        machine.entry(section, entry);
    }
    machine.finish(sink)?;
    if let json::End::Cut(line) = end {
        sink.problem(Problem::lost(
            "json-cut",
            Place::Line(line),
            "the JSON ends within a value; what stood before was read",
        ));
    }
    Ok(())
}

fn from_xml(text: &str, machine: &mut Machine<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut xml = quick_xml::Reader::from_str(text);
    let (mut counted, mut line) = (0usize, 1u64);
    let mut path: Vec<String> = Vec::new();
    let mut too_deep = 0usize;
    let mut words = String::new();
    // Depth of the open section's element.
    let mut open: Option<(usize, Section, Entry)> = None;
    loop {
        let event = xml.read_event();
        let at = usize::try_from(xml.buffer_position()).unwrap_or(text.len());
        let passed = text.as_bytes().get(counted..at).unwrap_or_default();
        line += memchr::memchr_iter(b'\n', passed).count() as u64;
        counted = counted.max(at);
        let place = Place::Line(line);
        match event {
            Ok(Event::Start(e)) => {
                if path.len() >= DEEPEST {
                    too_deep += 1;
                    continue;
                }
                let name = e.local_name().into_inner().to_owned();
                words.clear();
                if open.is_none()
                    && let Some(section) = section(&name)
                {
                    open = Some((path.len(), section, Entry::default()));
                }
                path.push(name);
            }
            Ok(Event::Text(t)) if words.len() < LONGEST => words.push_str(&t.xml10_content()),
            Ok(Event::CData(t)) if words.len() < LONGEST => words.push_str(&t.xml10_content()),
            Ok(Event::GeneralRef(r)) if words.len() < LONGEST => {
                if let Ok(Some(c)) = r.resolve_char_ref() {
                    words.push(c);
                } else if let Some(known) =
                    quick_xml::escape::resolve_predefined_entity(&r.xml10_content())
                {
                    words.push_str(known);
                }
            }
            Ok(Event::End(_)) if too_deep > 0 => too_deep -= 1,
            Ok(Event::End(_)) => {
                let Some(name) = path.pop() else { continue };
                match &mut open {
                    Some((depth, _, _)) if *depth == path.len() => {
                        if let Some((_, section, entry)) = open.take() {
                            machine.entry(section, entry);
                        }
                    }
                    Some((depth, _, entry)) if *depth + 1 == path.len() => {
                        entry.add(&name, &words, place);
                    }
                    None if name == "DEVICE" => machine.finish(sink)?,
                    None if name == "VERSIONCLIENT" => {
                        machine.android |= words.contains("Android");
                    }
                    Some(_) | None => {}
                }
                words.clear();
            }
            Ok(Event::Eof) => {
                let cut = !path.is_empty();
                if let Some((_, section, entry)) = open.take() {
                    machine.entry(section, entry);
                }
                machine.finish(sink)?;
                if cut {
                    sink.problem(Problem::lost(
                        "xml-cut",
                        place,
                        "the XML ends within an element; what stood before was read",
                    ));
                }
                return Ok(());
            }
            Ok(_) => {}
            Err(error) => {
                if let Some((_, section, entry)) = open.take() {
                    machine.entry(section, entry);
                }
                machine.finish(sink)?;
                let end = usize::try_from(xml.error_position()).unwrap_or(text.len());
                let before = text.as_bytes().get(..end).unwrap_or_default();
                let line = 1 + memchr::memchr_iter(b'\n', before).count() as u64;
                sink.problem(Problem::lost(
                    "xml-cut",
                    Place::Line(line),
                    format!("not well-formed here: {error}; what stood before was read"),
                ));
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_android() {
        let id = |v: &str, p: &str| android_id(v, p).map(|(v, p)| format!("{v}:{p}"));
        assert_eq!(id("5075", "13569").as_deref(), Some("13d3:3501"));
        assert_eq!(id("2c7c", "0125").as_deref(), Some("2c7c:0125"));
        assert_eq!(id("1267", "2307"), None);
        assert_eq!(id("70000", "1"), None);
    }
}
