//! Which files are evidence.

use std::io;
use std::path::{Path, PathBuf};

use cellsweep_evidence::{Key, Mapping};
use walkdir::WalkDir;

/// One source to read, with what the organisation says about it.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Path to open.
    pub path: PathBuf,
    /// Path as reports show it: relative, forward slashes.
    pub shown: String,
    /// Size in bytes as the file system tells.
    pub bytes: u64,
    /// Keys that the organisation binds to it (an asset tag).
    pub keys: Vec<Key>,
    /// Department that the organisation binds to it.
    pub department: Option<String>,
    /// Format that the user names; else it is recognised.
    pub format: Option<String>,
    /// Column mapping.
    pub mapping: Mapping,
    /// Its rows are the estate's assets.
    pub register: bool,
}

/// A path that could not be walked.
#[derive(Clone, Debug)]
pub struct Unwalked {
    /// Path as reports show it.
    pub shown: String,
    /// Why.
    pub message: String,
}

/// Most files taken from one run; more is refused with a message rather than read for days.
pub const MOST_FILES: usize = 2_000_000;

/// Every regular file under these paths, sorted by path; links are not followed.
pub fn walk(paths: &[PathBuf]) -> (Vec<Input>, Vec<Unwalked>) {
    let mut inputs = Vec::new();
    let mut unwalked = Vec::new();
    for root in paths {
        // A file named on the command line is read even through a link: the user said so.
        match std::fs::metadata(root) {
            Err(e) => {
                unwalked.push(Unwalked {
                    shown: shown(root),
                    message: e.to_string(),
                });
                continue;
            }
            Ok(m) if !m.is_dir() => {
                inputs.push(Input {
                    path: root.clone(),
                    shown: shown(root),
                    bytes: m.len(),
                    ..Input::default()
                });
                continue;
            }
            Ok(_) => {}
        }
        for entry in WalkDir::new(root).follow_links(false).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    if inputs.len() >= MOST_FILES {
                        unwalked.push(Unwalked {
                            shown: shown(root),
                            message: format!("more than {MOST_FILES} files; the rest was not read"),
                        });
                        return (inputs, unwalked);
                    }
                    inputs.push(Input {
                        path: entry.path().to_owned(),
                        shown: shown(entry.path()),
                        bytes: entry.metadata().map_or(0, |m| m.len()),
                        ..Input::default()
                    });
                }
                Ok(_) => {}
                Err(e) => {
                    let path = e.path().unwrap_or(root);
                    let message = e
                        .io_error()
                        .map_or_else(|| "could not be walked".to_owned(), io::Error::to_string);
                    unwalked.push(Unwalked {
                        shown: shown(path),
                        message,
                    });
                }
            }
        }
    }
    (inputs, unwalked)
}

/// A path as reports show it.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    };
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}
