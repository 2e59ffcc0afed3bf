//! What a running ModemManager says over D-Bus, for `host`.
//!
//! Properties are read, nothing is called that changes a modem, and a service that does not run is
//! not started. The answer is put in the form `mmcli -K` prints, so that a live host and a captured
//! one are read by the same reader.

use std::fmt::Write as _;

use cellsweep_evidence::reader::Collected;
use cellsweep_evidence::{Limits, Source, reader, source};

/// The name of the source in reports.
pub const SOURCE: &str = "dbus:org.freedesktop.ModemManager1";

/// What asking came to.
#[derive(Debug)]
pub enum Asked {
    /// It is not running (or there is no system bus): nothing was asked.
    NotRunning,
    /// This build cannot ask.
    #[cfg(not(all(target_os = "linux", feature = "modemmanager")))]
    NotBuilt,
    /// It runs, and did not answer in full.
    Failed(String),
    /// What it said, as a reader found it, and the bytes it came from.
    Answered {
        /// Observations and problems.
        found: Collected,
        /// The answer in the form of `mmcli -K`.
        text: String,
    },
}

impl Asked {
    /// One word or sentence for the report's configuration.
    pub fn as_str(&self) -> &str {
        match self {
            Self::NotRunning => "not running",
            #[cfg(not(all(target_os = "linux", feature = "modemmanager")))]
            Self::NotBuilt => "not asked: built without it",
            Self::Failed(why) => why,
            Self::Answered { .. } => "answered",
        }
    }
}

/// One property of one modem, by the name `mmcli -K` gives it.
struct Property {
    interface: &'static str,
    name: &'static str,
    printed: &'static str,
}

const MODEM: &str = "org.freedesktop.ModemManager1.Modem";
const MODEM_3GPP: &str = "org.freedesktop.ModemManager1.Modem.Modem3gpp";

/// Names after the ModemManager D-Bus reference, section "Modem", and the output of `mmcli -K`.
/// Own numbers, operator, location and messages are not asked for.
const PROPERTIES: &[Property] = &[
    Property {
        interface: MODEM,
        name: "Device",
        printed: "generic.device",
    },
    Property {
        interface: MODEM,
        name: "Drivers",
        printed: "generic.drivers",
    },
    Property {
        interface: MODEM,
        name: "Plugin",
        printed: "generic.plugin",
    },
    Property {
        interface: MODEM,
        name: "PrimaryPort",
        printed: "generic.primary-port",
    },
    Property {
        interface: MODEM,
        name: "Manufacturer",
        printed: "generic.manufacturer",
    },
    Property {
        interface: MODEM,
        name: "Model",
        printed: "generic.model",
    },
    Property {
        interface: MODEM,
        name: "Revision",
        printed: "generic.revision",
    },
    Property {
        interface: MODEM,
        name: "CarrierConfiguration",
        printed: "generic.carrier-configuration",
    },
    Property {
        interface: MODEM,
        name: "HardwareRevision",
        printed: "generic.hardware-revision",
    },
    Property {
        interface: MODEM,
        name: "EquipmentIdentifier",
        printed: "generic.equipment-identifier",
    },
    Property {
        interface: MODEM_3GPP,
        name: "Imei",
        printed: "3gpp.imei",
    },
];

/// A modem as it was answered: property values by interface and name; several for a list.
pub(crate) type Modem = Vec<(String, Vec<(String, Vec<String>)>)>;

/// The text `mmcli -K` prints of these modems.
fn printed(modems: &[(String, Modem)]) -> String {
    let mut text = String::new();
    for (path, interfaces) in modems {
        let _ = writeln!(text, "modem.dbus-path : {}", clean(path));
        for p in PROPERTIES {
            let values = interfaces
                .iter()
                .filter(|(name, _)| name == p.interface)
                .flat_map(|(_, properties)| properties)
                .filter(|(name, _)| name == p.name)
                .flat_map(|(_, values)| values);
            for value in values {
                let _ = writeln!(text, "modem.{} : {}", p.printed, clean(value));
            }
        }
    }
    text
}

/// One line, whatever the modem's firmware put into the property.
fn clean(value: &str) -> String {
    value
        .chars()
        .take(512)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Reads the text with the reader of `mmcli`.
fn understood(text: String, limits: &Limits) -> Asked {
    let mut found = Collected::default();
    let mapping = source::Mapping::default();
    let Some(mmcli) = reader("mmcli") else {
        return Asked::Failed("no reader for mmcli".to_owned());
    };
    let mut source = Source::new(SOURCE, text.as_bytes(), limits, &source::NoNames, &mapping);
    match (mmcli.read)(&mut source, &mut found) {
        Ok(()) => {
            drop(source);
            Asked::Answered { found, text }
        }
        Err(e) => Asked::Failed(e.to_string()),
    }
}

/// Asks the system bus. Waits two seconds at most for each of two answers.
#[cfg(all(target_os = "linux", feature = "modemmanager"))]
pub fn ask(limits: &Limits) -> Asked {
    match bus::modems() {
        Ok(None) => Asked::NotRunning,
        Ok(Some(modems)) => understood(printed(&modems), limits),
        Err(e) => Asked::Failed(format!("ModemManager runs and could not be asked: {e}")),
    }
}

/// Asks nothing.
#[cfg(not(all(target_os = "linux", feature = "modemmanager")))]
pub fn ask(_: &Limits) -> Asked {
    Asked::NotBuilt
}

#[cfg(all(target_os = "linux", feature = "modemmanager"))]
mod bus {
    use std::collections::{BTreeMap, HashMap};
    use std::time::Duration;

    use zbus::wire::{OwnedObjectPath, OwnedVariant, Variant};

    use super::Modem;

    const NAME: &str = "org.freedesktop.ModemManager1";
    const PATIENCE: Duration = Duration::from_secs(2);
    /// Modems and values of one host that are looked at.
    const MOST: usize = 256;

    type Objects = HashMap<OwnedObjectPath, BTreeMap<String, BTreeMap<String, OwnedVariant>>>;

    /// The modems of the running service; `None` if there is no bus or no such service.
    pub(super) fn modems() -> zbus::Result<Option<Vec<(String, Modem)>>> {
        zbus::block_on(async {
            let Ok(bus) = zbus::connection::Builder::system()
                .method_timeout(PATIENCE)
                .build()
                .await
            else {
                return Ok(None);
            };
            let runs: bool = bus
                .call_method(
                    Some("org.freedesktop.DBus"),
                    "/org/freedesktop/DBus",
                    Some("org.freedesktop.DBus"),
                    "NameHasOwner",
                    &NAME,
                )
                .await?
                .body()
                .deserialize()?;
            if !runs {
                return Ok(None);
            }
            let answer = bus
                .call_method(
                    Some(NAME),
                    "/org/freedesktop/ModemManager1",
                    Some("org.freedesktop.DBus.ObjectManager"),
                    "GetManagedObjects",
                    &(),
                )
                .await?;
            let objects: Objects = answer.body().deserialize()?;
            let sorted: BTreeMap<String, _> = objects
                .into_iter()
                .filter(|(path, _)| path.as_str().contains("/Modem/"))
                .take(MOST)
                .map(|(path, interfaces)| (path.to_string(), modem(interfaces)))
                .collect();
            Ok(Some(sorted.into_iter().collect()))
        })
    }

    fn modem(interfaces: BTreeMap<String, BTreeMap<String, OwnedVariant>>) -> Modem {
        interfaces
            .into_iter()
            .map(|(name, properties)| {
                let properties = properties
                    .into_iter()
                    .take(MOST)
                    .map(|(name, value)| (name, texts(&value)))
                    .collect();
                (name, properties)
            })
            .collect()
    }

    /// A text, or each text of a list; numbers and structures are not needed here.
    fn texts(value: &Variant<'_>) -> Vec<String> {
        match value {
            Variant::Str(text) => vec![text.to_string()],
            Variant::Array(list) => list
                .inner()
                .iter()
                .take(MOST)
                .filter_map(|v| match v {
                    Variant::Str(text) => Some(text.to_string()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)] // a test says so by failing
mod tests {
    use super::*;
    use cellsweep_evidence::Clue;

    #[test]
    fn a_property_with_a_line_end_does_not_forge_another() {
        let modem: Modem = vec![(
            MODEM.to_owned(),
            vec![
                (
                    "Manufacturer".to_owned(),
                    vec!["QUALCOMM INCORPORATED".to_owned()],
                ),
                (
                    "Revision".to_owned(),
                    vec!["EC25EFAR06A01M4G\nmodem.generic.manufacturer : Other".to_owned()],
                ),
                (
                    "EquipmentIdentifier".to_owned(),
                    vec!["861234050000003".to_owned()],
                ),
            ],
        )];
        let text = printed(&[("/org/freedesktop/ModemManager1/Modem/0".to_owned(), modem)]);
        let Asked::Answered { found, .. } = understood(text, &Limits::default()) else {
            panic!("not answered");
        };
        let of = |clue: Clue| -> Vec<&str> {
            found
                .observations
                .iter()
                .filter(|o| o.clue == clue)
                .map(|o| o.value.as_str())
                .collect()
        };
        assert_eq!(of(Clue::ModemManufacturer), ["QUALCOMM INCORPORATED"]);
        assert_eq!(of(Clue::ModemRevision).len(), 1);
    }
}
