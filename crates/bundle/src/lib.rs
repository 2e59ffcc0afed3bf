//! The evidence bundle: a report with everything it rests on in one file, hashed, chained and, if there
//! is a key, signed. `docs/bundle.md` describes the format for who wants to write another verifier.
//!
//! A bundle is a plain `tar` file of which every byte follows from the names and contents of its members,
//! in the order of the manifest: so a verifier makes the container anew and compares, and a changed byte
//! is found wherever it stands. The evidence itself is not inside; its hashes are.
//!
//! - [`archive`]: the container: one way to write a header, padding and end
//! - [`contents`]: a report and its packs as members
//! - [`evidence`]: hashes of the evidence, and evidence at hand compared with them
//! - [`manifest`]: what is inside, line by line, each line naming the hash of the one before
//! - [`signature`]: keys and signatures in minisign's form
//! - [`verify`]: what of a bundle holds

pub mod archive;
pub mod contents;
pub mod evidence;
pub mod manifest;
pub mod signature;
pub mod verify;

pub use contents::{Contents, Member, contents};
pub use manifest::{Head, Manifest};
pub use signature::{PublicKey, SigningKey};
pub use verify::{Verification, verify};

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Why a bundle could not be made, or a key not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A member that the format has no room for.
    #[error("{name}: {why}")]
    Member {
        /// Its name.
        name: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A key that is none, or that its password does not open.
    #[error("key: {0}")]
    Key(String),
    /// An output of the report.
    #[error("{name}: {why}")]
    Output {
        /// Which.
        name: &'static str,
        /// Why.
        why: String,
    },
    /// Reading or writing.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A value that cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// A bundle of these members, written in the canonical form. Signed if there is a key.
///
/// # Errors
/// If a member does not fit the format, the key cannot sign, or the output cannot be written.
pub fn write(
    head: Head,
    packs: &[manifest::Pack],
    members: &[Member],
    key: Option<&SigningKey>,
    mut out: impl std::io::Write,
) -> Result<Manifest, Error> {
    let manifest = Manifest::of(head, packs, members, key)?;
    let text = manifest.text()?;
    archive::append(&mut out, manifest::NAME, text.as_bytes())?;
    if let Some(key) = key {
        let signature = key.sign(&text, &manifest.head)?;
        archive::append(&mut out, signature::NAME, signature.as_bytes())?;
    }
    for m in members {
        archive::append(&mut out, &m.name, &m.bytes)?;
    }
    archive::end(&mut out)?;
    out.flush()?;
    Ok(manifest)
}

/// SHA-256, hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
