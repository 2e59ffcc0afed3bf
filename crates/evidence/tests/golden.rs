//! Golden pairs: `tests/golden/<format>/<case>` with `tests/golden/<format>/<case>.expected`.
//!
//! A new case is two files and no code. The folder name is the format. The expected file has one line
//! per observation, `unit stance clue=value @ place [key=value ...]`, then one line per problem,
//! `! code (lost) @ place`. Lines of it that start with `#` are remarks. On a mismatch the actual text
//! is written to the temporary directory for comparison; there is no switch that accepts it: an
//! expectation is written by hand from the input.
//!
//! In `tests/golden/mixed` are texts of several listings: `== format` stands before what each reader
//! found.
//!
//! A case named `as-*` or `malformed*` is not expected to be recognised by itself.

// A test may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cellsweep_evidence::reader::Collected;
use cellsweep_evidence::{
    Head, Limits, Mapping, Names, Observation, Place, Problem, READERS, ReadError, Sink, Source,
    reader, sections,
};

/// Stands in for the catalogue: a few names that text readers are to look for.
struct SomeNames;
impl Names for SomeNames {
    fn find(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let lower = text.to_ascii_lowercase();
        let mut found = Vec::new();
        for name in ["quectel", "ec25-e", "sim7600", "fibocom"] {
            found.extend(lower.match_indices(name).map(|(at, n)| at..at + n.len()));
        }
        found.sort_by_key(|r| r.start);
        found
    }
    fn is_endpoint(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        [
            "iot-south.quectel.com",
            "lbs-simcom.com",
            "iot.openluat.com",
        ]
        .contains(&host.as_str())
    }
}

fn cases() -> Vec<(String, PathBuf)> {
    let mut all = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for format in fs::read_dir(folder).unwrap() {
        let format = format.unwrap();
        let name = format.file_name().to_string_lossy().into_owned();
        for case in fs::read_dir(format.path()).unwrap() {
            let path = case.unwrap().path();
            if path.extension().is_none_or(|e| e != "expected") {
                all.push((name.clone(), path));
            }
        }
    }
    all.sort();
    all
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Keeps everything, and which reader found it.
#[derive(Default)]
struct Kept {
    collected: Collected,
    switches: Vec<(usize, &'static str)>,
}

impl Sink for Kept {
    fn observe(&mut self, observation: Observation) -> Result<(), ReadError> {
        self.collected.observe(observation)
    }
    fn problem(&mut self, problem: Problem) {
        self.collected.problem(problem);
    }
    fn reader(&mut self, format: &'static str) {
        self.switches
            .push((self.collected.observations.len(), format));
    }
}

fn render(kept: &Kept) -> String {
    let mut out = String::new();
    let collected = &kept.collected;
    for (n, o) in collected.observations.iter().enumerate() {
        for (_, format) in kept.switches.iter().filter(|(at, _)| *at == n) {
            writeln!(out, "== {format}").unwrap();
        }
        write!(
            out,
            "{} {} {}={} @ {}",
            o.unit,
            o.stance,
            o.clue.as_str(),
            o.value,
            o.place
        )
        .unwrap();
        for key in &o.subject {
            write!(out, " [{}={}]", key.kind.as_str(), key.value).unwrap();
        }
        if let Some(seen) = &o.seen {
            write!(out, " ({seen})").unwrap();
        }
        out.push('\n');
    }
    for p in &collected.problems {
        writeln!(
            out,
            "! {}{} @ {}",
            p.code,
            if p.lost { " (lost)" } else { "" },
            p.place
        )
        .unwrap();
    }
    out
}

fn read_case(format: &str, path: &Path) -> Kept {
    let bytes = fs::read(path).unwrap();
    let plan = sections::surest(&bytes[..bytes.len().min(Head::SIZE)], &file_name(path))
        // As a file of this format is read, unless the case is only read so when told to.
        .filter(|p| format == "mixed" || p.reader.format == format)
        .unwrap_or_else(|| {
            sections::Plan::of(
                reader(format)
                    .unwrap_or_else(|| panic!("no reader {format} for {}", path.display())),
            )
        });
    let (limits, mapping) = (Limits::default(), Mapping::default());
    let name = file_name(path);
    let mut source = Source::new(&name, &bytes[..], &limits, &SomeNames, &mapping);
    let mut kept = Kept::default();
    if format == "mixed" {
        kept.reader(plan.reader.format);
    }
    if let Err(e) = plan.read(&mut source, &mut kept) {
        kept.problem(Problem::lost("unreadable", Place::Whole, e.to_string()));
    }
    kept
}

#[test]
fn golden_pairs() {
    let mut wrong = Vec::new();
    for (format, path) in cases() {
        let name = file_name(&path);
        let expected = fs::read_to_string(path.with_file_name(format!("{name}.expected")))
            .unwrap_or_else(|_| panic!("{} has no .expected beside it", path.display()));
        let expected: String = expected
            .lines()
            .filter(|l| !l.starts_with('#'))
            .fold(String::new(), |s, l| s + l + "\n");
        let actual = render(&read_case(&format, &path));
        if actual.trim_end() != expected.trim_end() {
            let copy = std::env::temp_dir().join(format!("golden-{format}-{name}.actual"));
            fs::write(&copy, &actual).unwrap();
            wrong.push(format!(
                "{}: differs, actual in {}\n{actual}",
                path.display(),
                copy.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_is_recognised_as_its_format() {
    for (format, path) in cases() {
        let name = file_name(&path);
        if name.starts_with("malformed") || name.starts_with("as-") || format == "mixed" {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let head = &bytes[..bytes.len().min(Head::SIZE)];
        let chosen = sections::surest(head, &name);
        assert_eq!(
            chosen.map(|p| p.reader.format),
            Some(format.as_str()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn every_reader_has_a_golden_pair_and_a_name_of_its_own() {
    let cases = cases();
    let mut names: Vec<_> = READERS.iter().map(|r| r.format).collect();
    for name in &names {
        assert!(
            cases.iter().any(|(f, _)| f == name),
            "no golden pair for {name}"
        );
    }
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    assert_eq!(before, names.len(), "two readers share a format name");
}

/// Every file under `src/formats` that declares a reader is in the registry.
#[test]
fn no_reader_is_forgotten_in_the_registry() {
    fn declared(dir: &Path, found: &mut usize) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                declared(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                *found += fs::read_to_string(&path)
                    .unwrap()
                    .matches(": Reader = Reader {")
                    .count();
            }
        }
    }
    let mut found = 0;
    declared(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/formats"),
        &mut found,
    );
    assert_eq!(found, READERS.len());
}
