//! The table over its whole grid of inputs, and hand-written cases.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests fail loudly, as tests do

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{
    AssetState, AssetStatus, Candidate, Finding, Module, Role, finding::Subject,
};
use cellsweep_policy::{Status, Verdict};
use cellsweep_risk::table::INPUTS;
use cellsweep_risk::{Area, Inputs, Known, Risk, Table, assess, decide};

fn table() -> &'static Table {
    Table::embedded().unwrap_or_else(|e| panic!("{e}"))
}

/// A point of the grid: a rank per input, in the order of [`INPUTS`]; `None`: not known.
type Point = [Option<usize>; 8];

fn known(rank: Option<usize>) -> Known {
    rank.map_or_else(Known::unknown, |r| Known::exactly(r, "given"))
}

fn inputs(p: &Point) -> Inputs {
    Inputs {
        criticality: known(p[0]),
        sensitive: known(p[1]),
        sector: known(p[2]),
        exposure: known(p[3]),
        reach: known(p[4]),
        observes: known(p[5]),
        actuates: known(p[6]),
        standing: known(p[7]),
    }
}

/// Ranks of a result: areas' lower and upper ends, outcome and its upper end. `None`: no basis.
fn ranks(risk: &Risk) -> [Option<usize>; 10] {
    let t = table();
    let ends = |a: &Area| match a {
        Area::Level(l) => {
            assert_eq!(l.level, l.interval[0]);
            (
                t.rank("level", &l.interval[0]),
                t.rank("level", &l.interval[1]),
            )
        }
        Area::NoBasis(_) => (None, None),
    };
    let ns = ends(&risk.national_security);
    let ec = ends(&risk.economic);
    let pr = ends(&risk.privacy);
    let vr = ends(&risk.values_rights);
    [
        ns.0,
        ns.1,
        ec.0,
        ec.1,
        pr.0,
        pr.1,
        vr.0,
        vr.1,
        t.rank("outcome", &risk.outcome),
        t.rank("outcome", &risk.outcome_up_to),
    ]
}

#[test]
fn raising_an_input_lowers_nothing_and_learning_one_stays_within_the_interval() {
    let t = table();
    // One more than the scale's ranks: the last stands for "not known".
    let sizes: Vec<usize> = INPUTS.iter().map(|i| t.top(i) + 2).collect();
    let total: usize = sizes.iter().product();
    let point_at = |mut number: usize| -> Point {
        let mut p = [None; 8];
        for (i, size) in sizes.iter().enumerate() {
            let r = number % size;
            number /= size;
            p[i] = (r + 1 < *size).then_some(r);
        }
        p
    };
    let results: Vec<[Option<usize>; 10]> = (0..total)
        .map(|n| ranks(&decide(t, &inputs(&point_at(n)))))
        .collect();
    assert!(total > 50_000);
    for n in 0..total {
        let p = point_at(n);
        let here = &results[n];
        for pair in [0, 2, 4, 6, 8] {
            assert!(
                here[pair] <= here[pair + 1],
                "{p:?}: interval upside down {here:?}"
            );
        }
        let mut stride = 1;
        for (i, size) in sizes.iter().enumerate() {
            let Some(rank) = p[i] else {
                stride *= size;
                continue;
            };
            if rank + 2 < *size {
                let raised = &results[n + stride];
                for (low, high) in here.iter().zip(raised) {
                    assert!(
                        low <= high,
                        "{p:?}: raising {} lowers {here:?} to {raised:?}",
                        INPUTS[i]
                    );
                }
            }
            // The same point with this input not known.
            let unknown = &results[n + stride * (size - 1 - rank)];
            for pair in [0, 2, 4, 6] {
                if unknown[pair].is_some() {
                    assert!(
                        unknown[pair] <= here[pair] && here[pair + 1] <= unknown[pair + 1],
                        "{p:?}: learning {} leaves the interval {unknown:?}: {here:?}",
                        INPUTS[i]
                    );
                }
            }
            stride *= size;
        }
    }
}

fn point(words: &[(&str, &str)]) -> Inputs {
    let mut p: Point = [None; 8];
    for (input, word) in words {
        let i = INPUTS.iter().position(|n| n == input).unwrap();
        p[i] = Some(table().rank(input, word).unwrap());
    }
    inputs(&p)
}

fn level(area: &Area) -> &str {
    match area {
        Area::Level(l) => &l.level,
        Area::NoBasis(_) => "no_basis",
    }
}

#[test]
fn flaws_and_standing_are_two_axes() {
    // Prohibited, in an asset that matters little: the prohibition is a floor, not a risk.
    let low = decide(
        table(),
        &point(&[
            ("criticality", "low"),
            ("sensitive", "no"),
            ("sector", "other"),
            ("exposure", "small"),
            ("reach", "none"),
            ("observes", "telemetry"),
            ("actuates", "no"),
            ("standing", "prohibited"),
        ]),
    );
    assert_eq!(level(&low.national_security), "low");
    assert_eq!(level(&low.economic), "low");
    assert_eq!(
        (low.outcome.as_str(), low.row.as_str()),
        ("out_of_cycle", "out-10")
    );
    // Named nowhere, with a flaw reached by SMS, in a pump that must not stop.
    let high = decide(
        table(),
        &point(&[
            ("criticality", "critical"),
            ("sensitive", "no"),
            ("sector", "essential"),
            ("exposure", "controlled"),
            ("reach", "remote"),
            ("observes", "telemetry"),
            ("actuates", "yes"),
            ("standing", "no_match"),
        ]),
    );
    assert_eq!(level(&high.national_security), "very_high");
    assert_eq!(level(&high.economic), "very_high");
    assert_eq!(high.outcome, "immediate");
}

#[test]
fn where_nothing_is_known_there_is_no_basis() {
    let nothing = decide(table(), &Inputs::unknown());
    assert_eq!(nothing.outcome, "no_basis");
    assert_eq!(level(&nothing.national_security), "no_basis");
    // The maker's standing alone says nothing about what is at stake.
    let standing = decide(table(), &point(&[("standing", "advisory")]));
    assert_eq!(level(&standing.national_security), "no_basis");
    assert_eq!(standing.outcome, "no_basis");
    // A dated restriction is to be planned for all the same.
    let restricted = decide(table(), &point(&[("standing", "restricted")]));
    assert_eq!(level(&restricted.national_security), "no_basis");
    assert_eq!(
        (restricted.outcome.as_str(), restricted.row.as_str()),
        ("scheduled", "out-5")
    );
}

#[test]
fn a_level_states_its_interval_and_what_is_not_known() {
    let some = decide(
        table(),
        &point(&[("sensitive", "yes"), ("standing", "advisory")]),
    );
    let Area::Level(ns) = &some.national_security else {
        panic!("no level")
    };
    assert_eq!(ns.row, "ns-5");
    assert_eq!(ns.interval, ["high".to_owned(), "very_high".to_owned()]);
    assert_eq!(
        ns.drivers.last().unwrap(),
        "not known: criticality, sector, exposure, reach, actuates"
    );
}

#[test]
fn the_json_is_as_in_the_contract() {
    let risk = decide(table(), &point(&[("criticality", "high")]));
    let json = serde_json::to_value(&risk).unwrap();
    assert_eq!(json["privacy"], "no_basis");
    assert_eq!(json["national_security"]["level"], "medium");
    // Every row that gives very_high asks for an asset that is critical.
    assert_eq!(json["national_security"]["interval"][1], "high");
    assert!(json["economic"]["drivers"].is_array());
    let back: Risk = serde_json::from_value(json).unwrap();
    assert_eq!(back, risk);
}

fn finding(maker: Option<&str>, family: Option<&str>, presence: Stance) -> Finding {
    Finding {
        id: "f".to_owned(),
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
        presence,
        maker_stance: None,
        confidence: 0.9,
        first_seen: None,
        last_seen: None,
        evidence: Vec::new(),
    }
}

fn asset() -> AssetState {
    AssetState {
        id: "a".to_owned(),
        department: None,
        site: None,
        class: Some("Pump RTU".to_owned()),
        product: None,
        owner: None,
        status: AssetStatus::Found,
        why: String::new(),
        looked_at: Vec::new(),
        settled_by: None,
        criticality: Some("critical".to_owned()),
        sector: Some("Water".to_owned()),
        sensitive: Some(false),
    }
}

fn verdict(status: Status, match_kind: &str) -> Verdict {
    Verdict {
        pack: "p".to_owned(),
        rule: "r".to_owned(),
        verb: "no_use".to_owned(),
        status,
        if_maker: Vec::new(),
        effective: None,
        deadline: None,
        match_kind: match_kind.to_owned(),
        edition: None,
        basis: String::new(),
        sources: Vec::new(),
    }
}

#[test]
fn a_finding_in_an_asset_is_assessed_from_the_estate_and_public_work() {
    let f = finding(Some("telit-cinterion"), Some("EHS6"), Stance::Observed);
    let v = [verdict(Status::Allowed, "named_entity")];
    let risk = assess(&f, Some(&asset()), &v, &Catalog::default());
    assert_eq!(level(&risk.national_security), "very_high");
    let Area::Level(ns) = &risk.national_security else {
        panic!("no level")
    };
    assert_eq!(ns.row, "ns-11");
    assert!(
        ns.drivers.iter().any(|d| d.contains("CVE-2023-47610")),
        "{:?}",
        ns.drivers
    );
    assert_eq!(risk.outcome, "immediate");
}

#[test]
fn what_is_only_inferred_widens_the_interval_and_no_more() {
    let f = finding(Some("quectel"), Some("EC200U"), Stance::Observed);
    let risk = assess(
        &f,
        Some(&asset()),
        &[verdict(Status::Allowed, "jurisdiction")],
        &Catalog::default(),
    );
    let Area::Level(ec) = &risk.economic else {
        panic!("no level")
    };
    assert_eq!((ec.level.as_str(), ec.row.as_str()), ("high", "ec-4"));
    assert_eq!(ec.interval[1], "very_high");
    assert!(
        ec.drivers.iter().any(|d| d.contains("inferred")),
        "{:?}",
        ec.drivers
    );
}

#[test]
fn of_a_set_only_what_holds_for_each_is_known() {
    let mut f = finding(None, None, Stance::Implied);
    for (maker, family) in [("telit-cinterion", "EHS6"), ("sierra-wireless", "EM7455")] {
        f.candidates.push(Candidate {
            maker: maker.to_owned(),
            family: Some(family.to_owned()),
            probability: 0.5,
        });
    }
    let risk = assess(
        &f,
        Some(&asset()),
        &[verdict(Status::Allowed, "named_entity")],
        &Catalog::default(),
    );
    let Area::Level(ns) = &risk.national_security else {
        panic!("no level")
    };
    assert!(
        ns.drivers
            .iter()
            .any(|d| d.starts_with("reach: local to remote")),
        "{:?}",
        ns.drivers
    );
}

#[test]
fn text_and_drivers_show_no_module_and_no_risk() {
    for presence in [Stance::Supported, Stance::Mentioned] {
        let f = finding(Some("quectel"), Some("EC25"), presence);
        let risk = assess(
            &f,
            Some(&asset()),
            &[verdict(Status::Prohibited, "named_entity")],
            &Catalog::default(),
        );
        assert_eq!(
            (risk.outcome.as_str(), risk.row.as_str()),
            ("no_basis", "no-module-shown")
        );
    }
}

#[test]
fn a_duty_that_reaches_every_module_says_nothing_of_the_maker() {
    let f = finding(Some("nordic"), Some("nRF9160"), Stance::Observed);
    let with = assess(
        &f,
        Some(&asset()),
        &[verdict(Status::DutyApplies, "disclosure")],
        &Catalog::default(),
    );
    let without = assess(&f, Some(&asset()), &[], &Catalog::default());
    assert_eq!(with, without);
}

#[test]
fn an_open_question_is_no_worse_than_its_rule_can_be() {
    let f = finding(Some("quectel"), Some("EC25"), Stance::Observed);
    for (verb, words) in [
        ("recommended", "standing: no_match to advisory"),
        ("no_use", "standing: no_match to prohibited"),
    ] {
        let mut v = verdict(Status::InsufficientEvidence, "jurisdiction");
        v.verb = verb.to_owned();
        let risk = assess(&f, Some(&asset()), &[v], &Catalog::default());
        let Area::Level(ns) = &risk.national_security else {
            panic!("no level")
        };
        assert!(
            ns.drivers.iter().any(|d| d.starts_with(words)),
            "{:?}",
            ns.drivers
        );
    }
}

#[test]
fn confidence_of_the_evidence_enters_nowhere() {
    let mut sure = finding(Some("quectel"), Some("EC25"), Stance::Observed);
    sure.confidence = 0.99;
    let mut unsure = sure.clone();
    unsure.confidence = 0.2;
    let a = assess(&sure, Some(&asset()), &[], &Catalog::default());
    assert_eq!(a, assess(&unsure, Some(&asset()), &[], &Catalog::default()));
}

#[test]
fn mistakes_in_a_table_are_named() {
    let text = Table::embedded_text();
    for (from, to, says) in [
        (
            "level = \"very_high\"",
            "level = \"extreme\"",
            "not on the scale `level`",
        ),
        (
            "{ sensitive = \"yes\" }",
            "{ secret = \"yes\" }",
            "no input `secret`",
        ),
        ("area.economic", "area.money", "no such area"),
        (
            "reach = \"local\"",
            "reach = \"far\"",
            "not on the scale `reach`",
        ),
        ("version = ", "versions = ", "versions"),
    ] {
        let broken = text.replace(from, to);
        assert_ne!(broken, text);
        let error = Table::parse(&broken).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
