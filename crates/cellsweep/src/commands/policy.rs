//! `cellsweep policy`.

use cellsweep_policy::{Packs, packs};
use clap::Subcommand;

use crate::exit::Exit;
use crate::out::Out;

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Every embedded pack
    List,
    /// One pack: rules, dates, sources
    Show {
        /// Pack id
        id: String,
    },
    /// Check a pack file; mistakes point at the line
    Check {
        /// The file
        file: String,
    },
    /// One rule of a pack, in words
    Explain {
        /// Pack id
        id: String,
        /// Rule id
        rule: String,
    },
    /// Every date of the packs, in order
    Timeline {
        /// Packs; without any, all
        ids: Vec<String>,
    },
}

/// Runs it.
pub fn run(c: &Policy, out: &mut Out) -> anyhow::Result<Exit> {
    let all = Packs::embedded()?;
    match c {
        Policy::List => {
            let mut table = crate::out::table(&["id", "kind", "jurisdiction", "as of", "title"]);
            for p in all.list() {
                table.add_row([
                    p.id.clone(),
                    p.kind.as_str().to_owned(),
                    p.jurisdiction.clone(),
                    p.as_of.to_string(),
                    p.title.clone(),
                ]);
            }
            out.line(table.to_string())?;
        }
        Policy::Show { id } => match all.show(id) {
            Some(text) => out.line(text)?,
            None => anyhow::bail!("no pack is called {id}; known: {}", all.ids().join(", ")),
        },
        Policy::Check { file } => {
            let pack = packs::check(file)?;
            out.line(format!(
                "{file}: {} is well formed, {} rules",
                pack.id,
                pack.rules.len()
            ))?;
        }
        Policy::Explain { id, rule } => match all.explain(id, rule) {
            Some(text) => out.line(text)?,
            None => anyhow::bail!("no rule {rule} in a pack {id}"),
        },
        Policy::Timeline { ids } => {
            let chosen = if ids.is_empty() {
                all
            } else {
                all.select(ids)?
            };
            for e in chosen.timeline() {
                let rule = e.rule.as_deref().unwrap_or("");
                out.line(format!("{}  {:<20} {rule:<28} {}", e.date, e.pack, e.says))?;
            }
        }
    }
    Ok(Exit::Done)
}
