//! What an estate's own devices teach about the rest of it: a TAC, an order code or a stretch of serial
//! numbers that direct evidence ties to one maker holds, as implied, for rows that carry the same.
//!
//! Only modules that were observed teach, never what was itself implied or learned, so a lesson rests on
//! devices and not on lessons. What is seen with two makers teaches nothing. Lessons live as long as one
//! identification of one estate.

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_catalog::model::Confidence;
use cellsweep_catalog::{Catalog, Meaning, Possible};
use cellsweep_evidence::{Clue, KeyKind, Stance};

use crate::finding::{EvidenceRole, Finding, Specificity};
use crate::link::Unit;
use crate::weigh::{Bearing, Weighed, trust};

/// Devices named in words; the rest are counted.
const NAMED: usize = 5;
/// Most serial numbers kept of one product: a bound on memory, not on what is right.
const MOST_SERIALS: usize = 10_000;

/// What a lesson is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    /// The first eight digits of an IMEI.
    Tac(String),
    /// Product and order code.
    Order(String, String),
}

/// What devices showed of one maker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shown {
    /// Family of each device that tells one.
    families: BTreeSet<String>,
    devices: BTreeSet<String>,
}

/// A serial number taken apart: product, what stands before its last digits, how many digits.
type Series = (String, String, usize);

/// Everything learned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lessons {
    topics: BTreeMap<Topic, BTreeMap<String, Shown>>,
    serials: BTreeMap<Series, BTreeMap<u64, (String, String)>>,
}

impl Lessons {
    /// Nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.topics.is_empty() && self.serials.is_empty()
    }

    /// Takes in one asset with its modules.
    pub fn take(&mut self, members: &[&Unit<'_>], modules: &[Finding]) {
        let taught: Vec<(&Finding, &str)> = modules
            .iter()
            .filter_map(|f| Some((f, directly(f)?)))
            .collect();
        for (f, maker) in &taught {
            let device = name_of(f);
            for imei in &f.module.imei {
                if let Some(tac) = imei.get(..8).filter(|t| !t.starts_with("00")) {
                    self.learn(Topic::Tac(tac.to_owned()), maker, f, &device);
                }
            }
        }
        // What is printed on the product tells of its module only if it holds one.
        let there = modules
            .iter()
            .filter(|f| f.presence <= Stance::Implied)
            .count();
        if let ([(f, maker)], 1) = (taught.as_slice(), there) {
            let device = name_of(f);
            let Some(product) = product(members) else {
                return;
            };
            for code in values(members, Clue::OrderCode) {
                self.learn(
                    Topic::Order(product.clone(), plain(code)),
                    maker,
                    f,
                    &device,
                );
            }
            for (prefix, digits, number) in serials(members) {
                let series = self
                    .serials
                    .entry((product.clone(), prefix, digits))
                    .or_default();
                if series.len() < MOST_SERIALS {
                    series.insert(number, ((*maker).to_owned(), device.clone()));
                }
            }
        }
    }

    fn learn(&mut self, topic: Topic, maker: &str, f: &Finding, device: &str) {
        let shown = self
            .topics
            .entry(topic)
            .or_default()
            .entry(maker.to_owned())
            .or_default();
        shown.families.extend(f.module.family.clone());
        shown.devices.insert(device.to_owned());
    }

    /// The one maker a topic was seen with; two teach nothing.
    fn about(&self, topic: &Topic) -> Option<(&str, &Shown)> {
        let makers = self.topics.get(topic)?;
        match (makers.len(), makers.first_key_value()) {
            (1, Some((maker, shown))) => Some((maker, shown)),
            _ => None,
        }
    }

    /// What lessons say of one unit, as clues of stance implied.
    pub fn apply<'a>(&self, catalog: &'a Catalog, unit: &Unit<'a>, weighed: &mut Vec<Weighed<'a>>) {
        let alone = [unit];
        let product = product(&alone);
        let mut learned = Vec::new();
        for w in weighed.iter() {
            let o = &w.seen.observation;
            let lesson = match o.clue {
                Clue::Imei if catalog.placeholder(&o.value).is_none() => {
                    o.value.get(..8).and_then(|tac| {
                        let (maker, shown) = self.about(&Topic::Tac(tac.to_owned()))?;
                        Some((format!("TAC {tac}"), maker, shown.clone(), trust::TAC))
                    })
                }
                Clue::OrderCode => product.as_ref().and_then(|product| {
                    let topic = Topic::Order(product.clone(), plain(&o.value));
                    let (maker, shown) = self.about(&topic)?;
                    let what = format!("order code {}", o.value);
                    Some((what, maker, shown.clone(), trust::PRODUCT))
                }),
                Clue::ProductModel => product.as_ref().and_then(|product| {
                    let (maker, shown) = self.between(product, unit)?;
                    let what = "the serial number lies between those of".to_owned();
                    Some((what, maker, shown, trust::PRODUCT))
                }),
                _ => None,
            };
            if let Some((what, maker, shown, rank)) = lesson
                && let Some(clue) = clue(catalog, w, &what, maker, &shown, rank)
            {
                learned.push(clue);
            }
        }
        weighed.extend(learned);
    }

    /// A serial number with a device of one maker below and above it, none of another between.
    fn between(&self, product: &str, unit: &Unit<'_>) -> Option<(&str, Shown)> {
        serials(&[unit]).find_map(|(prefix, digits, number)| {
            let series = self.serials.get(&(product.to_owned(), prefix, digits))?;
            let (_, (below, a)) = series.range(..=number).next_back()?;
            let (_, (above, b)) = series.range(number..).next()?;
            if below != above || a == b {
                return None;
            }
            let devices = BTreeSet::from([a.clone(), b.clone()]);
            Some((
                below.as_str(),
                Shown {
                    families: BTreeSet::new(),
                    devices,
                },
            ))
        })
    }
}

/// The maker, if the device's own words or ids settle it; an IMEI's block alone is no witness.
fn directly(f: &Finding) -> Option<&str> {
    let maker = f.maker()?;
    let witness = f.presence == Stance::Observed
        && f.maker_stance == Some(Stance::Observed)
        && f.evidence.iter().any(|e| {
            e.stance == Some(Stance::Observed)
                && e.role != EvidenceRole::Against
                && e.names <= Specificity::Maker
                && e.clue != Clue::Imei.as_str()
        });
    witness.then_some(maker)
}

fn name_of(f: &Finding) -> String {
    f.subject.asset.clone().unwrap_or_else(|| f.id.clone())
}

fn clue<'a>(
    catalog: &'a Catalog,
    on: &Weighed<'a>,
    what: &str,
    maker: &str,
    shown: &Shown,
    rank: u8,
) -> Option<Weighed<'a>> {
    let maker = catalog.maker(maker)?;
    let families: Vec<&'a str> = shown
        .families
        .iter()
        .filter_map(|f| catalog.family(&maker.slug, f))
        .map(|f| f.name.as_str())
        .collect();
    let devices: Vec<&str> = shown
        .devices
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect();
    let more = shown.devices.len().saturating_sub(NAMED);
    let because = format!(
        "learned from {} device{} of this estate: {what} is {}{}{} ({}{})",
        shown.devices.len(),
        if shown.devices.len() == 1 { "" } else { "s" },
        maker.name,
        if families.is_empty() { "" } else { " " },
        families.join(" or "),
        devices.join(", "),
        if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        }
    );
    Some(Weighed {
        seen: on.seen,
        meaning: Some(Meaning {
            kind: None,
            possible: vec![Possible {
                maker: &maker.slug,
                families,
            }],
            open: false,
            variant: None,
            brand: None,
            chipset: None,
            settled_by: None,
            because: because.clone(),
            source: "devices of this estate",
            confidence: Confidence::Medium,
        }),
        trust: rank,
        // An IMEI shows a module by itself; a product of which others were seen with one implies it.
        bearing: if on.seen.observation.clue == Clue::Imei {
            Bearing::Silent
        } else {
            Bearing::Shows
        },
        stance: Stance::Implied,
        says: because,
        optional: false,
    })
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn values<'u>(members: &'u [&Unit<'_>], clue: Clue) -> impl Iterator<Item = &'u str> {
    members
        .iter()
        .flat_map(|u| u.seen.iter())
        .filter(move |s| s.observation.clue == clue)
        .map(|s| s.observation.value.as_str())
}

/// Maker and model of the product as one word.
fn product(members: &[&Unit<'_>]) -> Option<String> {
    let model = plain(values(members, Clue::ProductModel).next()?);
    let maker = plain(
        values(members, Clue::ProductMaker)
            .next()
            .unwrap_or_default(),
    );
    (!model.is_empty()).then(|| {
        if model.starts_with(&maker) {
            model
        } else {
            format!("{maker}{model}")
        }
    })
}

/// Serial numbers that end in at least four digits: prefix, digits, number.
fn serials<'u>(members: &'u [&Unit<'_>]) -> impl Iterator<Item = (String, usize, u64)> + 'u {
    members
        .iter()
        .flat_map(|u| u.keys_of(KeyKind::Serial))
        .filter_map(|serial| {
            let head = serial.trim_end_matches(|c: char| c.is_ascii_digit());
            let digits = serial.get(head.len()..)?;
            let fits = (4..=18).contains(&digits.len());
            let number = digits.parse().ok().filter(|_| fits)?;
            Some((head.to_owned(), digits.len(), number))
        })
}
