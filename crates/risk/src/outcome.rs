//! Rows applied to inputs.

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{AssetState, Finding};
use cellsweep_policy::Verdict;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::inputs::{Inputs, Known, Range};
use crate::table::{
    AREAS, AreaTable, INPUT_COUNT, INPUTS, OUTCOME_INPUTS, Row, Table, Which, scale_of,
};

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
    /// First axis: what public work shows can be done to the module, whoever made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flaws: Option<Axis>,
    /// Second axis: what the chosen packs say of its maker, whatever the module is like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Axis>,
    /// What speaks against either axis; shown beside, never subtracted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counter_evidence: Vec<CounterEvidence>,
}

/// One of the two axes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Axis {
    /// What is known.
    Known(AxisRange),
    /// Nothing is known.
    NoBasis(NoBasis),
}

/// What is known on an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxisRange {
    /// Lower and upper end in the words of the scale (`reach` for flaws, `standing` for control).
    pub interval: [String; 2],
    /// Where it comes from.
    pub drivers: Vec<String>,
}

/// A statement that speaks against an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterEvidence {
    /// Axis.
    pub axis: Which,
    /// The statement.
    pub says: String,
    /// Where it can be read.
    pub sources: Vec<String>,
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

/// Risk of a finding on a date by the built-in table.
pub fn assess(
    finding: &Finding,
    asset: Option<&AssetState>,
    verdicts: &[Verdict],
    catalog: &Catalog,
    date: Date,
) -> Risk {
    match Table::embedded() {
        Ok(table) => assess_with(table, finding, asset, verdicts, catalog, date),
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
    date: Date,
) -> Risk {
    if !shows_a_module(finding) {
        return no_basis(&table.version, "no-module-shown");
    }
    let inputs = Inputs::of(table, finding, asset, verdicts, catalog, date);
    decide(table, &inputs)
}

/// Software support or a mention shows no module: there is no risk to state.
pub(crate) fn shows_a_module(finding: &Finding) -> bool {
    !matches!(finding.presence, Stance::Supported | Stance::Mentioned)
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
        flaws: None,
        control: None,
        counter_evidence: Vec::new(),
    }
}

/// Lower and upper end of an area; `None`: no basis.
pub type Ends = Option<(usize, usize)>;

/// A result in ranks, without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranks {
    /// Areas, as [`AREAS`].
    pub areas: [Ends; AREAS.len()],
    /// Outcome; `None`: no basis.
    pub outcome: Option<usize>,
    /// Outcome with everything unknown at its worst.
    pub up_to: Option<usize>,
}

/// What a row looks at, at its lowest or at its highest. What is not known is at the end of its scale.
fn holds(row: &Row, value: impl Fn(usize) -> Option<usize>) -> bool {
    row.when
        .iter()
        .all(|(at, rank)| value(*at).is_none_or(|v| v >= *rank))
}

/// The row that gives most; of equals the first in the table.
fn best<'r>(rows: impl Iterator<Item = &'r Row>) -> Option<&'r Row> {
    rows.fold(None, |best: Option<&Row>, row| match best {
        Some(b) if b.gives >= row.gives => Some(b),
        _ => Some(row),
    })
}

/// An area's ends with the row of the lower one.
fn ends<'t>(
    area: &'t AreaTable,
    ranges: &[Option<Range>; INPUT_COUNT],
) -> Option<(usize, usize, &'t Row)> {
    let known = |at: usize| ranges.get(at).copied().flatten();
    if !area.basis.iter().any(|b| known(*b).is_some()) {
        return None;
    }
    let low = |at: usize| Some(known(at).map_or(0, |r| r.low));
    let high = |at: usize| known(at).map(|r| r.high);
    let row = best(area.rows.iter().filter(|r| holds(r, low)))?;
    let top = best(area.rows.iter().filter(|r| holds(r, high))).map_or(row.gives, |r| r.gives);
    Some((row.gives, top, row))
}

/// Rows of the lower and the upper outcome, from the areas' ends and the standing.
fn outcomes<'t>(
    table: &'t Table,
    areas: &[Ends; AREAS.len()],
    standing: Option<Range>,
) -> (Option<&'t Row>, Option<&'t Row>) {
    let any_area = areas.iter().any(Option::is_some);
    let value = |at: usize, upper: bool| -> Option<usize> {
        if let Some(ends) = areas.get(at) {
            return ends.map(|(low, high)| if upper { high } else { low });
        }
        match (standing, upper) {
            (Some(r), false) => Some(r.low),
            (Some(r), true) => Some(r.high),
            (None, true) if any_area => Some(table.top("standing")),
            (None, _) => None,
        }
    };
    // An area without a basis adds nothing; it is shown as such.
    let pick = |upper: bool| {
        let holds = |row: &&Row| {
            row.when
                .iter()
                .all(|(at, rank)| value(*at, upper).is_some_and(|v| v >= *rank))
        };
        best(table.outcomes.iter().filter(holds)).filter(|r| any_area || !r.when.is_empty())
    };
    (pick(false), pick(true))
}

/// Position of the axis of control among the inputs.
fn standing_of(ranges: &[Option<Range>; INPUT_COUNT]) -> Option<Range> {
    let at = INPUTS
        .iter()
        .position(|i| Some(i) == OUTCOME_INPUTS.last())?;
    ranges.get(at).copied().flatten()
}

/// The table applied to ranges, in ranks.
pub fn ranks(table: &Table, ranges: &[Option<Range>; INPUT_COUNT]) -> Ranks {
    let areas = std::array::from_fn(|i| {
        let (low, high, _) = ends(table.areas.get(i)?, ranges)?;
        Some((low, high))
    });
    let (lower, upper) = outcomes(table, &areas, standing_of(ranges));
    Ranks {
        areas,
        outcome: lower.map(|r| r.gives),
        up_to: upper.map(|r| r.gives),
    }
}

/// The table applied to inputs.
pub fn decide(table: &Table, inputs: &Inputs) -> Risk {
    let ranges = inputs.ranges();
    let mut levels: [Ends; AREAS.len()] = [None; AREAS.len()];
    let mut shown = [const { Area::NO_BASIS }; AREAS.len()];
    for ((area, level), shown) in table.areas.iter().zip(&mut levels).zip(&mut shown) {
        if let Some((low, high, row)) = ends(area, &ranges) {
            *level = Some((low, high));
            *shown = Area::Level(AreaLevel {
                level: table.word("level", low).to_owned(),
                interval: [low, high].map(|rank| table.word("level", rank).to_owned()),
                row: row.id.clone(),
                drivers: drivers(table, area, inputs),
            });
        }
    }
    let [national_security, economic, privacy, values_rights] = shown;
    let (lower, upper) = outcomes(table, &levels, standing_of(&ranges));
    let word = |row: Option<&Row>| {
        row.map_or_else(
            || "no_basis".to_owned(),
            |r| table.word("outcome", r.gives).to_owned(),
        )
    };
    let axis = |input: &str| match inputs.get(input) {
        Some(Known {
            range: Some(r),
            because,
        }) => Axis::Known(AxisRange {
            interval: [r.low, r.high].map(|rank| table.word(input, rank).to_owned()),
            drivers: because.clone(),
        }),
        Some(Known {
            range: None,
            because,
        }) if !because.is_empty() => Axis::Known(AxisRange {
            interval: [0, table.top(input)].map(|rank| table.word(input, rank).to_owned()),
            drivers: because.clone(),
        }),
        _ => Axis::NoBasis(NoBasis::NoBasis),
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
        flaws: Some(axis("reach")),
        control: Some(axis("standing")),
        counter_evidence: inputs
            .against
            .iter()
            .map(|(axis, says, sources)| CounterEvidence {
                axis: *axis,
                says: says.clone(),
                sources: sources.clone(),
            })
            .collect(),
    }
}

/// Inputs that the area's rows look at, as used, with where they come from; then what is not known.
fn drivers(table: &Table, area: &AreaTable, inputs: &Inputs) -> Vec<String> {
    let used = |at: usize| {
        area.rows
            .iter()
            .any(|r| r.when.iter().any(|(n, _)| *n == at))
    };
    let mut drivers = Vec::new();
    let mut not_known = Vec::new();
    for (at, input) in INPUTS.iter().enumerate() {
        let Some(value) = inputs.get(input).filter(|_| used(at)) else {
            continue;
        };
        match value.range {
            Some(r) => {
                let scale = scale_of(input);
                let words = if r.low == r.high {
                    table.word(scale, r.low).to_owned()
                } else {
                    let (low, high) = (table.word(scale, r.low), table.word(scale, r.high));
                    format!("{low} to {high}")
                };
                drivers.push(format!("{input}: {words} ({})", value.because.join("; ")));
            }
            None if value.because.is_empty() => not_known.push((*input).to_owned()),
            None => not_known.push(format!("{input} ({})", value.because.join("; "))),
        }
    }
    if !not_known.is_empty() {
        drivers.push(format!("not known: {}", not_known.join(", ")));
    }
    drivers
}
