//! `tables/plan-1.toml`: weights, costs, times and measures, each with its source.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cellsweep_estate::PlanSettings;
use serde::{Deserialize, Serialize};

use super::PlanError;

const EMBEDDED: &str = include_str!("../../../../tables/plan-1.toml");

/// The table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// Version of the table.
    pub version: String,
    /// Day on which it was last changed.
    pub as_of: toml::value::Datetime,
    /// Currency of every amount.
    pub currency: String,
    /// What the objective weighs.
    pub weights: Weights,
    /// Visit and replacements.
    pub cost: Vec<Cost>,
    /// Modules that fit in place of others.
    #[serde(default)]
    pub swap: Vec<Swap>,
    /// Measures from afar.
    #[serde(default)]
    pub mitigate: Vec<Measure>,
}

/// What the objective weighs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Risk points for each month, by outcome.
    pub points: BTreeMap<String, i64>,
    /// What a point for a month counts, in cents.
    pub cents_per_point: i64,
    /// A missed binding deadline, in cents.
    pub missed_binding_cents: i64,
    /// A missed target date, in cents.
    pub missed_target_cents: i64,
    /// An action that differs from an earlier plan, in cents.
    pub change_cents: i64,
    /// Where they come from.
    pub basis: String,
}

/// A visit, or a device of some classes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Id, by which an estate replaces it.
    pub id: String,
    /// In words.
    pub what: String,
    /// Classes of assets, in whole words.
    #[serde(default)]
    pub classes: Vec<String>,
    /// In units of the currency.
    pub cost: f64,
    /// Lowest of the source.
    pub low: Option<f64>,
    /// Highest of the source.
    pub high: Option<f64>,
    /// Minutes of work.
    pub minutes: u32,
    /// Weeks from order to use.
    #[serde(default)]
    pub lead_weeks: u32,
    /// Where it comes from.
    pub source: String,
}

/// A module that fits in place of another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// Id.
    pub id: String,
    /// Maker slug of the module that goes.
    pub maker: String,
    /// Families of it.
    pub families: Vec<String>,
    /// Packages for which the source speaks.
    pub form_factors: Vec<String>,
    /// What comes.
    pub to: String,
    /// In units of the currency.
    pub cost: f64,
    /// Minutes of work.
    pub minutes: u32,
    /// Weeks from order to use.
    pub lead_weeks: u32,
    /// What must change as well.
    pub changes: String,
    /// Where it comes from.
    pub source: String,
}

/// A measure from afar.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Id.
    pub id: String,
    /// In words.
    pub what: String,
    /// Classes of assets for which it is thought of.
    pub classes: Vec<String>,
    /// What it lowers.
    pub lowers: String,
    /// What it does not lower.
    pub leaves: String,
    /// Until when it holds.
    pub until: String,
    /// Share of the points that stays, 0 to 1.
    pub keeps: f64,
    /// In units of the currency.
    pub cost: f64,
    /// Minutes of work.
    pub minutes: u32,
    /// Weeks until it can be in place.
    pub lead_weeks: u32,
    /// Where it comes from.
    pub source: String,
}

/// A value as it was used in a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Used {
    /// Id of the default.
    pub id: String,
    /// In words.
    pub what: String,
    /// In cents.
    pub cents: i64,
    /// Minutes of work.
    pub minutes: i64,
    /// Weeks from order to use.
    pub lead_weeks: i64,
    /// The estate's own figures, or the default's source.
    pub source: String,
    /// The estate replaced some of it.
    pub own: bool,
}

/// Cents of an amount in units.
#[allow(clippy::cast_possible_truncation)] // amounts are checked: at most 10^9 units
pub(crate) fn cents(units: f64) -> i64 {
    (units * 100.0).round() as i64
}

impl Defaults {
    /// The built-in table.
    ///
    /// # Errors
    /// It is not as it should be, which a test would have shown.
    pub fn embedded() -> Result<&'static Self, PlanError> {
        static TABLE: OnceLock<Result<Defaults, String>> = OnceLock::new();
        TABLE
            .get_or_init(|| toml::from_str(EMBEDDED).map_err(|e| e.to_string()))
            .as_ref()
            .map_err(|e| PlanError::Defaults(e.clone()))
    }

    /// All values, the estate's own in place of the table's.
    pub(crate) fn used(&self, own: Option<&PlanSettings>) -> BTreeMap<String, Used> {
        let mut out = BTreeMap::new();
        let mut put = |id: &str, what: &str, cost: f64, minutes: u32, lead: u32, source: &str| {
            let over = own.and_then(|o| o.costs.get(id));
            let mut used = Used {
                id: id.to_owned(),
                what: what.to_owned(),
                cents: cents(cost),
                minutes: minutes.into(),
                lead_weeks: lead.into(),
                source: source.to_owned(),
                own: over.is_some(),
            };
            if let Some(over) = over {
                let mut said = Vec::new();
                if let Some(c) = over.cost {
                    used.cents = cents(c);
                    said.push("cost");
                }
                if let Some(m) = over.minutes {
                    used.minutes = m.into();
                    said.push("time");
                }
                if let Some(w) = over.lead_weeks {
                    used.lead_weeks = w.into();
                    said.push("lead time");
                }
                used.source = format!(
                    "{}: the estate's own figure; else {source}",
                    said.join(", ")
                );
            }
            out.insert(id.to_owned(), used);
        };
        for c in &self.cost {
            put(&c.id, &c.what, c.cost, c.minutes, c.lead_weeks, &c.source);
        }
        for s in &self.swap {
            put(&s.id, &s.to, s.cost, s.minutes, s.lead_weeks, &s.source);
        }
        for m in &self.mitigate {
            put(&m.id, &m.what, m.cost, m.minutes, m.lead_weeks, &m.source);
        }
        out
    }

    /// Id of the replacement of a class; what no line names is `replace.other`.
    pub(crate) fn replacement(&self, class: Option<&str>) -> &str {
        self.cost
            .iter()
            .find(|c| class.is_some_and(|class| fits(&c.classes, class)))
            .map_or("replace.other", |c| c.id.as_str())
    }

    /// Measures for a class.
    pub(super) fn measures<'a>(
        &'a self,
        class: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Measure> {
        self.mitigate
            .iter()
            .filter(move |m| class.is_some_and(|class| fits(&m.classes, class)))
    }
}

/// A class is meant if it is one of the words, or ends with one (`vehicle router`).
fn fits(classes: &[String], class: &str) -> bool {
    let class = class.trim().to_lowercase();
    classes.iter().any(|c| {
        class
            .strip_suffix(c.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_every_value_says_whence() {
        let table = Defaults::embedded().unwrap();
        assert_eq!(table.version, "plan-1");
        let used = table.used(None);
        assert!(used.contains_key("visit"));
        assert!(used.contains_key("replace.other"));
        for u in used.values() {
            assert!(
                u.source.contains("http")
                    || u.source.contains("github.com")
                    || u.source.contains("assumption"),
                "{}",
                u.id
            );
        }
        for word in [
            "immediate",
            "out_of_cycle",
            "scheduled",
            "defer",
            "no_basis",
        ] {
            assert!(table.weights.points.contains_key(word), "{word}");
        }
    }

    #[test]
    fn every_measure_says_what_it_lowers_what_not_and_until_when() {
        let table = Defaults::embedded().unwrap();
        assert!(!table.mitigate.is_empty());
        for m in &table.mitigate {
            for text in [&m.what, &m.lowers, &m.leaves, &m.until] {
                assert!(text.len() > 10, "{}", m.id);
            }
            assert_ne!(m.lowers, m.leaves, "{}", m.id);
            // Something stays, or it would be a replacement.
            assert!(m.keeps > 0.0 && m.keeps < 1.0, "{}", m.id);
            // A private APN in which clients reach each other is no measure.
            let what = m.what.to_lowercase();
            assert!(
                !what.contains("apn") || what.contains("isolation of clients"),
                "{}",
                m.id
            );
        }
    }

    #[test]
    fn classes_in_whole_words() {
        let table = Defaults::embedded().unwrap();
        assert_eq!(table.replacement(Some("Router")), "replace.router");
        assert_eq!(table.replacement(Some("cabinet router")), "replace.router");
        assert_eq!(table.replacement(Some("parameter")), "replace.other");
        assert_eq!(table.replacement(None), "replace.other");
    }

    #[test]
    fn own_figures_take_the_place() {
        let mut own = PlanSettings::default();
        own.costs.insert(
            "visit".to_owned(),
            cellsweep_estate::plan::CostOverride {
                cost: Some(80.25),
                ..Default::default()
            },
        );
        let used = Defaults::embedded().unwrap().used(Some(&own));
        assert_eq!(used["visit"].cents, 8025);
        assert_eq!(used["visit"].minutes, 120);
        assert!(used["visit"].own && used["visit"].source.starts_with("cost: the estate's own"));
    }
}
