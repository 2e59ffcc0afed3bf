//! What a reader is given.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use crate::reader::ReadError;

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
    /// Wraps a stream.
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
            input: BufReader::with_capacity(64 * 1024, Box::new(input)),
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

impl From<io::Error> for ReadError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}
