//! Workbooks: XLSX through `calamine`'s cell stream, OpenDocument spreadsheets cell by cell from their
//! XML, every sheet.
//!
//! Bounds: the file is held whole (`limits.whole`); what its parts expand to is measured before
//! anything is parsed ([`EXPANDED_MOST`], [`PART_MOST`]); rows are handed on one at a time and never
//! form a rectangle in memory, so a cell at the far corner of a sheet costs nothing.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader as _, Xlsx};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{Choose, MAX_COLUMNS, Out, ROW_BYTES, Record, Table, delimited};
use crate::observation::Place;
use crate::reader::{Head, ReadError};
use crate::source::Source;

/// Most bytes that all parts of a workbook together may expand to.
pub const EXPANDED_MOST: u64 = 512 * 1024 * 1024;
/// Most bytes that a part which is held in memory (everything but the sheets) may expand to.
pub const PART_MOST: u64 = 64 * 1024 * 1024;
/// Most parts of a workbook.
const PARTS_MOST: usize = 20_000;
/// Most times one filled row of an OpenDocument sheet is repeated.
const REPEATS_MOST: u64 = 10_000;

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const OPEN_DOCUMENT: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// True if the bytes begin like a workbook: a ZIP or an OLE compound file.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND)
}

/// How sure it is that the source is a workbook.
pub fn sniff(head: &Head<'_>) -> u8 {
    let holds = |needle: &[u8]| memchr::memmem::find(head.bytes, needle).is_some();
    if head.bytes.starts_with(ZIP)
        && (holds(OPEN_DOCUMENT)
            || holds(b"xl/workbook.xml")
            || holds(b"xl/worksheets/")
            || (["xlsx", "xlsm", "ods"]
                .iter()
                .any(|e| head.has_extension(e))))
    {
        return 95;
    }
    // Recognised, so that it is said why it is not read.
    let old = [
        b"W\0o\0r\0k\0b\0o\0o\0k\0".as_slice(),
        b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0",
    ];
    if head.bytes.starts_with(COMPOUND)
        && (head.has_extension("xls") || old.iter().any(|n| holds(n)))
    {
        return 80;
    }
    0
}

fn malformed(message: impl Into<String>) -> ReadError {
    ReadError::Malformed {
        format: "workbook",
        message: message.into(),
    }
}

/// Runs a library that may panic on hostile input; a panic is a malformed workbook.
fn guarded<T>(what: &str, work: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(malformed(format!("{what} cannot be made sense of"))))
}

/// Reads every sheet, or the one that the mapping names.
pub(super) fn read(
    source: &mut Source<'_>,
    out: &mut Out<'_>,
    choose: Choose,
) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let mut archive = measure(&bytes)?;
    let kind = {
        let mut first = Vec::new();
        if let Ok(part) = archive.by_name("mimetype") {
            part.take(128)
                .read_to_end(&mut first)
                .map_err(ReadError::Io)?;
        }
        first
    };
    let mut any = false;
    let mut sheets = Sheets {
        source,
        choose,
        any: &mut any,
    };
    if kind.trim_ascii().starts_with(OPEN_DOCUMENT) {
        sheets.open_document(&mut archive, out)?;
    } else {
        drop(archive);
        sheets.xlsx(&bytes, out)?;
    }
    if !any {
        delimited::no_header(None, out);
    }
    Ok(())
}

/// Opens the ZIP and expands every part once into nothing, so that its real size is known.
fn measure(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, ReadError> {
    // An OLE compound file in this place is an encrypted workbook or the format before 2007.
    if bytes.starts_with(COMPOUND) {
        return Err(malformed(
            "an encrypted workbook or one in the format before 2007; save it as XLSX or CSV",
        ));
    }
    if memchr::memmem::find_iter(bytes, b"PK\x01\x02").count() > PARTS_MOST {
        return Err(malformed(format!("more than {PARTS_MOST} parts")));
    }
    let mut archive = guarded("its list of parts", || {
        ZipArchive::new(Cursor::new(bytes)).map_err(|e| malformed(e.to_string()))
    })?;
    let mut total = 0u64;
    for n in 0..archive.len() {
        let Ok(part) = archive.by_index(n) else {
            // Encrypted or in a compression that no spreadsheet program writes: not read later either.
            continue;
        };
        let name = match part.name() {
            Ok(name) => name.into_owned(),
            Err(_) => continue,
        };
        let sheet = name.contains("worksheets/") || name == "content.xml";
        let most = if sheet { EXPANDED_MOST } else { PART_MOST };
        let room = most.min(EXPANDED_MOST - total);
        if part.size() > room {
            return Err(bomb(&name, room));
        }
        // The declared size may lie: count.
        let expanded = std::io::copy(&mut part.take(room + 1), &mut std::io::sink())
            .map_err(|e| malformed(format!("part {name}: {e}")))?;
        if expanded > room {
            return Err(bomb(&name, room));
        }
        total += expanded;
    }
    Ok(archive)
}

fn bomb(name: &str, room: u64) -> ReadError {
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    malformed(format!(
        "part {name} expands to more than {room} bytes, the most that is read; nothing was opened"
    ))
}

struct Sheets<'s, 'a> {
    source: &'s Source<'a>,
    choose: Choose,
    any: &'s mut bool,
}

impl Sheets<'_, '_> {
    fn wanted(&self, name: &str) -> bool {
        self.source
            .mapping
            .sheet
            .as_ref()
            .is_none_or(|only| only.trim().eq_ignore_ascii_case(name.trim()))
    }

    fn ended(
        &mut self,
        mut table: Table<'_>,
        name: &str,
        out: &mut Out<'_>,
    ) -> Result<(), ReadError> {
        if table.end(out)? {
            *self.any = true;
        } else {
            delimited::no_header(Some(name), out);
        }
        Ok(())
    }

    fn broken(name: &str, row: u64, message: &str, out: &mut Out<'_>) {
        let place = Place::Cell {
            sheet: Some(name.to_owned()),
            row,
            column: String::new(),
        };
        out.problem("sheet-unreadable", true, place, || {
            format!("the sheet could not be read past here: {message}")
        });
    }

    fn xlsx(&mut self, bytes: &[u8], out: &mut Out<'_>) -> Result<(), ReadError> {
        let mut book: Xlsx<_> = guarded("the workbook", || {
            Xlsx::new(Cursor::new(bytes)).map_err(|e| malformed(e.to_string()))
        })?;
        for name in book.sheet_names() {
            if !self.wanted(&name) {
                continue;
            }
            let mut table = Table::new(self.source.mapping, self.choose, Some(name.clone()));
            let mut record = Record::default();
            let mut row = 0u64;
            // Only the library's part may panic; what the sink says must pass through unharmed.
            let result = guarded("the sheet", || {
                let mut cells = book
                    .worksheet_cells_reader(&name)
                    .map_err(|e| malformed(e.to_string()))?;
                loop {
                    let cell = match cells.next_cell() {
                        Ok(Some(cell)) => cell,
                        Ok(None) => break,
                        Err(e) => {
                            flush(&mut table, &record, row, out)?;
                            return Err(malformed(e.to_string()));
                        }
                    };
                    let (at, column) = cell.get_position();
                    let at = u64::from(at) + 1;
                    if at != row {
                        flush(&mut table, &record, row, out)?;
                        record.restart(at);
                        row = at;
                    }
                    let text = match cell.get_value() {
                        DataRef::SharedString(s) => {
                            put(&mut record, column as usize, s);
                            continue;
                        }
                        DataRef::String(s) => {
                            put(&mut record, column as usize, s);
                            continue;
                        }
                        other => words(&other.clone().into()),
                    };
                    put(&mut record, column as usize, &text);
                }
                flush(&mut table, &record, row, out)
            });
            match result {
                Ok(()) => {}
                Err(ReadError::Malformed { message, .. }) => {
                    // Chart sheets and the like have no cells.
                    Self::broken(&name, row.max(1), &message, out);
                }
                Err(other) => return Err(other),
            }
            self.ended(table, &name, out)?;
        }
        Ok(())
    }

    fn open_document(
        &mut self,
        archive: &mut ZipArchive<Cursor<&[u8]>>,
        out: &mut Out<'_>,
    ) -> Result<(), ReadError> {
        let part = archive
            .by_name("content.xml")
            .map_err(|e| malformed(e.to_string()))?;
        let mut xml = quick_xml::Reader::from_reader(BufReader::new(part));
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer) {
                Ok(Event::Start(e)) if e.local_name().into_inner() == "table" => {
                    let name = attribute(&e, "name").unwrap_or_default();
                    let mut table =
                        Table::new(self.source.mapping, self.choose, Some(name.clone()));
                    let wanted = self.wanted(&name);
                    let result = sheet_of(&mut xml, wanted, &mut table, out);
                    match result {
                        Ok(()) if !wanted => {}
                        Ok(()) => self.ended(table, &name, out)?,
                        Err(ReadError::Malformed { message, .. }) => {
                            let row = table.rows;
                            self.ended(table, &name, out)?;
                            Self::broken(&name, row.max(1), &message, out);
                            return Ok(());
                        }
                        Err(other) => return Err(other),
                    }
                }
                Ok(Event::Eof) => return Ok(()),
                Ok(_) => {}
                Err(e) => return Err(malformed(e.to_string())),
            }
        }
    }
}

/// Adds a cell at a column, bounded.
fn put(record: &mut Record, column: usize, text: &str) {
    if column >= MAX_COLUMNS || record.bytes.len() + text.len() > ROW_BYTES {
        return;
    }
    while record.len() < column {
        record.push(b"");
    }
    if record.len() == column {
        record.push(text.as_bytes());
    }
}

fn flush(
    table: &mut Table<'_>,
    record: &Record,
    row: u64,
    out: &mut Out<'_>,
) -> Result<(), ReadError> {
    if row == 0 {
        return Ok(());
    }
    table.push(record, out)
}

/// The text of a cell as a person would write it.
fn words(value: &Data) -> String {
    match value {
        Data::Int(n) => n.to_string(),
        Data::Float(n) => number(*n),
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => s.clone(),
        Data::Bool(b) => b.to_string(),
        Data::DateTime(d) if d.is_datetime() => {
            let (year, month, day, ..) = d.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTime(d) => number(d.as_f64()),
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// A number as written: whole numbers up to 15 digits exactly, since a spreadsheet keeps that many;
/// larger ones in the scientific form that says that digits are gone.
fn number(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 9e15 {
        format!("{n:.0}")
    } else if n.abs() >= 9e15 {
        let text = format!("{n:E}");
        match text.split_once('E') {
            Some((mantissa, exponent)) => format!("{mantissa}E+{exponent}"),
            None => text,
        }
    } else {
        n.to_string()
    }
}

/// The value of the attribute of this local name.
fn attribute(e: &BytesStart<'_>, local: &str) -> Option<String> {
    e.attributes()
        .with_checks(false)
        .flatten()
        .find(|a| a.key.local_name().into_inner() == local)
        .map(|a| match a.normalized_value(XmlVersion::Implicit1_0) {
            Ok(text) => text.into_owned(),
            Err(_) => a.value.into_owned(),
        })
}

/// Rows of one OpenDocument table up to its end.
fn sheet_of<R: BufRead>(
    xml: &mut quick_xml::Reader<R>,
    wanted: bool,
    table: &mut Table<'_>,
    out: &mut Out<'_>,
) -> Result<(), ReadError> {
    let mut buffer = Vec::new();
    let mut record = Record::default();
    let mut row = 1u64;
    let mut row_repeat = 1u64;
    let mut depth = 0usize;
    // The cell being read: its text, how often it is repeated, whether its text is taken from it.
    let mut cell: Option<(String, usize, bool)> = None;
    let mut aside = 0usize;
    let mut paragraphs = 0usize;
    loop {
        buffer.clear();
        let event = xml
            .read_event_into(&mut buffer)
            .map_err(|e| malformed(e.to_string()))?;
        match event {
            Event::Start(e) => match e.local_name().into_inner() {
                "table" => depth += 1,
                "table-row" if depth == 0 => {
                    row_repeat = repeated(&e, "number-rows-repeated");
                    record.restart(row);
                }
                "table-cell" | "covered-table-cell" if depth == 0 => {
                    cell = Some(cell_of(&e));
                    paragraphs = 0;
                }
                "annotation" => aside += 1,
                "p" if aside == 0 => {
                    paragraphs += 1;
                    if let Some((text, _, true)) = &mut cell
                        && paragraphs > 1
                    {
                        text.push(' ');
                    }
                }
                _ => {}
            },
            Event::Empty(e) => match e.local_name().into_inner() {
                "table-row" if depth == 0 => {
                    row += repeated(&e, "number-rows-repeated");
                }
                "table-cell" | "covered-table-cell" if depth == 0 => {
                    let (text, repeat, _) = cell_of(&e);
                    add(&mut record, &text, repeat);
                }
                "s" | "tab" | "line-break" if aside == 0 => {
                    if let Some((text, _, true)) = &mut cell {
                        text.push(' ');
                    }
                }
                _ => {}
            },
            Event::Text(t) if aside == 0 && paragraphs > 0 => {
                if let Some((text, _, true)) = &mut cell {
                    text.push_str(&t.xml10_content());
                }
            }
            Event::GeneralRef(r) if aside == 0 && paragraphs > 0 => {
                if let Some((text, _, true)) = &mut cell {
                    if let Ok(Some(c)) = r.resolve_char_ref() {
                        text.push(c);
                    } else if let Some(known) =
                        quick_xml::escape::resolve_predefined_entity(&r.xml10_content())
                    {
                        text.push_str(known);
                    }
                }
            }
            Event::End(e) => {
                match e.local_name().into_inner() {
                    "table" if depth == 0 => return Ok(()),
                    "table" => depth -= 1,
                    "table-row" if depth == 0 => {
                        if wanted && !record.is_blank() {
                            for n in 0..row_repeat.min(REPEATS_MOST) {
                                record.number = row + n;
                                table.push(&record, out)?;
                            }
                            if row_repeat > REPEATS_MOST {
                                out.problem("row-repeated", true, Place::row(row), || {
                                format!("a row repeated {row_repeat} times; {REPEATS_MOST} were read")
                            });
                            }
                        }
                        row = row.saturating_add(row_repeat);
                    }
                    "table-cell" | "covered-table-cell" if depth == 0 => {
                        if let Some((text, repeat, _)) = cell.take() {
                            add(&mut record, &text, repeat);
                        }
                    }
                    "annotation" => aside = aside.saturating_sub(1),
                    _ => {}
                }
            }
            Event::Eof => return Err(malformed("the file ends inside a sheet")),
            _ => {}
        }
    }
}

/// How often a row or cell is repeated.
fn repeated(e: &BytesStart<'_>, name: &str) -> u64 {
    attribute(e, name)
        .and_then(|n| n.parse().ok())
        .unwrap_or(1u64)
        .max(1)
}

/// The value that a cell states in its attributes, how often it is repeated, and whether its text is
/// its value instead.
fn cell_of(e: &BytesStart<'_>) -> (String, usize, bool) {
    let repeat = usize::try_from(repeated(e, "number-columns-repeated")).unwrap_or(MAX_COLUMNS);
    let kind = attribute(e, "value-type").unwrap_or_default();
    let stated = match kind.as_str() {
        "float" | "percentage" | "currency" => attribute(e, "value").map(|v| match v.parse() {
            Ok(n) => number(n),
            Err(_) => v,
        }),
        "date" => attribute(e, "date-value"),
        "boolean" => attribute(e, "boolean-value"),
        "string" => attribute(e, "string-value"),
        _ => None,
    };
    let from_text = stated.is_none();
    (stated.unwrap_or_default(), repeat, from_text)
}

/// Adds a cell as often as it is repeated, bounded.
fn add(record: &mut Record, text: &str, repeat: usize) {
    for _ in 0..repeat.min(MAX_COLUMNS.saturating_sub(record.len())) {
        let at = record.len();
        put(record, at, text);
        if record.len() == at {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_digits_a_spreadsheet_keeps() {
        assert_eq!(number(867_200_000_000_000.0), "867200000000000");
        assert_eq!(number(2.0), "2");
        assert_eq!(number(2.5), "2.5");
        assert_eq!(number(8.949_203_000_001_23e19), "8.94920300000123E+19");
    }
}
