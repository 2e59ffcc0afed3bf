//! What is known of one finding, as ranges on the table's scales.

use cellsweep_catalog::Catalog;
use cellsweep_identify::{AssetState, Finding};
use cellsweep_policy::{Status, Verdict};

use crate::table::{Shown, Table};

/// Lowest and highest rank that what is known allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Lowest.
    pub low: usize,
    /// Highest.
    pub high: usize,
}

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The range; absent: nothing is known.
    pub range: Option<Range>,
    /// Where it comes from, in words, with references.
    pub because: Vec<String>,
}

impl Known {
    /// Nothing is known.
    pub const fn unknown() -> Self {
        Self {
            range: None,
            because: Vec::new(),
        }
    }

    /// Known exactly.
    pub fn exactly(rank: usize, because: impl Into<String>) -> Self {
        Self {
            range: Some(Range {
                low: rank,
                high: rank,
            }),
            because: vec![because.into()],
        }
    }
}

/// All inputs of one finding. Every rank is on the scale of its field's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// The organisation's word for the asset.
    pub criticality: Known,
    /// In a sensitive area.
    pub sensitive: Known,
    /// Essential sector or other.
    pub sector: Known,
    /// Who can reach it over a network.
    pub exposure: Known,
    /// What public work shows can be done to the family.
    pub reach: Known,
    /// What passes through or near the asset.
    pub observes: Known,
    /// Whether something physical can be switched.
    pub actuates: Known,
    /// What the chosen packs say of the maker.
    pub standing: Known,
}

impl Inputs {
    /// Nothing known at all.
    pub const fn unknown() -> Self {
        Self {
            criticality: Known::unknown(),
            sensitive: Known::unknown(),
            sector: Known::unknown(),
            exposure: Known::unknown(),
            reach: Known::unknown(),
            observes: Known::unknown(),
            actuates: Known::unknown(),
            standing: Known::unknown(),
        }
    }

    /// An input by the name of its scale.
    pub fn get(&self, name: &str) -> Option<&Known> {
        Some(match name {
            "criticality" => &self.criticality,
            "sensitive" => &self.sensitive,
            "sector" => &self.sector,
            "exposure" => &self.exposure,
            "reach" => &self.reach,
            "observes" => &self.observes,
            "actuates" => &self.actuates,
            "standing" => &self.standing,
            _ => return None,
        })
    }

    /// What finding, estate, catalogue and verdicts say.
    pub fn of(
        table: &Table,
        finding: &Finding,
        asset: Option<&AssetState>,
        verdicts: &[Verdict],
        catalog: &Catalog,
    ) -> Self {
        let mut out = Self::unknown();
        if let Some(asset) = asset {
            let word = asset.criticality.as_deref().unwrap_or_default();
            if let Some(rank) = table.rank("criticality", &word.trim().to_lowercase()) {
                out.criticality = Known::exactly(rank, "the estate's own word");
            }
            if let Some(sensitive) = asset.sensitive {
                let word = if sensitive { "yes" } else { "no" };
                if let Some(rank) = table.rank("sensitive", word) {
                    out.sensitive = Known::exactly(rank, "the estate's own word");
                }
            }
            if let Some(sector) = asset.sector.as_deref().filter(|s| !s.trim().is_empty()) {
                let lower = sector.trim().to_lowercase();
                let essential = table.essential_sectors.contains(&lower);
                let word = if essential { "essential" } else { "other" };
                if let Some(rank) = table.rank("sector", word) {
                    out.sector = Known::exactly(rank, format!("sector \"{}\"", sector.trim()));
                }
            }
            by_class(table, asset, &mut out);
        }
        out.reach = reach(table, finding, catalog);
        out.standing = standing(table, verdicts);
        out
    }
}

/// Whether the words stand in the class as whole words.
fn names_class(class: &str, words: &str) -> bool {
    let parts: Vec<&str> = class
        .split(|c: char| !c.is_alphanumeric())
        .filter(|p| !p.is_empty())
        .collect();
    let wanted: Vec<&str> = words.split(' ').collect();
    parts.windows(wanted.len().max(1)).any(|w| w == wanted)
}

fn by_class(table: &Table, asset: &AssetState, out: &mut Inputs) {
    let Some(class) = asset.class.as_deref() else {
        return;
    };
    let lower = class.to_lowercase();
    // Several words may fit ("bus router"): what they agree on is known, else the range they span.
    let mut observes: Option<Range> = None;
    let mut actuates: Option<Range> = None;
    let mut actuates_open = false;
    for entry in &table.classes {
        if !entry.words.iter().any(|w| names_class(&lower, w)) {
            continue;
        }
        if let Some(rank) = table.rank("observes", &entry.observes) {
            observes = Some(span(observes, rank));
        }
        match entry
            .actuates
            .as_deref()
            .and_then(|w| table.rank("actuates", w))
        {
            Some(rank) => actuates = Some(span(actuates, rank)),
            None => actuates_open = true,
        }
    }
    let because = vec![format!("asset class \"{class}\"")];
    if observes.is_some() {
        out.observes = Known {
            range: observes,
            because: because.clone(),
        };
    }
    if let Some(range) = actuates {
        out.actuates = Known {
            range: Some(Range {
                high: if actuates_open {
                    table.top("actuates")
                } else {
                    range.high
                },
                ..range
            }),
            because,
        };
    }
}

fn span(so_far: Option<Range>, rank: usize) -> Range {
    match so_far {
        None => Range {
            low: rank,
            high: rank,
        },
        Some(r) => Range {
            low: r.low.min(rank),
            high: r.high.max(rank),
        },
    }
}

/// A family as stated against a family of the table: the same, or the table's word with a tail that is
/// an order code (`EC25-E`). `EC20` is not `EC200U`.
fn same_family(stated: &str, listed: &str) -> bool {
    let Some(head) = stated.get(..listed.len()) else {
        return false;
    };
    head.eq_ignore_ascii_case(listed)
        && stated
            .get(listed.len()..)
            .and_then(|tail| tail.chars().next())
            .is_none_or(|c| !c.is_alphanumeric())
}

/// What is recorded for one maker's families: the least that is shown, the most that is possible.
fn reach_of(
    table: &Table,
    maker: &str,
    stated: &[&str],
    catalog: &Catalog,
    because: &mut Vec<String>,
) -> Range {
    let mut low = 0;
    for c in &table.capabilities {
        let fits = c.maker == maker
            && stated
                .iter()
                .any(|s| c.families.iter().any(|f| same_family(s, f)));
        if !fits {
            continue;
        }
        let rank = table.rank("reach", &c.reach).unwrap_or(0);
        if c.status == Shown::Inferred {
            because.push(format!("{} (inferred): {}; {}", c.id, c.needs, c.source));
        } else {
            low = low.max(rank);
            because.push(format!("{}: {}; {}", c.id, c.needs, c.source));
        }
    }
    for family in stated {
        let Some(family) = catalog.family(maker, family) else {
            continue;
        };
        if let Some(side) = family
            .application_side
            .as_deref()
            .filter(|_| family.attributes_sourced)
        {
            low = low.max(table.rank("reach", "local").unwrap_or(0));
            because.push(format!("open application side: {side}; {}", family.source));
        }
    }
    // That nothing more is on record does not say that nothing more is possible.
    Range {
        low,
        high: table.top("reach"),
    }
}

fn reach(table: &Table, finding: &Finding, catalog: &Catalog) -> Known {
    let mut because = Vec::new();
    let range = if let Some(maker) = finding.maker() {
        let stated: Vec<&str> = [&finding.module.family, &finding.module.variant]
            .into_iter()
            .filter_map(|f| f.as_deref())
            .collect();
        Some(reach_of(table, maker, &stated, catalog, &mut because))
    } else {
        // One of a set: only what holds for each is known.
        finding
            .candidates
            .iter()
            .map(|c| {
                let stated: Vec<&str> = c
                    .family
                    .as_deref()
                    .map(|f| f.split('/').collect())
                    .unwrap_or_default();
                // Several families of one maker: each may or may not be the one.
                let each = stated
                    .iter()
                    .map(|f| reach_of(table, &c.maker, &[f], catalog, &mut because))
                    .reduce(lower);
                each.unwrap_or(Range {
                    low: 0,
                    high: table.top("reach"),
                })
            })
            .reduce(lower)
    };
    because.sort();
    because.dedup();
    match range {
        Some(range) if range.low > 0 => Known {
            range: Some(range),
            because,
        },
        _ => Known {
            range: None,
            because,
        },
    }
}

fn lower(a: Range, b: Range) -> Range {
    Range {
        low: a.low.min(b.low),
        high: a.high.max(b.high),
    }
}

/// The maker's standing under the chosen packs. Only rules that test the maker count: a duty that
/// reaches every module says nothing about whose it is.
fn standing(table: &Table, verdicts: &[Verdict]) -> Known {
    let rank = |status: Status, verb: &str| -> Option<Range> {
        let at = |word| table.rank("standing", word).unwrap_or(0);
        let (low, high) = match status {
            Status::Prohibited => ("prohibited", "prohibited"),
            Status::RestrictedFrom => ("restricted", "restricted"),
            Status::DutyApplies | Status::Advisory => ("advisory", "advisory"),
            Status::Allowed => ("no_match", "no_match"),
            Status::NeedsLegalReading => ("advisory", "prohibited"),
            Status::InsufficientEvidence => ("no_match", "prohibited"),
            Status::Exempt | Status::NotApplicable => return None,
        };
        // Only a rule that forbids can turn out to forbid.
        let most = if verb.starts_with("no_") {
            at("prohibited")
        } else {
            at("advisory")
        };
        Some(Range {
            low: at(low).min(most),
            high: at(high).min(most),
        })
    };
    let mut range: Option<Range> = None;
    let mut because = Vec::new();
    for v in verdicts {
        if !matches!(
            v.match_kind.as_str(),
            "named_entity" | "control_chain" | "jurisdiction" | "any_listed_maker_of_pack"
        ) {
            continue;
        }
        let mut one = rank(v.status, &v.verb);
        if v.status == Status::InsufficientEvidence && !v.if_maker.is_empty() {
            // A candidate's standing bounds what is possible only if no other maker is.
            let worst = v
                .if_maker
                .iter()
                .filter_map(|i| rank(i.status, &v.verb))
                .map(|r| r.high)
                .max();
            let all_listed = !v.basis.contains("others are possible");
            if let (Some(worst), Some(r)) = (worst.filter(|_| all_listed), one.as_mut()) {
                r.high = worst;
            }
        }
        let Some(one) = one else { continue };
        if one.high > 0 {
            because.push(format!("{}/{}: {}", v.pack, v.rule, v.status.as_str()));
        }
        range = Some(match range {
            None => one,
            Some(r) => Range {
                low: r.low.max(one.low),
                high: r.high.max(one.high),
            },
        });
    }
    if range.is_some() && because.is_empty() {
        because.push("no match under the chosen packs".to_owned());
    }
    Known { range, because }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_matched_whole() {
        assert!(same_family("EC25-E", "EC25"));
        assert!(same_family("ec25", "EC25"));
        assert!(!same_family("EC200U", "EC20"));
        assert!(!same_family("EC2", "EC20"));
    }

    #[test]
    fn classes_are_matched_by_whole_words() {
        assert!(names_class("bus router", "router"));
        assert!(names_class("ev charger", "ev charger"));
        assert!(!names_class("carpark", "car"));
    }
}
