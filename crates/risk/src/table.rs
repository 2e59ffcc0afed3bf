//! The decision table as data.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// The table that is built in.
const EMBEDDED: &str = include_str!("../../../tables/risk-1.toml");

/// The four areas, in the order of reports.
pub const AREAS: [&str; 4] = ["national_security", "economic", "privacy", "values_rights"];

/// The inputs, in the order of reports.
pub const INPUTS: [&str; 8] = [
    "criticality",
    "sensitive",
    "sector",
    "exposure",
    "reach",
    "observes",
    "actuates",
    "standing",
];

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not TOML of the table's shape.
    #[error("risk table: {0}")]
    Shape(String),
    /// A word that is on no scale, an area or scale that is missing.
    #[error("risk table: {place}: {what}")]
    Content {
        /// Row or section.
        place: String,
        /// What is wrong.
        what: String,
    },
}

/// A row: holds from the named ranks upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Id shown as the trace.
    pub id: String,
    /// Input or area, and the rank from which the row holds.
    pub when: Vec<(String, usize)>,
    /// Rank it gives on the scale of levels, or of outcomes.
    pub gives: usize,
    /// Where the row comes from.
    pub source: String,
}

/// An area's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaTable {
    /// Inputs of which one must be known.
    pub basis: Vec<String>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// What a class of assets observes and moves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Words of the class, lower case.
    pub words: Vec<String>,
    /// Rank word on `observes`.
    pub observes: String,
    /// Rank word on `actuates`; absent: not settled by the class.
    #[serde(default)]
    pub actuates: Option<String>,
    /// Where it comes from.
    pub source: String,
}

/// How well something that can be done to a family is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    /// Public proof.
    Demonstrated,
    /// An advisory's text only.
    Advisory,
    /// The maker's own documents.
    Documented,
    /// Shown on the chipset or by design, not on the module: widens the interval and no more.
    Inferred,
}

/// What public work shows for some families.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// CVE id or short name.
    pub id: String,
    /// Maker slug.
    pub maker: String,
    /// Families.
    pub families: Vec<String>,
    /// Rank word on `reach`.
    pub reach: String,
    /// How well it is shown.
    pub status: Shown,
    /// Access it takes, in words.
    pub needs: String,
    /// Reference.
    pub source: String,
}

/// The whole table, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Version, shown in every result.
    pub version: String,
    /// As-of date.
    pub as_of: String,
    /// Scales by name, words lowest first.
    pub scales: BTreeMap<String, Vec<String>>,
    /// Words of essential sectors, lower case.
    pub essential_sectors: Vec<String>,
    /// Classes.
    pub classes: Vec<Class>,
    /// Capabilities.
    pub capabilities: Vec<Capability>,
    /// Areas by name.
    pub areas: BTreeMap<String, AreaTable>,
    /// Outcome rows.
    pub outcomes: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    as_of: toml::value::Datetime,
    scale: BTreeMap<String, Vec<String>>,
    sectors: Sectors,
    class: Vec<Class>,
    capability: Vec<Capability>,
    area: BTreeMap<String, FileArea>,
    outcome: Vec<FileRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sectors {
    essential: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileArea {
    basis: Vec<String>,
    row: Vec<FileRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    id: String,
    #[serde(default)]
    level: Option<String>,
    #[serde(default)]
    outcome: Option<String>,
    #[serde(default)]
    when: BTreeMap<String, String>,
    source: String,
}

fn content(place: &str, what: impl Into<String>) -> Error {
    Error::Content {
        place: place.to_owned(),
        what: what.into(),
    }
}

impl Table {
    /// The built-in table.
    pub fn embedded() -> Result<&'static Self, Error> {
        static TABLE: OnceLock<Result<Table, Error>> = OnceLock::new();
        TABLE
            .get_or_init(|| Self::parse(EMBEDDED))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Text of the built-in table, to be published with a report.
    pub fn embedded_text() -> &'static str {
        EMBEDDED
    }

    /// Reads a table.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|e| Error::Shape(e.to_string()))?;
        for name in INPUTS.iter().chain(&["level", "outcome"]) {
            if file.scale.get(*name).is_none_or(Vec::is_empty) {
                return Err(content("scale", format!("no scale `{name}`")));
            }
        }
        let mut table = Self {
            version: file.version,
            as_of: file.as_of.to_string(),
            scales: file.scale,
            essential_sectors: file.sectors.essential,
            classes: file.class,
            capabilities: file.capability,
            areas: BTreeMap::new(),
            outcomes: Vec::new(),
        };
        for class in &table.classes {
            let place = class.words.join(", ");
            table.must_rank(&place, "observes", &class.observes)?;
            if let Some(word) = &class.actuates {
                table.must_rank(&place, "actuates", word)?;
            }
        }
        for capability in &table.capabilities {
            table.must_rank(&capability.id, "reach", &capability.reach)?;
        }
        for (name, area) in file.area {
            if !AREAS.contains(&name.as_str()) {
                return Err(content(&name, "no such area"));
            }
            if let Some(input) = area.basis.iter().find(|b| !INPUTS.contains(&b.as_str())) {
                return Err(content(&name, format!("no input `{input}`")));
            }
            let mut rows = Vec::new();
            for row in area.row {
                rows.push(table.row(row, "level", &INPUTS)?);
            }
            if !rows.iter().any(|r| r.when.is_empty()) {
                return Err(content(&name, "no row that always holds"));
            }
            table.areas.insert(
                name,
                AreaTable {
                    basis: area.basis,
                    rows,
                },
            );
        }
        if let Some(missing) = AREAS.iter().find(|a| !table.areas.contains_key(**a)) {
            return Err(content(missing, "the area is missing"));
        }
        let mut known: Vec<&str> = AREAS.to_vec();
        known.push("standing");
        for row in file.outcome {
            let row = table.row(row, "outcome", &known)?;
            table.outcomes.push(row);
        }
        if !table.outcomes.iter().any(|r| r.when.is_empty()) {
            return Err(content("outcome", "no row that always holds"));
        }
        Ok(table)
    }

    /// Rank of a word on a scale.
    pub fn rank(&self, scale: &str, word: &str) -> Option<usize> {
        self.scales.get(scale)?.iter().position(|w| w == word)
    }

    /// Word of a rank.
    pub fn word(&self, scale: &str, rank: usize) -> &str {
        self.scales
            .get(scale)
            .and_then(|s| s.get(rank))
            .map_or("", String::as_str)
    }

    /// Highest rank of a scale.
    pub fn top(&self, scale: &str) -> usize {
        self.scales
            .get(scale)
            .map_or(0, |s| s.len().saturating_sub(1))
    }

    fn must_rank(&self, place: &str, scale: &str, word: &str) -> Result<usize, Error> {
        self.rank(scale, word)
            .ok_or_else(|| content(place, format!("\"{word}\" is not on the scale `{scale}`")))
    }

    fn row(&self, row: FileRow, gives: &str, known: &[&str]) -> Result<Row, Error> {
        let word = match gives {
            "level" => row.level.as_deref(),
            _ => row.outcome.as_deref(),
        }
        .ok_or_else(|| content(&row.id, format!("gives no {gives}")))?;
        let gives = self.must_rank(&row.id, gives, word)?;
        let mut when = Vec::new();
        for (input, word) in &row.when {
            if !known.contains(&input.as_str()) {
                return Err(content(&row.id, format!("no input `{input}` here")));
            }
            let scale = if AREAS.contains(&input.as_str()) {
                "level"
            } else {
                input
            };
            when.push((input.clone(), self.must_rank(&row.id, scale, word)?));
        }
        if row.source.trim().is_empty() {
            return Err(content(&row.id, "no source"));
        }
        Ok(Row {
            id: row.id,
            when,
            gives,
            source: row.source,
        })
    }
}
