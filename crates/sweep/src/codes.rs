//! Every code that can stand in a report, with what it means: the text of `cellsweep explain`.

/// Codes of sources and remarks that this crate and identification make.
const OWN: &[(&str, &str)] = &[
    (
        "cannot-open",
        "The file could not be opened; nothing of it was read.",
    ),
    (
        "cannot-read",
        "The file could not be read to its end; what was read before is kept.",
    ),
    ("empty", "The file is empty."),
    (
        "evidence-unbound",
        "The evidence was read, and neither it nor the estate says which asset it was taken from: its findings stand without an asset.",
    ),
    (
        "imei-duplicated",
        "The same IMEI stands at several different things: a copied cell, a cloned device, or a whole batch with one number. It joins none of them.",
    ),
    (
        "imei-placeholder",
        "A test or placeholder IMEI, which many devices share: it identifies no device.",
    ),
    (
        "key-shared",
        "A serial number, SIM, MAC or host name that several different things carry: it joins none of them.",
    ),
    (
        "malformed",
        "The file is not well formed in its format from some place on.",
    ),
    (
        "members-quiet",
        "Texts inside an archive that were searched for names of modules and hold none; they are counted, not listed.",
    ),
    (
        "members-unrecognised",
        "Members of an archive that no reader recognises; they are counted, not listed. They were not looked at: that is not the same as nothing being in them.",
    ),
    (
        "more-problems",
        "The file has more problems than are listed.",
    ),
    (
        "name-does-not-fit",
        "The file's name promises another kind of content than it has; it was read as what it is.",
    ),
    (
        "observation-not-readable",
        "A line of stored observations is none: it was left out.",
    ),
    (
        "pack-old",
        "A policy pack was last confirmed longer ago than its own age limit: its instrument may have changed since.",
    ),
    (
        "register-contradicted",
        "A register or supplier names another maker than the device itself.",
    ),
    (
        "too-many-modules",
        "More than 20,000 modems in what is taken for one machine: the rest is not in the findings. Split the file by machine, or bind its parts to assets.",
    ),
    (
        "sim-module-unknown",
        "A SIM is assigned and nothing names the module that uses it: a cellular device is there and nobody knows whose.",
    ),
    (
        "stopped",
        "Reading was ended by a limit or by the user; what was read before is kept.",
    ),
    (
        "too-large",
        "The format needs the whole file in memory and the file is larger than is allowed for that.",
    ),
    (
        "unknown-format",
        "The format that was asked for does not exist.",
    ),
    (
        "unrecognised",
        "No reader recognises the file. It was not looked at: that is not the same as nothing being in it.",
    ),
    (
        "list-too-long",
        "The list has more keys than are compared with each other: of rows past those nobody says whether they repeat.",
    ),
    (
        "too-many-shared-keys",
        "More rows of the list share a key with another row than are held: the rest of those rows was not identified.",
    ),
    (
        "line-too-long",
        "A line is longer than is kept; its end was not read.",
    ),
];

/// Codes that readers and the opening of containers give.
const READING: &[(&str, &str)] = &[
    (
        "answer-contradicts-itself",
        "An answer names a module and says that there is none: it was not used.",
    ),
    (
        "answer-not-readable",
        "The answer cell takes yes or no and holds something else: it was not used.",
    ),
    (
        "at-not-cellular",
        "A device answers AT commands and says itself that it is no cellular modem (a Wi-Fi or Bluetooth module).",
    ),
    (
        "bad-id",
        "An identifier is not four hexadecimal digits a part: the device was left out.",
    ),
    (
        "cut-line",
        "A line ends in the middle of what its format prints there: the listing is not taken as complete.",
    ),
    (
        "cyclonedx-cut",
        "A CycloneDX document ends before its end; the components before that are kept.",
    ),
    (
        "cyclonedx-fragment",
        "A piece of a CycloneDX document without its head: what can be read of it was read.",
    ),
    (
        "damaged",
        "A container is damaged at this place; members before it are kept.",
    ),
    (
        "date-not-readable",
        "A date was expected as YYYY-MM-DD; the fact is kept without a date.",
    ),
    (
        "decoder-defect",
        "The library that decodes a compressed stream gave up on it; what it gave before is kept.",
    ),
    (
        "device-tree-cut",
        "A device tree ends inside a node; the nodes that were complete are kept.",
    ),
    (
        "device-tree-depth",
        "Nodes of a device tree are nested deeper than is followed; what is in them is not read.",
    ),
    (
        "device-tree-modems-exceeded",
        "A device tree has more modems than are kept; the rest is not read.",
    ),
    (
        "encrypted",
        "A member of a container is encrypted and was not read.",
    ),
    (
        "expansion-limit",
        "A compressed stream or container grew beyond the limit of size or ratio and was not read further.",
    ),
    (
        "connection-word-unknown",
        "The cell is in a column that says how an asset is connected or who can reach it, and holds none of the words that docs/estate.md lists: it says nothing.",
    ),
    (
        "iccid-destroyed-by-spreadsheet",
        "A spreadsheet turned an ICCID into a rounded number: its digits are lost.",
    ),
    (
        "iccid-not-readable",
        "A cell of an ICCID column is no ICCID.",
    ),
    (
        "imei-check-digit-wrong",
        "Fifteen digits in an IMEI column whose check digit is wrong: mistyped, or no IMEI.",
    ),
    (
        "imei-destroyed-by-spreadsheet",
        "A spreadsheet turned an IMEI into a rounded number (8.67E+14): its digits are lost.",
    ),
    (
        "imei-leading-zero-restored",
        "A spreadsheet ate the leading zero of an IMEI; it was put back because the check digit then is right.",
    ),
    ("imei-not-readable", "A cell of an IMEI column is no IMEI."),
    (
        "inventory-too-long",
        "An inventory lists more devices of one machine than are held: the rest was not read.",
    ),
    (
        "json-cut",
        "A JSON document ends before its end; what stands before that is kept.",
    ),
    (
        "json-too-long",
        "A JSON document is longer than is read at once.",
    ),
    (
        "kicad-cut",
        "A KiCad file ends before its end; parts before that are kept.",
    ),
    (
        "link-outside-root",
        "A link in a copied tree leads out of it and was not followed.",
    ),
    (
        "member-limit",
        "A container has more members than are read.",
    ),
    (
        "member-path-unsafe",
        "A member's name would lead out of its container; it was read under a cleaned name and never written.",
    ),
    (
        "member-too-large",
        "A member of a container is larger than is read.",
    ),
    (
        "members-unrecognised",
        "No reader recognises these members of the container: they were not looked at.",
    ),
    (
        "modem-facts-exceeded",
        "One modem answered more than is kept.",
    ),
    (
        "name-repeated",
        "The same name stands in the text more often than is listed.",
    ),
    (
        "nested-too-deeply",
        "A document is nested more deeply than is read.",
    ),
    (
        "no-part-placed",
        "A design holds a parts library and places no part.",
    ),
    (
        "quote-not-closed",
        "A quoted cell is not closed; rows after it may have been read as one.",
    ),
    (
        "row-repeated",
        "A workbook asks for a row to be repeated more often than is read.",
    ),
    (
        "row-too-long",
        "A row is longer than is kept; its end was not read.",
    ),
    (
        "sheet-unreadable",
        "A sheet of a workbook could not be read; the others were.",
    ),
    (
        "snmp-mib-undecided",
        "Object numbers that two MIBs of one maker use for different things, without anything that tells which MIB it is: not read.",
    ),
    (
        "snmp-rows-exceeded",
        "An SNMP walk has more table rows of one device than are kept.",
    ),
    (
        "spdx-cut",
        "An SPDX document ends before its end; packages before that are kept.",
    ),
    (
        "spdx-fragment",
        "A piece of an SPDX document without its head: what can be read of it was read.",
    ),
    (
        "table-header-not-found",
        "No row of the table looks like a header; `columns` and `header_row` in the estate can name one.",
    ),
    ("table-too-wide", "A table has more columns than are read."),
    (
        "too-deep",
        "Containers are nested more deeply than is opened.",
    ),
    (
        "too-many-devices",
        "A tree lists more devices than are read.",
    ),
    (
        "too-many-entries",
        "A folder or container has more entries than are read.",
    ),
    (
        "too-many-packages",
        "A document lists more packages than are read.",
    ),
    (
        "traffic-too-varied",
        "A log of traffic names more different clients and hosts than are held; the rest of them was not kept.",
    ),
    (
        "trailing-data",
        "Bytes follow the end of a compressed stream and belong to nothing.",
    ),
    (
        "truncated",
        "The source ends before its end; what stands before that is kept.",
    ),
    ("unreadable", "Something could not be read at all."),
    (
        "unsupported-compression",
        "A member is compressed by a method that is not supported; it was not read.",
    ),
    (
        "xml-cut",
        "The XML is not well formed from the place on: what stood before it was read.",
    ),
];

/// Every code, sorted.
pub fn all() -> Vec<(&'static str, &'static str)> {
    let mut codes: Vec<(&str, &str)> = OWN.to_vec();
    codes.extend(
        cellsweep_estate::CODES
            .iter()
            .map(|c| (c.code, c.explanation)),
    );
    codes.extend_from_slice(READING);
    codes.extend(cellsweep_policy::CODES);
    codes.extend(cellsweep_unpack::CODES);
    codes.extend(crate::gate::CODES);
    codes.sort_by_key(|c| c.0);
    codes.dedup_by_key(|c| c.0);
    codes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// Codes in the source text: a kebab-case word in quotes right after a call that takes a code.
    fn used(dir: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                used(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                for call in ["Problem::lost(", "Problem::note(", ".problem(", "remark("] {
                    for (at, _) in text.match_indices(call) {
                        let rest = text[at + call.len()..].trim_start();
                        if let Some(code) = rest.strip_prefix('"').and_then(|r| r.split('"').next())
                        {
                            found.insert(code.to_owned());
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_code_that_is_used_is_explained_once() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = BTreeSet::new();
        for name in ["evidence", "unpack", "identify", "sweep"] {
            used(&crates.join(name).join("src"), &mut found);
        }
        // This file's own text holds quotes after the calls it looks for.
        found.retain(|c| c.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        assert!(found.len() > 20, "{found:?}");
        let all = super::all();
        let known: BTreeSet<&str> = all.iter().map(|c| c.0).collect();
        assert_eq!(known.len(), all.len(), "a code is explained twice");
        let missing: Vec<&String> = found
            .iter()
            .filter(|c| !known.contains(c.as_str()))
            .collect();
        assert!(missing.is_empty(), "not explained: {missing:?}");
    }
}
