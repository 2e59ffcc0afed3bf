//! Exit codes of the contract.

use std::process::ExitCode;

/// Shown under `--help`.
pub const HELP: &str = "\
Exit codes: 0 done, nothing to act on; 1 prohibited by the chosen packs; 2 usage or configuration
error; 3 done in part (something could not be read); 4 nothing recognised to read; 5 nothing
prohibited, but a legal reading or evidence is missing. Precedence 2 > 4 > 1 > 5 > 3 > 0.";

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, nothing to act on.
    Done,
    /// Usage or configuration error.
    Usage,
    /// Nothing recognised to read.
    Nothing,
    /// Any code that a report computed.
    Report(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Usage => 2,
            Exit::Nothing => 4,
            Exit::Report(code) => code,
        })
    }
}
