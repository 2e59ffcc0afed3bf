//! The facts: who makes which module, under which identifiers, in which products, owned by whom when;
//! each with its source.
//!
//! - [`model`]: the shape of the TOML files under `catalog/`
//! - [`meaning`]: what a clue means ([`Meaning`])
//! - [`lookup`]: the index ([`Catalog`]) and every look-up
//! - [`load`]: the embedded catalogue and directories that extend it
//! - [`files`]: reading and parsing the TOML files, errors with their line
//! - [`thin`]: the same with entries taken away, for measuring
//! - [`check`](mod@check): what must hold for the files beyond their shape
//!
//! A fact of confidence `low` is a hint: a look-up that rests on one says `open`, so it never settles
//! a maker.

pub mod check;
#[allow(missing_docs)] // the file is shared with the build script and documents itself
pub mod files;
pub mod load;
pub mod lookup;
pub mod meaning;
#[allow(missing_docs)]
pub mod model;
mod starts;
pub mod thin;

pub use check::{Problem, check};
pub use load::LoadError;
pub use lookup::Catalog;
pub use meaning::{Meaning, NameHit, Possible};
