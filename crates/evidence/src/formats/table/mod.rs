//! Tables: delimited text and workbooks as rows under a found header.
//!
//! [`read`] takes any of them and hands each data row to the function that [`kind`] picks for the
//! table's header; what a row *means* is said by `register`, `sim_list`, `questions` and `bom`.
//!
//! Bounds: a row of text holds at most [`ROW_BYTES`] and [`MAX_COLUMNS`] columns; the header is looked
//! for in the first [`HEADER_ROWS`] rows that are not empty; delimited text streams, workbooks are held
//! whole (see [`workbook`]).

pub mod cells;
pub mod connection;
pub mod delimited;
pub mod fields;
pub mod kind;
mod markdown;
pub mod objects;
pub mod workbook;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::observation::{Clue, Key, Observation, Place, Problem, Stance};
use crate::reader::{ReadError, Sink};
use crate::source::{Mapping, Source};

pub use fields::Field;
use fields::{FIELDS, plain};

/// Most bytes of one row; a longer one (a quote that is never closed) is dropped and reported.
pub const ROW_BYTES: usize = 1024 * 1024;
/// Most columns of one row that are read.
pub const MAX_COLUMNS: usize = 1024;
/// Rows, empty ones not counted, among which the header is looked for.
pub const HEADER_ROWS: usize = 30;
/// Most problems of one code that are given one by one; the rest is counted.
pub const REMARKS: u64 = 1000;

/// The cells of one row as raw bytes (UTF-8, or CP1252 where a cell is not valid UTF-8).
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// All cells, one after the other.
    bytes: Vec<u8>,
    /// End of each cell in `bytes`.
    ends: Vec<usize>,
    /// Row, counted from 1 as a spreadsheet shows it.
    number: u64,
}

impl Record {
    /// An empty row of this number, keeping the memory.
    fn restart(&mut self, number: u64) {
        self.bytes.clear();
        self.ends.clear();
        self.number = number;
    }

    /// Adds a cell.
    fn push(&mut self, cell: &[u8]) {
        self.bytes.extend_from_slice(cell);
        self.ends.push(self.bytes.len());
    }

    /// Number of cells.
    fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a cell, trimmed of white space; empty if the row has no such cell.
    fn raw(&self, column: usize) -> &[u8] {
        let Some(end) = self.ends.get(column) else {
            return &[];
        };
        let start = match column.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        self.bytes.get(start..*end).unwrap_or_default().trim_ascii()
    }

    /// The text of a cell, trimmed, without the wrapping that keeps a spreadsheet from touching it
    /// (`="..."`, a leading apostrophe).
    fn text(&self, column: usize) -> Cow<'_, str> {
        let mut raw = self.raw(column);
        if let Some(inner) = raw
            .strip_prefix(b"=\"")
            .and_then(|rest| rest.strip_suffix(b"\""))
        {
            raw = inner.trim_ascii();
        } else if let [b'\'', b'0'..=b'9' | b'=' | b'+' | b'-' | b'@', ..] = raw {
            raw = raw.get(1..).unwrap_or_default();
        }
        match std::str::from_utf8(raw) {
            // Also trims what ASCII trimming leaves: no-break spaces, byte order marks.
            Ok(text) => {
                Cow::Borrowed(text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'))
            }
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(raw).0,
        }
    }

    /// True if no cell holds anything.
    fn is_blank(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }
}

/// One column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Header text, or the column letter where there is no header.
    pub header: String,
    /// What it holds, if known.
    pub field: Option<Field>,
}

/// A table's header.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Sheet name, in workbooks.
    pub sheet: Option<String>,
    /// Row of the header; `None` if the columns were told by their content.
    pub header_row: Option<u64>,
    /// The columns.
    pub columns: Vec<Column>,
    by_field: Vec<Vec<usize>>,
}

impl Layout {
    fn new(sheet: Option<String>, header_row: Option<u64>, mut columns: Vec<Column>) -> Self {
        resolve(&mut columns);
        let mut by_field = vec![Vec::new(); FIELDS];
        for (n, column) in columns.iter().enumerate() {
            if let Some(slot) = column.field.and_then(|f| by_field.get_mut(f as usize)) {
                slot.push(n);
            }
        }
        Self {
            sheet,
            header_row,
            columns,
            by_field,
        }
    }

    /// Columns that hold this field, left to right.
    fn columns_of(&self, field: Field) -> &[usize] {
        self.by_field
            .get(field as usize)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// True if a column holds this field.
    pub fn has(&self, field: Field) -> bool {
        !self.columns_of(field).is_empty()
    }

    /// Number of these fields that have a column.
    pub fn count(&self, fields: &[Field]) -> usize {
        fields.iter().filter(|f| self.has(**f)).count()
    }
}

/// Settles the headers whose meaning depends on their neighbours.
fn resolve(columns: &mut [Column]) {
    let has = |columns: &[Column], fields: &[Field]| {
        columns
            .iter()
            .any(|c| c.field.is_some_and(|f| fields.contains(&f)))
    };
    let part_list = has(
        columns,
        &[
            Field::Value,
            Field::PartNumber,
            Field::Footprint,
            Field::NotFitted,
        ],
    );
    let reference = if part_list && !has(columns, &[Field::Designator]) {
        Field::Designator
    } else {
        Field::OrderCode
    };
    let model = has(columns, &[Field::Model]);
    let device = if part_list {
        Field::Description
    } else if model || has(columns, &[Field::Type]) {
        Field::AssetName
    } else {
        Field::Model
    };
    let part = if has(columns, &[Field::PartNumber, Field::OrderCode]) {
        Some(Field::Description)
    } else if part_list || has(columns, &[Field::Designator]) {
        Some(Field::PartNumber)
    } else {
        None
    };
    let kind = if model {
        Field::AssetClass
    } else {
        Field::Model
    };
    let service = if has(columns, &[Field::Department]) {
        Field::Service
    } else {
        Field::Department
    };
    for column in columns {
        match column.field {
            Some(Field::Reference) => column.field = Some(reference),
            Some(Field::Device) => column.field = Some(device),
            Some(Field::Type) => column.field = Some(kind),
            Some(Field::ServiceOrDepartment) => column.field = Some(service),
            Some(Field::Part) => column.field = part,
            _ => {}
        }
    }
}

/// One data row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The header it stands under.
    pub layout: &'a Layout,
    record: &'a Record,
}

impl<'a> Row<'a> {
    /// Row number, counted from 1 as a spreadsheet shows it.
    pub fn number(&self) -> u64 {
        self.record.number
    }

    /// The first value of this field in the row with its column, placeholders such as `N/A` and `-`
    /// left out.
    pub fn find(&self, field: Field) -> Option<(usize, Cow<'a, str>)> {
        self.all(field).next()
    }

    /// The first value of this field, without placeholders.
    pub fn get(&self, field: Field) -> Option<Cow<'a, str>> {
        self.find(field).map(|(_, value)| value)
    }

    /// Every value of this field with its column, without placeholders.
    pub fn all(&self, field: Field) -> impl Iterator<Item = (usize, Cow<'a, str>)> + use<'a> {
        let (layout, record) = (self.layout, self.record);
        layout
            .columns_of(field)
            .iter()
            .map(move |column| (*column, record.text(*column)))
            .filter(|(_, text)| !is_placeholder(text))
    }

    /// The first value of this field as it stands, placeholders included; `None` if empty.
    pub fn words(&self, field: Field) -> Option<(usize, Cow<'a, str>)> {
        let (layout, record) = (self.layout, self.record);
        layout
            .columns_of(field)
            .iter()
            .map(move |column| (*column, record.text(*column)))
            .find(|(_, text)| !text.is_empty())
    }

    /// The place of a cell.
    pub fn place(&self, column: usize) -> Place {
        // A plain list has lines, not cells.
        if self.layout.header_row.is_none() && self.layout.columns.len() == 1 {
            return self.whole();
        }
        Place::Cell {
            sheet: self.layout.sheet.clone(),
            row: self.record.number,
            column: self
                .layout
                .columns
                .get(column)
                .map(|c| c.header.clone())
                .unwrap_or_default(),
        }
    }

    /// The place of the row; of a list without header, the line.
    pub fn whole(&self) -> Place {
        if self.layout.sheet.is_none()
            && self.layout.header_row.is_none()
            && self.layout.columns.len() == 1
        {
            return Place::Line(self.record.number);
        }
        Place::Cell {
            sheet: self.layout.sheet.clone(),
            row: self.record.number,
            column: String::new(),
        }
    }
}

/// True for what people write into a cell they have nothing for.
pub fn is_placeholder(text: &str) -> bool {
    if text.len() > 12 {
        return false;
    }
    text.bytes()
        .all(|b| matches!(b, b'-' | b'?' | b'.' | b' ' | b'_'))
        || [
            "n/a",
            "#n/a",
            "n.a.",
            "null",
            "(null)",
            "nil",
            "none",
            "unknown",
            "tbd",
            "unbekannt",
            "k.a.",
            "inconnu",
            "desconocido",
            "undefined",
            "(empty)",
            "(blank)",
            "nan",
        ]
        .iter()
        .any(|p| text.eq_ignore_ascii_case(p))
}

/// Takes what the rows of a source yield: numbers the units and bounds the problems.
pub struct Out<'s> {
    sink: &'s mut dyn Sink,
    tally: Tally,
}

/// What was numbered and told so far, for a source that is read in steps.
#[derive(Debug, Default)]
pub struct Tally {
    units: u64,
    told: BTreeMap<&'static str, Told>,
}

#[derive(Debug)]
struct Told {
    count: u64,
    lost: bool,
    last: Place,
}

impl<'s> Out<'s> {
    /// Takes for this sink.
    pub fn new(sink: &'s mut dyn Sink) -> Self {
        Self::resume(sink, Tally::default())
    }

    /// Goes on for this sink where another left off.
    pub fn resume(sink: &'s mut dyn Sink, tally: Tally) -> Self {
        Self { sink, tally }
    }

    /// What was numbered and told so far.
    pub fn into_tally(self) -> Tally {
        self.tally
    }

    /// Units numbered so far.
    pub fn units(&self) -> u64 {
        self.tally.units
    }

    /// A number for the next described thing.
    pub fn unit(&mut self) -> u64 {
        let unit = self.tally.units;
        self.tally.units += 1;
        unit
    }

    /// Hands one fact on.
    ///
    /// # Errors
    /// From the sink.
    pub fn observe(&mut self, observation: Observation) -> Result<(), ReadError> {
        self.sink.observe(observation)
    }

    /// Hands a problem on; of each code only the first [`REMARKS`] one by one.
    pub fn problem(
        &mut self,
        code: &'static str,
        lost: bool,
        place: Place,
        message: impl FnOnce() -> String,
    ) {
        let told = self.tally.told.entry(code).or_insert_with(|| Told {
            count: 0,
            lost,
            last: Place::Whole,
        });
        told.count += 1;
        if told.count <= REMARKS {
            self.sink.problem(Problem {
                code: code.to_owned(),
                place,
                message: message(),
                lost,
            });
        } else {
            told.lost |= lost;
            told.last = place;
        }
    }

    /// Says how many problems of each code were not given one by one.
    pub fn finish(&mut self) {
        for (code, told) in std::mem::take(&mut self.tally.told) {
            if told.count > REMARKS {
                let more = told.count - REMARKS;
                self.sink.problem(Problem {
                    code: code.to_owned(),
                    place: told.last,
                    message: format!("{more} more like the {REMARKS} given, up to here"),
                    lost: told.lost,
                });
            }
        }
    }
}

/// The facts of one described thing: the first carries the subject keys.
pub struct Unit<'o, 's> {
    out: &'o mut Out<'s>,
    number: u64,
    keys: Vec<Key>,
    seen: Option<String>,
    /// Nothing was emitted so far.
    pub empty: bool,
}

impl<'o, 's> Unit<'o, 's> {
    /// A new unit with these keys and this date.
    pub fn new(out: &'o mut Out<'s>, keys: Vec<Key>, seen: Option<String>) -> Self {
        let number = out.unit();
        Self {
            out,
            number,
            keys,
            seen,
            empty: true,
        }
    }

    /// Emits one fact.
    ///
    /// # Errors
    /// From the sink.
    pub fn emit(
        &mut self,
        stance: Stance,
        clue: Clue,
        value: impl Into<String>,
        place: Place,
    ) -> Result<(), ReadError> {
        let mut observation = Observation::new(self.number, stance, clue, value, place)
            .about(std::mem::take(&mut self.keys));
        observation.seen.clone_from(&self.seen);
        self.empty = false;
        self.out.observe(observation)
    }

    /// A remark on a cell: nothing is lost by it.
    pub fn problem(&mut self, code: &'static str, place: Place, message: impl FnOnce() -> String) {
        self.out.problem(code, false, place, message);
    }

    /// Emits the value of a column as it stands, if there is one.
    ///
    /// # Errors
    /// From the sink.
    pub fn emit_field(
        &mut self,
        row: &Row<'_>,
        field: Field,
        stance: Stance,
        clue: Clue,
    ) -> Result<(), ReadError> {
        match row.find(field) {
            Some((column, value)) => self.emit(stance, clue, value, row.place(column)),
            None => Ok(()),
        }
    }
}

/// What is done with a row.
pub type EachRow = fn(&Row<'_>, &mut Out<'_>) -> Result<(), ReadError>;

/// What the rows of a table under this header are; `None`: nothing that is read here.
pub type Choose = fn(&Layout) -> Option<EachRow>;

/// Reads every table of the source: a workbook, a Markdown page or delimited text.
///
/// # Errors
/// From the stream or the sink; [`ReadError::Malformed`] for a workbook that cannot be opened.
pub fn read(source: &mut Source<'_>, sink: &mut dyn Sink, choose: Choose) -> Result<(), ReadError> {
    let mut out = Out::new(sink);
    let result = if workbook::is_workbook(delimited::peek(source)?) {
        workbook::read(source, &mut out, choose)
    } else {
        delimited::read(source, &mut out, choose)
    };
    out.finish();
    result
}

/// One table while it is read: finds the header, then hands on the rows.
struct Table<'m> {
    mapping: &'m Mapping,
    choose: Choose,
    sheet: Option<String>,
    waiting: Vec<Record>,
    found: Option<(Layout, EachRow)>,
    given_up: bool,
    /// Rows handed on.
    rows: u64,
}

impl<'m> Table<'m> {
    fn new(mapping: &'m Mapping, choose: Choose, sheet: Option<String>) -> Self {
        Self {
            mapping,
            choose,
            sheet,
            waiting: Vec::new(),
            found: None,
            given_up: false,
            rows: 0,
        }
    }

    /// Takes the next row.
    fn push(&mut self, record: &Record, out: &mut Out<'_>) -> Result<(), ReadError> {
        if self.given_up || record.is_blank() {
            return Ok(());
        }
        if let Some((layout, each)) = &self.found {
            return Self::hand_on(layout, *each, record, &mut self.rows, out);
        }
        self.waiting.push(record.clone());
        let enough = match self.mapping.header_row {
            Some(row) => record.number > row,
            None => self.waiting.len() >= HEADER_ROWS,
        };
        if enough { self.decide(out) } else { Ok(()) }
    }

    /// The table ends. True if it had a header.
    fn end(&mut self, out: &mut Out<'_>) -> Result<bool, ReadError> {
        if self.found.is_none() && !self.given_up {
            self.decide(out)?;
        }
        Ok(self.found.is_some())
    }

    fn hand_on(
        layout: &Layout,
        each: EachRow,
        record: &Record,
        rows: &mut u64,
        out: &mut Out<'_>,
    ) -> Result<(), ReadError> {
        if layout.header_row.is_some() && repeats(layout, record) {
            return Ok(());
        }
        *rows += 1;
        each(&Row { layout, record }, out)
    }

    fn decide(&mut self, out: &mut Out<'_>) -> Result<(), ReadError> {
        let waiting = std::mem::take(&mut self.waiting);
        let layout = match self.mapping.header_row {
            Some(row) => waiting
                .iter()
                .find(|r| r.number == row)
                .map(|r| layout_of(r, self.mapping, self.sheet.clone())),
            None => find_header(&waiting, self.mapping, self.sheet.clone()),
        };
        let Some((layout, each)) = layout.and_then(|l| (self.choose)(&l).map(|each| (l, each)))
        else {
            self.given_up = true;
            return Ok(());
        };
        let start = layout.header_row.unwrap_or_default();
        for record in waiting.iter().filter(|r| r.number > start) {
            Self::hand_on(&layout, each, record, &mut self.rows, out)?;
        }
        self.found = Some((layout, each));
        Ok(())
    }
}

/// True if the row is the header once more.
fn repeats(layout: &Layout, record: &Record) -> bool {
    let mut same = 0usize;
    for (n, column) in layout.columns.iter().enumerate() {
        if column.field.is_none() {
            continue;
        }
        if !record.raw(n).eq_ignore_ascii_case(column.header.as_bytes()) {
            return false;
        }
        same += 1;
    }
    same > 0
}

/// The header taken from this row.
fn layout_of(record: &Record, mapping: &Mapping, sheet: Option<String>) -> Layout {
    let mapped: BTreeMap<String, &String> = mapping
        .columns
        .iter()
        .map(|(header, name)| (plain(header), name))
        .collect();
    let columns = (0..record.len())
        .map(|n| {
            let header = record.text(n).into_owned();
            let field = match mapped.get(&plain(&header)) {
                // Whoever maps a column to a service says what it is.
                Some(name) => match fields::field(name) {
                    Some(Field::ServiceOrDepartment) => Some(Field::Service),
                    other => other,
                },
                None => fields::field(&header),
            };
            let header = if header.is_empty() { letter(n) } else { header };
            Column { header, field }
        })
        .collect();
    Layout::new(sheet, Some(record.number), columns)
}

/// Finds the header among the first rows: the row with the most columns of known, different meaning.
/// Two are needed; one is enough in a table of one column, or if it is a module's or SIM's number.
/// Without a header, columns that hold only IMEIs or ICCIDs are taken as such.
fn find_header(rows: &[Record], mapping: &Mapping, sheet: Option<String>) -> Option<Layout> {
    let mut best: Option<(usize, Layout)> = None;
    for record in rows.iter().take(HEADER_ROWS) {
        let layout = layout_of(record, mapping, sheet.clone());
        let known = layout.by_field.iter().filter(|c| !c.is_empty()).count();
        let enough = known >= 2
            || (known == 1
                && (record.len() == 1 || layout.has(Field::Imei) || layout.has(Field::Iccid)));
        // A header is words: a row with a long number in it is data that happens to hold a name.
        if !enough || (0..record.len()).any(|n| cells::looks_like_number(&record.text(n))) {
            continue;
        }
        if best.as_ref().is_none_or(|(most, _)| known > *most) {
            best = Some((known, layout));
        }
    }
    best.map(|(_, layout)| layout)
        .or_else(|| told_by_content(rows, sheet))
}

/// Columns told by what they hold, in a table without a header.
fn told_by_content(rows: &[Record], sheet: Option<String>) -> Option<Layout> {
    let width = rows.iter().map(Record::len).max()?;
    let columns: Vec<Column> = (0..width)
        .map(|n| {
            let (mut imei, mut iccid, mut other) = (0usize, 0usize, 0usize);
            for record in rows {
                let text = record.text(n);
                match cells::number_kind(&text) {
                    _ if is_placeholder(&text) => {}
                    Some(Field::Iccid) => iccid += 1,
                    Some(_) => imei += 1,
                    None => other += 1,
                }
            }
            let field = if imei > other + iccid {
                Some(Field::Imei)
            } else if iccid > other + imei {
                Some(Field::Iccid)
            } else {
                None
            };
            Column {
                header: letter(n),
                field,
            }
        })
        .collect();
    columns
        .iter()
        .any(|c| c.field.is_some())
        .then(|| Layout::new(sheet, None, columns))
}

/// The letters a spreadsheet shows over a column, counted from 0: `A`, `Z`, `AA`.
fn letter(column: usize) -> String {
    let mut n = column + 1;
    let mut letters = Vec::new();
    while n > 0 {
        n -= 1;
        letters.push(b'A' + u8::try_from(n % 26).unwrap_or_default());
        n /= 26;
    }
    letters.reverse();
    letters.into_iter().map(char::from).collect()
}
