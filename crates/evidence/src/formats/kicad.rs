//! KiCad designs: schematics and boards as s-expressions, netlists, schematics of KiCad 5 and older.
//!
//! Only placed parts are read: the symbols of a schematic, not those of its library; the footprints of
//! a board. UUIDs, nets, sheets, graphics yield nothing. A part marked as not placed, or kept out of the
//! bill of materials, is mentioned.
//!
//! Bounds: the file streams; lists are followed to a depth of [`DEEPEST`], words kept to [`WORD_MOST`]
//! bytes, fields of a part to [`FIELDS_MOST`].

use std::collections::BTreeSet;

use crate::observation::{Clue, Key, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

use super::table::{Field, Out, Tally, Unit, fields, is_placeholder};

/// The reader.
pub static READER: Reader = Reader {
    format: "kicad",
    title: "KiCad schematic, board or netlist",
    made_by: "KiCad: .kicad_sch, .kicad_pcb, .net, .sch of KiCad 5 and older",
    proves: &[Stance::Declared, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

/// Deepest list that is followed.
const DEEPEST: usize = 64;
/// Most bytes of a word that are kept.
const WORD_MOST: usize = 4096;
/// Most fields of one part.
const FIELDS_MOST: usize = 64;
/// Most parts whose designators are remembered, so that a part of several units counts once.
const PARTS_MOST: usize = 200_000;

const LEGACY: &str = "EESchema Schematic File Version";

fn sniff(head: &Head<'_>) -> u8 {
    let start = head.text.trim_start();
    if start.starts_with("(kicad_sch")
        || start.starts_with("(kicad_pcb")
        || start.starts_with(LEGACY)
    {
        return 96;
    }
    let list = start.strip_prefix("(export").map(str::trim_start);
    if list.is_some_and(|l| l.starts_with("(version")) {
        return 94;
    }
    0
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let start = source.stream().fill_buf()?;
    let list = start
        .iter()
        .find(|b| !b.is_ascii_whitespace() && !matches!(b, 0xef | 0xbb | 0xbf));
    if list == Some(&b'(') {
        expressions(source, sink)
    } else {
        legacy(source, sink)
    }
}

/// A placed part while it is read.
#[derive(Default)]
pub(super) struct Part {
    /// Line on which it begins.
    pub line: u64,
    /// Reference designator.
    pub reference: String,
    /// Value.
    pub value: String,
    /// Name of the symbol it is an instance of, without the library.
    pub symbol: String,
    /// Other fields, by name.
    pub fields: Vec<(String, String)>,
    /// Not placed, or kept out of the bill of materials.
    pub unfitted: bool,
}

impl Part {
    /// Sets a field by its name in the design.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        match name.to_ascii_lowercase().as_str() {
            "reference" => value.clone_into(&mut self.reference),
            "value" => value.clone_into(&mut self.value),
            "footprint" | "datasheet" | "ki_fp_filters" | "ki_keywords" => {}
            "ki_description" => self
                .fields
                .push(("Description".to_owned(), value.to_owned())),
            _ if self.fields.len() < FIELDS_MOST => {
                self.fields.push((name.to_owned(), value.to_owned()));
            }
            _ => {}
        }
    }

    /// Emits what is known of the part.
    pub(super) fn emit(&self, out: &mut Out<'_>) -> Result<(), ReadError> {
        let of = |field: Field| {
            self.fields
                .iter()
                .filter(move |(name, text)| {
                    fields::field(name) == Some(field) && !is_placeholder(text) && *text != "~"
                })
                .map(|(_, text)| text.trim())
        };
        let unfitted = self.unfitted
            || of(Field::NotFitted).any(|t| super::table::cells::yes(t) != Some(false))
            || of(Field::Fitted).any(|t| super::table::cells::yes(t) == Some(false))
            || super::bom::says_not_fitted(&self.value);
        // A line for the work of assembly carries the number of what is assembled: no component.
        let stance = if unfitted || of(Field::PartNumber).any(is_assembly) {
            Stance::Mentioned
        } else {
            Stance::Declared
        };
        let place = Place::Line(self.line);
        let keys = if self.reference.is_empty() {
            Vec::new()
        } else {
            vec![Key::new(KeyKind::BomRef, self.reference.as_str())]
        };
        let numbers: BTreeSet<&str> = of(Field::PartNumber)
            .chain(of(Field::OrderCode))
            .chain(of(Field::Model))
            .collect();
        let value = self.value.trim();
        let value = (!value.is_empty() && value != "~" && !is_placeholder(value)).then_some(value);
        let symbol = self.symbol.trim();
        let mut unit = Unit::new(out, keys, None);
        if let Some(maker) = of(Field::Maker).next() {
            unit.emit(stance, Clue::PartMaker, maker, place.clone())?;
        }
        for number in &numbers {
            unit.emit(stance, Clue::PartNumber, *number, place.clone())?;
        }
        match value {
            // Without a part number the value is the part's name.
            Some(value) if numbers.is_empty() => {
                unit.emit(stance, Clue::PartNumber, value, place.clone())?;
            }
            Some(value) if !numbers.contains(value) => {
                unit.emit(stance, Clue::PartDescription, value, place.clone())?;
            }
            // Without either the symbol is all that names it.
            None if numbers.is_empty() && !symbol.is_empty() => {
                unit.emit(stance, Clue::PartNumber, symbol, place.clone())?;
            }
            _ => {}
        }
        if numbers.is_empty() && !symbol.is_empty() && value.is_some_and(|v| v != symbol) {
            unit.emit(stance, Clue::PartDescription, symbol, place.clone())?;
        }
        if let Some(text) = of(Field::Description).next() {
            unit.emit(stance, Clue::PartDescription, text, place)?;
        }
        Ok(())
    }
}

/// A house's number of an assembly: `ASSY-BRD-0011`.
fn is_assembly(number: &str) -> bool {
    number
        .get(..4)
        .is_some_and(|front| front.eq_ignore_ascii_case("assy"))
        && !number
            .get(4..5)
            .is_some_and(|c| c.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Takes finished parts: power symbols and further units of a part already seen are left out.
struct Parts<'o, 's> {
    out: &'o mut Out<'s>,
    seen: BTreeSet<String>,
}

impl Parts<'_, '_> {
    fn take(&mut self, part: &Part) -> Result<(), ReadError> {
        if part.reference.starts_with('#') {
            return Ok(());
        }
        // Two parts that were never numbered both read `U?`.
        if !part.reference.is_empty()
            && !part.reference.ends_with('?')
            && self.seen.len() < PARTS_MOST
            && !self.seen.insert(part.reference.clone())
        {
            return Ok(());
        }
        part.emit(self.out)
    }
}

/// One open list: its first word and the first few after it.
#[derive(Default)]
struct List {
    head: String,
    words: Vec<String>,
}

/// True if the open lists have these heads, from the outermost.
fn inside(lists: &[List], heads: &[&str]) -> bool {
    lists.len() == heads.len() && lists.iter().zip(heads).all(|(l, h)| l.head == *h)
}

/// True if a list with this head, in these, is a placed part.
fn is_part(lists: &[List], head: &str) -> bool {
    match head {
        "symbol" => inside(lists, &["kicad_sch"]),
        "footprint" | "module" => inside(lists, &["kicad_pcb"]),
        "comp" => inside(lists, &["export", "components"]),
        _ => false,
    }
}

fn expressions(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut out = Out::new(sink);
    let mut parts = Parts {
        out: &mut out,
        seen: BTreeSet::new(),
    };
    let mut lexer = Lexer::new();
    let mut lists: Vec<List> = Vec::new();
    let mut too_deep = 0u64;
    let mut part: Option<Part> = None;
    while let Some(token) = lexer.next(source)? {
        match token {
            Token::Open if too_deep > 0 || lists.len() >= DEEPEST => {
                if too_deep == 0 {
                    parts
                        .out
                        .problem("nested-too-deeply", true, Place::Line(lexer.line), || {
                            format!("lists deeper than {DEEPEST} were not read")
                        });
                }
                too_deep += 1;
            }
            Token::Open => lists.push(List::default()),
            Token::Close if too_deep > 0 => too_deep -= 1,
            Token::Close => {
                let Some(list) = lists.pop() else {
                    continue;
                };
                if is_part(&lists, &list.head) {
                    if let Some(done) = part.take() {
                        parts.take(&done)?;
                    }
                } else if let Some(part) = &mut part {
                    closed(&mut lists, &list, part);
                }
            }
            Token::Word if too_deep > 0 => {}
            Token::Word => {
                let word = lexer.word();
                let Some((list, above)) = lists.split_last_mut() else {
                    continue;
                };
                if !list.head.is_empty() {
                    if list.words.len() < 4 {
                        list.words.push(word);
                    }
                    continue;
                }
                if is_part(above, &word) {
                    part = Some(Part {
                        line: lexer.line,
                        ..Part::default()
                    });
                }
                list.head = word;
            }
        }
    }
    if !lists.is_empty() {
        parts
            .out
            .problem("kicad-cut", true, Place::Line(lexer.line), || {
                "the file ends before its lists are closed; a part cut in the middle was not used"
                    .to_owned()
            });
    }
    out.finish();
    Ok(())
}

/// A list inside a part is complete: what it says of the part.
fn closed(lists: &mut [List], list: &List, part: &mut Part) {
    let word = |n: usize| list.words.get(n).map(String::as_str).unwrap_or_default();
    let direct = lists
        .split_last()
        .is_some_and(|(last, above)| is_part(above, &last.head));
    if direct {
        match list.head.as_str() {
            "lib_id" => {
                let name = word(0);
                name.rsplit_once(':')
                    .map_or(name, |(_, name)| name)
                    .clone_into(&mut part.symbol);
            }
            "dnp" if word(0) != "no" => part.unfitted = true,
            "in_bom" | "on_board" if word(0) == "no" => part.unfitted = true,
            "attr"
                if list
                    .words
                    .iter()
                    .any(|w| w == "dnp" || w == "exclude_from_bom") =>
            {
                part.unfitted = true;
            }
            "property" if matches!(word(0), "dnp" | "exclude_from_bom") => part.unfitted = true,
            "property" if word(0) == "private" => part.set(word(1), word(2)),
            "property" | "fp_text" => part.set(word(0), word(1)),
            "ref" => word(0).clone_into(&mut part.reference),
            "value" => word(0).clone_into(&mut part.value),
            _ => {}
        }
        return;
    }
    let Some(parent) = lists.last_mut() else {
        return;
    };
    match (parent.head.as_str(), list.head.as_str()) {
        // A netlist names a field in a list of its own, before the value.
        ("field" | "property", "name" | "value") => parent.words.push(word(0).to_owned()),
        ("fields", "field") => part.set(word(0), word(1)),
        ("libsource", "part") => word(0).clone_into(&mut part.symbol),
        ("libsource", "description") => part.set("Description", word(0)),
        _ => {}
    }
}

enum Token {
    Open,
    Close,
    Word,
}

/// Splits s-expressions into brackets and words, streaming.
struct Lexer {
    line: u64,
    word: Vec<u8>,
}

impl Lexer {
    fn new() -> Self {
        Self {
            line: 1,
            word: Vec::new(),
        }
    }

    /// The word read last.
    fn word(&self) -> String {
        String::from_utf8_lossy(&self.word).into_owned()
    }

    fn keep(&mut self, byte: u8) {
        if self.word.len() < WORD_MOST {
            self.word.push(byte);
        }
    }

    fn next(&mut self, source: &mut Source<'_>) -> Result<Option<Token>, ReadError> {
        self.word.clear();
        let mut quoted = false;
        let mut escaped = false;
        let mut bare = false;
        loop {
            let buffer = source.stream().fill_buf()?;
            if buffer.is_empty() {
                return Ok(bare.then_some(Token::Word));
            }
            let mut used = 0usize;
            let mut token = None;
            for &byte in buffer {
                if quoted {
                    used += 1;
                    if byte == b'\n' {
                        self.line += 1;
                    }
                    if escaped {
                        escaped = false;
                        self.keep(if byte == b'n' { b' ' } else { byte });
                    } else if byte == b'\\' {
                        escaped = true;
                    } else if byte == b'"' {
                        token = Some(Token::Word);
                        break;
                    } else {
                        self.keep(byte);
                    }
                    continue;
                }
                match byte {
                    b'(' | b')' | b'"' | b' ' | b'\t' | b'\r' | b'\n' if bare => {
                        token = Some(Token::Word);
                        break;
                    }
                    b'(' => token = Some(Token::Open),
                    b')' => token = Some(Token::Close),
                    b'"' => quoted = true,
                    b'\n' => self.line += 1,
                    b' ' | b'\t' | b'\r' => {}
                    _ => {
                        bare = true;
                        self.keep(byte);
                    }
                }
                used += 1;
                if token.is_some() {
                    break;
                }
            }
            source.stream().consume(used);
            if token.is_some() {
                return Ok(token);
            }
        }
    }
}

/// Schematics of KiCad 5 and older: `$Comp` to `$EndComp`.
fn legacy(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut part: Option<Part> = None;
    let mut done: Vec<Part> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut tally = Tally::default();
    let mut last = 0u64;
    let mut headed = false;
    text::lines(source, sink, |number, line, sink| {
        last = number;
        headed |= line.starts_with(LEGACY);
        if line.trim_end() == "$Comp" {
            part = Some(Part {
                line: number,
                ..Part::default()
            });
        } else if line.trim_end() == "$EndComp" {
            done.extend(part.take());
        } else if let Some(part) = &mut part {
            legacy_line(line, part);
        }
        if let Some(part) = done.pop() {
            let mut out = Out::resume(sink, std::mem::take(&mut tally));
            let mut parts = Parts {
                out: &mut out,
                seen: std::mem::take(&mut seen),
            };
            let result = parts.take(&part);
            seen = parts.seen;
            tally = out.into_tally();
            result?;
        }
        Ok(())
    })?;
    if part.is_some() || !headed {
        sink.problem(Problem::lost(
            "kicad-cut",
            Place::Line(last),
            "the schematic is cut: its head is missing or its last part is not closed",
        ));
    }
    Ok(())
}

/// One line of a part: `L LIBRARY:NAME REFERENCE`, `F 0 "VALUE" ... "NAME"`.
fn legacy_line(line: &str, part: &mut Part) {
    if let Some(rest) = line.strip_prefix("L ") {
        let mut words = rest.split_whitespace();
        if let Some(name) = words.next() {
            name.rsplit_once(':')
                .map_or(name, |(_, name)| name)
                .clone_into(&mut part.symbol);
        }
        if let Some(reference) = words.next() {
            reference.clone_into(&mut part.reference);
        }
        return;
    }
    let Some((number, rest)) = line
        .strip_prefix("F ")
        .map(str::trim_start)
        .and_then(|r| r.split_once(' '))
    else {
        return;
    };
    let mut quoted = rest.split('"').skip(1).step_by(2);
    let value = quoted.next().unwrap_or_default();
    let name = quoted.next();
    match number {
        "0" => value.clone_into(&mut part.reference),
        "1" => value.clone_into(&mut part.value),
        "2" | "3" => {}
        _ => {
            if let Some(name) = name {
                part.set(name, value);
            }
        }
    }
}
