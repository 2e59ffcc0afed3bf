//! Golden pairs of malformed estates: `tests/malformed/NAME.toml` and `NAME.expected`, found by glob.
//!
//! An expectation is a line `code line` for each diagnostic, written by hand from the estate, in any
//! order; lines that begin with `#` are remarks. `-` stands for a diagnostic without a place.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test's own functions may fail the test"
)]

use std::collections::BTreeSet;
use std::path::Path;

use cellsweep_estate::{CODES, Diagnostic, Severity, load, parse};

fn shown(diagnostics: &[Diagnostic]) -> Vec<String> {
    let mut lines: Vec<String> = diagnostics
        .iter()
        .map(|d| match &d.span {
            Some(span) => format!("{} {}", d.code, span.start.line),
            None => format!("{} -", d.code),
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn malformed_estates_are_pointed_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 15, "only {} cases", paths.len());

    let mut failures = Vec::new();
    let mut covered = BTreeSet::new();
    for path in &paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let mut expected: Vec<String> = expected
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .map(str::to_owned)
            .collect();
        expected.sort();
        let got = load(path).expect_err(&name);
        assert!(
            got.iter().any(|d| d.severity == Severity::Error),
            "{name}: no error"
        );
        covered.extend(got.iter().map(|d| d.code));
        for d in &got {
            assert!(
                CODES
                    .iter()
                    .any(|c| c.code == d.code && c.severity == d.severity),
                "{d}"
            );
        }
        let lines = shown(&got);
        if lines != expected {
            let all: Vec<String> = got.iter().map(ToString::to_string).collect();
            failures.push(format!(
                "{name}\n  expected {expected:?}\n  got      {lines:?}\n  {}",
                all.join("\n  ")
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));

    // Those about size have their own test; warnings about files come from the listing and are tested with it.
    let missing: Vec<&str> = CODES
        .iter()
        .filter(|c| c.severity == Severity::Error && !c.code.starts_with("too-many-"))
        .filter(|c| !covered.contains(c.code))
        .map(|c| c.code)
        .collect();
    assert!(missing.is_empty(), "no malformed case for {missing:?}");
}

#[test]
fn a_missing_estate_is_a_diagnostic() {
    let got = load(Path::new("/nonexistent/estate.toml")).expect_err("no such file");
    assert_eq!(shown(&got), ["estate-unreadable -"]);
}

#[test]
fn an_estate_of_nothing_but_mistakes_stays_small() {
    let head = "[organisation]\nname = \"N\"\n";
    let text = format!("{head}{}", "[[site]]\nid = \"a\"\nx = 1\n".repeat(1_000));
    let got = parse(&text).unwrap_err();
    assert_eq!(got.len(), 1001);
    assert_eq!(got[0].code, "too-many-mistakes");

    // One line of 260 kB: places are found without counting from its start each time.
    let sites = "{ id = \"a\", name = \"b\" }, ".repeat(10_000);
    let got = parse(&format!("site = [{sites}]\n{head}")).unwrap_err();
    assert_eq!(got.len(), 1001);

    let text = format!(
        "{head}{}",
        "[[evidence]]\npath = \"a/{asset}/*\"\n".repeat(2001)
    );
    assert_eq!(
        shown(&parse(&text).unwrap_err()),
        ["no-assets 1", "no-policies 1", "too-many-patterns 4003"]
    );
}
