//! Logs of the dial and flash programs that makers give their customers: Quectel's `quectel-CM` and
//! `QFirehose`, Sierra Wireless's `fwdwl` and `fdt2` and `qmi-firmware-update` for its modems, Huawei's
//! `UpdateWizard`. They say which device they found and its firmware revision.
//!
//! An image that is to be written says nothing of what is there. Once a modem took part (it left the bus
//! for its download mode, its version was read, it was written), the image is one for it: the platform
//! of the image (`SWI9X50C`) or the type in its name is the modem's.

use crate::modem::{Modem, port_of_path};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "connection-manager",
    title: "Dial and flash programs of module makers: the modem they work with",
    made_by: "quectel-CM; QFirehose -f FOLDER; fwdwl-lite, fdt2 and qmi-firmware-update (Sierra Wireless); UpdateWizard (Huawei)",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Programs whose lines are words of every day, and count only behind the program's own first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Updater {
    /// `fwdwl-lite` of Sierra Wireless's kit for Linux.
    Fwdwl,
    /// `fdt2` of Sierra Wireless's packages for Windows.
    Fdt,
    /// `qmi-firmware-update` of libqmi.
    Libqmi,
    /// `UpdateWizard` of Huawei.
    Wizard,
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
enum Said<'a> {
    /// The program's own name: what follows is about another device.
    Begins(Option<Updater>),
    /// A device with its USB id (`2c7c:0125`) and where it is attached, if that is said.
    Device(String, Option<String>),
    /// The port a program was told to use, or found.
    Port(String),
    /// The modem's firmware revision.
    Revision(&'a str),
    /// What an image is for: a platform (`SWI9X50C`) or a type (`ME909u-521`).
    Image(String),
    /// A modem took part in an update.
    Taken,
    /// It answered in a protocol of cellular modems.
    Answered,
}

fn sniff(head: &Head<'_>) -> u8 {
    let (mut begins, mut updates, mut devices, mut other) = (0, 0, 0, 0);
    let mut log = Log::new();
    for line in head.lines().take(2000) {
        for said in log.said(line) {
            match said {
                Said::Begins(None) => begins += 1,
                Said::Begins(Some(_)) => updates += 1,
                Said::Device(..) => devices += 1,
                Said::Port(_) | Said::Image(_) => {}
                _ => other += 1,
            }
        }
    }
    match (begins, updates, devices, other) {
        (0, 0, 0, _) => 0,
        (0, 0, _, 0) => 70,
        // An update that came to nothing, or how to do one.
        (0, _, 0, 0) => 30,
        (_, _, 0, 0) => 60,
        _ => 93,
    }
}

/// The line without the time in front of it: `[04-13_02:32:07:132] `, `[000.002]: `.
fn message(line: &str) -> &str {
    let line = line.trim();
    line.strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .filter(|(time, _)| {
            time.len() <= 32
                && time
                    .bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'_' | b':' | b'.' | b' '))
        })
        .map_or(line, |(_, rest)| rest.trim_start_matches(':').trim_start())
}

/// The updater whose first line this is.
fn updater(text: &str) -> Option<Updater> {
    // A device tree has a version of one number.
    let dotted = |front: &str| {
        text.strip_prefix(front).is_some_and(|v| {
            v.contains('.') && v.trim_start().starts_with(|c: char| c.is_ascii_digit())
        })
    };
    if dotted("FDT version:") {
        Some(Updater::Fdt)
    } else if text == "Target image Info:" {
        Some(Updater::Fwdwl)
    } else if text.starts_with("UpdateWizard version:") {
        Some(Updater::Wizard)
    } else if text == "loading device information before the update..." {
        Some(Updater::Libqmi)
    } else {
        None
    }
}

/// What the image in a command or message is for: `swi9x50c_01.14.13.00.cwe` is one for the platform
/// `SWI9X50C`, `ME909u-521_UPDATE_12.636.12.01.00.BIN` for the type in front.
fn image(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '\\' | '"' | '\''))
        .filter(|name| name.len() <= 120)
        .find_map(|name| {
            let upper = name.to_ascii_uppercase();
            if let Some(stem) = upper.strip_suffix(".CWE")
                && stem.starts_with("SWI")
            {
                let platform = stem.split('_').next()?;
                return is_platform(platform).then(|| platform.to_owned());
            }
            let (front, _) = upper.split_once("_UPDATE_")?;
            let plain = front.starts_with("ME")
                && front.len() <= 16
                && front.bytes().any(|b| b.is_ascii_digit())
                && front
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-');
            plain
                .then(|| name.get(..front.len()).map(str::to_owned))
                .flatten()
        })
}

/// `SWI9X50C`: chipset and line of a Sierra Wireless firmware.
fn is_platform(text: &str) -> bool {
    (7..=10).contains(&text.len())
        && text.starts_with("SWI")
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn said_by_dialler(text: &str) -> Option<Said<'_>> {
    if text.contains("QConnectManager_") || text.contains("QFirehose_Linux") {
        return Some(Said::Begins(None));
    }
    if let Some(rest) = text
        .strip_prefix("Find ")
        .or_else(|| text.strip_prefix("P: "))
        .filter(|rest| rest.starts_with('/'))
    {
        let path = rest.split_whitespace().next()?;
        let id = format!("{}:{}", hex(rest, "idVendor=")?, hex(rest, "idProduct=")?);
        return Some(Said::Device(id, port_of_path(path)));
    }
    if let Some(rest) = text.strip_prefix("requestBaseBandVersion ") {
        let revision = rest.trim();
        let plain = revision.len() <= 64
            && revision.bytes().any(|b| b.is_ascii_digit())
            && !revision.contains(' ');
        return plain.then_some(Said::Revision(revision));
    }
    let answered = [
        "requestGetSIMStatus ",
        "requestGetSIMStatusSIMStatus",
        "requestRegistrationState",
        "requestGetProfile[",
        "Get clientDMS = ",
    ];
    answered
        .iter()
        .any(|a| text.starts_with(a))
        .then_some(Said::Answered)
}

/// What one of the updaters says behind its first line.
fn said_by_updater(program: Updater, text: &str) -> Option<Said<'_>> {
    let starts = |fronts: &[&str]| fronts.iter().any(|f| text.starts_with(f));
    match program {
        Updater::Fwdwl => {
            if let Some(rest) = text.strip_prefix("Model ID") {
                let platform = rest.trim_start().strip_prefix(':')?.trim();
                return is_platform(platform).then(|| Said::Image(platform.to_owned()));
            }
            starts(&[
                "Modem Needs ",
                "Modem current power state ",
                "Modem disconnected from host",
                "BOOT and HOLD Mode. Downloading",
                "Firmware download process completed successfully",
            ])
            .then_some(Said::Taken)
        }
        Updater::Fdt => {
            if text.starts_with("Writing image ") {
                return image(text).map(Said::Image);
            }
            starts(&[
                "Switching to streaming mode",
                "Flashing image",
                "Firmware image download succeeded",
                "Preexisting images information",
            ])
            .then_some(Said::Taken)
        }
        Updater::Libqmi => {
            if text.starts_with("downloading cwe image: ") {
                return image(text).map(Said::Image);
            }
            starts(&["download mode detected", "normal mode detected"]).then_some(Said::Taken)
        }
        Updater::Wizard => {
            if let Some(rest) = text.strip_prefix("Firmware Version:") {
                let revision = rest.trim();
                let plain = (5..=32).contains(&revision.len())
                    && revision.matches('.').count() >= 3
                    && revision.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                return plain.then_some(Said::Revision(revision));
            }
            let state = text.trim_start_matches('.');
            [
                "EM_STATE_BACKUP_NV:",
                "EM_STATE_SWITCHPORT:",
                "EM_STATE_UPDATING:",
            ]
            .iter()
            .any(|s| state.starts_with(s))
            .then_some(Said::Taken)
        }
    }
}

/// Four hexadecimal digits behind a name; `0x` and leading zeros may be there or not.
fn hex(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let digits: &str = rest
        .strip_prefix("0x")
        .unwrap_or(rest)
        .split(|c: char| !c.is_ascii_hexdigit())
        .next()?;
    let number = u16::from_str_radix(digits, 16).ok()?;
    Some(format!("{number:04x}"))
}

/// Where in a log we are.
struct Log {
    program: Option<Updater>,
    /// Lines since the last that an updater wrote: far behind it, other things are spoken of.
    since: u32,
    modem: Modem,
    port: Option<String>,
    image: Option<(String, Place)>,
    taken: bool,
}

impl Log {
    /// Lines without any of an updater's after which it has ended.
    const FAR: u32 = 200;

    const fn new() -> Self {
        Self {
            program: None,
            since: 0,
            modem: Modem::new(Stance::Observed),
            port: None,
            image: None,
            taken: false,
        }
    }

    /// What a line says; a command line may begin an update and name its image.
    fn said<'a>(&mut self, line: &'a str) -> Vec<Said<'a>> {
        let text = message(line);
        if text.len() > 400 {
            return Vec::new();
        }
        if let Some(program) = updater(text) {
            self.since = 0;
            // The command that was typed stands in front, and belongs to it.
            let typed = self.program == Some(program) && !self.taken;
            self.program = Some(program);
            return if typed {
                Vec::new()
            } else {
                vec![Said::Begins(Some(program))]
            };
        }
        let lower = text.to_ascii_lowercase();
        for (name, end, program) in [
            ("fdt2", ".cwe", Updater::Fdt),
            ("updatewizard ", "_update_", Updater::Wizard),
            ("qmi-firmware-update ", ".cwe", Updater::Libqmi),
        ] {
            if lower.contains(name) && lower.contains(end) {
                self.program = Some(program);
                self.since = 0;
                let mut said = vec![Said::Begins(Some(program))];
                said.extend(image(text).map(Said::Image));
                return said;
            }
        }
        if let Some(said) = said_by_dialler(text) {
            return vec![said];
        }
        // Sierra's program prints the ports it was given before it speaks of the image.
        if let Some(path) = text
            .strip_prefix("INFO: Device Path")
            .and_then(|r| r.trim_start().strip_prefix(':'))
        {
            return port_of_path(path.trim())
                .map(Said::Port)
                .into_iter()
                .collect();
        }
        self.since = self.since.saturating_add(1);
        if self.since > Self::FAR {
            self.program = None;
        }
        let said = self.program.and_then(|p| said_by_updater(p, text));
        if said.is_some() {
            self.since = 0;
        }
        said.into_iter().collect()
    }

    /// Hands over the modem spoken of so far.
    fn close(&mut self, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if let Some((value, place)) = self.image.take().filter(|_| self.taken) {
            let clue = if is_platform(&value) {
                Clue::ModemRevision
            } else {
                Clue::ModemModel
            };
            self.modem.say(clue, &value, &place);
        }
        self.taken = false;
        self.port = None;
        if self.modem.is_empty() {
            // A port that a program was told to use is no modem.
            self.modem = Modem::new(Stance::Observed);
        }
        self.modem.finish(units, sink)
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut log = Log::new();
    let mut units = 0u64;
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        for said in log.said(line) {
            match said {
                Said::Begins(None) => log.close(&mut units, sink)?,
                Said::Begins(Some(_)) => {
                    // The port was said before the program's first line.
                    let port = log.port.clone().filter(|_| log.modem.is_empty());
                    log.close(&mut units, sink)?;
                    log.image = None;
                    if let Some(port) = port {
                        log.modem.key(KeyKind::Port, &port);
                    }
                }
                Said::Device(id, at) => {
                    if log.modem.first(Clue::UsbId).is_some_and(|have| have != id) || log.port != at
                    {
                        log.close(&mut units, sink)?;
                    }
                    log.modem.say(Clue::UsbId, &id, &place);
                    if let Some(at) = &at {
                        log.modem.key(KeyKind::Port, at);
                    }
                    log.port = at;
                }
                Said::Port(port) => log.port = Some(port),
                Said::Revision(revision) => {
                    log.modem.say(Clue::ModemRevision, revision, &place);
                }
                Said::Image(what) => log.image = Some((what, place.clone())),
                Said::Taken => {
                    log.taken = true;
                    log.modem
                        .say(Clue::CellularInterface, "takes part in an update", &place);
                }
                Said::Answered => {
                    log.modem
                        .say(Clue::CellularInterface, "answers over QMI or AT", &place);
                }
            }
        }
        Ok(())
    })?;
    log.close(&mut units, sink)
}
