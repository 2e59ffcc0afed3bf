//! What must hold for the catalogue's files beyond their shape.

use std::path::Path;

use crate::files::FileError;

/// Something wrong in a catalogue file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// File, relative to the catalogue directory.
    pub file: String,
    /// Line, from 1; 0: the file as a whole.
    pub line: usize,
    /// Stable kebab-case code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

impl From<FileError> for Problem {
    fn from(e: FileError) -> Self {
        Problem {
            file: e.file,
            line: e.line,
            code: "catalog-syntax",
            message: e.message,
        }
    }
}

/// Checks a catalogue directory; empty: nothing is wrong.
pub fn check(dir: &Path) -> Vec<Problem> {
    match crate::files::texts(dir) {
        Ok(texts) => crate::files::parse(&texts)
            .1
            .into_iter()
            .map(Problem::from)
            .collect(),
        Err(e) => vec![e.into()],
    }
}
