//! `tables/drill-1.toml`: what a drill and the weights of dependency rest on, each with its source.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// The table that is built in.
const EMBEDDED: &str = include_str!("../../../../tables/drill-1.toml");
/// Its path, for messages.
const NAME: &str = "tables/drill-1.toml";

/// Ids that the program asks for. One that is missing is an error of the table.
pub const IDS: [&str; 20] = [
    "failure.default",
    "lead.factor",
    "crew.hours",
    "crew.available",
    "visit.day",
    "spare.weeks",
    "service.needs",
    "stop.service-off",
    "stop.malicious-update",
    "stop.roaming-cut",
    "sim.minutes",
    "sim.weeks",
    "sim.cost",
    "horizon.years",
    "weight.low",
    "weight.medium",
    "weight.high",
    "weight.critical",
    "weight.not_stated",
    "failure.meter",
];

/// A mistake in the table, with its line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{NAME}, line {line}: {what}")]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// Lowest, most frequent and highest of a value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Lowest.
    pub low: f64,
    /// Most frequent.
    pub typical: f64,
    /// Highest.
    pub high: f64,
}

impl Spread {
    /// One number.
    pub const fn fixed(value: f64) -> Self {
        Self {
            low: value,
            typical: value,
            high: value,
        }
    }

    /// The value at `u` from 0 to 1 of a triangular distribution; grows with `u`.
    pub fn at(&self, u: f64) -> f64 {
        let width = self.high - self.low;
        if width <= 0.0 {
            return self.typical;
        }
        let mode = (self.typical - self.low) / width;
        if u < mode {
            self.low + width * (u * mode).sqrt()
        } else {
            self.high - width * ((1.0 - u) * (1.0 - mode)).sqrt()
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Id, by which an estate replaces it.
    pub id: String,
    /// In words.
    pub what: String,
    /// Unit.
    pub unit: String,
    /// Classes of assets for which it holds, in whole words; empty: every class.
    pub classes: Vec<String>,
    /// Number or numbers.
    pub spread: Spread,
    /// Where it comes from.
    pub source: String,
}

/// The table, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Version, shown in every result.
    pub version: String,
    /// Day on which it was last changed.
    pub as_of: String,
    /// Values by id.
    pub values: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    as_of: toml::value::Datetime,
    value: Vec<toml::Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: toml::Spanned<String>,
    what: String,
    unit: String,
    #[serde(default)]
    classes: Vec<String>,
    low: Option<f64>,
    typical: Option<f64>,
    high: Option<f64>,
    source: String,
}

/// Line of a byte, counted from 1.
fn line(text: &str, at: usize) -> usize {
    1 + text.get(..at).unwrap_or(text).matches('\n').count()
}

/// What keeps three numbers from being used for a unit, if anything.
pub fn out_of_range(unit: &str, s: &Spread) -> Option<String> {
    if ![s.low, s.typical, s.high]
        .iter()
        .all(|n| n.is_finite() && *n >= 0.0 && *n <= 1e6)
    {
        return Some("is no number from 0 to 1000000".to_owned());
    }
    if s.low > s.typical || s.typical > s.high {
        return Some("needs low, typical and high in this order".to_owned());
    }
    if unit.starts_with("share") && s.high > 1.0 {
        return Some("is a share: from 0 to 1".to_owned());
    }
    None
}

impl Table {
    /// The built-in table.
    ///
    /// # Errors
    /// It is not as it should be, which a test would have shown.
    pub fn embedded() -> Result<&'static Self, Fault> {
        static TABLE: OnceLock<Result<Table, Fault>> = OnceLock::new();
        TABLE
            .get_or_init(|| Self::parse(EMBEDDED))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Text of the built-in table, to be published with a result.
    pub fn embedded_text() -> &'static str {
        EMBEDDED
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The first mistake, with its line: a key that is not known, a value without a source, an
    /// assumption without a reason, numbers out of order, an id that is missing or stands twice.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text).map_err(|e| Fault {
            line: e.span().map_or(1, |s| line(text, s.start)),
            what: e.message().to_owned(),
        })?;
        let mut values = BTreeMap::new();
        for row in file.value {
            let fault = |what: String| Fault {
                line: line(text, row.get_ref().id.span().start),
                what,
            };
            let r = row.get_ref();
            let id = r.id.get_ref().clone();
            let source = r.source.trim();
            if source.is_empty() {
                return Err(fault(format!("`{id}` has no source")));
            }
            let reason = source.strip_prefix("assumption").map(str::trim);
            if reason.is_some_and(|r| r.trim_start_matches([':', ' ']).is_empty()) {
                return Err(fault(format!("`{id}` is an assumption without a reason")));
            }
            if reason.is_none() && !source.contains("://") && !source.contains("assumption") {
                return Err(fault(format!(
                    "`{id}`: the source is neither a reference nor marked as an assumption"
                )));
            }
            let (Some(low), Some(high)) = (r.low.or(r.typical), r.high.or(r.typical)) else {
                return Err(fault(format!("`{id}` has no number")));
            };
            let spread = Spread {
                low,
                typical: r.typical.unwrap_or(f64::midpoint(low, high)),
                high,
            };
            if let Some(what) = out_of_range(&r.unit, &spread) {
                return Err(fault(format!("`{id}` {what}")));
            }
            let value = Value {
                id: id.clone(),
                what: r.what.clone(),
                unit: r.unit.clone(),
                classes: r.classes.clone(),
                spread,
                source: source.to_owned(),
            };
            if values.insert(id.clone(), value).is_some() {
                return Err(fault(format!("`{id}` stands twice")));
            }
        }
        if let Some(missing) = IDS.iter().find(|id| !values.contains_key(**id)) {
            return Err(Fault {
                line: line(text, text.len()),
                what: format!("`{missing}` is missing"),
            });
        }
        Ok(Self {
            version: file.version,
            as_of: file.as_of.to_string(),
            values,
        })
    }

    /// Typical number of an id of [`IDS`]; 0 for any other.
    pub fn typical(&self, id: &str) -> f64 {
        self.values.get(id).map_or(0.0, |v| v.spread.typical)
    }

    /// Id of the failure rate of a class: the class is one of the words, or ends with one.
    pub fn failure_of(&self, class: Option<&str>) -> &str {
        let class = class.map(|c| c.trim().to_lowercase()).unwrap_or_default();
        self.values
            .values()
            .filter(|v| v.id.starts_with("failure."))
            .find(|v| {
                v.classes.iter().any(|word| {
                    class
                        .strip_suffix(word.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
                })
            })
            .map_or("failure.default", |v| v.id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let table = Table::embedded().unwrap();
        assert_eq!(table.version, "drill-1");
        assert_eq!(table.failure_of(Some("Smart meter")), "failure.meter");
        assert_eq!(table.failure_of(Some("parameter")), "failure.default");
        assert!((table.typical("weight.critical") - 27.0).abs() < 1e-9);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let text = EMBEDDED;
        for (from, to, says) in [
            ("typical = 140.0", "typical = -1.0", "is no number from 0"),
            (
                "source = \"assumption: a working day of seven hours\"",
                "source = \"assumption\"",
                "an assumption without a reason",
            ),
            (
                "source = \"assumption: a working day of seven hours\"",
                "source = \"somebody said so\"",
                "neither a reference nor",
            ),
            ("id = \"visit.day\"", "id = \"visit.days\"", "is missing"),
            ("id = \"visit.day\"", "id = \"crew.hours\"", "stands twice"),
            ("low = 0.6", "low = 0.9", "in this order"),
            ("high = 0.061", "high = 6.1", "a share"),
            ("what = \"one SIM\"", "why = \"one SIM\"", "unknown field"),
        ] {
            let broken = text.replacen(from, to, 1);
            assert_ne!(broken, text, "{from}");
            let error = Table::parse(&broken).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert!(error.line > 1, "{error}");
        }
        // The line is the value's own.
        let broken = text.replacen("low = 0.6", "low = 0.9", 1);
        let at = text
            .lines()
            .position(|l| l == "id = \"crew.available\"")
            .unwrap()
            + 1;
        assert_eq!(Table::parse(&broken).unwrap_err().line, at);
    }

    #[test]
    fn a_spread_grows_from_low_to_high() {
        let s = Spread {
            low: 1.0,
            typical: 1.2,
            high: 2.0,
        };
        assert!((s.at(0.0) - 1.0).abs() < 1e-12 && (s.at(1.0) - 2.0).abs() < 1e-12);
        let steps: Vec<f64> = (0..=100).map(|n| s.at(f64::from(n) / 100.0)).collect();
        assert!(steps.windows(2).all(|w| w[0] <= w[1]));
        assert!((Spread::fixed(3.0).at(0.7) - 3.0).abs() < 1e-12);
    }
}
