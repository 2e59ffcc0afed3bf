//! Judging keys: which identify, which are placeholders, which are shared by things that differ.

use cellsweep_catalog::Catalog;
use cellsweep_evidence::identity::{Imei, iccid_stem};
use cellsweep_evidence::{Key, KeyKind};

/// Words that stand in serial and tag columns and identify nothing.
const NO_VALUE: &[&str] = &[
    "",
    "-",
    "--",
    "---",
    "?",
    "0",
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "nil",
    "none",
    "null",
    "unknown",
    "unbekannt",
    "tbc",
    "tbd",
    "tba",
    "not known",
    "not available",
    "not applicable",
    "not specified",
    "not stated",
    "see notes",
    "various",
    "spare",
    "redacted",
    "<redacted>",
    "default string",
    "to be filled by o.e.m.",
    "to be filled by oem",
    "system serial number",
    "0123456789",
    "123456789",
    "1234567890",
    "0123456789abcdef",
    "chassis serial number",
    "x",
    "xx",
    "xxx",
];

/// Why a key does not identify anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blank {
    /// A word for "no value", or one character repeated.
    Placeholder,
    /// A number from a range that is reserved for tests or burnt into many devices.
    TestNumber,
}

/// The key in the form in which it is compared; `Err` if it identifies nothing.
///
/// IMEIs are compared on their 14 digits, ICCIDs without the check digit, everything else without
/// case and surrounding blanks.
pub fn comparable(key: &Key, catalog: &Catalog) -> Result<Key, Blank> {
    let value = key.value.trim();
    let lower = value.to_lowercase();
    if NO_VALUE.contains(&lower.as_str()) {
        return Err(Blank::Placeholder);
    }
    let mut significant = lower.bytes().filter(u8::is_ascii_alphanumeric);
    let first = significant.next();
    if first.is_none() || (lower.len() > 2 && significant.all(|b| Some(b) == first)) {
        return Err(Blank::Placeholder);
    }
    let value = match key.kind {
        KeyKind::Imei => {
            let Some(imei) = Imei::parse(value) else {
                return Err(Blank::Placeholder);
            };
            if reserved(imei.digits(), catalog) {
                return Err(Blank::TestNumber);
            }
            imei.digits().to_owned()
        }
        KeyKind::Iccid => iccid_stem(value).ok_or(Blank::Placeholder)?,
        KeyKind::ModuleSerial | KeyKind::Serial => {
            // A module may print its IMEI, or a constant that looks like one, as its serial number.
            if Imei::parse(value).is_some_and(|i| reserved(i.digits(), catalog)) {
                return Err(Blank::TestNumber);
            }
            if is_ascending(&lower) {
                return Err(Blank::Placeholder);
            }
            lower
        }
        _ => lower,
    };
    Ok(Key {
        kind: key.kind,
        value,
    })
}

/// The 14 identifying digits of an IMEI as a number, without allocating. `None` unless the text is 15
/// plain digits that identify a device: everything else takes [`comparable`], which agrees with this.
pub fn imei_number(text: &str, catalog: &Catalog) -> Option<u64> {
    let bytes = text.as_bytes();
    let stem = text.get(..14)?;
    if bytes.len() != 15 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if bytes.iter().all(|b| Some(b) == bytes.first()) || reserved(stem, catalog) {
        return None;
    }
    Some(
        stem.bytes()
            .fold(0, |n, b| n * 10 + u64::from(b.saturating_sub(b'0'))),
    )
}

/// Reporting body 00 is for tests (GSMA TS.06); other placeholder ranges are the catalogue's.
fn reserved(digits: &str, catalog: &Catalog) -> bool {
    digits.starts_with("00") || catalog.placeholder(digits).is_some() || is_ascending(digits)
}

/// `12345678`, `0123456789ABCDEF`: counting up is not a serial number.
fn is_ascending(text: &str) -> bool {
    let digit = |b: u8| char::from(b).to_digit(16);
    let follows = |a: u32, b: u32| b == (a + 1) % 16 || (a == 9 && b == 0);
    text.len() >= 6
        && text.bytes().all(|b| b.is_ascii_hexdigit())
        && text.as_bytes().windows(2).all(
            |w| matches!(w, [a, b] if digit(*a).zip(digit(*b)).is_some_and(|(a, b)| follows(a, b))),
        )
}

/// Strength of a key as the base of a durable id: higher is better, 0 never.
pub fn durability(kind: KeyKind) -> u8 {
    match kind {
        KeyKind::AssetTag => 9,
        KeyKind::Serial => 8,
        KeyKind::Imei => 7,
        KeyKind::ModuleSerial => 6,
        KeyKind::Host => 5,
        KeyKind::Mac => 4,
        KeyKind::Iccid => 3,
        KeyKind::BomRef => 2,
        KeyKind::Port => 1,
        KeyKind::Row => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(kind: KeyKind, value: &str) -> Result<String, Blank> {
        comparable(&Key::new(kind, value), &Catalog::default()).map(|k| k.value)
    }

    #[test]
    fn words_for_nothing_never_identify() {
        for word in [
            "N/A",
            " n/a ",
            "0000000",
            "---",
            "XXXXXXXX",
            "unknown",
            "0123456789ABCDEF",
            "12345678",
        ] {
            assert_eq!(
                judge(KeyKind::Serial, word),
                Err(Blank::Placeholder),
                "{word}"
            );
        }
        assert_eq!(judge(KeyKind::Serial, "CN0A11").as_deref(), Ok("cn0a11"));
    }

    #[test]
    fn the_short_way_to_an_imei_agrees_with_the_long_one() {
        for text in [
            "867284060000001",
            "867284060000008",
            "86728406000000",
            "8672840600000010",
            "004999010640000",
            "000000000000000",
            "123456789012345",
            " 86728406000000",
            "N/A",
            "",
        ] {
            if let Some(number) = imei_number(text, &Catalog::default()) {
                assert_eq!(judge(KeyKind::Imei, text), Ok(format!("{number:014}")));
            } else if text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit()) {
                assert!(judge(KeyKind::Imei, text).is_err(), "{text}");
            }
        }
        assert_eq!(
            imei_number("867284060000001", &Catalog::default()),
            Some(86_728_406_000_000)
        );
    }

    #[test]
    fn test_imeis_never_identify() {
        // RBI 00: constant in many devices (Fibocom L850-GL prints it as USB serial).
        assert_eq!(
            judge(KeyKind::Imei, "004999010640000"),
            Err(Blank::TestNumber)
        );
        assert_eq!(
            judge(KeyKind::ModuleSerial, "004999010640000"),
            Err(Blank::TestNumber)
        );
        assert_eq!(
            judge(KeyKind::Imei, "000000000000000"),
            Err(Blank::Placeholder)
        );
        assert_eq!(
            judge(KeyKind::Imei, "867284060000001").as_deref(),
            Ok("86728406000000")
        );
    }
}
