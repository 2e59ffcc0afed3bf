//! `cellsweep audit`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cellsweep_report::{exit_code, html, json, markdown, questions, redact, tables};
use cellsweep_sweep::store;
use clap::Args;
use jiff::civil::Date;

use super::audited::{Asked, audited};
use crate::Arguments;
use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Audit {
    /// The estate: organisation, departments, registers, evidence
    estate: PathBuf,

    /// Folder for the report; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// The date asked about; else the estate's, else today
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,

    /// Packs to judge by instead of the estate's, ids or files
    #[arg(long, value_name = "PACK")]
    policy: Vec<String>,

    /// Do not let observed modules teach about rows with the same TAC, order code or serial numbers
    #[arg(long)]
    no_learn: bool,

    /// Threads; 0: one a core
    #[arg(long, default_value_t = 0)]
    jobs: usize,

    /// Mask IMEIs, ICCIDs, serial numbers and MAC addresses in every output
    #[arg(long)]
    redact: bool,
}

/// Audits.
pub fn run(c: &Audit, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let catalog = super::load(arguments)?;
    let estate = open(&c.estate, out)?;
    let asked = Asked {
        path: &c.estate,
        policy: &c.policy,
        date: c.date,
        jobs: c.jobs,
        learn: !c.no_learn,
    };
    let (run, _) = audited(&asked, &estate, &catalog, out)?;
    let mut report = run.report;
    if c.redact {
        redact::redact(&mut report, redact::Masking::default())?;
    }
    fs::create_dir_all(&c.out).with_context(|| c.out.display().to_string())?;
    let write = |name: &str, bytes: &[u8]| -> anyhow::Result<()> {
        let path = c.out.join(name);
        fs::write(&path, bytes).with_context(|| path.display().to_string())
    };
    write(
        "report.json",
        json::json(&report, json::Layout::Pretty)?.as_bytes(),
    )?;
    write("index.html", html(&report, Some(&catalog))?.as_bytes())?;
    write("questions.xlsx", &questions::xlsx(&report, Some(&catalog))?)?;
    write("findings.csv", &tables::csv(&report, Some(&catalog))?)?;
    write("findings.xlsx", &tables::xlsx(&report, Some(&catalog))?)?;
    write(
        "summary.md",
        markdown::markdown(&report, Some(&catalog)).as_bytes(),
    )?;
    if c.redact {
        // Observations hold every number as it was seen; a redacted folder goes without them.
        let _ = fs::remove_file(c.out.join("observations.ndjson.zst"));
    } else {
        let path = c.out.join("observations.ndjson.zst");
        let file = fs::File::create(&path).with_context(|| path.display().to_string())?;
        store::write(&run.seen, file).with_context(|| path.display().to_string())?;
    }
    say(&report, &c.out, out)?;
    Ok(Exit::Report(exit_code(&report.exit)))
}

/// The estate, or its mistakes on standard error.
pub(super) fn open(path: &Path, out: &mut Out) -> anyhow::Result<cellsweep_estate::Estate> {
    match cellsweep_estate::load(path) {
        Ok(estate) => Ok(estate),
        Err(diagnostics) => {
            let text = fs::read_to_string(path).unwrap_or_default();
            for d in &diagnostics {
                out.diagnostic(path, &text, d);
            }
            let errors = diagnostics
                .iter()
                .filter(|d| d.severity == cellsweep_estate::Severity::Error)
                .count();
            let word = if errors == 1 { "mistake" } else { "mistakes" };
            anyhow::bail!("{}: {errors} {word}", path.display());
        }
    }
}

/// The answer in a few lines.
fn say(report: &cellsweep_report::Report, folder: &Path, out: &mut Out) -> anyhow::Result<()> {
    let c = &report.coverage;
    out.line(format!(
        "{}: {} modules in {} of {} assets; {} clear, {} not assessed.",
        report.organisation.as_deref().unwrap_or("Estate"),
        report.summary.modules,
        c.found,
        c.assets_total,
        c.clear,
        c.not_assessed
    ))?;
    let makers: Vec<String> = report
        .summary
        .by_maker
        .iter()
        .map(|m| {
            let name = m
                .name
                .as_deref()
                .or(m.maker.as_deref())
                .unwrap_or("maker not settled");
            format!("{name} {}", m.modules)
        })
        .collect();
    out.line(format!("Whose: {}.", makers.join(", ")))?;
    out.line(format!(
        "Sources: {} read, {} partly, {} failed, {} not recognised.",
        c.sources_read, c.partial, c.failed, c.unrecognised
    ))?;
    out.line(format!("Open {}", folder.join("index.html").display()))?;
    Ok(())
}
