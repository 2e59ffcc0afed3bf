//! What is known of one finding, as ranges on the table's scales.

use cellsweep_catalog::Catalog;
use cellsweep_identify::{AssetState, Finding, Stated};
use cellsweep_policy::{Status, Verdict};
use jiff::civil::Date;

use crate::table::{DERIVED, FACTS, INPUT_COUNT, INPUTS, Passing, Shown, Table, Which};

/// Lowest and highest rank that what is known allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// All inputs of one finding, as [`INPUTS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    known: [Known; INPUT_COUNT],
    /// What speaks against the axes: axis, words, addresses.
    pub against: Vec<(Which, String, Vec<String>)>,
}

impl Inputs {
    /// Nothing known at all.
    pub const fn unknown() -> Self {
        Self {
            known: [const { Known::unknown() }; INPUT_COUNT],
            against: Vec::new(),
        }
    }

    /// An input by its name.
    pub fn get(&self, name: &str) -> Option<&Known> {
        let at = INPUTS.iter().position(|i| *i == name)?;
        self.known.get(at)
    }

    /// Sets an input by its name; a name that is none changes nothing.
    pub fn set(&mut self, name: &str, known: Known) {
        let at = INPUTS.iter().position(|i| *i == name);
        if let Some(to) = at.and_then(|at| self.known.get_mut(at)) {
            *to = known;
        }
    }

    /// The ranges alone, as [`INPUTS`].
    pub fn ranges(&self) -> [Option<Range>; INPUT_COUNT] {
        std::array::from_fn(|i| self.known.get(i).and_then(|k| k.range))
    }

    /// What finding, estate, catalogue and verdicts say on a date.
    pub fn of(
        table: &Table,
        finding: &Finding,
        asset: Option<&AssetState>,
        verdicts: &[Verdict],
        catalog: &Catalog,
        date: Date,
    ) -> Self {
        let mut out = Self::unknown();
        if let Some(asset) = asset {
            let word = asset.criticality.as_deref().unwrap_or_default();
            if let Some(rank) = table.rank("criticality", &word.trim().to_lowercase()) {
                out.set("criticality", Known::exactly(rank, OWN_WORD));
            }
            if let Some(sensitive) = asset.sensitive {
                let word = if sensitive { "yes" } else { "no" };
                if let Some(rank) = table.rank("sensitive", word) {
                    out.set("sensitive", Known::exactly(rank, OWN_WORD));
                }
            }
            if let Some(sector) = asset.sector.as_deref().filter(|s| !s.trim().is_empty()) {
                let lower = sector.trim().to_lowercase();
                let essential = table.essential_sectors.contains(&lower);
                let word = if essential { "essential" } else { "other" };
                if let Some(rank) = table.rank("sector", word) {
                    let because = format!("sector \"{}\"", sector.trim());
                    out.set("sector", Known::exactly(rank, because));
                }
            }
            by_class(table, asset, &mut out);
            by_passing(table, asset, &mut out);
            let facts = facts(table, asset);
            for (at, name) in DERIVED.iter().enumerate() {
                out.set(name, derived(table, at, &facts));
            }
            out.set("support", support(table, asset, date));
        }
        out.set("reach", reach(table, finding, catalog));
        out.set("senses", senses(table, finding));
        out.set("standing", standing(table, verdicts));
        out.against = against(table, finding);
        out
    }
}

const OWN_WORD: &str = "the estate's own word";

/// Statements on an asset's connection of one key.
fn stated<'a>(asset: &'a AssetState, key: &str) -> &'a [Stated] {
    asset.connection.get(key).map_or(&[], Vec::as_slice)
}

/// What is stated of each of [`FACTS`].
fn facts(table: &Table, asset: &AssetState) -> [Known; FACTS.len()] {
    FACTS.map(|fact| {
        let mut known = Known::unknown();
        for s in stated(asset, fact) {
            known.because.push(format!("{} ({})", s.value, s.from));
            let word = table
                .words
                .iter()
                .find(|w| w.fact == fact && w.word == s.value);
            if let Some((low, high)) = word.and_then(|w| table.meaning(w)) {
                known.range = Some(known.range.map_or(Range { low, high }, |r| Range {
                    low: r.low.min(low),
                    high: r.high.max(high),
                }));
            }
        }
        known
    })
}

/// A derived input from its facts: unknown ones at their lowest and at their highest.
pub fn derived(table: &Table, at: usize, facts: &[Known; FACTS.len()]) -> Known {
    let Some(rows) = table.derived.get(at) else {
        return Known::unknown();
    };
    let used = |n: usize| rows.iter().any(|r| r.when.iter().any(|(i, _)| *i == n));
    let mut because = Vec::new();
    let mut open = Vec::new();
    let mut any = false;
    for (n, (fact, known)) in FACTS.iter().zip(facts).enumerate() {
        if !used(n) {
            continue;
        }
        any |= known.range.is_some();
        if known.because.is_empty() {
            open.push(*fact);
        } else {
            because.push(format!("{fact}: {}", known.because.join(" and ")));
        }
    }
    if !any {
        return Known {
            range: None,
            because,
        };
    }
    if !open.is_empty() {
        because.push(format!("not stated: {}", open.join(", ")));
    }
    let end = |upper: bool| {
        rows.iter()
            .filter(|row| {
                row.when.iter().all(|(i, rank)| {
                    let known = facts.get(*i).and_then(|k| k.range);
                    match (known, upper) {
                        (Some(r), false) => r.low >= *rank,
                        (Some(r), true) => r.high >= *rank,
                        (None, false) => *rank == 0,
                        (None, true) => true,
                    }
                })
            })
            .map(|row| row.gives)
            .max()
            .unwrap_or(0)
    };
    let range = Range {
        low: end(false),
        high: end(true),
    };
    Known {
        range: Some(range),
        because,
    }
}

/// Whether what is stated to be supported still is on the date.
fn support(table: &Table, asset: &AssetState, date: Date) -> Known {
    let mut known = Known::unknown();
    for s in stated(asset, "support_until") {
        let Ok(until) = s.value.parse::<Date>() else {
            continue;
        };
        let word = if until < date { "ended" } else { "supported" };
        if let Some(rank) = table.rank("support", word) {
            known.range = Some(span(known.range, rank));
            known
                .because
                .push(format!("supported until {} ({})", s.value, s.from));
        }
    }
    known
}

/// What the estate says of what passes; it goes before what the class suggests.
fn by_passing(table: &Table, asset: &AssetState, out: &mut Inputs) {
    let mut observes: Option<Range> = None;
    let mut actuates: Option<Range> = None;
    let mut because = Vec::new();
    for s in stated(asset, "passes") {
        let listed: Vec<&Passing> = s
            .value
            .split(',')
            .filter_map(|word| table.passing.iter().find(|p| p.word == word.trim()))
            .collect();
        let highest = |scale: &str, of: fn(&Passing) -> Option<&str>| {
            listed
                .iter()
                .filter_map(|p| table.rank(scale, of(p)?))
                .max()
        };
        let Some(rank) = highest("observes", |p| Some(&p.observes)) else {
            continue;
        };
        observes = Some(span(observes, rank));
        actuates = Some(span(
            actuates,
            highest("actuates", |p| p.actuates.as_deref()).unwrap_or(0),
        ));
        because.push(format!("passes {} ({})", s.value, s.from));
    }
    if observes.is_some() {
        let with = |range| Known {
            range,
            because: because.clone(),
        };
        out.set("observes", with(observes));
        out.set("actuates", with(actuates));
    }
}

/// Whether the words stand in the class as whole words.
pub(crate) fn names_class(class: &str, words: &str) -> bool {
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
        out.set(
            "observes",
            Known {
                range: observes,
                because: because.clone(),
            },
        );
    }
    if let Some(range) = actuates {
        let high = if actuates_open {
            table.top("actuates")
        } else {
            range.high
        };
        out.set(
            "actuates",
            Known {
                range: Some(Range { high, ..range }),
                because,
            },
        );
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
            because.push(format!(
                "{} (inferred): {}; {}",
                c.id,
                c.needs,
                addresses(table, &c.source)
            ));
        } else {
            low = low.max(rank);
            because.push(format!(
                "{}: {}; {}",
                c.id,
                c.needs,
                addresses(table, &c.source)
            ));
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

/// Sources as what can be followed.
fn addresses(table: &Table, source: &[String]) -> String {
    source
        .iter()
        .filter_map(|s| table.address(s))
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a finding may be: each maker with the families stated for it.
pub(crate) fn possibilities(finding: &Finding) -> Vec<(&str, Vec<&str>)> {
    if let Some(maker) = finding.maker() {
        let stated = [&finding.module.family, &finding.module.variant]
            .into_iter()
            .filter_map(|f| f.as_deref())
            .collect();
        return vec![(maker, stated)];
    }
    finding
        .candidates
        .iter()
        .map(|c| {
            let families = c.family.as_deref().map(|f| f.split('/').collect());
            (c.maker.as_str(), families.unwrap_or_default())
        })
        .collect()
}

fn fits(families: &[String], stated: &[&str]) -> bool {
    stated
        .iter()
        .any(|s| families.iter().any(|f| same_family(s, f)))
}

/// What the module can sense. Nothing is known of a family that the table does not list, and of a set
/// only what holds for each of it.
fn senses(table: &Table, finding: &Finding) -> Known {
    let mut because = Vec::new();
    let of_one = |maker: &str, stated: &[&str], because: &mut Vec<String>| -> Option<Range> {
        let mut range: Option<Range> = None;
        for f in &table.functions {
            if f.maker != maker || !fits(&f.families, stated) {
                continue;
            }
            let rank = table.rank("senses", &f.senses).unwrap_or(0);
            let low = if f.status == Shown::Inferred { 0 } else { rank };
            range = Some(range.map_or(Range { low, high: rank }, |r| Range {
                low: r.low.max(low),
                high: r.high.max(rank),
            }));
            let inferred = if f.status == Shown::Inferred {
                " (inferred)"
            } else {
                ""
            };
            because.push(format!(
                "{}{inferred}; {}",
                f.says,
                addresses(table, &f.source)
            ));
        }
        range
    };
    let whole = Range {
        low: 0,
        high: table.top("senses"),
    };
    let mut known = false;
    let range = possibilities(finding)
        .iter()
        .map(|(maker, stated)| {
            let one = of_one(maker, stated, &mut because);
            known |= one.is_some();
            one.unwrap_or(whole)
        })
        .reduce(lower);
    because.sort();
    because.dedup();
    Known {
        range: range.filter(|_| known),
        because,
    }
}

/// What speaks against the axes for this maker, or for makers of the set.
fn against(table: &Table, finding: &Finding) -> Vec<(Which, String, Vec<String>)> {
    let settled = finding.maker().is_some();
    let mut out = Vec::new();
    for (maker, stated) in possibilities(finding) {
        for c in &table.counters {
            if c.maker != maker || !(c.families.is_empty() || fits(&c.families, &stated)) {
                continue;
            }
            let says = if settled {
                c.says.clone()
            } else {
                format!("{maker}: {}", c.says)
            };
            let addresses: Vec<String> = c
                .source
                .iter()
                .filter_map(|s| table.address(s))
                .map(str::to_owned)
                .collect();
            let one = (c.axis, says, addresses);
            if !out.contains(&one) {
                out.push(one);
            }
        }
    }
    out
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
