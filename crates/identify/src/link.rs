//! Linking: which units of evidence speak of the same asset, and within it of the same module.
//!
//! Units are what readers say belongs together by the format's own structure. Everything beyond that
//! is decided here, from typed keys: a key links only if it identifies something ([`crate::key`]) and
//! is not carried by things that are known to differ.

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Key, KeyKind, Place, Stance};

use crate::key::{Blank, comparable};
use crate::seen::Seen;

/// One unit of one source.
#[derive(Clone, Debug)]
pub struct Unit<'a> {
    /// Its observations, in the order read.
    pub seen: Vec<&'a Seen>,
    /// Keys that identify, in comparable form.
    pub keys: BTreeSet<Key>,
    /// Keys as written.
    pub written: Vec<Key>,
    /// It is a row of a table.
    pub row: bool,
    /// It is a row of a register of the estate.
    pub register: bool,
    /// Number of its source in the order of first appearance.
    pub source: usize,
    /// The reader of its listing: one source may hold several listings, each of which tells of the
    /// same devices.
    pub reader: &'a str,
}

impl Unit<'_> {
    /// Keys of this kind.
    pub fn keys_of(&self, kind: KeyKind) -> impl Iterator<Item = &str> {
        self.keys
            .iter()
            .filter(move |k| k.kind == kind)
            .map(|k| k.value.as_str())
    }
    /// The source's path.
    pub fn source_name(&self) -> &str {
        self.seen.first().map_or("", |s| &*s.source)
    }
}

/// A key that does not link because things that differ carry it, or because it is a test number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// The key, comparable form where it has one.
    pub key: Key,
    /// Why.
    pub why: Why,
    /// Where it stands: `source, place`.
    pub places: Vec<String>,
    /// Assets that carry it.
    pub assets: Vec<String>,
}

/// Why a key does not link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Several rows or assets carry it.
    Duplicated,
    /// A test or placeholder number.
    TestNumber,
}

/// Groups observations into units, in a stable order.
pub fn units<'a>(catalog: &Catalog, all: &'a [Seen]) -> (Vec<Unit<'a>>, Vec<Refused>) {
    let mut sources: BTreeMap<&str, usize> = BTreeMap::new();
    let mut grouped: BTreeMap<(&str, u64), Vec<&'a Seen>> = BTreeMap::new();
    for seen in all {
        grouped
            .entry((&seen.source, seen.observation.unit))
            .or_default()
            .push(seen);
    }
    let mut tests: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    let mut units: Vec<Unit<'a>> = Vec::with_capacity(grouped.len());
    for ((source, _), seen) in grouped {
        let next = sources.len();
        let number = *sources.entry(source).or_insert(next);
        let mut keys = BTreeSet::new();
        let mut written = Vec::new();
        for s in &seen {
            for key in &s.observation.subject {
                if !written.contains(key) {
                    written.push(key.clone());
                }
                match comparable(key, catalog) {
                    Ok(k) => {
                        keys.insert(k);
                    }
                    Err(Blank::TestNumber) if key.kind == KeyKind::Imei => {
                        tests
                            .entry(key.clone())
                            .or_default()
                            .push(format!("{}, {}", s.source, s.observation.place));
                    }
                    Err(_) => {}
                }
            }
        }
        let row = seen
            .iter()
            .any(|s| matches!(s.observation.place, Place::Cell { .. }));
        let reader = seen.first().map_or("", |s| &*s.reader);
        let register = seen.iter().any(|s| s.register);
        units.push(Unit {
            seen,
            keys,
            written,
            row,
            register,
            source: number,
            reader,
        });
    }
    let mut refused: Vec<Refused> = tests
        .into_iter()
        .map(|(key, places)| Refused {
            key,
            why: Why::TestNumber,
            places,
            assets: Vec::new(),
        })
        .collect();
    refuse_duplicates(&mut units, &mut refused);
    (units, refused)
}

/// Takes keys out of every unit that are carried by several asset tags, or by several rows of one
/// table: they cannot tell those things apart, so they must not join them.
fn refuse_duplicates(units: &mut [Unit<'_>], refused: &mut Vec<Refused>) {
    #[derive(Default)]
    struct Carried {
        tags: BTreeSet<String>,
        /// Rows per source.
        rows: BTreeMap<usize, u32>,
    }
    let distinguishing = |kind: KeyKind| {
        matches!(
            kind,
            KeyKind::Serial
                | KeyKind::ModuleSerial
                | KeyKind::Imei
                | KeyKind::Iccid
                | KeyKind::Mac
                | KeyKind::Host
        )
    };
    let mut carried: BTreeMap<Key, Carried> = BTreeMap::new();
    for unit in units.iter() {
        let tags: Vec<String> = unit.keys_of(KeyKind::AssetTag).map(str::to_owned).collect();
        for key in unit.keys.iter().filter(|k| distinguishing(k.kind)) {
            let entry = carried.entry(key.clone()).or_default();
            entry.tags.extend(tags.iter().cloned());
            if unit.row {
                *entry.rows.entry(unit.source).or_default() += 1;
            }
        }
    }
    let bad: BTreeMap<Key, Carried> = carried
        .into_iter()
        .filter(|(key, c)| {
            c.tags.len() > 1
                || (key.kind != KeyKind::Host
                    && c.tags.is_empty()
                    && c.rows.values().any(|n| *n > 1))
        })
        .collect();
    if bad.is_empty() {
        return;
    }
    let mut places: BTreeMap<&Key, Vec<String>> = BTreeMap::new();
    for unit in units.iter_mut() {
        let hit: Vec<Key> = unit
            .keys
            .iter()
            .filter(|k| bad.contains_key(*k))
            .cloned()
            .collect();
        for key in hit {
            unit.keys.remove(&key);
            if let Some((key, _)) = bad.get_key_value(&key)
                && let Some(first) = unit.seen.first()
            {
                places
                    .entry(key)
                    .or_default()
                    .push(format!("{}, {}", first.source, first.observation.place));
            }
        }
    }
    for (key, c) in &bad {
        refused.push(Refused {
            key: key.clone(),
            why: Why::Duplicated,
            places: places.remove(key).unwrap_or_default(),
            assets: c.tags.iter().cloned().collect(),
        });
    }
    refused.sort();
}

/// Groups units into scopes: one asset each, or one source where nothing names an asset.
///
/// Returns for each scope the indices of its units, in order.
pub fn scopes(units: &[Unit<'_>]) -> Vec<Vec<usize>> {
    let mut set = Disjoint::new(units.len());
    let mut first_with: BTreeMap<&Key, usize> = BTreeMap::new();
    for (i, unit) in units.iter().enumerate() {
        for key in &unit.keys {
            let links = match key.kind {
                KeyKind::AssetTag
                | KeyKind::Serial
                | KeyKind::Imei
                | KeyKind::Iccid
                | KeyKind::ModuleSerial
                | KeyKind::Mac
                | KeyKind::Host => true,
                KeyKind::Port | KeyKind::BomRef | KeyKind::Row => false,
            };
            if links {
                match first_with.get(key) {
                    Some(first) => set.join(*first, i),
                    None => {
                        first_with.insert(key, i);
                    }
                }
            }
        }
    }
    // Units of one source that are not rows of a table were taken on one machine, unless several
    // IMEIs say that a log went round several devices: then each IMEI speaks for itself.
    let mut imeis: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for unit in units {
        imeis
            .entry(unit.source)
            .or_default()
            .extend(unit.keys_of(KeyKind::Imei));
    }
    let mut machine: BTreeMap<usize, usize> = BTreeMap::new();
    for (i, unit) in units.iter().enumerate() {
        let went_round = imeis.get(&unit.source).is_some_and(|all| all.len() > 1);
        let own = went_round && unit.keys_of(KeyKind::Imei).next().is_some();
        if unit.row || unit.register || own || is_paper(unit) {
            continue;
        }
        match machine.get(&unit.source) {
            Some(first) => set.join(*first, i),
            None => {
                machine.insert(unit.source, i);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..units.len() {
        groups.entry(set.root(i)).or_default().push(i);
    }
    groups.into_values().collect()
}

fn is_paper(unit: &Unit<'_>) -> bool {
    unit.seen
        .iter()
        .all(|s| s.observation.stance > Stance::Observed)
        && unit.keys_of(KeyKind::BomRef).next().is_some()
}

/// Union-find with the smallest index as root, so that the order of joins does not matter.
struct Disjoint {
    parent: Vec<usize>,
}

impl Disjoint {
    fn new(n: usize) -> Self {
        Self {
            parent: (0..n).collect(),
        }
    }
    fn root(&mut self, mut i: usize) -> usize {
        while let Some(&p) = self.parent.get(i) {
            if p == i {
                break;
            }
            let grand = self.parent.get(p).copied().unwrap_or(p);
            if let Some(slot) = self.parent.get_mut(i) {
                *slot = grand;
            }
            i = grand;
        }
        i
    }
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        if let Some(slot) = self.parent.get_mut(high) {
            *slot = low;
        }
    }
}
