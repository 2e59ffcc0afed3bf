//! `cargo xtask catalog check`.

use clap::Subcommand;

#[derive(Subcommand)]
pub enum What {
    /// Check the catalogue's own rules; problems point at file and line
    Check,
}

pub fn run(what: &What) -> anyhow::Result<()> {
    match what {
        What::Check => {
            let problems = cellsweep_catalog::check::check(&crate::root().join("catalog"));
            for p in &problems {
                eprintln!("catalog/{}:{}: {} [{}]", p.file, p.line, p.message, p.code);
            }
            anyhow::ensure!(
                problems.is_empty(),
                "{} mistakes in the catalogue",
                problems.len()
            );
            println!("catalogue: nothing is wrong");
            Ok(())
        }
    }
}
