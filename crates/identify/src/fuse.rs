//! From all clues about one thing to one statement about its maker.

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_catalog::lookup::chipset;
use cellsweep_catalog::model::{Confidence, IdKind};
use cellsweep_catalog::{Catalog, Meaning};
use cellsweep_evidence::{Clue, Stance};

use crate::finding::{Candidate, Evidence, EvidenceRole, Module, Role};
use crate::stated;
use crate::weigh::{Bearing, Weighed, trust};

/// What the clues of one thing come to.
#[derive(Clone, Debug)]
pub struct Fused {
    /// The module.
    pub module: Module,
    /// Possibilities.
    pub candidates: Vec<Candidate>,
    /// The maker is settled, or the candidates are all there are.
    pub closed: bool,
    /// What would settle it.
    pub settled_by: Option<String>,
    /// Strongest stance that settles the maker.
    pub maker_stance: Option<Stance>,
    /// Strongest stance that shows a module; `None`: nothing shows one.
    pub presence: Option<Stance>,
    /// Probability that maker or set is right.
    pub confidence: f64,
    /// Component or stick.
    pub role: Role,
    /// Evidence, primary first.
    pub evidence: Vec<Evidence>,
    /// A declared or implied maker is contradicted by what was observed: (their source and place, they say, observed).
    pub contradicted: Vec<(String, String, String)>,
}

/// The strongest stance that shows a module, with everything in the thing taken together.
pub fn presence(weighed: &[Weighed<'_>]) -> Option<Stance> {
    let excluded = weighed.iter().any(|w| w.bearing == Bearing::Excludes);
    // A phone's id: the kernel's drivers for modems take phones too, and phones answer like modems.
    let phone = weighed.iter().any(|w| {
        matches!(w.seen.observation.clue, Clue::UsbId)
            && w.meaning
                .as_ref()
                .is_some_and(|m| m.kind == Some(IdKind::Phone))
    });
    let mut shows: Vec<Stance> = weighed
        .iter()
        .filter(|w| w.bearing == Bearing::Shows)
        .map(|w| w.stance)
        .collect();
    if excluded {
        // Only a modem's own answer or a cellular driver outweighs "this is Bluetooth".
        shows = weighed
            .iter()
            .filter(|w| {
                w.bearing == Bearing::Shows
                    && (!phone || names_a_family(w))
                    && matches!(
                        w.seen.observation.clue,
                        Clue::Driver
                            | Clue::CellularInterface
                            | Clue::ModemModel
                            | Clue::ModemRevision
                            | Clue::ModemManufacturer
                            | Clue::AtDialect
                    )
            })
            .map(|w| w.stance)
            .collect();
    } else {
        shows.extend(
            weighed
                .iter()
                .filter(|w| w.bearing == Bearing::Hints)
                .map(|w| w.stance),
        );
    }
    // A handset answers like a modem and is none.
    let handset = weighed
        .iter()
        .any(|w| w.seen.observation.clue == Clue::HandsetProperty)
        || weighed
            .iter()
            .any(|w| w.seen.observation.clue == Clue::Baseband);
    if handset
        && !weighed.iter().any(|w| {
            w.seen.observation.clue == Clue::HandsetProperty && w.bearing == Bearing::Shows
        })
    {
        shows.retain(|s| *s > Stance::Declared);
    }
    shows.into_iter().min()
}

/// True for an answer of a modem that names a family of modules.
fn names_a_family(w: &Weighed<'_>) -> bool {
    w.trust >= trust::MODEL
        && w.meaning
            .as_ref()
            .is_some_and(|m| m.possible.iter().any(|p| !p.families.is_empty()))
}

/// A clue that alone settles a maker, in the order in which clues are believed.
struct Claim<'w, 'a> {
    index: usize,
    maker: &'w str,
    meaning: &'w Meaning<'a>,
    trust: u8,
    stance: Stance,
    clue: Clue,
    /// The day it was seen, where the evidence says.
    day: Option<&'w str>,
}

/// What takes the force from weak clues.
#[derive(Clone, Copy)]
struct Doubts {
    /// The device gave a maker's name that the catalogue does not know.
    unknown_maker: bool,
    /// The device's id is known to be shared by several makers.
    shared_id: bool,
}

impl Doubts {
    fn of(weighed: &[Weighed<'_>]) -> Self {
        Self {
            unknown_maker: weighed.iter().any(Weighed::unknown_maker),
            shared_id: weighed.iter().any(|w| {
                matches!(w.seen.observation.clue, Clue::UsbId | Clue::PciId)
                    && w.bearing != Bearing::Excludes
                    && w.meaning
                        .as_ref()
                        .is_some_and(|m| m.open && m.possible.len() > 1)
            }),
        }
    }

    /// True if this clue settles nothing here: an AT dialect that others may have taken over or an
    /// IMEI's block beside an unknown name; the name that a tool's own table gives a shared id.
    fn weakens(self, w: &Weighed<'_>) -> bool {
        let from_table = matches!(
            w.seen.observation.clue,
            Clue::UsbTableName | Clue::PciTableName | Clue::PciSubsystemTableName
        );
        self.unknown_maker && w.trust < trust::MANUFACTURER || self.shared_id && from_table
    }
}

/// Clues that name a maker by themselves, without those that doubts weaken.
fn claims<'w, 'a>(weighed: &'w [Weighed<'a>]) -> Vec<Claim<'w, 'a>> {
    let doubts = Doubts::of(weighed);
    let mut all: Vec<Claim<'w, 'a>> = weighed
        .iter()
        .enumerate()
        .filter_map(|(index, w)| {
            let meaning = w.meaning.as_ref()?;
            let maker = meaning.maker()?;
            let counts = meaning.confidence > Confidence::Low && !doubts.weakens(w);
            counts.then_some(Claim {
                index,
                maker,
                meaning,
                trust: w.trust,
                stance: w.stance,
                clue: w.seen.observation.clue,
                day: w.seen.observation.seen.as_deref(),
            })
        })
        .collect();
    all.sort_by(|a, b| {
        a.stance
            .cmp(&b.stance)
            .then(b.trust.cmp(&a.trust))
            .then(a.index.cmp(&b.index))
    });
    all
}

/// Claims that a later look at the same thing has overtaken: equally strong, dated, of another maker,
/// and every claim of their own maker is older than some claim of the other (a module was exchanged).
/// Two makers of which one sells the other's design contradict each other in no way.
fn overtaken(catalog: &Catalog, claims: &[Claim<'_, '_>]) -> BTreeSet<usize> {
    let Some(strongest) = claims.iter().map(|c| c.stance).min() else {
        return BTreeSet::new();
    };
    // Last day of each maker; a maker with an undated claim is never overtaken and overtakes nobody.
    let mut last: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for c in claims.iter().filter(|c| c.stance == strongest) {
        last.entry(c.maker)
            .and_modify(|day| {
                *day = match (*day, c.day) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    _ => None,
                };
            })
            .or_insert(c.day);
    }
    claims
        .iter()
        .filter(|c| c.stance == strongest)
        .filter(|c| {
            let Some(Some(own)) = last.get(c.maker) else {
                return false;
            };
            last.iter().any(|(maker, day)| {
                *maker != c.maker
                    && day.is_some_and(|d| d > *own)
                    && label_over_design(catalog, maker, c.maker).is_none()
            })
        })
        .map(|c| c.index)
        .collect()
}

/// The silicon that the device's own clues name, if they agree on one line of it: (line, clues).
fn silicon(weighed: &[Weighed<'_>]) -> Option<(&'static str, Vec<usize>)> {
    let mut found: Option<&'static str> = None;
    let mut indices = Vec::new();
    for (i, w) in weighed.iter().enumerate() {
        if w.stance != Stance::Observed || w.bearing == Bearing::Excludes {
            continue;
        }
        let Some(m) = &w.meaning else { continue };
        let Some(chipset) = m.chipset.filter(|_| m.confidence > Confidence::Low) else {
            continue;
        };
        for line in chipset::lines(chipset) {
            if found.is_some_and(|have| have != line) {
                return None;
            }
            found = Some(line);
            if !indices.contains(&i) {
                indices.push(i);
            }
        }
    }
    found.map(|line| (line, indices))
}

/// Which families the silicon rules out, and what it rules out, in words.
struct Silicon<'a> {
    catalog: &'a Catalog,
    line: Option<&'static str>,
    clues: Vec<usize>,
    ruled_out: BTreeSet<String>,
}

impl Silicon<'_> {
    /// True if the family is known to be built on other silicon only.
    fn excludes(&mut self, maker: &str, family: &str) -> bool {
        let Some(line) = self.line else { return false };
        let own = self.catalog.family_silicon(maker, family);
        let out = !own.is_empty() && !own.contains(line);
        if out {
            let name = self.catalog.maker(maker).map_or(maker, |m| m.name.as_str());
            let own: Vec<&str> = own.into_iter().collect();
            self.ruled_out
                .insert(format!("{name} {family} ({})", own.join(", ")));
        }
        out
    }
}

/// Of two makers that are both named, the one on the label, if the catalogue shows that the label's
/// modules share the other's engineering (a rebranded design answers with its designer's firmware).
fn label_over_design<'w>(catalog: &Catalog, a: &'w str, b: &'w str) -> Option<(&'w str, &'w str)> {
    let shares = |label: &str, design: &str| {
        catalog
            .maker(label)
            .is_some_and(|m| m.lineage.iter().any(|l| l.of == design))
    };
    match (shares(a, b), shares(b, a)) {
        (true, false) => Some((a, b)),
        (false, true) => Some((b, a)),
        _ => None,
    }
}

/// True if nothing but a vendor id, or a tool's name for one, speaks for this maker.
fn only_vendor_id(claims: &[Claim<'_, '_>], maker: &str) -> bool {
    claims.iter().filter(|c| c.maker == maker).all(|c| {
        matches!(c.clue, Clue::UsbId | Clue::PciId) && c.trust <= trust::VENDOR_ID
            || matches!(c.clue, Clue::UsbTableName | Clue::PciTableName)
    })
}

/// A brand's own id under which the designer's cards enumerate too: neither the brand's name in the
/// strings nor the designer's firmware says whose card it is; a model name, a part number or a label
/// does. Returns the makers that stay possible; none: nothing is in doubt.
fn undecided_design(
    catalog: &Catalog,
    weighed: &[Weighed<'_>],
    claims: &[Claim<'_, '_>],
    winner: &str,
) -> BTreeSet<String> {
    let named = claims.iter().any(|c| {
        c.maker == winner
            && matches!(
                c.clue,
                Clue::ModemModel
                    | Clue::PartNumber
                    | Clue::DeclaredModule
                    | Clue::FccId
                    | Clue::IsedId
            )
    });
    let mut doubt = BTreeSet::new();
    if named {
        return doubt;
    }
    for w in weighed {
        let o = &w.seen.observation;
        let (Some(m), Clue::UsbId | Clue::PciId) = (&w.meaning, o.clue) else {
            continue;
        };
        if !m.open || m.possible.is_empty() || m.confidence == Confidence::Low {
            continue;
        }
        // The id is shared although its vendor part is one maker's own.
        let vendor = o.value.split(':').next().unwrap_or_default();
        let Some(brand) = catalog.makers().find(|b| {
            b.usb_vendors
                .iter()
                .chain(&b.pci_vendors)
                .any(|v| v == vendor)
        }) else {
            continue;
        };
        if brand.slug == winner || m.possible.iter().any(|p| p.maker == winner) {
            doubt.extend(m.possible.iter().map(|p| p.maker.to_owned()));
            doubt.insert(brand.slug.clone());
        }
    }
    doubt
}

/// True if a clue at least as strong as the modem's own model names families of the maker.
fn names_family(weighed: &[Weighed<'_>], maker: &str) -> bool {
    weighed.iter().any(|w| {
        w.trust >= trust::MODEL
            && w.meaning.as_ref().is_some_and(|m| {
                m.possible
                    .iter()
                    .any(|p| p.maker == maker && !p.families.is_empty())
            })
    })
}

/// Probability that a clue of this kind names the right maker. Starting values; the calibration table
/// in docs/accuracy.md measures them.
fn prior(clue: Clue, confidence: Confidence, exact: bool) -> f64 {
    let base = match clue {
        Clue::ModemRevision => 0.985,
        Clue::ModemModel => 0.98,
        Clue::PciSubsystem | Clue::FccId | Clue::IsedId => 0.97,
        Clue::UsbId | Clue::PciId => {
            if exact {
                0.98
            } else {
                0.93
            }
        }
        Clue::UsbProduct | Clue::ModemName => 0.96,
        Clue::PartNumber
        | Clue::DeclaredModule
        | Clue::UsbManufacturer
        | Clue::ModemManufacturer => 0.95,
        Clue::PartDescription | Clue::AtDialect => 0.92,
        Clue::Imei => 0.9,
        Clue::ProductModel | Clue::OrderCode => 0.85,
        Clue::UsbTableName | Clue::PciTableName | Clue::PciSubsystemTableName => 0.88,
        _ => 0.6,
    };
    match confidence {
        Confidence::High => base,
        Confidence::Medium => base * 0.97,
        Confidence::Low => base * 0.7,
    }
}

/// Fuses the clues of one thing.
pub fn fuse(catalog: &Catalog, weighed: &[Weighed<'_>], date: Option<&str>) -> Fused {
    let presence = presence(weighed);
    let all_claims = claims(weighed);
    let stale = overtaken(catalog, &all_claims);
    let (old, claims): (Vec<_>, Vec<_>) = all_claims
        .into_iter()
        .partition(|c| stale.contains(&c.index));
    let mut lineage_by_clash: Option<String> = None;
    let mut roles: Vec<EvidenceRole> = weighed.iter().map(|_| EvidenceRole::Supporting).collect();
    // What a clue does here beyond what it says by itself.
    let mut notes: BTreeMap<usize, String> = BTreeMap::new();
    let mut contradicted = Vec::new();
    for claim in &old {
        if let Some(role) = roles.get_mut(claim.index) {
            *role = EvidenceRole::Against;
        }
        notes.insert(
            claim.index,
            format!(
                "overtaken: seen {}, a later look names another maker",
                claim.day.unwrap_or("earlier")
            ),
        );
    }
    let (line, clues) = silicon(weighed).map_or((None, Vec::new()), |(l, c)| (Some(l), c));
    let mut silicon = Silicon {
        catalog,
        line,
        clues,
        ruled_out: BTreeSet::new(),
    };

    // 1. The maker.
    let mut winner: Option<String> = None;
    let mut clash: BTreeSet<String> = BTreeSet::new();
    if let Some(first) = claims.first() {
        let mut maker = first.maker;
        for other in claims.iter().skip(1) {
            if other.maker == maker {
                continue;
            }
            if let Some((label, design)) = label_over_design(catalog, maker, other.maker) {
                if only_vendor_id(&claims, label) && !only_vendor_id(&claims, design) {
                    // Designer's firmware under a vendor id whose product id nobody lists: the vendor
                    // id alone is no label.
                    clash.insert(other.maker.to_owned());
                    continue;
                }
                lineage_by_clash = Some(design.to_owned());
                maker = label;
                continue;
            }
            // Two answers that are both hard to fake, in the same kind of evidence, naming two
            // makers: nobody can say which is right.
            if other.stance == first.stance
                && other.trust >= trust::BUS_ID
                && first.trust < trust::REVISION
            {
                clash.insert(other.maker.to_owned());
            }
        }
        clash.extend(undecided_design(catalog, weighed, &claims, maker));
        if clash.is_empty() {
            winner = Some(maker.to_owned());
        } else {
            clash.insert(maker.to_owned());
            lineage_by_clash = None;
        }
    }

    // 2. The set, where nothing settles it.
    let doubts = Doubts::of(weighed);
    let mut possible: BTreeMap<String, (f64, BTreeSet<String>)> = BTreeMap::new();
    let mut closed: Option<BTreeSet<String>> = None;
    let mut closed_stance = None;
    if winner.is_none() {
        for (i, w) in weighed.iter().enumerate() {
            let Some(m) = &w.meaning else { continue };
            if w.bearing == Bearing::Excludes || stale.contains(&i) {
                continue;
            }
            let mut set: BTreeSet<String> = BTreeSet::new();
            for p in &m.possible {
                let families: Vec<&str> = p
                    .families
                    .iter()
                    .copied()
                    .filter(|f| !silicon.excludes(p.maker, f))
                    .collect();
                if families.is_empty() && !p.families.is_empty() {
                    continue; // every family that could be meant is built on other silicon
                }
                let entry = possible.entry(p.maker.to_owned()).or_default();
                entry.0 += f64::from(w.trust.max(1));
                entry.1.extend(families.iter().map(|f| (*f).to_owned()));
                set.insert(p.maker.to_owned());
            }
            let settles = m.confidence > Confidence::Low && !doubts.weakens(w);
            if !m.open && !set.is_empty() && settles {
                closed_stance = Some(closed_stance.map_or(w.stance, |s: Stance| s.min(w.stance)));
                closed = Some(match closed {
                    None => set,
                    Some(before) => {
                        let both: BTreeSet<String> = before.intersection(&set).cloned().collect();
                        if both.is_empty() { before } else { both }
                    }
                });
            }
        }
        if let Some(closed) = &closed {
            possible.retain(|maker, _| closed.contains(maker));
            if let (1, Some(only)) = (closed.len(), closed.first())
                && clash.is_empty()
            {
                winner = Some(only.clone());
            }
        }
    }

    // 3. The family: the most trusted clue that names families of the winner, narrowed by the rest.
    // A model, part or product string that names one family goes before an id that several share.
    let mut families: Vec<String> = Vec::new();
    let mut variant = None;
    if let Some(maker) = &winner {
        let mut ordered: Vec<(usize, &Weighed<'_>)> = weighed
            .iter()
            .enumerate()
            .filter(|(i, w)| w.meaning.is_some() && !stale.contains(i))
            .collect();
        ordered.sort_by(|(_, a), (_, b)| {
            let shared =
                |w: &Weighed<'_>| !(w.names().one_family() && w.trust >= trust::PRODUCT_STRING);
            a.stance
                .cmp(&b.stance)
                .then(shared(a).cmp(&shared(b)))
                .then(b.trust.cmp(&a.trust))
        });
        for (i, w) in ordered {
            let Some(m) = &w.meaning else { continue };
            if m.confidence == Confidence::Low && !families.is_empty() {
                continue;
            }
            for p in m.possible.iter().filter(|p| p.maker == maker) {
                let theirs: Vec<&str> = p
                    .families
                    .iter()
                    .copied()
                    .filter(|f| !silicon.excludes(maker, f))
                    .collect();
                if theirs.is_empty() {
                    continue;
                }
                if families.is_empty() {
                    families = theirs.iter().map(|f| (*f).to_owned()).collect();
                    variant.clone_from(&m.variant);
                } else {
                    let narrowed: Vec<String> = families
                        .iter()
                        .filter(|f| theirs.contains(&f.as_str()))
                        .cloned()
                        .collect();
                    if narrowed.is_empty() {
                        if let Some(role) = roles.get_mut(i) {
                            *role = EvidenceRole::Against;
                        }
                        notes.insert(
                            i,
                            format!(
                                "agrees on the maker, not on the family, which is {}",
                                families.join(" or ")
                            ),
                        );
                    } else {
                        families = narrowed;
                    }
                }
            }
            if variant.is_none() && m.maker() == Some(maker.as_str()) {
                variant.clone_from(&m.variant);
            }
        }
    }
    // A model that the modem states and the catalogue does not list is the maker's own name for it. An
    // answer of the modem goes before a set that an id leaves open; a product string only fills a gap.
    if let Some(maker) = &winner
        && families.len() != 1
        && let Some(stated) = stated::model(catalog, weighed, maker)
        && (families.is_empty() || stated.answered && !names_family(weighed, maker))
    {
        notes.insert(
            stated.at,
            format!(
                "states the model {}, which the catalogue does not list",
                stated.name
            ),
        );
        variant = weighed
            .get(stated.at)
            .map(|w| w.seen.observation.value.trim().to_owned())
            .filter(|v| *v != stated.name);
        families = vec![stated.name];
    }
    if !silicon.ruled_out.is_empty() {
        let out: Vec<&str> = silicon.ruled_out.iter().map(String::as_str).collect();
        let note = format!(
            "rules out what is built on other silicon than {}: {}",
            silicon.line.unwrap_or_default(),
            out.join(", ")
        );
        for i in &silicon.clues {
            notes.insert(*i, note.clone());
        }
    }

    // 4. Confidence, roles, contradictions.
    let mut wrong = 1.0_f64;
    let mut seen_kinds: BTreeSet<Clue> = BTreeSet::new();
    let mut primary = false;
    if let Some(maker) = &winner {
        for claim in &claims {
            let exact = claim.meaning.kind.is_some();
            if claim.maker == maker || Some(claim.maker) == lineage_by_clash.as_deref() {
                if claim.maker == maker {
                    if let Some(role) = roles.get_mut(claim.index)
                        && !primary
                        && *role != EvidenceRole::Against
                    {
                        *role = EvidenceRole::Primary;
                        primary = true;
                    }
                    if seen_kinds.insert(claim.clue) {
                        let p = prior(claim.clue, claim.meaning.confidence, exact);
                        // A second witness of another kind is not independent: it counts half.
                        wrong *= if seen_kinds.len() == 1 {
                            1.0 - p
                        } else {
                            1.0 - p / 2.0
                        };
                    }
                }
                continue;
            }
            if let Some(role) = roles.get_mut(claim.index) {
                *role = EvidenceRole::Against;
            }
            notes
                .entry(claim.index)
                .or_insert_with(|| "contradicts the maker that stronger evidence names".to_owned());
            wrong = (wrong * 3.0).max(0.15);
            if claim.stance > claims.first().map_or(Stance::Observed, |c| c.stance)
                && let Some(w) = weighed.get(claim.index)
            {
                contradicted.push((
                    format!("{}, {}", w.seen.source, w.seen.observation.place),
                    claim.maker.to_owned(),
                    maker.clone(),
                ));
            }
        }
        if wrong >= 1.0 {
            wrong = 0.1; // settled by the overlap of closed sets
        }
        // A product whose sources name a set, none of which is what was observed.
        for (i, w) in weighed.iter().enumerate() {
            if let Some(m) = &w.meaning
                && !m.open
                && m.possible.len() > 1
                && !m.possible.iter().any(|p| p.maker == maker)
                && let Some(role) = roles.get_mut(i)
            {
                *role = EvidenceRole::Against;
                notes.insert(i, "what was found is none of these".to_owned());
                if w.stance > Stance::Observed {
                    let makers: Vec<&str> = m.possible.iter().map(|p| p.maker).collect();
                    contradicted.push((
                        format!("{}, {}", w.seen.source, w.seen.observation.place),
                        makers.join(" or "),
                        maker.clone(),
                    ));
                }
            }
        }
    }
    if !primary {
        let strongest = weighed
            .iter()
            .enumerate()
            .filter(|(_, w)| matches!(w.bearing, Bearing::Shows | Bearing::Hints))
            .min_by_key(|(i, w)| (w.stance, std::cmp::Reverse(w.trust), *i))
            .map(|(i, _)| i);
        if let Some(role) = strongest.and_then(|i| roles.get_mut(i)) {
            *role = EvidenceRole::Primary;
        }
    }

    // 5. The statement.
    let mut module = Module {
        family: None,
        variant,
        ..Module::default()
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut settled_by = weighed
        .iter()
        .filter(|w| w.bearing != Bearing::Excludes)
        .filter_map(|w| w.meaning.as_ref())
        .find_map(|m| m.settled_by.map(str::to_owned));
    let confidence;
    let is_closed;
    let mut maker_stance = None;
    if let Some(maker) = &winner {
        is_closed = true;
        maker_stance = claims
            .iter()
            .filter(|c| c.maker == maker)
            .map(|c| c.stance)
            .min()
            .or(closed_stance);
        if let [only] = families.as_slice() {
            module.family = Some(only.clone());
        }
        confidence = 1.0 - wrong;
        describe(
            catalog,
            &mut module,
            maker,
            lineage_by_clash.as_deref(),
            date,
        );
        let count = u32::try_from(families.len().max(1)).unwrap_or(u32::MAX);
        let share = confidence / f64::from(count);
        if families.is_empty() {
            candidates.push(Candidate {
                maker: maker.clone(),
                family: None,
                probability: round(confidence),
            });
        }
        for family in &families {
            candidates.push(Candidate {
                maker: maker.clone(),
                family: Some(family.clone()),
                probability: round(share),
            });
        }
        settled_by = None;
        if families.len() > 1 {
            settled_by =
                Some("AT+CGMM or the firmware revision (AT+CGMR) names the model".to_owned());
        }
    } else {
        let open = closed.is_none();
        for maker in &clash {
            possible.entry(maker.clone()).or_default().0 += 50.0;
        }
        let total: f64 = possible.values().map(|v| v.0).sum();
        let mass = if open { 0.7 } else { 0.95 };
        for (maker, (weight, families)) in &possible {
            let families: Vec<&str> = families.iter().map(String::as_str).collect();
            candidates.push(Candidate {
                maker: maker.clone(),
                family: (!families.is_empty()).then(|| families.join("/")),
                probability: round(mass * weight / total.max(1.0)),
            });
        }
        candidates.sort_by(|a, b| {
            b.probability
                .total_cmp(&a.probability)
                .then(a.maker.cmp(&b.maker))
        });
        confidence = if candidates.is_empty() { 0.5 } else { mass };
        is_closed = !open && !candidates.is_empty();
        if settled_by.is_none() {
            settled_by = Some(
                "the modem's own answer to ATI, AT+CGMM and AT+CGMR, or the label on the module"
                    .to_owned(),
            );
        }
    }
    for w in weighed {
        let o = &w.seen.observation;
        if let Some(m) = &w.meaning {
            if module.brand.is_none()
                && let Some(brand) = m.brand
            {
                module.brand = Some(brand.to_owned());
            }
            if module.chipset.is_none()
                && let Some(chipset) = m.chipset
            {
                module.chipset = Some(chipset.to_owned());
            }
        }
        if o.clue == Clue::Imei && !module.imei.contains(&o.value) {
            module.imei.push(o.value.clone());
        }
    }
    // The latest firmware that was seen; of those without a date the first.
    module.firmware = weighed
        .iter()
        .enumerate()
        .filter(|(_, w)| w.seen.observation.clue == Clue::ModemRevision)
        .max_by_key(|(i, w)| (w.seen.observation.seen.as_deref(), std::cmp::Reverse(*i)))
        .map(|(_, w)| w.seen.observation.value.clone());
    module.imei.sort();
    if module.brand.as_deref() == module.maker_name.as_deref() {
        module.brand = None;
    }
    let stick = weighed.iter().any(|w| {
        w.meaning
            .as_ref()
            .is_some_and(|m| m.kind == Some(IdKind::Stick))
            && w.stance == Stance::Observed
    });

    let mut evidence: Vec<Evidence> = weighed
        .iter()
        .zip(&roles)
        .enumerate()
        .filter(|(_, (w, _))| {
            w.meaning.is_some() || w.bearing != Bearing::Silent || !w.says.is_empty()
        })
        .map(|(i, (w, role))| Evidence {
            source: w.seen.source.to_string(),
            locator: w.seen.observation.place.to_string(),
            reader: w.seen.reader.to_string(),
            clue: w.seen.observation.clue.as_str().to_owned(),
            value: w.seen.observation.value.clone(),
            says: match notes.get(&i) {
                Some(note) if w.says.is_empty() => note.clone(),
                Some(note) => format!("{}; {note}", w.says),
                None => w.says.clone(),
            },
            role: *role,
            names: w.names(),
            stance: Some(w.stance),
        })
        .collect();
    evidence.sort_by(|a, b| {
        a.role.cmp(&b.role).then_with(|| {
            (&a.source, &a.locator, &a.clue, &a.value)
                .cmp(&(&b.source, &b.locator, &b.clue, &b.value))
        })
    });
    evidence.dedup();
    contradicted.sort();
    contradicted.dedup();

    Fused {
        module,
        candidates,
        closed: is_closed,
        settled_by,
        maker_stance,
        presence,
        confidence: round(confidence.clamp(0.0, 0.999)),
        role: if stick { Role::Stick } else { Role::Component },
        evidence,
        contradicted,
    }
}

fn round(p: f64) -> f64 {
    (p * 1000.0).round() / 1000.0
}

/// Fills in what the catalogue knows of a settled maker and family.
fn describe(
    catalog: &Catalog,
    module: &mut Module,
    maker: &str,
    design: Option<&str>,
    date: Option<&str>,
) {
    module.maker = Some(maker.to_owned());
    let Some(entry) = catalog.maker(maker) else {
        return;
    };
    module.maker_name = Some(entry.name.clone());
    module.owner = date
        .and_then(|d| catalog.owner_on(maker, d))
        .map(|o| o.name.clone());
    module.lineage = design.map(str::to_owned).or_else(|| {
        entry
            .lineage
            .iter()
            .find(|l| {
                l.families.is_empty()
                    || module
                        .family
                        .as_ref()
                        .is_some_and(|f| l.families.contains(f))
            })
            .map(|l| l.of.clone())
    });
    if let Some(family) = module
        .family
        .as_deref()
        .and_then(|f| catalog.family(maker, f))
        && family.attributes_sourced
    {
        module.chipset.clone_from(&family.chipset);
        module.form_factor.clone_from(&family.form_factor);
        module.radio = family.radio.iter().cloned().collect();
    }
}
