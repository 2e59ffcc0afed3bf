//! USB, PCI and subsystem ids.

use std::collections::HashMap;

use super::{Catalog, Entry, nobody, one};
use crate::meaning::{Meaning, Possible};
use crate::model::{BusId, Confidence, IdKind, Raw, Role, SharedId, SharedVendor};

/// What stands behind a vendor id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vendor {
    /// One maker's.
    Maker(usize),
    /// Settles nobody: file and number.
    Shared(usize, usize),
}

/// Ids and vendors by bus.
#[derive(Debug, Default)]
pub(crate) struct Buses {
    usb: HashMap<String, Entry>,
    pci: HashMap<String, Entry>,
    subsystem: HashMap<String, Entry>,
    usb_vendor: HashMap<String, Vendor>,
    pci_vendor: HashMap<String, Vendor>,
}

impl Buses {
    pub(crate) fn new(raw: &Raw) -> Self {
        let mut out = Self::default();
        for (file, (_, shared)) in raw.shared.iter().enumerate() {
            for (map, ids) in [
                (&mut out.usb, &shared.usb),
                (&mut out.pci, &shared.pci),
                (&mut out.subsystem, &shared.subsystem),
            ] {
                for (at, id) in ids.iter().enumerate() {
                    map.entry(id.id.clone())
                        .or_insert(Entry::Shared { file, at });
                }
            }
            for (at, vendor) in shared.vendor.iter().enumerate() {
                let map = if vendor.bus == "pci" {
                    &mut out.pci_vendor
                } else {
                    &mut out.usb_vendor
                };
                map.insert(vendor.id.clone(), Vendor::Shared(file, at));
            }
        }
        for (maker, (_, own)) in raw.makers.iter().enumerate() {
            for (map, ids) in [
                (&mut out.usb, &own.usb),
                (&mut out.pci, &own.pci),
                (&mut out.subsystem, &own.subsystem),
            ] {
                for (at, id) in ids.iter().enumerate() {
                    map.insert(id.id.clone(), Entry::Own { maker, at });
                }
            }
            for id in &own.maker.usb_vendors {
                out.usb_vendor
                    .entry(id.clone())
                    .or_insert(Vendor::Maker(maker));
            }
            for id in &own.maker.pci_vendors {
                out.pci_vendor
                    .entry(id.clone())
                    .or_insert(Vendor::Maker(maker));
            }
        }
        out
    }
}

/// `2C7C:0125`, `0x2c7c:0x0125`, `2c7c0125` as `2c7c:0125`.
fn normal(id: &str) -> Option<String> {
    let id = id.trim().to_ascii_lowercase();
    let (vendor, product) = if let Some((v, p)) = id.split_once([':', '/', ' ', '-']) {
        (
            v.trim_start_matches("0x").to_owned(),
            p.trim().trim_start_matches("0x").to_owned(),
        )
    } else {
        let id = id.trim_start_matches("0x");
        (id.get(..4)?.to_owned(), id.get(4..)?.to_owned())
    };
    let hex = |s: &str| (1..=4).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_hexdigit());
    (hex(&vendor) && hex(&product)).then(|| format!("{vendor:0>4}:{product:0>4}"))
}

impl Catalog {
    /// USB `vid:pid`: exact id first, else what the vendor id alone says. `None`: nothing to do with
    /// cellular as far as the catalogue knows.
    pub fn usb(&self, id: &str) -> Option<Meaning<'_>> {
        let id = normal(id)?;
        if let Some(entry) = self.buses.usb.get(&id) {
            return self.entry("USB id", &id, *entry, |f| &f.usb, |f| &f.usb);
        }
        let vendor = self.buses.usb_vendor.get(id.get(..4)?)?;
        self.vendor("USB vendor id", id.get(..4)?, *vendor)
    }

    /// PCI `vendor:device` likewise.
    pub fn pci(&self, id: &str) -> Option<Meaning<'_>> {
        let id = normal(id)?;
        if let Some(entry) = self.buses.pci.get(&id) {
            return self.entry("PCI id", &id, *entry, |f| &f.pci, |f| &f.pci);
        }
        let vendor = self.buses.pci_vendor.get(id.get(..4)?)?;
        self.vendor("PCI vendor id", id.get(..4)?, *vendor)
    }

    /// PCI subsystem `subvendor:subdevice` of the card with this PCI id. A subsystem says something
    /// only on a card that is cellular, or whose vendor makes modem chipsets: laptop and contract
    /// makers' subsystems stand on every kind of card.
    pub fn subsystem(&self, pci: &str, subsystem: &str) -> Option<Meaning<'_>> {
        let sub = normal(subsystem)?;
        let Some(pci) = normal(pci) else {
            // `lspci -v` names the card and gives only the subsystem's number: a module maker's own
            // counts.
            let vendor = self.buses.pci_vendor.get(sub.get(..4)?)?;
            if !matches!(vendor, Vendor::Maker(_)) {
                return None;
            }
            return match self.buses.subsystem.get(&sub) {
                Some(entry) => self.entry(
                    "PCI subsystem",
                    &sub,
                    *entry,
                    |f| &f.subsystem,
                    |f| &f.subsystem,
                ),
                None => self.vendor("PCI subsystem vendor", sub.get(..4)?, *vendor),
            };
        };
        let listed = self.buses.pci.contains_key(&pci);
        let vendor = self.buses.pci_vendor.get(pci.get(..4)?);
        if !listed && vendor.is_none() {
            return None;
        }
        let sub_vendor = self.buses.pci_vendor.get(sub.get(..4)?);
        if let Some(entry) = self.buses.subsystem.get(&sub) {
            // On a card the catalogue does not list, only a module maker's own subsystem counts.
            if listed || matches!(sub_vendor, Some(Vendor::Maker(_))) {
                return self.entry(
                    "PCI subsystem",
                    &sub,
                    *entry,
                    |f| &f.subsystem,
                    |f| &f.subsystem,
                );
            }
            return None;
        }
        match sub_vendor? {
            Vendor::Maker(_) => self.vendor("PCI subsystem vendor", sub.get(..4)?, *sub_vendor?),
            Vendor::Shared(..) if listed => {
                self.vendor("PCI subsystem vendor", sub.get(..4)?, *sub_vendor?)
            }
            Vendor::Shared(..) => None,
        }
    }

    fn entry<'a>(
        &'a self,
        what: &str,
        id: &str,
        entry: Entry,
        own: impl Fn(&'a crate::model::MakerFile) -> &'a Vec<BusId>,
        shared: impl Fn(&'a crate::model::SharedFile) -> &'a Vec<SharedId>,
    ) -> Option<Meaning<'a>> {
        match entry {
            Entry::Own { maker, at } => {
                let file = self.maker_at(maker)?;
                let found = own(file).get(at)?;
                let possible = vec![one(&file.maker.slug, &found.families)];
                let because = match found.kind {
                    IdKind::NotCellular => format!(
                        "{what} {id} is a part of {} that is not cellular{}",
                        file.maker.name,
                        found
                            .note
                            .as_deref()
                            .map(|n| format!(" ({n})"))
                            .unwrap_or_default()
                    ),
                    IdKind::BootMode => format!(
                        "{what} {id} is a boot or download mode of {}",
                        self.listed(&possible)
                    ),
                    _ => format!("{what} {id} is listed for {}", self.listed(&possible)),
                };
                Some(Meaning {
                    kind: Some(found.kind),
                    possible,
                    open: found.confidence == Confidence::Low,
                    variant: None,
                    brand: found.brand.as_deref(),
                    chipset: None,
                    settled_by: (found.families.len() > 1)
                        .then_some("AT+CGMM, AT+CGMR or the label name the model"),
                    because,
                    source: &found.source,
                    confidence: found.confidence,
                })
            }
            Entry::Shared { file, at } => {
                let found = shared(self.shared_at(file)?).get(at)?;
                let possible = candidates(found);
                let because = self.because_shared(what, id, found, &possible);
                Some(Meaning {
                    kind: Some(found.kind),
                    possible,
                    open: true,
                    variant: None,
                    brand: found.brand.as_deref(),
                    chipset: found.chipset.as_deref(),
                    settled_by: found.settled_by.as_deref(),
                    because,
                    source: &found.source,
                    confidence: found.confidence,
                })
            }
        }
    }

    fn because_shared(
        &self,
        what: &str,
        id: &str,
        found: &SharedId,
        possible: &[Possible<'_>],
    ) -> String {
        let mut out = format!("{what} {id}");
        if found.kind == IdKind::NotCellular {
            out.push_str(" is not cellular");
        } else if possible.is_empty() {
            out.push_str(" names no module maker");
        } else {
            out.push_str(" is shared: seen with ");
            out.push_str(&self.listed(possible));
            out.push_str(" and open to others");
        }
        let mut named = Vec::new();
        if let Some(chipset) = &found.chipset {
            named.push(format!("chipset {chipset}"));
        }
        if let Some(brand) = &found.brand {
            named.push(format!("brand {brand}"));
        }
        if let Some(note) = &found.note {
            named.push(note.clone());
        }
        if !named.is_empty() {
            out.push_str(" (");
            out.push_str(&named.join("; "));
            out.push(')');
        }
        out
    }

    fn vendor(&self, what: &str, id: &str, vendor: Vendor) -> Option<Meaning<'_>> {
        match vendor {
            Vendor::Maker(at) => {
                let file = self.maker_at(at)?;
                let mixed = file
                    .usb
                    .iter()
                    .filter(|u| u.id.starts_with(id))
                    .any(|u| !matches!(u.kind, IdKind::Module | IdKind::BootMode));
                let sticks = file.usb.iter().filter(|u| u.id.starts_with(id)).any(|u| {
                    matches!(
                        u.kind,
                        IdKind::Stick | IdKind::ModuleOrStick | IdKind::Phone
                    )
                });
                let mut because = format!(
                    "only the vendor matches: {what} {id} is of {}, the device id is not listed",
                    file.maker.name
                );
                if sticks {
                    because.push_str("; its sticks and other devices use it too");
                } else if mixed {
                    because.push_str("; its parts that are not cellular use it too");
                }
                let mut possible = vec![Possible {
                    maker: &file.maker.slug,
                    families: Vec::new(),
                }];
                possible.extend(self.others_under(id, &file.maker.slug));
                possible.sort();
                if possible.len() > 1 {
                    because
                        .push_str("; cards of another maker are known under it or under its label");
                }
                Some(Meaning {
                    kind: sticks.then_some(IdKind::ModuleOrStick),
                    open: possible.len() > 1,
                    possible,
                    variant: None,
                    brand: None,
                    chipset: None,
                    settled_by: Some("AT+CGMM, AT+CGMR or the label name the model"),
                    because,
                    source: &file.maker.source,
                    confidence: Confidence::Medium,
                })
            }
            Vendor::Shared(file, at) => {
                let found: &SharedVendor = self.shared_at(file)?.vendor.get(at)?;
                let role = match found.role {
                    Role::ChipsetVendor => "a maker of modem chipsets",
                    Role::ContractMaker => "a contract maker",
                    Role::HostBrand => "a brand of hosts",
                    Role::DeviceMaker | Role::ModuleMaker => "shared by several businesses",
                };
                let mut out = nobody(
                    format!(
                        "{what} {id} is of {}, {role}: it settles no module maker",
                        found.name
                    ),
                    &found.source,
                );
                match found.role {
                    Role::ChipsetVendor => out.chipset = Some(&found.name),
                    Role::HostBrand => out.brand = Some(&found.name),
                    _ => {}
                }
                out.settled_by = Some("AT+CGMM and AT+CGMR, PCI subsystem vendor, or the label");
                Some(out)
            }
        }
    }
}

impl Catalog {
    /// Other makers whose cards are known to enumerate under this maker's vendor id.
    fn others_under<'a>(&'a self, vendor: &str, maker: &str) -> Vec<Possible<'a>> {
        let mut others: Vec<&str> = self
            .raw
            .shared
            .iter()
            .flat_map(|(_, file)| file.usb.iter().chain(&file.pci))
            .filter(|id| id.id.starts_with(vendor) && id.kind != IdKind::NotCellular)
            .flat_map(|id| &id.candidates)
            .map(|c| c.maker.as_str())
            .filter(|m| *m != maker)
            .collect();
        others.sort_unstable();
        others.dedup();
        others
            .into_iter()
            .map(|maker| Possible {
                maker,
                families: Vec::new(),
            })
            .collect()
    }
}

fn candidates(found: &SharedId) -> Vec<Possible<'_>> {
    let mut out: Vec<Possible<'_>> = found
        .candidates
        .iter()
        .map(|c| Possible {
            maker: &c.maker,
            families: c.families.iter().map(String::as_str).collect(),
        })
        .collect();
    out.sort();
    out
}
