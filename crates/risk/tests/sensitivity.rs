//! What hangs on single cells, against a computation that shares nothing with it but the assessment:
//! each cell is moved in the table's text, which is read and applied to every finding anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests fail loudly, as tests do

use std::collections::BTreeMap;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{AssetState, Candidate, Finding, Module, Role, Stated, finding::Subject};
use cellsweep_policy::{Status, Verdict};
use cellsweep_risk::{Area, Case, Risk, Table, assess_with, sensitivity};
use jiff::civil::{Date, date};
use toml::Value;

const DAY: Date = date(2026, 11, 24);

struct One {
    finding: Finding,
    asset: Option<AssetState>,
    verdicts: Vec<Verdict>,
}

/// Class, criticality, sector, sensitive, connections.
type Asset = (
    &'static str,
    &'static str,
    &'static str,
    Option<bool>,
    &'static [(&'static str, &'static str)],
);

/// Findings of every sort: makers and sets, classes, criticalities, standings, connections.
fn findings() -> Vec<One> {
    let makers = [
        (Some("quectel"), Some("EC25")),
        (Some("quectel"), Some("EG25-G")),
        (Some("telit-cinterion"), Some("EHS6")),
        (Some("simcom"), Some("SIM7600")),
        (Some("nordic"), Some("nRF9160")),
        (None, None),
    ];
    let assets: [Asset; 6] = [
        (
            "rtu",
            "critical",
            "water",
            Some(false),
            &[("apn", "private"), ("segmentation", "filtered")],
        ),
        (
            "camera",
            "medium",
            "police",
            Some(true),
            &[("cloud", "supplier"), ("remote_access", "internet")],
        ),
        (
            "router",
            "high",
            "energy",
            None,
            &[("support_until", "2025-01-01"), ("apn", "public")],
        ),
        (
            "tracker",
            "low",
            "",
            Some(true),
            &[("passes", "position, commands"), ("sim_issuer", "supplier")],
        ),
        ("meter", "low", "energy", Some(false), &[]),
        ("", "", "", None, &[("firmware_channel", "organisation")]),
    ];
    let standings = [
        Some(Status::Prohibited),
        Some(Status::Advisory),
        Some(Status::Allowed),
        None,
    ];
    let mut out = Vec::new();
    for (maker, family) in makers {
        for (class, criticality, sector, sensitive, connection) in assets {
            for standing in standings {
                let mut finding = finding(out.len(), maker, family);
                if maker.is_none() {
                    finding.candidates = [("quectel", "EC25"), ("simcom", "SIM7600")]
                        .map(|(maker, family)| Candidate {
                            maker: maker.to_owned(),
                            family: Some(family.to_owned()),
                            probability: 0.5,
                        })
                        .to_vec();
                }
                out.push(One {
                    finding,
                    asset: Some(asset(class, criticality, sector, sensitive, connection)),
                    verdicts: standing.map(verdict).into_iter().collect(),
                });
            }
        }
    }
    // One that shows no module, and one without an asset.
    let mut mention = finding(out.len(), Some("quectel"), Some("EC25"));
    mention.presence = Stance::Mentioned;
    let alone = finding(out.len() + 1, Some("telit-cinterion"), Some("EHS6"));
    for finding in [mention, alone] {
        out.push(One {
            finding,
            asset: None,
            verdicts: vec![verdict(Status::Prohibited)],
        });
    }
    out
}

fn finding(number: usize, maker: Option<&str>, family: Option<&str>) -> Finding {
    Finding {
        id: format!("f{number:03}"),
        aka: Vec::new(),
        subject: Subject::default(),
        product: None,
        quantity: 1,
        role: Role::Component,
        module: Module {
            maker: maker.map(str::to_owned),
            family: family.map(str::to_owned),
            ..Module::default()
        },
        candidates: Vec::new(),
        closed: false,
        settled_by: None,
        presence: Stance::Observed,
        maker_stance: None,
        confidence: 0.9,
        first_seen: None,
        last_seen: None,
        evidence: Vec::new(),
    }
}

fn asset(
    class: &str,
    criticality: &str,
    sector: &str,
    sensitive: Option<bool>,
    connection: &[(&str, &str)],
) -> AssetState {
    let text = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    AssetState {
        class: text(class),
        criticality: text(criticality),
        sector: text(sector),
        sensitive,
        connection: connection
            .iter()
            .map(|(key, value)| {
                let stated = Stated {
                    value: (*value).to_owned(),
                    from: "register, row 2".to_owned(),
                };
                ((*key).to_owned(), vec![stated])
            })
            .collect(),
        ..AssetState::default()
    }
}

fn verdict(status: Status) -> Verdict {
    Verdict {
        pack: "p".to_owned(),
        rule: "r".to_owned(),
        verb: "no_use".to_owned(),
        status,
        if_maker: Vec::new(),
        effective: None,
        deadline: None,
        match_kind: "named_entity".to_owned(),
        edition: None,
        basis: String::new(),
        sources: Vec::new(),
    }
}

fn all(table: &Table, findings: &[One]) -> Vec<Risk> {
    let catalog = Catalog::default();
    findings
        .iter()
        .map(|o| {
            assess_with(
                table,
                &o.finding,
                o.asset.as_ref(),
                &o.verdicts,
                &catalog,
                DAY,
            )
        })
        .collect()
}

fn levels(risk: &Risk) -> [String; 4] {
    [
        &risk.national_security,
        &risk.economic,
        &risk.privacy,
        &risk.values_rights,
    ]
    .map(|a| match a {
        Area::Level(l) => l.level.clone(),
        Area::NoBasis(_) => "no_basis".to_owned(),
    })
}

/// A word one level away on its scale.
fn beside(scales: &Value, scale: &str, word: &str, up: bool) -> Option<String> {
    let words: Vec<&str> = scales[scale]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w.as_str().unwrap())
        .collect();
    let at = words.iter().position(|w| *w == word).unwrap();
    let to = if up { at + 1 } else { at.checked_sub(1)? };
    words.get(to).map(|w| (*w).to_owned())
}

/// Every cell of the text moved once up and once down: row, cell, from, to, and the new text.
fn moves(text: &str) -> Vec<(String, String, String, String, String)> {
    let whole: Value = toml::from_str(text).unwrap();
    let scales = whole["scale"].clone();
    let mut out = Vec::new();
    let mut change =
        |row: String, cell: &str, scale: &str, from: &str, put: &dyn Fn(&mut Value, Value)| {
            for up in [false, true] {
                let Some(to) = beside(&scales, scale, from, up) else {
                    continue;
                };
                let mut moved = whole.clone();
                put(&mut moved, Value::String(to.clone()));
                let text = toml::to_string(&moved).unwrap();
                out.push((row.clone(), cell.to_owned(), from.to_owned(), to, text));
            }
        };
    let areas = ["national_security", "economic", "privacy", "values_rights"];
    // Rows: where they stand, what they give on which scale.
    let mut places: Vec<(Vec<&str>, &str, &str)> = vec![
        (vec!["derived", "exposure"], "gives", "exposure"),
        (vec!["derived", "command"], "gives", "command"),
        (vec!["outcome"], "outcome", "outcome"),
    ];
    places.extend(areas.map(|a| (vec!["area", a, "row"], "level", "level")));
    for (path, gives, scale) in places {
        let rows = path.iter().fold(&whole, |v, p| &v[*p]).as_array().unwrap();
        for (n, row) in rows.iter().enumerate() {
            let id = row["id"].as_str().unwrap().to_owned();
            let path = path.clone();
            let at = move |v: &mut Value, key: &[&str], to: Value| {
                let mut place = v;
                for p in &path {
                    place = place.get_mut(*p).unwrap();
                }
                let mut place = &mut place[n];
                for k in key {
                    place = place.get_mut(*k).unwrap();
                }
                *place = to;
            };
            change(
                id.clone(),
                "gives",
                scale,
                row[gives].as_str().unwrap(),
                &|v, to| {
                    at(v, &[gives], to);
                },
            );
            for (input, word) in row
                .get("when")
                .and_then(Value::as_table)
                .into_iter()
                .flatten()
            {
                let scale = if areas.contains(&input.as_str()) {
                    "level"
                } else {
                    input
                };
                change(
                    id.clone(),
                    input,
                    scale,
                    word.as_str().unwrap(),
                    &|v, to| {
                        at(v, &["when", input], to);
                    },
                );
            }
        }
    }
    for (n, word) in whole["word"].as_array().unwrap().iter().enumerate() {
        let fact = word["fact"].as_str().unwrap();
        let row = format!("word {fact} = {}", word["word"].as_str().unwrap());
        let means = word["means"].as_array().unwrap();
        let ends = [
            means.first().unwrap().clone(),
            means.last().unwrap().clone(),
        ];
        for (end, cell) in ["at least", "at most"].iter().enumerate() {
            change(
                row.clone(),
                cell,
                fact,
                ends[end].as_str().unwrap(),
                &|v, to| {
                    let mut ends = ends.clone();
                    ends[end] = to;
                    v["word"][n]["means"] = Value::Array(ends.to_vec());
                },
            );
        }
    }
    for (list, name) in [("passing", "word"), ("class", "words")] {
        for (n, entry) in whole[list].as_array().unwrap().iter().enumerate() {
            let row = match &entry[name] {
                Value::Array(words) => format!("{list} {} and alike", words[0].as_str().unwrap()),
                word => format!("{list} {}", word.as_str().unwrap()),
            };
            for cell in ["observes", "actuates"] {
                let Some(word) = entry.get(cell) else {
                    continue;
                };
                change(row.clone(), cell, cell, word.as_str().unwrap(), &|v, to| {
                    v[list][n][cell] = to;
                });
            }
        }
    }
    for (n, entry) in whole["function"].as_array().unwrap().iter().enumerate() {
        let families: Vec<&str> = entry["families"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f.as_str().unwrap())
            .collect();
        let row = format!(
            "function {} {}",
            entry["maker"].as_str().unwrap(),
            families.join(", ")
        );
        change(
            row,
            "senses",
            "senses",
            entry["senses"].as_str().unwrap(),
            &|v, to| {
                v["function"][n]["senses"] = to;
            },
        );
    }
    for (n, entry) in whole["capability"].as_array().unwrap().iter().enumerate() {
        let row = format!(
            "capability {} of {}",
            entry["id"].as_str().unwrap(),
            entry["maker"].as_str().unwrap()
        );
        change(
            row,
            "reach",
            "reach",
            entry["reach"].as_str().unwrap(),
            &|v, to| {
                v["capability"][n]["reach"] = to;
            },
        );
    }
    let sectors = whole["sectors"]["essential"].as_array().unwrap();
    for (n, sector) in sectors.iter().enumerate() {
        let mut moved = whole.clone();
        moved["sectors"]["essential"]
            .as_array_mut()
            .unwrap()
            .remove(n);
        out.push((
            format!("sector {}", sector.as_str().unwrap()),
            "sector".to_owned(),
            "essential".to_owned(),
            "other".to_owned(),
            toml::to_string(&moved).unwrap(),
        ));
    }
    out
}

type Counts = (u64, u64, Vec<String>);

#[test]
fn it_agrees_with_moving_each_cell_in_the_text_and_starting_anew() {
    let findings = findings();
    let table = Table::embedded().unwrap();
    let cases = findings.iter().map(|o| Case {
        finding: &o.finding,
        asset: o.asset.as_ref(),
        verdicts: &o.verdicts,
    });
    let found = sensitivity(table, cases, &Catalog::default(), DAY);
    assert_eq!(
        found.findings + 1,
        findings.len() as u64,
        "a mention shows no module"
    );
    assert_eq!((found.left_out, found.table.as_str()), (0, "risk-2"));

    let before = all(table, &findings);
    let mut brute: BTreeMap<(String, String, String, String), Vec<Counts>> = BTreeMap::new();
    let (mut tried, mut of_outcome) = (0, 0);
    let mut stable = vec![true; findings.len()];
    for (row, cell, from, to, text) in moves(Table::embedded_text()) {
        // The lowest meaning of a word cannot pass its highest.
        let Ok(moved) = Table::parse(&text) else {
            assert!(row.starts_with("word "), "{row} {cell} {to}");
            continue;
        };
        tried += 1;
        let (mut outcomes, mut levels_changed) = (Vec::new(), Vec::new());
        for (n, (old, new)) in before.iter().zip(all(&moved, &findings)).enumerate() {
            let id = findings[n].finding.id.clone();
            if old.outcome != new.outcome {
                stable[n] = false;
                outcomes.push(id.clone());
            }
            if levels(old) != levels(&new) {
                levels_changed.push(id);
            }
        }
        of_outcome += u64::from(!outcomes.is_empty());
        if outcomes.is_empty() && levels_changed.is_empty() {
            continue;
        }
        let counts = (outcomes.len() as u64, levels_changed.len() as u64);
        let named = if outcomes.is_empty() {
            levels_changed
        } else {
            outcomes
        };
        let all = brute.entry((row, cell, from, to)).or_default();
        all.push((counts.0, counts.1, named));
    }
    assert_eq!((found.moves, found.moves_of_outcome), (tried, of_outcome));
    let shown = |n: usize| !matches!(findings[n].finding.presence, Stance::Mentioned);
    let stable = (0..findings.len())
        .filter(|n| stable[*n] && shown(*n))
        .count() as u64;
    assert_eq!(found.stable, stable);
    let total: usize = brute.values().map(Vec::len).sum();
    assert_eq!(found.changes.len() as u64 + found.further, total as u64);
    assert!(found.changes.len() > 50);
    for change in &found.changes {
        let key = (
            change.row.clone(),
            change.cell.clone(),
            change.from.clone(),
            change.to.clone(),
        );
        let expected = &brute[&key];
        assert!(
            expected.iter().any(|(outcomes, levels, named)| {
                *outcomes == change.outcomes
                    && *levels == change.levels
                    && if named.len() <= cellsweep_risk::sensitivity::NAMED {
                        named == &change.findings
                    } else {
                        change.findings.len() == cellsweep_risk::sensitivity::NAMED
                            && change.findings.iter().all(|id| named.contains(id))
                    }
            }),
            "{change:?} is not among {expected:?}"
        );
    }
    // Those on which most hangs come first.
    let counts: Vec<u64> = found.changes.iter().map(|c| c.outcomes).collect();
    assert!(counts.windows(2).all(|w| w[0] >= w[1]));
}

#[test]
fn nothing_to_assess_hangs_on_nothing() {
    let table = Table::embedded().unwrap();
    let none = sensitivity(table, std::iter::empty(), &Catalog::default(), DAY);
    assert_eq!(
        (none.findings, none.moves_of_outcome, none.changes.len()),
        (0, 0, 0)
    );
}
