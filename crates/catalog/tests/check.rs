//! The catalogue's own files pass their check, and the check finds what it is there to find.

#![allow(clippy::expect_used, clippy::indexing_slicing)] // a test fails by panicking

use std::path::Path;

use cellsweep_catalog::check::check_texts;
use cellsweep_catalog::{Catalog, check};

#[test]
fn the_files_pass() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let problems = check(&dir);
    let shown: Vec<String> = problems
        .iter()
        .map(|p| format!("catalog/{}:{}: {}: {}", p.file, p.line, p.code, p.message))
        .collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

const SOURCES: &str = r#"
version = "2026.01.01"
as_of = "2026-01-01"
[[source]]
id = "kernel"
title = "a table"
url = "https://example.org/table"
as_of = "2026-01-01"
[[source]]
id = "lost"
title = "path not kept"
as_of = "2026-01-01"
to_be_resourced = true
"#;

const MAKER: &str = r#"
[maker]
slug = "acme"
name = "Acme"
role = "module-maker"
aliases = ["Acme Radio"]
usb_vendors = ["abcd"]
source = "kernel"
confidence = "high"
as_of = "2026-01-01"
[[family]]
name = "ZX90"
pattern = 'ZX90(?:-[A-Z]{1,3})?'
alone = "safe"
variants = ["ZX90-EU"]
source = "lost"
confidence = "medium"
[[usb]]
id = "abcd:0001"
kind = "module"
families = ["ZX90"]
source = "kernel"
confidence = "high"
"#;

fn codes(sources: &str, maker: &str, shared: &str) -> Vec<(usize, &'static str)> {
    let texts = [
        ("sources.toml".to_owned(), sources.to_owned()),
        ("makers/acme.toml".to_owned(), maker.to_owned()),
        ("shared/ids.toml".to_owned(), shared.to_owned()),
    ];
    check_texts(&texts)
        .into_iter()
        .map(|p| (p.line, p.code))
        .collect()
}

#[test]
fn sound_files_pass() {
    assert_eq!(codes(SOURCES, MAKER, ""), []);
}

#[test]
fn each_mistake_is_found_at_its_line() {
    let line = |text: &str, words: &str| {
        1 + text[..text.rfind(words).expect("there")]
            .matches('\n')
            .count()
    };
    let tried = |from: &str, to: &str, code: &'static str, near: &str| {
        let maker = MAKER.replacen(from, to, 1);
        assert_ne!(maker, MAKER, "{from}");
        let expected = (line(&maker, near), code);
        let found = codes(SOURCES, &maker, "");
        assert!(
            found.contains(&expected),
            "{to}: expected {expected:?} in {found:?}"
        );
    };
    tried(
        "families = [\"ZX90\"]",
        "families = [\"ZX91\"]",
        "unknown-family",
        "abcd:0001",
    );
    tried("abcd:0001", "ABCD:0001", "bad-id", "ABCD:0001");
    tried("ZX90(?:", "ZX90(?:(", "catalog-syntax", "ZX90(?:(");
    tried(
        "variants = [\"ZX90-EU\"]",
        "variants = [\"ZY90\"]",
        "variant-fails",
        "ZY90",
    );
    tried(
        "confidence = \"medium\"",
        "confidence = \"high\"",
        "confidence-too-high",
        "\"ZX90\"",
    );
    tried(
        "source = \"lost\"",
        "source = \"nowhere\"",
        "unknown-source",
        "\"ZX90\"",
    );
    tried(
        "source = \"kernel\"",
        "source = \"lost\"",
        "company-fact-without-source",
        "\"acme\"",
    );
    tried(
        "as_of = \"2026-01-01\"",
        "as_of = \"yesterday\"",
        "bad-date",
        "yesterday",
    );
    tried(
        "kind = \"module\"",
        "kind = \"modul\"",
        "catalog-syntax",
        "\"modul\"",
    );
    tried(
        "alone = \"safe\"",
        "alone = \"safe\"\nalon = 1",
        "catalog-syntax",
        "alon = 1",
    );
}

#[test]
fn references_and_periods() {
    let shared = "[[usb]]\nid = \"abcd:0001\"\nkind = \"module\"\nsource = \"kernel\"\nconfidence = \"high\"\n";
    assert_eq!(codes(SOURCES, MAKER, shared), [(2, "duplicate")]);
    let shared = "[[usb]]\nid = \"abcd:0002\"\nkind = \"module\"\ncandidates = [{ maker = \"nobody\" }]\nsource = \"kernel\"\nconfidence = \"high\"\n";
    assert_eq!(codes(SOURCES, MAKER, shared), [(2, "unknown-maker")]);
    let owners = MAKER.replace(
        "[[family]]",
        r#"[[maker.owner]]
name = "First"
kind = "shares"
from = "2010"
to = "2020-06"
source = "kernel"
confidence = "high"
[[maker.owner]]
name = "Second"
kind = "shares"
from = "2019-01-01"
source = "kernel"
confidence = "high"
[[family]]"#,
    );
    assert_eq!(
        codes(SOURCES, &owners, "")
            .iter()
            .map(|c| c.1)
            .collect::<Vec<_>>(),
        ["owner-period"]
    );
    let fine = owners.replace("2019-01-01", "2020-06-15");
    assert_eq!(codes(SOURCES, &fine, ""), []);
    let unused = format!(
        "{SOURCES}[[source]]\nid = \"spare\"\ntitle = \"t\"\nurl = \"https://example.org\"\nas_of = \"2026-01-01\"\n"
    );
    assert_eq!(
        codes(&unused, MAKER, "")
            .iter()
            .map(|c| c.1)
            .collect::<Vec<_>>(),
        ["unused-source"]
    );
}

#[test]
fn a_directory_extends_and_overrides() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("makers")).expect("made");
    std::fs::write(dir.path().join("makers/acme.toml"), MAKER).expect("written");
    let quectel = MAKER
        .replace("\"acme\"", "\"quectel\"")
        .replace("abcd", "2c7c");
    std::fs::write(dir.path().join("makers/quectel.toml"), quectel).expect("written");
    let catalog = Catalog::with_dir(dir.path()).expect("loads");
    assert_eq!(
        catalog.usb("abcd:0001").expect("added").maker(),
        Some("acme")
    );
    assert_eq!(
        catalog.names("ZX90-EU").len(),
        1 + 1,
        "both makers of the test name it so"
    );
    assert!(
        catalog.family("quectel", "EC25").is_none(),
        "the file replaces the maker"
    );
    assert_eq!(
        catalog.usb("2cb7:0007").expect("built in").maker(),
        Some("fibocom")
    );
    let alone = Catalog::only_dir(dir.path()).expect("loads");
    assert!(alone.usb("2cb7:0007").is_none());
    std::fs::write(dir.path().join("makers/acme.toml"), "[maker]\nslug = 1\n").expect("written");
    let error = Catalog::with_dir(dir.path())
        .expect_err("a mistake")
        .to_string();
    assert!(error.contains("makers/acme.toml:2:"), "{error}");
}
