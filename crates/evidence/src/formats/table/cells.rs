//! Cells whose text has a shape: IMEI, ICCID, dates, yes and no, quantities.

use std::borrow::Cow;

use super::{Field, Out, Row};
use crate::identity::{self, Imei, ImeiForm};
use crate::observation::{Key, KeyKind, Place};

/// The IMEI of a cell as digits: 15 where a check digit is known or written, 16 for an IMEISV, else 14.
/// What cannot be used, or was put right, is said with its place.
pub fn imei_at(text: &str, place: impl Fn() -> Place, out: &mut Out<'_>) -> Option<String> {
    // The common case of long lists, without a look at everything else a cell can be.
    if text.len() == 15 && identity::luhn(text.as_bytes()) {
        return Some(text.to_owned());
    }
    if is_scientific(text) {
        out.problem("imei-destroyed-by-spreadsheet", true, place(), || {
            "a spreadsheet turned this IMEI into a rounded number; its digits are gone".to_owned()
        });
        return None;
    }
    // 17 digits: IMEI with its check digit, followed by the software version.
    let text = match digits_only(text) {
        Some(digits) if digits.len() == 17 => Cow::Owned(digits.get(..15)?.to_owned()),
        _ => Cow::Borrowed(text),
    };
    let Some(imei) = Imei::parse(&text) else {
        // A MEID has 14 hexadecimal digits and no IMEI in it.
        let meid = text.len() == 14 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !meid {
            out.problem("imei-not-readable", false, place(), || {
                "not an IMEI: 14 to 16 digits were expected".to_owned()
            });
        }
        return None;
    };
    match imei.form {
        ImeiForm::Bare => Some(imei.digits().to_owned()),
        ImeiForm::Checked | ImeiForm::WithSoftwareVersion => Some(written(&text)),
        ImeiForm::BadCheck => {
            out.problem("imei-check-digit-wrong", false, place(), || {
                "the check digit of this IMEI is wrong: mistyped, or never a right number"
                    .to_owned()
            });
            Some(written(&text))
        }
        ImeiForm::Repaired => {
            out.problem("imei-leading-zero-restored", false, place(), || {
                "a leading zero lost in a spreadsheet was put back; the check digit proves it"
                    .to_owned()
            });
            let mut digits = String::with_capacity(15);
            digits.push('0');
            digits.push_str(&written(&text));
            Some(digits)
        }
    }
}

/// The digits of a text.
fn written(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Every IMEI cell of a row, several in one cell taken apart.
pub fn imeis(row: &Row<'_>, out: &mut Out<'_>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (column, text) in row.all(Field::Imei) {
        if text.len() <= 20 {
            found.extend(imei_at(&text, || row.place(column), out).map(|i| (column, i)));
        } else {
            for part in text
                .split([';', ',', '/', '|', ' ', '\n'])
                .filter(|p| p.len() >= 8)
                .take(16)
            {
                found.extend(imei_at(part, || row.place(column), out).map(|i| (column, i)));
            }
        }
    }
    found
}

/// Every ICCID cell of a row, digits only.
pub fn iccids(row: &Row<'_>, out: &mut Out<'_>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (column, text) in row.all(Field::Iccid) {
        if is_scientific(&text) {
            out.problem(
                "iccid-destroyed-by-spreadsheet",
                true,
                row.place(column),
                || {
                    "a spreadsheet turned this ICCID into a rounded number; its digits are gone"
                        .to_owned()
                },
            );
            continue;
        }
        match identity::iccid_stem(&text) {
            Some(_) if is_rounded(&text) => {
                out.problem("iccid-destroyed-by-spreadsheet", true, row.place(column), || {
                    "the last digits of this ICCID are zeros and its check digit is wrong: a spreadsheet kept only 15 digits".to_owned()
                });
            }
            Some(_) => found.push((column, written(&text))),
            // A column called "SIM" may hold an operator, yes or no, a subscriber number.
            None => out.problem("iccid-not-readable", false, row.place(column), || {
                "not an ICCID: 18 to 20 digits that start with 89 were expected".to_owned()
            }),
        }
    }
    found
}

/// A spreadsheet keeps 15 digits of a number and fills up with zeros.
fn is_rounded(text: &str) -> bool {
    let digits = written(text);
    digits.len() >= 19
        && digits
            .get(15..)
            .is_some_and(|tail| tail.bytes().all(|b| b == b'0'))
        && !identity::luhn(digits.as_bytes())
}

/// `8.67E+14` or `8,67E+14`: what a spreadsheet makes of a long number.
pub fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    !mantissa.is_empty()
        && mantissa
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
        && exponent
            .strip_prefix('+')
            .is_some_and(|e| !e.is_empty() && e.len() <= 3 && e.bytes().all(|b| b.is_ascii_digit()))
}

/// The text without spaces, dashes and quotes, if digits are all that is left.
fn digits_only(text: &str) -> Option<String> {
    let digits = written(text);
    text.bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'/' | b'"' | b'\''))
        .then_some(digits)
}

/// What kind of number a cell holds by its shape alone: [`Field::Imei`] or [`Field::Iccid`].
pub fn number_kind(text: &str) -> Option<Field> {
    if text.len() > 24 || text.len() < 8 {
        return None;
    }
    if identity::iccid_stem(text).is_some() {
        return Some(Field::Iccid);
    }
    if is_scientific(text) && text.ends_with("14") {
        return Some(Field::Imei);
    }
    // Fifteen digits could be anything: the check digit decides, or the look of the whole column.
    match Imei::parse(text)?.form {
        ImeiForm::Checked
        | ImeiForm::BadCheck
        | ImeiForm::Repaired
        | ImeiForm::WithSoftwareVersion => Some(Field::Imei),
        ImeiForm::Bare => None,
    }
}

/// True for a cell that is a long number, which no header is.
pub fn looks_like_number(text: &str) -> bool {
    text.len() >= 6
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b' ' | b'-' | b':' | b'/'))
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// Yes and no in the languages of the header table.
pub fn yes(text: &str) -> Option<bool> {
    let text = text.trim();
    if [
        "yes",
        "y",
        "true",
        "1",
        "x",
        "ja",
        "j",
        "wahr",
        "oui",
        "o",
        "vrai",
        "si",
        "sí",
        "s",
        "verdadero",
    ]
    .iter()
    .any(|w| text.eq_ignore_ascii_case(w))
    {
        return Some(true);
    }
    if [
        "no", "n", "false", "0", "nein", "falsch", "non", "faux", "falso",
    ]
    .iter()
    .any(|w| text.eq_ignore_ascii_case(w))
    {
        return Some(false);
    }
    None
}

/// A whole number of items: `12`, `12.0`, `1,200`. `None` for anything else and for more than a
/// thousand million.
pub fn quantity(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text
        .strip_suffix(".0")
        .or_else(|| text.strip_suffix(".00"))
        .unwrap_or(text);
    let plain: String = match text.split_once([',', '.', '\'']) {
        // A group of thousands, not a fraction.
        Some((_, last)) if last.len() == 3 => text
            .chars()
            .filter(|c| !matches!(c, ',' | '.' | '\''))
            .collect(),
        Some(_) => return None,
        None => text.to_owned(),
    };
    if plain.is_empty() || plain.len() > 10 || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    plain.parse().ok().filter(|n| *n <= 1_000_000_000)
}

/// A date as `YYYY-MM-DD`, from `2026-03-01...`, `2026/03/01` or `01.03.2026`. Dates whose order of day
/// and month cannot be told (`03/04/2026`) are `None`.
pub fn date(text: &str) -> Option<String> {
    let text = text.trim();
    let head = text.get(..10)?;
    let part = |range: std::ops::Range<usize>| head.get(range).and_then(|p| p.parse::<i16>().ok());
    let bytes = head.as_bytes();
    let at = |n: usize| bytes.get(n).copied();
    let (year, month, day) = match (at(2), at(4), at(5), at(7)) {
        (_, Some(b'-'), _, Some(b'-')) | (_, Some(b'/'), _, Some(b'/')) => {
            (part(0..4)?, part(5..7)?, part(8..10)?)
        }
        (Some(b'.'), _, Some(b'.'), _) => (part(6..10)?, part(3..5)?, part(0..2)?),
        (Some(b'/'), _, Some(b'/'), _) => {
            let (first, second) = (part(0..2)?, part(3..5)?);
            let (day, month) = match (first > 12, second > 12) {
                (true, false) => (first, second),
                (false, true) => (second, first),
                _ if first == second => (first, second),
                _ => return None,
            };
            (part(6..10)?, month, day)
        }
        _ => return None,
    };
    let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    date.ok().map(|d| d.to_string())
}

/// The keys of the asset that a row describes, from the columns that identify.
pub fn asset_keys(
    row: &Row<'_>,
    imeis: &[(usize, String)],
    iccids: &[(usize, String)],
) -> Vec<Key> {
    let mut keys = Vec::new();
    for (field, kind) in [
        (Field::AssetTag, KeyKind::AssetTag),
        (Field::Serial, KeyKind::Serial),
        (Field::Host, KeyKind::Host),
    ] {
        if let Some(value) = row.get(field) {
            keys.push(Key::new(kind, value));
        }
    }
    keys.extend(
        imeis
            .iter()
            .map(|(_, i)| Key::new(KeyKind::Imei, i.as_str())),
    );
    keys.extend(
        iccids
            .iter()
            .map(|(_, i)| Key::new(KeyKind::Iccid, i.as_str())),
    );
    for (_, text) in row.all(Field::Mac) {
        for part in text.split([';', ',', ' ', '|']).take(16) {
            if let Some(mac) = identity::mac(part) {
                let key = Key::new(KeyKind::Mac, mac);
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
    }
    if keys.is_empty() {
        keys.push(row_key(row));
    }
    keys
}

/// The key of a row that has no better one.
pub fn row_key(row: &Row<'_>) -> Key {
    Key::new(
        KeyKind::Row,
        match &row.layout.sheet {
            Some(sheet) => format!("{sheet} row {}", row.number()),
            None => format!("row {}", row.number()),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scientific_notation_is_told_from_serials() {
        assert!(is_scientific("8.67E+14"));
        assert!(is_scientific("8,67E+14"));
        assert!(is_scientific("8E+14"));
        assert!(!is_scientific("8E14A"));
        assert!(!is_scientific("E+14"));
        assert!(!is_scientific("867200000000000"));
    }

    #[test]
    fn quantities() {
        assert_eq!(quantity("12"), Some(12));
        assert_eq!(quantity("12.0"), Some(12));
        assert_eq!(quantity("1,200"), Some(1200));
        assert_eq!(quantity("1.5"), None);
        assert_eq!(quantity("ca. 5"), None);
        assert_eq!(quantity("99999999999"), None);
    }

    #[test]
    fn dates_only_where_the_order_is_plain() {
        assert_eq!(date("2026-03-01T10:00:00Z").as_deref(), Some("2026-03-01"));
        assert_eq!(date("01.03.2026").as_deref(), Some("2026-03-01"));
        assert_eq!(date("25/03/2026").as_deref(), Some("2026-03-25"));
        assert_eq!(date("03/25/2026").as_deref(), Some("2026-03-25"));
        assert_eq!(date("03/04/2026"), None);
        assert_eq!(date("2026-13-01"), None);
        assert_eq!(date("soon"), None);
    }
}
