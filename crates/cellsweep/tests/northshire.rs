//! The example estate against its oracle, `examples/northshire/expected.csv`, which is reasoned
//! from the facts, class of asset by class of asset, and never from what the program says.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cellsweep_catalog::Catalog;
use cellsweep_identify::AssetStatus;
use cellsweep_policy::Packs;
use cellsweep_report::Report;
use cellsweep_sweep::run::audit;
use cellsweep_sweep::{Settings, Silent};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/northshire")
}

fn northshire(jobs: usize) -> Report {
    let catalog = Catalog::embedded().unwrap();
    let estate = cellsweep_estate::load(&folder().join("estate.toml")).unwrap();
    let packs: Vec<String> = estate
        .audit
        .policies
        .iter()
        .map(|p| p.value.clone())
        .collect();
    let packs = Packs::embedded().unwrap().select(&packs).unwrap();
    let mut settings = Settings::new(estate.audit.date);
    settings.jobs = jobs;
    settings.now = "2026-11-24T00:00:00Z".parse().unwrap();
    audit(&catalog, &packs, &estate, &folder(), &settings, &Silent).report
}

struct Expected {
    asset: String,
    department: String,
    status: AssetStatus,
    maker: Option<String>,
    candidates: BTreeSet<String>,
    family: Option<String>,
    presence: Option<String>,
}

fn oracle() -> Vec<Expected> {
    let mut reader = csv::Reader::from_path(folder().join("expected.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|r| {
            let r = r.unwrap();
            let get = |name: &str| -> Option<String> {
                let at = headers
                    .iter()
                    .position(|h| h == name)
                    .unwrap_or_else(|| panic!("{name}"));
                Some(r.get(at).unwrap().trim().to_owned()).filter(|v| !v.is_empty())
            };
            Expected {
                asset: get("asset_id").unwrap(),
                department: get("department").unwrap(),
                status: match get("expectation").unwrap().as_str() {
                    "found" => AssetStatus::Found,
                    "clear" => AssetStatus::Clear,
                    "not_assessed" => AssetStatus::NotAssessed,
                    other => panic!("{other}"),
                },
                maker: get("maker"),
                candidates: get("candidates")
                    .map(|c| c.split('|').map(str::to_owned).collect())
                    .unwrap_or_default(),
                family: get("family"),
                presence: get("presence"),
            }
        })
        .collect()
}

#[test]
fn every_asset_stands_as_the_oracle_says() {
    let report = northshire(1);
    let states: BTreeMap<&str, _> = report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    let mut wrong = Vec::new();
    let oracle = oracle();
    for e in &oracle {
        let Some(state) = states.get(e.asset.as_str()) else {
            wrong.push(format!("{}: not in the report", e.asset));
            continue;
        };
        if state.status != e.status {
            wrong.push(format!(
                "{}: {:?}, expected {:?} ({})",
                e.asset, state.status, e.status, state.why
            ));
            continue;
        }
        if state.department.as_deref() != Some(&e.department) {
            wrong.push(format!(
                "{}: department {:?}, expected {}",
                e.asset, state.department, e.department
            ));
        }
        if e.status != AssetStatus::Found {
            continue;
        }
        let findings: Vec<_> = report
            .findings
            .iter()
            .map(|f| &f.finding)
            .filter(|f| f.subject.asset.as_deref() == Some(&e.asset))
            .filter(|f| f.presence.as_str() <= "implied" || f.presence.as_str() == "observed")
            .collect();
        let makers: BTreeSet<&str> = findings
            .iter()
            .filter_map(|f| f.module.maker.as_deref())
            .collect();
        let expected: BTreeSet<&str> = e.maker.iter().flat_map(|m| m.split('|')).collect();
        if makers != expected {
            wrong.push(format!(
                "{}: makers {makers:?}, expected {expected:?}",
                e.asset
            ));
            continue;
        }
        if e.maker.is_none() {
            let candidates: BTreeSet<String> = findings
                .iter()
                .flat_map(|f| f.candidates.iter())
                .map(|c| c.maker.clone())
                .collect();
            if candidates != e.candidates {
                wrong.push(format!(
                    "{}: candidates {candidates:?}, expected {:?}",
                    e.asset, e.candidates
                ));
            }
        }
        if let Some(family) = &e.family {
            let families: BTreeSet<&str> = findings
                .iter()
                .flat_map(|f| {
                    f.module
                        .family
                        .iter()
                        .chain(f.candidates.iter().filter_map(|c| c.family.as_ref()))
                })
                .flat_map(|f| f.split('/'))
                .collect();
            if !family.split(['|', '/']).any(|f| families.contains(f)) {
                wrong.push(format!(
                    "{}: families {families:?}, expected {family}",
                    e.asset
                ));
            }
        }
        if let Some(presence) = &e.presence
            && !findings.iter().any(|f| f.presence.as_str() == presence)
        {
            let have: Vec<_> = findings.iter().map(|f| f.presence.as_str()).collect();
            wrong.push(format!(
                "{}: presence {have:?}, expected {presence}",
                e.asset
            ));
        }
    }
    let listed: BTreeSet<&str> = oracle.iter().map(|e| e.asset.as_str()).collect();
    for a in &report.assets {
        if !listed.contains(a.id.as_str()) {
            wrong.push(format!("{}: in the report, not in the oracle", a.id));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        oracle.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_oracle_is_hard_enough() {
    let oracle = oracle();
    let share = |test: &dyn Fn(&Expected) -> bool| oracle.iter().filter(|e| test(e)).count();
    let not_assessed = share(&|e| e.status == AssetStatus::NotAssessed);
    let undecidable = share(&|e| e.status == AssetStatus::Found && e.maker.is_none());
    assert!(oracle.len() >= 2_000, "{} assets", oracle.len());
    assert!(
        not_assessed * 10 >= oracle.len() * 3,
        "{not_assessed} not assessed of {}",
        oracle.len()
    );
    assert!(undecidable >= 400, "{undecidable} undecidable");
    assert!(share(&|e| e.status == AssetStatus::Clear) >= 20);
}

#[test]
fn one_thread_or_eight_give_the_same_report() {
    let render = |report: &Report| {
        cellsweep_report::json::json(report, cellsweep_report::json::Layout::Pretty).unwrap()
    };
    assert!(render(&northshire(1)) == render(&northshire(8)));
}
