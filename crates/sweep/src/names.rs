//! The catalogue as the list of names that text readers look for.

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Names;

/// Hands the catalogue's names to readers, which know no catalogue.
pub struct CatalogNames<'a>(pub &'a Catalog);

impl Names for CatalogNames<'_> {
    fn find(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        self.0
            .names(text)
            .into_iter()
            .filter(|h| h.sure)
            .map(|h| h.at)
            .collect()
    }
    fn is_endpoint(&self, host: &str) -> bool {
        self.0.endpoint(host).is_some()
    }
}
