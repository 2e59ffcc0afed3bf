//! `fwupdmgr get-devices`: the tree for people, the listing of the daemon's log, and `--json`. A device
//! is a modem if fwupd says so (plugin, summary, ports); of any other only its ids are read.

use crate::json;
use crate::modem::{Modem, stated};
use crate::observation::{Clue, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "fwupd",
    title: "fwupd: devices whose firmware can be updated",
    made_by: "fwupdmgr get-devices [--json]",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Most ids read of one device.
const MOST_IDS: usize = 64;

fn sniff(head: &Head<'_>) -> u8 {
    let text = head.text;
    if text.contains("\"Devices\"")
        && (text.contains("\"DeviceId\"")
            || text.contains("\"InstanceIds\"")
            || text.contains("\"Guid\""))
    {
        return 92;
    }
    let keys = [
        "guid",
        "guids",
        "summary",
        "device id",
        "deviceid",
        "current version",
        "device flags",
        "protocol",
        "vendor",
        "version",
        "plugin",
    ];
    let mut seen = 0u16;
    let mut sure = false;
    for line in text.lines().take(2000) {
        let Some((key, value)) = pair(line) else {
            continue;
        };
        if let Some(at) = keys.iter().position(|k| *k == key) {
            seen |= 1 << at;
        }
        sure |= key.starts_with("guid")
            && (value.contains("<-") || value.contains('←') || is_guid(value));
    }
    match (sure, seen.count_ones()) {
        (true, 3..) => 90,
        (true, _) => 60,
        _ => 0,
    }
}

/// A branch of the tree with the name of a device.
pub(crate) fn begins(line: &str) -> bool {
    let line = line.trim_start_matches(['│', ' ']);
    line.starts_with(['├', '└']) && branch(line).is_some()
}

fn is_guid(value: &str) -> bool {
    let value = value.trim();
    let word = value.split_whitespace().next().unwrap_or_default();
    word.len() == 36 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// `key: value` without the branches of the tree; the key in lower case.
fn pair(line: &str) -> Option<(String, &str)> {
    let text = line.trim_start_matches([' ', '\t', '│', '├', '└', '─', '|', '`', '-']);
    let (key, value) = text.split_once(':')?;
    (key.len() <= 40 && !key.is_empty()).then(|| (key.trim().to_ascii_lowercase(), value.trim()))
}

/// The name in `├─Integrated Camera:` or `└─EM05-G:`.
fn branch(line: &str) -> Option<&str> {
    let at = line.find("├─").or_else(|| line.find("└─"))?;
    line.get(at..)?
        .trim_start_matches(['├', '└', '─'])
        .trim()
        .strip_suffix(':')
}

#[derive(Default)]
struct Device {
    facts: Vec<(Clue, String, Place)>,
    modem: Option<Place>,
    paths: Vec<String>,
}

impl Device {
    fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.modem.is_none()
    }

    fn field(&mut self, key: &str, value: &str, place: &Place) {
        self.ids(value, place);
        let Some(value) = stated(value) else { return };
        let lower = value.to_ascii_lowercase();
        let sign = match key {
            "summary" => lower.contains("mobile broadband") || lower.contains("wwan"),
            "plugin" => lower.replace('-', "_") == "modem_manager" || lower == "qc_firehose",
            "protocol" => {
                lower.contains("mbim") || lower.contains("qmi") || lower.contains("firehose")
            }
            "icon" | "icons" => lower.contains("network-modem"),
            "mbimport" | "qmiport" | "atport" => true,
            _ => false,
        };
        if sign {
            self.modem.get_or_insert_with(|| place.clone());
        }
        match key {
            "name" => self
                .facts
                .push((Clue::ModemModel, value.to_owned(), place.clone())),
            "vendor" => {
                let name = value.split(" (").next().unwrap_or(value);
                self.facts
                    .push((Clue::ModemManufacturer, name.to_owned(), place.clone()));
            }
            "version" | "current version" => {
                // ModemManager appends the version of the carrier's settings.
                let revision = value.split(" - ").next().unwrap_or(value);
                self.facts
                    .push((Clue::ModemRevision, revision.to_owned(), place.clone()));
            }
            "physicalid" | "mbimport" | "qmiport" | "atport" if self.paths.len() < 16 => {
                self.paths.push(value.to_owned());
            }
            _ => {}
        }
    }

    /// Instance ids: `USB\VID_2C7C&PID_0125&REV_0318`, `PCI\VEN_105B&DEV_E0AB&SUBSYS_E0AB105B`.
    fn ids(&mut self, value: &str, place: &Place) {
        let hex = |mark: &str| -> Option<String> {
            let at = value.find(mark)? + mark.len();
            let digits = value.get(at..at + 4)?;
            digits
                .bytes()
                .all(|b| b.is_ascii_hexdigit())
                .then(|| digits.to_ascii_lowercase())
        };
        let found = if let (Some(vid), Some(pid)) = (hex("VID_"), hex("PID_")) {
            Some((Clue::UsbId, format!("{vid}:{pid}")))
        } else if let (Some(vendor), Some(device)) = (hex("PCI\\VEN_"), hex("DEV_")) {
            Some((Clue::PciId, format!("{vendor}:{device}")))
        } else {
            None
        };
        if let Some((clue, id)) = found
            && self.facts.len() < MOST_IDS
            && !self.facts.iter().any(|(c, v, _)| *c == clue && *v == id)
        {
            self.facts.push((clue, id, place.clone()));
        }
    }

    fn finish(self, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let mut m = Modem::new(Stance::Observed);
        for (clue, value, place) in self.facts {
            if self.modem.is_some() || matches!(clue, Clue::UsbId | Clue::PciId) {
                m.say(clue, &value, &place);
            }
        }
        if let Some(place) = &self.modem {
            m.say(Clue::CellularInterface, "mobile broadband device", place);
        }
        for path in &self.paths {
            if self.modem.is_some() {
                m.port_path(path);
            }
        }
        m.finish(units, sink)
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let json = source
        .stream()
        .fill_buf()?
        .iter()
        .find(|b| !b.is_ascii_whitespace())
        == Some(&b'{');
    if json {
        read_json(source, sink)
    } else {
        read_text(source, sink)
    }
}

fn read_text(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut units = 0u64;
    let mut device = Device::default();
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        if let Some(name) = branch(line) {
            std::mem::take(&mut device).finish(&mut units, sink)?;
            device.field("name", name, &place);
            return Ok(());
        }
        let Some((key, value)) = pair(line) else {
            device.ids(line, &place);
            return Ok(());
        };
        // In the daemon's listing a device begins with its id or its name, or the type in front of them.
        let named = |d: &Device| d.facts.iter().any(|(c, _, _)| *c == Clue::ModemModel);
        let begins = (key == "name" && named(&device))
            || key == "deviceid"
            || (value.is_empty() && line.contains("Fu") && line.trim_end().ends_with("Device:"));
        if begins && !device.is_empty() {
            std::mem::take(&mut device).finish(&mut units, sink)?;
        }
        device.field(&key, value, &place);
        Ok(())
    })?;
    device.finish(&mut units, sink)
}

fn read_json(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let text = text::decode(&bytes).unwrap_or_default();
    let mut units = 0u64;
    let mut device = Device::default();
    let mut object = 0u64;
    let mut failed = None;
    let end = json::walk(&text, |s| {
        if failed.is_some()
            || s.path.first().is_none_or(|p| p != "Devices")
            || s.path.get(1).is_some_and(|p| p == "Releases")
        {
            return;
        }
        if s.object != object && s.path.len() == 1 {
            object = s.object;
            if let Err(e) = std::mem::take(&mut device).finish(&mut units, sink) {
                failed = Some(e);
                return;
            }
        }
        let key = if s.key.is_empty() {
            s.path.last().map_or("", String::as_str)
        } else {
            s.key
        };
        device.field(&key.to_ascii_lowercase(), s.value, &Place::Line(s.line));
    });
    if let Some(e) = failed {
        return Err(e);
    }
    device.finish(&mut units, sink)?;
    if let json::End::Cut(line) = end {
        sink.problem(Problem::lost(
            "json-cut",
            Place::Line(line),
            "the JSON ends before it is complete; what was before is read",
        ));
    }
    Ok(())
}
