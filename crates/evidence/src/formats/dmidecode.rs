//! `dmidecode`: make, model and kind of a machine, and that its board has a connector for a cellular
//! module. SMBIOS does not know whether one is in it.

use super::chassis;
use super::device::Device;
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "dmidecode",
    title: "SMBIOS tables of a machine",
    made_by: "dmidecode",
    proves: &[Stance::Declared, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    if head.text.starts_with("# dmidecode ") && head.text.contains("\nHandle 0x") {
        return 96;
    }
    let handles = head.count_lines(|l| l.starts_with("Handle 0x") && l.contains(", DMI type "));
    if handles > 0 {
        93
    } else if head.count_lines(|l| l.starts_with("# dmidecode ")) > 0 {
        85
    } else {
        0
    }
}

/// A designator that says cellular: `JNGFF2 - WWAN/LTE CONN`, `M.2 WWAN`.
fn names_cellular(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
        .any(|word| word.eq_ignore_ascii_case("WWAN") || word.eq_ignore_ascii_case("LTE"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// No heading yet: the text may begin within a table.
    Unknown,
    System,
    Chassis,
    Connector,
    Other,
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut machine = Device::with_stance(0, Stance::Declared);
    let mut section = Section::Unknown;
    let mut unit = 1u64;
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        if line.starts_with("Handle 0x") {
            section = Section::Other;
            return Ok(());
        }
        let Some((label, value)) = line.trim().split_once(':') else {
            if !line.starts_with(char::is_whitespace) && !line.trim().is_empty() {
                section = match line.trim() {
                    "System Information" => Section::System,
                    "Chassis Information" => Section::Chassis,
                    "Port Connector Information" | "System Slot Information" => Section::Connector,
                    _ => Section::Other,
                };
            }
            return Ok(());
        };
        let value = value.trim();
        let connector = matches!(
            label,
            "Internal Reference Designator" | "External Reference Designator" | "Designation"
        );
        if connector && matches!(section, Section::Connector | Section::Unknown) {
            if names_cellular(value) {
                let mut slot = Device::with_stance(unit, Stance::Mentioned);
                slot.fact(Clue::Slot, value, place);
                slot.emit(sink)?;
                unit += 1;
            }
            return Ok(());
        }
        if chassis::is_filler(value) {
            return Ok(());
        }
        match (section, label) {
            (Section::System, "Manufacturer") => machine.fact(Clue::ProductMaker, value, place),
            (Section::System, "Product Name") => machine.fact(Clue::ProductModel, value, place),
            (Section::System | Section::Chassis, "Serial Number") => {
                machine.key(KeyKind::Serial, value);
            }
            (Section::Chassis, "Type") => {
                if let Some(class) = chassis::class_of_words(value) {
                    machine.fact(Clue::AssetClass, class, place);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    machine.emit(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn designators() {
        assert!(names_cellular("JNGFF2 - WWAN/LTE CONN"));
        assert!(names_cellular("M.2 WWAN"));
        assert!(names_cellular("M2_WWAN1"));
        assert!(!names_cellular("J1LAN 2.5G"));
        assert!(!names_cellular("WLAN"));
        assert!(!names_cellular("FILTER"));
    }
}
