//! `docs/estate.md` says what the code says.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;

use cellsweep_estate::{CODES, parse};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/estate.md");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_code_is_on_the_page_in_the_same_words() {
    let page = page();
    for code in CODES {
        let row = format!("| `{}` | {} |", code.code, code.explanation);
        assert!(page.contains(&row), "docs/estate.md lacks this row:\n{row}");
    }
}

#[test]
fn the_example_on_the_page_is_an_estate() {
    let page = page();
    let example = page
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let estate = parse(example).unwrap();
    assert!(estate.warnings.is_empty());
    assert!(
        estate
            .evidence
            .iter()
            .all(|e| e.path.value.captures_asset())
    );
}
