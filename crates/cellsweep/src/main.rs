//! The command: arguments and printing, nothing else.

mod commands;
mod exit;
mod out;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::Exit;
use crate::out::Out;

/// Find the cellular modules in an estate: where, whose, under which rule, by when.
#[derive(Debug, Parser)]
#[command(name = "cellsweep", version, max_term_width = 100, after_help = exit::HELP)]
pub struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub command: Command,

    /// Say less; twice: only errors
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub quiet: u8,

    /// Say more
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,

    /// Colour: auto, always, never (NO_COLOR is honoured)
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, global = true)]
    pub color: clap::ColorChoice,

    /// Catalogue folder that extends or overrides the embedded one
    #[arg(long, value_name = "DIR", global = true)]
    pub catalog: Option<std::path::PathBuf>,

    /// End with 0 whatever was found, for reporting runs (errors of usage still end with 2)
    #[arg(long, global = true)]
    pub exit_zero: bool,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is in this evidence
    Scan(commands::scan::Scan),
    /// This host, or a captured /sys tree; nothing is written
    Host(commands::host::Host),
    /// An old report or inventory under other packs or on another date
    Assess(commands::assess::Assess),
    /// Audit a whole estate: report, questions, observations
    Audit(commands::audit::Audit),
    /// A draft of a statement that somebody must sign, with blanks and sources
    Statement(commands::statement::Statement),
    /// A report with everything it rests on in one file, hashed, chained and signed
    Bundle(commands::bundle::Bundle),
    /// Whether a bundle is whole, who signed it, and whether the evidence is still what was read
    Verify(commands::verify::Verify),
    /// What changed between two reports: new, gone, changed, deadlines
    Diff(commands::diff::Diff),
    /// May we buy this? Lists, part numbers, product names, line by line
    Gate(Box<commands::gate::Gate>),
    /// What to do about which asset, when and at what cost, with a proven bound
    Plan(commands::plan::Plan),
    /// What would stop, and when it would run again, if a maker's owner withheld supply from a day on
    Drill(commands::drill::Drill),
    /// One identifier or string, explained
    Identify(commands::identify::Identify),
    /// The catalogue of makers, modules and identifiers
    #[command(subcommand)]
    Catalog(commands::catalog::Catalog),
    /// The policy packs
    #[command(subcommand)]
    Policy(commands::policy::Policy),
    /// The formats that can be read
    Readers(commands::readers::Readers),
    /// What a code in a report means
    Explain(commands::explain::Explain),
    /// Shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page, in roff
    Man,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(e) => {
            // Help and version are answers, not errors.
            let _ = e.print();
            return if e.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Done.into()
            };
        }
    };
    let mut out = Out::new(arguments.color, arguments.quiet);
    match commands::run(&arguments, &mut out) {
        Ok(exit) if arguments.exit_zero && exit != Exit::Usage => Exit::Done.into(),
        Ok(exit) => exit.into(),
        Err(e) if out::is_broken_pipe(&e) => Exit::Done.into(),
        Err(e) => {
            out.error(&format!("{e:#}"));
            Exit::Usage.into()
        }
    }
}
