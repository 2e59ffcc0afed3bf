//! Identification measured on labelled cases, and held against the committed outcomes.

pub mod accuracy;
mod baseline;
mod blind;
mod cases;
mod interval;
mod peers;
mod score;

use std::collections::BTreeMap;
use std::path::PathBuf;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Limits;
use cellsweep_identify::{Finding, Options, Seen, identify};
use cellsweep_sweep::Input;
use cellsweep_sweep::read::{Stop, read_stream};
use clap::Args;

use cases::Case;
use interval::Share;
use score::{FamilyOutcome, Outcome, Tally};

/// What to measure.
#[derive(Args)]
pub struct Eval {
    /// Files of cases; without any, the committed ones, held against the committed outcomes
    cases: Vec<PathBuf>,
    /// Print every case, and what simpler means get wrong
    #[arg(long, short)]
    verbose: bool,
    /// Outcomes to hold this run against [default: tests/cases/baseline.json]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write this run's outcomes as the new baseline
    #[arg(long)]
    bless: bool,
    /// Write docs/accuracy.md (`cargo xtask generate` does too, and `--check` compares it)
    #[arg(long)]
    write_docs: bool,
    /// Also with the true maker, and with a random tenth of the catalogue, taken away
    #[arg(long)]
    blind: bool,
}

/// A case as a reader read it.
pub struct Read {
    /// The case.
    pub case: Case,
    /// What its reader found.
    pub seen: Vec<Seen>,
    /// The reader, or that there is none.
    pub reader: String,
}

impl Read {
    /// The case read again with another catalogue: the names looked for in text are the catalogue's.
    pub fn again(&self, catalog: &Catalog) -> Vec<Seen> {
        read(catalog, &self.case).0
    }
}

fn read(catalog: &Catalog, case: &Case) -> (Vec<Seen>, Option<String>) {
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
    (seen, state.format)
}

/// A case with what is said of it.
pub struct Judged {
    /// The case as read.
    pub read: Read,
    /// What is found.
    pub findings: Vec<Finding>,
    /// Against the label.
    pub outcome: Outcome,
    /// Its family, where the label has one.
    pub family: Option<FamilyOutcome>,
}

/// Everything measured on a set of cases.
pub struct Measured {
    /// Each case, in the order of the files.
    pub judged: Vec<Judged>,
    /// Our counts.
    pub ours: Tally,
    /// Counts of the peers, and what each gets wrong: case and why.
    pub peers: Vec<(Tally, Vec<(String, String)>)>,
}

/// Reads, identifies and scores.
pub fn measure(catalog: &Catalog, cases: Vec<Case>) -> anyhow::Result<Measured> {
    let peers = peers::Peers::new(catalog)?;
    let mut out = Measured {
        judged: Vec::with_capacity(cases.len()),
        ours: Tally::default(),
        peers: peers::NAMES.iter().map(|_| Default::default()).collect(),
    };
    for case in cases {
        let (seen, reader) = read(catalog, &case);
        let findings = identify(catalog, &seen, &Options::default()).findings;
        let outcome = score::score(&case.truth, &score::said(&findings));
        out.ours.add(&case.truth, &outcome);
        let family = score::family(&case.truth, &findings);
        if let Some(family) = &family {
            out.ours.add_family(family);
        }
        for ((tally, wrong), said) in out.peers.iter_mut().zip(peers.say(&case.text)) {
            let outcome = score::score(&case.truth, &said);
            tally.add(&case.truth, &outcome);
            if let Outcome::Wrong(why) = outcome {
                wrong.push((case.id.clone(), why));
            }
        }
        out.judged.push(Judged {
            read: Read {
                case,
                seen,
                reader: reader.unwrap_or_else(|| "no reader".to_owned()),
            },
            findings,
            outcome,
            family,
        });
    }
    Ok(out)
}

impl Measured {
    /// The outcome of each case by id.
    pub fn outcomes(&self) -> baseline::Baseline {
        self.judged
            .iter()
            .map(|j| {
                (
                    j.read.case.id.clone(),
                    baseline::word(&j.outcome, j.family.as_ref()),
                )
            })
            .collect()
    }

    fn print_cases(&self, verbose: bool) {
        for j in &self.judged {
            let place = format!(
                "{:<32} {:<22} {}",
                j.read.case.id, j.read.case.format, j.read.reader
            );
            match &j.outcome {
                Outcome::Right if verbose => println!("right   {place}"),
                Outcome::Right => {}
                Outcome::Missed(why) => println!("MISSED  {place}: {why}"),
                Outcome::Wrong(why) => println!("WRONG   {place}: {why}"),
            }
            match &j.family {
                Some(FamilyOutcome::NotNamed(why)) if verbose => println!("family  {place}: {why}"),
                Some(FamilyOutcome::Wrong(why)) => println!("FAMILY  {place}: {why}"),
                _ => {}
            }
        }
        if verbose {
            for (name, (_, wrong)) in peers::NAMES.iter().zip(&self.peers) {
                for (id, why) in wrong {
                    println!("{name}: WRONG {id}: {why}");
                }
            }
        }
    }

    fn print_table(&self) {
        let mut formats: BTreeMap<&str, Tally> = BTreeMap::new();
        for j in &self.judged {
            let tally = formats.entry(&j.read.case.format).or_default();
            tally.add(&j.read.case.truth, &j.outcome);
            if let Some(f) = &j.family {
                tally.add_family(f);
            }
        }
        println!(
            "\n{:<22} {:>10} {:>10} {:>12} {:>10} {:>6}",
            "format", "makers", "families", "undecidable", "negatives", "wrong"
        );
        let short = |s: Share| {
            if s.of == 0 {
                "-".to_owned()
            } else {
                format!("{}/{}", s.hits, s.of)
            }
        };
        for (format, t) in formats {
            println!(
                "{format:<22} {:>10} {:>10} {:>12} {:>10} {:>6}",
                short(t.recall()),
                short(t.families()),
                short(t.sets()),
                short(t.silence()),
                t.wrong()
            );
        }
        let ours = std::iter::once(("cellsweep", &self.ours));
        let peers = peers::NAMES
            .iter()
            .zip(&self.peers)
            .map(|(n, (t, _))| (*n, t));
        println!();
        for (name, t) in ours.chain(peers) {
            println!("{name}");
            println!("  maker precision    {}", t.precision().text());
            println!("  maker recall       {}", t.recall().text());
            println!("  undecidable        {}", t.sets().text());
            println!("  negatives          {}", t.silence().text());
            if t.families().of > 0 {
                println!("  family settled     {}", t.families().text());
                println!("  family or its set  {}", t.families_or_sets().text());
            }
        }
    }
}

fn print_blind(name: &str, run: &blind::Blind) {
    let share = Share {
        hits: run.cases - u32::try_from(run.wrong.len()).unwrap_or(run.cases),
        of: run.cases,
    };
    println!("{name}: nothing wrong said {}", share.text());
    for (what, id, why) in &run.wrong {
        println!("  WRONG {what}, {id}: {why}");
    }
    for (what, id, why) in &run.false_presence {
        println!("  present {what}, {id}: {why}");
    }
}

/// Runs the evaluation.
pub fn run(options: &Eval) -> anyhow::Result<()> {
    let catalog = Catalog::embedded()?;
    let committed = options.cases.is_empty();
    let cases = if committed {
        cases::load(&cases::committed()?)?
    } else {
        cases::load(&options.cases)?
    };
    let measured = measure(&catalog, cases)?;
    measured.print_cases(options.verbose);
    measured.print_table();
    let mut failed: Vec<String> = Vec::new();
    if options.blind {
        println!();
        let read: Vec<&Read> = measured.judged.iter().map(|j| &j.read).collect();
        for (name, run) in [
            (
                "without the true maker",
                blind::without_true_maker(&catalog, &read),
            ),
            (
                "without a random tenth",
                blind::without_a_tenth(&catalog, &read),
            ),
        ] {
            print_blind(name, &run);
            failed.extend(
                run.wrong
                    .iter()
                    .filter(|(what, id, _)| !blind::known(what, id))
                    .map(|(what, id, why)| format!("{what}, {id}: {why}")),
            );
        }
    }
    for j in &measured.judged {
        if let Outcome::Wrong(why) = &j.outcome {
            failed.push(format!("{}: {why}", j.read.case.id));
        }
    }
    if options.write_docs {
        std::fs::write(crate::root().join("docs/accuracy.md"), accuracy::page()?)?;
        println!("wrote docs/accuracy.md");
    }
    let path = options
        .baseline
        .clone()
        .or_else(|| committed.then(|| crate::root().join("tests/cases/baseline.json")));
    if let Some(path) = path {
        let now = measured.outcomes();
        let before = baseline::read(&path)?;
        if options.bless {
            baseline::write(&path, &now)?;
            println!("wrote {}", path.display());
        } else {
            failed.extend(baseline::worse(&before, &now));
            let better = baseline::better(&before, &now);
            if better > 0 {
                println!(
                    "\n{better} outcomes are new or other than in the baseline; --bless keeps them"
                );
            }
        }
    }
    anyhow::ensure!(
        failed.is_empty(),
        "evaluation failed:\n{}",
        failed.join("\n")
    );
    Ok(())
}
