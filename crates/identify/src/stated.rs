//! The model that a modem states by its own name, where the catalogue knows no such family.
//!
//! What a modem answers to `AT+CGMM`, what ModemManager shows as its model and what a device gives as
//! its USB product is the maker's own name for it. With the maker decided by other evidence that name
//! says which thing it is, also where the catalogue has no family for it (a stick, a new module). Names
//! of chipsets, of radio technologies and words that every device uses are no models.

use cellsweep_catalog::Catalog;
use cellsweep_catalog::lookup::chipset;
use cellsweep_evidence::{Clue, Stance};

use crate::weigh::{Bearing, Weighed, trust};

/// Longest name of a model, in bytes.
const LONGEST: usize = 24;

/// Words beside a model's name that are no part of it.
const GENERIC: &[&str] = &[
    "modem",
    "module",
    "mobile",
    "broadband",
    "wireless",
    "wwan",
    "usb",
    "device",
    "composite",
    "connect",
    "card",
    "data",
    "stick",
    "dongle",
    "generic",
    "mini",
    "minicard",
    "pcie",
    "pci",
    "express",
    "ngff",
    "network",
    "adapter",
    "lte",
    "hspa",
    "hsdpa",
    "hsupa",
    "umts",
    "wcdma",
    "cdma",
    "evdo",
    "gsm",
    "gprs",
    "edge",
    "nr",
    "cat",
    "model",
    "series",
    "configuration",
    "technologies",
    "technology",
    "incorporated",
    "inc",
    "ltd",
    "the",
    "serial",
    "port",
    "ver",
    "version",
    "rev",
];

/// Beginnings of names of chipsets and platforms.
const SILICON: &[&str] = &[
    "apq", "balong", "barbet", "hi69", "hi6932", "mdm", "msm", "mt6", "mt27", "pxa", "qsc", "qusb",
    "sdm", "sdx", "sc77", "sc88", "sc98", "sm6", "t700", "uis", "ums", "unisoc", "usb", "xmm",
];

/// A stated model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The model's name.
    pub name: String,
    /// Which clue states it.
    pub at: usize,
    /// The modem answered it when it was asked, as opposed to a descriptor or a listing.
    pub answered: bool,
}

/// The model that the thing itself states, of the maker that was decided: its answer before its listing
/// before its product string.
pub fn model(catalog: &Catalog, weighed: &[Weighed<'_>], maker: &str) -> Option<Stated> {
    weighed
        .iter()
        .enumerate()
        .filter_map(|(at, w)| {
            let o = &w.seen.observation;
            let (rank, answered) = match o.clue {
                Clue::ModemModel => (trust::MODEL, true),
                Clue::DeclaredModule => (trust::PART, false),
                Clue::ModemName => (trust::BUS_ID, false),
                Clue::UsbProduct => (trust::PRODUCT_STRING, false),
                _ => return None,
            };
            if w.stance > Stance::Declared || w.bearing == Bearing::Excludes {
                return None;
            }
            // Words that the catalogue knows to name nobody, another maker or a family say that themselves.
            if let Some(m) = &w.meaning
                && !m
                    .possible
                    .iter()
                    .any(|p| p.maker == maker && p.families.is_empty())
            {
                return None;
            }
            let (text, named) = catalog.behind_maker(&o.value, maker);
            // Paper is believed only where it writes the maker before the model.
            if o.clue == Clue::DeclaredModule && !named {
                return None;
            }
            let name = designation(text)?;
            Some((rank, Stated { name, at, answered }))
        })
        .min_by_key(|(rank, stated)| (std::cmp::Reverse(*rank), stated.at))
        .map(|(_, stated)| stated)
}

/// The first word of the text that can be a model's name: letters and digits, no chipset, no
/// technology, no version, no serial number.
fn designation(text: &str) -> Option<String> {
    let text = text.split('"').find(|part| !part.trim().is_empty())?;
    // `Modem_SN:854F`: the serial number is glued to the name.
    let text = text.split("_SN").next().unwrap_or_default();
    // The words stand beside the name of a chipset: it is the chipset's name.
    if !chipset::lines(text).is_empty() {
        return None;
    }
    let mut before: Option<&str> = None;
    for word in text.split([' ', '\t', '(', ')', '[', ']', ',', ';', '/']) {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let word = without_suffix(word);
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        if digits == 0 {
            let generic = letters < 3 || GENERIC.iter().any(|g| g.eq_ignore_ascii_case(word));
            before = (!generic).then_some(word);
            continue;
        }
        if can_be_model(word, letters, digits) {
            // `AirCard 340U`: a line's name and a number that begins with digits are one name.
            return Some(match before {
                Some(line) if word.starts_with(|c: char| c.is_ascii_digit()) => {
                    format!("{line} {word}")
                }
                _ => word.to_owned(),
            });
        }
        before = None;
    }
    None
}

/// `MF286DMODULE`: without the word that is glued to its end.
fn without_suffix(word: &str) -> &str {
    ["MODULE", "_MODEM", "-MODEM"]
        .iter()
        .find_map(|suffix| {
            let at = word.len().checked_sub(suffix.len()).filter(|at| *at > 0)?;
            let (head, tail) = (word.get(..at)?, word.get(at..)?);
            tail.eq_ignore_ascii_case(suffix).then_some(head)
        })
        .unwrap_or(word)
}

fn can_be_model(word: &str, letters: usize, digits: usize) -> bool {
    let lower = word.to_ascii_lowercase();
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let fits = letters > 0
        && (3..=LONGEST).contains(&word.len())
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+'));
    let technology = {
        let rest = plain.trim_start_matches(|c: char| c.is_ascii_digit());
        matches!(rest, "g" | "gmodem" | "gpp" | "gpp2" | "gwwan" | "gmodule")
    } || lower.starts_with("cat") && letters == 3
        || [
            "lte", "nr", "hspa", "hsdpa", "3gpp", "wwan", "modem", "ttyusb", "cdc-wdm", "mobile",
        ]
        .iter()
        .any(|t| lower.starts_with(t));
    // `V1.0`, `v3`, `R1A041`, `rev2`.
    let version = letters == 1 && (lower.starts_with('v') || lower.contains('.'))
        || lower.starts_with("rev")
        // `V7R11`: a platform's release.
        || letters == 2 && lower.starts_with('v') && lower.contains('r');
    let number = lower.starts_with("0x")
        || plain.len() >= 8 && plain.bytes().all(|b| b.is_ascii_hexdigit())
        || digits >= 9;
    let silicon = SILICON.iter().any(|s| lower.starts_with(s))
        || !chipset::lines(word).is_empty()
        || lower.ends_with("-idp")
        || lower.ends_with("-mtp");
    fits && !technology && !version && !number && !silicon
}

#[cfg(test)]
mod tests {
    use super::designation;

    #[test]
    fn a_model_is_a_word_of_letters_and_digits() {
        for (text, name) in [
            ("E1550", "E1550"),
            ("HE910-D", "HE910-D"),
            ("MF286DMODULE", "MF286D"),
            ("AirCard 340U", "AirCard 340U"),
            ("LTE Module X1234", "X1234"),
            ("M601 LTE CAT1 Modem", "M601"),
            ("MF823\",\"MF823", "MF823"),
        ] {
            assert_eq!(designation(text).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn words_that_every_device_uses_are_no_model() {
        for text in [
            "Mobile Broadband Module",
            "HUAWEI Mobile",
            "LTE Modem",
            "Android",
            "Modem",
            "MBIM",
            "0",
            "",
            "4G",
            "5G Modem",
            "3G Network Card",
            "Modem_SN:854F0123",
            "MDM9207-MTP _SN:1234",
            "SDXPRAIRIE-MTP",
            "Mobile V7R11",
            "UNISOC-8910",
            "Snapdragon X12",
            "XMM7360",
            "V1.0",
            "0x2008",
            "0123456789ABCDEF",
            "USB2.0",
        ] {
            assert_eq!(designation(text), None, "{text}");
        }
    }
}
