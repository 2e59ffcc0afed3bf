//! `cellsweep explain CODE`.

use clap::Args;

use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Explain {
    /// A code as it stands in a report or an error; without one, all are listed
    code: Option<String>,
}

/// Explains.
pub fn run(c: &Explain, out: &mut Out) -> anyhow::Result<Exit> {
    let codes = cellsweep_sweep::codes::all();
    match &c.code {
        None => {
            for (code, says) in codes {
                out.line(format!("{code:<34} {says}"))?;
            }
        }
        Some(code) => {
            let Some((code, says)) = codes.iter().find(|(c, _)| c == code) else {
                anyhow::bail!("no code is called {code}; `cellsweep explain` lists them");
            };
            out.line(format!("{code}\n\n{says}"))?;
        }
    }
    Ok(Exit::Done)
}
