//! What a line speaks of where no module and no product is recognised in it.
//!
//! Names of kinds of goods in the languages in which tenders and quotes are written. They decide between
//! "no cellular module recognised" and "to be asked"; they never make anybody's module out of a word.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What a line speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    /// Cellular radio.
    Cellular,
    /// A kind of goods that holds no radio: a resistor, a cable, a screw, an antenna.
    Plain(&'static str),
    /// Nothing that tells.
    Nothing,
}

/// Whole words that speak of cellular radio, lower case.
const CELLULAR: &[&str] = &[
    "lte",
    "lte-m",
    "ltem",
    "nb-iot",
    "nbiot",
    "gsm",
    "gprs",
    "umts",
    "hspa",
    "wcdma",
    "cdma",
    "wwan",
    "cellular",
    "cellulaire",
    "cellulare",
    "celular",
    "mobilfunk",
    "modem",
    "modems",
    "modul-modem",
    "mobilfunkmodem",
    "mobilfunkmodul",
    "mobilfunkrouter",
    "esim",
    "redcap",
    "cat-m1",
    "cat.m1",
];

/// Generations, compared with their capital letter: `3 g` is an acceleration.
const GENERATIONS: &[&str] = &[
    "2G", "3G", "4G", "5G", "2G/3G", "3G/4G", "4G/5G", "4G/LTE", "5G/LTE",
];

/// Kinds of goods that hold no cellular radio. The first that a word begins or ends with counts; those
/// of five letters and more also inside a word, since German writes `Hutschienenhalter`.
const PLAIN: &[(&str, &str)] = &[
    ("antenna", "an antenna"),
    ("antennas", "an antenna"),
    ("antenne", "an antenna"),
    ("antennen", "an antenna"),
    ("cable", "a cable"),
    ("cables", "a cable"),
    ("kabel", "a cable"),
    ("câble", "a cable"),
    ("cavo", "a cable"),
    ("cord", "a cable"),
    ("coaxial", "a cable"),
    ("jumper", "a cable"),
    ("pigtail", "a cable"),
    ("resistor", "a resistor"),
    ("resistors", "a resistor"),
    ("res", "a resistor"),
    ("widerstand", "a resistor"),
    ("résistance", "a resistor"),
    ("capacitor", "a capacitor"),
    ("capacitors", "a capacitor"),
    ("cap", "a capacitor"),
    ("mlcc", "a capacitor"),
    ("kondensator", "a capacitor"),
    ("condensateur", "a capacitor"),
    ("inductor", "an inductor"),
    ("ind", "an inductor"),
    ("ferrite", "an inductor"),
    ("drossel", "an inductor"),
    ("diode", "a diode"),
    ("diodes", "a diode"),
    ("led", "a diode"),
    ("mosfet", "a transistor"),
    ("transistor", "a transistor"),
    ("regulator", "a regulator"),
    ("regulators", "a regulator"),
    ("reg", "a regulator"),
    ("ldo", "a regulator"),
    ("buck", "a regulator"),
    ("crystal", "a crystal"),
    ("oscillator", "a crystal"),
    ("connector", "a connector"),
    ("conn", "a connector"),
    ("terminal", "a connector"),
    ("header", "a connector"),
    ("stecker", "a connector"),
    ("buchse", "a connector"),
    ("socket", "a connector"),
    ("receptacle", "a connector"),
    ("rcpt", "a connector"),
    ("relay", "a relay"),
    ("relais", "a relay"),
    ("fuse", "a fuse"),
    ("sicherung", "a fuse"),
    ("microcontroller", "a microcontroller"),
    ("mcu", "a microcontroller"),
    ("processor", "a processor"),
    ("eeprom", "a memory"),
    ("accelerometer", "a sensor"),
    ("sensor-element", "a sensor"),
    ("pcba", "a board whose parts are listed"),
    ("screw", "a fixing"),
    ("screws", "a fixing"),
    ("schraube", "a fixing"),
    ("schrauben", "a fixing"),
    ("vis", "a fixing"),
    ("bolt", "a fixing"),
    ("bracket", "a fixing"),
    ("halter", "a fixing"),
    ("halterung", "a fixing"),
    ("fixation", "a fixing"),
    ("mounting", "a fixing"),
    ("montageset", "a fixing"),
    ("goulotte", "a duct"),
    ("kanal", "a duct"),
    ("duct", "a duct"),
    ("schrank", "an enclosure"),
    ("gehäuse", "an enclosure"),
    ("enclosure", "an enclosure"),
    ("cabinet", "an enclosure"),
    ("disjoncteur", "a circuit breaker"),
    ("leitungsschutzschalter", "a circuit breaker"),
    ("breaker", "a circuit breaker"),
    ("netzteil", "a power supply"),
    ("alimentation", "a power supply"),
    ("battery", "a battery"),
    ("batterie", "a battery"),
    ("akku", "a battery"),
    ("ties", "a fixing"),
    ("label", "a label"),
    ("etikett", "a label"),
];

/// Two words that name a kind only together.
const PAIRS: &[(&str, &str, &str)] = &[
    ("power", "supply", "a power supply"),
    ("heat", "sink", "a heat sink"),
    ("sim", "holder", "a connector"),
    ("sim", "socket", "a connector"),
    ("sim", "card", "a SIM card or its holder"),
];

/// Words of things that hold a radio: beside them an accessory's word does not make the line plain.
const DEVICES: &[&str] = &[
    "router",
    "routeur",
    "gateway",
    "passerelle",
    "modem",
    "module",
    "modul",
    "tracker",
    "meter",
    "zähler",
    "stromzähler",
    "compteur",
    "camera",
    "kamera",
    "caméra",
    "hotspot",
    "logger",
    "datenlogger",
    "terminal-device",
    "machine",
    "automat",
    "vehicle",
    "fahrzeug",
    "inverter",
    "wechselrichter",
    "onduleur",
    "laptop",
    "notebook",
    "tablet",
    "phone",
    "smartphone",
    "lte-router",
    "4g-router",
    "5g-router",
];

/// Words of a line, at most 200.
fn words(text: &str) -> Vec<&str> {
    let split = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '\''));
    text.split(split)
        .map(|w| w.trim_matches(['-', '/', '.', '\'']))
        .filter(|w| !w.is_empty())
        .take(200)
        .collect()
}

/// The word itself or a part of it is one of these.
fn parts(word: &str, of: &HashSet<&str>) -> bool {
    of.contains(word) || word.split(['-', '/', '.']).any(|p| of.contains(p))
}

/// The lists, as they are looked up.
struct Lists {
    cellular: HashSet<&'static str>,
    generations: HashSet<&'static str>,
    devices: HashSet<&'static str>,
    /// Number in [`PLAIN`] of whole words.
    plain: HashMap<&'static str, usize>,
    /// Those that count inside a word.
    inside: Option<AhoCorasick>,
    /// Their numbers in [`PLAIN`].
    inside_at: Vec<usize>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut plain = HashMap::new();
    let mut inside = Vec::new();
    let mut inside_at = Vec::new();
    for (at, (name, _)) in PLAIN.iter().enumerate() {
        plain.entry(*name).or_insert(at);
        if name.chars().count() >= 5 {
            inside.push(*name);
            inside_at.push(at);
        }
    }
    Lists {
        cellular: CELLULAR.iter().copied().collect(),
        generations: GENERATIONS.iter().copied().collect(),
        devices: DEVICES.iter().copied().collect(),
        plain,
        inside: AhoCorasick::new(&inside).ok(),
        inside_at,
    }
});

impl Lists {
    /// What a word says of plain goods: the first name of [`PLAIN`] that it is, has as a part, or holds.
    fn plain(&self, word: &str) -> Option<&'static str> {
        let whole = self.plain.get(word).copied();
        let part = word.split('-').filter_map(|p| self.plain.get(p).copied());
        let held = self
            .inside
            .iter()
            .flat_map(|all| all.find_overlapping_iter(word))
            .filter_map(|hit| self.inside_at.get(hit.pattern().as_usize()).copied());
        let first = whole.into_iter().chain(part).chain(held).min()?;
        PLAIN.get(first).map(|(_, is)| *is)
    }
}

/// True if the line is a device's: a maker beside it is the device's, not a module's.
pub(super) fn is_device(text: &str) -> bool {
    words(text).iter().any(|w| {
        let w = w.to_lowercase();
        parts(&w, &LISTS.devices) && !matches!(w.as_str(), "module" | "modul" | "modem")
    })
}

/// What the line speaks of.
pub(super) fn speaks(text: &str) -> Speaks {
    let raw = words(text);
    let words: Vec<String> = raw.iter().map(|w| w.to_lowercase()).collect();
    let lists = &*LISTS;
    let plain = words
        .windows(2)
        .find_map(|two| match two {
            [a, b] => PAIRS
                .iter()
                .find(|(x, y, _)| a == x && b.trim_end_matches('s') == *y)
                .map(|(_, _, is)| *is),
            _ => None,
        })
        .or_else(|| words.iter().find_map(|w| lists.plain(w)));
    match plain {
        Some(is) if !words.iter().any(|w| parts(w, &lists.devices)) => Speaks::Plain(is),
        _ if words.iter().any(|w| parts(w, &lists.cellular))
            || raw.iter().any(|w| parts(w, &lists.generations)) =>
        {
            Speaks::Cellular
        }
        _ => Speaks::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::{Speaks, speaks};

    #[test]
    fn cellular_words_accessories_and_neither() {
        for text in [
            "LTE Cat 1 modem",
            "Vending machine with remote monitoring over 4G",
            "Compteur communicant LTE-M",
            "NB-IoT modem",
            "GSM module",
            "5G WWAN card, supplier to be named",
            "LTE-Router Modell Kestrel 40",
            "Router with LTE antenna",
            "Stromzähler mit GPRS",
        ] {
            assert_eq!(speaks(text), Speaks::Cellular, "{text}");
        }
        for text in [
            "Magnetfußantenne Kombi",
            "LTE antenna adhesive mount",
            "Patchkabel Cat.6 2 m grau",
            "Câble R2V 3G2,5 mm² 100 m",
            "Hutschienenhalter",
            "Zylinderschraube M5x16 verzinkt",
            "DIN rail power supply 24 V",
            "RES SMD 10K OHM 1% 1/16W 0402",
            "IC REG LINEAR 3.3V 1A SOT25",
        ] {
            assert!(matches!(speaks(text), Speaks::Plain(_)), "{text}");
        }
        for text in [
            "Parkautomat PA-9 Komfort",
            "STM32L476RGT6",
            "accelerate 3g",
            "Realtek RTL8211",
        ] {
            assert_eq!(speaks(text), Speaks::Nothing, "{text}");
        }
    }
}
