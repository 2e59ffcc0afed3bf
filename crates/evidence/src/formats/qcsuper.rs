//! QCSuper and like tools: what a baseband answers over the Qualcomm DIAG protocol.

use crate::modem::Modem;
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "qcsuper",
    title: "QCSuper: a baseband asked over the DIAG protocol",
    made_by: "qcsuper.py --usb-modem auto --info",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

const KEYS: &[&str] = &[
    "mobile model id",
    "chip version",
    "firmware build id",
    "diag version",
    "compilation date",
    "release date",
    "version directory",
    "common air interface information",
    "mobile's model number",
    "mobile's software revision",
    "slot cycle index",
    "hw revision",
    "mobile model number",
];

fn sniff(head: &Head<'_>) -> u8 {
    match head.count_lines(|l| pair(l).is_some()) {
        0 => 0,
        1 => 66,
        _ => 92,
    }
}

/// `[+] Firmware build ID:   BG95M1LAR02A04`.
fn pair(line: &str) -> Option<(String, &str)> {
    let (key, value) = line.trim().strip_prefix("[+]")?.split_once(':')?;
    let key = key.trim().to_ascii_lowercase();
    KEYS.contains(&key.as_str()).then(|| (key, value.trim()))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut modem = Modem::new(Stance::Observed);
    let mut units = 0u64;
    text::lines(source, sink, |number, line, sink| {
        let Some((key, value)) = pair(line) else {
            return Ok(());
        };
        let place = Place::Line(number);
        let again = matches!(key.as_str(), "firmware build id")
            && modem.first(Clue::ModemRevision).is_some_and(|r| r != value);
        if again {
            modem.finish(&mut units, sink)?;
        }
        if modem.is_empty() {
            modem.say(Clue::CellularInterface, "answers over DIAG", &place);
        }
        if key == "firmware build id" {
            modem.say(Clue::ModemRevision, value, &place);
        }
        Ok(())
    })?;
    modem.finish(&mut units, sink)
}
