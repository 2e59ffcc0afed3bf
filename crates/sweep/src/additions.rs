//! An organisation's waivers and stricter readings over the verdicts of a report.

use std::collections::BTreeSet;

use cellsweep_policy::waiver::Thing;
use cellsweep_policy::{Additions, Status, Verdict, Waiver};
use cellsweep_report::gate::Waived;
use cellsweep_report::model::ReportFinding;
use cellsweep_report::standing::product_says;
use jiff::civil::Date;

/// A waiver at work on a verdict.
pub(crate) fn waived(w: &Waiver, v: &Verdict) -> Waived {
    Waived {
        waiver: w.id.clone(),
        owner: w.owner.clone(),
        reason: w.reason.clone(),
        expires: w.expires.to_string(),
        rule: format!("{}/{}", v.pack, v.rule),
        status: v.status,
    }
}

/// Applies them to a finding whose verdicts are fresh. A waived verdict stands as an exception, with
/// what it would be without; `used` takes the ids that met something.
pub(crate) fn amend(
    additions: &Additions,
    f: &mut ReportFinding,
    on: Date,
    used: &mut BTreeSet<String>,
) {
    f.waived.clear();
    if additions.is_empty() {
        return;
    }
    let finding = &f.finding;
    let maker = finding.maker();
    let of_candidates = |pick: fn(&cellsweep_identify::Candidate) -> Option<&str>| -> Vec<&str> {
        finding.candidates.iter().filter_map(pick).collect()
    };
    let makers: Vec<&str> = match maker {
        Some(maker) => vec![maker],
        // An open set is no maker's.
        None if !finding.closed => Vec::new(),
        None => of_candidates(|c| Some(&c.maker)),
    };
    let families: Vec<&str> = match finding.module.family.as_deref() {
        Some(family) => vec![family],
        None => of_candidates(|c| c.family.as_deref()),
    };
    let product = product_says(finding);
    let source = finding
        .evidence
        .first()
        .map_or("", |e| e.source.as_str())
        .to_owned();
    let thing = Thing {
        makers: &makers,
        families: &families,
        text: &product,
        source: &source,
        asset: finding.subject.asset.as_deref(),
        department: finding.subject.department.as_deref(),
    };
    for (n, w) in additions.amend(&mut f.verdicts, &thing, on, used) {
        let Some(v) = f.verdicts.get_mut(n) else {
            continue;
        };
        f.waived.push(waived(w, v));
        v.basis = format!(
            "Waived until {} by {} ({}): {}. Without the waiver: {}. {}",
            w.expires,
            w.owner,
            w.id,
            w.reason.trim_end_matches('.'),
            v.status.as_str(),
            v.basis
        );
        v.status = Status::Exempt;
        v.deadline = None;
        v.if_maker.clear();
    }
}
