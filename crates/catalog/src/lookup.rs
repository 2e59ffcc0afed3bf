//! The index.

use crate::meaning::{Meaning, NameHit};
use crate::model::{Family, Maker, Owner, Placeholder, SourceEntry};

/// The loaded catalogue.
#[derive(Debug, Default)]
pub struct Catalog {}

#[allow(unused_variables, clippy::unused_self, missing_docs)]
impl Catalog {
    /// Version of the catalogue.
    pub fn version(&self) -> &str {
        ""
    }
    pub fn as_of(&self) -> &str {
        ""
    }
    pub fn digest(&self) -> &str {
        ""
    }
    pub fn maker(&self, slug: &str) -> Option<&Maker> {
        None
    }
    pub fn family(&self, maker: &str, name: &str) -> Option<&Family> {
        None
    }
    /// Owner on a date `YYYY-MM-DD`.
    pub fn owner_on(&self, maker: &str, date: &str) -> Option<&Owner> {
        None
    }
    pub fn source(&self, id: &str) -> Option<&SourceEntry> {
        None
    }
    /// USB `vid:pid`: exact id first, else what the vendor id alone says.
    pub fn usb(&self, id: &str) -> Option<Meaning<'_>> {
        None
    }
    /// PCI `vendor:device` likewise.
    pub fn pci(&self, id: &str) -> Option<Meaning<'_>> {
        None
    }
    /// PCI subsystem of the card with this PCI id.
    pub fn subsystem(&self, pci: &str, subsystem: &str) -> Option<Meaning<'_>> {
        None
    }
    /// A manufacturer answer (CGMI, mmcli manufacturer, iManufacturer): a maker, or words that name nobody.
    pub fn manufacturer_answer(&self, text: &str) -> Option<Meaning<'_>> {
        None
    }
    /// A model answer (CGMM, mmcli model, iProduct).
    pub fn model_answer(&self, text: &str) -> Option<Meaning<'_>> {
        None
    }
    /// A firmware revision.
    pub fn revision(&self, text: &str) -> Option<Meaning<'_>> {
        None
    }
    /// A vendor-specific AT command or reply.
    pub fn dialect(&self, token: &str) -> Option<Meaning<'_>> {
        None
    }
    /// FCC or ISED id.
    pub fn label(&self, id: &str) -> Option<Meaning<'_>> {
        None
    }
    /// A Type Allocation Code.
    pub fn tac(&self, tac: &str) -> Option<Meaning<'_>> {
        None
    }
    /// If these digits start with a test or placeholder prefix.
    pub fn placeholder(&self, digits: &str) -> Option<&Placeholder> {
        None
    }
    /// A part: maker and number or description of a placed part, a declared module.
    pub fn part(&self, maker: Option<&str>, text: &str) -> Option<Meaning<'_>> {
        None
    }
    /// A product.
    pub fn product(
        &self,
        maker: Option<&str>,
        model: &str,
        order_code: Option<&str>,
        batch: Option<&str>,
    ) -> Option<Meaning<'_>> {
        None
    }
    /// Names in free text.
    pub fn names(&self, text: &str) -> Vec<NameHit<'_>> {
        Vec::new()
    }
}
