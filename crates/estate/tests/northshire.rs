//! The example estate is coherent: it loads, its evidence is bound, and `expected.csv` covers it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own functions may fail the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cellsweep_estate::load;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/northshire")
}

struct Expected {
    department: String,
    expectation: String,
    maker: String,
    candidates: String,
    family: String,
    presence: String,
    why: String,
}

fn expected() -> BTreeMap<String, Expected> {
    let text = fs::read_to_string(folder().join("expected.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next().unwrap(),
        "asset_id,department,expectation,maker,candidates,family,presence,why"
    );
    let mut out = BTreeMap::new();
    for line in lines {
        // Only `why`, the last, may hold commas or quotes.
        let cells: Vec<&str> = line.splitn(8, ',').collect();
        let row = Expected {
            department: cells[1].to_owned(),
            expectation: cells[2].to_owned(),
            maker: cells[3].to_owned(),
            candidates: cells[4].to_owned(),
            family: cells[5].to_owned(),
            presence: cells[6].to_owned(),
            why: cells[7].trim_matches('"').to_owned(),
        };
        assert!(
            out.insert(cells[0].to_owned(), row).is_none(),
            "{} twice",
            cells[0]
        );
    }
    out
}

#[test]
fn the_expectations_are_well_formed_and_hard_enough() {
    let rows = expected();
    let mut undecidable = 0;
    let mut unassessed = 0;
    for (id, row) in &rows {
        assert!(!row.why.is_empty(), "{id}");
        let found = row.expectation == "found";
        match row.expectation.as_str() {
            "found" => {
                assert!(
                    ["observed", "declared", "implied"].contains(&row.presence.as_str()),
                    "{id}"
                );
                assert!(row.maker.is_empty() || row.candidates.is_empty(), "{id}");
                undecidable += usize::from(row.maker.is_empty());
            }
            "clear" => {}
            "not_assessed" => unassessed += 1,
            other => panic!("{id}: {other}"),
        }
        if !found {
            let said = [&row.maker, &row.candidates, &row.family, &row.presence];
            assert!(said.iter().all(|s| s.is_empty()), "{id}");
        }
    }
    assert!(rows.len() >= 300);
    assert!(
        unassessed * 10 >= rows.len() * 3,
        "{unassessed} not assessed"
    );
    assert!(undecidable >= 15, "{undecidable} undecidable");
}

#[test]
fn the_estate_loads_and_its_evidence_is_bound() {
    let estate = load(&folder().join("estate.toml")).unwrap();
    assert!(estate.warnings.is_empty());
    assert_eq!(estate.departments.len(), 6);

    let files = estate.evidence_files(&folder());
    let warnings: Vec<&str> = files.warnings.iter().map(|d| d.code).collect();
    assert_eq!(warnings, ["pattern-matches-nothing"]);
    let unbound: Vec<&str> = files
        .files
        .iter()
        .filter(|b| b.register.is_none() && b.pattern.is_none())
        .map(|b| b.name.as_str())
        .collect();
    assert_eq!(unbound, ["evidence/unsorted/note.txt"]);

    let rows = expected();
    for bound in &files.files {
        if let Some(asset) = &bound.asset {
            let row = rows
                .get(asset)
                .unwrap_or_else(|| panic!("{}: no asset {asset}", bound.name));
            // A pattern over several departments names none: the asset's register does.
            if let Some(department) = &bound.department {
                assert_eq!(department, &row.department, "{}", bound.name);
            }
        }
    }
    // Whatever is observed or clear is so by evidence of its own, or by a log that names its IMEI.
    let bound: BTreeSet<&str> = files
        .files
        .iter()
        .filter_map(|b| b.asset.as_deref())
        .collect();
    for (id, row) in &rows {
        if row.expectation == "clear" || row.presence == "observed" {
            let by_imei = ["B101-C", "B102-C", "B103-C"].contains(&id.as_str());
            assert!(
                bound.contains(id.as_str()) || by_imei,
                "{id} has no evidence"
            );
        }
    }
    for asset in &estate.assets {
        assert!(rows.contains_key(&asset.id.value), "{}", asset.id.value);
    }
}

#[test]
fn the_example_is_small() {
    fn size(path: &Path) -> u64 {
        let meta = fs::symlink_metadata(path).unwrap();
        if meta.is_dir() {
            fs::read_dir(path)
                .unwrap()
                .map(|e| size(&e.unwrap().path()))
                .sum()
        } else {
            meta.len()
        }
    }
    assert!(size(&folder()) < 1_500_000);
}
