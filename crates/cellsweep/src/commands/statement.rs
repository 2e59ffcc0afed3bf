//! `cellsweep statement`.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::Context as _;
use cellsweep_policy::{Circumstances, Packs, Stage};
use cellsweep_report::{Report, statements};
use cellsweep_sweep::run as runs;
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::Arguments;
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

    /// As what; without it by the ending of the output's name, else Markdown
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// The day on which covered equipment was discovered: the reporting time of far-889 runs from it
    #[arg(long, value_name = "YYYY-MM-DD")]
    discovered: Option<Date>,

    /// Judge each item anew as one at this stage, by the built-in packs that the statement asks about
    /// and on the report's date; without it the verdicts of the report are taken, of items in place
    #[arg(long, value_enum)]
    stage: Option<AtStage>,
}

/// Stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AtStage {
    /// About to be bought, or offered
    Purchase,
    /// About to be imported
    Import,
    /// Part of an application for equipment authorization
    Authorization,
    /// About to be placed on a market
    MarketPlacement,
}

impl AtStage {
    const fn stage(self) -> Stage {
        match self {
            Self::Purchase => Stage::Purchase,
            Self::Import => Stage::Import,
            Self::Authorization => Stage::Authorization,
            Self::MarketPlacement => Stage::MarketPlacement,
        }
    }
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
    /// Aid to an FCC attestation that no covered component is inside
    FccAttestation,
    /// Component record under the Cyber Resilience Act
    CraComponent,
    /// Which module is in which model of meter, vehicle or other product
    ModuleList,
}

/// Formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown
    Markdown,
    /// A page, to be read and printed
    Html,
    /// For a word processor
    Docx,
}

/// Drafts.
pub fn run(c: &Statement, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let name = c.report.display().to_string();
    let bytes = std::fs::read(&c.report).with_context(|| name.clone())?;
    let mut report: Report =
        serde_json::from_slice(&bytes).with_context(|| format!("{name} is no report"))?;
    let kind = match c.kind {
        Kind::Far889 => statements::Kind::Far889,
        Kind::Section1260h => statements::Kind::Section1260h,
        Kind::ConnectedVehicle => statements::Kind::ConnectedVehicle,
        Kind::FccAttestation => statements::Kind::FccAttestation,
        Kind::CraComponent => statements::Kind::CraComponent,
        Kind::ModuleList => statements::Kind::ModuleList,
    };
    if let Some(stage) = c.stage {
        let catalog = super::load(arguments)?;
        let packs = Packs::embedded()?.select(kind.packs())?;
        let date: Date = report
            .date
            .parse()
            .with_context(|| format!("{name}: its date"))?;
        let given = Circumstances {
            stage: stage.stage(),
            discovered: c.discovered,
            ..Circumstances::default()
        };
        runs::assess_as(&mut report, &catalog, &packs, &given, date);
    }
    let given = statements::Given {
        discovered: c.discovered,
        stage: c.stage.map(|s| s.stage().says()),
    };
    let draft = statements::draft(&report, kind, given);
    let ending = c
        .output
        .as_deref()
        .and_then(|p| p.extension())
        .map(|e| e.to_string_lossy().to_lowercase());
    let format = c.format.unwrap_or(match ending.as_deref() {
        Some("html" | "htm") => Format::Html,
        Some("docx") => Format::Docx,
        _ => Format::Markdown,
    });
    let bytes = match format {
        Format::Markdown => statements::markdown(&draft).into_bytes(),
        Format::Html => statements::html(&draft)?.into_bytes(),
        Format::Docx => statements::docx(&draft)?,
    };
    if let Some(path) = &c.output {
        std::fs::write(path, bytes).with_context(|| path.display().to_string())?;
    } else {
        anyhow::ensure!(
            format != Format::Docx || !std::io::stdout().is_terminal(),
            "a DOCX file is not for a terminal: give --output"
        );
        out.bytes(&bytes)?;
    }
    Ok(Exit::Done)
}
