//! What is judged: makers and circumstances as plain data.

use std::collections::BTreeSet;

use cellsweep_catalog::Catalog;
use cellsweep_catalog::model::Confidence;
use cellsweep_evidence::Stance;
use cellsweep_identify::{AssetState, Finding, Role};
use jiff::civil::Date;

use crate::pack::Stage;

/// A maker as far as rules ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MakerFacts {
    /// Slug.
    pub slug: String,
    /// Names under which it may stand in a list.
    pub names: Vec<String>,
    /// ISO 3166 codes of the registered seat; empty: not recorded.
    pub seat: Vec<String>,
    /// Reference for the seat.
    pub seat_source: Option<String>,
    /// Recorded owners with their periods.
    pub owners: Vec<OwnerFacts>,
    /// Makers whose engineering it shares. Not a statement about ownership.
    pub lineage: Vec<String>,
    /// Something is recorded of it. A maker nobody has looked at is never "no match".
    pub known: bool,
}

/// A period of control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerFacts {
    /// Owner's name.
    pub name: String,
    /// ISO 3166 codes of its seat; empty: not recorded.
    pub seat: Vec<String>,
    /// First day, as precise as known.
    pub from: Option<String>,
    /// First day of the next owner. Absent: no later change is known.
    pub to: Option<String>,
    /// How well it is supported.
    pub confidence: Confidence,
    /// Reference.
    pub source: String,
}

/// Splits `HK/CN` or `CN (state)` into codes: words of exactly two capital letters.
fn codes(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| w.len() == 2 && w.bytes().all(|b| b.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect()
}

impl MakerFacts {
    /// What the catalogue records of a maker. `family` narrows shared engineering to that family.
    pub fn from_catalog(catalog: &Catalog, slug: &str, family: Option<&str>) -> Self {
        let Some(maker) = catalog.maker(slug) else {
            return Self {
                slug: slug.to_owned(),
                names: vec![slug.to_owned()],
                ..Self::default()
            };
        };
        let mut names = vec![maker.name.clone()];
        names.extend(maker.legal_name.clone());
        Self {
            slug: slug.to_owned(),
            names,
            seat: codes(maker.country.as_deref()),
            seat_source: Some(resolve(catalog, &maker.source)),
            owners: maker
                .owner
                .iter()
                .map(|o| OwnerFacts {
                    name: o.name.clone(),
                    seat: codes(o.country.as_deref()),
                    from: o.from.clone(),
                    to: o.to.clone(),
                    confidence: o.confidence,
                    source: resolve(catalog, &o.source),
                })
                .collect(),
            lineage: maker
                .lineage
                .iter()
                .filter(|l| {
                    family.is_none_or(|f| {
                        l.families.is_empty()
                            || f.split('/').any(|f| l.families.iter().any(|x| x == f))
                    })
                })
                .map(|l| l.of.clone())
                .collect(),
            known: true,
        }
    }
}

/// A source id of the catalogue as something a reader can follow.
fn resolve(catalog: &Catalog, source: &str) -> String {
    catalog.source(source).map_or_else(
        || source.to_owned(),
        |s| s.url.clone().unwrap_or_else(|| s.title.clone()),
    )
}

/// What the evidence does not say and the caller may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// Stage of the item.
    pub stage: Stage,
    /// Contexts that hold for the organisation (`us-dod-contractor`). Absent: not stated; the chosen
    /// packs are then judged as by somebody they bind.
    pub contexts: Option<BTreeSet<String>>,
    /// Day bought.
    pub bought: Option<Date>,
    /// Day the organisation learned of the item, from which reporting times count. Absent: the date
    /// asked about.
    pub discovered: Option<Date>,
    /// Slug of the party the contract is with.
    pub supplier: Option<String>,
    /// Product category; absent: the asset's class.
    pub category: Option<String>,
    /// ISO 3166 codes of places of production. Empty: not recorded.
    pub produced_in: Vec<String>,
    /// ISO 3166 codes of parties that can reach or administer it. Absent: not recorded.
    pub remote_access: Option<Vec<String>>,
    /// Facts of exceptions that hold.
    pub facts: BTreeSet<String>,
}

impl Default for Circumstances {
    fn default() -> Self {
        Self {
            stage: Stage::Installed,
            contexts: None,
            bought: None,
            discovered: None,
            supplier: None,
            category: None,
            produced_in: Vec::new(),
            remote_access: None,
            facts: BTreeSet::new(),
        }
    }
}

impl Circumstances {
    /// An item about to be bought.
    pub fn purchase() -> Self {
        Self {
            stage: Stage::Purchase,
            ..Self::default()
        }
    }
}

/// One item as a rule sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Possible makers; one and not `open`: settled.
    pub makers: Vec<MakerFacts>,
    /// Somebody else than the listed makers may be behind it.
    pub open: bool,
    /// What would settle the maker.
    pub settled_by: Option<String>,
    /// How strongly the evidence says that a module is there.
    pub presence: Stance,
    /// Component, end product or stick. Absent: not known.
    pub role: Option<Role>,
    /// In a sensitive area: yes, no, not stated.
    pub sensitive: Option<bool>,
    /// The contract's party, where stated.
    pub supplier: Option<MakerFacts>,
    /// The rest.
    pub given: Circumstances,
}

impl Case {
    /// A settled maker, observed.
    pub fn of_maker(maker: MakerFacts, given: Circumstances) -> Self {
        Self {
            makers: vec![maker],
            open: false,
            settled_by: None,
            presence: Stance::Observed,
            role: None,
            sensitive: None,
            supplier: None,
            given,
        }
    }

    /// The case a finding makes.
    pub fn of_finding(
        finding: &Finding,
        asset: Option<&AssetState>,
        catalog: &Catalog,
        given: &Circumstances,
    ) -> Self {
        let mut makers: Vec<MakerFacts> = Vec::new();
        let mut open = false;
        if let Some(slug) = finding.maker() {
            let family = finding.module.family.as_deref();
            makers.push(MakerFacts::from_catalog(catalog, slug, family));
        } else {
            for c in &finding.candidates {
                if !makers.iter().any(|m| m.slug == c.maker) {
                    let family = c.family.as_deref();
                    makers.push(MakerFacts::from_catalog(catalog, &c.maker, family));
                }
            }
            open = makers.is_empty() || !finding.closed;
        }
        let mut given = given.clone();
        if given.category.is_none() {
            given.category = asset.and_then(|a| a.class.clone());
        }
        let supplier = given
            .supplier
            .as_deref()
            .map(|slug| MakerFacts::from_catalog(catalog, slug, None));
        Self {
            makers,
            open,
            settled_by: finding.settled_by.clone(),
            presence: finding.presence,
            role: Some(finding.role),
            sensitive: asset.and_then(|a| a.sensitive),
            supplier,
            given,
        }
    }
}
