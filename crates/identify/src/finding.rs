//! What identification yields.

use std::collections::BTreeMap;

use cellsweep_evidence::{Key, Stance};
use serde::{Deserialize, Serialize};

/// One module, or "one of this set", in one subject and slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// From the strongest durable subject key and slot; never from maker, path, order or edition.
    pub id: String,
    /// Ids merged into this one.
    #[serde(default)]
    pub aka: Vec<String>,
    /// Whose module this is.
    pub subject: Subject,
    /// The product it sits in, if known.
    pub product: Option<ProductName>,
    /// Identical items this stands for; 1 unless a row says more.
    pub quantity: u64,
    /// Component, end product or stick.
    pub role: Role,
    /// What is known of the module.
    pub module: Module,
    /// Every possibility, most probable first. When the maker is settled, entries of that maker only;
    /// the probabilities of a set need not sum to 1: the rest is "somebody else", also of a closed set,
    /// whose sources may be wrong.
    #[serde(default)]
    pub candidates: Vec<Candidate>,
    /// The maker is settled, or sources name every possibility and the candidates are all of them.
    /// Otherwise somebody else may be behind it.
    #[serde(default)]
    pub closed: bool,
    /// What would settle the maker, where it is not settled.
    pub settled_by: Option<String>,
    /// The strongest stance among the evidence that says a module is there.
    pub presence: Stance,
    /// The strongest stance among the evidence that settles the maker; absent: not settled. A SIM list
    /// may show by an IMEI that a module is there while only the product implies whose it is.
    #[serde(default)]
    pub maker_stance: Option<Stance>,
    /// Probability that the stated maker, or the set, is right.
    pub confidence: f64,
    /// Earliest date among the evidence, `YYYY-MM-DD`, where it states one.
    pub first_seen: Option<String>,
    /// Latest.
    pub last_seen: Option<String>,
    /// All of it, primary first.
    pub evidence: Vec<Evidence>,
}

impl Finding {
    /// The settled maker's slug, if it is settled.
    pub fn maker(&self) -> Option<&str> {
        self.module.maker.as_deref()
    }
}

/// Whose module: the keys, and where in the estate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// All keys that were linked, sorted.
    pub keys: Vec<Key>,
    /// Asset id in the estate.
    pub asset: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// Department.
    pub department: Option<String>,
}

/// A product as named in the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductName {
    /// Product maker.
    pub maker: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Order code.
    pub order_code: Option<String>,
}

/// What the thing is in its asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A module inside something.
    Component,
    /// The asset itself is the cellular product.
    EndProduct,
    /// A USB stick.
    Stick,
}

/// The module; the five answers (maker, brand, lineage, chipset, owner) are kept apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Maker slug; absent: not settled.
    pub maker: Option<String>,
    /// Maker's name.
    pub maker_name: Option<String>,
    /// Family, in the maker's own word: as the catalogue lists it, or, where it lists none, the model
    /// that the modem itself states (see [`crate::stated`]).
    pub family: Option<String>,
    /// Variant or order code as it stands in the evidence.
    pub variant: Option<String>,
    /// Firmware revision.
    pub firmware: Option<String>,
    /// IMEIs (15 digits where a check digit is known, else as given).
    #[serde(default)]
    pub imei: Vec<String>,
    /// Whose label, where it is not the maker's.
    pub brand: Option<String>,
    /// Slug of the maker whose engineering it shares, where a source shows it.
    pub lineage: Option<String>,
    /// Chipset or chipset vendor.
    pub chipset: Option<String>,
    /// Owner of the maker on the date asked about.
    pub owner: Option<String>,
    /// Package.
    pub form_factor: Option<String>,
    /// Radio technologies.
    #[serde(default)]
    pub radio: Vec<String>,
}

/// One possibility.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Maker slug.
    pub maker: String,
    /// Family, if it is settled for this maker; several are joined with `/`.
    pub family: Option<String>,
    /// Probability, 0 to 1.
    pub probability: f64,
}

/// What a piece of evidence does for a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceRole {
    /// It carries the identification.
    Primary,
    /// It agrees or adds.
    Supporting,
    /// It contradicts.
    Against,
}

/// How much a clue by itself says of what the module is, most specific first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Specificity {
    /// One maker, one family and the variant or order code.
    Variant,
    /// One maker and one family.
    Family,
    /// One maker and some of its families.
    Families,
    /// One maker.
    Maker,
    /// A set of makers, or one maker beside whom there may be others.
    Makers,
    /// The chipset or its vendor, no maker.
    Chipset,
    /// The brand on the label, no maker.
    Brand,
    /// That there is something cellular.
    Cellular,
    /// None of these.
    #[default]
    Nothing,
}

impl Specificity {
    /// The word used in reports and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Variant => "variant",
            Self::Family => "family",
            Self::Families => "families",
            Self::Maker => "maker",
            Self::Makers => "makers",
            Self::Chipset => "chipset",
            Self::Brand => "brand",
            Self::Cellular => "cellular",
            Self::Nothing => "nothing",
        }
    }

    /// True if it settles one family of one maker.
    pub const fn one_family(self) -> bool {
        matches!(self, Self::Variant | Self::Family)
    }
}

/// One piece of evidence of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Path of the source inside the estate's evidence (members after `!`).
    pub source: String,
    /// Place in it, as people read it.
    pub locator: String,
    /// Reader.
    pub reader: String,
    /// Kind of clue.
    pub clue: String,
    /// Value.
    pub value: String,
    /// What the clue says, in words.
    pub says: String,
    /// What it does here.
    pub role: EvidenceRole,
    /// How much it says by itself.
    #[serde(default)]
    pub names: Specificity,
    /// Its stance; absent in reports of earlier versions.
    #[serde(default)]
    pub stance: Option<Stance>,
}

/// How an asset of the estate stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetStatus {
    /// A finding of presence `observed`, `declared` or `implied` is in it.
    Found,
    /// Every attachment point was listed completely and nothing cellular was there.
    Clear,
    /// Everything else.
    #[default]
    NotAssessed,
}

/// One asset of the estate with its standing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetState {
    /// Asset id.
    pub id: String,
    /// Department.
    pub department: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// Product as the register names it.
    pub product: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Standing.
    pub status: AssetStatus,
    /// Why.
    pub why: String,
    /// Sources in which it was looked at.
    #[serde(default)]
    pub looked_at: Vec<String>,
    /// What would settle it, unless it is clear or settled.
    pub settled_by: Option<String>,
    /// Criticality as the estate gives it.
    #[serde(default)]
    pub criticality: Option<String>,
    /// Sector.
    #[serde(default)]
    pub sector: Option<String>,
    /// Service that it serves, as the register names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// In a sensitive area: yes, no, not stated.
    #[serde(default)]
    pub sensitive: Option<bool>,
    /// How it is connected and who can reach it, by the keys of the estate file (`apn`, `cloud` ...).
    /// Several statements of one key contradict each other.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub connection: BTreeMap<String, Vec<Stated>>,
}

/// A statement with where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// The word or the day.
    pub value: String,
    /// Source and place in it.
    pub from: String,
}

/// Something worth saying that is not a module: a duplicated IMEI, a register contradicted by a
/// device, a SIM whose module is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Stable kebab-case code.
    pub code: String,
    /// Assets concerned.
    #[serde(default)]
    pub assets: Vec<String>,
    /// Findings concerned.
    #[serde(default)]
    pub findings: Vec<String>,
    /// One plain sentence.
    pub message: String,
    /// Where: `source, locator`.
    #[serde(default)]
    pub places: Vec<String>,
}
