//! One file a command.

pub mod assess;
pub mod audit;
mod audited;
pub mod bundle;
pub mod catalog;
pub mod diff;
pub mod drill;
pub mod explain;
pub mod gate;
mod given;
pub mod host;
pub mod identify;
pub mod plan;
pub mod policy;
pub mod readers;
pub mod scan;
pub mod statement;
pub mod verify;
mod waivers;

use anyhow::Context as _;
use clap::CommandFactory as _;

use crate::exit::Exit;
use crate::out::Out;
use crate::{Arguments, Command};

/// Runs the command.
pub fn run(arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let exit = match &arguments.command {
        Command::Scan(c) => scan::run(c, arguments, out),
        Command::Host(c) => host::run(c, arguments, out),
        Command::Assess(c) => assess::run(c, arguments, out),
        Command::Audit(c) => audit::run(c, arguments, out),
        Command::Bundle(c) => bundle::run(c, arguments, out),
        Command::Verify(c) => verify::run(c, out),
        Command::Diff(c) => diff::run(c, out),
        Command::Statement(c) => statement::run(c, arguments, out),
        Command::Gate(c) => gate::run(c, arguments, out),
        Command::Plan(c) => plan::run(c, arguments, out),
        Command::Drill(c) => drill::run(c, arguments, out),
        Command::Identify(c) => identify::run(c, &load(arguments)?, out),
        Command::Catalog(c) => catalog::run(c, arguments, out),
        Command::Policy(c) => policy::run(c, out),
        Command::Readers(c) => readers::run(c, out),
        Command::Explain(c) => explain::run(c, out),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "cellsweep", &mut text);
            out.bytes(&text)?;
            Ok(Exit::Done)
        }
        Command::Man => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
            out.bytes(&text)?;
            Ok(Exit::Done)
        }
    }?;
    out.flush()?;
    Ok(exit)
}

/// The catalogue that the arguments ask for.
pub fn load(arguments: &Arguments) -> anyhow::Result<cellsweep_catalog::Catalog> {
    match &arguments.catalog {
        None => cellsweep_catalog::Catalog::embedded().context("the embedded catalogue"),
        Some(dir) => cellsweep_catalog::Catalog::with_dir(dir)
            .with_context(|| format!("catalogue in {}", dir.display())),
    }
}
