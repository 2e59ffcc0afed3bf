//! The files, folders and standard input that a command is given, as sources to read.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use cellsweep_sweep::Input;
use cellsweep_sweep::input::{Unwalked, walk};

/// Most bytes taken from standard input.
const MOST: u64 = 1 << 36;

/// Sources to read.
#[derive(Debug)]
pub struct Given {
    /// Every file, then standard input.
    pub inputs: Vec<Input>,
    /// What could not be walked.
    pub unwalked: Vec<Unwalked>,
    /// Standard input lies here while it is read; dropping it deletes the file.
    _spooled: Option<tempfile::NamedTempFile>,
}

/// Walks the paths (`-` is standard input); all are read as this format, if one is named.
///
/// # Errors
/// If no reader has that name, standard input is given twice, or it cannot be kept.
pub fn given(paths: &[PathBuf], format: Option<&str>) -> anyhow::Result<Given> {
    if let Some(name) = format {
        anyhow::ensure!(
            cellsweep_evidence::reader(name).is_some(),
            "no reader is called {name}; `cellsweep readers` lists them"
        );
    }
    let (stdin, files): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(|p| p.as_os_str() == "-");
    anyhow::ensure!(stdin.len() < 2, "standard input is given twice");
    let (mut inputs, unwalked) = walk(&files);
    let mut spooled = None;
    if !stdin.is_empty() {
        let (file, bytes) = spool()?;
        inputs.push(Input {
            path: file.path().to_owned(),
            shown: "-".to_owned(),
            bytes,
            ..Input::default()
        });
        spooled = Some(file);
    }
    for input in &mut inputs {
        input.format = format.map(str::to_owned);
    }
    Ok(Given {
        inputs,
        unwalked,
        _spooled: spooled,
    })
}

/// Standard input as a file, because sources are read by several stages.
fn spool() -> anyhow::Result<(tempfile::NamedTempFile, u64)> {
    let mut file = tempfile::NamedTempFile::new().context("a temporary file for standard input")?;
    let n = std::io::copy(&mut std::io::stdin().lock().take(MOST), &mut file)
        .context("standard input")?;
    Ok((file, n))
}
