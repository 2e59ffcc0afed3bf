//! The decision table as data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

/// The table that is built in.
const EMBEDDED: &str = include_str!("../../../tables/risk-2.toml");

/// The four areas, in the order of reports.
pub const AREAS: [&str; 4] = ["national_security", "economic", "privacy", "values_rights"];

/// Number of inputs.
pub const INPUT_COUNT: usize = 11;

/// The inputs of the areas, in the order of reports.
pub const INPUTS: [&str; INPUT_COUNT] = [
    "criticality",
    "sensitive",
    "sector",
    "exposure",
    "command",
    "reach",
    "observes",
    "senses",
    "actuates",
    "support",
    "standing",
];

/// What an estate states or evidence shows, from which the derived inputs follow.
pub const FACTS: [&str; 6] = [
    "apn",
    "segmentation",
    "remote_access",
    "sim_issuer",
    "firmware_channel",
    "cloud",
];

/// Inputs that follow from facts by rows of their own.
pub const DERIVED: [&str; 2] = ["exposure", "command"];

/// What rows of the outcome look at: the areas, then the axis of control.
pub const OUTCOME_INPUTS: [&str; 5] = [
    "national_security",
    "economic",
    "privacy",
    "values_rights",
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

/// Something that can be followed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// What it is and what it says here.
    pub title: String,
    /// Address.
    pub url: String,
}

/// A row: holds from the named ranks upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Id shown as the trace.
    pub id: String,
    /// Position of what it looks at (in [`INPUTS`], [`FACTS`] or [`OUTCOME_INPUTS`]) and the rank from
    /// which the row holds.
    pub when: Vec<(usize, usize)>,
    /// Rank it gives on the scale of levels, of outcomes, or of the derived input.
    pub gives: usize,
    /// Ids of [`Table::sources`], or addresses.
    pub source: Vec<String>,
}

/// An area's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaTable {
    /// Positions of inputs of which one must be known.
    pub basis: Vec<usize>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// What a word of an estate means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// One of [`FACTS`].
    pub fact: String,
    /// The estate's word.
    pub word: String,
    /// Rank word on the fact's scale; two: the lowest and the highest it may be.
    pub means: Vec<String>,
    /// Where it comes from.
    pub source: Vec<String>,
}

/// What it means that something passes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passing {
    /// The estate's word.
    pub word: String,
    /// Rank word on `observes`.
    pub observes: String,
    /// Rank word on `actuates`.
    #[serde(default)]
    pub actuates: Option<String>,
    /// Where it comes from.
    pub source: Vec<String>,
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
    pub source: Vec<String>,
}

/// How well something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    /// Public proof.
    Demonstrated,
    /// An advisory's text only.
    Advisory,
    /// The maker's own documents.
    Documented,
    /// Shown on the chipset, optional or by design: widens the interval and no more.
    Inferred,
}

/// What modules of some families can sense.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Maker slug.
    pub maker: String,
    /// Families.
    pub families: Vec<String>,
    /// Rank word on `senses`.
    pub senses: String,
    /// How well it is shown.
    pub status: Shown,
    /// In words.
    pub says: String,
    /// Where it comes from.
    pub source: Vec<String>,
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
    pub source: Vec<String>,
}

/// Which axis a statement belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Flaws of the module.
    Flaws,
    /// Control of its maker.
    Control,
}

/// What speaks against an axis.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Maker slug.
    pub maker: String,
    /// Families; absent: all of the maker.
    #[serde(default)]
    pub families: Vec<String>,
    /// Axis.
    pub axis: Which,
    /// One or two sentences.
    pub says: String,
    /// Reference.
    pub source: Vec<String>,
}

/// The whole table, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Version, shown in every result.
    pub version: String,
    /// As-of date.
    pub as_of: String,
    /// What rows refer to, by id.
    pub sources: BTreeMap<String, Reference>,
    /// Scales by name, words lowest first.
    pub scales: BTreeMap<String, Vec<String>>,
    /// Words of essential sectors, lower case.
    pub essential_sectors: Vec<String>,
    /// Where they come from.
    pub sectors_source: Vec<String>,
    /// Words of estates.
    pub words: Vec<Word>,
    /// What passes.
    pub passing: Vec<Passing>,
    /// Classes.
    pub classes: Vec<Class>,
    /// What modules can sense.
    pub functions: Vec<Function>,
    /// Capabilities.
    pub capabilities: Vec<Capability>,
    /// What speaks against.
    pub counters: Vec<Counter>,
    /// Rows of derived inputs, as [`DERIVED`].
    pub derived: [Vec<Row>; DERIVED.len()],
    /// Areas, as [`AREAS`].
    pub areas: [AreaTable; AREAS.len()],
    /// Outcome rows.
    pub outcomes: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    as_of: toml::value::Datetime,
    source: BTreeMap<String, Reference>,
    scale: BTreeMap<String, Vec<String>>,
    sectors: Sectors,
    word: Vec<Word>,
    passing: Vec<Passing>,
    class: Vec<Class>,
    #[serde(default)]
    function: Vec<Function>,
    capability: Vec<Capability>,
    #[serde(default)]
    counter: Vec<Counter>,
    derived: BTreeMap<String, Vec<FileRow>>,
    area: BTreeMap<String, FileArea>,
    outcome: Vec<FileRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sectors {
    essential: Vec<String>,
    source: Vec<String>,
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
    #[serde(alias = "level", alias = "outcome")]
    gives: String,
    #[serde(default)]
    when: BTreeMap<String, String>,
    source: Vec<String>,
}

fn content(place: &str, what: impl Into<String>) -> Error {
    Error::Content {
        place: place.to_owned(),
        what: what.into(),
    }
}

impl Table {
    /// The built-in table.
    ///
    /// # Errors
    /// If it is not as it must be, which a test excludes.
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
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|e| Error::Shape(e.to_string()))?;
        for name in INPUTS.iter().chain(&FACTS).chain(&["level", "outcome"]) {
            if file.scale.get(*name).is_none_or(Vec::is_empty) {
                return Err(content("scale", format!("no scale `{name}`")));
            }
        }
        let empty = || AreaTable {
            basis: Vec::new(),
            rows: Vec::new(),
        };
        let mut table = Self {
            version: file.version,
            as_of: file.as_of.to_string(),
            sources: file.source,
            scales: file.scale,
            essential_sectors: file.sectors.essential,
            sectors_source: file.sectors.source,
            words: file.word,
            passing: file.passing,
            classes: file.class,
            functions: file.function,
            capabilities: file.capability,
            counters: file.counter,
            derived: [Vec::new(), Vec::new()],
            areas: [empty(), empty(), empty(), empty()],
            outcomes: Vec::new(),
        };
        table.check_entries()?;
        let mut ids = BTreeSet::new();
        for (name, rows) in file.derived {
            let Some(at) = DERIVED.iter().position(|d| *d == name) else {
                return Err(content(&name, "no such derived input"));
            };
            let rows = table.rows(rows, &name, &name, &FACTS, &mut ids)?;
            if let Some(to) = table.derived.get_mut(at) {
                *to = rows;
            }
        }
        for (name, area) in file.area {
            let Some(at) = AREAS.iter().position(|a| *a == name) else {
                return Err(content(&name, "no such area"));
            };
            let mut basis = Vec::new();
            for input in &area.basis {
                match INPUTS.iter().position(|i| i == input) {
                    Some(i) => basis.push(i),
                    None => return Err(content(&name, format!("no input `{input}`"))),
                }
            }
            let rows = table.rows(area.row, &name, "level", &INPUTS, &mut ids)?;
            if let Some(to) = table.areas.get_mut(at) {
                *to = AreaTable { basis, rows };
            }
        }
        table.outcomes = table.rows(
            file.outcome,
            "outcome",
            "outcome",
            &OUTCOME_INPUTS,
            &mut ids,
        )?;
        let missing = AREAS
            .iter()
            .zip(&table.areas)
            .find(|(_, a)| a.rows.is_empty())
            .map(|(name, _)| *name)
            .or_else(|| {
                let derived = DERIVED.iter().zip(&table.derived);
                derived
                    .into_iter()
                    .find(|(_, rows)| rows.is_empty())
                    .map(|(name, _)| *name)
            });
        match missing {
            Some(name) => Err(content(name, "it has no rows")),
            None => Ok(table),
        }
    }

    /// Words and sources of everything that is no row.
    fn check_entries(&self) -> Result<(), Error> {
        for word in &self.words {
            let place = format!("{} {}", word.fact, word.word);
            if !FACTS.contains(&word.fact.as_str()) {
                return Err(content(&place, "no such fact"));
            }
            if self.meaning(word).is_none() {
                return Err(content(
                    &place,
                    format!(
                        "`means` is one or two ranks of `{}`, lowest first",
                        word.fact
                    ),
                ));
            }
            self.check_source(&place, &word.source)?;
        }
        for passing in &self.passing {
            self.must_rank(&passing.word, "observes", &passing.observes)?;
            if let Some(word) = &passing.actuates {
                self.must_rank(&passing.word, "actuates", word)?;
            }
            self.check_source(&passing.word, &passing.source)?;
        }
        for class in &self.classes {
            let place = class.words.join(", ");
            self.must_rank(&place, "observes", &class.observes)?;
            if let Some(word) = &class.actuates {
                self.must_rank(&place, "actuates", word)?;
            }
            self.check_source(&place, &class.source)?;
        }
        for function in &self.functions {
            let place = format!("{} {}", function.maker, function.families.join(", "));
            self.must_rank(&place, "senses", &function.senses)?;
            self.check_source(&place, &function.source)?;
        }
        for capability in &self.capabilities {
            self.must_rank(&capability.id, "reach", &capability.reach)?;
            self.check_source(&capability.id, &capability.source)?;
        }
        for counter in &self.counters {
            self.check_source(&counter.says, &counter.source)?;
        }
        self.check_source("sectors", &self.sectors_source)
    }

    fn check_source(&self, place: &str, source: &[String]) -> Result<(), Error> {
        if source.is_empty() {
            return Err(content(place, "no source"));
        }
        match source.iter().find(|s| self.address(s).is_none()) {
            Some(unknown) => Err(content(place, format!("no source `{unknown}`"))),
            None => Ok(()),
        }
    }

    /// The address of a source: of its id, or itself.
    pub fn address<'a>(&'a self, source: &'a str) -> Option<&'a str> {
        if source.starts_with("https://") || source.starts_with("http://") {
            return Some(source);
        }
        self.sources.get(source).map(|s| s.url.as_str())
    }

    /// What a row says: `high if sector essential, criticality high, reach sim`.
    pub fn row_says(&self, id: &str) -> Option<String> {
        let of = |rows: &[Row], gives: &str, inputs: &[&str]| {
            let row = rows.iter().find(|r| r.id == id)?;
            let when: Vec<String> = row
                .when
                .iter()
                .filter_map(|(at, rank)| {
                    let input = inputs.get(*at)?;
                    Some(format!("{input} {}", self.word(scale_of(input), *rank)))
                })
                .collect();
            let gives = self.word(gives, row.gives);
            Some(if when.is_empty() {
                format!("{gives} at least")
            } else {
                format!("{gives} if {}", when.join(", "))
            })
        };
        DERIVED
            .iter()
            .zip(&self.derived)
            .find_map(|(name, rows)| of(rows, name, &FACTS))
            .or_else(|| {
                self.areas
                    .iter()
                    .find_map(|a| of(&a.rows, "level", &INPUTS))
            })
            .or_else(|| of(&self.outcomes, "outcome", &OUTCOME_INPUTS))
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

    /// Lowest and highest rank that a word of an estate means.
    pub fn meaning(&self, word: &Word) -> Option<(usize, usize)> {
        let rank = |w: &String| self.rank(&word.fact, w);
        let low = rank(word.means.first()?)?;
        let high = rank(word.means.last()?)?;
        (word.means.len() <= 2 && low <= high).then_some((low, high))
    }

    fn must_rank(&self, place: &str, scale: &str, word: &str) -> Result<usize, Error> {
        self.rank(scale, word)
            .ok_or_else(|| content(place, format!("\"{word}\" is not on the scale `{scale}`")))
    }

    fn rows(
        &self,
        rows: Vec<FileRow>,
        place: &str,
        gives: &str,
        known: &[&str],
        ids: &mut BTreeSet<String>,
    ) -> Result<Vec<Row>, Error> {
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            if !ids.insert(row.id.clone()) {
                return Err(content(&row.id, "two rows have this id"));
            }
            out.push(self.row(row, gives, known)?);
        }
        if out.iter().any(|r| r.when.is_empty()) {
            Ok(out)
        } else {
            Err(content(place, "no row that always holds"))
        }
    }

    fn row(&self, row: FileRow, gives: &str, known: &[&str]) -> Result<Row, Error> {
        let gives = self.must_rank(&row.id, gives, &row.gives)?;
        let mut when = Vec::new();
        for (input, word) in &row.when {
            let Some(at) = known.iter().position(|k| k == input) else {
                return Err(content(&row.id, format!("no input `{input}` here")));
            };
            let scale = scale_of(input);
            when.push((at, self.must_rank(&row.id, scale, word)?));
        }
        when.sort_unstable();
        self.check_source(&row.id, &row.source)?;
        Ok(Row {
            id: row.id,
            when,
            gives,
            source: row.source,
        })
    }
}

/// The scale of something a row looks at: areas are on that of levels.
pub fn scale_of(input: &str) -> &str {
    if AREAS.contains(&input) {
        "level"
    } else {
        input
    }
}
