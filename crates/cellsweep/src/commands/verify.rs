//! `cellsweep verify`.

use std::fs::File;
use std::path::PathBuf;

use anyhow::Context as _;
use cellsweep_bundle::evidence::{Comparison, compare};
use cellsweep_bundle::verify::{Error, Signed};
use cellsweep_bundle::{PublicKey, Verification, verify};
use cellsweep_report::json::{self, Layout};
use cellsweep_report::sanitise::sanitise;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::exit::Exit;
use crate::out::Out;

/// Most paths that are listed under one heading for people.
const SHOWN: usize = 20;

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 whole; with --pubkey also signed by that key. 1 something does not hold: a changed byte, a
signature that is wrong, missing or another's, evidence with another hash. 2 usage. 3 evidence or a part
of it could not be read. 4 no bundle. 5 whole, but evidence that it lists is not in the folder.")]
pub struct Verify {
    /// The bundle
    bundle: PathBuf,

    /// Who should have signed: a minisign public key, or a file with one
    #[arg(long, value_name = "KEY")]
    pubkey: Option<String>,

    /// Compare the evidence in this folder (the estate's) with the hashes in the bundle
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    Table,
    /// For programs
    Json,
}

/// The answer for programs.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    bundle: &'a Verification,
    evidence: Option<&'a Comparison>,
    exit: Vec<u8>,
}

/// Verifies.
pub fn run(c: &Verify, out: &mut Out) -> anyhow::Result<Exit> {
    let key =
        match &c.pubkey {
            None => None,
            Some(given) => {
                let path = PathBuf::from(given);
                let text = if path.is_file() {
                    super::bundle::small(&path)?
                } else {
                    given.clone()
                };
                Some(PublicKey::read(&text).with_context(|| {
                    format!("{given} is neither a public key nor a file with one")
                })?)
            }
        };
    if let Some(folder) = &c.evidence {
        anyhow::ensure!(folder.is_dir(), "{} is no folder", folder.display());
    }
    let name = c.bundle.display().to_string();
    let file = File::open(&c.bundle).with_context(|| name.clone())?;
    let found = match verify(file, key.as_ref()) {
        Ok(found) => found,
        Err(e @ Error::NotABundle) => {
            out.error(&format!("{name}: {e}"));
            return Ok(Exit::Nothing);
        }
        Err(Error::Io(e)) => return Err(e).context(name),
    };
    // Hashes of a bundle that does not hold say nothing about evidence.
    let comparison = match &c.evidence {
        Some(folder) if found.whole => Some(compare(&found.sources, folder)),
        _ => None,
    };
    let mut exit = Vec::new();
    if !found.whole || comparison.as_ref().is_some_and(|e| !e.differs.is_empty()) {
        exit.push(1);
    }
    if let Some(e) = &comparison {
        if !e.missing.is_empty() {
            exit.push(5);
        }
        if !e.unreadable.is_empty() || !e.without_hash.is_empty() || found.sources_cut {
            exit.push(3);
        }
    }
    match c.format {
        Format::Json => {
            let answer = Answer {
                bundle: &found,
                evidence: comparison.as_ref(),
                exit: exit.clone(),
            };
            out.bytes(json::value(&answer, Layout::Pretty)?.as_bytes())?;
        }
        Format::Table => say(&name, &found, comparison.as_ref(), c, out)?,
    }
    Ok(Exit::Report(cellsweep_report::exit_code(&exit)))
}

fn say(
    name: &str,
    found: &Verification,
    comparison: Option<&Comparison>,
    c: &Verify,
    out: &mut Out,
) -> anyhow::Result<()> {
    for p in &found.parts {
        let word = if p.holds { "holds" } else { "DOES NOT HOLD" };
        out.line(format!(
            "{:<28} {word}: {}",
            sanitise(&p.name),
            sanitise(&p.says)
        ))?;
    }
    if let Some(h) = &found.head {
        out.line(format!(
            "Report of {} on {}, made {} by {} {}, catalogue {} as of {}{}.",
            sanitise(
                h.organisation
                    .as_deref()
                    .unwrap_or("evidence without an estate")
            ),
            sanitise(&h.date),
            sanitise(&h.generated_at),
            sanitise(&h.tool.name),
            sanitise(&h.tool.version),
            sanitise(&h.catalog.version),
            sanitise(&h.catalog.as_of),
            if h.redacted { ", numbers masked" } else { "" }
        ))?;
    }
    if !found.packs_without_text.is_empty() {
        out.line(format!(
            "The text of these packs is not inside: {}.",
            sanitise(&found.packs_without_text.join(", "))
        ))?;
    }
    let answer = match (found.whole, found.signed) {
        (false, _) => "does not hold: do not rely on it".to_owned(),
        (true, Signed::Not) => "whole, but not signed: anyone could have made it".to_owned(),
        (true, Signed::ByGivenKey) => {
            "whole, and signed by the key given: it is as its holder signed it".to_owned()
        }
        (true, Signed::ByKeyInBundle) => format!(
            "whole, and signed by the key {}, which only the bundle itself names: compare it with one you have from the signer (--pubkey)",
            found.key_id.as_deref().unwrap_or_default()
        ),
        (true, Signed::Wrong) => "signature does not hold: do not rely on it".to_owned(),
    };
    out.line(format!("{}: {answer}.", sanitise(name)))?;
    if let Some(e) = comparison {
        out.line(format!(
            "Evidence: {} sources as bundled{}, {} differ, {} not there, {} without a hash, {} not readable; {} files there are none of them.",
            e.same,
            if e.moved > 0 {
                format!(" ({} under another path)", e.moved)
            } else {
                String::new()
            },
            e.differs.len(),
            e.missing.len(),
            e.without_hash.len(),
            e.unreadable.len(),
            e.others
        ))?;
        for (word, paths) in [("differs", &e.differs), ("not there", &e.missing)] {
            for path in paths.iter().take(SHOWN) {
                out.line(format!("  {word}: {}", sanitise(path)))?;
            }
            if paths.len() > SHOWN {
                out.line(format!("  and {} more", paths.len() - SHOWN))?;
            }
        }
        for (path, why) in e.unreadable.iter().take(SHOWN) {
            out.line(format!(
                "  not readable: {}: {}",
                sanitise(path),
                sanitise(why)
            ))?;
        }
    } else if c.evidence.is_some() {
        out.line("The evidence was not compared: the bundle's own hashes do not hold.")?;
    }
    Ok(())
}
