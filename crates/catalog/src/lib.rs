//! The facts: who makes which module, under which identifiers, in which products, owned by whom when;
//! each with its source.
//!
//! - [`model`]: the shape of the TOML files under `catalog/`
//! - [`meaning`]: what a clue means ([`Meaning`])
//! - [`lookup`]: the index ([`Catalog`])

pub mod lookup;
pub mod meaning;
#[allow(missing_docs)]
pub mod model;

pub use lookup::Catalog;
pub use meaning::{Meaning, NameHit, Possible};
