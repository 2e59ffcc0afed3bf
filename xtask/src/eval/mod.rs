//! Identification measured on labelled cases.
//!
//! A case is one line of JSON: `id`, `format`, `text`, `truth {maker_slug, model, present}`. Scoring:
//!
//! - decidable (`maker_slug` set): right if some finding of presence observed or declared names that
//!   maker and none names another;
//! - undecidable (present, no `maker_slug`): right if there is a finding and none names a maker;
//! - not present: right if there is no finding of presence observed or declared.
//!
//! Family is scored apart, on decidable cases that have a model.

mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cellsweep_catalog::Catalog;
use cellsweep_catalog::model::Role;
use cellsweep_evidence::{Limits, Stance};
use cellsweep_identify::{Finding, Options, identify};
use cellsweep_sweep::Input;
use cellsweep_sweep::read::{Stop, read_stream};
use usb_ids::FromId as _;

use cases::{Case, Truth};

/// How one case came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As labelled.
    Right,
    /// Nothing wrong is said, but not what the label says.
    Missed(String),
    /// Something wrong is said.
    Wrong(String),
}

/// What a tool says about a case: makers named, and whether it says that something is there.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Makers named.
    pub makers: BTreeSet<String>,
    /// Something cellular is there.
    pub present: bool,
}

/// Scores what was said.
pub fn score(truth: &Truth, said: &Said) -> Outcome {
    let others: Vec<&String> = said
        .makers
        .iter()
        .filter(|m| Some(m.as_str()) != truth.maker_slug.as_deref())
        .collect();
    match (&truth.maker_slug, truth.present) {
        (Some(maker), _) => {
            if !others.is_empty() {
                Outcome::Wrong(format!("names {others:?}, is {maker}"))
            } else if said.makers.contains(maker) {
                Outcome::Right
            } else if said.present {
                Outcome::Missed(format!("present, maker not named, is {maker}"))
            } else {
                Outcome::Missed(format!("nothing found, is {maker}"))
            }
        }
        (None, true) => {
            if !others.is_empty() {
                Outcome::Wrong(format!("names {others:?}, is undecidable"))
            } else if said.present {
                Outcome::Right
            } else {
                Outcome::Missed("nothing found, is present".to_owned())
            }
        }
        (None, false) => {
            if said.present {
                Outcome::Wrong(format!("says present {:?}, is not", said.makers))
            } else {
                Outcome::Right
            }
        }
    }
}

/// Findings of a case, and the reader that took it.
pub fn findings(catalog: &Catalog, case: &Case) -> (Vec<Finding>, Option<String>) {
    let input = Input {
        shown: "case.txt".to_owned(),
        ..Input::default()
    };
    let stop = Stop::new(false);
    let (state, seen) = read_stream(
        catalog,
        &input,
        case.text.as_bytes(),
        &Limits::default(),
        &stop,
    );
    (
        identify(catalog, &seen, &Options::default()).findings,
        state.format,
    )
}

fn said(findings: &[Finding]) -> Said {
    let strong = || findings.iter().filter(|f| f.presence <= Stance::Declared);
    Said {
        makers: strong().filter_map(|f| f.module.maker.clone()).collect(),
        present: strong().next().is_some(),
    }
}

/// Letters and digits only, upper case.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Whether the family is right; `None` if the case has none.
fn family(truth: &Truth, findings: &[Finding]) -> Option<Result<bool, String>> {
    let maker = truth.maker_slug.as_deref()?;
    let model = truth.model.as_deref()?;
    let accepted: Vec<String> = model
        .split('/')
        .map(plain)
        .filter(|m| m.len() >= 3)
        .collect();
    let fits = |family: &str| {
        let family = plain(family);
        accepted
            .iter()
            .any(|a| family.starts_with(a.as_str()) || a.starts_with(family.as_str()))
    };
    let ours: Vec<&Finding> = findings
        .iter()
        .filter(|f| f.module.maker.as_deref() == Some(maker))
        .collect();
    let settled: Vec<&str> = ours
        .iter()
        .filter_map(|f| f.module.family.as_deref())
        .collect();
    if !settled.is_empty() {
        return Some(if settled.iter().any(|f| fits(f)) {
            Ok(true)
        } else {
            Err(format!("{settled:?}, is {model}"))
        });
    }
    let sets: Vec<&str> = ours
        .iter()
        .flat_map(|f| f.candidates.iter())
        .filter_map(|c| c.family.as_deref())
        .flat_map(|f| f.split('/'))
        .collect();
    Some(if sets.iter().any(|f| fits(f)) {
        Ok(false) // in the set, not settled
    } else {
        Err(format!("not named, is {model}"))
    })
}

#[derive(Default)]
struct Tally {
    decidable: [u32; 3],
    undecidable: [u32; 3],
    negative: [u32; 3],
}

impl Tally {
    fn add(&mut self, truth: &Truth, outcome: &Outcome) {
        let row = match (&truth.maker_slug, truth.present) {
            (Some(_), _) => &mut self.decidable,
            (None, true) => &mut self.undecidable,
            (None, false) => &mut self.negative,
        };
        let column = match outcome {
            Outcome::Right => 0,
            Outcome::Missed(_) => 1,
            Outcome::Wrong(_) => 2,
        };
        if let Some(cell) = row.get_mut(column) {
            *cell += 1;
        }
    }
    fn print(&self, name: &str) {
        let show = |r: &[u32; 3]| {
            let total: u32 = r.iter().sum();
            format!(
                "{:>3}/{:<3} right {:>2} missed {:>2} wrong",
                r[0], total, r[1], r[2]
            )
        };
        println!(
            "{name:<22} decidable {}   undecidable {}   negative {}",
            show(&self.decidable),
            show(&self.undecidable),
            show(&self.negative)
        );
    }
}

/// Upper end of the 95 % Clopper-Pearson interval of the error rate when no error was seen in `n`.
fn bound_without_error(n: u32) -> f64 {
    if n == 0 {
        1.0
    } else {
        1.0 - 0.025f64.powf(1.0 / f64::from(n))
    }
}

/// What `grep -i` of the makers' names says: every maker whose name stands in the text.
fn grep_baseline(catalog: &Catalog, text: &str) -> Said {
    let lower = text.to_lowercase();
    let makers: BTreeSet<String> = catalog
        .makers()
        .filter(|m| m.role == Role::ModuleMaker || m.role == Role::ContractMaker)
        .filter(|m| m.aliases.iter().any(|a| lower.contains(&a.to_lowercase())))
        .map(|m| m.slug.clone())
        .collect();
    Said {
        present: !makers.is_empty(),
        makers,
    }
}

/// What looking the USB ids of the text up in usb.ids says: the vendor's name, read as a maker.
fn usb_ids_baseline(catalog: &Catalog, text: &str) -> Said {
    let mut said = Said::default();
    let lower = text.to_lowercase();
    let mut vendors: BTreeSet<u16> = BTreeSet::new();
    let hex = |s: &str| {
        (s.len() == 4)
            .then(|| u16::from_str_radix(s, 16).ok())
            .flatten()
    };
    for marker in [
        "id ",
        "vendor=",
        "idvendor=",
        "idvendor           0x",
        "vid_",
    ] {
        for (at, found) in lower.match_indices(marker) {
            if let Some(id) = lower
                .get(at + found.len()..at + found.len() + 4)
                .and_then(hex)
            {
                vendors.insert(id);
            }
        }
    }
    for id in vendors {
        if let Some(vendor) = usb_ids::Vendor::from_id(id) {
            let name = vendor.name().to_lowercase();
            for maker in catalog.makers() {
                if maker
                    .aliases
                    .iter()
                    .any(|a| name.contains(&a.to_lowercase()))
                {
                    said.makers.insert(maker.slug.clone());
                    said.present = true;
                }
            }
        }
    }
    said
}

/// Runs the evaluation.
pub fn run(files: &[PathBuf], verbose: bool) -> anyhow::Result<()> {
    let catalog = Catalog::embedded()?;
    let cases = if files.is_empty() {
        cases::load(&cases::committed()?)?
    } else {
        cases::load(files)?
    };
    let (mut ours, mut grep, mut ids) = (Tally::default(), Tally::default(), Tally::default());
    let (mut settled, mut in_set, mut families) = (0u32, 0u32, 0u32);
    let mut by_format: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for case in &cases {
        let (findings, reader) = findings(&catalog, case);
        let outcome = score(&case.truth, &said(&findings));
        ours.add(&case.truth, &outcome);
        grep.add(
            &case.truth,
            &score(&case.truth, &grep_baseline(&catalog, &case.text)),
        );
        ids.add(
            &case.truth,
            &score(&case.truth, &usb_ids_baseline(&catalog, &case.text)),
        );
        let entry = by_format.entry(case.format.clone()).or_default();
        entry.1 += 1;
        entry.0 += u32::from(outcome == Outcome::Right);
        let reader = reader.unwrap_or_else(|| "no reader".to_owned());
        match &outcome {
            Outcome::Right => {
                if verbose {
                    println!("right   {:<28} {:<22} {reader}", case.id, case.format);
                }
            }
            Outcome::Missed(why) => {
                println!(
                    "MISSED  {:<28} {:<22} {reader}: {why}",
                    case.id, case.format
                );
            }
            Outcome::Wrong(why) => {
                println!(
                    "WRONG   {:<28} {:<22} {reader}: {why}",
                    case.id, case.format
                );
            }
        }
        if let Some(result) = family(&case.truth, &findings) {
            families += 1;
            match result {
                Ok(true) => settled += 1,
                Ok(false) => in_set += 1,
                Err(why) => println!(
                    "family  {:<28} {:<22} {reader}: {why}",
                    case.id, case.format
                ),
            }
        }
    }
    println!();
    ours.print("cellsweep");
    grep.print("grep -i maker names");
    ids.print("usb.ids look-up");
    println!("family: {settled} settled and right, {in_set} in the set, of {families}");
    let named = ours.decidable[0];
    println!(
        "wrong makers: {} (with {named} named and no error the 95 % bound on the error rate is {:.1} %)",
        ours.decidable[2] + ours.undecidable[2] + ours.negative[2],
        100.0 * bound_without_error(named)
    );
    for (format, (right, of)) in &by_format {
        println!("  {format:<24} {right}/{of}");
    }
    let wrong = ours.decidable[2] + ours.undecidable[2] + ours.negative[2];
    anyhow::ensure!(wrong == 0, "{wrong} cases say something wrong");
    Ok(())
}
