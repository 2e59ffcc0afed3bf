//! Mail: every part of a message that is no multipart, and every message of an mbox.
//!
//! Parts are split line by line in one pass: a library that parses whole messages would hold them in
//! memory and look for every boundary from every part.
//!
//! Structure: RFC 5322 (header), RFC 2045 to 2047 (MIME), RFC 2231 (file names in pieces).

use std::io::{self, BufRead, BufReader, Read};

use crate::layer::{At, Flow, Names, Tally, Walk};

/// Most bytes kept of one header.
const MOST_HEADER: usize = 64 * 1024;

/// Longest line kept whole; a longer one is handed on in pieces.
const LONGEST_LINE: usize = 64 * 1024;

/// Most multiparts inside each other.
const MOST_BOUNDARIES: usize = 16;

/// Reads lines, with their ends, one ahead of what is handed on.
struct Lines<R> {
    input: R,
    line: Vec<u8>,
    /// The line is read and not yet handed on.
    waiting: bool,
    /// The line begins at the beginning of a line of the input.
    fresh: bool,
    failed: bool,
}

impl<R: BufRead> Lines<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            waiting: false,
            fresh: true,
            failed: false,
        }
    }

    /// The next line without taking it; `None` at the end.
    fn peek(&mut self) -> io::Result<Option<&[u8]>> {
        if !self.waiting {
            if self.failed {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "ends early"));
            }
            self.fresh = self.line.is_empty() || self.line.ends_with(b"\n");
            self.line.clear();
            let mut limited = (&mut self.input).take(LONGEST_LINE as u64);
            if let Err(e) = limited.read_until(b'\n', &mut self.line) {
                self.failed = true;
                if self.line.is_empty() {
                    return Err(e);
                }
            }
            if self.line.is_empty() {
                return Ok(None);
            }
            self.waiting = true;
        }
        Ok(Some(&self.line))
    }

    fn take(&mut self) {
        self.waiting = false;
    }
}

/// What a part's header says.
#[derive(Default)]
struct Part {
    kind: String,
    boundary: Option<Vec<u8>>,
    name: Option<String>,
    encoding: Encoding,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Encoding {
    #[default]
    Plain,
    Base64,
    QuotedPrintable,
}

/// Hands over the parts of one message.
pub(crate) fn walk_message(walk: &mut Walk<'_>, stream: &mut dyn Read, at: At<'_>) -> Flow {
    let mut tally = Tally::default();
    let flow = parts(walk, stream, at, &mut tally);
    walk.tell(at, tally);
    walk.meter.settle(at.level);
    flow
}

/// What ended a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// The input's end.
    Input,
    /// A boundary: its level, and whether it closes that multipart.
    Boundary(usize, bool),
}

fn parts(walk: &mut Walk<'_>, stream: &mut dyn Read, at: At<'_>, tally: &mut Tally) -> Flow {
    let mut lines = Lines::new(BufReader::with_capacity(32 * 1024, stream));
    let mut boundaries: Vec<Vec<u8>> = Vec::new();
    let mut names = Names::default();
    let mut bodies = 0u32;
    loop {
        let part = header(&mut lines, &boundaries);
        let ended = if let Some(boundary) = part.boundary.filter(|_| {
            let open = boundaries.len() < MOST_BOUNDARIES;
            if !open {
                tally.add("too-deep", "part", true, || {
                    format!("multiparts inside {MOST_BOUNDARIES} others")
                });
            }
            open
        }) {
            boundaries.push(boundary);
            // What stands before the first boundary is for programs that know no MIME.
            skip(&mut lines, &boundaries)
        } else {
            let name = part.name.unwrap_or_else(|| {
                bodies += 1;
                let ending = match part.kind.as_str() {
                    "text/html" => "html",
                    "message/rfc822" | "message/global" => "eml",
                    kind if kind.is_empty() || kind.starts_with("text/") => "txt",
                    _ => "bin",
                };
                format!("part-{bodies}.{ending}")
            });
            let shown = names.take(name.as_bytes(), tally);
            let mut body = Body::new(&mut lines, &boundaries, part.encoding);
            // An empty body beside attachments is nothing to read.
            if body.fill_first() {
                walk.member(&mut body, at, &shown, None)?;
            }
            let _ = io::copy(&mut body, &mut io::sink());
            body.ended
        };
        let mut ended = ended;
        loop {
            match ended {
                Ended::Input => {
                    if !boundaries.is_empty() && walk.meter.owns(at.level) {
                        let message = "the message ends early".to_owned();
                        walk.problem("truncated", at.path, message, true);
                    }
                    return Flow::Continue(());
                }
                Ended::Boundary(level, closes) => {
                    boundaries.truncate(level + usize::from(!closes));
                    if !closes {
                        break;
                    }
                    if boundaries.is_empty() {
                        return Flow::Continue(());
                    }
                    ended = skip(&mut lines, &boundaries);
                }
            }
        }
    }
}

/// The boundary that a line is, of the innermost multipart that has it.
fn boundary_of(line: &[u8], boundaries: &[Vec<u8>]) -> Option<Ended> {
    let rest = line.strip_prefix(b"--")?.trim_ascii_end();
    for (level, boundary) in boundaries.iter().enumerate().rev() {
        match rest.strip_prefix(boundary.as_slice()) {
            Some(b"") => return Some(Ended::Boundary(level, false)),
            Some(b"--") => return Some(Ended::Boundary(level, true)),
            _ => {}
        }
    }
    None
}

/// Skips to the next boundary, which is taken.
fn skip<R: BufRead>(lines: &mut Lines<R>, boundaries: &[Vec<u8>]) -> Ended {
    loop {
        let found = match lines.peek() {
            Ok(Some(line)) => boundary_of(line, boundaries),
            Ok(None) | Err(_) => return Ended::Input,
        };
        lines.take();
        if let Some(ended) = found {
            return ended;
        }
    }
}

/// Reads the header of a message or part. A boundary inside it ends it.
fn header<R: BufRead>(lines: &mut Lines<R>, boundaries: &[Vec<u8>]) -> Part {
    let mut text = String::new();
    while let Ok(Some(line)) = lines.peek() {
        if boundary_of(line, boundaries).is_some() {
            break;
        }
        let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
        lines.take();
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if text.len() < MOST_HEADER {
                text.push(' ');
                text.push_str(line.trim());
            }
        } else if text.len() < MOST_HEADER {
            text.push('\n');
            text.push_str(&line);
        }
    }
    let mut part = Part::default();
    for field in text.lines() {
        let Some((name, value)) = field.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-type") {
            let (kind, parameters) = parameters(value);
            part.kind = kind;
            if part.kind.starts_with("multipart/") {
                part.boundary = parameter(&parameters, "boundary")
                    .filter(|b| !b.is_empty())
                    .map(String::into_bytes);
            }
            if part.name.is_none() {
                part.name = parameter(&parameters, "name");
            }
        } else if name.eq_ignore_ascii_case("content-disposition") {
            let (_, parameters) = parameters(value);
            if let Some(name) = parameter(&parameters, "filename") {
                part.name = Some(name);
            }
        } else if name.eq_ignore_ascii_case("content-transfer-encoding") {
            let value = value.trim();
            part.encoding = if value.eq_ignore_ascii_case("base64") {
                Encoding::Base64
            } else if value.eq_ignore_ascii_case("quoted-printable") {
                Encoding::QuotedPrintable
            } else {
                Encoding::Plain
            };
        }
    }
    part.name = part.name.filter(|n| !n.trim().is_empty());
    part
}

/// The value of a structured field in lower case, and its parameters.
fn parameters(field: &str) -> (String, Vec<(String, String)>) {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in field.chars() {
        match c {
            _ if escaped => {
                escaped = false;
                piece.push(c);
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => pieces.push(std::mem::take(&mut piece)),
            _ => piece.push(c),
        }
    }
    pieces.push(piece);
    let mut pieces = pieces.into_iter();
    let kind = pieces.next().unwrap_or_default();
    let kind = kind.split_whitespace().next().unwrap_or_default();
    let parameters = pieces
        .filter_map(|p| {
            let (name, value) = p.split_once('=')?;
            Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        })
        .take(256)
        .collect();
    (kind.to_ascii_lowercase(), parameters)
}

/// A parameter's value: plain, with encoded words, or in the pieces of RFC 2231.
fn parameter(parameters: &[(String, String)], name: &str) -> Option<String> {
    let find = |wanted: &str| {
        parameters
            .iter()
            .find(|(n, _)| n == wanted)
            .map(|(_, v)| v.as_str())
    };
    if let Some(value) = find(&format!("{name}*")) {
        return Some(charset_and_percent(value, true));
    }
    if let Some(value) = find(name) {
        return Some(encoded_words(value));
    }
    let mut whole = String::new();
    for piece in 0..100 {
        if let Some(value) = find(&format!("{name}*{piece}*")) {
            whole.push_str(&charset_and_percent(value, piece == 0));
        } else if let Some(value) = find(&format!("{name}*{piece}")) {
            whole.push_str(value);
        } else {
            break;
        }
    }
    (!whole.is_empty()).then_some(whole)
}

/// `charset'language'percent%20encoded`.
fn charset_and_percent(value: &str, first: bool) -> String {
    let (charset, value) = match value.split_once('\'') {
        Some((charset, rest)) if first => (charset, rest.split_once('\'').map_or(rest, |(_, v)| v)),
        _ => ("utf-8", value),
    };
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(b) = rest.next() {
        if b == b'%' {
            let (a, b) = (rest.next(), rest.next());
            if let Some(byte) = hex_pair(a, b) {
                bytes.push(byte);
            }
        } else {
            bytes.push(b);
        }
    }
    in_charset(charset, &bytes)
}

fn hex_pair(a: Option<u8>, b: Option<u8>) -> Option<u8> {
    let digit = |d: Option<u8>| char::from(d?).to_digit(16);
    u8::try_from(digit(a)? * 16 + digit(b)?).ok()
}

fn in_charset(charset: &str, bytes: &[u8]) -> String {
    encoding_rs::Encoding::for_label(charset.as_bytes())
        .unwrap_or(encoding_rs::UTF_8)
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}

/// Text with `=?charset?B?...?=` and `=?charset?Q?...?=` words decoded.
fn encoded_words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("=?") {
        let mut fields = after.splitn(3, '?');
        let word = match (fields.next(), fields.next(), fields.next()) {
            (Some(charset), Some(how), Some(tail)) => tail
                .split_once("?=")
                .map(|(word, rest)| (charset, how, word, rest)),
            _ => None,
        };
        let Some((charset, how, word, tail)) = word else {
            break;
        };
        if !before.trim().is_empty() || out.is_empty() {
            out.push_str(before);
        }
        let bytes = if how.eq_ignore_ascii_case("b") {
            let mut decoder = Base64::default();
            let mut bytes = Vec::new();
            decoder.decode(word.as_bytes(), &mut bytes);
            bytes
        } else {
            let spaced = word.replace('_', " ");
            let mut bytes = Vec::new();
            quoted_printable(spaced.as_bytes(), &mut bytes);
            bytes
        };
        out.push_str(&in_charset(charset, &bytes));
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Base64 across lines.
#[derive(Default)]
struct Base64 {
    bits: u32,
    held: u32,
}

impl Base64 {
    fn decode(&mut self, text: &[u8], out: &mut Vec<u8>) {
        for b in text {
            let value = match b {
                b'A'..=b'Z' => b - b'A',
                b'a'..=b'z' => b - b'a' + 26,
                b'0'..=b'9' => b - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' => {
                    // A group ends; some programs begin another after it.
                    self.bits = 0;
                    self.held = 0;
                    continue;
                }
                _ => continue,
            };
            self.held = (self.held << 6) | u32::from(value);
            self.bits += 6;
            if self.bits >= 8 {
                self.bits -= 8;
                out.push(u8::try_from((self.held >> self.bits) & 0xff).unwrap_or_default());
                self.held &= (1 << self.bits) - 1;
            }
        }
    }
}

/// One line of quoted-printable, with its end.
fn quoted_printable(line: &[u8], out: &mut Vec<u8>) {
    let ended = line.ends_with(b"\n");
    let text = if ended { line.trim_ascii_end() } else { line };
    let mut bytes = text.iter().copied();
    let mut soft = false;
    while let Some(b) = bytes.next() {
        if b != b'=' {
            out.push(b);
            continue;
        }
        let pair = (bytes.next(), bytes.next());
        match (hex_pair(pair.0, pair.1), pair) {
            (Some(byte), _) => out.push(byte),
            (None, (None, _)) => soft = true,
            (None, (a, b)) => {
                out.push(b'=');
                out.extend(a);
                out.extend(b);
            }
        }
    }
    if ended && !soft {
        out.push(b'\n');
    }
}

/// The decoded content of one part, up to the next boundary.
struct Body<'l, R> {
    lines: &'l mut Lines<R>,
    boundaries: &'l [Vec<u8>],
    encoding: Encoding,
    base64: Base64,
    ready: Vec<u8>,
    from: usize,
    over: bool,
    ended: Ended,
}

impl<'l, R: BufRead> Body<'l, R> {
    fn new(lines: &'l mut Lines<R>, boundaries: &'l [Vec<u8>], encoding: Encoding) -> Self {
        Self {
            lines,
            boundaries,
            encoding,
            base64: Base64::default(),
            ready: Vec::new(),
            from: 0,
            over: false,
            ended: Ended::Input,
        }
    }

    /// Looks for the first line that is not blank, keeping what comes before; false if there is none.
    fn fill_first(&mut self) -> bool {
        let mut blank = 0;
        while blank < 64 {
            match self.more() {
                Ok(true) => {}
                Ok(false) => return self.ready.iter().any(|b| !b.is_ascii_whitespace()),
                Err(_) => return true,
            }
            if self.ready.iter().any(|b| !b.is_ascii_whitespace()) {
                return true;
            }
            blank += 1;
        }
        true
    }

    /// Decodes one line more; false at the end.
    fn more(&mut self) -> io::Result<bool> {
        if self.over {
            return Ok(false);
        }
        if self.lines.peek()?.is_none() {
            // Without the boundary that closes it a part may have lost anything.
            if !self.boundaries.is_empty() {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "ends early"));
            }
            self.over = true;
            return Ok(false);
        }
        let line = &self.lines.line;
        if self.lines.fresh
            && let Some(ended) = boundary_of(line, self.boundaries)
        {
            self.lines.take();
            self.over = true;
            self.ended = ended;
            return Ok(false);
        }
        match self.encoding {
            Encoding::Base64 => self.base64.decode(line, &mut self.ready),
            Encoding::QuotedPrintable => quoted_printable(line, &mut self.ready),
            Encoding::Plain => self.ready.extend_from_slice(line),
        }
        self.lines.take();
        Ok(true)
    }
}

impl<R: BufRead> Read for Body<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let rest = self.ready.get(self.from..).unwrap_or_default();
            if !rest.is_empty() {
                let n = rest.len().min(buffer.len());
                if let (Some(to), Some(from)) = (buffer.get_mut(..n), rest.get(..n)) {
                    to.copy_from_slice(from);
                }
                self.from += n;
                return Ok(n);
            }
            self.ready.clear();
            self.from = 0;
            if !self.more()? {
                return Ok(0);
            }
        }
    }
}

/// Hands over the messages of an mbox.
pub(crate) fn walk_mbox(walk: &mut Walk<'_>, stream: &mut dyn Read, at: At<'_>) -> Flow {
    let mut lines = Lines::new(BufReader::with_capacity(32 * 1024, stream));
    let mut number = 0u64;
    loop {
        // The `From ` line, which is the mailbox's and not the message's.
        match lines.peek() {
            Ok(Some(_)) => lines.take(),
            Ok(None) | Err(_) => return Flow::Continue(()),
        }
        number += 1;
        let mut message = Message {
            lines: &mut lines,
            ready: Vec::new(),
            from: 0,
            blank: false,
        };
        walk.member(&mut message, at, &format!("message-{number}.eml"), None)?;
        let _ = io::copy(&mut message, &mut io::sink());
    }
}

/// One message of an mbox: up to the next `From ` line after an empty one.
struct Message<'l, R> {
    lines: &'l mut Lines<R>,
    ready: Vec<u8>,
    from: usize,
    blank: bool,
}

impl<R: BufRead> Read for Message<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let rest = self.ready.get(self.from..).unwrap_or_default();
        if rest.is_empty() {
            self.from = 0;
            self.ready.clear();
            let blank = self.blank;
            let Some(line) = self.lines.peek()? else {
                return Ok(0);
            };
            if blank && line.starts_with(b"From ") {
                return Ok(0);
            }
            self.blank = line.trim_ascii().is_empty();
            // `>From ` stands for `From ` at the beginning of a line.
            let marks = line.iter().take_while(|b| **b == b'>').count();
            let quoted = marks > 0 && line.get(marks..).is_some_and(|r| r.starts_with(b"From "));
            let line = line.get(usize::from(quoted)..).unwrap_or_default();
            self.ready.extend_from_slice(line);
            self.lines.take();
        }
        let rest = self.ready.get(self.from..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.from += n;
        Ok(n)
    }
}
