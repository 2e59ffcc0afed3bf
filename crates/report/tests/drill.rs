//! Totals of a drill add up, whatever was found; what is not settled is never decided.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::sync::OnceLock;

use cellsweep_catalog::Catalog;
use cellsweep_report::Report;
use cellsweep_report::drill::{Drill, Request, Variant, make};
use proptest::prelude::*;
use serde_json::{Value, json};

const ESTATE: &str = r#"
[organisation]
name = "Example"
[audit]
policies = ["uk-parton-2023"]
[[department]]
id = "d0"
name = "Roads"
[[department]]
id = "d1"
name = "Water"
[[asset]]
id = "A0"
department = "d0"
class = "router"
[[plan.crew]]
name = "team"
departments = ["d0"]
hours = 60
[[drill.stock]]
maker = "quectel"
units = 2
[[drill.service]]
name = "Signals"
departments = ["d0"]
classes = ["router"]
needs = 0.9
"#;

/// What is said of one finding.
#[derive(Clone, Debug)]
struct Said {
    asset: usize,
    maker: Option<&'static str>,
    candidates: Vec<&'static str>,
    closed: bool,
    quantity: u64,
    presence: &'static str,
}

fn said() -> impl Strategy<Value = Said> {
    let maker = prop::option::of(prop::sample::select(vec![
        "quectel",
        "fibocom",
        "rolling-wireless",
    ]));
    let candidates =
        prop::sample::subsequence(vec!["quectel", "fibocom", "telit-cinterion"], 0..=3);
    let presence = prop::sample::select(vec![
        "observed",
        "implied",
        "declared",
        "supported",
        "mentioned",
    ]);
    (
        0..14usize,
        maker,
        candidates,
        any::<bool>(),
        1..5u64,
        presence,
    )
        .prop_map(
            |(asset, maker, candidates, closed, quantity, presence)| Said {
                asset,
                maker,
                candidates,
                closed,
                quantity,
                presence,
            },
        )
}

/// A report of so many assets; findings of assets that are none of them stand alone.
fn report(assets: usize, found: &[Said]) -> Report {
    let there = |s: &Said| matches!(s.presence, "observed" | "implied" | "declared");
    let list: Vec<Value> = (0..assets)
        .map(|n| {
            let status = match (found.iter().any(|s| s.asset == n && there(s)), n % 3) {
                (true, _) => "found",
                (false, 0) => "clear",
                (false, _) => "not_assessed",
            };
            let criticality = ["low", "high", "critical"][n % 3];
            json!({
                "id": format!("A{n}"), "department": format!("d{}", n % 2), "site": null,
                "class": if n % 3 == 0 { "router" } else { "meter" }, "product": null, "owner": null,
                "status": status, "why": "x", "looked_at": [], "settled_by": null,
                "criticality": criticality, "sector": null
            })
        })
        .collect();
    let findings: Vec<Value> = found
        .iter()
        .enumerate()
        .map(|(n, s)| {
            let candidates: Vec<Value> = s
                .candidates
                .iter()
                .map(|m| json!({ "maker": m, "family": null, "probability": 0.4 }))
                .collect();
            let asset = (s.asset < assets).then(|| format!("A{}", s.asset));
            json!({
                "id": format!("f{n}"),
                "subject": { "keys": [], "asset": asset, "site": null, "department": null },
                "product": null, "quantity": s.quantity, "role": "component",
                "module": {
                    "maker": s.maker, "maker_name": null, "family": null, "variant": null,
                    "firmware": null, "imei": [], "brand": null, "lineage": null, "chipset": null,
                    "owner": null, "form_factor": null, "radio": []
                },
                "candidates": candidates, "closed": s.closed, "settled_by": null,
                "presence": s.presence, "confidence": 0.5, "first_seen": null, "last_seen": null,
                "evidence": [], "verdicts": [], "risk": null
            })
        })
        .collect();
    let edition = json!({ "version": "1", "as_of": "2026-11-24", "digest": "" });
    serde_json::from_value(json!({
        "schema": cellsweep_report::model::SCHEMA, "tool": { "name": "cellsweep", "version": "0" },
        "catalog": edition, "packs": [], "generated_at": "2026-11-24T00:00:00Z", "date": "2026-11-24",
        "effective_config": null, "exit": [0], "sources": [], "assets": list, "findings": findings,
        "coverage": { "sources_read": 0, "partial": 0, "failed": 0, "unrecognised": 0,
                      "assets_total": assets, "found": 0, "clear": 0, "not_assessed": 0 },
        "summary": { "modules": 0, "by_maker": [], "by_status": {}, "by_presence": {}, "next_deadline": null }
    }))
    .unwrap()
}

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::embedded().unwrap())
}

fn drill(report: &Report, variant: Variant) -> Drill {
    let estate = cellsweep_estate::parse(ESTATE).unwrap();
    let request = Request {
        withhold: "fibocom",
        from: "2023-06-30".parse().unwrap(),
        variant,
        runs: 20,
        seed: 1,
    };
    make(report, &estate, catalog(), &request).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn totals_add_up(assets in 1..12usize, found in prop::collection::vec(said(), 0..14), at in 0..4usize) {
        let report = report(assets, &found);
        let variant = [Variant::Supply, Variant::ServiceOff, Variant::MaliciousUpdate, Variant::RoamingCut][at];
        let d = drill(&report, variant);
        let t = d.totals;
        prop_assert_eq!(t.assets.total, assets as u64);
        for c in [t.assets, t.without_asset] {
            prop_assert_eq!(c.hit + c.maybe + c.not_hit + c.not_assessed, c.total);
        }
        let unlooked = report.assets.iter().filter(|a| a.status == cellsweep_identify::AssetStatus::NotAssessed);
        prop_assert_eq!(t.assets.not_assessed, unlooked.count() as u64);
        let devices = |list: &cellsweep_report::drill::Listing| list.assets.iter().map(|a| a.quantity).sum::<u64>();
        prop_assert_eq!(devices(&d.hit), t.devices_hit);
        prop_assert_eq!(devices(&d.maybe), t.devices_maybe);
        prop_assert_eq!(d.recovery.at_least.devices, t.devices_hit);
        prop_assert_eq!(d.recovery.at_most.devices, t.devices_hit + t.devices_maybe);
        // A settled maker decides; a set never does. Rolling Wireless is Fibocom's on the day.
        let there = |s: &&Said| matches!(s.presence, "observed" | "implied" | "declared");
        for a in &d.hit.assets {
            for id in &a.findings {
                let n: usize = id[1..].parse().unwrap();
                prop_assert!(there(&&found[n]));
            }
            let any = a.findings.iter().any(|id| {
                let s = &found[id[1..].parse::<usize>().unwrap()];
                matches!(s.maker, Some("fibocom" | "rolling-wireless"))
            });
            prop_assert!(any);
        }
        for a in &d.maybe.assets {
            for id in &a.findings {
                let s = &found[id[1..].parse::<usize>().unwrap()];
                prop_assert!(!matches!(s.maker, Some("fibocom" | "rolling-wireless")));
            }
        }
        // The upper end is never below the lower.
        for p in &d.timeline.points {
            prop_assert!(p.at_least.median <= p.at_most.median);
            prop_assert!(p.at_most.median <= p.untouched_at_most.median);
        }
        // A drill is read back as it was written.
        let text = serde_json::to_string(&d).unwrap();
        prop_assert_eq!(serde_json::from_str::<Drill>(&text).unwrap(), d);
    }
}

#[test]
fn figures_of_the_estate_take_the_place_and_wrong_ones_name_their_line() {
    let report = report(4, &[]);
    let request = Request {
        withhold: "quectel",
        from: "2027-01-01".parse().unwrap(),
        variant: Variant::Supply,
        runs: 5,
        seed: 1,
    };
    let own = format!("{ESTATE}\n[drill.values]\n\"service.needs\" = 0.7\n");
    let estate = cellsweep_estate::parse(&own).unwrap();
    let d = make(&report, &estate, catalog(), &request).unwrap();
    let used = d.values.iter().find(|v| v.id == "service.needs").unwrap();
    assert!(used.own && (used.typical - 0.7).abs() < 1e-9);
    assert!(
        used.source.starts_with("the estate's own figure, line"),
        "{}",
        used.source
    );
    for (id, value, says) in [
        ("service.need", "0.7", "is no value of the drill"),
        ("service.needs", "1.7", "is a share"),
    ] {
        let wrong = format!("{ESTATE}\n[drill.values]\n\"{id}\" = {value}\n");
        let line = wrong.lines().count();
        let estate = cellsweep_estate::parse(&wrong).unwrap();
        let error = make(&report, &estate, catalog(), &request)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(says) && error.contains(&format!("line {line}:")),
            "{error}"
        );
    }
}

#[test]
fn a_sim_of_another_country_is_cut_and_one_of_the_own_is_not() {
    let of = |sim: Option<&str>, country: &str| {
        let found = [Said {
            asset: 0,
            maker: Some("fibocom"),
            candidates: Vec::new(),
            closed: true,
            quantity: 1,
            presence: "observed",
        }];
        let mut value = serde_json::to_value(report(1, &found)).unwrap();
        if let Some(sim) = sim {
            value["findings"][0]["subject"]["keys"] = json!([{ "kind": "iccid", "value": sim }]);
        }
        let report: Report = serde_json::from_value(value).unwrap();
        let text = ESTATE.replace(
            "[[drill.stock]]",
            &format!("[drill]\n{country}\n[[drill.stock]]"),
        );
        let estate = cellsweep_estate::parse(&text).unwrap();
        let request = Request {
            withhold: "fibocom",
            from: "2026-11-24".parse().unwrap(),
            variant: Variant::RoamingCut,
            runs: 5,
            seed: 1,
        };
        let d = make(&report, &estate, catalog(), &request).unwrap();
        (
            d.timeline.at_once_at_least.median.unwrap(),
            d.timeline.at_once_at_most.median.unwrap(),
        )
    };
    let own = "sim_country = \"44\"";
    assert_eq!(of(Some("8944200000000000000"), own), (0.0, 0.0));
    assert_eq!(of(Some("8940200000000000000"), own), (1.0, 1.0));
    // Nobody says which country is the own, or no SIM was seen: it may be either.
    assert_eq!(of(Some("8940200000000000000"), ""), (0.0, 1.0));
    assert_eq!(of(None, own), (0.0, 1.0));
}
