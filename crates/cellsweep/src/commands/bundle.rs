//! `cellsweep bundle`.

use std::fs;
use std::io::{BufWriter, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cellsweep_bundle::{SigningKey, contents};
use cellsweep_policy::Packs;
use cellsweep_report::{Report, redact};
use clap::Args;
use jiff::civil::Date;

use super::audited::{Asked, audited};
use crate::Arguments;
use crate::exit::Exit;
use crate::out::Out;

/// Largest key, password or pack file that is read, in bytes.
const MOST: u64 = 1 << 20;

/// Arguments.
#[derive(Debug, Args)]
pub struct Bundle {
    /// The estate (it is audited), or a folder that `audit` wrote, or a report.json
    source: PathBuf,

    /// The bundle to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Sign with this minisign secret key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// The key's password: the first line of this file; else it is asked for at a terminal
    #[arg(long, value_name = "FILE", requires = "key")]
    password_file: Option<PathBuf>,

    /// Mask IMEIs, ICCIDs, serial numbers and MAC addresses
    #[arg(long)]
    redact: bool,

    /// The date asked about, for an estate; else the estate's, else today
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,

    /// For an estate: packs to judge by instead of its own, ids or files. For a report: pack files that it
    /// was judged by and that are not built in, so that their text is in the bundle
    #[arg(long, value_name = "PACK")]
    policy: Vec<String>,

    /// For an estate: do not let observed modules teach about rows with the same TAC, order code or serial
    /// numbers
    #[arg(long)]
    no_learn: bool,

    /// Threads; 0: one a core
    #[arg(long, default_value_t = 0)]
    jobs: usize,
}

/// Bundles.
pub fn run(c: &Bundle, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    // A wrong key is found before the work is done.
    let key = match &c.key {
        Some(path) => Some(open_key(path, c.password_file.as_deref())?),
        None => None,
    };
    let catalog = super::load(arguments)?;
    let mut pack_files = c.policy.clone();
    let is_estate = c
        .source
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let mut report = if is_estate {
        let estate = super::audit::open(&c.source, out)?;
        let asked = Asked {
            path: &c.source,
            policy: &c.policy,
            date: c.date,
            jobs: c.jobs,
            learn: !c.no_learn,
        };
        let (run, named) = audited(&asked, &estate, &catalog, out)?;
        pack_files = named;
        run.report
    } else {
        anyhow::ensure!(
            c.date.is_none(),
            "--date is for an estate: a report has its date; `cellsweep assess` judges it on another"
        );
        anyhow::ensure!(
            !c.no_learn,
            "--no-learn is for an estate: what a report learned stands in it"
        );
        let path = if c.source.is_dir() {
            c.source.join("report.json")
        } else {
            c.source.clone()
        };
        let name = path.display().to_string();
        let bytes = fs::read(&path).with_context(|| name.clone())?;
        serde_json::from_slice::<Report>(&bytes).with_context(|| format!("{name} is no report"))?
    };
    if c.redact {
        redact::redact(&mut report, redact::Masking::default())?;
    }
    let mut texts = Vec::new();
    for file in &pack_files {
        let path = Path::new(file);
        if path.is_file() {
            texts.push(small(path)?);
        } else if !is_estate && Packs::embedded()?.get(file).is_none() {
            anyhow::bail!("{file}: no such pack file");
        }
    }
    let all = contents(&report, c.redact, &catalog, &texts)?;
    // Written beside the place and moved there: who looks meanwhile never sees half a bundle.
    let folder = match c.out.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_owned(),
        _ => PathBuf::from("."),
    };
    let shown = c.out.display().to_string();
    let mut file = tempfile::Builder::new()
        .prefix(".cellsweep-")
        .tempfile_in(&folder)
        .with_context(|| shown.clone())?;
    let manifest = cellsweep_bundle::write(
        all.head,
        &all.packs,
        &all.members,
        key.as_ref(),
        BufWriter::new(&mut file),
    )
    .with_context(|| shown.clone())?;
    let bytes = file.as_file().metadata().map_or(0, |m| m.len());
    open_to_others(file.as_file());
    file.persist(&c.out).with_context(|| shown.clone())?;

    let with_hash = report
        .sources
        .iter()
        .filter(|s| !s.digest.is_empty())
        .count();
    out.line(format!(
        "{shown}: {} members, {bytes} bytes, hashes of {with_hash} sources.",
        manifest.members.len()
    ))?;
    match &key {
        Some(key) => out.line(format!(
            "Signed by the key {}; public key {}",
            key.public().id(),
            key.public().text()
        ))?,
        None => out.line("Not signed: its sums show that it is whole, not who made it.")?,
    }
    let missing: Vec<&str> = manifest
        .packs
        .iter()
        .filter(|p| p.member.is_none())
        .map(|p| p.id.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(Exit::Done);
    }
    out.note(&format!(
        "The text of these packs is not inside, because it is not at hand in the edition used: {}. --policy FILE hands it in.",
        missing.join(", ")
    ));
    Ok(Exit::Report(3))
}

/// A bundle is for others; temporary files are not. On other systems they are anyway.
fn open_to_others(file: &fs::File) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Where this fails the bundle is there all the same, for its owner.
        let _ = file.set_permissions(fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = file;
}

/// A small text file.
pub(super) fn small(path: &Path) -> anyhow::Result<String> {
    let name = path.display().to_string();
    let mut text = String::new();
    fs::File::open(path)
        .with_context(|| name.clone())?
        .take(MOST + 1)
        .read_to_string(&mut text)
        .with_context(|| name.clone())?;
    anyhow::ensure!(text.len() as u64 <= MOST, "{name}: too large");
    Ok(text)
}

fn open_key(path: &Path, password_file: Option<&Path>) -> anyhow::Result<SigningKey> {
    let name = path.display().to_string();
    let text = small(path)?;
    let password = match password_file {
        _ if !SigningKey::asks(&text) => None,
        Some(file) => Some(small(file)?.lines().next().unwrap_or_default().to_owned()),
        None if std::io::stdin().is_terminal() => {
            Some(SigningKey::ask().with_context(|| name.clone())?)
        }
        None => anyhow::bail!("{name} has a password: give --password-file"),
    };
    SigningKey::open(&text, password).context(name)
}
