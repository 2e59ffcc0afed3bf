//! A streamed list says the same of every row as a whole run.

// A test may panic: that is how it fails; and it prints why.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use cellsweep_catalog::Catalog;
use cellsweep_policy::Packs;
use cellsweep_report::json;
use cellsweep_sweep::read::Stop;
use cellsweep_sweep::{Input, Settings, Silent, run, stream};

/// A number with a right Luhn digit.
fn imei(stem: &str) -> String {
    let mut sum = 0;
    for (i, c) in stem.chars().enumerate() {
        let mut d = c.to_digit(10).unwrap();
        if i % 2 == 1 {
            d *= 2;
            if d > 9 {
                d -= 9;
            }
        }
        sum += d;
    }
    format!("{stem}{}", (10 - sum % 10) % 10)
}

/// The lines of a whole run and of a streamed one, and their exit codes.
fn both(name: &str, text: &str, packs: &Packs) -> [(Vec<String>, Vec<u8>); 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let input = Input {
        path,
        shown: name.to_owned(),
        bytes: text.len() as u64,
        ..Input::default()
    };
    let catalog = Catalog::embedded().unwrap();
    let settings = Settings::new(Some("2026-11-24".parse().unwrap()));
    let whole = run::scan(
        &catalog,
        packs,
        std::slice::from_ref(&input),
        &[],
        &settings,
        &Silent,
    );
    let reader = stream::list(&input, 0).unwrap().expect("a list");
    let mut out = Vec::new();
    let done = stream::scan(
        &catalog,
        packs,
        &input,
        reader,
        &settings,
        &Stop::new(false),
        &mut out,
    )
    .unwrap();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let mut exit = whole.report.exit.clone();
    exit.sort_unstable();
    [
        (lines(&json::ndjson(&whole.report).unwrap()), exit),
        (lines(&String::from_utf8(out).unwrap()), done.exit),
    ]
}

fn same(name: &str, text: &str, packs: &Packs) -> Vec<String> {
    let [(whole, exit), (streamed, exit_streamed)] = both(name, text, packs);
    let set = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<_>>();
    let (a, b) = (set(&whole), set(&streamed));
    for line in a.difference(&b) {
        eprintln!("only whole:    {line}");
    }
    for line in b.difference(&a) {
        eprintln!("only streamed: {line}");
    }
    assert!(a == b, "{name}");
    assert_eq!(whole.len(), streamed.len(), "{name}");
    assert_eq!(exit, exit_streamed, "{name}");
    streamed
}

/// Known and unknown codes, a repeated number, a test number, a wrong check digit, the other lengths,
/// and what is no number at all.
fn plain_list() -> String {
    let mut rows: Vec<String> = Vec::new();
    for n in 0..12 {
        rows.push(imei(&format!("86728406{n:06}")));
        rows.push(imei(&format!("35894309{n:06}")));
        rows.push(imei(&format!("86615004{n:06}")));
    }
    rows.insert(7, rows[3].clone());
    rows.insert(9, imei("00499901064000"));
    rows.insert(11, imei("00499901064000"));
    rows.insert(13, "867284060000991".to_owned());
    rows.insert(15, "86728406000888".to_owned());
    rows.insert(17, "8672840600077701".to_owned());
    rows.insert(19, String::new());
    rows.insert(21, "not a number".to_owned());
    rows.insert(23, "86 728406 000666 3".to_owned());
    rows.insert(25, "000000000000000".to_owned());
    rows.join("\n") + "\n"
}

#[test]
fn plain_list_with_and_without_header() {
    let every = Packs::embedded().unwrap();
    let one = every.clone().select(&["us-1260h".to_owned()]).unwrap();
    let lines = same("imeis.txt", &plain_list(), &one);
    assert!(lines.len() > 30);
    same("imeis.csv", &format!("imei\n{}", plain_list()), &every);
}

#[test]
fn a_list_of_one() {
    let packs = Packs::embedded().unwrap();
    same("one.txt", &format!("{}\n", imei("86728406000001")), &packs);
}

#[test]
fn sims_with_shared_keys() {
    let packs = Packs::embedded().unwrap();
    let mut text = String::from("ICCID,IMEI,Operator,Site\n");
    for n in 0..700 {
        // Every hundredth row repeats the SIM of the row before, every hundred-and-first its IMEI.
        let (sim, own) = match n % 100 {
            50 => (n - 1, n),
            51 => (n, n - 1),
            _ => (n, n),
        };
        let iccid = imei(&format!("891004120000{sim:06}"));
        let device = imei(&format!("86728406{own:06}"));
        writeln!(text, "{iccid},{device},Example Mobile,S{}", n % 7).unwrap();
    }
    let lines = same("sims.csv", &text, &packs);
    assert!(lines.iter().any(|l| l.contains("imei-duplicated")));
    assert!(lines.iter().any(|l| l.contains("key-shared")));
}

#[test]
fn a_register_with_a_separate_router() {
    let packs = Packs::embedded().unwrap();
    let mut text = String::from("Asset Tag,Manufacturer,Model,Serial,Router Make,Router Model\n");
    for n in 0..700 {
        let model = ["RUT240", "RUTX11", "ProDesk 600"][n % 3];
        let (maker, router) = match n % 3 {
            2 => ("HP", "Teltonika,RUT955"),
            _ => ("Teltonika", ","),
        };
        writeln!(text, "A-{:05},{maker},{model},SN{n:06}X,{router}", n % 690).unwrap();
    }
    same("register.csv", &text, &packs);
}

#[test]
fn findings_stand_in_the_order_of_the_list() {
    let packs = Packs::embedded().unwrap();
    let text: String = (0..600)
        .map(|n| imei(&format!("86728406{:06}", (n * 7919) % 1_000_000)) + "\n")
        .collect();
    let [_, (lines, _)] = both("ordered.txt", &text, &packs);
    let found: Vec<&str> = lines
        .iter()
        .filter(|l| l.contains("\"record\":\"finding\""))
        .map(|l| l.split("\"imei\":[\"").nth(1).unwrap().get(..15).unwrap())
        .collect();
    assert_eq!(found, text.lines().collect::<Vec<_>>());
}
