//! The cases that packs carry about themselves: each is judged, and what differs is a mistake with its
//! line.

use cellsweep_catalog::model::Confidence;
use cellsweep_evidence::Stance;
use cellsweep_identify::Role;

use crate::case::{Case, Circumstances, MakerFacts, OwnerFacts};
use crate::judge::judge;
use crate::load::Problem;
use crate::pack::{Pack, Test};

/// What is wrong with a pack's own cases; empty: all are met and every rule has one. The lists of other
/// packs that its rules refer to must have been resolved.
pub fn trial(file: &str, pack: &Pack) -> Vec<Problem> {
    let problem = |line: usize, code: &'static str, message: String| Problem {
        file: file.to_owned(),
        line,
        column: 1,
        code,
        message,
    };
    let mut out = Vec::new();
    for test in &pack.tests {
        let case = match case_of(test) {
            Ok(case) => case,
            Err(message) => {
                out.push(problem(test.line, "pack-unknown-word", message));
                continue;
            }
        };
        let Some(found) = judge(pack, &case, test.date)
            .into_iter()
            .find(|v| v.rule == test.rule)
        else {
            continue;
        };
        if found.status.as_str() != test.expect {
            out.push(problem(
                test.line,
                "pack-test-failed",
                format!(
                    "{} on {}: expected {}, is {}: {}",
                    test.rule,
                    test.date,
                    test.expect,
                    found.status.as_str(),
                    found.basis
                ),
            ));
        }
        if let Some(deadline) = test.deadline
            && found.deadline.as_deref() != Some(deadline.to_string().as_str())
        {
            out.push(problem(
                test.line,
                "pack-test-failed",
                format!(
                    "{} on {}: expected the deadline {deadline}, is {}",
                    test.rule,
                    test.date,
                    found.deadline.as_deref().unwrap_or("none")
                ),
            ));
        }
    }
    for rule in &pack.rules {
        if !pack.tests.iter().any(|t| t.rule == rule.id) {
            out.push(problem(
                1,
                "pack-rule-untested",
                format!("the rule {} has no case of its own", rule.id),
            ));
        }
    }
    out
}

/// A case as its circumstances say.
///
/// # Errors
/// A sentence, if a word for the role or the presence is none.
pub fn case_of(test: &Test) -> Result<Case, String> {
    let facts = |slug: &str| MakerFacts {
        slug: slug.to_owned(),
        names: vec![slug.to_owned()],
        known: true,
        ..MakerFacts::default()
    };
    let word = test.presence.as_deref().unwrap_or("observed");
    let presence = [
        Stance::Observed,
        Stance::Declared,
        Stance::Implied,
        Stance::Supported,
        Stance::Mentioned,
    ]
    .into_iter()
    .find(|s| s.as_str() == word)
    .ok_or_else(|| format!("`presence`: \"{word}\" is none"))?;
    let role = match test.role.as_deref() {
        None => None,
        Some("component") => Some(Role::Component),
        Some("end_product") => Some(Role::EndProduct),
        Some("stick") => Some(Role::Stick),
        Some(other) => return Err(format!("`role`: \"{other}\" is none")),
    };
    Ok(Case {
        makers: test
            .makers
            .iter()
            .map(|m| MakerFacts {
                seat: m.seat.iter().cloned().collect(),
                owners: m
                    .owner
                    .iter()
                    .map(|name| OwnerFacts {
                        name: name.clone(),
                        seat: m.owner_seat.iter().cloned().collect(),
                        from: None,
                        to: None,
                        confidence: if m.owner_sure {
                            Confidence::High
                        } else {
                            Confidence::Medium
                        },
                        source: "test".to_owned(),
                    })
                    .collect(),
                ..facts(&m.slug)
            })
            .collect(),
        open: test.open || test.makers.is_empty(),
        settled_by: None,
        presence,
        role,
        sensitive: test.sensitive,
        supplier: test.supplier.as_deref().map(facts),
        given: Circumstances {
            stage: test.stage,
            contexts: test.contexts.as_ref().map(|c| c.iter().cloned().collect()),
            bought: test.bought,
            discovered: None,
            supplier: test.supplier.clone(),
            category: test.category.clone(),
            produced_in: test.produced_in.clone(),
            remote_access: test.remote_access.clone(),
            facts: test.facts.iter().cloned().collect(),
        },
    })
}
