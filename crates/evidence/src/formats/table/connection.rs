//! Cells that say how an asset is connected and who can reach it, in the words of the estate file.

use std::net::Ipv4Addr;

use crate::observation::{Clue, Stance};
use crate::reader::ReadError;

use super::{Field, Row, Unit, cells};

/// A column with its key in the estate file and the words it takes.
type Column = (Field, &'static str, &'static [&'static str]);

const COLUMNS: &[Column] = &[
    (
        Field::Apn,
        "apn",
        &["private-isolated", "private", "private-shared", "public"],
    ),
    (
        Field::Segmentation,
        "segmentation",
        &["isolated", "filtered", "flat"],
    ),
    (
        Field::RemoteAccess,
        "remote_access",
        &["none", "controlled", "internet"],
    ),
    (
        Field::SimIssuer,
        "sim_issuer",
        &["organisation", "supplier"],
    ),
    (
        Field::FirmwareChannel,
        "firmware_channel",
        &["local", "organisation", "supplier"],
    ),
    (Field::Cloud, "cloud", &["none", "organisation", "supplier"]),
];

const PASSING: &[&str] = &[
    "telemetry",
    "commands",
    "traffic",
    "position",
    "audio",
    "video",
];

/// The word that a cell means: without case, `_` and spaces as `-`.
fn word(words: &[&'static str], cell: &str) -> Option<&'static str> {
    if cell.len() > 40 {
        return None;
    }
    let plain = cell.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    words.iter().copied().find(|w| *w == plain)
}

/// True for an address that everybody can send to: neither private, shared by a carrier (RFC 6598) nor
/// for documentation, link or loop. IPv6 is not judged.
fn is_public(cell: &str) -> bool {
    let Ok(address) = cell.trim().parse::<Ipv4Addr>() else {
        return false;
    };
    let [a, b, ..] = address.octets();
    !(a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b == 18 || b == 19))
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation())
}

/// Emits what the row says. A cell with another word than the key takes is said, except that a column of
/// access points holds their names as a rule, which say nothing.
pub fn emit(row: &Row<'_>, unit: &mut Unit<'_, '_>) -> Result<(), ReadError> {
    for (field, key, words) in COLUMNS {
        // As it stands: `none` is a word here and a placeholder elsewhere.
        let Some((column, cell)) = row.words(*field) else {
            continue;
        };
        if let Some(word) = word(words, &cell) {
            let value = format!("{key}={word}");
            unit.emit(Stance::Declared, Clue::Connection, value, row.place(column))?;
        } else if *field != Field::Apn && !super::is_placeholder(&cell) {
            unit.problem("connection-word-unknown", row.place(column), || {
                format!(
                    "not one of the words that say `{key}`: {}",
                    words.join(", ")
                )
            });
        }
    }
    if let Some((column, cell)) = row.find(Field::Passes) {
        let mut found: Vec<&str> = cell
            .split([',', ';', '/', '+', '|'])
            .take(16)
            .filter_map(|part| word(PASSING, part))
            .collect();
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            unit.problem("connection-word-unknown", row.place(column), || {
                format!(
                    "not one of the words that say `passes`: {}",
                    PASSING.join(", ")
                )
            });
        } else {
            let value = format!("passes={}", found.join(", "));
            unit.emit(Stance::Declared, Clue::Connection, value, row.place(column))?;
        }
    }
    if let Some((column, cell)) = row.find(Field::SupportUntil)
        && let Some(day) = cells::date(&cell)
    {
        let value = format!("support_until={day}");
        unit.emit(Stance::Declared, Clue::Connection, value, row.place(column))?;
    }
    if row.words(Field::RemoteAccess).is_none()
        && let Some((column, cell)) = row.find(Field::SimAddress)
        && is_public(&cell)
    {
        let value = "remote_access=internet";
        unit.emit(Stance::Declared, Clue::Connection, value, row.place(column))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_without_case_and_separators() {
        let words = &["private-isolated", "private"];
        assert_eq!(word(words, "Private isolated"), Some("private-isolated"));
        assert_eq!(word(words, "PRIVATE"), Some("private"));
        assert_eq!(word(words, "iot.example"), None);
    }

    #[test]
    fn only_addresses_that_everybody_reaches_are_public() {
        assert!(is_public("81.2.69.142"));
        for other in [
            "10.0.0.1",
            "100.64.1.2",
            "192.168.1.1",
            "172.16.0.9",
            "169.254.1.1",
            "203.0.113.9",
            "127.0.0.1",
            "0.0.0.0",
            "239.1.1.1",
            "yes",
        ] {
            assert!(!is_public(other), "{other}");
        }
    }
}
