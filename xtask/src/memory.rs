//! Peak memory of every reader on a long input.
//!
//! The golden inputs of a format are given to its reader over and over until the wanted length, in a
//! process of its own and with a sink that keeps nothing: what is measured is what the reader itself
//! holds. A reader that needs its source whole stops at its stated limit, which counts as well. Peak
//! memory is `VmHWM` of `/proc/PID/status`.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;
use cellsweep_catalog::Catalog;
use cellsweep_evidence::{
    Limits, Mapping, Observation, Problem, READERS, ReadError, Sink, Source, reader,
};
use cellsweep_sweep::names::CatalogNames;
use clap::Args;

use crate::bench;

/// Arguments.
#[derive(Debug, Args)]
pub struct Memory {
    /// Formats; all of them if none is named
    formats: Vec<String>,
    /// Length of the input in megabytes
    #[arg(long, default_value_t = 1024)]
    megabytes: u64,
    /// Fail if a reader takes more, in megabytes. Readers that need a whole source may hold 64 MB of
    /// it and what they make of that.
    #[arg(long, default_value_t = 400)]
    most: u64,
    /// Measure in this process (used by the task itself)
    #[arg(long, hide = true)]
    side: bool,
}

/// Repeats its bytes until a length is reached.
struct Again {
    bytes: Vec<u8>,
    at: usize,
    left: u64,
}

impl Read for Again {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.bytes.len() {
            self.at = 0;
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let n = rest.len().min(buffer.len()).min(most);
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.at += n;
        self.left -= n as u64;
        Ok(n)
    }
}

/// Counts, keeps nothing.
#[derive(Default)]
struct Counting {
    observations: u64,
    problems: u64,
}

impl Sink for Counting {
    fn observe(&mut self, _: Observation) -> Result<(), ReadError> {
        self.observations += 1;
        Ok(())
    }
    fn problem(&mut self, _: Problem) {
        self.problems += 1;
    }
    fn reader(&mut self, _: &'static str) {}
}

/// The golden inputs of a format, one behind the other.
fn golden(format: &str) -> anyhow::Result<Vec<u8>> {
    let folder = crate::root()
        .join("crates/evidence/tests/golden")
        .join(format);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| folder.display().to_string())?
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.is_file() && p.extension().is_none_or(|e| e != "expected"))
        .collect();
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let bytes = fs::read(&path)?;
        // UTF-16 in the middle of other text would be read as noise.
        if !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff]) {
            all.extend(bytes);
            all.push(b'\n');
        }
    }
    anyhow::ensure!(!all.is_empty(), "{format} has no golden input");
    Ok(all)
}

fn side(m: &Memory) -> anyhow::Result<()> {
    let catalog = Catalog::embedded()?;
    let names = CatalogNames(&catalog);
    let (limits, mapping) = (Limits::default(), Mapping::default());
    for format in &m.formats {
        let found = reader(format).with_context(|| format!("no reader is called {format}"))?;
        let again = Again {
            bytes: golden(format)?,
            at: 0,
            left: m.megabytes << 20,
        };
        let mut sink = Counting::default();
        let mut source = Source::new("long", again, &limits, &names, &mapping);
        let end = match (found.read)(&mut source, &mut sink) {
            Ok(()) => "read to its end".to_owned(),
            Err(e) => e.to_string(),
        };
        println!(
            "{} observations, {} problems: {end}",
            sink.observations, sink.problems
        );
    }
    Ok(())
}

/// Measures.
pub fn run(m: &Memory) -> anyhow::Result<()> {
    if m.side {
        return side(m);
    }
    let program = bench::build("xtask")?;
    let formats: Vec<String> = if m.formats.is_empty() {
        READERS.iter().map(|r| r.format.to_owned()).collect()
    } else {
        m.formats.clone()
    };
    let mut over = Vec::new();
    println!(
        "{:<18} {:>9} {:>9}   of {} MB",
        "format", "peak MB", "CPU s", m.megabytes
    );
    for format in formats {
        let mut command = Command::new(&program);
        command
            .args(["memory", "--side", "--megabytes"])
            .arg(m.megabytes.to_string())
            .arg(&format);
        let cost = bench::measure(&mut command, |code| code == 0)?;
        let peak = cost.peak >> 20;
        println!("{format:<18} {peak:>9} {:>9.1}", cost.cpu);
        if peak > m.most {
            over.push(format);
        }
    }
    anyhow::ensure!(
        over.is_empty(),
        "more than {} MB: {}",
        m.most,
        over.join(", ")
    );
    Ok(())
}
