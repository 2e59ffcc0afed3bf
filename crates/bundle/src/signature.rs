//! Keys and signatures in minisign's form, so that the ordinary `minisign` program checks them too.
//!
//! The untrusted comment is fixed and the trusted one follows from the manifest: no byte of a signature
//! is free, so a changed one is found.

use std::io::Cursor;

use ct_codecs::{Base64, Decoder as _};
use minisign::{PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};

use crate::{Error, Head, manifest, sha256};

/// Name of the signature's member.
pub const NAME: &str = "manifest.ndjson.minisig";
/// What stands in the untrusted comment.
const UNTRUSTED: &str = "signature of manifest.ndjson in a cellsweep bundle";
/// Largest signature that is read, in bytes.
pub(crate) const MOST: u64 = 4096;

/// A secret key, opened.
pub struct SigningKey {
    secret: SecretKey,
    public: minisign::PublicKey,
}

impl SigningKey {
    /// Opens the text of a secret key file. A key with a password needs it; one without is opened as
    /// it is.
    ///
    /// # Errors
    /// If it is no secret key, or the password is missing or wrong.
    pub fn open(text: &str, password: Option<String>) -> Result<Self, Error> {
        let boxed = || SecretKeyBox::from_string(text).map_err(key);
        let secret = if let Ok(open) = boxed()?.into_unencrypted_secret_key() {
            open
        } else if let Some(open) = without_password(text) {
            open
        } else {
            let password = password.ok_or_else(|| {
                Error::Key("it has a password (or is no minisign secret key)".to_owned())
            })?;
            boxed()?.into_secret_key(Some(password)).map_err(key)?
        };
        let public = minisign::PublicKey::from_secret_key(&secret).map_err(key)?;
        Ok(Self { secret, public })
    }

    /// Whether the text of a secret key file asks for a password.
    pub fn asks(text: &str) -> bool {
        SecretKeyBox::from_string(text)
            .and_then(SecretKeyBox::into_unencrypted_secret_key)
            .is_err()
            && without_password(text).is_none()
    }

    /// Asks for a password at the terminal.
    ///
    /// # Errors
    /// If there is none to ask at.
    pub fn ask() -> std::io::Result<String> {
        rpassword::prompt_password("Password of the key: ")
    }

    /// Its public key.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.public.clone())
    }

    /// Signs a manifest.
    pub(crate) fn sign(&self, text: &str, head: &Head) -> Result<String, Error> {
        minisign::sign(
            Some(&self.public),
            &self.secret,
            Cursor::new(text),
            Some(&comment(text, head)),
            Some(UNTRUSTED),
        )
        .map(SignatureBox::into_string)
        .map_err(key)
    }
}

/// A key without a password as the `minisign` program writes it: it leaves the checksum out, on which the
/// library insists. That both halves of the key belong together, signing checks.
fn without_password(text: &str) -> Option<SecretKey> {
    const BYTES: usize = 158;
    let line = text.lines().nth(1)?.trim();
    let bytes = Base64::decode_to_vec(line, None).ok()?;
    let open = bytes.len() == BYTES && bytes.starts_with(b"Ed\0\0");
    open.then(|| SecretKey::from_bytes(&bytes).ok()).flatten()
}

#[allow(clippy::needless_pass_by_value)] // as `map_err` hands it
fn key(e: minisign::PError) -> Error {
    Error::Key(e.to_string())
}

/// The trusted comment of a manifest.
fn comment(text: &str, head: &Head) -> String {
    format!(
        "{} made {} manifest sha256 {}",
        manifest::FORMAT,
        head.generated_at,
        sha256(text.as_bytes())
    )
}

/// A public key.
#[derive(Clone)]
pub struct PublicKey(minisign::PublicKey);

impl PublicKey {
    /// Reads the text of a public key file, or its second line alone.
    ///
    /// # Errors
    /// If it is no public key.
    pub fn read(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let public = if text.contains('\n') {
            PublicKeyBox::from_string(text).and_then(PublicKeyBox::into_public_key)
        } else {
            minisign::PublicKey::from_base64(text)
        };
        let public = Self(public.map_err(key)?);
        if public.0.to_bytes().starts_with(b"Ed") {
            Ok(public)
        } else {
            Err(Error::Key(
                "it is no minisign public key (Ed25519)".to_owned(),
            ))
        }
    }

    /// As one line of text: what minisign writes into the second line of a public key file.
    pub fn text(&self) -> String {
        self.0.to_base64()
    }

    /// The key's number as minisign shows it.
    pub fn id(&self) -> String {
        self.0
            .keynum()
            .iter()
            .rev()
            .fold(String::new(), |mut out, b| {
                use std::fmt::Write as _;
                // Writing to a String cannot fail.
                let _ = write!(out, "{b:02X}");
                out
            })
    }

    /// Checks a manifest's signature: what is wrong with it, if anything.
    pub(crate) fn check(&self, signature: &str, text: &str, head: &Head) -> Result<(), String> {
        let lines: Vec<&str> = signature.split('\n').collect();
        // minisign takes the second signature at any length, so its length is looked at here: 64 bytes.
        let [_, first, _, second, ""] = lines.as_slice() else {
            return Err("is not the four lines of a signature".to_owned());
        };
        if first.len() != 100 || second.len() != 88 {
            return Err("has a line of another length than a signature's".to_owned());
        }
        let boxed =
            SignatureBox::from_string(signature).map_err(|e| format!("is no signature: {e}"))?;
        if !boxed.is_prehashed() {
            return Err("is of the old kind that signs no hash".to_owned());
        }
        if boxed.to_string() != signature
            || boxed.untrusted_comment().ok().as_deref() != Some(UNTRUSTED)
        {
            return Err("is not written as this program writes it".to_owned());
        }
        minisign::verify(&self.0, &boxed, Cursor::new(text), true, false, false)
            .map_err(|e| format!("does not fit the manifest: {e}"))?;
        if boxed.trusted_comment().ok() != Some(comment(text, head)) {
            return Err("has another comment than the manifest asks for".to_owned());
        }
        Ok(())
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", self.text())
    }
}

/// Size of the signature of a manifest, in bytes: all of it but the signatures themselves is known, and
/// those have a fixed length.
pub(crate) fn usual_size(text: &str, head: &Head) -> u64 {
    let lines = [
        "untrusted comment: ".len() + UNTRUSTED.len(),
        100,
        "trusted comment: ".len() + comment(text, head).len(),
        88,
    ];
    lines.iter().map(|n| *n as u64 + 1).sum()
}
