//! The label of a module or of a product with one, as its code is scanned or its text typed off:
//! fields with short keys, and certification numbers.

use crate::modem::{Modem, stated};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "module-label",
    title: "Label of a module or product: scanned code or typed text",
    made_by: "a code reader on the module's label; typing off the label",
    proves: &[Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

/// Most filled lines of something that still is a label, or a sheet of them.
const LONGEST_LABEL: usize = 60;

/// Most words of a line of label text.
const MOST_WORDS: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    PartNumber,
    Model,
    Maker,
    Serial,
    Imei,
    Iccid,
    Eid,
    Software,
    Hardware,
    FccId,
    IsedId,
    Ignored,
}

fn sniff(head: &Head<'_>) -> u8 {
    let mut filled = 0usize;
    let mut labelled = 0usize;
    let mut sentences = 0usize;
    let mut seen: Vec<Field> = Vec::new();
    for line in head.lines().take(400) {
        if line.trim().is_empty() {
            continue;
        }
        filled += 1;
        let mut any = false;
        for part in parts(line) {
            if let Some((field, _)) = labelled_part(part) {
                any = true;
                if !seen.contains(&field) {
                    seen.push(field);
                }
            }
        }
        labelled += usize::from(any);
        let words = line.split_whitespace().count();
        sentences += usize::from(words > MOST_WORDS || (!any && words > 6));
    }
    let certified = seen.contains(&Field::FccId) || seen.contains(&Field::IsedId);
    let numbered = seen.contains(&Field::Imei) || seen.contains(&Field::Eid);
    let printed = seen.contains(&Field::PartNumber) || seen.contains(&Field::Serial);
    if filled > LONGEST_LABEL || sentences > 0 || labelled * 3 < filled {
        return 0;
    }
    // `Revision:` and a final `OK` are a modem's words.
    if head.count_lines(|l| {
        l.trim() == "OK"
            || l.trim_start().starts_with("Revision")
            || l.trim_start().starts_with("AT")
    }) > 0
    {
        return 0;
    }
    if (printed && numbered) || (certified && (numbered || printed || filled <= 12)) {
        86
    } else if numbered && seen.contains(&Field::Software) {
        76
    } else {
        0
    }
}

/// The fields of a line: a scanned code joins them with semicolons or commas.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let joined = line.matches(';').count() > 0 && line.contains(':');
    let commas = !joined && line.matches(':').count() > 1 && line.contains(',');
    line.split(move |c: char| (joined && c == ';') || (commas && c == ',') || c == '\t')
        .flat_map(|p| p.split("   "))
        .map(str::trim)
        .filter(|p| !p.is_empty())
}

/// `IMEI:8627...`, `Contains FCC ID: XMR...`, `IC: 10224A-...`.
fn labelled_part(part: &str) -> Option<(Field, &str)> {
    let upper = part.to_ascii_uppercase();
    if upper.len() == part.len() {
        for mark in ["FCC ID", "FCCID", "FCC-ID"] {
            if let Some(at) = upper.find(mark) {
                let value = part
                    .get(at + mark.len()..)?
                    .trim_start_matches([':', '#', ' ', '.', '='])
                    .trim();
                return fcc(value).map(|v| (Field::FccId, v));
            }
        }
    }
    let (key, value) = part.split_once([':', '=']).or_else(|| {
        part.split_once(' ').filter(|(k, v)| {
            matches!(*k, "IMEI" | "S/N" | "P/N" | "SN" | "EID" | "IC") && !v.contains(' ')
        })
    })?;
    let value = value.trim();
    let key = key
        .trim()
        .trim_start_matches(['(', '-', '*', '•', ' '])
        .to_ascii_lowercase();
    let key = key
        .strip_prefix("contains ")
        .unwrap_or(&key)
        .trim_end_matches('.');
    let field = match key {
        "p/n" | "pn" | "part no" | "part number" | "part" | "mpn" => Field::PartNumber,
        "model" | "m/n" | "model no" | "model name" | "model number" | "product" | "type"
        | "module" => Field::Model,
        "manufacturer" | "brand" | "vendor" | "mfr" | "made by" => Field::Maker,
        "s/n" | "sn" | "serial" | "serial no" | "serial number" => Field::Serial,
        "imei" | "imei1" | "imei2" | "imei 1" | "imei 2" => Field::Imei,
        "iccid" => Field::Iccid,
        "eid" => Field::Eid,
        "sw" | "fw" | "software" | "firmware" | "sw ver" | "fw ver" | "software version"
        | "firmware version" => Field::Software,
        "hw" | "hardware" | "hw ver" | "rev" | "hw rev" | "hardware version" => Field::Hardware,
        "ic" | "ic id" | "ised" | "ic certification" | "ised id" => {
            return ised(value).map(|v| (Field::IsedId, v));
        }
        "btmac" | "mac" | "wifimac" | "date" | "dc" | "date code" | "lot" | "cmiit id"
        | "anatel" | "meid" | "svn" | "qty" => Field::Ignored,
        _ => return None,
    };
    (!value.is_empty()).then_some((field, value))
}

/// Grantee code (three or five characters) and product code, without blanks.
fn fcc(value: &str) -> Option<&str> {
    let id = value
        .split([' ', ',', ';', '/', ')'])
        .next()?
        .trim_end_matches('.');
    let shaped = (5..=19).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && id.bytes().any(|b| b.is_ascii_digit());
    shaped.then_some(id)
}

/// Company number and product number: `10224A-201903EG25G`.
fn ised(value: &str) -> Option<&str> {
    let id = value.split([' ', ',', ';', '/', ')']).next()?;
    let (company, product) = id.split_once('-')?;
    let digits = company.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let shaped = (3..=5).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && company.len() - digits.len() <= 1
        && (2..=14).contains(&product.len())
        && product
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    shaped.then_some(id)
}

/// Marks every label bears.
fn is_mark(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    text.len() < 3
        || upper.starts_with("MADE IN")
        || upper.starts_with("CMIIT")
        || upper.starts_with("ANATEL")
        || ["ROHS", "WEEE", "UKCA", "NCC", "PTCRB", "GCF"].contains(&upper.as_str())
        || text.contains("://")
        || text
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'-' || b == b'.')
}

struct Label {
    facts: Modem,
    /// Serial numbers; whose they are is known at the end of the label.
    serials: Vec<String>,
    /// The label is that of a product that contains the module.
    contains: bool,
    seen: Vec<Field>,
    unkeyed: Vec<(String, Place)>,
    units: u64,
}

impl Label {
    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        for part in parts(line) {
            if part.to_ascii_lowercase().starts_with("contain") {
                self.contains = true;
            }
            let Some((field, value)) = labelled_part(part) else {
                let short = part.split_whitespace().count() <= 5 && part.len() <= 40;
                if short && !part.contains(':') && !is_mark(part) && self.unkeyed.len() < 16 {
                    self.unkeyed.push((part.to_owned(), place.clone()));
                }
                continue;
            };
            // A second serial or part number begins the next label of a sheet.
            if matches!(
                field,
                Field::PartNumber | Field::Serial | Field::Imei | Field::Eid
            ) && self.seen.contains(&field)
                && self.seen.last() != Some(&field)
            {
                self.end(sink)?;
            }
            self.seen.push(field);
            let f = &mut self.facts;
            match field {
                Field::PartNumber | Field::Model => f.say(Clue::PartNumber, value, &place),
                Field::Maker => f.say(Clue::PartMaker, value, &place),
                Field::Serial => self.serials.extend(stated(value).map(str::to_owned)),
                Field::Imei => {
                    f.imei(value, &place);
                }
                Field::Iccid => f.iccid(value, &place),
                Field::Eid => f.say(Clue::Eid, value, &place),
                Field::Software => f.say(Clue::ModemRevision, value, &place),
                Field::Hardware => f.say(Clue::HardwareRevision, value, &place),
                Field::FccId => f.say(Clue::FccId, value, &place),
                Field::IsedId => f.say(Clue::IsedId, value, &place),
                Field::Ignored => {}
            }
        }
        Ok(())
    }

    fn end(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let labelled = !self.facts.is_empty() || !self.serials.is_empty();
        for (text, place) in std::mem::take(&mut self.unkeyed) {
            // What stands on a label without a key is its name, its maker, or nothing of use.
            if labelled {
                self.facts.say(Clue::PartDescription, &text, &place);
            }
        }
        let kind = if self.contains {
            KeyKind::Serial
        } else {
            KeyKind::ModuleSerial
        };
        for serial in std::mem::take(&mut self.serials) {
            self.facts.key(kind, &serial);
        }
        self.contains = false;
        self.seen.clear();
        self.facts.finish(&mut self.units, sink)
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut label = Label {
        facts: Modem::new(Stance::Declared),
        serials: Vec::new(),
        contains: false,
        seen: Vec::new(),
        unkeyed: Vec::new(),
        units: 0,
    };
    text::lines(source, sink, |number, line, sink| {
        label.line(number, line, sink)
    })?;
    label.end(sink)
}
