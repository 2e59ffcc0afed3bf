//! `cellsweep diff`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cellsweep_report::{Report, diff, exit_code};
use clap::{Args, ValueEnum};

use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Diff {
    /// The earlier report.json
    before: PathBuf,

    /// The later report.json
    after: PathBuf,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Markdown,
    /// The whole answer
    Json,
}

/// Compares.
pub fn run(c: &Diff, out: &mut Out) -> anyhow::Result<Exit> {
    let answer = diff::diff(&read(&c.before)?, &read(&c.after)?);
    let text = match c.format {
        Format::Markdown => diff::markdown(&answer),
        Format::Json => diff::json(&answer)?,
    };
    match &c.output {
        Some(path) => std::fs::write(path, text).with_context(|| path.display().to_string())?,
        None => out.bytes(text.as_bytes())?,
    }
    Ok(Exit::Report(exit_code(&answer.exit)))
}

fn read(path: &Path) -> anyhow::Result<Report> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| name.clone())?;
    serde_json::from_slice(&bytes).with_context(|| format!("{name} is no report"))
}
