//! Asset registers: CMDB, device-management and fleet exports, any table of assets or products.
//!
//! One unit a row. What the columns are is said by `table::fields`; an export is read as it is, since
//! ServiceNow, Intune, Lansweeper, runZero, Teltonika RMS, Cradlepoint NetCloud, Sierra ALMS and Digi RM
//! differ in header names only.

use crate::observation::{Clue, KeyKind, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

use super::table::kind::{self, Kind};
use super::table::{self, Field, Out, Row, Unit, cells, connection};

/// The reader.
pub static READER: Reader = Reader {
    format: "register",
    title: "asset register, CMDB or device-management export",
    made_by: "an export of assets or products as CSV, XLSX or ODS",
    proves: &[Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    match kind::sniff(head) {
        Some((Kind::Register, sure)) => sure,
        _ => 0,
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    table::read(source, sink, |_| Some(row))
}

/// Columns whose value is taken as it stands.
const AS_WRITTEN: &[(Field, Clue)] = &[
    (Field::Maker, Clue::ProductMaker),
    (Field::Model, Clue::ProductModel),
    (Field::OrderCode, Clue::OrderCode),
    (Field::Batch, Clue::Batch),
    (Field::AssetName, Clue::AssetName),
    (Field::AssetClass, Clue::AssetClass),
    (Field::Department, Clue::Department),
    (Field::Site, Clue::Site),
    (Field::Criticality, Clue::Criticality),
    (Field::Sector, Clue::Sector),
    (Field::Service, Clue::Service),
    (Field::Owner, Clue::AssetOwner),
];

/// One asset.
pub(super) fn row(row: &Row<'_>, out: &mut Out<'_>) -> Result<(), ReadError> {
    let imeis = cells::imeis(row, out);
    let iccids = cells::iccids(row, out);
    let keys = cells::asset_keys(row, &imeis, &iccids);
    let seen = row.get(Field::Seen).and_then(|d| cells::date(&d));
    let named = keys
        .iter()
        .find(|k| {
            matches!(
                k.kind,
                KeyKind::AssetTag | KeyKind::Serial | KeyKind::Host | KeyKind::Mac
            )
        })
        .map(|k| k.value.clone());
    let mut unit = Unit::new(out, keys.clone(), seen.clone());
    for (field, clue) in AS_WRITTEN {
        // A short number is a row of some database (`product_id` beside `product_code`), no order code.
        let value = row.all(*field).find(|(_, t)| {
            *field != Field::OrderCode || t.len() > 3 || !t.bytes().all(|b| b.is_ascii_digit())
        });
        if let Some((column, value)) = value {
            unit.emit(Stance::Declared, *clue, value, row.place(column))?;
        }
    }
    if let Some((column, text)) = row.find(Field::Sensitive)
        && let Some(yes) = cells::yes(&text)
    {
        let word = if yes { "yes" } else { "no" };
        unit.emit(Stance::Declared, Clue::Sensitive, word, row.place(column))?;
    }
    connection::emit(row, &mut unit)?;
    if let Some((column, text)) = row.find(Field::Quantity)
        && let Some(n) = cells::quantity(&text)
    {
        unit.emit(
            Stance::Declared,
            Clue::Quantity,
            n.to_string(),
            row.place(column),
        )?;
    }
    for (column, imei) in imeis {
        unit.emit(Stance::Declared, Clue::Imei, imei, row.place(column))?;
    }
    for (column, iccid) in &iccids {
        unit.emit(
            Stance::Declared,
            Clue::Iccid,
            iccid.as_str(),
            row.place(*column),
        )?;
    }
    if let Some((column, eid)) = eid(row) {
        unit.emit(Stance::Declared, Clue::Eid, eid, row.place(column))?;
    }
    if !iccids.is_empty() {
        unit.emit_field(row, Field::Operator, Stance::Declared, Clue::Sim)?;
    }
    declared(row, &mut unit)?;
    handset(row, &mut unit)?;
    if unit.empty {
        // An asset of which only the number is known is still an asset that must be accounted for.
        if let Some(name) = named {
            unit.emit(Stance::Declared, Clue::AssetName, name, row.whole())?;
        }
    }
    // A separate router or modem of the asset is another product at the same asset.
    if row.get(Field::CommsMaker).is_some() || row.get(Field::CommsModel).is_some() {
        let mut unit = Unit::new(out, keys, seen);
        unit.emit_field(row, Field::CommsMaker, Stance::Declared, Clue::ProductMaker)?;
        unit.emit_field(row, Field::CommsModel, Stance::Declared, Clue::ProductModel)?;
    }
    Ok(())
}

/// Says of a telephone or tablet that it is one: it has an IMEI and no module.
pub(super) fn handset(row: &Row<'_>, unit: &mut Unit<'_, '_>) -> Result<(), ReadError> {
    let class = row
        .find(Field::AssetClass)
        .filter(|(_, t)| HANDSET_CLASSES.iter().any(|c| t.eq_ignore_ascii_case(c)));
    let maker = row.get(Field::Maker).unwrap_or_default();
    let system = row
        .find(Field::System)
        .filter(|(_, t)| is_handset_system(&maker, t));
    let model = row
        .find(Field::Model)
        .filter(|(_, t)| is_handset_model(&maker, t));
    for (name, found) in [("class", class), ("system", system), ("model", model)] {
        if let Some((column, text)) = found {
            return unit.emit(
                Stance::Declared,
                Clue::HandsetProperty,
                format!("{name}={text}"),
                row.place(column),
            );
        }
    }
    Ok(())
}

/// Classes of telephones in registers; a tablet may be a PC with a module and device management.
const HANDSET_CLASSES: &[&str] = &[
    "phone",
    "mobile phone",
    "smartphone",
    "smart phone",
    "cell phone",
    "handset",
    "feature phone",
    "iphone",
    "ipad",
    "handy",
    "mobiltelefon",
    "téléphone mobile",
    "teléfono móvil",
];

/// iOS and iPadOS of Apple; a router's IOS is another maker's. Android says nothing: terminals and vehicles
/// with a module run it too.
fn is_handset_system(maker: &str, text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let apple = maker.trim().to_ascii_lowercase().starts_with("apple");
    apple && matches!(text.split(' ').next(), Some("ios" | "ipados"))
}

/// Lines of telephones and tablets, by brand; an empty list: the brand makes nothing else with an IMEI.
const HANDSETS: &[(&str, &[&str])] = &[
    ("apple", &["iphone", "ipad"]),
    ("samsung", &["galaxy", "sm-"]),
    ("google", &["pixel"]),
    (
        "huawei",
        &[
            "p20", "p30", "p40", "p50", "p60", "mate ", "nova", "y5", "y6", "y7", "y9",
        ],
    ),
    ("sony", &["xperia"]),
    ("motorola", &["moto", "edge", "razr"]),
    ("oneplus", &[]),
    ("xiaomi", &["mi ", "redmi", "poco", "1"]),
    ("redmi", &[]),
    ("oppo", &[]),
    ("realme", &[]),
    ("vivo", &[]),
    ("honor", &[]),
    ("fairphone", &[]),
    ("nothing", &["phone"]),
];

/// True for a telephone's or tablet's model under its brand, or with the brand in front.
fn is_handset_model(maker: &str, model: &str) -> bool {
    let (maker, model) = (maker.trim().to_lowercase(), model.trim().to_lowercase());
    HANDSETS.iter().any(|(brand, lines)| {
        let first = |text: &str| text.split([' ', ',']).next() == Some(*brand);
        let rest = if first(&model) {
            model.get(brand.len()..).unwrap_or_default().trim_start()
        } else if first(&maker) || (maker.is_empty() && *brand == "apple") {
            model.as_str()
        } else {
            return false;
        };
        // A Galaxy Book is a laptop.
        !rest.contains("book")
            && (lines.is_empty() || lines.iter().any(|line| rest.starts_with(line)))
    })
}

/// An EID: 32 digits.
pub(super) fn eid(row: &Row<'_>) -> Option<(usize, String)> {
    row.all(Field::Eid).find_map(|(column, text)| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        (digits.len() == 32).then_some((column, digits))
    })
}

/// What the row says of the module inside, in so many words.
pub(super) fn declared(row: &Row<'_>, unit: &mut Unit<'_, '_>) -> Result<(), ReadError> {
    let maker = row.find(Field::ModuleMaker).filter(|(_, t)| !says_none(t));
    let model = row.find(Field::ModuleModel).filter(|(_, t)| !says_none(t));
    match (&maker, &model) {
        (Some((_, maker)), Some((column, model))) => {
            let text = if starts_with_word(model, maker) {
                model.to_string()
            } else {
                format!("{maker} {model}")
            };
            unit.emit(
                Stance::Declared,
                Clue::DeclaredModule,
                text,
                row.place(*column),
            )?;
        }
        (Some((column, one)), None) | (None, Some((column, one))) => {
            unit.emit(
                Stance::Declared,
                Clue::DeclaredModule,
                one.as_ref(),
                row.place(*column),
            )?;
        }
        (None, None) => {}
    }
    for field in [Field::Module, Field::ModuleMaker, Field::ModuleModel] {
        let Some((column, text)) = row.words(field) else {
            continue;
        };
        if says_none(&text) {
            if maker.is_none() && model.is_none() {
                unit.emit(
                    Stance::Declared,
                    Clue::DeclaredNone,
                    text.as_ref(),
                    row.place(column),
                )?;
                return Ok(());
            }
        } else if field == Field::Module && !table::is_placeholder(&text) {
            let clue = if cells::yes(&text) == Some(true) || is_cellular(&text) {
                Clue::CellularInterface
            } else {
                Clue::DeclaredModule
            };
            unit.emit(Stance::Declared, clue, text.as_ref(), row.place(column))?;
        }
    }
    for (field, present) in [(Field::HasModule, true), (Field::NoModule, false)] {
        let Some((column, text)) = row.find(field) else {
            continue;
        };
        let Some(yes) = cells::yes(&text) else {
            continue;
        };
        let header = row
            .layout
            .columns
            .get(column)
            .map(|c| c.header.as_str())
            .unwrap_or_default();
        let clue = if yes == present {
            Clue::CellularInterface
        } else {
            Clue::DeclaredNone
        };
        unit.emit(
            Stance::Declared,
            clue,
            format!("{header}: {text}"),
            row.place(column),
        )?;
    }
    if let Some((column, text)) = row.find(Field::Comms)
        && is_cellular(&text)
    {
        unit.emit(
            Stance::Declared,
            Clue::CellularInterface,
            text.as_ref(),
            row.place(column),
        )?;
    }
    Ok(())
}

/// True if `text` begins with `word` as a whole word.
fn starts_with_word(text: &str, word: &str) -> bool {
    text.get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word))
        && text
            .get(word.len()..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-', '_']))
}

/// Words of a module column that say that there is no module. `N/A` says nothing.
fn says_none(text: &str) -> bool {
    [
        "none",
        "no",
        "no modem",
        "no module",
        "no cellular",
        "no cellular module",
        "no wwan",
        "not fitted",
        "not installed",
        "not present",
        "without",
        "without modem",
        "nein",
        "kein",
        "keine",
        "keines",
        "kein modem",
        "kein modul",
        "ohne",
        "ohne modem",
        "nicht vorhanden",
        "aucun",
        "aucune",
        "sans",
        "sans modem",
        "non",
        "ninguno",
        "ninguna",
        "sin modem",
        "sin modulo",
        "sin módulo",
    ]
    .iter()
    .any(|w| text.trim().eq_ignore_ascii_case(w))
}

/// True if the text names a mobile network technology as a word: `4G`, `LTE Cat-M1`, `GPRS`.
pub(super) fn is_cellular(text: &str) -> bool {
    text.len() <= 80
        && text.split(|c: char| !c.is_alphanumeric()).any(|word| {
            [
                "2g",
                "3g",
                "4g",
                "5g",
                "lte",
                "gsm",
                "gprs",
                "edge",
                "umts",
                "hspa",
                "wwan",
                "nbiot",
                "ltem",
                "catm1",
                "cellular",
                "mobilfunk",
                "cellulaire",
                "celular",
                "cdma",
            ]
            .iter()
            .any(|w| word.eq_ignore_ascii_case(w))
        })
        || text.eq_ignore_ascii_case("nb-iot")
        || text.eq_ignore_ascii_case("cat-m1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn technologies_are_whole_words() {
        assert!(is_cellular("4G/Ethernet"));
        assert!(is_cellular("LTE Cat-M1"));
        assert!(is_cellular("NB-IoT"));
        assert!(!is_cellular("Ethernet"));
        assert!(!is_cellular("10G fibre"));
        assert!(!is_cellular("edges"));
    }

    #[test]
    fn telephones_are_told_by_brand_and_line() {
        assert!(is_handset_model("Samsung", "Galaxy S23"));
        assert!(is_handset_model("", "Apple iPhone 14"));
        assert!(is_handset_model("Apple", "iPad Pro (11-inch)"));
        assert!(is_handset_model("Huawei", "P50 Pro"));
        assert!(!is_handset_model("Huawei", "ME909s-120"));
        assert!(!is_handset_model("Apple", "MacBook Pro"));
        assert!(!is_handset_model("Teltonika", "RUT240"));
        assert!(!is_handset_model("Samsung", "Galaxy Book2 Pro 360"));
        assert!(is_handset_system("Apple", "iOS 17.4"));
        assert!(!is_handset_system("Cisco", "IOS 15.2(4)M6"));
        assert!(!is_handset_system("PAX", "Android"));
    }

    #[test]
    fn nothing_known_is_not_none() {
        assert!(says_none("None"));
        assert!(says_none("kein Modem"));
        assert!(!says_none("N/A"));
        assert!(!says_none("unknown"));
    }
}
