//! Cisco IOS and IOS XE: `show cellular`, `show controllers cellular`, `show inventory`, `show platform`,
//! and what `show version` and `show ip interface brief` say of cellular interfaces; one command after
//! another at a prompt, or the sections of `show tech-support`.

use crate::modem::{Modem, imei_digits, stated};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "cisco-ios",
    title: "Cisco IOS: show cellular, show controllers cellular, show inventory, show tech-support",
    made_by: "show cellular 0/2/0 hardware; show controllers cellular 0/2/0; show inventory; show tech-support",
    proves: &[Stance::Observed, Stance::Supported],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let mut best = 0u8;
    for line in head.lines().take(2000) {
        let text = line.trim();
        let sure = if text.starts_with("Modem Firmware Version =")
            || text.starts_with("manufacture id: 0x")
            || text.starts_with("Modem is recognized as valid")
            || text.contains("Identity (IMEI) =")
            || text.starts_with("Integrated Circuit Card ID (ICCID) =")
            || text.starts_with("Device Model ID")
        {
            92
        } else if text.starts_with("NAME: \"") && text.contains("DESCR: \"") {
            88
        } else if section(line).is_some_and(|c| {
            [
                "version",
                "inventory",
                "cellular",
                "platform",
                "running-config",
                "tech",
            ]
            .iter()
            .any(|w| c.contains(w))
        }) {
            86
        } else if prompt(line).is_some_and(|(_, c)| {
            c.contains("cellular") || c.contains("inventory") || c.starts_with("show ")
        }) {
            80
        } else if text.starts_with("Cisco IOS Software")
            || text.starts_with("Current Modem Temperature =")
            || text.starts_with("Modem Status = ")
        {
            82
        } else {
            0
        };
        best = best.max(sure);
    }
    best
}

/// `gw-17#show cellular 0/2/0 hardware`: the name of the router and the command.
fn prompt(line: &str) -> Option<(&str, &str)> {
    let end = line.find(['#', '>'])?;
    let name = line.get(..end)?;
    let command = line.get(end + 1..)?.trim();
    let shaped = (1..=63).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (shaped
        && (command.starts_with("sh")
            || command.is_empty()
            || command.starts_with("test ")
            || command.starts_with("cellular")))
    .then_some((name, command))
}

/// `------------------ show inventory ------------------`: a section of `show tech-support`.
fn section(line: &str) -> Option<&str> {
    let line = line.trim();
    let inner = line.strip_prefix("-----")?.strip_suffix("-----")?;
    let command = inner.trim_matches('-').trim();
    command
        .starts_with("show ")
        .then_some(command)
        .filter(|c| c.len() <= 120)
}

/// `P-LTEA-EA`, `NIM-4G-LTE-GA`, `C1111-8PLTEEA`, `P-5GS6-GL`, `CGM-3G-HSPA`: codes of cards and routers
/// with a cellular part. `4G` alone may be four gigabit ports.
fn order_code_of_cellular(code: &str) -> bool {
    let code = code.to_ascii_uppercase();
    code.split('-').any(|w| {
        w.starts_with("LTE")
            || w.contains("PLTE")
            || w.contains("PMLTE")
            || w.ends_with("GLTE")
            || w.starts_with("5GS")
            || w == "3G"
    })
}

fn names_a_router(name: &str) -> bool {
    ![
        "router", "switch", "cisco", "isr", "r1", "r2", "rtr", "ios", "hostname",
    ]
    .contains(&name.to_ascii_lowercase().as_str())
}

/// `Modem Firmware Version = SWI9X30C_02.30.01.01`; a colon in some releases.
fn pair(line: &str) -> Option<(String, &str)> {
    let text = line.trim();
    let (key, value) = text.split_once('=').or_else(|| text.split_once(':'))?;
    (key.len() <= 72).then(|| (key.trim().to_ascii_lowercase(), value.trim()))
}

struct Console {
    modem: Modem,
    product: Modem,
    /// Parts of `show inventory`.
    parts: Vec<Modem>,
    /// Name and description of the part whose numbers come next.
    part: Option<(String, String, Place)>,
    /// What the configuration says of cellular interfaces.
    config: Modem,
    /// The configuration is being shown.
    configured: bool,
    /// The slots of `show platform` are being shown.
    platform: bool,
    units: u64,
    host: Option<String>,
    serial: Option<String>,
    /// Interface the command asked about.
    interface: Option<String>,
}

impl Console {
    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        if let Some((name, command)) = prompt(line) {
            let host = names_a_router(name).then(|| name.to_owned());
            if host != self.host {
                self.flush(sink)?;
                self.host = host;
            }
            return self.command(command, sink);
        }
        if let Some(command) = section(line) {
            return self.command(command, sink);
        }
        let text = line.trim();
        if self.configured {
            self.configuration(text, &place);
            return Ok(());
        }
        if self.platform {
            self.slot(text, &place);
            return Ok(());
        }
        if let Some(rest) = text.strip_prefix("NAME:") {
            let mut quoted = rest.split('"').skip(1).step_by(2);
            if let (Some(name), Some(description)) = (quoted.next(), quoted.next()) {
                self.part = Some((name.to_owned(), description.to_owned(), place));
            }
            return Ok(());
        }
        if text.starts_with("PID:") {
            self.numbers(text, &place);
            return Ok(());
        }
        if text.starts_with("manufacture id:") {
            let hex = |mark: &str| -> Option<String> {
                let rest = text
                    .get(text.find(mark)? + mark.len()..)?
                    .trim()
                    .strip_prefix("0x")?;
                let digits = rest.split(|c: char| !c.is_ascii_hexdigit()).next()?;
                digits
                    .get(digits.len().checked_sub(4)?..)
                    .map(str::to_ascii_lowercase)
            };
            // Zeros stand for a card that was not read.
            if let (Some(vendor), Some(product)) = (hex("manufacture id:"), hex("product id:"))
                && vendor != "0000"
            {
                self.modem
                    .say(Clue::UsbId, &format!("{vendor}:{product}"), &place);
            }
            return Ok(());
        }
        if text == "Modem is recognized as valid" {
            self.modem
                .say(Clue::CellularInterface, "modem recognized", &place);
            return Ok(());
        }
        // The card is there; the router has no table for it.
        if text == "Modem is not recognized as valid" {
            self.modem
                .say(Clue::CellularInterface, "modem not recognized", &place);
            return Ok(());
        }
        if let Some(name) = text
            .strip_suffix(" modem")
            .or_else(|| text.strip_suffix(" Modem"))
            && !name.contains([':', '=', '.'])
            && name.split_whitespace().count() <= 8
            && name.bytes().any(|b| b.is_ascii_digit())
        {
            self.modem.say(Clue::ModemName, name, &place);
            return Ok(());
        }
        if text.starts_with("Cellular")
            && text
                .get(8..9)
                .is_some_and(|c| c.starts_with(|c: char| c.is_ascii_digit()))
        {
            if let Some(interface) = text.split_whitespace().next() {
                self.modem.say(
                    Clue::CellularInterface,
                    interface.trim_end_matches([',', ':']),
                    &place,
                );
            }
            return Ok(());
        }
        if text.ends_with("Cellular interface") || text.ends_with("Cellular interfaces") {
            self.modem.say(Clue::CellularInterface, text, &place);
            return Ok(());
        }
        if let Some(rest) = text
            .strip_prefix("cisco ")
            .or_else(|| text.strip_prefix("Cisco "))
            && rest.contains("processor")
            && let Some(model) = rest.split_whitespace().next()
        {
            self.product.say(Clue::ProductMaker, "Cisco", &place);
            self.product.say(Clue::ProductModel, model, &place);
            return Ok(());
        }
        if let Some(id) = text.strip_prefix("Processor board ID ") {
            self.serial = stated(id).map(str::to_owned);
            return Ok(());
        }
        if let Some((key, value)) = pair(line) {
            return self.field(&key, value, &place, sink);
        }
        Ok(())
    }

    /// A command at the prompt, or the heading of a section.
    fn command(&mut self, command: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.configured = command.contains("run") && command.starts_with("sh")
            || command.contains("startup-config");
        self.platform =
            command.split_whitespace().nth(1) == Some("platform") && !command.contains("hardware");
        if command.contains("cell")
            && let Some(interface) = command
                .split_whitespace()
                .find(|w| w.starts_with(|c: char| c.is_ascii_digit()))
        {
            if self.interface.as_deref().is_some_and(|i| i != interface) {
                self.end_modem(sink)?;
            }
            self.interface = Some(interface.to_owned());
        }
        Ok(())
    }

    /// A line of the configuration: the name of the router, and interfaces that a modem would serve.
    /// A configuration outlives the card it was written for.
    fn configuration(&mut self, text: &str, place: &Place) {
        if let Some(name) = text.strip_prefix("hostname ") {
            let name = name.trim();
            if self.host.is_none() && names_a_router(name) {
                self.host = Some(name.to_owned());
            }
        } else if let Some(interface) = text.strip_prefix("interface ")
            && interface.starts_with("Cellular")
        {
            self.config.say(Clue::CellularInterface, interface, place);
        }
    }

    /// ` 0/2      C1111-LTE           ok                    00:01:37`: a slot and the card in it.
    fn slot(&mut self, text: &str, place: &Place) {
        let mut words = text.split_whitespace();
        let (Some(slot), Some(card)) = (words.next(), words.next()) else {
            return;
        };
        let shaped = slot.contains('/')
            && slot.bytes().all(|b| b.is_ascii_digit() || b == b'/')
            && card.bytes().any(|b| b.is_ascii_digit() || b == b'-');
        if shaped && order_code_of_cellular(card) && self.parts.len() < 256 {
            let mut part = Modem::new(Stance::Observed);
            part.say(Clue::ProductMaker, "Cisco", place);
            part.say(Clue::ProductModel, card, place);
            part.say(Clue::OrderCode, card, place);
            self.parts.push(part);
        }
    }

    fn field(
        &mut self,
        key: &str,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let Some(value) = stated(value) else {
            return Ok(());
        };
        match key {
            "modem firmware version" => {
                if self.interface.is_none()
                    && self
                        .modem
                        .first(Clue::ModemRevision)
                        .is_some_and(|r| r != value)
                {
                    self.end_modem(sink)?;
                }
                self.modem.say(Clue::ModemRevision, value, place);
            }
            "device model id" | "modem model" | "modem model id" | "modem type" => {
                self.modem.say(Clue::ModemModel, value, place);
            }
            "modem manufacturer" | "modem vendor" | "device manufacturer" => {
                self.modem.say(Clue::ModemManufacturer, value, place);
            }
            "hardware version" | "modem hardware version" => {
                self.modem.say(Clue::HardwareRevision, value, place);
            }
            "factory serial number (fsn)" => self.modem.key(KeyKind::ModuleSerial, value),
            "modem status"
                if value.eq_ignore_ascii_case("modem online")
                    || value.eq_ignore_ascii_case("online") =>
            {
                self.modem
                    .say(Clue::CellularInterface, "modem online", place);
            }
            _ if key.ends_with("(imei)") || key == "imei" => {
                self.modem.imei(value, place);
            }
            _ if key.ends_with("(iccid)") => self.modem.iccid(value, place),
            _ => {}
        }
        Ok(())
    }

    /// `PID: EM7455/EM7430   , VID: 1.0, SN: 359...` under the name of a part.
    fn numbers(&mut self, text: &str, place: &Place) {
        let value = |mark: &str| -> Option<&str> {
            let rest = text.get(text.find(mark)? + mark.len()..)?;
            stated(rest.split(',').next()?.trim())
        };
        let Some((name, description, named_at)) = self.part.take() else {
            return;
        };
        let (pid, version, serial) = (value("PID:"), value("VID:"), value("SN:"));
        let words = format!("{name} {description}").to_ascii_lowercase();
        let modem =
            words.contains("modem") && (words.contains("cellular") || words.contains("lte "));
        let housing = words.contains("chassis");
        // Controllers and processors of a fixed router carry the code of the router.
        if !housing && pid.is_some() && pid == self.product.first(Clue::ProductModel) {
            return;
        }
        let card = !housing
            && (words.contains("wireless wan")
                || words.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| {
                    matches!(w, "cellular" | "wwan" | "4g" | "5g" | "5gs6")
                        || w.starts_with("lte")
                        || w.contains("plte")
                })
                || pid.is_some_and(order_code_of_cellular));
        let chassis = housing
            || name == "1"
            || self.product.is_empty()
                && !modem
                && !card
                && name.to_ascii_lowercase().starts_with(['c', 'i']);
        let mut part = Modem::new(Stance::Observed);
        if modem {
            part.say(Clue::ModemName, &description, &named_at);
            part.say(Clue::CellularInterface, &name, &named_at);
            if let Some(pid) = pid {
                part.say(Clue::ModemModel, pid, place);
            }
            match serial {
                // The serial number of a modem in the inventory is its IMEI in most releases.
                Some(s) if imei_digits(s).is_some_and(|d| d.len() == 15) => {
                    part.imei(s, place);
                }
                Some(s) => part.key(KeyKind::ModuleSerial, s),
                None => {}
            }
        } else if card {
            part.say(Clue::ProductMaker, "Cisco", place);
            // The order code is the product's name; the description repeats it in words.
            if let Some(pid) = pid {
                part.say(Clue::ProductModel, pid, place);
                part.say(Clue::OrderCode, pid, place);
            } else {
                part.say(Clue::ProductModel, &description, &named_at);
            }
        } else if chassis {
            if let Some(pid) = pid {
                self.product.say(Clue::ProductMaker, "Cisco", place);
                self.product.say(Clue::ProductModel, pid, place);
            }
            if let Some(version) = version {
                self.product.say(Clue::Batch, version, place);
            }
            if let Some(s) = serial {
                self.serial = Some(s.to_owned());
            }
        }
        if !part.is_empty() && self.parts.len() < 256 {
            self.parts.push(part);
        }
    }

    fn end_modem(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if let Some(host) = &self.host {
            self.modem.key(KeyKind::Host, host);
        }
        if let Some(serial) = &self.serial {
            self.modem.key(KeyKind::Serial, serial);
        }
        if let Some(interface) = &self.interface {
            self.modem
                .key(KeyKind::Port, &format!("Cellular{interface}"));
        }
        self.modem.finish(&mut self.units, sink)
    }

    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.end_modem(sink)?;
        let mut all = vec![std::mem::replace(
            &mut self.product,
            Modem::new(Stance::Observed),
        )];
        all.append(&mut self.parts);
        all.push(std::mem::replace(
            &mut self.config,
            Modem::new(Stance::Supported),
        ));
        self.configured = false;
        self.platform = false;
        for mut m in all {
            if let Some(host) = &self.host {
                m.key(KeyKind::Host, host);
            }
            if let Some(serial) = &self.serial {
                m.key(KeyKind::Serial, serial);
            }
            m.finish(&mut self.units, sink)?;
        }
        self.serial = None;
        self.interface = None;
        self.part = None;
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut console = Console {
        modem: Modem::new(Stance::Observed),
        product: Modem::new(Stance::Observed),
        parts: Vec::new(),
        part: None,
        config: Modem::new(Stance::Supported),
        configured: false,
        platform: false,
        units: 0,
        host: None,
        serial: None,
        interface: None,
    };
    text::lines(source, sink, |number, line, sink| {
        console.line(number, line, sink)
    })?;
    console.flush(sink)
}
