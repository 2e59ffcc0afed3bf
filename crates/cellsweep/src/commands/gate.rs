//! `cellsweep gate`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cellsweep_identify::Role;
use cellsweep_policy::{Additions, Circumstances, Packs, Stage};
use cellsweep_report::exit_code;
use cellsweep_report::gate::{self as document, Gate as Document, Level};
use cellsweep_sweep::{Settings, gate};
use clap::{ArgMatches, Args, FromArgMatches, ValueEnum};
use jiff::civil::Date;

use super::given::given;
use super::waivers::waivers;
use crate::Arguments;
use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Gate {
    /// Lists (bill of materials, cart, quote, tender list, CycloneDX, SPDX; `-` is standard input), or
    /// part numbers and product names
    #[arg(required = true, value_name = "FILE|PART")]
    what: Vec<String>,

    /// Packs to judge by, ids or files
    #[arg(long, value_name = "PACK", required = true)]
    policy: Vec<String>,

    /// Day of the purchase; without it, today
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Read every file as this format (`cellsweep readers` lists them)
    #[arg(long = "as", value_name = "FORMAT")]
    format_in: Option<String>,

    /// Stage of the items: purchase, authorization, import, market_placement, connection
    #[arg(long, value_name = "STAGE", default_value = "purchase")]
    stage: String,

    /// What the modules are in what is bought
    #[arg(long, value_enum)]
    role: Option<RoleWord>,

    /// A context that holds for the organisation (`us-dod-contractor`); several are possible
    #[arg(long, value_name = "CONTEXT")]
    context: Vec<String>,

    /// A fact that holds (`existing-contract`); `policy show` lists those of a pack
    #[arg(long, value_name = "FACT")]
    fact: Vec<String>,

    /// The party the contract is with: a maker's slug
    #[arg(long, value_name = "MAKER")]
    supplier: Option<String>,

    /// Product category
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,

    /// Places of production, ISO 3166 codes
    #[arg(long, value_name = "CC", value_delimiter = ',')]
    produced_in: Vec<String>,

    /// Seats of parties that can reach or administer it, ISO 3166 codes
    #[arg(long, value_name = "CC", value_delimiter = ',')]
    remote_access: Option<Vec<String>>,

    /// The organisation's waivers and overrides: a file of them, or an estate file (TOML)
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,

    /// Leave out alternatives
    #[arg(long)]
    no_alternatives: bool,

    #[command(flatten)]
    levels: Levels,
}

/// `-D`, `-W` and `-A`, in the order given.
#[derive(Clone, Debug, Default)]
pub struct Levels(Vec<(String, Level)>);

#[derive(Debug, Args)]
struct LevelArguments {
    /// Deny: a line with this code, status, pack or PACK/RULE ends with 1
    #[arg(short = 'D', long, value_name = "CODE")]
    deny: Vec<String>,

    /// Warn: it is said and does not change the exit code
    #[arg(short = 'W', long, value_name = "CODE")]
    warn: Vec<String>,

    /// Allow: it passes; the decision stays in the output
    #[arg(short = 'A', long, value_name = "CODE")]
    allow: Vec<String>,
}

impl FromArgMatches for Levels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut all: Vec<(usize, String, Level)> = Vec::new();
        for (id, level) in [
            ("deny", Level::Deny),
            ("warn", Level::Warn),
            ("allow", Level::Pass),
        ] {
            let values = matches.get_many::<String>(id).into_iter().flatten();
            let places = matches.indices_of(id).into_iter().flatten();
            all.extend(places.zip(values).map(|(at, v)| (at, v.clone(), level)));
        }
        all.sort_by_key(|(at, _, _)| *at);
        Ok(Self(all.into_iter().map(|(_, v, l)| (v, l)).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Levels {
    fn augment_args(command: clap::Command) -> clap::Command {
        LevelArguments::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        LevelArguments::augment_args_for_update(command)
    }
}

/// Output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    Table,
    /// The whole answer
    Json,
    /// For code-scanning views (SARIF 2.1.0)
    Sarif,
    /// For build servers (`JUnit` XML)
    Junit,
    /// A comment
    Markdown,
}

/// Roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum RoleWord {
    /// A part of something else
    Component,
    /// A product of its own
    EndProduct,
    /// A USB stick
    Stick,
}

/// Judges.
pub fn run(c: &Gate, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let catalog = super::load(arguments)?;
    let all = Packs::embedded()?;
    let packs = all.select(&c.policy)?;
    let ask = ask(c, &catalog, &packs)?;
    let settings = Settings::new(c.date);
    let mut files: Vec<PathBuf> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    for what in &c.what {
        if what == "-" || Path::new(what).exists() {
            files.push(PathBuf::from(what));
        } else if looks_like_a_file(what) {
            anyhow::bail!("{what}: no such file");
        } else {
            parts.push(what.clone());
        }
    }
    let given = given(&files, c.format_in.as_deref())?;
    let bar = out.progress();
    let answer = gate::gate(
        &catalog,
        &packs,
        &given.inputs,
        &given.unwalked,
        &parts,
        &ask,
        &settings,
        &bar,
    );
    drop(bar);
    let text = match c.format {
        Format::Table => table(&answer),
        Format::Json => document::json(&answer)?,
        Format::Sarif => document::sarif::sarif(&answer)?,
        Format::Junit => document::junit::junit(&answer),
        Format::Markdown => document::text::markdown(&answer),
    };
    match &c.output {
        Some(path) => std::fs::write(path, text).with_context(|| path.display().to_string())?,
        None => out.bytes(text.as_bytes())?,
    }
    Ok(Exit::Report(exit_code(&answer.exit)))
}

/// An argument that names no file, though it is written like one.
fn looks_like_a_file(what: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "csv",
        "tsv",
        "txt",
        "xlsx",
        "xlsm",
        "xls",
        "ods",
        "json",
        "xml",
        "spdx",
        "md",
        "zip",
        "kicad_sch",
        "sch",
        "net",
        "html",
    ];
    what.rsplit_once('.')
        .is_some_and(|(_, e)| ENDINGS.contains(&e.to_ascii_lowercase().as_str()))
        || what.starts_with("./")
        || what.starts_with("../")
        || what.starts_with('/')
}

fn ask(c: &Gate, catalog: &cellsweep_catalog::Catalog, packs: &Packs) -> anyhow::Result<gate::Ask> {
    let stage = Stage::ALL
        .iter()
        .find(|(word, _)| *word == c.stage)
        .map(|(_, stage)| *stage)
        .with_context(|| {
            let known: Vec<&str> = Stage::ALL.iter().map(|(w, _)| *w).collect();
            format!(
                "no stage is called {}; known: {}",
                c.stage,
                known.join(", ")
            )
        })?;
    if let Some(slug) = &c.supplier {
        anyhow::ensure!(
            catalog.maker(slug).is_some(),
            "no maker is called {slug} in the catalogue; `cellsweep catalog list` shows them"
        );
    }
    let additions = match &c.waivers {
        None => Additions::default(),
        Some(path) => waivers(path)?,
    };
    let known: BTreeSet<String> = gate::CODES
        .iter()
        .map(|(code, _)| (*code).to_owned())
        .chain(cellsweep_policy::CODES.iter().map(|(c, _)| (*c).to_owned()))
        .chain(["pack-old".to_owned()])
        .chain(packs.list().iter().flat_map(|p| {
            std::iter::once(p.id.clone())
                .chain(p.rules.iter().map(move |r| format!("{}/{}", p.id, r.id)))
        }))
        .collect();
    for (code, _) in &c.levels.0 {
        anyhow::ensure!(
            known.contains(code),
            "\"{code}\" is neither a code, a chosen pack nor a rule of one; codes: {}",
            gate::CODES
                .iter()
                .map(|(c, _)| *c)
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    Ok(gate::Ask {
        given: Circumstances {
            stage,
            contexts: (!c.context.is_empty()).then(|| c.context.iter().cloned().collect()),
            bought: None,
            discovered: None,
            supplier: c.supplier.clone(),
            category: c.category.clone(),
            produced_in: c.produced_in.clone(),
            remote_access: c.remote_access.clone(),
            facts: c.fact.iter().cloned().collect(),
        },
        role: c.role.map(|r| match r {
            RoleWord::Component => Role::Component,
            RoleWord::EndProduct => Role::EndProduct,
            RoleWord::Stick => Role::Stick,
        }),
        additions,
        levels: c.levels.0.clone(),
        alternatives: !c.no_alternatives,
    })
}

fn table(answer: &Document) -> String {
    let mut text = String::new();
    let rows = document::text::rows(answer);
    if !rows.is_empty() {
        let mut table = crate::out::table(&["where", "line", "decision", "rule", "reason"]);
        for row in rows {
            table.add_row(row);
        }
        text.push_str(&table.to_string());
        text.push('\n');
    }
    text.push_str(&document::text::below(answer));
    text
}
