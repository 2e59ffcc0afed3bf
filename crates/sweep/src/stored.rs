//! Stored observations given as evidence: `observations.ndjson`, as an audit wrote it.
//!
//! They are what a reader once found, so they are taken as they are, each with the source it names; a file
//! that a stranger made can claim no more by it than by any other text it could have written.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use cellsweep_evidence::{Clue, Limits, Place};
use cellsweep_identify::Seen;
use cellsweep_report::model::{ReadStatus, SourceState};

use crate::input::Input;
use crate::read::{Hashing, error};

/// Format name in reports.
const FORMAT: &str = "observations";
/// Bad lines listed.
const MOST_LISTED: usize = 100;

/// True if the first line is a stored observation.
pub(crate) fn is_stored(head: &str) -> bool {
    let line = head.lines().next().unwrap_or_default();
    line.starts_with("{\"source\":") && serde_json::from_str::<Seen>(line).is_ok()
}

/// Reads them; a line that is none is a placed problem and costs itself.
pub(crate) fn read<R: Read>(
    input: &Input,
    mut state: SourceState,
    head: Vec<u8>,
    mut hashing: Hashing<R>,
    limits: &Limits,
) -> (SourceState, Vec<Seen>) {
    state.format = Some(FORMAT.to_owned());
    state.reader = Some(FORMAT.to_owned());
    let mut seen: Vec<Seen> = Vec::new();
    let mut bad = 0u64;
    let outcome = {
        let mut lines = BufReader::new(io::Cursor::new(head).chain(&mut hashing));
        each_line(
            &mut lines,
            limits,
            |number, line| match serde_json::from_slice::<Seen>(line) {
                Ok(mut one) => {
                    // The place of the fact is in the source that it was read from.
                    one.source = match seen.last() {
                        Some(last) if last.source.ends_with(&*one.source) => {
                            Arc::clone(&last.source)
                        }
                        _ => Arc::from(format!("{}!{}", state.path, one.source)),
                    };
                    one.register = input.register;
                    one.observation.subject.extend(input.keys.iter().cloned());
                    seen.push(one);
                }
                Err(e) => {
                    bad += 1;
                    if state.errors.len() < MOST_LISTED {
                        state.errors.push(error(
                            &Place::Line(number),
                            "observation-not-readable",
                            format!("no stored observation: {e}"),
                        ));
                    }
                }
            },
        )
    };
    let drained = io::copy(&mut hashing, &mut io::sink()).map(|_| ());
    state.bytes = hashing.bytes;
    state.digest = hashing.digest();
    let whole = match outcome.and(drained) {
        Ok(()) => bad == 0,
        Err(e) => {
            state
                .errors
                .push(error(&Place::Whole, "cannot-read", e.to_string()));
            false
        }
    };
    state.status = if whole {
        ReadStatus::Read
    } else if seen.is_empty() {
        ReadStatus::Failed
    } else {
        ReadStatus::Partial
    };
    if !whole {
        // What was not read completely enumerates nothing.
        seen.retain(|s| s.observation.clue != Clue::Enumerated);
    }
    (state, seen)
}

/// Hands over each line with its number, bounded in length and number.
fn each_line(
    input: &mut impl BufRead,
    limits: &Limits,
    mut each: impl FnMut(u64, &[u8]),
) -> io::Result<()> {
    // An observation holds one value of at most a line, its place and its keys.
    let longest = limits.line as u64 * 4;
    let mut line = Vec::new();
    let mut number = 0u64;
    loop {
        line.clear();
        if input.by_ref().take(longest).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        number += 1;
        if number > limits.observations {
            return Err(io::Error::other(format!(
                "more than {} observations",
                limits.observations
            )));
        }
        while line.last().is_some_and(u8::is_ascii_whitespace) {
            line.pop();
        }
        if !line.is_empty() {
            each(number, &line);
        }
    }
}
