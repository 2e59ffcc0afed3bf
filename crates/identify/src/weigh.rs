//! What each clue says by itself: about presence, and about the maker.

use cellsweep_catalog::model::{IdKind, Role as MakerRole};
use cellsweep_catalog::{Catalog, Meaning};
use cellsweep_evidence::{Clue, KeyKind, Place, Stance};

use crate::finding::Specificity;
use crate::seen::Seen;

/// Rank of a clue as a witness for the maker (DESIGN, rule 3): firmware revision > AT+CGMM > PCI
/// subsystem > USB id > iProduct > AT+CGMI. Paper and products follow by what they can prove.
pub mod trust {
    /// Firmware revision grammar.
    pub const REVISION: u8 = 100;
    /// AT+CGMM.
    pub const MODEL: u8 = 90;
    /// A placed part's number; a declared module.
    pub const PART: u8 = 85;
    /// PCI subsystem.
    pub const SUBSYSTEM: u8 = 80;
    /// FCC or ISED id of a module.
    pub const LABEL: u8 = 75;
    /// Exact USB or PCI id.
    pub const BUS_ID: u8 = 70;
    /// USB iProduct.
    pub const PRODUCT_STRING: u8 = 60;
    /// Vendor id alone.
    pub const VENDOR_ID: u8 = 50;
    /// Name printed by a tool from its own id table.
    pub const TABLE_NAME: u8 = 45;
    /// AT+CGMI, iManufacturer.
    pub const MANUFACTURER: u8 = 40;
    /// Vendor-specific AT dialect.
    pub const DIALECT: u8 = 35;
    /// TAC of an IMEI.
    pub const TAC: u8 = 30;
    /// The product is known to contain it.
    pub const PRODUCT: u8 = 20;
    /// Free text.
    pub const TEXT: u8 = 10;
}

/// Drivers that bind to cellular devices only (Linux, drivers/net/usb, drivers/usb/serial,
/// drivers/net/wwan, drivers/bus/mhi).
const CELLULAR_DRIVERS: &[&str] = &[
    "option",
    "option1",
    "qmi_wwan",
    "qmi_wwan_q",
    "cdc_mbim",
    "qcserial",
    "sierra",
    "sierra_net",
    "hso",
    "huawei_cdc_ncm",
    "iosm",
    "mtk_t7xx",
    "t7xx",
    "mhi-pci-generic",
    "mhi_pci_generic",
    "mhi_wwan_ctrl",
    "mhi_wwan_mbim",
    "moto-modem",
    "moto_modem",
    "ipw",
    "kalmia",
    "wwan",
    "gobinet",
    "qmi_wwan_f",
    "qmi_wwan_s",
    "qmi_wwan_m",
    "rmnet_mhi",
    "mhi_q",
];

/// How a clue bears on "is there a cellular module".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// Shows one, by itself.
    Shows,
    /// Shows one if nothing in the unit says otherwise (a module maker's id with an unknown product).
    Hints,
    /// Says nothing about it.
    Silent,
    /// Shows that this thing is not a cellular module.
    Excludes,
}

/// One clue with what it says.
#[derive(Clone, Debug)]
pub struct Weighed<'a> {
    /// The fact.
    pub seen: &'a Seen,
    /// What the catalogue makes of it.
    pub meaning: Option<Meaning<'a>>,
    /// Rank as a witness for the maker.
    pub trust: u8,
    /// Bearing on presence.
    pub bearing: Bearing,
    /// The stance with which it bears on presence.
    pub stance: Stance,
    /// In words.
    pub says: String,
    /// The thing is optional in its product: no presence from the product alone.
    pub optional: bool,
}

impl Weighed<'_> {
    /// How much this clue says by itself.
    pub fn names(&self) -> Specificity {
        if let Some(m) = &self.meaning {
            if let [only] = m.possible.as_slice()
                && !m.open
            {
                return match (only.families.len(), &m.variant) {
                    (0, _) => Specificity::Maker,
                    (1, Some(_)) => Specificity::Variant,
                    (1, None) => Specificity::Family,
                    _ => Specificity::Families,
                };
            }
            if !m.possible.is_empty() {
                return Specificity::Makers;
            }
            if m.chipset.is_some() {
                return Specificity::Chipset;
            }
            if m.brand.is_some() {
                return Specificity::Brand;
            }
        }
        match self.bearing {
            Bearing::Shows | Bearing::Hints => Specificity::Cellular,
            Bearing::Silent | Bearing::Excludes => Specificity::Nothing,
        }
    }

    /// The device gave its maker's name, and it is none that the catalogue knows, nor one of the words
    /// that name nobody. Somebody unknown may have made it.
    pub fn unknown_maker(&self) -> bool {
        let o = &self.seen.observation;
        o.clue == Clue::ModemManufacturer
            && o.stance == Stance::Observed
            && self.meaning.is_none()
            && !o.value.trim_end().ends_with(':')
            && o.value.chars().filter(|c| c.is_alphabetic()).count() >= 3
            && !["unknown", "generic", "n/a", "none", "error"]
                .iter()
                .any(|w| o.value.trim().eq_ignore_ascii_case(w))
    }

    fn silent(seen: &Seen) -> Weighed<'_> {
        Weighed {
            seen,
            meaning: None,
            trust: 0,
            bearing: Bearing::Silent,
            stance: seen.observation.stance,
            says: String::new(),
            optional: false,
        }
    }
}

/// Words that speak of cellular service; compared as whole words, since "Realtek" holds "lte".
const CELLULAR_WORDS: &[&str] = &[
    "modem",
    "lte",
    "wwan",
    "hspa",
    "umts",
    "cellular",
    "gsm",
    "gprs",
    "evdo",
    "wcdma",
    "cdma",
    "3g",
    "4g",
    "5g",
    "nbiot",
    "broadband",
    "boardband",
];

/// True if a word of the text speaks of cellular service.
fn speaks_of_cellular(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|w| CELLULAR_WORDS.iter().any(|c| w.eq_ignore_ascii_case(c)))
}

/// True if a word of the text says that the thing is a phone.
fn speaks_of_phones(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| {
        ["handset", "phone", "smartphone", "cellphone", "iphone"]
            .iter()
            .any(|p| w.eq_ignore_ascii_case(p))
    })
}

/// True for a column that is called just "module": programs, courses and racks have modules too.
fn any_module(place: &Place) -> bool {
    let Place::Cell { column, .. } = place else {
        return false;
    };
    ["module", "modul", "modulo", "module type", "module name"]
        .iter()
        .any(|c| {
            column
                .trim_matches(|c: char| !c.is_alphanumeric())
                .eq_ignore_ascii_case(c)
        })
}

/// Weighs every clue of one unit.
pub fn weigh<'a>(catalog: &'a Catalog, unit: &[&'a Seen]) -> Vec<Weighed<'a>> {
    let value = |clue: Clue| {
        unit.iter()
            .find(|s| s.observation.clue == clue)
            .map(|s| s.observation.value.as_str())
    };
    let part_maker = value(Clue::PartMaker);
    let pci = value(Clue::PciId);
    let product_maker = value(Clue::ProductMaker);
    let order_code = value(Clue::OrderCode);
    let batch = value(Clue::Batch);
    // The maker that the same device's vendor id or manufacturer string names: product strings are
    // read in its light.
    let beside: Option<String> = unit
        .iter()
        .filter_map(|s| match s.observation.clue {
            Clue::UsbId => catalog.usb(&s.observation.value),
            Clue::UsbManufacturer => catalog.manufacturer_answer(&s.observation.value),
            _ => None,
        })
        .find_map(|m| m.maker().map(str::to_owned));
    let is_table_row = unit.iter().any(|s| {
        s.observation
            .subject
            .iter()
            .any(|k| matches!(k.kind, KeyKind::AssetTag | KeyKind::Row))
    });

    let mut all: Vec<Weighed<'a>> = Vec::with_capacity(unit.len());
    for seen in unit.iter().copied() {
        let o = &seen.observation;
        let mut w = Weighed::silent(seen);
        match o.clue {
            Clue::UsbId => bus(&mut w, catalog.usb(&o.value), catalog),
            Clue::PciId => bus(&mut w, catalog.pci(&o.value), catalog),
            Clue::PciSubsystem => {
                if let Some(m) = catalog.subsystem(pci.unwrap_or_default(), &o.value) {
                    // A subsystem vendor also stands on Wi-Fi and graphics cards: it names the maker
                    // of the card, it does not show that the card is cellular.
                    settle(&mut w, m, trust::SUBSYSTEM);
                }
            }
            Clue::UsbManufacturer | Clue::PartMaker => {
                if let Some(m) = catalog.manufacturer_answer(&o.value) {
                    settle(&mut w, m, trust::MANUFACTURER);
                }
            }
            Clue::UsbProduct => {
                let told = catalog.model_answer(&o.value);
                let names_family =
                    |m: &Meaning<'_>| m.possible.iter().any(|p| !p.families.is_empty());
                let told = match &beside {
                    Some(maker) if !told.as_ref().is_some_and(names_family) => {
                        catalog.model_answer_beside(&o.value, maker).or(told)
                    }
                    _ => told,
                };
                if let Some(m) = told {
                    if m.kind == Some(IdKind::NotCellular) {
                        w.bearing = Bearing::Excludes;
                    } else if !m.possible.is_empty() {
                        w.bearing = Bearing::Shows;
                    }
                    settle(&mut w, m, trust::PRODUCT_STRING);
                }
                if speaks_of_phones(&o.value) {
                    w.bearing = Bearing::Excludes;
                    w.says = "the product string speaks of a phone".to_owned();
                } else if w.bearing == Bearing::Silent
                    && o.value
                        .get(..3)
                        .is_some_and(|head| head.eq_ignore_ascii_case("sdx"))
                {
                    // Qualcomm's reference boards of modem chipsets, which phones do not name.
                    w.bearing = Bearing::Hints;
                    "the product string is the name of a modem chipset's board"
                        .clone_into(&mut w.says);
                } else if w.bearing == Bearing::Silent && speaks_of_cellular(&o.value) {
                    w.bearing = Bearing::Hints;
                    w.says = "the product string speaks of cellular service".to_owned();
                }
            }
            Clue::UsbTableName | Clue::PciTableName | Clue::PciSubsystemTableName => {
                table_name(&mut w, catalog);
            }
            Clue::UsbClass | Clue::UsbInterface => match o.value.get(..5) {
                Some("e0/01") if o.value.ends_with("/01") => {
                    w.bearing = Bearing::Excludes;
                    w.says = "Bluetooth interface".to_owned();
                }
                Some("02/0e") => {
                    w.bearing = Bearing::Shows;
                    w.says = "MBIM interface".to_owned();
                }
                Some(class @ ("09/00" | "08/06" | "03/01")) if o.clue == Clue::UsbClass => {
                    w.bearing = Bearing::Excludes;
                    w.says = format!("device class {class}");
                }
                _ => {}
            },
            Clue::PciClass => {
                if o.value == "0d40" {
                    w.bearing = Bearing::Shows;
                    w.says = "PCI class of cellular controllers".to_owned();
                } else if o.value.starts_with("02") || o.value.starts_with("0280") {
                    // Some WWAN cards register as network controllers: no statement.
                    w.says = "network controller".to_owned();
                }
            }
            Clue::Driver => {
                let name = o.value.to_ascii_lowercase();
                if CELLULAR_DRIVERS.contains(&name.as_str()) {
                    w.bearing = Bearing::Shows;
                    w.says = format!("driver {} is bound, which serves cellular devices", o.value);
                } else if matches!(
                    name.as_str(),
                    "btusb" | "usbhid" | "hub" | "uvcvideo" | "snd-usb-audio"
                ) {
                    w.bearing = Bearing::Excludes;
                    w.says = format!("driver {} is bound", o.value);
                }
            }
            Clue::CellularInterface => {
                w.bearing = Bearing::Shows;
                w.says = "a cellular interface or service".to_owned();
            }
            Clue::Slot => w.says = "a slot; nothing says that it is filled".to_owned(),
            // A label without its value is no answer.
            Clue::ModemManufacturer | Clue::ModemModel | Clue::ModemRevision
                if o.value.trim_end().ends_with(':') => {}
            Clue::ModemManufacturer => {
                w.bearing = Bearing::Shows;
                w.says = "a modem answers".to_owned();
                if let Some(m) = catalog.manufacturer_answer(&o.value) {
                    settle(&mut w, m, trust::MANUFACTURER);
                }
            }
            Clue::ModemModel => {
                w.bearing = Bearing::Shows;
                w.says = "a modem answers".to_owned();
                if let Some(m) = catalog.model_answer(&o.value) {
                    settle(&mut w, m, trust::MODEL);
                }
            }
            Clue::ModemRevision => {
                w.bearing = Bearing::Shows;
                w.says = "a modem answers".to_owned();
                if let Some(m) = catalog.revision(&o.value) {
                    settle(&mut w, m, trust::REVISION);
                }
            }
            Clue::ModemName => {
                w.bearing = Bearing::Shows;
                w.says = "a modem is listed".to_owned();
                if let Some(m) = catalog.model_answer(&o.value) {
                    settle(&mut w, m, trust::BUS_ID);
                }
            }
            Clue::AtDialect => {
                w.bearing = Bearing::Shows;
                w.says = "a modem answers".to_owned();
                if let Some(m) = catalog.dialect(&o.value) {
                    settle(&mut w, m, trust::DIALECT);
                }
            }
            Clue::ModemPlugin => {
                w.bearing = Bearing::Shows;
                w.says = format!("ModemManager handles it with its plugin {}", o.value);
                if let Some(m) = plugin_maker(&o.value).and_then(|m| catalog.manufacturer_answer(m))
                {
                    w.says = format!("{}, which it takes by {}'s vendor id", w.says, o.value);
                    w.trust = trust::VENDOR_ID;
                    w.meaning = Some(m);
                }
            }
            Clue::HardwareRevision => {
                w.says = "hardware revision".to_owned();
                // Some devices give the module's own name here: `nRF9151 LACA A1`.
                let named = |m: &Meaning<'_>| {
                    m.maker().is_some() && m.possible.iter().any(|p| !p.families.is_empty())
                };
                if let Some(m) = catalog.model_answer(&o.value).filter(named) {
                    settle(&mut w, m, trust::PRODUCT_STRING);
                }
            }
            Clue::Baseband => w.says = "baseband version of an Android system".to_owned(),
            Clue::HandsetProperty => handset(&mut w, catalog),
            Clue::Imei => {
                w.bearing = if o.stance == Stance::Observed || is_table_row {
                    Bearing::Shows
                } else {
                    Bearing::Hints
                };
                w.says = "an IMEI".to_owned();
                if catalog.placeholder(&o.value).is_some() || o.value.starts_with("00") {
                    w.says = "a test or placeholder IMEI, which identifies nobody".to_owned();
                    if o.stance != Stance::Observed {
                        w.bearing = Bearing::Hints;
                    }
                } else if let Some(m) = o.value.get(..8).and_then(|tac| catalog.tac(tac)) {
                    settle(&mut w, m, trust::TAC);
                }
            }
            Clue::Iccid | Clue::Sim | Clue::Eid => {
                w.bearing = Bearing::Shows;
                w.says = "a SIM is assigned".to_owned();
            }
            Clue::Mac | Clue::Endpoint => network(&mut w, catalog),
            Clue::FccId | Clue::IsedId => {
                if let Some(m) = catalog.label(&o.value) {
                    w.bearing = match m.kind {
                        Some(IdKind::NotCellular) => Bearing::Excludes,
                        Some(_) => Bearing::Shows,
                        None => Bearing::Silent,
                    };
                    settle(&mut w, m, trust::LABEL);
                }
            }
            Clue::PartNumber | Clue::PartDescription => {
                let told = catalog.part(part_maker, &o.value).or_else(|| {
                    // A name that is other things too is sure beside a description of cellular service.
                    let described = o.clue == Clue::PartNumber
                        && value(Clue::PartDescription).is_some_and(speaks_of_cellular);
                    described.then(|| catalog.part_beside_service(&o.value))?
                });
                if let Some(m) = told {
                    let number = o.clue == Clue::PartNumber;
                    w.bearing = match m.kind {
                        Some(IdKind::NotCellular) => Bearing::Excludes,
                        _ if m.possible.is_empty() => Bearing::Silent,
                        _ => Bearing::Shows,
                    };
                    settle(
                        &mut w,
                        m,
                        if number {
                            trust::PART
                        } else {
                            trust::PRODUCT_STRING
                        },
                    );
                }
            }
            Clue::DeclaredModule => {
                w.bearing = Bearing::Shows;
                w.says = "a module is named".to_owned();
                if let Some(m) = catalog
                    .part(None, &o.value)
                    .filter(|m| !m.possible.is_empty())
                {
                    if m.kind == Some(IdKind::NotCellular) {
                        w.bearing = Bearing::Excludes;
                    }
                    settle(&mut w, m, trust::PART);
                } else if let Some(m) = catalog
                    .manufacturer_answer(&o.value)
                    .filter(|m| m.maker().is_some() || !any_module(&o.place))
                {
                    settle(&mut w, m, trust::MANUFACTURER);
                } else if any_module(&o.place) && !speaks_of_cellular(&o.value) {
                    w.bearing = Bearing::Silent;
                    w.says = "a column called module; nothing known as cellular".to_owned();
                }
            }
            Clue::DeclaredNone => w.says = "stated to hold no cellular module".to_owned(),
            Clue::ProductModel => {
                if let Some(m) = catalog.product(product_maker, &o.value, order_code, batch) {
                    w.stance = Stance::Implied;
                    w.optional = m.kind.is_none();
                    w.bearing = if m.kind == Some(IdKind::Phone) && m.possible.is_empty() {
                        Bearing::Excludes
                    } else if w.optional {
                        Bearing::Silent
                    } else {
                        Bearing::Shows
                    };
                    settle(&mut w, m, trust::PRODUCT);
                }
            }
            Clue::Text => {
                let hits = catalog.names(&o.value);
                if !hits.is_empty() {
                    w.bearing = Bearing::Shows;
                    w.stance = w.stance.max(Stance::Supported);
                    w.says = "named in text".to_owned();
                }
            }
            Clue::ProductMaker
            | Clue::OrderCode
            | Clue::Batch
            | Clue::AssetName
            | Clue::Department
            | Clue::Site
            | Clue::AssetClass
            | Clue::Criticality
            | Clue::Sector
            | Clue::Service
            | Clue::Sensitive
            | Clue::AssetOwner
            | Clue::Connection
            | Clue::Quantity
            | Clue::Enumerated => {}
        }
        all.push(w);
    }
    doubt_boot_mode(&mut all);
    all
}

/// A chip in a boot mode that phones, computers and modules have alike shows no cellular module: what the
/// kernel says of it (it calls the driver of that mode a modem converter) is at most `supported`.
fn doubt_boot_mode(all: &mut [Weighed<'_>]) {
    let of_any = |w: &Weighed<'_>| {
        w.meaning
            .as_ref()
            .is_some_and(|m| m.kind == Some(IdKind::BootModeOfAny))
    };
    if !all.iter().any(of_any) {
        return;
    }
    for w in all {
        let o = &w.seen.observation;
        let of_bus = matches!(
            o.clue,
            Clue::UsbId
                | Clue::UsbProduct
                | Clue::UsbManufacturer
                | Clue::UsbTableName
                | Clue::CellularInterface
        ) || o.clue == Clue::Driver && o.value == "qcserial";
        // Another id at the same port is the device before or after.
        if of_any(w) || of_bus && o.clue != Clue::UsbId {
            w.stance = w.stance.max(Stance::Supported);
        }
    }
}

/// The maker whose vendor id is the only one that a plugin of ModemManager takes (the tables
/// `vendor_ids` under src/plugins there). Plugins that take several makers' devices, or ids that other
/// makers' devices have too, are none of these. Versions that wrote plugins with a capital letter are older than
/// the modules of another maker that enumerate with Cinterion's id.
fn plugin_maker(plugin: &str) -> Option<&'static str> {
    Some(match plugin {
        "quectel" | "Quectel" => "Quectel",
        "telit" | "Telit" => "Telit",
        "Cinterion" => "Cinterion",
        _ => return None,
    })
}

fn settle<'a>(w: &mut Weighed<'a>, meaning: Meaning<'a>, rank: u8) {
    w.says.clone_from(&meaning.because);
    w.trust = rank;
    w.meaning = Some(meaning);
}

fn bus<'a>(w: &mut Weighed<'a>, meaning: Option<Meaning<'a>>, catalog: &'a Catalog) {
    let Some(m) = meaning else { return };
    let exact = m.kind.is_some();
    w.bearing = match m.kind {
        Some(
            IdKind::Module
            | IdKind::Stick
            | IdKind::ModuleOrStick
            | IdKind::BootMode
            | IdKind::BootModeOfAny,
        ) => {
            // Ids of chipset vendors in boot mode and of handset makers are weaker than a module's.
            if m.kind == Some(IdKind::ModuleOrStick)
                && m.possible.iter().all(|p| p.families.is_empty())
            {
                Bearing::Hints
            } else {
                Bearing::Shows
            }
        }
        Some(IdKind::Phone | IdKind::NotCellular) => Bearing::Excludes,
        Some(IdKind::ModuleOrPhone) => Bearing::Silent,
        None => {
            let makes_modules = m
                .maker()
                .and_then(|slug| catalog.maker(slug))
                .is_some_and(|maker| maker.role == MakerRole::ModuleMaker);
            if makes_modules {
                Bearing::Hints
            } else {
                Bearing::Silent
            }
        }
    };
    settle(
        w,
        m,
        if exact {
            trust::BUS_ID
        } else {
            trust::VENDOR_ID
        },
    );
}

/// What traffic says: never more than `supported`, since neither a host that is asked for nor a MAC block
/// shows what is inside.
fn network<'a>(w: &mut Weighed<'a>, catalog: &'a Catalog) {
    let o = &w.seen.observation;
    let (meaning, hints) = if o.clue == Clue::Endpoint {
        (
            catalog.endpoint(&o.value),
            catalog.endpoint_of_devices(&o.value),
        )
    } else {
        w.says = "MAC address".to_owned();
        // Beside what a device enumerates as, its address adds nothing.
        let listed = o.stance >= Stance::Supported;
        (catalog.oui(&o.value).filter(|_| listed), true)
    };
    if let Some(m) = meaning {
        w.stance = w.stance.max(Stance::Supported);
        if hints {
            w.bearing = Bearing::Hints;
        }
        settle(w, m, trust::TEXT);
    }
}

/// A name that a tool printed from its own id table: the maker is believed only together with a
/// module's name.
fn table_name<'a>(w: &mut Weighed<'a>, catalog: &'a Catalog) {
    let text = &w.seen.observation.value;
    let cellular = speaks_of_cellular(text);
    if speaks_of_phones(text) {
        w.bearing = Bearing::Excludes;
        w.says = "the listing tool's own table speaks of a phone".to_owned();
        return;
    }
    if let Some(m) = catalog.part(None, text).filter(|m| !m.possible.is_empty()) {
        if m.kind == Some(IdKind::NotCellular) {
            w.bearing = Bearing::Excludes;
        } else if cellular {
            w.bearing = Bearing::Hints;
        }
        settle(w, m, trust::TABLE_NAME);
        w.says = format!("the listing tool's own table names it: {}", w.says);
    } else if let Some((maker, "CDC Ethernet Device")) = text.split_once(' ')
        && let Some(m) = catalog.manufacturer_answer(maker)
    {
        // The kernel's cdc_ether names a vendor only for one whose network sticks it treats apart.
        w.bearing = Bearing::Hints;
        settle(w, m, trust::TABLE_NAME);
        w.says = format!("the kernel's driver description: {}", w.says);
    } else if cellular {
        w.bearing = Bearing::Hints;
        w.says = "the listing tool's own table speaks of a modem".to_owned();
    }
}

/// `ro.product.model=SC66`: a smart module's name shows a module; anything else is a handset or
/// another Android device, which is not a module.
fn handset<'a>(w: &mut Weighed<'a>, catalog: &'a Catalog) {
    let text = w
        .seen
        .observation
        .value
        .split_once('=')
        .map_or("", |(_, v)| v);
    match catalog.model_answer(text) {
        Some(m) if m.maker().is_some() && m.possible.iter().any(|p| !p.families.is_empty()) => {
            w.bearing = Bearing::Shows;
            settle(w, m, trust::MODEL);
        }
        _ => w.says = "a property of a handset or another Android system".to_owned(),
    }
}
