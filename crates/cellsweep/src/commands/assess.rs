//! `cellsweep assess`.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use cellsweep_policy::Packs;
use cellsweep_report::{Report, json};
use cellsweep_risk::{Sensitivity, Table};
use cellsweep_sweep::{Settings, reassess, run as runs};
use clap::Args;
use jiff::civil::Date;

use super::scan::{Format, write};
use super::waivers::waivers;
use crate::Arguments;
use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Assess {
    /// A report.json, or a line-wise inventory (.ndjson); `-` is a line-wise inventory on standard input
    report: PathBuf,

    /// Packs to judge by, ids or files; without any, those of the report
    #[arg(long, value_name = "PACK")]
    policy: Vec<String>,

    /// The date asked about; without it, today
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,

    /// The organisation's waivers and overrides: a file of them, or an estate file (TOML); for a
    /// report.json
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,

    /// What to print; a line-wise inventory stays one
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Print what hangs on single cells of the risk table instead: each moved by one level, and the
    /// findings whose outcome or level changes (as a table or JSON; not for a line-wise inventory)
    #[arg(long)]
    sensitivity: bool,

    /// The organisation's own risk table (docs/risk.md) instead of the built-in one; not for a
    /// line-wise inventory
    #[arg(long, value_name = "FILE")]
    risk_table: Option<PathBuf>,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Assesses.
pub fn run(c: &Assess, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let catalog = super::load(arguments)?;
    let all = Packs::embedded()?;
    let mut settings = Settings::new(c.date);
    settings.risk_table = c.risk_table.as_deref().map(own_table).transpose()?;
    if let Some(path) = &c.waivers {
        settings.additions = waivers(path)?;
    }
    let name = c.report.display().to_string();
    let stdin = c.report.as_os_str() == "-";
    let by_lines = stdin
        || c.report
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("ndjson") || e.eq_ignore_ascii_case("jsonl"));
    if c.sensitivity && (by_lines || !matches!(c.format, Format::Table | Format::Json)) {
        anyhow::bail!("--sensitivity takes a report.json and prints a table or JSON");
    }
    if by_lines && c.risk_table.is_some() {
        anyhow::bail!("--risk-table takes a report.json");
    }
    anyhow::ensure!(
        !by_lines || c.waivers.is_none(),
        "--waivers goes with a report.json: the lines of an inventory are judged one by one and do not say all that a waiver may name"
    );
    if by_lines {
        let packs = all.select(&c.policy)?;
        let input: Box<dyn io::Read> = if stdin {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(&c.report).with_context(|| name.clone())?)
        };
        let input = BufReader::with_capacity(1 << 20, input);
        let counts = match &c.output {
            Some(path) => {
                let file = File::create(path).with_context(|| path.display().to_string())?;
                let mut file = BufWriter::with_capacity(1 << 20, file);
                let counts = reassess::lines(input, &mut file, &catalog, &packs, settings.date)?;
                file.flush()?;
                counts
            }
            None => reassess::lines(input, out.writer(), &catalog, &packs, settings.date)?,
        };
        for (line, message) in &counts.bad {
            out.error(&format!("{name}, line {line}: {message}"));
        }
        out.note(&format!(
            "{} records, {} findings judged on {}, {} prohibited, {} undecided, {} lines not read",
            counts.records,
            counts.findings,
            settings.date,
            counts.prohibited,
            counts.undecided,
            counts.bad_total
        ));
        let mut codes = Vec::new();
        if counts.records == counts.bad_total {
            codes.push(4);
        }
        if counts.prohibited > 0 {
            codes.push(1);
        }
        if counts.undecided > 0 {
            codes.push(5);
        }
        if counts.bad_total > 0 {
            codes.push(3);
        }
        return Ok(Exit::Report(cellsweep_report::exit_code(&codes)));
    }
    let bytes = std::fs::read(&c.report).with_context(|| name.clone())?;
    let mut report: Report =
        serde_json::from_slice(&bytes).with_context(|| format!("{name} is no report"))?;
    let named: Vec<String> = if c.policy.is_empty() {
        report.packs.iter().filter_map(|p| p.id.clone()).collect()
    } else {
        c.policy.clone()
    };
    let packs = all.select(&named)?;
    runs::assess(&mut report, &catalog, &packs, &settings);
    if c.sensitivity {
        let found = runs::sensitivity(&report, &catalog, &settings)
            .context("the risk table cannot be used")?;
        let text = if c.format == Format::Json {
            json::value(&found, json::Layout::Pretty)?
        } else {
            words(&found)
        };
        match &c.output {
            Some(path) => {
                std::fs::write(path, text).with_context(|| path.display().to_string())?;
            }
            None => out.bytes(text.as_bytes())?,
        }
        return Ok(Exit::Report(cellsweep_report::exit_code(&report.exit)));
    }
    write(&report, &catalog, c.format, c.output.as_deref(), out)
}

/// A risk table of the organisation's own. It may not pass as the built-in one: its version stands in
/// every result.
fn own_table(path: &Path) -> anyhow::Result<Arc<Table>> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| name.clone())?;
    let table = Table::parse(&text).with_context(|| name.clone())?;
    let built_in = Table::embedded().context("the built-in risk table")?;
    if table.version == built_in.version && table != *built_in {
        anyhow::bail!(
            "{name}: a changed table needs a `version` of its own, not {}",
            built_in.version
        );
    }
    Ok(Arc::new(table))
}

/// What hangs on single cells, for a terminal.
fn words(found: &Sensitivity) -> String {
    let mut table = crate::out::table(&["row", "cell", "from", "to", "outcomes", "levels"]);
    for c in &found.changes {
        let numbers = [c.outcomes.to_string(), c.levels.to_string()];
        let texts = [&c.row, &c.cell, &c.from, &c.to];
        table.add_row(texts.map(String::clone).into_iter().chain(numbers));
    }
    let left_out = if found.left_out == 0 {
        String::new()
    } else {
        format!(
            " {} findings of further kinds were left out.",
            found.left_out
        )
    };
    format!(
        "{table}\n{} findings by table {}: {} moves of a cell by one level, {} change the outcome of some finding; {} findings keep theirs under every move. {} further moves change something.{left_out}\n",
        found.findings,
        found.table,
        found.moves,
        found.moves_of_outcome,
        found.stable,
        found.further
    )
}
