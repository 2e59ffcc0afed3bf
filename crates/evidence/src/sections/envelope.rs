//! What a text travels in: quoted-printable mail, a mail written as a page, strings of JSON as journals,
//! containers and automation write them, lists into which copying turned the lines of a page. Opened line by line, in bounded memory; every line keeps the
//! number of the line it came from.

use std::cell::RefCell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use crate::observation::{Observation, Place, Problem};
use crate::reader::{ReadError, Sink};

/// Longest line that is opened, in bytes; the rest of a longer one is left out.
const LONGEST: usize = 1024 * 1024;
/// Most places kept at which the numbers of lines shift.
const MOST_SHIFTS: usize = 1_000_000;

/// Keys under which JSON holds what a program printed. Descriptions and read-me texts show examples.
const PRINTED: &[&str] = &[
    "MESSAGE",
    "log",
    "stdout",
    "stderr",
    "stdout_lines",
    "stderr_lines",
    "output",
    "lsusb",
    "lspci",
    "dmesg",
    "mmcli",
    "usb-devices",
    "usb_devices",
    "journalctl",
];

/// One kind of envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    /// Quoted-printable (RFC 2045, 6.7): `=3D` is an equals sign, `=` at the end joins two lines.
    Printable,
    /// A mail in HTML.
    Page,
    /// Both.
    PrintablePage,
    /// Strings of JSON.
    Json,
    /// Every line is the point of a list: `  7. | model: BG95-M5`, `- Hardware Version = 20`.
    List,
}

/// Fewest lines of a text that is taken for a list.
const SHORTEST_LIST: usize = 6;

/// The number of a point and what stands behind it; a dash has none.
fn point(line: &str) -> Option<(Option<u64>, &str)> {
    let text = line.trim_start();
    if let Some(rest) = text.strip_prefix("- ") {
        return Some((None, rest));
    }
    if text.trim_end() == "-" {
        return Some((None, ""));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text.get(..digits)?.parse().ok()?;
    let rest = text.get(digits..)?.strip_prefix('.')?;
    (digits <= 6 && (rest.is_empty() || rest.starts_with(' ')))
        .then(|| (Some(number), rest.strip_prefix(' ').unwrap_or(rest)))
}

/// True if all lines are points, of one kind and numbered without a gap.
fn is_list(text: &str) -> bool {
    let mut last: Option<Option<u64>> = None;
    let mut points = 0usize;
    for line in text.lines().filter(|l| !l.trim().is_empty()).take(600) {
        let Some((number, _)) = point(line) else {
            return false;
        };
        let follows = match (last, number) {
            (None, _) | (Some(None), None) => true,
            (Some(Some(before)), Some(now)) => before.checked_add(1) == Some(now),
            _ => false,
        };
        if !follows {
            return false;
        }
        last = Some(number);
        points += 1;
    }
    points >= SHORTEST_LIST
}

impl Envelope {
    /// The envelope of this text, by its first part.
    pub(super) fn of(text: &str) -> Option<Self> {
        let start = text.trim_start();
        if start.starts_with(['{', '[']) {
            let printed = PRINTED.iter().any(|k| {
                text.match_indices(k)
                    .take(64)
                    .any(|(at, _)| text.get(at + k.len()..).is_some_and(|r| r.starts_with('"')))
            });
            return printed.then_some(Self::Json);
        }
        if is_list(text) {
            return Some(Self::List);
        }
        let mut page = false;
        let mut printable = false;
        let mut broken = 0usize;
        let mut signs = 0usize;
        for line in text.lines().take(600) {
            if line.len() < 120 {
                let lower = line.to_ascii_lowercase();
                page |= lower.starts_with("content-type: text/html");
                printable |= lower.trim_end() == "content-transfer-encoding: quoted-printable";
            }
            broken += usize::from(line.trim_end().ends_with('='));
            signs += line.matches("=3D").count();
        }
        printable |= broken >= 1 && signs >= 3;
        match (printable, page) {
            (true, true) => Some(Self::PrintablePage),
            (true, false) => Some(Self::Printable),
            (false, true) => Some(Self::Page),
            (false, false) => None,
        }
    }

    /// The text without it.
    pub(super) fn opened(self, text: &str) -> String {
        let mut opener = Opener::new(self);
        let mut lines = Vec::new();
        for (n, line) in text.lines().enumerate() {
            opener.line(n as u64 + 1, line.as_bytes(), &mut lines);
        }
        if !opener.joined.is_empty() {
            opener.finish(&mut lines);
        }
        let mut out = String::with_capacity(text.len());
        for (_, line) in lines {
            out.push_str(&line);
            out.push('\n');
        }
        out
    }
}

/// Opens lines.
struct Opener {
    envelope: Envelope,
    /// The beginning of a line that goes on, and its number.
    joined: Vec<u8>,
    from: u64,
    /// Within a tag of a page, or within a part that is not shown.
    in_tag: bool,
    hidden: bool,
    tag: String,
    /// The last key of JSON.
    key: String,
}

impl Opener {
    const fn new(envelope: Envelope) -> Self {
        Self {
            envelope,
            joined: Vec::new(),
            from: 0,
            in_tag: false,
            hidden: false,
            tag: String::new(),
            key: String::new(),
        }
    }

    fn line(&mut self, number: u64, raw: &[u8], out: &mut Vec<(u64, String)>) {
        match self.envelope {
            Envelope::Json => self.json(number, &String::from_utf8_lossy(raw), out),
            Envelope::List => {
                let line = String::from_utf8_lossy(raw);
                let bare = point(&line).map_or(line.as_ref(), |(_, rest)| rest);
                out.push((number, bare.to_owned()));
            }
            Envelope::Page => self.page(number, &String::from_utf8_lossy(raw), out),
            Envelope::Printable | Envelope::PrintablePage => {
                if self.joined.is_empty() {
                    self.from = number;
                }
                let line = raw.trim_ascii_end();
                let (line, goes_on) = match line.strip_suffix(b"=") {
                    Some(front) => (front, true),
                    None => (line, false),
                };
                if self.joined.len() < LONGEST {
                    unquote(line, &mut self.joined);
                }
                if !goes_on {
                    self.finish(out);
                }
            }
        }
    }

    /// Hands over what was joined.
    fn finish(&mut self, out: &mut Vec<(u64, String)>) {
        if !matches!(self.envelope, Envelope::Printable | Envelope::PrintablePage) {
            return;
        }
        let bytes = std::mem::take(&mut self.joined);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if self.envelope == Envelope::PrintablePage {
            self.page(self.from, &text, out);
        } else {
            out.push((self.from, text));
        }
    }

    /// The words of a page: tags are taken off, those that end a line end it.
    fn page(&mut self, number: u64, text: &str, out: &mut Vec<(u64, String)>) {
        let mut line = String::with_capacity(text.len());
        for c in text.chars() {
            if self.in_tag {
                if c == '>' {
                    self.in_tag = false;
                    let name = self.tag.to_ascii_lowercase();
                    let word = name
                        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '/'))
                        .next()
                        .unwrap_or_default();
                    match word {
                        "style" | "script" => self.hidden = true,
                        "/style" | "/script" => self.hidden = false,
                        "br" | "br/" | "/p" | "/div" | "/li" | "/tr" | "pre" | "/pre" => {
                            out.push((number, entities(&std::mem::take(&mut line))));
                        }
                        "/td" | "/th" => line.push('\t'),
                        _ => {}
                    }
                    self.tag.clear();
                } else if self.tag.len() < 32 {
                    self.tag.push(c);
                }
            } else if c == '<' {
                self.in_tag = true;
            } else if !self.hidden {
                line.push(c);
            }
        }
        out.push((number, entities(&line)));
    }

    /// The strings of a line that hold what a program printed.
    fn json(&mut self, number: u64, line: &str, out: &mut Vec<(u64, String)>) {
        // One record of the journal: who said it stands under another key.
        if line.contains("\"MESSAGE\"")
            && let Ok(serde_json::Value::Object(record)) = serde_json::from_str(line)
        {
            let text = |key: &str| record.get(key).and_then(serde_json::Value::as_str);
            if let Some(message) = text("MESSAGE") {
                let sender = text("SYSLOG_IDENTIFIER").filter(|s| *s != "kernel");
                for part in message.lines() {
                    out.push((
                        number,
                        match sender {
                            Some(sender) => {
                                format!("{sender}[{}]: {part}", text("_PID").unwrap_or("0"))
                            }
                            None => part.to_owned(),
                        },
                    ));
                }
            }
            return;
        }
        let mut rest = line;
        while let Some(at) = rest.find('"') {
            let quoted = rest.get(at..).unwrap_or_default();
            let Some(end) = closing(quoted) else { return };
            let literal = quoted.get(..end).unwrap_or_default();
            rest = quoted.get(end..).unwrap_or_default();
            let Ok(text) = serde_json::from_str::<String>(literal) else {
                continue;
            };
            if rest.trim_start().starts_with(':') {
                self.key = text;
            } else if PRINTED.contains(&self.key.as_str()) {
                out.extend(text.lines().map(|l| (number, l.to_owned())));
            }
        }
    }
}

/// Where the string that begins the text ends, behind its quote mark.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Appends a line with `=XX` as the bytes they stand for.
fn unquote(line: &[u8], out: &mut Vec<u8>) {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let mut at = 0usize;
    while let Some(byte) = line.get(at) {
        if *byte == b'='
            && let (Some(high), Some(low)) = (digit(line.get(at + 1)), digit(line.get(at + 2)))
        {
            out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
}

/// The text with its named and numbered characters.
fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let plain = text.replace("&nbsp;", " ");
    quick_xml::escape::unescape(&plain).map_or(plain.clone(), std::borrow::Cow::into_owned)
}

/// From which opened line on lines come from which line of the source.
#[derive(Debug, Default)]
pub(super) struct Lines {
    shifts: Vec<(u64, u64)>,
    next: u64,
}

impl Lines {
    fn add(&mut self, source: u64) {
        self.next += 1;
        let expected = self
            .shifts
            .last()
            .map_or(self.next, |(opened, from)| from + (self.next - opened));
        if source != expected && self.shifts.len() < MOST_SHIFTS {
            self.shifts.push((self.next, source));
        }
    }

    fn source(&self, opened: u64) -> u64 {
        let before = self.shifts.partition_point(|(at, _)| *at <= opened);
        before
            .checked_sub(1)
            .and_then(|at| self.shifts.get(at))
            .map_or(opened, |(at, from)| from + (opened - at))
    }
}

/// The opened text as a stream.
pub(super) struct Opened<'a> {
    input: &'a mut dyn BufRead,
    opener: Opener,
    lines: Rc<RefCell<Lines>>,
    number: u64,
    out: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<'a> Opened<'a> {
    pub(super) fn new(
        envelope: Envelope,
        input: &'a mut dyn BufRead,
        lines: Rc<RefCell<Lines>>,
    ) -> Self {
        Self {
            input,
            opener: Opener::new(envelope),
            lines,
            number: 0,
            out: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    /// One line of the source, at most [`LONGEST`] bytes of it; false at the end.
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        let mut any = false;
        loop {
            let ready = self.input.fill_buf()?;
            if ready.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = memchr::memchr(b'\n', ready);
            let piece = ready.get(..end.unwrap_or(ready.len())).unwrap_or_default();
            let room = LONGEST.saturating_sub(line.len()).min(piece.len());
            line.extend_from_slice(piece.get(..room).unwrap_or_default());
            let used = end.map_or(ready.len(), |e| e + 1);
            self.input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

impl Read for Opened<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.out.len() && !self.ended {
            self.out.clear();
            self.given = 0;
            let mut raw = Vec::new();
            let mut opened = Vec::new();
            if self.next_line(&mut raw)? {
                self.number += 1;
                self.opener.line(self.number, &raw, &mut opened);
            } else {
                self.ended = true;
                if !self.opener.joined.is_empty() {
                    self.opener.finish(&mut opened);
                }
            }
            for (source, line) in opened {
                self.lines.borrow_mut().add(source);
                self.out.extend_from_slice(line.as_bytes());
                self.out.push(b'\n');
            }
        }
        let left = self.out.get(self.given..).unwrap_or_default();
        let n = left.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..n), left.get(..n)) {
            to.copy_from_slice(from);
        }
        self.given += n;
        Ok(n)
    }
}

/// Gives what is found in an opened text the lines of the source.
pub(super) struct Placed<'s> {
    pub(super) sink: &'s mut dyn Sink,
    pub(super) lines: Rc<RefCell<Lines>>,
}

impl Placed<'_> {
    fn place(&self, place: Place) -> Place {
        match place {
            Place::Line(n) => Place::Line(self.lines.borrow().source(n)),
            other => other,
        }
    }
}

impl Sink for Placed<'_> {
    fn observe(&mut self, mut observation: Observation) -> Result<(), ReadError> {
        observation.place = self.place(observation.place);
        self.sink.observe(observation)
    }
    fn problem(&mut self, mut problem: Problem) {
        problem.place = self.place(problem.place);
        self.sink.problem(problem);
    }
    fn reader(&mut self, format: &'static str) {
        self.sink.reader(format);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_opened() {
        let mail = "P: Vendor=3D2dee ProdID=3D4d41\nMxCh=\n=3D 0\nS: a=C3=A4\n";
        assert_eq!(Envelope::of(mail), Some(Envelope::Printable));
        assert_eq!(
            Envelope::Printable.opened(mail),
            "P: Vendor=2dee ProdID=4d41\nMxCh= 0\nS: aä\n"
        );
        let page =
            "Content-Type: text/html\n\n<p>Bus 001 Device 002: ID 2c7c:0125 A &amp; B<br>next</p>";
        assert_eq!(Envelope::of(page), Some(Envelope::Page));
        assert!(
            Envelope::Page
                .opened(page)
                .contains("\nBus 001 Device 002: ID 2c7c:0125 A & B\nnext\n")
        );
    }

    #[test]
    fn lists_are_opened() {
        let numbered = "  1. a\n  2. b: x\n  3. | c\n\n  4. d\n  5.\n  6. f\n";
        assert_eq!(Envelope::of(numbered), Some(Envelope::List));
        assert_eq!(Envelope::List.opened(numbered), "a\nb: x\n| c\n\nd\n\nf\n");
        assert_eq!(
            Envelope::of("- a\n- b\n-\n- d\n- e\n- f"),
            Some(Envelope::List)
        );
        for none in [
            "1. a\n2. b\n4. c\n5. d\n6. e\n7. f",
            "- a\nb\n- c\n- d\n- e\n- f\n- g",
            "1. a\n2. b",
            "18446744073709551615. a\n1. b\n2. c\n3. d\n4. e\n5. f",
        ] {
            assert_eq!(Envelope::of(none), None, "{none}");
        }
    }

    #[test]
    fn what_programs_printed_is_taken_out_of_json() {
        let json =
            "{\"name\": \"x\", \"stdout\": \"Bus 001\\nBus 002\",\n \"readme\": \"Bus 003\"}";
        assert_eq!(Envelope::Json.opened(json), "Bus 001\nBus 002\n");
        let journal = "{\"MESSAGE\":\"usb 1-1: x\",\"SYSLOG_IDENTIFIER\":\"kernel\"}\n\
                       {\"SYSLOG_IDENTIFIER\":\"ModemManager\",\"MESSAGE\":\"y\",\"_PID\":\"7\"}";
        assert_eq!(
            Envelope::Json.opened(journal),
            "usb 1-1: x\nModemManager[7]: y\n"
        );
        assert_eq!(Envelope::of("{\"readme\": \"stdout\\n\"}"), None);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let mut lines = Lines::default();
        for source in [1, 2, 4, 5, 5, 6] {
            lines.add(source);
        }
        let back: Vec<u64> = (1..=6).map(|n| lines.source(n)).collect();
        assert_eq!(back, [1, 2, 4, 5, 5, 6]);
    }
}
