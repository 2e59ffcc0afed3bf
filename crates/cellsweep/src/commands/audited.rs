//! An audit of an estate as `audit`, `bundle` and `plan` run it: one place for what it is judged by.

use std::path::Path;

use cellsweep_catalog::Catalog;
use cellsweep_estate::Estate;
use cellsweep_policy::Packs;
use cellsweep_sweep::Settings;
use cellsweep_sweep::run::{Run, audit, folder_of};
use jiff::civil::Date;

use super::waivers::waivers;
use crate::out::Out;

/// What the command line asks for beside the estate.
pub struct Asked<'a> {
    /// The estate's file.
    pub path: &'a Path,
    /// Packs instead of the estate's.
    pub policy: &'a [String],
    /// The date instead of the estate's.
    pub date: Option<Date>,
    /// Threads.
    pub jobs: usize,
    /// Observed modules teach about other rows, unless the estate says not to.
    pub learn: bool,
}

/// Audits; beside the run the packs that were asked for, by id or file.
///
/// # Errors
/// A pack or a waiver that cannot be used.
pub fn audited(
    asked: &Asked<'_>,
    estate: &Estate,
    catalog: &Catalog,
    out: &Out,
) -> anyhow::Result<(Run, Vec<String>)> {
    let named: Vec<String> = if asked.policy.is_empty() {
        let own = estate.audit.policies.iter();
        own.map(|p| p.value.clone()).collect()
    } else {
        asked.policy.to_vec()
    };
    let packs = Packs::embedded()?.select(&named)?;
    let mut settings = Settings::new(asked.date.or(estate.audit.date));
    settings.jobs = asked.jobs;
    settings.additions = waivers(asked.path)?;
    settings.learn = asked.learn;
    let bar = out.progress();
    let run = audit(
        catalog,
        &packs,
        estate,
        folder_of(asked.path),
        &settings,
        &bar,
    );
    Ok((run, named))
}
