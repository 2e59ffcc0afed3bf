//! Every reader is given bytes that are in no format, and its own golden inputs with damage done to
//! them. It may complain; it may not panic, run on, or make more of it than is there.

// A test may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use cellsweep_evidence::reader::Collected;
use cellsweep_evidence::source::NoNames;
use cellsweep_evidence::{Head, Limits, Mapping, READERS, Source, choose, text};

/// A small generator with a fixed seed: the same bytes on every run.
struct Xorshift(u64);

impl Xorshift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[3]
    }
}

/// Golden inputs, in path order, with their format.
fn golden_inputs() -> Vec<(String, Vec<u8>)> {
    let mut paths = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for format in fs::read_dir(folder).unwrap() {
        for case in fs::read_dir(format.unwrap().path()).unwrap() {
            let path = case.unwrap().path();
            if path.is_file() && path.extension().is_none_or(|e| e != "expected") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths
        .into_iter()
        .map(|p| {
            let format = p.parent().unwrap().file_name().unwrap();
            (format.to_string_lossy().into_owned(), fs::read(&p).unwrap())
        })
        .collect()
}

/// Random bytes, or random pieces of what formats are made of.
fn noise(random: &mut Xorshift) -> Vec<u8> {
    const PIECES: &[&str] = &[
        "\n",
        "\r\n",
        "\t",
        " ",
        ",",
        ";",
        "\"",
        ":",
        "=",
        "|",
        "<",
        ">",
        "{",
        "}",
        "[",
        "]",
        "&",
        "#",
        "-",
        ".",
        "0",
        "9",
        "ff",
        "0x",
        "2c7c:0125",
        "usb 1-1: ",
        "Bus ",
        "Device 00",
        "ID ",
        "P:  Vendor=",
        "T:  Bus=01 Lev=02 Prnt=99",
        "E: ID_VENDOR_ID=",
        "kernel: ",
        "AT+CGMI\r",
        "OK\r\n",
        "00:1f.3 ",
        "\\VID_",
        "&PID_",
        "\u{0}",
        "\u{feff}",
        "é",
        "\u{1f4a9}",
        "--",
        "==",
        "idVendor",
        "/sys/bus/usb/devices/",
        "999999999999999999999",
    ];
    let mut bytes = Vec::new();
    if random.below(2) == 0 {
        for _ in 0..random.below(2000) {
            bytes.push(random.byte());
        }
    } else {
        for _ in 0..random.below(400) {
            bytes.extend_from_slice(PIECES[random.below(PIECES.len())].as_bytes());
        }
    }
    bytes
}

/// A copy with some damage: bytes changed, a piece cut out, doubled or moved, the end missing.
fn damaged(input: &[u8], random: &mut Xorshift) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random.below(6) {
        let (a, b) = (random.below(bytes.len() + 1), random.below(bytes.len() + 1));
        let (from, to) = (a.min(b), a.max(b));
        match random.below(6) {
            0 if from < bytes.len() => bytes[from] = random.byte(),
            1 if from < bytes.len() => bytes[from] ^= 1 << random.below(8),
            2 => drop(bytes.drain(from..to)),
            3 if bytes.len() < 64 * 1024 => {
                let piece = bytes[from..to].to_vec();
                bytes.splice(from..from, piece);
            }
            4 => bytes.truncate(to),
            _ => {
                let noise = noise(random);
                let piece = noise.get(..noise.len().min(40)).unwrap();
                bytes.splice(from..from, piece.iter().copied());
            }
        }
    }
    bytes
}

fn feed(bytes: &[u8], what: &str) {
    let head = &bytes[..bytes.len().min(Head::SIZE)];
    let decoded = text::decode(head).unwrap_or_default();
    choose(&Head {
        name: "case.bin",
        bytes: head,
        text: &decoded,
    });
    let limits = Limits {
        line: 4096,
        whole: 1024 * 1024,
        observations: 100_000,
    };
    let mapping = Mapping::default();
    for reader in READERS {
        let mut out = Collected::default();
        let mut source = Source::new("case.bin", bytes, &limits, &NoNames, &mapping);
        let begun = Instant::now();
        let _ = (reader.read)(&mut source, &mut out);
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{} takes too long over {what}",
            reader.format
        );
        // No format has more than a few facts in a byte, whatever it contains.
        let most = 64 + 4 * bytes.len();
        assert!(
            out.observations.len() <= most && out.problems.len() <= most,
            "{}: {} observations and {} problems from {} bytes of {what}",
            reader.format,
            out.observations.len(),
            out.problems.len(),
            bytes.len()
        );
        let volume: usize = out.observations.iter().map(|o| o.value.len()).sum();
        assert!(
            volume <= 4096 + 16 * bytes.len(),
            "{}: {volume} bytes of values from {} bytes of {what}",
            reader.format,
            bytes.len()
        );
    }
}

/// Inputs of a kind, each of which goes to every reader. The full tests try twenty times as many: a short
/// run of what `fuzz/run.sh` does at length and with a view of the code.
fn rounds() -> usize {
    if std::env::var_os("CELLSWEEP_TEST_ALL").is_some() {
        6000
    } else {
        300
    }
}

#[test]
fn bytes_in_no_format() {
    let mut random = Xorshift(0x2545_f491_4f6c_dd1d);
    feed(b"", "nothing");
    for n in 0..rounds() {
        feed(&noise(&mut random), &format!("noise {n}"));
    }
}

#[test]
fn golden_inputs_with_damage() {
    let inputs = golden_inputs();
    let mut random = Xorshift(0x9e37_79b9_7f4a_7c15);
    for n in 0..rounds() {
        let (format, input) = &inputs[n % inputs.len()];
        let bytes = damaged(input, &mut random);
        feed(&bytes, &format!("damaged {format} input, round {n}"));
    }
}
