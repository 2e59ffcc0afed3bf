//! The table over its whole grid of inputs, and hand-written cases.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests fail loudly, as tests do

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{
    AssetState, AssetStatus, Candidate, Finding, Module, Role, Stated, finding::Subject,
};
use cellsweep_policy::{Status, Verdict};
use cellsweep_risk::inputs::derived;
use cellsweep_risk::table::{AREAS, DERIVED, FACTS, INPUT_COUNT, INPUTS};
use cellsweep_risk::{Area, Axis, Inputs, Known, Range, Risk, Table, Which, assess, decide, ranks};
use jiff::civil::{Date, date};

fn table() -> &'static Table {
    Table::embedded().unwrap_or_else(|e| panic!("{e}"))
}

const DAY: Date = date(2026, 11, 24);

/// Ranks of one thing: one is given, or it is not known.
type Point = Vec<Option<usize>>;

/// Every point of a grid of scales with so many ranks, "not known" included.
fn grid(tops: &[usize]) -> Vec<Point> {
    let mut points: Vec<Point> = vec![Vec::new()];
    for top in tops {
        points = points
            .iter()
            .flat_map(|p| {
                (0..=*top)
                    .map(Some)
                    .chain([None])
                    .map(|r| p.iter().copied().chain([r]).collect())
            })
            .collect();
    }
    points
}

type Ends = Option<(usize, usize)>;

/// A grid's results hold what the method promises: an interval is not upside down, raising an input
/// lowers nothing, and learning one stays within the interval that stood there before.
fn promises(tops: &[usize], result: impl Fn(&Point) -> Ends) -> usize {
    let points = grid(tops);
    let results: Vec<Ends> = points.iter().map(result).collect();
    for (n, point) in points.iter().enumerate() {
        let here = results[n];
        if let Some((low, high)) = here {
            assert!(low <= high, "{point:?}: upside down");
            if point.iter().all(Option::is_some) {
                assert_eq!(low, high, "{point:?}: all is known and something is open");
            }
        }
        // The last place runs fastest; "not known" is the last of each.
        let mut stride = 1;
        for (at, top) in tops.iter().enumerate().rev() {
            if let Some(rank) = point[at] {
                if rank < *top {
                    let above = results[n + stride];
                    assert!(
                        here.map(|e| e.0) <= above.map(|e| e.0)
                            && here.map(|e| e.1) <= above.map(|e| e.1),
                        "{point:?} {here:?}, raised in {at}: {above:?}"
                    );
                }
                let before = results[n + stride * (top + 1 - rank)];
                if let (Some((low, high)), Some(before)) = (here, before) {
                    assert!(
                        before.0 <= low && high <= before.1,
                        "{point:?} {here:?}, without {at}: {before:?}"
                    );
                }
            }
            stride *= top + 2;
        }
    }
    points.len()
}

/// The whole grid of each area. An area is a function of the inputs its rows and its basis name and of
/// no other, so the grids of these inputs are the grid of all; that it is one is seen from the code of
/// `ranks` and checked here by moving every other input.
#[test]
fn raising_an_input_lowers_no_area_and_learning_one_stays_within_its_interval() {
    let t = table();
    for (n, area) in t.areas.iter().enumerate() {
        let used: Vec<usize> = (0..INPUT_COUNT)
            .filter(|at| {
                area.basis.contains(at)
                    || area
                        .rows
                        .iter()
                        .any(|r| r.when.iter().any(|(i, _)| i == at))
            })
            .collect();
        let tops: Vec<usize> = used.iter().map(|at| t.top(INPUTS[*at])).collect();
        let ranges = |p: &Point| {
            let mut ranges = [None; INPUT_COUNT];
            for (at, rank) in used.iter().zip(p) {
                ranges[*at] = rank.map(|r| Range { low: r, high: r });
            }
            ranges
        };
        let points = promises(&tops, |p| ranks(t, &ranges(p)).areas[n]);
        assert!(points > 1000, "{}: {points}", AREAS[n]);
        let before = ranks(t, &ranges(&vec![Some(1); used.len()])).areas[n];
        for other in (0..INPUT_COUNT).filter(|at| !used.contains(at)) {
            let mut moved = ranges(&vec![Some(1); used.len()]);
            moved[other] = Some(Range { low: 1, high: 1 });
            assert_eq!(ranks(t, &moved).areas[n], before);
        }
    }
}

#[test]
fn derived_inputs_keep_the_same_promises() {
    let t = table();
    let tops: Vec<usize> = FACTS.iter().map(|f| t.top(f)).collect();
    for at in 0..DERIVED.len() {
        let points = promises(&tops, |p| {
            let facts: [Known; FACTS.len()] = std::array::from_fn(|i| {
                p[i].map_or_else(Known::unknown, |r| Known::exactly(r, "given"))
            });
            derived(t, at, &facts).range.map(|r| (r.low, r.high))
        });
        assert!(points > 1000);
    }
}

/// The outcome over every combination of the areas' ends and the standing.
#[test]
fn the_outcome_rises_with_areas_and_standing() {
    let t = table();
    let top = t.top("level");
    let row = |levels: [Option<usize>; 4], standing: Option<usize>| {
        let value = |at: usize| levels.get(at).copied().unwrap_or(standing);
        t.outcomes
            .iter()
            .filter(|r| {
                r.when
                    .iter()
                    .all(|(at, rank)| value(*at).is_some_and(|v| v >= *rank))
            })
            .map(|r| r.gives)
            .max()
    };
    let tops = [top, top, top, top, t.top("standing")];
    for p in grid(&tops) {
        let here = row([p[0], p[1], p[2], p[3]], p[4]);
        for (at, top) in tops.iter().enumerate() {
            let mut q = p.clone();
            q[at] = p[at].filter(|rank| rank < top).map(|rank| rank + 1);
            if q[at].is_some() {
                assert!(here <= row([q[0], q[1], q[2], q[3]], q[4]), "{p:?} {q:?}");
            }
        }
    }
}

/// End to end, with ranges: what an estate leaves open contains every way of settling it.
#[test]
fn the_interval_contains_every_completion_of_what_is_open() {
    let t = table();
    let open = ["criticality", "exposure", "command", "reach", "standing"];
    let mut base = Inputs::unknown();
    for (input, word) in [
        ("sensitive", "yes"),
        ("sector", "essential"),
        ("observes", "place"),
        ("senses", "place"),
        ("actuates", "yes"),
        ("support", "supported"),
    ] {
        base.set(input, Known::exactly(t.rank(input, word).unwrap(), "given"));
    }
    let before = ranks(t, &base.ranges());
    let tops: Vec<usize> = open.iter().map(|i| t.top(i)).collect();
    for p in grid(&tops) {
        let mut settled = base.clone();
        for (input, rank) in open.iter().zip(&p) {
            if let Some(rank) = rank {
                settled.set(input, Known::exactly(*rank, "given"));
            }
        }
        let after = ranks(t, &settled.ranges());
        for (b, a) in before.areas.iter().zip(&after.areas) {
            let (b, a) = (b.unwrap(), a.unwrap());
            assert!(b.0 <= a.0 && a.1 <= b.1, "{p:?}");
        }
        assert!(
            before.outcome <= after.outcome && after.up_to <= before.up_to,
            "{p:?}"
        );
        // Words and ranks are the same thing.
        let risk = decide(t, &settled);
        assert_eq!(t.rank("outcome", &risk.outcome), after.outcome);
        assert_eq!(t.rank("outcome", &risk.outcome_up_to), after.up_to);
    }
}

fn point(words: &[(&str, &str)]) -> Inputs {
    let mut inputs = Inputs::unknown();
    for (input, word) in words {
        let rank = table().rank(input, word).unwrap();
        inputs.set(input, Known::exactly(rank, "given"));
    }
    inputs
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
            ("command", "nobody"),
            ("reach", "none"),
            ("observes", "telemetry"),
            ("senses", "nothing"),
            ("actuates", "no"),
            ("support", "supported"),
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
        "not known: criticality, sector, exposure, command, reach, actuates, support"
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
    assert_eq!(json["flaws"], "no_basis");
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
        ..AssetState::default()
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
    let risk = assess(&f, Some(&asset()), &v, &Catalog::default(), DAY);
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
        DAY,
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
        DAY,
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
            DAY,
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
        DAY,
    );
    let without = assess(&f, Some(&asset()), &[], &Catalog::default(), DAY);
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
        let risk = assess(&f, Some(&asset()), &[v], &Catalog::default(), DAY);
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
    let a = assess(&sure, Some(&asset()), &[], &Catalog::default(), DAY);
    assert_eq!(
        a,
        assess(&unsure, Some(&asset()), &[], &Catalog::default(), DAY)
    );
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
        ("[\"ssvc-human\"", "[\"hearsay\"", "no source `hearsay`"),
        ("id = \"ex-1\"", "id = \"ns-1\"", "two rows have this id"),
        (
            "means = [\"shared\"]",
            "means = [\"closed\"]",
            "`means` is one or two",
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

fn stated(asset: &mut AssetState, facts: &[(&str, &str)]) {
    for (key, value) in facts {
        asset
            .connection
            .entry((*key).to_owned())
            .or_default()
            .push(Stated {
                value: (*value).to_owned(),
                from: "estate.toml, line 7".to_owned(),
            });
    }
}

fn inputs_of(asset: &AssetState) -> Inputs {
    let f = finding(Some("nordic"), Some("nRF9160"), Stance::Observed);
    Inputs::of(table(), &f, Some(asset), &[], &Catalog::default(), DAY)
}

fn words_of(inputs: &Inputs, input: &str) -> Option<(String, String)> {
    let range = inputs.get(input)?.range?;
    let word = |rank| table().word(input, rank).to_owned();
    Some((word(range.low), word(range.high)))
}

fn is(inputs: &Inputs, input: &str, low: &str, high: &str) {
    assert_eq!(
        words_of(inputs, input),
        Some((low.to_owned(), high.to_owned())),
        "{input}"
    );
}

#[test]
fn a_private_access_point_without_isolation_is_no_mitigation() {
    let exposure = |apn: &str| {
        let mut a = asset();
        stated(
            &mut a,
            &[
                ("apn", apn),
                ("segmentation", "filtered"),
                ("remote_access", "none"),
            ],
        );
        words_of(&inputs_of(&a), "exposure").unwrap()
    };
    assert_eq!(exposure("private-shared"), exposure("public"));
    assert_eq!(exposure("public"), ("open".to_owned(), "open".to_owned()));
    assert_eq!(
        exposure("private-isolated"),
        ("small".to_owned(), "small".to_owned())
    );
    // "private" alone does not say whether clients reach each other.
    assert_eq!(exposure("private"), ("small".to_owned(), "open".to_owned()));
}

#[test]
fn what_an_estate_states_is_used_and_shown_with_its_place() {
    let mut a = asset();
    stated(
        &mut a,
        &[
            ("cloud", "supplier"),
            ("passes", "audio, telemetry"),
            ("support_until", "2026-11-23"),
        ],
    );
    let inputs = inputs_of(&a);
    is(&inputs, "command", "others", "others");
    // The class says that pumps are switched; the estate's own list goes before it.
    is(&inputs, "observes", "sight_or_sound", "sight_or_sound");
    is(&inputs, "actuates", "no", "no");
    is(&inputs, "support", "ended", "ended");
    assert_eq!(words_of(&inputs, "exposure"), None);
    let because = inputs.get("command").unwrap().because.join("; ");
    assert_eq!(
        because,
        "cloud: supplier (estate.toml, line 7); not stated: sim_issuer, firmware_channel"
    );
    // The last day of support is a day of support.
    let mut a = asset();
    stated(&mut a, &[("support_until", "2026-11-24")]);
    is(&inputs_of(&a), "support", "supported", "supported");
}

#[test]
fn statements_that_contradict_each_other_span_what_they_say() {
    let mut a = asset();
    stated(
        &mut a,
        &[("remote_access", "none"), ("remote_access", "internet")],
    );
    is(&inputs_of(&a), "exposure", "small", "open");
}

#[test]
fn the_two_axes_stand_beside_the_areas_with_what_speaks_against_them() {
    let f = finding(Some("quectel"), Some("EC25"), Stance::Observed);
    let v = [verdict(Status::Prohibited, "named_entity")];
    let risk = assess(&f, Some(&asset()), &v, &Catalog::default(), DAY);
    let Some(Axis::Known(control)) = &risk.control else {
        panic!("no control")
    };
    assert_eq!(control.interval, ["prohibited", "prohibited"]);
    let Some(Axis::Known(flaws)) = &risk.flaws else {
        panic!("no flaws")
    };
    // Only an inferred entry: the axis is open, and says why.
    assert_eq!(flaws.interval, ["none", "remote"]);
    assert!(flaws.drivers[0].contains("CVE-2026-57550"));
    let axes: Vec<Which> = risk.counter_evidence.iter().map(|c| c.axis).collect();
    assert!(axes.contains(&Which::Flaws) && axes.contains(&Which::Control));
    assert!(risk.counter_evidence.iter().all(|c| !c.sources.is_empty()));
    // Nothing is subtracted: without the entries the areas are the same.
    let mut bare = table().clone();
    bare.counters.clear();
    let without =
        cellsweep_risk::assess_with(&bare, &f, Some(&asset()), &v, &Catalog::default(), DAY);
    assert_eq!(risk.national_security, without.national_security);
    assert_eq!(risk.outcome, without.outcome);
    // No maker: nothing is known on either axis.
    let f = finding(None, None, Stance::Observed);
    let risk = assess(&f, Some(&asset()), &[], &Catalog::default(), DAY);
    assert!(matches!(risk.flaws, Some(Axis::NoBasis(_))));
    assert!(matches!(risk.control, Some(Axis::NoBasis(_))));
}

#[test]
fn a_result_of_an_older_table_is_still_read() {
    let old = r#"{"outcome":"defer","outcome_up_to":"scheduled","row":"out-0","table":"risk-1",
        "national_security":"no_basis","economic":"no_basis","privacy":"no_basis",
        "values_rights":{"level":"low","interval":["low","high"],"row":"vr-0","drivers":[]}}"#;
    let risk: Risk = serde_json::from_str(old).unwrap();
    assert_eq!(risk.table, "risk-1");
    assert!(risk.flaws.is_none() && risk.counter_evidence.is_empty());
    // And is written as it was.
    let json = serde_json::to_value(&risk).unwrap();
    assert!(json.get("flaws").is_none() && json.get("counter_evidence").is_none());
}

#[test]
fn every_row_and_entry_leads_to_something_that_can_be_read() {
    let t = table();
    let rows = t
        .derived
        .iter()
        .flatten()
        .chain(t.areas.iter().flat_map(|a| &a.rows))
        .chain(&t.outcomes)
        .map(|r| (&r.id, &r.source));
    let entries = t
        .words
        .iter()
        .map(|w| (&w.word, &w.source))
        .chain(t.passing.iter().map(|p| (&p.word, &p.source)))
        .chain(t.classes.iter().map(|c| (&c.words[0], &c.source)))
        .chain(t.functions.iter().map(|f| (&f.says, &f.source)))
        .chain(t.capabilities.iter().map(|c| (&c.id, &c.source)))
        .chain(t.counters.iter().map(|c| (&c.says, &c.source)));
    for (what, source) in rows.chain(entries) {
        assert!(
            source
                .iter()
                .filter_map(|s| t.address(s))
                .any(|a| a.starts_with("http")),
            "{what}"
        );
    }
}

#[test]
fn the_table_knows_every_word_that_an_estate_may_use() {
    use cellsweep_estate::connection::{PASSING, WORDS};
    let t = table();
    assert_eq!(WORDS.map(|(key, _)| key), FACTS);
    for (key, words) in WORDS {
        for word in words {
            assert!(
                t.words.iter().any(|w| w.fact == key && w.word == *word),
                "{key} {word}"
            );
        }
    }
    for word in PASSING {
        assert!(t.passing.iter().any(|p| p.word == word), "{word}");
    }
}

/// `cargo xtask generate` writes the page; `cargo xtask generate --check` refuses a stale one, as this does.
#[test]
fn the_page_of_rows_says_what_the_table_says() {
    use cellsweep_risk::page::{PATH, page};
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(PATH);
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text == page(table()), "stale, run `cargo xtask generate`");
    // Every input and every row is named on a page.
    for area in &table().areas {
        for row in &area.rows {
            assert!(text.contains(&format!("| {} |", row.id)), "{}", row.id);
        }
    }
    let method = include_str!("../../../docs/risk.md");
    for input in INPUTS.iter().chain(&FACTS) {
        assert!(method.contains(&format!("`{input}`")), "{input}");
    }
}
