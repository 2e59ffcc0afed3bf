//! The gate's answer as data and in every format: "may we buy this?", line by line.
//!
//! - [`model`]: the document
//! - [`text`]: a table for a terminal, a comment in Markdown
//! - [`sarif`]: SARIF 2.1.0 for code-scanning views
//! - [`junit`]: `JUnit` XML for build servers

pub mod junit;
pub mod model;
mod report;
pub mod sarif;
pub mod text;

pub use report::of_report;

pub use model::{Alternative, Answer, Gate, Level, Line, Waived};

/// The document as JSON with a line end.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn json(gate: &Gate) -> Result<String, serde_json::Error> {
    crate::json::value(gate, crate::json::Layout::Pretty)
}
