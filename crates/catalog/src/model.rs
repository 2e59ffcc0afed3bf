// Shape of the catalogue's TOML files. Shared by the library and its build script, so this file uses
// nothing but serde.
//
// One file a maker under `catalog/makers/`, ids that settle no maker under `catalog/shared/`,
// products under `catalog/products/` (one file a product maker), sources in `catalog/sources.toml`.

use serde::{Deserialize, Serialize};

/// How well a fact is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint: shown, never decides.
    Low,
    /// One source, or a technical string whose source path was not recorded.
    Medium,
    /// Two independent sources, or the maker's or kernel's own statement.
    High,
}

/// What a maker is in the supply chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Makes cellular modules.
    ModuleMaker,
    /// Makes modem chipsets; its ids hide the module maker.
    ChipsetVendor,
    /// Makes cards that others sell (Foxconn, Compal, WNC).
    ContractMaker,
    /// Sells hosts under its brand (Dell, HP, Lenovo).
    HostBrand,
    /// Makes sticks, routers, phones.
    DeviceMaker,
}

/// A statement's origin: `source` is an id in `sources.toml` or a URL or public reference as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Id in `catalog/sources.toml`, or a reference a reader can follow.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// A whole maker file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakerFile {
    /// The maker.
    pub maker: Maker,
    /// Module families.
    #[serde(default)]
    pub family: Vec<Family>,
    /// USB ids under which only this maker's parts appear, or that settle it.
    #[serde(default)]
    pub usb: Vec<BusId>,
    /// PCI ids likewise.
    #[serde(default)]
    pub pci: Vec<BusId>,
    /// PCI subsystem ids likewise.
    #[serde(default)]
    pub subsystem: Vec<BusId>,
    /// Firmware revision grammars.
    #[serde(default)]
    pub revision: Vec<Revision>,
    /// Strings answered as model or USB product that stand for a family.
    #[serde(default)]
    pub string: Vec<Answer>,
    /// FCC and ISED ids.
    #[serde(default)]
    pub label: Vec<Label>,
    /// TACs seen on this maker's modules.
    #[serde(default)]
    pub tac: Vec<Tac>,
}

/// Who makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maker {
    /// Stable slug, as in reports: `quectel`.
    pub slug: String,
    /// Short name.
    pub name: String,
    /// Registered name.
    #[serde(default)]
    pub legal_name: Option<String>,
    /// What it is.
    pub role: Role,
    /// Words by which this maker is named in answers and papers; matched whole, without case.
    pub aliases: Vec<String>,
    /// Aliases that count only as AT/USB manufacturer answer, not in free text (`SimTech`, `A-Link`).
    #[serde(default)]
    pub answers: Vec<String>,
    /// ISO 3166 code of the registered seat.
    #[serde(default)]
    pub country: Option<String>,
    /// USB vendor ids registered to or used by this maker alone.
    #[serde(default)]
    pub usb_vendors: Vec<String>,
    /// PCI vendor or subsystem-vendor ids likewise.
    #[serde(default)]
    pub pci_vendors: Vec<String>,
    /// FCC grantee codes. A grantee code alone never proves a cellular part.
    #[serde(default)]
    pub fcc_grantees: Vec<String>,
    /// Prefixes of vendor-specific AT commands (`+Q`, `+GT`), each settling the maker only together
    /// with an answer.
    #[serde(default)]
    pub at_dialect: Vec<String>,
    /// Dated owners.
    #[serde(default)]
    pub owner: Vec<Owner>,
    /// Labels this maker's modules carry or carried.
    #[serde(default)]
    pub brand: Vec<Brand>,
    /// Engineering that another maker's modules share with this one.
    #[serde(default)]
    pub lineage: Vec<Lineage>,
    /// Origin of name and seat.
    pub source: String,
    /// How well name and seat are supported.
    pub confidence: Confidence,
    /// Date of the last look, `YYYY-MM-DD`.
    pub as_of: String,
}

/// A period of control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// Controlling owner.
    pub name: String,
    /// ISO 3166 code(s) of the owner's seat, e.g. `CN`.
    #[serde(default)]
    pub country: Option<String>,
    /// Kind of control in neutral words: `51 % of shares`, `parent company`.
    pub kind: String,
    /// First day, as precise as the source: `2018`, `2018-06`, `2018-06-30`. Absent: not known.
    #[serde(default)]
    pub from: Option<String>,
    /// Last day. Absent: no later change is known.
    #[serde(default)]
    pub to: Option<String>,
    /// A reference a reader can follow. Required.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// As printed.
    pub name: String,
    /// From.
    #[serde(default)]
    pub from: Option<String>,
    /// Until.
    #[serde(default)]
    pub to: Option<String>,
    /// A reference a reader can follow.
    pub source: String,
}

/// Shared engineering, as public code shows it. Not an ownership claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lineage {
    /// Families of this maker concerned; empty: all.
    #[serde(default)]
    pub families: Vec<String>,
    /// Slug of the maker whose engineering it is.
    pub of: String,
    /// What the source shows, neutral.
    pub shows: String,
    /// A reference a reader can follow.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// How a family name may be matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alone {
    /// The name alone is enough.
    Safe,
    /// Enough with an order-code tail (`EC25-E`), else the maker or a cellular word must be near.
    Suffix,
    /// The maker or a cellular word must be near.
    Near,
}

/// A module family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// The maker's own family name.
    pub name: String,
    /// Linear-time regular expression (no look-around) that matches the family's names, order codes
    /// and variants in text; compiled without case. Word boundaries are the matcher's business and not
    /// written here; `_` in the text is read as `-`.
    pub pattern: String,
    /// How it may be matched.
    pub alone: Alone,
    /// Known variants, for examples and tests.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Radio technologies, e.g. `LTE Cat-4`.
    #[serde(default)]
    pub radio: Option<String>,
    /// Chipset.
    #[serde(default)]
    pub chipset: Option<String>,
    /// Package: `LCC`, `LGA`, `M.2 3042`, `mPCIe`.
    #[serde(default)]
    pub form_factor: Option<String>,
    /// Open application side (`OpenLinux (QuecOpen)`), if any.
    #[serde(default)]
    pub application_side: Option<String>,
    /// `true`: radio, chipset, form factor and application side are sourced. `false`: hints that are
    /// shown as such and decide nothing.
    #[serde(default)]
    pub attributes_sourced: bool,
    /// Not a cellular part (GNSS, Wi-Fi, Bluetooth of a module maker): named so that it is excluded.
    #[serde(default)]
    pub not_cellular: bool,
    /// Origin.
    pub source: String,
    /// How well name and pattern are supported.
    pub confidence: Confidence,
}

/// What a bus id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdKind {
    /// A cellular module.
    Module,
    /// A USB stick or other end-user cellular device.
    Stick,
    /// A module or a stick: the id does not say.
    ModuleOrStick,
    /// A module, a phone or another device with an application processor: the id alone shows nothing
    /// cellular.
    ModuleOrPhone,
    /// A phone or tablet.
    Phone,
    /// Boot, download, crash or storage mode: model hidden, maker often hidden.
    BootMode,
    /// Boot, download or crash mode that phones, computers and modules on such a chip have alike: the id
    /// alone shows nothing cellular.
    BootModeOfAny,
    /// GNSS, Bluetooth, Wi-Fi, serial adapter ...: not cellular.
    NotCellular,
}

/// A bus id in a maker's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusId {
    /// `vid:pid`, lower-case hex. For subsystems `subvendor:subdevice`.
    pub id: String,
    /// What it stands for.
    pub kind: IdKind,
    /// Families that enumerate so; several: the id does not settle which. Empty: not known.
    #[serde(default)]
    pub families: Vec<String>,
    /// The brand on the label where it is not the maker's (`Dell DW5821e`).
    #[serde(default)]
    pub brand: Option<String>,
    /// Remark for people.
    #[serde(default)]
    pub note: Option<String>,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// A shared-id file: `catalog/shared/*.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedFile {
    /// Vendors whose ids do not settle a module maker.
    #[serde(default)]
    pub vendor: Vec<SharedVendor>,
    /// USB ids that settle no maker.
    #[serde(default)]
    pub usb: Vec<SharedId>,
    /// PCI ids that settle no maker.
    #[serde(default)]
    pub pci: Vec<SharedId>,
    /// PCI subsystem ids that settle no maker.
    #[serde(default)]
    pub subsystem: Vec<SharedId>,
    /// Words a modem or descriptor answers that name nobody (`QUALCOMM INCORPORATED`, `Android`).
    #[serde(default)]
    pub misleading: Vec<Misleading>,
    /// Names that are other things too or instead, and what they are (`M95256` EEPROM).
    #[serde(default)]
    pub lookalike: Vec<Lookalike>,
    /// TACs and IMEIs that identify nobody.
    #[serde(default)]
    pub placeholder: Vec<Placeholder>,
    /// AT commands that settle no maker.
    #[serde(default)]
    pub dialect: Vec<SharedDialect>,
    /// Hosts that software of module makers asks for.
    #[serde(default)]
    pub endpoint: Vec<Endpoint>,
    /// Blocks of MAC addresses registered to module makers.
    #[serde(default)]
    pub oui: Vec<Oui>,
}

/// Hosts of one service. Traffic to them shows that something talks to the service, not that a module
/// is in the device that talks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Host names in lower case; `*.example.org` is every name below it.
    pub hosts: Vec<String>,
    /// Makers whose modules or software ask for it.
    pub makers: Vec<String>,
    /// What the service is, neutral.
    pub service: String,
    /// `true`: modules ask for it by themselves; `false`: people, servers and telephones do as well.
    #[serde(default)]
    pub device_side: bool,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// Blocks of MAC addresses. They also stand on Wi-Fi, Bluetooth and Ethernet parts of the holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oui {
    /// Holder as registered.
    pub holder: String,
    /// Makers this holder stands for.
    pub makers: Vec<String>,
    /// Leading hex digits, lower case: six, seven or nine.
    pub prefixes: Vec<String>,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// AT commands several makers share, or that name only the chipset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedDialect {
    /// Start of the command, with its sign: `+XMCI`, `^`.
    pub prefix: String,
    /// Makers seen with it. Never complete. Empty: it names nobody.
    #[serde(default)]
    pub makers: Vec<String>,
    /// Chipset it names.
    #[serde(default)]
    pub chipset: Option<String>,
    /// Origin.
    pub source: String,
}

/// A vendor id that settles no module maker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedVendor {
    /// `usb` or `pci`.
    pub bus: String,
    /// Four hex digits.
    pub id: String,
    /// Registered holder's name.
    pub name: String,
    /// What the holder is.
    pub role: Role,
    /// Origin.
    pub source: String,
}

/// One possibility of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Maker slug.
    pub maker: String,
    /// Families; empty: not known.
    #[serde(default)]
    pub families: Vec<String>,
}

/// An id that settles no maker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedId {
    /// `vid:pid`, lower-case hex.
    pub id: String,
    /// What it stands for.
    pub kind: IdKind,
    /// Makers seen with it. Never complete: the answer is this set or another.
    #[serde(default)]
    pub candidates: Vec<Candidate>,
    /// Chipset it does name.
    #[serde(default)]
    pub chipset: Option<String>,
    /// The brand on the label, if the id belongs to a brand.
    #[serde(default)]
    pub brand: Option<String>,
    /// What would settle the maker.
    #[serde(default)]
    pub settled_by: Option<String>,
    /// Remark for people.
    #[serde(default)]
    pub note: Option<String>,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// An answer that names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misleading {
    /// The words, compared whole, without case and surrounding punctuation.
    pub text: String,
    /// What it is: `chipset vendor`, `laptop brand`, `reference board`, `nothing`.
    pub is: String,
    /// Chipset vendor it names, if any.
    #[serde(default)]
    pub chipset: Option<String>,
    /// Brand it names, if any.
    #[serde(default)]
    pub brand: Option<String>,
    /// Origin.
    pub source: String,
}

/// A name that is something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookalike {
    /// Regular expression, compiled without case, of the whole look-alike token.
    pub pattern: String,
    /// What it is.
    pub is: String,
    /// Origin.
    pub source: String,
}

/// A number that identifies nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placeholder {
    /// Leading digits: a TAC (8) or a longer prefix.
    pub prefix: String,
    /// `test`, `placeholder`, `simulator`.
    pub is: String,
    /// Origin.
    pub source: String,
}

/// A firmware revision grammar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// Linear-time regular expression over the whole revision string (anchored by the pattern itself),
    /// compiled without case. A group named `family` captures the family as glued in the revision; a
    /// group `variant` captures the variant.
    pub pattern: String,
    /// Families this grammar stands for, when there is no `family` group. Empty: only the maker.
    #[serde(default)]
    pub families: Vec<String>,
    /// Real examples (the check requires that each matches).
    pub examples: Vec<String>,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// A string answered by a modem that stands for a family without looking like it (`M601`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Which answer: `model` (CGMM), `product` (USB iProduct), `manufacturer`.
    pub field: String,
    /// The words, compared whole without case.
    pub text: String,
    /// Families; several: not settled.
    pub families: Vec<String>,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// An FCC or ISED id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// FCC ID without spaces or dashes as compared; stored as printed.
    pub fcc: String,
    /// ISED number, if known.
    #[serde(default)]
    pub ised: Option<String>,
    /// Families; empty: not known.
    #[serde(default)]
    pub families: Vec<String>,
    /// Not a cellular part.
    #[serde(default)]
    pub not_cellular: bool,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// A Type Allocation Code seen on modules.
#[allow(clippy::struct_field_names)] // the key in the file is what people call it
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tac {
    /// Eight digits.
    pub tac: String,
    /// Families seen with it.
    pub families: Vec<String>,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// A product file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductFile {
    /// Product maker as printed: `Teltonika`.
    pub maker: String,
    /// Other spellings.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Products.
    pub product: Vec<Product>,
}

/// A product with, or perhaps with, a module inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Regular expression over the whole model name, compiled without case, anchored at both ends.
    pub model: String,
    /// `router`, `tracker`, `laptop`, `meter` ...
    pub category: String,
    /// What may be inside.
    #[serde(default)]
    pub inside: Vec<Inside>,
    /// Where there is a radio whose maker is not known: what is known.
    #[serde(default)]
    pub unknown: Option<String>,
    /// A cellular part is optional (a slot, a laptop option): the product may hold none.
    #[serde(default)]
    pub optional: bool,
    /// How to find out.
    #[serde(default)]
    pub settled_by: Option<String>,
    /// Origin.
    pub source: String,
    /// How well it is supported.
    pub confidence: Confidence,
}

/// One possibility inside a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inside {
    /// Maker slug.
    pub maker: String,
    /// Families or variants as sourced.
    #[serde(default)]
    pub families: Vec<String>,
    /// Regular expression over the whole order code for which this is inside.
    #[serde(default)]
    pub order_code: Option<String>,
    /// Batch or hardware revision as sourced, for people.
    #[serde(default)]
    pub batch: Option<String>,
    /// Inclusive range of numeric batches for which this is inside: `[113, 999]`.
    #[serde(default)]
    pub batch_range: Option<[u32; 2]>,
    /// Origin, if other than the product's.
    #[serde(default)]
    pub source: Option<String>,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// Short id, as used in `source` fields.
    pub id: String,
    /// What it is, with version or commit.
    pub title: String,
    /// Where a reader can follow it.
    #[serde(default)]
    pub url: Option<String>,
    /// Date looked at, `YYYY-MM-DD`.
    pub as_of: String,
    /// The path was not recorded: facts resting on it are to be re-sourced.
    #[serde(default)]
    pub to_be_resourced: bool,
}

/// `catalog/sources.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesFile {
    /// Version of the catalogue, `YYYY.MM.DD`.
    pub version: String,
    /// As-of date of the catalogue.
    pub as_of: String,
    /// Sources.
    pub source: Vec<SourceEntry>,
}

/// Everything, as embedded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// Literals with which names of each family begin, in upper case: for each maker file, for each of
    /// its families. Derived from the patterns.
    pub starts: Vec<Vec<Vec<String>>>,
    /// Likewise for the products, without spaces and hyphens; an empty list: not known.
    pub product_starts: Vec<Vec<Vec<String>>>,
    /// Version, as-of date, sources.
    pub sources: SourcesFile,
    /// Maker files with their path, in path order.
    pub makers: Vec<(String, MakerFile)>,
    /// Shared files with their path.
    pub shared: Vec<(String, SharedFile)>,
    /// Product files with their path.
    pub products: Vec<(String, ProductFile)>,
    /// SHA-256 over all files, hexadecimal.
    pub digest: String,
}
