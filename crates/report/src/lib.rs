//! Joins findings, verdicts and coverage into one report; every output format.
//!
//! - [`model`]: the report as data

pub mod model;

pub use model::Report;
