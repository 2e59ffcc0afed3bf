//! How each asset of the estate stands.

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_evidence::{Clue, KeyKind};

use crate::finding::{AssetState, AssetStatus, Finding, Remark, Stated};
use crate::link::{Refused, Unit, Why};
use crate::module::{asset_id, counts};

/// Asset classes whose every attachment point shows on the USB and PCI bus. Serial and GPIO modems
/// escape bus listings, so routers, loggers, meters and RTUs are not among them.
const BUS_CLASSES: &[&str] = &[
    "pc",
    "desktop",
    "desktop pc",
    "laptop",
    "notebook",
    "workstation",
    "server",
    "thin client",
    "tablet pc",
    "mobile workstation",
    "all-in-one",
    "computer",
];

/// True if a complete USB and PCI listing of this class of asset leaves no attachment point out.
pub fn shows_on_buses(class: &str) -> bool {
    let class = class.trim().to_lowercase();
    BUS_CLASSES.contains(&class.as_str())
}

/// Adds the state of the asset that these units speak of, if they speak of one.
pub fn state(members: &[&Unit<'_>], modules: &[Finding], assets: &mut Vec<AssetState>) {
    let tagged = members
        .iter()
        .any(|u| u.register || u.keys_of(KeyKind::AssetTag).next().is_some());
    let Some(id) = asset_id(members).filter(|_| tagged) else {
        return;
    };
    let value = |clue: Clue| -> Option<String> {
        members
            .iter()
            .filter(|u| u.register)
            .chain(members.iter().filter(|u| !u.register))
            .flat_map(|u| u.seen.iter())
            .find(|s| s.observation.clue == clue)
            .map(|s| s.observation.value.clone())
    };
    let class = value(Clue::AssetClass);
    let product = match (value(Clue::ProductMaker), value(Clue::ProductModel)) {
        (Some(maker), Some(model)) => Some(format!("{maker} {model}")),
        (one, other) => one.or(other),
    };
    let looked_at: BTreeSet<String> = members.iter().map(|u| u.source_name().to_owned()).collect();
    let direct = members.iter().filter(|u| !u.register && !u.row).count();
    let listed: BTreeSet<&str> = members
        .iter()
        .flat_map(|u| u.seen.iter())
        .filter(|s| s.observation.clue == Clue::Enumerated)
        .map(|s| s.observation.value.as_str())
        .collect();
    let found: Vec<&Finding> = modules.iter().filter(|f| counts(f)).collect();
    let declared_none = members
        .iter()
        .flat_map(|u| u.seen.iter())
        .any(|s| s.observation.clue == Clue::DeclaredNone);

    let (status, why, settled_by) = if let Some(best) = found.iter().min_by_key(|f| f.presence) {
        let named = best
            .module
            .maker_name
            .clone()
            .or_else(|| best.module.maker.clone());
        let why = match named {
            Some(name) => format!("{} module, {}", name, best.presence),
            None if best.candidates.is_empty() => format!(
                "a cellular module, {}; its maker is not settled",
                best.presence
            ),
            None => format!(
                "a cellular module, {}; one of a set of makers",
                best.presence
            ),
        };
        (AssetStatus::Found, why, best.settled_by.clone())
    } else if listed.contains("parts") {
        (
            AssetStatus::Clear,
            "a complete bill of materials holds no cellular part".to_owned(),
            None,
        )
    } else {
        let bus_class = class.as_deref().is_some_and(shows_on_buses);
        let both = listed.contains("usb") && listed.contains("pci");
        if bus_class && both {
            (
                AssetStatus::Clear,
                "complete USB and PCI listings of this class of machine show no cellular device"
                    .to_owned(),
                None,
            )
        } else {
            let (why, settles) = not_assessed(
                direct,
                &listed,
                bus_class,
                declared_none,
                product.as_deref(),
            );
            (AssetStatus::NotAssessed, why, Some(settles))
        }
    };
    assets.push(AssetState {
        id,
        department: value(Clue::Department),
        site: value(Clue::Site),
        class,
        product,
        owner: value(Clue::AssetOwner),
        status,
        why,
        looked_at: looked_at.into_iter().collect(),
        settled_by,
        criticality: value(Clue::Criticality),
        sector: value(Clue::Sector),
        service: value(Clue::Service),
        sensitive: value(Clue::Sensitive).and_then(|v| match v.trim().to_lowercase().as_str() {
            "yes" | "y" | "true" | "1" | "ja" | "oui" | "si" | "sí" => Some(true),
            "no" | "n" | "false" | "0" | "nein" | "non" => Some(false),
            _ => None,
        }),
        connection: connection(members),
    });
}

/// Statements of one key that are kept.
const STATEMENTS: usize = 4;

/// What rows say of the connection: each different statement once, those of registers first.
fn connection(members: &[&Unit<'_>]) -> BTreeMap<String, Vec<Stated>> {
    let mut out: BTreeMap<String, Vec<Stated>> = BTreeMap::new();
    let registers = members.iter().filter(|u| u.register);
    for s in registers
        .chain(members.iter().filter(|u| !u.register))
        .flat_map(|u| u.seen.iter())
        .filter(|s| s.observation.clue == Clue::Connection)
    {
        let Some((key, value)) = s.observation.value.split_once('=') else {
            continue;
        };
        let stated = out.entry(key.to_owned()).or_default();
        if stated.len() < STATEMENTS && stated.iter().all(|s| s.value != value) {
            stated.push(Stated {
                value: value.to_owned(),
                from: format!("{}, {}", s.source, s.observation.place),
            });
        }
    }
    out
}

fn not_assessed(
    direct: usize,
    listed: &BTreeSet<&str>,
    bus_class: bool,
    declared_none: bool,
    product: Option<&str>,
) -> (String, String) {
    let by_device = if bus_class {
        "complete lsusb and lspci listings taken while it is powered"
    } else {
        "the modem's answer to ATI or mmcli, the module's label, or the supplier's bill of materials"
    };
    let why = if direct > 0 {
        match (listed.contains("usb"), listed.contains("pci"), bus_class) {
            (true, false, true) => "USB was listed completely, PCI was not".to_owned(),
            (false, true, true) => "PCI was listed completely, USB was not".to_owned(),
            (false, false, true) => "no listing of it is complete".to_owned(),
            _ => "nothing cellular is in its listings, but modems on serial ports or GPIO do not show there"
                .to_owned(),
        }
    } else if declared_none {
        "a row states that no module is inside; a statement alone does not clear".to_owned()
    } else {
        match product {
            Some(p) => format!("only a register row; what is inside {p} is not known"),
            None => "only a register row without a product".to_owned(),
        }
    };
    (why, by_device.to_owned())
}

/// Remarks on keys that did not link.
pub fn remark_on_keys(refused: &[Refused], findings: &[Finding], remarks: &mut Vec<Remark>) {
    for r in refused {
        let kind = r.key.kind;
        let (code, message) = match (r.why, kind) {
            (Why::TestNumber, _) => (
                "imei-placeholder",
                format!(
                    "{} is a test or placeholder IMEI: it identifies no device",
                    r.key.value
                ),
            ),
            (Why::Duplicated, KeyKind::Imei) => (
                "imei-duplicated",
                format!(
                    "IMEI {} stands in {} places that are different things: a copied cell or a cloned IMEI",
                    r.key.value,
                    r.places.len()
                ),
            ),
            (Why::Duplicated, _) => (
                "key-shared",
                format!(
                    "{} {} is shared by {} different things and identifies none of them",
                    kind.as_str(),
                    r.key.value,
                    r.places.len()
                ),
            ),
        };
        let concerned: Vec<String> = findings
            .iter()
            .filter(|f| {
                kind == KeyKind::Imei && f.module.imei.iter().any(|i| i.starts_with(&r.key.value))
            })
            .map(|f| f.id.clone())
            .take(50)
            .collect();
        remarks.push(Remark {
            code: code.to_owned(),
            assets: r.assets.clone(),
            findings: concerned,
            message,
            places: r.places.iter().take(50).cloned().collect(),
        });
    }
}
