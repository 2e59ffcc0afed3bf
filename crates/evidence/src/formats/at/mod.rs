//! Transcripts of AT dialogues, as terminals, loggers, Gammu and people write them down.

pub mod dialogue;
pub mod prefix;

use crate::modem;
use crate::observation::{Clue, Observation, Place, Stance};
use crate::reader::{Collected, Head, ReadError, Reader, Sink};
use crate::source::{Names, NoNames, Source};
use crate::text;
use dialogue::Dialogue;

/// The reader.
pub static READER: Reader = Reader {
    format: "at",
    title: "AT dialogue: what a modem answers to AT commands",
    made_by: "a terminal on the modem's port (minicom, picocom, sms_tool, a serial monitor), Gammu's log",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    // Cheap signs first: this is asked of every file.
    let text = head.text;
    if ![
        "AT",
        "at",
        "Manufacturer",
        "Revision",
        "revision",
        "+C",
        "+Q",
        "IMEI",
        "Modem",
        "LuatOS@",
        "self_info",
        "GSTATUS",
        "0x",
    ]
    .iter()
    .any(|s| text.contains(s))
    {
        return 0;
    }
    if is_written_for_programs(text) {
        return 0;
    }
    let mut transcript = Transcript::new(&NoNames);
    let mut found = Collected::default();
    let mut filled = 0usize;
    for (n, line) in text.lines().take(2000).enumerate() {
        filled += usize::from(!line.trim().is_empty());
        if transcript.line(n as u64 + 1, line, &mut found).is_err() {
            return 0;
        }
    }
    if transcript.finish(&mut found).is_err() {
        return 0;
    }
    let dialogue = &transcript.dialogue;
    let share = dialogue.understood * 100 / filled.max(1);
    let sure = if found.observations.is_empty() {
        // Labels without a modem's own words: whether a known name is among them is seen when reading.
        if dialogue.doubted > 0 && names_cellular(text) {
            return 30;
        }
        return if dialogue.commands >= 2 && dialogue.results >= 1 && share >= 30 {
            55
        } else {
            0
        };
    } else if dialogue.answered > 0 && (dialogue.results > 0 || found.observations.len() >= 3) {
        84
    } else if found.observations.len() >= 2 {
        74
    } else {
        55
    };
    // A listing of Windows devices with a few answers pasted in has more to say than they.
    let sure = if text.contains("USB\\VID_") || text.contains("PCI\\VEN_") {
        sure.min(60)
    } else {
        sure
    };
    // A line or two of a long text that nothing closes as an answer: prose and other dumps have such
    // lines too ("ATI Radeon model X550" and what follows it, "model: ...").
    let long = match (dialogue.commands, found.observations.len()) {
        (_, 0..=2) => 15,
        (1, 3) => 30,
        _ => 0,
    };
    if share < long && dialogue.results == 0 && !states_sierra(text) {
        return 0;
    }
    match share {
        0..5 => sure.min(25),
        5..15 => sure.min(52),
        _ => sure,
    }
}

/// The state of a modem as Sierra Wireless's print it, which no other text has: `!GSTATUS:` and the first
/// line below it.
fn states_sierra(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), "!GSTATUS:")
        .take(16)
        .any(|at| {
            text.get(at..)
                .and_then(|t| t.lines().nth(1))
                .is_some_and(|l| l.trim_start().starts_with("Current Time:"))
        })
}

/// Words that a text on disks, batteries or processors does not have.
fn names_cellular(text: &str) -> bool {
    [
        "modem", "Modem", "MODEM", "LTE", "GSM", "UMTS", "5G", "WWAN", "IMEI", "ellular", "ttyUSB",
    ]
    .iter()
    .any(|w| memchr::memmem::find(text.as_bytes(), w.as_bytes()).is_some())
}

/// A line with a command that asks a modem, whatever a logger put around it.
pub(crate) fn begins(line: &str) -> bool {
    let bytes = line.as_bytes();
    // `gcom info` and `comgt info` print the answers below a heading of their own.
    if bytes.first() == Some(&b'#') && line.contains("# Wireless WAN Modem Configuration #") {
        return true;
    }
    // Asked of every line of mixed texts: most hold no such thing.
    let may = memchr::memchr2_iter(b'T', b't', bytes).any(|t| {
        matches!(
            t.checked_sub(1).and_then(|a| bytes.get(a)),
            Some(b'A' | b'a')
        ) && matches!(
            bytes.get(t + 1),
            Some(b'+' | b'!' | b'#' | b'^' | b'$' | b'*' | b'%' | b'I' | b'i')
        )
    });
    if !may || line.len() > 400 {
        return false;
    }
    prefix::bare(line)
        .text
        .split(['\n', '\r'])
        .map(str::trim)
        .find(|part| !part.is_empty())
        .is_some_and(dialogue::is_telling)
}

/// True for source code and manual pages, which quote what modems answer without one having answered.
pub(crate) fn is_written_for_programs(text: &str) -> bool {
    let mut filled = 0usize;
    let mut code = 0usize;
    for line in text.lines().take(600) {
        let line = line.trim();
        if line.starts_with(".TH ")
            || line.starts_with("<!DOCTYPE")
            || line.starts_with("#include ")
        {
            return true;
        }
        if line.is_empty() {
            continue;
        }
        filled += 1;
        // ESP-IDF's modem library logs what came over the line as `Token: {OK}`.
        let statement =
            (line.ends_with([';', '{', '}']) || line.ends_with(");") || line.ends_with("},"))
                && !line.contains("Token: {");
        // A frame of asterisks is drawn by programs that print, too.
        let remark = (line.starts_with("//") || line.starts_with("/*") || line.starts_with("*/"))
            && !line.contains("****");
        let shell = line.ends_with("; then")
            || line == "fi"
            || line == "esac"
            || line == "done"
            || line.ends_with(";;");
        code += usize::from(statement || remark || shell);
    }
    filled >= 8 && code * 5 > filled
}

struct Transcript<'a> {
    names: &'a dyn Names,
    dialogue: Dialogue,
    units: u64,
    /// Set at the first line numbered as Gammu does it: from there on only such lines are dialogue.
    numbered: bool,
    /// What a hexadecimal dump showed of a line that has not ended yet.
    dumped: String,
    /// The first lines, for a dialogue whose commands were not echoed.
    first: Vec<(String, Place)>,
}

impl<'a> Transcript<'a> {
    const fn new(names: &'a dyn Names) -> Self {
        Self {
            names,
            dialogue: Dialogue::wary(Stance::Observed),
            units: 0,
            numbered: false,
            dumped: String::new(),
            first: Vec::new(),
        }
    }

    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        if let Some((host, typed)) = modem::prompt(line) {
            self.dialogue
                .host(modem::names_a_machine(host).then(|| host.to_owned()));
            // A whole terminal on one line: `... OK ati Manufacturer: ... Model: ... IMEI: ...`.
            let joined = typed.contains("Manufacturer: ") && typed.contains("Revision: ");
            if let Some(at) = joined.then(|| find_identity(typed)).flatten() {
                return self.one(typed.get(at..).unwrap_or_default(), &place, sink);
            }
            return self.typed(typed, &place, sink);
        }
        if let Some(port) = opened_port(line) {
            self.dialogue.port(port);
            return Ok(());
        }
        if line.contains('\r') || line.contains('\u{1b}') {
            // A terminal capture: what a carriage return parts are lines; colours are none of them.
            for part in without_escapes(line).split('\r') {
                self.one(part, &place, sink)?;
            }
            return Ok(());
        }
        let row = line.trim();
        if row.starts_with('|') && row.len() > 1 && row.ends_with('|') {
            for cell in row
                .trim_matches('|')
                .split('|')
                .filter(|c| !c.trim().is_empty())
            {
                self.one(cell, &place, sink)?;
            }
            return Ok(());
        }
        self.one(line, &place, sink)
    }

    fn one(&mut self, line: &str, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let bare = prefix::bare(line);
        // The log of pppd's chat: `send (ATDT*99#^M)`, `expect (CONNECT)`.
        if let Some(sent) = bare.text.strip_prefix("send (AT") {
            let end = sent.find(['\n', '^', ')']).unwrap_or(sent.len());
            let command = format!("AT{}", sent.get(..end).unwrap_or_default());
            return self.dialogue.sent(&command, place, &mut self.units, sink);
        }
        if bare.text.starts_with("expect (") || bare.text.starts_with("-- got it") {
            return Ok(());
        }
        // gnokii: `write: [AT+CGMM<cr>]`, `read : [...]`, several on a line where line ends were lost.
        if line.contains("write: [AT") || line.contains("read : [") {
            return self.written_and_read(line, place, sink);
        }
        if let Some(bytes) = dump(&bare.text) {
            return self.dumped(&bytes, place, sink);
        }
        // Zephyr's modem drivers log what they send and that it was accepted. GNSS receivers are driven
        // by the same code, but are not told to register.
        if line.contains("modem_chat_log_received_command: OK")
            && let Some(name) = self.dialogue.asked_of_cellular()
        {
            self.dialogue.speaks();
            self.dialogue
                .state(Clue::CellularInterface, &format!("accepts AT{name}"), place);
        }
        if let Some((model, imei)) = luat_self(line) {
            self.dialogue.speaks();
            self.dialogue.state(Clue::ModemModel, model, place);
            self.dialogue.state(Clue::Imei, imei, place);
            return Ok(());
        }
        if let Some(chip) = luatos(line) {
            self.dialogue.speaks();
            self.dialogue.state(
                Clue::CellularInterface,
                &format!("firmware runs on {chip}"),
                place,
            );
            return Ok(());
        }
        if self.first.len() < 16 && !bare.text.trim().is_empty() {
            self.first
                .push((bare.text.trim().to_owned(), place.clone()));
        }
        // Gammu: `[Model name: `HE910-D']`.
        if let Some(model) = bare
            .text
            .strip_prefix("Model name: `")
            .and_then(|m| m.strip_suffix('\''))
        {
            return self.dialogue.told(
                "gammu",
                Clue::ModemModel,
                model,
                place,
                &mut self.units,
                sink,
            );
        }
        // `wvdialconf` names what it found `Modem Identifier`.
        if line.contains("Modem Identifier: ")
            || (dialogue::states_identity(&bare.text) && !self.names.find(&bare.text).is_empty())
        {
            self.dialogue.believe();
        }
        self.numbered |= bare.numbered;
        if self.numbered && !bare.numbered {
            return Ok(());
        }
        if let Some(typed) = bare
            .text
            .strip_prefix("sms_tool ")
            .or_else(|| bare.text.strip_prefix("sudo "))
            .or_else(|| bare.text.strip_prefix("modem at "))
            .or_else(|| {
                bare.text
                    .strip_prefix("at ")
                    .filter(|t| t.starts_with("AT"))
            })
        {
            let typed = typed.to_owned();
            return self.typed(&typed, place, sink);
        }
        // The lines of an answer as a list: `['AT+CGMM', 'EC25', 'OK']`.
        if bare.text.contains("', '") {
            for part in bare.text.split("', '").take(64) {
                self.dialogue.line(part, place, &mut self.units, sink)?;
            }
            return Ok(());
        }
        if bare.text.contains('\n') {
            for part in bare.text.split('\n').filter(|p| !p.trim().is_empty()) {
                self.dialogue.line(part, place, &mut self.units, sink)?;
            }
            return Ok(());
        }
        // Zephyr's driver: `hl7800_rx: HANDLE +KSUP:  (len:1)`.
        if let Some((_, handled)) = bare.text.split_once("HANDLE ")
            && handled.contains(" (len:")
        {
            let text = handled.split(" (len:").next().unwrap_or_default().trim();
            return self.dialogue.line(text, place, &mut self.units, sink);
        }
        self.dialogue.line(&bare.text, place, &mut self.units, sink)
    }

    /// What gnokii wrote and read, each in brackets.
    fn written_and_read(
        &mut self,
        line: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let mut rest = line;
        for _ in 0..512 {
            let next = ["write: [", "read : ["]
                .iter()
                .filter_map(|m| rest.find(m).map(|at| at + m.len()))
                .min();
            let Some(inside) = next.and_then(|at| rest.get(at..)) else {
                break;
            };
            let end = inside.find(']').unwrap_or(inside.len());
            let text = prefix::unescaped(inside.get(..end).unwrap_or_default()).into_owned();
            for part in text.split('\n').filter(|p| !p.trim().is_empty()) {
                self.dialogue.line(part, place, &mut self.units, sink)?;
            }
            rest = inside.get(end..).unwrap_or_default();
        }
        Ok(())
    }

    /// Bytes that went over the line: what ends in them are lines.
    fn dumped(
        &mut self,
        bytes: &[u8],
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        for byte in bytes {
            match byte {
                b'\r' | b'\n' => {
                    let line = std::mem::take(&mut self.dumped);
                    if !line.is_empty() {
                        self.dialogue.line(&line, place, &mut self.units, sink)?;
                    }
                }
                0x20..=0x7e if self.dumped.len() < 512 => self.dumped.push(char::from(*byte)),
                _ => {}
            }
        }
        Ok(())
    }

    /// A shell command: the AT command in it and the port it goes to.
    fn typed(&mut self, typed: &str, place: &Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if let Some(port) = device_in(typed) {
            self.dialogue.port(port);
        }
        match command_in(typed) {
            Some(command) => self.dialogue.sent(command, place, &mut self.units, sink),
            None => Ok(()),
        }
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.dialogue.finish(&mut self.units, sink)?;
        if self.units == 0 {
            self.without_echo(sink)
        } else {
            Ok(())
        }
    }

    /// Only answers, each closed by `OK`: the order in which everybody asks is manufacturer, model,
    /// revision. Nothing is taken unless the first three answers are single short lines.
    fn without_echo(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let [a, ok1, b, ok2, c, ok3, ..] = self.first.as_slice() else {
            return Ok(());
        };
        let closed = [ok1, ok2, ok3].iter().all(|l| l.0 == "OK");
        let short = [a, b, c].iter().all(|l| {
            (2..=40).contains(&l.0.len()) && !l.0.contains(':') && l.0 != "OK" && l.0 != "ERROR"
        });
        if !closed || !short {
            return Ok(());
        }
        let clues = [
            Clue::ModemManufacturer,
            Clue::ModemModel,
            Clue::ModemRevision,
        ];
        for (line, clue) in [a, b, c].into_iter().zip(clues) {
            sink.observe(Observation::new(
                0,
                Stance::Observed,
                clue,
                &line.0,
                line.1.clone(),
            ))?;
        }
        self.units = 1;
        Ok(())
    }
}

/// The bytes of `0x3ffbca28   0d 0a 4f 4b  |..OK|`, a line of a dump with an address in front and the
/// characters behind it.
fn dump(text: &str) -> Option<Vec<u8>> {
    let rest = text.strip_prefix("0x")?;
    let (address, rest) = rest.split_once(' ')?;
    let (hex, shown) = rest.split_once('|')?;
    if !(4..=16).contains(&address.len())
        || !address.bytes().all(|b| b.is_ascii_hexdigit())
        || !shown.ends_with('|')
    {
        return None;
    }
    hex.split_whitespace()
        .take(33)
        .map(|h| {
            (h.len() == 2)
                .then(|| u8::from_str_radix(h, 16).ok())
                .flatten()
        })
        .collect::<Option<Vec<u8>>>()
        .filter(|b| (1..=32).contains(&b.len()))
}

/// `self_info 127:model Air780E_A12 imei 861...`: the module of LuatOS's makers names itself.
fn luat_self(line: &str) -> Option<(&str, &str)> {
    let rest = line.get(line.find("self_info ")?..)?;
    let rest = rest.get(rest.find(":model ")? + 7..)?;
    let mut words = rest.split_whitespace();
    let model = words.next().filter(|m| m.len() <= 40)?;
    let imei = (words.next()? == "imei").then(|| words.next())??;
    modem::imei_digits(imei)?;
    Some((model, imei))
}

/// `LuatOS@EC618`, `Luat_V0013_RDA8910`: firmware that names the cellular chip it runs on. It runs on
/// Wi-Fi and other chips too.
fn luatos(line: &str) -> Option<&str> {
    if let Some(at) = line.find("Luat_V") {
        let word = line
            .get(at..)?
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | ')'))
            .next()?;
        let (version, chip) = word.strip_prefix("Luat_V")?.split_once('_')?;
        let shaped = version.len() == 4 && version.bytes().all(|b| b.is_ascii_digit());
        return (shaped && chip.starts_with("RDA89") && line.contains("poweron reason"))
            .then_some(chip);
    }
    let rest = line.get(line.find("LuatOS@")? + 7..)?;
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(rest.len());
    let chip = rest.get(..end)?;
    ["EC618", "EC718", "EC716", "UIS8850", "UIS8910", "ASR160"]
        .iter()
        .any(|c| chip.starts_with(c))
        .then_some(chip)
}

/// Where ` ati Manufacturer:` stands in a line.
fn find_identity(line: &str) -> Option<usize> {
    let at = line.find(" Manufacturer: ")?;
    let command = line.get(..at)?.rfind(' ')? + 1;
    line.get(command..at)?
        .eq_ignore_ascii_case("ati")
        .then_some(command)
}

/// The name of a device node in a command line.
pub fn device_in(typed: &str) -> Option<&str> {
    let at = typed.find("/dev/")? + 5;
    let rest = typed.get(at..)?;
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(rest.len());
    rest.get(..end).filter(|p| {
        p.starts_with("tty")
            || p.starts_with("cdc-wdm")
            || p.starts_with("wwan")
            || p.starts_with("mhi")
    })
}

/// The AT command in a shell command: `sms_tool -d /dev/ttyUSB2 at 'AT+CGMM'`.
pub fn command_in(typed: &str) -> Option<&str> {
    // Command lines are short; a longer one would be searched to its end from every place in it.
    if typed.len() > 2000 {
        return None;
    }
    let mut best = None;
    for (at, _) in typed.match_indices("AT").chain(typed.match_indices("at")) {
        let before = typed.get(..at)?.chars().next_back();
        if !matches!(before, None | Some(' ' | '\'' | '"' | '=' | '\t')) {
            continue;
        }
        let rest = typed.get(at..)?;
        let quote = before.filter(|c| matches!(c, '\'' | '"'));
        let end = rest
            .find(|c: char| {
                Some(c) == quote || (quote.is_none() && c.is_whitespace()) || c == '\\' || c == '\r'
            })
            .unwrap_or(rest.len());
        let word = rest.get(..end)?;
        if word.len() > 2 {
            best = Some(word);
        }
    }
    best
}

/// `Port /dev/ttyUSB2, 12:00:00` of minicom, `port is        : /dev/ttyUSB2` of picocom.
fn opened_port(line: &str) -> Option<&str> {
    let lower = line.trim_start();
    (lower.starts_with("Port /dev/") || lower.starts_with("port is"))
        .then(|| device_in(line))
        .flatten()
}

/// The line without terminal escape sequences.
fn without_escapes(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            if chars.next() == Some('[') {
                for c in chars.by_ref() {
                    if c.is_ascii_alphabetic() || c == '~' {
                        break;
                    }
                }
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut transcript = Transcript::new(source.names);
    text::lines(source, sink, |number, line, sink| {
        transcript.line(number, line, sink)
    })?;
    transcript.finish(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(text: &str) -> u8 {
        sniff(&Head {
            name: "some.txt",
            bytes: text.as_bytes(),
            text,
        })
    }

    #[test]
    fn a_name_that_begins_like_a_command_is_no_dialogue() {
        let mut text = String::from("pkg.ids (2026.01.02-1) unstable; urgency=medium\n\n");
        for n in 0..40 {
            text.push_str("  * New upstream release.\n\n");
            if n == 20 {
                text.push_str("    ATI Radeon model X550. Closes: #1\n\n");
            }
            text.push_str("pkg.ids (2025.12.01-1) unstable; urgency=medium\n\n");
        }
        assert_eq!(sure(&text), 0);
        assert!(sure("ATI\nQuectel\nEC25\nRevision: EC25EFAR06A03M4G\n\nOK\n") > 50);
    }
}
