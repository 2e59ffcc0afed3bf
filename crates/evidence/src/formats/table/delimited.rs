//! Delimited text: comma, semicolon, tab or pipe, quoted or not, as a stream of rows.
//!
//! Rows are split by `csv-core`, which works in buffers given to it, so that a quote that is never
//! closed cannot make a row grow past [`ROW_BYTES`].

use std::io::{self, BufRead, Read};

use csv_core::ReadRecordResult;

use super::{Choose, MAX_COLUMNS, Out, ROW_BYTES, Record, Table, markdown};
use crate::observation::Place;
use crate::reader::{Head, ReadError};
use crate::source::Source;

/// Stands in no text: rows are not split.
const UNIT_SEPARATOR: u8 = 0x1f;
/// The delimiters that are looked for, in order of preference at equal fit.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Looks at the bytes that come next without taking them. May be short.
pub(super) fn peek<'s>(source: &'s mut Source<'_>) -> Result<&'s [u8], ReadError> {
    source.stream().fill_buf().map_err(ReadError::Io)
}

/// Splits a stream of bytes into rows.
pub(super) struct Records<R> {
    input: R,
    core: csv_core::Reader,
    record: Record,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Number of the row read last.
    row: u64,
    /// Rows dropped because they were longer than [`ROW_BYTES`]: their first row numbers.
    too_long: Option<u64>,
    /// Cells dropped past [`MAX_COLUMNS`].
    too_wide: bool,
    /// The source ended inside a quoted cell of the row given last.
    open_quote: bool,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            record: Record::default(),
            bytes: vec![0; 8 * 1024],
            ends: vec![0; 64],
            row: 0,
            too_long: None,
            too_wide: false,
            open_quote: false,
        }
    }

    /// The next row, `None` at the end. Blank lines count as rows and are not returned.
    pub(super) fn next(&mut self) -> io::Result<Option<&Record>> {
        let (mut nbytes, mut nends) = (0usize, 0usize);
        let mut lines = 0u64;
        let mut last_byte = 0u8;
        loop {
            let input = self.input.fill_buf()?;
            let at_end = input.is_empty();
            let (result, read, wrote, ended) = self.core.read_record(
                input,
                self.bytes.get_mut(nbytes..).unwrap_or_default(),
                self.ends.get_mut(nends..).unwrap_or_default(),
            );
            let taken = input.get(..read).unwrap_or_default();
            lines += memchr::memchr_iter(b'\n', taken).count() as u64;
            if let Some(byte) = taken.last() {
                last_byte = *byte;
            }
            self.input.consume(read);
            nbytes += wrote;
            nends += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    if self.bytes.len() >= ROW_BYTES {
                        self.too_long = Some(self.row + 1);
                        // Start anew at the next line: what was swallowed is lost and said.
                        self.core.reset();
                        self.row += lines;
                        self.skip_line()?;
                        (nbytes, nends, lines) = (0, 0, 0);
                    } else {
                        self.bytes.resize((self.bytes.len() * 2).min(ROW_BYTES), 0);
                    }
                }
                ReadRecordResult::OutputEndsFull => {
                    if self.ends.len() > MAX_COLUMNS * 4 {
                        self.too_wide = true;
                        self.too_long = Some(self.row + 1);
                        self.core.reset();
                        self.row += lines;
                        self.skip_line()?;
                        (nbytes, nends, lines) = (0, 0, 0);
                    } else {
                        self.ends.resize(self.ends.len() * 2, 0);
                    }
                }
                ReadRecordResult::Record => {
                    if last_byte == b'\r' && self.input.fill_buf()?.first() == Some(&b'\n') {
                        self.input.consume(1);
                    }
                    let bytes = self.bytes.get(..nbytes).unwrap_or_default();
                    let ends = self.ends.get(..nends).unwrap_or_default();
                    // Lines that ended before the row began were blank.
                    let inner = if lines > 1 {
                        memchr::memchr_iter(b'\n', bytes).count() as u64
                    } else {
                        0
                    };
                    // The source ends in a cell of several lines that no quote closed.
                    self.open_quote = at_end
                        && last_byte != b'"'
                        && ends
                            .len()
                            .checked_sub(2)
                            .map_or(Some(0), |n| ends.get(n).copied())
                            .and_then(|start| bytes.get(start..))
                            .is_some_and(|cell| memchr::memchr(b'\n', cell).is_some());
                    let own = u64::from(last_byte == b'\n' && !at_end);
                    self.row += 1 + lines.saturating_sub(inner + own);
                    self.record.restart(self.row);
                    let keep = ends.len().min(MAX_COLUMNS);
                    if keep < ends.len() {
                        self.too_wide = true;
                    }
                    self.record
                        .ends
                        .extend_from_slice(ends.get(..keep).unwrap_or_default());
                    let kept = self.record.ends.last().copied().unwrap_or_default();
                    self.record
                        .bytes
                        .extend_from_slice(bytes.get(..kept).unwrap_or_default());
                    return Ok(Some(&self.record));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// Skips to the start of the next line.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let input = self.input.fill_buf()?;
            if input.is_empty() {
                return Ok(());
            }
            if let Some(at) = memchr::memchr(b'\n', input) {
                self.input.consume(at + 1);
                self.row += 1;
                return Ok(());
            }
            let all = input.len();
            self.input.consume(all);
        }
    }
}

/// A stream of UTF-16 as UTF-8.
struct Transcoded<R> {
    input: R,
    decoder: encoding_rs::Decoder,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    done: bool,
}

impl<R: BufRead> Transcoded<R> {
    fn new(input: R, encoding: &'static encoding_rs::Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            buffer: vec![0; 64 * 1024],
            at: 0,
            filled: 0,
            done: false,
        }
    }
}

impl<R: BufRead> BufRead for Transcoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.filled && !self.done {
            let input = self.input.fill_buf()?;
            let last = input.is_empty();
            let (_, read, wrote, _) = self.decoder.decode_to_utf8(input, &mut self.buffer, last);
            self.input.consume(read);
            self.at = 0;
            self.filled = wrote;
            self.done = last;
        }
        Ok(self.buffer.get(self.at..self.filled).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.filled);
    }
}

impl<R: BufRead> Read for Transcoded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buf)?;
        self.consume(n);
        Ok(n)
    }
}

/// Reads delimited text, or the tables of a Markdown page.
pub(super) fn read(
    source: &mut Source<'_>,
    out: &mut Out<'_>,
    choose: Choose,
) -> Result<(), ReadError> {
    let mapping = source.mapping;
    // A stream may hand out little at first: the delimiter is told from a prefix of fixed size.
    let mut prefix = Vec::new();
    source
        .stream()
        .take(Head::SIZE as u64)
        .read_to_end(&mut prefix)?;
    let encoding = encoding_rs::Encoding::for_bom(&prefix).map(|(e, _)| e);
    if encoding.is_none() && memchr::memchr(0, &prefix).is_some() {
        return Err(ReadError::Malformed {
            format: "table",
            message: "binary bytes where text was expected".to_owned(),
        });
    }
    let text = crate::text::decode(&prefix).unwrap_or_default();
    let page = markdown::holds_table(&text);
    let delimiter = delimiter(&text);
    drop(text);
    let stream = io::Cursor::new(prefix).chain(source.stream());
    let mut input: Box<dyn BufRead + '_> = match encoding {
        Some(e) if e == encoding_rs::UTF_16LE || e == encoding_rs::UTF_16BE => {
            Box::new(Transcoded::new(stream, e))
        }
        _ => Box::new(stream),
    };
    if page {
        return markdown::read(&mut input, mapping, out, choose);
    }
    let mut records = Records::new(input, delimiter);
    let mut table = Table::new(mapping, choose, None);
    loop {
        let more = records.next()?.is_some();
        if let Some(row) = records.too_long.take() {
            too_long(row, out);
        }
        if !more {
            break;
        }
        if records.open_quote {
            let row = records.record.number;
            out.problem("quote-not-closed", true, Place::row(row), || {
                "a quote opened in this row is not closed; nothing from here on was read".to_owned()
            });
            break;
        }
        table.push(&records.record, out)?;
    }
    if records.too_wide {
        out.problem("table-too-wide", true, Place::Whole, || {
            format!("columns past the first {MAX_COLUMNS} were not read")
        });
    }
    if !table.end(out)? {
        no_header(None, out);
    }
    Ok(())
}

fn too_long(row: u64, out: &mut Out<'_>) {
    out.problem("row-too-long", true, Place::row(row), || {
        format!(
            "a row of more than {ROW_BYTES} bytes begins here (a quote that is not closed?); it was skipped"
        )
    });
}

/// Says that a table has no header that is known.
pub(super) fn no_header(sheet: Option<&str>, out: &mut Out<'_>) {
    let place = match sheet {
        Some(sheet) => Place::Cell {
            sheet: Some(sheet.to_owned()),
            row: 1,
            column: String::new(),
        },
        None => Place::Whole,
    };
    // A sheet of a workbook may be a cover page; a file without any header was not read.
    out.problem("table-header-not-found", sheet.is_none(), place, || {
        "no row with column names that are known for this format; name the columns in the mapping of this source"
            .to_owned()
    });
}

/// Rows of a prefix of text, as far as they are complete. For sniffing.
pub(super) fn rows_of(text: &str, delimiter: u8, most: usize) -> Vec<Record> {
    // The last line of a prefix may be cut.
    let whole = match text.rfind('\n') {
        Some(end) if text.len() >= Head::SIZE / 2 => text.get(..=end).unwrap_or_default(),
        _ => text,
    };
    let mut records = Records::new(whole.as_bytes(), delimiter);
    let mut rows = Vec::new();
    while rows.len() < most {
        match records.next() {
            Ok(Some(record)) if record.is_blank() => {}
            Ok(Some(record)) => rows.push(record.clone()),
            _ => break,
        }
    }
    rows
}

/// The delimiter of some text: the one that yields a header of most known columns; at equality the one
/// that splits most rows alike.
pub(super) fn delimiter(text: &str) -> u8 {
    // Excel's own mark.
    let first = text.lines().next().unwrap_or_default();
    if let Some(mark) = first.trim_start_matches('\u{feff}').strip_prefix("sep=")
        && let Some(found) = DELIMITERS
            .iter()
            .find(|d| mark.as_bytes().first() == Some(d))
    {
        return *found;
    }
    // A list of single values: nothing splits it, not even a decimal comma.
    let mut best = (0usize, 0usize, UNIT_SEPARATOR);
    for candidate in DELIMITERS {
        if memchr::memchr(candidate, text.as_bytes()).is_none() {
            continue;
        }
        let rows = rows_of(text, candidate, 40);
        let known = rows
            .iter()
            .take(super::HEADER_ROWS)
            .map(|r| {
                (0..r.len().min(200))
                    .filter(|n| super::fields::field(&r.text(*n)).is_some())
                    .count()
            })
            .max()
            .unwrap_or_default();
        let alike = rows
            .windows(2)
            .filter(|w| matches!(w, [a, b] if a.len() == b.len() && a.len() > 1))
            .count();
        // With at most one known column the rows themselves must show that they are split.
        if known < 2 && alike * 2 < rows.len().saturating_sub(1) {
            continue;
        }
        if (known, alike) > (best.0, best.1) {
            best = (known, alike, candidate);
        }
    }
    best.2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, delimiter: u8) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text.as_bytes(), delimiter);
        let mut all = Vec::new();
        while let Some(r) = records.next().unwrap() {
            all.push((
                r.number,
                (0..r.len()).map(|n| r.text(n).into_owned()).collect(),
            ));
        }
        all
    }

    fn owned(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|c| (*c).to_owned()).collect()
    }

    #[test]
    fn row_numbers_are_those_of_a_spreadsheet() {
        for end in ["\n", "\r\n"] {
            let text = ["a,b", "", "1,\"x\ny\"", "", "", "2,z"].join(end);
            let expected = vec![
                (1, owned(&["a", "b"])),
                (3, owned(&["1", "x\ny"])),
                (6, owned(&["2", "z"])),
            ];
            assert_eq!(rows(&text, b','), expected, "{end:?}");
            assert_eq!(rows(&(text + end), b','), expected, "{end:?} at the end");
        }
    }

    #[test]
    fn old_mac_line_ends() {
        assert_eq!(
            rows("a;b\r1;2", b';'),
            vec![(1, owned(&["a", "b"])), (2, owned(&["1", "2"]))]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_stays_bounded() {
        let mut text = String::from("imei,name\n1,\"open\n");
        for _ in 0..400_000 {
            text.push_str("22,row\n");
        }
        let mut records = Records::new(text.as_bytes(), b',');
        let mut last = 0;
        let mut skips = 0;
        while let Some(r) = records.next().unwrap() {
            last = r.number;
            skips += u64::from(records.too_long.take().is_some());
        }
        assert_eq!(skips, 1);
        assert_eq!(last, 400_002);
        assert!(records.bytes.len() <= ROW_BYTES);
    }

    #[test]
    fn delimiters_are_told_by_the_header() {
        assert_eq!(delimiter("Asset tag;Model\nA, b;c, d\n"), b';');
        assert_eq!(delimiter("asset\tmodel\n1\t2\n"), b'\t');
        assert_eq!(delimiter("sep=|\nx|y\n"), b'|');
        assert_eq!(delimiter("867200000000000\n8,67E+14\n"), UNIT_SEPARATOR);
    }
}
