//! `cellsweep scan`.

use std::path::PathBuf;

use anyhow::Context as _;
use cellsweep_evidence::Stance;
use cellsweep_policy::Packs;
use cellsweep_report::{
    cyclonedx, exit_code, gate, json, markdown, redact, servicenow, spdx, tables,
};
use cellsweep_sweep::{Input, Settings, run as runs, stream};
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::given::{Given, given};
use crate::Arguments;
use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Scan {
    /// Files and folders; `-` is standard input
    #[arg(required = true)]
    paths: Vec<PathBuf>,

    /// Read everything given as this format (`cellsweep readers` lists them)
    #[arg(long = "as", value_name = "FORMAT")]
    format_in: Option<String>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Threads; 0: one a core
    #[arg(long, default_value_t = 0)]
    jobs: usize,

    /// Packs to judge by, ids or files
    #[arg(long, value_name = "PACK")]
    policy: Vec<String>,

    /// The date asked about
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,

    /// Weakest presence reported
    #[arg(long, value_enum, default_value_t = Least::Mentioned)]
    least: Least,

    /// Mask IMEIs, ICCIDs, serial numbers and MAC addresses
    #[arg(long)]
    redact: bool,
}

/// Output formats of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    Table,
    /// The report
    Json,
    /// One finding a line
    Ndjson,
    /// Findings as CSV
    Csv,
    /// Findings as a workbook
    Xlsx,
    /// Summary in Markdown
    Markdown,
    /// `CycloneDX` 1.6 bill of materials
    Cyclonedx,
    /// `CycloneDX` 1.7, with verdicts as declarations
    #[value(name = "cyclonedx-1.7")]
    Cyclonedx17,
    /// CSV for an import of configuration items (`ServiceNow`)
    Servicenow,
    /// SPDX 3.0 (JSON)
    Spdx,
    /// For code-scanning views (SARIF 2.1.0)
    Sarif,
    /// For build servers (`JUnit` XML)
    Junit,
}

/// Presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Least {
    /// It enumerated, answered, transmitted, attached
    Observed,
    /// Paper says so
    Declared,
    /// The product is known to contain one
    Implied,
    /// Software there could drive one
    Supported,
    /// Text
    Mentioned,
}

impl From<Least> for Stance {
    fn from(least: Least) -> Self {
        match least {
            Least::Observed => Self::Observed,
            Least::Declared => Self::Declared,
            Least::Implied => Self::Implied,
            Least::Supported => Self::Supported,
            Least::Mentioned => Self::Mentioned,
        }
    }
}

/// Scans.
pub fn run(c: &Scan, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let catalog = super::load(arguments)?;
    let packs = Packs::embedded()?.select(&c.policy)?;
    let mut settings = Settings::new(c.date);
    settings.jobs = c.jobs;
    settings.least = c.least.into();

    let Given {
        inputs, unwalked, ..
    } = &given(&c.paths, c.format_in.as_deref())?;
    if let ([input], [], Format::Ndjson, false) =
        (inputs.as_slice(), unwalked.as_slice(), c.format, c.redact)
        && let Ok(Some(reader)) = stream::list(input, stream::LARGE)
    {
        return long_list(c, &catalog, &packs, input, reader, &settings, out);
    }
    let bar = out.progress();
    let mut report = runs::scan(&catalog, &packs, inputs, unwalked, &settings, &bar).report;
    drop(bar);
    if c.redact {
        redact::redact(&mut report, redact::Masking::default())?;
    }
    write(&report, &catalog, c.format, c.output.as_deref(), out)
}

/// One long list, written while it is read.
fn long_list(
    c: &Scan,
    catalog: &cellsweep_catalog::Catalog,
    packs: &Packs,
    input: &Input,
    reader: &'static cellsweep_evidence::Reader,
    settings: &Settings,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let stop = cellsweep_sweep::read::Stop::new(false);
    let done = match &c.output {
        Some(path) => {
            let mut file =
                std::fs::File::create(path).with_context(|| path.display().to_string())?;
            stream::scan(catalog, packs, input, reader, settings, &stop, &mut file)
        }
        None => stream::scan(catalog, packs, input, reader, settings, &stop, out.writer()),
    }
    .with_context(|| input.shown.clone())?;
    Ok(Exit::Report(exit_code(&done.exit)))
}

/// Writes a report in the format asked for, and ends as it says.
pub fn write(
    report: &cellsweep_report::Report,
    catalog: &cellsweep_catalog::Catalog,
    format: Format,
    output: Option<&std::path::Path>,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let bytes = match format {
        Format::Table => terminal(report, catalog).into_bytes(),
        Format::Json => json::json(report, json::Layout::Pretty)?.into_bytes(),
        Format::Ndjson => json::ndjson(report)?.into_bytes(),
        Format::Csv => tables::csv(report, Some(catalog))?,
        Format::Xlsx => tables::xlsx(report, Some(catalog))?,
        Format::Markdown => markdown::markdown(report, Some(catalog)).into_bytes(),
        Format::Cyclonedx => cyclonedx::cyclonedx(report, cyclonedx::Version::V1_6)?.into_bytes(),
        Format::Cyclonedx17 => cyclonedx::cyclonedx(report, cyclonedx::Version::V1_7)?.into_bytes(),
        Format::Servicenow => servicenow::csv(report)?,
        Format::Spdx => spdx::spdx(report)?.into_bytes(),
        Format::Sarif => gate::sarif::sarif(&gate::of_report(report))?.into_bytes(),
        Format::Junit => gate::junit::junit(&gate::of_report(report)).into_bytes(),
    };
    match output {
        Some(path) => std::fs::write(path, bytes).with_context(|| path.display().to_string())?,
        None => out.bytes(&bytes)?,
    }
    Ok(Exit::Report(exit_code(&report.exit)))
}

/// Findings for a terminal, then one line about what was read.
fn terminal(report: &cellsweep_report::Report, catalog: &cellsweep_catalog::Catalog) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    let rows = tables::table(report, Some(catalog));
    if rows.is_empty() {
        text.push_str("No cellular module found in what was read.\n");
    } else {
        let mut table = crate::out::table(&[
            "where",
            "module",
            "presence",
            "sure",
            "candidates",
            "standing",
            "because",
        ]);
        for r in &rows {
            table.add_row([
                r.place.clone(),
                r.module.clone(),
                r.presence.to_owned(),
                format!("{:.0} %", r.confidence * 100.0),
                r.candidates.clone(),
                r.status.clone(),
                r.reason.clone(),
            ]);
        }
        let _ = writeln!(text, "{table}");
    }
    for a in report.assets.iter().take(20) {
        let status = match a.status {
            cellsweep_identify::AssetStatus::Found => "found",
            cellsweep_identify::AssetStatus::Clear => "clear",
            cellsweep_identify::AssetStatus::NotAssessed => "not assessed",
        };
        let _ = write!(
            text,
            "{}: {status}: {}.",
            cellsweep_report::sanitise::sanitise(&a.id),
            a.why
        );
        match &a.settled_by {
            Some(settles) => {
                let _ = writeln!(text, " What would settle it: {settles}.");
            }
            None => text.push('\n'),
        }
    }
    let c = &report.coverage;
    let _ = writeln!(
        text,
        "{} sources read, {} partly, {} failed, {} not recognised.",
        c.sources_read, c.partial, c.failed, c.unrecognised
    );
    for s in report
        .sources
        .iter()
        .filter(|s| !s.errors.is_empty())
        .take(20)
    {
        for e in s.errors.iter().take(3) {
            let _ = writeln!(
                text,
                "  {}, {}: {} [{}]",
                cellsweep_report::sanitise::sanitise(&s.path),
                cellsweep_report::sanitise::sanitise(&e.locator),
                cellsweep_report::sanitise::sanitise(&e.message),
                e.code
            );
        }
    }
    text
}
