//! How much of an estate hangs on one maker, owner, country of control, engineering or line of chipsets:
//! whole, by sector and by department, counted, weighted by criticality and by how long a replacement
//! takes. What is not known stands as an interval.

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_catalog::Catalog;
use cellsweep_catalog::lookup::chipset::lines;
use cellsweep_estate::PlanSettings;
use cellsweep_identify::{AssetState, AssetStatus};
use cellsweep_risk::dependency::Tally;
use cellsweep_risk::drill::Table;
use serde::{Deserialize, Serialize};

use crate::model::{Report, ReportFinding};
use crate::plan::defaults::Defaults;
use crate::standing::is_there;

/// The dimensions, in the order of reports.
pub const DIMENSIONS: [&str; 5] = ["maker", "owner", "country", "lineage", "chipset"];
/// The weights, in the order of reports.
pub const WEIGHTS: [&str; 3] = ["count", "criticality", "replaceability"];
/// Values of the whole estate named singly.
const VALUES: usize = 40;
/// Values of a sector or department named singly.
const VALUES_OF_PART: usize = 10;
/// Departments and sectors listed singly.
const PARTS: usize = 200;
/// Services of which a second source is asked.
const SERVICES: usize = 2000;

/// What an estate hangs on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dependency {
    /// Version of the table of weights.
    pub table: String,
    /// What is counted, and how the unknown enters, in words.
    pub notes: Vec<String>,
    /// Weights used, each with where it comes from.
    pub weights: Vec<WeightUsed>,
    /// The whole estate.
    pub estate: Part,
    /// By sector; those without one last, without a name.
    pub sectors: Vec<Part>,
    /// By department; those without one last, without a name.
    pub departments: Vec<Part>,
    /// Sectors and departments beyond those listed.
    #[serde(default)]
    pub further: u64,
    /// Whether there is a second source, for each service (assets of one class in one department).
    pub second_sources: Vec<SecondSource>,
}

/// A weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightUsed {
    /// One of [`WEIGHTS`].
    pub id: String,
    /// What it is.
    pub what: String,
    /// Where it comes from.
    pub source: String,
}

/// The estate or a part of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Name; absent: the whole estate, or none is stated.
    pub name: Option<String>,
    /// Modules whose maker is settled.
    pub settled: u64,
    /// Modules whose maker is not.
    pub undecided: u64,
    /// Assets not assessed.
    pub not_assessed: u64,
    /// Assets or modules of which no criticality is stated.
    pub criticality_not_stated: u64,
    /// Shares, by dimension and weight.
    pub shares: Vec<Shares>,
}

/// Shares in one dimension under one weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// One of [`DIMENSIONS`].
    pub by: String,
    /// One of [`WEIGHTS`].
    pub weight: String,
    /// Index of concentration; absent: there is nothing to count.
    pub hhi: Option<Index>,
    /// Weight whose value is known.
    pub known: u64,
    /// Weight of modules whose value is not.
    pub undecided: u64,
    /// Weight of assets not assessed.
    pub not_assessed: u64,
    /// Values, largest first.
    pub values: Vec<ValueShare>,
    /// Values beyond those listed.
    pub further: u64,
}

/// Herfindahl-Hirschman index in points, 0 to 10,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// No way in which the unknown may fall gives less.
    pub low: u32,
    /// No way gives more.
    pub high: u32,
    /// Of what is known alone; not an estimate of the whole.
    pub known_alone: Option<u32>,
}

/// Share of one value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ValueShare {
    /// Value: slug of a maker, name of an owner, code of a country, line of chipsets.
    pub value: String,
    /// Name for people.
    pub name: String,
    /// Weight known to be its.
    pub known: u64,
    /// Weight of modules for which it is among the named possibilities.
    pub possible: u64,
    /// Least share, 0 to 1, in ten-thousandths.
    pub low: f64,
    /// Greatest share.
    pub high: f64,
}

/// Whether a second source is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Second {
    /// Everything settled hangs on one maker, or on makers that share owner, engineering or chipset.
    None,
    /// It depends on what is not known.
    NotKnown,
    /// Two makers that share none of these are in use.
    Shown,
}

/// Second source of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondSource {
    /// Department.
    pub department: Option<String>,
    /// Class of asset.
    pub class: Option<String>,
    /// Slugs of settled makers in use.
    pub makers: Vec<String>,
    /// Modules whose maker is settled.
    pub settled: u64,
    /// Modules whose maker is not.
    pub undecided: u64,
    /// Assets not assessed.
    pub not_assessed: u64,
    /// Answer.
    pub second_source: Second,
    /// Why.
    pub why: String,
}

/// What is known of one maker's family.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Facts {
    owner: String,
    countries: Vec<String>,
    roots: Vec<String>,
    silicon: Vec<String>,
}

/// Facts of makers and families, each looked up once.
#[derive(Default)]
pub(crate) struct Known {
    facts: BTreeMap<(String, String), Facts>,
}

impl Known {
    fn facts(&self, maker: &str, family: &str) -> Option<&Facts> {
        // A key of two borrowed parts is no key of the map; the map is small.
        self.facts.get(&(maker.to_owned(), family.to_owned()))
    }

    fn learn(&mut self, maker: &str, family: &str, date: &str, catalog: &Catalog) {
        let key = (maker.to_owned(), family.to_owned());
        if self.facts.contains_key(&key) {
            return;
        }
        self.facts.insert(key, facts(maker, family, date, catalog));
    }
}

fn facts(maker: &str, family: &str, date: &str, catalog: &Catalog) -> Facts {
    let entry = catalog.maker(maker);
    let owner = catalog.owner_on(maker, date);
    let country = match owner {
        // An owner without a country says nothing about the maker's seat.
        Some(owner) => owner.country.as_deref(),
        None => entry.and_then(|m| m.country.as_deref()),
    };
    let mut countries: Vec<String> = country
        .unwrap_or_default()
        .split([',', '/'])
        .map(str::trim)
        .filter(|c| !c.is_empty())
        .map(str::to_owned)
        .collect();
    countries.sort();
    countries.dedup();
    let mut roots: Vec<String> = Vec::new();
    let mut elsewhere = false;
    for l in entry.iter().flat_map(|m| &m.lineage) {
        let every = l.families.is_empty();
        let this = l.families.iter().any(|f| f.eq_ignore_ascii_case(family));
        if every || this {
            roots.push(l.of.clone());
            elsewhere = true;
        } else if family.is_empty() {
            roots.push(l.of.clone());
        }
    }
    if !elsewhere {
        roots.push(maker.to_owned());
    }
    roots.sort();
    roots.dedup();
    Facts {
        owner: owner.map_or_else(
            || {
                let name = entry.map_or(maker, |m| m.name.as_str());
                format!("{name} (no owner on record)")
            },
            |o| o.name.clone(),
        ),
        countries,
        roots,
        silicon: catalog
            .family_silicon(maker, family)
            .into_iter()
            .map(str::to_owned)
            .collect(),
    }
}

/// Possible values of a unit in one dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held<'a> {
    values: Vec<&'a str>,
    /// Something else is possible.
    open: bool,
}

impl<'a> Held<'a> {
    fn of(mut values: Vec<&'a str>, open: bool) -> Self {
        values.sort_unstable();
        values.dedup();
        let open = open || values.is_empty();
        Self { values, open }
    }
}

/// One finding, or one asset not assessed.
struct Unit<'a> {
    held: Option<[Held<'a>; 5]>,
    maker: Option<&'a str>,
    items: u64,
    weights: [u64; 3],
    stated: bool,
    sector: &'a str,
    department: &'a str,
    class: &'a str,
}

fn families(text: Option<&str>) -> Vec<&str> {
    let all: Vec<&str> = text
        .unwrap_or_default()
        .split('/')
        .map(str::trim)
        .filter(|f| !f.is_empty())
        .collect();
    if all.is_empty() { vec![""] } else { all }
}

/// What a finding may be, in the five dimensions.
fn held<'a>(f: &'a ReportFinding, known: &'a Known) -> [Held<'a>; 5] {
    let m = &f.finding.module;
    let own = m.chipset.as_deref().map(lines).unwrap_or_default();
    let mut makers = Vec::new();
    let mut lists: [Vec<&'a str>; 4] = Default::default();
    let mut lacking = [false; 4];
    let mut add = |maker: &'a str, family: Option<&'a str>| {
        makers.push(maker);
        for family in families(family) {
            let Some(facts) = known.facts(maker, family) else {
                lacking = [true; 4];
                continue;
            };
            let parts: [&'a [String]; 4] = [
                std::slice::from_ref(&facts.owner),
                &facts.countries,
                &facts.roots,
                &facts.silicon,
            ];
            for ((list, lacks), part) in lists.iter_mut().zip(&mut lacking).zip(parts) {
                *lacks |= part.is_empty();
                list.extend(part.iter().map(String::as_str));
            }
        }
    };
    let settled = m.maker.as_deref();
    match settled {
        Some(maker) => add(maker, m.family.as_deref()),
        None => {
            for c in &f.finding.candidates {
                add(&c.maker, c.family.as_deref());
            }
        }
    }
    let open = settled.is_none() && !f.finding.closed;
    let [owners, countries, mut roots, mut silicon] = lists;
    let [no_owner, no_country, mut no_root, mut no_silicon] = lacking;
    if let (Some(_), Some(root)) = (settled, m.lineage.as_deref()) {
        roots = vec![root];
        no_root = false;
    }
    let mut open_silicon = open;
    if !own.is_empty() {
        silicon = own.into_iter().collect();
        no_silicon = false;
        open_silicon = false;
    }
    [
        Held::of(makers, open),
        Held::of(owners, open || no_owner),
        Held::of(countries, open || no_country),
        Held::of(roots, open || no_root),
        Held::of(silicon, open_silicon || no_silicon),
    ]
}

/// Weights of one module in an asset.
struct Weights<'t> {
    table: &'t Table,
    defaults: &'t Defaults,
    used: BTreeMap<String, crate::plan::defaults::Used>,
}

impl Weights<'_> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 1 to 1,000,000
    fn of(&self, asset: Option<&AssetState>) -> ([u64; 3], bool) {
        let whole = |n: f64| n.round().clamp(1.0, 1e6) as u64;
        let word = asset.and_then(|a| a.criticality.as_deref());
        let word = word.and_then(cellsweep_estate::Criticality::from_word);
        let id = word.map_or("weight.not_stated".to_owned(), |w| format!("weight.{w}"));
        let replacement = self
            .defaults
            .replacement(asset.and_then(|a| a.class.as_deref()));
        let weeks = self
            .used
            .get(replacement)
            .map_or(1, |u| u64::try_from(u.lead_weeks).unwrap_or(1).max(1));
        ([1, whole(self.table.typical(&id)), weeks], word.is_some())
    }

    fn words(&self, own: bool) -> Vec<WeightUsed> {
        let source = |id: &str| {
            self.table
                .values
                .get(id)
                .map(|v| v.source.clone())
                .unwrap_or_default()
        };
        let levels: Vec<String> = ["low", "medium", "high", "critical", "not_stated"]
            .iter()
            .map(|l| {
                let n = self.table.typical(&format!("weight.{l}"));
                format!("{} {n}", l.replace('_', " "))
            })
            .collect();
        vec![
            WeightUsed {
                id: "count".to_owned(),
                what: "each module counts 1, and each asset not assessed".to_owned(),
                source: "count".to_owned(),
            },
            WeightUsed {
                id: "criticality".to_owned(),
                what: format!("by criticality of the asset: {}", levels.join(", ")),
                source: source("weight.low"),
            },
            WeightUsed {
                id: "replaceability".to_owned(),
                what: "by the weeks from order to first use of a replacement of the asset's class"
                    .to_owned(),
                source: format!(
                    "lead times of {}{}",
                    self.defaults.version,
                    if own {
                        " and the estate's [plan.costs]"
                    } else {
                        ""
                    }
                ),
            },
        ]
    }
}

/// Computes it. `own` are the estate's own lead times, where an estate is at hand. `None` if a table
/// that is built in cannot be read, which a test would have shown.
pub fn dependency(
    report: &Report,
    catalog: &Catalog,
    own: Option<&PlanSettings>,
) -> Option<Dependency> {
    let table = Table::embedded().ok()?;
    let defaults = Defaults::embedded().ok()?;
    let weights = Weights {
        table,
        defaults,
        used: defaults.used(own),
    };
    let mut known = Known::default();
    for f in &report.findings {
        let m = &f.finding.module;
        let stated = m.maker.as_deref().map(|maker| (maker, m.family.as_deref()));
        let candidates = f
            .finding
            .candidates
            .iter()
            .map(|c| (c.maker.as_str(), c.family.as_deref()));
        for (maker, family) in stated.into_iter().chain(candidates) {
            for family in families(family) {
                known.learn(maker, family, &report.date, catalog);
            }
        }
    }
    let units = units(report, &known, &weights);
    let name = |by: &str, value: &str| match by {
        "maker" | "lineage" => catalog
            .maker(value)
            .map_or_else(|| value.to_owned(), |m| m.name.clone()),
        _ => value.to_owned(),
    };
    let all: Vec<&Unit<'_>> = units.iter().collect();
    let (sectors, further_sectors) = parts(&units, |u| u.sector, &name);
    let (departments, further_departments) = parts(&units, |u| u.department, &name);
    Some(Dependency {
        table: format!("{} ({})", table.version, table.as_of),
        notes: notes(),
        weights: weights.words(own.is_some_and(|o| !o.costs.is_empty())),
        estate: part(None, &all, VALUES, true, &name),
        sectors,
        departments,
        further: further_sectors + further_departments,
        second_sources: second_sources(&units),
    })
}

fn notes() -> Vec<String> {
    [
        "Counted are modules that the evidence observes, declares or implies, with their quantities.",
        "An interval spans every way in which the unknown may fall: a set that is not settled may be any \
         of its makers, and, where others are possible, any maker at all; an asset not assessed may hold \
         no module, or one of any maker. Of quantities each item may be another. An asset not assessed \
         counts as one module at most.",
        "Owner and country are those on the date asked about; a maker without an owner on record stands \
         for itself, with the country of its seat. A country is not a statement about a company's conduct.",
        "Lineage is the maker whose engineering public sources show; without one, the maker itself. \
         Chipset is the line of silicon that a source shows; where none does, it is open.",
        "A second source that shares owner, engineering or line of chipsets with the first is shown as none.",
    ]
    .iter()
    .map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "))
    .collect()
}

fn units<'a>(report: &'a Report, known: &'a Known, weights: &Weights<'_>) -> Vec<Unit<'a>> {
    let assets: BTreeMap<&str, &AssetState> =
        report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    let mut out = Vec::new();
    let text = |t: Option<&'a String>| t.map(|t| t.trim()).unwrap_or_default();
    for f in &report.findings {
        if !is_there(f.finding.presence) {
            continue;
        }
        let subject = &f.finding.subject;
        let asset = subject
            .asset
            .as_deref()
            .and_then(|a| assets.get(a).copied());
        let (weights, stated) = weights.of(asset);
        let of_asset = |get: fn(&AssetState) -> Option<&String>| text(asset.and_then(get));
        let department = match of_asset(|a| a.department.as_ref()) {
            "" => text(subject.department.as_ref()),
            d => d,
        };
        out.push(Unit {
            held: Some(held(f, known)),
            maker: f.finding.maker(),
            items: f.finding.quantity,
            weights,
            stated,
            sector: of_asset(|a| a.sector.as_ref()),
            department,
            class: of_asset(|a| a.class.as_ref()),
        });
    }
    for a in &report.assets {
        if a.status == AssetStatus::NotAssessed {
            let (weights, stated) = weights.of(Some(a));
            out.push(Unit {
                held: None,
                maker: None,
                items: 1,
                weights,
                stated,
                sector: text(a.sector.as_ref()),
                department: text(a.department.as_ref()),
                class: text(a.class.as_ref()),
            });
        }
    }
    out
}

fn parts<'a>(
    units: &[Unit<'a>],
    of: impl Fn(&Unit<'a>) -> &'a str,
    name: &dyn Fn(&str, &str) -> String,
) -> (Vec<Part>, u64) {
    let mut by: BTreeMap<&str, Vec<&Unit<'a>>> = BTreeMap::new();
    for u in units {
        by.entry(of(u)).or_default().push(u);
    }
    let none = by.remove("");
    let further = by.len().saturating_sub(PARTS) as u64;
    let mut out: Vec<Part> = by
        .into_iter()
        .take(PARTS)
        .map(|(n, list)| part(Some(n.to_owned()), &list, VALUES_OF_PART, false, name))
        .collect();
    out.extend(none.map(|list| part(None, &list, VALUES_OF_PART, false, name)));
    (out, further)
}

fn part(
    of: Option<String>,
    units: &[&Unit<'_>],
    most: usize,
    every: bool,
    name: &dyn Fn(&str, &str) -> String,
) -> Part {
    let mut out = Part {
        name: of,
        ..Part::default()
    };
    for u in units {
        match (&u.held, u.maker) {
            (None, _) => out.not_assessed += 1,
            (Some(_), Some(_)) => out.settled = out.settled.saturating_add(u.items),
            (Some(_), None) => out.undecided = out.undecided.saturating_add(u.items),
        }
        if !u.stated {
            out.criticality_not_stated = out.criticality_not_stated.saturating_add(u.items);
        }
    }
    for (d, by) in DIMENSIONS.iter().enumerate() {
        for (w, weight) in WEIGHTS.iter().enumerate() {
            // A part states every dimension counted, and its makers under every weight.
            if every || w == 0 || d == 0 {
                out.shares
                    .push(shares(units, (d, by), (w, weight), most, name));
            }
        }
    }
    out
}

fn shares(
    units: &[&Unit<'_>],
    (d, by): (usize, &str),
    (w, weight): (usize, &str),
    most: usize,
    name: &dyn Fn(&str, &str) -> String,
) -> Shares {
    let mut tally = Tally::default();
    for u in units {
        let one = u.weights.get(w).copied().unwrap_or(1);
        match u.held.as_ref().and_then(|h| h.get(d)) {
            None => tally.add_optional(one),
            Some(h) if h.open => tally.add_open(&h.values, u.items, one),
            Some(h) => tally.add_set(&h.values, u.items, one),
        }
    }
    let all = tally.shares();
    Shares {
        by: by.to_owned(),
        weight: weight.to_owned(),
        hhi: tally.hhi().map(|h| Index {
            low: h.low,
            high: h.high,
            known_alone: h.settled,
        }),
        known: tally.settled(),
        undecided: tally.undecided(),
        not_assessed: tally.optional(),
        further: all.len().saturating_sub(most) as u64,
        values: all
            .into_iter()
            .take(most)
            .map(|s| ValueShare {
                name: name(by, s.value),
                value: s.value.to_owned(),
                known: s.known,
                possible: s.possible,
                low: (s.low * 10_000.0).floor() / 10_000.0,
                high: (s.high * 10_000.0).ceil() / 10_000.0,
            })
            .collect(),
    }
}

/// A maker as it is in use in a service: with what another must not share.
type Source<'a> = (&'a str, [&'a Held<'a>; 3]);

fn second_sources(units: &[Unit<'_>]) -> Vec<SecondSource> {
    let mut by: BTreeMap<(&str, &str), Vec<&Unit<'_>>> = BTreeMap::new();
    for u in units {
        by.entry((u.department, u.class)).or_default().push(u);
    }
    by.into_iter()
        .take(SERVICES)
        .map(|((department, class), list)| {
            let mut s = SecondSource {
                department: (!department.is_empty()).then(|| department.to_owned()),
                class: (!class.is_empty()).then(|| class.to_owned()),
                makers: Vec::new(),
                settled: 0,
                undecided: 0,
                not_assessed: 0,
                second_source: Second::None,
                why: String::new(),
            };
            let mut sources: BTreeSet<Source<'_>> = BTreeSet::new();
            for u in list {
                match (&u.held, u.maker) {
                    (None, _) => s.not_assessed += 1,
                    (Some([_, owner, _, root, silicon]), Some(maker)) => {
                        s.settled = s.settled.saturating_add(u.items);
                        sources.insert((maker, [owner, root, silicon]));
                    }
                    (Some(_), None) => s.undecided = s.undecided.saturating_add(u.items),
                }
            }
            let makers: BTreeSet<&str> = sources.iter().map(|(m, _)| *m).collect();
            s.makers = makers.into_iter().map(str::to_owned).collect();
            (s.second_source, s.why) = second(&sources, s.undecided + s.not_assessed > 0);
            s
        })
        .collect()
}

/// Whether two makers share nothing.
fn second(sources: &BTreeSet<Source<'_>>, unknown: bool) -> (Second, String) {
    const WHAT: [&str; 3] = ["owner", "engineering", "line of chipsets"];
    let mut shared: BTreeSet<String> = BTreeSet::new();
    let mut not_known: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (n, (one, of_one)) in sources.iter().enumerate() {
        for (two, of_two) in sources.iter().skip(n + 1) {
            if one == two {
                continue;
            }
            let mut common = None;
            let mut lacking = None;
            for ((what, a), b) in WHAT.iter().zip(of_one).zip(of_two) {
                let meet = a.values.iter().any(|v| b.values.contains(v));
                let sure = !a.open && !b.open;
                if sure && meet && a.values.len() == 1 && b.values.len() == 1 {
                    common = common.or(Some(*what));
                } else if !sure || meet {
                    lacking = lacking.or(Some(*what));
                }
            }
            match (common, lacking) {
                (Some(what), _) => {
                    shared.insert(format!("{one} and {two} share the {what}"));
                }
                (None, Some(what)) => {
                    let pairs = not_known.entry(what).or_default();
                    pairs.push(format!("{one} and {two}"));
                    pairs.dedup();
                }
                (None, None) => {
                    return (
                        Second::Shown,
                        format!(
                            "{one} and {two} share no owner, engineering or line of chipsets that is known"
                        ),
                    );
                }
            }
        }
    }
    let listed = |list: Vec<&String>| {
        let shown: Vec<&str> = list.iter().take(6).map(|s| s.as_str()).collect();
        let more = if list.len() > 6 { " ..." } else { "" };
        format!("{}{more}", shown.join(", "))
    };
    if !not_known.is_empty() {
        let why = not_known.iter().map(|(what, pairs)| {
            let pairs = listed(pairs.iter().collect());
            format!("it is not known whether they share the {what}: {pairs}")
        });
        return (Second::NotKnown, why.collect::<Vec<_>>().join("; "));
    }
    let mut why = match (sources.iter().next(), shared.is_empty()) {
        (None, _) => "no maker is settled here".to_owned(),
        (Some((maker, _)), true) => format!("one settled maker: {maker}"),
        (Some(_), false) => listed(shared.iter().collect()),
    };
    if unknown {
        why.push_str("; more is not settled or not assessed");
        return (Second::NotKnown, why);
    }
    (Second::None, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one<'a>(values: &[&'a str]) -> Held<'a> {
        Held::of(values.to_vec(), false)
    }

    #[test]
    fn a_second_source_on_the_same_chipset_or_engineering_is_none() {
        let (this, that) = (one(&["X"]), one(&["Y"]));
        let (q, i, open) = (one(&["Qualcomm"]), one(&["Intel"]), Held::of(vec![], true));
        let (ra, rb) = (one(&["a"]), one(&["b"]));
        let ask = |list: &[Source<'_>], unknown| second(&list.iter().copied().collect(), unknown);
        let a: Source<'_> = ("a", [&this, &ra, &q]);
        assert_eq!(ask(&[a], false).0, Second::None);
        assert_eq!(ask(&[a], true).0, Second::NotKnown);
        // Another maker on the same line of chipsets.
        let (answer, why) = ask(&[a, ("b", [&that, &rb, &q])], false);
        assert_eq!(answer, Second::None);
        assert_eq!(why, "a and b share the line of chipsets");
        // Another maker with the first one's engineering, another with its owner.
        assert_eq!(ask(&[a, ("b", [&that, &ra, &i])], false).0, Second::None);
        assert_eq!(ask(&[a, ("b", [&this, &rb, &i])], false).0, Second::None);
        // Nothing in common, and nothing known of the chipset.
        assert_eq!(ask(&[a, ("b", [&that, &rb, &i])], true).0, Second::Shown);
        assert_eq!(
            ask(&[a, ("b", [&that, &rb, &open])], false).0,
            Second::NotKnown
        );
        // Two families of one maker are one source.
        assert_eq!(ask(&[a, ("a", [&this, &ra, &i])], false).0, Second::None);
    }

    #[test]
    fn control_and_engineering_are_those_of_the_date() {
        let catalog = Catalog::embedded().unwrap();
        let before = facts("rolling-wireless", "RW101", "2023-06-30", &catalog);
        let after = facts("rolling-wireless", "RW101", "2026-11-24", &catalog);
        assert!(before.owner.starts_with("Fibocom"), "{}", before.owner);
        assert_eq!(
            (before.countries, after.countries),
            (vec!["CN".to_owned()], vec!["LU".to_owned()])
        );
        assert_eq!(after.roots, ["fibocom"]);
    }
}
