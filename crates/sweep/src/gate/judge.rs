//! One line, judged.

use std::collections::{BTreeSet, HashMap};

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Clue, Stance};
use cellsweep_identify::{Finding, Options, Role};
use cellsweep_policy::waiver::Thing;
use cellsweep_policy::{Case, Packs, Status, Verdict};
use cellsweep_report::gate::{Level, Line, Waived};
use cellsweep_report::standing::gravity;

use super::Ask;
use super::alternatives::Table;
use super::codes::NOTHING;
use super::lines::Item;
use super::product::Looked;
use crate::additions::waived;
use crate::run::Settings;

/// Most different lines remembered as holding nothing that is recognised.
const REMEMBERED: usize = 200_000;

/// What a line says, whole.
fn said(item: &Item) -> String {
    let mut key = String::from(if item.part_of_board || item.not_fitted {
        "part"
    } else {
        "goods"
    });
    key.push('\n');
    key.push_str(&item.text);
    for s in &item.declared {
        if s.observation.clue == Clue::Quantity {
            continue;
        }
        key.push('\n');
        key.push_str(s.observation.clue.as_str());
        key.push(' ');
        key.push_str(&s.observation.value);
    }
    key
}

/// What lines are judged with, and what was met on the way.
pub(super) struct Judge<'a> {
    pub catalog: &'a Catalog,
    pub packs: &'a Packs,
    pub ask: &'a Ask,
    pub settings: &'a Settings,
    pub options: Options,
    pub used: BTreeSet<String>,
    pub table: Option<&'static Table>,
    /// Reasons of lines in which nothing is recognised, by what they say: lists repeat their parts.
    pub quiet: HashMap<String, String>,
}

/// What a line's verdicts come to.
pub(super) struct Weight {
    pub decision: Status,
    pub rule: Option<String>,
    pub verdict: Option<Verdict>,
    pub verdicts: Vec<Verdict>,
    pub waived: Vec<Waived>,
}

impl Judge<'_> {
    /// The line as it is answered. `None`: it is what the list is about, not bought by it.
    pub(super) fn line(&mut self, item: &Item) -> Option<Line> {
        let mut line = Line {
            source: item.source.to_string(),
            line: item.line,
            place: item.place.clone(),
            text: item.text.clone(),
            quantity: item.quantity,
            decision: Status::Allowed,
            code: String::new(),
            level: Level::Pass,
            reason: String::new(),
            rule: None,
            edition: None,
            effective: None,
            deadline: None,
            modules: Vec::new(),
            candidates: Vec::new(),
            verdicts: Vec::new(),
            question: None,
            alternatives: Vec::new(),
            waived: Vec::new(),
        };
        let key = item.alternates.is_empty().then(|| said(item));
        if let Some(reason) = key.as_ref().and_then(|k| self.quiet.get(k)) {
            NOTHING.clone_into(&mut line.code);
            line.reason.clone_from(reason);
            self.level(&mut line);
            return Some(line);
        }
        let mut looked = Looked::NotYet;
        let mut findings = self.found(&item.declared, &mut looked);
        if item.not_fitted && !findings.is_empty() {
            line.modules = findings.into_iter().map(|f| f.module).collect();
            "not-fitted".clone_into(&mut line.code);
            line.reason =
                "The list says that this part is not placed: nothing is bought by this line."
                    .to_owned();
            self.level(&mut line);
            return Some(line);
        }
        findings.retain(|f| f.presence <= Stance::Implied);
        let alternates: Vec<Finding> = item
            .alternates
            .iter()
            .flat_map(|seen| self.found(seen, &mut Looked::NotYet))
            .filter(|f| f.presence <= Stance::Implied)
            .collect();
        if findings.is_empty() && alternates.is_empty() {
            if item.product {
                // What the list is about is not bought by it.
                return None;
            }
            self.nothing_recognised(item, looked, &mut line);
            if line.code == NOTHING
                && self.quiet.len() < REMEMBERED
                && let Some(key) = key
            {
                self.quiet.insert(key, line.reason.clone());
            }
        } else {
            let product = looked.product().map(|(_, model, _)| model.clone());
            self.recognised(item, &findings, &alternates, product.as_deref(), &mut line);
        }
        self.level(&mut line);
        Some(line)
    }

    /// Modules in what a line declares: by its parts, else by a product it names.
    pub(super) fn case(&self, finding: &Finding) -> Case {
        let mut case = Case::of_finding(finding, None, self.catalog, &self.ask.given);
        // A list names parts; whether a part is bought as such or inside something else it does not say.
        case.role = self.ask.role.or(match finding.role {
            Role::Component if finding.presence == Stance::Implied => Some(Role::Component),
            Role::Component => None,
            other => Some(other),
        });
        case
    }

    /// Verdicts on one case, after waivers and overrides.
    pub(super) fn weigh(&mut self, case: &Case, thing: &Thing<'_>) -> Weight {
        let on = self.settings.date;
        let mut out = Weight {
            decision: Status::NotApplicable,
            rule: None,
            verdict: None,
            verdicts: self.packs.judge(case, on),
            waived: Vec::new(),
        };
        let covered = self
            .ask
            .additions
            .amend(&mut out.verdicts, thing, on, &mut self.used);
        for (n, v) in out.verdicts.iter().enumerate() {
            let waiver = covered.iter().find(|(at, _)| *at == n).map(|(_, w)| *w);
            let status = match waiver {
                Some(w) => {
                    out.waived.push(waived(w, v));
                    Status::Allowed
                }
                None => v.status,
            };
            if out.verdict.is_none() || gravity(status) < gravity(out.decision) {
                out.decision = status;
                out.rule = Some(format!("{}/{}", v.pack, v.rule));
                out.verdict = Some(v.clone());
            }
        }
        out
    }

    fn level(&self, line: &mut Line) {
        let status = line.decision.as_str().replace('_', "-");
        let mut names: Vec<&str> = vec![&line.code, &status];
        if let Some(rule) = &line.rule {
            names.push(rule);
            names.extend(rule.split('/').next());
        }
        line.level = self
            .ask
            .levels
            .iter()
            .rev()
            .find(|(name, _)| names.contains(&name.as_str()))
            .map_or(
                match line.decision {
                    Status::Allowed => Level::Pass,
                    Status::Prohibited => Level::Deny,
                    _ => Level::Hold,
                },
                |(_, level)| *level,
            );
    }
}
