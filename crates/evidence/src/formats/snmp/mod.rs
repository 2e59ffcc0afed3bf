//! SNMP walks of routers and of what else carries a modem: `snmpwalk` in its output forms, `.snmprec`
//! recordings, JSON of monitoring systems, and listings of MIB browsers.
//!
//! What an agent's tables say of a modem (its model, firmware, IMEI) is an answer of the modem; what
//! `sysObjectID` and `sysDescr` say is the product's, and never a module.

mod object;
mod product;

use std::collections::BTreeMap;

use crate::identity::luhn;
use crate::json;
use crate::modem::{self, Modem, imei_digits, stated};
use crate::observation::{Clue, KeyKind, Observation, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;
use object::{Group, Object, Says};

/// The reader.
pub static READER: Reader = Reader {
    format: "snmp-walk",
    title: "SNMP walk: modem tables, entity tables, product ids",
    made_by: "snmpwalk -v2c -c ... HOST .1 ; snmprec recordings; JSON of monitoring systems",
    proves: &[Stance::Observed, Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

/// Most rows kept of one device.
const MOST_ROWS: usize = 4096;

/// Longest value kept over several lines, in bytes.
const LONGEST_VALUE: usize = 4096;

fn sniff(head: &Head<'_>) -> u8 {
    let mut best = 0u8;
    for line in head.lines().take(400) {
        let sure = Line::parse(line).map_or(0, |l| match l.name {
            _ if l.recorded => 95,
            Name::Number(_) => 93,
            Name::Word { mib, word, .. } => match (mib, object::by_name(mib, word).is_some()) {
                (Some(_), true) => 93,
                (Some(mib), false) if l.typed && mib.ends_with("-MIB") => 88,
                (None, true) => 88,
                _ => 0,
            },
        });
        best = best.max(sure);
        if best >= 93 {
            return best;
        }
    }
    if best == 0 && looks_like_json(head.text) {
        let mut known = 0usize;
        let mut numbers = 0usize;
        json::walk(head.text, |s| {
            numbers += usize::from(number(s.key).is_some_and(|n| n.1.len() > 4));
            numbers += usize::from(s.key.eq_ignore_ascii_case("oid") && number(s.value).is_some());
            known += usize::from(
                [
                    "sysObjectID",
                    "entPhysicalDescr",
                    "entPhysicalModelName",
                    "mtxrLTEModemIMEI",
                ]
                .contains(&s.key.split('.').next().unwrap_or_default()),
            );
        });
        if numbers >= 2 || known >= 1 {
            return 91;
        }
    }
    best
}

/// The model a Teltonika product code begins with: `RUTX1100XXXX` is `RUTX11`. `None` for other text.
pub fn teltonika_model(code: &str) -> Option<&str> {
    product::of_teltonika_code(code)
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// An object as a line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name<'a> {
    /// A number below `1.3.6.1.`; the prefix a tool abbreviated is in front.
    Number((&'static str, &'a str)),
    /// `TELTONIKA-MIB::mModel.1`, `sysDescr.0`.
    Word {
        mib: Option<&'a str>,
        word: &'a str,
        index: &'a str,
    },
}

/// One line of a walk.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    name: Name<'a>,
    value: &'a str,
    /// The line says the type of its value.
    typed: bool,
    /// A line of a recording: number, tag and value between bars.
    recorded: bool,
    hex: bool,
}

/// `1.3.6.1.4.1.9`, however written, as the part that the writer left out and the rest.
fn number(text: &str) -> Option<(&'static str, &str)> {
    let text = text.trim().trim_start_matches('.');
    let digits = |s: &str| {
        !s.is_empty()
            && s.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && s.starts_with(|c: char| c.is_ascii_digit())
    };
    for (written, whole) in [
        ("1.3.6.1.", "1.3.6.1."),
        ("iso.3.6.1.", "1.3.6.1."),
        ("SNMPv2-SMI::enterprises.", "1.3.6.1.4.1."),
        ("SNMPv2-SMI::mib-2.", "1.3.6.1.2.1."),
        ("enterprises.", "1.3.6.1.4.1."),
        ("mib-2.", "1.3.6.1.2.1."),
        ("iso.org.dod.internet.private.enterprises.", "1.3.6.1.4.1."),
        ("iso.org.dod.internet.mgmt.mib-2.", "1.3.6.1.2.1."),
    ] {
        if let Some(rest) = text.strip_prefix(written)
            && digits(rest)
        {
            return Some((whole, rest));
        }
    }
    None
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim_start();
        // A MIB browser: `Name/OID: .1.3.6.1.2.1.1.5.0; Value (OctetString): gw-17`.
        if let Some(rest) = line.strip_prefix("Name/OID:") {
            let (oid, rest) = rest.split_once(';')?;
            let (_, value) = rest.split_once("):")?;
            return Some(Self {
                name: Self::name(oid.trim())?,
                value: value.trim(),
                typed: true,
                recorded: false,
                hex: false,
            });
        }
        if let Some((oid, rest)) = line.split_once('|')
            && let Some(n) = number(oid)
            && let Some((tag, value)) = rest.split_once('|')
            && (1..=4).contains(&tag.len())
            && tag.starts_with(|c: char| c.is_ascii_digit())
        {
            return Some(Self {
                name: Name::Number(n),
                value,
                typed: true,
                recorded: true,
                hex: tag.ends_with('x'),
            });
        }
        let (name, value) = match line.split_once(" = ") {
            Some(both) => both,
            None => (line.trim_end().strip_suffix(" =")?, ""),
        };
        let name = Self::name(name.trim())?;
        let mut value = value.trim();
        if let Some(rest) = value.strip_prefix("Wrong Type (should be ") {
            value = rest.split_once("): ").map_or("", |(_, v)| v);
        }
        let mut typed = value == "\"\"";
        let mut hex = false;
        for kind in [
            "STRING",
            "Hex-STRING",
            "OID",
            "INTEGER",
            "Gauge32",
            "Counter32",
            "Counter64",
            "Timeticks",
            "IpAddress",
            "Network Address",
            "BITS",
            "Opaque",
            "UInteger32",
            "Gauge",
            "Counter",
            "Hex",
        ] {
            if let Some(rest) = value.strip_prefix(kind).and_then(|r| r.strip_prefix(':')) {
                value = rest.trim();
                typed = true;
                hex = kind.starts_with("Hex");
                break;
            }
        }
        if value.starts_with("No Such ") || value.starts_with("No more variables") {
            value = "";
        }
        Some(Self {
            name,
            value,
            typed,
            recorded: false,
            hex,
        })
    }

    fn name(text: &'a str) -> Option<Name<'a>> {
        if text.is_empty() || text.len() > 200 || text.contains(char::is_whitespace) {
            return None;
        }
        if let Some(n) = number(text) {
            return Some(Name::Number(n));
        }
        let (mib, mut rest) = match text.split_once("::") {
            Some((mib, rest)) => {
                let shaped = mib.len() >= 3
                    && mib.starts_with(|c: char| c.is_ascii_uppercase())
                    && mib
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
                if !shaped {
                    return None;
                }
                (Some(mib), rest)
            }
            None => (None, text),
        };
        // The whole path in words ends in the object's own name.
        if let Some(path) = rest.trim_start_matches('.').strip_prefix("iso.org.") {
            let words = path
                .char_indices()
                .filter(|(at, c)| {
                    *c == '.'
                        && path
                            .get(at + 1..)
                            .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphabetic()))
                })
                .map(|(at, _)| at + 1)
                .next_back()?;
            rest = path.get(words..)?;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let word = rest.get(..end)?;
        let index = rest
            .get(end..)?
            .trim_matches(|c: char| matches!(c, '.' | '[' | ']' | '"' | '\''));
        let shaped = (2..=64).contains(&word.len())
            && word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        (shaped && (mib.is_some() || end < rest.len())).then_some(Name::Word { mib, word, index })
    }
}

/// A value as the agent meant it: without quotes, hexadecimal text decoded where it is text.
fn plain(value: &str, hex: bool) -> String {
    let value = value.trim();
    if hex {
        let digits: Vec<u8> = value
            .bytes()
            .filter(u8::is_ascii_hexdigit)
            .filter_map(|b| {
                char::from(b)
                    .to_digit(16)
                    .and_then(|d| u8::try_from(d).ok())
            })
            .collect();
        let bytes: Vec<u8> = digits
            .chunks_exact(2)
            .map(|p| p.iter().fold(0u8, |n, d| (n << 4) | d))
            .take_while(|b| *b != 0)
            .collect();
        let readable = !bytes.is_empty()
            && bytes
                .iter()
                .all(|b| b.is_ascii_graphic() || matches!(b, b' ' | b'\r' | b'\n'));
        return if readable {
            String::from_utf8_lossy(&bytes).trim().to_owned()
        } else {
            value.to_owned()
        };
    }
    let value = value
        .strip_prefix('"')
        .map_or(value, |v| v.strip_suffix('"').unwrap_or(v));
    value.replace("\\\"", "\"").trim().to_owned()
}

/// A value with the line it stands in.
#[derive(Clone, Debug)]
struct Said {
    says: Says,
    value: String,
    place: Place,
}

/// What one agent said.
#[derive(Default)]
struct Device {
    system: BTreeMap<&'static str, Said>,
    router: Vec<Said>,
    statics: BTreeMap<u8, Said>,
    rows: BTreeMap<(Group, String), Vec<Said>>,
    interfaces: Vec<Said>,
    full: Option<Place>,
}

impl Device {
    fn is_empty(&self) -> bool {
        self.system.is_empty()
            && self.router.is_empty()
            && self.statics.is_empty()
            && self.rows.is_empty()
            && self.interfaces.is_empty()
    }

    /// True if this value of `system` is another one than was stated: another device's.
    fn contradicts(&self, object: &Object, value: &str) -> bool {
        object.group == Group::System
            && self
                .system
                .get(object.name)
                .is_some_and(|said| said.value != value)
    }

    fn say(&mut self, object: &'static Object, index: &str, value: String, place: Place) {
        let said = Said {
            says: object.says,
            value,
            place,
        };
        match (object.group, object.says) {
            (Group::System, _) => {
                self.system.entry(object.name).or_insert(said);
            }
            (Group::TeltonikaStatic, Says::Static(n)) => {
                self.statics.entry(n).or_insert(said);
            }
            (Group::Router, _) => {
                if self.router.len() < 64 {
                    self.router.push(said);
                }
            }
            (Group::Interface, _) => {
                if self.interfaces.len() < 64
                    && is_cellular_interface(&said.value)
                    && self.interfaces.iter().all(|i| i.value != said.value)
                {
                    self.interfaces.push(said);
                }
            }
            (group, _) => {
                let key = (group, index.to_owned());
                if self.rows.len() >= MOST_ROWS && !self.rows.contains_key(&key) {
                    self.full.get_or_insert(said.place);
                    return;
                }
                let row = self.rows.entry(key).or_default();
                if row.len() < 64 {
                    row.push(said);
                }
            }
        }
    }

    fn system(&self, name: &str) -> Option<&Said> {
        self.system.get(name)
    }
}

/// `Cellular0/2/0`, `Cellular 1`, `wwan0`, `rmnet_data0`, `lte1`: names that only interfaces of
/// cellular modems have.
fn is_cellular_interface(name: &str) -> bool {
    let name = name.trim();
    let numbered = |prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|p| p.eq_ignore_ascii_case(prefix))
            && name.get(prefix.len()..).is_some_and(|rest| {
                let rest = rest.trim_start();
                !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'/')
            })
    };
    [
        "cellular",
        "wwan",
        "rmnet_data",
        "rmnet_mhi",
        "lte",
        "qmimux",
    ]
    .iter()
    .any(|p| numbered(p))
}

struct Walk {
    device: Device,
    units: u64,
    /// A value in quotes whose end has not come.
    open: Option<(&'static Object, String, String, Place)>,
    /// Host the command asked, by which the next command's answers are told apart.
    asked: Option<String>,
}

impl Walk {
    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        if let Some((object, index, mut value, at)) = self.open.take() {
            let next = Line::parse(line).is_some();
            if !next {
                if value.len() < LONGEST_VALUE {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                if line.trim_end().ends_with('"') {
                    let value = plain(&value, false);
                    return self.told(object, &index, &value, at, sink);
                }
                self.open = Some((object, index, value, at));
                return Ok(());
            }
            let value = plain(&value, false);
            self.told(object, &index, &value, at, sink)?;
        }
        let Some(parsed) = Line::parse(line) else {
            if let Some(host) = asked_host(line) {
                if self.asked.as_deref().is_some_and(|a| a != host) {
                    self.flush(sink)?;
                }
                self.asked = Some(host.to_owned());
            }
            return Ok(());
        };
        let whole;
        let (object, index) = match parsed.name {
            Name::Number((prefix, rest)) => {
                whole = format!("{prefix}{rest}");
                match object::by_number(&whole) {
                    Some(found) => found,
                    None => return Ok(()),
                }
            }
            Name::Word { mib, word, index } => match object::by_name(mib, word) {
                Some(object) => (object, index),
                None => return Ok(()),
            },
        };
        let opened = parsed.value.starts_with('"')
            && (parsed.value.len() == 1
                || !parsed.value.ends_with('"')
                || parsed.value.ends_with("\\\""));
        if opened && !parsed.recorded {
            self.open = Some((object, index.to_owned(), parsed.value.to_owned(), place));
            return Ok(());
        }
        let value = plain(parsed.value, parsed.hex);
        self.told(object, index, &value, place, sink)
    }

    fn told(
        &mut self,
        object: &'static Object,
        index: &str,
        value: &str,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let Some(value) = stated(value).map(str::to_owned) else {
            return Ok(());
        };
        if value.starts_with("<private>") {
            return Ok(());
        }
        if self.device.contradicts(object, &value) {
            self.flush(sink)?;
        }
        self.device.say(object, index, value, place);
        Ok(())
    }

    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let device = std::mem::take(&mut self.device);
        if device.is_empty() {
            return Ok(());
        }
        let mut router = Modem::new(Stance::Observed);
        let mut modems: Vec<Modem> = Vec::new();
        let mut serials: Vec<String> = Vec::new();
        let chassis = entities(&device, &mut router, &mut modems, &mut serials);
        products(&device, &mut router, &mut serials, chassis.as_ref());
        if let Some(place) = teltonika(&device, &mut router, &mut modems, &mut serials) {
            sink.problem(Problem::note(
                "snmp-mib-undecided",
                place,
                "Teltonika's two MIBs use these numbers for different things and nothing here says \
                 which MIB it is; they were not read",
            ));
        }
        tables(&device, &mut modems);
        if modems.iter().all(Modem::is_empty) && !device.interfaces.is_empty() {
            let mut modem = Modem::new(Stance::Observed);
            for said in &device.interfaces {
                modem.say(Clue::CellularInterface, &said.value, &said.place);
            }
            modems.push(modem);
        }
        let host = device
            .system("sysName")
            .map(|s| s.value.as_str())
            .filter(|h| modem::names_a_machine(h) && !h.contains(char::is_whitespace));
        // The order code in the description says that a modem is built in; where one answers, it speaks
        // for itself.
        let built_in = device
            .system("sysDescr")
            .filter(|_| !router.is_empty() && modems.iter().all(Modem::is_empty))
            .and_then(|said| Some((product::built_in(&said.value)?, said.place.clone())))
            .map(|(value, place)| {
                Observation::new(
                    self.units,
                    Stance::Declared,
                    Clue::DeclaredModule,
                    value,
                    place,
                )
            });
        for thing in std::iter::once(&mut router).chain(&mut modems) {
            if let Some(host) = host {
                thing.key(KeyKind::Host, host);
            }
            for serial in &serials {
                thing.key(KeyKind::Serial, serial);
            }
            thing.finish(&mut self.units, sink)?;
        }
        if let Some(built_in) = built_in {
            sink.observe(built_in)?;
        }
        if let Some(place) = device.full {
            sink.problem(Problem::lost(
                "snmp-rows-exceeded",
                place,
                format!("more than {MOST_ROWS} table rows of one device; the rest was not read"),
            ));
        }
        Ok(())
    }
}

/// The host a typed `snmpwalk` asked.
fn asked_host(line: &str) -> Option<&str> {
    let at = ["snmpwalk ", "snmpbulkwalk ", "snmpget "]
        .iter()
        .find_map(|c| line.find(c).map(|at| at + c.len()))?;
    let mut words = line.get(at..)?.split_whitespace();
    while let Some(word) = words.next() {
        if let Some(option) = word.strip_prefix('-') {
            // Options with their value in the next word.
            if matches!(
                option,
                "v" | "c"
                    | "t"
                    | "r"
                    | "u"
                    | "l"
                    | "a"
                    | "A"
                    | "x"
                    | "X"
                    | "m"
                    | "M"
                    | "n"
                    | "e"
                    | "E"
                    | "O"
                    | "C"
            ) {
                words.next();
            }
            continue;
        }
        return Some(word);
    }
    None
}

/// What `system` and the router's own MIB say of the product.
fn products(
    device: &Device,
    router: &mut Modem,
    serials: &mut Vec<String>,
    chassis: Option<&(String, Place)>,
) {
    let id = device.system("sysObjectID").and_then(|said| {
        let whole = number(&said.value).map(|(prefix, rest)| format!("{prefix}{rest}"))?;
        Some((product::of_object_id(&whole)?, said))
    });
    let description = device
        .system("sysDescr")
        .and_then(|said| Some((product::of_description(&said.value)?, said)));
    let named: Vec<&Said> = device
        .router
        .iter()
        .filter(|s| s.says == Says::RouterModel)
        .collect();
    let maker = id
        .as_ref()
        .or(description.as_ref())
        .map(|(p, said)| (p.maker, &said.place));
    let mut model = false;
    for (name, place) in named
        .iter()
        .map(|s| (s.value.as_str(), &s.place))
        .chain(chassis.iter().map(|(n, p)| (n.as_str(), p)))
        .chain(
            id.iter()
                .chain(&description)
                .filter_map(|(p, said)| Some((p.model.as_deref()?, &said.place))),
        )
    {
        // The first name is the most exact one; others repeat it in other words.
        if !model {
            if let Some((maker, at)) = maker {
                router.say(Clue::ProductMaker, maker, at);
            }
            router.say(Clue::ProductModel, name, place);
            model = true;
        }
    }
    if !model && let Some((maker, at)) = maker {
        router.say(Clue::ProductMaker, maker, at);
    }
    for said in &device.router {
        match said.says {
            Says::RouterSerial => serials.push(said.value.clone()),
            Says::OrderCode => router.say(Clue::OrderCode, &said.value, &said.place),
            _ => {}
        }
    }
}

/// Teltonika's `static` group. Returns where it stands if its MIB cannot be told.
fn teltonika(
    device: &Device,
    router: &mut Modem,
    modems: &mut Vec<Modem>,
    serials: &mut Vec<String>,
) -> Option<Place> {
    let first = device.statics.values().next()?;
    let get = |n: u8| device.statics.get(&n);
    let table = device.rows.keys().any(|(g, _)| *g == Group::Teltonika);
    let older = get(1).is_some_and(|s| {
        imei_digits(&s.value).is_some_and(|d| d.len() == 15 && luhn(d.as_bytes()))
    }) || get(7)
        .is_some_and(|s| s.value.starts_with(|c: char| c.is_ascii_alphabetic()));
    let newer = table
        || get(6).is_some_and(|s| s.value.contains("_R_"))
        || get(3).is_some_and(|s| product::of_teltonika_code(&s.value).is_some());
    if older == newer {
        return Some(first.place.clone());
    }
    let maker = "Teltonika";
    if newer {
        let code = get(3);
        let model = get(2)
            .filter(|s| product::of_teltonika_code(&format!("{:0<12}", s.value)).is_some())
            .map(|s| (s.value.clone(), &s.place))
            .or_else(|| {
                let code = code?;
                Some((
                    product::of_teltonika_code(&code.value)?.to_owned(),
                    &code.place,
                ))
            });
        if let Some((model, place)) = model {
            router.say(Clue::ProductMaker, maker, place);
            router.say(Clue::ProductModel, &model, place);
        }
        if let Some(code) = code {
            router.say(Clue::OrderCode, &code.value, &code.place);
        }
        if let Some(batch) = get(4) {
            router.say(Clue::Batch, &batch.value, &batch.place);
        }
        if let Some(serial) = get(1) {
            serials.push(serial.value.clone());
        }
        return None;
    }
    let mut modem = Modem::new(Stance::Observed);
    for (n, clue) in [
        (2, Clue::ModemModel),
        (3, Clue::ModemManufacturer),
        (4, Clue::ModemRevision),
    ] {
        if let Some(said) = get(n) {
            modem.say(clue, &said.value, &said.place);
        }
    }
    if let Some(said) = get(1) {
        modem.imei(&said.value, &said.place);
    }
    modems.push(modem);
    if let Some(said) = get(7) {
        router.say(Clue::ProductMaker, maker, &said.place);
        router.say(Clue::ProductModel, &said.value, &said.place);
    }
    if let Some(said) = get(8) {
        router.say(Clue::OrderCode, &said.value, &said.place);
    }
    if let Some(said) = get(9) {
        router.say(Clue::Batch, &said.value, &said.place);
    }
    if let Some(said) = get(5) {
        serials.push(said.value.clone());
    }
    None
}

/// The modem tables of routers: a row is a modem.
fn tables(device: &Device, modems: &mut Vec<Modem>) {
    for ((group, _), row) in &device.rows {
        if *group == Group::Entity {
            continue;
        }
        if row
            .iter()
            .any(|s| s.says == Says::Detected && matches!(s.value.as_str(), "0" | "2" | "false"))
        {
            continue;
        }
        let mut modem = Modem::new(Stance::Observed);
        for said in row {
            modem_value(&mut modem, said);
        }
        modems.push(modem);
    }
}

fn modem_value(modem: &mut Modem, said: &Said) {
    let (value, place) = (said.value.as_str(), &said.place);
    match said.says {
        Says::Maker => modem.say(Clue::ModemManufacturer, value, place),
        Says::Model => modem.say(Clue::ModemModel, value, place),
        Says::Named => modem.say(Clue::ModemName, value, place),
        Says::Revision => modem.say(Clue::ModemRevision, value, place),
        Says::Hardware => modem.say(Clue::HardwareRevision, value, place),
        Says::Imei => {
            modem.imei(value, place);
        }
        Says::Iccid => modem.iccid(value, place),
        Says::Serial if imei_digits(value).is_none_or(|d| d.len() != 15) => {
            modem.key(KeyKind::ModuleSerial, value);
        }
        // Levels and states that stand for "nothing there".
        Says::Service if !matches!(value, "0" | "-9999" | "-9999.0" | "8" | "empty(8)") => {
            modem.say(Clue::CellularInterface, "modem reported", place);
        }
        _ => {}
    }
}

/// Parts of ENTITY-MIB: the modems among them, cards with a modem, and the chassis. Returns the name
/// of the chassis.
fn entities(
    device: &Device,
    router: &mut Modem,
    modems: &mut Vec<Modem>,
    serials: &mut Vec<String>,
) -> Option<(String, Place)> {
    let mut chassis = None;
    let brand = device
        .rows
        .iter()
        .filter(|((g, _), row)| *g == Group::Entity && is_chassis(row))
        .find_map(|(_, row)| row.iter().find(|s| s.says == Says::PartMaker))
        .map(|s| s.value.to_ascii_lowercase());
    for ((group, _), row) in &device.rows {
        if *group != Group::Entity {
            continue;
        }
        let get = |says: Says| row.iter().find(|s| s.says == says);
        let words: String = [Says::PartName, Says::PartDescription, Says::PartModel]
            .iter()
            .filter_map(|s| get(*s))
            .map(|s| s.value.to_ascii_lowercase() + " ")
            .collect();
        let cellular = speaks_of_cellular(&words);
        let answers = row.iter().any(|s| {
            matches!(
                s.says,
                Says::Imei | Says::Iccid | Says::Service | Says::Serial
            )
        });
        let is_modem = answers
            || words.contains("modem")
                && (cellular || words.contains("sierra") || words.contains("telit"))
                && !words.contains("module");
        if is_modem {
            let mut modem = Modem::new(Stance::Observed);
            if let Some(said) = get(Says::PartDescription) {
                modem.say(Clue::ModemName, &said.value, &said.place);
            }
            if let Some(said) = get(Says::PartName) {
                modem.say(Clue::CellularInterface, &said.value, &said.place);
            }
            if let Some(said) = get(Says::PartModel) {
                modem.say(Clue::ModemModel, &said.value, &said.place);
            }
            // The chassis' maker stands on every part; the modem's own is another name.
            if let Some(said) = get(Says::PartMaker)
                && let maker = said.value.to_ascii_lowercase()
                && brand.as_deref() != Some(maker.as_str())
                && !maker.contains("cisco")
            {
                modem.say(Clue::ModemManufacturer, &said.value, &said.place);
            }
            for says in [Says::PartFirmware, Says::PartSoftware] {
                if let Some(said) = get(says) {
                    modem.say(Clue::ModemRevision, &said.value, &said.place);
                }
            }
            if let Some(said) = get(Says::PartHardware) {
                modem.say(Clue::HardwareRevision, &said.value, &said.place);
            }
            if let Some(said) = get(Says::PartSerial)
                && !(imei_digits(&said.value).is_some_and(|d| d.len() == 15)
                    && modem.imei(&said.value, &said.place))
            {
                modem.key(KeyKind::ModuleSerial, &said.value);
            }
            for said in row {
                modem_value(&mut modem, said);
            }
            modems.push(modem);
        } else if is_chassis(row) {
            if let Some(said) = get(Says::PartModel) {
                chassis.get_or_insert_with(|| (said.value.clone(), said.place.clone()));
                if let Some(maker) = get(Says::PartMaker) {
                    router.say(Clue::ProductMaker, &maker.value, &maker.place);
                }
            }
            if let Some(said) = get(Says::PartHardware) {
                router.say(Clue::Batch, &said.value, &said.place);
            }
            if let Some(said) = get(Says::PartSerial) {
                serials.push(said.value.clone());
            }
        } else if cellular && let Some(model) = get(Says::PartModel) {
            // A card that holds a modem is a product with an order code of its own.
            let mut card = Modem::new(Stance::Observed);
            if let Some(maker) = get(Says::PartMaker) {
                card.say(Clue::ProductMaker, &maker.value, &maker.place);
            }
            card.say(Clue::ProductModel, &model.value, &model.place);
            card.say(Clue::OrderCode, &model.value, &model.place);
            modems.push(card);
        }
    }
    chassis
}

/// Words of a part's name and description that stand for a cellular part. Whole words only: `filter`
/// holds `lte`, and `4GE` is four gigabit ports.
fn speaks_of_cellular(words: &str) -> bool {
    words.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| {
        matches!(
            w,
            "cellular" | "wwan" | "umts" | "hspa" | "3g" | "4g" | "5g"
        ) || w.starts_with("lte")
            || w.contains("plte")
    })
}

fn is_chassis(row: &[Said]) -> bool {
    row.iter().any(|s| {
        s.says == Says::PartClass
            && (s.value == "3" || s.value == "chassis" || s.value.starts_with("chassis("))
    })
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut walk = Walk {
        device: Device::default(),
        units: 0,
        open: None,
        asked: None,
    };
    let json = source
        .stream()
        .fill_buf()?
        .iter()
        .find(|b| !b.is_ascii_whitespace())
        .is_some_and(|b| matches!(b, b'{' | b'['));
    if json {
        return read_json(source, &mut walk, sink);
    }
    text::lines(source, sink, |number, line, sink| {
        walk.line(number, line, sink)
    })?;
    if let Some((object, index, value, at)) = walk.open.take() {
        let value = plain(&value, false);
        walk.told(object, &index, &value, at, sink)?;
    }
    walk.flush(sink)
}

/// JSON of a monitoring system: an object whose keys are numbers or names, rows with the names of the
/// columns, or pairs of `oid` and `value`.
fn read_json(
    source: &mut Source<'_>,
    walk: &mut Walk,
    sink: &mut dyn Sink,
) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let Some(text) = text::decode(&bytes) else {
        return Err(ReadError::Malformed {
            format: "snmp-walk",
            message: "it is not text".to_owned(),
        });
    };
    let mut failed = None;
    let mut pair: Option<(u64, String)> = None;
    let end = json::walk(&text, |s| {
        if failed.is_some() {
            return;
        }
        let place = Place::Line(s.line);
        let mut name = s.key.to_owned();
        if s.key.eq_ignore_ascii_case("oid")
            || s.key.eq_ignore_ascii_case("name") && number(s.value).is_some()
        {
            pair = Some((s.object, s.value.to_owned()));
            return;
        }
        if s.key.eq_ignore_ascii_case("value")
            && let Some((object, oid)) = &pair
            && *object == s.object
        {
            name.clone_from(oid);
        }
        let row = s.object.to_string();
        let found = match number(&name) {
            Some((prefix, rest)) => {
                let whole = format!("{prefix}{rest}");
                object::by_number(&whole).map(|(o, index)| (o, index.to_owned()))
            }
            None => match Line::name(&name) {
                Some(Name::Word { mib, word, index }) => {
                    object::by_name(mib, word).map(|o| (o, index.to_owned()))
                }
                // A row has the bare names of its columns.
                _ => object::by_name(None, &name).map(|o| (o, row)),
            },
        };
        if let Some((object, index)) = found {
            let value = plain(s.value, false);
            if let Err(e) = walk.told(object, &index, &value, place, sink) {
                failed = Some(e);
            }
        }
    });
    if let Some(e) = failed {
        return Err(e);
    }
    walk.flush(sink)?;
    if let json::End::Cut(line) = end {
        sink.problem(Problem::lost(
            "json-cut",
            Place::Line(line),
            "the JSON ends before it is complete; what was before is read",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_every_output_form() {
        for (line, expected) in [
            (
                ".1.3.6.1.4.1.48690.2.2.1.4.1 = STRING: \"EG06\"",
                "1.3.6.1.4.1.48690.2.2.1.4.1=EG06",
            ),
            (
                "iso.3.6.1.4.1.48690.2.2.1.4.1 = STRING: \"EG06\"",
                "1.3.6.1.4.1.48690.2.2.1.4.1=EG06",
            ),
            (
                "SNMPv2-SMI::enterprises.48690.2.2.1.4.1 = STRING: \"EG06\"",
                "1.3.6.1.4.1.48690.2.2.1.4.1=EG06",
            ),
            ("1.3.6.1.2.1.1.5.0|4|gw-17", "1.3.6.1.2.1.1.5.0=gw-17"),
            ("1.3.6.1.2.1.1.5.0|4x|67772d3137", "1.3.6.1.2.1.1.5.0=gw-17"),
            ("TELTONIKA-MIB::mModel.1 = STRING: EG06", "mModel/1=EG06"),
            ("sysName.0 = gw-17", "sysName/0=gw-17"),
            (
                ".iso.org.dod.internet.mgmt.mib-2.system.sysName.0 = STRING: gw-17",
                "sysName/0=gw-17",
            ),
            ("mtxrLTEModemIMEI[3] = STRING: 35", "mtxrLTEModemIMEI/3=35"),
            (
                "Name/OID: .1.3.6.1.2.1.1.5.0; Value (OctetString): gw-17",
                "1.3.6.1.2.1.1.5.0=gw-17",
            ),
        ] {
            let parsed = Line::parse(line).unwrap();
            let name = match parsed.name {
                Name::Number((prefix, rest)) => format!("{prefix}{rest}"),
                Name::Word { word, index, .. } => format!("{word}/{index}"),
            };
            let value = plain(parsed.value, parsed.hex);
            assert_eq!(format!("{name}={value}"), expected, "{line}");
        }
    }

    #[test]
    fn other_assignments_are_no_objects() {
        for line in [
            "FOO = bar",
            "x.y = 3",
            "Modem Firmware Version = 1",
            "config system.board = 1",
            "a = b",
        ] {
            assert!(
                Line::parse(line).is_none_or(|l| !matches!(l.name, Name::Number(_))
                    && !matches!(l.name, Name::Word { mib, word, .. } if object::by_name(mib, word).is_some())),
                "{line}"
            );
        }
    }

    #[test]
    fn words_of_parts() {
        assert!(speaks_of_cellular("nim subslot 0/2 nim-ltea-ea"));
        assert!(speaks_of_cellular("c1111-8plteea"));
        assert!(!speaks_of_cellular("air filter"));
        assert!(!speaks_of_cellular("isr1100-4ge 4ge wan"));
    }

    #[test]
    fn interface_names() {
        for name in [
            "Cellular0/2/0",
            "Cellular 1",
            "wwan0",
            "lte1",
            "rmnet_data0",
        ] {
            assert!(is_cellular_interface(name), "{name}");
        }
        for name in [
            "lo",
            "wlan0",
            "Cellular",
            "rmnet_ipa0x",
            "eth0",
            "usb0",
            "ltecfg",
        ] {
            assert!(!is_cellular_interface(name), "{name}");
        }
    }

    #[test]
    fn the_host_asked() {
        assert_eq!(
            asked_host("$ snmpwalk -v2c -c public -On 192.0.2.7 .1"),
            Some("192.0.2.7")
        );
        assert_eq!(
            asked_host("snmpget -v 2c -c x gw-17 sysDescr.0"),
            Some("gw-17")
        );
    }
}
