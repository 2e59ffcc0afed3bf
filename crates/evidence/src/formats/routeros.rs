//! RouterOS: the LTE interface and its modem, what the router calls itself, its USB devices, its log of
//! what it asks the modem, and exported configurations; from the console or the REST interface.

use crate::formats::at::dialogue::Dialogue;
use crate::json;
use crate::modem::{self, Modem, stated};
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "routeros",
    title: "RouterOS: LTE interface, router board and USB devices",
    made_by: "/interface lte monitor lte1 once; /system routerboard print; /export; GET /rest/interface/lte",
    proves: &[Stance::Observed, Stance::Implied, Stance::Supported],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let mut sure = 0u8;
    let mut lte = 0usize;
    if head.text.trim_start().starts_with(['{', '[']) && head.text.contains('"') {
        let mut known = 0usize;
        let mut id = false;
        let mut read = 0usize;
        json::walk(head.text, |s| {
            read += 1;
            id |= s.key == ".id" && s.value.starts_with('*');
            known += usize::from(
                OF_LTE.contains(&s.key)
                    || OF_BOARD.contains(&s.key)
                    || s.key == "apn-profiles"
                    || s.key == "default-name" && s.value.starts_with("lte")
                    || s.key == "device-id" && s.value.starts_with("0x"),
            );
        });
        if read > 0 && (known >= 2 || id && known >= 1) {
            return 92;
        }
    }
    for line in head.lines().take(2000) {
        let text = line.trim();
        let typed = prompt(line).map_or(text, |(_, typed)| typed);
        if attribute(text, "default-name").is_some_and(|n| n.starts_with("lte"))
            && (text.starts_with("name=") || text.contains(" name="))
        {
            sure = sure.max(86);
        }
        if log(text).is_some() {
            sure = sure.max(86);
        }
        if line.trim_start().starts_with('[')
            && prompt(line).is_some()
            && line.contains("] ")
            && (typed.starts_with('/')
                || typed.starts_with("interface")
                || line.contains("] >")
                || line.contains("] /"))
        {
            sure = sure.max(if typed.contains("lte") || typed.contains("system") {
                90
            } else {
                72
            });
        }
        let command = typed.replace('/', " ");
        if typed.starts_with('/')
            && (command.contains("interface lte") || command.contains("system routerboard"))
        {
            sure = sure.max(88);
        }
        if text.starts_with("# ") && text.contains("by RouterOS") {
            sure = sure.max(92);
        }
        if let Some((key, _)) = pair(line)
            && (OF_LTE.contains(&key) || OF_BOARD.contains(&key))
        {
            lte += 1;
        }
    }
    if lte >= 2 { sure.max(84) } else { sure }
}

/// Fields that only the LTE interface has.
const OF_LTE: &[&str] = &[
    "current-operator",
    "current-cellid",
    "pin-status",
    "registration-status",
    "functionality",
    "access-technology",
    "primary-band",
    "data-class",
    "enb-id",
    "phy-cellid",
    "subscriber-number",
];

/// Fields that only the router board has.
const OF_BOARD: &[&str] = &[
    "firmware-type",
    "factory-firmware",
    "current-firmware",
    "upgrade-firmware",
    "factory-software",
    "architecture-name",
];

/// `[admin@gw-17] > /interface lte print`, `[*@gw-17] /interface lte> print`: host and what was typed,
/// the place in the menu in front of it.
fn prompt(line: &str) -> Option<(&str, &str)> {
    let inner = line.trim_start().strip_prefix('[')?;
    let (inside, rest) = inner.split_once(']')?;
    let (user, host) = inside.split_once('@')?;
    let word = |s: &str| {
        !s.is_empty()
            && s.len() <= 63
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'*' | b' '))
    };
    if !word(user) || !word(host) {
        return None;
    }
    let rest = rest.trim();
    let typed = match rest.strip_prefix('>') {
        Some(typed) => typed.trim(),
        None => rest,
    };
    (typed.is_empty() || rest.starts_with(['>', '/'])).then_some((host, typed))
}

/// `15:24:02 lte,async lte2: sent AT+CGMI`: what a router's log says it asked of its modem, or what
/// the modem replied.
fn log(text: &str) -> Option<(bool, &str)> {
    let at = text.find("lte,async ")?;
    if at > 40 {
        return None;
    }
    let (_, said) = text.get(at..)?.split_once(": ")?;
    said.strip_prefix("sent ")
        .map(|s| (true, s))
        .or_else(|| said.strip_prefix("rcvd ").map(|s| (false, s)))
}

/// `model: "EP06-E"` right-aligned under one another.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim().split_once(':')?;
    let shaped = !key.is_empty()
        && key.len() <= 32
        && key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (shaped && (value.is_empty() || value.starts_with(' '))).then_some((key, value.trim()))
}

/// `name="lte1"` in a line of `print`.
fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let at = line.match_indices(name).find(|(at, _)| {
        line.get(..*at)
            .is_some_and(|b| b.is_empty() || b.ends_with(' '))
            && line
                .get(at + name.len()..)
                .is_some_and(|r| r.starts_with('='))
    })?;
    let value = line.get(at.0 + name.len() + 1..)?;
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split(' ').next(),
    }
}

/// What the lines after a command are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Unknown,
    Lte,
    Board,
    Usb,
    Chat,
}

struct Console {
    about: About,
    lte: Dialogue,
    product: Modem,
    usb: Vec<Modem>,
    columns: Option<(usize, usize, usize)>,
    /// What a configuration says: software there could drive a modem.
    config: Modem,
    /// The card a router was built with by its own name.
    built: Modem,
    /// The text is an exported configuration.
    exported: bool,
    /// `model:` and its line before it is known whose it is.
    model: Option<(String, Place)>,
    units: u64,
    host: Option<String>,
    serial: Option<String>,
}

impl Console {
    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        if let Some((host, typed)) = prompt(line) {
            let host = modem::names_a_machine(host).then(|| host.to_owned());
            if host != self.host {
                self.flush(sink)?;
                self.host = host;
            }
            return self.typed(typed, &place, sink);
        }
        let text = line.trim();
        if let Some((sent, said)) = log(text) {
            return if sent {
                self.lte.sent(said, &place, &mut self.units, sink)
            } else {
                self.lte.line(said, &place, &mut self.units, sink)
            };
        }
        if text.starts_with('/') {
            return self.typed(text, &place, sink);
        }
        if let Some(remark) = text.strip_prefix("# ") {
            self.remark(remark, line, &place);
            return Ok(());
        }
        if self.about == About::Usb {
            self.usb_row(line, &place);
            return Ok(());
        }
        if self.about == About::Chat {
            let text = text.strip_prefix("output:").unwrap_or(text);
            return self.lte.line(text, &place, &mut self.units, sink);
        }
        if let Some((key, value)) = pair(line) {
            return self.field(key, value, &place, sink);
        }
        if self.exported {
            if let Some(interface) = attribute(text, "default-name")
                && interface.starts_with("lte")
            {
                let interface = interface.trim_end_matches(']');
                self.config.say(Clue::CellularInterface, interface, &place);
            }
            return Ok(());
        }
        // A row of `/interface lte print`, in columns or in attributes.
        for name in ["name", "default-name"] {
            if let Some(interface) = attribute(text, name)
                && interface.starts_with("lte")
                && (self.about == About::Lte
                    || text.starts_with("set")
                    || attribute(text, "default-name").is_some_and(|n| n.starts_with("lte")))
            {
                let interface = interface.trim_end_matches(']');
                return self.lte.told(
                    "interface",
                    Clue::CellularInterface,
                    interface,
                    &place,
                    &mut self.units,
                    sink,
                );
            }
        }
        if self.about == About::Lte
            && let Some(interface) = text.split_whitespace().find(|w| {
                w.starts_with("lte") && w.len() <= 6 && w.ends_with(|c: char| c.is_ascii_digit())
            })
            && text.starts_with(|c: char| c.is_ascii_digit())
        {
            return self.lte.told(
                "interface",
                Clue::CellularInterface,
                interface,
                &place,
                &mut self.units,
                sink,
            );
        }
        Ok(())
    }

    fn typed(&mut self, typed: &str, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.settle_model(sink)?;
        let words = typed.replace('/', " ");
        self.columns = None;
        self.about = if words.contains("at-chat") {
            About::Chat
        } else if words.contains("interface lte") || words.contains("lte1") {
            About::Lte
        } else if words.contains("resource usb") || words.contains("system usb") {
            About::Usb
        } else if words.contains("routerboard")
            || words.contains("system resource")
            || words.contains("system identity")
            || words.contains("system license")
        {
            About::Board
        } else {
            About::Unknown
        };
        if self.about == About::Chat
            && let Some(input) = attribute(typed, "input")
        {
            return self
                .lte
                .sent(&input.replace("\\?", "?"), place, &mut self.units, sink);
        }
        Ok(())
    }

    /// The header of an export: `# model = RBLtAP-2HnD&R11e-LTE`; the columns of `print`.
    fn remark(&mut self, remark: &str, line: &str, place: &Place) {
        if remark.contains("by RouterOS") {
            self.exported = true;
        }
        if self.about == About::Usb
            && let (Some(vendor), Some(name), Some(speed)) =
                (line.find("VENDOR"), line.find("NAME"), line.find("SPEED"))
        {
            self.columns = Some((vendor, name, speed));
            return;
        }
        if self.about == About::Usb {
            return;
        }
        let Some((key, value)) = remark.split_once('=') else {
            return;
        };
        match key.trim() {
            "model" => {
                self.routerboard(value, place);
            }
            "serial number" => self.serial = stated(value).map(str::to_owned),
            _ => {}
        }
    }

    fn field(
        &mut self,
        key: &str,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        // Fields that only one of the two prints settle what a fragment is about.
        match key {
            "board-name" | "routerboard" | "firmware-type" | "factory-firmware"
            | "current-firmware" | "upgrade-firmware" | "architecture-name" | "platform" => {
                self.about = About::Board;
            }
            "revision" if self.about == About::Board => {}
            "current-operator"
            | "current-cellid"
            | "pin-status"
            | "registration-status"
            | "functionality"
            | "access-technology"
            | "manufacturer"
            | "imei"
            | "imsi"
            | "uicc"
            | "rssi"
            | "rsrp"
            | "primary-band"
            | "data-class"
            | "installed"
            | "revision" => self.about = About::Lte,
            _ => {}
        }
        if key == "model" && self.about == About::Unknown {
            self.model = Some((value.to_owned(), place.clone()));
            return Ok(());
        }
        self.settle_model(sink)?;
        let Some(value) = stated(value) else {
            return Ok(());
        };
        if self.about == About::Board {
            match key {
                "model" | "board-name" => self.routerboard(value, place),
                "serial-number" => self.serial = Some(value.to_owned()),
                "revision" => self.product.say(Clue::Batch, value, place),
                _ => {}
            }
            return Ok(());
        }
        let (clue, value) = match key {
            "manufacturer" => (Clue::ModemManufacturer, value),
            "model" => (Clue::ModemModel, value),
            "revision" | "installed" => (Clue::ModemRevision, value),
            "imei" => (Clue::Imei, value),
            "uicc" => (Clue::Iccid, value),
            "status" if value == "connected" && self.about == About::Lte => {
                (Clue::CellularInterface, "connected")
            }
            "registration-status" if matches!(value, "registered" | "roaming") => {
                (Clue::CellularInterface, "registered")
            }
            "pin-status" | "functionality" | "access-technology" | "data-class" | "rsrp"
            | "rssi" | "current-cellid" | "primary-band" => {
                (Clue::CellularInterface, "LTE interface answers")
            }
            _ => return Ok(()),
        };
        self.lte
            .told("lte", clue, value, place, &mut self.units, sink)?;
        // Whatever it answers, it is the LTE interface that answers.
        self.lte.told(
            "lte",
            Clue::CellularInterface,
            "LTE interface answers",
            place,
            &mut self.units,
            sink,
        )
    }

    /// A router board by its model or its name.
    fn routerboard(&mut self, name: &str, place: &Place) {
        self.product.say(Clue::ProductMaker, "MikroTik", place);
        self.product.say(Clue::ProductModel, name, place);
        // The modem card the router was built with stands behind an ampersand.
        if let Some((_, card)) = name.split_once('&')
            && card.starts_with("R11e")
        {
            self.built.say(Clue::ModemName, card, place);
        }
    }

    /// A model that stood before anything that says whose it is: the modem's, if LTE fields followed.
    fn settle_model(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let Some((value, place)) = self.model.take() else {
            return Ok(());
        };
        match self.about {
            About::Lte => self.lte.told(
                "lte",
                Clue::ModemModel,
                &value,
                &place,
                &mut self.units,
                sink,
            ),
            About::Board => {
                self.routerboard(&value, &place);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// ` 2 1:3   ZTE,Incorporated   ZTE Technologies MSM   480 Mbps`, cut at the columns of the header;
    /// attributes with the ids in the detailed listing.
    fn usb_row(&mut self, line: &str, place: &Place) {
        let mut m = Modem::new(Stance::Observed);
        if let (Some(vid), Some(pid)) = (
            attribute(line, "vendor-id").and_then(hex_id),
            attribute(line, "device-id").and_then(hex_id),
        ) {
            m.say(Clue::UsbId, &format!("{vid}:{pid}"), place);
        }
        if let Some(vendor) = attribute(line, "vendor") {
            m.say(Clue::UsbManufacturer, vendor, place);
            if let Some(name) = attribute(line, "name") {
                m.say(Clue::UsbProduct, name, place);
            }
        } else if m.is_empty()
            && let Some((vendor, name, speed)) = self.columns
        {
            match (
                line.get(vendor..name),
                line.get(name..speed.min(line.len())),
            ) {
                (Some(maker), Some(product)) if cut_at_spaces(line, vendor, name) => {
                    m.say(Clue::UsbManufacturer, maker, place);
                    m.say(Clue::UsbProduct, product, place);
                }
                // The columns were lost on the way: vendor and name stand in one text.
                _ => {
                    if let Some(rest) = unaligned(line) {
                        m.say(Clue::UsbProduct, rest, place);
                    }
                }
            }
        }
        if !m.is_empty() && self.usb.len() < 256 {
            self.usb.push(m);
        }
    }

    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.settle_model(sink)?;
        self.about = About::Unknown;
        let (host, serial) = (self.host.clone(), self.serial.take());
        let keys: Vec<(KeyKind, String)> = host
            .map(|h| (KeyKind::Host, h))
            .into_iter()
            .chain(serial.map(|s| (KeyKind::Serial, s)))
            .collect();
        for (kind, value) in &keys {
            self.lte.key(*kind, value);
        }
        self.lte.finish(&mut self.units, sink)?;
        for m in [&mut self.product, &mut self.built, &mut self.config] {
            for (kind, value) in &keys {
                m.key(*kind, value);
            }
            m.finish(&mut self.units, sink)?;
        }
        for mut m in std::mem::take(&mut self.usb) {
            for (kind, value) in &keys {
                m.key(*kind, value);
            }
            m.finish(&mut self.units, sink)?;
        }
        Ok(())
    }
}

/// `0x2c7c` as `2c7c`.
fn hex_id(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix("0x")?;
    ((1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| format!("{:0>4}", digits.to_ascii_lowercase()))
}

/// True if a row has a space right before each of these columns, as in an aligned table.
fn cut_at_spaces(line: &str, first: usize, second: usize) -> bool {
    [first, second].iter().all(|at| {
        at.checked_sub(1)
            .and_then(|before| line.as_bytes().get(before))
            .is_some_and(u8::is_ascii_whitespace)
            && line
                .as_bytes()
                .get(*at)
                .is_some_and(|b| !b.is_ascii_whitespace())
    })
}

/// `2 1:3 ZTE,Incorporated ZTE Technologies MSM 480 Mbps`: what stands between the device number and
/// the speed.
fn unaligned(line: &str) -> Option<&str> {
    let line = line.trim();
    let (number, rest) = line.split_once(' ')?;
    let (device, rest) = rest.trim_start().split_once(' ')?;
    let shaped = number.bytes().all(|b| b.is_ascii_digit())
        && device
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'-' | b'.'));
    if !shaped {
        return None;
    }
    let rest = rest.strip_suffix("Mbps").unwrap_or(rest).trim();
    let (text, speed) = rest.rsplit_once(' ')?;
    speed
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then_some(text.trim())
}

/// The fields of one object: name, value, line.
type Row = Vec<(String, String, u64)>;

/// The REST interface: one object a row, with the fields of the console.
fn read_json(
    source: &mut Source<'_>,
    console: &mut Console,
    sink: &mut dyn Sink,
) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let Some(text) = text::decode(&bytes) else {
        return Err(ReadError::Malformed {
            format: "routeros",
            message: "it is not text".to_owned(),
        });
    };
    let mut rows: Vec<(u64, Row)> = Vec::new();
    let mut full = None;
    let end = json::walk(&text, |s| {
        if rows.last().is_none_or(|(object, _)| *object != s.object) {
            if rows.len() >= MOST_ROWS {
                full.get_or_insert(s.line);
                return;
            }
            rows.push((s.object, Vec::new()));
        }
        if let Some((_, row)) = rows.last_mut()
            && row.len() < 128
        {
            row.push((s.key.to_owned(), s.value.to_owned(), s.line));
        }
    });
    for (_, row) in &rows {
        let get = |key: &str| {
            row.iter()
                .find(|(k, _, _)| k == key)
                .map(|(_, value, line)| (value.as_str(), Place::Line(*line)))
        };
        let any = |keys: &[&str]| row.iter().any(|(k, _, _)| keys.contains(&k.as_str()));
        if let (Some((vid, place)), Some((pid, _))) = (get("vendor-id"), get("device-id")) {
            let mut m = Modem::new(Stance::Observed);
            if let (Some(vid), Some(pid)) = (hex_id(vid), hex_id(pid)) {
                m.say(Clue::UsbId, &format!("{vid}:{pid}"), &place);
            }
            if let Some((vendor, place)) = get("vendor") {
                m.say(Clue::UsbManufacturer, vendor, &place);
            }
            if let Some((name, place)) = get("name") {
                m.say(Clue::UsbProduct, name, &place);
            }
            if console.usb.len() < 256 {
                console.usb.push(m);
            }
            continue;
        }
        console.about = if any(OF_BOARD) || any(&["routerboard", "board-name"]) {
            About::Board
        } else if any(OF_LTE)
            || get("default-name").is_some_and(|(n, _)| n.starts_with("lte"))
            || any(&["apn-profiles", "network-mode"])
                && get("name").is_some_and(|(n, _)| n.starts_with("lte"))
        {
            About::Lte
        } else {
            About::Unknown
        };
        if console.about == About::Unknown {
            continue;
        }
        let lte = console.about == About::Lte;
        if lte
            && let Some((name, place)) = get("default-name").or_else(|| get("name"))
            && name.starts_with("lte")
        {
            console.lte.told(
                "interface",
                Clue::CellularInterface,
                name,
                &place,
                &mut console.units,
                sink,
            )?;
        }
        for (key, value, line) in row {
            console.field(key, value, &Place::Line(*line), sink)?;
        }
    }
    console.flush(sink)?;
    if let Some(line) = full {
        sink.problem(Problem::lost(
            "too-many-entries",
            Place::Line(line),
            format!("more than {MOST_ROWS} rows; the rest was not read"),
        ));
    }
    if let json::End::Cut(line) = end {
        sink.problem(Problem::lost(
            "json-cut",
            Place::Line(line),
            "the JSON ends before it is complete; what was before is read",
        ));
    }
    Ok(())
}

/// Most rows of a REST answer read.
const MOST_ROWS: usize = 4096;

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut console = Console {
        about: About::Unknown,
        lte: Dialogue::new(Stance::Observed),
        product: Modem::new(Stance::Observed),
        usb: Vec::new(),
        columns: None,
        config: Modem::new(Stance::Supported),
        built: Modem::new(Stance::Implied),
        exported: false,
        model: None,
        units: 0,
        host: None,
        serial: None,
    };
    let json = source
        .stream()
        .fill_buf()?
        .iter()
        .skip_while(|b| b.is_ascii_whitespace())
        .take(2)
        .collect::<Vec<_>>();
    // A prompt begins with a bracket too.
    if matches!(
        json.as_slice(),
        [b'{', ..] | [b'[', b'{' | b'\r' | b'\n' | b' ']
    ) {
        return read_json(source, &mut console, sink);
    }
    text::lines(source, sink, |number, line, sink| {
        console.line(number, line, sink)
    })?;
    console.flush(sink)
}
