//! Names of the functions of one modem as the device manager of Windows lists them and people type them
//! off: "Ericsson F3507g Mobile Broadband Minicard Network Adapter", "... Modem", "... GPS Port (COM6)".
//!
//! One such name may stand in a list of drivers. Two functions of one and the same device stand in a list
//! of what is there.

use std::collections::BTreeMap;

use super::device::Device;
use crate::observation::{Clue, Place};
use crate::reader::{ReadError, Sink};

/// Most names kept.
const MOST: usize = 64;
/// Most different devices: more is a list of drivers.
const MOST_DEVICES: usize = 2;

/// Words at the end of a name that say which function it is.
const FUNCTIONS: &[&str] = &[
    "adapter",
    "modem",
    "device",
    "management",
    "port",
    "interface",
    "card",
    "module",
    "minicard",
    "connection",
    "sensor",
    "nmea",
    "diagnostics",
];

/// Words that say that it is cellular.
const RADIO: &[&str] = &[
    "mobile broadband",
    "wwan",
    "hspa",
    "lte",
    "wireless wan",
    "gobi",
    "umts",
    "3g",
    "4g",
    "5g",
];

/// The names found so far, by the two words at their head.
#[derive(Default)]
pub(super) struct Functions {
    found: BTreeMap<String, Vec<(String, Place)>>,
    count: usize,
    /// Ports that Windows gave out to a modem.
    ports: Vec<(String, Place)>,
}

/// The name without a list mark, a port in brackets, a number behind it.
fn name(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || "•*-–·+".contains(c));
    let text = text.trim_end();
    let text = match text.rsplit_once(" (COM") {
        Some((front, rest)) if rest.ends_with(')') => front,
        _ => text,
    };
    let text = match text.rsplit_once(" #") {
        Some((front, n)) if n.bytes().all(|b| b.is_ascii_digit()) => front,
        _ => text,
    };
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(' ').collect();
    let shaped = (12..=90).contains(&text.len())
        && (4..=12).contains(&words.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && !text.contains(['.', ',', ';', '=', '?', '!', '"', '|', '<', ':'])
        && words.last().is_some_and(|w| FUNCTIONS.contains(w))
        && !words.iter().any(|w| {
            matches!(
                *w,
                "the"
                    | "is"
                    | "a"
                    | "an"
                    | "my"
                    | "this"
                    | "driver"
                    | "drivers"
                    | "for"
                    | "and"
                    | "or"
                    | "to"
                    | "your"
                    | "with"
                    | "generic"
            )
        });
    let cellular = RADIO.iter().any(|r| {
        lower.match_indices(r).any(|(at, _)| {
            let before = lower
                .get(..at)
                .is_none_or(|b| b.is_empty() || b.ends_with(' '));
            let after = lower
                .get(at + r.len()..)
                .is_none_or(|a| a.is_empty() || a.starts_with([' ', '+', '-']));
            before && after
        })
    });
    (shaped && cellular).then_some(text)
}

/// Functions at a port that only a modem has, in lower case.
const PORTS: &[&str] = &[
    " usb modem",
    " at port",
    " at interface",
    " dm port",
    " at command",
    " usb at ",
    " usb dm ",
    " pc ui interface",
    " application interface",
];

/// `Quectel USB AT Port (COM5)`: the name of a port that Windows gave out, for a maker that is known, and
/// whether it is one of a modem of nobody's (`Qualcomm HS-USB Modem 90B2 (COM9)`).
fn at_port(line: &str) -> Option<(&str, bool)> {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || "•*-–·+".contains(c));
    let (name, rest) = text.trim_end().rsplit_once(" (COM")?;
    let number = rest.strip_suffix(')')?;
    let given = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let shaped = (8..=80).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.contains([',', ';', '=', '?', '!', '"', '|', '<']);
    if !given || !shaped {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    // Telephones and receivers of satellites have such ports, too.
    if [
        "gnss",
        "gps",
        "bluetooth",
        "android",
        "phone",
        "samsung",
        "motorola",
        "nokia",
        "htc ",
        "sony",
        "lg mobile",
        "lge ",
        "adb",
    ]
    .iter()
    .any(|w| lower.contains(w))
    {
        return None;
    }
    let nobodys = lower.contains(" hs-usb modem ") || lower.contains(" hs-usb wwan modem ");
    (nobodys || PORTS.iter().any(|p| format!("{lower} ").contains(p))).then_some((name, nobodys))
}

/// What stands in front of the function in the name of a port.
fn maker_of(name: &str) -> &str {
    let lower = name.to_ascii_lowercase();
    let end = [
        " hs-usb",
        " usb",
        " at ",
        " dm ",
        " nmea",
        " mobile connect",
        " pc ui",
        " application",
    ]
    .iter()
    .filter_map(|f| lower.find(f))
    .min();
    end.and_then(|at| name.get(..at)).unwrap_or(name)
}

impl Functions {
    /// Looks at a line that may be a port of a modem; `known` if the name of a maker is in it.
    pub(super) fn port(&mut self, line: &str, known: bool, place: &Place) {
        if line.len() > 200 || self.ports.len() >= MOST {
            return;
        }
        if let Some((name, nobodys)) = at_port(line)
            && (known || nobodys)
            && self.ports.iter().all(|(n, _)| n != name)
        {
            self.ports.push((name.to_owned(), place.clone()));
        }
    }

    /// Looks at a line.
    pub(super) fn line(&mut self, line: &str, place: &Place) {
        if line.len() > 200 || self.count >= MOST {
            return;
        }
        let Some(name) = name(line) else { return };
        let stem: Vec<&str> = name.split(' ').take(2).collect();
        let of = self.found.entry(stem.join(" ")).or_default();
        if of.iter().all(|(n, _)| n != name) {
            self.count += 1;
            of.push((name.to_owned(), place.clone()));
        }
    }

    /// Hands over the devices of which several functions were listed.
    pub(super) fn finish(self, unit: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let mut makers: BTreeMap<String, Vec<&(String, Place)>> = BTreeMap::new();
        for port in &self.ports {
            let maker = port.0.split(' ').next().unwrap_or_default();
            makers
                .entry(maker.to_ascii_lowercase())
                .or_default()
                .push(port);
        }
        for ports in makers.into_values() {
            let mut device = Device::new(*unit);
            *unit += 1;
            for (name, place) in ports {
                device.text(Clue::UsbManufacturer, maker_of(name), place.clone());
                device.text(Clue::CellularInterface, name, place.clone());
            }
            device.emit(sink)?;
        }
        if self.found.len() > MOST_DEVICES {
            return Ok(());
        }
        for names in self.found.into_values().filter(|n| n.len() >= 2) {
            let mut device = Device::new(*unit);
            *unit += 1;
            for (name, place) in names {
                device.text(Clue::UsbProduct, &name, place);
            }
            device.emit(sink)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_that_windows_gave_out() {
        for (line, expected) in [
            (
                "  Quectel USB AT Port (COM5)",
                Some(("Quectel USB AT Port", false)),
            ),
            (
                "- HUAWEI Mobile Connect - 3G PC UI Interface (COM12)",
                Some(("HUAWEI Mobile Connect - 3G PC UI Interface", false)),
            ),
            (
                "Qualcomm HS-USB Modem 90B2 (COM9)",
                Some(("Qualcomm HS-USB Modem 90B2", true)),
            ),
            // Without a number of a port it is the name of a driver.
            ("Quectel USB AT Port", None),
            ("Quectel USB AT Port (COMx)", None),
            ("Qualcomm HS-USB QDLoader 9008 (COM10)", None),
            ("Qualcomm HS-USB Android DIAG 901D (COM4)", None),
            ("SAMSUNG Mobile USB Modem (COM11)", None),
            ("u-blox GNSS USB Port (COM7)", None),
            ("u-blox 7 NMEA Port (COM8)", None),
            ("USB Serial Device (COM3)", None),
        ] {
            assert_eq!(at_port(line), expected, "{line}");
        }
    }

    #[test]
    fn names_of_functions() {
        for (line, found) in [
            (
                "  • Ericsson F3507g Mobile Broadband Minicard GPS Port (COM6)",
                Some("Ericsson F3507g Mobile Broadband Minicard GPS Port"),
            ),
            (
                "HP hs2350 HSPA+ Mobile Broadband Module Network Adapter #2",
                Some("HP hs2350 HSPA+ Mobile Broadband Module Network Adapter"),
            ),
            ("I bought a Mobile Broadband card", None),
            ("Drivers for the F3507g Mobile Broadband Minicard", None),
            ("Generic Mobile Broadband Adapter", None),
            ("Realtek PCIe GBE Family Adapter", None),
        ] {
            assert_eq!(name(line), found, "{line}");
        }
    }
}
