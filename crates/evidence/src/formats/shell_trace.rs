//! Traces (`sh -x`) of the scripts that ask modems on OpenWrt: the AT command sent, then a variable
//! that holds the answer. Kernel paths and `vid`+`pid` file names in them place the modem.

use crate::formats::at::dialogue::Dialogue;
use crate::formats::at::{command_in, device_in};
use crate::modem::port_of_path;
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "shell-trace",
    title: "Trace of a shell script that asks a modem",
    made_by: "sh -x /usr/share/3ginfo-lite/3ginfo.sh and the like",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Most lines of one value in quotes.
const LONGEST_VALUE: usize = 400;

fn sniff(head: &Head<'_>) -> u8 {
    let mut traced = 0usize;
    let mut modem = 0usize;
    for line in head.lines().take(2000) {
        let Some(command) = step(line) else { continue };
        traced += 1;
        if sends(command)
            || vid_pid(command).is_some()
            || assigned(command).is_some_and(|(_, v)| answer(v).is_some())
        {
            modem += 1;
        }
    }
    match (traced, modem) {
        (1.., 2..) => 90,
        (1.., 1) => 82,
        _ => 0,
    }
}

/// The command of a trace line: what stands behind one or more `+`.
fn step(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('+')?.trim_start_matches('+');
    rest.strip_prefix(' ')
}

/// Programs that take an AT command to a modem.
fn sends(command: &str) -> bool {
    let program = command.split_whitespace().next().unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or_default();
    matches!(
        program,
        "sms_tool"
            | "sms_tool_q"
            | "gcom"
            | "comgt"
            | "atinout"
            | "socat"
            | "at_tool"
            | "tom_modem"
            | "modem"
            | "picocom"
            | "microcom"
            | "mmcli"
    ) && (command_in(command).is_some() || device_in(command).is_some())
}

/// `NAME='value'` or `NAME=value`.
fn assigned(command: &str) -> Option<(&str, &str)> {
    let (name, value) = command.split_once('=')?;
    let shaped = !name.is_empty()
        && name.len() <= 32
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    shaped.then_some((name, value))
}

/// The value of a variable if it holds what a modem answered: the echo of a command, or a reply with
/// its name.
fn answer(value: &str) -> Option<&str> {
    let value = value.trim_start_matches('\'');
    let echo = value.get(..2).is_some_and(|p| p.eq_ignore_ascii_case("at"))
        && value
            .get(2..)
            .is_some_and(|r| r.starts_with(['+', '!', '#', '^', '$', '*', 'I', 'i']));
    let reply = value.starts_with(['+', '!', '#', '^'])
        && value.get(1..).is_some_and(|r| {
            r.split_once(':').is_some_and(|(n, _)| {
                n.len() >= 2
                    && n.bytes()
                        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            })
        });
    (echo || reply).then_some(value)
}

/// `usb/2cb70007` or `VIDPID=2c7c0125`.
fn vid_pid(command: &str) -> Option<String> {
    let hex = |s: &str| s.len() == 8 && s.bytes().all(|b| b.is_ascii_hexdigit());
    let found = command
        .split([' ', '\'', '"', '/', '=', ']'])
        .zip(command.split([' ', '\'', '"', '/', '=', ']']).skip(1))
        .find(|(before, word)| {
            (*before == "usb"
                || before.eq_ignore_ascii_case("vidpid")
                || before.eq_ignore_ascii_case("pci"))
                && hex(word)
        })?
        .1;
    let found = found.to_ascii_lowercase();
    Some(format!("{}:{}", found.get(..4)?, found.get(4..)?))
}

struct Trace {
    dialogue: Dialogue,
    units: u64,
    /// Inside a quoted value that goes on over lines: its lines so far; 0 outside.
    quoted: usize,
}

impl Trace {
    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        let Some(command) = step(line) else {
            if self.quoted > 0 {
                self.quoted += 1;
                let text = line.trim_end();
                let closed = text.ends_with('\'') || self.quoted > LONGEST_VALUE;
                self.dialogue
                    .line(text.trim_end_matches('\''), &place, &mut self.units, sink)?;
                if closed {
                    self.quoted = 0;
                    self.dialogue.line("OK", &place, &mut self.units, sink)?;
                }
            }
            return Ok(());
        };
        self.quoted = 0;
        if let Some(id) = vid_pid(command) {
            self.dialogue.told(
                "id",
                if command.contains("pci/") {
                    Clue::PciId
                } else {
                    Clue::UsbId
                },
                &id,
                &place,
                &mut self.units,
                sink,
            )?;
        }
        if let Some(path) = command
            .find("/sys/devices/")
            .and_then(|at| command.get(at..))
            .and_then(|p| p.split([' ', '\'']).next())
            && let Some(port) = port_of_path(path)
        {
            self.dialogue.port(&port);
        }
        if let Some((name, value)) = assigned(command) {
            return self.assignment(name, value, &place, sink);
        }
        if sends(command) {
            if let Some(port) = device_in(command) {
                self.dialogue.port(port);
            }
            if let Some(at) = command_in(command) {
                self.dialogue.sent(at, &place, &mut self.units, sink)?;
            }
        }
        Ok(())
    }

    fn assignment(
        &mut self,
        name: &str,
        value: &str,
        place: &Place,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let open =
            value.starts_with('\'') && !(value.len() > 1 && value.trim_end().ends_with('\''));
        if name.eq_ignore_ascii_case("devname")
            && (value.starts_with("tty") || value.starts_with("cdc-wdm"))
        {
            self.dialogue.port(value);
            return Ok(());
        }
        if let Some(answer) = answer(value) {
            self.dialogue.line(
                answer.trim_end().trim_end_matches('\''),
                place,
                &mut self.units,
                sink,
            )?;
            if open {
                self.quoted = 1;
            } else {
                self.dialogue.line("OK", place, &mut self.units, sink)?;
            }
            return Ok(());
        }
        if open && value.trim_matches('\'').trim().is_empty() {
            // The answer begins on the next line.
            self.quoted = 1;
            return Ok(());
        }
        // A name the script chose by the ids, or put together from answers.
        if matches!(
            name,
            "MODEL" | "MODEM" | "DEVICE" | "modem" | "product" | "PRODUCT"
        ) && !value.contains('/')
            && value.len() > 3
        {
            self.dialogue
                .told("name", Clue::ModemName, value, place, &mut self.units, sink)?;
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut trace = Trace {
        dialogue: Dialogue::new(Stance::Observed),
        units: 0,
        quoted: 0,
    };
    text::lines(source, sink, |number, line, sink| {
        trace.line(number, line, sink)
    })?;
    trace.dialogue.finish(&mut trace.units, sink)
}
