//! Texts that hold several listings: a forum post, a support file, a terminal log, a pasted mail.
//!
//! The surest reader reads the text as always, line by line and without an end of memory. On their way
//! to it the lines are looked at: those that begin a listing of another kind ([`kind::Kind`]) go aside
//! with what belongs to them, without quote marks and common indentation, and an empty line takes their
//! place. At the end each listing set aside is read by the surest reader for it, its lines numbered as
//! in the whole text. Logs in which several programs write alternately come apart the same way.
//!
//! A text of one kind reaches its reader unchanged. Tables, documents and source code are never taken
//! apart: what they show are examples.

mod envelope;
mod kind;
mod margin;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use crate::formats::at::is_written_for_programs;
use crate::formats::owned::Prose;
use crate::modem;
use crate::observation::{Clue, Observation, Place, Problem, Stance};
use crate::reader::{Collected, Head, ReadError, Reader, Sink};
use crate::registry;
use crate::source::{Limits, Mapping, Names, Source};
use crate::text;
use envelope::{Envelope, Lines, Opened, Placed};
use kind::{Follows, Kind};
use margin::Margin;

/// Formats whose texts may hold listings of other kinds.
const MIXED: &[&str] = &[
    "at",
    "bsd",
    "connection-manager",
    "mode-switch",
    "modem-status",
    "netsh-mbn",
    "device-json",
    "device-names",
    "dmesg",
    "dmidecode",
    "fwupd",
    "hardware-listing",
    "lspci",
    "lsusb",
    "lsusb-t",
    "lsusb-v",
    "mbimcli",
    "mm-log",
    "mmcli",
    "nmcli",
    "openwrt",
    "qmicli",
    "system-profiler",
    "text",
    "udevadm",
    "usb-devices",
    "usbconfig",
    "usbipd",
    "windows-network",
    "windows-pnp",
];

/// Longest line that is looked at, in bytes; listings have none nearly as long.
const LONGEST_LINE: usize = 4096;

/// Most bytes of one kind set aside before they are read, so that memory stays bounded. What is
/// gathered across that border is told apart there.
const MOST_ASIDE: usize = 4 * 1024 * 1024;

/// How a text is to be read.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The surest reader of the whole.
    pub reader: &'static Reader,
    /// How sure it is.
    pub sure: u8,
    /// What stands in front of every line.
    margin: Margin,
    /// Whether listings of other kinds are looked for.
    mixed: bool,
    /// What the text travels in.
    envelope: Option<Envelope>,
}

/// Chooses the reader of this head, looking past quote marks and indentation in front of every line;
/// `None` if none knows it.
pub fn choose(head: &Head<'_>) -> Option<Plan> {
    // [`Source`] hands UTF-16 on as UTF-8.
    let head = &Head {
        bytes: if is_utf8(head.bytes) {
            head.bytes
        } else {
            head.text.as_bytes()
        },
        ..*head
    };
    let plan = choose_closed(head);
    let Some(envelope) = Envelope::of(head.text) else {
        return plan;
    };
    let opened = envelope.opened(head.text);
    let within = choose_closed(&Head {
        text: &opened,
        bytes: opened.as_bytes(),
        ..*head
    });
    match within {
        // A reader that knows the text as it stands, too, would take several lines for one.
        Some(within)
            if (MIXED.contains(&within.reader.format)
                || envelope == Envelope::List && within.reader.format == "cisco-ios")
                && within.reader.format != "text"
                && within.sure >= LEAST_WITHIN
                && plan
                    .as_ref()
                    .is_none_or(|p| p.reader.format == "text" || within.sure >= p.sure) =>
        {
            Some(Plan {
                envelope: Some(envelope),
                ..within
            })
        }
        _ => plan,
    }
}

/// How sure a reader must be of a text in an envelope.
const LEAST_WITHIN: u8 = 60;

/// The same for a text that is in no envelope.
fn choose_closed(head: &Head<'_>) -> Option<Plan> {
    let mut plan = registry::choose(head).map(|(reader, sure)| Plan {
        reader,
        sure,
        margin: Margin::default(),
        mixed: MIXED.contains(&reader.format) && !is_written_for_programs(head.text),
        envelope: None,
    });
    if let Some((margin, within)) = Margin::of(head.text)
        && let Some((reader, sure)) = registry::choose(&Head {
            text: &within,
            bytes: within.as_bytes(),
            ..*head
        })
        && sure > plan.as_ref().map_or(0, |p| p.sure)
        && MIXED.contains(&reader.format)
    {
        plan = Some(Plan {
            reader,
            sure,
            margin,
            mixed: !is_written_for_programs(&within),
            envelope: None,
        });
    }
    plan
}

/// False for the marks of UTF-16.
fn is_utf8(bytes: &[u8]) -> bool {
    !matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

impl Plan {
    /// The reader alone, for a format that the user names.
    pub fn of(reader: &'static Reader) -> Self {
        Self {
            reader,
            sure: 100,
            margin: Margin::default(),
            mixed: false,
            envelope: None,
        }
    }

    /// Reads the source to its end: the whole by its reader, then the listings of other kinds.
    ///
    /// # Errors
    /// What the reader of the whole ended with; listings set aside until then are still read.
    pub fn read(&self, source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if let Some(envelope) = self.envelope {
            let lines = Rc::new(RefCell::new(Lines::default()));
            let (name, limits, names, mapping) =
                (source.name, source.limits, source.names, source.mapping);
            let opened = Opened::new(envelope, source.stream(), Rc::clone(&lines));
            let mut opened = Source::new(name, opened, limits, names, mapping);
            let closed = Self {
                envelope: None,
                ..self.clone()
            };
            return closed.read(&mut opened, &mut Placed { sink, lines });
        }
        if !self.mixed && self.margin.is_empty() {
            return (self.reader.read)(source, sink);
        }
        let surroundings = Surroundings {
            name: source.name,
            limits: source.limits,
            names: source.names,
            mapping: source.mapping,
        };
        let mut splitter = Splitter::new(self, surroundings);
        let mut counted = Counted {
            sink,
            next: 0,
            named: false,
        };
        let outcome = {
            let tap = Tap {
                input: source.stream(),
                splitter: &mut splitter,
                out: Vec::new(),
                given: 0,
                within_line: false,
                failed: None,
            };
            let mut whole = Source::new(
                surroundings.name,
                tap,
                surroundings.limits,
                surroundings.names,
                surroundings.mapping,
            );
            (self.reader.read)(&mut whole, &mut counted)
        };
        splitter.finish();
        splitter.hand_over(&mut counted)?;
        outcome
    }
}

/// What every reader of the text is given beside its lines.
#[derive(Clone, Copy)]
struct Surroundings<'a> {
    name: &'a str,
    limits: &'a Limits,
    names: &'a dyn Names,
    mapping: &'a Mapping,
}

/// Listings of one kind that were set aside.
#[derive(Default)]
struct Aside {
    text: String,
    /// Number in the whole text of each line of `text`.
    lines: Vec<u64>,
    /// A mark in it says that something was left out.
    cut: bool,
    read: Vec<(&'static str, Collected)>,
}

/// A listing that goes on.
struct Run {
    kind: Kind,
    margin: String,
    /// Lines since the last one that only its kind has.
    since: usize,
    /// Empty lines since the last other one.
    blank: usize,
    /// The last line ended an answer.
    settled: bool,
}

/// Where a line goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Route {
    Whole,
    Aside,
}

struct Splitter<'a> {
    surroundings: Surroundings<'a>,
    whole: &'static str,
    margin: Margin,
    mixed: bool,
    line: u64,
    run: Option<Run>,
    /// The command typed last, and its line: it says what a listing leaves out and on which host.
    command: Option<(u64, String)>,
    hosts: Option<String>,
    several_hosts: bool,
    aside: BTreeMap<Kind, Aside>,
    /// What the writer says beside the listings; the reader of any text looks for that itself.
    prose: Option<Prose>,
}

impl<'a> Splitter<'a> {
    fn new(plan: &Plan, surroundings: Surroundings<'a>) -> Self {
        Self {
            surroundings,
            whole: plan.reader.format,
            margin: plan.margin,
            mixed: plan.mixed,
            line: 0,
            run: None,
            command: None,
            hosts: None,
            several_hosts: false,
            aside: BTreeMap::new(),
            prose: (plan.mixed && plan.reader.format != "text").then(Prose::default),
        }
    }

    /// Looks at a line without its end.
    fn route(&mut self, line: &str) -> Route {
        let content = kind::content(line);
        if content.is_empty() {
            return self.empty();
        }
        if let Some((host, typed)) = modem::prompt(content) {
            if modem::names_a_machine(host) {
                self.several_hosts |= self.hosts.as_deref().is_some_and(|h| h != host);
                self.hosts = Some(host.to_owned());
            }
            self.command = Some((self.line, content.to_owned()));
            self.run = None;
            if kind::asks_a_modem(typed) && !Kind::Dialogue.reads(self.whole) {
                self.begin(Kind::Dialogue, line, content);
                return Route::Aside;
            }
            return Route::Whole;
        }
        if let Some(found) = kind::of_line(line, content) {
            if found.reads(self.whole) {
                self.run = None;
                return Route::Whole;
            }
            match &mut self.run {
                Some(run) if run.kind == found => {
                    run.since = 0;
                    run.blank = 0;
                    run.settled = false;
                }
                _ => self.begin(found, line, content),
            }
            self.push(found, line);
            return Route::Aside;
        }
        if kind::is_boundary(content) {
            self.run = None;
            if kind::is_command(content) {
                self.command = Some((self.line, content.to_owned()));
            }
            return Route::Whole;
        }
        let Some(run) = &mut self.run else {
            return Route::Whole;
        };
        if kind::is_left_out(content) {
            self.aside.entry(run.kind).or_default().cut = true;
        }
        run.since += 1;
        let within = margin::without(line, &run.margin);
        let goes_on = match run.kind.follows() {
            Follows::Nothing => false,
            Follows::Indented => within.starts_with([' ', '\t']),
            Follows::Function => within.starts_with([' ', '\t']) || kind::is_tagged(content),
            Follows::Paragraph => run.blank == 0,
            Follows::Columns => content.contains('|') || content.starts_with("--"),
            Follows::Branches => {
                content.starts_with(['│', '├', '└']) || within.starts_with([' ', '\t'])
            }
            Follows::Answer => kind::continues_answer(content, run.since, run.blank, run.settled),
        };
        if !goes_on {
            self.run = None;
            return Route::Whole;
        }
        run.blank = 0;
        run.settled = kind::ends_answer(content);
        let kind = run.kind;
        self.push(kind, line);
        Route::Aside
    }

    /// Looks at a line that belongs to no listing of another kind for what the writer says himself.
    fn prose(&mut self, line: &str) {
        let number = self.line;
        let names = self.surroundings.names;
        if let Some(prose) = &mut self.prose {
            let content = kind::content(line);
            let listing = content.starts_with('[')
                || content.starts_with(|c: char| c.is_ascii_digit())
                || modem::prompt(content).is_some()
                || kind::of_line(line, content).is_some();
            prose.line(number, if listing { "" } else { line }, names);
        }
    }

    /// An empty line belongs to both.
    fn empty(&mut self) -> Route {
        if let Some(run) = &mut self.run {
            run.blank += 1;
            let kind = run.kind;
            self.push(kind, "");
        }
        Route::Whole
    }

    fn begin(&mut self, kind: Kind, line: &str, content: &str) {
        let front = line.len() - content.len();
        self.run = Some(Run {
            kind,
            margin: line.get(..front).unwrap_or_default().to_owned(),
            since: 0,
            blank: 0,
            settled: false,
        });
        if let Some((number, command)) = &self.command {
            let (number, command) = (*number, command.clone());
            let aside = self.aside.entry(kind).or_default();
            if aside.lines.last().is_none_or(|last| *last < number) {
                aside.text.push_str(&command);
                aside.text.push('\n');
                aside.lines.push(number);
            }
        }
    }

    fn push(&mut self, kind: Kind, line: &str) {
        let number = self.line;
        let margin = self.run.as_ref().map_or("", |r| r.margin.as_str());
        let aside = self.aside.entry(kind).or_default();
        aside.text.push_str(margin::without(line, margin));
        aside.text.push('\n');
        aside.lines.push(number);
        if aside.text.len() > MOST_ASIDE {
            aside.read_by_surest(kind, self.whole, self.surroundings);
        }
    }

    fn finish(&mut self) {
        for (kind, aside) in &mut self.aside {
            aside.read_by_surest(*kind, self.whole, self.surroundings);
        }
    }

    /// Hands over what was found, in the order of first lines, its units numbered after all before.
    fn hand_over(mut self, sink: &mut Counted<'_>) -> Result<(), ReadError> {
        let said = self
            .prose
            .take()
            .map(|p| p.finish(self.surroundings.names))
            .unwrap_or_default();
        let mut found: Vec<(&'static str, Collected, bool)> = self
            .aside
            .into_values()
            .flat_map(|a| {
                let cut = a.cut;
                a.read.into_iter().map(move |(f, c)| (f, c, cut))
            })
            .collect();
        found.sort_by_key(|(format, c, _)| {
            let first = c.observations.iter().find_map(|o| match o.place {
                Place::Line(n) => Some(n),
                _ => None,
            });
            (first.unwrap_or(u64::MAX), *format)
        });
        for (format, collected, cut) in found {
            let base = sink.next;
            sink.sink.reader(format);
            for mut o in collected.observations {
                if o.clue == Clue::Enumerated && (cut || self.several_hosts) {
                    continue;
                }
                o.unit += base;
                sink.observe(o)?;
            }
            for problem in collected.problems {
                sink.problem(problem);
            }
        }
        // What a modem says of itself is better than what is written beside it.
        if !said.is_empty() && !sink.named {
            sink.sink.reader("text");
            for statement in said {
                sink.observe(Observation::new(
                    sink.next,
                    Stance::Declared,
                    Clue::DeclaredModule,
                    statement.words,
                    Place::Line(statement.line),
                ))?;
            }
        }
        Ok(())
    }
}

impl Aside {
    /// Reads what was gathered by the surest reader of its kind, and forgets it. What none is sure of
    /// is read as any text if that is what the whole is.
    fn read_by_surest(&mut self, kind: Kind, whole: &str, about: Surroundings<'_>) {
        let gathered = std::mem::take(&mut self.text);
        let lines = std::mem::take(&mut self.lines);
        let mut end = gathered.len().min(Head::SIZE);
        while !gathered.is_char_boundary(end) {
            end -= 1;
        }
        let start = gathered.get(..end).unwrap_or_default();
        let head = Head {
            name: about.name,
            bytes: start.as_bytes(),
            text: start,
        };
        let mut best: Option<(&'static Reader, u8)> = None;
        for reader in kind.formats().iter().filter_map(|f| registry::reader(f)) {
            let sure = (reader.sniff)(&head);
            if sure >= kind.least() && sure > best.map_or(0, |(_, s)| s) {
                best = Some((reader, sure));
            }
        }
        let reader = match best {
            Some((reader, _)) => reader,
            None if whole == "text" => &crate::formats::plain_text::READER,
            None => return,
        };
        let mut source = Source::new(
            about.name,
            gathered.as_bytes(),
            about.limits,
            about.names,
            about.mapping,
        );
        let mut numbered = Numbered {
            lines: &lines,
            collected: Collected::default(),
        };
        if let Err(e) = (reader.read)(&mut source, &mut numbered) {
            numbered.problem(Problem::lost("malformed", Place::Line(1), e.to_string()));
        }
        self.read.push((reader.format, numbered.collected));
    }
}

/// Puts the line numbers of the whole text in place of those of the listing.
struct Numbered<'a> {
    lines: &'a [u64],
    collected: Collected,
}

impl Numbered<'_> {
    fn place(&self, place: Place) -> Place {
        match place {
            Place::Line(n) => usize::try_from(n)
                .ok()
                .and_then(|n| self.lines.get(n.checked_sub(1)?))
                .map_or(Place::Line(n), |line| Place::Line(*line)),
            other => other,
        }
    }
}

impl Sink for Numbered<'_> {
    fn observe(&mut self, mut observation: Observation) -> Result<(), ReadError> {
        observation.place = self.place(observation.place);
        self.collected.observe(observation)
    }
    fn problem(&mut self, mut problem: Problem) {
        problem.place = self.place(problem.place);
        self.collected.problem(problem);
    }
}

/// Knows the next free unit.
struct Counted<'a> {
    sink: &'a mut dyn Sink,
    next: u64,
    /// A modem said who it is.
    named: bool,
}

impl Sink for Counted<'_> {
    fn observe(&mut self, observation: Observation) -> Result<(), ReadError> {
        self.next = self.next.max(observation.unit.saturating_add(1));
        self.named |= matches!(observation.clue, Clue::ModemModel | Clue::DeclaredModule);
        self.sink.observe(observation)
    }
    fn problem(&mut self, problem: Problem) {
        self.sink.problem(problem);
    }
}

/// The stream as the reader of the whole sees it.
struct Tap<'t, 'a> {
    input: &'t mut dyn BufRead,
    splitter: &'t mut Splitter<'a>,
    out: Vec<u8>,
    given: usize,
    /// The last piece did not end its line.
    within_line: bool,
    /// An early end of which the reader is still to be told.
    failed: Option<io::Error>,
}

impl Tap<'_, '_> {
    /// Brings the next lines into `out`; leaves it empty at the end.
    fn fill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.given = 0;
        if let Some(e) = self.failed.take() {
            return Err(e);
        }
        while self.out.len() < 32 * 1024 {
            let mut line = Vec::new();
            let limit = LONGEST_LINE as u64;
            match (&mut *self.input).take(limit).read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) => {}
                // What came before an early end is read before the end is told of.
                Err(e) if !self.out.is_empty() => {
                    self.failed = Some(e);
                    break;
                }
                Err(e) => return Err(e),
            }
            let begins = !self.within_line;
            let ended = line.last() == Some(&b'\n');
            self.within_line = !ended;
            if begins {
                self.splitter.line += 1;
            }
            // A piece of a line too long to be of interest goes on as it is.
            if !begins || (!ended && line.len() >= LONGEST_LINE) {
                self.splitter.run = None;
                self.out.extend_from_slice(&line);
                continue;
            }
            self.one(&line);
        }
        Ok(())
    }

    fn one(&mut self, line: &[u8]) {
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        let end = line.get(body.len()..).unwrap_or_default();
        let body = body.strip_suffix(b"\r").unwrap_or(body);
        let decoded;
        let text = if let Ok(text) = std::str::from_utf8(body) {
            text
        } else {
            decoded = encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(body)
                .0;
            &decoded
        };
        let text = if self.splitter.line == 1 {
            text.trim_start_matches('\u{feff}')
        } else {
            text
        };
        let mixed = self.splitter.mixed;
        let whole = mixed && self.splitter.route(text) == Route::Whole;
        if whole {
            self.splitter.prose(text);
        }
        if mixed && !whole {
            self.out.extend_from_slice(end);
        } else if self.splitter.mixed
            && text.starts_with('>')
            && !matches!(self.splitter.whole, "text" | "at" | "mm-log")
        {
            // Quoted in part: a mail with answers between.
            self.out.extend_from_slice(without_quote(text).as_bytes());
            self.out.extend_from_slice(end);
        } else if self.splitter.margin.is_empty() {
            self.out.extend_from_slice(line);
        } else {
            self.out
                .extend_from_slice(self.splitter.margin.strip(text).as_bytes());
            self.out.extend_from_slice(end);
        }
    }
}

impl Read for Tap<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.out.len() {
            self.fill()?;
        }
        let rest = self.out.get(self.given..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.given += n;
        Ok(n)
    }
}

/// The line without the marks of a quotation, each with one blank.
fn without_quote(line: &str) -> &str {
    let mut rest = line;
    while let Some(inner) = rest.strip_prefix('>') {
        rest = inner.strip_prefix(' ').unwrap_or(inner);
    }
    rest
}

/// The reader that a head is read with, and how sure it is; what [`choose`] says without the plan.
pub fn surest(bytes: &[u8], name: &str) -> Option<Plan> {
    let decoded = text::decode(bytes).unwrap_or_default();
    choose(&Head {
        name,
        bytes,
        text: &decoded,
    })
}
