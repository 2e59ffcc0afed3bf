//! What a clue means, as far as the catalogue knows.

use crate::model::{Confidence, IdKind};

/// One possibility.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Possible<'a> {
    /// Maker slug.
    pub maker: &'a str,
    /// Families of that maker that fit; empty: the family is not settled.
    pub families: Vec<&'a str>,
}

/// What one clue, alone, says about who made the module.
///
/// The maker is settled only if there is exactly one possibility and the set is not `open`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning<'a> {
    /// What kind of thing the clue stands for, if it says.
    pub kind: Option<IdKind>,
    /// Makers that fit. Empty: the clue names nobody.
    pub possible: Vec<Possible<'a>>,
    /// Others than the listed makers may be behind it (a chipset vendor's or a brand's id).
    pub open: bool,
    /// The variant or order code as it stands in the evidence (`RM520N-GL`), where the clue holds one.
    pub variant: Option<String>,
    /// The brand it names where that is not the maker.
    pub brand: Option<&'a str>,
    /// The chipset or chipset vendor it names.
    pub chipset: Option<&'a str>,
    /// What would settle the maker, where it is not settled.
    pub settled_by: Option<&'a str>,
    /// Why it means this, for people: `USB id of this maker`, `firmware revision grammar`.
    pub because: String,
    /// Source id or reference.
    pub source: &'a str,
    /// How well the catalogue's fact is supported.
    pub confidence: Confidence,
}

impl Meaning<'_> {
    /// The maker, if this clue alone settles it.
    pub fn maker(&self) -> Option<&str> {
        match self.possible.as_slice() {
            [only] if !self.open => Some(only.maker),
            _ => None,
        }
    }
}

/// A module or maker name found in text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameHit<'a> {
    /// Where in the text, in bytes.
    pub at: std::ops::Range<usize>,
    /// Maker slug.
    pub maker: &'a str,
    /// Family; `None` for a maker's name alone.
    pub family: Option<&'a str>,
    /// What stands there.
    pub text: String,
    /// The name is enough by itself here: it is unmistakable, has an order-code tail, or its maker or
    /// a cellular word stands near.
    pub sure: bool,
}
