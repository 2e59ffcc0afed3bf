//! The organisation's own waivers and overrides. Only files that the user names are read for them.

use std::path::Path;

use anyhow::Context as _;
use cellsweep_policy::Additions;

/// Those of a file of waivers, or those that stand in an estate file.
///
/// # Errors
/// If the file cannot be read, or holds a mistake: each with its line.
pub fn waivers(path: &Path) -> anyhow::Result<Additions> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| name.clone())?;
    let estate = text.lines().any(|l| l.trim() == "[organisation]");
    let found = if estate {
        Additions::of_estate(&name, &text)
    } else {
        Additions::load(&name, &text)
    };
    found.map_err(|problems| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", all.join("\n"))
    })
}
