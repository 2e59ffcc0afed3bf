//! Link subjects and fuse observations into findings.
//!
//! - [`finding`]: what comes out

pub mod finding;

pub use finding::{
    AssetState, AssetStatus, Candidate, Evidence, EvidenceRole, Finding, Module, ProductName,
    Remark, Role, Subject,
};
