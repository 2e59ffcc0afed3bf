//! Loading: the embedded catalogue, and a directory that extends or overrides it.

use std::path::Path;

use crate::files;
use crate::lookup::Catalog;
use crate::model::Raw;

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.postcard"));

/// Why a catalogue could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The embedded catalogue does not decode: the program file is damaged.
    #[error("the built-in catalogue does not decode: {0}")]
    Embedded(postcard::Error),
    /// Files of the given directory have mistakes.
    #[error("the catalogue in {dir} has mistakes:{}", listed(.errors))]
    Files {
        /// The directory.
        dir: String,
        /// Each mistake with its place.
        errors: Vec<files::FileError>,
    },
}

impl Catalog {
    /// The catalogue built into the program.
    ///
    /// # Errors
    /// Only if the program file is damaged.
    pub fn embedded() -> Result<Catalog, LoadError> {
        Ok(Catalog::from_raw(embedded_raw()?))
    }

    /// The built-in catalogue with the files of `dir` (laid out as the project's `catalog/`) on top:
    /// a maker file replaces the maker of the same slug, a product file the product maker of the same
    /// name, a shared file the one of the same file name; everything else is added. Sources are
    /// added, and a `sources.toml` there gives the version.
    ///
    /// # Errors
    /// A file cannot be read or has a mistake; every mistake is listed with its line.
    pub fn with_dir(dir: &Path) -> Result<Catalog, LoadError> {
        let failed = |errors| LoadError::Files {
            dir: dir.display().to_string(),
            errors,
        };
        let texts = files::texts(dir).map_err(|e| failed(vec![e]))?;
        let (extra, errors) = files::parse(&texts);
        if !errors.is_empty() {
            return Err(failed(errors));
        }
        Ok(Catalog::from_raw(merged(embedded_raw()?, extra)))
    }

    /// A catalogue of the files of `dir` alone.
    ///
    /// # Errors
    /// As [`Catalog::with_dir`].
    pub fn only_dir(dir: &Path) -> Result<Catalog, LoadError> {
        let failed = |errors| LoadError::Files {
            dir: dir.display().to_string(),
            errors,
        };
        let texts = files::texts(dir).map_err(|e| failed(vec![e]))?;
        let (raw, errors) = files::parse(&texts);
        if errors.is_empty() {
            Ok(Catalog::from_raw(raw))
        } else {
            Err(failed(errors))
        }
    }
}

fn listed(errors: &[files::FileError]) -> String {
    let mut out = String::new();
    for error in errors {
        out.push_str("\n  ");
        out.push_str(&error.to_string());
    }
    out
}

fn embedded_raw() -> Result<Raw, LoadError> {
    postcard::from_bytes(BLOB).map_err(LoadError::Embedded)
}

fn merged(mut base: Raw, extra: Raw) -> Raw {
    if !extra.sources.version.is_empty() {
        base.sources.version = extra.sources.version;
        base.sources.as_of = extra.sources.as_of;
    }
    for source in extra.sources.source {
        base.sources.source.retain(|s| s.id != source.id);
        base.sources.source.push(source);
    }
    for ((path, file), starts) in extra.makers.into_iter().zip(extra.starts) {
        let same = base
            .makers
            .iter()
            .position(|(_, have)| have.maker.slug == file.maker.slug);
        if let Some(at) = same {
            base.makers.remove(at);
            base.starts.remove(at);
        }
        base.makers.push((path, file));
        base.starts.push(starts);
    }
    for (path, file) in extra.shared {
        base.shared.retain(|(have, _)| *have != path);
        base.shared.push((path, file));
    }
    for (path, file) in extra.products {
        base.products
            .retain(|(_, have)| !have.maker.eq_ignore_ascii_case(&file.maker));
        base.products.push((path, file));
    }
    base.digest = format!("{}+{}", base.digest, extra.digest);
    base
}
