//! A device as it is pieced together from the lines of a listing, before it is handed on.

use crate::observation::{Clue, Key, KeyKind, Observation, Place, Stance};
use crate::reader::{ReadError, Sink};

/// Most facts kept of one device; a modem in its widest composition has some thirty.
const MOST_FACTS: usize = 96;
/// Longest value kept, in bytes; a USB string has at most 126 characters. Together with the above this
/// bounds a device to some 30 kB.
const LONGEST_VALUE: usize = 256;

/// USB interface classes of which a device that has no other is of no interest beyond its id: audio,
/// human interface, video. Mass storage is not among them: sticks appear so before they are switched.
const UNRELATED: &[&str] = &["01", "03", "0e"];

/// One device: its identities and what was seen of it, each fact once.
#[derive(Debug)]
pub(crate) struct Device {
    unit: u64,
    stance: Stance,
    keys: Vec<Key>,
    facts: Vec<Observation>,
    /// Date that goes with the facts that follow.
    pub(crate) seen: Option<String>,
}

impl Device {
    /// A device that was seen enumerated.
    pub(crate) fn new(unit: u64) -> Self {
        Self::with_stance(unit, Stance::Observed)
    }

    /// A device with another stance.
    pub(crate) fn with_stance(unit: u64, stance: Stance) -> Self {
        Self {
            unit,
            stance,
            keys: Vec::new(),
            facts: Vec::new(),
            seen: None,
        }
    }

    /// Its number in the source.
    pub(crate) fn unit(&self) -> u64 {
        self.unit
    }

    /// Gives all that is known of it another stance.
    pub(crate) fn restate(&mut self, stance: Stance) {
        self.stance = stance;
        for fact in &mut self.facts {
            fact.stance = stance;
        }
    }

    /// Adds an identity; an empty one and one that is there already are ignored.
    pub(crate) fn key(&mut self, kind: KeyKind, value: impl Into<String>) {
        let key = Key::new(kind, value.into());
        if !key.value.is_empty() && self.keys.len() < 16 && !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }

    /// Adds the place on a bus: `usb:1-1.4`, `pci:0000:01:00.0`.
    pub(crate) fn port(&mut self, path: impl Into<String>) {
        self.key(KeyKind::Port, path);
    }

    /// True if it is known to sit at this place.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        self.keys
            .iter()
            .any(|k| k.kind == KeyKind::Port && k.value == path)
    }

    /// Adds the serial number the device reports, unless it is one that nobody set.
    pub(crate) fn module_serial(&mut self, text: &str) {
        let text = cut(text.trim());
        if !is_placeholder(text) {
            self.key(KeyKind::ModuleSerial, text);
        }
    }

    /// Adds a fact; an empty value and one that is there already are ignored.
    pub(crate) fn fact(&mut self, clue: Clue, value: &str, place: Place) {
        let value = cut(value.trim());
        if value.is_empty() || self.facts.len() >= MOST_FACTS || self.holds(clue, value) {
            return;
        }
        let mut fact = Observation::new(self.unit, self.stance, clue, value, place);
        fact.seen.clone_from(&self.seen);
        self.facts.push(fact);
    }

    /// Adds a text that a device or a driver gave of itself, unless the listing wrote a stand-in.
    pub(crate) fn text(&mut self, clue: Clue, value: &str, place: Place) {
        if !matches!(
            value.trim(),
            "(none)" | "(error)" | "[none]" | "[unknown]" | "<none>"
        ) {
            self.fact(clue, value, place);
        }
    }

    /// True if there is a fact of this kind.
    pub(crate) fn has(&self, clue: Clue) -> bool {
        self.facts.iter().any(|f| f.clue == clue)
    }

    /// The first fact of this kind.
    pub(crate) fn first(&self, clue: Clue) -> Option<&str> {
        self.facts
            .iter()
            .find(|f| f.clue == clue)
            .map(|f| f.value.as_str())
    }

    fn holds(&self, clue: Clue, value: &str) -> bool {
        self.facts
            .iter()
            .any(|f| f.clue == clue && f.value == value)
    }

    /// Adds a PCI class, four digits; the two classes of cellular controllers also as what they are.
    pub(crate) fn pci_class(&mut self, class: &str, place: Place) {
        self.fact(Clue::PciClass, class, place.clone());
        // 0d40 and 0d41 in the PCI Code and ID Assignment Specification.
        if matches!(class, "0d40" | "0d41") {
            let words = format!("PCI class {class}, cellular controller/modem");
            self.fact(Clue::CellularInterface, &words, place);
        }
    }

    /// A root hub or other hub, or a USB device all of whose interfaces are of classes no modem is made
    /// of.
    fn is_unrelated_usb(&self) -> bool {
        let of = |clue| {
            self.facts
                .iter()
                .filter(move |f: &&Observation| f.clue == clue)
        };
        let root = |id: &str| matches!(id, "1d6b:0001" | "1d6b:0002" | "1d6b:0003");
        if of(Clue::UsbId).any(|f| root(&f.value))
            || of(Clue::UsbClass).any(|f| f.value.starts_with("09"))
        {
            return true;
        }
        let mut interfaces = of(Clue::UsbInterface).peekable();
        interfaces.peek().is_some()
            && interfaces.all(|f| f.value.get(..2).is_some_and(|c| UNRELATED.contains(&c)))
    }

    /// Hands the facts on in the order they were read, the identities with the first. Of a hub and of
    /// keyboards, cameras and the like only the id.
    pub(crate) fn emit(mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if self.is_unrelated_usb() {
            self.facts.retain(|f| f.clue == Clue::UsbId);
            self.keys.retain(|k| k.kind != KeyKind::ModuleSerial);
        }
        let mut keys = Some(self.keys);
        for fact in self.facts {
            sink.observe(match keys.take() {
                Some(keys) => fact.about(keys),
                None => fact,
            })?;
        }
        Ok(())
    }
}

/// At most [`LONGEST_VALUE`] bytes, cut between characters.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_VALUE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A serial number that says nothing: one character throughout, a counting row, a stand-in word.
fn is_placeholder(serial: &str) -> bool {
    const WORDS: &[&str] = &[
        "none", "(none)", "(error)", "n/a", "unknown", "default", "serial", "demo", "null",
    ];
    let lower = serial.to_ascii_lowercase();
    let mut bytes = lower.bytes();
    let first = bytes.next();
    bytes.all(|b| Some(b) == first)
        || WORDS.contains(&lower.as_str())
        || (lower.len() >= 5
            && ["0123456789abcdef0123456789", "1234567890abcdef1234567890"]
                .iter()
                .any(|row| row.starts_with(&lower)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Collected;

    #[test]
    fn serials_nobody_set() {
        for s in [
            "",
            "0",
            "00000000",
            "xxxxxxxx",
            "FFFFFFFF",
            "12345678",
            "0123456789ABCDEF",
            "1234567890ABCDEF",
            "N/A",
        ] {
            assert!(is_placeholder(s), "{s}");
        }
        for s in ["67e04c35", "000000000100", "0123", "123456789012345"] {
            assert!(!is_placeholder(s), "{s}");
        }
    }

    #[test]
    fn of_a_keyboard_only_the_id_is_kept_and_of_a_stick_in_storage_mode_everything() {
        let with = |class: &str| {
            let mut d = Device::new(0);
            d.port("usb:1-1");
            d.fact(Clue::UsbId, "046d:c31c", Place::Line(1));
            d.fact(Clue::UsbProduct, "Thing", Place::Line(2));
            d.fact(Clue::UsbInterface, class, Place::Line(3));
            let mut out = Collected::default();
            d.emit(&mut out).unwrap();
            out.observations.len()
        };
        assert_eq!(with("03/01/01"), 1);
        assert_eq!(with("08/06/50"), 3);
        assert_eq!(with("ff/ff/30"), 3);
    }

    #[test]
    fn a_device_without_end_stays_small() {
        let mut d = Device::new(0);
        for n in 0..10_000 {
            d.fact(
                Clue::Driver,
                &format!("{n}{}", "ä".repeat(1000)),
                Place::Whole,
            );
        }
        let mut out = Collected::default();
        d.emit(&mut out).unwrap();
        assert_eq!(out.observations.len(), MOST_FACTS);
        assert!(
            out.observations
                .iter()
                .all(|o| o.value.len() <= LONGEST_VALUE)
        );
    }
}
