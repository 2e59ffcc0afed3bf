//! Estates made at random: what is found depends neither on the order of the sources nor on how an
//! estate's rows are cut into files, and what is learned never outweighs what is seen.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // in a test a panic is the message

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Clue, Key, KeyKind, Observation, Place, Stance};
use cellsweep_identify::{Identified, Options, Seen, identify};
use proptest::prelude::*;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::embedded().unwrap())
}

/// What one asset of a random estate is known by.
#[derive(Clone, Debug)]
struct Asset {
    /// What its device answers, in one to three listings.
    answers: Vec<(u8, Clue, &'static str)>,
    /// Number below its TAC (of which there are two), if its IMEI is known.
    imei: Option<(u8, u32)>,
    /// Which of both, listing and register, hold the IMEI.
    imei_in: (bool, bool),
    /// What the register says of it, if it has a row.
    row: Option<Vec<(Clue, &'static str)>>,
    /// Its serial number of one stock, if the register has one.
    serial: Option<u32>,
}

fn imei(tac: u8, number: u32) -> String {
    // TACs of nobody the catalogue knows.
    let stem = format!("9912345{tac}{number:06}");
    let mut sum = 0;
    for (i, c) in stem.bytes().rev().enumerate() {
        let d = u32::from(c - b'0') * if i % 2 == 0 { 2 } else { 1 };
        sum += if d > 9 { d - 9 } else { d };
    }
    format!("{stem}{}", (10 - sum % 10) % 10)
}

fn answer() -> impl Strategy<Value = (Clue, &'static str)> {
    prop::sample::select(vec![
        (Clue::ModemManufacturer, "Quectel"),
        (Clue::ModemManufacturer, "QUALCOMM INCORPORATED"),
        (Clue::ModemManufacturer, "Telit"),
        (Clue::ModemModel, "EC25"),
        (Clue::ModemModel, "LE910C1-EU"),
        (Clue::ModemRevision, "EC25EFAR06A06M4G"),
        (Clue::ModemRevision, "18500.5001.00.02.24.07"),
        (Clue::UsbId, "2c7c:0125"),
        (Clue::UsbId, "1bc7:1201"),
        (Clue::UsbId, "05c6:9091"),
        (Clue::PciId, "8086:7360"),
    ])
}

fn declared() -> impl Strategy<Value = (Clue, &'static str)> {
    prop::sample::select(vec![
        (Clue::DeclaredModule, "Sierra EM7455"),
        (Clue::DeclaredModule, "Quectel EC25-E"),
        (Clue::ProductMaker, "Hedgerow"),
        (Clue::ProductModel, "HR-9000"),
        (Clue::OrderCode, "HR9000-06E"),
        (Clue::OrderCode, "HR9000-07E"),
    ])
}

fn estate() -> impl Strategy<Value = Vec<Asset>> {
    let asset = (
        prop::collection::vec((0u8..3, answer()), 0..4),
        prop::option::of((0u8..2, 0u32..1000)),
        any::<(bool, bool)>(),
        prop::option::of(prop::collection::vec(declared(), 0..4)),
        prop::option::of(0u32..40),
    )
        .prop_map(|(answers, imei, imei_in, row, serial)| Asset {
            answers: answers.into_iter().map(|(at, (c, v))| (at, c, v)).collect(),
            imei,
            imei_in,
            row,
            serial,
        });
    prop::collection::vec(asset, 1..9)
}

/// One unit of evidence: a listing's device or a register's row.
type Unit = Vec<Seen>;

fn one(source: &str, unit: u64, stance: Stance, clue: Clue, value: &str, keys: &[Key]) -> Seen {
    Seen {
        source: source.into(),
        reader: "test".into(),
        digest: source.into(),
        register: stance == Stance::Declared,
        observation: Observation::new(unit, stance, clue, value, Place::Line(unit + 1))
            .about(keys.to_vec()),
    }
}

/// The evidence of an estate, its rows spread over so many registers.
fn evidence(estate: &[Asset], registers: usize) -> Vec<Unit> {
    let mut out = Vec::new();
    for (n, asset) in (0u32..).zip(estate) {
        let tag = Key::new(KeyKind::AssetTag, format!("A{n}"));
        let imei = asset.imei.map(|(tac, number)| imei(tac, number * 16 + n));
        for listing in 0..3u8 {
            let source = format!("a{n}-{listing}.txt");
            let mut unit: Unit = asset
                .answers
                .iter()
                .filter(|(at, ..)| *at == listing)
                .map(|(_, c, v)| {
                    one(
                        &source,
                        0,
                        Stance::Observed,
                        *c,
                        v,
                        std::slice::from_ref(&tag),
                    )
                })
                .collect();
            if let Some(imei) = imei
                .as_ref()
                .filter(|_| asset.imei_in.0 && !unit.is_empty())
            {
                unit.push(one(
                    &source,
                    0,
                    Stance::Observed,
                    Clue::Imei,
                    imei,
                    std::slice::from_ref(&tag),
                ));
            }
            out.push(unit);
        }
        if let Some(row) = &asset.row {
            let mut keys = vec![tag];
            keys.extend(
                asset
                    .serial
                    .map(|s| Key::new(KeyKind::Serial, format!("HN{:08}", 1000 + s * 50 + n))),
            );
            let source = format!("register-{}.csv", n as usize % registers);
            let mut unit: Unit = row
                .iter()
                .map(|(c, v)| one(&source, u64::from(n), Stance::Declared, *c, v, &keys))
                .collect();
            if let Some(imei) = imei.as_ref().filter(|_| asset.imei_in.1) {
                unit.push(one(
                    &source,
                    u64::from(n),
                    Stance::Declared,
                    Clue::Imei,
                    imei,
                    &keys,
                ));
            }
            out.push(unit);
        }
    }
    out.retain(|unit| !unit.is_empty());
    out
}

fn run(units: &[Unit], learn: bool) -> Identified {
    let all: Vec<Seen> = units.iter().flatten().cloned().collect();
    identify(
        catalog(),
        &all,
        &Options {
            learn,
            ..Options::default()
        },
    )
}

/// What is said of each asset, without where it was read.
fn said(out: &Identified) -> BTreeMap<String, Vec<String>> {
    let mut by_asset: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for f in &out.findings {
        let candidates: Vec<_> = f.candidates.iter().map(|c| (&c.maker, &c.family)).collect();
        by_asset
            .entry(f.subject.asset.clone().unwrap_or_default())
            .or_default()
            .push(format!(
                "{:?} {:?} {:?} {:?} {:.6} {candidates:?}",
                f.module.maker, f.module.family, f.presence, f.maker_stance, f.confidence
            ));
    }
    for all in by_asset.values_mut() {
        all.sort();
    }
    by_asset
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn the_order_of_sources_changes_nothing(estate in estate(), seed in any::<u64>(), learn in any::<bool>()) {
        let units = evidence(&estate, 2);
        let mut shuffled = units.clone();
        let mut state = seed;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        prop_assert_eq!(run(&shuffled, learn), run(&units, learn));
    }

    #[test]
    fn a_register_in_several_files_says_the_same(estate in estate(), registers in 2usize..5) {
        prop_assert_eq!(
            said(&run(&evidence(&estate, registers), true)),
            said(&run(&evidence(&estate, 1), true))
        );
    }

    #[test]
    fn what_is_learned_is_at_most_implied_and_overrules_nothing(estate in estate()) {
        let units = evidence(&estate, 1);
        let plain = run(&units, false);
        let learned = run(&units, true);
        for f in &plain.findings {
            if let Some(maker) = f.maker() {
                let same = learned.findings.iter().any(|l| {
                    l.subject == f.subject && l.maker() == Some(maker) && l.presence == f.presence
                });
                prop_assert!(same, "{f:#?}");
            }
        }
        for l in &learned.findings {
            let taught = l.evidence.iter().any(|e| e.says.starts_with("learned from"));
            let known = plain.findings.iter().any(|f| f.subject == l.subject && f.maker() == l.maker());
            if taught && l.maker().is_some() && !known {
                prop_assert_eq!(l.maker_stance, Some(Stance::Implied));
            }
        }
    }
}
