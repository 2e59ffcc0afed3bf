// Reading a directory of TOML files. Shared by the library and its build script.

use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::model::{MakerFile, ProductFile, Raw, SharedFile, SourcesFile};
use crate::starts::{starts, tightened};

/// What is wrong in a catalogue file, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileError {
    /// File, relative to the catalogue directory.
    pub file: String,
    /// Line, from 1; 0: the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for FileError {}

/// A file's name inside the catalogue, with `/`, and its text.
pub type Text = (String, String);

/// The TOML files of a catalogue directory in name order: `sources.toml`, `makers/`, `shared/`,
/// `products/`.
///
/// # Errors
/// A file or directory cannot be read.
pub fn texts(dir: &Path) -> Result<Vec<Text>, FileError> {
    let mut out = Vec::new();
    let sources = dir.join("sources.toml");
    if sources.is_file() {
        out.push(("sources.toml".to_owned(), read(&sources, "sources.toml")?));
    }
    for part in ["makers", "products", "shared"] {
        let sub = dir.join(part);
        if !sub.is_dir() {
            continue;
        }
        let mut paths: Vec<PathBuf> = Vec::new();
        let listed = std::fs::read_dir(&sub).map_err(|e| whole(part, &e.to_string()))?;
        for entry in listed {
            let path = entry.map_err(|e| whole(part, &e.to_string()))?.path();
            if path.extension().is_some_and(|e| e == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
        for path in paths {
            let name = path
                .file_name()
                .and_then(|n| n.to_str())
                .unwrap_or_default();
            let name = format!("{part}/{name}");
            let text = read(&path, &name)?;
            out.push((name, text));
        }
    }
    Ok(out)
}

fn read(path: &Path, name: &str) -> Result<String, FileError> {
    std::fs::read_to_string(path).map_err(|e| whole(name, &e.to_string()))
}

fn whole(file: &str, message: &str) -> FileError {
    FileError {
        file: file.to_owned(),
        line: 0,
        message: message.to_owned(),
    }
}

/// Line, from 1, of a byte offset.
pub fn line_at(text: &str, offset: usize) -> usize {
    let end = offset.min(text.len());
    1 + text.get(..end).map_or(0, |head| head.matches('\n').count())
}

fn parsed<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|e| FileError {
        file: name.to_owned(),
        line: e.span().map_or(0, |span| line_at(text, span.start)),
        message: e.message().to_owned(),
    })
}

/// Parses the files. Every file with a mistake gives one error; the others are kept.
pub fn parse(texts: &[Text]) -> (Raw, Vec<FileError>) {
    let mut raw = Raw::default();
    let mut errors = Vec::new();
    let mut hash = Sha256::new();
    for (name, text) in texts {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        hash.update([0]);
        let failed = if name == "sources.toml" {
            parsed::<SourcesFile>(name, text)
                .map(|f| raw.sources = f)
                .err()
        } else if name.starts_with("makers/") {
            parsed::<MakerFile>(name, text)
                .map(|f| {
                    raw.starts.push(family_starts(name, text, &f, &mut errors));
                    raw.makers.push((name.clone(), f));
                })
                .err()
        } else if name.starts_with("shared/") {
            parsed::<SharedFile>(name, text)
                .map(|f| raw.shared.push((name.clone(), f)))
                .err()
        } else {
            parsed::<ProductFile>(name, text)
                .map(|f| {
                    let begin = |model: &str| starts(&tightened(model)).unwrap_or_default();
                    raw.product_starts
                        .push(f.product.iter().map(|p| begin(&p.model)).collect());
                    raw.products.push((name.clone(), f));
                })
                .err()
        };
        errors.extend(failed);
    }
    let digest = hash.finalize();
    raw.digest = digest.iter().fold(String::new(), |mut out, byte| {
        for half in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
        out
    });
    (raw, errors)
}

fn family_starts(
    name: &str,
    text: &str,
    file: &MakerFile,
    errors: &mut Vec<FileError>,
) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for family in &file.family {
        match starts(&family.pattern) {
            Ok(found) => out.push(found),
            Err(message) => {
                let offset = text.find(&family.pattern).unwrap_or(0);
                errors.push(FileError {
                    file: name.to_owned(),
                    line: line_at(text, offset),
                    message: format!("pattern of family {}: {message}", family.name),
                });
                out.push(Vec::new());
            }
        }
    }
    out
}
