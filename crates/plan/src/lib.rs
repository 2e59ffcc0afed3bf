//! Which action, on which asset, in which period: under budgets, crews, lead times, shared site visits,
//! deadlines, blackouts, spare parts and orders of work; with a lower bound that anyone can recompute.
//!
//! Plain data in, plain data out; the same problem gives the same plan. `docs/plan.md` has the method.
//!
//! - [`problem`]: what is to be planned
//! - [`schedule`]: what was planned, and what it costs
//! - [`solve`]: from a problem to an outcome with its certificate
//! - [`shortfall`]: what lacks where binding deadlines cannot all be kept
//! - [`greedy`]: three simple rules, to measure against
//! - [`exact`]: small problems as integer programs, solved by `microlp` or, with the feature `highs`, HiGHS

// Positions are checked once, by `Problem::check`, before anything here is computed; the inner loops run
// over them hundreds of millions of times. Numbers are bounded there too, so that casts lose nothing.
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::many_single_char_names, // the usual letters: t periods, k choices, l limits
    clippy::similar_names
)]

mod board;
pub mod exact;
pub mod greedy;
#[cfg(feature = "highs")]
mod highs;
mod improve;
mod model;
pub mod problem;
mod program;
mod relax;
mod round;
pub mod schedule;
pub mod shortfall;
pub mod solve;

pub use problem::{Fault, Problem};
pub use program::Solver;
pub use schedule::{Pick, Schedule};
pub use shortfall::{Least, Shortfall};
pub use solve::{Certificate, Effort, Outcome, Status, solve};
