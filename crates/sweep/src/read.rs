//! One source through its reader.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cellsweep_catalog::Catalog;
use cellsweep_evidence::reader::{Head, ReadError, Sink};
use cellsweep_evidence::{
    Clue, Limits, Observation, Place, Problem, Reader, Source, Stance, reader, sections, text,
};
use cellsweep_identify::Seen;
use cellsweep_report::model::{ReadStatus, SourceError, SourceState};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::container;
use crate::input::Input;
use crate::names::CatalogNames;
use crate::progress::Progress;
use crate::stored;

/// Longest time one source may take; what was read until then is kept.
pub(crate) const LONGEST: Duration = Duration::from_mins(10);

/// Set to stop: every reader ends at its next observation.
pub type Stop = AtomicBool;

/// What reading came to.
#[derive(Debug, Default)]
pub struct Reading {
    /// Every source, in the order of inputs.
    pub sources: Vec<SourceState>,
    /// Every observation, in the order of sources.
    pub seen: Vec<Seen>,
}

/// Reads all inputs with this many threads (0: one a core). The result does not depend on the number.
pub fn read_all(
    catalog: &Catalog,
    inputs: &[Input],
    jobs: usize,
    limits: &Limits,
    progress: &dyn Progress,
    stop: &Stop,
) -> Reading {
    progress.begin(inputs.len(), inputs.iter().map(|i| i.bytes).sum());
    let one = |input: &Input| {
        let result = read_tree(catalog, input, limits, stop);
        progress.read(&input.shown, input.bytes);
        result
    };
    let parts: Vec<Tree> = match rayon::ThreadPoolBuilder::new().num_threads(jobs).build() {
        Ok(pool) => pool.install(|| inputs.par_iter().map(one).collect()),
        Err(_) => inputs.iter().map(one).collect(), // no threads to be had: slower, same result
    };
    let mut reading = Reading::default();
    for (state, seen) in parts.into_iter().flatten() {
        reading.sources.push(state);
        reading.seen.extend(seen);
    }
    reading
}

/// Sources with what was seen in each: an input, and the members inside it after it.
pub type Tree = Vec<(SourceState, Vec<Seen>)>;

/// Reads one input from its file: itself, and if it is a container its members after it, in the
/// container's own order.
pub fn read_tree(catalog: &Catalog, input: &Input, limits: &Limits, stop: &Stop) -> Tree {
    let failed = |code: &str, message: String| {
        let mut state = blank(input);
        state.status = ReadStatus::Failed;
        state.errors.push(error(&Place::Whole, code, message));
        vec![(state, Vec::new())]
    };
    let mut file = match File::open(&input.path) {
        Ok(file) => file,
        Err(e) => return failed("cannot-open", format!("could not be opened: {e}")),
    };
    // Only what can be rewound is looked into first: a pipe is read as it comes.
    if file.metadata().is_ok_and(|m| m.is_file()) {
        match container::read(catalog, input, &mut file, limits, stop) {
            Ok(Some(tree)) => return tree,
            Ok(None) => {}
            Err(e) => return failed("cannot-read", format!("could not be read: {e}")),
        }
        if let Err(e) = file.seek(SeekFrom::Start(0)) {
            return failed("cannot-read", format!("could not be read: {e}"));
        }
    }
    vec![read_stream(catalog, input, file, limits, stop)]
}

pub(crate) fn blank(input: &Input) -> SourceState {
    SourceState {
        path: input.shown.clone(),
        format: None,
        reader: None,
        bytes: input.bytes,
        digest: String::new(),
        status: ReadStatus::Unrecognised,
        errors: Vec::new(),
    }
}

pub(crate) fn error(place: &Place, code: &str, message: String) -> SourceError {
    SourceError {
        locator: place.to_string(),
        code: code.to_owned(),
        message,
    }
}

/// Reads one input from a stream.
pub fn read_stream(
    catalog: &Catalog,
    input: &Input,
    stream: impl Read,
    limits: &Limits,
    stop: &Stop,
) -> (SourceState, Vec<Seen>) {
    let mut state = blank(input);
    let mut hashing = Hashing::new(stream);
    let mut head = Vec::new();
    if let Err(e) = (&mut hashing)
        .take(Head::SIZE as u64)
        .read_to_end(&mut head)
        // What was read before an early end is still read; the reader meets the error after it.
        && head.is_empty()
    {
        state.status = ReadStatus::Failed;
        state.errors.push(error(
            &Place::Whole,
            "cannot-read",
            format!("could not be read: {e}"),
        ));
        return (state, Vec::new());
    }
    let decoded = text::decode(&head).unwrap_or_default();
    let looked = Head {
        name: &input.shown,
        bytes: &head,
        text: &decoded,
    };
    if input.format.is_none() && stored::is_stored(&decoded) {
        return stored::read(input, state, head, hashing, limits);
    }
    let chosen = match &input.format {
        Some(name) => {
            let named = reader(name);
            if named.is_none() {
                state.errors.push(error(
                    &Place::Whole,
                    "unknown-format",
                    format!("no reader is called {name}; `cellsweep readers` lists them"),
                ));
            }
            named.map(sections::Plan::of)
        }
        None => sections::choose(&looked),
    };

    let listed = chosen
        .as_ref()
        .is_some_and(|p| LISTS.contains(&p.reader.format));
    let mut sink = Keeping::new(limits, stop, if listed { u64::MAX } else { MOST_BYTES });
    let mut outcome = Ok(());
    if let (Some(plan), false) = (&chosen, head.is_empty()) {
        let reader = plan.reader;
        state.format = Some(reader.format.to_owned());
        state.reader = Some(reader.format.to_owned());
        if input.format.is_none() {
            name_does_not_fit(&input.shown, reader, &mut state);
        }
        let names = CatalogNames(catalog);
        let chained = io::Cursor::new(&head).chain(&mut hashing);
        let mut source = Source::new(&input.shown, chained, limits, &names, &input.mapping);
        // Libraries that read foreign formats have panicked on hostile files before; a panic costs
        // this source, never the run.
        outcome = catch_unwind(AssertUnwindSafe(|| plan.read(&mut source, &mut sink)))
            .unwrap_or_else(|_| {
                Err(ReadError::Malformed {
                    format: reader.format,
                    message: "the reader gave up on this file (a defect worth reporting)"
                        .to_owned(),
                })
            });
    }
    // The digest covers the whole source, also what the reader did not ask for.
    let drained = io::copy(&mut hashing, &mut io::sink());
    state.bytes = hashing.bytes;
    state.digest = hashing.digest();

    let lost = sink.problems.iter().any(|p| p.lost);
    state.errors.extend(
        sink.problems
            .iter()
            .map(|p| error(&p.place, &p.code, p.message.clone())),
    );
    if let (Err(e), Ok(())) = (drained, &outcome) {
        outcome = Err(ReadError::Io(e));
    }
    state.status = match (&outcome, &chosen) {
        _ if head.is_empty() => {
            state.errors.push(error(
                &Place::Whole,
                "empty",
                "the file is empty".to_owned(),
            ));
            ReadStatus::Unrecognised
        }
        (failed, None) => {
            if let Err(e) = failed {
                state
                    .errors
                    .push(error(&Place::Whole, "cannot-read", e.to_string()));
            }
            if state.errors.is_empty() {
                state.errors.push(error(
                    &Place::Whole,
                    "unrecognised",
                    "no reader recognises it; `--as FORMAT` forces one".to_owned(),
                ));
            }
            ReadStatus::Unrecognised
        }
        (Err(e), Some(_)) => {
            let code = match e {
                ReadError::Io(_) => "cannot-read",
                ReadError::TooLarge { .. } => "too-large",
                ReadError::Malformed { .. } => "malformed",
                ReadError::Stopped(_) => "stopped",
            };
            state.errors.push(error(&Place::Whole, code, e.to_string()));
            if sink.observations.is_empty() {
                ReadStatus::Failed
            } else {
                ReadStatus::Partial
            }
        }
        (Ok(()), Some(_)) if lost => ReadStatus::Partial,
        (Ok(()), Some(_)) => ReadStatus::Read,
    };

    // A text of several listings was read by several readers; units are theirs alone.
    let first: Arc<str> = Arc::from(state.format.as_deref().unwrap_or_default());
    let mut readers: Vec<(u64, Arc<str>)> = vec![(0, first)];
    for (at, format) in &sink.switches {
        if let Some(o) = sink.observations.get(*at) {
            readers.push((o.unit, Arc::from(*format)));
        }
    }
    let mut observations = sink.observations;
    if state.status != ReadStatus::Read {
        // A listing that was not read completely enumerates nothing.
        observations.retain(|o| o.clue != Clue::Enumerated);
    }
    let bound = bind(input, &mut observations);
    let source: Arc<str> = Arc::from(state.path.as_str());
    let digest: Arc<str> = Arc::from(state.digest.get(..16).unwrap_or_default());
    let reader_of = |unit: u64| -> Arc<str> {
        readers
            .iter()
            .rev()
            .find(|(from, _)| *from <= unit)
            .map_or_else(|| Arc::from(""), |(_, format)| Arc::clone(format))
    };
    let seen = observations
        .into_iter()
        .chain(bound)
        .map(|observation| Seen {
            source: Arc::clone(&source),
            reader: reader_of(observation.unit),
            digest: Arc::clone(&digest),
            register: input.register,
            observation,
        })
        .collect();
    (state, seen)
}

/// Adds what the organisation says about the source: its asset to every unit, its department once.
pub(crate) fn bind(input: &Input, observations: &mut [Observation]) -> Vec<Observation> {
    if !input.keys.is_empty() {
        let mut last = None;
        for o in observations.iter_mut() {
            if last != Some(o.unit) {
                last = Some(o.unit);
                o.subject.extend(input.keys.iter().cloned());
            }
        }
    }
    let mut extra = Vec::new();
    if let Some(department) = &input.department {
        let mut units: Vec<u64> = observations.iter().map(|o| o.unit).collect();
        units.sort_unstable();
        units.dedup();
        let known: std::collections::BTreeSet<u64> = observations
            .iter()
            .filter(|o| o.clue == Clue::Department)
            .map(|o| o.unit)
            .collect();
        for unit in units.into_iter().filter(|u| !known.contains(u)) {
            extra.push(Observation::new(
                unit,
                Stance::Declared,
                Clue::Department,
                department,
                Place::Whole,
            ));
        }
        if extra.is_empty() && observations.is_empty() && !input.keys.is_empty() {
            extra.push(
                Observation::new(
                    0,
                    Stance::Mentioned,
                    Clue::Department,
                    department,
                    Place::Whole,
                )
                .about(input.keys.clone()),
            );
        }
    } else if observations.is_empty() && !input.keys.is_empty() {
        // Looked at, nothing in it: the asset is still known to have been looked at.
        extra.push(
            Observation::new(0, Stance::Mentioned, Clue::AssetName, "", Place::Whole)
                .about(input.keys.clone()),
        );
    }
    extra
}

/// Notes a name whose ending promises another kind of content: nothing is lost, people are warned.
fn name_does_not_fit(name: &str, reader: &Reader, state: &mut SourceState) {
    const TABLES: &[&str] = &[
        "register",
        "sim-list",
        "bom",
        "questions",
        "text",
        "windows-pnp",
        "id-table",
        "workbook",
    ];
    let ending = std::path::Path::new(name)
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase());
    let promises_table = matches!(
        ending.as_deref(),
        Some("csv" | "tsv" | "xlsx" | "xls" | "ods")
    );
    if promises_table && !TABLES.contains(&reader.format) {
        state.errors.push(error(
            &Place::Whole,
            "name-does-not-fit",
            format!(
                "named like a table, read as {}, which its content is",
                reader.title
            ),
        ));
    }
}

/// Hashes and counts what passes.
pub(crate) struct Hashing<R> {
    pub(crate) inner: R,
    hasher: Sha256,
    pub(crate) bytes: u64,
}

impl<R> Hashing<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            bytes: 0,
        }
    }

    /// SHA-256 of what has passed, hexadecimal.
    pub(crate) fn digest(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in &self.hasher.clone().finalize() {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        if let Some(got) = buffer.get(..n) {
            self.hasher.update(got);
        }
        self.bytes += n as u64;
        Ok(n)
    }
}

/// Keeps observations and problems, up to the limits.
struct Keeping<'a> {
    observations: Vec<Observation>,
    /// Number of the first observation of each further reader, and its format.
    switches: Vec<(usize, &'static str)>,
    problems: Vec<Problem>,
    most: u64,
    taken: u64,
    most_bytes: u64,
    bytes: u64,
    stop: &'a Stop,
    began: Instant,
}

/// Lists of an organisation's devices: a row is a device, and there may be millions.
const LISTS: &[&str] = &["register", "sim-list", "sim-json", "workbook", "questions"];

/// Most memory that observations of one source take, in bytes, unless it is a list of devices. A
/// listing of one host, one log, one design needs a few thousand of some 200 bytes.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Memory an observation takes, roughly.
fn held(o: &Observation) -> u64 {
    let keys: usize = o
        .subject
        .iter()
        .map(|k| size_of_val(k) + k.value.len())
        .sum();
    (size_of::<Observation>() + o.value.len() + keys) as u64
}

/// Problems kept of one source; a broken million-row file says the same thing a million times.
pub(crate) const MOST_PROBLEMS: usize = 1000;

impl<'a> Keeping<'a> {
    fn new(limits: &Limits, stop: &'a Stop, most_bytes: u64) -> Self {
        Self {
            observations: Vec::new(),
            switches: Vec::new(),
            problems: Vec::new(),
            most: limits.observations,
            taken: 0,
            most_bytes,
            bytes: 0,
            stop,
            began: Instant::now(),
        }
    }
}

impl Sink for Keeping<'_> {
    fn observe(&mut self, observation: Observation) -> Result<(), ReadError> {
        self.taken += 1;
        if self.taken > self.most {
            return Err(ReadError::Stopped(format!(
                "more than {} observations",
                self.most
            )));
        }
        self.bytes += held(&observation);
        if self.bytes > self.most_bytes {
            return Err(ReadError::Stopped(format!(
                "more than {} MB of observations, and no list of devices",
                self.most_bytes >> 20
            )));
        }
        if self.taken.is_multiple_of(4096) {
            if self.stop.load(Ordering::Relaxed) {
                return Err(ReadError::Stopped("cancelled".to_owned()));
            }
            if self.began.elapsed() > LONGEST {
                return Err(ReadError::Stopped(format!(
                    "longer than {} s",
                    LONGEST.as_secs()
                )));
            }
        }
        self.observations.push(observation);
        Ok(())
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else if let Some(last) = self.problems.last_mut() {
            last.lost |= problem.lost;
            "more-problems".clone_into(&mut last.code);
            last.message = format!("more than {MOST_PROBLEMS} problems; the rest is not listed");
        }
    }

    fn reader(&mut self, format: &'static str) {
        self.switches.push((self.observations.len(), format));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)] // a test says so by failing
mod tests {
    use super::*;
    use cellsweep_evidence::{Clue, Stance};

    #[test]
    fn a_source_that_fills_memory_is_stopped_and_keeps_what_came_before() {
        let stop = AtomicBool::new(false);
        let one = || {
            Observation::new(
                0,
                Stance::Observed,
                Clue::UsbId,
                "2c7c:0125",
                Place::Line(1),
            )
        };
        let mut sink = Keeping::new(&Limits::default(), &stop, 3 * held(&one()));
        for _ in 0..3 {
            sink.observe(one()).unwrap();
        }
        let Err(ReadError::Stopped(why)) = sink.observe(one()) else {
            panic!("not stopped");
        };
        assert!(why.contains("no list of devices"), "{why}");
        assert_eq!(sink.observations.len(), 3);
    }
}
