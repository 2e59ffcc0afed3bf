//! Digi routers with the Digi Accelerated Linux command line: `show usb`.

use crate::modem::{Modem, names_a_machine, prompt};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "digi-dal",
    title: "Digi Accelerated Linux: show usb",
    made_by: "show usb",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Most devices kept of one listing.
const MOST: usize = 256;

fn sniff(head: &Head<'_>) -> u8 {
    let mut listing = false;
    for line in head.lines().take(2000) {
        listing |= columns(line).is_some();
        if listing && row(line).is_some() {
            return 90;
        }
    }
    0
}

/// Where product and manufacturer begin under `ID Product Manufacturer`.
fn columns(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split_whitespace();
    let header = words.next() == Some("ID")
        && words.next() == Some("Product")
        && words.next() == Some("Manufacturer")
        && words.next().is_none();
    header.then_some(())?;
    Some((line.find("Product")?, line.find("Manufacturer")?))
}

/// `1bc7:1040`, and what stands behind it.
fn row(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (id, rest) = line.split_once(' ')?;
    let (vendor, product) = id.split_once(':')?;
    let hex = |s: &str| s.len() == 4 && s.bytes().all(|b| b.is_ascii_hexdigit());
    (hex(vendor) && hex(product)).then_some((id, rest.trim()))
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut found: Vec<Modem> = Vec::new();
    let mut at: Option<(usize, usize)> = None;
    let mut host: Option<String> = None;
    text::lines(source, sink, |number, line, _| {
        if let Some((name, _)) = prompt(line) {
            host = names_a_machine(name).then(|| name.to_owned());
        }
        if let Some(found) = columns(line) {
            at = Some(found);
        } else if at.is_some()
            && let Some((id, rest)) = row(line)
            && found.len() < MOST
        {
            let place = Place::Line(number);
            let mut m = Modem::new(Stance::Observed);
            m.say(Clue::UsbId, &id.to_ascii_lowercase(), &place);
            let aligned = at.and_then(|(product, maker)| {
                let before = line.get(..maker)?;
                before
                    .ends_with("  ")
                    .then_some((line.get(product..maker)?, line.get(maker..)?))
            });
            if let Some((product, maker)) = aligned {
                m.say(Clue::UsbProduct, product, &place);
                m.say(Clue::UsbManufacturer, maker, &place);
            } else {
                // The columns were lost on the way: product and maker stand in one text.
                m.say(Clue::UsbProduct, rest, &place);
            }
            found.push(m);
        }
        Ok(())
    })?;
    let mut units = 0u64;
    for m in &mut found {
        if let Some(host) = &host {
            m.key(KeyKind::Host, host);
        }
        m.finish(&mut units, sink)?;
    }
    Ok(())
}
