//! Hashes of the evidence: written from the report's sources, and compared with a folder at hand.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Component, Path, PathBuf};

use cellsweep_report::json::{self, Layout};
use cellsweep_report::model::{ReadStatus, Report, SourceState};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::hex;

/// Longest line that is read, in bytes: a path and a hash.
const LONGEST_LINE: u64 = 64 << 10;
/// Most sources that are compared with evidence.
pub const MOST: usize = 2_000_000;
/// Most bytes of their paths that are held.
pub(crate) const MOST_BYTES: usize = 256 << 20;
/// Most files of a folder that are looked at.
const MOST_FILES: usize = 2_000_000;

/// One source as a bundle lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashed {
    /// Path as the report names it.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal; `null`: it could not be read, or was no file.
    pub sha256: Option<String>,
    /// How reading went.
    pub status: ReadStatus,
}

impl Hashed {
    fn of(s: &SourceState) -> Self {
        Self {
            path: s.path.clone(),
            bytes: s.bytes,
            sha256: Some(s.digest.clone()).filter(|d| !d.is_empty()),
            status: s.status,
        }
    }

    /// Adds it to a hash over all sources in their order.
    pub(crate) fn add_to(&self, sum: &mut Sha256) {
        for part in [
            self.path.as_bytes(),
            self.bytes.to_string().as_bytes(),
            self.sha256.as_deref().unwrap_or("-").as_bytes(),
            format!("{:?}", self.status).as_bytes(),
        ] {
            sum.update((part.len() as u64).to_le_bytes());
            sum.update(part);
        }
    }
}

impl From<SourceState> for Hashed {
    fn from(s: SourceState) -> Self {
        Self::of(&s)
    }
}

/// Every source of a report, one a line.
pub(crate) fn lines(report: &Report) -> Result<String, serde_json::Error> {
    let mut out = String::new();
    for s in &report.sources {
        out.push_str(&json::value(&Hashed::of(s), Layout::Compact)?);
    }
    Ok(out)
}

/// Reads such lines: hands on each, stops at the first that is none.
pub(crate) fn read(input: &mut impl BufRead, mut each: impl FnMut(Hashed)) -> Result<(), String> {
    let mut line = Vec::new();
    let mut n = 0u64;
    loop {
        line.clear();
        n += 1;
        let got = input
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|e| e.to_string())?;
        if got == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') {
            return Err(format!("line {n} is cut or longer than any source's"));
        }
        each(serde_json::from_slice(&line).map_err(|e| format!("line {n} is no source: {e}"))?);
    }
}

/// How the evidence at hand compares with a bundle's hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Sources whose file has the same hash.
    pub same: u64,
    /// Of those: found under another path, by size and hash.
    pub moved: u64,
    /// Paths whose file has another hash.
    pub differs: Vec<String>,
    /// Paths for which no file is there.
    pub missing: Vec<String>,
    /// Sources that have no hash: they could not be read when the report was made, or were no files.
    pub without_hash: Vec<String>,
    /// Paths and reasons of files that could not be read now.
    pub unreadable: Vec<(String, String)>,
    /// Files of the folder that no source names.
    pub others: u64,
}

/// Compares sources with the files of a folder. Only files inside the folder are opened, whatever paths
/// the bundle names; links are not followed.
pub fn compare(sources: &[Hashed], folder: &Path) -> Comparison {
    let mut out = Comparison::default();
    let mut files: BTreeMap<PathBuf, u64> = BTreeMap::new();
    for entry in WalkDir::new(folder).follow_links(false) {
        match entry {
            Ok(e) if e.file_type().is_file() => {
                if files.len() >= MOST_FILES {
                    out.unreadable.push((
                        folder.display().to_string(),
                        format!("has more than {MOST_FILES} files; the rest was not looked at"),
                    ));
                    break;
                }
                if let Ok(inside) = e.path().strip_prefix(folder) {
                    files.insert(inside.to_owned(), e.metadata().map_or(0, |m| m.len()));
                }
            }
            Ok(_) => {}
            Err(e) => out.unreadable.push((
                e.path().unwrap_or(folder).display().to_string(),
                "could not be walked".to_owned(),
            )),
        }
    }
    let mut by_size: BTreeMap<u64, Vec<&PathBuf>> = BTreeMap::new();
    for (path, size) in &files {
        by_size.entry(*size).or_default().push(path);
    }
    let mut sums: BTreeMap<&PathBuf, Result<String, String>> = BTreeMap::new();
    let mut sum = |path: &PathBuf| -> Result<String, String> {
        let Some((path, _)) = files.get_key_value(path) else {
            return Err("is not there".to_owned());
        };
        sums.entry(path)
            .or_insert_with(|| hash(&folder.join(path)).map_err(|e| e.to_string()))
            .clone()
    };
    let mut named: std::collections::BTreeSet<PathBuf> = std::collections::BTreeSet::new();
    for s in sources {
        let Some(wanted) = &s.sha256 else {
            out.without_hash.push(s.path.clone());
            continue;
        };
        if let Some(path) = inside(&s.path).into_iter().find(|p| files.contains_key(p)) {
            match sum(&path) {
                Ok(found) if found == *wanted => out.same += 1,
                Ok(_) => out.differs.push(s.path.clone()),
                Err(why) => out.unreadable.push((s.path.clone(), why)),
            }
            named.insert(path);
            continue;
        }
        // Masked paths, and files that were moved: the hash finds them.
        let elsewhere = by_size
            .get(&s.bytes)
            .into_iter()
            .flatten()
            .find(|p| sum(p).is_ok_and(|found| found == *wanted));
        match elsewhere {
            Some(path) => {
                out.same += 1;
                out.moved += 1;
                named.insert((*path).clone());
            }
            None => out.missing.push(s.path.clone()),
        }
    }
    out.others = (files.len() - named.len()) as u64;
    out
}

/// The paths inside a folder that a source's path may stand for: itself, and without the name of a sheet.
fn inside(path: &str) -> Vec<PathBuf> {
    [Some(path), path.rsplit_once('#').map(|(file, _)| file)]
        .into_iter()
        .flatten()
        .filter(|p| !p.is_empty())
        .map(PathBuf::from)
        .filter(|p| p.components().all(|c| matches!(c, Component::Normal(_))))
        .collect()
}

fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&sum.finalize())),
            n => sum.update(buffer.get(..n).unwrap_or_default()),
        }
    }
}
