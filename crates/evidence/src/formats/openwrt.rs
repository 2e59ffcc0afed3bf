//! OpenWrt and its descendants (RutOS, GL.iNet): status JSON of ubus and of the web interface, board
//! files, `uci` configuration, and what `gsmctl`, `mnf_info`, `uqmi` and `umbim` print at a prompt.
//!
//! A modem that answers is observed; a board file declares what the device was built with; a
//! configuration is software that could drive a modem, whatever sits in the slot today.

use std::collections::BTreeMap;

use crate::identity::mac;
use crate::json::{self, Scalar};
use crate::modem::{self, Modem, imei_digits, stated};
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "openwrt",
    title: "OpenWrt and RutOS: ubus and REST status, board.json, uci configuration, gsmctl, uqmi, umbim",
    made_by: "ubus call network.interface dump; GET /api/modems/status; /etc/board.json; uci show; gsmctl -y; umbim caps",
    proves: &[Stance::Observed, Stance::Declared, Stance::Supported],
    enumerates: &[],
    sniff,
    read,
};

/// Most modems, interfaces and sections kept of one source.
const MOST: usize = 1024;

/// Protocols of `netifd` that dial a cellular modem.
const CELLULAR_PROTOCOLS: &[&str] = &[
    "qmi",
    "mbim",
    "ncm",
    "3g",
    "modemmanager",
    "wwan",
    "directip",
    "qmap",
    "quectel",
    "fibocom",
    "simcom",
    "xmm",
    "mobile",
    "connm",
    "atc",
];

fn is_cellular(protocol: &str) -> bool {
    CELLULAR_PROTOCOLS.contains(&protocol)
}

fn sniff(head: &Head<'_>) -> u8 {
    let mut best = 0u8;
    // Beside a modem's own answers a question to the connection manager is the lesser part.
    let answered = ["Manufacturer:", "Revision:"]
        .iter()
        .all(|label| head.text.contains(label));
    for line in head.lines().take(2000) {
        let text = line.trim();
        if let Some((_, typed)) = modem::prompt(line) {
            let program = program(typed);
            // What `gsmctl -A` sends is a dialogue with the modem, which has a reader of its own.
            if matches!(program, "gsmctl" | "mnf_info") && asked(typed) != Asked::Nothing
                || matches!(program, "umbim" | "uqmi") && !answered
                || typed.starts_with("ubus call gsm")
                || typed.starts_with("ubus call network.interface")
                || typed.starts_with("ubus call system board")
            {
                best = best.max(89);
            }
        }
        if let Some((path, value)) = shown(text) {
            let of_modem = path.starts_with("qmodem.")
                || path.starts_with("simcard.")
                || path.starts_with("defmodems.")
                || path.starts_with("network.")
                    && path.rsplit('.').next() == Some("proto")
                    && is_cellular(value);
            // Other lines of this shape may be a program's.
            best = best.max(if of_modem { 86 } else { 0 });
        }
        if let Some(("option", "proto", value)) = exported(text)
            && is_cellular(value)
        {
            best = best.max(84);
        }
        if text.starts_with("config ") && head.text.contains("option modem '") {
            best = best.max(80);
        }
        if text.starts_with("firmwareinfo:") || text.starts_with("hardwareinfo:") {
            best = best.max(88);
        }
    }
    if head.text.contains('{') && head.text.contains('"') && best < 90 {
        let mut seen = Signs::default();
        json::walk(head.text, |s| seen.scalar(s));
        best = best.max(seen.sure());
    }
    best
}

/// What in JSON speaks of this family of systems.
#[derive(Default)]
struct Signs {
    maker_data: bool,
    hardware: bool,
    row: [bool; 3],
    interface: [bool; 2],
    board: [bool; 2],
    registration: [bool; 2],
    listed: [bool; 3],
}

impl Signs {
    fn scalar(&mut self, s: &Scalar<'_>) {
        self.maker_data |= s.path.iter().any(|p| p == "mnfinfo" || p == "mdm_stats");
        self.hardware |= s.path.last().is_some_and(|p| p == "hwinfo") && s.key == "mobile";
        if s.key == "model" && is_teltonika(s.value) {
            self.listed = [self.listed[0], self.listed[1], true];
        }
        match s.key {
            "conntype" | "simstate" | "usb_id" => self.row = [true, self.row[1], self.row[2]],
            "imei" => self.row = [self.row[0], true, self.row[2]],
            "model" => self.row = [self.row[0], self.row[1], true],
            "l3_device" => self.interface = [true, self.interface[1]],
            "proto" => self.interface = [self.interface[0], true],
            "board_name" => self.board = [true, self.board[1]],
            "distribution" | "kernel" => self.board = [self.board[0], true],
            "registration" => self.registration = [true, self.registration[1]],
            "serial" => self.listed = [true, self.listed[1], self.listed[2]],
            "mac" => self.listed = [self.listed[0], true, self.listed[2]],
            "plmn_mcc" => self.registration = [self.registration[0], true],
            "id" if s.path.len() == 1 && s.path.first().is_some_and(|p| p == "model") => {
                self.board = [true, self.board[1]];
            }
            "device" | "protocol" if s.path.first().is_some_and(|p| p == "network") => {
                self.board = [self.board[0], true];
            }
            _ => {}
        }
    }

    fn sure(&self) -> u8 {
        let all = |signs: &[bool]| signs.iter().all(|b| *b);
        if self.maker_data || self.hardware {
            92
        } else if all(&self.row[..2]) && self.row[2] || all(&self.interface) || all(&self.board) {
            91
        } else if all(&self.listed) {
            89
        } else if all(&self.registration) {
            88
        } else if all(&self.row[..2]) {
            85
        } else {
            0
        }
    }
}

/// A model of Teltonika's router series by itself: `RUT955`, `RUTX11`, `TRB140`.
fn is_teltonika(model: &str) -> bool {
    model.len() == 6 && crate::formats::snmp::teltonika_model(&format!("{model}000000")).is_some()
}

/// The program of a command line, without `sudo` and folders.
fn program(typed: &str) -> &str {
    let first = typed
        .split_whitespace()
        .find(|w| *w != "sudo")
        .unwrap_or_default();
    first.rsplit('/').next().unwrap_or_default()
}

/// `network.wwan.proto='qmi'` of `uci show`.
fn shown(text: &str) -> Option<(&str, &str)> {
    let (path, value) = text.split_once('=')?;
    let shaped = path.matches('.').count() == 2
        && path.len() <= 96
        && !path.starts_with('.')
        && !path.contains("..")
        && path.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@' | b'[' | b']')
        });
    let quoted = value.strip_prefix('\'')?.strip_suffix('\'')?;
    shaped.then_some((path, quoted))
}

/// `option proto 'qmi'`, `config interface 'wwan'`, `package network` of an exported configuration.
fn exported(text: &str) -> Option<(&str, &str, &str)> {
    let mut words = text.split_whitespace();
    let kind = words
        .next()
        .filter(|k| matches!(*k, "option" | "list" | "config" | "package"))?;
    let name = words.next()?;
    let value = text
        .get(text.find(name)? + name.len()..)?
        .trim()
        .trim_matches(['\'', '"']);
    Some((kind, name, value))
}

/// What the next line at the prompt answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    Maker,
    Model,
    Revision,
    Imei,
    Iccid,
    ModuleSerial,
    Code,
    Batch,
    Serial,
    Status,
}

/// What an option of `gsmctl`, `mnf_info` or `uqmi` asks for.
fn asked(typed: &str) -> Asked {
    let program = program(typed);
    for word in typed.split_whitespace().skip(1) {
        let found = match (program, word) {
            ("gsmctl", "-w" | "--manuf") => Asked::Maker,
            ("gsmctl", "-m" | "--model") => Asked::Model,
            ("gsmctl", "-y" | "--revision" | "--revision_num") => Asked::Revision,
            ("gsmctl", "-i" | "--imei") | ("uqmi", "--get-imei") => Asked::Imei,
            ("gsmctl", "-J" | "--iccid") | ("uqmi", "--get-iccid") => Asked::Iccid,
            ("gsmctl", "-a" | "--serial") => Asked::ModuleSerial,
            ("mnf_info", "-n" | "--name") => Asked::Code,
            ("mnf_info", "-b" | "--batch") => Asked::Batch,
            ("mnf_info", "-s" | "--sn") => Asked::Serial,
            ("uqmi", "--get-data-status") => Asked::Status,
            _ => continue,
        };
        return found;
    }
    Asked::Nothing
}

/// A section of a configuration: its options.
#[derive(Debug, Default)]
struct Section {
    options: BTreeMap<String, (String, u64)>,
}

struct System {
    product: Modem,
    /// What the modem answers at the prompt.
    modem: Modem,
    modems: Vec<Modem>,
    sections: BTreeMap<(String, String), Section>,
    host: Option<String>,
    serial: Option<String>,
    full: Option<u64>,
}

impl System {
    fn line(&mut self, number: u64, line: &str, state: &mut Typed) {
        let place = Place::Line(number);
        if let Some((host, typed)) = modem::prompt(line) {
            if self.host.is_none() && modem::names_a_machine(host) {
                self.host = Some(host.to_owned());
            }
            state.asked = asked(typed);
            state.umbim = program(typed) == "umbim";
            if program(typed) == "gsmctl"
                && let Some(port) = option_value(typed, "-O")
            {
                self.modem.key(KeyKind::Port, &format!("usb:{port}"));
            }
            return;
        }
        let text = line.trim();
        if text.is_empty() {
            return;
        }
        let asked = std::mem::replace(&mut state.asked, Asked::Nothing);
        if asked != Asked::Nothing {
            self.answer(asked, text, &place);
            return;
        }
        for (label, clue) in [
            ("hardwareinfo:", Clue::ModemModel),
            ("firmwareinfo:", Clue::ModemRevision),
        ] {
            if let Some(value) = text.strip_prefix(label) {
                self.modem.say(clue, value, &place);
                state.umbim = true;
                return;
            }
        }
        if state.umbim
            && let Some(value) = text.strip_prefix("deviceid:")
        {
            self.modem.imei(value, &place);
            return;
        }
        if let Some((path, value)) = shown(text) {
            let mut parts = path.splitn(3, '.');
            if let (Some(file), Some(section), Some(option)) =
                (parts.next(), parts.next(), parts.next())
            {
                self.option(file, section, option, value, number);
            }
            return;
        }
        match exported(text) {
            Some(("package", name, _)) => name.clone_into(&mut state.package),
            Some(("config", kind, name)) => {
                state.kind.clear();
                state.kind.push_str(kind);
                state.section = if name.is_empty() {
                    format!("@{kind}[{number}]")
                } else {
                    name.to_owned()
                };
            }
            Some(("option", name, value)) if !state.section.is_empty() => {
                let file = if state.package.is_empty() || state.kind == "sim" {
                    state.kind.clone()
                } else {
                    state.package.clone()
                };
                let section = state.section.clone();
                self.option(&file, &section, name, value, number);
            }
            _ => {}
        }
    }

    fn option(&mut self, file: &str, section: &str, option: &str, value: &str, line: u64) {
        if !matches!(
            option,
            "proto"
                | "device"
                | "name"
                | "manufacturer"
                | "modem"
                | "path"
                | "at_port"
                | "platform"
                | "comm_port"
                | "hostname"
                | "alias"
                | "ifname"
        ) || value.len() > 256
        {
            return;
        }
        let key = (file.to_owned(), section.to_owned());
        if self.sections.len() >= MOST && !self.sections.contains_key(&key) {
            self.full.get_or_insert(line);
            return;
        }
        self.sections
            .entry(key)
            .or_default()
            .options
            .entry(option.to_owned())
            .or_insert_with(|| (value.to_owned(), line));
    }

    fn answer(&mut self, asked: Asked, text: &str, place: &Place) {
        let text = text.trim_matches('"');
        let known = !text.eq_ignore_ascii_case("n/a") && !text.contains("rror");
        if !known {
            return;
        }
        match asked {
            Asked::Nothing => {}
            Asked::Maker => self.modem.say(Clue::ModemManufacturer, text, place),
            Asked::Model => self.modem.say(Clue::ModemModel, text, place),
            Asked::Revision => self.modem.say(Clue::ModemRevision, text, place),
            Asked::Imei => {
                self.modem.imei(text, place);
            }
            Asked::Iccid => self.modem.iccid(text, place),
            Asked::ModuleSerial => self.modem.key(KeyKind::ModuleSerial, text),
            Asked::Code => self.code(text, place),
            Asked::Batch => self.product.say(Clue::Batch, text, place),
            Asked::Serial => {
                self.serial = stated(text).map(str::to_owned);
            }
            Asked::Status => {
                if text == "connected" {
                    self.modem.say(Clue::CellularInterface, "connected", place);
                }
            }
        }
    }

    /// A product code of the manufacturer's data: the model and the rest.
    fn code(&mut self, code: &str, place: &Place) {
        if let Some(model) = crate::formats::snmp::teltonika_model(code) {
            self.product.say(Clue::ProductMaker, "Teltonika", place);
            self.product.say(Clue::ProductModel, model, place);
            self.product.say(Clue::OrderCode, code, place);
        }
    }

    /// What a configuration would drive.
    fn configured(&mut self) {
        for ((file, _), section) in std::mem::take(&mut self.sections) {
            let get = |name: &str| {
                section
                    .options
                    .get(name)
                    .map(|(v, line)| (v.as_str(), Place::Line(*line)))
            };
            if file == "system"
                && self.host.is_none()
                && let Some((host, _)) = get("hostname")
                && modem::names_a_machine(host)
            {
                self.host = Some(host.to_owned());
            }
            let mut m = Modem::new(Stance::Supported);
            if let Some((protocol, place)) = get("proto")
                && is_cellular(protocol)
            {
                m.say(
                    Clue::CellularInterface,
                    &format!("protocol {protocol}"),
                    &place,
                );
                if let Some((device, _)) = get("device") {
                    m.port_path(device);
                }
            }
            if matches!(file.as_str(), "qmodem" | "modem-device" | "defmodems") {
                if let Some((maker, place)) = get("manufacturer") {
                    m.say(Clue::ModemManufacturer, maker, &place);
                }
                if let Some((name, place)) = get("name").or_else(|| get("modem")) {
                    m.say(Clue::ModemModel, name, &place);
                }
                for port in ["path", "at_port", "comm_port"] {
                    if let Some((port, _)) = get(port) {
                        m.port_path(port);
                    }
                }
            }
            if matches!(file.as_str(), "simcard" | "sim")
                && let Some((port, place)) = get("modem")
                && port.starts_with(|c: char| c.is_ascii_digit())
            {
                m.say(Clue::CellularInterface, "SIM settings", &place);
                m.key(KeyKind::Port, &format!("usb:{port}"));
            }
            if !m.is_empty() && self.modems.len() < MOST {
                self.modems.push(m);
            }
        }
    }

    /// One object of JSON, with the names around it.
    fn object(&mut self, object: &Object) {
        let get = |keys: &[&str]| object.get(keys);
        let has = |keys: &[&str]| object.has(keys);
        let last = object.path.last().map_or("", String::as_str);
        match last {
            "mnfinfo" => {
                if let Some((code, place)) = get(&["name", "product_code"]) {
                    self.code(code, &place);
                }
                if let Some((batch, place)) = get(&["batch"]) {
                    self.product.say(Clue::Batch, batch, &place);
                }
                if let Some((serial, _)) = get(&["serial"]) {
                    self.serial = Some(serial.to_owned());
                }
                if let Some((address, _)) = get(&["mac"])
                    && let Some(address) = mac(address)
                {
                    self.product.key(KeyKind::Mac, &address);
                }
                return;
            }
            "hwinfo" => {
                if let Some((value, place)) = get(&["mobile"])
                    && matches!(value, "true" | "1")
                {
                    let mut m = Modem::new(Stance::Declared);
                    m.say(Clue::CellularInterface, "built with a mobile modem", &place);
                    self.push(m);
                }
                return;
            }
            // `model` of /etc/board.json.
            "model" if has(&["id"]) => {
                if let Some((name, place)) = get(&["name"]) {
                    self.product.say(Clue::ProductModel, name, &place);
                }
                return;
            }
            _ => {}
        }
        if has(&["board_name"]) && has(&["model"]) || last == "static" {
            if let Some((name, _)) = get(&["hostname"])
                && self.host.is_none()
                && modem::names_a_machine(name)
            {
                self.host = Some(name.to_owned());
            }
            if let Some((model, place)) = get(&["model"]).or_else(|| get(&["device_name"])) {
                self.product.say(Clue::ProductModel, model, &place);
            }
            return;
        }
        if has(&["l3_device", "device"]) && has(&["proto"]) && has(&["up"]) {
            let (Some((protocol, place)), Some((up, _))) = (get(&["proto"]), get(&["up"])) else {
                return;
            };
            if is_cellular(protocol) {
                let up = up == "true";
                let mut m = Modem::new(if up {
                    Stance::Observed
                } else {
                    Stance::Supported
                });
                let name = get(&["l3_device"]).map_or(protocol, |(d, _)| d);
                m.say(Clue::CellularInterface, name, &place);
                self.push(m);
            }
            return;
        }
        if has(&["registration"]) && has(&["plmn_mcc"]) {
            if let Some((value, place)) = get(&["registration"])
                && matches!(value, "registered" | "roaming")
            {
                self.modem
                    .say(Clue::CellularInterface, "registered", &place);
            }
            return;
        }
        // A row of the list of a management system: the router and the number of its modem.
        if let (Some((serial, _)), Some((model, place)), true) =
            (get(&["serial"]), get(&["model"]), has(&["mac"]))
            && is_teltonika(model)
        {
            let mut m = Modem::new(Stance::Declared);
            m.say(Clue::ProductMaker, "Teltonika", &place);
            m.say(Clue::ProductModel, model, &place);
            m.key(KeyKind::Serial, serial);
            if let Some((name, place)) = get(&["name"]) {
                m.say(Clue::AssetName, name, &place);
            }
            if let Some((imei, place)) = get(&["imei"]) {
                m.imei(imei, &place);
            }
            if let Some((iccid, place)) = get(&["iccid"]) {
                m.iccid(iccid, &place);
            }
            if let Some((address, _)) = get(&["mac"])
                && let Some(address) = mac(address)
            {
                m.key(KeyKind::Mac, &address);
            }
            self.push(m);
            return;
        }
        self.modem_row(object);
    }

    /// A row of the modems: of the REST interface, of `ubus call gsm.modem0 info`, of a board file.
    fn modem_row(&mut self, object: &Object) {
        let get = |keys: &[&str]| object.get(keys);
        let has = |keys: &[&str]| object.has(keys);
        let of_modems = object.path.iter().any(|p| p == "modems");
        let row = has(&["simstate", "conntype", "usb_id", "sim_count", "builtin"])
            || object
                .path
                .iter()
                .any(|p| p == "cache" || p == "modem_info")
            || of_modems;
        let says = has(&[
            "model",
            "imei",
            "manufacturer",
            "manuf",
            "firmware",
            "revision",
        ]);
        let ids = has(&["vendor"]) && has(&["product"]);
        if !row || !(says || ids || has(&["offline", "builtin"])) {
            return;
        }
        let answers = says && get(&["imei", "model", "firmware", "version", "revision"]).is_some();
        let mut m = Modem::new(if answers {
            Stance::Observed
        } else {
            Stance::Declared
        });
        for (keys, clue) in [
            (&["manufacturer", "manuf"][..], Clue::ModemManufacturer),
            (&["model"][..], Clue::ModemModel),
            (
                &["version", "firmware", "revision", "firmware_version"][..],
                Clue::ModemRevision,
            ),
        ] {
            if let Some((value, place)) = get(keys) {
                m.say(clue, value, &place);
            }
        }
        if let Some((value, place)) = get(&["imei"]) {
            m.imei(value, &place);
        }
        if let Some((value, place)) = get(&["iccid"]) {
            m.iccid(value, &place);
        }
        if let (Some((vendor, place)), Some((product, _))) = (get(&["vendor"]), get(&["product"]))
            && let (Some(vendor), Some(product)) = (four_hex(vendor), four_hex(product))
        {
            m.say(Clue::UsbId, &format!("{vendor}:{product}"), &place);
        }
        if let Some((port, _)) = get(&["usb_id", "id"])
            && port.contains('-')
            && port
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        {
            m.key(KeyKind::Port, &format!("usb:{port}"));
        }
        if let Some((serial, _)) = get(&["serial"])
            && imei_digits(serial).is_none_or(|d| d.len() != 15)
        {
            m.key(KeyKind::ModuleSerial, serial);
        }
        if m.is_empty()
            && let Some((_, place)) = get(&["builtin", "offline"])
        {
            m.say(Clue::CellularInterface, "modem listed", &place);
        }
        self.push(m);
    }

    fn push(&mut self, m: Modem) {
        if !m.is_empty() && self.modems.len() < MOST {
            self.modems.push(m);
        }
    }
}

/// `2c7c`, `0x2c7c` as four digits.
fn four_hex(text: &str) -> Option<String> {
    let digits = text.trim().trim_start_matches("0x");
    (digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| digits.to_ascii_lowercase())
}

/// The word behind an option.
fn option_value<'a>(typed: &'a str, option: &str) -> Option<&'a str> {
    let mut words = typed.split_whitespace();
    words.find(|w| *w == option)?;
    words.next()
}

/// Where the lines stand: what was asked at the prompt, which section of a configuration is open.
struct Typed {
    asked: Asked,
    umbim: bool,
    package: String,
    kind: String,
    section: String,
}

/// Most objects of JSON kept.
const MOST_OBJECTS: usize = 16_384;

/// The innermost names around an object, short ones whole: none that is looked for is longer.
fn names(path: &[String]) -> Vec<String> {
    let from = path.len().saturating_sub(8);
    path.iter()
        .skip(from)
        .map(|name| name.chars().take(32).collect())
        .collect()
}

/// The scalars of one object.
struct Object {
    id: u64,
    path: Vec<String>,
    fields: Vec<(String, String, u64)>,
}

impl Object {
    /// The first field of one of these names, if it states something, and its line.
    fn get(&self, keys: &[&str]) -> Option<(&str, Place)> {
        self.fields
            .iter()
            .find(|(k, _, _)| keys.contains(&k.as_str()))
            .map(|(_, v, line)| (v.as_str(), Place::Line(*line)))
            .filter(|(v, _)| stated(v).is_some())
    }

    fn has(&self, keys: &[&str]) -> bool {
        self.fields
            .iter()
            .any(|(k, _, _)| keys.contains(&k.as_str()))
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let name = source
        .name
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let bytes = source.whole()?;
    let Some(text) = text::decode(&bytes) else {
        return Err(ReadError::Malformed {
            format: "openwrt",
            message: "it is not text".to_owned(),
        });
    };
    let mut system = System {
        product: Modem::new(Stance::Observed),
        modem: Modem::new(Stance::Observed),
        modems: Vec::new(),
        sections: BTreeMap::new(),
        host: None,
        serial: None,
        full: None,
    };
    let mut state = Typed {
        asked: Asked::Nothing,
        umbim: false,
        // A file of /etc/config bears the name of its package.
        package: if name.contains('.') {
            String::new()
        } else {
            name
        },
        kind: String::new(),
        section: String::new(),
    };
    for (number, line) in text.lines().enumerate() {
        let line = line
            .get(..line.len().min(source.limits.line))
            .unwrap_or_default();
        system.line(number as u64 + 1, line, &mut state);
    }
    let mut objects: Vec<Object> = Vec::new();
    let mut end = json::End::Closed;
    if text.contains('{') {
        let mut open: BTreeMap<u64, usize> = BTreeMap::new();
        let full = &mut system.full;
        end = json::walk(&text, |s| {
            // A row may close and go on behind an object inside it.
            let at = match open.get(&s.object) {
                Some(at) => *at,
                None if objects.len() >= MOST_OBJECTS => {
                    full.get_or_insert(s.line);
                    return;
                }
                None => {
                    objects.push(Object {
                        id: s.object,
                        path: names(s.path),
                        fields: Vec::new(),
                    });
                    open.insert(s.object, objects.len() - 1);
                    objects.len() - 1
                }
            };
            if let Some(object) = objects.get_mut(at)
                && object.fields.len() < 128
                && object.id != 0
            {
                object
                    .fields
                    .push((s.key.to_owned(), s.value.to_owned(), s.line));
            }
        });
    }
    for object in &objects {
        system.object(object);
    }
    system.configured();
    if let Some(line) = system.full {
        sink.problem(Problem::lost(
            "too-many-entries",
            Place::Line(line),
            "more sections or objects than are kept; the rest was not read",
        ));
    }
    let mut units = 0u64;
    let (host, serial) = (system.host.take(), system.serial.take());
    for thing in [&mut system.product, &mut system.modem]
        .into_iter()
        .chain(&mut system.modems)
    {
        if let Some(host) = &host {
            thing.key(KeyKind::Host, host);
        }
        if let Some(serial) = &serial {
            thing.key(KeyKind::Serial, serial);
        }
        thing.finish(&mut units, sink)?;
    }
    if let json::End::Cut(line) = end
        && text.trim_start().starts_with(['{', '['])
    {
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
    fn lines_of_configurations() {
        assert_eq!(
            shown("network.wwan.proto='qmi'"),
            Some(("network.wwan.proto", "qmi"))
        );
        assert_eq!(shown("set network.wwan.proto='qmi'"), None);
        assert_eq!(shown("network.wwan=interface"), None);
        assert_eq!(
            exported("\toption proto 'mbim'"),
            Some(("option", "proto", "mbim"))
        );
        assert_eq!(
            exported("config interface 'wwan'"),
            Some(("config", "interface", "wwan"))
        );
        assert_eq!(exported("configure terminal"), None);
    }

    #[test]
    fn options_at_the_prompt() {
        assert_eq!(asked("gsmctl -y"), Asked::Revision);
        assert_eq!(asked("gsmctl -A AT+CGMM"), Asked::Nothing);
        assert_eq!(asked("uqmi -d /dev/cdc-wdm0 --get-imei"), Asked::Imei);
        assert_eq!(asked("ls -y"), Asked::Nothing);
    }
}
