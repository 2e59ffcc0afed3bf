//! Listing, searching, counting.

use super::{Catalog, squeezed};
use crate::model::{Maker, MakerFile, SourceEntry};

/// Most search results returned.
const MOST: usize = 500;

/// Something a search found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found<'a> {
    /// What it is: `maker`, `family`, `usb`, `pci`, `subsystem`, `label`, `tac`, `product`, `answer`.
    pub what: &'static str,
    /// The identifier or name.
    pub name: String,
    /// Maker slug, or product maker; empty for shared ids.
    pub maker: &'a str,
    /// What it stands for, in words.
    pub says: String,
    /// Origin.
    pub source: &'a str,
}

/// How much is in the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // counts of what their names say
pub struct Stats {
    pub makers: usize,
    pub families: usize,
    pub usb: usize,
    pub pci: usize,
    pub subsystems: usize,
    pub revisions: usize,
    pub answers: usize,
    pub labels: usize,
    pub tacs: usize,
    pub products: usize,
    pub product_makers: usize,
    pub sources: usize,
    /// Sources whose path was not kept.
    pub to_be_resourced: usize,
}

impl Catalog {
    /// All makers, by slug.
    pub fn makers(&self) -> impl Iterator<Item = &Maker> {
        let mut files: Vec<&MakerFile> = self.raw.makers.iter().map(|(_, f)| f).collect();
        files.sort_by(|a, b| a.maker.slug.cmp(&b.maker.slug));
        files.into_iter().map(|f| &f.maker)
    }

    /// The whole file of a maker: families and identifiers.
    pub fn file(&self, maker: &str) -> Option<&MakerFile> {
        self.maker_file(maker)
    }

    /// Names of a maker's cellular families, in the file's order.
    pub fn family_names(&self, maker: &str) -> Vec<&str> {
        self.maker_file(maker)
            .into_iter()
            .flat_map(|f| &f.family)
            .filter(|f| !f.not_cellular)
            .map(|f| f.name.as_str())
            .collect()
    }

    /// All sources.
    pub fn sources(&self) -> &[SourceEntry] {
        &self.raw.sources.source
    }

    /// Names of all products as (product maker, model pattern).
    pub fn products(&self) -> impl Iterator<Item = (&str, &crate::model::Product)> {
        self.raw
            .products
            .iter()
            .flat_map(|(_, f)| f.product.iter().map(|p| (f.maker.as_str(), p)))
    }

    /// How much is in it.
    pub fn stats(&self) -> Stats {
        let mut out = Stats {
            makers: self.raw.makers.len(),
            sources: self.raw.sources.source.len(),
            to_be_resourced: self
                .raw
                .sources
                .source
                .iter()
                .filter(|s| s.to_be_resourced)
                .count(),
            product_makers: self.raw.products.len(),
            ..Stats::default()
        };
        for (_, file) in &self.raw.makers {
            out.families += file.family.iter().filter(|f| !f.not_cellular).count();
            out.usb += file.usb.len();
            out.pci += file.pci.len();
            out.subsystems += file.subsystem.len();
            out.revisions += file.revision.len();
            out.answers += file.string.len();
            out.labels += file.label.len();
            out.tacs += file.tac.len();
        }
        for (_, file) in &self.raw.shared {
            out.usb += file.usb.len();
            out.pci += file.pci.len();
            out.subsystems += file.subsystem.len();
            out.answers += file.misleading.len();
        }
        out.products = self.raw.products.iter().map(|(_, f)| f.product.len()).sum();
        out
    }

    /// Everything whose name, alias, identifier or model holds the text, compared without case,
    /// spaces and punctuation; sorted, at most 500.
    pub fn search(&self, text: &str) -> Vec<Found<'_>> {
        let want = squeezed(text);
        let mut out: Vec<Found<'_>> = Vec::new();
        if want.len() < 2 {
            return out;
        }
        let holds = |s: &str| squeezed(s).contains(&want);
        for (_, file) in &self.raw.makers {
            let maker = &file.maker;
            let slug = maker.slug.as_str();
            if holds(&maker.name)
                || holds(slug)
                || maker.aliases.iter().chain(&maker.answers).any(|a| holds(a))
            {
                out.push(Found {
                    what: "maker",
                    name: maker.name.clone(),
                    maker: slug,
                    says: maker.legal_name.clone().unwrap_or_default(),
                    source: &maker.source,
                });
            }
            for family in &file.family {
                if holds(&family.name) || family.variants.iter().any(|v| holds(v)) {
                    let says = if family.not_cellular {
                        "not cellular".to_owned()
                    } else {
                        family.variants.join(", ")
                    };
                    out.push(Found {
                        what: "family",
                        name: family.name.clone(),
                        maker: slug,
                        says,
                        source: &family.source,
                    });
                }
            }
            for (what, ids) in [
                ("usb", &file.usb),
                ("pci", &file.pci),
                ("subsystem", &file.subsystem),
            ] {
                for id in ids {
                    if holds(&id.id)
                        || id.families.iter().any(|f| holds(f))
                        || id.brand.as_deref().is_some_and(holds)
                    {
                        out.push(Found {
                            what,
                            name: id.id.clone(),
                            maker: slug,
                            says: said(&id.families, id.brand.as_deref(), id.note.as_deref()),
                            source: &id.source,
                        });
                    }
                }
            }
            for label in &file.label {
                if holds(&label.fcc) || label.ised.as_deref().is_some_and(holds) {
                    out.push(Found {
                        what: "label",
                        name: label.fcc.clone(),
                        maker: slug,
                        says: label.families.join(", "),
                        source: &label.source,
                    });
                }
            }
            for tac in file.tac.iter().filter(|t| holds(&t.tac)) {
                out.push(Found {
                    what: "tac",
                    name: tac.tac.clone(),
                    maker: slug,
                    says: tac.families.join(", "),
                    source: &tac.source,
                });
            }
            for answer in file.string.iter().filter(|a| holds(&a.text)) {
                out.push(Found {
                    what: "answer",
                    name: answer.text.clone(),
                    maker: slug,
                    says: answer.families.join(", "),
                    source: &answer.source,
                });
            }
        }
        for (_, file) in &self.raw.shared {
            for (what, ids) in [
                ("usb", &file.usb),
                ("pci", &file.pci),
                ("subsystem", &file.subsystem),
            ] {
                for id in ids {
                    if holds(&id.id) || id.brand.as_deref().is_some_and(holds) {
                        out.push(Found {
                            what,
                            name: id.id.clone(),
                            maker: "",
                            says: said(&[], id.brand.as_deref(), id.note.as_deref()),
                            source: &id.source,
                        });
                    }
                }
            }
        }
        for (_, file) in &self.raw.products {
            for product in &file.product {
                if holds(&product.model) || holds(&format!("{} {}", file.maker, product.model)) {
                    let makers: Vec<&str> =
                        product.inside.iter().map(|i| i.maker.as_str()).collect();
                    out.push(Found {
                        what: "product",
                        name: product.model.clone(),
                        maker: &file.maker,
                        says: makers.join(", "),
                        source: &product.source,
                    });
                }
            }
        }
        out.sort();
        out.truncate(MOST);
        out
    }
}

fn said(families: &[String], brand: Option<&str>, note: Option<&str>) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !families.is_empty() {
        parts.push(families.join(", "));
    }
    parts.extend(brand.map(|b| format!("brand {b}")));
    parts.extend(note.map(str::to_owned));
    parts.join("; ")
}
