//! Tables of a Markdown page: runs of lines that start with a pipe, the second of dashes.

use std::io::BufRead;

use super::{Choose, Layout, Out, Record, Table, delimited, layout_of};
use crate::reader::ReadError;
use crate::source::Mapping;

/// Longest line that is looked at; the rest of it is skipped.
const LINE_BYTES: usize = 64 * 1024;

/// True if the text holds a Markdown table: a line with pipes followed by one of dashes and pipes.
pub(super) fn holds_table(text: &str) -> bool {
    let mut before_has_pipe = false;
    for line in text.lines().take(5000) {
        if before_has_pipe && is_rule(line) {
            return true;
        }
        before_has_pipe = line.contains('|');
    }
    false
}

/// `|---|:-:|`
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3
        && line.contains('|')
        && line.contains('-')
        && line
            .bytes()
            .all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// The headers of the tables of a page. For sniffing.
pub(super) fn layouts(text: &str) -> Vec<Layout> {
    let mapping = Mapping::default();
    let mut found = Vec::new();
    let mut before: Option<(u64, &str)> = None;
    for (number, line) in (1..).zip(text.lines().take(5000)) {
        if let Some((at, header)) = before.filter(|_| is_rule(line)) {
            let mut record = Record::default();
            split(header, at, &mut record);
            found.push(layout_of(&record, &mapping, None));
        }
        before = line.contains('|').then_some((number, line));
    }
    found
}

/// Reads every table of the page; text outside tables is left alone.
pub(super) fn read(
    input: &mut dyn BufRead,
    mapping: &Mapping,
    out: &mut Out<'_>,
    choose: Choose,
) -> Result<(), ReadError> {
    let mut line = Vec::new();
    let mut record = Record::default();
    let mut table: Option<Table<'_>> = None;
    let mut any = false;
    let mut number = 0u64;
    while read_line(input, &mut line)? {
        number += 1;
        let text = String::from_utf8_lossy(&line);
        if !text.contains('|') {
            if let Some(mut done) = table.take() {
                any |= done.end(out)?;
            }
            continue;
        }
        if is_rule(&text) {
            continue;
        }
        split(&text, number, &mut record);
        table
            .get_or_insert_with(|| Table::new(mapping, choose, None))
            .push(&record, out)?;
    }
    if let Some(mut done) = table {
        any |= done.end(out)?;
    }
    if !any {
        delimited::no_header(None, out);
    }
    Ok(())
}

/// Splits `| a | b |` at its pipes; a pipe after a backslash belongs to the cell. Emphasis and code
/// marks around a cell are taken off, of a link only the text is kept.
fn split(line: &str, number: u64, record: &mut Record) {
    record.restart(number);
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    let mut cell = String::new();
    let mut escaped = false;
    for c in line.chars() {
        match c {
            '|' if !escaped => {
                record.push(strip_marks(&cell).as_bytes());
                cell.clear();
            }
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            _ => cell.push(c),
        }
        escaped = false;
    }
    record.push(strip_marks(&cell).as_bytes());
}

fn strip_marks(cell: &str) -> String {
    let mut cell = cell.replace(['`', '*'], "");
    // A cell holds few links; one with many is not a part.
    for _ in 0..8 {
        let Some((text, after)) = cell
            .find("](")
            .and_then(|middle| Some((cell.get(..middle)?.rfind('[')?, middle)))
            .and_then(|(open, middle)| {
                let close = cell.get(middle..)?.find(')')? + middle;
                let text = format!("{}{}", cell.get(..open)?, cell.get(open + 1..middle)?);
                Some((text, cell.get(close + 1..)?.to_owned()))
            })
        else {
            break;
        };
        cell = format!("{text}{after}");
    }
    cell.trim().to_owned()
}

/// Reads one line, without its end, up to [`LINE_BYTES`]. False at the end of the stream.
fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> Result<bool, ReadError> {
    line.clear();
    let mut any = false;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            break;
        }
        any = true;
        let (chunk, used, ended) = match memchr::memchr(b'\n', available) {
            Some(at) => (available.get(..at), at + 1, true),
            None => (Some(available), available.len(), false),
        };
        let room = LINE_BYTES.saturating_sub(line.len());
        let chunk = chunk.unwrap_or_default();
        line.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        input.consume(used);
        if ended {
            break;
        }
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_their_text() {
        assert_eq!(strip_marks(" [LE910C1](https://a.example/x) "), "LE910C1");
        assert_eq!(strip_marks("**U1**"), "U1");
        assert_eq!(strip_marks("a [b"), "a [b");
    }

    #[test]
    fn a_rule_makes_a_table() {
        assert!(holds_table("text\n| a | b |\n|---|---|\n| 1 | 2 |\n"));
        assert!(!holds_table("a | b\nc | d\n"));
    }
}
