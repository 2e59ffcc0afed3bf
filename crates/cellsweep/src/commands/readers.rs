//! `cellsweep readers`.

use cellsweep_evidence::READERS;
use clap::Args;

use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Readers {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Lists the formats.
pub fn run(c: &Readers, out: &mut Out) -> anyhow::Result<Exit> {
    let mut sorted: Vec<_> = READERS.iter().collect();
    sorted.sort_by_key(|r| r.format);
    if c.json {
        let rows: Vec<_> = sorted
            .iter()
            .map(|r| {
                serde_json::json!({
                    "format": r.format, "title": r.title, "made_by": r.made_by, "proves": r.proves,
                    "lists_completely": r.enumerates.iter().map(|a| a.as_str()).collect::<Vec<_>>(),
                })
            })
            .collect();
        out.line(serde_json::to_string_pretty(&rows)?)?;
        return Ok(Exit::Done);
    }
    let mut table = crate::out::table(&["format", "what", "made by", "proves", "lists completely"]);
    for r in sorted {
        let proves: Vec<_> = r.proves.iter().map(|s| s.as_str()).collect();
        let lists: Vec<_> = r.enumerates.iter().map(|a| a.as_str()).collect();
        table.add_row([
            r.format,
            r.title,
            r.made_by,
            &proves.join(", "),
            &lists.join(", "),
        ]);
    }
    out.line(table.to_string())?;
    Ok(Exit::Done)
}
