//! A report's findings as lines, for the formats that know lines only.

use std::collections::BTreeMap;

use cellsweep_policy::Status;

use super::model::{Gate, Level, Line, SCHEMA};
use crate::cyclonedx::module_name;
use crate::model::Report;
use crate::standing::{gravity, worst};

/// Every finding as a line: its place is that of the evidence that carries it. A finding that no rule
/// stands against is a note.
pub fn of_report(report: &Report) -> Gate {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let lines: Vec<Line> = report
        .findings
        .iter()
        .map(|f| {
            let finding = &f.finding;
            let verdict = worst(f);
            let decision = verdict.map_or(Status::NotApplicable, |v| v.status);
            *counts.entry(decision.as_str().to_owned()).or_default() += 1;
            let first = finding.evidence.first();
            let subject = finding.subject.asset.clone().or_else(|| {
                finding
                    .subject
                    .keys
                    .first()
                    .map(|k| format!("{} {}", k.kind.as_str(), k.value))
            });
            let mut text = module_name(f);
            if let Some(maker) = &finding.module.maker_name {
                text = format!("{maker} {text}");
            }
            if let Some(subject) = &subject {
                text = format!("{text} in {subject}");
            }
            Line {
                source: first.map(|e| e.source.clone()).unwrap_or_default(),
                line: first.and_then(|e| line_of(&e.locator)),
                place: first.map(|e| e.locator.clone()).unwrap_or_default(),
                text: text.clone(),
                quantity: Some(finding.quantity),
                decision,
                code: finding.id.clone(),
                level: match decision {
                    Status::Prohibited => Level::Deny,
                    Status::Allowed | Status::NotApplicable | Status::Exempt => Level::Note,
                    _ => Level::Hold,
                },
                reason: format!(
                    "{text} ({}, confidence {}). {}",
                    finding.presence.as_str(),
                    finding.confidence,
                    verdict.map_or("", |v| v.basis.as_str())
                ),
                rule: verdict.map(|v| format!("{}/{}", v.pack, v.rule)),
                edition: verdict.and_then(|v| v.edition.clone()),
                effective: verdict.and_then(|v| v.effective.clone()),
                deadline: verdict.and_then(|v| v.deadline.clone()),
                modules: vec![finding.module.clone()],
                candidates: finding.candidates.clone(),
                verdicts: f.verdicts.clone(),
                question: None,
                alternatives: Vec::new(),
                waived: Vec::new(),
            }
        })
        .collect();
    Gate {
        schema: SCHEMA.to_owned(),
        tool: report.tool.clone(),
        catalog: report.catalog.clone(),
        packs: report.packs.clone(),
        generated_at: report.generated_at.clone(),
        date: report.date.clone(),
        effective_config: report.effective_config.clone(),
        exit: report.exit.clone(),
        decision: lines
            .iter()
            .map(|l| l.decision)
            .min_by_key(|s| gravity(*s))
            .unwrap_or(Status::NotApplicable),
        sources: report.sources.clone(),
        lines,
        counts,
        remarks: Vec::new(),
    }
}

/// The row or line in a place's words.
fn line_of(locator: &str) -> Option<u64> {
    let mut words = locator.split([' ', ',']).filter(|w| !w.is_empty());
    while let Some(word) = words.next() {
        if matches!(word, "row" | "line") {
            return words.next()?.parse().ok();
        }
    }
    None
}
