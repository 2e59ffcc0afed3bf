//! Logs of ModemManager: the AT dialogue of its debug mode, decoded QMI and MBIM messages, and what
//! it says of the modems it creates. The dialogue of each modem (or port, while no modem exists yet)
//! is followed by itself.

use crate::formats::at::dialogue::Dialogue;
use crate::formats::at::{is_written_for_programs, prefix};
use crate::modem::{port_of_path, stated};
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "mm-log",
    title: "ModemManager log, with AT dialogue where it logged that",
    made_by: "journalctl -u ModemManager; ModemManager --debug",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Most modems and ports followed at a time.
const MOST_DIALOGUES: usize = 64;

/// Longest answer kept while its line end is awaited, in bytes.
const LONGEST_WAIT: usize = 16 * 1024;

fn sniff(head: &Head<'_>) -> u8 {
    if is_written_for_programs(head.text) {
        return 0;
    }
    let exchanges = head.count_lines(|l| exchange(l).is_some());
    if exchanges >= 2 {
        return 90;
    }
    let own = head.count_lines(|l| {
        of_network_manager(l).is_some()
            || l.contains("ModemManager[")
            || (l.contains("[modem")
                && (l.contains("<inf")
                    || l.contains("<dbg>")
                    || l.contains("<msg>")
                    || l.contains("<wrn>")))
            || l.contains("ModemManager (version")
            || (l.contains("translated = ") && l.trim_start().starts_with(['<', '>']))
    });
    match (exchanges, own) {
        (1, _) => 76,
        (0, 2..) => 58,
        (0, 1) => 40,
        _ => 0,
    }
}

/// The port of a modem that NetworkManager says it uses: `modem-broadband[cdc-wdm0]: ...`.
fn of_network_manager(line: &str) -> Option<&str> {
    let (front, rest) = line.split_once(" modem-broadband[")?;
    let (port, _) = rest.split_once("]: ")?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (front.contains("NetworkManager[") && (3..=16).contains(&port.len()) && port.bytes().all(plain))
        .then_some(port)
}

/// A line that ModemManager wrote.
pub(crate) fn begins(line: &str) -> bool {
    if of_network_manager(line).is_some() {
        return true;
    }
    if line.contains("ModemManager") {
        return line.contains("ModemManager[") || line.contains("ModemManager (version");
    }
    let leveled = || {
        ["<inf", "<dbg>", "<msg>", "<wrn>"]
            .iter()
            .any(|l| line.contains(l))
    };
    (line.contains("[modem") && leveled())
        || (line.contains("-- '") || line.contains("--> '")) && exchange(line).is_some()
        || (line.starts_with(['<', '>']) && line.contains("translated = "))
}

/// One `--> '...'` or `<-- '...'` with the tag in front of it.
struct Exchange<'a> {
    tag: &'a str,
    sent: bool,
    data: &'a str,
}

fn exchange(line: &str) -> Option<Exchange<'_>> {
    let (at, sent) = match (line.find("--> '"), line.find("<-- '")) {
        (Some(a), Some(b)) => (a.min(b), a < b),
        (Some(a), None) => (a, true),
        (None, Some(b)) => (b, false),
        (None, None) => return None,
    };
    let data = line.get(at + 5..)?;
    let data = data.trim_end().strip_suffix('\'').unwrap_or(data);
    let front = line.get(..at)?.trim_end().trim_end_matches(':');
    let close = front.chars().next_back()?;
    let open = match close {
        ')' => '(',
        ']' => '[',
        _ => return None,
    };
    let from = front.rfind(open)?;
    let tag = front.get(from + 1..front.len() - 1)?;
    let plain = !tag.is_empty()
        && tag.len() <= 64
        && tag
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.'));
    // ModemManager writes line ends out; other arrows in front of quotes have none.
    let logged = data.contains("<CR>") || data.contains("<LF>") || line.contains("debug");
    (plain && (logged || line.contains("<dbg>"))).then_some(Exchange { tag, sent, data })
}

/// `modem0/ttyUSB2/at` is modem 0 on ttyUSB2.
fn parts_of_tag(tag: &str) -> (Option<&str>, Option<&str>) {
    let mut modem = None;
    let mut port = None;
    for part in tag.split('/') {
        if let Some(number) = part.strip_prefix("modem")
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            modem = Some(number);
        } else if port.is_none()
            && !matches!(
                part,
                "at" | "tty" | "qmi" | "mbim" | "usbmisc" | "net" | "wwan" | "qcdm" | "gps"
            )
        {
            port = Some(part);
        }
    }
    (modem, port)
}

struct Followed {
    /// Modem number, once it is known.
    modem: Option<String>,
    /// Port, where no modem was created for it yet.
    port: Option<String>,
    dialogue: Dialogue,
    /// Received text without its line end yet.
    waiting: String,
}

struct Log {
    followed: Vec<Followed>,
    units: u64,
    /// Type of the TLV whose translation comes next.
    tlv: String,
    /// Modem or port spoken of last.
    last: Option<usize>,
    /// Modems said to be created whose number is not known yet.
    created: Vec<Created>,
    /// A control port of a modem of which nothing else may be said.
    control: Option<(String, Place)>,
}

/// `creating modem with plugin 'quectel' and '5' ports`.
struct Created {
    plugin: String,
    port: Option<String>,
    place: Place,
}

impl Log {
    /// The dialogue of this modem or port.
    fn of(
        &mut self,
        modem: Option<&str>,
        port: Option<&str>,
        sink: &mut dyn Sink,
    ) -> Result<usize, ReadError> {
        let by_modem = modem.and_then(|m| {
            self.followed
                .iter()
                .position(|f| f.modem.as_deref() == Some(m))
        });
        let by_port = port.and_then(|p| {
            self.followed
                .iter()
                .position(|f| f.modem.is_none() && f.port.as_deref() == Some(p))
        });
        let at = match (modem, by_modem, by_port) {
            // The port was probed before the modem was created for it: one and the same.
            (Some(_), Some(m), Some(p)) if m != p => {
                let probed = self.followed.remove(p);
                let m = if p < m { m - 1 } else { m };
                if let Some(f) = self.followed.get_mut(m) {
                    f.dialogue.absorb(probed.dialogue, &mut self.units, sink)?;
                }
                self.last = None;
                m
            }
            (Some(number), None, Some(p)) => {
                if let Some(f) = self.followed.get_mut(p) {
                    f.modem = Some(number.to_owned());
                }
                p
            }
            (Some(_), Some(m), _) => m,
            (None, _, Some(p)) => p,
            (None, _, None) if port.is_some_and(|p| self.modem_of(p).is_some()) => {
                port.and_then(|p| self.modem_of(p)).unwrap_or_default()
            }
            _ => {
                if self.followed.len() >= MOST_DIALOGUES {
                    let mut oldest = self.followed.remove(0);
                    oldest.dialogue.finish(&mut self.units, sink)?;
                }
                self.followed.push(Followed {
                    modem: modem.map(str::to_owned),
                    port: port.map(str::to_owned),
                    dialogue: Dialogue::new(Stance::Observed),
                    waiting: String::new(),
                });
                self.followed.len() - 1
            }
        };
        if modem.is_some() && by_modem.is_none() && !self.created.is_empty() {
            let created = self.created.remove(0);
            self.attach(at, &created, sink)?;
        }
        if let Some(f) = self.followed.get_mut(at) {
            if let Some(m) = modem {
                f.dialogue.port(&format!("mm:{m}"));
            }
            if let Some(p) = port.filter(|p| {
                p.starts_with("tty") || p.starts_with("cdc-wdm") || p.starts_with("wwan")
            }) {
                f.dialogue.port(p);
            }
        }
        self.last = Some(at);
        Ok(at)
    }

    /// States of a modem what was said when it was created.
    fn attach(
        &mut self,
        at: usize,
        created: &Created,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let Some(f) = self.followed.get_mut(at) else {
            return Ok(());
        };
        if let Some(port) = &created.port {
            f.dialogue.port(port);
        }
        let facts = [
            (Clue::ModemPlugin, created.plugin.as_str()),
            (Clue::CellularInterface, "ModemManager created a modem"),
        ];
        for (clue, value) in facts {
            f.dialogue.told(
                "created",
                clue,
                value,
                &created.place,
                &mut self.units,
                sink,
            )?;
        }
        Ok(())
    }

    /// The modem that already owns a port.
    fn modem_of(&self, port: &str) -> Option<usize> {
        self.followed
            .iter()
            .position(|f| f.dialogue.runs_over(port))
    }

    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        if let Some(e) = exchange(line) {
            let (modem, port) = parts_of_tag(e.tag);
            let at = self.of(modem, port, sink)?;
            let units = &mut self.units;
            let Some(f) = self.followed.get_mut(at) else {
                return Ok(());
            };
            let data = prefix::unescaped(e.data);
            if e.sent {
                f.waiting.clear();
                for command in data.split('\n').filter(|c| !c.trim().is_empty()) {
                    f.dialogue.sent(command, &place, units, sink)?;
                }
                return Ok(());
            }
            // An answer may come in pieces: only whole lines are read.
            f.waiting.push_str(&data);
            if let Some(end) = f.waiting.rfind('\n') {
                let whole: String = f.waiting.drain(..=end).collect();
                for part in whole.split('\n').filter(|p| !p.trim().is_empty()) {
                    f.dialogue.line(part, &place, units, sink)?;
                }
            }
            if f.waiting.len() > LONGEST_WAIT {
                f.waiting.clear();
            }
            return Ok(());
        }
        self.message(line, &place, sink)
    }

    /// What ModemManager says in its own words.
    fn message(&mut self, line: &str, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if line.trim_start().starts_with(['<', '>']) && line.contains(" = ") {
            return self.decoded(line, place, sink);
        }
        if let Some(port) = of_network_manager(line) {
            if self.control.is_none() {
                self.control = Some((port.to_owned(), place.clone()));
            }
            return Ok(());
        }
        // `[/dev/cdc-wdm0] Read max control message size ...`: a control port of a modem is open.
        if let Some((port, said)) = line
            .find("[/dev/cdc-wdm")
            .and_then(|at| line.get(at + 6..))
            .and_then(|r| r.split_once("] "))
            && port.len() <= 12
            && !said.is_empty()
        {
            if self.control.is_none() {
                self.control = Some((port.to_owned(), place.clone()));
            }
            return Ok(());
        }
        let modem = line.find("[modem").and_then(|at| {
            let inside = line.get(at + 1..)?;
            let end = inside.find(']')?;
            parts_of_tag(inside.get(..end)?).0
        });
        if let Some(at) = line.find("loaded ")
            && let Some((what, value)) = line.get(at + 7..).and_then(|r| r.split_once(':'))
        {
            let clue = match what.trim() {
                "manufacturer" => Clue::ModemManufacturer,
                "model" => Clue::ModemModel,
                "revision" => Clue::ModemRevision,
                "hardware revision" => Clue::HardwareRevision,
                "equipment identifier" | "IMEI" => Clue::Imei,
                _ => return Ok(()),
            };
            return self.tell(modem, "loaded", clue, value, place, sink);
        }
        if let Some(plugin) = quoted_after(line, "plugin '")
            && line
                .to_ascii_lowercase()
                .contains("creating modem with plugin")
        {
            let path = line
                .find("[device ")
                .and_then(|at| line.get(at + 8..))
                .and_then(|r| r.split(']').next());
            if self.created.len() < MOST_DIALOGUES {
                self.created.push(Created {
                    plugin: plugin.to_owned(),
                    port: path.and_then(port_of_path),
                    place: place.clone(),
                });
            }
            return Ok(());
        }
        if let Some(number) = modem {
            let state = format!("ModemManager modem {number}");
            return self.tell(
                Some(number),
                "state",
                Clue::CellularInterface,
                &state,
                place,
                sink,
            );
        }
        Ok(())
    }

    /// `<<<<<<   translated = Quectel` under `type = "Manufacturer"`, `HardwareInfo = 'EM7455'`.
    fn decoded(&mut self, line: &str, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let Some((key, value)) = line
            .trim_start_matches(['<', '>', ' ', '\t'])
            .split_once('=')
        else {
            return Ok(());
        };
        let value = value.trim();
        let name = match key.trim() {
            "type" => {
                value
                    .split('"')
                    .nth(1)
                    .unwrap_or_default()
                    .clone_into(&mut self.tlv);
                return Ok(());
            }
            "message" => {
                self.tlv.clear();
                return Ok(());
            }
            "translated" => self.tlv.as_str(),
            other => other,
        };
        let clue = match name {
            "Manufacturer" => Clue::ModemManufacturer,
            "Model" | "HardwareInfo" => Clue::ModemModel,
            "Revision" | "FirmwareInfo" => Clue::ModemRevision,
            "Imei" | "IMEI" | "DeviceId" => Clue::Imei,
            _ => return Ok(()),
        };
        let Some(value) = stated(value) else {
            return Ok(());
        };
        self.tell(None, "decoded", clue, value, place, sink)
    }

    fn tell(
        &mut self,
        modem: Option<&str>,
        name: &str,
        clue: Clue,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let at = match (modem, self.last) {
            (None, Some(last)) if last < self.followed.len() => last,
            _ => self.of(modem, None, sink)?,
        };
        match self.followed.get_mut(at) {
            Some(f) => f
                .dialogue
                .told(name, clue, value, place, &mut self.units, sink),
            None => Ok(()),
        }
    }
}

fn quoted_after<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    line.get(line.find(mark)? + mark.len()..)?
        .split('\'')
        .next()
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut log = Log {
        followed: Vec::new(),
        units: 0,
        tlv: String::new(),
        last: None,
        created: Vec::new(),
        control: None,
    };
    text::lines(source, sink, |number, line, sink| {
        log.line(number, line, sink)
    })?;
    if let Some((port, place)) = log.control.take()
        && log.followed.iter().all(|f| f.dialogue.is_empty())
        && log.created.is_empty()
    {
        let mut dialogue = Dialogue::new(Stance::Observed);
        dialogue.port(&port);
        dialogue.state(Clue::CellularInterface, &port, &place);
        log.followed.push(Followed {
            modem: None,
            port: Some(port),
            dialogue,
            waiting: String::new(),
        });
    }
    // Without a number to go by: the only dialogue there is, or modems of their own.
    for created in std::mem::take(&mut log.created) {
        let only = log.followed.len() == 1 && log.followed.iter().all(|f| f.modem.is_none());
        if !only {
            log.followed.push(Followed {
                modem: Some(String::new()),
                port: None,
                dialogue: Dialogue::new(Stance::Observed),
                waiting: String::new(),
            });
        }
        let at = log.followed.len() - 1;
        log.attach(at, &created, sink)?;
    }
    let numbered: Vec<usize> = (0..log.followed.len())
        .filter(|at| {
            log.followed
                .get(*at)
                .is_some_and(|f| f.modem.as_ref().is_some_and(|m| !m.is_empty()))
        })
        .collect();
    if let [only] = numbered.as_slice() {
        // One modem in the whole log: what answered on ports was it.
        let mut modem = log.followed.remove(*only);
        let (same, others): (Vec<Followed>, Vec<Followed>) = std::mem::take(&mut log.followed)
            .into_iter()
            .partition(|f| {
                f.modem.is_none() && !f.dialogue.is_empty() && f.dialogue.may_be(&modem.dialogue)
            });
        for f in same {
            modem.dialogue.absorb(f.dialogue, &mut log.units, sink)?;
        }
        log.followed = others;
        log.followed.insert(0, modem);
    }
    for mut f in std::mem::take(&mut log.followed) {
        f.dialogue.finish(&mut log.units, sink)?;
    }
    Ok(())
}
