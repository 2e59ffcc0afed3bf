//! What a reader emits.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How strongly the evidence speaks for a module being there. Strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It enumerated, answered, transmitted or attached.
    Observed,
    /// A bill of materials, label, register or supplier says so.
    Declared,
    /// The product is known to contain one of a set.
    Implied,
    /// Software there could drive one.
    Supported,
    /// Text.
    Mentioned,
}

impl Stance {
    /// The word used in reports and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Declared => "declared",
            Self::Implied => "implied",
            Self::Supported => "supported",
            Self::Mentioned => "mentioned",
        }
    }
}

impl fmt::Display for Stance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What kind of identity a [`Key`] states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The organisation's own inventory number of an asset.
    AssetTag,
    /// A serial number printed by or on the *product* (not the module).
    Serial,
    /// A serial number reported by the module itself.
    ModuleSerial,
    /// IMEI, 14 to 16 digits as normalised by [`crate::identity`].
    Imei,
    /// ICCID, digits only, compared on its stem without the check digit.
    Iccid,
    /// MAC address, lower case, colons.
    Mac,
    /// Host name of the machine the evidence was taken on.
    Host,
    /// A port path on one host: `usb:1-1.4`, `pci:0000:01:00.0`, `ttyUSB2`, `mm:3`.
    /// Only meaningful together with the host (or the evidence source) it was seen on.
    Port,
    /// Reference in a bill of materials: `U3`, a bom-ref.
    BomRef,
    /// A row of a table that has no better identity. Never links.
    Row,
}

impl KeyKind {
    /// The word used in reports and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssetTag => "asset_tag",
            Self::Serial => "serial",
            Self::ModuleSerial => "module_serial",
            Self::Imei => "imei",
            Self::Iccid => "iccid",
            Self::Mac => "mac",
            Self::Host => "host",
            Self::Port => "port",
            Self::BomRef => "bom_ref",
            Self::Row => "row",
        }
    }
}

/// One typed identity of a subject, as written in the evidence (trimmed, not yet judged: whether a
/// value is a placeholder is decided in `identify`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// What the value identifies.
    pub kind: KeyKind,
    /// The value, trimmed.
    pub value: String,
}

impl Key {
    /// A key of this kind.
    pub fn new(kind: KeyKind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: value.into(),
        }
    }
}

/// What was seen. The value that goes with each kind is described here; identifiers are lower-case
/// hexadecimal, four digits a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clue {
    // -- buses ---------------------------------------------------------------------------------
    /// USB `vid:pid`, e.g. `2c7c:0125`.
    UsbId,
    /// USB iManufacturer string.
    UsbManufacturer,
    /// USB iProduct string.
    UsbProduct,
    /// The name some tool printed for a USB id from its own table (usb.ids). Not the device's words.
    UsbTableName,
    /// USB device class `cc/ss/pp`, e.g. `e0/01/01`.
    UsbClass,
    /// One USB interface, `cc/ss/pp`, e.g. `ff/ff/30`.
    UsbInterface,
    /// PCI `vendor:device`.
    PciId,
    /// PCI subsystem `vendor:device`.
    PciSubsystem,
    /// PCI class, four hex digits, e.g. `0d40`.
    PciClass,
    /// The name some tool printed for a PCI id from its own table (pci.ids).
    PciTableName,
    /// The name some tool printed for a PCI subsystem id from its own table.
    PciSubsystemTableName,
    /// A kernel driver bound to the device, e.g. `qmi_wwan`.
    Driver,
    /// A cellular interface exists or cellular service was seen; the value says which
    /// (`GSM modem (1-port) converter now attached to ttyUSB0`, `wwan0`, `registered`).
    /// Proves a cellular thing, names nobody.
    CellularInterface,
    /// The port or slot exists and nothing is known to sit in it (`JNGFF2 - WWAN/LTE CONN`).
    Slot,

    // -- what the modem itself answers ------------------------------------------------------------
    /// AT+CGMI / mmcli manufacturer / QMI manufacturer.
    ModemManufacturer,
    /// AT+CGMM / mmcli model / QMI model.
    ModemModel,
    /// AT+CGMR, AT+QGMR, revision lines, mmcli firmware revision.
    ModemRevision,
    /// Hardware revision.
    HardwareRevision,
    /// A vendor-specific AT command or reply, e.g. `+QENG`, `+GTPKGVER`.
    AtDialect,
    /// ModemManager plugin that claimed the modem.
    ModemPlugin,
    /// A device name a modem stack composed from ids, e.g. `MBIM [14C3:4D75]`.
    ModemName,
    /// `gsm.version.baseband` and the like.
    Baseband,
    /// Model of a handset or Android system (getprop `ro.product.*`), value `key=value`.
    HandsetProperty,

    // -- numbers -----------------------------------------------------------------------------------
    /// IMEI or IMEISV digits (as normalised; the original is in the place's row).
    Imei,
    /// ICCID digits.
    Iccid,
    /// EID digits.
    Eid,
    /// MAC address.
    Mac,
    /// Host name that something asked for: a DNS query, the server name of TLS, the host of HTTP.
    /// Shows that something talks to that host, not what is inside.
    Endpoint,

    // -- paper -------------------------------------------------------------------------------------
    /// FCC ID, e.g. `XMR201903EG25G`.
    FccId,
    /// ISED (IC) certification number, e.g. `10224A-201903EG25G`.
    IsedId,
    /// Manufacturer of a part (bill of materials, HBOM, label).
    PartMaker,
    /// Manufacturer part number or part name of a *placed* part.
    PartNumber,
    /// Description or value of a placed part.
    PartDescription,
    /// Manufacturer of a product (register, CMDB).
    ProductMaker,
    /// Model of a product.
    ProductModel,
    /// Order code / SKU / product code of a product.
    OrderCode,
    /// Batch or hardware revision of a product.
    Batch,
    /// A register or supplier names the module inside in so many words.
    DeclaredModule,
    /// A register or supplier states that no cellular module is inside (value: the words).
    DeclaredNone,
    /// Free text in which a name was found (value: the excerpt).
    Text,

    // -- about the asset, not the module -----------------------------------------------------------
    /// Human name of the asset.
    AssetName,
    /// Department id or name.
    Department,
    /// Site id or name.
    Site,
    /// Asset class (`router`, `meter`, `vehicle`, `laptop`, `server` ...).
    AssetClass,
    /// Criticality as written.
    Criticality,
    /// Sector as written.
    Sector,
    /// Service that the asset serves, as written.
    Service,
    /// `yes`/`no`: the asset stands in a sensitive area.
    Sensitive,
    /// Who owns or answers for the asset.
    AssetOwner,
    /// How the asset is connected or who can reach it, `key=value` with key and word of the estate
    /// file: `apn=private`, `support_until=2027-06-30`.
    Connection,
    /// Number of identical items in this row.
    Quantity,
    /// A SIM is assigned (value: operator or plan), module unknown.
    Sim,

    // -- coverage ----------------------------------------------------------------------------------
    /// The evidence lists an attachment point of this subject completely: `usb`, `pci`, `hbom`.
    /// One ingredient of `clear`.
    Enumerated,
}

impl Clue {
    /// The word used in reports and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UsbId => "usb_id",
            Self::UsbManufacturer => "usb_manufacturer",
            Self::UsbProduct => "usb_product",
            Self::UsbTableName => "usb_table_name",
            Self::UsbClass => "usb_class",
            Self::UsbInterface => "usb_interface",
            Self::PciId => "pci_id",
            Self::PciSubsystem => "pci_subsystem",
            Self::PciClass => "pci_class",
            Self::PciTableName => "pci_table_name",
            Self::PciSubsystemTableName => "pci_subsystem_table_name",
            Self::Driver => "driver",
            Self::CellularInterface => "cellular_interface",
            Self::Slot => "slot",
            Self::ModemManufacturer => "modem_manufacturer",
            Self::ModemModel => "modem_model",
            Self::ModemRevision => "modem_revision",
            Self::HardwareRevision => "hardware_revision",
            Self::AtDialect => "at_dialect",
            Self::ModemPlugin => "modem_plugin",
            Self::ModemName => "modem_name",
            Self::Baseband => "baseband",
            Self::HandsetProperty => "handset_property",
            Self::Imei => "imei",
            Self::Iccid => "iccid",
            Self::Eid => "eid",
            Self::Mac => "mac",
            Self::Endpoint => "endpoint",
            Self::FccId => "fcc_id",
            Self::IsedId => "ised_id",
            Self::PartMaker => "part_maker",
            Self::PartNumber => "part_number",
            Self::PartDescription => "part_description",
            Self::ProductMaker => "product_maker",
            Self::ProductModel => "product_model",
            Self::OrderCode => "order_code",
            Self::Batch => "batch",
            Self::DeclaredModule => "declared_module",
            Self::DeclaredNone => "declared_none",
            Self::Text => "text",
            Self::AssetName => "asset_name",
            Self::Department => "department",
            Self::Site => "site",
            Self::AssetClass => "asset_class",
            Self::Criticality => "criticality",
            Self::Sector => "sector",
            Self::Service => "service",
            Self::Sensitive => "sensitive",
            Self::AssetOwner => "asset_owner",
            Self::Connection => "connection",
            Self::Quantity => "quantity",
            Self::Sim => "sim",
            Self::Enumerated => "enumerated",
        }
    }
}

/// Where in the source something stands. Lines, rows and columns count from 1; offsets from 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The whole source.
    #[default]
    Whole,
    /// A line of text.
    Line(u64),
    /// A cell of a table: row and header (or column letter); sheet where there are several.
    Cell {
        /// Sheet name, for workbooks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<String>,
        /// Row, counted from 1 in the file as the user sees it.
        row: u64,
        /// Header text or column letter; empty for the whole row.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        column: String,
    },
    /// A path inside the source: a sysfs path, a JSON pointer, an XML path.
    Path(String),
    /// A byte offset.
    Offset(u64),
}

impl Place {
    /// A whole row of an unnamed sheet.
    pub fn row(row: u64) -> Self {
        Self::Cell {
            sheet: None,
            row,
            column: String::new(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("whole file"),
            Self::Line(n) => write!(f, "line {n}"),
            Self::Cell { sheet, row, column } => {
                if let Some(sheet) = sheet {
                    write!(f, "sheet {sheet}, ")?;
                }
                write!(f, "row {row}")?;
                if column.is_empty() {
                    Ok(())
                } else {
                    write!(f, ", column {column}")
                }
            }
            Self::Path(p) => f.write_str(p),
            Self::Offset(n) => write!(f, "byte {n}"),
        }
    }
}

/// One fact seen.
///
/// Observations that share `unit` within one source describe one physical thing (one USB device, one
/// modem answering, one row): what belongs together *by the format's own structure* is said by the
/// reader; everything beyond that is linking, and belongs to `identify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Number of the described thing within its source, counted from 0.
    pub unit: u64,
    /// How strongly this speaks for a module being there.
    pub stance: Stance,
    /// What was seen.
    pub clue: Clue,
    /// The value, in the form that [`Clue`] describes.
    pub value: String,
    /// Where it stands.
    pub place: Place,
    /// Identities of the thing or of the asset it sits in. Need only be given once in a unit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject: Vec<Key>,
    /// Date the evidence itself states for this fact, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

impl Observation {
    /// A fact without subject keys or date.
    pub fn new(
        unit: u64,
        stance: Stance,
        clue: Clue,
        value: impl Into<String>,
        place: Place,
    ) -> Self {
        Self {
            unit,
            stance,
            clue,
            value: value.into(),
            place,
            subject: Vec::new(),
            seen: None,
        }
    }

    /// The same with these subject keys.
    #[must_use]
    pub fn about(mut self, subject: Vec<Key>) -> Self {
        self.subject = subject;
        self
    }
}

/// Something that could not be read, or was read with a correction; it never ends the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable kebab-case code, listed by `cellsweep explain`.
    pub code: String,
    /// Where.
    pub place: Place,
    /// One plain sentence.
    pub message: String,
    /// True if evidence was lost by it (the source counts as partly read).
    pub lost: bool,
}

impl Problem {
    /// A problem by which evidence was lost: the source counts as partly read.
    pub fn lost(code: &str, place: Place, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            place,
            message: message.into(),
            lost: true,
        }
    }
    /// A remark: nothing was lost.
    pub fn note(code: &str, place: Place, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            place,
            message: message.into(),
            lost: false,
        }
    }
}
