//! Within one asset (or one source without an asset): which clues speak of the same module.

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Clue, Key, KeyKind, Stance};
use sha2::{Digest, Sha256};

use crate::Options;
use crate::finding::{Finding, ProductName, Remark, Role, Subject};
use crate::fuse::{self, Fused};
use crate::key::durability;
use crate::learn::Lessons;
use crate::link::Unit;
use crate::weigh::{Weighed, weigh};

/// Most things told apart in one scope. No machine has as many modems; a file that lists more is not
/// one machine's, and comparing each with each would take hours.
const MOST_THINGS: usize = 20_000;

/// Most things with one key that are looked at; two share one only where they contradict each other.
const MOST_WITH_KEY: usize = 8;

/// Most keys of the whole scope that each of its findings carries.
const MOST_SHARED_KEYS: usize = 64;

/// Units that speak of one module.
struct Thing<'a, 'u> {
    units: Vec<&'u Unit<'a>>,
    weighed: Vec<Weighed<'a>>,
    makers: BTreeSet<String>,
    held: Held<'u>,
}

/// Keys by which a unit finds the thing it speaks of.
#[derive(Default)]
struct Held<'u> {
    imei: BTreeSet<&'u str>,
    serial: BTreeSet<&'u str>,
    iccid: BTreeSet<&'u str>,
    ports: BTreeSet<&'u str>,
    /// Source and reader of each unit.
    homes: BTreeSet<(usize, &'u str)>,
}

impl<'u> Held<'u> {
    fn take(&mut self, unit: &'u Unit<'_>) {
        for key in &unit.keys {
            let set = match key.kind {
                KeyKind::Imei => &mut self.imei,
                KeyKind::ModuleSerial => &mut self.serial,
                KeyKind::Iccid => &mut self.iccid,
                KeyKind::Port => &mut self.ports,
                _ => continue,
            };
            set.insert(&key.value);
        }
        self.homes.insert((unit.source, unit.reader));
    }
}

/// Where things stand by the keys they hold, so that not every thing need be asked.
#[derive(Default)]
struct Index<'u> {
    /// The first things with this key.
    with: BTreeMap<(KeyKind, &'u str), Vec<usize>>,
    /// How many things a source's reader speaks of.
    homes: BTreeMap<(usize, &'u str), usize>,
}

/// A unit that speaks of a cellular thing, with the weight of what it says.
struct Speaking<'a, 'u> {
    unit: &'u Unit<'a>,
    weighed: Vec<Weighed<'a>>,
    presence: Stance,
    /// Makers this unit allows; empty: any.
    makers: BTreeSet<String>,
    /// No clue of it names anybody.
    anonymous: bool,
    trust: u8,
}

/// Findings of one scope.
pub fn modules<'a>(
    catalog: &'a Catalog,
    members: &[&Unit<'a>],
    options: &Options,
    lessons: Option<&Lessons>,
    remarks: &mut Vec<Remark>,
) -> Vec<Finding> {
    let mut speaking: Vec<Speaking<'a, '_>> = Vec::new();
    let mut optional: Vec<(&Unit<'a>, Vec<Weighed<'a>>)> = Vec::new();
    for unit in members.iter().copied() {
        let mut weighed = weigh(catalog, &unit.seen);
        if let Some(lessons) = lessons {
            lessons.apply(catalog, unit, &mut weighed);
        }
        let Some(presence) = fuse::presence(&weighed) else {
            if weighed
                .iter()
                .any(|w| w.meaning.is_some() && w.stance == Stance::Implied)
            {
                optional.push((unit, weighed));
            }
            continue;
        };
        let mut makers = BTreeSet::new();
        let mut open = false;
        let mut trust = 0;
        for w in &weighed {
            if let Some(m) = &w.meaning {
                trust = trust.max(w.trust);
                open |= m.open;
                makers.extend(m.possible.iter().map(|p| p.maker.to_owned()));
            }
        }
        let settled = weighed
            .iter()
            .any(|w| w.meaning.as_ref().is_some_and(|m| m.maker().is_some()));
        let anonymous = makers.is_empty();
        if open && !settled {
            makers.clear();
        }
        speaking.push(Speaking {
            unit,
            weighed,
            presence,
            makers,
            anonymous,
            trust,
        });
    }
    if speaking.is_empty() {
        return Vec::new();
    }
    // Strongest first; the order of units is stable, so the result is.
    speaking.sort_by(|a, b| {
        a.presence
            .cmp(&b.presence)
            .then(a.anonymous.cmp(&b.anonymous))
            .then(b.trust.cmp(&a.trust))
    });
    let rows = speaking.iter().filter(|s| s.unit.row).count();
    // What a device's own listing says of its product speaks of the one module that is seen in it:
    // it agrees or contradicts. Several products in one listing are several devices.
    let is_product =
        |s: &Speaking<'_, '_>| s.presence == Stance::Implied && !s.unit.row && !s.unit.register;
    let one_product = speaking
        .iter()
        .filter(|s| s.presence == Stance::Implied)
        .count()
        == 1;

    let mut things: Vec<Thing<'a, '_>> = Vec::new();
    let mut index = Index::default();
    let mut left_out: Vec<String> = Vec::new();
    let mut more = 0usize;
    for s in speaking {
        let mut own = Held::default();
        own.take(s.unit);
        // Only where the module names its maker: a product must not name the maker of what was seen.
        let named = matches!(things.as_slice(), [only] if only.makers.len() == 1);
        let at = if one_product && named && is_product(&s) {
            0
        } else {
            place_for(&s, &own, &things, &index, rows).unwrap_or(things.len())
        };
        if at == things.len() && at >= MOST_THINGS {
            more += 1;
            if left_out.len() < 3
                && let Some(first) = s.unit.seen.first()
            {
                left_out.push(format!("{}, {}", first.source, first.observation.place));
            }
            continue;
        }
        for (kind, set) in [
            (KeyKind::Imei, &own.imei),
            (KeyKind::ModuleSerial, &own.serial),
            (KeyKind::Iccid, &own.iccid),
            (KeyKind::Port, &own.ports),
        ] {
            for value in set {
                let with = index.with.entry((kind, value)).or_default();
                if with.len() < MOST_WITH_KEY && !with.contains(&at) {
                    with.push(at);
                }
            }
        }
        if let Some(thing) = things.get_mut(at) {
            if thing.makers.is_empty() {
                thing.makers = s.makers;
            }
            for home in &own.homes {
                if thing.held.homes.insert(*home) {
                    *index.homes.entry(*home).or_default() += 1;
                }
            }
            thing.held.take(s.unit);
            thing.units.push(s.unit);
            thing.weighed.extend(s.weighed);
        } else {
            for home in &own.homes {
                *index.homes.entry(*home).or_default() += 1;
            }
            things.push(Thing {
                units: vec![s.unit],
                weighed: s.weighed,
                makers: s.makers,
                held: own,
            });
        }
    }
    if more > 0 {
        remarks.push(Remark {
            code: "too-many-modules".to_owned(),
            assets: asset_id(members).into_iter().collect(),
            findings: Vec::new(),
            message: format!(
                "more than {MOST_THINGS} modems where one machine is expected; {more} further ones are not in the findings"
            ),
            places: left_out,
        });
    }
    // A register row of a product that may hold a module says nothing by itself; beside a module
    // that is there it agrees or contradicts.
    if let [only] = things.as_mut_slice() {
        for (unit, weighed) in optional {
            only.units.push(unit);
            only.weighed.extend(weighed);
        }
    }
    finish(catalog, members, &things, options, remarks)
}

/// Where a unit belongs among the things already there; `None`: it is a thing of its own.
fn place_for<'u>(
    s: &Speaking<'_, 'u>,
    own: &Held<'u>,
    things: &[Thing<'_, 'u>],
    index: &Index<'u>,
    rows: usize,
) -> Option<usize> {
    // Things that share a key, in order: none before the first of them can be the one.
    let mut sharing: BTreeSet<usize> = BTreeSet::new();
    for (kind, set) in [
        (KeyKind::Imei, &own.imei),
        (KeyKind::ModuleSerial, &own.serial),
        (KeyKind::Iccid, &own.iccid),
        (KeyKind::Port, &own.ports),
    ] {
        sharing.extend(
            set.iter()
                .filter_map(|v| index.with.get(&(kind, *v)))
                .flatten(),
        );
    }
    for i in sharing {
        let Some(thing) = things.get(i) else { continue };
        let theirs = &thing.held;
        if !own.imei.is_disjoint(&theirs.imei) || !own.serial.is_disjoint(&theirs.serial) {
            return Some(i);
        }
        if !own.imei.is_empty() && !theirs.imei.is_empty() {
            continue; // two IMEIs are two modules
        }
        if !own.iccid.is_disjoint(&theirs.iccid) || !own.ports.is_disjoint(&theirs.ports) {
            return Some(i);
        }
    }
    // Two rows of one table, two devices of one listing, are two things, unless one of them is an
    // interface that names nobody (wwan0 beside the modem it belongs to).
    let apart = s.unit.row || !s.anonymous;
    let home = (s.unit.source, s.unit.reader);
    if apart && index.homes.get(&home) == Some(&things.len()) {
        return None;
    }
    things.iter().position(|thing| {
        let theirs = &thing.held;
        if !own.imei.is_empty() && !theirs.imei.is_empty() {
            return false;
        }
        let same_source = theirs.homes.contains(&home);
        if same_source && (apart || clashing_ports(&own.ports, &theirs.ports)) {
            return false;
        }
        let agree =
            s.makers.is_empty() || thing.makers.is_empty() || !s.makers.is_disjoint(&thing.makers);
        // One register row and one modem in one asset: the row speaks of that modem, also when it is
        // wrong about it. With several rows it is another device's row.
        agree || (s.presence >= Stance::Declared && rows == 1 && things.len() == 1)
    })
}

/// Two ports of the same kind (`usb:1-1` and `usb:1-2`) are two places.
fn clashing_ports(a: &BTreeSet<&str>, b: &BTreeSet<&str>) -> bool {
    let kind = |port: &&str| port.split_once(':').map(|(kind, _)| kind.to_owned());
    a.iter()
        .filter_map(kind)
        .any(|one| b.iter().filter_map(kind).any(|other| one == other))
        && a.is_disjoint(b)
}

fn finish<'a>(
    catalog: &Catalog,
    members: &[&Unit<'a>],
    things: &[Thing<'a, '_>],
    options: &Options,
    remarks: &mut Vec<Remark>,
) -> Vec<Finding> {
    let about = |clue: Clue| -> Option<String> {
        members
            .iter()
            .filter(|u| u.register)
            .chain(members.iter().filter(|u| !u.register))
            .flat_map(|u| u.seen.iter())
            .find(|s| s.observation.clue == clue)
            .map(|s| s.observation.value.clone())
    };
    let asset = asset_id(members);
    let (site, department) = (about(Clue::Site), about(Clue::Department));
    let shared: BTreeSet<&Key> = members
        .iter()
        .flat_map(|u| u.keys.iter())
        .filter(|k| matches!(k.kind, KeyKind::AssetTag | KeyKind::Serial | KeyKind::Host))
        .collect();
    let mut findings = Vec::new();
    for thing in things {
        let fused = fuse::fuse(catalog, &thing.weighed, options.date.as_deref());
        let Some(presence) = fused.presence else {
            continue;
        };
        let mut keys: BTreeSet<Key> = BTreeSet::new();
        for unit in &thing.units {
            keys.extend(unit.keys.iter().cloned());
        }
        keys.extend(shared.iter().take(MOST_SHARED_KEYS).map(|k| (*k).clone()));
        let within = |clue: Clue| -> Option<String> {
            thing
                .units
                .iter()
                .flat_map(|u| u.seen.iter())
                .find(|s| s.observation.clue == clue)
                .map(|s| s.observation.value.clone())
        };
        let product = ProductName {
            maker: within(Clue::ProductMaker),
            model: within(Clue::ProductModel),
            order_code: within(Clue::OrderCode),
        };
        let quantity = within(Clue::Quantity)
            .and_then(|q| q.trim().parse::<u64>().ok())
            .filter(|q| (1..=1_000_000_000).contains(q))
            .unwrap_or(1);
        let mut dates: Vec<String> = thing
            .units
            .iter()
            .flat_map(|u| u.seen.iter())
            .filter_map(|s| s.observation.seen.clone())
            .collect();
        dates.sort();
        let sim_only = thing
            .weighed
            .iter()
            .any(|w| matches!(w.seen.observation.clue, Clue::Sim | Clue::Iccid))
            && fused.module.maker.is_none()
            && fused.candidates.is_empty();
        let subject = Subject {
            keys: keys.iter().cloned().collect(),
            asset: asset.clone(),
            site: site.clone(),
            department: department.clone(),
        };
        let finding = build(
            subject, &keys, thing, fused, presence, product, quantity, &dates, remarks, sim_only,
        );
        findings.push(finding);
    }
    slots(&mut findings);
    findings
}

#[allow(clippy::too_many_arguments)] // one call, the parts of one record
fn build(
    subject: Subject,
    keys: &BTreeSet<Key>,
    thing: &Thing<'_, '_>,
    fused: Fused,
    presence: Stance,
    product: ProductName,
    quantity: u64,
    dates: &[String],
    remarks: &mut Vec<Remark>,
    sim_only: bool,
) -> Finding {
    let assets: Vec<String> = subject.asset.iter().cloned().collect();
    for (place, stated, observed) in &fused.contradicted {
        remarks.push(Remark {
            code: "register-contradicted".to_owned(),
            assets: assets.clone(),
            findings: Vec::new(),
            message: format!("paper names {stated}, the device itself names {observed}"),
            places: vec![place.clone()],
        });
    }
    if sim_only {
        remarks.push(Remark {
            code: "sim-module-unknown".to_owned(),
            assets,
            findings: Vec::new(),
            message: "a SIM is assigned and nothing names the module that uses it".to_owned(),
            places: fused
                .evidence
                .iter()
                .take(3)
                .map(|e| format!("{}, {}", e.source, e.locator))
                .collect(),
        });
    }
    let (id, aka) = durable_ids(keys, thing);
    Finding {
        id,
        aka,
        subject,
        product: (product != ProductName::default()).then_some(product),
        quantity,
        role: fused.role,
        module: fused.module,
        candidates: fused.candidates,
        closed: fused.closed,
        settled_by: fused.settled_by,
        presence,
        maker_stance: fused.maker_stance,
        confidence: fused.confidence,
        first_seen: dates.first().cloned(),
        last_seen: dates.last().cloned(),
        evidence: fused.evidence,
    }
}

/// The id from the strongest durable key, and the ids that the other keys would have given: with
/// those, next month's file is recognised even if the strongest key is missing from it.
fn durable_ids(keys: &BTreeSet<Key>, thing: &Thing<'_, '_>) -> (String, Vec<String>) {
    let mut durable: Vec<&Key> = keys.iter().filter(|k| durability(k.kind) > 0).collect();
    durable.sort_by(|a, b| {
        durability(b.kind)
            .cmp(&durability(a.kind))
            .then_with(|| a.cmp(b))
    });
    let strong = durable
        .first()
        .is_some_and(|k| durability(k.kind) >= durability(KeyKind::Iccid));
    let mut ids: Vec<String> = durable
        .iter()
        .filter(|k| !strong || durability(k.kind) >= durability(KeyKind::Iccid))
        .map(|k| id_of(k))
        .collect();
    if !strong {
        // Nothing durable: the evidence itself, and the place of the thing in it.
        let unit = thing.units.first();
        let digest = unit.and_then(|u| u.seen.first()).map_or("", |s| &*s.digest);
        let number = unit
            .and_then(|u| u.seen.first())
            .map_or(0, |s| s.observation.unit)
            .to_string();
        ids.insert(0, hash(&["evidence", digest, &number]));
        ids.truncate(1);
    }
    let id = if ids.is_empty() {
        hash(&["none"])
    } else {
        ids.remove(0)
    };
    ids.dedup();
    (id, ids)
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let mut id = String::with_capacity(18);
    id.push_str("m-");
    for byte in digest.iter().take(8) {
        for digit in [byte >> 4, byte & 15] {
            id.push(char::from(if digit < 10 {
                b'0' + digit
            } else {
                b'a' - 10 + digit
            }));
        }
    }
    id
}

/// The id of a finding whose strongest key is this one, in comparable form.
pub fn id_of(key: &Key) -> String {
    hash(&[key.kind.as_str(), &key.value])
}

/// Several modules in one asset: the first keeps the asset's id, the others get a slot, in the order
/// of their ports and IMEIs, which do not change from month to month.
fn slots(findings: &mut [Finding]) {
    let place = |f: &Finding| -> (Vec<String>, Vec<String>, Option<String>) {
        let of = |kind: KeyKind| -> Vec<String> {
            f.subject
                .keys
                .iter()
                .filter(|k| k.kind == kind)
                .map(|k| k.value.clone())
                .collect()
        };
        (
            of(KeyKind::Port),
            of(KeyKind::Imei),
            f.product.as_ref().and_then(|p| p.model.clone()),
        )
    };
    findings.sort_by_cached_key(place);
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    for f in findings {
        let n = used.entry(f.id.clone()).or_default();
        *n += 1;
        if *n > 1 {
            f.id = format!("{}-{n}", f.id);
        }
    }
}

/// Ids are unique in a report; where two scopes come to the same one, a number tells them apart.
pub fn make_ids_unique(findings: &mut [Finding]) {
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    for f in findings {
        let n = used.entry(f.id.clone()).or_default();
        *n += 1;
        if *n > 1 {
            f.id = format!("{}-x{n}", f.id);
        }
    }
}

/// The asset's id: its tag as the register writes it, else as the binding writes it, else a serial or
/// host name of a register row.
pub fn asset_id(members: &[&Unit<'_>]) -> Option<String> {
    let written = |kind: KeyKind, register: bool| -> Option<String> {
        members
            .iter()
            .filter(|u| !register || u.register)
            .flat_map(|u| u.written.iter())
            .find(|k| k.kind == kind)
            .map(|k| k.value.trim().to_owned())
    };
    written(KeyKind::AssetTag, true)
        .or_else(|| written(KeyKind::AssetTag, false))
        .or_else(|| written(KeyKind::Serial, true).filter(|s| !s.is_empty()))
        .or_else(|| written(KeyKind::Host, true))
        .or_else(|| {
            members.iter().find(|u| u.register).map(|u| {
                let place = u
                    .seen
                    .first()
                    .map(|s| s.observation.place.to_string())
                    .unwrap_or_default();
                format!("{}: {place}", u.source_name())
            })
        })
}

/// Whether a finding says that something cellular is in its asset.
pub fn counts(finding: &Finding) -> bool {
    finding.presence <= Stance::Implied && finding.role != Role::EndProduct
}
