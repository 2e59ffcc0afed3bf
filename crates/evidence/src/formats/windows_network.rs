//! Network adapters as Windows lists them: `ipconfig /all`, `Get-NetAdapter` and its relatives as table
//! or list, `systeminfo`.
//!
//! Windows tells the medium of an adapter itself: the heading of `ipconfig` ("Mobile Broadband adapter"),
//! `MediaType : Wireless WAN`, the name it gives the connection ("Cellular", "Mobilfunk"). That shows a
//! cellular adapter of whatever maker. Else the description decides, if it speaks of cellular service or
//! names a module that is looked for. All other adapters are none of ours. Several adapters of one
//! description, numbered `#2`, are contexts of one modem. An adapter that is `Not Present` was there once:
//! only its driver is, so it is handed on as `supported`. Lists with hardware ids are read as such lists.

use std::collections::BTreeMap;

use super::adapter_name;
use super::chassis;
use super::device::Device;
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::{Names, Source};
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "windows-network",
    title: "network adapters of Windows",
    made_by: "ipconfig /all; Get-NetAdapter; Get-NetIPConfiguration; systeminfo",
    proves: &[Stance::Observed, Stance::Declared, Stance::Supported],
    enumerates: &[],
    sniff,
    read,
};

/// Most adapters held of one host.
const MOST_ADAPTERS: usize = 512;

/// Beginnings of the heading that `ipconfig` gives a mobile broadband adapter.
const HEADINGS: &[&str] = &["Mobile Broadband adapter ", "Mobiler Breitbandadapter "];

/// Names that Windows gives cellular connections, followed by a number from the second on.
const CONNECTIONS: &[&str] = &["Cellular", "Mobilfunk", "Mobilní síť", "手机网络"];

/// What `ipconfig` calls the description.
const DESCRIPTIONS: &[&str] = &[
    "description",
    "beschreibung",
    "descripción",
    "descrizione",
    "descrição",
    "beskrivning",
    "beskrivelse",
    "beschrijving",
    "opis",
    "popis",
    "описание",
    "描述",
    "説明",
    "설명",
];

fn sniff(head: &Head<'_>) -> u8 {
    let table = head.count_lines(|l| Table::of(l).is_some()) > 0;
    let listed = head.count_lines(|l| {
        labelled(l).is_some_and(|(label, _)| {
            matches!(
                plain(label).as_str(),
                "interfacedescription" | "ifdesc" | "physicalmediatype"
            )
        })
    }) > 0;
    let dotted = head.count_lines(|l| dotted(l).is_some());
    let headed = head.count_lines(|l| heading(l).is_some());
    let info = head
        .count_lines(|l| l.starts_with("OS Name: ") || l.starts_with("Betriebssystemname: "))
        > 0
        && head.count_lines(|l| numbered(l).is_some()) > 0;
    if info {
        90
    } else if table {
        87
    } else if listed || (dotted >= 2 && headed >= 1) {
        84
    } else {
        0
    }
}

/// `   Description . . . . . . . . . . . : Generic Mobile Broadband Adapter`.
fn dotted(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(':')?;
    let bare = label.trim_end_matches([' ', '.']);
    let dots = label.get(bare.len()..)?.matches('.').count();
    (dots >= 2 && label.starts_with(' ')).then_some((bare.trim(), value.trim()))
}

/// A heading of `ipconfig`: a line that begins at the margin and ends in a colon.
fn heading(line: &str) -> Option<&str> {
    let text = line.trim_end().strip_suffix(':')?;
    let begins = text.starts_with(|c: char| !c.is_whitespace());
    // `Ethernet adapter Ethernet 2:`, `Carte Ethernet Ethernet 2 :`
    (begins && text.contains(' ') && text.len() <= 120).then_some(text.trim_end())
}

/// `InterfaceDescription : Fibocom L850-GL`, of a list.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(':')?;
    let label = label.trim();
    let word = !label.is_empty()
        && label.len() <= 32
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b' '));
    word.then_some((label, value.trim()))
}

/// `[03]: Sierra Wireless EM7455`, of `systeminfo`.
fn numbered(line: &str) -> Option<&str> {
    let (number, name) = line.trim_start().strip_prefix('[')?.split_once("]: ")?;
    let digits = number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit());
    (line.starts_with(' ') && digits).then_some(name.trim())
}

fn plain(label: &str) -> String {
    label
        .chars()
        .filter(|c| c.is_alphanumeric())
        .take(40)
        .collect::<String>()
        .to_lowercase()
}

/// A table of `Get-NetAdapter`: where its columns begin, in characters.
struct Table {
    description: (usize, usize),
    name: Option<(usize, usize)>,
    status: Option<(usize, usize)>,
}

impl Table {
    fn of(line: &str) -> Option<Self> {
        if !line.contains("InterfaceDescription") && !line.contains("ifDesc") {
            return None;
        }
        let mut columns: Vec<(usize, &str)> = Vec::new();
        let mut before = ' ';
        for (at, (byte, c)) in line.char_indices().enumerate() {
            if c != ' ' && before == ' ' {
                columns.push((at, line.get(byte..)?.split(' ').next()?));
            }
            before = c;
        }
        // Words of prose or of a script are not the names of columns.
        let known = columns.iter().filter(|(_, w)| is_column(w)).count();
        if known < 2 || known < columns.len() {
            return None;
        }
        let span = |names: &[&str]| {
            let n = columns.iter().position(|(_, w)| names.contains(w))?;
            let end = columns.get(n + 1).map_or(usize::MAX, |(at, _)| *at);
            Some((columns.get(n)?.0, end))
        };
        Some(Self {
            description: span(&["InterfaceDescription", "ifDesc"])?,
            name: span(&["Name", "ifAlias", "InterfaceAlias"]),
            status: span(&["Status"]),
        })
    }

    fn cell(line: &str, (from, to): (usize, usize)) -> String {
        line.chars()
            .skip(from)
            .take(to - from)
            .collect::<String>()
            .trim()
            .trim_end_matches("...")
            .trim_end_matches('…')
            .to_owned()
    }
}

fn is_column(word: &str) -> bool {
    [
        "Name",
        "InterfaceDescription",
        "ifDesc",
        "ifIndex",
        "InterfaceIndex",
        "ifAlias",
        "InterfaceAlias",
        "Status",
        "MacAddress",
        "LinkSpeed",
        "MediaType",
        "PhysicalMediaType",
        "AdminStatus",
        "MediaConnectionState",
        "DriverInformation",
        "DriverVersion",
        "DriverVersionString",
        "DriverDate",
        "DriverFileName",
        "DriverProvider",
        "NdisVersion",
        "Virtual",
        "Hidden",
    ]
    .contains(&word)
}

/// What a block says of one adapter.
#[derive(Default)]
struct Adapter {
    heading: Option<(String, Place)>,
    connection: Option<(String, Place)>,
    medium: Option<(String, Place)>,
    description: Option<(String, Place)>,
    absent: bool,
}

/// Adapters of one host, by description without the number.
struct Host<'n> {
    names: &'n dyn Names,
    name: String,
    next_unit: u64,
    found: BTreeMap<String, (Device, bool)>,
    product: Vec<(Clue, String, Place)>,
}

impl Host<'_> {
    fn adapter(&mut self, adapter: Adapter) {
        let shown = adapter
            .heading
            .or(adapter.medium)
            .or_else(|| adapter.connection.filter(|(c, _)| is_cellular_name(c)));
        let described = adapter.description.filter(|(d, _)| !d.is_empty());
        let speaks = described
            .as_ref()
            .is_some_and(|(d, _)| adapter_name::speaks_of_cellular(d));
        let named = described
            .as_ref()
            .is_some_and(|(d, _)| adapter_name::names_a_module(d, self.names));
        if shown.is_none() && !speaks && !named {
            return;
        }
        let key = described
            .as_ref()
            .or(shown.as_ref())
            .map(|(d, _)| without_number(d).to_owned())
            .unwrap_or_default();
        if self.found.len() >= MOST_ADAPTERS && !self.found.contains_key(&key) {
            return;
        }
        let next = &mut self.next_unit;
        let (device, present) = self.found.entry(key).or_insert_with(|| {
            *next += 1;
            (Device::new(*next - 1), false)
        });
        *present |= !adapter.absent;
        if let Some((words, place)) = shown {
            if !device.has(Clue::CellularInterface) {
                device.fact(Clue::CellularInterface, &words, place);
            }
        } else if speaks
            && let Some((words, place)) = &described
            && !device.has(Clue::CellularInterface)
        {
            device.fact(Clue::CellularInterface, words, place.clone());
        }
        if let Some((words, place)) = described
            && !device.has(Clue::ModemName)
        {
            device.text(Clue::ModemName, without_number(&words), place);
        }
    }

    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let mut devices: Vec<Device> = std::mem::take(&mut self.found)
            .into_values()
            .map(|(mut device, present)| {
                if !present {
                    device.restate(Stance::Supported);
                }
                device
            })
            .collect();
        devices.sort_by_key(Device::unit);
        if !self.product.is_empty() {
            let mut machine = Device::with_stance(self.next_unit, Stance::Declared);
            self.next_unit += 1;
            for (clue, value, place) in std::mem::take(&mut self.product) {
                machine.fact(clue, &value, place);
            }
            devices.push(machine);
        }
        for mut device in devices {
            device.key(KeyKind::Host, &self.name);
            device.emit(sink)?;
        }
        Ok(())
    }
}

/// `Cellular`, `Cellular 10`.
fn is_cellular_name(connection: &str) -> bool {
    CONNECTIONS.iter().any(|name| {
        connection.strip_prefix(name).is_some_and(|rest| {
            let rest = rest.trim();
            rest.is_empty() || rest.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

/// `Generic Mobile Broadband Adapter #18` without its number.
fn without_number(name: &str) -> &str {
    match name.rsplit_once(" #") {
        Some((front, number)) if number.bytes().all(|b| b.is_ascii_digit()) => front.trim_end(),
        _ => name,
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut host = Host {
        names: source.names,
        name: String::new(),
        next_unit: 0,
        found: BTreeMap::new(),
        product: Vec::new(),
    };
    let mut table: Option<Table> = None;
    let mut block: Option<Adapter> = None;
    // Below a heading of `ipconfig`, whose blocks go on across blank lines.
    let mut under_heading = false;
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        if line.trim().is_empty() {
            table = None;
            if !under_heading && let Some(adapter) = block.take() {
                host.adapter(adapter);
            }
            return Ok(());
        }
        if let Some(found) = Table::of(line) {
            if let Some(adapter) = block.take() {
                host.adapter(adapter);
            }
            under_heading = false;
            table = Some(found);
            return Ok(());
        }
        if let Some(table) = &table {
            if line.trim_start().starts_with("---") {
                return Ok(());
            }
            let at = |span| (Table::cell(line, span), place.clone());
            let status = table.status.map(|s| Table::cell(line, s));
            host.adapter(Adapter {
                connection: table.name.map(at),
                description: Some(at(table.description)),
                absent: status.is_some_and(|s| s.starts_with("Not Present")),
                ..Adapter::default()
            });
            return Ok(());
        }
        if let Some((label, value)) = dotted(line) {
            if label.eq_ignore_ascii_case("Host Name") || label == "Hostname" {
                if let Some(adapter) = block.take() {
                    host.adapter(adapter);
                }
                host.flush(sink)?;
                value.clone_into(&mut host.name);
            } else if let Some(adapter) = &mut block
                && DESCRIPTIONS.contains(&label.to_lowercase().as_str())
            {
                adapter.description = Some((value.to_owned(), place));
            }
            return Ok(());
        }
        if let Some(words) = heading(line) {
            if let Some(adapter) = block.take() {
                host.adapter(adapter);
            }
            under_heading = true;
            block = Some(Adapter {
                heading: HEADINGS
                    .iter()
                    .any(|h| words.starts_with(h))
                    .then(|| (words.to_owned(), place)),
                ..Adapter::default()
            });
            return Ok(());
        }
        if let Some(name) = numbered(line) {
            if let Some(adapter) = block.take() {
                host.adapter(adapter);
            }
            under_heading = false;
            block = Some(Adapter {
                description: Some((name.to_owned(), place)),
                ..Adapter::default()
            });
            return Ok(());
        }
        let Some((label, value)) = labelled(line) else {
            return Ok(());
        };
        let label = plain(label);
        if let Some(clue) = match label.as_str() {
            "systemmanufacturer" | "systemhersteller" => Some(Clue::ProductMaker),
            "systemmodel" | "systemmodell" => Some(Clue::ProductModel),
            _ => None,
        } {
            if !chassis::is_filler(value) && host.product.len() < 8 {
                host.product.push((clue, value.to_owned(), place));
            }
            return Ok(());
        }
        if matches!(
            label.as_str(),
            "hostname" | "computername" | "pscomputername"
        ) {
            // `Get-NetIPConfiguration` repeats it in every block.
            if host.name != value {
                host.flush(sink)?;
                value.clone_into(&mut host.name);
            }
            return Ok(());
        }
        let adapter_label = matches!(
            label.as_str(),
            "name"
                | "ifalias"
                | "interfacealias"
                | "connectionname"
                | "verbindungsname"
                | "netconnectionid"
                | "ifdesc"
                | "interfacedescription"
                | "driverdescription"
                | "mediatype"
                | "physicalmediatype"
                | "status"
                | "netadapterstatus"
        );
        if !adapter_label {
            return Ok(());
        }
        // A label that came before begins the next block where no blank line stands between.
        let again = block.as_ref().is_some_and(|b| match label.as_str() {
            "ifalias" | "interfacealias" => b.connection.is_some(),
            "interfacedescription" | "ifdesc" => b.description.is_some(),
            _ => false,
        });
        if (again || under_heading)
            && let Some(adapter) = block.take()
        {
            host.adapter(adapter);
        }
        under_heading = false;
        let adapter = block.get_or_insert_with(Adapter::default);
        let value = value.to_owned();
        match label.as_str() {
            "interfacedescription" | "ifdesc" => adapter.description = Some((value, place)),
            "driverdescription" => {
                adapter.description.get_or_insert((value, place));
            }
            "mediatype" | "physicalmediatype" => {
                if value == "Wireless WAN" && adapter.medium.is_none() {
                    adapter.medium = Some((value, place));
                }
            }
            "status" | "netadapterstatus" => adapter.absent = value == "Not Present",
            _ => adapter.connection = Some((value, place)),
        }
        Ok(())
    })?;
    if let Some(adapter) = block {
        host.adapter(adapter);
    }
    host.flush(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(
            dotted("   Beschreibung. . . . . . . . . . . : Sierra Wireless EM7345 4G LTE"),
            Some(("Beschreibung", "Sierra Wireless EM7345 4G LTE"))
        );
        assert_eq!(dotted("   Version 1.2.3: x"), None);
        assert!(heading("Mobile Broadband adapter Cellular:").is_some());
        assert!(heading("   Indented:").is_none());
        assert_eq!(numbered("       [03]: Some Adapter"), Some("Some Adapter"));
        assert!(is_cellular_name("Cellular 10"));
        assert!(!is_cellular_name("Cellular phones"));
        assert_eq!(without_number("Adapter #18"), "Adapter");
        assert_eq!(without_number("C #"), "C");
    }

    #[test]
    fn columns_are_no_words_of_a_script() {
        assert!(Table::of("Name  InterfaceDescription  ifIndex Status").is_some());
        assert!(Table::of("Get-NetAdapter | Select Name, InterfaceDescription").is_none());
    }
}
