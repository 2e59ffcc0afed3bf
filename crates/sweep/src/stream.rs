//! Long lists of SIMs, IMEIs or assets, as lines out while they are read: memory does not grow with the
//! findings.
//!
//! The list is read twice, or three times if many keys repeat. First it is learned which keys stand in
//! several rows ([`crate::repeats`]: fixed memory). Then each row that shares no key is identified by itself and
//! written; the rows that do share one are set aside and identified together, as [`crate::run::scan`]
//! does with everything. A row's finding is the same as in a whole run; findings come in the order of
//! the list, with those set aside at the end.
//!
//! A row that is one IMEI and nothing else yields a line that depends on its type allocation code, its
//! own digits and its row number only. The line of a code is made once, by the ordinary way, and the
//! digits are filled in.
//!
//! Bounds: [`MOST_CANDIDATES`], [`MOST_ASIDE`]; past them the source counts as partly read and says why.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::reader::{Head, ReadError, Sink};
use cellsweep_evidence::{
    Clue, Key, KeyKind, Observation, Place, Problem, Reader, Source, Stance, choose, reader, text,
};
use cellsweep_identify::Seen;
use cellsweep_identify::key::{Blank, comparable, imei_number};
use cellsweep_identify::module::id_of;
use cellsweep_policy::Packs;
use cellsweep_report::json;
use cellsweep_report::model::{ReadStatus, Report, SourceState};

use crate::input::Input;
use crate::names::CatalogNames;
use crate::read::{Hashing, LONGEST, MOST_PROBLEMS, Stop, blank, error};
use crate::repeats::{Candidates, MOST_CANDIDATES, Repeats};
use crate::run::{Settings, reidentify};

/// From this size on, in bytes, a list is streamed.
pub const LARGE: u64 = 4 * 1024 * 1024;
/// Most observations of rows set aside because they share a key. Rows past that are not identified.
pub const MOST_ASIDE: usize = 1_000_000;

/// Rows identified at once.
const BATCH: usize = 512;
/// Most type allocation codes remembered; lists have a few thousand.
const MOST_CODES: usize = 200_000;
/// Set in the numbers of keys that are no IMEI.
const OTHER_KEY: u64 = 1 << 63;
/// Stands for the row number where a line is made for filling in; no list is that long.
const ANY_ROW: u64 = 9_999_999_999_999_999_999;

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Streamed {
    /// The source.
    pub source: SourceState,
    /// Findings written.
    pub findings: u64,
    /// Exit codes that apply.
    pub exit: Vec<u8>,
}

/// The reader of a list that can be streamed; `None`: the source is read as any other.
///
/// # Errors
/// If the file cannot be opened or its beginning cannot be read.
pub fn list(input: &Input, least_bytes: u64) -> io::Result<Option<&'static Reader>> {
    if input.bytes < least_bytes
        || !input.keys.is_empty()
        || input.department.is_some()
        || input.register
    {
        return Ok(None);
    }
    let mut head = Vec::new();
    File::open(&input.path)?
        .take(Head::SIZE as u64)
        .read_to_end(&mut head)?;
    // Workbooks are held whole by their reader anyway.
    if head.starts_with(b"PK") || head.starts_with(&[0xd0, 0xcf]) {
        return Ok(None);
    }
    let decoded = text::decode(&head).unwrap_or_default();
    let found = match &input.format {
        Some(name) => reader(name),
        None => choose(&Head {
            name: &input.shown,
            bytes: &head,
            text: &decoded,
        })
        .map(|(r, _)| r),
    };
    Ok(found.filter(|r| matches!(r.format, "sim-list" | "register")))
}

/// Reads a list that [`list`] recognised and writes findings, remarks and the source, one a line.
///
/// # Errors
/// If the output cannot be written, or the file cannot be opened a second time.
pub fn scan(
    catalog: &Catalog,
    packs: &Packs,
    input: &Input,
    reader: &'static Reader,
    settings: &Settings,
    stop: &Stop,
    out: &mut dyn Write,
) -> io::Result<Streamed> {
    let mut source = blank(input);
    source.format = Some(reader.format.to_owned());
    source.reader = Some(reader.format.to_owned());

    // First: which keys stand in several rows.
    let mut keys = Keys::new(catalog, input.bytes);
    let mut hashing = Hashing::new(File::open(&input.path)?);
    let mut rows = Rows::new(settings, stop, |row: &mut Vec<Observation>| {
        keys.take(row);
        Ok(())
    });
    let mut outcome = pass(catalog, input, reader, settings, &mut hashing, &mut rows);
    let (mut problems, mut lost) = (std::mem::take(&mut rows.problems), rows.lost);
    drop(rows);
    if let Err(e) = io::copy(&mut hashing, &mut io::sink()) {
        outcome = Err(ReadError::Io(e));
    }
    source.bytes = hashing.bytes;
    source.digest = hashing.digest();
    let several_imeis = keys.several_imeis;
    let (mut candidates, full) = keys.repeats.candidates();
    if full {
        lost = true;
        problems.push(Problem::lost(
            "list-too-long",
            Place::Whole,
            format!(
                "more than {MOST_CANDIDATES} keys that repeat or may repeat: rows past those were not compared with each other"
            ),
        ));
    }
    if candidates.many() && keys_were_read(&outcome) {
        recount(catalog, input, reader, settings, stop, &mut candidates)?;
    }
    let shared = candidates.shared();

    // Second: the rows.
    let mut lines = Writer {
        catalog,
        packs,
        settings,
        shown: Arc::from(source.path.as_str()),
        digest: Arc::from(source.digest.get(..16).unwrap_or_default()),
        reader: Arc::from(reader.format),
        shared,
        several_imeis,
        codes: HashMap::new(),
        made: Vec::new(),
        by_text: BTreeMap::new(),
        batch: Vec::new(),
        batch_rows: 0,
        aside: Vec::new(),
        repeated: Vec::new(),
        dropped: 0,
        buffer: Vec::with_capacity(1 << 18),
        out,
        findings: 0,
        exit: Vec::new(),
        failed: None,
    };
    if outcome.is_ok() || keys_were_read(&outcome) {
        let file = File::open(&input.path)?;
        let mut rows = Rows::new(settings, stop, |row: &mut Vec<Observation>| lines.take(row));
        // What it stumbles over was said the first time.
        let again = pass(catalog, input, reader, settings, file, &mut rows);
        drop(rows);
        if outcome.is_ok() {
            outcome = again;
        }
    }
    if let Some(e) = lines.failed.take() {
        return Err(e);
    }
    lines.flush_batch()?;
    lines.flush_aside()?;
    if lines.dropped > 0 {
        lost = true;
        problems.push(Problem::lost(
            "too-many-shared-keys",
            Place::Whole,
            format!(
                "{} rows share a key with another row, past the first {MOST_ASIDE} facts of such rows: they were not identified",
                lines.dropped
            ),
        ));
    }
    source.errors = problems
        .iter()
        .map(|p| error(&p.place, &p.code, p.message.clone()))
        .collect();
    source.status = match &outcome {
        Err(e) => {
            source
                .errors
                .push(error(&Place::Whole, code_of(e), e.to_string()));
            if lines.findings == 0 {
                ReadStatus::Failed
            } else {
                ReadStatus::Partial
            }
        }
        Ok(()) if lost => ReadStatus::Partial,
        Ok(()) => ReadStatus::Read,
    };
    let end = lines.run(Vec::new(), vec![source.clone()]);
    lines.exit.extend(&end.exit);
    lines.buffer.extend_from_slice(text_of(&end)?.as_bytes());
    lines.flush()?;
    let mut exit = lines.exit;
    exit.sort_unstable();
    exit.dedup();
    if exit.len() > 1 {
        exit.retain(|c| *c != 0);
    }
    Ok(Streamed {
        source,
        findings: lines.findings,
        exit,
    })
}

/// A first pass that ended early still has rows worth writing, unless the file itself fails.
fn keys_were_read(outcome: &Result<(), ReadError>) -> bool {
    !matches!(outcome, Err(ReadError::Io(_)))
}

fn code_of(e: &ReadError) -> &'static str {
    match e {
        ReadError::Io(_) => "cannot-read",
        ReadError::TooLarge { .. } => "too-large",
        ReadError::Malformed { .. } => "malformed",
        ReadError::Stopped(_) => "stopped",
    }
}

/// One reading of the list.
fn pass(
    catalog: &Catalog,
    input: &Input,
    reader: &'static Reader,
    settings: &Settings,
    stream: impl Read,
    sink: &mut dyn RowSink,
) -> Result<(), ReadError> {
    let names = CatalogNames(catalog);
    let mut source = Source::new(
        &input.shown,
        stream,
        &settings.limits,
        &names,
        &input.mapping,
    );
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        (reader.read)(&mut source, sink.as_sink())
    }))
    .unwrap_or_else(|_| {
        Err(ReadError::Malformed {
            format: reader.format,
            message: "the reader gave up on this file (a defect worth reporting)".to_owned(),
        })
    });
    let last = sink.end();
    outcome.and(last)
}

/// A sink that is told when its source ends.
trait RowSink {
    fn as_sink(&mut self) -> &mut dyn Sink;
    fn end(&mut self) -> Result<(), ReadError>;
}

/// Collects the observations of one row of the list, which may be several units, and hands them on.
struct Rows<'s, F> {
    each: F,
    row: Vec<Observation>,
    number: Option<u64>,
    problems: Vec<Problem>,
    lost: bool,
    taken: u64,
    stop: &'s Stop,
    most: u64,
    began: Instant,
}

impl<'s, F: FnMut(&mut Vec<Observation>) -> Result<(), ReadError>> Rows<'s, F> {
    fn new(settings: &Settings, stop: &'s Stop, each: F) -> Self {
        Self {
            each,
            row: Vec::new(),
            number: None,
            problems: Vec::new(),
            lost: false,
            taken: 0,
            stop,
            // The limit is there for memory, which streaming does not use: a list of a hundred million
            // rows of a few facts each is still read.
            most: settings.limits.observations.saturating_mul(64),
            began: Instant::now(),
        }
    }
}

impl<F: FnMut(&mut Vec<Observation>) -> Result<(), ReadError>> Sink for Rows<'_, F> {
    fn observe(&mut self, observation: Observation) -> Result<(), ReadError> {
        self.taken += 1;
        if self.taken > self.most {
            return Err(ReadError::Stopped(format!(
                "more than {} observations",
                self.most
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
        let number = row_of(&observation.place);
        if number != self.number && !self.row.is_empty() {
            (self.each)(&mut self.row)?;
            self.row.clear();
        }
        self.number = number;
        self.row.push(observation);
        Ok(())
    }

    fn problem(&mut self, problem: Problem) {
        self.lost |= problem.lost;
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else if let Some(last) = self.problems.last_mut() {
            last.lost |= problem.lost;
            "more-problems".clone_into(&mut last.code);
            last.message = format!("more than {MOST_PROBLEMS} problems; the rest is not listed");
        }
    }
}

impl<F: FnMut(&mut Vec<Observation>) -> Result<(), ReadError>> RowSink for Rows<'_, F> {
    fn as_sink(&mut self) -> &mut dyn Sink {
        self
    }
    fn end(&mut self) -> Result<(), ReadError> {
        if self.row.is_empty() {
            return Ok(());
        }
        let last = (self.each)(&mut self.row);
        self.row.clear();
        last
    }
}

fn row_of(place: &Place) -> Option<u64> {
    match place {
        Place::Line(row) | Place::Cell { row, .. } => Some(*row),
        _ => None,
    }
}

/// Counts in how many rows each candidate stands. What the reading stumbles over was said the first time.
fn recount(
    catalog: &Catalog,
    input: &Input,
    reader: &'static Reader,
    settings: &Settings,
    stop: &Stop,
    candidates: &mut Candidates,
) -> io::Result<()> {
    let mut of_row = Vec::new();
    let mut rows = Rows::new(settings, stop, |row: &mut Vec<Observation>| {
        of_row.clear();
        numbers(catalog, row, &mut of_row);
        for key in &of_row {
            candidates.count(*key);
        }
        Ok(())
    });
    let file = File::open(&input.path)?;
    match pass(catalog, input, reader, settings, file, &mut rows) {
        Err(ReadError::Io(e)) => Err(e),
        _ => Ok(()),
    }
}

/// The keys of a list as numbers: an IMEI is its 14 digits, everything else a hash. Two keys that hash
/// alike are only identified together, which changes nothing.
struct Keys<'c> {
    catalog: &'c Catalog,
    repeats: Repeats,
    of_row: Vec<u64>,
    imei: Option<u64>,
    several_imeis: bool,
}

impl<'c> Keys<'c> {
    fn new(catalog: &'c Catalog, bytes: u64) -> Self {
        Self {
            catalog,
            repeats: Repeats::new(bytes),
            of_row: Vec::new(),
            imei: None,
            several_imeis: false,
        }
    }

    fn take(&mut self, row: &[Observation]) {
        self.of_row.clear();
        numbers(self.catalog, row, &mut self.of_row);
        for key in &self.of_row {
            if *key < OTHER_KEY {
                self.several_imeis |= self.imei.is_some_and(|first| first != *key);
                self.imei.get_or_insert(*key);
            }
            self.repeats.take(*key);
        }
    }
}

/// The keys of a row that may link, each once. True if one is a test number, of which all rows are
/// told together.
fn numbers(catalog: &Catalog, row: &[Observation], into: &mut Vec<u64>) -> bool {
    let mut test = false;
    for key in row.iter().flat_map(|o| &o.subject) {
        if key.kind == KeyKind::Imei
            && let Some(number) = imei_number(&key.value, catalog)
        {
            into.push(number);
            continue;
        }
        match comparable(key, catalog) {
            Ok(k) if k.kind == KeyKind::Imei => into.extend(k.value.parse::<u64>()),
            Ok(k) if !matches!(k.kind, KeyKind::Port | KeyKind::BomRef | KeyKind::Row) => {
                let mut hasher = DefaultHasher::new();
                (k.kind, &k.value).hash(&mut hasher);
                into.push(hasher.finish() | OTHER_KEY);
            }
            Ok(_) => {}
            Err(blank) => test |= blank == Blank::TestNumber,
        }
    }
    into.sort_unstable();
    into.dedup();
    test
}

/// What is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Id,
    Stem,
    Value,
    Row,
}

/// The line of a finding whose row is one IMEI, with its own digits left out.
struct Filling {
    parts: Vec<(String, Slot)>,
    end: String,
    exit: Vec<u8>,
}

struct Writer<'a> {
    catalog: &'a Catalog,
    packs: &'a Packs,
    settings: &'a Settings,
    shown: Arc<str>,
    digest: Arc<str>,
    reader: Arc<str>,
    shared: Vec<u64>,
    several_imeis: bool,
    /// By type allocation code; looked up only.
    codes: HashMap<u64, Option<usize>>,
    made: Vec<Filling>,
    /// Most codes are not in the catalogue and have the same line.
    by_text: BTreeMap<String, usize>,
    batch: Vec<Seen>,
    batch_rows: usize,
    aside: Vec<Seen>,
    /// Lines of a plain list with an IMEI that repeats: no part of the one device that lines without
    /// one are taken for.
    repeated: Vec<Seen>,
    dropped: u64,
    buffer: Vec<u8>,
    out: &'a mut dyn Write,
    findings: u64,
    exit: Vec<u8>,
    failed: Option<io::Error>,
}

impl Writer<'_> {
    fn take(&mut self, row: &mut Vec<Observation>) -> Result<(), ReadError> {
        self.put(row).map_err(|e| {
            // An output that fails ends the reading and is no fault of the list.
            self.failed = Some(e);
            ReadError::Stopped("the output failed".to_owned())
        })
    }

    fn put(&mut self, row: &mut Vec<Observation>) -> io::Result<()> {
        if let [only] = row.as_slice()
            && self.fill(only)?
        {
            return Ok(());
        }
        let mut keys = Vec::new();
        let test = numbers(self.catalog, row, &mut keys);
        let is_row = row.iter().any(|o| matches!(o.place, Place::Cell { .. }));
        let has_imei = keys.iter().any(|k| *k < OTHER_KEY);
        let alone = !test
            && keys.iter().all(|k| self.shared.binary_search(k).is_err())
            // The lines of a plain list that have no number of their own count as one device.
            && (is_row || (self.several_imeis && has_imei));
        if !alone && self.aside.len() + self.repeated.len() + row.len() > MOST_ASIDE {
            self.dropped += 1;
            return Ok(());
        }
        let seen = row.drain(..).map(|observation| Seen {
            source: Arc::clone(&self.shown),
            reader: Arc::clone(&self.reader),
            digest: Arc::clone(&self.digest),
            register: false,
            observation,
        });
        if alone {
            self.batch.extend(seen);
            self.batch_rows += 1;
            if self.batch_rows >= BATCH {
                self.flush_batch()?;
            }
        } else if self.several_imeis && has_imei && !is_row {
            self.repeated.extend(seen);
        } else {
            self.aside.extend(seen);
        }
        Ok(())
    }

    /// Writes the line of a row that is one IMEI. False: the row must go the ordinary way.
    fn fill(&mut self, o: &Observation) -> io::Result<bool> {
        let [key] = o.subject.as_slice() else {
            return Ok(false);
        };
        if o.clue != Clue::Imei
            || o.stance != Stance::Declared
            || o.seen.is_some()
            || key.kind != KeyKind::Imei
            || key.value != o.value
            || !self.several_imeis
        {
            return Ok(false);
        }
        let Some(number) = imei_number(&o.value, self.catalog) else {
            return Ok(false);
        };
        if !self.shared.is_empty() && self.shared.binary_search(&number).is_ok() {
            return Ok(false);
        }
        let Some(row) = row_of(&o.place) else {
            return Ok(false);
        };
        let code = number / 1_000_000;
        let known = if let Some(known) = self.codes.get(&code) {
            *known
        } else {
            if self.codes.len() >= MOST_CODES {
                self.codes.clear();
                self.made.clear();
                self.by_text.clear();
            }
            let known = self.filling(o)?;
            self.codes.insert(code, known);
            known
        };
        let Some(filling) = known.and_then(|n| self.made.get(n)) else {
            return Ok(false);
        };
        let stem = o.value.get(..14).unwrap_or_default();
        let id = id_of(&Key::new(KeyKind::Imei, stem));
        let mut digits = [0u8; 20];
        for (part, slot) in &filling.parts {
            self.buffer.extend_from_slice(part.as_bytes());
            match slot {
                Slot::Id => self.buffer.extend_from_slice(id.as_bytes()),
                Slot::Stem => self.buffer.extend_from_slice(stem.as_bytes()),
                Slot::Value => self.buffer.extend_from_slice(o.value.as_bytes()),
                Slot::Row => self.buffer.extend_from_slice(decimal(row, &mut digits)),
            }
        }
        self.buffer.extend_from_slice(filling.end.as_bytes());
        self.findings += 1;
        if !filling.exit.iter().all(|c| self.exit.contains(c)) {
            self.exit.extend_from_slice(&filling.exit);
        }
        self.flush_if_full()?;
        Ok(true)
    }

    /// Makes the line for the type allocation code of this row, by the ordinary way.
    fn filling(&mut self, o: &Observation) -> io::Result<Option<usize>> {
        const MARKS: [(&str, Slot); 4] = [
            ("%cellsweep-id%", Slot::Id),
            ("%cellsweep-stem%", Slot::Stem),
            ("%cellsweep-value%", Slot::Value),
            ("9999999999999999999", Slot::Row),
        ];
        let mut sample = o.clone();
        match &mut sample.place {
            Place::Line(row) | Place::Cell { row, .. } => *row = ANY_ROW,
            _ => return Ok(None),
        }
        let seen = vec![Seen {
            source: Arc::clone(&self.shown),
            reader: Arc::clone(&self.reader),
            digest: Arc::clone(&self.digest),
            register: false,
            observation: sample,
        }];
        let mut report = self.run(seen, Vec::new());
        let exit = report.exit.clone();
        let stem = o.value.get(..14).unwrap_or_default().to_owned();
        let own_id = id_of(&Key::new(KeyKind::Imei, stem.as_str()));
        let [only] = report.findings.as_mut_slice() else {
            return Ok(None);
        };
        let f = &mut only.finding;
        let ([key], [imei], [evidence]) = (
            f.subject.keys.as_mut_slice(),
            f.module.imei.as_mut_slice(),
            f.evidence.as_mut_slice(),
        ) else {
            return Ok(None);
        };
        if f.id != own_id
            || !f.aka.is_empty()
            || key.value != stem
            || *imei != o.value
            || evidence.value != o.value
            || !report.remarks.is_empty()
        {
            return Ok(None);
        }
        let [id, stem_mark, value, _] = MARKS.map(|(mark, _)| mark);
        id.clone_into(&mut f.id);
        stem_mark.clone_into(&mut key.value);
        value.clone_into(imei);
        value.clone_into(&mut evidence.value);
        let text = text_of(&report)?;
        if text.contains(stem.as_str()) {
            return Ok(None); // the digits show somewhere else as well
        }
        if let Some(known) = self.by_text.get(&text) {
            return Ok(Some(*known));
        }
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((at, mark, slot)) = MARKS
            .iter()
            .filter_map(|(mark, slot)| rest.find(mark).map(|at| (at, *mark, *slot)))
            .min_by_key(|(at, _, _)| *at)
        {
            parts.push((rest.get(..at).unwrap_or_default().to_owned(), slot));
            rest = rest.get(at + mark.len()..).unwrap_or_default();
        }
        let end = rest.to_owned();
        self.made.push(Filling { parts, end, exit });
        let number = self.made.len() - 1;
        self.by_text.insert(text, number);
        Ok(Some(number))
    }

    /// The ordinary way, for these observations alone. Remarks that speak of no evidence are left to
    /// the end of the run.
    fn run(&self, seen: Vec<Seen>, sources: Vec<SourceState>) -> Report {
        let end = !sources.is_empty();
        let sources = if end {
            sources
        } else {
            vec![SourceState {
                path: self.shown.to_string(),
                format: Some(self.reader.to_string()),
                reader: Some(self.reader.to_string()),
                bytes: 0,
                digest: String::new(),
                status: ReadStatus::Read,
                errors: Vec::new(),
            }]
        };
        let mut report = reidentify(
            self.catalog,
            self.packs,
            None,
            sources,
            seen,
            self.settings,
            serde_json::Value::Null,
        )
        .report;
        if !end {
            report.sources.clear();
            report.remarks.retain(|r| r.code != "pack-old");
        }
        report
    }

    fn flush_batch(&mut self) -> io::Result<()> {
        self.batch_rows = 0;
        let seen = std::mem::take(&mut self.batch);
        self.together(seen)
    }

    fn flush_aside(&mut self) -> io::Result<()> {
        let seen = std::mem::take(&mut self.aside);
        self.together(seen)?;
        let seen = std::mem::take(&mut self.repeated);
        self.together(seen)
    }

    fn together(&mut self, seen: Vec<Seen>) -> io::Result<()> {
        if seen.is_empty() {
            return Ok(());
        }
        let report = self.run(seen, Vec::new());
        self.findings += report.findings.len() as u64;
        for code in &report.exit {
            if !self.exit.contains(code) {
                self.exit.push(*code);
            }
        }
        self.buffer.extend_from_slice(text_of(&report)?.as_bytes());
        self.flush_if_full()
    }

    fn flush_if_full(&mut self) -> io::Result<()> {
        if self.buffer.len() >= (1 << 18) - (1 << 14) {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

fn text_of(report: &Report) -> io::Result<String> {
    json::ndjson(report).map_err(io::Error::other)
}

/// A number in decimal.
fn decimal(mut n: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut at = digits.len();
    for slot in digits.iter_mut().rev() {
        *slot = b'0' + u8::try_from(n % 10).unwrap_or_default();
        n /= 10;
        at -= 1;
        if n == 0 {
            break;
        }
    }
    digits.get(at..).unwrap_or_default()
}
