//! Packs of dated rules, and verdicts on a date.
//!
//! - [`verdict`]: what comes out

pub mod verdict;

pub use verdict::{IfMaker, Status, Verdict};
