//! Exit codes.

use cellsweep_identify::AssetStatus;
use cellsweep_policy::Status;

use crate::model::{ReadStatus, Report};

/// What the command's exit code says. A run can deserve several; [`exit_code`] picks one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Everything was read and nothing is to be acted on.
    Done = 0,
    /// A chosen pack prohibits something that was found.
    Prohibited = 1,
    /// The command line or a configuration file is wrong.
    Usage = 2,
    /// Something could not be read: a source failed, was read in part, or no reader knows it.
    Partial = 3,
    /// There was nothing that any reader recognises.
    Nothing = 4,
    /// A legal reading or evidence is missing: a verdict that needs a lawyer, a verdict that the
    /// evidence does not decide, or an asset that was not assessed.
    Undecided = 5,
}

impl Exit {
    /// All, strongest first.
    pub const PRECEDENCE: [Self; 6] = [
        Self::Usage,
        Self::Nothing,
        Self::Prohibited,
        Self::Undecided,
        Self::Partial,
        Self::Done,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Done => "done, nothing to act on",
            Self::Prohibited => "prohibited by the chosen packs",
            Self::Usage => "usage or configuration error",
            Self::Partial => "done in part: something could not be read",
            Self::Nothing => "nothing recognised to read",
            Self::Undecided => "a legal reading or evidence is missing",
        }
    }
}

/// The one exit code for all that apply: precedence 2 > 4 > 1 > 5 > 3 > 0. Numbers that are no exit
/// code of this program count as 2; none at all is 0.
pub fn exit_code(codes: &[u8]) -> u8 {
    if codes.iter().any(|c| *c > Exit::Undecided.code()) {
        return Exit::Usage.code();
    }
    Exit::PRECEDENCE
        .iter()
        .map(|e| e.code())
        .find(|c| codes.contains(c))
        .unwrap_or(Exit::Done.code())
}

/// The codes that apply to a report, strongest first; `[0]` if no other does.
///
/// A member inside a container (`image.bin!etc/motd`) that no reader knows is the normal case and
/// does not make a run partial; a file given as evidence that no reader knows does.
pub fn codes(report: &Report) -> Vec<u8> {
    let recognised = report
        .sources
        .iter()
        .any(|s| s.status != ReadStatus::Unrecognised);
    let partial = report.sources.iter().any(|s| match s.status {
        ReadStatus::Read => false,
        ReadStatus::Partial | ReadStatus::Failed => true,
        ReadStatus::Unrecognised => !s.path.contains('!'),
    }) || report.remarks.iter().any(|r| r.code == "too-many-modules");
    let any = |wanted: &[Status]| {
        report
            .findings
            .iter()
            .flat_map(|f| &f.verdicts)
            .any(|v| wanted.contains(&v.status))
    };
    let mut codes = Vec::new();
    if !recognised && report.findings.is_empty() {
        codes.push(Exit::Nothing.code());
    }
    if any(&[Status::Prohibited]) {
        codes.push(Exit::Prohibited.code());
    }
    if any(&[Status::NeedsLegalReading, Status::InsufficientEvidence])
        || report
            .assets
            .iter()
            .any(|a| a.status == AssetStatus::NotAssessed)
    {
        codes.push(Exit::Undecided.code());
    }
    if partial {
        codes.push(Exit::Partial.code());
    }
    if codes.is_empty() {
        codes.push(Exit::Done.code());
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence() {
        assert_eq!(exit_code(&[]), 0);
        assert_eq!(exit_code(&[0, 3]), 3);
        assert_eq!(exit_code(&[3, 5]), 5);
        assert_eq!(exit_code(&[5, 1, 3]), 1);
        assert_eq!(exit_code(&[1, 4]), 4);
        assert_eq!(exit_code(&[4, 2, 1]), 2);
        assert_eq!(exit_code(&[0, 77]), 2);
    }
}
