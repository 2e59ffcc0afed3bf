//! The organisation as it describes itself in `estate.toml`: departments, sites, the registers whose
//! rows are its assets, and which evidence belongs to which asset.
//!
//! [`load`] (or [`parse`]) reads the description and points every mistake at its line; all of them,
//! not the first. [`Estate::evidence_files`] then says which files are to be read, and as what.
//! What the files contain is not this crate's business: registers are read by the readers of
//! evidence, packs and formats are known elsewhere, and both are named here as plain text with
//! their place, so that those who know can point at the line as well.
//!
//! The format is described in `docs/estate.md`.

pub mod connection;
mod diagnostic;
pub mod drill;
mod files;
mod load;
mod model;
mod pattern;
pub mod plan;

pub use connection::Connection;
pub use diagnostic::{CODES, Code, Diagnostic, Position, Severity, Span};
pub use drill::DrillSettings;
pub use files::{Bound, EvidenceFiles, MAX_DEPTH, MAX_FILES};
pub use load::{MAX_BYTES, load, parse};
pub use model::{
    Asset, Audit, ClassDefaults, Columns, Criticality, Defaults, Department, Estate,
    EvidencePattern, Located, Organisation, Register, Site,
};
pub use plan::{PlanPlaces, PlanSettings};
