//! Inputs that hold no module: every finding above `supported` in them is a false alarm.

use std::fs::File;
use std::path::PathBuf;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Limits, Stance};
use cellsweep_identify::{Options, identify};
use cellsweep_sweep::Input;
use cellsweep_sweep::input::walk;
use cellsweep_sweep::read::{Stop, read_stream, read_tree};
use clap::Args;

/// Arguments.
#[derive(Debug, Args)]
pub struct FalseAlarms {
    /// Files and folders that hold no module; without any, random inputs
    paths: Vec<PathBuf>,
    /// Number of random inputs
    #[arg(long, default_value_t = 10_000)]
    random: u64,
    /// First seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Identify each file by itself instead of all together
    #[arg(long)]
    apart: bool,
}

#[path = "../../crates/cellsweep/tests/noise/mod.rs"]
mod noise;

/// Runs over trees or random inputs; fails if there is an alarm.
pub fn run(f: &FalseAlarms) -> anyhow::Result<()> {
    let catalog = Catalog::embedded()?;
    let stop = Stop::new(false);
    let limits = Limits::default();
    let options = Options {
        least: Some(Stance::Implied),
        ..Options::default()
    };
    let mut alarms = 0u64;
    let mut tell = |seen: &[cellsweep_identify::Seen], what: &str| {
        for finding in identify(&catalog, seen, &options).findings {
            alarms += 1;
            let because = finding.evidence.first();
            println!(
                "{} {}: {}: {}, {}: {} {:?}: {}",
                finding.presence,
                finding.module.maker.as_deref().unwrap_or("?"),
                finding.module.family.as_deref().unwrap_or("?"),
                because.map_or(what, |e| &e.source),
                because.map_or("", |e| &e.locator),
                because.map_or("", |e| &e.clue),
                because.map_or("", |e| &e.value),
                because.map_or("", |e| &e.says),
            );
        }
    };
    let mut inputs = 0u64;
    if f.paths.is_empty() {
        for seed in f.seed..f.seed.saturating_add(f.random) {
            let bytes = noise::input(seed);
            let name = noise::name(seed);
            let input = Input {
                shown: format!("{name} (seed {seed})"),
                bytes: bytes.len() as u64,
                ..Input::default()
            };
            let (_, seen) = read_stream(&catalog, &input, bytes.as_slice(), &limits, &stop);
            tell(&seen, &input.shown);
            inputs += 1;
        }
    } else {
        let (files, unwalked) = walk(&f.paths);
        for u in &unwalked {
            println!("not walked: {}: {}", u.shown, u.message);
        }
        let mut all = Vec::new();
        let mut sources = 0u64;
        for input in &files {
            if File::open(&input.path).is_err() {
                continue;
            }
            for (_, seen) in read_tree(&catalog, input, &limits, &stop) {
                sources += 1;
                if f.apart {
                    tell(&seen, &input.shown);
                } else {
                    // Only what could make a finding is held.
                    all.extend(seen);
                }
            }
            inputs += 1;
        }
        tell(&all, "");
        println!("{sources} sources");
    }
    println!("{inputs} inputs, {alarms} findings above `supported`");
    anyhow::ensure!(alarms == 0, "{alarms} false alarms");
    Ok(())
}
