//! A line in which a cellular module is recognised.

use cellsweep_identify::{Candidate, Finding, Module};
use cellsweep_policy::Status;
use cellsweep_policy::waiver::Thing;
use cellsweep_report::gate::Line;
use cellsweep_report::standing::gravity;

use super::judge::{Judge, Weight};
use super::lines::Item;

impl Judge<'_> {
    pub(super) fn recognised(
        &mut self,
        item: &Item,
        findings: &[Finding],
        alternates: &[Finding],
        product: Option<&str>,
        line: &mut Line,
    ) {
        let mut weights: Vec<Weight> = Vec::new();
        for finding in findings.iter().chain(alternates) {
            let case = self.case(finding);
            let makers: Vec<&str> = case.makers.iter().map(|m| m.slug.as_str()).collect();
            let families: Vec<&str> = finding
                .module
                .family
                .as_deref()
                .into_iter()
                .chain(
                    finding
                        .candidates
                        .iter()
                        .filter_map(|c| c.family.as_deref()),
                )
                .collect();
            let thing = Thing {
                // An open set is no maker's.
                makers: if case.open { &[] } else { &makers },
                families: &families,
                text: &item.text,
                source: &item.source,
                asset: None,
                department: None,
            };
            weights.push(self.weigh(&case, &thing));
        }
        line.modules = findings
            .iter()
            .chain(alternates)
            .map(|f| f.module.clone())
            .collect();
        line.candidates = merged(findings.iter().chain(alternates));
        let Some(worst) = weights.iter().min_by_key(|w| gravity(w.decision)) else {
            return;
        };
        line.decision = worst.decision;
        line.rule.clone_from(&worst.rule);
        if let Some(v) = &worst.verdict {
            line.edition.clone_from(&v.edition);
            line.effective.clone_from(&v.effective);
            line.deadline.clone_from(&v.deadline);
            line.reason.clone_from(&v.basis);
        }
        line.code = worst.decision.as_str().replace('_', "-");
        let differ = weights.iter().any(|w| w.decision != worst.decision);
        if differ && !alternates.is_empty() {
            line.decision = Status::InsufficientEvidence;
            "alternates-differ".clone_into(&mut line.code);
            let each: Vec<String> = findings
                .iter()
                .chain(alternates)
                .zip(&weights)
                .map(|(f, w)| {
                    format!(
                        "{}: {}",
                        self.name(&f.module, &f.candidates),
                        w.decision.as_str()
                    )
                })
                .collect();
            line.reason = format!(
                "The list lets any of these be delivered, and the chosen rules treat them differently. {}.",
                each.join("; ")
            );
            line.question = Some(format!(
                "Which of these will be delivered, and is it fixed by the order: {}?",
                findings
                    .iter()
                    .chain(alternates)
                    .map(|f| self.name(&f.module, &f.candidates))
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
        } else if line.decision == Status::InsufficientEvidence
            && findings.iter().any(|f| f.maker().is_none())
        {
            "maker-not-settled".clone_into(&mut line.code);
        }
        if line.question.is_none()
            && matches!(
                line.decision,
                Status::InsufficientEvidence | Status::NeedsLegalReading | Status::NotApplicable
            )
            && let Some(f) = findings.first()
        {
            line.question = self.question(item, f, product, line.decision);
        }
        for w in weights {
            line.waived.extend(w.waived);
            line.verdicts.extend(w.verdicts);
        }
        if line.decision == Status::Allowed
            && let Some(w) = line.waived.first()
        {
            line.reason = format!(
                "Waived until {} by {} ({}): {}. Without the waiver {} would be {}.",
                w.expires,
                w.owner,
                w.waiver,
                w.reason,
                w.rule,
                w.status.as_str()
            );
        }
        if line.decision == Status::NotApplicable {
            line.reason = format!("No chosen rule reaches this purchase. {}", line.reason);
        }
        if let Some(f) = findings.first() {
            line.reason = format!("{}: {}", self.name(&f.module, &f.candidates), line.reason);
            if self.ask.alternatives && line.decision != Status::Allowed {
                line.alternatives = self.alternatives(f, product);
            }
        }
    }

    fn name(&self, module: &Module, candidates: &[Candidate]) -> String {
        let of = |slug: &str| {
            self.catalog
                .maker(slug)
                .map_or_else(|| slug.to_owned(), |m| m.name.clone())
        };
        match &module.maker {
            Some(slug) => {
                let family = module
                    .variant
                    .as_deref()
                    .or(module.family.as_deref())
                    .unwrap_or("");
                format!("{} {family}", of(slug)).trim().to_owned()
            }
            None if candidates.is_empty() => "a cellular module of a maker not named".to_owned(),
            None => {
                let mut makers: Vec<String> = candidates.iter().map(|c| of(&c.maker)).collect();
                makers.sort();
                makers.dedup();
                match makers.as_slice() {
                    // A set of one is open: else it would be settled.
                    [one] => format!("{one} or another maker, not known"),
                    _ => format!("one of {}", makers.join(", ")),
                }
            }
        }
    }

    fn question(
        &self,
        item: &Item,
        f: &Finding,
        product: Option<&str>,
        decision: Status,
    ) -> Option<String> {
        let what = product.map_or_else(|| item.text.clone(), str::to_owned);
        if f.maker().is_none() {
            let known = if f.candidates.is_empty() {
                String::new()
            } else {
                format!(" Known: {}.", self.name(&f.module, &f.candidates))
            };
            let by = f
                .settled_by
                .as_deref()
                .map(|s| format!(" What would settle it: {s}."))
                .unwrap_or_default();
            return Some(format!(
                "Which cellular module (maker, model, hardware revision, FCC ID) is in {what} as you will deliver it, for every order code offered?{known}{by}"
            ));
        }
        (decision == Status::NeedsLegalReading).then(|| {
            format!("Is {what} delivered as a product of its own or as a component of something else, and of what?")
        })
    }
}

/// Every possibility of several findings, each maker and family once.
fn merged<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    for c in findings.flat_map(|f| &f.candidates) {
        if !out
            .iter()
            .any(|o| o.maker == c.maker && o.family == c.family)
        {
            out.push(c.clone());
        }
    }
    out
}
