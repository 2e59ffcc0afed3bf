//! Lists of the parts of one device as JSON: teardowns, bills of materials of design programs, answers
//! of part databases. Each object that gives a part number and its maker is a part; a list that gives a
//! stock or a price of each is a shop's and no device's.

use crate::json::{self, End};
use crate::observation::{Clue, Key, KeyKind, Observation, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "parts-json",
    title: "parts of a device as JSON: part number, manufacturer, description",
    made_by: "a teardown's list of components; a bill of materials written as JSON",
    proves: &[Stance::Declared, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Number,
    Maker,
    Description,
    Reference,
    /// Stock, price: a catalogue.
    Shop,
    /// Not fitted.
    Unfitted,
}

fn field(key: &str) -> Option<Field> {
    let key: String = key
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    Some(match key.as_str() {
        "partnumber"
        | "mpn"
        | "manufacturerpartnumber"
        | "mfrpartnumber"
        | "mfgpartnumber"
        | "mfrpn"
        | "partno"
        | "manufacturerpn" => Field::Number,
        "manufacturer" | "mfr" | "mfg" | "manufacturername" | "brand" => Field::Maker,
        "description" | "function" | "role" | "parttype" | "componenttype" => Field::Description,
        "reference" | "refdes" | "designator" | "designators" | "references" => Field::Reference,
        "price" | "unitprice" | "stock" | "instock" | "datasheetprice" | "leadtime" | "moq"
        | "alternatives" | "compatible" => Field::Shop,
        "dnp" | "dnf" | "donotpopulate" | "dnm" => Field::Unfitted,
        _ => return None,
    })
}

#[derive(Default)]
struct Part {
    object: u64,
    number: Option<(String, u64)>,
    maker: Option<String>,
    description: Option<String>,
    reference: Option<String>,
    shop: bool,
    unfitted: bool,
}

/// The parts of a text, those complete enough to count.
fn parts(text: &str) -> (Vec<Part>, End) {
    let mut all: Vec<Part> = Vec::new();
    let end = json::walk(text, |s| {
        let Some(field) = field(s.key) else { return };
        let value = s.value.trim();
        if value.is_empty() || value.len() > 400 || all.len() > 100_000 {
            return;
        }
        if all.last().is_none_or(|p| p.object != s.object) {
            all.push(Part {
                object: s.object,
                ..Part::default()
            });
        }
        let Some(part) = all.last_mut() else { return };
        match field {
            Field::Number => part.number = Some((value.to_owned(), s.line)),
            Field::Maker => part.maker = Some(value.to_owned()),
            Field::Description => {
                part.description.get_or_insert_with(|| value.to_owned());
            }
            Field::Reference => part.reference = Some(value.to_owned()),
            Field::Shop => part.shop = true,
            Field::Unfitted => part.unfitted |= matches!(value, "true" | "yes" | "1" | "DNP"),
        }
    });
    all.retain(|p| p.number.is_some() && p.maker.is_some() && !p.shop);
    (all, end)
}

fn sniff(head: &Head<'_>) -> u8 {
    let text = head.text;
    let json = text.contains("\":") && text.contains(['{', '[']);
    // A list of components with a frame of its own has its own reader.
    if !json || text.contains("bomFormat") || text.contains("spdxVersion") || text.contains("imei")
    {
        return 0;
    }
    match parts(text).0.len() {
        0 | 1 => 0,
        _ => 72,
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let text = text::decode(&bytes).ok_or_else(|| ReadError::Malformed {
        format: "parts-json",
        message: "it holds binary bytes".to_owned(),
    })?;
    let (parts, end) = parts(&text);
    for (unit, part) in parts.into_iter().enumerate() {
        let Some((number, line)) = part.number else {
            continue;
        };
        let unit = unit as u64;
        let stance = if part.unfitted {
            Stance::Mentioned
        } else {
            Stance::Declared
        };
        let keys = part
            .reference
            .map(|r| vec![Key::new(KeyKind::BomRef, r)])
            .unwrap_or_default();
        let place = Place::Line(line);
        let facts = [
            (Clue::PartMaker, part.maker),
            (Clue::PartNumber, Some(number)),
            (Clue::PartDescription, part.description),
        ];
        let mut keys = Some(keys);
        for (clue, value) in facts {
            if let Some(value) = value {
                let fact = Observation::new(unit, stance, clue, value, place.clone());
                sink.observe(fact.about(keys.take().unwrap_or_default()))?;
            }
        }
    }
    if let End::Cut(line) = end {
        sink.problem(Problem::lost(
            "json-cut",
            Place::Line(line),
            "the JSON ends before it is complete; what was before is read",
        ));
    }
    Ok(())
}
