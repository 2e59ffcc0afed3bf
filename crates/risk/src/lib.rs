//! Risk outcomes by decision table: ordinal inputs an auditor can check, no sums, every result with the
//! row that gave it. Legal standing is an input of its own and never stands for risk.
//!
//! - [`table`]: the table as data (`tables/risk-2.toml`)
//! - [`inputs`]: what is known of one finding, as ranges on the table's scales
//! - [`outcome`]: rows applied to inputs
//! - [`dependency`]: how much hangs on one maker, owner, country, engineering or line of chipsets
//! - [`drill`]: what happens to a fleet if its spares end, simulated
//! - [`page`]: the table as a page for people
//! - [`sensitivity`]: what hangs on single cells of the table

pub mod dependency;
pub mod drill;
pub mod inputs;
pub mod outcome;
pub mod page;
pub mod sensitivity;
pub mod table;

pub use inputs::{Inputs, Known, Range};
pub use outcome::{
    Area, AreaLevel, Axis, AxisRange, CounterEvidence, Ranks, Risk, assess, assess_with, decide,
    ranks,
};
pub use sensitivity::{Case, Change, Sensitivity, sensitivity};
pub use table::{Error, Table, Which};
