//! What simpler means say of the same texts: a search for makers' names, the public id tables, and
//! the vendor ids by which ModemManager chooses a plugin.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::Context as _;
use cellsweep_catalog::Catalog;
use cellsweep_catalog::model::Role;
use pci_ids::FromId as _;
use usb_ids::FromId as _;

use super::score::Said;

/// The peers, with their tables.
pub struct Peers<'a> {
    catalog: &'a Catalog,
    /// Makers that the plugins of each vendor id stand for; a plugin may stand for none we know.
    modem_manager: BTreeMap<u16, BTreeSet<String>>,
}

/// Names of the peers, in the order of [`Peers::say`].
pub const NAMES: [&str; 3] = [
    "`grep -i` of the makers' names",
    "look-up in usb.ids and pci.ids",
    "ModemManager's vendor ids",
];

impl<'a> Peers<'a> {
    /// Reads the committed table.
    pub fn new(catalog: &'a Catalog) -> anyhow::Result<Self> {
        let path = crate::root().join("tests/peers/modemmanager.tsv");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut modem_manager: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
        for line in text.lines().skip(1) {
            let mut cells = line.split('\t');
            let (Some(id), Some(_), Some(maker)) = (cells.next(), cells.next(), cells.next())
            else {
                anyhow::bail!("{}: {line:?}", path.display());
            };
            let id = u16::from_str_radix(id, 16).with_context(|| line.to_owned())?;
            let makers = modem_manager.entry(id).or_default();
            if !maker.is_empty() {
                anyhow::ensure!(catalog.maker(maker).is_some(), "no maker {maker:?}: {line}");
                makers.insert(maker.to_owned());
            }
        }
        Ok(Self {
            catalog,
            modem_manager,
        })
    }

    /// What each says.
    pub fn say(&self, text: &str) -> [Said; 3] {
        let vendors = vendors(text);
        [
            self.grep(text),
            self.tables(&vendors),
            self.plugins(&vendors),
        ]
    }

    /// Every maker whose name stands in the text.
    fn grep(&self, text: &str) -> Said {
        let lower = text.to_lowercase();
        let makers: BTreeSet<String> = self
            .catalog
            .makers()
            .filter(|m| m.role == Role::ModuleMaker || m.role == Role::ContractMaker)
            .filter(|m| m.aliases.iter().any(|a| lower.contains(&a.to_lowercase())))
            .map(|m| m.slug.clone())
            .collect();
        Said {
            present: !makers.is_empty(),
            makers,
        }
    }

    /// The vendor's name in the tables, read as a maker.
    fn tables(&self, vendors: &Vendors) -> Said {
        let mut said = Said::default();
        let usb = vendors
            .usb
            .iter()
            .filter_map(|id| usb_ids::Vendor::from_id(*id))
            .map(|v| v.name().to_lowercase());
        let pci = vendors
            .pci
            .iter()
            .filter_map(|id| pci_ids::Vendor::from_id(*id))
            .map(|v| v.name().to_lowercase());
        for name in usb.chain(pci) {
            for maker in self.catalog.makers() {
                if maker
                    .aliases
                    .iter()
                    .any(|a| name.contains(&a.to_lowercase()))
                {
                    said.makers.insert(maker.slug.clone());
                    said.present = true;
                }
            }
        }
        said
    }

    /// The plugins that take a device of this vendor: it then counts as a modem of theirs.
    fn plugins(&self, vendors: &Vendors) -> Said {
        let mut said = Said::default();
        for id in vendors.usb.union(&vendors.pci) {
            if let Some(makers) = self.modem_manager.get(id) {
                said.present = true;
                said.makers.extend(makers.iter().cloned());
            }
        }
        said
    }
}

/// Vendor ids in a text, by bus.
#[derive(Default)]
struct Vendors {
    usb: BTreeSet<u16>,
    pci: BTreeSet<u16>,
}

fn hex(text: &str) -> Option<u16> {
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u16::from_str_radix(text, 16).ok())
        .flatten()
}

fn vendors(text: &str) -> Vendors {
    let mut found = Vendors::default();
    let lower = text.to_lowercase();
    for (marker, usb) in [
        ("id ", true),
        ("vendor=", true),
        ("idvendor=", true),
        ("idvendor           0x", true),
        ("vid_", true),
        ("ven_", false),
    ] {
        for (at, found_text) in lower.match_indices(marker) {
            let start = at + found_text.len();
            if let Some(id) = lower.get(start..start + 4).and_then(hex) {
                if usb {
                    found.usb.insert(id);
                } else {
                    found.pci.insert(id);
                }
            }
        }
    }
    // `lspci -nn`: `[14c3:4d75]`.
    for (at, _) in lower.match_indices('[') {
        if let Some(inside) = lower.get(at + 1..at + 10)
            && lower.get(at + 10..at + 11) == Some("]")
            && let Some((vendor, device)) = inside.split_once(':')
            && let (Some(vendor), Some(_)) = (hex(vendor), hex(device))
        {
            found.pci.insert(vendor);
        }
    }
    found
}
