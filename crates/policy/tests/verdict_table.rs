//! Cases written by hand from the table of instruments (`tests/verdicts/*.tsv`, its README says how),
//! judged with the catalogue's makers.

#![allow(clippy::unwrap_used, clippy::panic)] // in a test a panic is the message

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::Role;
use cellsweep_policy::pack::Stage;
use cellsweep_policy::{Case, Circumstances, MakerFacts, Packs, dates, judge};

const COLUMNS: &str = "cites\trule\tmakers\tdate\tgiven\texpect\tif\tdeadline\twhy";

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/verdicts");
    let mut all: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "tsv"))
        .collect();
    all.sort();
    all
}

fn list(value: &str) -> impl Iterator<Item = String> + '_ {
    value.split(',').map(|w| w.replace('+', " "))
}

fn case_of(catalog: &Catalog, makers: &str, given: &str) -> Case {
    let facts = |name: &str| match name.split_once(':') {
        Some((slug, family)) => MakerFacts::from_catalog(catalog, slug, Some(family)),
        None => MakerFacts::from_catalog(catalog, name, None),
    };
    let named: Vec<MakerFacts> = makers.split('/').filter(|m| *m != "*").map(facts).collect();
    let mut case = Case {
        open: makers.split('/').any(|m| m == "*"),
        makers: named,
        settled_by: None,
        presence: Stance::Observed,
        role: None,
        sensitive: None,
        supplier: None,
        given: Circumstances::default(),
    };
    for word in given.split(' ').filter(|w| *w != "-") {
        let (key, value) = word.split_once('=').unwrap();
        match key {
            "stage" => {
                case.given.stage = Stage::ALL.iter().find(|(w, _)| *w == value).unwrap().1;
            }
            "role" => {
                case.role = Some(match value {
                    "component" => Role::Component,
                    "end_product" => Role::EndProduct,
                    "stick" => Role::Stick,
                    other => panic!("no role {other}"),
                });
            }
            "ctx" => case.given.contexts = Some(list(value).collect()),
            "sens" => case.sensitive = Some(value == "yes"),
            "supplier" => {
                case.given.supplier = Some(value.to_owned());
                case.supplier = Some(facts(value));
            }
            "cat" => case.given.category = list(value).next(),
            "made" => case.given.produced_in = list(value).collect(),
            "access" => case.given.remote_access = Some(list(value).collect()),
            "bought" => case.given.bought = dates::day(value),
            "found" => case.given.discovered = dates::day(value),
            "facts" => case.given.facts = list(value).collect(),
            "presence" => {
                case.presence = [
                    Stance::Observed,
                    Stance::Declared,
                    Stance::Implied,
                    Stance::Supported,
                    Stance::Mentioned,
                ]
                .into_iter()
                .find(|s| s.as_str() == value)
                .unwrap();
            }
            other => panic!("no circumstance is called {other}"),
        }
    }
    case
}

#[test]
fn every_case_is_as_the_instrument_reads() {
    let catalog = Catalog::embedded().unwrap_or_else(|e| panic!("{e}"));
    let packs = Packs::embedded().unwrap_or_else(|e| panic!("{e}"));
    let mut failures = Vec::new();
    let (mut count, mut sets) = (0, 0);
    let mut years = BTreeSet::new();
    for path in files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().next(), Some(COLUMNS), "{name}");
        for (i, line) in text.lines().enumerate().skip(1) {
            let place = format!("tests/verdicts/{name}:{}", i + 1);
            let cells: Vec<&str> = line.split('\t').collect();
            let [cites, rule, makers, date, given, expect, ifs, deadline, why] = cells[..] else {
                panic!("{place}: {} columns", cells.len());
            };
            count += 1;
            sets += usize::from(makers.contains('/') || makers == "*");
            years.insert(date[..4].to_owned());
            assert!(!why.is_empty(), "{place}: no reason");
            let Some(pack) = packs.get(cites) else {
                if expect != "no_pack" {
                    failures.push(format!("{place}: no pack {cites}"));
                }
                continue;
            };
            let date = dates::day(date).unwrap();
            let case = case_of(&catalog, makers, given);
            let Some(v) = judge(pack, &case, date)
                .into_iter()
                .find(|v| v.rule == rule)
            else {
                failures.push(format!("{place}: {cites} has no rule {rule}"));
                continue;
            };
            let mut differs = |what: &str, expected: &str, is: &str| {
                if expected != is {
                    failures.push(format!(
                        "{place} ({cites}/{rule} {makers} {date} {given})\n    expected {what} {expected}, is {is}: {}\n    reading: {why}",
                        v.basis
                    ));
                }
            };
            differs("status", expect, v.status.as_str());
            let stands: Vec<String> = v
                .if_maker
                .iter()
                .map(|i| format!("{}={}", i.maker, i.status.as_str()))
                .collect();
            let stands = stands.join(" ");
            differs("if", ifs, if stands.is_empty() { "-" } else { &stands });
            if deadline != "-" {
                differs(
                    "deadline",
                    deadline,
                    v.deadline.as_deref().unwrap_or("none"),
                );
            }
        }
    }
    assert!(
        failures.is_empty(),
        "\n{}\n{} of {count}",
        failures.join("\n"),
        failures.len()
    );
    assert!(count >= 300 && sets >= 40, "{count} cases, {sets} sets");
    for year in 2018..=2030 {
        assert!(years.contains(&year.to_string()), "no case in {year}");
    }
}
