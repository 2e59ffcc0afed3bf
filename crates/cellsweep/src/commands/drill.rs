//! `cellsweep drill`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cellsweep_policy::Packs;
use cellsweep_report::drill::{self, Drill as Drilled, Request, Variant, documents, picture};
use cellsweep_report::{Report, exit_code, redact};
use cellsweep_sweep::Settings;
use cellsweep_sweep::run::{audit, folder_of};
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::Arguments;
use crate::exit::Exit;
use crate::out::{Out, table};

/// Services in the table.
const SERVICES: usize = 20;

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Totals, services, recovery
    Table,
    /// drill.json
    Json,
}

/// What is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Assumed {
    /// No supply and no firmware
    Supply,
    /// Services of the maker switched off as well
    ServiceOff,
    /// An update makes devices useless as well
    MaliciousUpdate,
    /// SIMs of other countries cut off
    RoamingCut,
}

/// Arguments.
#[derive(Debug, Args)]
pub struct Drill {
    /// The estate; its [drill] and [plan] sections have spares, services and crews
    estate: PathBuf,

    /// Maker or owner, by slug or name; owners are those of the day
    #[arg(long, value_name = "OWNER")]
    withhold: String,

    /// The first day
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Date,

    /// What is assumed
    #[arg(long, value_enum, default_value_t = Assumed::Supply)]
    variant: Assumed,

    /// Use this report.json of the estate instead of auditing it now
    #[arg(long, value_name = "REPORT.json")]
    report: Option<PathBuf>,

    /// Folder for drill.json, drill.md and drill.svg
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Runs of the simulation, at most 10000
    #[arg(long, default_value_t = drill::RUNS, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    runs: u32,

    /// Seed of the simulation: the same seed gives the same numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Threads for reading evidence; 0: one a core
    #[arg(long, default_value_t = 0)]
    jobs: usize,

    /// Mask IMEIs, ICCIDs, serial numbers and MAC addresses in every output
    #[arg(long)]
    redact: bool,
}

/// Runs the drill.
pub fn run(c: &Drill, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let catalog = super::load(arguments)?;
    let estate = super::audit::open(&c.estate, out)?;
    let mut report = if let Some(path) = &c.report {
        let name = path.display().to_string();
        let bytes = fs::read(path).with_context(|| name.clone())?;
        serde_json::from_slice::<Report>(&bytes).with_context(|| format!("{name} is no report"))?
    } else {
        let mut settings = Settings::new(estate.audit.date);
        settings.jobs = c.jobs;
        let bar = out.progress();
        // A drill asks what is there, not what rules say: no pack is applied.
        let packs = Packs::embedded()?.select::<&str>(&[])?;
        let folder = folder_of(&c.estate);
        audit(&catalog, &packs, &estate, folder, &settings, &bar).report
    };
    if c.redact {
        redact::redact(&mut report, redact::Masking::default())?;
    }
    let request = Request {
        withhold: &c.withhold,
        from: c.from,
        variant: match c.variant {
            Assumed::Supply => Variant::Supply,
            Assumed::ServiceOff => Variant::ServiceOff,
            Assumed::MaliciousUpdate => Variant::MaliciousUpdate,
            Assumed::RoamingCut => Variant::RoamingCut,
        },
        runs: c.runs,
        seed: c.seed,
    };
    let drilled = drill::make(&report, &estate, &catalog, &request)?;
    if let Some(folder) = &c.out {
        write(&drilled, folder)?;
    }
    match c.format {
        Format::Json => out.line(serde_json::to_string_pretty(&drilled)?)?,
        Format::Table => say(&drilled, c.out.as_deref(), out)?,
    }
    Ok(Exit::Report(exit_code(&drilled.exit)))
}

fn write(d: &Drilled, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let put = |name: &str, bytes: &[u8]| -> anyhow::Result<()> {
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| path.display().to_string())
    };
    put("drill.json", serde_json::to_string_pretty(d)?.as_bytes())?;
    put("drill.md", documents::markdown(d).as_bytes())?;
    put("drill.svg", picture::timeline(d).as_bytes())
}

fn say(d: &Drilled, folder: Option<&Path>, out: &mut Out) -> anyhow::Result<()> {
    let clean = |text: &str| cellsweep_report::sanitise::sanitise(text).into_owned();
    let makers: Vec<String> = d
        .withheld
        .makers
        .iter()
        .map(|m| match &m.owner {
            Some(owner) if m.by == "owner" => format!("{} (owner: {owner})", m.name),
            _ => m.name.clone(),
        })
        .collect();
    out.line(clean(&format!(
        "{}, from {}: {}.",
        d.assumed,
        d.from,
        makers.join(", ")
    )))?;
    out.line(documents::totals(d))?;
    out.line(format!(
        "Down on the first day: at least {}, at most {} devices.",
        documents::devices(&d.timeline.at_once_at_least),
        documents::devices(&d.timeline.at_once_at_most)
    ))?;
    for s in &d.stocks {
        out.line(clean(&format!(
            "Spares of {}: {} units; asked for in vain from: at least {}, at most {}; if nothing were replaced: at least {}, at most {}.",
            s.fits,
            s.units,
            documents::when(&s.ends_at_least),
            documents::when(&s.ends_at_most),
            documents::when(&s.ends_untouched_at_least),
            documents::when(&s.ends_untouched_at_most)
        )))?;
    }
    out.line("")?;
    let mut rows = table(&[
        "service",
        "devices",
        "concerned",
        "may be",
        "not looked at",
        "stops in",
        "first stop",
        "if nothing were replaced",
    ]);
    for s in d.services.iter().take(SERVICES) {
        rows.add_row(vec![
            clean(&s.service),
            s.devices.to_string(),
            s.hit.to_string(),
            s.maybe.to_string(),
            s.not_assessed.to_string(),
            documents::stops(s),
            documents::first_stop(s),
            documents::stops_untouched(s),
        ]);
    }
    for line in rows.to_string().lines() {
        out.line(line.trim_end())?;
    }
    let more = d.services.len().saturating_sub(SERVICES);
    if more > 0 {
        out.line(format!(
            "{more} further services: --format json, or --out DIR"
        ))?;
    }
    out.line("")?;
    out.line(format!("Recovery: {}.", d.recovery.by))?;
    out.line(format!(
        "At least {}.",
        documents::recovered(&d.recovery.at_least, &d.currency)
    ))?;
    out.line(format!(
        "At most {}.",
        documents::recovered(&d.recovery.at_most, &d.currency)
    ))?;
    out.line(format!(
        "Medians of {} runs (seed {}) with the 5th and 95th percentile; values used and their sources: --format json, or --out DIR.",
        d.simulation.runs, d.simulation.seed
    ))?;
    if let Some(folder) = folder {
        out.line(format!("Written to {}", folder.display()))?;
    }
    Ok(())
}
