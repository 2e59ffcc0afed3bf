//! Rows applied to inputs.

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{AssetState, Finding};
use cellsweep_policy::Verdict;
use serde::{Deserialize, Serialize};

use crate::inputs::Inputs;
use crate::table::{AREAS, INPUTS, Row, Table};

/// Risk of one finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// `defer`, `scheduled`, `out_of_cycle`, `immediate`, or `no_basis`: what the known facts carry.
    pub outcome: String,
    /// The same with everything unknown at its worst.
    pub outcome_up_to: String,
    /// Row of the outcome table.
    pub row: String,
    /// Version of the table.
    pub table: String,
    /// National security.
    pub national_security: Area,
    /// Economic prosperity.
    pub economic: Area,
    /// Privacy.
    pub privacy: Area,
    /// Values and rights.
    pub values_rights: Area,
}

/// One area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Area {
    /// A level.
    Level(AreaLevel),
    /// Nothing is known on which a statement could rest.
    NoBasis(NoBasis),
}

impl Area {
    /// Nothing is known.
    pub const NO_BASIS: Self = Self::NoBasis(NoBasis::NoBasis);
}

/// The word `no_basis`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoBasis {
    /// `no_basis`
    NoBasis,
}

/// An area's level with its trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaLevel {
    /// `low`, `medium`, `high`, `very_high`: the lower end of the interval, which the known facts carry.
    pub level: String,
    /// Lower and upper end: unknown inputs at their lowest and at their highest.
    pub interval: [String; 2],
    /// Row that gave the level.
    pub row: String,
    /// Inputs as used, with where they come from; then what is not known.
    pub drivers: Vec<String>,
}

/// Risk of a finding by the built-in table.
pub fn assess(
    finding: &Finding,
    asset: Option<&AssetState>,
    verdicts: &[Verdict],
    catalog: &Catalog,
) -> Risk {
    match Table::embedded() {
        Ok(table) => assess_with(table, finding, asset, verdicts, catalog),
        // A test reads the built-in table; without one there is no basis for anything.
        Err(_) => no_basis("none", "no-table"),
    }
}

/// Risk of a finding by a given table.
pub fn assess_with(
    table: &Table,
    finding: &Finding,
    asset: Option<&AssetState>,
    verdicts: &[Verdict],
    catalog: &Catalog,
) -> Risk {
    if matches!(finding.presence, Stance::Supported | Stance::Mentioned) {
        return no_basis(&table.version, "no-module-shown");
    }
    decide(table, &Inputs::of(table, finding, asset, verdicts, catalog))
}

fn no_basis(table: &str, row: &str) -> Risk {
    Risk {
        outcome: "no_basis".to_owned(),
        outcome_up_to: "no_basis".to_owned(),
        row: row.to_owned(),
        table: table.to_owned(),
        national_security: Area::NO_BASIS,
        economic: Area::NO_BASIS,
        privacy: Area::NO_BASIS,
        values_rights: Area::NO_BASIS,
    }
}

/// Ranks of one area: lower end, upper end.
type Ends = Option<(usize, usize)>;

/// The table applied to inputs.
pub fn decide(table: &Table, inputs: &Inputs) -> Risk {
    let mut areas = AREAS.iter().map(|name| area(table, inputs, name));
    let mut next = || areas.next().unwrap_or((None, Area::NO_BASIS));
    let (ns, national_security) = next();
    let (ec, economic) = next();
    let (pr, privacy) = next();
    let (vr, values_rights) = next();
    let ends: [(&str, Ends); 4] = [
        ("national_security", ns),
        ("economic", ec),
        ("privacy", pr),
        ("values_rights", vr),
    ];
    let any_area = ends.iter().any(|(_, e)| e.is_some());
    let value = |name: &str, upper: bool| -> Option<usize> {
        if name == "standing" {
            return match (inputs.standing.range, upper) {
                (Some(r), false) => Some(r.low),
                (Some(r), true) => Some(r.high),
                (None, true) if any_area => Some(table.top("standing")),
                (None, _) => None,
            };
        }
        let (_, ends) = ends.iter().find(|(n, _)| *n == name)?;
        ends.map(|(low, high)| if upper { high } else { low })
    };
    // An area without a basis adds nothing; it is shown as such.
    let holds = |row: &Row, upper: bool| {
        row.when
            .iter()
            .all(|(name, rank)| value(name, upper).is_some_and(|v| v >= *rank))
    };
    let pick = |upper: bool| {
        best(table.outcomes.iter().filter(|r| holds(r, upper)))
            .filter(|r| any_area || !r.when.is_empty())
    };
    let lower = pick(false);
    let upper = pick(true);
    let word = |row: Option<&Row>| {
        row.map_or_else(
            || "no_basis".to_owned(),
            |r| table.word("outcome", r.gives).to_owned(),
        )
    };
    Risk {
        outcome: word(lower),
        outcome_up_to: word(upper),
        row: lower.map_or_else(|| "no-basis".to_owned(), |r| r.id.clone()),
        table: table.version.clone(),
        national_security,
        economic,
        privacy,
        values_rights,
    }
}

/// The row that gives most; of equals the first in the table.
fn best<'r>(rows: impl Iterator<Item = &'r Row>) -> Option<&'r Row> {
    rows.fold(None, |best: Option<&Row>, row| match best {
        Some(b) if b.gives >= row.gives => Some(b),
        _ => Some(row),
    })
}

fn area(table: &Table, inputs: &Inputs, name: &str) -> (Ends, Area) {
    let Some(area) = table.areas.get(name) else {
        return (None, Area::NO_BASIS);
    };
    let known = |input: &str| inputs.get(input).and_then(|k| k.range);
    if !area.basis.iter().any(|b| known(b).is_some()) {
        return (None, Area::NO_BASIS);
    }
    let holds_low = |row: &&Row| {
        row.when
            .iter()
            .all(|(i, rank)| known(i).is_some_and(|r| r.low >= *rank))
    };
    let holds_high = |row: &&Row| {
        row.when
            .iter()
            .all(|(i, rank)| known(i).is_none_or(|r| r.high >= *rank))
    };
    let Some(low) = best(area.rows.iter().filter(holds_low)) else {
        return (None, Area::NO_BASIS);
    };
    let high = best(area.rows.iter().filter(holds_high)).map_or(low.gives, |r| r.gives);

    let used: Vec<&str> = INPUTS
        .iter()
        .copied()
        .filter(|i| area.rows.iter().any(|r| r.when.iter().any(|(n, _)| n == i)))
        .collect();
    let mut drivers = Vec::new();
    let mut not_known = Vec::new();
    for input in used {
        let Some(value) = inputs.get(input) else {
            continue;
        };
        match value.range {
            Some(r) => {
                let words = if r.low == r.high {
                    table.word(input, r.low).to_owned()
                } else {
                    format!(
                        "{} to {}",
                        table.word(input, r.low),
                        table.word(input, r.high)
                    )
                };
                drivers.push(format!("{input}: {words} ({})", value.because.join("; ")));
            }
            None if value.because.is_empty() => not_known.push(input.to_owned()),
            None => not_known.push(format!("{input} ({})", value.because.join("; "))),
        }
    }
    if !not_known.is_empty() {
        drivers.push(format!("not known: {}", not_known.join(", ")));
    }
    let level = AreaLevel {
        level: table.word("level", low.gives).to_owned(),
        interval: [
            table.word("level", low.gives).to_owned(),
            table.word("level", high).to_owned(),
        ],
        row: low.id.clone(),
        drivers,
    };
    (Some((low.gives, high)), Area::Level(level))
}
