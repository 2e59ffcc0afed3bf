//! Packs of dated rules, and verdicts on a date.
//!
//! - [`pack`]: an instrument as data; [`mod@load`]: reading its file, mistakes with their lines
//! - [`packs`]: the packs at hand ([`Packs`])
//! - [`mod@trial`]: the cases that packs carry about themselves
//! - [`case`]: what is judged ([`Case`], [`Circumstances`])
//! - [`mod@judge`]: one rule, one item, one date
//! - [`verdict`]: what comes out
//! - [`waiver`]: an organisation's waivers and stricter readings

pub mod case;
pub mod dates;
pub mod judge;
pub mod load;
pub mod pack;
pub mod packs;
pub mod trial;
pub mod verdict;
pub mod waiver;

pub use case::{Case, Circumstances, MakerFacts, OwnerFacts};
pub use judge::judge;
pub use load::{CODES, Problem, load};
pub use pack::{Pack, Rule, Stage};
pub use packs::{Error, Event, Packs, check};
pub use trial::trial;
pub use verdict::{IfMaker, Status, Verdict};
pub use waiver::{Additions, Override, Waiver};
