//! Hardware bills of materials as tables: CSV, TSV, XLSX, ODS, a table on a Markdown page.
//!
//! One unit a line. A part that is not fitted, and an alternate, is mentioned, not declared. A table is
//! not known to list every part, so nothing is said about completeness.

use crate::observation::{Clue, Key, KeyKind, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

use super::table::kind::{self, Kind};
use super::table::{self, Field, Out, Row, Unit, cells};

/// The reader.
pub static READER: Reader = Reader {
    format: "bom",
    title: "hardware bill of materials",
    made_by: "a parts list exported from a design program or a supplier, as a table",
    proves: &[Stance::Declared, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

/// Most reference designators of one line that become keys.
const DESIGNATORS_MOST: usize = 64;

fn sniff(head: &Head<'_>) -> u8 {
    match kind::sniff(head) {
        Some((Kind::Bom, sure)) => sure,
        _ => 0,
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    table::read(source, sink, |layout| {
        layout
            .columns
            .iter()
            .any(|c| {
                matches!(
                    c.field,
                    Some(
                        Field::PartNumber
                            | Field::Value
                            | Field::Description
                            | Field::OrderCode
                            | Field::Designator
                            | Field::Model
                    )
                )
            })
            .then_some(row as table::EachRow)
    })
}

/// One line of parts.
pub(super) fn row(row: &Row<'_>, out: &mut Out<'_>) -> Result<(), ReadError> {
    let mut keys: Vec<Key> = Vec::new();
    for (_, text) in row.all(Field::Designator) {
        keys.extend(
            text.split([',', ';', ' ', '\n'])
                .map(str::trim)
                .filter(|d| !d.is_empty() && d.len() <= 24)
                .take(DESIGNATORS_MOST)
                .map(|d| Key::new(KeyKind::BomRef, d)),
        );
    }
    if keys.is_empty() {
        keys.push(cells::row_key(row));
    }
    let stance = if is_fitted(row) {
        Stance::Declared
    } else {
        Stance::Mentioned
    };
    let mut unit = Unit::new(out, keys.clone(), None);
    unit.emit_field(row, Field::Maker, stance, Clue::PartMaker)?;
    for field in [Field::PartNumber, Field::OrderCode, Field::Model] {
        for (column, number) in row.all(field) {
            if !is_not_fitted(&number) {
                unit.emit(stance, Clue::PartNumber, number, row.place(column))?;
            }
        }
    }
    for field in [Field::Value, Field::Description, Field::AssetName] {
        for (column, text) in row.all(field) {
            if !is_not_fitted(&text) {
                unit.emit(stance, Clue::PartDescription, text, row.place(column))?;
            }
        }
    }
    // A line without a part of it says nothing.
    if unit.empty {
        return Ok(());
    }
    if let Some((column, text)) = row.find(Field::Quantity)
        && let Some(n) = cells::quantity(&text).filter(|n| *n > 0)
    {
        unit.emit(stance, Clue::Quantity, n.to_string(), row.place(column))?;
    }
    for (column, text) in row.all(Field::Alternates) {
        for alternate in text
            .split([';', ',', '\n', '|'])
            .map(str::trim)
            .filter(|a| a.len() >= 3 && !table::is_placeholder(a))
            .take(16)
        {
            let mut unit = Unit::new(out, keys.clone(), None);
            unit.emit(
                Stance::Mentioned,
                Clue::PartNumber,
                alternate,
                row.place(column),
            )?;
        }
    }
    Ok(())
}

/// True unless the line says that the part is not placed: in a column for it, by a quantity of 0, or in
/// the value.
fn is_fitted(row: &Row<'_>) -> bool {
    if let Some(text) = row.get(Field::NotFitted)
        && (is_not_fitted(&text) || cells::yes(&text) == Some(true))
    {
        return false;
    }
    if let Some(text) = row.get(Field::Fitted)
        && (is_not_fitted(&text) || cells::yes(&text) == Some(false))
    {
        return false;
    }
    if row.get(Field::Quantity).as_deref() == Some("0") {
        return false;
    }
    ![Field::Value, Field::Quantity, Field::Description]
        .iter()
        .any(|f| row.all(*f).any(|(_, text)| says_not_fitted(&text)))
}

/// A cell that is one of the marks for a part that is not placed.
fn is_not_fitted(text: &str) -> bool {
    [
        "dnp",
        "dni",
        "dnf",
        "dns",
        "do not populate",
        "do not place",
        "do not fit",
        "not placed",
        "not fitted",
        "no fit",
        "nofit",
        "no pop",
        "nc",
        "excluded",
    ]
    .iter()
    .any(|w| text.trim().eq_ignore_ascii_case(w))
}

/// A value such as `EC21-E (DNP)` or `DNP/SIM7600`.
pub(super) fn says_not_fitted(text: &str) -> bool {
    is_not_fitted(text)
        || (text.len() < 200
            && text
                .split(|c: char| !c.is_alphanumeric())
                .any(|w| matches!(w, "DNP" | "DNI" | "DNF" | "DNS" | "dnp")))
}
