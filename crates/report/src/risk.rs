//! Risk of findings, read back from the report, in the words of people, and counted.
//!
//! The report keeps risk as it came; what does not hold to the contract's words is counted as not
//! stated and never shown as a low level.

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_risk::{Area, AreaLevel, Risk};
use serde::Deserialize as _;

use crate::brief::{department_of, departments_of_assets};
use crate::model::{Report, ReportFinding};
use crate::standing::is_there;

/// Outcomes in the contract's words, most urgent first; `no_basis` is no urgency and stands last.
pub const OUTCOMES: [&str; 5] = [
    "immediate",
    "out_of_cycle",
    "scheduled",
    "defer",
    "no_basis",
];
/// Levels in the contract's words, highest first.
pub const LEVELS: [&str; 4] = ["very_high", "high", "medium", "low"];
/// The four areas as people call them, in the contract's order.
pub const AREAS: [&str; 4] = [
    "National security",
    "Economic prosperity",
    "Privacy",
    "Values and rights",
];
/// What a reader must not mix up.
pub const TWO_THINGS: &str = "Risk and legal standing are two different things: a module that no \
    rule names can put much at risk, a restricted one may sit where little depends on it, and what \
    rules say is one input of the decision table among others; how sure the identification is \
    stands beside each finding as its confidence and is not multiplied in.";
/// Departments counted singly; the others are one line.
const DEPARTMENTS: usize = 60;

/// Risk of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Position in [`OUTCOMES`]: what the known facts carry.
    pub outcome: usize,
    /// Position in [`OUTCOMES`]: everything unknown at its worst.
    pub up_to: usize,
    /// As the report has it.
    pub risk: Risk,
    /// Positions in [`LEVELS`] of the lower and the upper end of each area; `None`: no basis.
    pub ends: [Option<(usize, usize)>; 4],
}

/// The areas of a risk, in the order of [`AREAS`].
pub const fn areas(risk: &Risk) -> [&Area; 4] {
    [
        &risk.national_security,
        &risk.economic,
        &risk.privacy,
        &risk.values_rights,
    ]
}

/// An area's level, if it has a basis.
pub const fn level(area: &Area) -> Option<&AreaLevel> {
    match area {
        Area::Level(level) => Some(level),
        Area::NoBasis(_) => None,
    }
}

fn position(words: &[&str], word: &str) -> Option<usize> {
    words.iter().position(|w| *w == word)
}

/// Risk of a finding. `None` if it was not asked, or is not in the contract's words.
pub fn reading(finding: &ReportFinding) -> Option<Reading> {
    let risk = Risk::deserialize(finding.risk.as_ref()?).ok()?;
    let mut ends = [None; 4];
    for (end, area) in ends.iter_mut().zip(areas(&risk)) {
        let Some(area) = level(area) else { continue };
        let [low, high] = &area.interval;
        let (low, high) = (position(&LEVELS, low)?, position(&LEVELS, high)?);
        // The level is the lower end; the upper end is not below it.
        if area.level != area.interval[0] || high > low {
            return None;
        }
        *end = Some((low, high));
    }
    Some(Reading {
        outcome: position(&OUTCOMES, &risk.outcome)?,
        up_to: position(&OUTCOMES, &risk.outcome_up_to)?,
        risk,
        ends,
    })
}

/// A word of the contract for people: `out_of_cycle` is `out of cycle`.
pub fn says(word: &str) -> String {
    word.replace('_', " ")
}

/// A lower and an upper end in words.
pub fn span(low: &str, high: &str) -> String {
    if low == high {
        says(low)
    } else {
        format!("{}, up to {}", says(low), says(high))
    }
}

/// A driver without what stands in brackets, which is where it comes from.
pub(crate) fn bare(driver: &str) -> String {
    let mut out = String::with_capacity(driver.len().min(128));
    let mut depth = 0u32;
    for c in driver.chars() {
        match c {
            '(' => {
                if depth == 0 && out.ends_with(' ') {
                    out.pop();
                }
                depth = depth.saturating_add(1);
            }
            ')' if depth > 0 => depth -= 1,
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    says(&out)
}

/// Findings of one department in one area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Findings by level, as [`LEVELS`]: what the known facts carry.
    pub levels: [u64; 4],
    /// Findings without a basis in this area.
    pub no_basis: u64,
    /// Findings whose upper end lies above their level.
    pub open: u64,
    /// Highest level and highest upper end, as positions in [`LEVELS`]; `None`: no finding has a level.
    pub highest: Option<(usize, usize)>,
}

impl Cell {
    fn add(&mut self, ends: Option<(usize, usize)>) {
        let Some((low, high)) = ends else {
            self.no_basis += 1;
            return;
        };
        if let Some(n) = self.levels.get_mut(low) {
            *n += 1;
        }
        self.open += u64::from(high < low);
        self.highest = Some(
            self.highest
                .map_or((low, high), |(l, h)| (l.min(low), h.min(high))),
        );
    }

    fn join(&mut self, other: &Self) {
        for (to, from) in self.levels.iter_mut().zip(other.levels) {
            *to += from;
        }
        self.no_basis += other.no_basis;
        self.open += other.open;
        self.highest = match (self.highest, other.highest) {
            (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.min(two.1))),
            (one, two) => one.or(two),
        };
    }
}

/// One department, or several in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepartmentRisk {
    /// Name; empty where none is stated.
    pub name: String,
    /// Findings whose risk is stated.
    pub findings: u64,
    /// Areas, as [`AREAS`].
    pub cells: [Cell; 4],
}

impl DepartmentRisk {
    fn add(&mut self, reading: &Reading) {
        self.findings += 1;
        for (cell, ends) in self.cells.iter_mut().zip(reading.ends) {
            cell.add(ends);
        }
    }
}

/// Findings with one outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCount {
    /// Findings for which the known facts carry it.
    pub findings: u64,
    /// Modules of these (observed, declared or implied).
    pub modules: u64,
    /// Findings that reach it with everything unknown at its worst.
    pub up_to: u64,
}

/// All findings counted by risk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskCounts {
    /// By outcome, as [`OUTCOMES`].
    pub outcomes: [OutcomeCount; 5],
    /// Departments by name, those without a name last.
    pub departments: Vec<DepartmentRisk>,
    /// Departments beyond those counted singly, in one, and how many they are.
    pub further: Option<(u64, DepartmentRisk)>,
    /// Everything.
    pub all: DepartmentRisk,
    /// Findings whose risk is not stated.
    pub not_stated: u64,
    /// Versions of the tables used.
    pub tables: BTreeSet<String>,
}

/// Counts findings by risk.
pub fn counts(report: &Report) -> RiskCounts {
    let of_asset = departments_of_assets(report);
    let mut c = RiskCounts::default();
    let mut departments: BTreeMap<&str, DepartmentRisk> = BTreeMap::new();
    for f in &report.findings {
        let Some(r) = reading(f) else {
            c.not_stated += 1;
            continue;
        };
        if let Some(o) = c.outcomes.get_mut(r.outcome) {
            o.findings += 1;
            if is_there(f.finding.presence) {
                o.modules = o.modules.saturating_add(f.finding.quantity);
            }
        }
        if let Some(o) = c.outcomes.get_mut(r.up_to) {
            o.up_to += 1;
        }
        let name = department_of(f, &of_asset).unwrap_or_default();
        departments.entry(name).or_default().add(&r);
        c.all.add(&r);
        c.tables.insert(r.risk.table);
    }
    let none = departments.remove("");
    let named = departments.into_iter().map(|(name, mut d)| {
        name.clone_into(&mut d.name);
        d
    });
    c.departments = named.chain(none).collect();
    if c.departments.len() > DEPARTMENTS + 1 {
        let rest = c.departments.split_off(DEPARTMENTS);
        let mut sum = DepartmentRisk::default();
        for d in &rest {
            sum.findings += d.findings;
            for (to, from) in sum.cells.iter_mut().zip(&d.cells) {
                to.join(from);
            }
        }
        c.further = Some((rest.len() as u64, sum));
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_left_out() {
        assert_eq!(
            bare("reach: local to remote (A-1 (inferred): a SIM; https://a.example)"),
            "reach: local to remote"
        );
        assert_eq!(
            bare("not known: sensitive, reach (A-1 (inferred)), actuates"),
            "not known: sensitive, reach, actuates"
        );
        assert_eq!(
            bare("observes: sight_or_sound (asset class \"camera\")"),
            "observes: sight or sound"
        );
        // Brackets that do not pair lose nothing that the note does not have.
        assert_eq!(
            bare("observes: place (asset class \"van (old\")"),
            "observes: place"
        );
        assert_eq!(bare("a) b"), "a) b");
    }

    #[test]
    fn spans_in_words() {
        assert_eq!(span("medium", "very_high"), "medium, up to very high");
        assert_eq!(span("low", "low"), "low");
        assert_eq!(
            span("no_basis", "out_of_cycle"),
            "no basis, up to out of cycle"
        );
    }

    #[test]
    fn cells_count_each_finding_once() {
        let mut cell = Cell::default();
        for ends in [Some((2, 1)), Some((3, 3)), None, Some((2, 2))] {
            cell.add(ends);
        }
        assert_eq!(cell.levels, [0, 0, 2, 1]);
        assert_eq!((cell.no_basis, cell.open), (1, 1));
        assert_eq!(cell.highest, Some((2, 1)));
    }
}
