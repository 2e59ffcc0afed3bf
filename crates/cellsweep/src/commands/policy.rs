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
    /// Check pack files: keys, dates, ids, and the cases they carry; mistakes point at the line
    Check {
        /// The files
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// A rule of a pack in words; without a rule, every rule
    Explain {
        /// Pack id or file, or PACK/RULE as it stands in a verdict
        id: String,
        /// Rule id
        rule: Option<String>,
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
        Policy::Check { files } => {
            let mut wrong: Vec<String> = Vec::new();
            for file in files {
                match checked(&all, file) {
                    Ok(pack) => out.line(format!(
                        "{file}: {} is well formed, {} rules, {} cases met",
                        pack.id,
                        pack.rules.len(),
                        pack.tests.len()
                    ))?,
                    Err(e) => wrong.push(e.to_string()),
                }
            }
            anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
        Policy::Explain { id, rule } => {
            let (id, rule) = match (id.rsplit_once('/'), rule) {
                (Some((pack, rule)), None) if all.get(pack).is_some() => {
                    (pack.to_owned(), Some(rule.to_owned()))
                }
                _ => (id.clone(), rule.clone()),
            };
            let chosen = all.select(&[id])?;
            for pack in chosen.list() {
                let rules: Vec<String> = match &rule {
                    Some(rule) => vec![rule.clone()],
                    None => pack.rules.iter().map(|r| r.id.clone()).collect(),
                };
                for rule in rules {
                    match chosen.explain(&pack.id, &rule) {
                        Some(text) => out.line(text)?,
                        None => anyhow::bail!(
                            "no rule {rule} in the pack {}; its rules: {}",
                            pack.id,
                            pack.rules
                                .iter()
                                .map(|r| r.id.as_str())
                                .collect::<Vec<_>>()
                                .join(", ")
                        ),
                    }
                }
            }
        }
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

/// A pack file that is well formed, whose lists are at hand and whose own cases are met.
fn checked(all: &Packs, file: &str) -> Result<cellsweep_policy::Pack, cellsweep_policy::Error> {
    let id = packs::check(file)?.id;
    // Chosen by its path, so that a pack of the same id as an embedded one is the file.
    let chosen = all.select(&[file])?;
    let pack = chosen.get(&id).cloned().unwrap_or(packs::check(file)?);
    let problems = cellsweep_policy::trial(file, &pack);
    if problems.is_empty() {
        Ok(pack)
    } else {
        Err(cellsweep_policy::Error::Invalid(problems))
    }
}
