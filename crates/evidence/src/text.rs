//! Decoding and bounded line reading, shared by text formats.

use std::borrow::Cow;

use crate::observation::{Place, Problem};
use crate::reader::{ReadError, Sink};
use crate::source::Source;

/// How many bytes [`unmarked_utf16`] looks at.
pub(crate) const UNMARKED_PREFIX: usize = 256;

/// The byte order of a text in UTF-16 that begins without a mark, as PowerShell's redirection into a
/// pipe and some exports leave it; `None` if these first bytes are something else. At least 16 units are
/// needed, three of four of them ASCII and none of them NUL.
pub(crate) fn unmarked_utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = bytes.get(..bytes.len().min(UNMARKED_PREFIX))?;
    let units = head.len() / 2;
    if units < 16 {
        return None;
    }
    let is_text = |b: u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
    let (mut little, mut big) = (0, 0);
    for unit in head.chunks_exact(2) {
        match unit {
            [0, 0] => return None,
            [b, 0] => little += usize::from(is_text(*b)),
            [0, b] => big += usize::from(is_text(*b)),
            _ => {}
        }
    }
    if little * 4 >= units * 3 {
        Some(encoding_rs::UTF_16LE)
    } else if big * 4 >= units * 3 {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}

/// The text of some bytes: UTF-8 (with or without mark), UTF-16 by its mark or its look, else CP1252.
/// `None` for binary: a NUL byte outside UTF-16.
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, skip)) = encoding_rs::Encoding::for_bom(bytes) {
        let rest = bytes.get(skip..).unwrap_or_default();
        return Some(encoding.decode_without_bom_handling(rest).0);
    }
    if memchr::memchr(0, bytes).is_some() {
        let encoding = unmarked_utf16(bytes)?;
        return Some(encoding.decode_without_bom_handling(bytes).0);
    }
    // A prefix may end inside a character: accept UTF-8 that is only incomplete at its very end.
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(e) if e.error_len().is_none() => Some(String::from_utf8_lossy(
            bytes.get(..e.valid_up_to()).unwrap_or_default(),
        )),
        Err(_) => Some(
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0,
        ),
    }
}

/// Reads a source line by line, bounded; each line is handed over without its line end, decoded as
/// UTF-8 or, where that fails, CP1252.
///
/// Lines longer than the limit are cut and reported as `line-too-long`; the text kept is still read.
///
/// # Errors
/// From the stream, or from `each`.
pub fn lines(
    source: &mut Source<'_>,
    sink: &mut dyn Sink,
    mut each: impl FnMut(u64, &str, &mut dyn Sink) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let limit = source.limits.line;
    let mut buffer: Vec<u8> = Vec::new();
    let mut number = 0u64;
    loop {
        buffer.clear();
        let mut dropped = 0usize;
        let mut ended = false;
        let mut any = false;
        while !ended {
            let available = source.stream().fill_buf()?;
            if available.is_empty() {
                break;
            }
            any = true;
            let (chunk, used) = match memchr::memchr(b'\n', available) {
                Some(at) => {
                    ended = true;
                    (available.get(..at).unwrap_or_default(), at + 1)
                }
                None => (available, available.len()),
            };
            let room = limit.saturating_sub(buffer.len());
            buffer.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
            dropped += chunk.len().saturating_sub(room);
            source.stream().consume(used);
        }
        if !any {
            return Ok(());
        }
        number += 1;
        if dropped > 0 {
            sink.problem(Problem::lost(
                "line-too-long",
                Place::Line(number),
                format!("{dropped} bytes past the first {limit} of this line were not read"),
            ));
        }
        if number == 1 && buffer.starts_with(&[0xef, 0xbb, 0xbf]) {
            buffer.drain(..3);
        }
        if buffer.last() == Some(&b'\r') {
            buffer.pop();
        }
        if let Ok(line) = std::str::from_utf8(&buffer) {
            each(number, line, sink)?;
        } else {
            let line = encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(&buffer)
                .0;
            each(number, &line, sink)?;
        }
    }
}
