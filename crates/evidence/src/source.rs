//! What a reader is given.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use crate::reader::ReadError;
use crate::text;

/// Bounds every reader keeps. Sizes in bytes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest line kept; the rest of a longer line is skipped and reported.
    pub line: usize,
    /// Largest source that a format needing random access (XLSX, JSON, XML) may hold in memory.
    pub whole: usize,
    /// Most observations from one source.
    pub observations: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 64 * 1024,
            whole: 64 * 1024 * 1024,
            observations: 20_000_000,
        }
    }
}

/// Column mapping and other hints that the organisation gives for one piece of evidence.
/// Comes from `estate.toml`, never from the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Header in the file (compared without case, spaces, `-` and `_`) -> field name.
    pub columns: BTreeMap<String, String>,
    /// Only this sheet.
    pub sheet: Option<String>,
    /// Header row, counted from 1, if it is not found by itself.
    pub header_row: Option<u64>,
}

/// Names to look for in free text, handed in because a reader knows no catalogue.
pub trait Names: Sync {
    /// Byte ranges of `text` in which a name of interest stands, in order, without overlap.
    fn find(&self, text: &str) -> Vec<std::ops::Range<usize>>;
    /// True if this host name is one of interest. A log holds millions of others.
    fn is_endpoint(&self, _host: &str) -> bool {
        false
    }
}

/// No names: free text yields nothing.
pub struct NoNames;
impl Names for NoNames {
    fn find(&self, _: &str) -> Vec<std::ops::Range<usize>> {
        Vec::new()
    }
}

/// One piece of evidence as a reader sees it: a name and a bounded stream.
pub struct Source<'a> {
    /// File name or member path, for formats that carry meaning in it. Not a path to open.
    pub name: &'a str,
    /// Bounds.
    pub limits: &'a Limits,
    /// Names to look for in free text.
    pub names: &'a dyn Names,
    /// Column mapping and hints.
    pub mapping: &'a Mapping,
    input: BufReader<Box<dyn Read + 'a>>,
}

impl<'a> Source<'a> {
    /// Wraps a stream. Text in UTF-16, as Windows writes it, is handed on as UTF-8.
    pub fn new(
        name: &'a str,
        input: impl Read + 'a,
        limits: &'a Limits,
        names: &'a dyn Names,
        mapping: &'a Mapping,
    ) -> Self {
        Self {
            name,
            limits,
            names,
            mapping,
            input: BufReader::with_capacity(64 * 1024, Box::new(Utf8::new(input))),
        }
    }

    /// The stream, buffered.
    pub fn stream(&mut self) -> &mut (dyn BufRead + 'a) {
        &mut self.input
    }

    /// The whole source, for formats that need it, up to [`Limits::whole`].
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] past the limit; [`ReadError::Io`] from the stream.
    pub fn whole(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        let limit = self.limits.whole;
        (&mut self.input)
            .take(limit as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(ReadError::Io)?;
        if bytes.len() > limit {
            return Err(ReadError::TooLarge { limit });
        }
        Ok(bytes)
    }
}

/// UTF-16, by its mark or its look, becomes UTF-8 on the way, so that no reader need know of it; every
/// other stream passes unchanged.
struct Utf8<R> {
    input: R,
    state: Encoding,
    /// What is ready and how much of it was handed over.
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

enum Encoding {
    /// Nothing was read yet.
    Unknown,
    Unchanged,
    Utf16(encoding_rs::Decoder),
}

impl<R: Read> Utf8<R> {
    const fn new(input: R) -> Self {
        Self {
            input,
            state: Encoding::Unknown,
            ready: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    /// Looks at the first bytes.
    fn begin(&mut self) -> io::Result<()> {
        let mut first = Vec::with_capacity(text::UNMARKED_PREFIX);
        (&mut self.input)
            .take(text::UNMARKED_PREFIX as u64)
            .read_to_end(&mut first)?;
        let (encoding, raw) = match first.as_slice() {
            [0xff, 0xfe, raw @ ..] => (encoding_rs::UTF_16LE, raw),
            [0xfe, 0xff, raw @ ..] => (encoding_rs::UTF_16BE, raw),
            raw => {
                let Some(encoding) = text::unmarked_utf16(raw) else {
                    self.state = Encoding::Unchanged;
                    self.ready = first;
                    return Ok(());
                };
                (encoding, raw)
            }
        };
        let mut decoder = encoding.new_decoder_without_bom_handling();
        self.ready = decoded(&mut decoder, raw, false);
        self.state = Encoding::Utf16(decoder);
        Ok(())
    }
}

fn decoded(decoder: &mut encoding_rs::Decoder, raw: &[u8], last: bool) -> Vec<u8> {
    let room = decoder
        .max_utf8_buffer_length(raw.len())
        .unwrap_or(raw.len() * 3 + 16);
    let mut text = String::with_capacity(room);
    let _ = decoder.decode_to_string(raw, &mut text, last);
    text.into_bytes()
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if matches!(self.state, Encoding::Unknown) {
            self.begin()?;
        }
        loop {
            let left = self.ready.get(self.given..).unwrap_or_default();
            if !left.is_empty() {
                let n = left.len().min(to.len());
                if let (Some(to), Some(from)) = (to.get_mut(..n), left.get(..n)) {
                    to.copy_from_slice(from);
                }
                self.given += n;
                // Readers look at the first buffer: it is not to end behind the first two bytes.
                let more = match (&self.state, to.get_mut(n..)) {
                    (Encoding::Unchanged, Some(rest)) if !rest.is_empty() => {
                        self.input.read(rest)?
                    }
                    _ => 0,
                };
                return Ok(n + more);
            }
            let Encoding::Utf16(decoder) = &mut self.state else {
                return self.input.read(to);
            };
            if self.ended || to.is_empty() {
                return Ok(0);
            }
            let mut raw = [0u8; 8192];
            let n = self.input.read(&mut raw)?;
            self.ended = n == 0;
            self.ready = decoded(decoder, raw.get(..n).unwrap_or_default(), self.ended);
            self.given = 0;
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_arrives_as_utf8_and_all_else_unchanged() {
        let through = |bytes: &[u8]| {
            let mut out = Vec::new();
            Utf8::new(bytes).read_to_end(&mut out).unwrap();
            out
        };
        let text = "ID 2c7c:0125 ä€😀\r\n".repeat(2000);
        let mut le = vec![0xff, 0xfe];
        le.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(through(&le), text.as_bytes());
        let mut be = vec![0xfe, 0xff];
        be.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        assert_eq!(through(&be), text.as_bytes());
        // Without a mark.
        assert_eq!(through(le.get(2..).unwrap()), text.as_bytes());
        assert_eq!(through(be.get(2..).unwrap()), text.as_bytes());
        let numbers: Vec<u8> = (0..500u16).flat_map(u16::to_le_bytes).collect();
        assert_eq!(through(&numbers), numbers);
        for other in [
            &b""[..],
            b"\xff",
            b"\xff\xfe",
            b"PK\x03\x04",
            text.as_bytes(),
        ] {
            let expected: &[u8] = if other == b"\xff\xfe" { b"" } else { other };
            assert_eq!(through(other), expected);
        }
    }
}
