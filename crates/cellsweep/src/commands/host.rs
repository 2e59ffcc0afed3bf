//! `cellsweep host`.

use std::path::PathBuf;

use cellsweep_evidence::Stance;
use cellsweep_policy::Packs;
use cellsweep_sweep::{Settings, run as runs};
use clap::Args;
use jiff::civil::Date;

use super::scan::{Format, write};
use crate::Arguments;
use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Host {
    /// Folder that holds a copy of a host's /sys
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Packs to judge by, ids or files
    #[arg(long, value_name = "PACK")]
    policy: Vec<String>,

    /// The date asked about
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
}

/// Looks at the host.
pub fn run(c: &Host, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let catalog = super::load(arguments)?;
    let packs = Packs::embedded()?.select(&c.policy)?;
    let mut settings = Settings::new(c.date);
    settings.least = Stance::Mentioned;
    let report = runs::host(&catalog, &packs, &c.root, &settings).report;
    write(&report, &catalog, c.format, c.output.as_deref(), out)
}
