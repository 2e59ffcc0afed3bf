//! RouterOS console output: the LTE interface and its modem, what the router calls itself, its USB
//! devices, and the header of an exported configuration.

use crate::formats::at::dialogue::Dialogue;
use crate::modem::{self, Modem, stated};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "routeros",
    title: "RouterOS: LTE interface, router board and USB devices",
    made_by: "/interface lte monitor lte1 once; /system routerboard print; /export",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let mut sure = 0u8;
    let mut lte = 0usize;
    for line in head.text.lines().take(2000) {
        let text = line.trim();
        let typed = modem::prompt(line).map_or(text, |(_, typed)| typed);
        if line.trim_start().starts_with('[')
            && modem::prompt(line).is_some()
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
            && [
                "current-operator",
                "current-cellid",
                "pin-status",
                "registration-status",
                "functionality",
                "access-technology",
                "primary-band",
                "data-class",
                "firmware-type",
                "factory-firmware",
                "enb-id",
            ]
            .contains(&key)
        {
            lte += 1;
        }
    }
    if lte >= 2 { sure.max(84) } else { sure }
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
    /// `model:` and its line before it is known whose it is.
    model: Option<(String, Place)>,
    units: u64,
    host: Option<String>,
    serial: Option<String>,
}

impl Console {
    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        if let Some((host, typed)) = modem::prompt(line) {
            let host = modem::names_a_machine(host).then(|| host.to_owned());
            if host != self.host {
                self.flush(sink)?;
                self.host = host;
            }
            return self.typed(typed, &place, sink);
        }
        let text = line.trim();
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
        // A row of `/interface lte print`, or a line of an exported configuration.
        for name in ["name", "default-name"] {
            if let Some(interface) = attribute(text, name)
                && interface.starts_with("lte")
                && (self.about == About::Lte || text.starts_with("set"))
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
                self.product.say(Clue::ProductModel, value, place);
                // The modem card the router was built with stands behind an ampersand.
                if let Some((_, card)) = value.split_once('&') {
                    self.product.say(Clue::ModemName, card, place);
                }
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
                "model" | "board-name" => self.product.say(Clue::ProductModel, value, place),
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
                self.product.say(Clue::ProductModel, &value, &place);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// ` 2 1:3   ZTE,Incorporated   ZTE Technologies MSM   480 Mbps`, cut at the columns of the header.
    fn usb_row(&mut self, line: &str, place: &Place) {
        let Some((vendor, name, speed)) = self.columns else {
            return;
        };
        let (Some(maker), Some(product)) = (
            line.get(vendor..name),
            line.get(name..speed.min(line.len())),
        ) else {
            return;
        };
        if self.usb.len() < 256 {
            let mut m = Modem::new(Stance::Observed);
            m.say(Clue::UsbManufacturer, maker, place);
            m.say(Clue::UsbProduct, product, place);
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
            self.product.key(*kind, value);
        }
        self.lte.finish(&mut self.units, sink)?;
        self.product.finish(&mut self.units, sink)?;
        for mut m in std::mem::take(&mut self.usb) {
            for (kind, value) in &keys {
                m.key(*kind, value);
            }
            m.finish(&mut self.units, sink)?;
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut console = Console {
        about: About::Unknown,
        lte: Dialogue::new(Stance::Observed),
        product: Modem::new(Stance::Observed),
        usb: Vec::new(),
        columns: None,
        model: None,
        units: 0,
        host: None,
        serial: None,
    };
    text::lines(source, sink, |number, line, sink| {
        console.line(number, line, sink)
    })?;
    console.flush(sink)
}
