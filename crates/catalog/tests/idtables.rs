//! No name in the public USB and PCI id tables is taken for a module of a maker whose device it is not.

#![allow(clippy::expect_used)] // a test fails by panicking

use cellsweep_catalog::{Catalog, Meaning};

/// Sure names in the text whose maker the id does not allow.
fn wrong(
    catalog: &Catalog,
    id: &str,
    meaning: Option<&Meaning<'_>>,
    vendor: &str,
    name: &str,
) -> Vec<String> {
    let allowed: Vec<&str> = meaning
        .iter()
        .flat_map(|m| &m.possible)
        .map(|p| p.maker)
        .collect();
    catalog
        .names(name)
        .into_iter()
        .filter(|h| h.sure && h.family.is_some() && !allowed.contains(&h.maker))
        .map(|h| {
            format!(
                "{id} {vendor} | {name}: {} {}",
                h.maker,
                h.family.unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn usb_names() {
    let catalog = Catalog::embedded().expect("loads");
    let mut out = Vec::new();
    for vendor in usb_ids::Vendors::iter() {
        for device in vendor.devices() {
            let id = format!("{:04x}:{:04x}", vendor.id(), device.id());
            out.extend(wrong(
                &catalog,
                &id,
                catalog.usb(&id).as_ref(),
                vendor.name(),
                device.name(),
            ));
        }
    }
    assert!(out.is_empty(), "{}", out.join("\n"));
}

#[test]
fn pci_names() {
    let catalog = Catalog::embedded().expect("loads");
    let mut out = Vec::new();
    for vendor in pci_ids::Vendors::iter() {
        for device in vendor.devices() {
            let id = format!("{:04x}:{:04x}", vendor.id(), device.id());
            out.extend(wrong(
                &catalog,
                &id,
                catalog.pci(&id).as_ref(),
                vendor.name(),
                device.name(),
            ));
            for sub in device.subsystems() {
                let name = format!("{} {}", device.name(), sub.name());
                out.extend(wrong(
                    &catalog,
                    &id,
                    catalog.pci(&id).as_ref(),
                    vendor.name(),
                    &name,
                ));
            }
        }
    }
    assert!(out.is_empty(), "{}", out.join("\n"));
}
