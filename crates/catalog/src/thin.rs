//! A catalogue from which entries were taken away: what identification says where the catalogue does
//! not know something is measured with it.

use crate::lookup::Catalog;
use crate::model::Raw;

/// One entry that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Slug of the maker it speaks of; `None`: of nobody (a chipset vendor's id, a look-alike).
    pub maker: Option<&'a str>,
    /// What it is: `maker`, `family`, `usb`, `candidate`, `product` ...
    pub kind: &'static str,
    /// Its own name: an id, a pattern, a text.
    pub name: &'a str,
}

impl Catalog {
    /// This catalogue with only the entries for which `keep` is true. A maker that is not kept goes
    /// with everything in its file; what other files say of it is asked for entry by entry.
    #[must_use]
    pub fn thinned(&self, keep: &mut dyn FnMut(Entry<'_>) -> bool) -> Catalog {
        let mut raw: Raw = self.raw.clone();
        let mut ask =
            |maker: Option<&str>, kind: &'static str, name: &str| keep(Entry { maker, kind, name });
        let makers = std::mem::take(&mut raw.makers);
        let starts = std::mem::take(&mut raw.starts);
        for ((path, mut file), starts) in makers.into_iter().zip(starts) {
            let slug = file.maker.slug.clone();
            let of = Some(slug.as_str());
            if !ask(of, "maker", &slug) {
                continue;
            }
            let families = std::mem::take(&mut file.family);
            let mut kept_starts = Vec::new();
            for (family, start) in families.into_iter().zip(starts) {
                if ask(of, "family", &family.name) {
                    file.family.push(family);
                    kept_starts.push(start);
                }
            }
            let head = &mut file.maker;
            head.aliases.retain(|x| ask(of, "alias", x));
            head.answers.retain(|x| ask(of, "alias", x));
            head.usb_vendors.retain(|x| ask(of, "usb vendor", x));
            head.pci_vendors.retain(|x| ask(of, "pci vendor", x));
            head.fcc_grantees.retain(|x| ask(of, "grantee", x));
            head.at_dialect.retain(|x| ask(of, "dialect", x));
            head.lineage.retain(|x| ask(Some(&x.of), "lineage", &slug));
            file.usb.retain(|x| ask(of, "usb", &x.id));
            file.pci.retain(|x| ask(of, "pci", &x.id));
            file.subsystem.retain(|x| ask(of, "subsystem", &x.id));
            file.revision.retain(|x| ask(of, "revision", &x.pattern));
            file.string.retain(|x| ask(of, "string", &x.text));
            file.label.retain(|x| ask(of, "label", &x.fcc));
            file.tac.retain(|x| ask(of, "tac", &x.tac));
            raw.makers.push((path, file));
            raw.starts.push(kept_starts);
        }
        for (_, file) in &mut raw.shared {
            file.vendor.retain(|x| ask(None, "shared vendor", &x.id));
            for (kind, ids) in [
                ("shared usb", &mut file.usb),
                ("shared pci", &mut file.pci),
                ("shared subsystem", &mut file.subsystem),
            ] {
                ids.retain(|x| ask(None, kind, &x.id));
                for id in ids {
                    let name = &id.id;
                    id.candidates
                        .retain(|c| ask(Some(&c.maker), "candidate", name));
                }
            }
            file.misleading.retain(|x| ask(None, "misleading", &x.text));
            file.lookalike
                .retain(|x| ask(None, "lookalike", &x.pattern));
            file.placeholder
                .retain(|x| ask(None, "placeholder", &x.prefix));
            file.dialect
                .retain(|x| ask(None, "shared dialect", &x.prefix));
            for dialect in &mut file.dialect {
                let name = &dialect.prefix;
                dialect
                    .makers
                    .retain(|m| ask(Some(m), "dialect maker", name));
            }
        }
        let product_starts = std::mem::take(&mut raw.product_starts);
        for ((_, file), starts) in raw.products.iter_mut().zip(product_starts) {
            let products = std::mem::take(&mut file.product);
            let mut kept_starts = Vec::new();
            for (mut product, start) in products.into_iter().zip(starts) {
                if !ask(None, "product", &product.model) {
                    continue;
                }
                let name = &product.model;
                product
                    .inside
                    .retain(|i| ask(Some(&i.maker), "inside", name));
                file.product.push(product);
                kept_starts.push(start);
            }
            raw.product_starts.push(kept_starts);
        }
        Catalog::from_raw(raw)
    }
}
