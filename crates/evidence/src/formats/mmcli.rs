//! `mmcli`: the list (`-L`), one modem or SIM (`-m`, `-i`) in the layout with columns, the older one
//! with quotes, as key and value (`-K`) and as JSON (`-J`). Several modems in one file, fragments and
//! the shell prompt before them are normal.
//!
//! Own numbers, IMSI and operator are not read.

use crate::formats::at::is_written_for_programs;
use crate::json;
use crate::modem::{self, Modem, stated};
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "mmcli",
    title: "mmcli: modems as ModemManager describes them",
    made_by: "mmcli -L; mmcli -m N [-J|-K]",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

const MODEM_PATH: &str = "/org/freedesktop/ModemManager1/Modem/";
const SIM_PATH: &str = "/org/freedesktop/ModemManager1/SIM/";

/// Longest JSON document kept while its end is looked for, in bytes. `mmcli -J` prints a few KiB.
const LONGEST_DOCUMENT: usize = 4 * 1024 * 1024;

/// Most modems of one host kept apart at a time.
const MOST_MODEMS: usize = 1024;

fn sniff(head: &Head<'_>) -> u8 {
    if is_written_for_programs(head.text) && !head.text.trim_start().starts_with('{') {
        return 0;
    }
    let mut columns = 0;
    let mut bare_fields = 0;
    for line in head.lines().take(2000) {
        if listed(line).is_some()
            || line.trim_start().starts_with("modem.generic.")
            || line.trim_start().starts_with("modem.dbus-path")
            || line.trim_start().starts_with("sim.properties.")
            || attribute(line).is_some_and(|(f, _)| is_of_the_modem(f))
            || (line.trim_start().starts_with("modem-list.value[") && line.contains(MODEM_PATH))
        {
            return 92;
        }
        if run_on(line).is_some() && line.matches('|').count() > 1 {
            return 92;
        }
        if let Some(cells) = columned(line) {
            if cells.section.is_none()
                && key_value(cells.text)
                    .is_some_and(|(k, _)| is_of_the_modem(field(&k.to_ascii_lowercase())))
            {
                bare_fields += 1;
            }
            let section = cells.section.is_some_and(is_section);
            columns += usize::from(section);
            if let Some((key, _)) = cells.text.split_once(':')
                && field(&key.trim().to_ascii_lowercase()) != Field::Other
                && (section || columns > 0)
            {
                return 92;
            }
        }
        let start = line.trim_start();
        if start.starts_with('{')
            && [
                "\"modem\":{\"",
                "\"modem-list\":[",
                "\"sim\":{\"dbus-path\"",
            ]
            .iter()
            .any(|k| start.contains(k))
        {
            return 92;
        }
    }
    if head.text.contains("\"dbus-path\"") && head.text.contains(MODEM_PATH) {
        return 92;
    }
    // A fragment without the name of its section.
    if bare_fields >= 2 { 86 } else { 0 }
}

/// A line that no other listing has; `line` without indentation.
pub(crate) fn begins(line: &str) -> bool {
    if line.starts_with('{') {
        return [
            "\"modem\":{\"",
            "\"modem-list\":[",
            "\"sim\":{\"dbus-path\"",
        ]
        .iter()
        .any(|k| line.contains(k));
    }
    if line.starts_with("modem.") || line.starts_with("modem-list") || line.starts_with("sim.") {
        return dotted(line).is_some_and(|(path, _)| {
            [
                "modem.generic",
                "modem.3gpp",
                "modem.cdma",
                "modem.dbus",
                "modem-list",
                "sim.prop",
                "sim.dbus",
            ]
            .iter()
            .any(|p| path.starts_with(p))
        });
    }
    if line.starts_with(MODEM_PATH) || listed(line).is_some() || attribute(line).is_some() {
        return true;
    }
    columned(line).is_some_and(|cells| {
        cells.section.is_some_and(is_section)
            && key_value(cells.text)
                .is_some_and(|(k, _)| field(&k.to_ascii_lowercase()) != Field::Other)
    })
}

fn is_section(name: &str) -> bool {
    matches!(
        name,
        "General"
            | "Hardware"
            | "System"
            | "Status"
            | "Modes"
            | "Bands"
            | "IP"
            | "3GPP"
            | "3GPP EPS"
            | "3GPP 5GNR"
            | "SIM"
            | "CDMA"
            | "Numbers"
            | "Firmware"
            | "Messaging"
            | "Signal"
            | "Location"
            | "Properties"
            | "Bearer"
    )
}

/// What a key of any of the layouts means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Manufacturer,
    Model,
    Revision,
    Hardware,
    Equipment,
    Path,
    Port,
    Ports,
    Drivers,
    Plugin,
    Capabilities,
    DbusPath,
    Iccid,
    Eid,
    /// `access tech: lte`: in service.
    Service,
    Other,
}

/// The field of a key as printed in columns (`firmware revision`) or as `-K` and `-J` name it
/// (`hardware-revision`).
fn field(key: &str) -> Field {
    match key {
        "manufacturer" => Field::Manufacturer,
        "model" => Field::Model,
        "revision" | "firmware revision" => Field::Revision,
        "h/w revision" | "hardware-revision" | "hardware revision" => Field::Hardware,
        "equipment id" | "equipment-identifier" | "imei" => Field::Equipment,
        "device" | "physdev" => Field::Path,
        "primary port" | "primary-port" => Field::Port,
        "ports" => Field::Ports,
        "drivers" => Field::Drivers,
        "plugin" => Field::Plugin,
        "current" | "supported" | "current-capabilities" => Field::Capabilities,
        "dbus path" | "dbus-path" | "path" => Field::DbusPath,
        "iccid" | "identifier" => Field::Iccid,
        "eid" => Field::Eid,
        "access tech" | "access-technologies" => Field::Service,
        _ => Field::Other,
    }
}

/// Fields that hardly another program prints in columns.
fn is_of_the_modem(field: Field) -> bool {
    matches!(
        field,
        Field::Manufacturer
            | Field::Model
            | Field::Revision
            | Field::Hardware
            | Field::Equipment
            | Field::Port
            | Field::Plugin
    )
}

struct Cells<'a> {
    /// What stands before the bar, if anything.
    section: Option<&'a str>,
    /// What stands behind it.
    text: &'a str,
}

/// `Hardware |  manufacturer: Quectel`, the section only on its first line.
fn columned(line: &str) -> Option<Cells<'_>> {
    let (section, text) = line.split_once('|')?;
    // A block in a script's remarks or a quotation.
    let section = section.trim().trim_start_matches(['#', '>']).trim_start();
    (section.len() <= 12 && !text.contains('|')).then_some(Cells {
        section: (!section.is_empty()).then_some(section),
        text: text.trim(),
    })
}

/// `manager/modem/hardware: model: 'EC25'`: the attributes of a modem in a log of a client of
/// ModemManager.
fn attribute(line: &str) -> Option<(Field, &str)> {
    let rest = line
        .trim_start_matches(['>', ' '])
        .strip_prefix("manager/modem")?;
    let (section, rest) = rest.split_once(": ")?;
    if !(section.is_empty() || section.starts_with('/')) || section.len() > 24 {
        return None;
    }
    let (key, value) = rest.split_once(':')?;
    let field = field(&key.trim().to_ascii_lowercase());
    Some((field, value.trim().trim_matches('\''))).filter(|(f, _)| *f != Field::Other)
}

/// `Hardware | manufacturer: Quectel | model: EC25`.
fn run_on(line: &str) -> Option<(&str, &str)> {
    let (section, fields) = line.split_once('|')?;
    let section = section.trim();
    let known = is_section(section)
        && fields.split('|').any(|f| {
            key_value(f.trim()).is_some_and(|(k, _)| field(&k.to_ascii_lowercase()) != Field::Other)
        });
    known.then_some((section, fields))
}

/// `/org/freedesktop/ModemManager1/Modem/0 [maker] model` of `mmcli -L`.
fn listed(line: &str) -> Option<(&str, &str, &str)> {
    let rest = line
        .trim()
        .trim_start_matches(['*', '-', ' ', '\'', '#', '>'])
        .strip_prefix(MODEM_PATH)?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let number = rest.get(..end)?;
    let (maker, model) = rest.get(end..)?.trim().strip_prefix('[')?.split_once(']')?;
    (!number.is_empty()).then_some((number, maker, model.trim()))
}

/// The number at the end of a ModemManager object path in a line.
fn number_in<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    let at = line.find(prefix)? + prefix.len();
    let rest = line.get(at..)?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end).filter(|n| !n.is_empty())
}

struct Known {
    /// Number ModemManager gave it; `None` in a fragment.
    number: Option<String>,
    /// Whether its details were seen, not only its line in the list.
    detailed: bool,
    modem: Modem,
}

struct State {
    modems: Vec<Known>,
    current: Option<usize>,
    host: Option<String>,
    units: u64,
    section: String,
    /// Field of the last `key: value`, for lines that continue it.
    last: Field,
    /// Inside a quoted value that goes on over lines.
    quoted: bool,
    document: String,
    document_line: u64,
    depth: i64,
}

impl State {
    /// Makes the modem of this number current.
    fn enter(&mut self, number: Option<&str>, place: &Place) {
        if let Some(number) = number {
            let found = self
                .modems
                .iter()
                .position(|m| m.number.as_deref() == Some(number));
            let at = found.unwrap_or_else(|| self.add(Some(number.to_owned())));
            if let Some(known) = self.modems.get_mut(at) {
                known.modem.key(KeyKind::Port, &format!("mm:{number}"));
                known.modem.say(
                    Clue::CellularInterface,
                    &format!("ModemManager modem {number}"),
                    place,
                );
            }
            self.current = Some(at);
        } else {
            let at = self.add(None);
            self.current = Some(at);
        }
        self.last = Field::Other;
        self.quoted = false;
    }

    fn add(&mut self, number: Option<String>) -> usize {
        let mut modem = Modem::new(Stance::Observed);
        if let Some(host) = &self.host {
            modem.key(KeyKind::Host, host);
        }
        self.modems.push(Known {
            number,
            detailed: false,
            modem,
        });
        self.modems.len() - 1
    }

    /// The current modem; a fragment that does not say which becomes one of its own.
    fn modem(&mut self, place: &Place) -> Option<&mut Known> {
        if self.current.is_none() {
            self.enter(None, place);
        }
        self.current.and_then(|at| self.modems.get_mut(at))
    }

    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        for mut known in std::mem::take(&mut self.modems) {
            known.modem.finish(&mut self.units, sink)?;
        }
        self.current = None;
        self.section.clear();
        self.last = Field::Other;
        self.quoted = false;
        Ok(())
    }

    /// One value of one field of the current modem.
    fn state(&mut self, field: Field, value: &str, place: &Place) {
        if field == Field::Other {
            return;
        }
        if field == Field::DbusPath {
            if let Some(number) = number_in(value, MODEM_PATH) {
                self.enter(Some(number), place);
            }
            return;
        }
        let Some(value) = stated(value) else { return };
        let Some(known) = self.modem(place) else {
            return;
        };
        known.detailed = true;
        let m = &mut known.modem;
        match field {
            Field::Manufacturer => say_maker(m, value, place),
            Field::Model => say_model(m, value, place),
            Field::Revision => {
                if !is_unsolicited(value) {
                    m.say(Clue::ModemRevision, value, place);
                }
            }
            Field::Hardware => m.say(Clue::HardwareRevision, value, place),
            Field::Equipment => {
                m.imei(value, place);
            }
            Field::Path => m.port_path(value),
            Field::Port => m.key(KeyKind::Port, value),
            Field::Ports => {
                for port in value.split(',') {
                    let (name, kind) = port.trim().split_once(" (").unwrap_or((port.trim(), ""));
                    if kind.starts_with("net")
                        || kind.starts_with("qmi")
                        || kind.starts_with("mbim")
                    {
                        m.say(Clue::CellularInterface, name, place);
                    }
                }
            }
            Field::Drivers => {
                for driver in value.split(',') {
                    m.say(Clue::Driver, driver, place);
                }
            }
            Field::Plugin => m.say(Clue::ModemPlugin, value, place),
            Field::Capabilities => {
                m.say(
                    Clue::CellularInterface,
                    &format!("capabilities {value}"),
                    place,
                );
            }
            Field::Iccid => m.iccid(value, place),
            Field::Eid => m.say(Clue::Eid, value, place),
            Field::Service => {
                m.say(
                    Clue::CellularInterface,
                    &format!("access tech {value}"),
                    place,
                );
            }
            Field::DbusPath | Field::Other => {}
        }
    }

    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        if self.depth > 0 || line.trim_start().starts_with('{') {
            self.json_line(number, line, sink);
            return Ok(());
        }
        if let Some((host, typed)) = modem::prompt(line) {
            let host = modem::names_a_machine(host).then(|| host.to_owned());
            if host != self.host {
                self.flush(sink)?;
                self.host = host;
            }
            if let Some(wanted) = wanted(typed) {
                if wanted.is_empty() {
                    self.current = None;
                } else {
                    // Only a number that turns up in an answer makes a modem; the command does not.
                    self.current = self
                        .modems
                        .iter()
                        .position(|m| m.number.as_deref() == Some(wanted));
                }
                self.last = Field::Other;
                self.quoted = false;
            }
            return Ok(());
        }
        if let Some((modem, maker, model)) = listed(line) {
            self.enter(Some(modem), &place);
            if let Some(known) = self.modem(&place) {
                say_maker(&mut known.modem, maker, &place);
                say_model(&mut known.modem, model, &place);
            }
            if self.modems.len() > 1 {
                self.current = None;
            }
        } else if let Some((field, value)) = attribute(line).filter(|(_, v)| !v.is_empty()) {
            if field == Field::DbusPath {
                self.enter(number_in(value, MODEM_PATH), &place);
            } else if let Some(known) = self.modem(&place) {
                match field {
                    Field::Manufacturer => say_maker(&mut known.modem, value, &place),
                    Field::Model => say_model(&mut known.modem, value, &place),
                    Field::Revision => known.modem.say(Clue::ModemRevision, value, &place),
                    Field::Equipment => {
                        known.modem.imei(value, &place);
                    }
                    Field::Plugin => known.modem.say(Clue::ModemPlugin, value, &place),
                    _ => {}
                }
            }
        } else if let Some(cells) = columned(line) {
            self.columns(&cells, &place);
        } else if let Some((section, fields)) = run_on(line) {
            // A block whose line ends were lost.
            self.columns(
                &Cells {
                    section: Some(section),
                    text: "",
                },
                &place,
            );
            for text in fields.split('|').map(str::trim) {
                self.columns(
                    &Cells {
                        section: None,
                        text,
                    },
                    &place,
                );
            }
        } else if let Some((path, value)) = dotted(line) {
            self.dotted(path, value, &place);
        } else if let Some(modem) = number_in(line, MODEM_PATH) {
            self.enter(Some(modem), &place);
        } else if number_in(line, SIM_PATH).is_some() {
            self.current = None;
        }
        if self.modems.len() > MOST_MODEMS {
            self.flush(sink)?;
        }
        Ok(())
    }

    fn columns(&mut self, cells: &Cells<'_>, place: &Place) {
        if let Some(section) = cells.section {
            let again = section == "Hardware"
                && self
                    .current
                    .and_then(|c| self.modems.get(c))
                    .is_some_and(|m| m.detailed);
            if section == "General" || again {
                self.current = None;
            }
            section.clone_into(&mut self.section);
            self.quoted = false;
        }
        if self.quoted {
            self.quoted = !cells.text.ends_with('\'');
            self.state(self.last, cells.text, place);
            return;
        }
        let Some((key, value)) = key_value(cells.text) else {
            if matches!(self.last, Field::Ports | Field::Drivers | Field::Revision) {
                self.state(self.last, cells.text, place);
            }
            return;
        };
        let mut meaning = field(&key.to_ascii_lowercase());
        let here = match meaning {
            Field::Capabilities => matches!(self.section.as_str(), "Hardware" | ""),
            Field::Manufacturer | Field::Model => {
                !matches!(self.section.as_str(), "SIM" | "Bearer" | "Properties")
            }
            Field::Path => self.section != "Bearer",
            _ => true,
        };
        if !here {
            meaning = Field::Other;
        }
        self.last = meaning;
        self.quoted = value.starts_with('\'') && !(value.len() > 1 && value.ends_with('\''));
        self.state(meaning, value, place);
    }

    /// `modem.generic.ports.value[1] : cdc-wdm0 (qmi)`.
    fn dotted(&mut self, path: &str, value: &str, place: &Place) {
        let path = path.split(".value[").next().unwrap_or(path);
        let (group, key) = path.rsplit_once('.').unwrap_or(("", path));
        match group {
            "modem" | "modem.generic" | "sim.properties" => self.state(field(key), value, place),
            "modem.3gpp" if key == "imei" => self.state(Field::Equipment, value, place),
            "modem-list" => {
                if let Some(number) = number_in(value, MODEM_PATH) {
                    self.enter(Some(number), place);
                    if self.modems.len() > 1 {
                        self.current = None;
                    }
                }
            }
            _ if path.starts_with("modem-list") => self.dotted("modem-list.value", value, place),
            _ => {}
        }
    }

    fn json_line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) {
        if self.depth <= 0 {
            self.document.clear();
            self.document_line = number;
            self.depth = 0;
        }
        if self.document.len() + line.len() > LONGEST_DOCUMENT {
            sink.problem(Problem::lost(
                "json-too-long",
                Place::Line(self.document_line),
                format!("a JSON document of more than {LONGEST_DOCUMENT} bytes was not read"),
            ));
            self.depth = 0;
            self.document.clear();
            return;
        }
        self.document.push_str(line);
        self.document.push('\n');
        self.depth += brackets(line);
        if self.depth <= 0 {
            self.json_document(sink);
        }
    }

    fn json_document(&mut self, sink: &mut dyn Sink) {
        let document = std::mem::take(&mut self.document);
        self.depth = 0;
        let first = self.document_line;
        // The number of the modem comes in `dbus-path`, which stands behind other fields.
        let mut values: Vec<(Field, String, u64)> = Vec::new();
        let mut modem = None;
        let mut list = Vec::new();
        let end = json::walk(document.trim_end(), |s| {
            let line = first + s.line - 1;
            let path: Vec<&str> = s.path.iter().map(String::as_str).collect();
            let key = if s.key.is_empty() {
                path.last().copied().unwrap_or_default()
            } else {
                s.key
            };
            match path.as_slice() {
                ["modem-list"] => {
                    list.extend(number_in(s.value, MODEM_PATH).map(|n| (n.to_owned(), line)));
                }
                ["modem"] if key == "dbus-path" => {
                    modem = number_in(s.value, MODEM_PATH).map(str::to_owned);
                }
                ["modem", "generic", ..] | ["sim", "properties"] => {
                    values.push((field(key), s.value.to_owned(), line));
                }
                ["modem", "3gpp"] if key == "imei" => {
                    values.push((Field::Equipment, s.value.to_owned(), line));
                }
                _ => {}
            }
        });
        for (number, line) in list {
            self.enter(Some(&number), &Place::Line(line));
            self.current = (self.modems.len() == 1).then_some(0);
        }
        if !values.is_empty() {
            let place = Place::Line(values.first().map_or(first, |(_, _, line)| *line));
            match &modem {
                Some(number) => self.enter(Some(number), &place),
                // A SIM belongs to the modem shown just before it, if any.
                None if document.contains("\"sim\"") && self.current.is_some() => {}
                None => self.current = None,
            }
            for (field, value, line) in values {
                self.state(field, &value, &Place::Line(line));
            }
        }
        if let json::End::Cut(line) = end {
            sink.problem(Problem::lost(
                "json-cut",
                Place::Line(first + line - 1),
                "the JSON ends before it is complete; what was before is read",
            ));
        }
    }
}

/// ModemManager's fallback plugin calls every maker `generic`.
fn say_maker(modem: &mut Modem, value: &str, place: &Place) {
    if !value.eq_ignore_ascii_case("generic") {
        modem.say(Clue::ModemManufacturer, value, place);
    }
}

/// `MBIM [14C3:4D75]` was composed by ModemManager from the ids; it is no model.
fn say_model(modem: &mut Modem, value: &str, place: &Place) {
    let composed = value.ends_with(']')
        && value
            .rsplit_once('[')
            .is_some_and(|(_, id)| id.len() == 10 && id.as_bytes().get(4) == Some(&b':'));
    modem.say(
        if composed {
            Clue::ModemName
        } else {
            Clue::ModemModel
        },
        value,
        place,
    );
}

/// A message the modem sent by itself and that got into an answer: `+PBREADY`.
fn is_unsolicited(value: &str) -> bool {
    value
        .strip_prefix(['+', '^', '*'])
        .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// The modem a typed command asks for: empty if it asks for another kind of thing or for all.
fn wanted(typed: &str) -> Option<&str> {
    if !typed.contains("mmcli") {
        return None;
    }
    let mut words = typed.split_whitespace();
    while let Some(word) = words.next() {
        if word == "-m" || word == "--modem" {
            return Some(words.next().unwrap_or_default());
        }
        if let Some(number) = word
            .strip_prefix("--modem=")
            .or_else(|| word.strip_prefix("-m"))
        {
            return Some(number);
        }
    }
    Some("")
}

/// `key: value`, where the key looks like one of mmcli's.
fn key_value(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(':')?;
    let key = key.trim();
    let shaped = !key.is_empty()
        && key.len() <= 32
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'/' | b'-' | b'_'));
    (shaped && (value.is_empty() || value.starts_with([' ', '\t', '\''])))
        .then_some((key, value.trim()))
}

/// `modem.generic.model : EC25` of `mmcli -K`.
fn dotted(line: &str) -> Option<(&str, &str)> {
    let (path, value) = line.split_once(':')?;
    let path = path.trim();
    (path.starts_with("modem.") || path.starts_with("modem-list") || path.starts_with("sim."))
        .then_some((path, value.trim()))
}

/// Opening minus closing brackets of a line of JSON, those in strings not counted.
fn brackets(line: &str) -> i64 {
    let (mut depth, mut quoted, mut escaped) = (0i64, false, false);
    for b in line.bytes() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut state = State {
        modems: Vec::new(),
        current: None,
        host: None,
        units: 0,
        section: String::new(),
        last: Field::Other,
        quoted: false,
        document: String::new(),
        document_line: 1,
        depth: 0,
    };
    text::lines(source, sink, |number, line, sink| {
        state.line(number, line, sink)
    })?;
    if state.depth > 0 {
        state.json_document(sink);
    }
    state.flush(sink)
}
