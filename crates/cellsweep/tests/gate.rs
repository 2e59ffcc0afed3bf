//! The gate over the lists of `tests/gate` (expectations by hand, its README says how), its formats,
//! exit codes, waivers and levels.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn lists() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/gate")
}

fn gate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(lists())
        .env("SOURCE_DATE_EPOCH", "1795000000")
        .arg("gate")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!("{e}: {}", String::from_utf8_lossy(&output.stderr));
    })
}

/// Makers a line speaks of: settled, possible, or those for which a rule says how it would stand.
fn makers(line: &Value) -> Vec<String> {
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let mut all: Vec<String> = list(&line["modules"])
        .iter()
        .chain(&list(&line["candidates"]))
        .chain(
            list(&line["verdicts"])
                .iter()
                .flat_map(|v| v["if"].as_array().into_iter().flatten()),
        )
        .filter_map(|m| m["maker"].as_str().map(str::to_owned))
        .collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn every_line_is_decided_as_written_before() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../schema/gate-1.schema.json")).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let mut failures = Vec::new();
    let mut kinds = std::collections::BTreeMap::<String, u32>::new();
    let mut names: Vec<PathBuf> = fs::read_dir(lists())
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    names.sort();
    for expected in names
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "expected"))
    {
        let stem = expected.file_stem().unwrap().to_str().unwrap();
        let list = names
            .iter()
            .find(|p| p.file_stem().is_some_and(|s| s == stem) && *p != expected)
            .unwrap_or_else(|| panic!("no list beside {stem}.expected"));
        *kinds
            .entry(stem.split('-').next().unwrap().to_owned())
            .or_default() += 1;
        let list = list.file_name().unwrap().to_str().unwrap();
        let mut arguments = vec![list, "--format", "json"];
        let text = fs::read_to_string(expected).unwrap();
        let (mut exit, mut rest, mut lines) = (0, "", Vec::new());
        for words in text
            .lines()
            .map(|l| l.split_whitespace().collect::<Vec<_>>())
        {
            match words.as_slice() {
                ["policy", packs @ ..] => {
                    for pack in packs {
                        arguments.extend(["--policy", pack]);
                    }
                }
                ["date", day] => arguments.extend(["--date", day]),
                ["exit", code] => exit = code.parse().unwrap(),
                ["*", decision] => rest = decision,
                [line, decision, makers @ ..] => lines.push((*line, *decision, makers.to_vec())),
                _ => {}
            }
        }
        let output = gate(&arguments);
        let answer = json(&output);
        if let Err(e) = schema.validate(&answer) {
            failures.push(format!("{stem}: {e} at {}", e.instance_path()));
        }
        if output.status.code() != Some(exit) {
            failures.push(format!(
                "{stem}: exit {:?}, expected {exit}",
                output.status.code()
            ));
        }
        let found = answer["lines"].as_array().unwrap();
        let mut left: Vec<&Value> = found.iter().collect();
        for (place, decision, wanted) in lines {
            let hits: Vec<&Value> = found
                .iter()
                .filter(|l| match place.strip_prefix('@') {
                    Some(text) => l["text"].as_str().unwrap().contains(text),
                    None => l["line"].as_u64() == place.parse().ok(),
                })
                .collect();
            let [hit] = hits[..] else {
                failures.push(format!("{stem} {place}: {} lines", hits.len()));
                continue;
            };
            left.retain(|l| !std::ptr::eq(*l, hit));
            let makers = makers(hit);
            let as_wanted = if wanted == ["*"] {
                makers.len() > 1
            } else {
                makers == wanted
            };
            if hit["decision"] != decision || !as_wanted {
                failures.push(format!(
                    "{stem} {place}: {} {makers:?}, expected {decision} {wanted:?}: {}",
                    hit["decision"], hit["reason"]
                ));
            }
        }
        for line in left {
            if line["decision"] != rest {
                failures.push(format!(
                    "{stem} {}: {}, expected {rest} as for every other line: {} ({})",
                    line["place"], line["decision"], line["text"], line["code"]
                ));
            }
        }
        // No line goes without a code, a reason, and a question where something is to be asked.
        for line in found {
            assert!(!line["code"].as_str().unwrap().is_empty(), "{stem}: {line}");
            assert!(
                !line["reason"].as_str().unwrap().is_empty(),
                "{stem}: {line}"
            );
            if line["decision"] == "insufficient_evidence" {
                assert!(line["question"].is_string(), "{stem}: {line}");
            }
            let reason = line["reason"].as_str().unwrap().to_lowercase();
            assert!(
                !reason.contains("compliant") && !reason.contains("clear"),
                "{reason}"
            );
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    assert!(
        kinds["listed"] >= 15 && kinds["undecided"] >= 15 && kinds["none"] >= 30,
        "{kinds:?}"
    );
}

#[test]
fn an_undecided_set_comes_with_a_question_and_alternatives_with_their_answers() {
    let answer = json(&gate(&[
        "RUT240",
        "--policy",
        "us-1260h",
        "--date",
        "2026-11-22",
        "--format",
        "json",
    ]));
    let line = &answer["lines"][0];
    let question = line["question"].as_str().unwrap();
    for word in ["RUT240", "MeiG", "Quectel", "order code"] {
        assert!(question.contains(word), "{question}");
    }
    assert_eq!(line["verdicts"][0]["if"].as_array().unwrap().len(), 2);
    let answer = json(&gate(&[
        "EC25-E",
        "--policy",
        "us-1260h",
        "--date",
        "2026-11-22",
        "--format",
        "json",
    ]));
    let alternatives = answer["lines"][0]["alternatives"].as_array().unwrap();
    assert!(alternatives.len() >= 2);
    for a in alternatives {
        assert!(a["source"].as_str().unwrap().starts_with("https://"));
        assert!(a["because"].as_str().unwrap().contains("us-1260h/listed"));
        assert!(a["answers"][0]["maker"].is_string());
    }
    // Another label is not another source.
    let answer = json(&gate(&[
        "FM350-GL",
        "--policy",
        "us-house-cc-letters",
        "--date",
        "2026-11-22",
        "--format",
        "json",
    ]));
    let rolling = answer["lines"][0]["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["name"].as_str().unwrap().contains("RW350"))
        .unwrap();
    assert_eq!(rolling["decision"], "needs_legal_reading", "{rolling}");
    assert_eq!(rolling["answers"][0]["lineage"][0], "fibocom");
}

#[test]
fn sarif_points_at_the_lines_and_keeps_its_fingerprints_when_lines_move() {
    let arguments = [
        "listed-02-altium.csv",
        "--policy",
        "us-1260h",
        "--date",
        "2026-11-22",
        "--format",
        "sarif",
    ];
    let document = json(&gate(&arguments));
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let result = &results[0];
    assert_eq!(result["ruleId"], "us-1260h/listed");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "us-1260h/listed");
    assert_eq!(result["ruleIndex"], 0);
    assert_eq!(result["level"], "warning");
    let physical = &result["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "listed-02-altium.csv");
    assert_eq!(physical["region"]["startLine"], 3);
    let print = result["partialFingerprints"]["cellsweepLine/v1"]
        .as_str()
        .unwrap();
    // A line more before it: another place, the same finding.
    let folder = tempfile::tempdir().unwrap();
    let mut lines: Vec<String> = fs::read_to_string(lists().join("listed-02-altium.csv"))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    lines.insert(1, lines[1].clone());
    fs::write(folder.path().join("listed-02-altium.csv"), lines.join("\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .current_dir(folder.path())
        .arg("gate")
        .args(arguments)
        .output()
        .unwrap();
    let moved = json(&output);
    let moved = &moved["runs"][0]["results"][0];
    assert_eq!(
        moved["locations"][0]["physicalLocation"]["region"]["startLine"],
        4
    );
    assert_eq!(moved["partialFingerprints"]["cellsweepLine/v1"], print);
}

#[test]
fn junit_counts_every_line_and_markdown_tells_what_stops() {
    let junit = text(&gate(&[
        "listed-05-octopart.csv",
        "--policy",
        "us-ndaa19-889a",
        "--date",
        "2026-11-22",
        "--format",
        "junit",
    ]));
    assert!(junit.contains("tests=\"4\" failures=\"1\""), "{junit}");
    assert!(junit.contains("<failure type=\"prohibited\""), "{junit}");
    let markdown = text(&gate(&[
        "listed-05-octopart.csv",
        "--policy",
        "us-ndaa19-889a",
        "--date",
        "2026-11-22",
        "--format",
        "markdown",
    ]));
    assert!(markdown.starts_with("## Purchase gate: stop"), "{markdown}");
    assert!(
        markdown.contains("row 2") && markdown.contains("us-ndaa19-889a/no-procurement"),
        "{markdown}"
    );
    assert!(
        markdown.contains("not a statement that none is there"),
        "{markdown}"
    );
}

#[test]
fn hostile_text_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    fs::write(
        &list,
        "Reference,Value,MPN,Manufacturer,Qty\nU1,\"LTE modem </failure>]]> | <script>alert(1)</script> \u{1b}[31m\u{202e}\",TBD,,1\n",
    )
    .unwrap();
    let list = list.to_str().unwrap();
    for format in ["junit", "markdown", "sarif", "table"] {
        let out = text(&gate(&[
            list,
            "--policy",
            "us-1260h",
            "--date",
            "2026-11-22",
            "--format",
            format,
        ]));
        assert!(
            !out.contains('\u{1b}') && !out.contains('\u{202e}'),
            "{format}: {out}"
        );
        if format != "sarif" && format != "table" {
            assert!(!out.contains("<script>"), "{format}: {out}");
        }
    }
}

#[test]
fn exit_codes() {
    let code = |arguments: &[&str]| gate(arguments).status.code();
    // Prohibited, undecided, passed.
    assert_eq!(
        code(&[
            "ME909s-120",
            "--policy",
            "us-ndaa19-889a",
            "--date",
            "2026-11-22"
        ]),
        Some(1)
    );
    assert_eq!(
        code(&["RUT240", "--policy", "us-1260h", "--date", "2026-11-22"]),
        Some(5)
    );
    assert_eq!(
        code(&["LE910C1-EU", "--policy", "us-1260h", "--date", "2026-11-22"]),
        Some(0)
    );
    // Usage: no such file, no such pack, no policy, no such code, no such stage.
    assert_eq!(code(&["no-such-list.csv", "--policy", "us-1260h"]), Some(2));
    assert_eq!(code(&["EC25-E", "--policy", "no-such-pack"]), Some(2));
    assert_eq!(code(&["EC25-E"]), Some(2));
    assert_eq!(
        code(&["EC25-E", "--policy", "us-1260h", "-A", "no-such-code"]),
        Some(2)
    );
    assert_eq!(
        code(&["EC25-E", "--policy", "us-1260h", "--stage", "no-such-stage"]),
        Some(2)
    );
    // No line that could be judged.
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.txt");
    fs::write(&empty, "\n\n").unwrap();
    assert_eq!(
        code(&[empty.to_str().unwrap(), "--policy", "us-1260h"]),
        Some(4)
    );
    // A pack that does not reach purchases lets nothing pass.
    assert_eq!(
        code(&[
            "LE910C1-EU",
            "--policy",
            "us-fcc-25-71",
            "--date",
            "2026-11-22"
        ]),
        Some(5)
    );
    assert_eq!(
        code(&[
            "LE910C1-EU",
            "--policy",
            "us-fcc-25-71",
            "--date",
            "2026-11-22",
            "--stage",
            "authorization"
        ]),
        Some(0)
    );
}

#[test]
fn levels_change_the_exit_and_not_the_decision() {
    let run = |more: &[&str]| {
        let mut arguments = vec![
            "EC25-E",
            "--policy",
            "us-1260h",
            "--date",
            "2026-11-22",
            "--format",
            "json",
        ];
        arguments.extend(more);
        let output = gate(&arguments);
        let answer = json(&output);
        assert_eq!(answer["lines"][0]["decision"], "advisory");
        (
            output.status.code(),
            answer["lines"][0]["level"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(run(&[]), (Some(5), "hold".to_owned()));
    assert_eq!(run(&["-D", "advisory"]), (Some(1), "deny".to_owned()));
    assert_eq!(run(&["-W", "advisory"]), (Some(0), "warn".to_owned()));
    assert_eq!(
        run(&["-A", "us-1260h/listed"]),
        (Some(0), "pass".to_owned())
    );
    assert_eq!(
        run(&["-A", "advisory", "-D", "us-1260h"]),
        (Some(1), "deny".to_owned())
    );
    assert_eq!(
        run(&["-D", "us-1260h", "-A", "advisory"]),
        (Some(0), "pass".to_owned())
    );
    // An old pack can be made to stop a purchase.
    let old = gate(&[
        "LE910C1-EU",
        "--policy",
        "us-1260h",
        "--date",
        "2026-12-22",
        "-D",
        "pack-old",
    ]);
    assert_eq!(old.status.code(), Some(1));
}

#[test]
fn waivers_and_overrides() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waivers.toml");
    let write = |text: &str| fs::write(&path, text).unwrap();
    let run = |part: &str, pack: &str| {
        let output = gate(&[
            part,
            "--policy",
            pack,
            "--date",
            "2026-11-22",
            "--format",
            "json",
            "--waivers",
            path.to_str().unwrap(),
        ]);
        (output.status.code(), output)
    };
    let waiver = "[[waiver]]\nid = \"w1\"\nowner = \"Procurement board\"\nreason = \"spare parts\"\ngranted = 2026-01-01\nexpires = 2027-01-01\npack = \"us-1260h\"\nmaker = \"quectel\"\n";
    write(waiver);
    let (code, output) = run("EC25-E", "us-1260h");
    let answer = json(&output);
    assert_eq!(code, Some(0));
    let line = &answer["lines"][0];
    assert_eq!(line["decision"], "allowed");
    assert_eq!(line["waived"][0]["status"], "advisory");
    assert!(
        line["reason"]
            .as_str()
            .unwrap()
            .contains("Procurement board")
    );
    assert_eq!(
        line["verdicts"][0]["status"], "advisory",
        "the verdict itself stays"
    );
    // A set is not waived by a waiver for one of its makers.
    assert_eq!(run("RUT240", "us-1260h").0, Some(5));
    // Past its day it waives nothing and says so.
    write(&waiver.replace("expires = 2027-01-01", "expires = 2026-03-01"));
    let (code, output) = run("EC25-E", "us-1260h");
    assert_eq!(code, Some(5));
    let codes: Vec<String> = json(&output)["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["code"].as_str().unwrap().to_owned())
        .collect();
    assert!(codes.contains(&"waiver-expired".to_owned()), "{codes:?}");
    // Unused and too broad.
    write(&waiver.replace("maker = \"quectel\"\n", ""));
    let codes = json(&run("LE910C1-EU", "us-1260h").1)["remarks"].to_string();
    assert!(
        codes.contains("waiver-too-broad") && codes.contains("met nothing"),
        "{codes}"
    );
    // Without an owner it is no waiver.
    write(&waiver.replace("owner = \"Procurement board\"\n", ""));
    let (code, output) = run("EC25-E", "us-1260h");
    assert_eq!(code, Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("waivers.toml:1:"));
    // An organisation that treats a recommendation as binding.
    write(
        "[[override]]\nid = \"o1\"\nowner = \"CISO\"\nreason = \"decision of 2025-02-01\"\npack = \"uk-parton-2023\"\nstatus = \"prohibited\"\n",
    );
    assert_eq!(run("EC25-E", "uk-parton-2023").0, Some(1));
    assert_eq!(run("LE910C1-EU", "uk-parton-2023").0, Some(0));
}

/// What is not a cellular module is still its maker's.
#[test]
fn a_named_maker_is_said_also_where_no_module_is() {
    let answer = json(&gate(&[
        "Huawei SUN2000 inverter",
        "--policy",
        "us-ndaa19-889a",
        "--date",
        "2026-11-22",
        "--format",
        "json",
    ]));
    let line = &answer["lines"][0];
    assert_eq!(line["decision"], "needs_legal_reading");
    assert_eq!(line["code"], "maker-named");
    assert!(
        line["reason"]
            .as_str()
            .unwrap()
            .starts_with("No cellular module is recognised")
    );
    // The order code settles what the name leaves open.
    let answer = json(&gate(&[
        "RUT240 RUT2400DE000",
        "--policy",
        "us-1260h",
        "--date",
        "2026-11-22",
        "--format",
        "json",
    ]));
    assert_eq!(
        makers(&answer["lines"][0]),
        ["meig"],
        "{}",
        answer["lines"][0]
    );
    assert_eq!(answer["lines"][0]["decision"], "allowed");
}

#[test]
fn the_same_answer_twice_byte_for_byte() {
    let arguments = [
        "undecided-15-omnibus.csv",
        "listed-17-alternates.csv",
        "EC25-E",
        "--policy",
        "us-1260h",
        "--date",
        "2026-11-22",
        "--format",
        "json",
    ];
    assert_eq!(gate(&arguments).stdout, gate(&arguments).stdout);
}

/// A line shows what the list says at its place, never the words in which a reader tells of it.
#[test]
fn a_line_of_a_text_is_shown_as_it_stands_there() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../evidence/tests/golden");
    for (list, line, shown) in [
        (
            "modem-status/telemetry.json",
            3,
            "\"modem_model\": \"Fibocom FM350-GL\",",
        ),
        (
            "modem-status/as-esp-idf.log",
            1,
            "I (15894) pppos_example: Module: SIMCOM_SIM7600E",
        ),
        ("at/terminal.txt", 7, "Quectel"),
    ] {
        let path = golden.join(list);
        let answer = json(&gate(&[
            path.to_str().unwrap(),
            "--policy",
            "us-1260h",
            "--date",
            "2026-11-24",
            "--format",
            "json",
        ]));
        let first = &answer["lines"][0];
        assert_eq!(first["line"], line, "{list}: {first}");
        assert_eq!(first["text"], shown, "{list}");
    }
}

/// One hardware description of one order code does not settle a product that comes in several.
#[test]
fn a_product_known_from_one_order_code_is_asked_about() {
    let answer = json(&gate(&[
        "RUT956, 12 pcs",
        "--policy",
        "us-1260h",
        "--date",
        "2026-11-24",
        "--format",
        "json",
    ]));
    let line = &answer["lines"][0];
    assert_eq!(line["quantity"], 12);
    assert_eq!(line["decision"], "insufficient_evidence");
    assert_eq!(line["code"], "maker-not-settled");
    assert_eq!(makers(line), ["quectel"]);
    let question = line["question"].as_str().unwrap();
    assert!(
        question.contains("RUT956") && question.contains("Quectel or another maker, not known"),
        "{question}"
    );
    assert_eq!(answer["exit"], serde_json::json!([5]));
}
