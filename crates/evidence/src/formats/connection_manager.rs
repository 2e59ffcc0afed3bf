//! Logs of the dial and flash programs that Quectel gives its customers (`quectel-CM`, `QFirehose`):
//! the device they found, and its firmware revision.

use crate::modem::{Modem, port_of_path};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "connection-manager",
    title: "quectel-CM and QFirehose: the modem a dial or flash program works with",
    made_by: "quectel-CM; QFirehose -f FOLDER",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// What a line says.
enum Said<'a> {
    /// The program's own name: what follows is about another device.
    Begins,
    /// A device with its USB id (`2c7c:0125`) and where it is attached, if that is said.
    Device(String, Option<String>),
    /// The modem's firmware revision.
    Revision(&'a str),
    /// It answered in a protocol of cellular modems.
    Answered,
}

fn sniff(head: &Head<'_>) -> u8 {
    let (mut begins, mut devices, mut other) = (0, 0, 0);
    for line in head.lines().take(2000) {
        match said(line) {
            Some(Said::Begins) => begins += 1,
            Some(Said::Device(..)) => devices += 1,
            Some(_) => other += 1,
            None => {}
        }
    }
    match (begins, devices, other) {
        (0, 0, _) => 0,
        (0, _, 0) => 70,
        (_, 0, 0) => 60,
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

fn said(line: &str) -> Option<Said<'_>> {
    let text = message(line);
    if text.contains("QConnectManager_") || text.contains("QFirehose_Linux") {
        return Some(Said::Begins);
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

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut modem = Modem::new(Stance::Observed);
    let mut units = 0u64;
    let mut port: Option<String> = None;
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        match said(line) {
            None => {}
            Some(Said::Begins) => {
                port = None;
                modem.finish(&mut units, sink)?;
            }
            Some(Said::Device(id, at)) => {
                if modem.first(Clue::UsbId).is_some_and(|have| have != id) || port != at {
                    modem.finish(&mut units, sink)?;
                }
                modem.say(Clue::UsbId, &id, &place);
                if let Some(at) = &at {
                    modem.key(KeyKind::Port, at);
                }
                port = at;
            }
            Some(Said::Revision(revision)) => modem.say(Clue::ModemRevision, revision, &place),
            Some(Said::Answered) => {
                modem.say(Clue::CellularInterface, "answers over QMI or AT", &place);
            }
        }
        Ok(())
    })?;
    modem.finish(&mut units, sink)
}
