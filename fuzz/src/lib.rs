//! What every fuzz target does: one input through one reader, through the choice of a reader, or through
//! the walk over containers.
//!
//! A target fails on a panic, on memory past libFuzzer's limit, on time past its limit, and on a reader
//! that makes more of an input than is in it.

use std::io::Cursor;
use std::ops::ControlFlow;

use cellsweep_evidence::reader::Collected;
use cellsweep_evidence::source::NoNames;
use cellsweep_evidence::{Head, Limits, Mapping, Source, reader, text};
use cellsweep_unpack::{Bounds, Input, walk};

/// One input through the reader of this format.
///
/// # Panics
/// If the reader breaks its word: that is what fuzzing looks for.
pub fn read(format: &str, bytes: &[u8]) {
    let reader = reader(format).expect("targets are generated from the registry");
    let limits = Limits {
        line: 4096,
        whole: 1 << 20,
        observations: 100_000,
    };
    let mapping = Mapping::default();
    let mut found = Collected::default();
    let mut source = Source::new("case", bytes, &limits, &NoNames, &mapping);
    let _ = (reader.read)(&mut source, &mut found);
    let most = 64 + 4 * bytes.len();
    assert!(found.observations.len() <= most && found.problems.len() <= most);
}

/// One input before every reader, to choose one.
pub fn choose(bytes: &[u8]) {
    let head = bytes.get(..bytes.len().min(Head::SIZE)).unwrap_or_default();
    let decoded = text::decode(head).unwrap_or_default();
    cellsweep_evidence::choose(&Head {
        name: "case",
        bytes: head,
        text: &decoded,
    });
}

/// One input through the walk over containers.
///
/// # Panics
/// If the walk breaks its bounds: that is what fuzzing looks for.
pub fn unpack(bytes: &[u8]) {
    let bounds = Bounds {
        depth: 4,
        members: 1000,
        total_bytes: 16 << 20,
        ratio: 200,
        floor: 1 << 20,
        member_bytes: 4 << 20,
    };
    let mut members = 0u64;
    let mut visit = |member: cellsweep_unpack::Member<'_>| {
        members += 1;
        assert!(!member.path.chars().any(char::is_control));
        let _ = std::io::copy(member.stream, &mut std::io::sink());
        ControlFlow::Continue(())
    };
    let walked = walk(Input::Seekable(&mut Cursor::new(bytes)), "case", &bounds, &mut visit);
    assert!(members <= bounds.members + 1);
    assert!(walked.bytes <= bounds.total_bytes + (1 << 20));
    assert!(walked.problems.iter().all(|p| p.code != "decoder-defect"));
}
