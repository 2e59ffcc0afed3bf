//! What SMBIOS says of a machine: the kind of its chassis, and the words that stand where nobody wrote
//! anything. Reference: DMTF DSP0134, System Enclosure or Chassis Types.

/// Chassis type, as dmidecode writes it, and the class of machine, for those that say one.
const TYPES: &[(u8, &str, &str)] = &[
    (3, "Desktop", "desktop"),
    (4, "Low Profile Desktop", "desktop"),
    (5, "Pizza Box", "desktop"),
    (6, "Mini Tower", "desktop"),
    (7, "Tower", "desktop"),
    (8, "Portable", "laptop"),
    (9, "Laptop", "laptop"),
    (10, "Notebook", "notebook"),
    (11, "Hand Held", "handheld"),
    (13, "All In One", "all-in-one"),
    (14, "Sub Notebook", "notebook"),
    (15, "Space-saving", "desktop"),
    (17, "Main Server Chassis", "server"),
    (23, "Rack Mount Chassis", "server"),
    (28, "Blade", "server"),
    (30, "Tablet", "tablet"),
    (31, "Convertible", "laptop"),
    (32, "Detachable", "tablet"),
    (33, "IoT Gateway", "gateway"),
    (34, "Embedded PC", "embedded pc"),
    (35, "Mini PC", "desktop"),
];

/// The class of machine that a chassis type stands for.
pub(crate) fn class_of_number(number: u8) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(n, _, _)| *n == number)
        .map(|(_, _, class)| *class)
}

/// The same by the words of dmidecode.
pub(crate) fn class_of_words(words: &str) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(_, w, _)| w.eq_ignore_ascii_case(words))
        .map(|(_, _, class)| *class)
}

/// A field that nobody filled in.
pub(crate) fn is_filler(text: &str) -> bool {
    const FILLERS: &[&str] = &[
        "",
        "to be filled by o.e.m.",
        "to be filled by o.e.m",
        "not specified",
        "not applicable",
        "not available",
        "system manufacturer",
        "system product name",
        "system serial number",
        "default string",
        "chassis serial number",
        "o.e.m.",
        "oem",
        "none",
        "n/a",
        "na",
        "unknown",
        "invalid",
        "empty",
        "0",
        "123456789",
        "0123456789",
    ];
    let text = text.trim().to_ascii_lowercase();
    FILLERS.contains(&text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        assert_eq!(class_of_number(10), Some("notebook"));
        assert_eq!(class_of_number(2), None);
        assert_eq!(class_of_words("Notebook"), Some("notebook"));
        assert!(is_filler("To Be Filled By O.E.M."));
        assert!(!is_filler("Latitude 7210 2-in-1"));
    }
}
