//! `getprop` of Android: what the system says of itself and of its baseband. A telephone has a
//! baseband and no module; whether the model is that of a smart module is judged elsewhere.

use crate::modem::Modem;
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "getprop",
    title: "getprop: properties of an Android system",
    made_by: "adb shell getprop",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    match head.count_lines(|l| property(l).is_some()) {
        0 => 0,
        1 => 70,
        _ => 94,
    }
}

/// `[ro.product.model]: [SC66]`.
fn property(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim().strip_prefix('[')?.split_once("]: [")?;
    let shaped = key.contains('.')
        && key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@'));
    shaped.then(|| (key, value.strip_suffix(']').unwrap_or(value)))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut system = Modem::new(Stance::Observed);
    text::lines(source, sink, |number, line, _| {
        let Some((key, value)) = property(line) else {
            return Ok(());
        };
        let place = Place::Line(number);
        match key {
            "gsm.version.baseband" | "ro.boot.baseband_version" | "ro.baseband.version" => {
                // Two SIM slots, one baseband, twice.
                for part in value.split(',') {
                    system.say(Clue::Baseband, part, &place);
                }
            }
            "ro.serialno" | "ro.boot.serialno" => system.key(KeyKind::Serial, value),
            _ if matches!(key.rsplit('.').next(), Some("imei" | "imei1" | "imei2")) => {
                system.imei(value, &place);
            }
            _ if describes(key) && !value.trim().is_empty() => {
                system.say(
                    Clue::HandsetProperty,
                    &format!("{key}={}", value.trim()),
                    &place,
                );
            }
            _ => {}
        }
        Ok(())
    })?;
    system.finish(&mut 0, sink)
}

/// Properties that name the product or its board.
fn describes(key: &str) -> bool {
    let product = key.starts_with("ro.product.")
        && ["model", "manufacturer", "brand", "device", "name", "board"]
            .contains(&key.rsplit('.').next().unwrap_or_default());
    product
        || matches!(
            key,
            "gsm.version.ril-impl"
                | "ro.board.platform"
                | "ro.hardware"
                | "ro.build.product"
                | "ro.build.characteristics"
                | "ro.build.display.id"
                | "ro.boot.hardware"
        )
}
