//! The embedded packs: none forgotten, each with its own cases met; the table cases of
//! `tests/verdicts/*.toml`; and malformed packs with their mistakes.

#![allow(clippy::unwrap_used, clippy::panic)] // in a test a panic is the message

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cellsweep_catalog::model::Confidence;
use cellsweep_evidence::Stance;
use cellsweep_identify::Role;
use cellsweep_policy::pack::{Pack, Stage};
use cellsweep_policy::{
    CODES, Case, Circumstances, MakerFacts, OwnerFacts, Packs, Verdict, dates, judge, load, trial,
};
use serde::Deserialize;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Files of a folder with an ending, sorted.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(here(folder))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == ending))
        .collect();
    all.sort();
    all
}

fn stance(word: Option<&str>) -> Stance {
    [
        Stance::Observed,
        Stance::Declared,
        Stance::Implied,
        Stance::Supported,
        Stance::Mentioned,
    ]
    .into_iter()
    .find(|s| s.as_str() == word.unwrap_or("observed"))
    .unwrap()
}

fn role(word: Option<&str>) -> Option<Role> {
    word.map(|w| match w {
        "component" => Role::Component,
        "end_product" => Role::EndProduct,
        "stick" => Role::Stick,
        other => panic!("no role {other}"),
    })
}

fn rule_verdict(pack: &Pack, rule: &str, case: &Case, date: jiff::civil::Date) -> Verdict {
    judge(pack, case, date)
        .into_iter()
        .find(|v| v.rule == rule)
        .unwrap_or_else(|| panic!("{} has no rule {rule}", pack.id))
}

#[test]
fn no_pack_is_forgotten() {
    let on_disk: Vec<String> = files("../../policies", "toml")
        .iter()
        .map(|p| p.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let embedded: Vec<&str> = Packs::files().iter().map(|(name, _)| *name).collect();
    assert_eq!(embedded, on_disk);
    let packs = Packs::embedded().unwrap_or_else(|e| panic!("{e}"));
    let ids: Vec<String> = packs.ids().iter().map(|id| format!("{id}.toml")).collect();
    assert_eq!(ids, on_disk);
}

#[test]
fn every_pack_meets_its_own_cases_and_every_rule_has_one() {
    let packs = Packs::embedded().unwrap_or_else(|e| panic!("{e}"));
    let failures: Vec<String> = packs
        .list()
        .iter()
        .flat_map(|pack| trial(&format!("policies/{}.toml", pack.id), pack))
        .map(|p| p.to_string())
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// A case that is wrong, and a rule without one, are said with their line.
#[test]
fn a_pack_whose_own_cases_fail_says_so() {
    let text = fs::read_to_string(here("../../policies/us-house-cc-letters.toml")).unwrap();
    let wrong = text.replacen("expect = \"advisory\"", "expect = \"prohibited\"", 1);
    let at = wrong[..wrong.find("expect = \"prohibited\"").unwrap()]
        .rfind("[[test]]")
        .unwrap();
    let line = wrong[..at].lines().count() + 1;
    let pack = load("us-house-cc-letters.toml", &wrong).unwrap();
    let found = trial("us-house-cc-letters.toml", &pack);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].line, found[0].code), (line, "pack-test-failed"));
    let none = &text[..text.find("[[test]]").unwrap()];
    let pack = load("us-house-cc-letters.toml", none).unwrap();
    assert_eq!(trial("x", &pack)[0].code, "pack-rule-untested");
}

#[test]
fn every_pack_can_be_followed_to_its_sources_and_says_no_forbidden_word() {
    let packs = Packs::embedded().unwrap_or_else(|e| panic!("{e}"));
    for pack in packs.list() {
        assert!(
            pack.sources.iter().any(|s| s.url.starts_with("http")),
            "{} has no address among its sources",
            pack.id
        );
    }
    for (file, text) in Packs::files() {
        let lower = text.to_lowercase();
        for word in [
            "compliant",
            "banned",
            "hostile",
            "notorious",
            "suspicious",
            "communist",
        ] {
            assert!(!lower.contains(word), "{file} says \"{word}\"");
        }
    }
}

// ---- table cases ----

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Maker {
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    seat: Vec<String>,
    #[serde(default)]
    owner: Vec<Owner>,
    #[serde(default)]
    lineage: Vec<String>,
    #[serde(default = "yes")]
    known: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Owner {
    name: String,
    seat: Vec<String>,
    from: Option<String>,
    to: Option<String>,
    confidence: Option<Confidence>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Row of the instruments table, equal to the pack id unless the pack holds several rows.
    cites: String,
    pack: Option<String>,
    rule: String,
    #[serde(default)]
    maker: Option<String>,
    #[serde(default)]
    makers: Vec<String>,
    #[serde(default)]
    open: bool,
    date: String,
    #[serde(default)]
    stage: Option<String>,
    #[serde(default)]
    contexts: Option<BTreeSet<String>>,
    #[serde(default)]
    sensitive: Option<bool>,
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    presence: Option<String>,
    #[serde(default)]
    supplier: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    produced_in: Vec<String>,
    #[serde(default)]
    remote_access: Option<Vec<String>>,
    #[serde(default)]
    bought: Option<String>,
    #[serde(default)]
    discovered: Option<String>,
    #[serde(default)]
    facts: BTreeSet<String>,
    expect: String,
    #[serde(default)]
    edition: Option<String>,
    #[serde(default)]
    deadline: Option<String>,
    #[serde(default)]
    effective: Option<String>,
    #[serde(default)]
    match_kind: Option<String>,
    /// `maker status`, sorted as the makers are.
    #[serde(default, rename = "if")]
    if_maker: Vec<String>,
    /// Words the basis must hold.
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    #[allow(dead_code)] // for people
    why: Option<String>,
}

fn makers() -> BTreeMap<String, MakerFacts> {
    let text = fs::read_to_string(here("tests/verdict_makers.toml")).unwrap();
    let all: BTreeMap<String, Maker> = toml::from_str(&text).unwrap();
    all.into_iter()
        .map(|(slug, m)| {
            let facts = MakerFacts {
                slug: slug.clone(),
                names: m.names,
                seat: m.seat,
                seat_source: None,
                owners: m
                    .owner
                    .into_iter()
                    .map(|o| OwnerFacts {
                        name: o.name,
                        seat: o.seat,
                        from: o.from,
                        to: o.to,
                        confidence: o.confidence.unwrap_or(Confidence::High),
                        source: o.source,
                    })
                    .collect(),
                lineage: m.lineage,
                known: m.known,
            };
            (slug, facts)
        })
        .collect()
}

fn row_case(row: &Row, makers: &BTreeMap<String, MakerFacts>) -> Case {
    let get = |slug: &String| {
        makers
            .get(slug)
            .unwrap_or_else(|| panic!("no maker {slug}"))
            .clone()
    };
    let names: Vec<&String> = row.maker.iter().chain(&row.makers).collect();
    Case {
        open: row.open || names.is_empty(),
        makers: names.into_iter().map(get).collect(),
        settled_by: None,
        presence: stance(row.presence.as_deref()),
        role: role(row.role.as_deref()),
        sensitive: row.sensitive,
        supplier: row.supplier.as_ref().map(get),
        given: Circumstances {
            stage: row.stage.as_deref().map_or(Stage::Installed, |word| {
                Stage::ALL.iter().find(|(w, _)| *w == word).unwrap().1
            }),
            contexts: row.contexts.clone(),
            bought: row.bought.as_deref().map(|d| dates::day(d).unwrap()),
            discovered: row.discovered.as_deref().map(|d| dates::day(d).unwrap()),
            supplier: row.supplier.clone(),
            category: row.category.clone(),
            produced_in: row.produced_in.clone(),
            remote_access: row.remote_access.clone(),
            facts: row.facts.clone(),
        },
    }
}

#[test]
fn table_cases() {
    let packs = Packs::embedded().unwrap_or_else(|e| panic!("{e}"));
    let makers = makers();
    let mut failures = Vec::new();
    let mut count = 0;
    for path in files("tests/verdicts", "toml") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file: File = toml::from_str(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        for (i, row) in file.case.iter().enumerate() {
            count += 1;
            let id = row.pack.as_ref().unwrap_or(&row.cites);
            let place = format!(
                "{name} case {} ({id}/{} {} {:?})",
                i + 1,
                row.rule,
                row.date,
                row.maker
            );
            let pack = packs.get(id).unwrap_or_else(|| panic!("{place}: no pack"));
            let date = dates::day(&row.date).unwrap();
            let v = rule_verdict(pack, &row.rule, &row_case(row, &makers), date);
            let mut differs = |what: &str, expected: &str, is: &str| {
                if expected != is {
                    failures.push(format!(
                        "{place}: expected {what} {expected}, is {is}: {}",
                        v.basis
                    ));
                }
            };
            differs("status", &row.expect, v.status.as_str());
            if let Some(e) = &row.edition {
                differs("edition", e, v.edition.as_deref().unwrap_or("none"));
            }
            if let Some(e) = &row.deadline {
                differs("deadline", e, v.deadline.as_deref().unwrap_or("none"));
            }
            if let Some(e) = &row.effective {
                differs("effective", e, v.effective.as_deref().unwrap_or("none"));
            }
            if let Some(e) = &row.match_kind {
                differs("match kind", e, &v.match_kind);
            }
            let is: Vec<String> = v
                .if_maker
                .iter()
                .map(|i| format!("{} {}", i.maker, i.status.as_str()))
                .collect();
            differs("if", &row.if_maker.join(", "), &is.join(", "));
            for words in &row.says {
                if !v.basis.contains(words) {
                    failures.push(format!(
                        "{place}: the basis does not say \"{words}\": {}",
                        v.basis
                    ));
                }
            }
            assert!(!v.basis.is_empty() && !v.sources.is_empty(), "{place}");
            for word in ["compliant", "banned"] {
                assert!(
                    !v.basis.to_lowercase().contains(word),
                    "{place}: {}",
                    v.basis
                );
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert!(count >= 100, "only {count} table cases");
}

// ---- malformed packs ----

#[test]
fn malformed_packs_say_what_is_wrong_and_where() {
    let mut seen = BTreeSet::new();
    let mut failures = Vec::new();
    let cases = files("tests/malformed", "toml");
    for path in &cases {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap();
        // The file's name is the case's; the pack's id is fixed, so the name is given separately.
        let shown = if name.starts_with("id-not-file-name") {
            "other.toml"
        } else {
            "example.toml"
        };
        let problems = load(shown, &text).expect_err(&name);
        let is: Vec<String> = problems
            .iter()
            .map(|p| format!("{} {}: {}", p.line, p.code, p.message))
            .collect();
        seen.extend(problems.iter().map(|p| p.code));
        let expected_path = path.with_extension("expected");
        let expected: Vec<String> = fs::read_to_string(&expected_path)
            .unwrap_or_else(|e| panic!("{}: {e}", expected_path.display()))
            .lines()
            .filter(|l| !l.starts_with('#') && !l.trim().is_empty())
            .map(str::to_owned)
            .collect();
        if is != expected {
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            failures.push(format!(
                "{name}: expected {expected:?}, is {is:?}\n{}",
                all.join("\n")
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert!(cases.len() >= 30);
    let known: BTreeSet<&str> = CODES.iter().map(|(c, _)| *c).collect();
    assert_eq!(known.len(), CODES.len(), "a code stands there twice");
    assert!(seen.is_subset(&known), "a code is not in CODES");
    // The codes that need more than one small file, and those of waivers, are met in unit tests.
    let untested: Vec<&&str> = known
        .iter()
        .filter(|c| {
            !seen.contains(**c)
                && !matches!(
                    **c,
                    "pack-too-large"
                        | "pack-unknown-list"
                        | "pack-test-failed"
                        | "pack-rule-untested"
                )
                && !c.starts_with("waiver-")
                && !c.starts_with("override-")
        })
        .collect();
    assert!(untested.is_empty(), "no malformed pack for {untested:?}");
}
