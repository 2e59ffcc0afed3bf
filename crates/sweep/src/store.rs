//! `observations.ndjson.zst`: every observation, one JSON object a line, so that identification can be
//! repeated under another catalogue without the evidence.

use std::io::{self, BufRead, BufReader, Read, Write};

use cellsweep_identify::Seen;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, FrameCompressor};

/// Writes observations.
///
/// # Errors
/// From the output.
pub fn write(seen: &[Seen], out: impl Write) -> io::Result<()> {
    let mut compressor = FrameCompressor::new(CompressionLevel::Fastest);
    compressor.set_source(Lines {
        seen,
        at: 0,
        line: Vec::new(),
        from: 0,
    });
    compressor.set_drain(out);
    compressor.compress();
    Ok(())
}

/// Serialises observations as they are asked for, so that the text is never held whole.
struct Lines<'a> {
    seen: &'a [Seen],
    at: usize,
    line: Vec<u8>,
    from: usize,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.from == self.line.len() {
            let Some(next) = self.seen.get(self.at) else {
                return Ok(0);
            };
            self.at += 1;
            self.from = 0;
            self.line.clear();
            serde_json::to_writer(&mut self.line, next)?;
            self.line.push(b'\n');
        }
        let rest = self.line.get(self.from..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.from += n;
        Ok(n)
    }
}

/// Reads observations, plain or compressed.
///
/// # Errors
/// From the input; `InvalidData` with the line number for a line that is no observation.
pub fn read(input: impl Read) -> io::Result<Vec<Seen>> {
    let mut input = BufReader::new(input);
    let compressed = input.fill_buf()?.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    if compressed {
        let decoder = StreamingDecoder::new(input)
            .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e.to_string()))?;
        lines(BufReader::new(decoder))
    } else {
        lines(input)
    }
}

fn lines(input: impl BufRead) -> io::Result<Vec<Seen>> {
    let mut all = Vec::new();
    for (n, line) in input.lines().enumerate() {
        let line = line?;
        if line.is_empty() {
            continue;
        }
        let seen = serde_json::from_str(&line).map_err(|e| {
            io::Error::new(io::ErrorKind::InvalidData, format!("line {}: {e}", n + 1))
        })?;
        all.push(seen);
    }
    Ok(all)
}
