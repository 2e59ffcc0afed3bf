//! Development tasks. `cargo xtask help` lists them.
//!
//! - `test`: everything that needs only the Rust toolchain; `test --all`: everything
//! - `eval`: identification measured on labelled cases
//! - `bench`: CPU time and memory, against peers where there are any
//! - `plan-check`: a plan's feasibility and bound, recomputed without the solver
//! - `false-alarms`: trees and random inputs that hold no module
//! - `catalog check`: the catalogue's own rules
//! - `generate`: files derived from code, written or (with `--check`) compared

#![allow(clippy::print_stdout, clippy::print_stderr)] // a development tool that prints

mod bench;
mod catalog;
mod eval;
mod false_alarms;
mod gate;
mod generate;
mod memory;
mod plan;
mod tests;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "Development tasks of cellsweep")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the tests that need nothing but the Rust toolchain
    Test {
        /// Everything, with system tools; a skipped test is a failed test
        #[arg(long)]
        all: bool,
    },
    /// Measure identification on labelled cases (JSON lines: id, format, text, truth)
    Eval(eval::Eval),
    /// Measure CPU time and memory on generated inputs
    Bench(bench::Bench),
    /// Measure the peak memory of readers on a long input
    Memory(memory::Memory),
    /// Check a plan.json: feasibility and bound, recomputed from it without the solver
    PlanCheck {
        /// The file
        plan: PathBuf,
    },
    /// Scan trees that hold no module, or random inputs, and print every finding above `supported`
    FalseAlarms(false_alarms::FalseAlarms),
    /// Check the catalogue
    Catalog {
        #[command(subcommand)]
        what: catalog::What,
    },
    /// Write the files that are derived from code, or compare them
    Generate {
        /// Compare only; fail if one differs
        #[arg(long)]
        check: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::Test { all } => tests::run(all),
        Task::Eval(e) => eval::run(&e),
        Task::Bench(b) => bench::run(&b),
        Task::Memory(m) => memory::run(&m),
        Task::PlanCheck { plan } => plan::check::run(&plan),
        Task::FalseAlarms(f) => false_alarms::run(&f),
        Task::Catalog { what } => catalog::run(&what),
        Task::Generate { check } => generate::run(check),
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
