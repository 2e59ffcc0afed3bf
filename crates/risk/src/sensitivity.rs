//! What hangs on single cells of the table: every cell moved by one level, up and down, and the findings
//! whose rank changes by it.
//!
//! A cell is a rank that the table states: what a row asks of an input, what it gives, what a word, a
//! class, a family or a sector stands for. A finding's rank is its outcome; its levels in the areas are
//! counted beside. Findings that are alike in everything the table looks at are computed once.

use std::collections::BTreeMap;

use cellsweep_catalog::Catalog;
use cellsweep_identify::{AssetState, Finding};
use cellsweep_policy::Verdict;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::inputs::{Inputs, Range, names_class, possibilities};
use crate::outcome::{Ranks, ranks, shows_a_module};
use crate::table::{
    AREAS, DERIVED, FACTS, INPUT_COUNT, INPUTS, OUTCOME_INPUTS, Row, Table, scale_of,
};

/// Different kinds of findings that are computed; those of further kinds are counted as left out.
pub const KINDS: usize = 5000;
/// Cells that are listed, those on which most hangs first.
pub const LISTED: usize = 200;
/// Findings named for one cell.
pub const NAMED: usize = 50;

/// What hangs on single cells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// Version of the table.
    pub table: String,
    /// Findings that were computed.
    pub findings: u64,
    /// Findings of kinds beyond [`KINDS`]: not computed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// Cells moved, each up and down counted apart.
    pub moves: u64,
    /// Moves by which the outcome of some finding changes.
    pub moves_of_outcome: u64,
    /// Findings whose outcome changes by no move.
    pub stable: u64,
    /// Moves by which an outcome or a level changes, those with most changed outcomes first.
    pub changes: Vec<Change>,
    /// Further such moves that are not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub further: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands over a reference
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// One move by which something changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// Row or entry.
    pub row: String,
    /// Which of its cells: the input, or `gives`, or the name of the scale.
    pub cell: String,
    /// As the table has it.
    pub from: String,
    /// One level away.
    pub to: String,
    /// Findings whose outcome changes.
    pub outcomes: u64,
    /// Findings whose level in some area changes.
    pub levels: u64,
    /// Ids of findings whose outcome changes, at most [`NAMED`]; if there are none, of those whose level
    /// does.
    pub findings: Vec<String>,
}

/// A finding with what it is assessed by.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// Its asset.
    pub asset: Option<&'a AssetState>,
    /// Its verdicts.
    pub verdicts: &'a [Verdict],
}

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    /// Row of a derived input: which, row, position of what it asks; `None`: what it gives.
    Derived(usize, usize, Option<usize>),
    /// Row of an area.
    Area(usize, usize, Option<usize>),
    /// Row of the outcome.
    Outcome(usize, Option<usize>),
    /// Lowest (false) or highest (true) meaning of a word.
    Word(usize, bool),
    /// What it observes (false) or actuates (true).
    Passing(usize, bool),
    Class(usize, bool),
    Function(usize),
    Capability(usize),
    /// A word of essential sectors, which can only fall.
    Sector(usize),
}

/// Findings alike in everything the table looks at.
struct Kind<'a> {
    case: Case<'a>,
    ids: Vec<&'a str>,
    ranges: [Option<Range>; INPUT_COUNT],
    ranks: Ranks,
    moved: bool,
}

/// Moves every cell of the table and says what changes.
pub fn sensitivity<'a>(
    table: &Table,
    cases: impl Iterator<Item = Case<'a>>,
    catalog: &Catalog,
    date: Date,
) -> Sensitivity {
    let mut out = Sensitivity {
        table: table.version.clone(),
        ..Sensitivity::default()
    };
    let mut by_key: BTreeMap<String, Kind<'a>> = BTreeMap::new();
    for case in cases.filter(|c| shows_a_module(c.finding)) {
        let key = key(&case);
        if let Some(kind) = by_key.get_mut(&key) {
            kind.ids.push(&case.finding.id);
        } else if by_key.len() < KINDS {
            let ranges = inputs(table, &case, catalog, date).ranges();
            let kind = Kind {
                case,
                ids: vec![&case.finding.id],
                ranges,
                ranks: ranks(table, &ranges),
                moved: false,
            };
            by_key.insert(key, kind);
        } else {
            out.left_out += 1;
            continue;
        }
        out.findings += 1;
    }
    let mut kinds: Vec<Kind<'a>> = by_key.into_values().collect();
    // Many kinds have the same ranges: rows are applied once to each.
    let mut by_ranges: BTreeMap<[Option<Range>; INPUT_COUNT], Vec<usize>> = BTreeMap::new();
    for (n, kind) in kinds.iter().enumerate() {
        by_ranges.entry(kind.ranges).or_default().push(n);
    }
    let mut changes = Vec::new();
    for spot in spots(table) {
        for up in [false, true] {
            let Some((moved, from, to)) = step(table, spot, up) else {
                continue;
            };
            out.moves += 1;
            let mut after: Vec<(usize, Ranks)> = Vec::new();
            if matches!(spot, Spot::Area(..) | Spot::Outcome(..)) {
                for (ranges, of) in &by_ranges {
                    let new = ranks(&moved, ranges);
                    after.extend(of.iter().map(|n| (*n, new)));
                }
                after.sort_unstable_by_key(|(n, _)| *n);
            } else {
                for (n, kind) in kinds.iter().enumerate() {
                    if touches(table, spot, &kind.case) {
                        let ranges = inputs(&moved, &kind.case, catalog, date).ranges();
                        after.push((n, ranks(&moved, &ranges)));
                    }
                }
            }
            let change = count(table, spot, from, to, &mut kinds, &after);
            if change.outcomes > 0 {
                out.moves_of_outcome += 1;
            }
            if change.outcomes + change.levels > 0 {
                changes.push(change);
            }
        }
    }
    out.stable = kinds
        .iter()
        .filter(|k| !k.moved)
        .map(|k| k.ids.len() as u64)
        .sum();
    changes.sort_by(|a, b| {
        (b.outcomes, b.levels, &a.row, &a.cell, &a.to)
            .cmp(&(a.outcomes, a.levels, &b.row, &b.cell, &b.to))
    });
    out.further = changes.len().saturating_sub(LISTED) as u64;
    changes.truncate(LISTED);
    out.changes = changes;
    out
}

fn inputs(table: &Table, case: &Case<'_>, catalog: &Catalog, date: Date) -> Inputs {
    Inputs::of(
        table,
        case.finding,
        case.asset,
        case.verdicts,
        catalog,
        date,
    )
}

/// Everything the table looks at.
fn key(case: &Case<'_>) -> String {
    let f = case.finding;
    let asset = case.asset.map(|a| {
        (
            &a.class,
            &a.criticality,
            &a.sector,
            a.sensitive,
            &a.connection,
        )
    });
    let candidates: Vec<_> = f.candidates.iter().map(|c| (&c.maker, &c.family)).collect();
    let verdicts: Vec<_> = case
        .verdicts
        .iter()
        .map(|v| (&v.match_kind, &v.verb, v.status, &v.if_maker, &v.basis))
        .collect();
    format!(
        "{:?}",
        (
            &f.module.maker,
            &f.module.family,
            &f.module.variant,
            candidates,
            asset,
            verdicts
        )
    )
}

/// Compares results before and after a move.
fn count(
    table: &Table,
    spot: Spot,
    from: String,
    to: String,
    kinds: &mut [Kind<'_>],
    after: &[(usize, Ranks)],
) -> Change {
    let (row, cell) = name(table, spot);
    let mut change = Change {
        row,
        cell,
        from,
        to,
        outcomes: 0,
        levels: 0,
        findings: Vec::new(),
    };
    let mut only_levels: Vec<String> = Vec::new();
    let add = |to: &mut Vec<String>, ids: &[&str]| {
        let room = NAMED.saturating_sub(to.len());
        to.extend(ids.iter().take(room).map(|id| (*id).to_owned()));
    };
    for (n, new) in after {
        let Some(kind) = kinds.get_mut(*n) else {
            continue;
        };
        let low = |r: &Ranks| r.areas.map(|e| e.map(|(low, _)| low));
        let many = kind.ids.len() as u64;
        if low(&kind.ranks) != low(new) {
            change.levels += many;
            add(&mut only_levels, &kind.ids);
        }
        if kind.ranks.outcome != new.outcome {
            change.outcomes += many;
            kind.moved = true;
            add(&mut change.findings, &kind.ids);
        }
    }
    if change.outcomes == 0 {
        change.findings = only_levels;
    }
    change.findings.sort_unstable();
    change
}

/// Every cell, in the order of the table.
fn spots(table: &Table) -> Vec<Spot> {
    let mut out = Vec::new();
    let each = |rows: &[Row], spot: &dyn Fn(usize, Option<usize>) -> Spot, out: &mut Vec<Spot>| {
        for (n, row) in rows.iter().enumerate() {
            out.extend((0..row.when.len()).map(|c| spot(n, Some(c))));
            out.push(spot(n, None));
        }
    };
    for (d, rows) in table.derived.iter().enumerate() {
        each(rows, &|n, c| Spot::Derived(d, n, c), &mut out);
    }
    for (a, area) in table.areas.iter().enumerate() {
        each(&area.rows, &|n, c| Spot::Area(a, n, c), &mut out);
    }
    each(&table.outcomes, &|n, c| Spot::Outcome(n, c), &mut out);
    for n in 0..table.words.len() {
        out.extend([Spot::Word(n, false), Spot::Word(n, true)]);
    }
    for n in 0..table.passing.len() {
        out.extend([Spot::Passing(n, false), Spot::Passing(n, true)]);
    }
    for n in 0..table.classes.len() {
        out.extend([Spot::Class(n, false), Spot::Class(n, true)]);
    }
    out.extend((0..table.functions.len()).map(Spot::Function));
    out.extend((0..table.capabilities.len()).map(Spot::Capability));
    out.extend((0..table.essential_sectors.len()).map(Spot::Sector));
    out
}

/// False if a case does not look at the cell, so that nothing can change.
fn touches(table: &Table, spot: Spot, case: &Case<'_>) -> bool {
    let stated = |key: &str| case.asset.is_some_and(|a| a.connection.contains_key(key));
    let of_maker = |maker: &str| possibilities(case.finding).iter().any(|(m, _)| *m == maker);
    match spot {
        Spot::Area(..) | Spot::Outcome(..) => true,
        Spot::Derived(..) => FACTS.iter().any(|f| stated(f)),
        Spot::Word(n, _) => table.words.get(n).is_some_and(|w| stated(&w.fact)),
        Spot::Passing(..) => stated("passes"),
        Spot::Class(n, _) => {
            let class = case.asset.and_then(|a| a.class.as_deref());
            let lower = class.unwrap_or_default().to_lowercase();
            table
                .classes
                .get(n)
                .is_some_and(|c| c.words.iter().any(|w| names_class(&lower, w)))
        }
        Spot::Function(n) => table.functions.get(n).is_some_and(|f| of_maker(&f.maker)),
        Spot::Capability(n) => table
            .capabilities
            .get(n)
            .is_some_and(|c| of_maker(&c.maker)),
        Spot::Sector(n) => {
            let sector = case.asset.and_then(|a| a.sector.as_deref());
            table
                .essential_sectors
                .get(n)
                .is_some_and(|s| Some(s) == sector.map(|s| s.trim().to_lowercase()).as_ref())
        }
    }
}

/// One level up or down on a scale, if there is one.
fn next(table: &Table, scale: &str, rank: usize, up: bool) -> Option<usize> {
    if up {
        (rank < table.top(scale)).then_some(rank + 1)
    } else {
        rank.checked_sub(1)
    }
}

/// A table with one cell moved, and the words of the cell before and after; `None`: there is no level
/// to move to.
fn step(table: &Table, spot: Spot, up: bool) -> Option<(Table, String, String)> {
    let mut moved = table.clone();
    let of_row = |row: &mut Row, c: Option<usize>, inputs: &[&str], gives: &str| {
        let (scale, rank) = match c {
            Some(c) => {
                let (input, rank) = row.when.get_mut(c)?;
                (scale_of(inputs.get(*input)?), rank)
            }
            None => (gives, &mut row.gives),
        };
        let from = *rank;
        *rank = next(table, scale, from, up)?;
        Some((
            table.word(scale, from).to_owned(),
            table.word(scale, *rank).to_owned(),
        ))
    };
    let of_word = |word: &mut String, scale: &str| {
        let from = word.clone();
        let rank = next(table, scale, table.rank(scale, word)?, up)?;
        table.word(scale, rank).clone_into(word);
        Some((from, word.clone()))
    };
    let (from, to) = match spot {
        Spot::Derived(d, n, c) => {
            let row = moved.derived.get_mut(d)?.get_mut(n)?;
            of_row(row, c, &FACTS, DERIVED.get(d)?)?
        }
        Spot::Area(a, n, c) => {
            let row = moved.areas.get_mut(a)?.rows.get_mut(n)?;
            of_row(row, c, &INPUTS, "level")?
        }
        Spot::Outcome(n, c) => {
            let row = moved.outcomes.get_mut(n)?;
            of_row(row, c, &OUTCOME_INPUTS, "outcome")?
        }
        Spot::Word(n, upper) => {
            let word = moved.words.get_mut(n)?;
            // One rank stands for both ends; taken apart before one of them moves.
            if let [only] = word.means.as_slice() {
                word.means = vec![only.clone(), only.clone()];
            }
            let fact = word.fact.clone();
            let changed = of_word(word.means.get_mut(usize::from(upper))?, &fact)?;
            moved.meaning(moved.words.get(n)?)?;
            changed
        }
        Spot::Passing(n, false) => of_word(&mut moved.passing.get_mut(n)?.observes, "observes")?,
        Spot::Passing(n, true) => {
            of_word(moved.passing.get_mut(n)?.actuates.as_mut()?, "actuates")?
        }
        Spot::Class(n, false) => of_word(&mut moved.classes.get_mut(n)?.observes, "observes")?,
        Spot::Class(n, true) => of_word(moved.classes.get_mut(n)?.actuates.as_mut()?, "actuates")?,
        Spot::Function(n) => of_word(&mut moved.functions.get_mut(n)?.senses, "senses")?,
        Spot::Capability(n) => of_word(&mut moved.capabilities.get_mut(n)?.reach, "reach")?,
        Spot::Sector(n) => {
            if up || n >= moved.essential_sectors.len() {
                return None;
            }
            moved.essential_sectors.remove(n);
            ("essential".to_owned(), "other".to_owned())
        }
    };
    Some((moved, from, to))
}

/// Row or entry, and cell, in words.
fn name(table: &Table, spot: Spot) -> (String, String) {
    let of_row = |row: Option<&Row>, c: Option<usize>, inputs: &[&str]| {
        let cell = match c {
            Some(c) => row
                .and_then(|r| r.when.get(c))
                .and_then(|(at, _)| inputs.get(*at))
                .copied()
                .unwrap_or_default(),
            None => "gives",
        };
        (
            row.map(|r| r.id.clone()).unwrap_or_default(),
            cell.to_owned(),
        )
    };
    let entry = |what: String, cell: &str| (what, cell.to_owned());
    let which = |actuates: bool| if actuates { "actuates" } else { "observes" };
    match spot {
        Spot::Derived(d, n, c) => of_row(table.derived.get(d).and_then(|r| r.get(n)), c, &FACTS),
        Spot::Area(a, n, c) => {
            debug_assert!(a < AREAS.len());
            let row = table.areas.get(a).and_then(|area| area.rows.get(n));
            of_row(row, c, &INPUTS)
        }
        Spot::Outcome(n, c) => of_row(table.outcomes.get(n), c, &OUTCOME_INPUTS),
        Spot::Word(n, upper) => {
            let word = table.words.get(n);
            let text = word.map(|w| format!("word {} = {}", w.fact, w.word));
            entry(
                text.unwrap_or_default(),
                if upper { "at most" } else { "at least" },
            )
        }
        Spot::Passing(n, actuates) => {
            let text = table.passing.get(n).map(|p| format!("passing {}", p.word));
            entry(text.unwrap_or_default(), which(actuates))
        }
        Spot::Class(n, actuates) => {
            let first = table.classes.get(n).and_then(|c| c.words.first());
            let text = first.map(|w| format!("class {w} and alike"));
            entry(text.unwrap_or_default(), which(actuates))
        }
        Spot::Function(n) => {
            let text = table
                .functions
                .get(n)
                .map(|f| format!("function {} {}", f.maker, f.families.join(", ")));
            entry(text.unwrap_or_default(), "senses")
        }
        Spot::Capability(n) => {
            let text = table
                .capabilities
                .get(n)
                .map(|c| format!("capability {} of {}", c.id, c.maker));
            entry(text.unwrap_or_default(), "reach")
        }
        Spot::Sector(n) => {
            let text = table
                .essential_sectors
                .get(n)
                .map(|s| format!("sector {s}"));
            entry(text.unwrap_or_default(), "sector")
        }
    }
}
