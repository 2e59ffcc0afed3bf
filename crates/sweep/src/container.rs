//! An input that is a container: the container and each member that is evidence, as sources.
//!
//! The container itself is a source: its format names its layers from the inside out (`tar+gzip`), its
//! errors are what was refused. Each member that a reader takes is a source of its own, with what the
//! organisation says about the outer file. Members that no reader knows, and texts that hold nothing of
//! interest, are counted in the container's errors: a bundle of 10,000 configuration files has two
//! lines in a report, not 10,000, and none of them is lost from sight.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Limits, Place};
use cellsweep_identify::Seen;
use cellsweep_report::model::{ReadStatus, SourceState};
use cellsweep_unpack::{Bounds, Container, HEAD, Member, Walked, recognise, walk};

use crate::input::Input;
use crate::read::{Hashing, Stop, Tree, bind, blank, error, read_stream};

/// Longest time one container may take; what was read until then is kept.
const LONGEST: Duration = Duration::from_mins(30);

/// Names shown of members that are only counted.
const NAMES_SHOWN: usize = 5;

/// The reader that takes any text.
const ANY_TEXT: &str = "text";

/// What is read with as a reader name for containers.
const READER: &str = "unpack";

/// Reads the file as a container; `None` if it is none.
pub(crate) fn read(
    catalog: &Catalog,
    input: &Input,
    file: &mut File,
    limits: &Limits,
    stop: &Stop,
) -> io::Result<Option<Tree>> {
    let mut head = Vec::new();
    (&mut *file).take(HEAD as u64).read_to_end(&mut head)?;
    let Some(container) = recognise(&head, &input.shown) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(0))?;
    let mut members = Members {
        catalog,
        input,
        limits: limits.clone(),
        stop,
        began: Instant::now(),
        read: Vec::new(),
        unrecognised: Counted::default(),
        quiet: Counted::default(),
        ended: None,
    };
    let bounds = Bounds::default();
    let mut visit = |member: Member<'_>| members.take(member);
    let walked;
    let mut hashing = Hashing::new(&mut *file);
    let drained;
    if matches!(container, Container::Zip | Container::SevenZip) {
        // Random access: the digest is taken first, in a pass of its own.
        drained = io::copy(&mut hashing, &mut io::sink());
        hashing.inner.seek(SeekFrom::Start(0))?;
        let mut seekable = io::BufReader::new(&mut *hashing.inner);
        walked = walk(
            cellsweep_unpack::Input::Seekable(&mut seekable),
            &input.shown,
            &bounds,
            &mut visit,
        );
    } else {
        walked = walk(
            cellsweep_unpack::Input::Stream(&mut hashing),
            &input.shown,
            &bounds,
            &mut visit,
        );
        drained = io::copy(&mut hashing, &mut io::sink());
    }
    let mut state = blank(input);
    state.bytes = hashing.bytes;
    state.digest = hashing.digest();
    if let Err(e) = drained {
        state.errors.push(error(
            &Place::Whole,
            "cannot-read",
            format!("could not be read to its end: {e}"),
        ));
    }
    Ok(Some(members.finish(state, &walked)))
}

/// Members that are counted, not listed.
#[derive(Default)]
struct Counted {
    number: u64,
    first: Vec<String>,
}

impl Counted {
    fn add(&mut self, name: &str) {
        self.number += 1;
        if self.first.len() < NAMES_SHOWN {
            self.first.push(name.to_owned());
        }
    }

    fn called(&self, what: &str) -> String {
        let plural = if self.number == 1 { "" } else { "s" };
        format!("{} {what}{plural}", self.number)
    }

    fn names(&self) -> String {
        let mut names = self.first.join(", ");
        if self.number > self.first.len() as u64 {
            names.push_str(" ...");
        }
        names
    }
}

struct Members<'a> {
    catalog: &'a Catalog,
    input: &'a Input,
    /// Bounds of the readers; observations count down over all members.
    limits: Limits,
    stop: &'a Stop,
    began: Instant,
    read: Tree,
    unrecognised: Counted,
    quiet: Counted,
    /// Why the walk was ended, if it was.
    ended: Option<String>,
}

impl Members<'_> {
    fn take(&mut self, member: Member<'_>) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) {
            self.ended = Some("cancelled".to_owned());
            return ControlFlow::Break(());
        }
        if self.began.elapsed() > LONGEST {
            self.ended = Some(format!("longer than {} s", LONGEST.as_secs()));
            return ControlFlow::Break(());
        }
        let inner = Input {
            shown: member.path.to_owned(),
            bytes: member.bytes.unwrap_or_default(),
            ..self.input.clone()
        };
        let (state, seen) =
            read_stream(self.catalog, &inner, member.stream, &self.limits, self.stop);
        let name = self.inside(member.path).to_owned();
        let text = state.format.as_deref() == Some(ANY_TEXT) && self.input.format.is_none();
        match state.status {
            _ if seen_any(&seen) => {}
            ReadStatus::Unrecognised => {
                self.unrecognised.add(&name);
                return ControlFlow::Continue(());
            }
            // Begins as text and is none.
            ReadStatus::Failed if text && !cannot_read(&state) => {
                self.unrecognised.add(&name);
                return ControlFlow::Continue(());
            }
            ReadStatus::Read if text => {
                self.quiet.add(&name);
                return ControlFlow::Continue(());
            }
            _ => {}
        }
        self.limits.observations = self.limits.observations.saturating_sub(seen.len() as u64);
        self.read.push((state, seen));
        if self.limits.observations == 0 {
            self.ended = Some("more observations than are taken of one input".to_owned());
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// The path of a member inside the container.
    fn inside<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.input.shown.as_str())
            .and_then(|p| p.strip_prefix('!'))
            .unwrap_or(path)
    }

    fn finish(mut self, mut state: SourceState, walked: &Walked) -> Tree {
        let mut layers = walked.layers.clone();
        layers.reverse();
        state.format = Some(layers.join("+"));
        state.reader = Some(READER.to_owned());
        let mut lost = !state.errors.is_empty();
        for problem in &walked.problems {
            lost |= problem.lost;
            let place = if problem.path == state.path {
                Place::Whole
            } else {
                Place::Path(self.inside(&problem.path).to_owned())
            };
            state
                .errors
                .push(error(&place, problem.code, problem.message.clone()));
        }
        if let Some(why) = self.ended.take() {
            lost = true;
            state
                .errors
                .push(error(&Place::Whole, "stopped", format!("stopped: {why}")));
        }
        if self.unrecognised.number > 0 {
            let message = format!(
                "{} not recognised: {}",
                self.unrecognised.called("member"),
                self.unrecognised.names()
            );
            state
                .errors
                .push(error(&Place::Whole, "members-unrecognised", message));
        }
        if self.quiet.number > 0 {
            let message = format!(
                "{} searched, naming no module: {}",
                self.quiet.called("text member"),
                self.quiet.names()
            );
            state
                .errors
                .push(error(&Place::Whole, "members-quiet", message));
        }
        let read_any = !self.read.is_empty() || self.quiet.number > 0;
        if walked.members == 0 && !lost {
            state.errors.push(error(
                &Place::Whole,
                "empty",
                "there is nothing inside".to_owned(),
            ));
        }
        state.status = match (read_any, lost) {
            (true, false) => ReadStatus::Read,
            (true, true) => ReadStatus::Partial,
            (false, true) if walked.members == 0 => ReadStatus::Failed,
            // Opened, and nothing in it was looked at.
            (false, _) => ReadStatus::Unrecognised,
        };
        // What the organisation says about the file is said once where no member says it.
        let mut seen = Vec::new();
        if self.read.is_empty() {
            let source: Arc<str> = Arc::from(state.path.as_str());
            let digest: Arc<str> = Arc::from(state.digest.get(..16).unwrap_or_default());
            let reader: Arc<str> = Arc::from(READER);
            seen.extend(
                bind(self.input, &mut [])
                    .into_iter()
                    .map(|observation| Seen {
                        source: Arc::clone(&source),
                        reader: Arc::clone(&reader),
                        digest: Arc::clone(&digest),
                        register: self.input.register,
                        observation,
                    }),
            );
        }
        let mut all = vec![(state, seen)];
        all.append(&mut self.read);
        all
    }
}

/// True if the content itself could not be had.
fn cannot_read(state: &SourceState) -> bool {
    state.errors.iter().any(|e| e.code == "cannot-read")
}

/// True if a reader said something; what the organisation says about the file does not count.
fn seen_any(seen: &[Seen]) -> bool {
    use cellsweep_evidence::{Clue, Stance};
    seen.iter().any(|s| {
        let o = &s.observation;
        !(o.stance == Stance::Mentioned
            && o.place == Place::Whole
            && matches!(o.clue, Clue::Department | Clue::AssetName))
    })
}
