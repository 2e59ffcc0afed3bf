//! Joins findings, verdicts and coverage into one report; every output format.
//!
//! Plain data in, text or bytes out; nothing here reads or writes files.
//!
//! - [`model`]: the report as data
//! - [`assemble`]: parts of a run into a report: coverage, summary, exit codes
//! - [`brief`]: the answer, deadlines, departments and gaps, as data for page and summary
//! - [`drill`]: what would follow if a maker's owner withheld supply: built, simulated, in words
//! - [`exit`]: exit codes and their precedence
//! - [`cyclonedx`], [`spdx`]: bills of materials for other tools
//! - [`dependency`]: what an estate hangs on: shares, index, second sources
//! - [`diff`]: what changed between two reports
//! - [`gate`]: the purchase gate's document: JSON, SARIF, JUnit, Markdown
//! - [`redact`]: masks numbers that identify devices, SIMs and, if wanted, sites
//! - [`sanitise`]: outside text on its way to a screen, page, table or link
//! - [`servicenow`]: findings as CSV for an import of configuration items
//! - [`standing`]: words and ranks of verdicts
//! - [`statements`]: drafts that people must sign, with blanks, as Markdown, HTML and DOCX
//! - [`risk`]: risk of findings in words, and counted
//! - [`makers`]: maker names for slugs
//! - [`json`]: JSON and line-wise JSON
//! - [`page`]: the page for people, one file
//! - [`plan`]: what to do about which asset and when: built, solved, in words
//! - [`svg`]: its charts
//! - [`tables`]: CSV, workbook and terminal table of findings
//! - [`questions`]: what to ask suppliers, as data and workbook
//! - [`markdown`]: summary as Markdown

pub mod assemble;
pub mod brief;
pub mod cyclonedx;
pub mod dependency;
pub mod diff;
pub mod drill;
pub mod exit;
pub mod gate;
mod hangs;
mod heat;
pub mod json;
pub mod makers;
pub mod markdown;
pub mod model;
pub mod page;
mod pictures;
pub mod plan;
pub mod questions;
pub mod redact;
pub mod risk;
pub mod sanitise;
pub mod servicenow;
pub mod spdx;
pub mod standing;
pub mod statements;
pub mod svg;
pub mod tables;
mod workbook;

pub use assemble::{Parts, assemble};
pub use exit::{Exit, exit_code};
pub use model::Report;
pub use page::html;
