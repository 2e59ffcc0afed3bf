//! A draft as one HTML page without scripts, to be read and printed.

use askama::Template;
use ct_codecs::{Base64, Encoder as _};
use sha2::{Digest as _, Sha256};

use super::draft::{BLANK, Block, CHOICE, Draft, Span};
const CSS: &str = include_str!("../../templates/statement.css");

#[derive(Template)]
#[template(path = "statement.html")]
struct Page<'a> {
    draft: &'a Draft,
    css: &'a str,
    css_digest: String,
}

/// The draft as HTML.
///
/// # Errors
/// If the template cannot be filled in.
pub fn html(draft: &Draft) -> Result<String, askama::Error> {
    // Line ends as a browser sees them, or the digest would not fit.
    let css = CSS.replace("\r\n", "\n");
    Page {
        draft,
        // Standard base64 of a sum cannot fail; without it the page is plain.
        css_digest: Base64::encode_to_string(Sha256::digest(css.as_bytes())).unwrap_or_default(),
        css: &css,
    }
    .render()
}
