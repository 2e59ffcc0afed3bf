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
            anyhow::bail!("wired when the check lands")
        }
    }
}
