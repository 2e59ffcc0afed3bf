//! `cellsweep catalog`.

use std::path::PathBuf;

use cellsweep_catalog::check;
use clap::Subcommand;

use crate::Arguments;
use crate::exit::Exit;
use crate::out::Out;

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Catalog {
    /// Every maker
    List,
    /// One maker: names, owners in time, families, identifiers
    Show {
        /// The maker's slug
        maker: String,
    },
    /// Check a catalogue folder; mistakes point at the line
    Check {
        /// The folder
        dir: PathBuf,
    },
    /// How much there is, and what is to be sourced again
    Stats,
    /// Everything whose name or number holds a text
    Search {
        /// The text
        #[arg(required = true, num_args = 1..)]
        text: Vec<String>,
    },
}

/// Runs it.
pub fn run(c: &Catalog, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    if let Catalog::Check { dir } = c {
        let problems = check::check(dir);
        for p in &problems {
            out.line(format!("{}:{}: {} [{}]", p.file, p.line, p.message, p.code))?;
        }
        anyhow::ensure!(problems.is_empty(), "{} mistakes", problems.len());
        out.line(format!("{}: nothing is wrong", dir.display()))?;
        return Ok(Exit::Done);
    }
    let catalog = super::load(arguments)?;
    match c {
        Catalog::List => {
            let mut table = crate::out::table(&["maker", "name", "role", "seat", "families"]);
            for m in catalog.makers() {
                table.add_row([
                    m.slug.clone(),
                    m.name.clone(),
                    format!("{:?}", m.role),
                    m.country.clone().unwrap_or_default(),
                    catalog.family_names(&m.slug).len().to_string(),
                ]);
            }
            out.line(table.to_string())?;
        }
        Catalog::Show { maker } => show(&catalog, maker, out)?,
        Catalog::Stats => {
            out.line(format!(
                "catalogue {} as of {}, digest {}",
                catalog.version(),
                catalog.as_of(),
                catalog.digest()
            ))?;
            let text = format!("{:#?}", catalog.stats());
            for line in text.lines().filter(|l| l.contains(':')) {
                let line = line.trim().trim_end_matches(',').replace('_', " ");
                out.line(format!("  {line}"))?;
            }
            let again: Vec<_> = catalog
                .sources()
                .iter()
                .filter(|s| s.to_be_resourced)
                .collect();
            out.line(format!("{} sources are to be found again:", again.len()))?;
            for s in again {
                out.line(format!("  {:<24} {}", s.id, s.title))?;
            }
        }
        Catalog::Search { text } => {
            for f in catalog.search(&text.join(" ")) {
                out.line(format!(
                    "{:<10} {:<24} {:<18} {}",
                    f.what, f.name, f.maker, f.says
                ))?;
            }
        }
        Catalog::Check { .. } => {}
    }
    Ok(Exit::Done)
}

fn show(catalog: &cellsweep_catalog::Catalog, slug: &str, out: &mut Out) -> anyhow::Result<()> {
    let Some(file) = catalog.file(slug) else {
        anyhow::bail!("no maker is called {slug}; `cellsweep catalog list` lists them");
    };
    let m = &file.maker;
    let source = |id: &str| -> String {
        catalog.source(id).map_or_else(
            || id.to_owned(),
            |s| s.url.clone().unwrap_or_else(|| s.title.clone()),
        )
    };
    out.line(format!("{} ({})", m.name, m.slug))?;
    if let Some(legal) = &m.legal_name {
        out.line(format!("  registered   {legal}"))?;
    }
    if let Some(country) = &m.country {
        out.line(format!("  seat         {country}"))?;
    }
    out.line(format!("  names        {}", m.aliases.join(", ")))?;
    out.line(format!(
        "  source       {} (as of {})",
        source(&m.source),
        m.as_of
    ))?;
    for o in &m.owner {
        out.line(format!(
            "  control      {} ({}), {} to {}; {}",
            o.name,
            o.kind,
            o.from.as_deref().unwrap_or("?"),
            o.to.as_deref().unwrap_or("no later change known"),
            source(&o.source)
        ))?;
    }
    for l in &m.lineage {
        out.line(format!(
            "  engineering  of {}: {}; {}",
            l.of,
            l.shows,
            source(&l.source)
        ))?;
    }
    out.line(format!(
        "  families     {}",
        catalog.family_names(slug).join(", ")
    ))?;
    for (bus, ids) in [
        ("usb", &file.usb),
        ("pci", &file.pci),
        ("subsystem", &file.subsystem),
    ] {
        for id in ids {
            out.line(format!("  {bus:<12} {} {}", id.id, id.families.join(", ")))?;
        }
    }
    for l in &file.label {
        out.line(format!(
            "  FCC ID       {} {}",
            l.fcc,
            l.families.join(", ")
        ))?;
    }
    for t in &file.tac {
        out.line(format!(
            "  TAC          {} {}",
            t.tac,
            t.families.join(", ")
        ))?;
    }
    Ok(())
}
