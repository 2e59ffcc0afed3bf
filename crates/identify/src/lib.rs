//! Link subjects and fuse observations into findings.
//!
//! - [`seen`]: what comes in: observations with their source
//! - [`key`]: which keys identify, and which are placeholders
//! - [`link`]: which units of evidence speak of the same asset
//! - [`answer`]: what suppliers answered, handed to the products it speaks of
//! - [`weigh`]: what each clue says by itself
//! - [`module`]: within one asset: which clues speak of the same module
//! - [`learn`]: what an estate's own devices teach about the rest of it
//! - [`fuse`]: from all clues about one module to one statement
//! - [`stated`]: the model that a modem states by its own name
//! - [`asset`]: how each asset of the estate stands: found, clear, not assessed
//! - [`finding`]: what comes out

pub mod answer;
pub mod asset;
pub mod finding;
pub mod fuse;
pub mod key;
pub mod learn;
pub mod link;
pub mod module;
pub mod seen;
pub mod stated;
pub mod weigh;

use cellsweep_catalog::Catalog;

pub use finding::{
    AssetState, AssetStatus, Candidate, Evidence, EvidenceRole, Finding, Module, ProductName,
    Remark, Role, Specificity, Stated, Subject,
};
pub use seen::Seen;

/// Choices for one identification.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Date for which owners are stated, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Lowest presence that is reported; `None`: all, down to `mentioned`.
    pub least: Option<cellsweep_evidence::Stance>,
    /// Let observed modules teach about rows with the same TAC, order code or stretch of serial
    /// numbers. Only for evidence of one estate.
    pub learn: bool,
}

/// The result of identification.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identified {
    /// Findings, in the order of their asset and id.
    pub findings: Vec<Finding>,
    /// Every asset that a register or a binding names.
    pub assets: Vec<AssetState>,
    /// What else is worth saying.
    pub remarks: Vec<Remark>,
}

/// Identifies modules in observations. The result does not depend on the order of sources.
pub fn identify(catalog: &Catalog, seen: &[Seen], options: &Options) -> Identified {
    let (mut units, refused) = link::units(catalog, seen);
    let mut out = Identified::default();
    answer::spread(&mut units, &mut out.remarks);
    let scopes: Vec<Vec<&link::Unit<'_>>> = link::scopes(&units)
        .iter()
        .map(|scope| scope.iter().filter_map(|i| units.get(*i)).collect())
        .collect();
    let mut found: Vec<(Vec<Finding>, Vec<Remark>)> = scopes
        .iter()
        .map(|members| {
            let mut remarks = Vec::new();
            let modules = module::modules(catalog, members, options, None, &mut remarks);
            (modules, remarks)
        })
        .collect();
    if options.learn {
        let mut lessons = learn::Lessons::default();
        for (members, (modules, _)) in scopes.iter().zip(&found) {
            lessons.take(members, modules);
        }
        for (members, (modules, remarks)) in scopes.iter().zip(&mut found) {
            // Where a maker is settled, nothing is left to learn.
            if lessons.is_empty() || modules.iter().any(|f| f.module.maker.is_some()) {
                continue;
            }
            remarks.clear();
            *modules = module::modules(catalog, members, options, Some(&lessons), remarks);
        }
    }
    for (members, (modules, remarks)) in scopes.iter().zip(found) {
        asset::state(members, &modules, &mut out.assets);
        out.findings.extend(modules);
        out.remarks.extend(remarks);
    }
    if let Some(least) = options.least {
        out.findings.retain(|f| f.presence <= least);
    }
    asset::remark_on_keys(&refused, &out.findings, &mut out.remarks);
    module::make_ids_unique(&mut out.findings);
    out.findings.sort_by(|a, b| {
        (&a.subject.department, &a.subject.asset, &a.id).cmp(&(
            &b.subject.department,
            &b.subject.asset,
            &b.id,
        ))
    });
    out.assets
        .sort_by(|a, b| (&a.department, &a.id).cmp(&(&b.department, &b.id)));
    out.remarks
        .sort_by(|a, b| (&a.code, &a.assets, &a.message).cmp(&(&b.code, &b.assets, &b.message)));
    out
}
