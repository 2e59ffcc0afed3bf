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
        "pack-old",
        "A policy pack was last confirmed longer ago than its own age limit: its instrument may have changed since.",
    ),
    (
        "register-contradicted",
        "A register or supplier names another maker than the device itself.",
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
        "line-too-long",
        "A line is longer than is kept; its end was not read.",
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
    codes.extend(cellsweep_unpack::CODES);
    codes.sort_by_key(|c| c.0);
    codes.dedup_by_key(|c| c.0);
    codes
}
