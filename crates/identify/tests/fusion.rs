//! Fusion and learning on small estates made by hand.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use std::sync::OnceLock;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Clue, Key, KeyKind, Observation, Place, Stance};
use cellsweep_identify::{EvidenceRole, Finding, Identified, Options, Seen, identify};
use proptest::prelude::*;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::embedded().unwrap())
}

fn seen(source: &str, unit: u64, stance: Stance, clue: Clue, value: &str, keys: &[Key]) -> Seen {
    Seen {
        source: source.into(),
        reader: "test".into(),
        digest: source.into(),
        register: false,
        observation: Observation::new(unit, stance, clue, value, Place::Line(unit + 1))
            .about(keys.to_vec()),
    }
}

fn tag(asset: &str) -> Key {
    Key::new(KeyKind::AssetTag, asset)
}

/// A device's listing.
fn device(asset: &str, clues: &[(Clue, &str)]) -> Vec<Seen> {
    let source = format!("{asset}.txt");
    clues
        .iter()
        .map(|(c, v)| seen(&source, 0, Stance::Observed, *c, v, &[tag(asset)]))
        .collect()
}

/// A register's row.
fn row(number: u64, asset: &str, clues: &[(Clue, &str)], keys: &[Key]) -> Vec<Seen> {
    let mut all = vec![tag(asset)];
    all.extend_from_slice(keys);
    clues
        .iter()
        .map(|(c, v)| {
            let mut s = seen("register.csv", number, Stance::Declared, *c, v, &all);
            s.register = true;
            s.observation.place = Place::Cell {
                sheet: None,
                row: number + 2,
                column: "x".to_owned(),
            };
            s
        })
        .collect()
}

fn learn(all: &[Seen]) -> Identified {
    let options = Options {
        learn: true,
        ..Options::default()
    };
    identify(catalog(), all, &options)
}

fn of<'a>(out: &'a Identified, asset: &str) -> Vec<&'a Finding> {
    out.findings
        .iter()
        .filter(|f| f.subject.asset.as_deref() == Some(asset))
        .collect()
}

/// TACs here belong to nobody the catalogue knows.
const TAC: &str = "99123456";

fn imei(number: u32) -> String {
    let stem = format!("{TAC}{number:06}");
    let mut sum = 0;
    for (i, c) in stem.bytes().rev().enumerate() {
        let d = u32::from(c - b'0') * if i % 2 == 0 { 2 } else { 1 };
        sum += if d > 9 { d - 9 } else { d };
    }
    format!("{stem}{}", (10 - sum % 10) % 10)
}

fn taught() -> Vec<Seen> {
    let mut all = device(
        "A1",
        &[
            (Clue::ModemManufacturer, "Quectel"),
            (Clue::ModemModel, "EC25"),
            (Clue::Imei, &imei(1)),
        ],
    );
    all.extend(row(0, "B1", &[(Clue::Imei, &imei(500))], &[]));
    all
}

#[test]
fn a_tac_of_an_observed_module_teaches_the_register() {
    let out = learn(&taught());
    let [f] = of(&out, "B1")[..] else {
        panic!("{:#?}", out.findings)
    };
    assert_eq!(f.maker(), Some("quectel"));
    assert_eq!(f.module.family.as_deref(), Some("EC25"));
    assert_eq!(f.maker_stance, Some(Stance::Implied));
    let lesson = f
        .evidence
        .iter()
        .find(|e| e.says.starts_with("learned from 1 device of this estate"))
        .unwrap();
    assert!(lesson.says.contains("A1"), "{}", lesson.says);
    assert_eq!(lesson.stance, Some(Stance::Implied));
}

#[test]
fn without_leave_nothing_is_learned() {
    let out = identify(catalog(), &taught(), &Options::default());
    assert_eq!(of(&out, "B1")[0].maker(), None);
}

#[test]
fn a_tac_seen_with_two_makers_teaches_nothing() {
    let mut all = taught();
    all.extend(device(
        "A2",
        &[
            (Clue::ModemManufacturer, "Telit"),
            (Clue::ModemModel, "LE910C1-EU"),
            (Clue::Imei, &imei(2)),
        ],
    ));
    let out = learn(&all);
    assert_eq!(of(&out, "A2")[0].maker(), Some("telit-cinterion"));
    assert_eq!(of(&out, "B1")[0].maker(), None);
}

#[test]
fn order_codes_and_serial_numbers_between_teach() {
    let product = |code: &'static str| {
        [
            (Clue::ProductMaker, "Hedgerow"),
            (Clue::ProductModel, "HR-9000"),
            (Clue::OrderCode, code),
        ]
    };
    let serial = |s: &str| [Key::new(KeyKind::Serial, s)];
    let mut all = Vec::new();
    for (n, asset, code, number) in [
        (0, "A1", "HR9000-06E", "HN00001000"),
        (1, "A2", "HR9000-06E", "HN00002000"),
        (2, "B1", "HR9000-06E", "HX7"),
        (3, "B2", "", "HN00001500"),
        (4, "B3", "", "HN00002500"),
        (5, "B4", "HR9000-07E", "HX8"),
    ] {
        let clues = product(code);
        let clues = if code.is_empty() {
            &clues[..2]
        } else {
            &clues[..]
        };
        all.extend(row(n, asset, clues, &serial(number)));
    }
    for asset in ["A1", "A2"] {
        all.extend(device(asset, &[(Clue::ModemRevision, "EC25EFAR06A06M4G")]));
    }
    let out = learn(&all);
    for asset in ["B1", "B2"] {
        let found = of(&out, asset);
        assert_eq!(found.len(), 1, "{asset}");
        assert_eq!(found[0].maker(), Some("quectel"), "{asset}");
        assert_eq!(found[0].presence, Stance::Implied, "{asset}");
    }
    assert!(of(&out, "B3").is_empty(), "beyond the last device");
    assert!(of(&out, "B4").is_empty(), "another order code");
}

#[test]
fn a_register_contradicted_by_its_device_is_told() {
    let mut all = row(0, "A1", &[(Clue::DeclaredModule, "Telit LE910C1-EU")], &[]);
    all.extend(device("A1", &[(Clue::ModemRevision, "EC25EFAR06A06M4G")]));
    let out = learn(&all);
    let [f] = of(&out, "A1")[..] else {
        panic!("{:#?}", out.findings)
    };
    assert_eq!(f.maker(), Some("quectel"));
    let against: Vec<_> = f
        .evidence
        .iter()
        .filter(|e| e.role == EvidenceRole::Against)
        .collect();
    assert_eq!(against.len(), 1);
    assert!(
        against[0].says.contains("contradicts"),
        "{}",
        against[0].says
    );
    assert!(out.remarks.iter().any(|r| r.code == "register-contradicted"
        && r.assets == ["A1"]
        && r.places == ["register.csv, row 2, column x"]));
}

#[test]
fn a_product_string_wins_over_an_id_that_families_share() {
    let all = device(
        "A1",
        &[
            (Clue::UsbId, "2cb7:0109"),
            (Clue::UsbProduct, "Fibocom NL678-E Modem"),
        ],
    );
    let out = learn(&all);
    let f = of(&out, "A1")[0];
    assert_eq!(f.module.family.as_deref(), Some("NL678"));
    let id = f.evidence.iter().find(|e| e.clue == "usb_id").unwrap();
    assert_eq!(id.role, EvidenceRole::Against);
    assert!(id.says.contains("not on the family"), "{}", id.says);
}

#[test]
fn a_later_look_overtakes_an_earlier_one_at_the_same_port() {
    let port = [tag("A1"), Key::new(KeyKind::Port, "usb:1-1")];
    let mut all = Vec::new();
    for (source, day, id) in [
        ("old", "2024-03-01", "2c7c:0125"),
        ("new", "2026-03-01", "1199:9071"),
    ] {
        let mut s = seen(source, 0, Stance::Observed, Clue::UsbId, id, &port);
        s.observation.seen = Some(day.to_owned());
        all.push(s);
    }
    let out = learn(&all);
    let [f] = of(&out, "A1")[..] else {
        panic!("{:#?}", out.findings)
    };
    assert_eq!(f.maker(), Some("sierra-wireless"));
    let old = f.evidence.iter().find(|e| e.source == "old").unwrap();
    assert_eq!(old.role, EvidenceRole::Against);
    assert!(old.says.contains("overtaken"), "{}", old.says);
    // Without days nobody can say which is right.
    for s in &mut all {
        s.observation.seen = None;
    }
    assert_eq!(of(&learn(&all), "A1")[0].maker(), None);
}

#[test]
fn silicon_rules_out_what_is_built_on_other_silicon() {
    // The id is Intel's and open; the L850 is known on Intel silicon only.
    let clues = [
        (Clue::PciId, "8086:7360"),
        (Clue::ModemManufacturer, "QUALCOMM INCORPORATED"),
    ];
    let plain = learn(&device("A1", &clues[..1]));
    assert!(
        of(&plain, "A1")[0]
            .candidates
            .iter()
            .any(|c| c.maker == "fibocom")
    );
    // Two lines of silicon named at once: nothing is ruled out.
    let both = learn(&device("A1", &clues));
    assert!(
        of(&both, "A1")[0]
            .candidates
            .iter()
            .any(|c| c.maker == "fibocom")
    );
    // A row says L850, the device answers from Qualcomm silicon: the row's family cannot be.
    let mut row = row(0, "A1", &[(Clue::DeclaredModule, "Fibocom L850-GL")], &[]);
    row.extend(device("A1", &clues[1..]));
    let out = learn(&row);
    let f = of(&out, "A1")[0];
    assert_eq!(f.module.family, None);
    let answer = f
        .evidence
        .iter()
        .find(|e| e.value.starts_with("QUALCOMM"))
        .unwrap();
    assert!(answer.says.contains("rules out"), "{}", answer.says);
    assert!(
        answer.says.contains("Fibocom L850 (Intel)"),
        "{}",
        answer.says
    );
    assert_eq!(
        catalog()
            .family_silicon("fibocom", "L850")
            .into_iter()
            .collect::<Vec<_>>(),
        ["Intel"]
    );
}

#[test]
fn two_modules_in_one_asset_stay_two_and_one_in_two_files_is_one() {
    let at = |port: &str| [tag("A1"), Key::new(KeyKind::Port, port)];
    let all = vec![
        seen(
            "lsusb",
            0,
            Stance::Observed,
            Clue::UsbId,
            "2c7c:0125",
            &at("usb:1-1"),
        ),
        seen(
            "lsusb",
            1,
            Stance::Observed,
            Clue::UsbId,
            "1199:9071",
            &at("usb:1-2"),
        ),
        seen(
            "dmesg",
            0,
            Stance::Observed,
            Clue::UsbId,
            "2c7c:0125",
            &at("usb:1-1"),
        ),
    ];
    let out = learn(&all);
    assert_eq!(of(&out, "A1").len(), 2, "{:#?}", out.findings);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// The order in which sources are read does not matter.
    #[test]
    fn the_order_of_evidence_does_not_matter(seed in any::<u64>()) {
        let mut all = taught();
        all.extend(device("A2", &[(Clue::UsbId, "8087:095a"), (Clue::ModemRevision, "18500.5001.00.02.24.07")]));
        all.extend(row(7, "A2", &[(Clue::DeclaredModule, "Sierra EM7455")], &[]));
        let expected = learn(&all);
        let mut sources: Vec<Vec<Seen>> = Vec::new();
        for s in all {
            let key = (s.source.clone(), s.observation.unit);
            match sources.iter_mut().find(|l| (l[0].source.clone(), l[0].observation.unit) == key) {
                Some(list) => list.push(s),
                None => sources.push(vec![s]),
            }
        }
        let mut state = seed;
        for i in (1..sources.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let j = usize::try_from(state >> 33).unwrap() % (i + 1);
            sources.swap(i, j);
        }
        let shuffled: Vec<Seen> = sources.into_iter().flatten().collect();
        prop_assert_eq!(learn(&shuffled), expected);
    }
}

/// Not a timed test: what compared each thing with each took hours here.
#[test]
fn a_listing_of_very_many_devices_is_cut_and_says_so() {
    let all: Vec<Seen> = (0..20_050)
        .map(|n| {
            seen(
                "long.txt",
                n,
                Stance::Observed,
                Clue::UsbId,
                "2c7c:0125",
                &[],
            )
        })
        .collect();
    let out = identify(catalog(), &all, &Options::default());
    assert_eq!(out.findings.len(), 20_000);
    let cut = out
        .remarks
        .iter()
        .find(|r| r.code == "too-many-modules")
        .unwrap();
    assert!(cut.message.contains("50 further"), "{}", cut.message);
}

#[test]
fn a_model_that_the_modem_states_is_its_family_where_the_catalogue_has_none() {
    let of_model = |clues: &[(Clue, &str)]| {
        let out = learn(&device("d-1", clues));
        let found = of(&out, "d-1");
        assert_eq!(found.len(), 1, "{clues:?}");
        (
            found[0].module.maker.clone(),
            found[0].module.family.clone(),
            found[0].module.variant.clone(),
        )
    };
    let some = |s: &str| Some(s.to_owned());
    // With the maker decided, its own name for the thing stands.
    assert_eq!(
        of_model(&[
            (Clue::ModemManufacturer, "ZTE CORPORATION"),
            (Clue::ModemModel, "MF9999MODULE"),
        ]),
        (some("zte"), some("MF9999"), some("MF9999MODULE"))
    );
    // A word that every device uses names no model, and a chipset's name is none of the maker's.
    for generic in ["Mobile Broadband Module", "MDM9207-MTP", "4G"] {
        let (maker, family, _) = of_model(&[
            (Clue::ModemManufacturer, "ZTE CORPORATION"),
            (Clue::ModemModel, generic),
        ]);
        assert_eq!((maker, family), (some("zte"), None), "{generic}");
    }
    // A model alone, of nobody the catalogue knows, names nobody.
    assert_eq!(
        of_model(&[(Clue::ModemModel, "MF9999")]),
        (None, None, None)
    );
    // What the catalogue knows goes before.
    let (_, family, variant) = of_model(&[
        (Clue::ModemManufacturer, "Quectel"),
        (Clue::ModemModel, "EC25"),
        (Clue::UsbProduct, "XY1234"),
    ]);
    assert_eq!((family, variant), (some("EC25"), None));
}

#[test]
fn what_a_listing_says_of_its_product_speaks_of_the_module_seen_in_it() {
    let listing = |model: &str, more: Option<&str>| {
        let source = "walk.txt";
        let mut all = vec![
            seen(
                source,
                0,
                Stance::Observed,
                Clue::ProductModel,
                "C1111-8PLTEEA",
                &[],
            ),
            seen(source, 1, Stance::Observed, Clue::ModemModel, model, &[]),
        ];
        all.extend(more.map(|m| seen(source, 2, Stance::Observed, Clue::ProductModel, m, &[])));
        identify(catalog(), &all, &Options::default())
    };
    // The catalogue knows the product with EM7430 or EM7455.
    let out = listing("EM7455", None);
    assert_eq!(out.findings.len(), 1, "{:#?}", out.findings);
    let f = &out.findings[0];
    assert_eq!(f.presence, Stance::Observed);
    assert_eq!(f.module.family.as_deref(), Some("EM7455"));
    let product = f
        .evidence
        .iter()
        .find(|e| e.clue == Clue::ProductModel.as_str())
        .unwrap();
    assert_eq!(product.role, EvidenceRole::Supporting);
    // Another module than the product is known with.
    let out = listing("EC25", None);
    assert_eq!(out.findings.len(), 1, "{:#?}", out.findings);
    let f = &out.findings[0];
    assert_eq!(f.module.maker.as_deref(), Some("quectel"));
    assert!(
        f.evidence
            .iter()
            .any(|e| e.clue == Clue::ProductModel.as_str() && e.role == EvidenceRole::Against)
    );
    // Two products in one listing are two devices, and nothing says which the module is in.
    assert!(listing("EM7455", Some("C1117-4PLTEEA")).findings.len() > 1);
}
