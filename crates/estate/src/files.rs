//! Which files are to be read, as what, and about which asset.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use globset::{GlobSet, GlobSetBuilder};
use walkdir::WalkDir;

use crate::diagnostic::{
    Diagnostic, FOLDER_UNREADABLE, LINK_NOT_FOLLOWED, PATTERN_MATCHES_NOTHING, PATTERN_SHADOWED,
    TOO_MANY_FILES,
};
use crate::model::{Columns, Estate};

/// Most files listed in one run.
pub const MAX_FILES: usize = 1_000_000;

/// Deepest folder looked into, below the estate's.
pub const MAX_DEPTH: usize = 64;

/// The folder whose files are read even if no pattern matches them.
const EVIDENCE: &str = "evidence";

/// One file to read, and what the estate says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The path to open, below the root that was given.
    pub path: PathBuf,
    /// The path as reports name it: from the estate's folder, with `/`.
    pub name: String,
    /// The asset it speaks about, by id.
    pub asset: Option<String>,
    /// The department it belongs to, by id.
    pub department: Option<String>,
    /// Evidence format, where it is not to be recognised.
    pub as_format: Option<String>,
    /// How to read it if it is a table.
    pub mapping: Columns,
    /// Index into [`Estate::registers`] if its rows are assets. A workbook that is a register by
    /// several sheets is listed once a sheet.
    pub register: Option<usize>,
    /// Index into [`Estate::evidence`] of the pattern that took it; neither this nor `register`:
    /// found under `evidence/`, matched by nothing.
    pub pattern: Option<usize>,
}

/// The files of an estate, with what could not be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceFiles {
    /// Sorted by name, then by register.
    pub files: Vec<Bound>,
    /// Patterns without a file, links not followed, folders not readable; for the report.
    pub warnings: Vec<Diagnostic>,
}

impl Estate {
    /// Lists the files to read below `root`, the folder of the estate file.
    ///
    /// Registers come first to a file, then the evidence patterns in the order of the estate, and a
    /// file is taken once. Files under `evidence/` that nothing took are listed unbound, so that
    /// none is skipped silently. Symbolic links are never followed. The result does not depend on
    /// the order in which the file system lists.
    pub fn evidence_files(&self, root: &Path) -> EvidenceFiles {
        let mut out = EvidenceFiles::default();
        let found = self.walk(root, &mut out.warnings);
        let set = self.pattern_set();
        let mut registers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, register) in self.registers.iter().enumerate() {
            registers
                .entry(register.file.value.as_str())
                .or_default()
                .push(index);
        }

        let mut takes = vec![0usize; self.evidence.len()];
        let mut matches = vec![0usize; self.evidence.len()];
        for (name, path) in found {
            let by: Vec<(usize, Option<String>)> = self.patterns_of(set.as_ref(), &name);
            for (index, _) in &by {
                if let Some(n) = matches.get_mut(*index) {
                    *n += 1;
                }
            }
            if let Some(indices) = registers.get(name.as_str()) {
                for index in indices {
                    let Some(register) = self.registers.get(*index) else {
                        continue;
                    };
                    out.files.push(Bound {
                        path: path.clone(),
                        name: name.clone(),
                        asset: None,
                        department: register.department.clone(),
                        as_format: register.as_format.as_ref().map(|f| f.value.clone()),
                        mapping: register.columns.clone(),
                        register: Some(*index),
                        pattern: None,
                    });
                }
                continue;
            }
            if let Some((index, captured)) = by.into_iter().next() {
                if let Some(n) = takes.get_mut(index) {
                    *n += 1;
                }
                let Some(pattern) = self.evidence.get(index) else {
                    continue;
                };
                out.files.push(Bound {
                    path,
                    name,
                    asset: captured.or_else(|| pattern.asset.clone()),
                    department: pattern.department.clone(),
                    as_format: pattern.as_format.as_ref().map(|f| f.value.clone()),
                    mapping: pattern.columns.clone(),
                    register: None,
                    pattern: Some(index),
                });
            } else if name.starts_with("evidence/") {
                out.files.push(Bound {
                    path,
                    name,
                    asset: None,
                    department: None,
                    as_format: None,
                    mapping: Columns::default(),
                    register: None,
                    pattern: None,
                });
            }
        }

        for ((pattern, takes), matches) in self.evidence.iter().zip(takes).zip(matches) {
            let span = Some(pattern.path.span.clone());
            let text = pattern.path.value.as_str();
            if matches == 0 {
                // The commonest mistake: a folder named where its files are meant.
                let help = if root.join(text).is_dir() {
                    format!("this is a folder; its files are `{text}/**`")
                } else {
                    "check the folder and the ending; case matters".to_owned()
                };
                let message = format!("no file matches `{text}`");
                out.warnings
                    .push(Diagnostic::new(PATTERN_MATCHES_NOTHING, span, message).help(help));
            } else if takes == 0 {
                out.warnings.push(Diagnostic::new(
                    PATTERN_SHADOWED,
                    span,
                    format!("every file that matches `{text}` was taken by a pattern above or is a register"),
                ));
            }
        }
        out.warnings.sort_by(|a, b| {
            let line = |d: &Diagnostic| d.span.as_ref().map(|s| s.bytes.start);
            (line(a), a.code, &a.message).cmp(&(line(b), b.code, &b.message))
        });
        out
    }

    /// Indices of the patterns that match, in order, with what they capture.
    fn patterns_of(&self, set: Option<&GlobSet>, name: &str) -> Vec<(usize, Option<String>)> {
        let candidates: Vec<usize> = match set {
            Some(set) => set.matches(name),
            None => (0..self.evidence.len()).collect(),
        };
        candidates
            .into_iter()
            .filter_map(|i| Some((i, self.evidence.get(i)?.path.value.matches(name)?.asset)))
            .collect()
    }

    /// All patterns at once; `None` if together they are too large, then they are tried one by one.
    fn pattern_set(&self) -> Option<GlobSet> {
        let mut builder = GlobSetBuilder::new();
        for pattern in &self.evidence {
            builder.add(pattern.path.value.glob().clone());
        }
        builder.build().ok()
    }

    /// Every regular file that could be meant, by name. (Names that are not text may look alike;
    /// the path keeps them apart.)
    fn walk(&self, root: &Path, warnings: &mut Vec<Diagnostic>) -> BTreeSet<(String, PathBuf)> {
        let mut bases: BTreeSet<&str> = self.evidence.iter().map(|p| p.path.value.base()).collect();
        bases.insert(EVIDENCE);
        let registers: BTreeSet<&str> = self
            .registers
            .iter()
            .map(|r| r.file.value.as_str())
            .collect();
        let inside = |base: &str, other: &str| {
            other.is_empty()
                || base
                    .strip_prefix(other)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let tops: Vec<&str> = bases
            .iter()
            .copied()
            .filter(|b| !bases.iter().any(|o| o != b && inside(b, o)))
            .collect();

        let mut found = BTreeSet::new();
        for base in tops {
            if !reachable(root, base, warnings) {
                continue;
            }
            let top = if base.is_empty() {
                root.to_path_buf()
            } else {
                root.join(base)
            };
            for entry in WalkDir::new(top).follow_links(false).max_depth(MAX_DEPTH) {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        let at = error.path().map(|p| name_of(root, p)).unwrap_or_default();
                        let why = error
                            .io_error()
                            .map_or_else(|| error.to_string(), ToString::to_string);
                        warnings.push(Diagnostic::new(
                            FOLDER_UNREADABLE,
                            None,
                            format!("`{at}` could not be listed: {why}"),
                        ));
                        continue;
                    }
                };
                let kind = entry.file_type();
                let name = name_of(root, entry.path());
                if kind.is_symlink() {
                    warnings.push(Diagnostic::new(
                        LINK_NOT_FOLLOWED,
                        None,
                        format!("`{name}` is a symbolic link and was not followed"),
                    ));
                } else if kind.is_file() {
                    if found.len() >= MAX_FILES {
                        warnings.push(Diagnostic::new(
                            TOO_MANY_FILES,
                            None,
                            format!("more than {MAX_FILES} files; the rest was left out"),
                        ));
                        return found;
                    }
                    found.insert((name, entry.path().to_path_buf()));
                } else if kind.is_dir() && entry.depth() == MAX_DEPTH {
                    warnings.push(Diagnostic::new(
                        TOO_MANY_FILES,
                        None,
                        format!(
                            "`{name}` lies deeper than {MAX_DEPTH} folders; it was not looked into"
                        ),
                    ));
                }
            }
        }
        for register in registers {
            let path = root.join(register);
            if reachable(root, register, warnings) && path.is_file() {
                found.insert((register.to_owned(), path));
            }
        }
        found
    }
}

/// Whether every component of the relative path is there and none is a link. A link is reported, a
/// missing component is not (its pattern will match nothing and say so).
fn reachable(root: &Path, relative: &str, warnings: &mut Vec<Diagnostic>) -> bool {
    let mut path = root.to_path_buf();
    for component in relative.split('/').filter(|c| !c.is_empty()) {
        path.push(component);
        match path.symlink_metadata() {
            Ok(meta) if meta.file_type().is_symlink() => {
                let message = format!(
                    "`{}` is a symbolic link and was not followed",
                    name_of(root, &path)
                );
                let warning = Diagnostic::new(LINK_NOT_FOLLOWED, None, message);
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
                return false;
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    true
}

/// The path from the root, with `/`; bytes that are not text become the replacement character.
fn name_of(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .components()
        .map(|c| c.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}
