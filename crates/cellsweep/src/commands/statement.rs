//! `cellsweep statement`.

use std::path::PathBuf;

use anyhow::Context as _;
use cellsweep_report::{Report, statements};
use clap::{Args, ValueEnum};

use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Statement {
    /// Which
    #[arg(value_enum)]
    kind: Kind,

    /// A report.json, judged by the packs that the statement is about
    report: PathBuf,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// FAR 52.204-24, -25, -26 (section 889)
    #[value(name = "far-889")]
    Far889,
    /// Screening against the list of section 1260H
    #[value(name = "s1260h")]
    Section1260h,
    /// Due-diligence file for connected vehicles
    ConnectedVehicle,
    /// Component record under the Cyber Resilience Act
    CraComponent,
}

/// Drafts.
pub fn run(c: &Statement, out: &mut Out) -> anyhow::Result<Exit> {
    let name = c.report.display().to_string();
    let bytes = std::fs::read(&c.report).with_context(|| name.clone())?;
    let report: Report =
        serde_json::from_slice(&bytes).with_context(|| format!("{name} is no report"))?;
    let text = statements::draft(
        &report,
        match c.kind {
            Kind::Far889 => statements::Kind::Far889,
            Kind::Section1260h => statements::Kind::Section1260h,
            Kind::ConnectedVehicle => statements::Kind::ConnectedVehicle,
            Kind::CraComponent => statements::Kind::CraComponent,
        },
    );
    match &c.output {
        Some(path) => std::fs::write(path, text).with_context(|| path.display().to_string())?,
        None => out.bytes(text.as_bytes())?,
    }
    Ok(Exit::Done)
}
