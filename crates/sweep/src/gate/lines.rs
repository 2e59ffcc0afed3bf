//! From what readers saw to lines: one item to be bought each.

use std::sync::Arc;

use cellsweep_evidence::{Clue, KeyKind, Observation, Place, Stance};
use cellsweep_identify::Seen;

/// Longest text kept of a line, in characters.
const TEXT_MOST: usize = 300;

/// A line as answers show it.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(TEXT_MOST) {
        Some((end, _)) => text.get(..end).unwrap_or(text).to_owned(),
        None => text.to_owned(),
    }
}

/// One line.
#[derive(Debug)]
pub(super) struct Item {
    pub source: Arc<str>,
    pub line: Option<u64>,
    pub place: String,
    pub text: String,
    pub quantity: Option<u64>,
    /// A part of a board: a module would be a line of its own.
    pub part_of_board: bool,
    /// The product that the list is about, not a line to be bought.
    pub product: bool,
    /// The list says that it is not placed.
    pub not_fitted: bool,
    /// What the line declares.
    pub declared: Vec<Seen>,
    /// What it names as alternates, each by itself.
    pub alternates: Vec<Vec<Seen>>,
}

/// Whether two observations stand in one line: rows of tables join units, elsewhere a unit is a line.
fn together(a: &Seen, b: &Seen) -> bool {
    match (&a.observation.place, &b.observation.place) {
        (
            Place::Cell { sheet, row, .. },
            Place::Cell {
                sheet: other,
                row: at,
                ..
            },
        ) => row == at && sheet == other,
        (Place::Cell { .. }, _) | (_, Place::Cell { .. }) => false,
        _ => a.observation.unit == b.observation.unit,
    }
}

/// Readers of designs and bills of materials: what they give out are the words of the input, and a
/// module is an entry of its own.
const HARDWARE: &[&str] = &["cyclonedx", "spdx", "eagle", "kicad"];

/// Whether it stands in a line of a text that a reader took apart.
pub(super) fn of_text(seen: &Seen) -> bool {
    matches!(seen.observation.place, Place::Line(_)) && !HARDWARE.contains(&&*seen.reader)
}

/// Lines of what was read of one source, one after the other: each is let go before the next is made.
pub(super) fn lines(seen: Vec<Seen>) -> impl Iterator<Item = Item> {
    let mut rest = seen.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut line = vec![rest.next()?];
        while let Some(next) = rest.next_if(|s| line.last().is_some_and(|l| together(l, s))) {
            line.push(next);
        }
        Some(item(line))
    })
    .flatten()
}

/// True if the line has a designator as drawings have them: `U5`, `CARD1`. A quote's reference number
/// (`NR7101-EU01V1F`) is none.
pub(super) fn designated(seen: &[Seen]) -> bool {
    seen.iter().any(|s| {
        s.observation.subject.iter().any(|k| {
            let letters = k.value.bytes().take_while(u8::is_ascii_uppercase).count();
            let rest = k.value.get(letters..).unwrap_or_default();
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            k.kind == KeyKind::BomRef
                && (1..=5).contains(&letters)
                && (1..=5).contains(&digits)
                && rest.len() <= digits + 1
        })
    })
}

fn item(seen: Vec<Seen>) -> Option<Item> {
    let first = seen.first()?;
    let source = Arc::clone(&first.source);
    let (line, place) = match &first.observation.place {
        Place::Cell { sheet, row, .. } => (
            Some(*row),
            sheet
                .as_ref()
                .map_or_else(|| format!("row {row}"), |s| format!("sheet {s}, row {row}")),
        ),
        Place::Line(n) => (Some(*n), format!("line {n}")),
        other => (None, other.to_string()),
    };
    let hardware = HARDWARE.contains(&&*first.reader);
    // Software that a bill of materials names is nothing that is bought by this line.
    if seen
        .iter()
        .all(|s| s.observation.stance == Stance::Supported)
    {
        return None;
    }
    let product = hardware
        && seen
            .iter()
            .any(|s| matches!(s.observation.clue, Clue::ProductModel | Clue::ProductMaker));
    let designated = designated(&seen);
    let not_fitted = seen
        .iter()
        .all(|s| s.observation.stance >= Stance::Mentioned);
    let quantity = seen
        .iter()
        .find(|s| s.observation.clue == Clue::Quantity)
        .and_then(|s| s.observation.value.parse().ok());
    let mut words: Vec<&str> = Vec::new();
    for s in &seen {
        let o = &s.observation;
        // How a modem showed itself is the reader's wording, not the list's.
        if matches!(
            o.clue,
            Clue::Quantity | Clue::Enumerated | Clue::CellularInterface
        ) || words.contains(&o.value.as_str())
        {
            continue;
        }
        words.push(&o.value);
    }
    let text = shortened(&words.join(" "));
    let mut declared = Vec::new();
    let mut alternates: Vec<Vec<Seen>> = Vec::new();
    let mut unit = None;
    for mut s in seen {
        if s.observation.stance == Stance::Mentioned && !not_fitted {
            // Another part may be delivered: judged as if it were.
            s.observation.stance = Stance::Declared;
            if unit != Some(s.observation.unit) {
                unit = Some(s.observation.unit);
                alternates.push(Vec::new());
            }
            if let Some(last) = alternates.last_mut() {
                last.push(s);
            }
        } else {
            declared.push(s);
        }
    }
    Some(Item {
        source,
        line,
        place,
        text,
        quantity,
        part_of_board: designated || hardware,
        product,
        not_fitted,
        declared,
        alternates,
    })
}

/// A line of a plain list, or an argument: `RUT956, 12 pcs`.
pub(super) fn plain(source: &Arc<str>, line: Option<u64>, place: String, text: &str) -> Item {
    let (text, quantity) = counted(text);
    let text = shortened(text);
    let seen = |clue: Clue| Seen {
        source: Arc::clone(source),
        reader: "gate".into(),
        digest: "".into(),
        register: false,
        observation: Observation::new(
            0,
            Stance::Declared,
            clue,
            text.as_str(),
            line.map_or(Place::Whole, Place::Line),
        ),
    };
    Item {
        source: Arc::clone(source),
        line,
        place,
        declared: vec![seen(Clue::PartNumber)],
        text: text.clone(),
        quantity,
        part_of_board: false,
        product: false,
        not_fitted: false,
        alternates: Vec::new(),
    }
}

/// Words behind or before a number of items.
const UNITS: &[&str] = &[
    "pcs", "pc", "pcs.", "pieces", "piece", "units", "unit", "ea", "each", "x", "off", "stück",
    "stueck", "stk", "stk.", "st.", "pièces", "pieces", "pce", "pces", "unités", "pz", "pz.",
    "pezzi", "uds", "ud", "szt", "szt.", "ks", "st",
];

/// Splits a number of items off a line.
fn counted(text: &str) -> (&str, Option<u64>) {
    let text = text.trim();
    // `12 x RUT956`, `12x RUT956`
    if let Some((head, tail)) = text.split_once(char::is_whitespace) {
        let number = head.trim_end_matches(['x', 'X', '×']);
        if let Ok(n) = number.parse::<u64>() {
            let tail = tail.trim_start();
            if number.len() < head.len() {
                return (tail, Some(n));
            }
            if let Some((unit, rest)) = tail.split_once(char::is_whitespace)
                && (UNITS.contains(&unit.to_lowercase().as_str()) || unit == "×")
            {
                return (rest.trim(), Some(n));
            }
        }
    }
    // `RUT956, 12 pcs`
    let mut words = text.rsplitn(3, char::is_whitespace);
    if let (Some(unit), Some(number), Some(rest)) = (words.next(), words.next(), words.next())
        && UNITS.contains(&unit.to_lowercase().as_str())
        && let Ok(n) = number.parse::<u64>()
    {
        return (
            rest.trim_end_matches([',', ';', ':', ' ', '\t', '-', '–']),
            Some(n),
        );
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn numbers_of_items_are_split_off() {
        assert_eq!(counted("RUT956, 12 pcs"), ("RUT956", Some(12)));
        assert_eq!(
            counted("LTE-Router Modell Kestrel 40, 9 Stück"),
            ("LTE-Router Modell Kestrel 40", Some(9))
        );
        assert_eq!(counted("12 x RUT956"), ("RUT956", Some(12)));
        assert_eq!(counted("12x RUT956"), ("RUT956", Some(12)));
        assert_eq!(counted("3 Stk RUT956"), ("RUT956", Some(3)));
        assert_eq!(counted("EC25-E"), ("EC25-E", None));
        assert_eq!(counted("4G router 300"), ("4G router 300", None));
    }
}
